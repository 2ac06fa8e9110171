"""Methods of `Project` that replace names by pseudonyms, restore them, and search for names that are left."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import UsageError
from qualcode.project.noted_results import NotedList, ProblemList
from qualcode.project.project_base import ProjectBase

if TYPE_CHECKING:
    from qualcode.pseudonyms.pseudonymisation import PseudonymisationResult
    from qualcode.pseudonyms.text.name_replacement import NameInContext


class PseudonymMethods(ProjectBase):
    """Pseudonyms; the key file lies outside the study and only its owner can read it."""

    def pseudonymise(
        self,
        key: str | Path,
        *,
        write: bool = False,
        undo: bool = False,
        convert: bool = False,
        decide: Callable[[NameInContext], bool | None] | None = None,
    ) -> PseudonymisationResult:
        """Replace the names of a key by pseudonyms throughout the study, or restore them.

        Parameters
        ----------
        key
            The key file, which lies outside the study.
        write
            Whether the files are rewritten; without it nothing is changed.
        undo
            Whether the names are restored instead.
        convert
            Whether sources that cannot be rewritten are turned into plain text.
        decide
            Function that is asked about words that may not be names.

        Raises
        ------
        UsageError
            If ``undo`` is combined with ``convert`` or ``decide``.
        """
        from qualcode.pseudonyms.key_file import open_key_file
        from qualcode.pseudonyms.pseudonymisation import pseudonymise

        if undo and (convert or decide):
            raise UsageError("undo restores everything that was replaced: it takes neither convert nor decide")
        key_file = open_key_file(Path(key), self.study.root)
        result = pseudonymise(key_file, write=write, undo=undo, convert=convert, decide=decide)
        # Sources, codebooks and ledgers were rewritten on disk.
        self.refresh()
        return result

    def find_names(self, key: str | Path, *, model: str = "") -> NotedList[tuple[str, str]]:
        """Search the study for names and add new ones to a ``key`` file, with pseudonyms to edit; return these pairs.

        ``model`` is the name or path of a spaCy pipeline that finds names.
        """
        from qualcode.pseudonyms.key_file import open_key_file
        from qualcode.pseudonyms.name_candidates import find_names

        key_file = open_key_file(Path(key), self.study.root, allow_missing=True)
        return NotedList(*find_names(key_file, self.study, model=model))

    def leaks(self, key: str | Path) -> ProblemList:
        """Return every place where a name of the ``key`` file is left: texts, tables, file names, exports."""
        from qualcode.pseudonyms.key_file import load_valid_key, open_key_file
        from qualcode.pseudonyms.leak_check import find_leaks, leak_check_limits

        names = load_valid_key(open_key_file(Path(key), self.study.root))
        return ProblemList(find_leaks(self.study, names), [leak_check_limits()])
