"""Search with Python's ``re`` under a hard limit of time and memory, in a process that is ended beyond it."""

from __future__ import annotations

import json
import subprocess
import sys
from atexit import register
from contextlib import suppress
from pathlib import Path
from threading import Lock, Timer
from typing import Any

_MAX_MEMORY = 1 << 30
_GRACE = 4
"""Seconds of waiting for each second of CPU time, since other programs may be busy."""
_WORKER = Path(__file__).with_name("search_worker.py")


class SearchLimitError(Exception):
    """A search took more time or memory than it may."""


class LimitedSearch:
    """A process that answers searches one by one; it starts with the first one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._lock = Lock()

    def request(self, pattern: str, flags: int, text: str, *, position: int | None, seconds: float) -> Any:
        """Return what ``search`` in `search_worker` found, and the seconds it took.

        Raises
        ------
        SearchLimitError
            If it takes more CPU time than ``seconds``, or too much memory.
        """
        request = {"pattern": pattern, "flags": flags, "text": text, "position": position, "seconds": seconds}
        with self._lock:
            line = self._exchange(json.dumps(request), seconds)
        if not line:
            raise SearchLimitError
        return json.loads(line)

    def _exchange(self, line: str, seconds: float) -> str:
        process = self._start()
        timer = Timer(seconds * _GRACE, process.kill)
        timer.start()
        try:
            process.stdin.write(line + "\n")  # type: ignore[union-attr]
            process.stdin.flush()  # type: ignore[union-attr]
            reply = process.stdout.readline()  # type: ignore[union-attr]
        except OSError:  # the process has ended
            reply = ""
        finally:
            timer.cancel()
        if not reply:
            self.close()
        return reply

    def _start(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            command = [sys.executable, "-I", "-S", str(_WORKER), str(_MAX_MEMORY)]
            # What the process prints when it runs out of memory is not for the user: the error here says it.
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
            self._process = subprocess.Popen(command, text=True, encoding="utf-8", **pipes)  # type: ignore[call-overload]
            register(self.close)
        return self._process

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            with suppress(OSError):
                pipe.close()  # type: ignore[union-attr]


LIMITED_SEARCH = LimitedSearch()
"""One process for all expressions of this program."""
