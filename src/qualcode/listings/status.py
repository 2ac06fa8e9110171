"""Where a study stands: its parts in numbers, coder by coder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qualcode.listings.study_check import check_study
from qualcode.segments import count_words
from qualcode.study.study import Study


@dataclass(frozen=True, slots=True)
class StudyStatus:
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


def summarise_study(study: Study) -> StudyStatus:
    """Return where a study stands."""
    book = study.codebook_and_problems[0]
    problems = check_study(study)
    turns = [(one, turn) for one in study.transcripts.values() for turn in one.participant_turns]
    return StudyStatus(
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
        coders=tuple(_coder_row(study, name) for name in study.coders),
    )


def _coder_row(study: Study, name: str) -> dict[str, Any]:
    own = [coding for coding in study.codings if coding.coder == name]
    return {
        "coder": name,
        "codings": sum(coding.status != "orphaned" for coding in own),
        "transcripts": len({coding.transcript for coding in own}),
        "done": len({entry.transcript for entry in study.ledger_state.finished if entry.coder == name}),
        "orphaned": sum(coding.status == "orphaned" for coding in own),
        "latest": study.last_decision_times[name],
    }
