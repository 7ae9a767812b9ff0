"""Versions of services, published once and kept for good by the ministry."""
