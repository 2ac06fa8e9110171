"""The lines of the ledgers with names replaced: places carried exactly through the texts, each proved by its quote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from qualcode.anchors import Anchor, make_anchor
from qualcode.pseudonyms.text import OffsetMap

LedgerLine = dict[str, Any]
_FIELDS = ("quote", "before", "after", "text")
_ORIGIN_TEXT_KEYS = ("why", "source")
_ORIGIN_HASH_KEYS = ("version", "entry")


@dataclass(frozen=True)
class RewrittenText:
    """A transcript's text before and after, with their hashes, and how places of one become places of the other."""

    old_text: str
    new_text: str
    old_hash: str
    new_hash: str
    offset_map: OffsetMap

    def invert(self) -> RewrittenText:
        """Return the way back."""
        return RewrittenText(
            self.new_text, self.old_text, self.new_hash, self.old_hash, self.offset_map.invert(self.old_text)
        )


@dataclass(frozen=True)
class SpanChange:
    """What became of the place of one coding: by how much it moved, and its old and new words."""

    shifts: tuple[int, int]
    old_quote: str
    new_quote: str


@dataclass(frozen=True)
class LineReplacements:
    """All by which a line is changed: texts and ids of transcripts, words, hashes of the codebook, known places."""

    texts: Mapping[str, RewrittenText]
    replace_id: Callable[[str], str]
    replace_words: Callable[[str], str]
    hashes: Mapping[str, str]
    span_changes: Mapping[str, SpanChange]

    def with_span_changes(self, lines: Iterable[LedgerLine]) -> LineReplacements:
        """Return the same ways with the latest place of each coding, by which its events of older texts go."""
        known: dict[str, SpanChange] = {}
        for line in sorted(lines, key=lambda line: str(line.get("id", ""))):
            place = _find_new_anchor(line, self.texts)
            if place is not None:
                new = place[1]
                moved = (new.start - line.get("start", 0), new.end - line.get("end", 0))
                known[_decision_id(line)] = SpanChange(moved, line["quote"], new.quote)
        return replace(self, span_changes=known)


def _decision_id(line: LedgerLine) -> str:
    """Return the id of the decision that a line is about: a move is about the event that it moves."""
    return str(line.get("target") or line.get("id", "")) if line.get("event") == "move" else str(line.get("id", ""))


def replace_in_line(line: LedgerLine, ways: LineReplacements) -> LedgerLine:
    """Return a line with names replaced; its id, time, coder and the order of its keys stay."""
    new = dict(line)
    carried = ways.texts.get(line.get("transcript", ""))
    place = _find_new_anchor(line, ways.texts)
    if place is not None:
        new |= _anchor_keys(line, place[1])
    elif line.get("quote"):
        new |= _replace_in_older_quote(line, ways)
    if carried is not None and (place is not None or line.get("sha256") == carried.old_hash) and "sha256" in line:
        new["sha256"] = carried.new_hash
    if "transcript" in line:
        new["transcript"] = ways.replace_id(line["transcript"])
    if "text" in line:
        new["text"] = ways.replace_words(line["text"])
    if isinstance(line.get("origin"), dict):
        new["origin"] = _replace_in_origin(line["origin"], ways)
    return new


def _replace_in_origin(origin: Mapping[str, Any], ways: LineReplacements) -> dict[str, Any]:
    said = {key: ways.replace_words(origin[key]) for key in _ORIGIN_TEXT_KEYS if isinstance(origin.get(key), str)}
    read = {key: ways.hashes.get(origin[key], origin[key]) for key in _ORIGIN_HASH_KEYS if key in origin}
    return {**origin, **said, **read}


def _find_new_anchor(line: LedgerLine, texts: Mapping[str, RewrittenText]) -> tuple[RewrittenText, Anchor] | None:
    """Return the new place of a line that speaks of the text as it is."""
    carried = texts.get(line.get("transcript", ""))
    quote, start, end = line.get("quote"), line.get("start", 0), line.get("end", 0)
    if carried is None or not quote or not 0 <= start < end or carried.old_text[start:end] != quote:
        return None
    here = make_anchor(carried.old_text, start, end)
    as_here = (line.get("before", ""), line.get("after", "")) == (here.before, here.after)
    if line.get("sha256") != carried.old_hash and not as_here:
        return None
    return carried, make_anchor(carried.new_text, carried.offset_map.map_start(start), carried.offset_map.map_end(end))


def _anchor_keys(line: LedgerLine, place: Anchor) -> LedgerLine:
    """Return the keys of a place, those that the line leaves out because they are empty or 0 left out again."""
    values = {name: getattr(place, name) for name in ("start", "end", "quote", "before", "after")}
    return {name: value for name, value in values.items() if name in line or value}


def _replace_in_older_quote(line: LedgerLine, ways: LineReplacements) -> LedgerLine:
    """Return the words of a line that speaks of an older text, which goes along with the latest place of its coding."""
    exact = ways.span_changes.get(_decision_id(line))
    quote = line["quote"]
    said: LedgerLine = {key: ways.replace_words(line[key]) for key in ("before", "after") if line.get(key)}
    if exact is None:
        return {**said, "quote": ways.replace_words(quote)}
    said["quote"] = exact.new_quote if quote == exact.old_quote else ways.replace_words(quote)
    for key, moved in zip(("start", "end"), exact.shifts, strict=True):
        if key in line or moved:
            said[key] = line.get(key, 0) + moved
    return said
