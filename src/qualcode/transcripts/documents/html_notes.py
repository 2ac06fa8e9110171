"""Comments and footnotes in web pages saved by word processors: below the text, with links back to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_COMMENT = r"#(?:cmnt_ref|_msoanchor_)\d+"
_BACKLINK = re.compile(rf"(?P<comment>{_COMMENT})|#(?:ftnt_ref|_ftnref|_ednref)\d+|#sd(?:foot|end)note\d+anc")
"""Links from a note to its place in the text, as Google Docs, Word and LibreOffice write them."""

_NOTE_LINK = re.compile(r"#(?:cmnt|_msocom_|ftnt|_ftn|_edn)\d+|#sd(?:foot|end)note\d+sym")
"""Links from the text to a note."""


def is_note_mark(element: Any) -> bool:
    """Tell whether an element is the mark of a note, in the text or before the note."""
    href = element.get("href", "")
    return bool(_BACKLINK.fullmatch(href) or _NOTE_LINK.fullmatch(href))


def find_notes(root: Any) -> Mapping[Any, str]:
    """Return the elements that are notes, each with its kind: "comment" or "footnote"."""
    links = ((link, _BACKLINK.fullmatch(link.get("href", ""))) for link in root.iter("a"))
    return {_block(link): "comment" if back["comment"] else "footnote" for link, back in links if back}


def _block(link: Any) -> Any:
    """Return the element that begins with a link back: its division, else its paragraph, else the link."""
    for name in ("div", "p", "li"):
        block = next(link.iterancestors(name), None)
        if block is not None and not any(map(str.strip, _texts_before(link, block))):
            return block
    return link


def _texts_before(link: Any, block: Any) -> Iterator[str]:
    """Yield the texts before a link in a block, the nearest first."""
    element = link
    while element is not block:
        for sibling in element.itersiblings(preceding=True):
            yield sibling.tail or ""
            yield from map(str, sibling.itertext("*"))
        element = element.getparent()
        yield element.text or ""
