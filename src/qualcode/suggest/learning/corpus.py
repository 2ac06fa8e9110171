"""The corpus: participants' sentences as parallel columns, with the indices of the sentences and turns around each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qualcode.model import Transcript, Turn
from qualcode.segments import SentenceRules, get_sentence_rules, sentence_spans

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Indices = NDArray[np.intp]
    Matrix = NDArray[np.float64]

NO_INDEX = -1
"""Index for "no sentence or turn": the first sentence of a turn has no sentence before it."""


@dataclass(frozen=True)
class Corpus:
    """Units (participants' sentences) in the order of transcripts.

    The arrays have shape (units,). ``transcript``, ``turn``, ``question`` and ``reply`` are indices into
    ``transcripts`` and ``turns``; ``before`` and ``after`` are indices of units; `NO_INDEX` means none.
    """

    transcripts: tuple[str, ...]
    turns: tuple[str, ...]
    """Texts of all turns, the interviewer's included."""
    texts: tuple[str, ...]
    """Text of each unit."""
    speakers: tuple[str, ...]
    times: tuple[float | None, ...]
    """Time of each unit's turn in the recording, in seconds."""
    case_texts: tuple[str, ...]
    """Attributes of each unit's case, as words ("group_partner"); empty if the settings allow none."""
    transcript: Indices
    turn: Indices
    number: Indices
    """Index of the turn within its transcript."""
    start: Indices
    """Offset in the transcript, in code points."""
    end: Indices
    before: Indices
    """The previous sentence of the same turn."""
    after: Indices
    question: Indices
    """The interviewer's last turn before the unit."""
    reply: Indices
    """The interviewer's next turn."""

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def is_first(self) -> NDArray[np.bool_]:
        """Whether each unit is the first of its turn, shape (units,)."""
        return np.asarray(self.before == NO_INDEX)

    @property
    def is_last(self) -> NDArray[np.bool_]:
        """Whether each unit is the last of its turn, shape (units,)."""
        return np.asarray(self.after == NO_INDEX)


def take_rows(values: Matrix, indices: Indices) -> Matrix:
    """Return ``values[indices]``, with zeros where an index is `NO_INDEX`.

    Parameters
    ----------
    values : shape (rows, columns)
    indices : shape (n,)

    Returns
    -------
    shape (n, columns)

    >>> take_rows(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1, NO_INDEX])).tolist()
    [[3.0, 4.0], [0.0, 0.0]]
    """
    has_row = indices != NO_INDEX
    return np.asarray(values[indices] if has_row.all() else np.where(has_row[:, None], values[indices], 0.0))


def build_corpus(
    transcripts: Iterable[Transcript],
    *,
    sentence_rules: SentenceRules = get_sentence_rules("en"),
    describe_case: Callable[[Transcript, Turn], str] | None = None,
) -> Corpus:
    """Return the participants' sentences of transcripts, split by `qualcode.segments`.

    ``describe_case`` returns the attributes of the case that speaks in a turn, as words.
    """
    names: list[str] = []
    turns: list[str] = []
    sentences: list[tuple[str, str, float | None, str]] = []
    rows: list[tuple[int, ...]] = []
    for number, transcript in enumerate(transcripts):
        names.append(transcript.id)
        text, first_turn = transcript.text, len(turns)
        turns += [text[turn.start : turn.end] for turn in transcript.turns]
        for index, *around in _list_exchanges(transcript.turns):
            turn = transcript.turns[index]
            question_and_reply = [NO_INDEX if other == NO_INDEX else first_turn + other for other in around]
            case_text = describe_case(transcript, turn) if describe_case else ""
            for start, end in sentence_spans(text, turn.start, turn.end, sentence_rules=sentence_rules):
                rows.append((number, first_turn + index, turn.index, start, end, *question_and_reply))
                sentences.append((text[start:end], turn.speaker, turn.time, case_text))
    texts, speakers, times, case_texts = zip(*sentences, strict=True) if sentences else ((), (), (), ())
    return Corpus(
        tuple(names),
        tuple(turns),
        texts,
        speakers,
        times,
        case_texts if describe_case else (),
        # reshape: an array of no rows would have one dimension.
        **_name_columns(np.array(rows, dtype=np.intp).reshape(len(rows), 7).T),
    )


def _name_columns(columns: Indices) -> dict[str, Indices]:
    """Return the index columns of a corpus by name, ``before`` and ``after`` included."""
    names = ("transcript", "turn", "number", "start", "end", "question", "reply")
    before, after = _find_neighbours(columns[1])
    return {"before": before, "after": after} | dict(zip(names, columns, strict=True))


def _find_neighbours(turn: Indices) -> tuple[Indices, Indices]:
    """Return the indices of the units before and after each unit in its turn, each of shape (units,)."""
    unit = np.arange(len(turn))
    same = turn[1:] == turn[:-1]
    # The slice is for the empty corpus, where np.r_ has one element too many.
    before = np.where(np.r_[False, same][: len(turn)], unit - 1, NO_INDEX)
    return before, np.where(np.r_[same, False][: len(turn)], unit + 1, NO_INDEX)


def _list_exchanges(turns: tuple[Turn, ...]) -> Iterator[tuple[int, int, int]]:
    """Yield the index of each participant's turn with those of the interviewer's turns before and after it."""
    interviewer = [index for index, turn in enumerate(turns) if turn.role == "interviewer"]
    for index, turn in enumerate(turns):
        if turn.role != "interviewer":
            # Not simply the previous turn: another participant may have spoken in between.
            at = bisect_left(interviewer, index)
            before = interviewer[at - 1] if at else NO_INDEX
            yield index, before, interviewer[at] if at < len(interviewer) else NO_INDEX
