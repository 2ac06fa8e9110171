"""Reasons as one line, as a table shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from qualcode.errors import shorten_text
from qualcode.suggest.reasons.contributions import Reason

_MAX_WORDS = 3
_MAX_CONTEXT_REASONS = 2
_MAX_REASONS_AGAINST = 2
_MIN_WEIGHT = 0.2
_MAX_QUOTE_LENGTH = 60


def format_reasons(reasons: Sequence[Reason], quotes: Sequence[Reason], *, coder: str, cues: str = "") -> str:
    """Return the weightiest reasons for and against a suggestion, and what it is most like.

    ``cues`` are the words that the codebook's cues found, as the maker ``cues`` tells them.
    """
    telling = [one for one in merge_reasons(reasons) if abs(one.weight) >= _MIN_WEIGHT]
    parts = [
        ", ".join(_format_reason(one) for one in _select_for(telling, "word", _MAX_WORDS)),
        *(
            _format_context(one, cues)
            for one in _select_for(telling, "around", _MAX_CONTEXT_REASONS, keep=_CUES_LABEL if cues else "")
        ),
        *_format_nearest(quotes, coder),
        "against: "
        + (", ".join(_format_reason(one) for one in _select_against(telling, quotes)) or "nothing of weight"),
    ]
    return "; ".join(part for part in parts if part)


_CUES_LABEL = "cues of the codebook"


def merge_reasons(reasons: Sequence[Reason]) -> list[Reason]:
    """Add up what a word weighs that a sentence has twice; the weightiest first."""
    total: dict[tuple[str, str], Reason] = {}
    for one in reasons:
        key = (one.kind, one.text.casefold())
        total[key] = replace(one, weight=one.weight + total[key].weight) if key in total else one
    return sorted(total.values(), key=lambda one: -abs(one.weight))


def _select_for(reasons: Iterable[Reason], kind: str, most: int, *, keep: str = "") -> list[Reason]:
    """Return the weightiest reasons of a kind that speak for it, and in any case the one to be kept."""
    found = [one for one in reasons if one.kind == kind and one.weight > 0]
    return [one for place, one in enumerate(found) if place < most or one.text == keep]


def _select_against(reasons: Iterable[Reason], quotes: Sequence[Reason]) -> Iterator[Reason]:
    found = sorted((one for one in reasons if one.weight < 0), key=lambda one: one.weight)
    yield from found[:_MAX_REASONS_AGAINST]
    yield from (one for one in quotes if one.weight < 0)


def _format_context(one: Reason, cues: str) -> str:
    return f"cues {cues} {one.weight:+.1f}" if one.text == _CUES_LABEL and cues else _format_reason(one)


def _format_reason(one: Reason) -> str:
    if one.kind == "quote":
        return f"like {one.transcript} {_shorten_quote(one.text)}, not coded so"
    return f'"{one.text}" {one.weight:+.1f}' if one.kind == "word" else f"{one.text} {one.weight:+.1f}"


def _format_nearest(quotes: Sequence[Reason], coder: str) -> Iterator[str]:
    nearest = next((one for one in quotes if one.weight > 0), None)
    if nearest is not None:
        yield f"like {nearest.transcript} {_shorten_quote(nearest.text)} ({coder})"


def _shorten_quote(quote: str) -> str:
    return f'"{shorten_text(quote, limit=_MAX_QUOTE_LENGTH)}"'
