"""The groups that an attribute of cases makes: values in their order, numbers cut into ranges."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from qualcode.errors import Problem, did_you_mean, format_count, format_names
from qualcode.settings import SETTINGS_FILE, AttributeRule
from qualcode.study.selection import BLANK, case_value, sort_naturally
from qualcode.study.study import Study

MAX_NUMBERS = 8
"""Most different numbers that are groups of their own; more are cut into ranges."""
_LARGE = 1e15
"""Whole numbers from here on are written with an exponent."""


@dataclass(frozen=True, slots=True)
class AttributeGroups:
    """The groups of an attribute, over all cases of the study."""

    labels: tuple[str, ...]
    """In order, the blank group last."""
    label_of: Mapping[str, str] = field(default_factory=dict)
    """The group of each value."""
    is_ordered: bool = False
    """Whether the order of the groups has a meaning: numbers, or an order in the settings."""
    note: str = ""
    """How numbers were cut, unless the settings say so."""


def group_values(study: Study, attribute: str) -> AttributeGroups:
    """Return the groups of an attribute: in the order, or cut at the bounds, that the settings give.

    Without settings more than `MAX_NUMBERS` different numbers are cut near the quartiles of the cases.
    """
    values = [case_value(study, case.id, attribute) for case in study.cases]
    distinct = sort_naturally([*values, BLANK])
    rule = study.settings.attributes.get(attribute, AttributeRule())
    numbers = {value: number for value in distinct if (number := _parse_number(value)) is not None}
    is_numeric = bool(numbers) and len(numbers) == len(distinct) - 1
    if rule.order:
        ordered = [*(value for value in rule.order if value in distinct), *distinct]
        return _group_alone(list(dict.fromkeys(ordered)), is_ordered=True)
    if rule.bins:
        return _cut_numbers(distinct, numbers, rule.bins)
    if rule.bins is None and is_numeric and len(numbers) > MAX_NUMBERS:
        bounds = find_quartile_bounds([numbers[value] for value in values if value in numbers])
        note = f"{attribute}: {len(numbers)} different numbers, cut near the quartiles of the cases at "
        return _cut_numbers(distinct, numbers, bounds, note=f"{note}{_describe_bounds(bounds, attribute)}")
    return _group_alone(distinct, is_ordered=is_numeric)


def _group_alone(values: Sequence[str], *, is_ordered: bool) -> AttributeGroups:
    """Return groups of one value each."""
    labels = (*(value for value in values if value != BLANK), BLANK)
    return AttributeGroups(labels, dict(zip(labels, labels, strict=True)), is_ordered=is_ordered)


def _cut_numbers(
    values: Sequence[str], numbers: Mapping[str, float], bounds: Sequence[float], *, note: str = ""
) -> AttributeGroups:
    """Return the groups of numbers between bounds, each the least number of its group; other values follow."""
    is_whole = all(number.is_integer() for number in (*numbers.values(), *map(float, bounds)))
    ranges = label_ranges(bounds, is_whole=is_whole)
    label_of = {value: ranges[bisect_right(bounds, number)] for value, number in numbers.items()}
    others = [value for value in values if value not in numbers and value != BLANK]
    used = [label for label in ranges if label in label_of.values()]
    label_of |= {value: value for value in (*others, BLANK)}
    return AttributeGroups((*used, *others, BLANK), label_of, is_ordered=not others, note=note)


def find_quartile_bounds(numbers: Sequence[float]) -> list[float]:
    """Return the numbers at which ranges begin, so that each has about a quarter; equal numbers stay together.

    Examples
    --------
    >>> find_quartile_bounds([1, 2, 3, 4, 5, 6, 7, 8])
    [3, 5, 7]
    >>> find_quartile_bounds([0, 0, 0, 0, 0, 0, 5, 9])
    [5]
    """
    counts = Counter(numbers)
    below, total = {}, 0
    for number in sorted(counts):
        below[number] = total
        total += counts[number]
    starts = [number for number in below if below[number]]
    nearest = [min(starts, key=lambda start: abs(below[start] - total * part / 4)) for part in (1, 2, 3) if starts]
    return sorted(set(nearest))


def label_ranges(bounds: Sequence[float], *, is_whole: bool) -> list[str]:
    """Return the names of the ranges between bounds.

    Examples
    --------
    >>> label_ranges([1000, 10000], is_whole=True)
    ['under 1,000', '1,000-9,999', '10,000 and over']
    >>> label_ranges([0.5, 2], is_whole=False)
    ['under 0.5', '0.5 to under 2', '2 and over']
    """
    between = [_label_range(low, high, is_whole=is_whole) for low, high in pairwise(bounds)]
    return [f"under {_format_number(bounds[0])}", *between, f"{_format_number(bounds[-1])} and over"]


def _label_range(low: float, high: float, *, is_whole: bool) -> str:
    if not is_whole:
        return f"{_format_number(low)} to under {_format_number(high)}"
    return _format_number(low) if high == low + 1 else f"{_format_number(low)}-{_format_number(high - 1)}"


def _format_number(number: float) -> str:
    # All digits, since ranges with equal names would be one group; but not the 300 of 1e300.
    return f"{int(number):,}" if float(number).is_integer() and abs(number) < _LARGE else f"{float(number):,}"


def _describe_bounds(bounds: Sequence[float], attribute: str) -> str:
    shown = ", ".join(map(_format_number, bounds))
    own = f"attributes: {{{attribute}: {{bins: [...]}}}}"
    return f"{shown} (other bounds: '{own}' in {SETTINGS_FILE}; 'bins: []' for each number alone)"


def _parse_number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def check_attribute_settings(study: Study) -> Iterator[Problem]:
    """Yield attributes in the settings that no case has, and values of cases that they do not cover."""
    for name, rule in study.settings.attributes.items():
        if name not in study.attributes:
            known = f"known: {', '.join(study.attributes)}" if study.attributes else "no case has any"
            message = f"'attributes': no case has the attribute '{name}'"
            yield Problem(SETTINGS_FILE, *rule.position, message, did_you_mean(name, study.attributes) or known)
        else:
            yield from _check_values(study, name, rule)


def _check_values(study: Study, name: str, rule: AttributeRule) -> Iterator[Problem]:
    """Yield a notice on each value that is not in the order, and on values that are no numbers and cannot be cut."""
    values = Counter(case_value(study, case.id, name) for case in study.cases)
    del values[BLANK]
    for value in sort_naturally(set(values) - set(rule.order)) if rule.order else ():
        cases = format_count(values[value], "case")
        message = f"'attributes': {cases} with {name} '{value}', which is not in its order"
        hint = did_you_mean(value, set(rule.order) - set(values)) or f"add it; it comes after '{rule.order[-1]}' now"
        yield Problem(SETTINGS_FILE, *rule.position, message, hint, "notice")
    texts = [value for value in sort_naturally(values) if _parse_number(value) is None] if rule.bins else []
    if texts:
        message = f"'attributes': {name} has values that are no numbers: {format_names(texts)}"
        yield Problem(SETTINGS_FILE, *rule.position, message, "each is a group of its own", "notice")
