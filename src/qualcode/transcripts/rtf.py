"""Rich Text: paragraphs and tables in their order, with what is bold; footnotes and comments are reported beside.

An own reader, since striprtf drops footnotes and comments, keeps deleted words, and does not tell what is bold.
Page headers and feet, text boxes and hidden text are reported too; pictures, the instructions of fields, and the
tables at the head of a source (fonts, colours, styles, its author) are no words of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from qualcode.errors import Refused
from qualcode.model import Unplaced
from qualcode.transcripts.draft import Draft, Told
from qualcode.transcripts.paragraphs import draft_of
from qualcode.transcripts.parts import HIDDEN, Paragraph, Part, Piece, mended, named, paragraph, row, words_of
from qualcode.transcripts.rtf_words import ASIDES, CHARSETS, EDGES, OPENED, PAGES, SIGNS, SKIPPED, SPECIAL
from qualcode.transcripts.signatures import refuse_other

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
    skip: int = 1
    """Characters after a Unicode one that stand for it in older programs."""
    font: int = -1


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    page: str
    groups: list[_Group] = field(default_factory=lambda: [_Group()])
    fonts: dict[int, str] = field(default_factory=dict)
    in_fonts: int = 0
    """The depth at which the table of fonts began; 0 outside it."""
    codes: bytearray = field(default_factory=bytearray)
    left: int = 0
    starred: bool = False
    pieces: list[Piece] = field(default_factory=list)
    opened: list[tuple[int, int, str]] = field(default_factory=list)
    """Of each footnote or such that is open: the depth, the pieces that stood before it, and its name."""
    cell: list[Part] = field(default_factory=list)
    cells: list[list[Part]] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    edges: list[str] = field(default_factory=list)
    table: int = 0

    @property
    def group(self) -> _Group:
        return self.groups[-1]


def read(content: bytes, told: Told) -> Draft:
    """Read a Rich Text source; a table with columns for speaker and text is a transcript, else labels are found."""
    refuse_other(content, path=told.shown, wanted="RTF")
    text = content.decode("latin-1").removeprefix("ï»¿").lstrip()
    if not text.startswith("{\\rtf"):
        raise Refused(f"{told.shown}: damaged, or not an RTF: open it in a word processor and save it again as .rtf")
    reading = _Reading(_known(told))
    end = _read_all(text, reading, told.shown)
    _end_all(reading)
    return draft_of(reading.parts, told=told, unplaced=_beyond(text, end, reading, told.shown), edges=reading.edges)


def _known(told: Told) -> str:
    encoding = _page(told.encoding or "cp1252", "")
    if not encoding:
        raise Refused(f"{told.shown}: no encoding '{told.encoding}': mend 'encodings' in qualcode.yaml")
    return encoding


def _beyond(text: str, position: int, reading: _Reading, path: str) -> list[Unplaced]:
    """Return the words that stand behind the brace that closes the whole, which programs do not show."""
    rest = _Reading(reading.page, fonts=reading.fonts)
    last = len(text.rstrip("\0 \r\n"))
    while position < last:
        position = _read_all(text, rest, path, position=position)
    _end_all(rest)
    said = words_of(rest.parts)
    return [Unplaced(len(reading.parts), named("after the end", said))] if said else []


def _read_all(text: str, reading: _Reading, path: str, *, position: int = 0) -> int:
    """Read to the brace that closes the whole, or to the end; return where that is."""
    tokens = 0
    while token := _TOKEN.match(text, position):
        tokens += 1
        if tokens > MOST_TOKENS:
            raise Refused(f"{path}: has more than {MOST_TOKENS:,} parts: save it again as .docx")
        position = token.end()
        if token["word"] == "bin":
            position += max(0, int(token["number"] or 0))
        _read_one(token, reading)
        if len(reading.groups) == 1 and token["brace"] == "}":
            break
    return position


def _read_one(token: re.Match[str], reading: _Reading) -> None:
    kind, said = token.lastgroup, token[token.lastgroup or 0]
    if kind == "text":
        _add_codes(reading, said)
    elif kind == "code":
        _add_codes(reading, chr(int(said, 16)))
    elif kind in {"word", "number"}:
        _flush(reading)
        _control(reading, token["word"], int(token["number"]) if token["number"] else None)
    elif kind == "sign":
        _flush(reading)
        _sign(reading, said)
    elif kind == "brace":
        _flush(reading)
        _brace(reading, said)


def _add_codes(reading: _Reading, text: str) -> None:
    """Collect bytes, which are decoded together: in some encodings a character has two, the second as a letter."""
    dropped = min(reading.left, len(text))
    reading.left -= dropped
    reading.starred = False
    if not (reading.group.skipped or reading.group.deleted):
        reading.codes += text[dropped:].encode("latin-1")


def _flush(reading: _Reading) -> None:
    if reading.codes:
        encoding = reading.fonts.get(reading.group.font, reading.page)
        _add(reading, reading.codes.decode(encoding, "replace"))
        reading.codes.clear()


def _add(reading: _Reading, text: str) -> None:
    group = reading.group
    if not (group.skipped or group.deleted):
        reading.pieces.append(Piece(text.replace("\0", ""), group.bold, HIDDEN if group.hidden else ""))


def _brace(reading: _Reading, brace: str) -> None:
    reading.left = 0
    reading.starred = False
    if brace == "{":
        reading.groups.append(replace(reading.group))
        return
    if reading.opened and reading.opened[-1][0] == len(reading.groups):
        _end_aside(reading)
    if reading.in_fonts >= len(reading.groups):
        reading.in_fonts = 0
    if len(reading.groups) > 1:
        reading.groups.pop()


def _sign(reading: _Reading, sign: str) -> None:
    if sign == "*":
        reading.starred = True
    elif reading.left:
        reading.left -= 1
    elif sign in "\r\n":
        _end_paragraph(reading)
    elif sign in SIGNS:
        _add(reading, SIGNS[sign])


def _control(reading: _Reading, word: str, number: int | None) -> None:
    starred, reading.starred = reading.starred, False
    if word in ASIDES:
        _begin_aside(reading, ASIDES[word])
    elif word == "ftnalt" and reading.opened:
        reading.opened[-1] = (*reading.opened[-1][:2], "endnote")
    elif word in OPENED:
        reading.group.skipped = _around(reading).skipped if word != "ud" else _around(reading, 2).skipped
    elif starred or word in SKIPPED:
        reading.group.skipped = True
        if word == "fonttbl":
            reading.in_fonts = len(reading.groups)
    elif word in {"f", "fcharset"}:
        _font(reading, word, number or 0)
    elif word == "u":
        _unicode(reading, number or 0)
    elif reading.left and word in SPECIAL:
        reading.left -= 1
    else:
        reading.left = 0  # never to swallow the end of a paragraph
        _set(reading, word, number)


def _around(reading: _Reading, levels: int = 1) -> _Group:
    return reading.groups[max(0, len(reading.groups) - 1 - levels)]


def _font(reading: _Reading, word: str, number: int) -> None:
    if word == "f":
        reading.group.font = number
    elif reading.in_fonts and number in CHARSETS:
        reading.fonts[reading.group.font] = CHARSETS[number]


def _unicode(reading: _Reading, number: int) -> None:
    _add(reading, chr(number % 0x10000))
    reading.left = reading.group.skip


def _set(reading: _Reading, word: str, number: int | None) -> None:
    group, on = reading.group, number != 0
    if word in {"b", "v", "deleted"}:
        setattr(group, {"b": "bold", "v": "hidden", "deleted": "deleted"}[word], on)
    elif word == "plain":
        group.bold = group.hidden = group.deleted = False
    elif word in {"pard", "intbl"}:
        group.in_table = word == "intbl"
    elif word == "uc":
        group.skip = max(0, min(number or 0, 100))
    elif word == "ansicpg" or word in PAGES:
        reading.page = _page(PAGES.get(word, f"cp{number}"), reading.page)
    elif word in {"par", "sect"}:
        _end_paragraph(reading)
    elif word == "cell":
        _end_cell(reading)
    elif word == "row":
        _end_row(reading)
    elif word in SPECIAL:
        _add(reading, SPECIAL[word])


def _page(name: str, otherwise: str) -> str:
    """Return an encoding's name if Python has it and it turns any bytes into text."""
    try:
        return name if bytes(range(256)).decode(name, "replace") else otherwise
    except (LookupError, ValueError):
        return otherwise


def _begin_aside(reading: _Reading, name: str) -> None:
    if not reading.group.skipped:
        reading.opened.append((len(reading.groups), len(reading.pieces), name))
        reading.group.bold = reading.group.hidden = False


def _end_aside(reading: _Reading) -> None:
    _, before, name = reading.opened.pop()
    inner = paragraph(_mended(reading.pieces[before:]))
    del reading.pieces[before:]
    text = " ".join([inner.text, *inner.asides])
    if name in EDGES:
        reading.edges += [named(name, text)] if text.strip() else []
    else:
        reading.pieces.append(Piece(text, aside=name))


def _mended(pieces: list[Piece]) -> Iterator[Piece]:
    """Yield the pieces with surrogate pairs, which come as two, made one character."""
    pending: list[Piece] = []
    for one in pieces:
        if pending and (one.bold, one.aside) != (pending[0].bold, pending[0].aside):
            yield replace(pending[0], text=mended("".join(each.text for each in pending)))
            pending = []
        if one.aside not in {"", HIDDEN}:
            yield one
        else:
            pending.append(one)
    if pending:
        yield replace(pending[0], text=mended("".join(each.text for each in pending)))


def _end_paragraph(reading: _Reading) -> None:
    if reading.group.skipped:
        return
    if reading.opened:  # a footnote may have several paragraphs
        _add(reading, "\n")
        return
    made = paragraph(_mended(reading.pieces))
    reading.pieces = []
    if reading.group.in_table:
        reading.cell.append(made)
    else:
        _end_row(reading)
        reading.parts.append(made)


def _end_cell(reading: _Reading) -> None:
    if reading.opened or reading.group.skipped:
        _add(reading, "\t")
        return
    reading.cell.append(paragraph(_mended(reading.pieces)))
    reading.pieces = []
    reading.cells.append(reading.cell)
    reading.cell = []


def _end_row(reading: _Reading) -> None:
    if reading.opened or reading.group.skipped:
        return
    if reading.cell:
        reading.cells.append(reading.cell)
        reading.cell = []
    if reading.cells:
        reading.table += 1 if not reading.parts or isinstance(reading.parts[-1], Paragraph) else 0
        reading.parts.append(row(reading.cells, reading.table))
        reading.cells = []


def _end_all(reading: _Reading) -> None:
    """End what a source that is cut off leaves open."""
    _flush(reading)
    while reading.opened:
        _end_aside(reading)
    reading.groups = [_Group(in_table=bool(reading.cells or reading.cell))]
    if reading.pieces:
        _end_paragraph(reading)
    _end_row(reading)
