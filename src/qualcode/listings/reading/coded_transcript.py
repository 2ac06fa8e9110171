"""A transcript with its codings, turn by turn: rows, and a display for notebooks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from shlex import quote
from typing import Any

from qualcode.errors import UnknownNameError, UsageError, format_count, format_names, name_command, name_for_interface
from qualcode.files import display_html
from qualcode.model import Codebook, Coding, Transcript, Turn, is_in_subtree
from qualcode.study.selection import Names, find_transcript, select_code_ids, to_name_tuple
from qualcode.study.study import Study

TURN_COLUMNS = "transcript turn speaker role time start end text codes".split()

_RANGE = re.compile(r"\s*(\d{1,9})\s*(?:(-)\s*(\d{0,9})\s*)?")


@dataclass(frozen=True, slots=True)
class CodedSpan:
    """A span of a turn, in offsets of the turn's text, with a code and all coders who gave it."""

    start: int
    end: int
    code: str
    coders: tuple[str, ...]
    is_continued: bool = False
    """Whether the coding began in an earlier turn."""


@dataclass(frozen=True, slots=True)
class CodedTurn:
    """A turn with its text and the codings that overlap it."""

    turn: Turn
    text: str
    codings: tuple[Coding, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The ids of its codes, in the order of the text, each once."""
        return tuple(dict.fromkeys(coding.code for coding in self.codings))

    def spans(self) -> list[CodedSpan]:
        """Return the coded spans; what several coders coded alike is one of them."""
        coders: dict[tuple[int, int, str], list[str]] = {}
        for coding in self.codings:
            coders.setdefault((coding.start, coding.end, coding.code), []).append(coding.coder)
        start, end = self.turn.start, self.turn.end
        return [
            CodedSpan(max(first, start) - start, min(last, end) - start, code, tuple(names), first < start)
            for (first, last, code), names in coders.items()
        ]


@dataclass(frozen=True)
class CodedTranscript:
    """A transcript, or some turns of it, with its codings; a notebook displays it as a text with underlined codings."""

    transcript: Transcript
    turns: tuple[CodedTurn, ...]
    codebook: Codebook = field(repr=False)
    notes: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The transcript's id."""
        return self.transcript.id

    @property
    def text(self) -> str:
        """The canonical text of the whole transcript, to which all offsets refer."""
        return self.transcript.text

    @property
    def is_whole(self) -> bool:
        """Whether all turns are shown."""
        return len(self.turns) == len(self.transcript.turns)

    @property
    def coders(self) -> tuple[str, ...]:
        """The coders of its codings, sorted."""
        return tuple(sorted({coding.coder for turn in self.turns for coding in turn.codings}))

    def __len__(self) -> int:
        return len(self.turns)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield one row per turn, with the keys of `TURN_COLUMNS`; ``codes`` are ids, separated by semicolons."""
        for coded in self.turns:
            turn = coded.turn
            values = (turn.index, turn.speaker, turn.role, turn.time, turn.start, turn.end, coded.text)
            yield dict(zip(TURN_COLUMNS, (self.id, *values, "; ".join(coded.codes)), strict=True))

    def __repr__(self) -> str:
        codings = len({coding.id for turn in self.turns for coding in turn.codings})
        counts = f"{format_count(len(self.turns), 'turn')}, {format_count(codings, 'coding')}"
        return f"CodedTranscript({self.id!r}: {counts})"

    def _repr_html_(self) -> str:
        from qualcode.suggest.explanations.html_spans import BOX_STYLE

        return display_html(*map(self._turn_html, self.turns), style=BOX_STYLE)

    def _turn_html(self, coded: CodedTurn) -> str:
        from qualcode.suggest.explanations.html_spans import Mark, code_colour, turn_html

        with_coder = len(self.coders) > 1
        marks = [
            Mark(
                span.start,
                span.end,
                f"{span.code} ({', '.join(span.coders)})" if with_coder else span.code,
                code_colour(self.codebook, span.code),
            )
            for span in coded.spans()
        ]
        return turn_html(coded.text, coded.turn, marks)


def read_coded_transcript(
    study: Study,
    transcript_id: str,
    *,
    turns: int | str | None = None,
    code: Names | None = None,
    coder: Names | None = None,
) -> CodedTranscript:
    """Return a transcript with its codings, or those of some codes or coders; only some turns if ``turns`` is given.

    Raises
    ------
    UnknownNameError
        If the study has no such transcript, code or coder.
    UsageError
        If ``turns`` is no turn of it, as 12, or range of turns, as ``"12-20"`` or ``"12-"``.
    """
    transcript = find_transcript(study, transcript_id)
    chosen = _select_turns(transcript, turns)
    # By the index of decisions, which reads no other source than this one.
    decisions = study.read_decisions()
    coders = to_name_tuple(coder)
    for name in coders:
        if name not in decisions.coders:
            raise UnknownNameError("coder", name, decisions.coders)
    codes = select_code_ids(study.codebook, code) if to_name_tuple(code) else []
    members = study.codebook_and_problems[0].expand_codes(codes)
    codings = [
        coding
        for coding in decisions.codings_in(transcript.id)
        if not coders or coding.coder in coders
        if not codes or coding.code in members or any(is_in_subtree(coding.code, each) for each in codes)
    ]
    coded = tuple(_code_turn(transcript, turn, codings) for turn in chosen)
    notes = _list_notes(transcript, coded, codings, selected=(*codes, *coders))
    return CodedTranscript(transcript, coded, study.codebook_and_problems[0], notes)


def _select_turns(transcript: Transcript, given: int | str | None) -> Sequence[Turn]:
    if given is None:
        return transcript.turns
    match = _RANGE.fullmatch(str(given))
    if match is None:
        raise UsageError(f"turn {given}: give one turn, as 12, or a range, as 12-20 or 12-")
    first, has_end, end = match.groups()
    last = int(end) if end else len(transcript.turns) - 1 if has_end else int(first)
    if not int(first) <= last < len(transcript.turns):
        count = format_count(len(transcript.turns), "turn")
        raise UsageError(f"{transcript.id} has {count}, counted from 0: there is no turn {given}")
    return transcript.turns[int(first) : last + 1]


def _code_turn(transcript: Transcript, turn: Turn, codings: Iterable[Coding]) -> CodedTurn:
    overlapping = [
        coding
        for coding in codings
        if coding.status != "orphaned" and coding.start < turn.end and turn.start < coding.end
    ]
    overlapping.sort(key=lambda coding: (coding.start, -coding.end, coding.code, coding.coder))
    return CodedTurn(turn, transcript.text[turn.start : turn.end], tuple(overlapping))


def _list_notes(
    transcript: Transcript, turns: Sequence[CodedTurn], codings: Sequence[Coding], *, selected: Sequence[str]
) -> list[str]:
    notes = []
    if orphaned := sum(coding.status == "orphaned" for coding in codings):
        notes.append(f"not shown: {format_count(orphaned, 'orphaned coding')} (see {name_command('codings')})")
    if selected and not any(turn.codings for turn in turns):
        notes.append(f"no coding of {format_names(selected)} in what is shown of {transcript.id}")
    if not codings and not selected:
        suggest = name_for_interface(
            f"'qualcode suggest --transcripts {quote(transcript.id)}'",
            f"Project.suggest(transcripts={transcript.id!r})",
        )
        notes.append(f"nothing is coded in {transcript.id} yet: {suggest}")
    return notes
