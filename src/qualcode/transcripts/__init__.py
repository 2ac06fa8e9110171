"""Transcripts: sources of all supported formats, read into a canonical text with turns, speakers and cases."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.errors import OperationError, QualcodeError, quote_yaml
from qualcode.files import MAX_TABLE_SIZE, TABLE_SUFFIXES, open_binary, read_bytes
from qualcode.model import Case, SourceRule, SourceRules, Transcript, Turn
from qualcode.transcripts.case_reader import join_cases, read_cases
from qualcode.transcripts.draft import Draft, ReadOptions
from qualcode.transcripts.file_type import detect_reader
from qualcode.transcripts.labels.label_typos import LabelTypo, find_label_typos
from qualcode.transcripts.labels.short_forms import find_numbered_others
from qualcode.transcripts.labels.speaker_labels import normalise_label
from qualcode.transcripts.roles import SpeakerLookup, add_short_forms, assign_cases, build_speaker_lookup, build_turns
from qualcode.transcripts.transcript_cases import TranscriptCases, cases_at, find_transcript_cases

if TYPE_CHECKING:
    from qualcode.transcripts.readers.survey import Answer

__all__ = [
    "SUFFIXES",
    "LabelTypo",
    "TranscriptCases",
    "assign_cases",
    "cases_at",
    "encoding_of",
    "find_label_typos",
    "find_transcript_cases",
    "hash_text",
    "join_cases",
    "normalise_label",
    "read_cases",
    "read_source",
    "read_transcript",
    "rules_for_source",
    "source_rule_of",
]

READERS: Mapping[str, str] = {
    ".txt": "readers.plain_text",
    ".md": "readers.markdown",
    ".docx": "documents.docx",
    ".odt": "documents.odt",
    ".rtf": "documents.rtf",
    ".pdf": "documents.pdf",
    ".html": "documents.html",
    ".htm": "documents.html",
    ".vtt": "readers.captions",
    ".srt": "readers.captions",
    ".csv": "readers.survey",
    ".tsv": "readers.survey",
    ".xlsx": "readers.survey",
    ".parquet": "readers.survey",
    ".json": "readers.speech_json",
    ".cha": "readers.chat",
    ".eaf": "readers.elan",
}
"""By suffix, the module in ``qualcode.transcripts`` whose function ``read(content, options)`` reads such sources."""

_READER_MODULES = {"text": "plain_text", "captions": "captions", "json": "speech_json", "chat": "chat", "elan": "elan"}
"""Modules of the readers whose names in the settings are not those of suffixes."""

SUFFIXES = tuple(READERS)
"""Suffixes of the sources that can be read."""


def hash_text(text: str) -> str:
    """Return the SHA-256 of a canonical text, which identifies the text in a ledger."""
    # A lone surrogate, which some codecs decode to, must not stop a command.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def read_source(
    path: Path, *, name: str, display_path: str, rules: SourceRules, row_filter: Callable[[int], bool] | None = None
) -> Iterator[Transcript]:
    """Yield the transcripts of one source; ``name`` is their id, ``display_path`` the source's path in messages.

    A table of answers has one for each of its rows, with the id ``name#row``, and is read as a stream. ``row_filter``
    selects rows by number, counted from 0; a source that is one transcript is its row 0.

    Raises
    ------
    OperationError
        If the source cannot be read, or its reader fails in a way that it does not foresee.
    """
    try:
        yield from _read_source(path, name, display_path, rules, row_filter)
    except QualcodeError:
        raise
    except Exception as error:  # one source must not stop a study
        raise OperationError(
            f"{display_path}: reading failed unexpectedly ({type(error).__name__}); report this as an error in "
            "qualcode, and move the file out of transcripts/ or save it in another format until it is fixed"
        ) from error


def _read_source(
    path: Path, name: str, display_path: str, rules: SourceRules, row_filter: Callable[[int], bool] | None
) -> Iterator[Transcript]:
    if path.suffix.lower() in TABLE_SUFFIXES and not source_rule_of(rules, display_path).reader:
        from qualcode.transcripts.readers.survey import open_table, read_answers, read_conversations

        options = _read_options(display_path, rules)
        with open_binary(path, limit=MAX_TABLE_SIZE) as stream:
            table = open_table(stream, options)
            if table.layout.kind == "answers":
                # The reader sets each role, so comparing all respondents with the interviewers would waste time.
                speakers = build_speaker_lookup(replace(options.rules, interviewers=()))
                for answer in read_answers(table, row_filter=row_filter):
                    yield _answer_transcript(answer, name, options, speakers)
            else:
                for number, (interview, draft) in enumerate(read_conversations(table)):
                    if row_filter is None or row_filter(number):
                        identifier = f"{name}#{interview}" if interview else name
                        yield _build_transcript(draft, identifier, options, reader="table")
    elif row_filter is None or row_filter(0):
        yield read_transcript(path, name=name, display_path=display_path, rules=rules)


def _answer_transcript(answer: Answer, name: str, options: ReadOptions, speakers: SpeakerLookup) -> Transcript:
    draft, identifier = answer.draft, f"{name}#{answer.row}"
    turns = build_turns(draft.turns, speakers)
    case = Case(answer.row, answer.attributes, (identifier,))
    return Transcript(
        identifier,
        options.path,
        draft.text,
        hash_text(draft.text),
        turns,
        notices=draft.notices,
        case=case,
        reader="table",
    )


def read_transcript(path: Path, *, name: str, display_path: str, rules: SourceRules) -> Transcript:
    """Return the transcript of a source that has only one; ``name`` is its id, ``display_path`` its path in messages.

    Raises
    ------
    OperationError
        If no reader has its suffix, or the source cannot be read.
    """
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise OperationError(
            f"{display_path}: no reader for {suffix or 'a file without suffix'} (supported: {', '.join(SUFFIXES)})"
        )
    options = _read_options(display_path, rules)
    content = read_bytes(path)
    # Captions and NVivo tables are often saved as .txt; read as plain text, their times would count as words.
    reader = _reader_module(options.source.reader) or detect_reader(display_path, content[:200]) or READERS[suffix]
    # Imported when needed: most studies use few formats, and lxml and pypdf are slow to import.
    read: Callable[[bytes, ReadOptions], Draft] = import_module(f"qualcode.transcripts.{reader}").read
    draft = _read_as_configured(read, content, options) if options.source.reader else read(content, options)
    return _build_transcript(draft, name, options, reader=_reader_name(reader))


def _read_as_configured(read: Callable[[bytes, ReadOptions], Draft], content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of the reader that the settings name; its errors say so."""
    setting = f"'reader: {options.source.reader}', which 'sources' in qualcode.yaml gives this source"
    try:
        draft = read(content, options)
    except OperationError as error:
        raise OperationError(f"{error} (read with {setting})") from None
    if not draft.turns and draft.unplaced:
        raise OperationError(f"{options.path}: {setting}, does not fit its content: remove it or name another reader")
    return draft


def _reader_module(name: str) -> str:
    """Return the module of the reader that the settings name; empty if they name none."""
    return f"readers.{_READER_MODULES[name]}" if name in _READER_MODULES else READERS.get(f".{name}", "")


def _reader_name(module: str) -> str:
    names = {f"readers.{name}": reader for reader, name in _READER_MODULES.items()}
    return names.get(module) or ("table" if module == "readers.survey" else module.rpartition(".")[2])


def _read_options(display_path: str, rules: SourceRules) -> ReadOptions:
    encoding, source = encoding_of(rules, display_path), source_rule_of(rules, display_path)
    return ReadOptions(display_path, _add_speakers(rules, source), encoding, source)


def rules_for_source(rules: SourceRules, display_path: str) -> SourceRules:
    """Return the rules with the speakers of one source: SPEAKER_00 of a recogniser is another person in each."""
    return _add_speakers(rules, source_rule_of(rules, display_path))


def _add_speakers(rules: SourceRules, source: SourceRule) -> SourceRules:
    return replace(rules, speakers={**rules.speakers, **source.speakers}) if source.speakers else rules


def source_rule_of(rules: SourceRules, display_path: str) -> SourceRule:
    """Return what the settings say of one source: of each field, the first value of the patterns that match."""
    path = display_path.removeprefix("transcripts/")
    matching = [rule for pattern, rule in rules.sources.items() if fnmatchcase(path, pattern)]
    values = {name: [getattr(rule, name) for rule in matching] for name in SourceRule.__slots__}
    # Not by their truth: line_numbers may be set to False.
    given: dict[str, list[Any]] = {
        name: [value for value in found if value or value is False] for name, found in values.items()
    }
    return SourceRule(**{name: found[0] for name, found in given.items() if found})


def encoding_of(rules: SourceRules, display_path: str) -> str:
    """Return the encoding of the first pattern in the settings that matches a source's path; empty if none does."""
    # Patterns in the settings are relative to the folder of transcripts.
    path = display_path.removeprefix("transcripts/")
    return next((encoding for pattern, encoding in rules.encodings.items() if fnmatchcase(path, pattern)), "")


def _build_transcript(draft: Draft, name: str, options: ReadOptions, *, reader: str) -> Transcript:
    labels = {turn.speaker for turn in draft.turns}
    speakers = add_short_forms(build_speaker_lookup(options.rules), labels, draft.header)
    turns = build_turns(draft.turns, speakers)
    return Transcript(
        name,
        options.path,
        draft.text,
        hash_text(draft.text),
        turns,
        draft.header,
        draft.unplaced,
        (*draft.notices, *_role_notices(turns, options.rules)),
        labels=draft.labels,
        reader=reader,
        not_words=draft.not_words,
    )


def _role_notices(turns: Collection[Turn], rules: SourceRules) -> list[str]:
    speakers = sorted({turn.speaker for turn in turns if turn.speaker})
    if len(speakers) > 1 and all(turn.role == "participant" for turn in turns):
        names = "; ".join(speakers[:5])
        return [f"no speaker is an interviewer, so all are counted ({names}): name the interviewer in qualcode.yaml"]
    unnamed = [name for name in speakers if name not in rules.speakers]
    if others := find_numbered_others(unnamed, rules.interviewers):
        setting = f"speakers: {{{quote_yaml(others[0])}: {{role: interviewer}}}}"
        hint = f"if one is an interviewer, write {setting} in qualcode.yaml"
        names = "; ".join(others[:5])
        return [f"labels with a number beside an interviewer's without one are read as participants' ({names}): {hint}"]
    return []
