"""Line numbers in the margin of a text: numbers that count on from line to line, and are no words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate

Span = tuple[int, int]

_MAX_DIGITS = 5
_STEPS = (1, 5, 10, 2, 3, 4)
"""Every how many lines a number is written: each line, or each fifth."""

_MIN_SHARE = 0.7
"""The share of all lines that the numbers must count: in a table or a sentence that is wrapped they count few."""
_MIN_LINES = 10
_MIN_RUN = 3
"""Numbers in a row from which they count; runs begin anew on each page where the numbers do."""
_PAGE_BREAK = 4
"""Lines without a number that may come between two, as running heads at the end of a page."""


def find_margin_numbers(lines: Sequence[str]) -> dict[int, Span]:
    """Return the spans of margin numbers, with the white space beside them, by index of line.

    Empty if the numbers of the lines do not count the lines.
    """
    text_lines = sum(1 for line in lines if line.strip() and not line.strip().isdecimal())
    if text_lines < _MIN_LINES:
        return {}
    for find_number in (_find_first_number, _find_last_number):
        spans = {at: span for at, line in enumerate(lines) if (span := find_number(line))}
        numbers = {at: int(lines[at][slice(*span)]) for at, span in spans.items()}
        for step in _STEPS:
            counted = _find_runs({at: number for at, number in numbers.items() if number % step == 0}, step)
            if len(counted) * step >= _MIN_SHARE * text_lines:
                return {at: spans[at] for at in counted}
    return {}


def locate_margin_numbers(text: str) -> list[Span]:
    """Return the spans of margin numbers as offsets in a text."""
    lines = text.split("\n")
    spans = find_margin_numbers(lines)
    starts = accumulate((len(line) + 1 for line in lines), initial=0) if spans else ()
    return [(start + spans[at][0], start + spans[at][1]) for at, start in enumerate(starts) if at in spans]


def blank_spans(text: str, spans: Sequence[Span]) -> str:
    """Return a text of the same length with spaces in place of spans, which are in order."""
    parts: list[str] = []
    position = 0
    for start, end in spans:
        parts += [text[position:start], " " * (end - start)]
        position = end
    return "".join([*parts, text[position:]])


def _find_first_number(line: str) -> Span | None:
    """Return the span of the number before the words of a line, or of a number alone, with the white space beside."""
    word = line.split(None, 1)[0] if line.strip() else ""
    if not (word.isdecimal() and len(word) <= _MAX_DIGITS):
        return None
    end = line.index(word) + len(word)
    return 0, len(line) - len(line[end:].lstrip())


def _find_last_number(line: str) -> Span | None:
    """Return the span of the number behind the words of a line, with the white space beside."""
    word = line.rsplit(None, 1)[-1] if line.strip() else ""
    if not (word.isdecimal() and len(word) <= _MAX_DIGITS):
        return None
    return len(line[: line.rindex(word)].rstrip()), len(line)


def _find_runs(numbers: Mapping[int, int], step: int) -> list[int]:
    """Return the indexes of lines whose numbers count on by ``step``, without numbers that do not belong to a run."""
    runs: list[list[int]] = []
    # The run that waits for a number. A number among the words begins a run that nothing continues.
    waiting: dict[int, list[int]] = {}
    for at, number in numbers.items():
        run = waiting.pop(number, None)
        if run is None or at - run[-1] > 2 * step + _PAGE_BREAK:
            run = []
            runs.append(run)
        run.append(at)
        if len(run) >= len(waiting.get(number + step, ())):
            waiting[number + step] = run
    return sorted(at for run in runs if len(run) >= _MIN_RUN for at in run)
