"""Labels with unusual signs, layouts without colons, short forms, and sources that have no speakers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import OperationError
from qualcode.model import LabelCandidate, SourceRule, SourceRules, SpeakerRule, Transcript
from qualcode.transcripts import read_source, read_transcript
from qualcode.transcripts.labels.speaker_labels import MAYBE_A_NAME, unsure_label_notices
from qualcode.transcripts.labels.time_shapes import parse_seconds
from qualcode.transcripts.readers.captions import read_captions
from qualcode.transcripts.readers.plain_text import read_plain
from studies import docx

Write = Callable[[str, str | bytes], Path]
Read = Callable[..., Transcript]
Turns = list[tuple[str, str, float | None]]

RULES = SourceRules(("Interviewer", "Interviewerin", "Entrevistador", "Rae Doe", "SPEAKER_00"))
QUESTION, RAIN, BARN, STANDS = "How was the harvest?", "It rained for a week.", "And the barn?", "It still stands."


@pytest.fixture
def read(write: Write) -> Read:
    def reading(content: str | bytes, name: str = "x.txt", rules: SourceRules = RULES) -> Transcript:
        return read_transcript(write(name, content), name="x", display_path=f"transcripts/{name}", rules=rules)

    return reading


def turns(transcript: Transcript) -> Turns:
    return [(turn.speaker, transcript.text[turn.start : turn.end], turn.time) for turn in transcript.turns]


def spoken(transcript: Transcript) -> list[tuple[str, str]]:
    return [(speaker, words) for speaker, words, _ in turns(transcript)]


def roles(transcript: Transcript) -> dict[str, str]:
    return {turn.speaker: turn.role for turn in transcript.turns}


def talk(first: str, second: str, between: str = "\n\n") -> str:
    """Return four turns of two speakers, each with a label."""
    return between.join(f"{label} {words}" for label, words in zip([first, second] * 2, _WORDS, strict=True)) + "\n"


_WORDS = (QUESTION, RAIN, BARN, STANDS)


def by_turns(first: str, second: str) -> list[tuple[str, str]]:
    return list(zip([first, second] * 2, _WORDS, strict=True))


# names with digits and signs

ODD_NAMES = [
    "15550100123",
    "+1 555-***-**24",
    "3rd Floor Room",
    "Ann Lee | Oakfarm",
    "Kim [Oakfarm]",
    'Cy "CJ" Oak',
    '"CJ"',
    "«Kim»",
    "@kim",
    "#12",
    "Ann/Ben",
    "Ann & Ben",
    "Who?",
    "kim@farm.org",
    "~Kim",
    "Kim (she/her)",
    "=P1=",
    "{P1}",
    "李明 | 农场",
]


@pytest.mark.parametrize("name", ODD_NAMES)
@pytest.mark.parametrize("suffix", [".txt", ".md", ".docx", ".vtt"])
def test_names_with_any_signs_are_speakers(read: Read, name: str, suffix: str) -> None:
    text = talk("Interviewer:", f"{name}:")
    if suffix == ".vtt":
        cues = enumerate(text.strip().split("\n\n"), 1)
        text = "WEBVTT\n\n" + "".join(f"00:00:0{n}.000 --> 00:00:0{n}.900\n{cue}\n\n" for n, cue in cues)
    content = docx(*text.strip().split("\n\n")) if suffix == ".docx" else text
    transcript = read(content, f"x{suffix}")
    assert spoken(transcript) == by_turns("Interviewer", name)
    assert roles(transcript)[name] == "participant"


def test_names_with_bar_and_brackets_in_text(read: Read) -> None:
    transcript = read(
        "Interviewer: How was the harvest?\n\nAnn Lee | Oakfarm: It still stands.\n\nKim [Oakfarm]: Ours too.\n\n"
        "Interviewer: And?\n\nAnn Lee | Oakfarm: Mostly.\n\nKim [Oakfarm]: Yes.\n"
    )
    assert [speaker for speaker, _ in spoken(transcript)] == [
        "Interviewer", "Ann Lee | Oakfarm", "Kim [Oakfarm]", "Interviewer", "Ann Lee | Oakfarm", "Kim [Oakfarm]"
    ]  # fmt: skip


ONCE = (
    "Interviewer: How?\n\nKim: It rained.\n\nIt was long.\n\nAnd we left.\n\n3rd Floor Room: We listen.\n\n"
    "Interviewer: So?\n\nKim: Yes.\n"
)


def test_name_that_cannot_be_trusted_is_reported_with_the_setting(read: Read) -> None:
    transcript = read(ONCE)
    assert transcript.notices == (
        '"3rd Floor Room:" (line 9) may name a speaker but is read as words: if it does, write speakers: '
        '{"3rd Floor Room": {}} in qualcode.yaml, else labels: {not_speakers: ["3rd Floor Room"]}',
    )
    assert [label.text for label in transcript.labels if not label.is_speaker] == ["3rd Floor Room"]


def test_settings_that_the_notice_proposes_work(read: Read) -> None:
    named = SourceRules(RULES.interviewers, {"3rd Floor Room": SpeakerRule()})
    assert ("3rd Floor Room", "We listen.") in spoken(read(ONCE, rules=named))
    excluded = SourceRules(RULES.interviewers, not_speakers=("3rd Floor Room",))
    transcript = read(ONCE, rules=excluded)
    assert transcript.notices == ()
    assert "3rd Floor Room" not in roles(transcript)


@pytest.mark.parametrize("suffix", [".txt", ".vtt"])
def test_settings_name_a_speaker_that_another_shape_would_cut(read: Read, suffix: str) -> None:
    rules = SourceRules(RULES.interviewers, {"3 things": SpeakerRule("Kim")})
    head = {".txt": ("", ""), ".vtt": ("WEBVTT\n\n00:01.000 --> 00:02.000\n", "00:03.000 --> 00:04.000\n")}[suffix]
    transcript = read(f"{head[0]}Interviewer: Well?\n\n{head[1]}3 THINGS: It rained.\n", f"x{suffix}", rules)
    assert spoken(transcript) == [("Interviewer", "Well?"), ("Kim", "It rained.")]


@pytest.mark.parametrize(
    "line",
    [
        "3 things: a and b",
        "2010: we merged",
        "“No”: he said",
        "(Note: so)",
        "- first: a",
        "# Part 2: the barn",
        "a = b: c",
        "{x: y}",
        "10.30: we left",
        "what?Then: no",
    ],
)
def test_lines_with_signs_and_a_colon_are_words(line: str) -> None:
    text = f"Interviewer: Well?\n\nKim: It rained.\n{line}\n\nInterviewer: And?\n\nKim: Yes.\n{line} again\n"
    draft = read_plain(text, rules=RULES)
    assert [turn.speaker for turn in draft.turns] == ["Interviewer", "Kim"] * 2


# recognisers and marks of a change


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ("[SPEAKER_00]:", "[SPEAKER_01]:", ("SPEAKER_00", "SPEAKER_01")),
        ("[SPEAKER_00]", "[SPEAKER_01]", ("SPEAKER_00", "SPEAKER_01")),
        ("SPEAKER_00:", "SPEAKER_01:", ("SPEAKER_00", "SPEAKER_01")),
        ("(speaker 0)", "(speaker 1)", ("speaker 0", "speaker 1")),
        ("(speaker 0):", "(speaker ?):", ("speaker 0", "speaker ?")),
        ("<Speaker 1>:", "<Speaker 2>:", ("Speaker 1", "Speaker 2")),
        ("[Sprecher 1]", "[Sprecherin 2]", ("Sprecher 1", "Sprecherin 2")),
        ("[Locuteur 1]", "[Locuteur 2]", ("Locuteur 1", "Locuteur 2")),
        (">> Rae Doe:", ">> Kim Poe:", ("Rae Doe", "Kim Poe")),
        (">>> Rae Doe:", ">> Kim Poe:", ("Rae Doe", "Kim Poe")),
        ("[SPEAKER_00]\n", "[SPEAKER_01]\n", ("SPEAKER_00", "SPEAKER_01")),
        ("(speaker 0)\n", "(speaker 1)\n", ("speaker 0", "speaker 1")),
        ("- Rae Doe:", "- Kim Poe:", ("Rae Doe", "Kim Poe")),
        ("• Rae Doe:", "• Kim Poe:", ("Rae Doe", "Kim Poe")),
        (">>", ">>", ("", "")),
    ],
)
@pytest.mark.parametrize("between", ["\n\n", "\n"])
def test_labels_of_recognisers_and_captioners(first: str, second: str, names: tuple[str, str], between: str) -> None:
    text = talk(first, second, between)
    draft = read_plain(text, rules=RULES)
    assert [(turn.speaker, text[turn.start : turn.end]) for turn in draft.turns] == by_turns(*names)


# times and names on lines of their own


def timed(*labels: str) -> str:
    return "\n\n".join(f"{label}\n{words}" for label, words in zip(labels, _WORDS, strict=True)) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        timed("[00:00:03]\nRae Doe", "[00:00:09]\nKim Poe", "[00:00:20]\nRae Doe", "[00:00:25]\nKim Poe"),
        timed("**Rae Doe** [0:03]", "**Kim Poe** [0:09]", "**Rae Doe** [0:20]", "**Kim Poe** [0:25]"),
        timed("0:03\nRae Doe", "0:09\nKim Poe", "0:20\nRae Doe", "0:25\nKim Poe"),
        timed("Rae Doe\n0:03", "Kim Poe\n0:09", "Rae Doe\n0:20", "Kim Poe\n0:25"),
        timed("Rae Doe\n3 seconds", "Kim Poe\n9 seconds", "Rae Doe\n20 seconds", "Kim Poe\n25 seconds"),
        timed("Rae Doe 3 s", "Kim Poe 9 s", "Rae Doe 20 s", "Kim Poe 25 s"),
        timed(
            "00:00:03 - 00:00:05 Rae Doe",
            "00:00:09 - 00:00:11 Kim Poe",
            "00:00:20 - 00:00:22 Rae Doe",
            "00:00:25 - 00:00:27 Kim Poe",
        ),
        timed(
            "00:00:03:10 - 00:00:05:01\nRae Doe",
            "00:00:09:00 - 00:00:11:24\nKim Poe",
            "00:00:20:00 - 00:00:22:00\nRae Doe",
            "00:00:25:00 - 00:00:27:00\nKim Poe",
        ),
        timed("Rae Doe: 00:03", "Kim Poe: 00:09", "Rae Doe: 00:20", "Kim Poe: 00:25").replace("\nHow", " How"),
        timed("Rae Doe (0:03 - 0:05):", "Kim Poe (0:09 - 0:11):", "Rae Doe (0:20 - 0:22):", "Kim Poe (0:25 - 0:27):"),
        timed(
            "[0:03 --> 0:05] Rae Doe:",
            "[0:09 --> 0:11] Kim Poe:",
            "[0:20 --> 0:22] Rae Doe:",
            "[0:25 --> 0:27] Kim Poe:",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("suffix", [".txt", ".md", ".docx"])
def test_times_and_names_in_many_places(read: Read, text: str, suffix: str) -> None:
    content = docx(*(line for line in text.split("\n") if line)) if suffix == ".docx" else text
    transcript = read(content, f"x{suffix}")
    assert spoken(transcript) == by_turns("Rae Doe", "Kim Poe")
    assert [time for _, _, time in turns(transcript)] == [3.0, 9.0, 20.0, 25.0]
    assert roles(transcript) == {"Rae Doe": "interviewer", "Kim Poe": "participant"}


@pytest.mark.parametrize(
    ("minutes", "seconds"),
    [
        (("0 minutes 3 seconds", "0 minutes 9 seconds", "1 hour 2 minutes 1 second"), (3, 9, 3721)),
        (("0 Minuten 3 Sekunden", "0 Minuten 9 Sekunden", "1 Stunde 2 Minuten 1 Sekunde"), (3, 9, 3721)),
        (("0 minute 3 secondes", "0 minute et 9 secondes", "1 heure 2 minutes 1 seconde"), (3, 9, 3721)),
        (("0 minutos 3 segundos", "0 minutos y 9 segundos", "1 hora 2 minutos 1 segundo"), (3, 9, 3721)),
        (("0 minuti 3 secondi", "0 minuti e 9 secondi", "1 ora 2 minuti 1 secondo"), (3, 9, 3721)),
        (("0 minuten 3 seconden", "0 minuten 9 seconden", "1 uur 2 minuten"), (3, 9, 3720)),
        (("3s", "0m 9s", "1h 2m 1s"), (3, 9, 3721)),
    ],
)
def test_panel_of_teams_in_several_languages(read: Read, minutes: Sequence[str], seconds: Sequence[int]) -> None:
    text = (
        f"Harvest talk\n12m 34s\n\nRae Doe\n{minutes[0]}\n{QUESTION}\nKim Poe\n{minutes[1]}\n{RAIN}\nAll of it.\n"
        f"Rae Doe\n{minutes[2]}\n{BARN}\n"
    )
    transcript = read(text)
    assert turns(transcript) == [
        ("Rae Doe", QUESTION, seconds[0]),
        ("Kim Poe", f"{RAIN}\nAll of it.", seconds[1]),
        ("Rae Doe", BARN, seconds[2]),
    ]
    assert [parse_seconds(time) for time in minutes] == list(seconds)


def test_panel_of_teams_with_all_its_repetitions(read: Read) -> None:
    text = "".join(
        f"{name}\n0 minutes {n} seconds\n0:0{n}\n{name} 0 minutes {n} seconds\n{words}\n"
        for name, n, words in (("Rae Doe", 3, QUESTION), ("Kim Poe", 9, RAIN))
    )
    assert turns(read(text)) == [("Rae Doe", QUESTION, 3.0), ("Kim Poe", RAIN, 9.0)]


@pytest.mark.parametrize("names", [("SPEAKER_00", "SPEAKER_01"), ("Rae Doe", "Kim Poe"), ("Ann Lee", "Kim Poe")])
@pytest.mark.parametrize("between", ["\n\n", "\n"])
@pytest.mark.parametrize("suffix", [".txt", ".md", ".docx"])
def test_names_alone_on_their_lines(read: Read, names: tuple[str, str], between: str, suffix: str) -> None:
    text = between.join(f"{name}\n{words}" for name, words in zip(names * 2, _WORDS, strict=True)) + "\n"
    content = docx(*(line for line in text.split("\n") if line)) if suffix == ".docx" else text
    transcript = read(content, f"x{suffix}")
    assert spoken(transcript) == by_turns(*names)
    is_unsure = any("alone on their lines" in notice for notice in transcript.notices)
    assert is_unsure == (names[0] == "Ann Lee")


@pytest.mark.parametrize(
    "text",
    [
        "Summary\nWe met.\n\nMethods\nWe asked.\n\nResults\nIt rained.\n\nSummary\nWe met again.\n",
        "Berlin\nParis\nBerlin\nParis\nRome\n",
        "We left at 10:30\nand then\nWe left at 11:30\nfor home.\n",
        "Ann Lee\nwas here.\n\nThen she left.\n",
    ],
)
def test_headings_and_lists_are_not_names(text: str) -> None:
    assert [turn.speaker for turn in read_plain(text, rules=RULES).turns] == [""]


# short forms


@pytest.mark.parametrize(
    ("long", "short"),
    [
        (("Interviewer (I)", "Respondent (R)"), ("I", "R")),
        (("Interviewer [I]", "Respondent [R]"), ("I", "R")),
        (("I (Interviewer)", "R (Respondent)"), ("I", "R")),
        (("Interviewerin（I）", "Befragte（R）"), ("I", "R")),
        (("Entrevistador (E)", "Participante (P)"), ("E", "P")),
        (("Interviewer 1 (INT)", "Ann Lee (AL)"), ("INT", "AL")),
    ],
)
@pytest.mark.parametrize("shape", ["{}:", "**{}:**"])
def test_short_form_is_the_speaker_that_introduces_it(
    read: Read, long: tuple[str, str], short: tuple[str, str], shape: str
) -> None:
    text = talk(*map(shape.format, long)) + "\n" + talk(*map(shape.format, short))
    transcript = read(text, "x.md")
    assert spoken(transcript) == by_turns(*long) * 2
    assert [turn.role for turn in transcript.turns] == ["interviewer", "participant"] * 4
    assert {turn.label for turn in transcript.turns} == {"", *short}


def test_short_form_in_captions(read: Read) -> None:
    labels = ["Interviewer (I)", "Respondent (R)", "I", "R"]
    cues = "".join(f"00:0{n}.000 --> 00:0{n}.900\n{label}: Yes.\n\n" for n, label in enumerate(labels))
    transcript = read(f"WEBVTT\n\n{cues}", "x.vtt")
    assert [turn.speaker for turn in transcript.turns] == ["Interviewer (I)", "Respondent (R)"] * 2


def test_form_of_two_labels_and_label_of_the_settings_stay(read: Read) -> None:
    text = "Ann (A): Hi.\n\nAnna (A): Ho.\n\nA: Yes.\n\nAnn (A): So.\n\nA: No.\n"
    assert [speaker for speaker, _ in spoken(read(text))] == ["Ann (A)", "Anna (A)", "A", "Ann (A)", "A"]
    rules = SourceRules(RULES.interviewers, {"I": SpeakerRule("Ida", "participant")})
    text = "Interviewer (I): Well?\n\nI: Fine.\n\nInterviewer (I): And?\n\nI: Yes.\n"
    assert roles(read(text, rules=rules)) == {"Interviewer (I)": "interviewer", "Ida": "participant"}


@pytest.mark.parametrize(
    "legend",
    [
        "I = Interviewer, R = Respondent",
        "I: Interviewer\nR: Respondent",
        "I: Interviewer; R: Respondent (female, 34)",
        "Legend: I – Interviewer; R – Respondent",
        "Interviewer (I), Respondent (R)",
        "Interviewer (I) and Respondent (R)",
        "[I] Interviewer [R] Respondent",
        "[I] – Interviewer \t[R] - Respondent",
    ],
)
def test_legend_in_the_header_gives_the_role(read: Read, legend: str) -> None:
    transcript = read(f"{legend}\n\n{talk('I:', 'R:')}")
    assert (transcript.header, transcript.notices) == (legend, ())
    assert spoken(transcript) == by_turns("I", "R")
    assert roles(transcript) == {"I": "interviewer", "R": "participant"}


# sources without speakers

JOB = (
    "Title: Web Coordinator\nYear: 2009\n\nBackground:\nThe University has a farm. It is in the north.\n\n"
    "Main duties:\n* To answer.\n* To listen.\n\nEssential:\n* A degree\n\nDesirable:\n* A licence\n\n"
    "Composure: calm on holidays.\n"
)


@pytest.mark.parametrize("suffix", [".txt", ".md", ".docx"])
def test_words_before_a_colon_that_do_not_take_turns_are_no_speakers(read: Read, suffix: str) -> None:
    transcript = read(docx(*JOB.strip().split("\n")) if suffix == ".docx" else JOB, f"x{suffix}")
    assert [turn.speaker for turn in transcript.turns] == [""]
    words = transcript.text[transcript.turns[0].start :]
    assert "The University has a farm." in words
    assert "Composure: calm" in words
    assert transcript.notices == (
        "no speaker labels were found: the whole text is read as one participant's turn "
        "(if several people speak, name them in the source); words before a colon that do "
        "not take turns are not speakers (Essential; Desirable; Composure): if they are speakers, write sources: "
        f'{{"x{suffix}": {{kind: interview}}}} in qualcode.yaml',
    )
    assert {label.text: label.why for label in transcript.labels}["Essential"] == "does not take turns with another"


@pytest.mark.parametrize(
    ("text", "speakers"),
    [
        ("Ann: Hi.\nBob: Yo.\n", ["Ann", "Bob"]),
        ("They met in May. It was cold.\n\nAnn: Hi.\n\nBob: Yo.\n\nAnn: So.\n", ["Ann", "Bob", "Ann"]),
        ("They met in May. It was cold.\n\nInterviewer: Hi.\n\nBob: Yo.\n", ["Interviewer", "Bob"]),
        ("They met in May. It was cold.\n\n[0:01] Ann: Hi.\n\n[0:02] Bob: Yo.\n", ["Ann", "Bob"]),
    ],
)
def test_conversations_stay_conversations(text: str, speakers: list[str]) -> None:
    assert [turn.speaker for turn in read_plain(text, rules=RULES).turns] == speakers


@pytest.mark.parametrize(
    "words", [("Monday", "Tuesday"), ("Montag", "Freitag"), ("Day 1", "Day 2"), ("Observation", "Reflection")]
)
@pytest.mark.parametrize("shape", ["{}: {}", "{}\n{}"])
def test_days_and_parts_of_notes_are_no_speakers(words: tuple[str, str], shape: str) -> None:
    text = "\n\n".join(shape.format(word, "we left. It was cold.") for word in words * 2)
    assert [turn.speaker for turn in read_plain(text, rules=RULES).turns] == [""]


def test_kind_interview_makes_labels_speakers(read: Read) -> None:
    rules = SourceRules(RULES.interviewers, sources={"x.txt": SourceRule("interview")})
    assert [speaker for speaker, _ in spoken(read(JOB, rules=rules))] == ["Essential", "Desirable", "Composure"]


TEXT_KIND = SourceRules(RULES.interviewers, sources={"x.*": SourceRule("text")})
NOTE = f"Date: 3 May\n\nInterviewer: {QUESTION}\n\nKim: {RAIN}\n\n10:30 we left.\n\nInterviewer: {BARN}\n\nKim: No?\n"


@pytest.mark.parametrize("suffix", [".txt", ".md", ".docx", ".html", ".rtf"])
def test_kind_text_has_no_speakers_in_any_format(read: Read, suffix: str) -> None:
    paragraphs = NOTE.strip().split("\n\n")
    content: dict[str, str | bytes] = {
        ".docx": docx(*paragraphs),
        ".html": "<html><body>" + "".join(f"<p>{text}</p>" for text in paragraphs) + "</body></html>",
        ".rtf": "{\\rtf1 " + "\\par ".join(paragraphs) + "}",
    }
    transcript = read(content.get(suffix, NOTE), f"x{suffix}", TEXT_KIND)
    assert spoken(transcript) == [("", "\n\n".join(paragraphs[1:]))]
    assert (transcript.header, transcript.notices, transcript.unplaced) == ("Date: 3 May", (), ())


def test_kind_text_reads_tables_as_text(read: Read) -> None:
    html = "<html><body><table>" + "".join(
        f"<tr><td>{name}</td><td>{words}</td></tr>" for name, words in by_turns("Ann", "Kim")
    )
    assert len(read(f"{html}</table></body></html>", "x.html").turns) == 4
    transcript = read(f"{html}</table></body></html>", "x.html", TEXT_KIND)
    assert [turn.speaker for turn in transcript.turns] == [""]


# line ends


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\v", "\x85"])
@pytest.mark.parametrize("suffix", [".txt", ".md", ".docx", ".vtt"])
def test_other_line_ends_end_lines_and_keep_the_length(read: Read, end: str, suffix: str) -> None:
    text = talk("Interviewer:", "P1:", end)
    head = "WEBVTT\n\n00:01.000 --> 00:02.000\n" if suffix == ".vtt" else ""
    content = docx(text.strip()) if suffix == ".docx" and end != "\v" else head + text
    if suffix == ".docx" and end == "\v":
        pytest.skip("XML cannot hold this character")
    transcript = read(content, f"x{suffix}")
    assert spoken(transcript) == by_turns("Interviewer", "P1")
    if suffix in {".txt", ".md"}:
        assert len(transcript.text) == len(text)


@given(st.text(alphabet="ab:?. \n\v\x85\u2028\u2029", max_size=60))
def test_canonical_text_keeps_its_length(text: str) -> None:
    draft = read_plain(text)
    assert len(draft.text) == len(text)
    assert not set(draft.text) & set("\v\x85\u2028\u2029")


# the setting reader


@pytest.mark.parametrize(
    ("reader", "content", "message"),
    [
        ("json", "Interviewer: Hi.", "not JSON"),
        ("docx", "Interviewer: Hi.", "x.txt"),
        ("odt", "Interviewer: Hi.", "x.txt"),
        ("pdf", "Interviewer: Hi.", "x.txt"),
        ("rtf", "Interviewer: Hi.", "x.txt"),
        ("elan", "Interviewer: Hi.", "x.txt"),
        ("captions", "Interviewer: Hi.", "does not fit its content"),
        ("chat", "Interviewer: Hi.", "does not fit its content"),
        ("html", "PK\3\4word/document", "a Word file, not a web page"),
    ],
)
def test_reader_that_does_not_fit_is_one_clear_sentence(read: Read, reader: str, content: str, message: str) -> None:
    rules = SourceRules(RULES.interviewers, sources={"x.txt": SourceRule(reader=reader)})
    with pytest.raises(OperationError, match=message) as error:
        read(content, rules=rules)
    assert "\n" not in str(error.value)
    assert f"'reader: {reader}', which 'sources' in qualcode.yaml gives this source" in str(error.value)


def test_reader_of_the_settings_is_used(read: Read, write: Write) -> None:
    captions = "Recorded by Ann\n\n1\n00:00:01,000 --> 00:00:02,000\nInterviewer: Hi?\n"
    rules = SourceRules(RULES.interviewers, sources={"x.*": SourceRule(reader="captions")})
    assert spoken(read(captions, rules=rules)) == [("Interviewer", "Hi?")]
    rules = SourceRules(RULES.interviewers, sources={"x.*": SourceRule(reader="text")})
    assert spoken(read("Interviewer: Hi?\n", "x.vtt", rules)) == [("Interviewer", "Hi?")]
    for name in ("x.csv", "x.json"):
        path = write(name, "Interviewer: Hi?\n\nKim: Yes.\n")
        (transcript,) = read_source(path, name="x", display_path=name, rules=rules)
        assert spoken(transcript) == [("Interviewer", "Hi?"), ("Kim", "Yes.")]
    rules = SourceRules(RULES.interviewers, sources={"x.*": SourceRule(reader="html")})
    assert spoken(read("<p>Interviewer: Hi?</p>", rules=rules)) == [("Interviewer", "Hi?")]
    rules = SourceRules(RULES.interviewers, sources={"x.*": SourceRule(reader="chat")})
    assert spoken(read("@Begin\n*INV:\thi .\n@End\n", rules=rules)) == [("INV", "hi .")]


def test_one_change_of_speaker_in_captions_begins_a_turn() -> None:
    cues = "1\n00:00:01,000 --> 00:00:02,000\nhello and welcome\n\n2\n00:00:03,000 --> 00:00:04,000\n>> thank you.\n"
    draft = read_captions(cues)
    assert [draft.text[turn.start : turn.end] for turn in draft.turns] == ["hello and welcome", "thank you."]


def test_the_lines_below_the_title_of_a_job_belong_to_its_header() -> None:
    text = "Title: Writer\nCompany: Oakfarm Ltd.\nLocation: Leeds, UK\n\nYou write.\nHours: many.\n"
    draft = read_plain(text)
    assert draft.text[draft.turns[0].start :] == "You write.\nHours: many.\n"
    assert draft.header == "Title: Writer\nCompany: Oakfarm Ltd.\nLocation: Leeds, UK"


# times that begin again, or are equal

AGAIN = [
    ("Ann", 3, QUESTION),
    ("Ben", 9, RAIN),
    ("Ann", 20, BARN),
    ("Ben", 25, STANDS),
    ("Ann", 2, "So?"),
    ("Ben", 7, "Fine."),
]
EQUAL = [("Ann", 9, QUESTION), ("Ben", 9, RAIN), ("Ann", 20, BARN), ("Ben", 20, STANDS)]
FORMS = [
    "{0}\n0:{1:02}\n{2}",
    "0:{1:02}\n{0}\n{2}",
    "{0}\n0 minutes {1} seconds\n{2}",
    "{0}: 0:{1:02}\n\n{2}",
    "{0}:\n0:{1:02}\n{2}",
    "{0}: 0:{1:02} {2}",
    "{0}\t0:{1:02}\n{2}",
    "0:{1:02} - {0}\n{2}",
    "@0:{1:02} - {0}\n{2}",
    "0:{1:02} | {0}\n{2}",
    "**{0} | 0:{1:02}**\n{2}",
    "{0} - 0:{1:02}\n{2}",
    "{0}, 0:{1:02}\n{2}",
]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("rows", [AGAIN, EQUAL])
def test_times_that_begin_again_or_are_equal_are_times(read: Read, form: str, rows: list[tuple[str, int, str]]) -> None:
    transcript = read("\n\n".join(form.format(*row) for row in rows) + "\n", rules=SourceRules(("Ann",)))
    assert turns(transcript) == [(name, words, float(time)) for name, time, words in rows]


@pytest.mark.parametrize("wide", [0, 1])
def test_name_with_one_space_before_the_time_among_names_with_two_is_a_label(read: Read, wide: int) -> None:
    lines = [
        f"{name}{'  ' if n == wide else ' '}0:{n}0\n{words}" for n, (name, words) in enumerate(by_turns("Al", "Bo"))
    ]
    assert spoken(read("\n\n".join(lines))) == by_turns("Al", "Bo")


def test_times_in_answers_that_fall_stay_words(read: Read) -> None:
    text = "Interviewer: When?\nP1: At these times:\n9:00 church\n6:00 milk\n8:00 coffee\nInterviewer: And?\nP1: No.\n"
    assert spoken(read(text))[1] == ("P1", "At these times:\n9:00 church\n6:00 milk\n8:00 coffee")


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ("(speaker 0)", "(speaker 1)", ("speaker 0", "speaker 1")),
        ("SPEAKER_00 [0.00s - 2.00s]: ", "SPEAKER_01 [2.00s - 3.00s]: ", ("SPEAKER_00", "SPEAKER_01")),
        ("[10:01 AM] Ann Lee: ", "[10:02 PM] Ben Ode: ", ("Ann Lee", "Ben Ode")),
    ],
)
def test_labels_of_further_recognisers_are_read(read: Read, first: str, second: str, names: tuple[str, str]) -> None:
    rows = zip([first, second] * 2, (QUESTION, RAIN, BARN, STANDS), strict=True)
    assert spoken(read("\n".join(label + words for label, words in rows))) == by_turns(*names)


def test_a_proposed_setting_is_valid_yaml_whatever_the_name() -> None:
    label = LabelCandidate('Cy "CJ" Oak', False, MAYBE_A_NAME.reason, "other signs", 1, 0)
    (notice,) = unsure_label_notices("", [label])
    assert 'write speakers: {"Cy \\"CJ\\" Oak": {}} in qualcode.yaml' in notice
    assert 'not_speakers: ["Cy \\"CJ\\" Oak"]' in notice
