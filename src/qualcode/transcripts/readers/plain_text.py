"""Plain text and Markdown: the canonical text is the file itself, turns begin at speaker labels."""

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
"""The share of repeated labels below a blank line from which blank lines above turns are the layout of the source."""

_UNSPACED = LabelVerdict(False, "comes once, and no blank line above it as above the others")


def read(content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of a plain or Markdown source."""
    check_file_type(content, path=options.path, expected="plain text")
    decoded = decode_text(content, path=options.path, encoding=options.encoding)
    draft = read_plain(decoded.text, rules=options.rules)
    return replace(draft, notices=(*decoded.notices, *draft.notices))


def read_plain(text: str, *, known: Collection[str] = (), rules: SourceRules = SourceRules()) -> Draft:
    """Return the draft of a plain or Markdown text; what is above the first turn is header.

    ``rules`` have the labels and label shapes of the settings; ``known`` are further speakers.
    """
    rules = add_known_speakers(rules, known)
    # Invisible marks would hide a label at the beginning of a line; blanks in their place keep all offsets valid.
    visible = blank_direction_marks(text)
    start = find_body_start(visible)
    matches = _remove_remarks(list(_find_matches(visible, start, rules)), rules)
    verdicts = _classify_matches(text, matches, rules)
    labels = drop_header_labels(text, _speaker_matches(text, start, matches, verdicts, rules))
    candidates = _list_candidates(matches, verdicts, labels)
    if not labels:
        return replace(_build_unlabelled_draft(text, start), labels=candidates)
    ends = [label.start for label in labels[1:]] + [len(text)]
    spans = assign_times(text, [_build_turn(text, label, end) for label, end in zip(labels, ends, strict=True)])
    notices = (*header_notices(visible, labels[0].start, labels), *inline_timestamp_notices(text, spans))
    return Draft(text, tuple(spans), text[: labels[0].start].strip(), notices=notices, labels=candidates)


def _find_matches(text: str, start: int, rules: SourceRules) -> Iterator[LabelMatch]:
    """Yield the words in the shape of a label, at most one per line."""
    shapes = compile_label_shapes(rules.labels)
    for line in _LINE.finditer(text, start):
        if line.start() >= start and (match := match_label(text, line.start(), shapes)):
            start = match.end  # a match may have a time on the line above
            yield match


def _remove_remarks(matches: list[LabelMatch], rules: SourceRules) -> list[LabelMatch]:
    """Shorten "P1 (laughing)" to "P1", if that is a label too or the words are a known remark."""
    labels = {match.speaker for match in matches}
    configured = set(map(normalise_label, (*rules.speakers, *rules.interviewers)))
    names = {
        label: _remove_remark(label, labels)
        for label in labels
        if label.endswith(")") and normalise_label(label) not in configured
    }
    return [replace(match, speaker=names.get(match.speaker, match.speaker)) for match in matches] if names else matches


def _remove_remark(label: str, labels: Collection[str]) -> str:
    match = _REMARK.fullmatch(label)
    if match is None:
        return label
    remark = match["remark"].strip()
    is_known = remark.casefold() in REMARKS
    # A capitalised word may be a name that distinguishes two speakers, so an unknown remark must be in lower case.
    return match["name"] if is_known or (match["name"] in labels and remark[:1].islower()) else label


def _classify_matches(text: str, matches: Sequence[LabelMatch], rules: SourceRules) -> dict[str, LabelVerdict]:
    """Return the verdict on each label; if repeated ones have a blank line above, one that occurs once needs it too."""
    verdicts = classify_labels([(match.speaker, match.trust) for match in matches], rules)
    counts = Counter(match.speaker for match in matches)
    speakers = [match for match in matches if verdicts[match.speaker].is_speaker]
    repeated = [match for match in speakers if counts[match.speaker] > 1]
    spaced_count = sum(_is_spaced(text, match.start) for match in repeated)
    # Fewer repeated labels are not enough to infer the layout.
    if len(repeated) < 3 or spaced_count < _MIN_SPACED_SHARE * len(repeated):
        return verdicts
    once = [match for match in speakers if counts[match.speaker] == 1 and verdicts[match.speaker] is LOOKS_LIKE_A_NAME]
    return verdicts | {match.speaker: _UNSPACED for match in once if not _is_spaced(text, match.start)}


def _is_spaced(text: str, start: int) -> bool:
    """Tell whether a blank line, or nothing, is above the line that begins at ``start``."""
    end = text.rfind("\n", 0, start)
    return end < 0 or not text[text.rfind("\n", 0, end) + 1 : end].strip()


def _speaker_matches(
    text: str, start: int, matches: Sequence[LabelMatch], verdicts: Mapping[str, LabelVerdict], rules: SourceRules
) -> Sequence[LabelMatch]:
    speakers = [match for match in matches if verdicts[match.speaker].is_speaker]
    if len({match.speaker for match in speakers}) > 1:
        return speakers
    # Sentences have dashes too, so these are tried only where other shapes do not find two speakers.
    dashed = _dash_matches(text, start, rules)
    return dashed if len(dashed) > 2 * len(speakers) else speakers


def _dash_matches(text: str, start: int, rules: SourceRules) -> list[LabelMatch]:
    """Return labels before a dash or tab, if two or more take turns and they begin most lines of the text."""
    matches = [
        LabelMatch(clean_text(match["name"]), match.start(), match.end(), None, DASH_SHAPE.trust, DASH_SHAPE.name)
        for match in compile_dash_shape().finditer(text, start)
    ]
    accepted = find_speakers([], doubtful=[match.speaker for match in matches], rules=rules)
    labels = [match for match in matches if match.speaker in accepted]
    line_count = sum(1 for _ in _LINE.finditer(text, start))
    return labels if len(accepted) > 1 and 2 * len(labels) > line_count else []


def _list_candidates(
    matches: Sequence[LabelMatch], verdicts: Mapping[str, LabelVerdict], labels: Sequence[LabelMatch]
) -> tuple[LabelCandidate, ...]:
    """Return each label once, whether it is a speaker or not; labels of a doubtful shape only if they are repeated."""
    counts = Counter(label.speaker for label in labels) | Counter(match.speaker for match in matches)
    speakers = {label.speaker for label in labels}
    # Reversed, so that the first occurrence of a label is the one that is kept.
    first = {match.speaker: match for match in reversed([*matches, *labels])}
    return tuple(
        LabelCandidate(
            name,
            name in speakers,
            _label_reason(verdicts.get(name), is_speaker=name in speakers),
            match.shape,
            counts[name],
            match.start,
        )
        for name, match in sorted(first.items(), key=lambda item: item[1].start)
        if name in speakers or match.trust in {"settings", "sure", "once"} or counts[name] > 1
    )


def _label_reason(verdict: LabelVerdict | None, *, is_speaker: bool) -> str:
    """Return why a label is a speaker or not; its position in the text may overrule the verdict on it."""
    if verdict is not None and verdict.is_speaker == is_speaker:
        return verdict.reason
    return "stands above the talk" if verdict is not None and verdict.is_speaker else "begins most lines"


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
    notice = "no speaker labels were found: the whole text is read as one participant's turn"
    spans = assign_times(text, [DraftTurn("", first, first + len(stripped))])
    return Draft(text, tuple(spans), header, notices=(notice, *inline_timestamp_notices(text, spans)))
