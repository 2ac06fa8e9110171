"""Likely typos among speakers' labels: BSRO6 and BSR06, Interviewr and Interviewer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, combinations

from qualcode.model import SpeakerRule
from qualcode.transcripts.labels.label_shapes import ROLE_KEYS
from qualcode.transcripts.labels.speaker_labels import clean_text, normalise_label

# Letters that OCR and typists confuse with digits: O and 0, I, l and 1, S and 5.
_LOOK_ALIKE = str.maketrans("OoIl|Ss", "0011155")
_MIN_LETTERS = 4
"""Letters of a word in which one letter may be a typo; Ann and Ian are two people."""

_TWO_TYPO_LETTERS = 10
"""Letters of a word in which two letters may be typos."""

_MAX_SHARE = 0.2
"""A misspelt label has at most this share of the turns of the correct one: Anna and Anne may be two people."""

_MAX_LABELS = 1000
"""Labels that are compared letter by letter; if there are more, they are probably those of single answers."""


@dataclass(frozen=True, slots=True)
class LabelTypo:
    """The label that another one is probably a typo of, and the kind of typo."""

    correct_label: str
    kind: str


def find_label_typos(turns: Mapping[str, int], rules: Mapping[str, SpeakerRule] | None = None) -> dict[str, LabelTypo]:
    """Return the likely typos among labels, given the number of turns of each and the rules in the settings.

    Labels with different numbers are different speakers, P1 and P2, unless a letter was typed for a digit. Labels of
    one speaker are not typos, nor is a label whose rule in the settings is empty.
    """
    known = {normalise_label(label): rule for label, rule in (rules or {}).items()}
    candidates = [label for label in turns if known.get(normalise_label(label)) != SpeakerRule()]
    typos: dict[str, LabelTypo] = {}
    for label, other, kind in _similar_pairs(candidates):
        # The typo is the label that the settings do not name, else the one with fewer turns.
        wrong, right = sorted((label, other), key=lambda name: (normalise_label(name) in known, turns[name]))
        # Different spellings may be two people, so only these need a comparison of counts.
        is_rare = turns[wrong] <= max(1, _MAX_SHARE * turns[right]) and turns[right] > 1
        if wrong not in typos and (is_rare or kind != "spelling") and not _is_settled(wrong, right, known):
            typos[wrong] = LabelTypo(right, kind)
    return typos


def _is_settled(wrong: str, right: str, rules: Mapping[str, SpeakerRule]) -> bool:
    """Return whether the settings name the likely typo, or assign both labels to one speaker."""
    if normalise_label(wrong) in rules:
        return True
    return normalise_label(right) in rules and _speaker_name(wrong, rules) == _speaker_name(right, rules)


def _speaker_name(label: str, rules: Mapping[str, SpeakerRule]) -> str:
    """Return the name of the speaker that a label refers to, in the form in which labels are compared."""
    rule = rules.get(normalise_label(label), SpeakerRule())
    return normalise_label(rule.name or label)


def _similar_pairs(labels: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield pairs of similar labels, the later first, with the kind of difference."""
    seen: set[frozenset[str]] = set()
    # In order of certainty: a pair is reported once, with the first kind that applies.
    for kind, pairs in (
        ("capitals or spaces", _pairs_with_same_key(labels, _letters_and_digits)),
        ("look-alike letters", _pairs_with_same_key(labels, _look_alike_key)),
        ("spelling", _misspelt_pairs(labels)),
    ):
        for pair in pairs:
            if frozenset(pair) not in seen:
                seen.add(frozenset(pair))
                yield *pair, kind


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
    if len(labels) > _MAX_LABELS:
        return
    groups: dict[tuple[int, str], list[str]] = {}
    for label in reversed(labels):
        # Grouping keeps P1 and P2 apart, and leaves fewer pairs for the slow comparison.
        groups.setdefault(_spelling_key(normalise_label(label).split()), []).append(label)
    pairs: list[tuple[int, str, str]] = []
    for label, other in chain.from_iterable(combinations(group, 2) for group in groups.values()):
        words = zip(normalise_label(label).split(), normalise_label(other).split(), strict=True)
        differences = [pair for pair in words if pair[0] != pair[1]]
        if len(differences) == 1 and (distance := _count_typos(*differences[0])):
            pairs.append((distance, label, other))
    # The nearest first: Interviwer is closer to Interviewer than to Interviewee.
    yield from ((label, other) for _, label, other in sorted(pairs, key=lambda pair: pair[0]))


def _spelling_key(words: Sequence[str]) -> tuple[int, str]:
    """Return what all spellings of one label have in common: the number of words, and all digits."""
    return len(words), re.sub(r"\D+", " ", " ".join(words))


def _count_typos(word: str, other: str) -> int:
    """Return the number of letters that may be typos, 0 where words differ too much to be the same."""
    letters = min(sum(map(str.isalpha, text)) for text in (word, other))
    if letters < _MIN_LETTERS or {word, other} <= ROLE_KEYS or abs(len(word) - len(other)) > 2:
        return 0
    from rapidfuzz.distance import OSA

    # OSA counts two swapped letters as one typo, Levenshtein as two.
    limit = 2 if letters >= _TWO_TYPO_LETTERS else 1
    distance = OSA.distance(word, other, score_cutoff=limit)
    return distance if distance <= limit else 0
