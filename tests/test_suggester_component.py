"""The spaCy component of the trained model, on texts that are not in the study."""

from __future__ import annotations

import tomllib
from importlib import import_module
from pathlib import Path

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc

from qualcode.errors import InsufficientDataError, OperationError, StudyNotFoundError, UsageError
from qualcode.suggest.spacy_components import suggester_factory
from qualcode.suggest.spacy_components.suggester_component import (
    FACTORY_NAME,
    SPANS_KEY,
    SuggestedSpan,
    sort_suggested_spans,
)
from studies import coded_study, small_study

TEXT = "Nobody listens. I wait. Dr. No fears it."


def pipeline(root: Path, **config: object) -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe(FACTORY_NAME, config={"study": str(root), "coder": "ana", **config})
    return nlp


def test_entry_point_is_the_registered_factory() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, name = project["entry-points"]["spacy_factories"][FACTORY_NAME].partition(":")
    assert getattr(import_module(module), name) is suggester_factory.make_suggester
    assert Language.has_factory(FACTORY_NAME)


def test_sentences_become_spans_with_scores_and_reasons(tmp_path: Path) -> None:
    nlp = pipeline(coded_study(tmp_path), min_score=0.0)
    doc = nlp(TEXT)
    group = doc.spans["qualcode_suggestions"]
    scores, why = group.attrs["scores"], group.attrs["why"]
    assert len(group) == len(scores) == len(why) == 3 * 4
    assert list(dict.fromkeys(span.text for span in group)) == ["Nobody listens.", "I wait.", "Dr. No fears it."]
    best = {span.text: span.label_ for span in reversed(list(group))}
    assert best["I wait."] == "skills/patience"
    assert 'cues "wait"' in why[4]
    assert all(0 <= score <= 1 for score in scores)
    assert list(scores[4:8]) == sorted(scores[4:8], reverse=True)


def test_without_min_score_each_code_has_its_threshold(tmp_path: Path) -> None:
    nlp = pipeline(coded_study(tmp_path))
    doc = nlp("I wait.")
    assert [(span.text, span.label_) for span in doc.spans[SPANS_KEY]] == [("I wait.", "skills/patience")]
    assert len(nlp("").spans["qualcode_suggestions"]) == len(nlp(" \n ").spans["qualcode_suggestions"]) == 0


def test_study_is_unchanged_and_doc_can_be_serialised(tmp_path: Path) -> None:
    root = coded_study(tmp_path)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and ".qualcode" not in path.parts}
    nlp = pipeline(root, spans_key="mine")
    doc = nlp("I wait.")
    assert list(doc.spans) == ["mine"]
    restored = Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert [span.label_ for span in restored.spans["mine"]] == ["skills/patience"]
    assert {path: path.read_bytes() for path in before} == before


def test_untrainable_study_and_invalid_options_are_refused(tmp_path: Path) -> None:
    root = small_study(tmp_path / "study")
    with pytest.raises(InsufficientDataError):
        pipeline(root)
    with pytest.raises(OperationError, match="no coder to train on"):
        pipeline(root, coder="")
    with pytest.raises(UsageError, match="from 0 to 1"):
        pipeline(root, min_score=2.0)
    with pytest.raises(StudyNotFoundError):
        pipeline(tmp_path)


def test_most_probable_code_of_a_sentence_comes_first() -> None:
    spans = [SuggestedSpan(9, 12, "a", 0.9, ""), SuggestedSpan(0, 8, "b", 0.2, ""), SuggestedSpan(0, 8, "c", 0.4, "")]
    assert [span.code for span in sort_suggested_spans(spans)] == ["c", "b", "a"]
