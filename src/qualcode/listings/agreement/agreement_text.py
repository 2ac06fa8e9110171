"""What a reader must know about figures of agreement: notes, and sentences for the methods section of a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from qualcode.errors import format_count, format_names
from qualcode.listings.agreement.agreement_rows import (
    ALL_STATISTICS,
    POOLED,
    AgreementOptions,
    AgreementResult,
    measure_agreement,
)
from qualcode.listings.agreement.coder_comparison import CHARACTER, AgreementUniverse, Comparison, find_trainer
from qualcode.listings.agreement.maker_readings import MAKER_PREFIX
from qualcode.study.study import Study
from qualcode.tables import make_frame

_UNIVERSES: Mapping[AgreementUniverse, str] = {
    "done": "units of transcripts that all of the coders have marked as done",
    "coded": "units of these transcripts in which at least one coder has used a code",
    "asked": "units of transcripts that at least two coders have marked as done or begun; for the others they are "
    "missing",
}
_SEGMENTATION = {
    "sentence": "sentences (cut by rule within speakers' turns)",
    "turn": "speakers' turns",
    "paragraph": "paragraphs",
    "exchange": "questions with their answers",
    "transcript": "whole transcripts",
    CHARACTER: "characters of participants' turns",
}


def agreement_table(study: Study, options: AgreementOptions) -> Any:
    """Return the agreement of coders as a DataFrame with its notes, and sentences for a methods section.

    Errors are those of `measure_agreement`.
    """
    result = measure_agreement(study, options)
    table = make_frame(result.rows, result.columns, notes=agreement_notes(study, result))
    table.attrs["methods"] = describe_methods(study, result)
    return table


def agreement_notes(study: Study, result: AgreementResult) -> list[str]:
    """Return notes on what was compared: coders, unit, universe, intervals, what the rows mean."""
    resampling = result.options.resampling
    notes = [
        _describe_comparison(result, comparison, universe)
        for comparison in result.comparisons
        for universe in result.universes
    ]
    drawn = "cases" if _has_cases_of_several_transcripts(result.comparisons) else "transcripts"
    notes.append(
        f"intervals: {format_level(resampling.level)} percentile bootstrap over {drawn}, "
        f"{resampling.replicates:,} replicates, seed {resampling.seed}"
    )
    makers = {coder for one in result.comparisons for coder in one.coders if coder.startswith(MAKER_PREFIX)}
    if makers:
        trainer = find_trainer([coder for one in result.comparisons for coder in one.coders])
        notes.append(
            f"{format_names(sorted(makers))}: read what {trainer} has finished; the learner is trained on "
            f"{trainer}'s codings in other transcripts than those it codes"
        )
    if any(row["level"] == POOLED for row in result.rows):
        notes.append("pooled: each code in each unit is one decision, so units are units times codes")
    notes += result.left_out
    if len(result.universes) > 1 or len(result.comparisons) > 1:
        notes.append("figures for several units, universes or coders are not comparable: report one, and say which")
    return notes


def _describe_comparison(result: AgreementResult, comparison: Comparison, universe: AgreementUniverse) -> str:
    return (
        f"coders {format_names(comparison.coders)}; unit {comparison.unit_name}; universe {universe}: "
        f"{_UNIVERSES[universe]} ({_count_transcripts(result, comparison, universe)})"
    )


def _count_transcripts(result: AgreementResult, comparison: Comparison, universe: AgreementUniverse) -> str:
    """Return how many transcripts are compared: a number, or two if they differ by family."""
    low, high = _transcript_range(result, comparison, universe)
    return format_count(high, "transcript") if low == high else f"{low:,} to {high:,} transcripts, by family"


def _transcript_range(result: AgreementResult, comparison: Comparison, universe: AgreementUniverse) -> tuple[int, int]:
    """Return the least and the greatest number of transcripts that are compared for one of the families."""
    counts = comparison.count_transcripts(result.families, universe)
    return min(counts, default=0), max(counts, default=0)


def _has_cases_of_several_transcripts(comparisons: Sequence[Comparison]) -> bool:
    return any(len(np.unique(one.group)) < len(one.group) for one in comparisons)


def describe_methods(study: Study, result: AgreementResult) -> list[str]:
    """Return a sentence or two for each group of coders, unit and universe, ready for a methods section."""
    return [
        " ".join(_methods_of(study, result, comparison, universe))
        for comparison in result.comparisons
        for universe in result.universes
    ]


def _methods_of(
    study: Study, result: AgreementResult, comparison: Comparison, universe: AgreementUniverse
) -> list[str]:
    rows = [
        row
        for row in result.rows
        if (row["coders"], row["unit"], row["universe"])
        == (", ".join(comparison.coders), comparison.unit_name, universe)
    ]
    resampling = result.options.resampling
    drawn = "cases" if _has_cases_of_several_transcripts([comparison]) else "transcripts"
    names = [ALL_STATISTICS[name] for name in _statistics_shown(result, rows)]
    share = _describe_share(study, result, comparison, universe)
    if not names:
        return [share, "No statistic of agreement is defined: no unit was coded by two coders."]
    cited = format_list(
        [f"{one.label} ({one.source})" if one.name != "percent" else "percent agreement" for one in names]
    )
    return [
        share,
        f"Agreement was computed for each {_describe_rows(rows)} over {_describe_units(comparison, universe, rows)}: "
        f"{cited}, with {format_level(resampling.level)} percentile bootstrap intervals over {drawn} "
        f"({resampling.replicates:,} replicates, seed {resampling.seed}).",
        *(_describe_range(rows, one.name, one.label) for one in names if one.name != "percent"),
    ]


def _describe_rows(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return what has a row each."""
    levels = dict.fromkeys(row["level"] for row in rows if row["level"] != POOLED)
    return format_list(list(levels)) if levels else "code"


def _statistics_shown(result: AgreementResult, rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the statistics that have a value in some row."""
    return [name for name in result.options.statistics if any(row[name] is not None for row in rows)]


def _describe_share(study: Study, result: AgreementResult, comparison: Comparison, universe: AgreementUniverse) -> str:
    coders = format_list(comparison.coders)
    low, high = _transcript_range(result, comparison, universe)
    total = len(study.transcripts)
    number, addition = f"{high:,}", f" ({high / max(1, total):.0%})"
    if low != high:
        number, addition = f"{low:,} to {high:,}", ", by family"
    read = f"{number} of {format_count(total, 'transcript')}{addition}"
    if universe == "asked":
        return f"Of {coders}, at least two read {read}."
    return f"{coders} {'both' if len(comparison.coders) == 2 else 'all'} coded {read}."


def _describe_units(comparison: Comparison, universe: AgreementUniverse, rows: Sequence[Mapping[str, Any]]) -> str:
    counts = sorted({row["units"] for row in rows if row["level"] != POOLED})
    number = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,} to {counts[-1]:,}" if counts else "no"
    name = comparison.unit.name if comparison.unit else CHARACTER
    unit = (
        _SEGMENTATION.get(name) or f"windows of {comparison.unit.size} turns"
        if comparison.unit
        else _SEGMENTATION[CHARACTER]
    )
    where = {
        "done": "of these transcripts",
        "coded": "of these transcripts in which at least one coder had used a code",
        "asked": "of these transcripts, those of coders who had not read one being missing",
    }[universe]
    return f"the {number} {unit} {where}"


def _describe_range(rows: Sequence[Mapping[str, Any]], name: str, label: str) -> str:
    """Return the pooled value of a statistic with its interval, and the range over codes."""
    level = next((row["level"] for row in rows if row["level"] != POOLED), "code")
    values = [(row[name], row["name"]) for row in rows if row["level"] == level and row[name] is not None]
    parts = [
        f"{row[name]:.2f}{format_interval(row[f'{name}_low'], row[f'{name}_high'])} for {row['name']} pooled"
        for row in rows
        if row["level"] == POOLED and row[name] is not None
    ]
    if len(values) > 1:
        (low, low_name), (high, high_name) = min(values), max(values)
        parts.append(f"from {low:.2f} ({low_name}) to {high:.2f} ({high_name}) by {level}")
    elif values:
        parts.append(f"{values[0][0]:.2f} for {values[0][1]}")
    undefined = [row["name"] for row in rows if row["level"] == level and row[name] is None]
    if undefined:
        parts.append(f"undefined for {format_names(undefined)}")
    return f"{label} was {', '.join(parts)}." if parts else f"{label} was undefined."


def format_interval(low: float | None, high: float | None) -> str:
    """Return an interval after its value, or nothing if there is none.

    >>> format_interval(0.51234, 0.9)
    ' [0.51, 0.90]'
    """
    return "" if low is None or high is None else f" [{low:.2f}, {high:.2f}]"


def format_level(level: float) -> str:
    """Return the level of an interval.

    >>> format_level(0.95), format_level(0.975)
    ('95%', '97.5%')
    """
    return f"{100 * level:g}%"


def format_list(names: Sequence[str]) -> str:
    """Return names as in a sentence.

    >>> format_list(["ana", "ben", "cy"])
    'ana, ben and cy'
    """
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
