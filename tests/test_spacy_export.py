"""Training data for spaCy from a coder's codings, and trained pipelines as makers of suggestions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import spacy
from spacy.language import Language
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from thinc.api import fix_random_seed

from builders import book_of, transcript_of
from qualcode.errors import OperationError
from qualcode.model import Code, Codebook
from qualcode.project import Project
from qualcode.pseudonyms.leak_check import find_leaks
from qualcode.pseudonyms.text import Name, NameKey
from qualcode.suggest.makers.maker_plugins import run_maker
from qualcode.suggest.makers.spacy_maker import SpacyMaker, load_spacy_maker, remove_each_word
from studies import Shell, coded_study, column, ledgers, write


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    (tmp_path / "study").mkdir()
    return Shell(coded_study(tmp_path / "study"), capsys)


def docs_of(folder: Path, *sides: str) -> list[Doc]:
    vocab = spacy.blank("en").vocab
    return [
        doc
        for side in sides or ("train", "dev")
        for doc in DocBin().from_disk(folder / f"{side}.spacy").get_docs(vocab)
    ]


def spans_of(doc: Doc) -> list[tuple[str, str]]:
    return [(span.text, span.label_) for span in doc.spans["sc"]]


def by_text(docs: Iterable[Doc]) -> dict[str, Doc]:
    return {doc.text: doc for doc in docs}


def meta_of(folder: Path) -> dict[str, Any]:
    meta: dict[str, Any] = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    return meta


# --- what is exported -------------------------------------------------------------------------------------------


def test_a_coders_finished_transcripts_become_docs_of_sentences(shell: Shell, tmp_path: Path) -> None:
    result = shell("export", "--as", "spacy", "-o", tmp_path / "out", "--coder", "ana")
    assert (result.code, result.out) == (0, f"{tmp_path / 'out'}\n")
    docs = by_text(docs_of(tmp_path / "out"))
    assert len(docs_of(tmp_path / "out")) == 9  # 4 + 3 + 2 sentences of A, B and C; D is not finished
    assert spans_of(docs["Nobody can tell me what it earns."]) == [
        ("Nobody can tell me what it earns.", "work/money/roi")
    ]
    assert docs["Nobody can tell me what it earns."].cats == {
        "skills/patience": 0.0,
        "work/money": 0.0,
        "work/money/roi": 1.0,
        "work/fear": 0.0,
    }
    assert spans_of(docs["Legal says no."]) == []
    assert "What is hard?" not in docs


def test_a_doc_has_its_transcript_and_offsets(shell: Shell, tmp_path: Path) -> None:
    project = Project(shell.root)
    project.export_spacy(tmp_path / "out", coder="ana")
    for doc in docs_of(tmp_path / "out"):
        place = doc.user_data
        assert project.study.transcripts[place["transcript"]].text[place["start"] : place["end"]] == doc.text
    assert by_text(docs_of(tmp_path / "out"))["I wait a week."].user_data["turn"] == 1


def test_docs_of_turns_hold_the_codings_of_their_sentences(shell: Shell, tmp_path: Path) -> None:
    shell("code", "A", "work/fear", "earns. The bud", "--coder", "ana")
    shell("export", "--as", "spacy", "-o", tmp_path / "out", "--coder", "ana", "--unit", "turn")
    turn = by_text(docs_of(tmp_path / "out"))["Nobody can tell me what it earns. The budget is gone."]
    assert spans_of(turn) == [
        ("Nobody can tell me what it earns.", "work/money/roi"),
        ("earns. The budget", "work/fear"),
        ("The budget is gone.", "work/money"),
    ]
    shell("export", "--as", "spacy", "-o", tmp_path / "out", "--coder", "ana")
    docs = by_text(docs_of(tmp_path / "out"))
    assert ("earns.", "work/fear") in spans_of(docs["Nobody can tell me what it earns."])
    assert ("The budget", "work/fear") in spans_of(docs["The budget is gone."])


def test_a_code_of_an_unfinished_family_is_missing_and_not_zero(shell: Shell, tmp_path: Path) -> None:
    shell("code", "B", "skills/patience", "I wait a week.", "--coder", "ben")
    shell("code", "B", "work/fear", "Legal says no.", "--coder", "ben")  # of a family that B is not finished for
    shell("done", "B", "--family", "skills", "--coder", "ben")
    shell("export", "--as", "spacy", "-o", tmp_path / "out", "--coder", "ben")
    docs = by_text(docs_of(tmp_path / "out"))
    assert set(docs["They fear it."].cats) == {"work/money", "work/money/roi", "work/fear"}
    assert docs["I wait a week."].cats == {"skills/patience": 1.0}
    assert docs["Legal says no."].cats == {"skills/patience": 0.0}
    assert spans_of(docs["Legal says no."]) == []
    assert meta_of(tmp_path / "out")["not_asked"] == {
        "A": ["skills/patience"],
        "B": ["work/money", "work/money/roi", "work/fear"],
    }


@pytest.mark.slow
def test_codes_and_transcripts_can_be_selected_or_all_exported(shell: Shell, tmp_path: Path) -> None:
    words = ("export", "--as", "spacy", "-o", tmp_path / "out", "--coder", "ana")
    assert shell(*words, "--code", "work/money", "--transcripts", "A", "--transcripts", "C").code == 0
    docs = docs_of(tmp_path / "out")
    assert {doc.user_data["transcript"] for doc in docs} == {"A", "C"}
    assert set(docs[0].cats) == {"work/money", "work/money/roi"}
    assert shell(*words, "--universe", "all").code == 0
    assert {doc.user_data["transcript"] for doc in docs_of(tmp_path / "out")} == {"A", "B", "C", "D"}


def test_orphaned_codings_and_those_of_other_coders_are_not_exported(shell: Shell, tmp_path: Path) -> None:
    shell("code", "C", "work/fear", "Legal says no.", "--coder", "ben")
    write(shell.root, "transcripts/B.md", "**Bea:** Nothing of that.\n")
    result = shell("export", "--as", "spacy", "-o", tmp_path / "out", "--coder", "ana")
    docs = by_text(docs_of(tmp_path / "out"))
    assert spans_of(docs["Legal says no."]) == spans_of(docs["Nothing of that."]) == []
    assert "orphaned" in result.err


def test_the_leak_check_reports_that_it_cannot_search_the_files(shell: Shell) -> None:
    project = Project(shell.root)
    project.export_spacy(shell.root / "exports/spacy", coder="ana")
    messages = [str(problem) for problem in find_leaks(project.study, NameKey((Name("Bea", "Person 1"),), ()))]
    assert (
        "exports/spacy/train.spacy: not searched for names: no text, except for the strings in it (check it yourself)"
        in messages
    )


# --- the split --------------------------------------------------------------------------------------------------


def test_no_case_is_on_both_sides(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    root = coded_study(tmp_path / "s")
    write(root, "transcripts/cases.csv", "case,transcripts\nX,A; B\nY,B; D\nZ,C\n")
    project = Project(root)
    project.done(["D"], coder="ana")
    project.export_spacy(tmp_path / "out", coder="ana")
    sides = meta_of(tmp_path / "out")["transcripts"]
    assert {frozenset(names) for names in sides.values()} == {frozenset("ABD"), frozenset("C")}


@pytest.mark.slow
def test_the_files_are_the_same_for_any_hash_seed(shell: Shell, tmp_path: Path) -> None:
    code = f"from qualcode.project import Project; Project({str(shell.root)!r}).export_spacy({{!r}}, coder='ana')"
    for seed in ("1", "2"):
        command = [sys.executable, "-c", code.format(str(tmp_path / seed))]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
    first, second = ({path.name: path.read_bytes() for path in (tmp_path / seed).iterdir()} for seed in ("1", "2"))
    assert first == second
    assert set(first) == {"train.spacy", "dev.spacy", "meta.json", "README.txt"}


# --- what the folder says ---------------------------------------------------------------------------------------


def test_the_folder_describes_its_content(shell: Shell, tmp_path: Path) -> None:
    result = shell("export", "--as", "spacy", "--output", tmp_path / "out", "--coder", "ana")
    meta = meta_of(tmp_path / "out")
    book = Project(shell.root).codebook
    assert (meta["coder"], meta["codebook"], meta["unit"], meta["language"]) == ("ana", book.version, "sentence", "en")
    assert sum(meta["docs"].values()) == 9
    counts = {row["code"]: row["train_docs"] + row["dev_docs"] for row in meta["codes"]}
    assert counts == {"skills/patience": 1, "work/money": 2, "work/money/roi": 1, "work/fear": 1}
    text = (tmp_path / "out" / "README.txt").read_text(encoding="utf-8")
    assert "init config textcat.cfg --lang en --pipeline textcat_multilabel" in text
    assert "spacy train spancat.cfg --paths.train train.spacy --paths.dev dev.spacy" in text
    assert f"ana, codebook {book.version}" in text
    assert all(code in text for code in counts)
    assert result.err.startswith(f"coder ana, codebook {book.version}; train.spacy: ")
    assert "no training examples for" in result.err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 2, "name the folder for the training data: -o FOLDER"),
        (("x", "-o", "y"), 2, "PATH and --output are the same: give one of them"),
        (("x", "--by", "group", "--coder", "ana"), 2, "--by is for tables: training data is not grouped"),
        (
            ("x", "--unit", "window:3", "--coder", "ana"),
            2,
            "--unit window:3: training data for spaCy has sentences or turns",
        ),
        (
            ("x", "--coder", "ana", "--coder", "ben"),
            1,
            "training data has one coder's codings: choose one with --coder",
        ),
        (
            ("x", "--transcripts", "D", "--coder", "ana"),
            1,
            "ana has finished none of these transcripts: see 'qualcode done', or",
        ),
        (
            ("x", "--transcripts", "A", "--coder", "ana"),
            1,
            "training data needs finished transcripts of two cases: one for",
        ),
        (("x", "--coder", "eve"), 2, "no coder 'eve' in this study"),
    ],
)
def test_invalid_exports_are_refused_with_one_line(
    shell: Shell, words: tuple[str, ...], code: int, message: str
) -> None:
    result = shell("export", "--as", "spacy", *words)
    assert result.code == code
    assert message in result.err
    assert result.err.count("\n") == 1


def test_a_coder_without_codings_is_refused(shell: Shell, tmp_path: Path) -> None:
    shell("done", "A", "B", "--coder", "eve")
    result = shell("export", "--as", "spacy", "-o", tmp_path / "out", "--coder", "eve")
    assert result.code == 1
    assert result.err == "qualcode: eve has no codings in B, so there is nothing to train on\n"
    assert not (tmp_path / "out").exists()


def test_a_file_instead_of_a_folder_is_refused(shell: Shell, tmp_path: Path) -> None:
    write(tmp_path, "out", "mine")
    result = shell("export", "--as", "spacy", "-o", tmp_path / "out", "--coder", "ana")
    assert (result.code, result.out) == (1, "")
    assert (tmp_path / "out").read_text() == "mine"


def test_export_writes_a_workbook_by_default(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert shell("export", "--coder", "ana").out == "study.xlsx\n"
    assert shell("export", "-o", "other.xlsx", "--coder", "ana").out == "other.xlsx\n"
    assert shell("export", tmp_path, "--coder", "ana").code == 2


def test_a_study_in_another_unit_is_exported_in_sentences(shell: Shell, tmp_path: Path) -> None:
    settings = (shell.root / "qualcode.yaml").read_text(encoding="utf-8")
    write(shell.root, "qualcode.yaml", settings.replace("unit: sentence", "unit: paragraph"))
    Project(shell.root).export_spacy(tmp_path / "out", coder="ana")
    assert meta_of(tmp_path / "out")["unit"] == "sentence"


# --- there and back ---------------------------------------------------------------------------------------------


def train(nlp: Language, folder: Path, *, rounds: int, rate: float) -> None:
    """Train a pipeline on the exported files, as ``spacy train`` does."""
    fix_random_seed(0)
    examples = [Example(nlp.make_doc(doc.text), doc) for doc in docs_of(folder)]
    optimizer = nlp.initialize(lambda: examples)
    optimizer.learn_rate = rate
    for _ in range(rounds):
        nlp.update(examples, sgd=optimizer)


@pytest.mark.slow
def test_a_text_categoriser_trained_on_the_files_suggests(shell: Shell, tmp_path: Path) -> None:
    shell("export", "--as", "spacy", "-o", tmp_path / "out", "--coder", "ana")
    nlp = spacy.blank("en")
    bow = {
        "@architectures": "spacy.TextCatBOW.v3",
        "exclusive_classes": False,
        "length": 1000,
        "ngram_size": 1,
        "no_output_layer": False,
    }
    nlp.add_pipe("textcat_multilabel", config={"model": bow})
    train(nlp, tmp_path / "out", rounds=40, rate=0.05)
    nlp.to_disk(tmp_path / "model-best")
    write(shell.root, "transcripts/D.txt", "P: The budget is small. We like it.\n")
    (shell.root / "transcripts/D.docx").unlink()
    words = ("suggest", "--spacy-model", tmp_path / "model-best", "--transcripts", "D")
    (row,) = shell(*words, "--format", "json").json
    assert (row["quote"], row["code"], row["maker"]) == ("The budget is small.", "work/money", "spacy:model-best")
    assert row["why"].startswith(f"textcat_multilabel gives {row['score']:.2f}; without ")
    assert 'without "budget" 0.' in row["why"]
    assert shell("accept", row["id"], "--coder", "ana").out == "1 accepted\n"
    (line,) = ledgers(shell.root)["ana/D.jsonl"].decode().splitlines()
    assert json.loads(line)["origin"]["maker"] == "spacy:model-best"
    assert "spacy:model-best" in shell(*words, "--all").out


@pytest.mark.slow
def test_a_span_categoriser_trained_on_the_files_suggests(shell: Shell, tmp_path: Path) -> None:
    shell("export", "--as", "spacy", "-o", tmp_path / "out", "--coder", "ana", "--unit", "turn")
    nlp = spacy.blank("en")
    nlp.add_pipe("spancat", config={"suggester": {"@misc": "spacy.ngram_suggester.v1", "sizes": [5, 8]}})
    train(nlp, tmp_path / "out", rounds=15, rate=0.01)
    nlp.to_disk(tmp_path / "model-best")
    rows = shell("suggest", "--spacy-model", tmp_path / "model-best", "--all", "--format", "json").json
    (suggestion,) = [row for row in rows if row["transcript"] == "C" and row["code"] == "work/money"]
    assert suggestion["quote"] == "The budget is gone."
    assert suggestion["why"] == 'spancat read "The budget is gone." as work/money'
    assert 0.5 <= suggestion["score"] <= 1


# --- pipelines as makers ----------------------------------------------------------------------------------------

TEXT = "I: What is hard?\n\nP: The budget  is gone. Fear it is.\n"
TRANSCRIPT = transcript_of(TEXT)
BOOK = Codebook(
    codes=(
        Code("work/money", "Money", formerly=("old/money",)),
        Code("work/fear", "Fear"),
        Code("work/other", "Same"),
        Code("skills/other", "Same"),
    ),
    version="v1",
)


def ruler_pipeline(*rules: tuple[str, str], kind: str = "span_ruler", **config: Any) -> Language:
    nlp = spacy.blank("en")
    ruler: Any = nlp.add_pipe(kind, config=config)
    ruler.add_patterns([{"label": label, "pattern": pattern} for label, pattern in rules])
    return nlp


def test_labels_are_ids_former_ids_or_names_that_one_code_has() -> None:
    nlp = ruler_pipeline(*((label, "x") for label in ("work/money", "old/money", "FEAR", "Same", "work", "PERSON")))
    maker = SpacyMaker("m", nlp)
    assert maker.codes_by_label(BOOK) == {"work/money": "work/money", "old/money": "work/money", "FEAR": "work/fear"}


@pytest.mark.parametrize("kind", ["span_ruler", "entity_ruler"])
def test_rulers_suggest_their_matches(kind: str) -> None:
    suggestions = run_maker(
        SpacyMaker("rules", ruler_pipeline(("old/money", "budget"), ("y", "is"), kind=kind)), [TRANSCRIPT], BOOK
    )
    assert (suggestions.quote, suggestions.code, suggestions.score) == (["budget"], ["work/money"], [1.0])
    assert suggestions.why == [f'{kind} read "budget" as work/money']
    assert suggestions.maker == ["spacy:rules"]
    assert TRANSCRIPT.text[suggestions.start[0] : suggestions.end[0]] == "budget"


def test_a_span_ruler_that_writes_entities_is_used_with_the_id_of_its_pattern() -> None:
    nlp = ruler_pipeline(("x", "x"), spans_key=None, annotate_ents=True)
    ruler: Any = nlp.get_pipe("span_ruler")
    ruler.add_patterns([{"label": "work/fear", "pattern": "Fear", "id": "r1"}])
    assert run_maker(SpacyMaker("m", nlp), [TRANSCRIPT], BOOK).why == [
        'span_ruler read "Fear" as work/fear (pattern r1)'
    ]


def test_a_pipeline_is_named_after_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ruler_pipeline(("work/money", "budget")).to_disk(tmp_path / "mine")
    monkeypatch.chdir(tmp_path / "mine")
    names = [load_spacy_maker(path, BOOK)[0].name for path in (".", "../mine/", str(tmp_path / "mine"))]
    assert names == ["spacy:mine"] * 3


def test_labels_that_are_not_codes_are_reported_once(tmp_path: Path, shell: Shell) -> None:
    ruler_pipeline(("work/money", "budget"), ("Nope", "is"), ("What", "it")).to_disk(tmp_path / "mine")
    result = shell("suggest", "--spacy-model", tmp_path / "mine", "--all", "--format", "json")
    assert column(result.json, "code") == ["work/money", "work/money"]
    assert result.err.count("ignored labels of spacy:mine that are no codes: Nope, What") == 1


def test_pipelines_that_cannot_be_loaded_or_suggest_nothing_are_refused(tmp_path: Path, shell: Shell) -> None:
    result = shell("suggest", "--spacy-model", tmp_path / "none")
    assert result.code == 1
    assert result.err.startswith(f"qualcode: spaCy pipeline '{tmp_path / 'none'}' cannot be loaded (")
    assert result.err.count("\n") == 1
    spacy.blank("en").to_disk(tmp_path / "blank")
    with pytest.raises(OperationError, match=r"needs one of the components spancat, .* \(it has: none\)"):
        load_spacy_maker(str(tmp_path / "blank"), BOOK)
    ruler_pipeline(("PERSON", "Bea")).to_disk(tmp_path / "other")
    with pytest.raises(
        OperationError, match=r"pipeline .*: none of its labels is a code of this codebook \(labels: PERSON\)"
    ):
        load_spacy_maker(str(tmp_path / "other"), BOOK)
    write(tmp_path, "damaged/meta.json", "{")
    write(tmp_path, "damaged/config.cfg", "[nlp]\nlang = 7\n")
    assert shell("suggest", "--spacy-model", tmp_path / "damaged").err.count("\n") == 1


class _Fixed:
    """Stands for a text categoriser: the score of a code is the share of certain words in the sentence."""

    labels = ("work/money", "work/fear")

    def __init__(self, threshold: float = 0.5) -> None:
        self.cfg = {"threshold": threshold}

    def __call__(self, doc: Doc) -> Doc:
        words = {token.lower_ for token in doc}
        money = 0.3 * ("budget" in words) + 0.3 * ("gone" in words) + 0.1 * ("the" in words) + 0.2 * bool(words)
        doc.cats = {"work/money": money, "work/fear": 1.0 * ("fear" in words)}
        return doc


@Language.factory("fixed_categories")
def _fixed(nlp: Language, name: str) -> _Fixed:
    return _Fixed()


def fixed_maker(monkeypatch: pytest.MonkeyPatch, kind: str) -> SpacyMaker:
    nlp = spacy.blank("en")
    nlp.add_pipe("fixed_categories", name="cats")
    monkeypatch.setattr(nlp.get_pipe_meta("cats"), "factory", kind)
    return SpacyMaker("m", nlp)


def test_the_words_whose_removal_lowers_the_score_most_are_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    suggestions = run_maker(fixed_maker(monkeypatch, "textcat_multilabel"), [TRANSCRIPT], BOOK)
    money = 'cats gives 0.90; without "budget" 0.60, without "gone" 0.60, without "The" 0.80'
    assert list(zip(suggestions.quote, suggestions.code, suggestions.score, suggestions.why, strict=True)) == [
        ("The budget  is gone.", "work/money", 0.9, money),
        ("Fear it is.", "work/fear", 1.0, 'cats gives 1.00; without "Fear" 0.00'),
    ]


def test_the_highest_of_exclusive_categories_is_suggested_at_any_score(monkeypatch: pytest.MonkeyPatch) -> None:
    transcript = transcript_of("P: Hm so. Yes.\n")
    suggestions = run_maker(fixed_maker(monkeypatch, "textcat"), [transcript], BOOK)
    assert list(zip(suggestions.quote, suggestions.score, suggestions.why, strict=True)) == [
        ("Hm so.", 0.2, "cats gives 0.20; no single word carries it"),
        ("Yes.", 0.2, 'cats gives 0.20 to "Yes."'),
    ]
    assert len(run_maker(fixed_maker(monkeypatch, "textcat_multilabel"), [transcript], BOOK)) == 0


def test_a_categoriser_does_not_suggest_codes_missing_from_the_codebook(monkeypatch: pytest.MonkeyPatch) -> None:
    suggestions = run_maker(fixed_maker(monkeypatch, "textcat"), [TRANSCRIPT], book_of(["work/fear"]))
    assert suggestions.code == ["work/fear"]


def test_each_word_is_removed_once_up_to_the_limit() -> None:
    assert dict(remove_each_word("No no, “Yes” — it is.")) == {
        "No": ", “Yes” — it is.",
        "Yes": "No no, “” — it is.",
        "it": "No no, “Yes” — is.",
        "is": "No no, “Yes” — it .",
    }
    assert list(remove_each_word("Yes, yes.")) == []
    assert len(list(remove_each_word("a b c d", limit=2))) == 2
