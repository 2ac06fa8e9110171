"""What ``qualcode.yaml`` says: language, roles, unit, coder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.errors import Problem
from qualcode.files import checked, read_yaml
from qualcode.model import Unit
from qualcode.settings.names import check_coder, parse_unit

if TYPE_CHECKING:
    from qualcode.settings.schema import SettingsFile

__all__ = ["FILE", "INTERVIEWERS", "Settings", "check_coder", "parse_unit", "read_settings"]

FILE = "qualcode.yaml"

INTERVIEWERS = ("Interviewer", "Moderator", "Facilitator", "Researcher", "INT", "IV", "Q", "I")
"""Labels taken for an interviewer where ``qualcode.yaml`` does not say otherwise (case is ignored)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a study, defaults filled in."""

    name: str = ""
    language: str = "en"
    interviewers: tuple[str, ...] = INTERVIEWERS
    unit: Unit = Unit()
    coder: str = ""
    abbreviations: tuple[str, ...] = ()


def read_settings(path: Path) -> tuple[Settings, list[Problem]]:
    """Read ``qualcode.yaml``; what is wrong with it comes back as problems, beside usable settings."""
    from qualcode.settings.schema import SettingsFile, keys_of

    marked = read_yaml(path, shown=path.name)
    if marked.value is None:
        return Settings(), list(marked.problems)
    found, problems = checked(SettingsFile, marked, keys_of=keys_of)
    return (_settings(found) if found else Settings()), [*marked.problems, *problems]


def _settings(found: SettingsFile) -> Settings:
    roles = found.roles.interviewer if found.roles else None
    return Settings(
        name=found.name,
        language=found.language,
        interviewers=INTERVIEWERS if roles is None else tuple(roles),
        unit=parse_unit(found.unit),
        coder=check_coder(found.coder) if found.coder else "",
        abbreviations=tuple(found.abbreviations),
    )
