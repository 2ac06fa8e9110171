"""Problems in a study's files: `check` reports all of them, and other commands work with the rest and report it."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from lxml import etree

from qualcode import Project
from qualcode.errors import Problem
from studies import (
    A,
    B,
    C,
    Shell,
    coded_study,
    column,
    docx,
    ledgers,
    records,
    row,
    small_study,
    write,
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The small study as ana and ben have coded it."""
    return coded_study(tmp_path)


@pytest.fixture
def shell(root: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands on that study."""
    return Shell(root, capsys)


def check(root: Path) -> list[Problem]:
    """Check a study as a fresh program would."""
    return Project(root).check()


def hints(root: Path, path: str) -> list[str]:
    """Return the advice on orphaned codings in ledgers whose path begins so."""
    return [one.hint for one in check(root) if one.path.startswith(path) and "is orphaned" in one.message]


def messages(root: Path, level: str = "error") -> list[str]:
    """Return what is wrong as ``path:line: message``."""
    return [
        f"{problem.path}:{problem.line}: {problem.message}" if problem.line else f"{problem.path}: {problem.message}"
        for problem in check(root)
        if problem.level == level
    ]


def coding_id(root: Path, coder: str, code: str) -> str:
    """Return the id of a coder's one coding of a code in A."""
    return str(row(records(Project(root).codings(coder=coder, transcripts="A")), code=code)["id"])


def test_check_of_a_correct_study_is_empty(root: Path) -> None:
    assert check(root) == []


# Texts that were edited


def test_a_coding_whose_quote_is_deleted_is_orphaned_kept_and_not_counted(root: Path) -> None:
    coding = coding_id(root, "ben", "work/money")
    before = ledgers(root)
    write(root, "transcripts/A.txt", A.replace("The budget is gone", "The budget was gone"))
    mine = [line for line in messages(root) if "codings/ben" in line]
    assert mine == [
        f"codings/ben/A.jsonl: coding {coding} of 'work/money' is orphaned: “The budget is gone.” is not found in A"
    ]
    assert hints(root, "codings/ben") == ["run Project.update(): it finds the text in its new form"]
    project = Project(root)
    table = project.themes(coder="ben", code="work/money")
    assert row(records(table), code="work/money")["codings"] == 0
    assert "not counted: 1 orphaned coding (see Project.check())" in table.attrs["notes"]
    assert project.codings(coder="ben")["status"].item() == "orphaned"
    assert ledgers(root) == before
    write(root, "transcripts/A.txt", A)
    assert Project(root).codings(coder="ben")["status"].item() == "anchored"


@pytest.mark.parametrize(
    ("old", "new"),
    [('"start":55', '"start":54'), ("The budget is gone.", "The budget is here."), ("it earns. ", "it earns: ")],
)
def test_a_coding_whose_quote_or_context_does_not_match_is_reported(root: Path, old: str, new: str) -> None:
    ledger = root / "codings/ben/A.jsonl"
    assert old in ledger.read_text()
    ledger.write_text(ledger.read_text().replace(old, new))
    (message,) = [line for line in messages(root) if "does not match the text" in line]
    assert message.startswith("codings/ben/A.jsonl: coding ")


def test_a_coding_moves_with_its_words_and_is_counted_at_its_new_place(root: Path) -> None:
    """The budget goes from the first answer to the second: turn 1 to turn 3."""
    text = A.replace(" The budget is gone.", "").replace("P: They fear", "P: They do. The budget is gone. They fear")
    write(root, "transcripts/A.txt", text)
    project = Project(root)
    moved = records(project.codings(coder="ben"))[0]
    assert (moved["status"], moved["turn"], moved["start"]) == ("moved", 3, text.index("The budget"))
    assert row(records(project.themes(coder="ben", by="transcript")), code="work/money")["codings"] == 1
    by_turn = records(project.themes(coder="ana", unit="turn", code="work/money"))
    assert row(by_turn, code="work/money")["units"] == 3  # two turns of A now, and C's; they were one and one
    assert messages(root, "notice") == ["transcripts/A.txt: edited since it was coded, which affects 4 codings"]


def test_equal_words_at_the_old_offsets_are_not_mistaken_for_the_coded_ones(root: Path) -> None:
    """Ana coded the second ``They fear it.``; 14 more letters put the first one exactly where that had been."""
    write(root, "transcripts/A.txt", A.replace("The budget is gone.", "The budget is gone. Quite so now."))
    coding = row(records(Project(root).codings(coder="ana")), code="work/fear")
    assert (coding["status"], coding["start"], coding["end"]) == ("moved", 113 + 14, 126 + 14)


def test_a_quote_that_now_occurs_twice_is_orphaned(root: Path) -> None:
    """The old place and context are gone, and two places would do."""
    text = "I: Once more?\n\nP: So. The budget is gone.\n\nI: Sure?\n\nP: Yes. The budget is gone.\n"
    write(root, "transcripts/A.txt", text)
    assert Project(root).codings(coder="ben")["status"].item() == "orphaned"
    (message,) = [line for line in messages(root) if "codings/ben" in line]
    assert message.endswith("“The budget is gone.” occurs several times in A, and the original place is unknown")
    assert hints(root, "codings/ben") == ["run Project.update(): it finds the text in its new form"]
    shutil.rmtree(root / ".qualcode")  # without the old text nothing tells the two apart
    assert hints(root, "codings/ben") == [
        "it is kept but not counted: place it with Project.update(choose=...), or retract it if its text was deleted"
    ]
    assert not any("edited since" in line for line in messages(root, "notice"))  # an update would record nothing


def test_a_deleted_source_orphans_its_codings_and_is_reported(root: Path) -> None:
    (root / "transcripts/C.vtt").unlink()
    errors = messages(root)
    assert [line for line in errors if "is marked as done" in line] == [
        "codings/ana/C.jsonl: 'C' is marked as done, but there is no such transcript"
    ]
    assert [line for line in errors if "orphaned" in line and "(no transcript 'C')" in line]
    assert "Project.update(renamed={'C': 'NEW'})" in hints(root, "codings/ana/C")[0]
    assert "transcripts/cases.csv: case 'C' has no transcript 'C'" in errors
    assert len(errors) == 3
    assert row(records(Project(root).themes(coder="ana")), code="work/money")["codings"] == 2


def test_an_example_that_is_not_in_its_transcript_is_reported_at_its_code(root: Path) -> None:
    work = root / "codebooks/work.yaml"
    write(
        root, "codebooks/work.yaml", work.read_text().replace("quote: The budget is gone.", "quote: The money is gone.")
    )
    assert messages(root) == ["codebooks/work.yaml:4: code 'work/money': example “The money is gone.” is not in A"]
    write(root, "codebooks/work.yaml", work.read_text().replace("transcript: A", "transcript: a1"))
    (problem,) = check(root)
    assert problem.message == "code 'work/money': example from unknown transcript 'a1'"


# The codebook


def test_a_code_removed_from_the_codebook_is_reported_once_per_coder_and_not_counted(root: Path, shell: Shell) -> None:
    work = root / "codebooks/work.yaml"
    write(root, "codebooks/work.yaml", work.read_text().replace("id: money", "id: cash"))
    problems = check(root)
    assert [(problem.path, problem.message) for problem in problems] == [
        ("codings/ana", "1 coding by ana with a code that is not in the codebook: 'work/money/roi'"),
        ("codings/ana", "2 codings by ana with a code that is not in the codebook: 'work/money'"),
        ("codings/ben", "1 coding by ben with a code that is not in the codebook: 'work/money'"),
    ]
    result = shell("themes", "--coder", "ana", "--format", "json")
    assert result.code == 1
    assert "3 codings with codes that the codebook does not have (work/money, work/money/roi)" in result.err
    assert row(result.json, code="work")["codings"] == 1
    renamed = work.read_text().replace("name: Money", "name: Money\n    formerly: [work/money]")
    write(
        root, "codebooks/work.yaml", renamed.replace("name: Return", "name: Return\n        formerly: [work/money/roi]")
    )
    assert check(root) == []
    assert row(shell("themes", "--coder", "ana", "--format", "json").json, code="work/cash")["codings"] == 3


def test_an_unreadable_codebook_does_not_make_codings_unknown(root: Path) -> None:
    write(root, "codebooks/work.yaml", "family: work\n\tcodes: []\n")
    (problem,) = check(root)
    assert (problem.path, problem.line) == ("codebooks/work.yaml", 2)


# Cases


def test_cases_without_transcript_and_transcripts_without_case_are_reported(root: Path) -> None:
    cases = root / "transcripts/cases.csv"
    cases.write_text(cases.read_text().replace("D,y,20", "E,y,20"))
    assert messages(root) == ["transcripts/cases.csv: case 'E' has no transcript 'E'"]
    assert messages(root, "notice") == ["transcripts/D.docx: no case in transcripts/cases.csv has transcript 'D'"]


def test_a_case_with_its_transcript_is_not_proposed_for_another(root: Path) -> None:
    write(root, "transcripts/S01.txt", "Interviewer: Well?\n\nAnn: Yes.\n")
    write(root, "transcripts/S02.txt", "Interviewer: Well?\n\nAnn: No.\n")
    write(root, "transcripts/cases.csv", "case\nA\nB\nC\nD\nS01\nS002\n")
    assert [problem.hint for problem in check(root) if "'S02'" in problem.message] == ["did you mean 'S002'?"]
    write(root, "transcripts/cases.csv", "case\nA\nB\nC\nD\nS01\n")
    assert [problem.hint for problem in check(root) if "'S02'" in problem.message] == ["it counts as a case of its own"]


def test_an_unreadable_case_table_is_reported_with_every_count(root: Path, shell: Shell) -> None:
    write(root, "transcripts/cases.csv", "name,group\nA,x\n")
    assert messages(root) == ["transcripts/cases.csv:1: there is no column 'case'"]
    result = shell("themes", "--coder", "ana", "--format", "csv")
    assert result.code == 1
    assert "transcripts/cases.csv:1:1: there is no column 'case'" in result.err
    write(root, "transcripts/cases.csv", b"case\0")
    assert messages(root)[0].startswith("transcripts/cases.csv:1: this is not text")


def test_a_second_case_table_in_a_folder_is_a_notice(root: Path) -> None:
    write(root, "transcripts/wave2/cases.csv", "case\nX\n")
    assert messages(root, "notice") == [
        "transcripts/wave2/cases.csv: case tables are read from transcripts/cases.csv only; this file is ignored"
    ]


# The ledger


def test_codings_of_a_speaker_who_became_interviewer_are_notices(root: Path) -> None:
    settings = root / "qualcode.yaml"
    settings.write_text(settings.read_text().replace("[I]", "[I, P]"))
    quoted = [
        message.split(" turn: ")[1]
        for message in messages(root, "notice")
        if "is not in a participant's turn" in message
    ]
    quotes = column(records(Project(root).codings(transcripts="A")), "quote")
    assert sorted(quoted) == sorted(f"\u201c{quote}\u201d" for quote in quotes)
    assert len(quoted) > 1


def test_a_torn_last_line_is_reported_and_set_aside_by_the_next_decision(root: Path, shell: Shell) -> None:
    ledger = root / "codings/ana/A.jsonl"
    whole = ledger.read_bytes()
    ledger.write_bytes(whole + b'{"id":"01k","event":"app')
    assert messages(root) == ["codings/ana/A.jsonl:5: the last line is incomplete and is not counted"]
    result = shell("codings", "--coder", "ana", "--format", "json")
    assert (result.code, len(result.json)) == (1, 5)
    assert "the last line is incomplete" in result.err
    result = shell("memo", "on A", "--on", "A", "--coder", "ana")
    assert result.code == 0
    assert (root / "codings/ana/A.jsonl.torn").read_bytes() == b'{"id":"01k","event":"app\n'
    assert ledger.read_bytes().startswith(whole)
    assert messages(root) == []


@pytest.mark.parametrize("time", ["x026-01-31T14:30:00.000Z", "", "2026-02-30T14:30:00Z", "2026-01-31T14:30+01:00"])
def test_an_event_without_valid_time_is_reported_with_its_line(root: Path, time: str) -> None:
    ledger = root / "codings/ana/A.jsonl"
    lines = [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()]
    lines[1]["at"] = time
    ledger.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    message = (
        f"codings/ana/A.jsonl:2: this event has no valid time: '{time}'; counts as of an earlier date may be wrong"
    )
    assert messages(root) == [message]
    # Also beside a line that is no event.
    ledger.write_bytes(ledger.read_bytes() + b"=======\n")
    assert message in messages(root)


def test_a_last_line_without_line_end_is_complete(root: Path) -> None:
    ledger = root / "codings/ana/A.jsonl"
    ledger.write_bytes(ledger.read_bytes().rstrip(b"\n"))
    assert check(root) == []
    Project(root).memo("more", on="A", coder="ana")
    assert check(root) == []
    assert not (root / "codings/ana/A.jsonl.torn").exists()


def test_conflict_markers_of_git_are_reported_and_all_other_lines_count(root: Path, shell: Shell) -> None:
    ledger = root / "codings/ana/A.jsonl"
    first, *rest = ledger.read_bytes().splitlines(keepends=True)
    ledger.write_bytes(b"<<<<<<< HEAD\n" + first + b"=======\n" + b"".join(rest) + b">>>>>>> theirs\n")
    lines = [problem.line for problem in check(root) if problem.message == "marker of an unresolved merge conflict"]
    assert lines == [1, 3, 7]
    result = shell("themes", "--coder", "ana", "--format", "json")
    assert result.code == 1
    assert "unresolved merge conflict" in result.err
    assert row(result.json, code="work")["codings"] == 4


def test_a_line_that_is_not_an_event_is_reported(root: Path) -> None:
    write(root, "codings/ana/B.jsonl", b'{"id": 7}\n\xff\n' + ledgers(root)["ana/B.jsonl"])
    assert [message.split(" (")[0] for message in messages(root)] == [
        "codings/ana/B.jsonl:1: this line is not an event and is not counted",
        "codings/ana/B.jsonl:2: this line is not an event and is not counted",
    ]


# Sources


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("character", ["\n", "\t", "\r", "\x1b", "\x7f", "\x85", "\u2028"])
def test_a_file_name_with_a_control_character_is_a_problem_and_the_others_are_read(
    root: Path, shell: Shell, character: str
) -> None:
    write(root, f"transcripts/An{character}n.txt", "Ann: Yes.\n")
    sentence = f"the file name has a control character (U+{ord(character):04X})"
    assert messages(root) == [f"transcripts/An{character}n.txt: {sentence}"]
    assert column(shell("transcripts", "--format", "json").json, "transcript") == ["A", "B", "C", "D"]


@pytest.mark.parametrize("name", ["-dash", "--option", "+plus", "$(id)", "{x}", "[y]", "study", "CON", "a\u202eb"])
def test_names_that_look_like_something_else_are_names(root: Path, shell: Shell, name: str) -> None:
    write(root, f"transcripts/{name}.txt", "I: So?\n\nP: We wait.\n")
    assert shell("code", "--coder", "ana", "--", name, "work/fear", "We wait.").code == 0
    assert shell("show", "--", name).code == 0
    assert (root / f"codings/ana/{name}.jsonl").exists()
    assert name in column(shell("codings", "--coder", "ana", "--format", "json").json, "transcript")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_folder_whose_name_is_not_utf8_can_be_a_study(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/Andr\xe9"))
    Project.init(folder)
    assert 'name: "Andr?"' in (folder / "qualcode.yaml").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_file_name_that_is_not_utf8_is_a_problem_and_the_others_are_read(root: Path, shell: Shell) -> None:
    (Path(os.fsdecode(os.fsencode(root / "transcripts") + b"/Andr\xe9.txt"))).write_text("Ann: Yes.\n")
    assert messages(root) == ["transcripts/Andr?.txt: the file name is not UTF-8"]
    assert column(shell("transcripts", "--format", "json").json, "transcript") == ["A", "B", "C", "D"]


def test_two_sources_with_one_id_are_a_problem_and_one_is_read(root: Path) -> None:
    write(root, "transcripts/A.md", A)
    assert messages(root) == ["transcripts/A.txt: second source of transcript 'A'"]
    assert list(Project(root).transcripts()["transcript"]) == ["A", "B", "C", "D"]


@pytest.mark.parametrize(
    "command",
    [
        ["transcripts"],
        ["segments"],
        ["suggest"],
        ["codings"],
        ["themes", "--coder", "ana"],
        ["cooccurrence", "--coder", "ana"],
        ["network", "--coder", "ana"],
    ],
)
def test_other_commands_work_despite_an_unreadable_source(root: Path, shell: Shell, command: list[str]) -> None:
    readable_study = shutil.copytree(root, root / "good")
    write(root, "transcripts/X.docx", b"PK\x03\x04 broken")
    result = shell(*command, "--format", "json")
    assert result.code == 1
    assert result.err.count("transcripts/X.docx: damaged, or not a Word file") == 1
    expected = Shell(readable_study, shell._capsys)(*command, "--format", "json")
    assert expected.code == 0
    assert result.json == expected.json


def test_unreadable_sources_are_reported_with_the_reason(root: Path) -> None:
    write(root, "transcripts/V.txt", b"I: a\0b")
    write(root, "transcripts/W.txt", b"I: \x81")
    (root / "transcripts/Y.txt").symlink_to("nowhere.txt")
    assert messages(root) == [
        "transcripts/V.txt:1: this is not text (it contains NUL bytes): was it renamed from another format?"
        " If it is UTF-16 without a byte-order mark, set its encoding under 'encodings' in qualcode.yaml",
        "transcripts/W.txt:1: neither UTF-8 nor Windows-1252; save it as UTF-8 and try again",
        "transcripts/Y.txt: there is no such file",
    ]


def test_a_link_out_of_the_study_is_not_followed(tmp_path: Path) -> None:
    root = small_study(tmp_path / "study")
    secret = write(tmp_path, "secret.txt", "P: My salary.\n\nP: Yes.\n")
    (root / "transcripts/E.txt").symlink_to(secret)
    (root / "transcripts/F.txt").symlink_to(root / "transcripts/A.txt")
    assert messages(root) == ["transcripts/E.txt: this link points outside the study and is not followed"]
    assert list(Project(root).transcripts()["transcript"]) == ["A", "B", "C", "D", "F"]


def test_lock_files_of_word_and_hidden_files_are_not_sources(root: Path) -> None:
    write(root, "transcripts/~$D.docx", b"\x05ana")
    write(root, "transcripts/.DS_Store", b"\0")
    assert check(root) == []


def test_unknown_suffixes_and_windows_1252_are_notices(root: Path, shell: Shell) -> None:
    write(root, "transcripts/notes.pages", "{}")
    write(root, "transcripts/A.txt", A.replace("So", "Sö").encode("cp1252"))
    write(root, "transcripts/B.md", B.replace("“fine”", "fïne").replace("’", "'").replace("—", "-").encode("cp1252"))
    assert messages(root) == []
    assert [line for line in messages(root, "notice") if "edited since" not in line] == [
        "transcripts/B.md: not UTF-8 (first at line 7); read as Windows-1252: check its accents",
        "transcripts/notes.pages: unsupported file type '.pages'",
    ]
    result = shell("check")
    assert result.code == 0
    assert result.out.startswith("notice: transcripts/B.md")


def test_text_between_turns_is_a_notice_with_its_line(root: Path) -> None:
    write(root, "transcripts/C.vtt", C + "\nstray words\n")
    (notice,) = [problem for problem in check(root) if problem.path == "transcripts/C.vtt"]
    assert (notice.level, notice.line) == ("notice", 15)
    assert "stray words" in notice.message


def test_a_word_file_is_read_completely(root: Path) -> None:
    write(root, "transcripts/D.docx", docx("I: So?", "Dee: The budget.", "I: Oh.", "Dee: Yes."))
    transcript = Project(root).study.transcripts["D"]
    assert [transcript.text[turn.start : turn.end] for turn in transcript.participant_turns] == ["The budget.", "Yes."]


# All at once


def test_all_problems_are_reported_at_once_in_every_format(root: Path, shell: Shell) -> None:
    write(root, "qualcode.yaml", "nam: x\nunit: sentense\n")
    write(root, "codebooks/bad.yaml", "family: bad\ncodes:\n  - {id: a, name: A, colour: 7}\n")
    write(root, "codebooks/nul.yaml", b"\0")
    write(root, "transcripts/cases.csv", "case,group\nA\n")
    write(root, "transcripts/X.docx", b"PK")
    write(root, "codings/ana/A.jsonl", ledgers(root)["ana/A.jsonl"] + b"oops\n")
    table = shell("check")
    assert table.code == 1
    rows = shell("check", "--format", "json")
    assert rows.code == 1
    paths = column([row for row in rows.json if row["level"] == "error"], "path")
    assert {"qualcode.yaml", "transcripts/cases.csv", "transcripts/X.docx", "codings/ana/A.jsonl"} <= set(paths)
    assert any(path.startswith("codebooks/") for path in paths)
    assert len(table.out.splitlines()) == len(rows.json) == len(shell("check", "--format", "csv").csv)
    assert all({"path", "line", "column", "message", "hint"} <= set(row) for row in rows.json)
    assert json.loads(rows.out) == rows.json


def test_a_misspelt_setting_gets_a_hint(root: Path) -> None:
    write(root, "qualcode.yaml", "nam: x\nunit: sentense\n")
    hints = [problem.hint for problem in check(root) if problem.path == "qualcode.yaml"]
    assert "did you mean 'name'?" in hints


def test_a_coder_in_the_settings_without_decisions_is_a_notice(root: Path) -> None:
    settings = root / "qualcode.yaml"
    settings.write_text(settings.read_text() + "coder: anna\n")
    (problem,) = check(root)
    assert (problem.level, problem.message, problem.hint) == (
        "notice",
        "coder 'anna' has not made any decisions yet",
        "did you mean 'ana'?",
    )


def test_sources_that_differ_only_in_capitals_have_the_same_id(root: Path) -> None:
    write(root, "transcripts/a.txt", "I: Once more?\n\nP: Yes.\n")
    errors = [
        problem.message for problem in check(root) if problem.level == "error" and "second source" in problem.message
    ]
    assert errors == ["second source of transcript 'a'"]


def test_values_of_an_attribute_that_differ_in_capitals_spaces_and_signs_are_reported(tmp_path: Path) -> None:
    study = small_study(tmp_path)
    cases = 'case,group,paid,size\nA,north,TRUE,1-4\nB,North,true,1–4\nC,"north  east",false,5\nD,north east,false,6\n'
    write(study, "transcripts/cases.csv", cases)
    messages = [problem.message for problem in Project(study).check() if "differ only" in problem.message]
    assert sorted(message.partition("signs: ")[2] for message in messages) == [
        '"1-4" (1), "1–4" (1)',
        '"TRUE" (1), "true" (1)',
        '"north  east" (1), "north east" (1)',
        '"north" (1), "North" (1)',
    ]


COMMENTED = """\
family: f # from S03
name: "Q #1" #quoted
definition: |
  Block #text stays
colour: '#B5483A' #ok
codes: #all
  - id: a
    name: Issue #1
    colour: #B5483A
    definition: b#c ## d #- e #! f
    include: Talk of #harvest "tags"
    exclude: one
      two #late
    cues: [one, "two #2"] #flow
    examples: #
      - one #two
  - id: b
    name: B
    cues:
      - follow-up #late
      - unless: no longer   #1
"""


def test_a_comment_that_cuts_off_a_value_is_reported(tmp_path: Path) -> None:
    write(tmp_path, "qualcode.yaml", "name: Study #2\ncoder: ana # the first\n")
    write(tmp_path, "codebooks/c.yaml", COMMENTED)
    way_out = "; for a comment, write a space behind #)"
    found = [str(problem) for problem in check(tmp_path) if "comment" in problem.message]
    assert found == [
        "codebooks/c.yaml:8:17: '#1' is read as a comment, so the value is 'Issue' "
        '(put it in quotes: name: "Issue #1"' + way_out,
        "codebooks/c.yaml:9:13: '#B5483A' is read as a comment, so the value is empty "
        '(put it in quotes: colour: "#B5483A"' + way_out,
        "codebooks/c.yaml:11:22: '#harvest \"tags\"' is read as a comment, so the value is 'Talk of' "
        "(put it in quotes: include: 'Talk of #harvest \"tags\"'" + way_out,
        "codebooks/c.yaml:13:11: '#late' is read as a comment, so the value is 'one two' "
        '(put it in quotes: exclude: "one two #late"' + way_out,
        "codebooks/c.yaml:16:13: '#two' is read as a comment, so the value is 'one' "
        '(put it in quotes: - "one #two"' + way_out,
        "codebooks/c.yaml:20:19: '#late' is read as a comment, so the value is 'follow-up' "
        '(put it in quotes: - "follow-up #late"' + way_out,
        "codebooks/c.yaml:21:29: '#1' is read as a comment, so the value is 'no longer' "
        '(put it in quotes: unless: "no longer   #1"' + way_out,
        "qualcode.yaml:1:13: '#2' is read as a comment, so the value is 'Study' "
        '(put it in quotes: name: "Study #2"' + way_out,
    ]
    assert {problem.level for problem in check(tmp_path) if "comment" in problem.message} == {"notice"}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "name: Issue ##1",
            """'##1' is read as a comment, so the value is 'Issue' (put it in quotes: name: "Issue ##1\"""",
        ),
        (
            "name: a\n    cues: [{phrase: b, weight: 0.8 #strong\n      }]",
            "'#strong' is read as a comment, so the value is '0.8' (for a comment, write a space behind #: "
            "weight: 0.8 # strong; put a text in quotes)",
        ),
        ("name: Issue ## 1", ""),
        ("name: Issue ##", ""),
        ("name: Issue ##########", ""),
    ],
)
def test_comments_with_several_signs_or_behind_numbers_are_reported(tmp_path: Path, line: str, message: str) -> None:
    write(tmp_path, "qualcode.yaml", "coder: ana\n")
    write(tmp_path, "codebooks/c.yaml", f"family: f\ncodes:\n  - id: a\n    {line}\n")
    found = [str(problem) for problem in check(tmp_path) if "comment" in problem.message]
    assert len(found) == bool(message)
    assert all(message in one for one in found)


@pytest.mark.parametrize("value", ["[late #one,\n      two]", "harvest #tags\n      and more"])
def test_a_comment_that_makes_yaml_invalid_is_named_in_the_hint(tmp_path: Path, value: str) -> None:
    write(tmp_path, "qualcode.yaml", "coder: ana\n")
    write(tmp_path, "codebooks/c.yaml", f"family: f\ncodes:\n  - id: a\n    name: A\n    cues: {value}\n")
    (problem,) = (problem for problem in check(tmp_path) if problem.level == "error")
    assert problem.hint == "' #' begins a comment: put the text in quotes"


CONTROL = """\
family: work
name: "Fam\\v one"
codes:
  - {id: money, name: "Rain\\a", cues: [{exact: "ra\\x06"}, "bu\\x04"]}
  - {id: roi, name: "R\\x7f"}
themes:
  - {id: t, name: "Th\\b", members: [work]}
"""


def test_control_characters_in_names_are_reported_and_left_out_of_every_export(tmp_path: Path) -> None:
    root = small_study(tmp_path, coder="ana")
    write(root, "codebooks/work.yaml", CONTROL)
    write(root, "codebooks/skills.yaml", "family: skills\n")
    write(root, "qualcode.yaml", 'name: "St\\ay"\ncoder: ana\nroles:\n  interviewer: [I]\n')
    cases = (root / "transcripts/cases.csv").read_text(encoding="utf-8")
    write(root, "transcripts/cases.csv", cases.replace("group", "gr\aoup").replace("x", "x\a"))
    project = Project(root)
    project.code("A", "work/money", "The budget is gone.")
    found = [str(problem) for problem in project.check() if "control" in problem.message]
    hint = "(remove it: workbooks and network files leave it out)"
    assert found[:2] == [
        f"codebooks/work.yaml:2:7: a control character (U+000B) in the value of 'name' {hint}",
        f"codebooks/work.yaml:4:23: a control character (U+0007) in the value of 'name' {hint}",
    ]
    assert len(found) == 7
    graph = project.network(level=("code", "family", "theme"))
    for suffix in ("graphml", "gexf", "svg"):
        project.save_network(graph, tmp_path / f"n.{suffix}")
        etree.parse(tmp_path / f"n.{suffix}")
    assert "Rain" in (tmp_path / "n.graphml").read_text(encoding="utf-8")
    project.save_network(graph, tmp_path / "n.png", title="St\ay")
    project.export(tmp_path / "o.xlsx")
    assert "Rain\a" in list(project.themes()["name"])


def test_an_unforeseen_error_of_a_reader_is_a_problem_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "qualcode.yaml", "coder: ana\n")
    write(tmp_path, "transcripts/a.txt", "I: Why?\nP1: It rained.\n")
    write(tmp_path, "transcripts/b.pdf", "broken")

    def fail(*_: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr("qualcode.transcripts.documents.pdf.read", fail)
    assert [one for one in messages(tmp_path) if "b.pdf" in one] == [
        "transcripts/b.pdf: reading failed unexpectedly (IndexError); report this as an error in qualcode, and move "
        "the file out of transcripts/ or save it in another format until it is fixed"
    ]
    assert list(Project(tmp_path).study.transcripts) == ["a"]
