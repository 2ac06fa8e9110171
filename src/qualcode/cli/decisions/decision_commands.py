"""Commands on suggestions and on decisions: accept, reject, retract."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from qualcode.cli.decisions.batch_prompt import BatchPrompt, yes_option
from qualcode.cli.decisions.decision_output import dry_run_option, print_batch, print_result
from qualcode.cli.decisions.selection_options import selection_options
from qualcode.cli.options import coder_option, combine_options, open_project, transcripts_filter
from qualcode.cli.terminal_output import print_notes
from qualcode.coding.recorded_decisions import RecordedDecisions

_batch_options = combine_options(
    click.argument("ids", nargs=-1), transcripts_filter, selection_options, yes_option, dry_run_option, coder_option
)


@click.command(epilog="Examples: qualcode accept a570f46ae1; qualcode accept --code challenges/roi --min-score 0.8")
@_batch_options
@click.pass_context
def accept(ctx: click.Context, /, **options: Any) -> None:
    """Turn suggestions into codings of yours: those with IDS, or all that a selection finds.

    The selection is what 'suggest' shows with the same options. Its numbers and examples are shown before the question
    whether to record it; scripts add --yes. 'undo' takes all of it back.
    """
    _decide(options, open_project(ctx).accept, "accept")


@click.command(epilog="Examples: qualcode reject a570f46ae1; qualcode reject --code challenges/roi --max-score 0.4")
@_batch_options
@click.pass_context
def reject(ctx: click.Context, /, **options: Any) -> None:
    """Dismiss suggestions: those with IDS, or all that a selection finds, as 'accept' does.

    They return only if the code's entry in the codebook changes.
    """
    _decide(options, open_project(ctx).reject, "reject")


def _decide(options: dict[str, Any], decide: Callable[..., RecordedDecisions], verb: str) -> None:
    ids, yes, coder = options.pop("ids"), options.pop("yes"), options["coder"]
    prompt = BatchPrompt(verb, "suggestion", yes=yes or bool(ids))
    announce = lambda message: print_notes([message])  # noqa: E731
    decided = decide(ids or None, **options, announce=announce, confirm=prompt)
    if ids and not options["dry_run"]:
        print_result(decided, f"{verb}ed", coder=coder)
    else:
        print_batch(decided, f"{verb}ed", coder=coder, dry_run=options["dry_run"], is_known=prompt.has_asked)


@click.command(epilog="Example: qualcode retract 7q2m9x --coder ana")
@click.argument("ids", nargs=-1, required=True)
@coder_option
@click.pass_context
def retract(ctx: click.Context, ids: tuple[str, ...], coder: str | None) -> None:
    """Retract codings or rejections of yours, by id or at least its last six characters. The ledger keeps all."""
    print_result(open_project(ctx).retract(ids, coder=coder), "retracted", coder=coder)
