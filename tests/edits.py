"""Edits of transcripts as people make them, with the truth of where each sentence went."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz.distance import Levenshtein

from qualcode.anchors import Anchor, AnchorResult, Span, make_anchor, normalise
from qualcode.model import Transcript
from qualcode.segments import segment_transcript

Follow = Callable[[Anchor], AnchorResult]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of text; ``old`` is the span of the old sentence, None between sentences."""

    text: str
    old: Span | None = None


Line = tuple[Piece, ...]
"""The pieces of one paragraph, including the white space after it."""


@dataclass(frozen=True)
class Edited:
    """An edited text, and for each sentence of the old one its place in it: None where it was deleted."""

    text: str
    places: Mapping[Span, Span | None]


@dataclass
class Tally:
    """Counts of codings by what became of their words, and how many were found."""

    verbatim: int = 0
    verbatim_right: int = 0
    changed: int = 0
    changed_right: int = 0
    changed_exactly: int = 0
    other: int = 0
    other_placed: int = 0
    false: list[tuple[str, str]] = field(default_factory=list)
    missed: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))


def lines_of(transcript: Transcript) -> list[Line]:
    """Return the paragraphs of a transcript as pieces: sentences, and the text between them."""
    lines: list[list[Piece]] = [[]]
    place = 0
    text = transcript.text
    spans = [(segment.start, segment.end) for segment in segment_transcript(transcript)]
    for start, end in [*spans, (len(text), len(text))]:
        for part in re.split(r"(?<=\n)(?=[^\n])", text[place:start]):
            if lines[-1] and lines[-1][-1].text.endswith("\n"):
                lines.append([])
            if part:
                lines[-1].append(Piece(part))
        if start < end:
            if lines[-1] and lines[-1][-1].text.endswith("\n"):
                lines.append([])
            lines[-1].append(Piece(text[start:end], (start, end)))
        place = end
    return [tuple(line) for line in lines if line]


def edited(transcript: Transcript, lines: Iterable[Line]) -> Edited:
    """Return the text of edited paragraphs, and the places of the old sentences in it."""
    parts: list[str] = []
    place = 0
    places: dict[Span, Span | None] = {(segment.start, segment.end): None for segment in segment_transcript(transcript)}
    for piece in (piece for line in lines for piece in line):
        if piece.old is not None and piece.text.strip():
            lead = len(piece.text) - len(piece.text.lstrip())
            places[piece.old] = (place + lead, place + len(piece.text.rstrip()))
        parts.append(piece.text)
        place += len(piece.text)
    return Edited("".join(parts), places)


class Editor:
    """Edits pieces at random, with words and sentences from a stock."""

    def __init__(self, seed: int, stock: Sequence[str]) -> None:
        self.random = random.Random(seed)
        self.stock = stock
        self.words = [word for sentence in stock for word in sentence.split()] or ["well"]

    def edit(self, lines: Sequence[Line], share: float, *kinds: str) -> list[Line]:
        """Return paragraphs with this share of their sentences edited, each in one of these ways."""
        return [
            tuple(
                new
                for piece in line
                for new in (
                    self._edit_piece(piece, self.random.choice(kinds))
                    if piece.old is not None and self.random.random() < share
                    else (piece,)
                )
            )
            for line in lines
        ]

    def _edit_piece(self, piece: Piece, kind: str) -> Sequence[Piece]:
        words = piece.text.split(" ")
        place = self.random.randrange(len(words))
        if kind == "delete sentence":
            return ()
        if kind == "insert sentence":
            new = Piece(self.random.choice(self.stock) + " ")
            return (new, piece) if self.random.random() < 0.5 else (piece, Piece(" " + new.text.strip()))
        if kind == "insert word":
            words.insert(place, self.random.choice(self.words))
        elif kind == "delete word":
            del words[place]
        elif kind == "change word":
            words[place] = self.random.choice(self.words)
        elif kind == "typo":
            words[place] = self._swap_letters(words[place])
        return (replace(piece, text=" ".join(words)),)

    def _swap_letters(self, word: str) -> str:
        place = self.random.randrange(max(1, len(word) - 1))
        return word[:place] + word[place : place + 2][::-1] + word[place + 2 :]

    def reorder(self, lines: Sequence[Line], share: float) -> list[Line]:
        """Return paragraphs with this share of them swapped with others."""
        reordered = list(lines)
        for place in range(len(reordered)):
            if self.random.random() < share:
                other = self.random.randrange(len(reordered))
                reordered[place], reordered[other] = reordered[other], reordered[place]
        return reordered


def curly(line: Line) -> Line:
    """Return a line with the typography of word processors: quotation marks, apostrophes, dashes and dots."""
    return tuple(replace(piece, text=_curly(piece.text)) for piece in line)


def _curly(text: str) -> str:
    text = text.replace("...", "…").replace("'", "’").replace(" - ", " – ")
    return re.sub(r'"([^"\n]*)"', "“\\1”", text)


def renamed(line: Line, names: Mapping[str, str]) -> Line:
    """Return a line with whole words replaced."""
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    return tuple(replace(piece, text=pattern.sub(lambda match: names[match[0]], piece.text)) for piece in line)


def tally(old: str, new: Edited, coded: Iterable[Span], follow: Follow) -> Tally:
    """Search for coded sentences in the edited text and compare with their true places."""
    result = Tally()
    for span in coded:
        anchor = make_anchor(old, *span)
        truth = new.places[span]
        place = follow(anchor).span
        words = new.text[truth[0] : truth[1]] if truth else ""
        change = Levenshtein.distance(normalise(anchor.quote), normalise(words)) / len(normalise(anchor.quote))
        right = bool(place and truth and place[0] < truth[1] and truth[0] < place[1])
        if place and not right:
            result.false.append((anchor.quote, new.text[slice(*place)]))
        if truth and change == 0:
            result.verbatim += 1
            result.verbatim_right += place == truth
        elif truth and change < 0.2:
            result.changed += 1
            result.changed_right += right
            result.changed_exactly += place == truth
        else:
            result.other += 1
            result.other_placed += right
        if truth and change < 0.2 and place != truth:
            result.missed.append((anchor.quote, f"{words!r} got {new.text[slice(*place)] if place else None!r}"))
    return result
