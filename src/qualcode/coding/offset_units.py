"""Offsets of other programs: recognised by words that they cut, and the units in which they would fit."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import accumulate

from qualcode.anchors import Span, is_codable
from qualcode.errors import OperationError, shorten_text
from qualcode.model import Transcript
from qualcode.segments import has_unspaced_letters


def check_offsets(transcript: Transcript, start: int, end: int) -> None:
    """Refuse offsets that are given without a quote and cut words, or fit in other units only.

    Raises
    ------
    OperationError
        With the readings in other units that fit.
    """
    readings = "; ".join(
        f"as {name} this is {first}-{last}: {_quote(transcript.text[first:last])}"
        for name, (first, last) in _other_readings(transcript, start, end)
    )
    if _cuts_words(transcript.text, start, end):
        fault = f"begins or ends inside a word: {_quote(transcript.text[start:end])}"
        readings = readings or "offsets count characters (code points) of the canonical text from 0"
    elif readings and not is_codable(transcript, start, end):
        fault = "does not begin and end in a participant's words"
    else:
        return
    way_out = "to code part of a word, give the quote too"
    raise OperationError(f"{start}-{end} of {transcript.id} {fault}; {readings} ({way_out})")


def _cuts_words(text: str, start: int, end: int) -> bool:
    """Return whether a span begins or ends inside a word."""
    return _is_inside_word(text, start) or _is_inside_word(text, end)


def _is_inside_word(text: str, position: int) -> bool:
    around = text[max(0, position - 1) : position + 1]
    # Letters of scripts without spaces are words of their own.
    return len(around) == 2 and around.isalnum() and not has_unspaced_letters(around, 0, 2)


def _other_readings(transcript: Transcript, start: int, end: int) -> Iterator[tuple[str, Span]]:
    """Yield the units in which offsets begin and end at words of participants, with the span in code points."""
    text = transcript.text
    seen: set[Span] = set()
    for name, length in _UNITS.items():
        # Where each character begins in the other unit; offsets between two of them do not fit.
        begins = [0, *accumulate(map(length, text))]
        first, last = bisect_left(begins, start), bisect_left(begins, end)
        fits = last < len(begins) and (begins[first], begins[last]) == (start, end) and (first, last) != (start, end)
        span = (first, last)
        if fits and span not in seen and _is_passage(transcript, *span):
            seen.add(span)
            yield name, span


def _is_passage(transcript: Transcript, start: int, end: int) -> bool:
    """Return whether a span is what a person would select: words of participants, whole and without blanks around."""
    words = transcript.text[start:end]
    is_whole = words == words.strip() and not _cuts_words(transcript.text, start, end)
    return is_whole and is_codable(transcript, start, end)


def _utf16_length(character: str) -> int:
    return 2 if character > "\uffff" else 1


def _utf8_length(character: str) -> int:
    return len(character.encode("utf-8", "surrogatepass"))


def _line_end_length(character: str) -> int:
    return 2 if character == "\n" else 1


_UNITS: dict[str, Callable[[str], int]] = {
    "UTF-16 offsets": _utf16_length,
    "UTF-8 offsets (bytes)": _utf8_length,
    "offsets that count line ends as two": _line_end_length,
    "UTF-16 offsets that count line ends as two": lambda character: max(
        _utf16_length(character), _line_end_length(character)
    ),
}
"""Length of a character in the units of other programs."""


def _quote(text: str) -> str:
    return f"\u201c{shorten_text(text, limit=60)}\u201d"
