"""A transcript as a Word file for a reviewer: its turns, with the codings as comments by their coders."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from qualcode.anchors import Span
from qualcode.coding.corrections.code_labels import format_code_label
from qualcode.coding.corrections.review_rows import EarlierDecisions, review_check
from qualcode.coding.corrections.word.commented_transcript import TEXT_PROPERTY, TRANSCRIPT_PROPERTY
from qualcode.coding.corrections.word.own_comments import own_comment_lines
from qualcode.errors import UsageError, format_count, format_names, name_option
from qualcode.export.codebook.word_document import Comment, CommentMark, Paragraph, Run, WordDocument
from qualcode.files import remove_forbidden_characters, write_atomically
from qualcode.listings.coding_rows import select_codings
from qualcode.model import Coding, Transcript, Turn, format_seconds
from qualcode.study.coder_state import resolve_coder
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.selection import Names, list_coders_who_coded, select_counted_coders, select_transcript_ids
from qualcode.study.study import Study

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
_UNSAFE = re.compile(r'[<>:"|?*\\]')
"""Characters that names of files on Windows may not have."""
_INSTRUCTIONS = (
    "Comments show codings. Answer one with keep, reject, recode: CODE, or a remark. To code other words, comment on "
    "them with a code, CODE: REMARK, or a remark alone.",
    "Edits of the text are not read back, only comments:",
    "qualcode apply FILE.docx --coder YOUR-NAME",
)


@dataclass(frozen=True, slots=True)
class WordRequest:
    """Which codings become comments; None means the study's coder, or all."""

    transcripts: Names | None = None
    coder: Names | None = None
    code: Names | None = None


@dataclass
class _Written:
    """What was written, for notes."""

    codings: list[Coding] = field(default_factory=list)
    orphaned: int = 0
    removed: int = 0


def export_word(study: Study, path: Path, request: WordRequest) -> tuple[Path, list[str]]:
    """Write transcripts as Word files; return the path and notes.

    ``path`` is a file ``.docx`` for one transcript, else a folder for a file of each.

    Raises
    ------
    UnknownNameError
        If the study has no such coder, code or transcript.
    UsageError
        If the file is for several transcripts, or the codings are not those of coders.
    """
    files = list_word_files(study, path, request.transcripts)
    coders = _select_coders(study, request.coder)
    earlier = EarlierDecisions.of(study)
    written = _Written()
    by_transcript: dict[str, list[Coding]] = {name: [] for name in files}
    selected = select_codings(study, coder=coders, code=request.code, transcripts=list(files)) if coders else ()
    for coding in selected:
        if coding.status == "orphaned":
            written.orphaned += 1
        else:
            by_transcript[coding.transcript].append(coding)
    for name, file in files.items():
        write_atomically(file, _make_document(study, study.transcripts[name], by_transcript[name], earlier))
        written.codings += by_transcript[name]
        written.removed += remove_forbidden_characters(study.transcripts[name].text)[1]
    return path, list(_list_notes(written, len(files)))


def list_word_files(study: Study, path: Path, transcripts: Names | None) -> dict[str, Path]:
    """Return the file of each transcript: one named .docx, else files in a folder.

    Raises
    ------
    UnknownNameError
        If the study has no such transcript.
    UsageError
        If one file is for several transcripts or of another type, or the files would be sources of the study.
    """
    if path.resolve().is_relative_to(study.root.resolve() / "transcripts"):
        raise UsageError(f"{path}: files in transcripts/ are sources of the study: write to another folder")
    is_file = path.suffix.lower() == ".docx"
    if path.suffix and not is_file and not path.is_dir():
        raise UsageError(f"{path}: end the name in .docx (one transcript), or name a folder for a file of each")
    if is_file and transcripts is None and path.stem in study.transcripts:
        transcripts = path.stem
    names = select_transcript_ids(study, transcripts)
    if not is_file:
        return {name: path / f"{_UNSAFE.sub('_', name)}.docx" for name in names}
    if len(names) != 1:
        which = f"{len(names)} are selected" if transcripts is not None else "none is named"
        option = name_option("transcripts", "S01")
        raise UsageError(
            f"{path}: one file is for one transcript, and {which}: name it with {option}, or name a folder for all"
        )
    return {names[0]: path}


def _select_coders(study: Study, given: Names | None) -> list[str]:
    # Also a transcript that nobody has coded can be sent to a reviewer.
    coders = select_counted_coders(study, given) if given is not None or list_coders_who_coded(study) else []
    for name in coders:
        if name == CONSENSUS or resolve_coder(study, name)[1] != name:
            option = name_option("coder")
            raise UsageError(f"{name}: only present codings of a coder can be decided on: name a coder with {option}")
    return coders


def _list_notes(written: _Written, files: int) -> Iterator[str]:
    coders = sorted({coding.coder for coding in written.codings})
    of_whom = f" by {format_names(coders)}" if coders else ""
    yield f"{format_count(files, 'transcript')}, {format_count(len(written.codings), 'coding')}{of_whom} as comments"
    if written.orphaned:
        yield f"left out: {format_count(written.orphaned, 'coding')} whose words are no longer in the text"
    if written.removed:
        yield f"left out: {format_count(written.removed, 'control character')}, which Word files cannot hold"


def _make_document(study: Study, transcript: Transcript, codings: Sequence[Coding], earlier: EarlierDecisions) -> bytes:
    document = WordDocument(transcript.id, study.settings.language, is_portrait=True)
    document.properties = {TRANSCRIPT_PROPERTY: transcript.id, TEXT_PROPERTY: transcript.sha256}
    document.comments = [_make_comment(study, coding, earlier) for coding in codings]
    lead = [f"Interview of the study {study.name}" if study.name else "Interview", *_INSTRUCTIONS]
    document.parts = [
        Paragraph([Run(transcript.id)], "Title"),
        *(Paragraph([Run(text, grey=True)], "Lead") for text in lead),
        *(Paragraph([Run(text, grey=True)]) for text in transcript.header.split("\n") if text.strip()),
        *turn_paragraphs(transcript, codings),
        *_code_paragraphs(study),
    ]
    return document.to_bytes()


def _make_comment(study: Study, coding: Coding, earlier: EarlierDecisions) -> Comment:
    code = study.codebook.by_id.get(coding.code)
    label = _clean_line(format_code_label(code)) if code else coding.code
    memo = remove_forbidden_characters(coding.memo)[0].strip()
    state = earlier.state(coding.id, coding.transcript, (coding.start, coding.end), coding.code)
    check = review_check(coding.code, coding.quote, state.text)
    *lines, own = own_comment_lines(label, coding.id, check, memo=memo)
    paragraphs = [Paragraph([Run(line)], "CommentText") for line in lines]
    paragraphs.append(Paragraph([Run(own, grey=True)], "CommentText"))
    return Comment(coding.coder, f"{coding.at[:19]}Z", paragraphs)


def _clean_line(text: str) -> str:
    return " ".join(remove_forbidden_characters(text)[0].split())


def turn_paragraphs(transcript: Transcript, codings: Sequence[Coding]) -> Iterator[Paragraph]:
    """Yield the paragraphs of all turns; marks of comments are at the very characters of the codings."""
    paragraphs = [(turn, span) for turn in transcript.turns for span in _split_paragraphs(transcript.text, turn)]
    marks = _place_marks([span for _, span in paragraphs], codings)
    for turn, group in groupby(enumerate(paragraphs), key=lambda one: one[1][0]):
        for position, (number, (_, span)) in enumerate(group):
            runs = _paragraph_runs(transcript.text, span, marks[number], is_grey=turn.role == "interviewer")
            is_rtl = _is_right_to_left(transcript.text[slice(*span)])
            label = _speaker_runs(turn) if position == 0 else []
            yield Paragraph([*label, *runs], "Turn" if position == 0 else "", is_right_to_left=is_rtl)


def _split_paragraphs(text: str, turn: Turn) -> Iterator[Span]:
    """Yield the paragraphs of a turn; one without words is one, so that its speaker is shown."""
    start = turn.start
    for blank in _BLANK_LINE.finditer(text, turn.start, turn.end):
        if blank.start() > start:
            yield start, blank.start()
        start = blank.end()
    if start < turn.end or start == turn.start:
        yield start, turn.end


def _place_marks(spans: Sequence[Span], codings: Sequence[Coding]) -> list[list[tuple[int, CommentMark]]]:
    """Return the marks of comments in each paragraph with their offsets, in order.

    A coding may begin or end between paragraphs: it is then marked from the next one, or up to the one before.
    """
    marks: list[list[tuple[int, CommentMark]]] = [[] for _ in spans]
    starts, ends = [start for start, _ in spans], [end for _, end in spans]
    for number, coding in enumerate(codings):
        first = bisect_right(ends, coding.start)
        last = bisect_left(starts, coding.end) - 1
        if first <= last:
            marks[first].append((coding.start, CommentMark(number)))
            marks[last].append((min(coding.end, ends[last]), CommentMark(number, is_end=True)))
    # At one offset comments end before others start.
    return [sorted(found, key=lambda one: (one[0], not one[1].is_end)) for found in marks]


def _paragraph_runs(
    text: str, span: Span, marks: Sequence[tuple[int, CommentMark]], *, is_grey: bool
) -> Iterator[Run | CommentMark]:
    position = span[0]
    for offset, mark in [*marks, (span[1], None)]:
        if position < offset:
            words = text[position:offset]
            yield Run(words, grey=is_grey, has_breaks=True, is_right_to_left=_is_right_to_left(words))
            position = offset
        if mark is not None:
            yield mark


def _speaker_runs(turn: Turn) -> Iterator[Run]:
    """Yield the name of a turn's speaker with its time: "Ann (0:01:02): "."""
    if turn.speaker:
        yield Run(turn.speaker, bold=True, is_right_to_left=_is_right_to_left(turn.speaker))
    if turn.time is not None:
        yield Run(f"{' ' * bool(turn.speaker)}({format_seconds(turn.time)})", grey=True)
    if turn.speaker or turn.time is not None:
        yield Run(": ", bold=True)


def _is_right_to_left(text: str) -> bool:
    """Return whether the first letter of a text belongs to a script that is written from right to left."""
    kinds = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L") != "L"


def _code_paragraphs(study: Study) -> Iterator[Paragraph]:
    """Yield the codes that a reviewer may write, by family."""
    usable = [code for code in study.codebook.codes if not code.retired]
    if usable:
        yield Paragraph([Run("Codes")], "Heading1")
    for family in study.codebook.families:
        labels = [_clean_line(format_code_label(code)) for code in usable if code.family == family.id]
        if labels:
            yield Paragraph([Run(f"{family.name}: ", bold=True), Run("; ".join(labels))], "TableText")
