"""Where numbers come from: versions, hashes, settings, who coded what and when."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from qualcode.errors import format_count
from qualcode.incidence import Universe
from qualcode.listings.counted_incidences import IncidenceSet
from qualcode.listings.family_bases import describe_base
from qualcode.model import Coding
from qualcode.study.selection import AnalysisOptions, Names, to_name_tuple
from qualcode.study.study import Study
from qualcode.transcripts import hash_text
from qualcode.version import __version__

CODER_KEYS = "coder codings transcripts finished from_suggestions first last note".split()
TRANSCRIPT_KEYS = "transcript case turns words sha256".split()


def provenance_rows(study: Study, counted: IncidenceSet, command: str) -> Iterator[tuple[str, str]]:
    """Yield labels and values: what was counted, and with what."""
    (matrix,) = counted.incidences
    yield "Command", command
    yield "Unit of analysis", str(matrix.universe.unit)
    yield "Universe", counted.universe_notes[0]
    yield "Coder counted", matrix.coder
    if base := describe_base(matrix, counted.code_sets):
        yield "Base by family", base
    yield "Version of qualcode", __version__
    yield "Version of the codebook", study.codebook.version
    hashes = (f"{name} {study.transcripts[name].sha256}" for name in matrix.universe.transcripts)
    # One hash over all texts tells whether two files counted the same texts.
    yield "Texts (SHA-256 over all)", hash_text("\n".join(hashes))
    yield "Language", study.settings.language
    yield "Interviewers, not counted", ", ".join(study.settings.rules.interviewers) or "none named in the settings"


def describe_command(name: str, options: AnalysisOptions, **more: Names | bool | None) -> str:
    """Return the command line that makes a file, without the name of the file; ``more`` are options of its own.

    >>> describe_command("export", AnalysisOptions(unit="turn", by=["a b"]), sheets="Quotes", suggestions=True)
    "qualcode export --unit turn --by 'a b' --sheets Quotes --suggestions"
    """
    words = ["qualcode", name]
    given = {field.name: value for field in fields(options) if (value := getattr(options, field.name)) != field.default}
    for key, value in {**given, **more}.items():
        option = f"--{key.replace('_', '-')}"
        if isinstance(value, bool):
            words += [option] * value
        else:
            words += [word for one in to_name_tuple(value) for word in (option, one)]
    return shlex.join(words)


def coder_rows(study: Study) -> list[dict[str, Any]]:
    """Return who coded what and when, as dates of the ledger; one row for each coder."""
    finished: dict[str, set[str]] = {}
    for mark in study.ledger_state.finished:
        finished.setdefault(mark.coder, set()).add(mark.transcript)
    by_coder: dict[str, list[Coding]] = {coder: [] for coder in study.coders}
    for coding in study.codings:
        by_coder.setdefault(coding.coder, []).append(coding)
    return [_coder_row(study, coder, codings, finished.get(coder, set())) for coder, codings in by_coder.items()]


def _coder_row(study: Study, coder: str, codings: Sequence[Coding], finished: set[str]) -> dict[str, Any]:
    placed = [coding for coding in codings if coding.status != "orphaned"]
    return {
        "coder": coder,
        "codings": len(placed),
        "transcripts": len({coding.transcript for coding in placed}),
        "finished": len(finished & set(study.transcripts)),
        "from_suggestions": sum(bool(coding.maker) for coding in placed),
        "first": min((coding.at for coding in codings), default="")[:10],
        "last": study.last_decision_times.get(coder, "")[:10],
        "note": study.settings.coders.get(coder, ""),
    }


def transcript_rows(study: Study, universe: Universe) -> Iterator[dict[str, Any]]:
    """Yield one row for each counted transcript, with the hash of its text."""
    for name, words in zip(universe.transcripts, universe.transcript_words.tolist(), strict=True):
        transcript = study.transcripts[name]
        cases = ", ".join(case.id for case in study.cases_of.get(name, ()))
        turns = len(transcript.participant_turns)
        yield {"transcript": name, "case": cases, "turns": turns, "words": int(words), "sha256": transcript.sha256}


def coding_dates(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the first and the last date of the decisions."""
    dates = sorted({row[name] for row in rows for name in ("first", "last")} - {""})
    if not dates:
        return ""
    return dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"


def scope_facts(study: Study, counted: IncidenceSet) -> list[tuple[str, str]]:
    """Return the numbers that say how much was counted, and what they count."""
    (matrix,) = counted.incidences
    universe = matrix.universe
    codes = sum(one.level == "code" for one in counted.code_sets)
    return [
        (f"{len(universe.transcripts):,}", "transcript" if len(universe.transcripts) == 1 else "transcripts"),
        (f"{len(universe.cases):,}", "case" if len(universe.cases) == 1 else "cases"),
        (f"{int(universe.transcript_words.sum()):,}", "participants' words"),
        (f"{len(universe.unit_start):,}", f"units ({universe.unit})"),
        (f"{codes:,}", f"codes in {format_count(len(study.codebook.families), 'family')}"),
        (f"{len(matrix.coding_code):,}", f"codings by {matrix.coder}"),
    ]
