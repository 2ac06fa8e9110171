"""Commands for suggestions and decisions: suggest, accept, reject, code, codings, retract, done, memo."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from qualcode.cli.options import (
    coder_option,
    combine_options,
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
from qualcode.coding.import_tables import ImportProblemsError, ImportResult
from qualcode.coding.recorded_decisions import RecordedDecisions
from qualcode.errors import UsageError, format_count
from qualcode.model import shorten_id
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

_MAX_PLACES = 10
"""Decisions that are shown one by one."""
_OPTIONS_WITH_TABLE = ("table", "dry_run", "coder")
_place_options = combine_options(
    click.option("--turn", type=int, help="Turn of the quote, counted from 0."),
    click.option("--sentence", type=int, help="Sentence in the turn, counted from 0."),
    click.option("--start", type=int, help="Offset of the first character in the transcript's text."),
    click.option("--end", type=int, help="Offset after the last character."),
)
_OPTIONS_WITHOUT_TABLE = ("turn", "sentence", "start", "end", "memo", "coder")

_ids_argument = click.argument("ids", nargs=-1, required=True)
dry_run_option = click.option("--dry-run", is_flag=True, help="Only show what would happen.")
table_option = click.option(
    "--from", "table", type=click.Path(path_type=Path), metavar="FILE", help="Import a table (CSV, Excel, JSON lines)."
)


@click.command(epilog="Example: qualcode suggest S01 --per-sentence 1")
@names_option("--code", metavar="ID", help="Only this code, family or theme.")
@transcripts_option
@click.option(
    "--min-score",
    type=click.FloatRange(0, 1),
    help="Lowest score to show; 0 shows all. If not given, the threshold that worked best for each code.",
)
@click.option("--per-sentence", type=click.IntRange(1), metavar="K", help="Only the K best codes of each sentence.")
@click.option("--top", type=click.IntRange(1), metavar="N", help="Only the first N suggestions.")
@click.option("--unread-only", is_flag=True, help="Only transcripts that you have not finished.")
@click.option(
    "--order",
    type=click.Choice(ORDERS),
    help="review (default): unfinished transcripts first, then the most promising sentences; transcript: as in the"
    " text; uncertain: scores nearest to 0.5 first; novel: least similar to anything coded so far first.",
)
@click.option("--learn-from", metavar="NAME", help="Train on this coder's decisions instead of your own.")
@names_option(
    "--maker",
    "--recommender",
    metavar="NAME",
    help="Who suggests: learner (the trained model), cues, or an installed recommender (docs/makers.md).",
)
@click.option("--spacy-model", metavar="PATH_OR_NAME", help="Your own spaCy pipeline whose labels are codes.")
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


def _print_decisions(decisions: RecordedDecisions, action: str, *, coder: str | None = None) -> None:
    """Print what was decided, and how to take it back: on stderr, since stdout is for scripts."""
    print_notes(f"{action} {place}" for place in decisions.places[:_MAX_PLACES])
    if (more := len(decisions.places) - _MAX_PLACES) > 0:
        print_notes([f"and {more:,} more"])
    if decisions.places and action in ("coded", "accepted", "rejected"):
        ids = " ".join(shorten_id(place.id) for place in decisions.places[:_MAX_PLACES])
        print_notes([f"to take back: qualcode retract {ids}{f' --coder {coder}' if coder else ''}"])
    print_notes(decisions.notes)


def _print_result(decisions: RecordedDecisions, action: str, *, coder: str | None = None) -> None:
    click.echo(f"{decisions.count} {action}")
    _print_decisions(decisions, action, coder=coder)


@click.command(epilog="Example: qualcode accept a570f46ae1 --coder ana")
@_ids_argument
@coder_option
@click.pass_context
def accept(ctx: click.Context, ids: tuple[str, ...], coder: str | None) -> None:
    """Turn suggestions, by the ids that 'suggest' shows, into codings of yours."""
    _print_result(open_project(ctx).accept(ids, coder=coder), "accepted", coder=coder)


@click.command(epilog="Example: qualcode reject a570f46ae1 --coder ana")
@_ids_argument
@coder_option
@click.pass_context
def reject(ctx: click.Context, ids: tuple[str, ...], coder: str | None) -> None:
    """Dismiss suggestions; they return only if the code's entry in the codebook changes."""
    _print_result(open_project(ctx).reject(ids, coder=coder), "rejected", coder=coder)


@click.command(epilog='Example: qualcode code S01 challenges/roi "nobody can tell me what it earns" --coder ana')
@click.argument("transcript", required=False)
@click.argument("code", required=False)
@click.argument("quote", required=False, default="")
@table_option
@_place_options
@click.option("--memo", default="", help="A memo on the coding.")
@click.option("--skip", is_flag=True, help="With --from: import the valid rows and leave out the others.")
@dry_run_option
@coder_option
@click.pass_context
def code(ctx: click.Context, /, transcript: str | None, code: str | None, quote: str, **options: Any) -> int:
    """Code a QUOTE of a TRANSCRIPT with CODE, or import codings from a table.

    The table has the columns transcript, code and coder; quote (with turn and sentence, counted from 0, where it
    occurs more than once) or start and end; and optionally memo. Each row is checked against the transcript; if any
    fails, nothing is imported, unless --skip is given.
    """
    project = open_project(ctx)
    table, coder, memo = options["table"], options["coder"], options["memo"]
    if table is not None:
        if transcript or code:
            raise UsageError("--from takes transcript and code from the table: leave them out here")
        _refuse_other_options(ctx, (*_OPTIONS_WITH_TABLE, "skip"), when="with --from: the table has columns for it")
        dry_run, skip = options["dry_run"], options["skip"]
        result = import_table(lambda: project.code_from(table, coder=coder, skip=skip, dry_run=dry_run))
        return print_import_result(result, "coded", dry_run=dry_run, skip=skip)
    if not transcript or not code:
        raise UsageError("name transcript, code and quote, or a table with --from FILE")
    _refuse_other_options(ctx, _OPTIONS_WITHOUT_TABLE, when="without --from")
    place = {name: options[name] for name in ("turn", "sentence", "start", "end")}
    coded = project.code(transcript, code, quote, coder=coder, memo=memo, **place)
    click.echo(coded.id)
    _print_decisions(coded, "coded", coder=coder)
    return 0


def _refuse_other_options(ctx: click.Context, allowed: tuple[str, ...], *, when: str) -> None:
    """Refuse options that would otherwise be ignored."""
    given = [
        option.opts[0]
        for option in ctx.command.params
        # Options of the program, such as -q, have no value that the command sees.
        if option.expose_value and option.param_type_name == "option" and option.name and option.name not in allowed
        if ctx.get_parameter_source(option.name) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise UsageError(f"{', '.join(given)} cannot be used {when}")


def import_table(run: Callable[[], ImportResult]) -> ImportResult:
    """Return the result of an import, also where problems prevent it: they are listed in full."""
    try:
        return run()
    except ImportProblemsError as error:
        return error.result


def print_import_result(result: ImportResult, verb: str, *, dry_run: bool, skip: bool | None = None) -> int:
    """Print the numbers and problems of an import, and return the exit code; ``skip`` is None if there is no --skip."""
    print_notes([str(problem) for problem in (*result.notices, *result.problems)])
    print_notes(result.notes)
    parts = [f"{result.added:,} {'would be ' if dry_run else ''}{verb}"]
    if result.already_present:
        parts.append(f"{result.already_present:,} already present")
    by_coder = ", ".join(f"{name} {count:,}" for name, count in result.counts_by_coder.items())
    parts[0] += f" ({by_coder})" if by_coder else ""
    if result.problems:
        failed = f"{format_count(len(result.problems), 'row')} with problems"
        remedy = " (--skip imports the other rows)" if skip is not None else ""
        nothing = "" if result.added or skip else f", so nothing was imported{remedy}"
        parts.append(failed + (", left out" if skip else nothing))
    click.echo("; ".join(parts))
    if result.added and not dry_run:
        # Each coder's part is an action of that coder.
        names = list(result.counts_by_coder)
        print_notes(f"to take it back: qualcode undo --coder {shlex.quote(name)}" for name in names[:_MAX_PLACES])
    return int(bool(result.problems))


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


@click.command(epilog="Example: qualcode retract 7q2m9x --coder ana")
@_ids_argument
@coder_option
@click.pass_context
def retract(ctx: click.Context, ids: tuple[str, ...], coder: str | None) -> None:
    """Retract codings or rejections of yours, by id or at least its last six characters. The ledger keeps all."""
    _print_result(open_project(ctx).retract(ids, coder=coder), "retracted", coder=coder)


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
        _refuse_other_options(ctx, _OPTIONS_WITH_TABLE, when="with --from")
        table, coder, dry_run = options["table"], options["coder"], options["dry_run"]
        result = import_table(lambda: project.done_from(table, coder=coder, dry_run=dry_run))
        return print_import_result(result, "marked done", dry_run=dry_run)
    if not transcripts:
        raise UsageError("name the transcripts that are done, or a table with --from FILE")
    _refuse_other_options(ctx, ("families", "undo", "coder"), when="without --from")
    if options["undo"]:
        _refuse_other_options(ctx, ("undo", "coder"), when="with --undo, which takes back the whole transcript")
    marked = project.done(transcripts, coder=options["coder"], families=options["families"], undo=options["undo"])
    _print_result(marked, "marked not done" if options["undo"] else "marked done")
    return 0


@click.command(
    epilog='Examples: qualcode memo "Budget comes up before staff" --on S01; '
    'qualcode memo "A leading question" --on S01 --quote "nobody can tell me"'
)
@click.argument("text")
@click.option("--on", default="", metavar="ID", help="A transcript, code or coding; if not given, the study.")
@click.option("--quote", default="", help="Words of the transcript: the memo is on this passage, without a code.")
@_place_options
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
