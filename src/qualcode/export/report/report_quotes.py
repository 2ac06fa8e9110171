"""The quotes of a report by code: with the words around them, and where they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from qualcode.anchors import turn_at
from qualcode.export.report.report_tables import ReportTables
from qualcode.listings.coding_rows import coded_cases
from qualcode.listings.quotes.placed_codings import PlacedCodings
from qualcode.model import Coding, Transcript, format_seconds
from qualcode.study.coder_state import placed_codings
from qualcode.study.selection import case_value
from qualcode.study.study import Study

MAX_QUOTES = 5_000
"""Most quotes of a page without a limit for each code."""
_LEAST_QUOTES = 10
"""Of each code, however many codes there are."""
_CONTEXT_WORDS = 18


@dataclass(frozen=True, slots=True)
class Quote:
    """One coded passage with its place."""

    number: int
    before: str
    text: str
    after: str
    speaker: str
    transcript: str
    cases: Sequence[str]
    place: str
    """Turn and time."""
    units: str
    """The units of analysis that it overlaps, as ``first-end``."""
    is_changed: bool
    """Whether the text was edited since it was coded."""


@dataclass(frozen=True, slots=True)
class QuoteList:
    """The quotes of one code."""

    code: str
    name: str
    family: str
    colour: int
    total: int
    quotes: Sequence[Quote]


def list_quotes(
    study: Study, tables: ReportTables, families: Sequence[tuple[str, str, int]], *, limit: int | None
) -> list[QuoteList]:
    """Return the quotes of each code in the order of the codebook and of the texts.

    Parameters
    ----------
    limit
        Most quotes of a code; None is all, or in a large study as many as keep the page small. Of more quotes, those
        are taken that come from as many transcripts as possible.
    """
    codings = _select_codings(study, tables)
    placed = PlacedCodings(study, tables.incidence.coder, codings)
    spans = placed.units(tables.counted.unit)
    ranges = list(zip(spans.start.tolist(), spans.end.tolist(), strict=True))
    by_code: dict[str, list[int]] = {one.id: [] for one in tables.codes}
    for position, coding in enumerate(codings):
        by_code[coding.code].append(position)
    if limit is None and len(codings) > MAX_QUOTES:
        limit = max(_LEAST_QUOTES, MAX_QUOTES // len(by_code))
    titles = {family: (name, colour) for family, name, colour in families}
    lists = []
    for code in tables.codes:
        positions = by_code[code.id]
        chosen = _spread([codings[position].transcript for position in positions], limit)
        quotes = [_make_quote(study, codings[positions[one]], ranges[positions[one]], positions[one]) for one in chosen]
        lists.append(QuoteList(code.id, code.name, *titles[code.id.partition("/")[0]], len(positions), quotes))
    return lists


def _select_codings(study: Study, tables: ReportTables) -> list[Coding]:
    """Return the codings of the transcripts and codes that are counted, in the order of the study."""
    order = {name: position for position, name in enumerate(tables.incidence.universe.transcripts)}
    codes = {one.id for one in tables.codes}
    found = placed_codings(study, tables.incidence.coder)
    selected = [one for one in found if one.transcript in order and one.code in codes]
    return sorted(selected, key=lambda one: (order[one.transcript], one.start, one.end, one.code, one.id))


def _spread(transcripts: Sequence[str], limit: int | None) -> list[int]:
    """Return the positions of at most ``limit`` items: one of each transcript, then a second of each, and so on.

    >>> _spread(["A", "A", "A", "B"], 2), _spread(["A", "A"], None)
    ([0, 3], [0, 1])
    """
    if limit is None or len(transcripts) <= limit:
        return list(range(len(transcripts)))
    by_transcript: dict[str, list[int]] = {}
    for position, name in enumerate(transcripts):
        by_transcript.setdefault(name, []).append(position)
    in_turn = chain.from_iterable(zip_longest(*by_transcript.values()))
    return sorted([position for position in in_turn if position is not None][:limit])


def _make_quote(study: Study, coding: Coding, units: tuple[int, int], number: int) -> Quote:
    transcript = study.transcripts[coding.transcript]
    before, after = _context(transcript, coding)
    turn = turn_at(transcript, coding.start)
    place = [] if turn is None else [f"turn {turn.index}"]
    place += [] if turn is None or turn.time is None else [format_seconds(turn.time)]
    return Quote(
        number,
        before,
        transcript.text[coding.start : coding.end],
        after,
        turn.speaker if turn else "",
        coding.transcript,
        coded_cases(study, coding),
        ", ".join(place),
        f"{units[0]}-{units[1]}" if units[0] < units[1] else "",
        coding.status == "changed",
    )


def _context(transcript: Transcript, coding: Coding) -> tuple[str, str]:
    """Return the words before and after a coding in the turns where it begins and ends."""
    first, last = turn_at(transcript, coding.start), turn_at(transcript, coding.end - 1)
    before = transcript.text[first.start : coding.start] if first else ""
    after = transcript.text[coding.end : last.end] if last else ""
    return _last_words(before), _first_words(after)


_WORD = re.compile(r"\S+\s*")


def _first_words(text: str) -> str:
    """Return the first words of a text, with an ellipsis if it has more."""
    words = _WORD.findall(text[:2000])
    blank = text[: len(text) - len(text.lstrip())]
    return blank + "".join(words[:_CONTEXT_WORDS]).rstrip() + (" \u2026" if len(words) > _CONTEXT_WORDS else "")


def _last_words(text: str) -> str:
    words = _WORD.findall(text[-2000:].lstrip())
    return ("\u2026 " if len(words) > _CONTEXT_WORDS else "") + "".join(words[-_CONTEXT_WORDS:])


def case_groups(study: Study, tables: ReportTables, lists: Sequence[QuoteList]) -> dict[str, dict[str, Any]]:
    """Return the values of the compared attributes of each case that is quoted."""
    return {case: dict(_values_of(study, case, tables)) for case in _quoted_cases(lists)}


def _quoted_cases(lists: Sequence[QuoteList]) -> list[str]:
    return list(dict.fromkeys(case for one in lists for quote in one.quotes for case in quote.cases))


def _values_of(study: Study, case: str, tables: ReportTables) -> Iterator[tuple[str, str]]:
    """Yield each attribute with the group of a case: its value, or the range of numbers that it is in."""
    for attribute, counted in tables.grouped.items():
        value = case_value(study, case, attribute)
        groups = counted.attribute_groups.get(attribute)
        yield attribute, groups.label_of.get(value, value) if groups else value
