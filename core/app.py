"""The application factory: settings and doors in, a Flask application out."""

from collections.abc import Iterable
from pathlib import Path

from flask import Flask, Request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import MapAdapter

from config.settings import Settings
from core import rooms
from core.web import (
    compression,
    csrf,
    errors,
    gate,
    headers,
    language,
    logs,
    metrics,
    static,
    templating,
)
from core.web.door import Door
from core.web.site import SiteRequest
from core.web.turnstile import Turnstile
from tenants import database

ROOT = Path(__file__).parents[1]
MEGABYTE = 1024 * 1024


class Mikhak(Flask):
    """Flask that routes by site: an office's `/` is not the ministry's `/`."""

    request_class = SiteRequest

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Match within the rules of the site that the host name belongs to."""
        if not isinstance(request, SiteRequest):
            return super().create_url_adapter(request)
        return self.url_map.bind_to_environ(request.environ, subdomain=request.find_site(self).kind)


def create_app(settings: Settings, doors: Iterable[Door], *, turnstile: bool = False) -> Flask:
    """Build the application with these doors and no others; a server has the `turnstile` too."""
    app = Mikhak("mikhak", template_folder=str(ROOT / "templates"), static_folder=None)
    app.subdomain_matching = True
    # The map's own redirects would lead to the host "office.<host>": a path is itself or unknown.
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    app.extensions["settings"] = settings
    app.config.update(
        SECRET_KEY=settings.secret_key,
        MAX_CONTENT_LENGTH=MEGABYTE,
        MAX_FORM_MEMORY_SIZE=MEGABYTE,
        MAX_FORM_PARTS=2000,
    )
    production = settings.env == "production"
    rooms.modules("models")  # so that every table knows the ones it points to
    database.init_app(app, settings)
    # Order matters: what is installed first runs last on the way out.
    logs.install(app, settings)
    metrics.install(app)
    headers.install(app, production=production)
    compression.install(app)
    language.install(app)
    templating.install(app)
    errors.install(app)
    gate.install(app)
    csrf.install(app, production=production)
    if turnstile:
        app.wsgi_app = Turnstile(app.wsgi_app)  # type: ignore[method-assign]
    static.install(app, settings)
    for door in doors:
        app.register_blueprint(door)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
    return app
