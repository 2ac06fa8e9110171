"""The stream that writes rows, formulas with their results, and links of a sheet as XML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.xml.functions import Element, SubElement

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and its result, which readers show that do not compute; the text never comes from a user's file."""

    text: str
    """Without the equals sign."""
    result: str | int | float


class StreamedCell(NamedTuple):
    """A cell as it is written: texts are clean and escaped."""

    reference: str
    style: str
    """Number of its style in the workbook."""
    value: str | int | float | Formula | None


class CellStream(WorksheetWriter):
    """openpyxl's writer of a sheet, which lacks results of formulas and needs one object for each link.

    A row is built as one element: openpyxl opens and closes a context for every cell, which takes longer.
    """

    def __init__(self, worksheet: Any) -> None:
        super().__init__(worksheet)
        self.links: list[tuple[str, str]] = []
        """Cells and the places in the workbook that they lead to."""

    def write_row(self, xf: Any, row: Iterable[Any], row_idx: int) -> None:
        """Write the cells of a row, each a `StreamedCell`."""
        worksheet: Any = self.ws
        element = Element("row", {"r": str(row_idx), **worksheet.row_dimensions.get(row_idx, {})})
        for cell in row:
            _add_cell(element, cell)
        xf.write(element)

    def write_hyperlinks(self) -> None:
        """Write the links one by one."""
        if not self.links:
            return
        xf: Any = self.xf.send(True)
        with xf.element("hyperlinks"):
            for reference, location in self.links:
                xf.write(Element("hyperlink", {"ref": reference, "location": location}))
        self.xf.send(None)


def _add_cell(row: Any, cell: StreamedCell) -> None:
    reference, style, value = cell
    attributes = {"r": reference, "s": style}
    if isinstance(value, str):
        attributes["t"] = "inlineStr"
        text = SubElement(SubElement(SubElement(row, "c", attributes), "is"), "t")
        text.text = value
        if value[:1].isspace() or value[-1:].isspace():
            text.set(_SPACE, "preserve")
    elif isinstance(value, Formula):
        if isinstance(value.result, str):
            attributes["t"] = "str"
        element = SubElement(row, "c", attributes)
        SubElement(element, "f").text = value.text
        SubElement(element, "v").text = str(value.result)
    else:
        element = SubElement(row, "c", attributes)
        if value is not None:
            SubElement(element, "v").text = str(value)
