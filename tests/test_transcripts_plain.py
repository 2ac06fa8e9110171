"""Plain text and Markdown: turns by their labels, in all the shapes that people write them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import OperationError
from qualcode.model import SourceRules, SpeakerRule, Transcript
from qualcode.settings import INTERVIEWER_LABELS
from qualcode.transcripts import SUFFIXES, hash_text, read_transcript
from qualcode.transcripts.labels.speaker_labels import parse_seconds, role_of
from qualcode.transcripts.readers.plain_text import read_plain

Write = Callable[[str, str | bytes], Path]
Read = Callable[..., Transcript]


@pytest.fixture
def read(write: Write) -> Read:
    def reading(content: str | bytes, name: str = "S01.txt") -> Transcript:
        return read_transcript(
            write(name, content), name="S01", display_path=name, rules=SourceRules(INTERVIEWER_LABELS)
        )

    return reading


def turns(text: str, known: tuple[str, ...] = INTERVIEWER_LABELS) -> list[tuple[str, str]]:
    """Return (speaker, words) of each turn."""
    draft = read_plain(text, known=known)
    return [(span.speaker, draft.text[span.start : span.end]) for span in draft.turns]


def times(text: str) -> list[float | None]:
    return [span.time for span in read_plain(text, known=INTERVIEWER_LABELS).turns]


TWO = [("Interviewer", "Hello."), ("P1", "Hi there.")]


# what is no plain text in spite of its ending


@pytest.mark.parametrize(
    "captions",
    [
        "WEBVTT\n\n00:01.000 --> 00:02.000\nInterviewer: Hello.\n\n00:03.000 --> 00:04.000\nP1: Hi there.",
        "1\n00:00:01,000 --> 00:00:02,000\nInterviewer: Hello.\n\n2\n00:00:03,000 --> 00:00:04,000\nP1: Hi there.\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_captions_in_a_txt_file_are_read_as_captions(read: Read, captions: str, encoding: str) -> None:
    transcript = read(captions.replace("\n", "\r\n").encode(encoding))
    assert [(turn.speaker, turn.time) for turn in transcript.turns] == [("Interviewer", 1.0), ("P1", 3.0)]
    assert [transcript.text[turn.start : turn.end] for turn in transcript.turns] == ["Hello.", "Hi there."]
    assert (transcript.header, transcript.unplaced) == ("", ())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{\\rtf1\\ansi hello}", "an RTF, not a plain text: rename it to .rtf"),
        (b"%PDF-1.4\n1 0 obj", "a PDF, not a plain text: rename it to .pdf"),
        (b"<!DOCTYPE html><p>I: So?</p>", "a web page, not a plain text: rename it to .html"),
        (b"PK\x03\x04 word/document.xml", "a Word file, not a plain text: rename it to .docx"),
    ],
)
def test_other_formats_with_a_txt_suffix_are_refused(read: Read, content: bytes, message: str) -> None:
    with pytest.raises(OperationError, match=f"S01.txt: {message}"):
        read(content)


# the shapes of the shipped study


def test_names_below_a_header(read: Read) -> None:
    transcript = read(
        "Fictional interview with a publisher\nDate: 2010-10-30\n\n"
        "INTERVIEWER: Shall we start?\n\nS01: Yes, at 10:30.\n\nINTERVIEWER: Good.\n"
    )
    assert transcript.header == "Fictional interview with a publisher\nDate: 2010-10-30"
    assert [(turn.index, turn.speaker, turn.role) for turn in transcript.turns] == [
        (0, "INTERVIEWER", "interviewer"),
        (1, "S01", "participant"),
        (2, "INTERVIEWER", "interviewer"),
    ]
    assert [transcript.text[turn.start : turn.end] for turn in transcript.turns] == [
        "Shall we start?",
        "Yes, at 10:30.",
        "Good.",
    ]
    assert [turn.speaker for turn in transcript.participant_turns] == ["S01"]
    assert (transcript.notices, transcript.unplaced) == ((), ())


def test_times_before_names_with_a_mark_and_windows_line_ends(read: Read) -> None:
    transcript = read(b"\xef\xbb\xbf[00:00:04] Interviewer: Hello.\r\n\r\n[01:02:03] S17: Hi\r\nthere.\r\n")
    assert transcript.text == "[00:00:04] Interviewer: Hello.\n\n[01:02:03] S17: Hi\nthere.\n"
    assert [(turn.speaker, turn.time) for turn in transcript.turns] == [("Interviewer", 4.0), ("S17", 3723.0)]
    last = transcript.turns[-1]
    assert transcript.text[last.start : last.end] == "Hi\nthere."
    assert transcript.sha256 == hash_text(transcript.text)


def test_otter_name_and_time_on_a_separate_line() -> None:
    text = "Interviewer  0:01\nShall we?\n\nSpeaker S29  1:00:06\nYes. Please,\nsit.\n"
    assert turns(text) == [("Interviewer", "Shall we?"), ("Speaker S29", "Yes. Please,\nsit.")]
    assert times(text) == [1.0, 3606.0]


def test_markdown_with_front_matter_and_bold_names(read: Read) -> None:
    transcript = read(
        '---\ntitle: "A: b"\nInterviewer: Jane\ndate: 2010-10-20\n---\n\n'
        "**Interviewer:** So?\n\n**S03:** Valves, *chiefly*.\n",
        "S03.md",
    )
    assert transcript.header == '---\ntitle: "A: b"\nInterviewer: Jane\ndate: 2010-10-20\n---'
    assert [(turn.speaker, transcript.text[turn.start : turn.end]) for turn in transcript.turns] == [
        ("Interviewer", "So?"),
        ("S03", "Valves, *chiefly*."),
    ]


# other shapes that analysts have


@pytest.mark.parametrize(
    "text",
    [
        "Interviewer: Hello.\nP1: Hi there.",
        "Interviewer:\nHello.\n\nP1:\nHi there.\n",
        "Interviewer:\n\nHello.\n\nP1:\n\nHi there.\n",
        "Interviewer : Hello.\nP1\t:\tHi there.\n",
        "  Interviewer: Hello.\n\tP1: Hi there.\n",
        "\u00a0Interviewer:\u00a0Hello.\n\fP1: Hi there.\n",
        "Interviewer:Hello.\nP1:Hi there.\n",
        "Interviewer： Hello.\nP1：Hi there.\n",
        "**Interviewer**: Hello.\n\n**P1**: Hi there.\n",
        "**Interviewer:** Hello.\n\n***P1:*** Hi there.\n",
        "__Interviewer:__ Hello.\n\n*P1:* Hi there.\n",
        "[Interviewer] Hello.\n\n[P1] Hi there.\n",
        "[Interviewer]: Hello.\n[P1]: Hi there.\n",
        "Interviewer:   Hello.   \n\n\n\nP1:  Hi there.  \n\n",
    ],
)
def test_one_conversation_in_many_shapes(text: str) -> None:
    assert turns(text) == TWO


@pytest.mark.parametrize(
    "text",
    [
        "[00:00:01] Interviewer: Hello.\n[0:05] P1: Hi there.\n",
        "00:00:01 Interviewer: Hello.\n0:05 P1: Hi there.\n",
        "(0:01) - Interviewer: Hello.\n(0:05) - P1: Hi there.\n",
        "[00:00:01.000] **Interviewer:** Hello.\n**[0:05] P1:** Hi there.\n",
        "Interviewer (00:01): Hello.\nP1 (00:05): Hi there.\n",
        "Interviewer (00:01):\nHello.\n\nP1 (00:05):\nHi there.\n",
        "Interviewer: (00:01)\nHello.\n\nP1: (00:05)\nHi there.\n",
        "Interviewer: [00:00:01] Hello.\nP1: [00:00:05] Hi there.\n",
        "Interviewer 00:00:01: Hello.\nP1 00:00:05: Hi there.\n",
        "00:00:01\nInterviewer: Hello.\n\n00:00:05\nP1: Hi there.\n",
        "Interviewer\t0:01\nHello.\n\nP1\t0:05\nHi there.\n",
        "Interviewer (0:01)\nHello.\n\nP1 [0:05]\nHi there.\n",
        "Interviewer 0:01\nHello.\n\nP1 0:05\nHi there.\n",
        "00:00:01 Interviewer\nHello.\n\n00:00:05 P1\nHi there.\n",
        "[00:00:01] Interviewer\nHello.\n\n[00:00:05] P1\nHi there.\n",
    ],
)
def test_one_conversation_with_its_times_in_many_shapes(text: str) -> None:
    assert turns(text) == TWO
    assert times(text) == [1.0, 5.0]


def test_rev_numbered_speakers() -> None:
    text = "Speaker 1 (00:12):\nHello.\n\nSpeaker 2 (01:00:15):\nHi.\n\nSpeaker 1 (01:00:16):\nWell.\n"
    assert turns(text) == [("Speaker 1", "Hello."), ("Speaker 2", "Hi."), ("Speaker 1", "Well.")]
    assert times(text) == [12.0, 3615.0, 3616.0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Q: How?\nA: So.\nQ: Why?\nA: No.\n", ["Q", "A", "Q", "A"]),
        ("Q1: How?\nA1: So.\nQ2: Why?\nA2: No.\n", ["Q1", "A1", "Q2", "A2"]),
        ("I: How?\nR: So.\nI: Why?\nR: No.\n", ["I", "R", "I", "R"]),
        ("int: how?\np1: so.\nint: why?\np1: no.\n", ["int", "p1", "int", "p1"]),
    ],
)
def test_letters_are_speakers_and_q_is_an_interviewer(text: str, expected: list[str]) -> None:
    assert [speaker for speaker, _ in turns(text)] == expected
    roles = [role_of(speaker, interviewers=INTERVIEWER_LABELS) for speaker in expected]
    assert roles == ["interviewer", "participant"] * 2


@pytest.mark.parametrize(
    "name",
    [
        "Dr. Smith",
        "Prof. Dr. von der Leyen",
        "O'Brien-Smith",
        "Mary-Jane O’Neil",
        "J. R. R. Tolkien",
        "de la Cruz",
        "Smith, John",
        "Anna (Acme Inc.)",
        "P1/P2",
        "Participant #3",
        "Unknown Speaker",
        "Анна Иванова",
        "李明",
        "محمد",
        "प्रिया",
        "Ángel Ñuñez",
        "X Æ A-12",
        "id7",
    ],
)
def test_shapes_of_names(name: str) -> None:
    assert turns(f"Interviewer: Well?\n{name}: Yes.\nInterviewer: Good.\n") == [
        ("Interviewer", "Well?"),
        (name, "Yes."),
        ("Interviewer", "Good."),
    ]


def test_label_in_lower_case_must_be_repeated() -> None:
    assert turns("Interviewer: a\nsecond man: b\nInterviewer: c\nsecond man: d\n") == [
        ("Interviewer", "a"),
        ("second man", "b"),
        ("Interviewer", "c"),
        ("second man", "d"),
    ]
    assert len(turns("Interviewer: a\nsecond man: b\nInterviewer: c\n")) == 2


@pytest.mark.parametrize(
    "line",
    [
        "10:30: that was it",
        "At 10:30 we left: all of us",
        "10:30",
        "https://example.org/a: b",
        "http://example.org",
        "See http://example.org: it is there",
        "Note: she laughs",
        "NB: twice",
        "Re: budget",
        "e.g.: that",
        "Question 3: the budget",
        "The thing is: it fails",
        "The thing is: it fails\nThe thing is: it fails",
        "and then I said: no\nand then I said: no",
        "she said: no\nshe said: no",
        "I want to tell you one more thing about them: they left",
        "so I asked, why: nothing",
        "(laughs): ha",
        "[laughs] ha\n[laughs] ha",
        "[Laughter] ha",
        "[crosstalk] ha\n[clears throat] ha\n[clears throat] ha",
        "{x: y}",
        "a = b: c",
        "1: one\n2: two",
        "- Anna: a list",
        "> Anna: quoted",
        "AWS re:Invent",
        "Ratio A:B was fine",
        "std::string and C:\\temp",
        "Around 10:30\nAround 10:30",
        "12:30 Lunch",
        ": nothing before",
        "What about this?: no",
        "“Never”: he said",
    ],
)
def test_words_with_a_colon_in_a_turn_are_not_speakers(line: str) -> None:
    text = f"Interviewer: Well?\n\nP1: Let me see.\n{line}\n\nInterviewer: Good.\n\nP1: Yes.\n"
    assert turns(text) == [
        ("Interviewer", "Well?"),
        ("P1", f"Let me see.\n{line}"),
        ("Interviewer", "Good."),
        ("P1", "Yes."),
    ]


@pytest.mark.parametrize(
    "name",
    ["P3 (female, 34, teacher in a school)", "Prof. Dr. Maria van der Berg (University of X)", "Ana (who is 40)"],
)
def test_repeated_label_with_details_in_parentheses_is_a_speaker(name: str) -> None:
    talk = [("Interviewer", "a"), (name, "b"), ("Interviewer", "c"), (name, "d")]
    assert turns("".join(f"{speaker}: {words}\n" for speaker, words in talk)) == talk


def test_label_with_a_missing_space_is_still_a_speaker() -> None:
    text = "Interviewer: a\nP1: b\nInterviewer:c\nP1:d\nInterviewer: e\nP1: f\n"
    assert [words for _, words in turns(text)] == ["a", "b", "c", "d", "e", "f"]


def test_phrase_that_occurs_once_without_blank_line_is_not_a_speaker() -> None:
    text = "I: Well?\n\nP1: So.\nCold Comfort: none at all.\n\nI: And?\n\nP1: Yes.\n"
    assert [speaker for speaker, _ in turns(text)] == ["I", "P1", "I", "P1"]
    assert [speaker for speaker, _ in turns(text.replace("\nCold", "\n\nCold"))] == [
        "I",
        "P1",
        "Cold Comfort",
        "I",
        "P1",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "(Interviewer): Hello.\n(P1): Hi there.\n",
        "<Interviewer>: Hello.\n<P1>: Hi there.\n",
        "1. Interviewer: Hello.\n2. P1: Hi there.\n",
        "1 Interviewer: Hello.\n2 P1: Hi there.\n",
        "\u200fInterviewer: Hello.\n\u200eP1\u200e: Hi there.\n",
        "\u202aInterviewer\u202c: Hello.\n\u2028P1\u00a0: Hi there.\n",
        "\fInterviewer: Hello.\n\f\n\fP1: Hi there.\n",
    ],
)
def test_labels_in_parentheses_angles_and_with_numbers_or_marks_around(text: str) -> None:
    """Such a shape must come back, or one of its labels be known: here the interviewer's."""
    assert turns(f"{text}{text.replace('Hello', 'So').replace('there', 'again')}")[:2] == TWO


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("[00:00:01.20] - Interviewer\nHello.\n\n[00:00:05.10] - P1\nHi there.\n", [1.2, 5.1]),
        ("0:0:1.250 --> 0:0:2.5\nInterviewer\nHello.\n\n0:0:13.0 --> 0:0:14.87\nP1\nHi there.\n", [1.25, 13.0]),
    ],
)
def test_times_with_a_dash_or_an_arrow_above_names(text: str, at: list[float]) -> None:
    assert (turns(text), times(text)) == (TWO, at)


def test_time_in_brackets_between_name_and_words() -> None:
    text = "Interviewer [00:00:05] Hello.\nP1 [00:00:09] Hi there.\nInterviewer [0:15] So?\nP1 [0:19] See [0:02] too.\n"
    assert turns(text) == [*TWO, ("Interviewer", "So?"), ("P1", "See [0:02] too.")]
    assert times(text) == [5.0, 9.0, 15.0, 19.0]


@pytest.mark.parametrize("space", [" ", "\n\n"])
def test_bold_names_need_no_colon_without_other_labels(space: str) -> None:
    text = f"# A talk\n\n**Interviewer**{space}Hello.\n\n__P1__{space}Hi there.\n\n"
    assert turns(text + text.removeprefix("# A talk\n\n")) == TWO * 2
    assert turns("**Interviewer:** Hello.\n\n**P1:** Hi there.\n**Never** no.\n**Never** ever.\n") == [
        TWO[0],
        ("P1", "Hi there.\n**Never** no.\n**Never** ever."),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("[12/05/21, 10:02:11] Interviewer:", "\u200e[12/05/21, 10:03:11] P1:"),
        ("[5/12/21, 10:02:11\u202fAM] Interviewer:", "[5/12/21, 10:03:11\u202fPM] ~ P1:"),
        ("2021-05-12 10:02 - Interviewer:", "12.05.2021, 10:03 - P1:"),
        ("10:02:11\t From  Interviewer  to  Everyone :", "10:03:11\t From  P1 to  Interviewer (privately) :"),
        ("10:02:11 From Interviewer to Everyone:\n\t", "10:03:11 From P1 to Everyone:\n\t"),
    ],
)
def test_chat_messages_with_date_or_receiver(first: str, second: str) -> None:
    assert turns(f"{first} Hello.\n{second} Hi there.\n") == TWO


def test_chat_messages_of_phone_numbers_and_continuation_lines() -> None:
    text = "1/5/21, 10:02 - +44 7700 900123: Well?\n1/5/21, 10:03 - Ann: I said: no.\nAnd so on.\n"
    assert turns(text) == [("+44 7700 900123", "Well?"), ("Ann", "I said: no.\nAnd so on.")]


def test_time_between_name_and_words() -> None:
    text = "Ann\n0:0:3.450 --> 0:0:5.0\nHello\nBob\n0:0:6.0 --> 0:0:8.0\nHi\nAnn\n0:0:9.0 --> 0:0:10.0\nOk\n"
    assert [speaker for speaker, _ in turns(text)] == [""]


def test_number_in_brackets_is_a_speaker_only_if_repeated() -> None:
    note = "I: a\n\nP1: b [1]\n\nI: c\n\nP1: d\n\n[1] A note below the text.\n"
    assert turns(note)[-1] == ("P1", "d\n\n[1] A note below the text.")
    assert turns("[1] a\n[2] b\n[1] c\n[2] d\n") == [("1", "a"), ("2", "b"), ("1", "c"), ("2", "d")]


def test_names_with_emoji_and_combining_marks() -> None:
    assert turns("🙂 Anna: a\nBob 😀: b\nZoe\u0301: c\nZo\u00e9: d\n") == [
        ("🙂 Anna", "a"),
        ("Bob 😀", "b"),
        ("Zo\u00e9", "c"),
        ("Zo\u00e9", "d"),
    ]


def test_remark_after_a_name_is_the_same_speaker() -> None:
    text = "I: a\nP1: b\nP1 (laughing): c\nI (to P1): d\nP1 (cont’d): e\nMan (old): f\nMan (young): g\n"
    assert [speaker for speaker, _ in turns(text)] == ["I", "P1", "P1", "I", "P1", "Man (old)", "Man (young)"]


def test_f4_times_are_times_of_turns() -> None:
    text = (
        "I: Shall we? #00:00:05-3#\n\nB: We shall. #00:00:09-1#\n\nAnd more. #00:00:12-0#\n\n"
        "#00:01:00-5# I: Well #00:01:01-0# then?\n\nB: #00:01:10-0# Yes.\n"
    )
    assert turns(text) == [
        ("I", "Shall we?"),
        ("B", "We shall."),
        ("B", "And more."),
        ("I", "Well #00:01:01-0# then?"),
        ("B", "Yes."),
    ]
    assert times(text) == [5.3, 9.1, 12.0, 60.5, 70.0]
    assert read_plain(text).notices == (
        "1 timestamp is inside sentences and counted as words (the first: #00:01:01-0#)",
    )


# shapes and words of the settings


def labelled(text: str, rules: SourceRules) -> list[tuple[str, str]]:
    draft = read_plain(text, rules=rules)
    return [(span.speaker, text[span.start : span.end]) for span in draft.turns]


def test_label_shape_of_the_settings_comes_first() -> None:
    rules = SourceRules(("I",), labels=(r"^=(?P<name>\w+)=(?P<time>[\d:]+)?",))
    text = "I: Why? =No= label\n=ann=0:05 So.\n=I= Oh.\n=bo= Yes.\n"
    assert labelled(text, rules) == [("I", "Why? =No= label"), ("ann", "So."), ("I", "Oh."), ("bo", "Yes.")]
    assert [span.time for span in read_plain(text, rules=rules).turns] == [None, 5.0, None, None]


def test_settings_name_speakers_and_other_words() -> None:
    text = "I: Why?\nP1: So.\nMotto: none\nMotto: any\nNote: hm\nI: Oh.\n"
    assert [speaker for speaker, _ in labelled(text, SourceRules(("I",)))] == ["I", "P1", "Motto", "Motto", "I"]
    barred = SourceRules(("I",), not_speakers=("MOTTO",))
    assert [speaker for speaker, _ in labelled(text, barred)] == ["I", "P1", "I"]
    named = SourceRules(("I",), speakers={"note": SpeakerRule("Nell")}, not_speakers=("motto", "Note"))
    assert [speaker for speaker, _ in labelled(text, named)] == ["I", "P1", "Note", "I"]


def test_rejected_labels_have_a_reason() -> None:
    text = "Interviewee: P1\n\nI: Why?\n\nP1: So.\nNote: hm\nNote: hm\nthe thing: no\n\nI: Oh.\n\nP1: Yes.\nQ1: x\n"
    candidates = {
        label.text: (label.is_speaker, label.count, label.why)
        for label in read_plain(text, rules=SourceRules(("I",))).labels
    }
    assert candidates == {
        "Interviewee": (False, 1, "stands above the talk"),
        "I": (True, 2, "named in the settings"),
        "P1": (True, 2, "comes back"),
        "Note": (False, 2, "a word that names nobody"),
        "the thing": (False, 1, "comes once and does not look like a name"),
        "Q1": (False, 1, "the number of a question or step"),
    }


# headers

HELLO = "Interviewer: Hello.\nP1: Hi.\n"


@pytest.mark.parametrize(
    "header",
    [
        "Date: 2010-10-30\n",
        "Date: 2010-10-30\n\n",
        "Interviewee: P1\nDate: 2010-10-30\n\n",
        "Date: 2010-10-30\nInterviewee: P1\nInterviewer: Jane Doe\n\n",
        "Interview with P1\nInterviewer: Jane Doe\nDate: 2010-10-30\n\n",
        "Interview with P1\n\nInterviewer: Jane Doe\n\nInterviewee: P1\n\nDate: 2010-10-30\n\n",
        "Interviewee: P1\nInterviewer: Jane Doe\nDate: 2010-10-30\n",
        "Start time: 10:30\nDuration:\nSetting: A café. Loud.\nInterviewer: Jane\nLanguage: English\n\n",
        "**Interviewee:** P1\n**Date:** 2010-10-30\n\n",
        "# Interview 7: the baker\n\n",
        "Anonymised transcript\n\n\n",
        "Interviewee: P1\n\n",
        "Interviewer: Jane Doe\nInterviewee: P1\n\n",
    ],
)
def test_text_above_the_first_turn_is_header(header: str) -> None:
    draft = read_plain(header + HELLO, known=INTERVIEWER_LABELS)
    assert draft.header == header.strip()
    assert turns(header + HELLO) == [("Interviewer", "Hello."), ("P1", "Hi.")]


@pytest.mark.parametrize(
    "text",
    [
        "Date: 2010-10-30\nInterviewer: Hello\nP1: Hi\n",
        "Date: 2010-10-30\nInterviewer: Hello.\nP1: Hi\n\nInterviewer: So\nP1: Well\n",
        "Interviewer: Hello.\nNote: the phone rings\nP1: Hi\n\nInterviewer: So\nP1: Well\n",
        "Interviewer: Hello\nP1: Hi\nInterviewer: So\nDate: unknown\nP1: Well\n",
        "[Interviewer] Hello\n[P1] Hi\nDate: unknown\n",
        "Interviewer  0:01\nHello\n\nP1  0:05\nHi\nDate: unknown\n",
    ],
)
def test_conversation_is_not_read_as_header(text: str) -> None:
    assert [speaker for speaker, _ in turns(text)][:2] == ["Interviewer", "P1"]
    assert turns(text)[1][1].startswith("Hi")


# roles


@pytest.mark.parametrize(
    "label",
    [
        "Interviewer",
        "INTERVIEWER",
        "interviewer 2",
        "Interviewer2",
        "Interviewer #2",
        "Interviewer, First",
        "Interviewer (Jane)",
        "Interviewer - Jane",
        "Jane Doe (Interviewer)",
        "Moderator",
        "Q",
        "Q12",
        "I",
        "I2",
        "INT",
        "Int.",
        " Interviewer  1 ",
    ],
)
def test_labels_of_interviewers(label: str) -> None:
    assert role_of(label, interviewers=INTERVIEWER_LABELS) == "interviewer"


@pytest.mark.parametrize("label", ["Interviewee", "Interviewers' cat", "P1", "Ian", "Quentin", "Intan", "1", "", "A"])
def test_labels_of_participants(label: str) -> None:
    assert role_of(label, interviewers=INTERVIEWER_LABELS) == "participant"


def test_settings_name_the_interviewer(write: Write) -> None:
    path = write("a.txt", "Jane Doe: Hello.\nBob: Hi.\n")
    transcript = read_transcript(path, name="a", display_path="a.txt", rules=SourceRules(("jane  doe",)))
    assert [turn.role for turn in transcript.turns] == ["interviewer", "participant"]
    assert transcript.notices == ()


def test_no_interviewer_has_a_notice(read: Read) -> None:
    assert read("Jane: Hello.\nBob: Hi.\n").notices == (
        "no speaker is an interviewer, so all are counted (Bob; Jane): name the interviewer in qualcode.yaml",
    )
    assert read("Jane: Hello.\nJane: Hi.\n").notices == ()


# nothing to be found


@pytest.mark.parametrize("text", ["", "\n\n", " \t\n", "---\ntitle: x\n---\n", "\ufeff"])
def test_empty_source_has_a_notice(read: Read, text: str) -> None:
    transcript = read(text, "a.md")
    assert transcript.turns == ()
    assert transcript.notices == ("no words were found",)


def test_text_without_labels_is_one_turn_with_a_notice(read: Read) -> None:
    transcript = read("Title: Diary\nDate: Monday\n\n  We went.\n\nWe came back.\n")
    (turn,) = transcript.turns
    assert (turn.speaker, turn.role) == ("", "participant")
    assert transcript.text[turn.start : turn.end] == "We went.\n\nWe came back."
    assert transcript.header == "Title: Diary\nDate: Monday"
    assert transcript.notices == (
        "no speaker labels were found: the whole text is read as one participant's turn "
        "(if several people speak, name them in the source)",
    )


def test_turn_without_words_is_empty() -> None:
    assert turns("Interviewer:\n\nP1:\n\nInterviewer: So?") == [("Interviewer", ""), ("P1", ""), ("Interviewer", "So?")]


def test_notice_on_the_encoding_is_first(read: Read) -> None:
    notices = read("Jane: café\nBob: naïve\n".encode("cp1252")).notices
    assert [notice.split(":")[0] for notice in notices] == [
        "not UTF-8 (first at line 1); read as Windows-1252",
        "no speaker is an interviewer, so all are counted (Bob; Jane)",
    ]


@pytest.mark.parametrize("name", ["a.xyz", "a", "a.xls"])
def test_other_sources_are_refused(read: Read, name: str) -> None:
    with pytest.raises(OperationError, match="no reader for"):
        read("x", name)


def test_suffixes_are_read_in_any_case(read: Read) -> None:
    assert len(read("Interviewer: Hello.\nP1: Hi.\n", "A.TXT").turns) == 2
    assert set(SUFFIXES) >= {".txt", ".md", ".docx", ".vtt", ".srt"}


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("1:05", 65.0),
        ("00:01:05", 65.0),
        ("01:00:00.250", 3600.25),
        ("00:00:01,5", 1.5),
        ("0:0:10.20", 10.2),
        ("0:0:-6.-820", -6.82),
        ("100:00:00", 360000.0),
    ],
)
def test_seconds(time: str, expected: float) -> None:
    assert parse_seconds(time) == pytest.approx(expected)


def test_long_line_of_spaces_or_stars_is_read() -> None:
    text = "Interviewer: a\n" + " " * 20_000 + "x\n" + "*" * 20_000 + "\n" + "Aa " * 20_000 + "\nP1: b\n"
    assert len(turns(text)) == 2


# laws

words = st.sampled_from(
    "well the budget is small and nobody helps; legal says no, café naïve 10:30 (laughs) 50%".split()
)
sentences = st.lists(words, min_size=1, max_size=12).map(" ".join)
conversations = st.lists(
    st.tuples(st.sampled_from(["Interviewer", "P1", "Anna Ray", "Dr. Smith"]), sentences), min_size=2, max_size=8
)
Conversation = list[tuple[str, str]]

SHAPES: dict[str, str] = {
    "name": "{name}: {words}\n\n",
    "close": "{name}: {words}\n",
    "below": "{name}:\n{words}\n\n",
    "timed": "[00:0{n}:05] {name}: {words}\n\n",
    "rev": "{name} (00:0{n}):\n{words}\n\n",
    "otter": "{name}  {n}:05\n{words}\n\n",
    "bold": "**{name}:** {words}\n\n",
    "crlf": "{name}: {words}\r\n\r\n",
}


@given(conversations, st.sampled_from(sorted(SHAPES)), st.sampled_from(["", "A talk\nDate: 2010-10-30\n\n"]))
def test_conversation_reads_back_from_every_shape(conversation: Conversation, shape: str, header: str) -> None:
    lines = (
        SHAPES[shape].format(name=name, words=words, n=number) for number, (name, words) in enumerate(conversation, 1)
    )
    text = (header + "".join(lines)).replace("\r\n", "\n")
    assert turns(text) == conversation
    assert read_plain(text, known=INTERVIEWER_LABELS).header == header.strip()


@given(st.text("AaPp1:Qq .\n[]()*-\t0?é", max_size=120))
def test_no_word_is_lost_or_counted_twice(text: str) -> None:
    draft = read_plain(text, known=INTERVIEWER_LABELS)
    assert draft.text == text
    ends = 0
    for span in draft.turns:
        assert ends <= span.start <= span.end <= len(text)
        ends = span.end
    rest = text[: draft.turns[0].start] if draft.turns else text
    assert draft.header in rest
    # what lies between two turns is a label: its words name the speaker, a time, or nothing
    for before, after in pairwise(draft.turns):
        between = text[before.end : after.start]
        assert after.speaker in " ".join(between.split())


_PIECES = ["#00:00:05-3#", "I: ", "P1: ", "why?", " ", "\n", "\n\n", "#", "00:00:05-3"]


@given(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join))
def test_no_word_is_lost_next_to_times(text: str) -> None:
    draft = read_plain(text, known=INTERVIEWER_LABELS)
    spans = draft.turns
    assert all(span.start <= span.end for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    spoken = "".join(text[span.start : span.end] for span in spans)
    assert spoken.count("why?") + draft.header.count("why?") == text.count("why?")


# the shipped study


def test_all_shipped_transcripts_alternate_between_interviewer_and_participant(root: Path) -> None:
    sources = (root / "transcripts").iterdir()
    paths = sorted(path for path in sources if path.suffix in SUFFIXES and path.stem != "cases")
    assert len(paths) == 51
    for path in paths:
        transcript = read_transcript(path, name=path.stem, display_path=path.name, rules=SourceRules(("Interviewer",)))
        count = len(transcript.turns)
        assert count > 0, path.name
        assert count % 2 == 0, path.name
        assert [turn.role for turn in transcript.turns] == ["interviewer", "participant"] * (count // 2), path.name
        assert {turn.speaker.split()[-1] for turn in transcript.participant_turns} == {path.stem}, path.name
        assert all(turn.end > turn.start for turn in transcript.turns), path.name
        assert transcript.notices == (), path.name
        assert transcript.unplaced == (), path.name


@pytest.mark.parametrize("between", [" – ", " - ", "\t"])
def test_dash_or_tab_between_name_and_words(between: str) -> None:
    text = f"Client\n\nI{between}Well - are you?\n\nC{between}I am.\n\nI{between}Good.\n\nC{between}Yes, well-known.\n"
    draft = read_plain(text)
    assert [(span.speaker, text[span.start : span.end]) for span in draft.turns] == [
        ("I", "Well - are you?"),
        ("C", "I am."),
        ("I", "Good."),
        ("C", "Yes, well-known."),
    ]


def test_dashes_in_sentences_are_not_labels() -> None:
    text = "Yes – I went.\nI saw him.\nYes – I did.\nNo more.\nWell - it was late.\nWe left.\n"
    assert [span.speaker for span in read_plain(text).turns] == [""]


def test_turns_above_a_date_in_the_header_have_a_notice() -> None:
    """By their shape alone they cannot be told from a header that names who was there."""
    text = "Interviewer: Hello\nAnn: Hi\nTime: 3 May\n\nInterviewer: Well?\n\nAnn: So.\n"
    draft = read_plain(text)
    assert [text[span.start : span.end] for span in draft.turns] == ["Well?", "So."]
    assert draft.notices == (
        "lines above the interview begin with its labels (the first at line 1) but are read as header: "
        "if they are speech, move the lines with the date and so on above them",
    )
    assert read_plain("Interviewer: Jo\nTime: 3 May\n\nInterviewer: Well?\n\nAnn: So.\n").notices == ()


def test_line_numbers_in_the_margin_of_a_text_are_not_counted_as_words() -> None:
    lines = [
        *("Dan: How was the spring?", "Mia: It rained for", "12 days, and then the", "river came up.", "Dan: And the"),
        *("barns?", "Mia: They held, all", "of them.", "Dan: Good.", "Mia: It was", "good."),
    ]
    text = "A talk\n\n" + "\n".join(f"{number:>3}  {line}" for number, line in enumerate(lines, 1))
    draft = read_plain(text)
    assert [turn.speaker for turn in draft.turns] == ["Dan", "Mia"] * 3
    assert [text[start:end].strip() for start, end in draft.not_words] == [str(number) for number in range(1, 12)]
    assert draft.notices == (NUMBERS_NOTICE.format(11, 3, ""),)


NUMBERS_NOTICE = (
    "{} line numbers in the margin are not counted as words (the first at line {}): if they are words, write "
    'sources: {{"{}": {{line_numbers: false}}}} in qualcode.yaml'
)
COUNTED = {
    "years": [f"{1989 + at} we bought a cow." for at in range(12)],
    "years, no stops": [f"{1989 + at} we bought a cow" for at in range(12)],
    "years, two sentences": [f"{1989 + at} was fine. We bought a cow." for at in range(12)],
    "amounts": [f"{10 * at} {('cows', 'goats')[at % 2]} we had." for at in range(1, 13)],
    "amounts, run on": [f"{10 * at} cows. Then we had" for at in range(1, 13)],
    "pairs": [f"{2 * at} cows. Then we had" for at in range(1, 13)],
    "line ends": [f"Of cows in that year we had {at}" for at in range(3, 15)],
    "line ends, lower case": [f"of cows in that year we had {at}" for at in range(3, 15)],
    "rows": [f"{at} | cow | 0" for at in range(1, 13)],
    "cells": [word for at in range(1, 13) for word in (str(at), "cow")],
    "list": [f"{at} we feed the cow." for at in range(1, 13)],
    "list, capitals": [f"{at} We feed the cow and" for at in range(1, 13)],
    "contents": [f"The cow of the year {at}" for at in range(1, 13)],
    "short": [f"{at} we feed the cow. Then" for at in range(1, 6)],
}
"""Lines whose numbers count on and are words."""


@pytest.mark.parametrize("kind", COUNTED)
@pytest.mark.parametrize("above", [["Interviewer: What was it?", "P1: It was this:"], []])
def test_numbers_that_count_on_among_words_are_words(kind: str, above: list[str]) -> None:
    draft = read_plain("\n".join([*above, *COUNTED[kind]]))
    assert draft.not_words == ()
    assert not [notice for notice in draft.notices if "line numbers" in notice]


def test_the_settings_say_whether_numbers_are_line_numbers() -> None:
    years = "\n".join(COUNTED["years"])
    draft = read_plain(years, line_numbers=True, path="transcripts/x.txt")
    assert len(draft.not_words) == 12
    assert draft.notices[-1] == NUMBERS_NOTICE.format(12, 1, "x.txt")
    assert read_plain(SHORT, line_numbers=False).not_words == ()


SHORT = "1 Interviewer: What hinders you?\n2 P1: We have no budget and\n3 nobody helps us.\n"


@pytest.mark.parametrize("text", [SHORT, SHORT + "4 P1: Nor\n5 the town.\n", SHORT.replace("Interviewer", "P1")])
def test_line_numbers_of_a_short_text_are_all_left_out(text: str) -> None:
    draft = read_plain(text)
    assert len(draft.not_words) == text.count("\n")
    assert draft.notices[-1] == NUMBERS_NOTICE.format(text.count("\n"), 1, "")
    assert [turn.speaker for turn in draft.turns][1] == "P1"
    turn = draft.turns[1]
    assert draft.text[turn.start : turn.end].startswith("We have no budget and\n3 nobody helps us.")


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("1 P1: We have no budget and\n2 nobody helps us.\n", 2),
        ("7 P1: We have no budget and\n8 nobody helps us.\n9 Mia: No.\n", 3),
        ("P1: We had\n2 cows and\n3 goats.\n", 0),
        ("1 Cows: We had ten.\n2 Goats: We had none.\n", 0),
    ],
)
def test_two_lines_may_be_numbered(text: str, count: int) -> None:
    assert len(read_plain(text).not_words) == count


PROSE = (
    "when we came here there was no road. the cows went over the field, and we had to carry the milk. then the town "
    "built one. It took four years, and nobody knew who would pay for it. in the end we did, all of us, and it was "
    "good. now the lorries come each day and take the milk to the town, where it is sold. we would not go back."
).split()


@pytest.mark.parametrize("form", ["{number}  {line}", "{line}  {number}"])
def test_line_numbers_of_a_wrapped_text_without_labels_are_not_words(form: str) -> None:
    lines = [" ".join(PROSE[at : at + 6]) for at in range(0, len(PROSE), 6)]
    text = "\n".join(form.format(number=number, line=line) for number, line in enumerate(lines, 1))
    assert len(read_plain(text).not_words) == len(lines) == 12


PARTS = ["Break", "Tea break", "Outro", "Extract begins", "Monday", "Tuesday morning", "Interview resumes", "Part two"]


@pytest.mark.parametrize("part", [*PARTS, "Kaffeepause", "Début de l'extrait", "Domingo", "Chapter 1", "Advert"])
@pytest.mark.parametrize("form", ["{}:\n", "{}: ten minutes\n", "[{}]\n", "{}\n"])
def test_parts_of_a_recording_and_weekdays_are_not_speakers(part: str, form: str) -> None:
    talk = "Dan: How did it go?\nMia: It went well.\nDan: And then?\nMia: We went home.\n"
    draft = read_plain(talk + form.format(part) + talk + form.format(part) + talk)
    assert {turn.speaker for turn in draft.turns} == {"Dan", "Mia"}


@pytest.mark.parametrize("name", ["Monday", "Break", "Sábado", "Outro"])
@pytest.mark.parametrize("other", ["", "Mia: I am Mia.\nInterviewer: Hello.\n"])
def test_a_speaker_whose_name_is_a_part_of_a_recording_takes_turns(name: str, other: str) -> None:
    talk = f"Interviewer: Who are you?\n{name}: I am called {name}.\nInterviewer: Really?\n{other}"
    draft = read_plain(talk + talk)
    said = [draft.text[turn.start : turn.end] for turn in draft.turns if turn.speaker == name]
    assert said == [f"I am called {name}."] * 2
    assert not [notice for notice in draft.notices if name in notice]


def test_two_speakers_whose_names_are_parts_of_a_recording_take_turns() -> None:
    talk = "Interviewer: Who are you?\nMonday: I am called Monday.\nInterviewer: And you?\nBreak: I am Mr Break.\n"
    assert [turn.speaker for turn in read_plain(talk * 2).turns] == [
        "Interviewer",
        "Monday",
        "Interviewer",
        "Break",
    ] * 2


@pytest.mark.parametrize("words", ["ten minutes", "we had tea"])
def test_parts_with_words_that_come_back_are_told_with_the_setting_to_write(words: str) -> None:
    talk = f"Dan: How did it go?\nMia: It went well.\nBreak: {words}\n"
    notices = read_plain(talk * 2).notices
    assert notices == (
        '"Break:" (line 3) may name a speaker but is read as words: if it does, write speakers: {"Break": {}} in '
        'qualcode.yaml, else labels: {not_speakers: ["Break"]}',
    )


def test_weekdays_in_an_answer_are_no_speakers() -> None:
    text = "Interviewer: How was the week?\nMonday: I went to town.\nTuesday: I slept.\n"
    assert {turn.speaker for turn in read_plain(text * 2).turns} == {"Interviewer"}


@pytest.mark.parametrize("line", ["Break:", "[Tea break]", "Extract begins", "[Extract ends]", "Monday:"])
def test_a_line_that_only_names_a_part_of_the_recording_is_not_speech(line: str) -> None:
    draft = read_plain(f"Dan: How did it go?\nMia: It went well.\n{line}\nDan: And then?\nMia: We went home.\n")
    assert [piece.text for piece in draft.unplaced] == [line]
    assert "Mia: It went well." in draft.text
    assert [draft.text[turn.start : turn.end] for turn in draft.turns][1] == "It went well."


def test_a_speaker_of_the_settings_may_be_called_break() -> None:
    rules = SourceRules(INTERVIEWER_LABELS, speakers={"Break": SpeakerRule()})
    assert [turn.speaker for turn in read_plain("I: Why?\nBreak: It rained.\n", rules=rules).turns] == ["I", "Break"]
