"""Vectors kept by embedder and sentence, so that only new sentences are embedded; every file can be made again.

A folder for each embedder's key holds parts, each written once and whole: hashes of sentences, and their vectors as
half-precision numbers. A vector comes out the same whether it was just made or kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qualcode.errors import OperationError
from qualcode.files import fill_atomically
from qualcode.suggest.embedding.embedder_protocol import Embedder, Vectors, unit_rows

PART = 1024
"""Sentences that are embedded before they are written: what an interrupted run can lose."""
MOST_PARTS = 32
"""Parts beyond this number are written as one."""

_VectorsByHash = dict[bytes, NDArray[np.float16]]


def vectors(sentences: Sequence[str], *, embedder: Embedder, folder: Path) -> Vectors:
    """Return the vectors of sentences, shape (sentences, dimensions), embedding only those not kept in the folder.

    Parameters
    ----------
    folder : Path
        Where the study keeps what can be made again; vectors of this embedder lie in a folder of their own below it.

    Raises
    ------
    Refused
        The embedder gave something else than one row of finite numbers for each sentence, or the folder cannot be
        written.
    """
    place = folder / "vectors" / hashlib.sha256(embedder.key.encode()).hexdigest()[:16]
    hashes = [_hash(sentence) for sentence in sentences]
    kept = _read_cached(place, set(hashes))
    fresh = [(key, sentence) for key, sentence in dict(zip(hashes, sentences, strict=True)).items() if key not in kept]
    for start in range(0, len(fresh), PART):
        part = dict(fresh[start : start + PART])
        rows = _embed_sentences(list(part.values()), embedder)
        _check_width(rows, kept, embedder)
        made = dict(zip(part, rows, strict=True))
        _write_part(place, made)
        kept |= made
    return unit_rows([kept[key] for key in hashes])


def _hash(sentence: str) -> bytes:
    return hashlib.blake2b(sentence.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _embed_sentences(sentences: Sequence[str], embedder: Embedder) -> NDArray[np.float16]:
    """Embed sentences, and refuse what cannot be their vectors."""
    made = np.asarray(embedder.embed(sentences))
    if made.ndim != 2 or len(made) != len(sentences) or not np.issubdtype(made.dtype, np.floating):
        raise OperationError(
            f"embedder '{embedder.name}' gave a table of shape {made.shape} for {len(sentences)} sentences: "
            "one row of numbers for each is needed"
        )
    if not np.isfinite(made).all():
        raise OperationError(f"embedder '{embedder.name}' gave numbers that are not finite")
    return unit_rows(made).astype(np.float16)


def _check_width(rows: NDArray[np.float16], kept: _VectorsByHash, embedder: Embedder) -> None:
    before = next((len(row) for row in kept.values()), rows.shape[1])
    if rows.shape[1] != before:
        raise OperationError(
            f"embedder '{embedder.name}' gave {rows.shape[1]} numbers for a sentence where it gave {before} before: "
            "its key must change with its model"
        )


def _write_part(place: Path, made: Mapping[bytes, Any]) -> Path:
    """Write a part, named by the sentences it holds; two programs that write one write the same."""
    hashes = np.frombuffer(b"".join(made), dtype=np.uint8).reshape(len(made), 16)
    name = hashlib.blake2b(hashes.tobytes(), digest_size=8).hexdigest()

    def fill(path: Path) -> None:
        with open(path, "wb") as stream:
            np.savez(stream, hashes=hashes, vectors=np.stack(list(made.values())))

    return fill_atomically(place / f"{name}.npz", fill)


def _read_cached(place: Path, wanted: set[bytes]) -> _VectorsByHash:
    """Return what is kept of the sentences asked for; damaged parts count as not there, many parts become one."""
    paths = sorted(place.glob("*.npz"))
    parts = {path: part for path in paths if (part := _read_part(path)) is not None}
    widths = [part[1].shape[1] for part in parts.values()]
    rows = ((key, row) for part in parts.values() if part[1].shape[1] == widths[0] for key, row in _rows(part))
    if len(paths) <= MOST_PARTS:
        return {key: row for key, row in rows if key in wanted}
    whole = dict(rows)
    written = _write_part(place, whole)
    for path in paths:
        if path != written:
            path.unlink(missing_ok=True)
    return {key: row for key, row in whole.items() if key in wanted}


def _rows(part: tuple[NDArray[np.uint8], NDArray[np.float16]]) -> Iterable[tuple[bytes, NDArray[np.float16]]]:
    return zip(map(bytes, part[0]), part[1], strict=True)


def _read_part(path: Path) -> tuple[NDArray[np.uint8], NDArray[np.float16]] | None:
    """Read a part; None says that it is damaged (or of another program) and has to be made again."""
    try:
        with open(path, "rb") as stream, np.load(stream, allow_pickle=False) as held:
            hashes, rows = held["hashes"], held["vectors"]
    except Exception:  # whatever damage does to an archive, it is no reason to stop
        return None
    sound = hashes.dtype == np.uint8 and rows.dtype == np.float16 and rows.ndim == 2 and hashes.shape == (len(rows), 16)
    return (hashes, rows) if sound and len(rows) and np.isfinite(rows).all() else None
