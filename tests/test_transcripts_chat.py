"""CHAT (.cha): main tiers are turns with their codes, headers are the header, dependent tiers stay beside them."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import OperationError, QualcodeError
from qualcode.model import UnplacedText
from qualcode.transcripts.draft import Draft, ReadOptions
from qualcode.transcripts.readers.chat import read

TALK = """\
@UTF8
@Begin
@Languages:\teng
@Participants:\tCHI Ross Target_Child, INV Ann_Lee Investigator, MOT Mother
@ID:\teng|x|CHI|2;6.|male|||Target_Child|||
@Date:\t17-JAN-2026
*INV:\twhat's that ? \x150_1200\x15
%mor:\tpro:int|what~cop|be&3S
*CHI:\ta <dog> [/] dog &=laughs
\txxx (.) there . \x151200_2456\x15
%mor:\tdet|a
\tn|dog
%com:\tpoints at it
@Comment:\tdoor slams
*MOT:\tyes .
*FAT:\tno .
@End
"""


def drafted(text: str | bytes) -> Draft:
    return read(text.encode() if isinstance(text, str) else text, ReadOptions("transcripts/x.cha"))


def turns(draft: Draft) -> list[tuple[str, str]]:
    return [(span.speaker, draft.text[span.start : span.end]) for span in draft.turns]


def test_main_tiers_are_turns_with_their_codes() -> None:
    draft = drafted(TALK)
    assert turns(draft) == [
        ("Ann Lee", "what's that ?"),
        ("Ross", "a <dog> [/] dog &=laughs xxx (.) there ."),
        ("MOT", "yes ."),
        ("FAT", "no ."),
    ]
    assert [span.time for span in draft.turns] == [0.0, 1.2, None, None]
    assert [span.role for span in draft.turns] == ["interviewer", None, None, None]


def test_headers_are_the_header() -> None:
    assert drafted(TALK).header.split("\n") == [
        "Languages: eng",
        "Participants: CHI Ross Target_Child, INV Ann_Lee Investigator, MOT Mother",
        "ID: eng|x|CHI|2;6.|male|||Target_Child|||",
        "Date: 17-JAN-2026",
    ]


def test_dependent_tiers_are_kept_and_counted() -> None:
    draft = drafted(TALK)
    assert draft.unplaced == (
        UnplacedText(8, "%mor: pro:int|what~cop|be&3S"),
        UnplacedText(11, "%mor: det|a n|dog"),
        UnplacedText(13, "%com: points at it"),
        UnplacedText(14, "@Comment: door slams"),
    )
    assert draft.notices == ("dependent tiers are not words of the transcript: %mor 2, %com 1",)


def test_two_participants_of_one_name_are_called_by_their_codes() -> None:
    draft = drafted("@Participants:\tSP1 Ann Adult, SP2 Ann Adult\n*SP1:\thi .\n*SP2:\tyo .\n")
    assert turns(draft) == [("SP1", "hi ."), ("SP2", "yo .")]


def test_lines_that_are_no_tier_are_reported() -> None:
    draft = drafted("stray\n*A:\thi .\nmore\n*B said\n*C:\n%x:\n")
    assert turns(draft) == [("A", "hi .")]
    assert [piece.text for piece in draft.unplaced] == ["stray", "more", "*B said", "*C:", "%x:"]


@pytest.mark.parametrize("text", ["", "@UTF8\n@Begin\n@End\n", "\n\n"])
def test_a_transcript_without_turns_says_so(text: str) -> None:
    assert (drafted(text).turns, drafted(text).notices) == (
        (),
        ("no main tier (*NAME:) was found: the transcript is empty",),
    )


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(OperationError, match=r"^transcripts/x.cha:1: this is not text"):
        drafted(b"*A:\t\0\n")


lines = st.sampled_from(
    ["*A:\tone two", "*B:\tthree", "\tfour", "%mor:\tfive", "  six", "@Comment:\tseven", "eight", "", "@Bad", "*C:",
     "@:", "*A: nine \x1512_30\x15", "\x15", "\t"]
)  # fmt: skip


@given(st.lists(lines, max_size=12))
def test_no_word_is_lost(held: list[str]) -> None:
    draft = drafted("\n".join(held) + "\n")
    kept = [draft.header, *(words for _, words in turns(draft)), *(piece.text for piece in draft.unplaced)]
    wanted = Counter(re.findall(r"[a-z]{3,}", "\n".join(held)))
    assert Counter(re.findall(r"[a-z]{3,}", "\n".join(kept))) == wanted


@given(st.lists(lines | st.binary(max_size=8).map(lambda raw: raw.decode("latin-1")), max_size=8))
def test_nothing_raises_anything_but_a_sentence(held: list[str]) -> None:
    try:
        draft = drafted("\n".join(held).encode("latin-1", "replace"))
    except QualcodeError as error:
        assert str(error).startswith("transcripts/x.cha:")  # noqa: PT017
        return
    assert all(0 <= span.start < span.end <= len(draft.text) for span in draft.turns)
