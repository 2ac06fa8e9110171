"""Commands on participants' words: what is typical of a code or group, and candidates for codes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from qualcode.cli.analysis.count_views import count_view
from qualcode.cli.options import given_options, listing_options, open_project, unitless_options, universe_option
from qualcode.cli.terminal_output import OutputOptions, write_table
from qualcode.cli.text_tables import TableView

_KEYNESS = "code word count count_reference transcripts log_likelihood log_ratio q".split()
_IN_VIVO = ("phrase", "count", "count_coded", "transcripts", "log_likelihood", "transcript", "example")


@click.command(epilog="Example: qualcode keyness --code challenges/resources")
@click.option("--top", type=click.IntRange(1), help="Words of each code or group (default 20).")
@click.option("--min-count", type=click.IntRange(1), help="Least number of occurrences (default 3).")
@click.option("--min-transcripts", type=click.IntRange(1), help="Least number of transcripts with it (default 2).")
@click.option("--under", is_flag=True, help="Also words that are rarer than in the rest.")
@unitless_options
@click.pass_context
def keyness(ctx: click.Context, /, output: OutputOptions, **options: Any) -> int:
    """Show the words that are typical of passages with a code or, with --by, of a group of cases.

    Words are compared by log-likelihood (G2) and log ratio. 'qualcode search WORD' shows a word in context.
    """
    project = open_project(ctx)
    table = project.keyness(**given_options(options))
    view = count_view(table, _KEYNESS, options, stretch=("word",))
    write_table(table, replace(view, decimals={"log_likelihood": 1, "log_ratio": 1, "q": 3}), output)
    return int(project.incomplete)


@click.command(epilog="Example: qualcode in-vivo --top 50")
@click.option("--top", type=click.IntRange(1), help="Maximum number of phrases (default 30).")
@click.option("--max-words", type=click.IntRange(1, 8), help="Maximum number of words of a phrase (default 4).")
@click.option("--min-count", type=click.IntRange(1), help="Least number of occurrences without a code (default 3).")
@click.option("--min-transcripts", type=click.IntRange(1), help="Least number of transcripts with it (default 2).")
@universe_option
@listing_options
@click.pass_context
def in_vivo(ctx: click.Context, /, output: OutputOptions, **options: Any) -> int:
    """Show words and phrases that participants use mostly where no code is: candidates for in-vivo codes."""
    project = open_project(ctx)
    table = project.in_vivo(**given_options(options))
    coder = ("coder",) if len(options["coder"] or ()) > 1 else ()
    view = TableView(columns=(*coder, *_IN_VIVO), decimals={"log_likelihood": 1}, stretch=("example",))
    write_table(table, view, output)
    return int(project.incomplete)
