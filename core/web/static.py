"""Serves the built assets under hashed names, for a year; templates name them by `asset()`."""

from pathlib import Path

from flask import Flask
from werkzeug.datastructures import Headers
from whitenoise import WhiteNoise

from config.settings import Settings
from core.platform import assets

PREFIX = "assets/"
YEAR = 365 * 24 * 60 * 60


class Files(WhiteNoise):
    """Files that never change under their name."""

    FOREVER = YEAR


def install(app: Flask, settings: Settings) -> None:
    """Put the file server before the application and `asset('theme.css')` into the templates.

    Outside production stale assets are rebuilt on the way; in production they are part of the
    release (`python -m core.platform.assets`).
    """
    if not settings.production:
        assets.ensure()
    names = assets.manifest()

    def asset(name: str) -> str:
        """The address of an asset; an unknown name is a mistake of ours and fails the page."""
        return f"/{PREFIX}{names[name]}"

    app.jinja_env.globals["asset"] = asset
    app.wsgi_app = Files(  # type: ignore[method-assign]
        app.wsgi_app,
        root=str(assets.BUILT / "files"),
        prefix=PREFIX,
        allow_all_origins=False,
        immutable_file_test=lambda path, url: True,  # every name carries its content's hash
        add_headers_function=_protect,
    )


def _protect(headers: Headers, path: str, url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if Path(path).suffix == ".svg":
        headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
