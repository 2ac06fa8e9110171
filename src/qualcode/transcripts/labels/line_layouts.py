"""Labels that only the layout of a whole text shows: names beside lines with times, names alone on their lines, dashes.

Sentences have such forms too, so they are tried only where labels with a colon or brackets do not name two speakers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from qualcode.errors import quote_pattern
from qualcode.model import SourceRules
from qualcode.transcripts.labels.label_shapes import DASH_SHAPE, NAME, RECOGNISER_NAME
from qualcode.transcripts.labels.speaker_labels import (
    LabelMatch,
    classify_labels,
    clean_text,
    find_lines,
    find_speakers,
    normalise_label,
)
from qualcode.transcripts.labels.time_shapes import SPACE, STAMP, TIME_IN_WORDS, parse_seconds

TIME_ABOVE, TIME_BELOW, ALONE = "time above a name", "time below a name", "name alone on its line"

LAYOUT_REASONS = {
    DASH_SHAPE.name: "begins most lines",
    TIME_ABOVE: "beside a time",
    TIME_BELOW: "beside a time",
    ALONE: "alone on its line, and takes turns",
}
"""Why labels are speakers, by the names of layouts."""

_FLAGS = re.MULTILINE | re.VERBOSE
_END = rf"{SPACE}*+(?=\n|\Z)"
# In a word processor's paragraphs a blank line is between two lines.
_NEXT = rf"{SPACE}*+\n(?:{SPACE}*+\n)?{SPACE}*+"
_ANOTHER = STAMP.replace("(?P<time>", "(?:")

_NAME_LINE = rf"^{SPACE}*+(?P<name>{NAME})"
_WITH_TIME_BELOW = re.compile(
    # Teams' panel repeats the time in figures, and then name and time on one line.
    rf"{_NAME_LINE}(?:{_NEXT}{STAMP}|{SPACE}++(?P<time_beside>{TIME_IN_WORDS}))(?:{_NEXT}{_ANOTHER})*"
    rf"(?:{_NEXT}(?P=name){SPACE}++{_ANOTHER})?{_END}",
    _FLAGS,
)
_WITH_TIME_ABOVE = re.compile(rf"^{SPACE}*+{STAMP}{_NEXT}(?P<name>{NAME}){SPACE}*+:?{_END}(?=\n\s*\S)", _FLAGS)
_TIMED_LINE = re.compile(rf"(?:^|{SPACE}){_ANOTHER}{_END}", _FLAGS)
_ALONE = re.compile(rf"{_NAME_LINE}{SPACE}*+:?{_END}(?=\n\s*\S)", _FLAGS)
_DASHED = re.compile(rf"^{DASH_SHAPE.regex}", _FLAGS)
_IS_RECOGNISER_NAME = re.compile(RECOGNISER_NAME)
_MAX_NAME_WORDS = 4
_MIN_CHANGES = 0.5
"""The share of labels alone on their lines that must be another speaker's than the label before."""


def find_layout_labels(text: str, start: int, rules: SourceRules) -> list[LabelMatch]:
    """Return the labels of the first layout that names two or more speakers; empty if none does."""
    layouts: tuple[Callable[[str, int, SourceRules], list[LabelMatch]], ...] = (_dashed, _timed, _alone)
    return next((labels for layout in layouts if (labels := layout(text, start, rules))), [])


def _dashed(text: str, start: int, rules: SourceRules) -> list[LabelMatch]:
    """Return labels before a dash or tab, if two or more take turns and they begin most lines of the text."""
    matches = list(_matches(_DASHED, text, start, DASH_SHAPE.name))
    accepted = find_speakers([], doubtful=[match.speaker for match in matches], rules=rules)
    labels = [match for match in matches if match.speaker in accepted]
    line_count = sum(1 for _ in find_lines(text, start))
    return labels if len(accepted) > 1 and 2 * len(labels) > line_count else []


def _timed(text: str, start: int, rules: SourceRules) -> list[LabelMatch]:
    """Return names on the line above or below a time, whichever are more, if they are two speakers or more."""
    if not _TIMED_LINE.search(text, start):
        return []
    found = [
        _select_timed(list(_matches(pattern, text, start, shape)), rules)
        for pattern, shape in ((_WITH_TIME_BELOW, TIME_BELOW), (_WITH_TIME_ABOVE, TIME_ABOVE))
    ]
    return max(found, key=len)


def _select_timed(matches: Sequence[LabelMatch], rules: SourceRules) -> list[LabelMatch]:
    counts = Counter(match.speaker for match in matches)
    # A title with the length of the recording below it has a later time than the first turn; so has the last turn of
    # a recording above another one.
    ordered = [
        one for one, after in pairwise(matches) if (one.time or 0) <= (after.time or 0) or counts[one.speaker] > 1
    ] + [*matches[-1:]]
    accepted = find_speakers([match.speaker for match in ordered], rules=rules)
    labels = [match for match in ordered if match.speaker in accepted]
    return labels if len({label.speaker for label in labels}) > 1 else []


def _alone(text: str, start: int, rules: SourceRules) -> list[LabelMatch]:
    """Return names alone on their lines, if two or more take turns with words between them."""
    matches = [match for match in _matches(_ALONE, text, start, ALONE) if _is_short(match.speaker)]
    counts = Counter(match.speaker for match in matches)
    known = {*map(normalise_label, (*rules.interviewers, *rules.speakers))}
    verdicts = classify_labels([(label, "once") for label in counts], rules)
    labels = [
        match
        for match in matches
        if verdicts[match.speaker].is_speaker
        and (counts[match.speaker] > 1 or normalise_label(match.speaker) in known or _is_recognised(match.speaker))
    ]
    return labels if _is_conversation(text, labels) else []


def layout_notices(labels: Sequence[LabelMatch], rules: SourceRules, *, path: str) -> tuple[str, ...]:
    """Return a notice if words alone on their lines are read as speakers, though they may be headings."""
    known = {*map(normalise_label, (*rules.interviewers, *rules.speakers))}
    names = dict.fromkeys(label.speaker for label in labels if label.shape == ALONE)
    if not names or any(normalise_label(name) in known or _is_recognised(name) for name in names):
        return ()
    words = "; ".join([*names][:5])
    hint = f"if they are headings, write sources: {{{quote_pattern(path)}: {{kind: text}}}} in qualcode.yaml"
    return (f"names alone on their lines are read as speakers ({words}): {hint}",)


def _is_conversation(text: str, labels: Sequence[LabelMatch]) -> bool:
    """Tell whether labels change, one comes back, and each has words below it."""
    pairs = list(pairwise(labels))
    changes = sum(one.speaker != after.speaker for one, after in pairs)
    has_words = all(text[one.end : after.start].strip() for one, after in pairs)
    speakers = {label.speaker for label in labels}
    return len(speakers) > 1 and changes >= len(speakers) and changes >= _MIN_CHANGES * len(pairs) and has_words


def _is_short(label: str) -> bool:
    return len(label.split()) <= _MAX_NAME_WORDS and label[-1] not in ".,-–—"


def _is_recognised(label: str) -> bool:
    return _IS_RECOGNISER_NAME.fullmatch(label) is not None


def _matches(pattern: re.Pattern[str], text: str, start: int, shape: str) -> Iterator[LabelMatch]:
    for match in pattern.finditer(text, start):
        groups = match.groupdict()
        time = groups.get("time") or groups.get("time_beside")
        speaker = clean_text(match["name"])
        yield LabelMatch(
            speaker, match.start(), match.end(), None if time is None else parse_seconds(time), "doubtful", shape
        )
