"""Limits on what files of a study may contain: size of YAML files, depth of JSON."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.files import parse_json, read_yaml
from qualcode.files.yaml_notices import read_yaml_notices
from studies import Shell, coded_study, write

DEEP = ["[" * 100_000 + "]" * 100_000, '{"a":' * 100_000 + "1" + "}" * 100_000]


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands on the small study as ana and ben have coded it."""
    return Shell(coded_study(tmp_path / "study"), capsys)


@pytest.mark.parametrize("line", DEEP)
def test_ledger_lines_that_are_nested_deep_are_problems(shell: Shell, line: str) -> None:
    before = len(shell("codings", "--format", "json").json)
    path = shell.root / "codings" / "ana" / "A.jsonl"
    number = len(path.read_text("utf-8").splitlines()) + 1
    path.write_text(path.read_text("utf-8") + line + "\n", "utf-8")
    problem = f"codings/ana/A.jsonl:{number}:1: this line is not an event and is not counted"
    assert problem in shell("check").out
    listed = shell("codings", "--format", "json")
    assert (len(listed.json), problem in listed.err) == (before, True)


@pytest.mark.parametrize("line", DEEP)
def test_a_deep_last_line_of_a_ledger_is_set_aside(shell: Shell, line: str) -> None:
    path = shell.root / "codings" / "ana" / "A.jsonl"
    path.write_text(path.read_text("utf-8") + line, "utf-8")
    assert shell("code", "B", "work/fear", "week", "--coder", "ana").code in {0, 1}
    write(shell.root, "codings/eva/A.jsonl", line)
    assert shell("code", "A", "work/fear", "budget", "--coder", "eva").code == 0
    (torn,) = (shell.root / "codings" / "eva").glob("*.torn")
    assert torn.read_text("utf-8").strip() == line


@pytest.mark.parametrize("text", DEEP)
def test_json_that_is_nested_deep_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match="nested too deep"):
        parse_json(text)
    assert parse_json('{"a": [1]}') == {"a": [1]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("Z.json", DEEP[0]),
        ("Z.json", DEEP[1]),
        ("Z.vtt", 'WEBVTT\n\n00:00.000 --> 00:01.000\n{"spokenText":' + DEEP[0] + "\n"),
    ],
)
def test_sources_that_are_nested_deep_are_problems(shell: Shell, name: str, content: str) -> None:
    write(shell.root, f"transcripts/{name}", content)
    checked = shell("check")
    assert checked.code == 1
    assert f"transcripts/{name}" in checked.out


LARGE = [
    ("name: " + "word " * 200_000, "1,000,006 characters are over the limit of 1,000,000 for a YAML file"),
    ("abbreviations:\n" + "- a.\n" * 40_000, "40,001 lines and commas are over the limit of 40,000"),
    ("abbreviations: [" + "a.," * 40_001 + "]", "40,001 lines and commas are over the limit of 40,000"),
]


@pytest.mark.parametrize(("text", "message"), LARGE)
@pytest.mark.parametrize("name", ["qualcode.yaml", "codebooks/work.yaml"])
def test_yaml_files_over_the_limits_are_problems(shell: Shell, name: str, text: str, message: str) -> None:
    write(shell.root, name, text)
    checked = shell("check")
    assert checked.code == 1
    assert f"{name}:1:1: {message} (shorten it, or divide a codebook into several files)" in checked.out


def test_large_yaml_files_have_no_notices(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml", "a: b #c\n" + "- a\n" * 40_000)
    assert read_yaml_notices(path, display_path="a.yaml") == []


def test_repeated_anchors_are_read_without_a_warning(tmp_path: Path) -> None:
    # A warning would be an error in the tests.
    assert read_yaml(write(tmp_path, "a.yaml", "a: [&x b, &x c]\n"), display_path="a.yaml").value == {"a": ["b", "c"]}
