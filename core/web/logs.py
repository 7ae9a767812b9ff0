"""Logs: one line for each request and each fault, as text or as JSON (`MIKHAK_LOG_FORMAT`).

A line says which office, whose opaque id, which request and which route; never an address as it
was typed (it may hold a link's secret), nothing of a form, no name.
"""

import json
import logging
import re
import sys
import time
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, has_request_context, request

from config.settings import Settings

log = logging.getLogger("mikhak.access")
ASKED_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
FIELDS = ("request_id", "office", "person", "method", "route", "status", "milliseconds")


def install(app: Flask, settings: Settings) -> None:
    """Give each request its id and a line."""
    g_trusts_id = settings.trusted_proxies > 0

    @app.before_request
    def begin() -> None:
        g.began_at = time.perf_counter()
        asked = request.headers.get("X-Request-ID", "") if g_trusts_id else ""
        g.asked_id = asked if ASKED_ID.fullmatch(asked) else None

    @app.after_request
    def tell(response: Response) -> Response:
        spent = round((time.perf_counter() - g.get("began_at", time.perf_counter())) * 1000, 1)
        facts = {"method": request.method, "route": route(), "status": response.status_code}
        log.info("request", extra={"facts": {**facts, "milliseconds": spent}})
        return response


def route() -> str:
    """The rule that matched, never the address itself."""
    return request.url_rule.rule if request.url_rule else "-"


def configure(settings: Settings) -> None:
    """Send everything to standard error in the wanted form; for the processes of the house."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Json() if settings.log_format == "json" else Plain())
    handler.addFilter(add_context)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def add_context(record: logging.LogRecord) -> bool:
    """Whose request it was, where there is one."""
    facts: dict[str, Any] = dict(getattr(record, "facts", {}))
    if has_request_context():
        actor, office = g.get("actor"), g.get("office")
        facts["request_id"] = g.get("request_id")
        facts["office"] = office.slug if office else None
        facts["person"] = str(actor.id) if actor is not None and actor.id else None
    record.facts = {name: facts[name] for name in FIELDS if facts.get(name) is not None}
    return True


class Json(logging.Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, who speaks, what, and the request it belongs to."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["fault"] = self.where(record)
        return json.dumps(line, ensure_ascii=False)

    @staticmethod
    def where(record: logging.LogRecord) -> list[str]:
        """The kind of the fault and the way to it; its words may hold what somebody typed."""
        kind, _, trace = record.exc_info or (None, None, None)
        places = [kind.__name__] if kind else []
        while trace:
            code = trace.tb_frame.f_code
            places.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        return places


class Plain(logging.Formatter):
    """For eyes: the same facts behind the words."""

    def format(self, record: logging.LogRecord) -> str:
        """Level, who speaks, what, and the facts; a fault as in JSON."""
        facts = " ".join(f"{name}={value}" for name, value in getattr(record, "facts", {}).items())
        line = f"{record.levelname} {record.name} {record.getMessage()} {facts}".rstrip()
        return "\n  ".join([line, *Json.where(record)]) if record.exc_info else line
