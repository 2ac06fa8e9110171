"""Plain text and Markdown: the canonical text is the file itself, turns are found by their labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from qualcode.files import decode_text
from qualcode.model import LabelCandidate, SourceRules
from qualcode.transcripts.draft import Draft, DraftTurn, ReadOptions
from qualcode.transcripts.file_type import check_file_type
from qualcode.transcripts.labels.headers import drop_header_labels, find_body_start, header_notices
from qualcode.transcripts.labels.label_shapes import DASH_SHAPE, REMARKS
from qualcode.transcripts.labels.speaker_labels import (
    LOOKS_LIKE_A_NAME,
    LabelMatch,
    LabelVerdict,
    add_known_speakers,
    blank_direction_marks,
    classify_labels,
    clean_text,
    compile_dash_shape,
    compile_label_shapes,
    find_speakers,
    match_label,
    normalise_label,
)
from qualcode.transcripts.labels.timestamps import assign_times, inline_timestamp_notices

_LINE = re.compile(r"[^\n]*\S[^\n]*")
_REMARK = re.compile(r"(?P<name>.*\S)\s*\((?P<remark>[^()]+)\)")
_MIN_SPACED_SHARE = 0.9
"""Of the labels that come back, how many must stand below a blank line to make that the layout of the source."""

_UNSPACED = LabelVerdict(False, "comes once, and no blank line above it as above the others")


def read(content: bytes, told: ReadOptions) -> Draft:
    """Read a plain or Markdown source."""
    check_file_type(content, path=told.path, expected="plain text")
    decoded = decode_text(content, path=told.path, encoding=told.encoding)
    draft = read_plain(decoded.text, rules=told.rules)
    return replace(draft, notices=(*decoded.notices, *draft.notices))


def read_plain(text: str, *, known: Collection[str] = (), rules: SourceRules = SourceRules()) -> Draft:
    """Find the turns of a plain or Markdown text; all above the first one is header.

    ``rules`` say which labels the settings name and which shapes they add; ``known`` are further speakers.
    """
    rules = add_known_speakers(rules, known)
    drawn = blank_direction_marks(text)
    start = find_body_start(drawn)
    found = _remove_remarks(list(_candidates(drawn, start, rules)), rules)
    judged = _classify_matches(text, found, rules)
    labels = drop_header_labels(text, _speaker_matches(text, start, found, judged, rules))
    told = _list_labels(found, judged, labels)
    if not labels:
        return replace(_build_unlabelled_draft(text, start), labels=told)
    ends = [label.start for label in labels[1:]] + [len(text)]
    spans = assign_times(text, [_build_turn(text, label, end) for label, end in zip(labels, ends, strict=True)])
    notices = (*header_notices(drawn, labels[0].start, labels), *inline_timestamp_notices(text, spans))
    return Draft(text, tuple(spans), text[: labels[0].start].strip(), notices=notices, labels=told)


def _candidates(text: str, start: int, rules: SourceRules) -> Iterator[LabelMatch]:
    """Yield the words in the shape of a label, one a line at most."""
    shapes = compile_label_shapes(rules.labels)
    for line in _LINE.finditer(text, start):
        if line.start() >= start and (found := match_label(text, line.start(), shapes)):
            start = found.end  # a time above a label has its line already
            yield found


def _remove_remarks(found: list[LabelMatch], rules: SourceRules) -> list[LabelMatch]:
    """Make "P1 (laughing)" one with "P1", where that stands alone as well or the words can only be a remark."""
    alone = {label.speaker for label in found}
    kept = set(map(normalise_label, (*rules.speakers, *rules.interviewers)))
    names = {
        name: _remove_remark(name, alone) for name in alone if name.endswith(")") and normalise_label(name) not in kept
    }
    return [replace(label, speaker=names.get(label.speaker, label.speaker)) for label in found] if names else found


def _remove_remark(label: str, alone: Collection[str]) -> str:
    match = _REMARK.fullmatch(label)
    if match is None:
        return label
    remark = match["remark"].strip()
    listed = remark.casefold() in REMARKS
    return match["name"] if listed or (match["name"] in alone and remark[:1].islower()) else label


def _classify_matches(text: str, found: Sequence[LabelMatch], rules: SourceRules) -> dict[str, LabelVerdict]:
    """Judge all labels; where those that come back stand below blank lines, one that comes once must too."""
    judged = classify_labels([(label.speaker, label.trust) for label in found], rules)
    times = Counter(label.speaker for label in found)
    taken = [label for label in found if judged[label.speaker].is_speaker]
    regular = [label for label in taken if times[label.speaker] > 1]
    if len(regular) < 3 or sum(_is_spaced(text, label.start) for label in regular) < _MIN_SPACED_SHARE * len(regular):
        return judged
    once = [label for label in taken if times[label.speaker] == 1 and judged[label.speaker] is LOOKS_LIKE_A_NAME]
    return judged | {label.speaker: _UNSPACED for label in once if not _is_spaced(text, label.start)}


def _is_spaced(text: str, start: int) -> bool:
    """Tell whether a blank line, or nothing at all, stands above the line that begins here."""
    end = text.rfind("\n", 0, start)
    return end < 0 or not text[text.rfind("\n", 0, end) + 1 : end].strip()


def _speaker_matches(
    text: str, start: int, found: Sequence[LabelMatch], judged: Mapping[str, LabelVerdict], rules: SourceRules
) -> Sequence[LabelMatch]:
    plain = [label for label in found if judged[label.speaker].is_speaker]
    if len({label.speaker for label in plain}) > 1:
        return plain
    other = _dash_matches(text, start, rules)
    return other if len(other) > 2 * len(plain) else plain


def _dash_matches(text: str, start: int, rules: SourceRules) -> list[LabelMatch]:
    """Return labels that a dash or tab parts from the words, if two or more take turns in most lines of the text."""
    found = [
        LabelMatch(clean_text(match["name"]), match.start(), match.end(), None, DASH_SHAPE.trust, DASH_SHAPE.name)
        for match in compile_dash_shape().finditer(text, start)
    ]
    accepted = find_speakers([], doubtful=[label.speaker for label in found], rules=rules)
    labels = [label for label in found if label.speaker in accepted]
    lines = sum(1 for _ in _LINE.finditer(text, start))
    return labels if len(accepted) > 1 and 2 * len(labels) > lines else []


def _list_labels(
    found: Sequence[LabelMatch], judged: Mapping[str, LabelVerdict], labels: Sequence[LabelMatch]
) -> tuple[LabelCandidate, ...]:
    """Return each label once, taken for a speaker or not; what may be anything is told only if it comes back."""
    times = Counter(label.speaker for label in labels) | Counter(label.speaker for label in found)
    taken = {label.speaker for label in labels}
    first = {label.speaker: label for label in reversed([*found, *labels])}
    return tuple(
        LabelCandidate(
            name, name in taken, _label_reason(judged, name, name in taken), label.shape, times[name], label.start
        )
        for name, label in sorted(first.items(), key=lambda one: one[1].start)
        if name in taken or label.trust in {"settings", "sure", "once"} or times[name] > 1
    )


def _label_reason(judged: Mapping[str, LabelVerdict], name: str, taken: bool) -> str:
    verdict = judged.get(name)
    if verdict is None:
        return "begins most lines"
    return (
        verdict.reason
        if verdict.is_speaker == taken
        else "stands above the talk"
        if verdict.is_speaker
        else "begins most lines"
    )


def _build_turn(text: str, label: LabelMatch, end: int) -> DraftTurn:
    start = label.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return DraftTurn(label.speaker, start, max(start, end), label.time)


def _build_unlabelled_draft(text: str, start: int) -> Draft:
    header, stripped = text[:start].strip(), text[start:].strip()
    if not stripped:
        return Draft(text, (), header, notices=("no words were found",))
    first = text.index(stripped, start)
    said = "no speaker labels were found: the whole text is read as one participant's turn"
    spans = assign_times(text, [DraftTurn("", first, first + len(stripped))])
    return Draft(text, tuple(spans), header, notices=(said, *inline_timestamp_notices(text, spans)))
