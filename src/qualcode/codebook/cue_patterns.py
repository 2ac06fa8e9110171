"""What a spaCy token pattern may say, told without importing spaCy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qualcode.errors import did_you_mean
from qualcode.files import is_runaway

__all__ = ["is_runaway", "pattern_fault"]

TEXT_ATTRIBUTES = frozenset({"ORTH", "TEXT", "NORM", "LOWER", "SHAPE", "LEMMA", "PREFIX", "SUFFIX"})
FLAG_ATTRIBUTES = frozenset(
    (
        "IS_ALPHA IS_ASCII IS_DIGIT IS_LOWER IS_UPPER IS_TITLE IS_PUNCT IS_SPACE IS_STOP IS_CURRENCY IS_BRACKET "
        "IS_QUOTE IS_LEFT_PUNCT IS_RIGHT_PUNCT IS_SENT_START LIKE_NUM LIKE_URL LIKE_EMAIL SPACY"
    ).split()
)
MODEL_ATTRIBUTES = frozenset("POS TAG MORPH DEP ENT_TYPE ENT_IOB ENT_ID ENT_KB_ID".split())
_OTHER_ATTRIBUTES = frozenset({"LENGTH", "OP"})
_PREDICATES = frozenset("IN NOT_IN REGEX NOT_REGEX FUZZY FUZZY1 FUZZY2 FUZZY3 FUZZY4 FUZZY5 == != >= <= > <".split())


def pattern_fault(pattern: list[dict[str, Any]]) -> str:
    """Return what is wrong with a token pattern, or an empty string."""
    if not pattern:
        return "an empty pattern would match everywhere"
    faults = (_token_fault(token) for token in pattern)
    fault = next((fault for fault in faults if fault), "")
    if fault:
        return fault
    if all(_is_optional(token) for token in pattern):
        return "every token of this pattern is optional, so it would match everywhere"
    if all(not (set(token) - {"OP"}) for token in pattern):
        return "this pattern names no word: every token may be anything"
    return ""


def _is_optional(token: Mapping[str, Any]) -> bool:
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
    if name in MODEL_ATTRIBUTES:
        return f"pattern attribute '{name}' needs a trained spaCy model; cues work without one (use LEMMA or LOWER)"
    if name not in TEXT_ATTRIBUTES | FLAG_ATTRIBUTES | _OTHER_ATTRIBUTES:
        known = sorted(TEXT_ATTRIBUTES | FLAG_ATTRIBUTES | _OTHER_ATTRIBUTES)
        return f"'{name}' is not a token attribute ({did_you_mean(name, known) or 'see spaCy, rule-based matching'})"
    if isinstance(value, Mapping):
        unknown = [str(key) for key in value if str(key).upper() not in _PREDICATES]
        return f"'{unknown[0]}' is not a predicate of a token pattern" if unknown else ""
    if name in TEXT_ATTRIBUTES and not isinstance(value, str):
        return f"pattern attribute '{name}' must be text"
    if name in FLAG_ATTRIBUTES and not isinstance(value, bool):
        return f"pattern attribute '{name}' must be true or false"
    return ""
