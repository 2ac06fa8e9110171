"""The Excel workbook of a study: its content is collected here and written by `qualcode.workbook`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import OperationError, UsageError, name_option
from qualcode.export.cleaned_workbook import save_cleaned
from qualcode.export.findings.analysis_tables import (
    list_comparable,
    make_agreement_table,
    make_comparison_table,
    make_pair_table,
    make_saturation_table,
    make_theme_table,
)
from qualcode.export.findings.provenance import coder_rows, describe_command, provenance_rows, transcript_rows
from qualcode.export.study_workbook.cover_content import make_cover
from qualcode.export.study_workbook.sheet_choice import SheetChoice, choose_sheets
from qualcode.export.study_workbook.sheet_content import (
    list_disagreed,
    list_memos,
    list_quotes,
    list_undecided,
    make_case_columns,
    make_segment_columns,
)
from qualcode.listings.counted_incidences import IncidenceSet, build_incidence_set, count_notes, regroup_incidences
from qualcode.study.selection import AnalysisOptions, Names, to_name_tuple
from qualcode.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.workbook import Provenance, WorkbookContent

# One value compares nothing; each further one adds three columns.
_MIN_VALUES, _MAX_VALUES = 2, 6
"""Numbers of values of the attributes that themes are grouped by if none is named."""


def export_workbook(
    study: Study,
    path: Path,
    options: AnalysisOptions,
    *,
    suggestions: bool = False,
    sheets: Names | None = None,
) -> tuple[Path, list[str]]:
    """Write the workbook of one coder's codings; return its path and notes.

    Parameters
    ----------
    suggestions
        Whether it has a sheet of suggestions.
    sheets
        Names of the sheets to write; those that can be read, if none is named.

    Raises
    ------
    UsageError
        If the path does not end in .xlsx, or there is no such sheet.
    OperationError
        If the options select several coders.
    """
    from qualcode.workbook import write_workbook

    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{path}: the file name of a workbook must end in .xlsx")
    choice = choose_sheets(sheets, suggestions=suggestions)
    # Groups have a sheet of their own; all other sheets count the whole study.
    study = study.as_of(options.as_of)
    counted = build_incidence_set(study, replace(options, by=None))
    if len(counted.incidences) > 1:
        raise OperationError(f"a workbook shows one coder's codings: choose one with {name_option('coder')}")
    command = describe_command("export", options, sheets=sheets, suggestions=suggestions)
    content = _collect_content(study, options, counted, choice, command=command)
    cleaning_notes = save_cleaned(path, lambda temporary: write_workbook(content, temporary))
    return path, [
        *count_notes(study, counted),
        *(f"no sheet {name}: {reason}" for name, reason in choice.list_missed()),
        *cleaning_notes,
    ]


def _collect_content(
    study: Study, options: AnalysisOptions, counted: IncidenceSet, choice: SheetChoice, *, command: str
) -> WorkbookContent:
    from qualcode.workbook import WorkbookContent

    (matrix,) = counted.incidences
    own = replace(options, by=None, coder=matrix.coder)
    grouped = _build_groups(study, counted, options)
    themes = make_theme_table(counted)
    comparison = make_comparison_table(study, own, list_comparable(grouped))
    agreement = make_agreement_table(study, own)
    saturation, sentence = make_saturation_table(study, own)
    tables = {
        "themes": themes,
        "comparison": comparison,
        "pairs": make_pair_table(study, counted),
        "agreement": agreement,
    }
    quote_count, quotes = list_quotes(study, own, matrix.coder)
    content = WorkbookContent(
        title=study.name,
        codebook=study.codebook,
        themes=themes,
        groups={attribute: make_theme_table(one) for attribute, one in grouped.items()},
        matrix=_pair_matrix(counted),
        unit=str(matrix.universe.unit),
        quotes=quotes,
        quote_count=quote_count,
        coder=matrix.coder,
        cover=make_cover(study, counted, tables, saturation=sentence, at=_latest_decision(study)),
        comparison=comparison,
        saturation=saturation,
        agreement=agreement,
        provenance=_make_provenance(study, counted, command),
        at=_latest_decision(study),
    )
    return _add_chosen(study, own, counted, choice, content)


def _pair_matrix(counted: IncidenceSet) -> pd.DataFrame:
    """Return in how many units each pair of codes occurs."""
    from qualcode.incidence import count_cooccurrence
    from qualcode.tables import cooccurrence_matrix

    (matrix,), (masks,) = counted.incidences, counted.group_masks
    codes = [one for one in counted.code_sets if one.level == "code"]
    return cooccurrence_matrix(count_cooccurrence(matrix, codes, next(iter(masks.values()))))


def _make_provenance(study: Study, counted: IncidenceSet, command: str) -> Provenance:
    from qualcode.workbook import Provenance

    transcripts = list(transcript_rows(study, counted.incidences[0].universe))
    return Provenance(list(provenance_rows(study, counted, command)), coder_rows(study), transcripts)


def _add_chosen(
    study: Study, options: AnalysisOptions, counted: IncidenceSet, choice: SheetChoice, content: WorkbookContent
) -> WorkbookContent:
    """Return the content with the sheets that only some workbooks have, without those that are too large or empty."""
    universe = counted.incidences[0].universe
    memos = list_memos(study, options) if "Memos" in choice.names else []
    disagreements = list_disagreed(study, options) if "Disagreements" in choice.names else None
    undecided = list_undecided(study, options, content.coder) if "Suggestions" in choice.names else None
    sizes = {
        "Themes by group": sum(map(len, content.groups.values())),
        "Memos": len(memos),
        "Disagreements": _count_rows(disagreements),
        "Comparison": _count_rows(content.comparison),
        "Saturation": _count_rows(content.saturation),
        "Agreement": _count_rows(content.agreement),
        "Suggestions": int(undecided is not None),
        "Case x code": len(universe.cases),
        "Segments": len(universe.unit_start),
    }
    written = {name for name in choice.names if choice.takes(name, rows=sizes.get(name, 1))}
    return replace(
        content,
        memos=memos,
        disagreements=disagreements,
        suggestions=undecided,
        cases=make_case_columns(study, counted) if "Case x code" in written else None,
        segments=make_segment_columns(study, counted) if "Segments" in written else None,
        sheets=written,
        cover=replace(content.cover, left_out=choice.list_left_out()),
    )


def _count_rows(table: object) -> int:
    return 0 if table is None else len(table)  # type: ignore[arg-type]


def _latest_decision(study: Study) -> str:
    return max(study.last_decision_times.values(), default="")


def _build_groups(study: Study, counted: IncidenceSet, options: AnalysisOptions) -> dict[str, IncidenceSet]:
    attributes = list(to_name_tuple(options.by)) or _attributes_with_few_values(study)
    grouped = {}
    for number, attribute in enumerate(attributes, 1):
        grouped[attribute] = regroup_incidences(study, counted, attribute)
        study.report_progress("counting groups", number, len(attributes))
    return grouped


def _attributes_with_few_values(study: Study) -> list[str]:
    values = {name: {case.attributes.get(name, "") for case in study.cases} - {""} for name in study.attributes}
    return [name for name, distinct in values.items() if _MIN_VALUES <= len(distinct) <= _MAX_VALUES]
