"""Who asks, as far as limits care."""

from flask import request


def client() -> str:
    """An IPv4 address, or the /64 that a household has: within it addresses cost nothing."""
    address = request.remote_addr or "-"
    return ":".join(address.split(":")[:4]) if address.count(":") > 1 else address
