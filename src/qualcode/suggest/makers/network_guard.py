"""Blocks connections to other machines while a local maker runs, by an audit hook on Python's sockets.

Not covered is what a maker does in another process, or in a library that does not use Python's sockets.
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
"""The index of the host among the arguments of each audit event."""

_blocked_makers: list[str] = []
"""Makers that are running and must not use the network."""
_attempted_hosts: list[str] = []
"""Hosts that the running maker has tried to reach."""


class NetworkAccessError(QualcodeError):
    """A maker that declares no network use has tried to reach another machine."""

    def __init__(self, maker: str, host: str) -> None:
        super().__init__(
            f"maker '{maker}' tried to connect to {host} without a 'remote' notice: nothing was sent, "
            "and its suggestions are not used"
        )


@contextmanager
def block_network(maker: str, *, is_active: bool = True) -> Iterator[None]:
    """Refuse all connections to other machines within this block.

    Raises
    ------
    NetworkAccessError
        At the end of the block, if a connection was tried, even where the maker has caught the refusal.
    """
    if not is_active:
        yield
        return
    _install_audit_hook()
    # A block reports its own attempts only.
    _attempted_hosts.clear()
    _blocked_makers.append(maker)
    try:
        yield
    finally:
        _blocked_makers.pop()
        # An exception of the maker is replaced: the attempt is the more important message.
        if _attempted_hosts:
            raise NetworkAccessError(maker, _attempted_hosts[0])


@cache
def _install_audit_hook() -> None:
    """Install the hook once: Python cannot remove it."""
    sys.addaudithook(_audit_event)


def _audit_event(event: str, arguments: tuple[Any, ...]) -> None:
    if _blocked_makers and event in _HOST_ARGUMENT and (host := remote_host(event, arguments)):
        # Recorded as well, because the maker may catch the exception.
        _attempted_hosts.append(host)
        raise ConnectionRefusedError(f"connection to {host} refused: a local maker is running")


def remote_host(event: str, arguments: tuple[Any, ...]) -> str:
    """Return the host of an audited socket event; an empty string where it is this machine."""
    # A UNIX socket's address is a path on this machine; where AF_UNIX does not exist, no family is -1.
    if getattr(arguments[0], "family", None) == getattr(socket, "AF_UNIX", -1):
        return ""
    address = arguments[_HOST_ARGUMENT[event]]
    # Addresses of IPv4 and IPv6 are tuples that begin with the host; getaddrinfo gets the host itself.
    name = address[0] if isinstance(address, tuple) and address else address
    host = name.decode(errors="replace") if isinstance(name, bytes) else str(name or "")
    return "" if _is_local_host(host) else host


def _is_local_host(host: str) -> bool:
    # No host: sendto and sendmsg on a socket whose connection has already been checked.
    if host in {"", "localhost"}:
        return True
    try:
        # Any other name counts as remote: resolving it would itself be a request over the network.
        return ip_address(host).is_loopback
    except ValueError:
        return False
