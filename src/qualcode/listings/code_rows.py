"""The table of codes: one row per code with its codebook entry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from qualcode.model import Codebook

CODE_COLUMNS = (
    "code name family definition include exclude examples counterexamples cues formerly colour retired".split()
)


def code_rows(book: Codebook) -> Iterator[dict[str, Any]]:
    """Yield one row per code, with the keys of `CODE_COLUMNS`."""
    for code in book.codes:
        yield {
            "code": code.id,
            "name": code.name,
            "family": code.family,
            "definition": code.definition,
            "include": code.include,
            "exclude": code.exclude,
            "examples": [example.quote for example in code.examples],
            "counterexamples": [example.quote for example in code.counterexamples],
            "cues": len(code.cues),
            "formerly": list(code.formerly),
            "colour": code.colour,
            "retired": code.retired,
        }
