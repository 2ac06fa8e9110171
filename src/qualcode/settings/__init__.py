"""What ``qualcode.yaml`` says: language, roles, unit, coder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from qualcode.errors import Problem
from qualcode.files import YamlDocument, read_yaml, validate_yaml
from qualcode.model import SourceRules, SpeakerRule, TableRule, Unit
from qualcode.settings.setting_values import parse_unit, validate_coder

if TYPE_CHECKING:
    from qualcode.settings.settings_schema import SettingsFile, SpeakerEntry, TableEntry

__all__ = ["INTERVIEWER_LABELS", "SETTINGS_FILE", "Settings", "parse_unit", "read_settings", "validate_coder"]

SETTINGS_FILE = "qualcode.yaml"

INTERVIEWER_LABELS = ("Interviewer", "Moderator", "Facilitator", "Researcher", "INT", "IV", "Q", "I")
"""Labels taken for an interviewer where ``qualcode.yaml`` does not say otherwise (case is ignored)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a study, defaults filled in."""

    name: str = ""
    language: str = "en"
    rules: SourceRules = SourceRules(interviewers=INTERVIEWER_LABELS)
    unit: Unit = Unit()
    coder: str = ""
    abbreviations: tuple[str, ...] = ()
    training_attributes: tuple[str, ...] = ()
    """Attributes of cases that suggestions may be learnt from."""
    embedder: str = ""
    """The model that makes vectors of sentences; none if empty."""
    makers: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Options of installed makers by name; a maker runs only when it is asked for."""
    label_positions: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False)
    """Line and column of each label under ``speakers``."""


def read_settings(path: Path) -> tuple[Settings, list[Problem]]:
    """Read ``qualcode.yaml``; what is wrong with it comes back as problems, beside usable settings."""
    from qualcode.settings.settings_schema import SettingsFile, known_keys

    marked = read_yaml(path, display_path=path.name)
    if marked.value is None:
        return Settings(), list(marked.problems)
    found, problems = validate_yaml(SettingsFile, marked, known_keys=known_keys)
    settings = _build_settings(found) if found else Settings()
    places = {label: marked.find_position(("speakers", label)) for label in settings.rules.speakers}
    twice = _duplicate_label_problems(marked, settings)
    return replace(settings, label_positions=places), [*marked.problems, *problems, *twice]


def _duplicate_label_problems(marked: YamlDocument, settings: Settings) -> Iterator[Problem]:
    """Yield a problem on each label that differs from one above only in what is ignored."""
    seen: dict[str, str] = {}
    for label in settings.rules.speakers:
        first = seen.setdefault(" ".join(normalize("NFC", label).casefold().split()), label)
        if first != label:
            said = f"'{label}' is the same label as '{first}': capitals and spaces are ignored"
            yield Problem(marked.path, *marked.find_position(("speakers", label)), said, "remove one of them")


def _build_settings(found: SettingsFile) -> Settings:
    return Settings(
        name=found.name,
        language=found.language,
        rules=_build_rules(found),
        unit=parse_unit(found.unit),
        coder=validate_coder(found.coder) if found.coder else "",
        abbreviations=tuple(found.abbreviations),
        training_attributes=tuple(found.suggest.attributes) if found.suggest else (),
        embedder=found.suggest.embedder if found.suggest else "",
        makers=found.makers,
    )


def _build_rules(found: SettingsFile) -> SourceRules:
    roles = found.roles.interviewer if found.roles else None
    return SourceRules(
        interviewers=INTERVIEWER_LABELS if roles is None else tuple(roles),
        speakers={label: _build_speaker_rule(entry) for label, entry in found.speakers.items()},
        not_speakers=tuple(found.labels.not_speakers) if found.labels else (),
        labels=tuple(found.labels.patterns) if found.labels else (),
        encodings=found.encodings,
        tables={pattern: _build_table_rule(entry) for pattern, entry in found.tables.items()},
    )


def _build_speaker_rule(entry: SpeakerEntry) -> SpeakerRule:
    return SpeakerRule(normalize("NFC", entry.name.strip()), entry.role, normalize("NFC", entry.case.strip()))


def _build_table_rule(entry: TableEntry) -> TableRule:
    text = (entry.text,) if isinstance(entry.text, str) else tuple(entry.text)
    return TableRule(entry.kind, entry.id, text, entry.speaker, entry.time, entry.sheet)
