"""What the pages say is so: commands, options, methods, links, formats."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from importlib import import_module
from pathlib import Path

import click
import pytest

import qualcode
from coverage_floor import shortfalls
from qualcode.cli import COMMANDS, cli
from qualcode.codebook.codebook_schema import json_schema
from qualcode.errors import Problem
from qualcode.listings.quotes.query_conditions import check_query
from qualcode.project import Project
from qualcode.queries import parse_query
from qualcode.settings import read_settings
from qualcode.settings.review_keys import REVIEW_ACTIONS, REVIEW_KEYS
from qualcode.transcripts import SUFFIXES
from studies import small_study, write

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def text_of(page: Path) -> str:
    """Return a page's text."""
    return page.read_text(encoding="utf-8")


def named(page: Path) -> str:
    """Return a page's name for the report."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> list[str]:
    """Return the code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text_of(page), re.MULTILINE | re.DOTALL)


def command_lines() -> Iterator[tuple[str, str]]:
    """Yield every ``qualcode ...`` that a page shows, in a block or in a sentence."""
    for page in PAGES:
        text = text_of(page)
        shown = "\n".join(re.findall(r"^```.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
        for line in re.findall(r"^qualcode (.+)$", shown, re.MULTILINE):
            yield named(page), line.partition("  #")[0].partition(" # ")[0].strip()
        for line in re.findall(r"`qualcode ([^`]+)`", text):
            yield named(page), line.strip()


LINES = sorted(set(command_lines()))


def test_the_pages_show_commands() -> None:
    assert len(LINES) > 20


def options_of(command: click.Command) -> set[str]:
    """Return the options of a command and of all commands below it."""
    below = command.commands.values() if isinstance(command, click.Group) else ()
    own = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    return own.union(*map(options_of, below))


@pytest.mark.parametrize(("page", "line"), LINES, ids=[f"{page}: {line}" for page, line in LINES])
def test_every_command_and_option_that_a_page_shows_exists(page: str, line: str) -> None:
    name, *rest = line.split()
    if name.startswith("-"):
        assert name in {"--help", "-h", "--version", "-C"}
        return
    assert name in COMMANDS, f"{page} names a command that does not exist"
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    known = options_of(command) | {"-h", "--help"}
    assert {word for word in rest if re.match(r"--?[a-z]", word)} <= known, page


def test_every_option_that_the_page_on_coding_or_counting_names_exists() -> None:
    known = {
        option
        for name in COMMANDS
        if (command := cli.get_command(click.Context(cli), name))
        for option in options_of(command)
    }
    for page in PAGES:
        options = set(re.findall(r"`(--[a-z][a-z-]+)", text_of(page)))
        if page.name in {
            "README.md",
            "coding.md",
            "counting.md",
            "networks.md",
            "codebook.md",
            "transcripts.md",
            "suggestions.md",
        }:
            assert options <= known, named(page)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.casefold()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    prose = re.sub(r"^```.*?^```", "", text_of(page), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), f"{named(page)} links to {target}"
        assert found.is_relative_to(ROOT), f"{named(page)} links out of the repository: {target}"
        if anchor:
            assert anchor in anchors(found), f"{named(page)} links to {target}"


def test_the_codebook_of_the_page_is_a_codebook(tmp_path: Path) -> None:
    (book,) = blocks(ROOT / "docs" / "codebook.md", "yaml")
    root = small_study(tmp_path)
    for path in (root / "codebooks").iterdir():
        path.unlink()
    write(root, "codebooks/challenges.yaml", book)
    others = "family: {0}\ncodes:\n  - {{id: {1}, name: x}}\n"
    write(root, "codebooks/path.yaml", others.format("path", "reactive"))
    write(root, "codebooks/more.yaml", "family: more\ncodes:\n  - {id: a, name: x}\n")
    problems = Project(root).study.codebook_and_problems[1]
    missing = [one for one in problems if "challenges/resources" in one.message]
    assert len(missing) <= 1  # the page's theme names a code that its excerpt leaves out
    if missing:
        write(root, "codebooks/challenges.yaml", book.replace("challenges/resources", "challenges/roi"))
    found = Project(root)
    assert found.study.codebook_and_problems[1] == []
    roi = found.codebook.by_id["challenges/roi"]
    assert {cue.kind for cue in roi.cues} == {"phrase", "exact", "regex", "pattern"}
    assert roi.formerly == ("challenges/measuring",)
    write(root, "transcripts/A.txt", "I: So?\n\nP: They want returns on investment. I prove its worth.\n\nP: So.\n")
    assert len(Project(root).suggest(code="challenges/roi")) == 2  # by lemmas, and by the regular expression


def test_the_settings_of_the_page_on_transcripts_are_settings(tmp_path: Path) -> None:
    settings = blocks(ROOT / "docs" / "transcripts.md", "yaml")
    assert len(settings) > 1
    write(tmp_path, "qualcode.yaml", "\n".join(settings))
    assert Project(tmp_path).study.settings_problems == []
    assert "Dr. Okafor" in Project(tmp_path).study.settings.rules.interviewers


def test_the_page_on_the_keyboard_lists_all_keys_and_its_settings_are_settings(tmp_path: Path) -> None:
    page = ROOT / "docs" / "keyboard.md"
    listed = {line for line in text_of(page).splitlines() if line.startswith("| `") and line.count("|") == 4}
    rows = {f"| `{one.action}` | {' '.join(f'`{key}`' for key in one.keys)} | {one.help} |" for one in REVIEW_KEYS}
    assert rows == {line for line in listed if line.split("`")[1] in REVIEW_ACTIONS}
    (settings,) = blocks(page, "yaml")
    (tmp_path / "qualcode.yaml").write_text(settings)
    assert read_settings(tmp_path / "qualcode.yaml")[1] == []


def test_the_settings_of_the_page_on_suggestions_are_settings(tmp_path: Path) -> None:
    (settings,) = blocks(ROOT / "docs" / "suggestions.md", "yaml")
    write(tmp_path, "qualcode.yaml", settings)
    found = Project(tmp_path).study
    assert found.settings_problems == []
    assert (found.settings.embedder, found.settings.training_attributes) == ("use", ("group",))


def test_every_reader_is_on_the_page_and_no_other() -> None:
    listed = re.findall(r"^\| (\.\w+(?: \.\w+)*) \|", text_of(ROOT / "docs" / "transcripts.md"), re.MULTILINE)
    assert set(" ".join(listed).split()) == set(SUFFIXES)


def test_every_column_of_the_tables_is_on_the_page_on_counting() -> None:
    from qualcode.tables import PAIR_COLUMNS, THEME_COLUMNS

    pages = (text_of(ROOT / "docs" / name) for name in ("counting.md", "networks.md"))
    words = set(re.findall(r"\w+", " ".join(pages)))
    assert set(THEME_COLUMNS) | set(PAIR_COLUMNS) <= words


TABLE_COLUMNS = {
    "Codes": "listings.code_rows:CODE_COLUMNS",
    "Codings of edited codes": "coding.codebook_work.codebook_changes:AFFECTED_COLUMNS",
    "Changes of the codebook": "listings.codebook_versions.codebook_diff_rows:CODEBOOK_DIFF_COLUMNS",
    "Exported codebook": "export.codebook.codebook_rows:CODEBOOK_EXPORT_COLUMNS",
    "Transcripts": "listings.transcript_rows:TRANSCRIPT_COLUMNS",
    "Cases": "listings.case_rows:CASE_COLUMNS",
    "Speakers": "listings.speaker_rows:SPEAKER_COLUMNS",
    "Speakers by transcript": "listings.speaker_rows:SPEAKER_BY_TRANSCRIPT_COLUMNS",
    "Added sources": "study.source_import:ADDED_COLUMNS",
    "Removed sources": "coding.source_removal:REMOVED_COLUMNS",
    "Segments": "listings.segment_rows:SEGMENT_COLUMNS",
    "NVivo rows": "listings.nvivo_rows:NVIVO_COLUMNS",
    "Turns": "listings.reading.coded_transcript:TURN_COLUMNS",
    "Hits": "listings.reading.word_search:HIT_COLUMNS",
    "Memos": "listings.reading.memo_rows:MEMO_COLUMNS",
    "Quotes": "listings.quotes.quote_rows:QUOTED_COLUMNS",
    "Log": "listings.reading.log_rows:LOG_COLUMNS",
    "Suggestions": "suggest.suggestion_table:SUGGESTION_COLUMNS",
    "Codings": "listings.coding_rows:CODING_COLUMNS",
    "Corrections": "coding.corrections.correction:CORRECTION_COLUMNS",
    "Edited marks": "coding.marked_text.edit_plan:EDIT_COLUMNS",
    "Assignments": "listings.team.assignment_rows:ASSIGNMENT_COLUMNS",
    "Agreement": "listings.agreement.agreement_rows:AGREEMENT_COLUMNS",
    "Agreement: plan": "listings.agreement.plan_rows:PLAN_COLUMNS",
    "Disagreements": "listings.agreement.disagreement_rows:DISAGREEMENT_COLUMNS",
    "Merge": "coding.team.merge_rows:MERGE_COLUMNS",
    "Edited transcripts": "coding.update_report:UPDATE_COLUMNS",
    "Themes": "tables.theme_table:THEME_COLUMNS",
    "Comparison": "tables.comparison_table:COMPARISON_COLUMNS",
    "Crosstab": "tables.crosstab_table:CROSSTAB_COLUMNS",
    "Positions": "tables.position_table:POSITION_COLUMNS",
    "Co-occurrence": "tables.pair_table:PAIR_COLUMNS",
    "Sequences": "listings.analysis.sequence_rows:SEQUENCE_COLUMNS",
    "Saturation": "listings.analysis.saturation_rows:SATURATION_COLUMNS",
    "Timeline": "listings.analysis.timeline_rows:TIMELINE_COLUMNS",
    "Keyness": "listings.analysis.words.keyness_rows:KEYNESS_COLUMNS",
    "In-vivo candidates": "listings.analysis.words.in_vivo_rows:IN_VIVO_COLUMNS",
    "Significance of pairs": "incidence.pairs.significance:SIGNIFICANCE_COLUMNS",
    "Edges between codes and cases": "graphs.cooccurrence_graph:CASE_EDGE_COLUMNS",
    "Differences between networks": "listings.analysis.pair_differences:DIFFERENCE_COLUMNS",
    "Centralities": "listings.analysis.network_rows:CENTRALITY_COLUMNS",
    "Communities": "listings.analysis.network_rows:COMMUNITY_COLUMNS",
    "Evaluation: codes": "evaluation.evaluation_tables:_CODE_COLUMNS",
    "Evaluation: calibration": "evaluation.evaluation_tables:CALIBRATION_COLUMNS",
    "Evaluation: differences": "evaluation.evaluation_tables:DIFFERENCE_COLUMNS",
    "Evaluation: learning curve": "evaluation.evaluation_tables:CURVE_COLUMNS",
    "Evaluation: reading saved": "evaluation.reading_orders:WORK_COLUMNS",
    "Evaluation: second coder": "evaluation.evaluation_tables:_SECOND_CODER_COLUMNS",
    "Surprises": "evaluation.surprises:SURPRISE_COLUMNS",
    "Drift": "evaluation.drift:DRIFT_COLUMNS",
    "Confusions": "evaluation.confusions:CONFUSION_COLUMNS",
    "Replaced names": "pseudonyms.pseudonymisation:REPLACEMENT_COLUMNS",
}
"""Headings of docs/tables.md, and the constants with the columns of these tables."""

COLUMNS_OF_OTHER_TABLES = {
    "CODING_IMPORT_COLUMNS",
    "RECODING_IMPORT_COLUMNS",
    "DONE_IMPORT_COLUMNS",
    "QUOTE_COLUMNS",
    "CHART_COLUMNS",
    "CELL_COLUMNS",
    "COUNT_COLUMNS",
}
"""Constants that are no columns of a result: tables that users import, and sheets of the workbook."""


def documented_columns() -> dict[str, list[str]]:
    """Return the columns that docs/tables.md lists, in order, by heading."""
    _, *sections = re.split(r"^## ", text_of(ROOT / "docs" / "tables.md"), flags=re.MULTILINE)
    listed = {}
    for section in sections:
        cells = re.findall(r"^\| (.+?) \|", section, re.MULTILINE)
        listed[section.partition("\n")[0]] = [name for cell in cells if cell != "column" for name in cell.split(", ")]
    return listed


def columns_in_code(constant: str) -> list[str]:
    """Return the columns of a constant, given as ``module:NAME`` below ``qualcode``."""
    module, _, name = constant.partition(":")
    columns = getattr(import_module(f"qualcode.{module}"), name)
    return columns.format(sampled="transcripts").split() if isinstance(columns, str) else list(columns)


@pytest.mark.parametrize(("heading", "constant"), TABLE_COLUMNS.items(), ids=TABLE_COLUMNS)
def test_the_page_on_tables_lists_the_columns_of_a_table_in_order(heading: str, constant: str) -> None:
    assert documented_columns()[heading] == columns_in_code(constant)


def test_the_page_on_tables_lists_the_columns_that_no_constant_holds(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    project.accept(list(project.suggest(code="work/fear")["id"])[:1], coder="ana")
    (coder,) = project.status().coders
    graphs = project.networks(by="transcript")
    expected = {
        "Problems": [field.name for field in fields(Problem)],
        "Coders in the status": list(coder),
        "Matrix of codes": list(project.matrix(code="work/fear").columns[:-1]),
        "Edges of networks": list(project.edges({("a",): next(iter(graphs.values())), **graphs})),
    }
    listed = documented_columns()
    assert {heading: listed[heading] for heading in expected} == expected
    assert set(listed) == {*expected, *TABLE_COLUMNS}


def test_the_queries_of_the_page_on_quotes_are_queries_over_the_shipped_study() -> None:
    table = text_of(ROOT / "docs" / "quotes.md").partition("## When")[0]
    rows = re.findall(r"^\| `(.+?)` \|(.*)\|$", table, re.MULTILINE)
    queries = [query for query, _ in rows]
    queries += [
        span for _, text in rows for span in re.findall(r"`([@a-z][^`]*[:=/][^`]*)`", text) if "near" not in span
    ]
    assert len(queries) > 15
    study = Project(ROOT).study
    for query in queries:
        check_query(study, parse_query(query))


def test_every_constant_with_columns_is_on_the_page_on_tables() -> None:
    source = ROOT / "src" / "qualcode"
    constants = {
        f"{'.'.join(path.relative_to(source).with_suffix('').parts)}:{name}"
        for path in source.rglob("*.py")
        for name in re.findall(r"^([A-Z][A-Z_]*_COLUMNS)\b[^=\n]*=", text_of(path), re.MULTILINE)
        if name not in COLUMNS_OF_OTHER_TABLES
    }
    assert constants == {constant for constant in TABLE_COLUMNS.values() if ":_" not in constant}


def test_every_method_that_the_page_on_tables_names_exists() -> None:
    names = re.findall(r"\bProject\.(\w+)\(", text_of(ROOT / "docs" / "tables.md"))
    assert len(names) > 20
    assert [name for name in names if not hasattr(Project, name)] == []


def test_the_line_of_the_ledger_on_the_page_has_the_keys_of_a_real_one(tmp_path: Path) -> None:
    (block,) = blocks(ROOT / "docs" / "coding.md", "json")
    shown = json.loads(block)
    project = Project(small_study(tmp_path))
    project.accept(list(project.suggest(code="work/fear")["id"])[:1], coder="ana")
    (line,) = (tmp_path / "codings/ana/A.jsonl").read_text(encoding="utf-8").splitlines()
    real = json.loads(line)
    assert list(shown) == [key for key in real if key in shown]
    assert set(shown["origin"]) <= set(real["origin"])


def test_every_method_that_the_readme_calls_exists() -> None:
    (block, *_) = blocks(ROOT / "README.md", "python")
    called = re.findall(r"\bstudy\.(\w+)(?=\(|\s)", block)
    assert len(called) > 10
    made = vars(Project(ROOT))
    assert [name for name in called if not hasattr(Project, name) and name not in made] == []


def test_the_python_of_the_readme_compiles_and_imports_what_is_there() -> None:
    (block, *_) = blocks(ROOT / "README.md", "python")
    compile(block, "README.md", "exec")
    for name in re.findall(r"^from qualcode import (\w+)", block, re.MULTILINE):
        assert getattr(qualcode, name)


def test_public_names_are_there_and_others_are_not() -> None:
    assert all(getattr(qualcode, name) for name in qualcode.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Projekt'"):
        _ = qualcode.Projekt


ARCHITECTURE = ROOT / "ARCHITECTURE.md"
SOURCE = ROOT / "src" / "qualcode"
IMPORT_CONTRACTS = tomllib.loads(text_of(ROOT / "pyproject.toml"))["tool"]["importlinter"]["contracts"]


def layout_rows() -> list[tuple[int, set[str], str, str]]:
    """Return layer, packages, modules and libraries of each row of the table of packages."""
    rows = re.findall(r"^\| (\d+) \| (.+?) \| .+? \|(.*?)\|(.*?)\|$", text_of(ARCHITECTURE), re.MULTILINE)
    return [(int(layer), set(names_in_code(names)), modules, libraries) for layer, names, modules, libraries in rows]


def names_in_code(text: str) -> list[str]:
    """Return what a text shows as code."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))


def test_architecture_has_every_package_on_its_layer() -> None:
    listed: dict[int, set[str]] = {}
    for layer, names, _, _ in layout_rows():
        listed.setdefault(layer, set()).update(names)
    (layers,) = [contract["layers"] for contract in IMPORT_CONTRACTS if contract["type"] == "layers"]
    assert listed == {layer: set(names.split(" | ")) for layer, names in enumerate(reversed(layers))}


def test_architecture_has_the_libraries_that_each_package_may_import() -> None:
    allowed: dict[str, set[str]] = {name: set() for _, names, _, _ in layout_rows() for name in names}
    for contract in IMPORT_CONTRACTS:
        for importer in contract.get("allowed_importers", ()):
            allowed[importer.split(".")[1]].update(contract["protected_modules"])
    allowed["transcripts"].add("pypdf")  # has no contract
    known = set().union(*allowed.values())
    for _, names, _, libraries in layout_rows():
        for name in names:
            assert set(re.findall(r"\w+", libraries)) & known == allowed[name], name


def test_modules_in_the_table_of_the_architecture_exist() -> None:
    for _, names, modules, _ in layout_rows():
        for name in names_in_code(modules):
            if re.fullmatch(r"[a-z_]+", name):
                assert any((SOURCE / package / f"{name}.py").is_file() for package in names), name
            elif name.endswith("/"):
                assert any((SOURCE / package / name / "__init__.py").is_file() for package in names), name


def is_path(name: str) -> bool:
    """Return whether a name in code is a path in the repository."""
    return re.fullmatch(r"[\w*][\w./*-]*(?:/|\.(?:py|md|toml|yaml))", name) is not None


def test_paths_that_architecture_and_contributing_name_exist() -> None:
    for page in (ARCHITECTURE, ROOT / "CONTRIBUTING.md"):
        for name in filter(is_path, names_in_code(text_of(page))):
            found = [*ROOT.glob(name), *SOURCE.glob(name)] or ("/" not in name.rstrip("/") and [*SOURCE.rglob(name)])
            assert found or name == "exports/", f"{named(page)} names {name}"


def test_names_in_code_that_architecture_has_are_in_the_code() -> None:
    files = [*SOURCE.rglob("*.py"), *(ROOT / "tests").glob("*.py"), ROOT / "pyproject.toml", ROOT / "Makefile"]
    words = {word for path in files for word in re.findall(r"\w+", text_of(path))}
    for name in names_in_code(text_of(ARCHITECTURE)):
        if not is_path(name):
            assert set(re.findall(r"[A-Za-z_]\w{3,}", name)) <= words, name


def test_make_targets_that_the_pages_name_exist() -> None:
    makefile = text_of(ROOT / "Makefile")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for page in PAGES:
        text = text_of(page)
        wanted = set(re.findall(r"`make ([a-z]+)`", text)) | set(re.findall(r"^make ([a-z]+)", text, re.MULTILINE))
        assert wanted <= targets, named(page)


def test_the_changelog_has_the_version() -> None:
    assert qualcode.__version__ in text_of(ROOT / "CHANGELOG.md")


def test_coverage_below_its_floors_is_told_file_by_file(tmp_path: Path) -> None:
    for name in ("good.py", "poor.py", "new.py"):
        write(tmp_path, f"qualcode/{name}", "")
    found = {
        "files": {
            "src/qualcode/good.py": {"summary": {"percent_covered": 75.0}},
            "/anywhere/src/qualcode/poor.py": {"summary": {"percent_covered": 74.94}},
        },
        "totals": {"percent_covered": 89.4},
    }
    assert list(shortfalls(found, source=tmp_path / "qualcode")) == [
        "qualcode/new.py: not measured at all",
        "qualcode/poor.py: 74.9 % of its lines are tested, at least 75 % have to be",
        "all together: 89.4 % of the lines are tested, at least 90 % have to be",
    ]


def test_the_published_schema_is_that_of_the_models() -> None:
    assert json.loads((ROOT / "docs/codebook.schema.json").read_text(encoding="utf-8")) == json_schema()
