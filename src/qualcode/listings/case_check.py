"""What is wrong between cases, transcripts and speakers: who misses whom, and who is counted for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import combinations
from pathlib import PurePath

from qualcode.errors import Problem, did_you_mean
from qualcode.model import Case, Transcript
from qualcode.settings import SETTINGS_FILE
from qualcode.study.study import Study
from qualcode.transcripts import normalise_label


def check_cases(study: Study) -> Iterator[Problem]:
    """Yield what cases, transcripts and their speakers miss, and where several cases share one text."""
    speaking = {turn.case for one in study.transcripts.values() for turn in one.participant_turns if turn.case}
    yield from _check_missing_transcripts(study, speaking)
    yield from _check_transcripts_without_case(study)
    yield from _check_speaker_cases(study)
    for name, claims in study.case_table.cases_with_speakers.items():
        if name in study.transcripts:
            yield from _check_duplicate_speakers(study.case_table.relative_path, name, claims)
    for case in study.case_table.cases_and_problems[0]:
        yield from _check_missing_speakers(study, case)
    for name, transcript in study.transcripts.items():
        yield from _check_shared_transcript(study, name, transcript)


def _check_missing_transcripts(study: Study, speaking: set[str]) -> Iterator[Problem]:
    seen: set[str] = set()
    for case in study.cases:
        for name in case.transcripts:
            by_turns = case.transcripts == (case.id,) and case.id in speaking
            if name not in study.transcripts and name not in seen and not by_turns:
                said = f"case '{case.id}' has no transcript '{name}'"
                yield Problem(study.case_table.relative_path, 0, 0, said, _hint_for_transcript(name, study.transcripts))
            seen.add(name)


def _hint_for_transcript(name: str, transcripts: Collection[str]) -> str:
    """Return what to write for a transcript that is not there: its id, where the cell has a path or a comma."""
    names = [one.strip() for one in name.split(",")]
    if len(names) > 1 and all(one in transcripts for one in names):
        return f"write ; between them: {'; '.join(names)}"
    bare = name.removesuffix(PurePath(name).suffix)
    if bare in transcripts:
        return f"did you mean '{bare}'?"
    return did_you_mean(name, transcripts) or "add its source or remove the row"


def _check_transcripts_without_case(study: Study) -> Iterator[Problem]:
    if not study.case_table.cases_and_problems[0]:
        return
    without = [case.id for case in study.cases if not study.transcripts.keys() & set(case.transcripts)]
    for name, transcript in study.transcripts.items():
        if not study.shares[name].is_claimed:
            hint = did_you_mean(name, without) or "it counts as a case of its own"
            said = f"no case in {study.case_table.relative_path} has transcript '{name}'"
            yield Problem(transcript.path, 0, 0, said, hint, "notice")


def _check_speaker_cases(study: Study) -> Iterator[Problem]:
    """Yield a notice on each case that the settings give a speaker and the table of cases does not have."""
    known = {case.id for case in study.cases}
    for label, rule in study.settings.rules.speakers.items() if known else ():
        if rule.case and rule.case not in known:
            hint = did_you_mean(rule.case, known) or "it has no attributes"
            said = f"speaker '{label}': {study.case_table.relative_path} has no case '{rule.case}'"
            yield Problem(SETTINGS_FILE, *study.settings.label_positions.get(label, (0, 0)), said, hint, "notice")


def _check_duplicate_speakers(path: str, name: str, claims: list[Case]) -> Iterator[Problem]:
    for first, second in combinations(claims, 2):
        for label in second.speakers:
            if normalise_label(label) in map(normalise_label, first.speakers):
                said = f"speaker '{label}' of '{name}' is claimed by case '{first.id}' and case '{second.id}'"
                yield Problem(path, 0, 0, said, f"counted for '{first.id}': remove one")


def _check_missing_speakers(study: Study, case: Case) -> Iterator[Problem]:
    there = [study.transcripts[name] for name in case.transcripts if name in study.transcripts]
    known = {normalise_label(label): label for one in there for label in _speaker_labels(one)}
    for label in case.speakers if there else ():
        if normalise_label(label) not in known:
            hint = did_you_mean(label, known.values()) or "see 'qualcode transcripts speakers'"
            where = ", ".join(one.id for one in there)
            said = f"case '{case.id}': nobody is called '{label}' in {where}"
            yield Problem(study.case_table.relative_path, 0, 0, said, hint)


def _speaker_labels(transcript: Transcript) -> Iterator[str]:
    for turn in transcript.turns:
        yield from filter(None, (turn.speaker, turn.label))


def _check_shared_transcript(study: Study, name: str, transcript: Transcript) -> Iterator[Problem]:
    others = study.shares[name].default_cases
    nobody = {turn.speaker: turn for turn in transcript.participant_turns if not turn.case}
    if len(others) > 1:
        cases = ", ".join(case.id for case in others)
        whose = "all its words" if len(others) == len(study.shares[name].cases) else _describe_speakers(nobody)
        hint = "tell them apart: a column 'speakers' in the table of cases, or 'case' under speakers in qualcode.yaml"
        yield Problem(transcript.path, 0, 0, f"{len(others)} cases ({cases}): {whose} count for each", hint, "notice")
    elif study.shares[name].is_claimed and others and _is_leftover(study, name, others[0]):
        hint = "if that is wrong, name the speaker's case in the table of cases or in qualcode.yaml"
        said = f"of no case: {_describe_speakers(nobody)}; counted as a case of its own, '{name}'"
        yield Problem(transcript.path, 0, 0, said, hint, "notice")


def _is_leftover(study: Study, name: str, case: Case) -> bool:
    """Tell whether a case is there only because some turns of its transcript are of no other."""
    return case.id == name and case.id not in study.attributes_of


def _describe_speakers(speakers: Mapping[str, object]) -> str:
    return "the words of " + ", ".join(f"'{name}'" if name else "nobody known" for name in speakers)
