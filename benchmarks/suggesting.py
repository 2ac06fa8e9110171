"""Suggestions in 51 interviews of 8,000 words each against spaCy tokenisation of the same segments."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import compare, process, python
from qualcode import Project

WORDS = 8_000

_BARE = """
import sys, time
import spacy
from qualcode.project import Project
from qualcode.segments import segment_transcript
study = Project(sys.argv[1]).study
texts = [t.text[s.start:s.end] for t in study.transcripts.values() for s in segment_transcript(t)]
began = time.process_time()
nlp = spacy.blank("en")
for doc in nlp.pipe(texts):
    pass
print("CPU", time.process_time() - began)
"""
_OURS = """
import sys, time
import spacy, simplemma, pyarrow.parquet, click, lxml.etree, pydantic, ruamel.yaml, msgspec, numpy
import qualcode.cli.coding_commands, qualcode.suggest.cue_suggestions, qualcode.suggest.spacy_components.cue_components
import qualcode.codebook.codebook_schema, qualcode.settings.settings_schema, qualcode.transcripts.documents.docx
import qualcode.transcripts.readers.plain_text, qualcode.transcripts.readers.captions
from qualcode.__main__ import main
sys.argv[1:] = ["-C", sys.argv[1], "suggest", "--output", sys.argv[1] + "/out.csv"]
began = time.process_time()
try:
    main()
finally:
    print("CPU", time.process_time() - began)
"""


def long_study(folder: Path) -> Path:
    """Write a study of 51 interviews of 8,000 words each from the shipped one, its text repeated."""
    shipped = Project(".").study
    shutil.copytree(shipped.root / "codebooks", folder / "codebooks")
    shutil.copy(shipped.root / "qualcode.yaml", folder)
    (folder / "transcripts").mkdir()
    for name, transcript in shipped.transcripts.items():
        turns = [f"{turn.speaker}: {transcript.text[turn.start : turn.end]}" for turn in transcript.turns]
        words = sum(len(turn.split()) for turn in turns)
        text = "\n\n".join(turns * -(-WORDS // words))
        (folder / "transcripts" / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def run() -> Iterator[str]:
    """Yield ratios after import, then of whole processes; only the last line uses cached suggestions."""
    with tempfile.TemporaryDirectory() as name:
        study = str(long_study(Path(name)))
        cold, warm = _after_import(study, ".qualcode"), _after_import(study, ".qualcode/suggestions-*")
        yield f"51 x {WORDS:,} words, first run ever, after import: {cold} of spacy.blank('en')"
        yield f"the same, codebook read before: {warm} of spacy.blank('en')"
        suggest = f"{sys.executable} -m qualcode -C {study} suggest -o {study}/o.csv"
        first = compare(["sh", "-c", f"rm -rf {study}/.qualcode; exec {suggest}"], python(_BARE, study), rounds=5)
        yield f"whole process, first run: {first} of one that reads and tokenises"
        again = compare(suggest.split(), python(_BARE, study), rounds=3)
        yield f"whole process, nothing changed since: {again} of the same"


def _after_import(study: str, cached: str, rounds: int = 5) -> str:
    pairs = []
    for _ in range(rounds):
        for path in Path(study).glob(cached):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        ours = float(process(python(_OURS, study)).output.rpartition("CPU")[2])
        bare = float(process(python(_BARE, study)).output.rpartition("CPU")[2])
        pairs.append((ours / bare, ours, bare))
    ratio, ours, bare = sorted(pairs)[rounds // 2]
    return f"{ratio:.2f}x ({ours:.2f} against {bare:.2f} CPU s)"
