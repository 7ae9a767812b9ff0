"""The same for people of the ministry: what arrived after the session was over waits with it."""

import sqlalchemy as sa
from alembic import op

TABLE = "signed_sessions_of_ministry"


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("unsent", sa.LargeBinary()), schema="ministry")
    op.add_column(TABLE, sa.Column("unsent_at", sa.DateTime(timezone=True)), schema="ministry")
