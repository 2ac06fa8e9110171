"""A replacement of names proved: all is read again and compared before anything is put into place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from qualcode.anchors import Anchor, make_anchor
from qualcode.errors import OperationError, Problem
from qualcode.model import Coding
from qualcode.pseudonyms.key_file import UndoRecord
from qualcode.pseudonyms.ledger_replacement import map_codebook_hashes, replace_in_ledgers
from qualcode.pseudonyms.source_replacement import ReplacedFiles, ReplacementOptions, StudyReplacer
from qualcode.pseudonyms.text import Replacer
from qualcode.pseudonyms.transaction import write_study
from qualcode.study.study import Study

_MOST_TRIES = 20
"""Times that all is prepared anew without the sources that were not read as they should be."""


@dataclass
class VerifiedReplacement:
    """A replacement: by what it was made, its files, and lines of ledgers that need a record to come back."""

    replacer: Replacer
    replaced_files: ReplacedFiles
    undo_lines: dict[str, list[tuple[str, int, str]]]
    skipped_source_problems: tuple[Problem, ...] = ()
    """Sources that are left as they are."""
    blocking_problems: tuple[Problem, ...] = ()
    """What forbids to write it."""


def replace_and_verify(
    study: Study,
    changer: Callable[[], Replacer],
    stage: Path,
    *,
    options: ReplacementOptions,
    undo_record: UndoRecord | None = None,
) -> VerifiedReplacement:
    """Replace, read all again, and leave as they are those sources that are not read as they should be."""
    problems: list[Problem] = []
    for number in range(_MOST_TRIES):
        made, now = _replace_names(study, changer(), stage / str(number), options, undo_record)
        unwritable = {one.path for one in made.replaced_files.unwritable_problems}
        misread = [one for one in _find_misread_sources(study, made.replaced_files, now) if one.path not in unwritable]
        problems += [
            *made.replaced_files.unwritable_problems,
            *(one for one in misread if one.path not in options.originals),
        ]
        if not unwritable and not misread:
            made.skipped_source_problems, made.blocking_problems = (
                tuple(problems),
                (*_find_changed_codings(study, now), *_find_new_problems(study, now)),
            )
            return made
        options = _leave_unchanged(options, unwritable | {one.path for one in misread})
    raise OperationError("the sources cannot be read again as they should be: please report it")


def _leave_unchanged(how: ReplacementOptions, wrong: Collection[str]) -> ReplacementOptions:
    """Leave sources as they are; one that was made plain text and edited since stays plain text."""
    originals = {path: held for path, held in how.originals.items() if path not in wrong}
    return replace(how, unchanged_paths=how.unchanged_paths | (set(wrong) - how.originals.keys()), originals=originals)


def _replace_names(
    study: Study, changer: Replacer, stage: Path, how: ReplacementOptions, kept: UndoRecord | None
) -> tuple[VerifiedReplacement, Study]:
    made = StudyReplacer(study, changer, options=how)
    made.replace_in_sources()
    made.replace_in_tables_and_settings()
    first = write_study(made.replaced_files.files, stage)
    hashes = map_codebook_hashes(study.codebook_and_problems[0], first.codebook_and_problems[0])
    record = replace_in_ledgers(made, hashes, kept.lines if kept else None)
    made.add_unchanged_files()
    return VerifiedReplacement(changer, made.replaced_files, record), write_study(made.replaced_files.files, stage)


def _find_misread_sources(study: Study, swap: ReplacedFiles, now: Study) -> Iterator[Problem]:
    """Yield the sources whose text, read again, is not the old one with names replaced, or whose turns differ."""
    for old in study.transcripts.values():
        carried, new = swap.texts[old.id], now.transcripts.get(swap.new_ids[old.id])
        if new is None:
            said = "its new form cannot be read, so it is left as it is"
        elif new.text != carried.new_text:
            said = f"read again, its new form differs ({_describe_difference(carried.new_text, new.text)}), so it is left as it is"
        elif [(turn.start, turn.role) for turn in new.turns] != [
            (carried.offset_map.map_start(turn.start), turn.role) for turn in old.turns
        ]:
            said = "read again, its turns or roles differ, so it is left as it is"
        else:
            continue
        yield Problem(old.path, 0, 0, said, "do the pseudonyms fit as speakers' labels? replace its names by hand")


def _describe_difference(wanted: str, found: str) -> str:
    place = next(
        (i for i, (a, b) in enumerate(zip(wanted, found, strict=False)) if a != b), min(len(wanted), len(found))
    )
    start = max(0, place - 15)
    return f"'{found[start : place + 25]}' for '{wanted[start : place + 25]}'".replace("\n", " ")


def _find_changed_codings(study: Study, now: Study) -> Iterator[Problem]:
    """Yield the codings that would not be what they were."""
    after = {coding.id: coding for coding in now.codings}
    for coding in study.codings:
        new = after.get(coding.id)
        if new is None or _state(coding) != _state(new):
            path = f"codings/{coding.coder}/{coding.transcript}.jsonl"
            said = f"coding {coding.id} was {coding.status}, and would be {new.status if new else 'gone'}"
            hint = (
                "look at it with 'qualcode codings'" if new else "it would say what another says: retract one of them"
            )
            yield Problem(path, 0, 0, said, hint)


def _state(coding: Coding) -> tuple[str, str, str]:
    return coding.status, coding.code, coding.coder


def _find_new_problems(study: Study, now: Study) -> Iterator[Problem]:
    """Yield what is wrong with settings, codebook and cases now and was not before."""
    was = [*study.settings_problems, *study.codebook_and_problems[1], *study.case_problems]
    found = [*now.settings_problems, *now.codebook_and_problems[1], *now.case_problems]
    if len(found) > len(was):
        yield from found
    if {code.id for code in study.codebook_and_problems[0].codes} != {
        code.id for code in now.codebook_and_problems[0].codes
    }:
        yield Problem("codebooks", 0, 0, "ids of codes hold names, and would change", "rename them, with 'formerly'")


def refuse_stale(study: Study) -> None:
    """Refuse where codings are not where the ledger says: their places could not be carried along exactly."""
    placed = {one.id: one for one in study.codings if one.status != "orphaned"}
    events = {event.id: event for event in study.ledger_state_with_codings.apply_events}
    loose = [
        one for one in placed.values() if (event := events.get(one.id)) and not _is_at_anchor(study, one, event.anchor)
    ]
    if loose:
        where = ", ".join(sorted({one.transcript for one in loose}))
        raise OperationError(
            f"{len(loose)} codings stand elsewhere than the ledger says ({where}): 'qualcode update --write' first"
        )


def _is_at_anchor(study: Study, coding: Coding, kept: Anchor) -> bool:
    return make_anchor(study.transcripts[coding.transcript].text, coding.start, coding.end) == kept
