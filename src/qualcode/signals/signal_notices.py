"""Signals of a wrong reading by source, as notices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from qualcode.errors import Problem, format_count
from qualcode.model import SignalName, SourceRules, Transcript
from qualcode.segments import SentenceRules, get_sentence_rules
from qualcode.signals.signal_table import Finding, find_signals


@dataclass(frozen=True, slots=True)
class SourceSignal:
    """A signal in one source; the rows of a table share one."""

    finding: Finding
    rows: int = 0
    """The number of rows of a table that have it."""

    @property
    def name(self) -> SignalName:
        """The name of the signal."""
        return self.finding.signal.name

    @property
    def notice(self) -> Problem:
        """What was found, with its place and the settings that correct it."""
        more = f", in {format_count(self.rows, 'row')}" if self.rows > 1 else ""
        path, message = self.finding.transcript.path, self.finding.message + more
        return Problem(path, self.finding.line, 0, message, self.finding.hint, "notice")


def list_source_signals(
    transcripts: Iterable[Transcript], rules: SourceRules, *, sentence_rules: SentenceRules = get_sentence_rules("en")
) -> list[SourceSignal]:
    """Return the signals of the sources of these transcripts, in their order; each has its first example."""
    found: dict[tuple[str, str], SourceSignal] = {}
    for transcript in transcripts:
        for finding in find_signals(transcript, rules, sentence_rules=sentence_rules):
            key = (transcript.path, finding.signal.name)
            first = found.get(key, SourceSignal(finding))
            found[key] = SourceSignal(first.finding, first.rows + (transcript.case is not None))
    return list(found.values())
