"""What a notebook user gets: types of columns, displays, parameters instead of helper classes, current results."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from qualcode import ImportProblemsError, Problem, Project, QuoteLocation, UsageError
from qualcode.errors import OperationError
from qualcode.evaluation.evaluation_tables import Evaluation
from qualcode.project.noted_results import ProblemList
from qualcode.tables import list_records, list_values, make_frame
from studies import WORK, A, Shell, coded_study, ledgers, records, row, small_study, write

AT = ["2026-11-24T07:48:15.644Z", "2026-11-24T07:48:16.000Z"]


def set_back(path: Path) -> None:
    """Make the last change of a file older, so that the next one differs in time on every file system."""
    os.utime(path, (1_000_000_000, 1_000_000_000))


# Types of columns


def test_whole_numbers_stay_so_where_some_are_missing() -> None:
    rows: list[dict[str, Any]] = [{"a": 1, "b": 1.0, "c": 2, "d": None}, {"a": None, "b": None, "c": 3, "d": None}]
    frame = make_frame(rows, ["a", "b", "c", "d"])
    assert [str(dtype) for dtype in frame.dtypes] == ["Int64", "float64", "int64", "object"]
    assert list(map(str, list_values(frame["a"]))) == ["1", "None"]


def test_times_are_in_utc_and_their_text_is_restored() -> None:
    frame = make_frame([{"at": AT[0], "to": "", "x": "so"}, {"at": AT[1], "to": AT[0], "x": ""}], ["at", "to", "x"])
    assert str(frame["at"].dt.tz) == str(frame["to"].dt.tz) == "UTC"
    assert frame["at"][1] == pd.Timestamp("2026-11-24 07:48:16", tz="UTC")
    assert frame["to"].isna().tolist() == [True, False]
    assert list_values(frame["at"]) == AT
    assert list_values(frame["to"]) == ["", AT[0]]
    assert frame["x"].tolist() == ["so", ""]


@pytest.mark.parametrize("at", ["2026-11-24T07:48:15Z", "2026-11-24", "2026-02-30T07:48:15.644Z", "yesterday"])
def test_a_time_that_could_not_be_restored_stays_text(at: str) -> None:
    frame = make_frame([{"at": at}, {"at": AT[0]}], ["at"])
    assert list_values(frame["at"]) == [at, AT[0]]


def test_an_empty_table_has_times_too() -> None:
    assert make_frame([], ["at"])["at"].dt.year.tolist() == []


def test_categories_have_the_given_order_and_only_values_that_occur() -> None:
    frame = make_frame([{"a": "z"}, {"a": "x"}, {"a": "new"}], ["a"], categories={"a": ["x", "y", "z"]})
    assert frame["a"].cat.categories.tolist() == ["x", "z", "new"]
    assert frame.sort_values("a")["a"].tolist() == ["x", "z", "new"]
    assert list_values(frame["a"]) == ["z", "x", "new"]


def test_codings_have_types(tmp_path: Path) -> None:
    root = coded_study(tmp_path)
    write(root, "transcripts/C.vtt", "WEBVTT\n\n00:00:02.000 --> 00:00:04.000\n<v Cy>Nothing is as it was.</v>\n")
    codings = Project(root).codings()
    assert codings["status"].tolist().count("orphaned") == 1
    assert str(codings["turn"].dtype) == "Int64"
    assert codings["turn"].isna().sum() == 1
    assert str(codings["at"].dt.tz) == "UTC"
    assert codings["code"].cat.categories.tolist() == ["skills/patience", "work/money", "work/money/roi", "work/fear"]
    assert codings["transcript"].cat.categories.tolist() == ["A", "B", "C"]
    assert codings["coder"].cat.categories.tolist() == ["ana", "ben"]
    assert codings["status"].cat.categories.tolist() == ["anchored", "orphaned"]


def test_suggestions_have_categories(tmp_path: Path) -> None:
    suggestions = Project(small_study(tmp_path)).suggest()
    assert suggestions["transcript"].cat.categories.tolist() == ["A", "B", "C", "D"]
    assert suggestions["code"].cat.categories.tolist()[0] == "skills/patience"


def test_the_command_line_writes_what_the_ledger_has(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = coded_study(tmp_path)
    shell = Shell(root, capsys)
    recorded = [json.loads(line) for text in ledgers(root).values() for line in text.splitlines()]
    times = {event["id"]: event["at"] for event in recorded if event["event"] == "apply"}
    assert {one["id"]: one["at"] for one in shell("codings", "--format", "json").json} == times
    assert {one["id"]: one["at"] for one in shell("codings", "--format", "csv").csv} == times
    assert {type(one["turn"]) for one in shell("codings", "--format", "json").json} == {int}


def test_the_command_line_writes_whole_numbers_where_one_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = coded_study(tmp_path)
    write(root, "transcripts/C.vtt", "WEBVTT\n\n00:00:02.000 --> 00:00:04.000\n<v Cy>Nothing is as it was.</v>\n")
    shell = Shell(root, capsys)
    codings = shell("codings", "--format", "json").json
    assert {str(one["turn"]) for one in codings if one["status"] == "orphaned"} == {"None"}
    assert {type(one["turn"]) for one in codings if one["status"] == "anchored"} == {int}
    cells = [one["turn"] for one in shell("codings", "--format", "csv").csv]
    assert "" in cells
    assert all(cell == "" or cell.isdecimal() for cell in cells)


# Parameters


@pytest.mark.parametrize(
    ("quote", "place", "span"),
    [
        ("They fear it.", {"turn": 3, "sentence": 1}, (113, 126)),
        ("The budget is gone.", {"turn": 1}, (55, 74)),
        ("", {"start": 55, "end": 74}, (55, 74)),
        ("The budget is gone.", {"start": 55, "end": 74}, (55, 74)),
    ],
)
def test_a_quote_is_placed_by_parameters(
    tmp_path: Path, quote: str, place: dict[str, int], span: tuple[int, int]
) -> None:
    project = Project(small_study(tmp_path))
    project.code("A", "work/fear", quote, coder="ana", **place)  # type: ignore[arg-type]
    (coding,) = project.study.codings
    assert (coding.start, coding.end) == span


def test_a_place_is_given_once_only(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    with pytest.raises(UsageError, match="give them in the QuoteLocation or beside it, not both"):
        project.code("A", "work/fear", QuoteLocation("They fear it."), turn=3, coder="ana")
    with pytest.raises(OperationError, match="give a quote, or start and end"):
        project.code("A", "work/fear", coder="ana")


def test_codings_are_imported_from_a_data_frame(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "Transcript": ["A", "A", "C"],
            "code": pd.Categorical(["work/fear", "work/money", "work/money"]),
            "quote": ["They fear it.", None, "The budget is gone."],
            "turn": [3, None, None],
            "sentence": pd.array([1, None, None], dtype="Int64"),
            "start": [float("nan"), 55, None],
            "end": [float("nan"), 74, None],
            "memo": ["see B", None, pd.NA],
        },
        index=[7, 8, 7],
    )
    project = Project(small_study(tmp_path))
    assert project.code_from(table, coder="ana", dry_run=True).added == 3
    assert ledgers(tmp_path) == {}
    assert project.code_from(table, coder="ana").added == 3
    assert [(one.transcript, one.start, one.memo) for one in project.study.codings] == [
        ("A", 55, ""),
        ("A", 113, "see B"),
        ("C", project.study.transcripts["C"].text.index("The budget"), ""),
    ]
    again = project.code_from(project.codings())
    assert (again.added, again.already_present) == (0, 3)


def test_bad_rows_of_a_data_frame_are_named_by_number(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    table = pd.DataFrame({"transcript": ["A", "E"], "code": "work/fear", "quote": ["They fear it.", "x"], "turn": 3})
    with pytest.raises(ImportProblemsError) as raised:
        project.code_from(table, coder="ana")
    found = [str(problem) for problem in raised.value.problems]
    assert found[0].startswith("DataFrame:1: “They fear it.” occurs 2 times")
    assert found[1].startswith("DataFrame:2: no transcript 'E'")
    (problem,) = project.code_from(table.rename(columns={"code": "cod"}), coder="ana", dry_run=True).problems
    assert str(problem) == "DataFrame:1: there is no column 'code' (did you mean 'cod'?)"
    (problem,) = project.code_from(table[:0], coder="ana", dry_run=True).problems
    assert problem.message == "the table has no rows"


def test_finished_transcripts_are_imported_from_a_data_frame(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    assert project.done_from(pd.DataFrame({"transcript": ["A", "B"], "coder": "ana"})).added == 2


def test_records_have_none_for_everything_that_is_missing() -> None:
    frame = pd.DataFrame({"a": [1.0, None], "b": pd.array([None, 2], dtype="Int64"), "c": [pd.NaT, "x"]})
    assert list_records(frame) == [{"a": 1.0, "b": None, "c": None}, {"a": None, "b": 2, "c": "x"}]


def test_a_network_is_drawn_without_building_it_first(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))

    def labels(figure: Any) -> set[str]:
        return {text.get_text() for text in figure.axes[0].texts}

    expected = labels(project.draw(project.network(coder="ana", unit="transcript", code="work")))
    assert (
        labels(project.draw(coder="ana", unit="transcript", code="work"))
        == expected
        != labels(project.draw(coder="ana"))
    )
    with pytest.raises(UsageError, match="what is given is drawn as it is"):
        project.draw(project.network(coder="ana"), unit="turn")
    with pytest.raises(OperationError, match="these options make 2 networks"):
        project.draw(coder=["ana", "ben"])


# Displays


def test_problems_are_displayed_as_a_table_and_escaped(tmp_path: Path) -> None:
    assert "<p>no problems found</p>" in ProblemList()._repr_html_()
    long = "x" * 80
    html = ProblemList([Problem("<b>.yaml", 3, 1, f"unknown key '<i>' {long}", "did you mean 'a & b'?")])._repr_html_()
    assert "&lt;b&gt;.yaml:3:1" in html
    assert f"unknown key '&lt;i&gt;' {long}" in html
    assert "a &amp; b" in html
    assert "<i>" not in html
    root = small_study(tmp_path)
    write(root, "codebooks/work.yaml", WORK.replace("definition", "<script>"))
    found = Project(root).check()
    assert isinstance(found, list)
    assert "&lt;script&gt;" in found._repr_html_()
    assert "<script>" not in found._repr_html_()


def test_an_evaluation_is_displayed_with_its_sentences_and_notes() -> None:
    numbers = dict.fromkeys("precision recall f1 f1_low f1_high average_precision cues_f1 ceiling_f1".split(), 0.125)
    codes = make_frame(
        [{"code": "a/<b>", "name": "B & C", "codings": 3, **numbers, "verdict": "use", "because": "<u>"}],
        ["code", "name", "codings", *numbers, "verdict", "because"],
        notes=["its own"],
    )
    empty = make_frame([], ["a"])
    html = Evaluation(codes, empty, empty, empty, empty, empty, ("F1 < 0.5",), ("unit <sentence>",))._repr_html_()
    for expected in (
        "<p>F1 &lt; 0.5</p>",
        "a/&lt;b&gt;",
        "B &amp; C",
        ">0.12<",
        "&lt;u&gt;",
        "<li>unit &lt;sentence&gt;</li>",
    ):
        assert expected in html
    assert "<u>" not in html
    assert codes.attrs["notes"] == ["its own"]


# Files that change while a project is open


def test_a_codebook_that_is_edited_is_read_again(tmp_path: Path) -> None:
    root = coded_study(tmp_path)
    set_back(root / "codebooks/work.yaml")
    project = Project(root)
    assert row(records(project.themes(coder="ana")), code="work/fear")["name"] == "Fear"
    write(root, "codebooks/work.yaml", WORK.replace("name: Fear", "name: Dread"))
    assert row(records(project.themes(coder="ana")), code="work/fear")["name"] == "Dread"
    write(root, "codebooks/more.yaml", "family: more\ncodes:\n  - {id: a, name: A}\n")
    assert "more/a" in project.codebook.by_id


def test_a_source_that_is_edited_added_or_removed_is_noticed(tmp_path: Path) -> None:
    root = coded_study(tmp_path)
    set_back(root / "transcripts/A.txt")
    project = Project(root)
    assert project.transcripts("A")["words"].tolist() == [17]
    write(root, "transcripts/A.txt", A.replace("They fear it. They fear it.", "They fear it."))
    assert project.transcripts("A")["words"].tolist() == [14]
    write(root, "transcripts/E.txt", "I: So?\n\nP: Well.\n")
    assert project.transcripts()["transcript"].tolist() == ["A", "B", "C", "D", "E"]
    (root / "transcripts/B.md").unlink()
    assert project.transcripts()["transcript"].tolist() == ["A", "C", "D", "E"]


def test_settings_and_cases_that_are_edited_are_read_again(tmp_path: Path) -> None:
    root = coded_study(tmp_path)
    project = Project(root)
    assert str(project.unit()) == "sentence"
    settings = (root / "qualcode.yaml").read_text()
    write(root, "qualcode.yaml", settings.replace("unit: sentence", "unit: transcript"))
    assert str(project.unit()) == "transcript"
    with pytest.raises(Exception, match="no attribute 'region'"):
        project.themes(coder="ana", by="region")
    write(root, "transcripts/cases.csv", "case,region\nA,x\nB,x\nC,y\nD,y\n")
    assert set(project.themes(coder="ana", by="region")["region"]) == {"x", "y"}


def test_codings_of_another_process_are_counted(tmp_path: Path) -> None:
    root = coded_study(tmp_path)
    project, other = Project(root), Project(root)
    before = len(project.codings(coder="ben"))
    texts = project.study.transcripts
    other.code("B", "work/fear", "Legal says no.", coder="ben")
    assert len(project.codings(coder="ben")) == before + 1
    assert project.study.transcripts is texts  # the sources are not read again for it


def test_properties_are_up_to_date_after_a_file_changed(tmp_path: Path) -> None:
    root = coded_study(tmp_path)
    project = Project(root)
    assert (project.unread, project.incomplete) == ([], False)
    write(root, "transcripts/E.docx", "this is no archive")
    assert len(project.unread) == 1
    assert project.incomplete
    (root / "transcripts/E.docx").unlink()
    assert not project.incomplete
    assert project.unread == []


def test_an_edit_of_equal_size_that_keeps_its_time_is_noticed(tmp_path: Path) -> None:
    root = coded_study(tmp_path)
    project = Project(root)
    assert "Legal says no." in project.text("B")
    status = (root / "transcripts/B.md").stat()
    write(root, "transcripts/B.md", (root / "transcripts/B.md").read_text().replace("says no", "said no"))
    os.utime(root / "transcripts/B.md", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert "Legal said no." in project.text("B")


def test_nothing_is_read_again_without_a_change(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    project.themes(coder="ana")
    study = project.study
    project.code("B", "work/fear", "Legal says no.", coder="ana")
    project.themes(coder="ana")
    assert project.study is study
