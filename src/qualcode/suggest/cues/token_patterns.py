"""Search for token patterns with spaCy's Matcher, which needs a Doc: only of sentences in which a pattern can match."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from qualcode.suggest.cues.regex_literals import required_token_words
from qualcode.suggest.cues.tokenizer import ChunkTokenizer
from qualcode.suggest.cues.turn_pages import CueSpan
from qualcode.suggest.cues.typography import make_plain, make_plain_regex

if TYPE_CHECKING:
    from spacy.language import Language


class TokenPatterns:
    """Token patterns by the numbers of their cues."""

    def __init__(self, patterns: Mapping[int, str], nlp: Language) -> None:
        parsed = {cue: _make_plain_pattern(json.loads(pattern)) for cue, pattern in patterns.items()}
        self.cues = frozenset(patterns)
        self.words = {cue: required_token_words(pattern) for cue, pattern in parsed.items()}
        """Lower-case words of which a pattern requires one as lemma or form; None if it requires none."""
        self._nlp = nlp
        self._matcher: Any = None
        if parsed:
            from spacy.matcher import Matcher

            # Patterns were validated when the codebook was read.
            self._matcher = Matcher(nlp.vocab, validate=False)
            for cue, pattern in parsed.items():
                self._matcher.add(str(cue), [pattern])

    def find(self, text: str, tokenizer: ChunkTokenizer) -> Iterator[CueSpan]:
        """Yield (cue, start, end) of the matches in a sentence."""
        doc = self._nlp.make_doc(text)
        for token in doc:
            # A blank pipeline sets no lemmas; these are the same as for phrases, also where a pattern asks for LEMMA.
            token.lemma_ = token.text if token.is_space else tokenizer.lemma(token)
        for key, first, last in self._matcher(doc):
            span = doc[first:last]
            yield int(self._nlp.vocab.strings[key]), span.start_char, span.end_char


def _make_plain_pattern(value: Any, key: str = "") -> Any:
    """Return a token pattern, or a value in it, with all texts in plain typography."""
    if isinstance(value, dict):
        return {name: _make_plain_pattern(part, name) for name, part in value.items()}
    if isinstance(value, list):
        return [_make_plain_pattern(part, key) for part in value]
    if not isinstance(value, str):
        return value
    return make_plain_regex(value) if key == "REGEX" else make_plain(value).text
