"""Explanations of suggestions, as a method and as a command, on the small study that ana has coded."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from qualcode.cli.explanation_commands import format_explanation
from qualcode.errors import InsufficientDataError, UnknownNameError
from qualcode.project import Project
from qualcode.suggest.explanations.explanation import Explanation, SimilarSentence, WeightedReason
from qualcode.suggest.reasons.contributions import Reason
from qualcode.suggest.reasons.reason_line import merge_reasons
from studies import Shell, coded_study, small_study

WAITS = "57c9e3eb24"
"""Dee's "I wait." in D with patience."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return coded_study(tmp_path, coder="ana", ben=False)


def test_explanation_has_reasons_scores_and_words(root: Path) -> None:
    project = Project(root)
    shown = project.suggest(code="skills/patience", min_score=0.5, maker="learner")
    assert list(shown["id"]) == [WAITS]
    why = project.why(WAITS)
    assert (why.transcript, why.turn, why.quote) == ("D", 1, "I wait.")
    assert (why.code, why.name) == ("skills/patience", "Patience")
    assert (why.coder, why.maker) == ("ana", "learner")
    assert why.score == shown["score"][0]
    assert why.why == shown["why"][0]
    assert why.threshold is not None
    assert why.score >= why.threshold
    weights = {reason.text: reason for reason in (*why.reasons_for, *why.reasons_against)}
    assert weights["wait"].kind == "word"
    assert weights["cues of the codebook"].said == '"wait"'
    assert weights["the question asked"].said == "What is hard?"
    assert all(reason.weight > 0 for reason in why.reasons_for)
    assert all(reason.weight < 0 for reason in why.reasons_against)
    sizes = [abs(reason.weight) for reason in why.reasons_for]
    assert sizes == sorted(sizes, reverse=True)
    assert [why.quote[start:end] for start, end, _ in why.words] == ["I", "wait"]


def test_similar_sentences_have_codes_and_coder(root: Path) -> None:
    why = Project(root).why(WAITS)
    assert [(like.transcript, like.turn, like.quote, like.codes, like.coder) for like in why.coded_so] == [
        ("B", 1, "I wait a week.", ("skills/patience",), "ana")
    ]
    assert why.not_coded_so[0].quote == "It’s “fine” — I wait."
    assert why.not_coded_so[0].codes == ()
    assert 1 > why.coded_so[0].alike > why.not_coded_so[1].alike > 0


def test_explanation_is_the_same_after_suggestions_are_listed(root: Path) -> None:
    fresh = Project(root).why(WAITS)
    project = Project(root)
    project.suggestions()
    assert project.why(WAITS) == fresh


def test_explanation_of_cue_suggestion_without_enough_data_to_train(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path, coder="ana"))
    (cue_id,) = project.suggest(code="work/fear", transcripts="A")["id"][:1]
    why = project.why(cue_id)
    assert (why.maker, why.why, why.coder, why.threshold) == ("cues", '"fear"', "", None)
    assert not any((why.reasons_for, why.reasons_against, why.coded_so, why.not_coded_so))
    assert 'by cues; its scores rank and are not probabilities\n  cues: "fear"' in format_explanation(why)


def test_explaining_unknown_ids_or_coders_raises(root: Path) -> None:
    with pytest.raises(UnknownNameError, match="no suggestion 'nothing'"):
        Project(root).why("nothing")
    with pytest.raises(UnknownNameError, match="no coder 'zoe'"):
        Project(root).why(WAITS, learn_from="zoe")


def test_explaining_learner_suggestion_without_finished_transcripts_raises(root: Path) -> None:
    project = Project(root)
    project.suggestions(maker="learner")
    project.done(["A", "B", "C"], coder="ana", undo=True)
    with pytest.raises(InsufficientDataError):
        project.why(WAITS)


def test_why_command_prints_at_most_100_columns(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = Shell(root, capsys)("why", WAITS)
    assert shown.code == 0
    lines = shown.out.splitlines()
    assert max(map(len, lines)) <= 100
    assert lines[:2] == ["D, turn 1, Dee:", "  I wait."]
    assert lines[3].startswith("skills/patience (Patience): 0.")
    # One coding of patience is too few for the model, so the cue counts; the model's reasons follow.
    assert lines[4].startswith('  cues: "wait"')
    assert "model trained on ana's codings, for this code: do not use (too few codings: 1 (minimum 10))" in lines
    assert [line.split() for line in lines if "evidence" in line] == [["evidence", "for", "evidence", "against"]]
    assert "(a weight is in log odds: +0.7 doubles the odds, -0.7 halves them)" in lines
    assert '"I wait a week." [skills/patience]' in shown.out
    assert '"It’s “fine” — I wait." [no code]' in shown.out


def test_why_command_writes_json(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(root, capsys)
    (found,) = shell("why", WAITS, "--format", "json").json
    assert list(found)[:6] == ["id", "transcript", "turn", "start", "end", "speaker"]
    assert found["reasons_for"][0].keys() == {"kind", "text", "weight", "said"}
    assert found["coded_so"][0]["codes"] == ["skills/patience"]
    assert shell("why", WAITS, "-o", tmp_path / "why.json").code == 0
    assert json.loads((tmp_path / "why.json").read_text(encoding="utf-8")) == [found]
    assert shell("why", "nothing").code == 2


def test_printed_explanation_wraps_lines_and_cuts_lists() -> None:
    words = tuple(WeightedReason("word", f"w{number}", 1 - number / 20) for number in range(12))
    around = WeightedReason("around", "the sentence before", -0.5, "word " * 40)
    like = SimilarSentence("T", 3, "word " * 60, ("a/b", "a/c"), "ana", 0.5)
    explanation = Explanation("i", "T", 1, 0, 4, "", "word " * 50, "a/b", "B", 0.2, "learner", "", "ana", 0.3)
    text = format_explanation(replace(explanation, reasons_for=words, reasons_against=(around,), coded_so=(like,)))
    assert max(map(len, text.splitlines())) <= 100
    assert "and 4 more with less weight" in text
    assert "0.20, not shown by default: scores are shown from 0.30 on" in text
    assert "T, turn 1, a participant:" in text
    both = replace(explanation, reasons_for=words[:2], reasons_against=(around,))
    narrow = format_explanation(both, width=60).splitlines()
    assert max(map(len, narrow)) <= 60
    first = narrow.index("evidence for")
    assert narrow[first : first + 5] == [
        *("evidence for", '+1.0 "w0"', '+0.9 "w1"'),
        *("evidence against", "-0.5 the sentence before: word word word word word word…"),
    ]


def test_reasons_of_equal_weight_are_in_the_order_of_the_sentence() -> None:
    """Weights that differ by rounding errors are equal, and a word is written as where it first occurs."""
    third = 1 / 3
    reasons = [
        Reason("word", "late", third + 1e-12, 20, 24),
        Reason("word", "then", third - 0.1, 10, 14),
        Reason("word", "Then", 0.1, 0, 4),
        Reason("word", "we", -third, 5, 7),
        Reason("around", "the question asked", 0.5),
    ]
    for order in (reasons, reasons[::-1]):
        assert [reason.text for reason in merge_reasons(order)] == ["the question asked", "Then", "we", "late"]
    assert merge_reasons(reasons)[1].weight == pytest.approx(third)
