"""Pages of the demo's mail reader."""

from pathlib import Path

from flask import current_app, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from config.settings import Settings
from core.demo import cast
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


def sign_ins() -> str:
    """Who lives in the demo, how to sign in, and the codes that their phones would show now."""
    settings = current_app.extensions["settings"]
    if settings.env == "production":
        raise NotFound
    base = settings.base_domain
    places = [
        {
            "name": slug,
            "home": settings.origin(f"{slug}.{base}"),
            "staff": [_employee(settings, slug, one) for one in cast.STAFF],
            "applicants": cast.remembered(settings).get(slug, {}),
        }
        for slug in cast.OFFICES
    ]
    return render_template(
        "mail/sign_ins.html",
        places=places,
        ministry=[_employee(settings, "ministry", one) for one in cast.MINISTRY],
        ministry_home=settings.origin(f"ministry.{base}"),
        password=cast.PASSWORD,
    )


def _employee(settings: Settings, place: str, one: cast.Employee) -> dict[str, str]:
    email = one.email(place)
    return {"email": email, "role": one.roles[0], "code": cast.current_code(settings, email)}
