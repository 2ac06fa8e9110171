"""Replacing with a record, so that it can be taken back exactly; and taking it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from qualcode.pseudonyms.finding import Finder, Hit, Kind, sure
from qualcode.pseudonyms.pieces import Change, Edit, applied, digest, edits_of, renumbered, way_back

Record = Mapping[str, Sequence[tuple[str, int, Sequence[Edit]]]]
"""By place (a path, or an id): hash of a changed paragraph, how many like it came before, the edits that bring it back.

A paragraph that the key alone brings back is not in it.
"""
_AROUND = 45
"""Letters of context on either side of a word that is shown."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A name in its place, with some words around it."""

    where: str
    hit: Hit
    before: str
    after: str


class Changer(Protocol):
    """What puts pseudonyms for names, or names for pseudonyms; ``back`` finds pseudonyms."""

    back: Finder

    def change(self, where: str, *, kind: Kind = "prose") -> Change:
        """Return the change of the paragraphs of one place."""
        ...

    def words(self, where: str, text: str) -> str:
        """Return a text that is not recorded, changed."""
        ...


@dataclass
class Doing:
    """Puts pseudonyms for names; keeps what was found, and what the key alone could not bring back."""

    find: Finder
    back: Finder
    seen: list[Seen] = field(default_factory=list)
    taken: list[Seen] = field(default_factory=list)
    """Pseudonyms that the texts have already: they could not be told from the new ones."""
    record: dict[str, list[tuple[str, int, list[Edit]]]] = field(default_factory=dict)
    _counts: dict[str, Counter[str]] = field(default_factory=dict)

    def change(self, where: str, *, kind: Kind = "prose") -> Change:
        """Return the change of the paragraphs of one place."""

        def changed(pieces: Sequence[str]) -> list[Edit]:
            edits = edits_of(pieces, sure(self._found(where, "".join(pieces), kind)))
            if edits:
                self._keep(where, pieces, edits)
            return edits

        return changed

    def words(self, where: str, text: str) -> str:
        """Return a text with pseudonyms; how to take it back is not recorded."""
        return applied([text], edits_of([text], sure(self._found(where, text, "prose"))))[0] if text else text

    def _found(self, where: str, text: str, kind: Kind) -> list[Hit]:
        hits = self.find(text, kind=kind)
        self.seen += [_seen(where, hit, text) for hit in hits]
        self.taken += [_seen(where, hit, text) for hit in self.back(text, kind="field")]
        return hits

    def _keep(self, where: str, pieces: Sequence[str], edits: list[Edit]) -> None:
        new = applied(pieces, edits)
        mark = digest(new)
        counts = self._counts.setdefault(where, Counter())
        if applied(new, edits_of(new, self.back("".join(new), kind="field"))) != list(pieces):
            self.record.setdefault(where, []).append((mark, counts[mark], way_back(pieces, edits)))
        counts[mark] += 1


@dataclass
class Undoing:
    """Puts names back for pseudonyms: as recorded, or where a paragraph was edited since, in their first form."""

    back: Finder
    record: Record
    _counts: dict[str, Counter[str]] = field(default_factory=dict)

    def change(self, where: str, *, kind: Kind = "prose") -> Change:
        """Return the change of the paragraphs of one place."""
        counts = self._counts.setdefault(where, Counter())
        known = {(mark, many): edits for mark, many, edits in self.record.get(where, ())}

        def changed(pieces: Sequence[str]) -> list[Edit]:
            mark = digest(pieces)
            counts[mark] += 1
            edits = known.get((mark, counts[mark] - 1))
            if edits is None:
                return edits_of(pieces, self.back("".join(pieces), kind="field"))
            return renumbered(pieces, edits)

        return changed

    def words(self, where: str, text: str) -> str:
        """Return a text with names in their first form."""
        return applied([text], edits_of([text], self.back(text, kind="field")))[0] if text else text


def _seen(where: str, hit: Hit, text: str) -> Seen:
    return Seen(where, hit, text[max(0, hit.start - _AROUND) : hit.start], text[hit.end : hit.end + _AROUND])
