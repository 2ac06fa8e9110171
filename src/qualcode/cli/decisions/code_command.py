"""The command that codes: one quote, the rows of a table, or all that a search finds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from qualcode.cli.decisions.batch_prompt import BatchPrompt, yes_option
from qualcode.cli.decisions.decision_output import (
    OPTIONS_WITH_TABLE,
    dry_run_option,
    import_table,
    place_options,
    print_batch,
    print_decisions,
    print_import_result,
    refuse_other_options,
)
from qualcode.cli.options import coder_option, combine_options, names_option, open_project, transcripts_filter
from qualcode.cli.terminal_output import print_notes
from qualcode.coding.batches.coding_batch import CodedSpan
from qualcode.coding.recorded_decisions import RecordedDecisions
from qualcode.errors import UsageError
from qualcode.files import STANDARD_INPUT

if TYPE_CHECKING:
    from qualcode.project import Project

_OPTIONS_OF_QUOTES = ("turn", "sentence", "start", "end", "memo", "coder")
_OPTIONS_OF_TABLES = (*OPTIONS_WITH_TABLE, "skip", "yes")
_OPTIONS_OF_LINES = (*_OPTIONS_OF_TABLES, "span", "transcripts")
_OPTIONS_OF_SEARCHES = (
    *("words", "regex", "case", "span", "within", "speaker", "transcripts"),
    *("yes", "dry_run", "coder"),
)
_search_options = combine_options(
    click.option("--words", metavar="WORDS", help="Code each place with these words; 'budg*' finds longer ones."),
    click.option("--regex", metavar="PATTERN", help="Code each place that a regular expression matches."),
    click.option("--case", is_flag=True, help="Capitals must be equal."),
    click.option(
        "--span",
        type=click.Choice(get_args(CodedSpan)),
        default="sentence",
        help="What is coded there (default sentence).",
    ),
    names_option("--within", metavar="CODE", help="Only in codings of yours of this code, family or theme."),
    names_option("--speaker", metavar="NAME", help="Only turns of this speaker."),
    transcripts_filter,
)


@click.command(
    epilog='Examples: qualcode code S01 challenges/roi "nobody can tell me what it earns"; '
    "qualcode code --regex 'budget|money' challenges/resources; "
    "grep -rniw budget transcripts | qualcode code --from - challenges/resources"
)
@click.argument("transcript", required=False)
@click.argument("code", required=False)
@click.argument("quote", required=False, default="")
@click.option(
    "--from",
    "table",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Import a table (CSV, Excel, JSON lines), or with CODE alone the lines that grep -n has printed; - is stdin.",
)
@_search_options
@place_options
@click.option("--memo", default="", help="A memo on the coding.")
@click.option("--skip", is_flag=True, help="With --from: import the valid rows or lines and leave out the others.")
@yes_option
@dry_run_option
@coder_option
@click.pass_context
def code(ctx: click.Context, /, transcript: str | None, code: str | None, quote: str, **options: Any) -> int:
    """Code a QUOTE of a TRANSCRIPT with CODE, import codings from a table, or code all places that a search finds.

    The table has the columns transcript, code and coder; quote (with turn and sentence, counted from 0, where it
    occurs more than once) or start and end; and optionally memo. Each row is checked against the transcript; if any
    fails, nothing is imported, unless --skip is given.

    With --words, --regex, or the lines of grep, name CODE alone. Numbers and examples are shown before the question
    whether to record it; scripts add --yes. Only participants' words are coded; what you have coded so already is left
    out. 'undo' takes all of it back.
    """
    project = open_project(ctx)
    is_alone = transcript is not None and code is None
    searches = [name for name in ("words", "regex") if options[name] is not None]
    if searches:
        if not is_alone or len(searches) > 1:
            raise UsageError(
                f"--{searches[0]} codes what it finds: name CODE alone, as in 'code --{searches[0]} ... CODE'"
            )
        refuse_other_options(ctx, _OPTIONS_OF_SEARCHES, when=f"with --{searches[0]}")
        return _code_matches(project, str(transcript), options)
    if options["table"] is not None:
        if is_alone:
            refuse_other_options(ctx, _OPTIONS_OF_LINES, when="with --from and a code")
            return _code_lines(project, str(transcript), options)
        if transcript:
            raise UsageError("--from takes transcript and code from the table: leave them out here")
        refuse_other_options(ctx, _OPTIONS_OF_TABLES, when="with --from: the table has columns for it")
        return _import_codings(project, options)
    if not transcript or not code:
        raise UsageError("name transcript, code and quote, a table with --from FILE, or a code with --words or --regex")
    refuse_other_options(ctx, _OPTIONS_OF_QUOTES, when="without --from, --words or --regex")
    place = {name: options[name] for name in ("turn", "sentence", "start", "end")}
    coded = project.code(transcript, code, quote, coder=options["coder"], memo=options["memo"], **place)
    click.echo(coded.id)
    print_decisions(coded, "coded", coder=options["coder"])
    return 0


def _code_matches(project: Project, code: str, options: dict[str, Any]) -> int:
    is_regex = options["regex"] is not None
    chosen = {name: options[name] for name in ("case", "span", "within", "speaker", "transcripts", "coder", "dry_run")}
    prompt = BatchPrompt("code", "passage", yes=options["yes"])
    words = options["regex"] if is_regex else options["words"]
    coded = project.code_matches(words, code, regex=is_regex, **chosen, confirm=prompt)
    return _print_coded(coded, options, prompt)


def _code_lines(project: Project, code: str, options: dict[str, Any]) -> int:
    transcripts = options["transcripts"] or (None,)
    if len(transcripts) > 1:
        raise UsageError("--transcripts names the one transcript whose lines have no name of a file: give one")
    chosen = {name: options[name] for name in ("span", "skip", "coder", "dry_run")}
    prompt = BatchPrompt("code", "passage", yes=options["yes"])
    coded = project.code_lines(options["table"], code, transcript=transcripts[0], **chosen, confirm=prompt)
    print_notes(map(str, coded.problems))
    return _print_coded(coded, options, prompt)


def _print_coded(coded: RecordedDecisions, options: dict[str, Any], prompt: BatchPrompt) -> int:
    print_batch(coded, "coded", coder=options["coder"], dry_run=options["dry_run"], is_known=prompt.has_asked)
    return int(bool(coded.problems))


def _import_codings(project: Project, options: dict[str, Any]) -> int:
    coder, skip, dry_run, table = (options[name] for name in ("coder", "skip", "dry_run", "table"))
    # A table that has been saved can be looked at before.
    prompt = BatchPrompt("import", "coding", yes=options["yes"]) if table == STANDARD_INPUT else None
    result = import_table(lambda: project.code_from(table, coder=coder, skip=skip, dry_run=dry_run, confirm=prompt))
    return print_import_result(result, "coded", dry_run=dry_run, skip=skip)
