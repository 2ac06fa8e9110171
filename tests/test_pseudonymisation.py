"""Pseudonyms in a whole study: all codings are kept, nothing is lost, and everything can be undone."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.errors import QualcodeError
from qualcode.project import Project
from qualcode.pseudonyms import transaction
from qualcode.pseudonyms.leak_check import find_leaks
from qualcode.pseudonyms.text import Name, NameKey
from studies import CASES, SETTINGS, Shell, coded_study, docx, records, write

KEY = """\
Ann Smith: {as: Person 1, also: [Ann, Annie]}
Mark: Person 2
Bea: Person 3
Cy: Person 4
Dee: Person 5
keep: [Mark my words]
"""

TALK = """\
I: What is hard, Ann?

Ann: I told Annie and Mark about Annex. Mark my words. They fear it.

I: ANN, is it Ann
Smith's?

Ann: Yes. Nobody knows Mark.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return the small study as coded by ana and ben, with one more transcript, named after who speaks in it."""
    folder = coded_study(tmp_path / "study", coder="ana")
    write(folder, "transcripts/Ann.txt", TALK.replace("\n", "\r\n"))
    write(folder, "transcripts/cases.csv", CASES + "Ann,y,7\n")
    write(folder, "qualcode.yaml", SETTINGS + "coder: ana  # not Ann\nspeakers:\n  Ann: {role: participant}\n")
    examples = (
        "    cues: [fear]\n    examples:\n      - quote: I told Annie and Mark about Annex.\n        transcript: Ann\n"
    )
    book = folder / "codebooks/work.yaml"
    book.write_text(book.read_text(encoding="utf-8").replace("    cues: [fear]\n", examples), encoding="utf-8")
    project = Project(folder)
    project.code("Ann", "work/fear", "They fear it.", coder="ana")
    project.code("Ann", "work/money", "I told Annie and Mark about Annex.", coder="ana", memo="Ann was nervous")
    project.reject(list(project.suggest(code="work/fear", transcripts="A", coder="ana")["id"])[:1], coder="ana")
    project.done(["Ann"], coder="ana")
    return folder


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return key_file(tmp_path, KEY)


def key_file(folder: Path, text: str, name: str = "key.yaml") -> Path:
    """Write a key that only its owner can read."""
    path = write(folder, name, text)
    path.chmod(0o600)
    return path


@pytest.fixture
def shell(root: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(root, capsys)


def files(root: Path) -> dict[str, bytes]:
    """Return all files of a study but for its caches; of archives the members."""
    found = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and ".qualcode" not in path.parts
    }
    return {name: _members(content) if name.endswith((".docx", ".odt")) else content for name, content in found.items()}


def _members(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"\n".join(name.encode() + archive.read(name) for name in archive.namelist())


def coding_states(root: Path) -> dict[str, tuple[str, str, str]]:
    """Return code, coder and status of every coding by its id, each proved by its quote."""
    project = Project(root)
    texts = {name: transcript.text for name, transcript in project.study.transcripts.items()}
    rows = records(project.codings())
    assert all(texts[row["transcript"]][row["start"] : row["end"]] == row["quote"] for row in rows)
    return {row["id"]: (row["code"], row["coder"], row["status"]) for row in rows}


def errors(root: Path) -> list[str]:
    return [str(problem) for problem in Project(root).check() if problem.level == "error"]


# The whole way


def test_a_dry_run_counts_and_changes_nothing(root: Path, key: Path, shell: Shell) -> None:
    before = files(root)
    result = shell("pseudonymise", key, "--format", "json")
    assert result.code == 0
    counts = {(row["pseudonym"], row["place"]): row["count"] for row in result.json}
    assert counts["Person 1", "Ann"] == 5  # the label twice, Annie, Ann in a question, Ann\nSmith's
    assert counts["PERSON 1", "Ann"] == 1
    assert (counts["Person 2", "Ann"], counts["Person 3", "B"], counts["Person 4", "C"]) == (2, 2, 2)
    assert "would be rewritten: transcripts/Ann.txt" in result.err
    assert "nothing is written yet: add --write" in result.err
    assert files(root) == before
    assert sorted(path.name for path in key.parent.iterdir()) == ["key.yaml", "study"]


def test_names_are_replaced_everywhere_and_all_codings_are_kept(root: Path, key: Path, shell: Shell) -> None:
    before, themes = coding_states(root), Project(root).themes(coder="ana")
    result = shell("pseudonymise", key, "--write")
    assert (result.code, result.err.count("left"), result.err.count("name found")) == (0, 0, 0)
    text = (root / "transcripts/Person 1.txt").read_bytes().decode()
    assert text == (
        "I: What is hard, Person 1?\r\n\r\nPerson 1: I told Person 1 and Person 2 about Annex. Mark my words. "
        "They fear it.\r\n\r\nI: PERSON 1, is it Person 1's?\r\n\r\nPerson 1: Yes. Nobody knows Person 2.\r\n"
    )
    assert coding_states(root) == before
    assert {status for _, _, status in before.values()} == {"anchored"}
    assert errors(root) == []
    counted = Project(root).themes(coder="ana")
    of_words = "words per_1000_words codings_per_1000_words rate_low rate_high universe_words".split()
    assert counted.drop(columns=of_words).equals(themes.drop(columns=of_words))
    assert "Person 1,y,7" in (root / "transcripts/cases.csv").read_text(encoding="utf-8")
    settings_now = (root / "qualcode.yaml").read_text(encoding="utf-8")
    assert "coder: ana  # not Person 1" in settings_now
    assert "  Person 1: {role: participant}" in settings_now
    book = (root / "codebooks/work.yaml").read_text(encoding="utf-8")
    assert "quote: I told Person 1 and Person 2 about Annex.\n        transcript: Person 1\n" in book
    assert not [path for path in (root / ".qualcode").rglob("*") if path.is_file() and b"Annie" in path.read_bytes()]


def test_ledgers_keep_ids_times_and_order_and_lose_the_names(root: Path, key: Path) -> None:
    before = [json.loads(line) for line in (root / "codings/ana/Ann.jsonl").read_text(encoding="utf-8").splitlines()]
    Project(root).pseudonymise(key, write=True)
    assert not (root / "codings/ana/Ann.jsonl").exists()
    raw = (root / "codings/ana/Person 1.jsonl").read_text(encoding="utf-8")
    after = [json.loads(line) for line in raw.splitlines()]
    for name in ("id", "event", "at", "coder", "code"):
        assert [line.get(name) for line in after] == [line.get(name) for line in before]
    assert {line["transcript"] for line in after} == {"Person 1"}
    assert {line["sha256"] for line in after if line["event"] != "memo"} == {
        Project(root).study.transcripts["Person 1"].sha256
    }
    assert "Person 1 was nervous" in raw
    assert not find_leaks(
        Project(root).study, NameKey((Name("Ann", "x"), Name("Annie", "y"), Name("Mark", "z")), ("Mark my words",))
    )


def test_a_rejected_suggestion_stays_rejected_when_an_example_of_its_code_changes(root: Path, key: Path) -> None:
    pending = len(Project(root).suggest(code="work/fear", coder="ana"))
    Project(root).pseudonymise(key, write=True)
    assert len(Project(root).suggest(code="work/fear", coder="ana")) == pending


def test_undo_restores_every_byte(root: Path, key: Path, shell: Shell) -> None:
    before = files(root)
    assert shell("pseudonymise", key, "--write").code == 0
    assert files(root).keys() != before.keys()
    result = shell("pseudonymise", key, "--undo", "--write")
    assert result.code == 0
    assert files(root) == before
    assert not (key.parent / "key.yaml.places").exists()


def test_decisions_since_the_replacement_are_kept_by_undo(root: Path, key: Path) -> None:
    project = Project(root)
    project.pseudonymise(key, write=True)
    new = project.code("Person 1", "work/fear", "Nobody knows Person 2.", coder="ben", memo="Person 1 again").id
    project.pseudonymise(key, write=True, undo=True)
    rows = {row["id"]: row for row in records(Project(root).codings())}
    assert (rows[new]["quote"], rows[new]["transcript"], rows[new]["status"]) == (
        "Nobody knows Mark.",
        "Ann",
        "anchored",
    )
    assert "Ann Smith again" in (root / "codings/ben/Ann.jsonl").read_text(encoding="utf-8")
    assert coding_states(root)


def test_undo_restores_edited_paragraphs_by_first_form_and_others_exactly(root: Path, key: Path) -> None:
    project = Project(root)
    project.pseudonymise(key, write=True)
    path = root / "transcripts/Person 1.txt"
    path.write_bytes(path.read_bytes().replace(b"about Annex", b"of Annex"))
    Project(root).update(write=True, coder="ana")
    Project(root).pseudonymise(key, write=True, undo=True)
    text = (root / "transcripts/Ann.txt").read_bytes().decode()
    assert "I told Ann Smith and Mark of Annex." in text  # it was Annie
    assert "I: ANN, is it Ann\r\nSmith's?" in text


def test_undo_without_record_restores_the_first_form_of_each_name(root: Path, key: Path) -> None:
    Project(root).pseudonymise(key, write=True)
    (key.parent / "key.yaml.places").unlink()
    Project(root).pseudonymise(key, write=True, undo=True)
    assert "I told Ann Smith and Mark about Annex." in (root / "transcripts/Ann Smith.txt").read_text(encoding="utf-8")
    assert errors(root) == []


def test_undo_after_a_second_replacement_restores_all_names(root: Path, key: Path) -> None:
    before = files(root)
    project = Project(root)
    project.pseudonymise(key_file(key.parent, "Mark: Person 2\nkeep: [Mark my words]\n"), write=True)
    middle = (root / "transcripts/Ann.txt").read_text(encoding="utf-8")
    assert "Annie and Person 2" in middle
    project.pseudonymise(key_file(key.parent, KEY), write=True)
    assert "Person 1 and Person 2" in (root / "transcripts/Person 1.txt").read_text(encoding="utf-8")
    project.pseudonymise(key, write=True, undo=True)
    assert files(root) == before


SHORT = "I: Why?\n\nP: So said Ann Smith there. Well.\n"


def test_codings_of_edited_texts_keep_their_status(root: Path, key: Path) -> None:
    write(root, "transcripts/G.txt", SHORT)
    project = Project(root)
    project.code("G", "work/fear", "Smith there.", coder="ana")  # cuts a name
    write(root, "transcripts/G.txt", SHORT.replace("Well", "Well, well"))
    path = root / "transcripts/Ann.txt"
    path.write_bytes(path.read_bytes().replace(b"They fear it.", b"They fear it. Still."))
    Project(root).update(write=True, coder="ana")
    was = coding_states(root)
    assert {status for _, _, status in was.values()} == {"anchored"}  # each moved by the update, to where it was
    Project(root).pseudonymise(key, write=True)
    assert coding_states(root) == was
    assert "Person 1 there." in list(Project(root).codings(transcripts="G")["quote"])


def test_ledger_lines_without_names_are_unchanged_and_torn_ones_restored(root: Path, key: Path) -> None:
    odd = b'{"id": "z1", "event": "done",  "at": "2026", "coder": "ana", "transcript": "A", "new": [1]}\n'
    torn = b'{"id":"z2","event":"memo","text":"Annie'
    with (root / "codings/ana/A.jsonl").open("ab") as stream:
        stream.write(odd + torn)
    before = files(root)
    Project(root).pseudonymise(key, write=True)
    now = files(root)["codings/ana/A.jsonl"]
    assert odd in now
    assert now.endswith(b'"text":"Person 1')
    Project(root).pseudonymise(key, write=True, undo=True)
    assert files(root) == before


def test_codings_that_would_become_equal_block_the_replacement(root: Path, key: Path) -> None:
    write(root, "transcripts/G.txt", SHORT)
    project = Project(root)
    project.code("G", "work/fear", "So said Ann", coder="ana")
    project.code("G", "work/fear", "So said Ann Smith", coder="ana")
    before = files(root)
    assert "it would be the same as another coding: retract one of them" in str(project.pseudonymise(key).problems[0])
    sentence, code = error_of(lambda: project.pseudonymise(key, write=True))
    assert (code, sentence.endswith("Nothing was replaced.")) == (1, True)
    assert files(root) == before


def test_a_coder_in_the_settings_keeps_the_name(root: Path, key: Path, shell: Shell) -> None:
    write(root, "qualcode.yaml", SETTINGS + "coder: Bea\n")
    assert shell("pseudonymise", key, "--write").code == 0
    assert "coder: Bea\n" in (root / "qualcode.yaml").read_text(encoding="utf-8")


# Decisions


def test_words_that_may_be_names_are_reported_and_not_replaced(root: Path, key: Path, shell: Shell) -> None:
    write(root, "transcripts/E.txt", "I: Why?\n\nP: Mark came. I told Mark.\n")
    result = shell("pseudonymise", key, "--write")
    assert result.code == 1
    assert "unsure: E: is this Mark (also a word)? ...I: Why? P: [Mark] came." in result.err.replace(
        "...P:", "...I: Why? P:"
    )
    assert (root / "transcripts/E.txt").read_text(encoding="utf-8") == "I: Why?\n\nP: Mark came. I told Person 2.\n"
    assert "possible name found: 'Mark'" in result.err
    key_file(key.parent, KEY + "always: ['[Mark] came']\n")
    assert shell("pseudonymise", key, "--write").code == 0
    assert "P: Person 2 came." in (root / "transcripts/E.txt").read_text(encoding="utf-8")


def test_interactive_answers_are_written_into_the_key(
    root: Path, key: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, "transcripts/E.txt", "I: Why?\n\nP: Mark came. Mark the date. Mark it well.\n")
    answers = iter(["y", "n", ""])
    monkeypatch.setattr("click.prompt", lambda *_args, **_options: next(answers))
    result = shell("pseudonymise", key, "--interactive")
    assert result.code == 1  # one is left
    text = (root / "transcripts/E.txt").read_text(encoding="utf-8")
    assert text == "I: Why?\n\nP: Person 2 came. Mark the date. Mark it well.\n"
    key_text = key.read_text(encoding="utf-8")
    assert 'always:\n  - "P: [Mark] came. Mark the"' in key_text
    assert 'keep: ["P: Mark came. [Mark] the date. Mark"' in key_text
    assert oct(key.stat().st_mode & 0o777) == "0o600"


def test_initials_are_one_question_for_all_of_their_places(
    root: Path, key: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, "transcripts/E.txt", "I: Why?\n\nQX: Yes.\n\nI: And?\n\nQX: No.\n")
    write(root, "transcripts/F.txt", "I: Why?\n\nQX: Yes.\n")
    key_file(key.parent, KEY + "Quentin Xu: Person 9\n")
    result = shell("pseudonymise", key)
    assert result.err.count("is this Quentin Xu") == 1
    assert "E: is this Quentin Xu (initials)? 3 places, first ..." in result.err
    questions: list[str] = []
    answers = iter(["maybe", "n"])

    def answer(question: str, **_options: object) -> str:
        questions.append(question)
        return next(answers)

    monkeypatch.setattr("click.prompt", answer)
    result = shell("pseudonymise", key, "--interactive")
    assert questions == ["  is [QX] the name 'Quentin Xu'? y, n, or Enter to skip"] * 2
    assert "E: initials (the answer is for all 3 places)" in result.err
    assert 'keep: ["QX"' in key.read_text(encoding="utf-8")


# Refusals


def error_of(call: Callable[[], Any]) -> tuple[str, int]:
    """Return the sentence and exit code by which a call is refused."""
    with pytest.raises(QualcodeError) as caught:
        call()
    return str(caught.value), caught.value.exit_code


def test_a_key_readable_by_others_or_inside_the_study_is_refused(root: Path, key: Path, shell: Shell) -> None:
    key.chmod(0o640)
    result = shell("pseudonymise", key)
    assert (result.code, "others can read this key: run 'chmod 600" in result.err) == (1, True)
    inside = key_file(root, KEY)
    assert "the key must not be inside the study" in shell("pseudonymise", inside).err
    assert (
        "there is no such key file: create it with 'qualcode pseudonymise"
        in shell("pseudonymise", key.parent / "none.yaml").err
    )
    assert "the name of a key file must end in .yaml or .csv" in shell("pseudonymise", key.parent / "key.txt").err
    assert not files(root).keys() & {"transcripts/Person 1.txt"}


def test_problems_of_the_key_are_reported_with_their_place(root: Path, tmp_path: Path, shell: Shell) -> None:
    path = key_file(tmp_path, "Ann: P1\nBo: P1\n")
    result = shell("pseudonymise", path, "--write")
    assert result.code == 1
    assert f"{path}:2:1: 'Bo' and 'Ann' have the same pseudonym, 'P1' (choose another" in result.err
    assert "Nothing was replaced." in result.err


@pytest.mark.parametrize("place", ["transcripts/E.txt", "qualcode.yaml", "transcripts/cases.csv"])
def test_a_pseudonym_used_in_the_study_is_refused(root: Path, key: Path, shell: Shell, place: str) -> None:
    path = root / place
    text = path.read_text(encoding="utf-8") if path.exists() else "I: Why?\n\nP: No.\n"
    path.write_text(text + ("# Person 1\n" if "yaml" in place else "Person 1,,\n"), encoding="utf-8")
    before = files(root)
    result = shell("pseudonymise", key, "--write")
    where = "E" if place.endswith("E.txt") else place
    assert (result.code, f"{where}: pseudonym 'Person 1' is used already (choose another)" in result.err) == (
        1,
        True,
    )
    assert files(root) == before


def test_edited_transcripts_must_be_updated_first(root: Path, key: Path, shell: Shell) -> None:
    path = root / "transcripts/A.txt"
    path.write_text("New.\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    result = shell("pseudonymise", key, "--write")
    assert (
        result.code,
        "was edited since it was coded (A): run 'qualcode update --write' first" in result.err,
    ) == (1, True)
    assert shell("update", "--write").code == 0
    moved = coding_states(root)
    assert shell("pseudonymise", key, "--write").code == 0
    assert coding_states(root) == moved
    assert "moved" in {status for _, _, status in moved.values()}


def test_two_transcripts_that_would_get_the_same_name_are_refused(root: Path, key: Path) -> None:
    write(root, "transcripts/Annie.txt", "I: Why?\n\nP: So.\n")
    sentence, code = error_of(lambda: Project(root).pseudonymise(key, write=True))
    assert (code, "would become transcripts/Person 1.txt" in sentence) == (1, True)
    assert (root / "transcripts/Annie.txt").exists()


def test_a_source_that_would_have_other_turns_is_left_unchanged_and_reported(root: Path, tmp_path: Path) -> None:
    path = key_file(tmp_path, "Bea: interviewer\n")  # a pseudonym that makes a participant an interviewer
    write(root, "qualcode.yaml", SETTINGS.replace("[I]", "[I, interviewer]"))
    write(root, "transcripts/F.txt", "I: Why?\n\nP: Bea knows.\n")
    sentence, _ = error_of(lambda: Project(root).pseudonymise(path))
    assert "pseudonym 'interviewer' is used already" in sentence
    write(root, "qualcode.yaml", SETTINGS)
    path = key_file(tmp_path, "Bea: Interviewer\n")
    write(root, "qualcode.yaml", SETTINGS.replace("  interviewer: [I]\n", "  interviewer: [I, 'INTERVIEWER 1']\n"))
    path = key_file(tmp_path, "Bea: Note\n")  # no speaker's label
    before = (root / "transcripts/B.md").read_bytes()
    result = Project(root).pseudonymise(path, write=True)
    assert [problem.path for problem in result.problems][:1] == ["transcripts/B.md"]
    assert "left as it is, because the rewritten source" in str(result.problems[0])
    assert (root / "transcripts/B.md").read_bytes() == before
    assert "P: Note knows." in (root / "transcripts/F.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ("--find", "--write"),
        ("--check", "--undo"),
        ("--spacy-model", "x"),
        ("--undo", "--interactive"),
        ("--undo", "--convert"),
    ],
)
def test_conflicting_options_are_refused(root: Path, key: Path, shell: Shell, words: tuple[str, ...]) -> None:
    before = files(root)
    assert shell("pseudonymise", key, *words).code == 2
    assert files(root) == before


def test_a_source_that_would_have_another_text_is_left_unchanged(
    root: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(suffix: str, content: bytes, *args: Any, **options: Any) -> bytes:
        from qualcode.transcripts.rewrite.source_rewrite import rewrite_source

        rewritten = rewrite_source(suffix, content, *args, **options)
        return rewritten.replace(b"I wait.", b"I weep.") if suffix == ".md" else rewritten

    monkeypatch.setattr("qualcode.pseudonyms.source_replacement.rewrite_source", wrong)
    before = (root / "transcripts/B.md").read_bytes()
    (problem, *_) = Project(root).pseudonymise(key, write=True).problems
    assert "B.md: left as it is, because the rewritten source has another text: '" in str(problem)
    assert "I weep." in str(problem)
    assert (root / "transcripts/B.md").read_bytes() == before


# Crashes


@pytest.mark.parametrize("step", range(12))
def test_a_crash_leaves_the_old_state_or_is_finished_by_the_next_run(
    root: Path, key: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = key.parent / "twin"
    shutil.copytree(root, twin / "study")
    Project(twin / "study").pseudonymise(key_file(twin, KEY), write=True)
    expected, before = files(twin / "study"), files(root)
    calls = 0

    def failing(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == step + 1:
                raise KeyboardInterrupt
            return real(*args, **options)

        return call

    with monkeypatch.context() as patch:
        for name in ("write_private", "write_atomically", "_remove_old_file", "delete_caches"):
            patch.setattr(transaction, name, failing(getattr(transaction, name)))
        with pytest.raises(KeyboardInterrupt):
            Project(root).pseudonymise(key, write=True)
    assert files(root) == before or (key.parent / "key.yaml.journal").is_file()
    Project(root).pseudonymise(key, write=True)
    assert files(root) == expected
    assert sorted(path.name for path in key.parent.iterdir()) == ["key.yaml", "key.yaml.places", "study", "twin"]
    Project(root).pseudonymise(key, write=True, undo=True)
    assert files(root) == before


def interrupt_replacement(root: Path, key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop a replacement after its journal is written, before any file is."""
    with monkeypatch.context() as patch:
        patch.setattr(transaction, "write_atomically", _stop)
        with pytest.raises(KeyboardInterrupt):
            Project(root).pseudonymise(key, write=True)


def _stop(*_args: Any) -> None:
    raise KeyboardInterrupt


def test_decisions_after_a_crash_are_not_lost(root: Path, key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupt_replacement(root, key, monkeypatch)
    new = Project(root).code("B", "work/fear", "Legal says no.", coder="ana").id
    Project(root).pseudonymise(key)
    assert new in coding_states(root)


def test_a_file_that_was_edited_after_a_crash_is_not_overwritten(
    root: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupt_replacement(root, key, monkeypatch)
    write(root, "transcripts/B.md", "**I:** New.\n")
    sentence, code = error_of(lambda: Project(root).pseudonymise(key, write=True))
    assert (code, "B.md: was changed since the replacement was interrupted" in sentence) == (1, True)
    assert (root / "transcripts/B.md").read_text(encoding="utf-8") == "**I:** New.\n"


# Leaks


def test_the_leak_check_searches_all_files(root: Path, key: Path, shell: Shell) -> None:
    assert shell("pseudonymise", key, "--write").code == 0
    assert (shell("pseudonymise", key, "--check").code, shell("pseudonymise", key, "--check").out) == (
        0,
        "no problems found\n",
    )
    write(root, "transcripts/G.txt", "I: Why?\n\nP: Said by Ann\nand Smith.\n")
    write(root, "transcripts/notes of Bea.pdf", b"%PDF-1.4")
    write(root, "exports/study.csv", "quote\nCy says\n")
    write(root, "README.md", "by Dee’s leave")
    Project(root).memo("Cy called", coder="ben")
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx("I: Why?", "P: So."))) as old, zipfile.ZipFile(stream, "w") as new:
        new.writestr("word/document.xml", old.read("word/document.xml"))
        new.writestr(
            "docProps/core.xml", "<a><dc:creator>Dee</dc:creator><cp:lastModifiedBy>Bea</cp:lastModifiedBy></a>"
        )
    write(root, "transcripts/H.docx", stream.getvalue())
    result = shell("pseudonymise", key, "--check")
    assert result.code == 1
    lines = result.out.splitlines()
    for expected in (
        "README.md:1:4: name found: 'Dee' (see 'qualcode pseudonymise')",
        "codings/ben/_study.jsonl:1: name found: 'Cy' (see 'qualcode pseudonymise')",
        "exports/study.csv:2:1: name found: 'Cy' (exported before the replacement: export it again, or delete it)",
        "transcripts/G.txt:3:12: name found: 'Ann' (see 'qualcode pseudonymise')",
        "transcripts/G.txt:4:5: possible name found: 'Smith' (if it is not a name, add it under 'keep' in the key)",
        "transcripts/notes of Bea.pdf: name found in the path: 'Bea' (see 'qualcode pseudonymise')",
    ):
        assert expected in lines
    assert any(line.startswith("notice: transcripts/notes of Bea.pdf: not searched for names: ") for line in lines)
    assert any("H.docx (docProps/core.xml): name found: 'Dee'" in line for line in lines)
    assert any("H.docx (docProps/core.xml)" in line and "'Bea'" in line for line in lines)
    assert "git's history" in result.err
    assert shell("pseudonymise", key, "--check", "--format", "json").json[0].keys() >= {
        "path",
        "line",
        "column",
        "message",
    }


def test_coder_folders_are_not_renamed_and_git_history_is_mentioned(root: Path, key: Path, shell: Shell) -> None:
    shutil.copytree(root / "codings/ben", root / "codings/Bea")
    for path in (root / "codings/Bea").iterdir():
        path.write_text(path.read_text(encoding="utf-8").replace('"ben"', '"Bea"'), encoding="utf-8")
    (root / ".git").mkdir()
    result = shell("pseudonymise", key, "--write")
    assert (root / "codings/Bea/A.jsonl").is_file()
    assert "earlier commits in git still contain the names" in result.err
    assert "notice: codings/Bea: name found in the path: 'Bea' (coders are not renamed)" in result.err


def test_links_big_recordings_and_folders_of_other_programs_are_skipped(root: Path, key: Path) -> None:
    outside = write(key.parent, "outside/Ann.txt", "I: Why?\n\nP: Ann.\n")
    (root / "transcripts/Linked.txt").symlink_to(outside)
    with (root / "transcripts/sound.wav").open("wb") as stream:
        stream.truncate(300_000_000)  # no blocks are written
    write(root, ".venv/Ann.py", "Ann")
    write(root, ".venv/pyvenv.cfg", "")
    result = Project(root).pseudonymise(key, write=True)
    assert [str(problem) for problem in result.problems if problem.level == "error"] == [
        "transcripts/Linked.txt:3:4: name found: 'Ann' (see Project.pseudonymise())"
    ]
    Project(root).pseudonymise(key, write=True)
    assert (root / "transcripts/Linked.txt").is_symlink()
    assert outside.read_text(encoding="utf-8").endswith("Ann.\n")


# Forms of names

FORMS = """Ann Smith, ANNIE, annie@x.org, ann.smith87@x.org, asmith@x.org, @annsmith, #AnnSmith, An\u00adnie,
A\u200bnnie, Smith, Ann; the Annies, Ann\u00a0Smith, x.org/ann-smith, ann_smith.mp3, Ann
Smith, An-
nie, Аnnie, Annіe, Ａｎｎｉｅ, Ａｎｎ　Ｓｍｉｔｈ."""


FORMATS = ["txt", "md", "vtt", "srt", "csv", "tsv", "json", "html", "rtf", "cha", "docx", "odt", "eaf"]


@pytest.mark.parametrize("suffix", FORMATS)
def test_sure_forms_are_replaced_in_every_format_and_in_what_is_exported(
    root: Path, tmp_path: Path, suffix: str
) -> None:
    key = key_file(tmp_path, "Ann Smith: {as: Person 1, also: [Ann, Annie]}\nAnn-Lee: Person 9\n")
    shutil.rmtree(root / "codings")
    for path in (root / "transcripts").iterdir():
        path.unlink()
    write(root, f"transcripts/talk of ann_smith.{suffix}", source(suffix, FORMS))
    write(root, "qualcode.yaml", SETTINGS)
    write(root, "codebooks/work.yaml", "family: work\ncodes:\n- id: fear\n  name: Fear of Ann Smith\n")
    before = files(root)
    result = Project(root).pseudonymise(key, write=True)
    assert [str(problem) for problem in result.problems] == []
    project = Project(root)
    (transcript,) = project.study.transcripts.values()
    assert "person1@x.org" in transcript.text.lower().replace(" ", "")
    turn = next(turn for turn in transcript.turns if "erson" in transcript.text[turn.start : turn.end])
    project.code(transcript.id, "work/fear", transcript.text[turn.start : turn.end].split("\n")[0][:40], coder="ana")
    project.export(root / "exports/study.xlsx", coder="ana")
    network = project.network(coder="ana")
    for ending in ("graphml", "gexf", "svg"):
        project.save_network(network, root / f"exports/network.{ending}", title=project.study.settings.name)
        assert ending == "svg" or "Fear of Person 1" in (root / f"exports/network.{ending}").read_text("utf-8")
    project.codings().to_csv(root / "codings.csv")
    assert find_leaks(Project(root).study, NameKey((Name("Ann Smith", "Person 1", ("Ann", "Annie")),))) == []
    (root / "codings.csv").unlink()
    shutil.rmtree(root / "exports")
    shutil.rmtree(root / "codings")
    undone = Project(root).pseudonymise(key, write=True, undo=True)
    assert [str(problem) for problem in undone.problems] == []
    assert files(root) == before


def source(suffix: str, words: str) -> str | bytes:
    """Return a source of one question and one answer."""
    line = words.replace("\n", " ") if suffix in {"vtt", "srt", "json", "cha", "tsv", "odt"} else words
    if suffix in {"vtt", "srt"}:
        cue = f"00:00:01.000 --> 00:00:02.000\nI: Why?\n\n00:00:03.000 --> 00:00:04.000\nP: {line}\n"
        return f"WEBVTT\n\n{cue}" if suffix == "vtt" else "1\n" + cue.replace("\n\n", "\n\n2\n", 1)
    if suffix in {"csv", "tsv"}:
        tab = "\t" if suffix == "tsv" else ","
        return f'speaker{tab}text\nI{tab}Why?\nP{tab}"{line}"\n'
    if suffix == "json":
        return json.dumps({"segments": [{"speaker": "I", "text": "Why?"}, {"speaker": "P", "text": line}]})
    if suffix == "html":
        return f"<p>I: Why?</p><p>P: {words}</p>"
    if suffix == "rtf":
        codes = "".join(
            letter if letter.isascii() else f"\\u{(ord(letter) + 2**15) % 2**16 - 2**15}?"
            for letter in line.replace("\n", "\\line ")
        )
        return rf"{{\rtf1 I: Why?\par P: {codes}\par}}".encode()
    if suffix == "cha":
        return f"@Begin\n*I:\tWhy ?\n*P:\t{line}\n@End\n"
    if suffix == "odt":
        return odt("I: Why?", f"P: {line}")
    if suffix == "eaf":
        return eaf(I="Why?", P=line)
    if suffix == "docx":
        return docx("I: Why?", f"P: {line}")
    return f"I: Why?\n\nP: {words}\n"


def odt(*paragraphs: str) -> bytes:
    """Return an OpenDocument text with a paragraph for each."""
    stream = io.BytesIO()
    names = 'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    names += 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    body = "".join(f"<text:p>{text}</text:p>" for text in paragraphs)
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        text = f"<office:body><office:text>{body}</office:text></office:body>"
        archive.writestr("content.xml", f"<office:document-content {names}>{text}</office:document-content>")
    return stream.getvalue()


def eaf(**turns: str) -> str:
    """Return an ELAN file with a tier of one annotation for each speaker."""
    slots = "".join(f'<TIME_SLOT TIME_SLOT_ID="ts{n}" TIME_VALUE="{n * 1500}"/>' for n in range(len(turns) + 1))
    tiers = "".join(
        f'<TIER TIER_ID="{speaker}"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{n}" TIME_SLOT_REF1="ts{n}" '
        f'TIME_SLOT_REF2="ts{n + 1}"><ANNOTATION_VALUE>{words}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>'
        "</ANNOTATION></TIER>"
        for n, (speaker, words) in enumerate(turns.items())
    )
    return f"<ANNOTATION_DOCUMENT><TIME_ORDER>{slots}</TIME_ORDER>{tiers}</ANNOTATION_DOCUMENT>"


# Formats that cannot be rewritten


def test_a_source_that_cannot_be_rewritten_is_refused_or_becomes_plain_text(
    root: Path, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qualcode.pseudonyms.source_replacement.rewrite_source", _no_vtt)
    before, old = coding_states(root), files(root)
    result = Project(root).pseudonymise(key)
    assert [str(problem) for problem in result.problems] == [
        "transcripts/C.vtt: it contains names, but a .vtt cannot be rewritten (convert=True makes it plain text)"
    ]
    Project(root).pseudonymise(key, write=True, convert=True)
    assert not (root / "transcripts/C.vtt").exists()
    assert "Person 4: The budget is gone." in (root / "transcripts/C.txt").read_text(encoding="utf-8")
    kept = key.parent / "key.yaml.originals/transcripts/C.vtt"
    assert (kept.read_bytes(), oct(kept.stat().st_mode & 0o777)) == (old["transcripts/C.vtt"], "0o600")
    assert coding_states(root) == before
    Project(root).pseudonymise(key, write=True, undo=True)
    assert files(root) == old


def _no_vtt(suffix: str, content: bytes, *args: Any, **options: Any) -> bytes:
    from qualcode.errors import OperationError
    from qualcode.transcripts.rewrite.source_rewrite import rewrite_source

    if suffix == ".vtt":
        raise OperationError("a .vtt cannot be rewritten")
    return rewrite_source(suffix, content, *args, **options)


# Finding names


def test_names_of_speakers_and_cases_are_proposed_without_a_model(
    root: Path, tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spacy.util.is_package", lambda _name: False)
    path = tmp_path / "new.yaml"
    result = shell("pseudonymise", path, "--find")
    assert result.code == 0
    assert "no spaCy model for 'en' is installed" in result.err
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    text = path.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if ": Person" in line and not line.startswith("#")] == [
        "Ann: Person 1",
        "Bea: Person 2",
        "Cy: Person 3",
        "Dee: Person 4",
    ] or "Ann: Person 1" in text
    assert "A: Person" not in text  # ids and roles are no names
    assert "0 names added" in shell("pseudonymise", path, "--find").err


def test_names_are_found_by_a_model_in_a_folder(root: Path, tmp_path: Path, shell: Shell) -> None:
    import spacy

    nlp = spacy.blank("en")
    ruler = nlp.add_pipe("entity_ruler")
    patterns = [("PERSON", "Annie"), ("GPE", "Annex"), ("ORG", "Legal"), ("DATE", "week")]
    ruler.add_patterns([{"label": label, "pattern": words} for label, words in patterns])  # type: ignore[attr-defined]
    nlp.to_disk(tmp_path / "model")
    path = tmp_path / "new.yaml"
    result = shell("pseudonymise", path, "--find", "--spacy-model", tmp_path / "model")
    assert result.code == 0
    text = path.read_text(encoding="utf-8")
    assert "Annex: Place 1\n" in text
    assert "Legal: Organisation 1\n" in text
    assert "Annie: Person " in text
    assert "week" not in text
    blank = tmp_path / "blank"
    spacy.blank("en").to_disk(blank)
    wrong = shell("pseudonymise", path, "--find", "--spacy-model", blank)
    assert (wrong.code, "it has no entity recogniser" in wrong.err) == (1, True)
    none = shell("pseudonymise", path, "--find", "--spacy-model", "no_such_model")
    assert (none.code, "spaCy model 'no_such_model' cannot be loaded" in none.err) == (1, True)


# Laws

PARTS = [
    "Ann",
    "Annie",
    "Ann Smith",
    "ANN",
    "Mark",
    "said",
    "yes.",
    "Mark my words",
    "Annex",
    "\n",
    "Smith",
    "é",
    "a, b",
]
SPEECH = st.lists(st.sampled_from(PARTS), min_size=1, max_size=8).map(" ".join)


@pytest.mark.slow
@given(st.lists(SPEECH, min_size=1, max_size=5), st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_law_codings_are_kept_and_undo_restores_everything(
    tmp_path: Path, turns: list[str], data: st.DataObject
) -> None:
    root = tmp_path / "law"
    shutil.rmtree(root, ignore_errors=True)
    text = "\n\n".join(f"{'IP'[number % 2]}: {words}" for number, words in enumerate(["Why?", *turns])) + "\n"
    write(root, "qualcode.yaml", SETTINGS)
    write(root, "codebooks/work.yaml", "family: work\ncodes:\n  - {id: fear, name: Fear}\n")
    write(root, "transcripts/T.txt", text)
    project = Project(root)
    for turn in project.study.transcripts["T"].participant_turns:
        if turn.start == turn.end:
            continue
        start = data.draw(st.integers(turn.start, turn.end - 1))
        end = data.draw(st.integers(start + 1, turn.end))
        if text[start:end].strip():
            from qualcode.coding.quote_location import QuoteLocation

            project.code("T", "work/fear", QuoteLocation(start=start, end=end), coder="ana")
    before, was = files(root), coding_states(root)
    key = key_file(tmp_path, "Ann Smith: {as: Person 1, also: [Ann, Annie]}\nMark: Person 2\n")
    project.pseudonymise(key, write=True)
    assert coding_states(root) == was
    project.pseudonymise(key, write=True, undo=True)
    assert files(root) == before


# The shipped study


@pytest.mark.slow
def test_the_shipped_study_keeps_every_coding(root: Path, tmp_path: Path) -> None:
    shipped, study = Path(__file__).resolve().parents[1], tmp_path / "shipped"
    for name in ("transcripts", "codings", "codebooks"):
        shutil.copytree(shipped / name, study / name)
    shutil.copy(shipped / "qualcode.yaml", study)
    before, was = files(study), coding_states(study)
    names = "Theo Gretchen Alden Marguerite Nadine Tyler Hugh Paulette Ari Chicago Ohio Boise".split()
    key = key_file(tmp_path, "".join(f"{name}: Person {number}\n" for number, name in enumerate(names)))
    result = Project(study).pseudonymise(key, write=True)
    assert sum(row["count"] for row in result.rows) > 50
    assert len(was) == 2728
    assert coding_states(study) == was
    assert errors(study) == []
    Project(study).pseudonymise(key, write=True, undo=True)
    assert files(study) == before
