"""Reference data beside the services: documents, groups, reasons, borders, tariff and so on.

Each file is read once per process. Directories hold one list or block a file, so that two people
who add one never touch the same file.
"""

from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import tomli
from babel import Locale

from core.identifiers import dialling_codes
from core.text import alphabetical, fold, to_persian_digits

CONFIG = Path(__file__).parents[2] / "config"
REFERENCE = CONFIG / "reference"
_NOT_COUNTRIES = {"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"}


@cache
def table(name: str) -> MappingProxyType[str, Any]:
    """The content of config/reference/<name>.toml."""
    return MappingProxyType(tomli.loads((REFERENCE / f"{name}.toml").read_text("utf-8")))


@cache
def entries(name: str) -> MappingProxyType[str, Any]:
    """The entries of a reference file by key."""
    return MappingProxyType(dict(table(name)))


@cache
def folder(name: str) -> MappingProxyType[str, Any]:
    """The files of config/reference/<name>/ by their name."""
    return MappingProxyType(
        {
            path.stem: tomli.loads(path.read_text("utf-8"))
            for path in sorted((REFERENCE / name).glob("*.toml"))
        }
    )


@lru_cache(maxsize=1)
def countries() -> MappingProxyType[str, dict[str, str]]:
    """Country code → its name in both languages, ordered by the Persian name."""
    persian: dict[str, str] = dict(Locale("fa").territories)
    english: dict[str, str] = dict(Locale("en").territories)
    codes = [
        code for code in english if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    ]
    return MappingProxyType(
        {
            code: {"fa": persian.get(code, english[code]), "en": english[code]}
            for code in sorted(codes, key=lambda code: persian.get(code, english[code]))
        }
    )


@cache
def countries_in_order(lang: str) -> tuple[str, ...]:
    """The country codes as a reader of that language looks for them."""
    names = countries()
    if lang == "fa":
        return tuple(sorted(names, key=lambda code: alphabetical(names[code]["fa"])))
    return tuple(sorted(names, key=lambda code: fold(names[code]["en"])))


@cache
def dialling(lang: str, first: str | None) -> tuple[dict[str, str], ...]:
    """The countries with their dialling codes: the office's own first, then Iran, then all."""
    codes, names = dialling_codes(), countries()
    ahead = [code for code in dict.fromkeys((first, "IR")) if code in codes and code in names]
    rest = [code for code in countries_in_order(lang) if code in codes and code not in ahead]
    figures = to_persian_digits if lang == "fa" else str
    return tuple(
        {"key": code, "label": f"{names[code][lang]} \u200e{figures(codes[code])}"}
        for code in (*ahead, *rest)
    )


@cache
def currency(code: str) -> dict[str, str]:
    """The words for a currency code; unknown codes stand for themselves."""
    return {lang: Locale(lang).currencies.get(code, code) for lang in ("fa", "en")}


def option_list(name: str) -> list[dict[str, Any]]:
    """A shared list of options: config/reference/options/<name>.toml, or `countries`."""
    if name == "countries":
        return [{"key": code, "label": label} for code, label in countries().items()]
    if name == "currencies":
        return [{"key": code, "label": currency(code)} for code in table("currencies")["codes"]]
    return folder("options")[name]["options"]


def option_lists() -> set[str]:
    """The names of all shared lists."""
    return set(folder("options")) | {"countries", "currencies"}
