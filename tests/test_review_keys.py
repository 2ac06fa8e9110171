"""Keys of the review: the usual ones, those of the settings, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.errors import UsageError
from qualcode.project import Project
from qualcode.settings import read_settings
from qualcode.settings.review_keys import KEY_MODES, REVIEW_KEYS, assign_keys, check_key, keys_of
from studies import small_study


def test_no_key_has_two_actions_in_one_mode() -> None:
    pairs = [(mode, key) for one in REVIEW_KEYS for mode in one.modes for key in one.keys]
    assert len(pairs) == len(set(pairs))


def test_every_key_is_one_that_all_terminals_send() -> None:
    assert all(check_key(key) == key for one in REVIEW_KEYS for key in one.keys)


def test_every_action_has_a_key_in_its_modes() -> None:
    assigned = assign_keys({})
    assert all(keys_of(assigned, one.action, mode) == [*one.keys] for one in REVIEW_KEYS for mode in one.modes)
    assert set(assigned) == set(KEY_MODES)


def test_key_of_the_settings_takes_the_place_of_the_usual_ones() -> None:
    assigned = assign_keys({"accept": ["j", "ENTER"]})
    assert keys_of(assigned, "accept", "read") == ["j", "enter"]
    assert assigned["read"].get("a") is None
    assert keys_of(assigned, "next_sentence", "read") == ["down"]
    assert keys_of(assigned, "next_sentence", "adjudicate") == ["j", "down"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"acept": ["b"]}, "no action 'acept' of the review (did you mean 'accept'?)"),
        ({"accept": ["y"], "reject": ["y"]}, "key 'y' is given to accept and to reject"),
        ({"accept": ["alt+a"]}, "no key 'alt+a'"),
        ({"accept": ["entr"]}, "no key 'entr' (did you mean 'enter'?)"),
        ({"accept": ["1"]}, "key '1' has a fixed meaning"),
        ({"accept": ["ctrl+c"]}, "key 'ctrl+c' has a fixed meaning"),
        ({"accept": [""]}, "no key ''"),
    ],
)
def test_wrong_keys_are_refused(changes: dict[str, list[str]], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        assign_keys(changes)
    assert message in str(caught.value)


def test_wrong_keys_in_the_settings_are_problems_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "qualcode.yaml"
    path.write_text("name: x\nreview:\n  keys: {acept: b}\n")
    (problem,) = read_settings(path)[1]
    assert (problem.line, "no action 'acept'" in problem.message) == (3, True)
    path.write_text("review:\n  keys:\n    acept: b\n    reject: 3\n    skip: y\n    undo: y\n")
    problems = read_settings(path)[1]
    assert [problem.line for problem in problems] == [3, 4, 6]
    assert "key '3' has a fixed meaning" in problems[1].message
    path.write_text("review: {keys: {accept: [b, enter], undo: z}, codes: [work/money]}\n")
    settings, problems = read_settings(path)
    assert problems == []
    assert (settings.review_keys, settings.review_codes) == (
        {"accept": ["b", "enter"], "undo": ["z"]},
        ("work/money",),
    )


def test_codes_of_number_keys_that_there_are_not_are_problems(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    settings = root / "qualcode.yaml"
    settings.write_text(settings.read_text() + "review:\n  codes:\n    - work/fear\n    - work/faer\n")
    (problem,) = Project(root).check()
    assert (problem.path, problem.line) == ("qualcode.yaml", 9)
    assert (problem.message, problem.hint) == (
        "'review.codes': the codebook has no code 'work/faer'",
        "did you mean 'work/fear'?",
    )
