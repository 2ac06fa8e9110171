"""A study on disk, read part by part and only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from unicodedata import normalize

from qualcode import settings as settings_floor
from qualcode.codebook import read_codebook
from qualcode.errors import FileProblemsError, OperationError, Problem
from qualcode.files import TABLE_SUFFIXES, is_within
from qualcode.ledger import Event, LedgerState, append_events, fold, read_ledgers
from qualcode.model import Case, Codebook, Coding, Memo, Transcript
from qualcode.segments import get_abbreviations
from qualcode.settings import Settings, read_settings
from qualcode.study.case_table import CaseTable, is_case_table, problem_from_error
from qualcode.study.placement import place_codings
from qualcode.study.source_files import duplicate_source_problem, is_valid_file_name
from qualcode.study.text_versions import TextVersions
from qualcode.transcripts import SUFFIXES, TranscriptCases, assign_cases, find_transcript_cases, join_cases, read_source

LARGE_STUDY_BYTES = 10_000_000
"""Bytes of all sources from which on a study is large."""


@dataclass(frozen=True)
class _ReadTranscripts:
    transcripts: Mapping[str, Transcript]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _PlacedLedger:
    """What the ledgers amount to, with every coding in its place."""

    state: LedgerState
    codings: tuple[Coding, ...]
    stale_counts: Mapping[tuple[str, str], int]
    """How many codings an update would move or ask about, by transcript and coder."""
    last_decision_times: Mapping[str, str]
    problems: tuple[Problem, ...]


class Study:
    """What the files of a study say; each part is read once, the ledger again after a decision."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.codings_folder = root / "codings"
        self.transcripts_folder = root / "transcripts"
        self.cache_folder = root / ".qualcode"
        self.case_table = CaseTable(root, self.transcripts_folder)
        self.text_versions = TextVersions(self.cache_folder)
        self.streamed_problems: tuple[Problem, ...] | None = None
        """Sources that could not be read, as a stream of them found out."""

    @cached_property
    def _settings(self) -> tuple[Settings, list[Problem]]:
        return read_settings(self.root / settings_floor.SETTINGS_FILE)

    @property
    def settings(self) -> Settings:
        """The settings, defaults where the file is wrong."""
        return self._settings[0]

    @property
    def name(self) -> str:
        """The study's name: its folder's, unless the settings have one."""
        return self.settings.name or self.root.name

    @property
    def settings_problems(self) -> list[Problem]:
        """What is wrong with ``qualcode.yaml``."""
        return self._settings[1]

    @cached_property
    def abbreviations(self) -> frozenset[str]:
        """Abbreviations that the sentence splitter knows in this study."""
        return get_abbreviations(self.settings.language, self.settings.abbreviations)

    @cached_property
    def codebook_and_problems(self) -> tuple[Codebook, list[Problem]]:
        """The codebook as far as it could be read, and what is wrong with it."""
        folder = self.root / "codebooks"
        try:
            return read_codebook(
                [*folder.glob("*.yaml"), *folder.glob("*.yml")], root=self.root, cache=self.cache_folder
            )
        except OperationError as error:
            return Codebook(), [problem_from_error(error, folder, self.root)]

    @property
    def codebook(self) -> Codebook:
        """The codebook; one with problems is refused, and settings too, since no number could be trusted."""
        if self.settings_problems:
            raise FileProblemsError(self.settings_problems, summary="The settings have problems: mend them first.")
        book, problems = self.codebook_and_problems
        if problems:
            raise FileProblemsError(problems, summary="The codebook has problems: mend them first.")
        if not book.codes:
            raise OperationError(
                "codebooks/ has no codes yet: write them into a file such as codebooks/challenges.yaml"
            )
        return book

    @cached_property
    def sources_and_problems(self) -> tuple[Mapping[str, Path], tuple[Problem, ...]]:
        """Sources by transcript id (path below ``transcripts/`` without its ending), and what cannot be used."""
        found: dict[str, Path] = {}
        taken: dict[str, str] = {}
        problems: list[Problem] = []
        for path in sorted(self.transcripts_folder.rglob("*")) if self.transcripts_folder.is_dir() else ():
            shown = path.relative_to(self.root).as_posix()
            if path.name.startswith((".", "~$")) or path.is_dir() or is_case_table(shown):
                continue
            name = normalize("NFC", path.relative_to(self.transcripts_folder).with_suffix("").as_posix())
            if not is_valid_file_name(shown):
                shown = shown.encode(errors="replace").decode()
                problems.append(Problem(shown, 0, 0, "the file's name is not UTF-8", "rename it"))
            elif path.stem.lower() == "cases" and path.suffix.lower() in TABLE_SUFFIXES:
                said = "a table of cases is read as transcripts/cases.csv only"
                problems.append(Problem(shown, 0, 0, said, "it is not used here", "notice"))
            elif path.suffix.lower() not in SUFFIXES:
                hint = f"read are {', '.join(SUFFIXES)}"
                problems.append(Problem(shown, 0, 0, f"no reader for '{path.suffix or path.name}'", hint, "notice"))
            elif not is_within(path, self.root):
                problems.append(Problem(shown, 0, 0, "a link that leaves the study is not followed", "copy the source"))
            elif name.casefold() in taken:
                other = found[taken[name.casefold()]].name
                problems.append(
                    Problem(shown, 0, 0, f"second source of transcript '{name}'", f"beside {other}: rename one")
                )
            else:
                found[name] = path
                taken[name.casefold()] = name
        return found, tuple(problems)

    @cached_property
    def _transcripts(self) -> _ReadTranscripts:
        transcripts: dict[str, Transcript] = {}
        failed = list(self.sources_and_problems[1])
        for name in self.sources_and_problems[0]:
            try:
                found = {one.id: one for one in self.read_transcripts(name)}  # a table that breaks off is not half read
            except OperationError as error:
                failed.append(problem_from_error(error, self.sources_and_problems[0][name], self.root))
                continue
            failed += [
                duplicate_source_problem(transcripts[both], found[both]) for both in transcripts.keys() & found.keys()
            ]
            transcripts.update({key: one for key, one in found.items() if key not in transcripts})
        return _ReadTranscripts(transcripts, tuple(failed))

    def read_transcripts(self, name: str, *, rows: Callable[[int], bool] | None = None) -> Iterator[Transcript]:
        """Yield the transcripts of one source, or the rows of it that are wanted, and keep none."""
        path = self.sources_and_problems[0][name]
        shown = path.relative_to(self.root).as_posix()
        found = read_source(path, name=name, display_path=shown, rules=self.settings.rules, row_filter=rows)
        claims = self.case_table.cases_with_speakers
        return (assign_cases(one, claims[one.id]) if one.id in claims else one for one in found)

    def stream_transcripts(self, *, problems: list[Problem]) -> Iterator[Transcript]:
        """Yield transcripts one by one and keep none; sources that cannot be used are added to ``failed``."""
        problems += self.sources_and_problems[1]
        for name, path in self.sources_and_problems[0].items():
            try:
                yield from self.read_transcripts(name)
            except OperationError as error:
                problems.append(problem_from_error(error, path, self.root))

    @cached_property
    def is_large(self) -> bool:
        """Whether the sources are more than should be held in memory where that can be helped."""
        return (
            sum(path.stat().st_size for path in self.sources_and_problems[0].values() if path.is_file())
            > LARGE_STUDY_BYTES
        )

    @property
    def transcripts(self) -> Mapping[str, Transcript]:
        """Transcripts by id."""
        return self._transcripts.transcripts

    @property
    def transcript_problems(self) -> tuple[Problem, ...]:
        """Sources that could not be read."""
        if self.is_large and self.streamed_problems is not None and "_transcripts" not in self.__dict__:
            return self.streamed_problems
        return self._transcripts.problems

    @cached_property
    def _cases(self) -> tuple[list[Case], list[Problem]]:
        listed, problems = self.case_table.cases_and_problems
        brought = ((one.case, one.path) for one in self.transcripts.values() if one.case)
        cases, conflicts = join_cases(
            listed, brought, table_path=self.case_table.relative_path, transcript_ids=self.transcripts
        )
        return cases, [*problems, *conflicts]

    @property
    def cases(self) -> Sequence[Case]:
        """Cases with their attributes: those of the table, and those that rows of sources bring."""
        return self._cases[0]

    @property
    def case_problems(self) -> list[Problem]:
        """What is wrong with the table of cases, and where a source says otherwise."""
        if self.is_large and "_transcripts" not in self.__dict__:
            return self.case_table.cases_and_problems[1]  # sources are not read for it
        return self._cases[1]

    @cached_property
    def shares(self) -> Mapping[str, TranscriptCases]:
        """Whose words each transcript holds."""
        return find_transcript_cases(self.transcripts, self.cases)

    @cached_property
    def cases_of(self) -> Mapping[str, tuple[Case, ...]]:
        """The cases of each transcript; one that no case claims is a case of its own, without attributes."""
        return {name: found.cases for name, found in self.shares.items()}

    @cached_property
    def attributes_of(self) -> Mapping[str, Mapping[str, str]]:
        """The attributes of each case by its name."""
        return {case.id: case.attributes for case in self.cases}

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """Names of the cases' attributes, in the order of their columns."""
        return tuple(dict.fromkeys(name for case in self.cases for name in case.attributes))

    @property
    def events(self) -> Sequence[Event]:
        """Every event of every coder, read anew: they are not kept, since 100,000 of them take 100 MB."""
        return read_ledgers(self.codings_folder, root=self.root)[0]

    @cached_property
    def _ledger(self) -> _PlacedLedger:
        events, problems = read_ledgers(self.codings_folder, root=self.root)
        state = fold(events)
        latest: dict[str, str] = {}
        for event in events:
            latest[event.coder] = max(event.at, latest.get(event.coder, ""))
        placed = place_codings(state, self._coded_transcripts(state), self.codebook_and_problems[0])
        self.text_versions.save_texts(placed.coded_transcripts)
        left = replace(state, apply_events=(), original_events={}, duplicate_ids=placed.duplicate_ids)
        return _PlacedLedger(left, placed.codings, placed.stale_counts, latest, tuple(problems))

    def _coded_transcripts(self, state: LedgerState) -> Mapping[str, Transcript]:
        """Return the transcripts that codings are in; of a large study no others are held."""
        if not self.is_large:
            return self.transcripts
        wanted = {event.transcript for event in state.apply_events}
        return {one.id: one for one in self.stream_transcripts(problems=[]) if one.id in wanted} if wanted else {}

    @property
    def ledger_problems(self) -> Sequence[Problem]:
        """Lines of the ledgers that could not be read."""
        return self._ledger.problems

    @property
    def ledger_state(self) -> LedgerState:
        """What the events amount to, but for the applied ones, which are the codings."""
        return self._ledger.state

    @property
    def stale_counts(self) -> Mapping[tuple[str, str], int]:
        """How many codings an update would move or ask about, by transcript and coder."""
        return self._ledger.stale_counts

    @property
    def last_decision_times(self) -> Mapping[str, str]:
        """When each coder decided anything last."""
        return self._ledger.last_decision_times

    @property
    def coders(self) -> tuple[str, ...]:
        """Everybody who has decided anything, by name."""
        return tuple(sorted(self._ledger.last_decision_times))

    @property
    def codings(self) -> tuple[Coding, ...]:
        """All codings with their place in the texts as they are now, by transcript, place and code."""
        return self._ledger.codings

    @property
    def memos(self) -> tuple[Memo, ...]:
        """All memos, oldest first."""
        return tuple(
            Memo(
                event.id,
                event.text,
                event.coder,
                event.at,
                event.transcript,
                event.start,
                event.end,
                event.code,
                event.target,
            )
            for event in self.ledger_state.memo_events
        )

    def append_events(self, events: Sequence[Event]) -> list[Path]:
        """Append decisions to the ledger; return torn tails that were set aside."""
        aside = append_events(self.codings_folder, events, locks=self.cache_folder / "locks") if events else []
        self.__dict__.pop("_ledger", None)
        return aside
