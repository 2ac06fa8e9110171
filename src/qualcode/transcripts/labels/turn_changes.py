"""Whether the labels of a text take turns as speakers do; words above lists and paragraphs do not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from qualcode.errors import format_count
from qualcode.model import SourceRules
from qualcode.transcripts.labels.label_shapes import COLON_SHAPES, RECOGNISER_NAME, ROLE_WORDS
from qualcode.transcripts.labels.recorder_notices import is_part_name, is_weekday
from qualcode.transcripts.labels.speaker_labels import (
    MAYBE_A_PART,
    NAMED_AS_A_PART,
    NO_SPEAKER_WORD,
    LabelMatch,
    LabelVerdict,
    normalise_label,
    role_of,
)

Verdicts = Mapping[str, LabelVerdict]

_RECOGNISER = re.compile(RECOGNISER_NAME)
_SENTENCE_END = re.compile(r"[^\W\d_]{2,99}[\"”’)]*[.?!…。？！](?=\s)")
_ENDS = ".?!…。？！"
_MAX_VALUE = 120
"""Characters of a line of a header."""

_PLAIN = re.compile(r"[^\W\d_]{2,}(?: \d{1,3})?")
_PLAIN_NUMBER = re.compile(r" \d+$")
_CAPITALS_SHARE = 0.9
"""The share of turns that begin with a capital from which words in lower case begin none."""

_WRAP_SHARE = 0.8
"""The share of the longest line from which a line may be one that was wrapped."""

_MIN_TURNS = 3
"""Turns of labels that come back from which these show how a text is written."""

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


def classify_part_names(text: str, matches: Sequence[LabelMatch], verdicts: Verdicts) -> dict[str, LabelVerdict]:
    """Return the verdicts on labels such as "Monday" and "Break" that come back with words behind them on their lines.

    They are speakers if one of them ends as a sentence does and at most one other speaker takes turns, or if all are
    sentences. Several weekdays are days.
    """
    may_take_turns = [
        match for match in matches if verdicts[match.speaker].is_speaker or _may_be_a_part(match, verdicts)
    ]
    groups = Counter(speaker for speaker, _ in groupby(match.speaker for match in may_take_turns))
    others = [label for label, count in groups.items() if count > 1 and verdicts[label].is_speaker]
    words: dict[str, list[str]] = {}
    for match in may_take_turns:
        if _may_be_a_part(match, verdicts) and groups[match.speaker] > 1:
            words.setdefault(match.speaker, []).append(text[match.end :].partition("\n")[0].strip())
    days = [label for label in words if is_weekday(label)]
    return {
        label: NAMED_AS_A_PART
        if others and _are_said(said, others) and not (len(days) > 1 and label in days)
        else MAYBE_A_PART
        for label, said in words.items()
        if all(said)
    }


def _may_be_a_part(match: LabelMatch, verdicts: Verdicts) -> bool:
    is_plain = match.shape in COLON_SHAPES and is_part_name(match.speaker)
    return is_plain and verdicts[match.speaker] is NO_SPEAKER_WORD


def _are_said(texts: Sequence[str], others: Sequence[str]) -> bool:
    ended = [_is_ended(text) for text in texts]
    return any(ended) if len(others) < 2 else all(ended) and _have_capitals(texts, min_count=2)


def _is_ended(text: str) -> bool:
    return text.rstrip('"”’)').endswith(tuple(_ENDS))


def find_list_words(rows: Sequence[tuple[str, str]], rules: SourceRules, *, sure: Collection[str] = ()) -> set[str]:
    """Return labels that are words of a list in an answer rather than speakers, from labels and the words behind them.

    They do not come back after another label. Either they go on in lower case where turns begin with a capital, or
    several in a row are plain words where speakers have other labels: P1, Interviewer. Words below a question or an
    interviewer's label are left as they are: they may be an answer.
    """
    groups = Counter(speaker for speaker, _ in groupby(speaker for speaker, _ in rows))
    turns = [(speaker, words) for speaker, words in rows if groups[speaker] > 1]
    if len(turns) < _MIN_TURNS or len(groups) < _MIN_TURNS or min(groups.values()) > 1:
        return set()
    is_own_kind = not any(_is_plain(speaker) for speaker, _ in turns)
    has_capitals = _have_capitals([words for _, words in turns])
    listed: set[str] = set()
    before = ("", "")
    for is_once, group in groupby(rows, key=lambda row: groups[row[0]] == 1 and not _is_known(row[0], rules, sure)):
        own = [*group]
        names = {speaker for speaker, _ in own}
        if is_once and before[0] and not _may_be_answered(*before, rules):
            # Several words with capitals are more likely a name.
            single = [(speaker, words) for speaker, words in own if " " not in speaker or _is_plain(speaker)]
            lower = {speaker for speaker, words in single if words[:1].islower()}
            plain = names if is_own_kind and len(names) > 1 and all(map(_is_plain, names)) else set()
            listed |= plain | (lower if has_capitals else set())
        before = own[-1]
    return listed


def find_wrapped(text: str, labels: Sequence[LabelMatch], rules: SourceRules) -> list[LabelMatch]:
    """Return the labels inside sentences of a hard-wrapped text: "... and said to / Ann: we lost half".

    The line above ends without a mark and is about as long as the longest, and the words go on in lower case, where
    turns begin with a capital.
    """
    own = {*map(normalise_label, rules.speakers)}
    inside = [
        label
        for label in labels
        if text[label.end : label.end + 1].islower()
        and label.shape in COLON_SHAPES
        and label.time is None
        and normalise_label(label.speaker) not in own
        and _ends_inside(_line_above(text, label))
    ]
    starts = {label.start for label in inside}
    if not inside or not _have_capitals(
        [text[label.end : label.end + 1] for label in labels if label.start not in starts]
    ):
        return []
    longest = max(map(len, text.split("\n")))
    return [label for label in inside if len(_line_above(text, label)) >= _WRAP_SHARE * longest]


def wrap_notices(text: str, labels: Sequence[LabelMatch]) -> list[str]:
    """Return a notice on labels inside sentences of a hard-wrapped text."""
    if not labels:
        return []
    first = f'"{labels[0].speaker}:" at line {text.count(chr(10), 0, labels[0].start) + 1}'
    hint = "put a blank line above those that begin a turn"
    count = format_count(len(labels), "label")
    return [f"{count} inside sentences read as words ({first}): {hint}"]


def _ends_inside(line: str) -> bool:
    """Tell whether a line ends inside a sentence."""
    end = line.rstrip()[-1:]
    return end.islower() or end == ","


def _line_above(text: str, label: LabelMatch) -> str:
    end = text.rfind("\n", 0, label.start)
    return text[text.rfind("\n", 0, max(0, end)) + 1 : max(0, end)]


def _is_known(speaker: str, rules: SourceRules, sure: Collection[str]) -> bool:
    key = normalise_label(speaker)
    named = map(normalise_label, rules.speakers)
    is_interviewer = role_of(speaker, interviewers=rules.interviewers) == "interviewer"
    return not speaker or speaker in sure or key in ROLE_WORDS or key in named or is_interviewer or _is_voice(speaker)


def _is_voice(speaker: str) -> bool:
    return _RECOGNISER.fullmatch(speaker) is not None


def _is_plain(speaker: str) -> bool:
    """Tell whether a label is a plain word, with a capital and perhaps a number: Money, Article 1."""
    is_role = normalise_label(_PLAIN_NUMBER.sub("", speaker)) in ROLE_WORDS
    return _PLAIN.fullmatch(speaker) is not None and speaker.istitle() and not is_role and not _is_voice(speaker)


def _may_be_answered(speaker: str, words: str, rules: SourceRules) -> bool:
    is_question = words.rstrip(' "”’)').endswith(("?", "？"))
    return is_question or role_of(speaker, interviewers=rules.interviewers) == "interviewer"


def _have_capitals(texts: Sequence[str], *, min_count: int = _MIN_TURNS) -> bool:
    """Tell whether nearly all texts begin with a capital, where they begin with a letter that may be one."""
    cased = [text[0].isupper() for text in texts if text and text[0].isupper() != text[0].islower()]
    return len(cased) >= min_count and sum(cased) >= _CAPITALS_SHARE * len(cased)


def _is_sure(label: LabelMatch, rules: SourceRules) -> bool:
    if label.shape not in COLON_SHAPES or label.time is not None or _RECOGNISER.fullmatch(label.speaker):
        return True
    key = normalise_label(label.speaker)
    named = map(normalise_label, rules.speakers)
    return key in ROLE_WORDS or key in named or role_of(label.speaker, interviewers=rules.interviewers) == "interviewer"
