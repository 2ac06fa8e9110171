"""Coded segments as spaCy's training material: DocBin files with spans and categories labelled by code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualcode.suggest.cues.tokenizer import load_blank_pipeline

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

SPANS_KEY = "sc"
"""Where spaCy's own recipes look for spans."""


@dataclass(frozen=True, slots=True)
class TrainingSegment:
    """A segment with what it is coded with: spans within its text, and for each code asked for whether it is there."""

    transcript: str
    turn: int
    start: int
    end: int
    text: str
    spans: Sequence[tuple[int, int, str]]
    cats: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class PackedDocBin:
    """A DocBin as bytes, with how many spans there are of each length in tokens."""

    content: bytes
    span_lengths: Counter[int]


def tokenizer_language(language: str) -> str:
    """Return the language whose tokenizer cuts the passages: ``xx`` where spaCy does not know the one wanted."""
    return str(load_blank_pipeline(language).lang)


def pack_docbin(passages: Iterable[TrainingSegment], *, language: str) -> PackedDocBin:
    """Return passages as a DocBin; a span that begins or ends inside a token reaches over all of it."""
    from spacy.tokens import DocBin

    nlp = load_blank_pipeline(language)
    found = DocBin(store_user_data=True)
    lengths: Counter[int] = Counter()
    for passage in passages:
        doc = _make_doc(passage, nlp)
        found.add(doc)
        lengths.update(len(span) for span in doc.spans[SPANS_KEY])
    return PackedDocBin(found.to_bytes(), lengths)


def _make_doc(passage: TrainingSegment, nlp: Language) -> Doc:
    doc = nlp.make_doc(passage.text)
    spans = [doc.char_span(start, end, label=code, alignment_mode="expand") for start, end, code in passage.spans]
    distinct = {(span.start, span.end, span.label_): span for span in spans if span is not None}
    doc.spans[SPANS_KEY] = [distinct[key] for key in sorted(distinct)]
    doc.cats = dict(passage.cats)
    place = {name: getattr(passage, name) for name in ("transcript", "turn", "start", "end")}
    doc.user_data.update(place)
    return doc
