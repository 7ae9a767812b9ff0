"""Signed-in sessions, in PostgreSQL, of applicants, staff and ministry people."""
