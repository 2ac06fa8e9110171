"""What a spaCy pipeline finds under ``qualcode_suggester``: the learner of a study, for texts that are not in it.

nlp = spacy.blank("en")
nlp.add_pipe("qualcode_suggester", config={"study": "my-study", "coder": "ana"})
doc = nlp("We had no budget for it.")
doc.spans["qualcode_suggestions"]
"""

from __future__ import annotations

from qualcode.errors import UsageError
from qualcode.model import Transcript, Turn
from qualcode.project.desk import Project
from qualcode.project.making import Asked
from qualcode.project.ranking import Ranked, held_with, ranked
from qualcode.project.study import Study
from qualcode.project.teaching import learning_coder
from qualcode.suggest.cues import CueFinder
from qualcode.suggest.language import blank
from qualcode.suggest.suggester import Find, Found, best_first, factory
from qualcode.suggest.suggesting import suggest_with

_NAME = "<doc>"
"""Stands for the text's transcript: no source can be called so."""


def load(study: str, coder: str, min_score: float | None) -> Find:
    """Learn from a study and return what finds codes in a text; raises `TooLittle` where there is too little."""
    if min_score is not None and not 0 <= min_score <= 1:
        raise UsageError("min_score: a score is a number from 0 to 1")
    held = Project(study).study
    return _Finder(held, ranked(held, coder=learning_coder(held, coder)).first, min_score)


make_suggester = factory(load)


class _Finder:
    """Finds codes in texts that were not learnt from."""

    def __init__(self, study: Study, learnt: Ranked, min_score: float | None) -> None:
        self._study = study
        self._learnt = learnt
        self._asked = Asked((), (), learnt.held.coder, min_score)
        self._cues = CueFinder(study.book, blank(study.settings.language))

    def __call__(self, text: str) -> list[Found]:
        """Return suggestions for the sentences of what one participant says in one turn."""
        study = self._study
        said = Transcript(_NAME, "", text, "", (Turn(0, "", "participant", 0, len(text)),))
        cues = suggest_with(self._cues, [said], study.book, short=study.short)
        held = held_with(study, [said], cues, self._asked.coder)
        if not len(held.lesson.corpus):
            return []
        found = self._learnt.beside(held, cues).listed(self._asked)
        columns = zip(found.start, found.end, found.code, found.score, found.why, strict=True)
        return best_first(Found(*row) for row in columns)
