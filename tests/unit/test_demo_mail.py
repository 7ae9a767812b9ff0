"""The demo's mail reader: newest first, by address, links that can be followed, nothing foreign."""

import mailbox
import os
import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from blueprints.mail import door
from core.app import create_app
from tests.critic import criticise
from tests.house.bare import bare_settings

READER = "http://mail.localhost"


@pytest.fixture
def reader(tmp_path: Path) -> FlaskClient:
    return create_app(bare_settings(home=tmp_path), [door]).test_client()


def send(home: Path, to: str, subject: str, text: str, second: int = 0) -> None:
    mail = EmailMessage()
    mail["To"], mail["From"], mail["Subject"] = to, "mikhak@mail.invalid", subject
    mail.set_content(text)
    mail.add_alternative(f"<p>{text}</p>", subtype="html")
    folder = mailbox.Maildir(home / "mail")
    path = home / "mail" / "new" / folder.add(mail)
    os.utime(path, (1_800_000_000 + second, 1_800_000_000 + second))


def test_scripts_read_the_newest_first_and_only_what_they_ask_for(
    reader: FlaskClient, tmp_path: Path
) -> None:
    send(tmp_path, "Ali <ali@example.org>", "اول", "۱", second=1)
    send(tmp_path, "sara@example.org", "other", "2", second=2)
    send(tmp_path, "ali@example.org", "دوم", "3", second=3)
    found = reader.get("/messages.json?to=ALI@example.org", base_url=READER).json
    assert [mail["subject"] for mail in found] == ["دوم", "اول"]
    assert set(found[0]) == {"to", "subject", "text", "html", "at"}
    assert found[1]["text"].strip() == "۱"
    assert len(reader.get("/messages.json", base_url=READER).json) == 3


def test_no_mail_is_an_empty_list(reader: FlaskClient) -> None:
    assert reader.get("/messages.json?to=a@example.org", base_url=READER).json == []
    criticise(reader.get("/", base_url=READER).text)


@pytest.mark.parametrize("lang", ["fa", "en"])
def test_people_read_a_mail_and_follow_its_link(
    reader: FlaskClient, tmp_path: Path, lang: str
) -> None:
    send(
        tmp_path, "ali@example.org", "کد <b>", "سلام\n1234 5678\nhttp://london.localhost/x?a=1&b=2"
    )
    inbox = reader.get(f"/?lang={lang}", base_url=READER, follow_redirects=True).text
    criticise(inbox)
    link = re.search(r'href="(/messages/[^"]+)"', inbox)
    assert link
    page = reader.get(link[1], base_url=READER).text
    criticise(page)
    assert 'href="http://london.localhost/x?a=1&amp;b=2"' in page
    assert "کد &lt;b&gt;" in page


def test_a_mail_that_is_not_there(reader: FlaskClient) -> None:
    assert reader.get("/messages/..%2f..%2fkeys", base_url=READER).status_code == 404
    assert reader.get("/messages/nothing", base_url=READER).status_code == 404
