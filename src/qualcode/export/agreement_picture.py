"""The table of agreement as a picture: a dot and an interval for each code."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.errors import OperationError, UsageError, check_choice, shorten_text
from qualcode.export.network_files import PICTURE_SUFFIXES
from qualcode.files import fill_atomically, remove_forbidden_characters
from qualcode.listings.agreement.agreement_rows import ALL_STATISTICS, POOLED
from qualcode.model import Codebook

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.figures import Dot

_LABEL_CHARACTERS = 44
_WITH_BOUNDS = frozenset({"krippendorff_alpha", "alpha_masi", "alpha_jaccard"})


def draw_agreement_table(table: pd.DataFrame, *, statistic: str, title: str, book: Codebook) -> Any:
    """Return a matplotlib Figure of one statistic, with one row per row of a table of agreement.

    Raises
    ------
    UsageError
        If the table does not have the statistic.
    OperationError
        If the table is empty.
    """
    from qualcode.figures import draw_agreement
    from qualcode.tables import list_records

    check_choice("statistic", statistic, [name for name in ALL_STATISTICS if name in table.columns])
    rows = list_records(table)
    if not rows:
        raise OperationError("the table of agreement is empty: there is nothing to draw")
    varying = [name for name in ("coders", "unit", "universe") if len({row[name] for row in rows}) > 1]
    dots = [_make_dot(row, statistic, varying, book) for row in rows]
    label = ALL_STATISTICS[statistic].label
    fixed = "; ".join(f"{name} {rows[0][name]}" for name in ("coders", "unit", "universe") if name not in varying)
    intervals = next((note for note in table.attrs.get("notes", ()) if note.startswith("intervals: ")), "")
    marks = "Diamonds: several codes together."
    bounds = statistic in _WITH_BOUNDS
    if bounds:
        marks += " Dashed lines: Krippendorff's bounds of .667 and .800."
    caption = ". ".join(part[:1].upper() + part[1:] for part in (fixed, intervals, marks) if part)
    return draw_agreement(dots, title=remove_forbidden_characters(title)[0], axis=label, caption=caption, bounds=bounds)


def _make_dot(row: Mapping[str, Any], statistic: str, varying: list[str], book: Codebook) -> Dot:
    from qualcode.figures import Dot

    families = {family.id: family.colour for family in book.families}
    suffix = "".join(f", {row[name]}" for name in varying)
    label = shorten_text(str(row["name"]), limit=max(_LABEL_CHARACTERS - len(suffix), 12)) + suffix
    return Dot(
        label=remove_forbidden_characters(label)[0],
        value=row[statistic],
        low=row[f"{statistic}_low"],
        high=row[f"{statistic}_high"],
        reason=_reason_of(row["undefined"], statistic),
        colour=families.get(str(row["code"]).partition("/")[0], ""),
        is_summary=row["level"] in {POOLED, "family", "theme"},
    )


def _reason_of(undefined: str, statistic: str) -> str:
    """Return the reason why a statistic is undefined, from the column that has the reasons of all."""
    for part in undefined.split("; "):
        names, _, reason = part.partition(": ")
        if statistic in names.split(", "):
            return reason
    return ""


def save_agreement(
    table: pd.DataFrame, path: Path, *, statistic: str, title: str, book: Codebook
) -> tuple[Path, list[str]]:
    """Write the picture of a table of agreement as PNG, SVG or PDF, by the path's suffix; return the path and notes.

    Raises
    ------
    UsageError
        If the suffix is not one of these.
    """
    from qualcode.figures import write_figure

    if path.suffix.lower() not in PICTURE_SUFFIXES:
        raise UsageError(f"{path}: the name of a picture must end in {', '.join(PICTURE_SUFFIXES)}")
    figure = draw_agreement_table(table, statistic=statistic, title=title, book=book)
    warnings: list[str] = []
    fill_atomically(path, lambda temporary: warnings.append(write_figure(figure, temporary)))
    return path, [f"{path}: {warning}" for warning in warnings if warning]
