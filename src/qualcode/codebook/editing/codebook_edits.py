"""Edits of codes in the texts of a codebook. Ledgers stay as they are: ``formerly`` leads from old ids to new ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from unicodedata import normalize

from qualcode.codebook.editing.codebook_entries_index import EntryPlace, Texts, find_entry, index_entries
from qualcode.errors import OperationError, name_for_interface
from qualcode.files.yaml_edits.entry_edits import change_list, remove_pair, replace_value, set_value
from qualcode.files.yaml_edits.list_blocks import ListBlock, cut_item, insert_item, is_in_brackets
from qualcode.files.yaml_edits.yaml_text import format_scalar
from qualcode.model import Codebook, family_of, is_in_subtree

_ID = re.compile(r"[^\W\d_][\w-]*")


@dataclass(frozen=True)
class CodebookEdit:
    """The texts of a codebook after an edit, and what its codes are called now."""

    texts: Texts
    new_ids: Mapping[str, str] = field(default_factory=dict)
    """New ids by old ones, of codes, families and themes that have another."""
    affected: tuple[str, ...] = ()
    """Ids of further codes whose codings should be looked at: they were split or retired."""
    notes: tuple[str, ...] = ()


def rename_entry(texts: Texts, book: Codebook, old: str, new: str) -> CodebookEdit:
    """Return the edit that gives a code, family or theme another id; ``new`` is a whole id or its last part.

    Raises
    ------
    QualcodeError
        If there is no such entry, or the id is not valid or is taken.
    """
    entry = find_entry(texts, book, old, kinds=("theme", "family", "code"))
    above, _, _ = entry.id.rpartition("/")
    new_id = _complete_id(entry, normalize("NFC", new), above)
    _refuse_taken_id(texts, book, new_id, entry)
    name = "family" if entry.kind == "family" else "id"
    text = replace_value(texts[entry.path], (*entry.key, name), new_id.rpartition("/")[2])
    if entry.kind != "theme":
        text = change_list(text, entry.key, "formerly", remove=[new_id], add=[entry.id], before="codes")
    renamed = {**texts, entry.path: text}
    new_ids = _map_subtree(book, entry.id, new_id)
    return CodebookEdit(_rename_members(renamed, new_ids), new_ids)


def move_code(texts: Texts, book: Codebook, code: str, target: str) -> CodebookEdit:
    """Return the edit that puts a code, with the codes below it, into another family or below another code.

    Raises
    ------
    QualcodeError
        If there is no such code or target, the target is the code or below it, or the id is taken there.
    """
    entry = find_entry(texts, book, code, kinds=("code",))
    parent = find_entry(texts, book, target, kinds=("family", "code"))
    if is_in_subtree(parent.id, entry.id):
        raise OperationError(f"{entry}: '{entry.id}' cannot be moved into itself ('{parent.id}')")
    above, _, leaf = entry.id.rpartition("/")
    if parent.id == above:
        raise OperationError(f"{entry}: '{entry.id}' is in '{parent.id}' already")
    new_id = f"{parent.id}/{leaf}"
    _refuse_taken_id(texts, book, new_id, entry)
    moved = _move_entry(texts, entry, parent.id, new_id)
    new_ids = _map_subtree(book, entry.id, new_id)
    return CodebookEdit(_rename_members(moved, new_ids), new_ids, notes=_membership_notes(book, new_ids))


def merge_codes(texts: Texts, book: Codebook, codes: Sequence[str], into: str) -> CodebookEdit:
    """Return the edit that removes codes whose codings count for another one from now on.

    Raises
    ------
    QualcodeError
        If there is no such code, or a code is merged into itself or into one below it.
    """
    target = find_entry(texts, book, into, kinds=("code",)).id
    new_ids: dict[str, str] = {}
    notes: list[str] = []
    for source in dict.fromkeys(find_entry(texts, book, code, kinds=("code",)).id for code in codes):
        # An earlier step may have moved it together with a code above it.
        entry = index_entries(texts)[new_ids.get(source, source)]
        if is_in_subtree(target, entry.id):
            message = "itself" if target == entry.id else f"'{target}', which is below it: move that one first"
            raise OperationError(f"{entry}: '{entry.id}' cannot be merged into {message}")
        steps = {source: target}
        for child in [f"{entry.id}/{child['id']}" for child in entry.values.get("codes") or ()]:
            moved = f"{target}/{child.rpartition('/')[2]}"
            _refuse_taken_id(texts, book, moved, index_entries(texts)[child])
            texts = _move_entry(texts, index_entries(texts)[child], target, moved)
            steps |= _map_subtree(book, child, moved)
        entry = index_entries(texts)[entry.id]
        notes += _removal_notes(entry)
        texts = _cut_entry(texts, entry)[0]
        place = index_entries(texts)[target]
        former = [source, *entry.former_ids]
        text = change_list(
            texts[place.path], place.key, "formerly", remove=[target], add=[*former, *place.former_ids], before="codes"
        )
        texts = {**texts, place.path: text}
        new_ids = {old: steps.get(new, new) for old, new in new_ids.items()} | steps
    return CodebookEdit(_rename_members(texts, new_ids), new_ids, notes=(*notes, *_membership_notes(book, new_ids)))


def split_code(
    texts: Texts, book: Codebook, code: str, new: Sequence[str], *, keep: bool, retired: str
) -> CodebookEdit:
    """Return the edit that adds codes beside a code, which is retired; or with ``keep`` below it.

    Raises
    ------
    QualcodeError
        If there is no such code, or a new id is not valid or is taken.
    """
    entry = find_entry(texts, book, code, kinds=("code",))
    above = entry.id if keep else entry.id.rpartition("/")[0]
    added = []
    for name in dict.fromkeys(normalize("NFC", one) for one in new):
        new_id = _complete_id(entry, name, above)
        _refuse_taken_id(texts, book, new_id, None)
        added.append(new_id)
        entry, parent = index_entries(texts)[entry.id], index_entries(texts)[above]
        below = -1 if keep else int(str(entry.key[-1])) + len(added) - 1
        block = _new_entry(new_id.rpartition("/")[2], source=entry.id)
        texts = {
            **texts,
            parent.path: insert_item(texts[parent.path], parent.key, "codes", block, below=below),
        }
    if not keep:
        entry = index_entries(texts)[entry.id]
        text = set_value(texts[entry.path], entry.key, "retired", retired, after=("id", "name"))
        texts = {**texts, entry.path: text}
    return CodebookEdit(texts, affected=(entry.id,), notes=_split_notes(book, entry.id, added))


def retire_code(texts: Texts, book: Codebook, code: str, *, retired: str) -> CodebookEdit:
    """Return the edit that marks a code as no longer in use; without ``retired`` that takes the mark away.

    Raises
    ------
    QualcodeError
        If there is no such code, or it has the mark already, or has none to take away.
    """
    entry = find_entry(texts, book, code, kinds=("code",))
    present = book.by_id[entry.id].retired
    if bool(present) == bool(retired):
        state = f"retired already ({present})" if present else "not retired"
        raise OperationError(f"{entry}: code '{entry.id}' is {state}")
    if retired:
        text = set_value(texts[entry.path], entry.key, "retired", retired, after=("id", "name"))
    else:
        text = remove_pair(texts[entry.path], entry.key, "retired")
    below = [name for name in book.subtree_ids(entry.id) if name != entry.id and not book.by_id[name].retired]
    notes = [f"still in use below it: {', '.join(below)}"] if retired and below else []
    return CodebookEdit({**texts, entry.path: text}, affected=(entry.id,), notes=tuple(notes))


def _complete_id(entry: EntryPlace, new: str, above: str) -> str:
    """Return a new id with the part above it, which may be left out.

    Raises
    ------
    OperationError
        If its last part is not valid, or the part above it is another one.
    """
    given_above, _, leaf = new.rpartition("/")
    if not _ID.fullmatch(leaf):
        raise OperationError(
            f"{entry}: the new id '{new}' must begin with a letter and have only letters, digits, '_' and '-'"
        )
    if given_above and given_above != above:
        place = f"'{above}/...'" if above else "an id without '/'"
        move = name_for_interface("'qualcode codebook move'", "Project.move_code()")
        raise OperationError(f"{entry}: '{new}' would be in another place than {place}: {move} moves a code")
    return f"{above}/{leaf}" if above else leaf


def _refuse_taken_id(texts: Texts, book: Codebook, new_id: str, entry: EntryPlace | None) -> None:
    for other in index_entries(texts).values():
        if other.id.casefold() == new_id.casefold() and ("/" in other.id) == ("/" in new_id):
            if entry is not None and entry.id != new_id and other.id == entry.id:
                continue  # another spelling of its own id
            what = (
                "the id that it has"
                if entry is not None and other.id == entry.id
                else f"there is {other.kind} '{other.id}' already"
            )
            raise OperationError(f"{other}: '{new_id}': {what}; capitals are ignored")
        if new_id in other.former_ids and (entry is None or other.id != entry.id):
            raise OperationError(
                f"{other}: '{new_id}' is a former id of '{other.id}', for which its codings count: choose another id"
            )


def _map_subtree(book: Codebook, old: str, new: str) -> dict[str, str]:
    """Return the new ids of an entry and of all codes below it."""
    return {old: new} | {name: new + name[len(old) :] for name in book.subtree_ids(old)}


def _cut_entry(texts: Texts, entry: EntryPlace) -> tuple[Texts, ListBlock]:
    text, block = cut_item(texts[entry.path], entry.key[:-1], int(str(entry.key[-1])), value=entry.values)
    return {**texts, entry.path: text}, block


def _move_entry(texts: Texts, entry: EntryPlace, parent: str, new_id: str) -> Texts:
    texts, block = _cut_entry(texts, entry)
    place = index_entries(texts)[parent]
    if block.has_comments and is_in_brackets(texts[place.path], place.key, "codes"):
        raise OperationError(
            f"{place}: the codes of '{parent}' are in brackets, where the comments of '{entry.id}' have no place: "
            "write them in lines of their own, and try again"
        )
    texts = {**texts, place.path: insert_item(texts[place.path], place.key, "codes", block)}
    moved = index_entries(texts)[new_id]
    text = change_list(texts[moved.path], moved.key, "formerly", remove=[new_id], add=[entry.id], before="codes")
    return {**texts, moved.path: text}


def _rename_members(texts: Texts, new_ids: Mapping[str, str]) -> Texts:
    """Return the texts with the new ids in the lists of themes."""
    for theme in [entry for entry in index_entries(texts).values() if entry.kind == "theme"]:
        for member in theme.values.get("members") or ():
            if member in new_ids:
                text = change_list(texts[theme.path], theme.key, "members", remove=[member], add=[new_ids[member]])
                texts = {**texts, theme.path: text}
    return texts


def _new_entry(leaf: str, *, source: str) -> ListBlock:
    name = leaf.replace("_", " ").replace("-", " ")
    name = name[:1].upper() + name[1:]
    lines = (
        f"# split from {source}: write a definition, then decide on its codings\n"
        f'- id: {format_scalar(leaf)}\n  name: {format_scalar(name) if " " not in name else name}\n  definition: ""\n'
    )
    return ListBlock(lines, {"id": leaf, "name": name, "definition": ""})


def _removal_notes(entry: EntryPlace) -> list[str]:
    """Return what a code that is removed had in its entry, since it goes away with it."""
    named = ("definition", "include", "exclude", "examples", "counterexamples", "cues")
    lost = [name for name in named if entry.values.get(name)]
    return [f"removed with '{entry.id}': its {', '.join(lost)} (the change of the file shows them)"] if lost else []


def _membership_notes(book: Codebook, new_ids: Mapping[str, str]) -> tuple[str, ...]:
    """Return a note for each code that counts for another family now."""
    notes = []
    for old, new in new_ids.items():
        if old in book.by_id and family_of(old) != family_of(new):
            notes.append(f"'{old}' counts for the family '{family_of(new)}' now, no longer for '{family_of(old)}'")
    return tuple(notes)


def _split_notes(book: Codebook, code: str, added: Sequence[str]) -> tuple[str, ...]:
    themes = [theme.id for theme in book.themes if code in theme.members]
    if not themes:
        return ()
    return (f"'{code}' is a member of {', '.join(themes)}: add {', '.join(added)} there if they belong to it",)


EditFunction = Callable[[Texts, Codebook], CodebookEdit]
