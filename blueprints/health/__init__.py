"""Health: live (the process answers) and ready (its parts do), on every site."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from core.health import readiness
from core.web.audience import anybody
from core.web.door import SITES, Door


def live() -> ResponseReturnValue:
    """The process runs and answers."""
    return jsonify(status="ok")


def ready() -> ResponseReturnValue:
    """Every part that the office needs answers; else 503 and the names of those that don't."""
    parts = readiness()
    status = "ok" if all(parts.values()) else "degraded"
    return jsonify(status=status, parts=parts), 200 if parts["database"] else 503


def _door(site: str) -> Door:
    name = "health" if site == "office" else f"health_{site}"
    door = Door(name, __name__, host=site, audience=anybody, scoped=False)
    door.add_url_rule("/health/live", "live", live)
    door.add_url_rule("/health/ready", "ready", ready)
    return door


doors = [_door(site) for site in sorted(SITES)]
