"""The codebook: its content, problems with their positions, and hashes that change with the content."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from qualcode.codebook import read_codebook
from qualcode.codebook.codebook_schema import json_schema, known_keys
from qualcode.codebook.cue_patterns import pattern_fault
from qualcode.errors import Problem
from qualcode.model import Code, Codebook, Cue, Example, FileLocation

Write = Callable[[str, str | bytes], Path]
Read = Callable[..., tuple[Codebook, list[Problem]]]


@pytest.fixture
def read(write: Write, tmp_path: Path) -> Read:
    """Read files given by name and text; a single text is the file ``a.yaml``."""

    def read_texts(text: str = "", **files: str) -> tuple[Codebook, list[Problem]]:
        given_files = files or {"a": text}
        return read_codebook([write(f"{name}.yaml", text) for name, text in given_files.items()], root=tmp_path)

    return read_texts


def messages(result: tuple[Codebook, list[Problem]]) -> list[str]:
    return list(map(str, result[1]))


CHALLENGES = """\
family: challenges
name: Challenges
definition: What makes it
  hard.
colour: "#B5483A"
codes:
  - id: roi
    name: Proof of return
    definition: >-
      They ask for
      figures.
    include: sums
    exclude: gut feeling
    colour: "#123abc"
    formerly: [challenges/money]
    examples:
      - What is it worth?
      - quote: Show me   numbers.
        transcript: S01
        note: from the CFO
    counterexamples:
      - Nobody asks.
    cues:
      - return on investment
      - exact: ROI
        weight: 0.9
      - regex: '\\bworth\\b'
        weight: 1
      - pattern: [{LEMMA: measure}, {LOWER: it, OP: "?"}]
      - unless: return flight
      - unless: {exact: roi of the king}
        weight: 0.25
    codes:
      - id: pressure
        name: Pressure
        codes:
          - id: monthly
            name: Monthly
  - id: culture
    name: Culture
"""


def test_all_keys_of_a_family_are_read(read: Read) -> None:
    book, problems = read(CHALLENGES)
    assert problems == []
    (family,) = book.families
    assert (family.id, family.name, family.definition, family.colour) == (
        "challenges",
        "Challenges",
        "What makes it hard.",
        "#B5483A",
    )
    roi = book.by_id["challenges/roi"]
    assert (roi.name, roi.definition, roi.include, roi.exclude) == (
        "Proof of return",
        "They ask for figures.",
        "sums",
        "gut feeling",
    )
    assert roi.examples == (Example("What is it worth?"), Example("Show me numbers.", "S01", "from the CFO"))
    assert roi.counterexamples == (Example("Nobody asks."),)
    assert (roi.colour, roi.formerly) == ("#123abc", ("challenges/money",))
    assert roi.location == FileLocation("a.yaml", 7, 5)


def test_cues_have_a_short_and_a_long_form(read: Read) -> None:
    assert read(CHALLENGES)[0].by_id["challenges/roi"].cues == (
        Cue("phrase", "return on investment"),
        Cue("exact", "ROI", 0.9),
        Cue("regex", r"\bworth\b", 1.0),
        Cue("pattern", '[{"LEMMA": "measure"}, {"LOWER": "it", "OP": "?"}]'),
        Cue("phrase", "return flight", unless=True),
        Cue("exact", "roi of the king", 0.25, unless=True),
    )


def test_nested_codes_follow_their_parent(read: Read) -> None:
    book = read(CHALLENGES)[0]
    ids = ["challenges/roi", "challenges/roi/pressure", "challenges/roi/pressure/monthly", "challenges/culture"]
    assert [code.id for code in book.codes] == ids
    assert [code.depth for code in book.codes] == [0, 1, 2, 0]
    assert {code.family for code in book.codes} == {"challenges"}
    assert list(book.subtree_ids("challenges/roi")) == ids[:3]
    assert book.by_id["challenges/roi/pressure/monthly"].location == FileLocation("a.yaml", 37, 13)


def test_former_id_has_a_current_id(read: Read) -> None:
    book = read(CHALLENGES)[0]
    assert book.current_id("challenges/money") == "challenges/roi"
    assert book.current_id("challenges/roi") == "challenges/roi"
    assert book.current_id("never/was") == "never/was"


def test_family_without_name_has_its_id_as_name(read: Read) -> None:
    assert read("family: path\ncodes: [{id: a, name: A}]\n")[0].families[0].name == "path"


def test_ids_may_be_of_any_script(read: Read) -> None:
    book, problems = read("family: défis\ncodes: [{id: ошибка-1, name: x}, {id: 費用, name: y}]\n")
    assert problems == []
    assert [code.id for code in book.codes] == ["défis/ошибка-1", "défis/費用"]


# problems

HEAD = "family: f\ncodes:\n  - id: roi\n    name: ROI\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            HEAD + "    defintion: x\n",
            "a.yaml:5:5: code 'roi': 'defintion' is not a known key (did you mean 'definition'?)",
        ),
        ("family: f\ncodes:\n  - id: roi\n", "a.yaml:3:5: code 'roi': 'name' is missing"),
        ("family: f\ncodes:\n  - name: ROI\n", "a.yaml:3:5: code 'ROI': 'id' is missing"),
        (
            "family: f\ncodes:\n  - id: 7\n    name: x\n",
            "a.yaml:3:5: code '7': 'id' must be text (put it in quotes: '7')",
        ),
        (
            "family: f\ncodes:\n  - id: a b\n    name: x\n",
            "a.yaml:3:5: code 'a b': id 'a b' must begin with a letter and have only letters, digits, '_' and '-'",
        ),
        (
            "family: f/g\ncodes: []\n",
            "a.yaml:1:1: id 'f/g' must begin with a letter and have only letters, digits, '_' and '-'",
        ),
        ("codes:\n  - id: a\n    name: x\n", "a.yaml:1:1: 'family' is missing: codes need the id of their family"),
        (HEAD + "    colour: red\n", "a.yaml:5:5: code 'roi': 'red' is not a colour such as '#B5483A'"),
        (HEAD + "    examples: one\n", "a.yaml:5:5: code 'roi': 'examples' must be a list"),
        (HEAD + "    examples:\n      - 3\n", "a.yaml:6:9: code 'roi': '3' must be text: put it in quotes"),
        (
            HEAD + "    examples:\n      - quote: x\n        transcrpt: S1\n",
            "a.yaml:7:9: code 'roi': 'transcrpt' is not a known key (did you mean 'transcript'?)",
        ),
        (HEAD + "    cues:\n      - ''\n", "a.yaml:6:9: code 'roi': 'phrase' must not be empty"),
        (HEAD + "    cues:\n      - ' '\n", "a.yaml:6:9: code 'roi': an empty cue would match everywhere"),
        (HEAD + "    cues: [no, true]\n", "a.yaml:5:16: code 'roi': 'True' must be text: put it in quotes"),
        (
            HEAD + "    cues:\n      - {phrase: a, exact: b}\n",
            "a.yaml:6:9: code 'roi': a cue has exactly one of phrase, exact, regex, pattern, unless (2 given)",
        ),
        (
            HEAD + "    cues:\n      - weight: 0.5\n",
            "a.yaml:6:9: code 'roi': a cue has exactly one of phrase, exact, regex, pattern, unless (0 given)",
        ),
        (
            HEAD + "    cues:\n      - phrase: a\n        wieght: 0.5\n",
            "a.yaml:7:9: code 'roi': 'wieght' is not a known key (did you mean 'weight'?)",
        ),
        (
            HEAD + "    cues:\n      - phrase: a\n        weight: 2\n",
            "a.yaml:7:9: code 'roi': 'weight' must be 1 or less",
        ),
        (
            HEAD + "    cues:\n      - phrase: a\n        weight: 0\n",
            "a.yaml:7:9: code 'roi': 'weight' must be more than 0",
        ),
        (
            HEAD + "    cues:\n      - regex: '(a'\n",
            "a.yaml:6:9: code 'roi': regex does not compile: missing ), unterminated subpattern at position 0",
        ),
        (
            HEAD + "    cues:\n      - regex: 'a*'\n",
            "a.yaml:6:9: code 'roi': this regex matches empty text, so it would match everywhere",
        ),
        (
            HEAD + "    cues:\n      - pattern: [{LEMA: x}]\n",
            "a.yaml:6:9: code 'roi': 'LEMA' is not a token attribute (did you mean 'LEMMA'?)",
        ),
        (
            HEAD + "    cues:\n      - unless: {phrase: a, regex: b}\n",
            "a.yaml:6:9: code 'roi': a cue has exactly one of phrase, exact, regex, pattern, unless (2 given)",
        ),
        (
            HEAD + "    codes:\n      - id: kid\n        nmae: x\n",
            "a.yaml:6:9: code 'kid': 'name' is missing\n"
            "a.yaml:7:9: code 'kid': 'nmae' is not a known key (did you mean 'name'?)",
        ),
        ("themes:\n  - id: t\n    name: T\n", "a.yaml:2:5: theme 't': 'members' is missing"),
        ("themes:\n  - id: t\n    name: T\n    members: []\n", "a.yaml:4:5: theme 't': 'members' must not be empty"),
        ("", "a.yaml:1:1: the file is empty (begin with 'family: ...')"),
        ("- a\n", "a.yaml:1:1: the file must be a mapping of keys to values"),
        (
            "famly: f\n",
            "a.yaml:1:1: 'famly' is not a known key (did you mean 'family'?)",
        ),
        (
            HEAD + "  - id: ROI\n    name: y\n",
            "a.yaml:5:5: code 'f/ROI' is defined twice (first at a.yaml:3; capitals are ignored)",
        ),
        (HEAD + "    formerly: [f/roi]\n", "a.yaml:3:5: code 'f/roi': 'formerly' names its own id"),
        (
            HEAD + "    formerly: [f/b]\n  - id: b\n    name: B\n",
            "a.yaml:3:5: code 'f/roi': formerly 'f/b', but that code still exists (remove one of the two)",
        ),
        (HEAD + "    formerly: [b]\n", "a.yaml:3:5: code 'f/roi': formerly 'b' must be a full id (as in family/code)"),
        (
            HEAD + "    formerly: [f/x]\n  - id: b\n    name: B\n    formerly: [f/x]\n",
            "a.yaml:6:5: code 'f/b': formerly 'f/x', which code 'f/roi' has too (a.yaml:3)",
        ),
        (HEAD + "    name: again\n", "a.yaml:5:5: key 'name' is given twice (first on line 4)"),
    ],
)
def test_problem_is_reported_with_position_and_hint(read: Read, text: str, expected: str) -> None:
    assert "\n".join(messages(read(text))) == expected


def test_problems_of_all_files_are_reported_in_order(read: Read) -> None:
    book, problems = read(
        b="family: b\ncodes:\n  - id: x\n    nmae: X\n    colour: red\n",
        a="family: a\ncodes:\n  - id: ok\n    name: fine\n    formerly: [a/ok]\n",
        c="family: c\ncodes: [\n",
    )
    assert [(problem.path, problem.line) for problem in problems] == [
        ("a.yaml", 3),
        ("b.yaml", 3),
        ("b.yaml", 4),
        ("b.yaml", 5),
        ("c.yaml", 3),
    ]
    assert [code.id for code in book.codes] == ["a/ok"]


def test_duplicate_families_and_themes_are_reported(read: Read) -> None:
    found = messages(
        read(
            a="family: f\ncodes: [{id: a, name: A}]\n",
            b="family: F\ncodes: [{id: b, name: B}]\nthemes: [{id: f, name: T, members: [f/a]}]\n",
        )
    )
    assert found == [
        "b.yaml:1:1: family 'F' is defined twice (first at a.yaml:1; capitals are ignored)",
        "b.yaml:3:11: theme 'f' is defined twice (first at a.yaml:1; capitals are ignored)",
    ]


def test_no_files_are_an_empty_codebook(read: Read, tmp_path: Path) -> None:
    book, problems = read_codebook([], root=tmp_path)
    assert (book.codes, book.themes, problems) == ((), (), [])


# themes

TWO = """\
family: f
codes:
  - id: a
    name: A
    codes: [{id: x, name: X}, {id: y, name: Y}]
  - {id: b, name: B}
  - {id: ab, name: AB, formerly: [f/old]}
themes:
"""


@pytest.mark.parametrize(
    ("themes", "members"),
    [
        ("  - {id: t, name: T, members: [f/b]}", ["f/b"]),
        ("  - {id: t, name: T, members: [f/b, f/b]}", ["f/b"]),
        ("  - {id: t, name: T, members: [f/a]}", ["f/a", "f/a/x", "f/a/y"]),
        ("  - {id: t, name: T, members: [f/a/x]}", ["f/a/x"]),
        ("  - {id: t, name: T, members: [f]}", ["f/a", "f/a/x", "f/a/y", "f/b", "f/ab"]),
        ("  - {id: t, name: T, members: [u, f/b]}\n  - {id: u, name: U, members: [f/ab]}", ["f/b", "f/ab"]),
        ("  - {id: t, name: T, members: [f/ab, f/a/y]}", ["f/a/y", "f/ab"]),
        ("  - {id: t, name: T, members: [f/old]}", ["f/ab"]),
    ],
)
def test_members_of_themes_are_codes_in_codebook_order(read: Read, themes: str, members: list[str]) -> None:
    book, problems = read(TWO + themes + "\n")
    assert problems == []
    assert list(book.themes[0].members) == members


def test_members_may_be_in_another_file(read: Read) -> None:
    book, problems = read(
        a="themes: [{id: t, name: T, members: [f/b, g]}]\n",
        b="family: f\ncodes: [{id: b, name: B}]\n",
        c="family: g\ncodes: [{id: c, name: C}]\n",
    )
    assert problems == []
    assert book.themes[0].members == ("f/b", "g/c")


def test_unknown_member_is_reported_with_the_nearest(read: Read) -> None:
    assert messages(read(TWO + "  - {id: t, name: T, members: [f/bb]}\n")) == [
        "a.yaml:9:6: theme 't': no code, family or theme 'f/bb' (did you mean 'f/b'?)"
    ]


def test_unknown_members_are_not_reported_if_a_file_is_invalid(read: Read) -> None:
    found = messages(read(a="themes: [{id: t, name: T, members: [f/b]}]\n", b="family: f\ncodes: [{id: b}]\n"))
    assert found == ["b.yaml:2:9: code 'b': 'name' is missing"]


def test_themes_that_contain_each_other_are_reported(read: Read) -> None:
    book, problems = read(
        TWO + "  - {id: t, name: T, members: [u, f/b]}\n  - {id: u, name: U, members: [t, f/ab]}\n"
        "  - {id: s, name: S, members: [s]}\n"
    )
    assert "a.yaml:11:6: theme 's': it contains itself (s -> s)" in list(map(str, problems))
    assert any("t -> u -> t" in problem.hint for problem in problems)
    assert book.themes[0].members == ("f/b", "f/ab")


@given(st.lists(st.sampled_from(["f", "f/a", "f/a/x", "f/b", "u"]), min_size=1, max_size=4))
def test_a_theme_is_the_union_of_its_members(tmp_path_factory: pytest.TempPathFactory, members: list[str]) -> None:
    folder = tmp_path_factory.mktemp("union")
    single = "".join(f"  - {{id: m{n}, name: M, members: [{member}]}}\n" for n, member in enumerate(members))
    text = TWO + f"  - {{id: t, name: T, members: [{', '.join(members)}]}}\n  - {{id: u, name: U, members: [f/ab]}}\n"
    (folder / "a.yaml").write_text(text + single)
    book, problems = read_codebook([folder / "a.yaml"], root=folder)
    assert problems == []
    members_by_id = {theme.id: set(theme.members) for theme in book.themes}
    assert members_by_id["t"] == set().union(*(members_by_id[f"m{n}"] for n in range(len(members))))


# hashes

CODE = "family: f\ncodes:\n  - id: a\n    name: A\n    definition: one\n    cues: [go]\n"


def _first_code(read: Read, text: str) -> tuple[Code, str]:
    book, problems = read(text)
    assert problems == []
    return book.codes[0], book.version


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("definition: one", "definition: two"),
        ("name: A", "name: B"),
        ("cues: [go]", "cues: [went]"),
        ("cues: [go]", "cues: [{phrase: go, weight: 0.6}]"),
        ("cues: [go]", "cues: [go]\n    exclude: x"),
        ("cues: [go]", "cues: [go]\n    examples: [x]"),
    ],
)
def test_content_of_an_entry_changes_hash_and_version(read: Read, old: str, new: str) -> None:
    before, after = _first_code(read, CODE), _first_code(read, CODE.replace(old, new))
    assert before[0].entry_hash != after[0].entry_hash
    assert before[1] != after[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("name: A", "name: A  # a comment"),
        ("name: A", "name: 'A'"),
        ("name: A", 'name: A\n    colour: "#000000"'),
        ("cues: [go]", "cues:\n      - go"),
        ("cues: [go]", "cues: [{phrase: go}]"),
        ("cues: [go]", "cues: [go]\n    formerly: [f/old]"),
        ("cues: [go]", "cues: [go]\n    codes: [{id: kid, name: Kid}]"),
    ],
)
def test_formatting_and_colour_do_not_change_the_hash(read: Read, old: str, new: str) -> None:
    assert _first_code(read, CODE)[0].entry_hash == _first_code(read, CODE.replace(old, new))[0].entry_hash


@pytest.mark.parametrize(
    "more",
    ["    formerly: [f/old]\n", "  - {id: b, name: B}\n", "themes: [{id: t, name: T, members: [f/a]}]\n", "name: F\n"],
)
def test_version_changes_with_former_ids_codes_themes_and_families(read: Read, more: str) -> None:
    assert _first_code(read, CODE)[1] != _first_code(read, CODE + more)[1]


def test_version_does_not_change_with_blank_lines_and_comments(read: Read) -> None:
    themed = CODE + "themes:\n  - {id: t, name: T, members: [f/a]}\n"
    coloured = themed.replace("name: T,", "name: T, colour: '#000000',")
    assert _first_code(read, themed)[1] == _first_code(read, "# a comment\n\n" + coloured)[1]


# patterns


@pytest.mark.parametrize(
    "pattern",
    [
        [{"LEMMA": "measure"}],
        [{"lower": {"IN": ["a", "b"]}}, {"OP": "*"}, {"IS_PUNCT": True}],
        [{"LENGTH": {">=": 10}}],
        [{"LOWER": {"REGEX": "^a"}, "OP": "{2}"}],
    ],
)
def test_valid_patterns_have_no_fault(pattern: list[dict[str, object]]) -> None:
    assert pattern_fault(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ([], "an empty pattern would match everywhere"),
        ([{"LOWER": "a", "OP": "?"}], "every token of this pattern is optional, so it would match everywhere"),
        ([{}, {"OP": "+"}], "this pattern has no condition on a token, so it would match everywhere"),
        ([{"POS": "VERB"}], "pattern attribute 'POS' needs a trained spaCy model, which cues do not have"),
        ([{"LOWR": "a"}], "'LOWR' is not a token attribute (did you mean 'LOWER'?)"),
        ([{"LOWER": 3}], "pattern attribute 'LOWER' must be text"),
        ([{"IS_PUNCT": "yes"}], "pattern attribute 'IS_PUNCT' must be true or false"),
        ([{"LOWER": {"INN": ["a"]}}], "'INN' is not a predicate of a token pattern"),
        ([{"TEXT": {"REGEX": "(a"}}], "regex does not compile: missing )"),
        ([{"TEXT": {"NOT_REGEX": {"IN": ["a", "(a+)+b"]}}}], "(a+)+b allows too many ways to match for a token"),
        ([{"TEXT": {"REGEX": 3}}], "REGEX must be text"),
        ([*[{"OP": "*"}] * 3, {"LOWER": "b"}], "the operators (OP) of this pattern allow too many ways to match"),
        ([{"LOWER": "a", "OP": "{1,20}"}] * 3, "the operators (OP) of this pattern allow too many ways to match"),
    ],
)
def test_faults_of_patterns_are_reported(pattern: list[dict[str, object]], fault: str) -> None:
    assert pattern_fault(pattern).startswith(fault)


# the published schema and the shipped codebook


def _schema_errors(text: str) -> int:
    validator = jsonschema.Draft202012Validator(json_schema())
    return len(list(validator.iter_errors(YAML(typ="safe", pure=True).load(text))))


def test_schema_is_valid_and_accepts_both_forms_of_cues_and_examples() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())
    assert _schema_errors(CHALLENGES) == 0


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "    defintion: x\n",
        "family: f\ncodes: [{id: a}]\n",
        HEAD + "    colour: red\n",
        HEAD + "    cues: [3]\n",
        HEAD + "    cues: [{phrase: a, weight: 2}]\n",
        "themes: [{id: t, name: T, members: []}]\n",
        "famly: f\n",
    ],
)
def test_schema_refuses_invalid_codebooks(read: Read, text: str) -> None:
    assert _schema_errors(text) > 0
    assert messages(read(text))


def test_shipped_codebook_is_valid(root: Path) -> None:
    paths = sorted((root / "codebooks").glob("*.yaml"))
    book, problems = read_codebook(paths, root=root)
    assert problems == []
    assert [family.id for family in book.families] == ["challenges", "organization", "path", "skills"]
    count = {family.id: sum(code.family == family.id for code in book.codes) for family in book.families}
    assert (count["challenges"], count["path"], count["organization"]) == (6, 2, 5)
    assert [_schema_errors(path.read_text(encoding="utf-8")) for path in paths] == [0] * len(paths)


def test_known_keys_of_each_entry() -> None:
    assert "family" in known_keys(())
    assert "formerly" in known_keys(("codes", 0))
    assert "formerly" in known_keys(("codes", 0, "codes", 2))
    assert "members" in known_keys(("themes", 0))
    assert "weight" in known_keys(("codes", 0, "cues", 1))
    assert "weight" not in known_keys(("codes", 0, "cues", 1, "unless"))
    assert "quote" in known_keys(("codes", 0, "counterexamples", 0))


# --- renamed parents and families ------------------------------------------------------------------------------


NESTED = """\
family: g
formerly: [f, e]
codes:
  - id: q
    name: Q
    formerly: [f/p, g/o, h/x/y]
    codes:
      - id: k
        name: K
        codes:
          - {id: d, name: D}
      - {id: m, name: M, formerly: [f/p/n, f/lone]}
"""


@pytest.mark.parametrize(
    ("former", "current"),
    [
        ("g/q/k", "g/q/k"),  # in use
        ("f/p", "g/q"),  # listed
        ("f/p/k", "g/q/k"),  # the parent was renamed
        ("f/p/k/d", "g/q/k/d"),
        ("f", "g"),  # the family was renamed
        ("e", "g"),
        ("f/q/k/d", "g/q/k/d"),
        ("e/q", "g/q"),
        ("f/o", "g/q"),  # first the family, then the code
        ("e/o/k", "g/q/k"),
        ("h/x/y/k", "g/q/k"),  # moved from another family
        ("f/p/n", "g/q/m"),  # the child's own former id comes first
        ("f/lone", "g/q/m"),
        ("f/p/m", "g/q/m"),
        ("f/p/gone", "f/p/gone"),  # unknown below its parent, and so not changed
        ("h/x", "h/x"),
        ("ff/p", "ff/p"),
        ("", ""),
    ],
)
def test_codes_follow_a_renamed_parent_and_family(read: Read, former: str, current: str) -> None:
    book, problems = read(NESTED)
    assert problems == []
    assert book.current_id(former) == current
    assert book.current_id(former) == current


def test_merged_parents_merge_their_children_and_former_ids_never_loop(read: Read) -> None:
    head = "family: f\ncodes:\n  - id: q\n    name: Q\n    formerly: [f/a, f/b, f/c/c]\n"
    book, _ = read(f"{head}    codes:\n      - {{id: k, name: K}}\n")
    assert {book.current_id(f"f/{name}/k") for name in "abq"} == {"f/q/k"}
    assert book.current_id("f/c/c/c") == "f/c/c/c"


@pytest.mark.parametrize(
    ("formerly", "message"),
    [
        ("f", "a.yaml:1:1: family 'f': 'formerly' names its own id"),
        ("g", "a.yaml:1:1: family 'f': formerly 'g', but that family still exists (remove one of the two)"),
        ("x/y", "a.yaml:1:1: family 'f': formerly 'x/y' must be the id of a family (without '/')"),
        ("old", "b.yaml:1:1: family 'g': formerly 'old', which family 'f' has too"),
    ],
)
def test_former_ids_of_families_are_checked(read: Read, formerly: str, message: str) -> None:
    found = read(a=f"family: f\nformerly: [{formerly}]\n", b="family: g\nformerly: [old]\n")
    assert messages(found) == [message]


def family_colours(read: Read, *colours: str) -> list[str]:
    """Return the colours of families a, b, c ..., for which these are written; "" is none."""
    lines = [f'\ncolour: "{colour}"' if colour else "" for colour in colours]
    files = {name: f"family: {name}{line}\n" for name, line in zip("abcdefghijklmnopqrst", lines, strict=False)}
    return [family.colour for family in read(**files)[0].families]


def test_families_without_a_colour_get_distinct_ones_in_the_order_of_the_palette(read: Read) -> None:
    assert family_colours(read, "", "", "") == ["#0072B2", "#D55E00", "#009E73"]
    assert len(set(family_colours(read, *[""] * 20))) == 20


def test_default_colours_leave_out_those_that_the_codebook_names(read: Read) -> None:
    assert family_colours(read, "", "#0072b2", "") == ["#D55E00", "#0072b2", "#009E73"]


def test_default_colours_are_no_change_of_the_codebook(read: Read) -> None:
    assert read("family: a\n")[0].version == read('family: a\ncolour: "#0072B2"\n')[0].version
