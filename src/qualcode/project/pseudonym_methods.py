"""What a study's class can do about names: find them, put pseudonyms for them, take that back, look for leaks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import Problem, UsageError
from qualcode.project.project_base import ProjectBase

if TYPE_CHECKING:
    from qualcode.pseudonyms.pseudonymisation import DecideName, PseudonymisationResult


class PseudonymMethods(ProjectBase):
    """The verbs on names; the key file lies outside the study and only its owner can read it."""

    def pseudonymise(
        self,
        key: str | Path,
        *,
        write: bool = False,
        undo: bool = False,
        convert: bool = False,
        decide: DecideName | None = None,
    ) -> PseudonymisationResult:
        """Put pseudonyms for the names of a key all over the study, or with ``undo`` names for pseudonyms.

        Nothing is changed unless ``write``. ``decide`` is asked about words that may be no names; ``convert`` makes
        plain text of sources that cannot be rewritten.
        """
        from qualcode.pseudonyms.key_file import open_key_file
        from qualcode.pseudonyms.pseudonymisation import pseudonymise

        if undo and (convert or decide):
            raise UsageError("undo takes back all that was replaced: it neither converts nor asks")
        held = open_key_file(Path(key), self.study.root)
        done = pseudonymise(held, write=write, undo=undo, convert=convert, decide=decide)
        self.refresh()
        self.said = list(done.notes)
        return done

    def find_names(self, key: str | Path, *, model: str = "") -> list[tuple[str, str]]:
        """Add names that are found to a key, each with a pseudonym to be edited; return the new ones."""
        from qualcode.pseudonyms.key_file import open_key_file
        from qualcode.pseudonyms.name_candidates import find_names

        found, self.said = find_names(
            open_key_file(Path(key), self.study.root, allow_missing=True), self.study, model=model
        )
        return found

    def leaks(self, key: str | Path) -> list[Problem]:
        """Return every name of a key that the study still holds: texts, tables, file names, exports."""
        from qualcode.pseudonyms.key_file import load_valid_key, open_key_file
        from qualcode.pseudonyms.leaks import find_leaks, leak_check_limits

        held = open_key_file(Path(key), self.study.root)
        self.said = [leak_check_limits()]
        return find_leaks(self.study, load_valid_key(held))
