"""Signals in who speaks and how much: shares, roles, short forms of labels, headers, times."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator

from qualcode.model import Turn
from qualcode.segments import count_words
from qualcode.signals.text_body import Example, Reading
from qualcode.transcripts import normalise_label

_QUESTION_ENDS = ("?", "？", "؟", "?”", '?"', "?*")
_SENTENCE = re.compile(r"(?:^|(?<=[.?!\n]))[^.?!\n]{15,}[.?!](?=\s|$)")
_QUESTION = re.compile(r"[?？؟]")
_LONG_TURN = 300
"""Words, about two minutes of speech."""
_MIN_QUESTIONS = 3
_RECORDING_READERS = ("captions", "json")
_DATED_LINE = re.compile(r"\W*\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?[ \t]+\d{1,2}:\d{2}")
"""A line of a chat; above the first message it is one of the program."""
_PARENTHESES = re.compile(r"\s*[\[(](?P<short>[^()\[\]]{1,12})[\])]\s*$")


def find_single_turn(reading: Reading) -> Iterator[Example]:
    """Yield the turn that holds nine tenths of all words, if it is long enough to be several people's."""
    words = reading.turn_words
    for number, turn in enumerate(reading.transcript.turns):
        is_long = words[number] > 30 or "\n" in _turn_text(reading, turn)
        is_suspect = is_long if turn.speaker else _is_talk(reading, turn, words[number])
        if is_suspect and words[number] * 10 >= 9 * sum(words):
            yield _example(reading, turn)


def _is_talk(reading: Reading, turn: Turn, words: int) -> bool:
    """Tell whether a long turn without a speaker may be a conversation: it was recorded, or questions are in it.

    Job descriptions and diaries ask little.
    """
    is_recorded = reading.transcript.reader in _RECORDING_READERS
    return words > _LONG_TURN and (is_recorded or len(_QUESTION.findall(_turn_text(reading, turn))) >= _MIN_QUESTIONS)


def find_large_share(reading: Reading) -> Iterator[Example]:
    """Yield the first turn of interviewers who say four fifths of all words."""
    turns = reading.transcript.turns
    words = reading.turn_words
    interviewers = [number for number, turn in enumerate(turns) if turn.role == "interviewer"]
    said = sum(words[number] for number in interviewers)
    if said * 5 >= 4 * sum(words) and reading.transcript.participant_turns and said:
        yield _example(reading, turns[interviewers[0]])


def find_no_participant(reading: Reading) -> Iterator[Example]:
    """Yield the first turn if there are turns, but none of a participant."""
    turns = reading.transcript.turns
    if turns and not reading.transcript.participant_turns:
        yield _example(reading, turns[0])


def find_reversed_roles(reading: Reading) -> Iterator[Example]:
    """Yield a participant who mostly asks while the others answer, if the participant has three turns or more."""
    questions, counts = Counter[str](), Counter[str]()
    first: dict[str, Turn] = {}
    for turn in reading.transcript.turns:
        counts[turn.speaker] += 1
        questions[turn.speaker] += _turn_text(reading, turn).endswith(_QUESTION_ENDS)
        first.setdefault(turn.speaker, turn)
    turn_count, question_count = counts.total(), questions.total()
    for speaker, turn in first.items():
        others = turn_count - counts[speaker]
        asks = counts[speaker] > 2 and questions[speaker] * 5 >= 3 * counts[speaker]
        if speaker and turn.role == "participant" and asks and (question_count - questions[speaker]) * 5 < others:
            yield Example(turn.start, reading.make_example(turn.start, turn.start).text, speaker)


def find_short_labels(reading: Reading) -> Iterator[Example]:
    """Yield labels that are the short form of another one: ``I`` of ``Interviewer (I)``, ``Ann`` of ``Ann Lee``."""
    first: dict[str, Turn] = {}
    for turn in reading.transcript.turns:
        if turn.speaker:
            first.setdefault(turn.speaker, turn)
    labels = {normalise_label(speaker): speaker for speaker in first}
    for full in first:
        for form in _short_forms(full):
            if form in labels and labels[form] != full:
                yield Example(first[labels[form]].start, f"{labels[form]} beside {full}", labels[form])


def _short_forms(label: str) -> Iterator[str]:
    """Yield the forms, normalised, in which a label may be shortened.

    >>> [*_short_forms("Interviewer (I)")], [*_short_forms("Ben van Ortiz")], [*_short_forms("P1 2")]
    (['i', 'interviewer'], ['ben', 'ben van', 'b. van ortiz', 'b. ortiz'], [])
    """
    label = normalise_label(label)
    if match := _PARENTHESES.search(label):
        yield from (normalise_label(match["short"]), label[: match.start()])
        return
    words = label.split()
    for number in range(1, len(words)):
        if all(word.isalpha() and len(word) > 1 for word in words[number:]):
            yield " ".join(words[:number])
    if len(words) > 1 and words[-1].isalpha():
        yield f"{label[0]}. {' '.join(words[1:])}"
        if len(words) > 2:
            yield f"{label[0]}. {words[-1]}"


def find_sentences_in_header(reading: Reading) -> Iterator[Example]:
    """Yield sentences of the header, if it has two or more and they are a tenth of all words."""
    header = reading.transcript.header
    lines = [line for line in header.split("\n") if not _DATED_LINE.match(line)]
    sentences = _SENTENCE.findall("\n".join(lines))
    words = sum(map(count_words, sentences))
    if len(sentences) > 1 and words * 10 >= sum(reading.turn_words):
        start = max(0, reading.transcript.text.find(sentences[0]))
        yield from (Example(start, sentence.strip()[:60]) for sentence in sentences)


def find_unplaced_text(reading: Reading) -> Iterator[Example]:
    """Yield text that is neither turn nor header, if it is half of all words."""
    unplaced = reading.transcript.unplaced
    words = sum(count_words(piece.text) for piece in unplaced)
    if words and words * 2 >= words + sum(reading.turn_words):
        yield from (Example(0, piece.text[:60]) for piece in unplaced)


def find_slow_speech(reading: Reading) -> Iterator[Example]:
    """Yield the first turn with a time, if fewer than two words a minute are said: milliseconds read as seconds."""
    timed = [turn for turn in reading.transcript.turns if turn.time is not None]
    times = [turn.time or 0.0 for turn in timed]
    minutes = (max(times) - min(times)) / 60 if times else 0.0
    if len(timed) > 1 and sum(reading.turn_words) < 2 * minutes:
        yield _example(reading, timed[0])


def find_questions_repeated(reading: Reading) -> Iterator[Example]:
    """Yield the first question that interviewers ask three times or more, if that is so for half of their turns."""
    asked = defaultdict[str, list[Turn]](list)
    for turn in reading.transcript.turns:
        if turn.role == "interviewer":
            asked[_turn_text(reading, turn)].append(turn)
    repeated = [turns for text, turns in asked.items() if len(turns) > 2 and count_words(text) > 3]
    if repeated and sum(map(len, repeated)) * 2 >= sum(map(len, asked.values())):
        yield from (_example(reading, turn) for turn in repeated[0])


def find_caption_rows(reading: Reading) -> Iterator[Example]:
    """Yield an answer whose respondent and one attribute are ascending numbers: start and end of a caption."""
    case = reading.transcript.case
    ends = [value for value in case.attributes.values() if _is_number(value)] if case and _is_number(case.id) else []
    if case and len(case.attributes) == 1 and any(int(end) > int(case.id) for end in ends):
        yield Example(0, f"{case.id} {ends[0]} {reading.body.strip()[:40]}")


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 16  # milliseconds have fewer digits


def _turn_text(reading: Reading, turn: Turn) -> str:
    return reading.transcript.text[turn.start : turn.end]


def _example(reading: Reading, turn: Turn) -> Example:
    return reading.make_example(turn.start, turn.start)
