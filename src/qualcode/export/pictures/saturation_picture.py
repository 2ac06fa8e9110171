"""The table of saturation as a picture: a curve for each group and coder."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from qualcode.export.pictures.picture_text import Row, clean_label, make_caption, require_rows
from qualcode.model import Codebook

if TYPE_CHECKING:
    from qualcode.figures import Curve


def draw_saturation_table(
    rows: Sequence[Row], notes: Iterable[str], *, measure: str, title: str, book: Codebook
) -> Any:
    """Return a matplotlib Figure of the curves; ``measure`` and ``book`` are not used.

    Raises
    ------
    OperationError
        If the table is empty.
    """
    from qualcode.figures import draw_saturation

    require_rows(rows, "saturation")
    coders = {row["coder"] for row in rows}
    curves: dict[str, list[Row]] = {}
    for row in rows:
        columns = list(row)
        groups = [str(row[name]) for name in columns[: columns.index("position")]]
        curves.setdefault(", ".join([*groups, *([row["coder"]] if len(coders) > 1 else [])]), []).append(row)
    made = [_make_curve(name, found) for name, found in curves.items()]
    beginnings = (*(f"{coder}: " for coder in coders), "order of")
    return draw_saturation(made, title=title, caption=make_caption(notes, beginnings=beginnings))


def _make_curve(name: str, rows: Sequence[Row]) -> Curve:
    from qualcode.figures import Curve

    saturated = next((row["position"] for row in rows if row["is_saturated"]), None)
    # The first run is shown at its last transcript: the one after the base and the run.
    run = next((row["position"] for row in rows if row["run_new"] is not None), 0)
    has_band = rows[0]["low"] is not None
    return Curve(
        clean_label(name),
        [row["new"] for row in rows],
        [row["cumulative"] for row in rows],
        [row["expected"] for row in rows],
        [row["low"] for row in rows] if has_band else (),
        [row["high"] for row in rows] if has_band else (),
        saturated_at=saturated if run else None,
    )
