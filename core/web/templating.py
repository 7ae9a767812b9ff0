"""Templates are code: undefined names fail. Filters that every page may use."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_timedelta
from babel.numbers import format_decimal
from flask import Flask, Response, current_app, g, request, url_for
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from jinja2 import BytecodeCache, FileSystemBytecodeCache, StrictUndefined, pass_context
from jinja2 import __version__ as jinja_version
from jinja2.bccache import Bucket
from markupsafe import Markup

from core.caches import private_cache
from core.catalogue.reference import countries
from core.catalogue.reference import currency as currency_names
from core.clock import now
from core.dates import in_gregorian, jalali
from core.text import spoken_money, to_persian_digits
from core.web.language import LANGUAGES, chosen_theme
from core.web.once import once_field
from core.web.questions import labels

# Control characters that no page may hold; somebody may have typed them.
UNSHOWN = bytes(c for c in range(32) if c not in b"\t\n\r") + b"\x7f"
COMPILED = f"templates-{jinja_version}"
LTR = Markup('<bdi dir="ltr">{}</bdi>')


def lang() -> str:
    """fa or en."""
    locale = get_locale()
    return locale.language if locale else LANGUAGES[0]


def words(pair: Any) -> str:
    """The wanted language of a {fa, en} pair; Persian where the other is missing."""
    if not isinstance(pair, Mapping):
        return str(pair)
    return pair.get(lang()) or pair.get("fa") or pair.get("en") or ""


def num(value: Any) -> str:
    """A number or text with the digits of the language."""
    if isinstance(value, int | float):
        value = format_decimal(value, locale=lang(), numbering_system="default")
    return to_persian_digits(value) if lang() == "fa" else str(value)


def day(value: date | None) -> Markup:
    """A date in both calendars, the reader's own first."""
    if value is None:
        return Markup("–")
    if isinstance(value, datetime):
        value = value.astimezone(_zone()).date()
    first, second = jalali(value, lang()), in_gregorian(value, lang())
    if lang() == "en":
        first, second = second, first
    return Markup(
        '<time datetime="{}">{} <small class="other-calendar">({})</small></time>'
    ).format(value.isoformat(), first, second)


def moment(value: datetime | None) -> Markup:
    """Date in both calendars and the time of day in the office's zone."""
    if value is None:
        return Markup("–")
    local = value.astimezone(_zone())
    return Markup('{}<span class="clock">&nbsp;·</span> <span class="clock">{}</span>').format(
        day(local.date()), num(local.strftime("%H:%M"))
    )


def ago(value: datetime | None) -> str:
    """How long ago, in words."""
    if value is None:
        return "–"
    spoken = format_timedelta(value - now(), add_direction=True, locale=lang())
    return to_persian_digits(spoken) if lang() == "fa" else spoken


def duration(value: timedelta) -> str:
    """How long, in words."""
    spoken = format_timedelta(value, locale=lang())
    return to_persian_digits(spoken) if lang() == "fa" else spoken


def tracking(code: str | None) -> Markup:
    """A tracking code in groups of four, always Latin and left to right."""
    if not code:
        return Markup("–")
    grouped = "-".join(code[i : i + 4] for i in range(0, len(code), 4))
    return Markup('<bdi dir="ltr" class="tracking-code">{}</bdi>').format(grouped)


def ltr(value: Any) -> Markup:
    """An e-mail, phone or passport number inside right-to-left text."""
    return LTR.format(value) if value not in (None, "") else Markup("–")


def money(amount: Any, currency: str) -> str:
    """An amount with its currency in the reader's words."""
    return spoken_money(amount, currency, lang())


def country(code: str) -> str:
    """A country by its code, in the reader's words."""
    return words(countries().get(code, code))


def currency(code: str) -> str:
    """A currency by its code, in the reader's words, with the code."""
    return f"{words(currency_names(code))} ({code})"


def language(code: str) -> str:
    """A language by its code, in the reader's words."""
    return str(Locale(lang()).languages.get(code, code))


def csrf_field() -> Markup:
    """The hidden token of every form."""
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def address_with(**changes: str) -> str:
    """This page's address with some query values changed (language, theme, page, sort)."""
    if request.method != "GET" or request.endpoint is None:
        return "?" + "&".join(f"{k}={v}" for k, v in changes.items())
    kept = {k: v for k, v in request.args.items() if k not in changes}
    values: dict[str, Any] = {**(request.view_args or {}), **kept, **changes}
    return url_for(request.endpoint, **values)


def _zone() -> ZoneInfo:
    office = g.get("office")
    return ZoneInfo(office.timezone if office else "UTC")


def _context() -> dict[str, Any]:
    return {
        "lang": lang(),
        "dir": "rtl" if lang() == "fa" else "ltr",
        "theme": chosen_theme(),
        "current_actor": g.get("actor"),
        "office": g.get("office"),
        "settings": current_app.extensions["settings"],
    }


def _late(filter_: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that runs for each reader: {{ 12|num }} must not be folded when compiled."""

    @pass_context
    def late(_context: Any, *args: Any, **kwargs: Any) -> Any:
        return filter_(*args, **kwargs)

    return late


FILTERS = (
    num,
    day,
    moment,
    ago,
    duration,
    tracking,
    ltr,
    money,
    words,
    country,
    currency,
    language,
    labels,
)
GLOBALS = (csrf_field, once_field, words, address_with)


def _showable(response: Response) -> Response:
    """What was typed comes back in the boxes, but without what would make the page invalid."""
    if response.mimetype == "text/html" and not response.direct_passthrough:
        page = response.get_data()
        shown = page.translate(None, UNSHOWN)
        if len(shown) != len(page):
            response.set_data(shown)
    return response


def compiled_templates() -> BytecodeCache | None:
    """Where compiled templates are kept between starts: compiling them all takes seconds.

    None where the folder is not ours alone, because what lies in it is run.
    """
    folder = private_cache(COMPILED)
    return Compiled(str(folder)) if folder else None


class Compiled(FileSystemBytecodeCache):
    """Jinja's cache in files; a full disk costs time and nothing else."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def install(app: Flask) -> None:
    """Give the templates their strictness, filters and globals."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.bytecode_cache = compiled_templates()
    app.jinja_env.filters.update({f.__name__: _late(f) for f in FILTERS})
    app.jinja_env.globals.update({f.__name__: f for f in GLOBALS})
    app.context_processor(_context)
    app.after_request(_showable)
