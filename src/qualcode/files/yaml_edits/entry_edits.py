"""Edits of values, lists and entries of mappings in a YAML text; each returns the new text."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any

from qualcode.files.yaml_edits.yaml_text import (
    column_of,
    content_end,
    content_start,
    find_node,
    format_scalar,
    insert_lines,
    is_missing,
    line_end,
    line_start,
    list_pairs,
    pair_end,
    skip_comments,
)
from qualcode.files.yaml_reader import KeyPath


def replace_value(text: str, key: KeyPath, value: str) -> str:
    """Return the text with another scalar at a key path, in the quotes of the old one."""
    node = find_node(text, key)
    start, end = content_start(text, node), content_end(text, node)
    return text[:start] + format_scalar(value, style=node.style) + text[end:]


def set_value(text: str, key: KeyPath, name: str, value: str, *, after: Collection[str] = ()) -> str:
    """Return the text with a scalar at a name of the mapping at a key path; a new one is below one of ``after``."""
    if not is_missing(find_node(text, (*key, name))):
        return replace_value(text, (*key, name), value)
    return _add_pair(text, key, name, format_scalar(value), after=after)


def change_list(
    text: str, key: KeyPath, name: str, *, remove: Collection[str] = (), add: Sequence[str] = (), before: str = ""
) -> str:
    """Return the text with texts taken out of a list, and others appended.

    The list is at ``name`` of the mapping at a key path. If it is missing it is made, above the entry ``before``; if it
    becomes empty its entry is removed. The first text that is removed is replaced by the first that is added.
    """
    new = list(dict.fromkeys(add))
    while (position := _find_item(text, (*key, name), remove)) is not None:
        present = {node.value for node in find_node(text, (*key, name)).value}
        new = [value for value in new if value not in present]
        if new:
            text = replace_value(text, (*key, name, position), new.pop(0))
        else:
            text = _remove_item(text, key, name, position)
    node = find_node(text, (*key, name))
    present = {item.value for item in node.value} if node is not None and node.id == "sequence" else set()
    for value in [value for value in new if value not in present]:
        text = _append_scalar(text, key, name, value, before=before)
    return text


def _find_item(text: str, key: KeyPath, values: Collection[str]) -> int | None:
    node = find_node(text, key)
    if node is None or node.id != "sequence":
        return None
    return next((position for position, item in enumerate(node.value) if item.value in values), None)


def _append_scalar(text: str, key: KeyPath, name: str, value: str, *, before: str) -> str:
    node = find_node(text, (*key, name))
    written = format_scalar(value)
    if node is None:
        return _add_pair(text, key, name, f"[{written}]", before=before)
    if is_missing(node) or not node.value:
        text = remove_pair(text, key, name)
        return _add_pair(text, key, name, f"[{written}]", before=before)
    end = content_end(text, node.value[-1])
    if node.flow_style:
        return text[:end] + f", {written}" + text[end:]
    return insert_lines(text, line_end(text, end), " " * node.start_mark.column + f"- {written}\n")


def _remove_item(text: str, key: KeyPath, name: str, position: int) -> str:
    node = find_node(text, (*key, name))
    if len(node.value) == 1:
        return remove_pair(text, key, name)
    spans = [(item.start_mark.index, content_end(text, item)) for item in node.value]
    if node.flow_style:
        return remove_flow_part(text, spans, position)
    start, end = spans[position]
    return text[: line_start(text, start)] + text[line_end(text, end) :]


def remove_flow_part(text: str, spans: Sequence[tuple[int, int]], position: int) -> str:
    """Return the text without one of the parts between brackets, and without the comma beside it."""
    start, end = spans[position]
    if position + 1 < len(spans):
        end = spans[position + 1][0]
    elif position:
        start = spans[position - 1][1]
    return text[:start] + text[end:].removeprefix("," if len(spans) == 1 else "")


def _add_pair(
    text: str, key: KeyPath, name: str, written: str, *, after: Collection[str] = (), before: str = ""
) -> str:
    """Add an entry below the last one of ``after``, or above ``before``, or else as the last one of a mapping."""
    node = find_node(text, key)
    pairs = list(list_pairs(node))
    names = [pair[0].value for pair in pairs]
    position = max((names.index(one) + 1 for one in after if one in names), default=len(pairs))
    if before in names and names.index(before):
        position = names.index(before)
    end = pair_end(text, *pairs[position - 1])
    if node.flow_style:
        return text[:end] + f", {name}: {written}" + text[end:]
    column = column_of(text, pairs[0][0].start_mark.index)
    return insert_lines(text, skip_comments(text, line_end(text, end), column), f"{' ' * column}{name}: {written}\n")


def remove_pair(text: str, key: KeyPath, name: str) -> str:
    """Return the text without one entry of the mapping at a key path."""
    node = find_node(text, key)
    pairs = list_pairs(node)
    position = next(index for index, (pair_name, _) in enumerate(pairs) if pair_name.value == name)
    spans = [(pair[0].start_mark.index, pair_end(text, *pair)) for pair in pairs]
    if node.flow_style:
        return remove_flow_part(text, spans, position)
    start, end = spans[position]
    begin = line_start(text, start)
    # Behind the dash of a list, the next entry takes its place.
    if text[begin:start].strip() and position + 1 < len(spans):
        return text[:start] + text[spans[position + 1][0] :]
    return text[:begin] + text[line_end(text, end) :]


def add_flow_item(text: str, key: KeyPath, name: str, value: Any) -> str:
    """Return the text with a value appended to a list in brackets, which is made in a mapping in brackets."""
    written = json.dumps(value, ensure_ascii=False)
    node = find_node(text, (*key, name))
    if is_missing(node) or not node.value:
        text = text if node is None else remove_pair(text, key, name)
        return _add_pair(text, key, name, f"[{written}]")
    end = content_end(text, node.value[-1])
    return text[:end] + f", {written}" + text[end:]
