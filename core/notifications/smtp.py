"""One SMTP conversation, with a short time-out of our own."""

import smtplib
import ssl
from email.message import EmailMessage
from email.policy import SMTP
from urllib.parse import unquote, urlsplit

TIMEOUT = 10


def send(
    url: str,
    *,
    sender: str,
    to: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    lang: str,
) -> None:
    """Send one mail; raises OSError or smtplib.SMTPException when the server does not take it.

    `url`: smtp://[user:password@]host[:port] (STARTTLS where offered) or smtps://….
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"], mail["Content-Language"] = message_id, lang
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    with connect(url) as server:
        server.send_message(mail, from_addr=sender, to_addrs=[to])


def connect(url: str, timeout: float = TIMEOUT) -> smtplib.SMTP:
    """Open the conversation, encrypted where the server can, signed in where we have a login."""
    parts = urlsplit(url)
    host = parts.hostname or "localhost"
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=TIMEOUT, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=timeout)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
    if parts.username:
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server
