"""Edits of the text in captions; a name may be in two lines of a caption, or in two captions of one speaker."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qualcode.transcripts.labels.speaker_labels import LABEL, clean_text
from qualcode.transcripts.rewrite.text_rewrite import EditFinder, Patch, Span, apply_patches

_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_TIMING = re.compile(r"^[ \t]*-?\d+:[-\d:.,]+[ \t]*-->")
# The counts are limits for a line with thousands of tags that nothing closes.
_MARKUP = re.compile(
    r"<v(?:\.[^\s>]{0,99})?[ \t]{1,99}(?P<voice>[^>]{0,200})>"
    r"|</?[A-Za-z][^>]{0,200}>|<\d[\d:.]{0,99}>|\{\\[^}]{0,200}\}"
)
# An entity or one character; the longest name of an entity in HTML has 31 letters.
_CHARACTER = re.compile(r"&#?\w{1,31};|.", re.DOTALL)


@dataclass
class _VoiceText:
    """The text of one speaker in pieces; a separator between two lines or captions is a piece of its own."""

    pieces: list[str] = field(default_factory=list)
    offsets: list[list[int]] = field(default_factory=list)
    """For each piece the offsets of its characters in the source, and the offset of its end."""

    def add(self, text: str, start: int, end: int) -> None:
        """Add a span of the source as a piece, with HTML entities decoded."""
        characters = [(html.unescape(match[0]), match.start()) for match in _CHARACTER.finditer(text, start, end)]
        self.pieces.append("".join(decoded for decoded, _ in characters))
        self.offsets.append([offset for decoded, offset in characters for _ in decoded] + [end])

    def add_separator(self) -> None:
        """Add a separator if there is a piece before it."""
        if self.pieces:
            # READER_SPACE in qualcode.pseudonyms: a space that the reader inserts and the file does not have.
            self.pieces.append("\x1e")
            self.offsets.append([])

    def find_patches(self, change: EditFinder) -> Iterator[Patch]:
        """Yield the edits of the pieces as patches of the source."""
        if not any(map(str.strip, self.pieces)):
            return
        # A separator has no offsets: nothing in the source corresponds to it.
        for index, first, last, words in change(self.pieces):
            if offsets := self.offsets[index]:
                yield offsets[first], offsets[last], html.escape(words, quote=False)


def change_captions(text: str, change: EditFinder, fields: EditFinder) -> str:
    """Return captions with speech and other text changed by ``change``, and names of speakers by ``fields``."""
    return apply_patches(text, _patches(text, change, fields))


def _patches(text: str, change: EditFinder, fields: EditFinder) -> Iterator[Patch]:
    voice_text, voice = _VoiceText(), ""
    for start, end, is_speech in _lines(text):
        line = text[start:end]
        if not is_speech:
            if line.strip() and not _TIMING.match(line) and not line.strip().isdigit():
                yield from _span_patches(text, (start, end), change)
            continue
        voice_text.add_separator()
        position = start
        for tag_start, tag_end, name, name_span in _tags(text, start, end):
            voice_text.add(text, position, tag_start)
            position = tag_end
            if name is None:
                continue
            yield from _span_patches(text, name_span, fields)
            # A name may begin in one caption and end in the next, but only of the same speaker.
            if name != voice:
                yield from voice_text.find_patches(change)
                voice_text, voice = _VoiceText(), name
        voice_text.add(text, position, end)
    yield from voice_text.find_patches(change)


def _lines(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield start and end of each line, and whether it is speech."""
    is_speech = False
    for line in _LINE.finditer(text):
        is_timing = _TIMING.match(line[1]) is not None
        is_speech = is_timing or (is_speech and bool(line[1].strip()))
        yield *line.span(1), is_speech and not is_timing


def _tags(text: str, start: int, end: int) -> Iterator[tuple[int, int, str | None, Span]]:
    """Yield start and end of the label and of each markup tag of a line, with the speaker if it names one."""
    label = LABEL.match(text[start:end])
    if label and label["name"]:
        name_start, name_end = label.span("name")
        yield start, start + label.end(), clean_text(label["name"]), (start + name_start, start + name_end)
    for tag in _MARKUP.finditer(text, start, end):
        yield *tag.span(), tag["voice"], tag.span("voice")


def _span_patches(text: str, span: Span, change: EditFinder) -> Iterator[Patch]:
    """Yield the edits of one span of the source as patches."""
    span_text = _VoiceText()
    span_text.add(text, *span)
    yield from span_text.find_patches(change)
