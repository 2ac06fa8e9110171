"""Typography of texts and cues: apostrophes, quotation marks, hyphens, spaces and accents count as equal in all forms.

Texts are searched in a plain form. Its characters correspond to those of the text one by one, except where accents are
decomposed, characters are invisible, or white space is longer than a blank; most ASCII text is plain already.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from unicodedata import combining, is_normalized, normalize

from qualcode.suggest.cues.turn_pages import CueSpan

_PLAIN = {
    **dict.fromkeys("‘’‚‛ʼ´′", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–−", "-"),
    **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "),
}
_TYPOGRAPHIC = re.compile(f"[{''.join(_PLAIN)}]")
_INVISIBLE = re.compile("[\u00ad\u2060\ufeff]")
"""Soft hyphen, word joiner, byte-order mark. Joiners that belong to the spelling of a language are kept."""

# An escaped character, or one that typography replaces.
_REGEX_PART = re.compile(
    rf"\\u(?P<long>[0-9a-fA-F]{{4}})|\\x(?P<short>[0-9a-fA-F]{{2}})|\\?(?P<sign>{_TYPOGRAPHIC.pattern})|\\.", re.DOTALL
)


_WHITE_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class PlainText:
    """A text in plain form, with the place in the original of each character where the two do not correspond."""

    text: str
    starts: list[int] | None = None
    ends: list[int] | None = None
    spaced_text: str = ""
    """The same before its runs of white space became blanks, if it has any; ``starts`` and ``ends`` belong to it."""

    def locate(self, spans: Iterable[CueSpan]) -> list[CueSpan]:
        """Return matches with their places in the original text."""
        found = list(spans)
        if self.spaced_text and found:
            found = _restore_white_space(found, self.spaced_text)
        starts, ends = self.starts, self.ends
        if starts is None or ends is None:
            return found
        return [(cue, starts[start], ends[end - 1]) for cue, start, end in found]


def is_plain(text: str) -> bool:
    """Return whether a text surely is in plain form."""
    # White space other than a blank is not printable.
    return text.isascii() and text.isprintable() and "  " not in text


def make_plain(text: str) -> PlainText:
    """Return a text in plain form."""
    if is_plain(text):
        return PlainText(text)
    plain = text if text.isascii() else _TYPOGRAPHIC.sub(lambda match: _PLAIN[match[0]], text)
    is_composed = is_normalized("NFC", plain) and not _INVISIBLE.search(plain)
    result = PlainText(plain) if is_composed else _compose(plain)
    blank = _WHITE_SPACE.sub(" ", result.text)
    return result if blank == result.text else PlainText(blank, result.starts, result.ends, result.text)


def _restore_white_space(spans: Iterable[CueSpan], spaced: str) -> list[CueSpan]:
    """Return matches in a text with blanks only as matches in the text with all its white space."""
    places, shifts = [0], [0]
    for run in _WHITE_SPACE.finditer(spaced):
        if run.end() - run.start() > 1:
            places.append(run.start() - shifts[-1] + 1)
            shifts.append(run.end() - places[-1])

    def restore(place: int) -> int:
        return place + shifts[bisect_right(places, place) - 1]

    return [(cue, restore(start), restore(end - 1) + 1) for cue, start, end in spans]


def _compose(text: str) -> PlainText:
    """Return a text with composed accents and without invisible characters."""
    parts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    while position < len(text):
        end = position + 1
        while end < len(text) and _continues_letter(text[end]):
            end += 1
        part = _INVISIBLE.sub("", normalize("NFC", text[position:end]))
        parts.append(part)
        starts += [position] * len(part)
        ends += [end] * len(part)
        position = end
    return PlainText("".join(parts), starts, ends)


def _continues_letter(character: str) -> bool:
    """Return whether a character may be composed with the one before: an accent, or a vowel or final of Hangul."""
    return combining(character) > 0 or "\u1160" <= character <= "\u11ff"


def make_plain_regex(pattern: str) -> str:
    """Return a regular expression that matches in a plain text what ``pattern`` matches in any typography."""
    return _REGEX_PART.sub(_plain_regex_part, normalize("NFC", pattern))


def _plain_regex_part(match: re.Match[str]) -> str:
    code = match["long"] or match["short"]
    plain = _PLAIN.get(chr(int(code, 16)) if code else match["sign"] or "")
    # Escaped: a hyphen between brackets would be a range, and in verbose expressions a space means nothing.
    return match[0] if plain is None else re.escape(plain)
