"""The learner as a spaCy component: each Doc is what one participant says in one turn.

The factory is registered by whoever can read a study (see `qualcode.project.pipeline`): this floor knows of none.
"""

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
    """A code for a span of a text, with its probability and the reasons in a line."""

    start: int
    end: int
    code: str
    score: float
    why: str


SpanFinder = Callable[[str], Sequence[SuggestedSpan]]
FinderLoader = Callable[[str, str, "float | None"], SpanFinder]
"""From a study's folder, a coder (the study's if empty) and the least score to what finds codes in a text."""
SuggesterFactory = Callable[[Language, str, str, str, "float | None", str], Callable[["Doc"], "Doc"]]


def register_suggester(load: FinderLoader) -> SuggesterFactory:
    """Register the component under its name, with a way to learn from a study, and return what makes it."""

    def make_suggester(
        nlp: Language, name: str, study: str, coder: str, min_score: float | None, spans_key: str
    ) -> Callable[[Doc], Doc]:
        return SuggesterComponent(load(study, coder, min_score), spans_key)

    config = {"study": ".", "coder": "", "min_score": None, "spans_key": SPANS_KEY}
    made: SuggesterFactory = Language.factory(FACTORY_NAME, assigns=["doc.spans"], default_config=config)(
        make_suggester
    )
    return made


class SuggesterComponent:
    """Writes suggestions to ``doc.spans``, scores and reasons beside them as ``attrs``, in the spans' order."""

    def __init__(self, find: SpanFinder, spans_key: str) -> None:
        self._find = find
        self._key = spans_key

    def __call__(self, doc: Doc) -> Doc:
        """Suggest codes for the sentences of a Doc."""
        found = [(one, _make_doc_span(doc, one)) for one in self._find(doc.text)]
        placed = [(one, span) for one, span in found if span is not None]
        doc.spans[self._key] = [span for _, span in placed]
        doc.spans[self._key].attrs["scores"] = np.array([one.score for one, _ in placed], dtype="float32")
        doc.spans[self._key].attrs["why"] = [one.why for one, _ in placed]
        return doc


def _make_doc_span(doc: Doc, one: SuggestedSpan) -> Span | None:
    span: Span | None = doc.char_span(one.start, one.end, label=one.code, alignment_mode="expand")
    return span


def sort_suggested_spans(found: Iterable[SuggestedSpan]) -> list[SuggestedSpan]:
    """Return what was found in the order of the text, the likeliest code of a sentence first."""
    return sorted(found, key=lambda one: (one.start, -one.score))
