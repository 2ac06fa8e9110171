"""Rich Text: paragraphs and tables in order.

Footnotes, comments, page headers and footers, text boxes and hidden text are asides. Pictures, field instructions and
the tables at the beginning (fonts, colours, styles, author) are not read. The library striprtf is not used, since it
drops footnotes and comments, keeps deleted words, and does not return which words are bold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from qualcode.errors import OperationError
from qualcode.model import UnplacedText
from qualcode.transcripts.documents.document_parts import (
    HIDDEN,
    DocumentPart,
    Paragraph,
    TextRun,
    build_paragraph,
    build_row,
    flatten_parts,
    format_aside,
    repair_surrogates,
)
from qualcode.transcripts.documents.rtf_controls import (
    ASIDE_GROUPS,
    CHARSETS,
    CODE_PAGES,
    HEADERS_AND_FOOTERS,
    READ_GROUPS,
    SKIPPED_GROUPS,
    SPECIAL_CHARACTERS,
    SYMBOLS,
)
from qualcode.transcripts.documents.turns_from_paragraphs import build_draft_from_parts
from qualcode.transcripts.draft import Draft, ReadOptions, limit_lines
from qualcode.transcripts.file_type import check_file_type

MAX_TOKENS = 2_000_000
"""Limit of the words, control words and braces of a file: each takes some microseconds."""

# RTF limits control words to 32 letters; one space after a control word is part of it.
_TOKEN = re.compile(
    r"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<code>[0-9A-Fa-f]{2})|\\(?P<sign>[^A-Za-z])"
    r"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)


@dataclass(slots=True)
class _Group:
    """Properties between two braces; a group inside begins as a copy."""

    aside: str = ""
    skipped: bool = False
    bold: bool = False
    hidden: bool = False
    deleted: bool = False
    in_table: bool = False
    fallback_length: int = 1
    """Characters after a Unicode one that replace it in older programs."""
    font: int = -1


@dataclass(slots=True)
class _RtfState:
    """State of reading a file."""

    code_page: str
    groups: list[_Group] = field(default_factory=lambda: [_Group()])
    fonts: dict[int, str] = field(default_factory=dict)
    font_table_depth: int = 0
    """The depth at which the font table began; 0 outside it."""
    pending_bytes: bytearray = field(default_factory=bytearray)
    fallback_left: int = 0
    is_starred: bool = False
    runs: list[TextRun] = field(default_factory=list)
    open_asides: list[tuple[int, int, str]] = field(default_factory=list)
    """Of each open aside: its depth, the number of runs before it, and its name."""
    cell: list[DocumentPart] = field(default_factory=list)
    cells: list[list[DocumentPart]] = field(default_factory=list)
    parts: list[DocumentPart] = field(default_factory=list)
    headers_and_footers: list[str] = field(default_factory=list)
    table: int = 0

    @property
    def group(self) -> _Group:
        return self.groups[-1]


def read(content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of a Rich Text file.

    Raises
    ------
    OperationError
        The file is damaged, too large, or not Rich Text.
    """
    check_file_type(content, path=options.path, expected="RTF")
    # Latin-1 makes one character of each byte; the encoding depends on the font, so `_flush` decodes the words.
    text = content.decode("latin-1").removeprefix("ï»¿").lstrip()
    if not text.startswith("{\\rtf"):
        raise OperationError(
            f"{options.path}: damaged, or not RTF: open it in a word processor and save it again as .rtf"
        )
    state = _RtfState(_configured_code_page(options))
    end = _read_tokens(text, state, options.path)
    _end_document(state)
    return build_draft_from_parts(
        limit_lines(state.parts, options.path),
        options=options,
        unplaced=_text_after_end(text, end, state, options.path),
        headers_and_footers=state.headers_and_footers,
    )


def _configured_code_page(options: ReadOptions) -> str:
    encoding = _usable_encoding(options.encoding or "cp1252", "")
    if not encoding:
        raise OperationError(
            f"{options.path}: unknown encoding '{options.encoding}': correct 'encodings' in qualcode.yaml"
        )
    return encoding


def _text_after_end(text: str, position: int, state: _RtfState, path: str) -> list[UnplacedText]:
    """Return the words after the brace that closes the document, which programs do not show."""
    tail = _RtfState(state.code_page, fonts=state.fonts)
    last = len(text.rstrip("\0 \r\n"))
    while position < last:
        position = _read_tokens(text, tail, path, position=position)
    _end_document(tail)
    words = flatten_parts(tail.parts)
    return [UnplacedText(len(state.parts), format_aside("after the end", words))] if words else []


def _read_tokens(text: str, state: _RtfState, path: str, *, position: int = 0) -> int:
    """Read to the brace that closes the document, or to the end; return the position after it."""
    tokens = 0
    while token := _TOKEN.match(text, position):
        tokens += 1
        if tokens > MAX_TOKENS:
            raise OperationError(f"{path}: over the limit of {MAX_TOKENS:,} parts: save it again as .docx")
        position = token.end()
        # \binN is followed by N bytes that are not RTF and may contain braces.
        if token["word"] == "bin":
            position += max(0, int(token["number"] or 0))
        _read_token(token, state)
        if len(state.groups) == 1 and token["brace"] == "}":
            break
    return position


def _read_token(token: re.Match[str], state: _RtfState) -> None:
    kind, value = token.lastgroup, token[token.lastgroup or 0]
    if kind == "text":
        _add_bytes(state, value)
    elif kind == "code":
        _add_bytes(state, chr(int(value, 16)))
    elif kind in {"word", "number"}:
        _flush(state)
        _apply_control_word(state, token["word"], int(token["number"]) if token["number"] else None)
    elif kind == "sign":
        _flush(state)
        _apply_symbol(state, value)
    elif kind == "brace":
        _flush(state)
        _apply_brace(state, value)


def _add_bytes(state: _RtfState, text: str) -> None:
    """Collect bytes to decode them together: in some encodings a character has two, the second like a letter."""
    # After \u come as many characters as \uc gives, for programs without Unicode.
    dropped = min(state.fallback_left, len(text))
    state.fallback_left -= dropped
    state.is_starred = False
    if not (state.group.skipped or state.group.deleted):
        state.pending_bytes += text[dropped:].encode("latin-1")


def _flush(state: _RtfState) -> None:
    if state.pending_bytes:
        encoding = state.fonts.get(state.group.font, state.code_page)
        _add(state, state.pending_bytes.decode(encoding, "replace"))
        state.pending_bytes.clear()


def _add(state: _RtfState, text: str) -> None:
    group = state.group
    if not (group.skipped or group.deleted):
        state.runs.append(TextRun(text.replace("\0", ""), group.bold, HIDDEN if group.hidden else ""))


def _apply_brace(state: _RtfState, brace: str) -> None:
    state.fallback_left = 0
    state.is_starred = False
    if brace == "{":
        state.groups.append(replace(state.group))
        return
    if state.open_asides and state.open_asides[-1][0] == len(state.groups):
        _end_aside(state)
    if state.font_table_depth >= len(state.groups):
        state.font_table_depth = 0
    if len(state.groups) > 1:
        state.groups.pop()


def _apply_symbol(state: _RtfState, sign: str) -> None:
    if sign == "*":
        state.is_starred = True
    elif state.fallback_left:
        state.fallback_left -= 1
    # A backslash at the end of a line means \par.
    elif sign in "\r\n":
        _end_paragraph(state)
    elif sign in SYMBOLS:
        _add(state, SYMBOLS[sign])


def _apply_control_word(state: _RtfState, word: str, number: int | None) -> None:
    starred, state.is_starred = state.is_starred, False
    if word in ASIDE_GROUPS:
        _begin_aside(state, ASIDE_GROUPS[word])
    elif word == "ftnalt" and state.open_asides:
        state.open_asides[-1] = (*state.open_asides[-1][:2], "endnote")
    elif word in READ_GROUPS:
        # \upr has a text in ANSI and in Unicode (\ud) and is skipped: \ud takes the state of the group around \upr.
        state.group.skipped = _enclosing_group(state).skipped if word != "ud" else _enclosing_group(state, 2).skipped
    # \* marks a group that programs skip if they do not know it.
    elif starred or word in SKIPPED_GROUPS:
        state.group.skipped = True
        if word == "fonttbl":
            state.font_table_depth = len(state.groups)
    elif word in {"f", "fcharset"}:
        _font(state, word, number or 0)
    elif word == "u":
        _unicode(state, number or 0)
    # The fallback of a Unicode character may be a control word.
    elif state.fallback_left and word in SPECIAL_CHARACTERS:
        state.fallback_left -= 1
    else:
        state.fallback_left = 0  # so that the end of a paragraph is never dropped
        _apply_property(state, word, number)


def _enclosing_group(state: _RtfState, levels: int = 1) -> _Group:
    return state.groups[max(0, len(state.groups) - 1 - levels)]


def _font(state: _RtfState, word: str, number: int) -> None:
    if word == "f":
        state.group.font = number
    elif state.font_table_depth and number in CHARSETS:
        state.fonts[state.group.font] = CHARSETS[number]


def _unicode(state: _RtfState, number: int) -> None:
    # RTF writes \u as a signed 16-bit number.
    _add(state, chr(number % 0x10000))
    state.fallback_left = state.group.fallback_length


def _apply_property(state: _RtfState, word: str, number: int | None) -> None:
    # \b and \b1 switch a property on, \b0 off.
    group, is_on = state.group, number != 0
    if word in {"b", "v", "deleted"}:
        setattr(group, {"b": "bold", "v": "hidden", "deleted": "deleted"}[word], is_on)
    elif word == "plain":
        group.bold = group.hidden = group.deleted = False
    elif word in {"pard", "intbl"}:
        group.in_table = word == "intbl"
    elif word == "uc":
        # With a larger number, a damaged file would lose words.
        group.fallback_length = max(0, min(number or 0, 100))
    elif word == "ansicpg" or word in CODE_PAGES:
        state.code_page = _usable_encoding(CODE_PAGES.get(word, f"cp{number}"), state.code_page)
    elif word in {"par", "sect"}:
        # A deleted mark joins a paragraph with the next; one without words stays a blank paragraph.
        if not (group.deleted and any(run.text.strip() for run in state.runs)):
            _end_paragraph(state)
    elif word == "cell":
        _end_cell(state)
    elif word == "row":
        _end_row(state)
    elif word in SPECIAL_CHARACTERS:
        _add(state, SPECIAL_CHARACTERS[word])


def _usable_encoding(name: str, default: str) -> str:
    """Return an encoding's name if Python has it and it decodes any bytes to text, else the default."""
    try:
        return name if bytes(range(256)).decode(name, "replace") else default
    except (LookupError, ValueError):
        return default


def _begin_aside(state: _RtfState, name: str) -> None:
    if not state.group.skipped:
        state.open_asides.append((len(state.groups), len(state.runs), name))
        state.group.bold = state.group.hidden = False


def _end_aside(state: _RtfState) -> None:
    _, first, name = state.open_asides.pop()
    paragraph = build_paragraph(_repair_runs(state.runs[first:]))
    del state.runs[first:]
    text = " ".join([paragraph.text, *paragraph.asides])
    if name in HEADERS_AND_FOOTERS:
        state.headers_and_footers += [format_aside(name, text)] if text.strip() else []
    else:
        state.runs.append(TextRun(text, aside=name))


def _repair_runs(runs: list[TextRun]) -> Iterator[TextRun]:
    """Yield runs of one style joined, so that surrogate pairs, which are two controls, become one character."""
    for (bold, aside), group in groupby(runs, key=lambda run: (run.bold, run.aside)):
        if aside in {"", HIDDEN}:
            yield TextRun(repair_surrogates("".join(run.text for run in group)), bold, aside)
        else:
            yield from group


def _end_paragraph(state: _RtfState) -> None:
    if state.group.skipped:
        return
    if state.open_asides:  # an aside may have several paragraphs
        _add(state, "\n")
        return
    paragraph = build_paragraph(_repair_runs(state.runs))
    state.runs = []
    if state.group.in_table:
        state.cell.append(paragraph)
    else:
        _end_row(state)
        state.parts.append(paragraph)


def _end_cell(state: _RtfState) -> None:
    if state.open_asides or state.group.skipped:
        _add(state, "\t")
        return
    state.cell.append(build_paragraph(_repair_runs(state.runs)))
    state.runs = []
    state.cells.append(state.cell)
    state.cell = []


def _end_row(state: _RtfState) -> None:
    if state.open_asides or state.group.skipped:
        return
    if state.cell:
        state.cells.append(state.cell)
        state.cell = []
    if state.cells:
        # RTF has rows but no tables: a row below a paragraph begins a new one.
        state.table += 1 if not state.parts or isinstance(state.parts[-1], Paragraph) else 0
        state.parts.append(build_row(state.cells, state.table))
        state.cells = []


def _end_document(state: _RtfState) -> None:
    """End what is still open, as in a file that is cut off."""
    _flush(state)
    while state.open_asides:
        _end_aside(state)
    # A new group, since one that is skipped would drop what is still open.
    state.groups = [_Group(in_table=bool(state.cells or state.cell))]
    if state.runs:
        _end_paragraph(state)
    _end_row(state)
