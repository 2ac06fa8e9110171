"""Pseudonyms for names all over a study, or names for pseudonyms: planned, proved, and only then put into place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qualcode.errors import Problem, ProblemsFound, Refused
from qualcode.files import read_bytes, write_private
from qualcode.ledger import all_locked
from qualcode.project.naming.keys import Kept, KeyFile, kept_record, names_of
from qualcode.project.naming.proving import proved, refuse_stale
from qualcode.project.naming.replacing import How, Swap, Tree, tree
from qualcode.project.naming.staging import commit, finish, staged, study_of
from qualcode.project.study import Study
from qualcode.pseudonyms import Doing, Key, Seen, Undoing, decided, finder, lower_words

Decide = Callable[[Seen], bool | None]
"""Asks a person whether a word is the name; None leaves it undecided."""

COLUMNS = ("name", "pseudonym", "place", "count", "unsure")
_BEFORE = re.compile(r"(?:(?<!\S)\S+\s+){0,3}\S*$")
_AFTER = re.compile(r"\S*(?:\s+\S+(?!\S)){0,3}")
"""The words on either side by which a decision knows its place again."""


@dataclass(frozen=True)
class Plan:
    """What a replacement would do, wholly prepared: the new files, the way back, and what is to be said of it."""

    old: Tree
    new: Tree
    record: Kept | None
    seen: tuple[Seen, ...] = ()
    problems: tuple[Problem, ...] = ()
    wrong: tuple[Problem, ...] = ()
    codings: int = 0
    aside: Tree = field(default_factory=dict)

    @property
    def unsure(self) -> tuple[Seen, ...]:
        """Words that may be names, to be decided."""
        return tuple(one for one in self.seen if one.hit.doubt)

    @property
    def changed(self) -> list[str]:
        """Paths of files that are rewritten, renamed or removed."""
        return sorted(path for path in self.old.keys() | self.new.keys() if self.old.get(path) != self.new.get(path))


def plan(held: KeyFile, key: Key, stage: Path, *, convert: bool = False) -> Plan:
    """Prepare pseudonyms for all names of a key; names that were replaced before are brought back first."""
    study, old = Study(held.root), tree(held.root)
    kept = kept_record(held)
    if kept is not None:
        before = undo_plan(held, kept, stage)
        study = study_of(before.new, stage / "before")
    refuse_stale(study)
    texts = [one.text for one in study.transcripts.values()]
    find = finder(key, language=study.settings.language, common=lower_words(texts))
    back = finder(key.inverted, language=study.settings.language)
    how = How(convert=convert or bool(kept and kept.converted))
    made = proved(study, lambda: Doing(find, back), stage / "after", how=how)
    doing = made.changer
    if not isinstance(doing, Doing):
        raise TypeError("a plan is made by a Doing")
    _refuse_taken(doing.taken)
    names = tuple((one.name, one.pseudonym) for one in key.names)
    converted = dict(made.swap.converted)
    record = Kept(names, doing.record, made.record, converted)
    aside = {path: read_bytes(study.root / path) for path in converted.values()}
    seen = tuple(_shown(doing.seen, made.swap))
    return Plan(old, made.swap.files, record, seen, made.left, made.wrong, len(study.codings), aside)


def undo_plan(held: KeyFile, kept: Kept, stage: Path) -> Plan:
    """Prepare names for all pseudonyms: as recorded, else each name in its first form."""
    study = Study(held.root)
    back = finder(kept.key.inverted, language=study.settings.language)
    originals = {
        now: (was, read_bytes(held.originals / was))
        for now, was in kept.converted.items()
        if (held.originals / was).is_file()
    }
    how = How(originals=originals)
    made = proved(study, lambda: Undoing(back, kept.paragraphs), stage / "undone", how=how, kept=kept)
    told = (*made.left, *made.wrong)  # names come back all the same: what was edited since may stand elsewhere
    return Plan(tree(held.root), made.swap.files, None, (), told, (), len(study.codings))


def _refuse_taken(taken: Sequence[Seen]) -> None:
    """Refuse pseudonyms that stand in the texts already: they could not be told from the new ones."""
    first: dict[str, Seen] = {}
    for one in taken:
        first.setdefault(one.hit.name, one)
    if first:
        problems = [
            Problem(place_of(one.where), 0, 0, f"pseudonym '{one.hit.words}' stands there already", "choose another")
            for one in first.values()
        ]
        raise ProblemsFound(problems, because="Nothing was replaced: pseudonyms must be new to the study.")


def _shown(seen: Sequence[Seen], swap: Swap) -> Iterator[Seen]:
    """Yield what was seen, with places as their owner knows them, but for raw sources: they say what the texts say."""
    olds = {new: old for old, new in swap.ids.items()}
    for one in seen:
        if not one.where.startswith("source "):
            place = place_of(one.where)
            yield Seen(olds.get(place, place), one.hit, one.before, one.after)


def place_of(where: str) -> str:
    """Return a place as it is shown: the id of a transcript, or a path."""
    return where.removeprefix("text of ").removeprefix("source ")


@dataclass(frozen=True)
class Pseudonymised:
    """What a replacement did, or would do: counts of names, words to decide about, changed files, problems."""

    rows: tuple[Mapping[str, Any], ...] = ()
    unsure: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    written: bool = False
    said: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether nothing is left to be decided or mended."""
        return not self.unsure and not self.problems


def pseudonymise(
    held: KeyFile, *, write: bool = False, undo: bool = False, convert: bool = False, decide: Decide | None = None
) -> Pseudonymised:
    """Put pseudonyms for names, or with ``undo`` names for pseudonyms; nothing is changed unless ``write``.

    A replacement that was interrupted is finished first. ``decide`` is asked about words that may be no names.
    """
    codings, locks = held.root / "codings", held.root / ".qualcode" / "locks"
    finished: list[str] = []
    with all_locked(codings, locks=locks):
        if held.journal.is_file():
            finished = [f"finished what was interrupted: {len(finish(held))} files"]
        if decide and not undo:
            _ask(held, decide, convert=convert)
        with staged(held) as stage:
            made = _undone(held, stage) if undo else plan(held, names_of(held), stage, convert=convert)
            if write:
                _write(held, made, stage)
    leaks: tuple[Problem, ...] = ()
    if write and not undo:
        from qualcode.project.naming.leaks import leaks as found_in

        leaks = tuple(found_in(Study(held.root), names_of(held)))
    return _outcome(held, made, (*made.problems, *made.wrong, *leaks), said=finished, written=write, undo=undo)


def _undone(held: KeyFile, stage: Path) -> Plan:
    kept = kept_record(held) or Kept(tuple((one.name, one.pseudonym) for one in names_of(held).names))
    return undo_plan(held, kept, stage)


def _ask(held: KeyFile, decide: Decide, *, convert: bool) -> None:
    """Ask about each word that may be no name, and write the answers into the key."""
    with staged(held) as stage:
        made = plan(held, names_of(held), stage, convert=convert)
    answered: set[str] = set()
    for one in made.unsure:
        phrase = phrase_of(one)
        if phrase in answered or (answer := decide(one)) is None:
            continue
        answered.add(phrase)
        text = read_bytes(held.path).decode("utf-8-sig")
        under = "always" if answer else "keep"
        write_private(held.path, decided(text, [phrase], under=under, suffix=held.path.suffix))


def phrase_of(one: Seen) -> str:
    """Return a word with a few words around it, by which the key knows this place again.

    >>> from qualcode.pseudonyms import Hit
    >>> phrase_of(Seen("S01", Hit(0, 4, "Mark", "Mark", "P2"), "he said yes. ", " my words and go"))
    'he said yes. [Mark] my words and'
    """
    before = _BEFORE.search(one.before.rpartition("]")[2].rpartition("[")[2])
    after = _AFTER.match(one.after.partition("[")[0].partition("]")[0])
    said = f"{before[0] if before else ''}[{one.hit.words}]{after[0] if after else ''}"
    return " ".join(said.split())


def _write(held: KeyFile, made: Plan, stage: Path) -> None:
    """Put a plan into place, and leave the record of the way back beside the key."""
    if made.wrong:
        raise ProblemsFound(made.wrong, because="Nothing was replaced.")
    if tree(held.root) != made.old:
        raise Refused("files of the study were changed meanwhile: nothing was replaced; run it again")
    record = made.record.encoded() if made.record else None
    commit(held, stage, old=made.old, new=made.new, record=record, aside=made.aside)


def _outcome(
    held: KeyFile, made: Plan, problems: Sequence[Problem], *, said: list[str], written: bool, undo: bool
) -> Pseudonymised:
    counts = Counter((one.hit.name, one.hit.becomes, one.where, bool(one.hit.doubt)) for one in made.seen)
    rows = [
        dict(zip(COLUMNS, (name, becomes, place, many, doubt), strict=True))
        for (name, becomes, place, doubt), many in sorted(counts.items())
    ]
    unsure = tuple(_unsure(one) for one in made.unsure)
    lines = [*said, *_said(held, made, unsure, written=written, undo=undo)]
    return Pseudonymised(tuple(rows), unsure, tuple(made.changed), tuple(problems), written, tuple(lines))


def _unsure(one: Seen) -> Problem:
    words = " ".join(f"{one.before}[{one.hit.words}]{one.after}".split())
    hint = f"put it under 'always' or 'keep' in the key, as in \"{phrase_of(one)}\""
    return Problem(one.where, 0, 0, f"is this {one.hit.name} ({one.hit.doubt})? ...{words}...", hint)


def _said(held: KeyFile, made: Plan, unsure: Sequence[Problem], *, written: bool, undo: bool) -> Iterator[str]:
    sure = len(made.seen) - len(unsure)
    what = "pseudonyms become names" if undo else f"{sure:,} names become pseudonyms"
    yield f"{what} in {len(made.changed):,} files; {made.codings:,} codings go along"
    if unsure:
        yield f"{len(unsure):,} words may be names: they are not touched until you decide (--interactive asks)"
    if not written:
        yield "nothing is written yet: add --write"
        return
    yield (
        f"written; the way back is {held.path.name} and {held.record.name} beside it: keep both"
        if not undo
        else "written"
    )
    if (held.root / ".git").exists() and not undo:
        yield "what was committed to git before still holds the names, in every copy of the repository"
