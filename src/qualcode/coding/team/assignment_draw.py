"""Drawing of who codes what: some transcripts by several coders for agreement, the others by one each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from qualcode.study.readings.assignments import Assignment


@dataclass(frozen=True, slots=True)
class DrawPlan:
    """What is to be drawn.

    Attributes
    ----------
    strata
        Transcripts by the value of the attribute that the draw is stratified by.
    words
        Participants' words of each transcript, of which coders get equal shares.
    overlap
        How many transcripts several coders code.
    readers
        How many coders code each of these.
    """

    strata: Mapping[str, Sequence[str]]
    words: Mapping[str, int]
    coders: Sequence[str]
    overlap: int
    readers: int
    seed: int


def draw_assignments(plan: DrawPlan, given: Iterable[Assignment] = ()) -> list[Assignment]:
    """Return assignments of all transcripts of a plan, after those that are given, which stay as they are.

    The overlap is spread over the strata in proportion to their sizes. The order of a draw follows from the hash of
    seed and id, so that a transcript that is added later changes no other's place. Each transcript goes to the coders
    with the fewest words so far.
    """
    assignments = list(given)
    load = Counter(dict.fromkeys(plan.coders, 0))
    for one in assignments:
        if one.coder in load:
            load[one.coder] += plan.words.get(one.transcript, 0)
    taken = {one.transcript for one in assignments}
    drawn = {one.transcript for one in assignments if one.is_overlap}
    strata = {value: _shuffle(names, plan.seed) for value, names in plan.strata.items()}
    shares = share_out(plan.overlap, {value: len(names) for value, names in strata.items()})
    free: list[str] = []
    overlapping: list[str] = []
    for value, names in strata.items():
        missing = max(0, shares[value] - sum(name in drawn for name in names))
        left = [name for name in names if name not in taken]
        overlapping += left[:missing]
        free += left[missing:]
    for count, names in ((plan.readers, overlapping), (1, free)):
        # The longest first, so that the shares come out even.
        for name in sorted(names, key=lambda name: -plan.words.get(name, 0)):
            chosen = sorted(plan.coders, key=lambda coder: (load[coder], plan.coders.index(coder)))[:count]
            for coder in sorted(chosen, key=plan.coders.index):
                assignments.append(Assignment(name, coder, is_overlap=count > 1))
                load[coder] += plan.words.get(name, 0)
    return assignments


def share_out(total: int, sizes: Mapping[str, int]) -> dict[str, int]:
    """Return how many of a total fall to each group, in proportion to its size (largest remainders).

    >>> share_out(10, {"strategist": 39, "partner": 12})
    {'strategist': 8, 'partner': 2}
    """
    everything = max(1, sum(sizes.values()))
    exact = {name: total * size / everything for name, size in sizes.items()}
    shares = {name: min(int(exact[name]), sizes[name]) for name in sizes}
    for name in sorted(sizes, key=lambda name: (int(exact[name]) - exact[name], name)):
        if sum(shares.values()) < total and shares[name] < sizes[name]:
            shares[name] += 1
    return shares


def _shuffle(names: Iterable[str], seed: int) -> list[str]:
    return sorted(names, key=lambda name: sha256(f"{seed}:{name}".encode()).digest())
