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
    """Some text; ``old`` is the sentence that it was, if it was one."""

    text: str
    old: Span | None = None


Line = tuple[Piece, ...]
"""The pieces of one paragraph, the white space behind it included."""


@dataclass(frozen=True)
class Edited:
    """An edited text, and for each sentence of the old one its place in it: None where it was deleted."""

    text: str
    places: Mapping[Span, Span | None]


@dataclass
class Tally:
    """How following did: codings by what became of their words."""

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
    """Cut a transcript into paragraphs of pieces: sentences, and all between them."""
    lines: list[list[Piece]] = [[]]
    place = 0
    text = transcript.text
    spans = [(one.start, one.end) for one in segment_transcript(transcript)]
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
    """Join pieces to a text."""
    parts: list[str] = []
    place = 0
    places: dict[Span, Span | None] = {(one.start, one.end): None for one in segment_transcript(transcript)}
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
        """Edit this share of the sentences, each in one of these ways."""
        return [
            tuple(
                new
                for piece in line
                for new in (
                    self._one(piece, self.random.choice(kinds))
                    if piece.old is not None and self.random.random() < share
                    else (piece,)
                )
            )
            for line in lines
        ]

    def _one(self, piece: Piece, kind: str) -> Sequence[Piece]:
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
            words[place] = self._slip(words[place])
        return (replace(piece, text=" ".join(words)),)

    def _slip(self, word: str) -> str:
        place = self.random.randrange(max(1, len(word) - 1))
        return word[:place] + word[place : place + 2][::-1] + word[place + 2 :]

    def reorder(self, lines: Sequence[Line], share: float) -> list[Line]:
        """Swap this share of the paragraphs with others."""
        found = list(lines)
        for place in range(len(found)):
            if self.random.random() < share:
                other = self.random.randrange(len(found))
                found[place], found[other] = found[other], found[place]
        return found


def curly(line: Line) -> Line:
    """Retype quotation marks, apostrophes, dashes and dots as typing programs do."""
    return tuple(replace(piece, text=_curly(piece.text)) for piece in line)


def _curly(text: str) -> str:
    text = text.replace("...", "…").replace("'", "’").replace(" - ", " – ")
    return re.sub(r'"([^"\n]*)"', "“\\1”", text)


def renamed(line: Line, names: Mapping[str, str]) -> Line:
    """Replace whole words."""
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, names))})\b")
    return tuple(replace(piece, text=pattern.sub(lambda match: names[match[0]], piece.text)) for piece in line)


def tally(old: str, new: Edited, coded: Iterable[Span], follow: Follow) -> Tally:
    """Follow coded sentences into the edited text and compare with the truth."""
    result = Tally()
    for span in coded:
        kept = make_anchor(old, *span)
        truth = new.places[span]
        found = follow(kept).span
        words = new.text[truth[0] : truth[1]] if truth else ""
        change = Levenshtein.distance(normalise(kept.quote), normalise(words)) / len(normalise(kept.quote))
        right = bool(found and truth and found[0] < truth[1] and truth[0] < found[1])
        if found and not right:
            result.false.append((kept.quote, new.text[slice(*found)]))
        if truth and change == 0:
            result.verbatim += 1
            result.verbatim_right += found == truth
        elif truth and change < 0.2:
            result.changed += 1
            result.changed_right += right
            result.changed_exactly += found == truth
        else:
            result.other += 1
            result.other_placed += right
        if truth and change < 0.2 and found != truth:
            result.missed.append((kept.quote, f"{words!r} got {new.text[slice(*found)] if found else None!r}"))
    return result
