"""Methods of `Project` that write a transcript with marks to be edited, and read it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import DECISION_PARAMETERS, document_parameters
from qualcode.study.selection import Names, require_coder

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.coding.marked_text.marked_codings import MarkedText


class MarkedTextMethods(ProjectBase):
    """Coding in a text editor."""

    def marked_text(self, transcript: str, *, coder: str | None = None, code: Names | None = None) -> MarkedText:
        """Return a transcript as a text with the codings of a coder as marks, to be edited and read with `edit_from`.

        Parameters
        ----------
        transcript
            Id of the transcript.
        coder
            Whose codings are marked; if not given, those of the study's coder.
        code
            Only codings with these codes (with the codes below them), families or themes; all if not given.
        """
        from qualcode.coding.marked_text.marked_codings import write_marked_text

        name = require_coder(self.study, coder, verb="edit")
        return write_marked_text(self.study, transcript, coder=name, code=code)

    @document_parameters(DECISION_PARAMETERS)
    def edit_from(self, text: str | Path, *, coder: str | None = None, dry_run: bool = False) -> pd.DataFrame:
        """Record what was changed in a marked text; return one row per coding that it changes.

        Codings are added, removed, recoded (another code) or moved (other words).
        All of it is one action, which `undo` takes back. Codings of other coders, and codings that the text does not
        show, are left as they are.

        Parameters
        ----------
        text
            The file with the text, or the text itself.
        coder
            Whose codings the text has; if not given, the coder whom it names.

        Raises
        ------
        EditProblemsError
            If words were changed, a mark does not parse, or a change cannot be recorded; it has all ``problems``.
        """
        from qualcode.coding.corrections.correction_report import holding_corrections
        from qualcode.coding.marked_text.edit_context import EditContext, load_edited_text
        from qualcode.coding.marked_text.edit_record import record_edit

        edited = load_edited_text(text)
        with holding_corrections(self.study, write=not dry_run):
            return record_edit(EditContext(self.study, edited, coder=coder), dry_run=dry_run)
