"""The tiers of an ELAN transcript that have the words: main tiers, or those below tiers that hold record numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qualcode.errors import OperationError, format_names, quote_pattern

_WORD_TIERS = (
    "tx", "txt", "text", "words", "word", "wd", "utterance", "utt", "transcription", "transcript", "trs", "orth",
    "ortho", "orthographic", "orthography", "speech", "verbatim", "sentence", "phrase", "mb-txt", "ut",
)  # fmt: skip
"""Types and names of tiers with words, in order of preference."""

_OTHER_WORDS = frozenset(
    (
        "gesture gestures gesten geste gesto gaze blick regard mirada note notes notiz notizen comment comments "
        "kommentar memo head hand hands handshape face facial eye eyes eyebrows mouth posture body movement motion "
        "action actions activity nonverbal noise music laughter laugh pause silence event events translation "
        "translations gloss glosses glossing topic topics theme chapter section segment coding code codes emotion "
        "affect prosody pitch pos phase mimik haltung übersetzung traduction traducción kinesics touch object objects "
        "scene camera overlap deixis pointing nod nods spatial behaviour behavior context description annotator"
    ).split()
)
"""Words in names and types of tiers that have no speech."""

_RECORD_NUMBER = re.compile(r"\S*\d\S*")


@dataclass(frozen=True, slots=True)
class Annotation:
    """One annotation; ``parent`` is the one that it annotates, empty if it is aligned with time."""

    id: str
    parent: str
    text: str
    time: float | None
    line: int


@dataclass(frozen=True, slots=True)
class Tier:
    """One tier with its annotations; a tier with a ``parent`` annotates another tier."""

    name: str
    type: str
    parent: str
    participant: str
    annotations: Sequence[Annotation]
    has_vocabulary: bool = False
    """Whether its annotations are values to choose from."""

    @property
    def is_other(self) -> bool:
        """Whether its name, its type or a vocabulary suggests that it has no speech."""
        words = re.findall(r"[^\W_\d]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", f"{self.name} {self.type}").casefold())
        return self.has_vocabulary or not _OTHER_WORDS.isdisjoint(words)

    @property
    def keys(self) -> set[str]:
        """The names by which settings may call it: its name, the part before ``@``, and its type."""
        return {name.casefold() for name in (self.name, self.name.partition("@")[0], self.type) if name}


def choose_tiers(tiers: Sequence[Tier], wanted: Collection[str], *, path: str) -> tuple[list[int], list[str]]:
    """Return the positions of the tiers with words, and notices on the choice.

    Raises
    ------
    OperationError
        None of the tiers that the settings name exists.
    """
    if wanted:
        names = {name.casefold() for name in wanted}
        chosen = [number for number, tier in enumerate(tiers) if tier.keys & names]
        if not chosen:
            known = format_names(list(dict.fromkeys(name for tier in tiers for name in (tier.type, tier.name) if name)))
            raise OperationError(
                f"{path}: no tier '{', '.join(wanted)}', which 'tier' in qualcode.yaml names (there are: {known})"
            )
        return chosen, []
    chosen, notices = [], []
    for number, tier in enumerate(tiers):
        if not tier.parent:
            below = _find_words_below(tiers, tier) if _holds_numbers(tier) else None
            chosen += [number] if below is None else below
            notices += [_ambiguity_notice(tiers, tier, path)] if below == [] else []
            # Where it is not clear which tier has the words, the main tier is read as before.
            chosen += [number] if below == [] else []
    return chosen, [*notices, *_speech_notices([tiers[number] for number in chosen], path)]


def _speech_notices(tiers: Sequence[Tier], path: str) -> Iterator[str]:
    """Yield the notice on tiers that may have no speech: by their names, or since their participant has another one."""
    filled = [tier for tier in tiers if any(one.text for one in tier.annotations)]
    speech: dict[str, Tier] = {}
    for tier in sorted(filled, key=lambda tier: -sum(len(one.text) for one in tier.annotations)):
        if not tier.is_other:
            speech.setdefault(tier.participant or f"tier {tier.name}", tier)
    kept = [tier for tier in filled if tier in speech.values()]
    doubtful = [tier for tier in filled if tier not in kept]
    if doubtful and kept:
        names = format_names([f"'{tier.name}'" for tier in doubtful])
        what, verb, it_is = ("tier", "is", "it is") if len(doubtful) == 1 else ("tiers", "are", "they are")
        yield (
            f"{what} {names} {verb} read as speech: if nobody says this, write in qualcode.yaml: "
            f"{_tier_entry(path, kept)}; if {it_is} speech: {_tier_entry(path, filled)}"
        )


def _tier_entry(path: str, tiers: Sequence[Tier]) -> str:
    """Return the entry of a source in the settings that names the tiers with speech."""
    source = path.removeprefix("transcripts/")
    return f"sources: {json.dumps({source: {'tier': [tier.name for tier in tiers]}}, ensure_ascii=False)}"


def _holds_numbers(tier: Tier) -> bool:
    """Tell whether a tier has no words: each annotation is blank, or a record number of its own."""
    texts = [annotation.text for annotation in tier.annotations if annotation.text]
    # A single number may be an answer.
    if len(texts) == 1 and texts[0].isdecimal():
        return False
    return len(set(texts)) == len(texts) and all(_RECORD_NUMBER.fullmatch(text) for text in texts)


def _find_words_below(tiers: Sequence[Tier], main: Tier) -> list[int] | None:
    """Return the tier below with the words, by its type or name, or as the only one; empty if that is not clear."""
    below = [number for number in _numbers_below(tiers, main) if any(one.text for one in tiers[number].annotations)]
    if not below:
        return None
    for key in _WORD_TIERS:
        if found := [number for number in below if key in tiers[number].keys]:
            return found[:1]
    return below if len(below) == 1 else []


def _numbers_below(tiers: Sequence[Tier], main: Tier) -> Iterator[int]:
    """Yield the positions of all tiers below a tier, the nearest first."""
    names, seen = {main.name}, set()
    while names:
        found = [number for number, tier in enumerate(tiers) if tier.parent in names and number not in seen]
        yield from found
        seen |= set(found)
        names = {tiers[number].name for number in found}


def _ambiguity_notice(tiers: Sequence[Tier], main: Tier, path: str) -> str:
    below = [tiers[number] for number in _numbers_below(tiers, main)]
    types = format_names(list(dict.fromkeys(tier.type or tier.name for tier in below)))
    source = path.removeprefix("transcripts/")
    return (
        f"tier '{main.name}' holds record numbers, not words: name the type of the tier with the words ({types}) in "
        f"qualcode.yaml: sources: {{{quote_pattern(source)}: {{tier: {below[0].type or below[0].name}}}}}"
    )


def find_root(annotation: Annotation, by_id: Mapping[str, Annotation]) -> Annotation | None:
    """Return the annotation aligned with time that an annotation belongs to, directly or through others."""
    seen: set[str] = set()
    while annotation.parent:
        above = by_id.get(annotation.parent)
        if above is None or above.id in seen:
            return None
        seen.add(above.id)
        annotation = above
    return annotation
