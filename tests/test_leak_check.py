"""The leak check: its own search for names that are left, and where it looks."""

from __future__ import annotations

import base64
import io
import zipfile
import zlib
from pathlib import Path

import pytest

from qualcode.project import Project
from qualcode.pseudonyms.leak_check import find_leaks
from qualcode.pseudonyms.leak_check.folded_search import FoldedSearch, build_folded_search
from qualcode.pseudonyms.text import Name, NameKey, OrdinaryWords
from studies import coded_study, write

KEY = NameKey(
    (Name("José Núñez", "Person 1"), Name("Müller", "Person 2"), Name("Ann O'Brien", "Person 3", ("Ann",))),
    keep=("in the [Ann] street",),
)


def search(*names: str) -> FoldedSearch:
    key = NameKey(tuple(Name(name, f"Person {number}") for number, name in enumerate(names))) if names else KEY
    return build_folded_search(key, ordinary=OrdinaryWords())


def found(text: str, *names: str) -> list[str]:
    return [text[match.start : match.end] for match in search(*names)(text) if match.is_certain]


@pytest.mark.parametrize(
    "words",
    [
        "José Núñez",
        "JOSÉ NÚÑEZ",
        "jose nunez",
        "Jose\u0301 Nun\u0303ez",
        "José\u00a0Núñez",
        "José\nNúñez",
        "Jo\u00adsé Nú\u200bñez",
        "Núñez, José",
        "José Nú-\nñez",
        "josenunez",
        "JoseNunez",
        "jose.nunez",
        "jose-nunez",
        "jose_nunez",
        "Jоse Nunez",  # Cyrillic о
        "Ｊｏｓｅ Ｎｕｎｅｚ",
        "José Núñezs",
        "mueller",
        "MÜLLER",
        "muller",
        "O’Brien, Ann",
        "Ann OBrien",
        "Ann O Brien",
        "ann o`brien",
    ],
)
def test_a_name_is_found_in_all_sure_forms(words: str) -> None:
    assert found(f"I met {words}, yes") == [words]
    assert found(f"({words}).") == [words]


@pytest.mark.parametrize(
    "address", ["jnunez@x.org", "@josenunez", "jose.nunez87@x.org", "x.org/nunez-jose", "@mueller"]
)
def test_addresses_are_found(address: str) -> None:
    assert found(f"write {address} soon")


@pytest.mark.parametrize(
    "text",
    [
        "Annex, Joann, annual, Müllerei",
        "the jnunez case",  # in an address only
        "José. Nobody\n\nNúñez",  # parts are possible names
        "in the Ann street",
        "an n, a nn",
    ],
)
def test_other_words_are_not_certain(text: str) -> None:
    assert found(text) == []


def test_scripts_without_spaces_and_without_capitals_are_searched() -> None:
    assert found("我见了王小明。", "王小明") == ["王小明"]
    assert found("قال مُحَمَّد ذلك", "محمد") == ["مُحَمَّد"]
    assert found("Η ΜΑΡΊΑ είπε, μαρια", "Μαρία") == ["ΜΑΡΊΑ", "μαρια"]
    assert found("сказал Иванову Иванов", "Иванов") == ["Иванов"]


def test_a_word_that_is_also_a_common_word_is_only_possible() -> None:
    matches = search("Mark", "Will")("Mark will mark it.")
    assert [(match.start, match.is_certain) for match in matches] == [(0, False)]


# Where it looks


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return coded_study(tmp_path / "study", coder="ana")


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return stream.getvalue()


def _png() -> bytes:
    blocks = [(b"IHDR", bytes(13)), (b"zTXt", b"Author\0\0" + zlib.compress(b"by Josefine")), (b"IDAT", b"x" * 9)]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(block).to_bytes(4, "big") + kind + block + bytes(4) for kind, block in blocks
    )


JPEG = b"\xff\xd8\xff\xe1\x00\x12Exif\0\0Josefine\0\0\xff\xda\0\0\0\0"
MAIL = (
    b"From: =?utf-8?q?Josefine?= <x@x.org>\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n"
    + base64.b64encode(b"Yes, Josefine.")
)
PLACES = {
    ".qualcode/cache.json": b'{"quote": "so \\u004aosefine said"}',
    ".qualcode/locks/Josefine.lock": b"",
    "codings/ana/A (conflicted copy).jsonl": b'{"text": "Josefine"}\n',
    "codings/ben/A.sync-conflict-2026.jsonl": b"torn Josefine",
    "notebook.ipynb": b'{"cells": ["a\\nJosefine"]}',
    ".ipynb_checkpoints/n.ipynb": b'["Josefine"]',
    ".stversions/A~2026.txt": b"Josefine",
    ".trash/A.txt": b"Josefine",
    "A.txt~": b"Josefine",
    "A.txt.bak": b"Josefine",
    ".A.txt.swp": b"b0VIM\0\0\0\0\xff\xffJosefine\0\0",
    ".DS_Store": b"\0\0\0\1Bud1\0\0\xff" + "Josefine".encode("utf-16-be"),
    "old.zip": zipped(inner_zip=zipped(a_txt=b"Josefine")),
    "mail.eml": MAIL,
    "picture.png": _png(),
    "photo.jpg": JPEG,
    "network.graphml": b"<data>Jose<b/>fine</data>",
    "drawing.svg": b"<text>J&#111;sefine</text>",
    "page.html": b"<p>by <b>Jose</b>fine</p>",
    "notes.rtf": rb"{\rtf1 {\b J}osefin\'65 came}",
    "material.spacy": b"\x80\x81\0Josefine\0",
    "links.txt": b"x.org/Jos%65fine",
    "book.xlsx": zipped(**{"docProps/custom.xml": b"<vt:lpwstr>Josefine</vt:lpwstr>"}),
}


@pytest.mark.parametrize("path", PLACES)
def test_names_are_found_in_every_place(root: Path, path: str) -> None:
    key = NameKey((Name("Josefine", "Person 1"),))
    assert find_leaks(Project(root).study, key) == []
    write(root, path, PLACES[path])
    names = [problem for problem in find_leaks(Project(root).study, key) if problem.level == "error"]
    assert names
    assert all(problem.path.startswith(path) and "'Josefine'" in problem.message for problem in names)


@pytest.mark.parametrize("path", ["a.mp3", "b.mp4", "c.gif", "d.7z", "e.bin", ".git/HEAD", "f.pdf", "g.zip"])
def test_what_is_not_searched_is_listed(root: Path, path: str) -> None:
    write(root, path, {"f.pdf": b"%PDF-1.4", "g.zip": b"PK\x03\x04broken"}.get(path, b"\0\1\2\3\xff"))
    (notice,) = find_leaks(Project(root).study, NameKey((Name("Josefine", "Person 1"),)))
    assert (notice.path, notice.level) == (path.removesuffix("/HEAD"), "notice")
    assert notice.message.startswith("not searched for names: ")


def test_an_archive_that_unpacks_to_too_much_is_listed(root: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", bytes(30_000_000))
    write(root, "bomb.zip", stream.getvalue())
    (notice,) = find_leaks(Project(root).study, KEY)
    assert "unpacks to over 200 times its size" in notice.message
