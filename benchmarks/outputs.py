"""Compare what two versions of the program write for the shipped study, byte for byte.

``python -m benchmarks.outputs write FOLDER`` runs the commands below on a copy of the shipped study, with the
``qualcode`` that ``PYTHONPATH`` names, and keeps what each wrote to stdout, the files, and the ledgers.
``python -m benchmarks.outputs compare OLD NEW`` lists the files that differ and exits with 1 if any does; for tables it
names the columns, for sheets whether only texts differ. New ids are compared by their order, times not at all.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
STUDY = ("qualcode.yaml", "codebooks", "transcripts", "codings")
UNITS = ("sentence", "turn", "paragraph", "exchange", "window:3", "transcript")
_ULID = re.compile(r"\b[0-7][0-9a-hjkmnp-tv-z]{25}\b")
_CELL_TEXT = re.compile(r"<t[ >].*?</t>|<(?:oddHeader|oddFooter)>.*?<|ht=\"[\d.]+\"", re.DOTALL)
_TIME = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")

READ = {
    "check": "check",
    "status": "status",
    "transcripts": "transcripts",
    "speakers": "transcripts speakers",
    "speakers_each": "transcripts speakers --each",
    "speakers_rejected": "transcripts speakers --rejected",
    "rows": "transcripts rows S01",
    **{f"segments_{unit.replace(':', '')}": f"segments --unit {unit}" for unit in UNITS},
    "codebook": "codebook",
    "codings": "codings",
    "codings_all": "codings --coder analyst-1 --coder analyst-2",
    **{f"themes_{unit.replace(':', '')}": f"themes --unit {unit}" for unit in UNITS},
    "themes_by_group": "themes --by group",
    "themes_two": "themes --by formation --coder analyst-1 --coder analyst-2 --universe all",
    "cooccurrence": "cooccurrence --zeros",
    "cooccurrence_by": "cooccurrence --unit window:3 --by group --level code --level theme",
    "edges": "network --min-count 2",
    "suggest": "suggest --all",
    "suggest_pending": "suggest --min-score 0.2 --top 2 --order uncertain",
    "suggest_cues": "suggest --maker cues --all --order transcript",
    "codes": "evaluate --show codes --no-curve",
    "calibration": "evaluate --show calibration --no-curve",
    "work": "evaluate --show work --no-curve",
    "differences": "evaluate --show differences --no-curve",
    "ceiling": "evaluate --show ceiling --no-curve",
    "surprises": "surprises",
    "drift": "surprises --show drift",
    "confusions": "confusions",
}
"""Commands whose tables are kept as CSV and as JSON."""

FILES = (
    "network --graphml {out}/network.graphml --gexf {out}/network.gexf --svg {out}/network.svg",
    "network --by group --graphml {out}/by_group.graphml",
    "export {out}/study.xlsx",
    "export {out}/suggestions.xlsx --suggestions --by formation",
    "export --as spacy -o {out}/spacy --coder analyst-1",
    "suggest --all -o {out}/suggestions.parquet",
)

DECIDED = (
    "done P03 S05 --coder eva",
    "done S06 --family challenges --coder eva",
    "memo on-the-study --coder eva",
    "done S06 --undo --coder eva",
    "update --all",
    "update --write --all",
    "codings --coder eva",
    "codings",
    "themes --coder eva",
)


def run(study: Path, command: str, *more: str) -> str:
    """Return what a command writes to stdout; its exit code is the last line."""
    words = [sys.executable, "-m", "qualcode", "-C", str(study), *command.split(), *more]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False, cwd=study, env=dict(os.environ))
    if done.returncode > 1:
        print(f"{command}: {done.stderr.strip()}", file=sys.stderr)
    return f"{done.stdout}\nexit {done.returncode}\n".replace(str(study), "STUDY")


def copy_of_the_study(folder: Path) -> Path:
    """Return a new copy of the shipped study without its cache."""
    folder.mkdir(parents=True)
    for name in STUDY:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    return folder


def without_chance(text: str) -> str:
    """Return a text with new ids replaced by the order in which they first occur, and without times."""
    seen: dict[str, str] = {}
    return _TIME.sub("TIME", _ULID.sub(lambda match: seen.setdefault(match[0], f"ID{len(seen)}"), text))


def write(out: Path) -> None:
    """Run everything and keep what it wrote below a folder."""
    study = copy_of_the_study(out / "study")
    (out / "files").mkdir()
    for name, command in READ.items():
        for shape in ("csv", "json"):
            (out / f"{name}.{shape}").write_text(run(study, command, "--format", shape), encoding="utf-8")
    for command in FILES:
        run(study, command.format(out=out / "files"))
    for book in (out / "files").glob("*.xlsx"):
        with zipfile.ZipFile(book) as archive:
            archive.extractall(book.with_suffix(""))
        book.unlink()
    _decide(study, out)
    shutil.rmtree(study)


def _decide(study: Path, out: Path) -> None:
    """Accept, reject, code, retract and follow an edit; keep the answers and the ledgers that come of it."""
    ids = [row["id"] for row in json.loads(run(study, "suggest --format json --top 1").rpartition("\nexit")[0])]
    rows = json.loads(run(study, "codings --format json").rpartition("\nexit")[0])
    answers = [
        run(study, f"accept {' '.join(ids[:12])} --coder eva"),
        run(study, f"reject {' '.join(ids[12:20])} --coder eva"),
        run(study, f"retract {rows[3]['id']} {rows[-1]['id']}"),
        run(study, f"code {rows[7]['transcript']} {rows[0]['code']} --coder eva", "--", rows[7]["quote"]),
        run(study, f"why {ids[0]} --format json"),
    ]
    for name in ("P01", "S05"):
        (source,) = (study / "transcripts").glob(f"{name}.*")
        text = source.read_bytes()
        if source.suffix in {".txt", ".md", ".vtt", ".srt"}:
            source.write_bytes(text.replace(b" the ", b" that ", 9).replace(b"ing ", b"in ", 5))
    answers += [
        run(study, command, *(["--format", "json"] if command.partition(" ")[0] not in {"done", "memo"} else []))
        for command in DECIDED
    ]
    (out / "decisions.txt").write_text("\n".join(answers), encoding="utf-8")
    ledgers = "\n".join(path.read_text(encoding="utf-8") for path in sorted((study / "codings").rglob("*.jsonl")))
    (out / "ledgers.jsonl").write_text(ledgers, encoding="utf-8")


def differences(old: Path, new: Path) -> Iterator[str]:
    """Yield a line for each file that is missing on one side or differs; of JSON tables, the columns that do."""
    names = sorted({path.relative_to(side) for side in (old, new) for path in side.rglob("*") if path.is_file()})
    for name in names:
        if not (old / name).is_file() or not (new / name).is_file():
            yield f"{name}: only on one side"
        elif name.name != "core.xml" and _comparable(old / name) != _comparable(new / name):
            yield f"{name}: {_what_differs(old / name, new / name)}"


def _comparable(path: Path) -> bytes | str:
    """Return what is compared: without what differs from run to run."""
    content = path.read_bytes()
    return without_chance(content.decode()) if path.name in {"decisions.txt", "ledgers.jsonl"} else content


def _what_differs(old: Path, new: Path) -> str:
    if old.suffix == ".xml":
        without_texts = (_CELL_TEXT.sub("", path.read_text(encoding="utf-8")) for path in (old, new))
        return "differs in texts only" if len({*without_texts}) == 1 else "differs"
    if old.suffix != ".json":
        return "differs"
    before, after = (json.loads(path.read_text(encoding="utf-8").rpartition("\nexit")[0]) for path in (old, new))
    if len(before) != len(after):
        return f"{len(before)} rows, then {len(after)}"
    pairs = list(zip(before, after, strict=True))
    columns = {key for one, two in pairs for key in {**one, **two} if one.get(key) != two.get(key)}
    return f"columns {', '.join(sorted(columns)) or 'in another order'}"


def main(words: list[str]) -> int:
    """Write or compare, as the words say."""
    if len(words) == 2 and words[0] == "write":
        write(Path(words[1]).resolve())
        return 0
    if len(words) == 3 and words[0] == "compare":
        found = list(differences(Path(words[1]), Path(words[2])))
        print("\n".join(found) or "the same, byte for byte")
        return int(bool(found))
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
