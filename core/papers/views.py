"""What stands on a paper, in words.

Whoever fills these has already chosen the language, the form of dates and digits, and what may be
shown. Nothing here is a record, so a paper can be made in a test from plain strings.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Line:
    """A label and its value. `ltr` for codes, numbers, e-mail, Latin names."""

    label: str
    value: str
    ltr: bool = False


@dataclass(frozen=True)
class Section:
    """A part of the form with its answers."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class PaperDocument:
    """A document that was handed in; the office ticks that it has seen the original."""

    title: str
    details: str = ""  # "2 files, 3 pages"


@dataclass(frozen=True)
class FeeLine:
    """One item of the fee, with its amount ready to read."""

    title: str
    amount: str


@dataclass(frozen=True)
class OfficeHead:
    """The office at the top of every paper."""

    name: str
    city: str
    contact: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Moment:
    """A point in time in both calendars: `۳۰ آبان ۱۴۰۵` and `21 November 2026`."""

    jalali: str
    gregorian: str
    time: str = ""


@dataclass(frozen=True)
class ReceiptView:
    """The receipt: what was asked, when, what to bring and what happens next."""

    office: OfficeHead
    service: str
    tracking_code: str
    track_url: str  # the QR code's content; holds no code, name or number
    submitted: Moment
    applicant: tuple[Line, ...]
    documents: tuple[PaperDocument, ...] = ()
    bring: tuple[str, ...] = ()
    fees: tuple[FeeLine, ...] = ()
    fee_total: str = ""
    next_steps: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeedText:
    """The Persian text that will be signed at the office, whatever the form's language."""

    title: str
    paragraphs: tuple[str, ...]
    signers: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormView(ReceiptView):
    """The filled form: the receipt's facts, all answers, declarations and boxes to sign."""

    sections: tuple[Section, ...] = field(default=())
    declarations: tuple[str, ...] = ()
    photo: bytes | None = None  # JPEG of the applicant
    deed: DeedText | None = None
