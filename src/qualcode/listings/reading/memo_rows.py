"""The table of memos: what each is on, and whether that is still there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from qualcode.anchors import turn_at
from qualcode.errors import UnknownNameError, check_choice, format_count
from qualcode.ledger import Event, read_ledgers
from qualcode.model import Coding, Memo, is_in_subtree
from qualcode.study.selection import Names, to_name_tuple
from qualcode.study.study import Study

MEMO_COLUMNS = "id at coder on target transcript turn time quote code name text status start end".split()

MemoKind = Literal["study", "transcript", "passage", "code", "coding"]

STUDY = "study"
"""Selects the memos on the study as a whole."""


@dataclass(frozen=True, slots=True)
class _Target:
    """What a memo is on: a coding or passage, or what is left of it."""

    coding: Coding | None = None
    """The coding, or the passage as a coding without a code."""
    event: Event | None = None
    """The event of a coding that was retracted."""


def memo_rows(
    study: Study,
    *,
    on: Names | None = None,
    words: str = "",
    coder: Names | None = None,
    kind: MemoKind | Sequence[MemoKind] | None = None,
) -> list[dict[str, Any]]:
    """Return one row per memo, oldest first, with the keys of `MEMO_COLUMNS`.

    Parameters
    ----------
    study
        The study.
    on
        Ids of transcripts (with the memos on their codings), codes or families (with those on codes below them and on
        their codings), codings (the end of an id will do), or "study"; all if none is given.
    words
        Only memos with these words in their text or quote, in any capitals.
    coder
        Only memos of these coders.
    kind
        Only memos on this kind of thing.

    Raises
    ------
    UnknownNameError
        If a coder or an id is none of the study.
    UsageError
        If there is no such kind.
    """
    kinds = to_name_tuple(kind)
    for name in kinds:
        check_choice("kind", name, get_args(MemoKind))
    coders = to_name_tuple(coder)
    for name in coders:
        if name not in study.coders:
            raise UnknownNameError("coder", name, study.coders)
    targets = _find_targets(study)
    rows = [_memo_row(study, memo, targets.get(memo.target or memo.id, _Target())) for memo in study.memos]
    selected = to_name_tuple(on)
    for name in selected:
        _check_target(study, rows, name)
    return [
        row
        for row in rows
        if not coders or row["coder"] in coders
        if not kinds or row["on"] in kinds
        if not selected or any(_is_on(row, study.codebook_and_problems[0].current_id(name)) for name in selected)
        if words.casefold() in row["text"].casefold() or words.casefold() in row["quote"].casefold()
    ]


def _find_targets(study: Study) -> Mapping[str, _Target]:
    """Return the codings that memos are on, by the id in the memo, and passages, by the id of the memo.

    Of a coding that was retracted, this is its event.
    """
    wanted = {memo.target for memo in study.memos if memo.target}
    found = {event.id: _place_passage(study, event) for event in study.ledger_state.memo_events if event.quote}
    for coding in study.codings if wanted else ():
        for coding_id in (coding.id, *study.ledger_state.duplicate_ids.get(coding.id, ())):
            found[coding_id] = _Target(coding)
    if wanted <= found.keys():
        return found
    events, _ = read_ledgers(study.codings_folder, root=study.root)
    retracted = {event.id: _Target(event=event) for event in events if event.event == "apply"}
    return {**retracted, **found}


def _place_passage(study: Study, event: Event) -> _Target:
    # One by one: as codings, two memos on one passage would be the same.
    (passage,) = study.place_events([event])
    return _Target(passage)


def _memo_row(study: Study, memo: Memo, target: _Target) -> dict[str, Any]:
    book, place = study.codebook_and_problems[0], target.coding or target.event
    code = book.current_id(place.code) if place else memo.code
    transcript_id = place.transcript if place else memo.transcript
    transcript = study.transcripts.get(transcript_id) if transcript_id else None
    is_placed = target.coding is not None and target.coding.status != "orphaned"
    turn = turn_at(transcript, target.coding.start) if transcript and target.coding and is_placed else None
    return {
        "id": memo.id,
        "at": memo.at,
        "coder": memo.coder,
        "on": _find_kind(memo, target),
        "target": (target.coding.id if target.coding and memo.target else memo.target) or transcript_id or code,
        "transcript": transcript_id,
        "turn": turn.index if turn else None,
        "time": turn.time if turn else None,
        "quote": place.quote if place else "",
        "code": code,
        "name": book.by_id[code].name if code in book.by_id else "",
        "text": memo.text,
        "status": _describe_status(target, is_missing=bool(transcript_id) and transcript is None)
        or ("unknown code" if code and code not in book.by_id else ""),
        "start": target.coding.start if target.coding and is_placed else None,
        "end": target.coding.end if target.coding and is_placed else None,
    }


def _find_kind(memo: Memo, target: _Target) -> MemoKind:
    if memo.target:
        return "coding"
    if target.coding is not None:
        return "passage"
    return "transcript" if memo.transcript else "code" if memo.code else "study"


def _describe_status(target: _Target, *, is_missing: bool) -> str:
    if target.event is not None:
        return "retracted"
    if is_missing:
        return "no source"
    return "orphaned" if target.coding is not None and target.coding.status == "orphaned" else ""


def _is_on(row: Mapping[str, Any], name: str) -> bool:
    if name == STUDY:
        return bool(row["on"] == STUDY)
    is_coding = row["on"] == "coding" and len(name) >= 6 and row["target"].endswith(name)
    return (
        is_coding
        or name in {row["target"], row["transcript"]}
        or bool(row["code"] and is_in_subtree(row["code"], name))
    )


def _check_target(study: Study, rows: list[dict[str, Any]], name: str) -> None:
    """Refuse what the study does not have; what it has without a memo is an empty result."""
    book = study.codebook_and_problems[0]
    current = book.current_id(name)
    codes = [*book.by_id, *(family.id for family in book.families)]
    if any(_is_on(row, current) for row in rows) or name == STUDY or current in codes or name in study.transcripts:
        return
    if study.read_decisions().coding(name) is None:
        raise UnknownNameError("coding, code or transcript", name, [*study.transcripts, *codes, STUDY])


_STATUS_NOTES = {
    "retracted": "on a coding that was retracted",
    "orphaned": "on a coding or passage whose text is not found",
    "no source": "on a transcript without a source",
    "unknown code": "on a code that the codebook does not have",
}


def describe_lost_targets(rows: list[dict[str, Any]]) -> list[str]:
    """Return a note for each reason why what memos are on is no longer there."""
    counts = Counter(row["status"] for row in rows)
    return [f"{format_count(counts[name], 'memo')} {text}" for name, text in _STATUS_NOTES.items() if counts[name]]
