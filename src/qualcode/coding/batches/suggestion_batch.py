"""Suggestions that are accepted or rejected together: those with some ids, or those that a selection shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from qualcode.coding.batches.batch_records import name_batch
from qualcode.coding.decided_places import DecidedPlace, place_of_event
from qualcode.coding.decision_events import suggestion_events
from qualcode.errors import UsageError, format_names, name_option
from qualcode.ledger import Event
from qualcode.study.selection import Names, to_name_tuple
from qualcode.study.study import Study
from qualcode.suggest.shown_suggestions import load_known_suggestions
from qualcode.suggest.study_suggestions import stream_study_suggestions
from qualcode.suggest.suggestion_request import LEARNER, NOT_USABLE, SuggestionOptions
from qualcode.suggest.suggestion_table import Suggestions

Verb = Literal["accept", "reject"]


@dataclass(frozen=True, slots=True)
class SuggestionBatch:
    """The events that decide on suggestions, with their places and notes."""

    events: Sequence[Event]
    places: Sequence[DecidedPlace]
    notes: Sequence[str]


def decide_on_suggestions(
    study: Study, ids: Names | None, options: SuggestionOptions, *, coder: str, verb: Verb
) -> SuggestionBatch:
    """Return the decisions of a coder on suggestions with these ids, or else on those that the options select.

    Raises
    ------
    UsageError
        If there are both ids and a selection, or neither.
    UnknownSuggestionError
        If no suggestion has one of the ids.
    """
    names, has_selection = to_name_tuple(ids), _is_selection(options)
    if (ids is not None) == has_selection:
        raise UsageError(_describe_choice(verb, is_both=has_selection))
    notes: list[str] = []
    if ids is not None:
        suggestions, name = load_known_suggestions(study, names, coder=coder), ""
    else:
        name = _name_selection(verb, options)
        chosen = replace(options, coder=coder, decided=False)
        suggestions = Suggestions.concat(stream_study_suggestions(study, chosen, jobs=1, notes=notes))
        names = tuple(suggestions.id)
        notes += _verdict_notes(suggestions) if verb == "accept" else []
    events, more = suggestion_events(study, suggestions, names, coder=coder, verb=verb, source=name)
    return SuggestionBatch(events, [place_of_event(study, event) for event in events], [*notes, *more])


def _is_selection(options: SuggestionOptions) -> bool:
    """Return whether the options select suggestions, beside whose they are."""
    return replace(options, coder=None, announce=None) != SuggestionOptions()


def _describe_choice(verb: Verb, *, is_both: bool) -> str:
    options = format_names([name_option(name) for name in ("code", "min_score", "transcripts")])
    if is_both:
        return f"{verb}: give ids, or select suggestions with {options} ..., not both"
    return f"{verb}: name suggestions by their ids, or select them with {options} ..."


def _name_selection(verb: Verb, options: SuggestionOptions) -> str:
    return name_batch(
        verb,
        transcripts=to_name_tuple(options.transcripts),
        code=to_name_tuple(options.code),
        min_score=options.min_score,
        max_score=options.max_score,
        per_sentence=options.per_sentence,
        top=options.top,
        unread_only=options.unread_only,
        maker=to_name_tuple(options.maker),
        spacy_model=options.spacy_model,
        learn_from=options.learn_from,
    )


def _verdict_notes(suggestions: Suggestions) -> Iterator[str]:
    """Yield a warning on codes that the trained model does not suggest well enough."""
    cells = zip(suggestions.code, suggestions.maker, suggestions.verdict, strict=True)
    doubtful = sorted({code for code, maker, verdict in cells if maker == LEARNER and verdict == NOT_USABLE})
    if doubtful:
        yield (
            f"the trained model does not suggest these codes well enough (verdict '{NOT_USABLE}'): look at each of "
            f"their suggestions: {format_names(doubtful)}"
        )
