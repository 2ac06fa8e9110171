"""Whether parts of a regular expression can match without a character, and in which order they try to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal

from qualcode.regexes.regex_tree import CHARACTERS, REPEATS, Item

Emptiness = Literal["never", "last", "early"]
"""Whether a part can match without a character: only after all other ways were tried, or before some of them."""


def find_emptiness(items: Sequence[Item]) -> Emptiness:
    """Return the emptiness of a sequence."""
    kinds = {_find_item_emptiness(str(operation), value) for operation, value in items}
    if "never" in kinds:
        return "never"
    # Where each part is empty in its last way only, all are in the last way of the sequence.
    return "early" if "early" in kinds else "last"


def _find_item_emptiness(name: str, value: Any) -> Emptiness:
    if name in CHARACTERS or name == "FAILURE":
        return "never"
    if name == "AT":
        return "last"
    if name == "SUBPATTERN":
        return find_emptiness(value[3].data)
    if name == "BRANCH":
        return _join_branches([find_emptiness(branch.data) for branch in value[1]])
    if name in REPEATS:
        body = find_emptiness(value[2].data)
        if value[0] >= 1 and body == "never":
            return "never"
        return "early" if body == "early" or name != "MAX_REPEAT" else "last"
    return "early"


def _join_branches(kinds: Sequence[Emptiness]) -> Emptiness:
    if all(kind == "never" for kind in kinds):
        return "never"
    return "last" if all(kind == "never" for kind in kinds[:-1]) and kinds[-1] == "last" else "early"


def has_group(items: Iterable[Item], numbers: Collection[int]) -> bool:
    """Return whether a sequence has one of these groups anywhere inside."""
    return any(_item_has_group(str(operation), value, numbers) for operation, value in items)


def _item_has_group(name: str, value: Any, numbers: Collection[int]) -> bool:
    if name == "SUBPATTERN":
        return value[0] in numbers or has_group(value[3].data, numbers)
    if name == "BRANCH":
        return any(has_group(branch.data, numbers) for branch in value[1])
    return name in REPEATS and has_group(value[2].data, numbers)
