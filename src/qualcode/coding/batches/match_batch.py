"""Passages that are coded together because certain words are in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, get_args

from qualcode.coding.batches.batch_records import name_batch
from qualcode.coding.batches.coding_batch import (
    CodedSpan,
    CodingBatch,
    FoundPlace,
    code_found_places,
    select_within,
)
from qualcode.errors import check_choice
from qualcode.study.selection import Names, find_usable_code_id, to_name_tuple
from qualcode.study.study import Study


@dataclass(frozen=True, slots=True)
class MatchOptions:
    """What is searched for and where; all but ``code`` and ``span`` are options of a search for words."""

    words: str
    regex: bool = False
    case: bool = False
    span: CodedSpan = "sentence"
    within: Names | None = None
    speaker: Names | None = None
    transcripts: Names | None = None

    def __post_init__(self) -> None:
        check_choice("span", self.span, get_args(CodedSpan))

    def name(self, code: str) -> str:
        """Return the name of the batch that codes what is found."""
        is_given = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}
        words, _ = is_given.pop("words"), is_given.pop("regex", False)
        return name_batch("code", code, **{"regex" if self.regex else "words": words}, **is_given)


def code_hits(
    study: Study, hits: Iterable[Mapping[str, Any]], options: MatchOptions, *, code: str, coder: str
) -> CodingBatch:
    """Return the events by which a coder codes the hits of a search, rows of `HIT_COLUMNS`.

    Raises
    ------
    UnknownNameError
        If the codebook has no such code, or none of those to search within.
    OperationError
        If the code is retired.
    """
    code = find_usable_code_id(study.codebook, code)
    found = [
        FoundPlace(hit["transcript"], hit["start"], hit["end"], (hit["left"], hit["match"], hit["right"]))
        for hit in hits
    ]
    if options.within is not None:
        chosen = select_within(study, found, to_name_tuple(options.within), coder=coder)
    else:
        chosen = found
    batch = code_found_places(study, chosen, code, span=options.span, coder=coder, source=options.name(code))
    if outside := len(found) - len(chosen):
        batch.left_out[f"not within a coding of {coder}'s of these codes"] += outside
    return batch
