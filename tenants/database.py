"""The database of the application: `db`, and `Model` from which every table descends.

Each scope has a Session of its own: a Session used for two offices would answer from its
identity map with the first one's objects. Without a scope there is no Session at all.
"""

import os
import weakref
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import DateTime, MetaData, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.orm import DeclarativeBase

from config.settings import Settings
from tenants import binding
from tenants.context import ScopeChanged, current_scope
from tenants.pool import OfficePool

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """A table of an office (no schema) or a shared one ({"schema": "ministry"})."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }


class Session(FlaskSession):
    """A Session that belongs to the scope it was made in and works in no other."""

    def __init__(self, **options: Any) -> None:
        self.scope = current_scope()
        super().__init__(**options)

    def get_bind(self, *args: Any, **kwargs: Any) -> Any:
        if current_scope() is not self.scope:
            raise ScopeChanged(f"this session belongs to {self.scope.name}")
        return self.scope.connection or super().get_bind(*args, **kwargs)


class Database(SQLAlchemy):
    """Flask-SQLAlchemy whose sessions follow our scopes instead of application contexts."""

    def _make_declarative_base(self, model_class: Any, disable_autonaming: bool = False) -> Any:
        """Our Model as it is, so that type checkers know it."""
        model_class.metadata.info["bind_key"] = None
        self.metadatas[None] = model_class.metadata
        return model_class

    def _teardown_session(self, exc: BaseException | None) -> None:
        """Nothing: a session ends with its scope, not with the application context."""


db = Database(
    model_class=Model,
    add_models_to_shell=False,
    session_options={
        "class_": Session,
        "scopefunc": current_scope,
        "expire_on_commit": False,
        # An office that is being opened lends its connection: the opener commits, not we.
        "join_transaction_mode": "rollback_only",
    },
)


def engine_options(pool_size: int) -> dict[str, Any]:
    """How we talk to PostgreSQL, and why: see tenants/binding.py.

    Prepared statements bring nothing when schemas switch and fail in a rolling migration.
    """
    return {
        "isolation_level": "AUTOCOMMIT",
        "poolclass": OfficePool,
        "pool_size": pool_size,
        "max_overflow": 0,
        "pool_timeout": 5,
        "pool_recycle": 1800,
        "use_native_hstore": False,
        "connect_args": {
            "prepare_threshold": None,
            "cursor_factory": binding.OneStatementCursor,
            "connect_timeout": 5,
            "application_name": "mikhak",
        },
    }


def init_app(app: Flask, settings: Settings, *, threads: int = 4) -> None:
    """Give the application its engine; it connects with the first query, after any fork.

    Twice as many connections as threads: a recorder opens a short scope inside another one.
    """
    app.config["SQLALCHEMY_DATABASE_URI"] = make_url(settings.database_url).set(
        drivername="postgresql+psycopg"
    )
    app.config["BASE_DOMAIN"] = settings.base_domain
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(2 * threads)
    db.init_app(app)
    with app.app_context():
        binding.bind(db.engine)
        _forget_after_fork(db.engine)


def _forget_after_fork(engine: Engine) -> None:
    """A child process must not talk over its parent's connections: it begins with none."""
    kept = weakref.ref(engine)

    def forget() -> None:
        if (engine := kept()) is not None:
            engine.dispose(close=False)

    os.register_at_fork(after_in_child=forget)
