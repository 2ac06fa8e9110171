"""Regular expressions as people write them into YAML: what is wrong with one, before it is ever run."""

from __future__ import annotations

import re
from typing import Any

_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT"})


def is_runaway(regex: str) -> bool:
    """Tell whether a regular expression repeats without limit what itself repeats without limit, as ``(a+)+``.

    Such a one can take longer than a life on a sentence that almost matches.
    """
    import re._parser as parser  # type: ignore[import-not-found]

    if sum(map(regex.count, "*+{")) < 2:  # most have no two repeats, and parsing takes longer than looking
        return False
    try:
        return _has_nested_repeat(parser.parse(regex), parser.MAXREPEAT)
    except (AttributeError, TypeError, ValueError, RecursionError):
        return False


def _has_nested_repeat(sequence: Any, without_limit: Any) -> bool:
    for operation, value in sequence:
        inner = _inner_sequences(str(operation), value)
        if str(operation) in _REPEATS and value[1] == without_limit and _is_unbounded_sequence(inner[0], without_limit):
            return True
        if any(_has_nested_repeat(body, without_limit) for body in inner):
            return True
    return False


def _is_unbounded_sequence(sequence: Any, without_limit: Any) -> bool:
    """Tell whether a sequence is an unlimited repeat with nothing around it that has to be there."""
    endless = [_is_unbounded_item(str(operation), value, without_limit) for operation, value in sequence]
    needed = sum(
        not flag and not (str(operation) in _REPEATS and value[0] == 0)
        for flag, (operation, value) in zip(endless, sequence, strict=True)
    )
    return any(endless) and not needed


def _is_unbounded_item(operation: str, value: Any, without_limit: Any) -> bool:
    if operation == "SUBPATTERN":
        return _is_unbounded_sequence(value[-1], without_limit)
    return operation in _REPEATS and value[1] == without_limit


def _inner_sequences(operation: str, value: Any) -> list[Any]:
    """Return the sequences within an item of a parsed regular expression."""
    if operation == "SUBPATTERN":
        return [value[-1]]
    if operation in _REPEATS:
        return [value[2]]
    return list(value[1]) if operation == "BRANCH" else []


def regex_fault(regex: str, flags: int = 0) -> str:
    """Return what is wrong with a regular expression, or an empty string; one that matches nothing at all is wrong."""
    try:
        empty = re.compile(regex, flags).match("") is not None
    except (re.error, OverflowError, RecursionError) as error:
        return f"regex does not compile: {error}"
    if is_runaway(regex):
        return "this regex repeats a repeat without limit, as in (a+)+: it could run for ever on one sentence"
    return "this regex also matches nothing at all, so it would match everywhere" if empty else ""
