"""The routes as one readable line each: site, methods, path, audience."""

from pathlib import Path

from flask import Flask

from core.web.door import Door
from tests.house.bare import bare_app


def described_routes(app: Flask) -> list[str]:
    """Sorted lines such as `office   GET POST  /enter  anybody`."""
    lines = []
    for rule in app.url_map.iter_rules():
        door = app.blueprints[rule.endpoint.rpartition(".")[0]]
        assert isinstance(door, Door)
        methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        lines.append(f"{door.host:9}{methods:10}{rule.rule}  {door.audience.__name__}")
    return sorted(lines)


def main() -> None:
    """Write routes.txt anew."""
    text = "\n".join(described_routes(bare_app())) + "\n"
    Path(__file__).with_name("routes.txt").write_text(text)


if __name__ == "__main__":
    main()
