"""Makers of suggestions that others write: found by entry point, run only when named, all held to the same rules."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import astuple, dataclass
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Protocol

from qualcode.anchors import Span, turn_at
from qualcode.errors import QualcodeError, UnknownNameError, format_names
from qualcode.model import Codebook, Transcript, Turn
from qualcode.segments import get_abbreviations, sentence_spans
from qualcode.suggest.makers.network_guard import NetworkAccessError, block_network
from qualcode.suggest.suggestion_table import Suggestions, suggestion_id

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINT_GROUP = "qualcode.makers"
"""The group of entry points in which packages name their makers."""

RESERVED_NAMES = frozenset({"cues", "learner"})
"""Names that are kept for makers of qualcode's own."""

_NAME = re.compile(r"[^\W_][\w.+-]*")

SuggestionRow = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A code that a maker proposes for ``text[start:end]``, with a score that ranks (0 to 1) and the reason."""

    start: int
    end: int
    code: str
    score: float
    why: str


class Maker(Protocol):
    """Proposes codes for participants' sentences; it has no vote.

    A maker that sends text away has an attribute ``remote`` as well: a sentence on what goes where.
    """

    @property
    def name(self) -> str:
        """What the maker is called in suggestions and in the ledger; the name of its entry point."""

    def propose(self, transcript: Transcript, sentences: Sequence[Span], book: Codebook) -> Iterable[Proposal]:
        """Return or yield proposals for one transcript; ``sentences`` are those of its participants."""


class MakerError(QualcodeError):
    """A maker has broken a rule or broken off."""

    def __init__(self, maker: str, said: str) -> None:
        super().__init__(f"maker '{maker}' {said}")


def find_installed_makers() -> dict[str, list[EntryPoint]]:
    """Return the makers that packages bring, by name; none of them is imported for that."""
    from importlib.metadata import entry_points  # slow to import, and most runs name no maker

    found: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        if entry not in found.setdefault(entry.name, []):
            found[entry.name].append(entry)
    return found


def load_maker(name: str, *, coders: Collection[str] = (), options: Mapping[str, object] | None = None) -> Maker:
    """Load the installed maker of this name; ``people`` are the coders, whose names no maker may have."""
    found = find_installed_makers()
    if name not in found:
        raise UnknownNameError("maker", name, [*found, "cues"])
    if len(found[name]) > 1:
        packages = format_names([_package_name(entry) for entry in found[name]])
        raise MakerError(name, f"is brought by several packages ({packages}): uninstall all but one")
    if fault := _name_error(name, coders):
        raise MakerError(name, fault)
    with _convert_errors(name, "while it was loaded"), block_network(name):
        factory = found[name][0].load()
        maker: Maker = factory(dict(options)) if options else factory()
        own = getattr(maker, "name", None)
    if own != name:
        raise MakerError(name, f"calls itself {own!r}: its name has to be that of its entry point")
    if not callable(getattr(maker, "propose", None)):
        raise MakerError(name, "has no method 'propose'")
    get_remote_notice(maker)
    return maker


def _package_name(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.value


def _name_error(name: str, people: Collection[str]) -> str:
    if name.casefold() in RESERVED_NAMES:
        return "has a name that is kept for qualcode's own maker"
    if name.casefold() in {person.casefold() for person in people}:
        return "has the name of a coder: a maker is none"
    if not _NAME.fullmatch(name) or len(name) > 80:
        return "has a name with other signs than letters, digits and . _ + -"
    return ""


def get_remote_notice(maker: Maker) -> str:
    """Return the maker's sentence on what leaves this machine and to where; it is empty where nothing does."""
    said = getattr(maker, "remote", "")
    if not isinstance(said, str) or (said and not said.strip()):
        raise MakerError(maker.name, "has a 'remote' that is no sentence")
    return " ".join(said.split())


def run_maker(
    maker: Maker,
    transcripts: Iterable[Transcript],
    book: Codebook,
    *,
    abbreviations: Collection[str] = get_abbreviations("en"),
    is_announced: bool = False,
) -> Suggestions:
    """Return what a maker proposes as suggestions, in the order of transcripts and places; refuse what breaks a rule.

    Of proposals of one code for the same words in the same place the one with the highest score stays. The network
    is open only to a maker of which the user was told (``announced``) that it sends text away.
    """
    rows: list[SuggestionRow] = []
    for transcript in transcripts:
        if sentences := _participant_sentences(transcript, abbreviations):
            proposals = _collect_proposals(maker, transcript, book, sentences, is_announced=is_announced)
            rows += _make_rows(maker.name, proposals, transcript, book)
    return Suggestions.from_rows(rows)


def _participant_sentences(transcript: Transcript, short: Collection[str]) -> list[Span]:
    return [
        span
        for turn in transcript.participant_turns
        for span in sentence_spans(transcript.text, turn.start, turn.end, abbreviations=short)
    ]


def _collect_proposals(
    maker: Maker, transcript: Transcript, book: Codebook, sentences: Sequence[Span], *, is_announced: bool
) -> list[object]:
    with (
        _convert_errors(maker.name, f"on transcript {transcript.id}"),
        block_network(maker.name, is_active=not is_announced),
    ):
        return list(maker.propose(transcript, tuple(sentences), book))


def _make_rows(maker: str, proposals: Iterable[object], transcript: Transcript, book: Codebook) -> list[SuggestionRow]:
    """Return proposals on one transcript as rows of the table of suggestions, by place and code."""
    best: dict[str, SuggestionRow] = {}
    for proposal in proposals:
        row = _make_row(maker, proposal, transcript, book)
        if row[0] not in best or row[_SCORE] > best[row[0]][_SCORE]:
            best[row[0]] = row
    return sorted(best.values(), key=lambda row: row[3:5] + row[7:8])


_SCORE = list(Suggestions().columns()).index("score")


def _make_row(maker: str, proposal: object, transcript: Transcript, book: Codebook) -> SuggestionRow:
    """Return a proposal as a row; refuse one that breaks a rule."""
    turn, fault = _check_proposal(proposal, transcript, book)
    if turn is None or not isinstance(proposal, Proposal):
        raise MakerError(maker, f"on transcript {transcript.id}: {fault}")
    start, end, code = int(proposal.start), int(proposal.end), book.current_id(proposal.code)
    quote = transcript.text[start:end]
    key = suggestion_id((transcript.id, start, quote, code))
    place = (transcript.id, turn.index, start, end, turn.speaker, quote)
    why = " ".join(proposal.why.split())
    return (key, *place, code, round(float(proposal.score), 3), maker, why, book.version)


def _check_proposal(proposal: object, transcript: Transcript, book: Codebook) -> tuple[Turn | None, str]:
    """Return the participant's turn that a proposal lies in; where it breaks a rule, none and which rule."""
    if not isinstance(proposal, Proposal):
        return None, f"it proposes a {type(proposal).__name__}, not a Proposal"
    start, end, code, score, why = map(_untyped, astuple(proposal))
    if not (_is_number(start, Integral) and _is_number(end, Integral)):
        return None, f"start and end are whole numbers, not {start!r} and {end!r}"
    if not isinstance(code, str) or book.current_id(code) not in book.by_id:
        return None, f"it proposes the code {code!r}, which the codebook lacks"
    if not _is_score(score):
        return None, f"a score is a number from 0 to 1, not {score!r}"
    if not isinstance(why, str) or not why.strip():
        return None, f"it gives no reason for {code} at {start}-{end}"
    if any("\ud800" <= character <= "\udfff" for character in why):
        return None, f"its reason for {code} at {start}-{end} is no valid text"
    return _find_turn(int(start), int(end), transcript)


def _untyped(value: object) -> Any:
    """Return a value of which nothing is known yet: a maker's types are what its author made of them."""
    return value


def _find_turn(start: int, end: int, transcript: Transcript) -> tuple[Turn | None, str]:
    if not 0 <= start < end <= len(transcript.text):
        return None, f"{start}-{end} is no span of its {len(transcript.text):,} characters"
    turn = turn_at(transcript, start)
    if turn is None or end > turn.end:
        return None, f"{start}-{end} does not lie inside one turn"
    if turn.role != "participant":
        return None, f"{start}-{end} lies in an interviewer's turn, and these are never coded"
    if not transcript.text[start:end].strip():
        return None, f"{start}-{end} holds no words"
    return turn, ""


def _is_number(value: object, kind: type) -> bool:
    return isinstance(value, kind) and type(value) is not bool


def _is_score(value: Any) -> bool:
    return _is_number(value, Real) and 0 <= float(value) <= 1


@contextmanager
def _convert_errors(maker: str, when: str) -> Iterator[None]:
    """Make one sentence of whatever goes wrong in a maker, and keep what it prints out of the result."""
    try:
        with redirect_stdout(sys.stderr):
            yield
    except (MakerError, NetworkAccessError):
        raise
    except (Exception, SystemExit) as error:
        said = next(iter(str(error).strip().splitlines()), "")
        reason = f"{type(error).__name__}: {said}" if said else type(error).__name__
        raise MakerError(maker, f"broke off {when} ({reason})") from error
