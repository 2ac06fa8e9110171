"""A marked text that was read back, beside the study: its words, marks and codes, and all that is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from qualcode.anchors import Span, make_anchor
from qualcode.coding.corrections.code_labels import CodeLabels
from qualcode.coding.marked_text.edit_header import read_header
from qualcode.coding.marked_text.mark_changes import MarkChange, MarkedCode
from qualcode.coding.marked_text.mark_reader import MarkedWords, read_marks, show_words
from qualcode.coding.marked_text.marked_codings import find_source, list_marked, own_codings
from qualcode.coding.marked_text.text_comparison import TextComparison, TextDifference
from qualcode.errors import (
    FileProblemsError,
    OperationError,
    Problem,
    QualcodeError,
    UsageError,
    format_names,
    name_command,
)
from qualcode.files import decode_text, read_bytes
from qualcode.ledger import new_event
from qualcode.model import Coding
from qualcode.model.line_numbers import line_counter
from qualcode.study.selection import find_transcript, require_coder
from qualcode.study.study import Study

_MARK_SIGNS = frozenset("[]>")
"""Signs of marks that remain as words where a brace is missing."""


class EditProblemsError(FileProblemsError):
    """Nothing was recorded, since the marked text has problems; ``problems`` has all of them."""


class LocatedError(QualcodeError):
    """A change cannot be recorded; ``offset`` is where in the file the cause is."""

    def __init__(self, message: str, offset: int) -> None:
        self.offset = offset
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class EditedText:
    """A marked text as somebody hands it back; ``path`` is shown in messages."""

    path: str
    content: str
    notices: tuple[str, ...] = ()


def load_edited_text(given: str | Path) -> EditedText:
    """Return a marked text: that of a file, or a text, which is known by its line ends.

    Raises
    ------
    OperationError
        If the file cannot be read.
    """
    if isinstance(given, str) and "\n" in given:
        return EditedText("marked text", given.replace("\r\n", "\n"))
    path = Path(given)
    decoded = decode_text(read_bytes(path), path=str(path))
    return EditedText(str(path), decoded.text, tuple(map(str, decoded.notices)))


class EditContext:
    """A marked text beside the study that it is of.

    Raises
    ------
    QualcodeError
        If its header is not complete, names no transcript, or another coder than ``coder``; or if the text that it was
        written from is not known any more.
    """

    def __init__(self, study: Study, edited: EditedText, *, coder: str | None) -> None:
        self.study, self.edited = study, edited
        self.name = Path(edited.path).name
        self.header, start = read_header(edited.content, path=edited.path)
        if coder is not None and coder != self.header.coder:
            raise UsageError(f"{edited.path} has the codings of {self.header.coder}, not of {coder}")
        require_coder(study, self.header.coder, verb="edit")
        self.transcript = find_transcript(study, self.header.transcript)
        self.source = find_source(study, self.transcript, self.header.sha256)
        self.decisions = study.read_decisions()
        self.labels = CodeLabels(study.codebook, has_parts=True)
        self.words: MarkedWords = read_marks(edited.content, start)
        self.comparison = TextComparison(self.source.text, self.words.text)
        self._problems: list[Problem] = []

    @property
    def is_edited(self) -> bool:
        """Whether the transcript was edited since the text was written."""
        return self.source is not self.transcript

    @property
    def has_equal_words(self) -> bool:
        """Whether the words are those of the transcript."""
        return self.comparison.is_equal

    @cached_property
    def _memos(self) -> dict[str, str]:
        return {memo.target: memo.text for memo in self.study.ledger_state_with_codings.memo_events if memo.target}

    def memo_of(self, coding: Coding) -> str:
        """Return the memos on a coding, one per line."""
        ids = (coding.id, *self.decisions.duplicate_ids(coding))
        return "\n".join(dict.fromkeys(self._memos[name] for name in ids if name in self._memos))

    def locate(self, span: Span) -> Span:
        """Return the place in the present text of words of the text that was marked, which may be an earlier one.

        Raises
        ------
        OperationError
            If the words are not found.
        """
        if self.source is self.transcript:
            return span
        anchor = make_anchor(self.source.text, *span)
        fields = {"transcript": self.transcript.id, "sha256": self.source.sha256}
        (placed,) = self.study.place_events([new_event("apply", coder=self.header.coder, anchored=anchor, **fields)])
        if placed.status == "orphaned":
            raise OperationError(
                f"{self.transcript.id} was edited since: the words {show_words(anchor.quote)} are no longer there, or "
                "more than once"
            )
        return placed.start, placed.end

    def list_current(self) -> list[Coding]:
        """Return the codings that a text written now would show."""
        return list_marked(
            self.study, own_codings(self.study, self.transcript, self.header.coder), self.header.families
        )

    def line_of(self, offset: int) -> int:
        """Return the number of the line of an offset in the file."""
        return line_counter(self.edited.content)(offset)

    def offset_of(self, change: MarkChange) -> int:
        """Return the offset in the file at which a change is; of a removed mark, that of its first word."""
        if change.marked is not None:
            return change.marked.offset
        start = change.coding.start if change.coding else 0
        return self.words.file_offset(self.comparison.edited_offset(start))

    def add_problem(self, offset: int, message: str, hint: str = "") -> None:
        """Add a problem at an offset of the file."""
        column = offset - (self.edited.content.rfind("\n", 0, offset) + 1) + 1
        self._problems.append(Problem(self.edited.path, self.line_of(offset), column, message, hint))

    def raise_problems(self) -> None:
        """Raise an error with all problems, in the order of the file, if there are any.

        Raises
        ------
        EditProblemsError
            If a problem was added, a mark does not parse, or words were changed.
        """
        for problem in self.words.problems:
            self.add_problem(problem.offset, problem.message, problem.hint)
        lines = {self.line_of(problem.offset) for problem in self.words.problems}
        has_changed_words = False
        for difference in self.comparison.differences():
            offset = self.words.file_offset(difference.offset)
            # What is left of a mark that does not parse is no change of words.
            if self.line_of(offset) not in lines or not _MARK_SIGNS & set(difference.now):
                self.add_problem(offset, _describe(difference))
                has_changed_words = True
        if self._problems:
            rule = f"correct the words of a transcript in {self.transcript.path}, then {name_command('update')}"
            summary = "Nothing was recorded." + (f" Only marks can be changed: {rule}." if has_changed_words else "")
            raise EditProblemsError(sorted(self._problems), summary=summary)

    def read_codes(self, former: Collection[str]) -> list[MarkedCode]:
        """Return each code of each mark; those that are no code of this text become problems.

        ``former`` are codes that were marked before, which may be retired, or missing in the codebook.
        """
        found = []
        for mark in self.words.marks:
            span = self.comparison.original_span(mark.span) if self.has_equal_words else mark.span
            for offset, name in mark.codes:
                try:
                    code = name if name in former else self._find_code(name, former)
                except QualcodeError as error:
                    self.add_problem(offset, str(error))
                else:
                    found.append(MarkedCode(span, code, offset, mark.offset))
        return found

    def _find_code(self, name: str, former: Collection[str]) -> str:
        code = self.labels.find_any(name)
        families = self.header.families
        if families and code not in former and code not in self.study.codebook.expand_codes(families):
            raise OperationError(f"{code} is not among the codes of this text ({format_names(families)})")
        return code

    def space_notes(self) -> Iterator[str]:
        """Yield a note if an editor has changed white space."""
        lines = [self.line_of(self.words.file_offset(offset)) for offset in self.comparison.space_changes()]
        if lines:
            names = format_names([str(line) for line in dict.fromkeys(lines)], limit=5)
            yield f"blanks or line ends differ from the transcript, which keeps its own (lines {names})"


def _describe(difference: TextDifference) -> str:
    if not difference.now:
        return f"the words {show_words(difference.was)} are missing here"
    if not difference.was:
        return f"the words {show_words(difference.now)} are not in the transcript"
    return f"the transcript has {show_words(difference.was)} here, not {show_words(difference.now)}"
