"""Tokens and lemmas: the tokenizer of spaCy's blank pipeline, and simplemma's lemmas of lower-cased words."""

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
"""Entries of each cache (tokens of chunks, lemmas of words) at most, so that memory is bounded."""

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
"""English words whose lemma simplemma gives wrongly or not at all."""

ChunkToken = tuple[str, str, int, int]
"""A token: lemma, lower-cased form, start and end within the chunk or sentence it was taken from."""


def load_blank_pipeline(language: str) -> Language:
    """Return spaCy's blank pipeline of a language, or of any language ("xx") if spaCy does not know it.

    Raises
    ------
    OperationError
        The language's tokenizer needs a package that is not installed.
    """
    import spacy
    from spacy.util import get_lang_class

    try:
        # A known language passes here even if its tokenizer's package is missing, which is an error below.
        get_lang_class(language)
    except ImportError:
        language = "xx"
    try:
        return spacy.blank(language)
    except ImportError as error:
        raise OperationError(
            f"language '{language}': its tokenizer needs another package: {str(error).splitlines()[0]}"
        ) from None


@lru_cache(maxsize=4)
def lemmatizer(language: str) -> Callable[[str], str]:
    """Return the function from a lower-cased word to its lemma (the word itself where none is known)."""
    import simplemma

    lemmatize = simplemma.Lemmatizer(cache_max_size=1).lemmatize  # the cache below is enough
    try:
        # simplemma raises ValueError at the first call for a language that it does not have.
        lemmatize("a", lang=language)
    except ValueError:
        return str
    overrides = _OVERRIDES if language == "en" else {}

    @lru_cache(maxsize=_CACHE_SIZE)
    def lemma(word: str) -> str:
        # simplemma capitalises some lemmas; .lower() makes lemmas of text and phrase comparable.
        return overrides.get(word) or str(lemmatize(word, lang=language)).lower()

    return lemma


def lemma_of(token: Token, lemma: Callable[[str], str]) -> str:
    """Return a token's lemma from its norm, so that "n't" is "not" and "'ve" is "have"."""
    return lemma(token.norm_.lower())


class ChunkTokenizer:
    """Tokens of chunks (text between white space), cached: spaCy never tokenises across white space."""

    def __init__(self, nlp: Language) -> None:
        from spacy.attrs import NORM

        vocab: Any = nlp.vocab
        self._tokenizer = nlp.tokenizer
        self._lemma = lemmatizer(nlp.lang or "xx")
        # The vocabulary's function gives the norm of a string without a Doc.
        self._norm: Callable[[str], str] = vocab.lex_attr_getters[NORM]
        self._cut_simple_chunk = _make_simple_cutter(nlp)
        self._tokens_by_chunk: dict[str, tuple[ChunkToken, ...]] = {}
        self._mark_cache: dict[str, tuple[str, str]] = {}

    def __getitem__(self, chunk: str) -> tuple[ChunkToken, ...]:
        tokens = self._tokens_by_chunk.get(chunk)
        if tokens is None:
            # Clearing all is cheaper than tracking use, and frequent chunks soon are in the cache again.
            if len(self._tokens_by_chunk) > _CACHE_SIZE:
                self._tokens_by_chunk.clear()
            tokens = self._tokens_by_chunk[chunk] = tuple(self._tokenize(chunk))
        return tokens

    def words(self, chunk: str) -> Iterable[str]:
        """Return the lemmas and lower-cased forms of a chunk's tokens, without caching the chunk."""
        spans = self._cut_simple_chunk(chunk)
        if spans is None:
            return [word for lemma, lower, _, _ in self._tokenize(chunk) for word in (lemma, lower)]
        if len(spans) == 1:
            return self._lemma_and_form(chunk)
        # The longest token is the word; those around it are punctuation marks, which recur.
        longest = max(spans, key=lambda span: span[1] - span[0])
        words = list(self._lemma_and_form(chunk[slice(*longest)]))
        for span in spans:
            if span is not longest:
                words += self._cached_lemma_and_form(chunk[slice(*span)])
        return words

    def _lemma_and_form(self, word: str) -> tuple[str, str]:
        """Return lemma and lower-cased form of a token."""
        return self._lemma(self._norm(word).lower()), word.lower()

    def _cached_lemma_and_form(self, mark: str) -> tuple[str, str]:
        """Return lemma and lower-cased form of a mark before or after a word: there are few such marks."""
        pair = self._mark_cache.get(mark)
        if pair is None:
            if len(self._mark_cache) > _CACHE_SIZE:
                self._mark_cache.clear()
            pair = self._mark_cache[mark] = self._lemma_and_form(mark)
        return pair

    def _tokenize(self, chunk: str) -> Iterator[ChunkToken]:
        spans = self._cut_simple_chunk(chunk)
        if spans is None:
            for token in self._tokenizer(chunk):
                yield lemma_of(token, self._lemma), token.lower_, token.idx, token.idx + len(token)
            return
        for start, end in spans:
            yield *self._lemma_and_form(chunk[start:end]), start, end

    def lemma(self, token: Token) -> str:
        """Return the lemma of a token of a Doc."""
        return lemma_of(token, self._lemma)

    def lemmas(self, phrase: str) -> tuple[str, ...]:
        """Return the lemmas of a phrase."""
        return tuple(lemma for chunk in phrase.split() for lemma, *_ in self[chunk])


def _make_simple_cutter(nlp: Language) -> Callable[[str], tuple[tuple[int, int], ...] | None]:
    """Return the function from a chunk to the spans of its tokens as spaCy cuts them; None for what only spaCy can cut.

    A chunk is one token if it is no special case and has no prefix, suffix or infix by spaCy's own rules; one prefix
    and one suffix are tokens of their own. Most chunks are of these kinds and need no Doc.
    """
    from spacy.tokenizer import Tokenizer

    tokenizer: Any = nlp.tokenizer
    # Other tokenizers (Chinese, Japanese, Thai) do not use these rules.
    if type(tokenizer) is not Tokenizer or not (tokenizer.prefix_search and tokenizer.suffix_search):
        return lambda _chunk: None
    # French and Hungarian have one: it takes precedence over the rules below and may match any chunk.
    if tokenizer.token_match is not None:
        return lambda _chunk: None
    prefix, suffix = tokenizer.prefix_search, tokenizer.suffix_search
    special, infixes = tokenizer.rules or {}, tokenizer.infix_finditer or (lambda _chunk: ())
    is_plain = _make_letters_test(tokenizer)

    def is_one_token(chunk: str) -> bool:
        if chunk in special:
            return False
        return is_plain(chunk) or (suffix(chunk) is None and next(iter(infixes(chunk)), None) is None)

    def cut(chunk: str) -> tuple[tuple[int, int], ...] | None:
        # Special cases such as "can't" may be several tokens.
        if chunk in special:
            return None
        if is_plain(chunk):
            return ((0, len(chunk)),)
        before = prefix(chunk)
        start = len(before[0]) if before else 0
        rest = chunk[start:]
        after = suffix(rest) if rest else None
        end = len(chunk) - (len(after[0]) if after else 0)
        core = chunk[start:end]
        # A second prefix, and a special case that remains without its marks, are left to spaCy.
        is_special = (before and (before[0] in special or rest in special or prefix(core))) or (
            after and (after[0] in special or chunk[:end] in special)
        )
        if is_special or not core or not is_one_token(core):
            return None
        return tuple((first, last) for first, last in ((0, start), (start, end), (end, len(chunk))) if first < last)

    return cut


def _make_letters_test(tokenizer: Any) -> Callable[[str], bool]:
    """Return a test that is true only for chunks no rule of the tokenizer can cut: those of ASCII letters alone."""
    searches = (tokenizer.prefix_search, tokenizer.suffix_search, tokenizer.infix_finditer)
    if all(search is None or needs_non_letter(search.__self__) for search in searches):
        return lambda chunk: chunk.isascii() and chunk.isalpha()
    return lambda _chunk: False
