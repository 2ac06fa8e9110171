"""What a maker of suggestions would code, as a reading that is compared with those of coders."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qualcode.model import Coding
from qualcode.study.coder_state import finished_families
from qualcode.study.readings.passages import Reading, make_reading
from qualcode.study.study import Study
from qualcode.suggest.study_suggestions import list_suggestions
from qualcode.suggest.suggestion_request import LEARNER, SuggestionOptions

MAKER_PREFIX = "maker:"
"""What distinguishes a maker from a coder, as in ``maker:cues``."""


def read_maker(study: Study, label: str, *, coder: str) -> Reading:
    """Return the reading of a maker, given as ``maker:NAME``.

    The trained model's are the codes that it gives to sentences of transcripts that it was not trained on, with
    ``coder``'s codings as training data; other makers' are all that they suggest. A maker has read what the coder has
    finished.
    """
    name = label.removeprefix(MAKER_PREFIX)
    codings = _held_out_codings(study, label, coder) if name == LEARNER else _suggested_codings(study, label, name)
    return make_reading(label, codings, finished_families(study, coder))


def _suggested_codings(study: Study, label: str, name: str) -> Iterator[Coding]:
    suggestions, _ = list_suggestions(study, SuggestionOptions(maker=name, decided=True))
    for row in suggestions.rows():
        yield Coding(
            row["id"], row["transcript"], row["start"], row["end"], "anchored", row["quote"], row["code"], label, at=""
        )


def _held_out_codings(study: Study, label: str, coder: str) -> Iterator[Coding]:
    from qualcode.evaluation.evaluation_data import load_evaluation_data, load_learner_predictions

    data = load_evaluation_data(study, coder)
    predictions, corpus = load_learner_predictions(data), data.corpus
    for unit, column in np.argwhere(predictions.chosen & predictions.evaluated).tolist():
        transcript = corpus.transcripts[corpus.transcript[unit]]
        start, end = int(corpus.start[unit]), int(corpus.end[unit])
        name = f"{label}:{unit}:{column}"
        yield Coding(
            name,
            transcript,
            start,
            end,
            "anchored",
            corpus.texts[unit],
            data.codes[column],
            label,
            at="",
            maker=LEARNER,
        )
