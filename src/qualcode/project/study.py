"""A study on disk, read part by part and only when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from unicodedata import normalize

from qualcode import settings as settings_floor
from qualcode.codebook import read_codebook
from qualcode.errors import NotAStudy, Problem, ProblemsFound, Refused, UsageError
from qualcode.files import TABLES, within
from qualcode.ledger import Event, State, append, fold, read
from qualcode.model import Case, Codebook, Coding, Memo, Transcript
from qualcode.project.cases import CaseTable, lists_cases, problem_of
from qualcode.project.placing import place_all
from qualcode.project.versions import Versions
from qualcode.segments import abbreviations
from qualcode.settings import Settings, read_settings
from qualcode.transcripts import SUFFIXES, Shares, in_cases, join_cases, read_source, shares_of

LARGE = 10_000_000
"""Bytes of all sources from which on a study is large."""


def find_root(start: Path) -> Path:
    """Return the study that a folder lies in."""
    start = start.resolve()
    if not start.exists():
        raise UsageError(f"{start}: there is no such folder")
    for folder in (start, *start.parents):
        if (folder / settings_floor.FILE).is_file():
            return folder
    raise NotAStudy(str(start))


def _second(held: Transcript, other: Transcript) -> Problem:
    said = f"second source of transcript '{other.id}'"
    return Problem(other.path, 0, 0, said, f"beside {held.path.rpartition('/')[2]}: rename one")


def _is_text(name: str) -> bool:
    """Tell whether a file's name is text: an archive from an old Windows may have brought other bytes."""
    return not any("\ud800" <= character <= "\udfff" for character in name)


@dataclass(frozen=True)
class _Read:
    transcripts: Mapping[str, Transcript]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class _Ledger:
    """What the ledgers amount to, with every coding in its place."""

    state: State
    codings: tuple[Coding, ...]
    stale: Mapping[tuple[str, str], int]
    """How many codings an update would move or ask about, by transcript and coder."""
    latest: Mapping[str, str]
    problems: tuple[Problem, ...]


class Study:
    """What the files of a study say; each part is read once, the ledger again after a decision."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.codings_folder = root / "codings"
        self.transcripts_folder = root / "transcripts"
        self.cache = root / ".qualcode"
        self.case_table = CaseTable(root, self.transcripts_folder)
        self.versions = Versions(self.cache)
        self.streamed_problems: tuple[Problem, ...] | None = None
        """Sources that could not be read, as a stream of them found out."""

    @cached_property
    def _settings(self) -> tuple[Settings, list[Problem]]:
        return read_settings(self.root / settings_floor.FILE)

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
    def short(self) -> frozenset[str]:
        """Abbreviations that the sentence splitter knows in this study."""
        return abbreviations(self.settings.language, self.settings.abbreviations)

    @cached_property
    def read_book(self) -> tuple[Codebook, list[Problem]]:
        """The codebook as far as it could be read, and what is wrong with it."""
        folder = self.root / "codebooks"
        try:
            return read_codebook([*folder.glob("*.yaml"), *folder.glob("*.yml")], root=self.root, cache=self.cache)
        except Refused as error:
            return Codebook(), [problem_of(error, folder, self.root)]

    @property
    def book(self) -> Codebook:
        """The codebook; one with problems is refused, and settings too, since no number could be trusted."""
        if self.settings_problems:
            raise ProblemsFound(self.settings_problems, because="The settings have problems: mend them first.")
        book, problems = self.read_book
        if problems:
            raise ProblemsFound(problems, because="The codebook has problems: mend them first.")
        if not book.codes:
            raise Refused("codebooks/ has no codes yet: write them into a file such as codebooks/challenges.yaml")
        return book

    @cached_property
    def sources(self) -> tuple[Mapping[str, Path], tuple[Problem, ...]]:
        """Sources by transcript id (path below ``transcripts/`` without its ending), and what cannot be used."""
        found: dict[str, Path] = {}
        taken: dict[str, str] = {}
        problems: list[Problem] = []
        for path in sorted(self.transcripts_folder.rglob("*")) if self.transcripts_folder.is_dir() else ():
            shown = path.relative_to(self.root).as_posix()
            if path.name.startswith((".", "~$")) or path.is_dir() or lists_cases(shown):
                continue
            name = normalize("NFC", path.relative_to(self.transcripts_folder).with_suffix("").as_posix())
            if not _is_text(shown):
                shown = shown.encode(errors="replace").decode()
                problems.append(Problem(shown, 0, 0, "the file's name is not UTF-8", "rename it"))
            elif path.stem.lower() == "cases" and path.suffix.lower() in TABLES:
                said = "a table of cases is read as transcripts/cases.csv only"
                problems.append(Problem(shown, 0, 0, said, "it is not used here", "notice"))
            elif path.suffix.lower() not in SUFFIXES:
                hint = f"read are {', '.join(SUFFIXES)}"
                problems.append(Problem(shown, 0, 0, f"no reader for '{path.suffix or path.name}'", hint, "notice"))
            elif not within(path, self.root):
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
    def _transcripts(self) -> _Read:
        transcripts: dict[str, Transcript] = {}
        failed = list(self.sources[1])
        for name in self.sources[0]:
            try:
                found = {one.id: one for one in self.read(name)}  # a table that breaks off is not half read
            except Refused as error:
                failed.append(problem_of(error, self.sources[0][name], self.root))
                continue
            failed += [_second(transcripts[both], found[both]) for both in transcripts.keys() & found.keys()]
            transcripts.update({key: one for key, one in found.items() if key not in transcripts})
        return _Read(transcripts, tuple(failed))

    def read(self, name: str, *, rows: Callable[[int], bool] | None = None) -> Iterator[Transcript]:
        """Yield the transcripts of one source, or the rows of it that are wanted, and keep none."""
        path = self.sources[0][name]
        shown = path.relative_to(self.root).as_posix()
        found = read_source(path, name=name, shown=shown, rules=self.settings.rules, rows=rows)
        claims = self.case_table.claims
        return (in_cases(one, claims[one.id]) if one.id in claims else one for one in found)

    def stream(self, *, failed: list[Problem]) -> Iterator[Transcript]:
        """Yield transcripts one by one and keep none; sources that cannot be used are added to ``failed``."""
        failed += self.sources[1]
        for name, path in self.sources[0].items():
            try:
                yield from self.read(name)
            except Refused as error:
                failed.append(problem_of(error, path, self.root))

    @cached_property
    def is_large(self) -> bool:
        """Whether the sources are more than should be held in memory where that can be helped."""
        return sum(path.stat().st_size for path in self.sources[0].values() if path.is_file()) > LARGE

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
        listed, problems = self.case_table.listed
        brought = ((one.case, one.path) for one in self.transcripts.values() if one.case)
        cases, conflicts = join_cases(listed, brought, shown=self.case_table.shown, there=self.transcripts)
        return cases, [*problems, *conflicts]

    @property
    def cases(self) -> Sequence[Case]:
        """Cases with their attributes: those of the table, and those that rows of sources bring."""
        return self._cases[0]

    @property
    def case_problems(self) -> list[Problem]:
        """What is wrong with the table of cases, and where a source says otherwise."""
        if self.is_large and "_transcripts" not in self.__dict__:
            return self.case_table.listed[1]  # sources are not read for it
        return self._cases[1]

    @cached_property
    def shares(self) -> Mapping[str, Shares]:
        """Whose words each transcript holds."""
        return shares_of(self.transcripts, self.cases)

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
        return read(self.codings_folder, root=self.root)[0]

    @cached_property
    def _ledger(self) -> _Ledger:
        events, problems = read(self.codings_folder, root=self.root)
        state = fold(events)
        latest: dict[str, str] = {}
        for event in events:
            latest[event.coder] = max(event.at, latest.get(event.coder, ""))
        placed = place_all(state, self._spoken_of(state), self.read_book[0])
        self.versions.keep(placed.spoken)
        left = replace(state, applied=(), decided={}, twins=placed.twins)
        return _Ledger(left, placed.codings, placed.stale, latest, tuple(problems))

    def _spoken_of(self, state: State) -> Mapping[str, Transcript]:
        """Return the transcripts that codings are in; of a large study no others are held."""
        if not self.is_large:
            return self.transcripts
        wanted = {event.transcript for event in state.applied}
        return {one.id: one for one in self.stream(failed=[]) if one.id in wanted} if wanted else {}

    @property
    def ledger_problems(self) -> Sequence[Problem]:
        """Lines of the ledgers that could not be read."""
        return self._ledger.problems

    @property
    def state(self) -> State:
        """What the events amount to, but for the applied ones, which are the codings."""
        return self._ledger.state

    @property
    def stale(self) -> Mapping[tuple[str, str], int]:
        """How many codings an update would move or ask about, by transcript and coder."""
        return self._ledger.stale

    @property
    def latest(self) -> Mapping[str, str]:
        """When each coder decided anything last."""
        return self._ledger.latest

    @property
    def coders(self) -> tuple[str, ...]:
        """Everybody who has decided anything, by name."""
        return tuple(sorted(self._ledger.latest))

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
            for event in self.state.memos
        )

    def record(self, events: Sequence[Event]) -> list[Path]:
        """Append decisions to the ledger; return torn tails that were set aside."""
        aside = append(self.codings_folder, events, locks=self.cache / "locks") if events else []
        self.__dict__.pop("_ledger", None)
        return aside
