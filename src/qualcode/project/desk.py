"""The class that notebooks and commands hold: a study, and every verb on it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import Problem
from qualcode.model import Codebook, Unit
from qualcode.project import checking, overview
from qualcode.project.starting import begin
from qualcode.project.study import Study, find_root
from qualcode.project.verbs.counts import Counts
from qualcode.project.verbs.decisions import Decisions
from qualcode.project.verbs.names import Naming
from qualcode.project.verbs.quality import Judgements
from qualcode.project.verbs.reasons import Reasons
from qualcode.project.verbs.sources import Sources

if TYPE_CHECKING:
    import pandas as pd


class Project(Sources, Decisions, Reasons, Counts, Judgements, Naming):
    """A study on disk. Analyses return DataFrames and graphs, decisions are appended to the ledger.

    Every analysis takes ``unit``, ``coder``, ``code``, ``transcripts``, ``by`` and ``universe`` (see `Choice`), refuses
    names that the study does not have, and leaves what it counted over in ``said``.
    """

    def __init__(self, path: str | Path = ".") -> None:
        self.study = Study(find_root(Path(path)))
        self.said: list[str] = []
        """Sentences on the latest call: unit, coder and universe, and what was left out."""

    @property
    def incomplete(self) -> bool:
        """Whether counts lack something that can be mended: unreadable sources or ledger lines, unknown codes."""
        from qualcode.project.listing import mendable

        return mendable(self.study)

    def __repr__(self) -> str:
        return f"Project({str(self.study.root)!r})"

    @classmethod
    def init(cls, path: str | Path = ".", *, name: str = "", coder: str = "") -> Project:
        """Begin a study in a folder: settings, a first codebook, and the folders; nothing there is overwritten."""
        begin(Path(path), name=name, coder=coder)
        return cls(path)

    @property
    def codebook(self) -> Codebook:
        """The codebook: ``.codes``, ``.families``, ``.themes``, ``.version``."""
        return self.study.book

    def check(self) -> list[Problem]:
        """Return all that is wrong with the study's files; an empty list where all is well."""
        return checking.check(self.study)

    def status(self) -> overview.Status:
        """Return where the study stands."""
        return overview.status(self.study)

    def codes(self) -> pd.DataFrame:
        """Return a line a code: id, name, family, definition and the rest of its entry."""
        from qualcode.project.listing import code_rows
        from qualcode.tables import CODE_COLUMNS, frame

        return frame(code_rows(self.study.book), CODE_COLUMNS)

    def unit(self) -> Unit:
        """Return the study's unit of analysis."""
        return self.study.settings.unit
