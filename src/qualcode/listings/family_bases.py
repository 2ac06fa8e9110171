"""The bases of counts by family: what a coder was asked about differs where families are finished one by one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qualcode.errors import format_names
from qualcode.incidence import CodeSet, Incidence, Universe


def describe_base(matrix: Incidence, code_sets: Sequence[CodeSet]) -> str:
    """Return the numbers of cases and transcripts that the counts of each family are over, where they differ.

    Empty if they are the same for all families of the code sets.
    """
    universe = matrix.universe
    used = {family for code_set in code_sets for family in code_set.families}
    families = [family for family in universe.families if family in used]
    bases = {
        "cases": [_count_cases(universe, family) for family in families],
        "transcripts": [_count_transcripts(universe, family) for family in families],
    }
    parts = [_describe_noun(noun, families, counts) for noun, counts in bases.items() if len(set(counts)) > 1]
    if not parts:
        return ""
    # Where each transcript is a case, the second part would repeat the first.
    shown = parts[:1] if bases["cases"] == bases["transcripts"] else parts
    return f"the base of {matrix.coder} differs by family: {'; '.join(shown)}"


def _describe_noun(noun: str, families: Sequence[str], counts: Sequence[int]) -> str:
    by_family = [f"{family} {count:,}" for family, count in zip(families, counts, strict=True)]
    return f"{noun} {min(counts):,}-{max(counts):,} ({format_names(by_family)})"


def _count_transcripts(universe: Universe, family: str) -> int:
    return int(universe.asked_families[:, universe.families.index(family)].sum())


def _count_cases(universe: Universe, family: str) -> int:
    """Return the number of cases with a word in a transcript in which the coder was asked about a family."""
    asked = universe.asked_families[:, universe.families.index(family)]
    is_asked_member = asked[universe.part_transcript[universe.member_part]]
    return len(np.unique(universe.member_case[is_asked_member]))
