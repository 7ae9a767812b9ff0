"""The catalogue as the first page shows it: subjects, each with the names of its services."""

from typing import Any

from core.catalogue.reference import entries
from core.requests import definitions

NAMED = 5
# Half of the Persian names begin with this word; the letter beside the name shall tell them apart.
PREFIX = "امور "


def groups(lang: str) -> list[dict[str, Any]]:
    """The subjects that have a service, in their own order."""
    # By their number in the national list, the usual ones come first.
    services = definitions.here()
    shown = []
    for key, group in entries("groups").items():
        titles = [service.title[lang] for service in services if service.group == key]
        if titles:
            separator = "، " if lang == "fa" else ", "
            more = " …" if len(titles) > NAMED else ""
            about = separator.join(titles[:NAMED]) + more
            letter = group[lang].removeprefix(PREFIX)[:1]
            shown.append({"key": key, "title": group, "letter": letter, "about": about})
    return shown
