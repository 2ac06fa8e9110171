"""The comments of a Word file with their threads, and the text of its body in which they are placed.

Word, LibreOffice and Google Docs write threads in different ways: as an extension (``commentsExtended.xml``), as a
citation of the comment that is answered, or only as further comments on the same words.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from qualcode.errors import OperationError
from qualcode.transcripts.comments.comment_marks import SEPARATOR, insert_marks, split_marks
from qualcode.transcripts.documents.document_parts import part_text
from qualcode.transcripts.documents.docx import (
    attribute_name,
    find_body,
    local_name,
    read_body,
    read_paragraphs,
    read_roots,
)

_MEMBERS = re.compile(r"word/(?:document\d*|styles|comments\d*|commentsExtended\d*)\.xml|docProps/custom\.xml")
_COMMENTS = re.compile(r"word/comments\d*\.xml")
_THREADS = re.compile(r"word/commentsExtended\d*\.xml")
_ON = {"1", "true", "on"}
_CITATION_HEAD = re.compile(r"[^\n]{0,200}?: \"")
"""What LibreOffice writes in its user's language before the comment that an answer cites: 'Reply to ANA (DATE): "'."""
_CITATION_END = re.compile(r"\"(?:\n|$)")
_MAX_CITATION_ENDS = 50
_MAX_COMMENTS = 10_000
"""Limit of the comments of a file, each of which is searched for in a transcript."""
# Google Docs writes what happened to a thread as comments in it.
_RESOLVED, _REOPENED = "_Marked as resolved_", "_Re-opened_"


@dataclass(frozen=True, slots=True)
class DocumentComment:
    """A comment of a document, with its place in the document's text."""

    id: str
    number: int
    """Its position among the comments of the document, counted from 1."""
    author: str
    date: str
    """As the file has it: 2026-11-03T10:00:00Z; empty if it has none."""
    text: str
    """Its paragraphs, one a line."""
    start: int | None = None
    end: int | None = None
    """Offsets in the text of the document; None if it is not on words of the body."""
    parent: str = ""
    """Id of the comment that it answers, where the file says so."""
    is_resolved: bool = False
    is_on_paragraph: bool = False
    """Whether it is on no words of its own, so that its place is the whole paragraph or row."""


@dataclass(frozen=True, slots=True)
class CommentedDocument:
    """The text of a Word file's body and the comments on it, in the order of their places."""

    path: str
    text: str
    comments: tuple[DocumentComment, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    """The document's own properties by name."""


def read_commented_document(content: bytes, *, path: str) -> CommentedDocument:
    """Return the text and the comments of a Word file; ``path`` is its name in messages.

    Raises
    ------
    OperationError
        The file is damaged, protected, too large, or not a Word file.
    """
    roots = read_roots(content, path=path, pattern=_MEMBERS)
    marks = insert_marks(find_body(roots, path))
    parts, _ = read_body(roots, path)
    text, offsets, starts = split_marks([part_text(part) for part in parts], marks)
    elements = [one for name, root in roots.items() if _COMMENTS.fullmatch(name) for one in root.iterfind("{*}comment")]
    if len(elements) > _MAX_COMMENTS:
        raise OperationError(f"{path}: over the limit of {_MAX_COMMENTS:,} comments for one file: divide it")
    found = [_read_comment(element, offsets, text, starts) for element in elements]
    return CommentedDocument(
        path, text, _link_comments(found, elements, roots), _read_properties(roots.get("docProps/custom.xml"))
    )


def _attribute(element: Any, name: str) -> str:
    return str(element.get(attribute_name(element, name), ""))


def _read_comment(
    element: Any, offsets: Mapping[str, Mapping[str, int]], text: str, starts: Sequence[int]
) -> DocumentComment:
    name = _attribute(element, "id")
    words = "\n".join(read_paragraphs(element)).strip()
    comment = DocumentComment(name, 0, _attribute(element, "author").strip(), _attribute(element, "date"), words)
    place = offsets.get(name, {})
    start, end = place.get("start"), place.get("end", place.get("reference"))
    if start is not None and end is not None and text[start:end].strip():
        return replace(comment, start=start, end=end)
    if not place:
        return comment
    first = bisect_right(starts, min(place.values())) - 1
    stop = starts[first + 1] - len(SEPARATOR) if first + 1 < len(starts) else len(text)
    return replace(comment, start=starts[first], end=stop, is_on_paragraph=True)


def _link_comments(
    comments: Sequence[DocumentComment], elements: Sequence[Any], roots: Mapping[str, Any]
) -> tuple[DocumentComment, ...]:
    """Return comments in the order of their places, with numbers and threads."""
    owner = {key: comment.id for comment, element in zip(comments, elements, strict=True) for key in _keys(element)}
    parents, resolved = _read_threads(roots, owner)
    linked = [
        replace(comment, parent=parents.get(comment.id, ""), is_resolved=comment.id in resolved) for comment in comments
    ]
    linked = _resolve_as_google(_find_citations(linked))
    by_id = {comment.id: comment for comment in linked}
    placed = [_place_answer(comment, by_id.get(comment.parent)) for comment in linked]
    # The sort is stable, so that comments on the same words keep the order in which they were written.
    placed.sort(key=lambda one: (one.start is None, one.start or 0, one.end or 0))
    return tuple(replace(comment, number=number) for number, comment in enumerate(placed, 1))


def _keys(comment: Any) -> Iterator[str]:
    """Yield the keys by which threads refer to a comment: those of its paragraphs."""
    for paragraph in comment.iter("{*}p"):
        yield from (value for name, value in paragraph.items() if name.rpartition("}")[2] == "paraId")


def _read_threads(roots: Mapping[str, Any], owner: Mapping[str, str]) -> tuple[dict[str, str], set[str]]:
    """Return the parents of answers by their ids, and the ids of resolved comments."""
    parents: dict[str, str] = {}
    resolved: set[str] = set()
    threads = (root for name, root in roots.items() if _THREADS.fullmatch(name))
    for entry in (one for root in threads for one in root.iterchildren("{*}commentEx")):
        comment, parent = owner.get(_attribute(entry, "paraId")), owner.get(_attribute(entry, "paraIdParent"), "")
        if comment is None:
            continue
        if parent and parent != comment:
            parents[comment] = parent
        if _attribute(entry, "done").lower() in _ON:
            resolved.add(comment)
    return {comment: _root_of(comment, parents) for comment in parents}, resolved


def _root_of(comment: str, parents: Mapping[str, str]) -> str:
    """Return the first comment of a thread: an answer to an answer is one to it."""
    seen = {comment}
    while (parent := parents.get(comment)) and parent not in seen:
        seen.add(parent)
        comment = parent
    return comment


def _place_answer(comment: DocumentComment, parent: DocumentComment | None) -> DocumentComment:
    """Return an answer at the place of what it answers: it needs none of its own."""
    if parent is None:
        return replace(comment, parent="")
    return replace(comment, start=parent.start, end=parent.end, is_on_paragraph=parent.is_on_paragraph)


def _find_citations(comments: Sequence[DocumentComment]) -> list[DocumentComment]:
    """Return comments without the citation of the comment that they answer, which LibreOffice writes into answers."""
    found: list[DocumentComment] = []
    by_text: dict[str, DocumentComment] = {}
    for comment in comments:
        cited, rest = _split_citation(comment.text, by_text)
        answer = comment
        if cited is not None:
            answer = replace(comment, text=rest, parent=comment.parent or cited.parent or cited.id)
        found.append(answer)
        by_text[answer.text] = answer
    return found


def _split_citation(text: str, by_text: Mapping[str, DocumentComment]) -> tuple[DocumentComment | None, str]:
    """Return the comment that a text cites in its beginning, as in 'Reply to Ana (DATE, TIME): "..."', and the rest."""
    first = _CITATION_HEAD.match(text)
    for end in list(_CITATION_END.finditer(text))[:_MAX_CITATION_ENDS] if first else ():
        cited = by_text.get(text[first.end() : end.start()]) if first else None
        if first and cited is not None and cited.text and cited.author in first[0]:
            return cited, text[end.end() :].strip()
    return None, text


def _resolve_as_google(comments: Sequence[DocumentComment]) -> list[DocumentComment]:
    """Return comments without those that say only that a thread was resolved or opened again, with what they say."""
    states: dict[tuple[int | None, int | None], bool] = {}
    kept: list[DocumentComment] = []
    for comment in comments:
        place = (comment.start, comment.end)
        if comment.text == _RESOLVED:
            states[place] = True
            continue
        words = comment.text.removeprefix(_REOPENED)
        if words != comment.text:
            states[place] = False
        if words or words == comment.text:
            kept.append(replace(comment, text=words.strip()))
    return [
        replace(comment, is_resolved=comment.is_resolved or states.get((comment.start, comment.end), False))
        for comment in kept
    ]


def _read_properties(root: Any) -> dict[str, str]:
    if root is None:
        return {}
    return {
        str(entry.get("name", "")): "".join(entry.itertext())
        for entry in root.iterchildren("{*}property")
        if local_name(entry) == "property"
    }
