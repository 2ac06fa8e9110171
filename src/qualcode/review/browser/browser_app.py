"""The web application around the server of Textual: who may see it, its page, and the end of its sessions."""

from __future__ import annotations

import asyncio
import html
import socket
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from qualcode.review.browser.access_rule import LOOPBACK, AccessRule

if TYPE_CHECKING:
    # The extra "serve", which need not be installed.
    from aiohttp import web
    from aiohttp.typedefs import Handler, Middleware
    from textual_serve.server import Server

_TITLE = "qualcode review"
_PAGE, _SCRIPT = (Path(__file__).with_name(name) for name in ("page.html", "page.js"))
"""A page of our own, since that of textual-serve loads a font from another host."""
_SECONDS_TO_END = 5.0
"""How long sessions may take to end."""


def _headers(rule: AccessRule) -> dict[str, str]:
    """Return the headers by which a browser loads nothing from elsewhere, and tells nobody the address."""
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self' 'unsafe-inline'",
        "font-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": f"ws://{LOOPBACK}:{rule.port} ws://localhost:{rule.port}",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Cache-Control": "no-store",
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


class _Sessions:
    """The open sessions: each is one run of the command, for one page."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._tasks: set[asyncio.Task[object]] = set()

    async def run(self, request: web.Request) -> web.StreamResponse:
        """Run the command for a page, until either of them ends."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await self._server.handle_websocket(request)

    async def end(self, _app: web.Application) -> None:
        """End all sessions: one that is cancelled closes its websocket, and tells its program to end."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks, timeout=_SECONDS_TO_END)


def make_app(command_line: str, rule: AccessRule) -> web.Application:
    """Return the web application that runs a command for each page that is open.

    Only public methods of textual-serve are used.
    """
    import textual_serve
    from aiohttp import web
    from textual_serve.server import Server

    sessions = _Sessions(Server(command_line, host=LOOPBACK, port=rule.port, title=_TITLE))

    async def show_page(request: web.Request) -> web.Response:
        websocket = f"ws://{request.host}/{rule.token}/ws"
        page = Template(_PAGE.read_text("utf-8")).substitute(title=_TITLE, websocket=html.escape(websocket))
        return web.Response(text=page, content_type="text/html")

    async def send_script(_request: web.Request) -> web.FileResponse:
        return web.FileResponse(_SCRIPT)

    app = web.Application(middlewares=[_make_guard(rule)])
    root = f"/{rule.token}"
    app.router.add_get(f"{root}/", show_page)
    app.router.add_get(f"{root}/page.js", send_script)
    app.router.add_get(f"{root}/ws", sessions.run)
    # The terminal emulator, with its style and fonts.
    app.router.add_static(f"{root}/static", Path(textual_serve.__file__).with_name("static"))
    app.on_shutdown.append(sessions.end)
    return app


def _make_guard(rule: AccessRule) -> Middleware:
    """Return the function that refuses all requests but those to the secret address."""
    from aiohttp import web

    headers = _headers(rule)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        if not rule.allows(host=request.headers.get("Host", ""), origin=origin, path=request.rel_url.raw_path):
            raise web.HTTPForbidden(text="403: open the address that qualcode has printed", headers=headers)
        response = await handler(request)
        if not response.prepared:
            response.headers.update(headers)
        return response

    return guard


def run_app(command_line: str, listener: socket.socket, rule: AccessRule, *, announce: Callable[[str], object]) -> None:
    """Serve on a socket until a signal ends it, and end the sessions."""
    from aiohttp import web

    app = make_app(command_line, rule)

    async def tell_address(_app: web.Application) -> None:
        announce(rule.address)

    app.on_startup.append(tell_address)
    # The log of requests would hold the token.
    web.run_app(app, sock=listener, print=None, access_log=None, shutdown_timeout=_SECONDS_TO_END)
