"""Runs the makers of suggestions: the trained model, cues where there is not enough coded data, and named makers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qualcode.errors import InsufficientDataError, OperationError, name_option
from qualcode.model import Transcript
from qualcode.segments import count_words
from qualcode.study.selection import to_name_tuple
from qualcode.study.study import Study
from qualcode.suggest.cue_suggestions import load_cue_suggestions
from qualcode.suggest.makers.maker_plugins import Maker, get_remote_notice, load_maker, run_maker
from qualcode.suggest.shown_suggestions import save_shown_suggestions
from qualcode.suggest.suggestion_filters import make_selection_filter
from qualcode.suggest.suggestion_order import sort_suggestions
from qualcode.suggest.suggestion_request import (
    BUILTIN_MAKERS,
    CUE_MAKER,
    LEARNER,
    CueUse,
    SuggestionOptions,
    SuggestionRequest,
)
from qualcode.suggest.suggestion_table import Suggestions

if TYPE_CHECKING:
    from qualcode.suggest.learner_suggestions import RankedList


@dataclass(frozen=True, slots=True)
class MakerResult:
    """Suggestions with the names of their makers, and notes for the user."""

    table: Suggestions
    makers: Sequence[str]
    notes: Sequence[str] = ()
    ranked_list: RankedList | None = None
    """The ranked list of the trained model's suggestions and the cues beside it, which have no reasons yet."""


def run_requested_makers(study: Study, options: SuggestionOptions, request: SuggestionRequest) -> MakerResult:
    """Return suggestions by the named makers; by the trained model, or else by cues, if none is named."""
    names = list(dict.fromkeys(to_name_tuple(options.maker)))
    model = options.spacy_model or ""
    if not names and not model:
        return _run_default_maker(study, request)
    builtin = [name for name in names if name in BUILTIN_MAKERS]
    plugins, notes = _load_plugins(study, [name for name in names if name not in builtin], model)
    transcripts = [study.transcripts[name] for name in request.transcripts if study.transcripts[name].participant_turns]
    # Before any maker runs: the user must have seen the notice when the first text leaves the machine.
    announced = _announce_remote_makers(plugins, transcripts, options.announce)
    # With both, a suggestion of both is one row.
    cue_use: CueUse = "all" if CUE_MAKER in builtin else "none"
    learner = _run_learner(study, replace(request, cue_use=cue_use)) if LEARNER in builtin else None
    tables = [learner.table] if learner else [_run_cues(study, request)] if CUE_MAKER in builtin else []
    if plugins:
        # Plug-ins propose for all codes of a transcript; only what was requested is shown.
        tables.append(_select_requested(study, _run_plugins(study, plugins, transcripts, announced), request))
    return MakerResult(
        _merge_tables(study, tables),
        [*builtin, *(maker.name for maker in plugins)],
        [*notes, *(learner.notes if learner else ())],
        learner.ranked_list if learner else None,
    )


def _run_default_maker(study: Study, request: SuggestionRequest) -> MakerResult:
    """Return suggestions by the trained model; by cues, with a note on the reason, where it cannot be trained."""
    try:
        return _run_learner(study, replace(request, cue_use="where better"))
    except InsufficientDataError as error:
        return MakerResult(_run_cues(study, request), (CUE_MAKER,), [fallback_note(error)])


def fallback_note(error: InsufficientDataError) -> str:
    """Return the note that suggestions come from cues because there is not enough coded data to train on."""
    return f"{error}; until then suggestions come from the codebook's cues: scores rank and are not probabilities"


def _run_learner(study: Study, request: SuggestionRequest) -> MakerResult:
    from qualcode.suggest.learner_suggestions import rank_study

    # The same error as for too few decisions, so that cues replace the model without a coder too.
    if not request.coder:
        raise InsufficientDataError(
            f"no coder to train on (set {name_option('coder', 'NAME')}, or 'coder:' in qualcode.yaml)"
        )
    ranked_list = rank_study(study, coder=request.coder, report=request.cue_report)
    table, notes = ranked_list.select_candidates(request), ranked_list.notes(request)
    makers = (LEARNER, CUE_MAKER) if ranked_list.has_cues(request.cue_use) else (LEARNER,)
    return MakerResult(table, makers, notes, ranked_list)


def _run_cues(study: Study, request: SuggestionRequest) -> Suggestions:
    return _select_requested(study, load_cue_suggestions(study, report=request.cue_report), request)


def _select_requested(study: Study, suggestions: Suggestions, request: SuggestionRequest) -> Suggestions:
    select = make_selection_filter(
        study, codes=request.codes, transcripts=request.transcripts, min_score=request.min_score or 0.0
    )
    return select(suggestions)


def _load_plugins(study: Study, names: Sequence[str], model: str) -> tuple[list[Maker], list[str]]:
    """Load all named makers before any gets text; return them with notes on labels of the spaCy pipeline."""
    from qualcode.suggest.makers.spacy_maker import load_spacy_maker

    # The ledger records both coders and makers by name, so a maker must not be mistaken for a coder.
    coders = {*study.coders, study.settings.coder}
    options = study.settings.makers
    makers = [load_maker(name, coders=coders, options=options.get(name)) for name in names]
    if not model:
        return makers, []
    spacy_maker, notes = load_spacy_maker(model, study.codebook)
    return [*makers, spacy_maker], notes


def _announce_remote_makers(
    makers: Iterable[Maker], transcripts: Sequence[Transcript], announce: Callable[[str], object] | None
) -> Collection[str]:
    """Announce what leaves this machine, and return the names of the makers that send it.

    Raises
    ------
    OperationError
        A maker sends text to another machine, and there is no ``announce`` to show its notice.
    """
    notices = {maker.name: notice for maker in makers if (notice := get_remote_notice(maker))}
    if notices and announce is None:
        raise OperationError(
            f"maker '{next(iter(notices))}' sends text to another machine: "
            "pass a function that shows its notice, such as announce=print"
        )
    words = sum(count_words(transcript.text) for transcript in transcripts) if notices else 0
    noun = "transcript" if len(transcripts) == 1 else "transcripts"
    for name, notice in notices.items():
        amount = f"it gets {len(transcripts):,} {noun} ({words:,} words), interviewers' turns included"
        if announce is not None:
            announce(f"maker '{name}' sends text to another machine: {notice.rstrip('.')}; {amount}")
    return notices


def _run_plugins(
    study: Study, makers: Sequence[Maker], transcripts: Sequence[Transcript], announced: Collection[str]
) -> Suggestions:
    book, sentence_rules = study.codebook, study.sentence_rules
    suggestions = Suggestions.concat(
        run_maker(maker, transcripts, book, sentence_rules=sentence_rules, is_announced=maker.name in announced)
        for maker in makers
    )
    # Pairs without suggestions are included: what an earlier run had proposed there is no longer valid.
    runs = {(maker.name, transcript.id) for maker in makers for transcript in transcripts}
    save_shown_suggestions(study, suggestions, completed_runs=runs)
    return suggestions


def _merge_tables(study: Study, tables: Sequence[Suggestions]) -> Suggestions:
    """Return the suggestions of several makers by transcript and place; those of one maker as they are."""
    if len(tables) == 1 and len(set(tables[0].maker)) < 2:
        return tables[0]
    return sort_suggestions(study, Suggestions.concat(tables), "transcript", coder="")
