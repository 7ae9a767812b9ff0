"""The audit trail: append-only, chained; no entry, no act."""
