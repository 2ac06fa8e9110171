"""How good suggestions learnt from a coder would be on transcripts not learnt from: every table of `evaluate`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.evaluation import (
    Judged,
    Resampling,
    Rule,
    calibration_rows,
    difference_rows,
    evaluation_rows,
    quality_rows,
)
from qualcode.model import family_of
from qualcode.project.choice import chosen_codes
from qualcode.project.curving import curve_rows
from qualcode.project.judging import Bench, Second, bench, columns, pick, rows, scores, second_reader
from qualcode.project.making import LEARNER
from qualcode.project.saving import WORK_COLUMNS, Orders, work_rows
from qualcode.project.saying import Figures, said, summary
from qualcode.project.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.suggest.learning.baselines import Baseline

UNIT = "sentence"
CALIBRATION_COLUMNS = "over bin from to predictions mean_score share_right".split()
DIFFERENCE_COLUMNS = (
    "level code baseline f1 baseline_f1 difference difference_low difference_high not_better draws".split()
)
CURVE_COLUMNS = (
    "transcripts repeats micro_f1 micro_f1_min micro_f1_max macro_f1 macro_f1_min macro_f1_max "
    "codes codes_min codes_max"
).split()
_CODE_COLUMNS = (
    "level code name units {sampled} codings suggested right codes precision precision_low precision_high "
    "recall recall_low recall_high f1 f1_low f1_high average_precision cues_f1 tfidf_f1 base_rate_f1 ceiling_f1 "
    "verdict because unit coder"
)
_CEILING_COLUMNS = (
    "level code name units {sampled} codings suggested right codes precision precision_low precision_high "
    "recall recall_low recall_high f1 f1_low f1_high learner_f1 because unit coder second"
)


@dataclass(frozen=True)
class Evaluation:
    """How good suggestions were, as tables and in sentences."""

    codes: pd.DataFrame
    """A line a code, a family, all codes pooled and the mean over codes: beside baselines, with a verdict."""
    calibration: pd.DataFrame
    """Scores by tenths, and the share right in each."""
    differences: pd.DataFrame
    """How much better F1 is than that of each baseline, over the same draws of transcripts."""
    curve: pd.DataFrame
    """F1 by the number of finished transcripts learnt from."""
    work: pd.DataFrame
    """How many sentences may be left unread, by reading and order."""
    ceiling: pd.DataFrame
    """The second coder judged by the first; no line where there is none."""
    summary: tuple[str, ...]
    """The figures in sentences."""
    said: tuple[str, ...]
    """Unit, coder, universe, how it was split, and the rule of the verdict."""


@dataclass(frozen=True)
class _Tried:
    """What all makers said, laid beside the codings."""

    on: Bench
    ours: Judged
    others: Mapping[str, Judged]
    second: Second | None


def evaluate(study: Study, *, coder: str | None, code: Sequence[str], second: str | None, curve: bool) -> Evaluation:
    """Return how good suggestions learnt from a coder's decisions are, on transcripts not learnt from."""
    only = chosen_codes(study.book, code)
    on = bench(study, coder)
    tried = _tried(on, second)
    figures = _figures(tried, curve_of(on) if curve else [])
    return _framed(tried, figures, _Only(on, only))


def curve_of(on: Bench) -> list[dict[str, Any]]:
    """Return the learning curve, from the cache if it is there."""
    return rows(on, "curve", lambda: curve_rows(on))


def _tried(on: Bench, second: str | None) -> _Tried:
    from qualcode.suggest.learning.baselines import baselines

    ours = on.judged(scores(on, LEARNER, on.maker))
    others = {name: on.judged(scores(on, name, _giving(found))) for name, found in baselines().items()}
    return _Tried(on, ours, others, second_reader(on, second))


def _giving(found: Baseline) -> Any:
    return lambda: found.maker


def _figures(tried: _Tried, curve: list[dict[str, Any]]) -> Figures:
    """Return all figures as rows."""
    how, book = Resampling(), tried.on.study.book
    names = {code.id: code.name for code in book.codes} | {family.id: family.name for family in book.families}
    ceiling = tried.second.judged if tried.second else None
    rule = Rule()
    return Figures(
        codes=evaluation_rows(tried.ours, names=names, baselines=tried.others, ceiling=ceiling, rule=rule, how=how),
        ceiling=_ceiling_rows(tried, names),
        work=work_rows(_orders(tried)),
        curve=curve,
        ours=tried.ours,
        second=tried.second.coder if tried.second else "",
        on=tried.on,
        rule=rule,
        how=how,
    )


def _ceiling_rows(tried: _Tried, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the second coder's numbers, beside the learner's F1 over the same cells."""
    if tried.second is None:
        return []
    theirs = tried.second.judged
    ours = quality_rows(pick(tried.ours, theirs.asked), names=names)
    named = {"second": tried.second.coder}
    judged = replace(theirs, sampled=tried.ours.sampled)
    return [
        row | {"learner_f1": mine["f1"]} | named
        for row, mine in zip(quality_rows(judged, names=names), ours, strict=True)
    ]


def _orders(tried: _Tried) -> list[Orders]:
    ours, other = tried.ours, tried.others
    perfect = ours.truth.astype(np.float64)
    every = {
        LEARNER: ours.score,
        "tfidf": other["tfidf"].score,
        "cues": other["cues"].score,
        "perfect": perfect,
    }
    found = [Orders(ours, every, "finished")]
    if tried.second is not None:
        theirs = tried.second.judged
        both = {LEARNER: ours.score, tried.second.coder: theirs.score, "perfect": perfect}
        found.append(Orders(pick(ours, theirs.asked), both, "both coders"))
    return found


class _Only:
    """Keeps the rows of the codes asked for: those codes, their families, and what is over all."""

    def __init__(self, on: Bench, only: Sequence[str]) -> None:
        self.codes = {on.codes[place] for place in columns(on, only)}
        self._kept = self.codes | {family_of(code) for code in self.codes} | {""}

    def of(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in found if row["code"] in self._kept]


def _framed(tried: _Tried, figures: Figures, only: _Only) -> Evaluation:
    """Return the figures as tables, those of the codes asked for."""
    from qualcode.tables import frame

    sampled = tried.ours.sampled
    named = {"unit": UNIT, "coder": tried.on.held.coder}

    def table(found: list[dict[str, Any]], wanted: Sequence[str]) -> pd.DataFrame:
        return frame(({**row, **named} for row in found), wanted)

    return Evaluation(
        codes=table(only.of(figures.codes), _CODE_COLUMNS.format(sampled=sampled).split()),
        calibration=table(calibration_rows(tried.ours), CALIBRATION_COLUMNS),
        differences=table(only.of(difference_rows(tried.ours, tried.others, how=figures.how)), DIFFERENCE_COLUMNS),
        curve=table(figures.curve, CURVE_COLUMNS),
        work=table(only.of(figures.work), WORK_COLUMNS),
        ceiling=table(only.of(figures.ceiling), _CEILING_COLUMNS.format(sampled=sampled).split()),
        summary=tuple(summary(figures)),
        said=tuple(said(figures)),
    )
