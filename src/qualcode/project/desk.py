"""The class that notebooks and commands hold: a study, and every verb on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from qualcode.errors import Problem, Refused, UsageError
from qualcode.model import Codebook, Unit
from qualcode.project import bulk, checking, deciding, overview
from qualcode.project.choice import (
    Choice,
    Names,
    WantedSuggestions,
    chosen_code,
    chosen_codes,
    chosen_transcript,
    chosen_transcripts,
    chosen_unit,
    counted_coders,
    deciding_coder,
    names,
)
from qualcode.project.deciding import Decision, Wanted
from qualcode.project.starting import begin
from qualcode.project.study import Study, find_root

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

    from qualcode.ledger import Event
    from qualcode.project.updating import Choose
    from qualcode.suggest import Suggestions

UPDATE_COLUMNS = "id transcript code coder status why score start end quote was difference candidates".split()
CODING_COLUMNS = "id transcript case turn speaker start end quote code coder at status memo maker was".split()


class Project:
    """A study on disk. Analyses return DataFrames and graphs, decisions are appended to the ledger.

    Every analysis takes ``unit``, ``coder``, ``code``, ``transcripts``, ``by`` and ``universe`` (see `Choice`), refuses
    names that the study does not have, and leaves what it counted over in ``said``.
    """

    def __init__(self, path: str | Path = ".") -> None:
        self.study = Study(find_root(Path(path)))
        self.said: list[str] = []
        """Sentences on the latest call: unit, coder and universe, and what was left out."""

    @property
    def incomplete(self) -> bool:
        """Whether counts lack something that can be mended: unreadable sources or ledger lines, unknown codes."""
        from qualcode.project.listing import mendable

        return mendable(self.study)

    @property
    def unread(self) -> list[str]:
        """Sentences on sources that cannot be read and are left out of everything."""
        from qualcode.project.listing import unread

        return unread(self.study)

    def refresh(self) -> None:
        """Read all files anew when they are next asked for: they were edited while the project was open."""
        self.study = Study(self.study.root)

    def __repr__(self) -> str:
        return f"Project({str(self.study.root)!r})"

    @classmethod
    def init(cls, path: str | Path = ".", *, name: str = "", coder: str = "") -> Project:
        """Begin a study in a folder: settings, a first codebook, and the folders; nothing there is overwritten."""
        begin(Path(path), name=name, coder=coder)
        return cls(path)

    @property
    def codebook(self) -> Codebook:
        """The codebook: ``.codes``, ``.families``, ``.themes``, ``.version``."""
        return self.study.book

    def check(self) -> list[Problem]:
        """Return all that is wrong with the study's files; an empty list where all is well."""
        return checking.check(self.study)

    def status(self) -> overview.Status:
        """Return where the study stands."""
        return overview.status(self.study)

    def transcripts(self, transcripts: Names | None = None) -> pd.DataFrame:
        """Return a line a transcript: turns, speakers, words, codings, who has finished it."""
        from qualcode.tables import TRANSCRIPT_COLUMNS, frame

        chosen = chosen_transcripts(self.study, transcripts)
        return frame(overview.transcript_rows(self.study, chosen), TRANSCRIPT_COLUMNS)

    def speakers(self, transcripts: Names | None = None, *, each: bool = False, rejected: bool = False) -> pd.DataFrame:
        """Return a line a speaker's label (with ``each``, a label and transcript), or what was not taken for one."""
        from qualcode.project.speakers import EACH_COLUMNS, SPEAKER_COLUMNS, speaker_rows
        from qualcode.tables import frame

        chosen = chosen_transcripts(self.study, transcripts)
        rows = speaker_rows(self.study, chosen, each=each, rejected=rejected)
        return frame(rows, EACH_COLUMNS if each else SPEAKER_COLUMNS)

    def add(
        self, paths: str | Path | Sequence[str | Path], *, encoding: str = "", into: str = "", dry_run: bool = False
    ) -> pd.DataFrame:
        """Copy sources into ``transcripts/`` (a folder in it: ``into``) and return a line on what each was read as."""
        from qualcode.project.adding import ADDED_COLUMNS, add
        from qualcode.tables import frame

        given = [paths] if isinstance(paths, str | Path) else paths
        rows = add(self.study, [Path(one) for one in given], encoding=encoding, into=into, dry_run=dry_run)
        self.study = Study(self.study.root)
        return frame(rows, ADDED_COLUMNS)

    def segments(
        self, *, unit: str | None = None, transcripts: Names | None = None, interviewers: bool = False
    ) -> pd.DataFrame:
        """Return a line a segment of the chosen unit; interviewers' segments only if asked for."""
        from qualcode.tables import frame

        chosen, cut = chosen_transcripts(self.study, transcripts), chosen_unit(self.study, unit)
        texts = [self.study.transcripts[name] for name in chosen]
        return frame(overview.segment_rows(self.study, texts, cut, interviewers=interviewers), overview.SEGMENT_COLUMNS)

    def stream_segments(
        self, *, unit: str | None = None, transcripts: Names | None = None, interviewers: bool = False
    ) -> Iterator[dict[str, Any]]:
        """Yield the lines of `segments` one by one and keep none: for tables too large to hold.

        Sources that cannot be read are left in ``said`` when the last line has been taken.
        """
        cut = chosen_unit(self.study, unit)
        failed: list[Problem] = []
        texts = overview.streamed(self.study, names(transcripts), failed)
        yield from overview.segment_rows(self.study, texts, cut, interviewers=interviewers)
        self.said = [str(one) for one in (*self.study.settings_problems, *failed) if one.level == "error"]

    # Suggestions

    def suggest(self, **wanted: Unpack[WantedSuggestions]) -> pd.DataFrame:
        """Return suggestions from cues with their reasons, as `suggestions` does, in a DataFrame."""
        from qualcode.tables import frame

        found = self.suggestions(**wanted)
        return frame(found.rows(), list(found.columns()))

    def suggestions(self, **wanted: Unpack[WantedSuggestions]) -> Suggestions:
        """Return suggestions as columns; what the coder has decided is left out unless asked for."""
        from qualcode.project.proposing import all_suggestions, filtered, pending

        if not 0 <= wanted.get("min_score", 0.0) <= 1:
            raise UsageError("min_score: a score is a number from 0 to 1")
        codes = chosen_codes(self.study.book, wanted.get("code"))
        where = chosen_transcripts(self.study, wanted.get("transcripts"))
        found = all_suggestions(self.study)
        found = filtered(self.study, found, codes=codes, transcripts=where, min_score=wanted.get("min_score", 0.0))
        who = wanted.get("coder") or self.study.settings.coder
        left = found if wanted.get("decided") or not who else pending(self.study, found, coder=who)
        self.said = [f"{len(left):,} suggestions by cues, codebook {self.study.book.version}"]
        if len(left) < len(found):
            self.said[0] += f"; {len(found) - len(left):,} more are decided by {who} already"
        self.said += self.unread
        return left

    def accept(self, ids: Names, *, coder: str | None = None) -> int:
        """Make suggestions codings of a coder; return how many were new."""
        return self._decide(ids, coder, "accept")

    def reject(self, ids: Names, *, coder: str | None = None) -> int:
        """Remember that a coder does not want suggestions; they stay away until the code's entry changes."""
        return self._decide(ids, coder, "reject")

    def _decide(self, ids: Names, coder: str | None, verb: str) -> int:
        from qualcode.project.proposing import all_suggestions

        who = deciding_coder(self.study, coder, verb=verb)
        found = all_suggestions(self.study)
        events, again = deciding.suggestion_events(self.study, found, names(ids), coder=who, verb=verb)
        self._record(events, said=[f"{name} is coded by {who} already" for name in again])
        return len(events)

    # Codings

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

    # Counts

    def themes(self, **choice: Unpack[Choice]) -> pd.DataFrame:
        """Return frequencies of codes, families and themes, zeros kept; by case attributes if asked."""
        from qualcode.project.counting import count, said
        from qualcode.tables import themes

        counted = count(self.study, choice)
        self.said = said(self.study, counted)
        return themes(counted.incidences, counted.rows, counted.groups, counted.by)

    def cooccurrence(self, *, zeros: bool = False, **choice: Unpack[Choice]) -> pd.DataFrame:
        """Return how often codes (or families, themes: ``levels``) occur together in a unit."""
        from qualcode.project.counting import count, said
        from qualcode.tables import pairs

        counted = count(self.study, choice, levels=("code",))
        self.said = said(self.study, counted)
        if len(counted.rows) < 2:
            raise Refused("it takes two codes to occur together: this choice leaves fewer")
        return pairs(counted.incidences, counted.rows, counted.groups, by=counted.by, zeros=zeros)

    def network(self, *, min_count: int = 1, **choice: Unpack[Choice]) -> nx.Graph[str]:
        """Return the co-occurrence graph of one coder; see `networks` for one a group."""
        found = self.networks(min_count=min_count, **choice)
        if len(found) != 1:
            raise Refused(
                f"this makes {len(found)} networks: use Project.networks(), or leave out by and all coders but one"
            )
        return next(iter(found.values()))

    def networks(self, *, min_count: int = 1, **choice: Unpack[Choice]) -> dict[tuple[str, ...], nx.Graph[str]]:
        """Return co-occurrence graphs by group and, where several are counted, coder."""
        from qualcode.graphs import network
        from qualcode.project.counting import count, said

        counted = count(self.study, choice, levels=("code",))
        self.said = said(self.study, counted)
        several = len(counted.incidences) > 1
        return {
            (*values, *([one.coder] if several else [])): network(one, counted.rows, mask, min_count=min_count)
            for one, groups in zip(counted.incidences, counted.groups, strict=True)
            for values, mask in groups.items()
        }

    def draw(self, graph: nx.Graph[str], *, title: str = "") -> Any:
        """Return a matplotlib Figure of a co-occurrence graph, as one would put it in a report."""
        from qualcode.figures import draw_network
        from qualcode.graphs import layout

        return draw_network(graph, layout(graph), title=title or self._title())

    def _title(self) -> str:
        name = self.study.settings.name
        return f"{name}: what occurs together" if name else "What occurs together"

    def save_network(self, graph: nx.Graph[str], path: str | Path, *, title: str = "") -> Path:
        """Write a graph as .graphml or .gexf (for Gephi), or its picture as .png, .svg or .pdf."""
        from qualcode.project.exporting import save_network

        return save_network(self, graph, Path(path), title=title)

    def export(self, path: str | Path, **choice: Unpack[Choice]) -> Path:
        """Write the workbook: overview, codebook, themes, themes by group, co-occurrence, quotes, charts."""
        from qualcode.project.exporting import export_workbook

        return export_workbook(self, Path(path), choice)

    def edges(self, graphs: dict[tuple[str, ...], nx.Graph[str]]) -> pd.DataFrame:
        """Return the edges of graphs as `networks` made them, heaviest first."""
        from qualcode.graphs import edge_table

        return edge_table(graphs)

    def codes(self) -> pd.DataFrame:
        """Return a line a code: id, name, family, definition and the rest of its entry."""
        from qualcode.project.listing import code_rows
        from qualcode.tables import CODE_COLUMNS, frame

        return frame(code_rows(self.study.book), CODE_COLUMNS)

    def coders(self) -> list[str]:
        """Return whose codings would be counted by default."""
        return counted_coders(self.study, None)

    def unit(self) -> Unit:
        """Return the study's unit of analysis."""
        return self.study.settings.unit
