"""Options of commands that compute intervals and permutation tests."""

from __future__ import annotations

import click

from qualcode.cli.options import combine_options

resampling_options = combine_options(
    click.option("--replicates", type=click.IntRange(100), help="Bootstrap replicates (default 2000)."),
    click.option("--confidence", type=click.FloatRange(0.5, 0.999), help="Level of the intervals (default 0.95)."),
    click.option("--seed", type=click.IntRange(0), help="Seed of the random numbers (default 0)."),
)
permutations_option = click.option(
    "--permutations", type=click.IntRange(100), help="Random orders of a permutation test (default 1000)."
)
