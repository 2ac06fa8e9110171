"""Random edits of the marks of a shipped interview, and random damages of its text, against a model of their own."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from qualcode import EditProblemsError, Problem, Project, QualcodeError
from studies import ledgers, records

pytestmark = pytest.mark.slow

CODER, TRANSCRIPT = "analyst-1", "S04"
EDITS, DAMAGES = 100, 1_000

Place = tuple[int, int, str]


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Project:
    """Return a copy of the shipped study with one interview and its codings."""
    if not (root / "codings").is_dir():
        pytest.skip("the ledgers are not here: codings/")
    shutil.copy(root / "qualcode.yaml", tmp_path)
    shutil.copytree(root / "codebooks", tmp_path / "codebooks")
    for path in (*root.glob(f"transcripts/{TRANSCRIPT}.*"), *root.glob(f"codings/*/{TRANSCRIPT}.jsonl")):
        target = tmp_path / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return Project(tmp_path)


def places_of(project: Project) -> dict[Place, str]:
    """Return the ids of the coder's codings by their places and codes."""
    rows = records(project.codings(coder=CODER))
    return {(row["start"], row["end"], row["code"]): row["id"] for row in rows}


def split_header(text: str) -> tuple[str, str]:
    header, line, words = text.partition("# " + "=" * 70 + "\n")
    return header + line, words


@dataclass(eq=False)
class ModelMark:
    """A mark of the model: offsets in the words, codes as typed, and whether it is written with a number."""

    start: int
    end: int
    codes: list[str]
    is_numbered: bool = False


@dataclass
class Model:
    """The words of a transcript with marks that nest, read and written without any code of the program."""

    words: str = ""
    marks: list[ModelMark] = field(default_factory=list)

    @classmethod
    def read(cls, marked: str) -> Model:
        model, is_open = cls(), list[ModelMark]()
        for token in re.finditer(r"\{|\}\[([^\]]*)\]|[^{}]+", marked):
            if token[0] == "{":
                model.marks.append(ModelMark(len(model.words), -1, []))
                is_open.append(model.marks[-1])
            elif token[0].startswith("}"):
                mark = is_open.pop()
                mark.end, mark.codes = len(model.words), token[1].split(", ")
            else:
                model.words += token[0]
        return model

    def write(self) -> str:
        inserted: list[tuple[int, int, int, str]] = []
        for number, mark in enumerate(self.marks):
            prefix = f"{number + 1}>" if mark.is_numbered else ""
            inserted.append((mark.start, 1, -mark.end, f"{{{prefix}"))
            inserted.append((mark.end, 0, -mark.start, f"}}[{prefix}{', '.join(mark.codes)}]"))
        text, at = "", 0
        for offset, _, _, mark_text in sorted(inserted):
            text, at = text + self.words[at:offset] + mark_text, offset
        return text + self.words[at:]

    def places(self, ids: dict[str, str]) -> set[Place]:
        return {(mark.start, mark.end, ids[code]) for mark in self.marks for code in mark.codes}


class RandomEdits:
    """Edits of a model: marks added and removed, codes changed, ends moved by words of one turn."""

    def __init__(self, project: Project, model: Model, codes: Sequence[str], seed: int) -> None:
        self.model, self.codes, self.random = model, codes, random.Random(seed)
        turns = project.study.transcripts[TRANSCRIPT].participant_turns
        self.words = [
            [(turn.start + found.start(), turn.start + found.end()) for found in re.finditer(r"\S+", text)]
            for turn in turns
            if (text := model.words[turn.start : turn.end])
        ]
        self.counts: Counter[str] = Counter()

    def edit(self) -> None:
        """Make one edit of any kind."""
        kinds: list[Callable[[], None]] = [self.add, self.remove, self.recode, self.move]
        kind = self.random.choice(kinds if self.model.marks else [self.add])
        kind()
        self.counts[kind.__name__] += 1

    def add(self) -> None:
        words = self.random.choice(self.words)
        first = self.random.randrange(len(words))
        last = min(len(words) - 1, first + self.random.randrange(12))
        self.model.marks.append(ModelMark(words[first][0], words[last][1], [self.random.choice(self.codes)], True))

    def remove(self) -> None:
        mark = self.random.choice(self.model.marks)
        mark.codes.remove(self.random.choice(mark.codes))
        if not mark.codes:
            self.model.marks.remove(mark)

    def recode(self) -> None:
        mark = self.random.choice(self.model.marks)
        mark.codes[self.random.randrange(len(mark.codes))] = self.random.choice(self.codes)

    def move(self) -> None:
        mark = self.random.choice(self.model.marks)
        (words,) = [words for words in self.words if words[0][0] <= mark.start < words[-1][1]]
        if self.random.random() < 0.5:
            mark.start = self.random.choice([start for start, _ in words if start < mark.end])
        else:
            mark.end = self.random.choice([end for _, end in words if end > mark.start])
        mark.is_numbered = True


@pytest.mark.parametrize("seed", range(5))
def test_a_hundred_random_edits_change_what_they_mean_and_nothing_else(project: Project, seed: int) -> None:
    before = places_of(project)
    others = records(project.codings(coder="analyst-2"))
    problems = project.check()
    for name in list(before.values())[::3]:
        project.memo(f"memo {name}", on=name, coder=CODER)
    header, words = split_header(project.marked_text(TRANSCRIPT, coder=CODER).text)
    model = Model.read(words)
    assert model.write() == words
    ids = {code.id.rpartition("/")[2]: code.id for code in project.codebook.codes}
    assert model.places(ids) == set(before)
    edits = RandomEdits(project, model, list(ids), seed)
    for _ in range(EDITS):
        edits.edit()
    table = project.edit_from(header + model.write())
    after = places_of(project)
    assert set(after) == model.places(ids)
    assert all(after[place] == name for place, name in before.items() if place in after)
    memos = {row["id"]: row["memo"] for row in records(project.codings(coder=CODER))}
    recoded = [row for row in records(table) if row["change"] in {"recoded", "moved"}]
    assert [memos[row["id"]] for row in recoded] == [row["memo"] for row in recoded]
    assert any(row["memo"] for row in recoded)
    assert records(project.codings(coder="analyst-2")) == others
    assert project.check() == problems
    kinds = Counter(table["change"])
    assert kinds["moved"] + kinds["recoded"] + kinds["removed"] == len(set(before) - set(after))
    assert kinds["moved"] + kinds["recoded"] + kinds["added"] == len(set(after) - set(before))
    print(f"\n{dict(edits.counts)} made {dict(kinds)}")
    project.undo(coder=CODER)
    assert places_of(project) == before


def test_each_of_a_hundred_random_edits_is_one_change(project: Project) -> None:
    before = places_of(project)
    ids = {code.id.rpartition("/")[2]: code.id for code in project.codebook.codes}
    for seed in range(EDITS):
        header, words = split_header(project.marked_text(TRANSCRIPT, coder=CODER).text)
        model = Model.read(words)
        RandomEdits(project, model, list(ids), seed).edit()
        wanted = model.places(ids)
        table = project.edit_from(header + model.write())
        assert set(places_of(project)) == wanted
        # The words of a mark with two codes move with both.
        assert len(table) == max(len(wanted - set(before)), len(set(before) - wanted)) <= 2
        if len(table):
            project.undo(coder=CODER)
        assert places_of(project) == before


CHARACTERS = "{}[]\\>,;1 \n\t#abé👍\x00"


def damage(text: str, generator: random.Random) -> tuple[str, str]:
    """Return the kind of a damage, and the text with it."""
    at = generator.randrange(len(text))
    end = min(len(text), at + generator.randrange(1, 30))
    lines = text.split("\n")
    line, other = sorted(generator.sample(range(len(lines)), 2))
    signs = [match.start() for match in re.finditer(r"[{}\[\]]", text)]
    sign = generator.choice(signs)
    made = {
        "character deleted": text[:at] + text[at + 1 :],
        "character inserted": text[:at] + generator.choice(CHARACTERS) + text[at:],
        "character replaced": text[:at] + generator.choice(CHARACTERS) + text[at + 1 :],
        "brace or bracket deleted": text[:sign] + text[sign + 1 :],
        "brace or bracket replaced": text[:sign] + generator.choice(CHARACTERS) + text[sign + 1 :],
        "piece deleted": text[:at] + text[end:],
        "piece doubled": text[:end] + text[at:end] + text[end:],
        "piece moved": text[:at] + text[end : end + 15] + text[at:end] + text[end + 15 :],
        "line deleted": "\n".join(lines[:line] + lines[line + 1 :]),
        "line doubled": "\n".join([*lines[:line], lines[line], *lines[line:]]),
        "lines swapped": "\n".join(
            [*lines[:line], lines[other], *lines[line + 1 : other], lines[line], *lines[other + 1 :]]
        ),
        "end cut off": text[:at],
    }
    kind = generator.choice(list(made))
    return kind, made[kind]


def changed_lines(before: str, after: str) -> range:
    """Return the numbers of the lines of a damaged text that may be damaged, with one before and one after."""
    old, new = before.split("\n"), after.split("\n")
    first = next(
        (n for n, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), min(len(old), len(new))
    )
    last = next(
        (n for n, pair in enumerate(zip(old[::-1], new[::-1], strict=False)) if pair[0] != pair[1]),
        min(len(old), len(new)),
    )
    return range(first, len(new) - last + 3)


def problems_of(project: Project, edited: str) -> Sequence[Problem]:
    """Return what is wrong with an edited text; any other error than that of an edit is one of the program."""
    try:
        project.edit_from(edited, dry_run=True)
    except EditProblemsError as error:
        return error.problems
    return ()


def words_only(marked: str) -> list[str]:
    """Return the words of a text without marks, without any code of the program."""
    text = re.sub(r"(?<!\\)\{([0-9]{1,4}>)?|(?<!\\)\}\[([^\]\\]|\\.)*\]", "", marked)
    return re.sub(r"\\([\\{}\[\],;>])", r"\1", text).split()


def test_a_thousand_random_damages_lose_nothing_and_name_their_lines(project: Project) -> None:
    text = project.marked_text(TRANSCRIPT, coder=CODER).text
    header, words = split_header(text)
    before, written = places_of(project), ledgers(project.study.root)
    generator = random.Random(16)
    outcomes: Counter[str] = Counter()
    for _ in range(DAMAGES):
        kind, damaged = damage(words, generator)
        edited = header + damaged
        problems = problems_of(project, edited)
        if problems:
            outcomes["refused"] += 1
            lines = range(1, edited.count("\n") + 2)
            assert all(one.line in lines and one.column >= 1 and one.message for one in problems), kind
            assert {one.line for one in problems} & set(changed_lines(text, edited)), (kind, problems)
            continue
        table = project.edit_from(edited, dry_run=True)
        assert words_only(damaged) == words_only(words), kind
        outcomes["a valid change" if len(table) else "no change"] += 1
        if len(table):
            assert len(project.edit_from(edited)) == len(table)
            assert project.undo(coder=CODER).count
            assert places_of(project) == before
            written = ledgers(project.study.root)
            text = project.marked_text(TRANSCRIPT, coder=CODER).text
            header = split_header(text)[0]
        assert ledgers(project.study.root) == written
    print(f"\n{dict(outcomes)}")
    assert outcomes["refused"] > DAMAGES / 2


def test_damages_of_the_header_record_nothing_by_mistake(project: Project) -> None:
    text = project.marked_text(TRANSCRIPT, coder=CODER).text
    header, words = split_header(text)
    written = ledgers(project.study.root)
    generator = random.Random(17)
    outcomes: Counter[str] = Counter()
    for _ in range(200):
        edited = damage(header, generator)[1] + words
        try:
            outcomes["no change" if not len(project.edit_from(edited)) else "a change"] += 1
        except QualcodeError as error:
            outcomes[f"refused: {str(error).partition(': ')[2][:40]}"] += 1
        assert ledgers(project.study.root) == written
    print(f"\n{dict(outcomes)}")
    assert outcomes["a change"] == 0
