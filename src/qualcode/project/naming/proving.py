"""A replacement of names proved: all is read again and compared before anything is put into place."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from qualcode.anchors import Anchor, anchor
from qualcode.errors import Problem, Refused
from qualcode.ledger import fold
from qualcode.model import Coding
from qualcode.project.naming.keys import Kept
from qualcode.project.naming.ledger_lines import hashes_of, ledgers
from qualcode.project.naming.replacing import How, Replacing, Swap
from qualcode.project.naming.staging import study_of
from qualcode.project.study import Study
from qualcode.pseudonyms import Changer

_MOST_TRIES = 20
"""Times that all is prepared anew without the sources that were not read as they should be."""


@dataclass
class Made:
    """A replacement: by what it was made, its files, and lines of ledgers that need a record to come back."""

    changer: Changer
    swap: Swap
    record: dict[str, list[tuple[str, int, str]]]
    left: tuple[Problem, ...] = ()
    """Sources that are left as they are."""
    wrong: tuple[Problem, ...] = ()
    """What forbids to write it."""


def proved(
    study: Study,
    changer: Callable[[], Changer],
    stage: Path,
    *,
    how: How,
    kept: Kept | None = None,
) -> Made:
    """Replace, read all again, and leave as they are those sources that are not read as they should be."""
    problems: list[Problem] = []
    for number in range(_MOST_TRIES):
        made, now = _made(study, changer(), stage / str(number), how, kept)
        unwritable = {one.path for one in made.swap.unwritable}
        misread = [one for one in _misread(study, made.swap, now) if one.path not in unwritable]
        problems += [*made.swap.unwritable, *(one for one in misread if one.path not in how.originals)]
        if not unwritable and not misread:
            made.left, made.wrong = tuple(problems), (*_drifted(study, now), *_unlike(study, now))
            return made
        how = _without(how, unwritable | {one.path for one in misread})
    raise Refused("the sources cannot be read again as they should be: please report it")


def _without(how: How, wrong: Collection[str]) -> How:
    """Leave sources as they are; one that was made plain text and edited since stays plain text."""
    originals = {path: held for path, held in how.originals.items() if path not in wrong}
    return replace(how, left=how.left | (set(wrong) - how.originals.keys()), originals=originals)


def _made(study: Study, changer: Changer, stage: Path, how: How, kept: Kept | None) -> tuple[Made, Study]:
    made = Replacing(study, changer, how=how)
    made.sources()
    made.tables_and_settings()
    first = study_of(made.swap.files, stage)
    hashes = hashes_of(study.read_book[0], first.read_book[0])
    record = ledgers(made, hashes, kept.lines if kept else None)
    made.others()
    return Made(changer, made.swap, record), study_of(made.swap.files, stage)


def _misread(study: Study, swap: Swap, now: Study) -> Iterator[Problem]:
    """Yield the sources whose text, read again, is not the old one with names replaced, or whose turns differ."""
    for old in study.transcripts.values():
        carried, new = swap.texts[old.id], now.transcripts.get(swap.ids[old.id])
        if new is None:
            said = "its new form cannot be read, so it is left as it is"
        elif new.text != carried.new:
            said = f"read again, its new form differs ({_difference(carried.new, new.text)}), so it is left as it is"
        elif [(turn.start, turn.role) for turn in new.turns] != [
            (carried.shift.start(turn.start), turn.role) for turn in old.turns
        ]:
            said = "read again, its turns or roles differ, so it is left as it is"
        else:
            continue
        yield Problem(old.path, 0, 0, said, "do the pseudonyms fit as speakers' labels? replace its names by hand")


def _difference(wanted: str, found: str) -> str:
    place = next(
        (i for i, (a, b) in enumerate(zip(wanted, found, strict=False)) if a != b), min(len(wanted), len(found))
    )
    start = max(0, place - 15)
    return f"'{found[start : place + 25]}' for '{wanted[start : place + 25]}'".replace("\n", " ")


def _drifted(study: Study, now: Study) -> Iterator[Problem]:
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


def _unlike(study: Study, now: Study) -> Iterator[Problem]:
    """Yield what is wrong with settings, codebook and cases now and was not before."""
    was = [*study.settings_problems, *study.read_book[1], *study.case_problems]
    found = [*now.settings_problems, *now.read_book[1], *now.case_problems]
    if len(found) > len(was):
        yield from found
    if {code.id for code in study.read_book[0].codes} != {code.id for code in now.read_book[0].codes}:
        yield Problem("codebooks", 0, 0, "ids of codes hold names, and would change", "rename them, with 'formerly'")


def refuse_stale(study: Study) -> None:
    """Refuse where codings are not where the ledger says: their places could not be carried along exactly."""
    placed = {one.id: one for one in study.codings if one.status != "orphaned"}
    events = {event.id: event for event in fold(study.events).applied}
    loose = [one for one in placed.values() if (event := events.get(one.id)) and not _stands(study, one, event.anchor)]
    if loose:
        where = ", ".join(sorted({one.transcript for one in loose}))
        raise Refused(
            f"{len(loose)} codings stand elsewhere than the ledger says ({where}): 'qualcode update --write' first"
        )


def _stands(study: Study, coding: Coding, kept: Anchor) -> bool:
    return anchor(study.transcripts[coding.transcript].text, coding.start, coding.end) == kept
