"""The codes that a person may choose from a list in a spreadsheet, and how they are written there."""

from __future__ import annotations

from collections.abc import Iterator

from qualcode.coding.corrections.code_labels import format_code_label
from qualcode.model import Code, Codebook

_FORMULA_STARTS = tuple("=+-@")


def label_code(book: Codebook, code: str) -> str:
    """Return how a code is written in a list: ``Name (family/code)``; its id alone if the codebook does not have it."""
    label = " ".join(format_code_label(book.by_id[code]).split()) if code in book.by_id else code
    # A spreadsheet computes what looks like a formula, also if it is chosen from a list.
    return code if label.startswith(_FORMULA_STARTS) else label


def list_usable_codes(book: Codebook) -> Iterator[Code]:
    """Yield the codes that may be given to text: all but retired ones."""
    return (code for code in book.codes if not code.retired)


def colour_codes(book: Codebook) -> dict[str, str]:
    """Return the colour of each code that has one: its own, or that of its family."""
    families = {family.id: family.colour for family in book.families}
    colours = {code.id: code.colour or families.get(code.family, "") for code in book.codes}
    return {code: colour for code, colour in colours.items() if colour}
