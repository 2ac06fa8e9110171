"""Suggestions by whoever makes them: the learner; cues where there is too little to learn from; makers that are named.

Nothing is made again when a suggestion is accepted: what named makers have suggested is kept until they run anew.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualcode.errors import InsufficientDataError, OperationError
from qualcode.model import Transcript
from qualcode.segments import count_words
from qualcode.study.selection import to_name_tuple
from qualcode.study.study import Study
from qualcode.suggest.cue_suggestions import load_cue_suggestions
from qualcode.suggest.shown_suggestions import save_shown_suggestions
from qualcode.suggest.suggestion_filters import make_selection_filter
from qualcode.suggest.suggestion_request import BUILTIN_MAKERS, LEARNER, SuggestionOptions, SuggestionRequest

if TYPE_CHECKING:
    from qualcode.suggest import Maker, Suggestions
    from qualcode.suggest.learner_suggestions import RankedList


@dataclass(frozen=True, slots=True)
class MakerResult:
    """Suggestions, who made them, and what is to be said about it."""

    table: Suggestions
    makers: Sequence[str]
    notes: Sequence[str] = ()
    ranked_list: RankedList | None = None
    """The list that suggestions of the learner are from; they have no reasons yet."""


def run_requested_makers(study: Study, wanted: SuggestionOptions, asked: SuggestionRequest) -> MakerResult:
    """Return suggestions by the makers that are named; by the learner, or else by cues, if none is named."""
    named = list(dict.fromkeys(to_name_tuple(wanted.get("maker"))))
    model = wanted.get("spacy_model") or ""
    if not named and not model:
        return _run_default_maker(study, asked)
    own = [name for name in named if name in BUILTIN_MAKERS]
    makers, said = _load_makers(study, [name for name in named if name not in own], model)
    texts = [study.transcripts[name] for name in asked.transcripts if study.transcripts[name].participant_turns]
    remote = _announce_remote_makers(makers, texts, wanted.get("announce"))
    learnt = _run_learner(study, asked) if LEARNER in own else None
    tables = (
        [_filter_requested(study, load_cue_suggestions(study, report=asked.cue_report), asked)] if "cues" in own else []
    )
    tables += [learnt.table] if learnt else []
    if makers:
        tables.append(_filter_requested(study, _run_plugins(study, makers, texts, remote), asked))
    everyone = [*own, *(maker.name for maker in makers)]
    return MakerResult(
        _merge_tables(study, tables),
        everyone,
        [*said, *(learnt.notes if learnt else ())],
        learnt.ranked_list if learnt else None,
    )


def _run_default_maker(study: Study, asked: SuggestionRequest) -> MakerResult:
    """Return suggestions by the learner, or by cues where there is too little to learn from, and say why."""
    try:
        return _run_learner(study, asked)
    except InsufficientDataError as error:
        found = _filter_requested(study, load_cue_suggestions(study, report=asked.cue_report), asked)
        return MakerResult(found, ("cues",), [fallback_note(error)])


def fallback_note(error: InsufficientDataError) -> str:
    """Say that suggestions are by cues since there is too little to learn from."""
    return f"{error}: until then suggestions are by the codebook's cues alone, and their scores only rank"


def _run_learner(study: Study, asked: SuggestionRequest) -> MakerResult:
    from qualcode.suggest.learner_suggestions import rank_study

    if not asked.coder:
        raise InsufficientDataError("nobody to learn from is named (--coder NAME, or 'coder:' in qualcode.yaml)")
    held = rank_study(study, coder=asked.coder, report=asked.cue_report)
    return MakerResult(held.select_candidates(asked), (LEARNER,), held.notes(asked.min_score), held)


def _filter_requested(study: Study, found: Suggestions, asked: SuggestionRequest) -> Suggestions:
    least = asked.min_score or 0.0
    return make_selection_filter(study, codes=asked.codes, transcripts=asked.transcripts, min_score=least)(found)


def _load_makers(study: Study, named: Sequence[str], model: str) -> tuple[list[Maker], list[str]]:
    """Load all that is named before any of it gets text, with sentences on what a pipeline's labels lack."""
    from qualcode.suggest.makers.maker_plugins import load_maker
    from qualcode.suggest.makers.spacy_maker import load_spacy_maker

    people = {*study.coders, study.settings.coder}
    options = study.settings.makers
    makers: list[Maker] = [load_maker(name, coders=people, options=options.get(name)) for name in named]
    if not model:
        return makers, []
    trained, said = load_spacy_maker(model, study.codebook)
    return [*makers, trained], said


def _announce_remote_makers(
    makers: Iterable[Maker], texts: Sequence[Transcript], announce: Callable[[str], object] | None
) -> Collection[str]:
    """Say what leaves this machine before it does, and return by whom; a caller who has nobody to tell is refused."""
    from qualcode.suggest.makers.maker_plugins import get_remote_notice

    remote = {maker.name: said for maker in makers if (said := get_remote_notice(maker))}
    if remote and announce is None:
        raise OperationError(
            f"maker '{next(iter(remote))}' sends text away: say who is to be told, as in announce=print"
        )
    words = sum(count_words(text.text) for text in texts) if remote else 0
    for name, said in remote.items():
        gets = f"it gets {len(texts):,} transcripts of {words:,} words now, interviewers' included"
        if announce is not None:
            announce(f"maker '{name}' sends text away: {said.rstrip('.')}; {gets}")
    return remote


def _run_plugins(
    study: Study, makers: Sequence[Maker], texts: Sequence[Transcript], remote: Collection[str]
) -> Suggestions:
    from qualcode.suggest import Suggestions
    from qualcode.suggest.makers.maker_plugins import run_maker

    found = Suggestions.concat(
        [
            run_maker(one, texts, study.codebook, abbreviations=study.abbreviations, is_announced=one.name in remote)
            for one in makers
        ]
    )
    ran = {(maker.name, text.id) for maker in makers for text in texts}
    save_shown_suggestions(study, found, completed_runs=ran)
    return found


def _merge_tables(study: Study, tables: Sequence[Suggestions]) -> Suggestions:
    """Put the suggestions of several makers together by transcript and place."""
    if len(tables) == 1 and len(set(tables[0].maker)) < 2:
        return tables[0]
    from qualcode.suggest import Suggestions

    found = Suggestions.concat(tables)
    rank = {name: number for number, name in enumerate(study.transcripts)}
    places = [
        (rank[one], start, row) for row, (one, start) in enumerate(zip(found.transcript, found.start, strict=True))
    ]
    return found.take([row for _, _, row in sorted(places)])
