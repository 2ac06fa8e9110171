"""Regular expressions as trees of Python's own parser, and the flags that are in force at each item.

``re._parser`` is private: whoever uses these trees must expect other operations than the known ones.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Item = tuple[Any, Any]
"""An operation and its value."""

CHARACTERS = frozenset({"LITERAL", "NOT_LITERAL", "ANY", "IN"})
"""Operations that match exactly one character."""
REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})

_TYPE_FLAGS = re.ASCII | re.UNICODE


@dataclass(frozen=True, slots=True)
class RegexTree:
    """A parsed regular expression."""

    items: Sequence[Item]
    flags: int
    """The flags of the whole expression, with those that it sets itself."""
    group_names: dict[int, str] = field(default_factory=dict)


def parse_regex(pattern: str, flags: int = 0) -> RegexTree:
    """Return the tree of a regular expression.

    Raises
    ------
    re.error, OverflowError, RecursionError
        If it does not compile.
    """
    import re._parser as parser  # type: ignore[import-not-found]

    tree = parser.parse(pattern, flags)
    state = tree.state
    return RegexTree(tree.data, state.flags, {number: name for name, number in state.groupdict.items()})


def combine_flags(flags: int, added: int, removed: int) -> int:
    """Return the flags inside a group such as ``(?i-s:...)``."""
    if added & _TYPE_FLAGS:
        flags &= ~_TYPE_FLAGS
    return (flags | added) & ~removed


def write_character(item: Item) -> str:
    """Return the regular expression of an item that matches one character."""
    name, value = str(item[0]), item[1]
    if name == "ANY":
        return "."
    if name != "IN":
        return f"[{'^' if name == 'NOT_LITERAL' else ''}{_escape(value)}]"
    return f"[{''.join(_write_member(str(kind), member) for kind, member in value)}]"


_CATEGORIES = {
    "CATEGORY_DIGIT": r"\d",
    "CATEGORY_NOT_DIGIT": r"\D",
    "CATEGORY_SPACE": r"\s",
    "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w",
    "CATEGORY_NOT_WORD": r"\W",
}


def _write_member(kind: str, member: Any) -> str:
    if kind == "NEGATE":
        return "^"
    if kind == "RANGE":
        return f"{_escape(member[0])}-{_escape(member[1])}"
    return _escape(member) if kind == "LITERAL" else _CATEGORIES[str(member)]


def _escape(code: int) -> str:
    return f"\\U{code:08x}"


def sum_ranges(value: Any) -> int:
    """Return the number of characters in all ranges of a tree, or a part of it, where a character counts each time."""
    if isinstance(value, tuple) and len(value) == 2 and str(value[0]) == "RANGE":
        low, high = value[1]
        return int(high - low + 1)
    items = value.data if hasattr(value, "data") else value
    return sum(map(sum_ranges, items)) if isinstance(items, list | tuple) else 0
