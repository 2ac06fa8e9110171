"""Passages coded by the batch: where words are said, and lines that grep and the like have printed."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from qualcode.errors import FileProblemsError, OperationError, QualcodeError, UnknownNameError, UsageError
from qualcode.project import Project
from studies import Shell, coded_study, ledgers, small_study, write

TEXT = "I: Any budget?\n\nP: No money. A budget of money, no.\n\nYes money.\n\nQ: Money! Budget it.\n"
"""Turns: a question, two paragraphs of P with three sentences, and two sentences of Q."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return coded_study(tmp_path / "study")


@pytest.fixture
def shell(root: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(root, capsys)


@pytest.fixture
def money(tmp_path: Path) -> Project:
    root = small_study(tmp_path / "money")
    write(root, "transcripts/M.txt", TEXT)
    return Project(root)


def quotes(decided: Any) -> list[str]:
    return [place.quote for place in decided.places]


# --- words and regular expressions --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "expected", "same"),
    [
        ("sentence", ["No money.", "A budget of money, no.", "Yes money.", "Money!", "Budget it."], 1),
        ("match", ["money", "budget", "money", "money", "Money", "Budget"], 0),
        ("paragraph", ["No money. A budget of money, no.", "Yes money.", "Money! Budget it."], 3),
        ("turn", ["No money. A budget of money, no.\n\nYes money.", "Money! Budget it."], 4),
    ],
)
def test_each_place_is_coded_once_with_the_span_that_is_asked_for(
    money: Project, span: Any, expected: list[str], same: int
) -> None:
    coded = money.code_matches("budget|money", "work/money", regex=True, span=span, transcripts="M", coder="ana")
    assert quotes(coded) == expected
    assert coded.notes == (
        "7 hits in 1 of 1 transcript searched",
        "1 place left out: words of interviewers are never coded",
        *([f"{same} place{'s' * (same > 1)} left out: in the {span} of another one"] if same else []),
        "1 transcript in which ana has not coded 'work' before: all of this family counts as looked for there from now "
        "on, so text without a code of it counts as absent",
    )
    # It is begun now.
    again = money.code_matches("yes", "work/fear", transcripts="M", coder="ana")
    assert not any("before" in note for note in again.notes)
    money.undo(coder="ana")
    assert list(money.codings(coder="ana")["quote"]) == expected


def test_a_match_over_two_sentences_codes_both(money: Project) -> None:
    coded = money.code_matches(r"no\. yes", "work/fear", regex=True, transcripts="M", coder="ana")
    assert quotes(coded) == ["A budget of money, no.\n\nYes money."]
    coded = money.code_matches(r"money\. a|of money", "work/money", regex=True, transcripts="M", coder="ana")
    assert quotes(coded) == ["No money. A budget of money, no."]
    assert "1 place left out: in the sentence of another one" in coded.notes


def test_words_are_whole_words_as_search_finds_them(money: Project) -> None:
    found = money.search("mon*", role="participant", transcripts="M")
    coded = money.code_matches("mon*", "work/money", span="match", transcripts="M", coder="ana")
    assert [(one.turn, one.quote) for one in coded.places] == list(zip(found["turn"], found["match"], strict=True))
    assert money.code_matches("mon", "work/fear", transcripts="M", coder="ana").count == 0
    assert money.code_matches("MONEY", "work/fear", case=True, transcripts="M", coder="ana").count == 0


def test_what_is_coded_or_rejected_already_is_left_out_and_counted(money: Project) -> None:
    money.code("M", "work/money", "A budget", coder="ana")
    (name,) = money.suggest(code="work/money", transcripts="M", coder="ana", max_score=0.5)["id"][:1]
    assert money.reject(name, coder="ana").places[0].quote == "Budget it."
    coded = money.code_matches("budget", "work/money", transcripts="M", coder="ana")
    assert (coded.count, coded.notes[-2:]) == (
        0,
        (
            "1 place left out: ana has coded work/money there already",
            "1 place left out: ana has rejected work/money there already",
        ),
    )
    # What others have decided, or what has another code, is no reason.
    assert money.code_matches("budget", "work/money", transcripts="M", coder="bob").count == 2
    assert money.code_matches("budget", "work/fear", transcripts="M", coder="ana").count == 2


def test_a_search_is_limited_to_codings_speakers_and_transcripts(money: Project) -> None:
    def run(**options: Any) -> list[str]:
        return quotes(money.code_matches("money", "work/money/roi", span="match", coder="ana", dry_run=True, **options))

    money.code("M", "work/fear", "A budget of money, no.", coder="ana")
    money.code("M", "work/fear", "Yes money.", coder="bob")
    assert run(transcripts="M") == ["money", "money", "money", "Money"]
    assert run(speaker="q") == ["Money"]
    assert run(within="work/fear") == run(within="strain") == ["money"]
    assert run(within="work/fear", speaker="Q") == run(transcripts="A") == []
    with pytest.raises(UnknownNameError, match="no code 'fear'"):
        run(within="fear")
    with pytest.raises(UnknownNameError, match="no speaker 'Z'"):
        run(speaker="Z")


def test_a_search_is_previewed_with_the_words_around_then_one_named_action(shell: Shell, root: Path) -> None:
    write(root, "transcripts/M.txt", TEXT)
    command = ("code", "--regex", "money|no", "work/fear", "--transcripts", "M", "--coder", "ben")
    before = ledgers(root)
    dry = shell(*command, "--dry-run")
    assert dry.out == (
        "  M, turn 1 (P): [No] money. A budget of money, no. Yes\n"
        "  M, turn 1 (P): No money. A budget of [money], no. Yes money.\n"
        "  M, turn 1 (P): No money. A budget of money, no. Yes [money].\n"
        "  M, turn 2 (Q): [Money]! Budget it.\n"
        "4 would be coded\n"
    )
    refused = shell(*command)
    assert (refused.code, refused.out, ledgers(root) == before) == (2, "", True)
    assert [line.split() for line in refused.err.splitlines()[2:3]] == [["work/fear", "4", "1"]]
    assert refused.err.endswith("add --yes to code 4 passages, or --dry-run to list all\n")
    assert shell(*command, "--yes").out == "4 coded\n"
    (row,) = Project(root).log(actions=True, limit=1).to_dict("records")
    assert (row["events"], row["origin"]) == (4, "code --regex 'money|no' --transcripts M work/fear")
    assert Project(root).undo(coder="ben").count == 4
    assert len(Project(root).codings(coder="ben")) == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--regex [a work/fear", "[a: regex does not compile"),
        ("--regex x* work/fear", "x*: this regex matches empty text"),
        ("--words * work/fear", "give the words to search for"),
        ("--regex x", "--regex codes what it finds: name CODE alone"),
        ("--words x A work/fear", "--words codes what it finds: name CODE alone"),
        ("--words x --regex y work/fear", "codes what it finds"),
        ("--words x work/fear --turn 1", "--turn cannot be used with --words"),
        ("--words x work/fear --memo y", "--memo cannot be used with --words"),
        ("A work/fear fear --span match", "--span cannot be used without --from, --words or --regex"),
        ("--words x work/feer", "no code 'work/feer' in this study (did you mean 'work/fear'?)"),
        ("--from x.txt work/fear --within work", "--within cannot be used with --from and a code"),
        ("--from x.txt work/fear --transcripts A --transcripts B", "give one"),
        ("--from x.txt A work/fear", "--from takes transcript and code from the table"),
    ],
)
def test_wrong_searches_are_refused(shell: Shell, words: str, message: str) -> None:
    result = shell("code", *words.split(), "--coder", "ana")
    assert result.code == 2
    assert message in result.err


# --- lines that other programs have found -------------------------------------------------------------------------

CAPTIONS = """\
WEBVTT

00:00:01.000 --> 00:00:02.000
<v I>Any money?</v>

00:00:02.000 --> 00:00:04.000
<v Cy>Yes, money.</v>

00:00:04.000 --> 00:00:05.000
<v Cy>Yes.</v>

00:00:05.000 --> 00:00:06.000
<v Cy>We have money. Yes, money.</v>
"""


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A study with sources of which lines are not those of their transcripts, and a function that codes lines."""
    root = small_study(tmp_path / "lines")
    write(root, "transcripts/W.txt", b"\xef\xbb\xbfI: Money?\r\n\r\nP: Caf\xc3\xa9 money. No.\r\nmore money\r\n")
    write(root, "transcripts/L.txt", "I: So?\n\nP: Café money. No.\n".encode("cp1252"))
    write(root, "transcripts/a:3:b.txt", "I: So?\n\nP: We start.\n12:30 money.\n")
    write(root, "transcripts/V.vtt", CAPTIONS)
    write(root, "transcripts/X.txt", "I: So?\rP: Money.\r")
    monkeypatch.chdir(root)
    study = Project(root)

    def code(*lines: str, **options: Any) -> Any:
        defaults: dict[str, Any] = {"span": "match", "dry_run": True}
        return study.code_lines(list(lines), "work/money", coder="ana", **defaults | options)

    return code


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("transcripts/A.txt:3:P: Nobody can tell me what it earns. The budget is gone.", 1),
        ("transcripts/W.txt:3:P: Café money. No.\r", "Café money. No."),
        ("transcripts/W.txt:4:more money", "more money"),
        ("W.txt:4:more money", "more money"),  # as printed in the folder of transcripts
        ("transcripts/L.txt:3:P: Café money. No.", "Café money. No."),
        ("transcripts/W.txt:3:money", "money"),  # grep -o
        ("transcripts/W.txt:3:10:money", "money"),  # rg -o --column: bytes, and é has two
        ("transcripts/L.txt:3:9:money", "money"),
        ("transcripts/a:3:b.txt:4:12:30 money.", "12:30 money."),
        ("transcripts/a:3:b.txt:4:7:money", "money"),
        ("\x1b[35mtranscripts/W.txt\x1b[m:4:more \x1b[31mmoney\x1b[m", "more money"),
        ("transcripts/V.vtt:7:<v Cy>Yes, money.</v>", "Yes, money."),
        ("transcripts/V.vtt:13:<v Cy>We have money. Yes, money.</v>", "We have money. Yes, money."),
        ("transcripts/V.vtt:13:22:Yes, money", "Yes, money"),
        ("transcripts/W.txt-2-", None),
        ("transcripts/W.txt-4-more money", None),
        ("--", None),
        ("", None),
    ],
)
def test_a_line_is_placed_where_its_words_are(found: Callable[..., Any], line: str, expected: str | int | None) -> None:
    decided = found(line)
    assert decided.problems == ()
    if expected == 1:
        expected = "Nobody can tell me what it earns. The budget is gone."
    assert quotes(decided) == ([] if expected is None else [expected])


def test_the_sentence_of_a_column_is_coded_and_the_whole_line_without_one(found: Callable[..., Any]) -> None:
    line = "P: Nobody can tell me what it earns. The budget is gone."
    assert quotes(found(f"transcripts/A.txt:3:42:{line}", span="sentence")) == ["The budget is gone."]
    assert quotes(found(f"transcripts/A.txt:3:{line}", span="sentence")) == [line.removeprefix("P: ")]
    assert quotes(found("transcripts/A.txt:3:budget", span="sentence")) == ["The budget is gone."]
    assert quotes(found(f"3:{line}", span="sentence", transcript="A")) == [line.removeprefix("P: ")]


def test_words_that_come_twice_in_a_line_are_placed_if_they_are_printed_twice(found: Callable[..., Any]) -> None:
    twice = found(*["transcripts/A.txt:7:fear it"] * 2, "transcripts/A.txt:3:it earns", dry_run=False)
    assert (quotes(twice), twice.problems) == (["it earns", "fear it", "fear it"], ())
    starts = list(Project(Path()).codings(coder="ana", transcripts="A")["start"])
    assert starts[2] - starts[1] == len("fear it. They ")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("transcripts/A.txt:3:P: Another text.", "line 3 of the file does not have these words (search again)"),
        ("transcripts/A.txt:99:P: x", "line 99 of the file does not have these words (search again)"),
        ("transcripts/W.txt:3:11:money", "line 3 of the file does not have these words (search again)"),
        (
            "transcripts/A.txt:7:They",
            "the words come 2 times in the line, and are printed 1 time (print whole lines, or columns as well)",
        ),
        ("other/A.txt:3:x", "no source of this study with a line number (print both: grep -rn, rg -n)"),
        ("transcripts/A.txt:P: Nobody", "no source of this study with a line number"),
        ("3:P: Nobody", "no source of this study with a line number"),
        ("grep: transcripts/D.docx: binary file matches", "no source of this study with a line number"),
        ("transcripts/V.vtt:6:00:00:02.000 --> 00:00:04.000", "its words are not in the transcript as they are"),
        ("transcripts/X.txt:1:P: Money.", "transcripts/X.txt has line ends (CR) that other programs do not count"),
        ("transcripts/D.docx:1:x", "transcripts/D.docx"),
    ],
)
def test_a_line_without_a_certain_place_is_named_and_not_coded(
    found: Callable[..., Any], line: str, message: str
) -> None:
    decided = found("transcripts/W.txt:4:more money", line)
    assert quotes(decided) == ["more money"]
    (problem,) = decided.problems
    assert str(problem).startswith("stdin:2: ")
    assert message in str(problem)
    with pytest.raises(FileProblemsError, match="Nothing was coded: 1 line cannot be placed; skip=True leaves it out"):
        found("transcripts/W.txt:4:more money", line, dry_run=False)


def test_lines_of_interviewers_are_left_out_and_those_of_all_sources_never_move(found: Callable[..., Any]) -> None:
    """A line's words are those at its place, whatever the format: as grep -rn "" prints every line of a study."""
    assert found("transcripts/A.txt:1:I: What is hard?").notes == (
        "1 place left out: words of interviewers are never coded",
    )
    lines = [
        f"transcripts/{path.name}:{number}:{text}"
        for path in Path("transcripts").iterdir()
        if path.suffix in {".txt", ".md", ".vtt"} and path.stem not in {"L", "X"}
        for number, text in enumerate(path.read_bytes().decode("utf-8-sig").split("\n"), 1)
    ]
    placed = 0
    for line in lines:
        for quote in quotes(found(line)):
            assert quote in line
            placed += 1
    # A: 2; B: 2 (a paragraph each); C: 2; V: 3; W: 2; "a:3:b": 2.
    assert placed == 13


# --- the standard input -------------------------------------------------------------------------------------------


def pipe(monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content.encode())))


def test_lines_are_read_from_a_pipe_or_a_file(shell: Shell, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    line = "transcripts/A.txt:3:budget\n"
    pipe(monkeypatch, line)
    assert shell("code", "--from", "-", "work/fear", "--coder", "ben").code == 2
    pipe(monkeypatch, line)
    assert shell("code", "--from", "-", "work/fear", "--coder", "ben", "--yes").out == "1 coded\n"
    assert Project(root).log(actions=True, limit=1)["origin"][0] == "code --from - work/fear"
    write(root, "hits.txt", line + "else:3:x\n")
    skipped = ("code", "--from", "hits.txt", "work/fear", "--coder", "ann", "--new-coder", "--yes")
    refused = shell(*skipped)
    assert (refused.code, refused.out) == (1, "")
    assert refused.err.splitlines()[-1] == "Nothing was coded: 1 line cannot be placed; --skip leaves it out."
    done = shell(*skipped, "--skip")
    assert (done.code, done.out) == (1, "1 coded\n")
    assert "hits.txt:2: no source of this study with a line number" in done.err
    write(root, "nul.txt", b"a\0b")
    assert "not lines of text" in shell("code", "--from", "nul.txt", "work/fear", "--coder", "ben").err


@pytest.mark.parametrize(("answer", "count"), [("y\n", 1), ("\n", 0), (None, 0)])
def test_a_person_is_asked_on_the_terminal_though_stdin_is_a_pipe(
    shell: Shell, root: Path, monkeypatch: pytest.MonkeyPatch, answer: str | None, count: int
) -> None:
    monkeypatch.chdir(root)
    pipe(monkeypatch, "transcripts/A.txt:3:budget\n")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setattr("qualcode.cli.decisions.batch_prompt._TERMINAL", str(root / "terminal"))
    if answer is not None:
        write(root, "terminal", answer)
    result = shell("code", "--from", "-", "work/fear", "--coder", "ben")
    assert result.code == {"y\n": 0, "\n": 1, None: 2}[answer]
    assert ("code 1 passage? [y/N]" in result.err) is (answer is not None)
    assert len(Project(root).codings(coder="ben", code="work/fear")) == count


TABLE = "transcript,code,coder,quote\nA,work/fear,ben,The budget is gone.\nA,work/money,lea,They fear it.\n"
ROW = '{"transcript": "A", "code": "work/fear", "coder": "ben", "quote": "The budget is gone."}\n'


def test_a_table_from_a_pipe_is_shown_then_imported(shell: Shell, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = TABLE.replace("They fear it.", "Nobody can tell me what it earns.")
    before = ledgers(root)
    pipe(monkeypatch, table)
    refused = shell("code", "--from", "-")
    assert (refused.code, refused.out, ledgers(root) == before) == (2, "", True)
    assert "  work/fear in A, turn 1 (P): “The budget is gone.”" in refused.err.splitlines()
    assert refused.err.endswith("add --yes to import 2 codings, or --dry-run to list all\n")
    pipe(monkeypatch, table)
    assert shell("code", "--from", "-", "--yes").out == "2 coded (ben 1, lea 1)\n"
    pipe(monkeypatch, ROW)
    assert shell("code", "--from", "-", "--yes").out == "0 coded; 1 already present\n"
    pipe(monkeypatch, TABLE)
    wrong = shell("code", "--from", "-", "--yes")
    assert wrong.code == 1
    assert "stdin:3: “They fear it.” occurs 2 times in A" in wrong.err
    pipe(monkeypatch, table)
    assert "leave out the code" in shell("code", "--from", "-", "work/fear", "--coder", "ben").err
    pipe(monkeypatch, "transcript,coder\nD,ben\n")
    assert shell("done", "--from", "-").out == "1 marked done (ben 1)\n"


def test_an_import_may_be_declined_in_python(root: Path) -> None:
    path = write(root.parent, "t.csv", TABLE.replace("They fear it.", "Nobody can tell me what it earns."))
    before = ledgers(root)
    result = Project(root).code_from(path, confirm=lambda planned: planned.count != 2)
    assert (result.added, result.notes, ledgers(root) == before) == (0, ("nothing was recorded",), True)


def test_what_cannot_be_coded_is_refused_before_anything_else(money: Project) -> None:
    calls: list[Callable[..., Any]] = [lambda code, **options: money.code_matches("x", code, **options)]
    calls.append(lambda code, **options: money.code_lines("", code, **options))
    for call in calls:
        with pytest.raises(QualcodeError, match="no coder set"):
            call("work/fear")
        with pytest.raises(UnknownNameError, match="no code 'x'"):
            call("x", coder="ana")
        with pytest.raises(UsageError, match="span: there is no 'word'"):
            call("work/fear", coder="ana", span="word")
    money.retire_code("work/money")
    for call in calls:
        with pytest.raises(OperationError, match="code 'work/money' is retired"):
            call("work/money", coder="ana")
