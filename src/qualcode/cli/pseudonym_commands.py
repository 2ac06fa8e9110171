"""The command that puts pseudonyms for names."""

from __future__ import annotations

from pathlib import Path

import click

from qualcode.cli.options import open_project, table_options
from qualcode.cli.terminal_output import TableView, print_notes, write_problems, write_table
from qualcode.errors import UsageError
from qualcode.project import Project
from qualcode.pseudonyms.pseudonymisation import REPLACEMENT_COLUMNS, PseudonymisationResult
from qualcode.pseudonyms.text import NameInContext

_COUNTS = TableView(columns=REPLACEMENT_COLUMNS)


@click.command()
@click.argument("key", type=click.Path(path_type=Path), metavar="KEY")
@click.option("--find", is_flag=True, help="Add names that are found to the key, with pseudonyms for you to edit.")
@click.option("--spacy-model", metavar="NAME", help="With --find: a spaCy model that is installed, or its folder.")
@click.option("--write", is_flag=True, help="Do it; without it nothing is changed.")
@click.option("--interactive", is_flag=True, help="Ask about each word that may be no name, then do it.")
@click.option("--undo", is_flag=True, help="Put the names back.")
@click.option("--check", is_flag=True, help="Only look whether names of the key are left anywhere.")
@click.option("--convert", is_flag=True, help="Make plain text of sources that cannot be rewritten (.pdf, .xlsx).")
@table_options
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
    shape: str | None,
    output: Path | None,
) -> int:
    """Put pseudonyms for the names of a KEY file in sources, cases, settings, codebooks and ledgers.

    KEY has lines of 'name: pseudonym' (or CSV columns name and pseudonym). It lies outside the study, and only you
    can read it. Words that may be no names are shown, and touched only when you have decided. Exit 1 while something
    is to be decided, or names are left.
    """
    _check_options(find=find, check=check, undo=undo, write=write or interactive or convert, model=spacy_model)
    project = open_project(ctx)
    if find:
        return _find_names(project, key, spacy_model or "")
    if check:
        problems = project.leaks(key)
        write_problems(problems, output_format=shape, output=output)
        print_notes(project.said)
        return int(any(one.level == "error" for one in problems))
    decide = _ask_about_word if interactive else None
    done = project.pseudonymise(key, write=write or interactive, undo=undo, convert=convert, decide=decide)
    write_table(
        {name: [row[name] for row in done.rows] for name in REPLACEMENT_COLUMNS},
        _COUNTS,
        output_format=shape,
        output=output,
    )
    _print_report(done)
    return int(not done.is_clean)


def _check_options(*, find: bool, check: bool, undo: bool, write: bool, model: str | None) -> None:
    """Refuse options that would be passed over in silence."""
    if sum((find, check, undo)) > 1 or ((find or check) and write):
        raise UsageError("--find, --check and --undo are each for themselves; --write goes with --undo or alone")
    if model and not find:
        raise UsageError("--spacy-model goes with --find")


def _find_names(project: Project, key: Path, model: str) -> int:
    names = project.find_names(key, model=model)
    write_table(
        {"name": [one for one, _ in names], "pseudonym": [one for _, one in names]}, TableView(), output_format="table"
    )
    print_notes([*project.said, f"{len(names)} names added to {key}: edit it, then 'qualcode pseudonymise {key}'"])
    return 0


def _print_report(done: PseudonymisationResult) -> None:
    print_notes([f"unsure: {one}" for one in done.unsure_problems])
    print_notes([f"{'' if one.level == 'error' else 'notice: '}{one}" for one in done.problems])
    if not done.is_written:
        print_notes([f"would be rewritten: {path}" for path in done.changed_paths])
    print_notes(done.notes)


def _ask_about_word(one: NameInContext) -> bool | None:
    """Ask whether a word is the name."""
    words = " ".join(f"{one.before}[{one.name_match.words}]{one.after}".split())
    click.echo(f"\n{one.where}  {one.name_match.doubt}\n  ...{words}...", err=True)
    prompt = f"  is this {one.name_match.name}? y, n, or Enter to leave it"
    answer = click.prompt(prompt, default="", show_default=False, err=True).strip().lower()
    return {"y": True, "n": False}.get(answer[:1])
