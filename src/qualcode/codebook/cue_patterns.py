"""Faults of spaCy token patterns in cues, found without importing spaCy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualcode.errors import did_you_mean

_TEXT_ATTRIBUTES = frozenset({"ORTH", "TEXT", "NORM", "LOWER", "SHAPE", "LEMMA", "PREFIX", "SUFFIX"})
_FLAG_ATTRIBUTES = frozenset(
    (
        "IS_ALPHA IS_ASCII IS_DIGIT IS_LOWER IS_UPPER IS_TITLE IS_PUNCT IS_SPACE IS_STOP IS_CURRENCY IS_BRACKET "
        "IS_QUOTE IS_LEFT_PUNCT IS_RIGHT_PUNCT IS_SENT_START LIKE_NUM LIKE_URL LIKE_EMAIL SPACY"
    ).split()
)
# A blank pipeline does not set these, so a pattern with one would never match.
_MODEL_ATTRIBUTES = frozenset("POS TAG MORPH DEP ENT_TYPE ENT_IOB ENT_ID ENT_KB_ID".split())
_KNOWN_ATTRIBUTES = _TEXT_ATTRIBUTES | _FLAG_ATTRIBUTES | {"LENGTH", "OP"}
_PREDICATES = frozenset("IN NOT_IN REGEX NOT_REGEX FUZZY FUZZY1 FUZZY2 FUZZY3 FUZZY4 FUZZY5 == != >= <= > <".split())


def pattern_fault(pattern: list[dict[str, Any]]) -> str:
    """Return what is wrong with a token pattern, or an empty string."""
    if not pattern:
        return "an empty pattern would match everywhere"
    if fault := next(filter(None, map(_token_fault, pattern)), ""):
        return fault
    if all(_is_optional(token) for token in pattern):
        return "every token of this pattern is optional, so it would match everywhere"
    if all(not (set(token) - {"OP"}) for token in pattern):
        return "this pattern has no condition on a token, so it would match everywhere"
    return ""


def _is_optional(token: Mapping[str, Any]) -> bool:
    return str(token.get("OP", "1")) in {"?", "*", "!"} or str(token.get("OP", "")).startswith(("{0", "{,"))


def _token_fault(token: Any) -> str:
    if not isinstance(token, Mapping):
        return "a pattern is a list of mappings, one for each token"
    faults = (_attribute_fault(str(name).upper(), value) for name, value in token.items())
    return next(filter(None, faults), "")


def _attribute_fault(name: str, value: Any) -> str:
    if name in _MODEL_ATTRIBUTES:
        return f"pattern attribute '{name}' needs a trained spaCy model, which cues do not have (use LEMMA or LOWER)"
    if name not in _KNOWN_ATTRIBUTES:
        hint = did_you_mean(name, sorted(_KNOWN_ATTRIBUTES)) or "see spaCy, rule-based matching"
        return f"'{name}' is not a token attribute ({hint})"
    if isinstance(value, Mapping):
        unknown = [str(key) for key in value if str(key).upper() not in _PREDICATES]
        return f"'{unknown[0]}' is not a predicate of a token pattern" if unknown else ""
    if name in _TEXT_ATTRIBUTES and not isinstance(value, str):
        return f"pattern attribute '{name}' must be text"
    if name in _FLAG_ATTRIBUTES and not isinstance(value, bool):
        return f"pattern attribute '{name}' must be true or false"
    return ""
