"""How tables of counts are shown to people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qualcode.cli.text_tables import TableView

if TYPE_CHECKING:
    import pandas as pd


def count_view(
    table: pd.DataFrame, columns: list[str], options: dict[str, Any], *, stretch: Sequence[str]
) -> TableView:
    """Return how a table of counts is shown: groups and coders first, then the given columns."""
    groups = table.columns[: len(options["by"] or ())]  # not by name: the column of an attribute "name" is "case_name"
    coder = ["coder"] if len(options["coder"] or ()) > 1 else []
    return TableView(columns=(*groups, *coder, *columns), stretch=stretch, headings={"words": "words_coded"})
