"""Ids across all files of a codebook: no two alike, former ones unambiguous, themes resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from qualcode.errors import Problem, did_you_mean
from qualcode.model import Code, Family, Place, Theme


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
    known = {theme.id: theme for theme in drafts}
    ids = [code.id for code in codes]
    problems: list[Problem] = []
    resolved: list[Theme] = []
    for theme in drafts:
        found = _open(theme, known, ids, families, problems, (theme.id,))
        resolved.append(replace(theme, members=tuple(code for code in ids if code in found)))
    return resolved, sorted(set(problems))


def _open(
    theme: Theme,
    themes: Mapping[str, Theme],
    codes: Sequence[str],
    families: Sequence[str],
    problems: list[Problem],
    trail: tuple[str, ...],
) -> set[str]:
    found: set[str] = set()
    for member in theme.members:
        below = {code for code in codes if code == member or code.startswith(member + "/")}
        if below or member in families:
            found |= below
        elif member in trail:
            circle = " -> ".join([*trail[trail.index(member) :], member])
            problems.append(_problem(theme.place, f"theme '{theme.id}': it contains itself", circle))
        elif member in themes:
            found |= _open(themes[member], themes, codes, families, problems, (*trail, member))
        else:
            hint = did_you_mean(member, [*codes, *families, *themes])
            problems.append(_problem(theme.place, f"theme '{theme.id}': no code, family or theme '{member}'", hint))
    return found
