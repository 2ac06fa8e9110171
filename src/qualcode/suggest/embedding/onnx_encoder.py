"""Sentence vectors by an ONNX encoder on this machine: the mean of token vectors, or the first token's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from qualcode.errors import OperationError
from qualcode.suggest.embedding.embedder_protocol import Vectors, unit_rows
from qualcode.suggest.embedding.model_files import first_error_line
from qualcode.suggest.embedding.onnx_files import OnnxFiles, find_onnx_files

# The limit of the MiniLM sentence encoders; few sentences are longer, and attention costs grow with its square.
MAX_SENTENCE_TOKENS = 256
"""Tokens of a sentence that are used; the rest is cut off."""
THREADS = 1
"""More are slower on a busy machine, as they wait for each other."""

# Names in exports of Hugging Face and of sentence-transformers; a sentence_embedding output is not used.
_TOKEN_OUTPUTS = ("last_hidden_state", "token_embeddings")
# What a BERT-like encoder takes; anything else (pixels, decoder ids) is another kind of model.
_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})
_TYPES = {"tensor(int64)": np.int64, "tensor(int32)": np.int32}


def onnx_embedder(model: str) -> OnnxEmbedder:
    """Return the embedder of a folder, an ``.onnx`` file or an installed package that has one.

    Raises
    ------
    OperationError
        The model or its tokenizer cannot be found.
    """
    return OnnxEmbedder(f"onnx:{model}", find_onnx_files(model))


class OnnxEmbedder:
    """Computes sentence vectors from token vectors; libraries and files are loaded with the first sentence.

    Each sentence is run by itself, so that its vector does not depend on others (quantised models take their scale
    from the whole batch); on few processors batches are not faster.
    """

    def __init__(self, name: str, files: OnnxFiles) -> None:
        self.name = name
        self._files = files

    @cached_property
    def key(self) -> str:
        """Hash of model, tokenizer and settings."""
        return self._files.key(f"onnx 1, {MAX_SENTENCE_TOKENS} tokens")

    @cached_property
    def _tokenizer(self) -> Any:
        try:
            import tokenizers
        except ImportError as error:
            raise _missing_library("tokenizers", error, self.name) from None
        try:
            tokenizer = tokenizers.Tokenizer.from_file(str(self._files.tokenizer))
        except Exception as error:
            message = first_error_line(error)
            raise OperationError(f"{self._files.tokenizer}: not a tokenizer file ({message})") from None
        # tokenizer.json may switch on padding, whose tokens would be averaged too.
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_SENTENCE_TOKENS)
        return tokenizer

    @cached_property
    def _session(self) -> Any:
        try:
            import onnxruntime as runtime
        except ImportError as error:
            raise _missing_library("onnxruntime", error, self.name) from None
        # No data must leave this machine.
        runtime.disable_telemetry_events()
        options = runtime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = THREADS, 1
        # Errors only: the runtime writes its warnings to the user's terminal.
        options.log_severity_level = 3
        try:
            return runtime.InferenceSession(str(self._files.model), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise OperationError(
                f"{self._files.model}: the model cannot be loaded ({first_error_line(error)})"
            ) from None

    @cached_property
    def _inputs(self) -> dict[str, Any]:
        """Data types of the model's inputs by name."""
        types = {node.name: _TYPES.get(node.type) for node in self._session.get_inputs()}
        if "input_ids" not in types or not types.keys() <= _INPUTS or None in types.values():
            raise OperationError(
                f"{self._files.model}: not a sentence encoder (its inputs: {', '.join(types) or 'none'}); "
                "its inputs must be token ids (input_ids)"
            )
        return types

    @cached_property
    def _output(self) -> str:
        """The name of the output with a vector for each token."""
        shapes = {node.name: node.shape or () for node in self._session.get_outputs()}
        # Outputs with other names are recognised by their shape: batch, tokens, dimensions.
        names = [*_TOKEN_OUTPUTS, *(name for name, shape in shapes.items() if len(shape) == 3)]
        output = next((name for name in names if name in shapes), "")
        if not output:
            raise OperationError(
                f"{self._files.model}: no output has a vector for each token (its outputs: {', '.join(shapes)}); "
                "export the model with last_hidden_state"
            )
        return output

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """Return the mean of each sentence's token vectors (or the first, if the pooling settings choose it)."""
        return unit_rows([self._vector(sentence) for sentence in sentences])

    def _vector(self, sentence: str) -> Any:
        tokens = self._tokenizer.encode(sentence)
        # A sentence without tokens is run as one token, because its zero vector needs the number of dimensions.
        ids, mask, types = (tokens.ids, tokens.attention_mask, tokens.type_ids) if len(tokens) else ([0], [1], [0])
        columns = {"input_ids": ids, "attention_mask": mask, "token_type_ids": types}
        inputs = {name: np.asarray([columns[name]], dtype=kind) for name, kind in self._inputs.items()}
        try:
            rows = self._session.run([self._output], inputs)[0][0]
        except Exception as error:
            raise OperationError(
                f"{self._files.model}: the model failed on '{sentence[:40]}' ({first_error_line(error)})"
            ) from None
        if not len(tokens):
            return np.zeros(rows.shape[1])
        return rows[0] if self._files.uses_first_token else rows.mean(axis=0)


def _missing_library(library: str, error: ImportError, embedder: str) -> OperationError:
    is_missing = isinstance(error, ModuleNotFoundError)
    state = "is not installed" if is_missing else f"cannot be loaded ({first_error_line(error)})"
    return OperationError(f"embedder '{embedder}' needs {library}, which {state}: pip install 'qualcode[embed]'")
