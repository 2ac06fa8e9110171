"""Agreement between coders of a study: the table, its units and universes, sentences and pictures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook
from sklearn.metrics import cohen_kappa_score

from qualcode import Project
from qualcode.agreement import plan_groups, plan_units
from qualcode.coding.quote_location import QuoteLocation
from qualcode.errors import OperationError, UnknownNameError, UsageError
from studies import Shell, column, records, row, small_study

ROOT = Path(__file__).parents[1]
NOBODY = "Nobody can tell me what it earns."
BUDGET = "The budget is gone."


@pytest.fixture
def study(tmp_path: Path) -> Project:
    """Ana and ben have both finished A (4 sentences) and C (2); ana alone has finished B.

    Of the code work/money, both have coded the budget in A, ana also that in C; ben has coded fear once in A.
    """
    project = Project(small_study(tmp_path))
    for coder, transcript, code, quote in (
        ("ana", "A", "work/money", BUDGET),
        ("ben", "A", "work/money", "budget"),
        ("ana", "C", "work/money", BUDGET),
        ("ben", "A", "work/fear", QuoteLocation("They fear it.", turn=3, sentence=0)),
        ("ana", "B", "skills/patience", "I wait a week."),
    ):
        project.code(transcript, code, quote, coder=coder)
    project.done(["A", "B", "C"], coder="ana")
    project.done(["A", "C"], coder="ben")
    return project


def agreement(project: Project, **options: Any) -> list[dict[str, Any]]:
    return records(project.agreement(**options))


def test_the_table_counts_the_units_that_all_coders_have_finished(study: Project) -> None:
    found = row(agreement(study), code="work/money")
    assert (found["coders"], found["unit"], found["universe"]) == ("ana, ben", "sentence", "done")
    assert (found["units"], found["transcripts"], found["coded"]) == (6, 2, "ana: 2; ben: 1")
    # 6 sentences: both 1, ana alone 1, neither 4. Chance 2/6 * 1/6 + 4/6 * 5/6 = 22/36.
    assert found["percent"] == pytest.approx(5 / 6)
    assert found["cohen_kappa"] == pytest.approx((5 / 6 - 22 / 36) / (1 - 22 / 36))
    # Alpha: 12 ratings, 3 of them coded; D_o = 2 / 12, D_e = 2 * 3 * 9 / (12 * 11).
    assert found["krippendorff_alpha"] == pytest.approx(1 - (2 / 12) / (54 / 132))
    # AC1: share coded 1/4, chance 2 * 1/4 * 3/4.
    assert found["gwet_ac1"] == pytest.approx((5 / 6 - 3 / 8) / (1 - 3 / 8))
    assert found["prevalence_index"] == pytest.approx((1 - 4) / 6)
    assert found["bias_index"] == pytest.approx(1 / 6)


def test_universe_coded_leaves_out_units_that_nobody_has_coded(study: Project) -> None:
    found = row(agreement(study, universe="coded"), code="work/money")
    # The budget in A and C, and the sentence with fear.
    assert (found["units"], found["percent"]) == (3, pytest.approx(2 / 3))


def test_universe_asked_keeps_units_of_transcripts_that_two_have_read(study: Project) -> None:
    study.code("A", "work/money", BUDGET, coder="cy")
    found = row(agreement(study, universe="asked", coder=["ana", "ben", "cy"]), code="work/money")
    assert (found["units"], found["coded"]) == (6, "ana: 2; ben: 1; cy: 1")
    assert found["cohen_kappa"] is None or np.isnan(found["cohen_kappa"])
    assert "cohen_kappa: needs exactly two coders" in found["undefined"]
    # A: 3 sentences where all three agree on "not coded" and 1 where all have coded; C: ana and ben differ in 1 of 2.
    assert found["percent"] == pytest.approx((4 + 1 + 0) / 6)


def test_agreement_by_character_counts_participants_characters(study: Project) -> None:
    found = row(agreement(study, unit="character", code="work/money"), code="work/money")
    in_a = len("Nobody can tell me what it earns. The budget is gone.") + len("They fear it. They fear it.")
    in_c = len("The budget is gone.") + len("Legal says no.")
    assert found["units"] == in_a + in_c
    assert found["coded"] == f"ana: {2 * len(BUDGET)}; ben: {len('budget')}"
    assert found["percent"] == pytest.approx(1 - (2 * len(BUDGET) - len("budget")) / (in_a + in_c))


def test_units_and_universes_stand_side_by_side(study: Project) -> None:
    found = agreement(study, unit=["sentence", "turn", "character"], universe=["coded", "done"], code="work/fear")
    assert list(zip(column(found, "unit"), column(found, "universe"), strict=True)) == [
        (unit, universe) for unit in ("sentence", "turn", "character") for universe in ("done", "coded")
    ]


def test_a_code_that_nobody_used_has_a_reason_in_place_of_a_number(study: Project) -> None:
    found = row(agreement(study), code="skills/patience")
    assert found["percent"] == 1
    assert np.isnan(found["cohen_kappa"])
    assert "krippendorff_alpha, cohen_kappa, gwet_ac1: no coder used the code" in found["undefined"]


def test_families_are_unions_and_the_pooled_row_counts_each_code_in_each_unit(study: Project) -> None:
    table = agreement(study)
    assert row(table, code="work")["coded"] == "ana: 2; ben: 2"
    pooled = row(table, code="pooled")
    codes = [one for one in table if one["level"] == "code"]
    assert pooled["units"] == sum(one["units"] for one in codes) == 6 * 4
    # work/money counts its own codings only, not those of the code below it.
    assert (pooled["coded"], pooled["level"]) == ("ana: 2; ben: 2", "pooled")


def test_sets_of_codes_are_compared_where_there_are_several_codes(study: Project) -> None:
    table = agreement(study, statistic=["alpha_masi", "alpha_jaccard"])
    assert "needs sets of codes" in row(table, code="work/fear")["undefined"]
    # Six units: money/money, none/fear, money/none and three times none/none.
    assert row(table, code="pooled")["alpha_jaccard"] == pytest.approx(alpha_of_sets(), abs=1e-12)


def alpha_of_sets() -> float:
    """Return alpha with Jaccard distance by hand: all distances are 0 or 1, since no set has two codes."""
    values = [("m", "m"), ("", "f"), ("m", ""), ("", ""), ("", ""), ("", "")]
    ratings = [value for pair in values for value in pair]
    observed = sum(a != b for a, b in values) / len(values)
    differing = sum(a != b for i, a in enumerate(ratings) for j, b in enumerate(ratings) if i != j)
    return 1 - observed / (differing / (len(ratings) * (len(ratings) - 1)))


def test_pairs_of_coders_have_rows_of_their_own(study: Project) -> None:
    study.code("A", "work/money", BUDGET, coder="cy")
    study.done("A", coder="cy")
    found = agreement(study, pairs=True, code="work/fear")
    assert column(found, "coders") == ["ana, ben", "ana, cy", "ben, cy"]
    assert column(found, "transcripts") == [2, 1, 1]


def test_a_maker_and_the_consensus_are_compared_like_coders(study: Project) -> None:
    found = row(agreement(study, coder=["ana", "maker:cues", "consensus"], code="work/money"), code="work/money")
    # The cues match "budget" in A and C, and "earns" in A for the code below; the consensus has the budget in A.
    assert (found["units"], found["coded"]) == (6 + 3, "ana: 2; maker:cues: 3; consensus: 1")


def test_a_coder_is_compared_with_an_earlier_reading(study: Project) -> None:
    paths = study.study.root.glob("codings/ana/*.jsonl")
    before = max(json.loads(line)["at"] for path in paths for line in path.read_text().splitlines())
    (coding,) = records(study.codings(coder="ana", transcripts="C"))
    study.retract(coding["id"], coder="ana")
    found = row(agreement(study, coder=["ana", f"ana@{before}"], code="work/money"), code="work/money")
    assert (found["coders"], found["coded"]) == (f"ana, ana@{before}", f"ana: 1; ana@{before}: 2")
    drift = row(agreement(study, coder=f"ana@{before}", over_time=True, code="work/money"), code="work/money")
    # In C alone, the transcript that ana has worked on since.
    assert (drift["units"], drift["transcripts"], drift["percent"]) == (2, 1, 0.5)
    with pytest.raises(UsageError, match="compares one coder with an earlier reading"):
        study.agreement(coder="ana", over_time=True)
    with pytest.raises(OperationError, match="ben has coded no transcript again since"):
        study.agreement(coder="ben@2099", over_time=True)


def test_the_methods_section_names_what_was_compared(study: Project) -> None:
    table = study.agreement(code="work/money", seed=7, replicates=200)
    (text,) = table.attrs["methods"]
    assert text.startswith("ana and ben both coded 2 of 4 transcripts (50%).")
    for part in ("the 6 sentences", "200 replicates, seed 7", "Cohen's kappa (Cohen 1960)", "bootstrap"):
        assert part in text
    assert "coders ana, ben; unit sentence; universe done" in table.attrs["notes"][0]


def test_the_methods_section_counts_transcripts_by_family_and_has_the_levels_of_the_table(study: Project) -> None:
    study.done("B", coder="ben", families="skills")
    (text,) = study.agreement(level="family").attrs["methods"]
    assert text.startswith("ana and ben both coded 2 to 3 of 4 transcripts, by family.")
    assert "for each family over the 6 to 9 sentences" in text
    # The row of all codes is there at any level.
    assert column(agreement(study, level="family"), "code") == ["skills", "work", "pooled"]
    assert "97.5% percentile bootstrap" in study.agreement(confidence=0.975).attrs["methods"][0]


def test_families_that_coders_finished_apart_are_no_basis(study: Project) -> None:
    study.done("D", coder="ana", families="work")
    study.done("D", coder="ben", families="skills")
    with pytest.raises(OperationError, match="for the same family"):
        study.agreement(transcripts="D")


def test_pairs_that_share_nothing_are_left_out_with_a_note(study: Project) -> None:
    study.code("D", "work/money", "Nobody listens.", coder="cy")
    study.done("D", coder="cy")
    table = study.agreement(pairs=True, code="work/fear")
    assert column(records(table), "coders") == ["ana, ben"]
    assert any(note.startswith("ana and cy: no transcript is coded by two") for note in table.attrs["notes"])


def test_units_given_twice_have_one_row(study: Project) -> None:
    assert len(agreement(study, unit=["sentence", "Sentence"], code="work/fear")) == 1


def test_intervals_follow_the_seed(study: Project) -> None:
    def interval(seed: int) -> tuple[float, float]:
        found = row(agreement(study, seed=seed, replicates=300), code="work/money")
        return found["percent_low"], found["percent_high"]

    assert interval(1) == interval(1)
    # Resampled transcripts are A (all of 4 agree) and C (1 of 2).
    assert interval(1) == pytest.approx((0.5, 1.0))


def test_bad_options_are_one_sentence(study: Project) -> None:
    with pytest.raises(UnknownNameError, match="no coder 'bob'"):
        study.agreement(coder=["ana", "bob"])
    with pytest.raises(UsageError, match="there is no 'cohen'"):
        study.agreement(statistic="cohen")
    with pytest.raises(UsageError, match="no unit 'word'"):
        study.agreement(unit="word")
    with pytest.raises(OperationError, match="agreement needs two coders, and only ana has coded"):
        study.agreement(coder="ana")
    with pytest.raises(UsageError, match="a maker is compared with a coder"):
        study.agreement(coder="maker:cues")
    study.code("D", "work/money", "Nobody listens.", coder="cy")
    with pytest.raises(OperationError, match="no transcript is coded by two of these coders"):
        study.agreement(coder=["ana", "cy"])
    study.code("A", "work/money", BUDGET, coder="cy")
    with pytest.raises(OperationError, match="no transcript is marked as done by all of these coders"):
        study.agreement(coder=["ana", "cy"])


def test_commands_print_table_sentences_and_pictures(study: Project, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(study.study.root, capsys)
    assert "0.57 [" in shell("agreement", "--code", "work/money").out
    as_json = shell("agreement", "--format", "json").json
    assert row(as_json, code="skills/patience")["cohen_kappa"] is None
    assert shell("agreement", "--methods").out.startswith("ana and ben both coded 2 of 4 transcripts")
    target = study.study.root / "a.svg"
    assert shell("agreement", "--svg", target, "--draw", "percent").code == 0
    assert "Percent agreement" in target.read_text()
    first = target.read_bytes()
    shell("agreement", "--svg", target, "--draw", "percent", "--yes")
    assert target.read_bytes() == first
    assert shell("agreement", "--draw", "percent").code == 2
    assert shell("agreement", "--png", study.study.root / "a.svg").code == 2


def test_the_workbook_has_agreement_and_disagreements_where_two_have_finished_something(study: Project) -> None:
    study.adjudicate(records(study.disagreements())[0]["id"], "none", note="No.", coder="lead")
    book = load_workbook(study.export(study.study.root / "o.xlsx", coder="ana"))
    rows = list(book["Agreement"].iter_rows(values_only=True))
    head = next(row for row in rows if row[0] == "Level")
    money = next(dict(zip(head, row, strict=True)) for row in rows if row[1] == "work/money")
    assert (money["Units"], money["Coded by each"]) == (6, "ana: 2; ben: 1")
    assert money["Cohen's kappa"] == pytest.approx(4 / 7)
    patience = next(dict(zip(head, row, strict=True)) for row in rows if row[1] == "skills/patience")
    assert patience["Cohen's kappa"] == "n/a"
    listed = list(book["Disagreements"].iter_rows(values_only=True))
    assert ("They fear it.", "none", "No.", "lead") in {(row[4], row[8], row[9], row[10]) for row in listed}
    alone = Project(small_study(study.study.root / "alone"))
    alone.code("A", "work/money", BUDGET, coder="ana")
    assert "Agreement" not in load_workbook(alone.export(study.study.root / "alone.xlsx")).sheetnames


# The shipped study


@pytest.fixture(scope="module")
def shipped() -> Project:
    return Project(ROOT)


@pytest.mark.parametrize("unit", ["sentence", "turn", "character"])
def test_kappa_of_the_shipped_study_equals_an_independent_computation(shipped: Project, unit: str) -> None:
    table = {one["code"]: one for one in agreement(shipped, unit=unit, level="code", replicates=1)}
    codings = records(shipped.codings())
    doubly = sorted({one["transcript"] for one in codings if one["coder"] == "analyst-2"})
    assert len(doubly) == 16
    spans = unit_spans(shipped, doubly, unit)
    assert len(table) == 23
    for code in set(table) - {"pooled"}:
        ratings = [
            is_coded(spans, [one for one in codings if (one["coder"], one["code"]) == (coder, code)])
            for coder in ("analyst-1", "analyst-2")
        ]
        assert len(ratings[0]) == table[code]["units"]
        assert table[code]["cohen_kappa"] == pytest.approx(cohen_kappa_score(*ratings), abs=1e-9)


def unit_spans(project: Project, transcripts: list[str], unit: str) -> dict[str, list[tuple[int, int]]]:
    """Return the participants' units by transcript; by character, each is one long."""
    segments = records(project.segments(transcripts=transcripts, unit="turn" if unit == "character" else unit))
    spans: dict[str, list[tuple[int, int]]] = {name: [] for name in transcripts}
    for one in segments:
        bounds = range(one["start"], one["end"]) if unit == "character" else ()
        spans[one["transcript"]] += [(at, at + 1) for at in bounds] or [(one["start"], one["end"])]
    return spans


def is_coded(spans: dict[str, list[tuple[int, int]]], codings: list[dict[str, Any]]) -> list[bool]:
    """Return for each unit whether one of the codings overlaps it."""
    covered: dict[str, set[int]] = {}
    for one in codings:
        covered.setdefault(one["transcript"], set()).update(range(one["start"], one["end"]))
    return [
        not covered.get(name, set()).isdisjoint(range(start, end))
        for name, found in spans.items()
        for start, end in found
    ]


@pytest.mark.slow
def test_the_learner_is_compared_by_what_it_was_not_trained_on(shipped: Project) -> None:
    table = agreement(shipped, coder=["analyst-1", "maker:learner"], code="challenges/roi", replicates=1)
    found = row(table, code="challenges/roi")
    assert (found["units"], found["transcripts"]) == (3631, 51)
    # Far from chance, and far from what it would be on sentences that it was trained on.
    assert 0.4 < found["cohen_kappa"] < 0.85


def test_spans_are_compared_by_character(study: Project) -> None:
    names = ["u_alpha_2004", "u_alpha_2016", "binary_u_alpha_2016", "cu_alpha_2016", "span_agreement", "mean_overlap"]
    table = agreement(study, unit=["character", "sentence"], statistic=[*names, "other_code_share"], replicates=50)
    money = row(table, code="work/money", unit="character")
    # Ana: the budget in A and C; ben: the word in A. One of three spans has no match.
    assert money["span_agreement"] == pytest.approx(2 / 3)
    assert money["mean_overlap"] == pytest.approx(len("budget") / len(BUDGET))
    # By one code, the coefficient of 2016 is alpha by character but for pairs of a character with itself.
    assert money["u_alpha_2016"] == pytest.approx(money["krippendorff_alpha"], abs=0.02)
    assert money["u_alpha_2004"] < 1
    sentence = row(table, code="work/money", unit="sentence")
    assert np.isnan(sentence["span_agreement"])
    assert "compares spans: needs unit character" in sentence["undefined"]
    coded = row(agreement(study, unit="character", universe="coded", statistic="span_agreement"), code="work/money")
    assert "compares all text: needs universe done" in coded["undefined"]


def test_positions_of_spans_leave_out_interviewers(study: Project) -> None:
    """Ana's coding runs from ana's turn over the interviewer's question; ben has the two parts."""
    text = study.study.transcripts["A"].text
    start, end = text.index("The budget"), text.index("They fear it.") + len("They fear it.")
    study.code("A", "skills/patience", start=start, end=end, coder="ana")
    for quote in (BUDGET, QuoteLocation("They fear it.", turn=3, sentence=0)):
        study.code("A", "skills/patience", quote, coder="ben")
    found = row(agreement(study, unit="character", statistic="u_alpha_2016", level="code"), code="skills/patience")
    assert found["u_alpha_2016"] == pytest.approx(1)


def test_a_plan_takes_kappa_and_prevalence_from_what_is_coded_twice(shipped: Project) -> None:
    table = records(shipped.plan_agreement(target=0.7, code="skills"))
    focus, savvy = row(table, code="skills/customer_focus"), row(table, code="skills/tech_savvy")
    assert focus["remark"] == "the expected kappa is not above the target: no number of units is enough"
    assert focus["expected"] == pytest.approx(0.70, abs=0.005)
    assert savvy["prevalence"] == pytest.approx(38 / (2 * 1135))
    assert savvy["units"] == plan_units(savvy["expected"], 0.7, savvy["prevalence"]).units
    assert savvy["units_per_transcript"] == pytest.approx(1135 / 16)
    assert savvy["transcripts"] == plan_groups(savvy["units"], 1135 / 16, savvy["correlation"])


def test_a_plan_needs_nothing_coded_where_kappa_and_prevalence_are_given(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    (only,) = records(project.plan_agreement(target=0.6, expected=0.8, prevalence=0.3))
    # The number that R's kappaSize gives.
    assert (only["units"], only["code"]) == (52, "")
    # 52 units of which the coders differ in about 4: below 5.
    assert only["remark"] == "approximate: few of these units will have the code"
    (certain,) = records(project.plan_agreement(target=0.6, expected=0.5, prevalence=0.3))
    assert "no number of units is enough" in certain["remark"]
    for name, value in (("target", 1.2), ("expected", 0.0), ("prevalence", -1), ("coders", 9), ("confidence", 0.4)):
        options: dict[str, Any] = {"expected": 0.8, "prevalence": 0.3, name: value}
        with pytest.raises(UsageError, match=f"{name}: must be a number"):
            project.plan_agreement(**options)
    with pytest.raises(OperationError):
        project.plan_agreement()


def test_a_plan_names_codes_without_an_expectation(study: Project, capsys: pytest.CaptureFixture[str]) -> None:
    table = records(study.plan_agreement())
    assert row(table, code="skills/patience")["remark"] == "no expected kappa: no coder used the code"
    given = records(study.plan_agreement(expected=0.9))
    assert row(given, code="skills/patience")["remark"] == "no expected prevalence: the code is in no unit or in all"
    shell = Shell(study.study.root, capsys)
    assert "work/money" in shell("agreement", "--plan", "--target", "0.4").out
    assert shell("agreement", "--plan", "--methods", "--svg", "a.svg").code == 2
    assert shell("agreement", "--target", "0.4").code == 2
