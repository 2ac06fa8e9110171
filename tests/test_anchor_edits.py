"""Laws of following: over generated edits, and over edits of the shipped study with both analysts' codings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import transcript_of
from edits import Edited, Editor, Line, Tally, curly, edited, lines_of, renamed, tally
from qualcode.anchors import align, find_anchor_by_alignment, find_anchor_fuzzy, make_anchor
from qualcode.model import Transcript
from qualcode.project import Project
from qualcode.segments import segment_transcript

WORDS = ("insert word", "delete word", "change word")
ALL = (*WORDS, "typo", "insert sentence", "delete sentence")
STOCK = ("Nothing of the kind was said.", "Well, that is new to me.", "Somebody typed this in later.")

NAMES = {"Twitter": "Chirper", "Facebook": "F.", "team": "crew"}
Change = Callable[[Editor, Sequence[Line]], Sequence[Line]]

CHANGES: dict[str, Change] = {
    "words in 1 %": lambda editor, lines: editor.edit(lines, 0.01, *WORDS),
    "words in 5 %": lambda editor, lines: editor.edit(lines, 0.05, *WORDS),
    "words in 20 %": lambda editor, lines: editor.edit(lines, 0.2, *WORDS),
    "anything in 1 %": lambda editor, lines: editor.edit(lines, 0.01, *ALL),
    "anything in 5 %": lambda editor, lines: editor.edit(lines, 0.05, *ALL),
    "anything in 20 %": lambda editor, lines: editor.edit(lines, 0.2, *ALL),
    "paragraphs reordered": lambda editor, lines: editor.reorder(lines, 0.3),
    "paragraphs reordered and edited": lambda editor, lines: editor.reorder(editor.edit(lines, 0.2, *ALL), 0.2),
    "retyped": lambda _editor, lines: [curly(line) for line in lines],
    "typos": lambda editor, lines: editor.edit(lines, 0.3, "typo"),
    "names": lambda _editor, lines: [renamed(line, NAMES) for line in lines],
    "sentences deleted": lambda editor, lines: editor.edit(lines, 0.3, "delete sentence"),
    "sentences inserted": lambda editor, lines: editor.edit(lines, 0.3, "insert sentence"),
}


def followed(transcript: Transcript, new: Edited, coded: Sequence[tuple[int, int]], *, old_text: bool) -> Tally:
    if not old_text:
        return tally(transcript.text, new, coded, lambda kept: find_anchor_fuzzy(new.text, kept))
    alignment = align(transcript.text, new.text)
    return tally(transcript.text, new, coded, lambda kept: find_anchor_by_alignment(alignment, kept))


Coded = Sequence[tuple[Transcript, Sequence[tuple[int, int]]]]


@pytest.fixture(scope="module")
def coded(root: Path) -> Coded:
    """Return the shipped transcripts with the spans of both analysts' 2,728 codings, each a whole sentence."""
    study = Project(root).study
    spans: dict[str, list[tuple[int, int]]] = {name: [] for name in study.transcripts}
    for coding in study.codings:
        spans[coding.transcript].append((coding.start, coding.end))
    assert sum(map(len, spans.values())) == 2728
    return [(study.transcripts[name], found) for name, found in spans.items()]


@pytest.mark.parametrize("old_text", [True, False], ids=["old text known", "quote and context only"])
@pytest.mark.parametrize("change", CHANGES)
def test_codings_of_the_shipped_study_survive_edits(coded: Coded, change: str, old_text: bool) -> None:
    """All that stand word for word end on their words; 98 % of the changed ones on theirs; none elsewhere."""
    stock = [(one, one.text[slice(*span)]) for one, spans in coded for span in spans]
    result = Tally()
    for seed, (transcript, spans) in enumerate(coded):
        others = [said for one, said in stock if one is not transcript]
        new = edited(transcript, CHANGES[change](Editor(seed, others), lines_of(transcript)))
        result.add(followed(transcript, new, spans, old_text=old_text))
    assert result.false == []
    assert result.verbatim + result.changed + result.other == 2728
    unplaced = result.verbatim - result.verbatim_right
    assert unplaced == 0 if old_text else unplaced <= 0.005 * result.verbatim  # "Stubbornness." between new neighbours
    assert result.changed_right >= 0.98 * result.changed
    assert result.changed_exactly >= 0.85 * result.changed  # to the letter: "F." for a name looks like a sentence's end


VOCABULARY = "we they it wait post ask tell board week budget never often then here one two dashboards figures".split()
SENTENCE = st.lists(st.sampled_from(VOCABULARY), min_size=3, max_size=9)
TURNS = st.lists(st.lists(SENTENCE, min_size=1, max_size=4), min_size=2, max_size=8)


def interview(turns: Sequence[Sequence[Sequence[str]]]) -> Transcript:
    """Return the turns of a participant with a question before each; every sentence has three words of its own.

    Without them an edit could make one sentence into another that stood elsewhere, and nobody could tell.
    """
    own = (f"case{number}" for number in count(100))
    said = [
        " ".join(f"{next(own)} {words[0]} {next(own)} {' '.join(words[1:])} {next(own)}." for words in turn)
        for turn in turns
    ]
    return transcript_of("\n".join(f"I: What of {number}?\nP: {words}" for number, words in enumerate(said)))


@settings(max_examples=150)
@given(TURNS, st.integers(0, 10_000), st.sampled_from([0.05, 0.2, 0.5]), st.sets(st.sampled_from(ALL), min_size=1))
def test_words_that_stand_are_found_and_none_are_taken_for_others(
    turns: list[list[list[str]]], seed: int, share: float, kinds: set[str]
) -> None:
    """Sentences of few words, many of them alike."""
    transcript = interview(turns)
    spans = [(one.start, one.end) for one in segment_transcript(transcript) if one.role == "participant"]
    editor = Editor(seed, STOCK)
    new = edited(transcript, editor.edit(lines_of(transcript), share, *sorted(kinds)))
    result = followed(transcript, new, spans, old_text=True)
    assert (result.false, result.verbatim_right) == ([], result.verbatim)


@given(TURNS, st.integers(0, 10_000))
def test_reordered_paragraphs_keep_their_codings(turns: list[list[list[str]]], seed: int) -> None:
    transcript = interview(turns)
    spans = [(one.start, one.end) for one in segment_transcript(transcript) if one.role == "participant"]
    new = edited(transcript, Editor(seed, STOCK).reorder(lines_of(transcript), 0.5))
    assert followed(transcript, new, spans, old_text=True).verbatim_right == len(spans)


@given(TURNS)
def test_an_unchanged_text_is_the_identity(turns: list[list[list[str]]]) -> None:
    transcript = interview(turns)
    alignment = align(transcript.text, transcript.text)
    for one in segment_transcript(transcript):
        kept = make_anchor(transcript.text, one.start, one.end)
        assert find_anchor_by_alignment(alignment, kept).span == (one.start, one.end)
        assert find_anchor_fuzzy(transcript.text, kept).span in {(one.start, one.end), None}


def test_a_changed_sentence_keeps_its_full_stop_where_the_next_one_was_deleted() -> None:
    """The mark that is left was laid on that of the deleted sentence; it is the changed one's all the same."""
    old = "S01: Every rep now throws in a little Facebook. Maine would like the same by Thanksgiving. Then books."
    new = "S01: Every single rep throws in a little Facebook. Then books."
    kept = make_anchor(old, 5, old.index(" Maine"))
    found = find_anchor_by_alignment(align(old, new), kept)
    assert found.span is not None
    assert new[slice(*found.span)] == "Every single rep throws in a little Facebook."
