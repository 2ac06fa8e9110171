"""The methods section of a paper in sentences, from a study's own records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qualcode.errors import format_count, format_names
from qualcode.export.findings.provenance import coding_dates
from qualcode.export.report.report_tables import ReportTables
from qualcode.listings.analysis.group_comparison import ComparisonRequest
from qualcode.listings.analysis.interval_notes import describe_resampling, format_level
from qualcode.statistics import Resampling
from qualcode.study.study import Study
from qualcode.version import __version__

_UNITS = {
    "sentence": "sentences, cut by rule within speakers' turns",
    "turn": "speakers' turns",
    "paragraph": "paragraphs",
    "exchange": "exchanges, a question with its answer",
    "transcript": "whole transcripts",
}
Row = Mapping[str, Any]


def methods_sentences(study: Study, tables: ReportTables, coders: Sequence[Row]) -> Iterator[str]:
    """Yield the paragraphs: material, codebook, coding, agreement, counts."""
    universe, book = tables.incidence.universe, study.codebook
    yield (
        f"The analysis covers {format_count(len(universe.transcripts), 'transcript')} of "
        f"{format_count(len(universe.cases), 'case')} with {int(universe.transcript_words.sum()):,} words of "
        f"participants. The codebook has {format_count(len(tables.codes), 'code')}"
        f"{_family_phrase(len(book.families))} (version {book.version})."
    )
    yield " ".join(_coding_sentences(coders, tables.incidence.coder))
    yield from tables.agreement.attrs.get("methods", ()) if tables.agreement is not None else ()
    yield " ".join(_count_sentences(tables))
    yield " ".join(_statistics_sentences(tables))
    yield f"Coding, counts and figures were made with qualcode {__version__}."


def _family_phrase(families: int) -> str:
    return f" in {families:,} families" if families > 1 else " in one family"


def _coding_sentences(coders: Sequence[Row], counted: str) -> Iterator[str]:
    for row in coders:
        done = f", and marked {row['finished']:,} of them as finished" if row["finished"] else ""
        yield (
            f"{row['coder']} coded {format_count(row['codings'], 'passage')} in "
            f"{format_count(row['transcripts'], 'transcript')}{done}."
        )
    if dates := coding_dates(coders):
        yield f"Decisions were recorded from {dates}." if " to " in dates else f"Decisions were recorded on {dates}."
    if suggested := sum(row["from_suggestions"] for row in coders):
        total = sum(row["codings"] for row in coders)
        yield f"{suggested:,} of {total:,} codings began as suggestions of the program that a coder accepted."
    if len(coders) > 1:
        others = format_names([row["coder"] for row in coders if row["coder"] != counted])
        yield f"The counts are those of {counted}; codings of {others} are not added to them."


def _count_sentences(tables: ReportTables) -> Iterator[str]:
    unit = tables.counted.unit
    name = _UNITS.get(unit.name, f"windows of {unit.size} turns, each counted once for every turn that it begins with")
    yield f"The unit of analysis is {unit}: {name}."
    yield f"The universe is {tables.counted.universe_notes[0]}."
    yield (
        "A code is in a unit if a coding with it overlaps the unit; a parent code, family or theme is where any of its "
        "members is. The share of cases is that of the cases in the universe; the rate is the number of codings per "
        "1,000 words of participants. Two codes occur together if both are in one unit."
    )


def _statistics_sentences(tables: ReportTables) -> Iterator[str]:
    """Yield how intervals and tests were computed."""
    resampling = Resampling()
    level, rates = format_level(resampling.level), describe_resampling([tables.incidence.universe], resampling)
    yield f"Intervals ({level}) of shares of cases are Wilson's, those of codings per 1,000 words {rates}."
    if tables.comparison is not None:
        yield (
            "Groups of cases were compared by differences of shares with Newcombe's intervals, by Fisher's exact test "
            "where there are two groups, and by chi-square over "
            f"{ComparisonRequest().permutations:,} random orders of the cases where there are more; q is the p-value "
            "adjusted for the number of codes (Benjamini and Hochberg 1995)."
        )
    if tables.pairs is not None:
        is_whole = tables.counted.unit.name == "transcript"
        chance = "in all transcripts" if is_whole else "within each transcript"
        yield (
            f"Pairs of codes were tested against units shuffled {chance}, each code on its own, with p-values adjusted "
            "for the number of pairs in the same way."
        )
    if tables.saturation_sentence:
        yield f"Saturation by the rule of Guest, Namey and Chen (2020): {tables.saturation_sentence}."
