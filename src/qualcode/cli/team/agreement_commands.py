"""The command on how far coders agree."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.analysis.picture_options import Pictures, picture_options
from qualcode.cli.options import (
    given_options,
    names_option,
    open_project,
    output_options,
    transcripts_option,
)
from qualcode.cli.terminal_output import OutputOptions, write_table
from qualcode.cli.text_tables import TableView
from qualcode.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

_HEADINGS = {
    "percent": "percent",
    "krippendorff_alpha": "alpha",
    "cohen_kappa": "kappa",
    "gwet_ac1": "AC1",
    "prevalence_index": "prevalence",
    "bias_index": "bias",
}
_PLAN = TableView(
    columns=("code", "target", "expected", "prevalence", "units", "design_effect", "transcripts", "remark"),
    decimals={"expected": 2, "target": 2, "design_effect": 1, "prevalence": 3},
    stretch=("remark",),
)
_PLAN_OPTIONS = ("target", "expected", "prevalence", "coders")
_STATISTICS_HELP = (
    "A further statistic: fleiss_kappa, conger_kappa, scott_pi, brennan_prediger, pabak, alpha_masi, alpha_jaccard ... "
    "(docs/agreement.md)."
)


@click.command(epilog="Example: qualcode agreement --unit sentence --unit character --code challenges")
@names_option("--unit", metavar="UNIT", help="sentence, turn, window:3 ... or character; several are listed together.")
@names_option(
    "--coder",
    metavar="NAME",
    help="A coder to compare, at least two; all if not given. ana@2026-01: as ana had coded by then; maker:cues: "
    "what cues would code.",
)
@names_option("--code", metavar="ID", help="Only this code (with the codes below it), family or theme.")
@names_option(
    "--universe",
    type=click.Choice(["done", "coded", "asked"]),
    help="Compare units of transcripts that all coders have marked as done (done, the default), those of them that "
    "somebody has coded (coded), or of transcripts that two have done or begun (asked).",
)
@names_option("--statistic", metavar="NAME", help=_STATISTICS_HELP)
@names_option(
    "--level", type=click.Choice(["code", "family", "theme"]), help="Which rows to show; all codes pooled are."
)
@click.option("--pairs", is_flag=True, help="Compare each pair of coders, not all at once.")
@click.option("--over-time", is_flag=True, help="With --coder ana@2026-01: compare it with what ana has coded since.")
@click.option("--replicates", type=click.IntRange(100), help="Bootstrap replicates (default 2000).")
@click.option("--confidence", type=click.FloatRange(0.5, 0.999), help="Level of the intervals (default 0.95).")
@click.option("--seed", type=int, help="Seed of the bootstrap (default 0).")
@click.option("--plan", is_flag=True, help="How many units and transcripts to code twice, instead of the agreement.")
@click.option("--target", type=float, help="With --plan: the lower limit of kappa to reach (default 0.7).")
@click.option(
    "--expected", type=float, help="With --plan: the expected kappa; if not given, that of what is coded twice."
)
@click.option("--prevalence", type=float, help="With --plan: the expected share of units with the code.")
@click.option("--coders", type=int, help="With --plan: how many coders will code each unit (default 2).")
@click.option("--methods", is_flag=True, help="Only print sentences for a methods section.")
@picture_options
@transcripts_option
@output_options
@click.pass_context
def agreement(ctx: click.Context, /, output: OutputOptions, pictures: Pictures, methods: bool, **options: Any) -> int:
    """Show how far coders agree: percent, alpha, kappa and AC1 with intervals, for each code and pooled.

    What is compared decides the figure, so unit and universe are in the table. Figures that cannot be computed are
    missing, with the reason. --png, --svg and --pdf draw a dot for each code.
    """
    if options.pop("plan"):
        if pictures.paths:
            raise UsageError("--plan: has no picture; leave out --png, --svg and --pdf")
        return _print_plan(ctx, options, output)
    if given := [name for name in _PLAN_OPTIONS if options.pop(name) is not None]:
        raise UsageError(f"{', '.join(f'--{name}' for name in given)}: only with --plan")
    project = open_project(ctx)
    selected = {name: value for name, value in given_options(options).items() if value is not False}
    table = project.agreement(**selected)
    pictures.write(project, table)
    if methods:
        click.echo("\n".join(table.attrs["methods"]))
    elif output.format == "table":
        shown = _shown_columns(table)
        write_table(*_format_for_people(table, shown), output, notes=table.attrs["notes"])
    else:
        write_table(table, TableView(), output)
    return int(project.incomplete)


def _print_plan(ctx: click.Context, options: dict[str, Any], output: OutputOptions) -> int:
    """Show how many units and transcripts must be coded twice."""
    project = open_project(ctx)
    selected = {name: value for name, value in given_options(options).items() if value is not False}
    if unknown := sorted(set(selected) - {*_PLAN_OPTIONS, "coder", "unit", "code", "transcripts", "confidence"}):
        raise UsageError(f"{', '.join(f'--{name}' for name in unknown)}: not with --plan")
    if unit := selected.get("unit"):
        if len(unit) > 1:
            raise UsageError("--plan is for one unit")
        selected["unit"] = unit[0]
    write_table(project.plan_agreement(**selected), _PLAN, output)
    return int(project.incomplete)


def _shown_columns(table: pd.DataFrame) -> list[str]:
    """Return the statistics of a table: the columns that have an interval."""
    return [str(name) for name in table.columns if f"{name}_low" in table.columns]


def _format_for_people(table: pd.DataFrame, statistics: Sequence[str]) -> tuple[dict[str, list[Any]], TableView]:
    """Return the columns that a terminal shows: a value with its interval in one cell."""
    from qualcode.listings.agreement.agreement_text import format_interval
    from qualcode.tables import list_records

    rows = list_records(table)
    labels = ["code", *(name for name in ("coders", "unit", "universe") if table[name].nunique() > 1)]
    columns: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in [*labels, "units", "coded"]}
    for name in statistics:
        values = [
            "–"
            if row[name] is None
            else f"{row[name]:.1%}"
            if name == "percent"
            else f"{row[name]:.2f}{format_interval(row[f'{name}_low'], row[f'{name}_high'])}"
            for row in rows
        ]
        if any(value != "–" for value in values):
            columns[_HEADINGS.get(name, name)] = values
    if any(row["undefined"] for row in rows):
        columns["not defined"] = [row["undefined"] for row in rows]
    return columns, TableView(stretch=("not defined",))
