"""qualcode: qualitative interview coding, from transcripts to theme tables and networks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from qualcode.version import __version__

if TYPE_CHECKING:
    from qualcode.coding.codebook_work.codebook_changes import CodebookChange
    from qualcode.coding.history.undo_events import TakenBack
    from qualcode.coding.import_tables import ImportProblemsError, ImportResult
    from qualcode.coding.marked_text.edit_context import EditProblemsError
    from qualcode.coding.marked_text.marked_codings import MarkedText
    from qualcode.coding.quote_location import QuoteLocation
    from qualcode.coding.recorded_decisions import RecordedDecisions
    from qualcode.coding.update_plan import CodingUpdate
    from qualcode.errors import OperationError, Problem, QualcodeError, UnknownNameError, UsageError
    from qualcode.evaluation.evaluation_tables import Evaluation
    from qualcode.listings.reading.coded_transcript import CodedTranscript
    from qualcode.listings.status import StudyStatus
    from qualcode.model import Codebook, Unit
    from qualcode.project import Project
    from qualcode.project.noted_results import NotedList, NotedStream, ProblemList, WrittenFile
    from qualcode.pseudonyms.pseudonymisation import PseudonymisationResult
    from qualcode.pseudonyms.text.name_replacement import NameInContext
    from qualcode.suggest import Suggestions
    from qualcode.suggest.explanations.explanation import Explanation
    from qualcode.suggest.explanations.highlighted_transcript import HighlightedTranscript

__all__ = [
    "Codebook",
    "CodebookChange",
    "CodedTranscript",
    "CodingUpdate",
    "EditProblemsError",
    "Evaluation",
    "Explanation",
    "HighlightedTranscript",
    "ImportProblemsError",
    "ImportResult",
    "MarkedText",
    "NameInContext",
    "NotedList",
    "NotedStream",
    "OperationError",
    "Problem",
    "ProblemList",
    "Project",
    "PseudonymisationResult",
    "QualcodeError",
    "QuoteLocation",
    "RecordedDecisions",
    "StudyStatus",
    "Suggestions",
    "TakenBack",
    "Unit",
    "UnknownNameError",
    "UsageError",
    "WrittenFile",
    "__version__",
]

_MODULES = {
    "qualcode.coding.codebook_work.codebook_changes": "CodebookChange",
    "qualcode.coding.history.undo_events": "TakenBack",
    "qualcode.coding.import_tables": "ImportProblemsError ImportResult",
    "qualcode.coding.marked_text.edit_context": "EditProblemsError",
    "qualcode.coding.marked_text.marked_codings": "MarkedText",
    "qualcode.coding.quote_location": "QuoteLocation",
    "qualcode.coding.recorded_decisions": "RecordedDecisions",
    "qualcode.coding.update_plan": "CodingUpdate",
    "qualcode.errors": "OperationError Problem QualcodeError UnknownNameError UsageError",
    "qualcode.evaluation.evaluation_tables": "Evaluation",
    "qualcode.listings.reading.coded_transcript": "CodedTranscript",
    "qualcode.listings.status": "StudyStatus",
    "qualcode.model": "Codebook Unit",
    "qualcode.project": "Project",
    "qualcode.project.noted_results": "NotedList NotedStream ProblemList WrittenFile",
    "qualcode.pseudonyms.pseudonymisation": "PseudonymisationResult",
    "qualcode.pseudonyms.text.name_replacement": "NameInContext",
    "qualcode.suggest": "Suggestions",
    "qualcode.suggest.explanations.explanation": "Explanation",
    "qualcode.suggest.explanations.highlighted_transcript": "HighlightedTranscript",
}
"""The public names of each module."""


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that ``qualcode --help`` stays fast."""
    for module, names in _MODULES.items():
        if name in names.split():
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'qualcode' has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return the public names; modules that were imported meanwhile are none of them."""
    return __all__
