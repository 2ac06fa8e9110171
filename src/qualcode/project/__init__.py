"""The one desk: every verb of the program once, for the command line and for notebooks alike."""

from __future__ import annotations

from qualcode.coding.import_tables import ImportResult
from qualcode.listings.status import StudyStatus
from qualcode.project.project import Project
from qualcode.study.selection import AnalysisOptions

__all__ = ["AnalysisOptions", "ImportResult", "Project", "StudyStatus"]
