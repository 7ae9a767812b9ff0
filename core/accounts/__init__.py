"""Accounts of applicants: proving an e-mail address, the profile, passwords, special codes."""
