"""What a count is asked of: unit, coders, codes, transcripts, groups. Unknown names are errors."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal, TypedDict
from unicodedata import normalize

from qualcode.errors import MissingCoderError, OperationError, UnknownNameError, UsageError
from qualcode.model import Codebook, Transcript, Unit, family_of
from qualcode.settings import parse_unit, validate_coder
from qualcode.study.coder_state import finished_families, placed_codings
from qualcode.study.study import Study

if TYPE_CHECKING:
    from qualcode.incidence import CodeSetLevel

Names = str | Sequence[str]


class AnalysisOptions(TypedDict, total=False):
    """The options that all analyses share; what is left out is taken from the settings, or means all."""

    unit: str
    coder: Names
    code: Names
    transcripts: Names
    by: Names
    levels: Sequence[CodeSetLevel]
    universe: Literal["asked", "all"]


def to_name_tuple(given: Names | None) -> tuple[str, ...]:
    """Return one name or several as a tuple, their letters composed as those of ids are (a Mac's files are not)."""
    if given is None:
        return ()
    return tuple(normalize("NFC", name) for name in ([given] if isinstance(given, str) else given))


def select_unit(study: Study, given: str | None) -> Unit:
    """Return the unit asked for, or the study's."""
    return parse_unit(given) if given else study.settings.unit


def select_transcript_ids(study: Study, given: Names | None) -> list[str]:
    """Return ids of transcripts in order; ``S*`` and the like choose several."""
    known = list(study.transcripts)
    picked: set[str] = set()
    for wanted in to_name_tuple(given):
        found = [name for name in known if name == wanted or fnmatchcase(name, wanted)]
        if not found:
            raise UnknownNameError("transcript", wanted, known)
        picked.update(found)
    return [name for name in known if name in picked] if to_name_tuple(given) else known


def find_transcript(study: Study, wanted: str) -> Transcript:
    """Return the one transcript of this id; ``S*`` and the like name none."""
    wanted = normalize("NFC", wanted)
    if wanted not in study.transcripts:
        raise UnknownNameError("transcript", wanted, study.transcripts)
    return study.transcripts[wanted]


def find_code_id(book: Codebook, wanted: str) -> str:
    """Return the present id of one code, by its id or a former one."""
    current = book.current_id(wanted)
    if current not in book.by_id:
        raise UnknownNameError("code", wanted, book.by_id)
    return current


def select_code_ids(book: Codebook, given: Names | None) -> list[str]:
    """Return ids of codes, families and themes as asked for; each must exist."""
    tops = [*(family.id for family in book.families), *(theme.id for theme in book.themes)]
    found = []
    for wanted in to_name_tuple(given):
        current = book.current_id(wanted)
        if current not in book.by_id and current not in tops:
            raise UnknownNameError("code", wanted, [*book.by_id, *tops])
        found.append(current)
    return found


def select_counted_coders(study: Study, given: Names | None) -> list[str]:
    """Return whose codings to count: those named, else the study's coder, else the only one there is."""
    for wanted in to_name_tuple(given):
        if wanted not in study.coders:
            raise UnknownNameError("coder", wanted, study.coders)
    if to_name_tuple(given):
        return list(dict.fromkeys(to_name_tuple(given)))
    if not study.codings:
        raise OperationError("nobody has coded anything yet: see 'qualcode suggest' and 'qualcode code'")
    reading = sorted(
        {coding.coder for coding in study.codings} | {entry.coder for entry in study.ledger_state.finished}
    )
    if study.settings.coder in reading:
        return [study.settings.coder]
    if len(reading) == 1:
        return reading
    raise MissingCoderError(reading, verb="count")


def require_coder(study: Study, given: str | None, *, verb: str) -> str:
    """Return who decides: the one named, else the study's coder."""
    name = given or study.settings.coder
    if not name:
        raise MissingCoderError((), verb=verb)
    name = validate_coder(name)
    alike = [known for known in study.coders if known.casefold() == name.casefold() and known != name]
    if alike and name not in study.coders:
        raise UsageError(
            f"coder '{name}': there is '{alike[0]}' here; names that differ in capitals only are one folder"
        )
    return name


def select_group_attributes(study: Study, given: Names | None) -> list[str]:
    """Return the attributes to group by; ``case`` and ``transcript`` are two of them."""
    known = [*study.attributes, "case", "transcript"]
    for wanted in to_name_tuple(given):
        if wanted not in known:
            raise UnknownNameError("attribute", wanted, known)
    if len(set(to_name_tuple(given))) < len(to_name_tuple(given)):
        raise UsageError("--by names an attribute twice")
    return list(to_name_tuple(given))


def case_value(study: Study, case: str, attribute: str) -> str:
    """Return a case's value of an attribute; ``case`` is its own name."""
    if attribute == "case":
        return case
    return study.attributes_of.get(case, {}).get(attribute, "") or "(blank)"


def sort_naturally(values: Iterable[str]) -> list[str]:
    """Sort values as people do: numbers by size, then words, blanks last."""
    return sorted(set(values), key=_natural_sort_key)


def _natural_sort_key(value: str) -> tuple[int, float, str]:
    if value == "(blank)":
        return 2, 0.0, value
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    return (0, number, value) if math.isfinite(number) else (1, 0.0, value.casefold())


def asked_families(study: Study, coder: str, *, universe: str) -> tuple[Mapping[str, Collection[str]], str]:
    """Return the families each transcript was asked about, and how that was decided.

    A coder who marks transcripts as done was asked where they are done, and for a family wherever a coding of
    it stands. For one who never does so, not coded cannot be told from not asked: all transcripts count.
    """
    book = study.codebook
    everything = frozenset(family.id for family in book.families)
    done = finished_families(study, coder)
    if universe == "all":
        return dict.fromkeys(study.transcripts, everything), "all transcripts, finished or not"
    if not done:
        return dict.fromkeys(study.transcripts, everything), f"all transcripts: {coder} has marked none as done"
    asked: dict[str, frozenset[str]] = {**dict.fromkeys(study.transcripts, frozenset()), **done}
    for coding in placed_codings(study, coder):
        asked[coding.transcript] |= {family_of(coding.code)}
    return asked, f"transcripts that {coder} has finished or begun"
