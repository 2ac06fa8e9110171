"""The maker of a spaCy pipeline that the user has trained: span categorisers, rulers and text categorisers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.anchors import Span
from qualcode.errors import OperationError, format_names, shorten_text
from qualcode.model import Codebook, Transcript
from qualcode.segments import word_spans
from qualcode.suggest.makers.maker_plugins import Proposal
from qualcode.suggest.makers.network_guard import block_network

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_SPANS = ("spancat", "spancat_singlelabel", "span_ruler")
_ENTITIES = ("entity_ruler", "future_entity_ruler")
_CATEGORIES = ("textcat_multilabel", "textcat")
_SUPPORTED = (*_SPANS, *_ENTITIES, *_CATEGORIES)

_MOST_WORDS = 40
"""Distinct words of a sentence that are left out one by one at the most."""
_MOST_REASONS = 3
"""Words named as reasons at the most."""
_LEAST_DROP = 0.01
"""By how much a score has to fall without a word for it to be a reason."""
_QUOTE_LENGTH = 60
"""Characters of a quote in a reason at the most."""


def load_spacy_maker(path: str, book: Codebook) -> tuple[SpacyMaker, list[str]]:
    """Load a pipeline by its folder or package; return its maker, and a sentence on labels that are no codes."""
    maker = SpacyMaker(path, _load_pipeline(path))
    codes = maker.codes_by_label(book)
    unknown = [label for label in maker.labels if label not in codes]
    if not codes:
        said = f"no label of pipeline '{path}' is a code of this codebook"
        raise OperationError(f"{said} (its labels: {format_names(maker.labels) or 'none'})")
    return maker, [f"labels of {maker.name} that are no codes, passed over: {format_names(unknown)}"] if unknown else []


def _load_pipeline(path: str) -> Language:
    import spacy

    with block_network(_maker_name(path)):
        try:
            nlp = spacy.load(path)
        except Exception as error:  # whatever a package or a damaged folder raises
            said = next(iter(str(error).strip().splitlines()), "") or type(error).__name__
            raise OperationError(f"no spaCy pipeline '{path}' can be loaded here ({said})") from error
    if not any(nlp.get_pipe_meta(name).factory in _SUPPORTED for name in nlp.pipe_names):
        has = ", ".join(nlp.pipe_names) or "nothing"
        raise OperationError(f"pipeline '{path}' suggests no codes: it has none of {', '.join(_SUPPORTED)} ({has})")
    return nlp


def _maker_name(path: str) -> str:
    """Return what a pipeline is called as a maker: by its folder, or its package."""
    return f"spacy:{Path(path).resolve().name if Path(path).is_dir() else path}"


class SpacyMaker:
    """Proposes what a spaCy pipeline reads: spans in turns, categories of sentences; labels are codes."""

    remote = ""

    def __init__(self, path: str, nlp: Language) -> None:
        self.name = _maker_name(path)
        self._nlp = nlp
        self._kinds: dict[str, str] = {name: nlp.get_pipe_meta(name).factory for name in nlp.pipe_names}
        own = [name for name, kind in self._kinds.items() if kind in _SUPPORTED]
        self.labels = list(dict.fromkeys(str(label) for name in own for label in self._pipe(name).labels))

    def _pipe(self, name: str) -> Any:
        return self._nlp.get_pipe(name)

    def codes_by_label(self, book: Codebook) -> dict[str, str]:
        """Return the codes that labels stand for: by id, former id, or a name that only one code has."""
        many = Counter(code.name.casefold() for code in book.codes)
        named = {code.name.casefold(): code.id for code in book.codes if many[code.name.casefold()] == 1}
        present = {label: book.current_id(label) for label in self.labels}
        known = {label: code for label, code in present.items() if code in book.by_id}
        return {label: named[label.casefold()] for label in present if label.casefold() in named} | known

    def propose(self, transcript: Transcript, sentences: Sequence[Span], book: Codebook) -> Iterator[Proposal]:
        """Yield proposals from all components of the pipeline that read codes."""
        codes = self.codes_by_label(book)
        turns = [(turn.start, turn.end) for turn in transcript.participant_turns if turn.start < turn.end]
        if self._components_of(*_SPANS, *_ENTITIES):
            with self._disable(_CATEGORIES):
                docs = self._nlp.pipe(transcript.text[start:end] for start, end in turns)
                for doc, (start, _) in zip(docs, turns, strict=True):
                    yield from _propose_spans(self._find_spans(doc), start, codes)
        for name in self._components_of(*_CATEGORIES):
            with self._disable((*_SPANS, *_ENTITIES)):
                yield from SentenceCategorizer(self._nlp, name, codes).propose(transcript.text, sentences)

    def _components_of(self, *kinds: str) -> list[str]:
        return [name for name, kind in self._kinds.items() if kind in kinds]

    def _disable(self, kinds: Iterable[str]) -> Any:
        return self._nlp.select_pipes(disable=self._components_of(*kinds))

    def _find_spans(self, doc: Doc) -> Iterator[tuple[str, Any, float]]:
        """Yield what components have marked in a Doc: component, span, score (1 where a rule has matched)."""
        for name in self._components_of(*_SPANS):
            key = getattr(self._pipe(name), "key", None)
            group = doc.spans[key] if key and key in doc.spans else ()
            scores = getattr(group, "attrs", {}).get("scores")
            for number, span in enumerate(group):
                yield name, span, 1.0 if scores is None else _clip_score(scores[number])
        ruling = [name for name in self._components_of(*_ENTITIES, "span_ruler") if self._marks_entities(name)]
        yield from ((name, span, 1.0) for name in ruling[:1] for span in doc.ents)

    def _marks_entities(self, name: str) -> bool:
        return bool(getattr(self._pipe(name), "annotate_ents", True))


def _propose_spans(found: Iterable[tuple[str, Any, float]], start: int, codes: Mapping[str, str]) -> Iterator[Proposal]:
    for component, span, score in found:
        words = span.text.strip()
        if span.label_ in codes and words:
            first = start + span.start_char + span.text.index(words)
            why = f'{component} read "{shorten_text(words, limit=_QUOTE_LENGTH)}" as {codes[span.label_]}'
            rule = f" (pattern {span.id_})" if span.id_ else ""
            yield Proposal(first, first + len(words), codes[span.label_], score, why + rule)


def _clip_score(score: Any) -> float:
    """Return a score as a number from 0 to 1: those of arrays are a little off at either end."""
    return min(1.0, max(0.0, float(score.item() if hasattr(score, "item") else score)))


class SentenceCategorizer:
    """A text categoriser over sentences, with the words without which its score falls."""

    def __init__(self, nlp: Language, name: str, codes: Mapping[str, str]) -> None:
        pipe: Any = nlp.get_pipe(name)
        self._nlp = nlp
        self._name = name
        self._codes = codes
        self._is_exclusive = nlp.get_pipe_meta(name).factory == "textcat"
        self._labels = [str(label) for label in pipe.labels]
        self._threshold = float(pipe.cfg.get("threshold") or 0.0)

    def propose(self, text: str, sentences: Sequence[Span]) -> Iterator[Proposal]:
        """Yield a proposal for each sentence and label above the threshold (of exclusive labels, the highest)."""
        docs = self._nlp.pipe(text[start:end] for start, end in sentences)
        read = {
            span: scores for span, doc in zip(sentences, docs, strict=True) if (scores := self._select_scores(doc.cats))
        }
        for span, without in self._score_without_words(text, read).items():
            for label, score in read[span].items():
                why = self._why(text[slice(*span)], label, score, without)
                yield Proposal(*span, self._codes[label], score, why)

    def _select_scores(self, cats: Mapping[str, float]) -> dict[str, float]:
        """Return the scores that are high enough, of labels that are codes."""
        scores = {label: _clip_score(cats.get(label, 0.0)) for label in self._labels}
        high = [label for label, score in scores.items() if score >= self._threshold]
        kept = [max(scores, key=scores.__getitem__)] if self._is_exclusive else high
        return {label: scores[label] for label in kept if label in self._codes}

    def _score_without_words(self, text: str, spans: Iterable[Span]) -> dict[Span, dict[str, Mapping[str, float]]]:
        """Return the scores of each sentence without each of its words: all of them are read in one batch."""
        cuts = [(span, word, cut) for span in spans for word, cut in remove_each_word(text[slice(*span)])]
        docs = self._nlp.pipe(cut for _, _, cut in cuts)
        found: dict[Span, dict[str, Mapping[str, float]]] = {span: {} for span in spans}
        for (span, word, _), doc in zip(cuts, docs, strict=True):
            found[span][word] = doc.cats
        return found

    def _why(self, sentence: str, label: str, score: float, without: Mapping[str, Mapping[str, float]]) -> str:
        left = {word: _clip_score(cats.get(label, 0.0)) for word, cats in without.items()}
        named = sorted((word for word in left if score - left[word] >= _LEAST_DROP), key=left.__getitem__)[
            :_MOST_REASONS
        ]
        said = f"{self._name} gives {score:.2f}"
        if not named:
            return (
                f"{said}; no single word carries it"
                if without
                else f'{said} to "{shorten_text(sentence, limit=_QUOTE_LENGTH)}"'
            )
        return f"{said}; " + ", ".join(f'without "{word}" {left[word]:.2f}' for word in named)


def remove_each_word(sentence: str, *, most: int = _MOST_WORDS) -> Iterator[tuple[str, str]]:
    """Yield each distinct word (at most ``most``) with the sentence without it; nothing where it is the only one.

    >>> list(without_each_word("No budget, no plan."))
    [('No', 'budget, plan.'), ('budget', 'No , no plan.'), ('plan', 'No budget, no .')]
    """
    places: dict[str, list[Span]] = {}
    for word in word_spans(sentence, 0, len(sentence)):
        place = _strip_punctuation(sentence, *word)
        places.setdefault(sentence[slice(*place)].casefold(), []).append(place)
    if len(places) > 1:
        for spans in islice(places.values(), most):
            yield sentence[slice(*spans[0])], _remove_spans(sentence, spans)


def _strip_punctuation(text: str, start: int, end: int) -> Span:
    """Leave out what is neither letter nor digit on either side of a word."""
    while not text[start].isalnum():
        start += 1
    while not text[end - 1].isalnum():
        end -= 1
    return start, end


def _remove_spans(text: str, spans: Sequence[Span]) -> str:
    kept, begin = [], 0
    for start, end in spans:
        kept.append(text[begin:start])
        begin = end
    return " ".join("".join([*kept, text[begin:]]).split())
