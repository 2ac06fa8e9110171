"""Quotes: the query language, what a query finds, and citations."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import span_coding
from qualcode import Project
from qualcode.anchors import turn_at
from qualcode.errors import MissingCoderError, UsageError
from qualcode.export.markdown_text import enclose_quote, escape_markdown, quotation_lines
from qualcode.listings.quotes.placed_codings import PlacedCodings
from qualcode.listings.quotes.query_evaluation import Evaluation
from qualcode.model import Coding, Segment, Unit
from qualcode.queries import (
    And,
    Comparison,
    Near,
    Node,
    Not,
    Or,
    QueryError,
    Term,
    format_query,
    parse_query,
)
from qualcode.segments import segment_transcript
from qualcode.study.study import Study
from studies import CASES, C, Shell, coded_study, column, records, small_study, write

INTERVIEW = """\
I: What is hard?

P: The budget is gone and nobody can tell me what it earns. They fear it.

I: And then?

P: I wait a week.

I: What else?

P: The budget is late, and they fear it. I wait.
"""
"""Turns 1, 3 and 5 are a participant's."""

CODINGS = """\
A,work/money,The budget is gone and nobody can tell me what it earns.
A,work/money/roi,nobody can tell me what it earns.
A,work/fear,They fear it.
A,skills/patience,I wait a week.
A,work/money,"The budget is late, and they fear it."
A,work/fear,they fear it.
B,skills/patience,I wait a week.
C,work/money,The budget is gone.
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The small study with another interview A, as ana has coded it; the numbers of her codings are their lines."""
    root = small_study(tmp_path / "study", coder="ana")
    write(root, "transcripts/A.txt", INTERVIEW)
    write(root, "codes.csv", "transcript,code,quote\n" + CODINGS)
    Project(root).code_from(root / "codes.csv", coder="ana")
    return root


@pytest.fixture
def project(root: Path) -> Project:
    return Project(root)


@pytest.fixture
def find(project: Project) -> Callable[..., list[str]]:
    """Return the found quotes, each with the last part of its code."""

    def find(query: str, **options: str) -> list[str]:
        rows = records(project.quotes(query, **options))  # type: ignore[arg-type]
        return [f"{row['transcript']} {row['code'].split('/')[-1]}: {row['quote']}" for row in rows]

    return find


GONE = "A money: The budget is gone and nobody can tell me what it earns."
EARNS = "A roi: nobody can tell me what it earns."
FEAR = "A fear: They fear it."
WEEK = "A patience: I wait a week."
LATE = "A money: The budget is late, and they fear it."
LATE_FEAR = "A fear: they fear it."
B_WEEK = "B patience: I wait a week."
C_GONE = "C money: The budget is gone."

FOUND = {
    "work/money/roi": [EARNS],
    "work/money": [GONE, EARNS, LATE, C_GONE],
    "strain": [FEAR, WEEK, LATE_FEAR, B_WEEK],
    "work/mon*": [GONE, EARNS, LATE, C_GONE],
    "work/fear or skills": [FEAR, WEEK, LATE_FEAR, B_WEEK],
    "work/money and work/fear": [LATE, LATE_FEAR],
    "work/money and not work/fear": [GONE, EARNS, C_GONE],
    "not work": [WEEK, B_WEEK],
    "work/fear near:2t skills/patience": [FEAR, WEEK, LATE_FEAR],
    "work/fear near:1t skills/patience": [],
    "work/fear near:1s work/money": [GONE, EARNS, FEAR, LATE, LATE_FEAR],
    "work/money/roi near:0s work/money": [GONE, EARNS],
    "work/fear near:4t work/fear": [FEAR, LATE_FEAR],
    "work/fear near:3t work/fear": [],
    "@group=x": [GONE, EARNS, FEAR, WEEK, LATE, LATE_FEAR, B_WEEK],
    "@group != x": [C_GONE],
    "@size>=10 and work/fear": [FEAR, LATE_FEAR],
    "@size<10": [C_GONE],
    '@size=""': [B_WEEK],
    'text:"budget is"': [GONE, LATE, C_GONE],
    "text:week or work/fear and text:they": [FEAR, WEEK, LATE_FEAR, B_WEEK],
    "(text:week or work/fear) and speaker:be*": [B_WEEK],
    "transcript:B or transcript:C": [B_WEEK, C_GONE],
    "status:anchored and not transcript:A": [B_WEEK, C_GONE],
    "(work/money and text:late) and work/fear": [LATE, LATE_FEAR],
    "coder:ana and skills": [WEEK, B_WEEK],
    "* and transcript:C": [C_GONE],
}


@pytest.mark.parametrize(("query", "quotes"), FOUND.items(), ids=FOUND)
def test_a_query_finds_the_codings_that_match(find: Callable[..., list[str]], query: str, quotes: list[str]) -> None:
    assert sorted(find(query)) == sorted(quotes)


@pytest.mark.parametrize("query", ["", "  ", "*"])
def test_a_query_for_all_finds_all_codings(find: Callable[..., list[str]], query: str) -> None:
    assert len(find(query)) == 8


def test_codes_are_together_in_one_unit_if_a_unit_is_given(find: Callable[..., list[str]]) -> None:
    query = "work/money/roi and work/fear"
    assert find(query) == []
    assert find(query, unit="sentence") == []
    assert find(query, unit="turn") == [EARNS, FEAR]
    assert find("skills and not work", unit="window:2") == [B_WEEK]


def test_the_overlapped_part_is_what_the_codings_of_all_codes_have_in_common(project: Project) -> None:
    rows = records(project.quotes("work/money and (work/fear or work/money/roi)", part="overlap"))
    assert [(one["code"], one["quote"]) for one in rows] == [
        ("work/money; work/money/roi", "nobody can tell me what it earns."),
        ("work/money; work/fear", "they fear it."),
    ]
    assert rows[0]["id"].count("; ") == 1


def test_the_notes_name_query_coder_and_rule(project: Project) -> None:
    assert project.quotes("work/money and work/fear", unit="turn").attrs["notes"] == [
        "query: work/money and work/fear",
        "unit turn: codes are together where their codings overlap one unit of a participant",
        "coder ana; 5 of 8 codings found",
    ]
    assert (
        "codes are together where their codings overlap by at least one character"
        in (project.quotes("work/money and work/fear").attrs["notes"])
    )
    assert "overlap" in project.quotes("work/money and (work/fear or text:earns)").attrs["notes"][1]
    assert project.quotes("work/fear and skills").attrs["notes"][-1] == "a wider unit may find more (unit='turn')"


def test_a_row_has_the_place_and_the_citation_of_a_quote(project: Project) -> None:
    (found,) = records(project.quotes("transcript:C", by=["group", "size"]))
    assert found | {"id": ""} == {
        "id": "",
        "transcript": "C",
        "case": "C",
        "turn": 1,
        "speaker": "Cy",
        "time": 2.0,
        "start": found["start"],
        "end": found["start"] + 19,
        "quote": "The budget is gone.",
        "code": "work/money",
        "coder": "ana",
        "status": "anchored",
        "memo": "",
        "citation": "C, Cy, turn 1, 0:00:02",
        "group": "y",
        "size": "5",
    }


def test_changed_and_orphaned_codings(root: Path) -> None:
    write(root, "transcripts/C.vtt", "WEBVTT\n\n00:00:02.000 --> 00:00:04.000\n<v Cy>All is well.</v>\n")
    write(root, "transcripts/A.txt", INTERVIEW.replace("I wait a week.", "I wait one week."))
    project = Project(root)
    project.update(write=True)
    project = Project(root)
    assert column(records(project.quotes("status:changed")), "quote") == ["I wait one week."]
    assert "not counted: 1 orphaned coding (see Project.check())" in project.quotes().attrs["notes"]
    with pytest.raises(QueryError, match=r"^query:1:8: orphaned codings have no place"):
        project.quotes("status:orphaned")


def test_memos_on_codings(project: Project) -> None:
    (coding,) = project.quotes("work/money/roi")["id"]
    project.memo("Nobody *measures*.", on=coding, coder="ana")
    assert column(records(project.quotes("memo:measures")), "memo") == ["Nobody *measures*."]
    assert len(project.quotes('memo:"*"')) == 1
    assert len(project.quotes("not memo:Measures")) == 7


def test_coders_are_looked_at_separately(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path / "study"))
    project.code("A", "work/fear", "The budget is gone.", coder="ben")
    with pytest.raises(MissingCoderError):
        project.quotes("work")
    both = "work/money and work/fear"
    assert project.quotes(both, coder="ana").empty
    assert column(records(project.quotes(both, coder=["ana", "ben"])), "coder") == ["ben", "ben"]
    assert column(records(project.quotes(f"({both}) and coder:ben")), "coder") == ["ben", "ben"]
    assert set(project.quotes("work/money and not coder:ana")["coder"]) == {"ben"}
    notes = project.quotes(f"({both}) and coder:ben").attrs["notes"]
    assert [note for note in notes if note.startswith("coder")] == ["coder ben; 2 of 2 codings found"]
    assert "no coding by ana, ben found" in project.quotes("skills and coder:ben").attrs["notes"]
    # Ben has read the family of work in A only.
    assert column(records(project.quotes("work and coder:consensus and transcript:A")), "coder") == ["consensus"]
    assert project.quotes("work and coder:ana@2020").empty


FAULTS = {
    "work/money and work/feer": "query:1:16: no code 'work/feer' (did you mean 'work/fear'?)",
    "wrok": "query:1:1: no code 'wrok' (did you mean 'work'?)",
    "work and @grup=x": "query:1:11: no attribute 'grup' (did you mean 'group'?)",
    "@group=z": "query:1:8: no case has group 'z' (there is x, y)",
    "@size>big": "query:1:7: '>' compares numbers, and 'big' is none: write = or !=",
    "coder:anna": "query:1:7: no coder 'anna' (did you mean 'ana'?)",
    "coder:ana@2026-13": "query:1:7: coder 'ana@2026-13': this is no date; write 2026, 2026-01, 2026-01-31 or "
    "2026-01-31T14:30",
    "status:changd": "query:1:8: no status 'changd' (did you mean 'changed'?)",
    "transcript:E": "query:1:12: no transcript 'E' (known: A, B, C, D)",
    "speaker:Beaa": "query:1:9: no speaker 'Beaa' (did you mean 'Bea'?)",
    "work\nand\n txt:a": "query:3:2: no condition 'txt:' (did you mean 'text:'?)",
    "work fear": "query:1:6: 'and', 'or' or near:2t is missing before 'fear'",
    "work and": "query:1:9: something is missing at the end: a code or a condition",
    "(work": "query:1:1: this parenthesis is not closed: add ) where the group ends",
    "work)": "query:1:5: this parenthesis was not opened: take it out, or add ( before",
    "work && skills": "query:1:6: write 'and' for '&&'",
    "work near:2 skills": "query:1:11: '2' is no distance: write turns or sentences, as in near:2t or near:3s",
    'work and "fear it"': 'query:1:10: "fear it" is no code: write text:"..." to search for words',
    'text:"fear': 'query:1:6: this quotation mark is not closed: add " behind the last word',
    "text:": "query:1:6: 'text:' needs a value, as in text:VALUE or text:\"two words\"",
    "@group": "query:1:7: '@group' needs a comparison: =, !=, <, <=, > or >=, as in @group=VALUE",
    "work or " * 1250 + "work": "query:1:10001: the query has more than 10,000 characters: write it as several",
    "not " * 60 + "work": "query:1:201: the query is nested more than 50 deep: write it as several",
}


@pytest.mark.parametrize(("query", "message"), FAULTS.items(), ids=[query[:40] for query in FAULTS])
def test_a_fault_is_reported_with_its_column(project: Project, query: str, message: str) -> None:
    with pytest.raises(QueryError) as raised:
        project.quotes(query)
    assert str(raised.value) == message


def test_a_fault_can_be_shown_below_the_query() -> None:
    with pytest.raises(QueryError) as raised:
        parse_query("work\nand\tfear skills")
    assert raised.value.show_place() == "  and fear skills\n           ^"


def test_former_ids_find_the_codings_of_a_code(root: Path, find: Callable[..., list[str]]) -> None:
    book = (root / "codebooks/work.yaml").read_text(encoding="utf-8")
    write(root, "codebooks/work.yaml", book.replace("  - id: fear\n", "  - id: worry\n    formerly: [work/fear]\n"))
    assert find("work/fear") == ["A worry: They fear it.", "A worry: they fear it."]


# The command.


@pytest.fixture
def shell(root: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(root, capsys)


def test_the_command_prints_quotes_with_citations_below(shell: Shell) -> None:
    result = shell("quotes", "work/money and work/fear")
    name = json.loads(shell("quotes", "work/money and work/fear", "--format", "json").out)[0]["id"][-6:]
    assert result.code == 0
    assert result.out.startswith(
        f"“The budget is late, and they fear it.”\n    A, P, turn 5  work/money  ana  {name}\n\n“they fear it.”\n"
    )
    assert "coder ana; 2 of 8 codings found" in result.err


def test_the_command_takes_a_query_in_several_words_and_writes_csv(shell: Shell) -> None:
    rows = shell("quotes", "work/money", "and", "work/fear", "--by", "group", "--format", "csv").csv
    assert [(one["quote"], one["group"]) for one in rows] == [
        ("The budget is late, and they fear it.", "x"),
        ("they fear it.", "x"),
    ]


def test_a_memo_and_a_changed_text_are_shown_below_the_quote(shell: Shell) -> None:
    project = Project(shell.root)
    (coding,) = project.quotes("transcript:C")["id"]
    project.memo("One.\n\nTwo.", on=coding, coder="ana")
    write(shell.root, "transcripts/C.vtt", C.replace("is gone", "is all gone"))
    Project(shell.root).update(write=True)
    assert shell("quotes", "transcript:C").out == (
        "“The budget is all gone.”\n"
        f"    C, Cy, turn 1, 0:00:02  work/money  ana  {coding[-6:]} (changed)\n    memo: One.\n\n    Two.\n"
    )


def test_a_fault_in_the_query_is_wrong_usage(shell: Shell) -> None:
    result = shell("quotes", "work and", "work/feer")
    assert (result.code, result.out) == (2, "")
    assert result.err == "qualcode: query:1:10: no code 'work/feer' (did you mean 'work/fear'?)\n"


# Documents.


def test_quotes_are_written_in_markdown_by_code_with_citations(shell: Shell, tmp_path: Path) -> None:
    project = Project(shell.root)
    (coding,) = project.quotes("work/money/roi")["id"]
    project.memo("Nobody *measures*.", on=coding, coder="ana")
    path = tmp_path / "quotes.md"
    result = shell("quotes", "work/money and (work/fear or work/money/roi)", "-o", path)
    assert (result.code, result.out) == (0, "")
    assert f"{path}: 4 quotes\n" in result.err
    assert path.read_text(encoding="utf-8") == (
        "# Quotes: Small\n\n4 quotes.\n\n"
        "- query: work/money and (work/fear or work/money/roi)\n"
        "- codes are together where their codings overlap by at least one character\n"
        "- coder ana; 4 of 8 codings found\n\n"
        "## Money (`work/money`)\n\n"
        "> “The budget is gone and nobody can tell me what it earns.”\n>\n> — A, P, turn 1\n\n"
        "> “The budget is late, and they fear it.”\n>\n> — A, P, turn 5\n\n"
        "## Return (`work/money/roi`)\n\n"
        "> “nobody can tell me what it earns.”\n>\n> — A, P, turn 1\n>\n> Memo: Nobody *measures*.\n\n"
        "## Fear (`work/fear`)\n\n> “they fear it.”\n>\n> — A, P, turn 5\n"
    )


def test_markdown_shows_the_signs_of_a_quote_as_they_are() -> None:
    assert escape_markdown("a*b* <c>\n- d\n12. e") == "a\\*b\\* \\<c\\>\n\\- d\n12\\. e"
    assert enclose_quote("One\nline.\n\n - Two. ") == ["“One line.", "- Two.”"]
    assert list(quotation_lines(["a", "b\n\nc"])) == ["> a", ">", "> b", ">", "> c"]


def test_quotes_are_written_in_word(project: Project, tmp_path: Path) -> None:
    path, again = tmp_path / "quotes.docx", tmp_path / "again.docx"
    assert project.export_quotes(path, "work/money and work/fear", part="overlap").rows == 1
    project.export_quotes(again, "work/money and work/fear", part="overlap")
    assert path.read_bytes() == again.read_bytes()
    with ZipFile(path) as archive:
        document = archive.read("word/document.xml").decode()
    text = "|".join(re.findall(r"<w:t [^>]*>([^<]*)<", document))
    assert text.endswith("|Money + Fear |work/money, work/fear|“they fear it.”|— A, P, turn 5")
    assert 'w:orient="landscape"' not in document


def test_other_documents_are_refused(shell: Shell, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"q\.pdf: end the name in \.md \(Markdown\) or \.docx \(Word\)"):
        Project(shell.root).export_quotes(tmp_path / "q.pdf")
    assert shell("quotes", "--by", "group", "-o", tmp_path / "q.md").code == 2


# Laws.

CODES = ["work/money", "work/money/roi", "work/fear", "skills/patience"]
VALUES = st.text(alphabet="aA b\"'\\()*:@=<>“”\n", min_size=1, max_size=4)
NAMES = st.text(alphabet='ab /()"\\&', min_size=1, max_size=4)


def nodes(terms: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Return queries over these terms."""

    def grow(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.one_of(
            several.map(And),
            several.map(Or),
            inner.map(Not),
            st.builds(Near, inner, inner, st.integers(0, 3), st.sampled_from(["t", "s"])),
        )

    return st.recursive(terms, grow, max_leaves=6)


ANY_TERMS = st.one_of(
    st.builds(Term, st.sampled_from(["code", "coder", "memo", "speaker", "status", "text", "transcript"]), VALUES),
    st.builds(Comparison, NAMES, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), VALUES),
    st.sampled_from([Term("code", word) for word in ("and", "OR", "not", "*", "a/b-c", "&", "-")]),
)


@given(nodes(ANY_TERMS))
def test_the_text_of_a_query_parses_to_the_same_query(node: Node) -> None:
    assert parse_query(format_query(node)).root == node


@given(st.text(alphabet="ab()*:@=<\"' andornottext2", max_size=40))
def test_any_text_is_a_query_or_a_fault_inside_it(text: str) -> None:
    column = 1
    try:
        query = parse_query(text)
    except QueryError as error:
        column = error.column
    else:
        assert parse_query(format_query(query.root)).root == query.root
    assert 1 <= column <= len(text) + 1


@cache
def laws_study(folder: Path) -> Study:
    small_study(folder)
    write(folder, "transcripts/A.txt", INTERVIEW)
    write(folder, "transcripts/cases.csv", CASES)
    return Project(folder).study


@pytest.fixture(scope="module")
def laws_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("laws") / "study"


SOME_TERMS: st.SearchStrategy[Node] = st.one_of(
    st.sampled_from([Term("code", name) for name in (*CODES, "work", "*")]),
    st.sampled_from([Comparison("group", "=", "x"), Term("text", "the"), Term("status", "moved")]),
)
PLACES = st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 200), st.integers(1, 60), st.sampled_from(CODES)))


@settings(deadline=None, max_examples=150)
@given(places=PLACES, node=nodes(SOME_TERMS), unit=st.sampled_from([None, "turn", "sentence", "window:2"]))
def test_a_query_finds_what_comparing_all_pairs_finds(
    laws_folder: Path, places: Sequence[tuple[str, int, int, str]], node: Node, unit: str | None
) -> None:
    study = laws_study(laws_folder)
    codings = [coding for place in places if (coding := make_coding(study, *place)) is not None]
    codings.sort(key=lambda coding: coding.transcript)
    wanted = None if unit is None else Unit("window", 2) if unit == "window:2" else Unit(unit)  # type: ignore[arg-type]
    found = Evaluation(PlacedCodings(study, "ana", codings), wanted).find(node)
    assert [bool(one) for one in found] == Pairs(study, codings, wanted).find(node)


def make_coding(study: Study, transcript: str, start: int, length: int, code: str) -> Coding | None:
    """Return a coding in one turn of a participant, if there is one at the place."""
    turn = turn_at(study.transcripts[transcript], start)
    if turn is None or turn.role != "participant":
        return None
    end = min(start + length, turn.end)
    return span_coding(transcript, start, end, code, quote=study.transcripts[transcript].text[start:end])


class Pairs:
    """The meaning of queries as the documentation has it, by comparing all pairs of codings."""

    def __init__(self, study: Study, codings: Sequence[Coding], unit: Unit | None) -> None:
        self.study, self.codings, self.unit = study, codings, unit

    def find(self, node: Node) -> list[bool]:
        return [bool(self.units(one)) and self.is_found(node, one) for one in self.codings]

    def is_found(self, node: Node, one: Coding) -> bool:
        if isinstance(node, And):
            parts = [part for part in node.operands if self.has_code(part)]
            is_candidate = not parts or any(self.is_found(part, one) for part in parts)
            return is_candidate and all(self.holds(part, one) for part in node.operands)
        if isinstance(node, Or):
            return any(self.is_found(part, one) for part in node.operands)
        if isinstance(node, Not):
            return not self.holds(node.operand, one)
        if isinstance(node, Near):
            sides = [(node.left, node.right), (node.right, node.left)]
            near = any(self.is_found(a, one) and self.is_near(node, one, b) for a, b in sides)
            parts = [part for part in (node.left, node.right) if self.has_code(part)]
            return near and (not parts or any(self.is_found(part, one) for part in parts))
        if isinstance(node, Comparison):
            return one.transcript in "AB"
        if node.name == "text":
            return "the" in one.quote.lower().replace(".", " ").replace(",", " ").split()
        return node.name == "code" and (node.value == "*" or f"{one.code}/".startswith(f"{node.value}/"))

    def holds(self, node: Node, one: Coding) -> bool:
        if self.has_code(node):
            return any(self.is_found(node, other) and self.are_together(one, other) for other in self.codings)
        if isinstance(node, And):
            return all(self.holds(part, one) for part in node.operands)
        if isinstance(node, Or):
            return any(self.holds(part, one) for part in node.operands)
        return self.is_found(node, one)

    def has_code(self, node: Node) -> bool:
        if isinstance(node, And):
            return any(map(self.has_code, node.operands))
        if isinstance(node, Or):
            return all(map(self.has_code, node.operands))
        return isinstance(node, Near) or node in {Term("code", name) for name in (*CODES, "work", "*")}

    def are_together(self, one: Coding, other: Coding) -> bool:
        if self.unit is not None:
            return one.transcript == other.transcript and bool(self.units(one) & self.units(other))
        return one.transcript == other.transcript and one.start < other.end and other.start < one.end

    def units(self, one: Coding) -> set[int]:
        """Return the units that a coding overlaps; without a unit, one number for any."""
        return self.numbers(one, self.unit, participants_only=True) if self.unit else {0}

    def numbers(self, one: Coding, unit: Unit, *, participants_only: bool = False) -> set[int]:
        segments: list[Segment] = segment_transcript(self.study.transcripts[one.transcript], unit=unit)
        return {
            segment.index
            for segment in segments
            if segment.start < one.end and one.start < segment.end
            if segment.role == "participant" or not participants_only
        }

    def is_near(self, near: Near, one: Coding, node: Node) -> bool:
        unit = Unit("turn" if near.unit == "t" else "sentence")
        return any(
            other is not one
            and bool(self.units(other))
            and other.transcript == one.transcript
            and self.is_found(node, other)
            and any(abs(a - b) <= near.distance for a in self.numbers(one, unit) for b in self.numbers(other, unit))
            for other in self.codings
        )
