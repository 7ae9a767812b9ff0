"""Writes the first step of both lines from the models: `python -m tenants.migrations.write`.

Only until the first release; after it every change is a step of its own. The same models always
give the same files.
"""

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate import render_python_code
from alembic.operations import ops
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Constraint, MetaData, Table, TypeDecorator
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import sort_tables_and_constraints

from tenants import names
from tenants.database import Model
from tenants.migrations.steps import FOLDER, LINES, OFFICE_ROLE

HEADER = '''"""The first tables: everything that the models of the {line} line describe.

Written by `python -m tenants.migrations.write`.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def upgrade() -> None:
    {body}
'''


def import_models(root: Path = FOLDER.parent) -> MetaData:
    """Import every module that declares tables and return what they declared."""
    importlib.import_module("tenants.registry")
    for path in sorted(root.glob("core/*/models.py")):
        importlib.import_module(f"core.{path.parent.name}.models")
    return Model.metadata


def script(line: str, metadata: MetaData) -> str:
    """The text of the first step of a line."""
    schema = names.SHARED_SCHEMA if line == "shared" else None
    tables = [table for table in metadata.tables.values() if table.schema == schema]
    tables.sort(key=lambda table: table.name)
    body = render_python_code(
        ops.UpgradeOps(ops=_operations(line, tables)),
        render_item=_plain_types,
        migration_context=MigrationContext.configure(dialect_name="postgresql"),
    )
    lines = [text for text in body.splitlines() if not text.strip().startswith("# ###")]
    return _formatted(HEADER.format(line=line, body="\n".join(lines).strip()))


def _operations(line: str, tables: list[Table]) -> list[Any]:
    found: list[Any] = []
    *sorted_tables, (_, keys) = sort_tables_and_constraints(tables)
    late = sorted(keys, key=lambda key: str(key.name))
    for table, _ in sorted_tables:
        found.append(_create(table, {key.name for key in late}))
        found += [
            ops.CreateIndexOp.from_index(index)
            for index in sorted(table.indexes, key=lambda index: str(index.name))
        ]
        found += [ops.ExecuteSQLOp(statement) for statement in _rights(line, table)]
    return found + [ops.CreateForeignKeyOp.from_constraint(key) for key in late]


def _create(table: Table, late: set[Any]) -> ops.CreateTableOp:
    """The table without the keys that wait for another one; constraints in a fixed order."""
    operation = ops.CreateTableOp.from_table(table)
    items: list[Any] = list(operation.columns)
    columns = [item for item in items if isinstance(item, Column)]
    constraints = [i for i in items if isinstance(i, Constraint) and i.name not in late]
    constraints.sort(key=lambda item: (type(item).__name__, str(item.name)))
    operation.columns = [*columns, *constraints]
    operation.info = {}
    return operation


def _rights(line: str, table: Table) -> list[str]:
    own = OFFICE_ROLE if line == "office" else names.MINISTRY
    statements = []
    if table.info.get("append_only"):
        statements.append(f"REVOKE UPDATE, DELETE ON {table.fullname} FROM {own}")
    for key, role in (("app", names.APP), ("offices", names.OFFICES)):
        if privileges := table.info.get(key):
            statements.append(f"GRANT {privileges} ON {table.fullname} TO {role}")
    if row := table.info.get("first_row"):
        columns = ", ".join(row)
        values = ", ".join(repr(value) for value in row.values())
        statements.append(f"INSERT INTO {table.fullname} ({columns}) VALUES ({values})")  # noqa: S608
    return statements


def _plain_types(kind: str, item: Any, context: Any) -> str | Literal[False]:
    """Write our own types as what they are in the database."""
    if kind != "type" or not isinstance(item, TypeDecorator):
        return False
    plain = item.load_dialect_impl(postgresql.dialect())
    prefix = "postgresql." if type(plain).__module__.startswith("sqlalchemy.dialects") else "sa."
    return f"{prefix}{plain!r}"


def _formatted(text: str) -> str:
    for arguments in (["check", "--select", "I,F401", "--fix", "-q"], ["format", "-q"]):
        text = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "--stdin-filename", "step.py", "-"],
            input=text,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    return text


def main() -> None:
    """Write both files."""
    metadata = import_models()
    for line in LINES:
        folder = FOLDER / line
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "0001_first_tables.py").write_text(script(line, metadata), encoding="utf-8")


if __name__ == "__main__":
    main()
