"""Filters of suggestions: by what a coder has decided, and by code, transcript and score."""

from __future__ import annotations

from collections.abc import Callable, Collection

from qualcode.anchors import normalise
from qualcode.study.coder_state import placed_codings
from qualcode.study.study import Study
from qualcode.suggest.suggestion_table import Suggestions

SuggestionFilter = Callable[[Suggestions], Suggestions]


def make_undecided_filter(study: Study, *, coder: str) -> SuggestionFilter:
    """Return a filter that drops the suggestions a coder has decided on.

    Dropped are suggestions that overlap a coding of the same code, and rejected ones as long as the words and the
    code's codebook entry are the same.
    """
    coded = _group_coded_spans(study, coder)
    rejected = {
        (entry.transcript, study.codebook.current_id(entry.code), normalise(entry.quote), entry.entry)
        for entry in study.ledger_state.rejections
        if entry.coder == coder
    }
    # The entry's hash includes the code's id; with the former hashes, a rejection remains after a renaming.
    entries = {code.id: (code.entry_hash, *code.former_hashes) for code in study.codebook.codes}

    def is_undecided(suggestions: Suggestions, row: int) -> bool:
        transcript, code = suggestions.transcript[row], suggestions.code[row]
        start, end = suggestions.start[row], suggestions.end[row]
        # Overlap, not equality: a coder may have coded only a part of the sentence, or several sentences.
        if any(first < end and start < last for first, last in coded.get((transcript, code), ())):
            return False
        if not rejected:
            return True
        # Compared by words, not by place: an edit elsewhere in the transcript must not undo a rejection.
        quote = normalise(suggestions.quote[row])
        return all((transcript, code, quote, entry) not in rejected for entry in entries.get(code, ("",)))

    return lambda suggestions: _filter_rows(suggestions, is_undecided)


def _group_coded_spans(study: Study, coder: str) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Return the spans that a coder has coded, by transcript and code."""
    spans: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for coding in placed_codings(study, coder):
        spans.setdefault((coding.transcript, coding.code), []).append((coding.start, coding.end))
    return spans


def make_selection_filter(
    study: Study, *, codes: Collection[str], transcripts: Collection[str], min_score: float
) -> SuggestionFilter:
    """Return a filter that keeps suggestions of these codes in these transcripts, from a score on.

    Families and themes among ``codes`` stand for their codes; an empty selection means all.
    """
    code_ids, transcript_ids = study.codebook.expand_codes(codes), frozenset(transcripts)

    def is_selected(suggestions: Suggestions, row: int) -> bool:
        return (
            suggestions.score[row] >= min_score
            and (not transcript_ids or suggestions.transcript[row] in transcript_ids)
            and (not codes or suggestions.code[row] in code_ids)
        )

    if not (codes or transcript_ids or min_score):
        return lambda suggestions: suggestions
    return lambda suggestions: _filter_rows(suggestions, is_selected)


def _filter_rows(suggestions: Suggestions, keep: Callable[[Suggestions, int], bool]) -> Suggestions:
    return suggestions.take([row for row in range(len(suggestions)) if keep(suggestions, row)])
