"""The table of signals: what each finds, from how many places on it is reported, and which settings correct it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from qualcode.errors import name_command, quote_pattern, quote_yaml
from qualcode.model import SignalName, SourceRule, SourceRules, Transcript
from qualcode.segments import SentenceRules, get_sentence_rules
from qualcode.signals import speaker_signals, text_signals
from qualcode.signals.language_signal import find_other_language
from qualcode.signals.text_body import Example, Reading
from qualcode.transcripts import source_rule_of


@dataclass(frozen=True, slots=True)
class Signal:
    """A sign that a source was read wrongly."""

    name: SignalName
    """What ``accept`` in the settings names."""
    meaning: str
    way_out: str
    """What to write into qualcode.yaml; ``{label}`` and ``{path}`` are those of the example."""
    find: Callable[[Reading], Iterable[Example]]
    minimum: int = 1
    """From how many places on it is reported."""
    kinds: frozenset[str] = frozenset({"interview", "unnamed"})
    """The kinds of transcript that it applies to: interview (with speakers), unnamed (none was found), text (without
    speakers by the settings), answer (a row of a table)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A signal in one transcript: its first example and the number of places."""

    signal: Signal
    example: Example
    count: int
    transcript: Transcript
    path: str
    """The path of its source below ``transcripts/``."""

    @property
    def line(self) -> int:
        """The line of the example in the source, counted from 1; 0 if the canonical text has other lines."""
        transcript = self.transcript
        # Captions and tables of NVivo may be saved as .txt: their speakers are not in the text.
        is_plain = transcript.reader == "text" and transcript.path.lower().endswith((".txt", ".md"))
        return transcript.text.count("\n", 0, self.example.start) + 1 if is_plain else 0

    @property
    def message(self) -> str:
        """What was found, with its first example."""
        places = [f"{self.count} places"] if self.count > 1 else []
        turn = next((turn for turn in self.transcript.turns if turn.start <= self.example.start < turn.end), None)
        places += [f"turn {turn.index}"] if turn and not self.line else []
        return f"{self.signal.meaning}: “{self.example.text}”" + (f" ({', '.join(places)})" if places else "")

    @property
    def hint(self) -> str:
        """The settings that correct it, and those that accept it."""
        path = quote_pattern(self.path)
        values = {"label": quote_yaml(self.example.label or "LABEL"), "path": path}
        values |= {name: name_command(f"transcripts {name}") for name in ("speakers", "rows")}
        accepted = f"sources: {{{path}: {{accept: [{self.signal.name}]}}}}"
        return f"{self.signal.way_out.format(**values)}; if all is right, {accepted}"


_NAMED = frozenset({"interview"})
_SPEECH = frozenset({"interview", "unnamed", "text"})
_ALL = frozenset({"interview", "unnamed", "text", "answer"})


def _for_pattern(pattern: re.Pattern[str]) -> Callable[[Reading], Iterable[Example]]:
    return lambda reading: reading.find_all(pattern)


SIGNALS = (
    Signal(
        "label in turn",
        "words inside a turn look like a speaker's label",
        "write speakers: {{{label}: {{}}}} if it is one, labels: {{not_speakers: [{label}]}} if not",
        text_signals.find_labels,
    ),
    Signal(
        "time in turn",
        "times of the recording are counted as words",
        "delete them from the source, or, if they begin turns, write a form of labels with the groups time and name",
        text_signals.find_times,
        kinds=_SPEECH,
    ),
    Signal(
        "line numbers",
        "line numbers are counted as words",
        "export the text without line numbers",
        text_signals.find_line_numbers,
        kinds=_SPEECH,
    ),
    Signal(
        "repeated words",
        "words are repeated at once, as in rolling captions",
        "export the captions without repetition",
        text_signals.find_repeats,
        kinds=_SPEECH,
    ),
    Signal(
        "markup",
        "markup is counted as words",
        "write sources: {{{path}: {{reader: NAME}}}} with the reader of its format",
        _for_pattern(text_signals.MARKUP),
        kinds=_ALL,
    ),
    Signal(
        "recorder notice",
        "a notice of the recorder is counted as speech",
        "delete the line from the source if nobody said it",
        text_signals.find_recorder_notices,
        kinds=_SPEECH,
    ),
    Signal(
        "heading in turn",
        "headings or rows of tables are counted as speech",
        "write speakers for those that name one; move the others above the interview",
        _for_pattern(text_signals.HEADINGS),
        kinds=_NAMED,
    ),
    Signal(
        "control characters",
        "control characters or unusual line ends are inside the words",
        "save the source with plain line ends",
        _for_pattern(text_signals.SEPARATORS),
        kinds=_ALL,
    ),
    Signal(
        "mojibake",
        "characters were damaged by a wrong encoding before the file was saved",
        "export the source again as UTF-8, or correct the words: no cue or quote will match them",
        text_signals.find_mojibake,
        kinds=_ALL,
    ),
    Signal(
        "cut sentence",
        "a sentence seems to be cut in two",
        "set language, or add the word to abbreviations",
        text_signals.find_cut_sentences,
        kinds=_NAMED,
    ),
    Signal(
        "single turn",
        "one turn holds nearly the whole source",
        "name the speakers in the source (“Name: text”), or write sources: {{{path}: {{kind: text}}}} if nobody else "
        "speaks",
        speaker_signals.find_single_turn,
    ),
    Signal(
        "large share",
        "the interviewer says most of the words",
        "see {speakers}, and correct roles or speakers",
        speaker_signals.find_large_share,
    ),
    Signal(
        "no participant",
        "every speaker is an interviewer: nothing can be coded here",
        "correct roles or speakers",
        speaker_signals.find_no_participant,
    ),
    Signal(
        "reversed roles",
        "a participant asks while the others answer",
        "add {label} to roles: {{interviewer: [...]}}",
        speaker_signals.find_reversed_roles,
    ),
    Signal(
        "short label",
        "a label may be the short form of another one",
        "write speakers: {{{label}: NAME}} with the name of the other, or speakers: {{{label}: {{}}}}",
        speaker_signals.find_short_labels,
    ),
    Signal(
        "sentences in header",
        "sentences are in the header, which is not coded",
        "write sources: {{{path}: {{kind: text}}}} if nobody speaks, or speakers for the labels above them",
        speaker_signals.find_sentences_in_header,
    ),
    Signal(
        "text left out",
        "much of the source is neither speech nor header",
        "write sources: {{{path}: {{reader: NAME}}}} with the reader of its format",
        speaker_signals.find_unplaced_text,
    ),
    Signal(
        "slow speech",
        "fewer than two words a minute are said: times may be milliseconds",
        "see {rows}, and correct the column of times",
        speaker_signals.find_slow_speech,
    ),
    Signal(
        "repeated questions",
        "the same question is asked again and again: there may be several interviews in this source",
        "write tables: {{{path}: {{transcript: COLUMN}}}}, or one source for each interview",
        speaker_signals.find_questions_repeated,
    ),
    Signal(
        "other language",
        "the interview seems to be in another language than the settings name",
        "write language: {label}, so that sentences and cues fit",
        find_other_language,
        kinds=_SPEECH,
    ),
    Signal(
        "uncounted words",
        "words of a script without spaces are counted as one: figures by words mean nothing",
        "use figures by units, not by words",
        text_signals.find_uncounted_words,
        kinds=_ALL,
    ),
    Signal(
        "captions as answers",
        "rows look like captions with start and end, not like answers of respondents",
        "write tables: {{{path}: {{kind: transcript, text: COLUMN, time: COLUMN}}}}",
        speaker_signals.find_caption_rows,
        kinds=frozenset({"answer"}),
    ),
)
"""All signals. A new one needs a test that it is reported for a broken reading and not for the shipped interviews."""


def find_signals(
    transcript: Transcript,
    rules: SourceRules,
    *,
    sentence_rules: SentenceRules = get_sentence_rules("en"),
    names: Collection[SignalName] = (),
) -> Iterator[Finding]:
    """Yield the signals of one transcript that the settings do not accept, each once with its first example.

    Only those with these ``names`` are looked for, or all if there are none.
    """
    path = transcript.path.removeprefix("transcripts/")
    source = source_rule_of(rules, transcript.path)
    kind = _kind_of(transcript, source)
    reading = Reading(transcript, rules, sentence_rules)
    for signal in SIGNALS:
        is_wanted = not names or signal.name in names
        if is_wanted and kind in signal.kinds and signal.name not in source.accept:
            examples = list(signal.find(reading))
            if len(examples) >= signal.minimum:
                yield Finding(signal, examples[0], len(examples), transcript, path)


def _kind_of(transcript: Transcript, source: SourceRule) -> str:
    if transcript.case is not None:
        return "answer"
    if source.kind == "text":
        return "text"
    return "interview" if any(turn.speaker for turn in transcript.turns) else "unnamed"
