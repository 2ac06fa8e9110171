"""What `fuzz.py` feeds with damaged files: each reader of users' files, with seeds and properties that must hold."""

# ruff: noqa: E501 (tables of seeds and words)

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import openpyxl
import pyarrow as pa
from pyarrow import parquet

import test_transcripts_docx as docx
import test_transcripts_elan as elan
import test_transcripts_odt as odt
import test_transcripts_pdf as pdf
import test_transcripts_rtf as rtf
import word_files as word
from qualcode.anchors import is_codable
from qualcode.codebook import read_codebook
from qualcode.coding.corrections.correction import NewCoding
from qualcode.coding.corrections.word.word_comments import read_word_comments
from qualcode.coding.import_tables import CODING_IMPORT_COLUMNS, read_import_table
from qualcode.errors import OperationError, QualcodeError
from qualcode.ledger import fold, read_ledgers
from qualcode.model import SourceRules, Transcript, Unit
from qualcode.project import Project
from qualcode.pseudonyms.text import read_key
from qualcode.queries import format_query, parse_query
from qualcode.segments import get_sentence_rules, segment_transcript
from qualcode.settings import read_settings
from qualcode.signals import find_signals
from qualcode.transcripts import SUFFIXES, read_source
from qualcode.transcripts.rewrite.source_rewrite import REWRITABLE_SUFFIXES, rewrite_source
from studies import CASES, SKILLS, WORK, coded_study, ledgers, small_study
from word_files import Remark

RULES = SourceRules(interviewers=("I", "INT"))
SENTENCES = get_sentence_rules("en")
SHIPPED = Path(__file__).parents[1]


@dataclass(frozen=True)
class Target:
    """A function that reads a file of a name; `QualcodeError` is the only exception that it may raise."""

    name: str
    read: Callable[[Path], object]
    seeds: Callable[[], list[bytes]]
    words: tuple[str, ...] = field(default=())
    """Texts with a meaning in the format, which mutations insert."""


class UnforeseenError(Exception):
    """A reader failed in a way that it does not foresee, which `read_source` reports as a problem of the source."""


def read_any_source(path: Path) -> None:
    """Read a source, and check its turns, its segments and that rewriting it without a change leaves its bytes."""
    try:
        found = list(read_source(path, name="a", display_path=f"transcripts/{path.name}", rules=RULES))
    except OperationError as error:
        if error.__cause__ is not None and "failed unexpectedly" in str(error):
            raise UnforeseenError(str(error)) from error.__cause__
        raise
    for transcript in found:
        check_transcript(transcript)
    if path.suffix in REWRITABLE_SUFFIXES:
        content = path.read_bytes()
        assert rewrite_source(path.suffix, content, lambda _: ()) == content, "rewriting changed bytes"


def check_transcript(transcript: Transcript) -> None:
    """Check that turns follow each other inside the text, and that segments and signals can be computed."""
    assert "\r" not in transcript.text
    end = 0
    for turn in transcript.turns:
        assert end <= turn.start <= turn.end <= len(transcript.text)
        end = turn.end
    for unit in ("sentence", "turn", "paragraph", "exchange"):
        for segment in segment_transcript(transcript, unit=Unit(unit), sentence_rules=SENTENCES):
            assert 0 <= segment.start < segment.end <= len(transcript.text)
    list(find_signals(transcript, RULES, sentence_rules=SENTENCES))


def shipped(suffix: str) -> list[bytes]:
    """Return two short sources of the shipped study with a suffix."""
    paths = sorted((SHIPPED / "transcripts").glob(f"*{suffix}"), key=lambda path: path.stat().st_size)
    return [path.read_bytes()[:6000] if suffix in {".txt", ".md"} else path.read_bytes() for path in paths[:2]]


def made_workbook() -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in (["speaker", "text", "time"], ["I", "Why?", 1], ["P", "It rained. It was cold.", "00:00:04"]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(stream)
    return stream.getvalue()


def made_parquet() -> bytes:
    stream = io.BytesIO()
    parquet.write_table(pa.table({"id": ["1", "2"], "answer": ["It rained a lot here.", "We waited."]}), stream)
    return stream.getvalue()


ANSWERS = b'id,group,answer\n1,x,"It rained, ""a lot"". We waited."\n2,y,No time.\n'
WHISPER = json.dumps({"segments": [{"start": 0.5, "end": 2, "text": " Why?", "speaker": "SPEAKER_00"}] * 3}).encode()
CHAT = b"@UTF8\n@Begin\n@Participants:\tINV Investigator, PAR Participant\n*INV:\twhy ?\n*PAR:\tit &uh rained [/] rained .\n@End\n"
PAGE = b"<title>t</title><table><tr><td>I<td>Hi?<tr><td>P<td>Yes<p>no<tr><td>I<td>So?</table><b>x</b><i hidden>y</i>"
SEEDS: Mapping[str, Callable[[], list[bytes]]] = {
    ".txt": lambda: shipped(".txt"),
    ".md": lambda: shipped(".md"),
    ".docx": lambda: [docx.NOTED, docx.docx(docx.tbl(docx.tr(docx.p(docx.r("I")), docx.p(docx.r("Why?")))))],
    ".odt": lambda: [odt.odt(odt.p("P1: One", odt.NOTE, odt.BOX), odt.table(("0:01", "I", "Hello?"), ("0:02", "P1", "No.")))],
    ".rtf": lambda: [rtf.rtf(rf"P1: One{rtf.NOTE}{rtf.BOX}\par\u233?\'e9{{\b x}}", rtf.tr("0:01", "I", "Hi?"), rtf.COMMENT)],
    ".pdf": lambda: [pdf.pdf(["I: Hi?", "P1: Yes."], ["I: So?", "2"])],
    ".html": lambda: [PAGE],
    ".vtt": lambda: shipped(".vtt"),
    ".srt": lambda: shipped(".srt"),
    ".csv": lambda: [ANSWERS, b"speaker,text\nI,Why?\nP,It rained.\n"],
    ".tsv": lambda: [ANSWERS.replace(b",", b"\t")],
    ".xlsx": lambda: [made_workbook()],
    ".parquet": lambda: [made_parquet()],
    ".json": lambda: [WHISPER],
    ".cha": lambda: [CHAT],
    ".eaf": lambda: [elan.TALK.encode()],
}  # fmt: skip
_SAME = {".htm": ".html"}
WORDS: Mapping[str, tuple[str, ...]] = {
    ".txt": ("I: ", "\nP1: ", "[00:01:02]", "\r\n", "\u2028", "Interviewer:\n", "(laughs)", "#00:00:01-2#"),
    ".docx": ("<w:p>", "</w:p>", "<w:r>", "<w:t>", "<w:tbl>", "<w:tr>", "<w:tc>", "&#x10FFFF;", 'w:id="1"', "<w:del>"),
    ".odt": ("<text:p>", "</text:p>", '<text:s text:c="99999999"/>', "<table:table>", 'table:number-rows-repeated="9999"'),
    ".rtf": ("{", "}", "\\par ", "\\u-99999?", "\\'e9", "\\bin999999999 ", "\\trowd", "\\cell", "\\row", "\\ansicpg65001"),
    ".pdf": (" 0 R", "obj", "endobj", "stream", "<<", ">>", "/Kids", "/Length 999999", "BT", "Tj", "[", "]", "xref"),
    ".html": ("<table>", "<tr>", "<td>", "<p>", "<!--", "&#0;", "&#x110000;", '<td colspan="99999999">', "<meta charset=utf-7>"),
    ".vtt": ("-->", "00:00:01.000 --> 00:00:02.000", "<v Ann>", "</v>", "NOTE", "\n\n", "99999999:99:99.999", "&#9999999;"),
    ".csv": (",", ";", "\t", '"', '""', "\r", "\0", "\n", "=1+1", "id", "speaker", "text"),
    ".json": ("{", "}", "[", "]", '"', "null", "1e999", "-1", "\\ud800", '"text":', '"start":', '"speaker":', "NaN"),
    ".cha": ("*PAR:\t", "%mor:\t", "@Begin", "[/]", "[* m]", "<", ">", "&-", "+...", "\x15", "xxx"),
    ".eaf": ("<TIER>", "<ANNOTATION>", 'TIME_VALUE="99999999999999999999"', "<!ENTITY x '&x;'>", "&x;", 'TIME_SLOT_REF1="ts1"'),
}  # fmt: skip
_ANY = (
    "7" * 5000,
    "\u0663" * 5000,
    " " * 5000,
    "\n" * 5000,
    "e\u0301" * 2000,
    "\u202e",
    "\x00",
    "\ufeff",
    "\U000e0041",
)
_LIKE = {".md": ".txt", ".htm": ".html", ".srt": ".vtt", ".tsv": ".csv", ".xlsx": ".docx"}
_YAML = ("- ", ": ", "{", "}", "[", "]", "&a ", "*a", "!!python/object/apply:os.system ", "|\n", ">-\n", "? ", "'", '"', "#",
         "\t", "---\n", "...\n", "<<: ", "1e999", "0o9", "2001-01-01", "~", "\\x00", "id: ", "codes:\n", "cues: ")  # fmt: skip


def _read_codebook(path: Path) -> None:
    read_codebook([path], root=path.parent)


def _read_ledger(path: Path) -> None:
    folder = path.parent / "ana"
    folder.mkdir(exist_ok=True)
    shutil.copyfile(path, folder / path.name)
    events, _ = read_ledgers(path.parent, root=path.parent)
    fold(events)


def _read_import(path: Path) -> None:
    read_import_table(path, columns=CODING_IMPORT_COLUMNS, required=("transcript", "quote", "code"))


def _read_cases(path: Path) -> None:
    from qualcode.transcripts import read_cases

    read_cases(path, display_path=path.name)


_QUERIES = [
    b'work/money near:2t skills/patience and @group=x or not (text:"budg* is" and status:changed)',
    b"(work or strain) and coder:ana and transcript:[AB] and @size>=10 and memo:* and speaker:P and not work/fear",
]
_QUERY_WORDS = (
    " and ",
    " or ",
    " not ",
    "near:1t",
    "near:2s ",
    "(",
    ")",
    '"',
    "'",
    "@group=",
    "@",
    ":",
    "*",
    "work",
    "text:",
    "\\",
)


def _read_query(path: Path) -> None:
    """Find the quotes of a query in a coded study, and check that its printed form is the same query."""
    text = path.read_text(encoding="utf-8", errors="replace")
    query = parse_query(text)
    assert parse_query(format_query(query.root)).root == query.root, "the printed form is another query"
    root = path.parent / "study"
    project = Project(root if root.exists() else coded_study(root, coder="ana"))
    for part in ("whole", "overlap"):
        project.quotes(text, part=part)


def _study_reader(name: str) -> Callable[[Path], None]:
    """Return a function that puts a file into a coded study and runs what a person would run."""

    def read(path: Path) -> None:
        root = path.parent / "study"
        if not root.exists():
            coded_study(root, coder="ana")
        target = root / name
        kept = target.read_bytes() if target.exists() else None
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)
        try:
            project = Project(root)
            for run in (
                project.check,
                project.status,
                project.codings,
                project.themes,
                project.cooccurrence,
                project.quotes,
                project.memos,
                project.update,
            ):
                with suppress(QualcodeError):
                    run()
        finally:
            target.unlink() if kept is None else target.write_bytes(kept)

    return read


def _apply_comments(path: Path) -> None:
    """Read the comments of a Word file, after which all offsets must be those of participants' words."""
    root = path.parent / "study"
    project = Project(root if root.exists() else coded_study(root, coder="ana"))
    for item in read_word_comments(project.study, path, transcript="A").items:
        if isinstance(item, NewCoding):
            text = project.study.transcripts["A"].text
            assert text[item.start : item.end] == item.quote
            assert is_codable(project.study.transcripts["A"], item.start or 0, item.end or 0)
    project.apply(path, coder="lea", transcript="A")


def _comment_seeds() -> list[bytes]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        project = Project(coded_study(Path(folder) / "study", coder="ana"))
        content = project.export_word(Path(folder) / "A.docx").path.read_bytes()
    answer = Remark("recode: Fear: it is", answers="0")
    return [word.reviewed(content, ("what it earns", Remark("Fear: so")), ("They", Remark("x")), ("", answer))]


def _merge_archive(path: Path) -> None:
    """Merge an archive into a coded study, after which no file but ledgers and sources may be new or changed."""
    root = path.parent / "study"
    if not root.exists():
        coded_study(root, coder="ana")
    kept = {each: each.read_bytes() for each in root.rglob("*") if each.is_file() and ".qualcode" not in each.parts}
    try:
        with suppress(QualcodeError):
            Project(root).merge(path, write=True, force=True)
        for each, content in kept.items():
            assert each.read_bytes().startswith(content), f"{each} was changed"
    finally:
        shutil.rmtree(root)


def _merge_seeds() -> list[bytes]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        copy = coded_study(Path(folder) / "copy", coder="ben")
        (copy / "transcripts/E.txt").write_bytes(b"I: So?\n\nP: It rained.\n")
        shutil.rmtree(copy / ".qualcode")
        return [Path(shutil.make_archive(f"{folder}/copy", "zip", copy)).read_bytes()]


def _ledger_seeds() -> list[bytes]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return list(ledgers(coded_study(Path(folder), coder="ana")).values())[:2]


def _settings_seeds() -> list[bytes]:
    return [(SHIPPED / "qualcode.yaml").read_bytes(), b"""\
name: Small
language: en
roles: {interviewer: [I]}
speakers: {P1: {name: Ann, role: participant}}
labels: {not_speakers: [Note], patterns: ['^\\((?P<name>P\\d+)\\):']}
encodings: {"*.txt": utf-8}
tables: {"*.csv": {kind: answers, text: [a], id: b}}
sources: {"*.json": {keys: {items: a.b, text: t}}}
unit: window:3
coder: ana
"""]  # fmt: skip


CODINGS = b"transcript,quote,code,coder,turn\nA,The budget is gone.,work/money,ana,1\n"


def list_targets() -> dict[str, Target]:
    """Return all targets by name: a source is named by its suffix, other files by what they are."""
    sources = [
        Target(
            suffix.removeprefix("."),
            read_any_source,
            SEEDS[_SAME.get(suffix, suffix)],
            (*WORDS.get(_LIKE.get(suffix, suffix), ()), *_ANY),
        )
        for suffix in SUFFIXES
    ]
    csv, jsonl = WORDS[".csv"], WORDS[".json"]
    others = [
        Target("settings.yaml", read_settings, _settings_seeds, _YAML),
        Target("codebook.yaml", _read_codebook, lambda: [WORK.encode(), SKILLS.encode()], _YAML),
        Target("key.yaml", read_key, lambda: [b"Ann Miller: {as: Person 1, also: [Ann]}\nkeep: [Mark my words]\n"], _YAML),
        Target("key.csv", read_key, lambda: [b"name,pseudonym,also,keep\nAnn Miller,Person 1,Ann;Annie,\n"], csv),
        Target("ledger.jsonl", _read_ledger, _ledger_seeds, jsonl),
        Target("cases.csv", _read_cases, lambda: [CASES.encode()], csv),
        Target("cases.xlsx", _read_cases, lambda: [made_workbook()], WORDS[".docx"]),
        Target("codings.csv", _read_import, lambda: [CODINGS], csv),
        Target("codings.xlsx", _read_import, lambda: [made_workbook()], WORDS[".docx"]),
        Target("codings.parquet", _read_import, lambda: [made_parquet()]),
        Target("codings.jsonl", _read_import, lambda: [b'{"transcript": "A", "quote": "It rained.", "code": "a/b"}\n'], jsonl),
        Target("comments.docx", _apply_comments, _comment_seeds, WORDS[".docx"]),
        Target("query.txt", _read_query, lambda: _QUERIES, _QUERY_WORDS),
        Target("study-settings.yaml", _study_reader("qualcode.yaml"), _settings_seeds, _YAML),
        Target("study-codebook.yaml", _study_reader("codebooks/work.yaml"), lambda: [WORK.encode()], _YAML),
        Target("study-ledger.jsonl", _study_reader("codings/ana/A.jsonl"), _ledger_seeds, jsonl),
        Target("study-cases.csv", _study_reader("transcripts/cases.csv"), lambda: [CASES.encode()], csv),
        Target("study-source.txt", _study_reader("transcripts/A.txt"), lambda: [(small_text())], WORDS[".txt"]),
        Target("copy.zip", _merge_archive, _merge_seeds, (*jsonl, "../", "codings/")),
        Target("study-cache.parquet", _study_reader(".qualcode/shown.parquet"), lambda: [made_parquet()]),
    ]  # fmt: skip
    return {
        target.name: target for target in (*sources, *(replace(other, words=(*other.words, *_ANY)) for other in others))
    }


def small_text() -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return (small_study(Path(folder)) / "transcripts/A.txt").read_bytes()
