"""Plain text and Markdown: the canonical text is the file itself, turns are found by their labels."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from qualcode.files import decode
from qualcode.transcripts.draft import Draft, Span, Told
from qualcode.transcripts.labels import DASHED, HEADER_KEYS, LABEL, NOT_SPEAKERS, STANDING, seconds, speakers, tidy

_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_BLANK = re.compile(r"\n[^\S\n]*\n")
_LINE = re.compile(r"[^\n]*\S[^\n]*")
_TITLES = 3
"""Lines that may stand above the first 'Key: value' line of a header."""


_Kind = Literal["sure", "bracket", "tight", "timed"]
"""How far a shape is to be trusted: a name and its colon are sure, the others may be something else."""


@dataclass(frozen=True, slots=True)
class _Label:
    speaker: str
    start: int
    end: int
    time: float | None
    kind: _Kind


def read(content: bytes, told: Told) -> Draft:
    """Read a plain or Markdown source."""
    decoded = decode(content, path=told.shown, encoding=told.encoding)
    draft = read_plain(decoded.text, known=told.known)
    return replace(draft, notices=(*decoded.notices, *draft.notices))


def read_plain(text: str, *, known: Collection[str] = ()) -> Draft:
    """Find the turns of a plain or Markdown text; all above the first one is header."""
    body = _body(text)
    labels = _labels(text, body, known)
    if not labels:
        return _unlabelled(text, body)
    ends = [label.start for label in labels[1:]] + [len(text)]
    spans = [_span(text, label, end) for label, end in zip(labels, ends, strict=True)]
    return Draft(text, tuple(spans), text[: labels[0].start].strip())


def _body(text: str) -> int:
    """Return where the text begins after front matter or a header of 'Key: value' lines with a date or such."""
    front = _FRONT_MATTER.match(text)
    start = front.end() if front else 0
    lead = list(_lead(text, start))
    ends = [end for key, end in lead if key in HEADER_KEYS]
    if not ends:
        return start
    blank = _BLANK.search(text, ends[-1])
    if blank and lead[-1][1] >= blank.start() and text[blank.end() :].strip():
        return blank.start()  # the lines below the date in the same block belong to the header too
    return ends[-1]


def _lead(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Yield key and end of every line above the first that somebody says: titles, then 'Key: value' lines."""
    seen: list[str] = []
    for match in _LINE.finditer(text, start):
        label = LABEL.match(match[0])
        if label is None and not STANDING.match(match[0]):
            key, more = "", not any(seen) and len(seen) < _TITLES
        else:
            key = _key(label, match[0]) if label else ""
            more = key != "" and (key in NOT_SPEAKERS or key not in seen)
        if not more:
            return
        seen.append(key)
        yield key, match.end()


def _key(label: re.Match[str], line: str) -> str:
    """Return the key of a header's line, or nothing where the line is a turn of the interview."""
    if not label["name"] or label["before"] or label["after"] or label["bare"] or label["tight"]:
        return ""
    key, value = tidy(label["name"]).casefold(), line[label.end() :].strip()
    said = not value or len(value) > 120 or value.endswith((".", "?", "!", "…"))
    return "" if said and key not in NOT_SPEAKERS else key


def _labels(text: str, body: int, known: Collection[str]) -> list[_Label]:
    found = sorted(_candidates(text, body), key=lambda label: label.start)
    sure = [label.speaker for label in found if label.kind == "sure"]
    once = {label.speaker for label in found if label.kind == "bracket"}  # "[sighs]" may come back, so does not count
    tight = [label.speaker for label in found if label.kind == "tight"]
    accepted = speakers([*sure, *once], doubtful=tight, known=known)
    if not accepted:  # "At 10:30" on a line of its own names a speaker only where nothing else does
        timed = [label.speaker for label in found if label.kind == "timed"]
        accepted = speakers([], doubtful=timed, known=known)
    plain = [label for label in found if label.speaker in accepted]
    if len({label.speaker for label in plain}) > 1:
        return plain
    dashed = _dashed(text, body, known)
    return dashed if len(dashed) > 2 * len(plain) else plain


def _dashed(text: str, body: int, known: Collection[str]) -> list[_Label]:
    """Return labels that a dash or tab parts from the words, if two or more take turns in most lines of the text."""
    found = [
        _Label(tidy(match["name"]), match.start(), match.end(), None, "sure") for match in DASHED.finditer(text, body)
    ]
    accepted = speakers([], doubtful=[label.speaker for label in found], known=known)
    labels = [label for label in found if label.speaker in accepted]
    lines = sum(1 for _ in _LINE.finditer(text, body))
    return labels if len(accepted) > 1 and 2 * len(labels) > lines else []


def _candidates(text: str, body: int) -> Iterator[_Label]:
    for match in LABEL.finditer(text, body):
        time = match["before"] or match["after"] or match["bare"] or match["behind"]
        yield _Label(
            tidy(match["name"] or match["bracket"]),
            match.start(),
            match.end(),
            seconds(time) if time else None,
            _kind(match),
        )
    for match in STANDING.finditer(text, body):
        yield _Label(
            tidy(match["name"] or match["later"]),
            match.start(),
            match.end(),
            seconds(match["time"] or match["first"]),
            "timed" if match["single"] or match["later"] else "sure",
        )


def _kind(label: re.Match[str]) -> _Kind:
    if label["bracket"]:
        return "bracket"
    if label["bare"]:
        return "timed"
    return "tight" if label["tight"] else "sure"


def _span(text: str, label: _Label, end: int) -> Span:
    start = label.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(label.speaker, start, max(start, end), label.time)


def _unlabelled(text: str, body: int) -> Draft:
    stripped = text[body:].strip()
    if not stripped:
        return Draft(text, (), text[:body].strip(), notices=("no words were found",))
    start = text.index(stripped, body)
    said = "no speaker labels were found: the whole text is read as one participant's turn"
    return Draft(text, (Span("", start, start + len(stripped)),), text[:body].strip(), notices=(said,))
