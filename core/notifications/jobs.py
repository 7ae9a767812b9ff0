"""What the outbox does with a mail."""

from typing import Any
from uuid import UUID

from flask import current_app, render_template
from flask_babel import force_locale

from core.notifications import smtp
from tenants.scope import current_scope


def send_mail(row_id: UUID, payload: dict[str, Any]) -> None:
    """Render and send; the row's id makes the Message-ID, so a repeat is known as one."""
    settings = current_app.extensions["settings"]
    subject, text, html = render(payload["message"], payload["lang"], payload["values"])
    smtp.send(
        settings.smtp_url,
        sender=settings.mail_from,
        to=payload["to"],
        subject=subject,
        text=text,
        html=html,
        message_id=f"<{row_id}@{settings.base_domain}>",
        lang=payload["lang"],
    )


def render(message: str, lang: str, values: dict[str, Any]) -> tuple[str, str, str]:
    """Subject (one line), plain text and HTML of a message in a language."""
    with force_locale(lang):
        context = {**values, "office": current_scope().office}
        subject, text, html = (
            render_template(f"messages/{message}/{part}", **context)
            for part in ("subject.txt", "body.txt", "body.html")
        )
    return " ".join(subject.split()), text.strip() + "\n", html


HANDLERS = {"mail": send_mail}
