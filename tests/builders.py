"""Small makers of values for tests: transcripts from labelled text, codebooks and codings from a few words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import networkx as nx

from qualcode.incidence import Universe, build_universe
from qualcode.model import Code, Codebook, Coding, Cue, CueKind, Family, Segment, Theme, Transcript, Turn, Unit
from qualcode.transcripts import hash_text
from qualcode.transcripts.labels.speaker_labels import role_of
from qualcode.transcripts.readers.plain_text import read_plain

STUDY = Path(__file__).parents[1]
"""The repository's root is the shipped study."""

SHARED = STUDY.parent / "shared" / "data" / "study"
"""What the study was made from, where it lies beside the repository."""


def transcript_of(text: str, *, name: str = "T", interviewers: Collection[str] = ("I",)) -> Transcript:
    """Read labelled lines such as ``I: Why?`` and ``P: Because.`` as one transcript."""
    draft = read_plain(text, known=interviewers)
    turns = tuple(
        Turn(index, span.speaker, role_of(span.speaker, interviewers=interviewers), span.start, span.end)
        for index, span in enumerate(draft.turns)
    )
    return Transcript(name, f"transcripts/{name}.txt", draft.text, hash_text(draft.text), turns)


def said(transcript: Transcript, segments: Sequence[Segment]) -> list[str]:
    """Return the words of segments."""
    return [transcript.text[segment.start : segment.end] for segment in segments]


def cue(text: str, kind: CueKind = "phrase", *, weight: float = 0.5, unless: bool = False) -> Cue:
    """Make a cue."""
    return Cue(kind, text, weight, unless)


def book_of(
    codes: Collection[str] | Mapping[str, Sequence[Cue]], *, themes: Mapping[str, Sequence[str]] | None = None
) -> Codebook:
    """Make a codebook from ids of codes (with their cues) and themes with their members; names are the ids."""
    cues = codes if isinstance(codes, Mapping) else dict.fromkeys(codes, ())
    made = tuple(Code(code, code, cues=tuple(found)) for code, found in cues.items())
    families = tuple(Family(name, name) for name in dict.fromkeys(code.family for code in made))
    named = tuple(Theme(name, name, tuple(members)) for name, members in (themes or {}).items())
    return Codebook(families, made, named, "v1")


def span_coding(transcript: str, start: int, end: int, code: str, *, quote: str = "", coder: str = "ana") -> Coding:
    """Code a span of a transcript, whatever its words are."""
    return Coding(
        id=f"{transcript}-{start}-{end}-{code}-{coder}",
        transcript=transcript,
        start=start,
        end=end,
        status="anchored",
        quote=quote,
        code=code,
        coder=coder,
        at="2026-01-01T00:00:00.000Z",
    )


def coding_of(transcript: Transcript, quote: str, code: str, *, nth: int = 0, coder: str = "ana") -> Coding:
    """Code the nth occurrence of a quote."""
    start = -1
    for _ in range(nth + 1):
        start = transcript.text.index(quote, start + 1)
    return span_coding(transcript.id, start, start + len(quote), code, quote=quote, coder=coder)


def nodes_of(graph: nx.Graph[str]) -> dict[str, dict[str, Any]]:
    """Return what each node of a graph carries."""
    return {node: dict(held) for node, held in graph.nodes(data=True)}


def universe_of(
    transcripts: Sequence[Transcript],
    book: Codebook,
    *,
    unit: Unit = Unit(),
    cases: Mapping[str, Collection[str]] | None = None,
    asked: Mapping[str, Collection[str]] | None = None,
) -> Universe:
    """Lay out transcripts; each is its own case and was asked about everything unless said otherwise."""
    families = [family.id for family in book.families]
    return build_universe(
        transcripts,
        unit=unit,
        cases={transcript.id: (cases or {}).get(transcript.id, [transcript.id]) for transcript in transcripts},
        asked_families={transcript.id: (asked or {}).get(transcript.id, families) for transcript in transcripts},
        families=families,
    )
