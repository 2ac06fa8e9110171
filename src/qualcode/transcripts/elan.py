"""ELAN transcripts (.eaf): tiers are speakers, their annotations turns in order of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from qualcode.errors import Refused
from qualcode.model import Unplaced
from qualcode.transcripts.draft import Block, Draft, Told, assemble
from qualcode.transcripts.labels import tidy

_MOST = 4_000_000
"""Marks of XML that are read: each takes a hundred bytes of memory and more."""


@dataclass(frozen=True)
class _Piece:
    """One annotation with its tier; ``main`` where it is what somebody said."""

    tier: str
    speaker: str
    text: str
    time: float | None
    line: int
    main: bool


def read(content: bytes, told: Told) -> Draft:
    """Read an ELAN transcript; tiers that hang on others (translations, glosses) are kept beside the turns."""
    root = _parsed(content, told.shown)
    times = _times(root)
    pieces = [piece for tier in _tiers(root) for piece in _pieces(tier, times) if piece.text]
    said = sorted((piece for piece in pieces if piece.main), key=_when)
    beside = [piece for piece in pieces if not piece.main]
    blocks = [Block(piece.speaker, piece.text, piece.line, piece.time) for piece in said]
    unplaced = [Unplaced(piece.line, f"{piece.tier}: {piece.text}") for piece in beside]
    return assemble(blocks, header=_header(root), unplaced=unplaced, notices=list(_notices(said, beside)))


def _parsed(content: bytes, path: str) -> etree._Element:
    if content.count(b"<") > _MOST:
        raise Refused(f"{path}: over {_MOST:,} marks of XML: more than a transcript has")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None)
        raise Refused(f"{path}{f':{line}' if line else ''}: not XML that can be read ({_short(error)})") from None
    if root is None or root.tag != "ANNOTATION_DOCUMENT":
        tag = "nothing" if root is None else root.tag
        raise Refused(f"{path}: not an ELAN transcript: it begins with <{tag}>, not <ANNOTATION_DOCUMENT>")
    return root


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _times(root: etree._Element) -> Mapping[str, float]:
    """Return seconds by time slot; slots without a value get none."""
    slots = root.iterfind("TIME_ORDER/TIME_SLOT")
    values = {slot.get("TIME_SLOT_ID", ""): slot.get("TIME_VALUE", "") for slot in slots}
    return {name: int(value) / 1000 for name, value in values.items() if _is_number(value)}


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 13


def _tiers(root: etree._Element) -> Iterator[etree._Element]:
    return root.iterfind("TIER")


def _pieces(tier: etree._Element, times: Mapping[str, float]) -> Iterator[_Piece]:
    name = tidy(tier.get("TIER_ID", ""))
    speaker = tidy(tier.get("PARTICIPANT", "")) or name
    main = tier.get("PARENT_REF") is None
    for held in tier.iterfind("ANNOTATION/*"):
        if not isinstance(held.tag, str):
            continue
        text = tidy(" ".join("".join(map(str, value.itertext())) for value in held.iterfind("ANNOTATION_VALUE")))
        line = int(getattr(held, "sourceline", 0) or 0)
        time = times.get(held.get("TIME_SLOT_REF1", ""))
        yield _Piece(name, speaker, text, time, line, main and held.tag == "ALIGNABLE_ANNOTATION")


def _when(piece: _Piece) -> tuple[float, int]:
    """Order by time; what has none stays where the file has it, behind all that has one."""
    return (float("inf") if piece.time is None else piece.time), piece.line


def _header(root: etree._Element) -> str:
    held = [("Author", root.get("AUTHOR", "")), ("Date", root.get("DATE", ""))]
    media = [("Media", one.get("MEDIA_URL", "")) for one in root.iterfind("HEADER/MEDIA_DESCRIPTOR")]
    return "\n".join(f"{name}: {tidy(value)}" for name, value in [*held, *media] if value.strip())


def _notices(said: list[_Piece], beside: list[_Piece]) -> Iterator[str]:
    if not said:
        yield "no tier has words with times: the transcript is empty"
    if beside:
        counts = Counter(piece.tier for piece in beside)
        tiers = ", ".join(f"{name} {count}" for name, count in counts.items())
        yield f"tiers that hang on others are not turns: {tiers}"
    if untimed := sum(piece.time is None for piece in said):
        yield f"{untimed} turns have no time: they stand at the end"
