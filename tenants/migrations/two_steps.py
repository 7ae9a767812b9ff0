"""Says which steps break the rule that code of two neighbouring releases runs on one schema.

Add first, remove a release later, change no type in place, never make a table wait for a rewrite.
"""

import re
from collections.abc import Sequence

from tenants.migrations.steps import Step

REMOVALS = re.compile(r"\bDROP (TABLE|COLUMN|SCHEMA)\b", re.IGNORECASE)
NEVER = {
    re.compile(r"\bALTER COLUMN \S+ (SET DATA )?TYPE\b", re.IGNORECASE): (
        "changes a type in place: add a column beside it"
    ),
    re.compile(r"\bRENAME\b", re.IGNORECASE): "renames: add the new name, remove the old one later",
    re.compile(r"\bALTER COLUMN \S+ SET NOT NULL\b", re.IGNORECASE): (
        "forbids nulls that older code still writes: add a CHECK … NOT VALID"
    ),
    re.compile(r"\bADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL\b", re.IGNORECASE | re.DOTALL): (
        "adds a column that older code can't fill: give it a default or allow nulls"
    ),
    re.compile(r"\bCREATE (TRIGGER|SEQUENCE|TYPE)\b", re.IGNORECASE): (
        "makes what Citus can't move: no triggers, sequences or types"
    ),
}


def faults(line: Sequence[Step]) -> list[str]:
    """Every statement of a line that breaks the rule, with what to do instead."""
    found = []
    for step in line:
        for statement in step.statements:
            found += [
                f"{step.name}: {why}" for rule, why in NEVER.items() if rule.search(statement)
            ]
            if REMOVALS.search(statement) and not _may_remove(step):
                found.append(
                    f"{step.name}: removes: set `removes_after` to the earlier step of the release"
                    " since which nothing uses it"
                )
    return found


def _may_remove(step: Step) -> bool:
    return step.removes_after is not None and step.removes_after < step.number
