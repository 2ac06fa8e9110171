"""The Excel workbook of a study: its content is collected here and written by `qualcode.workbook`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.errors import OperationError, UsageError, format_count, name_command, name_option
from qualcode.files import fill_atomically
from qualcode.listings.caveats import list_caveats
from qualcode.listings.coding_rows import coding_rows
from qualcode.listings.counted_incidences import (
    IncidenceSet,
    build_incidence_set,
    count_notes,
    regroup_incidences,
    select_code_sets,
)
from qualcode.listings.family_bases import describe_base
from qualcode.listings.reading.memo_rows import memo_rows
from qualcode.listings.study_check import check_study
from qualcode.study.coder_state import resolve_coder
from qualcode.study.selection import AnalysisOptions, select_code_ids, select_transcript_ids, to_name_tuple
from qualcode.study.study import Study
from qualcode.suggest.suggestion_request import SuggestionOptions
from qualcode.transcripts import hash_text
from qualcode.version import __version__

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.workbook import CleaningCounts, UndecidedSuggestions, WorkbookContent

MAX_SUGGESTIONS = 5_000
"""Most suggestions that the workbook shows."""
# One value compares nothing; each further one adds three columns.
_MIN_VALUES, _MAX_VALUES = 2, 6
"""Numbers of values of the attributes that themes are grouped by if none is named."""
_RULES = (
    "A code is in a unit if a coding with that code overlaps the unit. A parent code, family or theme occurs if any of "
    "its members does; each unit and word is counted once. Interviewers' turns are not coded or counted. "
    "Own codings: those of the code itself, without the codes below it. Share of cases: cases with the code, divided "
    "by the cases counted (where families are finished one by one, by those of its family: see 'Base by family'). "
    "Words coded: participants' words in its codings. Codings per 1,000 words: of all participants' words "
    "there, coded or not. From and to: limits of 95 % intervals, of shares Wilson's, of rates by bootstrap over cases "
    "(2,000 replicates, seed 0)."
)


def export_workbook(
    study: Study, path: Path, options: AnalysisOptions, *, suggestions: bool = False
) -> tuple[Path, list[str]]:
    """Write the workbook of one coder's codings, on request with suggestions; return its path and notes.

    Raises
    ------
    UsageError
        If the path does not end in .xlsx.
    OperationError
        If the options select several coders.
    """
    from qualcode.workbook import write_workbook

    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{path}: the file name of a workbook must end in .xlsx")
    # Groups have a sheet of their own; all other sheets count the whole study.
    study = study.as_of(options.as_of)
    ungrouped = replace(options, by=None)
    counted = build_incidence_set(study, ungrouped)
    if len(counted.incidences) > 1:
        raise OperationError(f"a workbook shows one coder's codings: choose one with {name_option('coder')}")
    attributes = list(to_name_tuple(options.by)) or _attributes_with_few_values(study)
    content = _workbook_content(study, ungrouped, counted, attributes=attributes, suggestions=suggestions)
    notes = count_notes(study, counted)
    if suggestions and content.suggestions is None:
        notes.append("no sheet of suggestions: there are no undecided suggestions")
    cleaned: list[CleaningCounts] = []
    fill_atomically(path, lambda temporary: cleaned.append(write_workbook(content, temporary)))
    return path, [*notes, *_cleaning_notes(cleaned[0])]


def _cleaning_notes(cleaned: CleaningCounts) -> Iterator[str]:
    """Yield what was left out of texts because a workbook cannot hold it."""
    if cleaned.control_characters:
        yield f"left out {format_count(cleaned.control_characters, 'control character')}, which workbooks cannot hold"
    if cleaned.truncated:
        yield f"{format_count(cleaned.truncated, 'cell')} over Excel's limit of 32,767 characters: cut and marked"


def _workbook_content(
    study: Study, options: AnalysisOptions, counted: IncidenceSet, *, attributes: list[str], suggestions: bool
) -> WorkbookContent:
    from qualcode.incidence import count_cooccurrence
    from qualcode.tables import cooccurrence_matrix
    from qualcode.workbook import WorkbookContent

    (matrix,), (masks,) = counted.incidences, counted.group_masks
    if suggestions and resolve_coder(study, matrix.coder)[0].decided_until:
        raise UsageError("suggestions are those of now: leave them out of a workbook as of an earlier date")
    code_ids = select_code_ids(study.codebook, options.code)
    codes = select_code_sets(study.codebook, levels=["code"], code_ids=code_ids)
    groups = _group_frames(study, counted, attributes)
    return WorkbookContent(
        title=study.name,
        overview=list(_overview_rows(study, counted)),
        codebook=study.codebook,
        themes=_theme_frame(counted),
        groups=groups,
        matrix=cooccurrence_matrix(count_cooccurrence(matrix, codes, next(iter(masks.values())))),
        unit=str(matrix.universe.unit),
        quotes=_quote_rows(study, options, matrix.coder),
        memos=_memo_rows(study, options),
        suggestions=_undecided_suggestions(study, options, matrix.coder) if suggestions else None,
        comparison=_comparison_table(study, options, matrix.coder, groups),
        saturation=_saturation_table(study, options, matrix.coder),
        agreement=_agreement_table(study, options),
        disagreements=_disagreement_table(study, options),
    )


def _comparison_table(
    study: Study, options: AnalysisOptions, coder: str, groups: Mapping[str, pd.DataFrame]
) -> pd.DataFrame | None:
    """Return how the groups of each attribute differ; None without an attribute that has two groups."""
    comparable = [name for name, frame in groups.items() if frame.iloc[:, 0].nunique() > 1]
    if not comparable:
        return None
    from qualcode.listings.analysis.group_comparison import ComparisonRequest, compare_groups
    from qualcode.tables import COMPARISON_COLUMNS, make_frame

    with suppress(OperationError):
        rows, notes = compare_groups(study, replace(options, coder=coder, by=comparable), ComparisonRequest())
        return make_frame(rows, COMPARISON_COLUMNS, notes=notes)
    return None


def _saturation_table(study: Study, options: AnalysisOptions, coder: str) -> pd.DataFrame | None:
    """Return new codes by transcript; None if the options leave no code."""
    from qualcode.listings.analysis.saturation_rows import (
        SATURATION_COLUMNS,
        SaturationOptions,
        measure_saturation,
        saturation_rows,
    )
    from qualcode.tables import make_frame

    with suppress(OperationError):
        curves, _, notes = measure_saturation(study, replace(options, coder=coder), SaturationOptions())
        return make_frame(saturation_rows(curves, ()), SATURATION_COLUMNS, notes=notes)
    return None


def _agreement_table(study: Study, options: AnalysisOptions) -> pd.DataFrame | None:
    """Return the agreement of all coders; None if there is only one, or nothing that all have finished."""
    from qualcode.listings.agreement.agreement_rows import AgreementOptions
    from qualcode.listings.agreement.agreement_text import agreement_table

    selected = AgreementOptions(unit=options.unit, code=options.code, transcripts=options.transcripts)
    table: pd.DataFrame | None = None
    with suppress(OperationError):
        table = agreement_table(study, selected)
    return table


def _disagreement_table(study: Study, options: AnalysisOptions) -> pd.DataFrame | None:
    """Return the passages that coders have coded differently, decided ones too; None if there are none."""
    from qualcode.listings.agreement.disagreement_rows import list_disagreements
    from qualcode.tables import make_frame

    with suppress(OperationError):
        rows, columns, notes = list_disagreements(
            study, coder=None, code=options.code, transcripts=options.transcripts, decided=True
        )
        return make_frame(rows, columns, notes=notes) if rows else None
    return None


def _theme_frame(counted: IncidenceSet) -> pd.DataFrame:
    from qualcode.tables import theme_table

    return theme_table(counted.incidences, counted.code_sets, counted.group_masks, counted.group_attributes)


def _group_frames(study: Study, counted: IncidenceSet, attributes: list[str]) -> dict[str, pd.DataFrame]:
    frames = {}
    for number, attribute in enumerate(attributes, 1):
        frames[attribute] = _theme_frame(regroup_incidences(study, counted, attribute))
        study.report_progress("counting groups", number, len(attributes))
    return frames


def _attributes_with_few_values(study: Study) -> list[str]:
    values = {name: {case.attributes.get(name, "") for case in study.cases} - {""} for name in study.attributes}
    return [name for name, distinct in values.items() if _MIN_VALUES <= len(distinct) <= _MAX_VALUES]


def _quote_rows(study: Study, options: AnalysisOptions, coder: str) -> Iterator[dict[str, Any]]:
    code_names = {code.id: code.name for code in study.codebook.codes}
    for row in coding_rows(study, coder=coder, code=options.code, transcripts=options.transcripts):
        yield {**row, "name": code_names.get(row["code"], "")}


def _memo_rows(study: Study, options: AnalysisOptions) -> list[dict[str, Any]]:
    """Return the memos of all coders, except those on codes and transcripts that the workbook leaves out."""
    transcripts = set(select_transcript_ids(study, options.transcripts)) if options.transcripts else None
    codes = study.codebook.expand_codes(select_code_ids(study.codebook, options.code))
    return [
        memo
        for memo in memo_rows(study)
        if not memo["transcript"] or transcripts is None or memo["transcript"] in transcripts
        if not memo["code"] or not options.code or memo["code"] in codes
    ]


def _undecided_suggestions(study: Study, options: AnalysisOptions, coder: str) -> UndecidedSuggestions | None:
    """Return the suggestions for a coder that are not decided, as `suggest` shows them; None if there are none."""
    from qualcode.suggest.study_suggestions import list_suggestions
    from qualcode.workbook import UndecidedSuggestions

    request = SuggestionOptions(coder=coder, code=options.code, transcripts=options.transcripts)
    table, notes = list_suggestions(study, request)
    if not len(table):
        return None
    first = f"{format_count(len(table), 'suggestion')} for {coder}, the most promising sentences first"
    if len(table) > MAX_SUGGESTIONS:
        first += f"; the first {MAX_SUGGESTIONS:,} are shown"
    first += ". Suggestions are not counted until a coder accepts them: 'qualcode accept' with the id."
    shown = table.take(range(min(len(table), MAX_SUGGESTIONS)))
    # The first note also counts the suggestions; ``first`` replaces it.
    return UndecidedSuggestions(
        [first, *notes[1:]], shown.rows(), has_probabilities=set(table.score_type) == {"probability"}
    )


def _overview_rows(study: Study, counted: IncidenceSet) -> Iterator[tuple[str, str | int | float]]:
    """Yield labels and values; a label without a value is a heading."""
    matrix = counted.incidences[0]
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
    yield "Other coders, not counted here", ", ".join(others) or "none"
    yield "Rules", _RULES
    yield "", ""
    yield "Versions", ""
    yield "Written", datetime.now().astimezone().isoformat(timespec="seconds")
    yield "qualcode", __version__
    yield "Codebook", study.codebook.version
    # One hash over all texts tells whether two workbooks counted the same texts.
    hashes = (f"{name} {study.transcripts[name].sha256}" for name in universe.transcripts)
    yield "Texts (SHA-256)", hash_text("\n".join(hashes))
    yield "", ""
    yield "Not counted", ""
    for caveat in [*list_caveats(study, [matrix.coder]), *_skipped_lines(study, universe.transcripts)] or ["nothing"]:
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
