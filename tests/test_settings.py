"""Settings in ``qualcode.yaml``, and problems with their positions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode import Project
from qualcode.errors import Problem, UsageError
from qualcode.model import UNIT_NAMES, SourceRule, SourceRules, SpeakerRule, Unit
from qualcode.settings import INTERVIEWER_LABELS, Settings, parse_unit, read_settings, validate_coder
from qualcode.transcripts import source_rule_of
from studies import write

Write = Callable[[str, str | bytes], Path]
Read = Callable[[str], tuple[Settings, list[Problem]]]


@pytest.fixture
def read(write: Write) -> Read:
    return lambda text: read_settings(write("qualcode.yaml", text))


def test_all_settings_are_read(read: Read) -> None:
    settings, problems = read(
        "name: Strategists\nlanguage: de\nroles:\n  interviewer: [Moderatorin, I]\n"
        "unit: window:3\ncoder: Anna B.-C\nabbreviations: [bzw., ca.]\n"
        "coders: [ana, {name: ben, note: since May}]\n"
    )
    assert problems == []
    assert settings == Settings(
        "Strategists",
        "de",
        SourceRules(("Moderatorin", "I")),
        Unit("window", 3),
        "Anna B.-C",
        ("bzw.", "ca."),
        {"ana": "", "ben": "since May"},
    )


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "name: x\n", "name: x\nroles:\n"])
def test_missing_settings_have_defaults(read: Read, text: str) -> None:
    settings, problems = read(text)
    assert problems == []
    assert (settings.language, settings.unit, settings.coder) == ("en", Unit("sentence"), "")
    assert settings.rules.interviewers == INTERVIEWER_LABELS


def test_labels_have_speakers_roles_and_cases(read: Read) -> None:
    settings, problems = read(
        "speakers:\n  BSRO6: BSR06\n  'Anna K.': {name: P1, role: participant, case: S07}\n  12: {}\n"
        "labels:\n  not_speakers: [Motto]\n  patterns: ['^=(?P<name>.+)=']\n"
    )
    assert problems == []
    assert settings.rules.speakers == {
        "BSRO6": SpeakerRule("BSR06"),
        "Anna K.": SpeakerRule("P1", "participant", "S07"),
        "12": SpeakerRule(),
    }
    assert (settings.rules.not_speakers, settings.rules.labels) == (("Motto",), ("^=(?P<name>.+)=",))
    assert settings.label_positions["Anna K."] == (3, 3)


def test_empty_list_of_interviewers_is_used(read: Read) -> None:
    assert read("roles: {interviewer: []}\n")[0].rules.interviewers == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nmae: x\n", "qualcode.yaml:1:1: 'nmae' is not a known key (did you mean 'name'?)"),
        (
            "name: x\nzzz: 1\n",
            "qualcode.yaml:2:1: 'zzz' is not a known key"
            " (known keys: name, language, roles, speakers, labels, encodings, tables, sources, unit, coder,"
            " coders, abbreviations, makers, attributes, suggest, review)",
        ),
        ("name: x\nlanguage: no\n", ""),
        ("language: Norwegian\n", "qualcode.yaml:1:1: language is a two-letter code such as 'en' or 'de'"),
        ("language: EN\n", "qualcode.yaml:1:1: language is a two-letter code such as 'en' or 'de'"),
        ("name: 2010\n", "qualcode.yaml:1:1: 'name' must be text (put it in quotes: '2010')"),
        ("coders: [{note: x}]\n", "qualcode.yaml:1:10: 'name' is missing"),
        ("coder: 7\n", "qualcode.yaml:1:1: 'coder' must be text (put it in quotes: '7')"),
        ("unit: sentense\n", "qualcode.yaml:1:1: no unit 'sentense' (did you mean 'sentence'?)"),
        ("unit: window\n", "qualcode.yaml:1:1: unit 'window': give the number of turns, as in window:3"),
        (
            "coder: a/b\n",
            "qualcode.yaml:1:1: coder 'a/b': a name begins with a letter or digit"
            " and has letters, digits, spaces and . _ - + @ only",
        ),
        ("abbreviations: bzw.\n", "qualcode.yaml:1:1: 'abbreviations' must be a list"),
        (
            "abbreviations:\n  - bzw.\n  - 3\n",
            "qualcode.yaml:3:5: 'abbreviations.1' must be text (put it in quotes: '3')",
        ),
        ("roles: [Anna]\n", "qualcode.yaml:1:1: 'roles' must be a mapping of keys to values"),
        ("roles:\n  interviewer: Anna\n", "qualcode.yaml:2:3: 'interviewer' must be a list"),
        (
            "labels:\n  patterns:\n    - '^=(?P<who>.)='\n",
            "qualcode.yaml:3:7: a label pattern needs a group 'name', as in '^\\((?P<name>P\\d+)\\):'",
        ),
        (
            "labels:\n  patterns:\n    - x\n    - '(?P<name>'\n",
            "qualcode.yaml:3:7: a label pattern needs a group 'name', as in '^\\((?P<name>P\\d+)\\):'\n"
            "qualcode.yaml:4:7: regex does not compile: missing ), unterminated subpattern at position 0",
        ),
        (
            "labels:\n  patterns: ['(?P<name>a*)']\n",
            "qualcode.yaml:2:14: this regex matches empty text, so it would match everywhere",
        ),
        ("labels: {patern: []}\n", "qualcode.yaml:1:10: 'patern' is not a known key (did you mean 'patterns'?)"),
        ("speakers:\n  A: {nmae: x}\n", "qualcode.yaml:2:7: 'nmae' is not a known key (did you mean 'name'?)"),
        ("speakers:\n  A: 7\n", "qualcode.yaml:2:3: 'A' must be a mapping of keys to values"),
        ("speakers:\n  A: {role: boss}\n", "qualcode.yaml:2:7: 'role': give interviewer or participant"),
        (
            "sources:\n  a: {kind: intervew}\n",
            "qualcode.yaml:2:7: 'kind': give interview or text (did you mean 'interview'?)",
        ),
        ("tables:\n  a: {text: [3]}\n", "qualcode.yaml:2:7: 'text': give text or a list of texts"),
        ("tables:\n  a: {per_second: -1}\n", "qualcode.yaml:2:7: 'per_second' must be 0 or more"),
        (
            "makers:\n  m: {x: {y: 1}}\n",
            "qualcode.yaml:2:7: 'x': give text, a whole number, a number, true or false or a list of texts",
        ),
        (
            "suggest: {atributes: 3}\n",
            "qualcode.yaml:1:11: 'atributes' is not a known key (did you mean 'attributes'?)",
        ),
        (
            "sources:\n  a: {keys: {text: x, tim: 1}}\n",
            "qualcode.yaml:2:23: 'tim' is not a known key (did you mean 'time'?)",
        ),
        (
            "speakers:\n  Ann  K: B\n  ann k: C\n",
            "qualcode.yaml:3:3: 'ann k' is the same label as 'Ann  K': capitals and spaces are ignored"
            " (remove one of them)",
        ),
        ("- a\n", "qualcode.yaml:1:1: the file must be a mapping of keys to values"),
        ("just text\n", "qualcode.yaml:1:1: the file must be a mapping of keys to values"),
        ("name: x\nname: y\n", "qualcode.yaml:2:1: key 'name' is given twice (first on line 1)"),
    ],
)
def test_problem_is_reported_with_position_and_hint(read: Read, text: str, message: str) -> None:
    assert "\n".join(map(str, read(text)[1])) == message


def test_unknown_role_has_a_hint(read: Read) -> None:
    (problem,) = read("roles:\n  interviewers: [Anna]\n")[1]
    assert str(problem) == "qualcode.yaml:2:3: 'interviewers' is not a known key (did you mean 'interviewer'?)"


def test_all_problems_are_reported_with_default_settings(read: Read) -> None:
    settings, problems = read("nmae: x\nunit: sentense\ncoder: 7\nunit: turn\n")
    assert settings == Settings()
    assert sorted((problem.line, problem.column) for problem in problems) == [(1, 1), (2, 1), (3, 1), (4, 1)]


def test_a_file_that_is_not_yaml_is_one_problem(read: Read) -> None:
    settings, problems = read("name: [x\n")
    assert settings == Settings()
    assert [problem.message.startswith("not YAML") for problem in problems] == [True]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("sentence", Unit("sentence")),
        (" Turn ", Unit("turn")),
        ("TRANSCRIPT", Unit("transcript")),
        ("window:1", Unit("window", 1)),
        ("window:1000", Unit("window", 1000)),
    ],
)
def test_parse_unit(text: str, unit: Unit) -> None:
    assert parse_unit(text) == unit


@pytest.mark.parametrize(
    "text", ["", "window:0", "window:-1", "window:x", "window:1001", "window:3:4", "turn:2", "sentence:", "words", "²"]
)
def test_unknown_units_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="unit"):
        parse_unit(text)


whole_units = st.sampled_from([name for name in UNIT_NAMES if name != "window"])


@given(whole_units | st.integers(1, 1000).map("window:{}".format))
def test_parse_unit_is_the_inverse_of_str(text: str) -> None:
    assert str(parse_unit(text)) == text


@pytest.mark.parametrize("name", ["analyst-1", "Anna B.-C", "名前", "jo@x.org", "7", "Zoë", "a" * 80])
def test_valid_coder_names(name: str) -> None:
    assert validate_coder(name) == name


@pytest.mark.parametrize(
    "name", ["", " ", ".", "..", "../x", "a/b", "a\\b", "_x", "-x", "x.", "x ", "a\n", "a:b", "a" * 81]
)
def test_invalid_coder_names_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="coder"):
        validate_coder(name)


@given(st.text(max_size=20))
def test_valid_coder_name_can_be_a_folder(name: str) -> None:
    try:
        checked = validate_coder(name)
    except UsageError:
        checked = "refused"
    assert not set('/\\:*?"<>|\n\0') & set(checked)
    assert checked not in {".", ".."}


@pytest.mark.parametrize("name", ["CON", "nul", "Com1", "aux.txt"])
def test_names_reserved_by_windows_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="coder"):
        validate_coder(name)


def test_shipped_settings_are_valid(root: Path) -> None:
    settings, problems = read_settings(root / "qualcode.yaml")
    assert problems == []
    assert (settings.language, settings.rules.interviewers, settings.unit) == ("en", ("Interviewer",), Unit("sentence"))


def test_rules_of_single_sources_are_merged_field_by_field(tmp_path: Path) -> None:
    settings = 'sources:\n  "jobs/x*": {accept: [repeated words]}\n  "jobs/*": {kind: text, accept: [markup]}\n'
    rules = read_settings(write(tmp_path, "qualcode.yaml", settings))[0].rules
    assert source_rule_of(rules, "transcripts/jobs/x.txt") == SourceRule("text", "", ("repeated words",))
    assert source_rule_of(rules, "transcripts/y.txt") == SourceRule()


def test_line_numbers_of_a_source_may_be_set_to_false_before_a_wider_pattern(tmp_path: Path) -> None:
    write(tmp_path, "qualcode.yaml", "sources:\n  x.txt: {line_numbers: false}\n  '*': {line_numbers: true}\n")
    for name in ("x", "y"):
        write(tmp_path, f"transcripts/{name}.txt", "1989 we came.\n1990 we built.\n1991 we left.\n")
    transcripts = Project(tmp_path).study.transcripts
    assert [len(transcripts[name].not_words) for name in ("x", "y")] == [0, 3]


def test_a_source_is_read_by_the_reader_that_the_settings_name(tmp_path: Path) -> None:
    write(tmp_path, "qualcode.yaml", "sources:\n  x.md: {reader: captions}\n")
    write(tmp_path, "transcripts/x.md", "00:00:01.000 --> 00:00:02.000\nAnn: It rained.\n")
    turn = Project(tmp_path).study.transcripts["x"].turns[0]
    assert (turn.speaker, turn.time) == ("Ann", 1.0)


CUES = "WEBVTT\n\n00:01.000 --> 00:02.000\n[SPEAKER_00]: {}\n\n00:03.000 --> 00:04.000\n[SPEAKER_01]: {}\n"


def test_speakers_of_single_sources_come_before_those_of_the_study(tmp_path: Path) -> None:
    write(tmp_path, "transcripts/x.vtt", CUES.format("How?", "It rained."))
    write(tmp_path, "transcripts/y.vtt", CUES.format("It rained.", "How?"))
    settings = """\
speakers: {SPEAKER_00: {name: Dana, role: interviewer}, SPEAKER_01: Carla}
sources:
  y.vtt: {speakers: {SPEAKER_00: Eve, SPEAKER_01: {name: Dana, role: interviewer}}}
"""
    write(tmp_path, "qualcode.yaml", settings)
    project = Project(tmp_path)
    said = project.segments()[["transcript", "speaker", "text"]].values.tolist()
    assert said == [["x", "Carla", "It rained."], ["y", "Eve", "It rained."]]
    assert project.rows("y")["Speaker"].tolist() == ["SPEAKER_00", "SPEAKER_01"]


def test_an_empty_label_and_patterns_without_a_source_are_reported(tmp_path: Path) -> None:
    write(tmp_path, "transcripts/x.txt", "Interviewer: How?\n\nAnn: Good.\n")
    write(tmp_path, "qualcode.yaml", 'speakers: {"": Ben}\n')
    (problem,) = Project(tmp_path).study.settings_problems
    assert "a label of a speaker has at least one character" in problem.message
    write(
        tmp_path,
        "qualcode.yaml",
        "sources: {y.txt: {kind: text}, 'x*': {kind: interview}}\nencodings: {z.txt: utf-8}\n",
    )
    messages = [str(problem) for problem in Project(tmp_path).check() if "no source" in problem.message]
    assert messages == [
        "qualcode.yaml: 'encodings': no source has the path 'z.txt' (did you mean 'x.txt'?)",
        "qualcode.yaml: 'sources': no source has the path 'y.txt' (did you mean 'x.txt'?)",
    ]
