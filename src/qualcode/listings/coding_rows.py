"""Codings as lines, finished transcripts from a table, memos, and what counts leave out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qualcode.anchors import turn_at
from qualcode.errors import UnknownNameError
from qualcode.model import Coding, is_in_subtree
from qualcode.study.selection import AnalysisOptions, select_code_ids, select_transcript_ids, to_name_tuple
from qualcode.study.study import Study
from qualcode.transcripts import cases_at

CODING_COLUMNS = "id transcript case turn speaker start end quote code coder at status memo maker was".split()


def coding_rows(study: Study, choice: AnalysisOptions) -> Iterator[dict[str, Any]]:
    """Yield a line a coding; of all coders unless some are named."""
    book = study.codebook
    coders = to_name_tuple(choice.get("coder"))
    for coder in coders:
        if coder not in study.coders:
            raise UnknownNameError("coder", coder, study.coders)
    only = select_code_ids(book, choice.get("code"))
    wanted = book.expand_codes(only)
    picked = to_name_tuple(choice.get("transcripts"))
    where = set(select_transcript_ids(study, picked)) if picked else None
    for coding in study.codings:
        if where is not None and coding.transcript not in where:
            continue
        if coders and coding.coder not in coders:
            continue
        if not only or coding.code in wanted or any(is_in_subtree(coding.code, one) for one in only):
            yield _coding_row(study, coding)


def _coding_row(study: Study, coding: Coding) -> dict[str, Any]:
    transcript = study.transcripts.get(coding.transcript)
    turn = turn_at(transcript, coding.start) if transcript and coding.status != "orphaned" else None
    return {
        "id": coding.id,
        "transcript": coding.transcript,
        "case": ", ".join(_case_ids(study, coding)),
        "turn": turn.index if turn else None,
        "speaker": turn.speaker if turn else "",
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
    }


def _case_ids(study: Study, coding: Coding) -> list[str]:
    """Return the cases of the words that are coded; of an orphaned coding, those of its transcript."""
    shares = study.shares.get(coding.transcript)
    if shares is None or coding.status == "orphaned":
        return [case.id for case in shares.cases] if shares else []
    return cases_at(study.transcripts[coding.transcript], shares, coding.start, coding.end)
