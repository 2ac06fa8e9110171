"""Everything that is wrong with a study, at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from qualcode.anchors import find_occurrences, format_word_diff, is_codable, make_anchor
from qualcode.coding.quote_location import format_quote
from qualcode.errors import Problem, QualcodeError, did_you_mean
from qualcode.listings.case_check import check_cases
from qualcode.listings.speaker_rows import check_speakers
from qualcode.model import Code, Coding
from qualcode.settings import SETTINGS_FILE
from qualcode.study.study import Study


def check_study(study: Study) -> list[Problem]:
    """Return the problems and notices of settings, codebook, sources, cases and ledgers, by place."""
    found = [
        *study.settings_problems,
        *study.codebook_and_problems[1],
        *study.transcript_problems,
        *study.case_problems,
        *study.ledger_problems,
        *_check_transcripts(study),
        *check_cases(study),
        *check_speakers(study),
        *_check_examples(study),
        *_check_anchors(study),
        *_check_edited_transcripts(study),
        *_check_codings(study),
        *_check_done_marks(study),
        *_check_suggest_settings(study),
    ]
    return sorted(set(found))


def _check_suggest_settings(study: Study) -> Iterator[Problem]:
    """Yield what the settings say of learning and cannot be kept."""
    for name in study.settings.training_attributes:
        if name not in study.attributes:
            said = f"'suggest.attributes' names '{name}', which no case has"
            yield Problem(SETTINGS_FILE, 0, 0, said, did_you_mean(name, study.attributes))
    if study.settings.embedder:
        from qualcode.suggest.embedding import embedder

        try:
            embedder(study.settings.embedder)
        except QualcodeError as error:
            yield Problem(SETTINGS_FILE, 0, 0, f"'suggest.embedder': {error}", "see docs/embedders.md")


def _check_transcripts(study: Study) -> Iterator[Problem]:
    if not study.transcripts:
        yield Problem("transcripts", 0, 0, "there are no transcripts yet", "put your sources there", "notice")
    for transcript in study.transcripts.values():
        for notice in transcript.notices:
            yield Problem(transcript.path, 0, 0, notice, "", "notice")
        for piece in transcript.unplaced:
            said = f"neither a turn nor a header: {format_quote(piece.text)}"
            yield Problem(transcript.path, piece.line, 0, said, "not coded or counted", "notice")


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
                said = f"code '{code.id}': {kind} {format_quote(example.quote)} is not in {example.transcript}"
                yield Problem(*place, said, "was the transcript edited?")


def _check_anchors(study: Study) -> Iterator[Problem]:
    """Yield codings that say they speak of the present text, but whose words or surroundings are not there."""
    for event in study.ledger_state_with_codings.apply_events:
        transcript = study.transcripts.get(event.transcript)
        if not event.quote or transcript is None or transcript.sha256 != event.sha256:
            continue
        if make_anchor(transcript.text, event.start, event.end) != event.anchor:
            path = f"codings/{event.coder}/{event.transcript.partition('#')[0]}.jsonl"
            where = f"{event.start}-{event.end}, between the words that the ledger has"
            said = f"coding {event.id} does not prove itself: {format_quote(event.quote)} is not at {where}"
            yield Problem(path, 0, 0, said, "was the ledger changed by hand? its words are looked for instead")


def _check_edited_transcripts(study: Study) -> Iterator[Problem]:
    """Yield the transcripts that were edited since they were coded."""
    for name in {name for name, _ in study.stale_counts} & study.transcripts.keys():
        many = sum(count for (other, _), count in study.stale_counts.items() if other == name)
        said = f"edited since it was coded: {many} codings have another place or other words beside them, or are lost"
        yield Problem(study.transcripts[name].path, 0, 0, said, "'qualcode update' follows them", "notice")


def _check_codings(study: Study) -> Iterator[Problem]:
    book = study.codebook_and_problems[0]
    unknown: Counter[tuple[str, str]] = Counter()
    for coding in study.codings:
        path = f"codings/{coding.coder}/{coding.transcript.partition('#')[0]}.jsonl"
        if coding.status == "orphaned":
            said = f"coding {coding.id} of '{coding.code}' is orphaned: {format_quote(coding.quote)} {_describe_lost_quote(study, coding)}"
            yield Problem(path, 0, 0, said, "it is kept, but not counted: see 'qualcode update'")
        elif coding.status == "changed":
            change = format_word_diff(coding.was, coding.quote)
            said = f"the words of coding {coding.id} of '{coding.code}' were changed: {change}"
            yield Problem(path, 0, 0, said, "does the code still hold? if not, retract it", "notice")
        if coding.status != "orphaned" and not is_codable(
            study.transcripts[coding.transcript], coding.start, coding.end
        ):
            said = f"coding {coding.id} is not of a participant's words: {format_quote(coding.quote)}"
            yield Problem(path, 0, 0, said, "have roles or labels changed since? it may be in no unit", "notice")
        if coding.code not in book.by_id:
            unknown[coding.code, coding.coder] += 1
    if study.codebook_and_problems[1]:
        return  # the codes may stand in what could not be read
    for (code, coder), many in unknown.items():
        hint = did_you_mean(code, book.by_id) or "if it was renamed, say so under 'formerly'"
        said = f"{many} codings by {coder} have a code that the codebook does not have: '{code}'"
        yield Problem(f"codings/{coder}", 0, 0, said, hint)


def _describe_lost_quote(study: Study, coding: Coding) -> str:
    transcript = study.transcripts.get(coding.transcript)
    if transcript is None:
        return f"is not to be found (no transcript '{coding.transcript}')"
    if coding.quote in transcript.text:
        return f"stands in several places of {coding.transcript}, and none is known to be the old one"
    return f"is not to be found in {coding.transcript}"


def _check_done_marks(study: Study) -> Iterator[Problem]:
    for entry in sorted(study.ledger_state.finished, key=lambda done: (done.coder, done.transcript)):
        if entry.transcript not in study.transcripts:
            path = f"codings/{entry.coder}/{entry.transcript.partition('#')[0]}.jsonl"
            yield Problem(path, 0, 0, f"'{entry.transcript}' is marked done, but there is no such transcript")
    coder = study.settings.coder
    if coder and study.coders and coder not in study.coders:
        hint = did_you_mean(coder, study.coders)
        yield Problem(SETTINGS_FILE, 0, 0, f"coder '{coder}' has not decided anything yet", hint, "notice")
