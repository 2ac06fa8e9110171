"""The consensus of all coders, counted as if one coder had coded it: what they agree on, and what was decided."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from qualcode.errors import format_count, name_command
from qualcode.model import Coding, Transcript, Unit, family_of
from qualcode.segments import SentenceRules
from qualcode.study.readings.passages import (
    CONSENSUS,
    Adjudication,
    Cell,
    Passage,
    Reading,
    list_passages,
    list_readers,
)


@dataclass(frozen=True)
class Consensus:
    """The codings that are the consensus, and how they came about."""

    codings: tuple[Coding, ...]
    """By transcript, start, end and code; the coder is `CONSENSUS`."""
    finished: Mapping[str, frozenset[str]]
    """The families that a coder has read or an adjudicator has decided on, by transcript."""
    unit: Unit
    """The unit in which the coders were compared."""
    counts: Counter[str]
    """Cells (one code in one unit) that are ``agreed``, ``adjudicated``, ``open``; transcripts that ``several`` or
    ``one`` have read; ``unread`` codings, in transcripts that their coder has not marked as done."""

    def describe(self) -> str:
        """Return a note on how the consensus came about."""
        counts = self.counts
        parts = [
            f"consensus by {self.unit}: {format_count(counts['agreed'], 'coded unit')} agreed, "
            f"{counts['adjudicated']:,} adjudicated",
        ]
        if counts["open"]:
            parts.append(
                f"{format_count(counts['open'], 'disagreement')} open, which count as not coded "
                f"(see {name_command('disagreements')})"
            )
        if counts["one"]:
            parts.append(f"{format_count(counts['one'], 'transcript')} read by one coder only, as that coder coded it")
        if counts["unread"]:
            parts.append(f"not used: {format_count(counts['unread'], 'coding')} in transcripts not marked as done")
        return "; ".join(parts)


def consensus_unit(unit: Unit) -> Unit:
    """Return the unit in which coders are compared: the study's, or the sentence if its units overlap."""
    return unit if unit.name != "window" else Unit()


def build_consensus(
    transcripts: Mapping[str, Transcript],
    readings: Sequence[Reading],
    adjudications: Sequence[Adjudication],
    *,
    unit: Unit,
    sentence_rules: SentenceRules,
) -> Consensus:
    """Return the consensus of coders.

    Where several coders have read a transcript for a family, a unit has a code if that was decided, or else if all of
    them coded it there. What is coded is all that they have marked within the unit; neighbouring units that one coding
    covers are one coding. Where only one coder has read it, that coder's codings are the consensus.
    """
    decided: dict[str, list[Adjudication]] = defaultdict(list)
    for one in adjudications:
        decided[one.transcript].append(one)
    counts: Counter[str] = Counter()
    codings: list[Coding] = []
    read = {name for reading in readings for name in (*reading.families, *reading.codings)}
    # Decisions count also where no coder has read.
    for name in read | decided.keys():
        if (transcript := transcripts.get(name)) is not None:
            decisions = decided.get(name, [])
            passages = list_passages(transcript, readings, decisions, unit=unit, sentence_rules=sentence_rules)
            compared = _compared_families(name, readings, decisions)
            codings += _single_codings(name, readings, compared, counts)
            codings += _joint_codings(transcript, passages, compared, counts)
            if name in read:
                counts["several" if _is_read_by_several(name, readings) else "one"] += 1
    codings.sort(key=lambda coding: (coding.transcript, coding.start, coding.end, coding.code))
    return Consensus(tuple(codings), _join_families(readings, adjudications), unit, counts)


def _join_families(readings: Sequence[Reading], adjudications: Sequence[Adjudication]) -> dict[str, frozenset[str]]:
    """Return the families that a coder has read or an adjudicator has decided on, by transcript."""
    families: dict[str, frozenset[str]] = {}
    for one in adjudications:
        families[one.transcript] = families.get(one.transcript, frozenset()) | {family_of(one.code)}
    for reading in readings:
        for name, read in reading.families.items():
            families[name] = families.get(name, frozenset()) | read
    return families


def _is_read_by_several(transcript: str, readings: Sequence[Reading]) -> bool:
    return sum(bool(reading.families.get(transcript)) for reading in readings) > 1


def _compared_families(transcript: str, readings: Sequence[Reading], decided: Sequence[Adjudication]) -> frozenset[str]:
    """Return the families that are looked at unit by unit: read by several coders, or with a decision."""
    families = {family for reading in readings for family in reading.families.get(transcript, ())}
    shared = {family for family in families if len(list_readers(readings, transcript, family)) > 1}
    return frozenset(shared | {family_of(one.code) for one in decided})


def _single_codings(
    transcript: str, readings: Sequence[Reading], compared: frozenset[str], counts: Counter[str]
) -> Iterator[Coding]:
    """Yield the codings of families that one coder alone has read, as they are."""
    for reading in readings:
        families = reading.families.get(transcript, frozenset())
        for coding in reading.codings.get(transcript, ()):
            family = family_of(coding.code)
            if family not in families:
                counts["unread"] += 1
            elif family not in compared:
                yield replace(coding, coder=CONSENSUS)


def _joint_codings(
    transcript: Transcript, passages: Sequence[Passage], compared: frozenset[str], counts: Counter[str]
) -> Iterator[Coding]:
    """Yield the codings of families that are looked at unit by unit."""
    cells: dict[str, list[tuple[Passage, Cell]]] = defaultdict(list)
    for passage in passages:
        for cell in passage.cells:
            if family_of(cell.code) in compared:
                counts["adjudicated" if cell.decision else "open" if cell.is_disputed else "agreed"] += 1
                if cell.applies:
                    cells[cell.code].append((passage, cell))
    for of_code in cells.values():
        for run in _split_runs(of_code):
            yield _join_cells(transcript, run)


def _split_runs(cells: Sequence[tuple[Passage, Cell]]) -> Iterator[list[tuple[Passage, Cell]]]:
    """Yield runs of neighbouring units that share a coding or a decision."""
    run: list[tuple[Passage, Cell]] = []
    for passage, cell in cells:
        if run:
            before, cell_before = run[-1]
            is_next = passage.segment.index == before.segment.index + 1
            if not (is_next and _source_ids(cell) & _source_ids(cell_before)):
                yield run
                run = []
        run.append((passage, cell))
    if run:
        yield run


def _source_ids(cell: Cell) -> frozenset[str]:
    return frozenset([cell.decision.id] if cell.decision else [coding.id for coding in cell.codings])


def _join_cells(transcript: Transcript, run: Sequence[tuple[Passage, Cell]]) -> Coding:
    spans = [passage.span_of(cell) for passage, cell in run]
    start, end = spans[0][0], spans[-1][1]
    _, cell = run[0]
    decision = cell.decision
    return Coding(
        # One coding may be agreed on in several places, so its id alone is not unique.
        id=f"{min(_source_ids(cell))}:{start}",
        transcript=transcript.id,
        start=start,
        end=end,
        status="anchored",
        quote=transcript.text[start:end],
        code=cell.code,
        coder=CONSENSUS,
        at=decision.at if decision else max(coding.at for coding in cell.codings),
        memo=decision.note if decision else "",
    )
