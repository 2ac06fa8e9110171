"""The codebook: codes with their cues and examples, families and themes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from qualcode.model.xml_text import display_html, escape_html

CueKind = Literal["phrase", "exact", "regex", "pattern"]


@dataclass(frozen=True, slots=True)
class Example:
    """A quote that belongs to a code, or as a counterexample does not."""

    quote: str
    transcript: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Cue:
    """A search term: evidence for a code (with ``unless``, against it) wherever it matches in a sentence."""

    kind: CueKind
    value: str
    """The phrase, exact text or regular expression; a token pattern as JSON."""
    weight: float = 0.5
    unless: bool = False


@dataclass(frozen=True, slots=True)
class FileLocation:
    """Position of an entry in the user's files; line and column count from 1, 0 means unknown."""

    path: str
    line: int
    column: int


def family_of(code: str) -> str:
    """Return the family of a code: the first part of its id."""
    return code.partition("/")[0]


def is_in_subtree(code: str, above: str) -> bool:
    """Return whether a code is ``above`` itself, is nested in it, or belongs to it as its family (by their ids).

    >>> is_in_subtree("challenges/roi/tools", "challenges/roi"), is_in_subtree("challenges/roi-2", "challenges/roi")
    (True, False)
    """
    return code == above or code.startswith(f"{above}/")


@dataclass(frozen=True, slots=True)
class Code:
    """One code of the codebook; ``id`` is ``family/code`` or ``family/code/child``."""

    id: str
    name: str
    definition: str = ""
    include: str = ""
    exclude: str = ""
    examples: tuple[Example, ...] = ()
    counterexamples: tuple[Example, ...] = ()
    cues: tuple[Cue, ...] = ()
    colour: str = ""
    formerly: tuple[str, ...] = ()
    entry_hash: str = ""
    """Hash of the entry's content: a rejected suggestion stays rejected until it changes."""
    former_hashes: tuple[str, ...] = ()
    """That hash under each former id: renaming a code does not count as a change."""
    definition_hash: str = ""
    """Hash of definition, include and exclude: codings made under another one may need a second look."""
    retired: str = ""
    """Since when and why the code is no longer given to text; empty if it is in use."""
    location: FileLocation = FileLocation("", 0, 0)

    @property
    def marked_name(self) -> str:
        """The name; of a retired code with since when and why."""
        return f"{self.name} (retired {self.retired})" if self.retired else self.name

    @property
    def family(self) -> str:
        """The first part of the id."""
        return family_of(self.id)

    @property
    def depth(self) -> int:
        """Number of codes above this one in its family."""
        return self.id.count("/") - 1


@dataclass(frozen=True, slots=True)
class Theme:
    """A named set of codes: it occurs wherever any member does (union, not sum)."""

    id: str
    name: str
    members: tuple[str, ...]
    """Ids of codes, including those of member themes and children of parent codes."""
    definition: str = ""
    colour: str = ""
    location: FileLocation = FileLocation("", 0, 0)


@dataclass(frozen=True, slots=True)
class Family:
    """A category of codes, one file of the codebook; it is counted as a theme of all its codes."""

    id: str
    name: str
    definition: str = ""
    colour: str = ""
    formerly: tuple[str, ...] = ()


def _find_current_id(name: str, current: Mapping[str, str], former: Mapping[str, str]) -> str:
    """Return the current id that a former one leads to, by its longest part that is a former id, again and again."""
    seen: set[str] = set()
    found = _follow(name, current, former, seen)
    if found or not seen - {name}:
        return found or name
    # A code that was renamed, and then merged, has several former ids; what was below it may be listed by any of them.
    for above, rest in _former_parts(name, former):
        for other in (one for one, now in former.items() if now == former[above] and one != above):
            if found := _follow(other + rest, current, former, seen):
                return found
    return name


def _follow(name: str, current: Mapping[str, str], former: Mapping[str, str], seen: set[str]) -> str:
    """Return the current id that follows from an id step by step; empty if none does."""
    while name not in current and name not in seen:
        seen.add(name)
        above, rest = next(_former_parts(name, former), ("", ""))
        if not above:
            return ""
        name = former[above] + rest
    return current.get(name, "")


def _former_parts(name: str, former: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the beginnings of an id that are former ids, the longest first, and the rest of it."""
    parts = name.split("/")
    for length in range(len(parts), 0, -1):
        above = "/".join(parts[:length])
        if above in former:
            yield above, name[len(above) :]


@dataclass(frozen=True, repr=False)
class Codebook:
    """All families, codes and themes of the study; ``version`` is a hash of their content."""

    families: tuple[Family, ...] = ()
    codes: tuple[Code, ...] = ()
    themes: tuple[Theme, ...] = ()
    version: str = ""

    def __repr__(self) -> str:
        return f"Codebook({len(self.families)} families, {len(self.codes)} codes, version {self.version!r})"

    @cached_property
    def by_id(self) -> Mapping[str, Code]:
        """Codes by current id."""
        return {code.id: code for code in self.codes}

    @cached_property
    def former_ids(self) -> Mapping[str, str]:
        """Current ids of codes and families by the former ids that they list."""
        entries: tuple[Family | Code, ...] = (*self.families, *self.codes)
        return {old: entry.id for entry in entries for old in entry.formerly}

    @cached_property
    def _current_ids(self) -> dict[str, str]:
        """Current ids by all ids: those in use, and what `current_id` has found."""
        return {name: name for name in (*(family.id for family in self.families), *self.by_id)}

    def current_id(self, name: str) -> str:
        """Return the current id of a code or family, which may be given by a former one.

        Codes follow the codes above them and their family: if f/p was renamed to f/q, f/p/k is f/q/k, unless f/p/k is
        itself listed as a former id. Unknown ids are returned as they are.
        """
        if name not in self._current_ids:
            found = _find_current_id(name, self._current_ids, self.former_ids)
            if found == name:
                return name  # not kept: there is no end of unknown ids
            self._current_ids[name] = found
        return self._current_ids[name]

    def subtree_ids(self, code: str) -> Iterator[str]:
        """Yield the id of a code and of every code nested in it."""
        return (other.id for other in self.codes if is_in_subtree(other.id, code))

    def expand_codes(self, ids: Iterable[str]) -> frozenset[str]:
        """Return the ids of all codes in these codes (with nested ones), families and themes."""
        names = frozenset(ids)
        # Families need no case of their own: their ids are prefixes of the ids of their codes.
        members = {member for theme in self.themes if theme.id in names for member in theme.members}
        return frozenset(members.union(*map(self.subtree_ids, names)))

    def _repr_html_(self) -> str:
        """Return the codebook as a tree for notebooks: families with their codes, then themes."""
        families = "".join(
            _entry_html(family.name, family.id, family.definition, family.colour)
            + _list_html(
                _entry_html(code.marked_name, code.id, code.definition, code.colour, depth=code.depth)
                for code in self.codes
                if code.family == family.id
            )
            for family in self.families
        )
        themes = _list_html(_entry_html(theme.name, theme.id, ", ".join(theme.members)) for theme in self.themes)
        return display_html(families, f"<p><b>Themes</b></p>{themes}" if self.themes else "", _version_html(self))


def _entry_html(name: str, identifier: str, text: str, colour: str = "", *, depth: int = 0) -> str:
    """Return name, id and definition of an entry on one line, indented by its depth."""
    edge = f"border-left: 4px solid {escape_html(colour)}; padding-left: 0.5em; " if colour else ""
    style = f"{edge}margin-left: {1.5 * depth}em"
    definition = f": {escape_html(text)}" if text else ""
    shown = f'<b>{escape_html(name)}</b> <span style="opacity: 0.7">{escape_html(identifier)}</span>{definition}'
    return f'<div style="{style}">{shown}</div>'


def _list_html(entries: Iterable[str]) -> str:
    items = "".join(f"<li>{entry}</li>" for entry in entries)
    return f'<ul style="list-style: none">{items}</ul>' if items else ""


def _version_html(book: Codebook) -> str:
    return f'<p style="font-size: 90%">{len(book.codes):,} codes; version {escape_html(book.version)}</p>'
