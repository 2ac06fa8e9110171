"""From a choice to incidences: one a coder, each over what that coder was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.errors import UsageError, format_names
from qualcode.incidence import (
    CODE_SET_LEVELS,
    CodeSet,
    Incidence,
    Universe,
    build_universe,
    coding_mask,
    incidence,
    list_code_sets,
    part_mask,
)
from qualcode.listings.caveats import list_caveats
from qualcode.study.coder_state import placed_codings
from qualcode.study.selection import (
    AnalysisOptions,
    asked_families,
    case_value,
    select_code_ids,
    select_counted_coders,
    select_group_attributes,
    select_transcript_ids,
    select_unit,
    sort_naturally,
)
from qualcode.study.study import Study

if TYPE_CHECKING:
    from qualcode.incidence import CodeSetLevel
    from qualcode.model import Codebook

GroupMasks = dict[tuple[str, ...], Any]


@dataclass(frozen=True)
class IncidenceSet:
    """What a choice amounts to: incidences one a coder, rows to count, groups, and what was said about it."""

    incidences: list[Incidence]
    code_sets: list[CodeSet]
    group_masks: list[GroupMasks]
    group_attributes: list[str]
    universe_notes: list[str]


def build_incidence_set(
    study: Study, choice: AnalysisOptions, *, levels: Sequence[CodeSetLevel] = CODE_SET_LEVELS
) -> IncidenceSet:
    """Read a choice, refuse what it names wrongly, and lay out its incidences."""
    book = study.codebook
    coders = select_counted_coders(study, choice.get("coder"))
    only = select_code_ids(book, choice.get("code"))
    by = select_group_attributes(study, choice.get("by"))
    picked = select_transcript_ids(study, choice.get("transcripts"))
    unit = select_unit(study, choice.get("unit"))
    incidences, universes = [], []
    for coder in coders:
        asked, said = asked_families(study, coder, universe=choice.get("universe", "asked"))
        transcripts = [study.transcripts[name] for name in picked if asked.get(name)]
        over = build_universe(
            transcripts,
            unit=unit,
            cases={name: [case.id for case in study.shares[name].default_cases] for name in picked},
            asked_families=asked,
            families=[family.id for family in book.families],
            abbreviations=study.abbreviations,
        )
        codings = placed_codings(study, coder)
        incidences.append(incidence(codings, over, codes=tuple(book.by_id), coder=coder))
        universes.append(said)
    rows = select_code_sets(book, levels=choice.get("levels") or levels, only=only)
    groups = [_build_group_masks(study, one.universe, by) for one in incidences]
    return IncidenceSet(incidences, rows, groups, by, universes)


def select_code_sets(book: Codebook, *, levels: Sequence[CodeSetLevel], only: Sequence[str]) -> list[CodeSet]:
    """Return the rows to count; a theme among ``only`` is opened into its codes where no themes are shown."""
    members = [member for theme in book.themes if theme.id in only for member in theme.members]
    rows = list_code_sets(book, levels=levels, only=only if "theme" in levels else [*only, *members])
    if only and not rows:
        raise UsageError(f"nothing of {', '.join(only)} is a {' or '.join(levels)}: there is nothing to count")
    return rows


def _build_group_masks(study: Study, over: Universe, by: Sequence[str]) -> GroupMasks:
    """Return a mask over members (a case in a part) for each combination of values that occurs, in natural order."""
    if not by:
        return {(): over.all_members}
    values = [_masks_by_value(study, over, attribute) for attribute in by]
    masks = {}
    for combination in product(*values):
        held = [masks_of[value] for masks_of, value in zip(values, combination, strict=True)]
        mask = reduce(np.logical_and, held, over.all_members)
        if mask.any():
            masks[combination] = mask
    return masks


def _masks_by_value(study: Study, over: Universe, attribute: str) -> Mapping[str, Any]:
    """Return a mask over members for each value of an attribute; ``transcript`` and ``case`` are two of them."""
    if attribute == "transcript":
        held, values = np.array(over.transcripts)[over.part_transcript[over.member_part]], [*over.transcripts]
    else:
        by_case = [case_value(study, case, attribute) for case in over.cases]
        held, values = np.array(by_case)[over.member_case], sort_naturally(by_case)
    return {value: held == value for value in values}


def count_notes(study: Study, counted: IncidenceSet) -> list[str]:
    """Say what was counted, and what those counts lack."""
    return [*scope_notes(counted), *list_caveats(study, [one.coder for one in counted.incidences])]


def scope_notes(counted: IncidenceSet) -> list[str]:
    """Say what was counted, a line a coder, and which transcripts stand in several groups."""
    lines = []
    for one, said in zip(counted.incidences, counted.universe_notes, strict=True):
        over = one.universe
        lines.append(
            f"unit {over.unit}; coder {one.coder}; {len(one.coding_code):,} codings over {len(over.unit_start):,} units, "
            f"{int(over.transcript_words.sum()):,} participants' words, {len(over.transcripts)} transcripts, "
            f"{len(over.cases)} cases ({said})"
        )
        if one.excluded_codings:
            lines.append(
                f"not counted: {one.excluded_codings:,} codings by {one.coder} of words that no participant says now"
            )
    shared = {
        name
        for one, masks in zip(counted.incidences, counted.group_masks, strict=True)
        for name in _transcripts_in_several_groups(one, masks)
    }
    if shared:
        lines.append(f"in several groups, so counted in each: {format_names(sorted(shared))} (they have several cases)")
    return lines + [
        f"{many:,} codings by {one.coder} reach over the words of several groups, so they count in each"
        for one, masks in zip(counted.incidences, counted.group_masks, strict=True)
        if (many := _count_codings_in_several_groups(one, masks))
    ]


def _count_codings_in_several_groups(counted: Incidence, masks: GroupMasks) -> int:
    """Return how many codings touch words of several groups, which only a transcript of several cases has."""
    over = counted.universe
    if len(masks) < 2 or len(over.part_transcript) == len(over.transcripts):
        return 0
    many = sum(
        (coding_mask(counted, mask).astype(int) for mask in masks.values()), np.zeros(len(counted.coding_code), int)
    )
    return int((many > 1).sum())


def _transcripts_in_several_groups(counted: Incidence, masks: GroupMasks) -> list[str]:
    """Return transcripts of which the same words stand in several groups."""
    over = counted.universe
    many = sum((part_mask(over, mask).astype(int) for mask in masks.values()), np.zeros(len(over.part_transcript), int))
    return [over.transcripts[number] for number in np.unique(over.part_transcript[many > 1])]
