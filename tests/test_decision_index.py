"""Decisions in an open project: they read only what they need, and leave the same state as reading everything again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode import transcripts
from qualcode.coding.quote_location import QuoteLocation
from qualcode.errors import OperationError, UnknownNameError, UsageError
from qualcode.files import FileSignature
from qualcode.ledger import ledger_signature
from qualcode.project import Project
from qualcode.study.study import Study
from studies import coded_study, small_study, write

QUOTES = [
    ("A", "The budget is gone.", None),
    ("A", "They fear it.", 0),
    ("A", "They fear it.", 1),
    ("B", "I wait a week.", None),
    ("C", "Legal says no.", None),
]
CODES = ["work/money", "work/fear", "skills/patience"]

Step = tuple[str, int, int, str]
steps = st.lists(
    st.tuples(
        st.sampled_from(["code", "code", "code", "retract", "done", "undo", "memo", "list"]),
        st.integers(0, len(QUOTES) - 1),
        st.integers(0, len(CODES) - 1),
        st.sampled_from(["ana", "ben"]),
    ),
    max_size=12,
)


def location(quote: str, occurrence: int | None) -> QuoteLocation:
    """Return where a quote is; the second occurrence is in the second sentence of turn 3."""
    return QuoteLocation(quote) if occurrence is None else QuoteLocation(quote, turn=3, sentence=occurrence)


def decide(project: Project, step: Step) -> str:
    """Take one step and return what came of it: the number of events, or the message of a refusal."""
    kind, quote_number, code_number, coder = step
    transcript, quote, occurrence = QUOTES[quote_number]
    try:
        if kind == "code":
            place = location(quote, occurrence)
            return str(project.code(transcript, CODES[code_number], place, coder=coder).count)
        if kind == "retract":
            ids = sorted(coding.id for coding in Study(project.study.root).codings if coding.coder == coder)
            return str(project.retract(ids[code_number % len(ids)][-8:], coder=coder).count) if ids else "none"
        if kind in {"done", "undo"}:
            return str(project.done(transcript, coder=coder, undo=kind == "undo").count)
        if kind == "memo":
            return str(project.memo("A thought.", on=transcript, coder=coder).count)
        return str(len(project.codings()))
    except (OperationError, UnknownNameError) as error:
        return type(error).__name__


def state_of(study: Study) -> object:
    """Return what holds now, without ids and times."""
    return (
        [(coding.transcript, coding.start, coding.code, coding.coder, coding.status) for coding in study.codings],
        sorted((mark.coder, mark.transcript) for mark in study.ledger_state.finished),
        len(study.memos),
    )


@pytest.mark.slow
@given(steps=steps)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_open_project_decides_as_one_that_is_opened_anew_each_time(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    folder = tmp_path_factory.mktemp("studies")
    kept_open = Project(small_study(folder / "open"))
    other_root = small_study(folder / "anew")
    for step in steps:
        assert decide(kept_open, step) == decide(Project(other_root), step), step
    assert state_of(kept_open.study) == state_of(Project(other_root).study)
    assert state_of(kept_open.study) == state_of(Project(kept_open.study.root).study)
    shutil.rmtree(folder)


@pytest.fixture
def count_reads(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Return a function that returns the names of the sources that were read since."""
    names: list[str] = []

    def noted(path: Path, **options: object) -> object:
        names.append(str(options["name"]))
        return transcripts.read_source(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("qualcode.study.study.read_source", noted)
    return lambda: names


def test_a_decision_reads_the_source_of_its_transcript_only(
    tmp_path: Path, count_reads: Callable[[], list[str]]
) -> None:
    project = Project(small_study(tmp_path))
    project.code("A", "work/money", "The budget is gone.", coder="ana")
    project.done("B", coder="ana")
    project.retract(project.code("A", "work/fear", "The budget is gone.", coder="ana").id, coder="ana")
    assert count_reads() == ["A", "B"]


def test_no_source_is_read_twice(tmp_path: Path, count_reads: Callable[[], list[str]]) -> None:
    project = Project(small_study(tmp_path))
    project.code("C", "work/money", "The budget is gone.", coder="ana")
    project.transcripts()
    project.codings()
    assert sorted(count_reads()) == ["A", "B", "C", "D"]


def test_decisions_of_another_process_are_seen_at_the_next_decision(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    project, other = Project(root), Project(root)
    project.done("A", coder="ana")
    coding = other.code("B", "work/money", "I wait a week.", coder="ana").id
    assert project.retract(coding, coder="ana").count == 1
    other.done("B", coder="ana")
    assert project.done("B", coder="ana", undo=True).count == 1
    assert project.done("B", coder="ana").count == 1
    other.done("B", coder="ana", undo=True)
    assert project.done("B", coder="ana").count == 1
    other.code("C", "work/money", "The budget is gone.", coder="Zed")
    with pytest.raises(UsageError, match="there is 'Zed' already"):
        project.code("C", "work/money", "Legal says no.", coder="zed")


def test_a_ledger_that_is_deleted_is_seen_at_the_next_decision(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    project.code("A", "work/money", "The budget is gone.", coder="ana")
    (project.study.codings_folder / "ana/A.jsonl").unlink()
    assert project.code("A", "work/money", "The budget is gone.", coder="ana").count == 1


def test_retracting_an_orphaned_coding_leaves_the_one_that_is_in_its_place(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    path = write(root, "transcripts/E.txt", "P: Moneys is good, so. Budget two is good.\n")
    first = Project(root).code("E", "work/money", "Moneys is good, so.", coder="ana").id
    Project(root).code("E", "work/money", "Budget two is good.", coder="ana")
    path.write_text("P: Budget two is good.\n", encoding="utf-8")
    project = Project(root)
    project.retract(first, coder="ana")
    with pytest.raises(OperationError, match="already coded"):
        project.code("E", "work/money", "Budget two is good.", coder="ana")


def test_rows_of_a_table_with_a_number_sign_in_its_name_are_found(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write(root, "transcripts/wave#2.csv", "id,What about money?\n1,The budget was small this year for us.\n")
    Project(root).code("wave#2#1", "work/money", "The budget was small", coder="ana")
    assert list(Project(root).codings()["status"]) == ["anchored"]


def test_importing_codings_into_a_large_study_reads_each_source_once(
    tmp_path: Path, count_reads: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qualcode.study.study.LARGE_STUDY_BYTES", 10)
    root = small_study(tmp_path)
    rows = "A,work/money,The budget is gone.\nA,work/fear,The budget is gone.\nC,work/money,Legal says no.\n"
    table = write(root.parent, "codings.csv", f"transcript,code,quote\n{rows}")
    assert Project(root).code_from(table, coder="ana").added == 3
    assert sorted(count_reads()) == ["A", "C"]


def test_the_text_of_a_first_coding_is_saved_at_once(tmp_path: Path) -> None:
    """The source may be edited before any other command runs; then the old text is needed to follow the coding."""
    root = small_study(tmp_path)
    project = Project(root)
    project.code("A", "work/money", "The budget is gone.", coder="ana")
    assert project.study.text_versions.load_text(project.study.transcripts["A"].sha256) is not None


def test_a_transcript_is_found_without_reading_the_others(tmp_path: Path) -> None:
    study = Project(small_study(tmp_path)).study
    assert study.transcripts["B"].id == "B"
    assert not study.transcripts.is_complete
    assert "nowhere" not in study.transcripts
    assert list(study.transcripts) == ["A", "B", "C", "D"]
    assert study.transcripts.is_complete


def test_an_update_reads_ledgers_and_sources_once_and_searches_each_coding_once(
    tmp_path: Path, count_reads: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = coded_study(tmp_path)
    path = root / "transcripts/A.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("P: Nobody", "P: Hm. Nobody"), encoding="utf-8")
    count_reads().clear()
    calls: list[str] = []

    def counted(name: str) -> None:
        module, function = name.rsplit(".", 1)
        original = getattr(import_module(module), function)

        def noted(*args: object, **options: object) -> object:
            calls.append(function)
            return original(*args, **options)

        monkeypatch.setattr(name, noted)

    for name in ("qualcode.study.study.read_ledgers", "qualcode.study.study.place_codings"):
        counted(name)
    assert (Project(root).update(write=True, coder="ana")["status"] == "moved").all()
    assert (calls, sorted(count_reads())) == (["read_ledgers"], ["A", "B", "C", "D"])


def test_an_import_looks_for_changed_ledgers_once_for_all_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(small_study(tmp_path / "s"))
    looked: list[Path] = []

    def look(folder: Path) -> dict[str, FileSignature]:
        looked.append(folder)
        return ledger_signature(folder)

    monkeypatch.setattr("qualcode.study.study.ledger_signature", look)
    rows = [f"{transcript},{code},{quote},ana" for transcript, quote, turn in QUOTES if turn is None for code in CODES]
    counts = []
    for number, table in enumerate((rows[:1], rows[1:])):
        path = write(tmp_path, f"{number}.csv", "\n".join(["transcript,code,quote,coder", *table, ""]))
        looked.clear()
        assert project.code_from(path).added == len(table)
        counts.append(len(looked))
    # When the ledgers are read first, and for the rows; to append their events, only files that get them are looked at.
    assert counts == [2, 1]
