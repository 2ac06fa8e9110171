"""Codings and gaps that surprise a learner trained without their transcript, and whether they grow over time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.anchors import turn_at
from qualcode.evaluation import Judged, Resampling, weights
from qualcode.model import Coding
from qualcode.project.choice import chosen_codes
from qualcode.project.decided import standing
from qualcode.project.judging import Bench, bench, columns, scores
from qualcode.project.making import LEARNER
from qualcode.project.study import Study
from qualcode.project.teaching import Sentences

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Places = NDArray[np.intp]

SURPRISE_COLUMNS = (
    "kind transcript turn start end quote code coded probability surprise coder at coding why unit".split()
)
DRIFT_COLUMNS = (
    "quarter from to codings transcripts surprise expected difference difference_low difference_high".split()
)
QUARTERS = 4
SHORTEST = 3600.0
"""Seconds that codings must be spread over to tell anything of time: a table that is read in takes seconds."""
_LEAST = 1e-6
_LIKELY = 0.05
_DRAWS = 1000


@dataclass
class Placed:
    """A coder's codings with the probability of each; ``said`` is what they were counted over."""

    on: Bench
    judged: Judged
    codings: list[Coding] = field(default_factory=list)
    units: list[Places] = field(default_factory=list)
    """The sentences that each coding touches."""
    column: list[int] = field(default_factory=list)

    @property
    def probability(self) -> NDArray[np.float64]:
        """The highest probability among each coding's sentences: a passage is as likely as its likeliest sentence."""
        pairs = zip(self.units, self.column, strict=True)
        return np.array([self.judged.score[units, column].max() for units, column in pairs], dtype=float)


def surprise(probability: Any) -> Any:
    """Return how surprising it is, in bits, that something with a probability is so: 1 for a half, 2 for a quarter.

    >>> surprise(np.array([0.5, 0.25])).tolist()
    [1.0, 2.0]
    """
    return -np.log2(np.maximum(probability, _LEAST))


def placed(study: Study, coder: str | None) -> Placed:
    """Lay a coder's codings beside the sentences of finished transcripts."""
    on = bench(study, coder)
    found = Placed(on, on.judged(scores(on, LEARNER, on.maker)))
    sentences = Sentences(on.held.lesson.corpus)
    column = {code: place for place, code in enumerate(on.codes)}
    for coding in standing(study, on.held.coder):
        if coding.code in column:
            units = sentences.within(coding)
            units = units[found.judged.asked[units, column[coding.code]]]
            if len(units):
                found.codings.append(coding)
                found.units.append(units)
                found.column.append(column[coding.code])
    return found


def surprises(study: Study, *, coder: str | None, code: Sequence[str], top: int) -> tuple[pd.DataFrame, list[str]]:
    """Return the most surprising codings and gaps, and what they were found among."""
    from qualcode.tables import frame

    only = chosen_codes(study.book, code)
    found = placed(study, coder)
    wanted = columns(found.on, only)
    lines = [*_codings(found, wanted, top), *_gaps(found, wanted, top)]
    return frame(lines, SURPRISE_COLUMNS), [_said(found), *_MEANING]


_MEANING = (
    "a coding is surprising where the learner, trained without its transcript, finds the code unlikely; a gap is a "
    "sentence without a code that it finds likely; surprise is in bits: 1 for a probability of .5, 2 for .25",
    "most of them are right and merely unusual: read them, they are no list of mistakes",
)


def _said(found: Placed) -> str:
    judged = found.judged
    units = int(judged.asked.any(axis=1).sum())
    return (
        f"unit sentence (a coding of several counts as its likeliest); coder {found.on.held.coder}; "
        f"{len(found.codings):,} codings, {units:,} participants' sentences of {len(found.on.finished)} finished "
        f"{judged.sampled}, each judged after learning from others alone"
    )


def _codings(found: Placed, wanted: Sequence[int], top: int) -> Iterator[dict[str, Any]]:
    probability = found.probability
    order = [place for place in np.argsort(probability, kind="stable") if found.column[place] in set(wanted)]
    for place in order[:top]:
        coding, units = found.codings[place], found.units[place]
        yield {
            "kind": "coding",
            **_where(found, coding.transcript, coding.start, coding.end),
            "code": coding.code,
            "coded": True,
            **_how_likely(probability[place], coded=True),
            "coder": coding.coder,
            "at": coding.at,
            "coding": coding.id,
            "why": _why_not(found, units, found.column[place]),
        }


def _gaps(found: Placed, wanted: Sequence[int], top: int) -> Iterator[dict[str, Any]]:
    judged, corpus = found.judged, found.on.held.lesson.corpus
    open_cells = judged.asked & ~judged.truth & np.isin(np.arange(len(judged.codes)), wanted)
    units, codes = np.nonzero(open_cells)
    likely = judged.score[units, codes]
    for place in np.argsort(-likely, kind="stable")[:top]:
        unit, column = int(units[place]), int(codes[place])
        where = corpus.transcripts[corpus.transcript[unit]], int(corpus.start[unit]), int(corpus.end[unit])
        yield {
            "kind": "gap",
            **_where(found, *where),
            "code": judged.codes[column],
            "coded": False,
            **_how_likely(likely[place], coded=False),
            "coder": found.on.held.coder,
            "at": "",
            "coding": "",
            "why": _why_gap(found, unit, column),
        }


def _where(found: Placed, transcript: str, start: int, end: int) -> dict[str, Any]:
    source = found.on.study.transcripts[transcript]
    turn = turn_at(source, start)
    index = turn.index if turn else None
    return {
        "transcript": transcript,
        "turn": index,
        "start": start,
        "end": end,
        "quote": source.text[start:end],
        "unit": "sentence",
    }


def _how_likely(probability: float, *, coded: bool) -> dict[str, float]:
    so = probability if coded else 1 - probability
    return {"probability": round(float(probability), 4), "surprise": round(float(surprise(so)), 2)}


def _why_not(found: Placed, units: Places, column: int) -> str:
    """Say what the learner would have expected of a coding's sentences in the place of its code."""
    judged = found.judged
    own = {int(other) for other in np.flatnonzero(judged.truth[units].any(axis=0))}
    likely = judged.score[units].max(axis=0)
    best = int(likely.argmax())
    if best == column and likely[best] >= _LIKELY:
        return "no other code is likelier"
    if likely[best] < _LIKELY:
        return "no code is likely here"
    with_it = ", which it has too" if best in own else ""
    return f"{judged.codes[best]} is likelier ({likely[best]:.2f}){with_it}"


def _why_gap(found: Placed, unit: int, column: int) -> str:
    """Say what stands in the place of a likely code."""
    judged, corpus = found.judged, found.on.held.lesson.corpus
    coded = [judged.codes[other] for other in np.flatnonzero(judged.truth[unit])]
    beside = [place for place in (corpus.before[unit], corpus.after[unit]) if place >= 0]
    near = "; the sentence beside it has the code" if judged.truth[beside, column].any() else ""
    return (f"coded {', '.join(coded)}" if coded else "not coded at all") + near


def drift(study: Study, *, coder: str | None, code: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Return how surprising codings are by quarters of time, and what was compared."""
    from qualcode.tables import frame

    only = chosen_codes(study.book, code)
    found = placed(study, coder)
    wanted = set(columns(found.on, only))
    kept = [place for place, column in enumerate(found.column) if column in wanted]
    said = [_said(found), _DRIFT]
    if untold := _untold([found.codings[place].at for place in kept]):
        return frame([], DRIFT_COLUMNS), [*said, untold]
    return frame(_quarters(found, kept), DRIFT_COLUMNS), said


_DRIFT = (
    "surprise: mean bits of a quarter's codings; expected: what codings of the same codes have over all quarters; "
    "their difference with an interval over transcripts (cases): above 0 the quarter is less like the rest"
)


def _untold(times: Sequence[str]) -> str:
    """Say why codings tell nothing of time; nothing where they do."""
    if len(times) < 2 * QUARTERS:
        return f"{len(times)} codings: too few to compare quarters of the time"
    first, last = (datetime.fromisoformat(at) for at in (min(times), max(times)))
    seconds = (last - first).total_seconds()
    if seconds < SHORTEST:
        return (
            f"no drift can be told: the codings were all recorded within {max(1, round(seconds))} s, so they were read "
            "in from elsewhere and do not have the time at which they were made"
        )
    return ""


def _quarters(found: Placed, kept: Sequence[int]) -> Iterator[dict[str, Any]]:
    """Yield a row for each quarter of the codings in order of time."""
    order = sorted(kept, key=lambda place: (found.codings[place].at, found.codings[place].id))
    bits = surprise(found.probability[order])
    column = np.array([found.column[place] for place in order])
    usual = np.array([bits[column == code].mean() for code in range(len(found.judged.codes)) if (column == code).any()])
    known = np.unique(column)
    expected = usual[np.searchsorted(known, column)]
    groups = np.array([found.judged.transcript[found.units[place][0]] for place in order])
    for number, part in enumerate(np.array_split(np.arange(len(order)), QUARTERS), start=1):
        low, high = _interval((bits - expected)[part], groups[part])
        yield {
            "quarter": number,
            "from": found.codings[order[part[0]]].at,
            "to": found.codings[order[part[-1]]].at,
            "codings": len(part),
            "transcripts": len(np.unique(groups[part])),
            "surprise": round(float(bits[part].mean()), 3),
            "expected": round(float(expected[part].mean()), 3),
            "difference": round(float((bits - expected)[part].mean()), 3),
            "difference_low": low,
            "difference_high": high,
        }


def _interval(values: NDArray[np.float64], groups: Places) -> tuple[float | None, float | None]:
    """Return where the mean lies in 95 % of draws of groups; None with fewer than two."""
    names, place = np.unique(groups, return_inverse=True)
    if len(names) < 2:
        return None, None
    sums, many = np.bincount(place, values), np.bincount(place)
    drawn = weights(np.ones(len(names), dtype=bool), Resampling(draws=_DRAWS))
    low, high = np.quantile((drawn @ sums) / (drawn @ many), [0.025, 0.975])
    return round(float(low), 3), round(float(high), 3)
