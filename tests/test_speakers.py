"""Speakers: likely typos in labels, labels in the settings, and the list of all labels of a study."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from qualcode import Project
from qualcode.model import SpeakerRule
from qualcode.transcripts import find_label_typos
from studies import Shell, column, records, row, small_study, write


def typos(**turns: int) -> dict[str, str]:
    """Return likely typos among labels, in which ``_`` stands for a space."""
    return {
        label: typo.correct_label
        for label, typo in find_label_typos({label.replace("_", " "): count for label, count in turns.items()}).items()
    }


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ({"BSR06": 30, "BSRO6": 2}, {"BSRO6": "BSR06"}),
        ({"BSRO6": 30, "BSR06": 2}, {"BSR06": "BSRO6"}),  # the rarer one is the slip
        ({"P1": 9, "Pl": 9, "PI": 1}, {"Pl": "P1", "PI": "Pl"}),
        ({"S5": 3, "SS": 1}, {"SS": "S5"}),
        ({"Interviewer": 30, "Interviewr": 1}, {"Interviewr": "Interviewer"}),
        ({"Interviewer": 30, "Intreviewer": 1}, {"Intreviewer": "Interviewer"}),
        ({"Participant_1": 9, "Participants_1": 1, "Participant_2": 9}, {"Participants 1": "Participant 1"}),
        ({"Interviewer": 30, "INTERVIEWER": 1}, {"INTERVIEWER": "Interviewer"}),
        ({"Int_1": 30, "Int1": 10}, {"Int1": "Int 1"}),
        ({"Anna": 20, "Anne": 2}, {"Anne": "Anna"}),
        ({"Anna": 20, "Anne": 10}, {}),
        ({"P1": 9, "P2": 1, "P11": 1}, {}),
        ({"Speaker_1": 9, "Speaker_2": 1}, {}),
        ({"Speaker_A": 9, "Speaker_B": 1}, {}),
        ({"S01": 9, "S02": 1, "S10": 1}, {}),
        ({"Ann": 9, "Ian": 1, "Bob": 9, "Rob": 1}, {}),
        ({"Interviewer": 9, "Interviewee": 1}, {}),
        ({"Q": 9, "A": 1}, {}),
        ({}, {}),
    ],
)
def test_likely_typos(turns: dict[str, int], expected: dict[str, str]) -> None:
    assert typos(**turns) == expected


def test_labels_in_the_settings_are_not_typos() -> None:
    turns = {"BSR06": 30, "BSRO6": 2}
    assert find_label_typos(turns, {"bsro6": SpeakerRule("bsr06")}) == {}
    assert find_label_typos(turns, {"BSRO6": SpeakerRule()}) == {}  # the settings say that it is one, and no more
    assert find_label_typos(turns, {"BSRO6": SpeakerRule("Ann")})["BSR06"].correct_label == "BSRO6"
    assert find_label_typos(turns, {"BSRO6": SpeakerRule("Ann"), "BSR06": SpeakerRule("Ben")}) == {}


def test_many_labels_are_compared_quickly() -> None:
    assert find_label_typos({f"respondent {number}": 1 for number in range(20_000)}) == {}


TALK = """\
Interviewer: What is hard?

BSR06: The money.

Interviewr: Why?

BSRO6: Because. And then.

Note: a bell rings

Interviewer: Well.

BSR06: Yes.
"""
OTHER = "Interviewer: So?\n\nAnna K.: No.\n\nInterviewer: Oh.\n\nAnna K.: Yes, no.\n"
SETTINGS = "roles: {interviewer: [Interviewer]}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "qualcode.yaml", SETTINGS)
    write(tmp_path, "transcripts/A.txt", TALK)
    write(tmp_path, "transcripts/B.txt", OTHER)
    return tmp_path


@pytest.fixture
def shell(root: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(root, capsys)


def messages(root: Path, about: str) -> list[str]:
    return [str(item) for item in Project(root).check() if about in item.message]


def test_speakers_has_a_row_for_each_label(root: Path) -> None:
    found = records(Project(root).speakers())
    assert [(item["label"], item["role"], item["turns"], item["words"], item["where"]) for item in found] == [
        ("Interviewer", "interviewer", 4, 6, "A; B"),
        ("BSR06", "participant", 2, 3, "A"),
        ("Interviewr", "participant", 1, 1, "A"),
        ("BSRO6", "participant", 1, 7, "A"),
        ("Anna K.", "participant", 2, 3, "B"),
    ]
    slip = row(found, label="BSRO6")
    assert (slip["slip_of"], slip["mistaken"], slip["first"], slip["line"]) == ("BSR06", "look-alike letters", "A", 7)
    assert (slip["status"], slip["why"], slip["shape"]) == ("speaker", "looks like a name", "colon")
    assert row(found, label="Interviewr")["slip_of"] == "Interviewer"
    assert [item["why"] for item in found][:2] == ["named in the settings", "comes back"]


def test_speakers_each_has_a_row_for_each_label_and_transcript(root: Path) -> None:
    found = records(Project(root).speakers(each=True))
    assert [(item["transcript"], item["label"], item["turns"]) for item in found][::4] == [
        ("A", "Interviewer", 2),
        ("B", "Interviewer", 2),
    ]
    assert column(records(Project(root).speakers("B", each=True)), "label") == ["Interviewer", "Anna K."]


def test_speakers_rejected_has_candidates_that_are_not_speakers(root: Path, shell: Shell) -> None:
    (left,) = records(Project(root).speakers(rejected=True))
    assert (left["label"], left["status"], left["times"], left["turns"]) == ("Note", "not taken", 1, 0)
    assert (left["first"], left["line"], left["why"]) == ("A", 9, "a word that names nobody")
    result = shell("transcripts", "speakers")
    assert "not taken as speakers: 1 label (see --rejected)" in result.err
    assert shell("transcripts", "speakers", "--rejected", "--format", "json").json[0]["label"] == "Note"


@pytest.mark.parametrize("shape", ["json", "csv"])
def test_command_and_method_have_the_same_result(root: Path, shell: Shell, shape: str) -> None:
    result = shell("transcripts", "speakers", "--format", shape)
    assert result.code == 0
    rows = result.json if shape == "json" else result.csv
    assert column(rows, "label") == column(records(Project(root).speakers()), "label")
    assert list(rows[0]) == list(Project(root).speakers().columns)


def test_two_labels_may_be_one_speaker_in_the_settings(root: Path) -> None:
    write(
        root,
        "qualcode.yaml",
        SETTINGS
        + "speakers:\n  bsro6: BSR06\n  Interviewr: {name: Interviewer}\n  'ANNA  k.': {name: P1, case: S07}\n",
    )
    project = Project(root)
    found = records(project.speakers())
    assert [(item["label"], item["speaker"], item["role"], item["case"]) for item in found] == [
        ("Interviewer", "Interviewer", "interviewer", ""),
        ("BSR06", "BSR06", "participant", ""),
        ("Interviewr", "Interviewer", "interviewer", ""),
        ("BSRO6", "BSR06", "participant", ""),
        ("Anna K.", "P1", "participant", "S07"),
    ]
    assert set(column(found, "slip_of")) == {""}
    assert row(records(project.transcripts()), transcript="A")["speakers"] == "BSR06"
    assert column(records(project.segments(transcripts="B")), "speaker") == ["P1", "P1"]
    assert [item.message for item in project.check() if "speaker" in item.message] == []


def test_role_in_the_settings_is_used(root: Path) -> None:
    write(
        root, "qualcode.yaml", SETTINGS + "speakers: {Anna K.: {role: interviewer}, interviewer: {role: participant}}\n"
    )
    turns = Project(root).study.transcripts["B"].turns
    assert [(turn.speaker, turn.role) for turn in turns][:2] == [
        ("Interviewer", "participant"),
        ("Anna K.", "interviewer"),
    ]


def test_composed_and_decomposed_letters_are_one_label(root: Path) -> None:
    write(root, "transcripts/C.txt", "Interviewer: a\n\nZoe\u0301: b\n\nInterviewer: c\n\nZoe\u0301: d\n")
    write(root, "qualcode.yaml", SETTINGS + "speakers: {Zo\u00e9: P3}\n")
    assert [turn.speaker for turn in Project(root).study.transcripts["C"].participant_turns] == ["P3", "P3"]
    assert not messages(root, "Zo")


def test_check_reports_typos_with_the_line_to_write(root: Path) -> None:
    assert messages(root, "typo") == [
        "transcripts/A.txt: speaker 'BSRO6' is likely a typo of 'BSR06', also a speaker in A (look-alike letters)"
        " (if so, write BSRO6: BSR06 under 'speakers' in qualcode.yaml; if not, BSRO6: {})",
        "transcripts/A.txt: speaker 'Interviewr' is likely a typo of 'Interviewer', also a speaker in A (spelling)"
        " (if so, write Interviewr: Interviewer under 'speakers' in qualcode.yaml; if not, Interviewr: {})",
    ]
    write(root, "qualcode.yaml", SETTINGS + "speakers: {BSRO6: BSR06, Interviewr: {}}\n")
    assert messages(root, "typo") == []


def test_check_reports_look_alikes_across_transcripts_but_not_capitals(root: Path) -> None:
    write(root, "transcripts/B.txt", OTHER.replace("Anna K.", "BSRO7").replace("Interviewer", "INTERVIEWER"))
    write(root, "transcripts/A.txt", TALK.replace("BSRO6", "BSR07").replace("Interviewr", "Interviewer"))
    (message,) = messages(root, "typo")
    assert message.startswith(
        "transcripts/A.txt: speaker 'BSR07' is likely a typo of 'BSRO7', also a speaker in the study"
    )


def test_label_without_transcript_is_reported_with_its_position(root: Path) -> None:
    write(root, "qualcode.yaml", SETTINGS + "speakers:\n  Ana K.: P1\n  BSR06: {}\n")
    assert messages(root, "no transcript has") == [
        "qualcode.yaml:3:3: no transcript has the speaker 'Ana K.' (did you mean 'Anna K.'?)"
    ]


# --- rows for NVivo -------------------------------------------------------------------------------------------


def test_transcript_rows_are_those_of_a_published_table(
    tmp_path: Path, real: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = small_study(tmp_path / "study")
    for name in ("zoom_transcript", "teams_transcript"):
        write(root, f"transcripts/{name}.vtt", (real / "formats" / f"{name}.vtt").read_bytes())
        written = Shell(root, capsys)("transcripts", "rows", name, "--format", "csv").csv
        with (real / "formats" / f"{name}_correct.txt").open(encoding="utf-8-sig", newline="") as stream:
            expected = list(csv.DictReader(stream, delimiter="\t"))
        assert [list(row.values()) for row in written] == [list(row.values()) for row in expected]


def test_transcript_rows_of_other_sources_are_turns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(small_study(tmp_path / "study"), capsys)
    assert [tuple(row.values()) for row in shell("transcripts", "rows", "D", "--format", "json").json] == [
        ("", "I", "What is hard?"),
        ("", "Dee", "I wait. I wait."),
        ("", "I", "Why?"),
        ("", "Dee", "Nobody listens."),
    ]
    assert shell("transcripts", "rows", "D", "--most", "0").code == 2
    assert shell("transcripts", "rows", "Z").code == 2


def test_typo_belongs_to_the_nearest_label() -> None:
    turns = {"Interviewer": 20, "Interviewee": 20, "Interviwer": 1, "Interviwee": 1}
    found = {label: typo.correct_label for label, typo in find_label_typos(turns).items()}
    assert found == {"Interviwer": "Interviewer", "Interviwee": "Interviewee"}
