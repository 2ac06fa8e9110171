"""Suggestions by whoever makes them: the learner; cues where there is too little to learn from; makers that are named.

Nothing is made again when a suggestion is accepted: what named makers have suggested is kept until they run anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.anchors import codable
from qualcode.errors import Refused, TooLittle
from qualcode.files import fill_atomically, locked
from qualcode.model import Transcript
from qualcode.project.choice import WantedSuggestions, names
from qualcode.project.proposing import Proposed, all_suggestions, filtered
from qualcode.project.study import Study
from qualcode.segments import count_words

if TYPE_CHECKING:
    from qualcode.project.ranking import RankedList
    from qualcode.suggest import Maker, Suggestions

LEARNER = "learner"
OWN = ("cues", LEARNER)
"""Makers of qualcode's own, which can be named beside others."""

_KEPT = "shown.parquet"


@dataclass(frozen=True, slots=True)
class Made:
    """Suggestions, who made them, and what is to be said about it."""

    table: Suggestions
    makers: Sequence[str]
    said: Sequence[str] = ()
    ranked: RankedList | None = None
    """The list that suggestions of the learner are from; they have no reasons yet."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which suggestions are asked for: of these codes, in these transcripts (all if none), from a score on."""

    codes: Collection[str]
    transcripts: Sequence[str]
    coder: str
    min_score: float | None = None
    heard: Proposed = field(default_factory=Proposed)
    """What is to be said of the search for cues, when it is done."""


def suggested(study: Study, wanted: WantedSuggestions, asked: Asked) -> Made:
    """Return suggestions by the makers that are named; by the learner, or else by cues, if none is named."""
    named = list(dict.fromkeys(names(wanted.get("maker"))))
    model = wanted.get("spacy_model") or ""
    if not named and not model:
        return _by_own_rule(study, asked)
    own = [name for name in named if name in OWN]
    makers, said = _loaded(study, [name for name in named if name not in own], model)
    texts = [study.transcripts[name] for name in asked.transcripts if study.transcripts[name].participants]
    remote = _announced(makers, texts, wanted.get("announce"))
    learnt = _by_learner(study, asked) if LEARNER in own else None
    tables = [_scored(study, all_suggestions(study, proposed=asked.heard), asked)] if "cues" in own else []
    tables += [learnt.table] if learnt else []
    if makers:
        tables.append(_scored(study, _run(study, makers, texts, remote), asked))
    everyone = [*own, *(maker.name for maker in makers)]
    return Made(
        _in_order(study, tables), everyone, [*said, *(learnt.said if learnt else ())], learnt.ranked if learnt else None
    )


def _by_own_rule(study: Study, asked: Asked) -> Made:
    """Return suggestions by the learner, or by cues where there is too little to learn from, and say why."""
    try:
        return _by_learner(study, asked)
    except TooLittle as error:
        found = _scored(study, all_suggestions(study, proposed=asked.heard), asked)
        return Made(found, ("cues",), [cues_until_then(error)])


def cues_until_then(error: TooLittle) -> str:
    """Say that suggestions are by cues since there is too little to learn from."""
    return f"{error}: until then suggestions are by the codebook's cues alone, and their scores only rank"


def _by_learner(study: Study, asked: Asked) -> Made:
    from qualcode.project.ranking import ranked

    if not asked.coder:
        raise TooLittle("nobody to learn from is named (--coder NAME, or 'coder:' in qualcode.yaml)")
    held = ranked(study, coder=asked.coder, proposed=asked.heard)
    return Made(held.candidates(asked), (LEARNER,), held.said(asked.min_score), held)


def _scored(study: Study, found: Suggestions, asked: Asked) -> Suggestions:
    least = asked.min_score or 0.0
    return filtered(study, codes=asked.codes, transcripts=asked.transcripts, min_score=least)(found)


def _loaded(study: Study, named: Sequence[str], model: str) -> tuple[list[Maker], list[str]]:
    """Load all that is named before any of it gets text, with sentences on what a pipeline's labels lack."""
    from qualcode.suggest.makers import maker_named
    from qualcode.suggest.trained import trained_maker

    people = {*study.coders, study.settings.coder}
    options = study.settings.makers
    makers: list[Maker] = [maker_named(name, people=people, options=options.get(name)) for name in named]
    if not model:
        return makers, []
    trained, said = trained_maker(model, study.book)
    return [*makers, trained], said


def _announced(
    makers: Iterable[Maker], texts: Sequence[Transcript], announce: Callable[[str], object] | None
) -> Collection[str]:
    """Say what leaves this machine before it does, and return by whom; a caller who has nobody to tell is refused."""
    from qualcode.suggest.makers import remote_of

    remote = {maker.name: said for maker in makers if (said := remote_of(maker))}
    if remote and announce is None:
        raise Refused(f"maker '{next(iter(remote))}' sends text away: say who is to be told, as in announce=print")
    words = sum(count_words(text.text) for text in texts) if remote else 0
    for name, said in remote.items():
        gets = f"it gets {len(texts):,} transcripts of {words:,} words now, interviewers' included"
        if announce is not None:
            announce(f"maker '{name}' sends text away: {said.rstrip('.')}; {gets}")
    return remote


def _run(study: Study, makers: Sequence[Maker], texts: Sequence[Transcript], remote: Collection[str]) -> Suggestions:
    from qualcode.suggest import Suggestions
    from qualcode.suggest.makers import suggest_by

    found = Suggestions.joined(
        [suggest_by(one, texts, study.book, short=study.short, announced=one.name in remote) for one in makers]
    )
    ran = {(maker.name, text.id) for maker in makers for text in texts}
    keep_shown(study, found, ran=ran)
    return found


def _in_order(study: Study, tables: Sequence[Suggestions]) -> Suggestions:
    """Put the suggestions of several makers together by transcript and place."""
    if len(tables) == 1 and len(set(tables[0].maker)) < 2:
        return tables[0]
    from qualcode.suggest import Suggestions

    found = Suggestions.joined(tables)
    rank = {name: number for number, name in enumerate(study.transcripts)}
    places = [
        (rank[one], start, row) for row, (one, start) in enumerate(zip(found.transcript, found.start, strict=True))
    ]
    return found.take([row for _, _, row in sorted(places)])


def to_decide_on(study: Study, ids: Sequence[str], *, coder: str) -> Suggestions:
    """Return the suggestions that ids may name: those that were shown, or else all that can be made here.

    What was shown is kept, so that a decision needs no maker to run again. For an id that several have, the one that
    was shown last comes last and counts.
    """
    return known_by(study, ids, coder=coder)[0]


def known_by(study: Study, ids: Sequence[str], *, coder: str) -> tuple[Suggestions, RankedList | None]:
    """Return what `to_decide_on` does, and the ranked list where it was needed for that."""
    from qualcode.suggest import Suggestions

    kept = _kept(study)
    if set(ids) <= set(kept.id):
        return kept, None
    tables, held = [all_suggestions(study)], None
    with suppress(TooLittle):
        from qualcode.project.ranking import ranked

        held = ranked(study, coder=coder)
        tables.append(held.of_ids(frozenset(ids)))
    return Suggestions.joined([*tables, kept]), held


def keep_shown(study: Study, found: Suggestions, *, ran: Collection[tuple[str, str]] = ()) -> None:
    """Keep suggestions to be decided on, in the place of the same ones and of all that makers ran anew on."""
    from qualcode.suggest import Suggestions

    same = set(zip(found.maker, found.id, strict=True))
    path = _path(study)
    # as the cache: a folder that is read-only still shows its suggestions; two that run at once keep what both show
    with suppress(Refused, OSError), locked(study.cache / "locks" / f"{_KEPT}.lock", what=path):
        before = _kept(study)
        rows = enumerate(zip(before.maker, before.transcript, before.id, strict=True))
        left = [row for row, (maker, name, key) in rows if (maker, name) not in ran and (maker, key) not in same]
        table = Suggestions.joined([before.take(left), found])
        fill_atomically(path, table.write_parquet)


def _kept(study: Study) -> Suggestions:
    """Return what is kept and still true: the words stand where they did, and the code is in the codebook."""
    from qualcode.suggest import Suggestions

    try:
        found = Suggestions.read_parquet(_path(study)) if _path(study).is_file() else Suggestions()
    except (OSError, ValueError, TypeError):
        return Suggestions()  # damaged: makers can be run again
    return found.take([row for row in range(len(found)) if _still(study, found, row)])


def _still(study: Study, found: Suggestions, row: int) -> bool:
    text, start, end = study.transcripts.get(found.transcript[row]), found.start[row], found.end[row]
    if text is None or found.code[row] not in study.book.by_id:
        return False
    return text.text[start:end] == found.quote[row] and codable(text, start, end)


def _path(study: Study) -> Path:
    return study.cache / _KEPT
