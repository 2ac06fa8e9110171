"""Options that select suggestions, for suggest, accept and reject."""

from __future__ import annotations

import click

from qualcode.cli.options import combine_options, names_option

selection_options = combine_options(
    names_option("--code", metavar="ID", help="Only this code, family or theme."),
    click.option(
        "--min-score",
        type=click.FloatRange(0, 1),
        help="Lowest score; 0 is all. If not given, the threshold that worked best for each code.",
    ),
    click.option("--max-score", type=click.FloatRange(0, 1), help="Highest score."),
    click.option("--per-sentence", type=click.IntRange(1), metavar="K", help="Only the K best codes of each sentence."),
    click.option("--top", type=click.IntRange(1), metavar="N", help="Only the first N suggestions."),
    click.option("--unread-only", is_flag=True, help="Only transcripts that you have not finished."),
    click.option("--learn-from", metavar="NAME", help="Train on this coder's decisions instead of your own."),
    names_option(
        "--maker",
        "--recommender",
        metavar="NAME",
        help="Who suggests: learner (the trained model), cues, or an installed recommender (docs/makers.md).",
    ),
    click.option("--spacy-model", metavar="PATH_OR_NAME", help="Your own spaCy pipeline whose labels are codes."),
)
