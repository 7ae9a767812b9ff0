"""What may be chosen where a service asks for another request of the same person."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import or_, select

from core.catalogue.definition import Definition
from core.requests import tracking
from core.requests.models import ServiceRequest
from tenants.database import db


class Offered(Mapping[str, list[dict[str, Any]]]):
    """Field key → the person's requests that fit, newest first.

    Most pages look at no such field, so the database is asked when somebody looks at one.
    """

    def __init__(self, request: ServiceRequest, definition: Definition) -> None:
        self._request = request
        self._rules = {
            item.key: item.rules for item in definition.every_field() if item.type == "reference"
        }
        self._found: dict[str, list[dict[str, Any]]] = {}

    def __getitem__(self, key: str) -> list[dict[str, Any]]:
        if key not in self._found:
            self._found[key] = _fitting(self._request, self._rules[key])
        return self._found[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)


def _fitting(request: ServiceRequest, rules: Any) -> list[dict[str, Any]]:
    statement = select(
        ServiceRequest.id, ServiceRequest.tracking_code, ServiceRequest.service_title
    ).where(
        ServiceRequest.account_id == request.account_id,
        ServiceRequest.id != request.id,
        ServiceRequest.submitted_at.is_not(None),
    )
    if services := rules.get("services"):
        statement = statement.where(
            or_(ServiceRequest.service_code.in_(services), ServiceRequest.service_ref.in_(services))
        )
    if states := rules.get("states"):
        statement = statement.where(ServiceRequest.status.in_(states))
    rows = db.session.execute(statement.order_by(ServiceRequest.submitted_at.desc()).limit(50))
    return [{"key": str(key), "label": _label(code, title)} for key, code, title in rows]


def _label(code: str | None, title: dict[str, str]) -> dict[str, str]:
    shown = tracking.grouped(code or "")
    return {lang: f"{words} · {shown}" for lang, words in title.items()}


def labelled(values: dict[str, Any], choices: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """The answers with the words of what was chosen beside its id."""
    return {key: _with_label(value, choices.get(key, [])) for key, value in values.items()}


def _with_label(value: Any, choices: list[dict[str, Any]]) -> Any:
    if not isinstance(value, dict) or "request" not in value:
        return value
    found = next((row for row in choices if row["key"] == value["request"]), None)
    return {**value, "label": found["label"]["en"].rpartition(" · ")[2]} if found else value
