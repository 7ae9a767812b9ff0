"""What everybody may know about an office, as one frozen value that outlives sessions."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """An office as the registry knew it when it was read; texts are {"fa": …, "en": …}."""

    slug: str
    kind: str
    name: dict[str, str]
    city: dict[str, str]
    country_code: str
    country: dict[str, str]
    timezone: str
    currency: str
    locales: tuple[str, ...]
    weekend: tuple[str, ...]
    jurisdictions: tuple[str, ...]
    status: str
    schema_version: int
    hosts: tuple[str, ...] = ()
    successor: str | None = None
    contact: dict[str, Any] = field(default_factory=dict)
    wrapped_key: bytes | None = field(default=None, repr=False)
    # Only while the office's key is being changed.
    former_wrapped_key: bytes | None = field(default=None, repr=False)

    def __hash__(self) -> int:
        return hash(self.slug)
