"""Passages that are coded together because another program, such as grep, has printed their lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args
from unicodedata import normalize

from qualcode.anchors import Span
from qualcode.coding.batches.batch_records import name_batch
from qualcode.coding.batches.coding_batch import CodedSpan, CodingBatch, FoundPlace, code_found_places
from qualcode.coding.batches.search_output import LineReading, find_context_path, list_readings, read_output_lines
from qualcode.coding.batches.source_lines import SourceLines, UnplacedLineError
from qualcode.errors import OperationError, Problem, UsageError, check_choice, name_for_interface
from qualcode.files import STANDARD_INPUT
from qualcode.model import Transcript
from qualcode.study.selection import find_transcript, find_usable_code_id
from qualcode.study.study import Study

_NOT_THE_TEXT = "its words are not in the transcript as they are in the file"


def code_output_lines(
    study: Study,
    output: str | Path | Sequence[str],
    code: str,
    *,
    span: CodedSpan,
    transcript: str | None,
    coder: str,
) -> CodingBatch:
    """Return the events by which a coder codes lines that grep or the like has printed, and those without a place.

    ``transcript`` is the one that lines are of which begin with a number, as ``grep -n`` prints those of one file.

    Raises
    ------
    UsageError
        If the lines are those of a table.
    UnknownNameError
        If there is no such code or transcript.
    OperationError
        If the code is retired, or the output cannot be read.
    """
    check_choice("span", span, get_args(CodedSpan))
    code = find_usable_code_id(study.codebook, code)
    lines = read_output_lines(output)
    _refuse_table(lines)
    is_piped = not isinstance(output, Path) or output == STANDARD_INPUT
    places, problems = _find_lines(_LineFinder(study, transcript), lines, name="stdin" if is_piped else str(output))
    options = {"from": "-" if is_piped else str(output), "span": None if span == "sentence" else span}
    source = name_batch("code", code, **options, transcripts=transcript)
    batch = code_found_places(study, places, code, span=span, coder=coder, source=source)
    batch.problems = problems
    return batch


def _find_lines(finder: _LineFinder, lines: Sequence[str], *, name: str) -> tuple[list[FoundPlace], list[Problem]]:
    """Return the places of lines, and a problem for each that has none."""
    places: list[FoundPlace] = []
    problems: list[Problem] = []
    totals, seen = Counter(lines), Counter[str]()
    for number, line in enumerate(lines, 1):
        try:
            places += finder.find(line, (seen[line], totals[line])) if line.strip() and line != "--" else []
        except OperationError as error:
            problems.append(Problem(name, number, 0, str(error), getattr(error, "hint", "")))
        seen[line] += 1
    return places, problems


def _refuse_table(lines: Sequence[str]) -> None:
    heading = next(iter(lines), "").lower()
    if {"transcript", "code"} <= {cell.strip(' "\ufeff') for cell in heading.replace(";", ",").split(",")}:
        raise UsageError("these lines are a table with transcripts and codes: leave out the code")


class _LineFinder:
    """Finds the places of lines, and keeps the sources that it has read."""

    def __init__(self, study: Study, transcript: str | None) -> None:
        self._study = study
        self._named = find_transcript(study, transcript) if transcript is not None else None
        self._names = {_normalise(path): name for name, path in study.sources_and_problems[0].items()}
        self._sources: dict[str, SourceLines] = {}

    def find(self, line: str, repeated: tuple[int, int]) -> list[FoundPlace]:
        """Return the places of a line of output; none if it is the context of a hit.

        ``repeated`` is how many equal lines are above, and how many there are in all.

        Raises
        ------
        UnplacedLineError
            If its place is not certain.
        """
        reading: LineReading | None = None
        for reading, transcript in self._named_readings(line, repeated):
            source = self._read(transcript)
            if (hit := source.find_hit(reading)) is not None:
                return self._place(transcript, source, hit)
        if reading is not None:
            raise UnplacedLineError(f"line {reading.number} of the file does not have these words", "search again")
        if (path := find_context_path(line)) is not None and self._find_source(path):
            return []
        raise UnplacedLineError("no source of this study with a line number", "print both: grep -rn, rg -n")

    def _named_readings(self, line: str, repeated: tuple[int, int]) -> Iterator[tuple[LineReading, Transcript]]:
        """Yield the readings of a line in which a source of the study is named."""
        for reading in list_readings(line, repeated=repeated):
            if transcript := self._find_source(reading.path):
                yield reading, transcript

    def _find_source(self, path: str) -> Transcript | None:
        """Return the transcript of a path as it is printed: relative to the current folder or one of the study's."""
        if not path:
            return self._named
        folders = (Path(), self._study.root, self._study.transcripts_folder)
        names = (self._names.get(_normalise(folder / path)) for folder in folders)
        name = next(filter(None, names), None)
        if name is None:
            return None
        if name not in self._study.transcripts:
            raise UnplacedLineError(f"{path} is a table or cannot be read", _hint_to_search())
        return self._study.transcripts[name]

    def _read(self, transcript: Transcript) -> SourceLines:
        if transcript.id not in self._sources:
            self._sources[transcript.id] = SourceLines(self._study, transcript)
        return self._sources[transcript.id]

    def _place(self, transcript: Transcript, source: SourceLines, hit: Span) -> list[FoundPlace]:
        spans = source.place(hit)
        if not spans:
            raise UnplacedLineError(f"{transcript.path}: {_NOT_THE_TEXT}", _hint_to_search())
        places = [place for span in spans for place in _words_of_turns(transcript, span)]
        if not places:
            raise UnplacedLineError(f"{transcript.path}: nobody says this line, such as a heading or a name alone")
        return places


def _words_of_turns(transcript: Transcript, span: Span) -> list[FoundPlace]:
    """Return the words that participants say in a span, or if there are none, those of interviewers."""
    start, end = span
    parts = [
        (turn.role, max(start, turn.start), min(end, turn.end))
        for turn in transcript.turns
        if turn.start < end and start < turn.end
    ]
    parts = [part for part in parts if transcript.text[part[1] : part[2]].strip()]
    spoken = [part for part in parts if part[0] == "participant"] or parts
    return [FoundPlace(transcript.id, first, last) for _, first, last in spoken]


def _hint_to_search() -> str:
    return f"search in the transcripts instead: {name_for_interface('qualcode code --words', 'Project.code_matches()')}"


def _normalise(path: Path) -> str:
    return normalize("NFC", str(path.resolve()))
