"""Cases, focus groups and adding sources, counted by hand on a focus group with nine words of participants."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from qualcode import Project
from qualcode.errors import FileProblemsError, OperationError, UsageError
from qualcode.files import copy_without_overwrite, set_yaml_entry
from studies import Shell, column, ledgers, records, row, small_study, write

SETTINGS = "roles: {interviewer: [I]}\ncoder: ana\n"
BOOK = "family: f\nname: F\ncodes:\n  - {id: fear, name: Fear}\n  - {id: hope, name: Hope}\n"
GROUP = "I: So?\n\nAnn: We tried. It broke.\n\nBen: We lost.\n\nI: Ok.\n\nAnn: Yes.\n\nCy: Well, no.\n"
"""Ann says 4 words in 2 sentences and 1 in 1, Ben 2 in 1, Cy 2 in 1: five sentences, nine words."""

APART = "case,group,transcripts,speakers\nA,x,F,Ann\nB,y,F,BEN; Nobody\nC,y,F; G,Cy\n"


def create_study(root: Path, cases: str = "", settings: str = SETTINGS) -> Path:
    write(root, "qualcode.yaml", settings)
    write(root, "codebooks/f.yaml", BOOK)
    write(root, "transcripts/F.txt", GROUP)
    write(root, "transcripts/G.txt", "I: And you?\n\nCy: Fine, fine.\n")
    if cases:
        write(root, "transcripts/cases.csv", cases)
    return root


def create_coded_project(root: Path) -> Project:
    project = Project(root)
    project.code("F", "f/fear", "We tried.")
    project.code("F", "f/fear", "We lost.")
    project.code("F", "f/hope", "Well, no.")
    project.code("G", "f/hope", "Fine, fine.")
    return project


def messages(root: Path, level: str = "notice") -> list[str]:
    return [str(problem) for problem in Project(root).check() if problem.level == level]


def counts(project: Project, code: str, by: str) -> dict[str, tuple[int, ...]]:
    """Return codings, units, cases, words, and under the line units, cases, words, by group."""
    names = ("codings", "units", "cases", "words", "universe_units", "universe_cases", "universe_words")
    rows = [row for row in records(project.themes(by=by, level=["code"])) if row["code"] == code]
    return {row[f"case_{by}" if f"case_{by}" in row else by]: tuple(row[name] for name in names) for row in rows}


# Focus groups


def test_speakers_in_the_case_table_separate_the_cases_of_a_focus_group(tmp_path: Path) -> None:
    project = create_coded_project(create_study(tmp_path, APART))
    assert [turn.case for turn in project.study.transcripts["F"].participant_turns] == ["A", "B", "A", "C"]
    assert counts(project, "f/fear", "case") == {
        "A": (1, 1, 1, 2, 3, 1, 5),
        "B": (1, 1, 1, 2, 1, 1, 2),
        "C": (0, 0, 0, 0, 2, 1, 4),
    }
    assert counts(project, "f/fear", "group") == {"x": (1, 1, 1, 2, 3, 1, 5), "y": (1, 1, 1, 2, 3, 2, 6)}
    whole = row(records(project.themes(level=["code"])), code="f/fear")
    assert (whole["cases"], whole["universe_cases"], whole["universe_words"]) == (2, 3, 11)
    assert whole["share_of_cases"] == pytest.approx(2 / 3, abs=1e-5)
    assert column(records(project.codings()), "case") == ["A", "B", "C", "C"]
    assert row(records(project.transcripts()), transcript="F")["case"] == "A, B, C"
    assert project.status().cases == 3


def test_speakers_in_the_settings_separate_the_cases_of_a_focus_group(tmp_path: Path) -> None:
    rules = "speakers: {ann: {case: A}, Ben: {case: B}, Cy: {case: Z}}\n"
    project = create_coded_project(create_study(tmp_path, "case,group\nA,x\nB,y\n", SETTINGS + rules))
    assert counts(project, "f/fear", "group") == {
        "x": (1, 1, 1, 2, 3, 1, 5),
        "y": (1, 1, 1, 2, 1, 1, 2),
        "(blank)": (0, 0, 0, 0, 2, 1, 4),
    }
    assert messages(tmp_path, "error") == []
    assert messages(tmp_path) == [
        "qualcode.yaml:3:44: speaker 'Cy': transcripts/cases.csv has no case 'Z'"
        " (it is counted as a case without attributes)"
    ]


def test_a_coding_over_two_cases_counts_for_each_with_a_note(tmp_path: Path) -> None:
    project = create_coded_project(create_study(tmp_path, APART))
    project.code("F", "f/hope", "It broke.\n\nBen: We lost.")
    assert {case: numbers[:2] for case, numbers in counts(project, "f/hope", "case").items()} == {
        "A": (1, 1),
        "B": (1, 1),
        "C": (2, 2),
    }
    assert (
        "counted in several groups: 1 coding by ana with words of several groups"
        in project.themes(by="case").attrs["notes"]
    )
    assert row(records(project.themes(level=["code"])), code="f/hope")["codings"] == 3
    assert column(records(project.codings(code="f/hope")), "case") == ["A, B", "C", "C"]


def test_speakers_without_case_count_as_a_case_named_after_the_transcript(tmp_path: Path) -> None:
    project = create_coded_project(create_study(tmp_path, "case,transcripts,speakers\nA,F,Ann\nB,F,Ben\nG,,\n"))
    assert counts(project, "f/hope", "case")["F"] == (1, 1, 1, 2, 1, 1, 2)
    assert messages(tmp_path) == [
        "transcripts/F.txt: the words of 'Cy' belong to no case; they count as case 'F'"
        " (if that is wrong, name the speaker's case in the table of cases or in qualcode.yaml)"
    ]


def test_speakers_without_case_count_for_the_cases_without_speakers(tmp_path: Path) -> None:
    project = create_coded_project(create_study(tmp_path, "case,transcripts,speakers\nA,F,Ann\nB,F,\nC,F;G,\n"))
    assert counts(project, "f/hope", "case") == {
        "A": (0, 0, 0, 0, 3, 1, 5),
        "B": (1, 1, 1, 2, 2, 1, 4),
        "C": (2, 2, 1, 4, 3, 1, 6),
    }
    assert messages(tmp_path)[0].startswith(
        "transcripts/F.txt: 2 cases share this transcript (B, C): the words of 'Ben', 'Cy' count for each of them"
    )
    notes = project.themes(by="case").attrs["notes"]
    assert "counted in several groups: F (transcripts with several cases)" in notes


def test_cases_that_share_a_transcript_each_have_all_words_with_a_notice(tmp_path: Path) -> None:
    project = create_coded_project(create_study(tmp_path, "case,transcripts\nA,F\nB,F\nG,\n"))
    assert counts(project, "f/fear", "case")["A"] == counts(project, "f/fear", "case")["B"] == (2, 2, 1, 4, 5, 1, 9)
    assert messages(tmp_path) == [
        "transcripts/F.txt: 2 cases share this transcript (A, B): all words count for each of them"
        " (to separate them, add a column 'speakers' to the table of cases, or 'case' under speakers in qualcode.yaml)"
    ]


def test_missing_speakers_and_speakers_of_two_cases_are_problems(tmp_path: Path) -> None:
    create_study(tmp_path, "case,transcripts,speakers\nA,F,Ann; An\nB,F,ann; Ben\nC,F;G,Cy\n")
    assert messages(tmp_path, "error") == [
        "transcripts/cases.csv: case 'A': no speaker 'An' in F (did you mean 'Ann'?)",
        "transcripts/cases.csv: speaker 'ann' of 'F' is in case 'A' and in case 'B'"
        " (counted for 'A'; remove one of them)",
    ]
    assert [turn.case for turn in Project(tmp_path).study.transcripts["F"].participant_turns] == ["A", "B", "A", "C"]


@pytest.mark.parametrize("unit", ["sentence", "turn", "exchange", "window:3", "transcript"])
def test_counts_add_over_transcripts_for_every_unit(tmp_path: Path, unit: str) -> None:
    project = create_coded_project(create_study(tmp_path, APART))
    totals = records(project.themes(unit=unit))
    parts = records(project.themes(unit=unit, by="transcript"))
    for total in totals:
        same_code = [part for part in parts if (part["code"], part["level"]) == (total["code"], total["level"])]
        for name in ("codings", "units", "transcripts", "words", "universe_units", "universe_words"):
            assert total[name] == sum(part[name] for part in same_code), (name, total["code"])


# Tables of cases


def sheet(root: Path, *rows: list[str | int]) -> None:
    book = openpyxl.Workbook()
    for cells in rows:
        book.worksheets[0].append(cells)
    book.save(root / "transcripts/cases.xlsx")


def test_the_case_table_may_be_a_workbook(tmp_path: Path) -> None:
    create_study(tmp_path)
    sheet(tmp_path, ["Case", "size", "Transcripts"], ["A", 10, "F"], ["G", 5, ""])
    project = Project(tmp_path)
    assert [(case.id, dict(case.attributes), case.transcripts) for case in project.study.cases] == [
        ("A", {"size": "10"}, ("F",)),
        ("G", {"size": "5"}, ("G",)),
    ]
    assert project.check() == []
    sheet(tmp_path, ["Case", "size"], ["A", 10], ["A", 5])
    assert (
        messages(tmp_path, "error")[0]
        == "transcripts/cases.xlsx: case 'A' has no transcript 'A' (add its source or remove the row)"
    )
    assert messages(tmp_path, "error")[1] == "transcripts/cases.xlsx:3:1: case 'A' is given twice"


def test_a_path_or_a_comma_instead_of_ids_gets_a_hint(tmp_path: Path) -> None:
    create_study(tmp_path, 'case,transcripts\nA,F.txt\nB,"F, G"\n')
    assert messages(tmp_path, "error") == [
        "transcripts/cases.csv: case 'A' has no transcript 'F.txt' (did you mean 'F'?)",
        "transcripts/cases.csv: case 'B' has no transcript 'F, G' (separate ids with a semicolon: F; G)",
    ]


def test_two_case_tables_are_a_problem(tmp_path: Path) -> None:
    create_study(tmp_path, "case\nF\nG\n")
    sheet(tmp_path, ["case"], ["F"])
    assert messages(tmp_path, "error") == [
        "transcripts/cases.xlsx: a second case table; only cases.csv is read (remove one of them)"
    ]


def test_a_damaged_case_table_is_one_problem(tmp_path: Path) -> None:
    write(create_study(tmp_path), "transcripts/cases.xlsx", b"PK\x03\x04")
    (message,) = messages(tmp_path, "error")
    assert message.startswith("transcripts/cases.xlsx: ")


def test_a_linked_case_table_outside_the_study_is_not_followed(tmp_path: Path) -> None:
    root = create_study(tmp_path / "study")
    (root / "transcripts/cases.csv").symlink_to(write(tmp_path, "secret.csv", "case\nF\n"))
    assert messages(root, "error") == [
        "transcripts/cases.csv: this link points outside the study and is not followed (copy the table)"
    ]


ANSWERS = "id,answer,age\nr1,I fear it,30\nr2,We hope so,40\n"


def test_the_case_table_adds_attributes_to_the_cases_of_a_survey(tmp_path: Path) -> None:
    create_study(tmp_path, "case,age,group,transcripts\nr1,31,x,\nAda,,y,survey#r2\nF,,,\nG,,,\n")
    write(tmp_path, "transcripts/survey.csv", ANSWERS)
    study = Project(tmp_path).study
    assert [case.id for case in study.cases] == ["r1", "Ada", "F", "G"]
    assert study.attributes == ("age", "group")
    assert study.attributes_of["r1"] == {"age": "31", "group": "x"}
    assert study.attributes_of["Ada"] == {"age": "40", "group": "y"}
    assert [case.id for case in study.cases_of["survey#r2"]] == ["Ada"]
    assert (
        "transcripts/cases.csv: case 'r1': 'age' is '31' here and '30' in transcripts/survey.csv"
        " (the first value is used)" in messages(tmp_path)
    )
    assert messages(tmp_path, "error") == []


def test_a_case_in_a_survey_keeps_its_interview(tmp_path: Path) -> None:
    create_study(tmp_path, "case,group\nF,x\nG,y\nr2,z\n")
    write(tmp_path, "transcripts/survey.csv", "id,answer\nF,I fear it\nr2,We hope so\n")
    study = Project(tmp_path).study
    assert [(case.id, case.transcripts) for case in study.cases] == [
        ("F", ("F", "survey#F")),
        ("G", ("G",)),
        ("r2", ("survey#r2",)),
    ]
    assert [line for line in messages(tmp_path) if "no case" in line] == []


# Adding sources


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return small_study(tmp_path / "study")


@pytest.fixture
def shell(root: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(root, capsys)


NEW = "I: What now?\n\nEve: We wait.\n"


def test_an_added_source_is_copied_and_described(tmp_path: Path, root: Path, shell: Shell) -> None:
    new = write(tmp_path, "E.txt", NEW)
    (row,) = shell("transcripts", "add", new, "--format", "json").json
    assert row == {
        "transcript": "E",
        "path": "transcripts/E.txt",
        "status": "added",
        "format": "text",
        "transcripts": 1,
        "turns": 2,
        "speakers": "I (interviewer, 50%), Eve (participant, 50%)",
        "words": 2,
        "unplaced": 0,
        "signals": "",
        "notices": "",
    }
    assert (root / "transcripts/E.txt").read_bytes() == new.read_bytes()
    again = Project(root).add(new)
    assert again["status"].tolist() == ["there already"]
    assert Project(root).transcripts()["transcript"].tolist() == ["A", "B", "C", "D", "E"]


def test_adding_as_dry_run_and_into_a_folder(tmp_path: Path, root: Path) -> None:
    new = write(tmp_path, "A.txt", NEW)
    project = Project(root)
    assert project.add([new], into="wave2", dry_run=True)["status"].tolist() == ["would be added"]
    assert not (root / "transcripts/wave2").exists()
    assert project.add([new], into="wave2")["transcript"].tolist() == ["wave2/A"]
    assert "wave2/A" in project.study.transcripts
    with pytest.raises(UsageError, match="name a folder below transcripts/"):
        project.add([new], into="../elsewhere")


def test_nothing_is_overwritten_and_with_one_problem_nothing_is_added(tmp_path: Path, root: Path, shell: Shell) -> None:
    before = ledgers(root), (root / "transcripts/A.txt").read_bytes()
    good, other = write(tmp_path, "E.txt", NEW), write(tmp_path, "A.txt", NEW)
    second, unknown = write(tmp_path, "B.txt", NEW), write(tmp_path, "x.pages", NEW)
    broken, cases = write(tmp_path, "Y.docx", b"PK"), write(tmp_path, "cases.csv", "case\nA\n")
    result = shell("transcripts", "add", good, other, second, unknown, tmp_path / "no.txt", cases)
    assert result.code == 1
    for message in (
        "A.txt: a different file is already at transcripts/A.txt; it is not overwritten"
        " (rename the new one, or use --into)",
        "B.txt: second source of transcript 'B' (beside transcripts/B.md: rename one, or use --into)",
        "x.pages: unsupported file type '.pages'",
        "no.txt: no such file",
        "cases.csv: this is the name of the case table, transcripts/cases.csv",
        "Nothing was added: fix these files, or leave them out (--skip).",
    ):
        assert message in result.err
    assert "damaged" in shell("transcripts", "add", good, broken).err
    assert not (root / "transcripts/E.txt").exists()
    assert before == (ledgers(root), (root / "transcripts/A.txt").read_bytes())


def test_a_folder_is_added_without_what_is_no_transcript(tmp_path: Path, root: Path, shell: Shell) -> None:
    folder = tmp_path / "new"
    for name in ("E.txt", "wave2/G.txt", "~$E.docx", ".DS_Store", "Thumbs.db", ".git/x.txt", "tape.mp3", "cases.csv"):
        write(folder, name, NEW)
    result = shell("transcripts", "add", folder, "--format", "json")
    assert [(one["transcript"], one["status"]) for one in result.json] == [("E", "added"), ("wave2/G", "added")]
    assert result.err.splitlines()[:2] == [
        f"{folder}/cases.csv: skipped: this is a case table (copy it to transcripts/ yourself)",
        f"{folder}/tape.mp3: skipped: this file type is not read",
    ]
    assert Project(root).transcripts()["transcript"].tolist() == ["A", "B", "C", "D", "E", "wave2/G"]
    (tmp_path / "nothing").mkdir()
    refused = shell("transcripts", "add", tmp_path / "nothing")
    assert (refused.code, refused.out) == (1, "")
    assert "no file in this folder can be a transcript" in refused.err
    for own in (root, root / "transcripts", tmp_path):
        assert "the study itself is in this folder" in shell("transcripts", "add", own).err


def test_files_that_shells_add_to_a_pattern_are_skipped(tmp_path: Path, shell: Shell) -> None:
    paths = [write(tmp_path, name, NEW) for name in ("E.txt", "~$E.docx", "Thumbs.db")]
    result = shell("transcripts", "add", *paths, "--format", "json")
    assert (result.code, column(result.json, "transcript")) == (0, ["E"])
    assert result.err.count("skipped: this is no transcript") == 2
    assert "unsupported file type '.db'" in shell("transcripts", "add", paths[2]).err


def test_files_that_cannot_be_added_are_left_out_if_wanted(tmp_path: Path, root: Path, shell: Shell) -> None:
    good, broken, other = write(tmp_path, "E.txt", NEW), write(tmp_path, "Y.docx", b"PK"), write(tmp_path, "B.txt", NEW)
    unknown = write(tmp_path, "tape.mp3", NEW)
    result = shell("transcripts", "add", good, broken, other, unknown, "--skip", "--format", "json")
    assert (result.code, column(result.json, "transcript")) == (0, ["E"])
    assert [line.split(": ")[1] for line in result.err.splitlines()] == ["skipped"] * 3
    assert not (root / "transcripts/B.txt").exists()
    assert shell("transcripts", "add", broken, unknown, "--skip").code == 1


# Removing sources


def test_a_removed_source_leaves_its_codings_and_can_be_brought_back(
    root: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(root)
    coding = project.code("A", "work/money", "The budget is gone.", coder="ana", memo="Why?")
    project.done("A", coder="ben")
    before, text = ledgers(root), (root / "transcripts/A.txt").read_bytes()
    refused = shell("transcripts", "remove", "A", "D")
    assert (refused.code, refused.out) == (1, "")
    assert "A has 1 coding, 1 finished mark and 1 memo by ana, ben. They would stay in the ledger" in refused.err
    assert "D has" not in refused.err
    assert (root / "transcripts/D.docx").exists()
    removed = shell("transcripts", "remove", "A", "--yes", "--format", "json")
    assert removed.json == [
        {
            "transcript": "A",
            "path": "transcripts/A.txt",
            "moved_to": "removed/A.txt",
            "codings": 1,
            "coders": "ana, ben",
            "memos": 1,
            "cases": "A",
        }
    ]
    assert removed.err.splitlines() == [
        "A: 1 coding, 1 finished mark and 1 memo by ana, ben stay in the ledger without a source; they are listed, and"
        " not counted",
        "A: to bring it back, 'qualcode transcripts add removed/A.txt'",
        "A: transcripts/cases.csv still lists it (case 'A'): edit the table yourself",
        "the files are in removed/: delete them there if they must not be kept",
    ]
    assert not (root / "transcripts/A.txt").exists()
    assert ((root / "removed/A.txt").read_bytes(), ledgers(root)) == (text, before)
    assert shell("codings", "--format", "json").json[0]["status"] == "orphaned"
    assert shell("transcripts", "A").code == 2
    monkeypatch.chdir(root)
    assert shell("transcripts", "add", "removed/A.txt").code == 0
    (back,) = shell("codings", "--format", "json").json
    assert (back["id"], back["status"]) == (coding.id, "anchored")


def test_sources_are_removed_by_pattern_without_overwriting_what_was_removed(root: Path, shell: Shell) -> None:
    write(root, "transcripts/wave2/E.txt", NEW)
    write(root, "transcripts/survey.csv", "id,answer\nr1,I fear it\nr2,We hope so\n")
    write(root, "removed/wave2/E.txt", "older")
    removed = shell("transcripts", "remove", "wave*", "survey", "--format", "json")
    assert column(removed.json, "moved_to") == ["removed/survey.csv", "removed/2/wave2/E.txt"]
    assert "'qualcode transcripts add removed/2/wave2/E.txt --into wave2'" in removed.err
    assert (root / "removed/wave2/E.txt").read_text() == "older"


def test_a_row_of_a_table_is_not_removed(root: Path, shell: Shell) -> None:
    write(root, "transcripts/survey.csv", "id,answer\nr1,I fear it\nr2,We hope so\n")
    row = shell("transcripts", "remove", "survey#r1")
    assert row.code == 2
    assert "survey#r1 is a row of transcripts/survey.csv: delete the row there, or remove all with 'survey'" in row.err
    assert "did you mean 'survey'" in shell("transcripts", "remove", "surve").err


def test_equal_content_under_another_name_is_a_notice(tmp_path: Path, root: Path) -> None:
    copy = tmp_path / "copy.txt"
    copy.write_bytes((root / "transcripts/A.txt").read_bytes())
    assert Project(root).add(copy)["notices"].tolist() == ["the same content as transcript 'A'"]


def test_two_new_sources_of_one_transcript_are_refused(tmp_path: Path, root: Path) -> None:
    with pytest.raises(FileProblemsError, match="second source of transcript 'e'"):
        Project(root).add([write(tmp_path, "E.txt", NEW), write(tmp_path, "e.md", NEW)])


def test_an_encoding_given_for_a_source_is_written_into_the_settings(tmp_path: Path, root: Path) -> None:
    settings = "# top\nname: 'Small'   # a name\nroles:\n  interviewer: [I,  X]  # who\n\n# the end\n"
    write(root, "qualcode.yaml", settings)
    new = write(tmp_path, "Zoë [1].txt", "I: Ça va?\n\nEve: Là-bas, été.\n".encode("cp850"))
    project = Project(root)
    project.add(new, encoding="cp850", into="w")
    assert (root / "qualcode.yaml").read_text(encoding="utf-8") == settings + 'encodings:\n  "w/Zoë [[]1].txt": cp850\n'
    assert project.study.transcripts["w/Zoë [1]"].text == "I: Ça va?\n\nEve: Là-bas, été.\n"
    project.add(write(tmp_path, "E.txt", "I: a\n\nEve: é\n".encode("cp850")), encoding="cp850")
    assert (root / "qualcode.yaml").read_text(encoding="utf-8").startswith(settings + "encodings:\n  E.txt: cp850\n")
    with pytest.raises(UsageError, match="unknown encoding 'cp8500'"):
        project.add(new, encoding="cp8500")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("name: x\n", "name: x\nencodings:\n  b.txt: cp850\n"),
        ("# only this", "# only this\nencodings:\n  b.txt: cp850\n"),
        ("encodings:   # of old files\nname: x\n", "encodings:   # of old files\n  b.txt: cp850\nname: x\n"),
        (
            "encodings:\n    # first\n    a.txt: cp437  # why\nname: 'x'\n",
            "encodings:\n    # first\n    b.txt: cp850\n    a.txt: cp437  # why\nname: 'x'\n",
        ),
        ("encodings: {a.txt: cp437}  # why\nname: 'x'\n", "encodings: {a.txt: cp437, b.txt: cp850} # why\nname: 'x'\n"),
        ("encodings:\n  b.txt: cp437  # why\nname: 'x'\n", "encodings:\n  b.txt: cp850 # why\nname: 'x'\n"),
    ],
)
def test_setting_a_yaml_entry_changes_nothing_else(tmp_path: Path, before: str, after: str) -> None:
    path = write(tmp_path, "q.yaml", before)
    set_yaml_entry(path, "encodings", "b.txt", "cp850")
    assert path.read_text().replace("  # why", " # why") == after.replace("  # why", " # why")


def test_a_file_that_is_not_yaml_is_not_edited(tmp_path: Path) -> None:
    path = write(tmp_path, "q.yaml", "name: [x\n")
    with pytest.raises(OperationError, match="cannot be edited because it has errors"):
        set_yaml_entry(path, "encodings", "b.txt", "cp850")
    assert path.read_text() == "name: [x\n"


def test_a_copy_never_overwrites_a_file(tmp_path: Path) -> None:
    source, target = write(tmp_path, "a", "new"), write(tmp_path, "b", "old")
    with pytest.raises(OperationError, match="the file already exists"):
        copy_without_overwrite(source, target)
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


# The group of commands


def test_transcripts_are_listed_by_default_and_ids_may_equal_command_names(root: Path, shell: Shell) -> None:
    write(root, "transcripts/speakers.txt", NEW)
    ids = ["A", "B", "C", "D", "speakers"]
    assert column(shell("transcripts", "--format", "json").json, "transcript") == ids
    assert column(shell("transcripts", "list", "--format", "json").json, "transcript") == ids
    assert column(shell("transcripts", "A", "speakers", "--format", "json").json, "transcript") == ["A", "speakers"]
    assert column(shell("transcripts", "--format", "json", "--", "speakers").json, "transcript") == ["speakers"]
    assert shell("transcripts", "--", "speakers").out.splitlines()[-1].startswith("speakers")
    assert column(shell("transcripts", "speakers", "speakers", "--format", "json").json, "label") == ["I", "Eve"]
    assert "qualcode transcripts -- speakers" in " ".join(shell("transcripts", "--help").out.split())
    assert shell("transcripts", "nobody").code == 2
