"""Commands that count: themes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.options import (
    analysis_options,
    given_options,
    open_project,
)
from qualcode.cli.terminal_output import OutputOptions, write_table

if TYPE_CHECKING:
    import pandas as pd

from qualcode.cli.analysis.count_views import count_view
from qualcode.cli.analysis.picture_options import Pictures, picture_options
from qualcode.cli.analysis.resampling_options import resampling_options

_THEMES = "code name codings units transcripts cases share_of_cases words codings_per_1000_words".split()


def _theme_columns(table: pd.DataFrame) -> list[str]:
    """Return the columns to show; a code's own codings only where some code has others below it."""
    codes = table[table["level"] == "code"]
    own = ["own_codings"] if (codes["codings"] != codes["own_codings"]).any() else []
    after = _THEMES.index("codings") + 1
    return [*_THEMES[:after], *own, *_THEMES[after:]]


@click.command(epilog="Example: qualcode themes --by formation --level code")
@picture_options
@resampling_options
@analysis_options
@click.pass_context
def themes(ctx: click.Context, /, output: OutputOptions, pictures: Pictures, **options: Any) -> int:
    """Count codes, families and themes: codings, units, transcripts, cases and words, with zeros.

    A theme is a set of codes that you group; it is present where any of its codes is. Shares of cases and rates have
    intervals, which a terminal shows if it is wide enough.
    """
    project = open_project(ctx)
    table = project.themes(**given_options(options))
    pictures.write(project, table)
    write_table(table, count_view(table, _theme_columns(table), options, stretch=("name",)), output)
    return int(project.incomplete)
