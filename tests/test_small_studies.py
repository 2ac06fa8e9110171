"""Suggestions while little is coded: cues beside the model, verdicts, half-coded transcripts, and fillers."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import small_studies

from builders import book_of
from judging import marked
from learning import corpus_from, taught_by
from qualcode.model import Cue
from qualcode.project import Project
from qualcode.suggest import Suggestions
from qualcode.suggest.learning import LabelledCorpus
from qualcode.suggest.learning.second_stage import LeftOutScores
from qualcode.suggest.learning.training_data import TrainingSet
from qualcode.suggest.metrics.learner_verdicts import choose_min_scores, find_min_score, measure_learner
from qualcode.suggest.suggestion_order import select_best_per_segment, sort_suggestions
from studies import column, records, write
from taught_studies import FEAR, MONEY, NAMES, Said, Taught, coded, taught_study


def half_coded(study: Taught, names: str) -> None:
    """Code the first two of the four answers of interviews, without finishing them."""
    project = Project(study.root)
    for said in study.said:
        if said.transcript in names and said.turn <= 3 and said.code:
            project.code(said.transcript, said.code, said.text)


@pytest.fixture
def small(tmp_path: Path) -> Project:
    """Two interviews are finished, two half coded, five untouched; money has a cue, and fear has none."""
    study = taught_study(tmp_path)
    coded(study, done="AB")
    half_coded(study, "CD")
    return Project(tmp_path)


def with_cue(study: Taught, names: str) -> list[Said]:
    """Return the sentences of interviews with the word "budget", which is the only cue."""
    return [said for said in study.said if said.transcript in names and "budget" in said.text]


# --- cues beside the model -------------------------------------------------------------------------------------


def test_cues_come_first_while_too_little_is_finished_to_judge_the_model(small: Project, tmp_path: Path) -> None:
    found = small.suggestions(transcripts=list("EFGHI"))
    cues = {said.text for said in with_cue(taught_study(tmp_path / "same"), "EFGHI")}
    assert len(cues) == 3
    assert set(found.quote[:3]) == cues
    assert found.maker[:3] == ["cues"] * 3
    assert set(found.code[:3]) == {MONEY}
    assert set(found.maker[3:]) == {"learner"}
    assert set(found.transcript[3:]) == set("EFGHI")  # the untouched interviews have the model's suggestions too
    assert set(found.verdict) == {"do not use"}
    assert set(found.score_type) == {"score"}
    assert found.notes[0].startswith(f"{len(found)} suggestions from the trained model and the codebook's cues")
    assert "scores rank and are not probabilities" in found.notes[2]
    assert "'do not use'): all codes" in found.notes[3]


def test_suggestion_of_cues_and_model_is_one_row_with_both_reasons(small: Project) -> None:
    found = small.suggestions(transcripts="H", code=MONEY)
    assert len(set(found.id)) == len(found)
    text = "The budget is again gone 8."
    why = found.why[found.quote.index(text)]
    cues, model = (small.suggestions(transcripts="H", code=MONEY, maker=maker) for maker in ("cues", "learner"))
    at, among = cues.quote.index(text), model.quote.index(text)
    assert why.startswith(f"{cues.why[at]}; the trained model, {model.score[among]:.2f}: ")
    assert found.id[found.quote.index(text)] == cues.id[at] == model.id[among]
    assert found.score[found.quote.index(text)] == cues.score[at] == 0.5
    assert (set(cues.maker), set(model.maker)) == ({"cues"}, {"learner"})
    assert set(cues.verdict) == {""}
    assert model.notes[3].startswith("on left-out transcripts the model is not better than cues, or too little")
    both = small.suggestions(transcripts="H", code=MONEY, maker=["cues", "learner"])
    assert len(set(both.id)) == len(both)
    assert set(cues.id) | set(model.id) == set(both.id)


def test_accepted_cue_suggestion_records_its_maker(small: Project) -> None:
    found = small.suggestions(transcripts="H", code=MONEY)
    small.accept(found.id[found.maker.index("cues")])
    (accepted,) = [coding for coding in small.study.codings if coding.transcript == "H"]
    assert accepted.maker == "cues"


def test_model_alone_suggests_where_it_does_better(tmp_path: Path) -> None:
    """In eight finished interviews each code has 24 codings, and the cue finds 8 of those of money."""
    study = taught_study(tmp_path)
    found = coded(study, done="ABCDEFGH").suggestions(transcripts="I")
    assert set(found.maker) == {"learner"}
    assert set(found.verdict) <= {"use", "use with care"}
    assert set(found.score_type) == {"probability"}
    assert "scores are probabilities; on left-out transcripts suggestions had a mean score of" in found.notes[2]
    assert not any("come first" in note for note in found.notes)


def test_cues_of_an_untrained_family_stay(tmp_path: Path) -> None:
    study = taught_study(tmp_path)
    coded(study, done="ABCDEFGH")
    write(
        tmp_path, "codebooks/place.yaml", "family: place\nname: Place\ncodes: [{id: office, name: O, cues: [office]}]\n"
    )
    project = Project(tmp_path)
    project.done(list("ABCDEFGH"), undo=True)
    project.done(list("ABCDEFGH"), families=["work"])
    found = Project(tmp_path).suggestions(transcripts="I", code="place")
    assert len(found) == len([said for said in study.said if said.transcript == "I" and "office" in said.text]) > 0
    assert set(found.maker) == {"cues"}
    assert any("come first" in note and note.endswith("place/office") for note in found.notes)


def test_csv_and_dataframe_have_verdict_and_score_type(small: Project) -> None:
    table = small.suggest(transcripts="E")
    assert list(table.columns)[-2:] == ["verdict", "score_type"]
    assert set(column(records(table), "score_type")) == {"score"}


def test_why_has_the_verdict_and_what_the_model_finds_beside_cues(small: Project) -> None:
    found = small.suggestions(transcripts="H", code=MONEY)
    why = small.why(found.id[0])
    assert (why.maker, why.score, why.threshold) == ("cues", 0.5, None)
    assert why.why == found.why[0]
    assert (why.verdict, why.because) == ("do not use", "too few codings: 6 (minimum 10)")
    assert why.reasons_for


def test_cues_without_a_model_have_no_verdict(tmp_path: Path) -> None:
    taught_study(tmp_path)
    found = Project(tmp_path).suggestions()
    assert set(found.maker) == {"cues"}
    assert set(found.verdict) == {""}


# --- order -----------------------------------------------------------------------------------------------------


def listed(*rows: tuple[str, int, str, float, str, str]) -> Suggestions:
    """Return suggestions of (transcript, start, code, score, maker, verdict)."""
    return Suggestions.from_rows(
        (
            f"{name}{start}{code}",
            name,
            0,
            start,
            start + 1,
            "P",
            None,
            "q",
            code,
            score,
            maker,
            "w",
            "v",
            verdict,
            "score",
        )
        for name, start, code, score, maker, verdict in rows
    )


def test_doubtful_suggestions_of_the_model_come_after_cues_and_after_good_codes(small: Project) -> None:
    suggestions = listed(
        ("E", 0, MONEY, 0.9, "learner", "do not use"),
        ("E", 5, MONEY, 0.3, "cues", "do not use"),
        ("E", 5, FEAR, 0.8, "learner", "do not use"),
        ("E", 9, FEAR, 0.4, "learner", "use with care"),
    )
    ordered = sort_suggestions(small.study, suggestions, "review", coder="ana")
    assert list(zip(ordered.start, ordered.code, strict=True)) == [(5, MONEY), (5, FEAR), (9, FEAR), (0, MONEY)]
    assert select_best_per_segment(suggestions, 1).code == [MONEY, MONEY, FEAR]


# --- how good suggestions have to be beside cues ---------------------------------------------------------------


def least_score(*marks: str) -> float:
    """Return the lowest score, for a share of a half, of marks such as ``x9``: coded with a score of .9."""
    rows = [f"S{number} {mark[0]} {mark[1]}" for number, mark in enumerate(marks)]
    predictions = marked(*rows, codes=("f/a",))
    return find_min_score(predictions, predictions.evaluated, target=0.5)


def test_lowest_score_has_the_share_that_is_right_by_one_standard_error() -> None:
    # 6 of 6 is 7 / 8 less an error of .11; 6 of 12 is 7 / 14, which is too little with its error.
    assert least_score(*["x9"] * 6, *[".5"] * 6) == 0.9
    assert least_score("x9", "x8", ".5") == 0.8  # 3 / 4 less .19
    assert least_score("x9", ".8", ".5") > 1  # one may be chance: 2 / 3 less .24


def test_lowest_scores_differ_for_usable_codes_and_others() -> None:
    # Two codes; the cue of f/b matches in S4 and S5 and is right once: with one right and one wrong added 2 / 4.
    rows = ("S0 x. 91", "S1 x. 81", "S2 x. 71", "S3 .x 19", "S4 .x 12", "S5 .. 12")
    predictions = marked(*rows, codes=("f/a", "f/b"))
    found = np.array([[False, False]] * 4 + [[False, True]] * 2)
    cues = replace(predictions, chosen=found)
    scores = choose_min_scores(predictions, cues, is_usable=np.array([True, False]))
    # f/a: 3 of 3 right from .7 on. Without a cue, of both codes: 4 of 4 from .7 on.
    assert scores.tolist() == [0.7, 0.7]
    scores = choose_min_scores(predictions, cues, is_usable=np.array([False, True]))
    # f/b: one right at .9 may be chance, and 2 of 3 from .2 on are too few with their error.
    assert scores.tolist() == [0.7, 2.0]


def test_cues_stay_where_the_model_finds_fewer_codings() -> None:
    """Of 12 codings the model finds 8 without a mistake (F1 .8); the cue finds 10, with 5 mistakes (F1 .74)."""
    text = "P: " + "Yes. " * 12
    corpus = corpus_from(text, text, text)
    labels = taught_by(corpus, *(["x"] * 4 + ["."] * 8) * 3)
    coded, other = np.flatnonzero(labels.truth[:, 0]), np.flatnonzero(~labels.truth[:, 0])
    cue_scores, probability = np.zeros((36, 1)), np.zeros((36, 1))
    cue_scores[[*coded[:10], *other[:5]]] = 0.5
    probability[coded[:8]] = 0.9
    book = book_of({"f/a": [Cue("phrase", "yes")]})
    training_set = TrainingSet(LabelledCorpus(corpus, book, cue_scores, labels), "ana", ("T0", "T1", "T2"))
    measured = measure_learner(training_set, LeftOutScores(probability, probability > 0.5))
    assert measured.verdicts == ("use with care",)
    assert measured.keeps_cues.tolist() == [True]
    assert measured.min_scores.tolist() == [0.9]
    assert measured.calibration.endswith("had a mean score of 0.90, and 1.00 of them were right")
    cue_scores[coded[8:10]] = 0
    assert measure_learner(training_set, LeftOutScores(probability, probability > 0.5)).keeps_cues.tolist() == [False]


# --- half-coded transcripts and fillers ------------------------------------------------------------------------

BOOK = """\
family: work
name: Work
codes:
  - {id: money, name: Money, definition: What it costs.}
  - {id: fear, name: Fear, definition: What frightens people.}
"""
MONEY_SENTENCES = ("The budget is gone.", "We have no budget for paper.", "Half the budget went on travel.")
HALF = "The trees are green. Yeah, sure. The sky is blue. They swim. The lake is deep."


def half_coded_study(root: Path, *, codings: int, filler: bool = False) -> Project:
    """Write five finished interviews with an answer on money, and H, of which the odd sentences are coded so.

    ``codings`` is the number of codings in H; with ``filler``, "Yeah sure!" is coded in the finished ones.
    """
    write(root, "qualcode.yaml", "language: en\nroles:\n  interviewer: [I]\ncoder: ana\n")
    write(root, "codebooks/work.yaml", BOOK)
    for number in range(5):
        rest = f"I came by train. Yeah sure! I like it here, {number}."
        write(
            root, f"transcripts/A{number}.txt", f"I: Why?\n\nP: {rest}\n\nI: And?\n\nP: {' '.join(MONEY_SENTENCES)}\n"
        )
    write(root, "transcripts/H.txt", f"I: Where?\n\nP: {HALF}\n")
    project = Project(root)
    for number in range(5):
        for sentence in (*MONEY_SENTENCES, *(["Yeah sure!"] if filler else [])):
            project.code(f"A{number}", "work/money", sentence)
    project.done([f"A{number}" for number in range(5)])
    for sentence in ("The trees are green.", "The sky is blue.", "The lake is deep.")[:codings]:
        project.code("H", "work/money", sentence)
    return Project(root)


@pytest.mark.parametrize("codings", [0, 1, 3])
def test_codings_of_an_unfinished_transcript_say_nothing_about_their_neighbours(tmp_path: Path, codings: int) -> None:
    project = half_coded_study(tmp_path, codings=codings)
    found = project.suggestions(transcripts="H", code="work/money", min_score=0.0)
    assert len(found) == 5 - codings
    assert {"Yeah, sure.", "They swim."} <= set(found.quote)
    assert max(found.score) < 0.1


@pytest.mark.parametrize("filler", [False, True])
def test_sentence_of_two_words_is_suggested_only_if_its_words_were_coded(tmp_path: Path, filler: bool) -> None:
    project = half_coded_study(tmp_path, codings=0, filler=filler)
    found = project.suggestions(transcripts="H", min_score=0.0001)
    short = {cell for cell in zip(found.quote, found.code, strict=True) if cell[0] in ("Yeah, sure.", "They swim.")}
    assert short == ({("Yeah, sure.", "work/money")} if filler else set())
    assert ("The sky is blue.", "work/money") in zip(found.quote, found.code, strict=True)


# --- the benchmark ---------------------------------------------------------------------------------------------


def test_benchmark_draws_small_studies_and_counts_hits(tmp_path: Path) -> None:
    study = taught_study(tmp_path)
    whole = small_studies.CodedStudy(coded(study), "ana")
    truth = small_studies.list_coded_cells(whole.project, "ana")
    assert len(truth) == 6 * len(NAMES)
    events = small_studies.read_events(tmp_path, "ana")
    blocks = small_studies.draw_blocks(whole, events)
    assert sorted(blocks) == [(name,) for name in NAMES]
    outcomes = small_studies.measure_draw(whole, blocks, events, truth, size=2, seed=0)
    ledger = small_studies.read_events(tmp_path, "ana")
    done = {event["transcript"] for event in ledger if event["event"] == "done"}
    touched = {event["transcript"] for event in ledger}
    assert (len(done), len(touched)) == (2, 6)
    untouched = "".join(set(NAMES) - {str(name) for name in touched})
    cues = with_cue(study, untouched)
    assert outcomes["cues"].suggested == len(cues) > 0
    assert outcomes["cues"].precision == 1  # "budget" is only in sentences on money
    assert outcomes["cues"].recall == len(cues) / 18
    assert outcomes["suggest, as many"] == outcomes["cues"]
    assert outcomes["suggest"].recall >= outcomes["cues"].recall
    half = [event for event in ledger if event["transcript"] not in done]
    texts = {name: whole.project.study.transcripts[str(name)].text for name in touched - done}
    assert half
    assert all(int(str(event["end"])) < 0.6 * len(texts[event["transcript"]]) for event in half)


def test_benchmark_prints_a_row_for_each_list(tmp_path: Path) -> None:
    whole = small_studies.CodedStudy(coded(taught_study(tmp_path)), "ana")
    lines = list(small_studies.compare_with_cues("taught", whole, finished=(2,), draws=2))
    assert lines[0] == "taught: 9 interviews, 54 coded sentences"
    assert [line[12:29].strip() for line in lines[2:]] == ["cues", "suggest", "suggest, as many", "model alone"]
