"""Kills the review at random moments, in a pseudo-terminal, and looks for what its screen had shown in the ledger."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import random
import re
import select
import signal
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qualcode import Project
from qualcode.suggest import Suggestions
from qualcode.suggest.shown_suggestions import save_shown_suggestions

KILLS = 200
SENTENCES = 120
LONGEST = 1.5
"""Seconds after the first screen within which the process is killed."""
_CODES = ("cost", "fear", "time")
_SETTINGS = "name: Kills\nlanguage: en\nroles:\n  interviewer: [I]\ncoder: kim\n"
_ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_=>])")
_SHOWN = (
    ("apply", re.compile(r"(?:coded|accepted) w/(\w+): “(Sentence \d+\.)”")),
    ("reject", re.compile(r"rejected w/(\w+): “(Sentence \d+\.)”")),
    ("retract", re.compile(r"retracted w/(\w+): “(Sentence \d+\.)”")),
    ("memo", re.compile(r"memo on w/(\w+): (note \d+) ")),
    ("memo", re.compile(r"memo on ()“(Sentence \d+\.)”")),
)
"""The messages that say what is saved: the kind of event that must be in the ledger, with its code and words."""


@dataclass
class Kill:
    """What a killed review had shown as saved, what of it is not in the ledger, and what the ledger has."""

    shown: int
    lost: list[str]
    events: int
    torn: int


def run() -> Iterator[str]:
    """Yield how many decisions were shown in killed reviews, and how many of them are lost."""
    with tempfile.TemporaryDirectory() as name:
        yield summarise(list(kill_reviews(Path(name), KILLS)))


def summarise(kills: list[Kill]) -> str:
    """Return the sums of kills in a line."""
    shown, lost = sum(one.shown for one in kills), sum(len(one.lost) for one in kills)
    events, torn = sum(one.events for one in kills), sum(one.torn for one in kills)
    with_some = sum(one.shown > 0 for one in kills)
    return (
        f"{len(kills)} reviews killed, {with_some} after decisions: {shown:,} decisions shown as saved, {lost} of them "
        f"lost; {events:,} in the ledgers, {torn} torn lines"
    )


def kill_reviews(folder: Path, count: int) -> Iterator[Kill]:
    """Yield what is left of reviews of small studies, each killed while keys are pressed."""
    for number in range(count):
        root = folder / str(number)
        _write_study(root)
        rng = random.Random(number)
        output = _killed_review(root, rng, after=rng.uniform(0, LONGEST), at_once=number % 2 == 0)
        yield _compare(root, _ESCAPES.sub("", output.decode(errors="replace")))


def _write_study(root: Path) -> None:
    """Write a study of one transcript, with a stored suggestion on each sentence."""
    (root / "codebooks").mkdir(parents=True)
    (root / "transcripts").mkdir()
    (root / "qualcode.yaml").write_text(_SETTINGS)
    codes = "".join(f"  - id: {code}\n    name: {code}\n" for code in _CODES)
    (root / "codebooks" / "w.yaml").write_text(f"family: w\nname: W\ncodes:\n{codes}")
    sentences = [f"Sentence {number}." for number in range(SENTENCES)]
    (root / "transcripts" / "T.txt").write_text("I: Go on.\n\nP: " + " ".join(sentences) + "\n")
    study = Project(root).study
    text = study.transcripts["T"].text
    rows = []
    for number, words in enumerate(sentences):
        start, code = text.index(words), f"w/{_CODES[number % 3]}"
        span = (start, start + len(words))
        rows.append((f"{number:010x}", "T", 1, *span, "P", None, words, code, 0.5, "cues", "a cue", "v"))
    save_shown_suggestions(study, Suggestions.from_rows(rows))


def _keys(rng: random.Random) -> Iterator[bytes]:
    """Yield the keys of someone who codes, accepts, rejects, retracts and writes memos."""
    for number in range(1_000):
        what = rng.random()
        if what < 0.5:
            yield from (rng.choice([b"1", b"2", b"3"]), b"j")
        elif what < 0.8:
            yield rng.choice([b"a", b"x"])
        elif what < 0.9:
            yield from (b"c", b"m", *(bytes([letter]) for letter in f"note {number}".encode()), b"\r")
        else:
            yield from (b"c", b"d")


def _killed_review(root: Path, rng: random.Random, *, after: float, at_once: bool) -> bytes:
    """Return the output of a review that was killed some seconds after its first screen.

    Keys are pressed when the screen has answered, or many at once. The review is a copy of this process, which has
    loaded the program: 200 starts of it would take minutes.
    """
    process, terminal = pty.fork()
    if process == 0:
        _review(root)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    keys, output, end = _keys(rng), b"", None
    try:
        while end is None or time.monotonic() < end:
            output += (part := _read(terminal, 0.05))
            if end is None and b"Sentence" in output:
                end = time.monotonic() + after
            if end is not None and part:
                os.write(terminal, b"".join(next(keys) for _ in range(60 if at_once else 1)))
                at_once = False
    finally:
        # With the process that suggests.
        os.killpg(process, signal.SIGKILL)
        os.waitpid(process, 0)
    while part := _read(terminal, 0.01):
        output += part
    os.close(terminal)
    return output


def _read(terminal: int, seconds: float) -> bytes:
    ready, _, _ = select.select([terminal], [], [], seconds)
    try:
        return os.read(terminal, 1 << 16) if ready else b""
    except OSError:  # the process has ended
        return b""


def _review(root: Path) -> None:
    """Run the command as ``qualcode review T`` does, and end the process."""
    from qualcode.cli import run as run_command

    os.environ |= {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24"}
    for stream, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        # Those of the parent may be files.
        setattr(sys, stream, os.fdopen(number, mode, closefd=False))
        setattr(sys, f"__{stream}__", getattr(sys, stream))
    os._exit(run_command(["-C", str(root), "review", "T"]))


def _compare(root: Path, output: str) -> Kill:
    """Return what the output says to be saved, and what of it the ledger does not have."""
    path = root / "codings" / "kim" / "T.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    events = []
    torn = 0
    for line in lines:
        try:
            events.append(json.loads(line))
        except ValueError:
            torn += 1
    by_id = {event["id"]: event for event in events}
    saved = set()
    for event in events:
        about = by_id.get(event.get("target", ""), event)
        code = about.get("code", "").removeprefix("w/")
        saved |= {(event["event"], code, about.get("quote", "")), (event["event"], code, event.get("text", ""))}
    shown = {(kind, *found) for kind, pattern in _SHOWN for found in pattern.findall(output)}
    return Kill(len(shown), [" ".join(one) for one in sorted(shown - saved)], len(events), torn)


def main() -> None:
    """Kill as many reviews as asked for, say what was lost, and end with an error if anything was."""
    from qualcode.review import review_app  # noqa: F401  loaded once, before the copies are made

    with tempfile.TemporaryDirectory() as name:
        kills = list(kill_reviews(Path(name), int(sys.argv[1])))
    print(summarise(kills))
    sys.exit(any(one.lost for one in kills) or not any(one.shown for one in kills))


if __name__ == "__main__":
    main()
