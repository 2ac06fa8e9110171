"""Lines of Markdown that stand above text: headings and emphasised lines, and which of them are questions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qualcode.transcripts.labels.speaker_labels import clean_text

EMPHASISED = 7
"""The level of an emphasised line, below those of headings."""
PARAGRAPH = 8
"""The level of a paragraph above answers that are quoted or emphasised."""

_HEADING = re.compile(r"^ {0,3}(?P<signs>#{1,6})[ \t]+(?P<title>\S.*?)[ \t]*#*[ \t]*$", re.MULTILINE)
_UNDERLINED = re.compile(r"(?:\A|(?<=\n\n))(?P<title>[^\s|>#*-].*)\n(?P<signs>={3,}|-{3,})[ \t]*$", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(?:```|~~~).*?^ {0,3}(?:```|~~~)[ \t]*$", re.MULTILINE | re.DOTALL)
_EMPHASISED_LINE = re.compile(
    r"^[ \t]*(?:(?:\d{1,3}[.)]|[-*+])[ \t]+)?(?P<mark>\*{1,3}|_{1,3})(?P<title>[^\s*_].*?)(?P=mark)"
    # A bold question may have its answer in the same line.
    r"(?:[ \t]*$|(?<=[?？]\*\*|[?？]__)(?=[ \t]))",
    re.MULTILINE,
)
_EDGE = re.compile(r"(?:\s|>|(?:-{3,}|\*{3,}|_{3,})[ \t]*(?=\n|\Z))+")
_RULE = re.compile(r"-{3,}|\*{3,}|_{3,}")
_WHOLLY_EMPHASISED = re.compile(r"(?P<mark>\*{1,3}|_{1,3})(?P<words>[^*_\s](?:[^*_]*[^*_\s])?)(?P=mark)")
_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n[^\S\n]*\S[^\n]*)*")
_OUTSIDE_WORDS = "*_> \t\n\"'“”„‘’«»()"
_QUESTION_MARKS = ("?", "？", "؟", "\u037e")
_NUMBERED = re.compile(
    r"(?:q|question|frage|pregunta|domanda|pergunta|vraag|fråga|spørgsmål|pytanie|вопрос|質問|问题)"
    r"[ .:#-]*(?:no\.?|nr\.?)?[ ]*\d{1,3}[a-z]?\b[ .:)–—-]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line above text: its span, the span of its words, and its level (1 to 6 for headings)."""

    start: int
    end: int
    title_start: int
    title_end: int
    title: str
    level: int

    @property
    def is_question(self) -> bool:
        """Whether it ends in a question mark, or is numbered as a question and has words."""
        words = self.title.strip(_OUTSIDE_WORDS)
        number = _NUMBERED.match(words)
        return words.endswith(_QUESTION_MARKS) or (number is not None and number.end() < len(words))

    @property
    def is_bare_number(self) -> bool:
        """Whether it is only the number of a question, "Question 1"."""
        return _NUMBERED.fullmatch(self.title.strip(_OUTSIDE_WORDS)) is not None

    @property
    def is_prompt(self) -> bool:
        """Whether it may be an interviewer's request: a sentence, or several words."""
        words = self.title.strip(_OUTSIDE_WORDS)
        return words.endswith((".", "…", ":", "!")) or len(words.split()) > 3


def find_headings(text: str, start: int) -> list[Line]:
    """Return the headings of a text from an offset on; code blocks have none."""
    fences = [fence.span() for fence in _FENCE.finditer(text, start)]
    matches = [*_HEADING.finditer(text, start), *_UNDERLINED.finditer(text, start)]
    lines = [_build_line(match, len(match["signs"]) if match["signs"][0] == "#" else 1) for match in matches]
    outside = [line for line in lines if not any(first <= line.start < last for first, last in fences)]
    return sorted(outside, key=lambda line: line.start)


def find_emphasised_questions(text: str, start: int) -> list[Line]:
    """Return the lines that are emphasised as a whole, and are questions or other sentences."""
    lines = [_build_line(match, EMPHASISED) for match in _EMPHASISED_LINE.finditer(text, start)]
    marks = {match["mark"] for match in _EMPHASISED_LINE.finditer(text, start) if _build_line(match, 0).is_question}
    # Answers may be emphasised too, in another way.
    return [line for line in lines if text[line.title_start - 1] in {mark[0] for mark in marks}]


def find_questions_above_quotes(text: str, start: int) -> list[Line]:
    """Return the paragraphs that end in a question mark and are followed by a quoted or emphasised one."""
    paragraphs = list(_PARAGRAPH.finditer(text, start))
    return [
        _build_paragraph_line(before)
        for before, after in pairwise(paragraphs)
        if _is_quoted(after[0])
        and not _is_quoted(before[0])
        and before[0].rstrip(_OUTSIDE_WORDS).endswith(_QUESTION_MARKS)
    ]


def find_questions_below_numbers(text: str, headings: Sequence[Line]) -> Iterator[Line]:
    """Yield the paragraphs that are questions, and stand directly below a heading such as "Question 1"."""
    for heading in headings:
        paragraph = _PARAGRAPH.search(text, heading.end) if heading.is_bare_number else None
        if (
            paragraph
            and paragraph[0].rstrip(_OUTSIDE_WORDS).endswith(_QUESTION_MARKS)
            and not _is_heading(paragraph[0])
        ):
            yield _build_paragraph_line(paragraph)


def _is_heading(paragraph: str) -> bool:
    return _HEADING.match(paragraph) is not None


def _is_quoted(paragraph: str) -> bool:
    is_quote = all(line.lstrip().startswith(">") for line in paragraph.split("\n"))
    return is_quote or _EMPHASISED_LINE.fullmatch(paragraph.replace("\n", " ")) is not None


def _build_line(match: re.Match[str], level: int) -> Line:
    start, end = trim_span(match.string, *match.span("title"))
    return Line(*match.span(), start, end, clean_text(match.string[start:end]), level)


def _build_paragraph_line(paragraph: re.Match[str]) -> Line:
    start, end = trim_span(paragraph.string, *paragraph.span())
    return Line(*paragraph.span(), start, end, clean_text(paragraph[0]), PARAGRAPH)


def is_layout(line: str) -> bool:
    """Tell whether a line is blank, a heading, a rule, or the row of a table."""
    bare = line.strip()
    return not bare or bare.startswith("|") or bool(_HEADING.match(line) or _RULE.fullmatch(bare))


def trim_span(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span without white space, rules and signs of quotation, and without emphasis of the whole, around it."""
    edge = _EDGE.match(text, start, end)
    start = edge.end() if edge else start
    while start < end and (text[end - 1].isspace() or _last_line_is_rule(text, start, end)):
        end = end - 1 if text[end - 1].isspace() else text.rfind("\n", start, end) + 1
    emphasis = _WHOLLY_EMPHASISED.fullmatch(text, start, end)
    return emphasis.span("words") if emphasis else (start, end)


def _last_line_is_rule(text: str, start: int, end: int) -> bool:
    line_start = text.rfind("\n", start, end) + 1
    return line_start > start and _RULE.fullmatch(text, line_start, end) is not None
