"""Suggestions over a study that is too large to be held: learnt from the transcripts that were decided on, made batch
by batch over all, in the order of the texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from qualcode.errors import Problem, TooLittle, UsageError
from qualcode.model import Transcript
from qualcode.project.choice import WantedSuggestions, names
from qualcode.project.decided import finished_families
from qualcode.project.making import LEARNER, Asked, cues_until_then
from qualcode.project.picking import picked
from qualcode.project.proposing import Keep, Proposed, filtered, pending, stream_suggestions
from qualcode.project.ranking import Ranked, batches, decided_on, first_ranked, held_with
from qualcode.project.study import Study

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions
    from qualcode.suggest.cues import CueFinder

_MOST_TAUGHT = 6_000
"""Transcripts that are learnt from at the most: more sentences than these hold are not learnt from anyway."""


def streamed(
    study: Study, wanted: WantedSuggestions, asked: Asked, *, jobs: int, said: list[str]
) -> Iterator[Suggestions]:
    """Yield suggestions in parts, by the learner or else by cues; sentences on them are added at the end."""
    if wanted.get("order", "transcript") != "transcript":
        raise UsageError("order: a study this large is listed in the order of its texts (--order transcript)")
    named = names(wanted.get("maker"))
    if len(set(named)) > 1:
        raise UsageError("maker: in a study this large, name one maker at a time")
    found, makers = _made(study, asked, named, jobs=jobs, said=said)
    keep = _kept(study, wanted)
    shown = 0
    for part in found:
        left = keep(part)
        shown += len(left)
        yield left
    said.insert(0, f"{shown:,} suggestions by {makers}, codebook {study.book.version}")


def _made(
    study: Study, asked: Asked, named: Sequence[str], *, jobs: int, said: list[str]
) -> tuple[Iterator[Suggestions], str]:
    if "cues" not in named:
        try:
            return _by_learner(study, asked, said), LEARNER
        except TooLittle as error:
            if named:
                raise
            said.append(cues_until_then(error))
    return _by_cues(study, asked, jobs=jobs, said=said), "cues"


def _kept(study: Study, wanted: WantedSuggestions) -> Keep:
    """Return what leaves out what is decided or not wanted."""
    who = wanted.get("coder") or study.settings.coder
    left = pending(study, coder=who) if who and not wanted.get("decided") else None
    return lambda found: picked(study, left(found) if left else found, wanted, coder=who)


def _by_cues(study: Study, asked: Asked, *, jobs: int, said: list[str]) -> Iterator[Suggestions]:
    proposed = Proposed()
    chosen = filtered(study, codes=asked.codes, transcripts=asked.transcripts, min_score=asked.min_score or 0.0)
    for part in stream_suggestions(study, jobs=jobs, proposed=proposed):
        yield chosen(part)
    study.streamed_problems = tuple(proposed.problems)
    said += proposed.slow()


def _by_learner(study: Study, asked: Asked, said: list[str]) -> Iterator[Suggestions]:
    """Learn at once, so that too little to learn from is known; then go through all transcripts."""
    from qualcode.suggest.cues import CueFinder
    from qualcode.suggest.language import blank
    from qualcode.suggest.suggesting import suggest_with

    finder = CueFinder(study.book, blank(study.settings.language))
    among = _decided_on(study, asked.coder)
    cues = suggest_with(finder, among, study.book, short=study.short)
    first = first_ranked(study, among, cues, coder=asked.coder)
    said += first.said(asked.min_score)
    return _batches(study, asked, finder, first)


def _decided_on(study: Study, coder: str) -> list[Transcript]:
    """Return the transcripts that a coder has decided anything on; of very many a fair sample, finished ones first."""
    wanted = decided_on(study, coder)
    if len(wanted) > _MOST_TAUGHT:
        finished = finished_families(study, coder)
        drawn: list[str] = np.random.default_rng(0).permutation(sorted(wanted)).tolist()
        wanted = set(sorted(drawn, key=lambda name: name not in finished)[:_MOST_TAUGHT])
    return [one for one in study.stream(failed=[]) if one.id in wanted] if wanted else []


def _batches(study: Study, asked: Asked, finder: CueFinder, first: Ranked) -> Iterator[Suggestions]:
    """Go through all transcripts; those that were learnt from have what they taught themselves taken off."""
    from qualcode.suggest import Suggestions
    from qualcode.suggest.suggesting import suggest_with

    failed: list[Problem] = []
    learnt = frozenset(first.held.lesson.corpus.transcripts)
    for some in batches(study.stream(failed=failed)):
        new = [one for one in some if one.id not in learnt]
        cues = suggest_with(finder, new, study.book, short=study.short)
        parts = [first.beside(held_with(study, new, cues, asked.coder), cues).listed(asked)] if new else []
        wanted = [one.id for one in some if one.id in learnt and (not asked.transcripts or one.id in asked.transcripts)]
        parts += [first.listed(replace(asked, transcripts=wanted))] if wanted else []
        yield _in_order(Suggestions.joined(parts), some)
    study.streamed_problems = tuple(failed)


def _in_order(found: Suggestions, transcripts: Sequence[Transcript]) -> Suggestions:
    """Put suggestions that are in order within each transcript into the order of transcripts."""
    rank = {one.id: place for place, one in enumerate(transcripts)}
    return found.take(sorted(range(len(found)), key=lambda row: rank[found.transcript[row]]))
