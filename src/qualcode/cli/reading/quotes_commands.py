"""The command to find quotes with a query."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.options import UNITS_HELP, as_of_option, given_options, names_option, open_project, output_options
from qualcode.cli.terminal.terminal_streams import style
from qualcode.cli.terminal_output import (
    OutputOptions,
    has_colour,
    list_shown_rows,
    notes_of,
    page_width,
    print_notes,
    write_pages,
    write_table,
)
from qualcode.cli.text_tables import TableView
from qualcode.errors import UsageError, format_count
from qualcode.model import shorten_id
from qualcode.queries import QueryError

if TYPE_CHECKING:
    from qualcode.project import Project

_INDENT = "    "


@click.command(
    epilog="Examples: qualcode quotes 'challenges/roi near:2t skills/resilience'; "
    "qualcode quotes 'challenges and @group=partner and not text:\"no budget\"' -o quotes.csv"
)
@click.argument("query", nargs=-1)
@click.option(
    "--part",
    type=click.Choice(["whole", "overlap"]),
    help="Whole codings (default), or the passages that the codings of all codes have in common.",
)
@click.option("--unit", metavar="UNIT", help=f"Codes are together in one unit, not where codings overlap. {UNITS_HELP}")
@names_option("--coder", metavar="NAME", help="Whose codings; those of several coders are looked at separately.")
@names_option("--transcripts", metavar="ID", help="Only these transcripts; patterns like 'S*' work.")
@names_option("--by", metavar="ATTRIBUTE", help="Add this column of cases.csv.")
@as_of_option
@output_options
@click.pass_context
def quotes(ctx: click.Context, /, query: tuple[str, ...], output: OutputOptions, **options: Any) -> None:
    """Find the codings that match QUERY, with where they are; all codings without it.

    Codes (families and themes, too) and conditions, joined by and, or, not and near:2t (within two turns; near:3s:
    sentences), with parentheses. Conditions: @ATTRIBUTE=VALUE (also != < <= > >=), coder:, memo:, speaker:, status:,
    text:, transcript:. Put QUERY in quotation marks, or the shell reads its signs. -o FILE.md and -o FILE.docx write
    the quotes by code, to paste into a paper.
    """
    try:
        _show_quotes(open_project(ctx), " ".join(query), output, given_options(options))
    except QueryError as error:
        raise (_PlacedQueryError(error) if sys.stderr.isatty() else error) from None


def _show_quotes(project: Project, query: str, output: OutputOptions, options: dict[str, Any]) -> None:
    if output.is_document and output.path is not None:
        if "by" in options:
            raise UsageError("--by adds columns to tables: leave it out, or write .csv or .json")
        written = project.export_quotes(output.path, query, **options)
        print_notes([f"{written}: {format_count(written.rows or 0, 'quote')}", *written.notes])
        return
    found = project.quotes(query, **options)
    if output.format != "table":
        write_table(found, TableView(), output)
        return
    lines = [line for row in list_shown_rows(found, output) for line in _quote_lines(row, output)]
    text = "\n".join(lines).rstrip() or "(none)"
    write_pages(text, output, notes=notes_of(found), summary=format_count(len(found), "quote"))


class _PlacedQueryError(QueryError):
    """The fault of a query with the place below it."""

    def __init__(self, error: QueryError) -> None:
        Exception.__init__(self, f"{error}\n{error.show_place()}")


def _quote_lines(row: Mapping[str, Any], output: OutputOptions) -> Iterator[str]:
    """Yield the lines of a quote, with its citation, its codes and its memo below."""
    width, is_coloured = page_width(output), has_colour(output)
    for paragraph in f"\u201c{row['quote'].strip()}\u201d".splitlines():
        yield from wrap(paragraph, width) or [""]
    ids = ", ".join(shorten_id(name) for name in row["id"].split("; "))
    status = "" if row["status"] in {"anchored", "moved"} else f" ({row['status']})"
    for line in _wrap_below(f"{row['citation']}  {row['code']}  {row['coder']}  {ids}{status}", width):
        yield style(line, dim=True) if is_coloured else line
    if row["memo"]:
        for paragraph in f"memo: {row['memo']}".splitlines():
            yield from _wrap_below(paragraph, width) or [""]
    yield ""


def _wrap_below(text: str, width: int) -> Sequence[str]:
    return wrap(text, width, initial_indent=_INDENT, subsequent_indent=_INDENT)
