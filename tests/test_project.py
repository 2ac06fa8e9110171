"""The desk: every verb from Python, decisions first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from qualcode import Project, QuoteLocation
from qualcode.anchors import make_anchor
from qualcode.coding.quote_location import locate_quote
from qualcode.errors import MissingCoderError, OperationError, StudyNotFoundError, UnknownNameError, UsageError
from qualcode.ledger import Event, append_events, encode_event, new_event
from qualcode.study.study import Study
from studies import WORK, A, coded_study, column, ledgers, records, row, small_study, write


def events(root: Path) -> list[dict[str, object]]:
    """Return every line of the ledger."""
    return [json.loads(line) for content in ledgers(root).values() for line in content.splitlines()]


# Opening and beginning


def test_a_study_is_opened_from_any_folder_inside_it(tmp_path: Path) -> None:
    small_study(tmp_path)
    assert Project(tmp_path / "transcripts").study.root == tmp_path.resolve()


def test_a_folder_outside_any_study_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StudyNotFoundError, match=r"run Project\.init\(\)"):
        Project(tmp_path)


def test_a_folder_that_is_not_there_does_not_open_the_study_above_it(tmp_path: Path) -> None:
    small_study(tmp_path)
    with pytest.raises(UsageError, match="no such folder"):
        Project(tmp_path / "typo")


def test_init_makes_a_study_without_problems_that_already_suggests(tmp_path: Path) -> None:
    project = Project.init(tmp_path / "new", name="Wards: night & day", coder="ana")
    assert [problem.level for problem in project.check()] == ["notice"]  # no transcripts yet
    assert project.status().name == "Wards: night & day"
    write(tmp_path / "new", "transcripts/S01.txt", "Interviewer: So?\n\nBo: We are short of staff.\n")
    found = Project(tmp_path / "new").suggest()
    assert list(found["code"]) == ["challenges/resources"]


@pytest.mark.parametrize("coder", ["007", "true", "1e5", "null", "Ana Lú"])
def test_init_writes_a_coder_whose_name_reads_as_something_else_in_yaml(tmp_path: Path, coder: str) -> None:
    project = Project.init(tmp_path, coder=coder)
    assert project.study.settings.coder == coder
    assert project.study.settings_problems == []


def test_init_keeps_what_is_there_and_refuses_a_second_time(tmp_path: Path) -> None:
    mine = "family: mine\ncodes:\n  - {id: a, name: A}\n"
    write(tmp_path, "codebooks/mine.yml", mine)
    write(tmp_path, ".gitignore", "secret\n")
    write(tmp_path, ".gitattributes", "*.md -text\n")
    Project.init(tmp_path)
    assert (tmp_path / ".gitattributes").read_text() == "*.md -text\n"
    assert (tmp_path / "codebooks" / "mine.yml").read_text() == mine
    assert (tmp_path / ".gitignore").read_text() == "secret\n"
    assert not (tmp_path / "codebooks" / "challenges.yaml").exists()
    before = (tmp_path / "qualcode.yaml").read_bytes()
    with pytest.raises(OperationError, match="already"):
        Project.init(tmp_path, name="another")
    assert (tmp_path / "qualcode.yaml").read_bytes() == before


def test_init_into_a_folder_that_cannot_take_it_is_refused_and_begins_nothing(tmp_path: Path) -> None:
    write(tmp_path, "codings", "not a folder")
    with pytest.raises(OperationError, match="codings: cannot be written"):
        Project.init(tmp_path)
    assert not (tmp_path / "qualcode.yaml").exists()


# One span


def test_a_quote_becomes_a_line_of_the_ledger_that_proves_itself(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    made = project.code("A", "work/money", "The budget is gone.", coder="ana", memo=" again ")
    start = A.index("The budget")
    apply, memo = events(tmp_path)
    assert {key: apply[key] for key in ("id", "event", "coder", "transcript", "start", "end", "quote", "code")} == {
        "id": made.id,
        "event": "apply",
        "coder": "ana",
        "transcript": "A",
        "start": start,
        "end": start + 19,
        "quote": "The budget is gone.",
        "code": "work/money",
    }
    assert apply["before"] == A[start - 32 : start]
    assert apply["after"] == A[start + 19 : start + 19 + 32]
    assert apply["sha256"] == project.study.transcripts["A"].sha256
    assert (memo["event"], memo["target"], memo["text"]) == ("memo", made.id, "again")
    assert list(ledgers(tmp_path)) == ["ana/A.jsonl"]


@pytest.mark.parametrize(
    ("transcript", "wanted", "said"),
    [
        ("A", QuoteLocation("They fear it.", turn=3, sentence=0), (99, 112)),
        ("A", QuoteLocation("They fear it.", turn=3, sentence=1), (113, 126)),
        ("A", QuoteLocation("The budget is gone.", turn=1), (55, 74)),
        ("A", QuoteLocation(start=55, end=74), (55, 74)),
        ("A", QuoteLocation("The budget is gone.", start=55, end=74), (55, 74)),
        ("A", QuoteLocation("  The budget is gone.\n"), (55, 74)),
        ("B", QuoteLocation('It\'s "fine" - I wait.'), (84, 105)),
        ("B", QuoteLocation("It’s “fine” — I wait."), (84, 105)),
    ],
)
def test_a_span_is_found_by_quote_turn_sentence_or_offsets(
    tmp_path: Path, transcript: str, wanted: QuoteLocation, said: tuple[int, int]
) -> None:
    project = Project(small_study(tmp_path))
    project.code(transcript, "work/fear", wanted, coder="ana")
    (coding,) = project.study.codings
    assert (coding.start, coding.end) == said


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        ("They fear it.", r"occurs 2 times in A \(turns 3, 3\): give the turn"),
        (QuoteLocation("They fear it.", turn=3), "give the sentence, or start and end"),
        ("What is hard?", "interviewers and headers are never coded"),
        ("not said by anybody", "is not in A"),
        (QuoteLocation("The budget is gone.", turn=3), "not in turn 3 of A but in turn 1"),
        (QuoteLocation("The budget is gone.", turn=9), "has 4 turns, counted from 0: there is no turn 9"),
        (QuoteLocation("The budget is gone.", turn=-1), "there is no turn -1"),
        (QuoteLocation(start=55), "must both be given"),
        (QuoteLocation(start=74, end=55), "is not a span of A, which has 127 characters"),
        (QuoteLocation(start=55, end=999), "is not a span of A"),
        (QuoteLocation("The budget", start=21, end=31), "reads “Nobody can”, not “The budget”"),
        (QuoteLocation(start=0, end=20), "interviewers are never coded"),
        (QuoteLocation(start=60, end=90), "interviewers are never coded"),
        ("", "give a quote, or start and end"),
    ],
)
def test_a_span_that_proves_nothing_is_refused_with_the_reason(
    tmp_path: Path, wanted: QuoteLocation | str, sentence: str
) -> None:
    project = Project(small_study(tmp_path))
    with pytest.raises(OperationError, match=sentence):
        project.code("A", "work/fear", wanted, coder="ana")
    assert ledgers(tmp_path) == {}


def test_a_quote_is_taken_where_it_is_a_word_of_its_own(tmp_path: Path) -> None:
    """``it`` stands inside ``waiting`` too; where no place is whole words, parts of words count."""
    root = small_study(tmp_path)
    write(root, "transcripts/A.txt", "I: So?\n\nP: I am waiting. Get it.\n\nI: And?\n\nP: No.\n")
    project = Project(root)
    project.code("A", "work/fear", "it", coder="ana")
    project.code("A", "work/fear", "aiti", coder="ana")
    assert [coding.quote for coding in project.study.codings] == ["aiti", "it"]
    assert project.study.transcripts["A"].text[project.study.codings[1].start - 4 :].startswith("Get it.")


def test_the_same_span_is_refused_once_coded_but_free_to_others_and_other_codes(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    first = project.code("A", "work/money", "The budget is gone.", coder="ana")
    with pytest.raises(OperationError, match=f"ana has already coded this span of A with work/money .{first.id}"):
        project.code("A", "work/money", "The budget is gone.", coder="ana")
    project.code("A", "work/money", "The budget is gone.", coder="ben")
    project.code("A", "work/fear", "The budget is gone.", coder="ana")
    assert len(project.codings()) == 3


def test_a_pattern_names_no_transcript_to_code(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match=r"no transcript '\*'"):
        Project(small_study(tmp_path)).code("*", "work/money", "The budget is gone.", coder="ana")


def test_a_former_id_codes_with_the_present_one(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    work = (root / "codebooks/work.yaml").read_text().replace("name: Fear", "name: Fear\n    formerly: [work/angst]")
    write(root, "codebooks/work.yaml", work)
    project = Project(root)
    project.code("A", "work/angst", QuoteLocation(start=99, end=112), coder="ana")
    assert list(project.codings()["code"]) == ["work/fear"]


def test_nobody_decides_without_a_name(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    with pytest.raises(MissingCoderError, match="no coder set: to code"):
        project.code("A", "work/money", "The budget is gone.")
    with pytest.raises(UsageError, match="begins with a letter"):
        project.code("A", "work/money", "The budget is gone.", coder="../ana")
    assert not (tmp_path / "ana").exists()
    mine = Project(small_study(tmp_path, coder="ana"))
    mine.code("A", "work/money", "The budget is gone.")
    assert list(mine.codings()["coder"]) == ["ana"]


@given(data=st.data())
def test_every_part_of_what_a_participant_says_is_placed_where_it_stands_or_refused(data: st.DataObject) -> None:
    study = Study(Path(__file__).parents[1])
    text = "I: What?\n\nP: We wait, we wait and we fear the wait.\n\nI: Wait?\n\nP: We wait.\n"
    from builders import transcript_of

    transcript = transcript_of(text)
    turn = transcript.turns[data.draw(st.sampled_from([1, 3]))]
    start = data.draw(st.integers(turn.start, turn.end - 1))
    end = data.draw(st.integers(start + 1, turn.end))
    assert locate_quote(transcript, QuoteLocation(start=start, end=end), sentence_rules=study.sentence_rules) == (
        start,
        end,
    )
    quote = text[start:end]
    try:
        found = locate_quote(transcript, QuoteLocation(quote, turn=turn.index), sentence_rules=study.sentence_rules)
    except OperationError:
        assert not quote.strip() or text[turn.start : turn.end].count(quote.strip()) > 1
    else:
        assert text[slice(*found)] == quote.strip()
        assert turn.start <= found[0] < found[1] <= turn.end


# Suggestions


def test_suggestions_name_their_words_and_leave_interviewers_out(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write(root, "transcripts/A.txt", A.replace("What is hard?", "Is the budget hard?"))
    found = Project(root).suggest(transcripts="A")
    assert list(zip(found["quote"], found["code"], found["why"], strict=True)) == [
        ("Nobody can tell me what it earns.", "work/money/roi", '"earns" (regex)'),
        ("The budget is gone.", "work/money", '"budget"'),
        ("They fear it.", "work/fear", '"fear"'),
        ("They fear it.", "work/fear", '"fear"'),
    ]
    assert list(found["score"]) == [0.8, 0.5, 0.5, 0.5]


def test_an_unless_cue_keeps_its_code_away(tmp_path: Path) -> None:
    """``I wait a week.`` has the veto ``week``; ``I wait.`` has not."""
    found = Project(small_study(tmp_path)).suggest(code="skills")
    assert list(found["quote"]) == ["It’s “fine” — I wait.", "I wait.", "I wait."]


def test_an_accepted_suggestion_is_a_coding_with_its_origin_and_leaves_the_list_of_its_coder_only(
    tmp_path: Path,
) -> None:
    project = Project(small_study(tmp_path))
    before = project.suggest(coder="ana")
    wanted = row(records(before), code="work/money/roi")
    assert project.accept(wanted["id"], coder="ana").count == 1
    (event,) = events(tmp_path)
    origin = event["origin"]
    assert isinstance(origin, dict)
    assert {key: origin[key] for key in ("maker", "score", "why", "version")} == {
        "maker": "cues",
        "score": 0.8,
        "why": '"earns" (regex)',
        "version": project.codebook.version,
    }
    (coding,) = records(project.codings())
    assert (coding["quote"], coding["maker"], coding["status"]) == (wanted["quote"], "cues", "anchored")
    table = project.suggest(coder="ana")
    assert wanted["id"] not in set(table["id"])
    assert "ana has decided on 1 more" in table.attrs["notes"][0]
    assert wanted["id"] in set(project.suggest(coder="ben")["id"])
    assert wanted["id"] in set(project.suggest(coder="ana", decided=True)["id"])
    result = project.accept(wanted["id"], coder="ana")
    assert result.count == 0
    assert result.notes == (f"{wanted['id']} is already coded by ana",)
    assert len(events(tmp_path)) == 1


def test_a_rejected_suggestion_stays_away_until_its_codes_entry_changes(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    project = Project(root)
    wanted = row(records(project.suggest()), code="work/money", transcript="A")["id"]
    assert project.reject([wanted], coder="ana").count == 1
    assert project.codings().empty
    assert wanted not in set(project.suggest(coder="ana")["id"])
    assert wanted in set(project.suggest(coder="ben")["id"])
    work = root / "codebooks/work.yaml"
    work.write_text(work.read_text().replace("name: Fear", "name: Fears"))  # another code: no reason to ask again
    assert wanted not in set(Project(root).suggest(coder="ana")["id"])
    work.write_text(work.read_text().replace("What it costs and earns.", "What it costs."))
    assert wanted in set(Project(root).suggest(coder="ana")["id"])


def test_a_rejected_suggestion_stays_away_when_its_code_moves_to_another_family(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path, coder="ana"))
    found = project.suggest(code="work/fear")
    project.reject(list(found["id"]))
    fear = "  - id: fear\n    name: Fear\n    cues: [fear]\n"
    assert fear in WORK
    write(tmp_path, "codebooks/work.yaml", WORK.replace(fear, ""))
    moved = fear.replace("name:", "formerly: [work/fear]\n    name:")
    write(tmp_path, "codebooks/skills.yaml", f"family: skills\nname: Skills\ncodes:\n{moved}")
    assert column(records(Project(tmp_path).suggest(code="skills/fear")), "id") == []
    assert len(Project(tmp_path).suggest(code="skills/fear", decided=True)) == len(found) == 2


def test_an_unknown_suggestion_decides_nothing_not_even_the_known_ones(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    known = next(iter(project.suggest()["id"]))
    with pytest.raises(UnknownNameError, match="no suggestion 'nope'"):
        project.accept([known, "nope"], coder="ana")
    assert ledgers(tmp_path) == {}


def test_suggestions_are_filtered_by_code_family_theme_transcript_and_score(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    assert len(project.suggest()) == 8
    assert set(project.suggest(code="work/money")["code"]) == {"work/money", "work/money/roi"}
    assert set(project.suggest(code="strain")["code"]) == {"work/fear", "skills/patience"}
    assert set(project.suggest(transcripts=["C", "D"])["transcript"]) == {"C", "D"}
    assert list(project.suggest(min_score=0.6)["code"]) == ["work/money/roi"]
    with pytest.raises(UnknownNameError, match="did you mean 'work/fear'"):
        project.suggest(code="work/feer")


def test_a_damaged_cache_is_made_again(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    expected = Project(root).suggest()
    for cached in (root / ".qualcode").rglob("*.parquet"):
        cached.write_bytes(b"PAR1 no")
    assert Project(root).suggest().equals(expected)


def test_suggestions_do_without_a_cache_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = small_study(tmp_path)
    write(root, ".qualcode", "not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(root / ".qualcode"))
    project = Project(root)
    assert len(project.suggest()) == 8
    with pytest.raises(OperationError, match="cannot be written"):
        project.code("A", "work/money", "The budget is gone.", coder="ana")  # without its lock nothing is written
    assert ledgers(root) == {}


# Taking back


def test_retract_takes_back_ones_own_coding_by_its_last_characters(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    mine = row(records(project.codings(coder="ana")), code="work/fear")["id"]
    assert project.retract(mine[-8:], coder="ana").count == 1
    assert mine not in set(project.codings()["id"])
    assert sum(event["event"] == "retract" for event in events(tmp_path)) == 1
    again = project.retract(mine, coder="ana")
    assert (again.count, again.notes) == (0, (f"{mine} is already retracted by ana",))
    assert Project(tmp_path).retract(mine[-8:], coder="ana").notes == (f"{mine[-8:]} is already retracted by ana",)
    project.code(
        "A", "work/fear", QuoteLocation("They fear it.", turn=3, sentence=1), coder="ana"
    )  # and may be made again
    assert len(project.codings(coder="ana", code="work/fear")) == 1


@pytest.mark.parametrize(
    ("quote", "message"),
    [
        ("the budget is gone", "it reads \u201cThe budget is gone\u201d there (turn 1, with other capitals)"),
        ("The budget, is gone.", "it reads \u201cThe budget is gone\u201d there (turn 1, with other punctuation)"),
        ("The budgets are gone.", "the nearest words are \u201cThe budget is gone.\u201d (turn 1)"),
        ("no such words at all", "copy the words exactly, capitals included"),
    ],
)
def test_a_quote_that_is_not_found_is_told_with_the_nearest_passage(tmp_path: Path, quote: str, message: str) -> None:
    with pytest.raises(OperationError) as error:
        Project(small_study(tmp_path)).code("A", "work/money", quote, coder="ana")
    assert str(error.value) == f"\u201c{quote}\u201d is not in A: {message}"


def test_a_quote_over_two_turns_is_told_so(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    (root / "transcripts" / "T.txt").write_text("I: And?\nP: It rained and\nQ: we went home.\n", encoding="utf-8")
    with pytest.raises(OperationError) as error:
        Project(root).code("T", "work/money", "It rained and we went home.", coder="ana")
    assert str(error.value).endswith("runs over turns 1 P, 2 Q of T: code the words of each turn by themselves")


def test_a_quote_with_several_places_is_told_with_their_sentences(tmp_path: Path) -> None:
    with pytest.raises(OperationError) as error:
        Project(small_study(tmp_path)).code("A", "work/fear", "They fear it.", coder="ana")
    assert str(error.value).split("\n")[1:] == [
        "  turn 3, sentence 0: They fear it.",
        "  turn 3, sentence 1: They fear it.",
    ]


@pytest.mark.parametrize("name", ["anna", "an", "anaa", "aná", "naa"])
def test_a_new_coder_with_a_name_like_another_is_refused_until_allowed(tmp_path: Path, name: str) -> None:
    project = Project(coded_study(tmp_path))
    before = ledgers(tmp_path)
    with pytest.raises(UsageError) as error:
        project.code("A", "work/money", "The budget is gone.", coder=name)
    assert str(error.value) == (
        f"new coder '{name}'? did you mean 'ana'? If '{name}' is somebody else, call Project.allow_new_coders() first"
    )
    assert ledgers(tmp_path) == before
    project.allow_new_coders()
    assert project.code("A", "work/money", "The budget is gone.", coder=name).count == 1
    # Known from here on.
    assert Project(tmp_path).code("A", "work/fear", "The budget is gone.", coder=name).count == 1


@pytest.mark.parametrize(
    ("first", "second"), [("coder1", "coder2"), ("coder-a", "coder-b"), ("R1", "R12"), ("jo", "max")]
)
def test_coders_with_numbers_letters_or_other_names_are_told_apart(tmp_path: Path, first: str, second: str) -> None:
    project = Project(small_study(tmp_path))
    assert [project.memo("x", coder=coder).count for coder in (first, second)] == [1, 1]


def test_decisions_say_what_they_are_about(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    coded = project.code("A", "work/money", "The budget is gone.", coder="ana")
    assert [str(place) for place in coded.places] == ["work/money in A, turn 1 (P): \u201cThe budget is gone.\u201d"]
    assert project.retract(coded.id, coder="ana").places == coded.places


def test_a_coding_that_overlaps_another_with_its_code_is_noted(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    first = project.code("A", "work/money", "The budget is gone.", coder="ana")
    assert first.notes == ()
    second = project.code("A", "work/money", "budget", coder="ana")
    assert second.notes == (
        f"overlaps \u201cThe budget is gone.\u201d, which ana has coded with work/money too ({first.id[-6:]}): "
        "these are two codings, but each unit counts once",
    )
    assert project.code("A", "work/money", "budget", coder="ben").notes == ()
    assert project.code("A", "work/fear", "budget", coder="ana").notes == ()


def test_accepting_what_was_rejected_and_rejecting_twice_are_noted(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    name = project.suggest(coder="ana")["id"].iloc[0]
    rejected = project.reject(name, coder="ana")
    again = Project(tmp_path).reject(name, coder="ana")
    assert (again.count, again.notes) == (0, (f"{name} is already rejected by ana ({rejected.id[-6:]})",))
    assert project.accept(name, coder="ana").notes == (f"{name} had been rejected by ana: it is a coding now",)


def test_retract_refuses_what_others_coded_and_ids_too_short_to_mean_one(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    before = ledgers(tmp_path)
    theirs = project.codings(coder="ben")["id"].item()
    with pytest.raises(OperationError, match="is by ben: only its coder can retract it"):
        project.retract(theirs, coder="ana")
    with pytest.raises(UnknownNameError):
        project.retract(theirs[-5:], coder="ben")
    assert ledgers(tmp_path) == before


def test_codes_merged_into_one_are_one_coding_where_both_stood(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    for code, memo in (("work/money/roi", "first"), ("work/fear", ""), ("skills/patience", "")):
        Project(root).code("A", code, "The budget is gone.", coder="ana", memo=memo)
    work = (root / "codebooks/work.yaml").read_text()
    gone = work[work.index("  - id: fear") :]
    merged = work.replace(gone, "").replace("name: Return", "name: Return\n        formerly: [work/fear]")
    write(root, "codebooks/work.yaml", merged)
    skills = (root / "codebooks/skills.yaml").read_text().replace("work/fear, ", "")
    write(root, "codebooks/skills.yaml", skills)
    found = Project(root)
    assert [(one.code, one.memo) for one in found.study.codings] == [
        ("skills/patience", ""),
        ("work/money/roi", "first"),
    ]
    assert row(records(found.themes(coder="ana")), code="work/money/roi")["codings"] == 1
    found.retract(found.study.codings[1].id, coder="ana")
    assert [one.code for one in Project(root).study.codings] == ["skills/patience"]


def test_a_coding_that_moves_onto_one_that_says_the_same_is_one_with_it(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    Project(root).code("A", "work/money", "The budget is gone.", coder="ana")
    before = ledgers(root)["ana/A.jsonl"]
    (root / "codings/ana/A.jsonl").unlink()
    write(root, "transcripts/A.txt", A.replace("What is hard?", "What is hard, then?"))
    Project(root).code("A", "work/money", "The budget is gone.", coder="ana")
    write(root, "codings/ana/A.jsonl", ledgers(root)["ana/A.jsonl"] + before)
    (found,) = Project(root).study.codings
    assert row(records(Project(root).themes(coder="ana")), code="work/money")["codings"] == 1
    Project(root).retract(found.id, coder="ana")
    assert Project(root).study.codings == ()


def test_retract_takes_back_twins_that_two_machines_wrote(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    project = Project(root)
    made = project.code("A", "work/money", "The budget is gone.", coder="ana")
    held = project.study.transcripts["A"]
    twin = new_event(
        "apply",
        coder="ana",
        anchored=make_anchor(held.text, 55, 74),
        transcript="A",
        sha256=held.sha256,
        code="work/money",
    )
    append_events(root / "codings", [twin], locks=root / ".qualcode" / "locks")
    again = Project(root)
    assert list(again.codings()["id"]) == [made.id]
    assert again.retract(made.id, coder="ana").ids == (made.id,)
    assert again.codings().empty


# Finished


def test_done_is_asked_once_and_taken_back(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    assert project.done(["A", "B"], coder="ana").count == 2
    result = project.done("A", coder="ana")
    assert result.count == 0
    assert result.notes == ("A was done already",)
    assert project.done("A", coder="ana", families=["work"]).count == 0  # all families hold work
    assert list(project.transcripts()["done"]) == ["ana", "ana", "", ""]
    assert project.done("A", coder="ana", undo=True).count == 1
    assert list(project.transcripts()["done"]) == ["", "ana", "", ""]
    with pytest.raises(OperationError, match="ana has not marked A as done"):
        project.done("A", coder="ana", undo=True)
    assert project.done("A", coder="ana").count == 1
    assert list(project.transcripts()["done"]) == ["ana", "ana", "", ""]


def test_done_for_families_adds_up_and_knows_its_families(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    assert project.done("A", coder="ana", families=["work"]).count == 1
    assert project.done("A", coder="ana", families=["work"]).count == 0
    assert project.done("A", coder="ana", families=["skills"]).count == 1
    for again in (["work"], ["skills"], ["skills", "work"]):
        assert project.done("A", coder="ana", families=again).count == 0
    with pytest.raises(UnknownNameError, match=r"no family 'skill' in this study .did you mean 'skills'"):
        project.done("A", coder="ana", families=["skill"])
    assert project.done("A", coder="ana", undo=True).count == 2


def test_a_coding_without_a_quote_proves_nothing(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    for transcript, start in (("A", 3), ("Z", 0), ("A", -9)):
        event = new_event("apply", coder="ana", transcript=transcript, code="work/money")
        project.study.append_events([structs.replace(event, start=start, end=start)])
    project.done("A", coder="ana")
    assert set(column(records(project.codings()), "status")) == {"orphaned"}
    assert set(column(records(project.themes(coder="ana")), "codings")) == {0}


def test_done_takes_patterns_but_no_unknown_name(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    assert project.done(["[AB]", "C"], coder="ana").count == 3
    with pytest.raises(UnknownNameError, match="no transcript 'Z'"):
        project.done(["D", "Z"], coder="ana")
    assert list(project.transcripts()["done"]) == ["ana", "ana", "ana", ""]


# Memos


def test_memos_stand_on_the_study_a_transcript_a_code_and_a_coding(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    coding = project.codings(coder="ben")["id"].item()
    for on in ("", "A", "work/fear", coding):
        project.memo(f"about {on or 'it all'}", on=on, coder="ana")
    assert [(memo.text, memo.transcript, memo.code, memo.target) for memo in project.study.memos] == [
        ("about it all", "", "", ""),
        ("about A", "A", "", ""),
        ("about work/fear", "", "work/fear", ""),
        (f"about {coding}", "A", "", coding),
    ]
    assert project.codings(coder="ben")["memo"].item() == f"about {coding}"
    assert "ana/_study.jsonl" in ledgers(tmp_path)


@pytest.mark.parametrize("text", ["", "  \n", "half a \ud800 pair"])
def test_a_memo_needs_words_that_a_file_can_hold(tmp_path: Path, text: str) -> None:
    project = Project(small_study(tmp_path))
    with pytest.raises(OperationError, match="memo"):
        project.memo(text, coder="ana")
    if text.strip():
        with pytest.raises(OperationError, match="memo"):
            project.code("A", "work/money", "The budget is gone.", coder="ana", memo=text)
    assert ledgers(tmp_path) == {}


def test_a_memo_on_nothing_known_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'work/fear'"):
        Project(small_study(tmp_path)).memo("why", on="work/feer", coder="ana")


# The ledger under the desk


def test_reading_a_ledger_twice_or_from_two_folders_changes_nothing(tmp_path: Path) -> None:
    root = coded_study(tmp_path)
    before = Project(root).codings()
    write(root, "codings/ana/copy of A.jsonl", (root / "codings/ana/A.jsonl").read_bytes())
    assert Project(root).codings().equals(before)


def test_a_decision_is_seen_by_the_same_desk_at_once(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path, coder="ana"))
    assert project.status().codings == 0
    project.code("A", "work/money", "The budget is gone.")
    assert project.status().codings == 1
    assert project.coders() == ["ana"]


def test_codings_of_transcripts_in_folders_lie_in_folders(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write(root, "transcripts/wave 2/Ä.txt", A)
    project = Project(root)
    project.code("wave 2/Ä", "work/money", "The budget is gone.", coder="ana")
    assert list(ledgers(root)) == ["ana/wave 2/Ä.jsonl"]
    assert list(Project(root).codings()["transcript"]) == ["wave 2/Ä"]


def test_ids_of_sources_are_composed_however_their_system_spells_them(tmp_path: Path) -> None:
    """A Mac spells a file's name with the dots of Ä apart."""
    root = small_study(tmp_path)
    write(root, "transcripts/A\u0308.txt", A)
    write(root, "transcripts/cases.csv", "case\nA\nB\nC\nD\nÄ\n")
    project = Project(root)
    assert project.check() == []
    project.code("Ä", "work/money", "The budget is gone.", coder="ana")
    assert list(ledgers(root)) == ["ana/Ä.jsonl"]


def test_events_of_nobody_known_do_no_harm(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    stray = Event(id="x", event="retract", at="2026-01-01T00:00:00.000Z", coder="ana", target="nothing")
    write(root, "codings/ana/A.jsonl", encode_event(stray) + b"\n")
    assert Project(root).check() == []
    assert Project(root).codings().empty


def test_segments_of_interviewers_come_only_when_asked_for(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    assert set(project.segments()["role"]) == {"participant"}
    assert len(project.segments()) == 12  # 4 + 3 + 2 + 3, counted in studies.py
    both = project.segments(unit="turn", transcripts="A", interviewers=True)
    assert column(records(both), "role") == ["interviewer", "participant"] * 2
    text = project.study.transcripts["A"].text
    assert all(text[one["start"] : one["end"]] == one["text"] for one in records(both))


def test_status_counts_by_hand(tmp_path: Path) -> None:
    found = Project(coded_study(tmp_path)).status()
    assert (found.transcripts, found.cases, found.turns, found.words) == (4, 4, 8, 41)
    assert (found.families, found.codes, found.codings, found.orphaned) == (2, 4, 6, 0)
    assert [(one["coder"], one["codings"], one["transcripts"], one["done"]) for one in found.coders] == [
        ("ana", 5, 3, 3),
        ("ben", 1, 1, 1),
    ]
    assert (found.errors, found.notices) == (0, 0)


def test_two_networks_are_refused_where_one_is_asked_for(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    with pytest.raises(OperationError, match="these options make 2 networks"):
        project.network(coder=["ana", "ben"])
    with pytest.raises(UsageError, match=r"\.csv, \.png, \.svg or \.pdf"):
        project.save_network(project.network(coder="ana"), tmp_path / "x.bmp")


def test_a_picture_shows_itself_in_a_notebook(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    assert project.draw(project.network(coder="ana"))._repr_png_().startswith(b"\x89PNG")


def test_the_studys_unit_is_the_default(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    write(root, "qualcode.yaml", (root / "qualcode.yaml").read_text().replace("unit: sentence", "unit: window:2"))
    project = Project(root)
    assert str(project.unit()) == "window:2"
    assert len(project.segments()) == 4  # two participants' turns a transcript


def test_repr_names_the_folder(tmp_path: Path) -> None:
    assert repr(Project(small_study(tmp_path))) == f"Project({str(tmp_path.resolve())!r})"


def test_long_quotes_of_equal_words_are_told_in_time(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    (root / "transcripts" / "L.txt").write_text("I: And?\nP: " + "word " * 20_000 + "\n", encoding="utf-8")
    with pytest.raises(OperationError, match="the nearest words are"):
        Project(root).code("L", "work/money", "word " * 2_000 + "team", coder="ana")


def test_search_of_a_very_long_turn_has_its_context(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    (root / "transcripts" / "L.txt").write_text("I: And?\nP: " + "word long " * 10_000 + "\n", encoding="utf-8")
    hits = Project(root).search("long", transcripts="L", context=10)
    assert len(hits) == 10_000
    assert set(hits["left"]) == {"long word ", "word "}


def test_a_memo_is_on_the_coding_whose_id_ends_so(tmp_path: Path) -> None:
    project = Project(coded_study(tmp_path))
    coding = project.codings(coder="ana")["id"].iloc[0]
    project.memo("hm", on=coding[-6:], coder="ana")
    assert list(project.memos(on=coding)["text"]) == ["hm"]


def test_the_next_step_of_a_coded_study_follows_its_files(tmp_path: Path) -> None:
    root = small_study(tmp_path)
    project = Project(root)
    assert project.status().next.startswith("there are no codings yet")
    project.code("A", "work/money", "The budget is gone.", coder="ana")
    assert project.status().next == "no transcript is finished yet: when all of one is read, Project.done('A')"
    project.done("A", coder="ana")
    assert project.status().next.startswith("not finished: 3 of 4 transcripts; go on with Project.suggest(")
    (root / "codebooks" / "bad.yaml").write_text("family: [", encoding="utf-8")
    assert project.status().next == "settings or codebook have problems: see Project.check()"
    (root / "codebooks" / "bad.yaml").unlink()
    (root / "transcripts" / "A.txt").rename(root / "transcripts" / "A2.txt")
    assert project.status().next.endswith("renamed or removed since they were coded: Project.update()")
    (root / "transcripts" / "A2.txt").rename(root / "transcripts" / "A.txt")
    assert project.status().next.startswith("not finished")
    text = (root / "transcripts" / "A.txt").read_text(encoding="utf-8")
    (root / "transcripts" / "A.txt").write_text(text.replace("The budget is gone.", ""), encoding="utf-8")
    assert project.status().next == "1 coding without a place: Project.check() says what to do"
    (row,) = project.status().coders
    assert (row["codings"], row["transcripts"], row["done"], row["orphaned"]) == (0, 0, 1, 1)
