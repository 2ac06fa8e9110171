"""The plan of all corrections in a file: what each does, and the events that record them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qualcode.anchors import Span
from qualcode.coding.corrections.added_codings import plan_new_coding
from qualcode.coding.corrections.correction import (
    CodingDecision,
    Correction,
    CorrectionRow,
    Corrections,
    CorrectionStatus,
    NewCoding,
    PassageDecision,
    SegmentCodes,
)
from qualcode.coding.corrections.correction_context import (
    CorrectionConflict,
    CorrectionContext,
    CorrectionFieldError,
    PlannedCorrection,
)
from qualcode.coding.corrections.decisions.coding_decisions import plan_coding_decision
from qualcode.coding.corrections.decisions.passage_decisions import plan_passage_decision
from qualcode.coding.corrections.decisions.suggestion_decisions import is_suggestion, plan_suggestion_decision
from qualcode.coding.corrections.segment_codings import plan_finished, plan_segment
from qualcode.errors import OperationError, QualcodeError, UsageError, format_names, name_option
from qualcode.ledger import Event
from qualcode.study.decision_index import CodingKey
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.study import Study


@dataclass(frozen=True)
class CorrectionPlan:
    """What becomes of each correction, in the order of the file, and the events of those that are new."""

    rows: tuple[CorrectionRow, ...]
    events: tuple[Event, ...]
    notes: tuple[str, ...] = ()

    @property
    def counts(self) -> Counter[CorrectionStatus]:
        """Number of corrections by status."""
        return Counter(row.status for row in self.rows)

    @property
    def problems(self) -> list[CorrectionRow]:
        """Corrections that are not recorded: conflicts, and what is not understood."""
        return [row for row in self.rows if row.status in {"conflict", "unclear"}]


def check_is_named(corrections: Corrections, coder: str | None) -> None:
    """Refuse decisions on codings if it is not said who has made them: as the study's coder they would change hers.

    Raises
    ------
    UsageError
        If no coder is named and the file decides on codings.
    """
    decides = any(isinstance(item, CodingDecision | PassageDecision) for item in corrections.items)
    if decides and not coder:
        raise UsageError(f"who has decided? name the lead, or whoever it was, with {name_option('coder', 'NAME')}")


def plan_corrections(study: Study, corrections: Corrections, *, coder: str) -> CorrectionPlan:
    """Return what corrections by a coder do to a study; nothing is recorded."""
    context = CorrectionContext(study, coder=coder, source=corrections.path)
    new_coder = _coder_of_new_codings(context, corrections)
    contradictions = _find_contradictions(corrections.items)
    context.cleared = _list_cleared(context, corrections.items)
    rows: dict[int, CorrectionRow] = {}
    recorded = _RecordedEvents()
    for done, (number, item) in enumerate(_sort_items(corrections.items), 1):
        try:
            rows[number] = recorded.add(_plan_one(context, item, new_coder, contradictions))
        except CorrectionConflict as error:
            rows[number] = _problem_row(item, "conflict", error)
        except CorrectionFieldError as error:
            place = item.places.get(error.name, item.place)
            rows[number] = replace(_problem_row(item, "unclear", error), place=place)
        except QualcodeError as error:
            rows[number] = _problem_row(item, "unclear", error)
        study.report_progress("checking corrections", done, len(corrections.items))
    finished_rows, finished_events = plan_finished(context, _list_valid_segments(corrections.items, rows))
    ordered = (row for _, row in sorted(rows.items()))
    return CorrectionPlan(
        (*corrections.unclear, *ordered, *finished_rows),
        (*recorded.events, *finished_events),
        (*_new_reader_notes(context, recorded.events), *corrections.notes),
    )


def _new_reader_notes(context: CorrectionContext, events: Sequence[Event]) -> Iterator[str]:
    """Yield that somebody who only corrects becomes one of the coders that are compared."""
    coded = {event.transcript for event in events if event.event == "apply" and event.coder == context.coder}
    names, others = [], set[str]()
    for name in sorted(coded):
        coders = {coding.coder for coding in context.decisions.codings_in(name)} - {CONSENSUS}
        if coders and context.coder not in coders:
            names.append(name)
            others |= coders
    if names:
        yield (
            f"{context.coder} becomes a coder of {format_names(names)}: the consensus compares these codings with "
            f"those of {format_names(sorted(others))}, and takes what {context.coder} has not coded there as read"
        )


def _list_valid_segments(items: Sequence[Correction], rows: Mapping[int, CorrectionRow]) -> list[SegmentCodes]:
    """Return the rows of a coding sheet without problems; those with one count as not done."""
    return [
        item
        for number, item in enumerate(items)
        if isinstance(item, SegmentCodes) and rows[number].status not in {"conflict", "unclear"}
    ]


def _list_cleared(context: CorrectionContext, items: Sequence[Correction]) -> dict[tuple[str, str], list[Span]]:
    """Return the segments in which a coding sheet has removed a code, by transcript and code."""
    cleared: dict[tuple[str, str], list[Span]] = {}
    for item in items:
        if isinstance(item, SegmentCodes):
            kept = {context.labels.find_any(name) for name in item.codes if context.labels.has(name)}
            for code in set(map(context.study.codebook.current_id, item.had)) - kept:
                cleared.setdefault((item.transcript, code), []).append((item.start, item.end))
    return cleared


def _sort_items(items: Sequence[Correction]) -> list[tuple[int, Correction]]:
    """Return items with their positions, those first by which a code does not apply.

    Of several decisions of the consensus on one passage the last one counts; where one of two overlapping codings is
    rejected and the other kept, the passage keeps the code.
    """
    order = {"reject": 0, "recode": 1}

    def key(numbered: tuple[int, Correction]) -> int:
        item = numbered[1]
        return order.get(item.decision.strip().casefold(), 2) if isinstance(item, CodingDecision) else 2

    return sorted(enumerate(items), key=key)


@dataclass
class _RecordedEvents:
    """The events of all rows, each once."""

    events: list[Event] = field(default_factory=list)
    seen: set[tuple[object, ...]] = field(default_factory=set)
    outcomes: dict[CodingKey, tuple[bool, str]] = field(default_factory=dict)
    """Whether a code applies to words for a coder, and the place of the row that says so."""

    def add(self, planned: PlannedCorrection) -> CorrectionRow:
        """Add the events of a row, and return the row as it is beside the others.

        Raises
        ------
        CorrectionConflict
            If another row decides otherwise on the same words and code.
        """
        row, new = planned.row, planned.events
        for key, applies in planned.outcomes.items():
            before, place = self.outcomes.get(key, (applies, ""))
            if before != applies:
                raise CorrectionConflict(f"{place} decides otherwise on {key[3]} for the same words")
        self.outcomes |= {key: (applies, row.place) for key, applies in planned.outcomes.items()}
        fresh = [event for event in new if _content(event) not in self.seen]
        self.seen.update(map(_content, fresh))
        self.events += fresh
        # Of rows that ask for the same the first one is recorded.
        if new and not fresh:
            return replace(row, status="unchanged", message="asked for in another row already")
        return row


def _plan_one(
    context: CorrectionContext, item: Correction, new_coder: str, contradictions: dict[str, list[str]]
) -> PlannedCorrection:
    if isinstance(item, NewCoding):
        return plan_new_coding(context, item, coder=new_coder)
    if isinstance(item, PassageDecision):
        return plan_passage_decision(context, item)
    if places := contradictions.get(_segment_id(item) if isinstance(item, SegmentCodes) else item.target):
        others = [place for place in places if place != item.place]
        raise OperationError(f"{', '.join(others)} says something else on the same words: keep one of the rows")
    if isinstance(item, SegmentCodes):
        return plan_segment(context, item)
    return (plan_suggestion_decision if is_suggestion(item) else plan_coding_decision)(context, item)


def _find_contradictions(items: Sequence[Correction]) -> dict[str, list[str]]:
    """Return the places of codings or segments on which several rows decide differently, by id or place in the text."""
    decided: dict[str, dict[object, list[str]]] = {}
    for item in items:
        if isinstance(item, CodingDecision) and item.decision:
            word = item.decision.strip().casefold()
            # On a coding both words mean the same.
            word = "keep" if word == "accept" and not is_suggestion(item) else word
            decided.setdefault(item.target, {}).setdefault((word, item.new_codes), []).append(item.place)
        elif isinstance(item, SegmentCodes):
            decided.setdefault(_segment_id(item), {}).setdefault(frozenset(item.codes), []).append(item.place)
    return {
        target: [place for places in different.values() for place in places]
        for target, different in decided.items()
        if len(different) > 1
    }


def _segment_id(item: SegmentCodes) -> str:
    return f"{item.transcript}:{item.start}-{item.end}"


def _coder_of_new_codings(context: CorrectionContext, corrections: Corrections) -> str:
    """Return for whom new codings count: as the decisions on the codings that the file shows.

    Codings of her own would make the lead a coder who has read these transcripts, and whoever coded them one with whom
    she disagrees.
    """
    owners = set(corrections.coders)
    for item in corrections.items:
        if isinstance(item, CodingDecision):
            coding = context.decisions.coding(item.target)
            owners.add(coding.coder if coding else item.stated.get("coder", ""))
    return context.recorder(next(iter(sorted(owners - {"", context.coder})), context.coder))


def _problem_row(item: Correction, status: CorrectionStatus, error: QualcodeError) -> CorrectionRow:
    row = CorrectionRow(item.place, status, message=str(error).splitlines()[0])
    if isinstance(item, CodingDecision):
        transcript, quote, code = (item.stated.get(name, "") for name in ("transcript", "quote", "code"))
        row = replace(row, decision=item.decision, new_code="; ".join(item.new_codes), id=item.target)
        return replace(row, transcript=transcript, quote=quote, code=code, comment=item.comment)
    if isinstance(item, NewCoding):
        return replace(
            row, decision="code", transcript=item.transcript, quote=item.quote, new_code=item.code, comment=item.comment
        )
    if isinstance(item, PassageDecision):
        return replace(row, decision="adjudicate", quote=item.text, new_code=item.decision, id=item.target)
    return replace(row, decision="code", transcript=item.transcript, quote=item.text, new_code="; ".join(item.codes))


def _content(event: Event) -> tuple[object, ...]:
    """Return what an event records, apart from its id and time."""
    return (
        event.event, event.coder, event.transcript, event.start, event.end, event.code, event.target, event.text,
    )  # fmt: skip
