"""The command that writes the workbook, training data, or files for people to fill in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.options import (
    combine_options,
    confirm_replacing,
    export_options,
    given_options,
    names_option,
    new_coder_option,
    open_project,
    replace_option,
    sheets_option,
)
from qualcode.cli.terminal_output import print_notes
from qualcode.errors import UsageError
from qualcode.project.noted_results import WrittenFile

if TYPE_CHECKING:
    from qualcode.project import Project

_PURPOSES: Mapping[str, Collection[str]] = {
    "review": ("coder", "code", "transcripts", "cases", "suggestions", "max_rows"),
    "coding": ("coder", "transcripts", "unit"),
    "word": ("coder", "code", "transcripts"),
}
"""What --for writes, and the options that have a meaning there."""
_READ_BACK = "when it comes back, filled in"
_ONLY_FOR_A_PURPOSE = ("cases", "max_rows")

_purpose_options = combine_options(
    click.option(
        "--for",
        "purpose",
        type=click.Choice(list(_PURPOSES)),
        help="A file to fill in: decisions on a coder's codings (review), codes for transcripts (coding), or comments "
        "in a transcript (word).",
    ),
    names_option("--cases", metavar="ID", help="With --for review: only these cases; patterns like 'S*' work."),
    click.option("--max-rows", type=int, metavar="N", help="With --for review: only the first N rows."),
)


@click.command(epilog="Example: qualcode export study.xlsx --by formation")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@sheets_option
@click.option(
    "--as",
    "target_format",
    type=click.Choice(["xlsx", "spacy"]),
    default="xlsx",
    help="The workbook, or a folder with training data for spaCy.",
)
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="PATH", help="Where to write; same as PATH.")
@click.option("--suggestions", is_flag=True, default=None, help="Also the suggestions that are not decided yet.")
@_purpose_options
@replace_option
@export_options
@new_coder_option
@click.pass_context
def export(
    ctx: click.Context,
    /,
    path: Path | None,
    target_format: str,
    output: Path | None,
    purpose: str | None,
    yes: bool,
    **options: Any,
) -> int:
    """Write the workbook: findings, codebook, themes, groups, co-occurrence, cases, quotes, segments, provenance.

    --by names the attributes to group by; if not given, those with two to six values.

    --for review FILE.xlsx writes a coder's codings for a research lead, who decides on them in Excel. --for coding
    --coder ben FILE.xlsx writes transcripts for ben to code in Excel, without anything of other coders. FILE.csv
    instead of FILE.xlsx is the table alone.

    --for word S01.docx writes a transcript with its codings as comments in Word, which a reviewer answers or adds to;
    -o FOLDER writes a file for each of --transcripts.

    --as spacy -o FOLDER writes a coder's codings in finished transcripts as training data for a spaCy pipeline
    (--unit sentence or turn), which 'suggest --spacy-model' can use once it is trained.
    """
    if path and output:
        raise UsageError("PATH and --output are the same: give one of them")
    target = path or output
    project = open_project(ctx)
    selected = given_options(options)
    if purpose and target_format == "spacy":
        raise UsageError("--as spacy writes training data, and --for a file to fill in: give one of them")
    _refuse_options(selected, purpose)
    if purpose:
        target = _require_file(target, purpose)
        replaced = confirm_replacing(_files_of(project, purpose, target, selected), confirmed=yes, has_work=True)
        written = _export_for(project, purpose, target, selected)
    elif target_format == "spacy":
        if target is None:
            raise UsageError("name the folder for the training data: -o FOLDER")
        if selected.pop("suggestions", None):
            raise UsageError("--suggestions adds a sheet to the workbook: leave it out with --as spacy")
        if selected.pop("sheets", None):
            raise UsageError("--sheets chooses sheets of the workbook: leave it out with --as spacy")
        if selected.pop("by", None):
            raise UsageError("--by is for tables: training data is not grouped")
        replaced = confirm_replacing([target / "train.spacy"], confirmed=yes)
        written = project.export_spacy(target, **selected)
    else:
        target = target or Path("study.xlsx")
        replaced = confirm_replacing([target], confirmed=yes)
        written = project.export(target, **selected)
    click.echo(str(written))
    if purpose:
        print_notes(
            [
                *([f"{written.rows:,} rows"] if written.rows else []),
                f"{_READ_BACK}: 'qualcode apply {written} --coder LEAD'",
            ]
        )
    print_notes(f"{one}: an existing file was replaced" for one in replaced)
    print_notes(written.notes)
    return int(project.incomplete)


def _refuse_options(selected: Collection[str], purpose: str | None) -> None:
    """Refuse options that have no meaning for what is written."""
    for name in selected:
        option = f"--{name.replace('_', '-')}"
        if purpose and name not in _PURPOSES[purpose]:
            raise UsageError(f"{option} has no meaning with --for {purpose}: leave it out")
        meant = next((one for one, names in _PURPOSES.items() if name in names), "")
        if not purpose and name in _ONLY_FOR_A_PURPOSE:
            raise UsageError(f"{option} selects rows of a file to fill in: add --for {meant}, or leave it out")


def _require_file(target: Path | None, purpose: str) -> Path:
    """Return the file to write: there is no default, since it could replace one that somebody has filled in."""
    if target is None:
        example = "S01.docx" if purpose == "word" else f"{purpose}.xlsx"
        raise UsageError(f"name the file: 'qualcode export {example} --for {purpose}'")
    return target


def _files_of(project: Project, purpose: str, target: Path, selected: Mapping[str, Any]) -> Collection[Path]:
    """Return the files that will be written."""
    if purpose != "word":
        return [target]
    from qualcode.export.transcript_document import list_word_files

    return list_word_files(project.study, target, selected.get("transcripts")).values()


def _export_for(project: Project, purpose: str, target: Path, selected: dict[str, Any]) -> WrittenFile:
    selected["replace"] = True  # confirmed
    if purpose == "review":
        return project.export_review(target, **selected)
    if purpose == "word":
        return project.export_word(target, **selected)
    coders = selected.pop("coder", (None,))
    if len(coders) > 1:
        raise UsageError("--coder: a file to code in is for one coder: write one for each")
    return project.export_coding(target, coder=coders[0], **selected)
