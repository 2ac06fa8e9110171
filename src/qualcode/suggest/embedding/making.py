"""Embedders by name: ``use``, ``onnx:MODEL``, ``spacy:MODEL``, and what other packages bring."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points

from qualcode.errors import QualcodeError, Refused, UnknownName, UsageError
from qualcode.suggest.embedding.onnx_models import onnx_embedder
from qualcode.suggest.embedding.places import said_by
from qualcode.suggest.embedding.protocol import Embedder
from qualcode.suggest.embedding.spacy_models import spacy_embedder
from qualcode.suggest.embedding.use_model import use_embedder

GROUP = "qualcode.embedders"
"""The entry point group of other packages' makers: functions from what stands after the colon to an embedder."""

_MAKERS: dict[str, Callable[[str], Embedder]] = {"onnx": onnx_embedder, "spacy": spacy_embedder, "use": use_embedder}


def embedder(named: str) -> Embedder:
    """Return the embedder of a name such as ``spacy:en_core_web_md`` or ``onnx:/models/minilm``."""
    kind, _, model = named.partition(":")
    if kind in _MAKERS:
        if not model and kind != "use":
            raise UsageError(f"'{named}' names no model: write {kind}:NAME of an installed package, or {kind}:/folder")
        return _MAKERS[kind](model)
    brought = {entry.name: entry for entry in entry_points(group=GROUP)}
    if kind not in brought:
        raise UnknownName("embedder", kind, [*_MAKERS, *brought])
    return _made_by(brought[kind], model)


def _made_by(entry: EntryPoint, model: str) -> Embedder:
    """Let another package make its embedder; whatever it raises is told in one sentence."""
    try:
        made: Embedder = entry.load()(model)
    except QualcodeError:
        raise
    except Exception as error:
        raise Refused(f"embedder '{entry.name}' ({entry.value}) cannot be made: {said_by(error)}") from error
    return made
