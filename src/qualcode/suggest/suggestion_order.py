"""Selection and order of suggestions: unread transcripts only, the best of each segment, four orders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from qualcode.errors import OperationError, name_option
from qualcode.model import family_of
from qualcode.study.coder_state import finished_families
from qualcode.study.study import Study
from qualcode.suggest.suggestion_request import LEARNER, NOT_USABLE, Order, SuggestionOptions
from qualcode.suggest.suggestion_table import Suggestions


def select_unread(study: Study, suggestions: Suggestions, *, coder: str) -> Suggestions:
    """Return the suggestions in transcripts that a coder has not finished for the code's family."""
    is_finished = _make_finished_test(study, coder)
    cells = enumerate(zip(suggestions.transcript, suggestions.code, strict=True))
    return suggestions.take([row for row, (transcript, code) in cells if not is_finished(transcript, code)])


def _make_finished_test(study: Study, coder: str) -> Callable[[str, str], bool]:
    finished = finished_families(study, coder)
    return lambda transcript, code: family_of(code) in finished.get(transcript, ())


def find_unfinished_transcripts(study: Study, transcripts: Iterable[str], *, coder: str) -> list[str]:
    """Return the transcripts that a coder has not finished for all families."""
    finished, families = finished_families(study, coder), {family_of(code.id) for code in study.codebook.codes}
    return [name for name in transcripts if not families <= finished.get(name, frozenset())]


def select_suggestions(
    study: Study, suggestions: Suggestions, options: SuggestionOptions, *, coder: str
) -> Suggestions:
    """Return the suggestions that ``unread_only``, ``max_score`` and ``per_sentence`` leave."""
    if options.unread_only:
        suggestions = select_unread(study, suggestions, coder=coder)
    if (highest := options.max_score) is not None:
        suggestions = suggestions.take([row for row, score in enumerate(suggestions.score) if score <= highest])
    return select_best_per_segment(suggestions, options.per_sentence) if options.per_sentence else suggestions


def select_best_per_segment(suggestions: Suggestions, count: int) -> Suggestions:
    """Return the ``count`` best suggestions of each segment, in the order given: the highest scores.

    A suggestion of the trained model for a code that it does not predict well comes after all others.
    """
    rows_by_segment: dict[tuple[str, int, int], list[int]] = {}
    for row, segment in enumerate(zip(suggestions.transcript, suggestions.start, suggestions.end, strict=True)):
        rows_by_segment.setdefault(segment, []).append(row)
    # The sort is stable: of equal scores the first in the given order is kept.
    best = [
        sorted(rows, key=lambda row: (_is_doubtful(suggestions, row), -suggestions.score[row]))[:count]
        for rows in rows_by_segment.values()
    ]
    return suggestions.take(sorted(row for rows in best for row in rows))


def _is_doubtful(suggestions: Suggestions, row: int) -> bool:
    """Return whether a suggestion is the trained model's alone, for a code that it does not predict well enough."""
    return suggestions.maker[row] == LEARNER and suggestions.verdict[row] == NOT_USABLE


def sort_suggestions(
    study: Study,
    suggestions: Suggestions,
    order: Order,
    *,
    coder: str,
    similarities: Callable[[Suggestions], Sequence[float]] | None = None,
) -> Suggestions:
    """Return suggestions in one of four orders.

    ``transcript``: by transcript and place. ``review``: unread transcripts first, then segments with a suggestion of
    cues or of a code that the trained model predicts well, then by the sum of the scores, all suggestions of a segment
    together. ``uncertain``: scores nearest to 0.5 first. ``novel``: sentences least similar to anything that was coded
    with the code first.

    Raises
    ------
    OperationError
        ``novel`` without ``similarities``, which only the trained model has.
    """
    rows = range(len(suggestions))
    if order == "uncertain":
        # Uncertainty sampling: near 0.5 a decision is most informative for training.
        return suggestions.take(sorted(rows, key=lambda row: abs(suggestions.score[row] - 0.5)))
    if order == "novel":
        if similarities is None:
            novel, learner = name_option("order", order), name_option("maker", "learner")
            raise OperationError(f"{novel}: only for suggestions from the trained model ({learner})")
        similarity = similarities(suggestions)
        return suggestions.take(sorted(rows, key=lambda row: (similarity[row], -suggestions.score[row])))
    rank = {name: number for number, name in enumerate(study.transcripts)}
    places = [(rank[name], start) for name, start in zip(suggestions.transcript, suggestions.start, strict=True)]
    if order == "transcript":
        return suggestions.take(sorted(rows, key=places.__getitem__))
    is_finished = _make_finished_test(study, coder)
    # The model's scores are probabilities, so their sum is the expected number of codings in the segment.
    expected: dict[tuple[int, int], float] = {}
    first: set[tuple[int, int]] = set()
    for row, (place, score) in enumerate(zip(places, suggestions.score, strict=True)):
        expected[place] = expected.get(place, 0.0) + score
        if not _is_doubtful(suggestions, row):
            first.add(place)

    def review_key(row: int) -> tuple[object, ...]:
        is_read = is_finished(suggestions.transcript[row], suggestions.code[row])
        segment = (places[row] not in first, -expected[places[row]], places[row])
        return is_read, *segment, _is_doubtful(suggestions, row), -suggestions.score[row]

    return suggestions.take(sorted(rows, key=review_key))
