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

_MAX_TAGS = 4_000_000
"""Limit of XML tags: each takes over a hundred bytes of memory."""


@dataclass(frozen=True)
class _Annotation:
    """One annotation with its tier; ``is_main`` if it is speech, not a comment on another annotation."""

    tier: str
    speaker: str
    text: str
    time: float | None
    line: int
    is_main: bool


def read(content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of an ELAN transcript; annotations of dependent tiers (translations, glosses) are not placed.

    Raises
    ------
    OperationError
        The content is too large, not XML, or not an ELAN transcript.
    """
    root = _parse_root(content, options.path)
    times = _times(root)
    annotations = [one for tier in root.iterfind("TIER") for one in _annotations(tier, times) if one.text]
    speech = sorted((annotation for annotation in annotations if annotation.is_main), key=_time_order)
    dependent = [annotation for annotation in annotations if not annotation.is_main]
    return build_draft_from_utterances(
        [Utterance(annotation.speaker, annotation.text, annotation.line, annotation.time) for annotation in speech],
        header=_header(root),
        unplaced=[UnplacedText(annotation.line, f"{annotation.tier}: {annotation.text}") for annotation in dependent],
        notices=list(_notices(speech, dependent)),
    )


def _parse_root(content: bytes, path: str) -> etree._Element:
    # Counted before parsing, since the tree takes the memory.
    if content.count(b"<") > _MAX_TAGS:
        raise OperationError(f"{path}: over the limit of {_MAX_TAGS:,} XML tags: split the file")
    # Entities could read local files or grow without limit.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        line = getattr(error, "lineno", None)
        raise OperationError(
            f"{path}{f':{line}' if line else ''}: not valid XML ({_short(error)}): export the file again"
        ) from None
    if root is None or root.tag != "ANNOTATION_DOCUMENT":
        tag = "nothing" if root is None else root.tag
        raise OperationError(f"{path}: not an ELAN transcript: its root is <{tag}>, not <ANNOTATION_DOCUMENT>")
    return root


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:200]


def _times(root: etree._Element) -> Mapping[str, float]:
    """Return the seconds of time slots by their ids; slots without a value are left out."""
    slots = root.iterfind("TIME_ORDER/TIME_SLOT")
    values = {slot.get("TIME_SLOT_ID", ""): slot.get("TIME_VALUE", "") for slot in slots}
    return {name: int(value) / 1000 for name, value in values.items() if _is_number(value)}


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 13


def _annotations(tier: etree._Element, times: Mapping[str, float]) -> Iterator[_Annotation]:
    name = clean_text(tier.get("TIER_ID", ""))
    speaker = clean_text(tier.get("PARTICIPANT", "")) or name
    # A tier with a parent annotates another tier (translation, gloss).
    is_main = tier.get("PARENT_REF") is None
    for element in tier.iterfind("ANNOTATION/*"):
        if not isinstance(element.tag, str):  # a comment
            continue
        values = ("".join(map(str, value.itertext())) for value in element.iterfind("ANNOTATION_VALUE"))
        line = int(getattr(element, "sourceline", 0) or 0)
        time = times.get(element.get("TIME_SLOT_REF1", ""))
        # A REF_ANNOTATION has no time slots; it refers to another annotation.
        has_time = element.tag == "ALIGNABLE_ANNOTATION"
        yield _Annotation(name, speaker, clean_text(" ".join(values)), time, line, is_main and has_time)


def _time_order(annotation: _Annotation) -> tuple[float, int]:
    """Return the sort key of an annotation: its time, then its line; those without a time are last."""
    return (float("inf") if annotation.time is None else annotation.time), annotation.line


def _header(root: etree._Element) -> str:
    fields = [("Author", root.get("AUTHOR", "")), ("Date", root.get("DATE", ""))]
    media = [("Media", element.get("MEDIA_URL", "")) for element in root.iterfind("HEADER/MEDIA_DESCRIPTOR")]
    return "\n".join(f"{name}: {clean_text(value)}" for name, value in [*fields, *media] if value.strip())


def _notices(speech: list[_Annotation], dependent: list[_Annotation]) -> Iterator[str]:
    if not speech:
        yield "no tier has words with times: the transcript is empty"
    if dependent:
        counts = Counter(annotation.tier for annotation in dependent)
        tiers = ", ".join(f"{name} {count}" for name, count in counts.items())
        yield f"annotations of dependent tiers are not turns: {tiers}"
    if untimed := sum(annotation.time is None for annotation in speech):
        yield f"annotations without a time, placed at the end: {untimed}"
