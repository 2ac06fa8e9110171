"""The reasons of a suggestion as one line for tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from qualcode.errors import shorten_text
from qualcode.suggest.reasons.contributions import EVIDENCE_LABELS, Reason

_MAX_WORDS = 3
_DECIMALS = 6
_MAX_CONTEXT_REASONS = 2
_MAX_REASONS_AGAINST = 2
# A table has room for few reasons; 'qualcode why' lists weaker ones too.
_MIN_WEIGHT = 0.2
_MAX_QUOTE_LENGTH = 60
_CUES_LABEL = EVIDENCE_LABELS["cues"]


def format_reasons(reasons: Sequence[Reason], quotes: Sequence[Reason], *, coder: str, cues: str = "") -> str:
    """Return the strongest reasons for and against a suggestion, and the most similar quotes, as one line.

    ``cues`` are the matched words in the form of the maker ``cues``; ``coder`` is who coded the quotes.
    """
    strong = [reason for reason in merge_reasons(reasons) if abs(reason.weight) >= _MIN_WEIGHT]
    context = _select_for(strong, "around", _MAX_CONTEXT_REASONS, always=_CUES_LABEL if cues else "")
    parts = [
        ", ".join(map(_format_reason, _select_for(strong, "word", _MAX_WORDS))),
        *(_format_context(reason, cues) for reason in context),
        *_format_nearest(quotes, coder),
        "against: " + (", ".join(map(_format_reason, _select_against(strong, quotes))) or "nothing of weight"),
    ]
    return "; ".join(part for part in parts if part)


def merge_reasons(reasons: Sequence[Reason]) -> list[Reason]:
    """Return reasons by descending absolute weight, with the weights of a repeated word added up.

    A word is written as where it first occurs in the sentence. Weights that differ by rounding errors only are equal,
    and reasons of equal weight are in the order of the sentence.
    """
    merged: dict[tuple[str, str], Reason] = {}
    for reason in sorted(reasons, key=lambda reason: reason.start):
        key = (reason.kind, reason.text.casefold())
        merged[key] = replace(merged[key], weight=reason.weight + merged[key].weight) if key in merged else reason
    # sorted() is stable, so the order of the sentence remains.
    return sorted(merged.values(), key=lambda reason: -round(abs(reason.weight), _DECIMALS))


def _select_for(reasons: Iterable[Reason], kind: str, limit: int, *, always: str = "") -> list[Reason]:
    """Return the first ``limit`` reasons of a kind with positive weight, and the one with the text ``always``."""
    positive = [reason for reason in reasons if reason.kind == kind and reason.weight > 0]
    # Cues that matched are named whatever their rank: the user wrote them to be found.
    return [reason for rank, reason in enumerate(positive) if rank < limit or reason.text == always]


def _select_against(reasons: Iterable[Reason], quotes: Sequence[Reason]) -> Iterator[Reason]:
    negative = sorted((reason for reason in reasons if reason.weight < 0), key=lambda reason: reason.weight)
    yield from negative[:_MAX_REASONS_AGAINST]
    yield from (quote for quote in quotes if quote.weight < 0)


def _format_context(reason: Reason, cues: str) -> str:
    is_cues = reason.text == _CUES_LABEL and cues
    return f"cues {cues} {reason.weight:+.1f}" if is_cues else _format_reason(reason)


def _format_reason(reason: Reason) -> str:
    if reason.kind == "quote":
        return f"like {reason.transcript} {_shorten_quote(reason.text)}, not coded so"
    return f'"{reason.text}" {reason.weight:+.1f}' if reason.kind == "word" else f"{reason.text} {reason.weight:+.1f}"


def _format_nearest(quotes: Sequence[Reason], coder: str) -> Iterator[str]:
    nearest = next((quote for quote in quotes if quote.weight > 0), None)
    if nearest is not None:
        yield f"like {nearest.transcript} {_shorten_quote(nearest.text)} ({coder})"


def _shorten_quote(quote: str) -> str:
    return f'"{shorten_text(quote, limit=_MAX_QUOTE_LENGTH)}"'
