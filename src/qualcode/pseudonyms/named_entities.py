"""Names in texts by a spaCy model with an entity recogniser, where one is installed; nothing is ever downloaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from qualcode.errors import OperationError
from qualcode.suggest.embedding.spacy_loader import load_spacy_model

if TYPE_CHECKING:
    from spacy.language import Language

ENTITY_KINDS = frozenset({"PERSON", "PER", "ORG", "GPE", "LOC", "FAC"})
_MODEL_PREFIXES = {"en": "en_core_web", "zh": "zh_core_web"}
_MODEL_SIZES = ("lg", "md", "sm", "trf")


def find_installed_model(language: str) -> str | None:
    """Return the installed model of a language, the larger the better; None if there is none."""
    from spacy.util import is_package

    base = _MODEL_PREFIXES.get(language, f"{language}_core_news")
    return next((name for size in _MODEL_SIZES if is_package(name := f"{base}_{size}")), None)


def load_entity_model(name: str) -> Language:
    """Load a model by the name of its package or its folder; one that finds no entities is refused."""
    nlp = load_spacy_model(name)
    if not {"ner", "entity_ruler", "span_ruler"} & set(nlp.pipe_names):
        raise OperationError(
            f"model '{name}' does not find names: it has no entity recogniser ({', '.join(nlp.pipe_names)})"
        )
    return nlp


def recognise_entities(texts: Iterable[str], nlp: Language) -> Mapping[str, str]:
    """Return names of people, organisations and places with their kind, the most frequent first."""
    found: Counter[tuple[str, str]] = Counter()
    pieces = (part for text in texts for part in text.split("\n\n") if part.strip())
    for doc in nlp.pipe(pieces, batch_size=64):
        found.update((_clean_name(one.text), one.label_) for one in doc.ents if one.label_ in ENTITY_KINDS)
    names: dict[str, str] = {}
    for (name, kind), _ in found.most_common():
        if name and any(character.isalpha() for character in name):
            names.setdefault(name, kind)
    return names


def _clean_name(name: str) -> str:
    words = " ".join(name.split()).strip(' .,;:!?"“”()[]*_')
    return words.removesuffix("'s").removesuffix("’s")
