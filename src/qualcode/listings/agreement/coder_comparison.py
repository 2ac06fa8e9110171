"""Coders' incidences over one universe, with what each of them has read: the input of all agreement figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

import numpy as np

from qualcode.agreement import MISSING, LabelSets, number_sets
from qualcode.errors import OperationError, UsageError, format_count, format_names, name_command, name_option
from qualcode.incidence import CoderRatings, CodeSet, Incidence, build_universe, incidence
from qualcode.incidence.code_sets import member_columns
from qualcode.incidence.coder_ratings import rate_characters, rate_units
from qualcode.incidence.universe import Flags, Ints
from qualcode.listings.agreement.maker_readings import MAKER_PREFIX, read_maker
from qualcode.model import Unit, family_of
from qualcode.study.case_table import group_by_shared_case
from qualcode.study.coder_state import build_reading, check_coders, finished_families, resolve_coder
from qualcode.study.next_step import describe_next_step
from qualcode.study.readings.passages import CONSENSUS, Reading
from qualcode.study.selection import Names, list_coders_who_coded, to_name_tuple
from qualcode.study.study import Study

AgreementUniverse = Literal["done", "coded", "asked"]
AGREEMENT_UNIVERSES: tuple[AgreementUniverse, ...] = get_args(AgreementUniverse)
CHARACTER = "character"
"""The unit of agreement by character."""


@dataclass(frozen=True)
class Comparison:
    """Readings over one universe of units.

    Attributes
    ----------
    finished, asked : ndarray of bool, shape (coders, transcripts, families)
        What each coder has marked as done; what each has marked as done or begun.
    group : ndarray of int, shape (transcripts,)
        The number of the cluster of transcripts that share a case, which the bootstrap draws together.
    """

    coders: tuple[str, ...]
    unit: Unit | None
    """None for agreement by character."""
    incidences: Sequence[Incidence]
    finished: Flags
    asked: Flags
    group: Ints

    @property
    def transcripts(self) -> tuple[str, ...]:
        """Ids of the transcripts of the universe."""
        return self.incidences[0].universe.transcripts

    @property
    def unit_name(self) -> str:
        """The unit's name in tables."""
        return str(self.unit) if self.unit else CHARACTER

    def is_finished(self, code_set: CodeSet) -> Flags:
        """Return which transcripts all of the coders have finished for a code set, shape (transcripts,)."""
        finished: Flags = np.all(self.finished[:, :, self._family_numbers(code_set.families)], axis=(0, 2))
        return finished

    def count_transcripts(self, families: Sequence[str], universe: AgreementUniverse) -> list[int]:
        """Return how many transcripts are compared for each of the families."""
        by_family: Flags = np.all(self.finished, axis=0) if universe != "asked" else self.asked.sum(axis=0) > 1
        counts: list[int] = by_family[:, self._family_numbers(families)].sum(axis=0).tolist()
        return counts

    def _family_numbers(self, families: Sequence[str]) -> list[int]:
        """Return the positions of families in the last axis of ``finished`` and ``asked``."""
        known = self.incidences[0].universe.families
        return [known.index(family) for family in families if family in known]

    def rate(self, code_set: CodeSet, universe: AgreementUniverse) -> CoderRatings:
        """Return whether each coder has used a code set, in each unit or character of a universe."""
        columns = member_columns(code_set, self.incidences[0].codes)
        ratings = rate_units(self.incidences, columns) if self.unit else rate_characters(self.incidences, columns)
        return self._restrict(ratings, code_set.families, universe)

    def rate_sets(self, code_set: CodeSet, universe: AgreementUniverse) -> tuple[CoderRatings, LabelSets]:
        """Return which of a code set's codes each coder has used in each unit, as numbers of sets, and the sets."""
        columns = member_columns(code_set, self.incidences[0].codes)
        ratings = rate_units(self.incidences, columns)
        sets, numbers = number_sets(np.concatenate([one.matrix[:, columns].toarray() for one in self.incidences]))
        values = numbers.reshape(len(self.coders), -1).T
        return self._restrict(replace(ratings, values=values), code_set.families, universe), sets

    def _restrict(self, ratings: CoderRatings, families: Sequence[str], universe: AgreementUniverse) -> CoderRatings:
        """Return the ratings in a universe, with those of coders who were not asked as `MISSING`."""
        selected = self._family_numbers(families)
        read = self.asked if universe == "asked" else self.finished
        base: Flags = np.asarray(np.all(read[:, :, selected], axis=2))
        is_read = base[:, ratings.transcript].T
        needed = 2 if universe == "asked" else len(self.coders)
        kept = is_read.sum(axis=1) >= needed
        if universe == "coded":
            kept &= ratings.is_coded
        values = np.where(is_read, ratings.values, MISSING)
        return CoderRatings(values, ratings.transcript, ratings.length, ratings.is_coded).select(kept)


def select_compared_coders(study: Study, given: Names | None) -> list[str]:
    """Return the coders to compare, at least two: those named, or all who have coded anything.

    ``maker:NAME`` stands for a maker of suggestions.

    Raises
    ------
    UnknownNameError
        If a named coder has decided nothing here.
    OperationError
        If there are fewer than two.
    """
    names = list(dict.fromkeys(to_name_tuple(given)))
    check_coders(study, [name for name in names if not name.startswith(MAKER_PREFIX)])
    names = names or list_coders_who_coded(study)
    people = [name for name in names if not name.startswith(MAKER_PREFIX)]
    if not names:
        raise OperationError(describe_next_step(study))
    if not people:
        raise UsageError(f"a maker is compared with a coder: name one as well ({name_option('coder', 'NAME')})")
    if len(names) < 2:
        raise OperationError(
            f"agreement needs two coders, and only {format_names(names)} has coded: "
            f"let another person code some of the transcripts too, with {name_option('coder', 'NAME')}"
        )
    return names


def select_reading_and_coder(study: Study, given: Names | None) -> tuple[list[str], set[str]]:
    """Return an earlier reading, given as ``ana@2026-01``, and its coder; and the transcripts coded again since.

    In the other transcripts nothing can have changed, so that they would only seem to agree.

    Raises
    ------
    UsageError
        If not exactly one earlier reading is given.
    OperationError
        If the coder has not worked on any transcript since.
    """
    names = to_name_tuple(given)
    check_coders(study, names)
    reading, coder = resolve_coder(study, names[0]) if names else (study, "")
    if len(names) != 1 or reading.decided_until is None:
        raise UsageError(
            f"{name_option('over_time', True)} compares one coder with an earlier reading: "
            f"{name_option('coder', 'ana@2026-01')}"
        )
    since = reading.decided_until.end
    events = study.read_events()
    by_id = {event.id: event for event in events}
    # A transcript that was renamed has its new id in the moves that followed it.
    renamed = {
        by_id[one.target].transcript: one.transcript for one in events if one.event == "move" and one.target in by_id
    }
    worked_on = {
        renamed.get(event.transcript, event.transcript)
        for event in events
        if event.coder == coder and event.at >= since and event.event in {"apply", "retract", "done"}
    }
    if not worked_on:
        raise OperationError(f"{coder} has coded no transcript again since {reading.decided_until}: nothing to compare")
    return [names[0], coder], worked_on


def find_trainer(coders: Sequence[str]) -> str:
    """Return the first person among compared coders, on whose decisions makers are trained."""
    return next(name for name in coders if not name.startswith(MAKER_PREFIX))


def compare_coders(
    study: Study, coders: Sequence[str], *, trainer: str, unit: Unit | None, transcripts: Sequence[str]
) -> Comparison:
    """Return the readings of coders over the transcripts that at least two of them have begun.

    ``trainer`` is the coder whose transcripts makers of suggestions code.

    Raises
    ------
    OperationError
        If there is no such transcript.
    """
    readings = [
        read_maker(study, name, coder=trainer) if name.startswith(MAKER_PREFIX) else build_reading(study, name)
        for name in coders
    ]
    begun = [_begun_families(reading) for reading in readings]
    shared = [name for name in transcripts if sum(bool(one.get(name)) for one in begun) > 1]
    if not shared:
        read = ", ".join(
            f"{one.coder}: {format_count(len(families), 'transcript')}"
            for one, families in zip(readings, begun, strict=True)
        )
        raise OperationError(f"no transcript is coded by two of these coders ({read})")
    families = [family.id for family in study.codebook.families]
    universe = build_universe(
        [study.transcripts[name] for name in shared],
        unit=unit or Unit("turn"),
        cases={name: [case.id for case in study.shares[name].default_cases] for name in shared},
        asked_families=dict.fromkeys(shared, families),
        families=families,
        sentence_rules=study.sentence_rules,
    )
    codes = tuple(study.codebook.by_id)
    incidences = [
        incidence(
            [coding for name in shared for coding in one.codings.get(name, ())], universe, codes=codes, coder=one.coder
        )
        for one in readings
    ]
    finished = [_finished_families(study, one) for one in readings]
    return Comparison(
        coders=tuple(coders),
        unit=unit,
        incidences=incidences,
        finished=_mask(finished, universe.transcripts, families),
        asked=_mask(begun, universe.transcripts, families),
        group=_number_groups(study, universe.transcripts),
    )


def _begun_families(reading: Reading) -> Mapping[str, frozenset[str]]:
    """Return the families that a coder has finished or begun, by transcript."""
    begun = dict(reading.families)
    for name, codings in reading.codings.items():
        begun[name] = begun.get(name, frozenset()) | {family_of(coding.code) for coding in codings}
    return begun


def _finished_families(study: Study, reading: Reading) -> Mapping[str, frozenset[str]]:
    """Return the families that a coder has marked as done; of makers and the consensus, what was read."""
    if reading.coder == CONSENSUS or reading.coder.startswith(MAKER_PREFIX):
        return reading.families
    return finished_families(study, reading.coder)


def _mask(
    families_of: Sequence[Mapping[str, frozenset[str]]], transcripts: Sequence[str], families: Sequence[str]
) -> Flags:
    """Return flags of shape (coders, transcripts, families)."""
    return np.array(
        [[[family in read.get(name, ()) for family in families] for name in transcripts] for read in families_of],
        dtype=bool,
    ).reshape(len(families_of), len(transcripts), len(families))


def _number_groups(study: Study, transcripts: Sequence[str]) -> Ints:
    """Return a number for each transcript, the same for those that share a case."""
    groups = group_by_shared_case(transcripts, study.cases_of)
    number = {name: position for position, group in enumerate(groups) for name in group}
    return np.array([number[name] for name in transcripts], dtype=np.int64)


def explain_empty_universe(study: Study, comparison: Comparison) -> str:
    """Return why no transcript is finished by all compared coders, and what to do."""
    counts = [
        f"{coder}: {format_count(int(finished.any(axis=1).sum()), 'transcript')}"
        for coder, finished in zip(comparison.coders, comparison.finished, strict=True)
    ]
    return (
        f"no transcript is marked as done by all of these coders for the same family ({', '.join(counts)} of those "
        f"that they share), and elsewhere 'not coded' may be 'not read': mark them with {name_command('done')}, or "
        f"count transcripts that coders have begun with {name_option('universe', 'asked')}"
    )
