"""The command ``review``: the full-screen review of transcripts."""

from __future__ import annotations

from typing import Any

import click

from qualcode.cli.options import coder_option, names_option, open_project
from qualcode.cli.prompts.suggestion_prompt import is_terminal
from qualcode.errors import OperationError, UsageError
from qualcode.model import ignore_progress
from qualcode.suggest.suggestion_request import ORDERS


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
    help="Hide other coders' codings; if not given, where assignments.csv asks for an overlap.",
)
@click.option("--adjudicate", nargs=2, metavar="A B", help="Decide the disagreements of two coders.")
@click.option("--changed", is_flag=True, help="Go through your codings whose text has changed.")
@click.option("--theme", type=click.Choice(["dark", "light"]), default="dark", help="Colours of the screen.")
@coder_option
@click.pass_context
def review(ctx: click.Context, /, changed: bool, adjudicate: tuple[str, ...] | None, **options: Any) -> int:
    """Read and code TRANSCRIPT on the full screen: suggestions, codes, memos, undo; ? shows all keys.

    Without TRANSCRIPT it begins with the first one that you have not marked as done.
    """
    from qualcode.review import ReviewOptions, open_review

    if changed and adjudicate:
        raise UsageError("--changed and --adjudicate are two reviews: open one after the other")
    if not is_terminal():
        raise UsageError("review needs a terminal: in scripts use 'suggest', 'accept' and 'code'")
    project = open_project(ctx)
    # A progress bar would be drawn over the screen.
    project.study.report_progress = ignore_progress
    try:
        open_review(project, ReviewOptions(changed=changed, adjudicate=adjudicate or (), **options))
    except ImportError as error:
        raise OperationError(f"review needs the package {error.name}: pip install {error.name}") from None
    return 0
