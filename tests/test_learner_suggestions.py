"""Suggestions of the trained model: scores and reasons, orders, filters, and the store of shown suggestions."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qualcode.errors import QualcodeError
from qualcode.model import Transcript
from qualcode.project import Project
from qualcode.study.study import Study
from qualcode.suggest import Suggestions, learner_suggestions, shown_suggestions
from qualcode.suggest.suggestion_order import select_best_per_segment, select_unread, sort_suggestions
from studies import Shell, write

BOOK = """\
family: work
name: Work
codes:
  - id: money
    name: Money
    definition: What it costs.
    cues: [invoice]
  - id: fear
    name: Fear
    definition: What frightens people.
"""

MONEY = ("The budget is gone.", "We have no budget for paper.", "Half the budget went on travel.")
FEAR = ("The lawyers scare everybody.", "Everybody is scared of the lawyers.", "Lawyers scare the editors.")
OTHER = ("I came by train.", "My sister lives in Leeds.", "It rained all week.", "Lunch was late.")


def interview(number: int) -> str:
    """Return an interview with a sentence on money, one on fear, and others."""
    money, fear = MONEY[number % 3], FEAR[number % 3]
    return (
        f"I: What does it cost?\n\nP: {OTHER[number % 4]} {money}\n\n"
        f"I: Who is afraid?\n\nP: {fear} {OTHER[(number + 1) % 4]}\n"
    )


UNREAD = "I: What does it cost?\n\nP: Our budget is small. I like tea.\n\nI: And else?\n\nP: The invoice came. No.\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Write six interviews that ana has coded and finished, and one that nobody has read."""
    write(tmp_path, "qualcode.yaml", "language: en\nroles:\n  interviewer: [I]\ncoder: ana\n")
    write(tmp_path, "codebooks/work.yaml", BOOK)
    for number in range(6):
        write(tmp_path, f"transcripts/A{number}.txt", interview(number))
    write(tmp_path, "transcripts/U.txt", UNREAD)
    project = Project(tmp_path)
    for number in range(6):
        project.code(f"A{number}", "work/money", MONEY[number % 3])
        project.code(f"A{number}", "work/fear", FEAR[number % 3])
    project.done([f"A{number}" for number in range(6)])
    return tmp_path


def shown(suggestions: Suggestions) -> list[tuple[str, str]]:
    return list(zip(suggestions.quote, suggestions.code, strict=True))


def test_similar_sentences_are_suggested_with_reasons(study: Path) -> None:
    project = Project(study)
    suggestions = project.suggestions(unread_only=True, per_sentence=1, min_score=0.2)
    assert ("Our budget is small.", "work/money") in shown(suggestions)
    assert "I like tea." not in suggestions.quote
    row = suggestions.quote.index("Our budget is small.")
    assert suggestions.maker[row] == "learner"
    assert '"budget" +' in suggestions.why[row]
    assert "budget" in suggestions.why[row].partition("; like A")[2]
    assert "(ana)" in suggestions.why[row]
    assert "6 finished transcripts" in suggestions.notes[1]


def test_min_score_zero_shows_all_probabilities(study: Path) -> None:
    suggestions = Project(study).suggestions(transcripts="U", min_score=0.0)
    assert len(suggestions) == 4 * 2
    assert all(0 <= score <= 1 for score in suggestions.score)
    assert len(Project(study).suggestions(min_score=0.0, decided=True)) == (6 * 4 + 4) * 2


def test_cues_replace_the_model_without_finished_transcripts(study: Path) -> None:
    project = Project(study)
    suggestions = project.suggestions(coder="ben", transcripts="U")
    assert shown(suggestions) == [("The invoice came.", "work/money")]
    assert set(suggestions.maker) == {"cues"}
    assert "not enough coded data to train" in " ".join(suggestions.notes)
    with pytest.raises(QualcodeError, match="not enough coded data to train"):
        project.suggestions(coder="ben", maker="learner")


def test_untrained_families_are_named_in_a_note(study: Path) -> None:
    slow = "family: path\nname: Path\ncodes:\n  - {id: slow, name: Slow, definition: It is slow.}\n"
    write(study, "codebooks/path.yaml", slow)
    project, everything = Project(study), [f"A{number}" for number in range(6)]
    result = project.suggestions()
    assert "not trained" not in " ".join(result.notes)  # finished for all there is
    project.done(everything, undo=True)
    project.done(everything, families=["work"])
    result = project.suggestions()
    assert result.notes[-1] == (
        "not trained, because no transcript is finished for them: path; mark transcripts as finished (Project.done())"
    )


def test_learn_from_trains_on_another_coder(study: Path) -> None:
    suggestions = Project(study).suggestions(
        coder="ben", learn_from="ana", transcripts="U", per_sentence=1, min_score=0.2
    )
    assert ("Our budget is small.", "work/money") in shown(suggestions)
    with pytest.raises(QualcodeError, match="no coder 'eve' in this study"):
        Project(study).suggestions(learn_from="eve")


def test_decided_suggestions_return_only_when_the_entry_changes(study: Path) -> None:
    project = Project(study)
    suggestions = project.suggestions(transcripts="U", min_score=0.0, code="work/money")
    name = suggestions.id[suggestions.quote.index("Our budget is small.")]
    project.reject(name)
    remaining = Project(study).suggestions(transcripts="U", min_score=0.0, code="work/money")
    assert "Our budget is small." not in remaining.quote
    write(study, "codebooks/work.yaml", BOOK.replace("id: money", "id: cash\n    formerly: [work/money]"))
    renamed = Project(study).suggestions(transcripts="U", min_score=0.0, code="work/cash")
    assert "Our budget is small." not in renamed.quote
    assert len(renamed) == len(remaining)
    write(study, "codebooks/work.yaml", BOOK.replace("What it costs.", "What it costs and earns."))
    again = Project(study).suggestions(transcripts="U", min_score=0.0, code="work/money")
    assert name in again.id


def test_shown_suggestion_is_accepted_without_training(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(study)
    suggestions = project.suggestions(transcripts="U", per_sentence=1, min_score=0.2)
    row = suggestions.quote.index("Our budget is small.")

    def never(*_: object, **__: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(learner_suggestions, "rank_study", never)
    assert project.accept(suggestions.id[row]).count == 1
    (coding,) = [coding for coding in project.study.codings if coding.transcript == "U"]
    assert (coding.quote, coding.code, coding.maker) == ("Our budget is small.", "work/money", "learner")


def test_id_that_was_never_shown_is_found(study: Path) -> None:
    project = Project(study)
    suggestions = project.suggestions(transcripts="U", min_score=0.0)
    name = suggestions.id[suggestions.quote.index("I like tea.")]
    (study / ".qualcode" / shown_suggestions._FILE_NAME).unlink()
    assert project.reject(name).count == 1
    with pytest.raises(QualcodeError):
        project.reject("ffffffffff")


class OnlyLookups(Mapping[str, Transcript]):
    """Transcripts by id, with a record of the ids that are looked up; iteration fails."""

    def __init__(self, transcripts: Mapping[str, Transcript]) -> None:
        self.lookups: list[str] = []
        self._transcripts = transcripts

    def __getitem__(self, name: str) -> Transcript:
        self.lookups.append(name)
        return self._transcripts[name]

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("all transcripts are read")

    def __len__(self) -> int:
        raise AssertionError("all transcripts are read")


def test_known_suggestions_look_up_only_their_own_transcripts(study: Path) -> None:
    suggestions = Project(study).suggestions(min_score=0.0, decided=True)
    assert len(set(suggestions.transcript)) == 7
    opened = Study(study)
    transcripts = OnlyLookups(opened.transcripts)
    opened.__dict__["transcripts"] = transcripts
    row = suggestions.transcript.index("A3")
    known = shown_suggestions.load_known_suggestions(opened, [suggestions.id[row]], coder="ana")
    assert known == suggestions.take([row])
    assert transcripts.lookups == ["A3"]


def test_decisions_read_the_shown_suggestions_once(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    suggestions = Project(study).suggestions(transcripts="U", min_score=0.0)
    reads: list[Path] = []
    read_parquet = Suggestions.read_parquet

    def counted(path: Path) -> Suggestions:
        reads.append(path)
        return read_parquet(path)

    monkeypatch.setattr(Suggestions, "read_parquet", counted)
    project = Project(study)
    assert [project.reject(name).count for name in suggestions.id[:4]] == [1, 1, 1, 1]
    assert len(reads) == 1
    shown_suggestions.save_shown_suggestions(project.study, suggestions.take([5]))
    project.reject(suggestions.id[5])
    assert len(reads) == 3  # save_shown_suggestions reads the stored table, and replaces its file


def test_first_stage_is_cached_until_a_decision_changes(study: Path) -> None:
    def cache_files() -> set[str]:
        return {path.name for path in (study / ".qualcode").glob("learner-*.npz")}

    before = Project(study).suggestions(transcripts="U", min_score=0.0)
    (first,) = cache_files()
    write(study, "codebooks/work.yaml", BOOK.replace("[invoice]", "[invoice, tea]"))
    with_cue = Project(study).suggestions(transcripts="U", min_score=0.0)
    assert cache_files() == {first}
    tea = shown(before).index(("I like tea.", "work/money"))
    assert with_cue.score[shown(with_cue).index(("I like tea.", "work/money"))] != before.score[tea]
    write(study, "codebooks/work.yaml", BOOK)
    (study / ".qualcode" / first).write_bytes(b"damaged")
    assert Project(study).suggestions(transcripts="U", min_score=0.0) == before
    Project(study).code("U", "work/money", "Our budget is small.")
    Project(study).suggestions(transcripts="U")
    assert len(cache_files()) == 2


def test_cached_first_stage_gives_the_same_suggestions(study: Path) -> None:
    first, again = (Project(study).suggestions(min_score=0.0, decided=True) for _ in "12")
    assert first == again


def test_attributes_are_features_only_if_set(study: Path) -> None:
    rows = "".join(f"A{number},{'x' if number % 2 else 'y'}\n" for number in range(6))
    write(study, "transcripts/cases.csv", f"case,group\n{rows}U,x\n")
    without = Project(study).suggestions(transcripts="U", min_score=0.0)
    settings = (study / "qualcode.yaml").read_text(encoding="utf-8")
    write(study, "qualcode.yaml", settings + "suggest:\n  attributes: [group]\n")
    with_attributes = Project(study).suggestions(transcripts="U", min_score=0.0)
    assert without.score != with_attributes.score


def test_suggest_command_takes_selection_and_order(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(study, capsys)
    rows = shell(
        "suggest",
        "--unread-only",
        "--per-sentence",
        "1",
        "--min-score",
        "0.01",
        "--order",
        "uncertain",
        "--format",
        "json",
    ).json
    assert {row["transcript"] for row in rows} == {"U"}
    assert [abs(row["score"] - 0.5) for row in rows] == sorted(abs(row["score"] - 0.5) for row in rows)
    assert shell("suggest", "--order", "novel").code == 0
    refused = shell("suggest", "--order", "novel", "--maker", "cues")
    assert refused.code == 1
    assert "--order novel" in refused.err
    assert shell("suggest", "--top", "0").code == 2
    assert shell("suggest", "--order", "best").code == 2


# --- selection and order ---------------------------------------------------------------------------------------


def table(*rows: tuple[str, int, str, float]) -> Suggestions:
    """Return suggestions of (transcript, start, code, score)."""
    return Suggestions.from_rows(
        (f"{name}{start}{code}", name, 0, start, start + 1, "P", None, "q", code, score, "m", "w", "v")
        for name, start, code, score in rows
    )


def test_top_per_segment_keeps_order() -> None:
    suggestions = table(("U", 0, "a", 0.2), ("U", 0, "b", 0.9), ("U", 0, "c", 0.5), ("U", 5, "a", 0.1))
    assert select_best_per_segment(suggestions, 2).code == ["b", "c", "a"]


def test_sort_suggestions_in_each_order(study: Path) -> None:
    opened = Project(study).study
    suggestions = table(
        ("A0", 0, "work/money", 0.9),
        ("U", 0, "work/fear", 0.1),
        ("U", 0, "work/money", 0.3),
        ("U", 9, "work/fear", 0.5),
    )

    def places(order: str) -> list[tuple[str, int, str]]:
        ordered = sort_suggestions(opened, suggestions, order, coder="ana")  # type: ignore[arg-type]
        rows = zip(ordered.transcript, ordered.start, ordered.code, strict=True)
        return [(name, start, code[5:]) for name, start, code in rows]

    assert places("transcript")[0] == ("A0", 0, "money")
    assert places("uncertain")[0] == ("U", 9, "fear")
    assert places("review") == [("U", 9, "fear"), ("U", 0, "money"), ("U", 0, "fear"), ("A0", 0, "money")]
    assert select_unread(opened, suggestions, coder="ana").transcript == ["U", "U", "U"]


def test_novel_order_puts_dissimilar_sentences_first(study: Path) -> None:
    project = Project(study)
    suggestions = project.suggestions(transcripts="U", code="work/money", min_score=0.0, order="novel")
    assert suggestions.quote[-1] == "Our budget is small."
    assert np.isfinite(suggestions.score).all()


def test_large_study_has_the_same_suggestions_and_reasons(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Transcripts of the training set have held-out scores there, too."""
    expected = Project(study).suggestions(min_score=0.0, decided=True, order="transcript")
    monkeypatch.setattr("qualcode.study.study.LARGE_STUDY_BYTES", 10)
    suggestions = Project(study).suggestions(min_score=0.0, decided=True, order="transcript")
    assert list(zip(suggestions.id, suggestions.score, strict=True)) == list(
        zip(expected.id, expected.score, strict=True)
    )
    assert suggestions.why == expected.why


def test_training_sample_of_a_large_study_prefers_finished_transcripts(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        write(study, f"transcripts/B{number}.txt", interview(number))
    project = Project(study)
    for number in range(12):
        project.code(f"B{number}", "work/fear", FEAR[number % 3])
    monkeypatch.setattr("qualcode.study.study.LARGE_STUDY_BYTES", 10)
    monkeypatch.setattr("qualcode.suggest.large_studies._MAX_TRAINING_TRANSCRIPTS", 4)
    project = Project(study)
    result = project.suggestions(transcripts="U", min_score=0.0, order="transcript")
    assert set(result.maker) == {"learner", "cues"}
    assert "4 finished transcripts" in result.notes[1]


class Lengths:
    """An embedder for tests: the length of a sentence, and its number of letters e."""

    name, key = "lengths", "lengths 1"

    def embed(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Return two numbers for each sentence."""
        return np.array([[len(text), text.count("e")] for text in sentences], dtype=np.float32)


def test_unwritable_cache_gives_the_same_suggestions(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qualcode.suggest.embedding.study_embedder", lambda _: Lengths())
    settings = (study / "qualcode.yaml").read_text(encoding="utf-8")
    write(study, "qualcode.yaml", settings + "suggest:\n  embedder: lengths\n")
    expected = Project(study).suggestions(transcripts="U", min_score=0.0)
    assert set(expected.maker) == {"learner", "cues"}
    shutil.rmtree(study / ".qualcode")
    (study / ".qualcode").write_text("a file in its place", encoding="utf-8")
    assert Project(study).suggestions(transcripts="U", min_score=0.0) == expected


def test_concurrent_saves_keep_both_suggestions(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = Project(study).study
    suggestions = Project(study).suggestions(transcripts="U", min_score=0.0)
    (study / ".qualcode" / shown_suggestions._FILE_NAME).unlink()
    read = shown_suggestions._load_shown

    def slowly(stored_in: Study) -> Suggestions:
        stored = read(stored_in)
        time.sleep(0.3)
        return stored

    monkeypatch.setattr(shown_suggestions, "_load_shown", slowly)
    threads = [
        threading.Thread(target=shown_suggestions.save_shown_suggestions, args=(opened, suggestions.take([row])))
        for row in (0, 1)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(read(opened).id) == set(suggestions.id[:2])


def test_note_says_that_all_transcripts_are_finished(study: Path) -> None:
    project = Project(study)
    project.done("U")
    result = project.suggestions(unread_only=True)
    assert not len(result)
    assert "ana has finished all transcripts" in result.notes[0]


def test_check_reports_invalid_suggest_settings(study: Path) -> None:
    write(study, "transcripts/cases.csv", "case,group\nA0,x\n")
    settings = (study / "qualcode.yaml").read_text(encoding="utf-8")
    write(study, "qualcode.yaml", settings + "suggest:\n  attributes: [gruop]\n  embedder: nope\n")
    problems = [str(problem) for problem in Project(study).check()]
    assert "qualcode.yaml: 'suggest.attributes': no case has the attribute 'gruop' (did you mean 'group'?)" in problems
    assert any("'suggest.embedder'" in problem and "nope" in problem for problem in problems)
