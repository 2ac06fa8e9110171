"""Tokens and lemmas: spaCy's tokenizer on a blank pipeline, simplemma's lemmas of lower-cased words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from qualcode.errors import OperationError
from qualcode.suggest.cues.ascii_patterns import needs_non_letter

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Token

_CACHE_SIZE = 50_000
"""Chunks whose tokens, and words whose lemmas, are remembered at the most, so that memory stays flat."""

_OVERRIDES = {
    "left": "leave",
    "gone": "go",
    "felt": "feel",
    "won": "win",
    "shook": "shake",
    "broke": "break",
    "worse": "bad",
    "worst": "bad",
    "better": "good",
    "best": "good",
}
"""English words whose dictionary form simplemma gives wrongly or not at all."""

ChunkToken = tuple[str, str, int, int]
"""A token: lemma, lower-cased form, start and end within the chunk or sentence it was taken from."""


def load_blank_pipeline(language: str) -> Language:
    """Return spaCy's blank pipeline of a language; one that spaCy does not know gets its rules for any language."""
    import spacy
    from spacy.util import get_lang_class

    try:
        get_lang_class(language)
    except ImportError:
        language = "xx"
    try:
        return spacy.blank(language)
    except ImportError as error:
        raise OperationError(
            f"language '{language}' needs a package for its words: {str(error).splitlines()[0]}"
        ) from None


@lru_cache(maxsize=4)
def lemmatizer(language: str) -> Callable[[str], str]:
    """Return the function from a lower-cased word to its dictionary form (the word itself where none is known)."""
    import simplemma

    lemmatize = simplemma.Lemmatizer(cache_max_size=1).lemmatize  # the cache below is enough
    try:
        lemmatize("a", lang=language)
    except ValueError:
        return str
    overrides = _OVERRIDES if language == "en" else {}

    @lru_cache(maxsize=_CACHE_SIZE)
    def lemma(word: str) -> str:
        return overrides.get(word) or str(lemmatize(word, lang=language)).lower()

    return lemma


def lemma_of(token: Token, lemma: Callable[[str], str]) -> str:
    """Return a token's lemma from its norm, so that "n't" is "not" and "'ve" is "have"."""
    return lemma(token.norm_.lower())


class ChunkTokenizer:
    """Tokens of white-space-free chunks, each tokenised once: spaCy never looks across white space."""

    def __init__(self, nlp: Language) -> None:
        from spacy.attrs import NORM

        vocab: Any = nlp.vocab
        self._tokenizer = nlp.tokenizer
        self._lemma = lemmatizer(nlp.lang or "xx")
        self._norm: Callable[[str], str] = vocab.lex_attr_getters[NORM]
        self._cut_simple_chunk = _make_simple_cutter(nlp)
        self._tokens_by_chunk: dict[str, tuple[ChunkToken, ...]] = {}
        self._mark_cache: dict[str, tuple[str, str]] = {}

    def __getitem__(self, chunk: str) -> tuple[ChunkToken, ...]:
        pieces = self._tokens_by_chunk.get(chunk)
        if pieces is None:
            if len(self._tokens_by_chunk) > _CACHE_SIZE:
                self._tokens_by_chunk.clear()
            pieces = self._tokens_by_chunk[chunk] = tuple(self._tokenize(chunk))
        return pieces

    def words(self, chunk: str) -> Iterable[str]:
        """Return the lemmas and lower-cased forms of a chunk's tokens, and remember nothing."""
        cuts = self._cut_simple_chunk(chunk)
        if cuts is None:
            return [word for lemma, lower, _, _ in self._tokenize(chunk) for word in (lemma, lower)]
        if len(cuts) == 1:
            return self._lemma_and_form(chunk)
        longest = max(cuts, key=lambda cut: cut[1] - cut[0])
        words = list(self._lemma_and_form(chunk[slice(*longest)]))
        for cut in cuts:
            if cut is not longest:
                words += self._cached_lemma_and_form(chunk[slice(*cut)])
        return words

    def _lemma_and_form(self, word: str) -> tuple[str, str]:
        """Return lemma and lower-cased form of a token."""
        return self._lemma(self._norm(word).lower()), word.lower()

    def _cached_lemma_and_form(self, mark: str) -> tuple[str, str]:
        """Return lemma and lower-cased form of what a chunk begins or ends with: there are few such marks."""
        found = self._mark_cache.get(mark)
        if found is None:
            if len(self._mark_cache) > _CACHE_SIZE:
                self._mark_cache.clear()
            found = self._mark_cache[mark] = self._lemma_and_form(mark)
        return found

    def _tokenize(self, chunk: str) -> Iterator[ChunkToken]:
        cuts = self._cut_simple_chunk(chunk)
        if cuts is None:
            for token in self._tokenizer(chunk):
                yield lemma_of(token, self._lemma), token.lower_, token.idx, token.idx + len(token)
            return
        for start, end in cuts:
            word = chunk[start:end]
            yield self._lemma(self._norm(word).lower()), word.lower(), start, end

    def lemma(self, token: Token) -> str:
        """Return the lemma of a token of a Doc, the same as within its chunk."""
        return lemma_of(token, self._lemma)

    def lemmas(self, phrase: str) -> tuple[str, ...]:
        """Return the lemmas of a phrase."""
        return tuple(lemma for chunk in phrase.split() for lemma, *_ in self[chunk])


def _make_simple_cutter(nlp: Language) -> Callable[[str], tuple[tuple[int, int], ...] | None]:
    """Return the function that tells how spaCy cuts a simple chunk; None says: ask spaCy.

    A chunk that is no special case and has no prefix, suffix or infix by spaCy's own rules is one token; what it has
    but for that before or after it is a token more. Most chunks are of these kinds, and told so they need no Doc.
    """
    from spacy.tokenizer import Tokenizer

    tokenizer: Any = nlp.tokenizer
    if type(tokenizer) is not Tokenizer or not (tokenizer.prefix_search and tokenizer.suffix_search):
        return lambda _chunk: None
    special, prefix, suffix = tokenizer.rules or {}, tokenizer.prefix_search, tokenizer.suffix_search
    infixes, kept = tokenizer.infix_finditer or (lambda _chunk: ()), tokenizer.token_match
    is_plain = _make_letters_test(tokenizer)

    def whole(chunk: str) -> bool:
        if chunk in special:
            return False
        return is_plain(chunk) or (suffix(chunk) is None and next(iter(infixes(chunk)), None) is None)

    def cuts(chunk: str) -> tuple[tuple[int, int], ...] | None:
        if kept is not None or chunk in special:
            return None
        if is_plain(chunk):
            return ((0, len(chunk)),)
        before = prefix(chunk)
        first = len(before[0]) if before else 0
        rest = chunk[first:]
        after = suffix(rest) if rest else None
        last = len(chunk) - (len(after[0]) if after else 0)
        core = chunk[first:last]
        odd = (before and (before[0] in special or rest in special or prefix(core))) or (
            after and (after[0] in special or chunk[:last] in special)
        )
        if odd or not core or not whole(core):
            return None
        return tuple((at, to) for at, to in ((0, first), (first, last), (last, len(chunk))) if at < to)

    return cuts


def _make_letters_test(tokenizer: Any) -> Callable[[str], bool]:
    """Return the function that tells of a chunk that no rule of the tokenizer can cut it: it has ASCII letters only."""
    searches = (tokenizer.prefix_search, tokenizer.suffix_search, tokenizer.infix_finditer)
    if all(search is None or needs_non_letter(search.__self__) for search in searches):
        return lambda chunk: chunk.isascii() and chunk.isalpha()
    return lambda _chunk: False
