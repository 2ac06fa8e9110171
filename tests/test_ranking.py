"""The ranked list: learnt from a coder's decisions, with cues, in several orders, without what is decided."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from qualcode.errors import QualcodeError
from qualcode.project import Project
from qualcode.study.study import Study
from qualcode.suggest import Suggestions
from qualcode.suggest import learner_suggestions as ranking
from qualcode.suggest import shown_suggestions as store
from qualcode.suggest.suggestion_order import select_top_per_segment, select_unread, sort_suggestions
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
    """Return an interview with one sentence on money, one on fear, and others."""
    money, fear = MONEY[number % 3], FEAR[number % 3]
    return (
        f"I: What does it cost?\n\nP: {OTHER[number % 4]} {money}\n\n"
        f"I: Who is afraid?\n\nP: {fear} {OTHER[(number + 1) % 4]}\n"
    )


UNREAD = "I: What does it cost?\n\nP: Our budget is small. I like tea.\n\nI: And else?\n\nP: The invoice came. No.\n"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Six interviews that ana has coded and finished, and one that nobody has read."""
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


def shown(found: Suggestions) -> list[tuple[str, str]]:
    return list(zip(found.quote, found.code, strict=True))


def test_what_was_coded_teaches_what_is_suggested_and_why(study: Path) -> None:
    project = Project(study)
    found = project.suggestions(unread_only=True, top=1, min_score=0.2)
    assert ("Our budget is small.", "work/money") in shown(found)
    assert "I like tea." not in found.quote
    row = found.quote.index("Our budget is small.")
    assert found.maker[row] == "learner"
    assert '"budget" +' in found.why[row]
    assert "budget" in found.why[row].partition("; like A")[2]
    assert "(ana)" in found.why[row]
    assert "6 finished transcripts" in project.said[1]


def test_scores_are_probabilities_and_all_of_them_can_be_seen(study: Path) -> None:
    found = Project(study).suggestions(transcripts="U", min_score=0.0)
    assert len(found) == 4 * 2
    assert all(0 <= score <= 1 for score in found.score)
    assert len(Project(study).suggestions(min_score=0.0, decided=True)) == (6 * 4 + 4) * 2


def test_nobody_finished_means_cues_alone_and_it_is_said(study: Path) -> None:
    project = Project(study)
    found = project.suggestions(coder="ben", transcripts="U")
    assert shown(found) == [("The invoice came.", "work/money")]
    assert set(found.maker) == {"cues"}
    assert "not enough coded data to train" in " ".join(project.said)
    with pytest.raises(QualcodeError, match="not enough coded data to train"):
        project.suggestions(coder="ben", maker="learner")


def test_families_that_are_finished_nowhere_are_named(study: Path) -> None:
    slow = "family: path\nname: Path\ncodes:\n  - {id: slow, name: Slow, definition: It is slow.}\n"
    write(study, "codebooks/path.yaml", slow)
    project, everything = Project(study), [f"A{number}" for number in range(6)]
    project.suggestions()
    assert len(project.said) == 2  # finished for all there is
    project.done(everything, undo=True)
    project.done(everything, families=["work"])
    project.suggestions()
    assert project.said[-1] == (
        "not learnt, as no transcript is finished for them: path;"
        " finish some for them ('qualcode done'), or see --maker cues"
    )


def test_another_coders_decisions_can_be_learnt_from(study: Path) -> None:
    found = Project(study).suggestions(coder="ben", learn_from="ana", transcripts="U", top=1, min_score=0.2)
    assert ("Our budget is small.", "work/money") in shown(found)
    with pytest.raises(QualcodeError, match="there is no coder 'eve'"):
        Project(study).suggestions(learn_from="eve")


def test_what_is_coded_or_rejected_stays_away_until_the_entry_changes(study: Path) -> None:
    project = Project(study)
    held = project.suggestions(transcripts="U", min_score=0.0, code="work/money")
    name = held.id[held.quote.index("Our budget is small.")]
    project.reject(name)
    left = Project(study).suggestions(transcripts="U", min_score=0.0, code="work/money")
    assert "Our budget is small." not in left.quote
    write(study, "codebooks/work.yaml", BOOK.replace("id: money", "id: cash\n    formerly: [work/money]"))
    renamed = Project(study).suggestions(transcripts="U", min_score=0.0, code="work/cash")
    assert "Our budget is small." not in renamed.quote
    assert len(renamed) == len(left)
    write(study, "codebooks/work.yaml", BOOK.replace("What it costs.", "What it costs and earns."))
    again = Project(study).suggestions(transcripts="U", min_score=0.0, code="work/money")
    assert name in again.id


def test_what_was_shown_is_accepted_without_learning_again(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(study)
    held = project.suggestions(transcripts="U", top=1, min_score=0.2)
    row = held.quote.index("Our budget is small.")

    def never(*_: object, **__: object) -> None:
        raise AssertionError("learnt again")

    monkeypatch.setattr(ranking, "rank_study", never)
    assert project.accept(held.id[row]) == 1
    (coding,) = [one for one in project.study.codings if one.transcript == "U"]
    assert (coding.quote, coding.code, coding.maker) == ("Our budget is small.", "work/money", "learner")


def test_an_id_that_was_never_shown_is_found_all_the_same(study: Path) -> None:
    project = Project(study)
    held = project.suggestions(transcripts="U", min_score=0.0)
    name = held.id[held.quote.index("I like tea.")]
    (study / ".qualcode" / store._FILE_NAME).unlink()
    assert project.reject(name) == 1
    with pytest.raises(QualcodeError):
        project.reject("ffffffffff")


def test_the_first_step_is_kept_until_a_decision_changes(study: Path) -> None:
    def kept() -> set[str]:
        return {path.name for path in (study / ".qualcode").glob("learner-*.npz")}

    before = Project(study).suggestions(transcripts="U", min_score=0.0)
    (first,) = kept()
    write(study, "codebooks/work.yaml", BOOK.replace("[invoice]", "[invoice, tea]"))
    with_cue = Project(study).suggestions(transcripts="U", min_score=0.0)
    assert kept() == {first}
    tea = [one == ("I like tea.", "work/money") for one in shown(before)].index(True)
    assert with_cue.score[shown(with_cue).index(("I like tea.", "work/money"))] != before.score[tea]
    write(study, "codebooks/work.yaml", BOOK)
    (study / ".qualcode" / first).write_bytes(b"damaged")
    assert Project(study).suggestions(transcripts="U", min_score=0.0) == before
    Project(study).code("U", "work/money", "Our budget is small.")
    Project(study).suggestions(transcripts="U")
    assert len(kept()) == 2


def test_what_is_kept_gives_the_same_as_learning_anew(study: Path) -> None:
    first, again = (Project(study).suggestions(min_score=0.0, decided=True) for _ in "12")
    assert first == again


def test_a_sentence_beside_a_coded_one_is_seen_in_its_light(study: Path) -> None:
    before = Project(study).suggestions(transcripts="U", min_score=0.0, code="work/money")
    Project(study).code("U", "work/money", "Our budget is small.")
    after = Project(study).suggestions(transcripts="U", min_score=0.0, code="work/money")
    tea = "I like tea."
    assert after.score[after.quote.index(tea)] != before.score[before.quote.index(tea)]


def test_attributes_are_learnt_from_only_if_the_settings_say_so(study: Path) -> None:
    rows = "".join(f"A{number},{'x' if number % 2 else 'y'}\n" for number in range(6))
    write(study, "transcripts/cases.csv", f"case,group\n{rows}U,x\n")
    without = Project(study).suggestions(transcripts="U", min_score=0.0)
    settings = (study / "qualcode.yaml").read_text(encoding="utf-8")
    write(study, "qualcode.yaml", settings + "suggest:\n  attributes: [group]\n")
    told = Project(study).suggestions(transcripts="U", min_score=0.0)
    assert without.score != told.score


def test_commands_take_what_python_takes(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(study, capsys)
    rows = shell(
        "suggest", "--unread-only", "--top", "1", "--min-score", "0.01", "--order", "uncertain", "--format", "json"
    ).json
    assert {row["transcript"] for row in rows} == {"U"}
    assert [abs(row["score"] - 0.5) for row in rows] == sorted(abs(row["score"] - 0.5) for row in rows)
    assert shell("suggest", "--order", "novel").code == 0
    refused = shell("suggest", "--order", "novel", "--maker", "cues")
    assert refused.code == 1
    assert "--order novel" in refused.err
    assert shell("suggest", "--top", "0").code == 2
    assert shell("suggest", "--order", "best").code == 2


# --- picking ----------------------------------------------------------------------------------------------------


def table(*rows: tuple[str, int, str, float]) -> Suggestions:
    """Return suggestions of (transcript, start, code, score)."""
    return Suggestions.from_rows(
        (f"{name}{start}{code}", name, 0, start, start + 1, "P", "q", code, score, "m", "w", "v")
        for name, start, code, score in rows
    )


def test_the_best_of_each_segment_are_kept_in_their_order() -> None:
    found = table(("U", 0, "a", 0.2), ("U", 0, "b", 0.9), ("U", 0, "c", 0.5), ("U", 5, "a", 0.1))
    assert select_top_per_segment(found, 2).code == ["b", "c", "a"]


def test_orders(study: Path) -> None:
    held = Project(study).study
    found = table(
        ("A0", 0, "work/money", 0.9),
        ("U", 0, "work/fear", 0.1),
        ("U", 0, "work/money", 0.3),
        ("U", 9, "work/fear", 0.5),
    )

    def places(order: str) -> list[tuple[str, int, str]]:
        put = sort_suggestions(held, found, order, coder="ana")  # type: ignore[arg-type]
        return [(name, start, code[5:]) for name, start, code in zip(put.transcript, put.start, put.code, strict=True)]

    assert places("transcript")[0] == ("A0", 0, "money")
    assert places("uncertain")[0] == ("U", 9, "fear")
    assert places("review") == [("U", 9, "fear"), ("U", 0, "money"), ("U", 0, "fear"), ("A0", 0, "money")]
    assert select_unread(held, found, coder="ana").transcript == ["U", "U", "U"]


def test_novel_is_what_is_least_like_what_was_coded(study: Path) -> None:
    project = Project(study)
    found = project.suggestions(transcripts="U", code="work/money", min_score=0.0, order="novel")
    assert found.quote[-1] == "Our budget is small."
    assert np.isfinite(found.score).all()


def test_a_large_study_has_the_same_suggestions_with_the_same_reasons(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A transcript that was learnt from tells nothing of itself there either."""
    wanted = Project(study).suggestions(min_score=0.0, decided=True, order="transcript")
    monkeypatch.setattr("qualcode.study.study.LARGE_STUDY_BYTES", 10)
    found = Project(study).suggestions(min_score=0.0, decided=True, order="transcript")
    assert list(zip(found.id, found.score, strict=True)) == list(zip(wanted.id, wanted.score, strict=True))
    assert found.why == wanted.why


def test_of_very_many_decided_transcripts_finished_ones_are_learnt_from_first(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        write(study, f"transcripts/B{number}.txt", interview(number))
    project = Project(study)
    for number in range(12):
        project.code(f"B{number}", "work/fear", FEAR[number % 3])
    monkeypatch.setattr("qualcode.study.study.LARGE_STUDY_BYTES", 10)
    monkeypatch.setattr("qualcode.suggest.large_studies._MOST_TRAINING_TRANSCRIPTS", 4)
    project = Project(study)
    assert set(project.suggestions(transcripts="U", min_score=0.0, order="transcript").maker) == {"learner"}
    assert "4 finished transcripts" in project.said[1]


class Lengths:
    """An embedder for tests: how long a sentence is, and how many of its letters are e."""

    name, key = "lengths", "lengths 1"

    def embed(self, sentences: Sequence[str]) -> NDArray[np.float32]:
        """Return two numbers a sentence."""
        return np.array([[len(text), text.count("e")] for text in sentences], dtype=np.float32)


def test_a_cache_that_cannot_be_written_is_no_reason_to_suggest_nothing(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qualcode.suggest.embedding.embedder", lambda _: Lengths())
    settings = (study / "qualcode.yaml").read_text(encoding="utf-8")
    write(study, "qualcode.yaml", settings + "suggest:\n  embedder: lengths\n")
    wanted = Project(study).suggestions(transcripts="U", min_score=0.0)
    assert set(wanted.maker) == {"learner"}
    shutil.rmtree(study / ".qualcode")
    (study / ".qualcode").write_text("a file in its place", encoding="utf-8")
    assert Project(study).suggestions(transcripts="U", min_score=0.0) == wanted


def test_two_that_run_at_once_keep_what_both_have_shown(study: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = Project(study).study
    found = Project(study).suggestions(transcripts="U", min_score=0.0)
    (study / ".qualcode" / store._FILE_NAME).unlink()
    read = store._load_shown

    def slowly(wanted: Study) -> Suggestions:
        before = read(wanted)
        time.sleep(0.3)
        return before

    monkeypatch.setattr(store, "_load_shown", slowly)
    both = [threading.Thread(target=store.save_shown_suggestions, args=(held, found.take([row]))) for row in (0, 1)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert set(read(held).id) == set(found.id[:2])


def test_it_is_said_that_nothing_is_left_unread(study: Path) -> None:
    project = Project(study)
    project.done("U")
    assert not len(project.suggestions(unread_only=True))
    assert "ana has finished all transcripts" in project.said[0]


def test_check_tells_settings_of_learning_that_cannot_be_kept(study: Path) -> None:
    write(study, "transcripts/cases.csv", "case,group\nA0,x\n")
    settings = (study / "qualcode.yaml").read_text(encoding="utf-8")
    write(study, "qualcode.yaml", settings + "suggest:\n  attributes: [gruop]\n  embedder: nope\n")
    said = [str(problem) for problem in Project(study).check()]
    assert "qualcode.yaml: 'suggest.attributes' names 'gruop', which no case has (did you mean 'group'?)" in said
    assert any("'suggest.embedder'" in one and "nope" in one for one in said)
