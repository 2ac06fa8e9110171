"""Cue search in 1,000,000 short answers against spaCy tokenisation; 15 words each, 25,000 word forms by Zipf's law."""

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
from qualcode.study.study import Study
from qualcode.suggest.cues.codebook_cues import code_cues
from qualcode.suggest.cues.cue_search import CueSearch
from qualcode.suggest.cues.turn_pages import Page
root, kind = Path(sys.argv[1]), sys.argv[2]
study = Study(root)
with (root / "transcripts/answers.csv").open(encoding="utf-8", newline="") as stream:
    texts = [row[-1] for row in csv.reader(stream)][1:]
began = time.process_time()
for doc in spacy.blank("en").pipe(texts):
    pass
bare = time.process_time() - began
names = [str(number) for number in range(len(texts))]
pages = []
for start in range(0, len(texts), 2000):
    ids, answers = names[start:start + 2000], texts[start:start + 2000]
    pages.append(Page(ids, answers, [0] * len(answers), ids, [0] * len(answers), list(map(len, answers))))
cues = {number: code_cue.cue for number, code_cue in enumerate(code_cues(study.codebook)) if code_cue.cue.kind == kind}
began = time.process_time()
search = CueSearch(cues, spacy.blank("en"))
sentences = (sentence for page in pages for sentence in search.search_page(page, sentence_rules=study.sentence_rules))
matches = sum(len(sentence.matches) for sentence in sentences)
ours = time.process_time() - began
words = sum(len(text.split()) for text in texts)
print(f"{bare / ours:.1f}x the words a second ({words / ours / 1e6:.2f} against {words / bare / 1e6:.2f} million; "
      f"{len(cues)} cues, {matches:,} matches in {words:,} words; {ours:.1f} against {bare:.1f} CPU s)")
"""
_SEARCH = """
import sys, time
from pathlib import Path
import spacy, pyarrow.parquet, simplemma
from qualcode.study.study import Study
from qualcode.suggest.cue_cache.cue_index import CueIndex
study = Study(Path(sys.argv[1]))
index = CueIndex(study, study.cache_folder)
study.codebook
if sys.argv[2] == "all":
    for path in index.folder.glob("hits-*"):
        path.unlink()
began = time.process_time()
index.update_match_files()
print(time.process_time() - began)
"""


def draw_word_forms(generator: random.Random) -> list[str]:
    """Return word forms, the most frequent first."""
    dictionary = DefaultDictionaryFactory().get_dictionary("en")
    plain = sorted(
        word for word in dictionary if word.isascii() and word.isalpha() and word.islower() and 3 < len(word) < 11
    )
    return list(dict.fromkeys([*_COMMON, *generator.sample(plain, FORMS)]))[:FORMS]


def write_study(root: Path, rows: int) -> Path:
    """Write a study with one table of answers and two families of cues, of phrases and of exact texts."""
    generator = random.Random(1)
    words = draw_word_forms(generator)
    (root / "qualcode.yaml").write_text("name: answers\nlanguage: en\n", encoding="utf-8")
    for folder in ("transcripts", "codebooks"):
        (root / folder).mkdir()
    with (root / "transcripts/answers.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["Respondent ID", "Region", "Age", "Answer"])
        weights = list(accumulate(1 / (rank + 3) for rank in range(1, len(words) + 1)))
        for number in range(rows):
            drawn = generator.choices(words, cum_weights=weights, k=max(3, int(generator.gauss(15, 5))))
            columns = [f"R{number:07d}", generator.choice(["North", "South", "East"]), generator.randint(18, 90)]
            writer.writerow([*columns, _format_answer(drawn, number, generator)])
    for kind in ("phrase", "exact"):
        _write_codebook(root / f"codebooks/{kind}.yaml", kind, words)
    return root


def _format_answer(words: list[str], number: int, generator: random.Random) -> str:
    """Return words with capitals and punctuation as people write them; the list is changed."""
    half = len(words) // 2
    if len(words) > 12:
        words[half] += generator.choice("..!?")
        words[half + 1] = words[half + 1].capitalize()
    if number % 3 == 0:
        words[2] += ","
    if number % 7 == 0:
        words[1] = f"({words[1]})"
    words[0] = words[0].capitalize()
    return " ".join(words) + generator.choice([".", ".", ".", "!", ""])


def _write_codebook(path: Path, kind: str, words: Sequence[str]) -> None:
    """Write 30 codes of 12 cues: 6 words, 4 of two words, 2 of three; all but the last of a cue are common words."""
    generator = random.Random(2)
    lines = [f"family: {kind}", "name: Cues", "codes:"]
    for code in range(CODES):
        lines += [f"  - id: c{code}", f"    name: Code {code}", "    cues:"]
        for length in [1] * 6 + [2] * 4 + [3] * 2:
            cue = [*generator.choices(words[:100], k=length - 1), generator.choice(words[150:6000])]
            lines.append(f'      - {kind}: "{" ".join(cue)}"')
    path.write_text("\n".join([*lines, ""]), encoding="utf-8")


def change_one_cue(root: Path) -> None:
    """Write another word in place of the first phrase."""
    path = root / "codebooks/phrase.yaml"
    before, cue, after = path.read_text(encoding="utf-8").partition("- phrase: ")
    path.write_text(f'{before}{cue}"changed{time.time_ns()}"\n{after.partition(chr(10))[2]}', encoding="utf-8")


def run() -> Iterator[str]:
    """Yield cue search as a ratio of tokenisation; then whole processes, with two jobs and after an edit of one cue."""
    with tempfile.TemporaryDirectory() as name:
        root = write_study(Path(name), ROWS)
        for kind in ("phrase", "exact"):
            yield f"{ROWS:,} answers, {kind} cues alone: {process(python(_CUES, name, kind)).output.strip()}"
        single, single_wall = _suggest(root, "--jobs", "1", clear_cache=True)
        yield f"whole process, read, searched and written as csv: {_format_cost(single, single_wall)}"
        double, double_wall = _suggest(root, "--jobs", "2", clear_cache=True)
        yield f"the same with two jobs: {_format_cost(double, double_wall)}, {single_wall / double_wall:.2f}x as fast"
        all_cues = float(process(python(_SEARCH, name, "all")).output)
        change_one_cue(root)
        one_cue = float(process(python(_SEARCH, name, "changed")).output)
        cost = f"{one_cue:.2f} against {all_cues:.2f} CPU s"
        yield f"one changed cue searched in the cached turns: {one_cue / all_cues:.3f} of all cues ({cost})"
        change_one_cue(root)
        yield f"whole process after an edit of one cue: {_format_cost(*_suggest(root))}"
        yield f"whole process, nothing changed: {_format_cost(*_suggest(root))}"


def _suggest(root: Path, *options: str, clear_cache: bool = False) -> tuple[Run, float]:
    """Run the command; return its cost and its wall-clock time in seconds."""
    if clear_cache:
        process(["rm", "-rf", str(root / ".qualcode")])
    began = time.perf_counter()
    cost = process([sys.executable, "-m", "qualcode", "-C", str(root), "suggest", *options, "-o", str(root / "o.csv")])
    return cost, time.perf_counter() - began


def _format_cost(cost: Run, wall: float) -> str:
    return f"{wall:.1f} s, {cost.cpu:.1f} CPU s, peak {cost.peak_mb:.0f} MB"
