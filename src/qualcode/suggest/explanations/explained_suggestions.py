"""Explanations of suggestions: reasons for and against, and similar sentences (``qualcode why``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from qualcode.errors import InsufficientDataError, OperationError, UnknownSuggestionError, name_command
from qualcode.study.study import Study
from qualcode.suggest.explanations.explanation import Explanation, SimilarSentence, WeightedReason
from qualcode.suggest.learning.training_data import index_units
from qualcode.suggest.shown_suggestions import load_known_suggestions_and_ranking
from qualcode.suggest.suggestion_request import BUILTIN_MAKERS, LEARNER

if TYPE_CHECKING:
    from qualcode.suggest.learner_suggestions import RankedList
    from qualcode.suggest.ranked_part import RankedPart
    from qualcode.suggest.reasons.contributions import Reason
    from qualcode.suggest.suggestion_table import Suggestions

_MAX_SIMILAR = 3


def explain_suggestions(study: Study, ids: Sequence[str], *, coder: str) -> list[Explanation]:
    """Return the explanations of suggestions by their ids, from a learner trained on a coder's decisions.

    Raises
    ------
    UnknownSuggestionError
        If there is no suggestion with one of the ids.
    InsufficientDataError
        If a suggestion is from the learner, and there are no longer enough decisions to train it.
    OperationError
        If the sentence of a suggestion is no longer in its transcript.
    """
    suggestions, ranked = load_known_suggestions_and_ranking(study, ids, coder=coder)
    # Of several suggestions with one id the last counts, which is the one that was shown last.
    row_of = {suggestion_id: row for row, suggestion_id in enumerate(suggestions.id)}
    for suggestion_id in ids:
        if suggestion_id not in row_of:
            raise UnknownSuggestionError(suggestion_id)
    rows = [row_of[suggestion_id] for suggestion_id in dict.fromkeys(ids)]
    makers = {suggestions.maker[row] for row in rows}
    if ranked is None and makers & {*BUILTIN_MAKERS}:
        from qualcode.suggest.learner_suggestions import rank_study

        # What the model finds is added to a suggestion of cues, which do not need it.
        with suppress(*(() if LEARNER in makers else (InsufficientDataError,))):
            ranked = rank_study(study, coder=coder)
    return [_explain_suggestion(study, suggestions.take([row]), ranked) for row in rows]


def _explain_suggestion(study: Study, suggestion: Suggestions, ranked: RankedList | None) -> Explanation:
    """Return the explanation of a table with one suggestion."""
    (row,) = suggestion.rows()
    keys = ("id", "transcript", "turn", "start", "end", "speaker", "quote", "code", "score", "maker", "why")
    explanation = Explanation(name=study.codebook.by_id[row["code"]].name, **{key: row[key] for key in keys})
    if ranked is None or explanation.maker not in BUILTIN_MAKERS:
        return explanation
    return _add_learner_reasons(study, explanation, suggestion, ranked.find_part(explanation.transcript))


def _add_learner_reasons(
    study: Study, explanation: Explanation, suggestion: Suggestions, ranked: RankedPart
) -> Explanation:
    from qualcode.suggest.reasons.reason_line import merge_reasons

    transcript = explanation.transcript
    unit = index_units(ranked.data.labelled_corpus.corpus).get((transcript, explanation.start))
    if unit is None:
        raise OperationError(
            f"{transcript}: the sentence of suggestion {explanation.id} is no longer there; "
            f"run {name_command('suggest')} for new suggestions"
        )
    code = ranked.trained.learner.codes.index(explanation.code)
    contexts = _ReasonContexts(ranked, unit, cues=_find_cue_words(study, explanation.id))
    reasons = [contexts.add_context(reason) for reason in merge_reasons(ranked.explainer.list_reasons(unit, code))]
    words = ranked.explainer.list_word_reasons(unit, code)
    if explanation.maker == LEARNER:
        explanation = replace(
            explanation,
            # Computed anew: decisions since the suggestion was shown may have changed score and reasons.
            score=round(float(ranked.probability[unit, code]), 3),
            threshold=round(float(ranked.trained.learner.second_stage.thresholds[code]), 3),
            score_type=ranked.verdicts.score_types[code],
        )
    return replace(
        explanation,
        why=ranked.add_reasons(suggestion).why[0],
        coder=ranked.data.coder,
        verdict=ranked.verdicts.verdicts[code],
        because=ranked.verdicts.reasons[code],
        reasons_for=tuple(reason for reason in reasons if reason.weight > 0),
        reasons_against=tuple(reason for reason in reasons if reason.weight < 0),
        coded_so=tuple(_similar_sentences(ranked, unit, code, is_coded=True)),
        not_coded_so=tuple(_similar_sentences(ranked, unit, code, is_coded=False)),
        words=tuple((word.start, word.end, round(word.weight, 3)) for word in words),
    )


def _find_cue_words(study: Study, suggestion_id: str) -> str:
    """Return the words that the codebook's cues matched for a suggestion; empty if none did."""
    from qualcode.suggest.cue_suggestions import load_cue_suggestions

    suggestions = load_cue_suggestions(study)
    return dict(zip(suggestions.id, suggestions.why, strict=True)).get(suggestion_id, "")


class _ReasonContexts:
    """The texts that the context reasons of a unit refer to, by the label of the reason."""

    def __init__(self, ranked: RankedPart, unit: int, *, cues: str) -> None:
        from qualcode.suggest.reasons.contributions import EVIDENCE_LABELS, VIEW_LABELS

        corpus = ranked.data.labelled_corpus.corpus
        sentences = {VIEW_LABELS[view]: getattr(corpus, view)[unit] for view in ("before", "after")}
        turns = {VIEW_LABELS[view]: getattr(corpus, view)[unit] for view in ("question", "reply")}
        self._texts = {label: corpus.texts[index] for label, index in sentences.items() if index >= 0}
        self._texts |= {label: corpus.turns[index] for label, index in turns.items() if index >= 0}
        self._texts[EVIDENCE_LABELS["cues"]] = cues
        if corpus.case_texts:
            self._texts[VIEW_LABELS["case"]] = corpus.case_texts[unit]

    def add_context(self, reason: Reason) -> WeightedReason:
        """Return a reason with the text that it refers to."""
        kind: Literal["word", "around"] = "word" if reason.kind == "word" else "around"
        text = self._texts.get(reason.text, "") if kind == "around" else ""
        return WeightedReason(kind, reason.text, round(reason.weight, 3), " ".join(text.split()))


def _similar_sentences(ranked: RankedPart, unit: int, code: int, *, is_coded: bool) -> Iterator[SimilarSentence]:
    import numpy as np

    data, codes = ranked.scored_training_units.labelled_corpus, ranked.trained.learner.codes
    corpus = data.corpus
    (similar,) = ranked.explainer.find_similar_units(np.array([unit]), code, limit=_MAX_SIMILAR, is_coded=is_coded)
    for other, similarity in similar:
        transcript, turn = corpus.transcripts[corpus.transcript[other]], int(corpus.number[other])
        other_codes = tuple(codes[column] for column in np.flatnonzero(data.labels.truth[other]))
        yield SimilarSentence(
            transcript, turn, corpus.texts[other], other_codes, ranked.data.coder, round(similarity, 3)
        )
