"""Plain YAML values checked against a pydantic model, its complaints told as problems with their place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from qualcode.errors import Problem, did_you_mean
from qualcode.files.yamls import Key, Marked

if TYPE_CHECKING:
    from pydantic import BaseModel

    Checked = TypeVar("Checked", bound=BaseModel)

_KINDS = {
    "string_type": "must be text",
    "list_type": "must be a list",
    "dict_type": "must be a mapping of keys to values",
    "model_type": "must be a mapping of keys to values",
    "model_attributes_type": "must be a mapping of keys to values",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
}


def checked(
    model: type[Checked],
    marked: Marked,
    *,
    keys_of: Callable[[Key], Sequence[str]],
    subject: Callable[[Key, Any], str] = lambda _key, _value: "",
) -> tuple[Checked | None, list[Problem]]:
    """Validate a YAML file's value; return the model (None where it does not fit) and all problems.

    ``keys_of`` gives the known keys of the mapping at a key, for a did-you-mean; ``subject`` names the
    entry a key belongs to ("code 'roi'").
    """
    from pydantic import ValidationError

    try:
        return model.model_validate(marked.value), []
    except ValidationError as error:
        return None, [_problem(fault, marked, keys_of, subject) for fault in error.errors()]


def _problem(
    fault: Any, marked: Marked, keys_of: Callable[[Key], Sequence[str]], subject: Callable[[Key, Any], str]
) -> Problem:
    key: Key = fault["loc"]
    line, column = marked.mark(key)
    message, hint = _words(fault, key, keys_of)
    about = subject(key, marked.value)
    return Problem(marked.path, line, column, f"{about}: {message}" if about else message, hint)


def _words(fault: Any, key: Key, keys_of: Callable[[Key], Sequence[str]]) -> tuple[str, str]:
    name = str(key[-1]) if key else "the file"
    kind = fault["type"]
    if kind == "extra_forbidden":
        known = keys_of(key[:-1])
        return f"'{name}' is not a known key", did_you_mean(name, known) or f"known keys: {', '.join(known)}"
    if kind == "missing":
        return f"'{name}' is missing", ""
    if kind == "string_type" and isinstance(fault["input"], bool | int | float):
        return f"'{_path(key)}' must be text", f"put it in quotes: '{fault['input']}'"
    if kind in _KINDS:
        return f"'{_path(key)}' {_KINDS[kind]}" if key else f"the file {_KINDS[kind]}", ""
    said = str(fault["msg"])
    return (f"'{_path(key)}': {said[0].lower()}{said[1:]}", "") if said.startswith("Input ") else (said, "")


def _path(key: Key) -> str:
    """Name a value from the last key that is text: 'cues.2' rather than 'codes.0.cues.2'."""
    last = max((position for position, part in enumerate(key) if isinstance(part, str)), default=0)
    return ".".join(str(part) for part in key[last:])
