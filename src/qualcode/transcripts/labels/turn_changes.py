"""Whether the labels of a text take turns as speakers do; words above lists and paragraphs do not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from qualcode.model import SourceRules
from qualcode.transcripts.labels.label_shapes import COLON_SHAPES, RECOGNISER_NAME, ROLE_WORDS
from qualcode.transcripts.labels.speaker_labels import LabelMatch, normalise_label, role_of

_RECOGNISER = re.compile(RECOGNISER_NAME)
_SENTENCE_END = re.compile(r"[^\W\d_]{2,}[\"”’)]*[.?!…。？！](?=\s)")
_ENDS = ".?!…。？！"
_MAX_VALUE = 120
"""Characters of a line of a header."""

_MAX_LABELS = 2
"""Single words that come once, at the beginning of a text, from which they are more likely headings than speakers."""

_MAX_PREFACE = 0.25
"""The share of the text above labels of several words from which these are more likely headings than speakers."""


def has_turns(text: str, labels: Sequence[LabelMatch], rules: SourceRules, *, start: int) -> bool:
    """Tell whether labels are those of speakers; ``start`` is the offset below a header of 'Key: value' lines.

    A label that the settings name, that names a role or has a time is a speaker's. Of others, one must come back after
    another, unless labels begin the text.
    """
    if not labels or any(_is_sure(label, rules) for label in labels):
        return True
    turns = [speaker for speaker, _ in groupby(label.speaker for label in labels)]
    if len(turns) > len(set(turns)):
        return True
    if _are_header_lines(text, labels):
        return False
    is_single = all(label.speaker.isalpha() for label in labels)
    if not _SENTENCE_END.search(text, start, labels[0].start):
        return not (is_single and len(turns) == len(labels) > _MAX_LABELS)
    return not is_single and labels[0].start - start < _MAX_PREFACE * (len(text) - start)


def _are_header_lines(text: str, labels: Sequence[LabelMatch]) -> bool:
    """Tell whether each label is on a short line of its own that is no sentence, and sentences are below the last."""
    ends = [(end if (end := text.find("\n", label.end)) >= 0 else len(text)) for label in labels]
    lines = [text[label.end : end].strip() for label, end in zip(labels, ends, strict=True)]
    is_short = all(line and len(line) <= _MAX_VALUE and line[-1] not in _ENDS for line in lines)
    is_alone = all(not text[end + 1 : end + 2].strip() for end in ends)
    return is_short and is_alone and len(_SENTENCE_END.findall(text, ends[-1])) > 1


def _is_sure(label: LabelMatch, rules: SourceRules) -> bool:
    if label.shape not in COLON_SHAPES or label.time is not None or _RECOGNISER.fullmatch(label.speaker):
        return True
    key = normalise_label(label.speaker)
    named = map(normalise_label, rules.speakers)
    return key in ROLE_WORDS or key in named or role_of(label.speaker, interviewers=rules.interviewers) == "interviewer"
