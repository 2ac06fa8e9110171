"""The report on corrections: what was, or would be, recorded, and what stands in the way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qualcode.coding.corrections.correction import CORRECTION_COLUMNS, CorrectionRow
from qualcode.coding.corrections.correction_plan import CorrectionPlan
from qualcode.coding.recorded_decisions import record_decisions
from qualcode.errors import QualcodeError, format_count, name_for_interface, name_option
from qualcode.files import hold_lock
from qualcode.model import shorten_id
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.study import Study

if TYPE_CHECKING:
    import pandas as pd

_MAX_LISTED = 20
"""Problems that a message lists."""


class CorrectionProblemsError(QualcodeError):
    """Nothing was recorded, since some corrections have problems; ``table`` says what becomes of each."""

    def __init__(self, plan: CorrectionPlan, table: pd.DataFrame) -> None:
        self.table = table
        problems = plan.problems
        lines = [describe_problem(row) for row in problems[:_MAX_LISTED]]
        if len(problems) > _MAX_LISTED:
            lines.append(f"and {len(problems) - _MAX_LISTED:,} more")
        remedy = f"correct them, or give {name_option('skip', True)} to record the others"
        super().__init__("\n".join([*lines, f"Nothing was recorded: {remedy}."]))


@contextmanager
def holding_corrections(study: Study, *, write: bool) -> Iterator[None]:
    """Let nobody else record corrections while these are planned and recorded: they would be recorded twice.

    Raises
    ------
    OperationError
        If somebody else does so for too long.
    """
    if not write:
        yield
        return
    with hold_lock(study.cache_folder / "locks" / "corrections.lock", path=study.codings_folder):
        study.drop_outdated_ledgers()
        yield


def record_plan(study: Study, plan: CorrectionPlan, *, coder: str, write: bool, skip: bool) -> pd.DataFrame:
    """Return what becomes of each correction of a plan, and with ``write`` record them as one action.

    Raises
    ------
    CorrectionProblemsError
        If ``write`` and a correction has a problem, unless ``skip``.
    """
    from qualcode.tables import make_frame

    is_refused = write and bool(plan.problems) and not skip
    is_written = write and not is_refused
    notes = report_notes(plan, coder=coder, is_written=is_written)
    recorded = record_decisions(study, plan.events if is_written else (), (), notes=notes)
    rows = ({name: getattr(row, name) for name in CORRECTION_COLUMNS} for row in plan.rows)
    table = make_frame(rows, CORRECTION_COLUMNS, notes=list(recorded.notes))
    if is_refused:
        raise CorrectionProblemsError(plan, table)
    return table


def describe_problem(row: CorrectionRow) -> str:
    """Return one line on a correction that is not recorded."""
    return f"{row.place}: {'conflict: ' if row.status == 'conflict' else ''}{row.message}"


def report_notes(plan: CorrectionPlan, *, coder: str, is_written: bool) -> Iterator[str]:
    """Yield what was recorded for whom, how it is counted, and how it is taken back."""
    new = [row for row in plan.rows if row.status == "new"]
    verb = "recorded" if is_written else "would be recorded"
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in Counter(row.decision for row in new).most_common())
    yield f"{format_count(len(new), 'correction')} {verb}" + (f" ({kinds})" if kinds else "")
    counts = plan.counts
    if counts["unchanged"]:
        yield f"{counts['unchanged']:,} as they are already"
    if counts["conflict"]:
        yield f"{format_count(counts['conflict'], 'conflict')}: the study has something else there now"
    if counts["unclear"]:
        yield f"{counts['unclear']:,} not understood"
    if any(event.coder == CONSENSUS for event in plan.events):
        owners = f"codings of others count for the consensus, decided by {coder}: {name_option('coder', CONSENSUS)}"
        yield f"decisions on {owners}"
    if is_written and plan.events:
        action = shorten_id(plan.events[0].id)
        undo = name_for_interface(
            f"'qualcode undo {action} --coder {coder}'", f"Project.undo({action!r}, coder={coder!r})"
        )
        yield f"all of it is one action: {undo} takes it back"
    yield from plan.notes
