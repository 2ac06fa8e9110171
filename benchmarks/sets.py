"""Data sets that others have coded, as studies on disk: focus groups (gennovate) and survey answers (pxtext)."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from qualcode import Project

CODER = "set"
REAL = Path(__file__).resolve().parents[2] / "shared" / "data" / "real"
"""The folder of the data sets, next to the repository; they are not ours to distribute."""

_NO_ANSWER = {"", "did not answer"}


@dataclass(frozen=True)
class Entry:
    """A code of a data set."""

    id: str
    name: str
    definition: str = ""


def gennovate(folder: Path, real: Path = REAL) -> Project:
    """Write the coded tables of gennovate as a study: a table is a transcript, each text a turn, each row a coding.

    Rows of a table are sorted by code; turns are sorted by their text instead, so that the order does not reveal codes.
    """
    entries = {row["category_label"].strip(): _entry(row) for row in _rows(real / "gennovate" / "codebook.csv")}
    _write_study_files(folder, "gennovate", entries.values())
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


def pxtext(folder: Path, real: Path = REAL) -> Project:
    """Write the answers of pxtext as a study: respondents are transcripts, columns questions, one-hot columns codes.

    Empty answers and codes without an answer are left out. The data set has no definitions of codes.
    """
    rows = list(_rows(next((real / "pxtext").glob("*.csv"))))
    labels = list(rows[0])[11:]
    used = [label for label in labels if any(row[label] == "1" for row in rows)]
    entries = {label: Entry(f"feedback/{_slug(label)}", label) for label in used}
    _write_study_files(folder, "pxtext", entries.values())
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


def _write_study_files(folder: Path, name: str, entries: Iterable[Entry]) -> None:
    """Write settings and codebook."""
    for subfolder in ("codebooks", "transcripts"):
        (folder / subfolder).mkdir(parents=True, exist_ok=True)
    (folder / "qualcode.yaml").write_text(f"name: {name}\nlanguage: en\ncoder: {CODER}\n", encoding="utf-8")
    families: dict[str, list[Entry]] = {}
    for entry in entries:
        families.setdefault(entry.id.partition("/")[0], []).append(entry)
    for family, family_entries in families.items():
        lines = [f"family: {family}", f"name: {family}", "codes:"]
        for entry in family_entries:
            fields = {"id": entry.id.partition("/")[2], "name": entry.name, "definition": entry.definition}
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
    """Return start, end and text of the turn with these words."""
    transcript = project.study.transcripts[name]
    for turn in transcript.turns:
        text = transcript.text[turn.start : turn.end]
        if _join_words(text) == words:
            return turn.start, turn.end, text
    raise SystemExit(f"{name}: no turn with the text {words[:60]!r}")
