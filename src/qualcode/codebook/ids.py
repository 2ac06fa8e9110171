"""Ids across all files of a codebook: no two alike, former ones unambiguous, themes resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qualcode.errors import Problem, did_you_mean
from qualcode.model import Code, Family, Place, Theme, lies_in


def check_ids(
    families: Sequence[tuple[Family, Place]], codes: Sequence[Code], themes: Sequence[Theme]
) -> list[Problem]:
    """Return the problems of ids: given twice, or a former id that is in use or claimed twice."""
    named = [(f"code '{code.id}'", code.id, code.place) for code in codes]
    tops = [(f"family '{family.id}'", family.id, place) for family, place in families]
    tops += [(f"theme '{theme.id}'", theme.id, theme.place) for theme in themes]
    return [*_twice(named), *_twice(tops), *_former(codes)]


def _problem(place: Place, message: str, hint: str = "") -> Problem:
    return Problem(place.path, place.line, place.column, message, hint)


def _where(place: Place) -> str:
    return f"{place.path}:{place.line}"


def _twice(named: Iterable[tuple[str, str, Place]]) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for subject, identifier, place in named:
        folded = identifier.casefold()
        if folded in first:
            yield _problem(
                place,
                f"{subject} is defined twice",
                f"first at {_where(first[folded])}; upper and lower case are one",
            )
        else:
            first[folded] = place


def _former(codes: Sequence[Code]) -> Iterator[Problem]:
    present = {code.id for code in codes}
    claimed: dict[str, Code] = {}
    for code in codes:
        for old in code.formerly:
            if old == code.id:
                yield _problem(code.place, f"code '{code.id}': 'formerly' names its own id")
            elif old in present:
                yield _problem(
                    code.place,
                    f"code '{code.id}': formerly '{old}', but that code still exists",
                    "remove one of the two",
                )
            elif "/" not in old:
                yield _problem(code.place, f"code '{code.id}': formerly '{old}' must be a full id", "as in family/code")
            elif old in claimed:
                other = claimed[old]
                yield _problem(
                    code.place,
                    f"code '{code.id}': formerly '{old}', as code '{other.id}' is",
                    _where(other.place),
                )
            else:
                claimed[old] = code


def resolve_themes(
    drafts: Sequence[Theme], codes: Sequence[Code], families: Sequence[str]
) -> tuple[list[Theme], list[Problem]]:
    """Replace members by codes (families, parents and member themes opened up); tell what cannot be."""
    resolver = _Resolver({theme.id: theme for theme in drafts}, [code.id for code in codes], families)
    resolved = [replace(theme, members=resolver.members(theme)) for theme in drafts]
    return resolved, sorted(set(resolver.problems))


@dataclass
class _Resolver:
    """Opens themes, each once, and collects what is wrong with them."""

    themes: Mapping[str, Theme]
    codes: Sequence[str]
    families: Sequence[str]
    problems: list[Problem] = field(default_factory=list)
    opened: dict[str, frozenset[str]] = field(default_factory=dict)

    def members(self, theme: Theme) -> tuple[str, ...]:
        """Return the codes of a theme in the codebook's order."""
        found = self._open(theme, (theme.id,))
        return tuple(code for code in self.codes if code in found)

    def _open(self, theme: Theme, trail: tuple[str, ...]) -> frozenset[str]:
        if theme.id not in self.opened:
            parts = [self._member(theme, member, trail) for member in theme.members]
            self.opened[theme.id] = frozenset().union(*parts)
        return self.opened[theme.id]

    def _member(self, theme: Theme, member: str, trail: tuple[str, ...]) -> frozenset[str]:
        below = frozenset(code for code in self.codes if lies_in(code, member))
        if below or member in self.families:
            return below
        if member in trail:
            circle = " -> ".join([*trail[trail.index(member) :], member])
            self.problems.append(_problem(theme.place, f"theme '{theme.id}': it contains itself", circle))
        elif member in self.themes:
            return self._open(self.themes[member], (*trail, member))
        else:
            hint = did_you_mean(member, [*self.codes, *self.families, *self.themes])
            said = f"theme '{theme.id}': no code, family or theme '{member}'"
            self.problems.append(_problem(theme.place, said, hint))
        return frozenset()
