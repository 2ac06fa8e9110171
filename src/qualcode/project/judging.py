"""What makers say of finished transcripts that they have not learnt from, made once and kept in the cache."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.errors import CoderNeeded, Refused, UnknownName
from qualcode.evaluation import Judged, between_coders
from qualcode.files import fill_atomically, read_text, write_atomically
from qualcode.project.choice import counted_coders
from qualcode.project.learnt import embedding, read_with
from qualcode.project.proposing import all_suggestions
from qualcode.project.study import Study
from qualcode.project.teaching import Lessons, cue_scores, lessons

if TYPE_CHECKING:
    from qualcode.suggest.learning import Crossed
    from qualcode.suggest.learning.crossing import Maker

FEWEST = 3
"""Finished transcripts (or cases) that are needed: one is left out, and scores of one come from the others."""


@dataclass(frozen=True)
class Bench:
    """A study's sentences with what one coder decided on them, on which makers are tried."""

    study: Study
    held: Lessons

    @property
    def codes(self) -> tuple[str, ...]:
        """Ids of all codes, in the order of all columns."""
        return tuple(code.id for code in self.held.lesson.book.codes)

    @property
    def finished(self) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
        """Numbers of the groups in which anything is finished."""
        return self.held.lesson.taught.finished_groups

    @cached_property
    def key(self) -> str:
        """Names all that scores follow from."""
        from qualcode.suggest.learning.scored import lesson_key

        return lesson_key(self.held.lesson, read_with(self.study, embedding(self.study)[1]))

    def judged(self, found: Crossed) -> Judged:
        """Lay scores beside what the coder decided; only cells of finished families are asked."""
        taught = self.held.lesson.taught
        names, asked = self.held.groups, taught.finished
        score = np.clip(found.score, 0, 1)
        return Judged(self.codes, names, taught.group, taught.truth, asked, score, found.chosen, self.held.sampled)

    def maker(self) -> Maker:
        """Return the learner, as suggestions use it."""
        from qualcode.suggest.language import lemmatizer
        from qualcode.suggest.learning.crossing import learner

        return learner(lemmatizer(self.study.settings.language), embedding(self.study)[0])


def bench(study: Study, coder: str | None) -> Bench:
    """Return the bench of one coder; refuse where too little is finished to leave anything out."""
    who = one_coder(study, coder)
    held = lessons(study, coder=who, cues=lambda corpus: cue_scores(corpus, study.book, all_suggestions(study)))
    made = Bench(study, held)
    if len(made.finished) < FEWEST:
        many = f"{len(made.finished)} {'transcript or case' if len(made.finished) == 1 else 'transcripts or cases'}"
        raise Refused(
            f"{who} has finished {many}: it takes {FEWEST} to judge suggestions by "
            "what they were not learnt from (see 'qualcode done')"
        )
    return made


def one_coder(study: Study, given: str | None) -> str:
    """Return whose codings are judged by: the one named, else the study's coder, else the only one there is."""
    coders = counted_coders(study, given)
    if len(coders) > 1:
        raise CoderNeeded(coders, verb="judge by")
    return coders[0]


def scores(on: Bench, name: str, maker: Callable[[], Maker]) -> Crossed:
    """Return what a maker says of each finished group after learning from the others, from the cache if it is there."""
    from qualcode.suggest.learning import crossed
    from qualcode.suggest.learning.scored import read_crossed, write_crossed

    path = _kept(on, name, "parquet")
    with suppress(OSError, ValueError, Refused):
        return read_crossed(path, on.codes)
    found = crossed(on.held.lesson, maker())
    _keep(path, lambda: fill_atomically(path, lambda temporary: write_crossed(temporary, found, on.codes)))
    return found


def rows(on: Bench, name: str, make: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return rows of plain values, from the cache if they are there."""
    path = _kept(on, name, "json")
    with suppress(OSError, ValueError, Refused):
        return list(json.loads(read_text(path).text))
    made = make()
    _keep(path, lambda: write_atomically(path, json.dumps(made)))
    return made


def _kept(on: Bench, name: str, suffix: str) -> Path:
    return on.study.cache / "evaluation" / on.held.coder / f"{name}-{on.key}.{suffix}"


def _keep(path: Path, write: Callable[[], object]) -> None:
    """Write into the cache, which only saves time, and remove what it takes the place of."""
    with suppress(Refused, OSError):
        write()
        for old in set(path.parent.glob(f"{path.stem.rpartition('-')[0]}-*{path.suffix}")) - {path}:
            old.unlink(missing_ok=True)


@dataclass(frozen=True)
class Second:
    """Another coder beside the first, over the cells that both were asked."""

    coder: str
    judged: Judged


def second_reader(on: Bench, given: str | None) -> Second | None:
    """Return the coder who has finished most of what the first one has; None where nobody has."""
    others = [name for name in on.study.coders if name != on.held.coder]
    if given:
        if given not in others:
            raise UnknownName("second coder", given, others)
        others = [given]
    found = [Second(name, _beside(on, name)) for name in others]
    shared = [one for one in found if one.judged.asked.any()]
    return max(shared, key=lambda one: int(one.judged.asked.sum()), default=None)


def _beside(on: Bench, other: str) -> Judged:
    theirs = lessons(on.study, coder=other, cues=lambda _corpus: on.held.lesson.cues).lesson.taught
    ours = on.held.lesson.taught
    return between_coders(
        on.codes,
        transcripts=on.held.groups,
        transcript=ours.group,
        asked=ours.finished & theirs.finished,
        first=ours.truth,
        second=theirs.truth,
    )


def pick(judged: Judged, asked: np.ndarray[Any, Any]) -> Judged:
    """Return the same, judged only where ``asked`` too."""
    return replace(judged, asked=judged.asked & asked)


def columns(on: Bench, wanted: Sequence[str]) -> list[int]:
    """Return the columns of some codes, in the book's order; of all where none is wanted."""
    opened = on.study.book.opened(wanted)
    return [place for place, code in enumerate(on.codes) if not wanted or code in opened]
