"""Caveats: split from listing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from qualcode.errors import Problem
from qualcode.model import Coding
from qualcode.study.study import Study


def list_caveats(study: Study, coders: Collection[str] = ()) -> list[str]:
    """Say what counts of these coders (all, if none is named) lack: unread sources, orphaned codings, unknown codes."""
    said = [*list_read_errors(study), *_error_messages(study.case_problems)]
    own = [coding for coding in study.codings if not coders or coding.coder in coders]
    orphaned = sum(coding.status == "orphaned" for coding in own)
    unknown = _count_unknown_codes(study, own)
    if orphaned:
        said.append(f"not counted: {orphaned} orphaned codings (see 'qualcode check')")
    if stale := sum(many for (_, coder), many in study.stale_counts.items() if not coders or coder in coders):
        said.append(f"transcripts were edited since they were coded: 'qualcode update' follows {stale} codings")
    if unknown:
        many = f"{unknown.total()} codings of codes that the codebook lacks"
        said.append(f"not counted: {many} ({', '.join(sorted(unknown))})")
    return [*said, *map(str, study.ledger_problems)]


def list_read_errors(study: Study) -> list[str]:
    """Say which sources cannot be read, and what is wrong with the settings that they are read by."""
    return _error_messages([*study.settings_problems, *study.transcript_problems])


def _error_messages(problems: Iterable[Problem]) -> list[str]:
    return [str(problem) for problem in problems if problem.level == "error"]


def has_fixable_caveats(study: Study) -> bool:
    """Tell whether counts lack something that its owner can mend: files that cannot be read, unknown codes."""
    return bool(
        list_read_errors(study)
        or _error_messages(study.case_problems)
        or study.ledger_problems
        or _count_unknown_codes(study, study.codings)
    )


def _count_unknown_codes(study: Study, codings: Iterable[Coding]) -> Counter[str]:
    known = study.codebook.by_id
    return Counter(coding.code for coding in codings if coding.code not in known)
