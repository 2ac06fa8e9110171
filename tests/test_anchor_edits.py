"""Search for sentences after edits: generated ones, and those of the shipped study with both analysts' codings."""

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


def tally_found(transcript: Transcript, new: Edited, coded: Sequence[tuple[int, int]], *, old_text: bool) -> Tally:
    if not old_text:
        return tally(transcript.text, new, coded, lambda anchor: find_anchor_fuzzy(new.text, anchor))
    alignment = align(transcript.text, new.text)
    return tally(transcript.text, new, coded, lambda anchor: find_anchor_by_alignment(alignment, anchor))


Coded = Sequence[tuple[Transcript, Sequence[tuple[int, int]]]]


@pytest.fixture(scope="module")
def coded(root: Path) -> Coded:
    """Return the shipped transcripts with the spans of both analysts' 2,728 codings, each a whole sentence."""
    study = Project(root).study
    spans: dict[str, list[tuple[int, int]]] = {name: [] for name in study.transcripts}
    for coding in study.codings:
        spans[coding.transcript].append((coding.start, coding.end))
    assert sum(map(len, spans.values())) == 2728
    return [(study.transcripts[name], transcript_spans) for name, transcript_spans in spans.items()]


@pytest.mark.slow
@pytest.mark.parametrize("old_text", [True, False], ids=["old text known", "quote and context only"])
@pytest.mark.parametrize("change", CHANGES)
def test_codings_of_the_shipped_study_are_found_after_edits(coded: Coded, change: str, old_text: bool) -> None:
    """All unchanged sentences are found, 98 % of the changed ones, and none at another place."""
    stock = [(transcript, transcript.text[slice(*span)]) for transcript, spans in coded for span in spans]
    result = Tally()
    for seed, (transcript, spans) in enumerate(coded):
        others = [sentence for source, sentence in stock if source is not transcript]
        new = edited(transcript, CHANGES[change](Editor(seed, others), lines_of(transcript)))
        result.add(tally_found(transcript, new, spans, old_text=old_text))
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
    """Return the turns of a participant with a question before each; every sentence has three unique words.

    Without them an edit could turn one sentence into another that is elsewhere in the text.
    """
    unique = (f"case{number}" for number in count(100))
    answers = [
        " ".join(f"{next(unique)} {words[0]} {next(unique)} {' '.join(words[1:])} {next(unique)}." for words in turn)
        for turn in turns
    ]
    return transcript_of("\n".join(f"I: What of {number}?\nP: {words}" for number, words in enumerate(answers)))


@settings(max_examples=150)
@given(TURNS, st.integers(0, 10_000), st.sampled_from([0.05, 0.2, 0.5]), st.sets(st.sampled_from(ALL), min_size=1))
def test_unchanged_sentences_are_found_and_no_others(
    turns: list[list[list[str]]], seed: int, share: float, kinds: set[str]
) -> None:
    """Sentences of few words, many of them alike."""
    transcript = interview(turns)
    spans = [
        (segment.start, segment.end) for segment in segment_transcript(transcript) if segment.role == "participant"
    ]
    editor = Editor(seed, STOCK)
    new = edited(transcript, editor.edit(lines_of(transcript), share, *sorted(kinds)))
    result = tally_found(transcript, new, spans, old_text=True)
    assert (result.false, result.verbatim_right) == ([], result.verbatim)


@given(TURNS, st.integers(0, 10_000))
def test_sentences_of_reordered_paragraphs_are_found(turns: list[list[list[str]]], seed: int) -> None:
    transcript = interview(turns)
    spans = [
        (segment.start, segment.end) for segment in segment_transcript(transcript) if segment.role == "participant"
    ]
    new = edited(transcript, Editor(seed, STOCK).reorder(lines_of(transcript), 0.5))
    assert tally_found(transcript, new, spans, old_text=True).verbatim_right == len(spans)


@given(TURNS)
def test_sentences_of_an_unchanged_text_are_found_at_their_places(turns: list[list[list[str]]]) -> None:
    transcript = interview(turns)
    alignment = align(transcript.text, transcript.text)
    for segment in segment_transcript(transcript):
        span = (segment.start, segment.end)
        anchor = make_anchor(transcript.text, *span)
        assert find_anchor_by_alignment(alignment, anchor).span == span
        assert find_anchor_fuzzy(transcript.text, anchor).span in {span, None}


def test_changed_sentence_has_its_full_stop_where_the_next_one_was_deleted() -> None:
    """The remaining full stop is aligned with that of the deleted sentence."""
    old = "S01: Every rep now throws in a little Facebook. Maine would like the same by Thanksgiving. Then books."
    new = "S01: Every single rep throws in a little Facebook. Then books."
    anchor = make_anchor(old, 5, old.index(" Maine"))
    span = find_anchor_by_alignment(align(old, new), anchor).span
    assert span is not None
    assert new[slice(*span)] == "Every single rep throws in a little Facebook."
