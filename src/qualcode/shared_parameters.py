"""The documentation of parameters that several methods of `Project` share, added to their docstrings."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from textwrap import fill
from typing import Any, TypeVar

Method = TypeVar("Method", bound=Callable[..., Any])

_WIDTH = 96

SELECTION_PARAMETERS = {
    "code": "Only these codes (with the codes below them), families or themes, by id; all if not given.",
    "transcripts": "Only these transcripts, by id; patterns such as ``S*`` select several. All if not given.",
}
"""Which codes and transcripts."""

ANALYSIS_PARAMETERS = SELECTION_PARAMETERS | {
    "unit": (
        "Unit of analysis: sentence, turn, paragraph, exchange, ``window:3`` (turns) or transcript; if not given, the "
        "study's."
    ),
    "coder": (
        "Whose codings are counted; those of several coders are counted separately. ``ana@2026-01`` is what ana had "
        "decided by the end of that month. If not given, the study's coder, or the only one there is."
    ),
    "by": "Attributes to group by: columns of ``cases.csv``, ``case`` or ``transcript``.",
    "level": "What is counted: ``code``, ``family``, ``theme``, or several of them.",
    "universe": "``asked`` counts over transcripts that the coder has marked as done or coded in, ``all`` over all.",
    "as_of": (
        "Only decisions recorded until the end of this date, as ``2026-01``, ``2026-01-31`` or ``2026-01-31T14:30`` "
        "(in UTC), on the texts and with the codebook of now; later updates after edits of texts are followed."
    ),
    "min_count": "Least number of units in which two codes must occur together to be linked.",
    "replicates": "Number of bootstrap replicates from which intervals are computed.",
    "permutations": "Number of random orders of a permutation test.",
    "confidence": "Level of the intervals, as 0.95.",
    "seed": "Seed of the random numbers; the same seed gives the same figures.",
}
"""What is counted."""

NETWORK_PARAMETERS = ANALYSIS_PARAMETERS | {
    "unit": (
        "What two codes must share to be linked: a unit of analysis (sentence, turn, paragraph, exchange, "
        "``window:3``, transcript), ``overlap`` (passages that share text) or ``stanza:3`` (a turn and the two before "
        "it); the study's unit if not given."
    ),
    "measure": (
        "What the weight of an edge is: ``count``, ``jaccard``, ``cosine``, ``lift``, ``npmi``, ``phi`` or "
        "``c_coefficient``. Pairs for which it is 0 or less are not linked."
    ),
    "backbone": "Only edges that stand out among those of a node, by the disparity filter at this level, as 0.05.",
    "significance": "Whether edges carry tests: more or less often together than by chance.",
    "replicates": "Number of resamples of transcripts.",
    "confidence": "Share of the resamples within an interval.",
    "seed": "Seed of the random generator.",
}
"""What is a network."""

SUGGESTION_PARAMETERS = SELECTION_PARAMETERS | {
    "min_score": (
        "Lowest score, from 0 to 1. If not given, each code's own threshold for the trained model, none for other "
        "makers."
    ),
    "max_score": "Highest score, from 0 to 1.",
    "per_sentence": "Only this many codes for each sentence, those with the highest scores.",
    "top": "Only the first of all suggestions, this many.",
    "unread_only": "Only transcripts that the coder has not finished.",
    "order": (
        "``review``: unfinished transcripts first, then the most promising sentences; ``transcript``: as in the text; "
        "``uncertain``: scores nearest to 0.5 first; ``novel``: least similar to anything coded first. If not given, "
        "review, or transcript in a study that is too large to be sorted."
    ),
    "learn_from": "Coder whose decisions the model is trained on, if not ``coder``.",
    "coder": "Who decides: what this coder has decided is left out. If not given, the study's coder.",
    "decided": "Whether suggestions that the coder has coded or rejected are included.",
    "maker": (
        "Who suggests: ``learner`` (the trained model), ``cues``, or installed makers by name. If not given, the "
        "model, or cues while there is not enough coded data."
    ),
    "spacy_model": "Name or path of a spaCy pipeline whose labels are codes, as another maker.",
    "announce": (
        "Called with a sentence on what leaves this machine before a maker gets any text, such as ``print``; makers "
        "that send text are refused without it."
    ),
    "jobs": "Number of processes that search for cues (search terms).",
}
"""What is suggested."""

EVALUATION_PARAMETERS = SELECTION_PARAMETERS | {
    "coder": "Whose codings count as right; if not given, the study's coder, or the only one there is.",
    "top": "Maximum number of rows of each kind.",
}
"""What is evaluated."""

DECISION_PARAMETERS = {
    "coder": "Who decides; if not given, the study's coder.",
    "dry_run": "Whether to report only what would happen; nothing is written.",
    "confirm": (
        "Function that is asked before anything is recorded: it gets what would be, with its ``places``, and returns "
        "whether to record it."
    ),
}
"""Who decides."""


def document_parameters(parameters: Mapping[str, str]) -> Callable[[Method], Method]:
    """Return a decorator that adds these parameters, as far as a method has them, to the method's docstring.

    They are added in the order of the signature, unless the docstring describes them itself.
    """

    def decorate(method: Method) -> Method:
        if method.__doc__ is not None:  # python -OO removes docstrings
            names = [name for name in inspect.signature(method).parameters if name in parameters]
            method.__doc__ = _add_entries(method.__doc__, {name: parameters[name] for name in names})
        return method

    return decorate


def _add_entries(docstring: str, entries: Mapping[str, str]) -> str:
    """Return a NumPy docstring with entries in its section of parameters, which is added if it has none."""
    text = inspect.cleandoc(docstring)
    added = "\n".join(
        f"{name}\n{fill(meaning, _WIDTH, initial_indent='    ', subsequent_indent='    ', break_on_hyphens=False)}"
        for name, meaning in entries.items()
        if not re.search(rf"^{name}$", text, re.MULTILINE)
    )
    # The sections before and after that of the parameters.
    before, heading, after = re.split(r"(?:\n\n(?=Returns\n---|Raises\n---)|$)", text, maxsplit=1)[0], "", ""
    after = text[len(before) :]
    if "\nParameters\n----" not in before:
        heading = "\n\nParameters\n----------"
    return f"{before}{heading}\n{added}{after}" if added else text
