"""The maker of a spaCy pipeline that the user has trained, with span categorisers, rulers or text categorisers."""

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
from qualcode.suggest.embedding.model_files import first_error_line
from qualcode.suggest.makers.maker_plugins import Proposal
from qualcode.suggest.makers.network_guard import block_network

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_SPANS = ("spancat", "spancat_singlelabel", "span_ruler")
_ENTITIES = ("entity_ruler", "future_entity_ruler")
_CATEGORIES = ("textcat_multilabel", "textcat")
_SUPPORTED = (*_SPANS, *_ENTITIES, *_CATEGORIES)

_MAX_WORDS = 40
"""Distinct words of a sentence that are left out one by one, at most."""
_MAX_REASONS = 3
"""Words in a reason at most."""
_MIN_DROP = 0.01
"""A word is a reason if the score falls at least by this without it."""
_QUOTE_LENGTH = 60
"""Characters of a quote in a reason at most."""


def load_spacy_maker(path: str, book: Codebook) -> tuple[SpacyMaker, list[str]]:
    """Load a pipeline by its folder or package; return its maker, and a note on labels that are no codes.

    Raises
    ------
    OperationError
        The pipeline cannot be loaded, has no supported component, or none of its labels is a code.
    """
    maker = SpacyMaker(path, _load_pipeline(path))
    codes = maker.codes_by_label(book)
    unknown = [label for label in maker.labels if label not in codes]
    if not codes:
        labels = format_names(maker.labels) or "none"
        raise OperationError(f"pipeline '{path}': none of its labels is a code of this codebook (labels: {labels})")
    return maker, [f"ignored labels of {maker.name} that are no codes: {format_names(unknown)}"] if unknown else []


def _load_pipeline(path: str) -> Language:
    import spacy

    # A pipeline package may run code of its own when it is loaded.
    with block_network(_maker_name(path)):
        try:
            nlp = spacy.load(path)
        except Exception as error:  # whatever a package or a damaged folder raises
            raise OperationError(f"spaCy pipeline '{path}' cannot be loaded ({first_error_line(error)})") from error
    if not any(nlp.get_pipe_meta(name).factory in _SUPPORTED for name in nlp.pipe_names):
        needed, components = ", ".join(_SUPPORTED), ", ".join(nlp.pipe_names) or "none"
        raise OperationError(f"pipeline '{path}' needs one of the components {needed} (it has: {components})")
    return nlp


def _maker_name(path: str) -> str:
    """Return the name of a pipeline as a maker: that of its folder or package."""
    return f"spacy:{Path(path).resolve().name if Path(path).is_dir() else path}"


class SpacyMaker:
    """Proposes the spans and categories that a spaCy pipeline predicts: spans in turns, categories of sentences."""

    remote = ""

    def __init__(self, path: str, nlp: Language) -> None:
        self.name = _maker_name(path)
        self._nlp = nlp
        self._kinds: dict[str, str] = {name: nlp.get_pipe_meta(name).factory for name in nlp.pipe_names}
        labels = (str(label) for name in self._components_of(*_SUPPORTED) for label in self._pipe(name).labels)
        self.labels = list(dict.fromkeys(labels))

    def _pipe(self, name: str) -> Any:
        return self._nlp.get_pipe(name)

    def codes_by_label(self, book: Codebook) -> dict[str, str]:
        """Return the code of each label: by its id, former id, or a name that only one code has."""
        # A name that two codes have does not identify one of them.
        counts = Counter(code.name.casefold() for code in book.codes)
        by_name = {code.name.casefold(): code.id for code in book.codes if counts[code.name.casefold()] == 1}
        current = {label: book.current_id(label) for label in self.labels}
        by_id = {label: code for label, code in current.items() if code in book.by_id}
        # by_id is on the right, so that an id takes precedence over an equal name.
        return {label: by_name[label.casefold()] for label in current if label.casefold() in by_name} | by_id

    def propose(self, transcript: Transcript, sentences: Sequence[Span], book: Codebook) -> Iterator[Proposal]:
        """Yield the proposals of all supported components of the pipeline."""
        codes = self.codes_by_label(book)
        # Whole turns, because span components may predict spans across sentences.
        turns = [(turn.start, turn.end) for turn in transcript.participant_turns if turn.start < turn.end]
        if self._components_of(*_SPANS, *_ENTITIES):
            # Categories are computed on sentences below; those of whole turns would not be used.
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
        """Yield what components have marked in a Doc: component, span and score (1 for matches of rules)."""
        for name in self._components_of(*_SPANS):
            key = getattr(self._pipe(name), "key", None)
            group = doc.spans[key] if key and key in doc.spans else ()
            scores = getattr(group, "attrs", {}).get("scores")
            for number, span in enumerate(group):
                yield name, span, 1.0 if scores is None else _clip_score(scores[number])
        rulers = [
            name
            for name in self._components_of(*_ENTITIES, "span_ruler")
            # Only span rulers have this option; an entity_ruler always writes to doc.ents.
            if getattr(self._pipe(name), "annotate_ents", True)
        ]
        # All rulers write to the same doc.ents, which does not record by which of them; the first is named once.
        yield from ((name, span, 1.0) for name in rulers[:1] for span in doc.ents)


def _propose_spans(spans: Iterable[tuple[str, Any, float]], start: int, codes: Mapping[str, str]) -> Iterator[Proposal]:
    for component, span, score in spans:
        words = span.text.strip()
        # A predicted span may be white space alone, which cannot be coded.
        if span.label_ in codes and words:
            # Tokens of white space may be at both ends of a predicted span.
            first = start + span.start_char + span.text.index(words)
            why = f'{component} read "{shorten_text(words, limit=_QUOTE_LENGTH)}" as {codes[span.label_]}'
            rule = f" (pattern {span.id_})" if span.id_ else ""
            yield Proposal(first, first + len(words), codes[span.label_], score, why + rule)


def _clip_score(score: Any) -> float:
    """Return a score as a number from 0 to 1: those of arrays may be a little outside."""
    return min(1.0, max(0.0, float(score.item() if hasattr(score, "item") else score)))


class SentenceCategorizer:
    """Applies a text categoriser to sentences; reasons are the words without which its score falls."""

    def __init__(self, nlp: Language, name: str, codes: Mapping[str, str]) -> None:
        pipe: Any = nlp.get_pipe(name)
        self._nlp = nlp
        self._name = name
        self._codes = codes
        self._is_exclusive = nlp.get_pipe_meta(name).factory == "textcat"
        self._labels = [str(label) for label in pipe.labels]
        self._threshold = float(pipe.cfg.get("threshold") or 0.0)

    def propose(self, text: str, sentences: Sequence[Span]) -> Iterator[Proposal]:
        """Yield a proposal for each sentence and label from the threshold on (of exclusive labels, for the highest)."""
        docs = self._nlp.pipe(text[start:end] for start, end in sentences)
        selected = {
            span: scores for span, doc in zip(sentences, docs, strict=True) if (scores := self._select_scores(doc.cats))
        }
        for span, without in self._score_without_words(text, selected).items():
            for label, score in selected[span].items():
                why = self._format_reason(text[slice(*span)], label, score, without)
                yield Proposal(*span, self._codes[label], score, why)

    def _select_scores(self, cats: Mapping[str, float]) -> dict[str, float]:
        """Return the scores from the threshold on, of labels that are codes."""
        scores = {label: _clip_score(cats.get(label, 0.0)) for label in self._labels}
        high = [label for label, score in scores.items() if score >= self._threshold]
        # Exclusive labels: their scores add up to 1, so the highest is the prediction.
        selected = [max(scores, key=scores.__getitem__)] if self._is_exclusive else high
        return {label: scores[label] for label in selected if label in self._codes}

    def _score_without_words(self, text: str, spans: Iterable[Span]) -> dict[Span, dict[str, Mapping[str, float]]]:
        """Return the scores of each sentence without each of its words, computed in one batch."""
        # Computed only for sentences with a suggestion, since it multiplies the calls by the number of words.
        cuts = [(span, word, cut) for span in spans for word, cut in remove_each_word(text[slice(*span)])]
        docs = self._nlp.pipe(cut for _, _, cut in cuts)
        scores: dict[Span, dict[str, Mapping[str, float]]] = {span: {} for span in spans}
        for (span, word, _), doc in zip(cuts, docs, strict=True):
            scores[span][word] = doc.cats
        return scores

    def _format_reason(
        self, sentence: str, label: str, score: float, without: Mapping[str, Mapping[str, float]]
    ) -> str:
        """Return the reason for a label, from the scores ``without`` each word."""
        reason = f"{self._name} gives {score:.2f}"
        if not without:
            return f'{reason} to "{shorten_text(sentence, limit=_QUOTE_LENGTH)}"'
        scores = {word: _clip_score(cats.get(label, 0.0)) for word, cats in without.items()}
        # The lowest remaining score first: the word with the greatest effect.
        words = sorted((word for word in scores if score - scores[word] >= _MIN_DROP), key=scores.__getitem__)
        if not words:
            return f"{reason}; no single word carries it"
        return f"{reason}; " + ", ".join(f'without "{word}" {scores[word]:.2f}' for word in words[:_MAX_REASONS])


def remove_each_word(sentence: str, *, limit: int = _MAX_WORDS) -> Iterator[tuple[str, str]]:
    """Yield each distinct word (at most ``limit``) with the sentence without it; nothing if there is only one.

    >>> list(remove_each_word("No budget, no plan."))
    [('No', 'budget, plan.'), ('budget', 'No , no plan.'), ('plan', 'No budget, no .')]
    """
    places: dict[str, list[Span]] = {}
    for word in word_spans(sentence, 0, len(sentence)):
        place = _strip_punctuation(sentence, *word)
        places.setdefault(sentence[slice(*place)].casefold(), []).append(place)
    if len(places) > 1:
        for spans in islice(places.values(), limit):
            yield sentence[slice(*spans[0])], _remove_spans(sentence, spans)


def _strip_punctuation(text: str, start: int, end: int) -> Span:
    """Return a word's span without what is neither letter nor digit at its ends."""
    # word_spans guarantees a letter or digit in each word, so both loops end.
    while not text[start].isalnum():
        start += 1
    while not text[end - 1].isalnum():
        end -= 1
    return start, end


def _remove_spans(text: str, spans: Sequence[Span]) -> str:
    parts, begin = [], 0
    for start, end in spans:
        parts.append(text[begin:start])
        begin = end
    return " ".join("".join([*parts, text[begin:]]).split())
