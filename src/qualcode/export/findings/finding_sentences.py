"""What the tables of a report say, in sentences with numerators and denominators."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qualcode.errors import format_count, format_names
from qualcode.export.findings.number_text import LEVEL, defined, format_interval, format_percent, format_small

Record = Mapping[str, Any]
_MIN_CASES = 5
"""Least cases of a group whose share is compared in a sentence."""
_STRONGEST_PAIRS, _DIFFERENCES_OF_ATTRIBUTE, _MOST_DIFFERENCES, _MOST_RATES = 3, 2, 6, 8
"""Most sentences on pairs of codes, on shares by one attribute and by all attributes, and on rates."""
_PAIRS = "Codes that occur together"
_DIFFERENCES = "Differences between groups"


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence, the section that shows more, and the codes that it is on."""

    kind: str
    text: str
    target: str


def list_findings(
    themes: Sequence[Record], comparisons: Mapping[str, Sequence[Record]], pairs: Sequence[Record],
    agreement: Sequence[Record], families: Sequence[tuple[str, str, int]],
) -> Iterator[Finding]:  # fmt: skip
    """Yield the findings: the most frequent codes, differences between groups, co-occurrence, agreement."""
    yield from _frequency_findings(themes, families)
    yield from _difference_findings(comparisons)
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


def _difference_findings(comparisons: Mapping[str, Sequence[Record]]) -> Iterator[Finding]:
    """Yield the codes whose share of cases differs most between two groups, and attributes without a difference."""
    by_attribute = {attribute: _distinct_differences(rows) for attribute, rows in comparisons.items()}
    found = [rows[:_DIFFERENCES_OF_ATTRIBUTE] for rows in by_attribute.values() if rows]
    for row in [row for rows in sorted(found, key=lambda rows: -_difference(rows[0])) for row in rows][
        :_MOST_DIFFERENCES
    ]:
        first, second = ("a", "b") if row["difference"] > 0 else ("b", "a")
        text = (
            f"By {row['attribute']}: {row['name']} is in {_describe_group(row, first)} and in "
            f"{_describe_group(row, second)}: a difference of {100 * _difference(row):.0f} points{_describe_test(row)}."
        )
        yield Finding(_DIFFERENCES, text, "groups")
    if alike := [attribute for attribute, rows in by_attribute.items() if not rows]:
        text = f"By {format_names(alike)}: no share of cases differs between two groups with q up to {LEVEL}."
        yield Finding(_DIFFERENCES, text, "groups")
    yield from _rate_findings([row for rows in comparisons.values() for row in rows])


def _rate_findings(rows: Sequence[Record]) -> Iterator[Finding]:
    """Yield the codes that two groups both use, but one of them more often than by chance, greatest ratio first."""
    pairs = [
        row
        for row in rows
        if row["level"] == "code"
        and row["group_b"]
        and defined(row["rate_a"])
        and defined(row["rate_b"])
        and (q := defined(row["rate_q"])) is not None
        and q <= LEVEL
    ]
    by_code: dict[tuple[str, str], Record] = {}
    for row in sorted(pairs, key=_log_ratio, reverse=True):
        by_code.setdefault((row["attribute"], row["code"]), row)
    for row in list(by_code.values())[:_MOST_RATES]:
        text = (
            f"By {row['attribute']}: {row['name']} has {row['rate_a']:.2f} codings per 1,000 words of "
            f"\u2018{row['group_a']}\u2019 and {row['rate_b']:.2f} of \u2018{row['group_b']}\u2019 "
            f"(q {format_small(row['rate_q'])})."
        )
        yield Finding(_DIFFERENCES, text, "groups")


def _log_ratio(row: Record) -> float:
    return abs(math.log(row["rate_a"] / row["rate_b"]))


def _distinct_differences(rows: Sequence[Record]) -> list[Record]:
    """Return the rows of codes and two groups that differ more than by chance, each code once, greatest first."""
    pairs = [
        row
        for row in rows
        if row["level"] == "code"
        and row["group_b"]
        and min(row["universe_cases_a"], row["universe_cases_b"]) >= _MIN_CASES
        and defined(row["difference"])
        and (defined(row["q"]) or 0.0) <= LEVEL
    ]
    by_code: dict[str, Record] = {}
    for row in sorted(pairs, key=_difference, reverse=True):
        by_code.setdefault(row["code"], row)
    return list(by_code.values())


def _difference(row: Record) -> float:
    return abs(float(row["difference"]))


def _describe_group(row: Record, side: str) -> str:
    share = format_percent(defined(row[f"share_{side}"]))
    base = format_count(row[f"universe_cases_{side}"], "case")
    return f"{row[f'cases_{side}']:,} of {base} ({share}) of \u2018{row[f'group_{side}']}\u2019"


def _describe_test(row: Record) -> str:
    """Return the interval of a difference and its adjusted p-value, as far as they are defined."""
    low, high = defined(row["difference_low"]), defined(row["difference_high"])
    parts = []
    if low is not None and high is not None:
        # Of a less b; the sentence names the greater share first.
        ends = (low, high) if row["difference"] > 0 else (-high, -low)
        parts.append(f"95\u202f% interval {100 * ends[0]:.0f} to {100 * ends[1]:.0f}")
    if (q := defined(row["q"])) is not None:
        parts.append(f"q {format_small(q)}")
    return f" ({', '.join(parts)})" if parts else ""


def _pair_findings(pairs: Sequence[Record], names: Mapping[str, str]) -> Iterator[Finding]:
    for row in [row for row in pairs if is_beyond_chance(row)][:_STRONGEST_PAIRS]:
        expected, q = _test_columns(row)
        yield Finding(
            _PAIRS,
            f"{names[row['code_a']]} and {names[row['code_b']]} occur together in "
            f"{format_count(row['count'], 'unit')} ({row['unit']}) of {row['units']:,}, where chance would give "
            f"{row[expected]:.1f} (q {format_small(row[q])}): in {row['count']:,} of the "
            f"{row['count_a']:,} with the first and of the {row['count_b']:,} with the second.",
            "network",
        )
    if pairs and not any(map(is_beyond_chance, pairs)):
        yield Finding(_PAIRS, f"No two codes occur together more often than by chance with q up to {LEVEL}.", "network")


def _test_columns(row: Record) -> tuple[str, str]:
    """Return the columns of what chance would give and of q.

    Units are shuffled within transcripts, except if they are transcripts themselves.
    """
    is_whole = row["unit"] == "transcript"
    return ("expected", "q_hypergeometric") if is_whole else ("expected_permutation", "q_permutation")


def is_beyond_chance(row: Record) -> bool:
    """Return whether two codes occur together more often than by chance, by a row of the table of pairs."""
    q = defined(row[_test_columns(row)[1]])
    return row["direction"] == "more" and q is not None and q <= LEVEL


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
