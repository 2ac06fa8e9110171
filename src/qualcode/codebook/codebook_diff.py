"""What changed between two versions of a codebook: entry by entry, with old and new text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from qualcode.model import Code, Codebook, Cue, Example, Family, Theme

ChangeKind = Literal["added", "removed", "renamed", "moved", "merged", "retired", "used again", "changed"]
EntryLevel = Literal["family", "code", "theme"]


@dataclass(frozen=True, slots=True)
class EntryChange:
    """One change of an entry; ``id`` is the new id, of a removed entry the old one."""

    id: str
    level: EntryLevel
    change: ChangeKind
    field: str = ""
    """What was changed: ``definition``, ``include`` ...; ``id`` where the id was; empty for a whole entry."""
    old: str = ""
    new: str = ""


def compare_codebooks(old: Codebook, new: Codebook) -> list[EntryChange]:
    """Return the changes from one version of a codebook to another, in the order of the new one."""
    return [*_compare_families(old, new), *_compare_codes(old, new), *_compare_themes(old, new)]


def _compare_families(old: Codebook, new: Codebook) -> Iterator[EntryChange]:
    before = {new.current_id(family.id): family for family in old.families}
    for family in new.families:
        earlier = before.pop(family.id, None)
        if earlier is None:
            yield EntryChange(family.id, "family", "added", new=family.definition)
            continue
        if earlier.id != family.id:
            yield EntryChange(family.id, "family", "renamed", "id", earlier.id, family.id)
        yield from _compare_fields(family.id, "family", _family_texts(earlier), _family_texts(family))
    for family in before.values():
        yield EntryChange(family.id, "family", "removed", old=family.definition)


def _compare_codes(old: Codebook, new: Codebook) -> Iterator[EntryChange]:
    sources: dict[str, list[Code]] = {}
    for code in old.codes:
        sources.setdefault(new.current_id(code.id), []).append(code)
    for code in new.codes:
        earlier, merged = _match_sources(code, sources.pop(code.id, []))
        if earlier is None:
            yield EntryChange(code.id, "code", "added", new=code.definition)
        else:
            yield from _compare_code(earlier, code, new)
        for other in merged:
            yield EntryChange(code.id, "code", "merged", "id", other.id, code.id)
    for code in (code for codes in sources.values() for code in codes):
        yield EntryChange(code.id, "code", "removed", old=code.definition)


def _match_sources(code: Code, sources: Sequence[Code]) -> tuple[Code | None, list[Code]]:
    """Return which earlier code a code is, and the others, which were merged into it."""
    if not sources:
        return None, []
    earlier = next((source for source in sources if source.id == code.id), None)
    earlier = earlier or next((source for source in sources if _code_texts(source) == _code_texts(code)), sources[0])
    return earlier, [source for source in sources if source is not earlier]


def _compare_code(old: Code, new: Code, book: Codebook) -> Iterator[EntryChange]:
    parents, leaves = zip(old.id.rpartition("/")[::2], new.id.rpartition("/")[::2], strict=True)
    if book.current_id(parents[0]) != parents[1]:
        yield EntryChange(new.id, "code", "moved", "id", old.id, new.id)
    elif leaves[0] != leaves[1]:
        # Where only a code above it or its family has another id, that is the change.
        yield EntryChange(new.id, "code", "renamed", "id", old.id, new.id)
    if old.retired != new.retired:
        kind: ChangeKind = "changed" if old.retired and new.retired else "retired" if new.retired else "used again"
        yield EntryChange(new.id, "code", kind, "retired", old.retired, new.retired)
    yield from _compare_fields(new.id, "code", _code_texts(old), _code_texts(new))


def _compare_themes(old: Codebook, new: Codebook) -> Iterator[EntryChange]:
    before = {theme.id: theme for theme in old.themes}
    for theme in new.themes:
        earlier = before.pop(theme.id, None)
        if earlier is None:
            yield EntryChange(theme.id, "theme", "added", new=theme.definition)
        else:
            # A member that has another id is the same member.
            members = dict.fromkeys(map(new.current_id, earlier.members))
            texts = _theme_texts(earlier) | {"members": "\n".join(sorted(members))}
            yield from _compare_fields(theme.id, "theme", texts, _theme_texts(theme))
    for theme in before.values():
        yield EntryChange(theme.id, "theme", "removed", old=theme.definition)


def _compare_fields(
    name: str, level: EntryLevel, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[EntryChange]:
    for field, text in new.items():
        if text != old[field]:
            yield EntryChange(name, level, "changed", field, old[field], text)


def _family_texts(family: Family) -> dict[str, str]:
    return {"name": family.name, "definition": family.definition}


def _theme_texts(theme: Theme) -> dict[str, str]:
    return {"name": theme.name, "definition": theme.definition, "members": "\n".join(sorted(theme.members))}


def _code_texts(code: Code) -> dict[str, str]:
    texts = {name: getattr(code, name) for name in ("name", "definition", "include", "exclude")}
    lists = {name: "\n".join(map(_format_example, getattr(code, name))) for name in ("examples", "counterexamples")}
    return texts | lists | {"cues": "\n".join(map(_format_cue, code.cues)), "colour": code.colour}


def _format_example(example: Example) -> str:
    source = f" ({example.transcript})" if example.transcript else ""
    return f"{example.quote}{source}" + (f": {example.note}" if example.note else "")


def _format_cue(cue: Cue) -> str:
    return f"{'unless ' if cue.unless else ''}{cue.kind}: {cue.value} ({cue.weight:g})"
