"""Headers above an interview: front matter, titles, 'Key: value' lines, and lines that name the interviewee."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise, takewhile

from qualcode.errors import quote_yaml
from qualcode.model import SourceRules
from qualcode.model.line_numbers import line_counter
from qualcode.transcripts.labels.label_shapes import (
    COLON_SHAPES,
    HEADER_KEYS,
    NAMING_KEYS,
    NOTE_KEYS,
    RECOGNISER_NAME,
    ROLE_WORDS,
)
from qualcode.transcripts.labels.recorder_notices import is_recorder_notice
from qualcode.transcripts.labels.speaker_labels import (
    LabelMatch,
    compile_label_shapes,
    find_lines,
    is_no_speaker,
    match_label,
    normalise_label,
)

# YAML, in which "..." may end a document as well as "---".
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_BLANK = re.compile(r"\n[^\S\n]*\n")
_MAX_TITLES = 3
"""Lines that may precede the first 'Key: value' line of a header."""

_MAX_HEADER_LABELS = 20
"""Labels that may be part of a header."""

_MAX_SHORT = 4
"""Characters of a label that a legend explains."""

_LEGEND_VALUE = re.compile(r"[\s=–—-]*(\w+)\s*(?:$|[;,|/(\[])")

_FIRM = re.compile(r"\b(?:Ltd|Inc|Corp|Co|Bros|Jr|Sr|St|U\.S|U\.K|S\.A|e\.V|p\.m|a\.m)\.$", re.IGNORECASE)
"""Abbreviations with which a value in a header ends: "Company: Oakfarm Ltd."."""
_SENTENCE_ENDS = (".", "?", "!", "…", "。", "？", "！")
_SHORTENED = re.compile(r"(?:\d\s?[^\W\d_]{1,4}|\b[^\W\d_])\.$")
"""Abbreviations with which a line of a block ends: "45 Min.", "Herr B."."""

_MAX_KEY = 3
"""Characters up to which a label is a speaker's initials rather than the key of a line in a header."""

_MAX_VALUE = 120
"""Characters of a value in a header."""

_SPACED_SHARE = 0.9
"""The share of labels below a blank line from which blank lines are between all turns."""
_HAS_KEY = re.compile(r"[^:：\n]{1,40}[:：]")
_RECOGNISER = re.compile(RECOGNISER_NAME)


def find_body_start(text: str) -> int:
    """Return the offset at which the interview begins, after front matter or a header of 'Key: value' lines."""
    front = _FRONT_MATTER.match(text)
    start = front.end() if front else 0
    lines = list(_header_lines(text, start))
    # Only keys such as "Date" prove a header: lines with other keys ("Interviewee: ...") may be the first turns.
    ends = [end for key, end in lines if key in HEADER_KEYS]
    if not ends:
        return start
    blank = _BLANK.search(text, ends[-1])
    if blank and lines[-1][1] >= blank.start() and text[blank.end() :].strip():
        return blank.start()  # the lines below the date in the same block belong to the header too
    return ends[-1]


def _header_lines(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Yield key and end of each title and 'Key: value' line above the first turn."""
    seen: set[str] = set()
    titles = 0
    for match in find_lines(text, start):
        label = match_label(match[0], 0, compile_label_shapes())
        # A title may have signs and a colon: "# Interview 7: the baker".
        if label is None or label.trust == "signs":
            key, is_header = "", not seen and titles < _MAX_TITLES
            titles += 1
        else:
            key = _header_key(label, match[0])
            # A key that occurs again and may name a speaker is the label of a turn.
            is_header = key != "" and (is_no_speaker(key) or key not in seen)
        if not is_header:
            return
        seen |= {key} - {""}
        yield key, match.end()


def _header_key(label: LabelMatch, line: str) -> str:
    """Return the key of a header's line, or an empty string if the line is a turn of the interview."""
    if label.shape != "colon" or label.time is not None:
        return ""
    key, value = normalise_label(label.speaker), line[label.end :].strip()
    # Values in a header are short and do not end as a sentence does.
    ends_sentence = value.endswith(_SENTENCE_ENDS) and not _FIRM.search(value)
    is_speech = not value or len(value) > _MAX_VALUE or ends_sentence
    return "" if is_speech and not is_no_speaker(key) else key


def drop_header_labels(text: str, labels: Sequence[LabelMatch]) -> Sequence[LabelMatch]:
    """Return the labels without those at the beginning that only name the interviewee ("Interviewee: P1")."""
    counts = Counter(normalise_label(label.speaker) for label in labels)
    repeated = sum(count > 1 for count in counts.values())
    header_count = 0
    for number, (label, following) in enumerate(pairwise(labels[:_MAX_HEADER_LABELS]), 1):
        value = text[label.end : following.start].strip()
        if "\n" in value or not value or value.endswith(_SENTENCE_ENDS) or label.time is not None:
            break
        key, name = normalise_label(label.speaker), normalise_label(value)
        # Where the value is itself a label of the interview, the line introduces that speaker.
        is_known = name in counts and name != key
        # Without two repeated labels, such a line may be the first turn rather than an introduction.
        is_introduction = counts[key] == 1 and (is_known or (key in NAMING_KEYS and repeated > 1 and _is_name(value)))
        if is_introduction or _is_legend(key, value):
            header_count = number
    return labels[header_count:]


def drop_header_block(text: str, labels: Sequence[LabelMatch], rules: SourceRules) -> Sequence[LabelMatch]:
    """Return the labels without the words of a header in any language: Datum, Ort, Dauer.

    They are above a blank line and come once, have short values, and below them other labels take turns.
    """
    counts = Counter(label.speaker for label in labels)
    own = {*map(normalise_label, rules.speakers)}
    once = [*takewhile(lambda label: counts[label.speaker] == 1, labels[:_MAX_HEADER_LABELS])]
    ends = [
        number
        for number, (label, following) in enumerate(pairwise(labels[: len(once) + 1]), 1)
        if _BLANK.search(text, label.end, following.start)
    ]
    for end in reversed(ends):
        block, rest = labels[:end], labels[end:]
        values = [text[one.end : after.start].strip() for one, after in pairwise(labels[: end + 1])]
        is_named = any(normalise_label(label.speaker) in own for label in block)
        if (
            not is_named
            and all(map(_may_be_key, block, values))
            and _take_turns(rest)
            and _is_block(text, rest, values)
        ):
            return rest
    return labels


def _may_be_key(label: LabelMatch, value: str) -> bool:
    """Tell whether a label, by itself, may be the key of a line in a header."""
    if label.shape not in COLON_SHAPES or label.time is not None or _RECOGNISER.fullmatch(label.speaker):
        return False
    key = normalise_label(label.speaker)
    if key in ROLE_WORDS:
        return bool(value) and "\n" not in value and _is_name(value)
    # Characters of a script without capitals say more: 日期.
    return (len(key) >= _MAX_KEY or not key.isascii()) and all(len(line) <= _MAX_VALUE for line in value.split("\n"))


def _is_block(text: str, rest: Sequence[LabelMatch], values: Sequence[str]) -> bool:
    """Tell whether values are those of a header; where blank lines are between all turns, one is not enough."""
    lines = [line for value in values for line in value.split("\n") if line.strip()]
    sentences = [line for line in lines if line.endswith(_SENTENCE_ENDS) and not _is_shortened(line)]
    spaced = sum(_BLANK.search(text, one.end, after.start) is not None for one, after in pairwise(rest))
    if spaced >= _SPACED_SHARE * (len(rest) - 1):
        others = [line for value in values for line in _BLANK.split(value)[0].split("\n")[1:]]
        return len(lines) > 1 and not sentences and all(_HAS_KEY.match(line) for line in others)
    return 2 * len(sentences) < len(lines) and not any(line.endswith(("?", "？")) for line in sentences)


def _is_shortened(line: str) -> bool:
    return _FIRM.search(line) is not None or _SHORTENED.search(line) is not None


def _take_turns(labels: Sequence[LabelMatch]) -> bool:
    """Tell whether one of the labels comes back after another."""
    turns = [speaker for speaker, _ in groupby(label.speaker for label in labels)]
    return len(turns) > len(set(turns))


def block_notices(text: str, labels: Sequence[LabelMatch]) -> list[str]:
    """Return a notice on the labels of a header that are no known keys."""
    unknown = [label.speaker for label in labels if normalise_label(label.speaker) not in HEADER_KEYS | ROLE_WORDS]
    if not unknown:
        return []
    first, names = text.count("\n", 0, labels[0].start) + 1, "; ".join(unknown[:5])
    hint = f"if they are speakers, write speakers: {{{quote_yaml(unknown[0])}: {{}}}} in qualcode.yaml"
    return [f"words before a colon above the interview are read as header ({names}; from line {first}): {hint}"]


def find_notes_below(text: str, matches: Sequence[LabelMatch]) -> int:
    """Return the offset of notes at the end ("Anmerkung: ..."), or of the end of the text if it has none.

    Each of their lines begins with a known key, or is a notice of the recorder, and no key comes back.
    """
    start = end = len(text)
    if not matches or normalise_label(matches[-1].speaker) not in NOTE_KEYS:
        return end
    counts = Counter(normalise_label(match.speaker) for match in matches)
    for before, match in reversed([*pairwise(matches)]):
        key, lines = normalise_label(match.speaker), [*find_lines(text, match.end, end)]
        others = (line[0] for line in lines if "\n" in text[match.end : line.start()])
        if key not in NOTE_KEYS or counts[key] > 1 or not all(map(is_recorder_notice, others)):
            break
        end = match.start
        if _BLANK.search(text, before.end, end):
            start = end
    return start


def header_notices(text: str, start: int, labels: Sequence[LabelMatch]) -> list[str]:
    """Return a notice if lines of the header begin with labels of several speakers: they may be turns."""
    names = {normalise_label(label.speaker) for label in labels}
    header_labels = [
        (line_counter(text)(match.start()), label.speaker)
        for match in find_lines(text, 0, start)
        if (label := match_label(match[0], 0, compile_label_shapes()))
        and normalise_label(label.speaker) in names
        and not _is_legend(normalise_label(label.speaker), match[0][label.end :].strip())
    ]
    if len({normalise_label(speaker) for _, speaker in header_labels}) < 2:
        return []
    message = f"lines above the interview begin with its labels (the first at line {header_labels[0][0]})"
    return [f"{message} but are read as header: if they are speech, move the lines with the date and so on above them"]


def _is_legend(key: str, value: str) -> bool:
    """Tell whether a line explains a short label: "I: Interviewer"."""
    role = _LEGEND_VALUE.match(value.casefold())
    return len(key) <= _MAX_SHORT and role is not None and role[1] in ROLE_WORDS


def _is_name(value: str) -> bool:
    return not value[0].islower() and len(value.split()) <= 4
