"""The study that the repository ships with: in order, complete, and counted as an independent count does."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from builders import SHARED
from qualcode.ledger import read_ledgers
from qualcode.project import Project
from studies import records

CODINGS = {"analyst-1": 2_063, "analyst-2": 665}


@pytest.fixture(scope="module")
def study(root: Path) -> Project:
    """The repository's root, read only once."""
    return Project(root)


@pytest.fixture(scope="module")
def coded(study: Project) -> Project:
    """The shipped study, where its ledgers are there."""
    if not study.study.codings_folder.is_dir():
        pytest.skip("the ledgers are not here: codings/")
    return study


def given_rows(name: str) -> Iterator[dict[str, str]]:
    """Read a table that the study was made from, without any code of the program."""
    path = SHARED / "codings" / name
    if not path.is_file():
        pytest.skip(f"what the study was made from is not here: {path}")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        yield from csv.DictReader(stream)


def test_nothing_is_wrong_with_it(study: Project) -> None:
    assert study.check() == []


def test_it_has_all_its_interviews_and_cases(study: Project) -> None:
    transcripts = study.study.transcripts
    assert sorted(transcripts) == [*(f"P{n:02}" for n in range(1, 13)), *(f"S{n:02}" for n in range(1, 40))]
    assert {case.id for case in study.study.cases} == set(transcripts)
    assert Counter(case.attributes["group"] for case in study.study.cases) == {"strategist": 39, "partner": 12}
    assert {Path(one.path).suffix for one in transcripts.values()} == {".txt", ".md", ".docx", ".vtt", ".srt"}


def test_every_interview_has_an_interviewer_and_somebody_who_answers(study: Project) -> None:
    for one in study.study.transcripts.values():
        assert {turn.role for turn in one.turns} == {"interviewer", "participant"}, one.id
        assert all(turn.speaker for turn in one.turns), one.id
        assert one.unplaced == (), one.id
        assert one.notices == (), one.id


def test_every_code_is_defined_shown_and_has_cues(study: Project) -> None:
    book = study.codebook
    assert Counter(code.family for code in book.codes) == {"challenges": 6, "skills": 9, "path": 2, "organization": 5}
    for code in book.codes:
        assert code.definition, code.id
        assert len(code.examples) >= 2, code.id
        assert len(code.counterexamples) >= 1, code.id
        assert code.cues, code.id
    assert book.themes


def test_the_ledgers_hold_every_coding_at_its_place(coded: Project) -> None:
    codings = coded.study.codings
    assert Counter(one.coder for one in codings) == CODINGS
    assert Counter(one.status for one in codings) == {"anchored": sum(CODINGS.values())}
    for one in codings:
        transcript = coded.study.transcripts[one.transcript]
        assert transcript.text[one.start : one.end] == one.quote
        assert one.code in coded.codebook.by_id
    events, _ = read_ledgers(coded.study.codings_folder, root=coded.study.root)
    assert Counter(event.event for event in events)["retract"] == 0


@pytest.mark.parametrize("coder", CODINGS)
def test_frequencies_are_those_of_an_independent_count(coded: Project, coder: str) -> None:
    rows = list(given_rows(f"{coder}.csv"))
    assert len(rows) == CODINGS[coder]
    codings = Counter(row["code"] for row in rows)
    transcripts: dict[str, set[str]] = defaultdict(set)
    families: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        transcripts[row["code"]].add(row["transcript"])
        families[row["code"].split("/")[0]].add(row["transcript"])
    found = records(coded.themes(coder=coder))
    for one in found:
        if one["level"] == "code":
            assert one["codings"] == codings[one["code"]], one["code"]
            assert one["transcripts"] == one["cases"] == len(transcripts[one["code"]]), one["code"]
        if one["level"] == "family":
            assert one["codings"] == sum(many for code, many in codings.items() if code.startswith(one["code"] + "/"))
            assert one["transcripts"] == len(families[one["code"]])


def test_units_of_pairs_are_those_of_an_independent_count(coded: Project) -> None:
    """Every row is one sentence: codes occur together where transcript, turn and sentence agree."""
    held: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for row in given_rows("analyst-1.csv"):
        held[row["transcript"], row["turn"], row["sentence"]].add(row["code"])
    together = Counter(frozenset({a, b}) for codes in held.values() for a in codes for b in codes if a < b)
    found = {
        frozenset({one["code_a"], one["code_b"]}): one["count"]
        for one in records(coded.cooccurrence(coder="analyst-1", unit="sentence"))
    }
    assert found == dict(together)


def test_what_was_finished_is_what_the_coders_said(coded: Project) -> None:
    said = {(row["coder"], row["transcript"]) for row in given_rows("done.csv")}
    assert {(one.coder, one.transcript) for one in coded.study.ledger_state.finished} == said


@pytest.mark.parametrize("name", ["README.md", "qualcode.yaml", "codebooks/challenges.yaml"])
def test_it_says_that_it_is_fictional(root: Path, name: str) -> None:
    assert "fictional" in (root / name).read_text(encoding="utf-8").casefold()


def test_only_the_parts_of_a_study_are_in_it(root: Path) -> None:
    ledgers = {path.suffix for path in (root / "codings").rglob("*") if path.is_file()}
    assert ledgers <= {".jsonl"}
    assert not [path for path in (root / "transcripts").rglob("*") if path.name.startswith(("~$", "."))]
