"""The table of codings: one row per coding with its place in the current text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args

from qualcode.anchors import turn_at
from qualcode.errors import check_choice
from qualcode.model import Coding, CodingStatus, DefinitionStatus, is_in_subtree
from qualcode.study.coder_state import check_coders, list_codings
from qualcode.study.placement import CONTENT_KEY
from qualcode.study.selection import Names, select_code_ids, select_transcript_ids, to_name_tuple
from qualcode.study.study import Study
from qualcode.transcripts import cases_at

CODING_COLUMNS = (
    "id transcript case turn speaker time start end quote code coder at status memo maker was definition".split()
)


def coding_rows(
    study: Study,
    *,
    coder: Names | None,
    code: Names | None,
    transcripts: Names | None,
    status: CodingStatus | Sequence[CodingStatus] | None = None,
    definition: DefinitionStatus | Sequence[DefinitionStatus] | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield one row per selected coding, with the keys of `CODING_COLUMNS`; of all coders unless some are named.

    Raises
    ------
    UnknownNameError
        If the study has no such coder, code or transcript.
    UsageError
        If there is no such status or definition.
    """
    statuses = to_name_tuple(status)
    for name in statuses:
        check_choice("status", name, get_args(CodingStatus))
    definitions = to_name_tuple(definition)
    for name in definitions:
        check_choice("definition", name, get_args(DefinitionStatus))
    for coding in select_codings(study, coder=coder, code=code, transcripts=transcripts):
        if (not statuses or coding.status in statuses) and (not definitions or coding.definition in definitions):
            yield coding_row(study, coding)


def select_codings(
    study: Study, *, coder: Names | None, code: Names | None, transcripts: Names | None
) -> Iterator[Coding]:
    """Yield the selected codings, of all coders unless some are named.

    Raises
    ------
    UnknownNameError
        If the study has no such coder, code or transcript.
    """
    coders = tuple(dict.fromkeys(to_name_tuple(coder)))
    check_coders(study, coders)
    selected = select_code_ids(study.codebook, code)
    codes = study.codebook.expand_codes(selected)
    names = to_name_tuple(transcripts)
    ids = set(select_transcript_ids(study, names)) if names else None
    # Sorted as all codings are, also those of several coders.
    selected_codings = sorted(list_codings(study, coders), key=CONTENT_KEY) if coders else study.codings
    for coding in selected_codings:
        if ids is not None and coding.transcript not in ids:
            continue
        # Compared by id as well, for codings with codes that the codebook no longer has.
        if not selected or coding.code in codes or any(is_in_subtree(coding.code, code) for code in selected):
            yield coding


def coding_categories(study: Study) -> dict[str, Iterable[str]]:
    """Return the order of values of the columns that say what was coded: that of the study and of its codebook."""
    return {
        "transcript": study.sources_and_problems[0],
        "code": study.codebook.by_id,
        "coder": study.coders,
        "status": get_args(CodingStatus),
    }


def count_categories(study: Study) -> dict[str, Iterable[str]]:
    """Return the order of values of columns of counts: that of the study, and of its codes, families and themes."""
    book = study.codebook
    ids = [entry.id for entries in (book.codes, book.families, book.themes) for entry in entries]
    columns = dict.fromkeys(("code", "code_a", "code_b"), ids)
    return {**coding_categories(study), **columns}


def coding_row(study: Study, coding: Coding) -> dict[str, Any]:
    """Return the row of a coding, with the keys of `CODING_COLUMNS`."""
    transcript = study.transcripts.get(coding.transcript)
    turn = turn_at(transcript, coding.start) if transcript and coding.status != "orphaned" else None
    return {
        "id": coding.id,
        "transcript": coding.transcript,
        "case": ", ".join(coded_cases(study, coding)),
        "turn": turn.index if turn else None,
        "speaker": turn.speaker if turn else "",
        "time": turn.time if turn else None,
        "start": coding.start,
        "end": coding.end,
        "quote": coding.quote,
        "code": coding.code,
        "coder": coding.coder,
        "at": coding.at,
        "status": coding.status,
        "memo": coding.memo,
        "maker": coding.maker,
        "was": coding.was,
        "definition": coding.definition,
    }


def coded_cases(study: Study, coding: Coding) -> list[str]:
    """Return the cases whose words are coded; of an orphaned coding, those of its transcript."""
    shares = study.shares.get(coding.transcript)
    if shares is None or coding.status == "orphaned":
        return [case.id for case in shares.cases] if shares else []
    return cases_at(study.transcripts[coding.transcript], shares, coding.start, coding.end)
