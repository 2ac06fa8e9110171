"""What one coder has coded and finished, now or, as ``ana@2026-01``, at an earlier date."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from qualcode.errors import UnknownNameError
from qualcode.ledger import is_date
from qualcode.model import Coding
from qualcode.study.study import Study


def find_reading(study: Study, name: str) -> tuple[Study, str]:
    """Return the study and the coder that the name of a coder or of an earlier reading means.

    ``ana@2026-01`` is what ana had decided at the end of that month, so that two readings of one coder can be compared
    as those of two coders. A coder who has such a name comes first.

    Raises
    ------
    UsageError
        If no calendar has the date.
    """
    coder, _, date = name.rpartition("@")
    is_reading = name not in study.coders and coder in study.coders and is_reading_of(name, coder)
    return (study.as_of(date), coder) if is_reading else (study, name)


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
        if find_reading(study, name)[1] not in study.coders:
            raise UnknownNameError("coder", name, study.coders)


def list_codings(study: Study, coders: Iterable[str]) -> list[Coding]:
    """Return the codings of coders or of their earlier readings, orphaned ones too; ``coder`` is the name as given."""
    found: list[Coding] = []
    for name in coders:
        reading, coder = find_reading(study, name)
        codings = (coding for coding in reading.codings if coding.coder == coder)
        found += codings if name == coder else (replace(coding, coder=name) for coding in codings)
    return found


def placed_codings(study: Study, coder: str) -> list[Coding]:
    """Return a coder's codings except orphaned ones, which have no place in the current text."""
    return [coding for coding in list_codings(study, [coder]) if coding.status != "orphaned"]


def finished_families(study: Study, coder: str) -> Mapping[str, frozenset[str]]:
    """Return the families that a coder has finished, by transcript; transcripts without any are missing."""
    study, coder = find_reading(study, coder)
    all_families = frozenset(family.id for family in study.codebook.families)
    families_by_transcript: dict[str, frozenset[str]] = {}
    for mark in study.ledger_state.finished:
        if mark.coder == coder:
            before = families_by_transcript.get(mark.transcript, frozenset())
            # A mark without families is one for all, including families that were added later.
            marked = frozenset(map(study.codebook.current_id, mark.families)) or all_families
            families_by_transcript[mark.transcript] = before | marked
    return families_by_transcript
