"""Words before a colon that are no speakers: header blocks in any language, notes below, and lists in answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from qualcode.model import SourceRules, Transcript
from qualcode.transcripts import read_transcript
from studies import docx

Read = Callable[..., Transcript]

RULES = SourceRules(("I", "Interviewer", "Interviewerin", "Entrevistadora"))
TALK = "I: Wie?\nB: Regen.\nI: Und?\nB: Gut."
TURNS = [("I", "Wie?"), ("B", "Regen."), ("I", "Und?"), ("B", "Gut.")]


@pytest.fixture
def read(write: Callable[[str, str | bytes], Path]) -> Read:
    def reading(content: str | bytes, name: str = "x.txt", rules: SourceRules = RULES) -> Transcript:
        return read_transcript(write(name, content), name="x", display_path=f"transcripts/{name}", rules=rules)

    return reading


def spoken(transcript: Transcript) -> list[tuple[str, str]]:
    return [(turn.speaker, transcript.text[turn.start : turn.end]) for turn in transcript.turns]


def interviewers(transcript: Transcript) -> set[str]:
    return {turn.speaker for turn in transcript.turns if turn.role == "interviewer"}


# blocks above

BLOCKS = [
    "Datum: 3. Mai\nOrt: Oakhof\nDauer: 45 Min.",
    "Titel: Ein Hof\nAlter: 45\nGeschlecht: w\nBeruf: Bäuerin",
    "Kürzel: I, B\nTranskribiert von: Ann Lee",
    "Interviewerin: Ann Lee (I)\nInterviewpartner: Herr B. (B)",
    "Fecha: 3 de mayo\nLugar: Oak\nEntrevistadora: Ann Lee\nEntrevistado: Ben Oak",
    "Data: 3 maggio\nLuogo: Oak\nDurata: 45 minuti",
    "Datum: 3 mei\nPlaats: Oak",
    "日期：5月\n地点：北京",
    "Pronouns: she/her\nFarm: Oak",
]


@pytest.mark.parametrize("block", BLOCKS)
def test_words_of_a_block_above_that_do_not_come_back_are_header(read: Read, block: str) -> None:
    transcript = read(f"{block}\n\n{TALK}\n")
    assert (transcript.header, spoken(transcript)) == (block, TURNS)


@pytest.mark.parametrize("block", BLOCKS)
def test_header_block_in_paragraphs_of_a_document_is_header(read: Read, block: str) -> None:
    transcript = read(docx(*f"{block}\n{TALK}".split("\n")), "x.docx")
    assert (transcript.header.replace("\n\n", "\n"), spoken(transcript)) == (block, TURNS)


def test_header_block_in_bold_is_header(read: Read) -> None:
    transcript = read(
        "**Hof:** Oak\n**Tiere:** Kühe\n\n**I:** Wie?\n\n**B:** Regen.\n\n**I:** Und?\n\n**B:** Gut.\n", "x.md"
    )
    assert (transcript.header, spoken(transcript)) == ("**Hof:** Oak\n**Tiere:** Kühe", TURNS)


def test_unknown_words_of_a_header_are_reported_with_the_setting(read: Read) -> None:
    (notice,) = read(f"Hof: Oak\n\n{TALK}\n").notices
    assert "(Hof; from line 1)" in notice
    assert 'speakers: {"Hof": {}}' in notice


@pytest.mark.parametrize(
    "first",
    ["Anna: Hallo.", "Anna: Wie geht es?", "Anna: Hallo\n\nB: Ja\n\nAnna: Gut", "M: hallo", "Speaker 1: Hallo"],
)
def test_speech_above_a_blank_line_is_no_header(read: Read, first: str) -> None:
    transcript = read(f"{first}\n\n{TALK}\n")
    assert spoken(transcript)[0] == tuple(first.partition("\n")[0].split(": "))


def test_single_unknown_word_between_spaced_turns_is_a_speaker(read: Read) -> None:
    assert spoken(read("Anna: hallo\n\n" + TALK.replace("\n", "\n\n")))[0] == ("Anna", "hallo")


@pytest.mark.parametrize("block", ["Slides: https://a.example/x.pdf", "Room: Oak\n\nSlides: https://a.example/x.pdf"])
def test_short_lines_above_a_talk_are_no_speakers(read: Read, block: str) -> None:
    transcript = read(f"{block}\n\nGood morning to all. This is a talk. I like it.\n")
    assert {turn.speaker for turn in transcript.turns} == {""}


# short forms


@pytest.mark.parametrize(
    "header",
    [
        "Interviewerin: Ann Lee (I)\nInterviewpartner: Herr B. (B)\nDatum: 3. Mai",
        "Speakers: I (interviewer), B (farmer)\nFarm: Oak",
        "Key: B = Ben Ode, farmer; I = Ann Lee, interviewer",
    ],
)
def test_header_gives_a_short_form_its_role(read: Read, header: str) -> None:
    rules = SourceRules(("Interviewer", "Interviewerin"))
    assert interviewers(read(f"{header}\n\n{TALK}\n", rules=rules)) == {"I"}


@pytest.mark.parametrize(
    "form", ["{} / {}", "{}, {}", "{} = {}", "{} | {}", "{} (hereafter {})", "{} (im Folgenden {})"]
)
def test_short_form_behind_a_sign_is_the_same_speaker(read: Read, form: str) -> None:
    first, second = form.format("Interviewer", "I"), form.format("Respondent", "R")
    transcript = read(
        f"{first}: How?\n{second}: Rain.\nI: And?\nR: Fine.\nI: Ok?\nR: Yes.\n", rules=SourceRules(("Interviewer",))
    )
    assert [turn.speaker for turn in transcript.turns] == [first, second] * 3
    assert interviewers(transcript) == {first}


# notes below


@pytest.mark.parametrize(
    "notes",
    [
        "Anmerkung: Er war müde.\nDauer: 45 Minuten",
        "Anmerkung: Er war müde.\nDauer: 45 Minuten\n[Ende der Aufnahme]",
        "Postscript: He was tired.",
        "Postscript: He was tired.\n\nMemo: ask Ben.",
        "Notes: He was tired.\nDuration: 45 minutes",
        "Observaciones: estaba cansado.",
    ],
)
def test_notes_below_the_interview_are_no_speech(read: Read, notes: str) -> None:
    transcript = read(f"{TALK}\n\n{notes}\n")
    assert spoken(transcript) == TURNS
    assert "\n".join(piece.text for piece in transcript.unplaced) == notes.replace("\n\n", "\n")


@pytest.mark.parametrize("last", ["Mother: Dinner is ready!", "Note: so I said.\nI: Good."])
def test_speech_at_the_end_is_no_note(read: Read, last: str) -> None:
    transcript = read(f"{TALK}\n\n{last}\n")
    assert not transcript.unplaced
    assert last.partition("\n")[0] in transcript.text
    assert [turn.speaker for turn in transcript.turns][-1] == ("Mother" if "Mother" in last else "I")


# labels with numbers beside the interviewer's


@pytest.mark.parametrize(
    ("interviewer", "other"), [("M", "M1"), ("E", "E1"), ("I", "I 01"), ("Speaker", "Speaker 1"), ("M", "M1.")]
)
def test_number_beside_a_label_without_one_is_another_person(read: Read, interviewer: str, other: str) -> None:
    text = f"{interviewer}: How?\n{other}: Rain.\n{interviewer}: And?\n{other}: Fine.\n"
    transcript = read(text, rules=SourceRules((interviewer,)))
    assert interviewers(transcript) == {interviewer}
    assert f'speakers: {{"{other}": {{role: interviewer}}}}' in transcript.notices[-1]


@pytest.mark.parametrize("others", [("I1", "I2"), ("I", "I2"), ("Interviewer", "Interviewer 1")])
def test_several_interviewers_with_numbers_are_interviewers(read: Read, others: tuple[str, str]) -> None:
    first, second = others
    transcript = read(f"{first}: How?\nB: Rain.\n{second}: And?\nB: Fine.\n{first}: x\n{second}: y\n")
    assert interviewers(transcript) == set(others)


# messages of a chat

CHAT = [
    ("Ann Lee", "How was it?"),
    ("Ben", "You wrote to me on Monday:\nAnn Lee: I come at nine\nbut nobody came."),
    ("Ann Lee", "Oh."),
    ("Ben", "My list:\nMilk: 2 litres\nBread: one loaf\nMilk: no"),
]


@pytest.mark.parametrize(
    "form",
    [
        "03/05/2024, 10:05 - {}: {}",
        "[03/05/2024, 10:05:02] {}: {}",
        "03.05.24, 10:05 - {}: {}",
        "10:05:02 From {} to Everyone: {}",
    ],
)
def test_line_without_a_date_continues_the_message(read: Read, form: str) -> None:
    text = "\n".join(form.format(*message) for message in CHAT)
    assert spoken(read(text, rules=SourceRules(("Ann Lee",)))) == CHAT


def test_interview_below_messages_keeps_its_labels(read: Read) -> None:
    chat = "".join(f"03/05/2024, 10:0{n} - Ann: Soon\n" for n in range(3))
    assert spoken(read(f"{chat}\n{TALK}\n"))[3:] == TURNS


# words of lists and sentences


LISTS = [
    "Money: for the roof.\nTime: for the fields.\nPeople: for both.",
    "Geld: Das Dach.\nZeit: Die Felder.",
    "Question: who pays?",
    "Article 1: Free.\nArticle 2: Equal.",
    "Me: are you ill?\nDoctor: no, you are old.",
    "3 May: snow\n4 May: rain",
]


def listing(lines: str) -> tuple[str, list[tuple[str, str]]]:
    """Return an interview with lines in an answer, and its turns."""
    turns = [("Interviewer", "What?"), ("P1", f"Three things.\n{lines}"), ("Interviewer", "And?"), ("P1", "Fine.")]
    turns += [("Interviewer", "Ok?"), ("P1", "Yes.")]
    return "\n".join(f"{speaker}: {words}" for speaker, words in turns), turns


@pytest.mark.parametrize("lines", LISTS)
def test_list_in_an_answer_is_words_and_reported(read: Read, lines: str) -> None:
    text, turns = listing(lines)
    transcript = read(text)
    assert spoken(transcript) == turns
    assert "labels: {not_speakers: [" in transcript.notices[0]


@pytest.mark.parametrize("name", ["x.docx", "x.vtt"])
@pytest.mark.parametrize("words", ["Money: for the roof", "Question: who pays?"])
def test_words_in_lower_case_behind_a_colon_begin_no_turn(read: Read, name: str, words: str) -> None:
    lines = listing(words)[0].split("\n")
    captions = "".join(f"\n00:0{n}.000 --> 00:0{n + 1}.000\n{line}\n" for n, line in enumerate(lines))
    transcript = read(docx(*lines) if name == "x.docx" else f"WEBVTT\n{captions}", name)
    assert words in spoken(transcript)[1][1]
    assert [turn.speaker for turn in transcript.turns] == ["Interviewer", "P1"] * 3


def test_bold_word_that_goes_on_in_lower_case_is_no_speaker(read: Read) -> None:
    lines = ["Interviewer", "How?", "Ben", "Rain."] * 3
    pairs = [*zip(lines[::2], lines[1::2], strict=True), ("Never", "did I see that.")]
    transcript = read("".join(f"<p><b>{name}</b> {words}</p>" for name, words in pairs), "x.html")
    assert [turn.speaker for turn in transcript.turns] == ["Interviewer", "Ben"] * 3
    assert "did I see that." in spoken(transcript)[-1][1]


SPEECH = ["Mother: Dinner is ready!", "Speaker 2: hello", "Interviewer 2: and?"]


@pytest.mark.parametrize("lines", SPEECH)
def test_single_turn_of_another_person_is_kept(read: Read, lines: str) -> None:
    assert spoken(read(listing(lines)[0]))[2] == tuple(lines.split(": "))


def test_answers_in_turn_to_a_question_are_kept(read: Read) -> None:
    text = "Interviewer: Who?\nMoney: me\nFarmer: me too\nP1: I.\nInterviewer: And?\nP1: Fine.\n"
    assert [turn.speaker for turn in read(text).turns][1:4] == ["Money", "Farmer", "P1"]


def test_names_like_those_that_come_back_are_kept(read: Read) -> None:
    text = "Mod: Who?\nAnn: Me.\nBen: Me too.\nCara: And me.\nMod: And?\nAnn: Fine.\nMod: Ok.\n"
    assert [turn.speaker for turn in read(text, rules=SourceRules(("Mod",))).turns][1:4] == ["Ann", "Ben", "Cara"]


# hard-wrapped text


def test_label_inside_a_wrapped_sentence_is_words(read: Read) -> None:
    answer = "I went up to the house and said to\nAnn: we lost half, and she wept, and so\ndid I."
    transcript = read(f"Ann: How?\nBen: {answer}\nAnn: And?\nBen: Fine.\n", rules=SourceRules(("Ann",)))
    assert spoken(transcript) == [("Ann", "How?"), ("Ben", answer), ("Ann", "And?"), ("Ben", "Fine.")]
    assert '("Ann:" at line 3)' in transcript.notices[0]


@pytest.mark.parametrize(
    "lines",
    [
        ["Ann: How?", "Ben: I went up to the house and said", "Ann: Yes, I know.", "Ben: So.", "Ann: And?"],
        ["Ann: how was it", "Ben: i went up to the house and said", "Ann: yes", "Ben: so", "Ann: and", "Ben: ok"],
        ["Ann: How?", "Ben: I went", "Ann: yes, up to the house and all the way down?", "Ben: So.", "Ann: And?"],
        ["Ann: How?", "Ben: I went up to the house.", "Ann: yes, up to the house.", "Ben: So.", "Ann: And?"],
    ],
)
def test_turn_below_an_interrupted_sentence_is_a_turn(read: Read, lines: list[str]) -> None:
    assert [": ".join(turn) for turn in spoken(read("\n".join(lines)))] == lines
