"""A study on disk, read part by part and only when asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from unicodedata import normalize

from qualcode import settings as settings_floor
from qualcode.codebook import read_codebook
from qualcode.errors import NotAStudy, Problem, ProblemsFound, Refused, UsageError
from qualcode.files import within
from qualcode.ledger import Event, State, append, fold, read
from qualcode.model import Case, Codebook, Coding, Memo, Transcript
from qualcode.project.placing import place_all
from qualcode.project.versions import Versions
from qualcode.segments import abbreviations
from qualcode.settings import Settings, read_settings
from qualcode.transcripts import SUFFIXES, read_cases, read_source

CASES = "cases.csv"
_SAID = re.compile(r"(?P<path>\S.*?):(?:(?P<line>\d+):)? (?P<said>.+)", re.DOTALL)
"""The sentence of a file that cannot be read."""


def find_root(start: Path) -> Path:
    """Return the study that a folder lies in."""
    start = start.resolve()
    if not start.exists():
        raise UsageError(f"{start}: there is no such folder")
    for folder in (start, *start.parents):
        if (folder / settings_floor.FILE).is_file():
            return folder
    raise NotAStudy(str(start))


def _problem(error: Refused, path: Path, root: Path) -> Problem:
    """Return a file that cannot be read as a problem among others."""
    said = _SAID.fullmatch(str(error))
    place = Path(said["path"]) if said else path
    shown = place.relative_to(root) if place.is_relative_to(root) else place
    return Problem(shown.as_posix(), int(said["line"] or 0) if said else 0, 0, said["said"] if said else str(error))


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
        self.versions = Versions(self.cache)

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
            return Codebook(), [_problem(error, folder, self.root)]

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
            if path.name.startswith((".", "~$")) or path.is_dir() or shown == f"transcripts/{CASES}":
                continue
            name = normalize("NFC", path.relative_to(self.transcripts_folder).with_suffix("").as_posix())
            if not _is_text(shown):
                shown = shown.encode(errors="replace").decode()
                problems.append(Problem(shown, 0, 0, "the file's name is not UTF-8", "rename it"))
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
        sources, problems = self.sources
        transcripts: dict[str, Transcript] = {}
        failed = list(problems)
        for name, path in sources.items():
            shown = path.relative_to(self.root).as_posix()
            try:
                for transcript in read_source(path, name=name, shown=shown, rules=self.settings.rules):
                    transcripts[transcript.id] = transcript
            except Refused as error:
                failed.append(_problem(error, path, self.root))
        return _Read(transcripts, tuple(failed))

    @property
    def transcripts(self) -> Mapping[str, Transcript]:
        """Transcripts by id."""
        return self._transcripts.transcripts

    @property
    def transcript_problems(self) -> tuple[Problem, ...]:
        """Sources that could not be read."""
        return self._transcripts.problems

    @cached_property
    def _cases(self) -> tuple[list[Case], list[Problem]]:
        path = self.transcripts_folder / CASES
        try:
            return read_cases(path, shown=path.relative_to(self.root).as_posix()) if path.is_file() else ([], [])
        except Refused as error:
            return [], [_problem(error, path, self.root)]

    @property
    def cases(self) -> Sequence[Case]:
        """Cases with their attributes."""
        return self._cases[0]

    @property
    def case_problems(self) -> list[Problem]:
        """What is wrong with ``cases.csv``."""
        return self._cases[1]

    @cached_property
    def cases_of(self) -> Mapping[str, tuple[Case, ...]]:
        """The cases of each transcript; one that no case claims is a case of its own, without attributes."""
        claimed: dict[str, list[Case]] = {}
        for case in self.cases:
            for transcript in case.transcripts:
                claimed.setdefault(transcript, []).append(case)
        return {name: tuple(claimed.get(name, [Case(name)])) for name in self.transcripts}

    @cached_property
    def attributes_of(self) -> Mapping[str, Mapping[str, str]]:
        """The attributes of each case by its name."""
        return {case.id: case.attributes for case in self.cases}

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """Names of the cases' attributes, in the order of their columns."""
        return tuple(self.cases[0].attributes) if self.cases else ()

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
        placed = place_all(state, self.transcripts, self.read_book[0])
        self.versions.keep(placed.spoken)
        left = replace(state, applied=(), decided={}, twins=placed.twins)
        return _Ledger(left, placed.codings, placed.stale, latest, tuple(problems))

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
