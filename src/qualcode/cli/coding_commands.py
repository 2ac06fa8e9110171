"""Commands by which people decide: suggest, accept, reject, code, codings, retract, done, memo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from qualcode.cli.options import coder_option, given_options, listing_options, open_project, table_options
from qualcode.cli.terminal_output import TableView, infer_format, print_notes, stream_rows, write_table
from qualcode.coding.quote_location import QuoteLocation
from qualcode.errors import UsageError
from qualcode.project import ImportResult, Project
from qualcode.project.suggestion_methods import SUGGESTION_COLUMNS
from qualcode.suggest.suggestion_request import ORDERS

_SUGGESTIONS = TableView(
    columns=("id", "transcript", "turn", "score", "code", "quote", "why"), stretch=("quote", "why")
)
_SUGGESTIONS_BY_MAKER = TableView(
    columns=("id", "transcript", "turn", "score", "code", "maker", "quote", "why"), stretch=("quote", "why")
)
_CODINGS = TableView(columns=("id", "transcript", "turn", "code", "coder", "status", "quote"), stretch=("quote",))

_OPTIONS_WITH_TABLE = ("table", "dry_run", "coder")
_OPTIONS_WITHOUT_TABLE = ("turn", "sentence", "start", "end", "memo", "coder")

dry_run_option = click.option("--dry-run", is_flag=True, help="Only say what would happen.")


@click.command()
@click.option("--code", multiple=True, metavar="ID", help="Only this code, family or theme.")
@click.option("--transcripts", multiple=True, metavar="ID", help="Only these transcripts; 'S*' works too.")
@click.option(
    "--min-score",
    type=click.FloatRange(0, 1),
    help="From this score on; 0 shows all. If not given, from where each code's suggestions have served best.",
)
@click.option("--top", type=click.IntRange(1), metavar="K", help="The K best codes of each sentence.")
@click.option("--unread-only", is_flag=True, help="Only transcripts that you have not finished.")
@click.option(
    "--order",
    type=click.Choice(ORDERS),
    help="review (default): unread first, then the most promising sentences; transcript: as in the texts;"
    " uncertain: nearest to even chances; novel: least like anything coded so.",
)
@click.option("--learn-from", metavar="NAME", help="Learn from another coder's decisions than your own.")
@click.option("--maker", multiple=True, metavar="NAME", help="learner, cues, or an installed maker (docs/makers.md).")
@click.option("--spacy-model", metavar="PATH_OR_NAME", help="A spaCy pipeline of yours whose labels are codes.")
@click.option("--all", "decided", is_flag=True, help="Also what is coded or rejected already.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, help="Processes that look for cues; 1 if not given.")
@coder_option
@table_options
@click.pass_context
def suggest(ctx: click.Context, /, shape: str | None, output: Path | None, **options: Any) -> int:
    """Suggest codes for participants' sentences, with the words that speak for each. A suggestion has no vote.

    Csv, json and a FILE that ends in .parquet are written as a stream: for more than memory should hold.
    """
    project = open_project(ctx)
    given = _suggestion_options(options) | {"announce": lambda said: print_notes([said])}
    if shape is None and output is not None and output.suffix.lower() == ".parquet":
        print_notes([f"{output}: {project.save_suggestions(output, **given):,} lines"])
    elif (wanted := shape or infer_format(output)) == "table":
        found = project.suggestions(**given)
        view = _SUGGESTIONS_BY_MAKER if options["maker"] or options["spacy_model"] else _SUGGESTIONS
        write_table(found.columns(), view, output_format=shape, output=output, notes=project.said)
        return int(project.incomplete)
    else:
        rows = (row for part in project.stream_suggestions(**given) for row in part.rows())
        stream_rows(rows, SUGGESTION_COLUMNS, output_format=wanted, output=output)
    print_notes(project.said)
    return int(project.incomplete)


def _suggestion_options(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given_options(options).items() if value is not False}


@click.command()
@click.argument("ids", nargs=-1, required=True)
@coder_option
@click.pass_context
def accept(ctx: click.Context, ids: tuple[str, ...], coder: str | None) -> None:
    """Make suggestions (by the ids that 'suggest' shows) codings of yours."""
    project = open_project(ctx)
    click.echo(f"{project.accept(ids, coder=coder)} accepted")
    print_notes(project.said)


@click.command()
@click.argument("ids", nargs=-1, required=True)
@coder_option
@click.pass_context
def reject(ctx: click.Context, ids: tuple[str, ...], coder: str | None) -> None:
    """Send suggestions away: the same code for the same words comes back only when the code's entry changes."""
    project = open_project(ctx)
    click.echo(f"{project.reject(ids, coder=coder)} rejected")
    print_notes(project.said)


@click.command()
@click.argument("transcript", required=False)
@click.argument("code", required=False)
@click.argument("quote", required=False, default="")
@click.option(
    "--from", "table", type=click.Path(path_type=Path), metavar="FILE", help="CSV, Excel or JSON lines, see below."
)
@click.option("--turn", type=int, help="Turn of the quote, counted from 0.")
@click.option("--sentence", type=int, help="Sentence in the turn, counted from 0.")
@click.option("--start", type=int, help="Where the span begins in the canonical text.")
@click.option("--end", type=int, help="Where it ends.")
@click.option("--memo", default="", help="A memo on the coding.")
@click.option("--skip", is_flag=True, help="With --from: take the rows that fit and leave the others.")
@dry_run_option
@coder_option
@click.pass_context
def code(ctx: click.Context, /, transcript: str | None, code: str | None, quote: str, **options: Any) -> int:
    """Code a QUOTE of a TRANSCRIPT with CODE, or many from a table.

    The table has columns transcript, code and coder; quote, if wanted with turn and sentence (counted from 0), or
    start and end; and if wanted memo. Every row is proved by its quote; with a row that fits nowhere or in two
    places nothing is taken, unless --skip is given.
    """
    project = open_project(ctx)
    table, coder, memo = options["table"], options["coder"], options["memo"]
    if table is not None:
        if transcript or code:
            raise UsageError("--from takes transcript and code from the table: leave them out here")
        _refuse_other_options(ctx, (*_OPTIONS_WITH_TABLE, "skip"), when="with --from: the table has columns for it")
        placed = project.code_from(table, coder=coder, skip=options["skip"], dry_run=options["dry_run"])
        return _print_import_result(placed, project, "coded", dry_run=options["dry_run"])
    if not transcript or not code:
        raise UsageError("say which transcript, code and quote, or --from FILE")
    _refuse_other_options(ctx, _OPTIONS_WITHOUT_TABLE, when="without --from")
    wanted = QuoteLocation(quote, options["turn"], options["sentence"], options["start"], options["end"])
    click.echo(project.code(transcript, code, wanted, coder=coder, memo=memo))
    return 0


def _refuse_other_options(ctx: click.Context, allowed: tuple[str, ...], *, when: str) -> None:
    """Refuse options that would be passed over in silence."""
    given = [
        option.opts[0]
        for option in ctx.command.params
        if option.name and option.name not in allowed and option.param_type_name == "option"
        if ctx.get_parameter_source(option.name) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise UsageError(f"{', '.join(given)} cannot be used {when}")


def _print_import_result(placed: ImportResult, project: Project, verb: str, *, dry_run: bool) -> int:
    print_notes([str(problem) for problem in (*placed.notices, *placed.problems)])
    print_notes(project.said)
    would = "would be " if dry_run else ""
    parts = [f"{placed.added:,} {would}{verb}"]
    if placed.already_present:
        parts.append(f"{placed.already_present:,} were so already")
    if placed.problems:
        parts.append(
            f"{len(placed.problems):,} rows with problems" + ("" if placed.added else ", so nothing was taken")
        )
    by = ", ".join(f"{name} {many:,}" for name, many in placed.counts_by_coder.items())
    click.echo("; ".join(parts) + (f" ({by})" if by else ""))
    return int(bool(placed.problems))


@click.command()
@listing_options
@click.pass_context
def codings(ctx: click.Context, /, shape: str | None, output: Path | None, **options: Any) -> int:
    """List codings with quote and status: anchored, moved, changed or orphaned."""
    project = open_project(ctx)
    write_table(
        project.codings(**given_options(options)), _CODINGS, output_format=shape, output=output, notes=project.said
    )
    return int(project.incomplete)


@click.command()
@click.argument("ids", nargs=-1, required=True)
@coder_option
@click.pass_context
def retract(ctx: click.Context, ids: tuple[str, ...], coder: str | None) -> None:
    """Take back codings of yours, by id or the last characters of it. The ledger keeps both events."""
    project = open_project(ctx)
    click.echo(f"{project.retract(ids, coder=coder)} retracted")
    print_notes(project.said)


@click.command()
@click.argument("transcripts", nargs=-1)
@click.option("--family", "families", multiple=True, metavar="ID", help="Only these families were looked for.")
@click.option(
    "--from", "table", type=click.Path(path_type=Path), help="Table: transcript, coder and if wanted families."
)
@click.option("--undo", is_flag=True, help="They are not finished after all.")
@dry_run_option
@coder_option
@click.pass_context
def done(ctx: click.Context, /, transcripts: tuple[str, ...], **options: Any) -> int:
    """Say that you have finished TRANSCRIPTS: what carries no code there is then not coded, elsewhere not asked."""
    project = open_project(ctx)
    if options["table"] is not None:
        if transcripts:
            raise UsageError("--from takes the transcripts from the table: leave them out here")
        _refuse_other_options(ctx, _OPTIONS_WITH_TABLE, when="with --from")
        placed = project.done_from(options["table"], coder=options["coder"], dry_run=options["dry_run"])
        return _print_import_result(placed, project, "marked done", dry_run=options["dry_run"])
    if not transcripts:
        raise UsageError("say which transcripts are done, or --from FILE")
    _refuse_other_options(ctx, ("families", "undo", "coder"), when="without --from")
    if options["undo"]:
        _refuse_other_options(ctx, ("undo", "coder"), when="with --undo, which takes back the whole transcript")
    many = project.done(transcripts, coder=options["coder"], families=options["families"], undo=options["undo"])
    click.echo(f"{many} marked {'not done' if options['undo'] else 'done'}")
    print_notes(project.said)
    return 0


@click.command()
@click.argument("text")
@click.option("--on", default="", metavar="ID", help="A transcript, code or coding; the study if not given.")
@coder_option
@click.pass_context
def memo(ctx: click.Context, text: str, on: str, coder: str | None) -> None:
    """Write a dated memo."""
    click.echo(open_project(ctx).memo(text, on=on, coder=coder))
