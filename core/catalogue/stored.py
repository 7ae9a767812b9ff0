"""A definition as plain JSON that stands alone, for keeping a version for good.

Shared blocks, lists of options and the catalogue of documents are inside it as they were when the
version was read: changing a block later changes new versions, never a request that has begun.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from core.catalogue.definition import Definition, Field

# How it was written is not what it says; samples are its tests.
LEFT_OUT = frozenset({"source", "samples"})
_ALREADY = frozenset({str, int, float, bool, type(None)})


def plain(definition: Definition) -> dict[str, Any]:
    """The whole meaning of a definition as JSON values."""
    return {
        part.name: _plain(getattr(definition, part.name))
        for part in fields(definition)
        if part.name not in LEFT_OUT
    }


def meaning_hash(definition: Definition) -> str:
    """The hash of what a definition says, with everything that it shares with others."""
    text = json.dumps(plain(definition), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def restored(table: Mapping[str, Any], kept_hash: str) -> Definition:
    """The definition of a kept version."""
    definition: Definition = _made(Definition, {**table, "source": {}, "samples": ()})
    # What later releases work out from it may differ; its name does not.
    definition.__dict__["hash"] = kept_hash
    return definition


def _plain(value: Any) -> Any:
    kind: Any = type(value)
    if kind in _ALREADY:  # nearly all values: the whole catalogue is hashed by every new process
        return value
    if names := _parts(kind):
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return str(value) if isinstance(value, date | Decimal) else value


@cache
def _parts(kind: type) -> tuple[str, ...]:
    """The names of a record's parts; none for anything else."""
    return tuple(part.name for part in fields(kind)) if is_dataclass(kind) else ()


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _made(kind: Any, value: Any) -> Any:
    """The value as the type that its place has; conditions and words stay tables."""
    if value is None:
        return None
    if get_origin(kind) in (Union, UnionType):
        record = next((one for one in get_args(kind) if is_dataclass(one)), None)
        return _made(record, value) if record else value
    if get_origin(kind) is tuple:
        return tuple(_made(get_args(kind)[0], item) for item in value)
    if not (isinstance(kind, type) and is_dataclass(kind)):
        return value
    known = {
        part.name: _made(_hints(kind)[part.name], value[part.name])
        for part in fields(kind)
        if part.name in value or (part.default is MISSING and part.default_factory is MISSING)
    }
    if kind is Field:
        known["rules"] = {name: _tupled(rule) for name, rule in known["rules"].items()}
    return kind(**known)


def _tupled(rule: Any) -> Any:
    return tuple(rule) if isinstance(rule, list) else rule
