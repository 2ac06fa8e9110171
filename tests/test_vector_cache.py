"""The cache of sentence vectors: only new sentences are embedded, and damaged files are replaced."""

from __future__ import annotations

import os
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qualcode.errors import OperationError
from qualcode.suggest.embedding import vector_cache, vectors


class Letters:
    """An embedder that counts letters, and records the sentences it gets."""

    name = "letters"

    def __init__(self, key: str = "letters 1", letters: str = "abc") -> None:
        self.key = key
        self.letters = letters
        self.embedded: list[str] = []

    def embed(self, sentences: Sequence[str]) -> Any:
        self.embedded += sentences
        return np.array([[float(sentence.count(letter)) for letter in self.letters] for sentence in sentences])


class FixedAnswer(Letters):
    """An embedder that returns the same for any sentences."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer = answer

    def embed(self, sentences: Sequence[str]) -> Any:
        return self.answer


def parts(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.npz"))


def test_only_new_sentences_are_embedded_and_each_once(tmp_path: Path) -> None:
    embedder = Letters()
    first = vectors(["aab", "b", "aab"], embedder=embedder, folder=tmp_path)
    assert embedder.embedded == ["aab", "b"]
    again = vectors(["c", "b", "aab"], embedder=embedder, folder=tmp_path)
    assert embedder.embedded == ["aab", "b", "c"]
    assert first.dtype == again.dtype == np.float32
    assert np.allclose(first, np.array([[0.8944, 0.4472, 0], [0, 1, 0], [0.8944, 0.4472, 0]]), atol=1e-3)
    assert (again[2] == first[0]).all()
    assert vectors([], embedder=embedder, folder=tmp_path).shape == (0, 0)
    assert len(parts(tmp_path)) == 2


def test_embedders_with_different_keys_share_no_vectors(tmp_path: Path) -> None:
    vectors(["a"], embedder=Letters(), folder=tmp_path)
    other = Letters("../2 / x", letters="bcda")
    assert vectors(["a"], embedder=other, folder=tmp_path).tolist() == [[0, 0, 0, 1]]
    assert other.embedded == ["a"]
    assert {path.parent.parent for path in parts(tmp_path)} == {tmp_path / "vectors"}


def test_interrupted_run_keeps_finished_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Fails(Letters):
        def embed(self, sentences: Sequence[str]) -> Any:
            if "ccc" in sentences:
                raise KeyboardInterrupt
            return super().embed(sentences)

    monkeypatch.setattr(vector_cache, "PART", 2)
    with pytest.raises(KeyboardInterrupt):
        vectors(["a", "b", "c", "cc", "ccc"], embedder=Fails(), folder=tmp_path)
    embedder = Letters()
    vectors(["a", "b", "c", "cc", "ccc"], embedder=embedder, folder=tmp_path)
    assert embedder.embedded == ["ccc"]


def test_many_parts_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vector_cache, "MAX_PARTS", 3)
    embedder = Letters()
    before = np.vstack([vectors(["a" * number + "b"], embedder=embedder, folder=tmp_path) for number in range(9)])
    assert len(parts(tmp_path)) <= 4
    assert len(embedder.embedded) == 9
    after = vectors(["a" * number + "b" for number in range(9)], embedder=embedder, folder=tmp_path)
    assert len(embedder.embedded) == 9
    assert (before == after).all()


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def _change_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[content.index(b"vectors.npy") + 150] ^= 255  # the first number
    path.write_bytes(bytes(content))


class Trap:
    """Creates a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.folder),)


def _put_pickled_object(path: Path) -> None:
    np.savez(path, hashes=np.array([Trap(path.parent / "sprung")], dtype=object), vectors=np.zeros((1, 3), np.float16))


def _replace_by_pickle(path: Path) -> None:
    path.write_bytes(pickle.dumps(Trap(path.parent / "sprung")))


def _other_shape(path: Path) -> None:
    np.savez(path, hashes=np.zeros((2, 16), np.uint8), vectors=np.zeros((1, 3), np.float16))


def _not_finite(path: Path) -> None:
    with np.load(path) as archive:
        hashes = archive["hashes"]
    np.savez(path, hashes=hashes, vectors=np.full((len(hashes), 3), np.nan, np.float16))


@pytest.mark.parametrize(
    "damage",
    [
        _truncate,
        _change_byte,
        _put_pickled_object,
        _replace_by_pickle,
        _other_shape,
        _not_finite,
        lambda path: path.write_bytes(b""),
    ],
)
def test_damaged_part_is_replaced(tmp_path: Path, damage: Any) -> None:
    expected = vectors(["aab", "b"], embedder=Letters(), folder=tmp_path)
    (path,) = parts(tmp_path)
    damage(path)
    embedder = Letters()
    assert (vectors(["aab", "b"], embedder=embedder, folder=tmp_path) == expected).all()
    assert embedder.embedded == ["aab", "b"]
    assert not list(tmp_path.rglob("sprung"))
    unused = Letters()
    vectors(["aab", "b"], embedder=unused, folder=tmp_path)
    assert unused.embedded == []


def test_width_that_changes_under_one_key_is_refused(tmp_path: Path) -> None:
    vectors(["a"], embedder=Letters(), folder=tmp_path)
    other = Letters(letters="abcd")
    with pytest.raises(OperationError, match="'letters' returned 4 numbers for a sentence, but 3 before: its key must"):
        vectors(["a", "b"], embedder=other, folder=tmp_path)
    assert vectors(["b"], embedder=other, folder=tmp_path / "new").shape == (1, 4)


def test_parts_of_two_widths_are_not_mixed(tmp_path: Path) -> None:
    vectors(["a"], embedder=Letters(), folder=tmp_path)
    vectors(["b"], embedder=Letters(letters="abcd"), folder=tmp_path / "other")
    (odd,) = parts(tmp_path / "other")
    odd.rename(parts(tmp_path / "vectors")[0].with_name("zz.npz"))
    embedder = Letters()
    assert vectors(["a", "b"], embedder=embedder, folder=tmp_path).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert embedder.embedded == ["b"]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([[1.0, 0.0]], r"'letters' returned an array of shape \(1, 2\) for 2 sentences"),
        ([1.0, 0.0], r"shape \(2,\) for 2 sentences: it must return one row of numbers"),
        ([["a"], ["b"]], "one row of numbers"),
        ([[1.0], [float("nan")]], "'letters' returned numbers that are not finite"),
    ],
)
def test_invalid_vectors_are_refused_and_not_cached(tmp_path: Path, answer: Any, message: str) -> None:
    with pytest.raises(OperationError, match=message):
        vectors(["a", "b"], embedder=FixedAnswer(answer), folder=tmp_path)
    assert parts(tmp_path) == []


def test_unwritable_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "vectors").write_text("a file")
    with pytest.raises(OperationError, match="cannot be written"):
        vectors(["a"], embedder=Letters(), folder=tmp_path)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text("abc\udc80 ", max_size=4), max_size=5), max_size=4))
def test_vectors_do_not_depend_on_batches_and_cache(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("cache")
    parts = [vectors(sentences, embedder=Letters(), folder=folder) for sentences in batches]
    joined = [sentence for sentences in batches for sentence in sentences]
    rows = vectors(joined, embedder=Letters(), folder=tmp_path_factory.mktemp("new"))
    assert not joined or (np.vstack([part for part in parts if len(part)]) == rows).all()
