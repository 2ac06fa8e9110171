"""Every real file of ``formats`` is read as the expected-values file says; words are also counted by other means."""

from __future__ import annotations

import html
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from qualcode.model import SourceRules, Transcript
from qualcode.settings import INTERVIEWER_LABELS
from qualcode.transcripts import read_cases, read_source

EXPECTED: dict[str, dict[str, Any]] = YAML(typ="safe").load(Path(__file__).parent / "expected" / "formats.yaml")
NOT_TRANSCRIPTS = {"qualcoder_cases456.xlsx", "teams_transcript_correct.txt", "zoom_transcript_correct.txt"}


def read(path: Path) -> list[Transcript]:
    return list(read_source(path, name=path.stem, display_path=path.name, rules=SourceRules(INTERVIEWER_LABELS)))


def shape(transcript: Transcript) -> dict[str, Any]:
    turns: Counter[tuple[str, str]] = Counter()
    words: Counter[tuple[str, str]] = Counter()
    for turn in transcript.turns:
        turns[turn.speaker or "-", turn.role] += 1
        words[turn.speaker or "-", turn.role] += len(transcript.text[turn.start : turn.end].split())
    return {
        "turns": len(transcript.turns),
        "unplaced": len(transcript.unplaced),
        "speakers": [[*who, turns[who], words[who]] for who in turns] or {},
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_real_file_is_read_as_expected(real: Path, name: str) -> None:
    assert {transcript.id: shape(transcript) for transcript in read(real / "formats" / name)} == EXPECTED[name]


def test_every_real_file_has_expected_values(real: Path) -> None:
    assert {path.name for path in (real / "formats").iterdir()} == EXPECTED.keys() | NOT_TRANSCRIPTS


def test_real_case_table_is_read(real: Path) -> None:
    cases, problems = read_cases(real / "formats" / "qualcoder_cases456.xlsx", display_path="cases.xlsx")
    assert ([case.id for case in cases], problems) == (["ID4", "ID5", "ID6"], [])


@pytest.mark.parametrize("name", [name for name in EXPECTED if name.endswith(".vtt")])
def test_words_of_captions_counted_by_hand(real: Path, name: str) -> None:
    """All words but those of WEBVTT, identifiers, times and speakers' names are in turns."""
    text = (real / "formats" / name).read_text(encoding="utf-8-sig").replace("\r", "")
    lines = [line for line in text.split("\n")[1:] if "-->" not in line and not re.fullmatch(r"[\w/-]*-\d+|\d+", line)]
    spoken = re.sub(r"<v [^>]*>|</v>", "", "\n".join(lines))
    spoken = re.sub(r"(?m)^[A-Z]\w+ [A-Z]\w+(?: \(SL\))?: ", "", spoken)
    (transcript,) = read(real / "formats" / name)
    read_words = " ".join(transcript.text[turn.start : turn.end] for turn in transcript.turns)
    assert read_words.split() == html.unescape(spoken).split()
