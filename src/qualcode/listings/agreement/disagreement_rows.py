"""The table of disagreements: one row per passage that coders have coded differently, with every reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from qualcode.errors import UsageError, format_count, format_names, name_command, name_for_interface
from qualcode.listings.agreement.coder_comparison import select_compared_coders
from qualcode.listings.agreement.maker_readings import MAKER_PREFIX
from qualcode.model import is_in_subtree
from qualcode.study.coder_state import list_study_passages
from qualcode.study.readings.consensus import consensus_unit
from qualcode.study.readings.passages import CONSENSUS, Cell, Passage
from qualcode.study.selection import Names, select_code_ids, select_transcript_ids
from qualcode.study.study import Study

DISAGREEMENT_COLUMNS = "id transcript turn start end speaker time text disputed agreed decision note decided_by".split()
CODES_BY = "codes_"
"""Prefix of the columns with each coder's codes."""


def select_disagreements(
    study: Study, coders: Sequence[str], *, code: Names | None, transcripts: Names | None
) -> list[tuple[Passage, bool]]:
    """Return the passages in which the coders dispute a code, in the order of the study, and whether one is open.

    Parameters
    ----------
    study, coders, code, transcripts
        The study, and what is compared: only disputes on these codes, in these transcripts.

    Raises
    ------
    UnknownNameError
        If the study has no such code or transcript.
    """
    selected = select_code_ids(study.codebook, code)
    codes = study.codebook.expand_codes(selected)

    def is_asked(cell: Cell) -> bool:
        return not selected or cell.code in codes or any(is_in_subtree(cell.code, above) for above in selected)

    passages = list_study_passages(study, select_transcript_ids(study, transcripts), coders)
    disputes = ((passage, [cell for cell in passage.disputed if is_asked(cell)]) for passage in passages)
    return [(passage, any(cell.is_open for cell in cells)) for passage, cells in disputes if cells]


def disagreement_rows(study: Study, passages: Iterable[Passage], coders: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield one row per passage with the keys of `DISAGREEMENT_COLUMNS`, and one for the codes of each coder."""
    for passage in passages:
        segment = passage.segment
        transcript = study.transcripts[segment.transcript]
        disputed = passage.disputed
        decisions = [cell.decision for cell in disputed if cell.decision]
        decision, note = passage.describe_decision()
        yield {
            "id": passage.id,
            "transcript": segment.transcript,
            "turn": segment.turn,
            "start": segment.start,
            "end": segment.end,
            "speaker": segment.speaker,
            "time": transcript.turns[segment.turn].time,
            "text": transcript.text[segment.start : segment.end],
            "disputed": _join(cell.code for cell in disputed),
            "agreed": _join(cell.code for cell in passage.cells if cell.codings and cell.coders == cell.readers),
            "decision": decision,
            "note": note,
            "decided_by": ", ".join(dict.fromkeys(one.by for one in decisions)),
        } | {
            f"{CODES_BY}{coder}": _join(cell.code for cell in passage.cells if coder in cell.coders) for coder in coders
        }


def _join(codes: Iterable[str]) -> str:
    return "; ".join(codes)


def list_disagreements(
    study: Study, *, coder: Names | None, code: Names | None, transcripts: Names | None, decided: bool
) -> tuple[list[dict[str, Any]], list[str], list[str]]:
    """Return rows, columns and notes of the disagreements of the named coders, or of all.

    Raises
    ------
    UsageError
        If the consensus is one of only two coders.
    """
    coders = [name for name in select_compared_coders(study, coder) if name != CONSENSUS]
    if makers := [name for name in coders if name.startswith(MAKER_PREFIX)]:
        raise UsageError(f"{makers[0]}: disagreements are those of people; see {name_command('agreement')} for makers")
    if len(coders) < 2:
        raise UsageError("name two coders: the consensus follows from what coders agree on, so it has no disputes")
    found = select_disagreements(study, coders, code=code, transcripts=transcripts)
    passages = [passage for passage, is_open in found if is_open or decided]
    columns = [*DISAGREEMENT_COLUMNS, *(f"{CODES_BY}{name}" for name in coders)]
    return (
        list(disagreement_rows(study, passages, coders)),
        columns,
        _disagreement_notes(study, coders, passages, hidden=len(found) - len(passages)),
    )


def _disagreement_notes(study: Study, coders: Sequence[str], passages: Sequence[Passage], *, hidden: int) -> list[str]:
    """Return notes on what was compared, and on passages that are not listed since they are decided."""
    unit = consensus_unit(study.settings.unit)
    disputes = [cell for passage in passages for cell in passage.disputed]
    open_count = sum(cell.is_open for cell in disputes)
    transcripts = len({passage.segment.transcript for passage in passages})
    notes = [
        f"unit {unit}; coders {format_names(coders)}; {format_count(len(passages), 'passage')} with "
        f"{format_count(len(disputes), 'disputed code')}, {open_count:,} open, in "
        f"{format_count(transcripts, 'transcript')} (transcripts that at least two of them have marked as done)"
    ]
    if hidden:
        all_of_them = name_for_interface("--all", "decided=True")
        notes.append(f"{format_count(hidden, 'passage')} decided: {all_of_them} shows them as well")
    if open_count:
        decide = name_command("adjudicate")
        notes.append(f"to decide: {decide}, or fill in the column 'decision' of this table and give it to it")
    return notes
