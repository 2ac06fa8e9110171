"""What a table or graph has a line for: codes, families, themes, each a set of columns of the incidence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from qualcode.model import Codebook, family_of, is_in_subtree

CodeSetLevel = Literal["code", "family", "theme"]
CODE_SET_LEVELS: tuple[CodeSetLevel, ...] = get_args(CodeSetLevel)


@dataclass(frozen=True, slots=True)
class CodeSet:
    """A code with those nested in it, a family, or a theme: it occurs where any member does."""

    id: str
    name: str
    level: CodeSetLevel
    members: tuple[str, ...]
    colour: str = ""
    group: str = ""
    """What it is drawn and listed under: its family's name, or "Themes"."""
    group_colour: str = ""

    @property
    def families(self) -> tuple[str, ...]:
        """Families of the members: all of them must have been asked about for the row to be counted."""
        return tuple(sorted({family_of(member) for member in self.members})) or (self.id,)

    def is_nested_with(self, other: CodeSet) -> bool:
        """Tell whether one of two rows is part of the other: they are no pair."""
        mine, theirs = set(self.members), set(other.members)
        return mine <= theirs or theirs <= mine


def list_code_sets(
    book: Codebook, *, levels: Collection[CodeSetLevel] = CODE_SET_LEVELS, only: Collection[str] = ()
) -> list[CodeSet]:
    """Return the rows of a codebook in its order; ``only`` keeps these codes (with all below), families and themes."""
    rows = [row for level in CODE_SET_LEVELS if level in levels for row in _BY_LEVEL[level](book)]
    if not only:
        return rows
    return [
        row
        for row in rows
        if row.id in only or (row.level == "code" and any(is_in_subtree(row.id, one) for one in only))
    ]


def _codes(book: Codebook) -> Iterator[CodeSet]:
    families = {family.id: family for family in book.families}
    for code in book.codes:
        above = families[code.family]
        colour = code.colour or above.colour
        yield CodeSet(code.id, code.name, "code", tuple(book.subtree_ids(code.id)), colour, above.name, above.colour)


def _families(book: Codebook) -> Iterator[CodeSet]:
    for family in book.families:
        members = tuple(code.id for code in book.codes if code.family == family.id)
        yield CodeSet(family.id, family.name, "family", members, family.colour, family.name, family.colour)


def _themes(book: Codebook) -> Iterator[CodeSet]:
    return (CodeSet(one.id, one.name, "theme", one.members, one.colour, "Themes", one.colour) for one in book.themes)


_BY_LEVEL = {"code": _codes, "family": _families, "theme": _themes}


def member_columns(row: CodeSet, codes: Sequence[str]) -> list[int]:
    """Return the columns of the incidence that are members of a row."""
    members = set(row.members)
    return [position for position, code in enumerate(codes) if code in members]
