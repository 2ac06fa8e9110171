"""CHAT (.cha): main tiers are turns with their codes, headers are the header, dependent tiers stay beside them."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode import Project
from qualcode.errors import OperationError, QualcodeError
from qualcode.model import Transcript, UnplacedText
from qualcode.segments import word_spans
from qualcode.transcripts.draft import Draft, ReadOptions
from qualcode.transcripts.readers.chat import read
from qualcode.transcripts.readers.chat_codes import find_codes
from studies import small_study

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


def read_draft(text: str | bytes) -> Draft:
    return read(text.encode() if isinstance(text, str) else text, ReadOptions("transcripts/x.cha"))


def read_turns(draft: Draft) -> list[tuple[str, str]]:
    return [(span.speaker, draft.text[span.start : span.end]) for span in draft.turns]


def test_main_tiers_are_turns_with_codes() -> None:
    draft = read_draft(TALK)
    assert read_turns(draft) == [
        ("Ann Lee", "what's that ?"),
        ("Ross", "a <dog> [/] dog &=laughs xxx (.) there ."),
        ("MOT", "yes ."),
        ("FAT", "no ."),
    ]
    assert [span.time for span in draft.turns] == [0.0, 1.2, None, None]
    assert [span.role for span in draft.turns] == ["interviewer", None, None, None]


def test_header_lines_are_the_header() -> None:
    assert read_draft(TALK).header.split("\n") == [
        "Languages: eng",
        "Participants: CHI Ross Target_Child, INV Ann_Lee Investigator, MOT Mother",
        "ID: eng|x|CHI|2;6.|male|||Target_Child|||",
        "Date: 17-JAN-2026",
    ]


def test_dependent_tiers_are_reported() -> None:
    draft = read_draft(TALK)
    assert draft.unplaced == (
        UnplacedText(8, "%mor: pro:int|what~cop|be&3S"),
        UnplacedText(11, "%mor: det|a n|dog"),
        UnplacedText(13, "%com: points at it"),
        UnplacedText(14, "@Comment: door slams"),
    )
    assert draft.notices == ("dependent tiers are not words of the transcript: %mor 2, %com 1",)


def test_participants_with_one_name_are_named_by_code() -> None:
    draft = read_draft("@Participants:\tSP1 Ann Adult, SP2 Ann Adult\n*SP1:\thi .\n*SP2:\tyo .\n")
    assert read_turns(draft) == [("SP1", "hi ."), ("SP2", "yo .")]


def test_lines_without_tier_are_reported() -> None:
    draft = read_draft("stray\n*A:\thi .\nmore\n*B said\n*C:\n%x:\n")
    assert read_turns(draft) == [("A", "hi .")]
    assert [piece.text for piece in draft.unplaced] == ["stray", "more", "*B said", "*C:", "%x:"]


@pytest.mark.parametrize("text", ["", "@UTF8\n@Begin\n@End\n", "\n\n"])
def test_transcript_without_turns_has_a_notice(text: str) -> None:
    assert (read_draft(text).turns, read_draft(text).notices) == (
        (),
        ("no main tier (*NAME:) was found: the transcript is empty",),
    )


def test_binary_content_is_refused() -> None:
    with pytest.raises(OperationError, match=r"^transcripts/x.cha:1: this is not text"):
        read_draft(b"*A:\t\0\n")


lines = st.sampled_from(
    ["*A:\tone two", "*B:\tthree", "\tfour", "%mor:\tfive", "  six", "@Comment:\tseven", "eight", "", "@Bad", "*C:",
     "@:", "*A: nine \x1512_30\x15", "\x15", "\t"]
)  # fmt: skip


@given(st.lists(lines, max_size=12))
def test_no_word_is_lost(lines: list[str]) -> None:
    draft = read_draft("\n".join(lines) + "\n")
    texts = [draft.header, *(words for _, words in read_turns(draft)), *(piece.text for piece in draft.unplaced)]
    expected = Counter(re.findall(r"[a-z]{3,}", "\n".join(lines)))
    assert Counter(re.findall(r"[a-z]{3,}", "\n".join(texts))) == expected


@given(st.lists(lines | st.binary(max_size=8).map(lambda raw: raw.decode("latin-1")), max_size=8))
def test_any_content_is_read_or_refused(lines: list[str]) -> None:
    try:
        draft = read_draft("\n".join(lines).encode("latin-1", "replace"))
    except QualcodeError as error:
        assert str(error).startswith("transcripts/x.cha:")  # noqa: PT017
        return
    assert all(0 <= span.start < span.end <= len(draft.text) for span in draft.turns)


# codes are no words


@pytest.mark.parametrize(
    ("tier", "words"),
    [
        ("&-um <it rained> [/] it rained for a week [= long] &=laughs .", "it rained for a week"),
        ("xxx [=! laughs] the bar(n) stands 0does .", "the bar(n) stands"),
        ("the [//] a dog [*] [?] ran +...", "a dog ran"),
        ("<<I I> [/] I want> [//] I need it +/.", "I need it"),
        ("<the dog> [?] [///] it ran .", "it ran"),
        ("yyy www XXX xx dog@s:eng woof@o b@l ?", "dog@s:eng woof@o b@l"),
        ("gonna [: going to] go .", "going to go"),
        ('+" he said (1.5) (.) # yes . +"/.', "he said yes"),
        ("+< <yeah yeah> [<] &*INV:mhm and &+fr friend [x 3] [+ exc] .", "<yeah yeah> and friend"),
        ("0 [=! cries] .", ""),
        ("0 .", ""),
        ("20 sheep (be)cause 3rd .", "20 sheep (be)cause 3rd"),
        ("and <then> R&D , it's ice+cream .", "and <then> R&D , it's ice+cream"),
        ("a [unclosed code < and > here", "a [unclosed code < and > here"),
    ],
)
def test_words_are_counted_as_freq_counts_them(tier: str, words: str) -> None:
    draft = read(f"@Begin\n*PAR:\t{tier}\n@End\n".encode(), ReadOptions("transcripts/a.cha"))
    (turn,) = draft.turns
    assert draft.text[turn.start : turn.end] == " ".join(tier.split())
    spoken = Transcript("a", "", draft.text, "", (), not_words=draft.not_words).spoken_text[turn.start : turn.end]
    counted = [spoken[start:end] for start, end in word_spans(spoken, 0, len(spoken))]
    assert counted == [word for word in words.split() if any(map(str.isalnum, word))]


def test_all_counts_of_words_leave_codes_out(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    for name in "ABCD":
        next((study / "transcripts").glob(f"{name}.*")).unlink()
    (study / "transcripts/cases.csv").unlink()
    (study / "transcripts/a.cha").write_text(
        "@Begin\n@Participants:\tPAR Participant, INV Investigator\n*INV:\thow was the harvest ?\n"
        "*PAR:\t&-um <it rained> [/] it rained for a week [= long] &=laughs .\n"
        "*PAR:\txxx [=! laughs] the bar(n) stands 0does .\n@End\n"
    )
    project = Project(study)
    project.code("a", "work/fear", "&-um <it rained> [/] it rained for a week [= long] &=laughs .", coder="ana")
    project.done(["a"], coder="ana")
    (row,) = project.transcripts().to_dict("records")
    assert row["words"] == 8
    speakers = project.speakers().set_index("label")["words"]
    assert (speakers["PAR"], speakers["INV"]) == (8, 4)
    themes = project.themes(coder="ana").set_index("code")
    assert (themes.loc["work/fear", "words"], themes.loc["work/fear", "per_1000_words"]) == (5, 125.0)
    assert project.status().words == 8


@given(st.text(st.sampled_from("<>[]/=&+0x #.(a:"), max_size=40))
def test_codes_of_any_text_are_ordered_and_inside(text: str) -> None:
    spans = find_codes(text)
    assert spans == sorted(spans)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))
