"""The five aspects of a service that an office may lay over, each as a form."""

from collections.abc import Mapping
from typing import Any

from babel import Locale
from flask_babel import lazy_gettext as _l

from core.catalogue import fees, reference
from core.catalogue.conditions import blank
from core.catalogue.definition import Definition, Facts, FeeLine, Field, Option, Words
from core.overlay.laying import TITLE, WAYS, conditions, own_key
from core.overlay.terms import CURRENCY, FEE
from core.text import spoken_money, to_persian_digits
from tenants.scope import current_office

TITLES: dict[str, Words] = {
    "offered": {"fa": "ارائه خدمت", "en": "Offered or not"},
    "fees": {"fa": "هزینه‌ها", "en": "Fees"},
    "documents": {"fa": "مدارک", "en": "Documents"},
    "ways": {"fa": "راه ارائه مدارک و دریافت نتیجه", "en": "Ways to hand in and receive"},
    "words": {"fa": "اطلاعیه و نام محلی", "en": "Notice and local name"},
}
RECEIPT = "CODE"  # the paper that the list itself stands on
SPOKEN_HERE = ("fa", "en")
MOST_EXTRA = 12
_YES_NO: dict[bool, Words] = {
    True: {"fa": "بله", "en": "Yes"},
    False: {"fa": "خیر", "en": "No"},
}
_HOW = (
    Option("upload", {"fa": "بارگذاری در سامانه", "en": "Uploaded here"}),
    Option("counter", {"fa": "آوردن به نمایندگی", "en": "Brought to the office"}),
    Option("post", {"fa": "فرستادن با پست", "en": "Sent by post"}),
)


def fields(definition: Definition, key: str) -> tuple[Field, ...]:
    """The questions of an aspect; none where the service has nothing of the kind."""
    return _FIELDS[key](definition)


def faults(definition: Definition, key: str, values: Facts) -> dict[str, Any]:
    """What is wrong with the answers together: name of the box → words."""
    check = _CHECKS.get(key)
    return check(definition, values) if check else {}


def _all_or_none(definition: Definition, values: Facts) -> dict[str, Any]:
    if not values.get(CURRENCY):
        return {}
    told = _l("Write every amount in that currency, or none; the tariff is in another one.")
    wanted = [item.key for item in _fees(definition) if item.key.startswith(FEE)]
    return {name: told for name in wanted if blank(values.get(name))}


def _nothing_twice(_definition: Definition, values: Facts) -> dict[str, Any]:
    keys = [own_key(row) for row in values.get("extra") or ()]
    told = _l("This document is in the list already. Give it a title of its own.")
    return {f"extra.{number}.code": told for number, key in enumerate(keys) if key in keys[:number]}


def _in_both_languages(_definition: Definition, values: Facts) -> dict[str, Any]:
    boxes = ("notice_fa", "notice_en")
    given = [name for name in boxes if values.get(name)]
    told = _l("Write the notice in both languages.")
    return {name: told for name in boxes if name not in given} if len(given) == 1 else {}


def _offered(_definition: Definition) -> tuple[Field, ...]:
    off = {"field": "offered", "is": False}
    told = {"fa": "به متقاضیان گفته می‌شود، هم در صفحه خدمت و هم به کسانی که پیش‌نویس دارند.",
            "en": "Told on the service's page and to those who have a draft."}  # fmt: skip
    return (
        Field("offered", "yesno", {"fa": "این خدمت در این نمایندگی ارائه می‌شود؟",
                                   "en": "Is this service offered at this office?"}),
        Field("told_fa", "longtext", {"fa": "اگر نه، چه گفته شود؟ (فارسی)",
                                      "en": "If not, what is the public told? (Persian)"},
              hint=told, required=off, rules={"max": 600}),
        Field("told_en", "longtext", {"fa": "اگر نه، چه گفته شود؟ (انگلیسی)",
                                      "en": "If not, what is the public told? (English)"},
              required=off, rules={"max": 600}),
    )  # fmt: skip


def _fees(definition: Definition) -> tuple[Field, ...]:
    lines = [field for line in definition.fees for field in _of_line(line)]
    own = current_office().currency
    tariff = {line.currency for line in definition.fees}
    if not lines or own in tariff:
        return tuple(lines)
    label = {"fa": "این مبلغ‌ها به کدام ارز است؟", "en": "Which currency are these amounts in?"}
    names = reference.currency(own)
    options = (Option(own, {lang: f"{name} ({own})" for lang, name in names.items()}),)
    hint = {"fa": "اگر چیزی برنگزینید به ارز تعرفه است.",
            "en": "Without a choice they are in the tariff's own."}  # fmt: skip
    chosen = Field(CURRENCY, "choices", label, hint=hint, required=False, options=options)
    return (*lines, chosen)


def _of_line(line: FeeLine) -> list[Field]:
    """A box for the line, or one for each of its steps; empty means the tariff."""
    found = []
    for step, price in fees.prices(line):
        said = {lang: _amount(price, lang) for lang in ("fa", "en")}
        found.append(
            Field(
                f"{FEE}{step}", "number", price["title"], required=False,
                rules={"min": 0, "max": 100_000_000, "decimals": 2},
                hint={"fa": f"تعرفه: {said['fa']}", "en": f"Tariff: {said['en']}"},
            )
        )  # fmt: skip
    return found


def _amount(price: Mapping[str, Any], lang: str) -> str:
    spoken = spoken_money(price["amount"], price["currency"], lang)
    if not price["year"]:
        return spoken
    return f"{spoken} ({to_persian_digits(price['year']) if lang == 'fa' else price['year']})"


def _documents(definition: Definition) -> tuple[Field, ...]:
    asked = [Option(rule.key, rule.title) for rule in definition.documents if rule.code != RECEIPT]
    asked += [
        Option(item.key, item.label) for item in definition.fields.values() if item.type == "file"
    ]
    waived = Field(
        "waived", "choices", {"fa": "این نمایندگی نمی‌خواهد", "en": "Not asked at this office"},
        required=False, options=tuple(asked),
        hint={"fa": "مدرکی که نشان شود از هیچ‌کس خواسته نمی‌شود.",
              "en": "What is ticked is asked of nobody."},
    )  # fmt: skip
    extra = Field(
        "extra", "group",
        {"fa": "این نمایندگی افزون بر آن می‌خواهد", "en": "Asked here in addition"},
        required=False, fields=_extra(definition),
        rules={"min": 0, "max": MOST_EXTRA, "item": {"fa": "مدرک", "en": "Document"}},
    )  # fmt: skip
    return (waived, extra) if asked else (extra,)


def _extra(definition: Definition) -> tuple[Field, ...]:
    kinds = reference.table("documents")
    codes = tuple(
        Option(code, {lang: f"{kind['title'][lang]} ({code})" for lang in kind["title"]})
        for code, kind in kinds.items()
        if code != RECEIPT
    )
    other = {"field": "code", "is": "OTHER"}
    return (
        Field("code", "choice", {"fa": "مدرک", "en": "Document"}, options=codes),
        Field("how", "choice", {"fa": "چگونه", "en": "How"}, options=_HOW),
        Field("required", "yesno", {"fa": "بدون آن پذیرفته نمی‌شود؟", "en": "Is it required?"}),
        *_only_when(definition),
        Field("title_fa", "text", {"fa": "عنوان به فارسی", "en": "Title in Persian"},
              hint={"fa": "تنها اگر عنوان فهرست رسا نیست.",
                    "en": "Only where the list's is not clear."},
              required=other, rules={"max": 120}),
        Field("title_en", "text", {"fa": "عنوان به انگلیسی", "en": "Title in English"},
              required=other, rules={"max": 120}),
        Field("hint_fa", "text", {"fa": "راهنما به فارسی", "en": "Help in Persian"},
              required=False, rules={"max": 300}),
        Field("hint_en", "text", {"fa": "راهنما به انگلیسی", "en": "Help in English"},
              required=False, rules={"max": 300}),
    )  # fmt: skip


def _only_when(definition: Definition) -> tuple[Field, ...]:
    """Of whom the paper is asked: of everybody, or of those who give a certain answer."""
    options = tuple(
        Option(
            key,
            {lang: f"{item.label[lang]} – {_answer(option, yes, lang)}" for lang in SPOKEN_HERE},
        )
        for key, item, option, yes in conditions(definition)
    )
    label = {"fa": "تنها وقتی خواسته می‌شود که پاسخ این باشد", "en": "Asked only when the answer is"}
    hint = {"fa": "اگر چیزی برنگزینید از همه خواسته می‌شود.",
            "en": "Without a choice it is asked of everybody."}  # fmt: skip
    asked = Field("only", "choice", label, hint=hint, required=False, options=options)
    return (asked,) if options else ()


def _answer(option: Option | None, yes: bool, lang: str) -> str:
    return option.label[lang] if option else _YES_NO[yes][lang]


def _ways(definition: Definition) -> tuple[Field, ...]:
    """Those of the delivery block that the service has."""
    hint = {"fa": "اگر چیزی نشان نشود، تنظیمات عمومی نمایندگی تعیین می‌کند.",
            "en": "With nothing ticked the office's general settings decide."}  # fmt: skip
    return tuple(
        Field(key, "choices", asked.label, hint=hint, required=False,
              options=tuple(Option(one.key, one.label) for one in asked.options))
        for key, name in WAYS.items()
        if (asked := definition.fields.get(name)) and len(asked.options) > 1
    )  # fmt: skip


def _words(_definition: Definition) -> tuple[Field, ...]:
    names = [lang for lang in current_office().locales if lang not in SPOKEN_HERE]
    hint = {"fa": "پیش از آغاز درخواست نشان داده می‌شود.", "en": "Shown before a request is begun."}
    notices = (
        Field("notice_fa", "longtext", {"fa": "اطلاعیه به فارسی", "en": "Notice in Persian"},
              hint=hint, required=False, rules={"max": 1000}),
        Field("notice_en", "longtext", {"fa": "اطلاعیه به انگلیسی", "en": "Notice in English"},
              required=False, rules={"max": 1000}),
    )  # fmt: skip
    titles = tuple(
        Field(f"{TITLE}{lang}", "text", _name_in(lang), required=False, rules={"max": 120})
        for lang in names
    )
    return notices + titles


def _name_in(lang: str) -> Words:
    names = {spoken: Locale(spoken).languages.get(lang, lang) for spoken in SPOKEN_HERE}
    return {"fa": f"نام خدمت به {names['fa']}", "en": f"Name of the service in {names['en']}"}


_FIELDS = {
    "offered": _offered,
    "fees": _fees,
    "documents": _documents,
    "ways": _ways,
    "words": _words,
}
_CHECKS = {"fees": _all_or_none, "documents": _nothing_twice, "words": _in_both_languages}
