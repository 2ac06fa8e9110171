"""Participants' sentences with what stands around them, as columns."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qualcode.model import Transcript, Turn
from qualcode.segments import get_abbreviations, sentence_spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Places = NDArray[np.intp]

NO_INDEX = -1
"""Stands for no sentence or turn: the first sentence has none before it."""


@dataclass(frozen=True)
class Corpus:
    """Units are participants' sentences, in the order of transcripts; ``-1`` stands for none.

    Columns of length ``units``: transcript, turn, question and reply are places in ``transcripts`` and ``turns``,
    before and after are places of units.
    """

    transcripts: tuple[str, ...]
    turns: tuple[str, ...]
    """Texts of all turns, the interviewer's too."""
    texts: tuple[str, ...]
    """Texts of the units."""
    speakers: tuple[str, ...]
    case_texts: tuple[str, ...]
    """What is told of each unit's case in words of its own ("group_partner"); empty where nothing may be used."""
    transcript: Places
    turn: Places
    """The turn that a unit stands in."""
    number: Places
    """The index of that turn within its transcript."""
    start: Places
    end: Places
    before: Places
    """The sentence before it in its turn."""
    after: Places
    question: Places
    """The interviewer's turn that it answers."""
    reply: Places
    """The interviewer's next turn: what they took up."""

    def __len__(self) -> int:
        return len(self.texts)

    def __hash__(self) -> int:
        return id(self)

    @property
    def is_first(self) -> NDArray[np.bool_]:
        """Whether a unit is the first of its turn."""
        return np.asarray(self.before == NO_INDEX)

    @property
    def is_last(self) -> NDArray[np.bool_]:
        """Whether a unit is the last of its turn."""
        return np.asarray(self.after == NO_INDEX)


def build_corpus(
    transcripts: Iterable[Transcript],
    *,
    abbreviations: Collection[str] = get_abbreviations("en"),
    describe_case: Callable[[Transcript, Turn], str] | None = None,
) -> Corpus:
    """Return the participants' sentences of transcripts, cut as everywhere (see `qualcode.segments`).

    ``describe`` tells what may be used of the case that speaks in a turn.
    """
    names: list[str] = []
    turns: list[str] = []
    said: list[tuple[str, str, str]] = []
    rows: list[tuple[int, ...]] = []
    for number, transcript in enumerate(transcripts):
        names.append(transcript.id)
        text, first = transcript.text, len(turns)
        turns += [text[turn.start : turn.end] for turn in transcript.turns]
        for place, question, reply in _exchanges(transcript.turns):
            turn = transcript.turns[place]
            asked = [NO_INDEX if other == NO_INDEX else first + other for other in (question, reply)]
            told = describe_case(transcript, turn) if describe_case else ""
            for start, end in sentence_spans(text, turn.start, turn.end, abbreviations=abbreviations):
                rows.append((number, first + place, turn.index, start, end, *asked))
                said.append((text[start:end], turn.speaker, told))
    texts, speakers, described = zip(*said, strict=True) if said else ((), (), ())
    return Corpus(
        tuple(names),
        tuple(turns),
        texts,
        speakers,
        described if describe_case else (),
        **_columns(np.array(rows, dtype=np.intp).reshape(len(rows), 7).T),
    )


def _columns(columns: Places) -> dict[str, Places]:
    """Return the columns of a corpus by name, the neighbours of each unit among them."""
    names = ("transcript", "turn", "number", "start", "end", "question", "reply")
    before, after = _neighbours(columns[1])
    return {"before": before, "after": after} | dict(zip(names, columns, strict=True))


def _neighbours(turn: Places) -> tuple[Places, Places]:
    """Return the places of the sentences before and after each one in its turn."""
    place = np.arange(len(turn))
    same = turn[1:] == turn[:-1]
    before = np.where(np.r_[False, same][: len(turn)], place - 1, NO_INDEX)
    return before, np.where(np.r_[same, False][: len(turn)], place + 1, NO_INDEX)


def _exchanges(turns: tuple[Turn, ...]) -> Iterator[tuple[int, int, int]]:
    """Yield the places of participants' turns with those of the interviewer's turn before and after them."""
    asked = [place for place, turn in enumerate(turns) if turn.role == "interviewer"]
    for place, turn in enumerate(turns):
        if turn.role != "interviewer":
            at = bisect_left(asked, place)
            yield place, asked[at - 1] if at else NO_INDEX, asked[at] if at < len(asked) else NO_INDEX
