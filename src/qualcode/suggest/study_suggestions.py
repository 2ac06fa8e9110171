"""The suggestions of a study: what the makers suggest, without what is decided, selected, ordered and with reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qualcode.errors import OperationError, UnknownNameError, did_you_mean, format_names, name_command
from qualcode.model import Codebook, SignalName
from qualcode.signals import find_signals
from qualcode.study.selection import Names, select_code_ids, select_transcript_ids, to_name_tuple
from qualcode.study.study import Study
from qualcode.suggest.cue_suggestions import search_cues
from qualcode.suggest.maker_runs import MakerResult, run_requested_makers
from qualcode.suggest.shown_suggestions import save_shown_suggestions
from qualcode.suggest.suggestion_filters import make_undecided_filter
from qualcode.suggest.suggestion_order import find_unfinished_transcripts, select_suggestions, sort_suggestions
from qualcode.suggest.suggestion_request import (
    BUILTIN_MAKERS,
    SuggestionOptions,
    SuggestionRequest,
    describe_count,
)
from qualcode.suggest.suggestion_table import Suggestions


def list_suggestions(study: Study, options: SuggestionOptions) -> tuple[Suggestions, list[str]]:
    """Return the requested suggestions, and notes for the user.

    Raises
    ------
    UnknownNameError
        There is no code, transcript, coder or maker of a name that an option gives.
    """
    request = _make_request(study, options)
    result = run_requested_makers(study, options, request)
    coder = options.coder or study.settings.coder
    suggestions = result.table
    if coder and not options.decided:
        suggestions = make_undecided_filter(study, coder=coder)(suggestions)
    decided_count = len(result.table) - len(suggestions)
    suggestions = _select_and_sort(study, suggestions, options, result, coder=coder)
    # A decision by id must not train the model again; cue suggestions have a file of their own.
    if result.ranked_list is not None:
        save_shown_suggestions(study, suggestions)
    note = f"{describe_count(len(suggestions), result.makers)}, codebook {study.codebook.version}"
    if not options.unread_only:
        note += f"; {coder} has decided on {decided_count:,} more" if decided_count else ""
    elif not len(suggestions) and not find_unfinished_transcripts(study, request.transcripts, coder=coder):
        note += f"; {coder} has finished all transcripts"
    notes = [note, *result.notes, *_language_notes(study, request.transcripts)]
    return suggestions, [*notes, *request.cue_report.slow_cue_notes()]


_LANGUAGE_SIGNALS: tuple[SignalName, ...] = ("other language",)


def _language_notes(study: Study, names: Sequence[str]) -> list[str]:
    """Return a note on transcripts that seem to be in another language than the study, whose cues are matched there."""
    rules, sentence_rules = study.settings.rules, study.sentence_rules
    found = [
        (finding.transcript.id, finding.example.label)
        for name in names
        for finding in find_signals(
            study.transcripts[name], rules, sentence_rules=sentence_rules, names=_LANGUAGE_SIGNALS
        )
    ]
    if not found:
        return []
    languages = ", ".join(sorted({language for _, language in found}))
    return [
        f"{format_names([name for name, _ in found])}: the text seems to be in another language ({languages}) than the "
        f"study ({study.settings.language}), so its cues and its model may be wrong there ({name_command('check')})"
    ]


def _select_and_sort(
    study: Study, suggestions: Suggestions, options: SuggestionOptions, result: MakerResult, *, coder: str
) -> Suggestions:
    """Return the selected suggestions in the requested order, those of the ranked list with their reasons."""
    suggestions = select_suggestions(study, suggestions, options, coder=coder)
    ranked_list = result.ranked_list
    # Similarity exists only for cells of the model; a mixed table cannot be sorted by it.
    similarities = ranked_list.similarities if ranked_list and set(suggestions.maker) <= {*BUILTIN_MAKERS} else None
    order = options.order or "review"
    suggestions = sort_suggestions(study, suggestions, order, coder=coder, similarities=similarities)
    if options.top is not None:
        suggestions = suggestions.take(range(min(len(suggestions), options.top)))
    # Reasons cost more than scores, so they are computed after the selection.
    if ranked_list is not None:
        rows = [row for row, maker in enumerate(suggestions.maker) if maker in BUILTIN_MAKERS]
        for row, why in zip(rows, ranked_list.add_reasons(suggestions.take(rows)).why, strict=True):
            suggestions.why[row] = why
    return suggestions


def stream_study_suggestions(
    study: Study, options: SuggestionOptions, *, jobs: int, notes: list[str]
) -> Iterator[Suggestions]:
    """Yield what `list_suggestions` returns in parts, and add its notes to ``notes`` when all have been taken."""
    # Plug-ins are called with all transcripts in memory; only the built-in makers can stream.
    is_builtin = not options.spacy_model and set(to_name_tuple(options.maker)) <= set(BUILTIN_MAKERS)
    if study.is_large and is_builtin:
        from qualcode.suggest.large_studies import stream_large_study

        yield from stream_large_study(study, options, _make_request(study, options), jobs=jobs, notes=notes)
        return
    # Fills the index in parallel; the suggestions are then made from it in this process.
    if jobs > 1:
        search_cues(study, jobs=jobs)
    suggestions, suggestion_notes = list_suggestions(study, options)
    notes += suggestion_notes
    yield suggestions


def _make_request(study: Study, options: SuggestionOptions) -> SuggestionRequest:
    _check_deciding_coder(study, options.coder)
    coder = resolve_learn_from(study, options.learn_from) if options.learn_from else options.coder
    coder = coder or study.settings.coder
    codes = _select_usable_codes(study.codebook, options.code)
    transcripts: Sequence[str] = []  # all; of a large study not even the ids are kept in memory
    if options.transcripts or not study.is_large:
        transcripts = select_transcript_ids(study, options.transcripts)
    return SuggestionRequest(codes, transcripts, coder, options.min_score)


def _select_usable_codes(book: Codebook, given: Names | None) -> frozenset[str]:
    """Return the codes to suggest, none for all; retired ones are not suggested.

    Raises
    ------
    OperationError
        If all codes that are given are retired.
    """
    retired = {code.id for code in book.codes if code.retired}
    selected = book.expand_codes(select_code_ids(book, given))
    usable = (selected or frozenset(book.by_id)) - retired
    if not usable:
        raise OperationError(f"{format_names(sorted(selected or retired))}: retired, so nothing is suggested for it")
    return usable if selected or retired else frozenset()


def _check_deciding_coder(study: Study, coder: str | None) -> None:
    """Refuse a name that is probably a misspelt coder's, unless new coders are allowed; others may begin to decide.

    Raises
    ------
    UnknownNameError
        If there is no such coder, but one with a similar name.
    """
    known = {*study.coders, study.settings.coder} - {""}
    if study.are_new_coders_allowed:
        return
    if coder and coder not in known and did_you_mean(coder, known):
        raise UnknownNameError("coder", coder, known)


def resolve_learn_from(study: Study, coder: str | None) -> str:
    """Return the coder to train on: the one given, else the study's coder (empty if none is set).

    Raises
    ------
    UnknownNameError
        The given coder has not decided anything in this study.
    """
    if coder and coder not in study.coders:
        raise UnknownNameError("coder", coder, study.coders)
    return coder or study.settings.coder
