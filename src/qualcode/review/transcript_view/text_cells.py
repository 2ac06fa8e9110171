"""How text of any script takes the cells of a terminal: visible characters, and clusters that share cells."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len, split_graphemes

_REPLACED = {
    **{code: chr(0x2400 + code) for code in range(0x20)},  # pictures of control characters
    **dict.fromkeys([*range(0x09, 0x0E), *range(0x1C, 0x20), 0x85, 0x2028, 0x2029], " "),  # white space
    0x7F: "\u2421",
    **dict.fromkeys([*range(0x80, 0x85), *range(0x86, 0xA0)], "\ufffd"),  # C1
    0xAD: "-",  # a soft hyphen, which terminals draw differently
    **dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x2070)], "\ufffd"),  # change the direction of the line
    **dict.fromkeys(range(0xFFF9, 0xFFFC), "\ufffd"),  # annotations that hide words
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),  # surrogates, which cannot be written
    **dict.fromkeys(range(0xE0000, 0xE0080), "\ufffd"),  # tags, which hide text
}
_NOT_SINGLE = re.compile("[^ -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u2010-\u2027\u2030-\u205e\u20ac\u2400-\u2421\ufffd]")
"""A character that may take another number of cells than one."""
_OPENING = frozenset("（「『【〈《〔［｛“‘")
_CLOSING = frozenset("、。，．・：；？！）」』】〉》〕］｝”’ー々…")
"""Signs of East Asian text that do not begin a line; opening ones do not end it."""

Cluster = tuple[int, int, int]
"""Characters ``text[start:end]`` that are drawn together, and how many cells they take."""


def make_visible_text(text: str) -> str:
    r"""Return a text of the same length, with blanks for white space and harmless signs for control characters.

    >>> make_visible_text("a\tb\x1b[31m\u202e")
    'a b␛[31m�'
    """
    return text.translate(_REPLACED)


def has_single_cells(text: str, start: int = 0, end: int | None = None) -> bool:
    """Return whether each character of ``text[start:end]`` certainly takes one cell."""
    return _NOT_SINGLE.search(text, start, len(text) if end is None else end) is None


def find_clusters(text: str) -> list[Cluster]:
    r"""Return the clusters of a text in order; each character is in one.

    >>> find_clusters("e\u0301日")
    [(0, 2, 1), (2, 3, 2)]
    """
    if has_single_cells(text):
        return [(at, at + 1, 1) for at in range(len(text))]
    clusters, _ = split_graphemes(text)
    drawn = next((place for place, (_, _, cells) in enumerate(clusters) if cells), len(clusters) - 1)
    # Characters without a cell at the very start would share the column of what follows them.
    _, end, cells = clusters[drawn]
    return [(0, end, cells), *clusters[drawn + 1 :]]


def split_word(word: str, width: int) -> Iterator[Cluster]:
    """Yield the parts of a word between which a line may end: at East Asian characters, anywhere in a too wide one."""
    part: list[Cluster] = []
    for cluster in find_clusters(word):
        if part and _may_break(word, part[-1], cluster):
            yield from _fit_part(part, width)
            part = []
        part.append(cluster)
    yield from _fit_part(part, width)


def _fit_part(part: list[Cluster], width: int) -> list[Cluster]:
    size = sum(cells for _, _, cells in part)
    return part if size > width else [(part[0][0], part[-1][1], size)]


def _may_break(word: str, before: Cluster, after: Cluster) -> bool:
    is_wide = before[2] == 2 or after[2] == 2
    return is_wide and word[before[0]] not in _OPENING and word[after[0]] not in _CLOSING


def shorten_text(text: str, width: int) -> str:
    """Return a text of at most ``width`` cells; what is left out is shown as an ellipsis.

    >>> shorten_text("Measurement", 8), shorten_text("Fear", 8)
    ('Measure…', 'Fear')
    """
    if cell_len(text) <= width:
        return text
    used, kept = 1, 0
    for _, end, cells in find_clusters(text):
        if (used := used + cells) > width:
            break
        kept = end
    return text[:kept].rstrip() + "…" if width > 0 else ""
