"""The first sheet: findings, and what was counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qualcode.errors import format_count, name_command
from qualcode.export.findings.finding_sentences import group_findings, list_findings, saturation_findings
from qualcode.export.findings.provenance import scope_facts
from qualcode.listings.caveats import list_caveats
from qualcode.listings.counted_incidences import IncidenceSet
from qualcode.listings.family_bases import describe_base
from qualcode.listings.study_check import check_study
from qualcode.study.coder_state import resolve_coder
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.workbook import Cover

_MOST_THEMES = 8
"""Most codes in the table of the cover."""
_SHEETS = {
    "themes": "Themes",
    "groups": "Comparison",
    "network": "Co-occurrence",
    "method": "Agreement",
    "saturation": "Saturation",
}
"""Sheets that show more on the findings of a section of the report."""
_FIGURES = (1, 0, 2, 3, 5)
"""Facts that are shown: cases, transcripts, words, units, codings."""
_RULES = (
    "A code is in a unit if a coding with that code overlaps the unit. A parent code, family or theme occurs if any of "
    "its members does; each unit and word is counted once. Interviewers' turns are not coded or counted. "
    "Own codings: those of the code itself, without the codes below it. Share of cases: cases with the code, divided "
    "by the cases counted (where families are finished one by one, by those of its family: see 'Base by family'). "
    "Words coded: participants' words in its codings. Codings per 1,000 words: of all participants' words "
    "there, coded or not. From and to: limits of 95 % intervals, of shares Wilson's, of rates by bootstrap over cases "
    "(2,000 replicates, seed 0)."
)


def make_cover(
    study: Study, counted: IncidenceSet, tables: Mapping[str, pd.DataFrame | None], *, saturation: str, at: str
) -> Cover:
    """Return the content of the cover.

    Parameters
    ----------
    tables
        The tables ``themes``, ``comparison``, ``pairs`` and ``agreement``; None where there is none.
    saturation
        The sentence on saturation.
    at
        Time of the latest decision.
    """
    from qualcode.tables import list_records
    from qualcode.workbook import Cover

    rows = {name: [] if table is None else list_records(table) for name, table in tables.items()}
    families = [(family.id, family.name, number) for number, family in enumerate(study.codebook.families)]
    found = [
        *list_findings(rows["themes"], _by_attribute(rows["comparison"]), rows["pairs"], rows["agreement"], families),
        *saturation_findings(saturation),
    ]
    facts = scope_facts(study, counted)
    coder = counted.incidences[0].coder
    return Cover(
        subtitle=f"Codings by {coder}" + (f", latest decision {at[:10]}" if at else ""),
        figures=[facts[position] for position in _FIGURES],
        findings=[(kind, _SHEETS[target], sentences) for kind, target, sentences in group_findings(found)],
        themes=_largest(rows["themes"]),
        counted=list(_counted_lines(study, counted)),
    )


def _by_attribute(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["attribute"], []).append(row)
    return found


def _largest(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the codes that occur in most cases."""
    codes = [row for row in rows if row["level"] == "code" and row["cases"]]
    return sorted(codes, key=lambda row: (-row["cases"], -row["codings"]))[:_MOST_THEMES]


def _counted_lines(study: Study, counted: IncidenceSet) -> Iterator[tuple[str, str | int | float]]:
    """Yield labels and values; a label without a value is a heading."""
    (matrix,) = counted.incidences
    universe = matrix.universe
    yield "What was counted", ""
    yield "Coder", matrix.coder
    yield "Unit of analysis", str(universe.unit)
    yield "Universe", counted.universe_notes[0]
    yield "Transcripts", len(universe.transcripts)
    yield "Cases", len(universe.cases)
    if base := describe_base(matrix, counted.code_sets):
        yield "Base by family", base
    yield "Units", len(universe.unit_start)
    yield "Participants' words", int(universe.transcript_words.sum())
    yield "Codings counted", len(matrix.coding_code)
    others = [coder for coder in study.coders if coder != resolve_coder(study, matrix.coder)[1]]
    is_consensus = resolve_coder(study, matrix.coder)[1] == CONSENSUS
    yield (
        ("Coders whose consensus it is" if is_consensus else "Other coders, not counted here"),
        (", ".join(others) or "none"),
    )
    yield "Rules", _RULES
    yield "", ""
    yield "Not counted", ""
    caveats = [*list_caveats(study, [matrix.coder]), *_skipped_lines(study, universe.transcripts)]
    for caveat in caveats or ["nothing"]:
        yield "", caveat
    yield "Check of the study's files", _describe_check(study)


def _skipped_lines(study: Study, transcripts: Sequence[str]) -> list[str]:
    """Return how many lines of these transcripts are neither speech nor header, as a list of one sentence or none."""
    count = sum(len(study.transcripts[name].unplaced) for name in transcripts)
    verb = "is" if count == 1 else "are"
    sentence = f"{format_count(count, 'line')} {verb} not recognised as speech or header: see {name_command('check')}"
    return [sentence] if count else []


def _describe_check(study: Study) -> str:
    levels = Counter(problem.level for problem in check_study(study))
    if not levels:
        return "no problems found"
    counts = f"{format_count(levels['error'], 'problem')}, {format_count(levels['notice'], 'notice')}"
    return f"{counts}: see {name_command('check')}"
