"""What a spaCy pipeline finds under ``qualcode_suggester``: the learner of a study, for texts that are not in it.

nlp = spacy.blank("en")
nlp.add_pipe("qualcode_suggester", config={"study": "my-study", "coder": "ana"})
doc = nlp("We had no budget for it.")
doc.spans["qualcode_suggestions"]
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from qualcode.errors import UsageError
from qualcode.model import Transcript, Turn
from qualcode.project.desk import Project
from qualcode.project.ranking import Ranked, ranked
from qualcode.project.study import Study
from qualcode.project.teaching import cue_scores, learning_coder
from qualcode.suggest import suggest
from qualcode.suggest.learning import First, Learner, Lesson, Taught, corpus_of
from qualcode.suggest.learning.reasons import Explainer
from qualcode.suggest.learning.telling import told
from qualcode.suggest.suggester import Find, Found, best_first, factory

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions


def load(study: str, coder: str, min_score: float | None) -> Find:
    """Learn from a study and return what finds codes in a text; raises `TooLittle` where there is too little."""
    if min_score is not None and not 0 <= min_score <= 1:
        raise UsageError("min_score: a score is a number from 0 to 1")
    held = Project(study).study
    return _Finder(held, ranked(held, coder=learning_coder(held, coder)), min_score)


make_suggester = factory(load)


class _Finder:
    """Finds codes in texts that were not learnt from."""

    def __init__(self, study: Study, held: Ranked, min_score: float | None) -> None:
        self._study = study
        self._coder = held.held.coder
        self._learner = _of_others(held.trained.learner)
        second = held.trained.learner.second
        self._least = second.thresholds if min_score is None else np.full(len(second.thresholds), min_score)

    def __call__(self, text: str) -> list[Found]:
        """Return suggestions for the sentences of what one participant says in one turn."""
        study, codes = self._study, self._learner.codes
        said = Transcript("text", "", text, "", (Turn(0, "", "participant", 0, len(text)),))
        corpus = corpus_of([said], short=study.short)
        if not len(corpus):
            return []
        cues = suggest([said], study.book, language=study.settings.language, short=study.short)
        nothing = np.zeros((len(corpus), len(codes)), dtype=bool)
        undecided = Taught(nothing, nothing, nothing, np.zeros(len(corpus), dtype=np.intp))
        lesson = Lesson(corpus, study.book, cue_scores(corpus, study.book, cues), undecided)
        score = self._learner.second.probability(self._learner.held_out(lesson))
        explainer, heard = Explainer(self._learner, lesson), _heard(cues)
        return best_first(
            Found(
                start := int(corpus.start[unit]),
                int(corpus.end[unit]),
                codes[code],
                round(float(score[unit, code]), 3),
                told(explainer.reasons(unit, code), [], coder=self._coder, cues=heard.get((start, codes[code]), "")),
            )
            for unit, code in np.argwhere(score >= self._least).tolist()
        )


def _of_others(learner: Learner) -> Learner:
    """Return a learner without its own rows: none of them are in the texts that it is to look at."""
    none = np.zeros((0, len(learner.codes)))
    return replace(learner, first=First(np.zeros(0, dtype=np.intp), none, none))


def _heard(cues: Suggestions) -> dict[tuple[int, str], str]:
    """Return what cues found, by the sentence's start and code."""
    return {(start, code): why for start, code, why in zip(cues.start, cues.code, cues.why, strict=True)}
