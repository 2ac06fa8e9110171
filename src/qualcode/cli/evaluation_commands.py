"""Commands that judge: evaluate, surprises, confusions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.options import combine_options, open_project, table_options
from qualcode.cli.terminal_output import TableView, infer_format, list_rows, write_table

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
_WIDTH = 118
_VIEWS = {name: TableView(decimals=_DECIMALS, stretch=("because",)) for name in _TABLES}
_SURPRISES = TableView("transcript turn probability code why quote".split(), decimals=_DECIMALS, stretch=("quote",))
_PAIRS = TableView("code_a code_b count a_like_b b_like_a share".split(), decimals=_DECIMALS)

_evaluation_options = combine_options(
    click.option("--coder", metavar="NAME", help="Whose codings are judged by; the study's coder if not given."),
    click.option("--code", multiple=True, metavar="ID", help="Only this code (and those below), family or theme."),
)
_top_option = click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="How many at the most.")


@click.command()
@_evaluation_options
@click.option("--second", metavar="NAME", help="The coder taken as the human ceiling.")
@click.option("--curve/--no-curve", default=True, help="Whether to make the learning curve.")
@click.option("--show", "wanted", type=click.Choice(_TABLES), help="Only this table, with all its columns.")
@table_options
@click.pass_context
def evaluate(ctx: click.Context, /, shape: str | None, output: Path | None, wanted: str | None, **options: Any) -> int:
    """Judge suggestions by interviews that were not learnt from, beside baselines and a second coder.

    For each code: precision, recall, F1 with its interval, average precision (AP), the F1 of the three baselines and
    of the second coder, and a verdict. Then all codes together, the work saved, the calibration, the learning curve.
    The first run takes a minute or two; what it made is kept until decisions, texts or codebook change.
    """
    project = open_project(ctx)
    found = project.evaluate(**options)
    if wanted or (shape or infer_format(output)) != "table":
        name = wanted or "codes"
        write_table(getattr(found, name), _VIEWS[name], output_format=shape, output=output, notes=project.said)
    else:
        view = TableView(stretch=("code",))
        write_table(
            _code_table(found),
            view,
            output_format="table",
            output=output,
            notes=list(_evaluation_notes(found, project.said)),
        )
    return int(project.incomplete)


def _code_table(found: Evaluation) -> dict[str, list[Any]]:
    """Return the table for people: a line a code, then families and all codes."""
    lines = list_rows(found.codes)
    return {
        "code": [line["code"] or line["name"] for line in lines],
        "codings": [line["codings"] for line in lines],
        "prec.": [_format_score(line["precision"]) for line in lines],
        "recall": [_format_score(line["recall"]) for line in lines],
        "F1 (interval)": [_format_interval(line) for line in lines],
        "AP": [_format_score(line["average_precision"]) for line in lines],
        "cues": [_format_score(line["cues_f1"]) for line in lines],
        "tf-idf": [_format_score(line["tfidf_f1"]) for line in lines],
        "rate": [_format_score(line["base_rate_f1"]) for line in lines],
        "second": [_format_score(line["ceiling_f1"]) for line in lines],
        "verdict": [line["verdict"] or "" for line in lines],
    }


def _format_score(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _format_interval(line: dict[str, Any]) -> str:
    low, high = line["f1_low"], line["f1_high"]
    return _format_score(line["f1"]) + (f" ({low:.2f}-{high:.2f})" if low is not None else "")


def _evaluation_notes(found: Evaluation, said: Sequence[str]) -> Iterator[str]:
    """Yield what stands below the table: why not to use, the figures, the curve, and what it is all about."""
    doubted = [line for line in list_rows(found.codes) if line["verdict"] not in {"use", None}]
    if doubted:
        yield "Why not simply 'use':"
        yield from (_wrap_line(f"{line['code']}: {line['because']}") for line in doubted)
        yield ""
    yield from map(_wrap_line, found.summary)
    if len(found.curve):
        yield "\nF1 after learning from so many finished transcripts (range over choices of them):"
        yield from map(_format_curve_point, list_rows(found.curve))
    yield from ("", *map(_wrap_line, said))


def _format_curve_point(line: dict[str, Any]) -> str:
    """Return one point of the learning curve as a line."""
    least, most = _format_score(line["micro_f1_min"]), _format_score(line["micro_f1_max"])
    return f"  {line['transcripts']:>4}: {_format_score(line['micro_f1'])} ({least}-{most}), mean {_format_score(line['macro_f1'])}"


def _wrap_line(line: str, indent: str = "  ") -> str:
    return fill(line, _WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False)


@click.command()
@_evaluation_options
@_top_option
@click.option("--show", "wanted", type=click.Choice(["surprises", "drift"]), help="Only this table.")
@table_options
@click.pass_context
def surprises(
    ctx: click.Context, /, shape: str | None, output: Path | None, wanted: str | None, top: int, **options: Any
) -> int:
    """Show codings and gaps that surprise a learner trained without them: likely slips, or drift over time."""
    project = open_project(ctx)
    if wanted == "drift":
        write_table(project.drift(**options), TableView(), output_format=shape, output=output, notes=project.said)
        return int(project.incomplete)
    found = project.surprises(top=top, **options)
    if wanted or output or shape:
        write_table(found, _SURPRISES, output_format=shape, output=output, notes=project.said)
        return int(project.incomplete)
    said = project.said
    for kind, title in (("coding", "Codings that surprise"), ("gap", "Gaps that surprise")):
        lines = [line for line in list_rows(found) if line["kind"] == kind]
        click.echo("\n".join([f"{title} (transcript, turn, probability, code):", *map(_format_surprise, lines), ""]))
    click.echo("Drift, by quarters of the time in which the codings were made:")
    drift = project.drift(**options)
    below = [*said, *(line for line in project.said if line not in said)]
    write_table(drift, TableView(), output_format="table", notes=list(map(_wrap_line, below)))
    return int(project.incomplete)


def _format_surprise(line: dict[str, Any]) -> str:
    """Return a surprising coding or gap on two lines or more: where and what, then its words."""
    head = f"{line['transcript']} {line['turn']}  {line['probability']:.3f}  {line['code']}: {line['why']}"
    return f"{_wrap_line(head)}\n{_wrap_line('“' + ' '.join(line['quote'].split()) + '”', indent='      ')}"


@click.command()
@_evaluation_options
@_top_option
@table_options
@click.pass_context
def confusions(ctx: click.Context, /, shape: str | None, output: Path | None, **options: Any) -> int:
    """Show pairs of codes that are hard to tell apart, with examples: for the next meeting on the codebook."""
    project = open_project(ctx)
    found = project.confusions(**options)
    if (shape or infer_format(output)) != "table":
        write_table(found, _PAIRS, output_format=shape, output=output, notes=project.said)
        return int(project.incomplete)
    examples = [line for pair in list_rows(found) for line in _example_lines(pair)]
    write_table(
        found, _PAIRS, output_format=shape, output=output, notes=[*examples, "", *map(_wrap_line, project.said)]
    )
    return int(project.incomplete)


def _example_lines(pair: dict[str, Any]) -> Iterator[str]:
    """Yield the examples of a pair under what they are."""
    for own, other in ("ab", "ba"):
        if found := pair[f"examples_{own}"]:
            yield f"{pair[f'code_{own}']} that looks like {pair[f'code_{other}']}:"
            yield from (_wrap_line(example) for example in found.split(" | "))
