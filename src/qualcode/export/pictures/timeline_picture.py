"""The table of one interview as a picture: a row for each code, passages at their places in the talk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from qualcode.export.pictures.picture_text import Row, clean_label, family_colours, make_caption, require_rows
from qualcode.model import Codebook

if TYPE_CHECKING:
    from qualcode.figures import TimelineRow

_GREY = "#7A7A7A"


def draw_timeline_table(rows: Sequence[Row], notes: Iterable[str], *, measure: str, title: str, book: Codebook) -> Any:
    """Return a matplotlib Figure; codes in the order of the codebook. ``measure`` is not used.

    Raises
    ------
    OperationError
        If the table is empty.
    """
    from qualcode.figures import TimelineAxis, draw_timeline

    require_rows(rows, "the timeline")
    is_time = all(row["first_second"] is not None for row in rows)
    columns = ("first_second", "last_second") if is_time else ("first_word", "last_word")
    questions = tuple((row[columns[0]], row[columns[1]]) for row in rows if row["role"] == "interviewer")
    axis = TimelineAxis(
        max(row[columns[1]] for row in rows),
        "minutes" if is_time else "words of all speakers, in order",
        questions,
        is_time=is_time,
    )
    order = {code.id: position for position, code in enumerate(book.codes)}
    passages: dict[str, list[Row]] = {}
    for row in sorted((row for row in rows if row["code"]), key=lambda row: order.get(row["code"], len(order))):
        passages.setdefault(row["code"], []).append(row)
    colours = family_colours(book)
    made = [_make_row(found, columns, colours.get(code.partition("/")[0], _GREY)) for code, found in passages.items()]
    caption = make_caption(notes, "Shaded: interviewer. Right: codings.", beginnings=("transcript ",))
    return draw_timeline(made, axis, title=title, caption=caption)


def _make_row(rows: Sequence[Row], columns: tuple[str, str], colour: str) -> TimelineRow:
    from qualcode.figures import TimelineRow

    spans = tuple((float(row[columns[0]]), float(row[columns[1]])) for row in rows)
    return TimelineRow(clean_label(rows[0]["name"]), spans, colour, text=f"{len(rows):,}")
