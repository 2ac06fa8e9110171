"""Sources rewritten in their words: the one function by which names are replaced in a file, whatever its format."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from functools import partial

from qualcode.errors import OperationError
from qualcode.files import ARCHIVE_ERRORS
from qualcode.transcripts.rewrite.caption_rewrite import change_captions
from qualcode.transcripts.rewrite.rtf_rewrite import change_rtf
from qualcode.transcripts.rewrite.text_rewrite import (
    EditFinder,
    change_cells,
    change_json_strings,
    change_text,
    decode_source,
    encode_source,
)
from qualcode.transcripts.rewrite.xml_rewrite import HTML, ODT, WORD, XML, XmlDialect, change_markup

_LARGEST = 200_000_000
_DECLARED = re.compile(rb"""^<\?xml[^>]*encoding=["']([\w.-]+)["']""")

_TextRewriter = Callable[[str, EditFinder, EditFinder], str]

TEXT_REWRITERS: Mapping[str, _TextRewriter] = {
    ".txt": change_text,
    ".md": change_text,
    ".cha": change_text,
    ".vtt": change_captions,
    ".srt": change_captions,
    ".csv": change_cells,
    ".tsv": change_cells,
    ".json": change_json_strings,
    ".rtf": change_rtf,
    ".html": partial(change_markup, dialect=HTML),
    ".htm": partial(change_markup, dialect=HTML),
    ".eaf": partial(change_markup, dialect=XML),
}
"""How the text of a file is changed, by its ending."""

ARCHIVE_DIALECTS: Mapping[str, XmlDialect] = {".docx": WORD, ".odt": ODT}
"""Formats that are archives of XML."""

REWRITABLE_SUFFIXES = (*TEXT_REWRITERS, *ARCHIVE_DIALECTS)
"""Endings of sources that can be rewritten in place."""


def rewrite_source(
    suffix: str, content: bytes, change: EditFinder, *, fields: EditFinder | None = None, encoding: str = ""
) -> bytes:
    """Return a source with the edits that ``change`` gives for each of its paragraphs; ``fields`` for labels and such.

    All else stays byte for byte, but for the compression of archives. ``encoding`` is what the settings say.
    """
    kind = suffix.lower()
    if kind in ARCHIVE_DIALECTS:
        return _rewrite_archive(content, change, fields or change, ARCHIVE_DIALECTS[kind])
    if kind not in TEXT_REWRITERS:
        raise OperationError(f"a {kind or 'source without ending'} cannot be rewritten")
    declared = _DECLARED.match(content) if kind == ".eaf" else None
    mark, text, codec = decode_source(content, declared[1].decode() if declared else encoding)
    new = TEXT_REWRITERS[kind](text, change, fields or change)
    return content if new == text else encode_source(mark, new, codec)


def _rewrite_archive(content: bytes, change: EditFinder, fields: EditFinder, dialect: XmlDialect) -> bytes:
    """Return an archive with every member of XML changed; one without any change stays as it is."""
    stream = io.BytesIO()
    differs = False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
            if sum(member.file_size for member in old.infolist()) > _LARGEST:
                raise OperationError(f"unpacks to more than {_LARGEST:,} bytes")
            for member in old.infolist():
                held = old.read(member)
                if member.filename.endswith((".xml", ".rels")):
                    made = _rewrite_member(held, change, fields, dialect)
                    differs = differs or made != held
                    held = made
                new.writestr(member, held)
    except ARCHIVE_ERRORS:
        raise OperationError("damaged, or protected with a password") from None
    return stream.getvalue() if differs else content


def _rewrite_member(content: bytes, change: EditFinder, fields: EditFinder, dialect: XmlDialect) -> bytes:
    declared = _DECLARED.match(content)
    mark, text, codec = decode_source(content, declared[1].decode() if declared else "utf-8")
    return encode_source(mark, change_markup(text, change, fields, dialect), codec)
