"""Publishing: a version is stored once, whole, and never says anything else afterwards."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l

from core.actor import Actor
from core.audit import actions as audit
from core.catalogue import differences, stored
from core.catalogue.definition import Definition
from core.errors import Conflict, Forbidden
from core.publishing import policies, queries, retiring
from core.publishing.models import PublishedDefinition
from tenants.database import db

MOST_SAID = 5


def publish(actor: Actor, wanted: Iterable[Definition]) -> list[Definition]:
    """Store what is new of these definitions; returns those that were.

    A withdrawn service is offered again with its new version. All or nothing. Raises Forbidden,
    and Conflict with one sentence for each definition whose version was published with other
    content or is older than what was published.
    """
    if not policies.may_publish(actor):
        raise Forbidden
    newest = queries.newest_versions()
    lines = [queries.line_of(item, newest.get(item.code), item.code) for item in wanted]
    refusals = [sentence for line in lines if (sentence := _refusal(line))]
    if refusals:
        raise Conflict("\n".join(refusals))
    new = [line.file for line in lines if line.state == "unpublished" and line.file]
    for definition in new:
        _store(actor, definition)
        retiring.back_by_publishing(actor, definition.code, definition.version)
    return new


def _store(actor: Actor, definition: Definition) -> None:
    row = PublishedDefinition(
        hash=definition.hash,
        code=definition.code,
        version=definition.version,
        content=stored.plain(definition),
        published_by=actor.name or actor.kind,
    )
    db.session.add(row)
    db.session.flush()
    audit.record(actor, "catalogue.published", code=row.code, version=row.version, hash=row.hash)


def _refusal(line: queries.Line) -> str:
    """Why a file cannot be published, with what to do; empty when nothing is in the way."""
    if line.file is None or line.newest is None or line.state not in ("changed", "behind"):
        return ""
    if line.state == "behind":
        return str(
            _l(
                "%(code)s: version %(old)s was published already; raise version to %(next)s.",
                code=line.code,
                old=line.newest.version,
                next=line.newest.version + 1,
            )
        )
    return str(
        _l(
            "%(code)s: version %(old)s was published with other content; raise version to"
            " %(next)s. Changed: %(changes)s",
            code=line.code,
            old=line.newest.version,
            next=line.newest.version + 1,
            changes=_changes(line.file, line.newest.hash),
        )
    )


def _changes(file: Definition, digest: str) -> str:
    published = db.session.get_one(PublishedDefinition, digest)
    said = [change.text for change in differences.between(published.content, file)]
    return " ".join([*said[:MOST_SAID], "…"] if len(said) > MOST_SAID else said)
