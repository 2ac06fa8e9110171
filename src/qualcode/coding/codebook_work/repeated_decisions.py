"""Codings that are decided again by a table: each row names a coding and its new codes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from qualcode.coding.history.recode_events import apply_at, recode_events
from qualcode.coding.import_tables import ImportResult, ImportRow
from qualcode.errors import OperationError, Problem, QualcodeError, UnknownCodingError, format_count
from qualcode.ledger import Event, Origin
from qualcode.model import Coding
from qualcode.study.selection import find_usable_code_id, require_coder
from qualcode.study.study import Study

NO_CODE = "none"
"""In the column of new codes: the coding is retracted, and no other takes its place."""


@dataclass
class _Recoding:
    """What the rows of a table decide, collected one row after another."""

    study: Study
    coder: str | None
    events: list[Event] = field(default_factory=list)
    coders: Counter[str] = field(default_factory=Counter)
    counts: Counter[str] = field(default_factory=Counter)
    seen: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.codings = {coding.id: coding for coding in self.study.codings}
        self.decisions = self.study.read_decisions()

    def decide(self, row: ImportRow) -> None:
        """Add the events of one row.

        Raises
        ------
        QualcodeError
            If there is no such coding or code, or the coding is another one than the row says.
        """
        wanted = [name for name in re.split(r"[;,\s]+", row.cells.get("new_code", "")) if name]
        if not wanted:
            self.counts["undecided"] += 1
            return
        coder = require_coder(self.study, row.cells.get("coder") or self.coder, verb="code", decisions=self.decisions)
        name = row.cells.get("id", "").strip()
        if name in self.seen:
            raise OperationError(f"coding {name} is in line {self.seen[name]} too: decide once")
        self.seen[name] = row.number
        if self.decisions.is_retracted(name, coder):
            self.counts["present"] += 1
            return
        coding = self._find_coding(row, name, coder)
        codes = [] if wanted == [NO_CODE] else [find_usable_code_id(self.study.codebook, one) for one in wanted]
        self._record(row, coding, list(dict.fromkeys(codes)))

    def _find_coding(self, row: ImportRow, name: str, coder: str) -> Coding:
        located = self.decisions.coding(name)
        coding = self.codings.get(located.id) if located else None
        if coding is None:
            raise UnknownCodingError(name, self.codings)
        if coding.coder != coder:
            raise OperationError(f"coding {name} is by {coding.coder}, not {coder}: only its coder decides again")
        stated = row.cells.get("code", "").strip()
        if stated and self.study.codebook.current_id(stated) != coding.code:
            raise OperationError(f"coding {name} has the code '{coding.code}', not '{stated}': list the codings again")
        if coding.status == "orphaned":
            raise OperationError(f"coding {name} is orphaned: it has no place in the text, so retract it instead")
        return coding

    def _record(self, row: ImportRow, coding: Coding, codes: Sequence[str]) -> None:
        if coding.code in codes:
            self._keep(row, coding)
        else:
            self.counts["retracted"] += 1
        memo = row.cells.get("memo", "").strip() or coding.memo
        events = recode_events(self.study, coding, codes, memo=memo, origin=_origin_of(row), decisions=self.decisions)
        self.events += events
        if applied := sum(event.event == "apply" for event in events):
            self.coders[coding.coder] += applied

    def _keep(self, row: ImportRow, coding: Coding) -> None:
        """Count a coding that keeps its code; if that has another definition now, record that it holds under this."""
        self.counts["kept"] += 1
        if coding.definition != "current":
            self.events.append(apply_at(self.study, coding, coding.code, origin=_origin_of(row)))


def _origin_of(row: ImportRow) -> Origin:
    return Origin(source=f"{Path(row.path).name}:{row.number}")


def read_recoding_events(
    study: Study, rows: Iterable[ImportRow], *, coder: str | None, skip_invalid: bool
) -> tuple[list[Event], ImportResult]:
    """Return the events for a table with the columns id and new_code, and what it decides.

    A coding gets its new codes and is retracted, unless its code is among them. Rows without a new code are left alone.
    """
    recoding = _Recoding(study, coder)
    problems: list[Problem] = []
    for row in rows:
        try:
            recoding.decide(row)
        except QualcodeError as error:
            problems.append(row.problem(str(error)))
    counts = recoding.counts
    result = ImportResult(
        recoding.coders.total(), counts["present"], tuple(problems), (), recoding.coders, tuple(_count_notes(counts))
    )
    if problems and not skip_invalid:
        return [], replace(result, added=0, counts_by_coder={})
    return recoding.events, result


def _count_notes(counts: Counter[str]) -> Iterable[str]:
    phrases = {
        "retracted": "retracted: decided otherwise",
        "kept": "kept with the same code, as it is defined now",
        "undecided": "left undecided: no new code in the table",
    }
    return [f"{format_count(counts[name], 'coding')} {phrase}" for name, phrase in phrases.items() if counts[name]]
