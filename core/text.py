"""Text as people type it, brought into the one form that we store.

Persian and Arabic keyboards write the same letter with different code points, and pasted text
carries control and direction characters. Everything typed passes `clean` once at the edge.
"""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency
from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

ZWNJ = "\u200c"
PERSIAN_DIGITS = "۰۱۲۳۴۵۶۷۸۹"
_ARABIC_DIGITS = "٠١٢٣٤٥٦٧٨٩"
_TO_LATIN = str.maketrans(PERSIAN_DIGITS + _ARABIC_DIGITS, "0123456789" * 2)
_TO_PERSIAN = str.maketrans("0123456789" + _ARABIC_DIGITS, PERSIAN_DIGITS * 2)
_LETTERS = str.maketrans({"ي": "ی", "ى": "ی", "ك": "ک", "ە": f"ه{ZWNJ}", "ـ": ""})
_FOLD = str.maketrans({"ة": "ه", "ٱ": "ا", "ە": "ه", "ي": "ی", "ى": "ی", "ك": "ک", ZWNJ: ""})
_ALPHABET = " ءآابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی"
_PLAIN = {"\u200c": " ", "أ": "ا", "إ": "ا", "ؤ": "و", "ئ": "ی"}
_IN_ORDER = {ord(sign): _ALPHABET.index(sign) for sign in _ALPHABET}
_IN_ORDER |= {ord(sign): _ALPHABET.index(plain) for sign, plain in _PLAIN.items()}
_NOT_BEFORE_ZWNJ = "ادذرزژوآأإؤءة"
# Letters drawn as they join, as some PDFs give them, and the wide ones of Japanese keyboards.
_DRAWN = re.compile("[\ufb50-\ufdff\ufe70-\ufefc\uff01-\uff5e]")
# What a Persian keyboard types, already in our form: nothing of it has to be looked at one by one.
_TIDY = re.compile(
    r"(?:[!-~آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی۰-۹،؛؟«»]| (?! )"
    r"|(?<=[بپتثجچحخسشصضطظعغفقکگلمنهی])\u200c(?=[آابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی]))*"
)


def _escaped(sentence: LazyString) -> Markup:
    return escape(str(sentence))


# Flask-Babel passes its lazy sentences off as HTML; ours repeat what people typed.
LazyString.__html__ = _escaped  # type: ignore[method-assign]


class TextRefused(ValueError):
    """The text holds something that no keyboard types (NUL, half a character)."""

    def __init__(self) -> None:
        self.message = _l(
            "This text holds a character that cannot be stored. Type it again instead of pasting."
        )
        super().__init__("text with NUL or surrogate")


def clean(text: str, *, lines: bool = False) -> str:
    """One stored form: NFC, ی and ک, letters as a keyboard types them, tidy spaces and ZWNJ, no
    control or direction characters.

    `lines=True` keeps line breaks. Cleaning a cleaned text changes nothing.
    Raises TextRefused on NUL and lone surrogates.
    """
    if _TIDY.fullmatch(text):
        return text.strip(" ")
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise TextRefused
    before = None
    while before != text:
        before = text
        text = _pass(text, lines)
    return text


def _pass(text: str, lines: bool) -> str:
    text = _DRAWN.sub(lambda hit: unicodedata.normalize("NFKC", hit[0]), text)
    text = unicodedata.normalize("NFC", text).translate(_LETTERS)
    text = re.sub(r"\r\n?|[\u0085\u2028\u2029]", "\n", text)
    if not lines:
        text = re.sub(r"[\n\t\v\f]", " ", text)
    text = "".join(_keep(char) for char in text)
    text = _zwnj(re.sub(r" {2,}", " ", text))
    text = "\n".join(line.strip(" ") for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", text).strip(" \n")


def _keep(char: str) -> str:
    if char in (ZWNJ, "\n"):
        return char
    category = unicodedata.category(char)
    if category == "Zs" or char == "\t":
        return " "
    return "" if category in ("Cc", "Cf") else char


def _zwnj(text: str) -> str:
    """Keeps a ZWNJ only where it does something: between two letters that would join."""
    text = re.sub(f"{ZWNJ}+", ZWNJ, text)
    return re.sub(ZWNJ, lambda hit: ZWNJ if _separates(text, hit.start()) else "", text)


def _separates(text: str, at: int) -> bool:
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    return _arabic(before) and before not in _NOT_BEFORE_ZWNJ and _arabic(after)


def _arabic(char: str) -> bool:
    return "\u0600" <= char <= "\u06ff" and char.isalpha()


def digits(text: str) -> str:
    """Persian and Arabic figures as Latin ones; everything else stays."""
    return text.translate(_TO_LATIN)


def to_persian_digits(text: object) -> str:
    """Latin and Arabic figures as Persian ones, for showing."""
    return str(text).translate(_TO_PERSIAN)


def figures(value: object) -> LazyString:
    """A number inside a message, in the figures of the language that the message is read in."""
    return LazyString(
        lambda: to_persian_digits(value) if str(get_locale() or "en") == "fa" else str(value)
    )


@lru_cache(maxsize=8192)  # the same cities and countries again and again
def alphabetical(text: str) -> str:
    """A key that sorts words of either script as a dictionary does, the Persian ones first.

    By their code points پ, چ, ژ and گ would stand at the end.
    """
    return text.casefold().translate(_IN_ORDER)


def spoken_money(amount: Decimal | int, currency: str, lang: str) -> str:
    """An amount with its currency, in the figures and with the marks of the language."""
    spoken = format_currency(amount, currency, locale=lang, numbering_system="default")
    return to_persian_digits(spoken) if lang == "fa" else spoken


def in_order(text: object) -> str:
    """Latin words and figures amid Persian ones, between marks that keep their order."""
    return f"\u200e{text}\u200e"


def only_digits(text: str) -> str:
    """The figures alone, Latin, without spaces, dashes and whatever else was typed between."""
    return re.sub(r"[^0-9]", "", digits(text))


def fold(text: str) -> str:
    """The search key: forms of one letter, figures, case and marks folded together."""
    before = None
    while before != text:
        before = text
        text = digits(clean(text)).casefold()
        text = unicodedata.normalize("NFKD", text).translate(_FOLD)
        text = "".join(char for char in text if not unicodedata.combining(char))
        text = " ".join(re.sub(r"[^\w]+", " ", text).replace("_", " ").split())
    return text
