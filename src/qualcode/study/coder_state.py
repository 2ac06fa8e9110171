"""What one coder, or the consensus of all, has coded and finished."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from qualcode.model import Coding
from qualcode.study.readings.consensus import Consensus, build_consensus, consensus_unit
from qualcode.study.readings.passages import CONSENSUS, Adjudication, Passage, Reading, list_passages, make_reading
from qualcode.study.study import Study


def placed_codings(study: Study, coder: str) -> list[Coding]:
    """Return a coder's codings except orphaned ones, which have no place in the current text."""
    if coder == CONSENSUS:
        return list(find_consensus(study).codings)
    return [coding for coding in study.codings if coding.coder == coder and coding.status != "orphaned"]


def finished_families(study: Study, coder: str) -> Mapping[str, frozenset[str]]:
    """Return the families that a coder has finished, by transcript; transcripts without any are missing."""
    if coder == CONSENSUS:
        return find_consensus(study).finished
    all_families = frozenset(family.id for family in study.codebook.families)
    families_by_transcript: dict[str, frozenset[str]] = {}
    for mark in study.ledger_state.finished:
        if mark.coder == coder:
            before = families_by_transcript.get(mark.transcript, frozenset())
            # A mark without families is one for all, including families that were added later.
            marked = frozenset(map(study.codebook.current_id, mark.families)) or all_families
            families_by_transcript[mark.transcript] = before | marked
    return families_by_transcript


def find_reading(study: Study, coder: str) -> Reading:
    """Return a coder's reading: codings by transcript, and which families the coder has read where."""
    return make_reading(coder, placed_codings(study, coder), finished_families(study, coder))


def find_consensus(study: Study) -> Consensus:
    """Return the consensus of all coders, computed once for a state of the ledgers."""
    if (consensus := study.derived.get(CONSENSUS)) is None:
        coders = {coding.coder for coding in study.codings} | {mark.coder for mark in study.ledger_state.finished}
        readings = [find_reading(study, coder) for coder in sorted(coders - {CONSENSUS})]
        consensus = study.derived[CONSENSUS] = build_consensus(
            study.transcripts,
            readings,
            list_adjudications(study),
            unit=consensus_unit(study.settings.unit),
            sentence_rules=study.sentence_rules,
        )
    return consensus


def list_adjudications(study: Study) -> list[Adjudication]:
    """Return the decisions of adjudicators at their places in the current texts, oldest first.

    That a code applies is recorded as a coding by `CONSENSUS`, that it does not as a rejection; decisions on text that
    is no longer there are left out.
    """
    rejections = [event for event in study.ledger_state.reject_events if event.coder == CONSENSUS]
    notes = {event.id: event.origin for event in rejections}
    placed = [coding for coding in study.codings if coding.coder == CONSENSUS]
    found = [_make_adjudication(coding, applies=True, note=coding.memo) for coding in placed] + [
        _make_adjudication(coding, applies=False, note=notes[coding.id].why)
        for coding in study.place_events(rejections)
    ]
    return sorted((one for one in found if one is not None), key=lambda one: one.id)


def _make_adjudication(coding: Coding, *, applies: bool, note: str) -> Adjudication | None:
    if coding.status == "orphaned":
        return None
    return Adjudication(
        coding.id, coding.transcript, coding.start, coding.end, coding.code, applies, coding.by, note, coding.at
    )


def list_study_passages(study: Study, transcripts: Iterable[str], coders: Iterable[str]) -> Iterator[Passage]:
    """Yield the passages in which coders have used a code, as they have coded them and as was decided."""
    readings = [find_reading(study, coder) for coder in sorted(set(coders) - {CONSENSUS})]
    decided: dict[str, list[Adjudication]] = defaultdict(list)
    for one in list_adjudications(study):
        decided[one.transcript].append(one)
    for name in transcripts:
        yield from list_passages(
            study.transcripts[name],
            readings,
            decided[name],
            unit=consensus_unit(study.settings.unit),
            sentence_rules=study.sentence_rules,
        )
