"""The learner: from what people decided to a probability for each sentence and code.

First a kernel ridge regression weighs words (see `ridge`, `views`); it gives for every sentence the scores that it
would have had if its own transcript had not been learnt from. On those a logistic regression learns how much each
kind of evidence is worth, the same for all codes (see `evidence`), and with that what a probability is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from qualcode.errors import TooLittle
from qualcode.model import Codebook
from qualcode.suggest.learning.corpus import Corpus
from qualcode.suggest.learning.evidence import EVIDENCE, Known, evidence
from qualcode.suggest.learning.likeness import Entries
from qualcode.suggest.learning.logistic import logistic
from qualcode.suggest.learning.ridge import ridge
from qualcode.suggest.learning.thresholds import thresholds
from qualcode.suggest.learning.views import Embed, Seen, Viewer, by_view, kernel, scores, weights
from qualcode.suggest.learning.words import Vocabulary

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Truth = NDArray[np.bool_]
    Places = NDArray[np.intp]

MOST_ROWS = 6_000
"""Sentences that are learnt from at the most: time grows with their cube."""

_FARTHEST = 8.0
_KNOTS = (-2.2, -0.4)
"""Log odds of the probabilities .1 and .4."""
_FLATTEST = 0.1
_CUES = list(EVIDENCE).index("cues")
_CUE_AT_ITS_WORD = 3.0
"""Log odds of a cue of weight 1 where no cue was ever heard in what is finished: then the codebook is believed."""

FEWEST = 2
"""Finished transcripts that are needed at least: scores of one come from the others."""

_LEAST_SCALE = 1e-9
"""Evidence that varies less does not vary: a mean of equal numbers is not always quite that number."""


@dataclass(frozen=True)
class Taught:
    """What a coder decided on the units of a corpus; all units x codes."""

    truth: Truth
    """Whether the code was given."""
    known: Truth
    """Whether it was asked: the transcript is finished for the code's family, or the code was given or rejected."""
    finished: Truth
    """Whether the transcript is finished for the code's family: only there are codings as frequent as they are."""
    group: Places
    """Units with one number are left out together: a transcript, or all transcripts of a case."""

    @property
    def finished_groups(self) -> Places:
        """Numbers of the groups in which anything is finished, in their order."""
        return np.unique(self.group[self.finished.any(axis=1)])

    def only(self, groups: Places) -> Taught:
        """Return what was decided in some groups alone."""
        inside = np.isin(self.group, groups)[:, None]
        return Taught(self.truth, self.known & inside, self.finished & inside, self.group)


@dataclass(frozen=True)
class Evidenced:
    """The second step: what each kind of evidence is worth, and from which probability on a code is shown."""

    mean: Matrix
    scale: Matrix
    worth: Matrix
    base: float
    bends: Matrix
    """How the slope of the log odds changes at each of the knots: sums of evidence are surer than they ought to be."""
    thresholds: Matrix

    def probability(self, found: Matrix) -> Matrix:
        """Return the probability of each code on each unit from its evidence (units x codes x kinds)."""
        return np.asarray(expit(_bent(self._usual(found) @ self.worth + self.base) @ self.bends))

    def pull(self, found: Matrix) -> Matrix:
        """Return how far each kind of evidence pulls, in log odds, from what is usual."""
        return np.asarray(self._usual(found) * self.worth * self.steepness(found)[..., None])

    def steepness(self, found: Matrix) -> Matrix:
        """Return how far the log odds rise with a little more evidence."""
        above = (self._usual(found) @ self.worth + self.base)[..., None] > np.array(_KNOTS)
        return np.asarray(self.bends[1] + above @ self.bends[2:])

    def _usual(self, found: Matrix) -> Matrix:
        """Return evidence in standard deviations from what is usual; beyond the farthest nothing more is made of it."""
        return np.asarray(np.clip((found - self.mean) / self.scale, -_FARTHEST, _FARTHEST))


@dataclass(frozen=True)
class First:
    """What the first step found, as arrays; it is all that takes long: with the texts it makes the learner again."""

    rows: Places
    """Units that were learnt from."""
    coefficients: Matrix
    """Rows x codes: how far each row speaks for each code in what is like it."""
    held_out: Matrix
    """Scores of the rows, their own group not learnt from; rows x codes."""


@dataclass(frozen=True)
class Lesson:
    """Sentences with all that is known of them; matrices are units x codes, in the codebook's order."""

    corpus: Corpus
    book: Codebook
    cues: Matrix
    """Scores of the codebook's cues."""
    taught: Taught


@dataclass(frozen=True)
class Learner:
    """What was learnt from one coder's decisions under one codebook."""

    codes: tuple[str, ...]
    viewer: Viewer
    entries: Entries
    """What the codebook says of each code."""
    first: First
    weights: Mapping[str, Matrix]
    """Weights of features by view (features x codes)."""
    frequency: Matrix
    """Share of sentences with each code."""
    second: Evidenced

    def probability(self, corpus: Corpus, book: Codebook, cues: Matrix, *, decided: Taught | None = None) -> Matrix:
        """Return the probability of every code on every unit of a corpus that was not learnt from.

        Neighbours in transcripts that are not finished are believed to be what was ``decided`` on them.
        """
        return self.second.probability(self.weigh(Lesson(corpus, book, cues, decided or undecided(cues))).evidence)

    def weigh(self, lesson: Lesson, *, held_out: bool = False, seen: Seen | None = None) -> Weighed:
        """Return all that speaks for and against every code on every unit of a lesson.

        With ``held_out`` the lesson is the one learnt from, and each group is scored as if the first step had left it
        out.
        """
        seen = seen or self.viewer.look(lesson.corpus)
        added = by_view(seen, self.weights)
        score = scores(seen, self.weights, added)
        if held_out:
            score[self.first.rows] = self.first.held_out
        taught = lesson.taught
        around = np.where(taught.known & ~taught.finished, taught.truth, score)
        known = Known(lesson.cues, self.entries.likeness(seen, lesson.corpus))
        found = evidence(lesson.corpus, score, known, frequency=self.frequency, around=around)
        return Weighed(lesson, seen, added, found)


@dataclass(frozen=True)
class Weighed:
    """A lesson as features, with what each view adds to its scores and all evidence there is."""

    lesson: Lesson
    seen: Seen
    added: Mapping[str, Matrix]
    """By view, units x codes."""
    evidence: Matrix
    """Units x codes x kinds."""


@dataclass(frozen=True)
class Trained:
    """A learner with the probabilities that it gives to what it learnt from, as if that had been left out."""

    learner: Learner
    held_out: Matrix
    """Units x codes; the first step has not seen the unit's group, the second has seen its evidence."""
    weighed: Weighed
    """What these probabilities follow from."""


def train(
    corpus: Corpus,
    book: Codebook,
    cues: Matrix,
    taught: Taught,
    *,
    lemma: Callable[[str], str],
    embed: Embed | None = None,
) -> Trained:
    """Learn from decisions on a corpus; ``cues`` are scores of the codebook's cues, units x codes.

    The words of a code that is finished nowhere are not weighed: of it nearly all that is known are codings, and next
    to nothing but codings every sentence seems to have the code.

    Raises `TooLittle` where there is too little to learn from.
    """
    rows = taught_rows(taught)
    viewer = Viewer(Vocabulary.of(_texts(corpus, rows), lemma), embed)
    seen = viewer.look(corpus)
    truth = taught.truth[rows].astype(float)
    known = taught.known[rows] & taught.finished[rows].any(axis=0)
    found = ridge(kernel(seen, rows), truth, groups=taught.group[rows], known=known)
    first = First(rows, found.coefficients, found.held_out)
    return _finished(Lesson(corpus, book, cues, taught), viewer, seen, first)


def resumed(lesson: Lesson, first: First, *, lemma: Callable[[str], str], embed: Embed | None = None) -> Trained:
    """Return what `train` would, from what was kept of its first step: cues and definitions may have changed since."""
    viewer = Viewer(Vocabulary.of(_texts(lesson.corpus, first.rows), lemma), embed)
    return _finished(lesson, viewer, viewer.look(lesson.corpus), first)


def _finished(lesson: Lesson, viewer: Viewer, seen: Seen, first: First) -> Trained:
    """Learn the second step."""
    taught, rows = lesson.taught, first.rows
    learnt = weights(seen, rows, first.coefficients)
    codes = tuple(code.id for code in lesson.book.codes)
    entries = Entries(lesson.book, viewer.vocabulary)
    learner = Learner(codes, viewer, entries, first, learnt, _frequency(taught, rows), _NOTHING)
    shown = learner.weigh(replace(lesson, taught=undecided(lesson.cues)), held_out=True, seen=seen)
    second = _weigh(shown.evidence[rows], taught.truth[rows], taught.finished[rows])
    if (taught.known & ~taught.finished).any():
        shown = learner.weigh(lesson, held_out=True, seen=seen)
    shown = replace(shown, lesson=lesson)
    return Trained(replace(learner, second=second), second.probability(shown.evidence), shown)


def undecided(cells: Matrix) -> Taught:
    """Return that nothing was decided on any cell."""
    nothing = np.zeros(cells.shape, dtype=bool)
    return Taught(nothing, nothing, nothing, np.zeros(len(cells), dtype=np.intp))


def taught_rows(taught: Taught) -> Places:
    """Return the units that are learnt from; refuse where they are too few."""
    rows = _at_most(np.flatnonzero(taught.known.any(axis=1)), taught)
    _check_enough(taught, rows)
    return rows


_NOTHING = Evidenced(np.zeros(1), np.ones(1), np.zeros(1), 0.0, np.zeros(1), np.zeros(1))
"""The second step before it is learnt."""


def _texts(corpus: Corpus, rows: Places) -> list[str]:
    """Return the texts that the vocabulary is learnt from."""
    told = sorted({corpus.described[row] for row in rows} - {""}) if corpus.described else []
    return [*(corpus.texts[row] for row in rows), *told, *told]


def _check_enough(taught: Taught, rows: Places) -> None:
    """Refuse to learn where nothing could be left out, or nothing told apart."""
    finished = taught.finished[rows]
    given = taught.truth[rows][finished]
    if len(np.unique(taught.group[rows][finished.any(axis=1)])) < FEWEST or not given.any():
        way = f"finish at least {FEWEST} transcripts of different cases with codings: 'qualcode done'"
        raise TooLittle(f"too little to learn from ({way})")
    if given.all():
        raise TooLittle("nothing to tell apart: all finished sentences have all codes that were asked")


def _at_most(rows: Places, taught: Taught) -> Places:
    """Return all rows, or a fair sample of them where they are too many: whole groups, finished ones first.

    A group has no more than its share of the rows before others have theirs, so that it is never learnt from alone.
    """
    if len(rows) <= MOST_ROWS:
        return rows
    groups, group, sizes = np.unique(taught.group[rows], return_inverse=True, return_counts=True)
    rank = np.empty(len(groups), dtype=np.intp)
    rank[np.random.default_rng(0).permutation(len(groups))] = np.arange(len(groups))
    open_ones = ~np.isin(groups, taught.finished_groups)
    within = np.empty(len(rows), dtype=np.intp)
    within[np.argsort(group, kind="stable")] = np.concatenate([np.arange(size) for size in sizes])
    order = np.lexsort((rank[group], open_ones[group], within >= MOST_ROWS // FEWEST))
    return np.sort(rows[order[:MOST_ROWS]])


def _frequency(taught: Taught, rows: Places) -> Matrix:
    """Return how often each code is given where it was asked, between 0 and 1 even where it never is.

    A code that was asked nowhere is taken to be as frequent as codes are.
    """
    asked, given = (cells[rows].sum(axis=0) for cells in (taught.finished, taught.truth & taught.finished))
    usual = (given.sum() + 0.5) / (asked.sum() + 1)
    return np.asarray(np.where(asked > 0, (given + 0.5) / (asked + 1), usual))


def _weigh(found: Matrix, truth: Truth, known: Truth) -> Evidenced:
    """Learn what evidence is worth from units x codes x kinds where all was read: else codings were too frequent."""
    cells, right = found[known], truth[known]
    mean, scale = cells.mean(axis=0), cells.std(axis=0)
    scale[scale < _LEAST_SCALE] = 1
    usual = np.clip((cells - mean) / scale, -_FARTHEST, _FARTHEST)
    worth, base = logistic(usual, right)
    bends = _bends(usual @ worth + base, right)
    if not cells[:, _CUES].any():
        mean[_CUES], worth[_CUES] = 0, _CUE_AT_ITS_WORD
    empty = Evidenced(mean, scale, worth, base, bends, np.zeros(truth.shape[1]))
    return replace(empty, thresholds=thresholds(empty.probability(found), truth, known))


def _bent(log_odds: Matrix) -> Matrix:
    """Return log odds as columns, the last axis: 1, themselves, and how far they are above each knot."""
    above = np.maximum(log_odds[..., None] - np.array(_KNOTS), 0)
    return np.concatenate([np.ones_like(above[..., :1]), log_odds[..., None], above], axis=-1)


def _bends(log_odds: Matrix, right: Truth) -> Matrix:
    """Learn what log odds are worth: a line with bends at the knots that rises everywhere."""
    weights, base = logistic(_bent(log_odds)[:, 1:], right)
    slopes = np.maximum(np.cumsum(weights), _FLATTEST)
    return np.asarray(np.r_[base, slopes[0], np.diff(slopes)])
