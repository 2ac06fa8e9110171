"""The lines of the ledgers with names replaced: places carried exactly through the texts, each proved by its quote."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from qualcode.anchors import Anchor, anchor
from qualcode.pseudonyms import Shift

Line = dict[str, Any]
_FIELDS = ("quote", "before", "after", "text")
_OF_ORIGIN = ("why", "source")
_HASHES = ("version", "entry")


@dataclass(frozen=True)
class Carried:
    """A transcript's text before and after, with their hashes, and how places of one become places of the other."""

    old: str
    new: str
    old_hash: str
    new_hash: str
    shift: Shift

    def reversed(self) -> Carried:
        """Return the way back."""
        return Carried(self.new, self.old, self.new_hash, self.old_hash, self.shift.back(self.old))


@dataclass(frozen=True)
class Exact:
    """What became of the place of one coding: by how much it moved, and its old and new words."""

    moved: tuple[int, int]
    was: str
    now: str


@dataclass(frozen=True)
class Ways:
    """All by which a line is changed: texts and ids of transcripts, words, hashes of the codebook, known places."""

    texts: Mapping[str, Carried]
    ids: Callable[[str], str]
    words: Callable[[str], str]
    hashes: Mapping[str, str]
    known: Mapping[str, Exact]

    def knowing(self, lines: Iterable[Line]) -> Ways:
        """Return the same ways with the latest place of each coding, by which its events of older texts go."""
        known: dict[str, Exact] = {}
        for line in sorted(lines, key=lambda line: str(line.get("id", ""))):
            place = _exact(line, self.texts)
            if place is not None:
                new = place[1]
                moved = (new.start - line.get("start", 0), new.end - line.get("end", 0))
                known[_root(line)] = Exact(moved, line["quote"], new.quote)
        return replace(self, known=known)


def _root(line: Line) -> str:
    """Return the id of the decision that a line is about: a move is about the event that it moves."""
    return str(line.get("target") or line.get("id", "")) if line.get("event") == "move" else str(line.get("id", ""))


def changed_line(line: Line, ways: Ways) -> Line:
    """Return a line with names replaced; its id, time, coder and the order of its keys stay."""
    new = dict(line)
    carried = ways.texts.get(line.get("transcript", ""))
    place = _exact(line, ways.texts)
    if place is not None:
        new |= _set(line, place[1])
    elif line.get("quote"):
        new |= _older(line, ways)
    if carried is not None and (place is not None or line.get("sha256") == carried.old_hash) and "sha256" in line:
        new["sha256"] = carried.new_hash
    if "transcript" in line:
        new["transcript"] = ways.ids(line["transcript"])
    if "text" in line:
        new["text"] = ways.words(line["text"])
    if isinstance(line.get("origin"), dict):
        new["origin"] = _origin(line["origin"], ways)
    return new


def _origin(origin: Mapping[str, Any], ways: Ways) -> dict[str, Any]:
    said = {key: ways.words(origin[key]) for key in _OF_ORIGIN if isinstance(origin.get(key), str)}
    read = {key: ways.hashes.get(origin[key], origin[key]) for key in _HASHES if key in origin}
    return {**origin, **said, **read}


def _exact(line: Line, texts: Mapping[str, Carried]) -> tuple[Carried, Anchor] | None:
    """Return the new place of a line that speaks of the text as it is."""
    carried = texts.get(line.get("transcript", ""))
    quote, start, end = line.get("quote"), line.get("start", 0), line.get("end", 0)
    if carried is None or not quote or not 0 <= start < end or carried.old[start:end] != quote:
        return None
    here = anchor(carried.old, start, end)
    as_here = (line.get("before", ""), line.get("after", "")) == (here.before, here.after)
    if line.get("sha256") != carried.old_hash and not as_here:
        return None
    return carried, anchor(carried.new, carried.shift.start(start), carried.shift.end(end))


def _set(line: Line, place: Anchor) -> Line:
    """Return the keys of a place, those that the line leaves out because they are empty or 0 left out again."""
    values = {name: getattr(place, name) for name in ("start", "end", "quote", "before", "after")}
    return {name: value for name, value in values.items() if name in line or value}


def _older(line: Line, ways: Ways) -> Line:
    """Return the words of a line that speaks of an older text, which goes along with the latest place of its coding."""
    exact = ways.known.get(_root(line))
    quote = line["quote"]
    said: Line = {key: ways.words(line[key]) for key in ("before", "after") if line.get(key)}
    if exact is None:
        return {**said, "quote": ways.words(quote)}
    said["quote"] = exact.now if quote == exact.was else ways.words(quote)
    for key, moved in zip(("start", "end"), exact.moved, strict=True):
        if key in line or moved:
            said[key] = line.get(key, 0) + moved
    return said
