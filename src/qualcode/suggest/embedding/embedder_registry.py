"""Embedders by name: ``use``, ``onnx:MODEL``, ``spacy:MODEL``, and those of other packages by entry point."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

from qualcode.errors import OperationError, QualcodeError, UnknownNameError, UsageError
from qualcode.files import is_within
from qualcode.study.study import Study
from qualcode.suggest.embedding.embedder_protocol import Embedder
from qualcode.suggest.embedding.model_files import first_error_line
from qualcode.suggest.embedding.onnx_encoder import onnx_embedder
from qualcode.suggest.embedding.spacy_vectors import spacy_embedder
from qualcode.suggest.embedding.universal_sentence_encoder import use_embedder

ENTRY_POINT_GROUP = "qualcode.embedders"
"""The group of entry points of other packages: functions from the text after the colon to an embedder."""

_BUILTIN_EMBEDDERS: dict[str, Callable[[str], Embedder]] = {
    "onnx": onnx_embedder,
    "spacy": spacy_embedder,
    "use": use_embedder,
}


def embedder(name: str) -> Embedder:
    """Return the embedder of a name such as ``spacy:en_core_web_md`` or ``onnx:/models/minilm``.

    Raises
    ------
    UsageError
        The name lacks a model, or has one too many.
    UnknownNameError
        There is no embedder of this kind.
    OperationError
        The model or its package is missing or unusable.
    """
    kind, _, model = name.partition(":")
    if kind in _BUILTIN_EMBEDDERS:
        if not model and kind != "use":
            raise UsageError(f"embedder '{name}' has no model: write {kind}:PACKAGE (installed) or {kind}:/folder")
        return _BUILTIN_EMBEDDERS[kind](model)
    # Looked up after the built-in embedders, so that no package can replace one of them.
    plugins = {entry.name: entry for entry in entry_points(group=ENTRY_POINT_GROUP)}
    if kind not in plugins:
        raise UnknownNameError("embedder", kind, [*_BUILTIN_EMBEDDERS, *plugins])
    return _load_plugin(plugins[kind], model)


def study_embedder(study: Study) -> Embedder:
    """Return the embedder that a study's settings name; of spaCy, only models that came without the study.

    Raises
    ------
    QualcodeError
        As `embedder`, or if the model is a folder in the study or near it: loading a spaCy model may run code.
    """
    name = study.settings.embedder
    kind, _, model = name.partition(":")
    path = Path(model).expanduser()
    is_folder = path.is_absolute() or "/" in model or os.sep in model or path.is_dir()
    is_near = not path.is_absolute() or is_within(path, study.root.resolve().parent)
    if kind == "spacy" and is_folder and is_near:
        raise OperationError(
            f"embedder '{name}' is a folder in the study or beside it, and loading a spaCy model may run code that "
            "came with the study: install the model as a package, or move it elsewhere and give its whole path"
        )
    return embedder(name)


def _load_plugin(entry: EntryPoint, model: str) -> Embedder:
    """Return the embedder of another package; convert any exception into an `OperationError` of one line."""
    try:
        plugin: Embedder = entry.load()(model)
    # The plug-in's own message for the user is kept as it is.
    except QualcodeError:
        raise
    except Exception as error:
        message = first_error_line(error)
        raise OperationError(f"embedder '{entry.name}' ({entry.value}) cannot be loaded: {message}") from error
    return plugin
