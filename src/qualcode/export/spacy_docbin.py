"""Coded segments as DocBin files of spaCy, with spans and categories labelled by code."""

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
"""The key in ``Doc.spans`` that spaCy's own training configurations use."""


@dataclass(frozen=True, slots=True)
class TrainingSegment:
    """A segment with the labels to train on."""

    transcript: str
    turn: int
    start: int
    end: int
    text: str
    spans: Sequence[tuple[int, int, str]]
    """Start, end (in ``text``) and code of each coding."""
    cats: Mapping[str, float]
    """1.0 for each code that is in the segment, 0.0 for each other code that the coder looked for."""


@dataclass(frozen=True, slots=True)
class PackedDocBin:
    """A DocBin as bytes, with the number of spans by their length in tokens."""

    content: bytes
    span_lengths: Counter[int]


def tokenizer_language(language: str) -> str:
    """Return the language whose tokenizer is used: ``xx`` if spaCy does not know the language."""
    return str(load_blank_pipeline(language).lang)


def pack_docbin(segments: Iterable[TrainingSegment], *, language: str) -> PackedDocBin:
    """Return segments as a DocBin; a span that begins or ends inside a token is extended to the whole token."""
    from spacy.tokens import DocBin

    nlp = load_blank_pipeline(language)
    # Without user data, transcript, turn and offsets of a Doc would not be written.
    docs = DocBin(store_user_data=True)
    lengths: Counter[int] = Counter()
    for segment in segments:
        doc = _make_doc(segment, nlp)
        docs.add(doc)
        lengths.update(len(span) for span in doc.spans[SPANS_KEY])
    return PackedDocBin(docs.to_bytes(), lengths)


def _make_doc(segment: TrainingSegment, nlp: Language) -> Doc:
    doc = nlp.make_doc(segment.text)
    spans = [doc.char_span(start, end, label=code, alignment_mode="expand") for start, end, code in segment.spans]
    # Extended to tokens, two codings of a code can be the same span, which would be trained on twice.
    distinct = {(span.start, span.end, span.label_): span for span in spans if span is not None}
    doc.spans[SPANS_KEY] = [distinct[key] for key in sorted(distinct)]
    doc.cats = dict(segment.cats)
    doc.user_data.update({name: getattr(segment, name) for name in ("transcript", "turn", "start", "end")})
    return doc
