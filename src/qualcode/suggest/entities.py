"""Names in texts by a spaCy model with an entity recogniser, where one is installed; nothing is ever downloaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from qualcode.errors import Refused

if TYPE_CHECKING:
    from spacy.language import Language

KINDS = frozenset({"PERSON", "PER", "ORG", "GPE", "LOC", "FAC"})
_USUAL = {"en": "en_core_web", "zh": "zh_core_web"}
_SIZES = ("lg", "md", "sm", "trf")


def usual_model(language: str) -> str | None:
    """Return the installed model of a language, the larger the better; None if there is none."""
    from spacy.util import is_package

    base = _USUAL.get(language, f"{language}_core_news")
    return next((name for size in _SIZES if is_package(name := f"{base}_{size}")), None)


def spacy_model(name: str) -> Language:
    """Load a model by the name of its package or its folder."""
    import spacy

    try:
        return spacy.load(name)
    except (OSError, ValueError, ImportError) as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise Refused(f"no spaCy model '{name}' can be loaded here ({said}); install it, or give its folder") from None


def entity_model(name: str) -> Language:
    """Load a model by the name of its package or its folder; one that finds no entities is refused."""
    nlp = spacy_model(name)
    if not {"ner", "entity_ruler", "span_ruler"} & set(nlp.pipe_names):
        raise Refused(f"model '{name}' does not find names: it has no entity recogniser ({', '.join(nlp.pipe_names)})")
    return nlp


def entities(texts: Iterable[str], nlp: Language) -> Mapping[str, str]:
    """Return names of people, organisations and places with their kind, the most frequent first."""
    found: Counter[tuple[str, str]] = Counter()
    pieces = (part for text in texts for part in text.split("\n\n") if part.strip())
    for doc in nlp.pipe(pieces, batch_size=64):
        found.update((_tidy(one.text), one.label_) for one in doc.ents if one.label_ in KINDS)
    names: dict[str, str] = {}
    for (name, kind), _ in found.most_common():
        if name and any(character.isalpha() for character in name):
            names.setdefault(name, kind)
    return names


def _tidy(name: str) -> str:
    words = " ".join(name.split()).strip(' .,;:!?"“”()[]*_')
    return words.removesuffix("'s").removesuffix("’s")
