"""Whether an edited codebook is what the edit promises: no new problems, codings follow, entries are unchanged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from qualcode.codebook.codebook_loader import parse_codebook
from qualcode.codebook.editing.codebook_edits import CodebookEdit
from qualcode.errors import FileProblemsError, OperationError
from qualcode.model import Code, Codebook, FileLocation


def check_edit(book: Codebook, edit: CodebookEdit) -> Codebook:
    """Return the codebook after an edit of one without problems.

    Raises
    ------
    FileProblemsError
        If the edited files have problems.
    OperationError
        If an old id leads to another code than it should, or an entry is not what it was.
    """
    new, problems = parse_codebook(edit.texts)
    if problems:
        raise FileProblemsError(problems, summary="The edit would make these problems, so nothing was written.")
    wrong = [*_list_lost_ids(book, new, edit), *_list_changed_entries(book, new, edit)]
    if wrong:
        raise OperationError(f"nothing was written: {', '.join(wrong)} would not be what it was; edit the file by hand")
    return new


def _list_lost_ids(book: Codebook, new: Codebook, edit: CodebookEdit) -> Sequence[str]:
    """Return the ids, current and former, whose codings would not follow."""
    ids = [*(family.id for family in book.families), *book.by_id, *book.former_ids]
    expected = {name: edit.new_ids.get(book.current_id(name), book.current_id(name)) for name in ids}
    return [name for name, found in expected.items() if new.current_id(name) != found]


def _list_changed_entries(book: Codebook, new: Codebook, edit: CodebookEdit) -> Sequence[str]:
    """Return the codes whose entries differ in more than the edit is about."""
    merged = {old for old, target in edit.new_ids.items() if target in book.by_id and target not in edit.new_ids}
    changed = []
    for code in book.codes:
        found = new.by_id.get(edit.new_ids.get(code.id, code.id))
        is_same = found is not None and _content(found) == _content(code)
        if code.id not in merged and not is_same:
            changed.append(code.id)
    return changed


def _content(code: Code) -> Code:
    return replace(
        code, id="", formerly=(), entry_hash="", former_hashes=(), retired="", location=FileLocation("", 0, 0)
    )
