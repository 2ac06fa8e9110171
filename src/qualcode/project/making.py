"""Suggestions by makers that the user names: installed ones and trained spaCy pipelines; by cues where none is named.

Nothing is made again when a suggestion is accepted: what named makers have suggested is kept until they run anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.anchors import codable
from qualcode.errors import Refused
from qualcode.files import fill_atomically
from qualcode.model import Transcript
from qualcode.project.choice import WantedSuggestions, names
from qualcode.project.proposing import all_suggestions
from qualcode.project.study import Study
from qualcode.segments import count_words

if TYPE_CHECKING:
    from qualcode.suggest import Maker, Suggestions

OWN = ("cues",)
"""Makers of qualcode's own, which can be named beside others."""

_KEPT = "named-makers.parquet"


@dataclass(frozen=True, slots=True)
class Made:
    """Suggestions, who made them, and what is to be said about it."""

    table: Suggestions
    makers: Sequence[str]
    said: Sequence[str] = ()


def suggested(study: Study, wanted: WantedSuggestions, *, where: Sequence[str]) -> Made:
    """Return suggestions by the makers that are named, over these transcripts; by cues if none is named."""
    named = list(dict.fromkeys(names(wanted.get("maker"))))
    model = wanted.get("spacy_model") or ""
    if not named and not model:
        return Made(all_suggestions(study), OWN)
    own = [name for name in named if name in OWN]
    makers, said = _loaded(study, [name for name in named if name not in own], model)
    texts = [study.transcripts[name] for name in where if study.transcripts[name].participants]
    remote = _announced(makers, texts, wanted.get("announce"))
    tables = [_by_own(study, own)] if own else []
    if makers:
        tables.append(_run(study, makers, texts, remote))
    return Made(_in_order(study, tables), [*own, *(maker.name for maker in makers)], said)


def _by_own(study: Study, own: Sequence[str]) -> Suggestions:
    found = all_suggestions(study)
    return found.take([row for row, maker in enumerate(found.maker) if maker in own])


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
    from qualcode.suggest.makers import suggest_by

    found = _joined(
        [suggest_by(one, texts, study.book, short=study.short, announced=one.name in remote) for one in makers]
    )
    ran = {(maker.name, text.id) for maker in makers for text in texts}
    _keep(study, found, ran=ran)
    return found


def _joined(tables: Sequence[Suggestions]) -> Suggestions:
    from qualcode.suggest import Suggestions

    columns = [table.columns() for table in tables]
    return Suggestions(
        **{name: [value for held in columns for value in held[name]] for name in Suggestions().columns()}
    )


def _in_order(study: Study, tables: Sequence[Suggestions]) -> Suggestions:
    """Put the suggestions of several makers together by transcript and place."""
    if len(tables) == 1 and len(set(tables[0].maker)) < 2:
        return tables[0]
    found = _joined(tables)
    rank = {name: number for number, name in enumerate(study.transcripts)}
    places = [
        (rank[one], start, row) for row, (one, start) in enumerate(zip(found.transcript, found.start, strict=True))
    ]
    return found.take([row for _, _, row in sorted(places)])


def with_named(study: Study, suggestions: Suggestions) -> Suggestions:
    """Add what named makers have suggested; for an id that both have, the named maker's row comes last and counts."""
    kept = _kept(study)
    return _joined([suggestions, kept]) if len(kept) else suggestions


def _keep(study: Study, found: Suggestions, *, ran: set[tuple[str, str]]) -> None:
    """Keep suggestions to be decided on; those of the same makers on the same transcripts are replaced."""
    before = _kept(study)
    places = enumerate(zip(before.maker, before.transcript, strict=True))
    table = _joined([before.take([row for row, place in places if place not in ran]), found])
    with suppress(Refused, OSError):  # as the cache: a folder that is read-only still shows its suggestions
        fill_atomically(_path(study), table.write_parquet)


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
