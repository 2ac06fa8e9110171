"""Counts as pandas DataFrames, with stable column names."""

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
from qualcode.incidence import CodeSet, Cooccurrence, Frequency, Incidence, count_cooccurrence, count_frequencies
from qualcode.incidence.universe import Flags

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler

THEME_COLUMNS = (
    "code name level codings own_codings units transcripts cases share_of_cases words per_1000_words "
    "codings_per_1000_words unit coder universe_units universe_transcripts universe_cases universe_words"
).split()
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
PAIR_COLUMNS = "code_a code_b count jaccard count_a count_b units unit coder".split()

GroupMasks = Mapping[tuple[str, ...], Flags]
"""Masks of groups (see `count_frequencies`) by the values of the grouping attributes; without grouping one, by ()."""


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
            present = dict.fromkeys(frame[name])
            order = dict.fromkeys([*(value for value in categories[name] if value in present), *present])
            frame[name] = pd.Categorical(frame[name], categories=list(order))
        elif frame[name].dtype == float and all(type(row.get(name)) in (int, NoneType) for row in rows):
            frame[name] = frame[name].astype("Int64")
        elif _has_times(frame[name]) or (name == "at" and frame.empty):
            with suppress(ValueError):  # no such date: somebody has edited a ledger by hand
                frame[name] = pd.to_datetime(frame[name].replace("", None), format=_TIME_FORMAT, utc=True)
    return add_notes(frame, notes)


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


def add_notes(frame: pd.DataFrame, notes: Sequence[str]) -> pd.DataFrame:
    """Return a DataFrame that carries notes in ``attrs["notes"]``."""
    noted = NotedFrame(frame)
    noted.attrs["notes"] = list(notes)
    return noted


def theme_table(
    counted: Sequence[Incidence], rows: Sequence[CodeSet], groups: Sequence[GroupMasks], by: Sequence[str]
) -> pd.DataFrame:
    """Return frequencies, one row for each code set, coder and group; zeros are included.

    Parameters
    ----------
    counted
        One incidence for each coder.
    rows
        The codes, families and themes to count.
    groups
        The groups of each incidence.
    by
        The grouping attributes, which name the first columns.

    Returns
    -------
    DataFrame
        Columns ``by``, then `THEME_COLUMNS`. A share or rate is NaN if its base is empty.
    """
    lines = []
    by = _group_columns(by, THEME_COLUMNS)
    for incidence, masks in zip(counted, groups, strict=True):
        frequencies = count_frequencies(incidence, rows, list(masks.values()))
        for code_set, by_group in zip(rows, frequencies, strict=True):
            for values, frequency in zip(masks, by_group, strict=True):
                lines.append({**dict(zip(by, values, strict=True)), **_theme_row(incidence, code_set, frequency)})
    return make_frame(lines, [*by, *THEME_COLUMNS])


def _group_columns(by: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return the grouping attributes as columns, prefixed with ``case_`` if the table has a column of that name."""
    return [f"case_{name}" if name in columns else name for name in by]


def _theme_row(incidence: Incidence, code_set: CodeSet, frequency: Frequency) -> dict[str, Any]:
    return {
        "code": code_set.id,
        "name": code_set.name,
        "level": code_set.level,
        "codings": frequency.codings,
        "own_codings": frequency.own_codings,
        "units": frequency.units,
        "transcripts": frequency.transcripts,
        "cases": frequency.cases,
        "share_of_cases": _round_or_nan(frequency.share_of_cases),
        "words": frequency.words,
        # Two names of one number: the first is promised, the second says what it is.
        "per_1000_words": _round_or_nan(frequency.codings_per_1000_words),
        "codings_per_1000_words": _round_or_nan(frequency.codings_per_1000_words),
        "unit": str(incidence.universe.unit),
        "coder": incidence.coder,
        "universe_units": frequency.universe_units,
        "universe_transcripts": frequency.universe_transcripts,
        "universe_cases": frequency.universe_cases,
        "universe_words": frequency.universe_words,
    }


def _round_or_nan(value: float | None) -> float:
    return float("nan") if value is None else round(value, 6)


def cooccurrence_table(
    counted: Sequence[Incidence],
    rows: Sequence[CodeSet],
    groups: Sequence[GroupMasks],
    *,
    by: Sequence[str],
    zeros: bool,
) -> pd.DataFrame:
    """Return co-occurrence counts, one row for each pair, coder and group; the most frequent pairs of a group first.

    Two code sets of which one contains the other are no pair. Pairs that never occur together are included only
    with ``zeros``. Parameters are those of `theme_table`; columns are ``by``, then `PAIR_COLUMNS`.
    """
    by = _group_columns(by, PAIR_COLUMNS)
    # Over all coders, since one coder may have groups that another has not.
    group_order = {values: i for i, values in enumerate(dict.fromkeys(values for masks in groups for values in masks))}
    lines: list[tuple[int, dict[str, Any]]] = []
    for incidence, masks in zip(counted, groups, strict=True):
        for values, mask in masks.items():
            labels = dict(zip(by, values, strict=True))
            pairs = _pair_rows(incidence, count_cooccurrence(incidence, rows, mask), zeros=zeros)
            lines += [(group_order[values], {**labels, **pair}) for pair in pairs]
    lines.sort(key=lambda line: (line[0], *_pair_sort_key(line[1])))
    return make_frame([line for _, line in lines], [*by, *PAIR_COLUMNS])


def _pair_sort_key(pair: Mapping[str, Any]) -> tuple[Any, ...]:
    jaccard = pair["jaccard"]
    # NaN is neither less nor greater than a number, so it gets a key of its own and comes last.
    return pair["coder"], -pair["count"], np.isnan(jaccard), -np.nan_to_num(jaccard), pair["code_a"], pair["code_b"]


def _pair_rows(incidence: Incidence, counts: Cooccurrence, *, zeros: bool) -> Iterable[dict[str, Any]]:
    jaccard = counts.jaccard()
    for a, b in counts.pairs(min_count=0 if zeros else 1):
        yield {
            "code_a": counts.code_sets[a].id,
            "code_b": counts.code_sets[b].id,
            "count": int(counts.joint_units[a, b]),
            "jaccard": round(float(jaccard[a, b]), 6),
            "count_a": int(counts.code_units[a, b]),
            "count_b": int(counts.code_units[b, a]),
            "units": int(counts.base_units[a, b]),
            "unit": str(incidence.universe.unit),
            "coder": incidence.coder,
        }


def cooccurrence_matrix(counts: Cooccurrence) -> pd.DataFrame:
    """Return the counts of units as a matrix, code sets x code sets, with each set's own units on the diagonal."""
    ids = [code_set.id for code_set in counts.code_sets]
    return pd.DataFrame(counts.joint_units, index=ids, columns=ids)
