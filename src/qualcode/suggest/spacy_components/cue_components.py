"""spaCy components for sentences, lemmas and cues, for ``nlp.add_pipe`` on any pipeline.

nlp = spacy.blank("en")
nlp.add_pipe("qualcode_sentences")
nlp.add_pipe("qualcode_lemmas")
nlp.add_pipe("qualcode_cues", config={"codebooks": ["codebooks/challenges.yaml"]})
nlp("They pushed back.").spans["qualcode"]
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from spacy.language import Language

from qualcode.codebook import read_codebook
from qualcode.errors import FileProblemsError
from qualcode.segments import SentenceRules, get_sentence_rules, sentence_spans
from qualcode.suggest.cues.codebook_cues import CodebookCueFinder
from qualcode.suggest.cues.tokenizer import lemma_of, lemmatizer

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.tokens import Doc


@Language.factory("qualcode_sentences", assigns=["token.is_sent_start"], default_config={"abbreviations": []})
def make_sentences(nlp: Language, name: str, abbreviations: list[str]) -> Callable[[Doc], Doc]:
    """Return the component that sets sentence starts by qualcode's splitter."""
    return SentenceComponent(nlp.lang or "xx", tuple(abbreviations))


@Language.factory("qualcode_lemmas", assigns=["token.lemma"])
def make_lemmas(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    """Return the component that sets each token's lemma, without a trained model."""
    return LemmaComponent(nlp.lang or "xx")


@Language.factory(
    "qualcode_cues",
    assigns=["doc.spans"],
    default_config={"codebooks": [], "spans_key": "qualcode"},
)
def make_cues(nlp: Language, name: str, codebooks: list[str], spans_key: str) -> Callable[[Doc], Doc]:
    """Return the component that writes the cues of codebook files to ``doc.spans``.

    Raises
    ------
    FileProblemsError
        A codebook file has problems.
    """
    paths = [Path(path).absolute() for path in codebooks]
    # read_codebook needs a folder above all files, and names them relative to it in messages.
    root = Path.cwd() if all(path.is_relative_to(Path.cwd()) for path in paths) else Path(paths[0].anchor)
    book, problems = read_codebook(paths, root=root)
    if problems:
        raise FileProblemsError(problems)
    return CueComponent(CodebookCueFinder(book, nlp), spans_key, get_sentence_rules(nlp.lang or "xx"))


_WHITE_SPACE = re.compile(r"\s*")


class SentenceComponent:
    """Sets ``token.is_sent_start`` by the splitter that also defines sentences as units of counts."""

    def __init__(self, language: str, abbreviations: tuple[str, ...] = ()) -> None:
        self._rules = get_sentence_rules(language, abbreviations)

    def __call__(self, doc: Doc) -> Doc:
        """Mark the first token of each sentence."""
        text = doc.text
        ends = (end for _, end in sentence_spans(text, 0, len(text), sentence_rules=self._rules))
        # From the end of the sentence before: a bullet, which is in no sentence, belongs to the words behind it.
        starts = {match.end() for end in ends if (match := _WHITE_SPACE.match(text, end))}
        for token in doc:
            # A sentence may begin inside a token of spaCy; that token is then its first.
            token.is_sent_start = token.i == 0 or not starts.isdisjoint(range(token.idx, token.idx + len(token)))
        return doc


class LemmaComponent:
    """Sets ``token.lemma_`` from simplemma on the lower-cased norm."""

    def __init__(self, language: str) -> None:
        self._lemma = lemmatizer(language)

    def __call__(self, doc: Doc) -> Doc:
        """Set the lemma of every token."""
        for token in doc:
            token.lemma_ = token.text if token.is_space else lemma_of(token, self._lemma)
        return doc


class CueComponent:
    """Writes cues to ``doc.spans``, labelled with their code, without those that an ``unless`` cue vetoes.

    Sentences are those of the pipeline or, if it has set none, those of qualcode's splitter.
    """

    def __init__(self, finder: CodebookCueFinder, spans_key: str, rules: SentenceRules) -> None:
        self._finder = finder
        self._key = spans_key
        self._rules = rules

    def __call__(self, doc: Doc) -> Doc:
        """Find the cues in each sentence of the Doc."""
        sentences = (
            [(sentence.start_char, sentence.end_char) for sentence in doc.sents]
            if doc.has_annotation("SENT_START")
            else list(sentence_spans(doc.text, 0, len(doc.text), sentence_rules=self._rules))
        )
        spans = [
            doc.char_span(match.start, match.end, label=self._finder.cues[match.cue].code, alignment_mode="expand")
            # expand: a cue may end inside a token of a pipeline with another tokenizer.
            for match in self._finder.drop_vetoed(self._finder.find(doc.text, sentences))
        ]
        doc.spans[self._key] = [span for span in spans if span is not None]
        return doc
