"""The codebook as a tree beside the transcript."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from qualcode.model import Code, Codebook
from qualcode.review.panels.item_text import list_families
from qualcode.review.session.transcript_marks import CodeStyles


class CodeTree(Tree[str]):
    """Families and codes. Choosing a code shows its entry; choosing it again codes with it."""

    @dataclass
    class Shown(Message):
        """A code whose entry is to be shown."""

        code: str

    @dataclass
    class Chosen(Message):
        """A code to code with."""

        code: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__("codebook", id=id)
        self.show_root = False
        self.guide_depth = 2
        self._node_of: dict[str, TreeNode[str]] = {}
        self._shown = ""

    def fill(self, book: Codebook) -> None:
        """Show a codebook."""
        self.clear()
        styles = CodeStyles(book)
        for family, name, codes in list_families(book):
            above: dict[str, TreeNode[str]] = {family: self.root.add(Text(name, "bold"), data="", expand=True)}
            for code in codes:
                parent = above.get(code.id.rpartition("/")[0], above[family])
                above[code.id] = parent.add(_line(code, styles), data=code.id, expand=True)
            self._node_of |= above
        for node in self._node_of.values():
            node.allow_expand = bool(node.children)

    def show_code(self, code: str) -> None:
        """Highlight a code."""
        self._shown = code
        node = self._node_of.get(code)
        if node is not None and node.line >= 0:
            self.move_cursor(node)
            self.scroll_to_node(node, animate=False)

    def on_tree_node_selected(self, event: Tree.NodeSelected[str]) -> None:
        """Show the entry of a code that was clicked, or code with it if it is shown already."""
        event.stop()
        code = event.node.data or ""
        if not code:
            return
        self.post_message(self.Chosen(code) if code == self._shown else self.Shown(code))
        self._shown = code


def _line(code: Code, styles: CodeStyles) -> Text:
    return Text.assemble(("█ ", styles.colour(code.id)), styles.label(code.id))
