"""Comments with their answers, also where a file does not say which comment an answer answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qualcode.coding.corrections.word.comment_meanings import CommentMeanings
from qualcode.coding.corrections.word.own_comments import OwnComment, find_own_comment
from qualcode.errors import QualcodeError
from qualcode.transcripts.comments import DocumentComment

_Place = tuple[int | None, int | None]


@dataclass(frozen=True)
class CommentThread:
    """A comment with its answers; ``own`` if it shows a coding."""

    root: DocumentComment
    own: OwnComment | None
    answers: list[DocumentComment] = field(default_factory=list)


@dataclass(frozen=True)
class CommentThreads:
    """The threads of a document, and decisions of which it is not known what they decide on, with a message each."""

    threads: Sequence[CommentThread]
    unclear: Sequence[tuple[DocumentComment, str]]


def list_threads(comments: Sequence[DocumentComment], meanings: CommentMeanings) -> CommentThreads:
    """Return comments in threads.

    A decision such as "reject" that answers no comment belongs to the only coding whose comment is on the same words,
    and so does a remark in a file without any threads: Google Docs writes answers so.
    """
    known = {comment.id for comment in comments}
    roots = [comment for comment in comments if comment.parent not in known]
    threads = {root.id: CommentThread(root, find_own_comment(root.text)) for root in roots}
    by_place: dict[_Place, list[CommentThread]] = defaultdict(list)
    for thread in threads.values():
        if thread.own:
            by_place[_place_of(thread.root)].append(thread)
    unclear = []
    for root in roots:
        owners = by_place[_place_of(root)]
        is_remark = len(roots) == len(comments) and len(owners) == 1 and meanings.is_remark(root.text)
        if not threads[root.id].own and (is_remark or meanings.is_decision(root.text)):
            del threads[root.id]
            unclear += _adopt(root, owners, meanings)
    for comment in comments:
        if comment.parent in threads:
            threads[comment.parent].answers.append(comment)
        elif comment.parent in known:  # an answer to a decision
            threads[comment.id] = CommentThread(comment, None)
    return CommentThreads(list(threads.values()), unclear)


def _place_of(comment: DocumentComment) -> _Place:
    return comment.start, comment.end


def _adopt(
    comment: DocumentComment, threads: Sequence[CommentThread], meanings: CommentMeanings
) -> list[tuple[DocumentComment, str]]:
    """Add a comment to the thread on the same words; if it is not known to which, return it with a message."""
    if len(threads) == 1:
        threads[0].answers.append(comment)
        return []
    if not threads:
        return [(comment, "it decides on a coding, but is no answer to a comment that shows one: answer that comment")]
    named = _find_named(comment, threads, meanings)
    if named is None:
        codes = ", ".join(f"'{thread.own.label}'" for thread in threads if thread.own)
        message = "which of the codings on these words it decides on is not known"
        return [(comment, f"{message}: write 'DECISION: CODE' ({codes})")]
    thread, decision = named
    thread.answers.append(replace(comment, text=decision))
    return []


def _find_named(
    comment: DocumentComment, threads: Sequence[CommentThread], meanings: CommentMeanings
) -> tuple[CommentThread, str] | None:
    """Return the thread whose code a decision names, as in "reject: Costs", and the decision alone."""
    try:
        answer = meanings.read_answer(comment.text)
    except QualcodeError:
        return None
    found = [thread for thread in threads if thread.own and meanings.is_same_code(answer.remark, thread.own.label)]
    return (found[0], answer.decision) if len(found) == 1 and not answer.new_codes else None
