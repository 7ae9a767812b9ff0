"""Terms: what of the overlay is in force for one service at one office."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.catalogue.definition import Words
from core.publishing.national import Retired
from tenants.scope import current_office

CURRENCY = "currency"
FEE = "fee_"

Chosen = Mapping[str, Mapping[str, Any]]


def place() -> dict[str, str]:
    """Who the office of the scope is, as conditions ask for it."""
    office = current_office()
    return {
        "slug": office.slug,
        "kind": office.kind,
        "country_code": office.country_code,
        CURRENCY: office.currency,
    }


@dataclass(frozen=True)
class Terms:
    """The answers to each setting and each aspect that the office has chosen (and may choose).

    A request keeps those that it was submitted under, so that what was promised stays.
    """

    settings: Chosen = field(default_factory=dict)
    service: Chosen = field(default_factory=dict)
    retired: Retired | None = None

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> "Terms":
        """The terms that a request has kept."""
        return cls(kept.get("settings", {}), kept.get("service", {}))

    def plain(self) -> dict[str, Any]:
        """As a request keeps them."""
        return {"settings": dict(self.settings), "service": dict(self.service)}

    @property
    def offered(self) -> bool:
        """Whether the service can be asked for here: neither switched off nor withdrawn."""
        return self.retired is None and bool(self.service.get("offered", {}).get("offered", True))

    @property
    def told(self) -> Words:
        """What the public reads while it is not offered."""
        if self.retired:
            return self.retired.told
        said = self.service.get("offered", {})
        return {"fa": said.get("told_fa", ""), "en": said.get("told_en", "")}

    @property
    def instead(self) -> str | None:
        """The code of the service that takes its place."""
        return self.retired.successor if self.retired else None

    @property
    def notice(self) -> Words | None:
        """What the office wants people to know before they begin."""
        said = self.service.get("words", {})
        found = {lang: said[f"notice_{lang}"] for lang in ("fa", "en") if f"notice_{lang}" in said}
        return found or None

    def facts(self) -> dict[str, Any]:
        """What conditions and fees may ask about the office: who it is, and its settings."""
        return self.facts_at(place())

    def facts_at(self, where: Mapping[str, Any]) -> dict[str, Any]:
        """The same for the office of which `place` told who it is."""
        known: dict[str, Any] = dict(where)
        known |= {key: said["value"] for key, said in self.settings.items() if "value" in said}
        known |= self._rate()
        fees = self.service.get("fees", {})
        known["fees"] = {
            key.removeprefix(FEE): amount for key, amount in fees.items() if key.startswith(FEE)
        }
        known["fees_currency"] = next(iter(fees.get(CURRENCY, ())), None)
        return known

    def _rate(self) -> dict[str, Any]:
        said = self.settings.get(CURRENCY, {})
        if not said.get("rate"):
            return {}
        return {"rate": said["rate"], "rate_date": date.fromisoformat(said["rate_date"])}
