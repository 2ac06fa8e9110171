"""The page: content of all sections, rendered by the templates with one style and one script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from qualcode.export.findings.provenance import (
    CODER_KEYS,
    TRANSCRIPT_KEYS,
    coder_rows,
    describe_command,
    provenance_rows,
    scope_facts,
    transcript_rows,
)
from qualcode.export.report.charts.network_picture import NetworkPicture, make_network_picture
from qualcode.export.report.charts.page_colours import GROUP_COLOURS, colour_rules
from qualcode.export.report.counted_content import counted_content, list_pairs_beyond_chance
from qualcode.export.report.method.checklist_facts import checklist_facts
from qualcode.export.report.method.methods_section import methods_sentences
from qualcode.export.report.method.reporting_checklists import coreq_items, srqr_items
from qualcode.export.report.page_tables import make_page_table
from qualcode.export.report.page_text import clean_text, csp_hash, script_json
from qualcode.export.report.report_quotes import QuoteList, case_groups, list_quotes
from qualcode.export.report.report_tables import ReportTables, build_report_tables
from qualcode.study.selection import AnalysisOptions
from qualcode.study.study import Study

_THEMES_COLOUR = "#5B6770"


def make_page(study: Study, options: AnalysisOptions, *, quotes: int | None) -> tuple[str, ReportTables]:
    """Return the HTML of a study's report, and the tables that it was made from."""
    tables = build_report_tables(study, options)
    families = [(family.id, family.name, number) for number, family in enumerate(study.codebook.families)]
    lists = list_quotes(study, tables, families, limit=quotes)
    network = make_network_picture(tables, families, list_pairs_beyond_chance(tables))
    content = {
        "title": study.name,
        "language": study.settings.language,
        "families": families,
        "notes": tables.notes,
        "quote_lists": lists,
        "codebook": _codebook_families(study, tables),
        "network": network,
        "data": _script_data(study, tables, network, lists),
        **counted_content(tables, families),
        **_method_content(study, tables, options, quotes=sum(len(one.quotes) for one in lists)),
    }
    return render_page(content, [family.colour for family in study.codebook.families]), tables


def _method_content(study: Study, tables: ReportTables, options: AnalysisOptions, *, quotes: int) -> dict[str, Any]:
    coders = coder_rows(study)
    facts = checklist_facts(study, tables, coders, quotes=quotes)
    return {
        "facts": scope_facts(study, tables.counted),
        "universe": tables.counted.universe_notes[0],
        "provenance": list(provenance_rows(study, tables.counted, describe_command("report", options))),
        "coder_table": make_page_table(coders, CODER_KEYS, file="coders", caption="Who coded what and when"),
        "transcript_table": make_page_table(
            transcript_rows(study, tables.incidence.universe), TRANSCRIPT_KEYS, file="transcripts",
            caption="Transcripts counted", headings={"words": "words"},
        ),
        "methods": list(methods_sentences(study, tables, coders)),
        "coreq": coreq_items(facts),
        "srqr": srqr_items(facts),
    }  # fmt: skip


def _codebook_families(study: Study, tables: ReportTables) -> list[dict[str, Any]]:
    """Return families with their codes, as far as they are counted, and the themes."""
    book = study.codebook
    counted = {one.id for one in tables.counted.code_sets}
    themes = [theme for theme in book.themes if theme.id in counted]
    return [
        *(
            {"entry": family, "colour": number, "codes": codes, "is_theme": False}
            for number, family in enumerate(book.families)
            if (codes := [code for code in book.codes if code.family == family.id and code.id in counted])
        ),
        *({"entry": theme, "colour": len(book.families), "codes": [], "is_theme": True} for theme in themes),
    ]


def _script_data(
    study: Study, tables: ReportTables, network: NetworkPicture | None, lists: Sequence[QuoteList]
) -> Markup:
    nodes = network.nodes if network else ()
    edges = network.edges if network else ()
    return script_json(
        {
            "nodes": [{"code": one.code, "name": one.name, "family": one.family, "units": one.units} for one in nodes],
            "edges": [
                {"a": one.a.number, "b": one.b.number, "count": one.count, "sure": one.is_beyond_chance}
                for one in edges
            ],
            "highest": network.highest if network else 1,
            "most": max((one.units for one in nodes), default=1),
            "unit": network.unit if network else "",
            "groups": network.groups if network else (),
            "cases": case_groups(study, tables, lists),
        }
    )


def render_page(content: Mapping[str, Any], family_colours: Sequence[str]) -> str:
    """Return the page of a content; its policy allows this style and this script alone."""
    style = read_resource("report.css") + colour_rules("f", [*family_colours, _THEMES_COLOUR])
    style += colour_rules("g", GROUP_COLOURS)
    script = read_resource("report.js")
    template = _environment().get_template("page.html.j2")
    return template.render(
        **content,
        style=Markup(style),
        script=Markup(script),
        policy=(
            f"default-src 'none'; style-src {csp_hash(style)}; script-src {csp_hash(script)}; img-src data:; "
            "base-uri 'none'; form-action 'none'"
        ),
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(read_resource),
        autoescape=True,
        finalize=clean_text,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda value: f"{value:,}"
    return environment


@cache
def read_resource(name: str) -> str:
    """Return the text of a template, the style or the script."""
    return (files(__package__ or "") / "templates" / name).read_text(encoding="utf-8")
