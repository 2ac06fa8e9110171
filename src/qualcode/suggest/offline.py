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

_HOST_AT = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}
"""Where in the arguments of an audited event the host is named."""

_shut: list[str] = []
"""Who must not use the network now."""
_tried: list[str] = []
"""Hosts that were asked for meanwhile."""


class ReachedOut(QualcodeError):
    """A maker that says nothing of the network has tried to use it."""

    def __init__(self, maker: str, host: str) -> None:
        super().__init__(f"maker '{maker}' says nothing of the network and yet reaches for {host}: nothing was sent")


@contextmanager
def offline(who: str, *, shut: bool = True) -> Iterator[None]:
    """Refuse every connection to another machine within this block, even where the attempt is caught inside."""
    if not shut:
        yield
        return
    _listen()
    _tried.clear()
    _shut.append(who)
    try:
        yield
    finally:
        _shut.pop()
        if _tried:
            raise ReachedOut(who, _tried[0])


@cache
def _listen() -> None:
    """Begin to listen, once: Python has no way to end it."""
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if _shut and event in _HOST_AT and (host := reached(event, arguments)):
        _tried.append(host)
        raise ConnectionRefusedError(f"no connection to {host}: a local maker was running")


def reached(event: str, arguments: tuple[Any, ...]) -> str:
    """Return the host that an audited event of a socket reaches for; nothing where that is this machine."""
    if getattr(arguments[0], "family", None) == getattr(socket, "AF_UNIX", -1):
        return ""
    named = arguments[_HOST_AT[event]]
    named = named[0] if isinstance(named, tuple) and named else named
    host = named.decode(errors="replace") if isinstance(named, bytes) else str(named or "")
    return "" if _is_here(host) else host


def _is_here(host: str) -> bool:
    """Tell whether a host is this machine."""
    if host in {"", "localhost"}:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
