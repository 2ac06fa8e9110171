"""Offsets of other programs: recognised by words that they cut, and the units in which they would fit."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from unicodedata import category

from qualcode.anchors import Span, is_codable
from qualcode.errors import OperationError, shorten_text
from qualcode.model import Transcript
from qualcode.segments import has_unspaced_letters


class OffsetCheck:
    """Check of the offsets in one table that are given without a quote: all of them count in one unit."""

    def __init__(self) -> None:
        self._units: set[str] = set()
        """Units in which offsets fit that do not as code points."""

    def check(self, transcript: Transcript, start: int, end: int) -> None:
        """Refuse offsets that cut words, or fit in other units only.

        Raises
        ------
        OperationError
            With the readings in other units that fit.
        """
        text = transcript.text
        readings = dict(_other_readings(transcript, start, end))
        if _cuts_words(text, start, end):
            fault = f"begins or ends inside a word: {_quote(text[start:end])}"
        elif readings and not is_codable(transcript, start, end):
            fault = "does not begin and end in a participant's words"
        elif readings and text[start : start + 1].isspace():
            fault = f"begins with white space: {_quote(text[start:end])}"
        elif _count_ends_in_runs(text, start, end):
            # In scripts without spaces any two letters may be the ends of words, so only the better reading tells.
            readings = {name: span for name, span in readings.items() if not _count_ends_in_runs(text, *span)}
            fault = f"begins or ends between letters: {_quote(text[start:end])}" if readings else ""
        else:
            fault = ""
        if fault:
            self._units |= readings.keys()
            raise OperationError(_refusal(transcript, (start, end), fault, readings))

    def find_doubt(self, transcript: Transcript, start: int, end: int) -> str:
        """Return what speaks against offsets if other offsets of the table fit in another unit only, or nothing."""
        found = _other_readings(transcript, start, end) if self._units else ()
        readings = {name: span for name, span in found if name in self._units}
        fault = f"may be counted as other rows of this table are: {_quote(transcript.text[start:end])}"
        return _refusal(transcript, (start, end), fault, readings) if readings else ""


def _refusal(transcript: Transcript, span: Span, fault: str, readings: Mapping[str, Span]) -> str:
    fitting = "; ".join(
        f"as {name} this is {first}-{last}: {_quote(transcript.text[first:last])}"
        for name, (first, last) in readings.items()
    )
    fitting = fitting or "offsets count characters (code points) of the canonical text from 0"
    way_out = "to code part of a word" if "inside a word" in fault else "if they are right"
    return f"{span[0]}-{span[1]} of {transcript.id} {fault}; {fitting} ({way_out}, give the quote too)"


def _cuts_words(text: str, start: int, end: int) -> bool:
    """Return whether a span begins or ends inside a word."""
    # Letters of scripts without spaces are words of their own.
    around = (text[max(0, place - 1) : place + 1] for place in (start, end) if _is_in_run(text, place))
    return any(not has_unspaced_letters(pair, 0, 2) for pair in around)


def _count_ends_in_runs(text: str, start: int, end: int) -> int:
    """Return how many ends of a span are between two letters or digits."""
    return _is_in_run(text, start) + _is_in_run(text, end)


def _is_in_run(text: str, position: int) -> bool:
    around = text[max(0, position - 1) : position + 1]
    return len(around) == 2 and around.isalnum()


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
    if not any(map(str.isalnum, words)) or (category(words[0]) in _NO_BEGINNING and words[0] not in _BEGINNINGS):
        return False
    is_whole = words == words.strip() and not _cuts_words(transcript.text, start, end)
    return is_whole and is_codable(transcript, start, end)


_NO_BEGINNING = {"Po", "Pe", "Pf"}
_BEGINNINGS = "\"'\u00bf\u00a1\u00bb"
"""Of these categories of Unicode (full stops, closing brackets and quotation marks), those that begin a passage."""


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
