"""Line numbers in the margin of a text: numbers that count on from line to line, and are no words.

Words may count on as well: years, amounts, items of a list. Numbers are those of a margin only if sentences run on over
them, or if labels of speakers stand behind them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import accumulate, pairwise

from qualcode.errors import quote_pattern
from qualcode.transcripts.labels.label_shapes import ROLE_WORDS
from qualcode.transcripts.labels.speaker_labels import LABEL, normalise_label, without_number

Span = tuple[int, int]

_MAX_DIGITS = 5
_STEPS = (1, 5, 10, 2, 3, 4)
"""Every how many lines a number is written: each line, or each fifth."""

_MIN_SHARE = 0.7
"""The share of all lines that the numbers must count: in a table or a sentence that is wrapped they count few."""
_MIN_LINES = 10
"""Lines from which numbers may be those of a margin though no labels stand behind them."""
_MIN_RUN = 3
"""Numbers in a row from which they count, two in a shorter text; runs begin anew on each page where numbers do."""
_PAGE_BREAK = 4
"""Lines without a number that may come between two, as running heads at the end of a page."""
_MIN_WRAPPED = 0.2
"""The share of lines that end inside a sentence, or of numbers behind the end of one, in a text with a margin."""
_MIN_BLOCK = 0.6
"""The share of numbers directly above the next one from which they are a block that was taken out of the margin."""

_END = re.compile(r"[.?!…。？！][\"'”’»)\]]*$")
_INNER_END = re.compile(r"[.?!…][\"'”’»)\]]*\s|[。？！].")


def find_margin_numbers(lines: Sequence[str], *, is_expected: bool | None = None) -> dict[int, Span]:
    """Return the spans of margin numbers, with the white space beside them, by index of line.

    Empty if the numbers of the lines do not count the lines. ``is_expected`` is what the settings say, if anything.
    """
    text_lines = sum(1 for line in lines if line.strip() and not line.strip().isdecimal())
    min_run = _MIN_RUN if text_lines >= _MIN_LINES else 2
    candidates = () if is_expected is False else _find_candidates(lines, min_run, is_expected=bool(is_expected))
    if is_expected:
        return max((spans for _, spans in candidates), key=len, default={})
    counting = (spans for step, spans in candidates if len(spans) * step >= _MIN_SHARE * text_lines)
    return next((spans for spans in counting if _is_margin(lines, spans, text_lines)), {})


def margin_notice(count: int, line: int, path: str) -> str:
    """Return the notice on numbers that are taken for those of a margin, with the setting to write if they are not."""
    setting = f"sources: {{{quote_pattern(path.removeprefix('transcripts/'))}: {{line_numbers: false}}}}"
    where = f"the first at line {line}"
    return (
        f"{count} line numbers in the margin are not counted as words ({where}): "
        f"if they are words, write {setting} in qualcode.yaml"
    )


def locate_margin_numbers(text: str, *, is_expected: bool | None = None) -> list[Span]:
    """Return the spans of margin numbers as offsets in a text."""
    lines = text.split("\n")
    spans = find_margin_numbers(lines, is_expected=is_expected)
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


def _find_candidates(lines: Sequence[str], min_run: int, *, is_expected: bool) -> Iterator[tuple[int, dict[int, Span]]]:
    """Yield the steps in which numbers may be written, and the spans of those that count on so, for both margins."""
    for find_number in (_find_first_number, _find_last_number):
        spans = {at: span for at, line in enumerate(lines) if (span := find_number(line))}
        numbers = {at: int(lines[at][slice(*span)].strip()) for at, span in spans.items()}
        # Numbers that are expected may count in any step.
        alone = {at for at in spans if is_expected or lines[at].strip().isdecimal()}
        for step in _STEPS:
            multiples = {at: number for at, number in numbers.items() if number % step == 0}
            counted = sorted(at for run in _find_runs(multiples, step, alone) if len(run) >= min_run for at in run)
            if counted:
                yield step, {at: spans[at] for at in counted}


def _is_margin(lines: Sequence[str], spans: Mapping[int, Span], text_lines: int) -> bool:
    """Tell whether numbers that count on stand where words would not."""
    texts = [_cut(line, spans.get(at)) for at, line in enumerate(lines)]
    behind = [texts[at] for at, (start, _) in spans.items() if start == 0 and texts[at]]
    kept = list(filter(None, texts))
    if _have_labels(behind, kept) or (text_lines < _MIN_LINES and _runs_on_from_label(behind)):
        return True
    before_numbers = [texts[at] for at, (start, _) in spans.items() if start > 0]
    ended = sum(_END.search(text) is not None for text in before_numbers)
    is_block = sum(at + 1 in spans and not texts[at] and not texts[at + 1] for at in spans) >= _MIN_BLOCK * len(spans)
    is_behind_ends = bool(before_numbers) and ended >= _MIN_WRAPPED * len(before_numbers)
    return text_lines >= _MIN_LINES and (is_block or is_behind_ends or _are_wrapped(kept))


def _cut(line: str, span: Span | None) -> str:
    return (line[: span[0]] + line[span[1] :] if span else line).strip()


def _have_labels(behind: Sequence[str], texts: Sequence[str]) -> bool:
    """Tell whether labels that come back, or name roles, stand behind numbers."""
    counts = Counter(map(_label_of, texts))
    labels = {label for text in behind if (label := _label_of(text))}
    return any(counts[label] > 1 or without_number(label) in ROLE_WORDS for label in labels)


def _runs_on_from_label(behind: Sequence[str]) -> bool:
    return any(_label_of(before) and _runs_on(before, after) for before, after in pairwise(behind))


def _runs_on(before: str, after: str) -> bool:
    """Tell whether a sentence of a line goes on in the next line, in lower case or in letters without case."""
    return not _END.search(before) and after[0].isalpha() and not after[0].isupper()


def _label_of(text: str) -> str:
    match = LABEL.match(text)
    return normalise_label(match["name"]) if match and match["name"] else ""


def _are_wrapped(texts: Sequence[str]) -> bool:
    """Tell whether sentences run on over the lines of a text: they end inside lines more often than at their ends."""
    inner = sum(_INNER_END.search(text) is not None for text in texts)
    ended = [_END.search(text) is not None for text in texts]
    run_on = sum(_runs_on(before, after) for before, after in pairwise(texts))
    return inner > 0 and inner >= sum(ended) and run_on >= _MIN_WRAPPED * len(texts)


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


def _find_runs(numbers: Mapping[int, int], step: int, alone: Collection[int]) -> list[list[int]]:
    """Return the runs of numbers that count on by ``step``, as indexes of lines.

    ``step`` lines are between two numbers, unless both stand ``alone``, in a block taken out of the margin.
    """
    runs: list[list[int]] = []
    # The run that waits for a number. A number among the words begins a run that nothing continues.
    waiting: dict[int, list[int]] = {}
    for at, number in numbers.items():
        run = waiting.pop(number, None)
        if run is None or not _is_next(run[-1], at, step, alone):
            run = []
            runs.append(run)
        run.append(at)
        if len(run) >= len(waiting.get(number + step, ())):
            waiting[number + step] = run
    return runs


def _is_next(before: int, at: int, step: int, alone: Collection[int]) -> bool:
    is_block = before in alone and at in alone
    return (is_block or at - before >= step) and at - before <= 2 * step + _PAGE_BREAK
