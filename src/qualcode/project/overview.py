"""Where a study stands: its parts in numbers, coder by coder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from qualcode.errors import Problem, UnknownName
from qualcode.model import Transcript, Unit
from qualcode.project.checking import check
from qualcode.project.study import Study
from qualcode.segments import count_words, segments

SEGMENT_COLUMNS = "transcript turn segment start end speaker role text".split()


@dataclass(frozen=True, slots=True)
class Status:
    """A study in numbers; ``coders`` has one mapping a coder."""

    name: str
    root: str
    transcripts: int
    cases: int
    turns: int
    words: int
    families: int
    codes: int
    codebook: str
    codings: int
    orphaned: int
    errors: int
    notices: int
    coders: tuple[dict[str, Any], ...]


def status(study: Study) -> Status:
    """Return where a study stands."""
    book = study.read_book[0]
    problems = check(study)
    turns = [(one, turn) for one in study.transcripts.values() for turn in one.participants]
    return Status(
        name=study.name,
        root=str(study.root),
        transcripts=len(study.transcripts),
        cases=len({case.id for cases in study.cases_of.values() for case in cases}),
        turns=len(turns),
        words=sum(count_words(one.text[turn.start : turn.end]) for one, turn in turns),
        families=len(book.families),
        codes=len(book.codes),
        codebook=book.version,
        codings=sum(coding.status != "orphaned" for coding in study.codings),
        orphaned=sum(coding.status == "orphaned" for coding in study.codings),
        errors=sum(problem.level == "error" for problem in problems),
        notices=sum(problem.level == "notice" for problem in problems),
        coders=tuple(_coder(study, name) for name in study.coders),
    )


def _coder(study: Study, name: str) -> dict[str, Any]:
    own = [coding for coding in study.codings if coding.coder == name]
    return {
        "coder": name,
        "codings": sum(coding.status != "orphaned" for coding in own),
        "transcripts": len({coding.transcript for coding in own}),
        "done": len({entry.transcript for entry in study.state.done if entry.coder == name}),
        "orphaned": sum(coding.status == "orphaned" for coding in own),
        "latest": study.latest[name],
    }


def transcript_rows(study: Study, chosen: list[str]) -> Iterator[dict[str, Any]]:
    """Yield a line a transcript: its shape and where its coding stands."""
    codings = Counter(coding.transcript for coding in study.codings if coding.status != "orphaned")
    done: dict[str, set[str]] = {}
    for entry in study.state.done:
        done.setdefault(entry.transcript, set()).add(entry.coder)
    for name in chosen:
        progress = {"codings": codings[name], "done": ", ".join(sorted(done.get(name, ())))}
        yield {**_shape(study, study.transcripts[name]), **progress}


def _shape(study: Study, transcript: Transcript) -> dict[str, Any]:
    text = transcript.text
    speakers = dict.fromkeys(turn.speaker or "?" for turn in transcript.participants)
    interviewers = dict.fromkeys(turn.speaker for turn in transcript.turns if turn.role == "interviewer")
    return {
        "transcript": transcript.id,
        "case": ", ".join(case.id for case in study.cases_of[transcript.id]),
        "path": transcript.path,
        "turns": len(transcript.turns),
        "participant_turns": len(transcript.participants),
        "sentences": sum(one.role == "participant" for one in segments(transcript, short=study.short)),
        "words": sum(count_words(text[turn.start : turn.end]) for turn in transcript.participants),
        "speakers": "; ".join(speakers),
        "interviewers": "; ".join(interviewers),
        "unplaced": len(transcript.unplaced),
    }


def segment_rows(
    study: Study, transcripts: Iterable[Transcript], unit: Unit, *, interviewers: bool
) -> Iterator[dict[str, Any]]:
    """Yield a line a segment; interviewers' only if asked for."""
    for transcript in transcripts:
        for one in segments(transcript, unit=unit, short=study.short):
            if interviewers or one.role == "participant":
                said = transcript.text[one.start : one.end]
                yield dict(
                    zip(
                        SEGMENT_COLUMNS,
                        (transcript.id, one.turn, one.index, one.start, one.end, one.speaker, one.role, said),
                        strict=True,
                    )
                )


def streamed(study: Study, wanted: Sequence[str], failed: list[Problem]) -> Iterator[Transcript]:
    """Yield the transcripts that names or patterns such as ``S*`` choose, keeping none; a name without one is told."""
    missed = set(wanted)
    for transcript in study.stream(failed=failed):
        fitting = [name for name in wanted if transcript.id == name or fnmatchcase(transcript.id, name)]
        missed.difference_update(fitting)
        if fitting or not wanted:
            yield transcript
    if missed:
        raise UnknownName("transcript", min(missed), study.sources[0])
