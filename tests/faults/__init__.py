"""The house under fire: real processes killed, frozen and starved while people hand in requests.

`make chaos MINUTES=30` runs everything long, `make test` a short, seeded part of it.
"""
