"""The sentences that an applicant ticks before submitting."""

from collections.abc import Mapping
from typing import Any

from core.catalogue.conditions import holds
from core.catalogue.definition import Declaration, Definition, Facts


def asked(definition: Definition, facts: Facts, params: Mapping[str, Any]) -> list[Declaration]:
    """The declarations that apply; `params` are those of flows.parameters."""
    known = {**facts, **{f"param.{key}": value for key, value in params.items()}}
    return [item for item in definition.declarations if holds(item.when, known)]
