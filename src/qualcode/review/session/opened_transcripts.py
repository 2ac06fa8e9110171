"""The transcript that a review has open: the first one, another one, and its text after an edit."""

from __future__ import annotations

from qualcode.anchors import find_anchor_exact, make_anchor
from qualcode.errors import QualcodeError, UnknownNameError, format_count, name_command
from qualcode.files import file_signature
from qualcode.model import Transcript
from qualcode.project import Project
from qualcode.review.session.cursor_moves import select_mark
from qualcode.review.session.hits import HitList
from qualcode.review.session.review_options import ReviewOptions
from qualcode.review.session.review_session import ReviewSession
from qualcode.review.session.shown_marks import reload_marks
from qualcode.review.session.words.text_spans import find_text_spans
from qualcode.study.readings.assignments import ASSIGNMENTS_FILE, find_shared_transcripts, read_assignments
from qualcode.study.readings.reading_progress import ReadingProgress, load_progress
from qualcode.study.selection import find_transcript, require_coder, select_code_ids
from qualcode.study.study import Study


def start_session(project: Project, options: ReviewOptions) -> ReviewSession:
    """Return a session at the transcript that was asked for, or at the coder's first unfinished one.

    Raises
    ------
    QualcodeError
        If there is no such coder, transcript or code, or settings or codebook have problems.
    """
    # Through the project, which notes the state of the files before they are read, so that later edits are noticed;
    # and first, because with problems in the codebook nothing could be recorded.
    _ = project.codebook
    study = project.study
    coder = require_coder(study, options.coder, verb="review")
    select_code_ids(study.codebook, options.code)
    transcript = find_transcript(study, options.transcript) if options.transcript else _first_unfinished(study, coder)
    spans = find_text_spans(transcript, study.sentence_rules)
    session = ReviewSession(project, options, coder, transcript, spans, ReadingProgress())
    open_transcript(session, transcript.id)
    _ = session.number_codes  # those of the settings may not exist
    return session


def assigned_transcripts(study: Study, coder: str) -> list[str]:
    """Return the ids of the transcripts that a coder is assigned, or of all if there are no assignments."""
    rows = read_assignments(study.root, ())[0]
    own = [one.transcript for one in rows if one.coder == coder]
    return own or list(study.transcripts)


def _first_unfinished(study: Study, coder: str) -> Transcript:
    decisions = study.read_decisions()
    own = [one.transcript for one in read_assignments(study.root, ())[0] if one.coder == coder]
    # Without reading all of them; a table has several transcripts, none of which has its name.
    for name in (*own, *study.sources_and_problems[0]):
        transcript = None if decisions.done_events(coder, name) else study.transcripts.get(name)
        if transcript is not None:
            return transcript
    ids = list(study.transcripts)
    found = next((name for name in ids if not decisions.done_events(coder, name)), ids[0] if ids else None)
    if found is None:
        raise UnknownNameError("transcript", "", ids)
    return study.transcripts[found]


def open_transcript(session: ReviewSession, transcript_id: str) -> None:
    """Open a transcript where its coder has stopped reading it.

    Raises
    ------
    UnknownNameError
        If there is no such transcript.
    """
    transcript = find_transcript(session.study, transcript_id)
    _read_shared(session)
    session.transcript = transcript
    session.spans = find_text_spans(transcript, session.study.sentence_rules)
    session.progress = load_progress(session.study, transcript, coder=session.coder)
    session.index = session.spans.sentence_at(session.progress.position)
    session.selection = None
    if not session.walks_study:
        session.suggestions = ()
    if session.hits.kind == "found" or (session.hits.kind == "suggestion" and not session.walks_study):
        session.hits = HitList()
    reload_marks(session, with_memos=True)
    select_mark(session)


def refresh(session: ReviewSession) -> bool:
    """Read again what others have changed on disk; return whether anything on the screen has changed."""
    _ = session.project.codebook  # makes the project look at its files
    present = session.study.transcripts.get(session.transcript.id)
    if present is None:
        session.report(
            f"{session.transcript.id} is not in transcripts/ any more: nothing can be coded in it", is_refused=True
        )
        return True
    if present.sha256 != session.transcript.sha256:
        _follow_edit(session, present)
        return True
    was_blind = session.is_blind
    _read_shared(session)
    if session.is_blind != was_blind:
        session.report(f"what others have coded is {'shown' if was_blind else 'hidden'} now (see {ASSIGNMENTS_FILE})")
    elif session.study.read_decisions() is session._index_shown:
        return False
    reload_marks(session, with_memos=True)
    # Only here: the memos were just read, and after each own decision all ledgers would be read for this number.
    session.unreadable_lines = len(session.study.ledger_problems)
    return True


def _read_shared(session: ReviewSession) -> None:
    """Read which transcripts others code too, if the table has changed; its problems are reported."""
    if session.options.blind is not None or session.is_adjudication:
        return  # the table does not count
    root = session.study.root
    signature = file_signature(root / ASSIGNMENTS_FILE)
    if signature == session._assignments_read:
        return
    session._assignments_read = signature
    try:
        assignments, problems = read_assignments(root, ())
    except QualcodeError as error:
        session.shared = None
        session.warn(str(error))
        return
    errors = [str(problem) for problem in problems if problem.level == "error"]
    # Without any row that can be read, nobody knows what is shared: rather hidden than shown.
    session.shared = find_shared_transcripts(assignments, session.coder) if assignments or not errors else None
    if errors:
        more = f" (and {len(errors) - 1} more, see {name_command('check')})" if len(errors) > 1 else ""
        session.warn(f"{errors[0]}{more}")


def refresh_and_report(session: ReviewSession) -> bool:
    """Read again what others have changed, and report once lines of the ledgers that cannot be read."""
    has_changed = refresh(session)
    before, session.reported_lines = session.reported_lines, session.unreadable_lines
    if session.unreadable_lines in {0, before}:
        return has_changed
    lines = format_count(session.unreadable_lines, "line")
    session.report(f"{lines} of the ledgers cannot be read: see {name_command('check')}", is_refused=True)
    return True


def _follow_edit(session: ReviewSession, present: Transcript) -> None:
    """Show the edited text, with the cursor at the same words."""
    anchor = make_anchor(session.transcript.text, *session.cursor)
    start, _, status = find_anchor_exact(present.text, anchor)
    offset = start if status != "orphaned" else session.cursor[0]
    hits, rows = session.hits, session.suggestions
    open_transcript(session, present.id)
    session.index = session.spans.sentence_at(offset)
    session.suggestions = [
        row
        for row in rows
        if row["transcript"] != present.id or present.text[row["start"] : row["end"]] == row["quote"]
    ]
    session.hits = HitList(hits.kind, () if hits.kind == "found" else hits.hits, hits.place)
    reload_marks(session)
    select_mark(session)
    session.report(
        f"{present.id} was edited: its codings were followed into the new text (see {name_command('update')})"
    )
