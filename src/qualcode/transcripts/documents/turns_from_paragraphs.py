"""From paragraphs and rows to a draft: tables of turns, labels, bold names, and questions that their look tells."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from qualcode.model import Role, SourceRules, UnplacedText
from qualcode.transcripts.documents.document_parts import DocumentPart, Paragraph, part_text
from qualcode.transcripts.documents.turns_from_rows import build_draft_from_tables, find_transcript_tables
from qualcode.transcripts.draft import Draft, ReadOptions, Utterance, build_draft_from_utterances
from qualcode.transcripts.labels.speaker_labels import clean_text, find_speakers
from qualcode.transcripts.readers.plain_text import read_plain

_BOLD_NOTICE = (
    "no speaker labels were found: bold paragraphs are read as the interviewer's, the others as one participant's"
)
_QUESTION_NOTICE = (
    "no speaker labels were found: paragraphs that end in a question mark are read as the interviewer's, the others as "
    "one participant's"
)
_ENDS = (".", "?", "!", "…", ":", "：", "？", "。")

_Numbered = tuple[int, DocumentPart]


def build_draft_from_parts(
    parts: Sequence[DocumentPart],
    *,
    options: ReadOptions,
    unplaced: Sequence[UnplacedText] = (),
    headers_and_footers: Sequence[str] = (),
    notices: Sequence[str] = (),
) -> Draft:
    """Find the turns of paragraphs and rows; what stands beside them is reported with their numbers (from 1).

    ``edges`` are what every page has above or below its text: they go to the header.
    """
    tables = find_transcript_tables(parts)
    draft = build_draft_from_tables(parts, tables) if tables else _build_labelled_draft(parts, options)
    asides = [UnplacedText(number, aside) for number, part in enumerate(parts, 1) for aside in part.asides]
    found = sorted([*draft.unplaced, *asides, *unplaced], key=lambda one: one.line)
    header = "\n\n".join(filter(None, [draft.header, *dict.fromkeys(headers_and_footers)]))
    return replace(draft, header=header, unplaced=tuple(found), notices=(*notices, *draft.notices))


def _build_labelled_draft(parts: Sequence[DocumentPart], told: ReadOptions) -> Draft:
    speaking = _bold_speakers(parts, told.rules)
    text = "\n\n".join(_with_colon(part, speaking) for part in parts)
    draft = read_plain(text + "\n" if text else "", rules=told.rules)
    if any(span.speaker for span in draft.turns):
        return draft
    return _build_draft_from_bold(parts) or build_draft_from_questions(parts) or draft


def _with_colon(part: DocumentPart, speaking: Collection[str]) -> str:
    """Return a part as text; a bold name that stands without a colon gets one."""
    if not isinstance(part, Paragraph) or not _ends_at_word(part) or (name := clean_text(part.bold)) not in speaking:
        return part_text(part)
    return f"{name}: {part.text[len(part.bold) :].lstrip()}".rstrip(" ")


def _ends_at_word(part: Paragraph) -> bool:
    """Tell whether what is bold at the beginning of a paragraph ends where a word does."""
    return not part.text[len(part.bold) :][:1].isalnum()


def _bold_speakers(parts: Sequence[DocumentPart], rules: SourceRules) -> frozenset[str]:
    """Return bold names that begin paragraphs without a colon, where at least two of them take turns."""
    names = [
        clean_text(part.bold)
        for part in parts
        if isinstance(part, Paragraph)
        and 0 < len(part.bold.strip()) <= 40
        and _ends_at_word(part)
        and part.bold.rstrip()[-1] not in ":：.?!…"
        and part.text[len(part.bold) :].lstrip()[:1] not in {":", "："}
    ]
    found = find_speakers([], doubtful=names, rules=rules)
    return found if len(found) > 1 else frozenset()


def _build_draft_from_bold(parts: Sequence[DocumentPart]) -> Draft | None:
    """Read bold paragraphs as the interviewer's, unless most are headings, which end in no full stop."""
    said = _nonblank_parts(parts)
    bold = [_is_bold(part) for _, part in said]
    sentences = [part_text(part).strip() for (_, part), is_bold in zip(said, bold, strict=True) if is_bold]
    ended = [text.endswith(_ENDS) for text in sentences]
    if (
        _count_answered(bold) < 2
        or 2 * sum(ended) < len(ended)
        or not any(text.endswith(("?", "？")) for text in sentences)
    ):
        return None
    first = next(at for at, (_, part) in enumerate(said) if _is_bold(part) and part_text(part).strip().endswith(_ENDS))
    return _build_question_draft(said, bold, first=first, notice=_BOLD_NOTICE)


def build_draft_from_questions(parts: Sequence[DocumentPart]) -> Draft | None:
    """Read paragraphs that end in a question mark as the interviewer's, if a third are such and most are answered."""
    said = _nonblank_parts(parts)
    marks = [part_text(part).strip().endswith(("?", "？")) for _, part in said]
    if _count_answered(marks) < 3 or 3 * sum(marks) < len(marks) or 5 * _count_answered(marks) < 4 * sum(marks):
        return None
    first = marks.index(True)
    headings = [one for at, one in enumerate(said) if at > first and not marks[at] and _is_bold(one[1])]
    kept = [(one, mark) for one, mark in zip(said, marks, strict=True) if one not in headings]
    draft = _build_question_draft(
        [one for one, _ in kept], [mark for _, mark in kept], first=first, notice=_QUESTION_NOTICE
    )
    return replace(draft, unplaced=tuple(UnplacedText(number, part_text(part).strip()) for number, part in headings))


def _nonblank_parts(parts: Sequence[DocumentPart]) -> list[_Numbered]:
    return [(number, part) for number, part in enumerate(parts, 1) if part_text(part).strip()]


def _is_bold(part: DocumentPart) -> bool:
    return isinstance(part, Paragraph) and part.is_all_bold


def _count_answered(asked: Sequence[bool]) -> int:
    """Count the questions that something else follows."""
    return sum(1 for before, after in pairwise(asked) if before and not after)


def _build_question_draft(said: Sequence[_Numbered], asked: Sequence[bool], *, first: int, notice: str) -> Draft:
    """Make a turn of each run of questions and of each run of answers; what stands above the first is header."""
    header = "\n\n".join(part_text(part).strip() for _, part in said[:first])
    blocks: list[Utterance] = []
    for is_question, group in groupby(zip(said[first:], asked[first:], strict=True), key=lambda pair: pair[1]):
        held = [numbered for numbered, _ in group]
        role: Role = "interviewer" if is_question else "participant"
        blocks.append(Utterance("", "\n\n".join(part_text(part).strip() for _, part in held), held[0][0], role=role))
    return build_draft_from_utterances(blocks, header=header, notices=(notice,))
