"""How tables of counts are shown to people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qualcode.cli.text_tables import TableView

if TYPE_CHECKING:
    import pandas as pd

_INTERVALS = {
    "share_of_cases": ("share_low", "share_high"),
    "codings_per_1000_words": ("rate_low", "rate_high"),
    "difference": ("difference_low", "difference_high"),
    "rate_ratio": ("rate_ratio_low", "rate_ratio_high"),
}
"""Columns whose intervals are shown beside them, with the columns of the bounds."""

_DECIMALS = {
    "jaccard": 3,
    "codings_per_1000_words": 2,
    **dict.fromkeys(("rate_a", "rate_b", "rate_ratio", "cohens_h", "cramers_v", "trend"), 2),
}


def count_view(
    table: pd.DataFrame, columns: list[str], options: dict[str, Any], *, stretch: Sequence[str]
) -> TableView:
    """Return how a table of counts is shown: groups and coders first, then the given columns."""
    groups = table.columns[: len(options["by"] or ())]  # not by name: the column of an attribute "name" is "case_name"
    coder = ["coder"] if len(options["coder"] or ()) > 1 else []
    return TableView(
        columns=(*groups, *coder, *columns),
        stretch=stretch,
        percent=("share_of_cases", "share_a", "share_b"),
        points=("difference",),
        decimals=_DECIMALS,
        p_values=("p", "q", "rate_p", "rate_q"),
        headings={"words": "words_coded", "difference": "points"},
        intervals={name: bounds for name, bounds in _INTERVALS.items() if name in columns and bounds[0] in table},
    )
