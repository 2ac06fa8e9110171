"""The evaluation of a query: which codings of one coder it finds.

Codes, and what is built from them by ``and``, ``or`` and ``near``, *find* codings; conditions, ``not`` and what is
built from these alone *test* a coding. What finds codings tests another one, too: it holds where one of them overlaps
it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

import numpy as np

from qualcode.listings.quotes.placed_codings import Flags, PlacedCodings, Spans
from qualcode.listings.quotes.query_conditions import find_condition
from qualcode.model import Unit
from qualcode.queries import And, Comparison, Near, Node, Or, Term


def is_finding(node: Node) -> bool:
    """Return whether a node finds codings by their codes; if not, it tests them."""
    if isinstance(node, And):
        return any(map(is_finding, node.operands))
    if isinstance(node, Or):
        return all(map(is_finding, node.operands))
    return isinstance(node, Near) or (isinstance(node, Term) and node.name == "code")


class Evaluation:
    """What the nodes of a query find among codings, each as a mask of shape (codings,)."""

    def __init__(self, placed: PlacedCodings, unit: Unit | None = None) -> None:
        self._placed = placed
        self._spans = placed.characters if unit is None else placed.units(unit)
        self._found: dict[Node, Flags] = {}

    @property
    def has_place(self) -> Flags:
        """Which codings can be compared with others: with a unit, those that overlap one."""
        return self._spans.has_place

    def find(self, node: Node) -> Flags:
        """Return which codings a node finds."""
        if node not in self._found:
            self._found[node] = self._find(node) & self.has_place
        return self._found[node]

    def _find(self, node: Node) -> Flags:
        if isinstance(node, Term | Comparison):
            return find_condition(self._placed, node)
        if isinstance(node, Or):
            return _any(map(self.find, node.operands))
        if isinstance(node, And):
            return self._candidates(node.operands) & _all(map(self.holds, node.operands))
        return self._find_near(node) if isinstance(node, Near) else ~self.holds(node.operand)

    def holds(self, node: Node) -> Flags:
        """Return at which codings a node holds."""
        if is_finding(node):
            return self._spans.count_overlapping(self.find(node)) > 0
        if isinstance(node, And):
            return _all(map(self.holds, node.operands))
        return _any(map(self.holds, node.operands)) if isinstance(node, Or) else self.find(node)

    def _candidates(self, operands: Iterable[Node]) -> Flags:
        """Return the codings that may be results: those which operands find by their codes, if there are such."""
        finding = [self.find(node) for node in operands if is_finding(node)]
        return _any(finding) if finding else self.has_place

    def _find_near(self, node: Near) -> Flags:
        placed = self._placed
        # Two transcripts are further apart than any distance.
        spans = (placed.turns if node.unit == "t" else placed.sentences)(node.distance + 1)
        left, right = self.find(node.left), self.find(node.right)
        near = (left & _has_other(spans, right, node.distance)) | (right & _has_other(spans, left, node.distance))
        return near & self._candidates([node.left, node.right])


def _has_other(spans: Spans, others: Flags, distance: int) -> Flags:
    """Return which codings have another one, not only themselves, at most this far away."""
    return spans.count_overlapping(others, distance=distance) - (others & spans.has_place) > 0


def _any(masks: Iterable[Flags]) -> Flags:
    return reduce(np.logical_or, masks)


def _all(masks: Iterable[Flags]) -> Flags:
    return reduce(np.logical_and, masks)
