"""The comments of a Word file as corrections: new codings and memos, and decisions on codings that comments show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from qualcode.coding.corrections.correction import CodingDecision, CorrectionRow, Corrections, NewCoding
from qualcode.coding.corrections.word.comment_meanings import Answer, CommentMeanings
from qualcode.coding.corrections.word.comment_places import CommentPlaces
from qualcode.coding.corrections.word.comment_threads import CommentThread, list_threads
from qualcode.coding.corrections.word.commented_transcript import TEXT_PROPERTY, find_commented_transcript
from qualcode.coding.corrections.word.own_comments import OwnComment, find_own_comment
from qualcode.errors import OperationError, QualcodeError, format_count, shorten_text
from qualcode.files import read_bytes
from qualcode.model import Transcript
from qualcode.study.study import Study
from qualcode.transcripts.comments import CommentedDocument, DocumentComment, read_commented_document

_QUOTE_LENGTH = 200
_DATE = re.compile("[12][0-9]{3}-[0-9]{2}-[0-9]{2}")

_Read = TypeVar("_Read")
_Result = CodingDecision | NewCoding | CorrectionRow


def read_word_comments(study: Study, path: Path, *, transcript: str = "") -> Corrections:
    """Return what the comments of a Word file ask for; ``transcript`` names the transcript, else it is found.

    Raises
    ------
    UnknownNameError
        If there is no transcript of this name.
    OperationError
        If the file cannot be read, or no transcript has its words.
    """
    document = read_commented_document(read_bytes(path), path=str(path))
    found, note = find_commented_transcript(study, document, given=transcript)
    reader = _CommentReader(study, document, found)
    results = list(reader.read_all())
    items = [one for one in results if not isinstance(one, CorrectionRow)]
    unclear = [one for one in results if isinstance(one, CorrectionRow)]
    notes = [*([note] if note else []), *reader.list_notes()]
    return Corrections(path.name, items, unclear, notes, reader.shown_coders())


class _CommentReader:
    """Reads the comments of one document on one transcript."""

    def __init__(self, study: Study, document: CommentedDocument, transcript: Transcript) -> None:
        self._study = study
        self._document = document
        self._transcript = transcript
        self._places = CommentPlaces(document, transcript)
        self._meanings = CommentMeanings(study.codebook)
        self._comments = [comment for comment in document.comments if comment.text.strip()]
        self._threads = list_threads(self._comments, self._meanings)

    def read_all(self) -> Iterator[_Result]:
        """Yield what the comments ask for, and rows on what is not understood."""
        for thread in self._threads.threads:
            yield from self._read_own(thread, thread.own) if thread.own else self._read_new(thread)
        for comment, message in self._threads.unclear:
            yield self._row(comment, message)

    def _read_new(self, thread: CommentThread) -> Iterator[_Result]:
        """Yield the codings and memos that a reviewer's comment asks for."""
        said = [self._try(answer, self._read_remark) for answer in thread.answers]
        yield from (one for one in said if isinstance(one, CorrectionRow))
        coded = self._try(thread.root, lambda root: self._meanings.read_codes(root.text))
        spans = self._try(thread.root, self._places.find)
        if isinstance(coded, CorrectionRow) or isinstance(spans, CorrectionRow):
            yield coded if isinstance(coded, CorrectionRow) else spans  # type: ignore[misc]
            return
        remarks = [one for one in said if isinstance(one, str)]
        for one in coded:
            # A remark alone is one memo; a code is given to the words of each turn.
            for span in spans if one.code else [(spans[0][0], spans[-1][1])]:
                remark = "\n".join(filter(None, [one.remark, *remarks]))
                quote = self._transcript.text[slice(*span)]
                place = _format_place(thread.root)
                yield NewCoding(place, self._transcript.id, quote, one.code, remark, *span)

    def _read_remark(self, answer: DocumentComment) -> str:
        """Return the remark of an answer to a new comment, with its author.

        Raises
        ------
        OperationError
            If it is a code or a decision.
        """
        coded = self._meanings.read_codes(answer.text)
        if self._meanings.is_decision(answer.text) or coded[0].code:
            raise OperationError("it answers a comment that shows no coding: change that comment itself")
        return f"{answer.author}: {coded[0].remark}" if answer.author else coded[0].remark

    def _read_own(self, thread: CommentThread, own: OwnComment) -> Iterator[_Result]:
        """Yield the decision on a coding that a comment shows: by answers to it, or by an edit of its words."""
        read = [(thread.root, self._try(thread.root, lambda _: self._read_edit(own)))] if own.is_edited else []
        read += [
            (one, self._try(one, lambda answer: self._meanings.read_answer(answer.text))) for one in thread.answers
        ]
        yield from (one for _, one in read if isinstance(one, CorrectionRow))
        said = [(comment, one) for comment, one in read if isinstance(one, Answer) and one != Answer()]
        decided = [(comment, one) for comment, one in said if one.decision]
        if len({(one.decision.casefold(), one.new_codes) for _, one in decided}) > 1:
            yield self._row(decided[-1][0], "the answers to this comment decide differently: leave one decision")
        elif said:
            comment, answer = (decided or said)[0]
            remark = "\n".join(one.remark for _, one in said if one.remark)
            stated = {"transcript": self._transcript.id, "check": own.check, "code": own.code}
            stated = {name: text for name, text in stated.items() if text}
            place = _format_place(comment)
            yield CodingDecision(place, own.coding, answer.decision, answer.new_codes, remark, stated)

    def _read_edit(self, own: OwnComment) -> Answer:
        """Return what the edited words of a comment that shows a coding say: another code, a decision or a remark."""
        if own.label:
            return self._meanings.read_answer(own.added.lstrip(" \t\n:：;,.–—-"))
        coding = self._study.read_decisions().coding(own.coding)
        return self._meanings.read_new_label(own.added, coding.code if coding else "")

    def _try(self, comment: DocumentComment, read: Callable[[DocumentComment], _Read]) -> _Read | CorrectionRow:
        """Return what a function reads of a comment, or a row on why it is not understood."""
        try:
            return read(comment)
        except QualcodeError as error:
            return self._row(comment, str(error))

    def _row(self, comment: DocumentComment, message: str) -> CorrectionRow:
        words = "" if comment.start is None else self._document.text[comment.start : comment.end]
        quote = shorten_text(words, limit=_QUOTE_LENGTH)
        return CorrectionRow(
            _format_place(comment), "unclear", transcript=self._transcript.id, quote=quote, message=message
        )

    def shown_coders(self) -> tuple[str, ...]:
        """Return the coders whose codings the comments show."""
        decisions = self._study.read_decisions()
        targets = {thread.own.coding for thread in self._threads.threads if thread.own}
        found = (decisions.coding(target) for target in targets)
        return tuple(sorted({coding.coder for coding in found if coding}))

    def list_notes(self) -> Iterator[str]:
        """Yield what a user should know of the file as a whole."""
        path, name = self._document.path, self._transcript.id
        text_hash = self._document.properties.get(TEXT_PROPERTY, "")
        if text_hash and text_hash != self._transcript.sha256:
            yield f"{name} has been edited since {path} was written: its comments are on the words as they are now"
        if edits := self._places.count_edits():
            count = format_count(edits, "place")
            yield f"{path} has other words than {name} in {count}: edits of the text are not taken over"
        authors = Counter(one.author for one in self._comments if one.author and not find_own_comment(one.text))
        if len(authors) > 1:
            names = ", ".join(f"{author} ({count})" for author, count in authors.most_common())
            yield f"comments of {format_count(len(authors), 'author')} ({names}): all are recorded for one coder"
        if resolved := sum(one.is_resolved and not one.parent for one in self._comments):
            yield f"{format_count(resolved, 'comment')} marked as resolved: read as the others are"
        if empty := len(self._document.comments) - len(self._comments):
            yield f"{format_count(empty, 'comment')} without words: not read"
        if not self._document.comments:
            yield f"{path} has no comments"


def _format_place(comment: DocumentComment) -> str:
    """Return the place of a comment in messages: comment 12 (Lea, 2026-11-03)."""
    date = _DATE.match(comment.date)  # LibreOffice may write 0-00-00
    described = ", ".join(filter(None, [comment.author, date[0] if date else ""]))
    return f"comment {comment.number} ({described})" if described else f"comment {comment.number}"
