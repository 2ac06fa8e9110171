"""DataFrames with notes: their columns and types, their display in notebooks, their rows and values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qualcode.files import display_html, escape_html

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


class NotedFrame(pd.DataFrame):
    """A DataFrame that shows ``attrs["notes"]`` below the table in a notebook; slices of it do the same."""

    @property
    def _constructor(self) -> type[NotedFrame]:
        return NotedFrame

    def _repr_html_(self) -> str:
        table: str = super()._repr_html_()  # type: ignore[misc]
        return display_html(table, notes_html(self.attrs.get("notes", ())))

    @property
    def style(self) -> Styler:
        """The table with formats and colours for a notebook; unlike pandas' own, it escapes what the table holds."""
        styler: Styler = _safe_styler_class()(self)
        return styler


@cache
def _safe_styler_class() -> type[Any]:
    """Return the class of styled tables; it is made when it is needed, since pandas imports jinja2 for it."""
    from pandas.io.formats.style import Styler

    class SafeStyler(Styler):
        """A `Styler` that escapes, unless ``escape`` is given; pandas' own forgets it with each call of ``format``."""

        def __init__(self, data: pd.DataFrame | pd.Series[Any], **options: Any) -> None:
            super().__init__(data, **options)
            # Jupyter typesets what is between dollar signs, unless an element has these classes.
            self.set_table_attributes('class="tex2jax_ignore mathjax_ignore"')
            self.format()
            for axis in (0, 1):
                self.format_index(axis=axis)
                if hasattr(self, "format_index_names"):  # pandas 3
                    self.format_index_names(axis=axis)

        def format(self, *args: Any, **options: Any) -> Any:
            """Set the format of cells, as `Styler.format` does; missing values are blank."""
            super().format(*args, **{"escape": "html", "na_rep": "", **options})  # pandas would write <NA> as a tag
            return self

        def format_index(self, *args: Any, **options: Any) -> Any:
            """Set the format of headings, as `Styler.format_index` does."""
            super().format_index(*args, **{"escape": "html", **options})
            return self

        def format_index_names(self, *args: Any, **options: Any) -> Any:
            """Set the format of the names of headings, as `Styler.format_index_names` does."""
            super().format_index_names(*args, **{"escape": "html", **options})
            return self

    return SafeStyler


def notes_html(notes: Iterable[str]) -> str:
    """Return notes as a list in HTML, or an empty text if there are none."""
    items = "".join(f"<li>{escape_html(note)}</li>" for note in notes)
    return f'<ul style="font-size: 90%">{items}</ul>' if items else ""


def table_html(table: pd.DataFrame, notes: Iterable[str] = ()) -> str:
    """Return all rows of a table as HTML, two decimals, missing values blank, with notes below it."""
    with pd.option_context("display.max_colwidth", None):
        html: str = table.to_html(index=False, na_rep="", float_format="{:.2f}".format, border=0)
    return display_html(html, notes_html(notes))


def make_frame(
    rows: Iterable[Mapping[str, Any]],
    columns: Sequence[str],
    *,
    notes: Sequence[str] = (),
    categories: Mapping[str, Iterable[str]] | None = None,
) -> pd.DataFrame:
    """Return rows as a DataFrame with these columns, even if there are no rows.

    Whole numbers stay so where some are missing (Int64), and times of decisions are in UTC (`list_values` restores
    their text).

    Parameters
    ----------
    notes
        Unit, universe, coder, what was left out and why; they are kept in ``attrs["notes"]``.
    categories
        Columns that become categorical, with the order of their values, of which only those that occur are kept;
        values that are not listed follow.
    """
    rows = list(rows)
    frame = pd.DataFrame(rows, columns=list(columns))
    for name in columns:
        if categories and name in categories:
            frame[name] = _make_categorical(frame[name], categories[name])
        elif frame[name].dtype == float and all(type(row.get(name)) in (int, NoneType) for row in rows):
            frame[name] = frame[name].astype("Int64")
        elif _has_times(frame[name]) or (name == "at" and frame.empty):
            with suppress(ValueError):  # no such date: somebody has edited a ledger by hand
                frame[name] = pd.to_datetime(frame[name].replace("", None), format=_TIME_FORMAT, utc=True)
    return add_notes(frame, notes)


def make_frame_of_columns(columns: Mapping[str, Any], *, notes: Sequence[str] = ()) -> pd.DataFrame:
    """Return arrays of equal length as a DataFrame without a copy of them: for tables of millions of rows."""
    return add_notes(pd.DataFrame(dict(columns), copy=False), notes)


def make_categories(columns: Mapping[str, Any], values: Sequence[str]) -> dict[str, pd.Categorical]:
    """Return columns of positions in ``values`` as categories: those that occur in any of the columns."""
    occurring = np.unique(np.concatenate([np.unique(positions) for positions in columns.values()]))
    kind = pd.CategoricalDtype([values[at] for at in occurring])
    return {
        name: pd.Categorical.from_codes(np.searchsorted(occurring, positions).astype(np.int32), dtype=kind)
        for name, positions in columns.items()
    }


def _has_times(values: pd.Series[Any]) -> bool:
    """Return whether all values are times as ledgers have them, or blank, so that their text can be restored."""
    texts = [value for value in values if value != ""] if values.dtype in (object, "str") else []
    return bool(texts) and all(isinstance(text, str) and _TIME.fullmatch(text) for text in texts)


def list_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a DataFrame by column; missing values are None."""
    cells = table.reset_index(drop=True).astype(object)
    rows = cells.where(cells.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def list_values(column: pd.Series[Any]) -> list[Any]:
    """Return the values of a column for CSV and JSON: None where one is missing, times as ledgers have them."""
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        # Milliseconds have three digits in ledgers.
        return [text and f"{text[:-4]}Z" for text in column.dt.strftime(_TIME_FORMAT).fillna("")]
    if column.dtype == "Int64":
        return [None if value is pd.NA else int(value) for value in column.tolist()]
    values: list[Any] = column.tolist()  # Python numbers; JSON cannot encode those of numpy
    return values


def _make_categorical(column: pd.Series[Any], order: Iterable[str]) -> pd.Categorical:
    """Return a column as categories: of the values in order those that occur, then values that are not listed."""
    present = dict.fromkeys(column)
    return pd.Categorical(column, categories=list(dict.fromkeys([*(one for one in order if one in present), *present])))


def add_notes(
    frame: pd.DataFrame, notes: Sequence[str], *, categories: Mapping[str, Iterable[str]] | None = None
) -> pd.DataFrame:
    """Return a DataFrame that carries notes in ``attrs["notes"]``; ``categories`` are those of `make_frame`."""
    noted = NotedFrame(frame)
    for name in categories or ():
        if name in noted and noted[name].dtype != "category":
            noted[name] = _make_categorical(noted[name], (categories or {})[name])
    noted.attrs["notes"] = list(notes)
    return noted


def join_tables(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of tables with the same columns as one table."""
    return pd.concat(tables, ignore_index=True) if len(tables) > 1 else tables[0]
