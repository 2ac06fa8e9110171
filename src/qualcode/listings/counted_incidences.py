"""Incidences for a choice of analysis options: one per coder, over the transcripts that this coder has read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import product
from typing import cast

import numpy as np

from qualcode.errors import UsageError, check_choice, format_count, format_names
from qualcode.incidence import (
    CODE_SET_LEVELS,
    CodeSet,
    CodeSetLevel,
    Incidence,
    Universe,
    build_universe,
    coding_mask,
    incidence,
    list_code_sets,
    part_mask,
)
from qualcode.incidence.universe import Flags
from qualcode.listings.caveats import list_caveats
from qualcode.listings.family_bases import describe_base
from qualcode.listings.groups.attribute_groups import AttributeGroups, group_values
from qualcode.model import Codebook, Unit
from qualcode.study.coder_state import placed_codings
from qualcode.study.selection import (
    BLANK,
    AnalysisOptions,
    Names,
    asked_families,
    case_value,
    select_code_ids,
    select_counted_coders,
    select_group_attributes,
    select_transcript_ids,
    select_unit,
    sort_naturally,
    to_name_tuple,
)
from qualcode.study.study import Study

GroupMasks = dict[tuple[str, ...], Flags]
"""Masks over the members of a universe (``bool[members]``) by the values of the grouping attributes."""


@dataclass(frozen=True)
class IncidenceSet:
    """What analysis options select: one incidence per coder, the code sets to count, and the groups."""

    incidences: list[Incidence]
    code_sets: list[CodeSet]
    group_masks: list[GroupMasks]
    """One per incidence."""
    group_attributes: list[str]
    universe_notes: list[str]
    """One per incidence: which transcripts it covers."""
    as_of: str | None = None
    """The date until which decisions count."""
    attribute_groups: Mapping[str, AttributeGroups] = field(default_factory=dict)
    """How the values of each grouping attribute become groups."""

    @property
    def unit(self) -> Unit:
        """The unit of analysis of all incidences."""
        return self.incidences[0].universe.unit


def build_incidence_set(
    study: Study, options: AnalysisOptions, *, levels: Sequence[CodeSetLevel] = CODE_SET_LEVELS
) -> IncidenceSet:
    """Return the incidences, code sets and groups that analysis options select.

    Raises
    ------
    UnknownNameError
        If the study has no such coder, code, transcript or attribute.
    UsageError
        If unit or level is not valid, or none of the codes is on the levels to count.
    """
    study = study.as_of(options.as_of)
    book, coders = study.codebook, select_counted_coders(study, options.coder)
    code_ids = select_code_ids(book, options.code)
    select_group_attributes(study, options.by)  # refused before anything is counted
    transcript_ids = select_transcript_ids(study, options.transcripts)
    unit = select_unit(study, options.unit)
    incidences, notes = [], []
    for coder in coders:
        families_by_transcript, note = asked_families(
            study, coder, universe=options.universe, transcripts=transcript_ids
        )
        universe = build_universe(
            # Where the coder was asked about no family, a code is not absent but unknown: no part of the base.
            [study.transcripts[name] for name in transcript_ids if families_by_transcript.get(name)],
            unit=unit,
            cases={name: [case.id for case in study.shares[name].default_cases] for name in transcript_ids},
            asked_families=families_by_transcript,
            families=[family.id for family in book.families],
            sentence_rules=study.sentence_rules,
        )
        incidences.append(incidence(placed_codings(study, coder), universe, codes=tuple(book.by_id), coder=coder))
        notes.append(note)
    code_sets = _drop_unused(
        study, select_code_sets(book, levels=select_levels(options.level) or levels, code_ids=code_ids)
    )
    ungrouped = IncidenceSet(incidences, code_sets, [], [], notes, options.as_of)
    return regroup_incidences(study, ungrouped, options.by)


def regroup_incidences(study: Study, counted: IncidenceSet, by: Names | None) -> IncidenceSet:
    """Return the same incidences grouped by attributes, without counting again.

    Raises
    ------
    UnknownNameError
        If there is no such attribute.
    """
    study = study.as_of(counted.as_of)
    attributes = select_group_attributes(study, by)
    values = {name: group_values(study, name) for name in attributes if name not in ("case", "transcript")}
    groups = [_build_group_masks(study, matrix.universe, attributes, values) for matrix in counted.incidences]
    return replace(counted, group_masks=groups, group_attributes=attributes, attribute_groups=values)


def compared_groups(masks: GroupMasks) -> GroupMasks:
    """Return the groups that are compared with one another: not the cases without a value of an attribute."""
    return {values: mask for values, mask in masks.items() if BLANK not in values}


def blank_notes(counted: IncidenceSet) -> list[str]:
    """Return notes on the cases that are not compared, since they have no value of an attribute."""
    notes = []
    for matrix, masks in zip(counted.incidences, counted.group_masks, strict=True):
        blank = [mask for values, mask in masks.items() if BLANK in values]
        if blank:
            cases = len(np.unique(matrix.universe.member_case[np.logical_or.reduce(blank)]))
            names = " or ".join(counted.group_attributes)
            notes.append(f"not compared: {format_count(cases, 'case')} without a value of {names}")
    return list(dict.fromkeys(notes))


def _drop_unused(study: Study, code_sets: list[CodeSet]) -> list[CodeSet]:
    """Return the code sets without retired codes that nobody has coded, nor a code below them."""
    retired = {code.id for code in study.codebook.codes if code.retired}
    used = {coding.code for coding in study.codings} if retired else set()
    return [row for row in code_sets if row.id not in retired or used.intersection(row.members)]


def select_levels(given: CodeSetLevel | Sequence[CodeSetLevel] | None) -> Sequence[CodeSetLevel]:
    """Return the levels of code sets that are given, one or several.

    Raises
    ------
    UsageError
        If there is no such level.
    """
    levels = to_name_tuple(given)
    for level in levels:
        check_choice("level", level, CODE_SET_LEVELS)
    return cast("Sequence[CodeSetLevel]", levels)


def select_code_sets(book: Codebook, *, levels: Sequence[CodeSetLevel], code_ids: Sequence[str]) -> list[CodeSet]:
    """Return the code sets to count; a theme in ``code_ids`` is replaced by its members unless themes are counted.

    Raises
    ------
    UsageError
        If ``code_ids`` are given and none of them is on these levels.
    """
    members = [member for theme in book.themes if theme.id in code_ids for member in theme.members]
    code_sets = list_code_sets(book, levels=levels, only=code_ids if "theme" in levels else [*code_ids, *members])
    if code_ids and not code_sets:
        raise UsageError(f"nothing to count: none of {', '.join(code_ids)} is a {' or '.join(levels)}")
    return code_sets


def _build_group_masks(
    study: Study, universe: Universe, attributes: Sequence[str], values: Mapping[str, AttributeGroups]
) -> GroupMasks:
    """Return a mask over members (a case in a part) for each combination of groups that occurs, in their order."""
    if not attributes:
        return {(): universe.all_members}
    masks_by_value = [_masks_by_value(study, universe, attribute, values) for attribute in attributes]
    groups = {}
    for combination in product(*masks_by_value):
        masks = [by_value[value] for by_value, value in zip(masks_by_value, combination, strict=True)]
        mask = reduce(np.logical_and, masks, universe.all_members)
        if mask.any():
            groups[combination] = mask
    return groups


def build_attribute_masks(study: Study, universe: Universe, attribute: str) -> GroupMasks:
    """Return a mask over members for each group of one attribute.

    Raises
    ------
    UnknownNameError
        If it is not in the case table.
    """
    attributes = select_group_attributes(study, attribute)
    values = {attribute: group_values(study, attribute)}
    return _build_group_masks(study, universe, attributes, values)


def _masks_by_value(
    study: Study, universe: Universe, attribute: str, values: Mapping[str, AttributeGroups]
) -> Mapping[str, Flags]:
    """Return a mask over members for each group of an attribute; ``transcript`` and ``case`` are attributes too."""
    if attribute == "transcript":
        labels = [*universe.transcripts]
        member_labels = np.array(labels)[universe.part_transcript[universe.member_part]]
    else:
        case_labels = [case_value(study, case, attribute) for case in universe.cases]
        labels = sort_naturally(case_labels)
        if attribute != "case":
            case_labels = [values[attribute].label_of[value] for value in case_labels]
            present = frozenset(case_labels)
            labels = [label for label in values[attribute].labels if label in present]
        member_labels = np.array(case_labels)[universe.member_case]
    return {label: member_labels == label for label in labels}


def count_notes(study: Study, incidence_set: IncidenceSet) -> list[str]:
    """Return notes on what was counted, and on what is missing from the counts."""
    coders = [matrix.coder for matrix in incidence_set.incidences]
    return [*scope_notes(incidence_set), *list_caveats(study.as_of(incidence_set.as_of), coders)]


def scope_notes(incidence_set: IncidenceSet) -> list[str]:
    """Return notes on unit, coder and universe of each incidence, and on what is counted in several groups."""
    notes = []
    for matrix, universe_note in zip(incidence_set.incidences, incidence_set.universe_notes, strict=True):
        notes.append(_scope_note(matrix, universe_note))
        notes += filter(None, [describe_base(matrix, incidence_set.code_sets)])
        if matrix.excluded_codings:
            excluded = format_count(matrix.excluded_codings, "coding")
            notes.append(f"not counted: {excluded} by {matrix.coder} outside the counted turns of participants")
    pairs = list(zip(incidence_set.incidences, incidence_set.group_masks, strict=True))
    shared = {name for matrix, masks in pairs for name in _transcripts_in_several_groups(matrix.universe, masks)}
    if shared:
        names = format_names(sorted(shared))
        notes.append(f"counted in several groups: {names} (transcripts with several cases)")
    notes += filter(None, [groups.note for groups in incidence_set.attribute_groups.values()])
    notes += _word_notes([matrix.universe for matrix in incidence_set.incidences])
    return notes + [
        f"counted in several groups: {format_count(count, 'coding')} by {matrix.coder} with words of several groups"
        for matrix, masks in pairs
        if (count := _count_codings_in_several_groups(matrix, masks))
    ]


def _word_notes(universes: Sequence[Universe]) -> list[str]:
    """Return notes on who said no word, and on the rule by which words are counted."""
    notes = []
    silent = list(dict.fromkeys(name for universe in universes for name in universe.silent_transcripts))
    cases = list(dict.fromkeys(name for universe in universes for name in universe.silent_cases))
    named = [
        f"{format_count(len(names), noun)} ({format_names(names)})"
        for noun, names in (("transcript", silent), ("case", cases))
        if names
    ]
    if named:
        notes.append(f"not counted: {' and '.join(named)} without a participant's word")
    if any(universe.has_unspaced_words for universe in universes):
        notes.append(
            "words: in scripts without spaces between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) each letter "
            "counts as one word"
        )
    return notes


def _scope_note(matrix: Incidence, universe_note: str) -> str:
    universe = matrix.universe
    units = "" if matrix.pair_rule.name == "overlap" else f"{format_count(len(universe.unit_start), 'unit')}, "
    return (
        f"unit {matrix.pair_unit}; coder {matrix.coder}; {format_count(len(matrix.coding_code), 'coding')} over "
        f"{units}{int(universe.transcript_words.sum()):,} participants' "
        f"words, {format_count(len(universe.transcripts), 'transcript')}, "
        f"{format_count(len(universe.cases), 'case')} ({universe_note})"
    )


def _count_codings_in_several_groups(matrix: Incidence, masks: GroupMasks) -> int:
    """Return how many codings touch words of several groups, which only a transcript of several cases has."""
    universe = matrix.universe
    if len(masks) < 2 or len(universe.part_transcript) == len(universe.transcripts):
        return 0
    group_counts = np.zeros(len(matrix.coding_code), int)
    for mask in masks.values():
        group_counts += coding_mask(matrix, mask)
    return int((group_counts > 1).sum())


def _transcripts_in_several_groups(universe: Universe, masks: GroupMasks) -> list[str]:
    """Return the transcripts of which the same words are in several groups."""
    group_counts = np.zeros(len(universe.part_transcript), int)
    for mask in masks.values():
        group_counts += part_mask(universe, mask)
    return [universe.transcripts[index] for index in np.unique(universe.part_transcript[group_counts > 1])]
