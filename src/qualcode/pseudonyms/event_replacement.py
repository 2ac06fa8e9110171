"""Replace names in the lines of a ledger: quotes, offsets, memos, reasons and hashes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from qualcode.anchors import Anchor, make_anchor
from qualcode.pseudonyms.text import OffsetMap

LedgerLine = dict[str, Any]
# Reasons quote words of the text; the source of an import is a file name.
_ORIGIN_TEXT_KEYS = ("why", "source")
# Examples in the codebook contain names, so its hashes change; a rejection is valid only for the entry it refers to.
_ORIGIN_HASH_KEYS = ("version", "entry", "definition")


@dataclass(frozen=True)
class RewrittenText:
    """A transcript's text before and after, with their hashes and the map of offsets."""

    old_text: str
    new_text: str
    old_hash: str
    new_hash: str
    offset_map: OffsetMap

    def invert(self) -> RewrittenText:
        """Return the rewriting of the new text to the old one."""
        return RewrittenText(
            self.new_text, self.old_text, self.new_hash, self.old_hash, self.offset_map.invert(self.old_text)
        )


@dataclass(frozen=True)
class SpanChange:
    """How the span of a coding changed: shifts of start and end, old and new quote."""

    shifts: tuple[int, int]
    old_quote: str
    new_quote: str


@dataclass(frozen=True)
class LineReplacements:
    """The replacements to make in a line: in texts, transcript ids, free text and codebook hashes."""

    texts: Mapping[str, RewrittenText]
    """By the old id of each transcript."""
    replace_id: Callable[[str], str]
    replace_words: Callable[[str], str]
    hashes: Mapping[str, str]
    span_changes: Mapping[str, SpanChange]
    """By the id of the decision."""

    def with_span_changes(self, lines: Iterable[LedgerLine]) -> LineReplacements:
        """Return these replacements with the latest span change of each coding, for its events on older texts."""
        changes: dict[str, SpanChange] = {}
        # Ids sort by time, so the latest line of a coding overwrites the earlier ones.
        for line in sorted(lines, key=lambda line: str(line.get("id", ""))):
            anchor = _find_new_anchor(line, self.texts)
            if anchor is not None:
                shifts = (anchor.start - line.get("start", 0), anchor.end - line.get("end", 0))
                changes[_decision_id(line)] = SpanChange(shifts, line["quote"], anchor.quote)
        return replace(self, span_changes=changes)


def _decision_id(line: LedgerLine) -> str:
    """Return the id of the decision that a line is about; for a move, that of the moved event."""
    return str(line.get("target") or line.get("id", "")) if line.get("event") == "move" else str(line.get("id", ""))


def replace_in_line(line: LedgerLine, replacements: LineReplacements) -> LedgerLine:
    """Return a line with names replaced; its id, time, coder and the order of its keys are unchanged."""
    new = dict(line)
    rewritten = replacements.texts.get(line.get("transcript", ""))
    anchor = _find_new_anchor(line, replacements.texts)
    if anchor is not None:
        new |= _anchor_keys(line, anchor)
    elif line.get("quote"):
        new |= _replace_in_older_quote(line, replacements)
    # A hash of an older text is kept, since that text is not rewritten.
    if rewritten is not None and (anchor is not None or line.get("sha256") == rewritten.old_hash) and "sha256" in line:
        new["sha256"] = rewritten.new_hash
    if "transcript" in line:
        new["transcript"] = replacements.replace_id(line["transcript"])
    if "text" in line:
        new["text"] = replacements.replace_words(line["text"])
    if isinstance(line.get("origin"), dict):
        new["origin"] = _replace_in_origin(line["origin"], replacements)
    return new


def _replace_in_origin(origin: Mapping[str, Any], replacements: LineReplacements) -> dict[str, Any]:
    texts = {
        key: replacements.replace_words(origin[key]) for key in _ORIGIN_TEXT_KEYS if isinstance(origin.get(key), str)
    }
    hashes = {key: replacements.hashes.get(origin[key], origin[key]) for key in _ORIGIN_HASH_KEYS if key in origin}
    return {**origin, **texts, **hashes}


def _find_new_anchor(line: LedgerLine, texts: Mapping[str, RewrittenText]) -> Anchor | None:
    """Return the new anchor of a line on the current text; None if it is on an older text or has no quote."""
    rewritten = texts.get(line.get("transcript", ""))
    quote, start, end = line.get("quote"), line.get("start", 0), line.get("end", 0)
    if rewritten is None or not quote or not 0 <= start < end or rewritten.old_text[start:end] != quote:
        return None
    current = make_anchor(rewritten.old_text, start, end)
    # An edit elsewhere in the text changes its hash, but neither span nor context.
    has_context = (line.get("before", ""), line.get("after", "")) == (current.before, current.after)
    if line.get("sha256") != rewritten.old_hash and not has_context:
        return None
    offsets = rewritten.offset_map
    return make_anchor(rewritten.new_text, offsets.map_start(start), offsets.map_end(end))


def _anchor_keys(line: LedgerLine, anchor: Anchor) -> LedgerLine:
    """Return the keys of an anchor, without empty or zero values that the line leaves out."""
    values = {name: getattr(anchor, name) for name in ("start", "end", "quote", "before", "after")}
    return {name: value for name, value in values.items() if name in line or value}


def _replace_in_older_quote(line: LedgerLine, replacements: LineReplacements) -> LedgerLine:
    """Return the changed keys of a line on an older text, whose offsets shift like the latest span of its coding."""
    new: LedgerLine = {key: replacements.replace_words(line[key]) for key in ("before", "after") if line.get(key)}
    change = replacements.span_changes.get(_decision_id(line))
    if change is None:
        return {**new, "quote": replacements.replace_words(line["quote"])}
    # A quote that begins or ends inside a name does not match the key; that of the latest span is known.
    is_latest = line["quote"] == change.old_quote
    new["quote"] = change.new_quote if is_latest else replacements.replace_words(line["quote"])
    for key, shift in zip(("start", "end"), change.shifts, strict=True):
        if key in line or shift:
            new[key] = line.get(key, 0) + shift
    return new
