"""A form that arrived after its session was over waits with the session for its person."""

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    op.add_column("signed_sessions", sa.Column("unsent", sa.LargeBinary()))
    op.add_column("signed_sessions", sa.Column("unsent_at", sa.DateTime(timezone=True)))
