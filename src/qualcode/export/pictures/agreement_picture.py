"""The table of agreement as a picture: a dot and an interval for each code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from qualcode.errors import check_choice, shorten_text
from qualcode.export.pictures.picture_text import Row, family_colours, require_rows
from qualcode.files import remove_forbidden_characters
from qualcode.listings.agreement.agreement_rows import ALL_STATISTICS, POOLED
from qualcode.model import Codebook

if TYPE_CHECKING:
    from qualcode.figures import Dot

_LABEL_CHARACTERS = 44
_WITH_BOUNDS = frozenset({"krippendorff_alpha", "alpha_masi", "alpha_jaccard"})


def draw_agreement_rows(rows: Sequence[Row], notes: Iterable[str], *, measure: str, title: str, book: Codebook) -> Any:
    """Return a matplotlib Figure of one statistic, with one row per row of a table of agreement.

    Raises
    ------
    UsageError
        If the table does not have the statistic.
    OperationError
        If the table is empty.
    """
    from qualcode.figures import draw_agreement

    require_rows(rows, "agreement")
    check_choice("measure", measure, [name for name in ALL_STATISTICS if name in rows[0]])
    varying = [name for name in ("coders", "unit", "universe") if len({row[name] for row in rows}) > 1]
    dots = [_make_dot(row, measure, varying, book) for row in rows]
    fixed = "; ".join(f"{name} {rows[0][name]}" for name in ("coders", "unit", "universe") if name not in varying)
    intervals = next((note for note in notes if note.startswith("intervals: ")), "")
    marks = "Diamonds: several codes together."
    bounds = measure in _WITH_BOUNDS
    if bounds:
        marks += " Dashed lines: Krippendorff's bounds of .667 and .800."
    caption = ". ".join(part[:1].upper() + part[1:] for part in (fixed, intervals, marks) if part)
    return draw_agreement(dots, title=title, axis=ALL_STATISTICS[measure].label, caption=caption, bounds=bounds)


def _make_dot(row: Mapping[str, Any], statistic: str, varying: list[str], book: Codebook) -> Dot:
    from qualcode.figures import Dot

    suffix = "".join(f", {row[name]}" for name in varying)
    label = shorten_text(str(row["name"]), limit=max(_LABEL_CHARACTERS - len(suffix), 12)) + suffix
    return Dot(
        label=remove_forbidden_characters(label)[0],
        value=row[statistic],
        low=row[f"{statistic}_low"],
        high=row[f"{statistic}_high"],
        reason=_reason_of(row["undefined"], statistic),
        colour=family_colours(book).get(str(row["code"]).partition("/")[0], ""),
        is_summary=row["level"] in {POOLED, "family", "theme"},
    )


def _reason_of(undefined: str, statistic: str) -> str:
    """Return the reason why a statistic is undefined, from the column that has the reasons of all."""
    for part in undefined.split("; "):
        names, _, reason = part.partition(": ")
        if statistic in names.split(", "):
            return reason
    return ""
