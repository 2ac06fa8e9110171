"""The report in Chromium: no request, no error, what clicks and keys do, accessibility, and use without its script."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from qualcode import Project
from qualcode.coding.quote_location import QuoteLocation
from studies import coded_study
from test_report import hostile

__all__ = ["hostile"]

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
WIDTHS = (390, 820, 1400)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Return one browser for all tests of this module."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the report of the small study, in which money and fear occur together in one sentence."""
    root = coded_study(tmp_path_factory.mktemp("browser") / "study")
    Project(root).code("A", "work/fear", QuoteLocation("The budget is gone."), coder="ana")
    return Project(root).report(root.parent / "report.html", coder="ana").path


@dataclass
class Visit:
    """An open page, with what must not happen on it."""

    page: Any
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def violations(self) -> list[str]:
        """Reports on what the policy has stopped."""
        found: list[str] = self.page.evaluate("window.violations ?? []")
        return found


@pytest.fixture
def visits(browser: Any) -> Iterator[Any]:
    """Return a function that opens a page, and close all pages after the test."""
    contexts = []

    def visit(path: Path, *, width: int = 1400, **settings: Any) -> Visit:
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}, offline=True, **settings))
        opened = Visit(contexts[-1].new_page())
        opened.page.on("request", lambda one: opened.requests.append(one.url))
        opened.page.on("console", lambda one: opened.errors.append(one.text))
        opened.page.on("pageerror", lambda one: opened.errors.append(str(one)))
        opened.page.add_init_script(
            "window.violations = [];"
            "addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective));"
        )
        opened.page.goto(path.as_uri())
        return opened

    yield visit
    for context in contexts:
        context.close()


def test_the_page_makes_no_request_and_no_error(visits: Any, report: Path) -> None:
    visit = visits(report)
    visit.page.locator(".node circle").first.click()
    visit.page.fill("#search", "budget")
    assert visit.requests == [report.as_uri()]
    assert (visit.errors, visit.violations) == ([], [])


def test_the_policy_stops_scripts_that_are_added(visits: Any, report: Path) -> None:
    visit = visits(report)
    visit.page.evaluate(
        "const added = document.createElement('script'); added.textContent = 'window.ran = true';"
        "document.body.append(added); const image = new Image(); image.src = 'https://example.org/a.png';"
        "document.body.append(image)"
    )
    visit.page.wait_for_function("window.violations.length === 2")
    assert sorted(visit.violations) == ["img-src", "script-src-elem"]
    assert visit.page.evaluate("window.ran === undefined")


def test_a_click_on_a_code_shows_its_quotes(visits: Any, report: Path) -> None:
    page = visits(report).page
    page.locator('.node[aria-label^="Fear"] circle').click()
    panel = page.locator("#panel")
    assert panel.locator("h3").inner_text() == "Fear"
    assert panel.locator("q").all_inner_texts() == ["The budget is gone.", "They fear it."]
    panel.get_by_role("button", name="Close").click()
    assert panel.is_hidden()


def test_a_click_on_a_line_shows_the_quotes_of_both_codes(visits: Any, report: Path) -> None:
    page = visits(report).page
    page.locator(".edge .hit").first.dispatch_event("click")
    panel = page.locator("#panel")
    assert sorted(panel.locator("h3").inner_text().split(" and ")) == ["Fear", "Money"]
    # One passage has both codes: it is shown once.
    assert panel.locator("q").all_inner_texts() == ["The budget is gone."]
    assert panel.locator(".source").inner_text().endswith("Money, Fear")


def test_a_parent_code_shows_the_quotes_of_the_codes_below_it(visits: Any, report: Path) -> None:
    page = visits(report).page
    page.locator('.node[aria-label^="Money"] circle').click()
    assert page.locator("#panel q").count() == 3


def test_groups_and_families_filter_the_network(visits: Any, report: Path) -> None:
    page = visits(report).page
    assert page.locator(".edge:not([hidden])").count() == 1
    page.select_option("#network-group", label="group: y")
    # Only C, where money is the only code, is of group y.
    assert page.locator(".edge:not([hidden])").count() == 0
    assert page.locator(".node:not([hidden])").count() == 1
    page.locator('.node[aria-label^="Money"] circle').click()
    assert page.locator("#panel .source").all_inner_texts() == ["Cy C, turn 1, 0:00:02"]
    page.select_option("#network-group", label="all")
    page.uncheck('[data-family="Skills"]')
    assert page.locator('.node[aria-label^="Patience"]').is_hidden()


def test_a_threshold_hides_weak_links(visits: Any, tmp_path: Path) -> None:
    root = coded_study(tmp_path / "study")
    project = Project(root)
    project.code("A", "work/fear", QuoteLocation("The budget is gone."), coder="ana")
    project.code("C", "work/fear", QuoteLocation("The budget is gone."), coder="ana")
    project.code("C", "skills/patience", QuoteLocation("The budget is gone."), coder="ana")
    page = visits(project.report(tmp_path / "r.html", coder="ana").path).page
    assert page.locator(".edge:not([hidden])").count() == 3
    page.locator("#threshold").fill("2")
    assert page.locator(".edge:not([hidden])").count() == 1
    assert page.locator("#threshold-value").inner_text() == "2"


def test_links_that_may_be_chance_can_be_hidden(visits: Any, report: Path) -> None:
    page = visits(report).page
    # One pair in one of nine sentences proves nothing.
    assert page.locator(".edge.chance:not([hidden])").count() == 1
    page.check("#sure-only")
    assert page.locator(".edge:not([hidden])").count() == 0


def test_search_and_filters_of_quotes(visits: Any, report: Path) -> None:
    page = visits(report).page
    page.fill("#search", "WEEK wait")
    assert page.locator("#search-result").inner_text() == "1 quote found"
    assert page.locator(".quote:visible").count() == 1
    page.fill("#search", "")
    page.select_option("#code-filter", label="Fear")
    assert page.locator("#search-result").inner_text() == "2 quotes found"
    page.select_option("#code-filter", label="all")
    page.select_option("#quote-group", label="group: y")
    assert page.locator("#search-result").inner_text() == "1 quote found"
    page.select_option("#quote-group", label="all")
    assert page.locator("#search-result").inner_text() == ""
    assert page.locator("details.code:visible").count() == 4


def test_the_network_is_used_with_the_keyboard(visits: Any, report: Path) -> None:
    page = visits(report).page
    assert page.locator('.node[tabindex="0"]').count() == 1
    page.locator('.node[tabindex="0"]').focus()
    seen = set()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "End", "Home"):
        page.keyboard.press(key)
        seen.add(page.evaluate("document.activeElement.dataset.node"))
    assert len(seen) > 1
    focused = page.evaluate("document.activeElement.dataset.node")
    page.keyboard.press("Enter")
    assert page.locator("#panel").is_visible()
    assert page.evaluate("document.activeElement.id") == "panel"
    page.keyboard.press("Escape")
    assert page.locator("#panel").is_hidden()
    assert page.evaluate("document.activeElement.dataset.node") == focused


def test_the_picture_is_zoomed_and_moved(visits: Any, report: Path) -> None:
    page = visits(report).page
    graph = page.locator("#graph")
    whole = graph.get_attribute("viewBox")
    page.get_by_role("button", name="Zoom in").click()
    zoomed = graph.get_attribute("viewBox")
    assert zoomed != whole
    area = graph.bounding_box()
    page.mouse.move(area["x"] + 5, area["y"] + 5)
    page.mouse.down()
    page.mouse.move(area["x"] + 80, area["y"] + 60)
    page.mouse.up()
    assert graph.get_attribute("viewBox") != zoomed
    page.get_by_role("button", name="Whole network").click()
    assert [float(one) for one in graph.get_attribute("viewBox").split()] == [float(one) for one in whole.split()]


def test_one_attribute_is_compared_at_a_time(visits: Any, report: Path) -> None:
    page = visits(report).page
    assert page.locator(".chart:visible h3").all_inner_texts() == ["By group"]
    page.select_option("#attribute", label="size")
    assert page.locator(".chart:visible h3").all_inner_texts() == ["By size"]


def test_a_table_is_downloaded_as_csv(visits: Any, report: Path, tmp_path: Path) -> None:
    page = visits(report).page
    page.locator("#themes details.data summary").first.click()
    with page.expect_download() as waiting:
        page.locator("#themes .csv").click()
    assert waiting.value.suggested_filename == "themes.csv"
    waiting.value.save_as(tmp_path / "themes.csv")
    lines = (tmp_path / "themes.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("code,name,level,codings,units,transcripts,cases")
    # Values, not what people see: 2 of 3 cases.
    (money,) = [line for line in lines if line.startswith("work/money,")]
    assert "0.666667" in money


def test_a_formula_in_a_name_is_no_formula_in_the_csv(visits: Any, tmp_path: Path) -> None:
    root = coded_study(tmp_path / "study")
    book = root / "codebooks/work.yaml"
    book.write_text(book.read_text().replace("name: Money", "name: '=1+1, \"x\"'"))
    page = visits(Project(root).report(tmp_path / "r.html", coder="ana").path).page
    page.locator("#themes details.data summary").first.click()
    with page.expect_download() as waiting:
        page.locator("#themes .csv").click()
    assert 'work/money,"\'=1+1, ""x""",code' in Path(waiting.value.path()).read_text(encoding="utf-8")


def test_a_link_to_a_code_opens_its_quotes(visits: Any, report: Path) -> None:
    page = visits(report).page
    page.locator('#codebook a[href="#code-work/fear"]').click()
    page.wait_for_function("document.getElementById('code-work/fear').open")
    assert page.locator("details.code[open]").count() == 1


def test_without_script_quotes_and_tables_are_there(visits: Any, report: Path) -> None:
    page = visits(report, java_script_enabled=False).page
    assert page.locator("#search").is_hidden()
    assert page.locator(".chart").first.is_visible()
    page.locator("details.code summary").first.click()
    assert page.locator(".quote:visible").count() == 1
    page.locator("#themes details.data summary").first.click()
    assert page.locator("#t-themes").is_visible()
    assert page.locator('.node[aria-label^="Fear"]').get_attribute("href") == "#code-work/fear"


def test_text_of_a_hostile_study_stays_text(visits: Any, hostile: Path) -> None:
    path = Project(hostile).report(hostile.parent / "r.html").path
    visit = visits(path)
    visit.page.on("dialog", lambda one: visit.errors.append(one.message))
    visit.page.locator(".node circle").first.click()
    visit.page.locator("#panel .neighbours button").first.click()
    visit.page.fill("#search", "</script>")
    visit.page.select_option("#quote-group", index=1)
    assert visit.page.locator("#search-result").inner_text() == "2 quotes found"
    assert visit.page.locator("main img, main b[onclick]").count() == 0
    assert (visit.errors, visit.violations, visit.requests) == ([], [], [path.as_uri()])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1400])
def test_axe_finds_nothing_serious(visits: Any, report: Path, scheme: str, width: int) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    # The checker is added to the page, which its policy would stop.
    page = visits(report, width=width, color_scheme=scheme, bypass_csp=True).page
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    page.locator(".node circle").first.click()
    found = axe.Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in {"serious", "critical"}]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in serious] == []


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_screen(visits: Any, report: Path, width: int) -> None:
    page = visits(report, width=width).page
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_all_quotes_and_tables_are_printed(visits: Any, report: Path) -> None:
    page = visits(report).page
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("nav").is_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0


def test_nothing_moves_for_those_who_do_not_want_it(visits: Any, report: Path) -> None:
    page = visits(report, reduced_motion="reduce").page
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_the_data_of_the_page_can_be_read_by_a_program(visits: Any, report: Path) -> None:
    data = json.loads(visits(report).page.locator("#data").text_content())
    assert set(data) >= {"nodes", "edges", "groups", "cases"}
