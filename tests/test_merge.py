"""Other copies of a study brought into it: the union of decisions, missing sources, and what a person must decide."""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path
from random import Random

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.coding.quote_location import QuoteLocation
from qualcode.errors import FileProblemsError, OperationError, QualcodeError
from qualcode.ledger import read_ledgers
from qualcode.project import Project
from studies import Shell, coded_study, records, small_study, write

BUDGET = "The budget is gone."
WAIT = QuoteLocation("I wait.", turn=1, sentence=0)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The study, which ana has coded."""
    return coded_study(tmp_path / "here", coder="ana", ben=False)


def copy_of(root: Path, name: str) -> Path:
    """Return another copy of a study as a colleague gets it."""
    return shutil.copytree(root, root.parent / name, ignore=shutil.ignore_patterns(".qualcode"))


def zipped(folder: Path, *, inside: str = "") -> Path:
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for each in sorted(folder.rglob("*")):
            archive.write(each, f"{inside}{each.relative_to(folder).as_posix()}")
    return path


def edit(root: Path, name: str, old: str, new: str) -> None:
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def found(merged: pd.DataFrame, kind: str) -> list[tuple[str, str]]:
    return [(row["path"], row["message"]) for row in records(merged) if row["kind"] == kind]


def files(root: Path) -> dict[str, bytes]:
    paths = (each for each in root.rglob("*") if each.is_file() and ".qualcode" not in each.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


def codings_csv(root: Path, shell: Callable[..., str]) -> str:
    return shell("-C", root, "codings", "--format", "csv")


# --- decisions ----------------------------------------------------------------------------------------------------


def test_a_dry_run_lists_what_is_new_and_writes_nothing(root: Path) -> None:
    copy = copy_of(root, "ben")
    Project(copy).code("A", "work/money", BUDGET, coder="ben", memo="Why?")
    before = files(root), files(copy)
    merged = Project(root).merge(copy)
    assert found(merged, "events") == [("codings/ben", "2 new events: 1 coding, 1 memo on A")]
    assert merged.attrs["notes"][-2:] == [
        f"{copy}: 2 events would be brought in",
        "nothing is written yet: add write=True to do it",
    ]
    assert (files(root), files(copy)) == before


def test_decisions_of_a_copy_are_added_once_and_their_lines_are_kept_as_they_are(root: Path) -> None:
    copy = copy_of(root, "ben")
    Project(copy).code("A", "work/money", BUDGET, coder="ben")
    line = (copy / "codings/ben/A.jsonl").read_bytes().replace(b'{"id"', b'{"later":1,"id"')
    (copy / "codings/ben/A.jsonl").write_bytes(line)
    for _ in range(2):
        Project(root).merge(copy, write=True)
        assert (root / "codings/ben/A.jsonl").read_bytes() == line
    assert list(Project(root).codings(coder="ben")["quote"]) == [BUDGET]


def test_a_merge_without_differences_has_exit_code_0_and_says_when_nothing_is_new(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = copy_of(root, "ben")
    Project(copy).code("A", "work/money", BUDGET, coder="ben")
    run = Shell(root, capsys)
    assert run("merge", copy, "--write").code == 0
    again = run("merge", copy)
    assert (again.code, again.out) == (0, f"(none)\n\n{copy}: nothing new\n")


@pytest.mark.parametrize("inside", ["", "Ben's study/", "deep/transcripts/"])
def test_a_zip_archive_is_merged_wherever_the_study_is_in_it(root: Path, inside: str) -> None:
    copy = copy_of(root, "ben")
    Project(copy).code("A", "work/money", BUDGET, coder="ben")
    Project(root).merge(zipped(copy, inside=inside), write=True)
    assert len(Project(root).codings(coder="ben")) == 1


def _only_codings(copy: Path) -> Path:
    for name in ("transcripts", "codebooks", "qualcode.yaml"):
        path = copy / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return copy


PARTS: dict[str, Callable[[Path], Path]] = {
    "a folder with codings only": _only_codings,
    "the folder codings": lambda copy: _only_codings(copy) / "codings",
    "an archive of codings": lambda copy: zipped(_only_codings(copy)),
    "an archive of the folders of coders": lambda copy: zipped(_only_codings(copy) / "codings"),
    "a folder with the study in it": lambda copy: Path(shutil.move(copy, copy.parent / "unpacked/study")).parent,
}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_of_a_copy_is_merged(root: Path, part: str) -> None:
    copy = copy_of(root, "ben")
    Project(copy).code("A", "work/money", BUDGET, coder="ben")
    shutil.rmtree(copy / ".qualcode")
    Project(root).merge(PARTS[part](copy), write=True)
    assert len(Project(root).codings(coder="ben")) == 1


def test_two_copies_are_merged_together(root: Path) -> None:
    copies = [copy_of(root, name) for name in ("ben", "cleo")]
    for copy in copies:
        Project(copy).code("A", "work/money", BUDGET, coder=copy.name)
    merged = Project(root).merge(copies, write=True)
    assert [path for path, _ in found(merged, "events")] == ["codings/ben", "codings/cleo"]
    assert set(Project(root).codings()["coder"]) == {"ana", "ben", "cleo"}


def test_lines_that_cannot_be_read_are_listed_and_all_others_are_added(root: Path) -> None:
    copy = copy_of(root, "ben")
    Project(copy).code("A", "work/money", BUDGET, coder="ben")
    with open(copy / "codings/ben/A.jsonl", "ab") as stream:
        stream.write(b'<<<<<<< HEAD\n{"event": 1}\n{"id": "torn')
    merged = Project(root).merge(copy, write=True)
    assert [path for path, _ in found(merged, "damaged")] == [f"codings/ben/A.jsonl:{line}:1" for line in (2, 3, 4)]
    assert (root / "codings/ben/A.jsonl").read_bytes().count(b"\n") == 1


def test_different_events_with_one_id_are_listed_and_both_kept_whatever_the_order(root: Path) -> None:
    copies = [copy_of(root, name) for name in ("ben", "cleo")]
    edit(copies[0], "codings/ana/C.jsonl", "work/money", "work/fear")
    bases = [copy_of(root, name) for name in ("one", "two")]
    for base, order in zip(bases, (copies, copies[::-1]), strict=True):
        for copy in order:
            merged = Project(base).merge(copy, write=True)
            if copy is copies[0]:
                ((path, message),) = found(merged, "damaged")
    assert path == "codings/ana/C.jsonl"
    assert "is not the same in both copies (code): both lines are kept" in message
    assert (bases[0] / "codings/ana/C.jsonl").read_bytes().count(b"apply") == 2
    assert [list(Project(base).codings(transcripts="C")["code"]) for base in bases] == [["work/fear"]] * 2


@pytest.mark.parametrize("transcript", ["../../../outside", "/outside", "a/../b", "a\\u0000b", "a" * 300])
@pytest.mark.parametrize("coder", ["ana", "../ana"])
def test_no_event_is_written_outside_of_its_ledger(root: Path, coder: str, transcript: str) -> None:
    copy = copy_of(root, "ben")
    edit(copy, "codings/ana/C.jsonl", '"transcript":"C"', f'"transcript":"{transcript}"')
    edit(copy, "codings/ana/C.jsonl", '"coder":"ana"', f'"coder":"{coder}"')
    shutil.rmtree(root / "codings/ana")
    before = set(root.parent.rglob("*"))
    merged = Project(root).merge(copy, write=True)
    assert ["is not brought in" in message for _, message in found(merged, "damaged")] == [True, True]
    new = {path for path in set(root.parent.rglob("*")) - before if ".qualcode" not in path.parts}
    names = {path.relative_to(root).as_posix() for path in new}
    assert names == {"codings/ana", "codings/ana/A.jsonl", "codings/ana/B.jsonl"}


def test_a_coder_whose_name_differs_in_capitals_is_an_error(root: Path) -> None:
    copy = copy_of(root, "ben")
    edit(copy, "codings/ana/C.jsonl", '"coder":"ana"', '"coder":"Ana"')
    edit(copy, "codings/ana/C.jsonl", '"id":"0', '"id":"1')
    (shown,) = [each for each in records(Project(root).merge(copy)) if each["kind"] == "events"]
    assert (shown["path"], shown["level"], shown["hint"][:13]) == ("codings/Ana", "error", "'ana' is here")


# --- sources ------------------------------------------------------------------------------------------------------


def test_an_interview_that_only_the_copy_has_is_copied(root: Path) -> None:
    copy = copy_of(root, "ben")
    write(copy, "transcripts/wave 2/E.txt", "I: So?\n\nEve: It rained all summer.\n")
    Project(copy).code("wave 2/E", "work/fear", "It rained all summer.", coder="ben")
    merged = Project(root).merge(copy, write=True)
    assert found(merged, "source") == [("transcripts/wave 2/E.txt", "only in the copy: copied")]
    assert list(Project(root).codings(coder="ben")["status"]) == ["anchored"]
    assert not (merged["level"] == "error").any()


def test_sources_are_not_copied_without_being_asked_for(root: Path) -> None:
    copy = copy_of(root, "ben")
    write(copy, "transcripts/E.txt", "I: So?\n\nEve: It rained all summer.\n")
    Project(root).merge(copy, write=True, sources=False)
    assert not (root / "transcripts/E.txt").exists()


def test_a_removed_interview_does_not_come_back(root: Path) -> None:
    copy = copy_of(root, "ben")
    Project(root).remove("D")
    ((path, message),) = found(Project(root).merge(copy, write=True), "source")
    assert (path, message) == ("transcripts/D.docx", "was removed from this study: not copied (removed/D.docx)")


def test_a_renamed_interview_is_recognised_and_not_copied(root: Path) -> None:
    copy = copy_of(root, "ben")
    (copy / "transcripts/C.vtt").rename(copy / "transcripts/C9.vtt")
    Project(copy).update(write=True, coder="ben")
    Project(copy).code("C9", "work/fear", "Legal says no.", coder="ben")
    merged = Project(root).merge(copy, write=True)
    assert found(merged, "renamed") == [
        (
            "transcripts/C.vtt",
            "the copy's 'C9' is 'C' here (2 codings, after an update: 1 anchored, 1 moved, 0 changed, 0 orphaned)",
        ),
        ("transcripts/C9.vtt", "the same interview as C here, under another name: not copied"),
    ]
    Project(root).update(write=True)
    assert list(Project(root).codings(transcripts="C")["status"]) == ["anchored", "moved"]
    assert found(Project(root).merge(copy), "renamed") == [
        ("transcripts/C9.vtt", "the same interview as C here, under another name: not copied")
    ]


def test_an_interview_that_was_renamed_here_and_edited_is_not_copied_a_second_time(root: Path) -> None:
    copy = copy_of(root, "ben")
    edit(root, "transcripts/A.txt", "The budget is gone.", "The budget has gone.")
    (root / "transcripts/A.txt").rename(root / "transcripts/A1.txt")
    text = "\n".join(f"P: Line {number} of what was said." for number in range(9))
    for folder, name in ((root, "A1"), (copy, "A")):
        with open(folder / f"transcripts/{name}.txt", "a") as stream:
            stream.write(text)
    merged = Project(root).merge(copy, write=True)
    ((path, message),) = found(merged, "text")
    assert (path, message[:20]) == ("transcripts/A.txt", "seems to be A1 here,")
    assert not (root / "transcripts/A.txt").exists()
    # Codings of the copy are followed, though the transcript here has codings of its own.
    ((path, message),) = found(merged, "renamed")
    assert (
        message
        == "the copy's 'A' is 'A1' here (3 codings, after an update: 0 anchored, 2 moved, 1 changed, 0 orphaned)"
    )
    (hint,) = [row["hint"] for row in records(merged) if row["kind"] == "renamed"]
    assert hint == "then run Project.update(write=True, renamed={'A': 'A1'}) to record it"
    Project(root).update(write=True, renamed={"A": "A1"})
    assert len(Project(root).codings(transcripts="A1", status="orphaned")) == 0


def test_another_text_is_left_as_it_is_and_codings_are_followed_into_it(root: Path) -> None:
    copy = copy_of(root, "ben")
    edit(copy, "transcripts/A.txt", BUDGET, "The whole budget is gone.")
    Project(copy).update(write=True, coder="ben")
    Project(copy).code("A", "work/fear", "The whole budget is gone.", coder="ben")
    before = (root / "transcripts/A.txt").read_bytes()
    expected = "has another text in the copy (4 codings, after an update: 3 anchored, 0 moved, 1 changed, 0 orphaned)"
    assert found(Project(root).merge(copy), "text") == [("transcripts/A.txt", expected)]
    assert found(Project(root).merge(copy, write=True), "text") == [("transcripts/A.txt", expected)]
    assert (root / "transcripts/A.txt").read_bytes() == before
    Project(root).update(write=True)
    assert sorted(Project(root).codings(transcripts="A")["status"]) == ["anchored", "anchored", "anchored", "changed"]


def test_codings_of_an_interview_that_no_copy_has_are_kept_and_listed(root: Path) -> None:
    copy = copy_of(root, "ben")
    write(copy, "transcripts/E.txt", "I: So?\n\nEve: It rained all summer.\n")
    Project(copy).code("E", "work/fear", "It rained all summer.", coder="ben")
    ((path, message),) = found(Project(root).merge(copy / "codings", write=True), "missing")
    assert path == "transcripts/E"
    assert "is kept and not counted (1 coding: 0 anchored" in message
    assert list(Project(root).codings(coder="ben")["status"]) == ["orphaned"]


# --- codebook, settings, cases ------------------------------------------------------------------------------------


def test_differences_of_codebook_settings_and_cases_are_listed_and_nothing_is_changed(root: Path) -> None:
    copy = copy_of(root, "ben")
    edit(copy, "codebooks/work.yaml", "What it costs and earns.", "Costs.")
    edit(
        copy,
        "codebooks/work.yaml",
        "  - id: fear\n    name: Fear",
        "  - {id: joy, name: Joy}\n  - id: fear\n    name: Fear",
    )
    edit(copy, "codebooks/work.yaml", "name: Work", "name: Labour")
    edit(copy, "codebooks/skills.yaml", "members: [work/fear, skills/patience]", "members: [work/fear]")
    edit(copy, "qualcode.yaml", "unit: sentence", "unit: turn")
    edit(copy, "qualcode.yaml", "interviewer: [I]", "interviewer: [I, Q]")
    edit(copy, "qualcode.yaml", "coder: ana", "coder: ben")
    edit(copy, "transcripts/cases.csv", "C,y,5", "C,y,6\nE,z,1")
    Project(copy).code("A", "work/joy", BUDGET, coder="ben")
    before = files(root)
    merged = Project(root).merge(copy)
    assert found(merged, "codebook") == [
        ("codebooks", "family 'work' differs in name: here “Work”, in the copy “Labour”"),
        ("codebooks/work.yaml:17", "in the copy only: code 'work/joy'"),
        (
            "codebooks/work.yaml:4",
            "code 'work/money' differs in definition: here “What it costs and earns.”, in the copy “Costs.”",
        ),
        (
            "codebooks/skills.yaml:10",
            "theme 'strain' differs in members: here “skills/patience, work/fear”, in the copy “work/fear”",
        ),
    ]
    assert found(merged, "settings") == [
        ("qualcode.yaml", "'unit' differs: here “sentence”, in the copy “turn”"),
        ("qualcode.yaml", "'interviewers' differs: here “I”, in the copy “I, Q”"),
        ("qualcode.yaml", "'coder' differs: here “ana”, in the copy “ben”"),
    ]
    assert found(merged, "case") == [
        ("transcripts/cases.csv", "case 'C' differs: size is “5” here, “6” in the copy"),
        ("transcripts/cases.csv", "case 'E' is only in the copy (transcripts: E, group: z, size: 1)"),
    ]
    assert found(merged, "code") == [
        ("codebooks", "'work/joy' is not in this codebook: 1 coding by ben would not be counted")
    ]
    assert files(root) == before
    # A colleague has another name, and nobody need decide on that.
    assert [row["level"] for row in records(merged) if "coder" in row["message"]] == ["notice"]


def test_other_assignments_are_listed(root: Path) -> None:
    write(root, "assignments.csv", "transcript,coder,overlap\nA,ana,\n")
    copy = copy_of(root, "ben")
    assert found(Project(root).merge(copy), "assignment") == []
    write(copy, "assignments.csv", "transcript,coder,overlap\r\nA,ana,\r\nB,ben,yes\r\n")
    before = files(root)
    assert found(Project(root).merge(copy, write=True), "assignment") == [
        ("assignments.csv", "1 line only in the copy: B,ben,yes")
    ]
    assert files(root) == before
    write(copy, "assignments.csv", b"\x81\x00")
    assert "not compared" in str(found(Project(root).merge(copy), "assignment"))


def test_a_codebook_with_errors_is_not_compared(root: Path) -> None:
    copy = copy_of(root, "ben")
    write(copy, "codebooks/work.yaml", "family: [")
    ((_, message),) = found(Project(root).merge(copy), "codebook")
    assert message.startswith("not compared: the codebook of the copy has errors: codebooks/work.yaml:1")


# --- what is refused ----------------------------------------------------------------------------------------------


def test_another_study_is_refused_unless_forced(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    small_study(other)
    for path in (other / "transcripts").iterdir():
        path.unlink()
    write(other, "transcripts/Z.txt", "I: So?\n\nP: It rained all summer.\n")
    Project(other).code("Z", "work/fear", "It rained all summer.", coder="ben")
    before = files(root)
    with pytest.raises(OperationError, match=r"another study.*Nothing was merged.*add force=True"):
        Project(root).merge(other, write=True)
    assert files(root) == before
    Project(root).merge(other, write=True, force=True)
    assert list(Project(root).codings(coder="ben")["status"]) == ["anchored"]


def test_a_copy_under_pseudonyms_is_refused(root: Path, tmp_path: Path) -> None:
    copy = copy_of(root, "ben")
    key = write(tmp_path, "key.yaml", "budget: money\nLegal: Lawyers\nNobody: Anybody\nwait: stay\n")
    key.chmod(0o600)
    Project(copy).pseudonymise(key, write=True)
    with pytest.raises(OperationError, match="under pseudonyms and the other not"):
        Project(root).merge(copy, write=True)


def test_an_empty_study_takes_everything(tmp_path: Path, root: Path) -> None:
    empty = Project.init(tmp_path / "new", coder="cleo").study.root
    Project(empty).merge(root, write=True)
    assert len(Project(empty).study.codings) == 5
    assert (empty / "transcripts/D.docx").exists()


@pytest.mark.parametrize("name", ["", "codings", "transcripts", "codings/ana"])
def test_the_study_itself_is_refused(root: Path, name: str) -> None:
    with pytest.raises(OperationError, match="the study itself"):
        Project(root).merge(root / name)


def test_an_error_says_which_copies_were_merged_before_it(root: Path, tmp_path: Path) -> None:
    copy = copy_of(root, "ben")
    Project(copy).code("A", "work/money", BUDGET, coder="ben")
    with pytest.raises(OperationError, match=r"no such file \(before it: .*ben: 1 event brought in\)"):
        Project(root).merge([copy, tmp_path / "missing"], write=True)


def test_a_study_with_errors_in_its_settings_takes_nothing(root: Path) -> None:
    copy = copy_of(root, "ben")
    edit(root, "qualcode.yaml", "unit: sentence", "unit: word")
    with pytest.raises(FileProblemsError, match="Nothing was merged: fix the settings first"):
        Project(root).merge(copy, write=True)


def test_a_copy_with_errors_in_its_settings_is_read_with_those_of_the_study(root: Path) -> None:
    copy = copy_of(root, "ben")
    Project(copy).code("A", "work/money", BUDGET, coder="ben")
    edit(copy, "qualcode.yaml", "unit: sentence", "unit: word")
    merged = Project(root).merge(copy, write=True)
    assert [path for path, _ in found(merged, "damaged")] == ["qualcode.yaml:5:1"]
    assert len(Project(root).codings(coder="ben")) == 1


def test_what_is_no_copy_of_a_study_is_refused(root: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(OperationError, match="no copy of a study"):
        Project(root).merge(tmp_path / "empty")
    with pytest.raises(OperationError, match="no such file"):
        Project(root).merge(tmp_path / "missing")
    with pytest.raises(OperationError, match="no zip archive"):
        Project(root).merge(write(tmp_path, "a.zip", "no archive"))
    copies = tmp_path / "copies"
    for name in ("ben", "cleo"):
        small_study(copies / name)
    with pytest.raises(OperationError, match=r"several studies \(ben, cleo\)"):
        Project(root).merge(copies)


@pytest.mark.skipif(os.name == "nt", reason="links and pipes")
def test_links_and_pipes_in_a_copy_are_listed_and_not_read(root: Path, tmp_path: Path) -> None:
    copy = copy_of(root, "ben")
    secret = write(tmp_path, "secret.txt", "I: So?\n\nP: A secret of this machine.\n")
    (copy / "transcripts/S.txt").symlink_to(secret)
    (copy / "codings/ben").symlink_to(tmp_path)
    os.mkfifo(copy / "transcripts/T.txt")
    merged = Project(root).merge(copy, write=True)
    assert [path for path, _ in found(merged, "damaged")] == [
        "codings/ben",
        "transcripts/S.txt",
        "transcripts/T.txt",
    ]
    names = sorted(path.name for path in (root / "transcripts").iterdir())
    assert names == ["A.txt", "B.md", "C.vtt", "D.docx", "cases.csv"]


def test_members_of_an_archive_with_names_that_lead_elsewhere_are_listed_and_not_unpacked(root: Path) -> None:
    archive_path = zipped(copy_of(root, "ben"))
    names = ["../evil.txt", "/evil.txt", "transcripts/../../evil.txt", "C:/evil.txt", "transcripts/a\x07.txt"]
    with zipfile.ZipFile(archive_path, "a") as archive:
        for name in names:
            archive.writestr(name, "I: So?\n\nP: Evil.\n")
        link = zipfile.ZipInfo("transcripts/link.txt")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    before = set(root.parent.rglob("*.txt"))
    merged = Project(root).merge(archive_path, write=True)
    assert {path for path, _ in found(merged, "damaged")} == {*names, "transcripts/link.txt"}
    assert set(root.parent.rglob("*.txt")) == before


def test_an_archive_that_unpacks_to_far_more_than_its_size_is_refused(root: Path) -> None:
    path = root.parent / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("codings/ana/A.jsonl", b"0" * 3_000_000)
    with pytest.raises(OperationError, match="unpacks to over 200 times its size"):
        Project(root).merge(path)


def test_nothing_of_a_copy_is_written_or_deleted(root: Path) -> None:
    copy = copy_of(root, "ben")
    write(copy, ".qualcode/yaml-1.json", "{}")
    before = {path: path.stat().st_mtime_ns for path in copy.rglob("*")}
    Project(root).merge(copy, write=True)
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*")} == before
    assert [path.name for path in (root / ".qualcode").iterdir() if path.name.startswith("merge-")] == []


# --- laws ---------------------------------------------------------------------------------------------------------


def _update(project: Project, coder: str) -> None:
    project.update(write=True, coder=coder)


def _edit_text(project: Project, coder: str) -> None:
    path = project.study.root / "transcripts/A.txt"
    path.write_text(path.read_text().replace("The budget", f"For {coder} the budget"), encoding="utf-8")
    _update(project, coder)


def _rename(project: Project, coder: str) -> None:
    source = project.study.root / "transcripts/C.vtt"
    if source.exists():
        source.rename(source.with_name(f"{coder}C.vtt"))
    _update(project, coder)


def _adjudicate(project: Project, coder: str) -> None:
    project.code("D", "work/money", "Nobody listens.", coder=coder)
    for name in ("ana", coder):
        project.done("D", coder=name)
    for passage in project.disagreements()["id"][:1]:
        project.adjudicate(passage, "all", coder=coder, note=f"by {coder}")


ACTIONS: Sequence[Callable[[Project, str], object]] = (
    lambda project, coder: project.code("D", "skills/patience", WAIT, coder=coder),
    lambda project, coder: project.code("D", "work/fear", "Nobody listens.", coder=coder, memo=f"{coder}?"),
    lambda project, coder: project.code("B", "work/money", "Legal says no.", coder="ana"),
    lambda project, coder: project.retract(list(project.codings(coder="ana")["id"])[:1], coder="ana"),
    lambda project, coder: project.reject(list(project.suggest(coder=coder)["id"])[:1], coder=coder),
    lambda project, coder: project.memo(f"a note of {coder}", on="B", coder=coder),
    lambda project, coder: project.done(["B", "D"], coder=coder),
    lambda project, coder: project.done("B", coder="ana", undo=True),
    lambda project, coder: project.undo(coder="ana"),
    lambda project, coder: project.undo(coder=coder),
    lambda project, coder: project.redo(coder="ana"),
    lambda project, coder: project.confirm(coder="ana"),
    _adjudicate,
    _edit_text,
    _rename,
)
_IN_TEXTS = 2
"""How many of the last of these change the sources."""


def act(root: Path, numbers: Sequence[int], coder: str) -> None:
    project = Project(root)
    for number in numbers:
        try:
            ACTIONS[number](project, coder)
        except QualcodeError:
            continue  # such as nothing to undo


def state_of(root: Path, capsys: pytest.CaptureFixture[str]) -> tuple[object, ...]:
    run = Shell(root, capsys)
    project = Project(root)
    csv = run("codings", "--format", "csv").out, run("memos", "--format", "csv").out
    consensus = run("codings", "--coder", "consensus", "--format", "csv").out
    return (*csv, consensus, project.study.ledger_state.finished, project.study.ledger_state.rejections)


def events_of(root: Path) -> set[object]:
    return set(read_ledgers(root / "codings", root=root)[0])


@given(
    choices=st.lists(st.lists(st.integers(0, len(ACTIONS) - 1), min_size=1, max_size=4), min_size=3, max_size=3),
    chance=st.randoms(use_true_random=False),
)
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_merging_three_copies_in_any_order_and_repeatedly_gives_one_state(
    choices: list[list[int]],
    chance: Random,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path_factory.mktemp("merge")
    base = coded_study(folder / "base", coder="ana", ben=False)
    copies = [copy_of(base, name) for name in ("ben", "cleo", "dan")]
    for copy, numbers in zip(copies, choices, strict=True):
        act(copy, numbers, copy.name)
    union = set().union(events_of(base), *map(events_of, copies))
    states = []
    for number, order in enumerate(chance.sample(list(permutations(copies)), 3)):
        target = copy_of(base, f"target{number}")
        for copy in (*order, *chance.choices(copies, k=1)):
            Project(target).merge(copy, write=True)
        assert events_of(target) == union
        before = files(target)
        Project(target).merge(list(copies), write=True)
        assert files(target) == before
        states.append(state_of(target, capsys))
    assert states[0] == states[1] == states[2]
    texts_are_equal = all(number < len(ACTIONS) - _IN_TEXTS for numbers in choices for number in numbers)
    if texts_are_equal:
        # Then it is one whose copy takes in the others.
        Project(copies[0]).merge(copies[1:], write=True)
        assert state_of(copies[0], capsys) == states[0]
