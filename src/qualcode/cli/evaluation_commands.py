"""Commands that evaluate suggestions and codings: evaluate, surprises, confusions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.options import combine_options, names_option, open_project, output_options
from qualcode.cli.terminal_output import OutputOptions, list_rows, notes_of, page_width, write_table
from qualcode.cli.text_tables import TableView
from qualcode.errors import format_share

if TYPE_CHECKING:
    from qualcode.evaluation.evaluation_tables import Evaluation

_TABLES = ("codes", "calibration", "curve", "work", "differences", "ceiling")
_DECIMALS = dict.fromkeys(
    (
        "precision precision_low precision_high recall recall_low recall_high f1 f1_low f1_high average_precision "
        "cues_f1 tfidf_f1 base_rate_f1 ceiling_f1 learner_f1 baseline_f1 difference difference_low difference_high "
        "not_better micro_f1 micro_f1_min micro_f1_max macro_f1 macro_f1_min macro_f1_max mean_score share_right "
        "unread wss probability share"
    ).split(),
    2,
)
_FILE_WIDTH = 118
_CODE_VIEW = TableView(stretch=("code", "codings", "cues", "tf-idf", "rate", "second"))
_VIEWS = {name: TableView(decimals=_DECIMALS, stretch=("because",)) for name in _TABLES}
_SURPRISES = TableView("transcript turn probability code why quote".split(), decimals=_DECIMALS, stretch=("quote",))
_PAIRS = TableView("code_a code_b count a_like_b b_like_a share".split(), decimals=_DECIMALS)

_evaluation_options = combine_options(
    click.option("--coder", metavar="NAME", help="Whose codings are the reference; if not given, the study's coder."),
    names_option("--code", metavar="ID", help="Only this code (with the codes below it), family or theme."),
)
_top_option = click.option(
    "--top", type=click.IntRange(1), default=20, show_default=True, help="Maximum number of rows."
)


@click.command(epilog="Example: qualcode evaluate --coder ana --no-curve")
@_evaluation_options
@click.option("--second", metavar="NAME", help="Second coder to compare with (the human ceiling).")
@click.option("--curve/--no-curve", default=True, help="Whether to compute the learning curve.")
@click.option("--show", "wanted", type=click.Choice(_TABLES), help="Only this table, with all its columns.")
@output_options
@click.pass_context
def evaluate(ctx: click.Context, /, output: OutputOptions, wanted: str | None, **options: Any) -> int:
    """Evaluate suggestions by cross-validation on held-out interviews, beside baselines and a second coder.

    For each code: precision, recall, F1 with its interval, average precision (AP), the F1 of three baselines and of
    the second coder, and a verdict. Then all codes together, the reading saved, the calibration and the learning
    curve. The first run takes some minutes; its results are kept until decisions, texts or codebook change.
    """
    project = open_project(ctx)
    evaluation = project.evaluate(**options)
    # CSV and JSON have room for one table only.
    if wanted or output.format != "table":
        name = wanted or "codes"
        write_table(getattr(evaluation, name), _VIEWS[name], output, notes=evaluation.notes)
    else:
        notes = list(_evaluation_notes(evaluation, _text_width(output)))
        write_table(_code_table(evaluation), _CODE_VIEW, output, notes=notes)
    return int(project.incomplete)


def _code_table(evaluation: Evaluation) -> dict[str, list[Any]]:
    """Return the table for people: a line a code, then families and all codes."""
    lines = list_rows(evaluation.codes)
    return {
        "code": [line["code"] or line["name"] for line in lines],
        "codings": [line["codings"] for line in lines],
        "prec.": [format_share(line["precision"]) for line in lines],
        "recall": [format_share(line["recall"]) for line in lines],
        "F1 (interval)": [_format_interval(line) for line in lines],
        "AP": [format_share(line["average_precision"]) for line in lines],
        "cues": [format_share(line["cues_f1"]) for line in lines],
        "tf-idf": [format_share(line["tfidf_f1"]) for line in lines],
        "rate": [format_share(line["base_rate_f1"]) for line in lines],
        "second": [format_share(line["ceiling_f1"]) for line in lines],
        "verdict": [line["verdict"] or "" for line in lines],
    }


def _format_interval(line: dict[str, Any]) -> str:
    low, high = line["f1_low"], line["f1_high"]
    return format_share(line["f1"]) + (f" ({format_share(low)}-{format_share(high)})" if low is not None else "")


def _text_width(output: OutputOptions) -> int:
    return page_width(output, file_width=_FILE_WIDTH)


def _evaluation_notes(evaluation: Evaluation, width: int) -> Iterator[str]:
    """Yield the notes below the table: why not to use a code, the figures, the learning curve, and general notes."""
    wrap_line = partial(_wrap_line, width=width)
    doubted = [line for line in list_rows(evaluation.codes) if line["verdict"] not in {"use", None}]
    if doubted:
        yield "Why not simply 'use':"
        yield from (wrap_line(f"{line['code']}: {line['because']}") for line in doubted)
        yield ""
    yield from map(wrap_line, evaluation.summary)
    if len(evaluation.curve):
        yield ""
        yield fill("F1 by number of finished transcripts trained on (range over random choices of them):", width)
        yield from map(_format_curve_point, list_rows(evaluation.curve))
    yield from ("", *map(wrap_line, evaluation.notes))


def _format_curve_point(line: dict[str, Any]) -> str:
    """Return one point of the learning curve as a line."""
    micro, lowest, highest, macro = (
        format_share(line[name]) for name in ("micro_f1", "micro_f1_min", "micro_f1_max", "macro_f1")
    )
    return f"  {line['transcripts']:>4}: {micro} ({lowest}-{highest}), mean {macro}"


def _wrap_line(line: str, *, width: int, indent: str = "  ") -> str:
    # Ids of codes have hyphens and must stay in one piece to be copied.
    return fill(line, width, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False)


@click.command(epilog="Example: qualcode surprises --top 10")
@_evaluation_options
@_top_option
@click.option("--show", "wanted", type=click.Choice(["surprises", "drift"]), help="Only this table.")
@output_options
@click.pass_context
def surprises(ctx: click.Context, /, output: OutputOptions, wanted: str | None, top: int, **options: Any) -> int:
    """Show codings and uncoded sentences that the model finds least likely: possible mistakes, or coder drift."""
    project = open_project(ctx)
    if wanted == "drift":
        write_table(project.drift(**options), TableView(), output)
        return int(project.incomplete)
    table = project.surprises(top=top, **options)
    if wanted or output.path or output.given_format:
        write_table(table, _SURPRISES, output)
        return int(project.incomplete)
    width = _text_width(output)
    for kind, title in (("coding", "Least likely codings"), ("gap", "Uncoded sentences that were likely to be coded")):
        lines = [_format_surprise(row, width) for row in list_rows(table) if row["kind"] == kind]
        heading = fill(f"{title} (transcript, turn, probability, code):", width)
        click.echo("\n".join([heading, *(lines or ["(none)"]), ""]))
    click.echo("Drift, by quarters of the time in which the codings were made:")
    drift = project.drift(**options)
    notes = dict.fromkeys([*notes_of(table), *notes_of(drift)])
    write_table(drift, TableView(), output, notes=[_wrap_line(note, width=width) for note in notes])
    return int(project.incomplete)


def _format_surprise(row: dict[str, Any], width: int) -> str:
    """Return a coding or uncoded sentence on two lines or more: where and what, then its words."""
    head = f"{row['transcript']} {row['turn']}  {row['probability']:.3f}  {row['code']}: {row['why']}"
    quote = f"“{' '.join(row['quote'].split())}”"
    return f"{_wrap_line(head, width=width)}\n{_wrap_line(quote, width=width, indent='      ')}"


@click.command(epilog="Example: qualcode confusions --code challenges")
@_evaluation_options
@_top_option
@output_options
@click.pass_context
def confusions(ctx: click.Context, /, output: OutputOptions, **options: Any) -> int:
    """Show pairs of codes that the model confuses, with examples, to discuss and sharpen their definitions."""
    project = open_project(ctx)
    table = project.confusions(**options)
    if output.format != "table":
        write_table(table, _PAIRS, output)
        return int(project.incomplete)
    wrap_line = partial(_wrap_line, width=_text_width(output))
    examples = [line for pair in list_rows(table) for line in _example_lines(pair, wrap_line)]
    notes = map(wrap_line, notes_of(table))
    write_table(table, _PAIRS, output, notes=[*examples, *([""] if examples else []), *notes])
    return int(project.incomplete)


def _example_lines(pair: dict[str, Any], wrap_line: Callable[[str], str]) -> Iterator[str]:
    """Yield the examples of a pair, each direction under its title."""
    for own, other in ("ab", "ba"):
        if examples := pair[f"examples_{own}"]:
            yield f"{pair[f'code_{own}']} that looks like {pair[f'code_{other}']}:"
            yield from map(wrap_line, examples.split(" | "))
