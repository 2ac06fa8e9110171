"""The command ``why``: one suggestion explained, in words and numbers, within a hundred columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from textwrap import shorten, wrap

import click

from qualcode.cli.options import open_project
from qualcode.cli.terminal_output import format_json, print_notes, write_output
from qualcode.suggest.explanations.explanation import WEIGHTS_NOTE, Explanation, SimilarSentence, WeightedReason

_LINE_WIDTH = 100
_COLUMN_WIDTH = 48
_MAX_REASONS = 8


@click.command()
@click.argument("ids", nargs=-1, required=True)
@click.option("--learn-from", metavar="NAME", help="Learn from this coder's decisions; the study's coder if not given.")
@click.option("--format", "shape", type=click.Choice(["text", "json"]), help="How to write it.", default=None)
@click.option(
    "--output", "-o", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it to a file."
)
@click.pass_context
def why(
    ctx: click.Context, ids: tuple[str, ...], learn_from: str | None, shape: str | None, output: Path | None
) -> None:
    """Explain suggestions (by the ids that 'suggest' shows): what speaks for them, what against, what they are like."""
    project = open_project(ctx)
    found = project.explanations(ids, learn_from=learn_from)
    wanted = shape or ("json" if output and output.suffix.lower() == ".json" else "text")
    text = (
        format_json([one.row() for one in found]) if wanted == "json" else "\n\n\n".join(map(format_explanation, found))
    )
    write_output(text, output, summary=f"{len(found):,} suggestions explained")
    print_notes(project.said)


def format_explanation(one: Explanation) -> str:
    """Return an explanation as it is printed."""
    return "\n".join(line.rstrip() for line in _explanation_lines(one))


def _explanation_lines(one: Explanation) -> Iterator[str]:
    yield from wrap(f"{one.transcript}, turn {one.turn}, {one.speaker or 'a participant'}:", _LINE_WIDTH)
    yield from wrap(" ".join(one.quote.split()), _LINE_WIDTH, initial_indent="  ", subsequent_indent="  ")
    yield ""
    yield from wrap(f"{one.code} ({one.name}): {one.score:.2f}, {_describe_score(one)}", _LINE_WIDTH)
    if not one.coder:
        yield from wrap(f"{one.maker}: {one.why}", _LINE_WIDTH, initial_indent="  ", subsequent_indent="    ")
        return
    yield ""
    yield from _join_columns(
        list(_reason_lines("for", one.reasons_for)), list(_reason_lines("against", one.reasons_against))
    )
    yield from wrap(f"({WEIGHTS_NOTE})", _LINE_WIDTH)
    yield from _quote_lines(f"coded so by {one.coder}, and most like it (1.00 is the same):", one.coded_so)
    yield from _quote_lines(f"read by {one.coder} and not coded so:", one.not_coded_so)


def _describe_score(one: Explanation) -> str:
    if one.threshold is None:
        return f"by {one.maker}, whose scores rank and are no probabilities"
    shown = "shown" if one.score >= one.threshold else "not shown unasked: it would be"
    return f"{shown} from {one.threshold:.2f} on; learnt from {one.coder}'s codings"


def _reason_lines(title: str, found: Sequence[WeightedReason]) -> Iterator[str]:
    yield title
    for one in found[:_MAX_REASONS]:
        text = f'"{one.text}"' if one.kind == "word" else one.text
        yield shorten(f"{one.weight:+.1f} {text}{f': {one.said}' if one.said else ''}", _COLUMN_WIDTH, placeholder="…")
    if not found:
        yield "nothing"
    if len(found) > _MAX_REASONS:
        yield f"and {len(found) - _MAX_REASONS} more, of less weight"


def _join_columns(left: Iterable[str], right: Iterable[str]) -> Iterator[str]:
    for one, other in zip_longest(left, right, fillvalue=""):
        yield f"{one:<{_COLUMN_WIDTH + 2}}  {other}"


def _quote_lines(title: str, found: Sequence[SimilarSentence]) -> Iterator[str]:
    if not found:
        return
    yield ""
    yield title
    for one in found:
        given = f" [{', '.join(one.codes)}]" if one.codes else " [no code]"
        said = f'{one.alike:.2f}  {one.transcript}, turn {one.turn}: "{" ".join(one.quote.split())}"{given}'
        yield from wrap(said, _LINE_WIDTH, initial_indent="  ", subsequent_indent="        ")
