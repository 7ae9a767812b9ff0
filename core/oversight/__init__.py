"""The ministry's room: opening offices, and seeing all of them in figures, never in persons."""
