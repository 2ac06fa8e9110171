"""Regular expressions of users: the matches of Python's ``re``, in bounded time."""

from __future__ import annotations

import json
import pickle
import re
import sys
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st

from builders import STUDY
from qualcode.regexes import SlowRegexError, UserRegex, limited_search, regex_fault, search_worker, user_regex
from qualcode.regexes.limited_search import LIMITED_SEARCH, SearchLimitError
from qualcode.regexes.linear_search import LinearSearch, UnsupportedRegexError
from qualcode.regexes.regex_tree import parse_regex
from qualcode.regexes.step_bounds import bound_steps
from studies import Shell, small_study, write

# Letters with odd cases (long s, Kelvin sign, dotted I, sharp s), a combining mark, a digit of another script, line
# ends.
ALPHABET = "abkKsS \u017f\u212a\u0130i\u0131\u00e9e\u0301\u00df\u1e9e\u0663_7-\n\r\u2028\u03c3\u03c2"
TEXTS = st.text(alphabet=ALPHABET, max_size=12)
ATOMS = st.sampled_from(
    [*"abksi-", ".", r"\w", r"\W", r"\d", r"\s", r"\S", "[a-k]", r"[^a\n]", r"[^\W\d_]", *"\u017f\u212a\u0130", r"\n"]
)
PLACES = st.sampled_from(["^", "$", r"\b", r"\B", r"\A", r"\Z", ""])
REPEATS = st.sampled_from(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,3}?", "{2,}"])
GROUPS = st.sampled_from(["(?:", "(", "(?i:", "(?-i:", "(?s:", "(?m:", "(?a:"])
# Look-around, atomic groups and possessive repeats, which RE2 does not have.
OTHERS = st.sampled_from(["(?=a)", "(?!a)", "(?<=a)", "(?<!s)", "(?>a+)", "a*+", r"(a)\1"])
FLAGS = st.sampled_from([0, re.IGNORECASE, re.MULTILINE, re.IGNORECASE | re.DOTALL, re.ASCII, re.VERBOSE])


def _compose(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    grouped = st.builds("{}{})".format, GROUPS, inner)
    return st.one_of(
        st.lists(inner, min_size=2, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.builds("{}{}".format, st.one_of(ATOMS, grouped), REPEATS),
        grouped,
    )


REGEXES = st.recursive(st.one_of(ATOMS, PLACES), _compose, max_leaves=6)


def spans_of(regex: str, flags: int, text: str) -> list[tuple[int, int]]:
    """Return the matches that are not empty, as Python's ``re`` finds them."""
    return [match.span() for match in re.finditer(regex, text, flags) if match.group()]


@given(regex=REGEXES, flags=FLAGS, text=TEXTS)
@example(regex="a$", flags=0, text="a\na\n")
@example(regex="(?m:a$)", flags=0, text="a\na\n")
@example(regex="k", flags=re.IGNORECASE, text="k\u212aK")
@example(regex=r"\b\w+\b", flags=0, text="e\u0301 \u0663 \u00df_")
@example(regex=r"(?a:\W)", flags=0, text="\u00df")
@example(regex=r"(?:a??)+", flags=0, text="aa")
@example(regex=r"(?:(?:[a-k])?|\b)+", flags=0, text="a ab")
@example(regex=r"|a", flags=0, text="aa")
def test_linear_search_finds_what_re_finds(regex: str, flags: int, text: str) -> None:
    expected = spans_of(regex, flags, text)
    try:
        found = list(LinearSearch(parse_regex(regex, flags)).find_spans(text))
    except UnsupportedRegexError:
        event("unsupported")
        return
    event("matches" if found else "no match")
    assert found == expected


@given(regex=REGEXES, flags=FLAGS, text=TEXTS, position=st.integers(0, 3))
@example(regex=r"(?:a?)+", flags=0, text="aa", position=0)
def test_linear_search_matches_with_the_groups_of_re(regex: str, flags: int, text: str, position: int) -> None:
    named = f"(?P<name>{regex})b?"
    match = re.compile(named, flags).match(text, position)
    try:
        found = LinearSearch(parse_regex(named, flags)).match(text, min(position, len(text)))
    except UnsupportedRegexError:
        return
    assert found == (match and (match.span(), match.groupdict()))


@given(parts=st.lists(st.one_of(REGEXES, OTHERS), min_size=1, max_size=3), flags=FLAGS, text=TEXTS)
def test_regexes_of_users_find_what_re_finds(parts: list[str], flags: int, text: str) -> None:
    regex = "".join(parts)
    assert UserRegex(regex, flags).find_spans(text) == spans_of(regex, flags, text)


@given(parts=st.lists(st.one_of(REGEXES, OTHERS), min_size=1, max_size=3), flags=FLAGS, text=TEXTS)
def test_a_process_of_its_own_finds_what_re_finds(parts: list[str], flags: int, text: str) -> None:
    regex = "".join(parts)
    reply = LIMITED_SEARCH.request(regex, flags, text, position=None, seconds=5)
    assert list(map(tuple, reply["found"])) == spans_of(regex, flags, text)


RUNAWAY = [
    ("(.*a){20}b", "a" * 300 + "b", [(0, 301)]),
    ("(.*a){20}b", "a" * 300, []),
    ("(a{1,30}){1,30}b", "a" * 300, []),
    (r"\w*\w*\w*\w*\w*\w*!", "a" * 300 + " b!", [(301, 303)]),
    (".*.*.*.*.*=", "a" * 300, []),
    ("((a+)?)+b", "a" * 300, []),
    ("(a+|b)+c", "ab" * 150 + "c", [(0, 301)]),
    ("(a|b|ab)*c", "ab" * 150, []),
    ("(a+)+$", "a" * 300 + "!", []),
    (r"(\w+\s*)+:", "\u00e9t\u00e9 " * 90 + ":", [(0, 361)]),
]


@pytest.mark.parametrize(("regex", "text", "expected"), RUNAWAY)
def test_expressions_with_many_ways_find_their_matches(regex: str, text: str, expected: list[tuple[int, int]]) -> None:
    # With ``re`` each of these would take longer than a test run; no process of its own is needed.
    assert bound_steps(parse_regex(regex), len(text)) * len(text) > user_regex.MAX_STEPS
    assert regex_fault(regex) == ""
    assert list(LinearSearch(parse_regex(regex)).find_spans(text)) == expected
    assert UserRegex(regex).find_spans(text) == expected


@pytest.mark.parametrize("regex", ["(a+)+(?=b)", r"(a+)+\1b", "(?<!b)(a|aa)+$", "(|){30}b"])
def test_look_around_with_many_ways_is_stopped(regex: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_regex, "_SECONDS", 0.05)
    text = "a" * 60 + "!"
    slow = UserRegex(regex, name="--regex")
    with pytest.raises(SlowRegexError, match=r'--regex: takes too long, .* on a text of 61 characters \("aaaa'):
        slow.find_spans(text)
    # It is not tried again, and others are not concerned.
    with pytest.raises(SlowRegexError):
        slow.find_spans("a")
    assert UserRegex("(a+)+(?=b)").find_spans("aab") == [(0, 2)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the memory of a process")
def test_searches_that_fill_the_memory_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited_search, "_MAX_MEMORY", 100 << 20)
    search = limited_search.LimitedSearch()
    assert search.request("(?:ab|ba)*c", 0, "abc", position=0, seconds=10)["found"] == [[0, 3], {}]
    with closing(search), pytest.raises(SearchLimitError):
        search.request("(?:ab|ba)*c", 0, "ab" * 1_000_000, position=None, seconds=10)


def test_many_long_searches_of_one_text_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(user_regex, "_SECONDS", 0.0)
    monkeypatch.setattr(user_regex, "_SECONDS_PER_CHARACTER", 1e-9)
    # Each of 5,000 searches goes to the end of the text.
    with pytest.raises(SlowRegexError):
        UserRegex("(?s)x(?:.*y)*z|x").find_spans("x" * 5000)


def test_slow_regex_errors_return_from_other_processes() -> None:
    error = pickle.loads(pickle.dumps(SlowRegexError("regex a", "text")))
    assert str(error) == str(SlowRegexError("regex a", "text"))


def test_what_re2_cannot_repeat_is_found() -> None:
    assert UserRegex("(?:a{1,30}){1,1200}b").find_spans("aab") == [(0, 3)]


@pytest.mark.parametrize(
    ("regex", "length", "steps"),
    [
        ("abc", 100, 4),
        # One step to enter, 3 for each alternative, one for the choice, one for "e": only one alternative can match.
        ("(?:ab|cd)e", 100, 9),
        # Both alternatives can match, so that "c" may be tried twice.
        ("(?:a|ab)c", 100, 8),
        # Each of 101 ways to end \w* is followed by one step for "a"; before a blank there is only one way.
        (r"\w*a", 100, 304),
        (r"\w* ", 100, 204),
    ],
)
def test_bounds_on_steps(regex: str, length: int, steps: int) -> None:
    assert bound_steps(parse_regex(regex), length) == steps


def test_shipped_regexes_are_searched_with_re_and_linearly_with_the_same_matches() -> None:
    from qualcode import Project

    project = Project(STUDY)
    cues = {cue.value for code in project.study.codebook.codes for cue in code.cues if cue.kind == "regex"}
    names = list(project.study.transcripts)[::6]
    text = "\n".join(project.study.transcripts[name].text for name in names)
    assert len(cues) > 100
    searched = 0
    for value in sorted(cues):
        try:
            found = list(LinearSearch(parse_regex(value, re.IGNORECASE)).find_spans(text))
        except UnsupportedRegexError:
            assert "(?" in value
            continue
        searched += 1
        assert found == spans_of(value, re.IGNORECASE, text)
    assert searched > 0.9 * len(cues)


def test_faults() -> None:
    assert regex_fault("a" * 4000) == ""
    assert regex_fault("a" * 4001) == "this regex has 4,001 characters, more than 4,000: write several"
    assert regex_fault("(a").startswith("regex does not compile: missing )")
    assert regex_fault("(" * 3000 + ")" * 3000).startswith("this regex has 6,000 characters")
    assert regex_fault("(" * 2000 + ")" * 2000).startswith("regex does not compile")
    assert regex_fault("(|a+)+") == "this regex matches empty text, so it would match everywhere"


# In a study


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Commands on the small study with a turn of 60 letters, where each expression may take 50 milliseconds."""
    monkeypatch.setattr(user_regex, "_SECONDS", 0.05)
    root = small_study(tmp_path / "study")
    write(root, "transcripts/Z.txt", f"I: So?\nBea: {'a' * 60}!\n")
    return Shell(root, capsys)


def set_cue(shell: Shell, regex: str) -> None:
    path = shell.root / "codebooks" / "work.yaml"
    path.write_text(path.read_text("utf-8").replace(r"'\bearns?\b'", f"'{regex}'"), "utf-8")


def test_cues_with_many_ways_are_suggested(shell: Shell) -> None:
    set_cue(shell, "(a+|b)+!")
    rows = shell("suggest", "--maker", "cues", "--code", "work/money/roi", "--format", "json").json
    assert [row["quote"] for row in rows] == ["a" * 60 + "!"]


def test_slow_cues_stop_the_command_with_the_place_of_their_code(shell: Shell) -> None:
    set_cue(shell, r"(a+)+\1b")
    refused = shell("suggest", "--maker", "cues")
    assert refused.code == 1
    assert r"codebooks/work.yaml:12:9: code 'work/money/roi': regex (a+)+\1b: takes too long" in refused.err
    assert '("aaaaaaaa' in refused.err


def test_slow_label_patterns_are_problems_of_the_source(shell: Shell) -> None:
    settings = shell.root / "qualcode.yaml"
    settings.write_text(settings.read_text("utf-8") + "labels: {patterns: ['^Bea: (?P<name>(a+)+)(?=b)']}\n", "utf-8")
    checked = shell("check")
    assert checked.code == 1
    assert "qualcode.yaml: labels: pattern ^Bea: (?P<name>(a+)+)(?=b): takes too long" in checked.out


def test_slow_searches_are_refused(shell: Shell) -> None:
    assert "regex (a+)+(?=b): takes too long" in shell("search", "(a+)+(?=b)", "--regex").err
    assert shell("search", "a*" * 30 + "b").code == 0


def test_ranges_of_too_many_characters_are_refused() -> None:
    wide = "[" + "".join(f"{chr(0x100 + number)}-\ufffd" for number in range(1300)) + "]x"
    assert regex_fault(wide).startswith("the ranges of this regex hold 84,017,050 characters, more than 300,000: use")
    assert regex_fault("[a-z\u0100-\ufffd]x") == ""


def test_the_program_of_the_process_answers_each_request_and_ends_without_memory(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The program itself, in this process: where it runs, no test sees its lines."""
    limits: list[float] = []
    monkeypatch.setattr(search_worker, "_limit_process", limits.append)
    # A timer that is left would end the process of the tests.
    monkeypatch.setattr(search_worker, "_set_timer", limits.append)
    monkeypatch.setattr(sys, "argv", ["search_worker.py", "1000"])
    request = {"pattern": r"(?P<word>r\w+)(?!d)", "flags": 0, "text": "rain, red", "position": None, "seconds": 60.0}
    lines = [json.dumps(request | change) for change in ({}, {"position": 6}, {"position": 1})]
    monkeypatch.setattr(sys, "stdin", lines)
    search_worker.main()
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["found"] for one in answers] == [[[0, 4], [6, 9]], [[6, 9], {"word": "red"}], None]
    assert limits == [1000, *[60.0, 0] * 3]

    def fail(request: object) -> None:
        raise MemoryError

    monkeypatch.setattr(search_worker, "search", fail)
    search_worker.main()
    assert capsys.readouterr().out == ""
