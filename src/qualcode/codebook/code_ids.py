"""Ids across all files of a codebook: no two alike, former ones unambiguous, themes resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qualcode.errors import Problem, did_you_mean
from qualcode.model import Code, Family, FileLocation, Theme, is_in_subtree


def check_ids(
    families: Sequence[tuple[Family, FileLocation]], codes: Sequence[Code], themes: Sequence[Theme]
) -> list[Problem]:
    """Return the problems of ids: given twice, or a former id that is in use or claimed twice."""
    named = [(f"code '{code.id}'", code.id, code.location) for code in codes]
    tops = [(f"family '{family.id}'", family.id, place) for family, place in families]
    tops += [(f"theme '{theme.id}'", theme.id, theme.location) for theme in themes]
    return [*_duplicate_id_problems(named), *_duplicate_id_problems(tops), *_former_id_problems(codes)]


def _problem(place: FileLocation, message: str, hint: str = "") -> Problem:
    return Problem(place.path, place.line, place.column, message, hint)


def _format_place(place: FileLocation) -> str:
    return f"{place.path}:{place.line}"


def _duplicate_id_problems(named: Iterable[tuple[str, str, FileLocation]]) -> Iterator[Problem]:
    first: dict[str, FileLocation] = {}
    for subject, identifier, place in named:
        folded = identifier.casefold()
        if folded in first:
            yield _problem(
                place,
                f"{subject} is defined twice",
                f"first at {_format_place(first[folded])}; upper and lower case are one",
            )
        else:
            first[folded] = place


def _former_id_problems(codes: Sequence[Code]) -> Iterator[Problem]:
    present = {code.id for code in codes}
    claimed: dict[str, Code] = {}
    for code in codes:
        for old in code.formerly:
            if old == code.id:
                yield _problem(code.location, f"code '{code.id}': 'formerly' names its own id")
            elif old in present:
                yield _problem(
                    code.location,
                    f"code '{code.id}': formerly '{old}', but that code still exists",
                    "remove one of the two",
                )
            elif "/" not in old:
                yield _problem(
                    code.location, f"code '{code.id}': formerly '{old}' must be a full id", "as in family/code"
                )
            elif old in claimed:
                other = claimed[old]
                yield _problem(
                    code.location,
                    f"code '{code.id}': formerly '{old}', as code '{other.id}' is",
                    _format_place(other.location),
                )
            else:
                claimed[old] = code


def resolve_themes(
    drafts: Sequence[Theme], codes: Sequence[Code], families: Sequence[str]
) -> tuple[list[Theme], list[Problem]]:
    """Replace members by codes (families, parents and member themes opened up); tell what cannot be."""
    resolver = _ThemeResolver({theme.id: theme for theme in drafts}, [code.id for code in codes], families)
    resolved = [replace(theme, members=resolver.members(theme)) for theme in drafts]
    return resolved, sorted(set(resolver.problems))


@dataclass
class _ThemeResolver:
    """Opens themes, each once, and collects what is wrong with them."""

    themes: Mapping[str, Theme]
    codes: Sequence[str]
    families: Sequence[str]
    problems: list[Problem] = field(default_factory=list)
    resolved: dict[str, frozenset[str]] = field(default_factory=dict)

    def members(self, theme: Theme) -> tuple[str, ...]:
        """Return the codes of a theme in the codebook's order."""
        found = self._resolve(theme, (theme.id,))
        return tuple(code for code in self.codes if code in found)

    def _resolve(self, theme: Theme, trail: tuple[str, ...]) -> frozenset[str]:
        if theme.id not in self.resolved:
            parts = [self._resolve_member(theme, member, trail) for member in theme.members]
            self.resolved[theme.id] = frozenset().union(*parts)
        return self.resolved[theme.id]

    def _resolve_member(self, theme: Theme, member: str, trail: tuple[str, ...]) -> frozenset[str]:
        below = frozenset(code for code in self.codes if is_in_subtree(code, member))
        if below or member in self.families:
            return below
        if member in trail:
            circle = " -> ".join([*trail[trail.index(member) :], member])
            self.problems.append(_problem(theme.location, f"theme '{theme.id}': it contains itself", circle))
        elif member in self.themes:
            return self._resolve(self.themes[member], (*trail, member))
        else:
            hint = did_you_mean(member, [*self.codes, *self.families, *self.themes])
            said = f"theme '{theme.id}': no code, family or theme '{member}'"
            self.problems.append(_problem(theme.location, said, hint))
        return frozenset()
