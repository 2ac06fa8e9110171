"""The words of a query with their positions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from qualcode.errors import UsageError

FIELDS = ("code", "coder", "memo", "near", "speaker", "status", "text", "transcript")
"""Names before a colon."""

TokenKind = Literal["(", ")", "word", "quoted", "field", "attribute", "end"]


class QueryError(UsageError):
    """A query has a fault; the message begins with its line and column."""

    def __init__(self, query: str, position: int, message: str) -> None:
        before = query[:position]
        self.line = before.count("\n") + 1
        self.column = position - (before.rfind("\n") + 1) + 1
        lines = query.split("\n")
        self.query_line = lines[self.line - 1] if self.line <= len(lines) else ""
        super().__init__(f"query:{self.line}:{self.column}: {message}")

    def show_place(self) -> str:
        """Return the line of the query, and a caret below the place of the fault."""
        shown = self.query_line.replace("\t", " ")
        return f"  {shown}\n  {' ' * (self.column - 1)}^"


@dataclass(frozen=True, slots=True)
class Token:
    """A word, parenthesis or condition; ``name`` is the word, the name before the colon, or the attribute."""

    kind: TokenKind
    start: int
    name: str = ""
    operator: str = ""
    value: str = ""
    value_start: int = 0


_BLANK = re.compile(r"\s*")
_CLOSING = {'"': '"', "'": "'", "“": "”", "„": "“", "«": "»"}
_FIELD = re.compile(r"(?P<name>[A-Za-z]+):\s*")
_ATTRIBUTE_NAME = re.compile(r"[^\s()=!<>\"']+")
_OPERATOR = re.compile(r"\s*(?P<operator>!=|<=|>=|==?|<|>)\s*")
_WORD = re.compile(r"[^\s()]+")


def list_tokens(query: str) -> Iterator[Token]:
    """Yield the tokens of a query; the last one is its end.

    Raises
    ------
    QueryError
        If a quotation mark is not closed, or a value is missing.
    """
    position = 0
    while (position := _skip_blank(query, position)) < len(query):
        token, position = _read_token(query, position)
        yield token
    yield Token("end", len(query.rstrip()))


def _skip_blank(query: str, position: int) -> int:
    found = _BLANK.match(query, position)
    return found.end() if found else position


def _read_token(query: str, start: int) -> tuple[Token, int]:
    sign = query[start]
    if sign == "(":
        return Token("(", start, sign), start + 1
    if sign == ")":
        return Token(")", start, sign), start + 1
    if sign == "@":
        return _read_attribute(query, start)
    if sign in _CLOSING:
        value, end = _read_quoted(query, start)
        return Token("quoted", start, value), end
    if field := _FIELD.match(query, start):
        value, end = _read_value(query, field.end(), f"{field['name']}:")
        return Token("field", start, field["name"].lower(), value=value, value_start=field.end()), end
    word = _WORD.match(query, start)
    end = word.end() if word else start + 1
    return Token("word", start, query[start:end]), end


def _read_attribute(query: str, start: int) -> tuple[Token, int]:
    position = start + 1
    if query[position : position + 1] in _CLOSING:
        name, position = _read_quoted(query, position)
    else:
        found = _ATTRIBUTE_NAME.match(query, position)
        name, position = (found[0], found.end()) if found else ("", position)
    if not name:
        raise QueryError(query, start, "name an attribute of cases after '@', as in @group=partner")
    operator = _OPERATOR.match(query, position)
    if operator is None:
        raise QueryError(query, position, f"'@{name}' needs a comparison: =, !=, <, <=, > or >=, as in @{name}=VALUE")
    sign = "=" if operator["operator"] == "==" else operator["operator"]
    value, end = _read_value(query, operator.end(), f"@{name}{sign}")
    return Token("attribute", start, name, sign, value, operator.end()), end


def _read_value(query: str, start: int, before: str) -> tuple[str, int]:
    if query[start : start + 1] in _CLOSING:
        return _read_quoted(query, start)
    if found := _WORD.match(query, start):
        return found[0], found.end()
    raise QueryError(
        query, min(start, len(query)), f"'{before}' needs a value, as in {before}VALUE or {before}\"two words\""
    )


def _read_quoted(query: str, start: int) -> tuple[str, int]:
    """Return the text between quotation marks and the position behind them; a backslash escapes a character."""
    closing = _CLOSING[query[start]]
    found = re.compile(rf"((?:[^\\{closing}]|\\.)*){closing}", re.DOTALL).match(query, start + 1)
    if found is None:
        raise QueryError(query, start, f"this quotation mark is not closed: add {closing} behind the last word")
    return re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL), found.end()
