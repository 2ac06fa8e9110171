"""Plain text and Markdown: the canonical text is the file itself, turns are found by their labels."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from qualcode.files import decode
from qualcode.model import Label, Rules
from qualcode.transcripts.draft import Draft, Span, Told
from qualcode.transcripts.headers import body, swallowed, talk
from qualcode.transcripts.labels import (
    LOOKS_LIKE_A_NAME,
    Found,
    Verdict,
    dashed,
    fit,
    folded,
    grammar,
    knowing,
    speakers,
    tidy,
    unmarked,
    verdicts,
)
from qualcode.transcripts.shapes import DASHED, REMARKS
from qualcode.transcripts.signatures import refuse_other
from qualcode.transcripts.stamps import inside, timed

_LINE = re.compile(r"[^\n]*\S[^\n]*")
_REMARK = re.compile(r"(?P<name>.*\S)\s*\((?P<remark>[^()]+)\)")
_MOST = 0.9
"""Of the labels that come back, how many must stand below a blank line to make that the layout of the source."""

_UNSPACED = Verdict(False, "comes once, and no blank line above it as above the others")


def read(content: bytes, told: Told) -> Draft:
    """Read a plain or Markdown source."""
    refuse_other(content, path=told.shown, wanted="plain text")
    decoded = decode(content, path=told.shown, encoding=told.encoding)
    draft = read_plain(decoded.text, rules=told.rules)
    return replace(draft, notices=(*decoded.notices, *draft.notices))


def read_plain(text: str, *, known: Collection[str] = (), rules: Rules = Rules()) -> Draft:
    """Find the turns of a plain or Markdown text; all above the first one is header.

    ``rules`` say which labels the settings name and which shapes they add; ``known`` are further speakers.
    """
    rules = knowing(rules, known)
    drawn = unmarked(text)
    start = body(drawn)
    found = _without_remarks(list(_candidates(drawn, start, rules)), rules)
    judged = _judged(text, found, rules)
    labels = talk(text, _speaking(text, start, found, judged, rules))
    told = _told(found, judged, labels)
    if not labels:
        return replace(_unlabelled(text, start), labels=told)
    ends = [label.start for label in labels[1:]] + [len(text)]
    spans = timed(text, [_span(text, label, end) for label, end in zip(labels, ends, strict=True)])
    notices = (*swallowed(drawn, labels[0].start, labels), *inside(text, spans))
    return Draft(text, tuple(spans), text[: labels[0].start].strip(), notices=notices, labels=told)


def _candidates(text: str, start: int, rules: Rules) -> Iterator[Found]:
    """Yield the words in the shape of a label, one a line at most."""
    shapes = grammar(rules.labels)
    for line in _LINE.finditer(text, start):
        if line.start() >= start and (found := fit(text, line.start(), shapes)):
            start = found.end  # a time above a label has its line already
            yield found


def _without_remarks(found: list[Found], rules: Rules) -> list[Found]:
    """Make "P1 (laughing)" one with "P1", where that stands alone as well or the words can only be a remark."""
    alone = {label.speaker for label in found}
    kept = set(map(folded, (*rules.speakers, *rules.interviewers)))
    names = {name: _without_remark(name, alone) for name in alone if name.endswith(")") and folded(name) not in kept}
    return [replace(label, speaker=names.get(label.speaker, label.speaker)) for label in found] if names else found


def _without_remark(label: str, alone: Collection[str]) -> str:
    match = _REMARK.fullmatch(label)
    if match is None:
        return label
    remark = match["remark"].strip()
    listed = remark.casefold() in REMARKS
    return match["name"] if listed or (match["name"] in alone and remark[:1].islower()) else label


def _judged(text: str, found: Sequence[Found], rules: Rules) -> dict[str, Verdict]:
    """Judge all labels; where those that come back stand below blank lines, one that comes once must too."""
    judged = verdicts([(label.speaker, label.trust) for label in found], rules)
    times = Counter(label.speaker for label in found)
    taken = [label for label in found if judged[label.speaker].taken]
    regular = [label for label in taken if times[label.speaker] > 1]
    if len(regular) < 3 or sum(_is_spaced(text, label.start) for label in regular) < _MOST * len(regular):
        return judged
    once = [label for label in taken if times[label.speaker] == 1 and judged[label.speaker] is LOOKS_LIKE_A_NAME]
    return judged | {label.speaker: _UNSPACED for label in once if not _is_spaced(text, label.start)}


def _is_spaced(text: str, start: int) -> bool:
    """Tell whether a blank line, or nothing at all, stands above the line that begins here."""
    end = text.rfind("\n", 0, start)
    return end < 0 or not text[text.rfind("\n", 0, end) + 1 : end].strip()


def _speaking(
    text: str, start: int, found: Sequence[Found], judged: Mapping[str, Verdict], rules: Rules
) -> Sequence[Found]:
    plain = [label for label in found if judged[label.speaker].taken]
    if len({label.speaker for label in plain}) > 1:
        return plain
    other = _dashed(text, start, rules)
    return other if len(other) > 2 * len(plain) else plain


def _dashed(text: str, start: int, rules: Rules) -> list[Found]:
    """Return labels that a dash or tab parts from the words, if two or more take turns in most lines of the text."""
    found = [
        Found(tidy(match["name"]), match.start(), match.end(), None, DASHED.trust, DASHED.name)
        for match in dashed().finditer(text, start)
    ]
    accepted = speakers([], doubtful=[label.speaker for label in found], rules=rules)
    labels = [label for label in found if label.speaker in accepted]
    lines = sum(1 for _ in _LINE.finditer(text, start))
    return labels if len(accepted) > 1 and 2 * len(labels) > lines else []


def _told(found: Sequence[Found], judged: Mapping[str, Verdict], labels: Sequence[Found]) -> tuple[Label, ...]:
    """Return each label once, taken for a speaker or not; what may be anything is told only if it comes back."""
    times = Counter(label.speaker for label in labels) | Counter(label.speaker for label in found)
    taken = {label.speaker for label in labels}
    first = {label.speaker: label for label in reversed([*found, *labels])}
    return tuple(
        Label(name, name in taken, _why(judged, name, name in taken), label.shape, times[name], label.start)
        for name, label in sorted(first.items(), key=lambda one: one[1].start)
        if name in taken or label.trust in {"settings", "sure", "once"} or times[name] > 1
    )


def _why(judged: Mapping[str, Verdict], name: str, taken: bool) -> str:
    verdict = judged.get(name)
    if verdict is None:
        return "begins most lines"
    return verdict.why if verdict.taken == taken else "stands above the talk" if verdict.taken else "begins most lines"


def _span(text: str, label: Found, end: int) -> Span:
    start = label.end
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(label.speaker, start, max(start, end), label.time)


def _unlabelled(text: str, start: int) -> Draft:
    header, stripped = text[:start].strip(), text[start:].strip()
    if not stripped:
        return Draft(text, (), header, notices=("no words were found",))
    first = text.index(stripped, start)
    said = "no speaker labels were found: the whole text is read as one participant's turn"
    spans = timed(text, [Span("", first, first + len(stripped))])
    return Draft(text, tuple(spans), header, notices=(said, *inside(text, spans)))
