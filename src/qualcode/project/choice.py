"""What a count is asked of: unit, coders, codes, transcripts, groups. Unknown names are errors."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal, TypedDict
from unicodedata import normalize

from qualcode.errors import CoderNeeded, Refused, UnknownName, UsageError
from qualcode.model import Codebook, Transcript, Unit, family_of
from qualcode.project.decided import finished_families, standing
from qualcode.project.study import Study
from qualcode.settings import check_coder, parse_unit

if TYPE_CHECKING:
    from qualcode.incidence import Level
    from qualcode.project.picking import Order

Names = str | Sequence[str]


class Choice(TypedDict, total=False):
    """The options that all analyses share; what is left out is taken from the settings, or means all."""

    unit: str
    coder: Names
    code: Names
    transcripts: Names
    by: Names
    levels: Sequence[Level]
    universe: Literal["asked", "all"]


class WantedSuggestions(TypedDict, total=False):
    """Which suggestions: of these codes, in these transcripts, from a score on; ``decided`` ones too if asked for.

    Where no score is given, the learner's are shown from each code's own threshold on, those of other makers all.
    ``top`` keeps the best of each segment, ``unread_only`` those in transcripts that the coder has not finished;
    ``order`` is one of `qualcode.project.picking.ORDERS`. ``maker`` and ``spacy_model`` name who makes them (the
    learner if neither does, or cues where there is too little to learn from); ``learn_from`` names another coder whose
    decisions are learnt from; ``announce`` is told, before a maker gets any text, what leaves this machine.
    """

    code: Names
    transcripts: Names
    min_score: float | None
    top: int
    unread_only: bool
    order: Order
    learn_from: str | None
    coder: str | None
    decided: bool
    maker: Names
    spacy_model: str
    announce: Callable[[str], object]


def names(given: Names | None) -> tuple[str, ...]:
    """Return one name or several as a tuple, their letters composed as those of ids are (a Mac's files are not)."""
    if given is None:
        return ()
    return tuple(normalize("NFC", name) for name in ([given] if isinstance(given, str) else given))


def chosen_unit(study: Study, given: str | None) -> Unit:
    """Return the unit asked for, or the study's."""
    return parse_unit(given) if given else study.settings.unit


def chosen_transcripts(study: Study, given: Names | None) -> list[str]:
    """Return ids of transcripts in order; ``S*`` and the like choose several."""
    known = list(study.transcripts)
    picked: set[str] = set()
    for wanted in names(given):
        found = [name for name in known if name == wanted or fnmatchcase(name, wanted)]
        if not found:
            raise UnknownName("transcript", wanted, known)
        picked.update(found)
    return [name for name in known if name in picked] if names(given) else known


def chosen_transcript(study: Study, wanted: str) -> Transcript:
    """Return the one transcript of this id; ``S*`` and the like name none."""
    wanted = normalize("NFC", wanted)
    if wanted not in study.transcripts:
        raise UnknownName("transcript", wanted, study.transcripts)
    return study.transcripts[wanted]


def chosen_code(book: Codebook, wanted: str) -> str:
    """Return the present id of one code, by its id or a former one."""
    current = book.current(wanted)
    if current not in book.by_id:
        raise UnknownName("code", wanted, book.by_id)
    return current


def chosen_codes(book: Codebook, given: Names | None) -> list[str]:
    """Return ids of codes, families and themes as asked for; each must exist."""
    tops = [*(family.id for family in book.families), *(theme.id for theme in book.themes)]
    found = []
    for wanted in names(given):
        current = book.current(wanted)
        if current not in book.by_id and current not in tops:
            raise UnknownName("code", wanted, [*book.by_id, *tops])
        found.append(current)
    return found


def counted_coders(study: Study, given: Names | None) -> list[str]:
    """Return whose codings to count: those named, else the study's coder, else the only one there is."""
    for wanted in names(given):
        if wanted not in study.coders:
            raise UnknownName("coder", wanted, study.coders)
    if names(given):
        return list(dict.fromkeys(names(given)))
    if not study.codings:
        raise Refused("nobody has coded anything yet: see 'qualcode suggest' and 'qualcode code'")
    reading = sorted({coding.coder for coding in study.codings} | {entry.coder for entry in study.state.done})
    if study.settings.coder in reading:
        return [study.settings.coder]
    if len(reading) == 1:
        return reading
    raise CoderNeeded(reading, verb="count")


def deciding_coder(study: Study, given: str | None, *, verb: str) -> str:
    """Return who decides: the one named, else the study's coder."""
    name = given or study.settings.coder
    if not name:
        raise CoderNeeded((), verb=verb)
    name = check_coder(name)
    alike = [known for known in study.coders if known.casefold() == name.casefold() and known != name]
    if alike and name not in study.coders:
        raise UsageError(
            f"coder '{name}': there is '{alike[0]}' here; names that differ in capitals only are one folder"
        )
    return name


def chosen_groups(study: Study, given: Names | None) -> list[str]:
    """Return the attributes to group by; ``case`` and ``transcript`` are two of them."""
    known = [*study.attributes, "case", "transcript"]
    for wanted in names(given):
        if wanted not in known:
            raise UnknownName("attribute", wanted, known)
    if len(set(names(given))) < len(names(given)):
        raise UsageError("--by names an attribute twice")
    return list(names(given))


def case_value(study: Study, case: str, attribute: str) -> str:
    """Return a case's value of an attribute; ``case`` is its own name."""
    if attribute == "case":
        return case
    return study.attributes_of.get(case, {}).get(attribute, "") or "(blank)"


def in_natural_order(values: Iterable[str]) -> list[str]:
    """Sort values as people do: numbers by size, then words, blanks last."""
    return sorted(set(values), key=_natural)


def _natural(value: str) -> tuple[int, float, str]:
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
    book = study.book
    everything = frozenset(family.id for family in book.families)
    done = finished_families(study, coder)
    if universe == "all":
        return dict.fromkeys(study.transcripts, everything), "all transcripts, finished or not"
    if not done:
        return dict.fromkeys(study.transcripts, everything), f"all transcripts: {coder} has marked none as done"
    asked: dict[str, frozenset[str]] = {**dict.fromkeys(study.transcripts, frozenset()), **done}
    for coding in standing(study, coder):
        asked[coding.transcript] |= {family_of(coding.code)}
    return asked, f"transcripts that {coder} has finished or begun"
