"""What the outbox does with a mail."""

import smtplib
from typing import Any
from uuid import UUID

from flask import current_app, render_template
from flask_babel import force_locale

from core import breaker
from core.notifications import smtp
from tenants.scope import current_scope

DEAD_SECONDS = 5.0
GONE = (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError)


class MailDown(OSError):
    """The mail server did not answer a moment ago."""


def send_mail(row_id: UUID, payload: dict[str, Any]) -> None:
    """Render and send; the row's id makes the Message-ID, so a repeat is known as one.

    A server that did not answer is left alone for a moment, so that a frozen one does not hold up
    all other work; the mail waits in its outbox meanwhile.
    """
    settings = current_app.extensions["settings"]
    server = breaker.of(settings.smtp_url, DEAD_SECONDS)
    if server.is_open:
        raise MailDown
    subject, text, html = render(payload["message"], payload["lang"], payload["values"])
    try:
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
    except OSError as error:
        # Any other answer of SMTP is an answer: the server is there.
        if not isinstance(error, smtplib.SMTPException) or isinstance(error, GONE):
            server.trip()
        raise


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
