"""Speakers resolved from labels by the settings: name, role and case of each turn."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from qualcode.model import Case, Role, SourceRules, SpeakerRule, Transcript, Turn
from qualcode.transcripts.draft import DraftTurn
from qualcode.transcripts.labels.short_forms import find_short_forms
from qualcode.transcripts.labels.speaker_labels import normalise_label, role_of

_MAX_CACHED_LABELS = 1000


@dataclass(frozen=True, slots=True)
class ResolvedSpeaker:
    """The speaker that a label refers to; the role is that of the settings."""

    name: str
    role: Role | None
    default_role: Role
    """The role by the words of the label, used if neither the settings nor the source have one."""
    case: str


@dataclass(frozen=True, slots=True)
class SpeakerLookup:
    """Resolves labels of a source by the settings, each label once."""

    interviewers: tuple[str, ...]
    rules: dict[str, SpeakerRule]
    cache: dict[str, ResolvedSpeaker] = field(default_factory=dict)

    def find_speaker(self, label: str) -> ResolvedSpeaker:
        """Return the speaker that a label refers to."""
        if label not in self.cache:
            if len(self.cache) > _MAX_CACHED_LABELS:  # each of a million answers may have its own label
                self.cache.clear()
            self.cache[label] = self._resolve(label)
        return self.cache[label]

    def _resolve(self, label: str) -> ResolvedSpeaker:
        rule = self.rules.get(normalise_label(label), SpeakerRule())
        name = rule.name or label
        # If the settings give "Interviewer 2" the name of a person, only the label shows the role.
        roles = {role_of(text, interviewers=self.interviewers) for text in {label, name}}
        return ResolvedSpeaker(name, rule.role, "interviewer" if "interviewer" in roles else "participant", rule.case)


def build_speaker_lookup(rules: SourceRules) -> SpeakerLookup:
    """Return the lookup of labels by the rules in the settings."""
    return SpeakerLookup(rules.interviewers, {normalise_label(label): rule for label, rule in rules.speakers.items()})


def add_short_forms(lookup: SpeakerLookup, labels: Iterable[str], header: str) -> SpeakerLookup:
    """Return a lookup that also has the short forms that the labels of a source, or its header, introduce."""
    found = find_short_forms(frozenset(labels), header, interviewers=lookup.interviewers, rules=lookup.rules)
    if not found:
        return lookup
    return SpeakerLookup(
        lookup.interviewers, lookup.rules | {normalise_label(label): rule for label, rule in found.items()}
    )


def build_turns(draft_turns: Iterable[DraftTurn], lookup: SpeakerLookup) -> tuple[Turn, ...]:
    """Return turns with speaker, role and case; the role is from the settings, else the source, else the label."""
    return tuple(_turn(index, turn, lookup.find_speaker(turn.speaker)) for index, turn in enumerate(draft_turns))


def _turn(index: int, turn: DraftTurn, speaker: ResolvedSpeaker) -> Turn:
    role = speaker.role or turn.role or speaker.default_role
    label = turn.speaker if speaker.name != turn.speaker else ""
    return Turn(index, speaker.name, role, turn.start, turn.end, turn.time, speaker.case, label)


def assign_cases(transcript: Transcript, cases: Collection[Case]) -> Transcript:
    """Return a transcript whose turns have the case that lists their speaker; of two such cases, the first."""
    # Reversed, so that the first case overwrites the others.
    claims = {normalise_label(label): case.id for case in reversed([*cases]) for label in case.speakers}
    if not claims:
        return transcript
    turns = tuple(replace(turn, case=_find_case(turn, claims)) for turn in transcript.turns)
    return replace(transcript, turns=turns)


def _find_case(turn: Turn, claims: Mapping[str, str]) -> str:
    return (
        claims.get(normalise_label(turn.speaker))
        or claims.get(normalise_label(turn.label or turn.speaker))
        or turn.case
    )
