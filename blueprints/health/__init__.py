"""Health: live (the process answers) and ready (its parts do), on every site; figures for
Prometheus at the base host, for whoever shows the token."""

import hmac

from flask import Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from core.errors import NotFound
from core.health import readiness
from core.web import metrics
from core.web.audience import anybody
from core.web.door import SITES, Door


def live() -> ResponseReturnValue:
    """The process runs and answers."""
    return jsonify(status="ok")


def ready() -> ResponseReturnValue:
    """Which parts answer, by name. 503 without the database; without another part the house goes on
    and says so (quality.md, promise 4)."""
    parts = readiness()
    status = "ok" if all(parts.values()) else "degraded"
    return jsonify(status=status, parts=parts), 200 if parts["database"] else 503


def figures() -> ResponseReturnValue:
    """What Prometheus reads; as if it did not exist without the right token."""
    token = current_app.extensions["settings"].metrics_token
    shown = request.headers.get("Authorization", "")
    if not token or not hmac.compare_digest(shown.encode(), f"Bearer {token}".encode()):
        raise NotFound
    return Response(metrics.exposition(), content_type="text/plain; version=0.0.4; charset=utf-8")


def _door(site: str) -> Door:
    name = "health" if site == "office" else f"health_{site}"
    door = Door(name, __name__, host=site, audience=anybody, scoped=False)
    door.add_url_rule("/health/live", "live", live)
    door.add_url_rule("/health/ready", "ready", ready)
    if site == "base":
        door.add_url_rule("/metrics", "figures", figures)
    return door


doors = [_door(site) for site in sorted(SITES)]
