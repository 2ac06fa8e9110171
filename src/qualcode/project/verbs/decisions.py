"""Verbs by which people decide: suggestions, codings, marks, memos, updates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from qualcode.errors import Refused
from qualcode.files import fill_atomically
from qualcode.project import bulk, deciding
from qualcode.project.choice import (
    Choice,
    Names,
    WantedSuggestions,
    chosen_code,
    chosen_transcript,
    chosen_transcripts,
    deciding_coder,
    names,
)
from qualcode.project.deciding import Decision, Wanted
from qualcode.project.verbs.held import Held

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.ledger import Event
    from qualcode.project.updating import Choose
    from qualcode.suggest import Suggestions

UPDATE_COLUMNS = "id transcript code coder status why score start end quote was difference candidates".split()
SUGGESTION_COLUMNS = "id transcript turn start end speaker quote code score maker why version".split()
CODING_COLUMNS = "id transcript case turn speaker start end quote code coder at status memo maker was".split()


class Decisions(Held):
    """What coders decide; every verb that changes anything appends to the ledger."""

    def suggest(self, **wanted: Unpack[WantedSuggestions]) -> pd.DataFrame:
        """Return suggestions with their reasons, as `suggestions` does, in a DataFrame."""
        from qualcode.tables import frame

        found = self.suggestions(**wanted)
        return frame(found.rows(), list(found.columns()))

    def suggestions(self, *, jobs: int = 1, **wanted: Unpack[WantedSuggestions]) -> Suggestions:
        """Return suggestions as columns; what the coder has decided is left out unless asked for."""
        from qualcode.suggest.table import Suggestions

        return Suggestions.joined(self.stream_suggestions(jobs=jobs, **wanted))

    def stream_suggestions(self, *, jobs: int = 1, **wanted: Unpack[WantedSuggestions]) -> Iterator[Suggestions]:
        """Yield what `suggestions` returns in parts; of a large study none is kept. ``jobs`` processes look for cues.

        What is to be said is left in ``said`` when the last of them has been taken.
        """
        from qualcode.project.suggesting import stream_proposed

        said: list[str] = []
        yield from stream_proposed(self.study, wanted, jobs=jobs, said=said)
        self.said = [*said, *self.unread]

    def save_suggestions(self, path: str | Path, *, jobs: int = 1, **wanted: Unpack[WantedSuggestions]) -> int:
        """Write what `suggestions` returns as Parquet, part by part, and return how many they are."""
        from qualcode.suggest.table import write_parts

        written = 0

        def fill(temporary: Path) -> None:
            nonlocal written
            written = write_parts(self.stream_suggestions(jobs=jobs, **wanted), temporary)

        fill_atomically(Path(path), fill)
        return written

    def accept(self, ids: Names, *, coder: str | None = None) -> int:
        """Make suggestions codings of a coder; return how many were new."""
        return self._decide(ids, coder, "accept")

    def reject(self, ids: Names, *, coder: str | None = None) -> int:
        """Remember that a coder does not want suggestions; they stay away until the code's entry changes."""
        return self._decide(ids, coder, "reject")

    def _decide(self, ids: Names, coder: str | None, verb: str) -> int:
        from qualcode.project.making import to_decide_on

        who = deciding_coder(self.study, coder, verb=verb)
        found = to_decide_on(self.study, names(ids), coder=who)
        events, again = deciding.suggestion_events(self.study, found, names(ids), coder=who, verb=verb)
        self._record(events, said=[f"{name} is coded by {who} already" for name in again])
        return len(events)

    def code(
        self, transcript: str, code: str, wanted: Wanted | str, *, coder: str | None = None, memo: str = ""
    ) -> str:
        """Code one span, given by its quote (see `Wanted` for turn or offsets); return the coding's id."""
        who = deciding_coder(self.study, coder, verb="code")
        held = chosen_transcript(self.study, transcript)
        current = chosen_code(self.study.book, code)
        asked = Wanted(wanted) if isinstance(wanted, str) else wanted
        span = deciding.place(held, asked, short=self.study.short)
        standing = deciding.standing(self.study.codings).get((held.id, *span, current, who))
        if standing:
            raise Refused(f"{who} has coded this span of {held.id} with {current} already ({standing})")
        event = deciding.decision_event(Decision(held, span, current, who), self.study.book)
        self._record([event, deciding.memo_event(event, memo)] if memo else [event])
        return event.id

    def code_from(
        self, path: str | Path, *, coder: str | None = None, skip: bool = False, dry_run: bool = False
    ) -> bulk.Placed:
        """Code from a CSV, Excel or JSON-lines table; every row must fit, or with ``skip`` those that do are taken."""
        events, placed = bulk.place_rows(self.study, Path(path), coder=coder, skip=skip)
        self._record([] if dry_run else events)
        return placed

    def codings(self, **choice: Unpack[Choice]) -> pd.DataFrame:
        """Return a line a coding, with its place in the text as it is now and whether it still proves itself."""
        from qualcode.project.listing import coding_rows, left_out
        from qualcode.tables import frame

        rows = list(coding_rows(self.study, choice))
        self.said = left_out(self.study)
        return frame(rows, CODING_COLUMNS)

    def retract(self, ids: Names, *, coder: str | None = None) -> int:
        """Take back codings of one's own; return how many."""
        who = deciding_coder(self.study, coder, verb="retract")
        events = deciding.retract_events(self.study, names(ids), coder=who)
        self._record(events)
        return len({event.target for event in events})

    def done(
        self,
        transcripts: Names,
        *,
        coder: str | None = None,
        families: Sequence[str] = (),
        undo: bool = False,
    ) -> int:
        """Mark transcripts as finished by a coder (for some families only, if given), or take that back."""
        who = deciding_coder(self.study, coder, verb="finish")
        chosen = chosen_transcripts(self.study, transcripts)
        again: list[str] = []
        if undo:
            events = deciding.undone_events(self.study, chosen, coder=who)
        else:
            events, again = deciding.done_events(self.study, chosen, coder=who, families=families)
        self._record(events, said=[f"{name} was done already" for name in again])
        return len(events)

    def done_from(self, path: str | Path, *, coder: str | None = None, dry_run: bool = False) -> bulk.Placed:
        """Mark transcripts as finished from a table with columns transcript, coder and, if wanted, families."""
        from qualcode.project.listing import done_rows

        events, placed = done_rows(self.study, Path(path), coder=coder)
        self._record([] if dry_run else events)
        return placed

    def update(
        self,
        transcripts: Names | None = None,
        *,
        write: bool = False,
        choose: Choose | None = None,
        renamed: Mapping[str, str] | None = None,
        coder: str | None = None,
    ) -> pd.DataFrame:
        """Follow codings into transcripts that were edited or renamed; return a line for each that is not as it was.

        The files are read anew. Nothing is recorded unless ``write``: then every new place is a ``move`` event by
        ``coder``. ``choose`` is asked about codings that cannot be placed for sure (see `Step`), ``renamed`` gives new
        ids of transcripts by old ones.
        """
        from qualcode.project import updating
        from qualcode.tables import frame

        self.refresh()
        who = deciding_coder(self.study, coder, verb="record moves") if write else ""
        only = self._missing_too(transcripts) if names(transcripts) else None
        made = updating.plan(self.study, only=only, told=renamed)
        made = updating.asked(made, choose) if choose else made
        events = updating.move_events(self.study, made, coder=who) if write else []
        found = list(updating.rows(made))
        self._record(events, said=updating.said(made, written=len(events) if write else None))
        self.said += self.unread
        return frame(found, UPDATE_COLUMNS)

    def _missing_too(self, transcripts: Names | None) -> list[str]:
        """Return the ids asked for; one that only ledgers know may be a transcript that was renamed."""
        known = {coding.transcript for coding in self.study.codings} - self.study.transcripts.keys()
        gone = [name for name in names(transcripts) if name in known]
        here = [name for name in names(transcripts) if name not in known]
        return [*gone, *(chosen_transcripts(self.study, here) if here else [])]

    def memo(self, text: str, *, on: str = "", coder: str | None = None) -> str:
        """Write a memo on the study, or on a coding (its id), a code or a transcript; return its id."""
        from qualcode.project.listing import memo_on

        event = memo_on(self.study, text, on=on, coder=deciding_coder(self.study, coder, verb="write memos"))
        self._record([event])
        return event.id

    def _record(self, events: Sequence[Event], *, said: Sequence[str] = ()) -> None:
        aside = self.study.record(events)
        self.said = [*said, *(f"a torn last line was set aside as {path}" for path in aside)]
