"""Functions shared by the modules of speech recognisers: speech in pieces with speaker and start, from parsed JSON.

JSON may contain anything anywhere: ``value_at``, ``text_at`` and ``objects_at`` look values up and never raise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from qualcode.errors import format_count, format_names
from qualcode.model import Role, UnplacedText
from qualcode.transcripts.labels.speaker_labels import clean_text
from qualcode.transcripts.readers.columns.table_times import parse_time_cell

JsonObject = Mapping[str, Any]

_DURATION = re.compile(r"PT(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9}(?:\.\d{1,9})?)S)?")
"""A duration of ISO 8601, as Azure writes offsets."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:")
_LATEST_TIME = 1e8
"""Seconds, over three years: larger times are dates, counted from 1970."""
_PART_KEYS = ("text", "content", "value", "word")
_NO_TEXT_KEYS = frozenset({"type", "href", "url", "id", "kind", "lang", "language", "user_id", "src"})
_EVENT_SUBTYPES = re.compile(
    r"(?:channel|group|mpim|huddle|bot|file|me_|room)?_?(?:join|leave|left|add|added|remove|removed|topic|purpose|name|"
    r"archive|unarchive|convert_to_private|posting_permissions|thread|canvas_updated)|pinned_item|unpinned_item|"
    r"tombstone|reminder_add|sh_room_created|ekm_access_denied"
)
_EVENT_TYPES = frozenset({"service", "system", "event", "notification", "systemmessage", "join", "leave", "call_log"})
"""Types of messages that a program wrote: nobody said them."""
_LONG_FRACTION = re.compile(r"(?<=:\d\d)(\.\d{3})\d+$")


@dataclass(frozen=True, slots=True)
class SpeechPiece:
    """Consecutive words of one speaker, with their start in seconds; ``None`` where the file does not have it."""

    text: str
    speaker: str | None = None
    start: float | None = None
    role: Role | None = None
    """The role, if the file has it."""


@dataclass(frozen=True, slots=True)
class Speech:
    """The speech in the file of a recogniser, in the order of the file."""

    pieces: Sequence[SpeechPiece]
    other_texts: Sequence[str] = ()
    """The same speech where the file repeats it as a whole: these are only compared with the pieces."""
    unplaced: Sequence[UnplacedText] = ()
    notices: Sequence[str] = ()

    @property
    def has_speakers(self) -> bool:
        """Whether any piece names its speaker."""
        return any(piece.speaker is not None for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Fields:
    """The keys of an object with speech, each in order of preference; ``time_unit`` is how many make a second."""

    text: Sequence[str] = ("text",)
    speaker: Sequence[str] = ("speaker",)
    start: Sequence[str] = ("start",)
    time_unit: int = 1


def value_at(data: Any, *keys: str) -> Any:
    """Return the value below keys of nested objects, ``None`` where there is none."""
    for key in keys:
        data = data.get(key) if isinstance(data, Mapping) else None
    return data


def text_at(data: Any, *keys: str) -> str:
    """Return the string below keys of nested objects, empty where there is none."""
    value = value_at(data, *keys)
    return value if isinstance(value, str) else ""


def objects_at(data: Any, *keys: str) -> Sequence[JsonObject]:
    """Return the objects of the list below keys of nested objects; empty where there is no list.

    Other items, such as a null that a damaged file has, are left out: they hold no words.
    """
    value = value_at(data, *keys)
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def join_text(value: Any) -> str:
    """Return a text that is a string, or a list of strings and objects with a text, as in chats with bold words."""
    if isinstance(value, str):
        return value
    if not isinstance(value, list):
        return ""
    parts = [part if isinstance(part, str) else _part_text(part) for part in value]
    # Parts of a sentence have their spaces; whole sentences in a list have none.
    has_spaces = any(part != part.strip() for part in parts)
    return ("" if has_spaces else " ").join(filter(None, parts))


def _part_text(part: Any) -> str:
    """Return the text of an object in a text: at its usual key, else all its strings but addresses and types."""
    if text := next(filter(None, (text_at(part, key) for key in _PART_KEYS)), ""):
        return text
    strings = part.items() if isinstance(part, Mapping) else ()
    return " ".join(value for key, value in strings if isinstance(value, str) and key not in _NO_TEXT_KEYS)


def _is_event(item: JsonObject) -> bool:
    """Tell whether an object is a notice of the program, such as that somebody has joined a channel."""
    subtype, kind = text_at(item, "subtype").casefold(), text_at(item, "type").casefold()
    return bool(_EVENT_SUBTYPES.fullmatch(subtype)) or kind in _EVENT_TYPES


def read_objects(
    objects: Iterable[JsonObject],
    fields: Fields,
    *,
    names: Mapping[str, str] | None = None,
    other_texts: Sequence[str] = (),
) -> Speech:
    """Return the speech of objects, a piece each; their strings that are not read are reported.

    ``names`` are those of speakers by their ids in the file.
    """
    pieces: list[SpeechPiece] = []
    unplaced: list[UnplacedText] = []
    unused: dict[str, None] = {}
    events = 0
    for number, item in enumerate(objects, 1):
        text_key = next((key for key in fields.text if isinstance(item.get(key), str)), "")
        text_key = text_key or next((key for key in fields.text if _has_strings(item.get(key))), "")
        text = " ".join(join_text(item.get(text_key)).split())
        if _is_event(item):
            events += 1
            unplaced += [UnplacedText(number, text)] if text else []
            continue
        start = seconds(_first(item, fields.start), fields.time_unit)
        pieces.append(SpeechPiece(text, speaker_label(_first(item, fields.speaker), names), start))
        strings = {key: value for key, value in item.items() if isinstance(value, str) and value.strip()}
        if text_key:
            used = {text_key, *fields.speaker, *fields.start}
            # Strings of one word are ids, languages or types; longer ones may be speech, so they are reported.
            unused |= dict.fromkeys(key for key, value in strings.items() if key not in used and len(value.split()) > 1)
        elif strings:
            unplaced.append(UnplacedText(number, ", ".join(strings.values())))
    notices = [f"not used: {format_names(list(unused))}"] if unused else []
    if events:
        notices.append(f"{format_count(events, 'message')} of the program, such as who joined: not read as speech")
    return Speech(since_first(pieces), other_texts, unplaced, notices)


def _has_strings(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(part, str) for part in value)


def since_first(pieces: list[SpeechPiece]) -> list[SpeechPiece]:
    """Return pieces whose times are dates with times since the first; others unchanged."""
    starts = [piece.start for piece in pieces if piece.start is not None]
    if not starts or min(starts) < _LATEST_TIME:
        return pieces
    first = min(starts)
    return [replace(piece, start=None if piece.start is None else round(piece.start - first, 3)) for piece in pieces]


def _first(item: JsonObject, keys: Sequence[str]) -> Any:
    # 0 is a valid speaker and a valid start.
    return next((item[key] for key in keys if item.get(key) not in (None, "")), None)


def read_words(words: Iterable[JsonObject], fields: Fields, *, space: str = " ") -> list[SpeechPiece]:
    """Return words, each with the space before it; what is only space has no speaker."""
    pieces: list[SpeechPiece] = []
    for word in words:
        text = next((text for key in fields.text if (text := text_at(word, key))), "")
        speaker = speaker_label(_first(word, fields.speaker))
        start = seconds(_first(word, fields.start), fields.time_unit)
        pieces.append(SpeechPiece(space + text, speaker if text.strip() else None, start))
    return pieces


def read_items(items: Iterable[JsonObject]) -> list[SpeechPiece]:
    """Return the words of Amazon and Speechmatics: the first of each item's ``alternatives``, with the space before it.

    Punctuation is an item of its own; it belongs to the word before it.
    """
    words: list[SpeechPiece] = []
    for item in items:
        best = next(iter(objects_at(item, "alternatives")), {})
        text = text_at(best, "content")
        if text and item.get("type") == "punctuation":
            words.append(SpeechPiece(text))
        elif text:
            # Amazon names the speaker in the item, Speechmatics in the alternative.
            speaker = speaker_label(item.get("speaker_label", best.get("speaker")))
            words.append(SpeechPiece(f" {text}", speaker, seconds(item.get("start_time"))))
    return words


def join_words(words: Iterable[SpeechPiece]) -> list[SpeechPiece]:
    """Return consecutive words of a speaker as one piece; a word without a speaker belongs to the one before it."""
    groups: list[list[SpeechPiece]] = []
    for word in words:
        if groups and word.speaker in {None, groups[-1][0].speaker}:
            groups[-1].append(word)
        else:
            groups.append([word])
    # Joined once: adding word after word to a text copies it each time.
    texts = [" ".join("".join(word.text for word in group).split()) for group in groups]
    return [replace(group[0], text=text) for group, text in zip(groups, texts, strict=True) if text]


def speaker_label(value: Any, names: Mapping[str, str] | None = None) -> str | None:
    """Return a speaker's name or label, ``None`` where the value is neither."""
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("speaker_name") or value.get("id")
    if value in (None, "") or isinstance(value, list | Mapping | bool):
        return None
    label = clean_text(str(value))
    return (names or {}).get(label) or (f"Speaker {label}" if label.isdecimal() else label)


def speaker_names(speakers: Iterable[JsonObject]) -> dict[str, str]:
    """Return the names of speakers by their ids, from a file's list of them."""
    named = [(item, item.get("speaker_name") or item.get("name")) for item in speakers]
    ids = [clean_text(str(item.get("id", item.get("speaker_id")))) for item, _ in named]
    return {key: clean_text(str(name)) for key, (_, name) in zip(ids, named, strict=True) if name}


def seconds(value: Any, time_unit: int = 1) -> float | None:
    """Return a time, or the first of a pair of times, in seconds; ``None`` where it is no time.

    A text may be ``1.300s``, a clock's time with any number of decimals, or a duration such as ``PT1M2.5S``.
    """
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, Mapping):
        return _sum_parts(value)
    if isinstance(value, str):
        return _parse_time(value)
    # The comparison also refuses NaN and infinity, which Python's JSON parser accepts.
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e12:
        return None
    return round(value / time_unit, 3)


def _sum_parts(time: JsonObject) -> float | None:
    """Return a time that Google's libraries write as whole seconds, which may be a text, and nanoseconds."""
    whole, nanos = time.get("seconds") or 0, time.get("nanos") or 0
    if not time.keys() & {"seconds", "nanos"} or not isinstance(nanos, int) or not re.fullmatch(r"\d{1,9}", str(whole)):
        return None
    return seconds(int(whole) + nanos / 1e9)


def _parse_time(text: str) -> float | None:
    if duration := _DURATION.fullmatch(text):
        hours, minutes, rest = (float(part or 0) for part in duration.groups())
        return round(hours * 3600 + minutes * 60 + rest, 3)
    if _DATE.match(text):
        return _parse_date(text)
    return parse_time_cell(_LONG_FRACTION.sub(r"\1", text).removesuffix("s"))


def _parse_date(text: str) -> float | None:
    try:
        date = datetime.fromisoformat(text)
    except ValueError:
        return None
    # Without a time zone, all dates of a file are of one zone.
    return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
