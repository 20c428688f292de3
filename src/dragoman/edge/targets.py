"""Addresses out there that somebody else chose: webhooks, media, graph calls. None of them may reach inside.

Every address of a host must be a public one, and an address is looked up by nobody's write transaction. Networks that
the operator allows (DRAGOMAN_ALLOW_TARGETS) may be reached as well, and without encryption.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from socket import AddressFamily, SocketKind, getaddrinfo
from urllib.parse import urlsplit

from dragoman.config import Network
from dragoman.core.errors import Refused

Address = IPv4Address | IPv6Address
Lookup = Callable[[str], Awaitable[Sequence[Address]]]

MAX_URL = 2000
MAX_HOST = 253
LOOKUP_SECONDS = 5.0
# A lookup that hangs holds its thread; these are its own, so that nothing else waits for one.
_lookups = ThreadPoolExecutor(max_workers=4, thread_name_prefix="lookup")
# Below 1024 mail servers, shells and the like listen, which can be talked to in HTTP with a little malice.
FIRST_FREE_PORT, WEB_PORTS = 1024, (80, 443)
# Public by the letter, and still a way in: the tunnels carry another address inside.
_TUNNELS = (ip_network("2002::/16"), ip_network("192.88.99.0/24"), ip_network("64:ff9b::/96"))
_PLACE = re.compile(r"(\[[0-9a-f:.]+\]|[^\[\]:]+)(:\d*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\]")


class BadTarget(Refused):
    """An address that must not, or cannot, be reached."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request may go. Connect to one of `addresses`: a name may mean something else a moment later."""

    url: str
    host: str
    port: int
    addresses: tuple[Address, ...]


async def look_up(host: str) -> Sequence[Address]:
    """Every address of a name. Raises OSError, and TimeoutError after five seconds."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(LOOKUP_SECONDS):
        found = await loop.run_in_executor(
            _lookups, getaddrinfo, host, None, AddressFamily.AF_UNSPEC, SocketKind.SOCK_STREAM
        )
    return [ip_address(place[4][0]) for place in found]


async def safe_target(url: str, allowed: Sequence[Network] = (), *, look_up: Lookup = look_up) -> Target:
    """Raises BadTarget unless every address of the URL's host is public, or in an allowed network."""
    scheme, host, port = split_url(url)
    addresses = await _addresses(host, look_up)
    inside = [_is_in(one, allowed) for one in addresses]
    if not all(is_inside or is_public(one) for one, is_inside in zip(addresses, inside, strict=True)):
        raise BadTarget("The URL's host is private: it must be reachable from the internet")
    if scheme != "https" and not all(inside):
        raise BadTarget("The URL must start with https://")
    return Target(url, host, port, tuple(addresses))


def split_url(url: str) -> tuple[str, str, int]:
    """Scheme, host and port. Raises BadTarget for what two readers could read in two ways."""
    if len(url) > MAX_URL or _FORBIDDEN.search(url):
        raise BadTarget("The URL is too long, or has characters that no URL has")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise BadTarget("The URL cannot be read") from None
    if parts.scheme not in ("https", "http"):
        raise BadTarget("The URL must start with https://")
    if "@" in parts.netloc:
        raise BadTarget("The URL must not carry a user or a password")
    if not _PLACE.fullmatch(parts.netloc):
        raise BadTarget("The URL's host cannot be read")
    port = port if port is not None else 443 if parts.scheme == "https" else 80
    if port < FIRST_FREE_PORT and port not in WEB_PORTS:
        raise BadTarget(f"Port {port} is not allowed")
    return parts.scheme, _ascii_host(host), port


def _ascii_host(host: str) -> str:
    """A name in its ASCII form, or an address. Raises BadTarget."""
    if ":" in host:
        return host
    try:
        name = host.encode("idna").decode().lower() if not host.isascii() else host
    except UnicodeError:
        raise BadTarget("The URL's host cannot be read") from None
    if not re.fullmatch(r"[a-z0-9_.-]+", name) or len(name) > MAX_HOST or ".." in name or name.startswith("."):
        raise BadTarget("The URL's host cannot be read")
    _require_plain_address(name)
    return name


def _require_plain_address(name: str) -> None:
    """127.1, 0177.0.0.1, 0x7f000001 and 2130706433 are addresses to some readers and names to others."""
    last = name.rstrip(".").rpartition(".")[2]
    if re.fullmatch(r"\d+|0x[0-9a-f]*", last) and _literal(name) is None:
        raise BadTarget("The URL's host is not a plain IP address")


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


async def _addresses(host: str, look_up: Lookup) -> list[Address]:
    literal = _literal(host)
    if literal is not None:
        return [_unmapped(literal)]
    try:
        found = [_unmapped(one) for one in await look_up(host)]
    except (OSError, TimeoutError, UnicodeError, ValueError):
        found = []
    if not found:
        raise BadTarget("The URL's host cannot be resolved")
    return list(dict.fromkeys(found))


def _unmapped(address: Address) -> Address:
    """::ffff:127.0.0.1 is 127.0.0.1."""
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _is_in(address: Address, networks: Sequence[Network]) -> bool:
    return any(address in network for network in networks)


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet's, and of one machine."""
    if address.is_multicast or address.is_reserved or address.is_unspecified or _is_in(address, _TUNNELS):
        return False
    if isinstance(address, IPv6Address) and (address.is_site_local or address.scope_id):
        return False
    return address.is_global
