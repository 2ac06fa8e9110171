"""Files: decoding, YAML with positions, atomic writes, and appends of lines."""

from __future__ import annotations

import codecs
import errno
import multiprocessing
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import OperationError, Problem
from qualcode.files import (
    YamlDocument,
    append_lines,
    decode_text,
    fill_atomically,
    is_within,
    read_bytes,
    read_lines,
    read_text,
    read_yaml,
    write_atomically,
)

Write = Callable[[str, str | bytes], Path]


# decode


@pytest.mark.parametrize(
    "content",
    [
        "café".encode(),
        codecs.BOM_UTF8 + "café".encode(),
        codecs.BOM_UTF8 + codecs.BOM_UTF8 + "café".encode(),
        codecs.BOM_UTF16_LE + "café".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "café".encode("utf-16-be"),
        codecs.BOM_UTF32_LE + "café".encode("utf-32-le"),
        codecs.BOM_UTF32_BE + "café".encode("utf-32-be"),
    ],
)
def test_byte_order_mark_sets_the_encoding_and_is_removed(content: bytes) -> None:
    decoded = decode_text(content, path="x.txt")
    assert (decoded.text, decoded.notice) == ("café", "")


def test_windows_text_is_read_with_a_notice_that_names_the_line() -> None:
    decoded = decode_text("one\ntwo\n“café”\n".encode("cp1252"), path="x.txt")
    assert decoded.text == "one\ntwo\n“café”\n"
    assert decoded.notice == "not UTF-8 (first at line 3); read as Windows-1252: check its accents"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"a\n\xff\x00b", "x.txt:2: this is not text (it contains NUL bytes)"),
        (b"a\n\x81\x8d", "x.txt:2: neither UTF-8 nor Windows-1252"),
        (codecs.BOM_UTF16_LE + b"a\x00b", "x.txt: has the byte-order mark of utf-16-le but is not utf-16-le (byte 4)"),
        (codecs.BOM_UTF8 + b"ab\xe9", "x.txt: has the byte-order mark of utf-8 but is not utf-8 (byte 5)"),
    ],
)
def test_content_that_is_not_text_is_refused_with_its_position(content: bytes, message: str) -> None:
    with pytest.raises(OperationError) as refused:
        decode_text(content, path="x.txt")
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    "content", [b"a\x00b\x00", "Interview".encode("utf-16-le"), b"PK\x03\x04\x00\x00 text", b"\x00"]
)
def test_nul_bytes_are_refused_even_where_they_are_valid_utf8(content: bytes) -> None:
    with pytest.raises(OperationError, match="NUL bytes"):
        decode_text(content, path="x.txt")


@pytest.mark.parametrize("content", [b"a\r\nb\r\n\r\nc", b"a\rb\r\rc", b"a\nb\r\n\rc"])
def test_all_line_ends_become_newlines(content: bytes) -> None:
    assert decode_text(content, path="x").text == "a\nb\n\nc"


def test_empty_content_is_empty_text() -> None:
    assert decode_text(b"", path="x").text == ""
    assert decode_text(codecs.BOM_UTF8, path="x").text == ""


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0")).filter(
    lambda text: not text.startswith("\ufeff")
)


@given(texts, st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-32"]))
def test_any_text_survives_every_unicode_encoding(text: str, encoding: str) -> None:
    decoded = decode_text(text.encode(encoding), path="x")
    assert (decoded.text, decoded.notice) == (text, "")


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_without_carriage_returns_or_refused(content: bytes) -> None:
    try:
        text = decode_text(content, path="x").text
    except OperationError as refused:
        text = str(refused)
    assert not set("\r\0") & set(text)


# reading and writing whole files


def test_unreadable_file_is_refused(tmp_path: Path, write: Write) -> None:
    with pytest.raises(OperationError, match="there is no such file"):
        read_bytes(tmp_path / "none.txt")
    with pytest.raises(OperationError, match=r"cannot be read|is a folder"):
        read_bytes(tmp_path)
    with pytest.raises(OperationError, match="11 bytes is over the limit of 10 bytes"):
        read_bytes(write("big.txt", b"12345678901"), limit=10)
    assert read_bytes(write("fits.txt", b"1234567890"), limit=10) == b"1234567890"


def test_read_text_decodes_and_names_the_path(write: Write) -> None:
    assert read_text(write("a.txt", b"\xef\xbb\xbfa\r\nb")).text == "a\nb"
    path = write("b.txt", b"\x81")
    with pytest.raises(OperationError, match=r"b\.txt:1"):
        read_text(path)


def test_is_within_follows_links(tmp_path: Path) -> None:
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "link").symlink_to(tmp_path / "outside")
    assert is_within(tmp_path / "study" / "a.txt", tmp_path / "study")
    assert not is_within(tmp_path / "study" / ".." / "a.txt", tmp_path / "study")
    assert not is_within(tmp_path / "study" / "link", tmp_path / "study")
    assert not is_within(tmp_path / "study2", tmp_path / "study")


def test_write_atomically_keeps_line_ends(tmp_path: Path) -> None:
    path = write_atomically(tmp_path / "new" / "a.txt", "é\r\nb\n")
    assert path.read_bytes() == "é\r\nb\n".encode()
    assert write_atomically(path, b"\x00\x01").read_bytes() == b"\x00\x01"
    assert [file.name for file in path.parent.iterdir()] == ["a.txt"]


def test_old_file_is_unchanged_when_fill_raises(write: Write) -> None:
    path = write("folder/a.xlsx", b"old")

    def fail(temporary: Path) -> None:
        temporary.write_bytes(b"half")
        raise RuntimeError("out of paper")

    with pytest.raises(RuntimeError, match="out of paper"):
        fill_atomically(path, fail)
    assert path.read_bytes() == b"old"
    assert [file.name for file in path.parent.iterdir()] == ["a.xlsx"]


def test_fill_gets_a_path_with_the_same_suffix_in_the_same_folder(tmp_path: Path) -> None:
    given_paths: list[Path] = []

    def fill(temporary: Path) -> None:
        given_paths.append(temporary)
        temporary.write_text("x")

    fill_atomically(tmp_path / "a.xlsx", fill)
    assert [(path.suffix, path.parent) for path in given_paths] == [(".xlsx", tmp_path)]


def test_folder_that_cannot_be_created_is_refused(write: Write) -> None:
    blocker = write("blocker", b"I am a file")
    with pytest.raises(OperationError, match="cannot be written"):
        write_atomically(blocker / "a.txt", "x")


@pytest.mark.parametrize("failure", [PermissionError(13, "Permission denied"), OSError(28, "No space left on device")])
def test_old_file_is_unchanged_when_the_disk_refuses(write: Write, failure: OSError) -> None:
    path = write("a.txt", b"old")

    def fail(_: Path) -> None:
        raise failure

    with pytest.raises(OperationError, match=r"a\.txt: cannot be written"):
        fill_atomically(path, fail)
    assert path.read_bytes() == b"old"


# append_lines


def _append(path: Path, *lines: bytes, whole: bool = False) -> Path | None:
    return append_lines(path, lines, lock=path.parent / "locks" / "a.lock", is_complete=lambda _: whole)


def test_lines_are_appended_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "coder" / "a.jsonl"
    assert _append(path, b"one", b"two") is None
    assert _append(path, b"three") is None
    assert path.read_bytes() == b"one\ntwo\nthree\n"
    assert read_lines(path) == [b"one", b"two", b"three"]


def test_appending_nothing_changes_nothing(write: Write) -> None:
    path = write("a.jsonl", b"one\n")
    _append(path)
    assert path.read_bytes() == b"one\n"


def test_incomplete_last_line_is_set_aside(write: Write) -> None:
    path = write("a.jsonl", b'{"a":1}\n{"b":2}\n{"c":')
    assert read_lines(path)[-1] == b'{"c":'
    aside = _append(path, b'{"d":4}')
    assert aside == path.with_name("a.jsonl.torn")
    assert path.read_bytes() == b'{"a":1}\n{"b":2}\n{"d":4}\n'
    assert aside.read_bytes() == b'{"c":\n'


def test_second_incomplete_line_is_appended_to_the_first(write: Write) -> None:
    path = write("a.jsonl", b"x\nhalf")
    _append(path, b"y")
    path.write_bytes(path.read_bytes() + b"quarter")
    aside = _append(path, b"z")
    assert path.read_bytes() == b"x\ny\nz\n"
    assert aside is not None
    assert aside.read_bytes() == b"half\nquarter\n"


def test_file_with_only_an_incomplete_line(write: Write) -> None:
    path = write("a.jsonl", b"half")
    _append(path, b"x")
    assert path.read_bytes() == b"x\n"


def test_a_complete_last_line_without_its_end_is_kept(write: Write) -> None:
    path = write("a.jsonl", b"one\ntwo")
    aside = append_lines(path, [b"three"], lock=path.with_name("l"), is_complete=lambda tail: tail == b"two")
    assert aside is None
    assert path.read_bytes() == b"one\ntwo\nthree\n"


@pytest.mark.parametrize("length", [1, 4095, 4096, 4097, 10_000])
def test_an_incomplete_last_line_of_any_length_is_set_aside(write: Write, length: int) -> None:
    path = write("a.jsonl", b"one\n" + b"x" * length)
    aside = _append(path, b"y")
    assert aside is not None
    assert (path.read_bytes(), aside.read_bytes()) == (b"one\ny\n", b"x" * length + b"\n")


def test_a_long_file_is_not_read_to_append_to_it(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write("a.jsonl", b"line\n" * 200_000)
    read, sizes = os.read, list[int]()

    def noted(handle: int, size: int) -> bytes:
        sizes.append(size)
        return read(handle, size)

    monkeypatch.setattr("qualcode.files.line_appender.os.read", noted)
    _append(path, b"more")
    assert path.read_bytes().endswith(b"line\nmore\n")
    assert sum(sizes) < 10_000


@pytest.mark.parametrize("failing", ["write", "fsync"])
def test_what_a_full_disk_takes_of_a_line_is_removed(
    write: Write, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path, real = write("a.jsonl", b"one\n"), os.write

    def write_part(handle: int, content: bytes) -> int:
        if len(content) < 10:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(handle, content[:4])

    def fail(_handle: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(f"qualcode.files.line_appender.os.{failing}", write_part if failing == "write" else fail)
    with pytest.raises(OperationError, match="cannot be written"):
        _append(path, b"a long line")
    monkeypatch.undo()
    assert path.read_bytes() == b"one\n"
    assert _append(path, b"two") is None


@pytest.mark.parametrize(
    ("content", "lines"),
    [(b"", []), (b"a", [b"a"]), (b"a\n", [b"a"]), (b"a\n\nb\n", [b"a", b"", b"b"]), (b"a\r\n", [b"a\r"])],
)
def test_read_lines(write: Write, content: bytes, lines: list[bytes]) -> None:
    assert read_lines(write("a", content)) == lines


def test_threads_that_append_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    threads = [threading.Thread(target=_append_many, args=(path, name)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(read_lines(path)) == sorted(f"{name}{number}".encode() for name in "abcd" for number in range(10))


def test_processes_that_append_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_append_many, args=(path, name)) for name in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert sorted(read_lines(path)) == sorted(f"{name}{number}".encode() for name in "ab" for number in range(10))


def _append_many(path: Path, name: str) -> None:
    for number in range(10):
        _append(path, f"{name}{number}".encode())


def test_lock_of_another_process_is_refused_after_a_timeout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    monkeypatch.setattr("qualcode.files.line_appender._LOCK_TIMEOUT", 0.05)
    (tmp_path / "locks").mkdir()
    with (
        FileLock(tmp_path / "locks" / "a.lock"),
        pytest.raises(OperationError, match="another process has been writing it"),
    ):
        _append(tmp_path / "a.jsonl", b"x")
    assert not (tmp_path / "a.jsonl").exists()


def test_a_path_that_cannot_be_appended_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").mkdir()
    with pytest.raises(OperationError, match="cannot be written"):
        _append(tmp_path / "a.jsonl", b"x")


@given(st.lists(st.binary(max_size=20).map(lambda line: line.replace(b"\n", b"")), max_size=5), st.binary(max_size=10))
def test_complete_lines_are_unchanged_by_an_incomplete_one(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], tail: bytes
) -> None:
    path = tmp_path_factory.mktemp("torn") / "a.jsonl"
    tail = tail.replace(b"\n", b"")
    path.write_bytes(b"".join(line + b"\n" for line in lines) + tail)
    aside = _append(path, b"new")
    assert path.read_bytes() == b"".join(line + b"\n" for line in [*lines, b"new"])
    assert (aside.read_bytes() if aside else b"\n") == tail + b"\n"


# read_yaml


@pytest.fixture
def yaml(write: Write) -> Callable[[str], YamlDocument]:
    return lambda text: read_yaml(write("a.yaml", text), display_path="a.yaml")


Yaml = Callable[[str], YamlDocument]


def test_yaml_values_and_positions_of_keys(yaml: Yaml) -> None:
    document = yaml(
        "name: x\nroles:\n  interviewer: [A, B]\ncodes:\n  - id: one\n    cues:\n      - go\n      - phrase: p\n"
    )
    assert document.problems == ()
    assert document.value == {
        "name": "x",
        "roles": {"interviewer": ["A", "B"]},
        "codes": [{"id": "one", "cues": ["go", {"phrase": "p"}]}],
    }
    assert document.find_position(("name",)) == (1, 1)
    assert document.find_position(("roles", "interviewer")) == (3, 3)
    assert document.find_position(("roles", "interviewer", 1)) == (3, 20)
    assert document.find_position(("codes", 0, "id")) == (5, 5)
    assert document.find_position(("codes", 0, "cues", 0)) == (7, 9)
    assert document.find_position(("codes", 0, "cues", 1, "phrase")) == (8, 9)


def test_missing_key_has_the_position_of_its_parent(yaml: Yaml) -> None:
    document = yaml("a:\n  b: 1\n")
    assert document.find_position(("a", "c", 3)) == (1, 1)
    assert document.find_position(("z",)) == (1, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("off", "off"),
        ("n", "n"),
        ("true", True),
        ("False", False),
        ("012", 12),
        ("0o14", 12),
        ("0x1F", 31),
        ("-3", -3),
        ("1:30", "1:30"),
        ("0.5", 0.5),
        ("1e3", 1000.0),
        ("null", None),
        ("~", None),
        ("", None),
        ("2010-10-30", "2010-10-30"),
        ("'0.5'", "0.5"),
        ('"no"', "no"),
        ("=", "="),
        (">-\n  a\n  b", "a b"),
        ("|\n  a\n  b\n", "a\nb\n"),
    ],
)
def test_yaml_1_2_scalars(yaml: Yaml, text: str, value: object) -> None:
    document = yaml(f"key: {text}\n")
    assert document.problems == ()
    assert document.value == {"key": value}
    assert type(document.value["key"]) is type(value)


def _messages(document: YamlDocument) -> list[str]:
    return list(map(str, document.problems))


def test_duplicate_keys_are_reported_and_the_first_is_used(yaml: Yaml) -> None:
    document = yaml("a: 1\nb:\n  c: 2\n  c: 3\na: 4\n")
    assert document.value == {"a": 1, "b": {"c": 2}}
    assert _messages(document) == [
        "a.yaml:4:3: key 'c' is given twice (first on line 3)",
        "a.yaml:5:1: key 'a' is given twice (first on line 1)",
    ]


def test_aliases_are_refused_and_unused_anchors_are_accepted(yaml: Yaml) -> None:
    assert yaml("a: &x [1, 2]\n").problems == ()
    document = yaml("a: &x [1, 2]\nb: *x\n")
    assert len(document.problems) == 1
    assert document.problems[0].message == "YAML aliases (*name) are not supported"
    assert document.value["a"] == [1, 2]


def test_alias_problem_has_the_position_of_the_alias(yaml: Yaml) -> None:
    document = yaml("a: &x one\nb: 2\nc: *x\n")
    assert [(problem.line, problem.column) for problem in document.problems] == [(3, 1)]


def test_merge_keys_are_refused(yaml: Yaml) -> None:
    document = yaml("a: &x {k: 1}\nb:\n  <<: *x\n  l: 2\n")
    assert document.value["b"] == {"l": 2}
    assert _messages(document) == ["a.yaml:3:3: YAML merge keys (<<) are not supported (write the values out)"]


def test_alias_bomb_is_refused(yaml: Yaml) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    document = yaml("\n".join(lines))  # 10 ** 12 values if aliases were followed
    assert len(document.problems) == 110


def test_alias_of_itself_is_refused(yaml: Yaml) -> None:
    assert yaml("a: &x [*x]\n").problems[0].message == "YAML aliases (*name) are not supported"


def test_tabs_are_reported(yaml: Yaml) -> None:
    document = yaml("a:\n\tb: 1\n")
    assert document.value is None
    assert _messages(document) == ["a.yaml:2:1: not YAML: a tab is used for indentation (indent with spaces)"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1, 2\n", 2),
        ("a: 'open\n", 2),
        ("a: b: c\n", 1),
        ("ok: 1\n  bad: 2\n", 2),
        ("a: *none\n", 1),
        ("- a\nb: 1\n", 2),
    ],
)
def test_invalid_yaml_is_one_problem_with_its_line(yaml: Yaml, text: str, line: int) -> None:
    document = yaml(text)
    assert document.value is None
    assert len(document.problems) == 1
    assert document.problems[0].message.startswith("not YAML: ")
    assert document.problems[0].line == line


def test_a_second_document_is_refused(yaml: Yaml) -> None:
    document = yaml("a: 1\n---\nb: 2\n")
    assert document.value is None
    assert document.problems[0].line == 2


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "\ufeff"])
def test_an_empty_file_is_none_without_problems(yaml: Yaml, text: str) -> None:
    document = yaml(text)
    assert (document.value, document.problems) == (None, ())


@pytest.mark.parametrize("depth", [60, 1_000])
def test_deep_nesting_is_a_problem(yaml: Yaml, depth: int) -> None:
    document = yaml("a: " + "[" * depth + "]" * depth)
    assert len(document.problems) == 1
    assert "nested" in document.problems[0].message


def test_control_characters_are_a_problem_on_their_line(yaml: Yaml) -> None:
    document = yaml("a: 1\nb: \x07\n")
    assert document.value is None
    assert document.problems[0].line == 2


def test_keys_that_are_not_text(yaml: Yaml) -> None:
    document = yaml("1: a\ntrue: b\n? [x]\n: c\n")
    assert document.value == {"1": "a", "true": "b"}
    assert _messages(document) == ["a.yaml:3:3: a key must be plain text"]


def test_emoji_counts_as_one_column(yaml: Yaml) -> None:
    assert yaml("{😀: 1, b: 2}\n").find_position(("b",)) == (1, 8)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text("abcño :#-'\"\n", max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abcdef", min_size=1, max_size=4), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=4), plain, min_size=1, max_size=4))
def test_json_is_read_unchanged(tmp_path_factory: pytest.TempPathFactory, value: dict[str, Any]) -> None:
    import json

    path = tmp_path_factory.mktemp("json") / "a.yaml"
    path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    document = read_yaml(path, display_path="a.yaml")
    assert document.problems == ()
    assert document.value == value


def test_problem_is_hashable() -> None:
    assert len({Problem("a", 1, 1, "x"), Problem("a", 1, 1, "x")}) == 1
