"""Reads the Maildir that the demo's mail server fills."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

NEWEST = 200
# Links of a text, so that a page can make them clickable.
LINK = re.compile(r"https?://[^\s<>\"]+")


@dataclass(frozen=True)
class Message:
    """One mail as a reader sees it."""

    key: str
    at: datetime
    to: str
    sender: str
    subject: str
    text: str
    html: str

    def lines(self) -> list[list[tuple[str, bool]]]:
        """The lines that say something, each in pieces with whether it is a link."""
        return [_pieces(line) for line in self.text.splitlines() if line.strip()]


def messages(folder: Path, to: str = "", limit: int = NEWEST) -> list[Message]:
    """The newest mails first; `to` is a whole address, in any case."""
    found: list[Message] = []
    for path in _newest(folder):
        message = _read(path)
        if message and (not to or to.lower() in _addresses(message.to)):
            found.append(message)
            if len(found) == limit:
                break
    return found


def message(folder: Path, key: str) -> Message | None:
    """One mail by its key, or None."""
    return next((_read(path) for path in _newest(folder) if path.name == key), None)


def _newest(folder: Path) -> list[Path]:
    paths = [path for part in ("new", "cur") for path in (folder / part).glob("*")]
    return sorted(paths, key=_arrival, reverse=True)


def _arrival(path: Path) -> tuple[int, str]:
    try:
        return path.stat().st_mtime_ns, path.name
    except FileNotFoundError:  # removed while we look
        return 0, path.name


def _read(path: Path) -> Message | None:
    try:
        mail = message_from_bytes(path.read_bytes(), policy=default)
    except FileNotFoundError:
        return None
    assert isinstance(mail, EmailMessage)
    return Message(
        key=path.name,
        at=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        to=str(mail["To"] or mail["X-RcptTo"] or ""),
        sender=str(mail["From"] or ""),
        subject=str(mail["Subject"] or ""),
        text=_part(mail, "plain"),
        html=_part(mail, "html"),
    )


def _part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    return str(body.get_content()) if body is not None else ""


def _addresses(text: str) -> list[str]:
    return [part.lower() for part in re.findall(r"[^\s<>,;]+@[^\s<>,;]+", text)]


def _pieces(line: str) -> list[tuple[str, bool]]:
    found: list[tuple[str, bool]] = []
    end = 0
    for link in LINK.finditer(line):
        found += [(line[end : link.start()], False), (link[0], True)]
        end = link.end()
    return [*found, (line[end:], False)]
