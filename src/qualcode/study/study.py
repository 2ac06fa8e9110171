"""A study on disk: settings, codebook, transcripts, cases and ledgers, each read when it is first needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property
from operator import attrgetter
from pathlib import Path
from typing import Any

from qualcode.codebook import read_codebook
from qualcode.errors import FileProblemsError, OperationError, Problem
from qualcode.files import NO_FILE, FileSignature, file_signature, find_cache_folder, folder_signature
from qualcode.ledger import (
    Event,
    LedgerState,
    Period,
    append_events,
    fold,
    ledger_path,
    ledger_signature,
    mark_action,
    parse_period,
    read_ledgers,
    select_events_until,
    unique_events,
)
from qualcode.model import Case, Codebook, Coding, Memo, ReportProgress, Transcript, ignore_progress
from qualcode.segments import SentenceRules, get_sentence_rules
from qualcode.settings import SETTINGS_FILE, Settings, read_settings
from qualcode.study.case_table import CaseTable, problem_from_error
from qualcode.study.decision_index import DecisionIndex
from qualcode.study.placement import Placements, place_codings
from qualcode.study.source_files import list_sources
from qualcode.study.text_versions import TextVersions
from qualcode.study.transcript_store import TranscriptStore
from qualcode.transcripts import TranscriptCases, assign_cases, find_transcript_cases, join_cases, read_source

LARGE_STUDY_BYTES = 10_000_000
"""Size of all sources together above which a study is large."""
_NEVER = "~"
"""What sorts after all times in ISO 8601."""


@dataclass(frozen=True)
class _Ledger:
    """The events of all ledgers, folded."""

    state: LedgerState
    last_decision_times: Mapping[str, str]
    problems: tuple[Problem, ...]
    signature: Mapping[str, FileSignature]
    """Signature of each ledger just before it was read."""


class Study:
    """The files of a study. Sources, codebook and settings are read once; the ledgers again after a decision."""

    def __init__(
        self, root: Path, *, cache_folder: Path | None = None, report_progress: ReportProgress = ignore_progress
    ) -> None:
        self.root = root
        self.report_progress = report_progress
        self.codings_folder = root / "codings"
        self.transcripts_folder = root / "transcripts"
        self.cache_folder = cache_folder or find_cache_folder(root)
        self.case_table = CaseTable(root, self.transcripts_folder)
        self.text_versions = TextVersions(self.cache_folder)
        self.streamed_problems: tuple[Problem, ...] | None = None
        """Sources that could not be read, as found while streaming a large study."""
        self.are_new_coders_allowed = False
        """Whether a coder may decide whose name is new and like that of another."""
        self.derived: dict[str, Any] = {}
        """What was computed from the ledgers and is valid until one changes, by a name for it."""
        self.decided_until: Period | None = None
        """Where this is a study as of a date: the period after which decisions do not count."""
        self._added_events: tuple[Event, ...] = ()
        self._earlier: dict[str, Study] = {}
        self._decision_index: DecisionIndex | None = None
        self._decision_signature: Mapping[str, FileSignature] = {}

    @cached_property
    def _settings(self) -> tuple[Settings, list[Problem]]:
        return read_settings(self.root / SETTINGS_FILE)

    @property
    def settings(self) -> Settings:
        """The settings, with defaults where the file has none or is wrong."""
        return self._settings[0]

    @property
    def name(self) -> str:
        """The study's name from the settings, or else that of its folder."""
        return self.settings.name or self.root.name

    @property
    def settings_problems(self) -> list[Problem]:
        """Problems in ``qualcode.yaml``."""
        return self._settings[1]

    @cached_property
    def sentence_rules(self) -> SentenceRules:
        """How sentences end in this study's language."""
        return get_sentence_rules(self.settings.language, self.settings.abbreviations)

    @property
    def codebook_paths(self) -> list[Path]:
        """The files of the codebook."""
        folder = self.root / "codebooks"
        return sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])

    @cached_property
    def codebook_and_problems(self) -> tuple[Codebook, list[Problem]]:
        """The codebook as far as it can be read, and its problems."""
        try:
            return read_codebook(self.codebook_paths, root=self.root, cache=self.cache_folder)
        except OperationError as error:
            return Codebook(), [problem_from_error(error, self.root / "codebooks", self.root)]

    @property
    def codebook(self) -> Codebook:
        """The codebook.

        Raises
        ------
        FileProblemsError
            If settings or codebook have problems: numbers counted with them could be wrong without notice.
        OperationError
            If there is no code.
        """
        if self.settings_problems:
            raise FileProblemsError(self.settings_problems, summary="Fix these settings first.")
        codebook, problems = self.codebook_and_problems
        if problems:
            raise FileProblemsError(problems, summary="Fix these codebook errors first.")
        if not codebook.codes:
            raise OperationError("codebooks/ has no codes yet: add some to a file such as codebooks/challenges.yaml")
        return codebook

    @cached_property
    def sources_and_problems(self) -> tuple[Mapping[str, Path], tuple[Problem, ...]]:
        """Source files by transcript id, and files below ``transcripts/`` that cannot be used."""
        return list_sources(self.transcripts_folder, self.root)

    @cached_property
    def transcripts(self) -> TranscriptStore:
        """Transcripts by id; looking up one id reads one source, iterating reads all."""
        return TranscriptStore(self.sources_and_problems[0], self.root, self.read_transcripts, self.report_progress)

    def read_transcripts(self, name: str, *, rows: Callable[[int], bool] | None = None) -> Iterator[Transcript]:
        """Yield the transcripts of one source, without keeping them.

        ``rows`` selects the rows of a table by their number, from 0.

        Raises
        ------
        OperationError
            If the source cannot be read; in a table, after the rows that could be.
        """
        path = self.sources_and_problems[0][name]
        display_path = path.relative_to(self.root).as_posix()
        cases_by_transcript = self.case_table.cases_with_speakers
        for transcript in read_source(
            path, name=name, display_path=display_path, rules=self.settings.rules, row_filter=rows
        ):
            cases = cases_by_transcript.get(transcript.id)
            yield assign_cases(transcript, cases) if cases else transcript

    def stream_transcripts(self, *, problems: list[Problem]) -> Iterator[Transcript]:
        """Yield all transcripts without keeping them; sources that cannot be read are added to ``problems``."""
        problems += self.sources_and_problems[1]
        for name, path in self.sources_and_problems[0].items():
            try:
                yield from self.read_transcripts(name)
            except OperationError as error:
                problems.append(problem_from_error(error, path, self.root))

    @cached_property
    def is_large(self) -> bool:
        """Whether the sources are so large that they are streamed where possible."""
        paths = self.sources_and_problems[0].values()
        return sum(path.stat().st_size for path in paths if path.is_file()) > LARGE_STUDY_BYTES

    @property
    def transcript_problems(self) -> tuple[Problem, ...]:
        """Sources that cannot be read."""
        if self.is_large and self.streamed_problems is not None and not self.transcripts.is_complete:
            return self.streamed_problems
        return (*self.sources_and_problems[1], *self.transcripts.problems)

    @cached_property
    def _cases(self) -> tuple[list[Case], list[Problem]]:
        listed, problems = self.case_table.cases_and_problems
        from_sources = (
            (transcript.case, transcript.path) for transcript in self.transcripts.values() if transcript.case
        )
        table_path = self.case_table.relative_path
        cases, conflicts = join_cases(listed, from_sources, table_path=table_path, transcript_ids=self.transcripts)
        return cases, [*problems, *conflicts]

    @property
    def cases(self) -> Sequence[Case]:
        """Cases with their attributes, from the case table and from rows of survey tables."""
        return self._cases[0]

    @property
    def case_problems(self) -> list[Problem]:
        """Problems of the case table, and attributes for which a source gives another value."""
        if self.is_large and not self.transcripts.is_complete:
            return self.case_table.cases_and_problems[1]  # reading all sources for this would take too long
        return self._cases[1]

    @cached_property
    def shares(self) -> Mapping[str, TranscriptCases]:
        """The cases whose words are in each transcript, by transcript id."""
        return find_transcript_cases(self.transcripts, self.cases)

    @cached_property
    def cases_of(self) -> Mapping[str, tuple[Case, ...]]:
        """The cases of each transcript; a transcript of no case is a case of its own, without attributes."""
        return {name: shares.cases for name, shares in self.shares.items()}

    @cached_property
    def attributes_of(self) -> Mapping[str, Mapping[str, str]]:
        """The attributes of each case, by case id."""
        return {case.id: case.attributes for case in self.cases}

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """Names of the cases' attributes, in the order of their columns."""
        return tuple(dict.fromkeys(name for case in self.cases for name in case.attributes))

    def as_of(self, date: str | None) -> Study:
        """Return the study with the decisions recorded until the end of a date, to be counted; itself without a date.

        Texts, cases and codebook are those of now: codings are followed into the texts by later updates.

        Raises
        ------
        UsageError
            If this is no date.
        """
        if not date:
            return self
        period = parse_period(date, option="as_of")
        if self.decided_until and self.decided_until.end <= period.end:
            return self
        if date not in self._earlier:
            self._earlier[date] = self._copy_without_ledgers()
            self._earlier[date].decided_until = period
        return self._earlier[date]

    def with_events(self, events: Sequence[Event]) -> Study:
        """Return the study as it would be with these events in its ledgers; nothing is written."""
        larger = self._copy_without_ledgers()
        larger._added_events = (*self._added_events, *events)
        return larger

    def _copy_without_ledgers(self) -> Study:
        # Both studies read sources and codebook once.
        _ = self.transcripts, self.codebook_and_problems
        other = copy(self)
        other._earlier, other._decision_index, other.derived = {}, None, {}
        other._drop_ledgers()
        return other

    @cached_property
    def _ledger(self) -> _Ledger:
        return self._read_ledgers()

    def _read_ledgers(self) -> _Ledger:
        # First, so that an event appended while the files are read shows as a change at the next decision.
        signature = ledger_signature(self.codings_folder)
        events, problems = read_ledgers(self.codings_folder, root=self.root)
        events += self._added_events
        last_times: dict[str, str] = {}
        end = self.decided_until.end if self.decided_until else _NEVER
        for event in events:
            # Coders who began later are coders of the study as well, without a decision.
            at = event.at if event.at < end else ""
            last_times[event.coder] = max(at, last_times.get(event.coder, ""))
        if self.decided_until:
            events = select_events_until(events, self.decided_until)
        return _Ledger(fold(events), last_times, tuple(problems), signature)

    @cached_property
    def _placements(self) -> Placements:
        placements = self._place_codings(self._ledger.state, self._coded_transcripts(self._ledger.state))
        self.text_versions.save_texts(placements.coded_transcripts)
        # The codings have all that the events had, which can be dropped: 100,000 of them take 100 MB.
        state = replace(self._ledger.state, apply_events=(), original_events={}, duplicate_ids=placements.duplicate_ids)
        self.__dict__["_ledger"] = replace(self._ledger, state=state)
        return placements

    def _place_codings(self, state: LedgerState, transcripts: Mapping[str, Transcript]) -> Placements:
        # Not `self.codebook`: codings have their places even while the codebook has errors.
        return place_codings(state, transcripts, self.codebook_and_problems[0], self.text_versions.load_text)

    def _coded_transcripts(self, state: LedgerState) -> Mapping[str, Transcript]:
        """Return the transcripts that have codings; of a large study only these are kept in memory."""
        ids = {event.transcript for event in state.apply_events}
        if self.is_large and ids:
            return {found.id: found for found in self.stream_transcripts(problems=[]) if found.id in ids}
        return {name: transcript for name in ids if (transcript := self.transcripts.get(name)) is not None}

    def sign_files(self) -> Mapping[str, FileSignature]:
        """Return the signatures of settings, codebook, sources and case table, to notice when one of them changes."""
        files = (self.root / SETTINGS_FILE, *self.codebook_paths)
        return folder_signature(self.transcripts_folder) | {str(path): file_signature(path) for path in files}

    def drop_outdated_ledgers(self) -> None:
        """Forget what was read of the ledgers if anybody else has changed one since."""
        for earlier in self._earlier.values():
            earlier.drop_outdated_ledgers()
        ledger = self.__dict__.get("_ledger")
        if ledger is not None and ledger.signature != ledger_signature(self.codings_folder):
            self._drop_ledgers()

    def _drop_ledgers(self) -> None:
        self._earlier.clear()
        self.__dict__.pop("_placements", None)
        self.__dict__.pop("_ledger", None)
        self.derived.clear()

    @property
    def ledger_problems(self) -> Sequence[Problem]:
        """Lines of the ledgers that cannot be read."""
        return self._ledger.problems

    @property
    def ledger_state(self) -> LedgerState:
        """Current finished marks, memos, rejections and duplicates; for the codings see `codings`."""
        _ = self._placements  # duplicates that result from merged codes or edited texts are known after it
        return self._ledger.state

    @property
    def ledger_state_with_codings(self) -> LedgerState:
        """The state of the ledgers with the events of all codings, not yet located in the texts."""
        return self._ledger_with_codings.state

    @property
    def _ledger_with_codings(self) -> _Ledger:
        # `_placements` has dropped the events.
        return self._read_ledgers() if "_placements" in self.__dict__ else self._ledger

    @property
    def stale_counts(self) -> Mapping[tuple[str, str], int]:
        """Number of codings with a place that ``update`` would record, by transcript and coder."""
        return self._placements.stale_counts

    @property
    def last_decision_times(self) -> Mapping[str, str]:
        """Time of each coder's last decision, in ISO 8601; empty if it is later than the date of the study."""
        return self._ledger.last_decision_times

    @property
    def coders(self) -> tuple[str, ...]:
        """Names of all coders who have decided anything, sorted."""
        return tuple(sorted(self.last_decision_times))

    def has_seen_coder(self, name: str) -> bool:
        """Return whether a coder had decided anything when the ledgers were last read; they are not read for it."""
        return self._decision_index is not None and name in self._decision_index.coders

    @property
    def codings(self) -> tuple[Coding, ...]:
        """All codings at their place in the current texts, by transcript, start, end, code and coder."""
        return self._placements.codings

    @property
    def memos(self) -> tuple[Memo, ...]:
        """All memos, oldest first."""
        fields = "id text coder at transcript start end code target".split()
        memos = (Memo(*(getattr(event, name) for name in fields)) for event in self._ledger.state.memo_events)
        return tuple(replace(memo, code=self._current_id(memo.code)) if memo.code else memo for memo in memos)

    def _current_id(self, code: str) -> str:
        # Not `codebook`, which is refused with errors: memos can be read without it.
        return self.codebook_and_problems[0].current_id(code)

    def read_events(self) -> list[Event]:
        """Return all events of the ledgers as they are recorded, ordered by id; they are not kept."""
        return sorted(unique_events(self.read_recorded_events()).values(), key=attrgetter("id"))

    def read_recorded_events(self) -> list[Event]:
        """Return the events of all lines of the ledgers, also where several have one id; they are not kept."""
        return [*read_ledgers(self.codings_folder, root=self.root)[0], *self._added_events]

    def read_decisions(self) -> DecisionIndex:
        """Return the current decisions, indexed by transcript; built again if anybody else has changed a ledger.

        This looks at each ledger file, so call it once for all that is decided together.
        """
        signature = ledger_signature(self.codings_folder)
        if self._decision_index is None or signature != self._decision_signature:
            ledger = self.__dict__.get("_ledger")
            # `_placements` has dropped the events, and what was read earlier may be out of date.
            if ledger is None:
                ledger = self._ledger
            elif "_placements" in self.__dict__ or ledger.signature != signature:
                ledger = self._read_ledgers()
            self._decision_signature = ledger.signature
            self._decision_index = DecisionIndex(ledger.state, coders=ledger.last_decision_times, locate=self._locate)
        return self._decision_index

    def _locate(self, state: LedgerState) -> Placements:
        # One transcript at a time, so its source alone is read, also in a large study.
        return self._place_codings(state, self.transcripts)

    def place_events(self, events: Sequence[Event]) -> Sequence[Coding]:
        """Return events with a code and a span as codings at their places in the current texts."""
        return self._locate(LedgerState(apply_events=tuple(events))).codings

    def append_events(self, events: Sequence[Event]) -> list[Path]:
        """Append decisions to the ledgers and return the files to which torn last lines were set aside.

        Raises
        ------
        OperationError
            If a ledger cannot be written or is locked by another process.
        """
        if not events:
            return []
        events = mark_action(events)
        # Before the events: a source may be edited at any time, and then the old text is needed to follow its codings.
        self._save_texts_of(events)
        paths = {str(self.codings_folder / ledger_path(event)) for event in events}
        before = {path: file_signature(path) for path in paths}
        torn = append_events(self.codings_folder, events, locks=self.cache_folder / "locks")
        self._drop_ledgers()
        if self._decision_index is None or torn or not self._decision_index.can_add(events):
            self._decision_index = None
        elif all(signature == self._decision_signature.get(path, NO_FILE) for path, signature in before.items()):
            self._decision_index.add(events)
            # Ledgers that others write are left as they were, so that the next decision sees a change of theirs.
            self._decision_signature = {**self._decision_signature, **{path: file_signature(path) for path in paths}}
        return torn

    def _save_texts_of(self, events: Sequence[Event]) -> None:
        """Keep the texts that new spans are in, so that codings and memos can be followed through a later edit."""
        kept = [
            event
            for event in events
            if event.event in {"apply", "move", "reject"} or (event.event == "memo" and event.quote)
        ]
        names = {event.transcript for event in kept}
        self.text_versions.save_texts([text for name in names if (text := self.transcripts.get(name)) is not None])
