"""Reads of published versions beside the files of this release; in the ministry's scope."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from core.catalogue import differences
from core.catalogue.definition import Definition
from core.catalogue.differences import Change
from core.errors import NotFound
from core.publishing import national
from core.publishing.models import PublishedDefinition, ServiceRetirement
from tenants.database import db


@dataclass(frozen=True)
class Version:
    """A published version without its content."""

    code: str
    version: int
    hash: str
    published_at: datetime
    published_by: str


@dataclass(frozen=True)
class Line:
    """A service: its newest published version, and its file (None when the release has none).

    `state`: same, unpublished (the file is newer), changed (the same version says other things),
    behind (the file's version is older than the published one) or gone (there is no file).
    """

    code: str
    newest: Version | None
    file: Definition | None
    state: str


def overview() -> list[Line]:
    """Every service, of the release or once published, in the order of the national list."""
    newest, files = newest_versions(), national.files()
    codes = sorted(files.keys() | newest.keys(), key=lambda code: _place(code, files))
    return [line_of(files.get(code), newest.get(code), code) for code in codes]


def waiting() -> list[Line]:
    """What publishing everything publishes: whatever is new, of services that are not withdrawn.

    Publishing brings a withdrawn service back, so that is done by name only.
    """
    return waiting_of(overview(), withdrawn())


def waiting_of(lines: Iterable[Line], gone: set[str]) -> list[Line]:
    """The same, of lines that are in hand already."""
    return [one for one in lines if one.state == "unpublished" and one.code not in gone]


def withdrawn() -> set[str]:
    """The codes of all services that are withdrawn now."""
    table = ServiceRetirement
    newest = (
        select(table.code, table.retired)
        .ext(distinct_on(table.code))
        .order_by(table.code, table.number.desc())
    )
    return {row.code for row in db.session.execute(newest) if row.retired}


def retirement(code: str) -> ServiceRetirement | None:
    """What was decided last about withdrawing a service; None when nothing ever was."""
    return next(iter(retirements(code)), None)


def retirements(code: str) -> Sequence[ServiceRetirement]:
    """Each time that a service was withdrawn or brought back, newest first."""
    return db.session.scalars(
        select(ServiceRetirement)
        .where(ServiceRetirement.code == code)
        .order_by(ServiceRetirement.number.desc())
    ).all()


def line_of(file: Definition | None, newest: Version | None, code: str) -> Line:
    """How a file stands to what was published of it."""
    if file is None:
        return Line(code, newest, file, "gone")
    if newest is None or file.version > newest.version:
        return Line(code, newest, file, "unpublished")
    if file.version < newest.version:
        return Line(code, newest, file, "behind")
    return Line(code, newest, file, "same" if file.hash == newest.hash else "changed")


def newest_versions() -> dict[str, Version]:
    """The newest published version of every service."""
    table = PublishedDefinition
    rows = db.session.execute(
        select(table.code, table.version, table.hash, table.published_at, table.published_by)
        .ext(distinct_on(table.code))
        .order_by(table.code, table.version.desc())
    )
    return {row.code: Version(*row) for row in rows}


def history(code: str) -> list[PublishedDefinition]:
    """Every published version of a service, newest first."""
    return list(
        db.session.scalars(
            select(PublishedDefinition)
            .where(PublishedDefinition.code == code)
            .order_by(PublishedDefinition.version.desc())
        )
    )


@dataclass(frozen=True)
class Story:
    """A service with all its versions, each with what it changed (None: it was the first)."""

    line: Line
    versions: list[tuple[PublishedDefinition, list[Change] | None]]
    pending: list[Change]


def story(code: str) -> Story:
    """What was published of a service, newest first, and what its file says otherwise.

    Raises NotFound for a service that has neither a file nor a version.
    """
    rows, file = history(code), national.files().get(code)
    if file is None and not rows:
        raise NotFound
    line = line_of(file, _bare(rows[0]) if rows else None, code)
    changes: list[list[Change] | None] = [
        differences.between(older.content, newer.content) for newer, older in pairwise(rows)
    ]
    pending = differences.between(rows[0].content, file) if rows and file else []
    return Story(line, list(zip(rows, [*changes, None], strict=False)), pending)


def by_hash(start: str) -> PublishedDefinition | None:
    """The version whose hash begins so; None when there is none or more than one."""
    found = db.session.scalars(
        select(PublishedDefinition)
        .where(PublishedDefinition.hash.startswith(start, autoescape=True))
        .limit(2)
    ).all()
    return found[0] if len(found) == 1 else None


def _bare(row: PublishedDefinition) -> Version:
    return Version(row.code, row.version, row.hash, row.published_at, row.published_by)


def _place(code: str, files: Mapping[str, Definition]) -> tuple[str, str, str]:
    file = files.get(code)
    return (file.group, file.ref, code) if file else ("~", "", code)
