"""The spaCy factory ``qualcode_suggester``: a model trained on a study, for texts that are not in it.

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
from qualcode.suggest.learner_suggestions import collect_decisions, rank_study
from qualcode.suggest.learning.training_data import choose_training_coder
from qualcode.suggest.ranked_part import RankedPart
from qualcode.suggest.spacy_components.suggester_component import (
    SpanFinder,
    SuggestedSpan,
    register_suggester,
    sort_suggested_spans,
)
from qualcode.suggest.suggestion_request import SuggestionRequest

_TRANSCRIPT_ID = "<doc>"
"""The id of the text's transcript: no source can have this name."""


def load_finder(study: str, coder: str, min_score: float | None) -> SpanFinder:
    """Train on a study, and return the function from a text to its suggestions.

    Raises
    ------
    UsageError
        ``min_score`` is not from 0 to 1.
    StudyNotFoundError
        There is no study in the folder ``study`` or above.
    OperationError
        No coder is set, or (`InsufficientDataError`) the coder has decided too little to train on.
    """
    if min_score is not None and not 0 <= min_score <= 1:
        raise UsageError(f"min_score: must be a number from 0 to 1, not {min_score}")
    opened = Study(find_study_root(Path(study)))
    ranked_list = rank_study(opened, coder=choose_training_coder(opened, coder))
    return _LearnerFinder(opened, ranked_list.training_part, min_score)


# The entry point in the group spacy_factories refers to this name.
make_suggester = register_suggester(load_finder)


class _LearnerFinder:
    """Suggests codes for texts outside the training set."""

    def __init__(self, study: Study, training_part: RankedPart, min_score: float | None) -> None:
        self._study = study
        self._training_part = training_part
        self._request = SuggestionRequest((), (), training_part.data.coder, min_score)
        self._cue_finder = CodebookCueFinder(study.codebook, load_blank_pipeline(study.settings.language))

    def __call__(self, text: str) -> list[SuggestedSpan]:
        """Return suggestions for the sentences of a text, which is one participant's turn."""
        study = self._study
        # One turn without an interviewer: the views of question and reply are empty.
        transcript = Transcript(_TRANSCRIPT_ID, "", text, "", (Turn(0, "", "participant", 0, len(text)),))
        cues = suggest_by_finder(self._cue_finder, [transcript], study.codebook, sentence_rules=study.sentence_rules)
        training_set = collect_decisions(study, [transcript], cues, self._request.coder)
        if not len(training_set.labelled_corpus.corpus):
            return []
        table = self._training_part.rank_other_sentences(training_set, cues).suggest(self._request)
        rows = zip(table.start, table.end, table.code, table.score, table.why, strict=True)
        return sort_suggested_spans(SuggestedSpan(*row) for row in rows)
