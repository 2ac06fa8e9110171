"""Sources rewritten in their words: the one function by which names are replaced in a file, whatever its format."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping
from functools import partial

from qualcode.errors import Refused
from qualcode.transcripts.captioning import changed_captions
from qualcode.transcripts.markup import HTML, ODT, WORD, XML, Dialect, changed_markup
from qualcode.transcripts.richtext import changed_rtf
from qualcode.transcripts.signatures import DAMAGE
from qualcode.transcripts.wording import Change, changed_cells, changed_strings, changed_text, dressed, undressed

_LARGEST = 200_000_000
_DECLARED = re.compile(rb"""^<\?xml[^>]*encoding=["']([\w.-]+)["']""")

_Changed = Callable[[str, Change, Change], str]

TEXTS: Mapping[str, _Changed] = {
    ".txt": changed_text,
    ".md": changed_text,
    ".cha": changed_text,
    ".vtt": changed_captions,
    ".srt": changed_captions,
    ".csv": changed_cells,
    ".tsv": changed_cells,
    ".json": changed_strings,
    ".rtf": changed_rtf,
    ".html": partial(changed_markup, dialect=HTML),
    ".htm": partial(changed_markup, dialect=HTML),
    ".eaf": partial(changed_markup, dialect=XML),
}
"""How the text of a file is changed, by its ending."""

ARCHIVES: Mapping[str, Dialect] = {".docx": WORD, ".odt": ODT}
"""Formats that are archives of XML."""

REWRITABLE = (*TEXTS, *ARCHIVES)
"""Endings of sources that can be rewritten in place."""


def rewritten(
    suffix: str, content: bytes, change: Change, *, fields: Change | None = None, encoding: str = ""
) -> bytes:
    """Return a source with the edits that ``change`` gives for each of its paragraphs; ``fields`` for labels and such.

    All else stays byte for byte, but for the compression of archives. ``encoding`` is what the settings say.
    """
    kind = suffix.lower()
    if kind in ARCHIVES:
        return _archive(content, change, fields or change, ARCHIVES[kind])
    if kind not in TEXTS:
        raise Refused(f"a {kind or 'source without ending'} cannot be rewritten")
    declared = _DECLARED.match(content) if kind == ".eaf" else None
    mark, text, codec = undressed(content, declared[1].decode() if declared else encoding)
    new = TEXTS[kind](text, change, fields or change)
    return content if new == text else dressed(mark, new, codec)


def _archive(content: bytes, change: Change, fields: Change, dialect: Dialect) -> bytes:
    """Return an archive with every member of XML changed; one without any change stays as it is."""
    stream = io.BytesIO()
    differs = False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
            if sum(member.file_size for member in old.infolist()) > _LARGEST:
                raise Refused(f"unpacks to more than {_LARGEST:,} bytes")
            for member in old.infolist():
                held = old.read(member)
                if member.filename.endswith((".xml", ".rels")):
                    made = _member(held, change, fields, dialect)
                    differs = differs or made != held
                    held = made
                new.writestr(member, held)
    except DAMAGE:
        raise Refused("damaged, or protected with a password") from None
    return stream.getvalue() if differs else content


def _member(content: bytes, change: Change, fields: Change, dialect: Dialect) -> bytes:
    declared = _DECLARED.match(content)
    mark, text, codec = undressed(content, declared[1].decode() if declared else "utf-8")
    return dressed(mark, changed_markup(text, change, fields, dialect), codec)
