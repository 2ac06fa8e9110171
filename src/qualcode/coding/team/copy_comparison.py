"""Codebook, settings and cases of another copy compared with those of a study; a person decides on differences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from qualcode.coding.team.merge_rows import MergeRow
from qualcode.coding.team.study_copies import ASSIGNMENTS_FILE, StudyCopy
from qualcode.errors import OperationError, format_count, format_names, shorten_text
from qualcode.files import decode_text, read_bytes
from qualcode.model import Case, Code, Family, Theme
from qualcode.settings import SETTINGS_FILE
from qualcode.study.study import Study

Entry = Family | Code | Theme

_SHOWN = 60
"""Characters of a value that are shown."""
_OWN_SETTINGS = frozenset({"name", "coder"})
"""Settings that may differ: what a copy is called and who works in it."""


def compare_copies(study: Study, copy: StudyCopy) -> Iterator[MergeRow]:
    """Yield a row for each difference that a merge leaves to a person."""
    if "codebooks" in copy.parts:
        yield from _compare_codebooks(study, copy.study)
    if SETTINGS_FILE in copy.parts:
        yield from _compare_settings(study, copy.study)
    if "transcripts" in copy.parts:
        yield from _compare_cases(study, copy.study)
    if ASSIGNMENTS_FILE in copy.parts:
        yield from _compare_assignments(study, copy.study)


def _compare_codebooks(study: Study, other: Study) -> Iterator[MergeRow]:
    book, problems = study.codebook_and_problems
    other_book, other_problems = other.codebook_and_problems
    if problems or other_problems:
        first = (problems or other_problems)[0]
        where = "of this study" if problems else "of the copy"
        yield MergeRow("codebook", "codebooks", f"not compared: the codebook {where} has errors: {first}")
        return
    for kind, entries, others in (
        ("family", book.families, other_book.families),
        # A code that was renamed here has its former id in the copy.
        ("code", book.codes, [code for code in other_book.codes if book.current_id(code.id) == code.id]),
        ("theme", book.themes, other_book.themes),
    ):
        yield from _compare_entries(kind, {each.id: each for each in entries}, {each.id: each for each in others})


def _compare_entries(kind: str, own: Mapping[str, Entry], others: Mapping[str, Entry]) -> Iterator[MergeRow]:
    for name in sorted({*own, *others}):
        if name not in own:
            hint = "if you agree on it, write it into the codebook here"
            yield MergeRow("codebook", _place(others[name]), f"in the copy only: {kind} '{name}'", hint)
        elif name not in others:
            yield MergeRow("codebook", _place(own[name]), f"here only: {kind} '{name}'", "", "notice")
        elif names := _differing_fields(own[name], others[name]):
            difference = _describe_difference(names[0], own[name], others[name])
            message = f"{kind} '{name}' differs in {format_names(names)}: {difference}"
            yield MergeRow("codebook", _place(own[name]), message, "agree on one wording; yours is left as it is")


def _place(entry: Entry) -> str:
    return "codebooks" if isinstance(entry, Family) else f"{entry.location.path}:{entry.location.line}"


_UNCOMPARED = frozenset({"id", "location", "entry_hash", "former_hashes", "definition_hash", "colour"})


def _differing_fields(entry: Any, other: Any) -> list[str]:
    names = [each.name for each in fields(entry) if each.name not in _UNCOMPARED]
    return [name for name in names if getattr(entry, name) != getattr(other, name)]


def _describe_difference(name: str, entry: Any, other: Any) -> str:
    """Return both values; of long ones what follows the beginning that both have."""
    texts = [_format(getattr(each, name)) for each in (entry, other)]
    common = next((place for place, (a, b) in enumerate(zip(*texts, strict=False)) if a != b), min(map(len, texts)))
    cut = max(0, common - _SHOWN // 3) if max(map(len, texts)) > _SHOWN else 0
    shown = [shorten_text(f"{'…' if cut else ''}{text[cut:]}", limit=_SHOWN) for text in texts]
    return f"here “{shown[0]}”, in the copy “{shown[1]}”"


def _format(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_format(each)}" for key, each in value.items())
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(map(_format, value))
    return str(getattr(value, "quote", "") or getattr(value, "value", "") or value)


def _compare_settings(study: Study, other: Study) -> Iterator[MergeRow]:
    own, others = study.settings, other.settings
    pairs = [(own, others, name) for name in _differing_fields(own, others) if name not in ("rules", "label_positions")]
    pairs += [(own.rules, others.rules, name) for name in _differing_fields(own.rules, others.rules)]  # type: ignore[misc]
    for entry, value, name in pairs:
        message = f"'{name}' differs: {_describe_difference(name, entry, value)}"
        is_own = name in _OWN_SETTINGS
        hint = "" if is_own else "it changes what is read and counted: agree on one value; yours is left as it is"
        yield MergeRow("settings", SETTINGS_FILE, message, hint, "notice" if is_own else "error")


def _compare_cases(study: Study, other: Study) -> Iterator[MergeRow]:
    try:
        own = {case.id: case for case in study.case_table.cases_and_problems[0]}
        others, problems = other.case_table.cases_and_problems
    except OperationError as error:
        yield MergeRow("case", study.case_table.relative_path, f"cases were not compared: {error}")
        return
    for problem in problems:
        yield MergeRow("case", problem.place, f"in the copy: {problem.message}", problem.hint, problem.level)
    table = study.case_table.relative_path
    for case in others:
        known = own.get(case.id)
        if known is None:
            values = _format(
                {"transcripts": case.transcripts, **case.attributes} if case.transcripts else case.attributes
            )
            yield MergeRow(
                "case", table, f"case '{case.id}' is only in the copy ({values})", "add its row to the table here"
            )
        elif differences := list(_case_differences(known, case)):
            message = f"case '{case.id}' differs: {'; '.join(differences)}"
            yield MergeRow("case", table, message, "agree on one value; yours is left as it is")


def _case_differences(own: Case, other: Case) -> Iterator[str]:
    for name in sorted({*own.attributes, *other.attributes}):
        values = [case.attributes.get(name, "") for case in (own, other)]
        if values[0] != values[1]:
            yield f"{name} is “{values[0]}” here, “{values[1]}” in the copy"
    for name in ("transcripts", "speakers"):
        if getattr(own, name) != getattr(other, name):
            yield f"{name}: {_describe_difference(name, own, other)}"


def _compare_assignments(study: Study, other: Study) -> Iterator[MergeRow]:
    try:
        own, others = (_read_lines(each.root / ASSIGNMENTS_FILE) for each in (study, other))
    except OperationError as error:
        yield MergeRow("assignment", ASSIGNMENTS_FILE, f"not compared: {error}")
        return
    if others - own:
        count = format_count(len(others - own), "line")
        message = f"{count} only in the copy: {format_names(sorted(others - own), limit=4)}"
        yield MergeRow("assignment", ASSIGNMENTS_FILE, message, "agree on who codes what; yours is left as it is")


def _read_lines(path: Path) -> set[str]:
    text = decode_text(read_bytes(path), path=path.name).text if path.exists() else ""
    return {line.strip() for line in text.split("\n")} - {""}
