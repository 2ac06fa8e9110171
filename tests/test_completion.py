"""Completion in the shell: names of the study for options and arguments, without reading its texts."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete

from qualcode.cli import COMMANDS, cli
from qualcode.cli.completion import _NAMES
from studies import Shell, coded_study, small_study, write

UNITS = ["sentence", "turn", "paragraph", "exchange", "window:3", "transcript"]


def completions(root: Path, *words: str) -> list[str]:
    """Return what a shell is offered for the last of these words."""
    *before, incomplete = words
    found = BashComplete(cli, {}, "qualcode", "_QUALCODE_COMPLETE").get_completions(
        ["-C", str(root), *before], incomplete
    )
    return [item.value for item in found if not item.value.startswith("-")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return coded_study(tmp_path / "study")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["the"], ["themes"]),
        (["themes", "--code", "work/m"], ["work/money", "work/money/roi"]),
        (["themes", "--code", "s"], ["skills", "skills/patience", "strain"]),
        (["codings", "--coder", ""], ["ana", "ben"]),
        (["suggest", "--learn-from", "b"], ["ben"]),
        (["suggest", "--transcripts", ""], ["A", "B", "C", "D"]),
        (["show", ""], ["A", "B", "C", "D"]),
        (["done", "A", ""], ["A", "B", "C", "D"]),
        (["done", "A", "--family", ""], ["skills", "work"]),
        (["transcripts", "remove", "C"], ["C"]),
        (["transcripts", "sp"], ["speakers"]),
        (["code", "A", "work/f"], ["work/fear"]),
        (["memo", "text", "--on", "st"], ["strain", "study"]),
        (["themes", "--unit", ""], UNITS),
        (["export", "--cases", ""], ["A", "B", "C", "D"]),
        (["themes", "--by", ""], ["group", "size", "case", "transcript"]),
        (["completion", "z"], ["zsh"]),
        (["accept", "--code", "work/f"], ["work/fear"]),
        (["reject", "--transcripts", ""], ["A", "B", "C", "D"]),
        (["suggest", "--maker", ""], ["cues", "learner"]),
        (["accept", "--recommender", "c"], ["cues"]),
        (["code", "--words", "x", "--within", "str"], ["strain"]),
        (["code", "--words", "x", "work/m"], ["work/money", "work/money/roi"]),
        (["code", "--regex", "x", "--transcripts", "A", "work/f"], ["work/fear"]),
        (["code", "--from", "-", "sk"], ["skills", "skills/patience"]),
        (["code", "--span", ""], ["sentence", "match", "paragraph", "turn"]),
        (["search", "x", "--speaker", ""], ["I"]),
        (["evaluate", "--second", "b"], ["ben"]),
        (["network", "--ego", "work/f"], ["work/fear"]),
        (["network", "--difference-by", "g"], ["group"]),
        (["review", "A"], ["A"]),
        (["review", "--coder", ""], ["ana", "ben"]),
        (["review", "--adjudicate", ""], ["ana", "ben"]),
        (["review", "--adjudicate", "ana", "b"], ["ben"]),
        (["review", "--order", "n"], ["novel"]),
        (["edit", "A"], ["A"]),
        (["edit", "A", "--code", "work/f"], ["work/fear"]),
        (["edit", "A", "--coder", "b"], ["ben"]),
    ],
)
def test_names_of_the_study_are_offered(root: Path, words: list[str], expected: list[str]) -> None:
    assert completions(root, *words) == expected


def test_no_text_is_read_and_nothing_is_offered_outside_a_study(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a source is read")

    monkeypatch.setattr("qualcode.study.study.read_source", refuse)
    monkeypatch.setattr("qualcode.study.study.read_ledgers", refuse)
    for words in (["show"], ["themes", "--code"], ["themes", "--coder"], ["themes", "--by"], ["memo", "x", "--on"]):
        assert completions(root, *words, "")
        assert completions(tmp_path, *words, "") == []


def test_names_with_blanks_and_accents_are_found(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write(root, unicodedata.normalize("NFD", "transcripts/Ünal Öz.txt"), "I: So?\n\nP: No.\n")
    for typed in ("Ün", "Ünal Ö", unicodedata.normalize("NFD", "Ünal Ö")):
        assert completions(root, "show", typed) == ["Ünal Öz"]


def test_names_are_escaped_for_bash_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = small_study(tmp_path)
    write(root, "transcripts/My (1).txt", "I: So?\n\nP: No.\n")
    assert completions(root, "show", "M") == ["My (1)"]
    monkeypatch.setenv("_QUALCODE_COMPLETE", "bash_complete")
    # "read" in the script takes one backslash of two away.
    assert completions(root, "show", "M") == [r"My\\ \\(1\\)"]
    # Behind an open quotation mark blanks need no backslash.
    monkeypatch.setenv("COMP_WORDS", "qualcode show 'it' \"My")
    assert completions(root, "show", "M") == ["My (1)"]
    monkeypatch.setenv("COMP_WORDS", """qualcode show "it's" My""")
    assert completions(root, "show", "M") == [r"My\\ \\(1\\)"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_asks_qualcode(shell: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = Shell(tmp_path, capsys).bare("completion", shell)
    assert (printed.code, printed.err) == (0, "")
    assert f"_QUALCODE_COMPLETE={shell}_complete" in printed.out


def test_every_option_that_takes_a_name_of_the_study_offers_names() -> None:
    """New options are named as those that are there, since what is offered depends on their name."""
    context = click.Context(cli, resilient_parsing=True)
    options = {
        (name, parameter.name): parameter.type
        for name in COMMANDS
        if name not in {"init", "completion"}
        for command in [cli.get_command(context, name)]
        if command is not None
        for parameter in command.params
        # The rows of a matrix are kinds of rows, those of a crosstab an attribute.
        if parameter.name in _NAMES and (name, parameter.name) != ("matrix", "rows")
        # The file of "edit --to", which shells complete themselves.
        if not isinstance(parameter.type, click.Path)
    }
    assert len(options) > 40
    assert {type(kind).__name__ for kind in options.values()} == {"_StudyNames"}
    assert "_QUALCODE_COMPLETE" not in os.environ
