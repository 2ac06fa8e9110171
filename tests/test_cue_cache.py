"""The cue index: only changed cues are searched, and the shares of several processes give the same matches."""

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
from qualcode.study.transcript_store import TranscriptStore
from qualcode.suggest import Suggestions, suggest_by_cues, suggestion_table
from qualcode.suggest.cue_cache import cache_files, cue_index, share_reader
from qualcode.suggest.cue_cache.cue_index import CueIndex
from qualcode.suggest.cue_cache.search_jobs import SearchTask
from qualcode.suggest.cue_cache.share_reader import Share, ShareReader
from qualcode.suggest.cue_suggestions import load_cue_suggestions, stream_cue_suggestions
from qualcode.suggest.suggestion_table import stream_parquet
from qualcode.transcripts import read_source
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
    rng = random.Random(3)
    write(root, "qualcode.yaml", "name: answers\n")
    write(root, "codebooks/f.yaml", CODES.format(cues=cues))
    write(root, "transcripts/A.txt", "I: Budget?\nP: No budget. We push back.")
    write(root, "transcripts/Z.txt", "P: The budgets, they left.\nQ: Push back!")
    lines = [["id", "answer"]]
    for number in range(rows):
        answer = "" if number % 7 == 3 else " ".join(rng.choices(WORDS, k=9)) + ". The end"
        lines.append([f"r{number}", answer])
    with (root / "transcripts/M.csv").open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(lines)
    return root


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(share_reader, "_BLOCK_ROWS", 10)
    monkeypatch.setattr(share_reader, "_PAGE_TURNS", 8)
    monkeypatch.setattr(cache_files, "_PART", 16)
    return answers(tmp_path)


def without_cache(root: Path) -> Suggestions:
    study = Study(root)
    return suggest_by_cues(study.transcripts.values(), study.codebook, sentence_rules=study.sentence_rules)


def edit(root: Path, old: str, new: str) -> None:
    path = root / "codebooks/f.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


# --- cue by cue ---------------------------------------------------------------------------------------------------


def test_cached_suggestions_equal_uncached_ones(root: Path) -> None:
    expected = without_cache(root)
    assert len(expected) > 50
    assert load_cue_suggestions(Study(root)) == expected == load_cue_suggestions(Study(root))


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
def test_only_new_cues_are_searched_after_an_edit(
    root: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, searched: list[set[str]]
) -> None:
    before = load_cue_suggestions(Study(root))
    searches: list[set[str]] = []
    search = CueIndex._search

    def recorded(self: CueIndex, cues: Mapping[str, Any]) -> None:
        searches.append({cue.value.replace(" ", "") if cue.kind == "pattern" else cue.value for cue in cues.values()})
        search(self, cues)

    monkeypatch.setattr(CueIndex, "_search", recorded)
    edit(root, old, new)
    assert load_cue_suggestions(Study(root)) == without_cache(root) != before
    assert searches == [cues for cues in searched if cues]


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
def test_changed_texts_and_settings_are_searched_again(root: Path, name: str, content: str) -> None:
    load_cue_suggestions(Study(root))
    write(root, name, content)
    assert load_cue_suggestions(Study(root)) == suggest_by_cues(
        Study(root).transcripts.values(),
        Study(root).codebook,
        sentence_rules=Study(root).sentence_rules,
        language=Study(root).settings.language,
    )
    assert len(list((root / ".qualcode/cues").iterdir())) == 1


@pytest.mark.slow
def test_match_lists_are_merged_after_many_edits(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cue_index, "_MAX_LISTS", 2)
    for cue in ("wait", "better", "problem", "it", "on"):
        edit(root, "cues: [", f"cues: [{cue}, ")
        assert load_cue_suggestions(Study(root)) == without_cache(root)
    edit(root, "wait, ", "")
    assert load_cue_suggestions(Study(root)) == without_cache(root)
    assert len(list((root / ".qualcode/cues").glob("*/hits-*.json"))) <= 3


def test_merging_twice_keeps_all_matches(root: Path) -> None:
    """Two programs may do so at once: the list that is written has the name of one that is merged."""
    index = CueIndex(Study(root), root / ".qualcode")
    matches = list(cache_files.read_matches(index.update_match_files()))
    for _ in "12":
        lists = index._read_match_lists()
        index._merge_match_lists(lists, [key for keys in lists.values() for key in keys])
        assert len(index._read_match_lists()) == 1
        assert list(cache_files.read_matches(index.update_match_files())) == matches


def test_texts_key_changes_with_package_versions(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = cue_index.texts_key(Study(root))
    assert cue_index.texts_key(Study(root)) == before
    monkeypatch.setattr(
        "qualcode.suggest.cue_cache.cue_index.version", lambda name: "99" if name == "pypdf" else version(name)
    )
    assert cue_index.texts_key(Study(root)) != before


@pytest.mark.parametrize("pattern", ["suggestions*", "cues/*/hits*", "cues/*/pages*", "cues/*/words*", "cues/*/*.json"])
@pytest.mark.parametrize("content", [b"", b"PAR1 no", b"{}"])
def test_damaged_cache_files_are_replaced(root: Path, pattern: str, content: bytes) -> None:
    expected = load_cue_suggestions(Study(root))
    for path in (root / ".qualcode").glob(pattern):
        path.write_bytes(content)
    for path in (root / ".qualcode").glob("suggestions*"):
        path.unlink()
    assert load_cue_suggestions(Study(root)) == expected
    edit(root, "[budget, left]", "[budget, left, wait]")
    assert load_cue_suggestions(Study(root)) == without_cache(root)


# --- shares -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("share_count", [1, 2, 3])
def test_shares_contain_every_turn_once_in_order(root: Path, share_count: int) -> None:
    study = Study(root)
    shares = [list(ShareReader(study, Share(number, share_count)).pages()) for number in range(share_count)]
    rows = sorted(
        (source_row, turn, name)
        for share in shares
        for placed in share
        for source_row, turn, name in zip(placed.source_rows, placed.page.turn, placed.page.transcript, strict=True)
    )
    assert [name for _, _, name in rows] == [
        transcript.id for transcript in study.transcripts.values() for _ in transcript.participant_turns
    ]
    assert all(share for share in shares)


@pytest.mark.slow
def test_two_processes_give_the_same_suggestions_in_order(tmp_path: Path) -> None:
    """The size of blocks cannot be patched here: another process would not have it."""
    root = answers(tmp_path, rows=4100)
    expected = without_cache(root)
    assert Suggestions.concat(stream_cue_suggestions(Study(root), jobs=2)) == expected
    edit(root, "[budget, left]", "[budget, left, wait]")
    assert Suggestions.concat(stream_cue_suggestions(Study(root), jobs=2)) == without_cache(root)
    edit(root, "[budget, left, wait]", "[better, wait]")
    assert load_cue_suggestions(Study(root)) == without_cache(root)


def test_broken_table_is_not_used_at_all(root: Path) -> None:
    path = root / "transcripts/M.csv"
    path.write_bytes(path.read_bytes() + b"r1000,one,cell,too,many\n")
    project = Project(root)
    suggestions = project.suggest()
    assert set(suggestions["transcript"]) == {"A", "Z"}
    assert any("M.csv" in note for note in suggestions.attrs["notes"])
    edit(root, "[budget, left]", "[budget, left, push]")
    again = Project(root)
    table = again.suggest()
    assert len(table) > len(suggestions)
    assert table.attrs["notes"][1:] == suggestions.attrs["notes"][1:]


def test_source_with_the_id_of_a_row_replaces_the_row(root: Path) -> None:
    write(root, "transcripts/M#r0.txt", "P: A budget of mine.")
    assert load_cue_suggestions(Study(root)) == without_cache(root)


def test_pages_and_problems_are_the_same_from_memory_and_streamed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(root, "transcripts/M#r0.txt", "P: A budget of mine.")
    write(root, "transcripts/B.docx", "no Word file")
    in_memory = ShareReader(Study(root), Share())
    pages = list(in_memory.pages())
    assert len(pages) == 10
    monkeypatch.setattr("qualcode.study.study.LARGE_STUDY_BYTES", 10)
    streamed = ShareReader(Study(root), Share())
    assert list(streamed.pages()) == pages
    assert streamed.problems == in_memory.problems
    assert [problem.path for _, problem in in_memory.problems] == ["transcripts/B.docx", "transcripts/M.csv"]


def test_cold_suggest_reads_each_source_once(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[str] = []

    def counted(path: Path, **options: Any) -> Any:
        reads.append(path.name)
        return read_source(path, **options)

    monkeypatch.setattr("qualcode.study.study.read_source", counted)
    assert len(Project(root).suggest()) > 50
    assert sorted(reads) == ["A.txt", "M.csv", "Z.txt"]


# --- the command --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", ["csv", "json"])
def test_suggest_command_prints_rows_of_the_frame(root: Path, capsys: pytest.CaptureFixture[str], shape: str) -> None:
    shell = Shell(root, capsys)
    expected = Project(root).suggest()
    result = shell("suggest", "--format", shape)
    rows = result.json if shape == "json" else result.csv
    assert [row["id"] for row in rows] == list(expected["id"])
    assert list(rows[0]) == list(expected.columns)


def test_suggest_command_writes_parquet(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suggestion_table, "PART", 7)
    path = root / "out.parquet"
    Shell(root, capsys)("suggest", "--code", "f/a", "-o", str(path))
    expected = Project(root).suggestions(code="f/a")
    assert Suggestions.read_parquet(path) == expected
    assert Suggestions.concat(stream_parquet(path)) == expected


def test_suggestions_of_a_large_study_do_not_load_all_transcripts(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    expected = list(Project(root).suggest(order="transcript")["id"])
    monkeypatch.setattr("qualcode.study.study.LARGE_STUDY_BYTES", 10)
    monkeypatch.setattr(TranscriptStore, "_merged", property(lambda _: pytest.fail("all transcripts are in memory")))
    project = Project(root)
    assert [name for part in project.stream_suggestions(coder="ana") for name in part.id] == expected
    assert Shell(root, capsys)("suggest", "--format", "csv").csv[0]["id"] == expected[0]


def test_codings_of_a_large_study_load_only_coded_transcripts(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = Project(root).suggest(order="transcript")
    Project(root).accept(expected["id"][0], coder="ana")
    monkeypatch.setattr("qualcode.study.study.LARGE_STUDY_BYTES", 10)
    project = Project(root)
    assert list(project.suggest(coder="ana")["id"]) == list(expected["id"][1:])
    assert not project.study.transcripts.is_complete


def test_slow_cues_are_named_in_a_note(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qualcode.suggest.cue_cache.search_jobs._MANY_TURNS", 50)
    edit(root, "[budget, left]", "[{regex: '[bp]u.'}]")
    project = Project(root)
    result = project.suggest()
    assert result.attrs["notes"][2:] == [
        "slow cues, tried in every sentence because they require no fixed word: regex [bp]u."
    ]


def test_task_name_does_not_depend_on_share(tmp_path: Path) -> None:
    whole = SearchTask(tmp_path, tmp_path, {"k": ("phrase", "x")})
    half = SearchTask(tmp_path, tmp_path, {"k": ("phrase", "x")}, share=Share(1, 2))
    assert whole.name == half.name
    assert whole.share_path("hits") != half.share_path("hits")


@pytest.mark.slow
def test_suggest_command_with_two_jobs_gives_the_same_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = small_study(tmp_path)
    rows = Shell(root, capsys)("suggest", "--format", "csv").csv
    for path in (root / ".qualcode").rglob("*.parquet"):
        path.unlink()
    assert Shell(root, capsys)("suggest", "--format", "csv", "--jobs", "2").csv == rows
