"""Notes on the themes and parent codes that count other codes after an edit of the codebook."""

from __future__ import annotations

from collections.abc import Iterator

from qualcode.errors import format_names
from qualcode.model import Codebook


def list_membership_notes(book: Codebook, new: Codebook) -> Iterator[str]:
    """Yield a note for each theme and parent code that counts codings of other codes than before the edit.

    Codes are named by their ids before it. A code whose codings became those of the parent itself is left out: it was
    merged into it, as was asked for.
    """
    before = _list_members(book)
    current = {code.id: new.current_id(code.id) for code in book.codes}
    # Of several codes that have become one, that which has kept its id.
    former = {now: old for old, now in current.items()} | {now: now for now in current.values() if now in current}
    for (kind, name), members in _list_members(new).items():
        old_members = before.get((kind, former.get(name, name) if kind == "code" else name))
        if old_members is None:
            continue
        counted = [old for old, now in current.items() if now in members]
        gained = [old for old in counted if old not in old_members and current[old] != name]
        lost = [old for old in current if old in old_members - set(counted)]
        changes = [f"counts {_quote(gained)} now" * bool(gained), f"no longer counts {_quote(lost)}" * bool(lost)]
        if any(changes):
            yield f"{kind} '{name}' {' and '.join(filter(None, changes))}"


def _list_members(book: Codebook) -> dict[tuple[str, str], set[str]]:
    """Return the codes that each theme and each code counts, itself and those below it included."""
    members = {("theme", theme.id): set(theme.members) for theme in book.themes}
    for code in book.codes:
        parts = code.id.split("/")
        for length in range(2, len(parts) + 1):
            members.setdefault(("code", "/".join(parts[:length])), set()).add(code.id)
    return members


def _quote(names: list[str]) -> str:
    return format_names([f"'{name}'" for name in names], limit=5)
