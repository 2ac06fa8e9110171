"""What the sections of findings, themes, groups, saturation, pairs and agreement show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from qualcode.errors import name_command
from qualcode.export.findings.finding_sentences import (
    group_findings,
    is_beyond_chance,
    list_findings,
    saturation_findings,
)
from qualcode.export.findings.number_text import LEVEL
from qualcode.export.report.charts.chart_rows import SHARES, make_bar_blocks, make_group_chart
from qualcode.export.report.charts.saturation_curve import make_saturation_curve
from qualcode.export.report.page_tables import PageTable, make_page_table
from qualcode.export.report.report_tables import ReportTables
from qualcode.listings.analysis.saturation_rows import SATURATION_COLUMNS

_THEME_KEYS = (
    "code name level codings units transcripts cases universe_cases share_of_cases share_low share_high words "
    "codings_per_1000_words rate_low rate_high"
).split()
_COMPARISON_KEYS = (
    "code name group_a group_b cases_a universe_cases_a cases_b universe_cases_b share_a share_b difference "
    "difference_low difference_high risk_ratio odds_ratio cohens_h cramers_v p q rate_a rate_b rate_ratio "
    "rate_p rate_q reason"
).split()
_PAIR_KEYS = (
    "code_a code_b count jaccard count_a count_b units expected_permutation direction q_permutation expected "
    "q_hypergeometric lift npmi phi"
).split()
_PAIR_HEADINGS = {
    "code_a": "first code",
    "code_b": "second code",
    "count": "units with both",
    "count_a": "with the first",
    "count_b": "with the second",
    "expected_permutation": "by chance within transcripts",
    "expected": "by chance over all units",
    "q_hypergeometric": "q over all units",
    "direction": "more or less than by chance",
    "q_permutation": "q within transcripts",
}
_AGREEMENT_KEYS = (
    "code name level units transcripts coded percent krippendorff_alpha krippendorff_alpha_low "
    "krippendorff_alpha_high cohen_kappa gwet_ac1 undefined"
).split()
_MAX_COMPARISONS = 4
"""Most comparisons of which all rows are in the table; of more only those beyond chance."""
_MAX_PAIRS = 1_000
"""Most rows of the table of pairs."""
Families = Sequence[tuple[str, str, int]]
"""Id, name and number of the colour of each family."""
_Rows = list[dict[str, Any]]


def counted_content(tables: ReportTables, families: Families) -> dict[str, Any]:
    """Return what the templates need by name."""
    themes, pairs = _list_rows(tables.themes), _list_rows(tables.pairs)
    agreement = _list_rows(tables.agreement)
    comparison = _list_rows(tables.comparison)
    comparisons = {
        attribute: rows
        for attribute in tables.groups
        if (rows := [row for row in comparison if row["attribute"] == attribute])
    }
    found = [
        *list_findings(themes, comparisons, pairs, agreement, families),
        *saturation_findings(tables.saturation_sentence),
    ]
    return {
        "findings": group_findings(found),
        "shares": SHARES,
        "bars": list(make_bar_blocks(themes, families)),
        "theme_table": make_page_table(themes, _THEME_KEYS, file="themes", caption="Frequencies"),
        "charts": _group_charts(tables, comparisons, families),
        "comparison_notes": _own_notes(tables, tables.comparison),
        "theme_notes": _own_notes(tables, tables.themes),
        "pair_notes": _own_notes(tables, tables.pairs),
        "pair_table": _pair_table(pairs, {row["code"]: row["name"] for row in themes}),
        "agreement_table": make_page_table(agreement, _AGREEMENT_KEYS, file="agreement", caption="Agreement of coders"),
        "agreement_notes": _notes_of(tables.agreement),
        **_saturation_content(tables),
    }


def list_pairs_beyond_chance(tables: ReportTables) -> set[tuple[str, str]]:
    """Return the pairs of codes that occur together more often than by chance."""
    return {(row["code_a"], row["code_b"]) for row in _list_rows(tables.pairs) if is_beyond_chance(row)}


def _list_rows(table: Any) -> _Rows:
    """Return the rows of a DataFrame; none if there is no table."""
    from qualcode.tables import list_records

    return [] if table is None else list_records(table)


def _notes_of(table: Any) -> list[str]:
    return [] if table is None else list(table.attrs.get("notes", ()))


def _own_notes(tables: ReportTables, table: Any) -> list[str]:
    """Return the notes of a table that are not at the head of the page."""
    return [note for note in _notes_of(table) if note not in tables.notes]


def _group_charts(tables: ReportTables, comparisons: Mapping[str, _Rows], families: Families) -> list[dict[str, Any]]:
    return [
        {
            "chart": make_group_chart(attribute, _list_rows(table), families, comparisons.get(attribute, [])),
            "tables": [_group_table(attribute, _list_rows(table)), *_comparison_table(attribute, comparisons)],
        }
        for attribute, table in tables.groups.items()
    ]


def _group_table(attribute: str, rows: _Rows) -> PageTable:
    keys = [next(iter(rows[0])), *_THEME_KEYS]
    return make_page_table(rows, keys, file=f"themes_by_{attribute}", caption=f"Frequencies by {attribute}")


def _comparison_table(attribute: str, comparisons: Mapping[str, _Rows]) -> list[PageTable]:
    if attribute not in comparisons:
        return []
    rows = comparisons[attribute]
    caption = f"Differences by {attribute}"
    if len({(row["group_a"], row["group_b"]) for row in rows}) > _MAX_COMPARISONS:
        # All pairs of six groups would be most of the page.
        rows = [row for row in rows if not row["group_b"] or (row["q"] is not None and row["q"] <= LEVEL)]
        caption += f": all groups together, and pairs with q up to {LEVEL} (the others: {name_command('compare')})"
    return [make_page_table(rows, _COMPARISON_KEYS, file=f"comparison_by_{attribute}", caption=caption)]


def _pair_table(pairs: _Rows, names: Mapping[str, str]) -> PageTable:
    rows = [{**row, "code_a": names[row["code_a"]], "code_b": names[row["code_b"]]} for row in pairs[:_MAX_PAIRS]]
    caption = "Pairs of codes"
    if len(pairs) > _MAX_PAIRS:
        caption += f": the {_MAX_PAIRS:,} most frequent of {len(pairs):,} (all: {name_command('cooccurrence')})"
    return make_page_table(rows, _PAIR_KEYS, file="cooccurrence", caption=caption, headings=_PAIR_HEADINGS)


def _saturation_content(tables: ReportTables) -> dict[str, Any]:
    rows = _list_rows(tables.saturation)
    return {
        "curve": make_saturation_curve(rows),
        "saturation_sentence": tables.saturation_sentence,
        # The order of transcripts, the band, and what the rule is; the other notes are at the head of the page.
        "saturation_notes": _notes_of(tables.saturation)[-2:],
        "saturation_table": make_page_table(
            rows, SATURATION_COLUMNS[:-1], file="saturation", caption="New codes by transcript"
        ),
    }
