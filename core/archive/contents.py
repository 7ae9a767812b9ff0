"""What of an office goes into an archive, and in which form.

Everything in its schema, but what only means something to a browser or a mail of today. Columns
sealed with the installation's secret are opened for the file (which is sealed itself) and sealed
anew where it is restored. A column of bytes that is named nowhere here fails a test.
"""

from dataclasses import dataclass

LEFT_BEHIND = frozenset(
    {
        "answered_keys",  # forms that were sent twice
        "attempts",
        "audit_head",  # the house's seal on the trail, made anew with the entry of the restoring
        "one_time_codes",
        "password_resets",
        "signed_sessions",
        "spent_checks",
        "staff_attempts",
    }
)
"""Tables that stay: after a restoration everybody signs in anew."""

ONLY_AT_HOME = frozenset({"staff_invitations", "staff_recovery_codes"})
"""Kept as digests under the installation's secret: worth nothing at another place, so they come
back only under the same name in the same installation."""

SEALED = {("staff_members", "totp_secret"): "staff.totp", ("outbox", "payload"): "outbox:{kind}"}
"""Columns sealed by core.crypto, with the purpose (`{column}` of the same row)."""

DOCUMENTS = "documents"
DOCUMENT_KEY, SHELF_KEY = "wrapped_key", "storage_key"
"""Each document gets a new key, wrapped by the new office's; its place on the shelf begins with
the office. What it holds is the same to the byte."""

PLAIN_BYTES = frozenset(
    {
        ("audit_entries", "hash"),
        ("staff_passkeys", "credential_id"),
        ("staff_passkeys", "public_key"),
    }
)
"""Bytes that mean the same everywhere."""


@dataclass(frozen=True)
class Shared:
    """Rows of the office in a shared table."""

    table: str
    where: str = ""
    for_a_copy: bool = True
    """Whether a second office made from the file has them too."""


SHARED = (
    Shared("office_statistics"),
    Shared("office_backlog"),
    Shared("office_changes", for_a_copy=False),
    Shared(
        "folded_events",
        "AND id IN (SELECT id FROM outbox WHERE done_at IS NULL)",
        for_a_copy=False,
    ),
)
STAYS_SHARED = frozenset({"office_hosts", "office_erasures", "office_totals", "office_months"})
"""Shared tables that name an office and do not travel; sums are made anew from their figures."""
