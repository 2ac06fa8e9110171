"""The lists of changed codings and of disagreements, made when a review is opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from qualcode.errors import OperationError, UnknownNameError, UsageError, format_count, name_command
from qualcode.review.session.edited_codings import propose_places
from qualcode.review.session.hit_lists.hit_walks import go_to_hit, walk_hits
from qualcode.review.session.hits import Hit, HitKind, HitList
from qualcode.review.session.review_session import ReviewSession
from qualcode.review.session.transcript_marks import SuggestionRow


def open_disagreements(session: ReviewSession) -> None:
    """List the open disagreements of the named coders, and go to the first, or to the first after the cursor.

    Raises
    ------
    UsageError
        If fewer than two coders are named.
    UnknownNameError
        If there is no coder of that name.
    """
    coders = session.options.adjudicate
    if len(set(coders)) < 2:
        raise UsageError("name two coders or more whose disagreements are decided")
    for coder in coders:
        if coder not in session.study.coders:
            raise UnknownNameError("coder", coder, session.study.coders)
    rows, notes = _list_open(session, session.options.transcript)
    shows = session.filter.has_code
    rows = [row for row in rows if any(map(shows, row["disputed"].split("; ")))]
    session.disagreements = {row["id"]: row for row in rows}
    hits = tuple(Hit(row["transcript"], row["start"], row["end"], row["id"]) for row in rows)
    session.hits = HitList("disagreement", hits)
    session.report(f"{format_count(len(hits), 'disagreement')} to decide" if hits else "; ".join(notes))
    walk_hits(session, 1)


def _list_open(session: ReviewSession, transcript: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the open disagreements of the named coders, in one transcript or in all, and notes."""
    # Not imported above, since it loads scipy: a review of suggestions would wait for it.
    from qualcode.listings.agreement.disagreement_rows import list_disagreements

    coders, code = session.options.adjudicate, session.options.code
    rows, _, notes = list_disagreements(
        session.study, coder=coders, code=code, transcripts=transcript or None, decided=False
    )
    return rows, notes


def check_disagreement(session: ReviewSession, shown: SuggestionRow) -> None:
    """Check that a passage is still disputed as it was shown.

    Raises
    ------
    OperationError
        If a coder has coded it otherwise, or it was decided.
    """
    _ = session.project.codebook  # makes the project look at its files
    rows, _ = _list_open(session, shown["transcript"])
    now = next((row for row in rows if row["id"] == shown["id"]), None)
    if now is None:
        raise OperationError("this passage is no open disagreement any more: nothing was decided")
    if now != shown:
        raise OperationError("the readings of this passage have changed: nothing was decided; decide again")


def list_disagreements_again(session: ReviewSession) -> None:
    """List the disagreements as they are now, at the passage that is current; the message stays."""
    before, message, is_refused = session.hits.current, session.message, session.is_refused
    open_disagreements(session)
    names = [hit.id for hit in session.hits.hits]
    if before is not None and before.id in names:
        session.hits = replace(session.hits, place=names.index(before.id))
        go_to_hit(session)
    session.report(message, is_refused=is_refused)


def open_changed(session: ReviewSession) -> None:
    """List the coder's codings whose text has changed, and go to the first."""
    wanted = session.options.transcript
    study = session.study
    own = [one for one in study.codings if one.coder == session.coder and wanted in {"", one.transcript}]
    proposals = propose_places(study, own)
    changed = [one for one in (proposals.get(one.id, one) for one in own) if one.status == "changed"]
    lost = len([one for one in own if one.status == "orphaned"]) - len(proposals)
    hits = tuple(Hit(one.transcript, one.start, one.end, one.id) for one in changed)
    session.hits = HitList("changed", hits)
    without_place = f"; {format_count(lost, 'coding')} without a place (see {name_command('update')})" if lost else ""
    session.report(f"{format_count(len(hits), 'changed coding')} to look at{without_place}")
    walk_hits(session, 1)


LIST_MAKERS: dict[HitKind, Callable[[ReviewSession], None]] = {
    "disagreement": open_disagreements,
    "changed": open_changed,
}
"""What makes a list anew that spans several transcripts."""
