"""Texts of a study in Markdown: shown as they are, as headings and as quotations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_SIGNS = re.compile(r"([\\`*_\[\]<>|#~])")
_LIST_SIGN = re.compile(r"^(\s*)(?:([-+=])|(\d+)([.)]))", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n\s*\n")


def escape_markdown(text: str) -> str:
    """Return a text that Markdown shows as it is.

    >>> escape_markdown("- *no* budget")
    '\\\\- \\\\*no\\\\* budget'
    """
    return _LIST_SIGN.sub(_escape_list_sign, _SIGNS.sub(r"\\\1", text))


def _escape_list_sign(match: re.Match[str]) -> str:
    blank, sign, number, dot = match.groups()
    return f"{blank}\\{sign}" if sign else f"{blank}{number}\\{dot}"


def split_paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a text, each on one line."""
    return [" ".join(part.split()) for part in _BLANK_LINE.split(text.strip())]


def enclose_quote(text: str) -> list[str]:
    """Return the paragraphs of a quote in quotation marks."""
    return split_paragraphs(f"\u201c{text.strip()}\u201d")


def quotation_lines(paragraphs: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a block quotation with these paragraphs, which are Markdown."""
    for number, paragraph in enumerate(paragraphs):
        yield from ([">"] if number else [])
        yield from (f"> {line}".rstrip() for line in paragraph.splitlines() or [""])
