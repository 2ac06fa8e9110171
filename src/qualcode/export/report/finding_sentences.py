"""What the tables of a report say, in sentences with numerators and denominators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qualcode.errors import format_count, format_names
from qualcode.export.report.charts.chart_rows import defined, format_interval, format_percent

Record = Mapping[str, Any]
_MIN_CASES = 5
"""Least cases of a group whose share is compared in a sentence."""
_STRONGEST_PAIRS, _STRONGEST_DIFFERENCES = 3, 4
_BLANK = "(blank)"


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence, the section that shows more, and the codes that it is on."""

    kind: str
    text: str
    target: str


def list_findings(
    themes: Sequence[Record], groups: Mapping[str, Sequence[Record]], pairs: Sequence[Record],
    agreement: Sequence[Record], families: Sequence[tuple[str, str, int]],
) -> Iterator[Finding]:  # fmt: skip
    """Yield the findings: the most frequent codes, differences between groups, co-occurrence, agreement."""
    yield from _frequency_findings(themes, families)
    yield from _difference_findings(groups)
    yield from _pair_findings(pairs, {row["code"]: row["name"] for row in themes})
    yield from _agreement_findings(agreement)


def saturation_findings(sentence: str) -> Iterator[Finding]:
    """Yield the sentence on saturation, if there is one."""
    if sentence:
        yield Finding("Saturation", f"{sentence[:1].upper()}{sentence[1:]}.", "saturation")


def group_findings(findings: Sequence[Finding]) -> list[tuple[str, str, list[str]]]:
    """Return kind, section and sentences of findings, by kind."""
    kinds = {one.kind: one.target for one in findings}
    return [(kind, target, [one.text for one in findings if one.kind == kind]) for kind, target in kinds.items()]


def _frequency_findings(themes: Sequence[Record], families: Sequence[tuple[str, str, int]]) -> Iterator[Finding]:
    codes = [row for row in themes if row["level"] == "code"]
    used = sorted((row for row in codes if row["codings"]), key=lambda row: -row["codings"])
    for family, name, _ in families:
        own = [row for row in used if row["code"].partition("/")[0] == family]
        if len(own) > 1:
            first, second = own[:2]
            yield Finding(
                "Most frequent codes",
                f"In {name}, the most frequent code is {first['name']}: {_describe_frequency(first)}. "
                f"{second['name']} follows with {_describe_frequency(second)}.",
                "themes",
            )
        elif own:
            yield Finding(
                "Most frequent codes", f"In {name}, {own[0]['name']} has {_describe_frequency(own[0])}.", "themes"
            )
    if absent := [row["name"] for row in codes if not row["codings"]]:
        verb = "has" if len(absent) == 1 else "have"
        yield Finding(
            "Most frequent codes",
            f"{format_count(len(absent), 'code')} {verb} no coding: {format_names(absent)}.",
            "themes",
        )


def _describe_frequency(row: Record) -> str:
    rate = defined(row["codings_per_1000_words"])
    parts = [] if rate is None else [f"{rate:.2f} per 1,000 words"]
    low, high = defined(row.get("rate_low")), defined(row.get("rate_high"))
    parts += [f"95\u202f% interval {interval}"] if (interval := format_interval(low, high, percent=False)) else []
    detail = f" ({', '.join(parts)})" if parts else ""
    return f"{format_count(row['codings'], 'coding')}{detail} in {_describe_share(row)}"


def _describe_share(row: Record) -> str:
    share = format_percent(defined(row["share_of_cases"]))
    return f"{row['cases']:,} of {format_count(row['universe_cases'], 'case')} ({share})"


def _difference_findings(groups: Mapping[str, Sequence[Record]]) -> Iterator[Finding]:
    """Yield for each attribute the code whose share of cases differs most between two groups, greatest first."""
    found = [(attribute, *ends) for attribute, rows in groups.items() if (ends := _widest_range(rows))]
    found.sort(key=lambda one: _difference(one[1:]), reverse=True)
    for attribute, low, high in found[:_STRONGEST_DIFFERENCES]:
        column = next(iter(low))
        yield Finding(
            "Differences between groups",
            f"By {attribute}: {high['name']} is in {_describe_share(high)} of \u2018{high[column]}\u2019 and in "
            f"{_describe_share(low)} of \u2018{low[column]}\u2019.",
            "groups",
        )


def _widest_range(rows: Sequence[Record]) -> tuple[Record, Record] | None:
    """Return the rows of the groups with the lowest and the highest share, of the code that differs most."""
    column = next(iter(rows[0]))
    by_code: dict[str, list[Record]] = {}
    for row in rows:
        if row["level"] == "code" and row["universe_cases"] >= _MIN_CASES and row[column] != _BLANK:
            by_code.setdefault(row["code"], []).append(row)
    ends = max((_lowest_and_highest(own) for own in by_code.values()), key=_difference, default=None)
    return ends if ends and _difference(ends) > 0 else None


def _difference(ends: tuple[Record, Record]) -> float:
    return float(ends[1]["share_of_cases"] - ends[0]["share_of_cases"])


def _lowest_and_highest(rows: Sequence[Record]) -> tuple[Record, Record]:
    ordered = sorted(rows, key=lambda row: row["share_of_cases"])
    return ordered[0], ordered[-1]


def _pair_findings(pairs: Sequence[Record], names: Mapping[str, str]) -> Iterator[Finding]:
    for row in pairs[:_STRONGEST_PAIRS]:
        if row["count"]:
            yield Finding(
                "Codes that occur together",
                f"{names[row['code_a']]} and {names[row['code_b']]} occur together in "
                f"{format_count(row['count'], 'unit')} ({row['unit']}) of {row['units']:,}: {row['count']:,} of the "
                f"{row['count_a']:,} with the first and of the {row['count_b']:,} with the second (Jaccard "
                f"{row['jaccard']:.2f}).",
                "network",
            )


def _agreement_findings(rows: Sequence[Record]) -> Iterator[Finding]:
    for row in rows:
        alpha = defined(row.get("krippendorff_alpha"))
        if row["level"] != "pooled" or alpha is None:
            continue
        low, high = defined(row["krippendorff_alpha_low"]), defined(row["krippendorff_alpha_high"])
        interval = f", interval {text}" if (text := format_interval(low, high, percent=False)) else ""
        yield Finding(
            "Agreement of coders",
            f"The coders {row['coders']} agree with Krippendorff's alpha {alpha:.2f}{interval}, over "
            f"{format_count(row['transcripts'], 'transcript')} that all of them have coded.",
            "method",
        )
