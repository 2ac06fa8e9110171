"""From labels to speakers: who a label stands for, in which role, and whose case it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from qualcode.model import Case, Role, Rules, SpeakerRule, Transcript, Turn
from qualcode.transcripts.draft import Span
from qualcode.transcripts.labels import folded, role_of

_MOST = 1000
"""Labels whose parts are kept."""


@dataclass(frozen=True, slots=True)
class Part:
    """Who a label stands for; the role is the one that the settings give."""

    name: str
    role: Role | None
    found: Role
    """The role by the words of the label, where neither the settings nor the source say it."""
    case: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Whom the settings make of the labels of a source; each label is looked up once."""

    interviewers: tuple[str, ...]
    rules: Mapping[str, SpeakerRule]
    parts: dict[str, Part] = field(default_factory=dict)

    def part(self, label: str) -> Part:
        """Return who a label stands for."""
        if label not in self.parts:
            if len(self.parts) > _MOST:  # each of a million answers may have a speaker of its own
                self.parts.clear()
            self.parts[label] = self._part(label)
        return self.parts[label]

    def _part(self, label: str) -> Part:
        rule = self.rules.get(folded(label), SpeakerRule())
        name = rule.name or label
        roles = {role_of(one, interviewers=self.interviewers) for one in {label, name}}
        return Part(name, rule.role, "interviewer" if "interviewer" in roles else "participant", rule.case)


def cast_of(rules: Rules) -> Cast:
    """Return the cast that the settings name."""
    return Cast(rules.interviewers, {folded(label): rule for label, rule in rules.speakers.items()})


def cast_turns(spans: Iterable[Span], cast: Cast) -> tuple[Turn, ...]:
    """Return turns with their speakers: the settings say who it is, then the source, then the words of the label."""
    return tuple(_turn(index, span, cast.part(span.speaker)) for index, span in enumerate(spans))


def _turn(index: int, span: Span, part: Part) -> Turn:
    role = part.role or span.role or part.found
    label = span.speaker if part.name != span.speaker else ""
    return Turn(index, part.name, role, span.start, span.end, span.time, part.case, label)


def in_cases(transcript: Transcript, cases: Collection[Case]) -> Transcript:
    """Give the turns of a transcript the cases that claim their speakers there; of two, the first that does."""
    claims = {folded(label): case.id for case in reversed([*cases]) for label in case.speakers}
    if not claims:
        return transcript
    turns = tuple(replace(turn, case=_claimed(turn, claims)) for turn in transcript.turns)
    return replace(transcript, turns=turns)


def _claimed(turn: Turn, claims: Mapping[str, str]) -> str:
    return claims.get(folded(turn.speaker)) or claims.get(folded(turn.label or turn.speaker)) or turn.case
