"""Turns of lines on pages: running headers, page and line numbers are set apart, lines are joined to paragraphs.

A paragraph ends where a short line ends a sentence, or where a label begins the next line. A hyphen at the end of a
line is removed only if it is a soft hyphen, or if the joined word occurs elsewhere in the text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from qualcode.model import UnplacedText
from qualcode.model.line_numbers import line_counter
from qualcode.transcripts.documents.document_parts import Paragraph, format_aside
from qualcode.transcripts.documents.turns_from_paragraphs import build_draft_from_questions
from qualcode.transcripts.draft import Draft, DraftTurn, ReadOptions, Utterance, build_draft_from_utterances
from qualcode.transcripts.labels.label_shapes import HEADER_KEYS, PARTICLES
from qualcode.transcripts.labels.speaker_labels import LABEL, clean_text
from qualcode.transcripts.margin_numbers import find_margin_numbers, margin_notice
from qualcode.transcripts.readers.plain_text import read_plain

EDGE_LINES = 2
"""Lines at either end of a page that may be running headers or footers."""

# Page numbers as 3, - 3 -, Page 3 of 12, Seite 3 von 12, 3/12.
_NUMBER = re.compile(
    r"(?:\w{1,9}\.?\s*)?[-–—\[(|]?\s*(?P<number>\d{1,4})\s*[-–—\])|]?(?:\s*(?:of|from|/|von|de|sur|di|av|van|z)\s*\d{1,4})?"
)
_ENDS = re.compile(r"[.?!…:。？！][\"'”’»)\]]*$|\]$")
_SHORT_LINE_SHARE = 0.8
"""The share of a full line's length below which a line that ends a sentence ends its paragraph."""
_HEADING_SHARE = 0.5
"""Share of a full line below which a line without a full stop may be a heading."""
_ALL_PAGES_SHARE = 0.9
"""The share of all pages on which a running header is that begins as a turn does."""
_BULLET = re.compile(r"[•‣◦▪▫●○■□◆➢➤✓]\s")
"""The beginning of an item of a list; a dash is left out, since a line of wrapped text may begin with one."""
_WORD = re.compile(r"[^\W\d_]+")
_HYPHENATED = re.compile(r"(?P<left>[^\W\d_]{1,50})(?P<hyphen>[-\u00ad\u2010])$")


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line of text with its number in the source and its page, both from 1."""

    number: int
    page: int
    text: str


PageLines = Sequence[PageLine]


def build_draft_from_pages(pages: Sequence[PageLines], *, options: ReadOptions) -> Draft:
    """Return the draft of pages of lines, none of them blank."""
    pages, margins, notices = _cut_margin_numbers(pages, options)
    # Running lines are removed before labels are detected, else they would be words of the turn around the page break.
    running = _find_running_lines(pages)
    lines = [line for page in pages for line in page if line.number not in running]
    edges = [
        UnplacedText(line.number, format_aside(f"page {line.page}, head or foot", line.text))
        for page in pages
        for line in page
        if line.number in running
    ]
    draft = read_plain(
        "".join(f"{line.text}\n" for line in lines),
        rules=options.rules,
        kind=options.source.kind,
        path=options.path,
        line_numbers=False,
    )
    joined = _join_lines(draft, [line.number for line in lines], is_text=options.source.kind == "text")
    cut = [replace(piece, line=lines[piece.line - 1].number) for piece in draft.unplaced]
    unplaced = tuple(sorted([*margins, *edges, *cut], key=lambda piece: piece.line))
    return replace(joined, unplaced=unplaced, notices=(*joined.notices, *notices))


def _cut_margin_numbers(
    pages: Sequence[PageLines], options: ReadOptions
) -> tuple[Sequence[PageLines], list[UnplacedText], list[str]]:
    """Return the pages without the line numbers in their margins, these numbers page by page, and a notice on them."""
    lines = [line for page in pages for line in page]
    spans = find_margin_numbers([line.text for line in lines], is_expected=options.source.line_numbers)
    if not spans:
        return pages, [], []
    kept: list[PageLines] = []
    numbers: list[UnplacedText] = []
    at = 0
    for page in pages:
        cut = {line.number: spans[index] for index, line in enumerate(page, at) if index in spans}
        at += len(page)
        kept.append([line for old in page if (line := _cut_span(old, cut.get(old.number, (0, 0)))).text])
        words = " ".join(line.text[slice(*cut[line.number])].strip() for line in page if line.number in cut)
        if words:
            numbers.append(UnplacedText(min(cut), format_aside(f"page {page[0].page}, line numbers", words)))
    return kept, numbers, [margin_notice(len(spans), lines[min(spans)].number, options.path)]


def _cut_span(line: PageLine, span: tuple[int, int]) -> PageLine:
    return replace(line, text=line.text[: span[0]] + line.text[span[1] :])


def _find_running_lines(pages: Sequence[PageLines]) -> frozenset[int]:
    """Return the numbers of the lines that are running headers, footers or page numbers."""
    running: set[int] = set()
    all_lines: dict[str, list[PageLine]] = {}
    for line in chain.from_iterable(pages):
        all_lines.setdefault(_label_pattern(line.text), []).append(line)
    for distance in range(EDGE_LINES):
        for is_last in (False, True):
            groups: dict[str, list[PageLine]] = {}
            for page in pages:
                if edge := _edge_line(page, distance, running, is_last=is_last):
                    groups.setdefault(_pattern(edge.text), []).append(edge)
            for group in groups.values():
                found = [line.number for line in group if _is_running_line(line, len(group), len(pages))]
                if found and not _is_said(group, all_lines[_label_pattern(group[0].text)], len(pages)):
                    running.update(found)
    return frozenset(running)


def _edge_line(page: PageLines, distance: int, running: Collection[int], *, is_last: bool) -> PageLine | None:
    """Return the line at a distance from the first or last one, if all between are running lines and it is none."""
    lines = page[::-1] if is_last else page
    is_next = distance < len(lines) and all(line.number in running for line in lines[:distance])
    return lines[distance] if is_next and lines[distance].number not in running else None


def _pattern(text: str) -> str:
    """Return a line's text with its numbers replaced, by which running lines of different pages are equal."""
    return re.sub(r"\d+", "#", clean_text(text))


def _is_said(group: Sequence[PageLine], alike: Sequence[PageLine], pages: int) -> bool:
    """Tell whether equal lines at the edge of pages are said: by a speaker who talks elsewhere, or as often inside.

    ``alike`` are all lines with the same label, or without one with the same text. The name or title behind a label
    that is nearly on every page is that of a running header.
    """
    if not _begins_with_label(group[0].text):
        return len(alike) >= 2 * len(group)
    own = {line.number for line in group}
    elsewhere = [line.text for line in alike if line.number not in own]
    is_throughout = len(group) >= min(_ALL_PAGES_SHARE * pages, pages - 1)
    return bool(elsewhere) and not (is_throughout and (_has_page_numbers(group) or _is_title(group[0].text, elsewhere)))


def _is_title(text: str, elsewhere: Iterable[str]) -> bool:
    """Tell whether the words behind a label are capitalised and no sentence, as names and titles are.

    A single word is none if the speaker's other lines do not end as sentences do either.
    """
    words = _words_behind(text).split()
    is_capitalised = all(word in PARTICLES or not word[0].islower() for word in words)
    is_sentence = not words or _ENDS.search(text) is not None
    return not is_sentence and is_capitalised and (len(words) > 1 or any(map(_ENDS.search, elsewhere)))


def _has_page_numbers(group: Iterable[PageLine]) -> bool:
    return all(str(line.page) in re.findall(r"\d+", _words_behind(line.text)) for line in group)


def _words_behind(text: str) -> str:
    """Return the words of a line behind its label."""
    label = LABEL.match(text)
    return text[label.end() :] if label else text


def _begins_with_label(text: str) -> bool:
    """Return whether a line begins with a label that is no word of a header."""
    label = LABEL.match(text)
    return label is not None and bool(label["name"]) and clean_text(label["name"]).casefold() not in HEADER_KEYS


def _label_pattern(text: str) -> str:
    """Return the pattern of the label at the beginning of a line, or of the whole line if it has none."""
    label = LABEL.match(text)
    return _pattern(label[0]) if label and label["name"] else _pattern(text)


def _is_running_line(line: PageLine, count: int, pages: int) -> bool:
    number = _NUMBER.fullmatch(clean_text(line.text))
    # Another number at the edge of a page may be an answer.
    if number and int(number["number"]) == line.page:
        return True
    min_count = 3 if _begins_with_label(line.text) else 2  # a turn such as "P1: Yes." may be at the top of two pages
    return len(line.text) <= 120 and count >= min_count and 2 * count > pages


def _join_lines(draft: Draft, numbers: Sequence[int], *, is_text: bool) -> Draft:
    """Return the draft with the lines of each turn joined to paragraphs."""
    known = frozenset(_WORD.findall(draft.text.casefold()))
    full = _full_line_length(draft.text)
    paragraphs = [_paragraphs(draft.text[span.start : span.end], full, known) for span in draft.turns]
    if len(paragraphs) == 1 and not draft.turns[0].speaker and not is_text:
        parts = [Paragraph(text) for text in (*filter(None, [draft.header]), *paragraphs[0])]
        if question_draft := build_draft_from_questions(parts):
            return question_draft
    utterances = [
        Utterance(span.speaker, "\n\n".join(texts), _line_number(draft, span, numbers), span.time, span.role)
        for span, texts in zip(draft.turns, paragraphs, strict=True)
    ]
    joined = build_draft_from_utterances(utterances, header=draft.header, notices=draft.notices)
    # Joining lines changes offsets, so the labels are searched for again.
    labels = (replace(label, start=max(0, joined.text.find(label.text))) for label in draft.labels)
    return replace(joined, labels=tuple(labels))


def _line_number(draft: Draft, span: DraftTurn, numbers: Sequence[int]) -> int:
    # A label without words at the end has its place behind the last line.
    return numbers[min(line_counter(draft.text)(span.start), len(numbers)) - 1] if numbers else 0


def _full_line_length(text: str) -> int:
    """Return the length of a full line: the 90th percentile of all lengths."""
    lengths = sorted(len(line) for line in text.split("\n") if line)
    # Not the maximum, since a few lines may be overlong.
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _paragraphs(text: str, full: int, known: Collection[str]) -> list[str]:
    """Return the paragraphs of a turn; ``full`` is the length of a full line, ``known`` are the words of the text."""
    paragraphs: list[list[str]] = []
    before = ""
    for line in filter(None, map(str.strip, text.split("\n"))):
        if before and not _BULLET.match(line) and _is_continued(before, line, full):
            paragraphs[-1][-1] = _continue_line(before, line, known)
            paragraphs[-1].append(line)
        else:
            paragraphs.append([line])
        before = line
    return ["".join(lines) for lines in paragraphs]


def _is_continued(before: str, line: str, full: int) -> bool:
    """Return whether a line continues the line before; after a heading, which is short, a capital letter follows."""
    if len(before) >= _SHORT_LINE_SHARE * full:
        return True
    is_heading = len(before) < _HEADING_SHARE * full and line[0].isupper()
    return not is_heading and not _ENDS.search(before)


def _continue_line(before: str, line: str, known: Collection[str]) -> str:
    """Return a line without the hyphen at its end if it divides a known word, else with a space unless it is cut."""
    cut, right = _HYPHENATED.search(before), _WORD.match(line)
    if cut is None or right is None or not line[0].islower():
        return f"{before} "
    whole = (cut["left"] + right[0]).casefold()
    return before[:-1] if cut["hyphen"] == "\u00ad" or whole in known else before
