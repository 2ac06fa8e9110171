"""Detection of speakers' labels at the beginning of lines, and the role that a label names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from unicodedata import is_normalized, normalize

from qualcode.model import Role, SourceRules
from qualcode.transcripts.labels import label_shapes as shapes
from qualcode.transcripts.labels.label_shapes import (
    NOT_SPEAKERS,
    PARTICLES,
    SENTENCE_WORDS,
    SHAPES,
    TIME,
    LabelShape,
    Trust,
)

__all__ = ["LABEL", "TIME", "clean_text", "find_speakers", "parse_seconds", "role_of"]

LABEL = re.compile(rf"^{shapes.COLON_LABEL}", re.MULTILINE | re.VERBOSE)
"""A speaker at the beginning of a line; without a space after the colon (group ``tight``) it may be something else."""

LabelPattern = tuple[LabelShape, re.Pattern[str]]

_DIRECTION_MARKS = re.compile(f"[{shapes.DIRECTION_MARKS}]")
_TIME = re.compile(rf"{TIME}|{shapes.TEAMS_TIME}|{shapes.F4_TIME}")
_CANDIDATE_LINE = re.compile(r"[^\n:：\[]{0,200}[:：\[]|[^\S\n]*(?:\*\*|__)")
"""A quick test: every shape has a colon or a bracket, or is bold, and most lines have none near their beginning."""

_SPEAKER_DETAILS = re.compile(r"(?<=\S)\s*\([^()]*\)$")
"""Details of the speaker in parentheses after a label: P3 (female, 34, teacher)."""

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
_NO_SPEAKER_WORD = LabelVerdict(False, "a word that names nobody")
_NUMBER = LabelVerdict(False, "the number of a question or step")
_LONG = LabelVerdict(False, "too long for a name")
_SENTENCE = LabelVerdict(False, "part of a sentence")
_REPEATED = LabelVerdict(True, "comes back")
LOOKS_LIKE_A_NAME = LabelVerdict(True, "looks like a name")
_UNLIKE_A_NAME = LabelVerdict(False, "comes once and does not look like a name")
_AMBIGUOUS = LabelVerdict(False, "may be something else in this shape")


@cache
def compile_label_shapes(patterns: tuple[str, ...] = ()) -> tuple[LabelPattern, ...]:
    """Return the shapes of labels with compiled regular expressions; those of the settings come first."""
    configured = [LabelShape("qualcode.yaml", pattern, "settings", pattern) for pattern in patterns]
    known = [(shape, re.compile(shape.regex, re.MULTILINE | re.VERBOSE)) for shape in SHAPES]
    # Patterns of the settings are not verbose: their spaces are part of the label.
    return (*((shape, re.compile(shape.regex, re.MULTILINE)) for shape in configured), *known)


def match_label(text: str, position: int, patterns: Iterable[LabelPattern]) -> LabelMatch | None:
    """Return the label at the beginning of a line, which is at ``position``, by the first shape that matches."""
    is_candidate = _CANDIDATE_LINE.match(text, position)
    for shape, regex in patterns:
        # A pattern of the settings may have neither colon nor bracket, so the quick test does not apply to it.
        match = regex.match(text, position) if is_candidate or shape.trust == "settings" else None
        if match and (name := clean_text(match["name"] or "")):
            return LabelMatch(name, position, match.end(), _time(match), shape.trust, shape.name)
    return None


def _time(match: re.Match[str]) -> float | None:
    times = (value for name, value in match.groupdict().items() if value and name.startswith("time"))
    return next((parse_seconds(value) for value in times if _TIME.fullmatch(value)), None)


@cache
def compile_dash_shape() -> re.Pattern[str]:
    """Return the compiled shape with a dash, which is used only if most lines of a text have it."""
    return re.compile(f"^{shapes.DASH_SHAPE.regex}", re.MULTILINE | re.VERBOSE)


def clean_text(label: str) -> str:
    """Return a label in Unicode form NFC, with single spaces and without direction marks."""
    # Normalising is slow, and most labels are ASCII or NFC already.
    if not label.isascii():
        label = _DIRECTION_MARKS.sub("", label if is_normalized("NFC", label) else normalize("NFC", label))
    return " ".join(label.split())


def blank_direction_marks(text: str) -> str:
    """Return a text of the same length with spaces in place of direction marks."""
    return text if text.isascii() else _DIRECTION_MARKS.sub(" ", text)


def normalise_label(label: str) -> str:
    """Return a label in the form in which labels are compared: cleaned, with case folded."""
    return clean_text(label).casefold()


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


def classify_labels(candidates: Sequence[tuple[str, Trust]], rules: SourceRules) -> dict[str, LabelVerdict]:
    """Return for each candidate label of one source (cleaned) whether it is a speaker, and why."""
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
    # Every candidate needs a verdict, also where the last shapes were not used.
    return dict.fromkeys(counts["last"], _AMBIGUOUS) | verdicts


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
    if {key, _without_number(key)} & set(named):
        return _IN_SETTINGS
    # Parentheses before a colon also occur in a sentence, so only repeated labels are taken to have details in them.
    bare = _SPEAKER_DETAILS.sub("", label) if count > 1 else label
    words = bare.split()
    if key in NOT_SPEAKERS:
        return _NO_SPEAKER_WORD
    if _QUESTION_NUMBER.fullmatch(label):
        return _NUMBER
    if len(words) > 6:
        return _LONG
    if SENTENCE_WORDS & set(bare.casefold().split()) or _has_inner_punctuation(bare, words):
        return _SENTENCE
    if count > 1 and (len(words) <= 3 or _is_like_name(words)):
        return _REPEATED
    return LOOKS_LIKE_A_NAME if _is_like_name(words) else _UNLIKE_A_NAME


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
    bare = _without_number(key)
    for name in map(normalise_label, interviewers):
        if name in {key, bare}:
            return "interviewer"
        # Short labels (Q, I, INT) must match as a whole: names of participants may begin with them.
        if len(name) > 3 and (re.match(re.escape(name) + r"[\s,(#:-]", key) or key.endswith(f"({name})")):
            return "interviewer"
    return "participant"


def _without_number(label: str) -> str:
    """Return a label without a number or full stop at its end."""
    return re.sub(r"[\s#_-]*\d*\.?$", "", label)


def parse_seconds(time: str) -> float:
    """Return the seconds of a time such as 1:05, 00:01:05.250, 00:01:05-3 (f4) or 0:0:-6.-820 (old Teams)."""
    if re.fullmatch(shapes.F4_TIME, time):
        # f4 writes the fraction of a second after a hyphen.
        time = time.replace("-", ".")
    total = 0.0
    for part in time.replace(",", ".").split(":"):
        whole, _, fraction = part.partition(".")
        # Old Teams writes a minus before the seconds and again before their fraction.
        sign = -1 if "-" in part else 1
        digits = fraction.lstrip("-")
        total = total * 60 + sign * (abs(int(whole or 0)) + (int(digits) / 10 ** len(digits) if digits else 0))
    return round(total, 3)
