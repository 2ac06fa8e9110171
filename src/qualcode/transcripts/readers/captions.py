"""WebVTT and SubRip captions of Teams, Zoom and others: each line is part of a cue, a comment, or reported."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import groupby, pairwise

from qualcode.files import decode_text, unify_line_ends
from qualcode.model import LabelCandidate, SourceRules, UnplacedText
from qualcode.model.xml_text import unescape_html
from qualcode.transcripts.draft import (
    ONE_TURN,
    Draft,
    ReadOptions,
    Utterance,
    build_draft_from_utterances,
    join_utterances,
    limit_lines,
)
from qualcode.transcripts.labels.recorder_notices import is_recorder_notice
from qualcode.transcripts.labels.speaker_labels import (
    CHANGES,
    IN_A_LIST,
    LONG,
    MIN_NAMED_SHARE,
    SENTENCE,
    LabelMatch,
    LabelPattern,
    LabelVerdict,
    classify_labels,
    clean_text,
    compile_label_shapes,
    match_label,
    unsure_label_notices,
)
from qualcode.transcripts.labels.turn_changes import find_list_words
from qualcode.transcripts.readers.caption_cues import (
    COMMENT,
    STYLING,
    Cue,
    drop_grown_cues,
    drop_shown_lines,
    split_cues,
    strip_markup,
)

_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+(?P<name>[^>]*)>")
_CHANGE = re.compile(r"(?<=\S)\s+(?=[>＞]{2,3}\s)")
"""The space above a change of speaker within a line: yes. >> No."""
_DASH = re.compile(r"\s*[-–—‐]\s*(?=\S)")
_MAX_NAME_WORDS = 4
"""Words of a name that is alone on the first line of a caption."""

_ROLLING_NOTICE = "captions begin with the lines of the captions before (rolling captions): each line is read once"

_Voice = tuple[Cue, str | None, str]
"""A cue, the speaker of one part of it (``None`` if it names none, empty if somebody unnamed begins), and its words."""


_Line = tuple[str, LabelMatch | None]
"""A line of a cue without markup, and what may be a label at its beginning."""


def read(content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of a caption file."""
    decoded = decode_text(content, path=options.path, encoding=options.encoding)
    draft = read_captions(decoded.text, rules=options.rules, path=options.path)
    return replace(draft, notices=(*decoded.notices, *draft.notices))


def read_captions(text: str, *, rules: SourceRules = SourceRules(), path: str = "") -> Draft:
    """Return the draft of captions; consecutive cues of one speaker are joined to one turn."""
    lines = unify_line_ends(text).split("\n")
    cues, rest = split_cues(lines, path=path)
    header, unplaced = _comments(rest, first=cues[0].line if cues else len(lines) + 1)
    cues, is_rolling = _drop_repeated(limit_lines(cues, path))
    matches, verdicts, voices = _read_voices(cues, rules, _collapse_spaces)
    spoken = [voice for voice in voices if not _is_notice(voice)]
    # A label without words is left out here, and reported below if it may be words itself.
    utterances, notices = _build_utterances([voice for voice in spoken if voice[2].strip()])
    unplaced += [UnplacedText(cue.line + 1, words) for cue, name, words in voices if _is_notice((cue, name, words))]
    unplaced = sorted([*unplaced, *_unplaced_labels(spoken, utterances)], key=lambda piece: piece.line)
    notices = [*([_ROLLING_NOTICE] if is_rolling else []), *notices]
    if not cues:
        notices = ["no captions were found: the transcript is empty"]
    draft = build_draft_from_utterances(join_utterances(utterances), header=header, unplaced=unplaced, notices=notices)
    labels = tuple(_list_rejected(matches, verdicts, draft.text))
    return replace(draft, labels=labels, notices=(*draft.notices, *unsure_label_notices(draft.text, labels)))


def _drop_repeated(cues: list[Cue]) -> tuple[list[Cue], bool]:
    shown, is_rolling = drop_shown_lines(cues)
    return (shown, True) if is_rolling else drop_grown_cues(cues)


def _is_notice(voice: _Voice) -> bool:
    """Tell whether words without a speaker are a notice of the recorder."""
    return voice[1] is None and is_recorder_notice(voice[2])


def caption_rows(text: str, *, rules: SourceRules = SourceRules(), max_captions: int = 8) -> list[tuple[str, str, str]]:
    """Return captions as rows (time, speaker, words) of an NVivo transcript: Timespan, Speaker, Content.

    Consecutive cues of one speaker are one row, with ``---`` between them; after ``max_captions`` a new row begins,
    so that a long speech has more than one time. Times are whole seconds. A second row with the same time gets half
    a second more, since NVivo accepts no time twice.
    """
    cues, _ = _drop_repeated(split_cues(unify_line_ends(text).split("\n"))[0])
    voices = _read_voices(cues, rules, _join_lines)[2]
    utterances, _ = _build_utterances([voice for voice in voices if voice[2].strip() and not _is_notice(voice)])
    rows: list[tuple[str, str, str]] = []
    for speaker, group in groupby(utterances, key=lambda utterance: utterance.speaker):
        same = list(group)
        for first in range(0, len(same), max_captions):
            time = format_time(same[first].time or 0.0)
            latest = rows[-1][0] if rows else ""
            words = "---".join(utterance.text for utterance in same[first : first + max_captions])
            rows.append((f"{time}.5" if time == latest else time, speaker, words))
    return rows


def format_time(time: float) -> str:
    """Return seconds as hh:mm:ss."""
    whole = max(0, int(time))
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


@cache
def _caption_patterns(labels: tuple[str, ...], names: tuple[str, ...]) -> tuple[LabelPattern, ...]:
    return tuple(pattern for pattern in compile_label_shapes(labels, names) if pattern[0].in_captions)


def _patterns(rules: SourceRules) -> tuple[LabelPattern, ...]:
    """Return the shapes of labels in captions: those of plain text on one line, and those of the settings."""
    return _caption_patterns(rules.labels, (*rules.speakers, *rules.interviewers))


def _read_voices(
    cues: list[Cue], rules: SourceRules, clean: Callable[[str], str]
) -> tuple[list[LabelMatch], dict[str, LabelVerdict], list[_Voice]]:
    """Return what may be labels, the verdicts on them, and the parts of cues; their text is what ``clean`` returns."""
    cue_lines = [list(_match_lines(cue, _patterns(rules))) for cue in cues]
    matches = list(_label_matches(cue_lines))
    verdicts = _classify(matches, len(cues), rules)
    verdicts |= dict.fromkeys(_list_words(cue_lines, verdicts, rules), IN_A_LIST)
    if not any(verdict.is_speaker for verdict in verdicts.values()):
        named = _take_first_lines(cues, rules)
        if named is not cues:
            cues, cue_lines = named, [list(_match_lines(cue, _patterns(rules))) for cue in named]
    return matches, verdicts, list(_find_voices(cues, cue_lines, verdicts, clean))


def _take_first_lines(cues: list[Cue], rules: SourceRules) -> list[Cue]:
    """Return cues with their first lines as names, if nearly all of these are names that are repeated."""
    counts = Counter(clean_text(cue.lines[0]) for cue in cues if len(cue.lines) > 1 and not cue.name)
    # Most captions have other first lines each.
    if not 1 < len(counts) <= counts.total() / 2 or counts.total() < MIN_NAMED_SHARE * len(cues):
        return cues
    verdicts = classify_labels([(label, "once") for label in counts if len(label.split()) <= _MAX_NAME_WORDS], rules)
    names = {label for label, verdict in verdicts.items() if verdict.is_speaker and label[-1] not in ".,?!:"}
    if sum(counts[name] for name in names) < MIN_NAMED_SHARE * counts.total():
        return cues
    return [
        replace(cue, name=name, lines=cue.lines[1:])
        if len(cue.lines) > 1 and (name := clean_text(cue.lines[0])) in names
        else cue
        for cue in cues
    ]


def _match_lines(cue: Cue, patterns: Sequence[LabelPattern]) -> Iterator[_Line]:
    """Yield the lines of a cue without markup, each change of speaker on a line of its own, with their labels."""
    for line in cue.lines:
        if cue.name or "<v" in line:
            yield strip_markup(line), None
        else:
            yield from ((part, match_label(part, 0, patterns)) for part in _CHANGE.split(strip_markup(line)))


def _find_voices(
    cues: list[Cue],
    cue_lines: Sequence[Sequence[_Line]],
    verdicts: Mapping[str, LabelVerdict],
    clean: Callable[[str], str],
) -> Iterator[_Voice]:
    """Yield the parts of cues with their speakers; their text is what ``clean`` returns."""
    labels = {name for name, verdict in verdicts.items() if verdict.is_speaker}
    for cue, lines in zip(cues, cue_lines, strict=True):
        if len(pieces := _VOICE.split("\n".join(cue.lines))) > 1:
            yield cue, _named(cue), clean(strip_markup(pieces[0]))
            for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
                yield cue, clean_text(unescape_html(name)), clean(strip_markup(text))
        elif not labels and not cue.name and _has_dashes(lines):
            yield from ((cue, "", clean(_DASH.sub("", line, count=1))) for line, _ in lines)
        else:
            yield from _split_lines(cue, lines, labels, clean)


def _named(cue: Cue) -> str | None:
    """Return the speaker that a cue as a whole names, empty for one who is not known, ``None`` if it names none."""
    return cue.name or ("" if cue.has_no_name else None)


def _has_dashes(lines: Sequence[_Line]) -> bool:
    """Tell whether each line of a cue begins with a dash: in subtitles, two people speak."""
    return len(lines) > 1 and all(_DASH.match(line) for line, _ in lines)


def _split_lines(
    cue: Cue, lines: Sequence[_Line], labels: Collection[str], clean: Callable[[str], str]
) -> Iterator[_Voice]:
    """Yield the parts of a cue that begin with a label, and that above the first, if there is one."""
    speaker = _named(cue)
    texts: list[str] = []
    for line, match in lines:
        if match and match.speaker in labels:
            yield cue, speaker, " ".join(texts)
            speaker, texts = match.speaker, [clean(line[match.end :])]
        else:
            texts.append(clean(line))
    yield cue, speaker, " ".join(filter(None, texts))


def _unplaced_labels(voices: list[_Voice], utterances: list[Utterance]) -> Iterator[UnplacedText]:
    """Yield labels without words in any cue: they may be words themselves."""
    speakers = {utterance.speaker for utterance in utterances}
    for cue, name, text in voices:
        if name and not text.strip() and name not in speakers:
            yield UnplacedText(cue.line, name)


def _comments(rest: list[tuple[int, str]], *, first: int) -> tuple[str, list[UnplacedText]]:
    """Return the header (title and comments above the first cue), and the lines that are no part of cue or header."""
    header: list[str] = []
    unplaced: list[UnplacedText] = []
    mode = ""
    for number, line in rest:
        if not line:
            mode = ""
        elif number == 1 and line.startswith("WEBVTT"):
            header += [line.removeprefix("WEBVTT").strip(" -")]
            mode = "header"
        elif STYLING.match(line):
            mode = "style"
        # A comment between cues is reported with its line: it may be about what is said there.
        elif mode != "style" and number < first and (mode == "header" or COMMENT.match(line)):
            header.append(COMMENT.sub("", line).strip())
            mode = "header"
        elif mode != "style":
            unplaced.append(UnplacedText(number, line.strip()))
    return "\n".join(filter(None, header)), unplaced


def _label_matches(cue_lines: Sequence[Sequence[_Line]]) -> Iterator[LabelMatch]:
    """Yield what may be a label in the lines of cues; the start of a match is the number of its cue."""
    for number, lines in enumerate(cue_lines):
        for position, (_, match) in enumerate(lines):
            # A colon without a space after it is no evidence of a speaker; with odd signs, nor is one further down.
            is_evidence = match and match.shape != "colon without a space" and (match.trust != "signs" or not position)
            if match and is_evidence:
                yield replace(match, start=number, trust="signs" if match.trust == "once" else match.trust)


def _classify(matches: Sequence[LabelMatch], cue_count: int, rules: SourceRules) -> dict[str, LabelVerdict]:
    named = {match.start for match in matches if match.trust in {"settings", "sure", "signs"}}
    is_named_throughout = cue_count > 2 and len(named) >= MIN_NAMED_SHARE * cue_count
    candidates = [(match.speaker, match.trust) for match in matches]
    verdicts = classify_labels(candidates, rules, is_named_throughout=is_named_throughout)
    # In captions >> has no other meaning, so that one is enough.
    return verdicts | {match.speaker: CHANGES for match in matches if match.trust == "change" and not match.speaker}


def _list_words(
    cue_lines: Sequence[Sequence[_Line]], verdicts: Mapping[str, LabelVerdict], rules: SourceRules
) -> set[str]:
    """Return the labels that are words of a list or sentence in captions that name speakers at changes."""
    rows = [
        (match.speaker, line[match.end :].strip())
        for lines in cue_lines
        for line, match in lines
        if match and match.speaker in verdicts and verdicts[match.speaker].is_speaker and match.trust != "settings"
    ]
    return find_list_words(rows, rules)


def _list_rejected(
    matches: Sequence[LabelMatch], verdicts: Mapping[str, LabelVerdict], text: str
) -> list[LabelCandidate]:
    """Return the words in the shape of a label that are read as words."""
    counts = Counter(match.speaker for match in matches)
    first = {match.speaker: match for match in reversed(matches) if match.speaker}
    return [
        LabelCandidate(name, False, verdicts[name].reason, match.shape, counts[name], max(0, text.find(name)))
        for name, match in reversed(first.items())
        if not verdicts[name].is_speaker and verdicts[name] not in {LONG, SENTENCE}
    ]


def _build_utterances(voices: list[_Voice]) -> tuple[list[Utterance], list[str]]:
    """Return an utterance per voice, and the notices on cues without a speaker.

    Some recorders name the speaker in every cue: there, a cue without a name has no known speaker. Others name the
    speaker only when it changes: there, a cue without a name has the speaker of the cue before it.
    """
    is_named_in_each = any(name and name == before for (_, before, _), (_, name, _) in pairwise(voices))
    utterances: list[Utterance] = []
    speaker = ""
    for cue, name, text in voices:
        speaker = name if name is not None else "" if is_named_in_each else speaker
        utterances.append(Utterance(speaker, text, cue.line, cue.time, begins_turn=name == ""))
    unnamed = [utterance.line for utterance in utterances if not utterance.speaker]
    has_changes = any(utterance.begins_turn for utterance in utterances)
    return utterances, _speaker_notices(unnamed, len(utterances), has_changes=has_changes)


def _speaker_notices(unnamed: list[int], cues: int, *, has_changes: bool) -> list[str]:
    if not unnamed:
        return []
    if len(unnamed) == cues and has_changes:
        return ["no caption names its speaker, though speakers change: all are counted as participants"]
    if len(unnamed) == cues:
        return [f"no caption names its speaker: {ONE_TURN}"]
    first = f"the first at line {unnamed[0]}"
    return [f"no speaker in {len(unnamed)} of {cues} captions ({first}): counted as a participant's"]


def _collapse_spaces(text: str) -> str:
    return " ".join(text.split())


def _join_lines(text: str) -> str:
    return text.replace("\n", " ")
