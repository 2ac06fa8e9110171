"""Methods of `Project` that suggest codes and explain suggestions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from qualcode.files import fill_atomically
from qualcode.project.noted_results import NotedStream, WrittenFile
from qualcode.project.project_base import ProjectBase
from qualcode.study.selection import Names, to_name_tuple
from qualcode.suggest.suggestion_request import SuggestionOptions

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.suggest import Suggestions
    from qualcode.suggest.explanations.explanation import Explanation
    from qualcode.suggest.explanations.highlighted_transcript import HighlightedTranscript


class SuggestionMethods(ProjectBase):
    """Suggestions and why they are made; nothing here is counted before a coder accepts it."""

    def suggest(self, **options: Unpack[SuggestionOptions]) -> pd.DataFrame:
        """Return suggestions with their reasons, as `suggestions` does, as a DataFrame."""
        from qualcode.tables import make_frame

        found = self.suggestions(**options)
        return make_frame(found.rows(), list(found.columns()), notes=found.notes)

    def suggestions(self, *, jobs: int = 1, **options: Unpack[SuggestionOptions]) -> Suggestions:
        """Return suggestions as columns; those that the coder has decided on are left out unless asked for."""
        from qualcode.suggest.suggestion_table import Suggestions

        stream = self.stream_suggestions(jobs=jobs, **options)
        suggestions = Suggestions.concat(stream)
        suggestions.notes.extend(stream.notes)
        return suggestions

    def stream_suggestions(self, *, jobs: int = 1, **options: Unpack[SuggestionOptions]) -> NotedStream[Suggestions]:
        """Return an iterator over the parts of what `suggestions` returns; of a large study none is kept.

        ``jobs`` is the number of processes that search for cues (search terms).
        """
        from qualcode.suggest.study_suggestions import stream_study_suggestions

        notes: list[str] = []

        def parts() -> Iterator[Suggestions]:
            yield from stream_study_suggestions(self.study, options, jobs=jobs, notes=notes)
            notes.extend(self.unread)

        return NotedStream(parts(), notes)

    def save_suggestions(self, path: str | Path, *, jobs: int = 1, **options: Unpack[SuggestionOptions]) -> WrittenFile:
        """Write what `suggestions` returns as a Parquet file, part by part."""
        from qualcode.suggest.suggestion_table import write_parts

        written = 0
        stream = self.stream_suggestions(jobs=jobs, **options)

        def fill(temporary: Path) -> None:
            nonlocal written
            written = write_parts(stream, temporary)

        fill_atomically(Path(path), fill)
        return WrittenFile(Path(path), tuple(stream.notes), written)

    def why(self, suggestion: str, *, learn_from: str | None = None) -> Explanation:
        """Return the evidence for and against a suggestion, by its id, and what was coded like it."""
        return self.explanations(suggestion, learn_from=learn_from)[0]

    def explanations(self, ids: Names, *, learn_from: str | None = None) -> list[Explanation]:
        """Return what `why` does, for several suggestions."""
        from qualcode.suggest.explanations.explained_suggestions import explain_suggestions
        from qualcode.suggest.study_suggestions import resolve_learn_from

        return explain_suggestions(self.study, to_name_tuple(ids), coder=resolve_learn_from(self.study, learn_from))

    def highlight(self, transcript: str, **options: Unpack[SuggestionOptions]) -> HighlightedTranscript:
        """Return a transcript with the suggestions for its sentences, to show in a notebook."""
        from qualcode.suggest.explanations.highlighted_transcript import highlight_transcript

        highlighted = highlight_transcript(self.study, transcript, options)
        highlighted.notes.extend(self.unread)
        return highlighted
