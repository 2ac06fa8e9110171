"""The full-screen review of one long transcript: first screen, a key to its redraw, memory, in a pseudo-terminal."""

from __future__ import annotations

import fcntl
import itertools
import os
import pty
import random
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

from qualcode import Project
from qualcode.anchors import make_anchor
from qualcode.ledger import append_events, new_event
from qualcode.segments import segment_transcript
from qualcode.suggest import Suggestions
from qualcode.suggest.shown_suggestions import save_shown_suggestions

WORDS = 40_000
CODINGS = 2_000
SUGGESTIONS = 5_000
PRESSES = 60
_KEYS = (
    ("sentence, coding (j, c)", b"", b"jc"),
    ("half a page (ctrl+d)", b"", b"\x04"),
    ("suggestion (n)", b"", b"n"),
    ("reject (x)", b"", b"x"),
    ("code and undo (1, u)", b"", b"1u"),
)
"""What is measured: the keys that prepare it, and those that are pressed in turn."""
SIZES = ((80, 24), (200, 60))
_QUIET = 0.25
"""Seconds without output after which a screen is complete."""
_BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("ready\\n" * 20)
Bare().run()
"""


class Terminal:
    """A process in a pseudo-terminal."""

    def __init__(self, command: Sequence[str], *, columns: int, lines: int) -> None:
        self._own, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        environment = os.environ | {"TERM": "xterm-256color", "COLUMNS": str(columns), "LINES": str(lines)}
        self.began = time.perf_counter()
        self.process = subprocess.Popen(
            command, stdin=other, stdout=other, stderr=other, env=environment, start_new_session=True
        )
        os.close(other)

    def read(self, seconds: float) -> bytes:
        """Return what is written within some seconds; empty if nothing is."""
        ready, _, _ = select.select([self._own], [], [], seconds)
        return os.read(self._own, 1 << 16) if ready else b""

    def wait_for(self, text: bytes, *, seconds: float = 60) -> float:
        """Return the seconds from the start until a text was written."""
        output = b""
        while time.perf_counter() - self.began < seconds:
            output += self.read(0.05)
            if text in output:
                return time.perf_counter() - self.began
        raise TimeoutError(f"{text!r} was not shown within {seconds} seconds; the end is {output[-500:]!r}")

    def settle(self) -> None:
        """Wait until nothing more is written."""
        while self.read(_QUIET):
            pass

    def settle_shortly(self) -> None:
        """Wait until the answer to a key is complete."""
        while self.read(0.03):
            pass

    def press(self, key: bytes) -> float:
        """Press a key, and return the seconds until the screen answers."""
        began = time.perf_counter()
        os.write(self._own, key)
        self.read(2)
        return time.perf_counter() - began

    @property
    def peak_mb(self) -> float:
        """The most memory that the process has had."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.wait()
        os.close(self._own)


@contextmanager
def terminal(command: Sequence[str], size: tuple[int, int]) -> Iterator[Terminal]:
    """Run a command in a pseudo-terminal while the block runs."""
    one = Terminal(command, columns=size[0], lines=size[1])
    try:
        yield one
    finally:
        one.close()


def long_transcript(folder: Path) -> Path:
    """Write a study of one transcript of 40,000 words with 2,000 codings and 5,000 stored suggestions."""
    shipped = Project(".").study
    folder.mkdir()
    shutil.copytree(shipped.root / "codebooks", folder / "codebooks")
    shutil.copy(shipped.root / "qualcode.yaml", folder)
    (folder / "transcripts").mkdir()
    turns: list[str] = []
    count = 0
    for transcript in itertools.cycle(shipped.transcripts.values()):
        for turn in transcript.turns:
            text = transcript.text[turn.start : turn.end]
            turns.append(f"{'Interviewer' if turn.role == 'interviewer' else 'Ann'}: {text}")
            count += len(text.split())
        if count >= WORDS:
            break
    (folder / "transcripts" / "L01.txt").write_text("\n\n".join(turns), encoding="utf-8")
    study = Project(folder).study
    transcript = study.transcripts["L01"]
    segments = [one for one in segment_transcript(transcript) if one.role == "participant"]
    codes = [code.id for code in study.codebook.codes if not code.retired]
    random.seed(16)
    pairs = random.sample([(segment, code) for segment in segments for code in codes], CODINGS + SUGGESTIONS)
    events = [
        new_event(
            "apply",
            coder="analyst-1",
            anchored=make_anchor(transcript.text, one.start, one.end),
            transcript="L01",
            sha256=transcript.sha256,
            code=code,
        )
        for one, code in pairs[:CODINGS]
    ]
    append_events(study.codings_folder, events, locks=study.cache_folder / "locks")
    rows = [
        (
            f"{number:010x}",
            "L01",
            one.turn,
            one.start,
            one.end,
            one.speaker,
            None,
            transcript.text[one.start : one.end],
            code,
            random.random(),
            "cues",
            'a reason of some length, as the learner writes it: "team" +0.6',
            "v",
        )
        for number, (one, code) in enumerate(pairs[CODINGS:])
    ]
    save_shown_suggestions(study, Suggestions.from_rows(rows))
    return folder


def run() -> Iterator[str]:
    """Yield seconds to the first screen, milliseconds from a key to its redraw, and memory, by size of the screen."""
    with tempfile.TemporaryDirectory() as name:
        for size in SIZES:
            study = long_transcript(Path(name) / str(size[0]))
            command = [sys.executable, "-m", "qualcode", "-C", str(study), "review", "L01"]
            with terminal(command, size) as warm_up:
                warm_up.wait_for(b"L01")
            yield from _measure(command, size)


def _measure(command: Sequence[str], size: tuple[int, int]) -> Iterator[str]:
    firsts, bare = [], []
    for _ in range(5):
        with terminal([sys.executable, "-c", _BARE], size) as other:
            bare.append(other.wait_for(b"ready"))
        with terminal(command, size) as review:
            firsts.append(review.wait_for(b"Ann"))
    where = f"{size[0]}x{size[1]}"
    ratio = median(firsts) / median(bare)
    seconds = f"({median(firsts):.2f} s against {median(bare):.2f})"
    yield f"{where}: first screen {ratio:.2f}x of a bare textual application {seconds}"
    with terminal(command, size) as review:
        review.wait_for(b"left ", seconds=30)
        time.sleep(5)
        review.settle()
        for what, first, keys in _KEYS:
            for key in first:
                review.press(bytes([key]))
                review.settle_shortly()
            times = []
            for number in range(PRESSES):
                times.append(review.press(keys[number % len(keys) : number % len(keys) + 1]) * 1000)
                review.settle_shortly()
            p95 = quantiles(times, n=20)[-1]
            yield f"{where}: {what}: key to redraw median {median(times):.0f} ms, 95th percentile {p95:.0f} ms"
        yield f"{where}: peak memory {review.peak_mb:.0f} MB, without the process that suggests"
