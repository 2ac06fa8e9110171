"""The spaCy components for sentences, lemmas and cues, added by name."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from qualcode.errors import FileProblemsError
from qualcode.segments import get_sentence_rules, sentence_spans

BOOK = """family: challenges
name: Challenges
codes:
  - id: culture
    name: Culture
    cues:
      - phrase: push back
      - regex: '\\brisk[- ]averse\\b'
      - unless: {phrase: no problem}
  - id: money
    name: Money
    cues:
      - pattern: [{LEMMA: no}, {LEMMA: budget}]
"""


@pytest.fixture
def codebook(tmp_path: Path) -> Path:
    path = tmp_path / "challenges.yaml"
    path.write_text(BOOK, encoding="utf-8")
    return path


@pytest.fixture
def pipeline(codebook: Path) -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("qualcode_sentences")
    nlp.add_pipe("qualcode_lemmas")
    nlp.add_pipe("qualcode_cues", config={"codebooks": [str(codebook)]})
    return nlp


def test_spacy_finds_the_components_without_an_import(pipeline: Language) -> None:
    assert pipeline.pipe_names == ["qualcode_sentences", "qualcode_lemmas", "qualcode_cues"]
    checked = pipeline.analyze_pipes()
    assert checked is not None
    assert checked["problems"] == {name: [] for name in pipeline.pipe_names}


def test_cues_alone_use_the_sentence_splitter(codebook: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("qualcode_cues", config={"codebooks": [str(codebook)]})
    doc = nlp("Dr. Li pushes back. No problem, they push back. We have no budget.")
    assert [(span.text, span.start_char) for span in doc.spans["qualcode"]] == [("pushes back", 7), ("no budget", 56)]
    assert not doc.has_annotation("SENT_START")
    assert not nlp("").spans["qualcode"]


def test_cues_become_spans_labelled_with_their_code(pipeline: Language) -> None:
    doc = pipeline("Dr. Li pushes back. We push back: no budgets, and risk-averse. No problem, they push back.")
    assert [(span.text, span.label_, span.start_char) for span in doc.spans["qualcode"]] == [
        ("pushes back", "challenges/culture", 7),
        ("push back", "challenges/culture", 23),
        ("risk-averse", "challenges/culture", 50),
        ("no budgets", "challenges/money", 34),
    ]
    assert [sentence.text for sentence in doc.sents] == [
        "Dr. Li pushes back.",
        "We push back: no budgets, and risk-averse.",
        "No problem, they push back.",
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "Nothing of it."])
def test_text_without_cues_has_no_spans(pipeline: Language, text: str) -> None:
    assert list(pipeline(text).spans["qualcode"]) == []


def test_spans_key_can_be_changed(codebook: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("qualcode_sentences")
    nlp.add_pipe("qualcode_cues", config={"codebooks": [str(codebook)], "spans_key": "mine"})
    doc = nlp("They pushed back.")
    assert [span.text for span in doc.spans["mine"]] == ["pushed back"]
    assert list(doc.spans) == ["mine"]


def test_cues_use_the_sentences_of_the_pipeline(codebook: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("qualcode_cues", config={"codebooks": [str(codebook)]})
    doc = nlp("No problem with Dr. Who. They push back.")
    assert [span.text for span in doc.spans["qualcode"]] == ["push back"]


def test_codebook_paths_may_be_relative(codebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(codebook.parent)
    nlp = spacy.blank("en")
    nlp.add_pipe("qualcode_sentences")
    nlp.add_pipe("qualcode_cues", config={"codebooks": ["challenges.yaml"]})
    doc = nlp("We push back.")
    assert len(doc.spans["qualcode"]) == 1


def test_codebook_with_problems_is_refused(codebook: Path) -> None:
    codebook.write_text(BOOK.replace("phrase: push back", "phrase: 7"), encoding="utf-8")
    with pytest.raises(FileProblemsError):
        spacy.blank("en").add_pipe("qualcode_cues", config={"codebooks": [str(codebook)]})


def test_lemmas_of_upper_case_and_contractions() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("qualcode_lemmas")
    doc = nlp("We’ve left. Budgets didn't SHRINK")
    assert [token.lemma_ for token in doc] == ["we", "have", "leave", ".", "budget", "do", "not", "shrink"]


def test_abbreviations_can_be_added() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("qualcode_sentences", config={"abbreviations": ["Abt."]})
    assert [sentence.text for sentence in nlp("Our Abt. Sales left. So?").sents] == ["Our Abt. Sales left.", "So?"]


PIECES = (
    "a I no No. 5 Dr. J. etc. Yes. why? Stop! \"So.\" (ok.) … ... . ?! 。 ؟ “Well, it's don't 3.5 x.y — \n \n\n \t :)"
).split(" ")


@settings(deadline=None)
@given(st.lists(st.sampled_from([*PIECES, "", "\n\n"]), max_size=20).map(" ".join))
def test_sentences_equal_those_of_the_splitter(text: str) -> None:
    nlp = _sentence_pipeline()
    expected = [text[a:b] for a, b in sentence_spans(text, 0, len(text), sentence_rules=get_sentence_rules("en"))]
    assert [sentence.text.strip() for sentence in nlp(text).sents if sentence.text.strip()] == expected


@cache
def _sentence_pipeline() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("qualcode_sentences")
    return nlp
