"""What is asked of the database meanwhile: `with sent(app) as statements: …`."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event

from tenants.database import db

# Asked by each process once in two seconds, whatever pages are opened.
NOT_OF_THE_PAGE = "registry_version"


@contextmanager
def sent(app: Flask) -> Iterator[list[str]]:
    """The statements of pages, without those that begin and end transactions."""
    seen: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest) -> None:
        if NOT_OF_THE_PAGE not in statement:
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
