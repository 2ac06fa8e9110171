"""Suggestions over a study too large for memory: trained on decided transcripts, computed batch by batch over all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from qualcode.errors import InsufficientDataError, Problem, UsageError, name_option
from qualcode.model import Transcript
from qualcode.study.coder_state import finished_families
from qualcode.study.selection import to_name_tuple
from qualcode.study.study import Study
from qualcode.suggest.cue_suggestions import stream_cue_suggestions
from qualcode.suggest.cues.codebook_cues import CodebookCueFinder
from qualcode.suggest.cues.cue_maker import suggest_by_finder
from qualcode.suggest.cues.tokenizer import load_blank_pipeline
from qualcode.suggest.learner_suggestions import (
    batch_transcripts,
    collect_decisions,
    find_decided_transcripts,
    rank_training_transcripts,
)
from qualcode.suggest.maker_runs import fallback_note
from qualcode.suggest.ranked_part import RankedPart
from qualcode.suggest.suggestion_filters import SuggestionFilter, make_selection_filter, make_undecided_filter
from qualcode.suggest.suggestion_order import select_suggestions
from qualcode.suggest.suggestion_request import (
    CUE_MAKER,
    LEARNER,
    CueSearchReport,
    CueUse,
    SuggestionOptions,
    SuggestionRequest,
    describe_count,
)
from qualcode.suggest.suggestion_table import Suggestions

_MAX_TRAINING_TRANSCRIPTS = 6_000
"""Transcripts in the training set at most: the learner samples from more sentences than these have anyway."""


def stream_large_study(
    study: Study, options: SuggestionOptions, request: SuggestionRequest, *, jobs: int, notes: list[str]
) -> Iterator[Suggestions]:
    """Yield suggestions in parts, in the order of transcripts; ``notes`` are complete when all have been taken.

    Raises
    ------
    UsageError
        Another order than by transcript, or several makers: both need all suggestions in memory.
    """
    # Without the option it is transcript order here, although other studies default to review order.
    if (options.order or "transcript") != "transcript":
        raise UsageError(f"order: this study is too large to be sorted; use {name_option('order', 'transcript')}")
    names = to_name_tuple(options.maker)
    if len(set(names)) > 1:
        raise UsageError("maker: this study is too large for several makers at once; name one")
    parts, maker = _choose_maker(study, request, names, jobs=jobs, notes=notes)
    select = _make_filter(study, options)
    count, makers = 0, {maker: None}
    for part in parts:
        selected = select(part)
        if options.top is not None:
            selected = selected.take(range(min(len(selected), options.top - count)))
        count += len(selected)
        makers |= dict.fromkeys(selected.maker)
        yield selected
        if count == options.top:
            break
    # The count is known only after the last part, but belongs at the top of the notes.
    notes.insert(0, f"{describe_count(count, makers)}, codebook {study.codebook.version}")


def _choose_maker(
    study: Study, request: SuggestionRequest, names: Sequence[str], *, jobs: int, notes: list[str]
) -> tuple[Iterator[Suggestions], str]:
    if CUE_MAKER not in names:
        try:
            cue_use: CueUse = "none" if names else "where better"
            return _stream_by_learner(study, replace(request, cue_use=cue_use), notes), LEARNER
        except InsufficientDataError as error:
            # Cues replace the model only by default: whoever names it gets the error.
            if names:
                raise
            notes.append(fallback_note(error))
    return _stream_by_cues(study, request, jobs=jobs, notes=notes), CUE_MAKER


def _make_filter(study: Study, options: SuggestionOptions) -> SuggestionFilter:
    """Return the filter by what the coder has decided and by ``unread_only``, ``max_score`` and ``per_sentence``."""
    coder = options.coder or study.settings.coder
    drop_decided = make_undecided_filter(study, coder=coder) if coder and not options.decided else None
    return lambda suggestions: select_suggestions(
        study, drop_decided(suggestions) if drop_decided else suggestions, options, coder=coder
    )


def _stream_by_cues(study: Study, request: SuggestionRequest, *, jobs: int, notes: list[str]) -> Iterator[Suggestions]:
    report = CueSearchReport()
    select = make_selection_filter(
        study, codes=request.codes, transcripts=request.transcripts, min_score=request.min_score or 0.0
    )
    for part in stream_cue_suggestions(study, jobs=jobs, report=report):
        yield select(part)
    # Complete only now: sources are read while the stream is consumed.
    study.streamed_problems = tuple(report.problems)
    notes += report.slow_cue_notes()


def _stream_by_learner(study: Study, request: SuggestionRequest, notes: list[str]) -> Iterator[Suggestions]:
    """Train at once, so that insufficient data is known before the first part; return the stream of suggestions."""
    finder = CodebookCueFinder(study.codebook, load_blank_pipeline(study.settings.language))
    transcripts = _sample_decided_transcripts(study, request.coder)
    cues = suggest_by_finder(finder, transcripts, study.codebook, sentence_rules=study.sentence_rules)
    training_part = rank_training_transcripts(study, transcripts, cues, coder=request.coder)
    notes += training_part.notes(request)
    return _suggest_in_batches(study, request, finder, training_part)


def _sample_decided_transcripts(study: Study, coder: str) -> list[Transcript]:
    """Return the transcripts that a coder has decided on; if too many, a random sample, finished ones first."""
    decided = find_decided_transcripts(study, coder)
    if len(decided) > _MAX_TRAINING_TRANSCRIPTS:
        finished = finished_families(study, coder)
        # A fixed seed over sorted names: the order of a set differs between processes, and scores would with it.
        shuffled: list[str] = np.random.default_rng(0).permutation(sorted(decided)).tolist()
        # The sort is stable: within finished and unfinished transcripts the random order remains.
        decided = set(sorted(shuffled, key=lambda name: name not in finished)[:_MAX_TRAINING_TRANSCRIPTS])
    if not decided:
        return []
    # Problems are dropped here: the pass over all transcripts reports them.
    return [transcript for transcript in study.stream_transcripts(problems=[]) if transcript.id in decided]


def _suggest_in_batches(
    study: Study, request: SuggestionRequest, finder: CodebookCueFinder, training_part: RankedPart
) -> Iterator[Suggestions]:
    """Yield the suggestions of all transcripts; those in the training set have held-out scores."""
    problems: list[Problem] = []
    trained_ids = frozenset(training_part.data.labelled_corpus.corpus.transcripts)
    for batch in batch_transcripts(study.stream_transcripts(problems=problems)):
        parts = []
        # The training set is not scored again: a score by the model trained on its own labels would be too high.
        if new := [transcript for transcript in batch if transcript.id not in trained_ids]:
            cues = suggest_by_finder(finder, new, study.codebook, sentence_rules=study.sentence_rules)
            training_set = collect_decisions(study, new, cues, request.coder)
            parts.append(training_part.rank_other_sentences(training_set, cues).suggest(request))
        trained = [transcript.id for transcript in batch if transcript.id in trained_ids]
        if selected := [name for name in trained if not request.transcripts or name in request.transcripts]:
            parts.append(training_part.suggest(replace(request, transcripts=selected)))
        yield _sort_by_transcript(Suggestions.concat(parts), batch)
    study.streamed_problems = tuple(problems)


def _sort_by_transcript(suggestions: Suggestions, transcripts: Sequence[Transcript]) -> Suggestions:
    """Return suggestions that are sorted within each transcript in the order of transcripts."""
    # Parts of new and of trained transcripts are concatenated; their original order is restored.
    rank = {transcript.id: number for number, transcript in enumerate(transcripts)}
    return suggestions.take(sorted(range(len(suggestions)), key=lambda row: rank[suggestions.transcript[row]]))
