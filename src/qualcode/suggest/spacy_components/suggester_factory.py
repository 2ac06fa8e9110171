"""What a spaCy pipeline finds under ``qualcode_suggester``: the learner of a study, for texts that are not in it.

nlp = spacy.blank("en")
nlp.add_pipe("qualcode_suggester", config={"study": "my-study", "coder": "ana"})
doc = nlp("We had no budget for it.")
doc.spans["qualcode_suggestions"]
"""

from __future__ import annotations

from pathlib import Path

from qualcode.errors import UsageError
from qualcode.model import Transcript, Turn
from qualcode.study.source_files import find_study_root
from qualcode.study.study import Study
from qualcode.suggest.cues.codebook_cues import CodebookCueFinder
from qualcode.suggest.cues.cue_maker import suggest_by_finder
from qualcode.suggest.cues.tokenizer import load_blank_pipeline
from qualcode.suggest.learner_suggestions import RankedPart, collect_decisions, rank_study
from qualcode.suggest.learning.training_data import choose_training_coder
from qualcode.suggest.spacy_components.suggester_component import (
    SpanFinder,
    SuggestedSpan,
    register_suggester,
    sort_suggested_spans,
)
from qualcode.suggest.suggestion_request import SuggestionRequest

_TRANSCRIPT_ID = "<doc>"
"""Stands for the text's transcript: no source can be called so."""


def load_finder(study: str, coder: str, min_score: float | None) -> SpanFinder:
    """Learn from a study and return what finds codes in a text; raises `TooLittle` where there is too little."""
    if min_score is not None and not 0 <= min_score <= 1:
        raise UsageError("min_score: a score is a number from 0 to 1")
    held = Study(find_study_root(Path(study)))
    return _LearnerFinder(held, rank_study(held, coder=choose_training_coder(held, coder)).training_part, min_score)


make_suggester = register_suggester(load_finder)


class _LearnerFinder:
    """Finds codes in texts that were not learnt from."""

    def __init__(self, study: Study, learnt: RankedPart, min_score: float | None) -> None:
        self._study = study
        self._ranked_part = learnt
        self._request = SuggestionRequest((), (), learnt.data.coder, min_score)
        self._cue_finder = CodebookCueFinder(study.codebook, load_blank_pipeline(study.settings.language))

    def __call__(self, text: str) -> list[SuggestedSpan]:
        """Return suggestions for the sentences of what one participant says in one turn."""
        study = self._study
        said = Transcript(_TRANSCRIPT_ID, "", text, "", (Turn(0, "", "participant", 0, len(text)),))
        cues = suggest_by_finder(self._cue_finder, [said], study.codebook, abbreviations=study.abbreviations)
        held = collect_decisions(study, [said], cues, self._request.coder)
        if not len(held.labelled_corpus.corpus):
            return []
        found = self._ranked_part.rank_other_sentences(held, cues).suggest(self._request)
        columns = zip(found.start, found.end, found.code, found.score, found.why, strict=True)
        return sort_suggested_spans(SuggestedSpan(*row) for row in columns)
