"""What an office lays over the national catalogue: its own settings and its own view of a service.

The ministry says what a service is; an office says what is its own about it (section 8 of the
domain file), unless the ministry has locked that. `subjects` says what can be laid over and in
which form it is asked, `laying` makes the office's version of a definition: again a definition, so
that pages, papers, checks and the desk need not know that there is an overlay.
"""
