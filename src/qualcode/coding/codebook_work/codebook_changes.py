"""Edits of a study's codebook: what changes in the files, and which codings have another code or need a look."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from qualcode.codebook.editing.codebook_edits import CodebookEdit, EditFunction
from qualcode.codebook.editing.edit_check import check_edit
from qualcode.codebook.editing.membership_notes import list_membership_notes
from qualcode.errors import format_count, format_names, name_for_interface
from qualcode.files import parse_yaml
from qualcode.files.yaml_edits.edited_files import ExactText, read_exact_text, replace_files
from qualcode.model.line_numbers import line_counter
from qualcode.settings import SETTINGS_FILE
from qualcode.study.study import Study

if TYPE_CHECKING:
    from pandas import DataFrame

AFFECTED_COLUMNS = ("code", "new_code", "coder", "transcript", "codings")
_MAX_MENTIONS = 5
"""Places in texts that still name an old id, which a note lists."""


@dataclass(frozen=True, repr=False)
class CodebookChange:
    """What an edit of the codebook changes: its files, and the codings of the codes that it is about."""

    files: tuple[str, ...]
    """Paths of the changed files in the study."""
    diff: str
    """The change of the files as a unified diff."""
    rows: tuple[dict[str, Any], ...]
    notes: tuple[str, ...] = ()
    is_written: bool = False

    @property
    def codings(self) -> DataFrame:
        """One row for each code, coder and transcript with codings: old and new id, and the number of codings."""
        from qualcode.tables import make_frame

        return make_frame(self.rows, AFFECTED_COLUMNS, notes=self.notes)

    def __repr__(self) -> str:
        return "\n".join([self.diff.rstrip("\n"), *self.notes])


def change_codebook(study: Study, edit: EditFunction, *, dry_run: bool) -> CodebookChange:
    """Edit the codebook of a study, unless ``dry_run``, and return what changes. Ledgers are not touched.

    Raises
    ------
    QualcodeError
        If the codebook has problems, would have some, or the edit is not possible; nothing is written then.
    """
    book = study.codebook
    files = {path.relative_to(study.root).as_posix(): read_exact_text(path) for path in study.codebook_paths}
    result = edit({name: file.text for name, file in files.items()}, book)
    new = check_edit(book, result)
    changed = {name: file for name, file in files.items() if result.texts[name] != file.text}
    contents = {file: file.encode(result.texts[name]) for name, file in changed.items()}
    rows = tuple(_count_affected(study, result))
    notes = [
        *result.notes,
        *list_membership_notes(book, new),
        *_mention_notes(study, result),
        _codings_note(rows, result),
        _union_note(study, result),
    ]
    if not dry_run:
        replace_files(contents, root=study.root)
    diff = "".join(_format_diff(name, file, result.texts[name]) for name, file in changed.items())
    return CodebookChange(tuple(changed), diff, rows, tuple(filter(None, notes)), not dry_run)


def _format_diff(name: str, file: ExactText, new: str) -> str:
    old_lines, new_lines = (text.replace("\r\n", "\n").splitlines() for text in (file.text, new))
    lines = unified_diff(old_lines, new_lines, name, name, lineterm="")
    return "".join(f"{line}\n" for line in lines)


def _count_affected(study: Study, edit: CodebookEdit) -> Iterator[dict[str, Any]]:
    counts = Counter(
        (coding.code, coding.coder, coding.transcript)
        for coding in study.codings
        if coding.code in edit.new_ids or coding.code in edit.affected
    )
    order = {name: position for position, name in enumerate(study.codebook.by_id)}
    for code, coder, transcript in sorted(counts, key=lambda key: (order.get(key[0], 0), *key[1:])):
        cells = (code, edit.new_ids.get(code, code), coder, transcript, counts[code, coder, transcript])
        yield dict(zip(AFFECTED_COLUMNS, cells, strict=True))


def _codings_note(rows: tuple[dict[str, Any], ...], edit: CodebookEdit) -> str:
    total = format_count(sum(row["codings"] for row in rows), "coding")
    if not rows:
        return "no codings have these codes"
    if edit.new_ids:
        return f"{total} with the old ids count for the new ones; the ledgers stay as they are"
    code = rows[0]["code"]
    listing = name_for_interface(f"'qualcode codings --code {code} --recode'", f"Project.codings(code='{code}')")
    return f"{total} with '{code}' stay as they are: {listing} lists them to decide again"


def _union_note(study: Study, edit: CodebookEdit) -> str:
    """Return how many codings become one with another of the same coder on the same span, or an empty string."""
    spans = Counter(
        (coding.transcript, coding.start, coding.end, edit.new_ids.get(coding.code, coding.code), coding.coder)
        for coding in study.codings
        if coding.status != "orphaned"
    )
    merged = sum(spans.values()) - len(spans)
    return f"{format_count(merged, 'coding')} on spans that have both codes count once" if merged else ""


def _mention_notes(study: Study, edit: CodebookEdit) -> Iterator[str]:
    """Yield notes on old ids in texts of the codebook and in settings: only people know what is meant."""
    codes = [old for old in edit.new_ids if "/" in old]
    places = [f"{name}:{line}" for name, text in edit.texts.items() for line in _find_mentions(text, codes)]
    if places:
        where = format_names(places, limit=_MAX_MENTIONS)
        yield f"texts of the codebook still name old ids ({where}): correct them if you like; codings do not need it"
    settings = read_exact_text(study.root / SETTINGS_FILE).text
    document = parse_yaml(settings, SETTINGS_FILE)
    for key, value in _list_texts(document.value, ()):
        if value in edit.new_ids:
            line, column = document.find_position(key)
            new = edit.new_ids[value]
            yield f"{SETTINGS_FILE}:{line}:{column}: names '{value}': if this is the code, write '{new}'"


def _find_mentions(text: str, names: Sequence[str]) -> Iterator[int]:
    """Yield the lines with an id as a whole, except those of lists of former ids."""
    if not names:
        return
    line_of = line_counter(text)
    any_name = "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
    # Former ids are behind their key, or items of a list in lines of their own.
    for found in re.finditer(rf"(?<![\w/-])(?:{any_name})(?![\w/-])", text):
        start = text.rfind("\n", 0, found.start()) + 1
        before = text[start : found.start()]
        if not re.search(r"(\bformerly:|^\s*-\s*$|[{\[,]\s*$)", before):
            yield line_of(found.start())


def _list_texts(value: Any, key: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping | list):
        parts = value.items() if isinstance(value, Mapping) else enumerate(value)
        for name, part in parts:
            yield from _list_texts(part, (*key, name))
            if isinstance(name, str) and "/" in name:
                yield (*key, name), name
