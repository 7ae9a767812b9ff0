"""Offices that do not exist, as many as a bench wants: the real ones under new names."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count, cycle

from core.documents.keys import LocalRootKey, new_office_key
from tenants import reference
from tenants.lifecycle import default_hosts
from tenants.progress import Line
from tenants.provisioning import Opening, open_office
from tests.bench.house import House


def offices(prefix: str = "made_up") -> Iterator[reference.NewOffice]:
    """Never ends: made_up_1, made_up_2, … each like the next real office of the reference file."""
    real = cycle(list(reference.offices().values()))
    for number, office in zip(count(1), real, strict=False):
        yield replace(office, slug=f"{prefix}_{number}")


def fill_up(house: House, wanted: int, prefix: str = "made_up") -> list[str]:
    """Open so many, those that are there already included; the slugs, in order."""
    settings, line, slugs = house.settings, Line(), []
    root = LocalRootKey(settings.root_key)
    with house.app.app_context():
        for number, office in zip(range(1, wanted + 1), offices(prefix), strict=False):
            opening = Opening(
                hosts=default_hosts(office.slug, settings.base_domain),
                wrapped_key=new_office_key(root, office.slug),
            )
            open_office(settings.owner_database_url, office, opening)
            slugs.append(office.slug)
            line.tell(number, wanted, office.slug)
    return slugs
