"""What counts are asked of: unit, coder, code, transcripts, groups, universe; numbers counted by hand in studies.py."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode import Project, QuoteLocation
from qualcode.errors import FileProblemsError, MissingCoderError, OperationError, UnknownNameError, UsageError
from qualcode.study.selection import sort_naturally
from studies import coded_study, column, ledgers, records, row, small_study, write

THEMES = "codings units transcripts cases share_of_cases words per_1000_words".split()
OVER = "universe_units universe_transcripts universe_cases universe_words".split()


@pytest.fixture
def study(tmp_path: Path) -> Project:
    """Ana's and ben's codings of the small study."""
    return Project(coded_study(tmp_path))


def numbers(rows: Sequence[dict[str, Any]], code: str, names: Sequence[str] = THEMES, **where: Any) -> list[Any]:
    """Return the numbers of one code's row; what is missing is None."""
    found = [row(rows, code=code, **where)[name] for name in names]
    return [None if isinstance(one, float) and math.isnan(one) else one for one in found]


def test_themes_are_what_one_counts_by_hand(study: Project) -> None:
    """Ana finished A (17 words, 4 sentences), B (11, 3) and C (7, 2): 35 words, 9 sentences, 3 cases."""
    table = study.themes(coder="ana")
    found = records(table)
    third = 0.333333
    assert numbers(found, "work/money") == [3, 3, 2, 2, 0.666667, 15, 85.714286]  # its own two, and roi below it
    assert numbers(found, "work/money/roi") == [1, 1, 1, 1, third, 7, 28.571429]
    assert numbers(found, "work/fear") == [1, 1, 1, 1, third, 3, 28.571429]
    assert numbers(found, "skills/patience") == [1, 1, 1, 1, third, 4, 28.571429]
    assert numbers(found, "work") == [4, 4, 2, 2, 0.666667, 18, 114.285714]
    assert numbers(found, "skills") == [1, 1, 1, 1, third, 4, 28.571429]
    assert numbers(found, "strain") == [2, 2, 2, 2, 0.666667, 7, 57.142857]
    assert all(numbers(found, one["code"], OVER) == [9, 3, 3, 35] for one in found)
    assert column(found, "level") == ["code"] * 4 + ["family"] * 2 + ["theme"]
    assert table.attrs["notes"][:-1] == [
        "unit sentence; coder ana; 5 codings over 9 units, 35 participants' words, 3 transcripts, 3 cases "
        "(transcripts that ana has marked as done)"
    ]


def test_who_finished_one_family_was_not_asked_about_the_other(study: Project) -> None:
    """Ben finished A for work only: skills was not asked, which is not zero."""
    found = records(study.themes(coder="ben"))
    assert numbers(found, "work/money") == [1, 1, 1, 1, 1.0, 4, 58.823529]
    assert numbers(found, "work/fear") == [0, 0, 0, 0, 0.0, 0, 0.0]
    assert numbers(found, "skills/patience") == [0, 0, 0, 0, None, 0, None]
    assert numbers(found, "work", OVER) == [4, 1, 1, 17]
    assert numbers(found, "skills", OVER) == [0, 0, 0, 0]


def test_notes_state_the_base_of_each_family_where_it_differs(study: Project) -> None:
    """Ana has finished A, B and C; a coding of work in D begins D for that family only."""
    study.code("D", "work/money", "Nobody listens.", coder="ana")
    first, base, _ = study.themes(coder="ana").attrs["notes"]
    assert first.endswith(
        "4 transcripts, 4 cases (transcripts that ana has marked as done, and for the families coded there "
        "1 transcript (D) not marked as done: text without a coding counts as absent there too)"
    )
    assert base == "the base of ana differs by family: cases 3-4 (skills 3, work 4)"
    assert study.themes(coder="ana", code="work").attrs["notes"][:-1] == [first]
    selected, _ = study.themes(coder="ana", transcripts=["A", "B"]).attrs["notes"]
    assert selected.endswith("2 transcripts, 2 cases (transcripts that ana has marked as done)")
    assert numbers(records(study.themes(coder="ana")), "skills", OVER)[1:3] == [3, 3]
    assert numbers(records(study.themes(coder="ana")), "work", OVER)[1:3] == [4, 4]


def test_the_universe_of_all_transcripts_is_counted_when_asked_for(study: Project) -> None:
    table = study.themes(coder="ben", universe="all")
    found = records(table)
    assert numbers(found, "work/money") == [1, 1, 1, 1, 0.25, 4, 24.390244]  # of 4 cases, 41 words
    assert numbers(found, "skills/patience") == [0, 0, 0, 0, 0.0, 0, 0.0]
    assert numbers(found, "skills", OVER) == [12, 4, 4, 41]
    assert "all transcripts, finished or not" in table.attrs["notes"][0]


def test_a_coding_asks_its_family_where_nothing_is_finished(study: Project) -> None:
    study.code("D", "skills/patience", QuoteLocation("I wait.", turn=1, sentence=0), coder="ben")
    found = records(study.themes(coder="ben"))
    assert numbers(found, "skills", OVER) == [3, 1, 1, 6]
    assert numbers(found, "work", OVER) == [4, 1, 1, 17]


def test_who_finished_nothing_is_counted_over_everything_and_it_is_said(tmp_path: Path) -> None:
    study = Project(small_study(tmp_path))
    study.code("A", "work/money", "The budget is gone.", coder="cal")
    table = study.themes()
    assert numbers(records(table), "work/money", OVER) == [12, 4, 4, 41]
    assert "all transcripts: cal has marked none as done" in table.attrs["notes"][0]


def test_two_coders_stand_apart_and_neither_is_counted_in_silence(study: Project) -> None:
    with pytest.raises(MissingCoderError, match=r"this study has 2 coders \(ana, ben\)"):
        study.themes()
    table = study.themes(coder=["ana", "ben"])
    both = records(table)
    assert numbers(both, "work/money", coder="ana")[0] == 3
    assert numbers(both, "work/money", coder="ben")[0] == 1
    assert [note.partition(";")[0] for note in table.attrs["notes"][:2]] == ["unit sentence"] * 2
    assert table.attrs["notes"][2:3] == ["the base of ben differs by family: cases 0-1 (skills 0, work 1)"]
    assert len(both) == 14
    assert len(study.themes(coder=["ana", "ana"])) == 7
    with pytest.raises(UnknownNameError, match=r"did you mean 'ana'"):
        study.themes(coder="anna")


def test_the_coder_of_the_settings_is_counted(tmp_path: Path) -> None:
    study = Project(coded_study(tmp_path, coder="ben"))
    assert study.coders() == ["ben"]
    assert numbers(records(study.themes()), "work/money")[0] == 1


def test_nobody_to_count_is_refused(tmp_path: Path) -> None:
    study = Project(small_study(tmp_path))
    for verb in (study.themes, study.cooccurrence, study.network):
        with pytest.raises(OperationError, match="there are no codings yet"):
            verb()


@pytest.mark.parametrize(
    ("unit", "units", "money"),
    [("sentence", 9, 3), ("turn", 6, 2), ("paragraph", 6, 2), ("exchange", 6, 2), ("transcript", 3, 2)],
)
def test_each_unit_is_cut_and_counted(study: Project, unit: str, units: int, money: int) -> None:
    """A, B and C have two participant's turns each; money is in two sentences of A's first and in C's first."""
    found = records(study.themes(coder="ana", unit=unit))
    assert numbers(found, "work/money", ["units", "universe_units", "unit"]) == [money, units, unit]


def test_windows_of_two_turns_overlap(study: Project) -> None:
    """Two participants' turns a transcript make one window of two."""
    found = records(study.themes(coder="ana", unit="window:2"))
    assert numbers(found, "work/money", ["units", "universe_units", "unit"]) == [2, 3, "window:2"]
    found = records(study.cooccurrence(coder="ana", unit="window:2"))
    assert [(one["code_a"], one["code_b"], one["count"]) for one in found] == [
        ("work/money/roi", "work/fear", 1),
        ("work/money", "work/fear", 1),
    ]


@pytest.mark.parametrize("unit", ["windo", "window", "window:0", "window:x", "window:-1", "word", "sentence:2"])
def test_an_unknown_unit_is_refused(study: Project, unit: str) -> None:
    with pytest.raises(UsageError, match="unit"):
        study.themes(coder="ana", unit=unit)


def test_groups_come_in_natural_order_with_blanks_last(study: Project) -> None:
    """C has size 5, A 10, B none; as text 10 would come before 5."""
    found = records(study.themes(coder="ana", by="size", code="work/money", level=["code"]))
    mine = [one for one in found if one["code"] == "work/money"]
    assert column(mine, "size") == ["5", "10", "(blank)"]
    assert column(mine, "codings") == [1, 2, 0]
    assert column(mine, "share_of_cases") == [1.0, 1.0, 0.0]
    assert column(mine, "universe_words") == [7, 17, 11]


def test_groups_cross_and_leave_out_what_does_not_occur(study: Project) -> None:
    found = records(study.themes(coder="ana", by=["group", "size"], code="work/fear"))
    assert [(one["group"], one["size"], one["codings"]) for one in found] == [
        ("x", "10", 1),
        ("x", "(blank)", 0),
        ("y", "5", 0),
    ]


def test_groups_may_be_cases_and_transcripts_but_nothing_unknown(study: Project) -> None:
    for by in ("case", "transcript"):
        found = records(study.themes(coder="ana", by=by, code="work/fear"))
        assert [(one[by], one["codings"]) for one in found] == [("A", 1), ("B", 0), ("C", 0)]
    with pytest.raises(UnknownNameError, match=r"no attribute 'grop' in this study .did you mean 'group'"):
        study.themes(coder="ana", by="grop")
    with pytest.raises(UsageError, match="twice"):
        study.themes(coder="ana", by=["group", "group"])


def test_groups_add_up_to_the_whole(study: Project) -> None:
    whole = records(study.themes(coder="ana"))
    parts = records(study.themes(coder="ana", by="group"))
    for one in whole:
        for name in ("codings", "units", "transcripts", "cases", "words", *OVER):
            assert sum(part[name] for part in parts if part["code"] == one["code"]) == one[name], (one["code"], name)


def test_a_transcript_of_two_cases_counts_for_both(tmp_path: Path) -> None:
    root = coded_study(tmp_path, ben=False)
    write(root, "transcripts/cases.csv", "case,group,transcripts\nPia,x,A;B\nPetra,y,A\nCy,y,C\n")
    study = Project(root)
    found = records(study.themes(by="group", code="work/fear"))
    assert [(one["group"], one["codings"]) for one in found] == [("x", 1), ("y", 1)]
    assert numbers(records(study.themes(code="work/fear")), "work/fear", ["codings", "cases"]) == [1, 2]


def test_transcripts_are_chosen_by_id_and_pattern(study: Project) -> None:
    assert numbers(records(study.themes(coder="ana", transcripts="[AB]")), "work/money", OVER) == [7, 2, 2, 28]
    assert numbers(records(study.themes(coder="ana", transcripts=["C", "*"])), "work/money", OVER) == [9, 3, 3, 35]
    with pytest.raises(UnknownNameError, match=r"no transcript 'Z.' in this study"):
        study.themes(coder="ana", transcripts=["A", "Z*"])


def test_transcripts_that_nobody_was_asked_about_leave_nothing_to_count(study: Project) -> None:
    found = records(study.themes(coder="ana", transcripts="D"))
    assert numbers(found, "work/money") == [0, 0, 0, 0, None, 0, None]
    assert study.cooccurrence(coder="ana", transcripts="D").empty


@pytest.mark.parametrize(
    ("code", "rows"),
    [
        ("work/money", ["work/money", "work/money/roi"]),
        ("skills", ["skills/patience", "skills"]),
        ("strain", ["strain"]),
        ("work/fear", ["work/fear"]),
    ],
)
def test_a_code_a_family_or_a_theme_is_chosen_with_what_it_holds(study: Project, code: str, rows: list[str]) -> None:
    assert list(study.themes(coder="ana", code=code)["code"]) == rows


def test_a_theme_is_opened_where_only_codes_are_shown(study: Project) -> None:
    found = records(study.cooccurrence(coder="ana", code="strain", zeros=True))
    assert [(one["code_a"], one["code_b"], one["count"]) for one in found] == [("skills/patience", "work/fear", 0)]
    assert set(study.network(coder="ana", code="strain").nodes) == {"skills/patience", "work/fear"}


def test_a_choice_that_leaves_nothing_to_count_is_refused_not_empty(study: Project) -> None:
    with pytest.raises(UsageError, match="nothing to count: none of work/fear is a family"):
        study.themes(coder="ana", code="work/fear", level=["family"])
    with pytest.raises(OperationError, match="co-occurrence needs at least two codes"):
        study.cooccurrence(coder="ana", code="work/fear")


def test_unknown_codes_are_refused(study: Project) -> None:
    with pytest.raises(UnknownNameError, match=r"no code 'work/monny' in this study .did you mean 'work/money'"):
        study.cooccurrence(coder="ana", code="work/monny")


def test_levels_choose_rows(study: Project) -> None:
    assert list(study.themes(coder="ana", level=["theme", "family"])["code"]) == ["skills", "work", "strain"]
    found = records(study.cooccurrence(coder="ana", level=["family"], unit="transcript", zeros=True))
    assert [(one["code_a"], one["code_b"], one["count"]) for one in found] == [("skills", "work", 0)]


def test_codings_are_listed_for_all_coders_and_filtered(study: Project) -> None:
    assert len(study.codings()) == 6
    assert len(study.codings(coder="ben")) == 1
    assert set(study.codings(code="strain")["code"]) == {"work/fear", "skills/patience"}
    assert set(study.codings(transcripts="[BC]")["transcript"]) == {"B", "C"}
    with pytest.raises(UnknownNameError):
        study.codings(coder="cal")


def test_cooccurrence_and_network_say_the_same(study: Project) -> None:
    """In A, money and its child roi are with fear in one transcript; money is in C too."""
    found = records(study.cooccurrence(coder="ana", unit="transcript"))
    assert [(one["code_a"], one["code_b"], one["count"], one["jaccard"]) for one in found] == [
        ("work/money/roi", "work/fear", 1, 1.0),
        ("work/money", "work/fear", 1, 0.5),
    ]
    graph = study.network(coder="ana", unit="transcript")
    edges = {frozenset(edge[:2]): (edge[2]["count"], edge[2]["jaccard"]) for edge in graph.edges(data=True)}
    assert edges == {frozenset({one["code_a"], one["code_b"]}): (one["count"], one["jaccard"]) for one in found}
    assert graph.nodes["work/money"]["codings"] == 3
    assert study.network(coder="ana", unit="transcript", min_count=2).number_of_edges() == 0


def test_counting_changes_no_decision(study: Project) -> None:
    before = ledgers(study.study.root)
    study.themes(coder="ana", by="group")
    study.networks(coder=["ana", "ben"], by="group")
    study.suggest()
    assert ledgers(study.study.root) == before


def test_nothing_is_counted_by_settings_that_are_wrong(tmp_path: Path) -> None:
    """With the default roles an interviewer's words might count as a participant's."""
    root = coded_study(tmp_path)
    settings = root / "qualcode.yaml"
    settings.write_text(settings.read_text().replace("unit: sentence", "unit: sentense"))
    with pytest.raises(FileProblemsError, match=r"did you mean 'sentence'.*\n.*Fix these settings first"):
        Project(root).themes(coder="ana")


def test_a_codebook_with_problems_counts_nothing(tmp_path: Path) -> None:
    root = coded_study(tmp_path)
    write(root, "codebooks/more.yaml", "family: more\ncodes:\n  - {id: a, nam: A}\n")
    with pytest.raises(
        FileProblemsError, match=r"codebooks/more\.yaml:3.*\n(?:.*\n)*.*Fix these codebook errors first"
    ):
        Project(root).themes(coder="ana")


@given(st.lists(st.sampled_from(["2", "10", "1.5", "a", "B", "(blank)", "-3"])))
def test_natural_order_is_an_order_of_the_distinct_values(values: list[str]) -> None:
    found = sort_naturally(values)
    expected = ["-3", "1.5", "2", "10", "a", "B", "(blank)"]
    assert found == [value for value in expected if value in values]


def test_values_that_are_called_like_no_number_sort_too() -> None:
    """``nan`` is neither less nor more than any number, and would leave the others in any order."""
    for values in permutations(["nan", "10", "inf", "2"]):
        assert sort_naturally(values) == ["2", "10", "inf", "nan"]


def test_a_case_of_a_shared_transcript_counts_in_its_own_group_only(tmp_path: Path) -> None:
    root = coded_study(tmp_path, ben=False)
    write(root, "transcripts/cases.csv", "case,group,transcripts\nPia,x,A\nPetra,y,A\nBea,x,B\nCy,y,C\n")
    study = Project(root)
    table = study.themes(by="group", code="work/fear")
    found = records(table)
    numbers_of = [(one["group"], one["codings"], one["cases"], one["universe_cases"]) for one in found]
    assert numbers_of == [("x", 1, 1, 2), ("y", 1, 1, 2)]
    assert "counted in several groups: A (transcripts with several cases)" in table.attrs["notes"]
    alone = records(study.themes(by="transcript", code="work/fear"))
    assert [(one["transcript"], one["universe_cases"]) for one in alone] == [("A", 2), ("B", 1), ("C", 1)]


def test_one_who_only_writes_memos_is_no_coder_to_choose_from(tmp_path: Path) -> None:
    root = coded_study(tmp_path, ben=False)
    Project(root).memo("Looks sound.", coder="lead")
    assert records(Project(root).themes(code="work/fear"))[0]["coder"] == "ana"


def test_names_are_taken_composed_or_decomposed(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    composed, decomposed = "Zo\u00eb", "Zoe\u0308"
    (root / "transcripts" / "A.txt").rename(root / "transcripts" / f"{decomposed}.txt")
    cases = root / "transcripts" / "cases.csv"
    cases.write_text(cases.read_text(encoding="utf-8").replace("A,", f"{decomposed},", 1), encoding="utf-8")
    project = Project(root)
    for name in (composed, decomposed):
        assert list(project.transcripts(name)["transcript"]) == [composed]
        assert project.done(name, coder=name).count == (name is composed)
    project.code(decomposed, "work/money", "The budget is gone.", coder=decomposed)
    assert project.study.coders == (composed,)
    assert set(project.themes(coder=decomposed)["coder"]) == {composed}


def test_codings_of_words_that_are_an_interviewers_now_are_not_counted(tmp_path: Path) -> None:
    root = coded_study(tmp_path, ben=False)
    before = records(Project(root).themes(code="work/money", transcripts="A"))[0]["codings"]
    write(root, "qualcode.yaml", "coder: ana\nroles:\n  interviewer: [I, P]\n")
    study = Project(root)
    table = study.themes(code="work/money", transcripts="A")
    found = records(table)
    assert (before > 0, found[0]["codings"], found[0]["units"]) == (True, 0, 0)
    assert any("outside the counted turns of participants" in line for line in table.attrs["notes"])


def test_coders_that_differ_in_capitals_only_are_refused(tmp_path: Path) -> None:
    study = Project(coded_study(tmp_path, ben=False))
    with pytest.raises(UsageError, match="coder 'Ana': there is 'ana' already"):
        study.memo("Mine.", coder="Ana")
    with pytest.raises(UsageError, match="reserved for codings that several coders agreed on"):
        study.memo("Ours.", coder="consensus")


NESTED = "family: f\ncodes:\n  - id: p\n    name: P\n    codes:\n      - {id: k, name: K}\n"


def nested_study(root: Path, **sources: str) -> Project:
    """Write a study with the codes f/p and f/p/k and these transcripts."""
    write(root, "qualcode.yaml", "coder: ana\nroles:\n  interviewer: [I]\n")
    write(root, "codebooks/f.yaml", NESTED)
    for name, text in sources.items():
        write(root, f"transcripts/{name}.txt", text)
    return Project(root)


@pytest.mark.parametrize("unit", ["sentence", "turn", "exchange", "window:2", "transcript"])
def test_transcripts_without_a_participants_word_leave_the_denominators(tmp_path: Path, unit: str) -> None:
    study = nested_study(
        tmp_path,
        a="I: How?\n\nP: It rained.",
        b="I: Hello? Are you there?\n\nI: No.",
        c="I: And you?\n\nP:\n",
        d="I: Or?\n\nP: Sun.\n\nI: Sure?\n\nP:\n",
    )
    study.code("a", "f/p", "It rained.")
    table = study.themes(unit=unit)
    assert numbers(records(table), "f/p", [*THEMES[:5], *OVER]) == [1, 1, 1, 1, 0.5, 2, 2, 2, 3]
    assert "2 transcripts, 2 cases" in table.attrs["notes"][0]
    silent = "not counted: 2 transcripts (b, c) and 2 cases (b, c) without a participant's word"
    assert silent in table.attrs["notes"]
    assert silent in study.network(unit=unit, code=["f"]).graph["notes"]
    groups = records(study.themes(unit=unit, by="case"))
    assert {one["case"] for one in groups} == {"a", "d"}


def test_a_case_without_words_in_a_shared_transcript_is_not_counted(tmp_path: Path) -> None:
    study = nested_study(tmp_path, a="I: How?\n\nAna: It rained.\n\nBo: \n\nAna: A lot.")
    write(tmp_path, "transcripts/cases.csv", "case,transcripts,speakers\nx,a,Ana\ny,a,Bo\n")
    study.code("a", "f/p", "It rained.")
    assert numbers(records(study.themes()), "f/p", OVER) == [2, 1, 1, 4]


@pytest.mark.parametrize("unit", ["sentence", "turn", "exchange", "window:2", "transcript"])
@pytest.mark.parametrize("nothing", ["...", "[...]", "\u2014", "??", "\U0001f642", "(!)", "\u2026 \u2026"])
def test_signs_without_a_word_are_no_answer(tmp_path: Path, nothing: str, unit: str) -> None:
    study = nested_study(
        tmp_path,
        a=f"I: How?\n\nAna: It rained.\n\nI: You?\n\nBo: {nothing}\n\nAna: A lot.\n\nBo: {nothing}",
        b=f"I: And you?\n\nP: {nothing}\n\nI: So?\n\nP: {nothing}",
    )
    write(tmp_path, "transcripts/cases.csv", "case,transcripts,speakers\nx,a,Ana\ny,a,Bo\nz,b,\n")
    study.code("a", "f/p", "It rained.")
    table = study.themes(unit=unit, universe="all")
    # Windows of two turns begin at each turn, so three of the four touch a word of Ana's.
    units = {"transcript": 1, "window:2": 3}.get(unit, 2)
    assert numbers(records(table), "f/p", OVER) == [units, 1, 1, 4]
    assert "not counted: 1 transcript (b) and 2 cases (y, z) without a participant's word" in table.attrs["notes"]
    assert {one["case"] for one in records(study.themes(unit=unit, universe="all", by="case"))} == {"x"}


def test_answers_of_a_survey_without_a_word_leave_the_denominators(tmp_path: Path) -> None:
    study = nested_study(tmp_path)
    rows = ["1,n,The rain came late and we lost half of the beans to mould.", "2,n,-", "3,s,.", "4,s,n/a"]
    rows += ['5,n,"We lost it all, the whole field."', "6,s,??"]
    write(tmp_path, "transcripts/g.csv", "\n".join(["id,group,answer", *rows]) + "\n")
    study.code("g#1", "f/p", "we lost half of the beans to mould")
    table = study.themes(universe="all")
    assert numbers(records(table), "f/p", OVER)[1:3] == [3, 3]
    assert any("3 cases (2, 3, 6) without a participant's word" in note for note in table.attrs["notes"])
    assert sorted({one["case"] for one in records(study.themes(universe="all", by="case"))}) == ["1", "4", "5"]


def test_a_parent_code_has_its_own_count_and_that_with_the_codes_below(tmp_path: Path) -> None:
    study = nested_study(tmp_path, x="I: How?\n\nP: It rained. Good beans.")
    study.code("x", "f/p", "It rained.")
    study.code("x", "f/p/k", "Good beans.")
    found = records(study.themes())
    both = [(one["code"], one["codings"], one["own_codings"]) for one in found]
    assert both == [("f/p", 2, 1), ("f/p/k", 1, 1), ("f", 2, 0)]


def test_words_of_a_script_without_spaces_are_counted_by_letters_and_the_notes_say_so(tmp_path: Path) -> None:
    study = nested_study(tmp_path, x="I: 收成？\n\nP: 下了一个星期的雨。后来好了！")
    study.code("x", "f/p", "下了一个星期的雨。")
    table = study.themes()
    assert numbers(records(table), "f/p", ["words", "per_1000_words", "universe_words"]) == [8, 83.333333, 12]
    assert any(note.startswith("words: in scripts without spaces") for note in table.attrs["notes"])


def test_codings_memos_and_done_marks_follow_a_renamed_parent_and_family(tmp_path: Path) -> None:
    study = nested_study(tmp_path, x="I: How?\n\nP: It rained. Good beans.", y="I: And?\n\nP: Sun.")
    study.code("x", "f/p", "It rained.")
    study.code("x", "f/p/k", "Good beans.")
    study.memo("Looks sound.", on="f/p/k")
    study.done("x", families=["f"])
    write(
        tmp_path, "codebooks/f.yaml", NESTED.replace("family: f", "family: g\nformerly: [f]").replace("id: p", "id: q")
    )
    with (tmp_path / "codebooks/f.yaml").open("a", encoding="utf-8") as stream:
        stream.write("    formerly: [f/p]\n")
    renamed = Project(tmp_path)
    assert [coding.code for coding in renamed.study.codings] == ["g/q", "g/q/k"]
    assert numbers(records(renamed.themes()), "g/q/k", ["codings", *OVER]) == [1, 2, 1, 1, 4]
    assert [memo.code for memo in renamed.study.memos] == ["g/q/k"]
    assert renamed.done("x", families=["f"]).count == 0
    assert renamed.code("x", "f/p/k", "It rained.").count == 1
    assert records(renamed.themes(code="f", level=("family",)))[0]["code"] == "g"
    assert not [problem for problem in renamed.check() if problem.level == "error"]


def test_speakers_are_grouped_by_their_cases(study: Project) -> None:
    with pytest.raises(UsageError, match=r"give each speaker a case in qualcode.yaml .* and group by 'case'"):
        study.themes(coder="ana", by="speaker")
    write(study.study.root, "transcripts/cases.csv", "case,speaker\nA,Ann\nB,Bob\nC,Cid\nD,Dee\n")
    assert column(records(study.themes(coder="ana", by="speaker", level="theme")), "speaker") == ["Ann", "Bob", "Cid"]


def test_without_a_pair_the_notes_propose_a_wider_unit(study: Project) -> None:
    """Nobody coded two codes in one sentence of D; across a transcript there are no wider units."""
    sentence = "no two codes occur together in one sentence: a wider unit may show more (unit='window:3')"
    assert study.cooccurrence(coder="ana", transcripts="D", zeros=True).attrs["notes"][-1] == sentence
    assert study.network(coder="ana", transcripts="D").graph["notes"].split("\n")[-1] == sentence
    window = study.cooccurrence(coder="ana", transcripts="D", unit="window:3").attrs["notes"][-1]
    assert window == (
        "no two codes occur together in one window of 3 turns: a wider unit may show more (unit='window:5')"
    )
    whole = study.cooccurrence(coder="ana", transcripts="D", unit="transcript").attrs["notes"][-1]
    assert whole == "no two codes occur together in one transcript"
    rare = study.network(coder="ana", unit="transcript", min_count=9).graph["notes"]
    assert rare.endswith("no two codes occur together in 9 units (transcript)")
    assert "no two codes" not in study.network(coder="ana", unit="transcript").graph["notes"]
