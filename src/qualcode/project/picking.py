"""Which of many suggestions are shown, and in which order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from qualcode.errors import Refused
from qualcode.model import family_of
from qualcode.project.decided import finished_families
from qualcode.project.study import Study

if TYPE_CHECKING:
    from qualcode.project.choice import WantedSuggestions
    from qualcode.suggest import Suggestions

Order = Literal["review", "transcript", "uncertain", "novel"]
ORDERS: tuple[Order, ...] = ("review", "transcript", "uncertain", "novel")

_SURE = 0.5


def unread(study: Study, found: Suggestions, *, coder: str) -> Suggestions:
    """Keep suggestions in transcripts that a coder has not finished for the code's family."""
    finished = _finished(study, coder)
    places = enumerate(zip(found.transcript, found.code, strict=True))
    return found.take([row for row, (name, code) in places if not finished(name, code)])


def _finished(study: Study, coder: str) -> Callable[[str, str], bool]:
    done = finished_families(study, coder)
    return lambda name, code: family_of(code) in done.get(name, ())


def open_transcripts(study: Study, transcripts: Iterable[str], *, coder: str) -> list[str]:
    """Return the transcripts that a coder has not finished for all families."""
    done, families = finished_families(study, coder), {family_of(code.id) for code in study.book.codes}
    return [name for name in transcripts if not families <= done.get(name, frozenset())]


def picked(study: Study, found: Suggestions, wanted: WantedSuggestions, *, coder: str) -> Suggestions:
    """Keep what is wanted of suggestions that are not decided: unread ones only, the best of each segment."""
    found = unread(study, found, coder=coder) if wanted.get("unread_only") else found
    return best(found, top) if (top := wanted.get("top") or 0) else found


def best(found: Suggestions, top: int) -> Suggestions:
    """Keep the ``top`` highest scores of each segment."""
    by_segment: dict[tuple[str, int, int], list[int]] = {}
    for row, place in enumerate(zip(found.transcript, found.start, found.end, strict=True)):
        by_segment.setdefault(place, []).append(row)
    kept = [row for rows in by_segment.values() for row in sorted(rows, key=lambda row: -found.score[row])[:top]]
    return found.take(sorted(kept))


def ordered(
    study: Study,
    found: Suggestions,
    order: Order,
    *,
    coder: str,
    likeness: Callable[[Suggestions], Sequence[float]] | None = None,
) -> Suggestions:
    """Put suggestions into an order.

    ``transcript``: as they stand in the texts. ``review``: unread transcripts first, then the sentences that most is
    expected of, all suggestions of one together. ``uncertain``: those nearest to even chances first. ``novel``: those
    least like anything coded so first.
    """
    rows = range(len(found))
    if order == "uncertain":
        return found.take(sorted(rows, key=lambda row: abs(found.score[row] - _SURE)))
    if order == "novel":
        if likeness is None:
            raise Refused("--order novel needs what was learnt from codings: there is none here")
        like = likeness(found)
        return found.take(sorted(rows, key=lambda row: (like[row], -found.score[row])))
    rank = {name: number for number, name in enumerate(study.transcripts)}
    place = [(rank[name], start, -score) for name, start, score in _places(found)]
    if order == "transcript":
        return found.take(sorted(rows, key=lambda row: place[row][:2]))
    finished = _finished(study, coder)
    expected: dict[tuple[str, int], float] = {}
    for name, start, score in _places(found):
        expected[name, start] = expected.get((name, start), 0.0) + score

    def promising(row: int) -> tuple[object, ...]:
        segment = (found.transcript[row], found.start[row])
        return finished(found.transcript[row], found.code[row]), -expected[segment], place[row]

    return found.take(sorted(rows, key=promising))


def _places(found: Suggestions) -> list[tuple[str, int, float]]:
    return list(zip(found.transcript, found.start, found.score, strict=True))
