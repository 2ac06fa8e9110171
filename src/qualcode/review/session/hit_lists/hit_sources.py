"""The lists of changed codings and of disagreements, made when a review is opened."""

from __future__ import annotations

from collections.abc import Callable

from qualcode.errors import UnknownNameError, UsageError, format_count, name_command
from qualcode.review.session.edited_codings import propose_places
from qualcode.review.session.hit_lists.hit_walks import walk_hits
from qualcode.review.session.hits import Hit, HitKind, HitList
from qualcode.review.session.review_session import ReviewSession


def open_disagreements(session: ReviewSession) -> None:
    """List the open disagreements of the named coders, and go to the first, or to the first after the cursor.

    Raises
    ------
    UsageError
        If fewer than two coders are named.
    UnknownNameError
        If there is no coder of that name.
    """
    # Not imported above, since it loads scipy: a review of suggestions would wait for it.
    from qualcode.listings.agreement.disagreement_rows import list_disagreements

    coders = session.options.adjudicate
    if len(set(coders)) < 2:
        raise UsageError("name two coders or more whose disagreements are decided")
    for coder in coders:
        if coder not in session.study.coders:
            raise UnknownNameError("coder", coder, session.study.coders)
    rows, _, notes = list_disagreements(
        session.study,
        coder=coders,
        code=session.options.code,
        transcripts=session.options.transcript or None,
        decided=False,
    )
    shows = session.filter.has_code
    rows = [row for row in rows if any(map(shows, row["disputed"].split("; ")))]
    session.disagreements = {row["id"]: row for row in rows}
    hits = tuple(Hit(row["transcript"], row["start"], row["end"], row["id"]) for row in rows)
    session.hits = HitList("disagreement", hits)
    session.tell(f"{format_count(len(hits), 'disagreement')} to decide" if hits else "; ".join(notes))
    walk_hits(session, 1)


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
    session.tell(f"{format_count(len(hits), 'changed coding')} to look at{without_place}")
    walk_hits(session, 1)


LIST_MAKERS: dict[HitKind, Callable[[ReviewSession], None]] = {
    "disagreement": open_disagreements,
    "changed": open_changed,
}
"""What makes a list anew that spans several transcripts."""
