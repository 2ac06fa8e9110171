"""Reasons as one line, as a table shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from qualcode.errors import shortened
from qualcode.suggest.learning.reasons import Reason

_WORDS = 3
_AROUND = 2
_AGAINST = 2
_WORTH_TELLING = 0.2
_QUOTED = 60


def told(reasons: Sequence[Reason], quotes: Sequence[Reason], *, coder: str, cues: str = "") -> str:
    """Return the weightiest reasons for and against a suggestion, and what it is most like.

    ``cues`` are the words that the codebook's cues found, as the maker ``cues`` tells them.
    """
    telling = [one for one in each_once(reasons) if abs(one.weight) >= _WORTH_TELLING]
    parts = [
        ", ".join(_weighed(one) for one in _for(telling, "word", _WORDS)),
        *(_around(one, cues) for one in _for(telling, "around", _AROUND, keep=_CUES if cues else "")),
        *_like(quotes, coder),
        "against: " + (", ".join(_weighed(one) for one in _against(telling, quotes)) or "nothing of weight"),
    ]
    return "; ".join(part for part in parts if part)


_CUES = "cues of the codebook"


def each_once(reasons: Sequence[Reason]) -> list[Reason]:
    """Add up what a word weighs that a sentence has twice; the weightiest first."""
    total: dict[tuple[str, str], Reason] = {}
    for one in reasons:
        key = (one.kind, one.text.casefold())
        total[key] = replace(one, weight=one.weight + total[key].weight) if key in total else one
    return sorted(total.values(), key=lambda one: -abs(one.weight))


def _for(reasons: Iterable[Reason], kind: str, most: int, *, keep: str = "") -> list[Reason]:
    """Return the weightiest reasons of a kind that speak for it, and in any case the one to be kept."""
    found = [one for one in reasons if one.kind == kind and one.weight > 0]
    return [one for place, one in enumerate(found) if place < most or one.text == keep]


def _against(reasons: Iterable[Reason], quotes: Sequence[Reason]) -> Iterator[Reason]:
    found = sorted((one for one in reasons if one.weight < 0), key=lambda one: one.weight)
    yield from found[:_AGAINST]
    yield from (one for one in quotes if one.weight < 0)


def _around(one: Reason, cues: str) -> str:
    return f"cues {cues} {one.weight:+.1f}" if one.text == _CUES and cues else _weighed(one)


def _weighed(one: Reason) -> str:
    if one.kind == "quote":
        return f"like {one.transcript} {_short(one.text)}, not coded so"
    return f'"{one.text}" {one.weight:+.1f}' if one.kind == "word" else f"{one.text} {one.weight:+.1f}"


def _like(quotes: Sequence[Reason], coder: str) -> Iterator[str]:
    nearest = next((one for one in quotes if one.weight > 0), None)
    if nearest is not None:
        yield f"like {nearest.transcript} {_short(nearest.text)} ({coder})"


def _short(quote: str) -> str:
    return f'"{shortened(quote, most=_QUOTED)}"'
