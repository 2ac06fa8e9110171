"""ELAN transcripts (.eaf): tiers are speakers, their annotations turns in order of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from qualcode.errors import OperationError
from qualcode.model import UnplacedText
from qualcode.transcripts.draft import Draft, ReadOptions, Utterance, build_draft_from_utterances
from qualcode.transcripts.labels.speaker_labels import clean_text

_MOST_TAGS = 4_000_000
"""Marks of XML that are read: each takes a hundred bytes of memory and more."""


@dataclass(frozen=True)
class _Annotation:
    """One annotation with its tier; ``main`` where it is what somebody said."""

    tier: str
    speaker: str
    text: str
    time: float | None
    line: int
    is_main: bool


def read(content: bytes, told: ReadOptions) -> Draft:
    """Read an ELAN transcript; tiers that hang on others (translations, glosses) are kept beside the turns."""
    root = _parse_root(content, told.path)
    times = _times(root)
    pieces = [piece for tier in _tiers(root) for piece in _annotations(tier, times) if piece.text]
    said = sorted((piece for piece in pieces if piece.is_main), key=_time_order)
    beside = [piece for piece in pieces if not piece.is_main]
    blocks = [Utterance(piece.speaker, piece.text, piece.line, piece.time) for piece in said]
    unplaced = [UnplacedText(piece.line, f"{piece.tier}: {piece.text}") for piece in beside]
    return build_draft_from_utterances(
        blocks, header=_header(root), unplaced=unplaced, notices=list(_notices(said, beside))
    )


def _parse_root(content: bytes, path: str) -> etree._Element:
    if content.count(b"<") > _MOST_TAGS:
        raise OperationError(f"{path}: over {_MOST_TAGS:,} marks of XML: more than a transcript has")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None)
        raise OperationError(
            f"{path}{f':{line}' if line else ''}: not XML that can be read ({_short(error)})"
        ) from None
    if root is None or root.tag != "ANNOTATION_DOCUMENT":
        tag = "nothing" if root is None else root.tag
        raise OperationError(f"{path}: not an ELAN transcript: it begins with <{tag}>, not <ANNOTATION_DOCUMENT>")
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


def _annotations(tier: etree._Element, times: Mapping[str, float]) -> Iterator[_Annotation]:
    name = clean_text(tier.get("TIER_ID", ""))
    speaker = clean_text(tier.get("PARTICIPANT", "")) or name
    main = tier.get("PARENT_REF") is None
    for held in tier.iterfind("ANNOTATION/*"):
        if not isinstance(held.tag, str):
            continue
        text = clean_text(" ".join("".join(map(str, value.itertext())) for value in held.iterfind("ANNOTATION_VALUE")))
        line = int(getattr(held, "sourceline", 0) or 0)
        time = times.get(held.get("TIME_SLOT_REF1", ""))
        yield _Annotation(name, speaker, text, time, line, main and held.tag == "ALIGNABLE_ANNOTATION")


def _time_order(piece: _Annotation) -> tuple[float, int]:
    """Order by time; what has none stays where the file has it, behind all that has one."""
    return (float("inf") if piece.time is None else piece.time), piece.line


def _header(root: etree._Element) -> str:
    held = [("Author", root.get("AUTHOR", "")), ("Date", root.get("DATE", ""))]
    media = [("Media", one.get("MEDIA_URL", "")) for one in root.iterfind("HEADER/MEDIA_DESCRIPTOR")]
    return "\n".join(f"{name}: {clean_text(value)}" for name, value in [*held, *media] if value.strip())


def _notices(said: list[_Annotation], beside: list[_Annotation]) -> Iterator[str]:
    if not said:
        yield "no tier has words with times: the transcript is empty"
    if beside:
        counts = Counter(piece.tier for piece in beside)
        tiers = ", ".join(f"{name} {count}" for name, count in counts.items())
        yield f"tiers that hang on others are not turns: {tiers}"
    if untimed := sum(piece.time is None for piece in said):
        yield f"{untimed} turns have no time: they stand at the end"
