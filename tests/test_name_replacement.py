"""Names in a text: which words are found, which are doubtful, and that a replacement can be undone exactly."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import OperationError
from qualcode.pseudonyms.text import (
    NAME_LIKE_WORDS,
    Name,
    NameFinder,
    NameKey,
    NameRestorer,
    OffsetMap,
    OrdinaryWords,
    Pseudonymiser,
    add_names,
    add_phrase,
    assign_pseudonyms,
    build_name_finder,
    build_offset_map,
    build_pseudonym_finder,
    find_ordinary_words,
    read_key,
)
from qualcode.transcripts.rewrite.source_rewrite import rewrite_source
from studies import docx

ANN = Name("Ann Smith", "Person 1", ("Ann", "Annie"))
KEY = NameKey((ANN, Name("Mark", "Person 2"), Name("Zoé", "Person 3"), Name("O'Neil", "Person 4")))


def pseudonymised(text: str, *, key: NameKey = KEY, language: str = "en", common: Sequence[str] = ()) -> str:
    """Return a text with pseudonyms for what is a name for sure."""
    find = build_name_finder(key, language=language, ordinary=OrdinaryWords(NAME_LIKE_WORDS | set(common)))
    return build_offset_map(text, Pseudonymiser(find, build_pseudonym_finder(key)).edit_finder_for("x")).apply(text)


def unsure_words(text: str, *, key: NameKey = KEY, language: str = "en", common: Sequence[str] = ()) -> list[str]:
    """Return the words that are shown for a decision."""
    ordinary = OrdinaryWords(NAME_LIKE_WORDS | set(common))
    matches = build_name_finder(key, language=language, ordinary=ordinary)(text)
    return [match.words for match in matches if match.doubt]


def replace_and_restore(suffix: str, content: bytes, key: NameKey = KEY) -> tuple[bytes, bytes]:
    """Return a source with pseudonyms, and that with names again."""
    pseudonym_finder = build_pseudonym_finder(key)
    pseudonymiser = Pseudonymiser(build_name_finder(key), pseudonym_finder)
    new = rewrite_source(
        suffix, content, pseudonymiser.edit_finder_for("x"), fields=pseudonymiser.edit_finder_for("x", kind="field")
    )
    restorer = NameRestorer(pseudonym_finder, pseudonymiser.record)
    return new, rewrite_source(
        suffix, new, restorer.edit_finder_for("x"), fields=restorer.edit_finder_for("x", kind="field")
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I met Ann.", "I met Person 1."),
        ("I met Ann Smith and Annie.", "I met Person 1 and Person 1."),  # longest first
        ("Annex, Annapolis, Joann", "Annex, Annapolis, Joann"),  # whole words
        ("ann and annie", "ann and Person 1"),  # short words in small letters are to be decided
        ("ANN and ANN SMITH", "PERSON 1 and PERSON 1"),
        ("Ann's, Ann’s, Anns'", "Person 1's, Person 1’s, Person 1s'"),
        ("Ann\nSmith", "Person 1"),
        ("Ann\r\n  Smith", "Person 1"),
        ("Ann\n\nSmith", "Person 1\n\nSmith"),  # a blank line parts them
        ("Ann\u00a0Smith", "Person 1"),
        ("**Ann** _Ann_ (Ann) “Ann” Ann_Smith", "**Person 1** _Person 1_ (Person 1) “Person 1” Person 1"),
        ("Zoé Zoe\u0301", "Person 3 Person 3"),
        ("Zoe, Zoés", "Person 3, Zoés"),
        ("An\u0301n Ann\u0301", "An\u0301n Ann\u0301"),  # other letters than in Ann
        ("O'Neil O’Neil", "Person 4 Person 4"),
        ("Ann-led work", "Person 1-led work"),
        ("the Anns", "the Person 1s"),  # a family
        ("ann.smith87@x.org, @annie", "person1@x.org, @person1"),
        ("asmith@x.org, #AnnSmith", "person1@x.org, #Person1"),
        ("Smith, Ann", "Person 1"),
    ],
)
def test_names_are_found_as_whole_words(text: str, expected: str) -> None:
    assert pseudonymised(text) == expected


@pytest.mark.parametrize("form", ["Zoé", "Zoe\u0301"])
def test_a_key_may_have_composed_or_decomposed_letters(form: str) -> None:
    assert pseudonymised("Zoé Zoe\u0301", key=NameKey((Name(form, "P"),))) == "P P"


def test_the_genitive_without_apostrophe_is_a_name_in_german_only() -> None:
    key = NameKey((Name("Anna", "Person 1"),))
    assert pseudonymised("Annas Haus", key=key, language="de") == "Person 1s Haus"
    assert (pseudonymised("Annas house", key=key), unsure_words("Annas house", key=key)) == ("Annas house", ["Anna"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mark my words.", ["Mark"]),
        ("Yes. Mark it.", ["Mark"]),
        ("“Mark it.”", ["Mark"]),
        ("MARK", []),  # alone: an id, a cell
        ("I said MARK it", ["MARK"]),
        ("I told Mark.", []),
        ("I asked Dr. Mark.", []),
        ("Mark: I did.\n[00:10] Mark: Yes.\n**Mark:** No.", []),  # labels
        ("I met Ann-Marie.", ["Ann"]),
        ("many Anns", ["Ann"]),
        ("ann did", ["ann"]),
        ("A. S. and Annje and Annia came", ["A. S.", "Annje", "Annia"]),
        ("Ann did.", []),  # no word
    ],
)
def test_doubtful_matches_are_not_replaced(text: str, expected: list[str]) -> None:
    assert unsure_words(text) == expected
    assert "Person" not in pseudonymised(text) or not expected


def test_a_common_word_at_a_sentence_start_is_doubtful() -> None:
    ordinary = find_ordinary_words(["He was a tinker. Tinkers came."], ["tinker", "tinkers"], language="en")
    assert ordinary.common - NAME_LIKE_WORDS == {"tinker"}
    key = NameKey((Name("Tinker", "P"),))
    assert unsure_words("Tinker came. I met Tinker.", key=key, common=["tinker"]) == ["Tinker"]
    assert unsure_words("Tinker came. I met Tinker.", key=key) == []


def test_months_and_german_nouns_are_doubtful_within_a_sentence() -> None:
    assert unsure_words("I met May in May.", key=NameKey((Name("May", "P"),))) == ["May", "May"]
    assert unsure_words("Ich sah Rose.", key=NameKey((Name("Rose", "P"),)), language="de") == ["Rose"]


def test_decisions_apply_to_phrases_or_to_one_word_of_a_phrase() -> None:
    text = "Mark my words. Mark came. Mark, Mark!"
    assert (
        pseudonymised(text, key=NameKey((KEY.names[1],), keep=("Mark my words",)))
        == "Mark my words. Mark came. Mark, Person 2!"
    )
    assert pseudonymised(text, key=NameKey((KEY.names[1],), always=("Mark",))).count("Person 2") == 4
    both = NameKey((KEY.names[1],), keep=("Mark my words",), always=("Mark",))
    assert pseudonymised(text, key=both) == "Mark my words. Person 2 came. Person 2, Person 2!"
    marked_word = NameKey((KEY.names[1],), always=("words. [Mark] came",))
    assert pseudonymised(text, key=marked_word) == "Mark my words. Person 2 came. Mark, Person 2!"
    assert pseudonymised("Mark  my\nwords", key=both) == "Mark  my\nwords"


WORDS = ["Ann", "Annie", "Ann Smith", "Ann\nSmith", "ANN", "Smith", "Annex", "Zoé", "Zoe\u0301", "O’Neil", "Ann's"]
WORDS += [
    "said",
    "yes.",
    "Anns'",
    "ann",
    "\n\n",
    "\n",
    "Mark",
    "a<b",
    "&amp;",
    '"x"',
    "é",
    "Ann\u00a0Smith",
    "annie",
    "annie@x.org",
    "@ann.smith87",
    "An\u00adnie",
    "AnnSmith",
    "Smith, Ann",
    "the Annies",
    "A. S.",
    "😀",
    "-",
    ",",
]
TEXTS = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(["", " ", "  ", "\n"])), max_size=25).map(
    lambda parts: "".join(word + space for word, space in parts)
)


@given(TEXTS)
def test_law_undo_restores_every_letter(text: str) -> None:
    new, old = replace_and_restore(".txt", text.encode())
    assert old.decode() == text
    assert not [match for match in NameFinder(KEY)(new.decode()) if not match.doubt]


CELLS = TEXTS.map(lambda text: text.replace('"', ""))


@given(st.lists(CELLS, min_size=1, max_size=4))
def test_law_undo_restores_tables(cells: list[str]) -> None:
    content = "id,words\r\n" + "".join(f'Ann,"{cell}"\r\n' for cell in cells)
    assert replace_and_restore(".csv", content.encode())[1].decode() == content


@given(st.lists(st.lists(TEXTS.map(lambda text: text.replace("\n", " ")), min_size=1, max_size=4), max_size=4))
def test_law_undo_restores_the_words_of_paragraphs_in_runs(paragraphs: list[list[str]]) -> None:
    old = _runs(paragraphs)
    new, again = replace_and_restore(".docx", old)
    assert [_joined(runs) for runs in _read(again)] == [_joined(runs) for runs in paragraphs]
    for runs, replaced in zip(paragraphs, _read(new), strict=True):
        assert _joined(replaced) == pseudonymised(_joined(runs))


def _runs(paragraphs: list[list[str]]) -> bytes:
    from xml.sax.saxutils import escape

    body = "".join(
        "<w:p>" + "".join(f"<w:r><w:t xml:space='preserve'>{escape(run)}</w:t></w:r>" for run in runs) + "</w:p>"
        for runs in paragraphs
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", f'<w:document xmlns:w="x"><w:body>{body}</w:body></w:document>')
    return stream.getvalue()


def _read(content: bytes) -> list[list[str]]:
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    return [[run.text or "" for run in paragraph.iter("{x}t")] for paragraph in root.iter("{x}p")]


def _joined(runs: list[str]) -> str:
    return "".join(runs)


@given(TEXTS, st.data())
def test_law_a_span_is_mapped_and_extended_over_a_name_that_it_cuts(text: str, data: st.DataObject) -> None:
    offsets = build_offset_map(text, Pseudonymiser(NameFinder(KEY), build_pseudonym_finder(KEY)).edit_finder_for("x"))
    new = offsets.apply(text)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    for first, last, _ in offsets.edits:  # what it cuts it takes whole
        if first < end and start < last and start < end:
            start, end = min(start, first), max(end, last)
    within = OffsetMap(tuple((a - start, b - start, words) for a, b, words in offsets.edits if start <= a and b <= end))
    if start < end:
        assert new[offsets.map_start(start) : offsets.map_end(end)] == within.apply(text[start:end])
    inverse = offsets.invert(text)
    assert inverse.apply(new) == text
    if start < end and not any(a < start < b or a < end < b for a, b, _ in offsets.edits):
        assert (inverse.map_start(offsets.map_start(start)), inverse.map_end(offsets.map_end(end))) == (start, end)


def test_a_span_that_begins_or_ends_inside_a_name_is_extended_to_the_pseudonym() -> None:
    text = "I met Ann Smith there."
    offsets = build_offset_map(text, Pseudonymiser(NameFinder(KEY), build_pseudonym_finder(KEY)).edit_finder_for("x"))
    new = offsets.apply(text)
    assert text[10:21] == "Smith there"
    assert new[offsets.map_start(10) : offsets.map_end(21)] == "Person 1 there"
    assert text[0:8] == "I met An"
    assert new[offsets.map_start(0) : offsets.map_end(8)] == "I met Person 1"


# Formats


REWRITTEN_SOURCES = [
    (".txt", b"\xef\xbb\xbfAnn: hi\r\nyes", b"\xef\xbb\xbfPerson 1: hi\r\nyes"),
    (".txt", "\ufeffAnn Zoé".encode("utf-16-le"), "\ufeffPerson 1 Person 3".encode("utf-16-le")),
    (".txt", "Ann é".encode("cp1252"), "Person 1 é".encode("cp1252")),
    (".cha", b"@P:\tANN Ann Mother\n*ANN:\thi .\n", b"@P:\tPERSON 1 Person 1 Mother\n*PERSON 1:\thi .\n"),
    (
        ".vtt",
        b"WEBVTT\n\n1\n0:1.0 --> 0:2.0\n<v Ann>I &amp; <i>Annie</i>\n",
        b"WEBVTT\n\n1\n0:1.0 --> 0:2.0\n<v Person 1>I &amp; <i>Person 1</i>\n",
    ),
    (
        ".vtt",  # the label comes back in each cue, and a sentence goes on from one to the next
        b"0:1.0 --> 0:2.0\r\nBo: I told\r\n\r\n0:3.0 --> 0:4.0\r\nBo: Mark so.\r\n\r\n0:5.0 --> 0:6.0\r\nBo: Mark.",
        b"0:1.0 --> 0:2.0\r\nBo: I told\r\n\r\n0:3.0 --> 0:4.0\r\nBo: Person 2 so.\r\n\r\n0:5.0 --> 0:6.0\r\nBo: Mark.",
    ),
    (".vtt", b"0:1.0 --> 0:2.0\nby Ann\nSmith, yes\n", b"0:1.0 --> 0:2.0\nby Person 1,\n yes\n"),
    (
        ".srt",  # in two cues of one speaker
        b"1\n0:1.0 --> 0:2.0\nI met Ann\n\n2\n0:3.0 --> 0:4.0\nSmith, yes\n",
        b"1\n0:1.0 --> 0:2.0\nI met Person 1,\n\n2\n0:3.0 --> 0:4.0\n yes\n",
    ),
    (
        ".srt",  # of two speakers
        b"1\n0:1.0 --> 0:2.0\nI met Ann\n\n2\n0:3.0 --> 0:4.0\nSmith: yes\n",
        b"1\n0:1.0 --> 0:2.0\nI met Person 1\n\n2\n0:3.0 --> 0:4.0\nSmith: yes\n",
    ),
    (".json", b'{"a": "Ann", "b": "Zo\\u00e9\\nAnn\\\\"}', b'{"a": "Person 1", "b": "Person 3\\nPerson 1\\\\"}'),
    (".csv", b'a;b\nAnn;"x ""Annie""; Ann\nSmith"\n', b'a;b\nPerson 1;"x ""Person 1""; Person 1"\n'),
    (".tsv", b"Ann\tSmith\n", b"Person 1\tSmith\n"),
    (
        ".html",
        b"<p>I met <b>Ann</b> Smith &amp; co<br>Ann</p><p>Smith",
        b"<p>I met <b>Person 1</b> &amp; co<br>Person 1</p><p>Smith",
    ),
    (
        ".html",
        b"<title>Ann</title><!-- Ann --><img alt='Ann' class=Ann>",
        b"<title>Person 1</title><!-- Person 1 --><img alt='Person 1' class=Ann>",
    ),
    (
        ".eaf",
        b'<T TIER_ID="Ann"><V>Ann &lt; Smith</V><V>Smith</V></T>',
        b'<T TIER_ID="Person 1"><V>Person 1 &lt; Smith</V><V>Smith</V></T>',
    ),
    (
        ".rtf",
        rb"{\rtf1{\info{\author Ann}}{\b Ann} Smith left\par Zo\u233? came\par}",
        rb"{\rtf1{\info{\author Person 1}}{\b Person 1} left\par Person 3 came\par}",
    ),
]
"""A source by its ending, before and after."""


@pytest.mark.parametrize(("suffix", "old", "new"), REWRITTEN_SOURCES)
def test_rewriting_a_source_changes_only_its_words_and_can_be_undone(suffix: str, old: bytes, new: bytes) -> None:
    assert replace_and_restore(suffix, old) == (new, old)


def test_a_word_file_is_rewritten_in_all_its_parts() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx("x", "y"))) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("docProps/core.xml", "<a><dc:creator>Mark</dc:creator><dc:title>Ann</dc:title></a>")
        new.writestr(
            "word/comments.xml", '<w:comment w:author="Mark"><w:p><w:r><w:t>by Ann</w:t></w:r></w:p></w:comment>'
        )
        new.writestr(
            "word/header1.xml",
            "<w:p><w:r><w:t>Ann</w:t><w:br/><w:t>Smith, </w:t></w:r><w:p><w:r><w:t>Ann</w:t></w:r></w:p>"
            "<w:del><w:delText>Annie</w:delText></w:del><w:p/></w:p>",
        )
        new.writestr("word/media/image1.png", b"\x89PNG Ann")
    made, back = replace_and_restore(".docx", stream.getvalue())
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert (
            archive.read("docProps/core.xml")
            == b"<a><dc:creator>Person 2</dc:creator><dc:title>Person 1</dc:title></a>"
        )
        assert b'w:author="Person 2"' in archive.read("word/comments.xml")
        assert b"by Person 1" in archive.read("word/comments.xml")
        assert archive.read("word/header1.xml") == (
            b"<w:p><w:r><w:t>Person 1</w:t><w:t>, </w:t></w:r><w:p><w:r><w:t>Person 1</w:t></w:r></w:p>"
            b"<w:del><w:delText>Person 1</w:delText></w:del><w:p/></w:p>"
        )
        assert archive.read("word/media/image1.png") == b"\x89PNG Ann"
    with zipfile.ZipFile(io.BytesIO(back)) as archive:
        assert b"<w:delText>Annie</w:delText>" in archive.read("word/header1.xml")


def test_an_odt_is_rewritten_across_its_spans() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as new:
        new.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        new.writestr("meta.xml", "<m><dc:creator>Ann</dc:creator></m>")
        body = "<text:p>I met <text:span>An</text:span>n<text:s/>Smith.</text:p><text:h>Smith</text:h>"
        new.writestr("content.xml", f"<office:text>{body}</office:text>")
    made, back = replace_and_restore(".odt", stream.getvalue())
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.read("meta.xml") == b"<m><dc:creator>Person 1</dc:creator></m>"
        expected = "<text:p>I met <text:span>Person 1</text:span>.</text:p><text:h>Smith</text:h>"
        assert archive.read("content.xml").decode() == f"<office:text>{expected}</office:text>"
    with zipfile.ZipFile(io.BytesIO(back)) as archive:
        assert archive.read("meta.xml") == b"<m><dc:creator>Ann</dc:creator></m>"


@pytest.mark.parametrize(
    ("suffix", "content", "message"),
    [
        (".pdf", b"%PDF", "a .pdf cannot be rewritten"),
        (".docx", b"no archive", "damaged"),
    ],
)
def test_sources_that_cannot_be_rewritten_are_refused(suffix: str, content: bytes, message: str) -> None:
    with pytest.raises(OperationError, match=message):
        replace_and_restore(suffix, content)


def test_a_pseudonym_that_an_encoding_lacks_is_refused() -> None:
    key = NameKey((Name("Ann", "Sofže"),))
    with pytest.raises(OperationError, match="'ž' cannot be written in latin-1, its encoding"):
        rewrite_source(
            ".txt",
            b"Ann",
            Pseudonymiser(build_name_finder(key), build_pseudonym_finder(key)).edit_finder_for("x"),
            encoding="latin-1",
        )


# The key


def key_of(path: Path, text: str, name: str = "key.yaml") -> tuple[NameKey, list[str]]:
    """Write a key and read it."""
    (path / name).write_text(text, encoding="utf-8")
    key, problems = read_key(path / name)
    return key, [str(problem).removeprefix(f"{path}/{name}:") for problem in problems]


def test_a_key_may_be_yaml_or_csv(tmp_path: Path) -> None:
    yaml, _ = key_of(
        tmp_path, "Ann Smith: {as: Person 1, also: [Ann]}\nMark: P2\nkeep: [Mark my words]\nalways: [Mark]\n"
    )
    table = "Name;Pseudonym;also;keep;always\nAnn Smith;Person 1;Ann;;\nMark;P2;;Mark my words;Mark\n"
    csv, problems = key_of(tmp_path, table, "key.csv")
    assert problems == []
    assert [(name.name, name.pseudonym, name.also) for name in csv.names] == [
        (name.name, name.pseudonym, name.also) for name in yaml.names
    ]
    assert (csv.keep, csv.always) == (yaml.keep, yaml.always) == (("Mark my words",), ("Mark",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- Ann\n", "1:1: the key must be lines of 'name: pseudonym'"),
        ("Ann: 3\n", "1:1: 'Ann' has no valid pseudonym (write 'Ann: Person 1'"),
        ("Bo: P1\nAnn: {as: P2, too: [x]}\n", "2:1: 'Ann' has no valid pseudonym"),
        ("Ann: {as: P1, also: x}\n", "1:1: 'also' of 'Ann' must be a list of its other forms"),
        ("Ann: P1\nBo: p1\n", "2:1: 'Bo' and 'Ann' have the same pseudonym, 'p1'"),
        ("Ann: P1\nBo: {as: P2, also: [Ann]}\n", "2:1: 'Ann' is a form of 'Ann' and of 'Bo'"),
        ("Ann: Bo\nBo: P2\n", "1:1: pseudonym 'Bo' is a name in this key"),
        ("Ann: '1'\n", "1:1: '1' cannot be a pseudonym (it must begin with a letter"),
        ("Ann: 'a: b'\n", "1:1: 'a: b' cannot be a pseudonym"),
        ("Ann: 'null'\n", "1:1: 'null' cannot be a pseudonym: YAML reads it as something else"),
        ("'...': P1\n", "1:1: '...' cannot be a name"),
        ("keep: Mark\n", "1:1: 'keep' must be a list of phrases"),
        ("Ann: P1\nAnn: P2\n", "2:1: key 'Ann' is given twice"),
        ("Ann: [\n", "2:1: not YAML"),
    ],
)
def test_problems_of_a_key_have_place_and_hint(tmp_path: Path, text: str, expected: str) -> None:
    _, problems = key_of(tmp_path, text)
    assert len(problems) == 1
    assert problems[0].startswith(expected)


def test_a_missing_column_of_a_csv_key_is_reported(tmp_path: Path) -> None:
    _, (problem,) = key_of(tmp_path, "name,alias\nAnn,P1\n", "key.csv")
    assert problem == "1:1: there is no column 'pseudonym' (columns: name, pseudonym, also, keep, always)"


def test_proposed_pseudonyms_fit_the_label_and_are_unused() -> None:
    labels = {"Ann": "PERSON", "Ohio": "GPE", "Bo": "PER", "Acme": "ORG"}
    assert dict(assign_pseudonyms(labels, ["person 1"])) == {
        "Ann": "Person 2",
        "Ohio": "Place 1",
        "Bo": "Person 3",
        "Acme": "Organisation 1",
    }


@pytest.mark.parametrize(
    "before", ["", "keep: [a]\n", "keep: []\n", "keep:\n  - a\nBo: P9\n", "keep: # why\n- a\n", "Bo: P9"]
)
def test_additions_to_a_yaml_key_are_read_back(tmp_path: Path, before: str) -> None:
    text = add_phrase(
        add_names(before, [("Ann: x", "P1"), ("Yes", "P2")], suffix=".yaml"),
        'he said "[Mark]"',
        section="keep",
        suffix=".yaml",
    )
    key, problems = key_of(tmp_path, text)
    assert problems == []
    assert {name.name: name.pseudonym for name in key.names}.items() >= {"Ann: x": "P1", "Yes": "P2"}.items()
    assert 'he said "[Mark]"' in key.keep
    assert ("a" in key.keep) == ("[a]" in before or "- a" in before)


def test_additions_to_a_csv_key_are_read_back(tmp_path: Path) -> None:
    empty_key = "name,pseudonym,also,keep,always\n"
    text = add_phrase(
        add_names(empty_key, [("Ann, B", "P1")], suffix=".csv"), "Mark, my", section="always", suffix=".csv"
    )
    key, problems = key_of(tmp_path, text, "key.csv")
    assert (problems, [name.name for name in key.names], key.always) == ([], ["Ann, B"], ("Mark, my",))


def test_a_damaged_archive_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w:p>Ann</w:p>" * 50)
    content = bytearray(stream.getvalue())
    start = 30 + len("word/document.xml")
    content[start : start + 4] = b"\xff\xff\xff\xff"
    with pytest.raises(OperationError, match="damaged"):
        rewrite_source(".docx", bytes(content), lambda _pieces: [])
