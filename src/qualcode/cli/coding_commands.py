"""Commands on suggestions, codings, finished transcripts and memos: suggest, codings, done, memo."""

from __future__ import annotations

from typing import Any

import click
from click.core import ParameterSource

from qualcode.cli.decisions.decision_output import (
    OPTIONS_WITH_TABLE,
    dry_run_option,
    import_table,
    place_options,
    print_import_result,
    print_result,
    refuse_other_options,
    table_option,
)
from qualcode.cli.decisions.selection_options import selection_options
from qualcode.cli.options import (
    coder_option,
    given_options,
    listing_options,
    names_option,
    open_project,
    output_options,
    transcripts_option,
)
from qualcode.cli.prompts.suggestion_prompt import review_suggestions
from qualcode.cli.terminal_output import (
    OutputOptions,
    print_notes,
    stream_rows,
    write_table,
)
from qualcode.cli.text_tables import TableView
from qualcode.errors import UsageError
from qualcode.suggest.suggestion_request import LEARNER, ORDERS
from qualcode.suggest.suggestion_table import SUGGESTION_COLUMNS

_SUGGESTIONS = TableView(
    columns=("id", "transcript", "turn", "time", "score", "code", "model", "quote", "why"), stretch=("quote", "why")
)
_SUGGESTIONS_BY_MAKER = TableView(
    columns=("id", "transcript", "turn", "time", "score", "code", "maker", "model", "quote", "why"),
    stretch=("quote", "why"),
)
_CODINGS = TableView(
    columns=("id", "transcript", "turn", "time", "code", "coder", "status", "quote", "memo"),
    stretch=("quote", "memo"),
    short_ids=("id",),
)


@click.command(epilog="Example: qualcode suggest S01 --per-sentence 1")
@transcripts_option
@selection_options
@click.option(
    "--order",
    type=click.Choice(ORDERS),
    help="review (default): unfinished transcripts first, then the most promising sentences; transcript: as in the"
    " text; uncertain: scores nearest to 0.5 first; novel: least similar to anything coded so far first.",
)
@click.option("--all", "decided", is_flag=True, help="Also suggestions that you have coded or rejected already.")
@click.option("--interactive", is_flag=True, help="Show one after another, and decide with one key each.")
@click.option("--jobs", type=click.IntRange(1, 64), default=1, help="Processes that search for cues (default 1).")
@coder_option
@output_options
@click.pass_context
def suggest(ctx: click.Context, /, output: OutputOptions, **options: Any) -> int:
    """Suggest codes for participants' sentences, with the reasons. Suggestions do not count until you accept them.

    CSV, JSON and Parquet files (-o FILE.parquet) are written as a stream, so they may be larger than memory.
    """
    project = open_project(ctx)
    interactive = options.pop("interactive")
    # A flag that is not given is False; leaving it out keeps the default of the method.
    selected = {name: value for name, value in given_options(options).items() if value is not False}
    selected["announce"] = lambda message: print_notes([message])
    if interactive:
        suggestions = project.suggestions(**selected)
        print_notes(suggestions.notes)
        review_suggestions(project, list(suggestions.rows()), coder=options["coder"])
        return int(project.incomplete)
    # Parquet is binary, so it is chosen by a file name only, never written to stdout.
    if output.given_format is None and output.path is not None and output.path.suffix.lower() == ".parquet":
        written = project.save_suggestions(output.path, **selected)
        print_notes([f"{output.path}: {written.rows:,} lines", *written.notes])
    elif output.format == "table":
        suggestions = project.suggestions(**selected)
        view = _SUGGESTIONS_BY_MAKER if set(suggestions.maker) - {LEARNER} else _SUGGESTIONS
        # The verdict is on the model: beside a cue, "do not use" would seem to be on the cue.
        by_maker = zip(suggestions.verdict, suggestions.maker, strict=True)
        columns = suggestions.columns() | {
            "model": [verdict if maker == LEARNER else "" for verdict, maker in by_maker]
        }
        write_table(columns, view, output, notes=suggestions.notes)
    else:
        stream = project.stream_suggestions(**selected)
        rows = (row for part in stream for row in part.rows())
        stream_rows(rows, SUGGESTION_COLUMNS, output, notes=stream.notes)
    return int(project.incomplete)


@click.command(epilog="Example: qualcode codings --code challenges --format csv -o codings.csv")
@listing_options
@names_option(
    "--status",
    type=click.Choice(["anchored", "moved", "changed", "orphaned"]),
    help="Only codings with this status; orphaned are those whose text is not found.",
)
@names_option(
    "--definition",
    type=click.Choice(["current", "earlier", "unknown"]),
    help="Only codings made under the current or an earlier definition of their code.",
)
@click.option(
    "--recode", is_flag=True, help="Add an empty column new_code: fill it in, and read the table with code --from."
)
@click.pass_context
def codings(ctx: click.Context, /, output: OutputOptions, **options: Any) -> int:
    """List codings (coded segments) with quote and status: anchored, moved, changed or orphaned."""
    project = open_project(ctx)
    recode = options.pop("recode")
    table = project.codings(**given_options(options))
    if recode:
        table.insert(list(table.columns).index("code") + 1, "new_code", "")
    write_table(table, _CODINGS, output)
    return int(project.incomplete)


@click.command(epilog="Example: qualcode done S01 S02 --coder ana")
@transcripts_option
@names_option("--family", "families", metavar="ID", help="Finished for these families only.")
@table_option
@click.option("--undo", is_flag=True, help="Take the marks back.")
@dry_run_option
@coder_option
@click.pass_context
def done(ctx: click.Context, /, transcripts: tuple[str, ...] | None, **options: Any) -> int:
    """Mark TRANSCRIPTS as finished: uncoded text in them counts as "code absent", elsewhere as missing by design.

    A table for --from has the columns transcript, coder and optionally families.
    """
    project = open_project(ctx)
    if options["table"] is not None:
        if transcripts:
            raise UsageError("--from takes the transcripts from the table: leave them out here")
        refuse_other_options(ctx, OPTIONS_WITH_TABLE, when="with --from")
        table, coder, dry_run = options["table"], options["coder"], options["dry_run"]
        result = import_table(lambda: project.done_from(table, coder=coder, dry_run=dry_run))
        return print_import_result(result, "marked done", dry_run=dry_run)
    if not transcripts:
        raise UsageError("name the transcripts that are done, or a table with --from FILE")
    refuse_other_options(ctx, ("families", "undo", "coder"), when="without --from")
    if options["undo"]:
        refuse_other_options(ctx, ("undo", "coder"), when="with --undo, which takes back the whole transcript")
    marked = project.done(transcripts, coder=options["coder"], families=options["families"], undo=options["undo"])
    print_result(marked, "marked not done" if options["undo"] else "marked done")
    return 0


@click.command(
    epilog='Examples: qualcode memo "Budget comes up before staff" --on S01; '
    'qualcode memo "A leading question" --on S01 --quote "nobody can tell me"'
)
@click.argument("text")
@click.option("--on", default="", metavar="ID", help="A transcript, code or coding; if not given, the study.")
@click.option("--quote", default="", help="Words of the transcript: the memo is on this passage, without a code.")
@place_options
@coder_option
@click.pass_context
def memo(ctx: click.Context, /, text: str, on: str, quote: str, coder: str | None, **place: int | None) -> None:
    """Write a dated memo, which may be in Markdown."""
    if not on and ctx.get_parameter_source("on") is ParameterSource.COMMANDLINE:
        raise UsageError("--on is empty: name a transcript, code or coding, or leave it out for a memo on the study")
    written = open_project(ctx).memo(text, on=on, quote=quote, coder=coder, **place)
    click.echo(written.id)
    target = f"a passage of {on}" if quote or any(value is not None for value in place.values()) else on or "the study"
    print_notes([f"memo on {target}; 'qualcode memos' lists them", *written.notes])
