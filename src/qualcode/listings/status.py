"""A study in numbers: its parts, its codings and its coders."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from qualcode.files import display_html, escape_html
from qualcode.listings.study_check import check_study
from qualcode.segments import count_turn_words
from qualcode.study.next_step import describe_next_step
from qualcode.study.readings.assignments import read_assignments
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

    def _repr_html_(self) -> str:
        """Return the numbers, each coder's progress and the next step for notebooks."""
        from qualcode.tables import make_frame, notes_html, table_html

        numbers = {name: getattr(self, name) for name in _NUMBERS}
        progress = ("coder", "codings", "transcripts", "done", "latest")
        coders = make_frame([{name: row[name] for name in progress} for row in self.coders], progress)
        problems = [f"{self.errors} errors and {self.notices} notices: see check()"] if self.errors else []
        notes = [*filter(None, [self.next, f"until {self.as_of}" if self.as_of else ""]), *problems]
        return display_html(
            f"<p><b>{escape_html(self.name)}</b></p>",
            table_html(make_frame([numbers], _NUMBERS)),
            table_html(coders) if self.coders else "",
            notes_html(notes),
        )


_NUMBERS = ("transcripts", "cases", "turns", "words", "families", "codes", "codings", "orphaned")


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
        coders=tuple(_coder_rows(study)),
        next="" if study.decided_until else describe_next_step(study),
        as_of=str(study.decided_until or ""),
    )


def _coder_rows(study: Study) -> Iterator[dict[str, Any]]:
    """Yield the progress of all who have decided something, are listed in the settings, or have an assignment."""
    # The status counts what is wrong with the table elsewhere.
    assignments = read_assignments(study.root, study.transcripts)[0]
    names = {*study.coders, *study.settings.coders, *(one.coder for one in assignments)}
    for coder in sorted(names):
        assigned = {one.transcript for one in assignments if one.coder == coder}
        yield _coder_row(study, coder, assigned & set(study.transcripts))


def _coder_row(study: Study, coder: str, assigned: set[str]) -> dict[str, Any]:
    codings = [coding for coding in study.codings if coding.coder == coder]
    placed = [coding for coding in codings if coding.status != "orphaned"]
    finished = {entry.transcript for entry in study.ledger_state.finished if entry.coder == coder}
    return {
        "coder": coder,
        "codings": len(placed),
        "transcripts": len({coding.transcript for coding in placed}),
        "done": sum(name in study.transcripts for name in finished),
        "orphaned": len(codings) - len(placed),
        "latest": study.last_decision_times.get(coder, ""),
        "assigned": len(assigned),
        "assigned_done": len(assigned & finished),
        "note": study.settings.coders.get(coder, ""),
    }
