"""Labels that are likely slips of others: BSRO6 beside BSR06, Interviewr beside Interviewer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from qualcode.model import SpeakerRule
from qualcode.transcripts.labels import folded, tidy
from qualcode.transcripts.shapes import ROLE_KEYS

_LOOK_ALIKE = str.maketrans("OoIl|Ss", "0011155")
_SHORTEST = 4
"""Letters of a word in which one letter may be a slip; Ann and Ian are two people."""

_LONG = 10
"""Letters of a word in which two may be."""

_RARE = 0.2
"""A misspelt label has at most this share of the turns of the right one: Anna and Anne may be two people."""

_MOST = 1000
"""Labels to compare letter by letter; of more, each of them is probably an answer's."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What a label is probably a slip of, and what was mistaken."""

    of: str
    kind: str


def likely_slips(turns: Mapping[str, int], rules: Mapping[str, SpeakerRule] | None = None) -> dict[str, Slip]:
    """Return the likely slips among labels, given how many turns each has and what the settings say of them.

    Numbers that differ make different speakers, P1 and P2, unless a letter was taken for a digit. Labels of one
    speaker are no slips, nor is a label of which the settings say nothing but that it is one.
    """
    held = {folded(label): rule for label, rule in (rules or {}).items()}
    found: dict[str, Slip] = {}
    for one, other, kind in _pairs([label for label in turns if held.get(folded(label)) != SpeakerRule()]):
        wrong, right = sorted((one, other), key=lambda label: (folded(label) in held, turns[label]))
        rare = turns[wrong] <= max(1, _RARE * turns[right]) and turns[right] > 1
        settled = folded(wrong) in held or (folded(right) in held and _named(wrong, held) == _named(right, held))
        if not settled and wrong not in found and (rare or kind != "spelling"):
            found[wrong] = Slip(right, kind)
    return found


def _named(label: str, rules: Mapping[str, SpeakerRule]) -> str:
    """Return the speaker that a label stands for, as labels are compared."""
    rule = rules.get(folded(label), SpeakerRule())
    return folded(rule.name or label)


def _pairs(labels: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield pairs of labels that may be one, the later first, with what differs."""
    seen: set[frozenset[str]] = set()
    for kind, pairs in (
        ("capitals or spaces", _alike(labels, _bare)),
        ("look-alike letters", _alike(labels, _look)),
        ("spelling", _misspelt(labels)),
    ):
        for one, other in pairs:
            if frozenset((one, other)) not in seen:
                seen.add(frozenset((one, other)))
                yield one, other, kind


def _alike(labels: Sequence[str], key: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    groups: dict[str, list[str]] = {}
    for label in reversed(labels):
        groups.setdefault(key(label), []).append(label)
    groups.pop("", None)
    return chain.from_iterable(combinations(group, 2) for group in groups.values() if len(group) > 1)


def _bare(label: str) -> str:
    return re.sub(r"[\W_]+", "", folded(label))


def _look(label: str) -> str:
    return _bare(tidy(label).translate(_LOOK_ALIKE))


def _misspelt(labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(labels) > _MOST:
        return
    groups: dict[tuple[int, str], list[str]] = {}
    for label in reversed(labels):
        groups.setdefault(_frame(folded(label).split()), []).append(label)
    for one, other in chain.from_iterable(combinations(group, 2) for group in groups.values()):
        words = zip(folded(one).split(), folded(other).split(), strict=True)
        differ = [pair for pair in words if pair[0] != pair[1]]
        if len(differ) == 1 and _is_misspelt(*differ[0]):
            yield one, other


def _frame(words: Sequence[str]) -> tuple[int, str]:
    """Return what two spellings of one label share: how many words, and all digits."""
    return len(words), re.sub(r"\D+", " ", " ".join(words))


def _is_misspelt(one: str, other: str) -> bool:
    letters = min(sum(map(str.isalpha, word)) for word in (one, other))
    if letters < _SHORTEST or {one, other} <= ROLE_KEYS or abs(len(one) - len(other)) > 2:
        return False
    from rapidfuzz.distance import OSA

    most = 2 if letters >= _LONG else 1
    return OSA.distance(one, other, score_cutoff=most) <= most
