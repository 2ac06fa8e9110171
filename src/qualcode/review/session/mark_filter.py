"""Which codings and suggestions are shown: by code, coder and score, as typed in one line."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from qualcode.errors import UnknownNameError, UsageError
from qualcode.model import Codebook, is_in_subtree
from qualcode.study.selection import select_code_ids
from qualcode.study.study import Study


@dataclass(frozen=True, slots=True)
class MarkFilter:
    """What is shown; empty fields show all."""

    codes: frozenset[str] = frozenset()
    """Codes, families and members of themes."""
    coders: frozenset[str] = frozenset()
    min_score: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.codes or self.coders or self.min_score)

    def has_code(self, code: str) -> bool:
        """Return whether a code is shown."""
        return not self.codes or any(is_in_subtree(code, above) for above in self.codes)

    def has_coding(self, code: str, coder: str) -> bool:
        """Return whether a coding is shown."""
        return self.has_code(code) and (not self.coders or coder in self.coders)

    def has_suggestion(self, code: str, score: float) -> bool:
        """Return whether a suggestion is shown."""
        return self.has_code(code) and score >= self.min_score


def parse_filter(study: Study, text: str, coders: Collection[str]) -> MarkFilter:
    """Return the filter of a line such as ``challenges ben 0.6``: codes, families or themes; coders; a least score.

    Raises
    ------
    UsageError
        If a word is none of these.
    """
    codes: set[str] = set()
    names: set[str] = set()
    min_score = 0.0
    for word in text.split():
        number = word.lstrip(">=")
        if number and number.replace(".", "", 1).replace(",", "", 1).isdecimal():
            min_score = float(number.replace(",", "."))
            if min_score > 1:
                raise UsageError(f"score {word}: a number from 0 to 1, as 0.6")
        elif word in coders:
            names.add(word)
        else:
            codes |= _find_codes(study, study.codebook, word)
    return MarkFilter(frozenset(codes), frozenset(names), min_score)


def _find_codes(study: Study, book: Codebook, word: str) -> frozenset[str]:
    """Return the codes that a word means: an id, a theme, or the last part of an id or a name."""
    try:
        ids = select_code_ids(book, word)
    except UnknownNameError:
        ids = [one.id for one in book.codes if word.casefold() in {one.id.rpartition("/")[2], one.name.casefold()}]
        if not ids:
            raise
    return frozenset(ids) | book.expand_codes(ids)
