"""The parser of queries: ``not`` binds before ``near``, ``near`` before ``and``, ``and`` before ``or``.

query = all | either; either = both ("or" both)*; both = pair ("and" pair)*; pair = single ("near:2t" single)*;
single = "not" single | "(" either ")" | code | condition
"""

from __future__ import annotations

import re
from collections.abc import Callable

from qualcode.errors import did_you_mean, shorten_text
from qualcode.queries.query_nodes import ALL, KEYWORDS, And, Comparison, Near, Node, Not, Or, Query, Term
from qualcode.queries.query_tokens import FIELDS, QueryError, Token, list_tokens

MAX_DEPTH = 50
"""Operators and parentheses inside one another; more are no query that a person has written."""

MAX_LENGTH = 10_000
"""Characters; a longer text, as of a file by mistake, would be searched for a long time."""

_DISTANCE = re.compile(r"(?P<number>\d{1,6})\s*(?P<unit>t|turns?|s|sentences?)", re.IGNORECASE | re.ASCII)
_SIGNS = {"&": "and", "&&": "and", "|": "or", "||": "or", "!": "not", "-": "not"}
"""Signs of other languages."""


def parse_query(text: str) -> Query:
    """Return the parsed form of a query; an empty one selects all codings.

    Raises
    ------
    QueryError
        If the query has a fault, with its place.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(text, MAX_LENGTH, f"the query has more than {MAX_LENGTH:,} characters: write it as several")
    tokens = list(list_tokens(text))
    if len(tokens) == 1:
        return Query(text, Term("code", ALL))
    parser = _Parser(text, tokens)
    root = parser.either()
    if parser.token.kind != "end":
        raise parser.unexpected()
    return Query(text, root)


class _Parser:
    def __init__(self, text: str, tokens: list[Token]) -> None:
        self._text, self._tokens = text, tokens
        self._position = self._depth = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._position]

    def _next(self) -> Token:
        token = self.token
        self._position += 1
        return token

    def _is_keyword(self, word: str) -> bool:
        return self.token.kind == "word" and self.token.name.lower() == word

    def _fault(self, position: int, message: str) -> QueryError:
        return QueryError(self._text, position, message)

    def either(self) -> Node:
        operands = self._list_operands("or", self._both)
        return operands[0] if len(operands) == 1 else Or(tuple(operands))

    def _both(self) -> Node:
        operands = self._list_operands("and", self._pair)
        return operands[0] if len(operands) == 1 else And(tuple(operands))

    def _list_operands(self, keyword: str, operand: Callable[[], Node]) -> list[Node]:
        operands = [operand()]
        while self._is_keyword(keyword):
            self._next()
            operands.append(operand())
        return operands

    def _pair(self) -> Node:
        node, depth = self._single(), self._depth
        while self.token.kind == "field" and self.token.name == "near":
            near = self._next()
            self._deepen(near)
            distance = _DISTANCE.fullmatch(near.value)
            if distance is None:
                message = f"'{near.value}' is no distance: write turns or sentences, as in near:2t or near:3s"
                raise self._fault(near.value_start, message)
            node = Near(node, self._single(), int(distance["number"]), distance["unit"][0].lower())
        self._depth = depth
        return node

    def _deepen(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._fault(token.start, f"the query is nested more than {MAX_DEPTH} deep: write it as several")

    def _single(self) -> Node:
        if self._is_keyword("not"):
            self._deepen(self._next())
            node: Node = Not(self._single())
            self._depth -= 1
            return node
        if self.token.kind == "(":
            return self._group()
        return self._term()

    def _group(self) -> Node:
        opening = self._next()
        self._deepen(opening)
        node = self.either()
        if self.token.kind == "end":
            raise self._fault(opening.start, "this parenthesis is not closed: add ) where the group ends")
        if self.token.kind != ")":
            raise self.unexpected()
        self._next()
        self._depth -= 1
        return node

    def _term(self) -> Node:
        token = self.token
        if token.kind == "attribute":
            self._next()
            return Comparison(token.name, token.operator, token.value, token.start, token.value_start)
        if token.kind == "field" and token.name != "near":
            if token.name not in FIELDS:
                raise self._fault(token.start, f"no condition '{token.name}:' ({_hint_for_field(token.name)})")
            self._next()
            return Term(token.name, token.value, token.start, token.value_start)
        if token.kind == "word" and token.name.lower() not in {*KEYWORDS, *_SIGNS}:
            self._next()
            return Term("code", token.name, token.start, token.start)
        raise self.unexpected()

    def unexpected(self) -> QueryError:
        """Return the error for a token that cannot be here."""
        token, is_operand = self.token, not self._follows_operand()
        if token.kind == "quoted":
            message = f'"{shorten_text(token.name, limit=40)}" is no code: write text:"..." to search for words'
        elif token.kind == "end":
            message = "something is missing at the end: a code or a condition"
        elif token.kind == "word" and token.name.lower() in _SIGNS:
            message = f"write '{_SIGNS[token.name]}' for '{token.name}'"
        elif is_operand:
            message = f"a code or a condition is missing before '{_show(token)}'"
        elif token.kind == ")":
            message = "this parenthesis was not opened: take it out, or add ( before"
        else:
            message = f"'and', 'or' or near:2t is missing before '{_show(token)}'"
        return self._fault(token.start, message)

    def _follows_operand(self) -> bool:
        """Return whether an operator is due, since an operand has just ended."""
        before = self._tokens[self._position - 1] if self._position else None
        if before is None or before.kind == "(":
            return False
        is_near = before.kind == "field" and before.name == "near"
        return not is_near and not (before.kind == "word" and before.name.lower() in KEYWORDS)


def _show(token: Token) -> str:
    if token.kind == "field":
        return f"{token.name}:{token.value}"
    return f"@{token.name}" if token.kind == "attribute" else token.name


def _hint_for_field(name: str) -> str:
    similar = did_you_mean(name, FIELDS)
    return similar.replace("'?", ":'?") if similar else "known: " + ", ".join(f"{known}:" for known in FIELDS)
