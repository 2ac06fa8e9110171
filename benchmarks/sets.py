"""Sets that others have coded, as studies on disk: focus groups (gennovate) and answers to a survey (pxtext)."""

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
"""Where the sets lie beside the repository; they are not ours to ship."""

_DID_NOT = {"", "did not answer"}


@dataclass(frozen=True)
class Entry:
    """A code of a set."""

    id: str
    name: str
    definition: str = ""


def gennovate(folder: Path, real: Path = REAL) -> Project:
    """Write a study of the coded tables of gennovate: a table is a transcript, each text a turn, each row a code.

    Rows of a table are sorted by code; turns are put into the order of their words, so that nothing stands beside
    what has the same code.
    """
    entries = {row["category_label"].strip(): _entry(row) for row in _rows(real / "gennovate" / "codebook.csv")}
    _study(folder, "gennovate", entries.values())
    codings = []
    for path in sorted((real / "gennovate").glob("template_*.csv")):
        name = path.stem.removeprefix("template_")
        said: dict[str, set[str]] = {}
        for row in _rows(path):
            text, label = _plain(row.get("text") or ""), (row.get("category_label") or "").strip()
            if text and label in entries:
                said.setdefault(text, set()).add(entries[label].id)
        _write(folder / "transcripts" / f"{name}.csv", ["speaker", "text"], (["P", text] for text in sorted(said)))
        codings += [(name, text, code) for text, codes in said.items() for code in sorted(codes)]
    return _coded(folder, codings)


def _entry(row: Mapping[str, str]) -> Entry:
    label = row["category_label"].strip()
    definition = f"{row['indicator'].strip()}: {row['indicator_category'].strip()}"
    return Entry(f"{_slug(row['indicator_label'])}/{_slug(label)}", label, definition)


def pxtext(folder: Path, real: Path = REAL) -> Project:
    """Write a study of the answers of pxtext: a respondent is a transcript, a column a question, one-hot columns codes.

    Answers that were not given are left out, and so are codes that no answer has. The set defines no code.
    """
    rows = list(_rows(next((real / "pxtext").glob("*.csv"))))
    labels = list(rows[0])[11:]
    used = [label for label in labels if any(row[label] == "1" for row in rows)]
    entries = {label: Entry(f"feedback/{_slug(label)}", label) for label in used}
    _study(folder, "pxtext", entries.values())
    answers: dict[str, dict[str, str]] = {}
    codings = []
    for row in rows:
        text, question = _plain(row["FFT answer"]), _plain(row["FFT question"])
        held = answers.setdefault(row["Respondent ID"], {})
        if text.casefold() not in _DID_NOT and question not in held:
            held[question] = text
            codings += [(row["Respondent ID"], text, entries[one].id) for one in used if row[one] == "1"]
    questions = sorted({question for held in answers.values() for question in held})
    given = ([who, *(held.get(one, "") for one in questions)] for who, held in answers.items() if held)
    _write(folder / "transcripts" / "answers.csv", ["respondent id", *questions], given)
    texts = json.dumps(questions)
    with (folder / "qualcode.yaml").open("a", encoding="utf-8") as file:
        file.write(f"tables:\n  answers.csv: {{kind: answers, id: respondent id, text: {texts}}}\n")
    return _coded(folder, codings)


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a table in UTF-8, with its mark or without, or in Windows-1252."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252")
    yield from csv.DictReader(io.StringIO(text, newline=""))


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _study(folder: Path, name: str, entries: Iterable[Entry]) -> None:
    """Write settings and codebook."""
    for below in ("codebooks", "transcripts"):
        (folder / below).mkdir(parents=True, exist_ok=True)
    (folder / "qualcode.yaml").write_text(f"name: {name}\nlanguage: en\ncoder: {CODER}\n", encoding="utf-8")
    families: dict[str, list[Entry]] = {}
    for entry in entries:
        families.setdefault(entry.id.partition("/")[0], []).append(entry)
    for family, held in families.items():
        lines = [f"family: {family}", f"name: {family}", "codes:"]
        for entry in held:
            said = {"id": entry.id.partition("/")[2], "name": entry.name, "definition": entry.definition}
            lines.append(f"  - {json.dumps({key: value for key, value in said.items() if value})}")
        (folder / "codebooks" / f"{family}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write(path: Path, columns: list[str], rows: Iterable[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def _coded(folder: Path, codings: Iterable[tuple[str, str, str]]) -> Project:
    """Record codings of whole turns (transcript, words, code), and everything as finished."""
    project = Project(folder)
    rows = ([name, *_span(project, name, words), code] for name, words, code in _known(project, codings))
    table = folder / "codings.csv"
    _write(table, ["transcript", "start", "end", "quote", "code"], rows)
    placed = project.code_from(table, coder=CODER)
    if placed.problems:
        raise SystemExit("\n".join(map(str, placed.problems[:5])))
    project.done(list(project.study.transcripts), coder=CODER)
    table.unlink()
    return project


def _known(project: Project, codings: Iterable[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield codings with the ids that transcripts have in the study."""
    known = {name.rpartition("#")[2]: name for name in project.study.transcripts}
    yield from ((known[name], words, code) for name, words, code in codings)


def _span(project: Project, name: str, words: str) -> tuple[int, int, str]:
    """Return where the turn with these words stands."""
    transcript = project.study.transcripts[name]
    for turn in transcript.turns:
        text = transcript.text[turn.start : turn.end]
        if _plain(text) == words:
            return turn.start, turn.end, text
    raise SystemExit(f"{name}: no turn says {words[:60]!r}")
