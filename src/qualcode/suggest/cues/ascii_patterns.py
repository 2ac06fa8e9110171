"""Tells of a regular expression that it can never match in a text of ASCII letters alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import ascii_letters
from typing import Any

_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_LETTERS = frozenset(map(ord, ascii_letters))


def needs_non_letter(regex: re.Pattern[str]) -> bool:
    """Tell whether every match of a regular expression needs a character that is no ASCII letter.

    It is read, not tried, so that the answer holds for every text; where it cannot be told, the answer is no.
    """
    import re._parser as parser  # type: ignore[import-not-found]

    if regex.flags & re.IGNORECASE:
        return False
    try:
        return _sequence_needs_non_letter(parser.parse(regex.pattern, regex.flags))
    except (AttributeError, TypeError, ValueError, RecursionError):
        return False


def _sequence_needs_non_letter(sequence: Iterable[tuple[Any, Any]]) -> bool:
    return any(_part_needs_non_letter(str(operation), value) for operation, value in sequence)


def _part_needs_non_letter(name: str, value: Any) -> bool:
    if name == "LITERAL":
        return value not in _LETTERS
    if name == "IN":
        return all(_is_non_letter(str(kind), held) for kind, held in value)
    if name == "SUBPATTERN":
        return not value[1] and _sequence_needs_non_letter(value[-1])
    if name == "BRANCH":
        return all(map(_sequence_needs_non_letter, value[1]))
    if name in _REPEATS:
        return value[0] >= 1 and _sequence_needs_non_letter(value[2])
    return name == "ASSERT" and _sequence_needs_non_letter(value[1])


def _is_non_letter(kind: str, held: Any) -> bool:
    """Tell whether a member of a set of characters is no ASCII letter."""
    if kind == "LITERAL":
        return held not in _LETTERS
    if kind == "RANGE":
        return _LETTERS.isdisjoint(range(held[0], min(held[1], 127) + 1))
    return kind == "CATEGORY" and str(held) in {"CATEGORY_DIGIT", "CATEGORY_SPACE"}
