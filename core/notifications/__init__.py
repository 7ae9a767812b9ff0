"""Telling people: mails in their own language, sent after the commit."""
