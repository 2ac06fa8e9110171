"""Faults of spaCy token patterns in cues, found without importing spaCy."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from itertools import chain
from typing import Any

from qualcode.errors import did_you_mean
from qualcode.regexes import UserRegex, regex_fault

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
_LONG = 30
_TOKEN = 200
"""Characters of the longest token for which a regular expression must be fast."""
_MAX_WAYS = 3 * _LONG**2
"""Ways to match at most; spaCy's matcher tries all of them at each token."""
_PREDICATES = frozenset("IN NOT_IN REGEX NOT_REGEX FUZZY FUZZY1 FUZZY2 FUZZY3 FUZZY4 FUZZY5 == != >= <= > <".split())


def pattern_fault(pattern: list[dict[str, Any]]) -> str:
    """Return what is wrong with a token pattern, or an empty string."""
    if not pattern:
        return "an empty pattern would match everywhere"
    if fault := next(filter(None, map(_token_fault, pattern)), ""):
        return fault
    if all(_is_optional(token) for token in pattern):
        return "every token of this pattern is optional, so it would match everywhere"
    if math.prod(map(_count_ways, pattern)) > _MAX_WAYS:
        return "the operators (OP) of this pattern allow too many ways to match: use fewer, or smaller numbers"
    if all(not (set(token) - {"OP"}) for token in pattern):
        return "this pattern has no condition on a token, so it would match everywhere"
    return ""


def _listed(value: Any) -> list[Any]:
    """Return the regular expressions of a predicate: one, or a set as {IN: [...]}."""
    if isinstance(value, Mapping):
        return [part for parts in value.values() for part in (parts if isinstance(parts, list) else [parts])]
    return [value]


def _token_regex_fault(regex: Any) -> str:
    """Return why a regular expression cannot be used for a token, where spaCy searches without a limit of time."""
    if not isinstance(regex, str):
        return "REGEX must be text"
    fault = regex_fault(regex, may_be_empty=True)
    if not fault and not UserRegex(regex).is_fast(_TOKEN):
        return f"{regex} allows too many ways to match for a token: write it as a cue of its own (regex: ...)"
    return fault


def _count_ways(token: Mapping[str, Any]) -> int:
    """Return how many lengths a token of a pattern can have in a sentence of 30 tokens."""
    operator = str(token.get("OP", "1"))
    if operator in {"*", "+"}:
        return _LONG
    numbers = [int(number) for number in re.findall(r"[0-9]{1,9}", operator)] if "{" in operator else []
    if not numbers:
        return 2 if operator == "?" else 1
    if max(numbers) > _LONG:
        return _MAX_WAYS + 1
    # The matcher takes each repetition that is not required for a token of its own, which is there or not.
    if operator.endswith(",}"):
        return _LONG
    least = 0 if operator.startswith("{,") else numbers[0]
    return int(2 ** max(0, numbers[-1] - least))


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
        if unknown:
            return f"'{unknown[0]}' is not a predicate of a token pattern"
        regexes = (_listed(part) for key, part in value.items() if str(key).upper() in {"REGEX", "NOT_REGEX"})
        return next(filter(None, map(_token_regex_fault, chain.from_iterable(regexes))), "")
    if name in _TEXT_ATTRIBUTES and not isinstance(value, str):
        return f"pattern attribute '{name}' must be text"
    if name in _FLAG_ATTRIBUTES and not isinstance(value, bool):
        return f"pattern attribute '{name}' must be true or false"
    return ""
