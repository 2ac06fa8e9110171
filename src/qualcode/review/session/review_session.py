"""The state of a review: transcript, cursor, selection, marks, and the list that is walked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from qualcode.anchors import Span, find_anchor_exact, make_anchor
from qualcode.errors import UnknownNameError, format_count
from qualcode.model import Codebook, Coding, Memo, Transcript
from qualcode.project import Project
from qualcode.review.session.edited_codings import propose_places
from qualcode.review.session.hits import Hit, HitList, find_next
from qualcode.review.session.mark_filter import MarkFilter
from qualcode.review.session.review_options import ReviewOptions
from qualcode.review.session.text_spans import TextSpans, find_text_spans
from qualcode.review.session.transcript_marks import (
    CodeStyles,
    SuggestionRow,
    coding_marks,
    marks_at,
    suggestion_marks,
)
from qualcode.review.transcript_view.marks import Mark
from qualcode.study.decision_index import DecisionIndex
from qualcode.study.readings.assignments import read_assignments
from qualcode.study.readings.reading_progress import ReadingProgress, load_progress, save_progress
from qualcode.study.selection import find_transcript, require_coder, select_code_ids
from qualcode.study.study import Study

NUMBER_KEYS = 9


@dataclass(frozen=True, slots=True)
class UnsavedDecision:
    """A decision that the disk has refused, with the mark that shows it and the call that records it."""

    description: str
    record: Callable[[], object]
    marks: tuple[Mark, ...] = ()
    suggestion: str = ""
    """Id of the suggestion that it decides."""
    is_memo: bool = False


@dataclass
class ReviewSession:
    """One coder's review of a study, one transcript at a time."""

    project: Project
    options: ReviewOptions
    coder: str
    transcript: Transcript
    spans: TextSpans
    progress: ReadingProgress
    index: int = 0
    """The current sentence."""
    selection: Span | None = None
    current_mark: str = ""
    """Id of the coding or suggestion that keys act on."""
    suggestions: Sequence[SuggestionRow] = ()
    """All suggestions for the transcript, in the order in which they are walked."""
    filter: MarkFilter = field(default_factory=MarkFilter)
    hits: HitList = field(default_factory=HitList)
    unsaved: list[UnsavedDecision] = field(default_factory=list)
    last_codes: tuple[str, ...] = ()
    recent_codes: list[str] = field(default_factory=list)
    reason: str = ""
    """The note on the next decision of a disagreement."""
    message: str = ""
    """What was just done, or why it was not."""
    is_refused: bool = False
    """Whether the message is that of an error."""
    decided: int = 0
    """Decisions that were recorded since the review was opened."""
    codings: Sequence[Coding] = ()
    """The codings that are shown."""
    open_suggestions: Sequence[SuggestionRow] = ()
    """The suggestions for this transcript that are shown and not decided."""
    marks: Sequence[Mark] = ()
    memos: Sequence[Memo] = ()
    disagreements: dict[str, SuggestionRow] = field(default_factory=dict)
    """The rows of the disagreements that are walked, by id."""
    proposals: dict[str, Coding] = field(default_factory=dict)
    """Codings that an edit has left without a place, at their probable places, by id."""
    _index_shown: DecisionIndex | None = None
    _proposed_for: tuple[str, frozenset[str]] = ("", frozenset())
    """The hash of the text, and the codings without a place, that the proposals are for."""

    @property
    def study(self) -> Study:
        """The study, read again if a file has changed."""
        return self.project.study

    @property
    def book(self) -> Codebook:
        """The codebook."""
        return self.study.codebook_and_problems[0]

    @property
    def is_adjudication(self) -> bool:
        """Whether disagreements are decided."""
        return bool(self.options.adjudicate)

    @cached_property
    def overlaps(self) -> frozenset[str]:
        """The transcripts that this coder and others are assigned, each on their own."""
        rows = read_assignments(self.study.root, ())[0]
        return frozenset(one.transcript for one in rows if one.coder == self.coder and one.is_overlap)

    @property
    def walks_study(self) -> bool:
        """Whether suggestions are walked through all transcripts: in an order that is not that of the text."""
        return self.options.order != "transcript" and not self.options.transcript

    @property
    def is_blind(self) -> bool:
        """Whether other coders' codings are hidden."""
        if self.options.blind is not None or self.is_adjudication:
            return bool(self.options.blind)
        return self.transcript.id in self.overlaps

    @property
    def cursor(self) -> Span:
        """The current sentence; nothing where nobody is a participant."""
        return self.spans.sentences[self.index] if self.spans.sentences else (0, 0)

    @property
    def target(self) -> Span:
        """What is coded: the selection, or else the current sentence."""
        return self.selection or self.cursor

    @property
    def current_coding(self) -> Coding | None:
        """The coding that keys act on."""
        return next((coding for coding in self.codings if coding.id == self.current_mark), None)

    @property
    def current_suggestion(self) -> SuggestionRow | None:
        """The suggestion that keys act on."""
        return next((row for row in self.open_suggestions if row["id"] == self.current_mark), None)

    def tell(self, message: str, *, is_refused: bool = False) -> None:
        """Set the message."""
        self.message, self.is_refused = message, is_refused

    @cached_property
    def number_codes(self) -> tuple[str, ...]:
        """The codes of the number keys: those of the settings, or else the coder's most used ones."""
        if given := self.study.settings.review_codes:
            return tuple(select_code_ids(self.study.codebook, given))
        current = self.book.current_id
        events = self.study.ledger_state_with_codings.apply_events
        counts = Counter(current(event.code) for event in events if event.coder == self.coder)
        in_use = [code.id for code in self.book.codes if not code.retired]
        return tuple(sorted(in_use, key=lambda code: -counts[code])[:NUMBER_KEYS])


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


def reload_marks(session: ReviewSession, *, with_memos: bool = False) -> None:
    """Read the decisions on the transcript, and make its marks from them and the suggestions."""
    decisions = session.study.read_decisions()
    session._index_shown = decisions
    shown = _shown_coders(session)
    found = [coding for coding in decisions.codings_in(session.transcript.id) if shown is None or coding.coder in shown]
    _propose_places(session, found)
    session.codings = [
        coding
        for coding in (session.proposals.get(one.id, one) for one in found)
        if coding.status != "orphaned" and session.filter.has_coding(coding.code, coding.coder)
    ]
    if with_memos:
        session.memos = [memo for memo in session.study.memos if shown is None or memo.coder in shown]
    undecided = [] if session.is_adjudication else _undecided(session, decisions)
    session.open_suggestions = [row for row in undecided if row["transcript"] == session.transcript.id]
    styles = CodeStyles(session.book)
    # What could not be saved is shown first, whatever the filter says.
    session.marks = [
        *(mark for decision in session.unsaved for mark in decision.marks),
        *coding_marks(session.codings, styles, coder=session.coder),
        *suggestion_marks(session.open_suggestions, styles),
    ]
    if session.hits.kind == "suggestion":
        _follow_suggestions(session, undecided)


def _propose_places(session: ReviewSession, codings: Sequence[Coding]) -> None:
    lost = frozenset(coding.id for coding in codings if coding.status == "orphaned")
    if (session.transcript.sha256, lost) != session._proposed_for:
        session.proposals = propose_places(session.study, codings)
        session._proposed_for = (session.transcript.sha256, lost)


def _shown_coders(session: ReviewSession) -> set[str] | None:
    """Return the coders whose codings are shown; None for all."""
    if session.is_adjudication:
        return set(session.options.adjudicate)
    return {session.coder} if session.is_blind else None


def _undecided(session: ReviewSession, decisions: DecisionIndex) -> list[SuggestionRow]:
    """Return the suggestions that are shown and that the coder has not decided on."""
    waiting = {decision.suggestion for decision in session.unsaved}
    coder = session.coder
    return [
        row
        for row in session.suggestions
        if row["id"] not in waiting
        and session.filter.has_suggestion(row["code"], row["score"])
        and not decisions.coding_id((row["transcript"], row["start"], row["end"], row["code"], coder))
        and not decisions.rejection_ids(coder, row["transcript"], row["code"], row["quote"])
    ]


def _follow_suggestions(session: ReviewSession, undecided: Sequence[SuggestionRow]) -> None:
    """Make the list of suggestions anew, and stay at the current one, or where it was in the list."""
    hits = tuple(Hit(row["transcript"], row["start"], row["end"], row["id"]) for row in undecided)
    ids = {hit.id: place for place, hit in enumerate(hits)}
    before = session.hits.current
    # Where the current one is decided, the one that has taken its place comes next.
    place = ids.get(before.id, session.hits.place - 1) if before else -1
    session.hits = HitList("suggestion", hits, min(place, len(hits) - 1))


def move_to(session: ReviewSession, index: int) -> None:
    """Move the cursor to a sentence, mark the one before as read, and take up the first mark there."""
    if not session.spans.sentences:
        return
    note_as_read(session)
    session.index = max(0, min(index, len(session.spans.sentences) - 1))
    session.selection = None
    select_mark(session)


def note_as_read(session: ReviewSession) -> None:
    """Count the current sentence as read."""
    if session.spans.sentences:
        session.progress.read.add(session.cursor[0])
        session.progress.position = session.cursor[0]


def note_span_as_read(session: ReviewSession, span: Span) -> None:
    """Count the sentences of a span that was on the screen for a while as read."""
    starts = (sentence[0] for sentence in session.spans.sentences if span[0] <= sentence[0] and sentence[1] <= span[1])
    session.progress.read.update(starts)


def store_progress(session: ReviewSession) -> None:
    """Store what was read, so that the next review begins here."""
    note_as_read(session)
    save_progress(session.study, session.transcript, session.progress, coder=session.coder)


def select_mark(session: ReviewSession, mark_id: str = "") -> None:
    """Make a mark the current one: the one named, or the first at the cursor, suggestions first."""
    here = marks_at(session.marks, *session.cursor)
    own = {coding.id for coding in session.codings if coding.coder == session.coder}
    order = [mark.id for mark in here if mark.kind == "suggestion"]
    order += [mark.id for mark in here if mark.id in own] + [mark.id for mark in here]
    session.current_mark = mark_id or next(iter(order), "")
    # In another order than that of the text the list goes on where it was.
    if session.hits.kind == "suggestion" and session.options.order == "transcript":
        place = next((place for place, hit in enumerate(session.hits.hits) if hit.id == session.current_mark), None)
        if place is not None:
            session.hits = replace(session.hits, place=place)


def next_mark(session: ReviewSession) -> None:
    """Make the next mark at the cursor the current one, after the last one the first."""
    ids = [mark.id for mark in marks_at(session.marks, *session.cursor)]
    if ids:
        place = ids.index(session.current_mark) + 1 if session.current_mark in ids else 0
        select_mark(session, ids[place % len(ids)])
    else:
        session.tell("no coding or suggestion here")


def walk_hits(session: ReviewSession, step: int) -> bool:
    """Go to the next (``step`` 1) or previous (-1) hit of the list; return whether there is one."""
    is_ordered = session.hits.kind == "suggestion" and session.options.order != "transcript"
    if is_ordered and session.hits.current is None:
        place = 0 if session.hits.hits and step > 0 else None
    else:
        hits = _hits_from_cursor(session)
        place = find_next(hits, step, transcript=session.transcript.id, offset=session.cursor[0])
        # The list does not begin again behind the cursor.
        is_behind = place is not None and hits is not session.hits and hits.hits[place].start < session.cursor[0]
        place = None if step > 0 and is_behind else place
    if place is None:
        return False
    session.hits = replace(session.hits, place=place)
    go_to_hit(session)
    return True


def _hits_from_cursor(session: ReviewSession) -> HitList:
    """Return the list without its place, if it is in the order of the text and the cursor has left its current hit."""
    current = session.hits.current
    in_text_order = session.hits.kind == "found" or (
        session.hits.kind == "suggestion" and session.options.order == "transcript"
    )
    is_left = current is not None and session.spans.sentence_at(current.start) != session.index
    return replace(session.hits, place=-1) if in_text_order and is_left else session.hits


def go_to_hit(session: ReviewSession) -> None:
    """Go to the hit at the place in the list, in its transcript."""
    hit = session.hits.current
    if hit is None:
        return
    hits = session.hits
    if hit.transcript != session.transcript.id:
        store_progress(session)
        open_transcript(session, hit.transcript)
        session.hits = hits
    move_to(session, session.spans.sentence_at(hit.start))
    select_mark(session, hit.id)
    if hits.kind != "suggestion" and (hit.start, hit.end) != session.cursor:
        session.selection = (hit.start, hit.end)


def walk_codings(session: ReviewSession, step: int) -> None:
    """Go to the next or previous coding in the text."""
    current = session.current_coding
    start = (current.start, current.end, current.id) if current else (session.cursor[step > 0], 0, "")
    keys = sorted((coding.start, coding.end, coding.id) for coding in session.codings)
    found = [key for key in keys if (key > start if step > 0 else key < start)]
    if not found:
        session.tell("no further coding" if step > 0 else "no earlier coding")
        return
    offset, _, name = found[0 if step > 0 else -1]
    move_to(session, session.spans.sentence_at(offset))
    select_mark(session, name)


def next_unread(session: ReviewSession) -> None:
    """Go to the next sentence that was not read, or to the first one of all."""
    note_as_read(session)
    unread = [place for place, span in enumerate(session.spans.sentences) if span[0] not in session.progress.read]
    if not unread:
        session.tell("all sentences are read")
        return
    move_to(session, next((place for place in unread if place > session.index), unread[0]))


def set_suggestions(session: ReviewSession, rows: Iterable[SuggestionRow]) -> str:
    """Take new suggestions for the transcript, and return what has changed, in words; empty if nothing has."""
    before = {row["id"] for row in session.suggestions}
    # Of several makers' suggestions for one code and span the first counts.
    session.suggestions = list({(row["start"], row["end"], row["code"]): row for row in reversed([*rows])}.values())[
        ::-1
    ]
    reload_marks(session)
    if not session.current_mark:
        select_mark(session)
    new = [hit for hit in session.hits.hits if session.hits.kind == "suggestion" and hit.id not in before]
    if not new:
        return ""
    kind = "new suggestion" if before else "suggestion"
    return f"{format_count(len(new), kind)}{'' if session.walks_study else f' in {session.transcript.id}'}"


def refresh(session: ReviewSession) -> bool:
    """Read again what others have changed on disk; return whether anything on the screen has changed."""
    _ = session.project.codebook  # makes the project look at its files
    present = session.study.transcripts.get(session.transcript.id)
    if present is None:
        session.tell(
            f"{session.transcript.id} is not in transcripts/ any more: nothing can be coded in it", is_refused=True
        )
        return True
    if present.sha256 != session.transcript.sha256:
        _follow_edit(session, present)
        return True
    if session.study.read_decisions() is session._index_shown:
        return False
    reload_marks(session, with_memos=True)
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
    session.tell(f"{present.id} was edited: its codings were followed into the new text (see qualcode update)")
