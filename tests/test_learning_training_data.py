"""Training data: which cells are coded, decided and finished, and which transcripts are one group."""

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


def training_set_of(root: Path, coder: str = "ana") -> TrainingSet:
    study = Project(root).study
    return build_training_set(
        study, coder=coder, score_cues=lambda corpus: np.zeros((len(corpus), len(study.codebook.codes)))
    )


def cells(training_set: TrainingSet, mask: Truth) -> list[tuple[str, int, str]]:
    """Return transcript, number of the sentence in it and code of each cell that is true."""
    data = training_set.labelled_corpus
    corpus, codes = data.corpus, [code.id for code in data.book.codes]
    units = corpus.transcript.tolist()
    return [
        (corpus.transcripts[units[unit]], unit - units.index(units[unit]), codes[code])
        for unit, code in np.argwhere(mask).tolist()
    ]


def coded_cells(root: Path, coder: str = "ana") -> list[tuple[str, int, str]]:
    training_set = training_set_of(root, coder)
    return cells(training_set, training_set.labelled_corpus.labels.truth)


def rejected_cells(root: Path, coder: str = "ana") -> list[tuple[str, int, str]]:
    """Return the cells that are known, but neither coded nor in a finished transcript."""
    training_set = training_set_of(root, coder)
    labels = training_set.labelled_corpus.labels
    return cells(training_set, labels.known & ~labels.truth & ~labels.finished)


def groups(root: Path) -> list[set[str]]:
    """Return the transcripts of each group."""
    training_set = training_set_of(root)
    corpus, group = training_set.labelled_corpus.corpus, training_set.labelled_corpus.labels.group
    return [
        {corpus.transcripts[at] for at in corpus.transcript[group == number]}
        for number in range(len(training_set.groups))
    ]


def test_training_set_has_participants_sentences_and_all_codes(tmp_path: Path) -> None:
    training_set = training_set_of(small_study(tmp_path))
    assert training_set.labelled_corpus.corpus.texts == tuple(text for texts in SENTENCES.values() for text in texts)
    assert sorted(code.id for code in training_set.labelled_corpus.book.codes) == sorted(CODES)
    assert not training_set.labelled_corpus.labels.known.any()
    assert (training_set.coder, training_set.groups) == ("ana", ("A", "B", "C", "D"))


def test_codings_are_true_and_finished_families_are_known(tmp_path: Path) -> None:
    training_set = training_set_of(coded_study(tmp_path))
    labels = training_set.labelled_corpus.labels
    assert cells(training_set, labels.truth) == [
        ("A", 0, "work/money/roi"),
        ("A", 1, "work/money"),
        ("A", 3, "work/fear"),
        ("B", 1, "skills/patience"),
        ("C", 0, "work/money"),
    ]
    assert np.array_equal(labels.finished, np.repeat([[True], [False]], [9, 3], axis=0) & np.ones(4, dtype=bool))
    assert np.array_equal(labels.known, labels.finished)


def test_training_set_has_decisions_of_its_coder_only(tmp_path: Path) -> None:
    training_set = training_set_of(coded_study(tmp_path), "ben")
    labels = training_set.labelled_corpus.labels
    assert cells(training_set, labels.truth) == [("A", 1, "work/money")]
    # ben has finished A for one family, which has three of the four codes
    assert {(transcript, code) for transcript, _, code in cells(training_set, labels.finished)} == {
        ("A", code) for code in CODES[1:]
    }
    assert labels.finished.sum() == 4 * 3
    assert not training_set_of(tmp_path, "nobody").labelled_corpus.labels.known.any()


def test_coding_in_unfinished_transcript_is_the_only_known_cell(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    project.code("D", "work/fear", "Nobody listens.", coder="ana")
    training_set = training_set_of(tmp_path)
    assert (
        cells(training_set, training_set.labelled_corpus.labels.known)
        == cells(training_set, training_set.labelled_corpus.labels.truth)
        == [("D", 2, "work/fear")]
    )
    assert not training_set.labelled_corpus.labels.finished.any()


def test_withdrawn_finish_mark_leaves_codings_known(tmp_path: Path) -> None:
    Project(coded_study(tmp_path)).done("A", coder="ana", undo=True)
    training_set = training_set_of(tmp_path)
    assert {name for name, _, _ in cells(training_set, training_set.labelled_corpus.labels.finished)} == {"B", "C"}
    assert (
        len([name for name, _, _ in cells(training_set, training_set.labelled_corpus.labels.known) if name == "A"]) == 3
    )


def test_coding_labels_every_sentence_that_it_overlaps(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    project.code("A", "work/fear", "earns. The", coder="ana")
    project.code("B", "work/fear", "says", coder="ana")
    project.code("C", "work/fear", "budget is", coder="ana")
    project.code("C", "work/fear", "The budget", coder="ana")
    assert [(name, at) for name, at, _ in coded_cells(tmp_path)] == [("A", 0), ("A", 1), ("B", 0), ("C", 0)]


def test_coding_over_turns_skips_the_interviewer(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    text = project.study.transcripts["A"].text
    start, end = text.index("gone"), text.index("They fear") + 4
    project.code("A", "work/fear", QuoteLocation(start=start, end=end), coder="ana")
    assert [at for _, at, _ in coded_cells(tmp_path)] == [1, 2]


def test_codings_follow_edited_text_and_orphans_are_ignored(tmp_path: Path) -> None:
    coded_study(tmp_path)
    Project(tmp_path).codings()
    edited = A.replace("Nobody can", "So it is. Nobody can").replace("The budget is gone.", "Well.")
    write(tmp_path, "transcripts/A.txt", edited)
    assert [cell for cell in coded_cells(tmp_path) if cell[0] == "A"] == [
        ("A", 1, "work/money/roi"),
        ("A", 4, "work/fear"),
    ]
    orphans = {
        (coding.coder, coding.quote) for coding in Project(tmp_path).study.codings if coding.status == "orphaned"
    }
    assert orphans == {("ana", "The budget is gone."), ("ben", "The budget is gone.")}


def test_moved_and_changed_codings_are_true(tmp_path: Path) -> None:
    coded_study(tmp_path)
    Project(tmp_path).codings()
    edited = A.replace("Nobody can", "So. Nobody can").replace("what it earns", "what it really earns")
    write(tmp_path, "transcripts/A.txt", edited)
    Project(tmp_path).update(write=True, coder="ana")
    statuses = {coding.code: coding.status for coding in Project(tmp_path).study.codings if coding.coder == "ana"}
    assert statuses["work/money/roi"] == "changed"
    assert [cell for cell in coded_cells(tmp_path) if cell[0] == "A"] == [
        ("A", 1, "work/money/roi"),
        ("A", 2, "work/money"),
        ("A", 4, "work/fear"),
    ]


def reject(root: Path, transcript: str, code: str, coder: str = "ana") -> None:
    """Reject the first suggestion of a code in a transcript."""
    project = Project(root)
    first = str(project.suggest(transcripts=transcript, code=code)["id"].iloc[0])
    assert project.reject(first, coder=coder).count == 1


def test_rejection_is_known_for_every_sentence_with_its_words(tmp_path: Path) -> None:
    reject(small_study(tmp_path), "A", "work/fear")
    assert rejected_cells(tmp_path) == [("A", 2, "work/fear"), ("A", 3, "work/fear")]
    assert coded_cells(tmp_path) == []
    assert rejected_cells(tmp_path, "ben") == []


def test_rejection_counts_until_the_entry_changes(tmp_path: Path) -> None:
    reject(small_study(tmp_path), "A", "work/fear")
    write(tmp_path, "codebooks/work.yaml", WORK.replace("name: Money", "name: Cash"))
    assert len(rejected_cells(tmp_path)) == 2
    write(tmp_path, "codebooks/work.yaml", WORK.replace("name: Fear", "name: Fear\n    definition: Of loss."))
    assert rejected_cells(tmp_path) == []
    skills = (tmp_path / "codebooks/skills.yaml").read_text(encoding="utf-8")
    write(tmp_path, "codebooks/skills.yaml", skills.replace("work/fear", "work/dread"))
    write(tmp_path, "codebooks/work.yaml", WORK.replace("id: fear", "id: dread\n    formerly: [work/fear]"))
    assert rejected_cells(tmp_path) == [("A", 2, "work/dread"), ("A", 3, "work/dread")]


def test_coding_takes_precedence_over_rejection_of_the_same_words(tmp_path: Path) -> None:
    reject(small_study(tmp_path), "A", "work/fear")
    Project(tmp_path).code("A", "work/fear", QuoteLocation("They fear it.", turn=3, sentence=0), coder="ana")
    assert coded_cells(tmp_path) == [("A", 2, "work/fear")]
    assert rejected_cells(tmp_path) == [("A", 3, "work/fear")]


def test_decisions_follow_a_code_that_was_moved_to_another_family(tmp_path: Path) -> None:
    reject(coded_study(tmp_path), "A", "work/fear", coder="ben")
    assert rejected_cells(tmp_path, "ben") == []  # ben has finished the family
    Project(tmp_path).done("A", coder="ben", undo=True)
    assert rejected_cells(tmp_path, "ben") == [("A", 2, "work/fear"), ("A", 3, "work/fear")]
    fear = WORK[WORK.index("  - id: fear") :]
    write(tmp_path, "codebooks/work.yaml", WORK.replace(fear, ""))
    moved = fear.replace("- id: fear\n", "- id: fear\n    formerly: [work/fear]\n")
    write(tmp_path, "codebooks/skills.yaml", f"family: skills\nname: Skills\ncodes:\n{moved}")
    assert [cell for cell in coded_cells(tmp_path) if cell[0] == "A"][-1] == ("A", 3, "skills/fear")
    assert rejected_cells(tmp_path, "ben") == [("A", 2, "skills/fear"), ("A", 3, "skills/fear")]
    # patience is gone from the codebook
    assert [cell for cell in coded_cells(tmp_path) if cell[0] == "B"] == []


def test_merged_codes_are_one_column(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    project.code("C", "work/fear", "The budget is gone.", coder="ana")
    merged = WORK[: WORK.index("  - id: fear")].replace("  - id: money\n", "  - id: money\n    formerly: [work/fear]\n")
    write(tmp_path, "codebooks/work.yaml", merged)
    skills = "family: skills\nname: Skills\ncodes:\n  - id: patience\n    name: Patience\n"
    write(tmp_path, "codebooks/skills.yaml", skills)
    assert [cell for cell in coded_cells(tmp_path) if cell[2] == "work/money"] == [
        ("A", 1, "work/money"),
        ("A", 3, "work/money"),
        ("C", 0, "work/money"),
    ]


def test_transcripts_of_one_case_are_one_group(tmp_path: Path) -> None:
    small_study(tmp_path)
    assert groups(tmp_path) == [{"A"}, {"B"}, {"C"}, {"D"}]
    write(tmp_path, "transcripts/cases.csv", "case,transcripts\nS1,A;C\nS2,D\n")
    assert groups(tmp_path) == [{"A", "C"}, {"B"}, {"D"}]
    assert training_set_of(tmp_path).groups == ("S1", "B", "D")


def test_cases_that_share_a_transcript_are_one_group(tmp_path: Path) -> None:
    small_study(tmp_path)
    # D is a focus group of S1 and S2; S1 was interviewed in A, S2 in B and C
    write(tmp_path, "transcripts/cases.csv", "case,transcripts\nS1,A;D\nS2,B;C;D\n")
    assert groups(tmp_path) == [{"A", "B", "C", "D"}]
    write(tmp_path, "transcripts/cases.csv", "case,transcripts\nS2,C;B\nS3,D\nS1,A;D\n")
    assert groups(tmp_path) == [{"A", "D"}, {"B", "C"}]


def test_focus_group_and_interviews_of_its_speakers_are_one_group(tmp_path: Path) -> None:
    small_study(tmp_path)
    settings = SETTINGS + "speakers:\n  Dee: {case: B}\n"
    write(tmp_path, "qualcode.yaml", settings)
    assert groups(tmp_path) == [{"A"}, {"B", "D"}, {"C"}]


def case_texts(root: Path) -> dict[str, str]:
    corpus: Corpus = training_set_of(root).labelled_corpus.corpus
    texts = corpus.case_texts or ("",) * len(corpus)
    return {corpus.transcripts[at]: text for at, text in zip(corpus.transcript.tolist(), texts, strict=True)}


def test_case_texts_have_only_attributes_in_the_settings(tmp_path: Path) -> None:
    small_study(tmp_path)
    assert training_set_of(tmp_path).labelled_corpus.corpus.case_texts == ()
    write(tmp_path, "qualcode.yaml", SETTINGS + "suggest: {attributes: [group]}\n")
    assert case_texts(tmp_path) == {"A": "group_x", "B": "group_x", "C": "group_y", "D": "group_y"}
    write(tmp_path, "qualcode.yaml", SETTINGS + "suggest: {attributes: [size, group]}\n")
    assert case_texts(tmp_path)["A"] == "size_10 group_x"
    assert case_texts(tmp_path)["B"] == "group_x"


def test_case_text_joins_words_and_is_empty_without_case(tmp_path: Path) -> None:
    small_study(tmp_path)
    write(tmp_path, "qualcode.yaml", SETTINGS + "suggest: {attributes: [group]}\n")
    write(tmp_path, "transcripts/cases.csv", "case,group,transcripts\nS1,  small \t firm ,A\nS2,,B\n")
    assert case_texts(tmp_path) == {"A": "group_small_firm", "B": "", "C": "", "D": ""}


def test_case_texts_of_a_focus_group_follow_its_speakers(tmp_path: Path) -> None:
    small_study(tmp_path)
    write(tmp_path, "transcripts/A.txt", "I: Why?\n\nUma: It earns.\n\nVic: Nobody asks.\n\nUma: I fear it.\n")
    write(tmp_path, "transcripts/cases.csv", "case,group,transcripts,speakers\nU,x,A,Uma\nV,y,A,Vic\n")
    write(tmp_path, "qualcode.yaml", SETTINGS + "suggest: {attributes: [group]}\n")
    corpus = training_set_of(tmp_path).labelled_corpus.corpus
    assert corpus.case_texts[:3] == ("group_x", "group_y", "group_x")
    assert corpus.speakers[:3] == ("Uma", "Vic", "Uma")


def test_cue_scores_are_in_the_cells_of_their_suggestions(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    suggestions = load_cue_suggestions(project.study)
    training_set = build_training_set(
        project.study,
        coder="ana",
        score_cues=lambda corpus: compute_cue_scores(corpus, project.study.codebook, suggestions),
    )
    scores = training_set.labelled_corpus.cue_scores
    assert cells(training_set, scores > 0) == sorted(
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


def test_training_coder_is_named_or_set_or_an_error(tmp_path: Path) -> None:
    small_study(tmp_path)
    assert choose_training_coder(Project(tmp_path).study, "ben") == "ben"
    with pytest.raises(OperationError, match="coder='NAME'"):
        choose_training_coder(Project(tmp_path).study, None)
    write(tmp_path, "qualcode.yaml", SETTINGS + "coder: ana\n")
    assert choose_training_coder(Project(tmp_path).study, None) == "ana"


def test_training_set_of_study_without_transcripts_is_empty(tmp_path: Path) -> None:
    write(tmp_path, "qualcode.yaml", SETTINGS)
    write(tmp_path, "codebooks/work.yaml", WORK)
    training_set = training_set_of(tmp_path)
    assert (training_set.groups, training_set.labelled_corpus.labels.truth.shape) == ((), (0, 3))
