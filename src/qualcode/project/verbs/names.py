"""What a study's class can do about names: find them, put pseudonyms for them, take that back, look for leaks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import Problem, UsageError
from qualcode.project.verbs.held import Held

if TYPE_CHECKING:
    from qualcode.project.naming.pseudonymising import Decide, Pseudonymised


class Naming(Held):
    """The verbs on names; the key file lies outside the study and only its owner can read it."""

    def pseudonymise(
        self,
        key: str | Path,
        *,
        write: bool = False,
        undo: bool = False,
        convert: bool = False,
        decide: Decide | None = None,
    ) -> Pseudonymised:
        """Put pseudonyms for the names of a key all over the study, or with ``undo`` names for pseudonyms.

        Nothing is changed unless ``write``. ``decide`` is asked about words that may be no names; ``convert`` makes
        plain text of sources that cannot be rewritten.
        """
        from qualcode.project.naming.keys import key_file
        from qualcode.project.naming.pseudonymising import pseudonymise

        if undo and (convert or decide):
            raise UsageError("undo takes back all that was replaced: it neither converts nor asks")
        held = key_file(Path(key), self.study.root)
        done = pseudonymise(held, write=write, undo=undo, convert=convert, decide=decide)
        self.refresh()
        self.said = list(done.said)
        return done

    def find_names(self, key: str | Path, *, model: str = "") -> list[tuple[str, str]]:
        """Add names that are found to a key, each with a pseudonym to be edited; return the new ones."""
        from qualcode.project.naming.finding import find_names
        from qualcode.project.naming.keys import key_file

        found, self.said = find_names(key_file(Path(key), self.study.root, new=True), self.study, model=model)
        return found

    def leaks(self, key: str | Path) -> list[Problem]:
        """Return every name of a key that the study still holds: texts, tables, file names, exports."""
        from qualcode.project.naming.keys import key_file, names_of
        from qualcode.project.naming.leaks import cannot_know, leaks

        held = key_file(Path(key), self.study.root)
        self.said = [cannot_know()]
        return leaks(self.study, names_of(held))
