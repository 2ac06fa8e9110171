"""The plan of an edit: the marks of a text compared with the codings, and the events that record what has changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qualcode.anchors import Span, is_codable
from qualcode.coding.decision_events import Decision, decision_event, retract_events
from qualcode.coding.history.coding_moves import move_events_to
from qualcode.coding.history.recode_events import recode_events
from qualcode.coding.marked_text.edit_context import EditContext, LocatedError
from qualcode.coding.marked_text.mark_changes import MarkChange, MarkedCode, compare_marks, trim_span
from qualcode.coding.marked_text.mark_reader import show_words
from qualcode.coding.marked_text.marked_codings import find_former_codings
from qualcode.errors import OperationError, QualcodeError, format_count, name_command
from qualcode.ledger import Event, Origin
from qualcode.model import Coding, Transcript
from qualcode.study.selection import find_usable_code_id

EDIT_COLUMNS = "line change transcript start end quote code was coder id memo".split()
"""Columns of the table of what an edit changes."""


@dataclass(frozen=True)
class EditPlan:
    """What an edit changes, with the events that record it, which are one action."""

    rows: Sequence[dict[str, object]]
    events: Sequence[Event]
    notes: Sequence[str]


def plan_edit(context: EditContext) -> EditPlan:
    """Return what the marks of a text change among a coder's codings; nothing is recorded.

    Raises
    ------
    EditProblemsError
        If the words were changed, a mark does not parse, or a change cannot be recorded; it lists all of these.
    """
    former = find_former_codings(context.study, context.source, context.header)
    marked = context.read_codes({coding.code for coding in former})
    changes = compare_marks(former, marked, context.source.text) if context.has_equal_words else []
    planned = _ChangePlan(context)
    for change in changes:
        try:
            planned.add(change)
        except QualcodeError as error:
            offset = error.offset if isinstance(error, LocatedError) else context.offset_of(change)
            context.add_problem(offset, str(error))
    context.raise_problems()
    notes = [_summarise(planned.rows), *planned.notes, *_list_notes(context, former, marked)]
    return EditPlan(planned.rows, planned.events, notes)


class _ChangePlan:
    """The events and rows of changes, collected one after another."""

    def __init__(self, context: EditContext) -> None:
        self.context = context
        self.rows: list[dict[str, object]] = []
        self.notes: list[str] = []
        self.events: list[Event] = []

    def add(self, change: MarkChange) -> None:
        """Add a change.

        Raises
        ------
        QualcodeError
            If it cannot be recorded.
        """
        former, marked = change.coding, change.marked
        now = self.context.decisions.coding(former.id) if former else None
        if former is not None and not self._is_unchanged(former, now):
            self._check_agrees(former, change)
        elif marked is not None:
            self._place(change, marked, now)
        elif now is not None:
            coder, decisions = self.context.header.coder, self.context.decisions
            self.events += retract_events(self.context.study, [now], coder=coder, decisions=decisions)
            self._add_row(change, "removed", now)

    def _is_unchanged(self, former: Coding, now: Coding | None) -> bool:
        """Return whether a coding is still what the text was written from; places in two texts are not compared."""
        is_there = self.context.is_edited or (now is not None and (now.start, now.end) == (former.start, former.end))
        return now is not None and now.code == former.code and is_there

    def _check_agrees(self, former: Coding, change: MarkChange) -> None:
        """Check that a coding which was changed elsewhere since is as it is marked, so that nothing is to be done."""
        now, marked = self.context.decisions.coding(former.id), change.marked
        if marked is None and now is None:
            return
        if marked is not None and self._find_existing(self._locate(marked), marked.code):
            return
        what, remedy = (
            ("retracted", "remove this mark") if now is None else ("moved or recoded", "make the mark as it was")
        )
        coding = f"{former.code} on {show_words(former.quote)}"
        raise OperationError(f"{former.coder} has {what} {coding} since this text was written: {remedy}")

    def _find_existing(self, span: Span, code: str) -> str | None:
        return self.context.decisions.coding_id((self.context.transcript.id, *span, code, self.context.header.coder))

    def _locate(self, marked: MarkedCode) -> Span:
        """Return the place of the words of a mark in the present text, without white space at its ends."""
        span = trim_span(self.context.source.text, marked.span)
        if span[0] == span[1]:
            raise LocatedError("a mark without words: put { and } around words, or remove it", marked.mark_offset)
        return self.context.locate(span)

    def _place(self, change: MarkChange, marked: MarkedCode, now: Coding | None) -> None:
        if now is not None and now.code != marked.code:
            self._recode(change, marked, now)
            return
        span = self._locate(marked)
        self._check_span(span, marked)
        if now is None:
            self._apply(change, marked, span)
        elif self._find_existing(span, marked.code) != now.id:  # it may be read for the second time
            study, decisions = self.context.study, self.context.decisions
            self.events += move_events_to(study, now, span, decisions=decisions)
            moved = replace(now, start=span[0], end=span[1], status="anchored")
            self._add_row(change, "moved", moved, was=now.quote)

    def _check_span(self, span: Span, marked: MarkedCode) -> None:
        transcript = self.context.transcript
        words = show_words(transcript.text[slice(*span)])
        if not is_codable(transcript, *span):
            raise LocatedError(
                f"{words} does not begin and end in a participant's words: interviewers and headers are never coded",
                marked.mark_offset,
            )
        line = self.context.line_of(marked.mark_offset)
        self.notes += [f"line {line}: the mark on {words} {doubt}" for doubt in _list_doubts(transcript, span)]

    def _recode(self, change: MarkChange, marked: MarkedCode, former: Coding) -> None:
        context = self.context
        if former.status == "orphaned":
            raise OperationError(
                f"{former.transcript} was edited since: the words {show_words(former.quote)} are not found there; "
                f"remove the mark, or find them with {name_command('update')}"
            )
        code, memo = find_usable_code_id(context.study.codebook, marked.code), context.memo_of(former)
        events = recode_events(
            context.study, former, [code], memo=memo, decisions=context.decisions, origin=self._origin_of(marked)
        )
        self.events += events
        applied = next((event for event in events if event.event == "apply"), None)
        if applied is None:  # the coder has recorded it elsewhere since
            self._add_row(change, "removed", former)
        else:
            self._add_row(change, "recoded", replace(former, id=applied.id, code=code), was=former.code, memo=memo)

    def _apply(self, change: MarkChange, marked: MarkedCode, span: Span) -> None:
        context, coder = self.context, self.context.header.coder
        code = find_usable_code_id(context.study.codebook, marked.code)
        if self._find_existing(span, code):
            return
        decision = Decision(context.transcript, span, code, coder, self._origin_of(marked))
        event = decision_event(decision, context.study.codebook)
        self.events.append(event)
        coding = Coding(event.id, event.transcript, *span, "anchored", event.quote, code, coder, event.at)
        self._add_row(change, "added", coding)

    def _origin_of(self, marked: MarkedCode) -> Origin:
        return Origin(source=f"{self.context.name}:{self.context.line_of(marked.offset)}")

    def _add_row(
        self, change: MarkChange, kind: str, coding: Coding, *, was: str = "", memo: str | None = None
    ) -> None:
        context = self.context
        words = context.transcript.text[coding.start : coding.end]
        quote = coding.quote if coding.status == "orphaned" else words
        place = context.line_of(context.offset_of(change)), kind, coding.transcript, coding.start, coding.end
        memo = context.memo_of(coding) if memo is None else memo
        values = *place, quote, coding.code, was, coding.coder, coding.id, memo
        self.rows.append(dict(zip(EDIT_COLUMNS, values, strict=True)))


def _list_doubts(transcript: Transcript, span: Span) -> Iterator[str]:
    """Yield what may be a mistake in a mark, and is recorded as it is."""
    for at, verb in ((span[0], "begins"), (span[1], "ends")):
        if transcript.text[at - 1 : at].isalnum() and transcript.text[at : at + 1].isalnum():
            yield f"{verb} inside a word"
    if any(turn.role == "interviewer" and turn.start < span[1] and span[0] < turn.end for turn in transcript.turns):
        yield "runs over words of an interviewer"


def _summarise(rows: Sequence[dict[str, object]]) -> str:
    counts = Counter(str(row["change"]) for row in rows)
    return ", ".join(f"{count:,} {change}" for change, count in counts.items()) or "nothing has changed"


def _list_notes(context: EditContext, former: Sequence[Coding], marked: Sequence[MarkedCode]) -> Iterator[str]:
    known = {coding.id for coding in former}
    shown = {(_plain(context.source.text[slice(*one.span)]), one.code) for one in marked}
    current = (one for one in context.list_current() if one.id not in known)
    since = sum((_plain(one.quote), one.code) not in shown for one in current)
    if since:
        count = format_count(since, "coding")
        yield f"{count} recorded elsewhere since this text was written: kept, though not marked"
    gone = (one for one in former if context.decisions.coding(one.id) is None)
    still_marked = sum((_plain(one.quote), one.code) in shown for one in gone)
    if still_marked:
        count = format_count(still_marked, "coding")
        yield f"{count} retracted or recoded elsewhere since this text was written: left as it is now, though marked"
    if context.is_edited:
        name = context.transcript.id
        yield f"{name} was edited since this text was written: marks are followed into its present text"
    yield from context.space_notes()


def _plain(text: str) -> str:
    return " ".join(text.split())
