"""The parsed form of a query, and the text of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

ALL = "*"
"""Stands for all codings."""

KEYWORDS = ("and", "or", "not")


@dataclass(frozen=True, slots=True)
class Term:
    """A code (``code``), or a condition on a coding, such as ``status``; positions are those in the query's text."""

    name: str
    value: str
    start: int = field(default=0, compare=False)
    value_start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A condition on an attribute of the coding's case."""

    attribute: str
    operator: str
    value: str
    start: int = field(default=0, compare=False)
    value_start: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """What does not hold."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Near:
    """Codings of both sides, at most ``distance`` turns (``t``) or sentences (``s``) apart."""

    left: Node
    right: Node
    distance: int
    unit: str


@dataclass(frozen=True, slots=True)
class And:
    """What holds together; at least two operands."""

    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """What any of at least two operands finds."""

    operands: tuple[Node, ...]


Node = Term | Comparison | Not | Near | And | Or

_BINDING: dict[type, int] = {Or: 0, And: 1, Near: 2, Not: 3, Term: 4, Comparison: 4}
"""How strongly operators bind; of two, the higher number binds first."""


@dataclass(frozen=True, slots=True)
class Query:
    """A query with its text, to which positions refer."""

    text: str
    root: Node


def list_parts(node: Node) -> Iterator[Node]:
    """Yield a node and all nodes in it."""
    yield node
    for part in _operands(node):
        yield from list_parts(part)


def _operands(node: Node) -> tuple[Node, ...]:
    if isinstance(node, And | Or):
        return node.operands
    if isinstance(node, Near):
        return node.left, node.right
    return (node.operand,) if isinstance(node, Not) else ()


def format_query(node: Node) -> str:
    """Return the text of a query, with parentheses only where they are needed; to parse it gives an equal node.

    >>> format_query(And((Term("code", "a"), Or((Term("code", "b"), Not(Term("status", "changed")))))))
    'a and (b or not status:changed)'
    """
    if isinstance(node, And | Or):
        # `a and (b and c)` is not the same as `a and b and c`.
        return f" {type(node).__name__.lower()} ".join(
            _enclose(part, _BINDING[type(node)] + 1) for part in node.operands
        )
    if isinstance(node, Near):
        left, right = _enclose(node.left, _BINDING[Near]), _enclose(node.right, _BINDING[Near] + 1)
        return f"{left} near:{node.distance}{node.unit} {right}"
    if isinstance(node, Not):
        return f"not {_enclose(node.operand, _BINDING[Not])}"
    if isinstance(node, Comparison):
        return f"@{_format_value(node.attribute, _PLAIN_NAME)}{node.operator}{_format_value(node.value)}"
    is_word = node.name == "code" and (node.value == ALL or _is_plain_code(node.value))
    return node.value if is_word else f"{node.name}:{_format_value(node.value)}"


def _enclose(node: Node, least: int) -> str:
    return format_query(node) if _BINDING[type(node)] >= least else f"({format_query(node)})"


_PLAIN_NAME = re.compile(r"\w[\w/.+-]*")
_PLAIN_VALUE = re.compile(r"[\w*?/.+-][\w*?/.+@:'-]*")


def _is_plain_code(code: str) -> bool:
    return _PLAIN_NAME.fullmatch(code) is not None and code.casefold() not in KEYWORDS


def _format_value(value: str, plain: re.Pattern[str] = _PLAIN_VALUE) -> str:
    if plain.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
