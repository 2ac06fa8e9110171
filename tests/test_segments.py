"""Segmentation into units of analysis: sentence ends, turns, paragraphs, exchanges, windows and words."""

from __future__ import annotations

import csv
import re
import textwrap

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from builders import SHARED, STUDY, said, transcript_of
from qualcode.model import Transcript, Unit, UnitName
from qualcode.segments import (
    count_words,
    find_participant_words,
    get_sentence_rules,
    segment_transcript,
    sentence_spans,
    word_spans,
)


def sentences(text: str, language: str = "en", *more: str) -> list[str]:
    spans = sentence_spans(text, 0, len(text), sentence_rules=get_sentence_rules(language, more))
    return [text[start:end] for start, end in spans]


SPLIT_AT_BARS = [
    # plain stops
    "They left.|Then we came.",
    "Why?|Because!|Really?!|Yes.",
    "One sentence without an end",
    "It went live on Monday.|5 people saw it.",
    # abbreviations
    "Dr. Smith met Mrs. Jones vs. Mr. Li.|They talked.",
    "Bring forms, e.g. Form 5, i.e. Roman ones.|Good.",
    "She moved to St. Louis in Sept. 2009.|It rained.",
    "We met at 5 p.m.|Then we left.",
    "We met at 5 p.m. on a Monday.",
    "The U.S. 7th fleet came.|So.",
    "Cables, plugs etc.|They all broke.",
    "Cables, plugs etc. were broken.",
    # a word that is an abbreviation only before a number
    "It is No. 5 on the list.|It is fine.",
    "I said no.|They left.",
    "Nos. 7 and 8 won.|See p. 12 and vol. 3.",
    "Wait a sec.|She comes.",
    # initials and single letters
    "I met John F. Kennedy once.|He waved.",
    "I met J. O'Brien once.|He waved.",
    "It was me and I.|Nobody else.",
    "We chose option C.|It was cheap.",
    "Take vitamin C.|It's cheap.",
    "Take vitamin C.|I’m sure.",
    "We compared A and B.|Nothing differed.",
    # numbers, addresses
    "It grew 3.5 percent to 1.234.567,89 euros.|Not bad.",
    "See www.example.com or v2.0.1 of it.|Not bad.",
    # quotes and brackets after the stop
    'She said "stop."|He did.',
    "She said “stop.”|He did.",
    "(They left.)|We stayed.",
    "**Never.**|_Ever._|So.",
    "„Ja.“|Dann ging er.",
    "»Ja.«|Dann ging er.",
    # a mark before a lower-case letter does not end a sentence
    'She asked "why?" and left.|He stayed.',
    "Yahoo! is a firm.|Yes.",
    # ellipsis, also the spaced one
    "Well... so we left.|Fine.",
    "Well...|So we left.",
    "Hm… so we left.",
    "Hm…|So we left.",
    "Hm….|So we left.",
    "Well . . . so we left.|Fine.",
    "Well . . .|So we left.",
    ". . . and then we left.|Fine.",
    "Who?|We did.",
    # dashes do not end a sentence
    "We tried — and failed — twice.|Then it worked.",
    "I was -- wait.|— No.",
    # other scripts
    "他走了。|我们来了！|真的吗？|好",
    "「はい。」と言った。|そう。",
    "هل أنت بخير؟|نعم۔|حسنا.",
    "वह गया।|हम आए॥",
    "Vraiment ?|Oui !",
]


@pytest.mark.parametrize("marked", SPLIT_AT_BARS)
def test_sentence_spans_splits_at_the_bars(marked: str) -> None:
    expected = marked.split("|")
    text = marked.replace("|", "" if re.search("[。।؟]", marked) and " " not in marked else " ")
    assert sentences(text) == expected


def test_blank_line_ends_a_sentence_and_a_line_end_does_not() -> None:
    assert sentences("first thing\n\nsecond thing\n \t\nthird\nthing") == [
        "first thing",
        "second thing",
        "third\nthing",
    ]


def test_abbreviations_of_the_language_and_additional_ones_are_used() -> None:
    text = "Das ist z.B. Arbeit. Siehe Abt. Einkauf."
    assert sentences(text, "de") == ["Das ist z.B. Arbeit.", "Siehe Abt.", "Einkauf."]
    assert sentences(text, "de", "Abt.") == ["Das ist z.B. Arbeit.", "Siehe Abt. Einkauf."]
    assert "z.b" not in get_sentence_rules("en").inside
    assert get_sentence_rules("xx").inside < get_sentence_rules("en").inside


SPLIT_BY_LANGUAGE = [
    # titles before a name, which English has behind it
    ("es", "El Sr. López llegó.|La Sra. Ruiz también.|Vino el Dr. Paz."),
    ("es", "Vino D. Juan con la Srta. Paz.|Los Sres. López no."),
    ("pt", "O Sr. Silva chegou.|A Dra. Sousa também.|V. Exa. Silva veio."),
    ("en", "He met John Smith Sr.|Then they left."),
    ("fr", "M. Dupont et Mme. Roux sont là.|Voilà."),
    ("it", "Il Sig. Rossi e il Dott. Bianchi parlano.|Poi no."),
    ("nl", "Dhr. Jansen en Mevr. Smit zijn er.|Dan niet."),
    ("de", "Hr. Meier und Fr. Schulz kamen.|Dann nicht."),
    ("pl", "Prof. Nowak i mgr. Lis byli.|Potem nie."),
    ("cs", "Ing. Novák a pí. Malá přišli.|Pak ne."),
    # abbreviations that end no sentence, also written with spaces
    ("de", "Das ist z. B. Arbeit, d. h. Mühe.|Ich weiß i. d. R. Bescheid."),
    ("de", "Das war u. a. Regen, z. T. Schnee.|Gut."),
    ("es", "Hay árboles, p. ej. Pinos.|Bien."),
    ("es", "Vive en EE. UU. Norte.|Bien."),
    ("fr", "Un arbre, c.-à-d. Un pin, p. ex. Celui-ci.|Bon."),
    ("nl", "Er waren o.a. Bomen, d. w. z. Eiken.|Goed."),
    ("it", "Un albero, ad es. Pino.|Bene."),
    ("sv", "Det var t. ex. Regn och bl.a. Snö.|Bra."),
    ("da", "Der var f. eks. Regn.|Godt."),
    ("pl", "Był m.in. Deszcz, np. Ulewa.|Dobrze."),
    ("cs", "Byl např. Déšť.|Dobře."),
    ("fi", "Siellä oli esim. Sade.|Hyvä."),
    # abbreviations that may end one
    ("es", "Peras, manzanas, etc.|Luego nada."),
    ("es", "Peras, etc. y más.|Luego nada."),
    ("nl", "Appels enz.|Daarna niets."),
    ("it", "Mele, pere, ecc.|Poi niente."),
    ("cs", "Jablka, hrušky atd.|Pak nic."),
    ("da", "Æbler, pærer osv.|Så intet."),
    # ordinals
    ("de", "Am 3. Mai kam Regen.|Im 19. Jahrhundert stand die Scheune.|Es waren 12.|Dann kamen mehr."),
    ("de", "Im XIX. Jahrhundert war Krieg.|Nach dem 2. Weltkrieg nicht."),
    ("de", "Sie ging in die 5. Klasse, in den 3. Stock, im 2. Lehrjahr.|Beim 4. Anlauf ging es."),
    ("de", "Der 1. FC Köln gewann.|Dr. med. Müller kam zur Meier u. Co. KG."),
    ("es", "En el s. XX llovió.|Bien."),
    ("de", "Er kam am 3.|Dann ging er.|Er war der 1.|Wir auch."),
    ("de", "Es waren 12.|Kinder kamen auch."),
    ("de", "Am 3. 5. 2010 war es kalt, am 4.5.2010 nicht.|Am 5. 6. auch."),
    ("da", "Den 3. maj kom regnen.|Den 3. 5. 2010 også."),
    ("cs", "Dne 3. 5. 2010 pršelo.|Pak ne."),
    ("en", "There were 12.|May came."),
    # question marks of one language
    ("el", "Τι έγινε;|Έβρεξε.|Πού;"),
    ("el", "Τι έγινε;|Έβρεξε."),
    ("en", "We left; They stayed."),
    # other scripts
    ("am", "ዝናብ ነበር።|ከዚያ ቆመ።"),
    ("my", "မိုးရွာတယ်။|ကောင်းတယ်။"),
    ("hy", "Անձրև եկավ։|Լավ։"),
    ("ar", "هل أمطرت؟|نعم."),
    ("hi", "बारिश हुई।|फिर नहीं॥"),
]


SPLIT_WITHOUT_SPACES = [
    # closing marks, and quotations inside a sentence
    "他说：“下雨了。”|然后走了。",
    '他说："下雨了。"|然后走了。',
    '我们走了。|"下雨了。"|他说。',
    "他问：“走吗？”我说：“走。”|我们走了。",
    "“好。”小王说。",
    "「そうですか。」と言いました。",
    "「雨だ。|帰ろう。」と彼は言った。|そして帰った。",
    "『雨。』って思った。",
    "「帰る。」は彼の口癖です。",
    "「そうですか。」|「はい。」",
    "「はい。」|はい、そうです。",
    "［雨だ。］|帰った。",
    # what the recorder notes
    "雨です。（笑）|帰ります。",
    "（笑）下雨了。（笑）|走了。",
    "下雨了。|（我们昨天才从那个很远的地方走回来的）好。",
    # ellipses and half-width marks
    "下雨了……|然后走了。",
    "我……我不知道。",
    "そう……帰った。",
    "帰りました……|そして寝ました。",
    "什么?!|走吧!|好。",
    "版本2.0很好。",
]


@pytest.mark.parametrize("marked", SPLIT_WITHOUT_SPACES)
def test_sentences_are_split_in_scripts_without_spaces(marked: str) -> None:
    for language in ("zh", "ja", "en"):
        assert sentences(marked.replace("|", ""), language) == marked.split("|")


MORE_BY_LANGUAGE = [
    ("fr", "« Il pleut. »|On rentre."),
    ("fr", "« Il pleut.\u00a0»|On rentre."),
    ("fr", "« Il pleut.\u202f»|On rentre."),
    ("fr", "« Il pleut ! » dit-il.|On rentre."),
    ("fr", "Il dit : « Il pleut. » et part."),
    ("fr", "Il a dit « non ».|« Pourquoi ? »|Je sais."),
    ("fr", "C'est J.-P. Martin qui parle."),
    ("de", "»Es regnet.«|Dann ging er."),
    ("de", "Er sagte.|» Nein « war es."),
    ("en", "( It rained. )|Then we left."),
    ("en", "It was plan A.-B.|They left."),
    ("pt", "No séc. XX foi assim."),
    ("pt", "O apto. 12 é meu."),
    ("it", "Nel sec. XX era così."),
    ("it", "Ho 5 mln. Euro."),
    ("en", "See vol. IV for it."),
    ("de", "Wir haben 5 Mio. Euro bezahlt."),
    ("de", "Das waren 5 Mio.|Dann ging er."),
    ("de", "In der Hauptstr. 5 wohnt er."),
    ("de", "Er wohnt in der Hauptstr.|Dann zog er um."),
    ("nl", "In de Kerkstr. 5 woont hij."),
    ("nl", "Dat was het boek.|'s Morgens regende het."),
    ("nl", "Hij kwam 's morgens.|’t Regende."),
    ("sv", "Kl. 5 kom han."),
    ("sv", "På Storg. 5 bor han."),
    ("da", "Nr. 4 er min.|D. 3. maj kom han."),
    ("da", "Det tog 5 min. og så gik han."),
    ("el", "Στον Αγ. Ιωάννου πήγα."),
    ("ar", "قال د. أحمد ذلك."),
    ("hi", "डॉ. शर्मा ने कहा।"),
    ("ru", "Это г. Иванов сказал.|Да."),
    ("ru", "Живу на ул. Ленина, д. 5, кв. 7."),
    ("ru", "В 1990 г.|Мы уехали."),
    ("ru", "Это было в XX в.|Мы не знали."),
    ("uk", "У 1990 р.|Ми поїхали."),
    ("tr", "Atatürk Cad. 5 numara."),
    ("hu", "A Fő u. 5 alatt."),
]


@pytest.mark.parametrize(("language", "marked"), [*SPLIT_BY_LANGUAGE, *MORE_BY_LANGUAGE])
def test_sentence_spans_follows_the_language(language: str, marked: str) -> None:
    assert sentences(marked.replace("|", " "), language) == marked.split("|")


@pytest.mark.parametrize(
    "marked",
    [
        "i like it.|we went there.|ok",
        "studio heads.|they make games etc. and talk.|so what?|nothing!|bye",
        "We like it.|they do not.|not at all.",
        "Learn to type.|hope this helps",
        "we used e.g. forms, z. b. letters.|fine.",
        'she asked "why?" and left.|ok then.',
        "well... so we left.|fine.",
        "we had 41 today.|no more.",
        "7. she can go.|she should ask.",
        "we saw 12.|then we left.",
    ],
)
def test_full_stop_ends_a_sentence_of_a_writer_without_capitals(marked: str) -> None:
    assert sentences(marked.replace("|", " ")) == marked.split("|")


@pytest.mark.parametrize(
    "text",
    [
        "We met approx. five people of the Grp. here.",
        "Das war evtl. nicht so und ggf. anders.",
        "Yahoo! is a firm and Jeopardy! was a show.",
        "We met J. von Braun and the dept. heads.",
        "Das betrifft die tägl. erfassten Zahlen.",
    ],
)
def test_full_stop_before_lower_case_ends_no_sentence_of_other_writers(text: str) -> None:
    assert sentences(text, "de" if "Das" in text else "en") == [text]


SPLIT_LINES = [
    # bullets: no part of the sentence; wrapped lines of an item belong together
    (
        "Who you are\n* A degree\n* Able to stay where it is\n  cold",
        "Who you are|A degree|Able to stay where it is\n  cold",
    ),
    ("- one\n- two\nthree\n- four", "one|two\nthree|four"),
    ("• one\n• two", "one|two"),
    ("Needed • one • two", "Needed|one|two"),
    ("– eins\n– zwei", "eins|zwei"),
    ("* It rained. It stopped.\n* Good.", "It rained.|It stopped.|Good."),
    # numbers belong to the sentence
    ("1. a room\n2. WHO, BY WHEN\n3. see 1", "1. a room|2. WHO, BY WHEN|3. see 1"),
    ("1) a room\n2) a key", "1) a room|2) a key"),
    ("a) a room\nb) a key", "a) a room|b) a key"),
    ("Pros\n1. cheap\n2. good\nCons\n1. slow", "Pros|1. cheap|2. good|Cons|1. slow"),
    # no list
    ("We had a plan\n- a good one - and left.", "We had a plan\n- a good one - and left."),
    ("It was in\n12. Street or so", "It was in\n12.|Street or so"),
    ("-", "-"),
    ("- No.", "- No."),
    ("*", "*"),
    # short lines
    ("time\nmoney\npeople who care", "time|money|people who care"),
    ("Really helpful\nUnderstanding\nKind", "Really helpful|Understanding|Kind"),
    ("third\nthing", "third\nthing"),
    ("we were all\nthere and it was very\nnice", "we were all\nthere and it was very\nnice"),
    # headings
    (
        "The long version\nSince spring we have gone from 80 mentions a day to 2,300 of them.",
        "The long version|Since spring we have gone from 80 mentions a day to 2,300 of them.",
    ),
    (
        "Background:\nThe University has twenty-six schools, nine research centres\nand a farm.",
        "Background:|The University has twenty-six schools, nine research centres\nand a farm.",
    ),
    # wrapped prose
    (
        "The audit was made by an undergraduate, Mary Ann\nSmith, it found 118 accounts of which the\nOffice knew 7.",
        "The audit was made by an undergraduate, Mary Ann\nSmith, it found 118 accounts of which the\nOffice knew 7.",
    ),
]


@pytest.mark.parametrize(("text", "expected"), SPLIT_LINES)
def test_lines_of_lists_and_headings_are_sentences(text: str, expected: str) -> None:
    assert sentences(text) == expected.split("|")


@pytest.mark.parametrize(
    "marked",
    [
        "ABOUT US|We sell hats.",
        "ÜBER UNS|Wir verkaufen Hüte.",
        "Key duties|Plan posts.",
        "What I did|Plan posts.",
        "Key duties|Plan posts|Answer comments|Report.",
        "the queue|I have 22 agents on the phone and they never stop calling.",
        "OUR MISSION|We sell hats and have done so for a very long time in this town.",
        # wrapped lines, names and verses
        "MY MOM\nCAME HOME.",
        "It was the\nBBC that called.",
        "BBC\nNews called.",
        "We asked Bob\nDylan to play for us.",
        "We went to the town of New\nYork.",
        "I went there\nWith my brother.",
        "Then the Chief\nExecutive came in.",
        "and then we left\nnobody came tho\nlol.",
        "Beans rot fast\nHungary has\nmore of them\nthan we do.",
    ],
)
def test_headings_are_sentences_in_narrow_text_too(marked: str) -> None:
    assert sentences(marked.replace("|", "\n")) == marked.split("|")


PROSE_WORDS = "we asked then Bob Dylan to play for us in the town hall of New York and nobody came there".split()


@given(st.lists(st.sampled_from(PROSE_WORDS), min_size=12, max_size=60), st.integers(36, 90))
def test_wrapped_prose_is_split_as_if_it_were_one_line(words: list[str], width: int) -> None:
    text = "Then " + " ".join(words) + "."
    wrapped = textwrap.fill(text, width)
    assert sentences(wrapped) == [wrapped]


def test_sentence_spans_uses_only_the_given_range_of_a_text() -> None:
    text = "Out. In one. In two. Out."
    assert [text[start:end] for start, end in sentence_spans(text, 5, 20)] == ["In one.", "In two."]
    assert list(sentence_spans(text, 4, 5)) == []
    assert list(sentence_spans("", 0, 0)) == []


def test_long_run_of_dots_is_split_fast() -> None:
    text = "." * 50_000 + "x"
    assert sentences(text) == [text]


PIECES = (
    'a I no No. 5 Dr. J. e.g. etc. p.m. Yes. why? Stop! "So." (ok.) … ... . .. ?! 。 。」 ؟ » “ — - \n \n\n \t '
    "\u00a0 x.y 3.5 vs. and or A B. C. The it's * _ • 1. 2. ' \u2028"
).split(" ")
WORDS = st.lists(st.sampled_from([*PIECES, " ", "", "\n\n", "\n \n"]), max_size=40)
PROSE = st.builds(str.join, st.sampled_from([" ", ""]), WORDS)


@given(PROSE | st.text(max_size=80))
def test_sentences_are_ordered_and_only_white_space_and_bullets_are_left_out(text: str) -> None:
    spans = list(sentence_spans(text, 0, len(text)))
    position = 0
    for start, end in spans:
        assert position <= start < end
        assert not text[position:start].strip().strip("*-–—·+•\x7f \n")
        assert text[start:end] == text[start:end].strip()
        position = end
    assert not text[position:].strip()


# Capitals and lists are looked for in the whole turn.
PARAGRAPH = PROSE.map(lambda words: re.sub(r"[\d\n•‣◦▪●—–*-]", " ", words).upper())


@given(PARAGRAPH, PARAGRAPH)
@example("No. “", "A")
def test_paragraphs_are_split_independently(first: str, second: str) -> None:
    assert sentences(f"{first}\n\n{second}") == sentences(first) + sentences(second)


@given(st.lists(PROSE.map(lambda words: re.sub(r"\s+", " ", words).replace(":", "")), min_size=1, max_size=5))
def test_sentences_never_cross_a_turn(turns: list[str]) -> None:
    labelled = [f"{'I' if index % 2 else 'P'}: {words}" for index, words in enumerate(turns)]
    transcript = transcript_of("\n".join(labelled), interviewers=("I",))
    segments = segment_transcript(transcript)
    assert [segment.index for segment in segments] == list(range(len(segments)))
    for turn in transcript.turns:
        turn_spans = [(segment.start, segment.end) for segment in segments if segment.turn == turn.index]
        assert turn_spans == list(sentence_spans(transcript.text, turn.start, turn.end))
        assert all(turn.start <= start < end <= turn.end for start, end in turn_spans)
    assert [segment.turn for segment in segments] == sorted(segment.turn for segment in segments)


TALK = """P: Before you ask. I am new.
I: Welcome. How new?
I: In weeks?
P: Two.
P: Or three.

Maybe four. It is long.
I: And?
P: Fine.
I: Bye."""


@pytest.fixture
def talk() -> Transcript:
    return transcript_of(TALK)


def units(transcript: Transcript, name: UnitName, size: int = 0) -> list[str]:
    return said(transcript, segment_transcript(transcript, unit=Unit(name, size)))


def test_sentence_segments_of_all_turns(talk: Transcript) -> None:
    segments = segment_transcript(talk)
    joined = (
        "Before you ask.|I am new.|Welcome.|How new?|In weeks?|Two.|Or three.|Maybe four.|It is long.|And?|Fine.|Bye."
    )
    assert said(talk, segments) == joined.split("|")
    assert [segment.turn for segment in segments] == [0, 0, 1, 1, 2, 3, 4, 4, 4, 5, 6, 7]
    assert [segment.role[0] for segment in segments] == list("ppiiippppipi")
    assert (segments[0].start, segments[0].end, segments[0].speaker, segments[0].transcript) == (3, 18, "P", "T")


def test_turn_segments(talk: Transcript) -> None:
    assert units(talk, "turn") == [
        "Before you ask. I am new.",
        "Welcome. How new?",
        "In weeks?",
        "Two.",
        "Or three.\n\nMaybe four. It is long.",
        "And?",
        "Fine.",
        "Bye.",
    ]


def test_paragraph_segments(talk: Transcript) -> None:
    assert units(talk, "paragraph")[3:6] == ["Two.", "Or three.", "Maybe four. It is long."]
    assert len(units(talk, "paragraph")) == 9


def test_exchange_segment_is_a_question_with_its_answers(talk: Transcript) -> None:
    segments = segment_transcript(talk, unit=Unit("exchange"))
    assert said(talk, segments) == [
        "Before you ask. I am new.",
        "Welcome. How new?\nI: In weeks?\nP: Two.\nP: Or three.\n\nMaybe four. It is long.",
        "And?\nP: Fine.",
    ]
    assert [(segment.turn, segment.role) for segment in segments] == [
        (0, "participant"),
        (3, "participant"),
        (6, "participant"),
    ]


def test_window_segments_start_at_each_participant_turn(talk: Transcript) -> None:
    assert [segment.turn for segment in segment_transcript(talk, unit=Unit("window", 2))] == [0, 3, 4]
    assert units(talk, "window", 2)[1] == "Two.\nP: Or three.\n\nMaybe four. It is long."
    assert units(talk, "window", 1) == [
        text for text in units(talk, "turn") if text[:3] in {"Bef", "Two", "Or ", "Fin"}
    ]
    assert units(talk, "window", 9) == [TALK[3 : TALK.index("\nI: Bye")]]


def test_transcript_segment_is_the_whole_transcript(talk: Transcript) -> None:
    (segment,) = segment_transcript(talk, unit=Unit("transcript"))
    assert (segment.start, segment.end, segment.turn) == (3, len(TALK), 0)


@pytest.mark.parametrize("unit", [Unit("exchange"), Unit("window", 2), Unit("transcript")])
def test_transcript_without_answers_has_no_segments(unit: Unit) -> None:
    assert segment_transcript(transcript_of("I: Hello?\nI: Anybody?"), unit=unit) == []


@pytest.mark.parametrize("name", ["sentence", "turn", "paragraph"])
def test_empty_turn_is_no_segment(name: UnitName) -> None:
    empty = transcript_of("I: Well?\nP:\nI: Say it.\nP: No.")
    assert empty.turns[1].start == empty.turns[1].end
    assert units(empty, name) == (["Well?", "Say it.", "No."])


ALL_UNITS = [Unit("sentence"), Unit("turn"), Unit("paragraph"), Unit("exchange"), Unit("window", 2), Unit("transcript")]


@given(st.lists(st.tuples(st.sampled_from("IPQ"), st.sampled_from(["Yes.", "No. So.", "A\n\nB. C", ""])), max_size=8))
def test_segments_are_ordered_and_cover_all_participants_words(turns: list[tuple[str, str]]) -> None:
    transcript = transcript_of("\n".join(f"{who}: {words}" for who, words in turns))
    letters = {
        place
        for turn in transcript.participant_turns
        for place in range(turn.start, turn.end)
        if not transcript.text[place].isspace()
    }
    for unit in ALL_UNITS:
        segments = [segment for segment in segment_transcript(transcript, unit=unit) if segment.role == "participant"]
        starts, ends = [segment.start for segment in segments], [segment.end for segment in segments]
        assert starts == sorted(starts)
        assert ends == sorted(ends)
        assert letters <= {place for segment in segments for place in range(segment.start, segment.end)}


def test_word_has_a_letter_or_digit() -> None:
    text = "Well — it's 3.5 % of the\u00a0well-known R&D (…) «oui» 他走了。"
    assert [text[start:end] for start, end in word_spans(text, 0, len(text))] == (
        ["Well", "it's", "3.5", "of", "the", "well-known", "R&D", "«oui»", "他", "走", "了"]
    )
    assert count_words(text) == 11
    assert count_words(" — \n") == 0
    assert [text[start:end] for start, end in word_spans(text, 2, 10)] == ["ll", "it'"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("下了一个星期的雨。后来好了！粮仓还在。还在。", 18),
        ("雨が降った。スマホ、々。", 9),
        ("3G网络 and Wi-Fi手机。", 7),
        ("𠮷野家", 3),
        ("ฝนตก", 4),
        ("ที่นี่", 2),
        ("ຝົນຕົກ", 4),
        ("ភ្លៀង", 3),
        ("မိုးရွာ", 2),
        ("비가 왔다.", 2),
        ("ⅻ ½", 2),
    ],
)
def test_each_letter_of_a_script_without_spaces_is_a_word(text: str, count: int) -> None:
    assert count_words(text) == count


def test_find_participant_words_leaves_out_interviewers(talk: Transcript) -> None:
    words = find_participant_words(talk)
    assert len(words.starts) == len(words.ends) == 6 + 1 + 7 + 1
    assert [TALK[start:end] for start, end in zip(words.starts, words.ends, strict=True)][6:9] == [
        "Two.",
        "Or",
        "three.",
    ]


def rows(coder: str) -> list[dict[str, str]]:
    path = SHARED / "codings" / f"{coder}.csv"
    if not path.is_file():
        pytest.skip(f"the analysts' tables are not here: {path}")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def shipped() -> dict[str, Transcript]:
    from qualcode.study.study import Study

    return dict(Study(STUDY).transcripts)


@pytest.mark.parametrize("coder", ["analyst-1", "analyst-2"])
def test_sentences_of_the_shipped_study_equal_its_analysts_sentences(
    coder: str, shipped: dict[str, Transcript]
) -> None:
    by_turn: dict[tuple[str, int], list[str]] = {}
    for transcript in shipped.values():
        for segment in segment_transcript(transcript):
            words = transcript.text[segment.start : segment.end]
            by_turn.setdefault((segment.transcript, segment.turn), []).append(words)
    table = rows(coder)
    wrong = []
    for row in table:
        sentences_of_turn = by_turn.get((row["transcript"], int(row["turn"])), [])
        number = int(row["sentence"])
        if number >= len(sentences_of_turn) or " ".join(sentences_of_turn[number].split()) != row["quote"]:
            wrong.append(row)
    assert len(table) > 500
    assert not wrong
