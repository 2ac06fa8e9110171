"""Whether the labels of a text take turns as speakers do; words above lists and paragraphs do not."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from qualcode.model import SourceRules
from qualcode.transcripts.labels.label_shapes import RECOGNISER_NAME, ROLE_WORDS
from qualcode.transcripts.labels.speaker_labels import LabelMatch, normalise_label, role_of

_COLONS = ("colon", "colon without a space", "other signs", "list mark")
"""Shapes of labels that words above a list or paragraph have as well."""

_RECOGNISER = re.compile(RECOGNISER_NAME)
_SENTENCE_END = re.compile(r"[^\W\d_]{2,}[\"”’)]*[.?!…。？！](?=\s)")
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
    is_single = all(label.speaker.isalpha() for label in labels)
    if not _SENTENCE_END.search(text, start, labels[0].start):
        return not (is_single and len(turns) == len(labels) > _MAX_LABELS)
    return not is_single and labels[0].start - start < _MAX_PREFACE * (len(text) - start)


def _is_sure(label: LabelMatch, rules: SourceRules) -> bool:
    if label.shape not in _COLONS or label.time is not None or _RECOGNISER.fullmatch(label.speaker):
        return True
    key = normalise_label(label.speaker)
    named = map(normalise_label, rules.speakers)
    return key in ROLE_WORDS or key in named or role_of(label.speaker, interviewers=rules.interviewers) == "interviewer"
