"""The command that replaces names by pseudonyms, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qualcode.cli.options import open_project, output_options
from qualcode.cli.terminal_output import (
    OutputOptions,
    format_problem,
    print_notes,
    write_problems,
    write_table,
)
from qualcode.cli.text_tables import TableView
from qualcode.errors import UsageError, format_count
from qualcode.pseudonyms.pseudonymisation import REPLACEMENT_COLUMNS, PseudonymisationResult
from qualcode.pseudonyms.text import NameInContext

if TYPE_CHECKING:
    from qualcode.project import Project

_COUNTS = TableView()


@click.command(epilog="Example: qualcode pseudonymise ~/keys/study.yaml --find")
@click.argument("key", type=click.Path(path_type=Path), metavar="KEY")
@click.option("--find", is_flag=True, help="Search for names and add them to the key, with pseudonyms for you to edit.")
@click.option("--spacy-model", metavar="NAME", help="With --find: an installed spaCy model, or its folder.")
@click.option("--write", is_flag=True, help="Replace the names; without it nothing is changed.")
@click.option("--interactive", is_flag=True, help="Ask about each word that may not be a name, then replace.")
@click.option("--undo", is_flag=True, help="Restore the names.")
@click.option("--check", is_flag=True, help="Only search for names of the key that are left.")
@click.option("--convert", is_flag=True, help="Turn sources that cannot be rewritten (.pdf, .xlsx) into plain text.")
@output_options
@click.pass_context
def pseudonymise(
    ctx: click.Context,
    key: Path,
    find: bool,
    spacy_model: str | None,
    write: bool,
    interactive: bool,
    undo: bool,
    check: bool,
    convert: bool,
    output: OutputOptions,
) -> int:
    """Replace the names in a KEY file by pseudonyms throughout the study, or undo it.

    Names are replaced in sources, cases, settings, codebooks and ledgers. KEY has lines of 'name: pseudonym', or CSV
    columns name and pseudonym. It is kept outside the study, readable by you alone. Words that may not be names are
    shown and left alone until you decide. Exit 1 while there is something to decide, or names are left.
    """
    _check_options(find=find, check=check, undo=undo, write=write or interactive or convert, model=spacy_model)
    project = open_project(ctx)
    if find:
        return _find_names(project, key, spacy_model or "")
    if check:
        problems = project.leaks(key)
        write_problems(problems, output)
        print_notes(problems.notes)
        return int(any(problem.level == "error" for problem in problems))
    decide = _ask_about_word if interactive else None
    result = project.pseudonymise(key, write=write or interactive, undo=undo, convert=convert, decide=decide)
    if output.is_for_terminal:
        write_table(_readable_columns(result), _COUNTS, output)
    else:
        write_table({name: [row[name] for row in result.rows] for name in REPLACEMENT_COLUMNS}, _COUNTS, output)
    _print_report(result)
    return int(not result.is_clean)


def _check_options(*, find: bool, check: bool, undo: bool, write: bool, model: str | None) -> None:
    """Refuse options that would otherwise be ignored."""
    if sum((find, check, undo)) > 1 or ((find or check) and write):
        raise UsageError("use one of --find, --check and --undo; --write goes with --undo or alone")
    if model and not find:
        raise UsageError("--spacy-model goes with --find")


def _find_names(project: Project, key: Path, model: str) -> int:
    names = project.find_names(key, model=model)
    columns = {"name": [name for name, _ in names], "pseudonym": [pseudonym for _, pseudonym in names]}
    write_table(columns, TableView(), OutputOptions())
    count = format_count(len(names), "name")
    print_notes([*names.notes, f"{count} added to {key}: edit it, then run 'qualcode pseudonymise {key}'"])
    return 0


def _readable_columns(result: PseudonymisationResult) -> dict[str, list[object]]:
    """Return one row for each name and place, with the counts of words that are names and of those to decide on."""
    counts: dict[tuple[str, str, str], list[int]] = {}
    for row in result.rows:
        place = (row["name"], row["pseudonym"], row["place"])
        counts.setdefault(place, [0, 0])[row["unsure"]] += row["count"]
    rows = [(*place, *numbers) for place, numbers in counts.items()]
    headings = ("name", "pseudonym", "place", "count", "to decide")
    return {heading: [row[at] for row in rows] for at, heading in enumerate(headings)}


def _print_report(result: PseudonymisationResult) -> None:
    print_notes(f"unsure: {problem}" for problem in result.unsure_problems)
    print_notes(map(format_problem, result.problems))
    if not result.is_written:
        print_notes(f"would be rewritten: {path}" for path in result.changed_paths)
    print_notes(result.notes)


def _ask_about_word(word: NameInContext) -> bool | None:
    """Ask whether a word is the name, until the answer is valid; None leaves it undecided."""
    words = " ".join(f"{word.before}[{word.name_match.words}]{word.after}".split())
    # Questions go to stderr: stdout may be redirected to a file.
    places = f" (the answer is for all {word.place_count:,} places)" if word.place_count > 1 else ""
    click.echo(f"\n{word.where}: {word.name_match.doubt}{places}\n  ... {words} ...", err=True)
    prompt = f"  is [{word.name_match.words}] the name '{word.name_match.name}'? y, n, or Enter to skip"
    answers = {"y": True, "yes": True, "n": False, "no": False, "": None}
    while (answer := click.prompt(prompt, default="", show_default=False, err=True).strip().lower()) not in answers:
        click.echo("  type y, n or nothing", err=True)
    return answers[answer]
