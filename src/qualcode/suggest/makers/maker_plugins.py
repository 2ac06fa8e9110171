"""Makers of suggestions from other packages: found by entry point, run only when named, their suggestions checked."""

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
from qualcode.segments import SentenceRules, get_sentence_rules, sentence_spans
from qualcode.suggest.makers.network_guard import NetworkAccessError, block_network
from qualcode.suggest.suggestion_request import BUILTIN_MAKERS
from qualcode.suggest.suggestion_table import SUGGESTION_COLUMNS, Suggestions, suggestion_id

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINT_GROUP = "qualcode.makers"
"""The group of entry points by which packages provide makers."""

# Names are used in options, in columns and in ledger lines: no spaces, no leading punctuation.
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
    """Proposes codes for participants' sentences.

    A maker that sends text to another machine also has an attribute ``remote``: a sentence on what goes where.
    """

    @property
    def name(self) -> str:
        """The maker's name in suggestions and in the ledger; the name of its entry point."""

    def propose(self, transcript: Transcript, sentences: Sequence[Span], book: Codebook) -> Iterable[Proposal]:
        """Return or yield proposals for one transcript; ``sentences`` are those of its participants."""


class MakerError(QualcodeError):
    """A maker has broken a rule or raised an exception."""

    def __init__(self, maker: str, message: str) -> None:
        super().__init__(f"maker '{maker}' {message}")


def find_installed_makers() -> dict[str, list[EntryPoint]]:
    """Return the entry points of installed makers by name; none is imported."""
    from importlib.metadata import entry_points  # slow to import, and most runs name no maker

    makers: dict[str, list[EntryPoint]] = {}
    for entry in entry_points(group=ENTRY_POINT_GROUP):
        # One installation is found twice where sys.path has its folder twice.
        if entry not in makers.setdefault(entry.name, []):
            makers[entry.name].append(entry)
    return makers


def load_maker(name: str, *, coders: Collection[str] = (), options: Mapping[str, object] | None = None) -> Maker:
    """Return the installed maker of this name; with ``options``, its entry point is called with them.

    Raises
    ------
    UnknownNameError
        No installed package provides the maker.
    MakerError
        Its name is not unique, not valid, or that of a built-in maker or of one of ``coders``; it cannot be loaded, or
        lacks ``name`` or ``propose``.
    NetworkAccessError
        It tried to use the network while it was loaded.
    """
    entries = find_installed_makers()
    if name not in entries:
        raise UnknownNameError("maker", name, [*entries, *BUILTIN_MAKERS])
    if len(entries[name]) > 1:
        packages = format_names([_package_name(entry) for entry in entries[name]])
        raise MakerError(name, f"is provided by several packages ({packages}): uninstall all but one")
    # Before the import, so that no code of a maker with an invalid name is run.
    if fault := _name_fault(name, coders):
        raise MakerError(name, fault)
    with _convert_errors(name, "while loading"), block_network(name):
        factory = entries[name][0].load()
        maker: Maker = factory(dict(options)) if options else factory()
        own_name = getattr(maker, "name", None)
    if own_name != name:
        raise MakerError(name, f"has the attribute name = {own_name!r}: it must be the name of the entry point")
    if not callable(getattr(maker, "propose", None)):
        raise MakerError(name, "has no method 'propose'")
    # Raises for an invalid notice now, before the maker gets any text.
    get_remote_notice(maker)
    return maker


def _package_name(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.value


def _name_fault(name: str, coders: Collection[str]) -> str:
    if name.casefold() in BUILTIN_MAKERS:
        return "has the name of a built-in maker: rename its entry point"
    # Ignoring case, since a reader of the ledger would not distinguish "Ana" from "ana".
    if name.casefold() in {coder.casefold() for coder in coders}:
        return "has the name of a coder: rename its entry point"
    if not _NAME.fullmatch(name) or len(name) > 80:
        return "has an invalid name: use letters, digits and . _ + - (80 characters at most)"
    return ""


def get_remote_notice(maker: Maker) -> str:
    """Return a maker's sentence on what it sends to another machine; empty if it sends nothing.

    Raises
    ------
    MakerError
        Its attribute ``remote`` is blank or no text.
    """
    notice = getattr(maker, "remote", "")
    if not isinstance(notice, str) or (notice and not notice.strip()):
        raise MakerError(maker.name, "has an invalid 'remote': write a sentence on what is sent where")
    return " ".join(notice.split())


def run_maker(
    maker: Maker,
    transcripts: Iterable[Transcript],
    book: Codebook,
    *,
    sentence_rules: SentenceRules = get_sentence_rules("en"),
    is_announced: bool = False,
) -> Suggestions:
    """Return a maker's proposals as suggestions, in the order of transcripts and places.

    Of proposals of one code for the same span, the one with the highest score is kept. The network is open only to a
    maker whose ``remote`` notice was shown to the user (``is_announced``).

    Raises
    ------
    MakerError
        The maker raised an exception, or one of its proposals is invalid.
    NetworkAccessError
        It tried to use the network without having been announced.
    """
    rows: list[SuggestionRow] = []
    for transcript in transcripts:
        if sentences := _participant_sentences(transcript, sentence_rules):
            proposals = _collect_proposals(maker, transcript, book, sentences, is_announced=is_announced)
            rows += _make_rows(maker.name, proposals, transcript, book)
    return Suggestions.from_rows(rows)


def _participant_sentences(transcript: Transcript, sentence_rules: SentenceRules) -> list[Span]:
    return [
        span
        for turn in transcript.participant_turns
        for span in sentence_spans(transcript.text, turn.start, turn.end, sentence_rules=sentence_rules)
    ]


def _collect_proposals(
    maker: Maker, transcript: Transcript, book: Codebook, sentences: Sequence[Span], *, is_announced: bool
) -> list[object]:
    with (
        _convert_errors(maker.name, f"on transcript {transcript.id}"),
        block_network(maker.name, is_active=not is_announced),
    ):
        # list: a generator must run inside the block that guards it.
        return list(maker.propose(transcript, tuple(sentences), book))


def _make_rows(maker: str, proposals: Iterable[object], transcript: Transcript, book: Codebook) -> list[SuggestionRow]:
    """Return the proposals for one transcript as rows of `Suggestions`, by place and code."""
    best: dict[str, SuggestionRow] = {}
    for proposal in proposals:
        row = _make_row(maker, proposal, transcript, book)
        # The id depends on transcript, start, quote and code, so equal ids are one code on one span.
        if row[0] not in best or row[_SCORE] > best[row[0]][_SCORE]:
            best[row[0]] = row
    return sorted(best.values(), key=lambda row: row[_START : _END + 1] + row[_CODE : _CODE + 1])


_START, _END, _CODE, _SCORE = map(SUGGESTION_COLUMNS.index, ("start", "end", "code", "score"))


def _make_row(maker: str, proposal: object, transcript: Transcript, book: Codebook) -> SuggestionRow:
    """Return a proposal as a row; raise `MakerError` if it is invalid."""
    turn, fault = _check_proposal(proposal, transcript, book)
    if turn is None or not isinstance(proposal, Proposal):
        raise MakerError(maker, f"made an invalid proposal for transcript {transcript.id}: {fault}")
    # numpy integers are valid Integrals, but they cannot be written as JSON.
    start, end, code = int(proposal.start), int(proposal.end), book.current_id(proposal.code)
    quote = transcript.text[start:end]
    key = suggestion_id((transcript.id, start, quote, code))
    place = (transcript.id, turn.index, start, end, turn.speaker, turn.time, quote)
    why = " ".join(proposal.why.split())
    return (key, *place, code, round(float(proposal.score), 3), maker, why, book.version)


def _check_proposal(proposal: object, transcript: Transcript, book: Codebook) -> tuple[Turn | None, str]:
    """Return the participant's turn that a proposal is in; None and the fault if the proposal is invalid."""
    if not isinstance(proposal, Proposal):
        return None, f"it is a {type(proposal).__name__}, not a Proposal"
    values: tuple[Any, ...] = astuple(proposal)  # a maker's author may have put in anything
    start, end, code, score, why = values
    if not (_is_number(start, Integral) and _is_number(end, Integral)):
        return None, f"start and end must be integers, not {start!r} and {end!r}"
    if not isinstance(code, str) or book.current_id(code) not in book.by_id:
        return None, f"the codebook has no code {code!r}"
    if not (_is_number(score, Real) and 0 <= float(score) <= 1):
        return None, f"the score must be a number from 0 to 1, not {score!r}"
    if not isinstance(why, str) or not why.strip():
        return None, f"{code} at {start}-{end} has no reason"
    # Lone surrogates cannot be encoded when the reason is written to the ledger.
    if any("\ud800" <= character <= "\udfff" for character in why):
        return None, f"the reason for {code} at {start}-{end} is not valid text"
    return _find_turn(int(start), int(end), transcript)


def _find_turn(start: int, end: int, transcript: Transcript) -> tuple[Turn | None, str]:
    if not 0 <= start < end <= len(transcript.text):
        return None, f"{start}-{end} is not a span of its {len(transcript.text):,} characters"
    turn = turn_at(transcript, start)
    if turn is None or end > turn.end:
        return None, f"{start}-{end} is not inside one turn"
    if turn.role != "participant":
        return None, f"{start}-{end} is in an interviewer's turn, which is never coded"
    if not transcript.text[start:end].strip():
        return None, f"{start}-{end} has no words"
    return turn, ""


def _is_number(value: object, kind: type) -> bool:
    # bool is a subclass of int, and a maker that returns True as a score has a bug.
    return isinstance(value, kind) and type(value) is not bool


@contextmanager
def _convert_errors(maker: str, when: str) -> Iterator[None]:
    """Convert exceptions of a maker into a `MakerError` of one line, and send what it prints to stderr."""
    try:
        # stdout is for rows and JSON, which another program may read.
        with redirect_stdout(sys.stderr):
            yield
    except (MakerError, NetworkAccessError):
        raise
    # SystemExit too: a library that calls sys.exit() would end the program without a message.
    except (Exception, SystemExit) as error:
        message = next(iter(str(error).strip().splitlines()), "")
        reason = f"{type(error).__name__}: {message}" if message else type(error).__name__
        raise MakerError(maker, f"failed {when} ({reason})") from error
