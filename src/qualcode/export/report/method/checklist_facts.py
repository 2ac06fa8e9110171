"""What a study's records say on the items of reporting checklists; nothing is assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from qualcode.errors import format_count, format_names
from qualcode.export.findings.number_text import defined
from qualcode.export.findings.provenance import coding_dates
from qualcode.export.report.report_tables import ReportTables
from qualcode.model import Transcript, format_seconds
from qualcode.study.selection import case_value
from qualcode.study.study import Study
from qualcode.version import __version__

_MAX_VALUES = 6
"""Most values of an attribute that are counted in a sentence."""


def checklist_facts(
    study: Study, tables: ReportTables, coders: Sequence[Mapping[str, Any]], *, quotes: int
) -> dict[str, str]:
    """Return sentences by subject; a subject on which there is no record is missing or empty."""
    universe = tables.incidence.universe
    transcripts = [study.transcripts[name] for name in universe.transcripts]
    sample = (
        f"{format_count(len(universe.cases), 'case')} in {format_count(len(transcripts), 'transcript')}, with "
        f"{int(universe.transcript_words.sum()):,} words of participants."
    )
    attributes = _describe_attributes(study, universe.cases)
    return {
        "title": f"Name of the study in its settings: {study.name}." if study.settings.name else "",
        "interviewers": _describe_interviewers(transcripts),
        "sample": sample,
        "attributes": attributes,
        "sample_attributes": " ".join(filter(None, [sample, attributes])),
        "repeats": _describe_repeats(study, universe.transcripts),
        "recording": _describe_times(transcripts),
        "duration": _describe_lengths(transcripts),
        "saturation": f"{tables.saturation_sentence[:1].upper()}{tables.saturation_sentence[1:]}."
        * bool(tables.saturation_sentence),
        "coders": _describe_coders(coders),
        "codebook": f"{format_count(len(tables.codes), 'code')}, version {study.codebook.version}; see Codebook.",
        "software": f"qualcode {__version__}.",
        "quotes": f"{format_count(quotes, 'quote')} on this page, each with speaker, transcript and case."
        if quotes
        else "",
        "themes": "Frequencies of all codes, families and themes: see Themes.",
        "processing": "Each coding keeps its quote and the hash of its text; texts are listed with their hashes below.",
        "agreement": _describe_agreement(tables),
        "limits": " ".join(f"{note[:1].upper()}{note[1:]}." for note in tables.notes[1:]),
    }


def _describe_interviewers(transcripts: Sequence[Transcript]) -> str:
    labels = Counter(
        turn.speaker for one in transcripts for turn in one.turns if turn.role == "interviewer" and turn.speaker
    )
    return f"In the transcripts: {format_names(sorted(labels))}." if labels else ""


def _describe_attributes(study: Study, cases: Sequence[str]) -> str:
    """Return the distribution of the attributes with few values, and the names of the others."""
    sentences, others = [], []
    for attribute in study.attributes:
        counts = Counter(case_value(study, case, attribute) for case in cases)
        if len(counts) <= _MAX_VALUES:
            values = ", ".join(
                f"{value} ({format_count(count, 'case')})"
                for value, count in sorted(counts.items(), key=lambda one: -one[1])
            )
            sentences.append(f"{attribute}: {values}.")
        else:
            others.append(attribute)
    return " ".join([*sentences, *([f"Also recorded: {format_names(others)}."] if others else [])])


def _describe_repeats(study: Study, transcripts: Sequence[str]) -> str:
    counts = Counter(case.id for name in transcripts for case in study.cases_of.get(name, ()))
    repeated = sum(count > 1 for count in counts.values())
    return f"{format_count(repeated, 'case')} of {len(counts):,} with several transcripts." if counts else ""


def _describe_times(transcripts: Sequence[Transcript]) -> str:
    timed = sum(any(turn.time is not None for turn in one.turns) for one in transcripts)
    return f"{timed:,} of {format_count(len(transcripts), 'transcript')} with times of a recording." if timed else ""


def _describe_lengths(transcripts: Sequence[Transcript]) -> str:
    last = [max(times) for one in transcripts if (times := [turn.time for turn in one.turns if turn.time is not None])]
    if not last:
        return ""
    if len(last) == 1:
        return f"The last turn begins at {format_seconds(last[0])}."
    return f"The last turns begin between {format_seconds(min(last))} and {format_seconds(max(last))}."


def _describe_coders(coders: Sequence[Mapping[str, Any]]) -> str:
    parts = [
        f"{row['coder']} ({format_count(row['codings'], 'coding')} in {format_count(row['transcripts'], 'transcript')})"
        for row in coders
    ]
    dates = coding_dates(coders)
    return f"{format_count(len(parts), 'coder')}: {', '.join(parts)}.{f' Recorded {dates}.' if dates else ''}"


def _describe_agreement(tables: ReportTables) -> str:
    from qualcode.tables import list_records

    for row in list_records(tables.agreement) if tables.agreement is not None else ():
        alpha = defined(row["krippendorff_alpha"])
        if row["level"] == "pooled" and alpha is not None:
            return f"Agreement of {row['coders']}: Krippendorff's alpha {alpha:.2f} (pooled codes)."
    return ""
