"""Secrets are typed through the front door; then everything that is kept is searched for them.

Not found anywhere: files' contents, passwords, codes, links, cookies, second factors, keys. The
answers of applicants are columns that the desk searches: they lie in their office's tables in
clear, and nowhere else.
"""

import base64
import json
import logging
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import psycopg
import pytest
from pikepdf import Stream
from psycopg import sql
from redis import Redis
from sqlalchemy import select

from core.crypto import unseal
from core.documents.cabinet import cabinet
from core.documents.models import Document
from core.outbox.models import OutboxRow
from core.platform.postgres import EmbeddedPostgres
from tenants.database import db
from tenants.scope import office
from tests.conftest import Mailbox
from tests.critic import Visitor
from tests.integration import applicants, registration_steps, staff_house
from tests.isolation.conftest import World
from tests.unit import documents_corpus as corpus
from tests.world import visitor_as

Visit = Callable[..., Visitor]
ON_A_PAGE = b"planted-words-of-a-page-7f3a"
IN_A_COMMENT = b"planted-words-of-a-comment-91bc"
ATTACHED = b"planted-words-of-an-attachment-20de"
APPLICANTS_PASSWORD = "planted quiet kettle on a hill 5512"


def typed(world: World, visitor: Visit, mailbox: Mailbox, who: dict[str, str]) -> dict[str, bytes]:
    """Everything secret that was typed, sent or made, by name."""
    secrets: dict[str, str | bytes] = {}
    here = visitor("london")
    registration_steps.ask(here, who)
    secrets["one-time code"] = registration_steps.code_in(mailbox, who["email"])
    secrets["link beside it"] = registration_steps.link_in(mailbox, who["email"]).split("/")[-1]
    secrets["cookie of the asker"] = cookie(here, "asked")
    here.submit({"code": str(secrets["one-time code"])}, form="code")
    secrets["session"] = cookie(here, "mikhak")
    clerk = staff_house.newly_joined(world.app, visitor, mailbox, "london", "consul")
    secrets["TOTP secret"] = clerk.secret
    secrets["recovery code"] = clerk.codes[0]
    secrets["employee's password"] = staff_house.PASSWORD
    secrets |= password(world, visitor("london"), mailbox)
    secrets |= files(world)
    secrets["code in a waiting mail"] = waiting(world, visitor)
    return {
        name: one if isinstance(one, bytes) else one.encode()
        for name, one in (secrets | keys(world)).items()
    }


def cookie(someone: Visitor, name: str) -> str:
    found = someone.client.get_cookie(name, domain=someone.host)
    assert found, name
    return found.value


def password(world: World, here: Visitor, mailbox: Mailbox) -> dict[str, str]:
    """A new password by a reset link."""
    who = {"email": "planted-reset@example.org", "national_id": "0013542419"}
    registration_steps.registered(world.app, who)
    here.get("/enter/forgotten")
    here.submit({**who, "altcha": registration_steps.solve(here)}, form="email")
    link = registration_steps.link_in(mailbox, who["email"])
    here.get(link)
    given = {"password": APPLICANTS_PASSWORD, "again": APPLICANTS_PASSWORD}
    fields = {e.get("name") for e in here.page.form("password").iter()}  # type: ignore[union-attr]
    page = here.submit({k: v for k, v in given.items() if k in fields}, form="password")
    assert page.status == 200, page.text
    return {"reset link": link.split("/")[-1], "applicant's password": APPLICANTS_PASSWORD}


def files(world: World) -> dict[str, bytes]:
    """A picture and a PDF with words in them, handed in for the owner's draft."""
    owner = visitor_as(world.app, world.london.people["owner"], lang="fa")
    draft = str(world.london.draft)
    ask = next(ask for ask in applicants.held(world.app, draft).uploads if not ask.photo)

    def write(pdf):
        pdf.pages[0].Contents = Stream(pdf, b"BT (" + ON_A_PAGE + b") Tj ET")
        pdf.attachments["x.txt"] = ATTACHED

    for raw, name in (
        (corpus.jpeg_comment(IN_A_COMMENT), "a.jpg"),
        (corpus.pdf_with(write, compress_streams=False), "b.pdf"),
    ):
        assert applicants.upload(owner, draft, ask.key, BytesIO(raw), name).status == 200
    found = {"page of a PDF": ON_A_PAGE, "comment": IN_A_COMMENT, "attachment": ATTACHED}
    with world.app.app_context(), office("london", read_only=True):
        newest = select(Document).order_by(Document.uploaded_at.desc()).limit(2)
        for document in db.session.scalars(newest):
            assert document.wrapped_key and document.state == "released"
            key = cabinet().document_key(str(document.id), document.wrapped_key)
            found[f"key of {document.download_name}"] = key
    return found


def waiting(world: World, visitor: Visit) -> str:
    """The code of somebody whose mail has not left yet."""
    registration_steps.ask(
        visitor("london"), {"email": "w@example.org", "national_id": "0499370899"}
    )
    with world.app.app_context(), office("london", read_only=True):
        newest = select(OutboxRow).where(OutboxRow.done_at.is_(None), OutboxRow.kind == "mail")
        row = db.session.scalars(newest.order_by(OutboxRow.created_at.desc())).first()
        assert row
        payload = json.loads(unseal("outbox:mail", row.payload))
    return next(v for k, v in payload["values"].items() if k == "code")


def keys(world: World) -> dict[str, bytes]:
    with world.app.app_context(), office("london", read_only=True):
        return {"key of the office": cabinet().office_key()}


def spellings(secret: bytes) -> set[bytes]:
    """The secret as it would look in a text, in a bytea and in base64."""
    plain = {secret, secret.replace(b" ", b""), base64.b64encode(secret).rstrip(b"=")[:-1]}
    return plain | {secret.hex().encode()}


def dump(postgres: EmbeddedPostgres) -> Iterator[tuple[str, bytes]]:
    """(schema, its tables as COPY writes them), for every schema of ours."""
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        tables = admin.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname ~ '^(office_|ministry$)'"
        ).fetchall()
        admin.execute("CHECKPOINT")
        for schema, table in tables:
            words = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(schema, table))
            with admin.cursor().copy(words) as rows:
                yield schema, b"".join(bytes(row) for row in rows)


def kept_files(home: Path) -> Iterator[tuple[str, bytes]]:
    """(first folder, content) of all files of the installation: database, WAL, shelf, logs."""
    for path in home.rglob("*"):
        if path.is_file() and path.stat().st_size:
            yield path.relative_to(home).parts[0], path.read_bytes()


def in_valkey(url: str) -> bytes:
    with Redis.from_url(url) as client:
        keys = list(client.scan_iter())
        return b"\n".join([*keys, *(client.dump(key) or b"" for key in keys)])


def test_what_must_be_secret_is_found_nowhere(
    furnished: World,
    visitor: Visit,
    mailbox: Mailbox,
    person: Callable[[], dict[str, str]],
    postgres: EmbeddedPostgres,
    home: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, logger="mail.log")  # the receiving server is none of ours
    who = person()
    secrets = typed(furnished, visitor, mailbox, who)
    assert len(secrets) >= 12
    url = furnished.app.extensions["settings"].redis_url
    places = [*dump(postgres), *kept_files(home), ("valkey", in_valkey(url))]
    places.append(("logs", caplog.text.encode()))
    found = [
        (name, place)
        for name, secret in secrets.items()
        for place, content in places
        if any(spelling in content for spelling in spellings(secret))
    ]
    assert found == []
    # Seen red: the search finds what is there, and personal data lies where it belongs only.
    for known in (who["email"], who["national_id"]):
        where = {place for place, content in places if known.encode() in content}
        assert "office_london" in where
        assert where <= {"office_london", "postgres"}
