"""Cues in 1,000,000 short answers (15 words each, 25,000 forms by Zipf's law) against bare spaCy tokenisation."""

from __future__ import annotations

import csv
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

from simplemma.strategies import DefaultDictionaryFactory

from benchmarks.measuring import Run, process, python

ROWS = int(os.environ.get("ROWS", "1000000"))
FORMS = 25_000
CODES = 30

_COMMON = (
    "the to and a of i it we in that was you they is for on my have be with not so but are this at as do all had were "
    "he just she me or there an what if would about our one get when no can up out very from by more been their them "
    "know like time how which good don't then could some people didn't will has who it's too never only because any "
    "really than well us much i'm we've can't after again now her him being over even"
).split()

_CUES = """
import csv, sys, time
from pathlib import Path
import spacy
from qualcode.project.study import Study
from qualcode.suggest.cues import code_cues
from qualcode.suggest.pages import Page
from qualcode.suggest.searching import Search
root, kind = Path(sys.argv[1]), sys.argv[2]
study = Study(root)
with (root / "transcripts/answers.csv").open(encoding="utf-8", newline="") as stream:
    texts = [row[-1] for row in csv.reader(stream)][1:]
began = time.process_time()
for doc in spacy.blank("en").pipe(texts):
    pass
bare = time.process_time() - began
names = [str(number) for number in range(len(texts))]
cut = [slice(start, start + 2000) for start in range(0, len(texts), 2000)]
pages = [
    Page(names[one], texts[one], [0] * len(texts[one]), names[one], [0] * len(texts[one]), list(map(len, texts[one])))
    for one in cut
]
cues = {number: held.cue for number, held in enumerate(code_cues(study.book)) if held.cue.kind == kind}
began = time.process_time()
search = Search(cues, spacy.blank("en"))
hits = sum(len(one.found) for page in pages for one in search.in_page(page, short=study.short))
ours = time.process_time() - began
words = sum(len(text.split()) for text in texts)
print(f"{bare / ours:.1f}x the words a second ({words / ours / 1e6:.2f} against {words / bare / 1e6:.2f} million; "
      f"{len(cues)} cues, {hits:,} hits in {words:,} words; {ours:.1f} against {bare:.1f} CPU s)")
"""
_SEARCH = """
import sys, time
from pathlib import Path
import spacy, pyarrow.parquet, simplemma
from qualcode.project.hearing import Hearing
from qualcode.project.study import Study
study = Study(Path(sys.argv[1]))
hearing = Hearing(study, study.cache)
study.book
if sys.argv[2] == "all":
    for path in hearing.folder.glob("hits-*"):
        path.unlink()
began = time.process_time()
hearing.hits()
print(time.process_time() - began)
"""


def forms(chance: random.Random) -> list[str]:
    """Return word forms, the most frequent first."""
    held = DefaultDictionaryFactory().get_dictionary("en")
    plain = sorted(word for word in held if word.isascii() and word.isalpha() and word.islower() and 3 < len(word) < 11)
    return list(dict.fromkeys([*_COMMON, *chance.sample(plain, FORMS)]))[:FORMS]


def study(root: Path, rows: int) -> Path:
    """Write a study with one table of answers and two families of cues, of phrases and of exact texts."""
    chance = random.Random(1)
    words = forms(chance)
    (root / "qualcode.yaml").write_text("name: answers\nlanguage: en\n", encoding="utf-8")
    for folder in ("transcripts", "codebooks"):
        (root / folder).mkdir()
    with (root / "transcripts/answers.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["Respondent ID", "Region", "Age", "Answer"])
        weights = list(accumulate(1 / (rank + 3) for rank in range(1, len(words) + 1)))
        for number in range(rows):
            said = chance.choices(words, cum_weights=weights, k=max(3, int(chance.gauss(15, 5))))
            place = [f"R{number:07d}", chance.choice(["North", "South", "East"]), chance.randint(18, 90)]
            writer.writerow([*place, _spoken(said, number, chance)])
    for kind in ("phrase", "exact"):
        _codebook(root / f"codebooks/{kind}.yaml", kind, words)
    return root


def _spoken(said: list[str], number: int, chance: random.Random) -> str:
    """Return words with capitals and marks as people write them."""
    half = len(said) // 2
    if len(said) > 12:
        said[half] += chance.choice("..!?")
        said[half + 1] = said[half + 1].capitalize()
    if number % 3 == 0:
        said[2] += ","
    if number % 7 == 0:
        said[1] = f"({said[1]})"
    said[0] = said[0].capitalize()
    return " ".join(said) + chance.choice([".", ".", ".", "!", ""])


def _codebook(path: Path, kind: str, words: Sequence[str]) -> None:
    """Write 30 codes of 12 cues: 6 words, 4 of two words, 2 of three; all but the last of a cue are common words."""
    chance = random.Random(2)
    lines = [f"family: {kind}", "name: Cues", "codes:"]
    for code in range(CODES):
        lines += [f"  - id: c{code}", f"    name: Code {code}", "    cues:"]
        for length in [1] * 6 + [2] * 4 + [3] * 2:
            said = [*chance.choices(words[:100], k=length - 1), chance.choice(words[150:6000])]
            lines.append(f'      - {kind}: "{" ".join(said)}"')
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def change_one_cue(root: Path) -> None:
    """Write another word in place of the first phrase."""
    path = root / "codebooks/phrase.yaml"
    before, cue, after = path.read_text(encoding="utf-8").partition("- phrase: ")
    path.write_text(f'{before}{cue}"changed{time.time_ns()}"\n{after.partition(chr(10))[2]}', encoding="utf-8")


def run() -> Iterator[str]:
    """Yield cues alone as ratios of tokenisation; then whole processes, with two jobs and after an edit of one cue."""
    with tempfile.TemporaryDirectory() as name:
        root = study(Path(name), ROWS)
        for kind in ("phrase", "exact"):
            yield f"{ROWS:,} answers, {kind} cues alone: {process(python(_CUES, name, kind)).output.strip()}"
        one, wall = _suggest(root, "--jobs", "1", forget=True)
        yield f"whole process, read, searched and written as csv: {_cost(one, wall)}"
        two, both = _suggest(root, "--jobs", "2", forget=True)
        yield f"the same with two jobs: {_cost(two, both)}, {wall / both:.2f}x as fast"
        everything = float(process(python(_SEARCH, name, "all")).output)
        change_one_cue(root)
        changed = float(process(python(_SEARCH, name, "changed")).output)
        cost = f"{changed:.2f} against {everything:.2f} CPU s"
        yield f"one changed cue searched in what is kept: {changed / everything:.3f} of all ({cost})"
        change_one_cue(root)
        yield f"whole process after an edit of one cue: {_cost(*_suggest(root))}"
        yield f"whole process, nothing changed: {_cost(*_suggest(root))}"


def _suggest(root: Path, *options: str, forget: bool = False) -> tuple[Run, float]:
    """Run the command; return its cost and how many seconds it took."""
    if forget:
        process(["rm", "-rf", str(root / ".qualcode")])
    began = time.perf_counter()
    cost = process([sys.executable, "-m", "qualcode", "-C", str(root), "suggest", *options, "-o", str(root / "o.csv")])
    return cost, time.perf_counter() - began


def _cost(cost: Run, wall: float) -> str:
    return f"{wall:.1f} s, {cost.cpu:.1f} CPU s, peak {cost.peak_mb:.0f} MB"
