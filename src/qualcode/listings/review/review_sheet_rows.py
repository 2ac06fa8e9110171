"""The table in which a research lead decides on codings and suggestions: one row for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from qualcode.coding.corrections.correction import SUGGESTION_PREFIX
from qualcode.coding.corrections.review_rows import DecidedState, EarlierDecisions, review_check
from qualcode.errors import OperationError, UsageError, check_positive, format_count, name_command, name_option
from qualcode.listings.coding_rows import coded_cases, make_coding_row, select_codings
from qualcode.model import Coding, Memo
from qualcode.study.coder_state import resolve_coder
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.selection import Names, select_case_ids, select_counted_coders
from qualcode.study.study import Study
from qualcode.suggest.study_suggestions import list_suggestions
from qualcode.suggest.suggestion_request import SuggestionOptions
from qualcode.suggest.suggestion_table import Suggestions
from qualcode.transcripts import cases_at

REVIEW_TITLES = (
    "Case",
    "Transcript",
    "Turn",
    "Speaker",
    "Time",
    "Quote",
    "Code",
    "Code name",
    "Decision",
    "New code",
    "Comment",
    "Coder",
    "Memo",
    "Kind",
    "Score",
    "Why",
    "Maker",
    "Decided before",
    "Status",
    "Id",
    "Check",
)
"""Titles of the columns, which are also the keys of the rows; Decision, New code and Comment are empty."""

MOST_ROWS = 1_048_575
"""Excel's limit for the rows of a sheet, without the header."""


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """Which codings are to be reviewed; None means the study's coder, or all."""

    coder: Names | None = None
    code: Names | None = None
    transcripts: Names | None = None
    cases: Names | None = None
    suggestions: bool = False
    max_rows: int | None = None

    def __post_init__(self) -> None:
        if self.max_rows is not None:
            check_positive("max_rows", self.max_rows)


@dataclass(frozen=True)
class ReviewRows:
    """The rows of a review, and what belongs to them."""

    coder: str
    rows: Iterable[Mapping[str, Any]]
    """With the keys `REVIEW_TITLES`: first the codings by place in the text, then the suggestions; read once."""
    codings: int
    suggestions: int
    unused: frozenset[str]
    """Titles of columns without any content."""
    has_probabilities: bool
    """Whether scores of suggestions are probabilities; otherwise they only rank."""
    notes: Sequence[str]
    """What was left out, and how suggestions were made."""


def review_rows(study: Study, request: ReviewRequest) -> ReviewRows:
    """Return the codings of one coder, and on request the suggestions that the coder has not decided on.

    Raises
    ------
    UnknownNameError
        If the study has no such coder, code, transcript or case.
    OperationError
        If several coders are selected, or there is nothing to decide on.
    UsageError
        If the coder is the consensus, or one as of an earlier date.
    """
    coder = _select_reviewed_coder(study, request.coder)
    cases = frozenset(select_case_ids(study, request.cases)) if request.cases is not None else None
    codings = [
        coding
        for coding in select_codings(study, coder=coder, code=request.code, transcripts=request.transcripts)
        if cases is None or not cases.isdisjoint(coded_cases(study, coding))
    ]
    suggestions, notes = _undecided_suggestions(study, request, coder, cases)
    total = len(codings) + len(suggestions)
    if not total:
        raise OperationError(f"nothing to review: {coder} has no codings in what is selected")
    limit = min(request.max_rows or MOST_ROWS, MOST_ROWS)
    if total > limit:
        notes.insert(0, f"left out: all but the first {limit:,} of {format_count(total, 'row')}")
    codings = codings[:limit]
    suggestions = suggestions.take(range(min(len(suggestions), limit - len(codings))))
    # The most promising were chosen; they are read interview by interview.
    order = {name: number for number, name in enumerate(study.transcripts)}
    places = [(order[name], start) for name, start in zip(suggestions.transcript, suggestions.start, strict=True)]
    suggestions = suggestions.take(sorted(range(len(places)), key=places.__getitem__))
    cells = _CellMaker(study, coder)
    return ReviewRows(
        coder,
        chain(map(cells.of_coding, codings), map(cells.of_suggestion, suggestions.rows())),
        len(codings),
        len(suggestions),
        frozenset(_unused_titles(study, codings, suggestions, cells.decisions)),
        has_probabilities=set(suggestions.score_type) == {"probability"},
        notes=notes,
    )


def _select_reviewed_coder(study: Study, given: Names | None) -> str:
    coders = select_counted_coders(study, given)
    if len(coders) > 1:
        raise OperationError(f"a review is of one coder's codings: choose one with {name_option('coder')}")
    (coder,) = coders
    if coder == CONSENSUS:
        see = name_command("disagreements")
        raise UsageError(f"{CONSENSUS}: it follows from the coders' codings: review those of a coder (see {see})")
    if resolve_coder(study, coder)[1] != coder:
        raise UsageError(f"coder '{coder}': decisions are made on the codings of now: leave out the date")
    return coder


def _undecided_suggestions(
    study: Study, request: ReviewRequest, coder: str, cases: frozenset[str] | None
) -> tuple[Suggestions, list[str]]:
    """Return the suggestions for a coder that are not decided, with notes; none if they are not requested."""
    if not request.suggestions:
        return Suggestions(), []
    options = SuggestionOptions(coder=coder, code=request.code, transcripts=request.transcripts)
    found, notes = list_suggestions(study, options)
    if cases is not None:
        rows = [row for row, one in enumerate(found.rows()) if not cases.isdisjoint(_suggested_cases(study, one))]
        found = found.take(rows)
    # The first note counts the suggestions; the number of rows takes its place.
    return found, notes[1:] if len(found) else ["there are no undecided suggestions in what is selected"]


def _suggested_cases(study: Study, suggestion: Mapping[str, Any]) -> list[str]:
    transcript = suggestion["transcript"]
    shares = study.shares.get(transcript)
    found = study.transcripts[transcript]
    return cases_at(found, shares, suggestion["start"], suggestion["end"]) if shares else []


class _CellMaker:
    """Makes the rows of one review."""

    def __init__(self, study: Study, coder: str) -> None:
        self._study, self._coder = study, coder
        self._names = {code.id: code.name for code in study.codebook.codes}
        self.decisions = EarlierDecisions.of(study)
        self._memos: dict[str, list[Memo]] = {}
        for memo in study.memos:
            self._memos.setdefault(memo.target, []).append(memo)

    def of_coding(self, coding: Coding) -> dict[str, Any]:
        row = make_coding_row(self._study, coding)
        # An orphaned coding has no place, so nothing can cover it.
        state = self._find_state(coding.id, row) if coding.status != "orphaned" else DecidedState()
        return self._cells(row, state) | {
            "Memo": self._memo_of(coding),
            "Kind": "coding",
            "Maker": coding.maker,
            "Status": coding.status,
            "Id": coding.id,
        }

    def of_suggestion(self, suggestion: Mapping[str, Any]) -> dict[str, Any]:
        row = {**suggestion, "case": ", ".join(_suggested_cases(self._study, suggestion))}
        name = f"{SUGGESTION_PREFIX}{suggestion['id']}"
        return self._cells(row, self._find_state(name, row)) | {
            "Kind": "suggestion",
            "Score": suggestion["score"],
            "Why": suggestion["why"],
            "Maker": suggestion["maker"],
            "Id": name,
        }

    def _memo_of(self, coding: Coding) -> str:
        """Return the memos on a coding, those of others with their names."""
        if not coding.memo:
            return ""
        memos = self._memos.get(coding.id, ())
        texts = [memo.text if memo.coder == coding.coder else f"{memo.coder}: {memo.text}" for memo in memos]
        return "\n".join(texts) or coding.memo

    def _find_state(self, name: str, row: Mapping[str, Any]) -> DecidedState:
        return self.decisions.state(name, row["transcript"], (row["start"], row["end"]), row["code"])

    def _cells(self, row: Mapping[str, Any], state: DecidedState) -> dict[str, Any]:
        cells: dict[str, Any] = dict.fromkeys(REVIEW_TITLES, "")
        return cells | {
            "Case": row["case"],
            "Transcript": row["transcript"],
            "Turn": row["turn"],
            "Speaker": row["speaker"],
            "Time": row["time"],
            "Quote": row["quote"],
            "Code": row["code"],
            "Code name": self._names.get(row["code"], ""),
            "Coder": self._coder,
            "Score": None,
            "Decided before": state.describe(),
            "Check": review_check(row["code"], row["quote"], state.text),
        }


def _unused_titles(
    study: Study, codings: Sequence[Coding], suggestions: Suggestions, decisions: EarlierDecisions
) -> Iterator[str]:
    """Yield the titles of the columns that are empty in all rows."""
    named = {coding.transcript for coding in codings} | set(suggestions.transcript)
    transcripts = [found for name in named if (found := study.transcripts.get(name)) is not None]
    if not any(turn.time is not None for transcript in transcripts for turn in transcript.turns):
        yield "Time"
    if not any(coding.memo for coding in codings):
        yield "Memo"
    if not len(suggestions):
        yield from ("Kind", "Score", "Why", "Maker")
    if not decisions:
        yield "Decided before"
