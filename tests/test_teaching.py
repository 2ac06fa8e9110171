"""What decisions teach: which cells were given, asked and finished, and what is left out together."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from qualcode.coding.quote_location import QuoteLocation
from qualcode.errors import OperationError
from qualcode.project import Project
from qualcode.suggest.cue_suggestions import load_cue_suggestions
from qualcode.suggest.learning import Corpus
from qualcode.suggest.learning.training_data import (
    TrainingSet,
    build_training_set,
    choose_training_coder,
    compute_cue_scores,
)
from studies import SETTINGS, WORK, A, coded_study, small_study, write

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Truth = NDArray[np.bool_]

CODES = ["skills/patience", "work/money", "work/money/roi", "work/fear"]

SENTENCES = {
    "A": ["Nobody can tell me what it earns.", "The budget is gone.", "They fear it.", "They fear it."],
    "B": ["Legal says no.", "I wait a week.", "It’s “fine” — I wait."],
    "C": ["The budget is gone.", "Legal says no."],
    "D": ["I wait.", "I wait.", "Nobody listens."],
}


def taught(root: Path, coder: str = "ana") -> TrainingSet:
    study = Project(root).study
    return build_training_set(
        study, coder=coder, score_cues=lambda corpus: np.zeros((len(corpus), len(study.codebook.codes)))
    )


def cells(found: TrainingSet, matrix: Truth) -> list[tuple[str, int, str]]:
    """Return transcript, number of the sentence in it and code of each cell that is true."""
    corpus, codes = found.labelled_corpus.corpus, [code.id for code in found.labelled_corpus.book.codes]
    units = corpus.transcript.tolist()
    return [
        (corpus.transcripts[units[unit]], unit - units.index(units[unit]), codes[code])
        for unit, code in np.argwhere(matrix).tolist()
    ]


def given(root: Path, coder: str = "ana") -> list[tuple[str, int, str]]:
    found = taught(root, coder)
    return cells(found, found.labelled_corpus.labels.truth)


def asked_only(root: Path, coder: str = "ana") -> list[tuple[str, int, str]]:
    """Return the cells that are known though they are neither given nor in a finished transcript."""
    found = taught(root, coder)
    held = found.labelled_corpus.labels
    return cells(found, held.known & ~held.truth & ~held.finished)


def groups(root: Path) -> list[set[str]]:
    """Return the transcripts that are left out together."""
    found = taught(root)
    corpus, group = found.labelled_corpus.corpus, found.labelled_corpus.labels.group
    return [{corpus.transcripts[at] for at in corpus.transcript[group == one]} for one in range(len(found.groups))]


def test_sentences_are_participants_and_codes_are_the_books(tmp_path: Path) -> None:
    found = taught(small_study(tmp_path))
    assert found.labelled_corpus.corpus.texts == tuple(text for texts in SENTENCES.values() for text in texts)
    assert sorted(code.id for code in found.labelled_corpus.book.codes) == sorted(CODES)
    assert not found.labelled_corpus.labels.known.any()
    assert (found.coder, found.groups) == ("ana", ("A", "B", "C", "D"))


def test_codings_are_given_and_marks_tell_what_was_asked(tmp_path: Path) -> None:
    found = taught(coded_study(tmp_path))
    held = found.labelled_corpus.labels
    assert cells(found, held.truth) == [
        ("A", 0, "work/money/roi"),
        ("A", 1, "work/money"),
        ("A", 3, "work/fear"),
        ("B", 1, "skills/patience"),
        ("C", 0, "work/money"),
    ]
    assert np.array_equal(held.finished, np.repeat([[True], [False]], [9, 3], axis=0) & np.ones(4, dtype=bool))
    assert np.array_equal(held.known, held.finished)


def test_another_coder_teaches_something_else(tmp_path: Path) -> None:
    found = taught(coded_study(tmp_path), "ben")
    held = found.labelled_corpus.labels
    assert cells(found, held.truth) == [("A", 1, "work/money")]
    # ben finished A for one family, three codes of four
    assert {(transcript, code) for transcript, _, code in cells(found, held.finished)} == {
        ("A", code) for code in CODES[1:]
    }
    assert held.finished.sum() == 4 * 3
    assert not taught(tmp_path, "nobody").labelled_corpus.labels.known.any()


def test_coding_of_a_transcript_not_finished_is_known_alone(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    project.code("D", "work/fear", "Nobody listens.", coder="ana")
    found = taught(tmp_path)
    assert (
        cells(found, found.labelled_corpus.labels.known)
        == cells(found, found.labelled_corpus.labels.truth)
        == [("D", 2, "work/fear")]
    )
    assert not found.labelled_corpus.labels.finished.any()


def test_mark_that_is_taken_back_asks_nothing(tmp_path: Path) -> None:
    Project(coded_study(tmp_path)).done("A", coder="ana", undo=True)
    found = taught(tmp_path)
    assert {one for one, _, _ in cells(found, found.labelled_corpus.labels.finished)} == {"B", "C"}
    assert len([one for one, _, _ in cells(found, found.labelled_corpus.labels.known) if one == "A"]) == 3


def test_span_gives_its_code_to_every_sentence_that_it_touches(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    project.code("A", "work/fear", "earns. The", coder="ana")
    project.code("B", "work/fear", "says", coder="ana")
    project.code("C", "work/fear", "budget is", coder="ana")
    project.code("C", "work/fear", "The budget", coder="ana")
    assert [(name, at) for name, at, _ in given(tmp_path)] == [("A", 0), ("A", 1), ("B", 0), ("C", 0)]


def test_span_over_turns_leaves_out_the_interviewer(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    text = project.study.transcripts["A"].text
    start, end = text.index("gone"), text.index("They fear") + 4
    project.code("A", "work/fear", QuoteLocation(start=start, end=end), coder="ana")
    assert [at for _, at, _ in given(tmp_path)] == [1, 2]


def test_codings_follow_an_edited_text_and_orphans_give_nothing(tmp_path: Path) -> None:
    coded_study(tmp_path)
    Project(tmp_path).codings()
    edited = A.replace("Nobody can", "So it is. Nobody can").replace("The budget is gone.", "Well.")
    write(tmp_path, "transcripts/A.txt", edited)
    assert [one for one in given(tmp_path) if one[0] == "A"] == [("A", 1, "work/money/roi"), ("A", 4, "work/fear")]
    orphans = {
        (coding.coder, coding.quote) for coding in Project(tmp_path).study.codings if coding.status == "orphaned"
    }
    assert orphans == {("ana", "The budget is gone."), ("ben", "The budget is gone.")}


def test_moved_and_changed_codings_still_give_their_code(tmp_path: Path) -> None:
    coded_study(tmp_path)
    Project(tmp_path).codings()
    edited = A.replace("Nobody can", "So. Nobody can").replace("what it earns", "what it really earns")
    write(tmp_path, "transcripts/A.txt", edited)
    Project(tmp_path).update(write=True, coder="ana")
    statuses = {coding.code: coding.status for coding in Project(tmp_path).study.codings if coding.coder == "ana"}
    assert statuses["work/money/roi"] == "changed"
    assert [one for one in given(tmp_path) if one[0] == "A"] == [
        ("A", 1, "work/money/roi"),
        ("A", 2, "work/money"),
        ("A", 4, "work/fear"),
    ]


def reject(root: Path, transcript: str, code: str, coder: str = "ana") -> None:
    """Reject the first suggestion of a code in a transcript."""
    project = Project(root)
    first = str(project.suggest(transcripts=transcript, code=code)["id"].iloc[0])
    assert project.reject(first, coder=coder) == 1


def test_rejected_suggestion_is_known_wherever_its_words_stand_in_the_transcript(tmp_path: Path) -> None:
    reject(small_study(tmp_path), "A", "work/fear")
    assert asked_only(tmp_path) == [("A", 2, "work/fear"), ("A", 3, "work/fear")]
    assert given(tmp_path) == []
    assert asked_only(tmp_path, "ben") == []


def test_rejected_suggestion_counts_until_the_entry_changes(tmp_path: Path) -> None:
    reject(small_study(tmp_path), "A", "work/fear")
    write(tmp_path, "codebooks/work.yaml", WORK.replace("name: Money", "name: Cash"))
    assert len(asked_only(tmp_path)) == 2
    write(tmp_path, "codebooks/work.yaml", WORK.replace("name: Fear", "name: Fear\n    definition: Of loss."))
    assert asked_only(tmp_path) == []
    skills = (tmp_path / "codebooks/skills.yaml").read_text(encoding="utf-8")
    write(tmp_path, "codebooks/skills.yaml", skills.replace("work/fear", "work/dread"))
    write(tmp_path, "codebooks/work.yaml", WORK.replace("id: fear", "id: dread\n    formerly: [work/fear]"))
    assert asked_only(tmp_path) == [("A", 2, "work/dread"), ("A", 3, "work/dread")]


def test_coding_holds_against_a_rejection_of_the_same_words(tmp_path: Path) -> None:
    reject(small_study(tmp_path), "A", "work/fear")
    Project(tmp_path).code("A", "work/fear", QuoteLocation("They fear it.", turn=3, sentence=0), coder="ana")
    assert given(tmp_path) == [("A", 2, "work/fear")]
    assert asked_only(tmp_path) == [("A", 3, "work/fear")]


def test_decisions_follow_a_code_that_was_moved_to_another_family(tmp_path: Path) -> None:
    reject(coded_study(tmp_path), "A", "work/fear", coder="ben")
    assert asked_only(tmp_path, "ben") == []  # ben has finished the family
    Project(tmp_path).done("A", coder="ben", undo=True)
    assert asked_only(tmp_path, "ben") == [("A", 2, "work/fear"), ("A", 3, "work/fear")]
    fear = WORK[WORK.index("  - id: fear") :]
    write(tmp_path, "codebooks/work.yaml", WORK.replace(fear, ""))
    moved = fear.replace("- id: fear\n", "- id: fear\n    formerly: [work/fear]\n")
    write(tmp_path, "codebooks/skills.yaml", f"family: skills\nname: Skills\ncodes:\n{moved}")
    assert [one for one in given(tmp_path) if one[0] == "A"][-1] == ("A", 3, "skills/fear")
    assert asked_only(tmp_path, "ben") == [("A", 2, "skills/fear"), ("A", 3, "skills/fear")]
    # patience is gone from the codebook
    assert [one for one in given(tmp_path) if one[0] == "B"] == []


def test_codes_merged_into_one_give_it_once(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    project.code("C", "work/fear", "The budget is gone.", coder="ana")
    merged = WORK[: WORK.index("  - id: fear")].replace("  - id: money\n", "  - id: money\n    formerly: [work/fear]\n")
    write(tmp_path, "codebooks/work.yaml", merged)
    skills = "family: skills\nname: Skills\ncodes:\n  - id: patience\n    name: Patience\n"
    write(tmp_path, "codebooks/skills.yaml", skills)
    assert [one for one in given(tmp_path) if one[2] == "work/money"] == [
        ("A", 1, "work/money"),
        ("A", 3, "work/money"),
        ("C", 0, "work/money"),
    ]


def test_transcripts_of_one_case_are_one_group(tmp_path: Path) -> None:
    small_study(tmp_path)
    assert groups(tmp_path) == [{"A"}, {"B"}, {"C"}, {"D"}]
    write(tmp_path, "transcripts/cases.csv", "case,transcripts\nS1,A;C\nS2,D\n")
    assert groups(tmp_path) == [{"A", "C"}, {"B"}, {"D"}]
    assert taught(tmp_path).groups == ("S1", "B", "D")


def test_cases_that_share_a_transcript_join_all_of_theirs(tmp_path: Path) -> None:
    small_study(tmp_path)
    # D is a focus group of S1 and S2; S1 was interviewed in A, S2 in B and C
    write(tmp_path, "transcripts/cases.csv", "case,transcripts\nS1,A;D\nS2,B;C;D\n")
    assert groups(tmp_path) == [{"A", "B", "C", "D"}]
    write(tmp_path, "transcripts/cases.csv", "case,transcripts\nS2,C;B\nS3,D\nS1,A;D\n")
    assert groups(tmp_path) == [{"A", "D"}, {"B", "C"}]


def test_speakers_of_a_focus_group_join_their_interviews(tmp_path: Path) -> None:
    small_study(tmp_path)
    settings = SETTINGS + "speakers:\n  Dee: {case: B}\n"
    write(tmp_path, "qualcode.yaml", settings)
    assert groups(tmp_path) == [{"A"}, {"B", "D"}, {"C"}]


def described(root: Path) -> dict[str, str]:
    found: Corpus = taught(root).labelled_corpus.corpus
    texts = found.case_texts or ("",) * len(found)
    return {found.transcripts[at]: text for at, text in zip(found.transcript.tolist(), texts, strict=True)}


def test_attributes_are_told_only_where_the_settings_allow_it(tmp_path: Path) -> None:
    small_study(tmp_path)
    assert taught(tmp_path).labelled_corpus.corpus.case_texts == ()
    write(tmp_path, "qualcode.yaml", SETTINGS + "suggest: {attributes: [group]}\n")
    assert described(tmp_path) == {"A": "group_x", "B": "group_x", "C": "group_y", "D": "group_y"}
    write(tmp_path, "qualcode.yaml", SETTINGS + "suggest: {attributes: [size, group]}\n")
    assert described(tmp_path)["A"] == "size_10 group_x"
    assert described(tmp_path)["B"] == "group_x"


def test_attribute_of_several_words_is_one_word_and_unclaimed_transcripts_have_none(tmp_path: Path) -> None:
    small_study(tmp_path)
    write(tmp_path, "qualcode.yaml", SETTINGS + "suggest: {attributes: [group]}\n")
    write(tmp_path, "transcripts/cases.csv", "case,group,transcripts\nS1,  small \t firm ,A\nS2,,B\n")
    assert described(tmp_path) == {"A": "group_small_firm", "B": "", "C": "", "D": ""}


def test_turns_of_a_focus_group_are_told_of_their_own_case(tmp_path: Path) -> None:
    small_study(tmp_path)
    write(tmp_path, "transcripts/A.txt", "I: Why?\n\nUma: It earns.\n\nVic: Nobody asks.\n\nUma: I fear it.\n")
    write(tmp_path, "transcripts/cases.csv", "case,group,transcripts,speakers\nU,x,A,Uma\nV,y,A,Vic\n")
    write(tmp_path, "qualcode.yaml", SETTINGS + "suggest: {attributes: [group]}\n")
    found = taught(tmp_path).labelled_corpus.corpus
    assert found.case_texts[:3] == ("group_x", "group_y", "group_x")
    assert found.speakers[:3] == ("Uma", "Vic", "Uma")


def test_cues_are_laid_beside_the_sentences_that_they_were_found_in(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    found = load_cue_suggestions(project.study)
    made = build_training_set(
        project.study, coder="ana", score_cues=lambda corpus: compute_cue_scores(corpus, project.study.codebook, found)
    )
    scores = made.labelled_corpus.cue_scores
    assert cells(made, scores > 0) == sorted(
        (name, SENTENCES[name].index(quote) + later, code)
        for name, quote, code, later in (
            ("A", "Nobody can tell me what it earns.", "work/money/roi", 0),
            ("A", "The budget is gone.", "work/money", 0),
            ("A", "They fear it.", "work/fear", 0),
            ("A", "They fear it.", "work/fear", 1),
            ("B", "It’s “fine” — I wait.", "skills/patience", 0),
            ("C", "The budget is gone.", "work/money", 0),
            ("D", "I wait.", "skills/patience", 0),
            ("D", "I wait.", "skills/patience", 1),
        )
    )
    assert scores.max() <= 1


def test_who_is_learnt_from_is_said_or_refused(tmp_path: Path) -> None:
    small_study(tmp_path)
    assert choose_training_coder(Project(tmp_path).study, "ben") == "ben"
    with pytest.raises(OperationError, match="--coder"):
        choose_training_coder(Project(tmp_path).study, None)
    write(tmp_path, "qualcode.yaml", SETTINGS + "coder: ana\n")
    assert choose_training_coder(Project(tmp_path).study, None) == "ana"


def test_study_without_transcripts_teaches_nothing(tmp_path: Path) -> None:
    write(tmp_path, "qualcode.yaml", SETTINGS)
    write(tmp_path, "codebooks/work.yaml", WORK)
    found = taught(tmp_path)
    assert (found.groups, found.labelled_corpus.labels.truth.shape) == ((), (0, 3))
