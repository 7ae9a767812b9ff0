"""What a request costs: lines, exemptions, and the office's currency when a rate is known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from core.catalogue import reference
from core.catalogue.conditions import holds, lookup
from core.catalogue.definition import Definition, Exemption, Facts, FeeLine, Tier, Words


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
    def promise(self) -> str:
        """The sum as it was shown, so that another one is noticed."""
        local = f"{self.local_total} {self.local_currency}" if self.local_currency else ""
        return f"{self.total} {self.currency} {local}".strip()

    @property
    def due(self) -> bool:
        """Whether anything has to be paid."""
        return self.total > 0


RATED = "EUR"
"""The tariff's currency, which an office states its rate for."""


def quote(definition: Definition, facts: Facts, office: Mapping[str, Any]) -> Quote:
    """The fee of a request. `office`: currency, and optionally rate (local per unit), rate_date,
    and what the office has laid over the tariff: fees {step: amount} in fees_currency (none: the
    tariff's). A step is the key of a line, or with its number where the line is graded."""
    applying = [line for line in definition.fees if holds(line.when, facts)]
    own = _laid_over(applying, office)
    lines = tuple(_line(line, facts, own, office.get("fees_currency")) for line in applying)
    total = sum((line.amount for line in lines), Decimal(0))
    currency = lines[0].currency if lines else RATED
    years = tuple(sorted({line.year for line in lines if line.year}))
    return Quote(lines, total, currency, years=years, **_local(total, currency, office))


def prices(line: FeeLine, today: str | None = None) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the tariff says of each step of a line: (step, {title, amount, currency, year})."""
    for number, step in enumerate(_steps(line)):
        key = _step(line, number)
        price = _price(step.item, today) if step.item else _own_price(line, step.amount)
        named = reference.table("tariff")[step.item]["title"] if step.item else None
        title = named if line.tiers and named else line.title or named
        yield key, {**price, "title": title}


def _steps(line: FeeLine) -> tuple[Tier, ...]:
    return line.tiers or (Tier(None, line.item, line.amount),)


def _step(line: FeeLine, number: int) -> str:
    return f"{line.key}__{number}" if line.tiers else line.key


def _laid_over(lines: list[FeeLine], office: Mapping[str, Any]) -> Mapping[str, Any]:
    """The office's own amounts. In a currency of their own they count only when none is missing:
    a bill has one currency."""
    own = office.get("fees") or {}
    if not office.get("fees_currency"):
        return own
    steps = {key for line in lines for key, _ in prices(line)}
    return own if steps <= set(own) else {}


def _local(total: Decimal, currency: str, office: Mapping[str, Any]) -> dict[str, Any]:
    own = office.get("currency")
    if own == currency:
        return {"local_total": total, "local_currency": own}
    local = converted(total, currency, office)
    if local is None:
        return {}
    return {"local_total": local, "local_currency": own, "rate": Decimal(str(office["rate"])),
            "rate_date": office.get("rate_date")}  # fmt: skip


def converted(amount: Decimal, currency: str, office: Mapping[str, Any]) -> Decimal | None:
    """An amount of the tariff in the office's currency; None where it has stated no rate."""
    rate = office.get("rate")
    if rate is None or currency != RATED or office.get("currency") in (None, currency):
        return None
    return (amount * Decimal(str(rate))).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _line(
    line: FeeLine, facts: Facts, laid_over: Mapping[str, Any], own_currency: str | None
) -> QuoteLine:
    number = _tier(line, facts)
    step = _steps(line)[number]
    price = _price(step.item, facts.get("today")) if step.item else _own_price(line, step.amount)
    own = laid_over.get(_step(line, number))
    if own is not None:
        price = {"amount": own, "currency": own_currency or price["currency"], "year": None}
    unit, count = Decimal(str(price["amount"])), _count(line, facts)
    exempt = _exempt(line.exempt, facts)
    title = line.title or reference.table("tariff")[step.item or ""]["title"]
    return QuoteLine(
        line.key, title, unit, count, price["currency"], price["year"],
        Decimal(0) if exempt else unit * count, exempt,
    )  # fmt: skip


def _tier(line: FeeLine, facts: Facts) -> int:
    """Which step of a graded line it is; 0 for one that is not graded."""
    if not line.tiers:
        return 0
    value = lookup(facts, line.by or "")
    reached = value if isinstance(value, int) else 0
    return next(
        number for number, step in enumerate(line.tiers) if step.to is None or reached <= step.to
    )


def _own_price(line: FeeLine, amount: str | None) -> dict[str, Any]:
    return {"amount": amount, "currency": line.currency, "year": line.year}


def _price(item: str, today: Any) -> dict[str, Any]:
    """The newest amount of the tariff that is in force on that day."""
    amounts = reference.table("tariff")[item]["amounts"]
    in_force = [row for row in amounts if row.get("from", "") <= str(today or "9999")]
    newest = (in_force or amounts[:1])[-1]
    return {"amount": newest["amount"], "currency": newest.get("currency", RATED),
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
