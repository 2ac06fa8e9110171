"""Settings of a study, read from ``qualcode.yaml``: language, speakers and roles, unit, coder and others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from qualcode.errors import Problem, UsageError
from qualcode.files import YamlDocument, read_yaml, validate_yaml
from qualcode.model import JsonKeys, SourceRule, SourceRules, SpeakerRule, TableRule, Unit
from qualcode.settings.review_keys import assign_keys
from qualcode.settings.setting_values import parse_unit, validate_coder

if TYPE_CHECKING:
    from qualcode.settings.settings_schema import AttributeEntry, SettingsFile, SourceEntry, SpeakerEntry, TableEntry

__all__ = [
    "INTERVIEWER_LABELS",
    "SETTINGS_FILE",
    "AttributeRule",
    "Settings",
    "parse_unit",
    "read_settings",
    "validate_coder",
]

SETTINGS_FILE = "qualcode.yaml"

INTERVIEWER_LABELS = ("Interviewer", "Moderator", "Facilitator", "Researcher", "INT", "IV", "Q", "I")
"""Labels of interviewers unless ``qualcode.yaml`` lists others; case is ignored."""


@dataclass(frozen=True, slots=True)
class AttributeRule:
    """How the values of an attribute become groups."""

    order: tuple[str, ...] = ()
    """Values from the least to the greatest."""
    bins: tuple[float, ...] | None = None
    """The least number of each group but the first; empty if each number is a group of its own."""
    position: tuple[int, int] = field(default=(0, 0), compare=False)
    """Line and column in the settings."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a study, with defaults for those that are not given."""

    name: str = ""
    language: str = "en"
    rules: SourceRules = SourceRules(interviewers=INTERVIEWER_LABELS)
    unit: Unit = Unit()
    coder: str = ""
    abbreviations: tuple[str, ...] = ()
    coders: Mapping[str, str] = field(default_factory=dict)
    """Notes on the people who code, by name."""
    training_attributes: tuple[str, ...] = ()
    """Attributes of cases that are features of the classifier."""
    embedder: str = ""
    """The embedding model of sentences; none if empty."""
    makers: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """Options of installed makers by name; a maker runs only if a command names it."""
    attributes: Mapping[str, AttributeRule] = field(default_factory=dict)
    """Orders and bounds of attributes of cases, by name."""
    review_keys: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Keys of actions of the full-screen review, in place of the usual ones."""
    review_codes: tuple[str, ...] = ()
    """Codes of the number keys of the review; the most used ones if there are none."""
    review_code_positions: tuple[tuple[int, int], ...] = field(default=(), compare=False)
    """Line and column of each of these codes."""
    label_positions: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False)
    """Line and column of each label under ``speakers``."""


def read_settings(path: Path) -> tuple[Settings, list[Problem]]:
    """Return the settings in ``qualcode.yaml`` and all its problems; if one is invalid, all have their defaults.

    Raises
    ------
    OperationError
        If the file cannot be read or decoded.
    """
    from qualcode.settings.settings_schema import SettingsFile, known_keys

    document = read_yaml(path, display_path=path.name)
    if document.value is None:
        return Settings(), list(document.problems)
    entry, problems = validate_yaml(SettingsFile, document, known_keys=known_keys)
    settings = _build_settings(entry) if entry else Settings()
    rules = {
        name: replace(rule, position=document.find_position(("attributes", name)))
        for name, rule in settings.attributes.items()
    }
    positions = {label: document.find_position(("speakers", label)) for label in settings.rules.speakers}
    places = tuple(document.find_position(("review", "codes", place)) for place in range(len(settings.review_codes)))
    settings = replace(settings, attributes=rules, label_positions=positions, review_code_positions=places)
    own = [*_duplicate_label_problems(document, settings), *_review_key_problems(document, settings)]
    return settings, [*document.problems, *problems, *own]


def _review_key_problems(document: YamlDocument, settings: Settings) -> Iterator[Problem]:
    """Yield a problem on each action or key of the review that there is not, and on keys that two actions are given."""
    given: dict[str, Sequence[str]] = {}
    for action, keys in settings.review_keys.items():
        try:
            # Each alone, so that all problems are found; then with those before, for keys that are given twice.
            assign_keys({action: keys})
            assign_keys({**given, action: keys})
        except UsageError as error:
            yield Problem(document.path, *document.find_position(("review", "keys", action)), str(error))
        else:
            given[action] = keys


def _duplicate_label_problems(document: YamlDocument, settings: Settings) -> Iterator[Problem]:
    """Yield a problem on each label that differs from an earlier one only in case and spaces."""
    seen: dict[str, str] = {}
    for label in settings.rules.speakers:
        # As normalise_label in qualcode.transcripts, which this layer cannot import.
        first = seen.setdefault(" ".join(normalize("NFC", label).casefold().split()), label)
        if first != label:
            message = f"'{label}' is the same label as '{first}': capitals and spaces are ignored"
            yield Problem(document.path, *document.find_position(("speakers", label)), message, "remove one of them")


def _build_settings(entry: SettingsFile) -> Settings:
    from qualcode.settings.settings_schema import list_keys

    return Settings(
        name=entry.name,
        language=entry.language,
        rules=_build_rules(entry),
        unit=parse_unit(entry.unit),
        coder=validate_coder(entry.coder) if entry.coder else "",
        coders={one.name: one.note for one in entry.coders},
        abbreviations=tuple(entry.abbreviations),
        training_attributes=tuple(entry.suggest.attributes) if entry.suggest else (),
        embedder=entry.suggest.embedder if entry.suggest else "",
        makers=entry.makers,
        review_keys=list_keys(entry.review.keys) if entry.review else {},
        review_codes=tuple(entry.review.codes) if entry.review else (),
        attributes={name: _build_attribute_rule(attribute) for name, attribute in entry.attributes.items()},
    )


def _build_attribute_rule(entry: AttributeEntry) -> AttributeRule:
    # A number is written in cases.csv as in the settings.
    order = tuple(normalize("NFC", str(value).strip()) for value in entry.order)
    return AttributeRule(order, None if entry.bins is None else tuple(map(float, entry.bins)))


def _build_rules(entry: SettingsFile) -> SourceRules:
    roles = entry.roles.interviewer if entry.roles else None
    return SourceRules(
        # An empty list is not the default: it means that nobody interviews.
        interviewers=INTERVIEWER_LABELS if roles is None else tuple(roles),
        speakers={label: _build_speaker_rule(speaker) for label, speaker in entry.speakers.items()},
        not_speakers=tuple(entry.labels.not_speakers) if entry.labels else (),
        labels=tuple(entry.labels.patterns) if entry.labels else (),
        encodings=entry.encodings,
        tables={pattern: _build_table_rule(table) for pattern, table in entry.tables.items()},
        sources={pattern: _build_source_rule(source) for pattern, source in entry.sources.items()},
    )


def _build_speaker_rule(entry: SpeakerEntry) -> SpeakerRule:
    return SpeakerRule(normalize("NFC", entry.name.strip()), entry.role, normalize("NFC", entry.case.strip()))


def _build_source_rule(entry: SourceEntry) -> SourceRule:
    keys = JsonKeys(**entry.keys.model_dump()) if entry.keys else None
    tier = (entry.tier,) if isinstance(entry.tier, str) else tuple(entry.tier)
    speakers = {label: _build_speaker_rule(speaker) for label, speaker in entry.speakers.items()}
    return SourceRule(entry.kind, entry.reader, tuple(entry.accept), speakers, keys, tier, entry.line_numbers)


def _build_table_rule(entry: TableEntry) -> TableRule:
    text = (entry.text,) if isinstance(entry.text, str) else tuple(entry.text)
    names = (entry.speaker, entry.time, entry.sheet)
    return TableRule(entry.kind, entry.id, text, *names, transcript=entry.transcript, per_second=entry.per_second)
