"""Conditions of queries: which codings of a coder fulfil one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from operator import ge, gt, le, lt
from typing import get_args

import numpy as np

from qualcode.errors import UnknownNameError, UsageError, did_you_mean, format_names
from qualcode.listings.quotes.placed_codings import Flags, PlacedCodings
from qualcode.listings.reading.word_search import compile_words
from qualcode.model import Codebook, Coding, CodingStatus
from qualcode.queries import ALL, Comparison, Query, QueryError, Term, list_parts
from qualcode.study.coder_state import check_coders
from qualcode.study.selection import case_value, select_transcript_ids
from qualcode.study.study import Study
from qualcode.suggest.cues.typography import make_plain

_BLANK = "(blank)"
"""The value of an attribute that a case does not have, in all tables."""


def check_query(study: Study, query: Query) -> None:
    """Check that the study has all codes, coders, attributes and values that a query names.

    Raises
    ------
    QueryError
        With the place of the first that it does not have.
    """
    for part in list_parts(query.root):
        if not isinstance(part, Term | Comparison):
            continue
        try:
            _check_comparison(study, query, part) if isinstance(part, Comparison) else _CHECKS[part.name](study, part)
        except QueryError:
            raise
        except (UnknownNameError, UsageError) as error:
            raise QueryError(query.text, part.value_start, str(error).replace(" in this study (", " (")) from None


def _check_code(study: Study, term: Term) -> None:
    if not match_codes(study.codebook, term.value):
        raise UnknownNameError("code", term.value, _list_ids(study.codebook))


def _check_status(_study: Study, term: Term) -> None:
    if term.value == "orphaned":
        raise UsageError("orphaned codings have no place in a text: list them with 'codings' and the status orphaned")
    known = [name for name in get_args(CodingStatus) if name != "orphaned"]
    if not any(fnmatchcase(name, term.value.lower()) for name in known):
        raise UsageError(
            f"no status '{term.value}' ({did_you_mean(term.value, known) or 'known: ' + ', '.join(known)})"
        )


def _check_coder(study: Study, term: Term) -> None:
    if not any(fnmatchcase(name, term.value) for name in study.coders):
        check_coders(study, [term.value])


def _check_speaker(study: Study, term: Term) -> None:
    speakers = {name for one in study.transcripts.values() for turn in one.turns for name in (turn.speaker, turn.label)}
    if not any(_is_like(name, term.value) for name in speakers):
        raise UnknownNameError("speaker", term.value, speakers - {""})


_CHECKS: Mapping[str, Callable[[Study, Term], object]] = {
    "code": _check_code,
    "coder": _check_coder,
    "memo": lambda _, term: None if term.value.strip() else _refuse_blank(),
    "speaker": _check_speaker,
    "status": _check_status,
    "text": lambda _, term: compile_words(term.value),
    "transcript": lambda study, term: select_transcript_ids(study, term.value),
}


def _refuse_blank() -> None:
    raise UsageError('write the words of the memo, as in memo:budget, or memo:"*" for any memo')


def _check_comparison(study: Study, query: Query, part: Comparison) -> None:
    known = [*study.attributes, "case", "transcript"]
    if part.attribute not in known:
        hint = did_you_mean(part.attribute, known) or f"known: {format_names(known)}"
        raise QueryError(query.text, part.start + 1, f"no attribute '{part.attribute}' ({hint})")
    if part.operator in _ORDERS:
        if _to_number(part.value) is None:
            raise UsageError(f"'{part.operator}' compares numbers, and '{part.value}' is none: write = or !=")
        return
    values = _list_values(study, part.attribute)
    if not any(_is_value(value, part.value) for value in values):
        hint = did_you_mean(part.value, values) or f"there is {format_names(sorted(values))}"
        raise UsageError(f"no case has {part.attribute} '{part.value}' ({hint})")


def _list_values(study: Study, attribute: str) -> set[str]:
    if attribute == "transcript":
        return set(study.transcripts)
    cases = {case.id for shares in study.shares.values() for case in shares.cases}
    return {case_value(study, case, attribute) for case in cases}


def _list_ids(book: Codebook) -> list[str]:
    return [*book.by_id, *(family.id for family in book.families), *(theme.id for theme in book.themes)]


def match_codes(book: Codebook, name: str) -> list[str]:
    """Return the codes, families and themes that an id, a former id or a pattern means."""
    known = _list_ids(book)
    current = book.current_id(name)
    return [current] if current in known else [other for other in known if fnmatchcase(other, name)]


def find_condition(placed: PlacedCodings, term: Term | Comparison) -> Flags:
    """Return which codings fulfil a condition, as a mask of shape (codings,)."""
    if isinstance(term, Comparison):
        return _find_cases(placed, term)
    return _to_mask(_CONDITIONS[term.name](placed, term.value))


def _to_mask(values: Iterable[bool]) -> Flags:
    return np.fromiter(values, np.bool_)


def _match_code(placed: PlacedCodings, value: str) -> Iterable[bool]:
    if value == ALL:
        return (True for _ in placed.codings)
    book = placed.study.codebook
    codes = book.expand_codes(match_codes(book, value))
    return (coding.code in codes for coding in placed.codings)


def _match_each(placed: PlacedCodings, key: Callable[[Coding], str], matches: Callable[[str], bool]) -> Iterable[bool]:
    """Yield whether the text of each coding matches; equal texts are looked at once."""
    found = {text: matches(text) for text in {key(coding) for coding in placed.codings}}
    return (found[key(coding)] for coding in placed.codings)


def _match_text(placed: PlacedCodings, value: str) -> Iterable[bool]:
    pattern = compile_words(value)
    return _match_each(
        placed, lambda coding: coding.quote, lambda quote: bool(pattern.find_spans(make_plain(quote).text))
    )


def _match_memo(placed: PlacedCodings, value: str) -> Iterable[bool]:
    words = "" if value == ALL else value.casefold()
    return _match_each(placed, lambda coding: coding.memo, lambda memo: bool(memo) and words in memo.casefold())


def _match_transcript(placed: PlacedCodings, value: str) -> Iterable[bool]:
    names = set(select_transcript_ids(placed.study, value))
    return (coding.transcript in names for coding in placed.codings)


def _match_speaker(placed: PlacedCodings, value: str) -> Iterable[bool]:
    return (
        turn is not None and (_is_like(turn.speaker, value) or _is_like(turn.label, value))
        for turn in placed.first_turns
    )


def _is_like(name: str, pattern: str) -> bool:
    return bool(name) and fnmatchcase(name.casefold(), pattern.casefold())


_CONDITIONS: Mapping[str, Callable[[PlacedCodings, str], Iterable[bool]]] = {
    "code": _match_code,
    "coder": lambda placed, value: (
        fnmatchcase(coding.coder, value) or coding.coder == value for coding in placed.codings
    ),
    "memo": _match_memo,
    "speaker": _match_speaker,
    "status": lambda placed, value: (fnmatchcase(coding.status, value.lower()) for coding in placed.codings),
    "text": _match_text,
    "transcript": _match_transcript,
}

_ORDERS: Mapping[str, Callable[[float, float], bool]] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def _find_cases(placed: PlacedCodings, part: Comparison) -> Flags:
    """Return which codings have words of a case with such a value; ``!=`` is the opposite of ``=``."""
    if part.attribute == "transcript":
        values = [[coding.transcript] for coding in placed.codings]
    else:
        names = {case for cases in placed.cases for case in cases}
        by_case = {case: case_value(placed.study, case, part.attribute) for case in names}
        values = [[by_case[case] for case in cases] for cases in placed.cases]
    is_value = {value: _compares(value, part) for value in {value for some in values for value in some}}
    found = _to_mask(any(is_value[value] for value in some) for some in values)
    return ~found if part.operator == "!=" else found


def _compares(value: str, part: Comparison) -> bool:
    if part.operator not in _ORDERS:
        return _is_value(value, part.value)
    number, limit = _to_number(value), _to_number(part.value)
    return number is not None and limit is not None and _ORDERS[part.operator](number, limit)


def _is_value(value: str, given: str) -> bool:
    """Return whether a value is the given one, in any capitals; a blank one may be given as a blank or "(blank)"."""
    wanted = given.strip() or _BLANK
    return fnmatchcase(value.casefold(), wanted.casefold()) or value.casefold() == wanted.casefold()


def _to_number(text: str) -> float | None:
    """Return the number that a text is; a decimal comma counts as a point."""
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
