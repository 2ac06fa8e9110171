"""Replacing with a record, so that it can be taken back exactly; and taking it back."""

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
"""By place (a path, or an id): hash of a changed paragraph, how many like it came before, the edits that bring it back.

A paragraph that the key alone brings back is not in it.
"""
_CONTEXT_LENGTH = 45
"""Letters of context on either side of a word that is shown."""


@dataclass(frozen=True, slots=True)
class NameInContext:
    """A name in its place, with some words around it."""

    where: str
    name_match: NameMatch
    before: str
    after: str


class Replacer(Protocol):
    """What puts pseudonyms for names, or names for pseudonyms; ``back`` finds pseudonyms."""

    pseudonym_finder: NameFinder

    def edit_finder_for(self, where: str, *, kind: TextKind = "prose") -> EditFinder:
        """Return the change of the paragraphs of one place."""
        ...

    def replace_text(self, where: str, text: str) -> str:
        """Return a text that is not recorded, changed."""
        ...


@dataclass
class Pseudonymiser:
    """Puts pseudonyms for names; keeps what was found, and what the key alone could not bring back."""

    name_finder: NameFinder
    pseudonym_finder: NameFinder
    matches: list[NameInContext] = field(default_factory=list)
    used_pseudonyms: list[NameInContext] = field(default_factory=list)
    """Pseudonyms that the texts have already: they could not be told from the new ones."""
    record: dict[str, list[tuple[str, int, list[Edit]]]] = field(default_factory=dict)
    _counts: dict[str, Counter[str]] = field(default_factory=dict)

    def edit_finder_for(self, where: str, *, kind: TextKind = "prose") -> EditFinder:
        """Return the change of the paragraphs of one place."""

        def changed(pieces: Sequence[str]) -> list[Edit]:
            edits = build_edits(pieces, certain_matches(self._find_names(where, "".join(pieces), kind)))
            if edits:
                self._record_undo(where, pieces, edits)
            return edits

        return changed

    def replace_text(self, where: str, text: str) -> str:
        """Return a text with pseudonyms; how to take it back is not recorded."""
        return (
            apply_edits([text], build_edits([text], certain_matches(self._find_names(where, text, "prose"))))[0]
            if text
            else text
        )

    def _find_names(self, where: str, text: str, kind: TextKind) -> list[NameMatch]:
        hits = self.name_finder(text, kind=kind)
        self.matches += [_name_in_context(where, hit, text) for hit in hits]
        self.used_pseudonyms += [
            _name_in_context(where, hit, text) for hit in self.pseudonym_finder(text, kind="field")
        ]
        return hits

    def _record_undo(self, where: str, pieces: Sequence[str], edits: list[Edit]) -> None:
        new = apply_edits(pieces, edits)
        mark = hash_pieces(new)
        counts = self._counts.setdefault(where, Counter())
        if apply_edits(new, build_edits(new, self.pseudonym_finder("".join(new), kind="field"))) != list(pieces):
            self.record.setdefault(where, []).append((mark, counts[mark], build_undo_edits(pieces, edits)))
        counts[mark] += 1


@dataclass
class NameRestorer:
    """Puts names back for pseudonyms: as recorded, or where a paragraph was edited since, in their first form."""

    pseudonym_finder: NameFinder
    record: ParagraphRecord
    _counts: dict[str, Counter[str]] = field(default_factory=dict)

    def edit_finder_for(self, where: str, *, kind: TextKind = "prose") -> EditFinder:
        """Return the change of the paragraphs of one place."""
        counts = self._counts.setdefault(where, Counter())
        known = {(mark, many): edits for mark, many, edits in self.record.get(where, ())}

        def changed(pieces: Sequence[str]) -> list[Edit]:
            mark = hash_pieces(pieces)
            counts[mark] += 1
            edits = known.get((mark, counts[mark] - 1))
            if edits is None:
                return build_edits(pieces, self.pseudonym_finder("".join(pieces), kind="field"))
            return renumber_edits(pieces, edits)

        return changed

    def replace_text(self, where: str, text: str) -> str:
        """Return a text with names in their first form."""
        return apply_edits([text], build_edits([text], self.pseudonym_finder(text, kind="field")))[0] if text else text


def _name_in_context(where: str, hit: NameMatch, text: str) -> NameInContext:
    return NameInContext(
        where, hit, text[max(0, hit.start - _CONTEXT_LENGTH) : hit.start], text[hit.end : hit.end + _CONTEXT_LENGTH]
    )
