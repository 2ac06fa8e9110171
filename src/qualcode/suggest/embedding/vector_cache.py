"""The cache of sentence vectors, by embedder and sentence, so that only new sentences are embedded.

Each embedder's key has a folder of parts, each written once: hashes of sentences, and their vectors in half precision.
A new vector is rounded like a cached one, so that both are equal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.errors import OperationError
from qualcode.files import fill_atomically
from qualcode.suggest.embedding.embedder_protocol import Embedder, Vectors, unit_rows

PART = 1024
"""Sentences of a part: as many are lost at most when a run is interrupted."""
MAX_PARTS = 32
"""Parts at most; more are merged into one."""

_VectorsByHash = dict[bytes, NDArray[np.float16]]


def vectors(sentences: Sequence[str], *, embedder: Embedder, folder: Path) -> Vectors:
    """Return the vectors of sentences, shape (sentences, dimensions), embedding only those that are not cached.

    Parameters
    ----------
    folder : Path
        The study's cache folder; the vectors of an embedder are in a folder of their own below it.

    Raises
    ------
    OperationError
        The embedder returned something else than one row of finite numbers for each sentence, or the folder cannot be
        written.
    """
    place = folder / "vectors" / hashlib.sha256(embedder.key.encode()).hexdigest()[:16]
    hashes = [_hash(sentence) for sentence in sentences]
    cached = _read_cached(place, set(hashes))
    distinct = dict(zip(hashes, sentences, strict=True))
    new = [(key, sentence) for key, sentence in distinct.items() if key not in cached]
    # Each part is written at once, so that an interrupted run continues where it stopped.
    for start in range(0, len(new), PART):
        part = dict(new[start : start + PART])
        rows = _embed_sentences(list(part.values()), embedder)
        _check_width(rows, cached, embedder)
        embedded = dict(zip(part, rows, strict=True))
        _write_part(place, embedded)
        cached |= embedded
    return unit_rows([cached[key] for key in hashes])


def _hash(sentence: str) -> bytes:
    return hashlib.blake2b(sentence.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _embed_sentences(sentences: Sequence[str], embedder: Embedder) -> NDArray[np.float16]:
    """Return the vectors of sentences in half precision; raise `OperationError` if they cannot be vectors."""
    rows = np.asarray(embedder.embed(sentences))
    if rows.ndim != 2 or len(rows) != len(sentences) or not np.issubdtype(rows.dtype, np.floating):
        raise OperationError(
            f"embedder '{embedder.name}' returned an array of shape {rows.shape} for {len(sentences)} sentences: "
            "it must return one row of numbers for each"
        )
    if not np.isfinite(rows).all():
        raise OperationError(f"embedder '{embedder.name}' returned numbers that are not finite")
    return unit_rows(rows).astype(np.float16)


def _check_width(rows: NDArray[np.float16], cached: _VectorsByHash, embedder: Embedder) -> None:
    # Vectors of two models under one key would be compared with each other without an error.
    width = next((len(row) for row in cached.values()), rows.shape[1])
    if rows.shape[1] != width:
        raise OperationError(
            f"embedder '{embedder.name}' returned {rows.shape[1]} numbers for a sentence, but {width} before: "
            "its key must change with its model"
        )


def _write_part(place: Path, vectors_by_hash: Mapping[bytes, Any]) -> Path:
    """Write a part, named by a hash of its sentences: two programs that write the same name write the same part."""
    hashes = np.frombuffer(b"".join(vectors_by_hash), dtype=np.uint8).reshape(len(vectors_by_hash), 16)
    name = hashlib.blake2b(hashes.tobytes(), digest_size=8).hexdigest()

    def fill(path: Path) -> None:
        with open(path, "wb") as stream:
            np.savez(stream, hashes=hashes, vectors=np.stack(list(vectors_by_hash.values())))

    return fill_atomically(place / f"{name}.npz", fill)


def _read_cached(place: Path, hashes: set[bytes]) -> _VectorsByHash:
    """Return the cached vectors of sentences; ignore damaged parts, and merge too many parts."""
    # Sorted, so that of two parts with one sentence the same vector is always taken.
    paths = sorted(place.glob("*.npz"))
    parts = [part for path in paths if (part := _read_part(path)) is not None]
    width = parts[0][1].shape[1] if parts else 0
    pairs = (
        pair for part in parts if part[1].shape[1] == width for pair in zip(map(bytes, part[0]), part[1], strict=True)
    )
    if len(paths) <= MAX_PARTS:
        return {key: row for key, row in pairs if key in hashes}
    merged = dict(pairs)
    merged_path = _write_part(place, merged)
    # Only now: if the merged part could not be written, no vector is lost.
    for path in paths:
        if path != merged_path:
            path.unlink(missing_ok=True)
    return {key: row for key, row in merged.items() if key in hashes}


def _read_part(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.float16]] | None:
    """Return the hashes and vectors of a part; None if it is damaged or of another program."""
    try:
        # allow_pickle=False: reading a cache file must not be able to run code.
        with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as archive:
            hashes, rows = archive["hashes"], archive["vectors"]
    except Exception:  # a damaged archive may raise anything; its sentences are embedded again
        return None
    is_valid = (
        hashes.dtype == np.uint8 and rows.dtype == np.float16 and rows.ndim == 2 and hashes.shape == (len(rows), 16)
    )
    return (hashes, rows) if is_valid and len(rows) and np.isfinite(rows).all() else None
