"""Checks of ids across all files of a codebook (unique, former ids unambiguous), and the codes of each theme."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qualcode.errors import Problem, did_you_mean
from qualcode.model import Code, Family, FileLocation, Theme, is_in_subtree


def check_ids(
    families: Sequence[tuple[Family, FileLocation]], codes: Sequence[Code], themes: Sequence[Theme]
) -> list[Problem]:
    """Return the problems of ids: duplicates, and former ids that are in use or claimed by two codes."""
    code_entries = [(f"code '{code.id}'", code.id, code.location) for code in codes]
    set_entries = [(f"family '{family.id}'", family.id, location) for family, location in families]
    set_entries += [(f"theme '{theme.id}'", theme.id, theme.location) for theme in themes]
    return [
        *_duplicate_id_problems(code_entries),
        *_duplicate_id_problems(set_entries),
        *_former_id_problems(codes),
        *_former_family_problems(families),
    ]


def _problem(location: FileLocation, message: str, hint: str = "") -> Problem:
    return Problem(location.path, location.line, location.column, message, hint)


def _format_location(location: FileLocation) -> str:
    return f"{location.path}:{location.line}"


def _duplicate_id_problems(entries: Iterable[tuple[str, str, FileLocation]]) -> Iterator[Problem]:
    first: dict[str, FileLocation] = {}
    for subject, identifier, location in entries:
        key = identifier.casefold()
        if key in first:
            hint = f"first at {_format_location(first[key])}; capitals are ignored"
            yield _problem(location, f"{subject} is defined twice", hint)
        else:
            first[key] = location


def _former_id_problems(codes: Sequence[Code]) -> Iterator[Problem]:
    current_ids = {code.id for code in codes}
    owners: dict[str, Code] = {}
    for code in codes:
        for former_id in code.formerly:
            message, hint = _former_id_fault(code, former_id, current_ids, owners.get(former_id))
            if message:
                yield _problem(code.location, f"code '{code.id}': {message}", hint)
            else:
                owners[former_id] = code


def _former_family_problems(families: Sequence[tuple[Family, FileLocation]]) -> Iterator[Problem]:
    current_ids = {family.id for family, _ in families}
    owners: dict[str, Family] = {}
    for family, location in families:
        for former_id in family.formerly:
            owner = owners.setdefault(former_id, family)
            if former_id == family.id:
                fault, hint = "'formerly' names its own id", ""
            elif former_id in current_ids:
                fault, hint = f"formerly '{former_id}', but that family still exists", "remove one of the two"
            elif "/" in former_id:
                fault, hint = f"formerly '{former_id}' must be the id of a family", "without '/'"
            elif owner is not family:
                fault, hint = f"formerly '{former_id}', which family '{owner.id}' has too", ""
            else:
                continue
            yield _problem(location, f"family '{family.id}': {fault}", hint)


def _former_id_fault(code: Code, former_id: str, current_ids: Collection[str], owner: Code | None) -> tuple[str, str]:
    """Return what is wrong with a former id, and a hint; ``owner`` is the code that has claimed it already, if any."""
    if former_id == code.id:
        return "'formerly' names its own id", ""
    if former_id in current_ids:
        return f"formerly '{former_id}', but that code still exists", "remove one of the two"
    if "/" not in former_id:
        return f"formerly '{former_id}' must be a full id", "as in family/code"
    if owner:
        return f"formerly '{former_id}', which code '{owner.id}' has too", _format_location(owner.location)
    return "", ""


def resolve_themes(
    themes: Sequence[Theme], codes: Sequence[Code], families: Sequence[str]
) -> tuple[list[Theme], list[Problem]]:
    """Return themes whose members are codes (of families, parent codes and member themes), and all problems."""
    resolver = _ThemeResolver({theme.id: theme for theme in themes}, [code.id for code in codes], families)
    resolved = [replace(theme, members=resolver.find_codes(theme)) for theme in themes]
    return resolved, sorted(set(resolver.problems))


@dataclass
class _ThemeResolver:
    """Finds the codes of themes, of each theme once, and collects problems."""

    themes: Mapping[str, Theme]
    codes: Sequence[str]
    families: Sequence[str]
    problems: list[Problem] = field(default_factory=list)
    resolved: dict[str, frozenset[str]] = field(default_factory=dict)

    def find_codes(self, theme: Theme) -> tuple[str, ...]:
        """Return the codes of a theme in the codebook's order."""
        members = self._resolve(theme, (theme.id,))
        return tuple(code for code in self.codes if code in members)

    def _resolve(self, theme: Theme, path: tuple[str, ...]) -> frozenset[str]:
        """Return the codes of a theme; ``path`` has the themes that led to it."""
        if theme.id not in self.resolved:
            parts = [self._resolve_member(theme, member, path) for member in theme.members]
            self.resolved[theme.id] = frozenset().union(*parts)
        return self.resolved[theme.id]

    def _resolve_member(self, theme: Theme, member: str, path: tuple[str, ...]) -> frozenset[str]:
        subtree = frozenset(code for code in self.codes if is_in_subtree(code, member))
        if subtree or member in self.families:
            return subtree
        if member in path:
            cycle = " -> ".join([*path[path.index(member) :], member])
            self.problems.append(_problem(theme.location, f"theme '{theme.id}': it contains itself", cycle))
        elif member in self.themes:
            return self._resolve(self.themes[member], (*path, member))
        else:
            hint = did_you_mean(member, [*self.codes, *self.families, *self.themes])
            message = f"theme '{theme.id}': no code, family or theme '{member}'"
            self.problems.append(_problem(theme.location, message, hint))
        return frozenset()
