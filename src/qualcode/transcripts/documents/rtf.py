"""Rich Text: paragraphs and tables in their order, with what is bold; footnotes and comments are reported beside.

An own reader, since striprtf drops footnotes and comments, keeps deleted words, and does not tell what is bold.
Page headers and feet, text boxes and hidden text are reported too; pictures, the instructions of fields, and the
tables at the head of a source (fonts, colours, styles, its author) are no words of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

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
from qualcode.transcripts.draft import Draft, ReadOptions
from qualcode.transcripts.file_type import check_file_type

MOST_TOKENS = 2_000_000
"""Words, controls and braces that a source may have: each takes some microseconds."""

_TOKEN = re.compile(
    r"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})?[ ]?|\\'(?P<code>[0-9A-Fa-f]{2})|\\(?P<sign>[^A-Za-z])"
    r"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\",
    re.DOTALL,
)


@dataclass(slots=True)
class _Group:
    """What holds between two braces; a group inside begins as a copy of it."""

    aside: str = ""
    skipped: bool = False
    bold: bool = False
    hidden: bool = False
    deleted: bool = False
    in_table: bool = False
    fallback_length: int = 1
    """Characters after a Unicode one that stand for it in older programs."""
    font: int = -1


@dataclass(slots=True)
class _RtfState:
    """What has been read so far."""

    code_page: str
    groups: list[_Group] = field(default_factory=lambda: [_Group()])
    fonts: dict[int, str] = field(default_factory=dict)
    font_table_depth: int = 0
    """The depth at which the table of fonts began; 0 outside it."""
    pending_bytes: bytearray = field(default_factory=bytearray)
    fallback_left: int = 0
    is_starred: bool = False
    runs: list[TextRun] = field(default_factory=list)
    open_asides: list[tuple[int, int, str]] = field(default_factory=list)
    """Of each footnote or such that is open: the depth, the pieces that stood before it, and its name."""
    cell: list[DocumentPart] = field(default_factory=list)
    cells: list[list[DocumentPart]] = field(default_factory=list)
    parts: list[DocumentPart] = field(default_factory=list)
    headers_and_footers: list[str] = field(default_factory=list)
    table: int = 0

    @property
    def group(self) -> _Group:
        return self.groups[-1]


def read(content: bytes, told: ReadOptions) -> Draft:
    """Read a Rich Text source; a table with columns for speaker and text is a transcript, else labels are found."""
    check_file_type(content, path=told.path, expected="RTF")
    text = content.decode("latin-1").removeprefix("ï»¿").lstrip()
    if not text.startswith("{\\rtf"):
        raise OperationError(
            f"{told.path}: damaged, or not an RTF: open it in a word processor and save it again as .rtf"
        )
    reading = _RtfState(_configured_code_page(told))
    end = _read_tokens(text, reading, told.path)
    _end_document(reading)
    return build_draft_from_parts(
        reading.parts,
        options=told,
        unplaced=_text_after_end(text, end, reading, told.path),
        headers_and_footers=reading.headers_and_footers,
    )


def _configured_code_page(told: ReadOptions) -> str:
    encoding = _usable_encoding(told.encoding or "cp1252", "")
    if not encoding:
        raise OperationError(f"{told.path}: no encoding '{told.encoding}': mend 'encodings' in qualcode.yaml")
    return encoding


def _text_after_end(text: str, position: int, reading: _RtfState, path: str) -> list[UnplacedText]:
    """Return the words that stand behind the brace that closes the whole, which programs do not show."""
    rest = _RtfState(reading.code_page, fonts=reading.fonts)
    last = len(text.rstrip("\0 \r\n"))
    while position < last:
        position = _read_tokens(text, rest, path, position=position)
    _end_document(rest)
    said = flatten_parts(rest.parts)
    return [UnplacedText(len(reading.parts), format_aside("after the end", said))] if said else []


def _read_tokens(text: str, reading: _RtfState, path: str, *, position: int = 0) -> int:
    """Read to the brace that closes the whole, or to the end; return where that is."""
    tokens = 0
    while token := _TOKEN.match(text, position):
        tokens += 1
        if tokens > MOST_TOKENS:
            raise OperationError(f"{path}: has more than {MOST_TOKENS:,} parts: save it again as .docx")
        position = token.end()
        if token["word"] == "bin":
            position += max(0, int(token["number"] or 0))
        _read_token(token, reading)
        if len(reading.groups) == 1 and token["brace"] == "}":
            break
    return position


def _read_token(token: re.Match[str], reading: _RtfState) -> None:
    kind, said = token.lastgroup, token[token.lastgroup or 0]
    if kind == "text":
        _add_bytes(reading, said)
    elif kind == "code":
        _add_bytes(reading, chr(int(said, 16)))
    elif kind in {"word", "number"}:
        _flush(reading)
        _apply_control_word(reading, token["word"], int(token["number"]) if token["number"] else None)
    elif kind == "sign":
        _flush(reading)
        _apply_symbol(reading, said)
    elif kind == "brace":
        _flush(reading)
        _apply_brace(reading, said)


def _add_bytes(reading: _RtfState, text: str) -> None:
    """Collect bytes, which are decoded together: in some encodings a character has two, the second as a letter."""
    dropped = min(reading.fallback_left, len(text))
    reading.fallback_left -= dropped
    reading.is_starred = False
    if not (reading.group.skipped or reading.group.deleted):
        reading.pending_bytes += text[dropped:].encode("latin-1")


def _flush(reading: _RtfState) -> None:
    if reading.pending_bytes:
        encoding = reading.fonts.get(reading.group.font, reading.code_page)
        _add(reading, reading.pending_bytes.decode(encoding, "replace"))
        reading.pending_bytes.clear()


def _add(reading: _RtfState, text: str) -> None:
    group = reading.group
    if not (group.skipped or group.deleted):
        reading.runs.append(TextRun(text.replace("\0", ""), group.bold, HIDDEN if group.hidden else ""))


def _apply_brace(reading: _RtfState, brace: str) -> None:
    reading.fallback_left = 0
    reading.is_starred = False
    if brace == "{":
        reading.groups.append(replace(reading.group))
        return
    if reading.open_asides and reading.open_asides[-1][0] == len(reading.groups):
        _end_aside(reading)
    if reading.font_table_depth >= len(reading.groups):
        reading.font_table_depth = 0
    if len(reading.groups) > 1:
        reading.groups.pop()


def _apply_symbol(reading: _RtfState, sign: str) -> None:
    if sign == "*":
        reading.is_starred = True
    elif reading.fallback_left:
        reading.fallback_left -= 1
    elif sign in "\r\n":
        _end_paragraph(reading)
    elif sign in SYMBOLS:
        _add(reading, SYMBOLS[sign])


def _apply_control_word(reading: _RtfState, word: str, number: int | None) -> None:
    starred, reading.is_starred = reading.is_starred, False
    if word in ASIDE_GROUPS:
        _begin_aside(reading, ASIDE_GROUPS[word])
    elif word == "ftnalt" and reading.open_asides:
        reading.open_asides[-1] = (*reading.open_asides[-1][:2], "endnote")
    elif word in READ_GROUPS:
        reading.group.skipped = (
            _enclosing_group(reading).skipped if word != "ud" else _enclosing_group(reading, 2).skipped
        )
    elif starred or word in SKIPPED_GROUPS:
        reading.group.skipped = True
        if word == "fonttbl":
            reading.font_table_depth = len(reading.groups)
    elif word in {"f", "fcharset"}:
        _font(reading, word, number or 0)
    elif word == "u":
        _unicode(reading, number or 0)
    elif reading.fallback_left and word in SPECIAL_CHARACTERS:
        reading.fallback_left -= 1
    else:
        reading.fallback_left = 0  # never to swallow the end of a paragraph
        _apply_property(reading, word, number)


def _enclosing_group(reading: _RtfState, levels: int = 1) -> _Group:
    return reading.groups[max(0, len(reading.groups) - 1 - levels)]


def _font(reading: _RtfState, word: str, number: int) -> None:
    if word == "f":
        reading.group.font = number
    elif reading.font_table_depth and number in CHARSETS:
        reading.fonts[reading.group.font] = CHARSETS[number]


def _unicode(reading: _RtfState, number: int) -> None:
    _add(reading, chr(number % 0x10000))
    reading.fallback_left = reading.group.fallback_length


def _apply_property(reading: _RtfState, word: str, number: int | None) -> None:
    group, on = reading.group, number != 0
    if word in {"b", "v", "deleted"}:
        setattr(group, {"b": "bold", "v": "hidden", "deleted": "deleted"}[word], on)
    elif word == "plain":
        group.bold = group.hidden = group.deleted = False
    elif word in {"pard", "intbl"}:
        group.in_table = word == "intbl"
    elif word == "uc":
        group.fallback_length = max(0, min(number or 0, 100))
    elif word == "ansicpg" or word in CODE_PAGES:
        reading.code_page = _usable_encoding(CODE_PAGES.get(word, f"cp{number}"), reading.code_page)
    elif word in {"par", "sect"}:
        _end_paragraph(reading)
    elif word == "cell":
        _end_cell(reading)
    elif word == "row":
        _end_row(reading)
    elif word in SPECIAL_CHARACTERS:
        _add(reading, SPECIAL_CHARACTERS[word])


def _usable_encoding(name: str, otherwise: str) -> str:
    """Return an encoding's name if Python has it and it turns any bytes into text."""
    try:
        return name if bytes(range(256)).decode(name, "replace") else otherwise
    except (LookupError, ValueError):
        return otherwise


def _begin_aside(reading: _RtfState, name: str) -> None:
    if not reading.group.skipped:
        reading.open_asides.append((len(reading.groups), len(reading.runs), name))
        reading.group.bold = reading.group.hidden = False


def _end_aside(reading: _RtfState) -> None:
    _, before, name = reading.open_asides.pop()
    inner = build_paragraph(_repair_runs(reading.runs[before:]))
    del reading.runs[before:]
    text = " ".join([inner.text, *inner.asides])
    if name in HEADERS_AND_FOOTERS:
        reading.headers_and_footers += [format_aside(name, text)] if text.strip() else []
    else:
        reading.runs.append(TextRun(text, aside=name))


def _repair_runs(pieces: list[TextRun]) -> Iterator[TextRun]:
    """Yield the pieces with surrogate pairs, which come as two, made one character."""
    pending: list[TextRun] = []
    for one in pieces:
        if pending and (one.bold, one.aside) != (pending[0].bold, pending[0].aside):
            yield replace(pending[0], text=repair_surrogates("".join(each.text for each in pending)))
            pending = []
        if one.aside not in {"", HIDDEN}:
            yield one
        else:
            pending.append(one)
    if pending:
        yield replace(pending[0], text=repair_surrogates("".join(each.text for each in pending)))


def _end_paragraph(reading: _RtfState) -> None:
    if reading.group.skipped:
        return
    if reading.open_asides:  # a footnote may have several paragraphs
        _add(reading, "\n")
        return
    made = build_paragraph(_repair_runs(reading.runs))
    reading.runs = []
    if reading.group.in_table:
        reading.cell.append(made)
    else:
        _end_row(reading)
        reading.parts.append(made)


def _end_cell(reading: _RtfState) -> None:
    if reading.open_asides or reading.group.skipped:
        _add(reading, "\t")
        return
    reading.cell.append(build_paragraph(_repair_runs(reading.runs)))
    reading.runs = []
    reading.cells.append(reading.cell)
    reading.cell = []


def _end_row(reading: _RtfState) -> None:
    if reading.open_asides or reading.group.skipped:
        return
    if reading.cell:
        reading.cells.append(reading.cell)
        reading.cell = []
    if reading.cells:
        reading.table += 1 if not reading.parts or isinstance(reading.parts[-1], Paragraph) else 0
        reading.parts.append(build_row(reading.cells, reading.table))
        reading.cells = []


def _end_document(reading: _RtfState) -> None:
    """End what a source that is cut off leaves open."""
    _flush(reading)
    while reading.open_asides:
        _end_aside(reading)
    reading.groups = [_Group(in_table=bool(reading.cells or reading.cell))]
    if reading.runs:
        _end_paragraph(reading)
    _end_row(reading)
