"""Codes in the words of CHAT transcripts: what is no spoken word, as CLAN's program FREQ leaves it out."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TOKEN = re.compile(r"\[[^\[\]]*\]|[<>]|[^\s<>\[\]]+")
_RETRACED = re.compile(r"\[(?:/{1,3}|/-|/\?|e)\]")
"""Codes whose scope, the word or group before them, was repeated, corrected, begun anew or excluded."""

_REPLACED = re.compile(r"\[::? ")
"""The code of a word's standard form, ``gonna [: going to]``: FREQ counts the words in it instead."""

_NO_WORD = re.compile(
    r"""&.*                    # fillers &-um, fragments &+fr, events &=laughs
    | (?:xxx?|yyy?|www?)\W*    # not intelligible, not transcribed
    | 0 (?:[^\W\d].*)? \W*     # an omitted word 0does; an action without words
    | \([\d.:]*\) | \#[\d_:.]* # pauses (.) (1.5) #
    | \+.*                     # terminators +... and links +"
    """,
    re.VERBOSE | re.IGNORECASE,
)

Span = tuple[int, int]


def find_codes(text: str) -> list[Span]:
    """Return the spans of the text of a main tier that are no words, sorted, without overlaps.

    >>> text = "&-um <it rained> [/] it rained ."
    >>> [text[start:end] for start, end in find_codes(text)]
    ['&-um', '<it rained>', '[/]']
    """
    return list(_join_spans(sorted(_find_spans(text))))


def _find_spans(text: str) -> Iterator[Span]:
    scope: Span | None = None
    group_starts: list[int] = []
    for token in _TOKEN.finditer(text):
        start, end = token.span()
        if token[0] == "<":
            # "+<" is a link, not the beginning of a group.
            group_starts += [] if text[start - 1 : start] == "+" else [start]
        elif token[0] == ">":
            scope = (group_starts.pop(), end) if group_starts else scope
        elif token[0].startswith("["):
            yield from _code_spans(token, scope)
        else:
            scope = start, end
            if _NO_WORD.fullmatch(token[0]):
                yield start, end


def _code_spans(code: re.Match[str], scope: Span | None) -> Iterator[Span]:
    """Yield the span of a code, and of what it excludes."""
    replaced = _REPLACED.match(code[0])
    if scope is not None and (replaced or _RETRACED.fullmatch(code[0])):
        yield scope
    if replaced and scope is not None:
        yield code.start(), code.start() + len(replaced[0])
        yield code.end() - 1, code.end()
    else:
        yield code.span()


def _join_spans(spans: list[Span]) -> Iterator[Span]:
    """Yield sorted spans without those inside others; those that overlap or touch are one."""
    last: Span | None = None
    for start, end in spans:
        if last is None or start > last[1]:
            if last is not None:
                yield last
            last = start, end
        else:
            last = last[0], max(last[1], end)
    if last is not None:
        yield last
