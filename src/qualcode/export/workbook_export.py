"""The workbook and the network's files: values gathered here, written by the floors below."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from qualcode.errors import OperationError, UsageError
from qualcode.files import fill_atomically
from qualcode.listings.coding_rows import coding_rows
from qualcode.listings.counted_incidences import IncidenceSet, build_incidence_set, count_notes, select_code_sets
from qualcode.study.selection import AnalysisOptions, select_code_ids, to_name_tuple
from qualcode.study.study import Study
from qualcode.suggest.suggestion_request import LEARNER, SuggestionOptions
from qualcode.version import __version__

if TYPE_CHECKING:
    import networkx as nx

    from qualcode.workbook import UndecidedSuggestions

MAX_SUGGESTIONS = 5_000
"""Suggestions that the workbook shows at the most."""
_MIN_VALUES, _MAX_VALUES = 2, 6
"""Numbers of values that an attribute has to have to be grouped by unasked."""


class ExportableProject(Protocol):
    """Whoever asks for an export: holds a study, what is said about it, and draws its networks."""

    study: Study
    said: list[str]

    def draw(self, graph: nx.Graph[str], *, title: str = "") -> Any:
        """Return a picture of a network."""


def export_workbook(
    project: ExportableProject, path: Path, choice: AnalysisOptions, *, suggestions: bool = False
) -> Path:
    """Gather what the workbook shows and write it; with what is suggested, if that is asked for."""
    from qualcode.incidence import count_cooccurrence
    from qualcode.tables import cooccurrence_matrix, theme_table
    from qualcode.workbook import WorkbookContent, write_workbook

    if path.suffix.lower() != ".xlsx":
        raise UsageError(f"{path}: the workbook's name ends in .xlsx")
    study = project.study
    plain = choice.copy()
    plain.pop("by", None)
    counted = build_incidence_set(study, plain)
    if len(counted.incidences) > 1:
        raise OperationError("a workbook has one coder's counts: name one with --coder")
    one, masks = counted.incidences[0], counted.group_masks[0]
    codes = select_code_sets(study.codebook, levels=["code"], only=select_code_ids(study.codebook, choice.get("code")))
    content = WorkbookContent(
        title=study.name,
        overview=list(_overview_rows(study, counted)),
        codebook=study.codebook,
        themes=theme_table(counted.incidences, counted.code_sets, counted.group_masks, []),
        groups={
            attribute: _themes_by_attribute(study, plain, attribute) for attribute in _group_attributes(study, choice)
        },
        matrix=cooccurrence_matrix(count_cooccurrence(one, codes, next(iter(masks.values())))),
        unit=str(one.universe.unit),
        quotes=_quote_rows(study, plain, one.coder),
        suggestions=_suggestion_content(study, plain, one.coder) if suggestions else None,
    )
    project.said = count_notes(study, counted)
    if suggestions and content.suggestions is None:
        project.said.append("no sheet of suggestions: nothing is suggested that is not decided")
    return fill_atomically(path, lambda temporary: write_workbook(content, temporary))


def _themes_by_attribute(study: Study, choice: AnalysisOptions, attribute: str) -> Any:
    from qualcode.tables import theme_table

    counted = build_incidence_set(study, AnalysisOptions(**{**choice, "by": attribute}))
    return theme_table(counted.incidences, counted.code_sets, counted.group_masks, counted.group_attributes)


def _group_attributes(study: Study, choice: AnalysisOptions) -> list[str]:
    """Return the attributes to group by: those asked for, else those with few values over the cases."""
    if choice.get("by"):
        return list(to_name_tuple(choice.get("by")))
    values = {name: {case.attributes.get(name, "") for case in study.cases} - {""} for name in study.attributes}
    return [name for name, found in values.items() if _MIN_VALUES <= len(found) <= _MAX_VALUES]


def _quote_rows(study: Study, choice: AnalysisOptions, coder: str) -> Iterator[dict[str, Any]]:
    names_of = {code.id: code.name for code in study.codebook.codes}
    for row in coding_rows(study, AnalysisOptions(**{**choice, "coder": coder})):
        yield {**row, "name": names_of.get(row["code"], "")}


def _suggestion_content(study: Study, choice: AnalysisOptions, coder: str) -> UndecidedSuggestions | None:
    """Return what is suggested to a coder and not decided, as `suggest` shows it; nothing where there is nothing."""
    from qualcode.suggest.study_suggestions import list_suggestions
    from qualcode.workbook import UndecidedSuggestions

    wanted = SuggestionOptions(coder=coder, code=choice.get("code", ()), transcripts=choice.get("transcripts", ()))
    found, told = list_suggestions(study, wanted)
    if not len(found):
        return None
    many = f"{len(found):,} suggestions for {coder}, the most promising sentences first"
    cut = f"; the first {MAX_SUGGESTIONS:,} are shown" if len(found) > MAX_SUGGESTIONS else ""
    left = found.take(range(min(len(found), MAX_SUGGESTIONS)))
    said = [f"{many}{cut}. A suggestion has no vote: 'qualcode accept' with its id makes it a coding.", *told[1:]]
    return UndecidedSuggestions(said, left.rows(), has_probabilities=LEARNER in found.maker)


def _overview_rows(study: Study, counted: IncidenceSet) -> Iterator[tuple[str, str | int | float]]:
    one = counted.incidences[0]
    over = one.universe
    yield "What was counted", ""
    yield "Coder", one.coder
    yield "Unit of analysis", str(over.unit)
    yield "Universe", counted.universe_notes[0]
    yield "Transcripts", len(over.transcripts)
    yield "Cases", len(over.cases)
    yield "Units", len(over.unit_start)
    yield "Participants' words", int(over.transcript_words.sum())
    yield "Codings counted", len(one.coding_code)
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
    yield "Codebook", study.codebook.version
    yield "Texts (SHA-256)", _texts_digest(study, over.transcripts)
    yield "", ""
    yield "Left out", ""
    from qualcode.listings.caveats import list_caveats

    for line in list_caveats(study, [one.coder]) or ["nothing"]:
        yield "", line


def _texts_digest(study: Study, transcripts: tuple[str, ...]) -> str:
    import hashlib

    parts = "\n".join(f"{name} {study.transcripts[name].sha256}" for name in transcripts)
    return hashlib.sha256(parts.encode()).hexdigest()
