"""The catalogue as the first page shows it: subjects, each with the names of its services."""

from typing import Any

from core.catalogue import reader
from core.catalogue.reference import entries

NAMED = 5


def groups(lang: str) -> list[dict[str, Any]]:
    """The subjects that have a service, in their own order."""
    services = reader.load_all().values()
    shown = []
    for key, group in entries("groups").items():
        titles = [service.title[lang] for service in services if service.group == key]
        if titles:
            separator = "، " if lang == "fa" else ", "
            more = " …" if len(titles) > NAMED else ""
            about = separator.join(titles[:NAMED]) + more
            shown.append({"key": key, "title": group, "about": about})
    return shown
