"""The words of participants that the comments of a Word file are on, in the present text of a transcript.

The text of the file is aligned with that of the transcript: both may have words that the other has not, such as
speakers' names, headings and edits of a reviewer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from qualcode.anchors import AnchorResult, Span, align, find_anchor_by_alignment, make_anchor, turn_at
from qualcode.coding.quote_location import format_quote
from qualcode.errors import OperationError, format_count
from qualcode.model import Transcript, Turn
from qualcode.transcripts.comments import CommentedDocument, DocumentComment


class CommentPlaces:
    """The places of a document's comments in a transcript."""

    def __init__(self, document: CommentedDocument, transcript: Transcript) -> None:
        self._document = document
        self._transcript = transcript
        self._alignment = align(document.text, transcript.text)

    def find(self, comment: DocumentComment) -> tuple[Span, ...]:
        """Return the participants' words that a comment is on: a span for each turn.

        Raises
        ------
        OperationError
            If there are none, or it is not certain which they are.
        """
        if comment.start is None or comment.end is None:
            raise OperationError("it is on no words of the text (a footnote, text box, picture or hidden text?)")
        start, end = _strip_span(self._document.text, comment.start, comment.end)
        parts = list(self._split_by_turns(start, end))
        if not parts:
            raise OperationError(self._explain_no_turn(start, end))
        return tuple(self._find_part(part, turn) for turn, part in parts)

    def _split_by_turns(self, start: int, end: int) -> Iterator[tuple[Turn, Span]]:
        """Yield the part of a span of the document that is in each participant's turn, without names of speakers.

        Words that the transcript does not have belong to the turn of the words beside them, unless these begin or end
        it: before and behind a turn are names and times.
        """
        first, last = self._alignment.old.token_range(start, end)
        homes = [self._turn_of(token) for token in range(first, last)]
        for turn in dict.fromkeys(home for home in homes if isinstance(home, Turn) and home.role == "participant"):
            inside = [number for number, home in enumerate(homes) if home == turn]
            low, high = inside[0], inside[-1]
            while low > 0 and homes[low - 1] is None and not self._begins(first + low, turn):
                low -= 1
            while high + 1 < len(homes) and homes[high + 1] is None and not self._ends(first + high, turn):
                high += 1
            part_start = start if low == 0 else self._alignment.old.starts[first + low]
            part_end = end if high == len(homes) - 1 else self._alignment.old.ends[first + high]
            yield turn, (max(start, part_start), min(end, part_end))

    def _turn_of(self, token: int) -> Turn | str | None:
        """Return the turn of the words that a token of the document is aligned with; None for no words.

        A text for words outside of turns, such as names of speakers.
        """
        link = self._alignment.old_to_new[token]
        return None if link < 0 else turn_at(self._transcript, self._alignment.new.starts[link]) or "outside"

    def _begins(self, token: int, turn: Turn) -> bool:
        first, _ = self._alignment.new.token_range(turn.start, turn.end)
        return self._alignment.old_to_new[token] == first

    def _ends(self, token: int, turn: Turn) -> bool:
        _, last = self._alignment.new.token_range(turn.start, turn.end)
        return self._alignment.old_to_new[token] == last - 1

    def _find_part(self, part: Span, turn: Turn) -> Span:
        result = find_anchor_by_alignment(self._alignment, make_anchor(self._document.text, *part))
        if result.span is None:
            raise OperationError(self._explain_result(result, part))
        start, end = self._fit_characters(part, result.span)
        if turn.start <= start < end <= turn.end:
            return start, end
        raise OperationError(
            f"{format_quote(self._document.text[slice(*part)])} is said elsewhere in {self._transcript.id}"
        )

    def _fit_characters(self, part: Span, span: Span) -> Span:
        """Return a span that begins and ends at the very characters of the comment, as joiners are no tokens."""
        old, new = self._alignment.old, self._alignment.new
        (first, last), (new_first, new_last) = old.token_range(*part), new.token_range(*span)
        start = new.starts[new_first] + part[0] - old.starts[first]
        end = new.ends[new_last - 1] + part[1] - old.ends[last - 1]
        is_start = new.text[max(start, 0) : new.ends[new_first]] == old.text[part[0] : old.ends[first]]
        is_end = new.text[new.starts[new_last - 1] : end] == old.text[old.starts[last - 1] : part[1]]
        return start if is_start else span[0], end if is_end else span[1]

    def _explain_no_turn(self, start: int, end: int) -> str:
        first, last = self._alignment.old.token_range(start, end)
        homes = [self._turn_of(token) for token in range(first, last)]
        words = format_quote(self._document.text[start:end])
        if any(isinstance(home, Turn) for home in homes):
            return f"{words} is said by the interviewer, whose words are never coded: comment on the answer"
        if any(homes):
            return f"{words} is a name or heading of {self._transcript.id}: comment on a participant's words"
        return self._explain_missing(words)

    def _explain_missing(self, words: str) -> str:
        why = "it was edited, or is a time or heading"
        return f"{words} is not in {self._transcript.id} ({why}): comment on words that are there"

    def _explain_result(self, result: AnchorResult, part: Span) -> str:
        words = format_quote(self._document.text[slice(*part)])
        if result.outcome == "ambiguous":
            times = format_count(len(result.candidates), "time")
            return f"{words} is in {self._transcript.id} {times}: comment on more of the sentence"
        if result.candidates:
            near = format_quote(self._transcript.text[slice(*result.candidates[0][0])], limit=120)
            return f"{words} is not in {self._transcript.id}: the nearest words are {near}"
        return self._explain_missing(words)

    def count_edits(self) -> int:
        """Return the number of places inside turns at which the document has other words than the transcript."""
        return sum(self._count_turn_edits(turn) for turn in self._transcript.turns)

    def _count_turn_edits(self, turn: Turn) -> int:
        old, new = self._alignment.old, self._alignment.new
        tokens = range(*new.token_range(turn.start, turn.end))
        linked = [
            (self._alignment.new_to_old[token], token) for token in tokens if self._alignment.new_to_old[token] >= 0
        ]
        edits = 0
        for (old_first, new_first), (old_second, new_second) in pairwise(linked):
            between = old.keys[old_first + 1 : old_second] if old_second > old_first else ()
            edits += _has_words(between) or _has_words(new.keys[new_first + 1 : new_second])
        if linked:
            head, tail = new.keys[tokens[0] : linked[0][1]], new.keys[linked[-1][1] + 1 : tokens[-1] + 1]
            return edits + _has_words(head) + _has_words(tail)
        return int(len(tokens) > 0 and _has_words(new.keys[tokens[0] : tokens[-1] + 1]))


def _strip_span(text: str, start: int, end: int) -> Span:
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())


def _has_words(keys: Sequence[str]) -> bool:
    return any(key[0].isalnum() for key in keys)
