"""Two numbered lines of schema steps, shared and office, and what runs them.

Steps are written with Alembic's operations in `migrations/<line>/NNNN_what.py`; each is rendered
to SQL once and then applied to as many offices as there are.
"""
