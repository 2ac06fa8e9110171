"""Captions changed in their words: a name may lie in two lines of a cue, or in two cues of one speaker."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qualcode.transcripts.labels.speaker_labels import LABEL, clean_text
from qualcode.transcripts.rewrite.text_rewrite import EditFinder, Patch, Span, apply_patches

_LINE = re.compile(r"([^\r\n]*)(?:\r\n|\r|\n|\Z)")
_TIMING = re.compile(r"^[ \t]*-?\d+:[-\d:.,]+[ \t]*-->")
_MARKUP = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+(?P<voice>[^>]*)>|</?[A-Za-z][^>]*>|<\d[\d:.]*>|\{\\[^}]*\}")
_ATOM = re.compile(r"&#?\w{1,31};|.", re.DOTALL)


@dataclass
class _VoiceText:
    """What one voice says, in pieces; the space that is read between two lines or cues is a piece of its own."""

    pieces: list[str] = field(default_factory=list)
    places: list[list[int]] = field(default_factory=list)
    """For each piece where its characters stand in the raw text, and where the last one ends."""

    def add(self, text: str, start: int, end: int) -> None:
        atoms = [(html.unescape(atom[0]), atom.start()) for atom in _ATOM.finditer(text, start, end)]
        self.pieces.append("".join(words for words, _ in atoms))
        self.places.append([place for words, place in atoms for _ in words] + [end])

    def add_space(self) -> None:
        """Put a space between what was said and what follows."""
        if self.pieces:
            self.pieces.append("\x1e")
            self.places.append([])


def change_captions(text: str, change: EditFinder, fields: EditFinder) -> str:
    """Return captions with names of voices changed as fields, what they say as paragraphs, and all other lines."""
    return apply_patches(text, _patches(text, change, fields))


def _patches(text: str, change: EditFinder, fields: EditFinder) -> Iterator[Patch]:
    said = _VoiceText()
    voice = ""
    for start, end, in_cue in _lines(text):
        if not in_cue:
            if text[start:end].strip() and not _TIMING.match(text[start:end]) and not text[start:end].strip().isdigit():
                yield from _voice_patches(_build_voice_text(text, start, end), change)
            continue
        said.add_space()
        label = LABEL.match(text[start:end])
        if label and label["name"]:
            yield from _voice_patches(_build_voice_text(text, *_shift_span(label.span("name"), start)), fields)
            if clean_text(label["name"]) != voice:
                yield from _voice_patches(said, change)
                said, voice = _VoiceText(), clean_text(label["name"])
        place = start + label.end() if label and label["name"] else start
        for mark in _MARKUP.finditer(text, start, end):
            said.add(text, place, mark.start())
            place = mark.end()
            if mark["voice"] is not None:
                yield from _voice_patches(_build_voice_text(text, *mark.span("voice")), fields)
                if mark["voice"] != voice:
                    yield from _voice_patches(said, change)
                    said, voice = _VoiceText(), mark["voice"]
        said.add(text, place, end)
    yield from _voice_patches(said, change)


def _lines(text: str) -> Iterator[tuple[int, int, bool]]:
    """Yield where each line stands, and whether it is a cue's words."""
    in_cue = False
    for line in _LINE.finditer(text):
        start, end = line.span(1)
        if _TIMING.match(line[1]):
            in_cue = True
            yield start, end, False
        else:
            in_cue = in_cue and bool(line[1].strip())
            yield start, end, in_cue


def _plain(line: str) -> str:
    return html.unescape(_MARKUP.sub("", line))


def _shift_span(span: Span, start: int) -> Span:
    return span[0] + start, span[1] + start


def _build_voice_text(text: str, start: int, end: int) -> _VoiceText:
    one = _VoiceText()
    one.add(text, start, end)
    return one


def _voice_patches(said: _VoiceText, change: EditFinder) -> Iterator[Patch]:
    if not any(map(str.strip, said.pieces)):
        return
    for index, first, last, words in change(said.pieces):
        if places := said.places[index]:
            yield places[first], places[last], html.escape(words, quote=False)
