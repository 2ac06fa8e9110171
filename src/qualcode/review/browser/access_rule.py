"""Which requests the review in the browser answers: those to its secret address, from this machine's own pages."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from hmac import compare_digest

LOOPBACK = "127.0.0.1"
"""The address that only programs on this machine reach."""


@dataclass(frozen=True, slots=True)
class AccessRule:
    """The port, and the token that is the first part of each path; it is new with each server."""

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)

    @property
    def address(self) -> str:
        """The address to open."""
        return f"http://{LOOPBACK}:{self.port}/{self.token}/"

    def allows(self, *, host: str, origin: str | None, path: str) -> bool:
        """Return whether to answer a request with these headers ``Host`` and ``Origin``, and this path.

        The host is compared because the name of another site may be made to lead to this machine (DNS rebinding), the
        origin because any page in the browser may open a websocket. The token keeps out other programs and people on
        this machine; it is compared in constant time.
        """
        first = path.removeprefix("/").partition("/")[0]
        has_token = compare_digest(first.encode("utf-8", "replace"), self.token.encode())
        hosts = {f"{LOOPBACK}:{self.port}", f"localhost:{self.port}"}
        return has_token and host in hosts and origin in {None, f"http://{host}"}
