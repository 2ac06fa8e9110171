"""Hostile studies: what each command does with them, in how much time and memory, and whether anything is lost.

Nothing may take over 5 CPU seconds or 1 GB, end in a traceback, or write a control character to a terminal.
"""

from __future__ import annotations

import io
import os
import pty
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from threading import Thread

SECONDS, MEGABYTES = 5.0, 1000.0
# ruff: noqa: E501 (tables of attacks)

_CODEBOOK = "family: f\nname: F\ncodes:\n  - {id: a, name: A, cues: [rain]}\n"
_TEXT = "I: Why?\n\nP: It rained a lot. The budget is gone.\n"
_SMALL = {"codebooks/f.yaml": _CODEBOOK, "transcripts/a.txt": _TEXT, "qualcode.yaml": "coder: ana\n"}
_SLOW = (
    r"(.*a){20}b", r"(a{1,30}){1,30}b", r"\w*\w*\w*\w*\w*\w*!", ".*.*.*.*.*=", "((a+)?)+b", "(a+|b)+c", "(a|b|ab)*c",
    "x*x*x*x*x*x*x*y", r"(?=(a+)+$)(a+)+b", r"(a+)+\1b",
)  # fmt: skip
_WRITES = "\x1b]0;title\x07\x1b[2J\x1b]52;c;eA==\x07\x9b31m\u202eevil\u2066\x08\x7f"


@dataclass(frozen=True)
class Attack:
    """Files that are put into a small study, and the command lines that meet them."""

    name: str
    files: Callable[[], dict[str, str | bytes]]
    commands: Sequence[str] = ("check", "themes", "suggest --all --maker cues")


def _docx(paragraphs: int) -> bytes:
    stream = io.BytesIO()
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    body = "<w:p><w:r><w:t>P: rain.</w:t></w:r></w:p>" * paragraphs
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("word/document.xml", f"<w:document {space}><w:body>{body}</w:body></w:document>")
    return stream.getvalue()


def _bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * 300_000_000)
    return stream.getvalue()


def _cue(regex: str) -> str:
    return _CODEBOOK.replace("[rain]", "[{regex: '" + regex.replace("'", "''") + "'}]")


def _with_cue(regex: str) -> dict[str, str | bytes]:
    return {"codebooks/f.yaml": _cue(regex), "transcripts/a.txt": _LONG}


_LONG = "P: " + "a" * 3000 + "ab" * 200 + " " + "x" * 3000 + ".\n"
ATTACKS = (
    *(Attack(f"cue {regex}", partial(_with_cue, regex)) for regex in _SLOW),
    *(
        Attack(
            f"search {regex}",
            lambda: {"transcripts/a.txt": _LONG},
            (f"search --regex '{regex}'",),
        )
        for regex in _SLOW[:7]
    ),
    Attack("label pattern", lambda: {"qualcode.yaml": r"labels: {patterns: ['^(?P<name>(a+)+)b']}" + "\n", "transcripts/a.txt": "a" * 5000}),
    Attack("qualcode.yaml, 20 MB list", lambda: {"qualcode.yaml": "abbreviations:\n" + "- abc\n" * 3_300_000}),
    Attack("qualcode.yaml, 20 MB text", lambda: {"qualcode.yaml": f"name: {'a' * 20_000_000}\n"}),
    Attack("codebook, 20 MB list", lambda: {"codebooks/f.yaml": "family: f\ncodes:\n" + "- {id: a}\n" * 2_000_000}),
    Attack("codebook, anchors (billion laughs)", lambda: {"codebooks/f.yaml": _laughs()}),
    Attack("codebook, python tag", lambda: {"codebooks/f.yaml": "family: !!python/object/apply:os.system ['touch /tmp/x']\n"}),
    Attack("codebook, [ 100,000 deep", lambda: {"codebooks/f.yaml": "[" * 100_000}),
    Attack("ledger, JSON 100,000 deep", lambda: {"codings/ana/a.jsonl": "[" * 100_000 + "\n"}, ("check", "codings")),
    Attack("ledger, hash that is a path", lambda: {"codings/ana/a.jsonl": _event(text="../../../etc/passwd")}, ("check", "codings")),
    Attack("ledger, long hash", lambda: {"codings/ana/a.jsonl": _event(text="a" * 5000)}, ("check", "codings")),
    Attack("Word file, 330,000 paragraphs", lambda: {"transcripts/b.docx": _docx(330_000)}),
    Attack("Word file, zip bomb", lambda: {"transcripts/b.docx": _bomb()}),
    Attack("text, 9 MB of blanks", lambda: {"transcripts/b.txt": "P: a" + " " * 9_000_000 + "b.\n"}),
    Attack("text, 1 MB of line ends", lambda: {"transcripts/b.txt": "P: a" + "\n" * 1_000_000 + "b.\n"}),
    Attack("text, 1 MB of digits", lambda: {"transcripts/b.txt": "P: a" + "7" * 1_000_000 + "b.\n"}),
    Attack("captions, 1 MB of blanks", lambda: {"transcripts/b.vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\na" + " " * 1_000_000 + "b\n"}),
    Attack("RTF, 1 MB of digits", lambda: {"transcripts/b.rtf": r"{\rtf1 P: a\u" + "7" * 1_000_000 + "b}"}),
    Attack("CHAT, 1 MB of blanks", lambda: {"transcripts/b.cha": "@Begin\n*PAR:\ta" + " " * 1_000_000 + "b\n@End\n"}),
    Attack("table, 1 MB of digits in a speaker", lambda: {"transcripts/b.csv": f"speaker,text\n{'7' * 1_000_000},rain\nI,why\n"}),
    Attack("JSON, 100,000 deep", lambda: {"transcripts/b.json": "[" * 100_000}),
    Attack("HTML, 100,000 deep", lambda: {"transcripts/b.html": "<html>" + "<div>" * 100_000}),
    Attack("XML entities", lambda: {"transcripts/b.eaf": _entities()}),
    Attack("cases, 5 MB cell", lambda: {"transcripts/cases.csv": f"case,group\na,{'x' * 5_000_000}\n"}),
    Attack("control characters in names", lambda: {
        "codebooks/f.yaml": f'family: f\nname: "{_yaml(_WRITES)}"\ncodes:\n  - {{id: a, name: "{_yaml(_WRITES)}", cues: [rain]}}\n',
        "qualcode.yaml": f'name: "{_yaml(_WRITES)}"\n', "transcripts/a.txt": f"I: Why?\n\nP: It {_WRITES} rained.\n",
    }, ("status", "show a", "segments", "suggest --all --maker cues", "codebook", "search rained", "check", "themes", "cases")),
    Attack("file name that is a formula", lambda: {"transcripts/=cmd|' C calc'!A0.txt": _TEXT},
           ("check", "transcripts", "segments --format csv --csv-safe", "status")),
    Attack("file name with escapes", lambda: {f"transcripts/a{_WRITES.replace('/', '')}.txt": _TEXT}, ("check", "transcripts", "status")),
)  # fmt: skip


def _yaml(text: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in text)


def _laughs() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    return "\n".join(lines)


def _entities() -> str:
    names = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "x"}">' for n in range(12))
    return f'<?xml version="1.0"?><!DOCTYPE x [{names}]><ANNOTATION_DOCUMENT>&e11;</ANNOTATION_DOCUMENT>'


def _event(*, text: str) -> str:
    return (
        '{"kind":"code","id":"01JZ00000000000000000000AA","at":"2026-01-01T00:00:00.000Z","coder":"ana","transcript":"a",'
        f'"text":"{text}","start":12,"end":30,"quote":"It rained a lot.","before":"","after":"","code":"f/a"}}\n'
    )


def run() -> Iterator[str]:
    """Yield a row for each attack and command, then whether decisions survive kills, a full disk and no permission."""
    yield "| attack | command | exit | CPU s | MB | |"
    yield "|---|---|---|---|---|---|"
    for attack in ATTACKS:
        with tempfile.TemporaryDirectory() as name:
            root = Path(name)
            # In a process of its own: a child's peak memory is never below its parent's.
            builder = get_context("fork").Process(target=_build, args=(root, attack))
            builder.start()
            builder.join()
            for command in attack.commands:
                yield _row(attack.name, command, root)
    yield _survives_kills()
    yield _survives_full_disk()
    yield _survives_read_only_folder()


def _build(root: Path, attack: Attack) -> None:
    for path, content in {**_SMALL, **attack.files()}.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())


def _row(attack: str, command: str, root: Path) -> str:
    import shlex

    code, cpu, megabytes, output = on_terminal(
        [sys.executable, "-m", "qualcode", "-C", str(root), *shlex.split(command)]
    )
    faults = [
        "OVER TIME" if cpu > SECONDS else "",
        "OVER MEMORY" if megabytes > MEGABYTES else "",
        "TRACEBACK" if "Traceback" in output or code not in {0, 1, 2} else "",
        "CONTROL CHARACTER" if has_foreign_controls(output) else "",
    ]
    shown = "".join(c if c.isprintable() else "?" for c in attack.replace("|", "\\|"))
    return f"| {shown} | {command.split(' ', maxsplit=1)[0]} | {code} | {cpu:.1f} | {megabytes:.0f} | {' '.join(filter(None, faults)) or 'ok'} |"


def on_terminal(command: Sequence[str]) -> tuple[int, float, float, str]:
    """Run a command with a pseudo-terminal as stdout and stderr; return exit code, CPU seconds, peak MB and output."""
    reader, writer = pty.openpty()
    environment = {**os.environ, "PAGER": "cat", "NO_COLOR": "1", "TERM": "xterm"}
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=writer, stderr=writer, env=environment)
    os.close(writer)
    pieces: list[bytes] = []

    def read() -> None:
        while True:
            try:
                piece = os.read(reader, 65536)
            except OSError:  # Linux: the other end is closed
                return
            if not piece:
                return
            pieces.append(piece)

    thread = Thread(target=read)
    thread.start()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    thread.join()
    os.close(reader)
    output = b"".join(pieces).decode("utf-8", "replace")
    return child.returncode, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output


def has_foreign_controls(output: str) -> bool:
    """Return whether an output, of a command without colours, has control characters but line ends and returns."""
    return any(
        (c < " " and c not in "\n\r\t") or "\x7f" <= c <= "\x9f" or c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2068"
        for c in output
    )


_DECIDE = """
import sys
from qualcode import Project
study = Project(sys.argv[1])
study.allow_new_coders()
for number in range(int(sys.argv[3])):
    study.memo(f"{sys.argv[2]} {number}", coder=sys.argv[4])
    print(f"{sys.argv[2]} {number}", flush=True)
"""


def _small(root: Path) -> Path:
    for path, content in _SMALL.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    return root


WRITERS = ("ana", "ana", "ben", "cal", "dora", "eve", "fritz", "gus")
"""Coders of the processes that decide at once; two of them write to one ledger."""
DECISIONS = 2_000


@dataclass
class _Writer:
    """A process that decides, and is started again after each kill until it has recorded all of its decisions."""

    root: Path
    number: int
    decisions: int
    acknowledged: set[str] = field(default_factory=set)
    starts: int = 0
    child: subprocess.Popen[bytes] | None = None

    @property
    def output(self) -> Path:
        return self.root.parent / f"writer-{self.number}-{self.starts}.txt"

    def step(self, *, kill: bool) -> bool:
        """Start the process, kill it or wait for it; return whether all is recorded."""
        if self.child is not None:
            if kill:
                self.child.send_signal(signal.SIGKILL)
            elif self.child.poll() is None:
                return False
            self.child.wait()
            self.child = None
            # A line that the kill has cut was not acknowledged.
            self.acknowledged |= set(self.output.read_text().rpartition("\n")[0].split("\n")) - {""}
        left = self.decisions - len(self.acknowledged)
        if left > 0:
            self.starts += 1
            with open(self.output, "wb") as stream:
                self.child = subprocess.Popen(
                    [sys.executable, "-c", _DECIDE, str(self.root), f"w{self.number}s{self.starts}", str(left), WRITERS[self.number]],
                    stdout=stream,
                )  # fmt: skip
        return left <= 0


def survive_kills(
    decisions: int, *, writers: int = len(WRITERS), pause: float = 1.0
) -> tuple[int, int, int, list[str]]:
    """Let processes decide at once and kill them at random; return kills, acknowledged and lost decisions, and problems.

    An incomplete line that is reported, or was set aside, is no problem.
    """
    rng, kills = random.Random(1), 0
    with tempfile.TemporaryDirectory() as name:
        root = _small(Path(name) / "study")
        processes = [_Writer(root, number, decisions) for number in range(writers)]
        while sum(process.step(kill=False) for process in processes) < writers:
            time.sleep(pause * (0.5 + rng.random()))
            running = [process for process in processes if process.child is not None]
            if running and kills < 5 * writers:
                rng.choice(running).step(kill=True)
                kills += 1
        from qualcode import Project

        project = Project(root)
        acknowledged = {text for process in processes for text in process.acknowledged}
        present = set(project.memos()["text"])
        problems = [str(problem) for problem in project.check() if problem.level == "error"]
        return (
            kills,
            len(acknowledged),
            len(acknowledged - present),
            [one for one in problems if "incomplete" not in one],
        )


def _survives_kills() -> str:
    began = time.perf_counter()
    kills, acknowledged, lost, problems = survive_kills(DECISIONS)
    return (
        f"{len(WRITERS)} processes, two on one ledger, {kills} times kill -9: {acknowledged:,} decisions acknowledged, "
        f"{lost} lost; {len(problems)} problems beside incomplete lines; {time.perf_counter() - began:.0f} s"
    )


def _survives_full_disk() -> str:
    """Let the disk be full after some kilobytes of a ledger, and look for each decision that was acknowledged."""
    with tempfile.TemporaryDirectory() as name:
        root = _small(Path(name))
        limit = 20_000

        def limit_files() -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

        done = subprocess.run(
            [sys.executable, "-c", _DECIDE, str(root), "x", "2000", "ana"],
            capture_output=True, text=True, preexec_fn=limit_files, check=False,
        )  # fmt: skip
        from qualcode import Project

        acknowledged = set(done.stdout.split("\n")) - {""}
        project = Project(root)
        lost = acknowledged - set(project.memos()["text"])
        project.memo("after", coder="ana")
        said = done.stderr.strip().rpartition("\n")[2][:150]
        return (
            f"full disk: {len(acknowledged)} decisions acknowledged, {len(lost)} lost; the next one failed with: {said}"
        )


def _survives_read_only_folder() -> str:
    """Let the study be on a file system that cannot be written, and look at what a decision says and leaves."""
    with tempfile.TemporaryDirectory() as name:
        root = _small(Path(name))
        mount = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$0" -c "$2" "$1" x 1 ana'
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", mount, sys.executable, str(root), _DECIDE],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        said = done.stderr.strip().rpartition("\n")[2][:150]
        written = [path.name for path in root.rglob("*") if path.name.endswith(("jsonl", "torn"))]
        return f"read-only folder: {len(written)} files written; the decision failed with: {said}"
