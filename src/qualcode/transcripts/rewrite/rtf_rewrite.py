"""Edits of the text in RTF; control words, groups and escapes around it stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qualcode.transcripts.rewrite.text_rewrite import EditFinder, Patch, Span, apply_patches

# The fallback after \u is part of its token, so that both are replaced together.
_TOKEN = re.compile(
    r"\\u(?P<code>-?\d{1,10}) ?(?:\\'[0-9a-fA-F]{2}|\?|)|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<word>[a-zA-Z]+)-?\d* ?"
    r"|\\(?P<sign>[^a-zA-Z])|(?P<brace>[{}])|(?P<line>[\r\n]+)|(?P<plain>[^\\{}\r\n])",
    re.DOTALL,
)
_PARAGRAPH_ENDS = frozenset("par cell row sect page pard".split())
# Document properties with names of people or free text.
_PROPERTIES = frozenset("author operator title subject company manager doccomm keywords comment".split())
_SYMBOLS = {"~": "\u00a0", "_": "-", "-": ""}
_SPECIAL_CHARACTERS = {
    "tab": "\t",
    "line": "\n",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "emdash": "—",
    "endash": "–",
}

_LINE_CONTROLS = {"\n": "\\line ", "\t": "\\tab "}


@dataclass
class _RtfParagraph:
    """The pieces of a paragraph between control words, and for each piece the spans of its characters in the RTF."""

    runs: list[list[str]] = field(default_factory=list)
    """The texts of the tokens of each piece."""
    spans: list[list[Span]] = field(default_factory=list)
    is_run_ended: bool = True

    @property
    def pieces(self) -> list[str]:
        return list(map("".join, self.runs))

    def add(self, words: str, span: Span) -> None:
        """Add the text of one token, which is at a span of the RTF."""
        if self.is_run_ended:
            self.runs.append([])
            self.spans.append([])
            self.is_run_ended = False
        self.runs[-1].append(words)
        self.spans[-1] += [span] * len(words)


def change_rtf(text: str, change: EditFinder, _fields: EditFinder) -> str:
    """Return RTF with its paragraphs changed."""
    return apply_patches(text, (patch for paragraph in _paragraphs(text) for patch in _patches(paragraph, change)))


def _paragraphs(text: str) -> Iterator[_RtfParagraph]:
    paragraph, is_property = _RtfParagraph(), False
    for token in _TOKEN.finditer(text):
        if words := _token_text(token):
            paragraph.add(words, token.span())
        elif token["word"] in _PARAGRAPH_ENDS | _PROPERTIES or (is_property and token["brace"] == "}"):
            yield paragraph
            paragraph, is_property = _RtfParagraph(), token["word"] in _PROPERTIES
        elif not token["line"]:
            paragraph.is_run_ended = True
    yield paragraph


def _token_text(token: re.Match[str]) -> str:
    if token["plain"]:
        return token["plain"]
    if token["code"]:
        # RTF writes \u as a signed 16-bit number.
        code = int(token["code"]) % 65536
        return chr(code) if not 0xD800 <= code < 0xE000 else "\ufffd"
    if token["hex"]:
        return bytes([int(token["hex"], 16)]).decode("cp1252", "replace")
    if token["sign"]:
        return _SYMBOLS.get(token["sign"], token["sign"] if token["sign"] in "\\{}" else "")
    return _SPECIAL_CHARACTERS.get(token["word"] or "", "")


def _patches(paragraph: _RtfParagraph, change: EditFinder) -> Iterator[Patch]:
    pieces = paragraph.pieces
    if not any(map(str.strip, pieces)):
        return
    for index, first, last, words in change(pieces):
        spans = paragraph.spans[index]
        start = spans[first][0] if first < len(spans) else spans[-1][1]
        yield start, spans[last - 1][1] if last > first else start, "".join(map(_escape, words))


def _escape(character: str) -> str:
    if character.isascii():
        if control_word := _LINE_CONTROLS.get(character):  # a line end of the file itself is no text
            return control_word
        return f"\\{character}" if character in "\\{}" else character
    code = ord(character)
    return f"\\u{code if code < 32768 else code - 65536}?" if code < 65536 else "?"
