"""Tell somebody something, once this transaction is true."""

from datetime import datetime
from typing import Any

from core.outbox.actions import put


def notify(
    address: str,
    message: str,
    lang: str,
    values: dict[str, Any],
    *,
    expires: datetime | None = None,
) -> None:
    """Leave a mail in the outbox.

    `message` names a folder of `templates/messages`, rendered in `lang` when it is sent, with
    `values` (JSON values only; no personal data beyond what the message must say) and the
    office. After `expires` it is dropped: a one-time code never arrives late.
    """
    put(
        "mail",
        {"to": address, "message": message, "lang": lang, "values": values},
        expires=expires,
    )
