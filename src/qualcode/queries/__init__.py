"""The language of queries over codings: its text and its parsed form."""

from qualcode.queries.query_nodes import (
    ALL,
    And,
    Comparison,
    Near,
    Node,
    Not,
    Or,
    Query,
    Term,
    format_query,
    list_parts,
)
from qualcode.queries.query_parser import parse_query
from qualcode.queries.query_tokens import FIELDS, QueryError

__all__ = [
    "ALL",
    "FIELDS",
    "And",
    "Comparison",
    "Near",
    "Node",
    "Not",
    "Or",
    "Query",
    "QueryError",
    "Term",
    "format_query",
    "list_parts",
    "parse_query",
]
