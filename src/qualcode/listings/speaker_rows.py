"""The table of speakers: one row per label with its role, its size, why it was recognised and likely typos."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qualcode.errors import Problem, did_you_mean, name_command
from qualcode.model import LabelCandidate, Transcript, Turn
from qualcode.model.line_numbers import line_counter
from qualcode.segments import count_turn_words
from qualcode.settings import SETTINGS_FILE
from qualcode.signals import list_source_signals
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
_NO_TYPO = LabelTypo("", "")


@dataclass(frozen=True, slots=True)
class _LabelUse:
    """A label in one transcript, with the turns that have it."""

    transcript: Transcript
    label: LabelCandidate
    turns: tuple[Turn, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """The transcript's id and the label."""
        return self.transcript.id, self.label.text

    @property
    def words(self) -> int:
        return count_turn_words(self.transcript, self.turns)

    @property
    def line(self) -> int | None:
        """The line where the label first occurs, if the canonical text is the source itself."""
        is_plain = bool(self.transcript.labels) and self.transcript.path.lower().endswith((".txt", ".md"))
        return line_counter(self.transcript.text)(self.label.start) if is_plain else None


def speaker_rows(
    study: Study, transcript_ids: Sequence[str], *, each: bool, rejected: bool
) -> Iterator[dict[str, Any]]:
    """Yield one row per label of a speaker, with the keys of `SPEAKER_COLUMNS`.

    With ``each``, one row per transcript and label, with the keys of `SPEAKER_BY_TRANSCRIPT_COLUMNS`; with
    ``rejected``, the words that look like labels but were not recognised as speakers.
    """
    uses = [use for name in transcript_ids for use in _label_uses(study.transcripts[name])]
    typos = _find_typos(study, [use for use in uses if use.label.is_speaker])
    selected = [use for use in uses if use.label.is_speaker != rejected]
    if each:
        for use in selected:
            yield {"transcript": use.transcript.id, **_label_row([use], typos)}
        return
    by_label: dict[str, list[_LabelUse]] = {}
    for use in selected:
        by_label.setdefault(use.label.text, []).append(use)
    for label_uses in by_label.values():
        names = [use.transcript.id for use in label_uses]
        places = {"transcripts": len(names), "where": "; ".join(names), "first": names[0]}
        yield {**_label_row(label_uses, typos), **places}


def _label_row(uses: Sequence[_LabelUse], typos: Mapping[tuple[str, str], LabelTypo]) -> dict[str, Any]:
    first = uses[0]
    turns = [turn for use in uses for turn in use.turns]
    typo = next((typos[use.key] for use in uses if use.key in typos), _NO_TYPO)
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
        "slip_of": typo.correct_label,
        "mistaken": typo.kind,
    }


def _join_distinct(values: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, values)))


def _label_uses(transcript: Transcript) -> Iterator[_LabelUse]:
    """Yield the labels of a transcript in the order of their first turns, then those that were not recognised."""
    turns_by_label: dict[str, list[Turn]] = {}
    for turn in transcript.turns:
        turns_by_label.setdefault(turn.label or turn.speaker, []).append(turn)
    candidates = {label.text: label for label in transcript.labels}
    for text, turns in turns_by_label.items():
        known = candidates.get(text, _SOURCE_LABEL if text else _NO_LABEL)
        label = LabelCandidate(text, True, known.why, known.shape, len(turns), known.start)
        yield _LabelUse(transcript, label, tuple(turns))
    for label in transcript.labels:
        if not label.is_speaker and label.text not in turns_by_label:
            yield _LabelUse(transcript, label)


def _find_typos(study: Study, uses: Sequence[_LabelUse]) -> dict[tuple[str, str], LabelTypo]:
    """Return likely typos by transcript and label: of another label there, else of one anywhere in the study."""
    rules = study.settings.rules.speakers
    typos: dict[tuple[str, str], LabelTypo] = {}
    for label, typo in find_label_typos(_count_turns(uses), rules).items():
        typos |= {use.key: typo for use in uses if use.label.text == label}
    by_transcript: dict[str, list[_LabelUse]] = {}
    for use in uses:
        by_transcript.setdefault(use.transcript.id, []).append(use)
    for name, label_uses in by_transcript.items():
        turns = _count_turns(label_uses)
        # These replace the typos found in the whole study: a similar label in the same transcript is more likely meant.
        typos |= {(name, label): typo for label, typo in find_label_typos(turns, rules).items()}
    return typos


def _count_turns(uses: Iterable[_LabelUse]) -> Counter[str]:
    turns: Counter[str] = Counter()
    for use in uses:
        if use.label.text:
            turns[use.label.text] += len(use.turns)
    return turns


def list_signals(study: Study, transcript_ids: Iterable[str]) -> list[Problem]:
    """Return a notice on each sign that a source of these transcripts was read wrongly."""
    transcripts = (study.transcripts[name] for name in transcript_ids)
    signals = list_source_signals(transcripts, study.settings.rules, sentence_rules=study.sentence_rules)
    return [signal.notice for signal in signals]


def check_speakers(study: Study) -> Iterator[Problem]:
    """Yield notices on labels that are likely typos, and on labels of the settings that no transcript has."""
    yield from _check_unused_speakers(study)
    rules = study.settings.rules.speakers
    reported: set[str] = set()
    study_turns: Counter[str] = Counter()
    for name, transcript in study.transcripts.items():
        turns = Counter(turn.label or turn.speaker for turn in transcript.turns if turn.speaker)
        study_turns.update(turns)
        for label, typo in find_label_typos(turns, rules).items() if len(turns) > 1 else ():
            reported.add(label)
            yield _typo_problem(transcript.path, label, typo, name)
    for label, typo in find_label_typos(study_turns, rules).items():
        # Across transcripts, other similar labels may well be different people.
        if typo.kind == "look-alike letters" and label not in reported:
            path = next(
                each.path for each in study.transcripts.values() if any(label == turn.speaker for turn in each.turns)
            )
            yield _typo_problem(path, label, typo, "the study")


def _typo_problem(path: str, label: str, typo: LabelTypo, where: str) -> Problem:
    message = f"speaker '{label}' is likely a typo of '{typo.correct_label}', also a speaker in {where} ({typo.kind})"
    key = _quote_for_yaml(label)
    alias = f"{key}: {_quote_for_yaml(typo.correct_label)}"
    hint = f"if so, write {alias} under 'speakers' in {SETTINGS_FILE}; if not, {key}: {{}}"
    return Problem(path, 0, 0, message, hint, "notice")


def _quote_for_yaml(name: str) -> str:
    """Return a name as a scalar of YAML, quoted where necessary."""
    # YAML reads yes, no, true and null as values, and many marks as syntax; JSON strings are valid YAML.
    plain = re.fullmatch(r"[^\W\d_][\w.-]*(?: [\w.-]+)*", name) and name.casefold() not in {"yes", "no", "true", "null"}
    return name if plain else json.dumps(name, ensure_ascii=False)


def _check_unused_speakers(study: Study) -> Iterator[Problem]:
    rules = study.settings.rules.speakers
    if not rules or not study.transcripts:
        return
    known = {
        normalise_label(label): label
        for transcript in study.transcripts.values()
        for turn in transcript.turns
        if (label := turn.label or turn.speaker)
    }
    for label in rules:
        if normalise_label(label) not in known:
            hint = did_you_mean(label, known.values()) or f"see {name_command('transcripts speakers')}"
            position = study.settings.label_positions.get(label, (0, 0))
            yield Problem(SETTINGS_FILE, *position, f"no transcript has the speaker '{label}'", hint, "notice")
