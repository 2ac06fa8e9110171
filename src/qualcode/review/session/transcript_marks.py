"""The marks beside a transcript: from codings, suggestions and decisions that are not saved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from qualcode.errors import shorten_text
from qualcode.model import Codebook, Coding, family_of
from qualcode.review.transcript_view.marks import Mark

SuggestionRow = Mapping[str, Any]
"""A row of `Project.suggest`."""

_NO_COLOUR = "#808080"
_LABEL_LENGTH = 21
_CODER_LENGTH = 10
"""Characters of a code with its coder, and of the coder, in 80 columns."""


class CodeStyles:
    """Short names and colours of codes."""

    def __init__(self, book: Codebook) -> None:
        self._book = book
        self._families = {family.id: family.colour for family in book.families}

    def colour(self, code: str) -> str:
        """Return the colour of a code, of a code above it, or of its family."""
        name = code
        while "/" in name:
            entry = self._book.by_id.get(name)
            if entry and entry.colour:
                return entry.colour
            name = name.rpartition("/")[0]
        return self._families.get(family_of(code)) or _NO_COLOUR

    def label(self, code: str) -> str:
        """Return the last part of the id of a code."""
        return code.rpartition("/")[2]


def coding_marks(codings: Iterable[Coding], styles: CodeStyles, *, coder: str) -> Iterator[Mark]:
    """Yield a mark per coding; what several other coders than ``coder`` have coded alike is one mark."""
    groups: dict[tuple[int, int, str, bool], list[Coding]] = {}
    for coding in codings:
        is_own = coding.coder == coder
        groups.setdefault((coding.start, coding.end, coding.code, is_own), []).append(coding)
    for (start, end, code, is_own), same in groups.items():
        note = "changed" if any(coding.status == "changed" for coding in same) else ""
        label = styles.label(code)
        if not is_own:
            # Room for the coders beside a long code.
            by = same[0].coder if len(same) == 1 else f"{len(same)} coders"
            by = shorten_text(by, limit=_CODER_LENGTH)
            label = f"{shorten_text(label, limit=_LABEL_LENGTH - len(by))} {by}"
        yield Mark(same[0].id, start, end, code, label, styles.colour(code), "coding", None, note)


def suggestion_marks(rows: Iterable[SuggestionRow], styles: CodeStyles) -> Iterator[Mark]:
    """Yield a mark per suggestion."""
    for row in rows:
        code = row["code"]
        yield Mark(
            row["id"],
            row["start"],
            row["end"],
            code,
            styles.label(code),
            styles.colour(code),
            "suggestion",
            row["score"],
        )


def marks_at(marks: Sequence[Mark], start: int, end: int) -> list[Mark]:
    """Return the marks that overlap a span, in the order of the text: codings before suggestions."""
    found = [mark for mark in marks if mark.start < end and start < mark.end]
    return sorted(found, key=lambda mark: (mark.kind == "suggestion", mark.start, mark.end, mark.code))
