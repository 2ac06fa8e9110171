"""Word files: paragraphs and tables in their order, tracked insertions kept, deletions dropped."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from lxml import etree

from qualcode.errors import Refused
from qualcode.model import Unplaced
from qualcode.transcripts.draft import Block, Draft, Told, assemble
from qualcode.transcripts.labels import TIME, seconds, speakers, tidy
from qualcode.transcripts.plain import read_plain

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LARGEST = 100_000_000
_DAMAGE = (zipfile.BadZipFile, KeyError, OSError, RuntimeError, EOFError, ValueError, struct.error, zlib.error)
_WRAPPERS = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml"})
_DROPPED = frozenset({"del", "moveFrom", "delText", "instrText", "pPr", "rPr", "sectPr", "Fallback"})
_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_COLUMNS = {
    "time": ["time", "timespan", "timestamp", "timecode", "start"],
    "speaker": ["speaker", "name", "who", "participant", "person", "role"],
    "text": ["text", "content", "transcript", "utterance", "speech", "words"],
}


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph's text, and what of its beginning is bold."""

    text: str
    bold: str = ""


@dataclass(frozen=True, slots=True)
class _Row:
    cells: tuple[str, ...]
    line: int
    table: int


_Part = _Paragraph | _Row
_Columns = Mapping[str, int]


def read(content: bytes, told: Told) -> Draft:
    """Read a Word source."""
    return read_docx(content, path=told.shown, known=told.known)


def read_docx(content: bytes, *, path: str, known: Collection[str] = ()) -> Draft:
    """Read a Word file; a table with columns for speaker and text is a transcript, else labels are looked for."""
    parts = list(_parts(_body(content, path)))
    columns = _transcript_tables([part for part in parts if isinstance(part, _Row)])
    if columns:
        return _table(parts, columns)
    speaking = _bold_speakers(parts, known)
    text = "\n\n".join(_line(part, speaking) for part in parts)
    return read_plain(text + "\n" if text else "", known=known)


def _line(part: _Part, speaking: Collection[str] = ()) -> str:
    """Return a part as text; a bold name that stands without a colon gets one."""
    if isinstance(part, _Row):
        return "\t".join(part.cells)
    name = tidy(part.bold)
    return f"{name}: {part.text[len(part.bold) :].lstrip()}".rstrip(" ") if name in speaking else part.text


def _bold_speakers(parts: Sequence[_Part], known: Collection[str]) -> frozenset[str]:
    """Return bold names that begin paragraphs without a colon, where at least two of them take turns."""
    names = [
        tidy(part.bold)
        for part in parts
        if isinstance(part, _Paragraph)
        and 0 < len(part.bold.strip()) <= 40
        and part.bold.rstrip()[-1] not in ":：.?!…"
        and part.text[len(part.bold) :].lstrip()[:1] not in {":", "："}
    ]
    found = speakers([], doubtful=names, known=known)
    return found if len(found) > 1 else frozenset()


def _body(content: bytes, path: str) -> Any:
    if content.startswith(_OLE):
        raise Refused(f"{path}: protected with a password, or an old .doc: open it in Word and save a plain .docx")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            member = archive.getinfo("word/document.xml")
            if member.file_size > _LARGEST:
                raise Refused(f"{path}: unpacks to {member.file_size:,} bytes, over the limit of {_LARGEST:,}")
            with archive.open(member) as stream:
                raw = stream.read(_LARGEST + 1)
    except _DAMAGE:
        raise Refused(f"{path}: damaged, or not a Word file: open it in Word and save it again as .docx") from None
    if len(raw) > _LARGEST:
        raise Refused(f"{path}: unpacks to more than the limit of {_LARGEST:,} bytes")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise Refused(f"{path}: damaged inside (word/document.xml: {error.msg}); save it again from Word") from None
    body = root.find(f"{_W}body")
    if body is None:
        raise Refused(f"{path}: not a Word text document (it has no body)")
    return body


def _parts(body: Any) -> Iterator[_Part]:
    """Yield paragraphs and table rows, in order; the line of a row is its paragraph's number."""
    number = table = 0
    for element in _inside(body):
        name = etree.QName(element).localname
        if name == "p":
            number += 1
            yield _Paragraph(_paragraph(element), _bold_lead(element))
        elif name == "tbl":
            table += 1
            for row in _inside(element):
                if row.tag == f"{_W}tr" and row.find(f"{_W}trPr/{_W}del") is None:
                    number += 1
                    yield _Row(tuple(_cell(cell) for cell in _inside(row) if cell.tag == f"{_W}tc"), number, table)


def _inside(element: Any) -> Iterator[Any]:
    """Yield the child elements, those in content controls and tracked insertions among them."""
    for child in element.iterchildren("*"):
        if etree.QName(child).localname in _WRAPPERS:
            yield from _inside(child)
        else:
            yield child


def _cell(cell: Any) -> str:
    outer = (found for found in cell.iter(f"{_W}p") if next(found.iterancestors(f"{_W}p"), None) is None)
    return "\n\n".join(filter(str.strip, map(_paragraph, outer)))


def _paragraph(paragraph: Any) -> str:
    return "".join(_pieces(paragraph)).rstrip()


def _pieces(element: Any) -> Iterator[str]:
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = etree.QName(child).localname
        if name in _DROPPED or (name == "p" and etree.QName(element).localname == "p"):
            continue
        if name == "t":
            yield child.text or ""
        elif name in _BREAKS:
            yield _BREAKS[name]
        else:
            yield from _pieces(child)


def _bold_lead(paragraph: Any) -> str:
    """Return the text at the beginning of a paragraph that is set in bold."""
    lead = ""
    for run in paragraph.iterfind(f"{_W}r"):
        text = "".join(_pieces(run))
        bold = run.find(f"{_W}rPr/{_W}b")
        if text.strip() and (bold is None or bold.get(f"{_W}val") in {"0", "false", "off"}):
            break
        lead += text
    return lead.rstrip()


def _transcript_tables(rows: Sequence[_Row]) -> dict[int, _Columns]:
    """Return the columns of each table that is a transcript; one that goes on with the last needs no heading."""
    found: dict[int, _Columns] = {}
    last: tuple[int, _Columns] | None = None
    for number, group in groupby(rows, key=lambda row: row.table):
        held = list(group)
        columns = _columns(held)
        if columns is None and last is not None and {len(row.cells) for row in held} == {last[0]}:
            columns = last[1]
        if columns is not None:
            found[number] = columns
            last = len(held[0].cells), columns
    return found


def _columns(rows: Sequence[_Row]) -> _Columns | None:
    """Return which column holds time, speaker and text; None where the table is no transcript."""
    if not rows[0].cells:
        return None
    named = {
        kind: position
        for position, cell in enumerate(rows[0].cells)
        for kind, words in _COLUMNS.items()
        if cell.strip().casefold() in words
    }
    if {"speaker", "text"} <= set(named):
        return named
    timed = re.fullmatch(rf"[\[(]?{TIME}[\])]?", rows[0].cells[0].strip()) is not None
    width = {len(row.cells) for row in rows}
    if width == {3} and timed:
        return {"time": 0, "speaker": 1, "text": 2}
    names = [tidy(row.cells[0]) for row in rows]
    if width == {2} and len(rows) > 2 and len(set(names)) < len(names) and all(len(name) <= 40 for name in names):
        return {"speaker": 0, "text": 1}
    return None


def _table(parts: Sequence[_Part], tables: Mapping[int, _Columns]) -> Draft:
    blocks: list[Block] = []
    header: list[str] = []
    unplaced: list[Unplaced] = []
    for number, part in enumerate(parts, 1):
        columns = tables.get(part.table) if isinstance(part, _Row) else None
        if columns is None or not isinstance(part, _Row):
            text = _line(part).strip()
            if text and blocks:
                unplaced.append(Unplaced(number, text))
            elif text:
                header.append(text)
        elif not _is_heading(part, columns):
            block = _block(part, columns)
            blocks += [block] if block and block.text else []
            unplaced += _beside(part, columns, block)
    return assemble(blocks, header="\n".join(header), unplaced=unplaced)


def _beside(row: _Row, columns: _Columns, block: Block | None) -> list[Unplaced]:
    """Return the words of a row that are in no turn: of other columns, or all where the row has too few cells."""
    used = set(columns.values()) if block else set()
    if "time" in columns and (block is None or block.time is None):
        used -= {columns["time"]}
    text = " | ".join(cell for position, cell in enumerate(row.cells) if position not in used and cell.strip())
    return [Unplaced(row.line, text)] if text else []


def _is_heading(row: _Row, columns: _Columns) -> bool:
    cells = [row.cells[position].strip().casefold() for position in columns.values() if position < len(row.cells)]
    return bool(cells) and all(
        cell in words for cell, kind in zip(cells, columns, strict=False) for words in [_COLUMNS[kind]]
    )


def _block(row: _Row, columns: _Columns) -> Block | None:
    if len(row.cells) <= max(columns.values()):
        return None
    time = row.cells[columns["time"]].strip(" []()\t\n") if "time" in columns else ""
    stamp = seconds(time) if re.fullmatch(TIME, time) else None
    speaker = tidy(row.cells[columns["speaker"]]).rstrip(":")
    return Block(speaker, row.cells[columns["text"]].strip(), row.line, stamp)
