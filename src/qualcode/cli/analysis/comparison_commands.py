"""Commands that compare groups of cases."""

from __future__ import annotations

from typing import Any

import click

from qualcode.cli.analysis.count_views import count_view
from qualcode.cli.analysis.picture_options import Pictures, picture_options
from qualcode.cli.analysis.resampling_options import permutations_option, resampling_options
from qualcode.cli.options import analysis_options, given_options, open_project
from qualcode.cli.terminal_output import OutputOptions, write_table
from qualcode.errors import UsageError

_COMPARED = (
    "code group_a group_b share_a share_b difference cohens_h cramers_v p q rate_a rate_b rate_ratio rate_p rate_q "
    "reason"
).split()


@click.command(epilog="Example: qualcode compare --by group --level code")
@click.option("--reference", metavar="VALUE", help="Compare each group with this one; else each with each.")
@permutations_option
@resampling_options
@picture_options
@analysis_options
@click.pass_context
def compare(ctx: click.Context, /, output: OutputOptions, pictures: Pictures, **options: Any) -> int:
    """Compare groups of cases, code by code: differences, ratios, tests and effect sizes.

    The largest effects are first. CSV and JSON have more columns: risk ratios, odds ratios, all intervals.
    """
    if not options["by"]:
        raise UsageError("name an attribute to compare by: --by ATTRIBUTE (a column of cases.csv)")
    project = open_project(ctx)
    table = project.compare(**given_options(options))
    pictures.write(project, table)
    left_out = {"attribute"} if len(options["by"]) == 1 else set()
    if table["group_b"].all():
        left_out.add("cramers_v")  # shown for more than two groups, of which there is no h
    columns = [name for name in ("attribute", *_COMPARED) if name not in left_out]
    view = count_view(table, columns, {**options, "by": ()}, stretch=("reason",))
    write_table(table, view, output)
    return int(project.incomplete)
