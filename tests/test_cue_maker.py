"""Suggestions by cues: matches, scores and reasons, and that no index loses a match."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import spacy
from hypothesis import example, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.matcher import Matcher, PhraseMatcher

from builders import STUDY, book_of, cue, transcript_of
from qualcode.model import Cue, Transcript
from qualcode.segments import get_sentence_rules, segment_transcript, sentence_spans
from qualcode.suggest import Suggestions, suggest_by_cues
from qualcode.suggest.cues.codebook_cues import CodebookCueFinder
from qualcode.suggest.cues.regex_literals import (
    CASE_FOLDING_CHARACTERS,
    Literals,
    required_regex_literals,
    required_token_words,
)
from qualcode.suggest.cues.tokenizer import ChunkTokenizer, lemmatizer, load_blank_pipeline
from qualcode.suggest.suggestion_request import CUE_MAKER

Found = set[tuple[int, int]]


@pytest.fixture(scope="module")
def english() -> Language:
    return load_blank_pipeline("en")


@pytest.fixture(scope="module")
def lemmas() -> Language:
    nlp = spacy.blank("en")
    nlp.add_pipe("qualcode_lemmas")
    return nlp


def hits(text: str, *cues: Cue, nlp: Language | None = None, spans: Sequence[tuple[int, int]] | None = None) -> Found:
    finder = CodebookCueFinder(book_of({"f/a": cues}), nlp or load_blank_pipeline("en"))
    return {(hit.start, hit.end) for hit in finder.find(text, [(0, len(text))] if spans is None else spans)}


def words(text: str, *cues: Cue) -> list[str]:
    return [text[start:end] for start, end in sorted(hits(text, *cues))]


# --- phrases --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "phrase", "expected"),
    [
        ("They push back.", "push back", ["push back"]),
        ("Legal was pushing back, and pushed back again.", "push back", ["pushing back", "pushed back"]),
        ("PUSH BACK", "push back", ["PUSH BACK"]),
        ("They pushed us back.", "push back", []),
        ("It was a pushback.", "push back", []),
        ("Our budgets shrank.", "budget", ["budgets"]),
        ("Our budget: none. A (budget).", "budget", ["budget", "budget"]),
        ("A well-known budget-line", "budget", ["budget"]),
        ("I don't get it", "do not get", ["don't get"]),
        ("I do not get it", "don't get", ["do not get"]),
        ("They left", "leave", ["left"]),
        ("push\nback, push \u00a0 back", "push back", ["push\nback", "push \u00a0 back"]),
        ("no no no", "no no", ["no no", "no no"]),
        ("", "push back", []),
    ],
)
def test_phrases_match_by_lemma(text: str, phrase: str, expected: list[str]) -> None:
    assert words(text, cue(phrase)) == expected


def test_phrases_do_not_cross_sentences() -> None:
    text = "They push. Back they come."
    assert hits(text, cue("push back"), spans=[(0, 10), (11, 26)]) == set()
    assert hits("They push back", cue("push back"), spans=[(0, 9)]) == set()


def test_cached_words_match_again(english: Language) -> None:
    finder = CodebookCueFinder(book_of({"f/a": [cue("push back"), cue('[{"LEMMA": "push"}]', "pattern")]}), english)
    for _ in range(3):
        assert [(hit.cue, hit.start, hit.end) for hit in finder.find("We push back", [(0, 12)])] == [
            (0, 3, 12),
            (1, 3, 7),
        ]
        assert len(finder.find("They push, back off. Push back!", [(0, 20), (21, 31)])) == 3


def test_language_without_lemmas_matches_by_lower_case() -> None:
    text = "Wir haben BUDGET"
    assert hits(text, cue("budget"), nlp=load_blank_pipeline("xx")) == {(10, 16)}
    assert hits("Die Budgets fehlen", cue("Budget"), nlp=load_blank_pipeline("de")) == {(4, 11)}


# --- exact text, regular expressions, token patterns ------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "exact", "expected"),
    [
        ("Our ROI, not roi or ROIs.", "ROI", ["ROI"]),
        ("The C-suite and the C-suiters.", "C-suite", ["C-suite"]),
        ("We use .NET or ASP.NET", ".NET", [".NET", ".NET"]),
        ("It costs $5 or $50.", "$5", ["$5"]),
        ("no no no", "no no", ["no no", "no no"]),
        ("naïve naïvely", "naïve", ["naïve"]),
        ("ΟΔΟΣ'Α", "ΟΔΟΣ", ["ΟΔΟΣ"]),
        ("Α'Σ", "Σ", ["Σ"]),
        ("İs", "İs", ["İs"]),
        ("the  line", "the line", ["the  line"]),
    ],
)
def test_exact_cues_match_whole_words_and_case(text: str, exact: str, expected: list[str]) -> None:
    assert words(text, cue(exact, "exact")) == expected


@pytest.mark.parametrize(
    ("text", "regex", "expected"),
    [
        (
            "Risk averse, risk-aversion, brisk averse",
            r"\brisk[- ](?:averse|aversion)\b",
            ["Risk averse", "risk-aversion"],
        ),
        ("I didn’t really get it", r"\b(?:do|did)n['’]t (?:really )?get it", ["didn’t really get it"]),
        ("abc", "x*", []),
        ("Kosten \u212aosten", "kosten", ["Kosten", "\u212aosten"]),
        ("STRASSE und Straße", "straße", ["Straße"]),
        ("ΟΔΟΣ ΟΔΟΣΑ οδος", "οδοσ", ["ΟΔΟΣ", "ΟΔΟΣ", "οδος"]),
        ("ΟΔΟΣΑ", "ΟΔΟΣ", ["ΟΔΟΣ"]),
        ("ΟΔΟΣ", "οδοσ", ["ΟΔΟΣ"]),
        ("kiz KIZ kız", "kız", ["kiz", "KIZ", "kız"]),
        ("kiz", "kız", ["kiz"]),
        ("İstanbul", "stan", ["stan"]),
        ("ſtand", "stand", ["ſtand"]),
        ("\u1c80ода", "вода", ["\u1c80ода"]),
        ("Fire. Fire!", "^fire", ["Fire"]),
    ],
)
def test_regular_expressions_ignore_case(text: str, regex: str, expected: list[str]) -> None:
    assert words(text, cue(regex, "regex")) == expected


def test_case_folding_characters_cover_python_table() -> None:
    """Python's own table: of two letters that match though their lower case differs, one must be known."""
    import re._casefix as table  # type: ignore[import-not-found]

    pairs = [(chr(letter), chr(other)) for letter, others in table._EXTRA_CASES.items() for other in others]
    assert len(pairs) > 30
    assert [
        (letter, other)
        for letter, other in pairs
        if letter not in CASE_FOLDING_CHARACTERS and other not in CASE_FOLDING_CHARACTERS
    ] == []


def regex_literals(pattern: str) -> Literals | None:
    """Return the longest literals that a regular expression needs, if it needs any."""
    return next(iter(required_regex_literals(pattern)), None)


@pytest.mark.parametrize(
    ("regex", "literals"),
    [
        ("pushing", {"pushing"}),
        ("Push", {"push"}),
        (r"\bpush(?:ed|ing)?\b", {"push"}),
        ("(?:boss|chief)s", {"boss", "chief"}),
        ("boss|chief", {"boss", "chief"}),
        ("boss|a", None),
        ("(?:pushy)?", None),
        ("(?:pushy)+", {"pushy"}),
        ("(?:pushy){0,3}", None),
        ("a.b", None),
        ("push.*resist", {"resist"}),
        ("(?i:PUSH)", {"push"}),
        ("(?-i:PUSH)", None),
        ("(?=push)", None),
        ("(?!push)x", None),
        ("(?x) pu sh  # so", {"push"}),
        ("(?P<so>push)(?P=so)", {"push"}),
        ("straßen", None),
        ("", None),
    ],
)
def test_required_regex_literals(regex: str, literals: set[str] | None) -> None:
    assert regex_literals(regex) == (None if literals is None else frozenset(literals))


@pytest.mark.parametrize(
    ("text", "pattern", "expected"),
    [
        ("Nobody gave money", [{"LEMMA": "give"}, {"LOWER": "money"}], ["gave money"]),
        (
            "gave us money, gave money",
            [{"LEMMA": "give"}, {"OP": "?"}, {"LOWER": "money"}],
            ["gave us money", "gave money"],
        ),
        ("I don't and do not", [{"LEMMA": "do"}, {"LEMMA": "not"}], ["don't", "do not"]),
        ("They've gone", [{"LEMMA": "have"}, {"LEMMA": "go"}], ["'ve gone"]),
        ("five posts, 12 posts", [{"LIKE_NUM": True}, {"LEMMA": "post"}], ["five posts", "12 posts"]),
        ("ROI roi", [{"ORTH": "ROI"}], ["ROI"]),
        ("a boss, the chief", [{"LEMMA": {"IN": ["boss", "chief"]}}], ["boss", "chief"]),
        ("no match", [{"LOWER": "match", "OP": "!"}], ["no"]),
    ],
)
def test_token_patterns(text: str, pattern: list[dict[str, Any]], expected: list[str]) -> None:
    assert words(text, cue(json.dumps(pattern), "pattern")) == expected


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        ([{"OP": "?", "LOWER": "x"}, {"LOWER": "money"}], {"money"}),
        ([{"LEMMA": {"IN": ["a", "b"]}}, {"ORTH": "ROI"}], {"roi"}),
        ([{"LOWER": "x", "OP": "{0,2}"}, {"LOWER": {"REGEX": "y"}}, {"IS_PUNCT": True}], None),
        ([{"LOWER": "x", "OP": "+"}], {"x"}),
    ],
)
def test_required_token_words(pattern: list[dict[str, Any]], needed: set[str] | None) -> None:
    assert required_token_words(pattern) == (None if needed is None else frozenset(needed))


# --- no shortcut loses a match ----------------------------------------------------------------------------------

LETTERS = "push back RISK Averse ß ẞ ſ ı I i İ K k σ Σ ς ΟΔΟΣ в".split()
ATOMS = st.sampled_from(
    [
        *LETTERS,
        "pus",
        "h",
        "ack",
        "ris",
        " ",
        "-",
        r"\b",
        r"\w",
        ".",
        "[a-k]",
        "[^a]",
        "(?=r)",
        "(?!s)",
        "(?<=p)",
        "^",
        "$",
    ]
)


def _composed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["?", "*", "+", "{0,2}", "{1,2}", "{2}", "+?", "??"])).map(
            lambda pair: f"(?:{pair[0]}){pair[1]}"
        ),
        st.tuples(st.sampled_from(["(", "(?i:", "(?-i:", "(?s:", "(?=", "(?!"]), inner).map(
            lambda pair: f"{pair[0]}{pair[1]})"
        ),
    )


def _is_fast(regex: str) -> bool:
    """Tell whether ``re`` needs no exponential time: `(.*)*x` or `(.|a)*x` can run for hours on a sentence."""
    repeats = re.findall(r"\)[?*+{]", regex)
    if ")*" in repeats or ")+" in repeats:
        return len(repeats) == 1 and not ("|" in regex and re.search(r"\.|\\w|\[", regex))
    return len(repeats) <= 2


REGEXES = st.recursive(ATOMS, _composed, max_leaves=8).filter(_is_fast)
SENTENCES = st.lists(
    st.lists(
        st.sampled_from([*LETTERS, "PUSH", "pushback", "Risk-averse", "KISS", "kiſs", "οδοσα", "tracks", "x"]),
        max_size=7,
    ).map(" ".join),
    max_size=4,
).map(". ".join)


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(regexes=st.lists(REGEXES, min_size=1, max_size=3), text=SENTENCES)
@example(regexes=["Σk"], text="ΣK ςk ΟΔΟΣk")
def test_regular_expressions_match_finditer(english: Language, regexes: list[str], text: str) -> None:
    finder = CodebookCueFinder(book_of({"f/a": [cue(regex, "regex") for regex in regexes]}), english)
    spans = list(sentence_spans(text, 0, len(text)))
    expected = {
        (sentence, index, start + match.start(), start + match.end())
        for sentence, (start, end) in enumerate(spans)
        for index, regex in enumerate(regexes)
        for match in re.finditer(regex, text[start:end], re.IGNORECASE)
        if match.end() > match.start()
    }
    assert {(hit.sentence, hit.cue, hit.start, hit.end) for hit in finder.find(text, spans)} == expected


@settings(max_examples=300, deadline=None)
@given(regex=REGEXES, text=SENTENCES)
def test_every_match_contains_a_required_literal(regex: str, text: str) -> None:
    literals = regex_literals(regex)
    if literals is not None and CASE_FOLDING_CHARACTERS.isdisjoint(text + text.lower()):
        for match in re.finditer(regex, text, re.IGNORECASE):
            assert any(literal in match[0].lower() for literal in literals)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    # Two blanks match any white space, as one does; this law is on the characters themselves.
    exact=st.lists(st.sampled_from([*LETTERS, "$", " ", ".", "'"]), min_size=1, max_size=3)
    .map("".join)
    .filter(lambda exact: "  " not in exact),
    text=SENTENCES,
)
def test_exact_cues_match_all_whole_words(english: Language, exact: str, text: str) -> None:
    expected = set()
    for place in range(len(text)):
        end = place + len(exact)
        joined_before = place and text[place - 1].isalnum() and exact[0].isalnum()
        joined_after = end < len(text) and text[end].isalnum() and exact[-1].isalnum()
        if text[place:end] == exact and not joined_before and not joined_after:
            expected.add((place, end))
    assert hits(text, cue(exact, "exact"), nlp=english) == expected


SPOKEN = (
    "push pushing back backs Back left leave worse better I I'm I’m don't Don’t can't cannot gonna gotta we've they'd "
    "he's it's its o'clock well-known e-mail risk-averse R&D U.S. p.m. 5pm 3.5 $5 10% #social @her www.x.com "
    "https://x.org/a-b me@x.org :) :-( ;) (ok) \"so\" “so” ... … — -- no. No, yes! why? and/or x.y CEO's bosses' 'em "
    "y'all Let's ma'am n't 's not is be was were being has budget budgets Budget, lol!! (push) back. <3 8) :D o_O C++ "
    "would've shouldn't've I'd've dunno 'cause cause 2nd 1990s 12:30 £5m km² don'tcha İt ſo K-pop 他走了 naïve"
).split()
SPEECH = st.lists(st.sampled_from(SPOKEN), max_size=14)


def matched(nlp: Language, matcher: PhraseMatcher | Matcher, text: str) -> Found:
    doc = nlp(text)
    return {(doc[start:end].start_char, doc[start:end].end_char) for _, start, end in matcher(doc)}


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    spoken=SPEECH,
    phrases=st.lists(st.lists(st.sampled_from(SPOKEN), min_size=1, max_size=3).map(" ".join), min_size=1, max_size=6),
    picked=st.data(),
)
def test_phrases_match_spacy(
    lemmas: Language, english: Language, spoken: list[str], phrases: list[str], picked: st.DataObject
) -> None:
    if spoken:
        start = picked.draw(st.integers(0, len(spoken) - 1))
        phrases = [*phrases, " ".join(spoken[start : start + 2])]
    matcher = PhraseMatcher(lemmas.vocab, attr="LEMMA")
    for phrase in phrases:
        matcher.add("cue", [lemmas(phrase)])
    text = " ".join(spoken)
    assert hits(text, *map(cue, phrases), nlp=english) == matched(lemmas, matcher, text)


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(
    spoken=SPEECH,
    gaps=st.lists(st.sampled_from(["  ", "\n", "\t ", "\u00a0", "\r\n", "\u2003"]), min_size=14, max_size=14),
)
def test_white_space_between_words_does_not_matter(english: Language, spoken: list[str], gaps: list[str]) -> None:
    cues = [cue("push back"), cue("do not"), cue("it is"), cue("leave"), cue("well-known e-mail")]
    plain = " ".join(spoken)
    spaced = "".join(word + gap for word, gap in zip(spoken, gaps, strict=False))
    matches = [
        [" ".join(text[a:b].split()) for a, b in sorted(hits(text, *cues, nlp=english))] for text in (plain, spaced)
    ]
    assert matches[0] == matches[1]


PLAIN = "push pushing back left better don't we've e-mail U.S. :) no. bosses' is budgets".split()
TOKENS = st.one_of(
    st.builds(
        lambda key, word: {key: word}, st.sampled_from(["LOWER", "LEMMA", "ORTH", "TEXT"]), st.sampled_from(PLAIN)
    ),
    st.sampled_from(["push", "back", "not", "be", "leave", "have"]).map(lambda word: {"LEMMA": word}),
    st.lists(st.sampled_from(PLAIN), min_size=1, max_size=3).map(lambda values: {"LOWER": {"IN": values}}),
    st.sampled_from([{}, {"IS_PUNCT": True}, {"LIKE_NUM": True}, {"LENGTH": {">=": 4}}, {"LOWER": {"REGEX": "^b"}}]),
)
OPTIONAL = st.builds(lambda token, op: {**token, "OP": op}, TOKENS, st.sampled_from("? + ! {0,1} {1,2} {,1}".split()))


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    spoken=st.lists(st.sampled_from(PLAIN), max_size=14), pattern=st.lists(TOKENS | OPTIONAL, max_size=2), needed=TOKENS
)
def test_token_patterns_match_spacy(
    lemmas: Language, english: Language, spoken: list[str], pattern: list[dict[str, Any]], needed: dict[str, Any]
) -> None:
    matcher = Matcher(lemmas.vocab)
    matcher.add("cue", [[*pattern, needed]])
    text = " ".join(spoken)
    expected = {span for span in matched(lemmas, matcher, text) if span[0] < span[1]}
    assert hits(text, cue(json.dumps([*pattern, needed]), "pattern"), nlp=english) == expected


# --- the shipped study --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> tuple[list[Transcript], Any]:
    from qualcode.study.study import Study

    study = Study(STUDY)
    if not study.transcripts:
        pytest.skip("the shipped study is missing")
    return list(study.transcripts.values()), study.codebook


@pytest.mark.slow
def test_phrases_of_the_shipped_study_match_spacy(
    shipped: tuple[list[Transcript], Any], lemmas: Language, english: Language
) -> None:
    transcripts, book = shipped
    phrases = [item.value for code in book.codes for item in code.cues if item.kind == "phrase"]
    assert len(phrases) > 50
    matcher = PhraseMatcher(lemmas.vocab, attr="LEMMA")
    for number, phrase in enumerate(phrases):
        matcher.add(str(number), [lemmas(phrase)])
    finder = CodebookCueFinder(book_of({"f/a": [cue(phrase) for phrase in phrases]}), english)
    total = 0
    for transcript in transcripts:
        spans = [(segment.start, segment.end) for segment in segment_transcript(transcript)]
        matches = {(hit.sentence, hit.cue, hit.start, hit.end) for hit in finder.find(transcript.text, spans)}
        expected = set()
        texts = [" ".join(transcript.text[start:end].split()) for start, end in spans]
        for number, doc in enumerate(lemmas.pipe(texts)):
            for key, first, last in matcher(doc):
                start = spans[number][0] + doc[first:last].start_char
                expected.add((number, int(lemmas.vocab.strings[key]), start, start + len(doc[first:last].text)))
        if all(transcript.text[start:end] == text for (start, end), text in zip(spans, texts, strict=True)):
            assert matches == expected
        else:
            assert sorted(hit[:2] for hit in matches) == sorted(hit[:2] for hit in expected)
        total += len(expected)
    assert total > 50


# --- suggest ------------------------------------------------------------------------------------------------------


def scored(suggestions: Suggestions) -> list[tuple[str, str, float]]:
    return list(zip(suggestions.quote, suggestions.code, suggestions.score, strict=True))


def test_only_participants_sentences_get_suggestions() -> None:
    talk = transcript_of("I: Did they push back?\nP: They pushed back. No.\nI: Push back!")
    suggestions = suggest_by_cues([talk], book_of({"f/a": [cue("push back")]}))
    assert scored(suggestions) == [("They pushed back.", "f/a", 0.5)]
    (row,) = suggestions.rows()
    assert talk.text[row["start"] : row["end"]] == "They pushed back."
    assert (row["transcript"], row["turn"], row["speaker"], row["maker"]) == ("T", 1, "P", CUE_MAKER)
    assert row["version"] == "v1"
    assert row["why"] == '"pushed back" (phrase "push back")'


def test_score_is_noisy_or_of_distinct_cues() -> None:
    cues = [cue("push back", weight=0.7), cue("budget", weight=0.5), cue("boss", weight=1.0)]
    book = book_of({"f/a": cues[:2], "f/b": cues})
    talk = transcript_of("P: They push back, push back. They push back on budgets. Budget. No budget for a boss.")
    assert scored(suggest_by_cues([talk], book)) == [
        ("They push back, push back.", "f/a", 0.7),
        ("They push back, push back.", "f/b", 0.7),
        ("They push back on budgets.", "f/a", 0.85),
        ("They push back on budgets.", "f/b", 0.85),
        ("Budget.", "f/a", 0.5),
        ("Budget.", "f/b", 0.5),
        ("No budget for a boss.", "f/a", 0.5),
        ("No budget for a boss.", "f/b", 1.0),
    ]


def test_unless_vetoes_only_its_code_in_its_sentence() -> None:
    book = book_of({"f/a": [cue("budget"), cue("no problem", unless=True)], "f/b": [cue("budget")]})
    talk = transcript_of("P: No problem with budgets. Our budget shrank. No problem.")
    assert [pair[:2] for pair in scored(suggest_by_cues([talk], book))] == [
        ("No problem with budgets.", "f/b"),
        ("Our budget shrank.", "f/a"),
        ("Our budget shrank.", "f/b"),
    ]


def test_why_names_matched_words_and_cues() -> None:
    book = book_of(
        {"f/a": [cue("push back"), cue("ROI", "exact"), cue("bos+", "regex"), cue('[{"LOWER":"so"}]', "pattern")]}
    )
    (why,) = suggest_by_cues([transcript_of("P: Push\nback, so the boss, Boss pushed back on ROI")], book).why
    reasons = ['"Push back"', '"pushed back" (phrase "push back")', '"ROI" (exact)', '"boss" (regex)', '"Boss" (regex)']
    assert why.split("; ") == [*reasons, '"so" (pattern)']


def test_suggestions_are_in_order_of_transcripts_and_sentences() -> None:
    book = book_of({"f/a": [cue("no")]})
    talks = [transcript_of("P: No. Yes. No, no.", name="T2"), transcript_of("P: No.", name="T1")]
    suggestions = suggest_by_cues(talks, book)
    assert list(zip(suggestions.transcript, suggestions.start, strict=True)) == [("T2", 3), ("T2", 12), ("T1", 3)]
    assert len(set(suggestions.id)) == 3
    assert suggest_by_cues(talks, book) == suggestions
    assert len(suggest_by_cues([], book)) == len(suggest_by_cues(talks, book_of(["f/a"]))) == 0


def test_abbreviations_change_sentences() -> None:
    talk = transcript_of("P: The abt. Budget.")
    book = book_of({"f/a": [cue("budget")]})
    assert suggest_by_cues([talk], book).quote == ["Budget."]
    assert suggest_by_cues([talk], book, sentence_rules=get_sentence_rules("en", ("abt",))).quote == [
        "The abt. Budget."
    ]


def test_suggestion_id_is_stable_while_place_and_quote_stay() -> None:
    book = book_of({"f/a": [cue("no")], "f/b": [cue("no")]})
    before = suggest_by_cues([transcript_of("P: No. Yes.")], book)
    after = suggest_by_cues([transcript_of("P: No. Or yes.")], book)
    moved = suggest_by_cues([transcript_of("P: Oh. No.")], book)
    assert before.id == after.id
    assert set(before.id).isdisjoint(moved.id)


def test_suggestions_round_trip_through_parquet(tmp_path: Path) -> None:
    suggestions = suggest_by_cues(
        [transcript_of("P: No “budgets”. Yes.\n\nP: Budget 😀")], book_of({"f/a": [cue("budget")], "g/b": [cue("no")]})
    )
    assert len(suggestions) == 3
    suggestions.write_parquet(tmp_path / "s.parquet")
    assert Suggestions.read_parquet(tmp_path / "s.parquet") == suggestions
    nothing = Suggestions()
    nothing.write_parquet(tmp_path / "none.parquet")
    assert Suggestions.read_parquet(tmp_path / "none.parquet") == nothing


def test_take_returns_rows_in_any_order() -> None:
    suggestions = suggest_by_cues([transcript_of("P: No. So no. And no.")], book_of({"f/a": [cue("no")]}))
    assert suggestions.take([2, 0]).quote == ["And no.", "No."]
    assert len(suggestions.take([])) == 0
    assert [row["quote"] for row in suggestions.rows()] == suggestions.quote
    assert set(map(len, suggestions.columns().values())) == {3}


CHUNK = st.text(st.sampled_from("abcXYZ019.,;:'’\"()-–/…?!$%€&@#km"), min_size=1, max_size=9)


@cache
def pipeline_and_tokenizer(language: str) -> tuple[Language, ChunkTokenizer]:
    """Return a pipeline and its tokenizer, suggestions once for all examples."""
    nlp = load_blank_pipeline(language)
    return nlp, ChunkTokenizer(nlp)


@pytest.mark.slow
@given(
    st.lists(st.one_of(CHUNK, st.sampled_from("can't don't U.S. e.g. well-known cannot it's 5km word, (word)".split())))
)
@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_chunk_tokenizer_matches_spacy(language: str, chunks: list[str]) -> None:
    nlp, tokenizer = pipeline_and_tokenizer(language)
    lemma = lemmatizer(language)
    for chunk in chunks:
        tokens = nlp.tokenizer(chunk)
        assert tokenizer[chunk] == tuple(
            (lemma(token.norm_.lower()), token.lower_, token.idx, token.idx + len(token)) for token in tokens
        )
