"""Edits of the codebook's YAML: only what is meant changes, codings follow, and nothing is written that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st

from qualcode import Project, QualcodeError
from qualcode.codebook import parse_codebook
from qualcode.codebook.editing.codebook_edits import (
    CodebookEdit,
    merge_codes,
    move_code,
    rename_entry,
    retire_code,
    split_code,
)
from qualcode.codebook.editing.codebook_entries_index import Texts
from qualcode.codebook.editing.edit_check import check_edit
from qualcode.codebook.editing.membership_notes import list_membership_notes
from qualcode.files.yaml_edits.entry_edits import change_list, remove_pair, replace_value, set_value
from qualcode.model import Codebook
from studies import Shell, coded_study, ledgers, write

ROOT = Path(__file__).resolve().parents[1]
SHIPPED = {f"codebooks/{path.name}": path.read_text(encoding="utf-8") for path in (ROOT / "codebooks").glob("*.yaml")}

ODD = """\
# The whole codebook.
family: f   # a family
name: "Family F"
codes:
  # about all codes
  - id: &anchor a  # code a
    name: 'A: it''s'
    definition: >-
      text # no comment
      more

    # inside a
    formerly: [f/old, "f/older"]
    # at the end of a

  # about b
  - name: B
    id: "b"
    definition: |
      one
        two
    codes:
      - {id: k, name: "K", cues: [x, {regex: '\\bk\\b', weight: 0.8}]}
  - {id: c, name: C,}

  # about d
  -
    id: d
    name: plain
      continued
    include: ""
themes:
  - id: t
    name: T
    members:
      - f/a   # first
      - "f/b/k"
  - {id: u, name: U, members: [f/c, 'f/d']}
"""
OTHER = "family: g\nname: G\n"


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path, capsys)


BOTH = {"codebooks/f.yaml": ODD, "codebooks/g.yaml": OTHER}


def book_of(texts: Texts) -> Codebook:
    book, problems = parse_codebook(texts)
    assert problems == []
    return book


def checked(texts: Texts, edit: CodebookEdit) -> tuple[Texts, Codebook]:
    return edit.texts, check_edit(book_of(texts), edit)


def changed_lines(old: str, new: str) -> tuple[list[str], list[str]]:
    """Return the lines that only the old and only the new text has."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    return [one for one in before if one not in after], [one for one in after if one not in before]


def test_a_rename_changes_the_id_the_former_ids_and_the_members_of_themes_alone() -> None:
    texts, book = checked(BOTH, rename_entry(BOTH, book_of(BOTH), "f/a", "z"))
    assert changed_lines(ODD, texts["codebooks/f.yaml"]) == (
        ["  - id: &anchor a  # code a\n", '    formerly: [f/old, "f/older"]\n', "      - f/a   # first\n"],
        ["  - id: &anchor z  # code a\n", '    formerly: [f/old, "f/older", f/a]\n', "      - f/z   # first\n"],
    )
    assert [book.current_id(name) for name in ("f/a", "f/old", "f/z")] == ["f/z"] * 3


def test_a_renamed_parent_takes_its_children_along_and_keeps_the_quotes() -> None:
    texts, book = checked(BOTH, rename_entry(BOTH, book_of(BOTH), "f/b", "f/beta"))
    assert changed_lines(ODD, texts["codebooks/f.yaml"]) == (
        ['    id: "b"\n', '      - "f/b/k"\n'],
        ['    id: "beta"\n', "    formerly: [f/b]\n", '      - "f/beta/k"\n'],
    )
    assert book.current_id("f/b/k") == "f/beta/k"


def test_a_code_in_braces_is_edited_in_its_line() -> None:
    texts, _ = checked(BOTH, rename_entry(BOTH, book_of(BOTH), "f/c", "cc"))
    assert "  - {id: cc, name: C, formerly: [f/c],}\n" in texts["codebooks/f.yaml"]
    assert "members: [f/cc, 'f/d']" in texts["codebooks/f.yaml"]


def test_a_family_and_a_theme_are_renamed() -> None:
    texts, book = checked(BOTH, rename_entry(BOTH, book_of(BOTH), "f", "ff"))
    assert "family: ff   # a family\n" in texts["codebooks/f.yaml"]
    assert "formerly: [f]\ncodes:\n  # about all codes\n" in texts["codebooks/f.yaml"]
    assert (book.current_id("f/b/k"), book.current_id("f/old")) == ("ff/b/k", "ff/a")
    texts, book = checked(BOTH, rename_entry(BOTH, book_of(BOTH), "t", "tt"))
    assert [theme.id for theme in book.themes] == ["tt", "u"]


@pytest.mark.parametrize("name", ["skills/measurement", "path"])
def test_renaming_there_and_back_gives_the_bytes_but_for_former_ids(name: str) -> None:
    there = rename_entry(SHIPPED, book_of(SHIPPED), name, "other")
    back = rename_entry(
        there.texts, check_edit(book_of(SHIPPED), there), "/".join([*name.split("/")[:-1], "other"]), name
    )
    check_edit(book_of(there.texts), back)
    strip = {path: re.sub(r"^ *formerly: .*\n", "", text, flags=re.MULTILINE) for path, text in back.texts.items()}
    assert strip == SHIPPED


@pytest.mark.parametrize("mark", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["f/a", "f/b", "f/b/k", "f/c", "f/d", "f"])
def test_all_line_ends_survive(name: str, mark: str) -> None:
    texts = {path: text.replace("\n", mark) for path, text in BOTH.items()}
    edited, _ = checked(texts, rename_entry(texts, book_of(texts), name, "new"))
    expected, _ = checked(BOTH, rename_entry(BOTH, book_of(BOTH), name, "new"))
    assert edited == {path: text.replace("\n", mark) for path, text in expected.items()}


@pytest.mark.parametrize("mark", ["\r\n", "\r"])
def test_all_line_ends_survive_where_lines_are_added_and_removed(mark: str) -> None:
    def edited(texts: Texts) -> Texts:
        book = book_of(texts)
        edits: list[Callable[[Texts, Codebook], CodebookEdit]] = [
            lambda texts, book: split_code(texts, book, "f/b", ["one", "two"], keep=False, retired="x"),
            lambda texts, book: split_code(texts, book, "f/d", ["three"], keep=True, retired="x"),
            lambda texts, book: move_code(texts, book, "f/d", "f/b"),
            lambda texts, book: move_code(texts, book, "f/a", "g"),
            lambda texts, book: merge_codes(texts, book, ["f/b"], "f/one"),
        ]
        for edit in edits:
            texts, book = checked(texts, edit(texts, book))
        return texts

    texts = {path: text.replace("\n", mark) for path, text in BOTH.items()}
    assert edited(texts) == {path: text.replace("\n", mark) for path, text in edited(BOTH).items()}


@given(st.data())
def test_codes_follow_any_sequence_of_edits(data: st.DataObject) -> None:
    """Law: after any edits, every id that ever was leads to the code that the edits lead it to."""
    texts: Texts = BOTH
    book = book_of(texts)
    expected = {name: name for name in book.by_id} | dict(book.former_ids)
    for step in range(data.draw(st.integers(1, 4))):
        code = data.draw(st.sampled_from(sorted(book.by_id)))
        other = data.draw(st.sampled_from([*sorted(book.by_id), "f", "g"]))
        kind = data.draw(st.sampled_from(["rename", "move", "merge"]))
        try:
            if kind == "rename":
                edit = rename_entry(texts, book, code, data.draw(st.sampled_from(["a", "b", "x", f"n{step}"])))
            elif kind == "move":
                edit = move_code(texts, book, code, other)
            else:
                edit = merge_codes(texts, book, [code], other)
        except QualcodeError:
            continue
        book = check_edit(book, edit)
        texts = edit.texts
        expected = {old: edit.new_ids.get(now, now) for old, now in expected.items()}
        expected |= {name: name for name in book.by_id}
    assert {name: book.current_id(name) for name in expected} == expected


def test_a_child_is_found_by_its_first_id_after_its_parent_was_renamed_and_merged() -> None:
    texts, book = checked(BOTH, rename_entry(BOTH, book_of(BOTH), "f/b", "x"))
    texts, book = checked(texts, merge_codes(texts, book, ["f/x/k"], "f/a"))
    texts, book = checked(texts, merge_codes(texts, book, ["f/x"], "f/a"))
    assert [book.current_id(name) for name in ("f/b/k", "f/x/k", "f/b", "f/x")] == ["f/a"] * 4
    assert book.current_id("f/b/never") == "f/b/never"


def test_a_code_moves_with_its_comments_and_children_between_files() -> None:
    texts, book = checked(BOTH, move_code(BOTH, book_of(BOTH), "f/b", "g"))
    assert texts["codebooks/g.yaml"] == OTHER + (
        'codes:\n  # about b\n  - name: B\n    id: "b"\n    definition: |\n      one\n        two\n'
        "    formerly: [f/b]\n    codes:\n"
        "      - {id: k, name: \"K\", cues: [x, {regex: '\\bk\\b', weight: 0.8}]}\n"
    )
    assert "# about b\n" not in texts["codebooks/f.yaml"]
    assert "    # at the end of a\n" in texts["codebooks/f.yaml"]
    assert book.current_id("f/b/k") == "g/b/k"
    assert '      - "g/b/k"\n' in texts["codebooks/f.yaml"]


def test_a_code_moves_below_another_one_and_out_again() -> None:
    texts, book = checked(BOTH, move_code(BOTH, book_of(BOTH), "f/d", "f/a"))
    assert (
        "    codes:\n      # about d\n      -\n        id: d\n        name: plain\n          continued\n"
        in (texts["codebooks/f.yaml"])
    )
    texts, book = checked(texts, move_code(texts, book, "f/b/k", "f"))
    assert [code.id for code in book.codes] == ["f/a", "f/a/d", "f/b", "f/c", "f/k"]
    assert "    codes:\n      - {id: k" not in texts["codebooks/f.yaml"]


def test_the_only_code_of_a_file_takes_all_comments_above_it_along() -> None:
    texts = {
        "f.yaml": "family: f\ncodes:\n    # one\n\n  # two\n  - id: a\n    name: A\n    # three\n# end\n",
        "g.yaml": OTHER,
    }
    edited, _ = checked(texts, move_code(texts, book_of(texts), "f/a", "g"))
    assert edited["f.yaml"] == "family: f\n# end\n"
    assert edited["g.yaml"] == (
        "family: g\nname: G\ncodes:\n  # one\n  # two\n  - id: a\n    name: A\n    formerly: [f/a]\n    # three\n"
    )


FIRST = "family: f\ncodes:\n{above}  - id: a\n    name: A\n  # about b\n  - id: b\n    name: B\n"


@pytest.mark.parametrize(
    ("above", "kept", "taken"),
    [
        ("  # about a\n", "", "  # about a\n"),
        ("  # all\n\n  # about a\n  # more\n", "  # all\n\n", "  # about a\n  # more\n"),
        ("  # all\n\n", "  # all\n\n", ""),
        ("# all\n", "# all\n", ""),
        ("# all\n  # about a\n", "# all\n", "  # about a\n"),
        ("    # elsewhere\n", "    # elsewhere\n", ""),
    ],
)
def test_the_comment_on_the_first_code_goes_along_and_that_on_the_list_stays(above: str, kept: str, taken: str) -> None:
    texts = {"f.yaml": FIRST.format(above=above), "g.yaml": OTHER}
    rest = f"family: f\ncodes:\n{kept}  # about b\n  - id: b\n    name: B\n"
    edited, _ = checked(texts, move_code(texts, book_of(texts), "f/a", "g"))
    assert edited["f.yaml"] == rest
    assert edited["g.yaml"] == OTHER + f"codes:\n{taken}  - id: a\n    name: A\n    formerly: [f/a]\n"
    merged, _ = checked(texts, merge_codes(texts, book_of(texts), ["f/a"], "f/b"))
    assert merged["f.yaml"] == rest + "    formerly: [f/a]\n"


def test_the_comment_on_the_first_code_goes_along_where_lists_are_not_indented() -> None:
    texts = {"f.yaml": "family: f\ncodes:\n# about a\n- id: a\n  name: A\n- id: b\n  name: B\n", "g.yaml": OTHER}
    edited, _ = checked(texts, move_code(texts, book_of(texts), "f/a", "g"))
    assert edited["f.yaml"] == "family: f\ncodes:\n- id: b\n  name: B\n"
    assert "codes:\n  # about a\n  - id: a\n" in edited["g.yaml"]


def test_a_code_moves_into_a_code_in_braces_unless_it_has_comments() -> None:
    texts, book = checked(BOTH, move_code(BOTH, book_of(BOTH), "f/b/k", "f/c"))
    assert '{id: c, name: C, codes: [{"id": "k", "name": "K", "cues": ["x", ' in texts["codebooks/f.yaml"]
    assert len(book.by_id["f/c/k"].cues) == 2
    with pytest.raises(QualcodeError, match="the codes of 'f/c' are in brackets, where the comments of 'f/a' have no"):
        move_code(BOTH, book_of(BOTH), "f/a", "f/c")
    texts, book = checked(BOTH, split_code(BOTH, book_of(BOTH), "f/c", ["one"], keep=True, retired="x"))
    assert "f/c/one" in book.by_id


def test_new_lines_are_below_the_comments_of_what_is_above() -> None:
    text = "a:\n  b: 1\n  # on b\n# on all\n"
    assert set_value(text, (), "c", "x") == "a:\n  b: 1\n  # on b\nc: x\n# on all\n"


NESTED = """\
family: f
codes:
  - id: a
    name: A
    codes:
      - {id: aa, name: AA}
      - {id: ab, name: AB}
  - {id: b, name: B}
themes:
  - {id: one, name: One, members: [f/a]}
  - {id: all, name: All, members: [one, f/b]}
  - {id: other, name: Other, members: [f/b]}
"""


@pytest.mark.parametrize(
    ("edit", "notes"),
    [
        (lambda t, b: merge_codes(t, b, ["f/a/aa"], "f/a/ab"), []),
        (lambda t, b: merge_codes(t, b, ["f/a/aa"], "f/a"), []),
        (
            lambda t, b: merge_codes(t, b, ["f/a"], "f/b"),
            [
                "theme 'one' counts 'f/b' now",
                "theme 'other' counts 'f/a', 'f/a/aa', 'f/a/ab' now",
                "code 'f/b' counts 'f/a/aa', 'f/a/ab' now",
            ],
        ),
        (
            lambda t, b: merge_codes(t, b, ["f/a/ab"], "g/y"),
            [
                "theme 'one' no longer counts 'f/a/ab'",
                "theme 'all' no longer counts 'f/a/ab'",
                "code 'f/a' no longer counts 'f/a/ab'",
            ],
        ),
        (
            lambda t, b: move_code(t, b, "f/b", "f/a"),
            ["theme 'one' counts 'f/b' now", "code 'f/a' counts 'f/b' now"],
        ),
        (lambda t, b: move_code(t, b, "f/a", "g"), []),
        (lambda t, b: rename_entry(t, b, "one", "first"), []),
        (lambda t, b: rename_entry(t, b, "f/a", "c"), []),
        (lambda t, b: split_code(t, b, "f/a", ["x"], keep=True, retired=""), []),
    ],
)
def test_themes_and_parent_codes_with_other_members_are_named(
    edit: Callable[[Texts, Codebook], CodebookEdit], notes: list[str]
) -> None:
    texts = {"f.yaml": NESTED, "g.yaml": "family: g\ncodes:\n  - {id: y, name: Y}\n"}
    book = book_of(texts)
    assert list(list_membership_notes(book, checked(texts, edit(texts, book))[1])) == notes


def test_edits_note_themes_with_other_members(tmp_path: Path) -> None:
    notes = Project(coded_study(tmp_path)).merge_codes(["work/money"], "work/fear", dry_run=True).notes
    assert "code 'work/fear' counts 'work/money/roi' now" in notes


def test_merged_codes_leave_their_ids_and_children() -> None:
    edit = merge_codes(BOTH, book_of(BOTH), ["f/a", "f/b"], "f/c")
    texts, book = checked(BOTH, edit)
    assert [code.id for code in book.codes] == ["f/c", "f/c/k", "f/d"]
    assert {name: book.current_id(name) for name in ("f/a", "f/old", "f/older", "f/b", "f/b/k")} == {
        "f/a": "f/c",
        "f/old": "f/c",
        "f/older": "f/c",
        "f/b": "f/c",
        "f/b/k": "f/c/k",
    }
    assert [theme.members for theme in book.themes] == [("f/c", "f/c/k"), ("f/c", "f/c/k", "f/d")]
    assert "      - f/c   # first\n" in texts["codebooks/f.yaml"]


def test_a_merged_member_of_a_theme_that_has_both_codes_is_removed() -> None:
    texts, _ = checked(BOTH, merge_codes(BOTH, book_of(BOTH), ["f/d"], "f/c"))
    assert "members: [f/c]}" in texts["codebooks/f.yaml"]


def test_a_split_code_is_retired_beside_the_new_ones_or_stays_above_them() -> None:
    _texts, book = checked(
        BOTH, split_code(BOTH, book_of(BOTH), "f/a", ["one", "two"], keep=False, retired="2026: why")
    )
    assert [code.id for code in book.codes] == ["f/a", "f/one", "f/two", "f/b", "f/b/k", "f/c", "f/d"]
    assert book.by_id["f/a"].retired == "2026: why"
    _, book = checked(BOTH, split_code(BOTH, book_of(BOTH), "f/b", ["one", "null"], keep=True, retired="x"))
    assert [code.id for code in book.codes] == ["f/a", "f/b", "f/b/k", "f/b/one", "f/b/null", "f/c", "f/d"]
    assert not book.by_id["f/b"].retired


def test_a_retired_code_is_used_again_and_the_text_is_what_it_was() -> None:
    for code in ("f/a", "f/b", "f/b/k", "f/c", "f/d"):
        texts, book = checked(BOTH, retire_code(BOTH, book_of(BOTH), code, retired="2026-11-30: too broad, #1"))
        assert book.by_id[code].retired == "2026-11-30: too broad, #1"
        assert checked(texts, retire_code(texts, book, code, retired=""))[0] == BOTH


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("rename f/x y", "no code or family or theme 'f/x' in this study"),
        ("rename f/a b", "codebooks/f.yaml:18:5: 'f/b': there is code 'f/b' already"),
        ("rename f/a B", "there is code 'f/b' already; capitals are ignored"),
        ("rename f/a a", "'f/a': the id that it has"),
        ("rename f/c old", "'f/old' is a former id of 'f/a'"),
        ("rename f/a 1x", "must begin with a letter"),
        ("rename f/a g/a", "Project.move_code() moves a code"),
        ("move f/b f/b/k", "cannot be moved into itself"),
        ("move f/b f", "'f/b' is in 'f' already"),
        ("move f h", "no code 'f' in this study"),
        ("merge f/a f/a", "cannot be merged into itself"),
        ("merge f/b f/b/k", "which is below it: move that one first"),
        ("split f/a b", "there is code 'f/b' already"),
        ("split f/a one One", "there is code 'f/one' already"),
    ],
)
def test_what_cannot_be_done_is_refused_with_place_and_reason(words: str, message: str) -> None:
    kind, first, *rest = words.split()
    book = book_of(BOTH)
    edits = {
        "rename": lambda: rename_entry(BOTH, book, first, rest[0]),
        "move": lambda: move_code(BOTH, book, first, rest[0]),
        "merge": lambda: merge_codes(BOTH, book, [first], rest[0]),
        "split": lambda: split_code(BOTH, book, first, rest, keep=False, retired="x"),
    }
    with pytest.raises(QualcodeError, match=re.escape(message)):
        edits[kind]()


def test_an_edit_that_would_lose_codings_or_content_is_refused() -> None:
    book = book_of(BOTH)
    broken = {**BOTH, "codebooks/f.yaml": ODD.replace("text # no comment", "another text")}
    with pytest.raises(QualcodeError, match="f/a would not be what it was"):
        check_edit(book, CodebookEdit(broken))
    with pytest.raises(QualcodeError, match="f/old"):
        check_edit(book, CodebookEdit({**BOTH, "codebooks/f.yaml": ODD.replace("f/old, ", "")}))
    with pytest.raises(QualcodeError, match=r"f.yaml:17:5: .*\n.*\n.*nothing was written"):
        check_edit(book, CodebookEdit({**BOTH, "codebooks/f.yaml": ODD.replace("name: B\n", "nam: B\n")}))


def test_single_values_and_lists_of_any_form_are_edited() -> None:
    assert replace_value("a: 'x'  # c\n", ("a",), "it's") == "a: 'it''s'  # c\n"
    assert set_value("a: x", (), "b", "null") == 'a: x\nb: "null"\n'
    assert (
        change_list("a: x\nl:\n- p # c\n- q\n", (), "l", remove=["q"], add=["r", "s"])
        == "a: x\nl:\n- p # c\n- r\n- s\n"
    )
    assert change_list("a: x\nl: [p]\n", (), "l", remove=["p"]) == "a: x\n"
    assert change_list("{a: x, l: [p,\n q]}", (), "l", remove=["p"], add=["z"]) == "{a: x, l: [z,\n q]}"
    assert change_list("a: x\nl: []\nm: y\n", (), "l", add=["z"], before="m") == "a: x\nl: [z]\nm: y\n"
    assert remove_pair("- b: 1\n  a: 2\n", (0,), "b") == "- a: 2\n"


# in a study


def test_codings_follow_and_ledgers_stay(shell: Shell) -> None:
    coded_study(shell.root)
    before, counts = ledgers(shell.root), Project(shell.root).codings()["code"].value_counts().to_dict()
    result = shell("codebook", "rename", "work/money", "cash", "--format", "json")
    assert [(row["code"], row["new_code"], row["coder"], row["transcript"], row["codings"]) for row in result.json] == [
        ("work/money", "work/cash", "ana", "A", 1),
        ("work/money", "work/cash", "ana", "C", 1),
        ("work/money", "work/cash", "ben", "A", 1),
        ("work/money/roi", "work/cash/roi", "ana", "A", 1),
    ]
    after = Project(shell.root).codings()["code"].value_counts().to_dict()
    assert {str(name).replace("money", "cash"): count for name, count in counts.items()} == after
    assert ledgers(shell.root) == before
    assert shell("check").code == 0


def test_a_merge_counts_the_union_of_spans(shell: Shell) -> None:
    coded_study(shell.root)
    Project(shell.root).code("A", "work/fear", "The budget is gone.", coder="ana")  # has work/money too
    result = shell("codebook", "merge", "work/fear", "work/money")
    assert "1 coding on spans that have both codes count once" in result.err
    codings = Project(shell.root).codings(coder="ana", code="work/money")
    assert sorted(zip(codings["transcript"], codings["start"], codings["code"], strict=True)) == [
        ("A", 21, "work/money/roi"),
        ("A", 55, "work/money"),
        ("A", 113, "work/money"),
        ("C", 22, "work/money"),
    ]


def test_a_dry_run_writes_nothing_and_shows_the_change(shell: Shell) -> None:
    coded_study(shell.root)
    before = (shell.root / "codebooks/work.yaml").read_bytes()
    result = shell("codebook", "retire", "work/fear", "--reason", "unused", "--dry-run")
    assert re.search(r'^\+    retired: "\d{4}-\d\d-\d\d: unused"$', result.out, re.MULTILINE)
    assert "nothing was written" in result.err
    assert (shell.root / "codebooks/work.yaml").read_bytes() == before


def test_marks_encodings_and_permissions_of_files_survive(shell: Shell) -> None:
    coded_study(shell.root)
    path = shell.root / "codebooks/work.yaml"
    text = path.read_text().replace("What it costs", "Was es kostet – für alle").replace("\n", "\r\n")
    for raw, encoding, mark in ((b"\xef\xbb\xbf", "utf-8", 3), (b"", "cp1252", 0), (b"\xff\xfe", "utf-16-le", 2)):
        path.write_bytes(raw + text.encode(encoding))
        path.chmod(0o640)
        assert shell("codebook", "rename", "work/fear", "worry").code == 0
        edited = path.read_bytes()
        assert edited[:mark] == raw
        expected = text.replace("id: fear", "id: worry").replace(
            "cues: [fear]", "cues: [fear]\r\n    formerly: [work/fear]"
        )
        assert edited[mark:].decode(encoding) == expected
        assert path.stat().st_mode & 0o777 == 0o640
        write(
            shell.root,
            "codebooks/skills.yaml",
            (shell.root / "codebooks/skills.yaml").read_text().replace("worry", "fear"),
        )


def test_if_one_file_cannot_be_written_none_is(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    from qualcode.errors import OperationError
    from qualcode.files.yaml_edits import edited_files

    coded_study(shell.root)
    before = {path: path.read_bytes() for path in (shell.root / "codebooks").iterdir()}
    replace_content, calls = edited_files._replace_content, []

    def fail_at_the_second(path: Path, content: bytes) -> None:
        calls.append(path)
        if len(calls) == 2:
            raise OperationError(f"{path}: cannot be written (disk full)")
        replace_content(path, content)

    monkeypatch.setattr(edited_files, "_replace_content", fail_at_the_second)
    result = shell("codebook", "move", "work/fear", "skills")
    assert (result.code, len(calls)) == (1, 3)
    assert "disk full" in result.err
    assert {path: path.read_bytes() for path in before} == before


def test_a_codebook_with_errors_is_not_edited(shell: Shell) -> None:
    coded_study(shell.root)
    path = write(shell.root, "codebooks/bad.yaml", "family: bad\ncodes:\n  - {id: a, nam: A}\n")
    result = shell("codebook", "rename", "work/fear", "worry")
    assert result.code == 1
    assert "codebooks/bad.yaml:3" in result.err
    assert "worry" not in (shell.root / "codebooks/work.yaml").read_text()
    assert path.is_file()


def test_a_codebook_outside_of_the_study_is_not_edited(shell: Shell, tmp_path_factory: pytest.TempPathFactory) -> None:
    coded_study(shell.root)
    path = shell.root / "codebooks/work.yaml"
    outside = tmp_path_factory.mktemp("outside") / "work.yaml"
    path.rename(outside)
    path.symlink_to(outside)
    result = shell("codebook", "rename", "work/fear", "worry")
    assert result.code == 1
    assert "leads out of" in result.err
    assert "worry" not in outside.read_text()


def test_settings_that_name_an_old_id_are_reported(shell: Shell) -> None:
    coded_study(shell.root)
    path = shell.root / "qualcode.yaml"
    path.write_text(path.read_text() + "makers:\n  other:\n    codes: [work/fear]\n")
    result = shell("codebook", "rename", "work/fear", "worry")
    assert "qualcode.yaml:8:13: names 'work/fear': if this is the code, write 'work/worry'" in result.err


# retired codes


def test_a_retired_code_is_neither_suggested_nor_given_to_text(shell: Shell) -> None:
    coded_study(shell.root)
    ids = [
        row["id"] for row in shell("suggest", "--maker", "cues", "--format", "json").json if row["code"] == "work/fear"
    ]
    assert ids
    Project(shell.root).retire_code("work/fear", reason="too broad")
    assert "work/fear" not in {
        row["code"] for row in shell("suggest", "--maker", "cues", "--all", "--format", "json").json
    }
    for words in (("code", "A", "work/fear", "The budget is gone."), ("accept", ids[0])):
        result = shell(*words, "--coder", "ana")
        assert result.code == 1
        assert re.search(
            r"code 'work/fear' is retired \(\d{4}-\d\d-\d\d: too broad\): choose another one", result.err
        ), words
    table = write(shell.root, "again.csv", "transcript,quote,code,coder\nA,The budget is gone.,work/fear,ana\n")
    assert "is retired" in shell("code", "--from", table).err
    assert "retired" in shell("suggest", "--code", "work/fear").err
    assert "[retired 2" in shell("codebook").out
    assert shell("check").code == 0


def test_the_spacy_pipeline_and_the_workbook_know_retired_codes(shell: Shell) -> None:
    coded_study(shell.root)
    Project(shell.root).retire_code("work/fear", reason="too broad")
    nlp = spacy.blank("en")
    nlp.add_pipe("qualcode_sentences")
    nlp.add_pipe("qualcode_cues", config={"codebooks": [str(shell.root / "codebooks/work.yaml")]})
    doc = nlp("They fear the budget.")
    assert [span.label_ for span in doc.spans["qualcode"]] == ["work/money"]
    shell("export", shell.root / "study.xlsx", "--coder", "ana")
    sheet = openpyxl.load_workbook(shell.root / "study.xlsx")["Codebook"]
    names = [str(row[3]) for row in sheet.iter_rows(values_only=True) if row[2] == "work/fear"]
    assert [name.startswith("Fear (retired 2") for name in names] == [True]


def test_counts_keep_a_retired_code_while_it_has_codings(shell: Shell) -> None:
    coded_study(shell.root)
    for code in ("work/fear", "skills/patience"):
        Project(shell.root).retire_code(code)
    write(shell.root, "codings/ana/B.jsonl", "")
    codes = [row["code"] for row in shell("themes", "--coder", "ana", "--level", "code", "--format", "json").json]
    assert codes == ["work/money", "work/money/roi", "work/fear"]


def test_retired_may_be_true_or_text() -> None:
    entries = (
        "{id: a, name: A, retired: true}",
        "{id: b, name: B, retired: 2026-11-30}",
        "{id: c, name: C, retired: false}",
    )
    book = book_of({"f": "".join(["family: f\ncodes:\n", *(f"- {entry}\n" for entry in entries)])})
    assert [code.retired for code in book.codes] == ["yes", "2026-11-30", ""]


# codings that are decided again


def again(shell: Shell, decisions: dict[str, str], code: str = "work/money") -> Path:
    """Write the table of codings of a code with new codes, by transcript and coder."""
    listed = shell("codings", "--code", code, "--recode", "--format", "csv").csv
    cells = [
        ",".join(
            f'"{decisions.get(row["transcript"] + " " + row["coder"], "") if name == "new_code" else row[name]}"'
            for name in row
        )
        for row in listed
    ]
    return write(shell.root, "again.csv", "\n".join([",".join(listed[0]), *cells]) + "\n")


def codes_by_place(shell: Shell) -> list[tuple[str, str, str, str]]:
    rows = shell("codings", "--format", "csv").csv
    return sorted((row["transcript"], row["coder"], row["code"], row["memo"]) for row in rows)


def test_codings_of_a_split_code_are_decided_again_by_a_table(shell: Shell) -> None:
    coded_study(shell.root)
    shell(
        "memo",
        "dear",
        "--on",
        shell("codings", "--code", "work/money", "--format", "json").json[1]["id"],
        "--coder",
        "ana",
    )
    shell("codebook", "split", "work/fear", "panic", "worry")
    table = again(shell, {"A ana": "work/panic; work/worry"}, "work/fear")
    assert shell("code", "--from", table, "--dry-run").out == "2 would be coded (ana 2)\n"
    result = shell("code", "--from", table)
    assert (result.code, result.out) == (0, "2 coded (ana 2)\n")
    assert "1 coding retracted" in result.err
    assert [row[:3] for row in codes_by_place(shell) if row[0] == "A"] == [
        ("A", "ana", "work/money"),
        ("A", "ana", "work/money/roi"),
        ("A", "ana", "work/panic"),
        ("A", "ana", "work/worry"),
        ("A", "ben", "work/money"),
    ]
    assert shell("code", "--from", table).out == "0 coded; 1 already present\n"


def test_a_decision_again_keeps_memos_own_codes_and_other_coders(shell: Shell) -> None:
    coded_study(shell.root)
    ids = {
        row["transcript"] + row["coder"]: row["id"]
        for row in shell("codings", "--code", "work/money", "--format", "json").json
        if row["code"] == "work/money"
    }
    shell("memo", "dear", "--on", ids["Cana"], "--coder", "ana")
    table = write(
        shell.root,
        "again.csv",
        f"id,new_code,coder\n{ids['Aana']},work/money,ana\n{ids['Cana']},work/fear,ana\n{ids['Aben']},none,ben\n",
    )
    result = shell("code", "--from", table)
    assert result.out == "1 coded (ana 1)\n"
    assert ("2 codings retracted" in result.err, "1 coding kept" in result.err) == (True, True)
    assert [row for row in codes_by_place(shell) if row[0] == "C"] == [("C", "ana", "work/fear", "dear")]
    assert [row[1:3] for row in codes_by_place(shell) if row[0] == "A"] == [
        ("ana", "work/fear"),
        ("ana", "work/money"),
        ("ana", "work/money/roi"),
    ]


def test_a_wrong_row_of_a_decision_again_imports_nothing(shell: Shell) -> None:
    coded_study(shell.root)
    before = ledgers(shell.root)
    coding = shell("codings", "--code", "work/fear", "--format", "json").json[0]["id"]
    for cells, message in (
        (f"{coding},work/nothing,work/fear,ana", "no code 'work/nothing'"),
        (f"{coding},work/money,work/fear,ben", "is by ana, not ben"),
        (f"{coding},work/money,work/money/roi,ana", "has the code 'work/fear', not 'work/money/roi'"),
        ("0123456789,work/money,,ana", "no coding '0123456789'"),
    ):
        table = write(shell.root, "again.csv", f"id,new_code,code,coder\n{coding},,work/fear,ana\n{cells}\n")
        result = shell("code", "--from", table)
        assert result.code == 1
        assert re.search(rf"again.csv:3: .*{re.escape(message)}", result.err), cells
        assert ledgers(shell.root) == before


# codings that are older than the definition of their code


def define(shell: Shell, old: str, new: str) -> None:
    path = shell.root / "codebooks/work.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def definitions(shell: Shell) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in shell("codings", "--format", "json").json:
        found[row["definition"]] = found.get(row["definition"], 0) + 1
    return found


def test_a_changed_definition_is_a_notice_on_the_code_with_its_codings_by_coder(shell: Shell) -> None:
    coded_study(shell.root)
    assert definitions(shell) == {"current": 6}
    define(shell, "definition: What it costs and earns.", "definition: What it costs.")
    assert definitions(shell) == {"current": 3, "earlier": 3}
    result = shell("check")
    (line,) = [line for line in result.out.splitlines() if "definition" in line]
    assert line == (
        "notice: codebooks/work.yaml:4:5: code 'work/money': 3 codings made before its definition was changed (ana 2,"
        " ben 1) ('qualcode codings --code work/money --definition earlier --recode' lists them to decide again)"
    )
    assert result.code == 0
    listed = shell("codings", "--definition", "earlier", "--coder", "ana", "--format", "json").json
    assert [(row["transcript"], row["code"]) for row in listed] == [("A", "work/money"), ("C", "work/money")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cues: [budget]", "cues: [budget, cash]"),
        ("What it costs and earns.", ">-\n      What it costs\n      and earns."),
        ("- quote: The budget is gone.\n        transcript: A", "- quote: The budget is gone."),
        ("id: money", "id: money\n    colour: '#123456'"),
        ("name: Money", "name: Cash"),
    ],
)
def test_cues_examples_names_and_white_space_are_no_part_of_the_definition(shell: Shell, old: str, new: str) -> None:
    coded_study(shell.root)
    define(shell, old, new)
    assert definitions(shell) == {"current": 6}


def test_a_renamed_or_moved_code_has_the_same_definition(shell: Shell) -> None:
    coded_study(shell.root)
    project = Project(shell.root)
    project.rename_code("work/money", "cash")
    project.move_code("work/fear", "skills")
    project.rename_code("work", "job")
    assert definitions(shell) == {"current": 6}
    assert "before its definition" not in shell("check").out


def test_a_coding_that_is_decided_again_as_it_is_has_the_current_definition(shell: Shell) -> None:
    coded_study(shell.root)
    define(shell, "What it costs and earns.", "What it costs.")
    table = again(shell, {"A ana": "work/money", "A ben": "none", "C ana": "work/fear"})
    rows = [line for line in table.read_text().splitlines() if "work/money/roi" not in line]
    table.write_text("\n".join(rows) + "\n")
    project = Project(shell.root)
    result = project.code_from(table)
    assert (result.added, result.notes) == (
        1,
        (
            "2 codings retracted: decided otherwise",
            "1 coding kept with the same code, as it is defined now",
        ),
    )
    kept = project.codings(code="work/money", coder="ana")
    assert sorted(zip(kept["transcript"], kept["code"], kept["definition"], strict=True)) == [
        ("A", "work/money", "current"),
        ("A", "work/money/roi", "current"),
    ]
    assert "before its definition" not in shell("check").out
    project.retract(
        [name for name, code in zip(kept["id"], kept["code"], strict=True) if code == "work/money"], coder="ana"
    )
    assert len(project.codings(code="work/money", coder="ana")) == 1


def test_codings_of_older_ledgers_are_current_or_unknown(shell: Shell) -> None:
    coded_study(shell.root)
    for path in (shell.root / "codings").rglob("*.jsonl"):
        path.write_text(re.sub(r',"definition":"[^"]*"', "", path.read_text()))
    assert definitions(shell) == {"current": 6}
    define(shell, "cues: [budget]", "cues: [budget, cash]")
    assert definitions(shell) == {"current": 3, "unknown": 3}
    assert "before its definition" not in shell("check").out
