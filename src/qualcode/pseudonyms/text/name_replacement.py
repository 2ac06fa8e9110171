"""Replace names with pseudonyms and record how to undo it; restore names from the record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from qualcode.pseudonyms.text.name_search import NameFinder, NameMatch, TextKind, certain_matches
from qualcode.pseudonyms.text.text_edits import (
    Edit,
    EditFinder,
    apply_edits,
    build_edits,
    build_undo_edits,
    hash_pieces,
    renumber_edits,
)

ParagraphRecord = Mapping[str, Sequence[tuple[str, int, Sequence[Edit]]]]
"""Undo edits by place (a path or an id): hash of the changed paragraph, number of equal ones before it, the edits.

Paragraphs that the key alone restores are left out.
"""
_CONTEXT_LENGTH = 45
"""Characters of context on either side of a word that is shown."""


@dataclass(frozen=True, slots=True)
class NameInContext:
    """A name found at a place, with the text around it."""

    where: str
    name_match: NameMatch
    before: str
    after: str
    place_count: int = 1
    """Places that one answer decides."""


class Replacer(Protocol):
    """Replaces names with pseudonyms, or pseudonyms with names."""

    pseudonym_finder: NameFinder

    def edit_finder_for(self, where: str, *, kind: TextKind = "prose") -> EditFinder:
        """Return a function that finds the edits of the paragraphs of one place, which it is given in order."""
        ...

    def replace_text(self, where: str, text: str) -> str:
        """Return a text with replacements that are not recorded."""
        ...


@dataclass
class Pseudonymiser:
    """Replaces names with pseudonyms; collects the matches, and the undo edits that the key alone does not give."""

    name_finder: NameFinder
    pseudonym_finder: NameFinder
    matches: list[NameInContext] = field(default_factory=list)
    used_pseudonyms: list[NameInContext] = field(default_factory=list)
    """Pseudonyms that are in the texts already: they could not be distinguished from the new ones."""
    record: dict[str, list[tuple[str, int, list[Edit]]]] = field(default_factory=dict)
    _counts: dict[str, Counter[str]] = field(default_factory=dict)

    def edit_finder_for(self, where: str, *, kind: TextKind = "prose") -> EditFinder:
        """Return a function that finds the edits of the paragraphs of one place, which it is given in order."""

        def find_edits(pieces: Sequence[str]) -> list[Edit]:
            edits = build_edits(pieces, certain_matches(self._find_names(where, "".join(pieces), kind)))
            # Other paragraphs need not be counted: without a pseudonym, none is equal to a changed paragraph.
            if edits:
                self._record_undo(where, pieces, edits)
            return edits

        return find_edits

    def replace_text(self, where: str, text: str) -> str:
        """Return a text with pseudonyms; how to undo it is not recorded."""
        edits = build_edits([text], certain_matches(self._find_names(where, text, "prose")))
        return apply_edits([text], edits)[0]

    def _find_names(self, where: str, text: str, kind: TextKind) -> list[NameMatch]:
        matches = self.name_finder(text, kind=kind)
        self.matches += [_name_in_context(where, match, text) for match in matches]
        # As in fields, where every match counts, since an undo replaces every pseudonym.
        self.used_pseudonyms += [
            _name_in_context(where, match, text) for match in self.pseudonym_finder(text, kind="field")
        ]
        return matches

    def _record_undo(self, where: str, pieces: Sequence[str], edits: list[Edit]) -> None:
        new_pieces = apply_edits(pieces, edits)
        new_hash = hash_pieces(new_pieces)
        counts = self._counts.setdefault(where, Counter())
        restored = apply_edits(new_pieces, _restoring_edits(new_pieces, self.pseudonym_finder))
        if restored != list(pieces):
            record = self.record.setdefault(where, [])
            record.append((new_hash, counts[new_hash], build_undo_edits(pieces, edits)))
        # Also counted where nothing is recorded, since `NameRestorer` counts every paragraph.
        counts[new_hash] += 1


@dataclass
class NameRestorer:
    """Restores names: from the record, or in paragraphs edited since, each name in its first form."""

    pseudonym_finder: NameFinder
    record: ParagraphRecord
    _counts: dict[str, Counter[str]] = field(default_factory=dict)

    def edit_finder_for(self, where: str, *, kind: TextKind = "prose") -> EditFinder:
        """Return a function that finds the edits of the paragraphs of one place, which it is given in order."""
        counts = self._counts.setdefault(where, Counter())
        recorded = {(new_hash, number): edits for new_hash, number, edits in self.record.get(where, ())}

        def find_edits(pieces: Sequence[str]) -> list[Edit]:
            new_hash = hash_pieces(pieces)
            edits = recorded.get((new_hash, counts[new_hash]))
            counts[new_hash] += 1
            return _restoring_edits(pieces, self.pseudonym_finder) if edits is None else renumber_edits(pieces, edits)

        return find_edits

    def replace_text(self, where: str, text: str) -> str:
        """Return a text with names in their first form."""
        return apply_edits([text], _restoring_edits([text], self.pseudonym_finder))[0]


def _restoring_edits(pieces: Sequence[str], pseudonym_finder: NameFinder) -> list[Edit]:
    """Return the edits that replace each pseudonym with the first form of its name."""
    return build_edits(pieces, pseudonym_finder("".join(pieces), kind="field"))


def _name_in_context(where: str, match: NameMatch, text: str) -> NameInContext:
    before = text[max(0, match.start - _CONTEXT_LENGTH) : match.start]
    return NameInContext(where, match, before, text[match.end : match.end + _CONTEXT_LENGTH])
