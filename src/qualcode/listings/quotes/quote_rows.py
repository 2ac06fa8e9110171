"""The table of quotes: the codings that a query finds, or their overlapped parts, with citations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Literal, get_args

import numpy as np

from qualcode.anchors import turn_at
from qualcode.errors import UsageError, check_choice, format_count, format_names, name_option
from qualcode.listings.caveats import list_caveats
from qualcode.listings.coding_rows import coded_cases
from qualcode.listings.quotes.overlapped_passages import QuotedPassage, list_overlapped_passages
from qualcode.listings.quotes.placed_codings import PlacedCodings
from qualcode.listings.quotes.query_conditions import check_query
from qualcode.listings.quotes.query_evaluation import Evaluation, is_finding
from qualcode.model import Unit, format_seconds
from qualcode.queries import And, Near, Node, Not, Query, Term, list_parts, parse_query
from qualcode.study.coder_state import placed_codings, resolve_coder
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.selection import (
    AnalysisOptions,
    case_value,
    list_coders_who_coded,
    select_counted_coders,
    select_group_attributes,
    select_transcript_ids,
    select_unit,
)
from qualcode.study.study import Study

QUOTED_COLUMNS = "id transcript case turn speaker time start end quote code coder status memo citation".split()
"""The columns of the table; those of attributes follow."""

QuotePart = Literal["whole", "overlap"]

SEPARATOR = "; "
"""Between the ids, codes and cases of one row."""


@dataclass(frozen=True)
class Quotes:
    """The rows that a query finds, with the keys ``columns``, and notes on them."""

    rows: list[dict[str, Any]]
    columns: list[str]
    notes: list[str]


def find_quotes(study: Study, text: str, options: AnalysisOptions, *, part: QuotePart = "whole") -> Quotes:
    """Return the codings that a query finds; those of several coders are looked at separately.

    Raises
    ------
    QueryError
        If the query has a fault, or names what the study does not have.
    UsageError
        If overlapped parts are asked for together with a unit.
    """
    check_choice("part", part, get_args(QuotePart))
    if part == "overlap" and options.unit:
        raise UsageError(f"{name_option('part', 'overlap')} compares characters: leave out {name_option('unit')}")
    query = parse_query(text)
    study = study.as_of(options.as_of)
    check_query(study, query)
    coders = _select_coders(study, query, options)
    transcripts = select_transcript_ids(study, options.transcripts) if options.transcripts else None
    attributes = select_group_attributes(study, options.by)
    unit = select_unit(study, options.unit) if options.unit else None
    rows: list[dict[str, Any]] = []
    found: dict[str, list[str]] = {}
    for coder in coders:
        placed = PlacedCodings(study, coder, _select_codings(study, coder, transcripts))
        evaluation = Evaluation(placed, unit)
        passages = _list_passages(placed, evaluation, query.root, part)
        rows += [_make_row(study, passage, attributes) for passage in passages]
        if passages or options.coder or len(coders) == 1:
            found[coder] = list(_describe_coder(placed, evaluation, query.root, len(passages), part))
    notes = [f"query: {text.strip() or '*'}", *_describe_relation(query.root, unit), *chain(*found.values())]
    if not found:
        notes.append(f"no coding by {format_names(coders)} found")
    if not rows and _compares_codes(query.root):
        notes.append(f"a wider unit may find more ({name_option('unit', 'turn' if unit is None else 'transcript')})")
    return Quotes(rows, [*QUOTED_COLUMNS, *attributes], [*notes, *list_caveats(study, list(found) or coders)])


def _select_coders(study: Study, query: Query, options: AnalysisOptions) -> list[str]:
    """Return the coders whose codings are looked at: if the query names coders, all and the readings that it names."""
    named = [part.value for part in list_parts(query.root) if isinstance(part, Term) and part.name == "coder"]
    if options.coder or not named:
        return select_counted_coders(study, options.coder)
    coders = list_coders_who_coded(study)
    readings = [name for name in named if name not in coders and _is_reading(study, name)]
    return list(dict.fromkeys([*coders, *readings])) or select_counted_coders(study, None)


def _is_reading(study: Study, name: str) -> bool:
    return name == CONSENSUS or resolve_coder(study, name)[0] is not study


def _select_codings(study: Study, coder: str, transcripts: Iterable[str] | None) -> list[Any]:
    names, known = None if transcripts is None else set(transcripts), study.codebook.by_id
    return [
        coding
        for coding in placed_codings(study, coder)
        if coding.code in known and (names is None or coding.transcript in names)
    ]


def _list_passages(
    placed: PlacedCodings, evaluation: Evaluation, root: Node, part: QuotePart
) -> Sequence[QuotedPassage]:
    if part == "overlap":
        return list_overlapped_passages(placed, evaluation, root)
    found = (placed.codings[position] for position in np.flatnonzero(evaluation.find(root)).tolist())
    return [QuotedPassage(one.transcript, one.start, one.end, (one,)) for one in found]


def _make_row(study: Study, passage: QuotedPassage, attributes: Sequence[str]) -> dict[str, Any]:
    transcript, codings = study.transcripts[passage.transcript], passage.codings
    turn = turn_at(transcript, passage.start)
    cases = list(dict.fromkeys(case for coding in codings for case in coded_cases(study, coding)))
    row = {
        "id": _join(coding.id for coding in codings),
        "transcript": passage.transcript,
        "case": ", ".join(cases),
        "turn": turn.index if turn else None,
        "speaker": turn.speaker if turn else "",
        "time": turn.time if turn else None,
        "start": passage.start,
        "end": passage.end,
        "quote": transcript.text[passage.start : passage.end],
        "code": _join(coding.code for coding in codings),
        "coder": codings[0].coder,
        "status": _join(coding.status for coding in codings),
        "memo": "\n".join(dict.fromkeys(coding.memo for coding in codings if coding.memo)),
    }
    row["citation"] = format_citation(row)
    values = {
        name: [passage.transcript] if name == "transcript" else [case_value(study, case, name) for case in cases]
        for name in attributes
    }
    return row | {name: _join(texts) for name, texts in values.items()}


def _join(texts: Iterable[str]) -> str:
    return SEPARATOR.join(dict.fromkeys(texts))


def format_citation(row: dict[str, Any]) -> str:
    """Return where a quote is: case, transcript, speaker, turn and time, each once and as far as it is known.

    >>> format_citation({"case": "S07", "transcript": "S07", "speaker": "S07", "turn": 12, "time": 843.0})
    'S07, turn 12, 0:14:03'
    """
    names = [name for name in (row["case"], row["transcript"], row["speaker"]) if name]
    distinct = {name.casefold(): name for name in reversed(names)}
    turn = [] if row["turn"] is None else [f"turn {row['turn']}"]
    time = [] if row["time"] is None else [format_seconds(row["time"])]
    return ", ".join([*reversed(distinct.values()), *turn, *time])


def _describe_relation(root: Node, unit: Unit | None) -> Iterator[str]:
    """Yield how codes are compared with one another, if the query does that."""
    excludes = any(isinstance(one, Not) and is_finding(one.operand) for one in list_parts(root))
    if unit or excludes or _compares_codes(root):
        yield (
            f"unit {unit}: codes are together where their codings overlap one unit of a participant"
            if unit
            else "codes are together where their codings overlap by at least one character"
        )
    if any(isinstance(one, Near) for one in list_parts(root)):
        yield "near: turns and sentences of all speakers are numbered"


def _compares_codes(root: Node) -> bool:
    return any(isinstance(one, And) and sum(map(_has_code, one.operands)) > 1 for one in list_parts(root))


def _has_code(node: Node) -> bool:
    return any(map(is_finding, list_parts(node)))


def _describe_coder(
    placed: PlacedCodings, evaluation: Evaluation, root: Node, rows: int, part: QuotePart
) -> Iterator[str]:
    found = int(evaluation.find(root).sum())
    total = format_count(len(placed.codings), "coding")
    overlapped = f", {format_count(rows, 'overlapped passage')}" if part == "overlap" else ""
    yield f"coder {placed.coder}; {found:,} of {total} found{overlapped}"
    if outside := int((~evaluation.has_place).sum()):
        yield f"not counted: {format_count(outside, 'coding')} by {placed.coder} outside the units of participants"
