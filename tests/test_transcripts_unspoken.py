"""Lines that nobody spoke: notices of recorders, system lines of chats, time stamps, repeated captions, JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.errors import OperationError
from qualcode.model import SourceRules, Transcript
from qualcode.transcripts import read_transcript
from qualcode.transcripts.labels.recorder_notices import is_recorder_notice
from qualcode.transcripts.readers.captions import caption_rows, read_captions
from qualcode.transcripts.readers.plain_text import read_plain
from studies import docx

Write = Callable[[str, str | bytes], Path]
Read = Callable[..., Transcript]

RULES = SourceRules(("Interviewer", "Rae Doe", "Tim", "SPEAKER_00"))


@pytest.fixture
def read(write: Write) -> Read:
    def reading(content: str | bytes, name: str = "x.txt", rules: SourceRules = RULES) -> Transcript:
        return read_transcript(write(name, content), name="x", display_path=f"transcripts/{name}", rules=rules)

    return reading


def spoken(transcript: Transcript) -> list[tuple[str, str]]:
    return [(turn.speaker, transcript.text[turn.start : turn.end]) for turn in transcript.turns]


def times(transcript: Transcript) -> list[float | None]:
    return [turn.time for turn in transcript.turns]


def unplaced(transcript: Transcript) -> list[tuple[int, str]]:
    return [(piece.line, piece.text) for piece in transcript.unplaced]


def vtt(*cues: str) -> str:
    """Return captions with one cue a second."""
    return "WEBVTT\n\n" + "".join(f"00:00:0{n}.000 --> 00:00:0{n}.900\n{cue}\n\n" for n, cue in enumerate(cues, 1))


def srt(*cues: tuple[str, str, str]) -> str:
    """Return captions of (start, end, text); times as seconds and milliseconds."""
    return "".join(f"{n}\n00:00:{a} --> 00:00:{b}\n{text}\n\n" for n, (a, b, text) in enumerate(cues, 1))


# notices of recorders

NOTICES = [
    "Rae Doe stopped transcription",
    "Rae Doe started recording",
    "Kim Poe left the meeting",
    "Kim Poe (Guest) joined the meeting",
    "[Recording Started]",
    "Recording stopped",
    "Recording in progress.",
    "--- End of transcript ---",
    "Transcribed by https://otter.ai",
    "This transcript was generated automatically.",
    "Rae Doe hat die Transkription beendet",
    "Kim Poe ist der Besprechung beigetreten",
    "[Ende der Aufnahme]",
    "Dieses Transkript wurde automatisch erstellt.",
    "Rae Doe a arrêté la transcription",
    "[Fin de l’enregistrement]",
    "Rae Doe detuvo la transcripción",
    "Grabación detenida",
    "Rae Doe interrompeu a transcrição",
    "Rae Doe ha interrotto la trascrizione",
    "Rae Doe heeft de transcriptie gestopt",
]


@pytest.mark.parametrize("notice", NOTICES)
@pytest.mark.parametrize("suffix", [".txt", ".md", ".docx"])
def test_notices_of_recorders_are_nobodys_words(read: Read, notice: str, suffix: str) -> None:
    lines = ["Rae Doe: Well?", "Kim: It rained.", notice, "Rae Doe: And?", "Kim: It stands.", notice]
    content = docx(*lines) if suffix == ".docx" else "\n\n".join(lines) + "\n"
    transcript = read(content, f"x{suffix}")
    assert spoken(transcript) == [
        ("Rae Doe", "Well?"), ("Kim", "It rained."), ("Rae Doe", "And?"), ("Kim", "It stands.")
    ]  # fmt: skip
    assert unplaced(transcript) == ([(3, notice), (6, notice)] if suffix == ".docx" else [(5, notice), (11, notice)])


def test_last_line_of_teams(read: Read) -> None:
    transcript = read(
        "Harvest talk-Meeting Recording\nMarch 7, 2025, 9:00AM\n12m 34s\n\nRae Doe started transcription\n\n"
        "Rae Doe   0:03\nHow was it?\n\nKim Poe   0:09\nIt rained.\n\nRae Doe stopped transcription\n"
    )
    assert spoken(transcript) == [("Rae Doe", "How was it?"), ("Kim Poe", "It rained.")]
    assert unplaced(transcript) == [(13, "Rae Doe stopped transcription")]
    assert transcript.header.endswith("Rae Doe started transcription")


@pytest.mark.parametrize("notice", NOTICES)
def test_notices_of_recorders_in_captions(read: Read, notice: str) -> None:
    transcript = read(vtt("Rae Doe: Well?", "Kim: It rained.", notice, "Kim: Yes."), "x.vtt")
    assert spoken(transcript) == [("Rae Doe", "Well?"), ("Kim", "It rained. Yes.")]
    assert unplaced(transcript) == [(10, notice)]


@pytest.mark.parametrize(
    "line",
    [
        "He left the meeting",
        "Everybody left the call",
        "Kim left the meeting because it rained.",
        "We stopped the recording and went home.",
        "Transcribed by hand from a recording",
        "The meeting ended well for us",
    ],
)
def test_sentences_about_recordings_are_words(line: str) -> None:
    text = f"Rae Doe: Well?\n\nKim: It rained.\n\n{line}\n"
    draft = read_plain(text, rules=RULES)
    assert text[draft.turns[1].start : draft.turns[1].end] == f"It rained.\n\n{line}"
    assert draft.unplaced == ()


def test_line_below_a_label_is_speech(read: Read) -> None:
    transcript = read("Rae Doe  0:03\nWell?\n\nKim Poe  0:09\nAnn Lee left the meeting\n")
    assert spoken(transcript)[1] == ("Kim Poe", "Ann Lee left the meeting")


# chats


def chat(*messages: str) -> str:
    return "".join(f"12.05.21, 10:0{n} - {message}\n" for n, message in enumerate(messages))


def test_lines_of_a_chat_without_a_sender(read: Read) -> None:
    transcript = read(
        chat(
            "Nachrichten sind verschlüsselt. Tippe hier.",
            "Tim: Wie war die Ernte?",
            "Tom: Es hat geregnet.\nEine Woche lang.",
            "Tom: <Medien ausgeschlossen>",
            "Tim hat den Betreff geändert",
            "Tim: Und die Scheune?",
            "Tom: Steht noch.",
        )
    )
    assert spoken(transcript) == [
        ("Tim", "Wie war die Ernte?"),
        ("Tom", "Es hat geregnet.\nEine Woche lang."),
        ("Tim", "Und die Scheune?"),
        ("Tom", "Steht noch."),
    ]
    assert unplaced(transcript) == [
        (5, "<Medien ausgeschlossen>"),
        (6, "12.05.21, 10:04 - Tim hat den Betreff geändert"),
    ]


@pytest.mark.parametrize(
    "place",
    [
        "<Media omitted>",
        "<Médias omis>",
        "<Multimedia omitido>",
        "<Mídia oculta>",
        "<Media weggelaten>",
        "image omitted",
        "\u200eaudio omitted",
        "Bild weggelassen",
        "vidéo absente",
        "imagen omitida",
        "This message was deleted",
        "You deleted this message",
        "Diese Nachricht wurde gelöscht.",
        "Se eliminó este mensaje.",
        "Missed voice call",
        "Verpasster Videoanruf",
        "IMG-20210512-WA0001.jpg (file attached)",
        "IMG-1.jpg (Datei angehängt)",
        "null",
    ],
)
@pytest.mark.parametrize("shape", ["12.05.21, 10:0{} - {}\n", "[12.05.21, 10:0{}:11] {}\n"])
def test_places_of_media_are_no_words(read: Read, place: str, shape: str) -> None:
    messages = ("Tim: Wie?", "Tom: Gut.", f"Tom: {place}\nHier ist es.", "Tim: So.")
    transcript = read("".join(shape.format(n, message) for n, message in enumerate(messages)))
    assert spoken(transcript) == [("Tim", "Wie?"), ("Tom", "Gut."), ("Tom", "Hier ist es."), ("Tim", "So.")]
    assert unplaced(transcript) == [(3, place.strip("\u200e"))] or unplaced(transcript) == [(3, place)]


@pytest.mark.parametrize("name", ["🌻 Tom", "~Tom", "+49 151 1234567", "@tom", "(Tom)", "Tom & Co"])
def test_senders_of_chats_with_any_signs(read: Read, name: str) -> None:
    transcript = read(chat("Tim: Wie?", f"{name}: Gut.", "Tim: So?", f"{name}: Ja."))
    sender = name.removeprefix("~")
    assert spoken(transcript) == [("Tim", "Wie?"), (sender, "Gut."), ("Tim", "So?"), (sender, "Ja.")]


def test_subject_of_a_chat_is_no_sender(read: Read) -> None:
    transcript = read(chat("Tim: Wie?", "Tom: Gut.", "Tim changed the subject to “Harvest: now”", "Tim: So."))
    assert spoken(transcript) == [("Tim", "Wie?"), ("Tom", "Gut."), ("Tim", "So.")]
    assert unplaced(transcript) == [(3, "12.05.21, 10:02 - Tim changed the subject to “Harvest: now”")]


def test_remark_behind_a_message_and_words_in_angles(read: Read) -> None:
    transcript = read(chat("Tim: Wie?", "Tom: Gut so <This message was edited>", "Tim: a < b und c > d"))
    assert spoken(transcript) == [("Tim", "Wie?"), ("Tom", "Gut so"), ("Tim", "a < b und c > d")]


# time stamps


def test_text_that_whisper_prints(read: Read) -> None:
    lines = (
        "[00:00.500 --> 00:02.000]  How was it\n[00:02.500 --> 00:04.000]  and then?\n[01:04.500 --> 01:06.000]  So.\n"
    )
    for head in ("", "Detecting language using the first 30 seconds.\nDetected language: English\n"):
        transcript = read(head + lines)
        assert spoken(transcript) == [("", "How was it and then? So.")]
        assert transcript.notices == (
            "no caption names its speaker: the whole text is read as one participant's turn "
        "(if several people speak, name them in the source)",
        )  # fmt: skip


def test_text_that_whisper_prints_with_speakers(read: Read) -> None:
    text = (
        "[00:00:00.000 --> 00:00:02.000]   [SPEAKER_00]: How was it?\n"
        "[00:00:02.000 --> 00:00:04.000]   [SPEAKER_01]: It rained\n[00:00:04.000 --> 00:00:05.000]   for a week.\n"
    )
    assert spoken(read(text)) == [("SPEAKER_00", "How was it?"), ("SPEAKER_01", "It rained for a week.")]


@pytest.mark.parametrize(
    "stamp", ["[{}]", "({})", "[00:{}]", "#00:{}#", "[{} --> 59:59]", "[{} - 59:59]", "{}", "{} - 59:59", "00:{}:00"]
)
def test_times_at_the_beginning_of_lines_are_no_words(read: Read, stamp: str) -> None:
    minutes = ("00:03", "00:09", "01:20")
    text = "".join(f"{stamp.format(time)} We left.\n" for time in minutes)
    transcript = read(text, "x.md")
    assert [words for _, words in spoken(transcript)] == ["We left."] * 3
    assert times(transcript) == [3.0, 9.0, 80.0]


def test_times_on_lines_of_their_own_within_turns(read: Read) -> None:
    transcript = read("Interviewer: Well?\n\nKim: It rained.\n[00:05:00]\nAnd so.\n\nInterviewer: [00:06:00] Why?\n")
    assert spoken(transcript) == [
        ("Interviewer", "Well?"), ("Kim", "It rained."), ("Kim", "And so."), ("Interviewer", "Why?")
    ]  # fmt: skip
    assert times(transcript) == [None, None, 300.0, 360.0]


@pytest.mark.parametrize(
    "text",
    [
        "Interviewer: When?\n\nKim: 10:30 works.\n\nInterviewer: 9:15 too?\n\nKim: 11:00 is fine.\n",
        "Interviewer: When?\n\nKim: We left at\n10:30 and were there at\n11:30 or so.\n",
        "Interviewer: 10:30?\n\nKim: 10:45 is better.\n",
    ],
)
def test_times_in_sentences_are_words(text: str) -> None:
    draft = read_plain(text, rules=RULES)
    words = " ".join(text[turn.start : turn.end] for turn in draft.turns)
    assert words.split() == [word for word in text.split() if word not in {"Interviewer:", "Kim:"}]


PIECES = st.sampled_from(
    [
        "Tim: ",
        "Kim: ",
        "yes ",
        "\n",
        "\n\n",
        "[00:05] ",
        "00:07 ",
        "#00:00:09# ",
        "Tim Doe left the meeting",
        "- ",
        ">> ",
    ]
)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_no_word_is_lost_around_what_is_cut_out(text: str) -> None:
    draft = read_plain(text, rules=RULES)
    assert all(before.end <= after.start for before, after in zip(draft.turns, draft.turns[1:], strict=False))
    # "yes Tim:" may be taken for a label that comes back.
    read_text = [f"{turn.speaker}: {text[turn.start : turn.end]}" for turn in draft.turns]
    read_text += [draft.header, *(piece.text for piece in draft.unplaced)]
    for word in ("yes", "left the meeting"):
        assert sum(part.count(word) for part in read_text) == text.count(word)


# rolling captions

ROLLING = """WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:02.310 align:start position:0%
 
we<00:00:00.320><c> planted</c><00:00:00.560><c> the</c><00:00:00.800><c> beans</c>

00:00:02.310 --> 00:00:02.320 align:start position:0%
we planted the beans
 

00:00:02.320 --> 00:00:04.470 align:start position:0%
we planted the beans
behind<00:00:02.480><c> the</c><00:00:02.640><c> old</c><00:00:02.879><c> barn</c>

00:00:04.470 --> 00:00:04.480 align:start position:0%
behind the old barn
 

00:00:04.480 --> 00:00:06.000 align:start position:0%
behind the old barn
last<00:00:04.640><c> spring</c>

00:00:06.000 --> 00:00:06.010 align:start position:0%
last spring
 
"""  # noqa: W293
WORDS = "we planted the beans behind the old barn last spring"


@pytest.mark.parametrize(
    "text",
    [
        ROLLING,
        ROLLING.replace("<c>", "").replace("</c>", ""),
        srt(
            ("00,160", "02,310", " \nwe planted the beans"),
            ("02,310", "02,320", "we planted the beans\n "),
            ("02,320", "04,470", "we planted the beans\nbehind the old barn"),
            ("04,470", "04,480", "behind the old barn\n "),
            ("04,480", "06,000", "behind the old barn\nlast spring"),
            ("06,000", "06,010", "last spring\n "),
        ),
        srt(
            ("00,160", "02,310", "we planted the beans"),
            ("02,310", "04,470", "we planted the beans\nbehind the old barn"),
            ("04,470", "06,000", "behind the old barn\nlast spring"),
        ),
        ROLLING.replace("behind<", "said:<", 1).replace("behind the", "said: the"),
        srt(
            ("00,160", "02,310", "we planted"),
            ("02,310", "03,470", "we planted the beans"),
            ("03,470", "04,470", "we planted the beans behind the old barn"),
            ("04,470", "06,000", "we planted the beans behind the old barn last spring"),
        ),
    ],
)
def test_rolling_captions_are_read_once(text: str) -> None:
    draft = read_captions(text)
    assert [draft.text[turn.start : turn.end].replace("said:", "behind") for turn in draft.turns] == [WORDS]
    assert draft.unplaced == ()
    assert draft.notices[0].startswith("captions begin with the lines of the captions before")
    assert len(" ".join(words.replace("---", " ") for _, _, words in caption_rows(text)).split()) == len(WORDS.split())


@pytest.mark.parametrize("label", ["Ann:", "[SPEAKER_00]", "(speaker 0)"])
def test_captions_with_labels_do_not_roll(label: str) -> None:
    text = vtt(f"{label} well", f"{label} well", f"{label} well well")
    draft = read_captions(text)
    assert " ".join(draft.text[turn.start : turn.end] for turn in draft.turns) == "well well well well"


def test_line_said_twice_stays_twice() -> None:
    assert read_captions(vtt("Yes.", "Yes.", "No.", "Yes.", "Yes.")).text == "Yes. Yes. No. Yes. Yes.\n"
    rolling = srt(
        ("00,000", "01,000", "yes"),
        ("01,000", "01,010", "yes"),
        ("01,010", "02,000", "yes\nyes"),
        ("02,000", "02,010", "yes"),
        ("02,010", "03,000", "yes\nno"),
    )
    assert read_captions(rolling).text == "yes yes no\n"


# JSON in captions


def test_json_of_teams_is_read() -> None:
    text = vtt(
        '{"startDateTime":"2025-03-07T19:03:34.0Z","speakerName":"Interviewer","spokenText":"How was it?"}',
        '{"speakerName":"P1","spokenText":"It rained: \\u201ea lot\\u201c.","spokenLanguage":"en-us"}',
        '{\n  "speakerName": "P1",\n  "spokenText": "Yes."\n}',
        '{"spokenText":"No."}',
    )
    draft = read_captions(text)
    assert [(turn.speaker, draft.text[turn.start : turn.end]) for turn in draft.turns][:2] == [
        ("Interviewer", "How was it?"),
        ("P1", "It rained: „a lot“. Yes."),
    ]


@pytest.mark.parametrize("json", ['{"id": 1, "x": "y"}', '[{"id": 1}]', '{"speakerName": "P1"}', '{"id": 1,'])
def test_other_json_is_refused_in_one_sentence(read: Read, json: str) -> None:
    with pytest.raises(OperationError, match=r"x\.vtt:4: captions with JSON instead of words") as error:
        read(vtt(json), "x.vtt")
    assert "\n" not in str(error.value)


def test_words_in_braces_are_words() -> None:
    assert read_captions(vtt("{laughs} yes", "[so] it is")).text == "{laughs} yes [so] it is\n"


# blank lines in captions


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_blank_line_below_the_time(blank: str) -> None:
    text = (
        f"1\n00:00:01,000 --> 00:00:02,000\n{blank}\nInterviewer: How was it?\n\n"
        f"2\n00:00:02,500 --> 00:00:04,000\n{blank}\nP1: It rained.\n\n3\n00:00:04,500 --> 00:00:06,000\nP1: Yes.\n"
    )
    draft = read_captions(text, rules=RULES)
    assert [draft.text[turn.start : turn.end] for turn in draft.turns] == ["How was it?", "It rained. Yes."]
    assert draft.unplaced == ()


def test_paragraphs_in_several_cues_are_words() -> None:
    text = srt(
        ("01,000", "02,000", "Interviewer: How\n\nwas it?"),
        ("02,500", "04,000", "P1: It rained.\n\nAll week."),
        ("04,500", "06,000", "\nNOTE a comment\n"),
    )
    draft = read_captions(text, rules=RULES)
    assert [draft.text[turn.start : turn.end] for turn in draft.turns] == ["How was it?", "It rained. All week."]
    assert [piece.text for piece in draft.unplaced] == ["NOTE a comment"]


# changes of speaker in captions


def test_change_marks_without_names_begin_turns() -> None:
    draft = read_captions(vtt(">> How was it? >> It rained.", "all week.", "&gt;&gt; And?"))
    assert [draft.text[turn.start : turn.end] for turn in draft.turns] == [
        "How was it?",
        "It rained. all week.",
        "And?",
    ]
    assert draft.notices == ("no caption names its speaker, though speakers change: all are counted as participants",)


def test_dashes_in_a_caption_are_two_speakers() -> None:
    draft = read_captions(vtt("- How was it?\n- It rained.", "All week.", "-And?\n-It stands."))
    words = [draft.text[turn.start : turn.end] for turn in draft.turns]
    assert words == ["How was it?", "It rained. All week.", "And?", "It stands."]
    listed = read_captions(vtt("Interviewer: Which?", "P1: These:", "- bread\n- milk"))
    assert [listed.text[turn.start : turn.end] for turn in listed.turns] == ["Which?", "These: - bread - milk"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("[SPEAKER_00]:", "[SPEAKER_01]:"),
        ("[SPEAKER_00]", "[SPEAKER_01]"),
        ("(SPEAKER_00)", "(SPEAKER_01)"),
        ("SPEAKER_00:", "SPEAKER_01:"),
        ("&gt;&gt; SPEAKER_00:", ">> SPEAKER_01:"),
        ("- SPEAKER_00:", "- SPEAKER_01:"),
        ("[SPEAKER_00]\n", "[SPEAKER_01]\n"),
    ],
)
def test_recognisers_name_speakers_in_captions(read: Read, first: str, second: str) -> None:
    cues = (f"{first} How was it?", f"{second} It rained.", f"{second} All week.", f"{first} And?")
    transcript = read(vtt(*cues), "x.vtt")
    assert spoken(transcript) == [
        ("SPEAKER_00", "How was it?"), ("SPEAKER_01", "It rained. All week."), ("SPEAKER_00", "And?")
    ]  # fmt: skip


def test_names_on_the_first_lines_of_captions(read: Read) -> None:
    cues = ("Rae Doe\nHow was it?", "Kim Poe\nIt rained.", "Kim Poe\nAll week.", "Rae Doe\nAnd?")
    transcript = read(vtt(*cues), "x.vtt")
    assert spoken(transcript) == [("Rae Doe", "How was it?"), ("Kim Poe", "It rained. All week."), ("Rae Doe", "And?")]
    subtitles = vtt("Well\nyes", "Well\nno", "it is\nso", "it is\nnot")
    assert [turn.speaker for turn in read(subtitles, "x.vtt").turns] == [""]


def test_settings_of_labels_work_in_captions(read: Read) -> None:
    patterns = SourceRules(("I",), labels=(r"=(?P<name>\w+)=",))
    assert spoken(read(vtt("=I= How?", "=K= It rained."), "x.vtt", patterns)) == [("I", "How?"), ("K", "It rained.")]
    excluded = SourceRules(("Interviewer",), not_speakers=("Motto",))
    transcript = read(vtt("Interviewer: How?", "Motto: go on", "Ann: Yes.", "Motto: no"), "x.vtt", excluded)
    assert {turn.speaker for turn in transcript.turns} == {"Interviewer", "Ann"}
    assert [(label.text, label.why) for label in transcript.labels] == [("Motto", "in not_speakers of qualcode.yaml")]


@pytest.mark.parametrize("sound", ["[Music]", "[Musik]", "[Applaus]", "[Música]", "[Rires]"])
def test_sounds_in_brackets_are_no_speakers(sound: str) -> None:
    draft = read_captions(vtt(f"{sound} well", "[Lachen] so", f"{sound} yes", "[Lachen] no"))
    assert [turn.speaker for turn in draft.turns] == [""]


def test_odd_name_in_captions_that_name_each_speaker(read: Read) -> None:
    cues = (
        "Interviewer: How was it?", "15550100123: It rained.", "15550100123: It was fine.", "Ben Ode: Same here.",
        "3rd Floor Room: We listen.", "+1 555-***-**24: The barn stands.", "3rd Floor Room: Go on.",
    )  # fmt: skip
    assert spoken(read(vtt(*cues), "x.vtt")) == [
        ("Interviewer", "How was it?"),
        ("15550100123", "It rained. It was fine."),
        ("Ben Ode", "Same here."),
        ("3rd Floor Room", "We listen."),
        ("+1 555-***-**24", "The barn stands."),
        ("3rd Floor Room", "Go on."),
    ]


# further sentences of recorders and programs

NOTICES = [
    "Meeting ended after 00:06:12 👋",
    "This editable transcript was computer generated and might contain errors. "
    "People can also change the text after it was created.",
    "Ann Lee 已停止听录",
    "Ann Lee が文字起こしを停止しました",
    "Ann Lee zatrzymał transkrypcję",
    "You are now being recorded.",
    "Live Transcription (Closed Captioning) has been enabled",
    "Unknown Speaker left",
    "Aufnahme Ende",
    "Transcription par Happy Scribe",
    "This transcript was exported on May 3, 2024",
    "Untertitelung des ZDF, 2020",
    "Sous-titrage Société Radio-Canada",
    "字幕由Amara.org社区提供",
    "Page 3",
    "Seite 3 von 7",
    "(Ende)",
    "*** END ***",
    "[BLANK_AUDIO]",
    "[SPEAKER_TURN]",
]


@pytest.mark.parametrize("line", NOTICES)
def test_further_notices_are_no_speech(line: str) -> None:
    draft = read_plain(f"I: How?\nB: Rain.\nI: And?\nB: Fine.\n{line}\n", known=("I",))
    assert draft.text[draft.turns[-1].start : draft.turns[-1].end] == "Fine."
    assert [piece.text for piece in draft.unplaced] == [line]


@pytest.mark.parametrize("line", ["The end", "Page 3 is torn.", "Ann left", "music", "(laughs)", "We ended after 6:12"])
def test_words_that_look_like_further_notices_are_speech(line: str) -> None:
    assert not is_recorder_notice(line)


def test_what_a_chat_program_writes_itself_is_no_message() -> None:
    bodies = ["\u200ePOLL:\nWhich day?\n\u200eOPTION: Monday (\u200e1 vote)", "\u200eVoice call, \u200eNo answer"]
    lines = ["Ann: How?", *(f"Ben: {body}" for body in bodies), "Oak: \u200eBen was added", "Ben: Rain.", "Ann: And?"]
    draft = read_plain("\n".join(f"[03/05/24, 10:00:02] {line}" for line in lines), known=("Ann",))
    assert [(turn.speaker, draft.text[turn.start : turn.end]) for turn in draft.turns if turn.start < turn.end] == [
        ("Ann", "How?"),
        ("Ben", "Rain."),
        ("Ann", "And?"),
    ]
    assert len(draft.unplaced) == 3
