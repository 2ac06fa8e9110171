"""From labels to speakers: who a label stands for, in which role, and whose case it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from qualcode.model import Case, Role, SourceRules, SpeakerRule, Transcript, Turn
from qualcode.transcripts.draft import DraftTurn
from qualcode.transcripts.labels.speaker_labels import normalise_label, role_of

_MOST_CACHED_LABELS = 1000
"""Labels whose parts are kept."""


@dataclass(frozen=True, slots=True)
class ResolvedSpeaker:
    """Who a label stands for; the role is the one that the settings give."""

    name: str
    role: Role | None
    default_role: Role
    """The role by the words of the label, where neither the settings nor the source say it."""
    case: str


@dataclass(frozen=True, slots=True)
class SpeakerLookup:
    """Whom the settings make of the labels of a source; each label is looked up once."""

    interviewers: tuple[str, ...]
    rules: Mapping[str, SpeakerRule]
    cache: dict[str, ResolvedSpeaker] = field(default_factory=dict)

    def find_speaker(self, label: str) -> ResolvedSpeaker:
        """Return who a label stands for."""
        if label not in self.cache:
            if len(self.cache) > _MOST_CACHED_LABELS:  # each of a million answers may have a speaker of its own
                self.cache.clear()
            self.cache[label] = self._resolve(label)
        return self.cache[label]

    def _resolve(self, label: str) -> ResolvedSpeaker:
        rule = self.rules.get(normalise_label(label), SpeakerRule())
        name = rule.name or label
        roles = {role_of(one, interviewers=self.interviewers) for one in {label, name}}
        return ResolvedSpeaker(name, rule.role, "interviewer" if "interviewer" in roles else "participant", rule.case)


def build_speaker_lookup(rules: SourceRules) -> SpeakerLookup:
    """Return the cast that the settings name."""
    return SpeakerLookup(rules.interviewers, {normalise_label(label): rule for label, rule in rules.speakers.items()})


def build_turns(spans: Iterable[DraftTurn], cast: SpeakerLookup) -> tuple[Turn, ...]:
    """Return turns with their speakers: the settings say who it is, then the source, then the words of the label."""
    return tuple(_turn(index, span, cast.find_speaker(span.speaker)) for index, span in enumerate(spans))


def _turn(index: int, span: DraftTurn, part: ResolvedSpeaker) -> Turn:
    role = part.role or span.role or part.default_role
    label = span.speaker if part.name != span.speaker else ""
    return Turn(index, part.name, role, span.start, span.end, span.time, part.case, label)


def assign_cases(transcript: Transcript, cases: Collection[Case]) -> Transcript:
    """Give the turns of a transcript the cases that claim their speakers there; of two, the first that does."""
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
