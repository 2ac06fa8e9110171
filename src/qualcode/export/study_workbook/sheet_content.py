"""The rows of sheets that no command returns: quotes by code, memos, suggestions, matrices of codes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from qualcode.anchors import turn_at
from qualcode.coding.corrections.review_rows import review_check
from qualcode.errors import OperationError, UsageError, format_count
from qualcode.listings.coding_rows import make_coding_row, select_codings
from qualcode.listings.counted_incidences import IncidenceSet
from qualcode.listings.reading.memo_rows import memo_rows
from qualcode.model import Coding, family_of
from qualcode.study.coder_state import resolve_coder
from qualcode.study.selection import AnalysisOptions, select_code_ids, select_transcript_ids
from qualcode.study.study import Study
from qualcode.suggest.suggestion_request import SuggestionOptions

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.workbook import CodeColumns, UndecidedSuggestions

_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,11})(?:\.\d{1,6})?")
"""Numbers that a spreadsheet shows as they were written."""

_HOW_TO_DECIDE = (
    "To decide, write into Decision the name of the coder who is right, all, none, or codes, and read the workbook "
    "back: qualcode apply FILE.xlsx --coder YOUR-NAME. The decisions count for the coder consensus."
)
MAX_SUGGESTIONS = 5_000
"""Most suggestions that the workbook shows."""


def list_quotes(study: Study, options: AnalysisOptions, coder: str) -> tuple[int, Iterator[dict[str, Any]]]:
    """Return the number of a coder's codings, and their rows by code, in the order of the codebook, then by text."""
    codings = list(select_codings(study, coder=coder, code=options.code, transcripts=options.transcripts))
    places = _code_places(study, codings)
    codings.sort(key=lambda coding: places[coding.code])
    names = {code.id: code.name for code in study.codebook.codes}
    rows = ({**make_coding_row(study, coding), "name": names.get(coding.code, "")} for coding in codings)
    return len(codings), rows


def _code_places(study: Study, codings: Iterable[Coding]) -> dict[str, tuple[int, int]]:
    """Return the places of codes: codes of a family together, those below a code behind it, unknown ones last."""
    known = {code.id: number for number, code in enumerate(study.codebook.codes)}
    families = {family.id: number for number, family in enumerate(study.codebook.families)}
    unknown = {
        code: len(known) + number for number, code in enumerate(sorted({one.code for one in codings} - {*known}))
    }
    return {code: (families.get(family_of(code), len(families)), place) for code, place in {**known, **unknown}.items()}


def list_memos(study: Study, options: AnalysisOptions) -> list[dict[str, Any]]:
    """Return the memos of all coders, except those on codes and transcripts that the workbook leaves out."""
    transcripts = set(select_transcript_ids(study, options.transcripts)) if options.transcripts else None
    codes = study.codebook.expand_codes(select_code_ids(study.codebook, options.code))
    return [
        memo
        for memo in memo_rows(study)
        if not memo["transcript"] or transcripts is None or memo["transcript"] in transcripts
        if not memo["code"] or not options.code or memo["code"] in codes
    ]


def list_undecided(study: Study, options: AnalysisOptions, coder: str) -> UndecidedSuggestions | None:
    """Return the suggestions for a coder that are not decided, as `suggest` shows them; None if there are none."""
    from qualcode.suggest.study_suggestions import list_suggestions
    from qualcode.workbook import UndecidedSuggestions

    if resolve_coder(study, coder)[0].decided_until:
        raise UsageError("suggestions are those of now: leave them out of a workbook as of an earlier date")
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


def list_disagreed(study: Study, options: AnalysisOptions) -> pd.DataFrame | None:
    """Return the passages that coders have coded differently, decided ones too; None if there are none."""
    from qualcode.listings.agreement.disagreement_rows import list_disagreements
    from qualcode.tables import make_frame

    with suppress(OperationError):
        rows, columns, notes = list_disagreements(
            study, coder=None, code=options.code, transcripts=options.transcripts, decided=True
        )
        # Whether a decision was typed since, and whether somebody has decided since.
        checked = [{**row, "check": review_check(row["id"], row["decision"], row["note"])} for row in rows]
        table = make_frame(checked, [*columns, "check"], notes=[*notes[:1], _HOW_TO_DECIDE])
        return table if rows else None
    return None


def make_case_columns(study: Study, counted: IncidenceSet) -> CodeColumns:
    """Return the codings of each case by code, with the attributes of cases."""
    from qualcode.tables import code_matrix
    from qualcode.workbook import CodeColumns

    codes = [one for one in counted.code_sets if one.level == "code"]
    table = code_matrix(
        counted.incidences[0], codes, rows="case", cells="codings", attributes=study.attributes_of
    ).drop(columns="coder")
    return CodeColumns(_with_numbers(table, study), [one.id for one in codes])


def make_segment_columns(study: Study, counted: IncidenceSet) -> CodeColumns:
    """Return each unit of analysis with its text, its cases and their attributes, and 1 or 0 for each code."""
    from qualcode.tables import code_matrix
    from qualcode.workbook import CodeColumns

    codes = [one for one in counted.code_sets if one.level == "code"]
    matrix = counted.incidences[0]
    # The case itself is one more attribute of the segments.
    attributes = {name: {"case": name, **study.attributes_of.get(name, {})} for name in matrix.universe.cases}
    table = code_matrix(matrix, codes, rows="unit", cells="present", attributes=attributes)
    places = zip(table["transcript"], table["start"].tolist(), table["end"].tolist(), strict=True)
    read = [_read_segment(study, *place) for place in places]
    for position, key in enumerate(("turn", "time", "text")):
        table[key] = [row[position] for row in read]
    ids = [one.id for one in codes]
    labels = ["case", "transcript", "turn", "speaker", "time", "text", "words"]
    others = [name for name in table.columns if name not in {*labels, *ids, "coder"}]
    places_last = [*(name for name in others if name not in {"start", "end"}), "start", "end"]
    return CodeColumns(_with_numbers(table[[*labels, *places_last, *ids]], study), ids)


def _with_numbers(table: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Return a table in which attributes that are numbers in all cases are numbers, which a spreadsheet can sum."""
    # An attribute with the name of a column has this prefix, as in `Project.cases`.
    names = {name for attribute in study.attributes for name in (attribute, f"case_{attribute}")}
    for name in names & set(table.columns):
        # By assignment of objects: pandas would make floats of whole numbers beside blanks.
        table[name] = table[name].astype(object)
        table[name] = _read_numbers(table[name])
    return table


def _read_numbers(texts: Iterable[Any]) -> list[str | float]:
    """Return the numbers that texts are; the texts if any is none, such as ``007`` or ``3; 4``."""
    cells = [str(text).strip() for text in texts]
    if not all(_NUMBER.fullmatch(cell) for cell in cells if cell):
        return list(cells)
    return [(float(cell) if "." in cell else int(cell)) if cell else "" for cell in cells]


def _read_segment(study: Study, transcript: str, start: int, end: int) -> tuple[int | None, float | None, str]:
    """Return the turn in which a segment begins, its time, and the text of the segment."""
    source = study.transcripts[transcript]
    turn = turn_at(source, start)
    return (turn.index if turn else None), (turn.time if turn else None), source.text[start:end]
