"""Plain text and Markdown: the canonical text is the file itself, turns begin at speaker labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from qualcode.errors import quote_pattern
from qualcode.files import decode_text, unify_line_ends
from qualcode.model import LabelCandidate, SourceKind, SourceRules, UnplacedText
from qualcode.model.line_numbers import line_counter
from qualcode.transcripts.draft import MAX_LINES, ONE_TURN, Draft, DraftTurn, ReadOptions, limit_lines
from qualcode.transcripts.file_type import check_file_type
from qualcode.transcripts.labels.headers import (
    block_notices,
    drop_header_block,
    drop_header_labels,
    find_body_start,
    find_notes_below,
    header_notices,
)
from qualcode.transcripts.labels.label_shapes import CHAT_SHAPES, LIST_SHAPES, REMARKS, TIMED_LINE, TIMED_LINE_ONE_SPACE
from qualcode.transcripts.labels.line_layouts import LAYOUT_REASONS, find_layout_labels, layout_notices
from qualcode.transcripts.labels.speaker_labels import (
    IN_A_LIST,
    LOOKS_LIKE_A_NAME,
    MAYBE_A_NAME,
    MIN_NAMED_SHARE,
    LabelMatch,
    LabelVerdict,
    add_known_speakers,
    blank_direction_marks,
    classify_labels,
    compile_label_shapes,
    find_lines,
    match_label,
    normalise_label,
    unsure_label_notices,
)
from qualcode.transcripts.labels.time_shapes import are_in_order
from qualcode.transcripts.labels.timestamps import assign_times, inline_timestamp_notices
from qualcode.transcripts.labels.turn_changes import (
    classify_part_names,
    find_list_words,
    find_wrapped,
    has_turns,
    wrap_notices,
)
from qualcode.transcripts.labels.unspoken_lines import cut_unspoken_lines
from qualcode.transcripts.margin_numbers import Span, blank_spans, locate_margin_numbers, margin_notice

_REMARK = re.compile(r"(?P<name>.*\S)\s*\((?P<remark>[^()]+)\)")
_MIN_SPACED_SHARE = 0.9
"""The share of repeated labels below a blank line from which blank lines above turns are the layout of the source."""

_MAX_FALLS = 0.25
"""The share of labels whose time may be earlier than that of the label before, as where two recordings meet."""

_MIN_MESSAGES = 3
"""Messages with a date or time from which lines without one continue the message above."""

_NO_LABELS = f"no speaker labels were found: {ONE_TURN}"
_NO_TURNS = LabelVerdict(False, "does not take turns with another")
_UNSPACED = LabelVerdict(False, "comes once, and no blank line above it as above the others")


def read(content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of a plain or Markdown source."""
    check_file_type(content, path=options.path, expected="plain text")
    decoded = decode_text(content, path=options.path, encoding=options.encoding)
    draft = read_plain(
        decoded.text,
        rules=options.rules,
        kind=options.source.kind,
        path=options.path,
        line_numbers=options.source.line_numbers,
    )
    return replace(draft, notices=(*decoded.notices, *draft.notices))


def read_plain(
    text: str,
    *,
    known: Collection[str] = (),
    rules: SourceRules = SourceRules(),
    kind: SourceKind = "",
    path: str = "",
    line_numbers: bool | None = None,
) -> Draft:
    """Return the draft of a plain or Markdown text; what is above the first turn is header.

    ``rules`` have the labels and label shapes of the settings; ``known`` are further speakers. A text of the ``kind``
    "text" has no speakers; in one of the kind "interview", labels need not take turns. ``path`` is for notices.
    ``line_numbers``: whether there are some in the margin; detected if ``None``.
    """
    text = unify_line_ends(text)
    if text.count("\n") > MAX_LINES:
        limit_lines(filter(str.strip, text.split("\n")), path)
    margins = locate_margin_numbers(text, is_expected=line_numbers)
    draft = _read_text(text, margins, add_known_speakers(rules, known), kind, path.removeprefix("transcripts/"))
    if not margins:
        return draft
    line = text.count("\n", 0, margins[0][0]) + 1
    notice = margin_notice(len(margins), line, path)
    return replace(draft, not_words=tuple(margins), notices=(*draft.notices, notice))


def _read_text(text: str, margins: Sequence[Span], rules: SourceRules, kind: SourceKind, path: str) -> Draft:
    # Marks and numbers would hide a label at the beginning of a line; blanks in their place keep all offsets valid.
    visible = blank_spans(blank_direction_marks(text), margins)
    start = find_body_start(visible)
    if kind == "text":
        return _build_unlabelled_draft(text, start, is_spoken=False)
    found = _trust_one_space(text, _drop_undated(list(_find_matches(visible, start, rules))))
    matches = _drop_unspaced_signs(text, _remove_remarks(found, rules))
    verdicts = _classify_matches(text, matches, rules)
    selected, above, end, listed = _select_labels(text, start, matches, verdicts, rules)
    wrapped = find_wrapped(text, selected, rules)
    labels = [label for label in selected if label not in wrapped] if wrapped else selected
    verdicts |= dict.fromkeys(listed, IN_A_LIST)
    words = [] if kind == "interview" or has_turns(text, labels, rules, start=start) else labels
    verdicts |= {label.speaker: _NO_TURNS for label in words}
    candidates = _list_candidates(matches, verdicts, [] if words else labels)
    if words or not labels:
        notice = _no_turns_notice(words, path) if words else _NO_LABELS
        return replace(_build_unlabelled_draft(text, start, notices=[notice]), labels=candidates)
    ends = [label.start for label in labels[1:]] + [end]
    turns = [_build_turn(text, label, end) for label, end in zip(labels, ends, strict=True)]
    draft = _build_timed_draft(text, turns, labels)
    notices = (
        *block_notices(text, above),
        *wrap_notices(text, wrapped),
        *header_notices(visible, labels[0].start, labels),
        *layout_notices(labels, rules, path=path),
        *unsure_label_notices(text, candidates),
        *draft.notices,
    )
    return replace(
        draft,
        header=text[: labels[0].start].strip(),
        unplaced=(*draft.unplaced, *_unplaced_lines(text, end)),
        notices=notices,
        labels=candidates,
    )


def _select_labels(
    text: str, start: int, matches: Sequence[LabelMatch], verdicts: Mapping[str, LabelVerdict], rules: SourceRules
) -> tuple[list[LabelMatch], Sequence[LabelMatch], int, set[str]]:
    """Return the labels of turns, those of a header above, the offset of notes below, and the words of lists."""
    speakers = drop_header_labels(text, _speaker_matches(text, start, matches, verdicts, rules))
    below = drop_header_block(text, speakers, rules)
    end = find_notes_below(text, [match for match in matches if below and match.start >= below[0].start])
    labels = [label for label in below if label.start < end]
    listed = _list_words(text, labels, rules)
    return (
        [label for label in labels if label.speaker not in listed],
        speakers[: len(speakers) - len(below)],
        end,
        listed,
    )


def _list_words(text: str, labels: Sequence[LabelMatch], rules: SourceRules) -> set[str]:
    ends = [*(label.start for label in labels[1:]), *[len(text)] * bool(labels)]
    rows = [(label.speaker, text[label.end : end].strip()) for label, end in zip(labels, ends, strict=True)]
    sure = {label.speaker for label in labels if label.time is not None or label.shape not in LIST_SHAPES}
    return find_list_words(rows, rules, sure=sure)


def _unplaced_lines(text: str, start: int) -> Iterator[UnplacedText]:
    return (UnplacedText(line_counter(text)(line.start()), line[0].strip()) for line in find_lines(text, start))


def _no_turns_notice(labels: Sequence[LabelMatch], path: str) -> str:
    words = "; ".join(dict.fromkeys(label.speaker for label in labels[:3]))
    hint = f"if they are speakers, write sources: {{{quote_pattern(path)}: {{kind: interview}}}} in qualcode.yaml"
    return f"{_NO_LABELS}; words before a colon that do not take turns are not speakers ({words}): {hint}"


def _build_timed_draft(text: str, turns: Sequence[DraftTurn], labels: Sequence[LabelMatch] = ()) -> Draft:
    """Return a draft of turns with their times, and without the lines in them that nobody spoke."""
    spans, unplaced, notices = cut_unspoken_lines(text, assign_times(text, turns), labels)
    return Draft(text, tuple(spans), "", unplaced, (*notices, *inline_timestamp_notices(text, spans)))


def _find_matches(text: str, start: int, rules: SourceRules) -> Iterator[LabelMatch]:
    """Yield the words in the shape of a label, at most one per line."""
    shapes = compile_label_shapes(rules.labels, (*rules.speakers, *rules.interviewers))
    for line in find_lines(text, start):
        if line.start() >= start and (match := match_label(text, line.start(), shapes)):
            start = match.end  # a match may have a time on the line above
            yield match


def _drop_undated(matches: list[LabelMatch]) -> list[LabelMatch]:
    """Return the matches in a chat without those on lines that continue a message: all messages have a date or time."""
    dated = [match for match in matches if match.shape in CHAT_SHAPES]
    if len(dated) < _MIN_MESSAGES or matches[0] is not dated[0]:
        return matches
    below = [match for match in matches if match.start > dated[-1].start]
    # More labels below the last message than messages are those of something else.
    is_other = len(below) > len(dated)
    return [
        match
        for match in matches
        if match.shape in CHAT_SHAPES or match.time is not None or (is_other and match.start > dated[-1].start)
    ]


def _trust_one_space(text: str, matches: list[LabelMatch]) -> list[LabelMatch]:
    """Return matches with "Name 0:12" as sure as "Name  0:12", if both are there and their times are in order."""
    # Directly below a label, such a line is the words of its turn, which end in a time; and a name has a capital.
    words = {
        match.start
        for before, match in pairwise(matches)
        if match.shape == TIMED_LINE_ONE_SPACE
        and (match.speaker[0].islower() or not text[before.end : match.start].strip())
    }
    timed = [
        match for match in matches if match.shape in (TIMED_LINE, TIMED_LINE_ONE_SPACE) and match.start not in words
    ]
    times = [match.time or 0.0 for match in timed]
    if len({match.shape for match in timed}) < 2 or not are_in_order(times, max_falls=_MAX_FALLS):
        return matches
    starts = {match.start for match in timed}
    return [replace(match, trust="sure") if match.start in starts else match for match in matches]


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
    candidates = [(match.speaker, match.trust) for match in matches]
    is_named_throughout = any(match.trust == "signs" for match in matches) and _is_named_throughout(text, matches)
    verdicts = classify_labels(candidates, rules, is_named_throughout=is_named_throughout)
    verdicts |= classify_part_names(text, matches, verdicts)
    counts = Counter(match.speaker for match in matches)
    speakers = [match for match in matches if verdicts[match.speaker].is_speaker]
    if not _has_spaced_layout(text, [match for match in speakers if counts[match.speaker] > 1]):
        return verdicts
    once = [match for match in speakers if counts[match.speaker] == 1 and verdicts[match.speaker] is LOOKS_LIKE_A_NAME]
    return verdicts | {match.speaker: _UNSPACED for match in once if not _is_spaced(text, match.start)}


def _has_spaced_layout(text: str, matches: Sequence[LabelMatch]) -> bool:
    """Tell whether nearly all of three or more labels have a blank line above; fewer are not enough to tell."""
    spaced_count = sum(_is_spaced(text, match.start) for match in matches)
    return len(matches) > 2 and spaced_count >= _MIN_SPACED_SHARE * len(matches)


def _drop_unspaced_signs(text: str, matches: Sequence[LabelMatch]) -> list[LabelMatch]:
    """Return the matches without names with odd signs that have no blank line above, if the others have one."""
    is_spaced = _has_spaced_layout(text, [match for match in matches if match.trust == "sure"])
    return [match for match in matches if match.trust != "signs" or not is_spaced or _is_spaced(text, match.start)]


def _is_named_throughout(text: str, matches: Sequence[LabelMatch]) -> bool:
    """Tell whether nearly every line, or every paragraph, from the first candidate on begins with a candidate."""
    starts = {match.start for match in matches if match.trust in {"settings", "sure", "signs"}}
    lines = [line.start() for line in find_lines(text, min(starts, default=len(text)))]
    paragraphs = [start for start in lines if _is_spaced(text, start)]
    return any(
        len(units) > 2 and sum(start in starts for start in units) >= MIN_NAMED_SHARE * len(units)
        for units in (lines, paragraphs)
    )


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
    layout = find_layout_labels(text, start, rules)
    return layout if len(layout) > 2 * len(speakers) else speakers


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
            _label_reason(verdicts.get(name), match.shape, is_speaker=name in speakers),
            match.shape,
            counts[name],
            match.start,
        )
        for name, match in sorted(first.items(), key=lambda item: item[1].start)
        if name and (name in speakers or _is_listed(match, verdicts.get(name)) or counts[name] > 1)
    )


def _is_listed(match: LabelMatch, verdict: LabelVerdict | None) -> bool:
    """Tell whether a candidate is listed though it comes once and is no speaker."""
    return match.trust in {"settings", "sure", "once"} or verdict is MAYBE_A_NAME


def _label_reason(verdict: LabelVerdict | None, shape: str, *, is_speaker: bool) -> str:
    """Return why a label is a speaker or not; its position in the text may overrule the verdict on it."""
    if verdict is not None and verdict.is_speaker == is_speaker:
        return verdict.reason
    return LAYOUT_REASONS.get(shape, "stands above the talk")


def _build_turn(text: str, label: LabelMatch, end: int) -> DraftTurn:
    start = label.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return DraftTurn(label.speaker, start, max(start, end), label.time)


def _build_unlabelled_draft(text: str, start: int, *, notices: Sequence[str] = (), is_spoken: bool = True) -> Draft:
    header, stripped = text[:start].strip(), text[start:].strip()
    if not stripped:
        return Draft(text, (), header, notices=("no words were found",))
    first = text.index(stripped, start)
    turns = (DraftTurn("", first, first + len(stripped)),)
    # What is not a recording has no time stamps, and no notices of a recorder.
    draft = _build_timed_draft(text, turns) if is_spoken else Draft(text, turns)
    return replace(draft, header=header, notices=(*notices, *draft.notices))
