"""Where a request comes from."""

from __future__ import annotations

import ipaddress

from django.conf import settings

__all__ = ["client_address"]


def client_address(remote: str, forwarded_for: str) -> str:
    """Return the address of the client: a proxy's word for it counts only where the proxy is trusted."""
    forwarded = [part.strip() for part in forwarded_for.split(",")]
    while remote in settings.TRUSTED_PROXIES and forwarded and forwarded[-1]:
        remote = forwarded.pop()
    return _network(remote)


def _network(address: str) -> str:
    """One household has one IPv6 /64, and one IPv4 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
