"""Methods of `Project` that edit the codebook: rename, move, merge, split and retire codes."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import UsageError
from qualcode.project.noted_results import WrittenFile
from qualcode.project.project_base import ProjectBase
from qualcode.study.selection import Names, to_name_tuple

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.codebook.editing.codebook_edits import EditFunction
    from qualcode.coding.codebook_work.codebook_changes import CodebookChange


class CodebookMethods(ProjectBase):
    """Edits of the codebook's files; all else in them stays as it is, and ledgers are not touched."""

    def rename_code(self, code: str, new: str, *, dry_run: bool = False) -> CodebookChange:
        """Give a code, family or theme another id; codings of the old id count for the new one.

        Parameters
        ----------
        code
            Id of the code, family or theme.
        new
            The new id, or its last part.
        dry_run
            Whether nothing is written; the result shows what would change.
        """
        from qualcode.codebook.editing.codebook_edits import rename_entry

        return self._change_codebook(lambda texts, book: rename_entry(texts, book, code, new), dry_run=dry_run)

    def move_code(self, code: str, to: str, *, dry_run: bool = False) -> CodebookChange:
        """Move a code, with the codes below it, into another family or below another code.

        Parameters
        ----------
        code
            Id of the code.
        to
            Id of the family or code that it belongs to from now on.
        dry_run
            Whether nothing is written; the result shows what would change.
        """
        from qualcode.codebook.editing.codebook_edits import move_code

        return self._change_codebook(lambda texts, book: move_code(texts, book, code, to), dry_run=dry_run)

    def merge_codes(self, codes: Names, into: str, *, dry_run: bool = False) -> CodebookChange:
        """Remove codes, and count their codings for another one; codes below them move below it.

        Parameters
        ----------
        codes
            Ids of the codes that are removed.
        into
            Id of the code that stays.
        dry_run
            Whether nothing is written; the result shows what would change.
        """
        from qualcode.codebook.editing.codebook_edits import merge_codes

        names = to_name_tuple(codes)
        return self._change_codebook(lambda texts, book: merge_codes(texts, book, names, into), dry_run=dry_run)

    def split_code(self, code: str, new: Names, *, keep: bool = False, dry_run: bool = False) -> CodebookChange:
        """Add codes beside a code, which is retired. Its codings stay, until a coder decides on them again.

        Parameters
        ----------
        code
            Id of the code.
        new
            Ids of the new codes, or their last parts.
        keep
            Whether the code stays in use, and the new ones are below it.
        dry_run
            Whether nothing is written; the result shows what would change.
        """
        from qualcode.codebook.editing.codebook_edits import split_code

        names = to_name_tuple(new)
        if not names:
            raise UsageError("new: name the codes that the code is split into")
        retired = f"{date.today()}: split into {', '.join(names)}"
        return self._change_codebook(
            lambda texts, book: split_code(texts, book, code, names, keep=keep, retired=retired), dry_run=dry_run
        )

    def retire_code(self, code: str, *, reason: str = "", undo: bool = False, dry_run: bool = False) -> CodebookChange:
        """Mark a code as no longer in use: it is not suggested and cannot be given to text; its codings count.

        Parameters
        ----------
        code
            Id of the code.
        reason
            Why it is retired; kept with the date.
        undo
            Whether the mark is taken away instead.
        dry_run
            Whether nothing is written; the result shows what would change.
        """
        from qualcode.codebook.editing.codebook_edits import retire_code

        if undo and reason:
            raise UsageError("undo takes no reason: leave out one of the two")
        retired = "" if undo else ": ".join(filter(None, [str(date.today()), " ".join(reason.split())]))
        return self._change_codebook(
            lambda texts, book: retire_code(texts, book, code, retired=retired), dry_run=dry_run
        )

    def codebook_diff(self, before: str | Path, after: str | Path = "") -> pd.DataFrame:
        """Return one row per change of the codebook between two versions, with old and new text.

        Parameters
        ----------
        before, after
            A date (``2026-11-30``: the end of that day) or a revision in the git history of the study, or a file or
            folder with a codebook. If ``after`` is not given, the codebook as it is now.
        """
        from qualcode.listings.codebook_versions.codebook_diff_rows import CODEBOOK_DIFF_COLUMNS, diff_codebooks
        from qualcode.tables import make_frame

        rows, notes = diff_codebooks(self.study, str(before), str(after))
        return make_frame(rows, CODEBOOK_DIFF_COLUMNS, notes=notes)

    def export_codebook(
        self,
        path: str | Path,
        *,
        counts: bool = False,
        coder: str | None = None,
        examples: int | None = None,
        csv_safe: bool = False,
    ) -> WrittenFile:
        """Write the codebook as the appendix of a paper, or as a table for other tools.

        Parameters
        ----------
        path
            Name of the file, which ends in ``.docx``, ``.md`` or ``.csv``.
        counts
            Whether each code has its number of codings and transcripts.
        coder
            Whose codings are counted; if not given, the study's coder, or the only one there is.
        examples
            How many examples of a code an appendix shows at most; all if not given.
        csv_safe
            Whether CSV has an apostrophe before what a spreadsheet would take for a formula.
        """
        from qualcode.export.codebook.codebook_file import CodebookExport, write_codebook

        if examples is not None and examples < 0:
            raise UsageError(f"examples: must be at least 0, not {examples}")
        notes = write_codebook(self.study, Path(path), CodebookExport(counts, coder, examples, csv_safe))
        return WrittenFile(Path(path), tuple(notes))

    def _change_codebook(self, edit: EditFunction, *, dry_run: bool) -> CodebookChange:
        from qualcode.coding.codebook_work.codebook_changes import change_codebook

        change = change_codebook(self.study, edit, dry_run=dry_run)
        if change.is_written:
            self.refresh()
        return change
