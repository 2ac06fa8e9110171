"""Disagreements between coders, their adjudication, and the consensus that analyses count."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode import Project
from qualcode.cli.prompts import adjudication_prompt
from qualcode.coding.import_tables import ImportProblemsError
from qualcode.coding.quote_location import QuoteLocation
from qualcode.errors import OperationError, UnknownNameError, UsageError
from qualcode.model import Coding, Transcript, Turn, Unit
from qualcode.segments import get_sentence_rules
from qualcode.study.readings.consensus import build_consensus
from qualcode.study.readings.passages import Adjudication, make_reading
from studies import Shell, column, ledgers, records, small_study, write

NOBODY = "Nobody can tell me what it earns."
BUDGET = "The budget is gone."


@pytest.fixture
def study(tmp_path: Path) -> Project:
    """Ana and ben agree on the budget in A; each has one code that the other has not. Ana alone has read B."""
    project = Project(small_study(tmp_path))
    for coder, code, quote in (
        ("ana", "work/money", BUDGET),
        ("ben", "work/money", "budget"),
        ("ana", "work/money/roi", NOBODY),
        ("ben", "work/fear", QuoteLocation("They fear it.", turn=3, sentence=0)),
    ):
        project.code("A", code, quote, coder=coder)
    project.code("B", "skills/patience", "I wait a week.", coder="ana")
    project.done(["A", "B"], coder="ana")
    project.done("A", coder="ben")
    return project


def coded(project: Project, coder: str) -> list[tuple[str, str]]:
    """Return code and quote of each coding of a coder."""
    return [(one["code"], one["quote"]) for one in records(project.codings(coder=coder))]


def test_disagreements_are_listed_with_the_text_and_every_reading(study: Project) -> None:
    table = records(study.disagreements())
    assert column(table, "text") == [NOBODY, "They fear it."]
    assert column(table, "disputed") == ["work/money/roi", "work/fear"]
    assert column(table, "codes_ana") == ["work/money/roi", ""]
    assert column(table, "codes_ben") == ["", "work/fear"]
    assert column(table, "turn") == [1, 3]


def test_a_code_in_a_transcript_that_only_one_coder_has_finished_is_no_disagreement(study: Project) -> None:
    assert set(column(records(study.disagreements()), "transcript")) == {"A"}


def test_consensus_before_adjudication_is_what_all_readers_agree_on(study: Project) -> None:
    assert coded(study, "consensus") == [("work/money", BUDGET), ("skills/patience", "I wait a week.")]
    notes = study.themes(coder="consensus").attrs["notes"]
    assert (
        "consensus by sentence: 1 coded unit agreed, 0 adjudicated; 2 disagreements open, which count as not coded "
        "(see Project.disagreements()); 1 transcript read by one coder only, as that coder coded it" in notes
    )


def test_an_adjudicated_passage_counts_and_the_readings_stay(study: Project) -> None:
    before = {name: text for name, text in ledgers(study.study.root).items() if not name.startswith("consensus/")}
    first, second = column(records(study.disagreements()), "id")
    study.adjudicate(first, "ana", note="It is about earnings.", coder="lead")
    study.adjudicate(second, "none", coder="lead")
    assert coded(study, "consensus")[:2] == [("work/money/roi", NOBODY), ("work/money", BUDGET)]
    assert study.disagreements().empty
    decided = records(study.disagreements(decided=True))
    assert column(decided, "decision") == ["work/money/roi", "none"]
    assert column(decided, "note") == ["It is about earnings.", ""]
    assert column(decided, "decided_by") == ["lead", "lead"]
    assert {name: text for name, text in ledgers(study.study.root).items() if name in before} == before


@pytest.mark.parametrize(
    ("decision", "codes"),
    [
        ("ana", ["work/money/roi"]),
        ("ben", []),
        ("both", ["work/money/roi"]),
        ("neither", []),
        ("skills/patience", ["skills/patience"]),
        ("work/fear; work/money/roi", ["work/fear", "work/money/roi"]),
    ],
)
def test_a_decision_accepts_one_reading_all_none_or_other_codes(
    study: Project, decision: str, codes: list[str]
) -> None:
    study.adjudicate("A:21", decision, coder="lead")
    assert [code for code, quote in coded(study, "consensus") if quote == NOBODY] == codes


def test_a_later_decision_replaces_an_earlier_one_and_the_same_decision_is_recorded_once(study: Project) -> None:
    study.adjudicate("A:21", "ana", coder="lead")
    assert study.adjudicate("A:21", "ana", coder="lead").count == 0
    study.adjudicate("A:21", "work/fear", coder="lead")
    assert [code for code, quote in coded(study, "consensus") if quote == NOBODY] == ["work/fear"]
    study.adjudicate("A:21", "none", coder="lead")
    assert [code for code, quote in coded(study, "consensus") if quote == NOBODY] == []


def test_a_decision_can_be_undone_and_redone(study: Project) -> None:
    study.adjudicate("A:21", "ana", note="Earnings.", coder="lead")
    study.undo(coder="consensus")
    assert len(study.disagreements()) == 2
    assert study.memos().empty
    study.redo(coder="consensus")
    assert len(study.disagreements()) == 1


def test_the_decision_that_a_code_applies_survives_a_merge_of_codes(study: Project) -> None:
    study.code("A", "work/fear", NOBODY, coder="ben")
    study.adjudicate("A:21", "work/fear", coder="lead")
    study.merge_codes("work/money/roi", "work/fear")
    assert ("work/fear", NOBODY) in coded(study, "consensus")


def test_a_code_of_a_family_that_nobody_has_read_counts_once_decided(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    project.code("A", "work/money", BUDGET, coder="ana")
    project.code("A", "work/fear", BUDGET, coder="ben")
    for coder in ("ana", "ben"):
        project.done("A", coder=coder, families="work")
    project.adjudicate("A:55", "skills/patience", coder="lead")
    table = {one["code"]: one["units"] for one in records(project.themes(coder="consensus", level="code"))}
    assert table == {"skills/patience": 1, "work/money": 0, "work/money/roi": 0, "work/fear": 0}


def test_a_decision_that_no_code_applies_follows_an_edit_of_its_words(study: Project) -> None:
    study.adjudicate("A:21", "none", note="Said in jest.", coder="lead")
    path = study.study.root / "transcripts/A.txt"
    path.write_text(path.read_text().replace("Nobody can tell me", "Nobody could tell me"))
    table = study.update(write=True, coder="lead")
    assert "1 adjudication on edited passages followed, 0 not found" in table.attrs["notes"]
    assert column(records(study.disagreements()), "disputed") == ["work/fear"]
    assert column(records(study.disagreements(decided=True)), "note") == ["Said in jest.", ""]


def test_an_empty_decision_is_refused(study: Project) -> None:
    for decision in ("", " ", ";"):
        with pytest.raises(OperationError, match="the decision is empty"):
            study.adjudicate("A:21", decision, coder="lead")


def test_a_retired_code_is_no_decision_unless_it_is_in_dispute(study: Project) -> None:
    study.retire_code("skills/patience")
    study.retire_code("work/money/roi")
    with pytest.raises(OperationError, match="is retired"):
        study.adjudicate("A:21", "skills/patience", coder="lead")
    assert study.adjudicate("A:21", "work/money/roi", coder="lead").count == 1


def test_a_reading_decides_only_what_its_coder_has_read(study: Project) -> None:
    study.code("A", "skills/patience", NOBODY, coder="cy")
    study.done("A", coder="cy", families="skills")
    study.done("A", coder="ben", undo=True)
    study.done("A", coder="ben", families="work")
    # ben has read the family work only: nothing is said on patience, which ana and cy dispute.
    study.adjudicate("A:21", "ben", coder="lead")
    assert column(records(study.disagreements(code="skills")), "text") == [NOBODY]
    assert study.disagreements(code="work/money/roi").empty


def test_a_decision_on_a_smaller_unit_does_not_take_back_what_is_agreed_beside_it(study: Project) -> None:
    for coder, sentence in (("ana", 0), ("ana", 1), ("ben", 1)):
        study.code("A", "work/money", QuoteLocation("They fear it.", turn=3, sentence=sentence), coder=coder)
    passage = next(one for one in records(study.disagreements(code="work/money")) if one["turn"] == 3)
    study.adjudicate(passage["id"], "none", coder="lead")
    path = study.study.root / "qualcode.yaml"
    path.write_text(path.read_text().replace("unit: sentence", "unit: turn"))
    assert ("work/money", "They fear it. They fear it.") in coded(study, "consensus")


def test_the_hint_after_a_table_names_who_can_take_it_back(study: Project, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(study.study.root, capsys)
    table = write(study.study.root, "decided.csv", "id,decision\nA:21,ana\n")
    done = shell("adjudicate", "--from", table, "--coder", "lead")
    assert (done.out, done.err) == ("1 decided (consensus 1)\n", "to take it back: qualcode undo --coder consensus\n")


def test_two_decisions_on_one_passage_are_a_problem(study: Project, tmp_path: Path) -> None:
    table = write(tmp_path, "decided.csv", "id,decision\nA:21,all\nA:22,none\n")
    with pytest.raises(ImportProblemsError, match=r"decided.csv:3: passage A:21 is decided in line 2 already"):
        study.adjudicate_from(table, coder="lead")


def test_words_of_decisions_are_no_names_of_coders(study: Project) -> None:
    for name in ("all", "None", "both", "neither"):
        with pytest.raises(UsageError, match="this name is reserved"):
            study.code("A", "work/fear", NOBODY, coder=name)


def test_makers_have_no_disagreements(study: Project) -> None:
    with pytest.raises(UsageError, match="disagreements are those of people"):
        study.disagreements(coder=["ana", "ben", "maker:cues"])


def test_a_decision_follows_its_text_through_an_edit(study: Project) -> None:
    study.adjudicate("A:21", "none", coder="lead")
    path = study.study.root / "transcripts/A.txt"
    path.write_text("I: Hello there, and welcome.\n\n" + path.read_text())
    (open_one,) = records(study.disagreements())
    assert open_one["disputed"] == "work/fear"
    assert column(records(study.disagreements(decided=True)), "decision") == ["none", ""]


def test_a_filled_in_table_decides_each_row_once(study: Project, tmp_path: Path) -> None:
    table = study.disagreements()
    table["decision"] = ["both", "skills/patience"]
    table["note"] = ["", "He waits."]
    path = tmp_path / "decided.csv"
    table.to_csv(path, index=False)
    assert study.adjudicate_from(path, coder="lead", dry_run=True).added == 2
    assert len(study.disagreements()) == 2
    assert study.adjudicate_from(path, coder="lead").added == 2
    again = study.adjudicate_from(path, coder="lead")
    assert (again.added, again.already_present) == (0, 2)
    assert study.adjudicate_from(study.disagreements(decided=True), coder="lead").already_present == 2
    assert ("skills/patience", "They fear it.") in coded(study, "consensus")


def test_a_table_with_a_bad_row_decides_nothing(study: Project, tmp_path: Path) -> None:
    table = write(
        tmp_path,
        "decided.csv",
        "id,text,decision\nA:21,,ana\nA:1,,none\nA:21,Other words,none\nA:21,,nobody\nZ:1,,all\nA,,all\n",
    )
    with pytest.raises(ImportProblemsError) as error:
        study.adjudicate_from(table, coder="lead")
    assert [problem.line for problem in error.value.problems] == [3, 4, 5, 6, 7]
    assert "has another text now" in str(error.value)
    assert len(study.disagreements()) == 2


def test_a_table_without_a_decision_is_a_problem(study: Project) -> None:
    with pytest.raises(ImportProblemsError, match="no row has a decision"):
        study.adjudicate_from(study.disagreements(), coder="lead")


def test_errors_say_what_is_missing(study: Project) -> None:
    with pytest.raises(OperationError, match="no passage 'A:1': no coder has used a code there"):
        study.adjudicate("A:1", "all", coder="lead")
    with pytest.raises(UnknownNameError, match="no coder or code 'nobody'"):
        study.adjudicate("A:21", "nobody", coder="lead")
    with pytest.raises(UnknownNameError, match="did you mean 'ana'"):
        study.adjudicate("A:21", "anna", coder="lead")
    with pytest.raises(UsageError, match="name two coders"):
        study.disagreements(coder=["ana", "consensus"])
    with pytest.raises(OperationError, match="agreement needs two coders, and only ana has coded"):
        study.disagreements(coder="ana")


def test_commands_list_and_decide(study: Project, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(study.study.root, capsys)
    listed = shell("disagreements", "--format", "json").json
    assert column(listed, "disputed") == ["work/money/roi", "work/fear"]
    assert shell("adjudicate", listed[0]["id"], "ana", "--coder", "lead").out == "1 decided\n"
    assert shell("disagreements", "--all", "--format", "csv").csv[0]["decision"] == "work/money/roi"
    assert shell("adjudicate", "--coder", "lead").code == 2
    assert "it asks on a terminal" in shell("adjudicate", "--coder", "lead").err
    themes = shell("themes", "--coder", "consensus", "--level", "code", "--format", "json").json
    assert {one["code"]: one["units"] for one in themes}["work/money/roi"] == 1


def test_each_key_decides_and_shows_the_next_passage(
    study: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adjudication_prompt, "is_terminal", lambda: True)
    pressed, typed = iter("x1umns2"), iter(["Not said."])
    monkeypatch.setattr(click, "getchar", lambda: next(pressed))
    monkeypatch.setattr(click, "prompt", lambda *_, **__: next(typed))
    shell = Shell(study.study.root, capsys)
    # An unknown key; accept ana and take it back; a note, none; skip the second passage.
    shown = click.unstyle(shell("adjudicate", "--coder", "lead").out)
    assert "1 decided, 1 disagreement left" in shown
    assert "1 ana: work/money/roi" in shown
    assert "2 ben: no code" in shown
    assert "no such key: 'x'" in shown
    decided = records(study.disagreements(decided=True))
    assert column(decided, "decision") == ["none", ""]
    assert column(decided, "note") == ["Not said.", ""]
    pressed = iter("q")
    assert "0 decided, 1 disagreement left" in shell("adjudicate", "--coder", "lead").out


def test_consensus_is_suggested_where_a_coder_is_unknown(study: Project) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'consensus'"):
        study.themes(coder="concensus")


# Laws

TEXT = "One. Two. Three. Four. Five."
TURN = Turn(0, "P", "participant", 0, len(TEXT))
TRANSCRIPT = Transcript("T", "T.txt", TEXT, "hash", (TURN,))
SENTENCES = [(0, 4), (5, 9), (10, 16), (17, 22), (23, 28)]
CELLS = st.sets(st.tuples(st.integers(0, 4), st.sampled_from(["f/a", "f/b", "g/c"])))


def codings_of(coder: str, cells: set[tuple[int, str]]) -> list[Coding]:
    return [
        Coding(f"{coder}{number}{code}", "T", *SENTENCES[number], "anchored", "", code, coder, at="")
        for number, code in sorted(cells)
    ]


def consensus_cells(
    readings: dict[str, set[tuple[int, str]]], decisions: dict[tuple[int, str], bool]
) -> set[tuple[int, str]]:
    built = build_consensus(
        {"T": TRANSCRIPT},
        [make_reading(name, codings_of(name, cells), {"T": frozenset("fg")}) for name, cells in readings.items()],
        [
            Adjudication(str(number), "T", *SENTENCES[cell[0]], cell[1], applies, "lead", "", "")
            for number, (cell, applies) in enumerate(decisions.items())
        ],
        unit=Unit(),
        sentence_rules=get_sentence_rules("en"),
    )
    return {
        (number, coding.code)
        for coding in built.codings
        for number, (start, end) in enumerate(SENTENCES)
        if coding.start < end and start < coding.end
    }


@given(
    readings=st.dictionaries(st.sampled_from(["ana", "ben", "cy"]), CELLS, min_size=1),
    decisions=st.dictionaries(st.tuples(st.integers(0, 4), st.sampled_from(["f/a", "f/b", "g/c"])), st.booleans()),
)
def test_consensus_is_the_intersection_of_readings_with_decisions_on_top(
    readings: dict[str, set[tuple[int, str]]], decisions: dict[tuple[int, str], bool]
) -> None:
    wanted = set.intersection(*readings.values())
    wanted = {cell for cell in wanted if decisions.get(cell, True)} | {cell for cell in decisions if decisions[cell]}
    assert consensus_cells(readings, decisions) == wanted


def test_parts_of_one_coding_are_one_coding_of_the_consensus() -> None:
    long = [Coding("1", "T", 0, 16, "anchored", "", "f/a", "ana", at="")]
    parts = codings_of("ben", {(0, "f/a"), (1, "f/a")})
    readings = [make_reading(name, found, {"T": frozenset("f")}) for name, found in (("ana", long), ("ben", parts))]
    built = build_consensus({"T": TRANSCRIPT}, readings, [], unit=Unit(), sentence_rules=get_sentence_rules("en"))
    assert [(one.start, one.end, one.quote) for one in built.codings] == [(0, 9, "One. Two.")]
    assert built.counts["open"] == 1
