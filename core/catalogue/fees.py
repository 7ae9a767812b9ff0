"""What a request costs: lines, exemptions, and the office's currency when a rate is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from core.catalogue import reference
from core.catalogue.conditions import holds, lookup
from core.catalogue.definition import Definition, Exemption, Facts, FeeLine, Words


@dataclass(frozen=True)
class QuoteLine:
    """One line of the bill. `exempt` holds the reason when nothing is taken."""

    key: str
    title: Words
    unit: Decimal
    count: int
    currency: str
    year: int | None
    amount: Decimal
    exempt: Words | None = None


@dataclass(frozen=True)
class Quote:
    """The bill: what is due in the tariff's currency, and in the office's when a rate is known."""

    lines: tuple[QuoteLine, ...]
    total: Decimal
    currency: str
    local_total: Decimal | None = None
    local_currency: str | None = None
    rate: Decimal | None = None
    rate_date: date | None = None
    years: tuple[int, ...] = field(default=())

    @property
    def due(self) -> bool:
        """Whether anything has to be paid."""
        return self.total > 0


def quote(definition: Definition, facts: Facts, office: Mapping[str, Any]) -> Quote:
    """The fee of a request. `office`: currency, and optionally rate (local per unit), rate_date,
    and fees {line key: amount} that the office has laid over the tariff."""
    lines = tuple(
        _line(line, facts, office.get("fees") or {})
        for line in definition.fees
        if holds(line.when, facts)
    )
    total = sum((line.amount for line in lines), Decimal(0))
    currency = lines[0].currency if lines else "EUR"
    years = tuple(sorted({line.year for line in lines if line.year}))
    return Quote(lines, total, currency, years=years, **_local(total, currency, office))


def _local(total: Decimal, currency: str, office: Mapping[str, Any]) -> dict[str, Any]:
    own, rate = office.get("currency"), office.get("rate")
    if own == currency:
        return {"local_total": total, "local_currency": own}
    if not own or rate is None:
        return {}
    local = (total * Decimal(str(rate))).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return {"local_total": local, "local_currency": own, "rate": Decimal(str(rate)),
            "rate_date": office.get("rate_date")}  # fmt: skip


def _line(line: FeeLine, facts: Facts, laid_over: Mapping[str, Any]) -> QuoteLine:
    item, amount = _graded(line, facts)
    own = {"amount": amount, "currency": line.currency, "year": line.year}
    price: dict[str, Any] = _price(item, facts) if item else own
    unit = Decimal(str(laid_over.get(line.key, price["amount"])))
    count = _count(line, facts)
    exempt = _exempt(line.exempt, facts)
    title = line.title or reference.table("tariff")[item or ""]["title"]
    return QuoteLine(
        line.key, title, unit, count, price["currency"], price["year"],
        Decimal(0) if exempt else unit * count, exempt,
    )  # fmt: skip


def _graded(line: FeeLine, facts: Facts) -> tuple[str | None, str | None]:
    if not line.tiers:
        return line.item, line.amount
    value = lookup(facts, line.by or "")
    number = value if isinstance(value, int) else 0
    tier = next(step for step in line.tiers if step.to is None or number <= step.to)
    return tier.item, tier.amount


def _price(item: str, facts: Facts) -> dict[str, Any]:
    """The newest amount of the tariff that is in force today."""
    amounts = reference.table("tariff")[item]["amounts"]
    today = str(facts.get("today") or "9999")
    in_force = [row for row in amounts if row.get("from", "") <= today]
    newest = (in_force or amounts[:1])[-1]
    return {"amount": newest["amount"], "currency": newest.get("currency", "EUR"),
            "year": newest.get("year")}  # fmt: skip


def _count(line: FeeLine, facts: Facts) -> int:
    if not line.per:
        return 1
    value = lookup(facts, line.per)
    if isinstance(value, (list, tuple)):
        return len(value)
    return max(int(value), 0) if isinstance(value, int) else 1


def _exempt(rules: tuple[Exemption, ...], facts: Facts) -> Words | None:
    return next((rule.text for rule in rules if holds(rule.when, facts)), None)
