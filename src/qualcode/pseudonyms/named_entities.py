"""Recognise names in texts with an installed spaCy model; models are never downloaded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from qualcode.errors import OperationError
from qualcode.suggest.embedding.spacy_loader import load_spacy_model

if TYPE_CHECKING:
    from spacy.language import Language

# Labels of OntoNotes (English models: PERSON, ORG, GPE, LOC, FAC) and of WikiNER (German: PER, ORG, LOC).
ENTITY_KINDS = frozenset({"PERSON", "PER", "ORG", "GPE", "LOC", "FAC"})
# spaCy's English and Chinese models were trained on web texts, those of most other languages on news.
_MODEL_PREFIXES = {"en": "en_core_web", "zh": "zh_core_web"}
_MODEL_SIZES = ("lg", "md", "sm", "trf")


def find_installed_model(language: str) -> str | None:
    """Return the largest installed model of a language, None if none is installed."""
    from spacy.util import is_package

    base = _MODEL_PREFIXES.get(language, f"{language}_core_news")
    return next((name for size in _MODEL_SIZES if is_package(name := f"{base}_{size}")), None)


def load_entity_model(name: str) -> Language:
    """Return the model of a package or folder.

    Raises
    ------
    OperationError
        If it cannot be loaded or has no entity recogniser.
    """
    nlp = load_spacy_model(name)
    if not {"ner", "entity_ruler", "span_ruler"} & set(nlp.pipe_names):
        pipes = ", ".join(nlp.pipe_names)
        raise OperationError(f"model '{name}' cannot find names: it has no entity recogniser (it has: {pipes})")
    return nlp


def recognise_entities(texts: Iterable[str], nlp: Language) -> Mapping[str, str]:
    """Return the entity label of each person, organisation and place, the most frequent first."""
    counts: Counter[tuple[str, str]] = Counter()
    # A whole transcript may be over spaCy's limit of 1,000,000 characters (nlp.max_length).
    paragraphs = (part for text in texts for part in text.split("\n\n") if part.strip())
    for doc in nlp.pipe(paragraphs, batch_size=64):
        counts.update((_clean_name(entity.text), entity.label_) for entity in doc.ents if entity.label_ in ENTITY_KINDS)
    labels: dict[str, str] = {}
    for (name, label), _ in counts.most_common():
        if any(character.isalpha() for character in name):
            labels.setdefault(name, label)
    return labels


def _clean_name(name: str) -> str:
    words = " ".join(name.split()).strip(' .,;:!?"“”()[]*_')
    return words.removesuffix("'s").removesuffix("’s")
