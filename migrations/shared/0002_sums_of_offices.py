"""One number an office for the ministry's table, where figures were added up for every look."""

import sqlalchemy as sa
from alembic import op

OPEN = "SELECT office, sum(n) FROM ministry.office_backlog GROUP BY 1"
DECIDED = """
SELECT office, date_trunc('month', day)::date, sum(n) FROM ministry.office_statistics
WHERE status IN ('approved', 'approved_online', 'certified', 'rejected') GROUP BY 1, 2
"""


def upgrade() -> None:
    op.create_table(
        "office_totals",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office"], ["ministry.offices.slug"], name=op.f("fk_office_totals_office_offices")
        ),
        sa.PrimaryKeyConstraint("office", name=op.f("pk_office_totals")),
        schema="ministry",
    )
    op.create_table(
        "office_months",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office"], ["ministry.offices.slug"], name=op.f("fk_office_months_office_offices")
        ),
        sa.PrimaryKeyConstraint("office", "month", name=op.f("pk_office_months")),
        schema="ministry",
    )
    op.create_index(
        "ix_office_backlog_waiting",
        "office_backlog",
        ["office", "submitted_on"],
        postgresql_where=sa.text("n > 0"),
        schema="ministry",
    )
    op.drop_index(
        "ix_office_statistics_status_day", table_name="office_statistics", schema="ministry"
    )
    op.execute(f"INSERT INTO ministry.office_totals (office, n) {OPEN}")
    op.execute(f"INSERT INTO ministry.office_months (office, month, n) {DECIDED}")
