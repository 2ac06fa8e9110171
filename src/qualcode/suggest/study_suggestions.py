"""The verb ``suggest``: what makers propose, without what is decided, picked and in order, with reasons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qualcode.errors import UsageError, format_names
from qualcode.study.selection import select_code_ids, select_transcript_ids, to_name_tuple
from qualcode.study.study import Study
from qualcode.suggest.cue_suggestions import search_cues
from qualcode.suggest.maker_runs import MakerResult, run_requested_makers
from qualcode.suggest.shown_suggestions import save_shown_suggestions
from qualcode.suggest.suggestion_filters import make_undecided_filter
from qualcode.suggest.suggestion_order import find_unfinished_transcripts, select_suggestions, sort_suggestions
from qualcode.suggest.suggestion_request import BUILTIN_MAKERS, LEARNER, ORDERS, SuggestionOptions, SuggestionRequest

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions


def list_suggestions(study: Study, wanted: SuggestionOptions) -> tuple[Suggestions, list[str]]:
    """Return the suggestions that are wanted, and sentences on them."""
    asked = _make_request(study, wanted)
    made = run_requested_makers(study, wanted, asked)
    who = wanted.get("coder") or study.settings.coder
    left = made.table if wanted.get("decided") or not who else make_undecided_filter(study, coder=who)(made.table)
    decided = len(made.table) - len(left)
    left = select_suggestions(study, left, wanted, coder=who)
    likeness = made.ranked_list.similarities if made.ranked_list and set(left.maker) <= {LEARNER} else None
    left = sort_suggestions(study, left, wanted.get("order") or "review", coder=who, similarities=likeness)
    left = _add_reasons(made, left)
    if made.ranked_list is not None:
        save_shown_suggestions(study, left)
    first = f"{len(left):,} suggestions by {' and '.join(made.makers)}, codebook {study.codebook.version}"
    more = f"; {decided:,} more are decided by {who} already" if decided and not wanted.get("unread_only") else ""
    if (
        wanted.get("unread_only")
        and not len(left)
        and not find_unfinished_transcripts(study, asked.transcripts, coder=who)
    ):
        more += f"; {who} has finished all transcripts"
    return left, [first + more, *made.notes, *asked.cue_report.slow_cue_notes()]


def stream_study_suggestions(
    study: Study, wanted: SuggestionOptions, *, jobs: int, notes: list[str]
) -> Iterator[Suggestions]:
    """Yield what `list_suggestions` returns in parts, and add the sentences on them when all have been taken."""
    if (
        study.is_large
        and not wanted.get("spacy_model")
        and set(to_name_tuple(wanted.get("maker"))) <= set(BUILTIN_MAKERS)
    ):
        from qualcode.suggest.large_studies import stream_large_study

        yield from stream_large_study(study, wanted, _make_request(study, wanted), jobs=jobs, notes=notes)
        return
    if jobs > 1:
        search_cues(study, jobs=jobs)
    found, sentences = list_suggestions(study, wanted)
    notes += sentences
    yield found


def _make_request(study: Study, wanted: SuggestionOptions) -> SuggestionRequest:
    least, order, top = wanted.get("min_score"), wanted.get("order") or "review", wanted.get("top") or 0
    if least is not None and not 0 <= least <= 1:
        raise UsageError("min_score: a score is a number from 0 to 1")
    if order not in ORDERS:
        raise UsageError(f"order: '{order}' is none of {format_names(ORDERS)}")
    if top < 0:
        raise UsageError("top: how many suggestions a segment may have, from 1 on")
    named = wanted.get("learn_from")
    who = resolve_learn_from(study, named) if named else wanted.get("coder") or study.settings.coder
    codes = frozenset(study.codebook.expand_codes(select_code_ids(study.codebook, wanted.get("code"))))
    everything = study.is_large and not wanted.get("transcripts")  # of a large study not all ids are held
    return SuggestionRequest(
        codes, [] if everything else select_transcript_ids(study, wanted.get("transcripts")), who, least
    )


def resolve_learn_from(study: Study, named: str | None) -> str:
    """Return whose decisions are learnt from: those of the coder who is named, else of the study's."""
    if named and named not in study.coders:
        raise UsageError(f"learn_from: there is no coder '{named}'; there are {format_names(study.coders) or 'none'}")
    return named or study.settings.coder


def _add_reasons(made: MakerResult, found: Suggestions) -> Suggestions:
    """Give suggestions of the learner their reasons, in their places among others."""
    if made.ranked_list is None:
        return found
    learnt = [row for row, maker in enumerate(found.maker) if maker == LEARNER]
    explained = made.ranked_list.add_reasons(found.take(learnt))
    for row, why in zip(learnt, explained.why, strict=True):
        found.why[row] = why
    return found
