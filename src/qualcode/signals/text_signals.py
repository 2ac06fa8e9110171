"""Signals in the words of turns: labels, times, markup, notices of recorders, repeated lines, damaged characters."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from qualcode.segments import count_words, segment_transcript
from qualcode.signals.text_body import Example, Reading
from qualcode.transcripts import normalise_label

_TIME = r"\d{1,3}:\d{2}(?::\d{2})?(?:[.,-]\d{1,3})?"
_LINE_START = r"(?:^|(?<=[.?!…\"”»)\]。？！]\s))"
"""The beginning of a line or of a sentence: captions are joined to one line."""

_MARKS = re.compile(r">>|\]:|[(\[](?:speaker|spk)", re.IGNORECASE)
_MARKED_LABEL = re.compile(
    rf"{_LINE_START}[ \t]*(?:>>+(?!\w*<)|\[[^\]\n:]{{1,40}}\]:(?=\s)|[\[(](?:speaker|spk)[ _]?\d{{1,3}}[\])])",
    re.MULTILINE | re.IGNORECASE,
)
_COLON = re.compile(r"[:：](?=\s)")
_MAX_NAMES = 100
"""Speakers from which their names are not looked for in all turns, which would take long."""
_MAX_LABEL = 48
_LABEL = re.compile(rf"{_LINE_START}[ \t*_]*(?P<label>[^\s:.?!,;：][^:.?!,;\n：]*?)[ \t*_]*[:：]\Z", re.MULTILINE)
_SHORT_LINE = re.compile(r"^[ \t]*(?P<label>[^\W\d_][^.?!,;:…\n]{1,30}[^\W_])[ \t]*\n[^\n]*[.?!]", re.MULTILINE)
_CONTRACTION = re.compile(r"(?:I|it|that|there|here|what|who|s?he|we|you|they)['’]\w+$", re.IGNORECASE)
_LOWER_WORD = re.compile(r"(?:^|\s)[\"“(\[]?[^\W\d_A-Z]")

_MARKED_TIME = re.compile(
    rf"[\[(#<]{_TIME}[\])#>]|{_TIME}(?:[ \t]+-->|,{_TIME}$)|\b\d{{1,6}}\.\d{{1,6}}\t\d{{1,6}}\.\d{{1,6}}\b",
    re.MULTILINE,
)
_CLOCK = re.compile(r"\d:\d\d")
_BARE_TIME = re.compile(
    rf"^[ \t]*{_TIME}(?=\s)|^.{{0,40}}\s{_TIME}$|^[ \t]*\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}},?[ \t]\d{{1,2}}:\d{{2}}",
    re.MULTILINE,
)
"""A time alone at the beginning or end of a line, or after a date."""

_SPELLED_TIME = re.compile(r"^(?:\d+[ \t][^\W\d_]+,?[ \t]?(?:[^\W\d_]{1,3}[ \t])?){2,3}$", re.MULTILINE)
"""A time in words: 1 hour 2 minutes."""

_MAX_LINE_STEP = 10
_NUMBERED_LINE = re.compile(r"^[ \t]*(\d{1,4})[ \t]+(?=\S)", re.MULTILINE)

MARKUP = re.compile(
    r"</?(?:[vcibua]|p|br|em|strong|span|div|font|lang|ruby|rt|rb|body|html|script|img|table|t[rdh]|li|[uo]l)\b"
    r"[^>\n]{0,200}>"
    r"|[{,]\s*\"\w+\"\s*:|&(?:[a-z]{2,6}|\#\d{2,5});|_x[0-9A-Fa-f]{4}_|\\u[0-9a-fA-F]{4}|\{\\|\\(?:par|rtf)\b"
    r"|\[/{1,3}\]|&[=~-]\w+|\[=!?[ ]",
)
"""Tags, JSON, entities, escaped characters, codes of Word, RTF and CHAT."""

HEADINGS = re.compile(r"^(?:\#{1,6}[ \t]+\S|\|.*\|[ \t]*$|(?:\*\*|__)[^*\n]+[^*\n.!](?:\*\*|__)[ \t]*$)", re.MULTILINE)
"""Headings and rows of tables of Markdown; a whole line in bold that is no sentence."""

_NOTICE_CHARACTERS = 50
_NOTICE_WORDS = (
    "transcri,transkri,recording,the meeting,the call,the group,the chat,encrypted,omitted,ausgeschlossen,weggelassen"
    ",omis,omesso,attached>,was deleted,aufzeichnung,aufnahme,generated"
).split(",")
_RECORDER_NOTICES = re.compile(
    r"^(?!(?:I|we|s?he|they|it|you)\b)(?:[^\n.?!]{1,40} )?"
    r"(?:(?:started|stopped|paused|resumed) (?:the )?(?:transcription|recording)"
    r"|(?:joined|left) the (?:meeting|call|group|chat))\.?$"
    r"|^(?:the )?recording (?:has )?(?:been )?(?:started|stopped|paused)\.?$"
    r"|^(?:transcribed|transcript) by (?:https?:|\S+\.(?:ai|com)\b)"
    r"|^.{0,40}\bmessages and calls are end-to-end encrypted"
    r"|<[^<>\n]{0,30}\b(?:omitted|ausgeschlossen|weggelassen|omis|omitido|omitidos|omesso|attached)\b[^<>\n]{0,10}>"
    r"|^.{0,3}(?:image|video|audio|sticker|GIF|document) omitted$|^this message was deleted\.?$"
    r"|^[^\n.?!]{1,40} (?:hat|haben) (?:die )?(?:Transkription|Aufzeichnung|Aufnahme) (?:gestartet|beendet|gestoppt)$"
    r"|^this transcript was (?:automatically )?generated\b",
    re.IGNORECASE | re.MULTILINE,
)

_DAMAGED_STARTS = {
    "cp1252": "ÂÃâÄÅÎÏÐÑØÙãäåæçðàìíë",
    "mac_roman": "√‚",
    "cp437": "├Γ",
    "cp1250": "ĂĹâ",
}
"""By encoding, what the first byte of a character in UTF-8 looks like in it."""

_UNSPACED_LETTERS = re.compile(
    "[\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\ua000-\ua4cf\ua980-\ua9df\uf900-\ufaff]+"
)
"""Letters of Thai, Lao, Tibetan, Burmese, Khmer, Japanese, Chinese, Yi and Javanese."""

SEPARATORS = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u2028\u2029\ufffd]")
"""Control characters, line ends that are not ``\\n``, and the sign for a character that could not be decoded."""

_CONSONANTS = frozenset("bcdfgjklnpqrstvwxz")
"""Without h and m, of which mhm and hmm consist."""

_END_BEFORE_CAPITAL = re.compile(r"\.\s++[A-ZÀ-Þ]")
_LINE_IN_SENTENCE = re.compile(r"(?<=\w)\n\s*+[a-zà-ÿ]")


def find_labels(reading: Reading) -> Iterator[Example]:
    """Yield words inside turns that have the form of a speaker's label.

    A form that is used for nothing else is enough (``[SPEAKER_00]:``, ``>>``), and so is the label of a speaker of
    this transcript; other words must look like names and be there three times together.
    """
    for match in _MARKED_LABEL.finditer(reading.body) if _MARKS.search(reading.body) else ():
        yield reading.make_example(match.start(), match.end(), label=match[0].strip(" \t[]():>"))
    excluded = {normalise_label(label) for label in reading.rules.not_speakers}
    speakers = {normalise_label(turn.label or turn.speaker) for turn in reading.transcript.turns}
    labels = [(normalise_label(label), start, label) for start, label in _find_label_forms(reading.body)]
    labels = [found for found in labels if found[0] not in excluded]
    counts = Counter(key for key, _, _ in labels)
    repeated = [found for found in labels if counts[found[0]] > 1 and _is_name(found[2])]
    known = [found for found in labels if found[0] in speakers]
    yield from _find_names_at_line_starts(reading)
    for _, start, label in repeated if len(repeated) > 2 else known:
        yield reading.make_example(start, start + len(label) + 1, label=label)


def _find_names_at_line_starts(reading: Reading) -> Iterator[Example]:
    """Yield lines of turns that begin with a speaker's name and another sign than the usual colon: "Ben Ode; Yes."."""
    names = {turn.label or turn.speaker for turn in reading.transcript.turns}
    words = "|".join(re.escape(name) for name in sorted(names) if len(name) > 1 and name[0].isupper())
    if words and len(names) < _MAX_NAMES:
        pattern = rf"^[ \t]*(?P<label>{words})(?=[ \t]*(?:[;(\[–—]|-[ \t]|$))"
        for match in re.finditer(pattern, reading.body, re.MULTILINE):
            yield reading.make_example(match.start("label"), match.end(), label=match["label"])


def _find_label_forms(body: str) -> Iterator[tuple[int, str]]:
    """Yield offset and text of what stands before a colon, and of short lines that come back among others."""
    for colon in _COLON.finditer(body):
        first = max(0, colon.start() - _MAX_LABEL)
        if match := _LABEL.search(body[first : colon.end()]):
            yield first + match.start("label"), match["label"]
    lines = list(_SHORT_LINE.finditer(body))
    counts = Counter(match["label"] for match in lines)
    if sum(count > 1 for count in counts.values()) > 1:
        yield from ((match.start("label"), match["label"]) for match in lines if counts[match["label"]] > 1)


def _is_name(label: str) -> bool:
    """Return whether the words before a colon may be a name.

    >>> _is_name("Ann Lee | Oakfarm"), _is_name("3rd Floor Room"), _is_name("The question is"), _is_name("I'm")
    (True, True, False, False)
    """
    return not _LOWER_WORD.search(label) and not _CONTRACTION.match(label)


def find_times(reading: Reading) -> Iterator[Example]:
    """Yield times as recorders write them; without brackets or an arrow there must be two."""
    has_times = _CLOCK.search(reading.body) is not None or "\t" in reading.body
    yield from reading.find_all(_MARKED_TIME) if has_times else ()
    bare = [*(reading.find_all(_BARE_TIME) if has_times else ()), *reading.find_all(_SPELLED_TIME)]
    yield from bare if len(bare) > 1 else []


def find_recorder_notices(reading: Reading) -> Iterator[Example]:
    """Yield lines that recording and chat programs write themselves."""
    body, end = reading.body, 0
    # Words of any case are slow to search for: one word of each line is looked for first.
    lower = body.lower()
    starts = sorted(match.start() for word in _NOTICE_WORDS for match in re.finditer(word, lower))
    for start in starts if len(lower) == len(body) else ():
        line = max(end, body.rfind("\n", 0, start) + 1)
        if start >= end and (match := _RECORDER_NOTICES.search(body, line, start + _NOTICE_CHARACTERS)):
            end = match.end()
            yield reading.make_example(match.start(), end)


def find_line_numbers(reading: Reading) -> Iterator[Example]:
    """Yield lines of turns that begin with numbers which rise by ten at most, if they are four and a third of all."""
    matches = [match for match in _NUMBERED_LINE.finditer(reading.body) if not 1900 <= int(match[1]) < 2100]
    steps = [int(later[1]) - int(first[1]) for first, later in pairwise(matches)]
    rising = sum(0 < step <= _MAX_LINE_STEP for step in steps)
    lines = sum(1 for line in reading.body.split("\n") if line.strip()) if rising > 2 else 0
    if rising > 2 and rising >= len(steps) - 1 and 3 * len(matches) >= lines:
        yield from (reading.make_example(match.start(), match.end()) for match in matches)


def find_repeats(reading: Reading) -> Iterator[Example]:
    """Yield places where three or more words are said again at once, if they are a tenth of all words."""
    words = reading.body.split()
    repeats = list(_find_repeated_runs(words))
    if len(repeats) > 2 and sum(length for _, length in repeats) * 10 >= len(words):
        places = list(re.finditer(r"\S+", reading.body))
        for last, length in repeats:
            yield reading.make_example(places[last - length + 1].start(), places[last].end())


def _find_repeated_runs(words: list[str]) -> Iterator[tuple[int, int]]:
    """Yield the index of the last word and the length of each run of words that repeats the run before it."""
    last_seen: dict[str, int] = {}
    distance = run = 0
    for number, word in enumerate(words):
        back = number - last_seen.get(word, number)
        last_seen[word] = number
        run = run + 1 if back == distance else 1
        distance = back
        if run == distance and distance > 2:
            yield number, distance
            run = 0


def find_mojibake(reading: Reading) -> Iterator[Example]:
    """Yield runs of characters that are UTF-8 read in another encoding, as ``cafÃ©``."""
    text = reading.body
    if text.isascii():
        return
    for match in re.finditer(r"[^\x00-\x7f]{2,}", text):
        if _is_mojibake(match[0]):
            start = max(text.rfind(" ", 0, match.start()), text.rfind("\n", 0, match.start())) + 1
            yield reading.make_example(start, match.end())


def _is_mojibake(run: str) -> bool:
    """Return whether a run of characters, encoded in a common 8-bit encoding, is valid UTF-8.

    >>> [_is_mojibake(run) for run in ("Ã©", "â€™", "ä¸‹", "√©", "ĂĽ", "“é", "é”", "Привет", "äöü")]
    [True, True, True, True, True, False, False, False, False]
    """
    # Other first characters also begin words that were decoded rightly, such as “é in MacRoman.
    names = [name for name, first in _DAMAGED_STARTS.items() if run[0] in first]
    for encoding in names:
        try:
            # Bytes that Windows-1252 leaves undefined are often kept as control characters.
            data = b"".join(
                character.encode(encoding) if character not in "\x81\x8d\x8f\x90\x9d" else character.encode("latin-1")
                for character in run
            )
            return len(data.decode()) < len(run)
        except UnicodeError:
            continue
    return False


def find_uncounted_words(reading: Reading) -> Iterator[Example]:
    """Yield the first letters of a script without spaces, if they are more than two for each word that is counted."""
    letters = [] if reading.body.isascii() else list(_UNSPACED_LETTERS.finditer(reading.body))
    if letters and sum(map(str.isalpha, "".join(match[0] for match in letters))) > 2 * count_words(reading.body):
        yield reading.make_example(letters[0].start(), letters[0].end())


def find_cut_sentences(reading: Reading) -> Iterator[Example]:
    """Yield sentences that end in an abbreviation, in a number of two words, or between two lines of one sentence."""
    text = reading.transcript.text
    # Only turns in which a sentence may be cut are divided into sentences, which is slow.
    turns = [turn for turn in reading.transcript.turns if _has_cut(text[turn.start : turn.end])]
    segments = segment_transcript(
        replace(reading.transcript, turns=tuple(turns)), sentence_rules=reading.sentence_rules
    )
    for segment, following in pairwise(segments):
        words = text[segment.start : segment.end].split()
        has_ordinals = reading.sentence_rules.key[0] != "en"
        if segment.turn != following.turn or not words:
            continue
        if _is_cut(words, text[following.start], has_ordinals=has_ordinals):
            yield reading.make_example(segment.start, segment.end)


def _has_cut(text: str) -> bool:
    """Return whether a sentence of a text may be cut: a quick test by the characters around the cut."""
    ends = (text[max(0, match.start() - 5) : match.start()] for match in _END_BEFORE_CAPITAL.finditer(text))
    if any(end[-1:].isdecimal() or set(end.rpartition(" ")[2].casefold()) <= _CONSONANTS for end in ends):
        return True
    return any(text[match.start() - 1 : match.start()].isalnum() for match in _LINE_IN_SENTENCE.finditer(text))


def _is_cut(words: list[str], next_character: str, *, has_ordinals: bool) -> bool:
    if words[-1][-1].isalnum():
        return next_character.islower()
    last = words[-1].rstrip(".")
    is_number = (
        has_ordinals
        and len(words) == 2
        and words[0].isalpha()
        and 1 < len(words[0]) < 4
        and last.isdecimal()
        and len(last) < 3
    )
    is_abbreviation = len(words) <= 3 and last != "" and not last.isupper() and set(last.casefold()) <= _CONSONANTS
    return words[-1].endswith(".") and (is_number or is_abbreviation)
