"""Edits of the text in a source file of any format that can be rewritten; everything else stays byte for byte."""

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

_MAX_BYTES = 200_000_000
"""Bytes of all members of an archive."""
_DECLARED_ENCODING = re.compile(rb"""^<\?xml[^>]*encoding=["']([\w.-]+)["']""")

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
"""Functions that change the text of a file, by its suffix."""

ARCHIVE_DIALECTS: Mapping[str, XmlDialect] = {".docx": WORD, ".odt": ODT}
"""Formats that are archives of XML."""

REWRITABLE_SUFFIXES = (*TEXT_REWRITERS, *ARCHIVE_DIALECTS)
"""Suffixes of sources that can be rewritten."""


def rewrite_source(
    suffix: str, content: bytes, change: EditFinder, *, fields: EditFinder | None = None, encoding: str = ""
) -> bytes:
    """Return a source with the edits that ``change`` returns for each paragraph, and ``fields`` for labels etc.

    Everything else stays byte for byte, except the compression of archives. ``encoding`` is that of the settings.

    Raises
    ------
    OperationError
        If the format cannot be rewritten, or the source is damaged, too large, or cannot be decoded or encoded.
    """
    suffix = suffix.lower()
    if suffix in ARCHIVE_DIALECTS:
        return _rewrite_archive(content, change, fields or change, ARCHIVE_DIALECTS[suffix])
    if suffix not in TEXT_REWRITERS:
        raise OperationError(f"a {suffix or 'source without suffix'} cannot be rewritten")
    declared = _DECLARED_ENCODING.match(content) if suffix == ".eaf" else None
    mark, text, codec = decode_source(content, declared[1].decode() if declared else encoding)
    changed = TEXT_REWRITERS[suffix](text, change, fields or change)
    return content if changed == text else encode_source(mark, changed, codec)


def _rewrite_archive(content: bytes, change: EditFinder, fields: EditFinder, dialect: XmlDialect) -> bytes:
    """Return an archive with the text of its XML members changed; if nothing changes, the archive itself."""
    stream = io.BytesIO()
    is_changed = False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
            if sum(member.file_size for member in old.infolist()) > _MAX_BYTES:
                raise OperationError(f"unpacks to more than {_MAX_BYTES:,} bytes")
            for member in old.infolist():
                data = old.read(member)
                # .rels files have the targets of links, which may contain names.
                if member.filename.endswith((".xml", ".rels")):
                    changed = _rewrite_member(data, change, fields, dialect)
                    is_changed = is_changed or changed != data
                    data = changed
                # With its ZipInfo a member keeps its method: "mimetype" of an .odt must not be compressed.
                new.writestr(member, data)
    except ARCHIVE_ERRORS:
        raise OperationError("damaged, or protected with a password") from None
    return stream.getvalue() if is_changed else content


def _rewrite_member(content: bytes, change: EditFinder, fields: EditFinder, dialect: XmlDialect) -> bytes:
    declared = _DECLARED_ENCODING.match(content)
    mark, text, codec = decode_source(content, declared[1].decode() if declared else "utf-8")
    return encode_source(mark, change_markup(text, change, fields, dialect), codec)
