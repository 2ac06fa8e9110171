"""Cue search: pages of many texts give the same matches as spaCy Docs of every sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import pytest
import simplemma
import spacy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from builders import book_of, cue, transcript_of
from qualcode.model import Cue, Transcript, Turn
from qualcode.regexes import regex_fault
from qualcode.segments import get_sentence_rules, sentence_spans
from qualcode.suggest.cues import cue_search
from qualcode.suggest.cues.ascii_patterns import needs_non_letter
from qualcode.suggest.cues.cue_maker import suggest_by_cues
from qualcode.suggest.cues.cue_search import CueSearch
from qualcode.suggest.cues.turn_pages import Page
from qualcode.suggest.cues.typography import make_plain, make_plain_regex

Hit = tuple[int, int, int, int]
"""Text, cue, start, end."""

ABBREVIATIONS = get_sentence_rules("en")

# --- the reference: every sentence a Doc, every cue tried at every token ------------------------------------------

LEMMA_OVERRIDES = {"left": "leave", "felt": "feel", "better": "good", "worst": "bad"}
"""Lemmas of the words below that the program overrides."""


def lemma(norm: str) -> str:
    return LEMMA_OVERRIDES.get(norm.lower()) or simplemma.lemmatize(norm.lower(), lang="en").lower()


def lemma_spans(doc: Doc) -> list[tuple[str, int, int]]:
    return [(lemma(token.norm_), token.idx, token.idx + len(token)) for token in doc if not token.is_space]


@cache
def pipeline(language: str = "en") -> Language:
    return spacy.blank(language)


def phrases_by_docs(sentence: str, phrase: str) -> Iterator[tuple[int, int]]:
    expected = [word for word, _, _ in lemma_spans(pipeline()(phrase))]
    tokens = lemma_spans(pipeline()(sentence))
    for first in range(len(tokens) - len(expected) + 1):
        if [word for word, _, _ in tokens[first : first + len(expected)]] == expected:
            yield tokens[first][1], tokens[first + len(expected) - 1][2]


def exact_by_slices(sentence: str, value: str) -> Iterator[tuple[int, int]]:
    for at in range(len(sentence) - len(value) + 1):
        before = sentence[at - 1 : at] if at else ""
        after = sentence[at + len(value) : at + len(value) + 1]
        joined = (value[0].isalnum() and before.isalnum()) or (value[-1].isalnum() and after.isalnum())
        if sentence[at : at + len(value)] == value and not joined:
            yield at, at + len(value)


def by_docs(texts: Sequence[str], cues: Sequence[Cue]) -> set[Hit]:
    by_kind = {"phrase": phrases_by_docs, "exact": exact_by_slices}
    return {
        (number, index, start + first, start + last)
        for number, text in enumerate(texts)
        for start, end in sentence_spans(text, 0, len(text), sentence_rules=ABBREVIATIONS)
        for index, tried in enumerate(cues)
        for plain in (make_plain(text[start:end]),)
        for _, first, last in plain.locate(
            (index, *span) for span in by_kind[tried.kind](plain.text, make_plain(tried.value).text or tried.value)
        )
    }


def in_bulk(texts: Sequence[str], cues: Sequence[Cue], *, pages: int = 1) -> set[Hit]:
    search = CueSearch(dict(enumerate(cues)), pipeline())
    matches = set()
    for _ in range(pages):  # what is cached from a page must not change the matches in the next one
        page = Page.from_transcripts(spoken(texts))
        matches = {
            (int(page.transcript[sentence.row]), *match)
            for sentence in search.search_page(page, sentence_rules=ABBREVIATIONS)
            for match in sentence.matches
        }
    return matches


def spoken(texts: Sequence[str]) -> list[Transcript]:
    return [
        Transcript(str(number), "t", text, "", (Turn(0, "P", "participant", 0, len(text)),))
        for number, text in enumerate(texts)
    ]


# --- hostile texts ------------------------------------------------------------------------------------------------

PIECES = (
    "push Push pushing pushed back backs BACK left felt better worst budget Budget budgets budget's no not don't Don’t "
    "can't cannot won't I'm we've they'd gonna o'clock well-known e-mail R&D U.S. p.m. $5 10% #tag @her me@x.org "
    "https://push.org/back?a=budget www.budget.com push.back push/back :) <3 ... … — -- ( ) [ “ ” ‘ ' . ! ? ; , "
    "İstanbul İ ı I i\u0307 e\u0301 é cafe\u0301 café ΟΔΟΣ οδός ς σ Σ ß ẞ ſo "
    "K \u200b \u00ad budget。Next 好。budget」push back\u2019s "
    "x_budget budget_x 3.5km 12km Ⅷ ² naïve \U0001f600 \u0130\u0130 'em 'Cause ''budget'' (push) push... budget?!"
).split()
GAPS = [" ", " ", " ", " ", "  ", "\t", "\n", "\n\n", "\u00a0", "\u2003", "\r", "\x1c", "\u2028", "\u3000", ""]
TEXT = st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(GAPS)), max_size=12).map(
    lambda parts: "".join(word + gap for word, gap in parts)
)
ANY = st.text(st.sampled_from("ab.B'’-İıΣσς。」 \n\t\u0301$5/:@"), max_size=20)
VALUES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=3).map(" ".join)
CUES = st.lists(st.builds(cue, VALUES, st.sampled_from(["phrase", "exact"])), min_size=1, max_size=6)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(texts=st.lists(TEXT | ANY, max_size=6), cues=CUES, picked=st.data())
@example(["push back on the budget。Next"], [cue("budget"), cue("next")], None)
@example(["push\rpush  "], [cue("push push", "exact")], None)
@example(["Mind the push\n\nback. Push back", "budget", "push"], [cue("push back"), cue("back. Push", "exact")], None)
@example(["ab push", "back"], [cue("push back", "exact"), cue("push\nback", "exact"), cue("push back")], None)
def test_search_page_matches_spacy_docs(texts: list[str], cues: list[Cue], picked: st.DataObject | None) -> None:
    if picked is not None and (some := [text for text in texts if text.strip()]):
        words = picked.draw(st.sampled_from(some)).split()
        start = picked.draw(st.integers(0, len(words) - 1))
        own = " ".join(words[start : start + 2])
        cues = [*cues, cue(own), cue(own, "exact")]
    assert in_bulk(texts, cues) == in_bulk(texts, cues, pages=2) == by_docs(texts, cues)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(texts=st.lists(TEXT, max_size=5))
def test_cleared_chunk_cache_gives_the_same_matches(texts: list[str]) -> None:
    cues = [cue("push back"), cue("budget"), cue("do not"), cue("left", "exact"), cue("pus[h]", "regex")]
    with pytest.MonkeyPatch.context() as patched:
        expected = in_bulk(texts, cues, pages=2)
        patched.setattr(cue_search, "_MAX_CHUNKS", 1)
        assert in_bulk(texts, cues, pages=3) == expected


REGEXES = ["bud(?:get)?", r"\bpush(?:ed|ing)?\b", "^push", "k", "σ", "[a-z]+k back", "i", "not? .*back$"]
PATTERNS = ['[{"LEMMA": "push"}, {"LOWER": "back"}]', '[{"IS_PUNCT": true}]', '[{"LOWER": "budget", "OP": "+"}]']


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXT, max_size=5))
def test_search_page_matches_search_of_single_sentences(texts: list[str]) -> None:
    cues = [cue("push back"), *(cue(value, "pattern") for value in PATTERNS)]
    cues = [*(cue(value, "regex") for value in REGEXES), *cues]
    expected = set()
    for number, text in enumerate(texts):
        for start, end in sentence_spans(text, 0, len(text), sentence_rules=ABBREVIATIONS):
            (matches,) = CueSearch(dict(enumerate(cues)), pipeline()).search_sentences([text[start:end]])
            expected |= {(number, index, start + first, start + last) for index, first, last in matches}
            for index, regex in enumerate(REGEXES):
                for match in re.finditer(regex, text[start:end], re.IGNORECASE):
                    assert (index, *match.span()) in matches
    assert in_bulk(texts, cues) == expected


# --- what the shortcuts rest on -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("regex", "never"),
    [
        ("§|%|€", True),
        (r"(?<=[0-9])(?:km|m)", True),
        (r"\.\.+|'s", True),
        ("[,;]|x", False),
        ("[^0-9]", False),
        ("(?:,)?", False),
        (",*", False),
        (",+", True),
        ("(?!,)a", False),
        ("a$", False),
        ("(?=5)", True),
        (r"[\d\s]", True),
        (r"\w", False),
        ("[!-~]", False),
        ("(?i),", False),
    ],
)
def test_needs_non_letter(regex: str, never: bool) -> None:
    assert needs_non_letter(re.compile(regex)) is never


@given(st.lists(st.sampled_from(["a", "Z", "5", ",", "[a,]", "[,;]", ".", r"\d", "(?<=,)", "(?:,|5)", "?", "+", "|"])))
def test_needs_non_letter_holds_for_letters(parts: list[str]) -> None:
    try:
        compiled = re.compile("".join(parts))
    except re.error:
        return
    if needs_non_letter(compiled):
        assert not any(compiled.search(text) for text in ("", "a", "Z", "aZ", "abcxyz", "ABCXYZ"))


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl", "pt", "sv", "xx"])
def test_spacy_rules_need_non_letters(language: str) -> None:
    tokenizer: Any = pipeline(language).tokenizer
    for search in (tokenizer.prefix_search, tokenizer.suffix_search, tokenizer.infix_finditer):
        assert needs_non_letter(search.__self__)


def test_slow_cues_are_those_without_a_required_word() -> None:
    cues = [cue("push"), cue("b.", "regex"), cue('[{"IS_PUNCT": true}]', "pattern"), cue("x", "exact")]
    assert set(CueSearch(dict(enumerate(cues)), pipeline()).slow_cues) == {1, 2}


# --- ids ----------------------------------------------------------------------------------------------------------


def test_suggestion_id_depends_on_transcript_place_quote_and_code() -> None:
    talk = transcript_of("P: No. Yes.")
    (key,) = suggest_by_cues([talk], book_of({"f/a": [cue("no")]})).id
    (other,) = suggest_by_cues([talk], book_of({"f/a": [cue("No", "exact", weight=0.9), cue("nope")]})).id
    assert key == other
    assert [key] != suggest_by_cues([transcript_of("P: No. Yes.", name="U")], book_of({"f/a": [cue("no")]})).id
    assert [key] != suggest_by_cues([talk], book_of({"f/b": [cue("no")]})).id


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(texts=st.lists(TEXT, max_size=5), cues=CUES)
def test_search_page_with_vocabulary_gives_the_same_matches(texts: list[str], cues: list[Cue]) -> None:
    cues = [*cues, cue("bud(?:get)?", "regex"), cue(PATTERNS[0], "pattern")]
    first, second = (CueSearch(dict(enumerate(cues)), pipeline()) for _ in range(2))
    vocabulary: list[Mapping[str, Iterable[str]]] = []
    first.on_new_chunks = vocabulary.append
    page = Page.from_transcripts(spoken(texts))
    expected = list(first.search_page(page, sentence_rules=ABBREVIATIONS))
    second.load_vocabulary(vocabulary)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(cue_search, "_MAX_CHUNKS", 1)
        assert [list(second.search_page(page, sentence_rules=ABBREVIATIONS)) for _ in range(2)] == [expected, expected]


@pytest.mark.parametrize(
    ("text", "tried", "found"),
    [
        ("We don\u2019t know.", cue("don't know", "exact"), "don\u2019t know"),
        ("We don't know.", cue("don\u2019t know", "exact"), "don't know"),
        ("We don\u2019t know.", cue("don't know", "regex"), "don\u2019t know"),
        ("We don't know.", cue(r"don\u2019t know", "regex"), "don't know"),
        ("We don't know.", cue(r"don[\u2019\u02bc]t", "regex"), "don't"),
        ("We don\u2019t know.", cue("don't know"), "don\u2019t know"),
        ("It was cafe\u0301 then.", cue("caf\u00e9", "exact"), "cafe\u0301"),
        ("It was caf\u00e9 then.", cue("cafe\u0301", "exact"), "caf\u00e9"),
        ("It was cafe\u0301 then.", cue("caf\u00e9"), "cafe\u0301"),
        ("It was cafe\u0301 then.", cue("caf\u00e9 then", "regex"), "cafe\u0301 then"),
        ("beans\u00a0and\u202fpeas", cue("beans and peas", "exact"), "beans\u00a0and\u202fpeas"),
        ("beans\u2009and peas", cue("beans and peas", "regex"), "beans\u2009and peas"),
        ("beans and peas", cue("beans\u00a0and peas", "regex"), "beans and peas"),
        ("The follow\u2011up came.", cue("follow-up"), "follow\u2011up"),
        ("The follow\u2010up came.", cue("follow-up", "exact"), "follow\u2010up"),
        ("The follow-up came.", cue("follow\u2011up", "regex"), "follow-up"),
        ("In 2009\u20132010 it was.", cue("2009-2010", "exact"), "2009\u20132010"),
        ("The fol\u00adlow came.", cue("follow", "exact"), "fol\u00adlow"),
        ("He said \u201cno way\u201d.", cue('"no way"', "exact"), "\u201cno way\u201d"),
        ("He said \u00abno way\u00bb.", cue('"no way"', "regex"), "\u00abno way\u00bb"),
        ("It\u2019s \u2018odd\u2019.", cue("[\u2018][a-z]+", "regex"), "\u2018odd"),
        ("An \u00e9lan.", cue("[^ -~]", "regex"), "\u00e9"),
        ("We don\u2019t.", cue('[{"ORTH": "n\u2019t"}]', "pattern"), "n\u2019t"),
        (
            "\ud55c\uad6d".encode("utf-16", "surrogatepass").decode("utf-16"),
            cue("\u1112\u1161\u11ab", "regex"),
            "\ud55c",
        ),
    ],
)
def test_typography_of_text_and_cue_counts_as_equal(text: str, tried: Cue, found: str) -> None:
    padded = f"Caf\u00e9 e\u0301. {text}"
    for given_text in (text, padded):
        hits = in_bulk([given_text], [tried])
        assert found in {given_text[start:end] for _, _, start, end in hits}
        (matches,) = CueSearch({0: tried}, pipeline()).search_sentences([given_text])
        assert found in {given_text[start:end] for _, start, end in matches}


WIDE = [
    ("It took ten  years.", cue("ten years", "exact"), "ten  years"),
    ("It took ten\nyears.", cue("ten years", "exact"), "ten\nyears"),
    ("It took ten years.", cue("ten  years", "exact"), "ten years"),
    ("It took\tten \n years.", cue("took ten years", "exact"), "took\tten \n years"),
    ("It took ten\u00a0 years.", cue("ten years", "exact"), "ten\u00a0 years"),
    ("It took  ten   cafe\u0301  years.", cue("ten caf\u00e9 years", "exact"), "ten   cafe\u0301  years"),
    ("It took ten  years.", cue("ten years", "regex"), "ten  years"),
    ("It took ten\nyears.", cue("(?:nine|ten) year", "regex"), "ten\nyear"),
    ("It took ten\n  years.", cue("(?<=ten )years", "regex"), "years"),
    ("It took ten\nyears.", cue("ten[ -]years", "regex"), "ten\nyears"),
    ("It took ten\nyears.", cue(r"ten\nyears", "regex"), "ten\nyears"),
    ("It took ten  years.", cue('[{"LOWER": "ten"}, {"LEMMA": "year"}]', "pattern"), "ten  years"),
]
UNSPACED = [
    ("昨天下雨了。", "下雨"),
    ("雨が降りました。", "雨"),
    ("アイスを食べた。", "アイス"),
    ("我用iPhone手机了。", "iPhone手机"),
    ("เมื่อวานฝนตกนะ", "ฝนตก"),
]


@pytest.mark.parametrize(
    ("text", "tried", "found"),
    [*WIDE, *((text, cue(word, kind), word) for text, word in UNSPACED for kind in ("phrase", "exact"))],
)
def test_cues_match_any_white_space_and_inside_runs_of_letters_without_spaces(
    text: str, tried: Cue, found: str
) -> None:
    hits = in_bulk([text], [tried])
    assert found in {text[start:end] for _, _, start, end in hits}
    (matches,) = CueSearch({0: tried}, pipeline()).search_sentences([text])
    assert found in {text[start:end] for _, start, end in matches}


@given(st.text(alphabet="ab \n\t\u00a0\u00ad\u2019.", max_size=30))
def test_places_in_a_plain_text_are_those_of_the_same_words_in_the_original(text: str) -> None:
    plain = make_plain(text)
    for match in re.finditer(r"[ab.](?:.*?[ab.])?", plain.text):
        ((_, start, end),) = plain.locate([(0, *match.span())])
        assert make_plain(text[start:end]).text == match[0]


@pytest.mark.parametrize(("text", "value"), [("latent yearsago", "ten years"), ("It was ten\n\nyears", "ten years")])
def test_exact_cues_match_neither_parts_of_words_nor_across_blank_lines(text: str, value: str) -> None:
    assert not in_bulk([text], [cue(value, "exact")])


@pytest.mark.parametrize("pattern", ["a‑b", "[a‑z]", "\\‑", "don’t", "a b", r"\\u2019", "(?x)a b"])
def test_expressions_in_plain_typography_are_valid(pattern: str) -> None:
    assert regex_fault(make_plain_regex(pattern)) == ""
