"""The command ``why``: a suggestion with the evidence for and against it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from textwrap import shorten, wrap

import click

from qualcode.cli.options import open_project
from qualcode.cli.terminal_output import OutputOptions, format_json, page_width, write_output
from qualcode.errors import format_count
from qualcode.suggest.explanations.explanation import WEIGHTS_NOTE, Explanation, SimilarSentence, WeightedReason

_LINE_WIDTH = 100
"""Width in files and pipes, and the least in which evidence for and against is in two columns."""
_MAX_REASONS = 8


@click.command(epilog="Example: qualcode why a570f46ae1")
@click.argument("ids", nargs=-1, required=True)
@click.option("--learn-from", metavar="NAME", help="Train on this coder's decisions; if not given, the study's coder.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), help="Format of the result.")
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the result to a file.",
)
@click.pass_context
def why(
    ctx: click.Context, ids: tuple[str, ...], learn_from: str | None, output_format: str | None, output: Path | None
) -> None:
    """Explain suggestions, by the ids that 'suggest' shows: evidence for and against, and similar sentences."""
    project = open_project(ctx)
    explanations = project.explanations(ids, learn_from=learn_from)
    width = page_width(OutputOptions(path=output), file_width=_LINE_WIDTH)
    resolved_format = output_format or ("json" if output and output.suffix.lower() == ".json" else "text")
    text = (
        format_json([explanation.row() for explanation in explanations])
        if resolved_format == "json"
        else "\n\n\n".join(format_explanation(explanation, width=width) for explanation in explanations)
    )
    write_output(text, output, summary=f"{format_count(len(explanations), 'suggestion')} explained")


def format_explanation(explanation: Explanation, *, width: int = _LINE_WIDTH) -> str:
    """Return an explanation as it is printed."""
    return "\n".join(line.rstrip() for line in _explanation_lines(explanation, width))


def _explanation_lines(explanation: Explanation, width: int) -> Iterator[str]:
    yield from wrap(
        f"{explanation.transcript}, turn {explanation.turn}, {explanation.speaker or 'a participant'}:", width
    )
    yield from wrap(" ".join(explanation.quote.split()), width, initial_indent="  ", subsequent_indent="  ")
    yield ""
    yield from wrap(
        f"{explanation.code} ({explanation.name}): {explanation.score:.2f}, {_describe_score(explanation)}", width
    )
    if explanation.threshold is None:
        yield from wrap(f"{explanation.maker}: {explanation.why}", width, initial_indent="  ", subsequent_indent="    ")
    if not explanation.coder:
        return
    model = f"model trained on {explanation.coder}'s codings, for this code"
    yield from wrap(f"{model}: {explanation.verdict} ({explanation.because})", width)
    yield ""
    yield from _evidence_lines(explanation, width)
    yield from wrap(f"({WEIGHTS_NOTE})", width)
    yield from _quote_lines(
        f"most similar sentences that {explanation.coder} coded so (1.00 is the same):", explanation.coded_so, width
    )
    yield from _quote_lines(
        f"most similar sentences that {explanation.coder} read and did not code so:", explanation.not_coded_so, width
    )


def _describe_score(explanation: Explanation) -> str:
    if explanation.threshold is None:
        return f"by {explanation.maker}; its scores rank and are not probabilities"
    shown = "shown" if explanation.score >= explanation.threshold else "not shown by default: scores are shown"
    ranks = "" if explanation.score_type == "probability" else "; it ranks and is not a probability"
    return f"{shown} from {explanation.threshold:.2f} on; trained on {explanation.coder}'s codings{ranks}"


def _evidence_lines(explanation: Explanation, width: int) -> Iterator[str]:
    """Yield the evidence for and against, in two columns where the terminal has room for them."""
    evidence = (("evidence for", explanation.reasons_for), ("evidence against", explanation.reasons_against))
    if width < _LINE_WIDTH:
        for title, reasons in evidence:
            yield from _reason_lines(title, reasons, width)
        return
    column = width // 2 - 2
    left, right = (_reason_lines(title, reasons, column) for title, reasons in evidence)
    for left_line, right_line in zip_longest(left, right, fillvalue=""):
        yield f"{left_line:<{column + 2}}  {right_line}"


def _reason_lines(title: str, reasons: Sequence[WeightedReason], width: int) -> Iterator[str]:
    yield title
    for reason in reasons[:_MAX_REASONS]:
        text = f'"{reason.text}"' if reason.kind == "word" else reason.text
        yield shorten(f"{reason.weight:+.1f} {text}{f': {reason.said}' if reason.said else ''}", width, placeholder="…")
    if not reasons:
        yield "nothing"
    if len(reasons) > _MAX_REASONS:
        yield f"and {len(reasons) - _MAX_REASONS} more with less weight"


def _quote_lines(title: str, sentences: Sequence[SimilarSentence], width: int) -> Iterator[str]:
    if not sentences:
        return
    yield ""
    yield from wrap(title, width)
    for sentence in sentences:
        codes = ", ".join(sentence.codes) or "no code"
        place = f"{sentence.transcript}, turn {sentence.turn}"
        line = f'{sentence.alike:.2f}  {place}: "{" ".join(sentence.quote.split())}" [{codes}]'
        yield from wrap(line, width, initial_indent="  ", subsequent_indent="        ")
