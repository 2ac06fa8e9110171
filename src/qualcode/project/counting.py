"""From a choice to incidences: one a coder, each over what that coder was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.errors import UsageError, listed
from qualcode.incidence import LEVELS, Incidence, Row, Universe, codings_in, incidence, parts_in, rows_of, universe
from qualcode.project.choice import (
    Choice,
    asked_families,
    case_value,
    chosen_codes,
    chosen_groups,
    chosen_transcripts,
    chosen_unit,
    counted_coders,
    in_natural_order,
)
from qualcode.project.decided import standing
from qualcode.project.listing import left_out
from qualcode.project.study import Study

if TYPE_CHECKING:
    from qualcode.incidence import Level
    from qualcode.model import Codebook

Masks = dict[tuple[str, ...], Any]


@dataclass(frozen=True)
class Counted:
    """What a choice amounts to: incidences one a coder, rows to count, groups, and what was said about it."""

    incidences: list[Incidence]
    rows: list[Row]
    groups: list[Masks]
    by: list[str]
    universes: list[str]


def count(study: Study, choice: Choice, *, levels: Sequence[Level] = LEVELS) -> Counted:
    """Read a choice, refuse what it names wrongly, and lay out its incidences."""
    book = study.book
    coders = counted_coders(study, choice.get("coder"))
    only = chosen_codes(book, choice.get("code"))
    by = chosen_groups(study, choice.get("by"))
    picked = chosen_transcripts(study, choice.get("transcripts"))
    unit = chosen_unit(study, choice.get("unit"))
    incidences, universes = [], []
    for coder in coders:
        asked, said = asked_families(study, coder, universe=choice.get("universe", "asked"))
        transcripts = [study.transcripts[name] for name in picked if asked.get(name)]
        over = universe(
            transcripts,
            unit=unit,
            cases={name: [case.id for case in study.shares[name].others] for name in picked},
            asked=asked,
            families=[family.id for family in book.families],
            short=study.short,
        )
        codings = standing(study, coder)
        incidences.append(incidence(codings, over, codes=tuple(book.by_id), coder=coder))
        universes.append(said)
    rows = chosen_rows(book, levels=choice.get("levels") or levels, only=only)
    groups = [_groups(study, one.universe, by) for one in incidences]
    return Counted(incidences, rows, groups, by, universes)


def chosen_rows(book: Codebook, *, levels: Sequence[Level], only: Sequence[str]) -> list[Row]:
    """Return the rows to count; a theme among ``only`` is opened into its codes where no themes are shown."""
    members = [member for theme in book.themes if theme.id in only for member in theme.members]
    rows = rows_of(book, levels=levels, only=only if "theme" in levels else [*only, *members])
    if only and not rows:
        raise UsageError(f"nothing of {', '.join(only)} is a {' or '.join(levels)}: there is nothing to count")
    return rows


def _groups(study: Study, over: Universe, by: Sequence[str]) -> Masks:
    """Return a mask over members (a case in a part) for each combination of values that occurs, in natural order."""
    if not by:
        return {(): over.everyone}
    values = [_by_value(study, over, attribute) for attribute in by]
    masks = {}
    for combination in product(*values):
        held = [masks_of[value] for masks_of, value in zip(values, combination, strict=True)]
        mask = reduce(np.logical_and, held, over.everyone)
        if mask.any():
            masks[combination] = mask
    return masks


def _by_value(study: Study, over: Universe, attribute: str) -> Mapping[str, Any]:
    """Return a mask over members for each value of an attribute; ``transcript`` and ``case`` are two of them."""
    if attribute == "transcript":
        held, values = np.array(over.transcripts)[over.part_transcript[over.member_part]], [*over.transcripts]
    else:
        by_case = [case_value(study, case, attribute) for case in over.cases]
        held, values = np.array(by_case)[over.member_case], in_natural_order(by_case)
    return {value: held == value for value in values}


def said(study: Study, counted: Counted) -> list[str]:
    """Say what was counted, and what those counts lack."""
    return [*caption(counted), *left_out(study, [one.coder for one in counted.incidences])]


def caption(counted: Counted) -> list[str]:
    """Say what was counted, a line a coder, and which transcripts stand in several groups."""
    lines = []
    for one, said in zip(counted.incidences, counted.universes, strict=True):
        over = one.universe
        lines.append(
            f"unit {over.unit}; coder {one.coder}; {len(one.code):,} codings over {len(over.unit_start):,} units, "
            f"{int(over.transcript_words.sum()):,} participants' words, {len(over.transcripts)} transcripts, "
            f"{len(over.cases)} cases ({said})"
        )
        if one.outside:
            lines.append(f"not counted: {one.outside:,} codings by {one.coder} of words that no participant says now")
    shared = {
        name for one, masks in zip(counted.incidences, counted.groups, strict=True) for name in _shared(one, masks)
    }
    if shared:
        lines.append(f"in several groups, so counted in each: {listed(sorted(shared))} (they have several cases)")
    return lines + [
        f"{many:,} codings by {one.coder} reach over the words of several groups, so they count in each"
        for one, masks in zip(counted.incidences, counted.groups, strict=True)
        if (many := _reaching(one, masks))
    ]


def _reaching(counted: Incidence, masks: Masks) -> int:
    """Return how many codings touch words of several groups, which only a transcript of several cases has."""
    over = counted.universe
    if len(masks) < 2 or len(over.part_transcript) == len(over.transcripts):
        return 0
    many = sum((codings_in(counted, mask).astype(int) for mask in masks.values()), np.zeros(len(counted.code), int))
    return int((many > 1).sum())


def _shared(counted: Incidence, masks: Masks) -> list[str]:
    """Return transcripts of which the same words stand in several groups."""
    over = counted.universe
    many = sum((parts_in(over, mask).astype(int) for mask in masks.values()), np.zeros(len(over.part_transcript), int))
    return [over.transcripts[number] for number in np.unique(over.part_transcript[many > 1])]
