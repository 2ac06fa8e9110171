"""All problems of a study's files, collected in one list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatchcase

from qualcode.anchors import find_occurrences, format_word_diff, is_codable, make_anchor
from qualcode.coding.quote_location import format_quote
from qualcode.coding.team.conflict_copies import check_conflict_copies
from qualcode.coding.update_plan import plan_update
from qualcode.errors import (
    Problem,
    QualcodeError,
    did_you_mean,
    format_count,
    name_command,
    name_for_interface,
    shorten_text,
)
from qualcode.files import read_yaml_notices
from qualcode.ledger import find_invalid_times
from qualcode.listings.case_check import check_cases
from qualcode.listings.groups.attribute_groups import check_attribute_settings
from qualcode.listings.speaker_rows import check_speakers, list_signals
from qualcode.listings.team.assignment_rows import check_assignments
from qualcode.model import Code, Coding
from qualcode.settings import SETTINGS_FILE
from qualcode.study.study import Study

_UNPLACED_HINT = "skipped: not coded or counted; if somebody said it, write “Name: text” in the source"


def check_study(study: Study) -> list[Problem]:
    """Return the problems and notices of settings, codebook, sources, cases and ledgers, sorted by place."""
    problems = [
        *study.settings_problems,
        *study.codebook_and_problems[1],
        *_check_yaml_text(study),
        *study.transcript_problems,
        *study.case_problems,
        *study.ledger_problems,
        *_check_times(study),
        *check_conflict_copies(study),
        *_check_transcripts(study),
        *_check_unused_patterns(study),
        *list_signals(study, study.transcripts),
        *check_cases(study),
        *check_speakers(study),
        *_check_examples(study),
        *_check_anchors(study),
        *_check_edited_transcripts(study),
        *_check_codings(study),
        *_check_unknown_codes(study),
        *_check_definitions(study),
        *_check_done_marks(study),
        *check_assignments(study),
        *_check_suggest_settings(study),
        *check_attribute_settings(study),
        *_check_review_codes(study),
    ]
    # Several checks may find the same problem.
    return sorted(set(problems))


def _check_yaml_text(study: Study) -> Iterator[Problem]:
    for path in (study.root / SETTINGS_FILE, *study.codebook_paths):
        yield from read_yaml_notices(path, display_path=path.relative_to(study.root).as_posix())


def _check_review_codes(study: Study) -> Iterator[Problem]:
    """Yield the codes of the review's number keys that there are not."""
    settings, book = study.settings, study.codebook_and_problems[0]
    for code, position in zip(settings.review_codes, settings.review_code_positions, strict=True):
        if book.codes and book.current_id(code) not in book.by_id:
            hint = did_you_mean(code, book.by_id)
            yield Problem(SETTINGS_FILE, *position, f"'review.codes': the codebook has no code '{code}'", hint)


def _check_suggest_settings(study: Study) -> Iterator[Problem]:
    """Yield training attributes that no case has, and an embedder that cannot be loaded."""
    for name in study.settings.training_attributes:
        if name not in study.attributes:
            message = f"'suggest.attributes': no case has the attribute '{name}'"
            yield Problem(SETTINGS_FILE, 0, 0, message, did_you_mean(name, study.attributes))
    if study.settings.embedder:
        from qualcode.suggest.embedding import study_embedder

        try:
            study_embedder(study)
        except QualcodeError as error:
            yield Problem(SETTINGS_FILE, 0, 0, f"'suggest.embedder': {error}", "see docs/embedders.md")


def _check_times(study: Study) -> Iterator[Problem]:
    """Yield events that count now, but perhaps not as of the date when they were recorded."""
    for path, line, time in find_invalid_times(study.codings_folder):
        message = (
            f"this event has no valid time: '{shorten_text(time, limit=40)}'; counts as of an earlier date may be wrong"
        )
        hint = "write it in UTC, as 2026-01-31T14:30:00.000Z; the lines around it show about when it was"
        yield Problem(path.relative_to(study.root).as_posix(), line, 1, message, hint)


def _check_transcripts(study: Study) -> Iterator[Problem]:
    if not study.transcripts:
        yield Problem("transcripts", 0, 0, "there are no transcripts yet", "put your sources there", "notice")
    for transcript in study.transcripts.values():
        for notice in transcript.notices:
            yield Problem(transcript.path, 0, 0, notice, "", "notice")
        for piece in transcript.unplaced:
            message = f"not recognised as speech or header: {format_quote(piece.text)}"
            yield Problem(transcript.path, piece.line, 0, message, _UNPLACED_HINT, "notice")


def _check_unused_patterns(study: Study) -> Iterator[Problem]:
    """Yield notices on patterns of the settings that match no source: a file was renamed, or its name mistyped."""
    rules = study.settings.rules
    paths = [path.relative_to(study.root / "transcripts").as_posix() for path in study.sources_and_problems[0].values()]
    for key, patterns in (("encodings", rules.encodings), ("tables", rules.tables), ("sources", rules.sources)):
        for pattern in patterns:
            if paths and not any(fnmatchcase(path, pattern) for path in paths):
                hint = did_you_mean(pattern, paths) or "give the path below transcripts/, with its suffix"
                yield Problem(SETTINGS_FILE, 0, 0, f"'{key}': no source has the path '{pattern}'", hint, "notice")


def _check_examples(study: Study) -> Iterator[Problem]:
    for code in study.codebook_and_problems[0].codes:
        yield from _check_code_examples(study, code)


def _check_code_examples(study: Study, code: Code) -> Iterator[Problem]:
    for kind, examples in (("example", code.examples), ("counterexample", code.counterexamples)):
        for example in examples:
            if not example.transcript:
                continue
            transcript = study.transcripts.get(example.transcript)
            place = (code.location.path, code.location.line, code.location.column)
            if transcript is None:
                hint = did_you_mean(example.transcript, study.transcripts)
                yield Problem(*place, f"code '{code.id}': {kind} from unknown transcript '{example.transcript}'", hint)
            elif not find_occurrences(transcript.text, example.quote):
                message = f"code '{code.id}': {kind} {format_quote(example.quote)} is not in {example.transcript}"
                yield Problem(*place, message, "was the transcript edited?")


def _check_anchors(study: Study) -> Iterator[Problem]:
    """Yield codings of the current text whose quote or context does not match the text at their place."""
    # Only where the text is the coded one: differences in an edited text are the subject of an update, not errors.
    for event in study.ledger_state_with_codings.apply_events:
        transcript = study.transcripts.get(event.transcript)
        if not event.quote or transcript is None or transcript.sha256 != event.sha256:
            continue
        if make_anchor(transcript.text, event.start, event.end) != event.anchor:
            quote = format_quote(event.quote)
            message = f"coding {event.id}: {quote} or its context does not match the text at {event.start}-{event.end}"
            hint = "was the ledger edited by hand? the coding is located by its quote instead"
            yield Problem(_ledger_path(event.coder, event.transcript), 0, 0, message, hint)


def _ledger_path(coder: str, transcript: str) -> str:
    """Return the ledger of a coder; the rows of one table of answers share it."""
    return f"codings/{coder}/{transcript.partition('#')[0]}.jsonl"


def _check_edited_transcripts(study: Study) -> Iterator[Problem]:
    """Yield the transcripts that were edited since they were coded."""
    for name in {name for name, _ in study.stale_counts} & study.transcripts.keys():
        count = sum(count for (other, _), count in study.stale_counts.items() if other == name)
        message = f"edited since it was coded, which affects {format_count(count, 'coding')}"
        yield Problem(study.transcripts[name].path, 0, 0, message, f"run {name_command('update')}", "notice")


def _check_codings(study: Study) -> Iterator[Problem]:
    orphaned = {coding.transcript for coding in study.codings if coding.status == "orphaned"}
    # Aligning texts takes time, so only those with lost codings are.
    updates = plan_update(study, transcripts=orphaned).updates if orphaned else ()
    found = {update.event.id for update in updates if update.new_anchor}
    for coding in study.codings:
        path = _ledger_path(coding.coder, coding.transcript)
        quote = format_quote(coding.quote)
        if coding.status == "orphaned":
            message = (
                f"coding {coding.id} of '{coding.code}' is orphaned: {quote} {_describe_lost_quote(study, coding)}"
            )
            yield Problem(path, 0, 0, message, _advise_on_orphan(study, coding, is_found=coding.id in found))
            continue
        if coding.status == "changed":
            change = " ".join(format_word_diff(coding.was, coding.quote).split())
            message = f"the text of coding {coding.id} of '{coding.code}' was changed: {change}"
            hint = f"if the code still applies: {name_command('confirm')}; if not: {name_command('retract')}"
            yield Problem(path, 0, 0, message, hint, "notice")
        if not is_codable(study.transcripts[coding.transcript], coding.start, coding.end):
            message = f"coding {coding.id} is not in a participant's turn: {quote}"
            yield Problem(path, 0, 0, message, "have roles or labels changed? it may not be counted", "notice")


def _advise_on_orphan(study: Study, coding: Coding, *, is_found: bool) -> str:
    """Return what to do with a coding that is kept but not counted: an update finds it, or a person must."""
    if is_found:
        return f"run {name_command('update')}: it finds the text in its new form"
    if coding.transcript not in study.transcripts:
        renamed = name_for_interface(
            f"'qualcode update --renamed {coding.transcript}=NEW'",
            f"Project.update(renamed={{{coding.transcript!r}: 'NEW'}})",
        )
        return f"it is kept but not counted: put the source back, name its new id with {renamed}, or retract the coding"
    asked = name_for_interface("'qualcode update --interactive'", "Project.update(choose=...)")
    return f"it is kept but not counted: place it with {asked}, or retract it if its text was deleted"


def _check_unknown_codes(study: Study) -> Iterator[Problem]:
    # Not `study.codebook`, so that all other checks are made even if it has errors.
    book, problems = study.codebook_and_problems
    if problems:
        return  # the codes may be in the part of the codebook that could not be read
    unknown = Counter((coding.code, coding.coder) for coding in study.codings if coding.code not in book.by_id)
    for (code, coder), count in unknown.items():
        hint = did_you_mean(code, book.by_id) or "if it was renamed, list the old id under 'formerly'"
        message = f"{format_count(count, 'coding')} by {coder} with a code that is not in the codebook: '{code}'"
        yield Problem(f"codings/{coder}", 0, 0, message, hint)


def _check_definitions(study: Study) -> Iterator[Problem]:
    """Yield a notice on each code with codings that are older than its present definition."""
    outdated: dict[str, Counter[str]] = {}
    for coding in study.codings:
        if coding.definition == "earlier":
            outdated.setdefault(coding.code, Counter())[coding.coder] += 1
    for name, counts in outdated.items():
        place = study.codebook_and_problems[0].by_id[name].location
        by_coder = ", ".join(f"{coder} {count:,}" for coder, count in sorted(counts.items()))
        made = f"{format_count(counts.total(), 'coding')} made before its definition was changed ({by_coder})"
        listing = name_for_interface(
            f"'qualcode codings --code {name} --definition earlier --recode'",
            f"Project.codings(code={name!r}, definition='earlier')",
        )
        message, hint = f"code '{name}': {made}", f"{listing} lists them to decide again"
        yield Problem(place.path, place.line, place.column, message, hint, "notice")


def _describe_lost_quote(study: Study, coding: Coding) -> str:
    transcript = study.transcripts.get(coding.transcript)
    if transcript is None:
        return f"is not found (no transcript '{coding.transcript}')"
    if coding.quote in transcript.text:
        return f"occurs several times in {coding.transcript}, and the original place is unknown"
    return f"is not found in {coding.transcript}"


def _check_done_marks(study: Study) -> Iterator[Problem]:
    for entry in sorted(study.ledger_state.finished, key=lambda entry: (entry.coder, entry.transcript)):
        if entry.transcript not in study.transcripts:
            message = f"'{entry.transcript}' is marked as done, but there is no such transcript"
            yield Problem(_ledger_path(entry.coder, entry.transcript), 0, 0, message)
    coder = study.settings.coder
    if coder and study.coders and coder not in study.coders:
        hint = did_you_mean(coder, study.coders)
        yield Problem(SETTINGS_FILE, 0, 0, f"coder '{coder}' has not made any decisions yet", hint, "notice")
