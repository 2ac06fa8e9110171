"""Verdicts on whether to use the suggestions of a code, by fixed rules, with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from qualcode.errors import format_share
from qualcode.suggest.metrics.bootstrap import Interval
from qualcode.suggest.metrics.code_quality import Quality

Advice = Literal["use", "use with care", "do not use"]


@dataclass(frozen=True, slots=True)
class VerdictRule:
    """The thresholds of a verdict; ``str(rule)`` states the rule in sentences.

    The defaults are conventions, not findings: with a precision of .3 a person rejects two suggestions in three,
    with .6 two in five; with fewer than ten codings in three transcripts a share says little.
    """

    min_codings: int = 10
    min_transcripts: int = 3
    min_precision: float = 0.3
    target_precision: float = 0.6
    target_recall: float = 0.4

    def __str__(self) -> str:
        return (
            f"'do not use' with fewer than {self.min_codings} codings or fewer than {self.min_transcripts} transcripts "
            f"or cases, with precision below {self.min_precision:.2f}, or with F1 not above the best baseline's F1; "
            f"'use' with precision at least {self.target_precision:.2f}, recall at least {self.target_recall:.2f}, and "
            "the whole interval of F1 above the best baseline's F1; otherwise, or without a baseline, 'use with care'"
        )


@dataclass(frozen=True, slots=True)
class CodeVerdict:
    """Whether to use a code's suggestions, and why."""

    verdict: Advice
    reason: str


def decide_verdict(
    quality: Quality, *, interval: Interval, baselines: Mapping[str, float | None], rule: VerdictRule
) -> CodeVerdict:
    """Return whether to use the suggestions of a code.

    Parameters
    ----------
    quality
        The code's numbers.
    interval
        The interval of its F1.
    baselines
        The F1 of each baseline on the same units, by name.
    rule
        The thresholds; ``str(rule)`` states them.

    Examples
    --------
    >>> from qualcode.suggest.metrics.code_pools import Pool
    >>> from qualcode.suggest.metrics.code_quality import Ratio
    >>> pool, ap = Pool("code", "f/a", (0,)), Ratio(0.7)
    >>> quality = Quality(pool, 90, 5, 20, 16, 12, 1, Ratio(12 / 16), Ratio(12 / 20), Ratio(24 / 36), ap, "transcripts")
    >>> high, low, f1s = Interval(0.5, 0.8, 2000), Interval(0.3, 0.8, 2000), {"cues": 0.4}
    >>> decide_verdict(quality, interval=high, baselines=f1s, rule=VerdictRule()).reason
    "precision 0.75, recall 0.60; F1 0.67 (0.50 to 0.80) is above baseline 'cues' (0.40)"
    >>> decide_verdict(quality, interval=low, baselines=f1s, rule=VerdictRule()).reason
    "F1 0.67 (0.30 to 0.80) may be no better than baseline 'cues' (0.40)"
    """
    best = _best_baseline(baselines)
    if objection := next(_objections(quality, best, rule), ""):
        return CodeVerdict("do not use", objection)
    if doubts := list(_doubts(quality, interval, best, rule)):
        return CodeVerdict("use with care", "; ".join(doubts))
    return CodeVerdict("use", _reason_for_use(quality, interval, best))


def _objections(quality: Quality, best: tuple[str, float] | None, rule: VerdictRule) -> Iterator[str]:
    """Yield the reasons not to use a code at all, the most serious first."""
    if quality.codings < rule.min_codings:
        yield f"too few codings: {quality.codings} (minimum {rule.min_codings})"
    if quality.transcripts < rule.min_transcripts:
        yield f"too few {quality.sampling_unit} with the code: {quality.transcripts} (minimum {rule.min_transcripts})"
    if quality.precision.value is None:
        yield f"nothing was suggested, {quality.codings} codings were missed"
    elif quality.precision.value < rule.min_precision:
        yield (
            f"precision {format_share(quality.precision.value, unlike=rule.min_precision)} ({quality.right} of "
            f"{quality.suggested} suggestions right) is below {format_share(rule.min_precision)}"
        )
    if best and (quality.f1.value or 0) <= best[1]:
        f1 = quality.f1.value or 0
        yield f"F1 {format_share(f1, unlike=best[1])} is not above {_format_baseline(best, unlike=f1)}"


def _doubts(quality: Quality, interval: Interval, best: tuple[str, float] | None, rule: VerdictRule) -> Iterator[str]:
    """Yield the reasons to use a code with care."""
    for name, ratio, target in (
        ("precision", quality.precision, rule.target_precision),
        ("recall", quality.recall, rule.target_recall),
    ):
        if (ratio.value or 0) < target:
            yield f"{name} {format_share(ratio.value or 0, unlike=target)} is below {format_share(target)}"
    if best is None:
        yield "no baseline to compare with"
    elif interval.low is None:
        yield f"F1 {format_share(quality.f1.value or 0)} has no interval: {interval.reason}"
    elif interval.low <= best[1]:
        yield f"{_format_f1(quality, interval)} may be no better than {_format_baseline(best)}"


def _reason_for_use(quality: Quality, interval: Interval, best: tuple[str, float] | None) -> str:
    return (
        f"precision {format_share(quality.precision.value or 0)}, recall {format_share(quality.recall.value or 0)}; "
        f"{_format_f1(quality, interval)} is above {_format_baseline(best or ('', 0.0))}"
    )


def _format_f1(quality: Quality, interval: Interval) -> str:
    low, high = format_share(interval.low or 0), format_share(interval.high or 0)
    return f"F1 {format_share(quality.f1.value or 0)} ({low} to {high})"


def _format_baseline(baseline: tuple[str, float], *, unlike: float | None = None) -> str:
    return f"baseline '{baseline[0]}' ({format_share(baseline[1], unlike=unlike)})"


def _best_baseline(baselines: Mapping[str, float | None]) -> tuple[str, float] | None:
    """Return the name and F1 of the best baseline, the first of equal ones; None where none has an F1."""
    known = [(name, f1) for name, f1 in baselines.items() if f1 is not None]
    return max(known, key=lambda baseline: baseline[1], default=None)
