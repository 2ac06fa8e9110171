"""The spaCy component that writes suggestions of the trained model to a Doc, which contains one participant's turn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from spacy.language import Language

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span

FACTORY_NAME = "qualcode_suggester"
SPANS_KEY = "qualcode_suggestions"


@dataclass(frozen=True, slots=True)
class SuggestedSpan:
    """A code suggested for a span of a text, with its probability and the reasons in one line."""

    start: int
    end: int
    code: str
    score: float
    why: str


SpanFinder = Callable[[str], Sequence[SuggestedSpan]]
FinderLoader = Callable[[str, str, "float | None"], SpanFinder]
"""From a study's folder, a coder (the study's if empty) and the lowest score to a function of a text."""
SuggesterFactory = Callable[[Language, str, str, str, "float | None", str], Callable[["Doc"], "Doc"]]


def register_suggester(load: FinderLoader) -> SuggesterFactory:
    """Register the component with spaCy, with a function that trains on a study, and return its factory."""

    def make_suggester(
        nlp: Language, name: str, study: str, coder: str, min_score: float | None, spans_key: str
    ) -> Callable[[Doc], Doc]:
        return SuggesterComponent(load(study, coder, min_score), spans_key)

    config = {"study": ".", "coder": "", "min_score": None, "spans_key": SPANS_KEY}
    register = Language.factory(FACTORY_NAME, assigns=["doc.spans"], default_config=config)
    factory: SuggesterFactory = register(make_suggester)
    return factory


class SuggesterComponent:
    """Writes suggestions to ``doc.spans``, and their scores and reasons to the group's ``attrs`` in the same order."""

    def __init__(self, find: SpanFinder, spans_key: str) -> None:
        self._find = find
        self._key = spans_key

    def __call__(self, doc: Doc) -> Doc:
        """Suggest codes for the sentences of a Doc."""
        pairs = [(suggested, _make_doc_span(doc, suggested)) for suggested in self._find(doc.text)]
        placed = [(suggested, span) for suggested, span in pairs if span is not None]
        doc.spans[self._key] = [span for _, span in placed]
        # In the form in which spaCy's span categoriser stores its scores.
        doc.spans[self._key].attrs["scores"] = np.array([suggested.score for suggested, _ in placed], dtype="float32")
        doc.spans[self._key].attrs["why"] = [suggested.why for suggested, _ in placed]
        return doc


def _make_doc_span(doc: Doc, suggested: SuggestedSpan) -> Span | None:
    span: Span | None = doc.char_span(suggested.start, suggested.end, label=suggested.code, alignment_mode="expand")
    return span


def sort_suggested_spans(spans: Iterable[SuggestedSpan]) -> list[SuggestedSpan]:
    """Return suggestions in the order of the text, the most probable code of a sentence first."""
    return sorted(spans, key=lambda span: (span.start, -span.score))
