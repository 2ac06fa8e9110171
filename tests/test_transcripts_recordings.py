"""JSON of recognisers: who said what and when, in each of their shapes; broken characters do no harm."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode import Project
from qualcode.errors import OperationError, QualcodeError
from qualcode.files import write_atomically
from qualcode.transcripts.draft import Draft, ReadOptions
from qualcode.transcripts.readers.speech_json import read
from studies import small_study


def drafted(held: Any) -> Draft:
    raw = held if isinstance(held, bytes) else json.dumps(held).encode()
    return read(raw, ReadOptions("transcripts/x.json"))


def turns(held: Any) -> list[tuple[str, str, float | None]]:
    draft = drafted(held)
    return [(span.speaker, draft.text[span.start : span.end], span.time) for span in draft.turns]


WHISPER = {
    "text": " How long? Six months on Friday.",
    "segments": [
        {"id": 0, "start": 2.812, "end": 6.9, "text": " How long?", "tokens": [1, 2]},
        {"id": 1, "start": 7.119, "end": 17.4, "text": " Six months"},
        {"id": 2, "start": 17.4, "end": 24.6, "text": " on Friday."},
    ],
    "language": "en",
}


def test_whisper_names_nobody() -> None:
    assert turns(WHISPER) == [("", "How long? Six months on Friday.", 2.812)]
    draft = drafted(WHISPER)
    assert draft.notices == ("nothing names a speaker: the whole text is read as one participant's turn",)
    assert draft.unplaced == ()


def _amazon(words: list[tuple[str, str]]) -> list[dict[str, Any]]:
    spoken = {"type": "pronunciation", "start_time": "1.5"}
    items = [{**spoken, "speaker_label": who, "alternatives": [{"content": word}]} for who, word in words]
    stop = {"type": "punctuation", "alternatives": [{"content": "?"}]}
    return [items[0], items[1], stop, *items[2:]]


WORDS = [("A", "How"), ("A", "long"), ("B", "Six"), ("B", "months")]
ELEVEN = [{"text": word, "start": 1.5, "type": "word", "speaker_id": who} for who, word in WORDS]
SPACE = {"text": " ", "type": "spacing", "speaker_id": "B"}
DEEPGRAM = [{"word": word.lower(), "punctuated_word": word, "start": 1.5, "speaker": who} for who, word in WORDS]


@pytest.mark.parametrize(
    ("held", "first"),
    [
        ({"results": {"transcripts": [{"transcript": "How long? Six months"}], "items": _amazon(WORDS)}}, "How long?"),
        ({"results": _amazon(WORDS)}, "How long?"),
        ({"results": {"channels": [{"alternatives": [{"transcript": "how", "words": DEEPGRAM}]}]}}, "How long"),
        (
            {"text": "How long Six months", "words": [ELEVEN[0], SPACE, ELEVEN[1], SPACE, ELEVEN[2], SPACE, ELEVEN[3]]},
            "How long",
        ),
        (
            {
                "monologues": [
                    {"speaker": "A", "elements": [{"value": "How", "ts": 1.5}, {"value": " long"}, {"value": "?"}]},
                    {"speaker": "B", "elements": [{"value": "Six", "ts": 1.5}, {"value": " months"}]},
                ]
            },
            "How long?",
        ),
    ],
    ids=["Amazon", "Speechmatics", "Deepgram", "ElevenLabs", "Rev"],
)
def test_words_that_name_their_speakers_are_joined_to_turns(held: Any, first: str) -> None:
    assert turns(held) == [("A", first, 1.5), ("B", "Six months", 1.5)]
    assert drafted(held).unplaced == ()


def test_words_do_not_replace_what_says_more_or_names_speakers_itself() -> None:
    held = {"text": "How long now Six months", "words": ELEVEN}
    assert turns(held) == [("", "How long now Six months", None)]
    assert turns({"segments": [{"text": "How long", "speaker": "C"}], "words": ELEVEN}) == [("C", "How long", None)]


def test_otter_tells_voices_apart_that_have_no_name() -> None:
    pieces = [{"start_offset": 16000 * at, "transcript": f"word {at}", "label": str(at)} for at in (1, 2)]
    assert turns({"speech": {"transcripts": pieces}}) == [("Speaker 1", "word 1", 1.0), ("Speaker 2", "word 2", 2.0)]


def test_words_beside_what_is_said_are_named() -> None:
    draft = drafted([{"speaker": "A", "text": "Yes.", "translation": "Ja, doch.", "id": "x1"}])
    assert draft.notices == ("not used: translation",)


def test_whisperx_names_speakers_of_segments_and_of_words() -> None:
    held = {
        "segments": [
            {"start": 1.0, "end": 2, "text": " How long?", "speaker": "SPEAKER_00"},
            {
                "start": 3.0,
                "end": 6,
                "text": "Six months. On Friday.",
                "speaker": "SPEAKER_01",
                "words": [
                    {"word": "Six", "start": 3.0},
                    {"word": "months.", "start": 3.5, "speaker": "SPEAKER_01"},
                    {"word": "On", "start": 5.0, "speaker": "SPEAKER_00"},
                    {"word": "Friday."},
                ],
            },
        ],
        "word_segments": [{"word": "Six"}],
    }
    assert turns(held) == [
        ("SPEAKER_00", "How long?", 1.0),
        ("SPEAKER_01", "Six months.", 3.0),
        ("SPEAKER_00", "On Friday.", 5.0),
    ]


def test_words_that_are_not_those_of_the_segment_do_not_count() -> None:
    words = [{"word": "Six", "speaker": "A"}, {"word": "weeks", "speaker": "B"}]
    assert turns({"segments": [{"text": "Six months", "speaker": "A", "words": words}]}) == [("A", "Six months", None)]


def test_whisper_cpp_counts_milliseconds() -> None:
    held = {
        "model": {"type": "base"},
        "transcription": [
            {"timestamps": {"from": "00:00:00,000"}, "offsets": {"from": 0, "to": 6000}, "text": " Hi."},
            {"offsets": {"from": 6500, "to": 7000}, "speaker": "1", "text": " Yo."},
        ],
    }
    assert turns(held) == [("", "Hi.", 0.0), ("Speaker 1", "Yo.", 6.5)]
    assert drafted(held).notices == ("1 of 2 pieces name no speaker: counted as a participant's",)


def test_otter_lists_speakers_apart_and_counts_samples() -> None:
    held = {
        "speech": {
            "title": "Interview",
            "speakers": [{"id": 7, "speaker_name": "Ann  Lee"}],
            "transcripts": [
                {"transcript": "Why?", "speaker_id": 7, "start_offset": 16000},
                {"transcript": "Because.", "speaker_id": 8, "start_offset": 40000},
            ],
        }
    }
    assert turns(held) == [("Ann Lee", "Why?", 1.0), ("Speaker 8", "Because.", 2.5)]


def test_assemblyai_counts_milliseconds_and_letters_speakers() -> None:
    held = {"audio_url": "x", "text": "Why?", "utterances": [{"speaker": "A", "start": 1250, "text": "Why?"}]}
    assert turns(held) == [("A", "Why?", 1.25)]


@pytest.mark.parametrize(
    "held",
    [
        [{"speaker": "Ann", "text": "Why?", "start": 1}, {"speaker": "Bob", "text": "So.", "start": 2.5}],
        {"utterances": [{"speaker": "Ann", "transcript": "Why?", "start": "0:01"},
                        {"speaker": {"name": "Bob"}, "transcript": "So.", "start": "2.5"}]},
        {"turns": [{"name": "Ann", "content": "Why?", "startTime": 1},
                   {"speakerName": "Bob", "utterance": "So.", "timestamp": [2.5, 3]}]},
        {"results": {"segments": [{"speaker": "Ann", "text": "Why?", "begin": 1},
                                  {"speaker": "Bob", "text": "So.", "time": 2.5}]}},
        b'{"speaker": "Ann", "text": "Why?", "start": 1}\n{"speaker": "Bob", "text": "So.", "start": 2.5}\n',
    ],
)  # fmt: skip
def test_lists_of_who_said_what(held: Any) -> None:
    assert turns(held) == [("Ann", "Why?", 1.0), ("Bob", "So.", 2.5)]


def test_chunks_without_speakers_and_a_text_alone() -> None:
    assert turns({"chunks": [{"timestamp": [0, None], "text": "Hi."}]}) == [("", "Hi.", 0.0)]
    assert turns({"text": " All of it."}) == [("", "All of it.", None)]


def test_consecutive_pieces_of_one_speaker_are_one_turn() -> None:
    assert turns([{"speaker": "A", "text": "x\ny"}, {"speaker": "A", "text": " z"}]) == [("A", "x y z", None)]


def test_what_fits_nowhere_is_reported() -> None:
    held = {"text": "Hi. And more.", "segments": [{"text": "Hi."}, {"speaker": "Bob", "note": "coughs"}]}
    assert [piece.text for piece in drafted(held).unplaced] == ["Bob, coughs", "Hi. And more."]


def test_broken_characters_are_replaced_and_counted() -> None:
    draft = drafted(b'[{"speaker": "A\\ud83d", "text": "so \\ud83d\\ude00 \\udc00 \\u0000"}]')
    assert draft.text == "A\ufffd: so 😀 \ufffd \ufffd\n"
    assert draft.notices == ("3 broken characters (half of a pair, or NUL) are read as \ufffd",)


def test_broken_characters_harm_no_command(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write_atomically(root / "transcripts/J.json", b'[{"speaker": "P", "text": "It costs money \\ud83d here."}]')
    project = Project(root)
    project.code("J", "work/money", "costs money \ufffd", coder="ana")
    project.suggestions()
    project.check()
    assert list(project.segments(transcripts="J")["text"]) == ["It costs money \ufffd here."]
    assert project.export(tmp_path / "book.xlsx", coder="ana").path.is_file()


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (b"", "transcripts/x.json:1: not JSON: Expecting value"),
        (b'{"a":\n1', "transcripts/x.json:2: not JSON: Expecting ',' delimiter"),
        ({"a": 1, "b": []}, "transcripts/x.json: this JSON has no list of what was said among a, b; understood are"),
        ([1, 2], "transcripts/x.json: this JSON has no list of what was said; understood are Whisper's 'segments'"),
        ({"segments": [{"start": 1}]}, "transcripts/x.json: this JSON has no list of what was said among segments"),
        (3, "transcripts/x.json: this JSON has no list of what was said"),
        (b"[" * 100_000, "transcripts/x.json: not JSON that can be read: it is nested too deep"),
        (
            b"[" + b"9" * 5000 + b"]",
            "transcripts/x.json: not JSON that can be read: it is nested too deep, or has a num",
        ),
        (b"[" + b"0," * 3_000_000 + b"0]", "transcripts/x.json: over 3,000,000 values: more than a recording has"),
        (b"\xff\xfe\0", "transcripts/x.json: has the byte-order mark of utf-16-le but is not utf-16-le"),
    ],
)
def test_other_json_is_refused_with_what_is_understood(held: Any, said: str) -> None:
    with pytest.raises(OperationError) as refused:
        drafted(held)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("start", [True, "soon", {"x": 1}, [], 1e300, float("nan"), None])
def test_a_start_that_is_no_time_is_none(start: Any) -> None:
    assert turns([{"text": "x", "start": start}]) == [("", "x", None)]


# laws

texts = st.text(st.sampled_from("ab é\n\"'🎧\ud83d"), max_size=10)
pieces = st.fixed_dictionaries(
    {"text": texts}, optional={"speaker": st.sampled_from(["A", "B", "", None]), "start": st.floats(0, 9)}
)


@given(st.lists(pieces, min_size=1, max_size=6), st.sampled_from(["segments", "transcription", "", "utterances"]))
def test_no_word_is_lost(said: list[dict[str, Any]], key: str) -> None:
    draft = drafted({key: said} if key else said)
    words = re.findall(r"\S+", " ".join(piece["text"] for piece in said).replace("\ud83d", "\ufffd"))
    found = re.findall(r"\S+", " ".join(draft.text[span.start : span.end] for span in draft.turns))
    assert Counter(found) == Counter(words)
    assert not draft.unplaced
    draft.text.encode()


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | texts,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["text", "segments", "speaker", "start", "words", "word", "offsets", "speech", "speakers"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(anything | st.binary(max_size=60))
def test_no_json_raises_anything_but_a_sentence(held: Any) -> None:
    try:
        draft = drafted(held)
    except QualcodeError as error:
        assert str(error).startswith("transcripts/x.json")  # noqa: PT017
        return
    assert all(0 <= span.start < span.end <= len(draft.text) for span in draft.turns)
