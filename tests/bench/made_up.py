"""Offices that do not exist, as many as a bench wants: the real ones under new names."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count, cycle

from tenants import reference


def offices(prefix: str = "made_up") -> Iterator[reference.NewOffice]:
    """Never ends: made_up_1, made_up_2, … each like the next real office of the reference file."""
    real = cycle(reference.offices().values())
    for number, office in zip(count(1), real, strict=False):
        yield replace(office, slug=f"{prefix}_{number}")
