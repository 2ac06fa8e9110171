"""WebVTT and SubRip captions: cues joined to turns, and no line dropped in silence."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import QualcodeError
from qualcode.model import SourceRules, Transcript, UnplacedText
from qualcode.settings import INTERVIEWER_LABELS
from qualcode.transcripts import read_transcript
from qualcode.transcripts.draft import ReadOptions
from qualcode.transcripts.readers.captions import caption_rows, read, read_captions

Write = Callable[[str, str | bytes], Path]


def turns(text: str) -> list[tuple[str, str]]:
    """Return (speaker, words) of each turn."""
    draft = read_captions(text, rules=SourceRules(INTERVIEWER_LABELS))
    return [(span.speaker, draft.text[span.start : span.end]) for span in draft.turns]


def vtt(*cues: str) -> str:
    """Return captions with one cue a second."""
    return "WEBVTT\n\n" + "".join(f"00:00:0{n}.000 --> 00:00:0{n}.900\n{cue}\n\n" for n, cue in enumerate(cues, 1))


# the shapes of the shipped study


def test_zoom_captions_name_the_speaker_in_each_cue(write: Write) -> None:
    path = write(
        "S15.vtt",
        "WEBVTT\r\n\r\n1\r\n00:00:02.734 --> 00:00:11.490\r\nInterviewer: Who are\r\nyou?\r\n\r\n"
        "2\r\n00:00:11.690 --> 00:00:21.115\r\nS15: Right, so,\r\n\r\n"
        "3\r\n00:00:21.115 --> 00:00:30.540\r\nS15: gravy.\r\n",
    )
    transcript = read_transcript(path, name="S15", display_path="S15.vtt", rules=SourceRules(INTERVIEWER_LABELS))
    assert transcript.text == "Interviewer: Who are you?\n\nS15: Right, so, gravy.\n"
    assert [(turn.speaker, turn.role, turn.time) for turn in transcript.turns] == [
        ("Interviewer", "interviewer", 2.734),
        ("S15", "participant", 11.69),
    ]
    assert [transcript.text[turn.start : turn.end] for turn in transcript.turns] == [
        "Who are you?",
        "Right, so, gravy.",
    ]
    assert (transcript.notices, transcript.unplaced, transcript.header) == ((), (), "")


def test_teams_captions_have_voice_tags() -> None:
    text = (
        "WEBVTT\n\nNOTE An interview\n\na2bf34eb/1-0\n00:00:02.812 --> 00:00:06.919\n<v Interviewer>How\nlong?</v>\n\n"
        "70aa/2-0\n00:00:07.119 --> 00:00:17.495\n<v Participant S08>Six months</v>\n\n"
        "0ffc/3-0\n00:00:17.495 --> 00:00:24.668\n<v Participant S08>on Friday.</v>\n"
    )
    assert turns(text) == [("Interviewer", "How long?"), ("Participant S08", "Six months on Friday.")]
    draft = read_captions(text)
    assert (draft.header, draft.notices, draft.unplaced) == ("An interview", (), ())
    assert [span.time for span in draft.turns] == [2.812, 7.119]


def test_subrip_captions_name_the_speaker_at_changes() -> None:
    text = (
        "1\n00:00:03,258 --> 00:00:08,311\nINTERVIEWER: The sisters.\n\n"
        "2\n00:00:08,511 --> 00:00:14,103\nS35: Oh, everybody\n\n"
        "3\n00:00:14,103 --> 00:00:19,206\nasks <i>about</i>\nthem.\n\n"
        "4\n00:00:23,321 --> 00:00:27,153\nINTERVIEWER: No?\n"
    )
    assert turns(text) == [
        ("INTERVIEWER", "The sisters."),
        ("S35", "Oh, everybody asks about them."),
        ("INTERVIEWER", "No?"),
    ]
    draft = read_captions(text)
    assert (draft.notices, draft.unplaced) == ((), ())
    assert draft.turns[1].time == 8.511


# voices


@pytest.mark.parametrize(
    "cue",
    [
        "<v Ann>Hi.</v> <v Bob>Yo.</v>",
        "<v Ann>Hi.\n<v Bob>Yo.",
        "<v.loud Ann>Hi.</v>\n<v.first.loud Bob>Yo.</v>",
        "Ann: Hi.\nBob: Yo.",
        "<b>Ann:</b> Hi.\nBob: <i>Yo.</i>",
    ],
)
def test_two_voices_in_one_cue(cue: str) -> None:
    assert turns(vtt(cue, "Bob: So.")) == [("Ann", "Hi."), ("Bob", "Yo. So.")]


def test_cue_without_name_has_no_speaker_if_each_cue_is_named() -> None:
    text = vtt("Ann: One.", "Ann: Two.", "Three.", "Bob: Four.")
    assert turns(text) == [("Ann", "One. Two."), ("", "Three."), ("Bob", "Four.")]
    assert read_captions(text).notices == (
        "no speaker in 1 of 4 captions (the first at line 9): counted as a participant's",
    )


def test_cue_without_name_continues_if_names_mark_changes() -> None:
    text = vtt("Ann: One.", "Two.", "Bob: Three.", "Four.")
    assert turns(text) == [("Ann", "One. Two."), ("Bob", "Three. Four.")]
    assert read_captions(text).notices == ()


def test_captions_without_names_have_a_notice() -> None:
    text = vtt("One.", "two.")
    assert turns(text) == [("", "One. two.")]
    assert read_captions(text).notices == (
        "no caption names its speaker: the whole text is read as one participant's turn "
        "(if several people speak, name them in the source)",
    )


def test_empty_cues_and_voices_are_dropped() -> None:
    assert turns(vtt("", "  ", "<v Bob></v>", "<v Ann>Hi.</v>", "Bob:")) == [("Ann", "Hi.")]


@pytest.mark.parametrize(
    ("cue", "words"),
    [
        ("R&amp;D &lt;so&gt; &#39;it&#39; is&nbsp;5 &gt; 4", "R&D <so> 'it' is 5 > 4"),
        ("use &lt;b&gt; tags", "use <b> tags"),
        ("&amp;lt; stays", "&lt; stays"),
        ("<c.yellow>col</c>our <00:00:01.500><c>karaoke</c>", "colour karaoke"),
        ("{\\an8}top <font color='red'>red</font>", "top red"),
        ("a < b and x<y>z", "a < b and x<y>z"),
    ],
)
def test_entities_and_markup(cue: str, words: str) -> None:
    assert turns(vtt(f"<v Ann>{cue}</v>")) == [("Ann", words)]
    assert turns(vtt(f"Ann: {cue}", "Interviewer: x")) == [("Ann", words), ("Interviewer", "x")]


def test_entities_in_names() -> None:
    assert turns(vtt("<v Ann O&#39;Neil &amp; Co>Hi.</v>")) == [("Ann O'Neil & Co", "Hi.")]


@pytest.mark.parametrize(
    "line", ["10:30: no", "https://x.org: z", "Note: this", "She said: no", "The thing: ok", "Ratio A:B", "Re: it"]
)
def test_words_with_a_colon_in_a_cue_are_not_speakers(line: str) -> None:
    assert turns(vtt("Ann: So.", "Interviewer: What?", "Ann: Well", line)) == [
        ("Ann", "So."),
        ("Interviewer", "What?"),
        ("Ann", f"Well {line}"),
    ]


@pytest.mark.parametrize("name", ["Dr. Ann O'Lee (Acme)", "Last, First", "李明", "Mary-Jane", "Guest 2", "Ann 🎧"])
def test_shapes_of_names(name: str) -> None:
    expected = [(name, "Hi."), ("Interviewer", "Yes?")]
    assert turns(vtt(f"{name}: Hi.", "Interviewer: Yes?")) == expected
    assert turns(vtt(f"<v {name}>Hi.</v>", "<v Interviewer>Yes?</v>")) == expected


# structure


@pytest.mark.parametrize(
    "timing",
    [
        "00:00:01.000 -> 00:00:02.000",
        "00:00:01.000 --> 00:00:0x.000",
        "00:00:01.000 -->",
        "00.00.01 --> 00.00.02",
        "--> 00:00:02.000",
    ],
)
def test_malformed_timing_line_is_reported_with_its_words(timing: str) -> None:
    draft = read_captions(f"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nAnn: Hi.\n\n{timing}\nAnn: Lost?\n")
    assert [draft.text[span.start : span.end] for span in draft.turns] == ["Hi."]
    assert draft.unplaced == (UnplacedText(6, timing), UnplacedText(7, "Ann: Lost?"))


def test_malformed_first_timing_line_is_reported() -> None:
    draft = read_captions(
        "WEBVTT\n\n1\n00:00:01 -> 00:00:02\nAnn: Lost?\n\n2\n00:00:03.000 --> 00:00:04.000\nAnn: Hi.\n"
    )
    assert [unplaced.text for unplaced in draft.unplaced] == ["1", "00:00:01 -> 00:00:02", "Ann: Lost?"]


def test_stray_text_is_reported() -> None:
    draft = read_captions(
        "1\n00:00:01,000 --> 00:00:02,000\nAnn: Hi.\n\nstray words\n\n2\n00:00:03,000 --> 00:00:04,000\nx\n"
    )
    assert draft.unplaced == (UnplacedText(5, "stray words"),)


def test_title_comments_and_styles() -> None:
    draft = read_captions(
        "WEBVTT - A talk\nKind: captions\n\nNOTE first\nsecond\n\nNOTE\nthird\n\nSTYLE\n::cue { color: red }\n\n"
        "REGION\nid:fred\n\n00:01.000 --> 00:02.000 align:start position:0%\nAnn: Hi.\n\nNOTE later\n\n"
        "00:03.000 --> 00:04.000\nAnn: Yo.\n"
    )
    assert draft.header == "A talk\nKind: captions\nfirst\nsecond\nthird"
    assert draft.text.endswith("third\n\nAnn: Hi. Yo.\n")
    assert draft.unplaced == (UnplacedText(19, "NOTE later"),)


@pytest.mark.parametrize(
    "text",
    [
        "1\n00:00:01,000 --> 00:00:02,000\nAnn: Hi.\n2\n00:00:03,000 --> 00:00:04,000\nBob: Yo.\n",
        "00:00:01,000 --> 00:00:02,000\nAnn: Hi.\n00:00:03,000 --> 00:00:04,000\nBob: Yo.",
        "\n\n1\n00:00:01,000 --> 00:00:02,000\n\n\n2\n00:00:03,000 --> 00:00:04,000\nAnn: Hi.\nBob: Yo.\n\n\n\n",
        "WEBVTT\n00:00:01.000 --> 00:00:02.000\nAnn: Hi.\n\nid of a cue\n00:00:03.000 --> 00:00:04.000\nBob: Yo.\n",
        "WEBVTT\n\n00:00:01.000-->00:00:02.000\nAnn: Hi.\n\n 00:00:03.000  -->  00:00:04.000 \nBob: Yo.\n",
    ],
)
def test_blank_lines_and_numbers_may_be_missing(text: str) -> None:
    assert turns(text) == [("Ann", "Hi."), ("Bob", "Yo.")]
    assert read_captions(text).unplaced == ()


def test_number_may_be_the_text_of_a_cue() -> None:
    assert turns("1\n00:00:01,000 --> 00:00:02,000\nAnn: How many?\n\n2\n00:00:03,000 --> 00:00:04,000\n42\n") == [
        ("Ann", "How many? 42")
    ]


@pytest.mark.parametrize("text", ["", "WEBVTT", "WEBVTT\n\n", "\n"])
def test_empty_captions_have_a_notice(text: str) -> None:
    draft = read_captions(text)
    assert (draft.turns, draft.unplaced) == ((), ())
    assert draft.notices == ("no captions were found: the transcript is empty",)


def test_text_without_captions_is_reported_by_line() -> None:
    assert read_captions("Ann: Hi.\nBob: Yo.\n").unplaced == (UnplacedText(1, "Ann: Hi."), UnplacedText(2, "Bob: Yo."))


# laws

words = st.sampled_from("well the budget is small and nobody helps; legal says no, café 10:30 (laughs) 50%".split())
sentences = st.lists(words, min_size=1, max_size=8).map(" ".join)
# Each has words of its own, since captions that repeat the one above and go on are rolling captions.
conversations = st.lists(
    st.tuples(st.sampled_from(["Interviewer", "P1", "Ray, Anna"]), sentences), min_size=2, max_size=8
).map(lambda turns: [(name, f"{text} {number}") for number, (name, text) in enumerate(turns)])


def joined(conversation: list[tuple[str, str]]) -> list[tuple[str, str]]:
    result: list[tuple[str, str]] = []
    for name, words in conversation:
        if result and result[-1][0] == name:
            result[-1] = (name, f"{result[-1][1]} {words}")
        else:
            result.append((name, words))
    return result


@given(conversations, st.sampled_from(["{name}: {words}", "<v {name}>{words}</v>", "<v {name}>{words}"]))
def test_conversation_reads_back_with_adjacent_turns_joined(conversation: list[tuple[str, str]], shape: str) -> None:
    text = vtt(*(shape.format(name=name, words=words) for name, words in conversation))
    assert turns(text) == joined(conversation)
    subrip = "\n".join(
        f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{shape.format(name=name, words=words)}\n"
        for n, (name, words) in enumerate(conversation, 1)
    )
    assert turns(subrip) == joined(conversation)


LINES = st.sampled_from(
    [
        "00:00:01.000 --> 00:00:02.000",
        "00:01 -> 00:02",
        "",
        "7",
        "Ann: hi there",
        "Bob: yes",
        "on and on",
        "id-1",
        "<v Ann>so</v>",
    ]
)


@given(st.lists(LINES, max_size=14), st.sampled_from(["there", "yes", "so", "and"]))
def test_every_word_is_in_a_turn_or_reported_or_a_cue_identifier(lines: list[str], word: str) -> None:
    draft = read_captions("WEBVTT\n\n" + "\n".join(lines))
    read_text = "\n".join([draft.text, *(unplaced.text for unplaced in draft.unplaced)])
    names = sum(word in line and "-->" in after for line, after in pairwise(lines))
    assert "\n".join(lines).count(word) - names <= read_text.count(word) <= "\n".join(lines).count(word)


@given(st.lists(LINES, max_size=14))
def test_turns_are_ordered_slices_without_overlap(lines: list[str]) -> None:
    draft = read_captions("\n".join(lines))
    ends = [0]
    for span in draft.turns:
        assert ends[-1] <= span.start < span.end <= len(draft.text)
        assert draft.text[: span.start].endswith(f"{span.speaker}: " if span.speaker else ("\n\n", ""))
        ends.append(span.end)


# real files


def _real(real: Path, name: str) -> Transcript:
    return read_transcript(real / "formats" / name, name="x", display_path=name, rules=SourceRules(INTERVIEWER_LABELS))


def _spoken(transcript: Transcript) -> list[tuple[str, str]]:
    return [(turn.speaker, transcript.text[turn.start : turn.end]) for turn in transcript.turns]


def _rows(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))[1:]
    return [(speaker, " ".join(words.replace("---", " ").split())) for _, speaker, words in rows]


def test_real_teams(real: Path) -> None:
    transcript = _real(real, "teams_transcript.vtt")
    assert _spoken(transcript) == _rows(real / "formats" / "teams_transcript_correct.txt")
    assert [turn.role for turn in transcript.turns] == ["participant", "interviewer"] * 5
    assert (transcript.notices, transcript.unplaced) == ((), ())


def test_real_zoom(real: Path) -> None:
    transcript = _real(real, "zoom_transcript.vtt")
    assert transcript.unplaced == ()
    assert transcript.notices[0].startswith("no speaker in 2 of 300 captions (the first at line 136)")
    assert _spoken(transcript)[1:4] == [
        ("Paul McCartney", "She just got back from a vacation or something."),
        ("George Harrison", "Mary Kate. I think she was on a vacation for a while."),
        ("Ringo Starr", "Oh, nice. See how that one."),
    ]
    assert {turn.speaker for turn in transcript.turns} == {
        "", "Andrew Knight", "George Harrison", "John Lennon", "Paul McCartney", "Ringo Starr"
    }  # fmt: skip


def test_real_zoom_without_words(real: Path) -> None:
    transcript = _real(real, "zoom_empty_transcript.vtt")
    assert (transcript.text, transcript.turns) == ("", ())
    assert transcript.notices == ("no captions were found: the transcript is empty",)


def test_real_new_teams_without_names(real: Path) -> None:
    transcript = _real(real, "New Teams Format.vtt")
    (turn,) = transcript.turns
    assert (turn.speaker, turn.time) == ("", 3.138)
    assert transcript.text.startswith(
        "And more. I think that automatically starts transcription. Yes, it does. There we go."
    )
    assert transcript.unplaced == ()


def test_real_old_teams_with_negative_times(real: Path) -> None:
    transcript = _real(real, "Test teams transcription_2022-11-15-from Teams.vtt")
    assert len(transcript.turns) == 100
    assert [turn.speaker for turn in transcript.turns] == ["Hurst, Peter", "Wright, Steve"] * 50
    assert [turn.time for turn in transcript.turns[:3]] == [0.0, pytest.approx(-6.82), pytest.approx(10.2)]
    assert transcript.unplaced == ()


# rows as in NVivo


def test_rows_join_cues_of_a_speaker_up_to_the_limit() -> None:
    text = vtt("Ann: One. ", "Ann: Two.", "Ann: Three.", "Four.", "<v Bob>Five&amp;\nsix.</v>")
    assert caption_rows(text, max_captions=2) == [
        ("00:00:01", "Ann", "One. ---Two."),
        ("00:00:03", "Ann", "Three."),
        ("00:00:04", "", "Four."),
        ("00:00:05", "Bob", "Five& six."),
    ]


def test_rows_have_unique_times() -> None:
    text = (
        "00:01.070 --> 00:01.500\nAnn: A.\n\n00:01.700 --> 00:02.000\nBob: B.\n\n01:00:00.900 --> 01:00:01\nAnn: C.\n"
    )
    assert [time for time, _, _ in caption_rows(text)] == ["00:00:01", "00:00:01.5", "01:00:00"]


@pytest.mark.parametrize(("name", "rows"), [("teams", 10), ("zoom", 63)])
def test_real_rows_equal_the_published_ones(real: Path, name: str, rows: int) -> None:
    text = (real / "formats" / f"{name}_transcript.vtt").read_text(encoding="utf-8-sig")
    with (real / "formats" / f"{name}_transcript_correct.txt").open(encoding="utf-8-sig", newline="") as stream:
        expected = [tuple(row) for row in csv.reader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)]
    assert [("Timespan", "Speaker", "Content"), *caption_rows(text)] == expected
    assert len(expected) == rows + 1


EXPECTED = {  # turns, then speakers
    "New Teams Format.vtt": (1, {""}),
    "TeamsPremium.vtt": (10, {"Charles", "Janaki"}),
    "Test OneDrive Transcription 2022-11.vtt": (1, {""}),
    "Test teams transcription_2022-11-15-from Teams.vtt": (100, {"Hurst, Peter", "Wright, Steve"}),
    "teams_transcript.vtt": (10, {"Interviewer, First", "Speaker, First (Student)"}),
    "zoom_class_transcript.vtt": (95, {"", "Ashlee Kupor (SL)", "Dora Demszky"}),
    "zoom_empty_transcript.vtt": (0, set[str]()),
    "zoom_transcript.vtt": (
        34,
        {"", "Andrew Knight", "George Harrison", "John Lennon", "Paul McCartney", "Ringo Starr"},
    ),
}


def test_real_captions_have_expected_turns_and_speakers(real: Path) -> None:
    shapes = {}
    for path in sorted((real / "formats").glob("*.vtt")):
        transcript = _real(real, path.name)
        shapes[path.name] = (len(transcript.turns), {turn.speaker for turn in transcript.turns})
    assert shapes == EXPECTED


def test_no_word_of_real_captions_is_lost(real: Path) -> None:
    for path in sorted((real / "formats").glob("*.vtt")):
        transcript = _real(real, path.name)
        lines = path.read_text(encoding="utf-8-sig").splitlines()
        apart = re.compile(r"WEBVTT|.*-->.*|\d+|[0-9a-f-]{36}(?:/?[\d-]+)?")  # no words: times and names of cues
        text_lines = [line for line in lines if not apart.fullmatch(line)]
        named = re.sub(r"<v ([^>]*)>|</v>", r" \1 ", "\n".join(text_lines))
        source = Counter(re.findall(r"\w+", named))
        read_words = Counter(
            re.findall(r"\w+", transcript.text + " ".join(piece.text for piece in transcript.unplaced))
        )
        names = set(re.findall(r"\w+", " ".join(turn.speaker for turn in transcript.turns)))
        assert {word: n for word, n in (source - read_words).items() if word not in names} == {}, path.name
        assert not read_words - source, path.name


def test_webex_cue_identifier_names_the_speaker() -> None:
    assert turns(
        'WEBVTT\n\n1 "Ann Lee" (2684267520)\n00:00:01.000 --> 00:00:02.000\nHi: there.\n\n'
        '2 "Ann Lee" (2684267520)\n00:00:02.000 --> 00:00:03.000\nSo.\n\n'
        '3 "Bob" (91)\n00:00:03.000 --> 00:00:04.000\nYo.\n'
    ) == [("Ann Lee", "Hi: there. So."), ("Bob", "Yo.")]


def test_line_above_times_is_an_identifier_only_below_a_blank_line() -> None:
    draft = read_captions(
        "WEBVTT\n\n00:01.000 -> 00:02.000\nAnn: Lost one.\nLost two.\n00:03.000 --> 00:04.000\nAnn: Hi.\n7\n"
        "00:05.000 --> 00:06.000\nAnn: So.\n\nintroduction\n00:07.000 --> 00:08.000\nAnn: Yes.\n"
    )
    assert [(piece.line, piece.text) for piece in draft.unplaced][1:] == [(4, "Ann: Lost one."), (5, "Lost two.")]
    assert [draft.text[span.start : span.end] for span in draft.turns] == ["Hi. So. Yes."]


def test_label_without_words_in_any_cue_is_reported() -> None:
    draft = read_captions(vtt("Ann: Hi.", "Okay:", "Ann:", "Ann: So.\nListen:"))
    assert [draft.text[span.start : span.end] for span in draft.turns] == ["Hi. So."]
    assert [(piece.line, piece.text) for piece in draft.unplaced] == [(6, "Okay"), (12, "Listen")]


@pytest.mark.parametrize("time", ["9" * 400 + ":00:01.000", "00:00:" + "9" * 400, "0:00:01." + "9" * 400])
def test_impossible_times_are_not_times(time: str) -> None:
    draft = read_captions(f"{time} --> 00:00:02.000\nAnn: Hi.\n")
    assert [piece.text for piece in draft.unplaced][-1] == "Ann: Hi."


@given(st.binary(max_size=80), st.integers(0, 60))
def test_any_bytes_are_read_or_refused(content: bytes, at: int) -> None:
    raw = vtt("<v Ann>Hi.</v>", "Bob: Yo.").encode()
    try:
        draft = read(raw[:at] + content + raw[at:], ReadOptions("x.vtt"))
    except QualcodeError as error:
        assert str(error).startswith("x.vtt")  # noqa: PT017
        return
    assert all(0 <= span.start < span.end <= len(draft.text) for span in draft.turns)


# captions that grow, empty names, and numbers and times in other layouts


def numbered(*cues: str, ids: tuple[str, ...] = ()) -> str:
    """Return captions of a second each."""
    names = [f"{name}\n" for name in ids] or [""] * len(cues)
    times = [f"00:{n:02}.000 --> 00:{n + 1:02}.000" for n in range(len(cues))]
    return "WEBVTT\n\n" + "\n\n".join(
        f"{name}{time}\n{cue}" for name, time, cue in zip(names, times, cues, strict=True)
    )


GROWN = [("Ann", "How was it?"), ("Ben", "It rained for a week.")]


@pytest.mark.parametrize(
    "form", ["<v {0}>{1}</v>", "<v {0}>{1}", "{0}: {1}", '{{"speakerName":"{0}","spokenText":"{1}"}}']
)
def test_captions_that_grow_are_read_once(form: str) -> None:
    words = [("Ann", "How was"), GROWN[0], ("Ben", "It rained"), ("Ben", "It rained for a"), GROWN[1]]
    text = numbered(*(form.format(*row) for row in words))
    assert turns(text) == GROWN
    assert [turn.time for turn in read_captions(text).turns] == [0, 2]
    assert "rolling" in read_captions(text).notices[0]


def test_word_that_begins_the_next_caption_as_well_is_kept() -> None:
    text = numbered(
        "<v Ann>Yes.</v>", "<v Ben>Yes. It did.</v>", "<v Ann>No.</v>", "<v Ann>No. And so.</v>", "<v Ben>Ok.</v>"
    )
    assert turns(text)[2] == ("Ann", "No. No. And so.")


@pytest.mark.parametrize(
    "text",
    [
        numbered("How?", "Rain.", "Yes.", "No.", ids=('1 "Ann" (1)', '2 "Ben" (2)', '3 "" (0)', '4 "Ann" (1)')),
        numbered(*(f'{{"speakerName":{name},"spokenText":"{words}"}}' for name, words in
              [('"Ann"', "How?"), ('"Ben"', "Rain."), ('""', "Yes."), ('"Ann"', "No.")])),
        numbered(*(f'{{"speakerName":{name},"spokenText":"{words}"}}' for name, words in
              [('"Ann"', "How?"), ('"Ben"', "Rain."), ("null", "Yes."), ('"Ann"', "No.")])),
    ],
)  # fmt: skip
def test_caption_with_an_empty_name_has_an_unknown_speaker(text: str) -> None:
    assert turns(text) == [("Ann", "How?"), ("Ben", "Rain."), ("", "Yes."), ("Ann", "No.")]
    assert "no speaker in 1 of 4 captions" in read_captions(text).notices[0]


def test_captions_that_all_have_empty_names_are_one_turn() -> None:
    assert turns(numbered("How?", "Rain.", ids=('1 "" (0)', '2 "" (0)'))) == [("", "How? Rain.")]


SRT = [("Ann", "How?"), ("Ben", "Rain."), ("Ann", "And 7?"), ("Ben", "Fine.")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r\r\n", "\n\n", "\r\n\r\n"])
@pytest.mark.parametrize("gap", ["", "\n"])
def test_number_of_a_caption_is_no_text_wherever_blank_lines_are(
    write: Callable[[str, str | bytes], Path], line_end: str, gap: str
) -> None:
    cues = [
        f"{n}\n{gap}00:00:0{n},000 --> 00:00:0{n},900\n{gap}{name}: {words}" for n, (name, words) in enumerate(SRT, 1)
    ]
    content = "\n\n".join(cues).replace("\n", line_end).encode()
    transcript = read_transcript(
        write("x.srt", content), name="x", display_path="x.srt", rules=SourceRules(INTERVIEWER_LABELS)
    )
    assert [(turn.speaker, transcript.text[turn.start : turn.end]) for turn in transcript.turns] == SRT
    assert not transcript.unplaced


def test_number_that_is_spoken_in_captions_without_numbers_is_text() -> None:
    assert turns(numbered("Ann: How many?", "Ben: I say", "12", "Ann: Oh.")) == [
        ("Ann", "How many?"),
        ("Ben", "I say 12"),
        ("Ann", "Oh."),
    ]


def test_captions_of_youtube_in_a_txt_file_have_times(write: Callable[[str, str | bytes], Path]) -> None:
    content = "\n\n".join(f"0:00:0{n}.000,0:00:0{n}.900\n{name}: {words}" for n, (name, words) in enumerate(SRT))
    transcript = read_transcript(write("x.txt", content), name="x", display_path="x.txt", rules=SourceRules())
    assert [(turn.speaker, turn.time) for turn in transcript.turns] == [(name, n) for n, (name, _) in enumerate(SRT)]
