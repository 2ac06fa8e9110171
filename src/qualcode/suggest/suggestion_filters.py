"""Filters: split from proposing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from qualcode.anchors import normalise
from qualcode.study.coder_state import placed_codings
from qualcode.study.study import Study

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions


SuggestionFilter = Callable[["Suggestions"], "Suggestions"]


def make_undecided_filter(study: Study, *, coder: str) -> SuggestionFilter:
    """Return what leaves out what a coder has decided: coded so already, or rejected for these words and this entry."""
    coded = _coded_spans(study, coder)
    rejected = {
        (entry.transcript, study.codebook.current_id(entry.code), normalise(entry.quote), entry.entry)
        for entry in study.ledger_state.rejections
        if entry.coder == coder
    }
    entries = {code.id: (code.entry_hash, *code.former_hashes) for code in study.codebook.codes}

    def left(suggestions: Suggestions, row: int) -> bool:
        transcript, code = suggestions.transcript[row], suggestions.code[row]
        start, end = suggestions.start[row], suggestions.end[row]
        if any(first < end and start < last for first, last in coded.get((transcript, code), ())):
            return False
        words = normalise(suggestions.quote[row]) if rejected else ""
        return not rejected or all((transcript, code, words, one) not in rejected for one in entries.get(code, ("",)))

    return lambda found: found.take([row for row in range(len(found)) if left(found, row)])


def _coded_spans(study: Study, coder: str) -> dict[tuple[str, str], list[tuple[int, int]]]:
    """Return the spans that a coder has coded, by transcript and code."""
    coded: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for coding in placed_codings(study, coder):
        coded.setdefault((coding.transcript, coding.code), []).append((coding.start, coding.end))
    return coded


def make_selection_filter(
    study: Study, *, codes: Collection[str], transcripts: Collection[str], min_score: float
) -> SuggestionFilter:
    """Return what keeps suggestions of these codes (families and themes opened up) in these transcripts.

    All codes are meant where none is given, all transcripts likewise.
    """
    wanted, where = study.codebook.expand_codes(codes), frozenset(transcripts)

    def kept(found: Suggestions, row: int) -> bool:
        return (
            found.score[row] >= min_score
            and (not where or found.transcript[row] in where)
            and (not codes or found.code[row] in wanted)
        )

    if not (codes or where or min_score):
        return lambda found: found
    return lambda found: found.take([row for row in range(len(found)) if kept(found, row)])
