"""The command that shows what changed between two versions of the codebook."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from textwrap import wrap
from typing import Any

import click

from qualcode.anchors import format_word_diff
from qualcode.cli.options import open_project, output_options
from qualcode.cli.terminal.terminal_streams import style
from qualcode.cli.terminal_output import (
    OutputOptions,
    has_colour,
    list_shown_rows,
    notes_of,
    page_width,
    write_pages,
    write_table,
)
from qualcode.cli.text_tables import TableView

_LISTS = ("examples", "counterexamples", "cues", "members")
_COLOURS = {"-": "red", "+": "green"}


@click.command(
    short_help="Show what changed between two versions.", epilog="Example: qualcode codebook diff 2026-11-01"
)
@click.argument("before")
@click.argument("after", default="")
@output_options
@click.pass_context
def diff(ctx: click.Context, before: str, after: str, output: OutputOptions) -> None:
    """Show what changed in the codebook from BEFORE to AFTER; if AFTER is not given, to now.

    Each is a date (2026-11-30: at the end of that day), a revision of the study's git repository (v1, HEAD~3), or a
    file or folder with a codebook. In texts, [-words-] were removed and {+words+} added.
    """
    table = open_project(ctx).codebook_diff(before, after)
    if output.format != "table":
        write_table(table, TableView(), output)
        return
    rows = list_shown_rows(table, output)
    text = "\n".join(_format_changes(rows, width=page_width(output), is_coloured=has_colour(output)))
    write_pages(text or "no changes", output, notes=notes_of(table), summary="changes of the codebook")


def _format_changes(rows: list[dict[str, Any]], *, width: int, is_coloured: bool) -> Iterator[str]:
    """Yield the lines of a page: each entry with its changes below it."""
    for name, changes in groupby(rows, key=lambda row: (row["level"], row["id"])):
        title = f"{name[1]} ({name[0]})" if name[0] != "code" else name[1]
        yield style(title, bold=True) if is_coloured else title
        for change in changes:
            for indent, mark, text in _describe_change(change):
                lines = wrap(text, width - indent - len(mark), break_on_hyphens=False, break_long_words=False) or [""]
                for number, line in enumerate(lines):
                    shown = " " * indent + (mark if not number else " " * len(mark)) + line
                    colour = _COLOURS.get(mark.strip())
                    yield style(shown, fg=colour) if is_coloured and colour else shown
        yield ""


def _describe_change(change: dict[str, Any]) -> Iterator[tuple[int, str, str]]:
    """Yield indent, mark and text of the parts of a change."""
    kind, field, old, new = (change[name] for name in ("change", "field", "old", "new"))
    if field == "id":
        yield 2, "", f"{kind} {'from' if kind != 'merged' else 'with'} {old}"
    elif kind in {"added", "removed"}:
        yield 2, "", f"{kind}: {new or old}" if new or old else kind
    elif kind in {"retired", "used again"}:
        yield 2, "", f"{kind} ({new or old})"
    elif field in _LISTS:
        yield 2, "", field
        removed, added = old.splitlines(), new.splitlines()
        yield from ((4, "- ", item) for item in removed if item not in added)
        yield from ((4, "+ ", item) for item in added if item not in removed)
        if sorted(removed) == sorted(added):
            yield 4, "", "in another order"
    else:
        yield (
            2,
            "",
            f"{field}: {format_word_diff(old, new) if old and new else f'[-{old}-]' if old else '{+' + new + '+}'}",
        )
