"""Signals: each is reported for a broken reading, and none for interviews that are read rightly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode import Project
from qualcode.errors import UsageError
from qualcode.model import Case, Role, SignalName, SourceRule, SourceRules, Transcript, Turn, UnplacedText
from qualcode.segments import get_sentence_rules
from qualcode.signals import SIGNALS, find_signals
from qualcode.transcripts import hash_text
from studies import Shell, write

ROOT = Path(__file__).parent.parent
REAL = ROOT / "../shared/data/real"

TALK = (
    ("Int", "How was the harvest?"),
    ("Ann", "It rained for a week."),
    ("Int", "And the barn?"),
    ("Ann", "It stands."),
)


def make_transcript(*turns: tuple[str, str], header: str = "", times: tuple[float, ...] = ()) -> Transcript:
    """Return a transcript of turns (speaker, words), independent of all readers; Int is the interviewer."""
    text, built = f"{header}\n\n" if header else "", []
    for index, (speaker, words) in enumerate(turns):
        text += f"{speaker}: "
        role: Role = "interviewer" if speaker == "Int" else "participant"
        time = times[index] if times else None
        built.append(Turn(index, speaker, role, len(text), len(text) + len(words), time))
        text += f"{words}\n\n"
    return Transcript("x", "transcripts/x.vtt", text, hash_text(text), tuple(built), header)


def said(words: str) -> Transcript:
    """Return an interview in which Ann says these words at the end."""
    return make_transcript(*TALK, ("Ann", words))


def answer(text: str, *, case: str = "r1", **attributes: str) -> Transcript:
    """Return a row of a table with its attributes."""
    return replace(make_transcript(("", text)), case=Case(case, attributes))


def names_of(transcript: Transcript, rules: SourceRules = SourceRules(), language: str = "en") -> list[str]:
    """Return the names of the signals of a transcript."""
    found = find_signals(transcript, rules, sentence_rules=get_sentence_rules(language))
    return [finding.signal.name for finding in found]


BROKEN: list[tuple[SignalName, Transcript, str]] = [
    ("label in turn", said("Yes. Ben Ode: Same here. +1 555: Go. Ben Ode: No. +1 555: Ja."), ""),
    ("label in turn", said("Yes. Int: And then?"), "Int: And then?"),
    ("label in turn", said("[SPEAKER_00]: Yes."), "[SPEAKER_00]: Yes."),
    ("label in turn", said("Yes. >> And then?"), ">> And then?"),
    ("label in turn", said("(speaker 1) Yes."), "(speaker 1) Yes."),
    ("label in turn", make_transcript(("", "Rae\nHow?\n\nKim Poe\nIt rained.\n\nRae\nAnd?\n\nKim Poe\nGood.")), ""),
    ("time in turn", said("We lost half [00:05:10] of it."), "[00:05:10] of it."),
    ("time in turn", make_transcript(("Int", "00:03 How?"), ("Ann", "00:09 It rained.")), "00:03 How?"),
    ("time in turn", make_transcript(("", "[0:00.5 --> 0:02.0] It rained.\n[0:02.5 --> 0:04.0] Good.")), ""),
    ("time in turn", said("Rae Doe\n1 hour 2 minutes 1 second\nAnd?\n0 minutes 9 seconds"), ""),
    ("time in turn", said("Good.\n12.05.21, 10:04 - Tim left\n12.05.21, 10:05 - Tim came"), ""),
    ("line numbers", said("5 It rained\n10 for a week,\n15 then it was\n20 fine."), ""),
    (
        "repeated words",
        make_transcript(("Ann", "we sow the beans we sow the beans by the barn by the barn in the rain in the rain")),
        "",
    ),
    ("markup", said("It <i>rained</i>."), "<i>rained</i>."),
    ("markup", make_transcript(("Ann", '{"speakerName":"P1","spokenText":"It rained."}')), ""),
    ("markup", answer("It rained._x000D_ For a week."), ""),
    ("recorder notice", said("Good.\nRae Doe stopped transcription"), "Rae Doe stopped transcription"),
    ("recorder notice", said("<Medien ausgeschlossen>"), ""),
    ("heading in turn", said("Good.\n\n## Question 2: And the barn?"), "## Question 2: And the barn?"),
    ("heading in turn", said("Good.\n| Age | Job |"), "| Age | Job |"),
    ("control characters", said("It rained.\u2028For a week."), ""),
    ("mojibake", said("The cafÃ© wasnâ€™t open."), "cafÃ© wasnâ€™t open."),
    ("cut sentence", said("El Sr. López llegó."), "El Sr. López llegó."),
    ("cut sentence", said("It rained\n\nfor a week."), "It rained"),
    (
        "other language",
        make_transcript(("Ann", "Der Regen kam, und wir haben nicht gewusst, wie sich das auch dreht.")),
        "",
    ),
    ("uncounted words", make_transcript(("", "དེ་རིང་ཆར་པ་བབས་སོང་།")), ""),
    (
        "single turn",
        make_transcript(("Int", "Hi."), ("Ann", "It rained for a week. How was it?\nGood. And the barn?")),
        "",
    ),
    ("large share", make_transcript(("Int", "How was it? " + "It rained for a week. " * 9), ("Ann", "Good.")), ""),
    ("no participant", make_transcript(("Int", "How?"), ("Int", "Hello?")), "How?"),
    ("reversed roles", make_transcript(*[("I", "How?"), ("Ann", "It rained.")] * 3), ""),
    (
        "short label",
        make_transcript(("Interviewer (I)", "How?"), ("I", "And?")),
        "I beside Interviewer (I)",
    ),
    ("short label", make_transcript(("Int", "How?"), ("Ann Lee", "Good."), ("Ann", "Yes.")), "Ann beside Ann Lee"),
    (
        "sentences in header",
        make_transcript(("Int", "How?"), ("Ann", "Good."), header="We sell paint here. And lots of screws."),
        "",
    ),
    (
        "text left out",
        replace(make_transcript(*TALK), unplaced=(UnplacedText(3, "P1: It rained for a week. " * 3),)),
        "",
    ),
    ("slow speech", make_transcript(("Int", "How?"), ("Ann", "It rained."), times=(500, 2500)), "How?"),
    ("repeated questions", make_transcript(*[("Int", "How was the harvest?"), ("Ann", "Good.")] * 3), ""),
    ("captions as answers", answer("It rained.", case="500", end="2000"), "500 2000 It rained."),
]


@pytest.mark.parametrize(("name", "transcript", "example"), BROKEN)
def test_a_broken_reading_is_reported(name: str, transcript: Transcript, example: str) -> None:
    findings = {finding.signal.name: finding for finding in find_signals(transcript, SourceRules())}
    assert name in findings
    assert not example or findings[name].example.text == example


def test_every_signal_has_an_example_of_a_broken_reading() -> None:
    names = [signal.name for signal in SIGNALS]
    assert sorted({name for name, _, _ in BROKEN}) == sorted(names) == sorted(get_args(SignalName))


@pytest.mark.parametrize(
    "words",
    [
        "Here's the thing: it rained. So the question is: what now? Here's the thing: nobody knows. The point: none.",
        "We met at 10:30. It ended at 11:15 sharp, and the train left 12:05.",
        "I'm: more tired. I'm: less tired. I'm: fine.",
        "It is end-to-end encrypted, I think. The recording has started well.",
        "By 20. That is when I left. At 18. No. **Really.**",
        "1998 was bad.\n1999 was worse.\n2000 was good.\n2001 was bad.",
        "Mhm. Yes. Hm. Dr. Lee said so. About 12. Then more came. Mr. Poe too.",
        "I think I think so. No no no. It was very, very, very wet.",
        "“était” – l’été. Привет, Рё. ÇÃO. Ñandú.",
        "We began to record. They left the meeting room. She left the meeting. I stopped the recording.",
    ],
)
def test_ordinary_speech_has_no_signal(words: str) -> None:
    assert names_of(make_transcript(*TALK, ("Ann", words), *TALK)) == []


def test_numbers_in_labels_are_no_short_forms() -> None:
    assert names_of(make_transcript(("P1", "Good."), ("P1 2", "Yes."), ("P10", "No."), ("Int", "And?"))) == []


def test_a_source_without_speakers_may_have_headings_and_one_turn() -> None:
    text = make_transcript(("", "# The job\n\n* Answer mail.\n* Order coffee.\nNote: no calls."))
    rules = SourceRules(sources={"x.*": SourceRule(kind="text")})
    assert (names_of(text), names_of(text, rules)) == ([], [])
    assert names_of(make_transcript(*TALK, ("Ann", "Good.\n# The job"))) == ["heading in turn"]


def test_a_long_nameless_turn_is_reported_if_it_may_be_a_conversation() -> None:
    long = " ".join(f"The farm of field{number} has a barn." for number in range(50))
    question = " How was it?"
    recorded = replace(make_transcript(("", long)), reader="captions")
    (finding,) = find_signals(recorded, SourceRules())
    assert finding.signal.name == "single turn"
    assert finding.hint == (
        'name the speakers in the source (“Name: text”), or write sources: {"x.vtt": {kind: text}} if nobody else '
        'speaks; if all is right, sources: {"x.vtt": {accept: [single turn]}}'
    )
    assert names_of(recorded, SourceRules(sources={"x.*": SourceRule(kind="text")})) == []
    assert names_of(replace(make_transcript(("", long[:900])), reader="captions")) == []
    # A job description, a text with questions, an answer of a survey.
    assert names_of(make_transcript(("", long + question * 2))) == []
    assert names_of(make_transcript(("", long + question * 3))) == ["single turn"]
    assert names_of(answer(long + question * 3)) == []


def test_a_number_ends_no_sentence_of_two_words_but_in_english() -> None:
    transcript = said("Am 3. Mai kam Regen.")
    assert (names_of(transcript), names_of(transcript, language="fr")) == ([], ["cut sentence"])


def test_a_name_with_a_slip_in_its_sign_is_a_label_in_a_turn() -> None:
    for line in ("Ann; We lost half.", "Ann - We lost half.", "Ann", "Ann (laughs) We lost half."):
        assert names_of(make_transcript(*TALK, ("Int", f"And the beans?\n{line}"))) == ["label in turn"]
    assert names_of(make_transcript(*TALK, ("Int", "And the beans?\nAnn said so, Ann too."))) == []


def test_the_settings_of_a_message_are_valid_yaml() -> None:
    transcript = replace(make_transcript(*TALK, ("Ann", '[Cy "CJ" O]: Yes.')), path="transcripts/[old].txt")
    (finding,) = find_signals(transcript, SourceRules())
    assert finding.hint == (
        'write speakers: {"Cy \\"CJ\\" O": {}} if it is one, labels: {not_speakers: ["Cy \\"CJ\\" O"]} if not; '
        'if all is right, sources: {"[[]old].txt": {accept: [label in turn]}}'
    )


@pytest.mark.slow
def test_many_speakers_are_compared_in_linear_time() -> None:
    """Every pair of 20,000 labels would take minutes."""
    transcript = make_transcript(*((f"Name{number} Lee", "It rained.") for number in range(20_000)))
    assert names_of(transcript) == []


def test_codes_of_a_transcription_convention_are_no_markup() -> None:
    transcript = said("&-um it rained [/] it rained.")
    start = transcript.text.index("&-um")
    codes = ((start, start + 4), (transcript.text.index("[/]"), transcript.text.index("[/]") + 3))
    assert (names_of(transcript), names_of(replace(transcript, not_words=codes))) == (["markup"], [])


def test_an_accepted_signal_and_an_excluded_label_are_not_reported() -> None:
    transcript = said("Yes. Int: And then?")
    assert names_of(transcript) == ["label in turn"]
    assert names_of(transcript, SourceRules(not_speakers=("int",))) == []
    assert names_of(transcript, SourceRules(sources={"*": SourceRule(accept=("label in turn",))})) == []
    assert names_of(transcript, SourceRules(sources={"*": SourceRule(accept=("markup",))})) == ["label in turn"]


@given(st.lists(st.tuples(st.sampled_from(["Int", "Ann", ""]), st.text(max_size=40)), max_size=6))
def test_examples_are_in_the_text(turns: list[tuple[str, str]]) -> None:
    transcript = make_transcript(*turns)
    for finding in find_signals(transcript, SourceRules()):
        assert 0 <= finding.example.start <= len(transcript.text)
        assert finding.count >= finding.signal.minimum
        assert finding.hint


def test_the_shipped_interviews_have_no_signal() -> None:
    study = Project(ROOT).study
    found = [(one.id, names_of(one, study.settings.rules)) for one in study.transcripts.values()]
    assert (len(found), [one for one in found if one[1]]) == (51, [])


EXPECTED_IN_REAL = {
    "formats/Test OneDrive Transcription 2022-11": ["single turn"],  # no caption names its speaker
    "ohd/armantrout": ["time in turn"],  # "(1:29)" and 19 other times stand in the words
    "ohd/gluck": ["markup"],  # <em> in the words
    "ohd/mcmichael": ["time in turn"],
    "ohd/wrigley": ["reversed roles"],  # the settings of this test name no interviewer
}


@pytest.mark.skipif(not REAL.exists(), reason="the real files are not on this machine")
def test_real_files_have_no_signal_but_those_that_are_right(tmp_path: Path) -> None:
    for folder in ("formats", "gennovate", "ohd"):
        for path in sorted((REAL / folder).glob("*.*")):
            write(tmp_path, f"transcripts/{folder}/{path.name}", path.read_bytes())
    write(tmp_path, "qualcode.yaml", "coder: ana\n")
    study = Project(tmp_path).study
    found = {one.id: names_of(one, study.settings.rules) for one in study.transcripts.values()}
    assert len(found) > 30
    assert {name: signals for name, signals in found.items() if signals} == EXPECTED_IN_REAL


@pytest.fixture
def shell(study_with_signal: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Commands on that study."""
    return Shell(study_with_signal, capsys)


@pytest.fixture
def study_with_signal(tmp_path: Path) -> Path:
    """Write a study with one transcript that has a label inside a turn."""
    write(tmp_path, "study/qualcode.yaml", "coder: ana\nroles: {interviewer: [Int]}\n")
    write(tmp_path, "x.txt", "Int: How?\n\nAnn: It rained. [SPEAKER_07]: Yes.\n\nInt: And?\n\nAnn: Good.\n")
    return tmp_path / "study"


def test_added_sources_are_listed_with_format_speakers_and_signals(study_with_signal: Path) -> None:
    added = Project(study_with_signal).add(study_with_signal.parent / "x.txt")
    assert added[["format", "speakers", "signals"]].values.tolist() == [
        ["text", "Int (interviewer, 29%), Ann (participant, 71%)", "label in turn"]
    ]
    assert added.attrs["notes"] == [
        "transcripts/x.txt:3: words inside a turn look like a speaker's label: “[SPEAKER_07]: Yes.” "
        '(write speakers: {"SPEAKER_07": {}} if it is one, labels: {not_speakers: ["SPEAKER_07"]} if not; '
        'if all is right, sources: {"x.txt": {accept: [label in turn]}})'
    ]


def test_signals_are_in_check_and_in_the_table_of_speakers(study_with_signal: Path, shell: Shell) -> None:
    Project(study_with_signal).add(study_with_signal.parent / "x.txt")
    for command in (["check"], ["transcripts", "speakers"]):
        result = shell(*command)
        assert "transcripts/x.txt:3: words inside a turn look like a speaker's label" in result.out + result.err
        assert result.code == 0


def test_accepted_signals_are_written_into_the_settings(study_with_signal: Path, shell: Shell) -> None:
    source = study_with_signal.parent / "x.txt"
    settings = study_with_signal / "qualcode.yaml"
    before = settings.read_text(encoding="utf-8")
    result = shell("transcripts", "add", source, "--accept", "label in turn")
    assert (result.code, "look like" in result.out) == (0, False)
    assert settings.read_text(encoding="utf-8") == f'{before}sources:\n  x.txt: {{"accept": ["label in turn"]}}\n'
    assert "look like" not in shell("check").out
    # A second one is added to the entry that is there.
    Project(study_with_signal).add(source, accept="markup")
    rule = Project(study_with_signal).study.settings.rules.sources["x.txt"]
    assert rule == SourceRule(accept=("label in turn", "markup"))


def test_an_unknown_signal_is_refused_with_the_known_ones(study_with_signal: Path) -> None:
    project = Project(study_with_signal)
    with pytest.raises(UsageError, match=r"no signal 'labels in turn' \(did you mean 'label in turn'\?\)"):
        project.add(study_with_signal.parent / "x.txt", accept="labels in turn")
    write(study_with_signal, "qualcode.yaml", "sources: {x.txt: {accept: [label]}}\n")
    problems = Project(study_with_signal).study.settings_problems
    assert problems[0].message.startswith("'accept.0': give label in turn, time in turn")


def test_a_signal_of_many_rows_is_reported_once(tmp_path: Path) -> None:
    write(tmp_path, "qualcode.yaml", "tables: {s.csv: {kind: answers, id: id, text: said}}\n")
    write(tmp_path, "transcripts/s.csv", "id,said\nr1,It <b>rained</b>.\nr2,Good.\nr3,<b>Bad</b> beans.\n")
    messages = [problem.message for problem in Project(tmp_path).check() if "markup" in problem.message]
    assert messages == ["markup is counted as words: “<b>rained</b>.” (2 places, turn 0), in 2 rows"]


def test_lines_of_a_chat_above_its_first_message_are_no_sentences() -> None:
    lines = "12/11/2026, 09:14 - Messages are encrypted. Tap to learn more.\n[12.05.21, 10:00] Hallo ihr. Tim ist da."
    assert names_of(make_transcript(*TALK, header=lines)) == []


def test_times_are_reported_in_a_source_without_speakers_as_well() -> None:
    text = make_transcript(("", "12.05.21, 10:04 - Tim: How?\n12.05.21, 10:05 - Tom: Good."))
    assert names_of(text, SourceRules(sources={"x.*": SourceRule(kind="text")})) == ["time in turn"]


def test_a_label_with_an_initial_is_a_short_form() -> None:
    assert names_of(make_transcript(*TALK, ("Ben Ortiz", "Yes."), ("B. Ortiz", "No."))) == ["short label"]
