"""Labels that are likely slips of others: BSRO6 beside BSR06, Interviewr beside Interviewer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from qualcode.model import SpeakerRule
from qualcode.transcripts.labels.label_shapes import ROLE_KEYS
from qualcode.transcripts.labels.speaker_labels import clean_text, normalise_label

_LOOK_ALIKE = str.maketrans("OoIl|Ss", "0011155")
_MIN_LETTERS = 4
"""Letters of a word in which one letter may be a slip; Ann and Ian are two people."""

_LONG = 10
"""Letters of a word in which two may be."""

_MAX_SHARE = 0.2
"""A misspelt label has at most this share of the turns of the right one: Anna and Anne may be two people."""

_MOST_LABELS = 1000
"""Labels to compare letter by letter; of more, each of them is probably an answer's."""


@dataclass(frozen=True, slots=True)
class LabelTypo:
    """What a label is probably a slip of, and what was mistaken."""

    correct_label: str
    kind: str


def find_label_typos(turns: Mapping[str, int], rules: Mapping[str, SpeakerRule] | None = None) -> dict[str, LabelTypo]:
    """Return the likely slips among labels, given how many turns each has and what the settings say of them.

    Numbers that differ make different speakers, P1 and P2, unless a letter was taken for a digit. Labels of one
    speaker are no slips, nor is a label of which the settings say nothing but that it is one.
    """
    held = {normalise_label(label): rule for label, rule in (rules or {}).items()}
    found: dict[str, LabelTypo] = {}
    for one, other, kind in _similar_pairs(
        [label for label in turns if held.get(normalise_label(label)) != SpeakerRule()]
    ):
        wrong, right = sorted((one, other), key=lambda label: (normalise_label(label) in held, turns[label]))
        rare = turns[wrong] <= max(1, _MAX_SHARE * turns[right]) and turns[right] > 1
        settled = normalise_label(wrong) in held or (
            normalise_label(right) in held and _speaker_name(wrong, held) == _speaker_name(right, held)
        )
        if not settled and wrong not in found and (rare or kind != "spelling"):
            found[wrong] = LabelTypo(right, kind)
    return found


def _speaker_name(label: str, rules: Mapping[str, SpeakerRule]) -> str:
    """Return the speaker that a label stands for, as labels are compared."""
    rule = rules.get(normalise_label(label), SpeakerRule())
    return normalise_label(rule.name or label)


def _similar_pairs(labels: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield pairs of labels that may be one, the later first, with what differs."""
    seen: set[frozenset[str]] = set()
    for kind, pairs in (
        ("capitals or spaces", _pairs_with_same_key(labels, _letters_and_digits)),
        ("look-alike letters", _pairs_with_same_key(labels, _look_alike_key)),
        ("spelling", _misspelt_pairs(labels)),
    ):
        for one, other in pairs:
            if frozenset((one, other)) not in seen:
                seen.add(frozenset((one, other)))
                yield one, other, kind


def _pairs_with_same_key(labels: Sequence[str], key: Callable[[str], str]) -> Iterator[tuple[str, str]]:
    groups: dict[str, list[str]] = {}
    for label in reversed(labels):
        groups.setdefault(key(label), []).append(label)
    groups.pop("", None)
    return chain.from_iterable(combinations(group, 2) for group in groups.values() if len(group) > 1)


def _letters_and_digits(label: str) -> str:
    return re.sub(r"[\W_]+", "", normalise_label(label))


def _look_alike_key(label: str) -> str:
    return _letters_and_digits(clean_text(label).translate(_LOOK_ALIKE))


def _misspelt_pairs(labels: Sequence[str]) -> Iterator[tuple[str, str]]:
    if len(labels) > _MOST_LABELS:
        return
    groups: dict[tuple[int, str], list[str]] = {}
    for label in reversed(labels):
        groups.setdefault(_words_and_numbers(normalise_label(label).split()), []).append(label)
    for one, other in chain.from_iterable(combinations(group, 2) for group in groups.values()):
        words = zip(normalise_label(one).split(), normalise_label(other).split(), strict=True)
        differ = [pair for pair in words if pair[0] != pair[1]]
        if len(differ) == 1 and _is_misspelt(*differ[0]):
            yield one, other


def _words_and_numbers(words: Sequence[str]) -> tuple[int, str]:
    """Return what two spellings of one label share: how many words, and all digits."""
    return len(words), re.sub(r"\D+", " ", " ".join(words))


def _is_misspelt(one: str, other: str) -> bool:
    letters = min(sum(map(str.isalpha, word)) for word in (one, other))
    if letters < _MIN_LETTERS or {one, other} <= ROLE_KEYS or abs(len(one) - len(other)) > 2:
        return False
    from rapidfuzz.distance import OSA

    most = 2 if letters >= _LONG else 1
    return OSA.distance(one, other, score_cutoff=most) <= most
