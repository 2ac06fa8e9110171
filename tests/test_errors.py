"""Problems and the messages of errors."""

from __future__ import annotations

import pytest

from qualcode import errors
from qualcode.errors import (
    FileProblemsError,
    MissingCoderError,
    OperationError,
    Problem,
    StudyNotFoundError,
    UnknownNameError,
    UsageError,
    did_you_mean,
    format_names,
)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Problem("a.yaml", 3, 7, "wrong"), "a.yaml:3:7: wrong"),
        (Problem("a.yaml", 3, 0, "wrong"), "a.yaml:3: wrong"),
        (Problem("a.yaml", 0, 0, "wrong"), "a.yaml: wrong"),
        (Problem("a.yaml", 3, 7, "wrong", "try this"), "a.yaml:3:7: wrong (try this)"),
    ],
)
def test_problem_as_text_begins_with_path_line_and_column(problem: Problem, text: str) -> None:
    assert str(problem) == text


def test_problems_are_ordered_by_path_and_number() -> None:
    tenth, second, other = Problem("a", 10, 1, "x"), Problem("a", 2, 1, "y"), Problem("b", 1, 1, "z")
    assert sorted([other, tenth, second]) == [second, tenth, other]


@pytest.mark.parametrize(
    ("name", "known", "hint"),
    [
        ("defintion", ["name", "definition"], "did you mean 'definition'?"),
        ("ROI", ["challenges/roi", "challenges/culture"], "did you mean 'challenges/roi'?"),
        ("challenge/roi", ["challenges/roi"], "did you mean 'challenges/roi'?"),
        ("skills/roi", ["challenges/roi", "path/proactive"], "did you mean 'challenges/roi'?"),
        ("Anna", ["anna"], "did you mean 'anna'?"),
        ("anna", ["ANNA"], "did you mean 'ANNA'?"),
        (
            "OneDrive",
            ["Test OneDrive Transcription 2022-11", "S01"],
            "did you mean 'Test OneDrive Transcription 2022-11'?",
        ),
        (
            "part",
            ["my part of it", "Part one of three", "b"],
            "did you mean one of 'Part one of three', 'my part of it'?",
        ),
        (
            "long",
            ["a long name 1", "a long name 2", "a long name 3", "a long name 4"],
            "did you mean one of 'a long name 1', 'a long name 2', 'a long name 3' and 1 more?",
        ),
        ("on", ["a long name 1"], ""),
        ("zebra", ["name", "definition"], ""),
        ("anything", [], ""),
        ("", ["name"], ""),
    ],
)
def test_did_you_mean_names_the_closest_name(name: str, known: list[str], hint: str) -> None:
    assert did_you_mean(name, known) == hint


def test_format_names_shows_the_first_and_counts_the_rest() -> None:
    assert format_names([]) == ""
    assert format_names(["a", "b"]) == "a, b"
    assert format_names(list("abcdefgh")) == "a, b, c, d, e, f, g, h"
    assert format_names(list("abcdefghij")) == "a, b, c, d, e, f, g, h and 2 more"
    assert format_names(["a", "b", "c"], limit=1) == "a and 2 more"


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (OperationError("no"), 1, "no"),
        (UsageError("no"), 2, "no"),
        (UnknownNameError("code", "roj", ["a/roi"]), 2, "no code 'roj' in this study (did you mean 'a/roi'?)"),
        (UnknownNameError("case", "zzz", ["B2", "A1"]), 2, "no case 'zzz' in this study (known: A1, B2)"),
        (UnknownNameError("case", "zzz", []), 2, "no case 'zzz' in this study (there is none yet)"),
        (FileProblemsError([Problem("a", 1, 1, "x"), Problem("b", 2, 0, "y")]), 1, "a:1:1: x\nb:2: y"),
        (
            FileProblemsError([Problem("a", 1, 1, "x")], summary="so nothing is counted"),
            1,
            "a:1:1: x\nso nothing is counted",
        ),
        (
            MissingCoderError([], verb="code"),
            2,
            "no coder set: to code, name one with coder='NAME' or 'coder: NAME' in qualcode.yaml",
        ),
    ],
)
def test_each_error_has_its_message_and_exit_code(error: errors.QualcodeError, code: int, message: str) -> None:
    assert (error.exit_code, str(error)) == (code, message)


def test_missing_coder_error_names_the_coders_of_the_study() -> None:
    assert "this study has 2 coders (ann, bob): to count, name one with coder='NAME'" in str(
        MissingCoderError(["ann", "bob"], verb="count")
    )


def test_study_not_found_error_explains_how_to_create_one() -> None:
    error = StudyNotFoundError("/tmp/x")
    assert error.exit_code == 2
    assert "/tmp/x" in str(error)
    assert "Project.init()" in str(error)
