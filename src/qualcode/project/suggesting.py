"""The verb ``suggest``: what makers propose, without what is decided, picked and in order, with reasons."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from qualcode.errors import UsageError, listed
from qualcode.project.choice import WantedSuggestions, chosen_codes, chosen_transcripts, names
from qualcode.project.making import LEARNER, OWN, Asked, Made, keep_shown, suggested
from qualcode.project.picking import ORDERS, open_transcripts, ordered, picked
from qualcode.project.proposing import pending, search_cues
from qualcode.project.study import Study

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions


def proposed(study: Study, wanted: WantedSuggestions) -> tuple[Suggestions, list[str]]:
    """Return the suggestions that are wanted, and sentences on them."""
    asked = _asked(study, wanted)
    made = suggested(study, wanted, asked)
    who = wanted.get("coder") or study.settings.coder
    left = made.table if wanted.get("decided") or not who else pending(study, coder=who)(made.table)
    decided = len(made.table) - len(left)
    left = picked(study, left, wanted, coder=who)
    likeness = made.ranked.likeness if made.ranked and set(left.maker) <= {LEARNER} else None
    left = ordered(study, left, wanted.get("order") or "review", coder=who, likeness=likeness)
    left = _explained(made, left)
    if made.ranked is not None:
        keep_shown(study, left)
    first = f"{len(left):,} suggestions by {' and '.join(made.makers)}, codebook {study.book.version}"
    more = f"; {decided:,} more are decided by {who} already" if decided and not wanted.get("unread_only") else ""
    if wanted.get("unread_only") and not len(left) and not open_transcripts(study, asked.transcripts, coder=who):
        more += f"; {who} has finished all transcripts"
    return left, [first + more, *made.said, *asked.heard.slow()]


def stream_proposed(study: Study, wanted: WantedSuggestions, *, jobs: int, said: list[str]) -> Iterator[Suggestions]:
    """Yield what `proposed` returns in parts, and add the sentences on them when all have been taken."""
    if study.is_large and not wanted.get("spacy_model") and set(names(wanted.get("maker"))) <= set(OWN):
        from qualcode.project.streaming import streamed

        yield from streamed(study, wanted, _asked(study, wanted), jobs=jobs, said=said)
        return
    if jobs > 1:
        search_cues(study, jobs=jobs)
    found, sentences = proposed(study, wanted)
    said += sentences
    yield found


def _asked(study: Study, wanted: WantedSuggestions) -> Asked:
    least, order, top = wanted.get("min_score"), wanted.get("order") or "review", wanted.get("top") or 0
    if least is not None and not 0 <= least <= 1:
        raise UsageError("min_score: a score is a number from 0 to 1")
    if order not in ORDERS:
        raise UsageError(f"order: '{order}' is none of {listed(ORDERS)}")
    if top < 0:
        raise UsageError("top: how many suggestions a segment may have, from 1 on")
    named = wanted.get("learn_from")
    who = learning_from(study, named) if named else wanted.get("coder") or study.settings.coder
    codes = frozenset(study.book.opened(chosen_codes(study.book, wanted.get("code"))))
    everything = study.is_large and not wanted.get("transcripts")  # of a large study not all ids are held
    return Asked(codes, [] if everything else chosen_transcripts(study, wanted.get("transcripts")), who, least)


def learning_from(study: Study, named: str | None) -> str:
    """Return whose decisions are learnt from: those of the coder who is named, else of the study's."""
    if named and named not in study.coders:
        raise UsageError(f"learn_from: there is no coder '{named}'; there are {listed(study.coders) or 'none'}")
    return named or study.settings.coder


def _explained(made: Made, found: Suggestions) -> Suggestions:
    """Give suggestions of the learner their reasons, in their places among others."""
    if made.ranked is None:
        return found
    learnt = [row for row, maker in enumerate(found.maker) if maker == LEARNER]
    explained = made.ranked.explained(found.take(learnt))
    for row, why in zip(learnt, explained.why, strict=True):
        found.why[row] = why
    return found
