"""Static analysis of regular expressions: whether one can match in a text of ASCII letters alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from string import ascii_letters
from typing import Any

_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"})
_LETTERS = frozenset(map(ord, ascii_letters))


def needs_non_letter(regex: re.Pattern[str]) -> bool:
    """Tell whether every match of a regular expression needs a character that is no ASCII letter.

    The parsed expression is analysed, so that the answer holds for every text; False also means "unknown".
    """
    import re._parser as parser  # type: ignore[import-not-found]

    # With case ignored a non-ASCII literal may match an ASCII letter: the Kelvin sign matches "k".
    if regex.flags & re.IGNORECASE:
        return False
    try:
        return _sequence_needs_non_letter(parser.parse(regex.pattern, regex.flags))
    # re._parser is private: if another Python version changes it, the answer is "unknown", which is slower but right.
    except (AttributeError, TypeError, ValueError, RecursionError):
        return False


def _sequence_needs_non_letter(sequence: Iterable[tuple[Any, Any]]) -> bool:
    return any(_part_needs_non_letter(str(operation), value) for operation, value in sequence)


def _part_needs_non_letter(name: str, value: Any) -> bool:
    if name == "LITERAL":
        return value not in _LETTERS
    if name == "IN":
        return all(_is_non_letter(str(kind), member) for kind, member in value)
    # value[1] has the flags that a group such as (?i:...) adds.
    if name == "SUBPATTERN":
        return not value[1] and _sequence_needs_non_letter(value[-1])
    if name == "BRANCH":
        return all(map(_sequence_needs_non_letter, value[1]))
    # A part that may occur 0 times requires nothing.
    if name in _REPEATS:
        return value[0] >= 1 and _sequence_needs_non_letter(value[2])
    # Look-ahead and look-behind require their character too; anything else is taken as able to match letters.
    return name == "ASSERT" and _sequence_needs_non_letter(value[1])


def _is_non_letter(kind: str, member: Any) -> bool:
    """Tell whether a member of a character set matches no ASCII letter."""
    if kind == "LITERAL":
        return member not in _LETTERS
    # Letters are below 128, and a range may have a million characters.
    if kind == "RANGE":
        return _LETTERS.isdisjoint(range(member[0], min(member[1], 127) + 1))
    # Negated sets and other categories may match letters.
    return kind == "CATEGORY" and str(member) in {"CATEGORY_DIGIT", "CATEGORY_SPACE"}
