"""What reaches a terminal: no control character of a file, a name or an argument; pipes and files are exact."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import shlex
import subprocess
import sys
import warnings
from contextlib import suppress
from pathlib import Path

import click
import pytest

from command_lines import COMMANDS_TO_RUN
from qualcode.cli import COMMANDS, run
from qualcode.cli.terminal.terminal_streams import make_visible, render, rendered_streams, style
from qualcode.cli.text_tables import TableView, format_table
from qualcode.project import Project
from studies import SETTINGS, Shell, coded_study, small_study, write

ATTACK = (
    "\x1b]0;title\x07\x1b[2J\x1b]52;c;ZXZpbA==\x07\x1b[31m\x9b31m\x7f\r\b"
    "\x1b]8;;http://evil\x1b\\link\u202e\u2066\u2028\U000e0041"
)
"""Title, clear screen, clipboard, colour, C1, DEL, overwriting, a link, bidi controls, a separator and a tag."""
IN_LINE = ATTACK.replace("\r", "").replace("\u2028", "")
"""Without what ends a line."""
IN_NAME = IN_LINE.replace("/", "")

RAW = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u206f\ud800-\udfff\U000e0000-\U000e007f]"
)
OWN = re.compile(r"\x1b\[(?:0|1|2|4|22|38;5;\d+)m|\r(?=[\w :,-]+  \[[#-]{36}\]  \d)|\r +\r")
"""Styles of the tool, and progress bars, which draw over themselves."""


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the coded study with control characters in every text that a file can bring."""
    root = coded_study(tmp_path_factory.mktemp("hostile") / "study", coder="ana")
    for name in ("work", "skills"):
        path = root / f"codebooks/{name}.yaml"
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"(name|definition): (.*)", lambda found: f"{found[1]}: {json.dumps(found[2] + ATTACK)}", text)
        path.write_text(text, encoding="utf-8")
    write(root, "qualcode.yaml", SETTINGS.replace("Small", json.dumps(ATTACK)) + "coder: ana\n")
    write(root, "transcripts/E.txt", f"P{IN_LINE}: It rained {IN_LINE} rain. The budget {IN_LINE} earns fear.\n")
    write(root, "transcripts/cases.csv", f"case,group\nA,x{IN_LINE}\nB,y\nnone{IN_LINE},z\n")
    write(root, f"transcripts/F{IN_NAME}.txt", f"P: Rain {IN_LINE}. The budget.\n")
    write(root, "transcripts/G.vtt", f"WEBVTT\n\n00:01.000 --> 00:02.000\n<v Cy{IN_LINE}>The budget.\n")
    Project(root).memo(f"a memo {ATTACK}", on="A", coder="ana")
    Project(root).code("E", "work/fear", f"The budget {IN_LINE} earns fear.", coder="ana")
    return root


def on_terminal(monkeypatch: pytest.MonkeyPatch, root: Path, *words: str) -> tuple[int, str]:
    """Return the exit code of a command, and what it writes to a terminal."""
    terminal = Terminal()
    for name, value in {"COLUMNS": "100", "LINES": "9999", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout", terminal)
        patched.setattr("sys.stderr", terminal)
        code = run(["-C", str(root), *words])
    return code, terminal.getvalue()


def raw_characters(text: str) -> list[str]:
    """Return the control characters in a text but those of the tool's own styles."""
    return RAW.findall(OWN.sub("", text))


def test_every_command_has_a_command_line() -> None:
    assert {line.split()[0] for line in COMMANDS_TO_RUN.strip().split("\n")} == set(COMMANDS)


@pytest.mark.parametrize(
    "words",
    [
        *COMMANDS_TO_RUN.strip().split("\n"),
        "{attack}",
        "show {attack}",
        "-C {attack} check",
        "code A {attack} x",
        "codings --code {attack}",
        "export o.{attack}",
        "--{attack}",
        "search {attack}",
        "memos",
        "memos {attack}",
        "show E",
        "codings --coder {attack}",
        "network {attack}",
        "search It",
        "codebook --schema",
    ],
)
def test_no_command_sends_control_characters_to_a_terminal(
    hostile: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.chdir(hostile)
    given = [word.replace("{attack}", ATTACK) for word in shlex.split(words)]
    _, shown = on_terminal(monkeypatch, hostile, *given)
    assert shown
    assert raw_characters(shown) == []
    assert "Traceback" not in shown
    assert "unexpected error" not in shown


@pytest.mark.parametrize("words", ["check", "themes"])
def test_messages_on_broken_settings_are_shown_safely(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    root = small_study(tmp_path)
    write(root, "qualcode.yaml", SETTINGS + r'"bad\e[31m\u202E": 1' + "\n")
    code, shown = on_terminal(monkeypatch, root, words)
    assert (code, raw_characters(shown)) == (1, [])
    assert r"'bad\x1b[31m\u202e' is not a known key" in shown


def test_a_traceback_is_shown_safely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: Project) -> None:
        raise RuntimeError(f"no {ATTACK}")

    monkeypatch.setenv("QUALCODE_TRACEBACK", "1")
    monkeypatch.setattr(Project, "check", broken)
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with pytest.raises(SystemExit, match="1"):
        run(["-C", str(small_study(tmp_path)), "check"])
    assert raw_characters(terminal.getvalue()) == []
    assert r"RuntimeError: no \x1b]0;title\x07" in terminal.getvalue()


def test_control_characters_are_shown_as_escapes_and_marks_of_scripts_stay() -> None:
    hidden = "\x00\x0d\x1b\x7f\x85\x9b\u2028\u202e\u2066\udc80\U000e0041"
    assert make_visible(hidden) == r"\x00\x0d\x1b\x7f\x85\x9b\u2028\u202e\u2066\udc80\U000e0041"
    kept = "tab\tline\n \u05d0\u200e\u200f\u061c \u0645\u06cc\u200c\u062e \U0001f468\u200d \xad \u200b \\x1b"
    assert make_visible(kept) == kept


def test_own_styles_reach_the_terminal_and_those_of_files_do_not() -> None:
    assert render(style("bold", bold=True) + "\x1b[1mnot") == "\x1b[1mbold\x1b[0m\\x1b[1mnot"
    assert render(style("a\x1b[31mb", bold=True)) == "\x1b[1ma\\x1b[31mb\x1b[0m"


def test_each_stream_is_rendered_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    for terminal, pipe in (("stdout", "stderr"), ("stderr", "stdout")):
        shown, exact = Terminal(), io.StringIO()
        monkeypatch.setattr(f"sys.{terminal}", shown)
        monkeypatch.setattr(f"sys.{pipe}", exact)
        with rendered_streams():
            for is_error in (False, True):
                click.echo("a\x1b[0mb\x07", err=is_error, color=True)
        assert (shown.getvalue(), exact.getvalue()) == ("a\\x1b[0mb\\x07\n", "a\x1b[0mb\x07\n")


def test_warnings_logs_and_prompts_are_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("sys.stdout", terminal)
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    with rendered_streams(), warnings.catch_warnings():
        warnings.simplefilter("always")
        # pytest records warnings; Python writes them to sys.stderr.
        print(warnings.formatwarning(f"one {ATTACK}", UserWarning, "a.py", 1), file=sys.stderr)
        logging.StreamHandler().handle(logging.makeLogRecord({"msg": f"two {ATTACK}"}))
        assert click.confirm(f"three {ATTACK}", err=True)
        sys.stderr.writelines([f"four {ATTACK}"])
    shown = terminal.getvalue()
    assert raw_characters(shown) == []
    for number in ("one", "two", "three", "four"):
        assert number + r" \x1b]0;title\x07" in shown


def test_widths_of_a_table_are_those_of_what_is_shown() -> None:
    columns: dict[str, list[object]] = {"code": ["a\x1b[31mb", "c"], "n": [1, 2]}
    view = TableView()
    assert format_table(columns, view, width=80).splitlines() == [
        "code        n",
        "----------  -",
        r"a\x1b[31mb  1",
        "c           2",
    ]
    assert "a\x1b[31mb" in format_table(columns, view, width=None)


def test_the_pager_gets_rendered_text(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paged: list[str] = []
    monkeypatch.setattr("click.echo_via_pager", lambda text, color=None: paged.append(text))
    for name, value in {"COLUMNS": "100", "LINES": "5", "TERM": "xterm"}.items():
        monkeypatch.setenv(name, value)
    for name in ("PAGER", "LESS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.stdout", Terminal())
    assert run(["-C", str(hostile), "show", "E"]) == 0
    (page,) = paged
    assert raw_characters(page) == []
    assert "\x1b[1m" in page
    assert r"\x1b]0;title\x07" in page


@pytest.fixture
def shell(hostile: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(hostile, capsys)


@pytest.mark.parametrize("table_format", ["csv", "json", "table"])
def test_a_pipe_gets_the_text_as_it_is_in_the_file(shell: Shell, table_format: str) -> None:
    # The exit code is that of the file whose name is refused.
    piped = shell("segments", "E", "--format", table_format).out
    assert shell("segments", "E", "--format", table_format, "-o", shell.root.parent / "out").code == 1
    assert piped == (shell.root.parent / "out").read_bytes().decode()
    words = json.dumps(IN_LINE, ensure_ascii=False)[1:-1] if table_format == "json" else IN_LINE
    assert words.split("\x07")[-1] in piped
    assert piped.count("\x1b[31m") == (0 if table_format == "json" else 3)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty")
@pytest.mark.parametrize("words", ["show E", "codings --coder {attack}"])
def test_a_real_terminal_gets_no_control_characters(hostile: Path, words: str) -> None:
    import pty

    given = [word.replace("{attack}", ATTACK) for word in shlex.split(words)]
    controller, terminal = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "qualcode", "-C", str(hostile), *given],
        stdin=subprocess.DEVNULL, stdout=terminal, stderr=terminal,
        env={**os.environ, "TERM": "xterm", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip
    os.close(terminal)
    shown = bytearray()
    with suppress(OSError):  # Linux reports the end so
        while piece := os.read(controller, 65536):
            shown += piece
    os.close(controller)
    child.wait()
    text = shown.decode().replace("\r\n", "\n")
    assert raw_characters(text) == []
    assert r"\x1b]0;title\x07" in text


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_pipe_gets_the_bytes_of_a_file_name(hostile: Path) -> None:
    name = b"o\xe9.xlsx"
    done = subprocess.run(
        [sys.executable, "-m", "qualcode", "-C", str(hostile), "export", name],
        cwd=hostile, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip
    assert done.stdout == name + b"\n"
    assert b"unexpected" not in done.stderr
