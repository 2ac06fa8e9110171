"""A study in numbers: its parts, its codings and its coders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qualcode.listings.study_check import check_study
from qualcode.segments import count_turn_words
from qualcode.study.next_step import describe_next_step
from qualcode.study.study import Study


@dataclass(frozen=True, slots=True)
class StudyStatus:
    """The numbers of a study; ``coders`` has one mapping per coder."""

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
    next: str = ""
    """What is missing and the command to run next, in a study that is not complete yet."""
    as_of: str = ""
    """The date until which decisions count, if not all do."""


def summarise_study(study: Study) -> StudyStatus:
    """Return the numbers of a study; turns and words are those of participants."""
    # Not `study.codebook`, which raises errors: the status counts them.
    book = study.codebook_and_problems[0]
    problems = check_study(study)
    return StudyStatus(
        name=study.name,
        root=str(study.root),
        transcripts=len(study.transcripts),
        cases=len({case.id for cases in study.cases_of.values() for case in cases}),
        turns=sum(len(each.participant_turns) for each in study.transcripts.values()),
        words=sum(count_turn_words(each, each.participant_turns) for each in study.transcripts.values()),
        families=len(book.families),
        codes=len(book.codes),
        codebook=book.version,
        codings=sum(coding.status != "orphaned" for coding in study.codings),
        orphaned=sum(coding.status == "orphaned" for coding in study.codings),
        errors=sum(problem.level == "error" for problem in problems),
        notices=sum(problem.level == "notice" for problem in problems),
        coders=tuple(_coder_row(study, coder) for coder in study.coders),
        next="" if study.decided_until else describe_next_step(study),
        as_of=str(study.decided_until or ""),
    )


def _coder_row(study: Study, coder: str) -> dict[str, Any]:
    codings = [coding for coding in study.codings if coding.coder == coder]
    placed = [coding for coding in codings if coding.status != "orphaned"]
    finished = {entry.transcript for entry in study.ledger_state.finished if entry.coder == coder}
    return {
        "coder": coder,
        "codings": len(placed),
        "transcripts": len({coding.transcript for coding in placed}),
        "done": sum(name in study.transcripts for name in finished),
        "orphaned": len(codings) - len(placed),
        "latest": study.last_decision_times[coder],
    }
