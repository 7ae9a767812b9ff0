"""Views: receipt and filled form as PDF, built from the request."""

from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, g, redirect, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from blueprints.requests import prospect, requests, showing
from core import dates, identifiers
from core.accounts import queries as accounts
from core.catalogue import answers
from core.catalogue.fields import type_of
from core.documents import streams
from core.errors import NotFound
from core.papers import rendering
from core.papers.views import (
    DeedText,
    FeeLine,
    FormView,
    Line,
    Moment,
    OfficeHead,
    PaperDocument,
    ReceiptView,
    Section,
)
from core.requests import people, queries
from core.requests.situation import Situation, situation_of
from core.web.audience import actor
from core.web.links import public_url
from core.web.templating import lang, money, num, words


@requests.get("/<uuid:request_id>/receipt.pdf")
def receipt(request_id: UUID) -> Any:
    """The receipt to print and bring."""
    held = queries.own(actor(), request_id)
    if held.submitted_at is None:
        return redirect(url_for("requests.show", request_id=held.id), 303)
    view = ReceiptView(**common(situation_of(held)))
    return _sent(rendering.receipt_pdf(view, lang()), "receipt.pdf")


@requests.get("/<uuid:request_id>/form.pdf")
def form(request_id: UUID) -> Any:
    """The filled form to print, sign and bring."""
    held = queries.own(actor(), request_id)
    if held.submitted_at is None:
        return redirect(url_for("requests.show", request_id=held.id), 303)
    situation = situation_of(held)
    view = FormView(
        **common(situation),
        sections=tuple(_sections(situation)),
        declarations=tuple(words(item.text) for item in situation.declarations),
        photo=_photo(situation),
        deed=_deed(situation),
    )
    return _sent(rendering.form_pdf(view, lang()), "form.pdf")


def _deed(situation: Situation) -> DeedText | None:
    """What will be signed, to be read at home; none when the service has no deed."""
    deed = situation.deed
    return DeedText(deed.title, deed.paragraphs, deed.signers) if deed else None


def common(situation: Situation) -> dict[str, Any]:
    """What stands on both papers."""
    held = situation.request
    if held.submitted_at is None:
        raise NotFound
    return {
        "office": _head(),
        "service": words(situation.definition.title),
        "tracking_code": held.tracking_code,
        "track_url": public_url("tracking.track"),
        "submitted": _moment(held.submitted_at.astimezone(ZoneInfo(g.office.timezone))),
        "applicant": tuple(_applicant(situation)),
        "documents": tuple(_documents(situation)),
        "bring": tuple(showing.to_bring(situation)),
        "fees": tuple(
            FeeLine(words(line.title), prospect.worked_out(line)) for line in situation.quote.lines
        ),
        "fee_total": _total(situation),
        "next_steps": tuple(showing.next_steps(situation)),
    }


def _head() -> OfficeHead:
    """The office; its telephone and address stand on the help page as well."""
    known = g.office.contact
    lines = (
        Line(_("Address"), words(known.get("address") or "")),
        Line(_("Telephone"), str(known.get("phone") or ""), ltr=True),
        Line(_("E-mail address"), str(known.get("email") or ""), ltr=True),
    )
    contact = tuple(line for line in lines if line.value)
    return OfficeHead(words(g.office.name), words(g.office.city), contact)


def _moment(local: Any) -> Moment:
    day = local.date()
    return Moment(
        dates.jalali(day, lang()), dates.in_gregorian(day, lang()), num(local.strftime("%H:%M"))
    )


def _phone(number: str | None) -> str:
    return identifiers.show_phone(number) if number else ""


def _applicant(situation: Situation) -> list[Line]:
    person = situation.profile
    lines = [
        Line(_("Name"), people.full_name(person, "fa")),
        Line(_("Name in Latin letters"), people.full_name(person, "en"), ltr=True),
        Line(_("Father's name"), str(person.get("father_name_fa") or "")),
        Line(_("National ID"), str(person.get("national_id") or ""), ltr=True),
        Line(_("Special code"), str(person.get("special_code") or ""), ltr=True),
        Line(_("Date of birth"), _date(person.get("birth_date"))),
        Line(_("Passport number"), str(person.get("passport_no") or ""), ltr=True),
        Line(_("E-mail address"), str(person.get("email") or ""), ltr=True),
        Line(_("Mobile number"), _phone(person.get("mobile_abroad")), ltr=True),
    ]
    subject = people.full_name(people.subject_of(situation), lang())
    if situation.facts.get("on_behalf_of", "self") != "self" and subject:
        lines.append(Line(_("On behalf of"), subject))
    return [line for line in lines if line.value]


def _date(text: Any) -> str:
    return dates.both(date.fromisoformat(str(text)), lang()) if text else ""


def _documents(situation: Situation) -> list[PaperDocument]:
    return [
        PaperDocument(
            words(ask.title),
            num(ngettext("%(num)s file", "%(num)s files", len(situation.handed[ask.key]))),
        )
        for ask in situation.uploads
        if situation.handed.get(ask.key)
    ]


def _total(situation: Situation) -> str:
    quote = situation.quote
    if not quote.due:
        return ""
    total = money(quote.total, quote.currency)
    if quote.rate is None or quote.local_total is None or quote.rate_date is None:
        return total
    here = money(quote.local_total, quote.local_currency or "")
    day = dates.both(quote.rate_date, lang())
    return _("%(total)s, here %(here)s at the rate of %(day)s", total=total, here=here, day=day)


def _sections(situation: Situation) -> list[Section]:
    shown = answers.shown(situation.definition, situation.facts, lang())
    found = []
    for section, rows in shown:
        lines = [
            line
            for field, text, details in rows
            if field.type != "file"
            for line in _lines(field, text, details)
        ]
        if lines:
            found.append(Section(words(section.title), tuple(lines)))
    return found


def _lines(field: Any, text: str, details: list[tuple[str, str]]) -> list[Line]:
    if details:
        return [Line(f"{words(field.label)} – {label}", said) for label, said in details]
    return [Line(words(field.label), text, ltr=type_of(field).ltr)]


def _photo(situation: Situation) -> bytes | None:
    """The photo handed in with the request, else the applicant's own where it is about them."""
    for ask in situation.uploads:
        if not ask.photo:
            continue
        for document in situation.handed.get(ask.key, []):
            if document.is_released:
                return b"".join(streams.open_preview(document))
    if situation.facts.get("on_behalf_of", "self") != "self":
        return None
    own = accounts.get(situation.request.account_id)
    return b"".join(streams.open_preview(accounts.photo(own.id))) if own.photo_id else None


def _sent(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
