"""Writes tiny sentence encoders (an ONNX model and its tokenizer), whose vectors can be computed by hand."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

WORDS: Mapping[str, tuple[float, ...]] = {
    "[UNK]": (1, 1),
    "money": (3, 0),
    "people": (0, 4),
    "culture": (0, -2),
    "[PAD]": (5, 5),
}
_FLOAT, _INT64 = 1, 7


def onnx_folder(folder: Path, **shape: Any) -> Path:
    """Write a folder with ``model.onnx`` and ``tokenizer.json``, and return it."""
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(onnx_model(**shape))
    (folder / "tokenizer.json").write_text(tokenizer(), encoding="utf-8")
    return folder


def tokenizer(*, most: int = 2) -> str:
    """Return a tokenizer of whole words that, like MiniLM's, has truncation and padding of its own."""
    truncation = {"direction": "Right", "max_length": most, "strategy": "LongestFirst", "stride": 0}
    padding = {"strategy": {"Fixed": 8}, "direction": "Right", "pad_to_multiple_of": None}
    return json.dumps(
        {
            "version": "1.0",
            "truncation": truncation,
            "padding": {**padding, "pad_id": 4, "pad_type_id": 0, "pad_token": "[PAD]"},
            "added_tokens": [],
            "normalizer": {"type": "Lowercase"},
            "pre_tokenizer": {"type": "Whitespace"},
            "post_processor": None,
            "decoder": None,
            "model": {
                "type": "WordLevel",
                "vocab": {word: number for number, word in enumerate(WORDS)},
                "unk_token": "[UNK]",
            },
        }
    )


def onnx_model(
    *,
    inputs: Sequence[str] = ("input_ids", "attention_mask", "token_type_ids"),
    output: str = "last_hidden_state",
    pooled: bool = False,
) -> bytes:
    """Return a model that looks up each token's vector, and returns their mean if ``pooled``.

    Encoded as protobuf by hand, with the field numbers of onnx.proto (operator set 13).
    """
    table = [number for row in WORDS.values() for number in row]
    initializer = _whole(1, len(WORDS)) + _whole(1, 2) + _whole(2, _FLOAT) + _text(8, "table")
    initializer += _piece(9, struct.pack(f"<{len(table)}f", *table))
    nodes = _node("Gather", ["table", inputs[0]], "tokens" if pooled else output)
    if pooled:
        axes = _text(1, "axes") + _whole(8, 1) + _whole(20, 7)
        keep = _text(1, "keepdims") + _whole(3, 0) + _whole(20, 2)
        nodes += _node("ReduceMean", ["tokens"], output, axes, keep)
    graph = nodes + _text(2, "g") + _piece(5, initializer)
    graph += b"".join(_piece(11, _value(name, _INT64, ["batch", "length"])) for name in inputs)
    graph += _piece(12, _value(output, _FLOAT, ["batch", 2] if pooled else ["batch", "length", 2]))
    return _whole(1, 8) + _piece(7, graph) + _piece(8, _text(1, "") + _whole(2, 13))


def _node(kind: str, inputs: Sequence[str], output: str, *attributes: bytes) -> bytes:
    named = b"".join(_text(1, name) for name in inputs) + _text(2, output) + _text(4, kind)
    return _piece(1, named + b"".join(_piece(5, attribute) for attribute in attributes))


def _value(name: str, kind: int, shape: Sequence[str | int]) -> bytes:
    sides = b"".join(_piece(1, _whole(1, side) if isinstance(side, int) else _text(2, side)) for side in shape)
    return _text(1, name) + _piece(2, _piece(1, _whole(1, kind) + _piece(2, sides)))


def _varint(number: int) -> bytes:
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + _varint(number >> 7)


def _whole(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(number)


def _piece(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content


def _text(field: int, text: str) -> bytes:
    return _piece(field, text.encode())
