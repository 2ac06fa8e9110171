"""A verdict on each code by a plain rule, with the sentence that says why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import floor
from typing import Literal

from qualcode.evaluation.metrics.bootstrap import Interval
from qualcode.evaluation.metrics.code_quality import Quality

Advice = Literal["use", "use with care", "do not use"]


@dataclass(frozen=True, slots=True)
class VerdictRule:
    """What a code's suggestions must show to be used; as text, the rule in sentences.

    The defaults are conventions, not findings: with a precision of .3 a person turns down two suggestions of three,
    with .6 two of five; ten codings in three transcripts are the fewest of which a share says anything.
    """

    min_codings: int = 10
    min_transcripts: int = 3
    min_precision: float = 0.3
    target_precision: float = 0.6
    target_recall: float = 0.4

    def __str__(self) -> str:
        return (
            f"Do not use a code with fewer than {self.min_codings} codings or in fewer than {self.min_transcripts} transcripts "
            f"or cases (too few to tell), with a precision below {self.min_precision:.2f}, or with an F1 not above "
            f"the best baseline's. Use it where precision is at least {self.target_precision:.2f}, recall at least "
            f"{self.target_recall:.2f}, and all of the interval of F1 lies above the best baseline's F1. Use it with care "
            "otherwise, and where there is no baseline."
        )


@dataclass(frozen=True, slots=True)
class CodeVerdict:
    """Whether to use a code's suggestions, and why."""

    verdict: Advice
    because: str


def decide_verdict(
    quality: Quality, *, interval: Interval, baselines: Mapping[str, float | None], rule: VerdictRule
) -> CodeVerdict:
    """Return whether to use the suggestions of a code.

    Parameters
    ----------
    quality
        The code's numbers.
    interval
        Of its F1.
    baselines
        The F1 of each baseline over the same units, by name.
    rule
        The thresholds; ``str(rule)`` states them.

    Examples
    --------
    >>> from qualcode.evaluation.metrics.code_pools import Pool
    >>> from qualcode.evaluation.metrics.code_quality import Ratio
    >>> pool, ap = Pool("code", "f/a", (0,)), Ratio(0.7)
    >>> found = Quality(pool, 90, 5, 20, 16, 12, 1, Ratio(12 / 16), Ratio(12 / 20), Ratio(24 / 36), ap, "transcripts")
    >>> verdict(found, interval=Interval(0.5, 0.8, 2000), baselines={"cues": 0.4}, rule=Rule()).because
    'precision 0.75, recall 0.60; F1 0.67 (0.50 to 0.80) is above the 0.40 of cues'
    >>> verdict(found, interval=Interval(0.3, 0.8, 2000), baselines={"cues": 0.4}, rule=Rule())
    Verdict(verdict='use with care', because='F1 0.67 (0.30 to 0.80) may be no better than the 0.40 of cues')
    """
    best = _best_baseline(baselines)
    if against := next(_reasons_against(quality, best, rule), ""):
        return CodeVerdict("do not use", against)
    if doubts := list(_doubts(quality, interval, best, rule)):
        return CodeVerdict("use with care", "; ".join(doubts))
    return CodeVerdict("use", _reason_for(quality, interval, best))


def _reasons_against(quality: Quality, best: tuple[str, float] | None, rule: VerdictRule) -> Iterator[str]:
    """Yield what speaks against using a code at all, the gravest first."""
    if quality.codings < rule.min_codings or quality.transcripts < rule.min_transcripts:
        yield (
            f"too few to tell: {quality.codings} codings in {quality.transcripts} {quality.sampling_unit}, "
            f"needed are {rule.min_codings} in {rule.min_transcripts}"
        )
    if quality.precision.value is None:
        yield f"nothing was suggested, {quality.codings} codings were missed"
    elif quality.precision.value < rule.min_precision:
        yield (
            f"precision {_format_rounded_down(quality.precision.value)}: {quality.right} of {quality.suggested} suggestions are "
            f"right, needed is {rule.min_precision:.2f}"
        )
    if best and (quality.f1.value or 0) <= best[1]:
        yield f"F1 {_format_rounded_down(quality.f1.value or 0)} is not above the {best[1]:.2f} of {best[0]}"


def _doubts(quality: Quality, interval: Interval, best: tuple[str, float] | None, rule: VerdictRule) -> Iterator[str]:
    """Yield what keeps a code from being used without care."""
    for name, ratio, least in (
        ("precision", quality.precision, rule.target_precision),
        ("recall", quality.recall, rule.target_recall),
    ):
        if (ratio.value or 0) < least:
            yield f"{name} {_format_rounded_down(ratio.value or 0)}, needed is {least:.2f}"
    if best is None:
        yield "there is no baseline to be better than"
    elif interval.low is None:
        yield f"F1 {quality.f1.value or 0:.2f} has no interval: {interval.because}"
    elif interval.low <= best[1]:
        yield f"{_format_f1(quality, interval)} may be no better than the {best[1]:.2f} of {best[0]}"


def _reason_for(quality: Quality, interval: Interval, best: tuple[str, float] | None) -> str:
    name, value = best or ("", 0.0)
    return (
        f"precision {quality.precision.value or 0:.2f}, recall {quality.recall.value or 0:.2f}; "
        f"{_format_f1(quality, interval)} is above the {value:.2f} of {name}"
    )


def _format_f1(quality: Quality, interval: Interval) -> str:
    return f"F1 {quality.f1.value or 0:.2f} ({interval.low or 0:.2f} to {interval.high or 0:.2f})"


def _best_baseline(baselines: Mapping[str, float | None]) -> tuple[str, float] | None:
    """Return the name and F1 of the best baseline, the first of those alike; None where none has an F1."""
    known = [(name, value) for name, value in baselines.items() if value is not None]
    return max(known, key=lambda one: one[1], default=None)


def _format_rounded_down(value: float) -> str:
    """Return a number that falls short with two places, never rounded up to what it falls short of."""
    return f"{floor(value * 100 + 1e-9) / 100:.2f}"
