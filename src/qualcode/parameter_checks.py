"""Checks of what public methods are called with: names of parameters, and types of their values."""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, wraps
from numbers import Real
from os import PathLike
from pathlib import Path
from types import FunctionType, NoneType, UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from qualcode.errors import ParameterTypeError, UnknownParameterError, UsageError, check_choice, format_names

PublicClass = TypeVar("PublicClass", bound=type)


def check_parameters(cls: PublicClass) -> PublicClass:
    """Make the constructor and the public methods of a class, inherited ones included, refuse what they do not take.

    Python refuses unknown keywords too, but names the class that a method is inherited from, and proposes no name
    before 3.13; wrong types it does not refuse. Signatures and docstrings stay as they are. If the class has a method
    ``_prepare_call``, it is called first, also by properties.

    Values are checked by the annotations: simple types, names, paths, sets of texts (``Literal``), and classes of
    libraries that are imported for annotations only. Numbers of numpy, and whole numbers such as 46.0, which pandas
    makes of columns with gaps, are converted.

    Raises
    ------
    UnknownParameterError
        By the methods, if a keyword is none of their parameters.
    ParameterTypeError
        By the methods, if a value has another type, or too many are given by position.
    UsageError
        By the methods, if a list is empty where None stands for a default: it would count everything.
    """
    prepare = getattr(cls, "_prepare_call", None)
    for name in dir(cls):
        member = inspect.getattr_static(cls, name)
        label = cls.__name__ if name == "__init__" else f"{cls.__name__}.{name}"
        if name.startswith("_") and name != "__init__":
            continue
        if isinstance(member, FunctionType):
            setattr(cls, name, _check_calls(member, label, prepare))
        elif isinstance(member, classmethod):
            setattr(cls, name, classmethod(_check_calls(member.__func__, label)))
        elif isinstance(member, property) and member.fget and prepare:
            setattr(cls, name, property(_prepare_first(member.fget, prepare)))
    return cls


def _prepare_first(function: Callable[[Any], Any], prepare: Callable[[Any], None]) -> Callable[[Any], Any]:
    @wraps(function)
    def prepared(instance: Any) -> Any:
        prepare(instance)
        return function(instance)

    return prepared


def _check_calls(
    function: Callable[..., Any], label: str, prepare: Callable[[Any], None] | None = None
) -> Callable[..., Any]:
    # Python's own messages, such as that on a missing argument, begin with this name.
    function.__qualname__ = label
    parameters = list(inspect.signature(function).parameters.values())[1:]
    known = [one.name for one in parameters]
    positional = [one.name for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]

    @cache
    def checks() -> dict[str, _Check]:
        # When first called: to import qualcode must stay fast.
        return {one.name: _make_check(label, one, function) for one in parameters}

    @wraps(function)
    def checked(*args: Any, **keywords: Any) -> Any:
        if unknown := [name for name in keywords if name not in known]:
            raise UnknownParameterError(label, unknown, known)
        if len(args) - 1 > len(positional):
            raise ParameterTypeError(f"{label}() {_describe_positions(known, positional, len(args) - 1)}")
        converted = [checks()[name].convert(value) for name, value in zip(positional, args[1:], strict=False)]
        keywords = {name: checks()[name].convert(value) for name, value in keywords.items()}
        if prepare and function.__name__ != "__init__":
            prepare(args[0])
        return function(*args[:1], *converted, **keywords)

    return checked


def _describe_positions(known: Sequence[str], positional: Sequence[str], given: int) -> str:
    """Return how a function takes its parameters, for a call with too many of them by position."""
    by_name = format_names([f"{name}=..." for name in known if name not in positional], limit=4)
    if not known:
        return "has no parameters"
    if not positional:
        return f"takes its parameters by name: {by_name}"
    rest = f"; by name: {by_name}" if by_name else ""
    return f"takes only {' and '.join(positional)} by position, not {given} values{rest}"


class _LibraryClass(type):
    """A class of a library that is imported for annotations only; values are compared by the names of their classes.

    ``pd.DataFrame`` is an attribute of a module. A name alone, such as ``CodeSetLevel``, may be any type.
    """

    is_any = True

    def __getattr__(cls, name: str) -> _LibraryClass:
        if name.startswith("_"):
            raise AttributeError(name)
        found = _LibraryClass(name, (), {})
        found.is_any = False
        return found

    def __getitem__(cls, _: object) -> _LibraryClass:
        return cls


class _Names(dict[str, Any]):
    """The names in an annotation: those of its module, else classes of libraries."""

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            raise KeyError(name)  # `eval` looks there next
        return _LibraryClass(name, (), {})


def _make_check(label: str, parameter: inspect.Parameter, function: Callable[..., Any]) -> _Check:
    annotation = parameter.annotation
    if isinstance(annotation, str):
        names = getattr(inspect.unwrap(function), "__globals__", {})
        annotation = eval(annotation, {}, _Names(names))  # the text of our own annotation
    kinds = _flatten(annotation)
    lists_first = sorted((kind for kind in kinds if kind is not NoneType), key=_is_list, reverse=True)
    return _Check(label, parameter.name, tuple(lists_first), is_optional=NoneType in kinds)


def _flatten(annotation: Any) -> tuple[Any, ...]:
    """Return the types of a union, each once; of others, the type alone."""
    if get_origin(annotation) in (Union, UnionType):
        return tuple(kind for part in get_args(annotation) for kind in _flatten(part))
    return (NoneType if annotation is None else annotation,)


@dataclass(frozen=True, slots=True)
class _Check:
    """The types that a parameter takes."""

    function: str
    name: str
    kinds: tuple[Any, ...]
    """Lists first, so that none is taken as a type that cannot be checked."""
    is_optional: bool

    def convert(self, value: Any) -> Any:
        """Return a value as its type, or refuse it."""
        if value is None and self.is_optional:
            return None
        for kind in self.kinds:
            if (converted := _convert(value, kind)) is not _WRONG:
                self._check_content(converted, kind)
                return converted
        # A path may be a text, which need not be said.
        told = [kind for kind in self.kinds if kind is not str or Path not in self.kinds]
        phrases = [_describe(kind) for kind in sorted(told, key=_is_list)] + ["None"] * self.is_optional
        raise ParameterTypeError(
            f"{self.function}(): {self.name} must be {' or '.join(phrases)}, not {_shorten(value)}"
        )

    def _check_content(self, value: Any, kind: Any) -> None:
        if get_origin(kind) is Literal:
            check_choice(self.name, value, get_args(kind))
        if _is_list(kind) and not value and self.is_optional:
            raise UsageError(
                f"{self.name}: an empty list selects nothing; leave it out, or give None, for the default of "
                f"{self.function}()"
            )


_WRONG = object()


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is Sequence


def _convert(value: Any, kind: Any) -> Any:
    """Return a value as a type, or `_WRONG`."""
    origin = get_origin(kind) or kind
    if _is_list(kind):
        return _convert_items(value, get_args(kind)[0])
    if origin is Mapping:
        return _convert_mapping(value, *get_args(kind))
    if origin in _CONVERTERS:
        return _CONVERTERS[origin](value)
    if isinstance(kind, _LibraryClass):
        is_right = kind.is_any or any(one.__name__ == kind.__name__ for one in type(value).__mro__)
    elif origin is Callable:
        is_right = callable(value)
    else:
        is_right = not isinstance(origin, type) or isinstance(value, origin)
    return value if is_right else _WRONG


def _convert_items(value: Any, kind: Any) -> Any:
    if not isinstance(value, Iterable) or isinstance(value, str | bytes | Mapping | PathLike):
        return _WRONG
    # Once, since an iterator can be read only once.
    try:
        items = tuple(_convert_first(item, _flatten(kind)) for item in value)
    except TypeError:  # an array of numpy without dimensions is iterable by its class only
        return _WRONG
    return _WRONG if any(item is _WRONG for item in items) else items


def _convert_mapping(value: Any, key_kind: Any, value_kind: Any) -> Any:
    if not isinstance(value, Mapping):
        return _WRONG
    keys, values = _convert_items(value.keys(), key_kind), _convert_items(value.values(), value_kind)
    return _WRONG if _WRONG in (keys, values) else dict(zip(keys, values, strict=True))


def _convert_first(value: Any, kinds: Iterable[Any]) -> Any:
    """Return a value as the first of several types that it has, or `_WRONG`."""
    return next((found for kind in kinds if (found := _convert(value, kind)) is not _WRONG), _WRONG)


def _is_bool(value: Any) -> bool:
    # Not by the class of numpy, which is not loaded for this.
    return isinstance(value, bool) or (type(value).__module__ == "numpy" and type(value).__name__ in {"bool", "bool_"})


def _to_whole_number(value: Any) -> Any:
    number = _to_number(value)
    # Neither infinity nor NaN leaves zero.
    return int(number) if number is not _WRONG and number % 1 == 0 else _WRONG


def _to_number(value: Any) -> Any:
    return _WRONG if _is_bool(value) or not isinstance(value, Real) else value


_CONVERTERS: Mapping[Any, Callable[[Any], Any]] = {
    bool: lambda value: bool(value) if _is_bool(value) else _WRONG,
    int: _to_whole_number,
    float: _to_number,
    # A text of numpy is one, but cannot be written to a ledger.
    str: lambda value: str(value) if isinstance(value, str) else _WRONG,
    Path: lambda value: value if isinstance(value, PathLike) else _WRONG,
    Literal: lambda value: value if isinstance(value, str) else _WRONG,
}

_PHRASES: Mapping[Any, str] = {
    bool: "True or False",
    int: "a whole number",
    float: "a number",
    str: "a text",
    Path: "a path",
    Callable: "a function",
    Mapping: "a mapping",
}


def _describe(kind: Any) -> str:
    """Return how messages name a type."""
    origin = get_origin(kind) or kind
    if _is_list(kind):
        return f"a list of {'paths' if Path in _flatten(get_args(kind)[0]) else 'texts'}"
    if origin is Literal:
        return " or ".join(map(repr, get_args(kind)))
    return _PHRASES.get(origin) or f"a {origin.__name__}"


def _shorten(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST_VALUE else f"a {type(value).__name__}"


_LONGEST_VALUE = 60
"""Characters of a value that messages show; of others, the name of the type."""
