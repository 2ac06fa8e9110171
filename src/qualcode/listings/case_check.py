"""Checks that the table of cases, the transcripts and the speakers refer to each other correctly."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations
from pathlib import PurePath
from unicodedata import normalize

from qualcode.errors import Problem, did_you_mean, name_command
from qualcode.model import Case, Transcript
from qualcode.settings import SETTINGS_FILE
from qualcode.study.study import Study
from qualcode.transcripts import normalise_label

_SIGNS = {ord(sign): "-" for sign in "\u2010\u2011\u2012\u2013\u2014\u2212"} | {ord("\u2019"): "'"}


def check_cases(study: Study) -> Iterator[Problem]:
    """Yield missing transcripts, cases and speakers, and transcripts whose words count for several cases."""
    yield from _check_missing_transcripts(study)
    yield from _check_transcripts_without_case(study)
    yield from _check_speaker_cases(study)
    for transcript_id, cases in study.case_table.cases_with_speakers.items():
        if transcript_id in study.transcripts:
            yield from _check_duplicate_speakers(study.case_table.relative_path, transcript_id, cases)
    for case in study.case_table.cases_and_problems[0]:
        yield from _check_missing_speakers(study, case)
    for transcript in study.transcripts.values():
        yield from _check_shared_transcript(study, transcript)
    for attribute in study.attributes:
        yield from _check_similar_values(study, attribute)


def _check_missing_transcripts(study: Study) -> Iterator[Problem]:
    speaking = {
        turn.case for transcript in study.transcripts.values() for turn in transcript.participant_turns if turn.case
    }
    reported: set[str] = set()
    for case in study.cases:
        for name in case.transcripts:
            # A row without transcripts gets its own id as one; a case that speaks in a focus group needs none.
            is_speaker = case.transcripts == (case.id,) and case.id in speaking
            if name not in study.transcripts and name not in reported and not is_speaker:
                message = f"case '{case.id}' has no transcript '{name}'"
                hint = _hint_for_transcript(name, study.transcripts)
                yield Problem(study.case_table.relative_path, 0, 0, message, hint)
            # Several cases may list one missing transcript; it is reported once.
            reported.add(name)


def _hint_for_transcript(cell: str, transcripts: Collection[str]) -> str:
    """Return what to write for a transcript that is missing: its id, where the cell has a path or a comma."""
    names = [name.strip() for name in cell.split(",")]
    if len(names) > 1 and all(name in transcripts for name in names):
        return f"separate ids with a semicolon: {'; '.join(names)}"
    stem = cell.removesuffix(PurePath(cell).suffix)
    if stem in transcripts:
        return f"did you mean '{stem}'?"
    return did_you_mean(cell, transcripts) or "add its source or remove the row"


def _check_transcripts_without_case(study: Study) -> Iterator[Problem]:
    if not study.case_table.cases_and_problems[0]:
        return
    empty_cases = [case.id for case in study.cases if not study.transcripts.keys() & set(case.transcripts)]
    for name, transcript in study.transcripts.items():
        if not study.shares[name].is_claimed:
            hint = did_you_mean(name, empty_cases) or "it counts as a case of its own"
            message = f"no case in {study.case_table.relative_path} has transcript '{name}'"
            yield Problem(transcript.path, 0, 0, message, hint, "notice")


def _check_speaker_cases(study: Study) -> Iterator[Problem]:
    """Yield a notice on each case that the settings assign to a speaker and the table of cases does not have."""
    known = {case.id for case in study.cases}
    for label, rule in study.settings.rules.speakers.items() if known else ():
        if rule.case and rule.case not in known:
            hint = did_you_mean(rule.case, known) or "it is counted as a case without attributes"
            message = f"speaker '{label}': {study.case_table.relative_path} has no case '{rule.case}'"
            position = study.settings.label_positions.get(label, (0, 0))
            yield Problem(SETTINGS_FILE, *position, message, hint, "notice")


def _check_duplicate_speakers(path: str, transcript_id: str, cases: Sequence[Case]) -> Iterator[Problem]:
    for first, second in combinations(cases, 2):
        for label in second.speakers:
            if normalise_label(label) in map(normalise_label, first.speakers):
                message = f"speaker '{label}' of '{transcript_id}' is in case '{first.id}' and in case '{second.id}'"
                yield Problem(path, 0, 0, message, f"counted for '{first.id}'; remove one of them")


def _check_missing_speakers(study: Study, case: Case) -> Iterator[Problem]:
    transcripts = [study.transcripts[name] for name in case.transcripts if name in study.transcripts]
    known = {normalise_label(label): label for transcript in transcripts for label in _speaker_labels(transcript)}
    for label in case.speakers if transcripts else ():
        if normalise_label(label) not in known:
            hint = did_you_mean(label, known.values()) or f"see {name_command('transcripts speakers')}"
            message = f"case '{case.id}': no speaker '{label}' in {', '.join(each.id for each in transcripts)}"
            yield Problem(study.case_table.relative_path, 0, 0, message, hint)


def _speaker_labels(transcript: Transcript) -> Iterator[str]:
    """Yield speakers by name and by label: the table of cases may use either."""
    for turn in transcript.turns:
        yield from filter(None, (turn.speaker, turn.label))


def _check_shared_transcript(study: Study, transcript: Transcript) -> Iterator[Problem]:
    shares = study.shares[transcript.id]
    cases = shares.default_cases
    unassigned = {turn.speaker: turn for turn in transcript.participant_turns if not turn.case}
    if len(cases) > 1:
        names = ", ".join(case.id for case in cases)
        words = "all words" if len(cases) == len(shares.cases) else _describe_speakers(unassigned)
        message = f"{len(cases)} cases share this transcript ({names}): {words} count for each of them"
        hint = "to separate them, add a column 'speakers' to the table of cases, or 'case' under speakers in "
        yield Problem(transcript.path, 0, 0, message, hint + SETTINGS_FILE, "notice")
    elif shares.is_claimed and cases and _is_leftover(study, transcript.id, cases[0]):
        message = f"{_describe_speakers(unassigned)} belong to no case; they count as case '{transcript.id}'"
        hint = f"if that is wrong, name the speaker's case in the table of cases or in {SETTINGS_FILE}"
        yield Problem(transcript.path, 0, 0, message, hint, "notice")


def _check_similar_values(study: Study, attribute: str) -> Iterator[Problem]:
    """Yield a notice on each group of values of an attribute that a reader would take for one value."""
    cases_of: dict[str, list[Case]] = {}
    for case in study.cases:
        if value := case.attributes.get(attribute, ""):
            cases_of.setdefault(value, []).append(case)
    similar: dict[str, list[str]] = {}
    for value in cases_of:
        similar.setdefault(_normalise_value(value), []).append(value)
    for values in similar.values():
        if len(values) > 1:
            counts = ", ".join(f"{json.dumps(value, ensure_ascii=False)} ({len(cases_of[value])})" for value in values)
            message = f"attribute '{attribute}' has values that differ only in capitals, spaces or signs: {counts}"
            hint = f"they are counted as {len(values)} groups; if they are one, write them alike"
            yield Problem(_path_of_case(study, cases_of[values[-1]][0]), 0, 0, message, hint, "notice")


def _normalise_value(value: str) -> str:
    """Return a value without differences in capitals, spaces, Unicode form, kinds of dashes and of apostrophes."""
    folded = normalize("NFKC", value).translate(_SIGNS).casefold()
    return re.sub(r"\s+", " ", folded).strip()


def _path_of_case(study: Study, case: Case) -> str:
    """Return the table that has a case: the table of cases, or the survey that it is a row of."""
    if case.id in {each.id for each in study.case_table.cases_and_problems[0]}:
        return study.case_table.relative_path
    return next((study.transcripts[name].path for name in case.transcripts if name in study.transcripts), "transcripts")


def _is_leftover(study: Study, transcript_id: str, case: Case) -> bool:
    """Return whether a case exists only because some turns of its transcript belong to no other case."""
    return case.id == transcript_id and case.id not in study.attributes_of


def _describe_speakers(speakers: Mapping[str, object]) -> str:
    return "the words of " + ", ".join(f"'{name}'" if name else "an unknown speaker" for name in speakers)
