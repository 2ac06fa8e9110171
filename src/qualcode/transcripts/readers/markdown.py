"""Markdown: as plain text, where headings may be the interviewer's questions, names of speakers, or titles."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from qualcode.files import decode_text
from qualcode.model import LabelCandidate, SourceRules, UnplacedText
from qualcode.model.line_numbers import line_counter
from qualcode.transcripts.draft import Draft, DraftTurn, ReadOptions
from qualcode.transcripts.labels.headers import find_body_start
from qualcode.transcripts.labels.label_shapes import NAMING_KEYS
from qualcode.transcripts.labels.markdown_lines import (
    PARAGRAPH,
    Line,
    find_emphasised_questions,
    find_headings,
    find_questions_above_quotes,
    find_questions_below_numbers,
    is_layout,
    trim_span,
)
from qualcode.transcripts.labels.speaker_labels import TIME, clean_text, find_speakers, normalise_label, parse_seconds
from qualcode.transcripts.labels.timestamps import assign_times
from qualcode.transcripts.readers import plain_text

_SPEAKER_TITLE = re.compile(
    rf"[*_]*(?:[\[(]?(?P<time>{TIME})[\])]?[ \t]+)?(?P<name>[^\W_][^:\n\[\]|?!]{{0,59}}?)"
    rf"(?:[ \t]*[\[(]?(?P<time_behind>{TIME})[\])]?)?[*_]*(?:(?P<colon>:)[*_]*(?:[ \t]+|$)|$)"
)


@dataclass(frozen=True, slots=True)
class _Marker:
    """A heading that begins a turn: of a speaker, or, without one, of the interviewer, whose question it is."""

    line: Line
    speaker: str = ""
    time: float | None = None
    words_start: int = 0


def read(content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of a Markdown source."""
    draft = plain_text.read(content, options)
    if options.source.kind == "text":
        return draft
    draft = _drop_introductions(draft)
    start = find_body_start(draft.text)
    headings = find_headings(draft.text, start)
    speakers = _find_speaker_headings(draft.text, headings, options.rules)
    questions = [] if speakers else _find_questions(draft.text, start, headings)
    draft = _read_labelled_answers(content, options, draft, questions)
    labelled = [turn for turn in draft.turns if turn.speaker]
    if _are_labelled(questions, labelled):
        questions = []
    if speakers and sum(turn.start > speakers[0].line.start for turn in labelled) < len(speakers):
        found = _build_speaker_draft(draft, headings, speakers)
    elif questions:
        found = _build_question_draft(draft, headings, questions)
    else:
        return _leave_out_titles(draft, headings) if labelled else draft
    notices = decode_text(content, path=options.path, encoding=options.encoding).notices
    return replace(found, notices=(*notices, *found.notices))


def _read_labelled_answers(content: bytes, options: ReadOptions, draft: Draft, questions: Sequence[Line]) -> Draft:
    """Return the draft with the labels of answers, if most answers below questions begin with one.

    By themselves they do not take turns, so that the plain reading takes them for words; here the questions do.
    """
    if not questions or any(turn.speaker for turn in draft.turns):
        return draft
    labelled = plain_text.read(content, replace(options, source=replace(options.source, kind="interview")))
    text = labelled.text
    line_starts = {text.rfind("\n", 0, turn.start) + 1 for turn in labelled.turns if turn.speaker}
    answers = [re.compile(r"\s*").match(text, line.end) for line in questions]
    answered = sum(match is not None and match.end() in line_starts for match in answers)
    return labelled if 2 * answered > len(questions) else draft


def _drop_introductions(draft: Draft) -> Draft:
    """Return the draft without turns at its beginning that only introduce somebody, above tables and titles."""
    counts = Counter(normalise_label(turn.speaker) for turn in draft.turns)
    turns = list(draft.turns)
    while (
        len(turns) > 1 and counts[normalise_label(turns[0].speaker)] == 1 and _introduces(draft.text, turns[0], counts)
    ):
        turns.pop(0)
    if len(turns) == len(draft.turns):
        return draft
    header = draft.text[: draft.turns[len(draft.turns) - len(turns) - 1].end].strip()
    return replace(draft, turns=tuple(turns), header=header)


def _introduces(text: str, turn: DraftTurn, counts: Mapping[str, int]) -> bool:
    name, *others = text[turn.start : turn.end].split("\n")
    is_name = normalise_label(turn.speaker) in NAMING_KEYS or normalise_label(name) in counts
    is_short = len(name.split()) < 5 and not name.endswith((".", "?", "!", "…"))
    # Without other lines, the plain reading has decided.
    return is_name and is_short and bool(others) and all(map(is_layout, others))


def _are_labelled(questions: Sequence[Line], labelled: Sequence[DraftTurn]) -> bool:
    """Tell whether questions are labelled turns themselves, beside turns with other labels: ``**Q: Why?**``."""
    inside = {turn.speaker for turn in labelled if any(line.start <= turn.start < line.end for line in questions)}
    return bool(inside) and any(turn.speaker not in inside for turn in labelled)


# Headings that name speakers


def _find_speaker_headings(text: str, headings: Sequence[Line], rules: SourceRules) -> list[_Marker]:
    """Return the headings that name speakers, if at least two take turns."""
    matches = [
        (line, match) for line in headings if (match := _SPEAKER_TITLE.match(text, line.title_start, line.title_end))
    ]
    names = [clean_text(match["name"]) for _, match in matches]
    counts, known = Counter(names), set(map(normalise_label, (*rules.interviewers, *rules.speakers)))
    # A title that occurs once may look like a name.
    speakers = {
        name
        for name in find_speakers([], doubtful=names, rules=rules)
        if counts[name] > 1 or normalise_label(name) in known
    }
    speakers |= _find_others(matches, speakers) & find_speakers(names, rules=rules)
    if len(speakers) < 2 or sum(counts[name] for name in speakers) < 3:
        return []
    return [
        _Marker(line, name, _time(match), match.end() if match.end() < line.title_end else line.end)
        for (line, match), name in zip(matches, names, strict=True)
        if name in speakers
    ]


def _find_others(matches: Sequence[tuple[Line, re.Match[str]]], speakers: Collection[str]) -> set[str]:
    """Return names that occur once but stand as speakers do: with times, or as the only other title of their level."""
    named = [(line, clean_text(match["name"]), _time(match) is not None) for line, match in matches]
    has_times = any(has_time for _, name, has_time in named if name in speakers)
    by_level: dict[int, set[str]] = {}
    for line, name, _ in named:
        by_level.setdefault(line.level, set()).add(name)
    return {
        name
        for line, name, has_time in named
        if (has_time and has_times) or (len(by_level[line.level]) == 2 and by_level[line.level] & set(speakers))
    }


def _time(match: re.Match[str]) -> float | None:
    time = match["time"] or match["time_behind"]
    return parse_seconds(time) if time else None


def _build_speaker_draft(draft: Draft, headings: Sequence[Line], markers: Sequence[_Marker]) -> Draft:
    text = draft.text
    ends = [marker.line.start for marker in markers[1:]] + [len(text)]
    own = {marker.line.start for marker in markers}
    titles = [line for line in headings if line.start not in own and line.start > markers[0].line.start]
    turns = [
        DraftTurn(marker.speaker, *span, marker.time)
        for marker, end in zip(markers, ends, strict=True)
        for span in _cut(text, marker.words_start, end, titles)
    ]
    counts = Counter(marker.speaker for marker in markers)
    first = {marker.speaker: marker.line.start for marker in reversed(markers)}
    labels = tuple(
        LabelCandidate(name, True, "a heading that comes back", "heading", counts[name], start)
        for name, start in sorted(first.items(), key=lambda item: item[1])
    )
    header = text[: markers[0].line.start].strip()
    notice = "headings that name speakers are read as their labels"
    return Draft(text, tuple(assign_times(text, turns)), header, _unplaced(text, titles), (notice,), labels)


# Headings that are questions


def _find_questions(text: str, start: int, headings: Sequence[Line]) -> list[Line]:
    """Return the lines that are an interviewer's questions: headings, else emphasised lines, else above quotes."""
    below = list(find_questions_below_numbers(text, headings))
    emphasised = find_emphasised_questions(text, start)
    for lines in (list(headings), below, emphasised, find_questions_above_quotes(text, start)):
        answered = _find_answered(text, lines, [*headings, *lines])
        questions = [line for line in answered if line.is_question]
        # Titles of sections may be questions too; where most are not, the few are no interviewer's.
        if len(questions) > 1 and 2 * len(questions) >= sum(line.start >= questions[0].start for line in answered):
            return [line for line in lines if line.start >= questions[0].start and _is_asked(line, questions)]
    return []


def _is_asked(line: Line, questions: Sequence[Line]) -> bool:
    """Tell whether a line is a question, or stands as they do and may be a request."""
    return line.is_question or (line.is_prompt and line.level in {question.level for question in questions})


def _find_answered(text: str, lines: Sequence[Line], others: Sequence[Line]) -> list[Line]:
    """Return the lines below which, and above the next of the others, there are words."""
    starts = [*sorted({line.start for line in others}), len(text)]
    ends = [starts[bisect_right(starts, line.start)] for line in lines]
    return [line for line, end in zip(lines, ends, strict=True) if any(map(str.isalnum, text[line.end : end]))]


def _build_question_draft(draft: Draft, headings: Sequence[Line], questions: Sequence[Line]) -> Draft:
    text, first = draft.text, questions[0].start
    own = {line.start for line in questions}
    titles = [line for line in headings if line.start not in own and line.start > first]
    turns = [_question_turn(line, draft.turns) for line in questions]
    cuts = sorted([*titles, *questions], key=lambda line: line.start)
    for turn in _turns_from(draft, first, questions):
        # The label of a line above the questions, as "Interviewee: Ann", is not repeated by each answer.
        turns += [
            replace(turn, start=start, end=end, role=turn.role if turn.speaker else "participant")
            for start, end in _cut(text, turn.start, turn.end, cuts)
        ]
    turns.sort(key=lambda turn: turn.start)
    is_labelled = any(turn.speaker for turn in turns)
    subject = "" if is_labelled else "no speaker labels were found: "
    rest = "" if is_labelled else ", the text below them as one participant's"
    kind = "paragraphs" if questions[0].level == PARAGRAPH else "headings and emphasised lines"
    notice = f"{subject}{kind} that are questions are read as the interviewer's{rest}"
    labels = tuple(label for label in draft.labels if label.start > first)
    return Draft(
        text, tuple(assign_times(text, turns)), text[:first].strip(), _unplaced(text, titles), (notice,), labels
    )


def _question_turn(line: Line, turns: Sequence[DraftTurn]) -> DraftTurn:
    """Return the turn of a question; it may have a label of its own: ``**Interviewer: Why?**``."""
    label = next((turn for turn in turns if turn.speaker and line.start <= turn.start < line.end), None)
    start, speaker = (line.title_start, "") if label is None else (label.start, label.speaker)
    return DraftTurn(speaker, start, line.title_end, None, "interviewer")


def _turns_from(draft: Draft, first: int, questions: Sequence[Line]) -> Iterator[DraftTurn]:
    """Yield the turns of a plain reading from an offset on, and the text between it and them."""
    begun = [turn for turn in draft.turns if turn.end > first]
    header_end = draft.text.find(draft.header) + len(draft.header) if draft.header else 0
    if not begun or begun[0].start > first:
        yield DraftTurn("", first, max(first, header_end))
    for turn in begun:
        own = next((line for line in questions if line.start <= turn.start < line.end), None)
        if own is not None and turn.speaker:
            yield DraftTurn("", own.end, turn.end)  # the label is that of the question
        else:
            yield turn if turn.start > first else DraftTurn("", first, turn.end)


# Headings between turns


def _leave_out_titles(draft: Draft, headings: Sequence[Line]) -> Draft:
    """Return the draft of a text with labels, without the headings that stand in its turns."""
    # Turns and headings are in order; comparing each with all takes minutes where there are 30,000 of both.
    starts = [line.start for line in headings]
    found = [headings[bisect_left(starts, turn.start) : bisect_left(starts, turn.end)] for turn in draft.turns]
    inside = [line for lines in found for line in lines]
    if not inside:
        return draft
    turns = [
        replace(turn, start=start, end=end)
        for turn, lines in zip(draft.turns, found, strict=True)
        for start, end in _spans_outside(draft.text, turn, lines)
    ]
    return replace(draft, turns=tuple(turns), unplaced=(*draft.unplaced, *_unplaced(draft.text, inside)))


def _spans_outside(text: str, turn: DraftTurn, lines: Sequence[Line]) -> list[tuple[int, int]]:
    """Return the spans of a turn outside the lines in it; a turn without any keeps its span, whatever it is."""
    return list(_cut(text, turn.start, turn.end, lines)) if lines else [(turn.start, turn.end)]


def _cut(text: str, start: int, end: int, lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    """Yield the spans with words between lines, without the signs of emphasis and quotation around them."""
    first, last = (bisect_left(lines, place, key=lambda line: line.start) for place in (start, end))
    inside = lines[first:last]
    edges = [start, *(edge for line in inside for edge in (line.start, line.end)), end]
    for first, last in list(pairwise(edges))[::2]:
        span = trim_span(text, first, last)
        if any(map(str.isalnum, text[span[0] : span[1]])):
            yield span


def _unplaced(text: str, lines: Sequence[Line]) -> tuple[UnplacedText, ...]:
    return tuple(UnplacedText(line_counter(text)(line.start), line.title) for line in lines)
