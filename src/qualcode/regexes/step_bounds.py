"""Upper bounds on the steps that Python's ``re`` takes: it tries all ways in which an expression can match.

A bound holds for every text of a length. It is often far above the real number, never below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import inf
from typing import Any

from qualcode.regexes.regex_tree import CHARACTERS, REPEATS, Item, RegexTree, combine_flags, write_character

_MANY = 1e15
"""From here on the number of ways counts as unlimited."""


@dataclass(frozen=True, slots=True)
class _Cost:
    """Bounds for one place of a text: in how many ways an item can match there, and the steps to try all of them."""

    ways: float = 1
    steps: float = 1


def bound_steps(tree: RegexTree, length: int) -> float:
    """Return a bound on the steps from one place of a text of at most ``length`` characters."""
    return _Bounds(length).sequence(tree.items, tree.flags, None).steps


@dataclass(frozen=True, slots=True)
class _Bounds:
    length: int

    def sequence(self, items: Sequence[Item], flags: int, after: Item | None) -> _Cost:
        """Return the cost of a sequence; ``after`` is the item that must match behind it, if one surely must."""
        ways, steps = 1.0, 1.0
        for item, following in zip(items, (*items[1:], after), strict=True) if items else ():
            cost = self._item(item, flags, following)
            steps += ways * cost.steps
            ways *= cost.ways
            if ways > _MANY or steps > _MANY:
                return _Cost(inf, inf)
        return _Cost(ways, steps)

    def _item(self, item: Item, flags: int, after: Item | None) -> _Cost:
        name, value = str(item[0]), item[1]
        if name in CHARACTERS or name in {"AT", "FAILURE"}:
            return _Cost()
        if name == "SUBPATTERN":
            return self.sequence(value[3].data, combine_flags(flags, value[1], value[2]), after)
        if name == "BRANCH":
            return self._branch([part.data for part in value[1]], flags, after)
        if name in REPEATS:
            return self._repeat(name, value, flags, after)
        if name in {"ASSERT", "ASSERT_NOT"}:
            return _Cost(1, self.sequence(value[1].data, flags, None).steps)
        if name == "ATOMIC_GROUP":
            return _Cost(1, self.sequence(value.data, flags, None).steps)
        if name == "GROUPREF":
            return _Cost(1, self.length + 1)
        if name == "GROUPREF_EXISTS":
            return self._branch([part.data for part in value[1:] if part], flags, after, extra=1)
        return _Cost(inf, inf)

    def _branch(self, parts: Sequence[Sequence[Item]], flags: int, after: Item | None, extra: int = 0) -> _Cost:
        costs = [self.sequence(part, flags, after) for part in parts]
        ways = [cost.ways for cost in costs]
        return _Cost(
            max(ways) if _exclude_one_another(parts) and not extra else sum(ways) + extra,
            sum(cost.steps for cost in costs) + 1,
        )

    def _repeat(self, name: str, value: Any, flags: int, after: Item | None) -> _Cost:
        least, most, body = int(value[0]), int(value[1]), value[2].data
        # Python repeats as often as is required even where nothing is left.
        most = max(least, min(most, self.length))
        if len(body) == 1 and str(body[0][0]) in CHARACTERS:
            is_sure = name == "POSSESSIVE_REPEAT" or _excludes(body[0], flags, after)
            return _Cost(1 if is_sure else most - least + 1, 2 * most + 2)
        cost = self.sequence(body, flags, None)
        ways, steps = _repeat_cost(cost, least, most)
        return _Cost(1 if name == "POSSESSIVE_REPEAT" else ways, steps)


def _repeat_cost(cost: _Cost, least: int, most: int) -> tuple[float, float]:
    """Return the ways and steps of a body that is repeated."""
    if cost.ways <= 1:
        return most - least + 1, (most + 1) * (cost.steps + 1)
    ways, steps, power = 0.0, 1.0, 1.0
    for count in range(most + 1):
        ways += power if count >= least else 0
        steps += power * (cost.steps + 1)
        power *= cost.ways
        if steps > _MANY or power > _MANY:
            return inf, inf
    return ways, steps


def _exclude_one_another(parts: Sequence[Sequence[Item]]) -> bool:
    """Return whether at most one of these alternatives can match at a place, since their first letters differ."""
    starts = [_literal_start(part) for part in parts]
    return all(starts) and not any(a.startswith(b) or b.startswith(a) for a, b in combinations(starts, 2))


def _literal_start(items: Sequence[Item]) -> str:
    """Return the ASCII literals with which a sequence begins, in lower case."""
    start = ""
    for name, value in items:
        if str(name) != "LITERAL" or value > 127:
            break
        start += chr(value).lower()
    return start


def _excludes(repeated: Item, flags: int, after: Item | None) -> bool:
    """Return whether what follows a repeated character surely is another one, so that there is only one way."""
    if after is None or str(after[0]) != "LITERAL":
        return False
    character = chr(after[1])
    # With case ignored a letter may stand for others.
    is_cased = character.lower() != character.upper() or not character.isascii()
    return not is_cased and not _matches(write_character(repeated), flags & ~re.VERBOSE, character)


@cache
def _matches(regex: str, flags: int, character: str) -> bool:
    return re.fullmatch(regex, character, flags) is not None
