"""Kept vectors: only new sentences are embedded, and no damage to what is kept is ever more than lost time."""

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
from qualcode.suggest.embedding import vector_cache as cache
from qualcode.suggest.embedding import vectors


class Letters:
    """Counts letters, and remembers what it was asked."""

    name = "letters"

    def __init__(self, key: str = "letters 1", letters: str = "abc") -> None:
        self.key = key
        self.letters = letters
        self.asked: list[str] = []

    def embed(self, sentences: Sequence[str]) -> Any:
        self.asked += sentences
        return np.array([[float(one.count(letter)) for letter in self.letters] for one in sentences])


class Answers(Letters):
    """Answers the same to whatever it is asked."""

    def __init__(self, answer: Any) -> None:
        super().__init__()
        self.answer = answer

    def embed(self, sentences: Sequence[str]) -> Any:
        return self.answer


def parts(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.npz"))


def test_only_new_sentences_are_embedded_and_each_once(tmp_path: Path) -> None:
    made = Letters()
    first = vectors(["aab", "b", "aab"], embedder=made, folder=tmp_path)
    assert made.asked == ["aab", "b"]
    again = vectors(["c", "b", "aab"], embedder=made, folder=tmp_path)
    assert made.asked == ["aab", "b", "c"]
    assert first.dtype == again.dtype == np.float32
    assert np.allclose(first, np.array([[0.8944, 0.4472, 0], [0, 1, 0], [0.8944, 0.4472, 0]]), atol=1e-3)
    assert (again[2] == first[0]).all()
    assert vectors([], embedder=made, folder=tmp_path).shape == (0, 0)
    assert len(parts(tmp_path)) == 2


def test_another_key_shares_nothing(tmp_path: Path) -> None:
    vectors(["a"], embedder=Letters(), folder=tmp_path)
    other = Letters("../2 / x", letters="bcda")
    assert vectors(["a"], embedder=other, folder=tmp_path).tolist() == [[0, 0, 0, 1]]
    assert other.asked == ["a"]
    assert {path.parent.parent for path in parts(tmp_path)} == {tmp_path / "vectors"}


def test_a_long_run_is_kept_as_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Fails(Letters):
        def embed(self, sentences: Sequence[str]) -> Any:
            if "ccc" in sentences:
                raise KeyboardInterrupt
            return super().embed(sentences)

    monkeypatch.setattr(cache, "PART", 2)
    with pytest.raises(KeyboardInterrupt):
        vectors(["a", "b", "c", "cc", "ccc"], embedder=Fails(), folder=tmp_path)
    made = Letters()
    vectors(["a", "b", "c", "cc", "ccc"], embedder=made, folder=tmp_path)
    assert made.asked == ["ccc"]


def test_many_parts_become_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_PARTS", 3)
    made = Letters()
    before = np.vstack([vectors(["a" * number + "b"], embedder=made, folder=tmp_path) for number in range(9)])
    assert len(parts(tmp_path)) <= 4
    assert len(made.asked) == 9
    after = vectors(["a" * number + "b" for number in range(9)], embedder=made, folder=tmp_path)
    assert len(made.asked) == 9
    assert (before == after).all()


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


def _changed(path: Path) -> None:
    held = bytearray(path.read_bytes())
    held[held.index(b"vectors.npy") + 150] ^= 255  # the first number
    path.write_bytes(bytes(held))


class Trap:
    """Makes a folder where it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.mkdir, (str(self.folder),)


def _pickled(path: Path) -> None:
    np.savez(path, hashes=np.array([Trap(path.parent / "sprung")], dtype=object), vectors=np.zeros((1, 3), np.float16))


def _pickle(path: Path) -> None:
    path.write_bytes(pickle.dumps(Trap(path.parent / "sprung")))


def _other_shape(path: Path) -> None:
    np.savez(path, hashes=np.zeros((2, 16), np.uint8), vectors=np.zeros((1, 3), np.float16))


def _not_finite(path: Path) -> None:
    with np.load(path) as held:
        hashes = held["hashes"]
    np.savez(path, hashes=hashes, vectors=np.full((len(hashes), 3), np.nan, np.float16))


@pytest.mark.parametrize(
    "damage", [_cut, _changed, _pickled, _pickle, _other_shape, _not_finite, lambda path: path.write_bytes(b"")]
)
def test_a_damaged_part_is_made_again(tmp_path: Path, damage: Any) -> None:
    sound = vectors(["aab", "b"], embedder=Letters(), folder=tmp_path)
    (path,) = parts(tmp_path)
    damage(path)
    made = Letters()
    assert (vectors(["aab", "b"], embedder=made, folder=tmp_path) == sound).all()
    assert made.asked == ["aab", "b"]
    assert not list(tmp_path.rglob("sprung"))
    healed = Letters()
    vectors(["aab", "b"], embedder=healed, folder=tmp_path)
    assert healed.asked == []


def test_a_key_that_does_not_change_with_the_model_is_told(tmp_path: Path) -> None:
    vectors(["a"], embedder=Letters(), folder=tmp_path)
    other = Letters(letters="abcd")
    with pytest.raises(
        OperationError, match="'letters' gave 4 numbers for a sentence where it gave 3 before: its key must"
    ):
        vectors(["a", "b"], embedder=other, folder=tmp_path)
    assert vectors(["b"], embedder=other, folder=tmp_path / "new").shape == (1, 4)


def test_parts_of_two_widths_are_not_mixed(tmp_path: Path) -> None:
    vectors(["a"], embedder=Letters(), folder=tmp_path)
    vectors(["b"], embedder=Letters(letters="abcd"), folder=tmp_path / "other")
    (odd,) = parts(tmp_path / "other")
    odd.rename(parts(tmp_path / "vectors")[0].with_name("zz.npz"))
    made = Letters()
    assert vectors(["a", "b"], embedder=made, folder=tmp_path).tolist() == [[1, 0, 0], [0, 1, 0]]
    assert made.asked == ["b"]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([[1.0, 0.0]], r"'letters' gave a table of shape \(1, 2\) for 2 sentences"),
        ([1.0, 0.0], r"shape \(2,\) for 2 sentences: one row of numbers"),
        ([["a"], ["b"]], "one row of numbers"),
        ([[1.0], [float("nan")]], "'letters' gave numbers that are not finite"),
    ],
)
def test_what_cannot_be_vectors_is_refused_and_not_kept(tmp_path: Path, answer: Any, said: str) -> None:
    with pytest.raises(OperationError, match=said):
        vectors(["a", "b"], embedder=Answers(answer), folder=tmp_path)
    assert parts(tmp_path) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "vectors").write_text("a file")
    with pytest.raises(OperationError, match="cannot be written"):
        vectors(["a"], embedder=Letters(), folder=tmp_path)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.text("abc\udc80 ", max_size=4), max_size=5), max_size=4))
def test_a_vector_does_not_depend_on_when_it_was_made(
    tmp_path_factory: pytest.TempPathFactory, asked: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("kept")
    found = [vectors(sentences, embedder=Letters(), folder=folder) for sentences in asked]
    whole = [one for sentences in asked for one in sentences]
    alone = vectors(whole, embedder=Letters(), folder=tmp_path_factory.mktemp("new"))
    assert not whole or (np.vstack([rows for rows in found if len(rows)]) == alone).all()
