"""What one coder, or the consensus of all, has coded and finished, now or, as ``ana@2026-01``, at an earlier date."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from qualcode.errors import UnknownNameError
from qualcode.ledger import Event, is_date, parse_period
from qualcode.model import Coding
from qualcode.study.readings.consensus import Consensus, build_consensus, consensus_unit
from qualcode.study.readings.passages import CONSENSUS, Adjudication, Passage, Reading, list_passages, make_reading
from qualcode.study.study import Study


def resolve_coder(study: Study, name: str) -> tuple[Study, str]:
    """Return the study and the coder that the name of a coder or of an earlier reading means.

    ``ana@2026-01`` is what ana had decided at the end of that month, so that two readings of one coder can be compared
    as those of two coders. A coder who has such a name comes first.

    Raises
    ------
    UsageError
        If no calendar has the date.
    """
    coder, _, date = name.rpartition("@")
    is_reading = name not in study.coders and coder in {*study.coders, CONSENSUS} and is_reading_of(name, coder)
    if not is_reading:
        return study, name
    parse_period(date, option="coder", place=f"coder '{name}'")  # before the study names an option
    return study.as_of(date), coder


def is_reading_of(name: str, coder: str) -> bool:
    """Return whether a name is that of an earlier reading of a coder."""
    before, _, date = name.rpartition("@")
    return before == coder and is_date(date)


def check_coders(study: Study, names: Iterable[str]) -> None:
    """Check that the study has coders, or earlier readings of coders, of these names.

    Raises
    ------
    UnknownNameError
        If there is no such coder.
    """
    for name in names:
        if resolve_coder(study, name)[1] not in {*study.coders, CONSENSUS}:
            raise UnknownNameError("coder", name, {*study.coders, CONSENSUS})


def list_codings(study: Study, coders: Iterable[str]) -> list[Coding]:
    """Return the codings of coders or of their earlier readings, orphaned ones too; ``coder`` is the name as given."""
    found: list[Coding] = []
    for name in coders:
        reading, coder = resolve_coder(study, name)
        # The codings of the consensus are not on disk but follow from those of the coders.
        every = find_consensus(reading).codings if coder == CONSENSUS else reading.codings
        codings = (coding for coding in every if coding.coder == coder)
        found += codings if name == coder else (replace(coding, coder=name) for coding in codings)
    return found


def placed_codings(study: Study, coder: str) -> list[Coding]:
    """Return a coder's codings except orphaned ones, which have no place in the current text."""
    return [coding for coding in list_codings(study, [coder]) if coding.status != "orphaned"]


def finished_families(study: Study, coder: str) -> Mapping[str, frozenset[str]]:
    """Return the families that a coder has finished, by transcript; transcripts without any are missing."""
    study, coder = resolve_coder(study, coder)
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


def build_reading(study: Study, coder: str) -> Reading:
    """Return a coder's reading: codings by transcript, and which families the coder has read where."""
    return make_reading(coder, placed_codings(study, coder), finished_families(study, coder))


def find_consensus(study: Study) -> Consensus:
    """Return the consensus of all coders, computed once for a state of the ledgers."""
    if (consensus := study.derived.get(CONSENSUS)) is None:
        coders = {coding.coder for coding in study.codings} | {mark.coder for mark in study.ledger_state.finished}
        readings = [build_reading(study, coder) for coder in sorted(coders - {CONSENSUS})]
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
    placed = [coding for coding in study.codings if coding.coder == CONSENSUS]
    return make_adjudications(study, placed, study.ledger_state.reject_events)


def make_adjudications(study: Study, placed: Iterable[Coding], rejections: Iterable[Event]) -> list[Adjudication]:
    """Return the decisions that are recorded as codings of the consensus and as its rejections, oldest first."""
    rejected = [event for event in rejections if event.coder == CONSENSUS]
    notes = {event.id: event.origin for event in rejected}
    found = [_make_adjudication(coding, applies=True, note=coding.memo) for coding in placed] + [
        _make_adjudication(coding, applies=False, note=notes[coding.id].why) for coding in study.place_events(rejected)
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
    readings = [build_reading(study, coder) for coder in sorted(set(coders) - {CONSENSUS})]
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
