"""The rows of tables and nodes of graphs: codes, families and themes, each a set of codes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from qualcode.model import Codebook, family_of, is_in_subtree

CodeSetLevel = Literal["code", "family", "theme"]
CODE_SET_LEVELS: tuple[CodeSetLevel, ...] = get_args(CodeSetLevel)


@dataclass(frozen=True, slots=True)
class CodeSet:
    """A code with its nested codes, a family, or a theme: it occurs wherever any member does."""

    id: str
    name: str
    level: CodeSetLevel
    members: tuple[str, ...]
    colour: str = ""
    group: str = ""
    """The group that it is listed and drawn in: its family's name, or "Themes"."""
    group_colour: str = ""

    @property
    def families(self) -> tuple[str, ...]:
        """Families of the members; a transcript is counted only if the coder was asked about all of them."""
        # A family that has no codes yet is its own only family.
        return tuple(sorted({family_of(member) for member in self.members})) or (self.id,)

    def is_nested_with(self, other: CodeSet) -> bool:
        """Return whether one set contains the other; such sets are not counted as a pair."""
        members, others = set(self.members), set(other.members)
        return members <= others or others <= members


def list_code_sets(
    book: Codebook, *, levels: Collection[CodeSetLevel] = CODE_SET_LEVELS, only: Collection[str] = ()
) -> list[CodeSet]:
    """Return the code sets of a codebook in its order.

    ``only`` restricts them to these codes (with nested ones), families and themes.
    """
    code_sets = [row for level in CODE_SET_LEVELS if level in levels for row in _BY_LEVEL[level](book)]
    if not only:
        return code_sets
    return [
        row
        for row in code_sets
        if row.id in only or (row.level == "code" and any(is_in_subtree(row.id, above) for above in only))
    ]


def _codes(book: Codebook) -> Iterator[CodeSet]:
    families = {family.id: family for family in book.families}
    for code in book.codes:
        family = families[code.family]
        colour = code.colour or family.colour
        yield CodeSet(code.id, code.name, "code", tuple(book.subtree_ids(code.id)), colour, family.name, family.colour)


def _families(book: Codebook) -> Iterator[CodeSet]:
    for family in book.families:
        members = tuple(code.id for code in book.codes if code.family == family.id)
        yield CodeSet(family.id, family.name, "family", members, family.colour, family.name, family.colour)


def _themes(book: Codebook) -> Iterator[CodeSet]:
    for theme in book.themes:
        yield CodeSet(theme.id, theme.name, "theme", theme.members, theme.colour, "Themes", theme.colour)


_BY_LEVEL = {"code": _codes, "family": _families, "theme": _themes}


def member_columns(code_set: CodeSet, codes: Sequence[str]) -> list[int]:
    """Return the columns of the incidence matrix that are members of a code set."""
    members = set(code_set.members)
    return [position for position, code in enumerate(codes) if code in members]
