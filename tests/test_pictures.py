"""Tables as pictures: what is in them, which tables have one, files, options of commands."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from qualcode import Project
from qualcode.errors import OperationError, UnknownNameError, UsageError
from qualcode.figures import ChartRow, HeatRow, Mark, RowAxis, draw_heat_map, draw_row_chart, write_figure
from studies import Shell, coded_study, records, write


@pytest.fixture
def study(tmp_path: Path) -> Project:
    """Ana's and ben's codings of the small study."""
    return Project(coded_study(tmp_path))


def text_of(project: Project, table: pd.DataFrame, path: Path, **options: str) -> str:
    """Return all text of the picture of a table."""
    project.save_picture(table, path, **options)
    return " ".join(" ".join(ElementTree.parse(path).getroot().itertext()).split())


def test_bars_of_themes_have_names_numbers_and_what_was_counted(study: Project, tmp_path: Path) -> None:
    text = text_of(study, study.themes(coder="ana"), tmp_path / "t.svg", title="Pressing")
    for part in ("Pressing", "Work", "Money", "67 %", "2/3", "Unit sentence; coder ana", "share of cases"):
        assert part in text
    assert "Strain" not in text  # themes and families are other rows of the table
    only = study.themes(coder="ana", level=["family", "theme"])
    assert "Strain" in text_of(study, only, tmp_path / "f.svg")


def test_another_measure_is_drawn_on_request(study: Project, tmp_path: Path) -> None:
    table = study.themes(coder="ana")
    text = text_of(study, table, tmp_path / "t.svg", measure="codings_per_1000_words")
    assert "codings per 1,000 words" in text
    assert "85.71" in text
    with pytest.raises(UsageError, match="did you mean 'codings'"):
        study.draw(table, measure="coding")


def test_groups_and_coders_are_told_apart_in_one_row(study: Project, tmp_path: Path) -> None:
    text = text_of(study, study.themes(coder=["ana", "ben"], by="group"), tmp_path / "t.svg")
    for name in ("x, ana", "y, ana", "x, ben"):
        assert name in text


def test_too_many_groups_are_refused(study: Project) -> None:
    table = pd.concat([study.themes(coder="ana").assign(coder=f"c{i}") for i in range(8)])
    with pytest.raises(OperationError, match="8 groups"):
        study.draw(table)


def test_selected_rows_are_drawn_and_empty_tables_refused(study: Project) -> None:
    table = study.themes(coder="ana")
    assert study.draw(table[table["code"] == "work/fear"]) is not None
    with pytest.raises(OperationError, match="empty"):
        study.draw(table.iloc[:0])


def test_a_table_without_a_picture_says_so(study: Project) -> None:
    with pytest.raises(UsageError, match="no picture shows a table with the columns transcript"):
        study.draw(study.segments())
    with pytest.raises(UsageError, match="measure"):
        study.draw(study.saturation(coder="ana"), measure="codes")
    with pytest.raises(UsageError, match="measure"):
        study.draw(study.network(coder="ana"), measure="count")
    with pytest.raises(UsageError, match="drawn as it is"):
        study.draw(study.themes(coder="ana"), unit="turn")
    with pytest.raises(UsageError, match=r"must end in \.png"):
        study.save_picture(study.themes(coder="ana"), "t.jpg")


def test_a_comparison_joins_two_dots_and_names_the_difference(study: Project, tmp_path: Path) -> None:
    table = study.compare(by="group", coder="ana", code="work/fear")
    text = text_of(study, table, tmp_path / "c.svg")
    # In group x one of two cases has the code, in y none of one.
    assert "+50 (" in text
    assert "Filled: q up to 0.05" in text
    rates = text_of(study, table, tmp_path / "r.svg", measure="rate_ratio")
    assert "codings per 1,000 words" in rates
    with pytest.raises(UsageError):
        study.draw(table, measure="p")


def test_a_crosstab_is_a_heat_map_and_its_cases_are_bars(study: Project, tmp_path: Path) -> None:
    table = study.crosstab(by="group", coder="ana")
    text = text_of(study, table, tmp_path / "h.svg")
    for part in ("x n = 2", "y n = 1", "50 %", "Work", "Fear", "Cells: share of cases"):
        assert part in text
    assert "Cells: codings;" in text_of(study, table, tmp_path / "c.svg", measure="codings")
    base = text_of(study, table[table["level"] == "base"], tmp_path / "b.svg")
    assert "67 %" in base
    assert "2/3" in base
    several = text_of(study, study.crosstab(by=["group", "size"], coder=["ana", "ben"]), tmp_path / "s.svg")
    assert "group: x, ana" in several


def test_differences_between_networks_are_dots_by_pair(study: Project, tmp_path: Path) -> None:
    table = study.network_difference(by="group", unit="transcript", coder="ana", replicates=50, permutations=50)
    text = text_of(study, table, tmp_path / "d.svg")
    assert "share of units with both codes" in text
    assert "Money + Fear" in text


def test_saturation_has_a_curve_for_each_group(study: Project, tmp_path: Path) -> None:
    text = text_of(study, study.saturation(coder="ana", by="group"), tmp_path / "s.svg")
    for part in ("codes so far", "random orders", "x", "y", "too few transcripts"):
        assert part in text
    assert "random orders" not in text_of(study, study.saturation(coder="ana", permutations=0), tmp_path / "o.svg")


@pytest.fixture
def timed(tmp_path: Path) -> Project:
    """One interview with times: a question of two words, an answer of eight in eight seconds, and one more."""
    write(
        tmp_path, "codebooks/f.yaml", "family: f\nname: F\ncodes:\n  - {id: a, name: Anger}\n  - {id: b, name: Joy}\n"
    )
    write(tmp_path, "qualcode.yaml", "roles: {interviewer: [I]}\ncoder: ana\n")
    write(
        tmp_path,
        "transcripts/T.txt",
        "[00:00:10] I: What now?\n\n[00:00:12] P: One two three four five six seven eight.\n\n"
        "[00:00:20] P: Nine ten.\n",
    )
    project = Project(tmp_path)
    project.code("T", "f/b", "three four", coder="ana")
    project.code("T", "f/a", "Nine ten.", coder="ana")
    return project


def test_the_timeline_counts_words_and_seconds(timed: Project) -> None:
    table = timed.timeline("T")
    rows = records(table)
    assert [(row["role"], row["code"]) for row in rows] == [
        ("interviewer", ""), ("participant", "f/b"), ("participant", "f/a")
    ]  # fmt: skip
    assert [(row["first_word"], row["last_word"]) for row in rows] == [(0, 2), (4, 6), (10, 12)]
    # Words of the question: one a second; of the answer: one a second, from 12 on.
    assert [(row["first_second"], row["last_second"]) for row in rows] == [(10.0, 12.0), (14.0, 16.0), (20.0, 22.0)]
    assert table.attrs["notes"][0].startswith("transcript T; coder ana; 2 codings over 12 words of all speakers")


def test_the_timeline_without_times_is_in_words(study: Project, tmp_path: Path) -> None:
    table = study.timeline("A", coder="ana")
    assert table["first_second"].isna().all()
    assert "words of all speakers, in order" in text_of(study, table, tmp_path / "t.svg")
    with pytest.raises(UnknownNameError):
        study.timeline("Z", coder="ana")


def test_the_picture_of_a_timeline_has_the_codes_in_the_order_of_the_codebook(timed: Project, tmp_path: Path) -> None:
    text = text_of(timed, timed.timeline("T"), tmp_path / "t.svg")
    assert text.index("Anger") < text.index("Joy")
    assert "minutes" in text


def test_commands_write_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = Shell(coded_study(tmp_path / "s"), capsys)
    for words in (["themes", "--coder", "ana"], ["saturation", "--coder", "ana"], ["timeline", "A", "--coder", "ana"]):
        path = tmp_path / f"{words[0]}.png"
        result = run(*words, "--png", path, "--title", "T")
        assert result.code == 0
        assert path.read_bytes().startswith(b"\x89PNG")
        assert f"{path}" in result.err
    assert run("themes", "--coder", "ana", "--png", tmp_path / "t.svg").code == 2
    assert "--draw and --title are for a picture" in run("themes", "--coder", "ana", "--draw", "codings").err


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_the_same_rows_give_the_same_file(tmp_path: Path, ending: str) -> None:
    rows = [ChartRow("F", is_heading=True, colour="#D55E00"), ChartRow("a $x$", (Mark(0.5, 0.2, 0.7, shape="bar"),))]
    axis = RowAxis("share", is_share=True, legend=(("one", "#D55E00", "open"), ("two", "#0072B2", "bar")))
    contents = []
    for name in ("a", "b"):
        path = tmp_path / f"{name}.{ending}"
        write_figure(draw_row_chart(rows, axis, title="T", caption=["C"]), path)
        contents.append(path.read_bytes())
    assert contents[0] == contents[1]


def test_charts_without_rows_or_values_are_drawn(tmp_path: Path) -> None:
    for name, rows in (("none", []), ("undefined", [ChartRow("a", (Mark(None),), remark="undefined")])):
        write_figure(draw_row_chart(rows, RowAxis("x"), title="", caption=[]), tmp_path / f"{name}.png")
    write_figure(draw_heat_map([], [], title="T", caption=[]), tmp_path / "heat.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["heat.png", "none.png", "undefined.png"]
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in tmp_path.iterdir())


def test_a_heat_map_shows_its_texts_and_grows_with_its_columns(tmp_path: Path) -> None:
    columns = [f"group {number}" for number in range(30)]
    rows = [HeatRow("Family", is_heading=True), HeatRow("Code", (0.5, None) * 15, ("50 %", "–") * 15)]
    figure = draw_heat_map(rows, columns, title="T", caption=["What was counted."])
    path = tmp_path / "h.svg"
    write_figure(figure, path)
    text = " ".join(ElementTree.parse(path).getroot().itertext())
    assert "50 %" in text
    assert "group" in text
    assert figure.get_figwidth() > 828 / 72
