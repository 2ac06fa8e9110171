"""The rows of an exported codebook: families, codes and themes with stable ids for other tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid5

from qualcode.model import Code, Codebook, Example, Family, Theme

CODEBOOK_EXPORT_COLUMNS = (
    "id level parent name definition include exclude examples counterexamples members colour retired formerly guid"
).split()
COUNT_COLUMNS = ("codings", "transcripts")
"""Further columns, where counts are asked for."""
_NAMESPACE = UUID("6e0f2a64-52a8-5d0b-9a3c-6d6ee8b7c1a4")
"""Any fixed value: the same code has the same GUID on all machines."""

Counts = Mapping[str, Mapping[str, Any]]
"""Numbers of codings and transcripts by id of code, family or theme."""


def codebook_rows(book: Codebook, counts: Counts | None = None) -> Iterator[dict[str, Any]]:
    """Yield one row per family, each with its codes below it, and per theme."""
    for family in book.families:
        yield _row(family, "family", "", counts)
        for code in book.codes:
            if code.family == family.id:
                yield _row(code, "code", code.id.rpartition("/")[0], counts)
    for theme in book.themes:
        yield _row(theme, "theme", "", counts)


def _row(entry: Family | Code | Theme, level: str, parent: str, counts: Counts | None) -> dict[str, Any]:
    values = dict.fromkeys(CODEBOOK_EXPORT_COLUMNS, "")
    formerly = getattr(entry, "formerly", ())
    values |= {"id": entry.id, "level": level, "parent": parent, "name": entry.name, "definition": entry.definition}
    values |= {"colour": entry.colour, "formerly": "\n".join(formerly)}
    # The oldest id, so that it stays the same when a code is renamed or moved; codes and families are apart.
    values["guid"] = str(uuid5(_NAMESPACE, f"{level}:{(*formerly, entry.id)[0]}"))
    if isinstance(entry, Code):
        values |= {"include": entry.include, "exclude": entry.exclude, "retired": entry.retired}
        values |= {name: "\n".join(map(format_example, getattr(entry, name))) for name in _EXAMPLES}
    if isinstance(entry, Theme):
        values["members"] = "\n".join(entry.members)
    numbers = {name: (counts.get(entry.id) or {}).get(name, 0) for name in COUNT_COLUMNS} if counts is not None else {}
    return values | numbers


_EXAMPLES = ("examples", "counterexamples")


def format_example(example: Example) -> str:
    """Return a quote with its transcript and note.

    >>> format_example(Example("No budget.", "S01", "not staff"))
    '“No budget.” (S01) not staff'
    """
    source = f"({example.transcript})" if example.transcript else ""
    return " ".join(filter(None, [f"“{example.quote}”", source, example.note]))
