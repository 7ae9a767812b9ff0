"""Definitions before they are published: written, previewed with samples, tried as by an applicant.

Everything stays in the ministry's schema. What is shown is made by the same engine, reader and
templates as at an office; no office sees any of it before it is published.
"""
