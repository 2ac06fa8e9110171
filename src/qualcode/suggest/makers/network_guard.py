"""Keeps local makers to their word: while one runs, Python's own doors to the network are shut.

What a maker does in another process, or in a library that does not go through Python's sockets, is not seen.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from ipaddress import ip_address
from typing import Any

from qualcode.errors import QualcodeError

_HOST_ARGUMENT = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}
"""Where in the arguments of an audited event the host is named."""

_blocked_makers: list[str] = []
"""Who must not use the network now."""
_attempted_hosts: list[str] = []
"""Hosts that were asked for meanwhile."""


class NetworkAccessError(QualcodeError):
    """A maker that says nothing of the network has tried to use it."""

    def __init__(self, maker: str, host: str) -> None:
        super().__init__(f"maker '{maker}' says nothing of the network and yet reaches for {host}: nothing was sent")


@contextmanager
def block_network(who: str, *, is_active: bool = True) -> Iterator[None]:
    """Refuse every connection to another machine within this block, even where the attempt is caught inside."""
    if not is_active:
        yield
        return
    _install_audit_hook()
    _attempted_hosts.clear()
    _blocked_makers.append(who)
    try:
        yield
    finally:
        _blocked_makers.pop()
        if _attempted_hosts:
            raise NetworkAccessError(who, _attempted_hosts[0])


@cache
def _install_audit_hook() -> None:
    """Begin to listen, once: Python has no way to end it."""
    sys.addaudithook(_audit_event)


def _audit_event(event: str, arguments: tuple[Any, ...]) -> None:
    if _blocked_makers and event in _HOST_ARGUMENT and (host := remote_host(event, arguments)):
        _attempted_hosts.append(host)
        raise ConnectionRefusedError(f"no connection to {host}: a local maker was running")


def remote_host(event: str, arguments: tuple[Any, ...]) -> str:
    """Return the host that an audited event of a socket reaches for; nothing where that is this machine."""
    if getattr(arguments[0], "family", None) == getattr(socket, "AF_UNIX", -1):
        return ""
    named = arguments[_HOST_ARGUMENT[event]]
    named = named[0] if isinstance(named, tuple) and named else named
    host = named.decode(errors="replace") if isinstance(named, bytes) else str(named or "")
    return "" if _is_local_host(host) else host


def _is_local_host(host: str) -> bool:
    """Tell whether a host is this machine."""
    if host in {"", "localhost"}:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
