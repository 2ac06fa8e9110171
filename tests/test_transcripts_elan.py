"""ELAN (.eaf): tiers are speakers, annotations turns in order of time, and dependent tiers stay beside them."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import OperationError, QualcodeError
from qualcode.model import SourceRule
from qualcode.transcripts.draft import Draft, ReadOptions
from qualcode.transcripts.readers.elan import read


def read_draft(content: str | bytes) -> Draft:
    return read(content.encode() if isinstance(content, str) else content, ReadOptions("transcripts/x.eaf"))


def read_turns(draft: Draft) -> list[tuple[str, str, float | None]]:
    return [(span.speaker, draft.text[span.start : span.end], span.time) for span in draft.turns]


def timed(slot: str, words: str) -> str:
    value = f"<ANNOTATION_VALUE>{words}</ANNOTATION_VALUE>"
    timed = f'<ALIGNABLE_ANNOTATION ANNOTATION_ID="{slot}" TIME_SLOT_REF1="{slot}" TIME_SLOT_REF2="ts9">{value}'
    return f"<ANNOTATION>{timed}</ALIGNABLE_ANNOTATION></ANNOTATION>\n"


def untimed(words: str) -> str:
    value = f"<ANNOTATION_VALUE>{words}</ANNOTATION_VALUE>"
    return f'<ANNOTATION><REF_ANNOTATION ANNOTATION_REF="a">{value}</REF_ANNOTATION></ANNOTATION>\n'


def eaf(*tiers: str, author: str = "") -> str:
    times = "".join(f'<TIME_SLOT TIME_SLOT_ID="ts{n}" TIME_VALUE="{n * 1500}"/>' for n in range(5))
    head = '<HEADER><MEDIA_DESCRIPTOR MEDIA_URL="file:talk.wav"/></HEADER>'
    order = f'<TIME_ORDER>{times}<TIME_SLOT TIME_SLOT_ID="ts8"/></TIME_ORDER>'
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ANNOTATION_DOCUMENT AUTHOR="{author}">{head}{order}\n'
        + "".join(tiers)
        + "</ANNOTATION_DOCUMENT>\n"
    )


def tier(name: str, *annotations: str, more: str = "") -> str:
    return f'<TIER TIER_ID="{name}" {more}>\n{"".join(annotations)}</TIER>\n'


TALK = eaf(
    tier("k-spch", timed("ts1", "Six &amp; a half"), timed("ts3", "on\nFriday"), more='PARTICIPANT="Kim"'),
    tier("Ann", timed("ts0", "How long?"), timed("ts2", "Oh"), timed("ts2", "")),
    tier("k-eng", untimed("Sechs"), more='PARENT_REF="k-spch"'),
    author="me",
)


def test_annotations_are_turns_in_order_of_time() -> None:
    assert read_turns(read_draft(TALK)) == [
        ("Ann", "How long?", 0.0),
        ("Kim", "Six & a half", 1.5),
        ("Ann", "Oh", 3.0),
        ("Kim", "on Friday", 4.5),
    ]
    assert read_draft(TALK).header == "Author: me\nMedia: file:talk.wav"


def test_dependent_tiers_are_reported() -> None:
    draft = read_draft(TALK)
    assert [piece.text for piece in draft.unplaced] == ["k-eng: Sechs"]
    assert draft.notices == ("annotations of dependent tiers are not turns: k-eng 1",)


def test_word_tiers_are_not_read_twice() -> None:
    words = tier("A-words", timed("ts1", "Six"), timed("ts2", "months"), more='PARENT_REF="A"')
    draft = read_draft(eaf(tier("A", timed("ts1", "Six months")), words))
    assert read_turns(draft) == [("A", "Six months", 1.5)]
    assert [piece.text for piece in draft.unplaced] == ["A-words: Six", "A-words: months"]


def test_annotations_without_time_are_last() -> None:
    draft = read_draft(eaf(tier("A", timed("ts8", "no time"), timed("ts1", "one"), timed("none", "no slot"))))
    assert [words for _, words, _ in read_turns(draft)] == ["one", "no time", "no slot"]
    assert draft.notices == ("annotations without a time, placed at the end: 2",)


def test_transcript_without_words_has_a_notice() -> None:
    assert read_draft(eaf()).notices == ("no tier has words with times: the transcript is empty",)


def declared(entities: str, words: str) -> str:
    """Return a transcript with a document type above it."""
    return eaf(tier("A", timed("ts1", words))).replace("?>\n", f"?>\n<!DOCTYPE a [{entities}]>\n", 1)


def test_entities_are_not_followed() -> None:
    draft = read_draft(declared('<!ENTITY f SYSTEM "file:///etc/passwd"><!ENTITY g "gravy">', "x &f; y &g;"))
    assert [words for _, words, _ in read_turns(draft)] == ["x &f; y &g;"]


def test_entity_expansion_attack_is_refused() -> None:
    laughs = '<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    with pytest.raises(OperationError, match=r"^transcripts/x.eaf:\d+: not valid XML"):
        read_draft(declared(laughs, "&l9;"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "transcripts/x.eaf"),
        (b"<a/>", "transcripts/x.eaf: not an ELAN transcript: its root is <a>, not <ANNOTATION_DOCUMENT>"),
        (b"<ANNOTATION_DOCUMENT>\n<TIER>", "transcripts/x.eaf:2: not valid XML (Premature end"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "transcripts/x.eaf:1: not valid XML"),
        (
            b"<ANNOTATION_DOCUMENT>" + b"<a/>" * 4_000_000,
            "transcripts/x.eaf: over the limit of 4,000,000 XML tags: split",
        ),
    ],
)
def test_content_that_is_not_elan_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(OperationError) as refused:
        read_draft(content)
    assert str(refused.value).startswith(message)


words = st.lists(st.sampled_from("well the gravy 50% café no; 🎧".split()), max_size=4).map(" ".join)
slots = st.sampled_from(["ts0", "ts1", "ts4", "ts8", "none"])
tiers = st.lists(
    st.tuples(st.sampled_from(["", 'PARENT_REF="T"']), st.lists(st.tuples(slots, words, st.booleans()), max_size=4)),
    max_size=3,
)


@given(tiers)
def test_no_word_is_lost(tiers: list[tuple[str, list[tuple[str, str, bool]]]]) -> None:
    elements = [
        tier("T", *(untimed(words) if apart else timed(slot, words) for slot, words, apart in pieces), more=more)
        for more, pieces in tiers
    ]
    draft = read_draft(eaf(*elements))
    texts = [words for _, words, _ in read_turns(draft)] + [piece.text.removeprefix("T: ") for piece in draft.unplaced]
    expected = " ".join(words for _, pieces in tiers for _, words, _ in pieces)
    assert Counter(re.findall(r"\S+", " ".join(texts))) == Counter(re.findall(r"\S+", expected))


@given(st.integers(0, len(TALK)), st.binary(max_size=6), st.integers(0, 40))
def test_any_content_is_read_or_refused(at: int, more: bytes, gone: int) -> None:
    raw = TALK.encode()
    try:
        draft = read_draft(raw[:at] + more + raw[at + gone :])
    except QualcodeError as error:
        assert str(error).startswith("transcripts/x.eaf")  # noqa: PT017
        return
    assert all(0 <= span.start < span.end <= len(draft.text) for span in draft.turns)


# Words below tiers that hold record numbers


def ref(number: int, words: str, parent: int) -> str:
    value = f"<ANNOTATION_VALUE>{words}</ANNOTATION_VALUE>"
    one = f'<REF_ANNOTATION ANNOTATION_ID="r{number}" ANNOTATION_REF="ts{parent}">{value}</REF_ANNOTATION>'
    return f"<ANNOTATION>{one}</ANNOTATION>\n"


def kind(name: str, parent: str = "", speaker: str = "") -> str:
    attributes = {"LINGUISTIC_TYPE_REF": name, "PARENT_REF": parent, "PARTICIPANT": speaker}
    return " ".join(f'{key}="{value}"' for key, value in attributes.items() if value)


def records(*below: str) -> str:
    """Return a transcript whose timed tiers have numbers, with tiers below them."""
    return eaf(
        tier("ref@INT", timed("ts1", "talk.001"), more=kind("ref", speaker="INT")),
        tier("tx@INT", ref(1, "How long?", 1), more=kind("tx", "ref@INT")),
        tier("ref@P1", timed("ts2", "talk.002"), more=kind("ref", speaker="P1")),
        *below,
    )


EXPECTED = [("INT", "How long?", 1.5), ("P1", "Two days.", 3.0)]


@pytest.mark.parametrize(
    "below",
    [
        [tier("tx@P1", ref(2, "Two days.", 2), more=kind("tx", "ref@P1"))],
        [
            tier("ft@P1", ref(2, "Zwei Tage.", 2), more=kind("ft", "ref@P1")),
            tier("x@P1", ref(3, "Two days.", 2), more=kind("tx", "ref@P1")),
        ],
        [tier("tx@P1", ref(2, "Two", 2), ref(3, "days.", 2), more=kind("tx", "ref@P1"))],
        [tier("anything", ref(2, "Two days.", 2), more=kind("default", "ref@P1"))],
    ],
)
def test_words_below_record_numbers_are_turns(below: list[str]) -> None:
    draft = read_draft(records(*below))
    assert read_turns(draft) == EXPECTED
    assert "ref@P1: talk.002" in [piece.text for piece in draft.unplaced]


def test_tier_of_the_words_is_asked_for_where_it_is_not_clear() -> None:
    below = [
        tier("a@P1", ref(2, "Zwei Tage.", 2), more=kind("ge", "ref@P1")),
        tier("b@P1", ref(3, "Two days.", 2), more=kind("vern", "ref@P1")),
    ]
    draft = read_draft(records(*below))
    assert 'qualcode.yaml: sources: {"x.eaf": {tier: ge}}' in draft.notices[0]
    content = records(*below).encode()
    for names in (("tx", "vern"), ("tx@INT", "b@P1"), ("TX", "b")):
        options = ReadOptions("transcripts/x.eaf", source=SourceRule(tier=names))
        assert read_turns(read(content, options)) == EXPECTED


def test_unknown_tier_of_the_settings_is_refused() -> None:
    options = ReadOptions("transcripts/x.eaf", source=SourceRule(tier=("utt",)))
    with pytest.raises(
        OperationError, match=r"no tier 'utt', which 'tier' in qualcode.yaml names \(there are: ref, ref@INT"
    ):
        read(records().encode(), options)


def test_numbers_that_somebody_says_are_words() -> None:
    content = eaf(
        tier("A", timed("ts1", "How many days?"), timed("ts3", "Twelve")),
        tier("B", timed("ts2", "12"), timed("ts4", "12")),
        tier("B-eng", untimed("zwölf"), more='PARENT_REF="B"'),
    )
    assert [words for _, words, _ in read_turns(read_draft(content))] == ["How many days?", "12", "Twelve", "12"]


# tiers beside the speech that nobody says


def speech_notices(*tiers: str) -> list[str]:
    return [notice for notice in read_draft(eaf(*tiers)).notices if "is read as speech" in notice]


@pytest.mark.parametrize("name", ["gesture", "Notes", "K-Gaze", "headMovement", "Mimik", "translation_en"])
def test_tier_whose_name_is_no_speech_is_asked_about(name: str) -> None:
    talk = tier("Interviewer", timed("ts0", "How was it?")), tier("Ann", timed("ts1", "It rained."))
    (notice,) = speech_notices(*talk, tier(name, timed("ts2", "points")))
    proposal = 'write in qualcode.yaml: sources: {"x.eaf": {"tier": ["Interviewer", "Ann"]}}'
    assert notice.startswith(f"tier '{name}' is read as speech: if nobody says this, {proposal}")
    options = ReadOptions("transcripts/x.eaf", source=SourceRule(tier=("Interviewer", "Ann")))
    draft = read(eaf(*talk, tier(name, timed("ts2", "points"))).encode(), options)
    assert [words for _, words, _ in read_turns(draft)] == ["How was it?", "It rained."]
    assert [piece.text for piece in draft.unplaced] == [f"{name}: points"]
    assert speech_notices(*talk) == []


def test_second_tier_of_a_participant_is_asked_about() -> None:
    more = 'PARTICIPANT="Ann"'
    tiers = tier("A1", timed("ts1", "left"), more=more), tier("A2", timed("ts1", "It rained a lot."), more=more)
    (notice,) = speech_notices(*tiers)
    assert '{"tier": ["A2"]}}; if it is speech: sources: {"x.eaf": {"tier": ["A1", "A2"]}}' in notice


def test_tier_with_a_vocabulary_is_asked_about() -> None:
    kind = '<LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="dir" CONTROLLED_VOCABULARY_REF="cv"/>'
    tiers = tier("Ann", timed("ts1", "It rained.")), tier("x", timed("ts1", "left"), more='LINGUISTIC_TYPE_REF="dir"')
    assert speech_notices(*tiers) == []
    assert speech_notices(*tiers, kind)[0].startswith("tier 'x' is read as speech")


def test_several_tiers_without_speech_have_one_notice() -> None:
    tiers = [tier(name, timed("ts1", "It rained.")) for name in ("Ann", "gesture", "notes")]
    assert speech_notices(*tiers) == []
    (notice,) = [notice for notice in read_draft(eaf(*tiers)).notices if "read as speech" in notice]
    assert notice.startswith("tiers 'gesture', 'notes' are read as speech: if nobody says this, write")
