"""Incidences for counts of pairs: by units of analysis, by overlap of passages, by stanzas."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from qualcode.errors import OperationError, UsageError, did_you_mean, format_count, name_option
from qualcode.incidence import Incidence
from qualcode.listings.caveats import describe_missing_pairs
from qualcode.listings.counted_incidences import IncidenceSet, build_incidence_set, count_notes
from qualcode.model import UNIT_NAMES, PairRule
from qualcode.statistics import EXACT_LIMIT
from qualcode.study.selection import AnalysisOptions, to_name_tuple
from qualcode.study.study import Study

_LONGEST_STANZA = 1000


def build_pair_incidences(study: Study, options: AnalysisOptions) -> IncidenceSet:
    """Return the incidences of all coders for each unit, in the given order; for the study's unit if none is given.

    A unit is a unit of analysis, ``overlap``, or ``stanza:3``.

    Raises
    ------
    UsageError
        If there is no such unit, or one is given twice.
    """
    sets = [_build_one(study, options, name) for name in to_name_tuple(options.unit) or [None]]
    labels = [one.incidences[0].pair_unit for one in sets]
    if len(set(labels)) < len(labels):
        raise UsageError(f"{name_option('unit')} names a unit twice")
    return replace(
        sets[0],
        incidences=[incidence for one in sets for incidence in one.incidences],
        group_masks=[masks for one in sets for masks in one.group_masks],
        universe_notes=[note for one in sets for note in one.universe_notes],
    )


def check_pair(counted: IncidenceSet) -> None:
    """Refuse to count pairs of fewer than two codes.

    Raises
    ------
    OperationError
        If the options leave fewer than two codes.
    """
    if len(counted.code_sets) < 2:
        raise OperationError("co-occurrence needs at least two codes: these options leave fewer")


def _build_one(study: Study, options: AnalysisOptions, unit: str | None) -> IncidenceSet:
    rule = parse_pair_rule(unit)
    base = {"unit": unit, "overlap": "transcript", "stanza": "turn"}[rule.name]
    counted = build_incidence_set(study, replace(options, unit=base), levels=("code",))
    return replace(counted, incidences=[replace(one, pair_rule=rule) for one in counted.incidences])


def parse_pair_rule(unit: str | None) -> PairRule:
    """Return what counts as together in a unit of pairs.

    Raises
    ------
    UsageError
        If a stanza has no number of turns from 1 to 1000, or the name is like one of these two.
    """
    name, _, size = (unit or "").strip().lower().partition(":")
    if name == "overlap" and not size:
        return PairRule("overlap")
    if name != "stanza":
        if name not in UNIT_NAMES and (hint := did_you_mean(name, ["overlap", "stanza"])):
            raise UsageError(f"no unit '{unit}' ({hint})")
        return PairRule()
    if size.isdecimal() and len(size) < 5 and 1 <= int(size) <= _LONGEST_STANZA:
        return PairRule("stanza", int(size))
    raise UsageError(f"unit '{unit}': give the number of turns, as in stanza:3")


def pair_notes(
    study: Study, counted: IncidenceSet, found: Collection[str], *, significance: bool = False, min_count: int = 1
) -> list[str]:
    """Return what was counted in each unit, how it was tested, and in which units no two codes occur together.

    ``found`` are the units in which some do.
    """
    distinct = {one.pair_unit: one for one in counted.incidences}
    notes = [*count_notes(study, counted), *(note for one in distinct.values() for note in _rule_notes(one))]
    if significance:
        notes += [note for one in distinct.values() for note in _significance_notes(one)]
    notes += [describe_no_pairs(one, min_count=min_count) for name, one in distinct.items() if name not in found]
    return list(dict.fromkeys(notes))


def describe_no_pairs(matrix: Incidence, *, min_count: int = 1) -> str:
    """Return that no two codes occur together, and a wider unit that may show which do."""
    rule = matrix.pair_rule
    if rule.name == "unit":
        return describe_missing_pairs(matrix.universe.unit, min_count=min_count)
    place = {"overlap": "in passages that overlap", "stanza": f"in one stanza of {format_count(rule.size, 'turn')}"}
    wider = {"overlap": "window:3", "stanza": f"stanza:{2 * rule.size}"}[rule.name]
    times = f" {min_count} times" if min_count > 1 else ""
    return (
        f"no two codes occur together{times} {place[rule.name]}: a wider unit may show more "
        f"({name_option('unit', wider)})"
    )


def _rule_notes(matrix: Incidence) -> list[str]:
    """Return what is counted in a unit that is no unit of analysis, and which measures it does not have."""
    rule = matrix.pair_rule
    if rule.name == "unit":
        return []
    turns = format_count(rule.size - 1, "participants' turn")
    what = {
        "overlap": "count is pairs of coded passages that share text, count_a and count_b passages with each code, "
        "units all coded passages",
        "stanza": f"count is turns in which one code is in the turn and the other in it or in the {turns} before it, "
        "count_a and count_b turns with each code",
    }[rule.name]
    return [f"{matrix.pair_unit}: {what}; expected, lift, npmi, phi and tests need units, so they are empty"]


def _significance_notes(matrix: Incidence) -> list[str]:
    """Return how pairs were tested."""
    unit = matrix.universe.unit
    if matrix.pair_rule.name != "unit":
        return []
    notes = [
        "p_hypergeometric: all units shuffled; p_permutation: units shuffled within each transcript, for each code on "
        f"its own (exact, not drawn; normal approximation where chance allows over {EXACT_LIMIT:,} units with both); "
        "two-sided; q: Benjamini-Hochberg over all pairs of a coder, group and unit"
    ]
    if unit.name == "window" and unit.size > 1:
        notes.append(f"unit {unit}: windows share turns, so that p and q are too small: prefer units that share none")
    return notes
