"""Reading: transcripts with codes in the margin, words in context, memos, cases."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from qualcode import Project
from qualcode.cli.reading.transcript_page import format_transcript
from qualcode.cli.terminal.terminal_colours import terminal_colour
from qualcode.coding.quote_location import QuoteLocation
from qualcode.errors import UnknownNameError, UsageError
from qualcode.listings.reading.word_search import WordQuery, compile_words, search_transcript
from qualcode.suggest import Suggestions
from studies import A, Shell, coded_study, column, records, row, small_study, write


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands on the small study as ana and ben have coded it."""
    return Shell(coded_study(tmp_path / "study"), capsys)


@pytest.fixture(autouse=True)
def default_pager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the pager of the person who runs the tests."""
    for name in ("PAGER", "LESS", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)


class Terminal(io.StringIO):
    """A standard output that is a terminal."""

    def isatty(self) -> bool:
        return True


def on_terminal(
    monkeypatch: pytest.MonkeyPatch, root: Path, *words: str, columns: int = 80, lines: int = 50, **environment: str
) -> str:
    """Return what a command prints on a terminal of this size."""
    from qualcode.cli import run

    terminal = Terminal()
    for name, value in {"COLUMNS": str(columns), "LINES": str(lines), "TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.stdout", terminal)
    assert run(["-C", str(root), *words]) == 0
    return terminal.getvalue()


# A transcript to read


def test_show_marks_coded_words_and_has_codes_and_coders_in_the_margin(shell: Shell) -> None:
    assert shell("show", "A").out.splitlines() == [
        "A  4 turns, 4 codings by ana, ben",
        "transcripts/A.txt",
        "",
        "0  I  interviewer",
        "   What is hard?",
        "",
        "1  P  participant",
        "   [Nobody can tell me what it earns.]1 [The budget is gone.]2               | 1 work/money/roi ana",
        "                                                                             | 2 work/money ana, ben",
        "",
        "2  I  interviewer",
        "   And the others?",
        "",
        "3  P  participant",
        "   They fear it. [They fear it.]                                             | work/fear ana",
    ]


def test_show_names_no_coder_where_there_is_one_and_has_times_of_the_source(shell: Shell) -> None:
    lines = shell("show", "C").out.splitlines()
    assert "1  Cy  participant  0:00:02" in lines
    assert lines[lines.index("1  Cy  participant  0:00:02") + 1].split("|")[1] == " work/money"


def test_show_selects_turns_codes_and_coders(shell: Shell) -> None:
    assert "What is hard?" not in shell("show", "A", "--turn", "1").out
    assert shell("show", "A", "--turn", "2-").out.splitlines()[0].startswith("A  2 of 4 turns, 1 coding by ana")
    assert shell("show", "A", "--turn", "1-2").out.count("[") == 2
    only_ben = shell("show", "A", "--coder", "ben").out
    assert only_ben.count("[") == 1
    assert only_ben.startswith("A  4 turns, 1 coding by ben\n")
    # A code selects those below it, and a theme its members.
    assert shell("show", "A", "--code", "work/money").out.startswith("A  4 turns, 3 codings")
    assert shell("show", "A", "--code", "strain").out.startswith("A  4 turns, 1 coding by")
    assert shell("show", "B", "--coder", "ben").err == "no coding of ben in what is shown of B\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["Q"], "no transcript 'Q'"),
        (["A", "--turn", "4"], "A has 4 turns, counted from 0: there is no turn 4"),
        (["A", "--turn", "3-2"], "there is no turn 3-2"),
        (["A", "--turn", "x"], "turn x: give one turn, as 12, or a range, as 12-20 or 12-"),
        (["A", "--coder", "bem"], "no coder 'bem' in this study (did you mean 'ben'?)"),
        (["A", "--code", "work/fera"], "no code 'work/fera' in this study (did you mean 'work/fear'?)"),
    ],
)
def test_show_refuses_what_the_study_does_not_have(shell: Shell, words: list[str], message: str) -> None:
    refused = shell("show", *words)
    assert (refused.code, refused.out) == (2, "")
    assert message in refused.err


def test_show_has_a_row_for_each_turn_in_json_and_csv(shell: Shell) -> None:
    rows = shell("show", "A", "--format", "json").json
    assert rows[1] == {
        "transcript": "A",
        "turn": 1,
        "speaker": "P",
        "role": "participant",
        "time": None,
        "start": 21,
        "end": 74,
        "text": "Nobody can tell me what it earns. The budget is gone.",
        "codes": "work/money/roi; work/money",
    }
    assert column(shell("show", "C", "--format", "json").json, "time") == [1.0, 2.0, 4.0, 5.0]
    assert column(shell("show", "A", "--format", "csv").csv, "turn") == ["0", "1", "2", "3"]


def test_show_writes_a_file_as_text_or_as_a_table(shell: Shell, tmp_path: Path) -> None:
    page, table = tmp_path / "A.txt", tmp_path / "A.csv"
    assert shell("show", "A", "-o", page).err == f"{page}: 4 turns\n"
    assert page.read_text(encoding="utf-8") == shell("show", "A").out
    assert shell("show", "A", "-o", table).code == 0
    assert table.read_text(encoding="utf-8") == shell("show", "A", "--format", "csv").out


def test_show_tells_overlapping_and_continued_codings_apart(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write(root, "transcripts/E.txt", "I: So?\n\nP: One two three four.\n\nP: Five six.\n")
    project = Project(root)
    text = project.text("E")
    for quote, code in (("One two three", "work/money"), ("two three four.", "work/fear")):
        project.code("E", code, quote, coder="ana")
    across = QuoteLocation("", start=text.index("four"), end=text.index(" six"))
    project.code("E", "skills/patience", across, coder="ana")
    page = format_transcript(project.transcript("E"), width=60, has_colour=False)
    assert "[One [two three]1 [four.]3]2" in page
    first, second = page.split("\n1  ")[1].split("\n2  ")
    assert [line.split("|")[1].strip() for line in first.splitlines() if "|" in line] == [
        "1 work/money",
        "2 work/fear",
        "3 skills/patience",
    ]
    assert "… skills/patience" in second


def test_show_cuts_nothing_however_narrow(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    words = "Rindfleischetikettierungsüberwachung 很多人都觉得预算已经没有了所以他们都很担心 a b c d e f g."
    write(root, "transcripts/E.txt", f"I: So?\n\nP: {words}\n")
    project = Project(root)
    project.code("E", "skills/patience", words, coder="ana")
    page = format_transcript(project.transcript("E"), width=20, has_colour=False)
    body = "".join(line[3:].split("  |")[0].strip() for line in page.splitlines()[7:])
    assert body.replace(" ", "") == f"[{words}]".replace(" ", "")
    assert "".join(re.findall(r"\| (.*)", page)).replace(" ", "") == "skills/patience"


def test_show_on_a_terminal_underlines_in_the_colour_of_the_family_without_brackets(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    colours = on_terminal(monkeypatch, shell.root, "show", "A", "--turn", "3")
    (family,) = (family for family in Project(shell.root).study.codebook.families if family.id == "work")
    paint = f"\x1b[38;5;{terminal_colour(family.colour)}m"
    assert f"They fear it. {paint}\x1b[4mThey fear it.\x1b[0m" in colours
    assert f"{paint}work/fear ana\x1b[0m" in colours or f"{paint}work/fear\x1b[0m" in colours
    plain = on_terminal(monkeypatch, shell.root, "show", "A", "--turn", "3", NO_COLOR="1")
    assert "\x1b" not in plain
    assert "They fear it. [They fear it.]" in plain


def test_long_text_goes_through_the_pager_unless_refused(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    paged: list[str] = []
    monkeypatch.setattr("click.echo_via_pager", lambda text, color=None: paged.append(text))
    assert on_terminal(monkeypatch, shell.root, "show", "A", lines=10) == ""
    (page,) = paged
    assert "What is hard?" in page
    assert "What is hard?" in on_terminal(monkeypatch, shell.root, "show", "A", lines=40)
    assert "What is hard?" in on_terminal(monkeypatch, shell.root, "show", "A", "--no-pager", lines=10)
    assert len(paged) == 1


@pytest.mark.parametrize(
    ("variables", "is_coloured"),
    [
        ({}, True),
        ({"LESS": "-FRX"}, True),
        ({"LESS": "-F"}, False),
        ({"PAGER": "cat"}, True),
        ({"PAGER": "more"}, False),
    ],
)
def test_colours_are_for_pagers_that_show_them(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], is_coloured: bool
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    shown = on_terminal(monkeypatch, shell.root, "show", "A")
    assert ("\x1b[4m" in shown, "[They fear it.]" in shown) == (is_coloured, not is_coloured)


def test_project_transcript_has_turns_and_a_display_that_escapes(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write(root, "transcripts/E.txt", "<b>I</b>: So <i>?\n\n<P>: A < b & c.\n\n<b>I</b>: So?\n\n<P>: Yes <u>.\n")
    project = Project(root)
    project.code("E", "work/fear", "A < b & c.", coder="ana")
    shown = project.transcript("E")
    assert repr(shown) == "CodedTranscript('E': 4 turns, 1 coding)"
    assert shown.turns[1].codes == ("work/fear",)
    assert shown.text == project.text("E")
    html = shown._repr_html_()
    assert "work/fear" in html
    assert re.sub(r"<[^>]*>", "", html).count("&lt;") == 7
    assert "&amp;" in html
    assert not re.search(r"<(i|u|P)>", html)
    with pytest.raises(UnknownNameError):
        project.text("Q")


# Words in context


def test_search_finds_whole_words_in_any_capitals_with_their_place(shell: Shell) -> None:
    hits = shell("search", "the BUDGET", "--format", "json")
    assert hits.json == [
        {
            "transcript": "A",
            "turn": 1,
            "speaker": "P",
            "role": "participant",
            "time": None,
            "start": 55,
            "end": 65,
            "left": "Nobody can tell me what it earns. ",
            "match": "The budget",
            "right": " is gone.",
        },
        row(hits.json, transcript="C"),
    ]
    assert row(hits.json, transcript="C")["time"] == 2.0
    assert hits.err == "2 hits in 2 of 4 transcripts searched\n"
    assert shell("code", "A", "work/fear", "--start", "55", "--end", "65", "--coder", "ana").code == 0


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["budg"], []),
        (["budg*"], ["A", "C"]),
        (["*udge*"], ["A", "C"]),
        (["i * a week"], ["B"]),
        (['it\'s "fine" — i'], ["B"]),
        (["Hard", "--case"], []),
        (["hard", "--case"], ["A", "B", "C", "D"]),
        (["hard", "--role", "participant"], []),
        (["wait", "--role", "interviewer"], []),
        (["budget|week", "--regex"], ["A", "B", "C"]),
        (["legal", "--speaker", "cy"], ["C"]),
        (["legal", "--transcripts", "B"], ["B"]),
        (["c++"], []),
    ],
)
def test_search_selects(shell: Shell, words: list[str], found: list[str]) -> None:
    hits = shell("search", *words, "--format", "json").json
    assert list(dict.fromkeys(column(hits, "transcript"))) == found


def test_search_without_a_hit_says_so(shell: Shell) -> None:
    nothing = shell("search", "money")
    assert (nothing.code, nothing.out) == (0, "(none)\n")
    assert nothing.err == "no hit in 4 transcripts searched (whole words; 'money*' finds longer ones)\n"
    assert "whole words" not in shell("search", "money.", "--regex").err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["*"], "give the words to search for"),
        ([" "], "give the words to search for"),
        (["(", "--regex"], "regex does not compile"),
        (["a*", "--regex"], "matches empty text"),
        (["a", "--speaker", "Bae"], "no speaker 'Bae' in this study (did you mean 'Bea'?)"),
    ],
)
def test_search_refuses(shell: Shell, words: list[str], message: str) -> None:
    refused = shell("search", *words)
    assert (refused.code, refused.out) == (2, "")
    assert message in refused.err


def test_search_finds_words_over_a_line_break_and_next_to_signs(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write(root, "transcripts/E.txt", "I: So?\n\nP: The\nbudget, C++ and 预算没有了.\n")
    project = Project(root)
    for words, match in (("the budget", "The\nbudget"), ("c++", "C++"), ("预算", "预算")):
        assert column(records(project.search(words, transcripts="E")), "match") == [match]
    hit = records(project.search("and", transcripts="E", context=6))[0]
    assert (hit["left"], hit["right"]) == ("C++ ", "")


def test_search_locates_matches_in_the_original_text(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write(root, "transcripts/E.txt", "I: So?\n\nP: Cafe\u0301   au\u00a0lait.\n")
    transcript = Project(root).study.transcripts["E"]
    (hit,) = search_transcript(transcript, WordQuery(compile_words("café au lait")))
    assert transcript.text[hit["start"] : hit["end"]] == hit["match"] == "Cafe\u0301   au\u00a0lait"


def test_search_shows_a_line_for_each_hit(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shell("search", "budget").out.splitlines() == [
        "A  turn 1  P            Nobody can tell me what it earns. The [budget] is gone.",
        "C  turn 1  0:00:02  Cy                                    The [budget] is gone.",
    ]
    lines = on_terminal(monkeypatch, shell.root, "search", "budget", columns=50, NO_COLOR="1").splitlines()
    assert lines[0] == "A"
    assert lines[1] == "turn 1  P             earns. The [budget] is gone."
    assert max(map(len, lines)) <= 50


# Memos


def memo_study(root: Path) -> Project:
    """Write a study with a memo on everything that can have one; two of their codings are gone."""
    project = Project(coded_study(root))
    project.memo("On the study.", coder="ana")
    project.memo("On money.", on="work/money", coder="ben")
    project.memo("On A.\nTwo lines.", on="A", coder="ana")
    kept = project.code("C", "work/fear", "Legal says no.", coder="ana", memo="Is it fear?")
    lost = project.code("D", "work/fear", "Nobody listens.", coder="ana", memo="Lost.")
    assert kept.id
    project.retract(lost.id, coder="ana")
    project.code("B", "work/fear", "Legal says no.", coder="ben", memo="Orphan.")
    write(root, "transcripts/B.md", "**I:** What is hard?\n\n**Bea:** Quite other words.\n")
    return project


def test_memos_have_what_they_are_on_and_whether_it_is_still_there(tmp_path: Path) -> None:
    memo_study(tmp_path)
    table = Project(tmp_path).memos()
    keys = ("on", "transcript", "turn", "time", "quote", "code", "name", "text", "status")
    assert [tuple(one[key] for key in keys) for one in records(table.astype(object).where(table.notna(), None))] == [
        ("study", "", None, None, "", "", "", "On the study.", ""),
        ("code", "", None, None, "", "work/money", "Money", "On money.", ""),
        ("transcript", "A", None, None, "", "", "", "On A.\nTwo lines.", ""),
        ("coding", "C", 3, 5.0, "Legal says no.", "work/fear", "Fear", "Is it fear?", ""),
        ("coding", "D", None, None, "Nobody listens.", "work/fear", "Fear", "Lost.", "retracted"),
        ("coding", "B", None, None, "Legal says no.", "work/fear", "Fear", "Orphan.", "orphaned"),
    ]
    assert table.attrs["notes"] == [
        "1 memo on a coding that was retracted",
        "1 memo on a coding or passage whose text is not found",
    ]
    (tmp_path / "transcripts/A.txt").unlink()
    assert row(records(Project(tmp_path).memos()), on="transcript")["status"] == "no source"


def test_memos_are_selected_by_what_they_are_on_words_and_coder(tmp_path: Path) -> None:
    project = memo_study(tmp_path)

    def texts(**options: Any) -> list[str]:
        return [text.split("\n")[0] for text in project.memos(**options)["text"]]

    project.refresh()
    coding = row(records(project.memos()), text="Is it fear?")["target"]
    assert texts(on="study") == ["On the study."]
    assert texts(on="A") == ["On A."]
    assert texts(on="C") == ["Is it fear?"]
    assert texts(on="work") == ["On money.", "Is it fear?", "Lost.", "Orphan."]
    assert texts(on="work/money/roi") == []
    assert texts(on=coding[-6:]) == texts(on=coding) == ["Is it fear?"]
    assert texts(words="LEGAL says") == ["Is it fear?", "Orphan."]
    assert texts(coder="ben") == ["On money.", "Orphan."]
    for wrong in ({"on": "work/mony"}, {"coder": "bem"}):
        with pytest.raises(UnknownNameError, match="did you mean"):
            texts(**wrong)


def passage_study(root: Path) -> Project:
    """Write a study with two memos on one passage of A, and one on other words that occur twice."""
    project = Project(small_study(root, coder="ana"))
    project.memo("A *vague* answer.", on="A", quote="The budget is gone.")
    project.memo("Ask again.", on="A", quote="The budget is gone.")
    project.memo("Repeated.", on="A", quote="They fear it.", turn=3, sentence=1)
    return project


def test_memos_on_passages_have_their_place_and_no_code(tmp_path: Path) -> None:
    project = passage_study(tmp_path)
    first, second, third = records(project.memos(kind="passage"))
    assert [one["text"] for one in (first, second)] == ["A *vague* answer.", "Ask again."]
    assert first | {"id": "", "at": "", "start": 0, "end": 0} == {
        "id": "",
        "at": "",
        "coder": "ana",
        "on": "passage",
        "target": "A",
        "transcript": "A",
        "turn": 1,
        "time": None,
        "quote": "The budget is gone.",
        "code": "",
        "name": "",
        "text": "A *vague* answer.",
        "status": "",
        "start": 0,
        "end": 0,
    }
    text = project.text("A")
    assert (first["start"], third["start"]) == (text.index("The budget"), text.rindex("They fear it."))
    assert project.codings().empty
    assert len(project.memos(on="A")) == 3
    assert len(project.memos(words="vague", kind=["passage", "code"])) == 1
    assert project.memos(kind="transcript").empty


def test_memos_on_passages_follow_edits_and_renames(tmp_path: Path) -> None:
    passage_study(tmp_path)
    write(tmp_path, "transcripts/A.txt", A.replace("Nobody can", "Well, nobody can").replace("it. They", "it! They"))
    (place, _, _) = records(Project(tmp_path).memos(kind="passage"))
    assert (place["start"], place["status"]) == (Project(tmp_path).text("A").index("The budget"), "")
    table = Project(tmp_path).update(write=True)
    assert table.empty
    assert table.attrs["notes"][-2:] == ["3 memos on edited passages followed, 0 not found", "3 move events recorded"]
    (tmp_path / "transcripts/A.txt").rename(tmp_path / "transcripts/E.txt")
    Project(tmp_path).update(write=True)
    assert {(one["transcript"], one["quote"]) for one in records(Project(tmp_path).memos())} == {
        ("E", "The budget is gone."),
        ("E", "They fear it."),
    }
    write(tmp_path, "transcripts/E.txt", A.replace(" The budget is gone.", ""))
    lost = records(Project(tmp_path).memos(words="budget"))
    assert [(one["quote"], one["status"], one["turn"]) for one in lost] == [
        ("The budget is gone.", "orphaned", None)
    ] * 2


def test_a_memo_on_a_passage_needs_its_transcript_and_its_words(shell: Shell) -> None:
    assert shell("memo", "Why?", "--on", "A", "--quote", "The budget is gone.", "--coder", "ana").code == 0
    page = shell("memos", "why").out
    assert "on A, turn 1: “The budget is gone.”\n    Why?\n" in page
    assert shell("memo", "Why?", "--quote", "The budget is gone.", "--coder", "ana").code == 2
    assert "occurs 2 times" in shell("memo", "x", "--on", "A", "--quote", "They fear it.", "--coder", "ana").err
    assert (
        "no transcript 'work/money'" in shell("memo", "x", "--on", "work/money", "--quote", "it", "--coder", "ana").err
    )


def test_memos_are_written_in_markdown_by_what_they_are_on(shell: Shell, tmp_path: Path) -> None:
    project = memo_study(tmp_path / "memos")
    project.memo("Only *here*.", on="A", quote="The budget is gone.", coder="ana")
    path = tmp_path / "memos.md"
    written = Project(tmp_path / "memos").export_memos(path, coder="ana")
    assert written.rows == 5
    text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", "NOW", path.read_text(encoding="utf-8"))
    assert text.startswith(
        "# Memos: Small\n\n- 1 memo on a coding that was retracted\n\n## The study\n\nOn the study.\n"
    )
    assert "\n## Transcript A\n\nOn A.\nTwo lines.\n\n*ana, NOW*\n\n> “The budget is gone.”\n>\n> — turn 1\n" in text
    assert "> “Legal says no.”\n>\n> — turn 3, 0:00:05; Fear (`work/fear`)\n\nIs it fear?\n\n*ana, NOW*\n" in text
    assert "> — Fear (`work/fear`); retracted\n\nLost.\n" in text
    Shell(tmp_path / "memos", shell._capsys)("memos", "--kind", "code", "-o", path)
    assert "## Code Money (`work/money`)\n\nOn money.\n" in path.read_text(encoding="utf-8")
    with pytest.raises(UsageError, match=r"end the name in \.md"):
        project.export_memos(tmp_path / "memos.docx")


def test_the_workbook_has_the_memos(tmp_path: Path) -> None:
    project = passage_study(tmp_path)
    project.code("B", "work/fear", "Legal says no.", memo="Is it fear?")
    project.memo("On money.", on="work/money")
    project.export(tmp_path / "all.xlsx")
    project.export(tmp_path / "some.xlsx", transcripts="B", code="work/fear")
    texts = {
        name: [row[7] for row in load_workbook(tmp_path / name)["Memos"].iter_rows(min_row=2, values_only=True)]
        for name in ("all.xlsx", "some.xlsx")
    }
    assert texts == {
        "all.xlsx": ["A *vague* answer.", "Ask again.", "Repeated.", "Is it fear?", "On money."],
        "some.xlsx": ["Is it fear?"],
    }


def test_the_command_memos_shows_them_whole_and_writes_tables(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    memo_study(tmp_path)
    shell = Shell(tmp_path, capsys)
    shown = shell("memos", "--on", "A", "--on", "C")
    at = shell("memos", "--on", "A", "--format", "json").json[0]["at"][:16].replace("T", " ")
    assert shown.out.splitlines() == [
        f"{at}  ana  on transcript A",
        "    On A.",
        "    Two lines.",
        "",
        f"{at}  ana  on C, turn 3 (0:00:05): work/fear “Legal says no.”",
        "    Is it fear?",
    ]
    assert "  (retracted)" in shell("memos", "lost").out
    assert len(shell("memos", "--format", "csv").csv) == 6
    assert shell("memos", "nowhere").out == "(none)\n"


# Cases


def test_cases_have_transcripts_words_codings_and_attributes(shell: Shell) -> None:
    rows = shell("cases", "--format", "json").json
    assert rows[0] == {
        "case": "A",
        "transcripts": "A",
        "words": 17,
        "codings": 4,
        "done": "ana, ben",
        "group": "x",
        "size": "10",
    }
    assert [(one["case"], one["words"], one["codings"], one["done"]) for one in rows[1:]] == [
        ("B", 11, 1, "ana"),
        ("C", 7, 1, "ana"),
        ("D", 6, 0, ""),
    ]


def test_cases_of_a_focus_group_have_their_own_words_and_codings(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write(root, "transcripts/cases.csv", "case,transcripts,speakers,done\nX,E,P,yes\nY,E; D,Q,no\n")
    write(root, "transcripts/E.txt", "I: So?\n\nP: One two.\n\nQ: One two three.\n")
    project = Project(root)
    project.code("E", "work/fear", "One two three.", coder="ana")
    project.done("E", coder="ana")
    rows = records(Project(root).cases())
    found = {one["case"]: (one["transcripts"], one["words"], one["codings"], one["done"]) for one in rows}
    assert (found["X"], found["Y"][2]) == (("E", 2, 0, "ana"), 1)
    assert found["Y"][0] == "D; E"
    assert found["A"] == ("A", 17, 0, "")
    # An attribute that is named as a column.
    assert row(rows, case="X")["case_done"] == "yes"


def test_codings_have_the_time_of_their_turn_where_the_source_has_times(shell: Shell) -> None:
    rows = shell("codings", "--format", "json").json
    assert {one["transcript"]: one["time"] for one in rows} == {"A": None, "B": None, "C": 2.0}


def test_turns_that_are_no_turns_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no turn 9"):
        Project(small_study(tmp_path)).transcript("A", turns=9)


# What to do next


def test_a_study_that_is_not_complete_says_what_to_do_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shell = Shell(tmp_path / "study", capsys)
    assert shell.bare("init", tmp_path / "study", "--coder", "ana").code == 0
    add = "there are no transcripts yet: add interviews with 'qualcode transcripts add FILE...'"
    for words in (
        ["status"],
        ["themes"],
        ["codings"],
        ["suggest"],
        ["show", "S1"],
        ["search", "a"],
        ["cooccurrence"],
        ["transcripts"],
        ["cases"],
        ["segments"],
    ):
        found = shell(*words)
        assert "qualcode transcripts add FILE..." in found.out + found.err, words
    assert shell("status", "--format", "json").json[0]["next"] == add
    write(shell.root, "transcripts/S 1.txt", "I: So?\n\nP: No time.\n\nI: Why?\n\nP: No budget.\n")
    begin = "begin with 'qualcode suggest --transcripts 'S 1''"
    example = "write your own codes in place of the example in codebooks/challenges.yaml, then "
    assert shell("status", "--format", "json").json[0]["next"] == f"there are no codings yet: {example}{begin}"
    assert shell("themes").err == f"qualcode: there are no codings yet: {example}{begin}\n"
    assert begin in shell("codings").out
    assert "nothing is coded in S 1 yet" in shell("show", "S 1").err
    write(shell.root, "codebooks/challenges.yaml", "family: f\ncodes: []\n")
    assert "codebooks/ has no codes yet" in shell("status").out
    write(shell.root, "codebooks/challenges.yaml", "family: f\ncodes: [{id: time, name: Time}]\n")
    assert shell("status", "--format", "json").json[0]["next"] == f"there are no codings yet: {begin}"
    assert shell("code", "S 1", "f/time", "No time.").code == 0
    assert "when all of one is read, 'qualcode done 'S 1''" in shell("status").out
    assert shell("done", "S 1").code == 0
    assert "next: all transcripts are finished" in shell("status").out
    assert "no transcript" not in shell("codings").out


def test_other_words_for_a_command_lead_to_it(shell: Shell) -> None:
    assert "no command 'read' (did you mean 'show'?)" in shell("read", "A").err
    assert "no command 'grep' (did you mean 'search'?)" in shell("grep", "A").err


def test_part_of_an_id_leads_to_the_whole(shell: Shell) -> None:
    write(shell.root, "transcripts/Test OneDrive Transcription.txt", "I: So?\n\nP: No.\n")
    refused = shell("show", "onedrive")
    assert (refused.code, refused.out) == (2, "")
    assert "no transcript 'onedrive' in this study (did you mean 'Test OneDrive Transcription'?)" in refused.err


def test_suggestions_have_the_time_of_their_turn_also_from_the_cache_and_in_parquet(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    for _ in range(2):  # the second time from the index on disk
        rows = records(Project(root).suggest(code="work/money").astype(object))
        assert [(one["transcript"], one["time"]) for one in rows if one["transcript"] == "C"] == [("C", 2.0)]
    project = Project(root)
    project.save_suggestions(tmp_path / "all.parquet")
    stored = Suggestions.read_parquet(tmp_path / "all.parquet")
    assert set(zip(stored.transcript, stored.time, strict=True)) == {("A", None), ("B", None), ("C", 2.0), ("D", None)}


def test_a_table_for_people_shows_times_where_a_source_has_them(shell: Shell) -> None:
    assert "0:00:02" in shell("codings").out
    assert "time" not in shell("codings", "--transcripts", "A").out


def test_the_list_of_transcripts_says_whose_turns_and_words_it_counts(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, last = on_terminal(monkeypatch, shell.root, "transcripts").splitlines()
    assert last == "turns are everybody's; sentences, words and speakers are the participants' only"
