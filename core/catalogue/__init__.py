"""The catalogue: consular services as data. Pure: no database, no request, no clock of its own.

`reader` turns files into `definition` objects or into faults; everything else answers questions
about one definition and the facts of one request (see `facts`).
"""
