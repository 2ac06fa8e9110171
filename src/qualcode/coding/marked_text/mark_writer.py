"""Marks written into a text: nested where possible, with numbers where they overlap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from qualcode.anchors import Span
from qualcode.coding.marked_text.mark_syntax import escape_code, escape_text


def write_marks(text: str, codes: Mapping[Span, Sequence[str]]) -> str:
    """Return a text with a mark around each span, which names its codes.

    >>> write_marks("We had no budget.", {(3, 16): ["roi"], (7, 16): ["fear", "money"]})
    'We {had {no budget}[fear, money]}[roi].'
    >>> write_marks("We had no budget.", {(0, 9): ["roi"], (7, 16): ["fear"]})
    '{1>We had {2>no}[1>roi] budget}[2>fear].'
    """
    numbers = _number_marks(codes)
    marks: list[tuple[int, int, int, str]] = []
    for (start, end), names in codes.items():
        number = f"{numbers[start, end]}>" if (start, end) in numbers else ""
        # At one place ends come before beginnings; inner marks end first and begin last.
        marks.append((start, 1, -end, f"{{{number}"))
        marks.append((end, 0, -start, f"}}[{number}{', '.join(map(escape_code, names))}]"))
    parts, at = [], 0
    for position, _, _, mark in sorted(marks):
        parts += [escape_text(text[at:position]), mark]
        at = position
    return "".join([*parts, escape_text(text[at:])])


def _number_marks(spans: Iterable[Span]) -> dict[Span, int]:
    """Return numbers for the spans that overlap another one without being inside it; those open at once differ."""
    ordered = sorted(spans, key=lambda span: (span[0], -span[1]))
    crossing: set[Span] = set()
    is_open: list[Span] = []
    for span in ordered:
        is_open = [other for other in is_open if other[1] > span[0]]
        crossed = [other for other in is_open if other[0] < span[0] and other[1] < span[1]]
        crossing.update(crossed, [span] if crossed else [])
        is_open.append(span)
    numbers: dict[Span, int] = {}
    for span in ordered:
        if span in crossing:
            used = {number for other, number in numbers.items() if other[1] > span[0]}
            numbers[span] = next(number for number in range(1, len(used) + 2) if number not in used)
    return numbers
