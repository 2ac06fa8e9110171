"""Turns of paragraphs and rows: by tables of turns, labels, bold names, bold questions, or question marks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, compress, groupby, pairwise
from operator import not_

from qualcode.model import Role, SourceRules, UnplacedText
from qualcode.transcripts.documents.document_parts import DocumentPart, Paragraph, part_text
from qualcode.transcripts.documents.turns_from_rows import build_draft_from_tables, find_transcript_tables
from qualcode.transcripts.draft import Draft, ReadOptions, Utterance, build_draft_from_utterances
from qualcode.transcripts.labels.label_shapes import NAMING_KEYS
from qualcode.transcripts.labels.speaker_labels import TIME, clean_text, find_speakers
from qualcode.transcripts.labels.turn_changes import find_list_words
from qualcode.transcripts.readers.plain_text import read_plain

_BOLD_NOTICE = "no speaker labels were found: bold paragraphs are read as the interviewer's, the others as {others}"
_QUESTION_NOTICE = (
    "no speaker labels were found: paragraphs that end in a question mark are read as the interviewer's, the others as "
    "{others}"
)
_PERSON_LINE = re.compile(r"(?P<word>[^\W\d_]+)\s+(?P<number>\d{1,3})")
_PERSON_WORDS = NAMING_KEYS - {"name"} | {"person", "interview", "speaker", "subject"}
"""Words of lines such as "Person 2", which name who answers below them."""
_QUESTION_MARKS = ("?", "？")
_ENDS = (".", "?", "!", "…", ":", "：", "？", "。")

_TIME = re.compile(rf"[\[(]?({TIME})[\])]?:?(?!\S)")

_Numbered = tuple[int, DocumentPart]


def build_draft_from_parts(
    parts: Sequence[DocumentPart],
    *,
    options: ReadOptions,
    unplaced: Sequence[UnplacedText] = (),
    headers_and_footers: Sequence[str] = (),
    notices: Sequence[str] = (),
) -> Draft:
    """Return the draft of paragraphs and rows; asides are reported with the numbers of their parts (from 1).

    ``headers_and_footers`` of pages become part of the header.
    """
    tables = {} if options.source.kind == "text" else find_transcript_tables(parts)
    draft = build_draft_from_tables(parts, tables) if tables else _build_labelled_draft(parts, options)
    asides = [UnplacedText(number, aside) for number, part in enumerate(parts, 1) for aside in part.asides]
    unplaced = sorted([*draft.unplaced, *asides, *unplaced], key=lambda piece: piece.line)
    header = "\n\n".join(filter(None, [draft.header, *dict.fromkeys(headers_and_footers)]))
    return replace(draft, header=header, unplaced=tuple(unplaced), notices=(*notices, *draft.notices))


def _build_labelled_draft(parts: Sequence[DocumentPart], options: ReadOptions) -> Draft:
    is_text = options.source.kind == "text"
    speakers = frozenset() if is_text else _bold_speakers(parts, options.rules)
    has_times = _has_times(parts, speakers)
    texts = [_with_colon(part, speakers, has_times) for part in parts]
    text = "\n\n".join(texts)
    draft = read_plain(
        text + "\n" if text else "",
        rules=options.rules,
        kind=options.source.kind,
        path=options.path,
        line_numbers=options.source.line_numbers,
    )
    draft = replace(draft, unplaced=_number_by_part(draft.unplaced, texts))
    if is_text or any(span.speaker for span in draft.turns):
        return draft
    # In order of certainty; all text is one turn if nothing separates questions and answers.
    return _build_draft_from_bold(parts) or build_draft_from_questions(parts) or draft


def _number_by_part(unplaced: Sequence[UnplacedText], texts: Sequence[str]) -> tuple[UnplacedText, ...]:
    """Return unplaced text with the number of its part (from 1) in place of its line in the joined text."""
    if not unplaced:
        return ()
    # A blank line is between two parts.
    first_lines = list(accumulate((text.count("\n") + 2 for text in texts), initial=1))
    return tuple(replace(piece, line=bisect_right(first_lines, piece.line)) for piece in unplaced)


def _with_colon(part: DocumentPart, speakers: Collection[str], has_times: bool) -> str:
    """Return the text of a part, with a colon after the bold name of a speaker, or after the time behind it."""
    if not isinstance(part, Paragraph) or not _begins_with_speaker(part, speakers):
        return part_text(part)
    name, words = clean_text(part.bold), part.text[len(part.bold) :].lstrip()
    if has_times and (time := _TIME.match(words)):
        return f"{name} [{time[1]}]: {words[time.end() :].lstrip()}".rstrip(" ")
    return f"{name}: {words}".rstrip(" ")


def _begins_with_speaker(part: DocumentPart, speakers: Collection[str]) -> bool:
    return isinstance(part, Paragraph) and _ends_at_word(part) and clean_text(part.bold) in speakers


def _has_times(parts: Sequence[DocumentPart], speakers: Collection[str]) -> bool:
    """Tell whether the bold names of speakers have times behind them, as in Word files of Teams."""
    words = [
        part.text[len(part.bold) :].lstrip()
        for part in parts
        if isinstance(part, Paragraph) and _begins_with_speaker(part, speakers)
    ]
    # A few may be words: "**Ann** 9:30 is when we begin."
    return 2 * sum(_TIME.match(text) is not None for text in words) > len(words)


def _ends_at_word(part: Paragraph) -> bool:
    """Tell whether the bold beginning of a paragraph ends at the end of a word."""
    return not part.text[len(part.bold) :][:1].isalnum()


def _bold_speakers(parts: Sequence[DocumentPart], rules: SourceRules) -> frozenset[str]:
    """Return the bold names without a colon that begin paragraphs, if they are at least two speakers."""
    rows = [
        (clean_text(part.bold), part.text[len(part.bold) :].strip())
        for part in parts
        if isinstance(part, Paragraph)
        and 0 < len(part.bold.strip()) <= 40
        and _ends_at_word(part)
        # With a colon it is an ordinary label; with the end of a sentence, a bold question.
        and part.bold.rstrip()[-1] not in ":：.?!…"
        and part.text[len(part.bold) :].lstrip()[:1] not in {":", "："}
    ]
    speakers = find_speakers([], doubtful=[name for name, _ in rows], rules=rules)
    # A name goes on with a capital: "**Never** did I see that" is a sentence.
    speakers -= find_list_words([row for row in rows if row[0] in speakers], rules)
    # A single bold name may be a heading.
    return speakers if len(speakers) > 1 else frozenset()


def _build_draft_from_bold(parts: Sequence[DocumentPart]) -> Draft | None:
    """Return a draft with bold paragraphs as the interviewer's; ``None`` if there are few, or most are headings.

    Headings do not end as sentences do.
    """
    numbered = _nonblank_parts(parts)
    texts = [part_text(part).strip() for _, part in numbered]
    bold = [_is_bold(part) for _, part in numbered]
    sentences = [is_bold and text.endswith(_ENDS) for text, is_bold in zip(texts, bold, strict=True)]
    persons = _find_persons(numbered, bold)
    has_question = any(is_bold and text.endswith(_QUESTION_MARKS) for text, is_bold in zip(texts, bold, strict=True))
    if _count_answered(bold) < 2 or 2 * sum(sentences) < sum(bold) or not has_question:
        return None
    return _build_question_draft(numbered, bold, first=sentences.index(True), notice=_BOLD_NOTICE, persons=persons)


def build_draft_from_questions(parts: Sequence[DocumentPart]) -> Draft | None:
    """Return a draft with paragraphs that end in a question mark as the interviewer's.

    ``None`` unless there are at least 3, a third of all paragraphs, and an answer follows 4 of 5.
    """
    numbered = _nonblank_parts(parts)
    questions = [part_text(part).strip().endswith(_QUESTION_MARKS) for _, part in numbered]
    answered, total = _count_answered(questions), sum(questions)
    if answered < 3 or 3 * total < len(questions) or 5 * answered < 4 * total:
        return None
    first, persons = questions.index(True), _find_persons(numbered, questions)
    is_heading = [
        index > first and not is_question and _is_bold(part) and number not in persons
        for index, ((number, part), is_question) in enumerate(zip(numbered, questions, strict=True))
    ]
    headings = list(compress(numbered, is_heading))
    is_turn = list(map(not_, is_heading))
    draft = _build_question_draft(
        list(compress(numbered, is_turn)),
        list(compress(questions, is_turn)),
        first=first,
        notice=_QUESTION_NOTICE,
        persons=persons,
    )
    return replace(draft, unplaced=tuple(UnplacedText(number, part_text(part).strip()) for number, part in headings))


def _nonblank_parts(parts: Sequence[DocumentPart]) -> list[_Numbered]:
    return [(number, part) for number, part in enumerate(parts, 1) if part_text(part).strip()]


def _is_bold(part: DocumentPart) -> bool:
    return isinstance(part, Paragraph) and part.is_all_bold


def _count_answered(questions: Sequence[bool]) -> int:
    """Count the questions followed by something else."""
    return sum(1 for before, after in pairwise(questions) if before and not after)


def _find_persons(numbered: Sequence[_Numbered], questions: Sequence[bool]) -> dict[int, str]:
    """Return the lines "Person 1", "Person 2" ... by part number, if they count on and a question follows each."""
    lines: dict[int, re.Match[str]] = {}
    for position, (_, part) in enumerate(numbered):
        match = _PERSON_LINE.fullmatch(part_text(part).strip())
        if match and match["word"].casefold() in _PERSON_WORDS:
            lines[position] = match
    words = {match["word"].casefold() for match in lines.values()}
    counts_on = [int(match["number"]) for match in lines.values()] == [*range(1, len(lines) + 1)]
    are_asked = all(questions[position + 1 : position + 2] == [True] for position in lines)
    is_list = len(lines) > 1 and len(words) == 1 and counts_on and are_asked
    return {numbered[position][0]: match[0] for position, match in lines.items()} if is_list else {}


def _build_question_draft(
    numbered: Sequence[_Numbered], questions: Sequence[bool], *, first: int, notice: str, persons: Mapping[int, str]
) -> Draft:
    """Return a draft with a turn for adjacent questions and for adjacent answers; all above the first is header.

    ``persons`` are the lines that name who answers below them, by the number of their part.
    """
    header = "\n\n".join(part_text(part).strip() for _, part in numbered[:first])
    names: list[str] = []
    for number, _ in numbered:
        names.append(persons.get(number, names[-1] if names else ""))
    rows = [row for row in list(zip(numbered, questions, names, strict=True))[first:] if row[0][0] not in persons]
    utterances: list[Utterance] = []
    for (is_question, name), group in groupby(rows, key=lambda row: row[1:]):
        parts = [row[0] for row in group]
        role: Role = "interviewer" if is_question else "participant"
        text = "\n\n".join(part_text(part).strip() for _, part in parts)
        utterances.append(Utterance("" if is_question else name, text, parts[0][0], role=role))
    first_name = next(iter(persons.values()), "")
    others = f"those of the participants that lines such as “{first_name}” name" if persons else "one participant's"
    return build_draft_from_utterances(utterances, header=header, notices=(notice.format(others=others),))
