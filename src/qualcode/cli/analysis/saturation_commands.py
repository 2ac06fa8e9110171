"""Commands on the order of things: saturation over transcripts, sequences within them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import click

from qualcode.cli.analysis.count_views import count_view
from qualcode.cli.analysis.picture_options import Pictures, picture_options
from qualcode.cli.options import (
    analysis_options,
    given_options,
    names_option,
    open_project,
    output_options,
    unitless_options,
)
from qualcode.cli.terminal_output import OutputOptions, write_table
from qualcode.cli.text_tables import TableView

_SATURATION = "position transcript codes new cumulative expected low high run_new run_share".split()
_SEQUENCES = "code_a code_b count expected ratio p q count_a count_b".split()


@click.command(epilog="Example: qualcode saturation --by group --order coded")
@click.option("--order", metavar="ORDER", help="study (default), coded (as they were coded), or an attribute of cases.")
@click.option("--base-size", type=click.IntRange(1), help="First transcripts whose codes are the base (default 4).")
@click.option("--run-length", type=click.IntRange(1), help="Transcripts in which new codes are counted (default 2).")
@click.option("--threshold", type=float, help="Highest share of new codes in a run (default 0.05).")
@click.option("--permutations", type=click.IntRange(0), help="Random orders of transcripts (default 1000).")
@click.option("--confidence", type=click.FloatRange(0.5, 0.999), help="Share of them from low to high (default 0.95).")
@click.option("--seed", type=click.IntRange(0), help="Seed of the random orders (default 0).")
@picture_options
@unitless_options
@click.pass_context
def saturation(ctx: click.Context, /, output: OutputOptions, pictures: Pictures, **options: Any) -> int:
    """Show how many codes are new in each transcript, and when there are hardly any more.

    By the rule of Guest, Namey and Chen (2020): few new codes in a run of transcripts, compared with those of the first
    ones. Expected, low and high are over random orders of the transcripts. The notes say what it means in a sentence.
    """
    project = open_project(ctx)
    table = project.saturation(**given_options(options))
    pictures.write(project, table)
    view = count_view(table, _SATURATION, options, stretch=("transcript",))
    write_table(table, replace(view, decimals={"expected": 1, "run_share": 3, "low": 0, "high": 0}), output)
    return int(project.incomplete)


@click.command(epilog="Example: qualcode sequences --code challenges --lag 2")
@click.option("--lag", type=click.IntRange(1), help="Turns from the first code to the second (default 1: the next).")
@click.option("--zeros", is_flag=True, help="Also pairs that never occur.")
@click.option("--permutations", type=click.IntRange(0), help="Random orders of turns (default 1000).")
@click.option("--seed", type=click.IntRange(0), help="Seed of the random orders (default 0).")
@analysis_options
@click.pass_context
def sequences(ctx: click.Context, /, output: OutputOptions, **options: Any) -> int:
    """Show which code follows which, beside what random orders of the turns would give.

    The unit is the turn, if --unit names no other: sentence or paragraph.
    """
    project = open_project(ctx)
    table = project.sequences(**given_options(options))
    view = count_view(table, _SEQUENCES, options, stretch=())
    write_table(table, replace(view, decimals={"expected": 1, "ratio": 2, "p": 3, "q": 3}), output)
    return int(project.incomplete)


_TIMELINE = "code name first_word last_word first_second last_second turn".split()


@click.command(epilog="Example: qualcode timeline S01 --png s01.png")
@click.argument("transcript")
@names_option("--coder", metavar="NAME", help="Whose codings; the study's coder if not given.")
@names_option("--code", metavar="ID", help="Only this code (with the codes below it), family or theme.")
@picture_options
@output_options
@click.pass_context
def timeline(ctx: click.Context, /, transcript: str, output: OutputOptions, pictures: Pictures, **options: Any) -> int:
    """Show where in an interview each passage with a code is, in words and, if turns have times, in seconds."""
    project = open_project(ctx)
    table = project.timeline(transcript, **given_options(options))
    pictures.write(project, table)
    shown = table[table["code"] != ""] if output.format == "table" else table
    coder = ("coder",) if table["coder"].nunique() > 2 else ()
    view = TableView(
        columns=(*coder, *_TIMELINE), stretch=("name",), times=("first_second", "last_second"),
    )  # fmt: skip
    write_table(shown, view, output)
    return int(project.incomplete)
