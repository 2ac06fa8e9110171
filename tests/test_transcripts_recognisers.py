"""JSON of speech recognisers: speakers, words and times of each; other JSON and broken characters."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode import Project
from qualcode.errors import OperationError, QualcodeError
from qualcode.files import write_atomically
from qualcode.model import JsonKeys, SourceRule, SourceRules
from qualcode.transcripts.draft import Draft, ReadOptions
from qualcode.transcripts.readers import recognisers
from qualcode.transcripts.readers.recognisers import RECOGNISERS
from qualcode.transcripts.readers.speech_json import read
from studies import small_study


def read_draft(data: Any) -> Draft:
    content = data if isinstance(data, bytes) else json.dumps(data).encode()
    return read(content, ReadOptions("transcripts/x.json"))


def read_turns(data: Any) -> list[tuple[str, str, float | None]]:
    draft = read_draft(data)
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


def test_whisper_without_speakers_is_one_turn() -> None:
    assert read_turns(WHISPER) == [("", "How long? Six months on Friday.", 2.812)]
    draft = read_draft(WHISPER)
    assert draft.notices == (
        "no speaker is named: the whole text is read as one participant's turn "
        "(if several people speak, name them in the source)",
    )
    assert draft.unplaced == ()


def amazon_items(words: list[tuple[str, str]]) -> list[dict[str, Any]]:
    spoken = {"type": "pronunciation", "start_time": "1.5"}
    items = [{**spoken, "speaker_label": who, "alternatives": [{"content": word}]} for who, word in words]
    stop = {"type": "punctuation", "alternatives": [{"content": "?"}]}
    return [items[0], items[1], stop, *items[2:]]


DIFFERENT = "the file holds the talk twice, with different words: one version is read; compare it with the other"
WORDS = [("A", "How"), ("A", "long"), ("B", "Six"), ("B", "months")]
ELEVEN = [{"text": word, "start": 1.5, "type": "word", "speaker_id": who} for who, word in WORDS]
SPACE = {"text": " ", "type": "spacing", "speaker_id": "B"}
DEEPGRAM_WORDS = [{"word": word.lower(), "punctuated_word": word, "start": 1.5, "speaker": who} for who, word in WORDS]


AMAZON = {"results": {"transcripts": [{"transcript": "How long? Six months"}], "items": amazon_items(WORDS)}}
SPEECHMATICS = {"results": amazon_items(WORDS)}
DEEPGRAM = {"results": {"channels": [{"alternatives": [{"transcript": "how", "words": DEEPGRAM_WORDS}]}]}}
ELEVENLABS = {
    "text": "How long Six months",
    "words": [ELEVEN[0], SPACE, ELEVEN[1], SPACE, ELEVEN[2], SPACE, ELEVEN[3]],
}
REV = {
    "monologues": [
        {"speaker": "A", "elements": [{"value": "How", "ts": 1.5}, {"value": " long"}, {"value": "?"}]},
        {"speaker": "B", "elements": [{"value": "Six", "ts": 1.5}, {"value": " months"}]},
    ]
}


@pytest.mark.parametrize(
    ("data", "first"),
    [
        (AMAZON, "How long?"),
        (SPEECHMATICS, "How long?"),
        (DEEPGRAM, "How long"),
        (ELEVENLABS, "How long"),
        (REV, "How long?"),
    ],
    ids=["Amazon", "Speechmatics", "Deepgram", "ElevenLabs", "Rev"],
)
def test_words_with_speakers_are_joined_to_turns(data: Any, first: str) -> None:
    assert read_turns(data) == [("A", first, 1.5), ("B", "Six months", 1.5)]
    assert read_draft(data).unplaced == ()


@pytest.mark.parametrize(
    "data",
    [
        {"text": "How long now Six months", "words": ELEVEN},
        {"results": {"transcripts": [{"transcript": "How long now Six months"}], "items": amazon_items(WORDS)}},
    ],
    ids=["ElevenLabs", "Amazon"],
)
def test_text_that_differs_from_the_words_is_reported(data: Any) -> None:
    draft = read_draft(data)
    assert [span.speaker for span in draft.turns] == ["A", "B"]
    assert [piece.text for piece in draft.unplaced] == ["How long now Six months"]
    assert draft.notices == (DIFFERENT,)


def test_words_are_not_read_where_segments_name_speakers() -> None:
    data = {"segments": [{"text": "How long", "speaker": "C"}], "words": ELEVEN}
    assert read_turns(data) == [("C", "How long", None)]


@pytest.mark.parametrize("key", ["words", "speakers"])
def test_second_list_is_read_where_only_that_names_speakers(key: str) -> None:
    """insanely-fast-whisper writes "speakers" beside "chunks"."""
    second = [{"speaker": who, "text": word, "timestamp": [1.5, 2]} for who, word in WORDS]
    data = {"chunks": [{"timestamp": [0, 9], "text": "How long Six months"}], key: second}
    assert read_turns(data) == [("A", "How long", 1.5), ("B", "Six months", 1.5)]
    assert read_draft(data | {key: []}).turns[0].speaker == ""
    unlike = read_draft(data | {key: second[:3]})
    assert ([piece.text for piece in unlike.unplaced], unlike.notices) == (["How long Six months"], (DIFFERENT,))


def test_deepgram_utterances_are_read_before_words() -> None:
    utterances = [{"speaker": 0, "start": 2.5, "transcript": "How long Six months"}]
    data = {"results": {"utterances": utterances, **DEEPGRAM["results"]}}
    assert read_turns(data) == [("Speaker 0", "How long Six months", 2.5)]


def test_deepgram_without_speakers_is_one_turn() -> None:
    words = [{key: word[key] for key in ("word", "start")} for word in DEEPGRAM_WORDS]
    data = {"results": {"channels": [{"alternatives": [{"transcript": "how long six months", "words": words}]}]}}
    assert read_turns(data) == [("", "how long six months", 1.5)]


def test_rev_names_speakers_apart() -> None:
    monologue = {"speaker": 1, "elements": [{"value": "Why?", "ts": 1}]}
    data = {"speakers": [{"id": 1, "name": "Ann Lee"}], "monologues": [monologue, monologue]}
    assert read_turns(data) == [("Ann Lee", "Why? Why?", 1.0)]


def test_null_in_a_list_does_not_lose_the_words_beside_it() -> None:
    words: list[dict[str, Any] | None] = [{"value": "Hello"}, None, {"value": " there."}]
    turns = read_turns({"monologues": [None, {"speaker": 0, "elements": words}]})
    assert turns == [("Speaker 0", "Hello there.", None)]


def test_every_module_of_a_recogniser_is_registered() -> None:
    modules = {module.name for module in iter_modules(recognisers.__path__)}
    assert modules == RECOGNISERS.keys()


def test_otter_speakers_without_a_name_keep_their_labels() -> None:
    pieces = [{"start_offset": 16000 * at, "transcript": f"word {at}", "label": str(at)} for at in (1, 2)]
    assert read_turns({"speech": {"transcripts": pieces}}) == [
        ("Speaker 1", "word 1", 1.0),
        ("Speaker 2", "word 2", 2.0),
    ]


def test_unused_keys_with_words_are_reported() -> None:
    draft = read_draft([{"speaker": "A", "text": "Yes.", "translation": "Ja, doch.", "id": "x1"}])
    assert draft.notices == ("not used: translation",)


def test_whisperx_segments_are_split_by_the_speakers_of_their_words() -> None:
    data = {
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
    assert read_turns(data) == [
        ("SPEAKER_00", "How long?", 1.0),
        ("SPEAKER_01", "Six months.", 3.0),
        ("SPEAKER_00", "On Friday.", 5.0),
    ]


def test_whisperx_segment_with_other_words_is_not_split() -> None:
    words = [{"word": "Six", "speaker": "A"}, {"word": "weeks", "speaker": "B"}]
    data = {"segments": [{"text": "Six months", "speaker": "A", "words": words}]}
    assert read_turns(data) == [("A", "Six months", None)]
    assert read_draft(data).notices == (
        "segments not split by speaker, since their words are not those of their text: 1",
    )


def test_whisper_cpp_times_are_milliseconds() -> None:
    data = {
        "model": {"type": "base"},
        "transcription": [
            {"timestamps": {"from": "00:00:00,000"}, "offsets": {"from": 0, "to": 6000}, "text": " Hi."},
            {"offsets": {"from": 6500, "to": 7000}, "speaker": "1", "text": " Yo."},
        ],
    }
    assert read_turns(data) == [("", "Hi.", 0.0), ("Speaker 1", "Yo.", 6.5)]
    assert read_draft(data).notices == ("no speaker in 1 of 2 pieces: counted as a participant's",)


def test_otter_times_are_samples_and_speakers_are_looked_up() -> None:
    data = {
        "speech": {
            "title": "Interview",
            "speakers": [{"id": 7, "speaker_name": "Ann  Lee"}],
            "transcripts": [
                {"transcript": "Why?", "speaker_id": 7, "start_offset": 16000},
                {"transcript": "Because.", "speaker_id": 8, "start_offset": 40000},
            ],
        }
    }
    assert read_turns(data) == [("Ann Lee", "Why?", 1.0), ("Speaker 8", "Because.", 2.5)]


def test_assemblyai_words_are_read_where_there_is_no_text() -> None:
    words = [{"text": "Hello", "start": 1500, "end": 1700}, {"text": "there.", "start": 1800, "end": 1900}]
    assert read_draft({"audio_url": "x", "utterances": None, "words": words}).text == "Hello there.\n"


def test_assemblyai_times_are_milliseconds() -> None:
    data = {"audio_url": "x", "text": "Why?", "utterances": [{"speaker": "A", "start": 1250, "text": "Why?"}]}
    assert read_turns(data) == [("A", "Why?", 1.25)]


@pytest.mark.parametrize(
    "data",
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
def test_lists_of_objects_under_common_keys(data: Any) -> None:
    assert read_turns(data) == [("Ann", "Why?", 1.0), ("Bob", "So.", 2.5)]


def test_chunks_without_speakers_and_a_text_alone() -> None:
    assert read_turns({"chunks": [{"timestamp": [0, None], "text": "Hi."}]}) == [("", "Hi.", 0.0)]
    assert read_turns({"text": " All of it."}) == [("", "All of it.", None)]


def test_consecutive_pieces_of_one_speaker_are_one_turn() -> None:
    assert read_turns([{"speaker": "A", "text": "x\ny"}, {"speaker": "A", "text": " z"}]) == [("A", "x y z", None)]


def test_text_without_place_is_reported() -> None:
    data = {"text": "Hi. And more.", "segments": [{"text": "Hi."}, {"speaker": "Bob", "note": "coughs"}]}
    assert [piece.text for piece in read_draft(data).unplaced] == ["Bob, coughs", "Hi. And more."]


def test_broken_characters_are_replaced_and_counted() -> None:
    draft = read_draft(b'[{"speaker": "A\\ud83d", "text": "so \\ud83d\\ude00 \\udc00 \\u0000"}]')
    assert draft.text == "A\ufffd: so 😀 \ufffd \ufffd\n"
    assert draft.notices == ("3 broken characters (half of a pair, or NUL) replaced by \ufffd",)


def test_broken_characters_stop_no_command(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write_atomically(root / "transcripts/J.json", b'[{"speaker": "P", "text": "It costs money \\ud83d here."}]')
    project = Project(root)
    project.code("J", "work/money", "costs money \ufffd", coder="ana")
    project.suggestions()
    project.check()
    assert list(project.segments(transcripts="J")["text"]) == ["It costs money \ufffd here."]
    assert project.export(tmp_path / "book.xlsx", coder="ana").path.is_file()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", ":1: not JSON (Expecting value): export the file again"),
        (b'{"a":\n1', ":2: not JSON (Expecting ',' delimiter)"),
        (
            {"a": 1, "b": []},
            ": not the JSON of a known speech recogniser (its keys: a, b): export the",
        ),
        (
            [1, 2],
            ": not the JSON of a known speech recogniser: export the talk as one of Otter, Assem",
        ),
        ({"segments": [{"start": 1}]}, ": not the JSON of a known speech recogniser (its keys: segm"),
        (3, ": not the JSON of a known speech recogniser"),
        (b"[" * 100_000, ": JSON that cannot be read, since it is nested too deep"),
        (
            b"[" + b"9" * 5000 + b"]",
            ": JSON that cannot be read, since it is nested too deep or has a num",
        ),
        (b"[" + b"0," * 3_000_000 + b"0]", ": over the limit of 3,000,000 values: split the file"),
        (b"\xff\xfe\0", ": has the byte-order mark of utf-16-le"),
    ],
    ids=[
        "empty",
        "cut off",
        "object",
        "numbers",
        "no text",
        "number",
        "nested",
        "long number",
        "too large",
        "encoding",
    ],
)
def test_other_json_is_refused(data: Any, message: str) -> None:
    with pytest.raises(OperationError) as refused:
        read_draft(data)
    assert str(refused.value).startswith(f"transcripts/x.json{message}")


def test_refusal_names_the_known_recognisers() -> None:
    with pytest.raises(OperationError) as refused:
        read_draft({"a": 1})
    assert all(name in str(refused.value) for name in RECOGNISERS.values())


@pytest.mark.parametrize("start", [True, "soon", {"x": 1}, [], 1e300, float("nan"), None])
def test_start_that_is_no_time_is_none(start: Any) -> None:
    assert read_turns([{"text": "x", "start": start}]) == [("", "x", None)]


# laws

texts = st.text(st.sampled_from("ab é\n\"'🎧\ud83d"), max_size=10)
pieces = st.fixed_dictionaries(
    {"text": texts}, optional={"speaker": st.sampled_from(["A", "B", "", None]), "start": st.floats(0, 9)}
)


@given(st.lists(pieces, min_size=1, max_size=6), st.sampled_from(["segments", "transcription", "", "utterances"]))
def test_no_word_is_lost(items: list[dict[str, Any]], key: str) -> None:
    draft = read_draft({key: items} if key else items)
    words = re.findall(r"\S+", " ".join(item["text"] for item in items).replace("\ud83d", "\ufffd"))
    read_words = re.findall(r"\S+", " ".join(draft.text[span.start : span.end] for span in draft.turns))
    assert Counter(read_words) == Counter(words)
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
def test_any_json_is_read_or_refused(data: Any) -> None:
    try:
        draft = read_draft(data)
    except QualcodeError as error:
        assert str(error).startswith("transcripts/x.json")  # noqa: PT017
        return
    assert all(0 <= span.start < span.end <= len(draft.text) for span in draft.turns)


# Other recognisers and exports


def google(speakers: bool, version: int) -> dict[str, Any]:
    """Return a response of Google; version 1 repeats all words, with speakers, in the last result."""
    tag, start = ("speakerTag", "startTime") if version == 1 else ("speakerLabel", "startOffset")
    talk = [("How", 0.5, 1), ("long?", 0.9, 1), ("Two", 2.5, 2), ("days.", 2.9, 2), ("And?", 4.0, 1)]
    words = [{"word": word, start: f"{time}s", "confidence": 0.9} for word, time, _ in talk]
    labels = [{**word, tag: one if version == 1 else str(one)} for word, (_, _, one) in zip(words, talk, strict=True)]
    plain = words if version == 1 or not speakers else labels
    parts = [plain[:2], plain[2:4], plain[4:]]
    texts = ["How long?", " Two days.", " And?"]
    results = [{"alternatives": [{"transcript": text, "words": part}]} for text, part in zip(texts, parts, strict=True)]
    if speakers and version == 1:
        results.append({"alternatives": [{"words": labels}]})
    return {"results": results}


@pytest.mark.parametrize(
    "data",
    [
        google(True, 1),
        google(True, 2),
        {"name": "1", "done": True, "response": google(True, 1)},
        {"results": {"gs://bucket/a.wav": {"transcript": google(True, 2)}}},
    ],
)
def test_google_words_name_the_speakers(data: Any) -> None:
    expected = [("Speaker 1", "How long?", 0.5), ("Speaker 2", "Two days.", 2.5), ("Speaker 1", "And?", 4.0)]
    assert read_turns(data) == expected


@pytest.mark.parametrize("version", [1, 2])
def test_google_without_speakers_is_its_transcripts(version: int) -> None:
    assert read_turns(google(False, version)) == [("", "How long? Two days. And?", 0.5)]


def test_google_times_of_libraries_have_seconds_and_nanos() -> None:
    words = [{"word": "Yes.", "start_time": {"seconds": "3", "nanos": 500000000}, "speaker_tag": 2}]
    assert read_turns({"results": [{"alternatives": [{"transcript": "Yes.", "words": words}]}]}) == [
        ("Speaker 2", "Yes.", 3.5)
    ]


AZURE_PHRASES = [
    {
        "recognitionStatus": "Success", "channel": 0, "speaker": speaker, "offset": f"PT{start}S",
        "offsetInTicks": start * 10_000_000,
        "nBest": [{"confidence": 0.9, "lexical": text.lower().strip("?."), "display": text}, {"display": "Other."}],
    }
    for speaker, start, text in [(1, 0.5, "How long?"), (2, 2.5, "Two days."), (2, 62.5, "Fine.")]
]  # fmt: skip


def test_azure_batch_phrases_are_read_as_displayed() -> None:
    combined = [{"channel": 0, "lexical": "how long two days fine", "display": "How long? Two days. Fine."}]
    noise = {"recognitionStatus": "InitialSilenceTimeout", "channel": 0, "offsetInTicks": 0}
    data = {"source": "a.wav", "combinedRecognizedPhrases": combined, "recognizedPhrases": [noise, *AZURE_PHRASES]}
    assert read_turns(data) == [("Speaker 1", "How long?", 0.5), ("Speaker 2", "Two days. Fine.", 2.5)]
    assert read_turns({"combinedRecognizedPhrases": combined})[0][1] == "How long? Two days. Fine."
    without_ticks = [{**phrase, "offsetInTicks": None} for phrase in AZURE_PHRASES]
    assert [time for _, _, time in read_turns({"recognizedPhrases": without_ticks})] == [0.5, 2.5]


def test_azure_channels_are_speakers_where_none_are_named() -> None:
    phrases = [{**phrase, "speaker": None, "channel": phrase["speaker"]} for phrase in AZURE_PHRASES]
    assert [speaker for speaker, _, _ in read_turns({"recognizedPhrases": phrases})] == ["Channel 1", "Channel 2"]


def test_azure_fast_transcription() -> None:
    phrases = [
        {"offsetMilliseconds": start, "durationMilliseconds": 640, "text": text, "speaker": speaker, "words": []}
        for speaker, start, text in [(0, 960, "How long?"), (1, 1640, "Two days.")]
    ]
    data = {"durationMilliseconds": 2000, "combinedPhrases": [{"text": "How long? Two days."}], "phrases": phrases}
    assert read_turns(data) == [("Speaker 0", "How long?", 0.96), ("Speaker 1", "Two days.", 1.64)]


WATSON: dict[str, Any] = {
    "result_index": 0,
    "results": [
        {
            "final": True,
            "alternatives": [{"transcript": "how long ", "timestamps": [["how", 0.5, 0.7], ["long", 0.8, 1.1]]}],
        },
        {
            "final": True,
            "alternatives": [{"transcript": "two days ", "timestamps": [["two", 2.5, 2.7], ["days", 2.8, 3]]}],
        },
    ],
    "speaker_labels": [
        {"from": start, "to": start + 0.2, "speaker": speaker, "confidence": 0.5, "final": False}
        for start, speaker in [(0.5, 0), (0.8, 0), (2.5, 1), (2.8, 1)]
    ],
}


def test_watson_speakers_are_found_by_the_starts_of_words() -> None:
    assert read_turns(WATSON) == [("Speaker 0", "how long", 0.5), ("Speaker 1", "two days", 2.5)]
    assert read_turns({key: WATSON[key] for key in ("result_index", "results")}) == [("", "how long two days", 0.5)]


@pytest.mark.parametrize(
    "wrap", [lambda data: data, lambda data: {"data": {"transcript": data}}, lambda data: data["sentences"]]
)
def test_fireflies_sentences(wrap: Any) -> None:
    sentences = [
        {
            "index": 0,
            "speaker_name": "Ann",
            "speaker_id": 0,
            "text": "How long?",
            "raw_text": "how long",
            "start_time": 0.5,
        },
        {
            "index": 1,
            "speaker_name": "Ben",
            "speaker_id": 1,
            "text": "Two days.",
            "raw_text": "two days",
            "start_time": 2.5,
        },
    ]
    assert read_turns(wrap({"title": "Talk", "sentences": sentences})) == [
        ("Ann", "How long?", 0.5),
        ("Ben", "Two days.", 2.5),
    ]
    raw = [{key: value for key, value in one.items() if key != "text"} for one in sentences]
    assert read_turns(wrap({"sentences": raw})) == [("Ann", "how long", 0.5), ("Ben", "two days", 2.5)]


def test_podcast_segments() -> None:
    segments = [
        {"speaker": speaker, "startTime": start, "endTime": start + 1, "body": body}
        for speaker, start, body in [("Ann", 0.5, "How"), ("Ann", 0.8, "long?"), ("Ben", 2.5, "Two days.")]
    ]
    assert read_turns({"version": "1.0.0", "segments": segments}) == [
        ("Ann", "How long?", 0.5),
        ("Ben", "Two days.", 2.5),
    ]


def test_stream_entries() -> None:
    entries = [
        {"id": "1", "text": text, "speakerId": "x@y", "speakerDisplayName": name, "startOffset": start}
        for name, start, text in [("Ann", "00:00:00.5123456", "How long?"), ("Ben", "00:01:02.5000000", "Two days.")]
    ]
    data = {"version": "1.0.0", "type": "Transcript", "entries": entries, "events": []}
    assert read_turns(data) == [("Ann", "How long?", 0.512), ("Ben", "Two days.", 62.5)]


def test_lines_of_microsoft_graph_have_dates() -> None:
    lines = [
        {
            "startDateTime": f"2026-01-05T10:00:{second}Z",
            "speakerName": name,
            "spokenText": text,
            "spokenLanguage": "en-us",
        }
        for name, second, text in [("Ann", "01.5000000", "How long?"), ("Ben", "03.0000000", "Two days.")]
    ]
    content = "\n".join(json.dumps(line) for line in lines).encode()
    assert read_turns(content) == [("Ann", "How long?", 0), ("Ben", "Two days.", 1.5)]


@pytest.mark.parametrize("form", ["speaker_labels", "channel_labels"])
def test_amazon_speakers_apart_from_the_words(form: str) -> None:
    words = [("How", "0.5", "spk_0"), ("long", "0.8", "spk_0"), ("Two", "2.5", "spk_1"), ("days", "2.8", "spk_1")]
    items = [
        {"type": "pronunciation", "start_time": start, "alternatives": [{"content": word, "confidence": "1"}]}
        for word, start, _ in words
    ]
    items.insert(2, {"type": "punctuation", "alternatives": [{"content": "?"}]})
    by_speaker = {
        name: [{"start_time": start} for _, start, one in words if one == name] for name in ("spk_0", "spk_1")
    }
    segments = [
        {"speaker_label": name, "items": [{**item, "speaker_label": name} for item in found]}
        for name, found in by_speaker.items()
    ]
    channels = [{"channel_label": name, "items": found} for name, found in by_speaker.items()]
    apart = (
        {"speaker_labels": {"segments": segments}}
        if form == "speaker_labels"
        else {"channel_labels": {"channels": channels}}
    )
    data = {"results": {"transcripts": [{"transcript": "How long? Two days"}], "items": items, **apart}}
    assert read_turns(data) == [("spk_0", "How long?", 0.5), ("spk_1", "Two days", 2.5)]


def test_chunks_beside_speakers() -> None:
    talk = [("SPEAKER_00", 0.5, "How long?"), ("SPEAKER_01", 2.5, "Two days."), ("SPEAKER_00", 6.5, "And?")]
    chunks = [{"timestamp": [start, start + 1], "text": text} for _, start, text in talk]
    speakers = [{"speaker": name, **chunk} for (name, _, _), chunk in zip(talk, chunks, strict=True)]
    text = " ".join(text for _, _, text in talk)
    assert read_turns({"speakers": speakers, "chunks": chunks, "text": text}) == [
        (name, words, start) for name, start, words in talk
    ]
    assert read_turns({"speakers": [], "chunks": chunks, "text": text}) == [("", text, 0.5)]


LOG: list[dict[str, Any]] = [
    {"role": "system", "content": "You interview people."},
    {"role": "assistant", "content": "How long?"},
    {"role": "user", "content": [{"type": "text", "text": "Two days."}, {"type": "image_url", "image_url": {}}]},
]


@pytest.mark.parametrize(
    "data",
    [
        LOG,
        {"messages": LOG},
        "\n".join(map(json.dumps, LOG)).encode(),
        {"conversations": [{"from": one["role"], "value": one["content"]} for one in LOG]},
        [{"author": {"role": one["role"], "name": one["role"]}, "content": {"parts": [one["content"]]}} for one in LOG],
    ],
)
def test_log_of_a_talk_with_a_model(data: Any) -> None:
    draft = read_draft(data)
    turns = [(turn.speaker, turn.role, draft.text[turn.start : turn.end]) for turn in draft.turns]
    assert turns == [("assistant", "interviewer", "How long?"), ("user", "participant", "Two days.")]
    assert [piece.text for piece in draft.unplaced] == ["system: You interview people."]


def test_settings_name_the_interviewer_of_a_log() -> None:
    draft = read(json.dumps(LOG).encode(), ReadOptions("transcripts/x.json", SourceRules(("user",))))
    assert [turn.role for turn in draft.turns] == [None, None]


# Keys in the settings


OTHER = {
    "talk": {
        "parts": [
            {"turns": [{"wer": "Ann", "was": {"de": "Wie lange?"}, "ab": 500}]},
            {"turns": [{"wer": "Ben", "was": {"de": "Zwei Tage."}, "ab": 2500, "notiz": "leise gesagt"}]},
        ]
    }
}


def read_with(data: Any, **keys: Any) -> Draft:
    options = ReadOptions("transcripts/x.json", source=SourceRule(keys=JsonKeys(**keys)))
    return read(json.dumps(data).encode(), options)


def test_settings_name_the_keys_of_any_json() -> None:
    draft = read_with(OTHER, items="talk.parts.turns", text="was.de", speaker="wer", time="ab", per_second=1000)
    assert [(turn.speaker, draft.text[turn.start : turn.end], turn.time) for turn in draft.turns] == [
        ("Ann", "Wie lange?", 0.5),
        ("Ben", "Zwei Tage.", 2.5),
    ]
    assert draft.notices == ("not used: notiz",)
    numbered = read_with(OTHER, items="talk.parts.1.turns", text="was.de", speaker="wer")
    assert [turn.speaker for turn in numbered.turns] == ["Ben"]


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            {"items": "talk.turns", "text": "was"},
            "no objects at 'talk.turns', which 'keys' in qualcode.yaml names as items",
        ),
        (
            {"items": "talk.parts.turns", "text": "wort"},
            "no text at 'wort', which 'keys' in qualcode.yaml names (there are: ",
        ),
    ],
)
def test_keys_that_do_not_fit_are_refused(keys: Any, message: str) -> None:
    with pytest.raises(OperationError) as refused:
        read_with(OTHER, **keys)
    assert message in str(refused.value)


def test_refusal_proposes_keys_that_work(tmp_path: Path) -> None:
    rows = [
        {"wer": name, "was": text, "start_ms": start}
        for name, text, start in [("Ann", "Wie lange?", 500), ("Ben", "Zwei Tage.", 2500), ("Ann", "Und?", 4000)]
    ]
    data = {"meta": {"title": "x"}, "gespraech": {"zeilen": [{**row, "who": row.pop("wer")} for row in rows]}}
    with pytest.raises(OperationError) as refused:
        read_draft(data)
    proposal = str(refused.value).partition("such as ")[2].partition(" (and")[0]
    study = small_study(tmp_path)
    write_atomically(study / "transcripts/x.json", json.dumps(data))
    write_atomically(study / "qualcode.yaml", f"{(study / 'qualcode.yaml').read_text()}{proposal}\n")
    transcript = Project(study).study.transcripts["x"]
    assert [turn.speaker for turn in transcript.turns] == ["Ann", "Ben", "Ann"]
    assert [turn.time for turn in transcript.turns] == [500, 2500, 4000]


@pytest.mark.parametrize(
    ("items", "starts"),
    [
        ([{"start": 500, "end": 2000}, {"start": 2500, "end": 4000}], [0.5, 2.5]),
        ([{"start": 0, "end": 2}, {"start": 2, "end": 4}], [0, 2]),
        ([{"start": 0.5, "end": 2.0}, {"start": 2.5, "end": 4.0}], [0.5, 2.5]),
        ([{"start_ms": 500}, {"start_ms": 2500}], [0.5, 2.5]),
    ],
)
def test_unit_of_times_in_a_list_of_objects(items: list[Any], starts: list[float]) -> None:
    texts = [("I", "How was the harvest?"), ("P1", "It rained for a week.")]
    data = [{"speaker": name, "text": text, **item} for (name, text), item in zip(texts, items, strict=True)]
    draft = read_draft(data)
    assert [turn.time for turn in draft.turns] == starts
    assert draft.notices == ()


def test_unit_of_times_is_asked_for_where_it_is_not_certain() -> None:
    draft = read_draft([{"speaker": "A", "text": "Yes, it rained.", "start": 10, "end": 60}])
    assert draft.notices[0].startswith("are the times seconds?")


def test_proposed_items_may_be_below_other_lists() -> None:
    talk = [("How long is it?", 1), ("Two days.", 2), ("And then?", 1)]
    turns = [{"said": text, "speakerId": speaker} for text, speaker in talk]
    with pytest.raises(OperationError) as refused:
        read_draft({"videos": [{"insights": {"talk": turns}}]})
    assert '{"items": "videos.insights.talk", "text": "said", "speaker": "speakerId"}' in str(refused.value)


def test_messages_of_users_with_dates() -> None:
    data = {
        "messages": [
            {"user": "U1", "ts": "1680000000.000100", "text": "How?"},
            {"user": "U2", "ts": "1680000003.5", "text": "So."},
        ]
    }
    assert read_turns(data) == [("U1", "How?", 0), ("U2", "So.", 3.5)]


# no word of a JSON that is read by its keys is lost; several interviews are reported

CHAT = {
    "name": "Chat",
    "messages": [
        {"type": "message", "from": "Interviewer", "text": "How was it?"},
        {"type": "message", "from": "Ann", "text": ["It rained for a ", {"type": "bold", "text": "week"}, "."]},
    ],
}


@pytest.mark.parametrize("part", [{"type": "bold", "text": "week"}, {"type": "bold", "txt": "week"}, "week"])
def test_texts_in_parts_are_read_as_a_whole(part: Any) -> None:
    chat = {"messages": [CHAT["messages"][0], {"from": "Ann", "text": ["It rained for a ", part, "."]}]}
    draft = read_with(chat, items="messages", speaker="from")
    assert [draft.text[turn.start : turn.end] for turn in draft.turns] == ["How was it?", "It rained for a week."]
    assert "It rained for a week." in read_draft(chat).text


def test_senders_of_a_chat_are_speakers() -> None:
    assert [turn.speaker for turn in read_draft(CHAT).turns] == ["Interviewer", "Ann"]
    segments = [{"from": "00:00:01,000", "text": "How?"}, {"from": "00:00:02,000", "text": "So."}]
    assert [turn.speaker for turn in read_draft(segments).turns] == [""]


def test_lists_beside_the_one_that_is_read_are_reported() -> None:
    turns = [{"speaker": "I", "text": "How was it?"}, {"speaker": "Ann", "text": "It rained a lot."}]
    draft = read_draft({"segments": turns, "more": [{"speaker": "Ann", "text": "It burned down."}]})
    assert [piece.text for piece in draft.unplaced] == ["It burned down."]
    assert draft.notices[0].startswith("speech at more is not read")
    assert draft.notices[0].endswith('with items: "segments, more"')
    copies = {
        "segments": turns,
        "sentences": [{"text": "It rained a lot."}],
        "speakers": [{"id": 1, "name": "Ann Lee"}],
    }
    assert (read_draft(copies).unplaced, read_draft(copies).notices) == ((), ())


def test_texts_outside_the_items_are_reported() -> None:
    data = {
        "title": "A talk with Ann",
        "all": "Howwasit? It rained.",
        "turns": [{"text": "How was it?", "who": "I"}, {"text": "It rained.", "who": "Ann"}],
        "more": [{"text": "And then the barn burned.", "who": "Ann"}],
    }
    draft = read_with(data, items="turns", speaker="who")
    texts = [piece.text for piece in draft.unplaced]
    assert {"A talk with Ann", "And then the barn burned."} <= set(texts)
    assert draft.notices[0] == "3 texts outside 'turns' not read"
    expected = '{"items": "turns, more", "text": "text", "speaker": "who", "per_second": 1}'
    assert f'to read it too, write sources: {{"x.json": {{"keys": {expected}}}}}' in draft.notices[1]
    both = read_with(data, items="turns, more", speaker="who")
    assert both.text.endswith("And then the barn burned.\n")
    assert len(both.notices) == 1


def test_items_without_text_are_reported_with_all_their_words() -> None:
    data = {"turns": [{"said": {"t": "How was it?"}}, {"said": {"txt": "lost words here"}, "who": "Ann"}]}
    assert [piece.text for piece in read_with(data, items="turns", text="said.t").unplaced] == ["lost words here, Ann"]


def test_refusal_proposes_all_parts_of_a_talk() -> None:
    part = [{"said": "How was it?", "who": "I"}, {"said": "It rained.", "who": "Ann"}]
    with pytest.raises(OperationError, match=r'\{"items": "part1, part2", "text": "said", "speaker": "who"\}'):
        read_draft({"part1": part, "part2": part, "other": [{"x": 1}]})
    draft = read_with({"part1": part, "part2": part}, items="part1, part2", text="said", speaker="who")
    assert (len(draft.turns), draft.notices) == (4, ())


def test_several_interviews_in_a_json_are_reported() -> None:
    rows = [
        {"interview": name, "speaker": speaker, "text": text}
        for name in "ab"
        for speaker, text in [("Interviewer", "How?"), ("Ann", "Rain.")]
    ]
    lines = "\n".join(map(json.dumps, rows))
    message = "the 2 values of 'interview' are read as one transcript: if each is an interview, save each as a file"
    draft = read(lines.encode(), ReadOptions("transcripts/x.json"))
    assert draft.notices[0].startswith(message)
    assert not any("are read as one" in notice for notice in read_draft(rows[:2]).notices)


def test_lists_of_several_interviews_are_reported() -> None:
    turns = [{"who": "Interviewer", "text": "How was it?"}, {"who": "Ann", "text": "It rained a lot."}]
    data = [{"id": name, "turns": turns} for name in ("i1", "i2")]
    with pytest.raises(OperationError, match=r'\{"items": "turns", "text": "text", "speaker": "who"\}'):
        read_draft(data)
    draft = read_with(data, items="turns", speaker="who")
    assert draft.notices[0].startswith("2 lists of items are read as one transcript")
    assert read_with(data[:1], items="turns", speaker="who").notices == ()


@pytest.mark.parametrize("kind", [{"subtype": "channel_join"}, {"subtype": "group_topic"}, {"type": "service"}])
def test_messages_of_the_program_are_no_speech(kind: dict[str, str]) -> None:
    joined = {"type": "message", "user": "U3", "text": "<@U3> has joined the channel", **kind}
    draft = read_draft([{"user": "U1", "text": "How?"}, joined, {"user": "U3", "text": "Fine."}])
    assert [draft.text[turn.start : turn.end] for turn in draft.turns] == ["How?", "Fine."]
    assert [piece.text for piece in draft.unplaced] == ["<@U3> has joined the channel"]
    assert draft.notices == ("1 message of the program, such as who joined: not read as speech",)


def test_channels_of_deepgram_are_speakers() -> None:
    talk = [[("How", 0), ("long?", 1), ("And?", 5)], [("Two", 3), ("days.", 4)]]
    channels = [
        {"alternatives": [{"transcript": " ".join(word for word, _ in words),
                           "words": [{"word": word, "start": start} for word, start in words]}]}
        for words in talk
    ]  # fmt: skip
    data = {"results": {"channels": channels}}
    expected = [("Channel 0", "How long?", 0), ("Channel 1", "Two days.", 3), ("Channel 0", "And?", 5)]
    assert read_turns(data) == expected
    for channel in channels:
        channel["alternatives"][0].pop("words")
    assert [name for name, *_ in read_turns(data)] == ["Channel 0", "Channel 1"]
    utterances = [{"transcript": text, "channel": int(name[-1]), "start": start} for name, text, start in expected]
    assert read_turns({"results": {"channels": channels, "utterances": utterances}}) == expected
