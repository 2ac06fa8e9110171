"""The verb ``why``: one suggestion taken apart, with what speaks for it, what against, and what it is like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from qualcode.errors import Refused, UnknownSuggestion
from qualcode.project.making import LEARNER, known_by
from qualcode.project.study import Study
from qualcode.project.teaching import units_of

if TYPE_CHECKING:
    from qualcode.project.ranking import Ranked, RankedList
    from qualcode.suggest import Suggestions
    from qualcode.suggest.learning.reasons import Reason

WEIGHTS_SAID = "a weight is in log odds: +0.7 doubles the odds, -0.7 halves them"
_ALIKE = 3


@dataclass(frozen=True, slots=True)
class Weight:
    """One thing that spoke for a code, or with a weight below 0 against it."""

    kind: Literal["word", "around"]
    text: str
    weight: float
    """In log odds."""
    said: str = ""
    """The words that it is about, where they are not its own."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A sentence of another transcript that was read, with the codes that it was given."""

    transcript: str
    turn: int
    quote: str
    codes: tuple[str, ...]
    coder: str
    alike: float
    """How many words they share, those that are rare counting more: from 0 to 1, which is the same sentence."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a code is suggested for a sentence; what the learner alone can tell is empty for other makers."""

    id: str
    transcript: str
    turn: int
    start: int
    end: int
    speaker: str
    quote: str
    code: str
    name: str
    score: float
    maker: str
    why: str
    """The reasons in one line, as the maker gives them."""
    coder: str = ""
    """Whose decisions were learnt from."""
    threshold: float | None = None
    """The score from which on the code is shown."""
    reasons_for: tuple[Weight, ...] = ()
    reasons_against: tuple[Weight, ...] = ()
    coded_so: tuple[Alike, ...] = ()
    """The sentences most like it that were given the code."""
    not_coded_so: tuple[Alike, ...] = ()
    """The sentences most like it that were read and not given the code."""
    words: tuple[tuple[int, int, float], ...] = ()
    """What each word of the quote weighs: start, end, weight."""

    def row(self) -> dict[str, Any]:
        """Return all but the places of words as plain values."""
        found = asdict(self)
        del found["words"]
        return found

    def _repr_html_(self) -> str:
        from qualcode.project.showing import explanation_html

        return explanation_html(self)


def explained(study: Study, ids: Sequence[str], *, coder: str) -> list[Explanation]:
    """Return why suggestions are made, by their ids."""
    found, held = known_by(study, ids, coder=coder)
    row_of = {name: row for row, name in enumerate(found.id)}
    for wanted in ids:
        if wanted not in row_of:
            raise UnknownSuggestion(wanted)
    rows = [row_of[wanted] for wanted in dict.fromkeys(ids)]
    if held is None and any(found.maker[row] == LEARNER for row in rows):
        from qualcode.project.ranking import ranked

        held = ranked(study, coder=coder)
    return [_explained(study, found.take([row]), held) for row in rows]


def _explained(study: Study, found: Suggestions, held: RankedList | None) -> Explanation:
    (row,) = found.rows()
    named = study.book.by_id[row["code"]].name
    keys = ("id", "transcript", "turn", "start", "end", "speaker", "quote", "code", "score", "maker", "why")
    told = Explanation(name=named, **{key: row[key] for key in keys})
    return (
        told if held is None or told.maker != LEARNER else _taken_apart(study, told, found, held.part(told.transcript))
    )


def _taken_apart(study: Study, told: Explanation, found: Suggestions, held: Ranked) -> Explanation:
    """Add what the learner can tell."""
    from qualcode.suggest.learning.telling import each_once

    unit = units_of(held.held.lesson.corpus).get((told.transcript, told.start))
    if unit is None:
        raise Refused(f"{told.id} was suggested for what is no sentence of {told.transcript} any more: suggest anew")
    code = held.trained.learner.codes.index(told.code)
    around = _Around(held, unit, cues=_cues(study, told.id))
    reasons = [around.weight(one) for one in each_once(held.explainer.reasons(unit, code))]
    return replace(
        told,
        score=round(float(held.probability[unit, code]), 3),
        why=held.explained(found).why[0],
        coder=held.held.coder,
        threshold=round(float(held.trained.learner.second.thresholds[code]), 3),
        reasons_for=tuple(one for one in reasons if one.weight > 0),
        reasons_against=tuple(one for one in reasons if one.weight < 0),
        coded_so=tuple(_alike(held, unit, code, coded=True)),
        not_coded_so=tuple(_alike(held, unit, code, coded=False)),
        words=tuple((one.start, one.end, round(one.weight, 3)) for one in held.explainer.words(unit, code)),
    )


def _cues(study: Study, wanted: str) -> str:
    """Return the words that cues found for a suggestion."""
    from qualcode.project.proposing import all_suggestions

    found = all_suggestions(study)
    return dict(zip(found.id, found.why, strict=True)).get(wanted, "")


class _Around:
    """Tells which words the reasons around a sentence are about."""

    def __init__(self, held: Ranked, unit: int, *, cues: str) -> None:
        from qualcode.suggest.learning.reasons import SIGNS, VIEWS

        corpus = held.held.lesson.corpus
        sentence = {VIEWS[view]: getattr(corpus, view)[unit] for view in ("before", "after")}
        turn = {VIEWS[view]: getattr(corpus, view)[unit] for view in ("question", "reply")}
        self._said = {name: corpus.texts[at] for name, at in sentence.items() if at >= 0}
        self._said |= {name: corpus.turns[at] for name, at in turn.items() if at >= 0}
        self._said[SIGNS["cues"]] = cues
        if corpus.described:
            self._said[VIEWS["case"]] = corpus.described[unit]

    def weight(self, one: Reason) -> Weight:
        """Return a reason with the words that it is about."""
        kind: Literal["word", "around"] = "word" if one.kind == "word" else "around"
        said = self._said.get(one.text, "") if kind == "around" else ""
        return Weight(kind, one.text, round(one.weight, 3), " ".join(said.split()))


def _alike(held: Ranked, unit: int, code: int, *, coded: bool) -> Iterator[Alike]:
    import numpy as np

    lesson, codes = held.source.lesson, held.trained.learner.codes
    (found,) = held.explainer.alike(np.array([unit]), code, most=_ALIKE, coded=coded)
    for other, alike in found:
        given = tuple(codes[place] for place in np.flatnonzero(lesson.taught.truth[other]))
        corpus = lesson.corpus
        place = (corpus.transcripts[corpus.transcript[other]], int(corpus.number[other]), corpus.texts[other])
        yield Alike(*place, given, held.held.coder, round(alike, 3))
