"""What is refused, and how: one sentence, the right exit code, never a traceback, never an empty answer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.cli import COMMANDS
from qualcode.project import Project
from studies import Shell, coded_study, ledgers, small_study, write


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands on the small study as ana and ben have coded it."""
    return Shell(coded_study(tmp_path / "study"), capsys)


# Unknown names: exit 2

UNKNOWN = [
    ("themes --coder anna", "no coder 'anna' in this study (did you mean 'ana'?)"),
    ("codings --coder Zed", "no coder 'Zed' in this study (known: ana, ben, consensus)"),
    ("cooccurrence --coder ana --code work/feer", "no code 'work/feer' in this study (did you mean 'work/fear'?)"),
    ("themes --coder ana --code fear", "no code 'fear' in this study (did you mean 'work/fear'?)"),
    ("suggest --code wrk", "no code 'wrk' in this study (did you mean 'work'?)"),
    ("codings --code starin", "no code 'starin' in this study (did you mean 'strain'?)"),
    ("network --coder ana --transcripts Z*", "no transcript 'Z*' in this study (known: A, B, C, D)"),
    ("segments a", "no transcript 'a' in this study (did you mean 'A'?)"),
    ("transcripts Q", "no transcript 'Q' in this study (known: A, B, C, D)"),
    ("suggest --transcripts Q", "no transcript 'Q' in this study (known: A, B, C, D)"),
    ("export x.xlsx --coder ana --by grop", "no attribute 'grop' in this study (did you mean 'group'?)"),
    ("themes --coder ana --by colour", "no attribute 'colour' in this study (known: case, group, size, transcript)"),
    ("themes --coder ana --unit sentense", "no unit 'sentense' (did you mean 'sentence'?)"),
    ("segments --unit words", "no unit 'words' (known: sentence, turn, paragraph, exchange, window:3, transcript)"),
    ("segments --unit window", "unit 'window': give the number of turns, as in window:3"),
    ("accept nope --coder ana", "no suggestion 'nope' in this study (run 'qualcode suggest' for the current ids: they"),
    ("reject nope --coder ana", "no suggestion 'nope' in this study (run 'qualcode suggest' for the current ids: they"),
    ("retract nope --coder ana", "no coding 'nope' in this study ('qualcode codings' lists the ids; the last six"),
    ("code E work/fear x --coder ana", "no transcript 'E' in this study (known: A, B, C, D)"),
    ("code A work/feer x --coder ana", "no code 'work/feer' in this study"),
    ("code A work x --coder ana", "no code 'work' in this study"),
    ("done E --coder ana", "no transcript 'E' in this study"),
    ("done A --coder ana --family wrok", "no family 'wrok' in this study (did you mean 'work'?)"),
    ("memo hm --on work/feer --coder ana", "no coding, code or transcript 'work/feer' in this study"),
    ("theme", "no command 'theme' (did you mean 'themes'?)"),
    ("frobnicate", "no command 'frobnicate' (see qualcode --help)"),
]

USAGE = [
    ("themes", "this study has 2 coders (ana, ben): to count, name one with --coder NAME"),
    ("code A work/fear x", "no coder set: to code, name one with --coder NAME"),
    ("accept x", "no coder set: to accept, name one with --coder NAME"),
    ("memo x --coder a/b", "coder 'a/b': a name begins with a letter or digit"),
    ("code A", "name transcript, code and quote, a table with --from FILE, or a code with --words or"),
    ("code", "name transcript, code and quote, a table with --from FILE, or a code with --words or"),
    ("code A work/fear --from t.csv", "leave them out here"),
    ("code --from t.csv --turn 0", "--turn cannot be used with --from"),
    ("code --from t.csv --memo x", "--memo cannot be used with --from"),
    ("code A work/fear x --skip --coder ana", "--skip cannot be used without --from"),
    ("code A work/fear x --dry-run --coder ana", "--dry-run cannot be used without --from"),
    ("done", "name the transcripts that are done, or a table with --from FILE"),
    ("done A --dry-run --coder ana", "--dry-run cannot be used without --from"),
    ("done A --from t.csv", "leave them out here"),
    ("done --from t.csv --undo", "--undo cannot be used with --from"),
    ("done A --undo --family work --coder ana", "--family cannot be used with --undo"),
    ("accept --coder ana", "accept: name suggestions by their ids, or select them with --code, --min-score"),
    ("themes --coder ana --by group --by group", "--by names an attribute twice"),
    ("themes --coder ana --code work/fear --level theme", "nothing to count: none of work/fear is a theme"),
    ("themes --coder ana --format yaml", "'yaml' is not one of 'table', 'csv', 'json'"),
    ("themes --coder ana --output x.yaml", "end the name in .csv or .json"),
    ("themes --coder ana --universe some", "'some' is not one of 'asked', 'all'"),
    ("themes --coder ana --levle code", "No such option"),
    ("suggest --min-score 2", "is not in the range 0<=x<=1"),
    ("suggest --min-score nan", "min_score: must be a number from 0 to 1"),
    ("network --coder ana --min-count 0", "is not in the range x>=1"),
    ("network --coder ana --png x.svg", "--png x.svg: the name must end in .png"),
    ("network --coder ana --graphml x", "--graphml x: the name must end in .graphml"),
    ("export x.xls --coder ana", "the file name of a workbook must end in .xlsx"),
    ("export x.xlsx --coder ana --output y.xlsx", "PATH and --output are the same"),
    ("export x.xlsx --coder ana --as csv", "is not one of"),
    ("codebook forest", "no command 'forest' (known: tree, schema, rename,"),
    ("init x --coder con", "Windows reserves this name"),
    ("-C nowhere check", "nowhere: no such folder"),
]

REFUSED = [
    ("code A work/fear vanished --coder ana", "“vanished” is not in A"),
    ("code A work/fear --coder ana", "give a quote, or start and end"),
    ("code A work/fear --start 5 --coder ana", "start and end must both be given"),
    ("code --from none.csv", "none.csv: there is no such file"),
    ("done --from none.csv", "none.csv: there is no such file"),
    ("done D --undo --coder ana", "ana has not marked D as done"),
    ("cooccurrence --coder ana --code work/fear", "co-occurrence needs at least two codes"),
    ("export x.xlsx --coder ana --coder ben", "a workbook shows one coder's codings"),
    ("init .", "is already a qualcode study"),
    ("merge .", "this is the study itself: name another copy of it"),
    ("merge ../missing.zip", "there is no such file"),
]


@pytest.mark.parametrize(
    ("line", "sentence", "code"),
    [*((*one, 2) for one in UNKNOWN), *((*one, 2) for one in USAGE), *((*one, 1) for one in REFUSED)],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, line: str, sentence: str, code: int
) -> None:
    monkeypatch.chdir(shell.root)
    files = sorted(path for path in shell.root.rglob("*") if ".qualcode" not in path.parts)
    before = ledgers(shell.root)
    result = shell.bare(*line.split())
    assert (result.code, result.out) == (code, "")
    assert sentence in result.err
    assert "Traceback" not in result.err
    assert len([part for part in result.err.splitlines() if not part.startswith(("Usage:", "Try ")) and part]) == 1
    assert ledgers(shell.root) == before
    assert sorted(path for path in shell.root.rglob("*") if ".qualcode" not in path.parts) == files


@pytest.mark.parametrize("command", [name for name in COMMANDS if name not in {"init", "completion"}])
def test_outside_a_study_every_command_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    monkeypatch.chdir(tmp_path)
    words = {
        "accept": ["x"],
        "show": ["A"],
        "timeline": ["A"],
        "search": ["x"],
        "why": ["x"],
        "reject": ["x"],
        "retract": ["x"],
        "memo": ["x"],
        "code": ["A", "b/c", "x"],
        "done": ["A"],
        "pseudonymise": ["k.yaml"],
    }.get(command, [])
    result = Shell(tmp_path, capsys).bare(command, *words)
    assert (result.code, result.out) == (2, "")
    message = "is not in a qualcode study: no qualcode.yaml in it or above (run 'qualcode init' to create one)"
    assert message in result.err
    assert list(tmp_path.iterdir()) == []


def test_a_study_that_nobody_has_coded_has_no_numbers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(small_study(tmp_path), capsys)
    for command in ("themes", "cooccurrence", "network", "export"):
        result = shell(command)
        assert (result.code, result.out) == (1, "")
        assert result.err == ("qualcode: there are no codings yet: begin with 'qualcode suggest --transcripts A'\n")


def test_a_codebook_without_codes_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = small_study(tmp_path)
    for path in (root / "codebooks").iterdir():
        path.unlink()
    shell = Shell(root, capsys)
    for command in ("themes", "suggest", "codebook", "codings"):
        result = shell(command)
        assert (result.code, result.out) == (1, "")
        assert "codebooks/ has no codes yet" in result.err


def test_problems_of_the_codebook_come_all_at_once_and_say_why(shell: Shell) -> None:
    write(shell.root, "codebooks/bad.yaml", "family: bad\ncodes:\n  - {id: a, nam: A}\n  - {id: b, name: B, cue: []}\n")
    result = shell("themes", "--coder", "ana")
    assert (result.code, result.out) == (1, "")
    lines = result.err.splitlines()
    assert {tuple(line.split(":")[:2]) for line in lines[:-1]} == {
        ("codebooks/bad.yaml", "3"),
        ("codebooks/bad.yaml", "4"),
    }
    assert lines[-1] == "Fix these codebook errors first."


# Surprises


def test_the_unexpected_says_how_to_report_it(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_self: Project) -> None:
        raise RuntimeError("the sky fell")

    monkeypatch.delenv("QUALCODE_TRACEBACK", raising=False)
    monkeypatch.setattr(Project, "check", broken)
    result = shell("check")
    assert (result.code, result.out) == (1, "")
    assert "qualcode: unexpected error: RuntimeError: the sky fell" in result.err
    assert "QUALCODE_TRACEBACK=1" in result.err
    assert "Traceback (most recent" not in result.err
    monkeypatch.setenv("QUALCODE_TRACEBACK", "1")
    with pytest.raises(RuntimeError, match="the sky fell"):
        shell("check")


def test_an_interrupt_is_no_surprise(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_self: Project) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Project, "check", stopped)
    result = shell("check")
    assert (result.code, result.out) == (1, "")
    assert result.err.strip() == "interrupted: decisions recorded so far are kept"


def test_a_usage_error_of_click_keeps_its_code(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def odd(_self: Project) -> None:
        raise click.UsageError("odd")

    monkeypatch.setattr(Project, "check", odd)
    assert shell("check").code == 2


@pytest.mark.parametrize("options", [[], ["--on", "A"]])
def test_bytes_that_are_no_text_are_refused(shell: Shell, options: list[str]) -> None:
    done = subprocess.run(
        [sys.executable.encode(), b"-m", b"qualcode", b"memo", b"\xff", b"--coder", b"ana", *map(str.encode, options)],
        cwd=shell.root,
        env={**os.environ, "PYTHONUTF8": "1"},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"this memo is not valid text" in done.stderr


def test_a_target_that_cannot_be_written_is_said(shell: Shell, tmp_path: Path) -> None:
    blocked = write(tmp_path, "file", "")
    for words in (
        ["themes", "--coder", "ana", "-o", str(blocked / "x.csv")],
        ["export", str(blocked / "x.xlsx"), "--coder", "ana"],
        ["network", "--coder", "ana", "--gexf", str(blocked / "x.gexf")],
        ["init", str(blocked / "study")],
    ):
        result = shell(*words)
        assert (result.code, result.out) == (1, ""), words
        assert "cannot be written" in result.err
        assert "expect" not in result.err


def test_a_ledger_that_cannot_be_written_is_said_and_nothing_is_claimed(shell: Shell) -> None:
    write(shell.root, "codings/cal", "a file where a folder should be")
    result = shell("memo", "x", "--on", "A", "--coder", "cal")
    assert (result.code, result.out) == (1, "")
    assert "cannot be written" in result.err


WORDS = st.one_of(
    st.sampled_from([*COMMANDS, "A", "work/fear", "The budget is gone.", "ana", "work", "group", "turn", "window:2"]),
    st.sampled_from(["--coder", "--unit", "--by", "--code", "--transcripts", "--turn", "--start", "--end", "--on"]),
    st.sampled_from(["--format", "json", "csv", "--all", "--zeros", "--undo", "--skip", "--level", "theme", "-1", "*"]),
    st.text(max_size=4),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(WORDS, max_size=6))
def test_no_line_whatever_it_says_surprises_the_program(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(shell.root)
    result = shell(*words)
    assert result.code in {0, 1, 2}
    assert "did not expect" not in result.err, result.err
    assert result.code == 0 or result.err or result.out


def test_options_of_the_program_are_not_refused_by_commands_that_refuse_others(shell: Shell) -> None:
    assert shell("code", "A", "work/fear", "The budget is gone.", "--coder", "ana", "-q").code == 0
    assert shell("done", "A", "--coder", "ana", "-q").code == 0
