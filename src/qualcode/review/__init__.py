"""The full-screen review of transcripts in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qualcode.review.session.review_options import ReviewOptions

if TYPE_CHECKING:
    from qualcode.project import Project

__all__ = ["ReviewOptions", "open_review"]


def open_review(project: Project, options: ReviewOptions) -> None:
    """Open the review of a study in the terminal, and return when it is left.

    Raises
    ------
    QualcodeError
        If there is no such transcript, coder or code, or settings or codebook have problems.
    """
    from qualcode.review.review_app import ReviewApp
    from qualcode.review.session.hit_lists.hit_sources import LIST_MAKERS
    from qualcode.review.session.opened_transcripts import start_session

    session = start_session(project, options)
    if session.is_adjudication or options.changed:
        LIST_MAKERS["disagreement" if session.is_adjudication else "changed"](session)
    ReviewApp(session).run()
