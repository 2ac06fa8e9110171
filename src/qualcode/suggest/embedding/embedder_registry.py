"""Embedders by name: ``use``, ``onnx:MODEL``, ``spacy:MODEL``, and what other packages bring."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points

from qualcode.errors import OperationError, QualcodeError, UnknownNameError, UsageError
from qualcode.suggest.embedding.embedder_protocol import Embedder
from qualcode.suggest.embedding.model_files import first_error_line
from qualcode.suggest.embedding.onnx_encoder import onnx_embedder
from qualcode.suggest.embedding.spacy_vectors import spacy_embedder
from qualcode.suggest.embedding.universal_sentence_encoder import use_embedder

ENTRY_POINT_GROUP = "qualcode.embedders"
"""The entry point group of other packages' makers: functions from what stands after the colon to an embedder."""

_BUILTIN_EMBEDDERS: dict[str, Callable[[str], Embedder]] = {
    "onnx": onnx_embedder,
    "spacy": spacy_embedder,
    "use": use_embedder,
}


def embedder(named: str) -> Embedder:
    """Return the embedder of a name such as ``spacy:en_core_web_md`` or ``onnx:/models/minilm``."""
    kind, _, model = named.partition(":")
    if kind in _BUILTIN_EMBEDDERS:
        if not model and kind != "use":
            raise UsageError(f"'{named}' names no model: write {kind}:NAME of an installed package, or {kind}:/folder")
        return _BUILTIN_EMBEDDERS[kind](model)
    brought = {entry.name: entry for entry in entry_points(group=ENTRY_POINT_GROUP)}
    if kind not in brought:
        raise UnknownNameError("embedder", kind, [*_BUILTIN_EMBEDDERS, *brought])
    return _load_plugin(brought[kind], model)


def _load_plugin(entry: EntryPoint, model: str) -> Embedder:
    """Let another package make its embedder; whatever it raises is told in one sentence."""
    try:
        made: Embedder = entry.load()(model)
    except QualcodeError:
        raise
    except Exception as error:
        raise OperationError(
            f"embedder '{entry.name}' ({entry.value}) cannot be made: {first_error_line(error)}"
        ) from error
    return made
