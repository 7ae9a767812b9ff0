"""Two numbered lines of schema steps, shared and office, and what runs them.

A step is `migrations/<line>/NNNN_what.py` with an `upgrade()` of Alembic operations, no `revision`
and no way back. Each is rendered to SQL once and applied to as many offices as there are. Tables
of the office line are written without a schema; `@office` in a statement is the office's role.
`removes_after = N` in a step that removes something names the step of the earlier release since
which no code uses it (two_steps.py says what else is forbidden). `mikhak offices migrate` runs.
"""
