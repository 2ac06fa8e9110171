"""Faults of regular expressions that people write into YAML, found before the expression is used."""

from __future__ import annotations

import re
from typing import Any

_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT"})


def is_runaway(regex: str) -> bool:
    """Return whether a regular expression nests unlimited repeats, as ``(a+)+`` does.

    The time that such an expression takes may grow exponentially with the length of a text that almost matches.
    """
    import re._parser as parser  # type: ignore[import-not-found]

    if sum(map(regex.count, "*+{")) < 2:  # counting is faster than parsing, and most have fewer than two repeats
        return False
    try:
        return _has_nested_repeat(parser.parse(regex), parser.MAXREPEAT)
    # The parser is private and may change with Python; then no expression is refused.
    except (AttributeError, TypeError, ValueError, RecursionError):
        return False


def _has_nested_repeat(sequence: Any, unlimited: Any) -> bool:
    for operation, value in sequence:
        inner = _inner_sequences(str(operation), value)
        if str(operation) in _REPEATS and value[1] == unlimited and _is_unlimited_sequence(inner[0], unlimited):
            return True
        if any(_has_nested_repeat(body, unlimited) for body in inner):
            return True
    return False


def _is_unlimited_sequence(sequence: Any, unlimited: Any) -> bool:
    """Return whether a sequence has an unlimited repeat, and all its other items are optional."""
    flags = [_is_unlimited_item(str(operation), value, unlimited) for operation, value in sequence]
    # A required item between the repeats, as in (a+b)+, leaves only one way to match.
    has_required_item = any(
        not flag and not (str(operation) in _REPEATS and value[0] == 0)
        for flag, (operation, value) in zip(flags, sequence, strict=True)
    )
    return any(flags) and not has_required_item


def _is_unlimited_item(operation: str, value: Any, unlimited: Any) -> bool:
    if operation == "SUBPATTERN":
        return _is_unlimited_sequence(value[-1], unlimited)
    return operation in _REPEATS and value[1] == unlimited


def _inner_sequences(operation: str, value: Any) -> list[Any]:
    """Return the sequences inside an item of a parsed regular expression."""
    if operation == "SUBPATTERN":
        return [value[-1]]
    if operation in _REPEATS:
        return [value[2]]
    return list(value[1]) if operation == "BRANCH" else []


def regex_fault(regex: str, flags: int = 0) -> str:
    """Return what is wrong with a regular expression, or an empty string; matching the empty text is a fault too."""
    try:
        matches_empty_text = re.compile(regex, flags).match("") is not None
    except (re.error, OverflowError, RecursionError) as error:
        return f"regex does not compile: {error}"
    if is_runaway(regex):
        return "this regex repeats a repeat without limit, as in (a+)+: matching one sentence could take forever"
    return "this regex matches empty text, so it would match everywhere" if matches_empty_text else ""
