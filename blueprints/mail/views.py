"""Pages of the demo's mail reader."""

from pathlib import Path

from flask import current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from core.errors import NotFound
from core.platform import maildir


def _folder() -> Path:
    return current_app.extensions["settings"].home / "mail"


def inbox() -> ResponseReturnValue:
    """All mails, newest first, or those to one address."""
    to = request.args.get("to", "").strip()
    return render_template("mail/inbox.html", messages=maildir.messages(_folder(), to), to=to)


def messages_json() -> ResponseReturnValue:
    """The same for scripts."""
    found = maildir.messages(_folder(), request.args.get("to", "").strip())
    return jsonify(
        [
            {
                "to": message.to,
                "subject": message.subject,
                "text": message.text,
                "html": message.html,
                "at": message.at.isoformat(),
            }
            for message in found
        ]
    )


def message(key: str) -> ResponseReturnValue:
    """One mail as text, with links that can be followed."""
    found = maildir.message(_folder(), key)
    if found is None:
        raise NotFound
    return render_template("mail/message.html", message=found)
