"""The state of a review: transcript, cursor, selection, marks, and the list that is walked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from qualcode.anchors import Span
from qualcode.errors import name_command
from qualcode.files import NO_FILE, FileSignature
from qualcode.model import Codebook, Coding, Memo, Transcript
from qualcode.project import Project
from qualcode.review.session.hits import Hit, HitList
from qualcode.review.session.mark_filter import MarkFilter
from qualcode.review.session.review_options import ReviewOptions
from qualcode.review.session.transcript_marks import SuggestionRow
from qualcode.review.session.words.text_spans import TextSpans
from qualcode.review.transcript_view.marks import Mark
from qualcode.study.decision_index import DecisionIndex
from qualcode.study.readings.assignments import fold_name
from qualcode.study.readings.reading_progress import ReadingProgress
from qualcode.study.selection import select_code_ids
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


@dataclass(frozen=True, slots=True)
class ReviewPlace:
    """What the keys act on at a moment: the text, the sentence, the selection, and a coding or suggestion."""

    transcript: Transcript
    index: int
    selection: Span | None
    mark: str


@dataclass
class ReviewSession:
    """One coder's review of a study, one transcript at a time."""

    project: Project
    options: ReviewOptions
    coder: str
    transcript: Transcript
    spans: TextSpans
    progress: ReadingProgress
    unreadable_lines: int = 0
    """Lines of the ledgers that could not be read when others had changed them."""
    reported_lines: int = 0
    """How many of these the user knows of."""
    index: int = 0
    """The current sentence."""
    selection: Span | None = None
    end_shown: tuple[int, bool] = (-1, True)
    """Where the current sentence starts, and whether its end was on the screen."""
    current_mark: str = ""
    """Id of the coding or suggestion that keys act on."""
    suggestions: Sequence[SuggestionRow] = ()
    """All suggestions for the transcript, in the order in which they are walked."""
    drawn_suggestions: dict[str, tuple[Hit, Mark]] = field(default_factory=dict)
    """The place in a list and the mark of each suggestion, by its id: made once, as there may be thousands."""
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
    shared: frozenset[str] | None = frozenset()
    """The transcripts that this coder and others are assigned, by `fold_name`; None if the table cannot be read."""
    _assignments_read: FileSignature = NO_FILE
    """The table of assignments from which these are."""
    _warning: str = ""
    """What the next message says as well."""
    _progress_stored: tuple[str, str, int, int] = ("", "", 0, 0)
    """The transcript with its hash, the position and the number of sentences read that were stored last."""
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

    @property
    def walks_study(self) -> bool:
        """Whether suggestions are walked through all transcripts: in an order that is not that of the text."""
        return self.options.order != "transcript" and not self.options.transcript

    @property
    def is_blind(self) -> bool:
        """Whether other coders' codings are hidden."""
        if self.options.blind is not None or self.is_adjudication:
            return bool(self.options.blind)
        return self.shared is None or fold_name(self.transcript.id) in self.shared

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

    @property
    def place(self) -> ReviewPlace:
        """What the keys act on now."""
        return ReviewPlace(self.transcript, self.index, self.selection, self.current_mark)

    def return_to(self, place: ReviewPlace) -> bool:
        """Let the keys act on what they acted on before, and return whether it is still there."""
        if place.transcript is not self.transcript:
            return False
        present = {mark.id for mark in self.marks} | {hit.id for hit in self.hits.hits}
        if place.mark and place.mark not in present:
            return False
        self.index, self.selection, self.current_mark = place.index, place.selection, place.mark
        return True

    @property
    def lacks_participants(self) -> str:
        """Why nothing can be selected by keys: nobody is a participant; empty if somebody is, or words are selected."""
        if self.spans.sentences or self.selection:
            return ""
        return f"nobody is a participant here: see {name_command('transcripts speakers')}"

    def report(self, message: str, *, is_refused: bool = False) -> None:
        """Set the message."""
        if message and self._warning:
            message, self._warning = f"{message}; {self._warning}", ""
        self.message, self.is_refused = message, is_refused

    def warn(self, message: str) -> None:
        """Set the message to one that is not lost when a transcript opens: the next message says it as well."""
        self.message, self.is_refused, self._warning = message, True, message

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
