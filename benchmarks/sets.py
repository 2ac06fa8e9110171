"""Data sets that others have coded, as studies on disk: focus groups, survey answers, oral histories.

None of them has cues. With ``cues=True`` each code has as cues the words of its name and definition that no other code
has, which is what somebody would write without having read the texts.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

from qualcode import Project

CODER = "set"
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "real"
"""The folder of the data sets, next to the repository; they are not ours to distribute."""

_OHD_INTERVIEWERS = ("DB", "Devin Becker", "KRISTIN")
_NO_ANSWER = {"", "did not answer"}


@dataclass(frozen=True)
class Entry:
    """A code of a data set."""

    id: str
    name: str
    definition: str = ""
    cues: tuple[str, ...] = ()


def gennovate(folder: Path, real: Path = REAL, *, cues: bool = False) -> Project:
    """Write the coded tables of gennovate as a study: a table is a transcript, each text a turn, each row a coding.

    Rows of a table are sorted by code; turns are sorted by their text instead, so that the order does not reveal codes.
    """
    entries = {row["category_label"].strip(): _entry(row) for row in _rows(real / "gennovate" / "codebook.csv")}
    _write_study_files(folder, "gennovate", add_cues(entries.values()) if cues else entries.values())
    codings = []
    for path in sorted((real / "gennovate").glob("template_*.csv")):
        name = path.stem.removeprefix("template_")
        codes_by_text: dict[str, set[str]] = {}
        for row in _rows(path):
            text, label = _join_words(row.get("text") or ""), (row.get("category_label") or "").strip()
            if text and label in entries:
                codes_by_text.setdefault(text, set()).add(entries[label].id)
        _write_table(
            folder / "transcripts" / f"{name}.csv", ["speaker", "text"], (["P", text] for text in sorted(codes_by_text))
        )
        codings += [(name, text, code) for text, codes in codes_by_text.items() for code in sorted(codes)]
    return _code_study(folder, codings)


def _entry(row: Mapping[str, str]) -> Entry:
    label = row["category_label"].strip()
    definition = f"{row['indicator'].strip()}: {row['indicator_category'].strip()}"
    return Entry(f"{_slug(row['indicator_label'])}/{_slug(label)}", label, definition)


def pxtext(folder: Path, real: Path = REAL, *, cues: bool = False, limit: int | None = None) -> Project:
    """Write the answers of pxtext as a study: respondents are transcripts, columns questions, one-hot columns codes.

    Empty answers and codes without an answer are left out. The data set has no definitions of codes. ``limit`` is the
    number of rows, from the first.
    """
    rows = list(_rows(next((real / "pxtext").glob("*.csv"))))[:limit]
    labels = list(rows[0])[11:]
    used = [label for label in labels if any(row[label] == "1" for row in rows)]
    entries = {label: Entry(f"feedback/{_slug(label)}", label) for label in used}
    _write_study_files(folder, "pxtext", add_cues(entries.values()) if cues else entries.values())
    answers: dict[str, dict[str, str]] = {}
    codings = []
    for row in rows:
        text, question = _join_words(row["FFT answer"]), _join_words(row["FFT question"])
        given = answers.setdefault(row["Respondent ID"], {})
        if text.casefold() not in _NO_ANSWER and question not in given:
            given[question] = text
            codings += [(row["Respondent ID"], text, entries[label].id) for label in used if row[label] == "1"]
    questions = sorted({question for given in answers.values() for question in given})
    table = (
        [respondent, *(given.get(question, "") for question in questions)]
        for respondent, given in answers.items()
        if given
    )
    _write_table(folder / "transcripts" / "answers.csv", ["respondent id", *questions], table)
    with (folder / "qualcode.yaml").open("a", encoding="utf-8") as file:
        file.write(f"tables:\n  answers.csv: {{kind: answers, id: respondent id, text: {json.dumps(questions)}}}\n")
    return _code_study(folder, codings)


def ohd(folder: Path, real: Path = REAL, *, cues: bool = False, parts: int = 6) -> Project:
    """Write four oral histories as a study: each in ``parts`` transcripts of equal length, rows turns, tags codes.

    The interviewers' turns have tags too, which are left out.
    """
    described = {row["tag"].strip(): row["description"].strip() for row in _rows(real / "ohd" / "filters.csv")}
    entries = [Entry(f"tags/{_slug(tag)}", tag, description) for tag, description in described.items()]
    _write_study_files(folder, "ohd", add_cues(entries) if cues else entries, interviewers=_OHD_INTERVIEWERS)
    codings = []
    for path in sorted(set((real / "ohd").glob("*.csv")) - {real / "ohd" / "filters.csv"}):
        turns = list(_ohd_turns(_rows(path)))
        size = -(-len(turns) // parts)
        for number, first in enumerate(range(0, len(turns), size), 1):
            name, part = f"{path.stem}{number}", turns[first : first + size]
            _write_table(folder / "transcripts" / f"{name}.csv", ["speaker", "text"], (turn[:2] for turn in part))
            codings += [
                (name, text, f"tags/{_slug(tag)}")
                for speaker, text, tags in part
                for tag in sorted({tag.strip() for tag in tags.split(";")} & described.keys())
                if speaker not in _OHD_INTERVIEWERS
            ]
    return _code_study(folder, list(dict.fromkeys(codings)))


def _ohd_turns(rows: Iterable[dict[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield speaker, text and tags of each turn; a row without a speaker, or with the same one, continues the turn."""
    speaker, texts, tags = "DB", list[str](), list[str]()
    for row in rows:
        name = row["speaker"].strip().rstrip(":") or speaker
        if name != speaker and texts:
            yield speaker, " ".join(texts), ";".join(tags)
            texts, tags = [], []
        speaker = name
        if words := _join_words(unescape(row["words"])):
            texts.append(words)
            tags.append(row["tags"] or "")
    if texts:
        yield speaker, " ".join(texts), ";".join(tags)


def add_cues(entries: Iterable[Entry]) -> list[Entry]:
    """Return codes with the words of four letters or more that only they have in name and definition as cues."""
    listed = list(entries)
    words = [set(re.findall(r"[a-z]{4,}", f"{entry.name} {entry.definition}".casefold())) for entry in listed]
    count = Counter(word for own in words for word in own)
    return [
        replace(entry, cues=tuple(sorted(word for word in own if count[word] == 1)))
        for entry, own in zip(listed, words, strict=True)
    ]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a table in UTF-8, with or without a byte order mark, or in Windows-1252."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    yield from csv.DictReader(io.StringIO(text, newline=""))


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_")


def _join_words(text: str) -> str:
    return " ".join(text.split())


def _write_study_files(folder: Path, name: str, entries: Iterable[Entry], *, interviewers: Sequence[str] = ()) -> None:
    """Write settings and codebook."""
    for subfolder in ("codebooks", "transcripts"):
        (folder / subfolder).mkdir(parents=True, exist_ok=True)
    roles = f"roles: {{interviewer: {json.dumps(list(interviewers))}}}\n" if interviewers else ""
    (folder / "qualcode.yaml").write_text(f"name: {name}\nlanguage: en\ncoder: {CODER}\n{roles}", encoding="utf-8")
    families: dict[str, list[Entry]] = {}
    for entry in entries:
        families.setdefault(entry.id.partition("/")[0], []).append(entry)
    for family, family_entries in families.items():
        lines = [f"family: {family}", f"name: {family}", "codes:"]
        for entry in family_entries:
            fields: dict[str, object] = {
                "id": entry.id.partition("/")[2],
                "name": entry.name,
                "definition": entry.definition,
            }
            fields |= {"cues": list(entry.cues)} if entry.cues else {}
            lines.append(f"  - {json.dumps({key: value for key, value in fields.items() if value})}")
        (folder / "codebooks" / f"{family}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_table(path: Path, columns: list[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def _code_study(folder: Path, codings: Iterable[tuple[str, str, str]]) -> Project:
    """Record codings of whole turns (transcript, text, code), and mark all transcripts as finished."""
    project = Project(folder)
    ids = {name.rpartition("#")[2]: name for name in project.study.transcripts}
    rows = ([ids[name], *_find_turn(project, ids[name], text), code] for name, text, code in codings)
    table = folder / "codings.csv"
    _write_table(table, ["transcript", "start", "end", "quote", "code"], rows)
    result = project.code_from(table, coder=CODER)
    if result.problems:
        raise SystemExit("\n".join(map(str, result.problems[:5])))
    project.done(list(project.study.transcripts), coder=CODER)
    table.unlink()
    return project


def _find_turn(project: Project, name: str, words: str) -> tuple[int, int, str]:
    """Return start, end and text of the participant's turn with these words."""
    transcript = project.study.transcripts[name]
    for turn in transcript.participant_turns:
        text = transcript.text[turn.start : turn.end]
        if _join_words(text) == words:
            return turn.start, turn.end, text
    raise SystemExit(f"{name}: no turn with the text {words[:60]!r}")
