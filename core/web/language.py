"""Persian first, English complete; one file of words per part, merged once per process."""

from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from flask import Flask, Response, g, has_request_context, request
from flask_babel import Babel, Domain, get_locale

LANGUAGES = ("fa", "en")
THEMES = ("auto", "light", "dark")
YEAR = 365 * 24 * 3600
# Babel's own table knows one form for Persian; counted sentences here have “one” and “more”.
COUNTED = {"fa": "nplurals=2; plural=(n > 1);"}
WORDS = Path(__file__).parents[2] / "config" / "translations"


@cache
def merged_words(lang: str) -> NullTranslations:
    """All parts of a language as one catalogue. English needs none: a msgid is its English."""
    files = sorted((WORDS / lang).glob("*.po"))
    if not files:
        return NullTranslations()
    whole = Catalog(locale=lang)
    if lang in COUNTED:
        whole.mime_headers = [("Plural-Forms", COUNTED[lang])]
    for path in files:
        with path.open("rb") as part:
            for message in read_po(part, locale=lang):
                if message.id and message.string:
                    whole.add(message.id, _forms(message, whole), context=message.context)
    compiled = BytesIO()
    write_mo(compiled, whole)
    compiled.seek(0)
    return Translations(compiled)


def _forms(message: Message, whole: Catalog) -> Any:
    """The forms of a counted sentence; a part that has one form means it for every number."""
    if not message.pluralizable:
        return message.string
    given = [form for form in message.string or () if form]
    return tuple(given[min(at, len(given) - 1)] for at in range(whole.num_plurals))


class MergedWords(Domain):
    """The flask-babel domain that reads the merged parts."""

    def get_translations(self) -> NullTranslations:
        """The words of the language in force."""
        locale = get_locale()
        return merged_words(locale.language if locale else LANGUAGES[0])


def chosen_language() -> str:
    """`?lang=`, then what was chosen before, then Persian."""
    if not has_request_context():
        return LANGUAGES[0]
    for wish in (request.args.get("lang"), request.cookies.get("lang")):
        if wish in LANGUAGES:
            return wish
    return LANGUAGES[0]


def chosen_theme() -> str:
    """`?theme=`, then what was chosen before, then the system's wish."""
    if not has_request_context():
        return THEMES[0]
    for wish in (request.args.get("theme"), request.cookies.get("theme")):
        if wish in THEMES:
            return wish
    return THEMES[0]


def _office_zone() -> str | None:
    office = g.get("office")
    return office.timezone if office else None


def _remember(response: Response) -> Response:
    """Keep a choice made in the address; these cookies say nothing about the person."""
    secure = request.is_secure
    for name, allowed in (("lang", LANGUAGES), ("theme", THEMES)):
        wish = request.args.get(name)
        if wish is not None and wish in allowed:
            response.set_cookie(name, wish, max_age=YEAR, samesite="Lax", secure=secure)
    return response


def install(app: Flask) -> None:
    """Teach the app its languages."""
    babel = Babel(
        app,
        default_locale=LANGUAGES[0],
        locale_selector=chosen_language,
        timezone_selector=_office_zone,
    )
    babel.domain_instance = MergedWords()
    app.after_request(_remember)
