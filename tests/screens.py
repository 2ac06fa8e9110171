"""Screens of the full-screen review as plain text, and applications run in a test without a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from textual.app import App
from textual.pilot import Pilot

SCREENS = Path(__file__).parent / "screens"

AnyApp = TypeVar("AnyApp", bound=App[Any])
Steps = Callable[[AnyApp, Pilot[Any]], Awaitable[None]]


def run_app(app: AnyApp, steps: Steps[AnyApp], *, size: tuple[int, int] = (80, 24)) -> None:
    """Run an application on a screen of this size, and with it the steps of a test."""

    async def run() -> None:
        app.animation_level = "none"
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await steps(app, pilot)

    asyncio.run(run())


def screen_text(app: App[Any]) -> str:
    """Return what is on the screen, line by line, without styles and blanks at the ends."""
    lines = [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]
    return "\n".join(lines).rstrip() + "\n"


def compare_screen(app: App[Any], name: str, *, is_update: bool) -> None:
    """Compare the screen with the file of this name in ``tests/screens``, or write that file."""
    path = SCREENS / f"{name}.txt"
    if is_update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(screen_text(app), encoding="utf-8")
    assert screen_text(app) == path.read_text(encoding="utf-8"), f"{path} differs; --update-screens writes it anew"
