"""Soil: settings and data. Imports nothing of ours."""
