"""The verb ``why``: one suggestion taken apart, with what speaks for it, what against, and what it is like."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from qualcode.errors import OperationError, UnknownSuggestionError
from qualcode.study.study import Study
from qualcode.suggest.explanations.explanation import Explanation, SimilarSentence, WeightedReason
from qualcode.suggest.learning.training_data import index_units
from qualcode.suggest.shown_suggestions import load_known_suggestions_and_ranking
from qualcode.suggest.suggestion_request import LEARNER

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions
    from qualcode.suggest.learner_suggestions import RankedList, RankedPart
    from qualcode.suggest.reasons.contributions import Reason

_MAX_SIMILAR = 3


def explain_suggestions(study: Study, ids: Sequence[str], *, coder: str) -> list[Explanation]:
    """Return why suggestions are made, by their ids."""
    found, held = load_known_suggestions_and_ranking(study, ids, coder=coder)
    row_of = {name: row for row, name in enumerate(found.id)}
    for wanted in ids:
        if wanted not in row_of:
            raise UnknownSuggestionError(wanted)
    rows = [row_of[wanted] for wanted in dict.fromkeys(ids)]
    if held is None and any(found.maker[row] == LEARNER for row in rows):
        from qualcode.suggest.learner_suggestions import rank_study

        held = rank_study(study, coder=coder)
    return [_explain_suggestion(study, found.take([row]), held) for row in rows]


def _explain_suggestion(study: Study, found: Suggestions, held: RankedList | None) -> Explanation:
    (row,) = found.rows()
    named = study.codebook.by_id[row["code"]].name
    keys = ("id", "transcript", "turn", "start", "end", "speaker", "quote", "code", "score", "maker", "why")
    told = Explanation(name=named, **{key: row[key] for key in keys})
    return (
        told
        if held is None or told.maker != LEARNER
        else _add_learner_reasons(study, told, found, held.find_part(told.transcript))
    )


def _add_learner_reasons(study: Study, told: Explanation, found: Suggestions, held: RankedPart) -> Explanation:
    """Add what the learner can tell."""
    from qualcode.suggest.reasons.reason_line import merge_reasons

    unit = index_units(held.data.labelled_corpus.corpus).get((told.transcript, told.start))
    if unit is None:
        raise OperationError(
            f"{told.id} was suggested for what is no sentence of {told.transcript} any more: suggest anew"
        )
    code = held.trained.learner.codes.index(told.code)
    around = _ReasonContexts(held, unit, cues=_find_cue_words(study, told.id))
    reasons = [around.add_context(one) for one in merge_reasons(held.explainer.list_reasons(unit, code))]
    return replace(
        told,
        score=round(float(held.probability[unit, code]), 3),
        why=held.add_reasons(found).why[0],
        coder=held.data.coder,
        threshold=round(float(held.trained.learner.second_stage.thresholds[code]), 3),
        reasons_for=tuple(one for one in reasons if one.weight > 0),
        reasons_against=tuple(one for one in reasons if one.weight < 0),
        coded_so=tuple(_similar_sentences(held, unit, code, coded=True)),
        not_coded_so=tuple(_similar_sentences(held, unit, code, coded=False)),
        words=tuple((one.start, one.end, round(one.weight, 3)) for one in held.explainer.list_word_reasons(unit, code)),
    )


def _find_cue_words(study: Study, wanted: str) -> str:
    """Return the words that cues found for a suggestion."""
    from qualcode.suggest.cue_suggestions import load_cue_suggestions

    found = load_cue_suggestions(study)
    return dict(zip(found.id, found.why, strict=True)).get(wanted, "")


class _ReasonContexts:
    """Tells which words the reasons around a sentence are about."""

    def __init__(self, held: RankedPart, unit: int, *, cues: str) -> None:
        from qualcode.suggest.reasons.contributions import EVIDENCE_LABELS, VIEW_LABELS

        corpus = held.data.labelled_corpus.corpus
        sentence = {VIEW_LABELS[view]: getattr(corpus, view)[unit] for view in ("before", "after")}
        turn = {VIEW_LABELS[view]: getattr(corpus, view)[unit] for view in ("question", "reply")}
        self._texts = {name: corpus.texts[at] for name, at in sentence.items() if at >= 0}
        self._texts |= {name: corpus.turns[at] for name, at in turn.items() if at >= 0}
        self._texts[EVIDENCE_LABELS["cues"]] = cues
        if corpus.case_texts:
            self._texts[VIEW_LABELS["case"]] = corpus.case_texts[unit]

    def add_context(self, one: Reason) -> WeightedReason:
        """Return a reason with the words that it is about."""
        kind: Literal["word", "around"] = "word" if one.kind == "word" else "around"
        said = self._texts.get(one.text, "") if kind == "around" else ""
        return WeightedReason(kind, one.text, round(one.weight, 3), " ".join(said.split()))


def _similar_sentences(held: RankedPart, unit: int, code: int, *, coded: bool) -> Iterator[SimilarSentence]:
    import numpy as np

    lesson, codes = held.scored_training_units.labelled_corpus, held.trained.learner.codes
    (found,) = held.explainer.find_similar_units(np.array([unit]), code, limit=_MAX_SIMILAR, is_coded=coded)
    for other, alike in found:
        given = tuple(codes[place] for place in np.flatnonzero(lesson.labels.truth[other]))
        corpus = lesson.corpus
        place = (corpus.transcripts[corpus.transcript[other]], int(corpus.number[other]), corpus.texts[other])
        yield SimilarSentence(*place, given, held.data.coder, round(alike, 3))
