"""Every label of a study: who it stands for, why it was taken for a speaker, and what it may be a slip of."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qualcode.errors import Problem, did_you_mean
from qualcode.model import LabelCandidate, Transcript, Turn
from qualcode.segments import count_words
from qualcode.settings import SETTINGS_FILE
from qualcode.study.study import Study
from qualcode.transcripts import LabelTypo, find_label_typos, normalise_label

SPEAKER_COLUMNS = (
    "label speaker role case turns words transcripts where first line status times shape why slip_of mistaken".split()
)
SPEAKER_BY_TRANSCRIPT_COLUMNS = [
    "transcript",
    *(name for name in SPEAKER_COLUMNS if name not in {"transcripts", "where", "first"}),
]

_SOURCE_LABEL = LabelCandidate("", True, "the source names its speakers", "", 0, 0)
_NO_LABEL = LabelCandidate("", True, "no label: nobody is known to speak", "", 0, 0)


@dataclass(frozen=True, slots=True)
class _LabelUse:
    """A label in one transcript."""

    transcript: Transcript
    label: LabelCandidate
    turns: tuple[Turn, ...] = ()

    @property
    def words(self) -> int:
        return sum(count_words(self.transcript.text[turn.start : turn.end]) for turn in self.turns)

    @property
    def line(self) -> int | None:
        """Where the label first stands, if the canonical text is the source itself."""
        plain = bool(self.transcript.labels) and self.transcript.path.lower().endswith((".txt", ".md"))
        return self.transcript.text.count("\n", 0, self.label.start) + 1 if plain else None


def speaker_rows(study: Study, chosen: Sequence[str], *, each: bool, rejected: bool) -> Iterator[dict[str, Any]]:
    """Yield a line a label (with ``each``, a label and transcript): speakers', or what was not taken for one."""
    uses = [use for name in chosen for use in _label_uses(study.transcripts[name])]
    slips = _find_typos(study, [use for use in uses if use.label.is_speaker])
    picked = [use for use in uses if use.label.is_speaker != rejected]
    if each:
        for use in picked:
            yield {"transcript": use.transcript.id, **_label_row([use], slips)}
        return
    by_label: dict[str, list[_LabelUse]] = {}
    for use in picked:
        by_label.setdefault(use.label.text, []).append(use)
    for held in by_label.values():
        names = [use.transcript.id for use in held]
        yield {**_label_row(held, slips), "transcripts": len(names), "where": "; ".join(names), "first": names[0]}


def _label_row(uses: Sequence[_LabelUse], slips: Mapping[tuple[str, str], LabelTypo]) -> dict[str, Any]:
    first = uses[0]
    turns = [turn for use in uses for turn in use.turns]
    slip = next(
        (slips[key] for use in uses if (key := (use.transcript.id, use.label.text)) in slips), LabelTypo("", "")
    )
    return {
        "label": first.label.text,
        "speaker": _join_distinct(turn.speaker for turn in turns),
        "role": _join_distinct(turn.role for turn in turns),
        "case": _join_distinct(turn.case for turn in turns),
        "turns": len(turns),
        "words": sum(use.words for use in uses),
        "line": first.line,
        "status": "speaker" if first.label.is_speaker else "not taken",
        "times": sum(use.label.count for use in uses),
        "shape": _join_distinct(use.label.shape for use in uses),
        "why": _join_distinct(use.label.why for use in uses),
        "slip_of": slip.correct_label,
        "mistaken": slip.kind,
    }


def _join_distinct(values: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, values)))


def _label_uses(transcript: Transcript) -> Iterator[_LabelUse]:
    """Yield the labels of a transcript in the order of their first turns, then what was not taken for one."""
    spoken: dict[str, list[Turn]] = {}
    for turn in transcript.turns:
        spoken.setdefault(turn.label or turn.speaker, []).append(turn)
    told = {label.text: label for label in transcript.labels}
    for text, turns in spoken.items():
        found = told.get(text, _SOURCE_LABEL if text else _NO_LABEL)
        yield _LabelUse(
            transcript, LabelCandidate(text, True, found.why, found.shape, len(turns), found.start), tuple(turns)
        )
    for label in transcript.labels:
        if not label.is_speaker and label.text not in spoken:
            yield _LabelUse(transcript, label)


def _find_typos(study: Study, uses: Sequence[_LabelUse]) -> dict[tuple[str, str], LabelTypo]:
    """Return likely slips by transcript and label: of another label there, else of one anywhere in the study."""
    settled = study.settings.rules.speakers
    found: dict[tuple[str, str], LabelTypo] = {}
    turns = _count_turns(uses)
    for text, slip in find_label_typos(turns, settled).items():
        found |= {(use.transcript.id, text): slip for use in uses if use.label.text == text}
    by_transcript: dict[str, list[_LabelUse]] = {}
    for use in uses:
        by_transcript.setdefault(use.transcript.id, []).append(use)
    for name, held in by_transcript.items():
        found |= {(name, text): slip for text, slip in find_label_typos(_count_turns(held), settled).items()}
    return found


def _count_turns(uses: Iterable[_LabelUse]) -> Counter[str]:
    turns: Counter[str] = Counter()
    for use in uses:
        if use.label.text:
            turns[use.label.text] += len(use.turns)
    return turns


def check_speakers(study: Study) -> Iterator[Problem]:
    """Yield notices on labels that are likely slips, and on labels of the settings that no transcript has."""
    yield from _check_unused_speakers(study)
    settled = study.settings.rules.speakers
    told: set[str] = set()
    everywhere: Counter[str] = Counter()
    for name, transcript in study.transcripts.items():
        turns = Counter(turn.label or turn.speaker for turn in transcript.turns if turn.speaker)
        everywhere += turns
        for label, slip in find_label_typos(turns, settled).items() if len(turns) > 1 else ():
            told.add(label)
            yield _typo_problem(transcript.path, label, slip, name)
    for label, slip in find_label_typos(everywhere, settled).items():
        if slip.kind == "look-alike letters" and label not in told:
            name = next(
                name for name, one in study.transcripts.items() if any(label == turn.speaker for turn in one.turns)
            )
            yield _typo_problem(study.transcripts[name].path, label, slip, "the study")


def _typo_problem(path: str, label: str, slip: LabelTypo, where: str) -> Problem:
    said = f"speaker '{label}' is likely a slip of '{slip.correct_label}', who speaks in {where} too ({slip.kind})"
    hint = f"if so, write {_quote_for_yaml(label)}: {_quote_for_yaml(slip.correct_label)} under 'speakers' in {SETTINGS_FILE}; if not, {_quote_for_yaml(label)}: {{}}"
    return Problem(path, 0, 0, said, hint, "notice")


def _quote_for_yaml(name: str) -> str:
    """Return a name as it may stand in YAML."""
    plain = re.fullmatch(r"[^\W\d_][\w.-]*(?: [\w.-]+)*", name) and name.casefold() not in {"yes", "no", "true", "null"}
    return name if plain else json.dumps(name, ensure_ascii=False)


def _check_unused_speakers(study: Study) -> Iterator[Problem]:
    rules = study.settings.rules.speakers
    if not rules or not study.transcripts:
        return
    known = {normalise_label(label): label for label in _all_labels(study.transcripts.values())}
    for label in rules:
        if normalise_label(label) not in known:
            hint = did_you_mean(label, known.values()) or "see 'qualcode transcripts speakers'"
            place = study.settings.label_positions.get(label, (0, 0))
            yield Problem(SETTINGS_FILE, *place, f"no transcript has the speaker '{label}'", hint, "notice")


def _all_labels(transcripts: Collection[Transcript]) -> Iterator[str]:
    for transcript in transcripts:
        yield from filter(None, (turn.label or turn.speaker for turn in transcript.turns))
