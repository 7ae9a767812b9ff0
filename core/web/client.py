"""Who asks, as far as limits care."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request


def client() -> str:
    """An IPv4 address, or the /64 that a household has: within it addresses cost nothing."""
    try:
        address = ip_address((request.remote_addr or "-").partition("%")[0])
    except ValueError:
        return request.remote_addr or "-"
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, 64), strict=False))
