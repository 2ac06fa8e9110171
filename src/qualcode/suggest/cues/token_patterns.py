"""Token patterns, which need a spaCy Doc: one is made only for sentences in which a pattern is tried."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qualcode.suggest.cues.regex_literals import required_token_words
from qualcode.suggest.cues.tokenizer import ChunkTokenizer

if TYPE_CHECKING:
    from spacy.language import Language


class TokenPatterns:
    """spaCy's Matcher over the token patterns among the cues."""

    def __init__(self, patterns: Mapping[int, str], nlp: Language) -> None:
        self.cues = frozenset(patterns)
        self._nlp = nlp
        self.words = {index: required_token_words(json.loads(pattern)) for index, pattern in patterns.items()}
        """Words (lower case) of which a pattern needs one as lemma or form; None if it may do without."""
        self._matcher: Any = None
        for index, pattern in patterns.items():
            self._add(index, json.loads(pattern))

    def _add(self, index: int, pattern: list[dict[str, Any]]) -> None:
        from spacy.matcher import Matcher

        if self._matcher is None:
            self._matcher = Matcher(self._nlp.vocab, validate=False)
        self._matcher.add(str(index), [pattern])

    def find(self, words: str, chunks: ChunkTokenizer) -> Iterator[tuple[int, int, int]]:
        """Yield (cue, start, end) of the patterns found in a sentence."""
        doc = self._nlp.make_doc(words)
        for token in doc:
            token.lemma_ = token.text if token.is_space else chunks.lemma(token)
        for key, first, last in self._matcher(doc):
            span = doc[first:last]
            yield int(self._nlp.vocab.strings[key]), span.start_char, span.end_char
