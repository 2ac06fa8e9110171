"""Items of lists with their lines and comments, taken out of one YAML text and inserted into another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from qualcode.files.yaml_edits.entry_edits import add_flow_item, remove_flow_part, remove_pair
from qualcode.files.yaml_edits.yaml_text import (
    column_of,
    content_end,
    find_node,
    insert_lines,
    is_missing,
    line_end,
    line_start,
    list_pairs,
    pair_end,
)
from qualcode.files.yaml_reader import KeyPath

_COMMENT_LINE = re.compile(r" *#")


@dataclass(frozen=True)
class ListBlock:
    """An item of a list as lines that begin with ``- `` (or with comments on it), and its plain value."""

    lines: str
    value: Any

    @property
    def has_comments(self) -> bool:
        """Whether there may be comments, on lines of the item or behind values."""
        return bool(re.search(r"(^|\s)#", self.lines))


def cut_item(text: str, key: KeyPath, position: int, *, value: Any) -> tuple[str, ListBlock]:
    """Return the text without one item of the list at a key path, and that item, whose plain value is ``value``.

    Comments directly above the item and on lines of it go with it. An empty list is removed with its key.
    """
    node = find_node(text, key)
    item = node.value[position]
    spans = [(one.start_mark.index, content_end(text, one)) for one in node.value]
    if node.flow_style:
        block = ListBlock("- " + text[slice(*spans[position])].replace("\r\n", "\n") + "\n", value)
        rest = remove_flow_part(text, spans, position)
        return (remove_pair(text, key[:-1], str(key[-1])) if len(node.value) == 1 else rest), block
    start, end = _block_span(text, node, item)
    if len(node.value) == 1:
        return _cut_list(text, key, end, ListBlock(_move_left(text[start:end], node.start_mark.column), value))
    block = ListBlock(_move_left(text[start:end], node.start_mark.column), value)
    return text[:start] + text[_skip_blank_lines(text, start, end) :], block


def _cut_list(text: str, key: KeyPath, end: int, block: ListBlock) -> tuple[str, ListBlock]:
    """Return the text without a list whose only item ends at an index, and the item with all comments above it."""
    name = next(name for name, _ in list_pairs(find_node(text, key[:-1])) if name.value == key[-1])
    begin = line_start(text, name.start_mark.index)
    if text[begin : name.start_mark.index].strip():
        return remove_pair(text, key[:-1], str(key[-1])), block
    above = _move_left(text[line_end(text, name.end_mark.index) : end], 0)
    comments = [re.findall(r"^ *(#.*)", lines, flags=re.MULTILINE) for lines in (above, block.lines)]
    lead = "".join(f"{line}\n" for line in comments[0][: len(comments[0]) - len(comments[1])])
    return text[:begin] + text[end:], ListBlock(lead + block.lines, block.value)


def insert_item(text: str, key: KeyPath, name: str, block: ListBlock, *, below: int = -1) -> str:
    """Return the text with an item below the last (or another) one of the list at a name of a mapping.

    In a list in brackets it is the last, without its comments, which have no place there.
    """
    node = find_node(text, (*key, name))
    if is_in_brackets(text, key, name):
        return add_flow_item(text, key, name, block.value)
    if is_missing(node) or not node.value:
        text = text if node is None else remove_pair(text, key, name)
        mapping = find_node(text, key)
        indent = column_of(text, mapping.value[0][0].start_mark.index)
        end = line_end(text, pair_end(text, *list_pairs(mapping)[-1]))
        return insert_lines(text, end, " " * indent + f"{name}:\n" + _move_right(block.lines, indent + 2))
    column = node.start_mark.column
    starts, end = _block_span(text, node, node.value[below])
    # The items stay apart as they are.
    gap = "\n" if len(node.value) > 1 and _is_blank(text, line_start(text, max(0, starts - 1)), starts) else ""
    return insert_lines(text, end, gap + _move_right(block.lines, column))


def is_in_brackets(text: str, key: KeyPath, name: str) -> bool:
    """Return whether the list at a name of a mapping is written as [...], or has to be: the mapping is in {...}."""
    mapping, node = find_node(text, key), find_node(text, (*key, name))
    return bool(mapping.flow_style or (node is not None and node.flow_style and node.value))


def _block_span(text: str, node: Any, item: Any) -> tuple[int, int]:
    """Return where the lines of an item begin and end, with the comments that belong to it.

    These are the comments directly above it that are indented as it is. A comment on the whole list, above the first
    item, is indented as the key of the list, or has a blank line below it.
    """
    column = node.start_mark.column
    start = line_start(text, item.start_mark.index)
    # The dash may be on a line of its own.
    while text[start : start + column].strip() or text[start + column : start + column + 1] != "-":
        start = line_start(text, start - 1)
    while start:
        above = line_start(text, start - 1)
        if not _COMMENT_LINE.match(text, above) or _indent_at(text, above) != column:
            break
        start = above
    end = line = line_end(text, content_end(text, item))
    while line < len(text):
        is_comment = bool(_COMMENT_LINE.match(text, line)) and _indent_at(text, line) > column
        if not is_comment and not _is_blank(text, line, line_end(text, line)):
            break
        line = line_end(text, line)
        end = line if is_comment else end
    return start, end


def _indent_at(text: str, index: int) -> int:
    return len(text[index : line_end(text, index)]) - len(text[index : line_end(text, index)].lstrip(" "))


def _is_blank(text: str, start: int, end: int) -> bool:
    return end > start and not text[start:end].strip()


def _skip_blank_lines(text: str, start: int, end: int) -> int:
    """Return the end of the blank lines below a block, if there is a blank line above it as well."""
    above = line_start(text, start - 1) if start else 0
    while _is_blank(text, above, start) and _is_blank(text, end, line_end(text, end)):
        end = line_end(text, end)
    return end


def _move_left(lines: str, width: int) -> str:
    lines = re.sub(rf"^ {{0,{width}}}", "", re.sub(r"\r\n?", "\n", lines), flags=re.MULTILINE)
    return lines if lines.endswith("\n") else lines + "\n"


def _move_right(lines: str, width: int) -> str:
    return re.sub(r"^(?=[^\n])", " " * width, lines, flags=re.MULTILINE)
