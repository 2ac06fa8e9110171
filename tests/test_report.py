"""The report: one HTML page, its sentences and tables, what it escapes, and when it is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from qualcode import Project
from qualcode.coding.quote_location import QuoteLocation
from qualcode.errors import FileProblemsError, OperationError, UsageError
from qualcode.export.findings.finding_sentences import list_findings
from qualcode.export.report.charts.chart_rows import make_bar_blocks, make_group_chart
from qualcode.export.report.charts.page_colours import DARK_PAGE, LIGHT_PAGE
from qualcode.export.report.method.reporting_checklists import coreq_items, srqr_items
from qualcode.model.colour_contrast import contrast, fit_colour
from studies import ANA, Shell, coded_study, small_study, write

BREAKING = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp; \u202egnp"
"""What would end an element, an attribute or a script, load something, or turn the direction of text."""

SPEAKER = "<b onclick=alert(3)>P</b>"


class Page(HTMLParser):
    """Elements of a page with their attributes, and the text of its body without style and script."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._inside = tag if tag in {"script", "style"} else self._inside

    def handle_endtag(self, tag: str) -> None:
        """Leave a script or style."""
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        (self.scripts if self._inside else self.words).append(data)

    @property
    def text(self) -> str:
        """The visible text with single blanks."""
        return " ".join(" ".join(self.words).split())

    def with_attribute(self, name: str) -> Iterator[str]:
        """Yield the values of an attribute."""
        return (attributes[name] for _, attributes in self.elements if name in attributes)


def page_of(root: Path, **options: str) -> Page:
    """Return the report of a study."""
    path = root.parent / f"{root.name}-report.html"
    Project(root).report(path, **options)  # type: ignore[arg-type]
    return Page(path.read_text(encoding="utf-8"))


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return coded_study(tmp_path / "study")


def test_the_page_states_what_was_counted(study: Path) -> None:
    page = page_of(study, coder="ana")
    # A, B and C have 17, 11 and 7 words of participants, and 4, 3 and 2 sentences.
    assert "transcripts 3 cases 3" in page.text
    assert "participants' words 35 units (sentence) 9" in page.text
    assert "transcripts that ana has marked as done" in page.text


def test_findings_have_numerators_and_denominators(study: Path) -> None:
    text = page_of(study, coder="ana").text
    assert "In Work, the most frequent code is Money: 3 codings" in text
    assert "in 2 of 3 cases (67 %)" in text


NO_RATES = {"rate_a": None, "rate_b": None, "rate_q": None}


def difference(code: str, a: tuple[int, int], b: tuple[int, int], **values: object) -> dict[str, object]:
    """Return a row of the table of differences: cases of and in groups x and y."""
    shares = a[0] / a[1], b[0] / b[1]
    row: dict[str, object] = {
        "attribute": "group",
        "code": code,
        "name": code,
        "level": "code",
        "group_a": "x",
        "group_b": "y",
    }
    row |= {"cases_a": a[0], "universe_cases_a": a[1], "cases_b": b[0], "universe_cases_b": b[1]}
    row |= {"share_a": shares[0], "share_b": shares[1], "difference": shares[0] - shares[1]}
    return row | {"difference_low": None, "difference_high": None, "q": None} | NO_RATES | values


def test_findings_name_the_greatest_difference_with_its_uncertainty() -> None:
    rows = [
        difference("f/a", (1, 10), (5, 5), difference_low=-1.0, difference_high=-0.4, q=0.0042),
        difference("f/b", (8, 10), (4, 5)),
        # A group of four cases is too small for a sentence.
        difference("f/c", (10, 10), (0, 4)),
    ]
    (finding,) = list_findings([], {"group": rows}, [], [], [])
    assert finding.text == (
        "By group: f/a is in 5 of 5 cases (100\u202f%) of \u2018y\u2019 "
        "and in 1 of 10 cases (10\u202f%) of \u2018x\u2019: "
        "a difference of 90 points (95\u202f% interval 40 to 100, q 0.004)."
    )


def test_a_rate_that_differs_between_groups_is_a_finding() -> None:
    rows = [
        difference("f/a", (6, 6), (7, 7), rate_a=1.25, rate_b=2.5, rate_q=0.004),
        difference("f/b", (6, 6), (7, 7), rate_a=1.0, rate_b=9.0, rate_q=0.2),
        # Used by one group alone: the share says it.
        difference("f/c", (6, 6), (0, 7), rate_a=1.0, rate_b=0.0, rate_q=0.001),
    ]
    *_, finding = list_findings([], {"group": rows}, [], [], [])
    assert finding.text == (
        "By group: f/a has 1.25 codings per 1,000 words of \u2018x\u2019 and 2.50 of \u2018y\u2019 (q 0.004)."
    )


def test_a_difference_that_may_be_chance_is_no_finding() -> None:
    rows = [difference("f/a", (3, 6), (5, 6), q=0.3)]
    equal = [difference("f/a", (5, 5), (6, 6))]
    (finding,) = list_findings([], {"group": rows, "size": equal}, [], [], [])
    assert finding.text == "By group, size: no share of cases differs between two groups with q up to 0.05."


def pair(a: str, b: str, count: int, **values: object) -> dict[str, object]:
    """Return a row of the table of pairs of codes."""
    row: dict[str, object] = {"code_a": a, "code_b": b, "count": count, "count_a": 20, "count_b": 10}
    return row | {"units": 100, "unit": "turn", "expected_permutation": 2.04, "direction": "more"} | values


def test_pairs_are_findings_if_they_are_beyond_chance() -> None:
    themes = [{"code": code, "name": name, "level": "theme"} for code, name in (("a", "A"), ("b", "B"), ("c", "C"))]
    rows = [pair("a", "b", 9, q_permutation=0.4), pair("a", "c", 8, q_permutation=0.01)]
    rows += [pair("b", "c", 1, q_permutation=0.01, direction="less")]
    (finding,) = list_findings(themes, {}, rows, [], [])
    assert finding.text == (
        "A and C occur together in 8 units (turn) of 100, where chance would give 2.0 (q 0.010): "
        "in 8 of the 20 with the first and of the 10 with the second."
    )
    # Units cannot be shuffled within transcripts that are one unit each.
    whole = pair("a", "b", 9, unit="transcript", q_permutation=1.0, q_hypergeometric=0.02, expected=5.0)
    (finding,) = list_findings(themes, {}, [whole], [], [])
    assert "where chance would give 5.0 (q 0.020)" in finding.text
    (finding,) = list_findings(themes, {}, rows[:1], [], [])
    assert finding.text == "No two codes occur together more often than by chance with q up to 0.05."


def test_groups_are_tested_together_or_as_the_only_pair() -> None:
    def row(group: str) -> dict[str, object]:
        numbers = {"universe_cases": 10, "cases": 5, "share_of_cases": 0.5}
        return {"g": group, "code": "f/a", "name": "A", "level": "code", **numbers}

    pair = difference("f/a", (1, 10), (5, 5), q=0.01)
    together = pair | {"group_a": "(all groups)", "group_b": "", "q": 0.0001}
    other = pair | {"group_b": "z"}

    def describe_test(*rows: dict[str, object]) -> str:
        return make_group_chart("g", [row("x"), row("y")], [("f", "F", 0)], rows).blocks[0][2][0].test

    assert describe_test(pair) == "q 0.010"
    assert describe_test(together, pair, other) == "q < 0.001"
    assert describe_test(pair | {"q": None}) == ""


def test_intervals_are_drawn_and_written_where_the_table_has_them() -> None:
    bare = {"code": "f/a", "name": "A", "level": "code", "codings": 6, "cases": 2, "universe_cases": 4}
    bare |= {"share_of_cases": 0.5, "codings_per_1000_words": 3.0}
    with_intervals = bare | {"share_low": 0.15, "share_high": 0.85, "rate_low": 1.0, "rate_high": 4.0}
    (block,) = make_bar_blocks([bare], [("f", "F", 0)])
    assert (block.rows[0].share.low, block.rows[0].share.detail) == (None, "2 of 4")
    (block,) = make_bar_blocks([with_intervals], [("f", "F", 0)])
    share, rate = block.rows[0].share, block.rows[0].rate
    assert (share.value, share.low, share.high) == (50.0, 15.0, 85.0)
    assert share.detail == "2 of 4 (15\u201385\u202f%)"
    # The scale ends at the upper limit, not at the value.
    assert (block.rates.top, rate.value, rate.high, rate.detail) == (4, 75.0, 100.0, "(1.00\u20134.00)")


def test_an_undefined_share_is_named_and_not_drawn() -> None:
    row = {"code": "f/a", "name": "A", "level": "code", "codings": 0, "cases": 0, "universe_cases": 0}
    row |= {"share_of_cases": None, "codings_per_1000_words": None}
    (block,) = make_bar_blocks([row], [("f", "F", 0)])
    assert (block.rows[0].share.value, block.rows[0].share.text, block.rows[0].rate.text) == (
        None, "undefined", "undefined",
    )  # fmt: skip
    chart = make_group_chart("size", [{"size": "x", **row}], [("f", "F", 0)])
    assert chart.blocks[0][2][0].dots == []
    assert chart.blocks[0][2][0].missing == "x"


def test_dots_that_would_cover_one_another_are_on_different_levels() -> None:
    def row(group: str, share: float) -> dict[str, object]:
        numbers = {"universe_cases": 10, "cases": int(10 * share), "share_of_cases": share}
        return {"g": group, "code": "f/a", "name": "A", "level": "code", **numbers}

    chart = make_group_chart("g", [row("x", 0.5), row("y", 0.5), row("z", 0.9)], [("f", "F", 0)])
    (line,) = chart.blocks[0][2]
    assert [(dot.group, dot.level) for dot in line.dots] == [(0, 0), (1, 1), (2, 0)]
    assert line.span == "50\u201390\u202f%"


def test_quotes_have_their_context_and_place(study: Path) -> None:
    page = page_of(study, coder="ana")
    assert "Nobody can tell me what it earns. The budget is gone." in page.text
    # The second of two equal sentences: the first one is its context.
    assert "They fear it. They fear it." in page.text
    assert "Cy C , turn 1, 0:00:02" in page.text


def test_a_limit_takes_quotes_of_as_many_transcripts_as_possible(study: Path) -> None:
    text = page_of(study, coder="ana").text
    assert "quotes are shown" not in text
    root = study
    path = root.parent / "few.html"
    Project(root).report(path, coder="ana", quotes=2)
    page = Page(path.read_text(encoding="utf-8"))
    # Money has three codings, two in A and one in C.
    own = [one["data-transcript"] for tag, one in page.elements if one.get("class", "").startswith("quote ")]
    assert "C" in own
    Project(root).report(path, coder="ana", quotes=0)
    page = Page(path.read_text(encoding="utf-8"))
    assert "0 of 1 quotes are shown" in page.text
    assert [tag for tag, _ in page.elements if tag == "blockquote"] == []


def test_the_network_links_codes_to_their_quotes(tmp_path: Path) -> None:
    root = coded_study(tmp_path / "study")
    Project(root).code("A", "work/fear", QuoteLocation("The budget is gone."), coder="ana")
    page = page_of(root, coder="ana")
    ids = set(page.with_attribute("id"))
    nodes = [one for tag, one in page.elements if one.get("class", "").startswith("node ")]
    assert {one["href"] for one in nodes} <= {f"#{name}" for name in ids}
    assert "Money, Work: 3 units, 2 cases" in [one["aria-label"] for one in nodes]
    data = json.loads(page.scripts[1])
    names = [one["code"] for one in data["nodes"]]
    (edge,) = data["edges"]
    assert ({names[edge["a"]], names[edge["b"]]}, edge["count"]) == ({"work/money", "work/fear"}, 1)
    # Both cases of A and C are of different groups; the pair is in A, of group x.
    groups = {(one["attribute"], one["value"]): one["counts"] for one in data["groups"]}
    assert groups["group", "x"] == [1]
    assert groups["group", "y"] == [0]


def test_every_link_of_the_page_leads_to_a_place_in_it(study: Path) -> None:
    page = page_of(study, coder="ana")
    ids = list(page.with_attribute("id"))
    assert len(ids) == len(set(ids))
    assert {link for link in page.with_attribute("href") if link != "data:,"} <= {f"#{name}" for name in ids}


def test_the_policy_allows_one_style_and_one_script_and_nothing_else(study: Path) -> None:
    path = study.parent / "r.html"
    Project(study).report(path, coder="ana")
    text = path.read_text(encoding="utf-8")
    page = Page(text)
    policy = next(one["content"] for _, one in page.elements if one.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert len(re.findall(r"<script", text)) == 2
    names = {name for _, attributes in page.elements for name in attributes}
    assert [name for name in names if name.startswith("on") or name in {"style", "src", "srcset", "action"}] == []
    assert not re.search(r"https?:|//[a-z]|url\(|@import", text)


def test_the_same_study_gives_the_same_bytes(study: Path) -> None:
    paths = [study.parent / name for name in ("one.html", "two.html")]
    for path in paths:
        Project(study).report(path, coder="ana")
    assert paths[0].read_bytes() == paths[1].read_bytes()


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A study in which every text that people write would break a page that does not escape it."""
    root = tmp_path / "study"
    quoted = json.dumps(BREAKING)
    write(root, "qualcode.yaml", f"name: {quoted}\nroles: {{interviewer: [I]}}\ncoder: ana\n")
    write(
        root,
        "codebooks/work.yaml",
        f"family: work\nname: {quoted}\ndefinition: {quoted}\ncodes:\n"
        f"  - {{id: a, name: {quoted}, definition: {quoted}, include: {quoted}, exclude: {quoted}}}\n"
        f"  - {{id: b, name: {quoted}}}\n"
        f"themes:\n  - {{id: t, name: {quoted}, definition: {quoted}, members: [work/a]}}\n",
    )
    cell = '"' + BREAKING.replace('"', '""') + '"'
    write(root, "transcripts/cases.csv", f"case,{cell}\nA,{cell}\nB,y\n")
    for name in "AB":
        turns = [{"speaker": "I", "text": "What?"}, {"speaker": SPEAKER, "text": f"Before. {BREAKING} After."}]
        write(root, f"transcripts/{name}.json", json.dumps(turns))
    project = Project(root)
    for name in "AB":
        for code in ("work/a", "work/b"):
            project.code(name, code, QuoteLocation(BREAKING), coder="ana")
    project.done(["A", "B"], coder="ana")
    return root


def test_no_text_of_a_study_becomes_markup(hostile: Path) -> None:
    page = page_of(hostile)
    assert [tag for tag, _ in page.elements if tag == "script"] == ["script", "script"]
    assert [tag for tag, _ in page.elements if tag == "img"] == []
    visible = BREAKING.replace("\u202e", "\\u202e")
    assert page.text.count(visible) > 10
    # Also in attributes: values of filters, labels of codes.
    assert any(visible in value for value in page.with_attribute("aria-label"))
    assert not any("onerror" in name for _, attributes in page.elements for name in attributes)
    assert SPEAKER in page.text
    data = json.loads(page.scripts[1])
    assert data["nodes"][0]["name"] == visible
    assert not set(page.scripts[1]) & set("<>&\u2028\u2029")


@pytest.mark.parametrize("study_of", ["attributes as they are", "numbers in ranges"])
def test_a_value_of_an_attribute_is_found_again_by_the_filters(hostile: Path, tmp_path: Path, study_of: str) -> None:
    root = hostile
    if study_of == "numbers in ranges":
        root = coded_study(tmp_path / "ranges", coder="ana")
        settings = root / "qualcode.yaml"
        settings.write_text(settings.read_text() + "attributes: {size: {bins: [6]}}\n")
    data = json.loads(page_of(root).scripts[1])
    values = {group["value"] for group in data["groups"]}
    assert {value for case in data["cases"].values() for value in case.values()} == values


def test_checklists_have_all_items_and_leave_blanks() -> None:
    coreq, srqr = coreq_items({}), srqr_items({})
    assert ([one.number for one in coreq], [one.number for one in srqr]) == (list(range(1, 33)), list(range(1, 22)))
    # Without records, nothing is said.
    assert {one.recorded for one in (*coreq, *srqr)} == {""}
    assert all(one.blank for one in (*coreq, *srqr))
    filled = coreq_items({"software": "qualcode 1."})
    assert [(one.number, one.recorded, one.blank) for one in filled if one.recorded] == [(27, "qualcode 1.", "")]


def test_checklists_say_what_the_records_say(study: Path) -> None:
    text = page_of(study, coder="ana").text
    assert "12 Number of participants 3 cases in 3 transcripts, with 35 words of participants." in text
    assert "24 Number of coders 2 coders: ana (5 codings in 3 transcripts), ben (1 coding in 1 transcript)." in text
    assert "19 Recording 1 of 3 transcripts with times of a recording. audio or video" in text
    assert "group: x (2 cases), y (1 case)." in text


def test_the_methods_section_names_coders_unit_and_software(study: Path) -> None:
    text = page_of(study, coder="ana", unit="turn").text
    assert "ana coded 5 passages in 3 transcripts, and marked 3 of them as finished." in text
    assert "The counts are those of ana; codings of ben are not added to them." in text
    assert "The unit of analysis is turn: speakers' turns." in text
    assert "qualcode report --unit turn --coder ana" in text
    assert "Intervals (95 %) of shares of cases are Wilson's" in text
    assert "Pairs of codes were tested against units shuffled within each transcript" in text


@pytest.mark.parametrize("colour", ["#FFFFFF", "#000000", "#E69F00", "#56B4E9", "yellow", ""])
def test_colours_can_be_seen_on_both_pages(colour: str) -> None:
    for page in (LIGHT_PAGE, DARK_PAGE):
        assert contrast(fit_colour(colour, page), page) >= 3


def test_a_study_without_codings_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "r.html"
    with pytest.raises(OperationError, match="there are no codings yet"):
        Project(small_study(tmp_path / "study")).report(path)
    assert not path.exists()


def test_several_coders_are_never_added_up(study: Path) -> None:
    with pytest.raises(OperationError, match="a report shows one coder's codings"):
        Project(study).report(study.parent / "r.html", coder=["ana", "ben"])


def test_a_study_without_attributes_has_no_groups(tmp_path: Path) -> None:
    root = coded_study(tmp_path / "study")
    (root / "transcripts/cases.csv").unlink()
    page = page_of(root, coder="ana")
    assert "Groups compared" not in page.text
    assert "Themes" in page.text


def test_one_code_has_no_network(tmp_path: Path) -> None:
    root = coded_study(tmp_path / "study")
    page = page_of(root, coder="ana", code="work/fear")
    assert "Network of codes" not in page.text
    assert "In Work, Fear has 1 coding" in page.text


def test_a_coder_who_used_no_code_gets_a_page(tmp_path: Path) -> None:
    root = coded_study(tmp_path / "study")
    Project(root).done("A", coder="eva")
    page = page_of(root, coder="eva")
    assert "4 codes have no coding: Patience, Money, Return, Fear." in page.text
    assert "Network of codes" not in page.text


def test_an_attribute_with_too_many_values_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "study"
    write(root, "qualcode.yaml", "coder: ana\n")
    write(root, "codebooks/f.yaml", "family: f\ncodes: [{id: a, name: A}]\n")
    for number in range(13):
        write(root, f"transcripts/T{number}.txt", "P: No money.\n")
        Project(root).code(f"T{number}", "f/a", "No money.", coder="ana")
    with pytest.raises(UsageError, match="13 values cannot be compared"):
        Project(root).report(tmp_path / "r.html", by="case")


def test_the_name_of_the_file_ends_in_html(study: Path) -> None:
    with pytest.raises(UsageError, match=r"must end in \.html"):
        Project(study).report("report.pdf", coder="ana")


def test_names_of_speakers_are_reported(study: Path) -> None:
    notes = Project(study).report(study.parent / "r.html", coder="ana").notes
    (warning,) = [note for note in notes if "may be names of people" in note]
    assert "Bea" in warning


def key_with(folder: Path, text: str) -> Path:
    """Write a key of names that its owner alone can read."""
    key = write(folder, "key.yaml", text)
    key.chmod(0o600)
    return key


def test_a_name_that_is_left_keeps_the_page_from_being_written(study: Path, tmp_path: Path) -> None:
    key = key_with(tmp_path / "keys", "Bea: Person 1\n")
    path = tmp_path / "r.html"
    with pytest.raises(FileProblemsError) as raised:
        Project(study).report(path, coder="ana", pseudonymised=key)
    message = str(raised.value)
    assert "transcripts/B.md:3:3: name found: 'Bea'" in message
    assert message.endswith("was not written: names are left.")
    assert not path.exists()


def test_a_name_of_a_coder_counts_as_left(study: Path, tmp_path: Path) -> None:
    key = key_with(tmp_path / "keys", "Ben: Person 2\n")
    with pytest.raises(FileProblemsError, match=r"r\.html: name found in a label: 'ben'"):
        Project(study).report(tmp_path / "r.html", coder="ana", pseudonymised=key)


def test_a_page_without_names_of_the_key_is_written(study: Path, tmp_path: Path) -> None:
    key = key_with(tmp_path / "keys", "Zacharias: Person 3\n")
    written = Project(study).report(tmp_path / "r.html", coder="ana", pseudonymised=key)
    assert written.path.exists()
    assert not any("may be names" in note for note in written.notes)


def test_the_command_prints_the_path_and_refuses_names(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = Shell(study, capsys)
    path = tmp_path / "r.html"
    result = shell("report", path, "--coder", "ana")
    assert (result.code, result.out) == (0, f"{path}\n")
    assert "unit sentence; coder ana" in result.err
    assert "an existing file was replaced" in shell("report", path, "--coder", "ana", "--yes").err
    key = key_with(tmp_path / "keys", "Bea: Person 1\n")
    refused = shell("report", path, "--coder", "ana", "--pseudonymised", key)
    assert (refused.code, refused.out) == (1, "")
    assert "name found: 'Bea'" in refused.err


def test_the_methods_of_one_coder_name_no_other(tmp_path: Path) -> None:
    root = coded_study(tmp_path / "study", ben=False)
    text = page_of(root).text
    assert "1 coder: ana (5 codings in 3 transcripts)." in text
    assert "Agreement of coders" not in text
    assert len(ANA) == 5


@pytest.mark.slow
def test_the_report_of_the_shipped_study_is_small_and_complete(tmp_path: Path) -> None:
    path = Project(Path(__file__).parents[1]).report(tmp_path / "r.html").path
    assert path.stat().st_size < 3_000_000
    page = Page(path.read_text(encoding="utf-8"))
    quotes = [one for _, one in page.elements if one.get("class", "").startswith("quote ")]
    assert len(quotes) == 2063
    assert {"groups", "saturation", "network"} <= set(page.with_attribute("id"))
