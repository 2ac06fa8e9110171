"""The command ``review``: the full-screen review of transcripts."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qualcode.cli.options import coder_option, names_option, open_project
from qualcode.cli.prompts.suggestion_prompt import is_terminal
from qualcode.cli.terminal_output import print_notes
from qualcode.errors import UsageError
from qualcode.model import ignore_progress
from qualcode.study.selection import to_name_tuple
from qualcode.suggest.suggestion_request import ORDERS

if TYPE_CHECKING:
    from qualcode.review import ReviewOptions

_BROWSER_DRIVER = "TEXTUAL_DRIVER"
"""Environment variable that the server of the browser sets: it shows the screen in place of a terminal."""


@click.command(epilog="Example: qualcode review S01 --coder ana")
@click.argument("transcript", required=False, default="")
@click.option(
    "--order",
    type=click.Choice(ORDERS),
    default="transcript",
    show_default=True,
    help="Order in which suggestions follow each other, as for 'suggest'.",
)
@names_option("--code", metavar="ID", help="Only suggestions and disagreements on this code, family or theme.")
@click.option(
    "--min-score",
    type=click.FloatRange(0, 1),
    help="Lowest score of suggestions; if not given, the threshold that worked best for each code.",
)
@click.option("--learn-from", metavar="NAME", help="Train on this coder's decisions instead of your own.")
@click.option(
    "--blind/--not-blind",
    default=None,
    help="Hide other coders' codings; if not given, where assignments.csv has others code too.",
)
@click.option("--adjudicate", nargs=2, metavar="A B", help="Decide the disagreements of two coders.")
@click.option("--changed", is_flag=True, help="Go through your codings whose text has changed.")
@click.option("--serve", is_flag=True, help="Show it in a browser on this machine: prints the address to open.")
@click.option("--port", type=click.IntRange(1, 65_535), help="With --serve: the port; if not given, one that is free.")
@click.option("--theme", type=click.Choice(["dark", "light"]), default="dark", help="Colours of the screen.")
@coder_option
@click.pass_context
def review(
    ctx: click.Context,
    /,
    changed: bool,
    adjudicate: tuple[str, ...] | None,
    serve: bool,
    port: int | None,
    **options: Any,
) -> int:
    """Read and code TRANSCRIPT on the full screen: suggestions, codes, memos, undo; ? shows all keys.

    Without TRANSCRIPT it begins with the first one that you have not marked as done.
    """
    from qualcode.review import ReviewOptions, open_review
    from qualcode.review.session.opened_transcripts import start_session

    if changed and adjudicate:
        raise UsageError("--changed and --adjudicate are two reviews: open one after the other")
    project = open_project(ctx)
    # A progress bar would be drawn over the screen.
    project.study.report_progress = ignore_progress
    wanted = ReviewOptions(changed=changed, adjudicate=adjudicate or (), **options)
    if serve:
        start_session(project, wanted)  # what is wrong is reported here, not in the browser
        from qualcode.review.browser.review_server import serve_review

        serve_review(_command_of(project.study.root, wanted), port=port, announce=_print_address)
        return 0
    if port is not None:
        raise UsageError("--port goes with --serve")
    if not is_terminal() and _BROWSER_DRIVER not in os.environ:
        raise UsageError("review needs a terminal: in scripts use 'suggest', 'accept' and 'code'")
    open_review(project, wanted)
    return 0


def _print_address(address: str) -> None:
    # The result of the command, which --quiet does not leave out.
    click.echo(f"open {address}")
    print_notes(["Ctrl+C ends it"])


def _command_of(root: Path, wanted: ReviewOptions) -> list[str]:
    """Return the command line that opens a review in a terminal."""
    words = [sys.executable, "-m", "qualcode", "-C", str(root), "review", "--new-coder"]
    for name in ("order", "coder", "min_score", "learn_from", "theme"):
        value = getattr(wanted, name)
        if value not in {None, ""}:
            words += [f"--{name.replace('_', '-')}", str(value)]
    for code in to_name_tuple(wanted.code):
        words += ["--code", code]
    if wanted.adjudicate:
        words += ["--adjudicate", *wanted.adjudicate]
    if wanted.changed:
        words.append("--changed")
    if wanted.blind is not None:
        words.append("--blind" if wanted.blind else "--not-blind")
    return [*words, "--", wanted.transcript] if wanted.transcript else words
