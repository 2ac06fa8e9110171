"""What a review is opened with."""

from __future__ import annotations

from dataclasses import dataclass

from qualcode.study.selection import Names
from qualcode.suggest.suggestion_request import Order


@dataclass(frozen=True, slots=True)
class ReviewOptions:
    """The options of a review, as on the command line."""

    transcript: str = ""
    """Where it begins; if empty, in the first transcript that the coder has not marked as done."""
    coder: str | None = None
    order: Order = "transcript"
    """The order of the suggestions, as for `Project.suggest`."""
    code: Names | None = None
    """Only suggestions and disagreements for these codes, families or themes."""
    min_score: float | None = None
    learn_from: str | None = None
    """On whose decisions suggestions are trained; if not given, the coder's own."""
    blind: bool | None = None
    """Whether other coders' codings are hidden; if None, where an assignment asks for an overlap."""
    adjudicate: tuple[str, ...] = ()
    """The coders whose disagreements are decided; empty for a review of suggestions."""
    changed: bool = False
    """Whether only codings are walked whose text has changed."""
    theme: str = ""
    """``light`` or ``dark``; the default of the terminal if empty."""
