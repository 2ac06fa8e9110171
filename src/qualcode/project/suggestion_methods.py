"""Methods of `Project` that suggest codes, explain suggestions and evaluate them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import check_positive
from qualcode.files import fill_atomically
from qualcode.project.noted_results import NotedStream, WrittenFile
from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import EVALUATION_PARAMETERS, SUGGESTION_PARAMETERS, document_parameters
from qualcode.study.next_step import describe_missing_sources
from qualcode.study.selection import Names, to_name_tuple
from qualcode.suggest.suggestion_request import Order, SuggestionOptions

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.evaluation.evaluation_tables import Evaluation
    from qualcode.suggest import Suggestions
    from qualcode.suggest.explanations.explanation import Explanation
    from qualcode.suggest.explanations.highlighted_transcript import HighlightedTranscript


class SuggestionMethods(ProjectBase):
    """Suggestions, why they are made, and how good they are; nothing here is counted before a coder accepts it."""

    @document_parameters(SUGGESTION_PARAMETERS)
    def suggest(
        self,
        *,
        code: Names | None = None,
        transcripts: Names | None = None,
        min_score: float | None = None,
        max_score: float | None = None,
        per_sentence: int | None = None,
        top: int | None = None,
        unread_only: bool = False,
        order: Order | None = None,
        learn_from: str | None = None,
        coder: str | None = None,
        decided: bool = False,
        maker: Names | None = None,
        spacy_model: str | None = None,
        announce: Callable[[str], object] | None = None,
        jobs: int = 1,
    ) -> pd.DataFrame:
        """Return suggestions with their reasons, as `suggestions` does, as a DataFrame."""
        from qualcode.listings.coding_rows import coding_categories
        from qualcode.tables import make_frame

        selection = (code, transcripts, min_score, per_sentence, top, unread_only, order)
        options = SuggestionOptions(*selection, learn_from, coder, decided, maker, spacy_model, announce, max_score)
        found = self._collect_suggestions(options, jobs=jobs)
        categories = coding_categories(self.study)
        return make_frame(found.rows(), list(found.columns()), notes=found.notes, categories=categories)

    @document_parameters(SUGGESTION_PARAMETERS)
    def suggestions(
        self,
        *,
        code: Names | None = None,
        transcripts: Names | None = None,
        min_score: float | None = None,
        max_score: float | None = None,
        per_sentence: int | None = None,
        top: int | None = None,
        unread_only: bool = False,
        order: Order | None = None,
        learn_from: str | None = None,
        coder: str | None = None,
        decided: bool = False,
        maker: Names | None = None,
        spacy_model: str | None = None,
        announce: Callable[[str], object] | None = None,
        jobs: int = 1,
    ) -> Suggestions:
        """Return suggestions as columns; those that the coder has decided on are left out unless asked for."""
        selection = (code, transcripts, min_score, per_sentence, top, unread_only, order)
        options = SuggestionOptions(*selection, learn_from, coder, decided, maker, spacy_model, announce, max_score)
        return self._collect_suggestions(options, jobs=jobs)

    @document_parameters(SUGGESTION_PARAMETERS)
    def stream_suggestions(
        self,
        *,
        code: Names | None = None,
        transcripts: Names | None = None,
        min_score: float | None = None,
        max_score: float | None = None,
        per_sentence: int | None = None,
        top: int | None = None,
        unread_only: bool = False,
        order: Order | None = None,
        learn_from: str | None = None,
        coder: str | None = None,
        decided: bool = False,
        maker: Names | None = None,
        spacy_model: str | None = None,
        announce: Callable[[str], object] | None = None,
        jobs: int = 1,
    ) -> NotedStream[Suggestions]:
        """Return an iterator over the parts of what `suggestions` returns; of a large study none is kept."""
        selection = (code, transcripts, min_score, per_sentence, top, unread_only, order)
        options = SuggestionOptions(*selection, learn_from, coder, decided, maker, spacy_model, announce, max_score)
        return self._stream_suggestions(options, jobs=jobs)

    @document_parameters(SUGGESTION_PARAMETERS)
    def save_suggestions(
        self,
        path: str | Path,
        *,
        code: Names | None = None,
        transcripts: Names | None = None,
        min_score: float | None = None,
        max_score: float | None = None,
        per_sentence: int | None = None,
        top: int | None = None,
        unread_only: bool = False,
        order: Order | None = None,
        learn_from: str | None = None,
        coder: str | None = None,
        decided: bool = False,
        maker: Names | None = None,
        spacy_model: str | None = None,
        announce: Callable[[str], object] | None = None,
        jobs: int = 1,
    ) -> WrittenFile:
        """Write what `suggestions` returns as a Parquet file at ``path``, part by part."""
        from qualcode.suggest.suggestion_table import write_parts

        selection = (code, transcripts, min_score, per_sentence, top, unread_only, order)
        options = SuggestionOptions(*selection, learn_from, coder, decided, maker, spacy_model, announce, max_score)
        written = 0
        stream = self._stream_suggestions(options, jobs=jobs)

        def fill(temporary: Path) -> None:
            nonlocal written
            written = write_parts(stream, temporary)

        fill_atomically(Path(path), fill)
        return WrittenFile(Path(path), tuple(stream.notes), written)

    def _collect_suggestions(self, options: SuggestionOptions, *, jobs: int) -> Suggestions:
        from qualcode.suggest.suggestion_table import Suggestions

        stream = self._stream_suggestions(options, jobs=jobs)
        suggestions = Suggestions.concat(stream)
        suggestions.notes.extend(stream.notes)
        return suggestions

    def _stream_suggestions(self, options: SuggestionOptions, *, jobs: int) -> NotedStream[Suggestions]:
        from qualcode.suggest.study_suggestions import stream_study_suggestions

        check_positive("jobs", jobs)
        notes: list[str] = []

        def parts() -> Iterator[Suggestions]:
            yield from stream_study_suggestions(self.study, options, jobs=jobs, notes=notes)
            notes.extend(filter(None, [*self._list_unread(), describe_missing_sources(self.study)]))

        return NotedStream(parts(), notes)

    def why(self, suggestion: str, *, learn_from: str | None = None) -> Explanation:
        """Return the evidence for and against a ``suggestion``, by its id, and what was coded like it.

        ``learn_from`` is the coder whose decisions the model is trained on; if not given, the study's coder.
        """
        return self.explanations(suggestion, learn_from=learn_from)[0]

    def explanations(self, ids: Names, *, learn_from: str | None = None) -> list[Explanation]:
        """Return what `why` does with ``learn_from``, for the suggestions with these ``ids``."""
        from qualcode.suggest.explanations.explained_suggestions import explain_suggestions
        from qualcode.suggest.study_suggestions import resolve_learn_from

        return explain_suggestions(self.study, to_name_tuple(ids), coder=resolve_learn_from(self.study, learn_from))

    @document_parameters(SUGGESTION_PARAMETERS)
    def highlight(
        self,
        transcript: str,
        *,
        code: Names | None = None,
        min_score: float | None = None,
        max_score: float | None = None,
        per_sentence: int | None = None,
        top: int | None = None,
        learn_from: str | None = None,
        coder: str | None = None,
        decided: bool = False,
        maker: Names | None = None,
        spacy_model: str | None = None,
        announce: Callable[[str], object] | None = None,
    ) -> HighlightedTranscript:
        """Return a ``transcript``, by its id, with the suggestions for its sentences, to show in a notebook."""
        from qualcode.suggest.explanations.highlighted_transcript import highlight_transcript

        options = SuggestionOptions(
            code=code,
            min_score=min_score,
            max_score=max_score,
            per_sentence=per_sentence,
            top=top,
            learn_from=learn_from,
            coder=coder,
            decided=decided,
            maker=maker,
            spacy_model=spacy_model,
            announce=announce,
        )
        highlighted = highlight_transcript(self.study, transcript, options)
        highlighted.notes.extend(self._list_unread())
        return highlighted

    @document_parameters(EVALUATION_PARAMETERS)
    def evaluate(
        self, *, coder: str | None = None, code: Names | None = None, second: str | None = None, curve: bool = True
    ) -> Evaluation:
        """Return how good suggestions trained on a coder's decisions are, beside baselines and a second coder.

        Parameters
        ----------
        second
            Coder whose agreement with the first is the benchmark ("human ceiling"); if not given, the one who has
            finished most of the same transcripts.
        curve
            Whether the learning curve is computed, which takes longest.
        """
        from qualcode.evaluation.evaluation_tables import evaluate

        return evaluate(self.study, coder=coder, code=to_name_tuple(code), second=second, curve=curve)

    @document_parameters(EVALUATION_PARAMETERS)
    def surprises(self, *, coder: str | None = None, code: Names | None = None, top: int = 20) -> pd.DataFrame:
        """Return codings and uncoded sentences that a model trained without their transcript finds least likely."""
        from qualcode.evaluation.surprises import find_surprises
        from qualcode.tables import add_notes

        check_positive("top", top)
        frame, notes = find_surprises(self.study, coder=coder, code=to_name_tuple(code), top=top)
        return add_notes(frame, notes)

    @document_parameters(EVALUATION_PARAMETERS)
    def drift(self, *, coder: str | None = None, code: Names | None = None) -> pd.DataFrame:
        """Return how likely a coder's codings are, by quarters of the time in which they were made (coder drift)."""
        from qualcode.evaluation.drift import measure_drift
        from qualcode.tables import add_notes

        frame, notes = measure_drift(self.study, coder=coder, code=to_name_tuple(code))
        return add_notes(frame, notes)

    @document_parameters(EVALUATION_PARAMETERS)
    def confusions(self, *, coder: str | None = None, code: Names | None = None, top: int = 20) -> pd.DataFrame:
        """Return pairs of codes that the model confuses, with examples."""
        from qualcode.evaluation.confusions import find_confusions
        from qualcode.tables import add_notes

        check_positive("top", top)
        frame, notes = find_confusions(self.study, coder=coder, code=to_name_tuple(code), top=top)
        return add_notes(frame, notes)
