"""Static analysis of regular expressions and token patterns: the words that every match must contain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

CASE_FOLDING_CHARACTERS = frozenset(
    "\u00b5\u00c5\u0130\u0131\u017f\u0345\u03c2\u03d0\u03d1\u03d5\u03d6\u03f0\u03f1\u03f5\u1e9b\u1fbe\u1fd3\u1fe3"
    "\u212a\u212b\ufb05\ufb06\u1c80\u1c81\u1c82\u1c83\u1c84\u1c85\u1c86\u1c87\u1c88"
)
"""Characters that match others when case is ignored: a text with one of them is always searched in full."""

# Nearly every chunk contains a given single letter, so that requiring it excludes nothing.
_MIN_LENGTH = 2
Literals = frozenset[str]


def required_regex_literals(pattern: str) -> list[Literals]:
    """Return sets of lower-case literals, longest first: every match (case ignored) contains one of each set."""
    import re._parser as parser  # type: ignore[import-not-found]

    try:
        literal_sets = _sequence_literals(parser.parse(pattern, re.IGNORECASE).data)
    # re._parser is private: if another Python version changes it, the cue is tried everywhere and still found.
    except (AttributeError, TypeError, ValueError, RecursionError):
        return []
    return sorted(dict.fromkeys(literal_sets), key=_min_length, reverse=True)


def _min_length(literals: Literals) -> int:
    return min(map(len, literals))


def _sequence_literals(items: Iterable[tuple[Any, Any]]) -> list[Literals]:
    """Return what a sequence requires: the literals of its plain runs, and what its parts require."""
    literal_sets: list[Literals] = []
    run = ""
    for operation, value in items:
        name = str(operation)
        if name == "LITERAL":
            run += chr(value)
            continue
        literal_sets += _run_literals(run)
        run = ""
        literal_sets += _item_literals(name, value)
    return literal_sets + _run_literals(run)


def _run_literals(run: str) -> list[Literals]:
    """Return the longest part of a run without white space, if lower case covers all its case variants."""
    # Chunks are indexed one by one, and none contains white space.
    literal = max(run.split(), key=len, default="")
    lower = literal.lower()
    is_plain = all(character.isascii() or character.lower() == character.casefold() for character in literal)
    is_plain = is_plain and len(lower) == len(literal) and CASE_FOLDING_CHARACTERS.isdisjoint(lower)
    return [frozenset({lower})] if len(literal) >= _MIN_LENGTH and is_plain else []


def _item_literals(name: str, value: Any) -> list[Literals]:
    # value[2] has the flags that a group such as (?-i:...) removes: its case is not ignored.
    if name == "SUBPATTERN":
        return _sequence_literals(value[-1].data) if not value[2] else []
    # A part that may occur 0 times requires nothing.
    if name in {"MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"}:
        return _sequence_literals(value[2].data) if value[0] >= 1 else []
    if name == "ATOMIC_GROUP":
        return _sequence_literals(value.data)
    if name == "BRANCH":
        branches = [
            max(_sequence_literals(branch.data), key=_min_length, default=frozenset[str]()) for branch in value[1]
        ]
        # If one alternative requires nothing, the whole requires nothing.
        return [frozenset().union(*branches)] if all(branches) else []
    return []


def required_token_words(pattern: list[dict[str, Any]]) -> Literals | None:
    """Return lower-case words of which a token pattern requires one as lemma or form; None if it requires none."""
    required = [words for token in pattern if (words := _token_words(token))]
    return min(required, key=len, default=None)


def _token_words(token: Mapping[str, Any]) -> Literals | None:
    operator = str(token.get("OP", "1"))
    # Tokens that may be absent, or ("!") must be: they require no word.
    if operator in {"?", "*", "!"} or operator.startswith(("{0", "{,")):
        return None
    # ORTH and TEXT respect case; the lower-case form only selects sentences, and the Matcher decides.
    for name in ("LOWER", "LEMMA", "ORTH", "TEXT"):
        value = token.get(name, token.get(name.lower()))
        if isinstance(value, str):
            return frozenset({value.lower()})
        if isinstance(value, Mapping) and set(value) == {"IN"} and value["IN"]:
            return frozenset(str(word).lower() for word in value["IN"])
    return None
