"""The options of an analysis (unit, coders, codes, transcripts, groups) checked against the study."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal
from unicodedata import normalize

from qualcode.errors import (
    MissingCoderError,
    NewCoderError,
    OperationError,
    UnknownNameError,
    UsageError,
    format_count,
    format_names,
    name_for_interface,
    name_option,
)
from qualcode.model import Codebook, Transcript, Unit, family_of
from qualcode.settings import parse_unit, validate_coder
from qualcode.study.coder_state import (
    check_coders,
    finished_families,
    is_reading_of,
    placed_codings,
    resolve_coder,
)
from qualcode.study.decision_index import DecisionIndex
from qualcode.study.next_step import describe_next_step
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.study import Study

if TYPE_CHECKING:
    from qualcode.incidence import CodeSetLevel

Names = str | Sequence[str]
"""One name or several."""
UniverseName = Literal["asked", "all"]
BLANK = "(blank)"
"""The value of cases that have none of an attribute."""
_MIN_LIKENESS = 0.75
"""Likeness of two names, from 0 to 1, from which one may be a misspelling of the other: anna and ana have 0.86."""


@dataclass(frozen=True, slots=True)
class AnalysisOptions:
    """The options that all analyses share; None means the setting of the study, or all."""

    unit: Names | None = None
    """One unit; several where pairs are counted."""
    coder: Names | None = None
    code: Names | None = None
    transcripts: Names | None = None
    by: Names | None = None
    level: CodeSetLevel | Sequence[CodeSetLevel] | None = None
    universe: UniverseName = "asked"
    as_of: str | None = None
    """Only decisions recorded until the end of this date."""


def to_name_tuple(given: Names | None) -> tuple[str, ...]:
    """Return one name or several as a tuple, in Unicode NFC as ids are (file names from macOS are not).

    Raises
    ------
    UsageError
        If a name is not a text.
    """
    if given is None:
        return ()
    names: list[Any] = [given] if isinstance(given, str) or not isinstance(given, Iterable) else list(given)
    for name in names:
        if not isinstance(name, str):
            raise UsageError(f"a name is a text, not {name!r}: give one name, or a list of names")
    return tuple(normalize("NFC", name) for name in names)


def select_unit(study: Study, given: Names | None) -> Unit:
    """Return the unit with this name, or else the study's."""
    return parse_unit(str(given)) if given else study.settings.unit


def select_transcript_ids(study: Study, given: Names | None) -> list[str]:
    """Return ids of transcripts in the study's order; patterns such as ``S*`` select several, None selects all.

    Raises
    ------
    UnknownNameError
        If a name or pattern matches no transcript.
    UsageError
        If no name is given: a filtered list that happens to be empty does not mean all.
    """
    names = to_name_tuple(given)
    if given is not None and not names:
        raise UsageError("transcripts: an empty list selects nothing; name at least one")
    sources = study.sources_and_problems[0]
    if names and all(name in sources and name in study.transcripts for name in names):
        order = {name: position for position, name in enumerate(sources)}
        return sorted(set(names), key=order.__getitem__)  # no need to read the other sources
    known = list(study.transcripts)
    selected = _match_names("transcript", names, known)
    return [name for name in known if name in selected] if names else known


def select_case_ids(study: Study, given: Names | None) -> list[str]:
    """Return ids of the cases of transcripts in the study's order; patterns select several, None selects all.

    Raises
    ------
    UnknownNameError
        If a name or pattern matches no case.
    """
    names = to_name_tuple(given)
    known = list(dict.fromkeys(case.id for cases in study.cases_of.values() for case in cases))
    selected = _match_names("case", names, known)
    return [name for name in known if name in selected] if names else known


def _match_names(kind: str, names: Iterable[str], known: Sequence[str]) -> set[str]:
    """Return the known names that names or patterns match."""
    selected: set[str] = set()
    for name in names:
        # `fnmatch` ignores case on Windows only; ids must match alike on all systems.
        matches = [other for other in known if other == name or fnmatchcase(other, name)]
        if not matches:
            raise UnknownNameError(kind, name, known)
        selected.update(matches)
    return selected


def find_transcript(study: Study, transcript_id: str) -> Transcript:
    """Return the transcript with this id; patterns are not allowed.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    transcript = study.transcripts.get(normalize("NFC", transcript_id))
    if transcript is None:
        raise UnknownNameError("transcript", transcript_id, study.transcripts)
    return transcript


def find_code_id(codebook: Codebook, code: str) -> str:
    """Return the current id of a code, given that or a former one.

    Raises
    ------
    UnknownNameError
        If there is no such code.
    """
    current = codebook.current_id(code)
    if current not in codebook.by_id:
        raise UnknownNameError("code", code, codebook.by_id)
    return current


def find_usable_code_id(codebook: Codebook, code: str) -> str:
    """Return the current id of a code that may be given to text.

    Raises
    ------
    UnknownNameError
        If there is no such code.
    OperationError
        If it is retired.
    """
    current = find_code_id(codebook, code)
    if since := codebook.by_id[current].retired:
        undo = name_for_interface(f"'qualcode codebook retire {current} --undo'", "Project.retire_code(..., undo=True)")
        raise OperationError(f"code '{current}' is retired ({since}): choose another one, or use it again with {undo}")
    return current


def select_code_ids(codebook: Codebook, given: Names | None) -> list[str]:
    """Return the current ids of codes, families and themes.

    Raises
    ------
    UnknownNameError
        If one of them is not in the codebook.
    """
    groups = [*(family.id for family in codebook.families), *(theme.id for theme in codebook.themes)]
    ids = []
    for name in to_name_tuple(given):
        current = codebook.current_id(name)
        if current not in codebook.by_id and current not in groups:
            raise UnknownNameError("code", name, [*codebook.by_id, *groups])
        ids.append(current)
    return ids


def select_counted_coders(study: Study, given: Names | None) -> list[str]:
    """Return the coders to count: those named, or else the study's coder, or else the only one there is.

    Raises
    ------
    UnknownNameError
        If a named coder has decided nothing here.
    MissingCoderError
        If none is named and there are several: their codings are never added up without notice.
    OperationError
        If nothing is coded yet.
    """
    names = to_name_tuple(given)
    check_coders(study, names)
    if not study.codings:
        raise OperationError(describe_next_step(study))
    if names:
        return list(dict.fromkeys(names))
    coders = list_coders_who_coded(study)
    if study.settings.coder in coders:
        return [study.settings.coder]
    if len(coders) == 1:
        return coders
    raise MissingCoderError(coders, verb="count")


def list_coders_who_coded(study: Study) -> list[str]:
    """Return the coders with codings or finished transcripts, sorted; others have nothing to count."""
    coders = {coding.coder for coding in study.codings} | {mark.coder for mark in study.ledger_state.finished}
    return sorted(coders - {CONSENSUS})


def require_coder(study: Study, given: str | None, *, verb: str, decisions: DecisionIndex | None = None) -> str:
    """Return the coder who decides: the one named, or else the study's; ``decisions`` if the caller has read them.

    Raises
    ------
    MissingCoderError
        If there is neither.
    UsageError
        If the name is not valid, or differs from a known coder's in capital letters only: on many systems both would
        write into one folder.
    NewCoderError
        If the name is new and like that of a known coder, unless new coders are allowed.
    """
    name = given or study.settings.coder
    if not name:
        raise MissingCoderError((), verb=verb)
    name = validate_coder(name)
    if study.has_seen_coder(name):
        return name
    known = {*(decisions or study.read_decisions()).coders, *study.settings.coders}
    if name in known:
        return name
    same = sorted(other for other in known if other.casefold() == name.casefold())
    if same:
        raise UsageError(
            f"coder '{name}': there is '{same[0]}' already, and names may not differ in capital letters only:"
            f" write '{same[0]}'"
        )
    # ana@2026-01 is the name of an earlier reading of ana, which a coder of that name would hide.
    if study.settings.coders and name != study.settings.coder and not study.are_new_coders_allowed:
        raise NewCoderError(name, sorted(study.settings.coders))
    similar = [other for other in known if _is_likely_typo(name, other) or is_reading_of(name, other)]
    if similar and name != study.settings.coder and not study.are_new_coders_allowed:
        raise NewCoderError(name, similar)
    return name


_LETTER_AT_END = re.compile(r"(?<=[^a-z])[a-z]$|(?<=[a-z])[A-Z]$")
"""A letter that numbers a coder, as in coder-a or coderB."""


def _is_likely_typo(name: str, other: str) -> bool:
    """Return whether two names of coders are nearly the same, and do not just have another number or letter."""
    numbers = [re.findall(r"\d+", text) or _LETTER_AT_END.findall(text) for text in (name, other)]
    bare, other_bare = (normalize("NFD", text.casefold()).encode("ascii", "ignore") for text in (name, other))
    # Letters that are swapped, or an accent that is missing, are few in a short name.
    is_like = sorted(bare) == sorted(other_bare) or bool(get_close_matches(name, [other], cutoff=_MIN_LIKENESS))
    return numbers[0] == numbers[1] and is_like


def select_group_attributes(study: Study, given: Names | None) -> list[str]:
    """Return the attributes to group by; ``case`` and ``transcript`` are allowed beside those of the case table.

    Raises
    ------
    UnknownNameError
        If an attribute is not in the case table.
    UsageError
        If one is named twice.
    """
    names = list(to_name_tuple(given))
    known = [*study.attributes, "case", "transcript"]
    for name in names:
        if name == "speaker" and name not in known:
            raise UsageError(_SPEAKERS_HAVE_CASES)
        if name not in known:
            raise UnknownNameError("attribute", name, known)
    if len(set(names)) < len(names):
        raise UsageError(f"{name_option('by')} names an attribute twice")
    return names


_SPEAKERS_HAVE_CASES = (
    "by: 'speaker' is no attribute, since counts are grouped by cases: give each speaker a case in qualcode.yaml "
    "(speakers: {Ann: {case: Ann}}), or a row in transcripts/cases.csv, and group by 'case'"
)


def case_value(study: Study, case: str, attribute: str) -> str:
    """Return a case's value of an attribute; the attribute ``case`` is its id."""
    if attribute == "case":
        return case
    return study.attributes_of.get(case, {}).get(attribute, "") or BLANK


def sort_naturally(values: Iterable[str]) -> list[str]:
    """Return distinct values in the order people expect: numbers by size, then words, blanks last."""
    # Sorted twice, since words that differ in case only have one key, and a set has no order.
    return sorted(sorted(set(values)), key=natural_sort_key)


def natural_sort_key(value: str) -> tuple[int, float, str]:
    """Return the key that sorts values as people expect: numbers by size, then words, blanks last."""
    if value == BLANK:
        return 2, 0.0, value
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    # float() also accepts words such as "nan" and "infinity".
    return (0, number, value) if math.isfinite(number) else (1, 0.0, value.casefold())


def asked_families(
    study: Study, coder: str, *, universe: str, transcripts: Collection[str]
) -> tuple[Mapping[str, Collection[str]], str]:
    """Return the families that each transcript was coded for, and a phrase on how that was found out for some of them.

    Where a coder marks transcripts as done, a transcript counts for the families it is finished for and those it has
    codings of. For a coder who never marks any, "not coded" does not differ from "not asked" (missing by design), so
    all transcripts count.
    """
    all_families = frozenset(family.id for family in study.codebook.families)
    finished = finished_families(study, coder)
    if resolve_coder(study, coder)[1] == CONSENSUS and universe != "all":
        return dict.fromkeys(study.transcripts, frozenset[str]()) | dict(finished), "transcripts that a coder has read"
    if universe == "all":
        return dict.fromkeys(study.transcripts, all_families), "all transcripts, finished or not"
    if not finished:
        return dict.fromkeys(study.transcripts, all_families), f"all transcripts: {coder} has marked none as done"
    families: dict[str, frozenset[str]] = {**dict.fromkeys(study.transcripts, frozenset()), **finished}
    begun: set[str] = set()
    for coding in placed_codings(study, coder):
        family = family_of(coding.code)
        if family not in families[coding.transcript]:
            families[coding.transcript] |= {family}
            begun.add(coding.transcript)
    return (
        families,
        f"transcripts that {coder} has marked as done{_describe_begun(sort_naturally(begun & set(transcripts)))}",
    )


def _describe_begun(transcripts: Sequence[str]) -> str:
    """Return what counts in transcripts with codings that their coder has not marked as done."""
    if not transcripts:
        return ""
    names = f"{format_count(len(transcripts), 'transcript')} ({format_names(transcripts, limit=3)})"
    return (
        f", and for the families coded there {names} not marked as done: "
        "text without a coding counts as absent there too"
    )
