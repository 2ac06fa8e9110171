"""Detection of speakers' labels at the beginning of lines, and the role that a label names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby, pairwise
from unicodedata import combining, is_normalized, normalize

from qualcode.errors import quote_yaml
from qualcode.model import LabelCandidate, Role, SourceRules
from qualcode.model.line_numbers import line_counter
from qualcode.regexes import RegexMatch, UserRegex
from qualcode.transcripts.labels import label_shapes as shapes
from qualcode.transcripts.labels.label_shapes import (
    NOT_SPEAKERS,
    PARTICLES,
    SENTENCE_WORDS,
    SHAPES,
    LabelShape,
    Trust,
)
from qualcode.transcripts.labels.recorder_notices import NO_SPEAKER
from qualcode.transcripts.labels.time_shapes import F4_TIME, TEAMS_TIME, TIME, parse_seconds

__all__ = ["LABEL", "TIME", "clean_text", "find_speakers", "parse_seconds", "role_of"]

LABEL = re.compile(rf"^{shapes.COLON_LABEL}", re.MULTILINE | re.VERBOSE)
"""A speaker at the beginning of a line; without a space after the colon (group ``tight``) it may be something else."""

LabelPattern = tuple[LabelShape, re.Pattern[str] | UserRegex]

_MAX_MARKS = 5_000
_DIRECTION_MARKS = re.compile(f"[{shapes.DIRECTION_MARKS}]")
_TIME = re.compile(rf"{TIME}|{TEAMS_TIME}|{F4_TIME}")
_CANDIDATE_LINE = re.compile(r"[^\n:：\[]{0,200}[:：\[]|[^\S\n]*(?:\*\*|__|[>＞(<])")
"""A quick test: every shape has a colon or a bracket, or is bold, and most lines have none near their beginning."""

_INNER_END = re.compile(r"[?!;]\w")
"""The end of a sentence without a space behind it."""

_RECOGNISER = re.compile(shapes.RECOGNISER_NAME)
MIN_NAMED_SHARE = 0.9
"""The share of lines or captions that begin with a label from which one with unusual signs is trusted at its place."""

_TELEPHONE_DIGITS = 7
"""Digits (or * for one) from which a label without letters is a telephone number, not a number in a list or a year."""

# A run of blanks without words is matched as a whole, so that it is not searched again from each of its blanks.
_LINE = re.compile(r"[^\S\n]*+\S[^\n]*|[^\S\n]++")

_SPEAKER_DETAILS = re.compile(r"(?<=\S)\s*\([^()]*\)$")
"""Details of the speaker in parentheses after a label: P3 (female, 34, teacher)."""

_NO_SPEAKER = re.compile(NO_SPEAKER)
_QUESTION_NUMBER = re.compile(shapes.NUMBERED_WORDS, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LabelVerdict:
    """Whether a candidate label is a speaker, and why."""

    is_speaker: bool
    reason: str


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """A candidate label and its span (code points, half-open)."""

    speaker: str
    start: int
    end: int
    time: float | None
    trust: Trust
    shape: str


_IN_SETTINGS = LabelVerdict(True, "named in the settings")
_IN_SETTINGS_SHAPE = LabelVerdict(True, "in a shape of qualcode.yaml")
_EXCLUDED_IN_SETTINGS = LabelVerdict(False, "in not_speakers of qualcode.yaml")
NO_SPEAKER_WORD = LabelVerdict(False, "a word that names nobody")
_NUMBER = LabelVerdict(False, "the number of a question or step")
LONG = LabelVerdict(False, "too long for a name")
SENTENCE = LabelVerdict(False, "part of a sentence")
_REPEATED = LabelVerdict(True, "comes back")
CHANGES = LabelVerdict(True, "a change of speaker")
LOOKS_LIKE_A_NAME = LabelVerdict(True, "looks like a name")
_UNLIKE_A_NAME = LabelVerdict(False, "comes once and does not look like a name")
_AMBIGUOUS = LabelVerdict(False, "may be something else in this shape")
MAYBE_A_NAME = LabelVerdict(False, "may be a name with unusual signs, but comes once")
MAYBE_A_PART = LabelVerdict(False, "may be a name, but is a word for a part of the recording or a weekday")
NAMED_AS_A_PART = LabelVerdict(True, "takes turns, though it is a word for a part of the recording or a weekday")
IN_A_LIST = LabelVerdict(False, "does not come back, and is like an item of a list")
_IN_PLACE_OF_A_NAME = LabelVerdict(True, "stands where all others name a speaker")


@cache
def compile_label_shapes(patterns: tuple[str, ...] = (), names: tuple[str, ...] = ()) -> tuple[LabelPattern, ...]:
    """Return the shapes of labels with compiled regular expressions; those of the settings come first.

    ``names`` are labels in the settings, which may have any signs.
    """
    configured = [LabelShape("qualcode.yaml", pattern, "settings", pattern) for pattern in patterns]
    known = [
        (shape, re.compile(shape.regex, re.MULTILINE | re.VERBOSE))
        for shape in (*filter(None, [shapes.named_shape(names)]), *SHAPES)
    ]
    # Patterns of the settings are not verbose: their spaces are part of the label.
    return (*((shape, _compile_configured(shape.regex)) for shape in configured), *known)


def _compile_configured(pattern: str) -> UserRegex:
    return UserRegex(pattern, re.MULTILINE, name=f"qualcode.yaml: labels: pattern {pattern}")


def find_lines(text: str, start: int = 0, end: int | None = None) -> Iterator[re.Match[str]]:
    """Yield the lines of a text that are not blank, in linear time also where a line has thousands of blanks."""
    for match in _LINE.finditer(text, start, len(text) if end is None else end):
        if not match[0].isspace():
            yield match


def match_label(text: str, position: int, patterns: Iterable[LabelPattern]) -> LabelMatch | None:
    """Return the label at the beginning of a line, which is at ``position``, by the first shape that matches."""
    is_candidate = _CANDIDATE_LINE.match(text, position)
    for shape, regex in patterns:
        # A pattern of the settings may have neither colon nor bracket, so the quick test does not apply to it.
        match = regex.match(text, position) if is_candidate or shape.trust == "settings" else None
        if match and ((name := clean_text(match["name"] or "")) or shape.trust == "change"):
            return LabelMatch(name, position, match.end(), _time(match), shape.trust, shape.name)
    return None


def _time(match: re.Match[str] | RegexMatch) -> float | None:
    times = (value for name, value in match.groupdict().items() if value and name.startswith("time"))
    return next((parse_seconds(value) for value in times if _TIME.fullmatch(value)), None)


def clean_text(label: str) -> str:
    """Return a label in Unicode form NFC, with single spaces and without direction marks."""
    # Normalising is slow, and most labels are ASCII or NFC already.
    if not label.isascii() and not _has_long_run_of_marks(label):
        label = _DIRECTION_MARKS.sub("", label if is_normalized("NFC", label) else normalize("NFC", label))
    return " ".join(label.split())


def _has_long_run_of_marks(text: str) -> bool:
    """Return whether a text has thousands of combining marks in a row, which Unicode sorts in quadratic time."""
    if len(text) <= _MAX_MARKS:
        return False
    runs = groupby(text, key=lambda character: combining(character) > 0)
    return any(is_mark and sum(1 for _ in run) > _MAX_MARKS for is_mark, run in runs)


def blank_direction_marks(text: str) -> str:
    """Return a text of the same length with spaces in place of direction marks."""
    return text if text.isascii() else _DIRECTION_MARKS.sub(" ", text)


def normalise_label(label: str) -> str:
    """Return a label in the form in which labels are compared: cleaned, with case folded."""
    return clean_text(label).casefold()


def is_no_speaker(key: str) -> bool:
    """Return whether a label in lower case is a word of headers and remarks, a part of the recording or a weekday."""
    return key in NOT_SPEAKERS or _NO_SPEAKER.fullmatch(key) is not None


def find_speakers(
    labels: Iterable[str],
    *,
    doubtful: Iterable[str] = (),
    known: Collection[str] = (),
    rules: SourceRules = SourceRules(),
) -> frozenset[str]:
    """Return those of the candidate labels of one source that are speakers.

    ``known`` labels and those in the rules are always speakers. Of the others, a repeated label is a speaker unless it
    is a word like "Note"; one that occurs once must look like a name. A ``doubtful`` one must look like a name and be
    repeated, unless it is a speaker elsewhere.
    """
    candidates: list[tuple[str, Trust]] = [(label, "sure") for label in labels]
    candidates += [(label, "doubtful") for label in doubtful]
    verdicts = classify_labels(candidates, add_known_speakers(rules, known))
    return frozenset(label for label, verdict in verdicts.items() if verdict.is_speaker)


def add_known_speakers(rules: SourceRules, known: Collection[str]) -> SourceRules:
    """Return rules with additional labels of speakers."""
    return replace(rules, interviewers=(*rules.interviewers, *known)) if known else rules


def classify_labels(
    candidates: Sequence[tuple[str, Trust]], rules: SourceRules, *, is_named_throughout: bool = False
) -> dict[str, LabelVerdict]:
    """Return for each candidate label of one source (cleaned), in their order, whether it is a speaker, and why.

    ``is_named_throughout``: whether nearly every line or caption of the source begins with a candidate.
    """
    counts: dict[Trust, Counter[str]] = {trust: Counter() for trust in shapes.TRUSTS}
    for label, trust in candidates:
        counts[trust][clean_text(label)] += 1
    configured = frozenset(map(normalise_label, rules.speakers))
    named = configured.union(map(normalise_label, rules.interviewers))
    # A label under "speakers" is a speaker even if "not_speakers" has it too.
    excluded = frozenset(map(normalise_label, rules.not_speakers)) - configured
    sure = counts["sure"] + Counter(set(counts["once"]))
    verdicts = {label: _classify_label(label, count, named, excluded) for label, count in sure.items()}
    verdicts |= {
        label: _EXCLUDED_IN_SETTINGS if label.casefold() in excluded else _IN_SETTINGS_SHAPE
        for label in counts["settings"]
    }
    verdicts |= _classify_doubtful_labels(counts["doubtful"], verdicts, named, excluded)
    if not any(verdict.is_speaker for verdict in verdicts.values()):
        verdicts |= _classify_doubtful_labels(counts["last"], verdicts, named, excluded)
    if counts["change"][""] > 1:
        verdicts[""] = _REPEATED
    signs = {label: _classify_label(label, count, named, excluded) for label, count in counts["signs"].items()}
    returning = _find_returning(label for label, _ in candidates if label in signs or _is_accepted(verdicts, label))
    for label, verdict in signs.items():
        if not _is_accepted(verdicts, label):
            verdicts[label] = _classify_signs(label, verdict, label in returning, is_named_throughout)
    # Every candidate needs a verdict, also where the last shapes were not used.
    return dict.fromkeys((*counts["last"], *counts["change"]), _AMBIGUOUS) | verdicts


def _is_accepted(verdicts: Mapping[str, LabelVerdict], label: str) -> bool:
    return label in verdicts and verdicts[label].is_speaker


def _find_returning(labels: Iterable[str]) -> frozenset[str]:
    """Return the labels that come back after another one."""
    turns = [label for label, _ in groupby(labels)]
    return frozenset(label for label, count in Counter(turns).items() if count > 1)


def _classify_signs(label: str, verdict: LabelVerdict, is_returning: bool, is_named_throughout: bool) -> LabelVerdict:
    """Return the verdict on a label with signs that names rarely have, from that on its words alone."""
    if verdict in {_IN_SETTINGS, _EXCLUDED_IN_SETTINGS, NO_SPEAKER_WORD, _NUMBER, LONG, SENTENCE}:
        return verdict
    is_number = (
        not any(map(str.isalpha, label)) and sum(sign.isdigit() or sign == "*" for sign in label) < _TELEPHONE_DIGITS
    )
    is_prose = _is_like_prose(label)
    if is_returning and (is_named_throughout or not (is_number or is_prose)):
        return _REPEATED
    if is_named_throughout and not is_number and not is_prose:
        return _IN_PLACE_OF_A_NAME
    return _AMBIGUOUS if is_number or is_prose else MAYBE_A_NAME


def unsure_label_notices(text: str, labels: Iterable[LabelCandidate]) -> tuple[str, ...]:
    """Return a notice per label that may be a name but is read as words, with the setting to write."""
    return tuple(
        f'"{label.text}:" (line {line_counter(text)(label.start)}) may name a speaker but is read as words: '
        f"if it does, write speakers: {{{quote_yaml(label.text)}: {{}}}} in qualcode.yaml, "
        f"else labels: {{not_speakers: [{quote_yaml(label.text)}]}}"
        for label in labels
        if label.why in {MAYBE_A_NAME.reason, MAYBE_A_PART.reason, IN_A_LIST.reason}
    )


def _classify_doubtful_labels(
    counts: Counter[str], verdicts: dict[str, LabelVerdict], named: Collection[str], excluded: Collection[str]
) -> dict[str, LabelVerdict]:
    """Return verdicts on labels of a shape that sentences have as well.

    One occurrence is enough if no other shape has a speaker and a label that the settings name is in this shape.
    """
    new = {label: count for label, count in counts.items() if not (label in verdicts and verdicts[label].is_speaker)}
    has_speaker = any(verdict.is_speaker for verdict in verdicts.values())
    min_count = 2 if has_speaker or not any(label.casefold() in named for label in new) else 1
    return {label: _classify_doubtful_label(label, count, min_count, named, excluded) for label, count in new.items()}


def _classify_doubtful_label(
    label: str, count: int, min_count: int, named: Collection[str], excluded: Collection[str]
) -> LabelVerdict:
    if label.casefold() in named and label.casefold() not in excluded:
        return _IN_SETTINGS
    # Classified as if it occurred once: in a shape that sentences have, repetition alone is no evidence.
    verdict = _classify_label(label, 1, named, excluded)
    if verdict.is_speaker and count < min_count:
        return _AMBIGUOUS
    return _REPEATED if verdict is LOOKS_LIKE_A_NAME and count > 1 else verdict


def _classify_label(label: str, count: int, named: Collection[str], excluded: Collection[str]) -> LabelVerdict:
    key = label.casefold()
    if key in excluded:
        return _EXCLUDED_IN_SETTINGS
    # "Interviewer 2" is known if the settings name "Interviewer".
    if {key, without_number(key)} & set(named):
        return _IN_SETTINGS
    if _RECOGNISER.fullmatch(label):
        return _REPEATED if count > 1 else LOOKS_LIKE_A_NAME
    # Parentheses before a colon also occur in a sentence, so only repeated labels are taken to have details in them.
    bare = _SPEAKER_DETAILS.sub("", label) if count > 1 else label
    words = bare.split()
    if is_no_speaker(key):
        return NO_SPEAKER_WORD
    if _QUESTION_NUMBER.fullmatch(label):
        return _NUMBER
    if len(words) > 6:
        return LONG
    if SENTENCE_WORDS & set(bare.casefold().split()) or _has_inner_punctuation(bare, words):
        return SENTENCE
    if count > 1 and (len(words) <= 3 or _is_like_name(words)):
        return _REPEATED
    return LOOKS_LIKE_A_NAME if _is_like_name(words) else _UNLIKE_A_NAME


def _is_like_prose(label: str) -> bool:
    """Return whether words with signs are more like a part of a sentence, or of code, than like a name."""
    if any(label.count(left) != label.count(right) for left, right in ("()", "[]", "{}", "“”", "«»")):
        return True
    if _INNER_END.search(label):
        return True
    has_word = any(word.isalpha() and _is_lower_case(word) for word in label.split())
    is_handle = any(sign.isdigit() or sign in "@_." for sign in label)  # kim@farm.org, kim_2
    return has_word or label[0] in "\"“„«'‘" or (label[0].islower() and not is_handle)


def _has_inner_punctuation(label: str, words: Sequence[str]) -> bool:
    """Return whether a label has a comma or full stop where no name has one."""
    if label.endswith((",", ".")) and len(words) > 2:
        return True
    return any(before.endswith((",", ".")) and _is_lower_case(word) for before, word in pairwise(words))


def _is_like_name(words: Sequence[str]) -> bool:
    if sum(word not in PARTICLES for word in words) > 5:
        return False
    return not any(_is_lower_case(word) and not word[-1].isdigit() for word in words)  # id1 is a name


def _is_lower_case(word: str) -> bool:
    return word[0].islower() and word not in PARTICLES


def role_of(label: str, *, interviewers: Collection[str]) -> Role:
    """Return the role of a label; case, a trailing number, and a name before or after the role word are ignored.

    "Interviewer 2", "INTERVIEWER" and "Interviewer, First" are interviewers if "Interviewer" is.
    """
    key = normalise_label(label)
    bare = without_number(key)
    for name in map(normalise_label, interviewers):
        if name in {key, bare}:
            return "interviewer"
        # Short labels (Q, I, INT) must match as a whole: names of participants may begin with them.
        if len(name) > 3 and (re.match(re.escape(name) + r"[\s,(（\[【#:-]", key) or key.endswith(f"({name})")):
            return "interviewer"
    return "participant"


def without_number(label: str) -> str:
    """Return a label without a number or full stop at its end."""
    # No regular expression: searched from each of a thousand blanks or digits, it would take quadratic time.
    end = len(label.removesuffix("."))
    while end and label[end - 1].isdecimal():
        end -= 1
    while end and (label[end - 1].isspace() or label[end - 1] in "#_-"):
        end -= 1
    return label[:end]
