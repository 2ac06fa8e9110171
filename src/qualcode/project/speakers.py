"""Every label of a study: who it stands for, why it was taken for a speaker, and what it may be a slip of."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qualcode.errors import Problem, did_you_mean
from qualcode.model import Label, Transcript, Turn
from qualcode.project.study import Study
from qualcode.segments import count_words
from qualcode.settings import FILE
from qualcode.transcripts import Slip, folded, likely_slips

SPEAKER_COLUMNS = (
    "label speaker role case turns words transcripts where first line status times shape why slip_of mistaken".split()
)
EACH_COLUMNS = ["transcript", *(name for name in SPEAKER_COLUMNS if name not in {"transcripts", "where", "first"})]

_NAMED = Label("", True, "the source names its speakers", "", 0, 0)
_NOBODY = Label("", True, "no label: nobody is known to speak", "", 0, 0)


@dataclass(frozen=True, slots=True)
class _Use:
    """A label in one transcript."""

    transcript: Transcript
    label: Label
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
    uses = [use for name in chosen for use in _uses(study.transcripts[name])]
    slips = _slips(study, [use for use in uses if use.label.taken])
    picked = [use for use in uses if use.label.taken != rejected]
    if each:
        for use in picked:
            yield {"transcript": use.transcript.id, **_row([use], slips)}
        return
    by_label: dict[str, list[_Use]] = {}
    for use in picked:
        by_label.setdefault(use.label.text, []).append(use)
    for held in by_label.values():
        names = [use.transcript.id for use in held]
        yield {**_row(held, slips), "transcripts": len(names), "where": "; ".join(names), "first": names[0]}


def _row(uses: Sequence[_Use], slips: Mapping[tuple[str, str], Slip]) -> dict[str, Any]:
    first = uses[0]
    turns = [turn for use in uses for turn in use.turns]
    slip = next((slips[key] for use in uses if (key := (use.transcript.id, use.label.text)) in slips), Slip("", ""))
    return {
        "label": first.label.text,
        "speaker": _each(turn.speaker for turn in turns),
        "role": _each(turn.role for turn in turns),
        "case": _each(turn.case for turn in turns),
        "turns": len(turns),
        "words": sum(use.words for use in uses),
        "line": first.line,
        "status": "speaker" if first.label.taken else "not taken",
        "times": sum(use.label.count for use in uses),
        "shape": _each(use.label.shape for use in uses),
        "why": _each(use.label.why for use in uses),
        "slip_of": slip.of,
        "mistaken": slip.kind,
    }


def _each(values: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, values)))


def _uses(transcript: Transcript) -> Iterator[_Use]:
    """Yield the labels of a transcript in the order of their first turns, then what was not taken for one."""
    spoken: dict[str, list[Turn]] = {}
    for turn in transcript.turns:
        spoken.setdefault(turn.label or turn.speaker, []).append(turn)
    told = {label.text: label for label in transcript.labels}
    for text, turns in spoken.items():
        found = told.get(text, _NAMED if text else _NOBODY)
        yield _Use(transcript, Label(text, True, found.why, found.shape, len(turns), found.start), tuple(turns))
    for label in transcript.labels:
        if not label.taken and label.text not in spoken:
            yield _Use(transcript, label)


def _slips(study: Study, uses: Sequence[_Use]) -> dict[tuple[str, str], Slip]:
    """Return likely slips by transcript and label: of another label there, else of one anywhere in the study."""
    settled = study.settings.rules.speakers
    found: dict[tuple[str, str], Slip] = {}
    turns = _turns(uses)
    for text, slip in likely_slips(turns, settled).items():
        found |= {(use.transcript.id, text): slip for use in uses if use.label.text == text}
    by_transcript: dict[str, list[_Use]] = {}
    for use in uses:
        by_transcript.setdefault(use.transcript.id, []).append(use)
    for name, held in by_transcript.items():
        found |= {(name, text): slip for text, slip in likely_slips(_turns(held), settled).items()}
    return found


def _turns(uses: Iterable[_Use]) -> Counter[str]:
    turns: Counter[str] = Counter()
    for use in uses:
        if use.label.text:
            turns[use.label.text] += len(use.turns)
    return turns


def speaker_problems(study: Study) -> Iterator[Problem]:
    """Yield notices on labels that are likely slips, and on labels of the settings that no transcript has."""
    yield from _absent(study)
    settled = study.settings.rules.speakers
    told: set[str] = set()
    everywhere: Counter[str] = Counter()
    for name, transcript in study.transcripts.items():
        turns = Counter(turn.label or turn.speaker for turn in transcript.turns if turn.speaker)
        everywhere += turns
        for label, slip in likely_slips(turns, settled).items() if len(turns) > 1 else ():
            told.add(label)
            yield _slip(transcript.path, label, slip, name)
    for label, slip in likely_slips(everywhere, settled).items():
        if slip.kind == "look-alike letters" and label not in told:
            name = next(
                name for name, one in study.transcripts.items() if any(label == turn.speaker for turn in one.turns)
            )
            yield _slip(study.transcripts[name].path, label, slip, "the study")


def _slip(path: str, label: str, slip: Slip, where: str) -> Problem:
    said = f"speaker '{label}' is likely a slip of '{slip.of}', who speaks in {where} too ({slip.kind})"
    hint = f"if so, write {_yaml(label)}: {_yaml(slip.of)} under 'speakers' in {FILE}; if not, {_yaml(label)}: {{}}"
    return Problem(path, 0, 0, said, hint, "notice")


def _yaml(name: str) -> str:
    """Return a name as it may stand in YAML."""
    plain = re.fullmatch(r"[^\W\d_][\w.-]*(?: [\w.-]+)*", name) and name.casefold() not in {"yes", "no", "true", "null"}
    return name if plain else json.dumps(name, ensure_ascii=False)


def _absent(study: Study) -> Iterator[Problem]:
    rules = study.settings.rules.speakers
    if not rules or not study.transcripts:
        return
    known = {folded(label): label for label in _all_labels(study.transcripts.values())}
    for label in rules:
        if folded(label) not in known:
            hint = did_you_mean(label, known.values()) or "see 'qualcode transcripts speakers'"
            place = study.settings.places.get(label, (0, 0))
            yield Problem(FILE, *place, f"no transcript has the speaker '{label}'", hint, "notice")


def _all_labels(transcripts: Collection[Transcript]) -> Iterator[str]:
    for transcript in transcripts:
        yield from filter(None, (turn.label or turn.speaker for turn in transcript.turns))
