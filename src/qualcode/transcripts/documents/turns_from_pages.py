"""From lines on pages to turns: running heads and page numbers are set apart, lines joined to paragraphs.

Pages know lines, no paragraphs: a paragraph ends where a short line ends a sentence, or where a label begins the next.
A hyphen at the end of a line goes only where it is a soft one, or the joined word stands elsewhere in the text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from qualcode.model import UnplacedText
from qualcode.transcripts.documents.document_parts import Paragraph, format_aside
from qualcode.transcripts.documents.turns_from_paragraphs import build_draft_from_questions
from qualcode.transcripts.draft import Draft, DraftTurn, ReadOptions, Utterance, build_draft_from_utterances
from qualcode.transcripts.labels.label_shapes import HEADER_KEYS
from qualcode.transcripts.labels.speaker_labels import LABEL, clean_text
from qualcode.transcripts.readers.plain_text import read_plain

EDGE_LINES = 2
"""Lines at either end of a page that may be running heads or feet."""

_NUMBER = re.compile(
    r"(?:\w{1,9}\.?\s*)?[-–—\[(|]?\s*(?P<number>\d{1,4})\s*[-–—\])|]?(?:\s*(?:of|from|/|von|de|sur|di|av|van|z)\s*\d{1,4})?"
)
_ENDS = re.compile(r"[.?!…:。？！][\"'”’»)\]]*$|\]$")
_SHORT = 0.8
"""The part of a full line's length below which a line that ends a sentence ends its paragraph."""
_WORD = re.compile(r"[^\W\d_]+")
_HYPHENATED = re.compile(r"(?P<left>[^\W\d_]{1,50})(?P<hyphen>[-\u00ad\u2010])$")


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line of text with its number in the whole source and its page, both from 1."""

    number: int
    page: int
    text: str


PageLines = Sequence[PageLine]


def build_draft_from_pages(pages: Sequence[PageLines], *, options: ReadOptions) -> Draft:
    """Find the turns of a source whose pages have lines; blank lines are left out beforehand."""
    running = _find_running_lines(pages)
    lines = [line for page in pages for line in page if line.number not in running]
    edges = [
        UnplacedText(line.number, format_aside(f"page {line.page}, head or foot", line.text))
        for page in pages
        for line in page
        if line.number in running
    ]
    draft = read_plain("".join(f"{line.text}\n" for line in lines), rules=options.rules)
    joined = _join_lines(draft, [line.number for line in lines])
    return replace(joined, unplaced=tuple(edges))


def _find_running_lines(pages: Sequence[PageLines]) -> frozenset[int]:
    """Return the numbers of the lines that are running heads, feet or page numbers, from the edges inwards."""
    found: set[int] = set()
    for at in range(EDGE_LINES):
        for end in (0, -1):
            edge = [line for page in pages if (line := _edge_line(page, at, end, found))]
            counts = Counter(_pattern(line.text) for line in edge)
            found.update(line.number for line in edge if _is_running_line(line, counts, len(pages)))
    return frozenset(found)


def _edge_line(page: PageLines, at: int, end: int, found: Collection[int]) -> PageLine | None:
    """Return a page's line at this distance from an end, if all nearer to the end are running ones."""
    order = page if end == 0 else page[::-1]
    nearer = all(line.number in found for line in order[:at])
    return order[at] if nearer and at < len(order) and order[at].number not in found else None


def _pattern(text: str) -> str:
    return re.sub(r"\d+", "#", clean_text(text))


def _is_running_line(line: PageLine, counts: Counter[str], pages: int) -> bool:
    number = _NUMBER.fullmatch(clean_text(line.text))
    if number and int(number["number"]) == line.page:
        return True
    count = counts[_pattern(line.text)]
    label = LABEL.match(line.text)
    said = label is not None and bool(label["name"]) and clean_text(label["name"]).casefold() not in HEADER_KEYS
    least = 3 if said else 2  # "P1: Yes." may well stand at the top of two pages
    return len(line.text) <= 120 and count >= least and 2 * count > pages


def _join_lines(draft: Draft, numbers: Sequence[int]) -> Draft:
    """Return the draft with the lines of each turn joined to paragraphs."""
    known = frozenset(_WORD.findall(draft.text.casefold()))
    full = _full_line_length(draft.text)
    said = [_paragraphs(draft.text[span.start : span.end], full, known) for span in draft.turns]
    if len(said) == 1 and not draft.turns[0].speaker:
        whole = [Paragraph(text) for text in (*filter(None, [draft.header]), *said[0])]
        if asked := build_draft_from_questions(whole):
            return asked
    blocks = [
        Utterance(span.speaker, "\n\n".join(texts), _line_number(draft, span, numbers), span.time, span.role)
        for span, texts in zip(draft.turns, said, strict=True)
    ]
    made = build_draft_from_utterances(blocks, header=draft.header, notices=draft.notices)
    labels = (replace(label, start=max(0, made.text.find(label.text))) for label in draft.labels)
    return replace(made, labels=tuple(labels))


def _line_number(draft: Draft, span: DraftTurn, numbers: Sequence[int]) -> int:
    return numbers[draft.text.count("\n", 0, span.start)] if numbers else 0


def _full_line_length(text: str) -> int:
    """Return the length of a full line: nine of ten are no longer."""
    lengths = sorted(len(line) for line in text.split("\n") if line)
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _paragraphs(text: str, full: int, known: Collection[str]) -> list[str]:
    paragraphs: list[list[str]] = []
    before = ""
    for line in filter(None, map(str.strip, text.split("\n"))):
        if before and (len(before) >= _SHORT * full or not _ENDS.search(before)):
            paragraphs[-1][-1] = _continue_line(before, line, known)
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
        before = line
    return ["".join(lines) for lines in paragraphs]


def _continue_line(before: str, line: str, known: Collection[str]) -> str:
    """Return a line as the next one goes on; of a word that is cut, the hyphen goes only where that invents nothing."""
    cut, right = _HYPHENATED.search(before), _WORD.match(line)
    if cut is None or right is None or not line[0].islower():
        return f"{before} "
    whole = (cut["left"] + right[0]).casefold()
    return before[:-1] if cut["hyphen"] == "\u00ad" or whole in known else before
