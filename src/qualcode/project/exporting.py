"""The workbook and the network's files: values gathered here, written by the floors below."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode import __version__
from qualcode.errors import Refused, UsageError
from qualcode.files import fill_atomically
from qualcode.project.choice import Choice, WantedSuggestions, chosen_codes, names
from qualcode.project.counting import Counted, chosen_rows, count, said
from qualcode.project.listing import coding_rows
from qualcode.project.making import LEARNER
from qualcode.project.study import Study

if TYPE_CHECKING:
    import networkx as nx

    from qualcode.project.verbs.counts import Counts
    from qualcode.workbook import Suggested

_PICTURES = frozenset({".png", ".svg", ".pdf"})
MOST_SUGGESTED = 5_000
"""Suggestions that the workbook shows at the most."""
_FEWEST, _MOST = 2, 6
"""Numbers of values that an attribute has to have to be grouped by unasked."""


def save_network(project: Counts, graph: nx.Graph[str], path: Path, *, title: str) -> Path:
    """Write a graph or its picture by the ending of the path."""
    suffix = path.suffix.lower()
    if suffix in _PICTURES:
        from qualcode.figures import write_figure

        figure = project.draw(graph, title=title)
        told: list[str] = []
        fill_atomically(path, lambda temporary: told.append(write_figure(figure, temporary)))
        project.said += [f"{path}: {said}" for said in told if said]
        return path
    from qualcode.graphs import write_gexf, write_graphml

    writers = {".graphml": write_graphml, ".gexf": write_gexf}
    if suffix not in writers:
        raise UsageError(f"{path}: a network is written as .graphml, .gexf, .png, .svg or .pdf")
    return fill_atomically(path, lambda temporary: writers[suffix](graph, temporary))


def export_workbook(project: Counts, path: Path, choice: Choice, *, suggestions: bool = False) -> Path:
    """Gather what the workbook shows and write it; with what is suggested, if that is asked for."""
    from qualcode.incidence import cooccurrence
    from qualcode.tables import square, themes
    from qualcode.workbook import Content, write_workbook

    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{path}: the workbook's name ends in .xlsx")
    study = project.study
    plain = choice.copy()
    plain.pop("by", None)
    counted = count(study, plain)
    if len(counted.incidences) > 1:
        raise Refused("a workbook has one coder's counts: name one with --coder")
    one, masks = counted.incidences[0], counted.groups[0]
    codes = chosen_rows(study.book, levels=["code"], only=chosen_codes(study.book, choice.get("code")))
    content = Content(
        title=study.name,
        overview=list(_overview(study, counted)),
        codebook=study.book,
        themes=themes(counted.incidences, counted.rows, counted.groups, []),
        groups={attribute: _grouped(study, plain, attribute) for attribute in _attributes(study, choice)},
        matrix=square(cooccurrence(one, codes, next(iter(masks.values())))),
        unit=str(one.universe.unit),
        quotes=_quotes(study, plain, one.coder),
        suggested=_suggested(study, plain, one.coder) if suggestions else None,
    )
    project.said = said(study, counted)
    if suggestions and content.suggested is None:
        project.said.append("no sheet of suggestions: nothing is suggested that is not decided")
    return fill_atomically(path, lambda temporary: write_workbook(content, temporary))


def _grouped(study: Study, choice: Choice, attribute: str) -> Any:
    from qualcode.tables import themes

    counted = count(study, Choice(**{**choice, "by": attribute}))
    return themes(counted.incidences, counted.rows, counted.groups, counted.by)


def _attributes(study: Study, choice: Choice) -> list[str]:
    """Return the attributes to group by: those asked for, else those with few values over the cases."""
    if choice.get("by"):
        return list(names(choice.get("by")))
    values = {name: {case.attributes.get(name, "") for case in study.cases} - {""} for name in study.attributes}
    return [name for name, found in values.items() if _FEWEST <= len(found) <= _MOST]


def _quotes(study: Study, choice: Choice, coder: str) -> Iterator[dict[str, Any]]:
    names_of = {code.id: code.name for code in study.book.codes}
    for row in coding_rows(study, Choice(**{**choice, "coder": coder})):
        yield {**row, "name": names_of.get(row["code"], "")}


def _suggested(study: Study, choice: Choice, coder: str) -> Suggested | None:
    """Return what is suggested to a coder and not decided, as `suggest` shows it; nothing where there is nothing."""
    from qualcode.project.suggesting import proposed
    from qualcode.workbook import Suggested

    wanted = WantedSuggestions(coder=coder, code=choice.get("code", ()), transcripts=choice.get("transcripts", ()))
    found, told = proposed(study, wanted)
    if not len(found):
        return None
    many = f"{len(found):,} suggestions for {coder}, the most promising sentences first"
    cut = f"; the first {MOST_SUGGESTED:,} are shown" if len(found) > MOST_SUGGESTED else ""
    left = found.take(range(min(len(found), MOST_SUGGESTED)))
    said = [f"{many}{cut}. A suggestion has no vote: 'qualcode accept' with its id makes it a coding.", *told[1:]]
    return Suggested(said, left.rows(), shares=LEARNER in found.maker)


def _overview(study: Study, counted: Counted) -> Iterator[tuple[str, str | int | float]]:
    one = counted.incidences[0]
    over = one.universe
    yield "What was counted", ""
    yield "Coder", one.coder
    yield "Unit of analysis", str(over.unit)
    yield "Universe", counted.universes[0]
    yield "Transcripts", len(over.transcripts)
    yield "Cases", len(over.cases)
    yield "Units", len(over.unit_start)
    yield "Participants' words", int(over.transcript_words.sum())
    yield "Codings counted", len(one.code)
    others = [name for name in study.coders if name != one.coder]
    yield "Other coders, not counted here", ", ".join(others) or "none"
    yield (
        "Rules",
        (
            "A code is in a unit where a coding of it overlaps the unit. A parent code, family or theme occurs where "
            "any member does; units and words are counted once. Interviewers' turns are neither coded nor counted. "
            "Share of cases: cases with the code over all cases asked. Words: those the codings cover."
        ),
    )
    yield "", ""
    yield "Versions", ""
    yield "Written", datetime.now().astimezone().isoformat(timespec="seconds")
    yield "qualcode", __version__
    yield "Codebook", study.book.version
    yield "Texts (SHA-256)", _texts_digest(study, over.transcripts)
    yield "", ""
    yield "Left out", ""
    from qualcode.project.listing import left_out

    for line in left_out(study, [one.coder]) or ["nothing"]:
        yield "", line


def _texts_digest(study: Study, transcripts: tuple[str, ...]) -> str:
    import hashlib

    parts = "\n".join(f"{name} {study.transcripts[name].sha256}" for name in transcripts)
    return hashlib.sha256(parts.encode()).hexdigest()
