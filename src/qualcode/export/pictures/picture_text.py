"""Texts of pictures: labels, captions from the notes of a table, numbers, colours of families."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from qualcode.errors import OperationError, shorten_text
from qualcode.files import remove_forbidden_characters
from qualcode.model import Codebook

Row = Mapping[str, Any]

GROUP_COLOURS = ("#27566B", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Of groups that are compared in one row; people with colour blindness can tell them apart."""
MISSING = "–"
_LABEL_CHARACTERS = 60


def require_rows(rows: Sequence[Row], what: str) -> None:
    """Check that a table has rows to draw.

    Raises
    ------
    OperationError
        If it has none.
    """
    if not rows:
        raise OperationError(f"the table of {what} is empty: there is nothing to draw")


def clean_label(text: Any, limit: int = _LABEL_CHARACTERS) -> str:
    """Return a text for a picture: shortened, without characters that SVG cannot hold."""
    return remove_forbidden_characters(shorten_text(str(text), limit=limit))[0]


def make_caption(notes: Iterable[str], *signs: str, beginnings: Sequence[str] = ("unit ",)) -> list[str]:
    """Return the notes with one of these beginnings, each as a sentence, and what the signs mean.

    A beginning with a colon is a name, which is not capitalised.
    """
    chosen = [note for note in notes if note.startswith(tuple(beginnings))]
    names = tuple(beginning for beginning in beginnings if ":" in beginning)
    sentences = [
        f"{note if names and note.startswith(names) else note[:1].upper() + note[1:]}".rstrip(".") + "."
        for note in chosen
    ]
    return [remove_forbidden_characters(text)[0] for text in (*sentences, " ".join(filter(None, signs))) if text]


def family_colours(book: Codebook) -> dict[str, str]:
    """Return the colour of each family, by id."""
    return {family.id: family.colour for family in book.families}


def family_name(book: Codebook, code: str) -> str:
    """Return the name of a code's family."""
    family = code.partition("/")[0]
    return next((one.name for one in book.families if one.id == family), family)


def format_percent(value: float | None) -> str:
    """Return a share as a percentage; a dash where it is undefined."""
    return MISSING if value is None else f"{100 * value:.0f} %"
