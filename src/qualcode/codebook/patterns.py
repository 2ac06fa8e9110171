"""What a spaCy token pattern may say, told without importing spaCy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualcode.errors import did_you_mean

TEXTS = frozenset({"ORTH", "TEXT", "NORM", "LOWER", "SHAPE", "LEMMA", "PREFIX", "SUFFIX"})
FLAGS = frozenset(
    (
        "IS_ALPHA IS_ASCII IS_DIGIT IS_LOWER IS_UPPER IS_TITLE IS_PUNCT IS_SPACE IS_STOP IS_CURRENCY IS_BRACKET "
        "IS_QUOTE IS_LEFT_PUNCT IS_RIGHT_PUNCT IS_SENT_START LIKE_NUM LIKE_URL LIKE_EMAIL SPACY"
    ).split()
)
MODELS = frozenset("POS TAG MORPH DEP ENT_TYPE ENT_IOB ENT_ID ENT_KB_ID".split())
_OTHERS = frozenset({"LENGTH", "OP"})
_PREDICATES = frozenset("IN NOT_IN REGEX NOT_REGEX FUZZY FUZZY1 FUZZY2 FUZZY3 FUZZY4 FUZZY5 == != >= <= > <".split())


_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT"})


def is_runaway(regex: str) -> bool:
    """Tell whether a regular expression repeats without limit what itself repeats without limit, as ``(a+)+``.

    Such a one can take longer than a life on a sentence that almost matches.
    """
    import re._parser as parser  # type: ignore[import-not-found]

    if sum(map(regex.count, "*+{")) < 2:  # most have no two repeats, and parsing takes longer than looking
        return False
    try:
        return _runs_away(parser.parse(regex), parser.MAXREPEAT)
    except (AttributeError, TypeError, ValueError, RecursionError):
        return False


def _runs_away(sequence: Any, without_limit: Any) -> bool:
    for operation, value in sequence:
        inner = _inner(str(operation), value)
        if str(operation) in _REPEATS and value[1] == without_limit and _elastic(inner[0], without_limit):
            return True
        if any(_runs_away(body, without_limit) for body in inner):
            return True
    return False


def _elastic(sequence: Any, without_limit: Any) -> bool:
    """Tell whether a sequence is an unlimited repeat with nothing around it that has to be there."""
    endless = [_endless(str(operation), value, without_limit) for operation, value in sequence]
    needed = sum(
        not flag and not (str(operation) in _REPEATS and value[0] == 0)
        for flag, (operation, value) in zip(endless, sequence, strict=True)
    )
    return any(endless) and not needed


def _endless(operation: str, value: Any, without_limit: Any) -> bool:
    if operation == "SUBPATTERN":
        return _elastic(value[-1], without_limit)
    return operation in _REPEATS and value[1] == without_limit


def _inner(operation: str, value: Any) -> list[Any]:
    """Return the sequences within an item of a parsed regular expression."""
    if operation == "SUBPATTERN":
        return [value[-1]]
    if operation in _REPEATS:
        return [value[2]]
    return list(value[1]) if operation == "BRANCH" else []


def pattern_fault(pattern: list[dict[str, Any]]) -> str:
    """Return what is wrong with a token pattern, or an empty string."""
    if not pattern:
        return "an empty pattern would match everywhere"
    faults = (_token_fault(token) for token in pattern)
    fault = next((fault for fault in faults if fault), "")
    if fault:
        return fault
    if all(_optional(token) for token in pattern):
        return "every token of this pattern is optional, so it would match everywhere"
    if all(not (set(token) - {"OP"}) for token in pattern):
        return "this pattern names no word: every token may be anything"
    return ""


def _optional(token: Mapping[str, Any]) -> bool:
    return str(token.get("OP", "1")) in {"?", "*", "!"} or str(token.get("OP", "")).startswith(("{0", "{,"))


def _token_fault(token: Any) -> str:
    if not isinstance(token, Mapping):
        return "a pattern is a list of mappings, one a token"
    for name, value in token.items():
        fault = _attribute_fault(str(name).upper(), value)
        if fault:
            return fault
    return ""


def _attribute_fault(name: str, value: Any) -> str:
    if name in MODELS:
        return f"pattern attribute '{name}' needs a trained spaCy model; cues work without one (use LEMMA or LOWER)"
    if name not in TEXTS | FLAGS | _OTHERS:
        known = sorted(TEXTS | FLAGS | _OTHERS)
        return f"'{name}' is not a token attribute ({did_you_mean(name, known) or 'see spaCy, rule-based matching'})"
    if isinstance(value, Mapping):
        unknown = [str(key) for key in value if str(key).upper() not in _PREDICATES]
        return f"'{unknown[0]}' is not a predicate of a token pattern" if unknown else ""
    if name in TEXTS and not isinstance(value, str):
        return f"pattern attribute '{name}' must be text"
    if name in FLAGS and not isinstance(value, bool):
        return f"pattern attribute '{name}' must be true or false"
    return ""
