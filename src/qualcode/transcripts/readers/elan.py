"""ELAN transcripts (.eaf): tiers are speakers, their annotations turns in order of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from lxml import etree

from qualcode.errors import OperationError
from qualcode.model import UnplacedText
from qualcode.transcripts.draft import Draft, ReadOptions, Utterance, build_draft_from_utterances
from qualcode.transcripts.labels.speaker_labels import clean_text
from qualcode.transcripts.readers.elan_tiers import Annotation, Tier, choose_tiers, find_root

_MAX_TAGS = 4_000_000
"""Limit of XML tags: each takes over a hundred bytes of memory."""


def read(content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of an ELAN transcript; annotations of dependent tiers (translations, glosses) are not placed.

    Raises
    ------
    OperationError
        The content is too large, not XML, not an ELAN transcript, or has none of the tiers that the settings name.
    """
    root = _parse_root(content, options.path)
    times = _times(root)
    types = {
        element.get("LINGUISTIC_TYPE_ID", "")
        for element in root.iterfind("LINGUISTIC_TYPE")
        if element.get("CONTROLLED_VOCABULARY_REF")
    }
    tiers = [_build_tier(element, times, types) for element in root.iterfind("TIER")]
    chosen, notices = choose_tiers(tiers, options.source.tier, path=options.path)
    by_id = {one.id: one for tier in tiers for one in tier.annotations if one.id}
    speech: list[Utterance] = []
    unplaced: list[tuple[str, Annotation]] = []
    for number, tier in enumerate(tiers):
        words, others = _split_annotations(tier, is_read=number in chosen, is_named=bool(options.source.tier))
        speech += _utterances(tier, words, tiers, by_id)
        unplaced += [(tier.name, one) for one in others]
    speech.sort(key=_time_order)
    return build_draft_from_utterances(
        speech,
        header=_header(root),
        unplaced=[UnplacedText(one.line, f"{name}: {one.text}") for name, one in unplaced],
        notices=[*notices, *_notices(speech, [name for name, _ in unplaced])],
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


def _build_tier(element: etree._Element, times: Mapping[str, float], vocabularies: Collection[str]) -> Tier:
    name, kind = clean_text(element.get("TIER_ID", "")), element.get("LINGUISTIC_TYPE_REF", "")
    participant = clean_text(element.get("PARTICIPANT", ""))
    parent, annotations = clean_text(element.get("PARENT_REF", "")), list(_annotations(element, times))
    return Tier(name, kind, parent, participant, annotations, has_vocabulary=kind in vocabularies)


def _annotations(tier: etree._Element, times: Mapping[str, float]) -> Iterator[Annotation]:
    for element in tier.iterfind("ANNOTATION/*"):
        if not isinstance(element.tag, str):  # a comment
            continue
        values = ("".join(map(str, value.itertext())) for value in element.iterfind("ANNOTATION_VALUE"))
        line = int(getattr(element, "sourceline", 0) or 0)
        # A REF_ANNOTATION has no time slots; it refers to another annotation.
        parent = "" if element.tag == "ALIGNABLE_ANNOTATION" else element.get("ANNOTATION_REF", "") or "?"
        time = times.get(element.get("TIME_SLOT_REF1", ""))
        yield Annotation(element.get("ANNOTATION_ID", ""), parent, clean_text(" ".join(values)), time, line)


def _split_annotations(tier: Tier, *, is_read: bool, is_named: bool) -> tuple[list[Annotation], list[Annotation]]:
    """Return the annotations of a tier with words, and its others.

    In a main tier, one that refers to another is a comment, unless the settings name the tier.
    """
    parts: tuple[list[Annotation], list[Annotation]] = [], []
    for one in tier.annotations:
        is_comment = one.parent != "" and not (tier.parent or is_named)
        if one.text:
            parts[0 if is_read and not is_comment else 1].append(one)
    return parts


def _utterances(
    tier: Tier, annotations: Sequence[Annotation], tiers: Sequence[Tier], by_id: Mapping[str, Annotation]
) -> list[Utterance]:
    """Return the annotations of a tier as utterances; those below one record, such as single words, are one."""
    speaker = tier.participant or _speaker_above(tier, tiers) or tier.name
    groups: dict[object, list[Annotation]] = {}
    roots = [find_root(one, by_id) for one in annotations]
    for one, root in zip(annotations, roots, strict=True):
        groups.setdefault(root.id if root and one.parent else id(one), []).append(one)
    times = {id(one): (root or one).time for one, root in zip(annotations, roots, strict=True)}
    return [
        Utterance(speaker, " ".join(one.text for one in group), group[0].line, times[id(group[0])])
        for group in groups.values()
    ]


def _speaker_above(tier: Tier, tiers: Sequence[Tier]) -> str:
    """Return the speaker of the tiers above a tier, or of its name (``tx@Ann``); empty for a main tier."""
    named = tier.name.partition("@")[2] if tier.parent else ""
    for _ in tiers:
        above = next((other for other in tiers if other.name == tier.parent), None) if tier.parent else None
        if above is None:
            break
        tier = above
        if tier.participant:
            return tier.participant
    return named or (tier.name.partition("@")[2] or tier.name)


def _time_order(utterance: Utterance) -> tuple[float, int]:
    """Return the sort key of an utterance: its time, then its line; those without a time are last."""
    return (float("inf") if utterance.time is None else utterance.time), utterance.line


def _header(root: etree._Element) -> str:
    fields = [("Author", root.get("AUTHOR", "")), ("Date", root.get("DATE", ""))]
    media = [("Media", element.get("MEDIA_URL", "")) for element in root.iterfind("HEADER/MEDIA_DESCRIPTOR")]
    return "\n".join(f"{name}: {clean_text(value)}" for name, value in [*fields, *media] if value.strip())


def _notices(speech: Sequence[Utterance], unplaced: Sequence[str]) -> Iterator[str]:
    if not speech:
        yield "no tier has words with times: the transcript is empty"
    if unplaced:
        tiers = ", ".join(f"{name} {count}" for name, count in Counter(unplaced).items())
        yield f"annotations of dependent tiers are not turns: {tiers}"
    if untimed := sum(utterance.time is None for utterance in speech):
        yield f"annotations without a time, placed at the end: {untimed}"
