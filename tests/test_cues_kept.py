"""What cues are heard in is kept: only changed cues are searched, and shares of several processes make one result."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from qualcode.project import Project
from qualcode.study.study import Study
from qualcode.suggest import Suggestions, suggest_by_cues
from qualcode.suggest import suggestion_table as table
from qualcode.suggest.cue_cache import cache_files as keeping
from qualcode.suggest.cue_cache import cue_index as hearing_module
from qualcode.suggest.cue_cache.cue_index import CueIndex
from qualcode.suggest.cue_cache.search_jobs import SearchTask
from qualcode.suggest.cue_cache.share_reader import Share, ShareReader
from qualcode.suggest.cue_suggestions import load_cue_suggestions, stream_cue_suggestions
from qualcode.suggest.suggestion_table import stream_parquet
from studies import Shell, small_study, write

CODES = """\
family: f
name: F
codes:
  - id: a
    name: A
    cues: [{cues}]
  - id: b
    name: B
    cues: [push back, {{regex: 'bud.et', weight: 0.4}}, {{unless: {{exact: "No"}}}}]
"""

WORDS = "We I push pushed back on the budget budgets No no problem. but, it's wait left better".split()


def answers(root: Path, *, rows: int = 90, cues: str = "budget, left") -> Path:
    """Write a study of a table with answers, some of them blank, and an interview before and after it."""
    chance = random.Random(3)
    write(root, "qualcode.yaml", "name: answers\n")
    write(root, "codebooks/f.yaml", CODES.format(cues=cues))
    write(root, "transcripts/A.txt", "I: Budget?\nP: No budget. We push back.")
    write(root, "transcripts/Z.txt", "P: The budgets, they left.\nQ: Push back!")
    lines = [["id", "answer"]]
    for number in range(rows):
        said = "" if number % 7 == 3 else " ".join(chance.choices(WORDS, k=9)) + ". The end"
        lines.append([f"r{number}", said])
    with (root / "transcripts/M.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(lines)
    return root


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(keeping, "BLOCK", 10)
    monkeypatch.setattr("qualcode.suggest.cue_cache.share_reader._TURNS", 8)
    monkeypatch.setattr(keeping, "_PART", 16)
    return answers(tmp_path)


def without_cache(root: Path) -> Suggestions:
    study = Study(root)
    return suggest_by_cues(study.transcripts.values(), study.codebook, abbreviations=study.abbreviations)


def edit(root: Path, old: str, new: str) -> None:
    path = root / "codebooks/f.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- cue by cue ---------------------------------------------------------------------------------------------------


def test_what_is_kept_amounts_to_what_is_found_without_it(root: Path) -> None:
    wanted = without_cache(root)
    assert len(wanted) > 50
    assert load_cue_suggestions(Study(root)) == wanted == load_cue_suggestions(Study(root))


@pytest.mark.parametrize(
    ("old", "new", "searched"),
    [
        ("weight: 0.4", "weight: 0.9", [set()]),
        ("name: B", "name: Bee", [set()]),
        ("id: b", "id: c", [set()]),
        ('{unless: {exact: "No"}}', '{exact: "No"}', [set()]),
        ("[budget, left]", "[left]", [set()]),
        ("[budget, left]", "[budget, left, push back]", [set()]),
        ("[budget, left]", "[budget, problem, left]", [{"problem"}]),
        ("[budget, left]", "[budget, {exact: left}]", [{"left"}]),
        ("bud.et", "budg.t", [{"budg.t"}]),
        ("bud.et", "b.*[kt]", [{"b.*[kt]"}]),
        ("[budget, left]", "[{pattern: [{LEMMA: push}, {LOWER: back}]}]", [{'[{"LEMMA":"push"},{"LOWER":"back"}]'}]),
    ],
)
def test_after_an_edit_only_cues_are_searched_that_never_were(
    root: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, searched: list[set[str]]
) -> None:
    before = load_cue_suggestions(Study(root))
    seen: list[set[str]] = []
    search = CueIndex._search

    def noted(self: CueIndex, cues: Mapping[str, Any]) -> None:
        seen.append({cue.value.replace(" ", "") if cue.kind == "pattern" else cue.value for cue in cues.values()})
        search(self, cues)

    monkeypatch.setattr(CueIndex, "_search", noted)
    edit(root, old, new)
    assert load_cue_suggestions(Study(root)) == without_cache(root) != before
    assert seen == [cues for cues in searched if cues]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("transcripts/A.txt", "P: No budget at all."),
        ("transcripts/B.txt", "P: They left."),
        ("qualcode.yaml", "name: answers\nroles: {interviewer: [P]}\n"),
        ("qualcode.yaml", "name: answers\nabbreviations: [no]\n"),
        ("qualcode.yaml", "name: answers\nlanguage: de\n"),
    ],
)
def test_other_texts_and_other_reading_are_searched_anew(root: Path, name: str, content: str) -> None:
    load_cue_suggestions(Study(root))
    write(root, name, content)
    assert load_cue_suggestions(Study(root)) == suggest_by_cues(
        Study(root).transcripts.values(),
        Study(root).codebook,
        abbreviations=Study(root).abbreviations,
        language=Study(root).settings.language,
    )
    assert len(list((root / ".qualcode/cues").iterdir())) == 1


def test_many_edits_are_merged_and_removed_cues_dropped(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing_module, "_MOST_LISTS", 2)
    for cue in ("wait", "better", "problem", "it", "on"):
        edit(root, "cues: [", f"cues: [{cue}, ")
        assert load_cue_suggestions(Study(root)) == without_cache(root)
    edit(root, "wait, ", "")
    assert load_cue_suggestions(Study(root)) == without_cache(root)
    assert len(list((root / ".qualcode/cues").glob("*/hits-*.json"))) <= 3


def test_merging_once_more_loses_nothing(root: Path) -> None:
    """As two programs may do at once: the list that is written has the name of one that is merged."""
    hearing = CueIndex(Study(root), root / ".qualcode")
    heard = list(keeping.read_matches(hearing.update_match_files()))
    for _ in "12":
        lists = hearing._read_match_lists()
        hearing._merge_match_lists(lists, [key for keys in lists.values() for key in keys])
        assert len(hearing._read_match_lists()) == 1
        assert list(keeping.read_matches(hearing.update_match_files())) == heard


def test_what_is_kept_goes_by_the_programs_that_read_the_sources(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = hearing_module.texts_key(Study(root))
    assert hearing_module.texts_key(Study(root)) == before
    monkeypatch.setattr(
        "qualcode.suggest.cue_cache.cue_index.version", lambda name: "99" if name == "pypdf" else version(name)
    )
    assert hearing_module.texts_key(Study(root)) != before


@pytest.mark.parametrize("pattern", ["suggestions*", "cues/*/hits*", "cues/*/pages*", "cues/*/words*", "cues/*/*.json"])
@pytest.mark.parametrize("content", [b"", b"PAR1 no", b"{}"])
def test_damaged_files_are_made_again(root: Path, pattern: str, content: bytes) -> None:
    wanted = load_cue_suggestions(Study(root))
    for path in (root / ".qualcode").glob(pattern):
        path.write_bytes(content)
    for path in (root / ".qualcode").glob("suggestions*"):
        path.unlink()
    assert load_cue_suggestions(Study(root)) == wanted
    edit(root, "[budget, left]", "[budget, left, wait]")
    assert load_cue_suggestions(Study(root)) == without_cache(root)


# --- shares -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("of", [1, 2, 3])
def test_shares_have_every_transcript_once_in_its_place(root: Path, of: int) -> None:
    study = Study(root)
    shares = [list(ShareReader(study, Share(number, of)).pages()) for number in range(of)]
    rows = sorted(
        (where, turn, name)
        for share in shares
        for placed in share
        for where, turn, name in zip(placed.source_rows, placed.page.turn, placed.page.transcript, strict=True)
    )
    assert [name for _, _, name in rows] == [
        one.id for one in study.transcripts.values() for _ in one.participant_turns
    ]
    assert all(share for share in shares)


def test_two_processes_find_the_same_in_the_same_order(tmp_path: Path) -> None:
    """Blocks of rows are as large as they are: what is patched here would not be so in another process."""
    root = answers(tmp_path, rows=4100)
    wanted = without_cache(root)
    assert Suggestions.concat(stream_cue_suggestions(Study(root), jobs=2)) == wanted
    edit(root, "[budget, left]", "[budget, left, wait]")
    assert Suggestions.concat(stream_cue_suggestions(Study(root), jobs=2)) == without_cache(root)
    edit(root, "[budget, left, wait]", "[better, wait]")
    assert load_cue_suggestions(Study(root)) == without_cache(root)


def test_a_table_that_breaks_off_is_not_half_used(root: Path) -> None:
    path = root / "transcripts/M.csv"
    path.write_bytes(path.read_bytes() + b"r1000,one,cell,too,many\n")
    project = Project(root)
    found = project.suggest()
    assert set(found["transcript"]) == {"A", "Z"}
    assert any("M.csv" in said for said in found.attrs["notes"])
    edit(root, "[budget, left]", "[budget, left, push]")
    again = Project(root)
    table = again.suggest()
    assert len(table) > len(found)
    assert table.attrs["notes"][1:] == found.attrs["notes"][1:]


def test_a_source_that_has_the_id_of_a_row_is_used_in_its_place(root: Path) -> None:
    write(root, "transcripts/M#r0.txt", "P: A budget of mine.")
    assert load_cue_suggestions(Study(root)) == without_cache(root)


# --- the command --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["csv", "json"])
def test_rows_are_streamed_as_they_were_shown(root: Path, capsys: pytest.CaptureFixture[str], shape: str) -> None:
    shell = Shell(root, capsys)
    wanted = Project(root).suggest()
    result = shell("suggest", "--format", shape)
    rows = result.json if shape == "json" else result.csv
    assert [row["id"] for row in rows] == list(wanted["id"])
    assert list(rows[0]) == list(wanted.columns)


def test_suggestions_are_written_as_parquet(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "PART", 7)
    path = root / "out.parquet"
    Shell(root, capsys)("suggest", "--code", "f/a", "-o", str(path))
    wanted = Project(root).suggestions(code="f/a")
    assert Suggestions.read_parquet(path) == wanted
    assert Suggestions.concat(stream_parquet(path)) == wanted


def test_a_large_study_is_suggested_for_without_holding_its_transcripts(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = list(Project(root).suggest(order="transcript")["id"])
    monkeypatch.setattr("qualcode.study.study.LARGE_STUDY_BYTES", 10)
    monkeypatch.setattr(Study, "_transcripts", property(lambda _: pytest.fail("all transcripts are held")))
    project = Project(root)
    assert [name for part in project.stream_suggestions(coder="ana") for name in part.id] == wanted
    assert Shell(root, capsys)("suggest", "--format", "csv").csv[0]["id"] == wanted[0]


def test_codings_of_a_large_study_are_placed_in_their_transcripts_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = Project(root).suggest(order="transcript")
    Project(root).accept(wanted["id"][0], coder="ana")
    monkeypatch.setattr("qualcode.study.study.LARGE_STUDY_BYTES", 10)
    project = Project(root)
    assert list(project.suggest(coder="ana")["id"]) == list(wanted["id"][1:])
    assert "_transcripts" not in project.study.__dict__


def test_cues_that_are_tried_everywhere_are_named_where_that_is_slow(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qualcode.suggest.cue_cache.search_jobs._MANY_TURNS", 50)
    edit(root, "[budget, left]", "[{regex: '[bp]u.'}]")
    project = Project(root)
    result = project.suggest()
    assert result.attrs["notes"][2:] == [
        "tried in every sentence, which is slow, since no word has to be there: regex [bp]u."
    ]


def test_a_task_has_one_name_whatever_its_share(tmp_path: Path) -> None:
    one = SearchTask(tmp_path, tmp_path, {"k": ("phrase", "x")})
    other = SearchTask(tmp_path, tmp_path, {"k": ("phrase", "x")}, share=Share(1, 2))
    assert one.name == other.name
    assert one.share_path("hits") != other.share_path("hits")


def test_the_small_study_is_the_same_with_two_processes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = small_study(tmp_path)
    one = Shell(root, capsys)("suggest", "--format", "csv").csv
    for path in (root / ".qualcode").rglob("*.parquet"):
        path.unlink()
    assert Shell(root, capsys)("suggest", "--format", "csv", "--jobs", "2").csv == one
