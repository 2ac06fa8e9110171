"""What to do next in a study that is not complete yet: the one command that moves it on."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Collection

from qualcode.errors import format_count, name_command, name_for_interface
from qualcode.study.new_study import find_example_codebook
from qualcode.study.study import Study


def describe_next_step(study: Study) -> str:
    """Return what is missing and the command to run next."""
    if study.decided_until:
        return "" if study.codings else f"nothing was coded until the end of {study.decided_until} (UTC)"
    if missing := describe_missing_sources(study):
        return missing
    if not study.codings:
        return _describe_coding(study)
    finished = {mark.transcript for mark in study.ledger_state.finished}
    if study.stale_counts or finished - set(study.transcripts):
        return f"transcripts were edited, renamed or removed since they were coded: {name_command('update')}"
    if orphaned := sum(coding.status == "orphaned" for coding in study.codings):
        return f"{format_count(orphaned, 'coding')} without a place: {name_command('check')} says what to do"
    return _describe_reading(study, finished) if finished else _describe_finishing(study)


def describe_missing_sources(study: Study) -> str:
    """Return what to do in a study without any transcript or code; empty if it has both."""
    if not study.sources_and_problems[0]:
        add = name_for_interface("'qualcode transcripts add FILE...'", "Project.add(...)")
        return f"there are no transcripts yet: add interviews with {add}"
    book, problems = study.codebook_and_problems
    if study.settings_problems or problems:
        return f"settings or codebook have problems: see {name_command('check')}"
    if not book.codes:
        return "codebooks/ has no codes yet: add some to a file such as codebooks/challenges.yaml"
    return ""


def _describe_coding(study: Study) -> str:
    # Reads one source only.
    first = next(study.stream_transcripts(problems=[]), None)
    if first is None:
        return f"no transcript can be read: see {name_command('check')}"
    suggest = name_for_interface(
        f"'qualcode suggest --transcripts {shlex.quote(first.id)}'", f"Project.suggest(transcripts={first.id!r})"
    )
    begin = f"begin with {suggest}"
    if example := find_example_codebook(study.root):
        path = example.relative_to(study.root).as_posix()
        begin = f"write your own codes in place of the example in {path}, then {begin}"
    return f"there are no codings yet: {begin}"


def _describe_finishing(study: Study) -> str:
    ((transcript, _),) = Counter(coding.transcript for coding in study.codings).most_common(1)
    done = name_for_interface(f"'qualcode done {shlex.quote(transcript)}'", f"Project.done({transcript!r})")
    return f"no transcript is finished yet: when all of one is read, {done}"


def _describe_reading(study: Study, finished: Collection[str]) -> str:
    left = [name for name in study.transcripts if name not in finished]
    if not left:
        return f"all transcripts are finished: count with {name_command('themes')}, or write {name_command('export')}"
    suggest = name_for_interface(
        f"'qualcode suggest {shlex.quote(left[0])}'", f"Project.suggest(transcripts={left[0]!r})"
    )
    return f"not finished: {len(left):,} of {format_count(len(study.transcripts), 'transcript')}; go on with {suggest}"
