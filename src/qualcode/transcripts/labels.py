"""Who is speaking: which words at the beginning of a line are a speaker's label, and in which role."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from unicodedata import is_normalized, normalize

from qualcode.model import Role, Rules
from qualcode.transcripts import shapes
from qualcode.transcripts.shapes import NOT_SPEAKERS, PARTICLES, SAYING, SHAPES, TIME, Shape, Trust

__all__ = ["LABEL", "TIME", "role_of", "seconds", "speakers", "tidy"]

LABEL = re.compile(rf"^{shapes.LABEL}", re.MULTILINE | re.VERBOSE)
"""A speaker at the beginning of a line; without a space after the colon (tight) it may be something else."""

Compiled = tuple[Shape, re.Pattern[str]]

_MARKS = re.compile(f"[{shapes.MARKS}]")
_TIME = re.compile(rf"{TIME}|{shapes.CLOCK}|{shapes.STAMP}")
_TELLING = re.compile(r"[^\n:：\[]{0,200}[:：\[]|[^\S\n]*(?:\*\*|__)")
"""Every known shape has a colon or a bracket, or is bold; most lines have none near their beginning."""

_WHO = re.compile(r"(?<=\S)\s*\([^()]*\)$")
"""What parentheses behind a label that comes back say of the speaker: P3 (female, 34, teacher)."""

_QUESTION_NUMBER = re.compile(shapes.NUMBERED_WORDS, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether words in the shape of a label name a speaker, and why."""

    taken: bool
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """Words in the shape of a label, and where they stand (code points, half-open)."""

    speaker: str
    start: int
    end: int
    time: float | None
    trust: Trust
    shape: str


_NAMED = Verdict(True, "named in the settings")
_WRITTEN = Verdict(True, "in a shape of qualcode.yaml")
_BARRED = Verdict(False, "in not_speakers of qualcode.yaml")
_NOBODY = Verdict(False, "a word that names nobody")
_NUMBER = Verdict(False, "the number of a question or step")
_LONG = Verdict(False, "too long for a name")
_SENTENCE = Verdict(False, "part of a sentence")
_BACK = Verdict(True, "comes back")
LOOKS_LIKE_A_NAME = Verdict(True, "looks like a name")
_ONCE = Verdict(False, "comes once and does not look like a name")
_UNSURE = Verdict(False, "may be something else in this shape")


@cache
def grammar(patterns: tuple[str, ...] = ()) -> tuple[Compiled, ...]:
    """Return the shapes of labels with their regular expressions, those of the settings first."""
    own = [Shape("qualcode.yaml", pattern, "settings", pattern) for pattern in patterns]
    known = [(shape, re.compile(shape.regex, re.MULTILINE | re.VERBOSE)) for shape in SHAPES]
    return (*((shape, re.compile(shape.regex, re.MULTILINE)) for shape in own), *known)


def fit(text: str, position: int, grammar: Iterable[Compiled]) -> Found | None:
    """Return the label that a line begins with, by the first shape that fits; ``position`` is the line's beginning."""
    telling = _TELLING.match(text, position)
    for shape, regex in grammar:
        match = regex.match(text, position) if telling or shape.trust == "settings" else None
        if match and (name := tidy(match["name"] or "")):
            return Found(name, position, match.end(), _time(match), shape.trust, shape.name)
    return None


def _time(match: re.Match[str]) -> float | None:
    held = (value for name, value in match.groupdict().items() if value and name.startswith("time"))
    return next((seconds(value) for value in held if _TIME.fullmatch(value)), None)


@cache
def dashed() -> re.Pattern[str]:
    """Return the shape that only a whole text can be in."""
    return re.compile(f"^{shapes.DASHED.regex}", re.MULTILINE | re.VERBOSE)


def tidy(label: str) -> str:
    """Return a label composed (NFC), its spaces made single, marks of direction left out."""
    if not label.isascii():
        label = _MARKS.sub("", label if is_normalized("NFC", label) else normalize("NFC", label))
    return " ".join(label.split())


def unmarked(text: str) -> str:
    """Return a text of the same length, with spaces for marks of direction, which stand around labels."""
    return text if text.isascii() else _MARKS.sub(" ", text)


def folded(label: str) -> str:
    """Return a label as labels are compared: tidy, capitals or not."""
    return tidy(label).casefold()


def speakers(
    labels: Iterable[str], *, doubtful: Iterable[str] = (), known: Collection[str] = (), rules: Rules = Rules()
) -> frozenset[str]:
    """Return those of the candidate labels of one source that name speakers.

    ``known`` are labels that are speakers whatever they look like, as those are that the rules name. Of the others,
    a label that comes back is a speaker unless it is a word like "Note"; one that comes once must look like a name.
    A ``doubtful`` one must look like a name and come back, unless it is a speaker elsewhere.
    """
    found: list[tuple[str, Trust]] = [(label, "sure") for label in labels]
    judged = verdicts([*found, *((label, "doubtful") for label in doubtful)], knowing(rules, known))
    return frozenset(label for label, verdict in judged.items() if verdict.taken)


def knowing(rules: Rules, known: Collection[str]) -> Rules:
    """Return rules that know more labels of speakers."""
    return replace(rules, interviewers=(*rules.interviewers, *known)) if known else rules


def verdicts(found: Sequence[tuple[str, Trust]], rules: Rules) -> dict[str, Verdict]:
    """Return for each candidate label of one source (tidied) whether it names a speaker, and why."""
    counts: dict[Trust, Counter[str]] = {trust: Counter() for trust in shapes.TRUSTS}
    for label, trust in found:
        counts[trust][tidy(label)] += 1
    own = frozenset(map(folded, rules.speakers))
    named = own.union(map(folded, rules.interviewers))
    barred = frozenset(map(folded, rules.not_speakers)) - own
    firm = counts["sure"] + Counter(set(counts["once"]))
    judged = {label: _judged(label, count, named, barred) for label, count in firm.items()}
    judged |= {label: _BARRED if label.casefold() in barred else _WRITTEN for label in counts["settings"]}
    judged |= _unsure(counts["doubtful"], judged, named, barred)
    if not any(verdict.taken for verdict in judged.values()):
        judged |= _unsure(counts["last"], judged, named, barred)
    return dict.fromkeys(counts["last"], _UNSURE) | judged


def _unsure(
    counts: Counter[str], judged: dict[str, Verdict], named: Collection[str], barred: Collection[str]
) -> dict[str, Verdict]:
    """Judge labels of a shape that sentences have as well; where a known one alone has it, it is the whole source's."""
    new = {label: count for label, count in counts.items() if not (label in judged and judged[label].taken)}
    found = any(verdict.taken for verdict in judged.values())
    least = 2 if found or not any(label.casefold() in named for label in new) else 1
    return {label: _judged_twice(label, count, least, named, barred) for label, count in new.items()}


def _judged_twice(label: str, count: int, least: int, named: Collection[str], barred: Collection[str]) -> Verdict:
    if label.casefold() in named and label.casefold() not in barred:
        return _NAMED
    verdict = _judged(label, 1, named, barred)
    if verdict.taken and count < least:
        return _UNSURE
    return _BACK if verdict is LOOKS_LIKE_A_NAME and count > 1 else verdict


def _judged(label: str, count: int, named: Collection[str], barred: Collection[str]) -> Verdict:
    low = label.casefold()
    if low in barred:
        return _BARRED
    if {low, _bare(low)} & set(named):
        return _NAMED
    bare = _WHO.sub("", label) if count > 1 else label
    words = bare.split()
    if low in NOT_SPEAKERS:
        return _NOBODY
    if _QUESTION_NUMBER.fullmatch(label):
        return _NUMBER
    if len(words) > 6:
        return _LONG
    if SAYING & set(bare.casefold().split()) or _punctuated(bare, words):
        return _SENTENCE
    if count > 1 and (len(words) <= 3 or _like_a_name(words)):
        return _BACK
    return LOOKS_LIKE_A_NAME if _like_a_name(words) else _ONCE


def _punctuated(label: str, words: Sequence[str]) -> bool:
    """Tell whether a comma or full stop stands where no name has one."""
    if label.endswith((",", ".")) and len(words) > 2:
        return True
    return any(before.endswith((",", ".")) and _lower(word) for before, word in pairwise(words))


def _like_a_name(words: Sequence[str]) -> bool:
    if sum(word not in PARTICLES for word in words) > 5:
        return False
    return not any(_lower(word) and not word[-1].isdigit() for word in words)  # id1 is a name


def _lower(word: str) -> bool:
    return word[0].islower() and word not in PARTICLES


def role_of(label: str, *, interviewers: Collection[str]) -> Role:
    """Return a speaker's role: case, a trailing number and a name after the role word are ignored.

    "Interviewer 2", "INTERVIEWER" and "Interviewer, First" are all interviewers where "Interviewer" is.
    """
    low = folded(label)
    bare = _bare(low)
    for name in map(folded, interviewers):
        if name in {low, bare}:
            return "interviewer"
        if len(name) > 3 and re.match(re.escape(name) + r"[\s,(#:-]", low):
            return "interviewer"
        if len(name) > 3 and low.endswith(f"({name})"):
            return "interviewer"
    return "participant"


def _bare(label: str) -> str:
    """Return a label without the number or full stop at its end."""
    return re.sub(r"[\s#_-]*\d*\.?$", "", label)


def seconds(time: str) -> float:
    """Return the seconds of a time such as 1:05, 00:01:05.250, f4's 00:01:05-3 or, from old Teams, 0:0:-6.-820."""
    if re.fullmatch(shapes.STAMP, time):
        time = time.replace("-", ".")
    total = 0.0
    for part in time.replace(",", ".").split(":"):
        whole, _, fraction = part.partition(".")
        sign = -1 if "-" in part else 1
        digits = fraction.lstrip("-")
        total = total * 60 + sign * (abs(int(whole or 0)) + (int(digits) / 10 ** len(digits) if digits else 0))
    return round(total, 3)
