"""The codings that a marked text shows: those of one coder in one transcript, now and when it was written."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qualcode.anchors import Span
from qualcode.coding.corrections.code_labels import CodeLabels
from qualcode.coding.marked_text.edit_header import EditHeader, codes_to_list, format_header, name_writing
from qualcode.coding.marked_text.mark_writer import write_marks
from qualcode.errors import OperationError, format_count, format_names, name_command
from qualcode.ledger import LedgerState, fold
from qualcode.model import Coding, Transcript, is_in_subtree
from qualcode.study.placement import place_codings
from qualcode.study.selection import Names, find_transcript, select_code_ids, to_name_tuple
from qualcode.study.study import Study


@dataclass(frozen=True, slots=True, repr=False)
class MarkedText:
    """A transcript with one coder's codings as marks, to be edited and read back with `Project.edit_from`."""

    transcript: str
    coder: str
    text: str
    notes: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return "\n".join([self.text, *self.notes])


def write_marked_text(study: Study, transcript_id: str, *, coder: str, code: Names | None) -> MarkedText:
    """Return a transcript with the codings of a coder as marks, only those of some codes if these are given.

    Raises
    ------
    UnknownNameError
        If there is no such transcript or code.
    """
    transcript = find_transcript(study, transcript_id)
    families = tuple(select_code_ids(study.codebook, code)) if to_name_tuple(code) else ()
    codings = list_marked(study, own_codings(study, transcript, coder), families)
    # The transcript may be edited before the marks are read back.
    study.text_versions.save_texts([transcript])
    last_event = max((event.id for event in study.read_events()), default="")
    header = EditHeader(transcript.id, coder, transcript.sha256, hash_codings(codings), last_event, families)
    labels = CodeLabels(study.codebook, has_parts=True)
    codes: dict[Span, list[str]] = {}
    for coding in codings:
        codes.setdefault((coding.start, coding.end), []).append(labels.shorten(coding.code))
    lines = format_header(header, codes_to_list(study.codebook, families), labels, study=study.name)
    notes = tuple(_list_notes(study, transcript, coder))
    return MarkedText(transcript.id, coder, lines + write_marks(transcript.text, codes), notes)


def own_codings(study: Study, transcript: Transcript, coder: str) -> list[Coding]:
    """Return all codings of a coder in a transcript, also those without a place."""
    return [coding for coding in study.read_decisions().codings_in(transcript.id) if coding.coder == coder]


def list_marked(study: Study, codings: Iterable[Coding], families: Sequence[str]) -> list[Coding]:
    """Return the codings that have a place in the text and a code of the families, in the order of the text."""
    members = study.codebook.expand_codes(families)
    shown = (
        coding
        for coding in codings
        if coding.status != "orphaned"
        if not families or coding.code in members or any(is_in_subtree(coding.code, one) for one in families)
    )
    return sorted(shown, key=lambda coding: (coding.start, coding.end, coding.code, coding.id))


def _list_notes(study: Study, transcript: Transcript, coder: str) -> Iterable[str]:
    orphaned = [one.code for one in own_codings(study, transcript, coder) if one.status == "orphaned"]
    if orphaned:
        yield (
            f"not marked: {format_count(len(orphaned), 'orphaned coding')} of {coder} ({format_names(orphaned)}), "
            f"since the words are not found in {transcript.id}; {name_command('codings')} lists them"
        )


def hash_codings(codings: Iterable[Coding]) -> str:
    """Return a short hash of codings and their places."""
    lines = sorted(f"{coding.id} {coding.start} {coding.end}" for coding in codings)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def find_source(study: Study, transcript: Transcript, sha256: str) -> Transcript:
    """Return a transcript with the text that a marked text was written from, which may be an earlier one.

    Raises
    ------
    OperationError
        If that text is not known any more.
    """
    if transcript.sha256 == sha256:
        return transcript
    text = study.text_versions.load_text(sha256)
    if text is None:
        raise OperationError(
            f"the text of {transcript.id} was edited since these marks were written, and the earlier one is not known "
            f"here: write it again with {name_writing()}, and type the changes there"
        )
    return replace(transcript, text=text, sha256=sha256)


def find_former_codings(study: Study, source: Transcript, header: EditHeader) -> list[Coding]:
    """Return the codings that a marked text was written from, at their places in that text (see `find_source`).

    They are those of now, or those of then from the ledger.

    Raises
    ------
    OperationError
        If the ledger does not tell which they were.
    """
    current = list_marked(study, own_codings(study, source, header.coder), header.families)
    if hash_codings(current) == header.codings:
        return current
    # Ids sort by time.
    state = fold(event for event in study.read_events() if event.id <= header.last_event)
    own = [event for event in state.apply_events if (event.transcript, event.coder) == (source.id, header.coder)]
    placed = place_codings(
        LedgerState(apply_events=tuple(own)),
        {source.id: source},
        study.codebook,
        study.text_versions.load_text,
    )
    former = list_marked(study, placed.codings, header.families)
    if hash_codings(former) != header.codings:
        raise OperationError(
            f"the codings of {header.coder} in {source.id} have changed since this text was written, and the "
            f"ledger does not tell which it has: write it again with {name_writing()}, and type the changes there"
        )
    return former
