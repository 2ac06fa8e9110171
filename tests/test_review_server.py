"""The review in the browser: its secret address, what is refused, its page, and the end of its sessions."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import re
import shlex
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from qualcode.errors import OperationError, UsageError
from qualcode.review.browser.access_rule import AccessRule
from qualcode.review.browser.review_server import serve_review

RULE = AccessRule(8123, "secret-token")
HOST = "127.0.0.1:8123"
APP = """
import os, pathlib, sys
from textual.app import App
from textual.widgets import Static

class Small(App):
    def compose(self):
        yield Static(f"process {os.getpid()} {sys.argv[1]}")

    def on_mount(self):
        pathlib.Path(sys.argv[0]).with_suffix(".pid").write_text(str(os.getpid()))

Small().run()
"""


@pytest.mark.parametrize(
    ("host", "origin", "path", "expected"),
    [
        (HOST, None, "/secret-token/", True),
        ("localhost:8123", None, "/secret-token/static/x.js", True),
        (HOST, f"http://{HOST}", "/secret-token/ws", True),
        (HOST, None, "/", False),
        (HOST, None, "/secret-tokem/", False),
        (HOST, None, "/secret-token2/", False),
        (HOST, None, "/x/secret-token/", False),
        (HOST, None, "//secret-token/", False),
        (HOST, None, "/?token=secret-token", False),
        (HOST, None, "/schlüssel/", False),
        ("127.0.0.1", None, "/secret-token/", False),
        ("127.0.0.1:80", None, "/secret-token/", False),
        ("evil.example:8123", None, "/secret-token/", False),
        ("", None, "/secret-token/", False),
        (HOST, "https://evil.example", "/secret-token/ws", False),
        (HOST, "http://localhost:8123", "/secret-token/ws", False),
        (HOST, "null", "/secret-token/ws", False),
    ],
)
def test_only_requests_to_the_secret_address_from_its_own_page_are_answered(
    host: str, origin: str | None, path: str, expected: bool
) -> None:
    assert RULE.allows(host=host, origin=origin, path=path) is expected


def test_each_server_has_a_new_token_that_is_not_shown_by_accident() -> None:
    first, second = AccessRule(1), AccessRule(1)
    assert len(first.token) >= 43
    assert first.token != second.token
    assert first.token not in repr(first)
    assert first.address == f"http://127.0.0.1:1/{first.token}/"


def test_without_the_package_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("textual_serve", "textual_serve.server", "qualcode.review.browser.browser_app"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(OperationError, match=re.escape("pip install 'qualcode[serve]'")):
        serve_review(["x"], port=None, announce=print)


# --- with the package ---------------------------------------------------------------------------------------------


@pytest.fixture
def make_app() -> Callable[..., Any]:
    pytest.importorskip("textual_serve", reason="the extra 'serve' is not installed")
    from qualcode.review.browser.browser_app import make_app

    return make_app


def serve(app: Any, use: Callable[[Any], Awaitable[None]]) -> None:
    """Run an application, let a client use it, and end it."""
    from aiohttp.test_utils import TestClient, TestServer

    async def run() -> None:
        async with TestClient(TestServer(app)) as client:
            await use(client)

    asyncio.run(run())


def test_the_page_loads_nothing_from_elsewhere_and_all_else_is_refused(make_app: Callable[..., Any]) -> None:
    async def use(client: Any) -> None:
        async def get(path: str, **headers: str) -> Any:
            return await client.get(path, headers={"Host": HOST} | headers)

        page = await get("/secret-token/")
        text = await page.text()
        assert (page.status, page.headers["Referrer-Policy"], page.headers["Cache-Control"]) == (
            200,
            "no-referrer",
            "no-store",
        )
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert f'data-session-websocket-url="ws://{HOST}/secret-token/ws"' in text
        assert re.findall(r"(?:https?:)?//[\w.:]+", text) == [f"//{HOST}"]
        for name in re.findall(r'(?:href|src)="([^"]+)"|url\("([^"]+)"\)', text):
            path = "".join(name)
            if path != "data:,":
                assert (await get(f"/secret-token/{path}")).status == 200, path
        for path in ("/", "/ws", "/static/js/textual.js", "/wrong/", "/wrong/ws", "/secret-token"[:-1] + "/"):
            assert (await get(path)).status == 403, path
        for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
            refused = await get("/secret-token/ws", **headers)
            assert (refused.status, "secret-token" in await refused.text()) == (403, False)
        assert (await get("/secret-token/static/")).status in {403, 404}
        assert (await get("/secret-token/static/../server.py")).status in {403, 404}
        assert (await get("/secret-token/download/x")).status == 404

    serve(make_app("x", RULE), use)


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


async def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition() and time.monotonic() < end:
        await asyncio.sleep(0.02)
    assert condition()


# textual-serve does not wait for the end of its programs, so their pipes are closed by the garbage collection below.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("how", ["tab", "server"])
def test_a_session_shows_its_program_and_ends_with_its_tab_or_the_server(
    make_app: Callable[..., Any], tmp_path: Path, how: str
) -> None:
    program = tmp_path / "an app.py"
    program.write_text(APP)
    pid = program.with_suffix(".pid")

    async def use(client: Any) -> None:
        socket = await client.ws_connect("/secret-token/ws?width=60&height=5", headers={"Host": HOST})
        shown = b""
        while b"it's" not in shown:
            message = await socket.receive(timeout=20)
            shown += message.data if isinstance(message.data, bytes) else b""
        assert b"process" in shown
        await socket.send_str(json.dumps(["ping", "1"]))
        await wait_until(pid.exists)
        if how == "tab":
            await socket.close()
            await wait_until(lambda: not is_running(int(pid.read_text())))

    command = shlex.join([sys.executable, str(program), "it's"])
    serve(make_app(command, RULE), use)
    asyncio.run(wait_until(lambda: not is_running(int(pid.read_text()))))
    gc.collect()


def test_it_serves_on_a_free_port_of_this_machine_until_it_is_interrupted(make_app: Callable[..., Any]) -> None:
    answers: list[int] = []
    addresses: list[str] = []

    def visit() -> None:
        try:
            for address in (addresses[0], addresses[0].rpartition("/")[0][:-3] + "/"):
                try:
                    with urllib.request.urlopen(address, timeout=10) as answer:
                        answers.append(answer.status)
                except urllib.error.HTTPError as error:
                    answers.append(error.code)
        finally:
            os.kill(os.getpid(), signal.SIGINT)

    def announce(address: str) -> None:
        addresses.append(address)
        threading.Thread(target=visit).start()

    serve_review([sys.executable, "-c", ""], port=None, announce=announce)
    assert answers == [200, 403]
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/[\w-]{43}/", addresses[0])


def test_a_port_in_use_is_refused(make_app: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OperationError, match=rf"port {port}: .*; name another one, or none"):
            serve_review(["x"], port=port, announce=print)
    for wrong in (0, -1, 65536):
        with pytest.raises(UsageError, match=f"port {wrong}: give a number from 1 to 65535"):
            serve_review(["x"], port=wrong, announce=print)
