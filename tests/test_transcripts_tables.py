"""Tables: a row an answer or a row a turn; which columns are what; nothing lost, and no silent guess."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made_tables import parquet, workbook
from qualcode import Project
from qualcode.errors import OperationError, Problem, QualcodeError, UnknownNameError
from qualcode.files import write_atomically
from qualcode.files.tables.cell_escapes import escape_cell, unescape_cell
from qualcode.model import Case, SourceRules, TableRule, Transcript
from qualcode.transcripts import hash_text, read_source, read_transcript
from qualcode.transcripts.draft import ReadOptions
from qualcode.transcripts.readers.columns.table_times import parse_time_cell
from qualcode.transcripts.readers.survey import open_table, read
from studies import small_study

Write = Callable[[str, str | bytes], Path]

SURVEY = "Case,Age,freetext\nID4,24,I lost the interest.\nID5,,I needed to upskill.\n"


def read_table(tmp_path: Path, content: str | bytes, name: str = "survey.csv", **rule: Any) -> list[Transcript]:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    rules = SourceRules(("Interviewer",), tables={name: TableRule(**rule)} if rule else {})
    return list(read_source(path, name=path.stem, display_path=f"transcripts/{name}", rules=rules))


def spoken(transcript: Transcript) -> list[tuple[str, str]]:
    return [(turn.speaker, transcript.text[turn.start : turn.end]) for turn in transcript.turns]


def refused(tmp_path: Path, content: str, name: str = "survey.csv", **rule: Any) -> str:
    with pytest.raises(OperationError) as refusal:
        read_table(tmp_path, content, name, **rule)
    return str(refusal.value)


# a row an answer


def test_each_row_of_a_survey_is_a_transcript(tmp_path: Path) -> None:
    first, second = read_table(tmp_path, SURVEY)
    assert (first.id, first.path, first.text) == ("survey#ID4", "transcripts/survey.csv", "I lost the interest.")
    assert first.sha256 == hash_text("I lost the interest.")
    assert spoken(first) == [("ID4", "I lost the interest.")]
    assert first.turns[0].role == "participant"
    assert first.case == Case("ID4", {"Age": "24"}, ("survey#ID4",))
    assert (second.id, second.case) == ("survey#ID5", Case("ID5", {"Age": ""}, ("survey#ID5",)))


def test_notice_on_the_columns_is_given_once(tmp_path: Path) -> None:
    first, second = read_table(tmp_path, SURVEY)
    assert first.notices == ("each row is a transcript: id from 'Case', text from 'freetext'; attributes: Age",)
    assert second.notices == ()


def test_text_is_the_unchanged_cell(tmp_path: Path) -> None:
    (transcript,) = read_table(tmp_path, 'id,text\r\n1,"  R&amp;D:\r\n""so""  "\r\n')
    assert transcript.text == '  R&amp;D:\n"so"  '
    assert spoken(transcript) == [("1", 'R&amp;D:\n"so"')]


def test_several_texts_are_questions_with_their_answers(tmp_path: Path) -> None:
    table = "ID,What do you like?,Why not more answers?,Age\n"
    table += "7,the sisters and the gravy here,there was too little time for it,30\n"
    table += "8,,nobody ever came to ask me here,31\n9,,,32\n"
    first, second = read_table(tmp_path, table)
    assert first.text == (
        "Question: What do you like?\n\n7: the sisters and the gravy here\n\n"
        "Question: Why not more answers?\n\n7: there was too little time for it\n"
    )
    assert [turn.role for turn in first.turns] == ["interviewer", "participant"] * 2
    assert spoken(second) == [("Question", "Why not more answers?"), ("8", "nobody ever came to ask me here")]
    assert first.case == Case("7", {"Age": "30"}, ("survey#7",))
    assert first.notices[-1] == "1 row without text left out (the first at line 4)"


def test_settings_name_the_columns(tmp_path: Path) -> None:
    table = "who,when,x,y\nAnn,1,yes,no\nBob,2,,so\n"
    ann, bob = read_table(tmp_path, table, kind="answers", id="when", text=("x", "y"), speaker="who")
    assert (ann.id, spoken(ann)) == ("survey#1", [("Question", "x"), ("Ann", "yes"), ("Question", "y"), ("Ann", "no")])
    assert spoken(bob) == [("Question", "y"), ("Bob", "so")]


def test_names_in_the_settings_may_differ_in_capitals_and_marks(tmp_path: Path) -> None:
    (transcript,) = read_table(tmp_path, "Respondent-ID,Open Text\nA,b\n", id="respondent id", text=("open_text",))
    assert (transcript.id, transcript.text) == ("survey#A", "b")


@pytest.mark.parametrize(
    ("header", "rows", "id_", "text"),
    [
        ("Respondent ID,Comment ID,FFT answer", ["1,a,x", "1,b,y"], "Comment ID", "FFT answer"),
        ("text,participant", ["x,a", "y,b"], "participant", "text"),
        ("person,age,comment", ["a,1,x", "b,1,y"], "person", "comment"),  # the first column, if it names each row
        (
            "id,age,Reasons given",
            ["1,3,an answer that somebody wrote", "2,4,and one that somebody else did"],
            "id",
            "Reasons given",
        ),
        ("id,comment,text", ["1,no,a long answer that somebody wrote", "2,,and one more"], "id", "text"),
        ("id,file,transcript", ["1,a,x", "2,a,y"], "id", "transcript"),
        ("file,transcript", ["a.txt,x", "b.txt,y"], "file", "transcript"),
    ],
)
def test_columns_are_found_by_their_names(tmp_path: Path, header: str, rows: list[str], id_: str, text: str) -> None:
    first = read_table(tmp_path, "\n".join([header, *rows, ""]))[0]
    assert f"id from '{id_}', text from '{text}'" in first.notices[0]


def test_qualtrics_has_the_wordings_below_the_names(tmp_path: Path) -> None:
    rows = [
        ("ResponseId", "Q1", "Q2_TEXT", "Q3"),
        ("Response ID", "What did you like?", "And what\ndid you not?", "Age"),
        ('{"ImportId":"_recordId"}', '{"ImportId":"QID1"}', '{"ImportId":"QID2"}', '{"ImportId":"QID3"}'),
        ("R_1", "that somebody listened to me", "the long way to get there", "30"),
    ]
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    (transcript,) = read_table(tmp_path, stream.getvalue())
    assert (transcript.id, transcript.case) == ("survey#R_1", Case("R_1", {"Q3": "30"}, ("survey#R_1",)))
    assert [words for speaker, words in spoken(transcript) if speaker == "Question"] == [
        "What did you like?",
        "And what did you not?",
    ]
    assert transcript.notices[0] == "lines 2 and 4 have the questions that Qualtrics exports: not read as answers"


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            "a,b\n1,x\n2,y\n",
            "survey.csv:1: not clear which column has the ids and which the text (columns: a, b): name them. In qualco",
        ),
        ("age,text,sex\n1,x,f\n1,y,f\n", "survey.csv:1: not clear which column has the ids"),
        ("id,a,b\n1,x,y\n", "survey.csv:1: not clear which column has the ids"),
        ("text,answer,id\nxx,yy,1\n", "survey.csv:1: not clear which column has the ids"),
        ("id,text\n1,x\n2,y\n1,z\n", "survey.csv:4: duplicate id '1' in column 'id' (first at line 2): correct it"),
        ("id,text\n1,x\n,y\n", "survey.csv:3: no id in column 'id': correct it"),
        ("id,text\n é ,x\n\u0065\u0301,y\n", "survey.csv:3: duplicate id 'é' in column 'id' (first at line 2)"),
        ("id,text\n1,\n2,  \n", "survey.csv: no row has text: each row is a transcript"),
    ],
)
def test_unclear_columns_are_refused_with_a_hint(tmp_path: Path, table: str, message: str) -> None:
    sentence = refused(tmp_path, table)
    assert sentence.startswith(f"transcripts/{message}")
    if "no row has" not in message:
        assert 'tables: {"survey.csv": {id: COLUMN, text: COLUMN}}' in sentence


def test_missing_column_of_the_settings_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, SURVEY, id="Case", text=("freetxt",)) == (
        "transcripts/survey.csv:1: no column 'freetxt', which 'tables' in qualcode.yaml names "
        "(did you mean 'freetext'?)"
    )


def test_column_without_name_is_an_attribute_if_it_has_values(tmp_path: Path) -> None:
    first, _ = read_table(tmp_path, "id,text,,\n1,a,,\n2,b,x,\n")
    assert first.case == Case("1", {"column 3": ""}, ("survey#1",))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("survey.tsv", SURVEY.replace(",", "\t")),
        (
            "survey.xlsx",
            workbook(["Case", "Age", "freetext"], ["ID4", 24, "I lost the interest."], ["ID5", None, "No."]),
        ),
        ("survey.parquet", parquet(Case=["ID4", "ID5"], Age=[24, None], freetext=["I lost the interest.", "No."])),
        ("survey.csv", SURVEY.encode("utf-16")),
    ],
    ids=["tsv", "xlsx", "parquet", "csv"],
)
def test_all_table_formats_are_read_the_same(tmp_path: Path, name: str, content: str | bytes) -> None:
    first, second = read_table(tmp_path, content, name)
    assert (first.id, first.text, first.case) == (
        "survey#ID4",
        "I lost the interest.",
        Case("ID4", {"Age": "24"}, ("survey#ID4",)),
    )
    assert second.id == "survey#ID5"


# a row a turn


def test_row_with_a_speaker_is_a_turn(tmp_path: Path) -> None:
    table = "speaker,words,tags,timestamp\nDB:,A place&#8212;where?,x,[0:45]\n,Good.,,\nLG,R&D &copy it,,later\n,,,\n"
    (transcript,) = read_table(tmp_path, table)
    assert transcript.text == "DB: A place—where?\n\nDB: Good.\n\nLG: R&D &copy it\n"
    assert [(turn.speaker, turn.time) for turn in transcript.turns] == [("DB", 45.0), ("DB", None), ("LG", None)]
    assert transcript.notices[:2] == (
        "each row is a turn: text from 'words', speaker from 'speaker', time from 'timestamp'; not used: tags",
        "time not readable in 1 row (the first at line 4)",
    )
    assert (transcript.id, transcript.case) == ("survey", None)


def test_speaker_without_words_is_reported(tmp_path: Path) -> None:
    (transcript,) = read_table(tmp_path, "speaker,text\nAnn,\n,Hi.\n")
    assert (spoken(transcript), [(piece.line, piece.text) for piece in transcript.unplaced]) == (
        [("Ann", "Hi.")],
        [(2, "Ann")],
    )


def test_conversation_without_speakers(tmp_path: Path) -> None:
    (transcript,) = read_table(tmp_path, "place,transcript\nE.1,Total: 11 votes\nE.1,We all agree.\n")
    assert spoken(transcript) == [("", "Total: 11 votes"), ("", "We all agree.")]
    assert "no column for the speaker; not used: place" in transcript.notices[0]


def test_settings_make_a_table_a_conversation(tmp_path: Path) -> None:
    (transcript,) = read_table(tmp_path, SURVEY, kind="transcript")
    assert spoken(transcript) == [("", "I lost the interest."), ("", "I needed to upskill.")]
    message = refused(tmp_path, SURVEY, kind="transcript", text=("Case", "freetext"))
    expected = (
        "transcripts/survey.csv:1: 2 columns of text (Case, freetext), but a conversation has one: name it. In qua"
    )
    assert message.startswith(expected)


def test_empty_conversation_has_a_notice(tmp_path: Path) -> None:
    (transcript,) = read_table(tmp_path, "place,transcript\n")
    assert (transcript.text, transcript.notices[-1]) == ("", "no row has text: the transcript is empty")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
def test_nvivo_txt_is_recognised_by_its_columns(tmp_path: Path, codec: str) -> None:
    table = 'Timespan\tSpeaker\tContent\n00:00:08.5\tLast, First\t"Why, she said.---So.\n0:00:10\t\tAnd.\n'
    (transcript,) = read_table(tmp_path, table.encode(codec), "talk.txt")
    assert spoken(transcript) == [("Last, First", '"Why, she said.---So.'), ("Last, First", "And.")]
    assert [turn.time for turn in transcript.turns] == [8.5, 10.0]


def test_other_txt_is_not_a_table(tmp_path: Path) -> None:
    (transcript,) = read_table(tmp_path, "Speaker: Content\nSpeaker: More\n", "talk.txt")
    assert spoken(transcript) == [("Speaker", "Content"), ("Speaker", "More")]


@pytest.mark.parametrize(
    ("cell", "seconds"),
    [
        ("[0:45]", 45.0),
        ("1:00:00", 3600.0),
        ("0:01.5 - 0:02", 1.5),
        ("12.5", 12.5),
        ("2026-01-31 10:15", None),
        ("", None),
    ],
)
def test_times(cell: str, seconds: float | None) -> None:
    assert parse_time_cell(cell) == seconds


def test_read_refuses_a_survey(tmp_path: Path) -> None:
    options = ReadOptions("transcripts/x.csv")
    assert read(b"speaker,text\nA,Hi\n", options).text == "A: Hi\n"
    with pytest.raises(OperationError, match="each row of this table is a transcript: name one of them"):
        read(SURVEY.encode(), options)
    path = write_atomically(tmp_path / "x.csv", SURVEY)
    with pytest.raises(OperationError, match="each row of this table is a transcript: name one of them"):
        read_transcript(path, name="x", display_path="x.csv", rules=SourceRules())


# in a study


def test_rows_are_transcripts_of_the_study(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write_atomically(root / "transcripts/survey.csv", SURVEY)
    project = Project(root)
    assert [name for name in project.study.transcripts if "#" in name] == ["survey#ID4", "survey#ID5"]
    assert list(project.segments(transcripts="survey#*")["text"]) == ["I lost the interest.", "I needed to upskill."]
    project.code("survey#ID4", "work/money", "interest", coder="ana")
    project.code("survey#ID5", "work/money", "upskill", coder="ana")
    assert [path.name for path in (root / "codings/ana").iterdir()] == ["survey.jsonl"]
    assert list(Project(root).codings(coder="ana")["quote"]) == ["interest", "upskill"]


def test_table_with_an_error_is_not_read_in_part(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write_atomically(root / "transcripts/survey.csv", SURVEY + "ID6,1,2,3\n")
    study = Project(root).study
    assert not [name for name in study.transcripts if "#" in name]
    assert [problem.line for problem in study.transcript_problems] == [4]


def test_case_table_is_not_a_source(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write_atomically(root / "transcripts/cases.xlsx", workbook(["case", "text"], ["A", "b"]))
    assert "cases" not in Project(root).study.sources_and_problems[0]


def test_two_sources_of_one_transcript_are_a_problem(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write_atomically(root / "transcripts/survey.csv", SURVEY)
    write_atomically(root / "transcripts/survey#ID4.txt", "P: Hi.\n")
    problem = Problem("transcripts/survey.csv", 0, 0, "second source of transcript 'survey#ID4'",
                      "beside survey#ID4.txt: rename one")  # fmt: skip
    study = Project(root).study
    assert problem in study.transcript_problems
    assert study.transcripts["survey#ID4"].path == "transcripts/survey#ID4.txt"


def test_streamed_segments_equal_the_listed_ones(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write_atomically(root / "transcripts/survey.csv", SURVEY)
    project = Project(root)
    for choice in ({}, {"unit": "turn", "interviewers": True}, {"transcripts": ["A", "survey#ID*"]}):
        rows = list(project.stream_segments(**choice))
        table = project.segments(**choice)
        assert rows == table.to_dict("records")
    assert table.attrs["notes"] == []


def test_stream_reports_unknown_names_and_unreadable_sources(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write_atomically(root / "transcripts/bad.csv", "a,b\n")
    with pytest.raises(UnknownNameError, match="no transcript 'ZZ'"):
        list(Project(root).stream_segments(transcripts="ZZ"))
    project = Project(root)
    result = project.stream_segments(transcripts="A")
    assert list(result)
    assert [line[:20] for line in result.notes] == ["transcripts/bad.csv:"]


@pytest.mark.parametrize("name", ["codings.xlsx", "codings.parquet"])
def test_codings_from_a_workbook(tmp_path: Path, name: str) -> None:
    root = small_study(tmp_path)
    cells = {"Transcript": ["survey#ID4"], "quote": ["interest"], "code": ["work/money"], "coder": ["ana"]}
    content = (
        parquet(**cells)
        if name.endswith("parquet")
        else workbook(list(cells), [values[0] for values in cells.values()])
    )
    write_atomically(root / "transcripts/survey.csv", SURVEY)
    write_atomically(tmp_path / name, content)
    placed = Project(root).code_from(tmp_path / name)
    assert (placed.added, placed.problems) == (1, ())


# laws

WORD = re.compile(r"\w+")
texts = st.text(st.sampled_from("ab é\n\"',;&🎧"), max_size=12)


@given(st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=6))
def test_no_word_of_answers_is_lost(cells: list[tuple[str, str, str]]) -> None:
    rows = [(str(number), *row) for number, row in enumerate(cells)]
    transcripts = transcripts_of([("id", "Q1 text", "other", "Q2 text"), *rows], id="id", text=("Q1 text", "Q2 text"))
    words: Counter[str] = Counter()
    for transcript in transcripts:
        answers = " ".join(words_ for speaker, words_ in spoken(transcript) if speaker != "Question")
        assert transcript.case is not None
        words.update(WORD.findall(" ".join([answers, *transcript.case.attributes.values()])))
    answered = [row for row in rows if row[1].strip() or row[3].strip()]
    assert words == Counter(WORD.findall(" ".join(" ".join(row[1:]) for row in answered)))


@given(st.lists(st.tuples(texts, texts), max_size=6))
def test_no_word_of_turns_is_lost(cells: list[tuple[str, str]]) -> None:
    transcripts = transcripts_of([("speaker", "text"), *cells], kind="transcript")
    for transcript in transcripts:
        unplaced = " ".join(piece.text for piece in transcript.unplaced)
        labels = Counter(WORD.findall(unplaced))
        words = Counter(WORD.findall(" ".join(text for _, text in spoken(transcript))))
        assert words == Counter(WORD.findall(" ".join(text for _, text in cells)))
        assert labels <= Counter(WORD.findall(" ".join(name for name, _ in cells)))
        named = {name for name, _ in cells if name.strip()}
        assert {turn.speaker for turn in transcript.turns} <= {" ".join(name.split()) for name in named} | {""}


def transcripts_of(rows: list[tuple[str, ...]], **rule: Any) -> list[Transcript]:
    import tempfile

    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        try:
            return read_table(Path(folder), stream.getvalue(), **rule)
        except OperationError as error:
            assert "no row has text" in str(error)  # noqa: PT017
            return []


@given(st.binary(max_size=120), st.sampled_from(["x.csv", "x.tsv", "x.txt", "x.xlsx", "x.parquet"]))
def test_any_bytes_are_read_or_refused(content: bytes, name: str) -> None:
    try:
        open_table(io.BytesIO(content), ReadOptions(f"transcripts/{name}"))
    except QualcodeError as error:
        assert str(error).startswith(f"transcripts/{name}:")  # noqa: PT017


# real files


def real_table(path: Path, **rule: Any) -> list[Transcript]:
    rules = SourceRules(("Interviewer", "DB", "Devin Becker"), tables={path.name: TableRule(**rule)} if rule else {})
    return list(read_source(path, name=path.stem, display_path=f"transcripts/{path.name}", rules=rules))


def test_real_survey(real: Path) -> None:
    transcripts = real_table(real / "formats/qualcoder_survey456.csv")
    assert [transcript.id for transcript in transcripts] == [f"qualcoder_survey456#ID{number}" for number in (4, 5, 6)]
    assert transcripts[1].case == Case(
        "ID5", {"Age": "", "Gender": "m", "Interest": "golf"}, ("qualcoder_survey456#ID5",)
    )


def test_real_patient_survey(real: Path) -> None:
    path = real / "pxtext/v6framework_70percent.csv"
    transcripts = real_table(path)
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if row["FFT answer"].strip()]
    assert [transcript.text for transcript in transcripts] == [row["FFT answer"].replace("\r\n", "\n") for row in rows]
    assert "id from 'Comment ID', text from 'FFT answer'" in " ".join(transcripts[0].notices)


@pytest.mark.parametrize(("name", "turns"), [("armantrout", 525), ("gluck", 352), ("mcmichael", 426), ("wrigley", 235)])
def test_real_oral_histories(real: Path, name: str, turns: int) -> None:
    (transcript,) = real_table(real / f"ohd/{name}.csv")
    assert len(transcript.turns) == turns
    assert "&#" not in transcript.text
    assert not {turn.speaker for turn in transcript.turns if turn.speaker.endswith(":")}


def test_real_focus_groups(real: Path) -> None:
    paths = sorted(real.glob("gennovate/TRANSCRIPT_*.csv"))
    tables = [real_table(path) for path in paths]
    assert [len(transcripts) for transcripts in tables] == [1] * 11
    assert [len(transcripts[0].turns) for transcripts in tables] == [130, 125, 200, 163, 162, 173, 145, 166, 75, 120, 0]
    assert all(
        "text from 'transcript', no column for the speaker" in " ".join(transcripts[0].notices)
        for transcripts in tables
    )


def test_real_coded_quotes_need_settings(real: Path) -> None:
    for path in sorted(real.glob("gennovate/template_*.csv")):
        with pytest.raises(OperationError, match=f'tables: {{"{path.name}": {{id: COLUMN, text: COLUMN}}}}'):
            real_table(path)
        (transcript,) = real_table(path, kind="transcript", text=("text",))
        assert transcript.turns


def test_real_nvivo_tables(real: Path) -> None:
    for name, turns in (("teams", 10), ("zoom", 63)):
        (transcript,) = real_table(real / f"formats/{name}_transcript_correct.txt")
        assert len(transcript.turns) == turns


def test_real_case_table_is_refused_as_a_survey(real: Path) -> None:
    with pytest.raises(OperationError, match="columns: case, Age, gender, interest"):
        real_table(real / "formats/qualcoder_cases456.xlsx")


def test_streamed_json_equals_json_dumps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from qualcode.cli.terminal_output import OutputOptions, stream_rows

    rows = [{"a": 'x"\n', "b": 1}, {"a": "é", "b": 2}]
    for some in ([], rows[:1], rows):
        stream_rows(some, ["a", "b"], OutputOptions("json"))
        assert capsys.readouterr().out == json.dumps(some, ensure_ascii=False, indent=1) + "\n"
    stream_rows(rows, ["a", "b"], OutputOptions("csv", tmp_path / "x.csv"))
    assert (tmp_path / "x.csv").read_text() == 'a,b\n"x""\n",1\né,2\n'
    assert capsys.readouterr().err.endswith("x.csv: 2 lines\n")


def test_workbook_with_a_csv_suffix_is_refused(tmp_path: Path) -> None:
    book = workbook(["id", "answer"], ["r1", "I like it"])
    with pytest.raises(OperationError, match=r"survey.csv: an Excel workbook, not a table: rename it to .xlsx"):
        read_table(tmp_path, book)


def test_title_above_the_column_names_has_a_hint(tmp_path: Path) -> None:
    book = workbook(["Survey 2024"], [], ["id", "answer"], ["r1", "I like it"])
    with pytest.raises(OperationError, match="names 1 column \\(is there a title above the header\\?\\)"):
        read_table(tmp_path, book, "survey.xlsx")


# captions in a table: rows with times are no respondents

CUES = (
    "start\tend\ttext\n500\t2000\tHow was the harvest?\n2500\t4000\tIt rained for a week.\n"
    "4500\t6000\tThen it was fine.\n"
)


def times(transcript: Transcript) -> list[float | None]:
    return [turn.time for turn in transcript.turns]


def test_whisper_tsv_is_one_transcript_of_captions(tmp_path: Path) -> None:
    (one,) = read_table(tmp_path, CUES, "w.tsv")
    assert (one.id, one.case, times(one)) == ("w", None, [0.5, 2.5, 4.5])
    assert [text for _, text in spoken(one)] == ["How was the harvest?", "It rained for a week.", "Then it was fine."]
    assert "no column for the speaker, time from 'start' (1,000 make a second)" in one.notices[0]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("start,end,text\n0.5,2.0,How was it?\n2.5,4.0,It rained.\n", [0.5, 2.5]),
        ("start,end,text\n0,2,How was the harvest?\n2,4,It rained.\n", [0, 2]),
        ("start,end,text\n0:05,0:07,How was the harvest?\n0:08,0:09,It rained.\n", [5, 8]),
        ("id,start,end,text\n1,0,2,How was the harvest?\n2,2,4,It rained.\n", [0, 2]),
        ("Start Time,End Time,Text\n00:00:01,00:00:02,How was it?\n00:00:03,00:00:04,It rained.\n", [1, 3]),
        ("time,text\n0:05,How was the harvest?\n0:08,It rained for a week.\n", [5, 8]),
        ("start_ms,end_ms,text\n500,2000,How was it?\n2500,4000,It rained.\n", [0.5, 2.5]),
        ("start;end;text\n0,5;2,0;Wie war es?\n2,5;4,0;Es hat geregnet.\n", [0.5, 2.5]),
        ("Start Time,End Time,Text\n00:00:01:12,00:00:02:05,How?\n00:00:03:00,00:00:04:10,Rain.\n", [1, 3]),
        ("tmin,tmax,text\n0.5,2.0,How was it?\n2.5,4.0,It rained.\n", [0.5, 2.5]),
        ("Anfang;Ende;Text\n0.5;2.0;Wie war es?\n2.5;4.0;Es hat geregnet.\n", [0.5, 2.5]),
    ],
)
def test_rows_with_their_times_are_captions(tmp_path: Path, table: str, expected: list[float]) -> None:
    (one,) = read_table(tmp_path, table, "w.csv")
    assert (one.id, times(one)) == ("w", expected)


@pytest.mark.parametrize(
    "table",
    [
        "participant,start,end,answer\nP1,0,2,How was the harvest?\nP2,2,4,It rained.\n",
        "id,start,end,answer\nP1,2023-01-05T10:00:00,2023-01-05T10:10:00,It rained.\nP2,2023-01-05,2023-01-06,Dry.\n",
        "id,start,end,answer\n1,300,200,It rained.\n2,100,400,Dry.\n",
    ],
)
def test_times_of_respondents_are_attributes(tmp_path: Path, table: str) -> None:
    assert [one.id.partition("#")[1] for one in read_table(tmp_path, table)] == ["#", "#"]


def test_whole_numbers_are_milliseconds_where_nobody_speaks_so_slowly(tmp_path: Path) -> None:
    table = "start,end,speaker,text\n500,2000,Interviewer,How was the harvest?\n2500,4000,P1,It rained for a week.\n"
    (one,) = read_table(tmp_path, table, "g.csv")
    assert times(one) == [0.5, 2.5]


def test_unit_of_times_is_asked_for_where_it_is_not_certain(tmp_path: Path) -> None:
    table = "start,speaker,text\n500,Interviewer,How was the harvest?\n2500,P1,It rained for a week.\n4500,P1,Yes.\n"
    (one,) = read_table(tmp_path, table, "g.csv")
    assert times(one) == [500, 2500, 4500]
    assert 'write in qualcode.yaml: tables: {"g.csv": {"per_second": 1000}}; if they are seconds' in one.notices[1]
    (one,) = read_table(tmp_path, table, "g.csv", per_second=1000)
    assert (times(one), len(one.notices)) == ([0.5, 2.5, 4.5], 1)


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 5)), min_size=2, max_size=9), st.sampled_from([1, 1000]))
def test_unit_is_found_for_any_usual_speed(rows: list[tuple[int, int]], per_second: int) -> None:
    lines, start = ["start,end,speaker,text"], 0
    for words, pause in rows:
        end = start + words
        lines.append(f"{start * per_second},{end * per_second},P1,{' '.join(['word'] * 2 * words)}")
        start = end + pause
    layout = open_table(io.BytesIO("\n".join(lines).encode()), ReadOptions("transcripts/a.csv")).layout
    assert (layout.per_second, layout.doubts) == (per_second, ())


# several interviews in one table


def test_each_interview_of_a_table_is_a_transcript(tmp_path: Path) -> None:
    table = (
        "transcript_id,speaker,text\n1,Interviewer,How was the harvest?\n1,Ann,It rained for a week.\n"
        "2,Interviewer,How was the harvest?\n2,Ben,It was dry here.\n3,Interviewer,And here?\n3,Ann,We lost half.\n"
    )
    found = read_table(tmp_path, table, "m.csv")
    assert [one.id for one in found] == ["m#1", "m#2", "m#3"]
    assert [one.case for one in found] == [None] * 3
    assert spoken(found[1]) == [("Interviewer", "How was the harvest?"), ("Ben", "It was dry here.")]
    assert "each value of 'transcript_id' is a transcript" in found[0].notices[0]
    assert found[1].notices == ()


@pytest.mark.parametrize("name", ["interview_id", "Interview", "session", "File Name", "recording", "conversationId"])
def test_names_of_the_column_of_interviews(tmp_path: Path, name: str) -> None:
    table = f"{name},speaker,text\na,I,Well?\na,Ann,Rain.\n,Ann,And wind.\nb,I,Well?\nb,Ben,Dry.\n"
    assert [(one.id, len(one.turns)) for one in read_table(tmp_path, table, "m.csv")] == [("m#a", 3), ("m#b", 2)]


def test_interviews_of_a_column_of_participants_share_their_interviewer(tmp_path: Path) -> None:
    table = "participant,speaker,text\n1,I,Well?\n1,Ann,Rain.\n2,I,Well?\n2,Ben,Dry.\n"
    assert [one.id for one in read_table(tmp_path, table, "m.csv")] == ["m#1", "m#2"]


def test_one_interview_in_a_table_keeps_its_name(tmp_path: Path) -> None:
    table = "transcript_id,speaker,text\n1,I,Well?\n1,Ann,Rain.\n"
    assert [one.id for one in read_table(tmp_path, table, "m.csv")] == ["m"]


def test_settings_name_the_column_of_interviews(tmp_path: Path) -> None:
    table = "wave,speaker,text\n1,I,Well?\n1,Ann,Rain.\n2,I,Well?\n2,Ben,Dry.\n"
    assert [one.id for one in read_table(tmp_path, table, "m.csv")] == ["m"]
    assert [one.id for one in read_table(tmp_path, table, "m.csv", transcript="wave")] == ["m#1", "m#2"]
    sessions = table.replace("wave", "session")
    assert [one.id for one in read_table(tmp_path, sessions, "m.csv")] == ["m#1", "m#2"]
    assert [one.id for one in read_table(tmp_path, sessions, "m.csv", transcript="")] == ["m"]


def test_doubtful_column_of_interviews_is_asked_about(tmp_path: Path) -> None:
    table = "case,speaker,text\n1,Ann,Rain.\n1,Ann,Wind.\n2,Ben,Dry.\n2,Ben,Hot.\n"
    (one,) = read_table(tmp_path, table, "m.csv")
    assert 'write in qualcode.yaml: tables: {"m.csv": {"transcript": "case"}}' in one.notices[1]
    (one,) = read_table(tmp_path, table, "m.csv", transcript="")
    assert not any("name an interview" in notice for notice in one.notices)


def test_windows_do_not_cross_interviews(tmp_path: Path) -> None:
    write_atomically(tmp_path / "qualcode.yaml", "language: en\n")
    (tmp_path / "transcripts").mkdir()
    rows = "\n".join(f"{number},{name},One.\n{number},{name},Two." for number, name in [(1, "Ann"), (2, "Ben")])
    write_atomically(tmp_path / "transcripts/m.csv", f"interview_id,speaker,text\n{rows}\n")
    frame = Project(tmp_path).segments(unit="window:2")
    assert list(frame["transcript"]) == ["m#1", "m#2"]


# open questions with short answers

OPEN = [
    ("It rained for a whole week and we lost most of the barley.", "Start small. Wait a year."),
    ("The dry spring took half of it before anybody noticed at all.", "Do not buy the first machine you see."),
    ("Prices fell in the week in which everybody else sold as well.", "Ask the neighbours, they know it."),
]


def test_open_question_with_short_answers_is_a_question(tmp_path: Path) -> None:
    rows = "".join(f'{number},north,"{one}","{two}"\n' for number, (one, two) in enumerate(OPEN))
    first, *_ = read_table(tmp_path, f"id,group,hardest_part_of_this_year,advice\n{rows}")
    assert spoken(first)[-1] == ("0", "Start small. Wait a year.")
    assert first.case == Case("0", {"group": "north"}, ("survey#0",))


def test_doubtful_question_beside_a_named_text_is_asked_about(tmp_path: Path) -> None:
    rows = "".join(f'{number},north,"{one}","{two}"\n' for number, (one, two) in enumerate(OPEN))
    table = f"id,group,comment,advice\n{rows}"
    first, *_ = read_table(tmp_path, table)
    assert spoken(first) == [("0", OPEN[0][0])]
    assert 'tables: {"survey.csv": {"text": ["comment", "advice"]}}; if not: tables: {"survey.csv"' in first.notices[1]
    first, *_ = read_table(tmp_path, table, text=("comment",))
    assert len(first.notices) == 1


def test_short_answers_below_a_question_are_asked_about(tmp_path: Path) -> None:
    rows = "".join(
        f"{number},north,{one},{two}\n" for number, (one, two) in enumerate([("Start small", "A b"), ("Go on", "C d")])
    )
    first, *_ = read_table(tmp_path, f"id,group,What is your advice?,comment\n{rows}")
    assert first.notices[1].startswith("is 'What is your advice?' an open question? It is read as an attribute.")


def test_shared_survey_reads_without_settings(shared_sources: Path) -> None:
    path = shared_sources / "survey.csv"
    found = list(read_source(path, name="survey", display_path="transcripts/survey.csv", rules=SourceRules()))
    assert len(found) == 140
    questions = {text for one in found for speaker, text in spoken(one) if speaker == "Question"}
    assert questions == {"biggest_challenge", "what_makes_success", "advice"}
    by_id = {one.id: one for one in found}
    for table in sorted((shared_sources / "codings").glob("*-survey.csv")):
        for row in csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig"))):
            assert row["quote"] in by_id[row["transcript"]].text


# escapes of .xlsx


def test_escaped_characters_of_a_workbook_are_read(tmp_path: Path) -> None:
    rows = [
        ["id", "group_x000D_", "comment"],
        ["r1", "north", "It rained._x000D_\nFor a week._x000D_\nThen it was fine."],
        ["r2", "north_x000D_", "The letters _x005F_x000D_ and \U0001f642: _xD83D__xDE42_ _x12_ a_x_b"],
    ]
    first, second = read_table(tmp_path, workbook(*rows), "s.xlsx")
    assert first.text == "It rained.\nFor a week.\nThen it was fine."
    assert second.text == "The letters _x000D_ and \U0001f642: \U0001f642 _x12_ a_x_b"
    assert [one.case.attributes for one in (first, second) if one.case] == [{"group": "north"}] * 2


def test_escapes_of_workbooks_are_plain_text_in_csv(tmp_path: Path) -> None:
    (one,) = read_table(tmp_path, "id,comment\nr1,It rained._x000D_ For a week.\n")
    assert one.text == "It rained._x000D_ For a week."


@given(st.text(st.sampled_from("_x0D5Fabc 12"), max_size=30))
def test_escaped_text_reads_back(text: str) -> None:
    assert unescape_cell(escape_cell(text)) == text


LONG = (
    "It rained for a whole week and we lost most of it here.",
    "The dry spring took half of it before anybody noticed.",
    "Prices fell in the week in which everybody else sold.",
    "Nobody came to the market in the whole of August at all.",
    "The barn burned down and all the seed with it, you see.",
    "We had no diesel for the tractor for a month or so.",
)


def questions_asked(tmp_path: Path, **columns: str) -> list[str]:
    """Return the columns that the notices ask about; each column is given as its six cells, separated by commas."""
    names = ["Respondent", "hardest thing", *columns]
    cells = [column.split(",") for column in columns.values()]
    stream = io.StringIO()
    csv.writer(stream).writerows([names, *zip("123456", LONG, *cells, strict=True)])
    first, *_ = read_table(tmp_path, stream.getvalue())
    asked = [notice for notice in first.notices if "open question" in notice]
    assert len(asked) < 2
    return re.findall(r"'(.+?)'[ ,]", asked[0].partition(" open question")[0] + " ") if asked else []


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("advice", "plant early,rest,sell it,rest,none,learn first"),
        ("advice", "plant early,rest more,sell it,wait,pray,learn first"),
        ("Any advice?", "plant early,rest,sell it,rest,none,learn first"),
        ("What one word describes the year?", "Rain,Mould,Hard,Busy,Good,Awful"),
        ("Q3[comment]", ",,too dear,,,"),
        ("Q3_4_TEXT", ",,goats,,,"),
        ("Other - Text", "goats,,,,,"),
        ("Warum", "Regen,,,,Wind,"),
        ("conseil", "semer tôt,,vendre,,,"),
        ("hardest", "rain,mould,prices,thieves,diesel,weeds"),
        ("助言", "早く植える,休む,売る,休む,待つ,祈る"),
    ],
)
def test_short_own_words_are_asked_about(tmp_path: Path, name: str, cells: str) -> None:
    assert questions_asked(tmp_path, **{name: cells}) == [name]


def test_one_notice_lists_all_columns_that_may_be_questions(tmp_path: Path) -> None:
    columns = {"advice": "rest,wait,pray,sell,,go", "group": "n,s,n,s,n,s", "Why": "rain,,,,,"}
    assert questions_asked(tmp_path, **columns) == ["advice", "Why"]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("age", "1,2,3,4,5,6"),
        ("How old are you?", "18-24,25-34,18-24,35-44,65+,25-34"),
        ("When?", "2020-01-01,2020-01-02,2020-01-03,2020-01-04,2020-01-05,2020-01-06"),
        ("Do you farm?", "yes,no,Yes,no,no,yes"),
        ("How satisfied are you?", "very satisfied,satisfied,satisfied,very satisfied,satisfied,very satisfied"),
        ("village", "Oak,Elm,Ash,Fir,Yew Hill,Box"),
        ("contact", "Ann Lee,Bo Day,Cy Roe,Di Fox,Ed Hay,Flo Kay"),
        ("contact person", "a@x.org,b@x.org,c@x.org,d@x.org,e@x.org,f@x.org"),
        ("Respondent ID", "AB CD 1,AB CD 2,AB CD 3,AB CD 4,AB CD 5,AB CD 6"),
        ("region", "north,south,north,south,north,east"),
    ],
)
def test_categories_numbers_and_names_are_no_questions(tmp_path: Path, name: str, cells: str) -> None:
    assert questions_asked(tmp_path, **{name: cells}) == []


# the column of speakers: by its name, or by the names in its cells

TALK = "1,Interviewer,How was it?\n2,Ann,It rained for a week.\n3,Interviewer,And then?\n4,Ann,Then it was fine.\n"
TALK_TURNS = [
    ("Interviewer", "How was it?"),
    ("Ann", "It rained for a week."),
    ("Interviewer", "And then?"),
    ("Ann", "Then it was fine."),
]


@pytest.mark.parametrize(
    "name",
    "role,sender,author,from,name,user,user_id,person,actor,who said,Sprecher,locutor,hablante,label,x".split(","),
)
def test_names_of_an_interviewer_show_the_column_of_speakers(tmp_path: Path, name: str) -> None:
    (one,) = read_table(tmp_path, f"id,{name},text\n{TALK}")
    assert (one.case, spoken(one)) == (None, TALK_TURNS)
    assert [turn.role for turn in one.turns] == ["interviewer", "participant"] * 2
    assert len(one.notices) == 1
    hint = '(if each row is another respondent, write tables: {"survey.csv": {"kind": "answers"}})'
    assert (hint in one.notices[0]) == (name not in {"who said", "Sprecher", "locutor", "hablante"})


def test_participants_of_several_interviews_may_have_few_rows(tmp_path: Path) -> None:
    table = "interview_id,turn_id,role,text\n1,1,Interviewer,How?\n1,2,Ann,Rain.\n2,1,Interviewer,How?\n2,2,Ben,Dry.\n"
    assert [one.id for one in read_table(tmp_path, table)] == ["survey#1", "survey#2"]


def test_settings_that_name_ids_make_it_a_survey(tmp_path: Path) -> None:
    assert len(read_table(tmp_path, f"id,role,text\n{TALK}", id="id", text=("text",))) == 4


def test_senders_of_a_chat_are_speakers(tmp_path: Path) -> None:
    table = "Date,Author,Content,Reactions\n10:00,bob,How?,\n10:01,ann,It rained.,\n10:02,bob,So?,\n10:03,ann,Dry.,\n"
    (one,) = read_table(tmp_path, table)
    assert [name for name, _ in spoken(one)] == ["bob", "ann", "bob", "ann"]


def test_roles_of_calls_are_speakers(tmp_path: Path) -> None:
    table = "ParticipantRole,Content,BeginOffsetMillis\nAGENT,How was it?,1000\nCUSTOMER,It rained.,2000\n"
    (one,) = read_table(tmp_path, table)
    assert (spoken(one), times(one)) == ([("AGENT", "How was it?"), ("CUSTOMER", "It rained.")], [1.0, 2.0])


def test_roles_of_chats_with_a_model_are_those_of_their_json(tmp_path: Path) -> None:
    table = "role,content\nsystem,Be nice.\nassistant,How was it?\nuser,It rained.\nassistant,So?\nuser,Dry.\n"
    (one,) = read_table(tmp_path, table)
    assert [(turn.speaker, turn.role) for turn in one.turns] == [
        ("assistant", "interviewer"),
        ("user", "participant"),
    ] * 2
    assert [(piece.line, piece.text) for piece in one.unplaced] == [(2, "system: Be nice.")]


@pytest.mark.parametrize(
    ("table", "is_asked"),
    [
        ("respondent,interviewer,comment\n1,Interviewer,Rain.\n2,Dana,Sun.\n3,Dana,Wind.\n", False),
        ("id,role,comment\n1,manager,Rain.\n2,staff,Sun.\n3,staff,Wind.\n4,manager,Hail.\n", False),
        ("participant_id,role,text\nP1,Interviewer,How?\nP2,Ann,Rain.\nP3,Interviewer,So?\nP4,Ann,Dry.\n", True),
        ("id,name,comment\n1,Oak,Rain.\n2,Elm,Sun.\n3,Oak,Wind.\n4,Elm,Hail.\n", True),
        ("respondent,role,comment\n1,agent,Rain.\n2,customer,Sun.\n3,customer,Wind.\n", True),
    ],
)
def test_respondents_with_repeated_names_stay_a_survey(tmp_path: Path, table: str, is_asked: bool) -> None:
    first, *rest = read_table(tmp_path, table)
    assert len(rest) > 1
    asked = [notice for notice in first.notices if "name who speaks in each row" in notice]
    assert bool(asked) == is_asked
    if asked:
        assert '"kind": "transcript", "speaker": ' in asked[0]
        assert read_table(tmp_path, table, kind="answers")[0].notices == first.notices[:1]


def test_occupation_is_no_interviewer_unless_it_asks(tmp_path: Path) -> None:
    rules = SourceRules(("Interviewer", "Researcher"))
    for text, count in (("It rained.", 3), ("How was it?", 1)):
        path = write_atomically(tmp_path / "s.csv", f"id,role,text\n1,Researcher,{text}\n2,Cook,Sun.\n3,Cook,Wind.\n")
        assert len(list(read_source(path, name="s", display_path="transcripts/s.csv", rules=rules))) == count


def test_name_of_a_speaker_comes_before_its_id(tmp_path: Path) -> None:
    (one,) = read_table(tmp_path, "speaker_id,speaker,text\n1,Interviewer,How?\n2,Ann,It rained.\n")
    assert [turn.role for turn in one.turns] == ["interviewer", "participant"]


# captions: more names of times, and times without such names


@pytest.mark.parametrize(
    ("header", "first", "second"),
    [
        ("Number,Start time in milliseconds,End time in milliseconds,Text", "1,0,2500", "2,2500,4100"),
        ("Number,Start time,End time,Text", "1,00:00:00:000,00:00:02:500", "2,00:00:02:500,00:00:04:100"),
        ("In,Out,Text", "00:00:00.0,00:00:02.5", "00:00:02.5,00:00:04.1"),
        ("#,TC in,TC out,Text", "1,00:00:00.0,00:00:02.5", "2,00:00:02.5,00:00:04.1"),
        ("startMs,endMs,text", "0,2500", "2500,4100"),
        ("von,bis,text", "0:00.0,0:02.5", "0:02.5,0:04.1"),
        ("x,y,text", "0:00.0,0:02.5", "0:02.5,0:04.1"),
    ],
)
def test_captions_of_subtitle_editors(tmp_path: Path, header: str, first: str, second: str) -> None:
    (one,) = read_table(tmp_path, f"{header}\n{first},It rained for a week.\n{second},Then it was fine.\n")
    assert (one.case, times(one)) == (None, [0.0, 2.5])


def test_numbers_that_may_be_times_of_captions_are_asked_about(tmp_path: Path) -> None:
    first, *_ = read_table(tmp_path, "idx,a,b,text\n1,0,2.5,It rained.\n2,2.5,4,Dry.\n3,5,6,Well.\n")
    assert 'tables: {"survey.csv": {"kind": "transcript", "text": "text", "time": "a"}}; if not' in first.notices[-1]


def test_start_without_an_end_needs_a_usual_name(tmp_path: Path) -> None:
    assert len(read_table(tmp_path, "id,in,comment\n1,2,It rained.\n2,3,Dry.\n")) == 2


# columns of ids that are no interviews


@pytest.mark.parametrize(
    ("name", "count", "is_asked"),
    [
        ("question_id", 1, False),
        ("chapterId", 1, False),
        ("Topic ID", 1, False),
        ("section_no", 1, False),
        ("record_id", 1, True),
        ("visit_id", 1, True),
        ("interview_id", 3, False),
        ("participant_id", 3, False),
    ],
)
def test_one_participant_below_several_ids(tmp_path: Path, name: str, count: int, is_asked: bool) -> None:
    rows = "".join(f"{number},Interviewer,How was it?\n{number},Ann,It rained.\n" for number in (1, 2, 3))
    found = read_table(tmp_path, f"{name},speaker,text\n{rows}", "m.csv")
    assert len(found) == count
    assert any("name an interview" in notice for notice in found[0].notices) == is_asked


@pytest.mark.parametrize(("label", "answers", "count"), [("P{}", 1, 3), ("Participant", 2, 3), ("Participant", 1, 1)])
def test_ids_of_any_name_are_interviews_of_other_people(tmp_path: Path, label: str, answers: int, count: int) -> None:
    lines = [
        line
        for number in (1, 2, 3)
        for line in [f"{number},Interviewer,How?", *[f"{number},{label.format(number)},Rain."] * answers]
    ]
    assert len(read_table(tmp_path, "\n".join(["visit_id,speaker,text", *lines, ""]), "m.csv")) == count


# questions beside their answers; parts of a talk beside remarks


@pytest.mark.parametrize("header", ["Question,Answer", "Frage,Antwort", "question_id,Question,Answer"])
def test_questions_beside_answers_are_one_interview(tmp_path: Path, header: str) -> None:
    numbers = ["1,", "2,"] if header.count(",") > 1 else ["", ""]
    table = f"{header}\n{numbers[0]}How was it?,It rained for a week.\n{numbers[1]}And then?,Then it was fine.\n"
    (one,) = read_table(tmp_path, table)
    assert spoken(one) == [
        ("Question", "How was it?"),
        ("", "It rained for a week."),
        ("Question", "And then?"),
        ("", "Then it was fine."),
    ]
    assert [turn.role for turn in one.turns] == ["interviewer", "participant"] * 2
    assert 'write tables: {"survey.csv": {"kind": "answers"}}' in one.notices[0]


def test_questions_beside_respondents_are_attributes(tmp_path: Path) -> None:
    for table in (
        "respondent,question,answer\n1,How was it?,It rained.\n2,And then?,Dry.\n",
        "id,question,answer\n1,yield,It rained.\n2,price,Dry.\n",
    ):
        assert [one.id for one in read_table(tmp_path, table)] == ["survey#1", "survey#2"]


def test_segments_beside_remarks_are_the_text(tmp_path: Path) -> None:
    table = (
        "Document name,Speaker,Segment,Comment\n"
        "A1,Ann,It rained for a week.,compare this with the other diary\nA1,Ann,We lost all of it.,\n"
    )
    (one,) = read_table(tmp_path, table)
    assert spoken(one) == [("Ann", "It rained for a week."), ("Ann", "We lost all of it.")]
    (one,) = read_table(tmp_path, "who,said\nInterviewer,How was it?\nAnn,It rained for a week.\n")
    assert [turn.role for turn in one.turns] == ["interviewer", "participant"]


def test_segment_of_a_market_is_an_attribute(tmp_path: Path) -> None:
    table = "id,segment,comment\n1,small business owners,It rained.\n2,small business owners,\n3,large farms,Dry.\n"
    assert "text from 'comment'" in read_table(tmp_path, table)[0].notices[0]


# row numbers


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "index", "#"])
def test_row_numbers_are_the_ids_of_answers_without_ids(tmp_path: Path, name: str) -> None:
    questions = "What do you like?,What bothers you?"
    rows = "0,It rained for days and days here.,The bus is always late and full.\n"
    rows += "1,We had to wait for the bus.,Nothing to say about that one.\n"
    rows += "2,Nobody came to see us in spring.,The rain and the cold of the spring.\n"
    found = read_table(tmp_path, f"{name},{questions}\n{rows}")
    assert [transcript.id for transcript in found] == ["survey#0", "survey#1", "survey#2"]


@pytest.mark.parametrize("name", ["", "Unnamed: 0", "index", "#"])
def test_row_numbers_are_not_attributes_of_cases(tmp_path: Path, name: str) -> None:
    first, _ = read_table(tmp_path, f"{name},Case,Age,freetext\n0,ID4,24,I left.\n1,ID5,,I stayed.\n")
    assert first.case == Case("ID4", {"Age": "24"}, ("survey#ID4",))


def test_row_numbers_do_not_make_turns_answers(tmp_path: Path) -> None:
    (interview,) = read_table(tmp_path, ",utterance\n0,It rained here.\n1,And nobody came.\n")
    assert [text for _, text in spoken(interview)] == ["It rained here.", "And nobody came."]


def test_a_first_column_without_a_name_that_has_words_is_an_attribute(tmp_path: Path) -> None:
    first, _ = read_table(tmp_path, ",Case,freetext\nnorth,ID4,I left.\nsouth,ID5,I stayed.\n")
    assert first.case is not None
    assert first.case.attributes == {"column 1": "north"}
