"""The table of assignments: who is to code which transcript, and what is done of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qualcode.coding.team.assignment_draw import DrawPlan, draw_assignments
from qualcode.errors import (
    FileProblemsError,
    Problem,
    UsageError,
    did_you_mean,
    format_count,
    format_names,
    name_option,
)
from qualcode.segments import count_turn_words
from qualcode.settings import validate_coder
from qualcode.study.readings.assignments import ASSIGNMENTS_FILE, Assignment, read_assignments
from qualcode.study.selection import (
    Names,
    case_value,
    select_group_attributes,
    select_transcript_ids,
    sort_naturally,
    to_name_tuple,
)
from qualcode.study.study import Study

ASSIGNMENT_COLUMNS = "transcript coder overlap words done".split()
_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%")


@dataclass(frozen=True, slots=True)
class AssignmentOptions:
    """How transcripts are assigned; None means the default."""

    transcripts: Names | None = None
    coder: Names | None = None
    overlap: int | str = "20%"
    readers: int = 2
    by: Names | None = None
    seed: int = 0
    replace: bool = False


def load_assignments(study: Study) -> list[Assignment]:
    """Return the assignments of a study.

    Raises
    ------
    FileProblemsError
        If the table has problems.
    """
    assignments, problems = read_assignments(study.root, study.transcripts)
    if errors := [problem for problem in problems if problem.level == "error"]:
        raise FileProblemsError(errors, summary="Correct the table of assignments first.")
    return assignments


def plan_assignments(study: Study, options: AssignmentOptions) -> tuple[list[Assignment], list[str]]:
    """Return the assignments as they would be, and notes: how they were drawn and each coder's share.

    Transcripts that are assigned already keep their coders, unless ``replace``.

    Raises
    ------
    UsageError
        If a number or the name of a coder is not valid, or there is no coder.
    UnknownNameError
        If there is no such transcript or attribute.
    """
    coders = [validate_coder(name) for name in dict.fromkeys(to_name_tuple(options.coder) or study.settings.coders)]
    if not coders:
        raise UsageError(f"name the coders: {name_option('coder', 'NAME')}, or 'coders:' in qualcode.yaml")
    selected = select_transcript_ids(study, options.transcripts)
    given = [one for one in load_assignments(study) if not (options.replace and one.transcript in set(selected))]
    overlap = _parse_overlap(options.overlap, len(selected)) if len(coders) > 1 else 0
    if options.readers > 2 and len(coders) < 2:
        raise UsageError(
            f"{name_option('readers', options.readers)}: an overlap needs two coders or more; there is one, {coders[0]}"
        )
    if not 2 <= options.readers <= max(2, len(coders)):
        raise UsageError(f"{name_option('readers')}: must be a number from 2 to {len(coders)}, the number of coders")
    words = {name: count_turn_words(one, one.participant_turns) for name, one in study.transcripts.items()}
    plan = DrawPlan(_stratify(study, selected, options.by), words, coders, overlap, options.readers, options.seed)
    order = {name: position for position, name in enumerate(study.transcripts)}
    assignments = draw_assignments(plan, given)
    assignments.sort(key=lambda one: order.get(one.transcript, len(order)))
    return assignments, _plan_notes(plan, assignments, given, attributes=to_name_tuple(options.by))


def _parse_overlap(given: int | str, transcripts: int) -> int:
    """Return a number of transcripts, given as such or as a share like "20%"."""
    text = str(given).strip()
    share = _SHARE.fullmatch(text)
    if share and float(share[1]) <= 100:
        return min(transcripts, max(1, round(transcripts * float(share[1]) / 100))) if float(share[1]) else 0
    if not text.isdecimal() or int(text) > transcripts:
        raise UsageError(
            f"{name_option('overlap')}: '{given}' is neither a number up to {transcripts} nor a share such as 20%"
        )
    return int(text)


def _stratify(study: Study, transcripts: Sequence[str], by: Names | None) -> Mapping[str, list[str]]:
    attributes = select_group_attributes(study, by)
    strata: dict[str, list[str]] = {}
    for name in transcripts:
        cases = [case.id for case in study.cases_of[name]]
        values = [", ".join(sort_naturally(case_value(study, case, one) for case in cases)) for one in attributes]
        strata.setdefault("; ".join(values), []).append(name)
    return strata


def _plan_notes(
    plan: DrawPlan, assignments: Sequence[Assignment], given: Sequence[Assignment], *, attributes: Sequence[str]
) -> list[str]:
    overlapping = {one.transcript for one in assignments if one.is_overlap}
    everything = {one.transcript for one in assignments}
    notes = []
    for coder in dict.fromkeys(one.coder for one in assignments):
        own = [one.transcript for one in assignments if one.coder == coder]
        words = sum(plan.words.get(name, 0) for name in own)
        notes.append(f"{coder}: {format_count(len(own), 'transcript')}, {words:,} participants' words")
    stratified = f", stratified by {format_names(attributes)}" if attributes else ""
    notes.append(
        f"{len(overlapping):,} of {format_count(len(everything), 'transcript')} to be coded by several coders"
        f" (drawn with seed {plan.seed}{stratified})"
    )
    if len(plan.coders) < 2:
        notes.append(f"no overlap is drawn: it needs two coders or more ({name_option('coder')})")
    if given:
        kept = len({one.transcript for one in given})
        notes.append(f"{format_count(kept, 'transcript')} assigned before: unchanged")
    found = sum(name in overlapping for names in plan.strata.values() for name in names)
    if found < plan.overlap:
        replace = name_option("replace", True)
        notes.append(
            f"{found:,} of the {plan.overlap:,} transcripts wanted by several coders: the others are assigned to one "
            f"coder already ({replace} draws them again)"
        )
    return notes


def assignment_rows(study: Study, assignments: Iterable[Assignment]) -> Iterator[dict[str, Any]]:
    """Yield one row per transcript and coder, with the keys of `ASSIGNMENT_COLUMNS`."""
    done = {(mark.coder, mark.transcript) for mark in study.ledger_state.finished}
    for one in assignments:
        transcript = study.transcripts.get(one.transcript)
        yield {
            "transcript": one.transcript,
            "coder": one.coder,
            "overlap": one.is_overlap,
            "words": count_turn_words(transcript, transcript.participant_turns) if transcript else None,
            "done": (one.coder, one.transcript) in done,
        }


def check_assignments(study: Study) -> Iterator[Problem]:
    """Yield the problems of the table: rows that cannot be read, transcripts and coders that do not exist."""
    assignments, problems = read_assignments(study.root, study.transcripts)
    yield from problems
    known = {*study.coders, *study.settings.coders, study.settings.coder}
    for one in assignments:
        if one.transcript not in study.transcripts:
            hint = did_you_mean(one.transcript, study.transcripts)
            yield Problem(
                ASSIGNMENTS_FILE, 0, 0, f"no transcript '{one.transcript}', which {one.coder} is to code", hint
            )
    for coder in sorted({one.coder for one in assignments} - known):
        if hint := did_you_mean(coder, known - {""}):
            yield Problem(ASSIGNMENTS_FILE, 0, 0, f"coder '{coder}' has not decided anything yet", hint, "notice")
