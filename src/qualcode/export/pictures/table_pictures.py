"""The picture that belongs to a table, found by the table's columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.errors import UsageError, check_choice
from qualcode.export.network_files import PICTURE_SUFFIXES
from qualcode.export.pictures.agreement_picture import draw_agreement_rows
from qualcode.export.pictures.comparison_picture import draw_comparison
from qualcode.export.pictures.crosstab_picture import draw_crosstab
from qualcode.export.pictures.difference_picture import draw_differences
from qualcode.export.pictures.saturation_picture import draw_saturation_table
from qualcode.export.pictures.theme_picture import DEFAULT_MEASURE, draw_themes
from qualcode.export.pictures.timeline_picture import draw_timeline_table
from qualcode.files import fill_atomically, remove_forbidden_characters
from qualcode.model import Codebook

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class TablePicture:
    """A kind of picture: the columns that a table needs for it, what it shows by default, and how it is drawn."""

    columns: frozenset[str]
    title: str
    measure: str
    draw: Callable[..., Any]


PICTURES = (
    TablePicture(frozenset({"code_a", "group_1", "difference"}), "Networks compared", "", draw_differences),
    TablePicture(frozenset({"group_a", "group_b", "difference"}), "Groups compared", "difference", draw_comparison),
    TablePicture(
        frozenset({"attribute", "value", "share_of_cases", "universe_cases"}),
        "Codes by value",
        DEFAULT_MEASURE,
        draw_crosstab,
    ),
    TablePicture(frozenset({"code", "level", "share_of_cases"}), "Codes by family", DEFAULT_MEASURE, draw_themes),
    TablePicture(frozenset({"coders", "undefined"}), "Agreement by code", "krippendorff_alpha", draw_agreement_rows),
    TablePicture(frozenset({"position", "cumulative", "run_new"}), "Saturation of codes", "", draw_saturation_table),
    TablePicture(frozenset({"first_word", "last_word", "role"}), "The course of an interview", "", draw_timeline_table),
)


def draw_table(table: pd.DataFrame, *, measure: str | None, title: str, book: Codebook) -> Any:
    """Return a matplotlib Figure of a table.

    Parameters
    ----------
    table
        What a method of `Project` returned, or a selection of its rows.
    measure
        The column to draw, if not the usual one.
    title
        Heading; that of its kind if empty.
    book
        For names and colours of families.

    Raises
    ------
    UsageError
        If there is no picture of such a table, or no such measure.
    OperationError
        If the table is empty.
    """
    from qualcode.tables import list_records

    picture = next((one for one in PICTURES if one.columns <= set(table.columns)), None)
    if picture is None:
        raise UsageError(f"no picture shows a table with the columns {', '.join(map(str, table.columns[:6]))} ...")
    if measure is not None and not picture.measure:
        raise UsageError("measure: this picture has none to choose; leave it out")
    chosen = measure or picture.measure
    if chosen:
        check_choice("measure", chosen, [str(name) for name in table.columns])
    attributes = [str(one) for one in dict.fromkeys(table["attribute"])] if "attribute" in table else []
    usual = f"{picture.title}: {', '.join(attributes)}" if attributes else picture.title
    heading = remove_forbidden_characters(title or usual)[0]
    notes = table.attrs.get("notes", ())
    return picture.draw(list_records(table), notes, measure=chosen, title=heading, book=book)


def save_table_picture(
    table: pd.DataFrame, path: Path, *, measure: str | None, title: str, book: Codebook
) -> tuple[Path, list[str]]:
    """Write the picture of a table as PNG, SVG or PDF, by the path's suffix; return the path and notes.

    Raises
    ------
    UsageError
        If the suffix is not one of these.
    """
    from qualcode.figures import write_figure

    if path.suffix.lower() not in PICTURE_SUFFIXES:
        raise UsageError(f"{path}: the name of a picture must end in {', '.join(PICTURE_SUFFIXES)}")
    figure = draw_table(table, measure=measure, title=title, book=book)
    warnings: list[str] = []
    fill_atomically(path, lambda temporary: warnings.append(write_figure(figure, temporary)))
    return path, [f"{path}: {warning}" for warning in warnings if warning]
