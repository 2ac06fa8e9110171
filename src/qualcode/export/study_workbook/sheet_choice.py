"""Which sheets a workbook has: the readable ones, or those that are named; and why others are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qualcode.errors import UsageError, did_you_mean, format_count, format_names, name_option
from qualcode.study.selection import Names, to_name_tuple
from qualcode.workbook import ALWAYS_WRITTEN, SHEETS

MAX_ROWS_SHOWN = 20_000
"""Most rows of a sheet that is written without being named; nobody reads more in a spreadsheet."""
_MAX_ROWS_OF_EXCEL = 1_048_000
_ALL = "all"
_ABSENT = {
    "Themes by group": "no attribute of the cases has a few values",
    "Comparison": "no attribute has two groups of cases to compare",
    "Memos": "nobody has written a memo",
    "Saturation": "no code is counted",
    "Agreement": "no two coders have finished the same transcripts",
    "Disagreements": "there is no passage that two coders have coded differently",
    "Suggestions": "there are no undecided suggestions",
}
"""Why there is nothing to show."""


@dataclass
class SheetChoice:
    """The sheets that are asked for, and those that are left out, with the reason."""

    names: frozenset[str]
    asked: frozenset[str]
    """Those of them that a person has named one by one."""
    has_limit: bool
    """Whether large sheets are left out, as they are unless a person chooses sheets."""
    left_out: dict[str, str] = field(default_factory=dict)

    def takes(self, name: str, *, rows: int) -> bool:
        """Return whether a sheet of this size is written; if not, the reason is recorded."""
        if name not in self.names:
            return False
        if rows > (MAX_ROWS_SHOWN if self.has_limit else _MAX_ROWS_OF_EXCEL):
            size = f"{format_count(rows, 'row')}, more than"
            if rows > _MAX_ROWS_OF_EXCEL:
                self.left_out[name] = f"{size} a sheet of Excel holds"
            else:
                self.left_out[name] = f"{size} {MAX_ROWS_SHOWN:,}: to get it, name it with {_name_sheets(name)}"
            return False
        if not rows and name in _ABSENT:
            self.left_out[name] = _ABSENT[name]
            return False
        return True

    def list_missed(self) -> list[tuple[str, str]]:
        """Return the sheets that are too large, or were named and are empty, each with the reason."""
        absent = set(_ABSENT.values())
        return [(name, reason) for name, reason in self.left_out.items() if name in self.asked or reason not in absent]

    def list_left_out(self) -> list[tuple[str, str]]:
        """Return the sheets that the workbook does not have, in their order, each with the reason."""
        others = [name for name in SHEETS if name not in self.names and name != "Suggestions"]
        reasons = dict(self.left_out)
        if others:
            reasons[format_names(others)] = f"not chosen: to get all sheets, {_name_sheets(_ALL)}"
        if "Suggestions" not in self.names:
            reasons["Suggestions"] = f"not asked for: to get it, name it with {_name_sheets('suggestions')}"
        return list(reasons.items())


def choose_sheets(sheets: Names | None, *, suggestions: bool) -> SheetChoice:
    """Return the choice of sheets: those named, or all except suggestions if none is.

    Raises
    ------
    UsageError
        If there is no such sheet.
    """
    known: Mapping[str, str] = {_fold(name): name for name in SHEETS}
    named = [part.strip() for text in to_name_tuple(sheets) for part in text.split(",")]
    for name in named:
        if _fold(name) not in {*known, _ALL}:
            hint = did_you_mean(_fold(name), SHEETS) or f"known: {', '.join(SHEETS)}, {_ALL}"
            raise UsageError(f"{name_option('sheets', name)}: there is no such sheet ({hint})")
    asked = {known[_fold(name)] for name in named if _fold(name) != _ALL} | ({"Suggestions"} if suggestions else set())
    names = set(SHEETS) if _ALL in map(_fold, named) else asked if named else {*SHEETS} - {"Suggestions"} | asked
    return SheetChoice(frozenset(names | {*ALWAYS_WRITTEN}), frozenset(asked), has_limit=not named)


def _name_sheets(name: str) -> str:
    return name_option("sheets", name.casefold().replace(" ", "-"))


def _fold(name: str) -> str:
    """Return a name as it is compared: "case-x-code" is "Case x code"."""
    return " ".join(name.casefold().replace("-", " ").replace("_", " ").split())
