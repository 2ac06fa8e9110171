"""YAML values validated against a pydantic model; validation errors become problems with line and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from qualcode.errors import Problem, did_you_mean
from qualcode.files.yaml_reader import KeyPath, YamlDocument

if TYPE_CHECKING:
    from pydantic import BaseModel

    ModelT = TypeVar("ModelT", bound=BaseModel)

_MESSAGES = {
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
    "greater_than_equal": "must be {ge:g} or more",
    "greater_than": "must be more than {gt:g}",
    "less_than_equal": "must be {le:g} or less",
    "less_than": "must be less than {lt:g}",
}
"""What is wrong by the types of errors of pydantic, with the limits that an error names."""

_KINDS = {
    "str": "text",
    "list[str]": "a list of texts",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
}
"""What may be given, by the names that pydantic has for the alternatives of a key."""
_KIND = "kind"
"""Type of a fault that stands for those of all alternatives."""


def validate_yaml(
    model: type[ModelT],
    document: YamlDocument,
    *,
    known_keys: Callable[[KeyPath], Sequence[str]],
    subject: Callable[[KeyPath, Any], str] = lambda _key, _value: "",
) -> tuple[ModelT | None, list[Problem]]:
    """Return the validated value of a YAML file (None if it is invalid) and all problems.

    ``known_keys`` returns the known keys of the mapping at a key path, for a did-you-mean; ``subject`` returns the
    name of the entry that a key path belongs to ("code 'roi'").
    """
    from pydantic import ValidationError

    try:
        return model.model_validate(document.value), []
    except ValidationError as error:
        faults = _join_alternatives(error.errors(), document.value)
        return None, [_build_problem(fault, document, known_keys, subject) for fault in faults]


def _join_alternatives(faults: Iterable[Any], value: Any) -> list[Any]:
    """Return the faults of a value; where it may be of several kinds, one fault instead of one for each kind."""
    joined: dict[tuple[Any, ...], Any] = {}
    for fault in faults:
        key = _find_written_key(fault["loc"], value)
        kind = _KINDS.get(str(fault["loc"][len(key)])) if len(key) < len(fault["loc"]) else None
        if kind:
            alternatives = joined.setdefault((*key, _KIND), {"type": _KIND, "loc": key, "kinds": []})["kinds"]
            alternatives.append(kind)
        else:
            joined[*fault["loc"], fault["type"]] = fault
    return list(joined.values())


def _find_written_key(key: KeyPath, value: Any) -> KeyPath:
    """Return the part of a key path that is in the file: pydantic adds the name of each alternative of a key."""
    for position, part in enumerate(key):
        try:
            value = value[part]
        except (KeyError, IndexError, TypeError):
            return key[:position]
    return key


def _build_problem(
    fault: Any,
    document: YamlDocument,
    known_keys: Callable[[KeyPath], Sequence[str]],
    subject: Callable[[KeyPath, Any], str],
) -> Problem:
    key: KeyPath = fault["loc"]
    line, column = document.find_position(key)
    message, hint = _describe_error(fault, key, known_keys)
    entry = subject(key, document.value)
    return Problem(document.path, line, column, f"{entry}: {message}" if entry else message, hint)


def _describe_error(fault: Any, key: KeyPath, known_keys: Callable[[KeyPath], Sequence[str]]) -> tuple[str, str]:
    name = str(key[-1]) if key else "the file"
    kind = fault["type"]
    if kind == "extra_forbidden":
        known = known_keys(key[:-1])
        return f"'{name}' is not a known key", did_you_mean(name, known) or f"known keys: {', '.join(known)}"
    if kind == "missing":
        return f"'{name}' is missing", ""
    # In YAML, 12 and true without quotes are not text.
    if kind == "string_type" and isinstance(fault["input"], bool | int | float):
        return f"'{_dotted_key(key)}' must be text", f"put it in quotes: '{fault['input']}'"
    if kind == _KIND:
        return f"'{_dotted_key(key)}': give {_join_with_or(list(dict.fromkeys(fault['kinds'])))}", ""
    if kind == "literal_error":
        # The expected values are quoted; an empty one stands for none.
        values = [value for value in re.findall("'([^']*)'", fault["ctx"]["expected"]) if value]
        given = fault["input"] if isinstance(fault["input"], str) else ""
        return f"'{_dotted_key(key)}': give {_join_with_or(values)}", did_you_mean(given, values)
    if kind in _MESSAGES:
        message = _MESSAGES[kind].format(**fault.get("ctx", {}))
        return f"'{_dotted_key(key)}' {message}" if key else f"the file {message}", ""
    message = str(fault["msg"])
    # Only messages of pydantic begin so; those of our validators are complete.
    if message.startswith("Input "):
        return f"'{_dotted_key(key)}': {message[0].lower()}{message[1:]}", ""
    return message, ""


def _join_with_or(names: Sequence[str]) -> str:
    """Return names as "a, b or c"."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def _dotted_key(key: KeyPath) -> str:
    """Return a key path from its last text key on: 'cues.2' rather than 'codes.0.cues.2'."""
    last = max((position for position, part in enumerate(key) if isinstance(part, str)), default=0)
    return ".".join(str(part) for part in key[last:])
