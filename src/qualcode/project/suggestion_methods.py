"""Verbs that tell why: one suggestion taken apart, and a transcript with what is suggested in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from qualcode.files import fill_atomically
from qualcode.project.project_base import ProjectBase
from qualcode.study.selection import Names, to_name_tuple
from qualcode.suggest.suggestion_request import SuggestionOptions

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.suggest import Suggestions
    from qualcode.suggest.explanations.explanation import Explanation
    from qualcode.suggest.explanations.highlighted_transcript import HighlightedTranscript


class SuggestionMethods(ProjectBase):
    """Why codes are suggested; a notebook shows what is returned."""

    def suggest(self, **wanted: Unpack[SuggestionOptions]) -> pd.DataFrame:
        """Return suggestions with their reasons, as `suggestions` does, in a DataFrame."""
        from qualcode.tables import make_frame

        found = self.suggestions(**wanted)
        return make_frame(found.rows(), list(found.columns()))

    def suggestions(self, *, jobs: int = 1, **wanted: Unpack[SuggestionOptions]) -> Suggestions:
        """Return suggestions as columns; what the coder has decided is left out unless asked for."""
        from qualcode.suggest.suggestion_table import Suggestions

        return Suggestions.concat(self.stream_suggestions(jobs=jobs, **wanted))

    def stream_suggestions(self, *, jobs: int = 1, **wanted: Unpack[SuggestionOptions]) -> Iterator[Suggestions]:
        """Yield what `suggestions` returns in parts; of a large study none is kept. ``jobs`` processes look for cues.

        What is to be said is left in ``said`` when the last of them has been taken.
        """
        from qualcode.suggest.study_suggestions import stream_study_suggestions

        said: list[str] = []
        yield from stream_study_suggestions(self.study, wanted, jobs=jobs, notes=said)
        self.said = [*said, *self.unread]

    def save_suggestions(self, path: str | Path, *, jobs: int = 1, **wanted: Unpack[SuggestionOptions]) -> int:
        """Write what `suggestions` returns as Parquet, part by part, and return how many they are."""
        from qualcode.suggest.suggestion_table import write_parts

        written = 0

        def fill(temporary: Path) -> None:
            nonlocal written
            written = write_parts(self.stream_suggestions(jobs=jobs, **wanted), temporary)

        fill_atomically(Path(path), fill)
        return written

    def why(self, suggestion: str, *, learn_from: str | None = None) -> Explanation:
        """Return why a suggestion, by its id, is made: reasons for and against it, and what was coded like it."""
        return self.explanations(suggestion, learn_from=learn_from)[0]

    def explanations(self, ids: Names, *, learn_from: str | None = None) -> list[Explanation]:
        """Return why several suggestions are made, as `why` does for one."""
        from qualcode.suggest.explanations.explained_suggestions import explain_suggestions
        from qualcode.suggest.study_suggestions import resolve_learn_from

        self.said = []
        return explain_suggestions(self.study, to_name_tuple(ids), coder=resolve_learn_from(self.study, learn_from))

    def highlight(self, transcript: str, **wanted: Unpack[SuggestionOptions]) -> HighlightedTranscript:
        """Return a transcript with what is suggested for its sentences, for a notebook; options as of `suggestions`."""
        from qualcode.suggest.explanations.highlighted_transcript import highlight_transcript

        shown, said = highlight_transcript(self.study, transcript, wanted)
        self.said = [*said, *self.unread]
        return shown


SUGGESTION_COLUMNS = "id transcript turn start end speaker quote code score maker why version".split()
