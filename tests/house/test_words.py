"""Every sentence of the interface has its Persian; the parts do not contradict each other."""

import calendar
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
PARTS = sorted((ROOT / "config/translations/fa").glob("*.po"))
KEYWORDS = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "N_": None,
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@cache
def spoken() -> dict[str, str]:
    """msgid → where it is said."""
    found: dict[str, str] = {}
    for folder in ("core", "blueprints", "tenants", "templates"):
        methods = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
        for name, line, message, *_ in extract_from_dir(
            ROOT / folder, method_map=methods, keywords=KEYWORDS, comment_tags=()
        ):
            singular = message if isinstance(message, str) else message[0]
            found.setdefault(singular, f"{folder}/{name}:{line}")
    return found


def persian() -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """msgid → [(part, its Persian forms)]."""
    words: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for path in PARTS:
        with path.open("rb") as part:
            for message in read_po(part, locale="fa"):
                if not message.id:
                    continue
                singular = message.id if isinstance(message.id, str) else message.id[0]
                forms = (
                    (message.string,) if isinstance(message.string, str) else tuple(message.string)
                )
                words[singular].append((path.name, forms))
    return words


def test_every_sentence_has_its_persian() -> None:
    known = persian()
    missing = [
        f"{where}: {msgid}"
        for msgid, where in spoken().items()
        if not any(form for _, forms in known.get(msgid, []) for form in forms)
    ]
    assert not missing, "\n".join(missing)


def test_parts_agree() -> None:
    for msgid, said in persian().items():
        assert len({forms for _, forms in said}) == 1, f"{msgid!r} differs: {said}"


def test_no_sentence_is_kept_for_nobody() -> None:
    """Some are said by name of a constant: it is enough that the sentence stands in the source."""
    sources = " ".join(
        path.read_text().replace('\\"', '"')
        for folder in ("core", "blueprints", "templates")
        for path in sorted((ROOT / folder).rglob("*.*"))
        if path.suffix in (".py", ".html", ".txt")
    )
    source = re.sub(r'"\s*\n\s*"', "", sources)
    unspoken = sorted(set(persian()) - set(spoken()) - set(calendar.month_name))
    assert not [msgid for msgid in unspoken if msgid not in source]


def test_placeholders_survive_translation() -> None:
    for path in PARTS:
        with path.open("rb") as part:
            for message in read_po(part, locale="fa"):
                ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
                forms = message.string
                for form in (forms,) if isinstance(forms, str) else forms:
                    known = {name for text in ids for name in PLACEHOLDER.findall(text)}
                    assert set(PLACEHOLDER.findall(form)) <= known, f"{path.name}: {message.id}"


def test_persian_letters_are_persian() -> None:
    for path in PARTS:
        text = path.read_text()
        assert not re.search("[\u064a\u0643]", text), f"{path.name}: Arabic ye or kaf"


def test_a_silent_he_is_written_bare() -> None:
    """«نسخه تازه», not «نسخهٔ تازه»: one spelling on all pages."""
    for path in PARTS:
        assert not re.search("ه[\u0654\u0621]|\u06c0", path.read_text()), f"{path.name}: «هٔ»"
