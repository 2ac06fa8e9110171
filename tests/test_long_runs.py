"""Long runs of one character, and numbers of thousands of digits: reading them in quadratic time would take minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.errors import UsageError
from qualcode.files.yaml_notices import read_yaml_notices
from qualcode.files.yaml_reader import read_yaml
from qualcode.model import SourceRules, Transcript
from qualcode.model.line_numbers import line_counter
from qualcode.model.xml_text import unescape_html
from qualcode.segments.line_breaks import find_line_breaks
from qualcode.segments.sentences import sentence_spans
from qualcode.settings.setting_values import parse_unit
from qualcode.signals import find_signals
from qualcode.transcripts import read_source
from qualcode.transcripts.labels.speaker_labels import without_number
from qualcode.transcripts.labels.time_shapes import parse_seconds
from qualcode.transcripts.margin_numbers import find_margin_numbers
from qualcode.transcripts.rewrite.source_rewrite import rewrite_source

RULES = SourceRules(interviewers=("I",))
RUN = 200_000
"""Characters of a run: each of them with each other one are 40 billion steps."""


def read(folder: Path, name: str, text: str) -> Transcript:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    (transcript,) = read_source(path, name="a", display_path=f"transcripts/{name}", rules=RULES)
    return transcript


def turns(transcript: Transcript) -> list[tuple[str, list[str]]]:
    return [(turn.speaker, transcript.text[turn.start : turn.end].split()) for turn in transcript.turns]


@pytest.mark.parametrize("run", [" " * RUN, "\t" * RUN, "\n" * 90_000, "\u00a0" * RUN, "\x1c" * RUN])
def test_white_space_in_and_between_turns(tmp_path: Path, run: str) -> None:
    transcript = read(tmp_path, "a.txt", f"I: One{run}two.\n{run}\nP1: Yes{run}no\nI: So?\nP1: So.\n")
    assert turns(transcript) == [("I", ["One", "two."]), ("P1", ["Yes", "no"]), ("I", ["So?"]), ("P1", ["So."])]
    assert "markup" not in {finding.signal.name for finding in find_signals(transcript, RULES)}


@pytest.mark.parametrize("line", ["Ann{}", "{}Ann", "0:01\n{}Ann", "Ann\n{}0:01"])
def test_white_space_beside_names_alone_on_their_lines(tmp_path: Path, line: str) -> None:
    line = line.format(" " * 20_000)
    text = f"{line}\nIt rained.\n\n{line.replace('Ann', 'Bob')}\nYes.\n\n"
    assert [speaker for speaker, _ in turns(read(tmp_path, "a.txt", text * 2))] == ["Ann", "Bob"] * 2


def test_lines_of_blanks_are_read_as_lines() -> None:
    text = f"One\n{' ' * RUN}\n- two{' ' * RUN}three\n- four"
    starts = find_line_breaks(text, 0, len(text)).starts
    assert [text[words : words + 3] for words in starts.values()] == ["two", "fou"]


def test_dashes_of_a_long_list() -> None:
    text = "We had:\n" + "- one\n" * 50_000
    assert len(find_line_breaks(text, 0, len(text)).starts) == 50_000


def test_letters_without_an_end() -> None:
    text = f"we saw it. {'a' * RUN} b. and c"
    assert list(sentence_spans(text, 0, len(text)))[-1][1] == len(text)


@pytest.mark.parametrize(
    ("label", "bare"),
    [
        ("speaker 12.", "speaker"),
        ("p_-#1", "p"),
        ("a..", "a."),
        ("a 1 2", "a 1"),
        ("a.5", "a."),
        ("- 3", ""),
        ("", ""),
        ("p\u0661", "p"),
        ("x" + " " * RUN + "x", "x" + " " * RUN + "x"),
        ("x" + "7" * RUN + "x", "x" + "7" * RUN + "x"),
        ("x" + " 7" * RUN, "x" + " 7" * (RUN - 1)),
    ],
)
def test_label_without_number(label: str, bare: str) -> None:
    assert without_number(label) == bare


@pytest.mark.parametrize("tail", ["", "\x15", "\x151_2\x15"])
def test_marks_in_chat_that_nothing_closes(tmp_path: Path, tail: str) -> None:
    words = f"yes{' ' * RUN}no {tail}{'1_1_' * 50_000} \x151200_1300\x15"
    text = f"@Begin\n@Participants:\tPAR Participant\n*PAR:\t{words}\n@End\n"
    transcript = read(tmp_path, "a.cha", text)
    assert (turns(transcript)[0][1][0], turns(transcript)[0][1][1][:2]) == ("yes", "no")
    assert "\x15" + "1200_1300\x15" not in transcript.text


def test_comments_in_yaml_behind_blanks(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f"a: one{' ' * RUN}two\nb: x{' ' * RUN}#1\nc: y {'#' * RUN}\n", encoding="utf-8")
    (notice,) = read_yaml_notices(path, display_path="a.yaml")
    assert (notice.line, notice.column, notice.message) == (
        2,
        RUN + 5,
        "'#1' is read as a comment, so the value is 'x'",
    )
    path.write_text(f"a: 'one\nb: x{' ' * RUN}y\n", encoding="utf-8")
    (problem,) = read_yaml(path, display_path="a.yaml").problems
    assert "quoted scalar" in problem.message


@pytest.mark.parametrize("run", ["<!--a>" * 50_000, "<a " * RUN, "<?" * RUN, "<!" * 50_000 + ">", "<a b=" * 50_000])
def test_markup_that_nothing_closes_is_rewritten_without_a_change(run: str) -> None:
    content = f"<body><p>I: hi<p>P1: yes{run}".encode()
    assert rewrite_source(".html", content, lambda _: ()) == content


def test_tags_in_captions_that_nothing_closes(tmp_path: Path) -> None:
    text = f"WEBVTT\n\n00:01.000 --> 00:02.000\nyes {'<c ' * 50_000}\n\n00:03.000 --> 00:04.000\n<c.x>no</c>\n"
    transcript = read(tmp_path, "a.vtt", text)
    assert transcript.text.split()[0] == "yes"
    assert transcript.text.split()[-1] == "no"
    assert rewrite_source(".vtt", text.encode(), lambda _: ()) == text.encode()


def test_numbers_of_lines() -> None:
    text = "\n" * 50_000 + "x"
    assert [line_counter(text)(offset) for offset in (0, 1, 49_999, 50_000)] == [1, 2, 50_000, 50_001]
    assert line_counter("")(0) == 1


DIGITS = "7" * 6_000
"""More digits than Python converts to a number."""


def test_numbers_of_thousands_of_digits(tmp_path: Path) -> None:
    assert parse_seconds(f"{DIGITS}:00") == 60 * 777_777_777_777_777.0
    assert parse_seconds(f"0:01.{DIGITS}") == 1.778
    assert parse_seconds("1:05.250") == 65.25
    assert unescape_html(f"&#{DIGITS};&#65;&#{DIGITS}x") == "\ufffdA\ufffdx"
    with pytest.raises(UsageError):
        parse_unit(f"window:{DIGITS}")
    table = read(tmp_path, "a.csv", f"speaker,text\n{DIGITS},It rained {DIGITS} times.\nI,Why?\n{DIGITS},So.\n")
    assert [len(speaker) for speaker, _ in turns(table)] == [6_000, 1, 6_000]


def test_numbers_in_rtf_of_thousands_of_digits() -> None:
    content = rb"{\rtf1 Ann\u" + DIGITS.encode() + rb" Ann\par}"
    patched = rewrite_source(".rtf", content, lambda pieces: [(0, 0, 3, "Bob")] if pieces[0].startswith("Ann") else ())
    assert patched == content.replace(b"Ann", b"Bob", 1)


def test_margin_numbers_beside_control_characters() -> None:
    lines = [f"{number}\x1dand so it went on and on" for number in range(1, 31)]
    assert len(find_margin_numbers(lines, is_expected=True)) == 30


def test_combining_marks_in_another_order(tmp_path: Path) -> None:
    marks = "\u0301\u0323" * RUN
    transcript = read(tmp_path, "a.txt", f"I: One\nP1: a{marks}\nI: Two\nP1: Three\n")
    assert [speaker for speaker, _ in turns(transcript)] == ["I", "P1"] * 2


def test_a_long_word_before_a_colon(tmp_path: Path) -> None:
    assert read(tmp_path, "a.txt", f"{'a' * RUN}: hi\nP1: It rained.\nP1: Yes.\n").text.startswith("aaa")


def test_headings_between_many_turns(tmp_path: Path) -> None:
    transcript = read(tmp_path, "a.md", "## Part\nI: Why?\nP1: Yes.\n" * 10_000)
    assert (len(transcript.turns), transcript.turns[-1].speaker) == (20_000, "P1")


def test_legends_of_thousands_of_labels(tmp_path: Path) -> None:
    names = [f"{a}{b}{c}" for a in "ABCDEFGH" for b in "abcdefghijkl" for c in "mnopqrstuv"]
    header, body = "".join(f"{name} = Interviewer\n" for name in names), "".join(f"{name}: Yes.\n" for name in names)
    assert len(read(tmp_path, "a.txt", f"{header}\n\n{body}{body}").turns) == 2 * 960


def test_tags_in_turns_that_nothing_closes(tmp_path: Path) -> None:
    transcript = read(tmp_path, "a.txt", f"I: One?\nP1: yes {'<a ' * 100_000}\nI: Two?\nP1: no <b>x</b>\n")
    (finding,) = [finding for finding in find_signals(transcript, RULES) if finding.signal.name == "markup"]
    assert finding.example.text == "<b>x</b>"
