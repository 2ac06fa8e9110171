"""Which of many suggestions are shown, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from qualcode.errors import OperationError
from qualcode.model import family_of
from qualcode.study.coder_state import finished_families
from qualcode.study.study import Study
from qualcode.suggest.suggestion_request import Order

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions
    from qualcode.suggest.suggestion_request import SuggestionOptions


_EVEN_CHANCE = 0.5


def select_unread(study: Study, found: Suggestions, *, coder: str) -> Suggestions:
    """Keep suggestions in transcripts that a coder has not finished for the code's family."""
    finished = _make_finished_test(study, coder)
    places = enumerate(zip(found.transcript, found.code, strict=True))
    return found.take([row for row, (name, code) in places if not finished(name, code)])


def _make_finished_test(study: Study, coder: str) -> Callable[[str, str], bool]:
    done = finished_families(study, coder)
    return lambda name, code: family_of(code) in done.get(name, ())


def find_unfinished_transcripts(study: Study, transcripts: Iterable[str], *, coder: str) -> list[str]:
    """Return the transcripts that a coder has not finished for all families."""
    done, families = finished_families(study, coder), {family_of(code.id) for code in study.codebook.codes}
    return [name for name in transcripts if not families <= done.get(name, frozenset())]


def select_suggestions(study: Study, found: Suggestions, wanted: SuggestionOptions, *, coder: str) -> Suggestions:
    """Keep what is wanted of suggestions that are not decided: unread ones only, the best of each segment."""
    found = select_unread(study, found, coder=coder) if wanted.get("unread_only") else found
    return select_top_per_segment(found, top) if (top := wanted.get("top") or 0) else found


def select_top_per_segment(found: Suggestions, top: int) -> Suggestions:
    """Keep the ``top`` highest scores of each segment."""
    by_segment: dict[tuple[str, int, int], list[int]] = {}
    for row, place in enumerate(zip(found.transcript, found.start, found.end, strict=True)):
        by_segment.setdefault(place, []).append(row)
    kept = [row for rows in by_segment.values() for row in sorted(rows, key=lambda row: -found.score[row])[:top]]
    return found.take(sorted(kept))


def sort_suggestions(
    study: Study,
    found: Suggestions,
    order: Order,
    *,
    coder: str,
    similarities: Callable[[Suggestions], Sequence[float]] | None = None,
) -> Suggestions:
    """Put suggestions into an order.

    ``transcript``: as they stand in the texts. ``review``: unread transcripts first, then the sentences that most is
    expected of, all suggestions of one together. ``uncertain``: those nearest to even chances first. ``novel``: those
    least like anything coded so first.
    """
    rows = range(len(found))
    if order == "uncertain":
        return found.take(sorted(rows, key=lambda row: abs(found.score[row] - _EVEN_CHANCE)))
    if order == "novel":
        if similarities is None:
            raise OperationError("--order novel needs what was learnt from codings: there is none here")
        like = similarities(found)
        return found.take(sorted(rows, key=lambda row: (like[row], -found.score[row])))
    rank = {name: number for number, name in enumerate(study.transcripts)}
    place = [(rank[name], start, -score) for name, start, score in _places(found)]
    if order == "transcript":
        return found.take(sorted(rows, key=lambda row: place[row][:2]))
    finished = _make_finished_test(study, coder)
    expected: dict[tuple[str, int], float] = {}
    for name, start, score in _places(found):
        expected[name, start] = expected.get((name, start), 0.0) + score

    def promising(row: int) -> tuple[object, ...]:
        segment = (found.transcript[row], found.start[row])
        return finished(found.transcript[row], found.code[row]), -expected[segment], place[row]

    return found.take(sorted(rows, key=promising))


def _places(found: Suggestions) -> list[tuple[str, int, float]]:
    return list(zip(found.transcript, found.start, found.score, strict=True))
