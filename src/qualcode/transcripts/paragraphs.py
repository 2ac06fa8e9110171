"""From paragraphs and rows to a draft: tables of turns, labels, bold names, and questions that their look tells."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from qualcode.model import Role, Rules, Unplaced
from qualcode.transcripts.draft import Block, Draft, Told, assemble
from qualcode.transcripts.labels import speakers, tidy
from qualcode.transcripts.parts import Paragraph, Part, line
from qualcode.transcripts.plain import read_plain
from qualcode.transcripts.rows import read_rows, transcript_tables

_BOLD = "no speaker labels were found: bold paragraphs are read as the interviewer's, the others as one participant's"
_MARKS = (
    "no speaker labels were found: paragraphs that end in a question mark are read as the interviewer's, the others as "
    "one participant's"
)
_ENDS = (".", "?", "!", "…", ":", "：", "？", "。")

_Numbered = tuple[int, Part]


def draft_of(
    parts: Sequence[Part],
    *,
    told: Told,
    unplaced: Sequence[Unplaced] = (),
    edges: Sequence[str] = (),
    notices: Sequence[str] = (),
) -> Draft:
    """Find the turns of paragraphs and rows; what stands beside them is reported with their numbers (from 1).

    ``edges`` are what every page has above or below its text: they go to the header.
    """
    tables = transcript_tables(parts)
    draft = read_rows(parts, tables) if tables else _labelled(parts, told)
    asides = [Unplaced(number, aside) for number, part in enumerate(parts, 1) for aside in part.asides]
    found = sorted([*draft.unplaced, *asides, *unplaced], key=lambda one: one.line)
    header = "\n\n".join(filter(None, [draft.header, *dict.fromkeys(edges)]))
    return replace(draft, header=header, unplaced=tuple(found), notices=(*notices, *draft.notices))


def _labelled(parts: Sequence[Part], told: Told) -> Draft:
    speaking = _bold_speakers(parts, told.rules)
    text = "\n\n".join(_with_colon(part, speaking) for part in parts)
    draft = read_plain(text + "\n" if text else "", rules=told.rules)
    if any(span.speaker for span in draft.spans):
        return draft
    return _bold_questions(parts) or marked_questions(parts) or draft


def _with_colon(part: Part, speaking: Collection[str]) -> str:
    """Return a part as text; a bold name that stands without a colon gets one."""
    if not isinstance(part, Paragraph) or not _whole(part) or (name := tidy(part.bold)) not in speaking:
        return line(part)
    return f"{name}: {part.text[len(part.bold) :].lstrip()}".rstrip(" ")


def _whole(part: Paragraph) -> bool:
    """Tell whether what is bold at the beginning of a paragraph ends where a word does."""
    return not part.text[len(part.bold) :][:1].isalnum()


def _bold_speakers(parts: Sequence[Part], rules: Rules) -> frozenset[str]:
    """Return bold names that begin paragraphs without a colon, where at least two of them take turns."""
    names = [
        tidy(part.bold)
        for part in parts
        if isinstance(part, Paragraph)
        and 0 < len(part.bold.strip()) <= 40
        and _whole(part)
        and part.bold.rstrip()[-1] not in ":：.?!…"
        and part.text[len(part.bold) :].lstrip()[:1] not in {":", "："}
    ]
    found = speakers([], doubtful=names, rules=rules)
    return found if len(found) > 1 else frozenset()


def _bold_questions(parts: Sequence[Part]) -> Draft | None:
    """Read bold paragraphs as the interviewer's, unless most are headings, which end in no full stop."""
    said = _said(parts)
    bold = [_is_bold(part) for _, part in said]
    sentences = [line(part).strip() for (_, part), is_bold in zip(said, bold, strict=True) if is_bold]
    ended = [text.endswith(_ENDS) for text in sentences]
    if _answers(bold) < 2 or 2 * sum(ended) < len(ended) or not any(text.endswith(("?", "？")) for text in sentences):
        return None
    first = next(at for at, (_, part) in enumerate(said) if _is_bold(part) and line(part).strip().endswith(_ENDS))
    return _asked(said, bold, first=first, notice=_BOLD)


def marked_questions(parts: Sequence[Part]) -> Draft | None:
    """Read paragraphs that end in a question mark as the interviewer's, if a third are such and most are answered."""
    said = _said(parts)
    marks = [line(part).strip().endswith(("?", "？")) for _, part in said]
    if _answers(marks) < 3 or 3 * sum(marks) < len(marks) or 5 * _answers(marks) < 4 * sum(marks):
        return None
    first = marks.index(True)
    headings = [one for at, one in enumerate(said) if at > first and not marks[at] and _is_bold(one[1])]
    kept = [(one, mark) for one, mark in zip(said, marks, strict=True) if one not in headings]
    draft = _asked([one for one, _ in kept], [mark for _, mark in kept], first=first, notice=_MARKS)
    return replace(draft, unplaced=tuple(Unplaced(number, line(part).strip()) for number, part in headings))


def _said(parts: Sequence[Part]) -> list[_Numbered]:
    return [(number, part) for number, part in enumerate(parts, 1) if line(part).strip()]


def _is_bold(part: Part) -> bool:
    return isinstance(part, Paragraph) and part.all_bold


def _answers(asked: Sequence[bool]) -> int:
    """Count the questions that something else follows."""
    return sum(1 for before, after in pairwise(asked) if before and not after)


def _asked(said: Sequence[_Numbered], asked: Sequence[bool], *, first: int, notice: str) -> Draft:
    """Make a turn of each run of questions and of each run of answers; what stands above the first is header."""
    header = "\n\n".join(line(part).strip() for _, part in said[:first])
    blocks: list[Block] = []
    for is_question, group in groupby(zip(said[first:], asked[first:], strict=True), key=lambda pair: pair[1]):
        held = [numbered for numbered, _ in group]
        role: Role = "interviewer" if is_question else "participant"
        blocks.append(Block("", "\n\n".join(line(part).strip() for _, part in held), held[0][0], role=role))
    return assemble(blocks, header=header, notices=(notice,))
