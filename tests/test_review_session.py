"""The review without its screen: what each decision records, what is shown, what is walked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qualcode.errors import FileWriteError, OperationError, UnknownNameError, UsageError
from qualcode.files import append_lines
from qualcode.project import Project
from qualcode.review.session import review_decisions as decisions
from qualcode.review.session.code_search import search_codes
from qualcode.review.session.cursor_moves import (
    move_to,
    next_mark,
    next_unread,
    select_mark,
    store_progress,
    walk_codings,
)
from qualcode.review.session.hit_lists.hit_sources import open_changed, open_disagreements
from qualcode.review.session.hit_lists.hit_walks import walk_hits
from qualcode.review.session.hits import HitList, search_text
from qualcode.review.session.mark_filter import parse_filter
from qualcode.review.session.opened_transcripts import open_transcript, refresh, start_session
from qualcode.review.session.review_options import ReviewOptions
from qualcode.review.session.review_session import ReviewSession
from qualcode.review.session.shown_marks import set_suggestions
from qualcode.review.session.words.word_selection import (
    WordSelection,
    extend_to,
    move_by_letter,
    move_by_word,
    select_first_word,
)
from studies import small_study

EARNS = "Nobody can tell me what it earns."
GONE = "The budget is gone."


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(small_study(tmp_path))


def start(project: Project, transcript: str = "A", **options: Any) -> ReviewSession:
    return start_session(project, ReviewOptions(transcript, **{"coder": "ana", **options}))


def suggested(session: ReviewSession, *pairs: tuple[str, str]) -> ReviewSession:
    """Give a session the stored suggestions of codes for quotes."""
    rows = [dict(row) for row in session.project.suggestions(coder=session.coder, maker="cues", min_score=0).rows()]
    wanted = [row for row in rows if row["transcript"] == session.transcript.id]
    assert {(row["code"], row["quote"]) for row in wanted} >= set(pairs)
    set_suggestions(session, [row for row in wanted if not pairs or (row["code"], row["quote"]) in pairs])
    return session


def codes_of(project: Project, coder: str = "ana") -> list[tuple[str, str]]:
    rows = project.codings().to_dict("records")
    return [(row["code"], row["quote"]) for row in rows if row["coder"] == coder]


def test_session_starts_in_the_first_transcript_that_is_not_done(project: Project) -> None:
    project.done("A", coder="ana")
    assert start(project, "").transcript.id == "B"


def test_session_starts_in_the_first_assigned_transcript(project: Project) -> None:
    (project.study.root / "assignments.csv").write_text("transcript,coder,overlap\nB,ben,\nC,ana,\nD,ana,yes\n")
    session = start(project, "")
    assert session.transcript.id == "C"
    assert not session.is_blind
    open_transcript(session, "D")
    assert session.is_blind


def test_unknown_transcript_is_refused(project: Project) -> None:
    with pytest.raises(UnknownNameError):
        start(project, "Z")


def test_only_sentences_of_participants_are_walked(project: Project) -> None:
    session = start(project)
    text = session.transcript.text
    assert [text[slice(*span)] for span in session.spans.sentences] == [EARNS, GONE, "They fear it.", "They fear it."]
    move_to(session, session.spans.sentence_of_turn(0, 1))
    assert session.index == 2
    move_to(session, session.spans.sentence_of_turn(3, -1))
    assert session.index == 2
    move_to(session, 99)
    assert session.index == 3


def test_accept_records_the_suggestion_and_goes_to_the_next(project: Project) -> None:
    session = suggested(start(project), ("work/money", GONE), ("work/money/roi", EARNS))
    assert session.current_suggestion is not None
    assert session.current_suggestion["code"] == "work/money/roi"
    decisions.accept(session)
    assert codes_of(project) == [("work/money/roi", EARNS)]
    assert project.codings()["maker"][0] == "cues"
    assert session.current_suggestion["code"] == "work/money"
    decisions.accept(session)
    assert session.open_suggestions == []
    assert "no suggestion left" in session.message


def test_reject_records_a_rejection_and_undo_brings_the_suggestion_back(project: Project) -> None:
    session = suggested(start(project), ("work/money", GONE))
    walk_hits(session, 1)
    decisions.reject(session)
    assert (len(session.open_suggestions), codes_of(project)) == (0, [])
    decisions.undo(session)
    assert [row["code"] for row in session.open_suggestions] == ["work/money"]
    assert session.current_suggestion is not None
    assert session.index == 1
    decisions.redo(session)
    assert session.open_suggestions == []


def test_skip_leaves_the_suggestion_open(project: Project) -> None:
    session = suggested(start(project), ("work/money", GONE), ("work/money/roi", EARNS))
    decisions.skip(session)
    assert session.index == 1
    assert len(session.open_suggestions) == 2


def test_suggestions_in_another_order_are_walked_through_the_study(project: Project) -> None:
    session = start(project, "", order="uncertain")
    rows = [dict(row) for row in project.suggestions(coder="ana", maker="cues", min_score=0).rows()]
    places = {(row["transcript"], row["code"]): row for row in rows}
    twin = {**places["A", "work/money"], "transcript": "D", "id": "0000000001"}
    wanted = [places["C", "work/money"], places["A", "work/money"], places["A", "work/money/roi"], twin]
    # Two transcripts may have the same offsets.
    assert set_suggestions(session, wanted) == "4 suggestions"
    assert len(session.open_suggestions) == 2
    walk_hits(session, 1)
    assert (session.transcript.id, session.current_mark) == ("C", places["C", "work/money"]["id"])
    decisions.accept(session)
    assert (session.transcript.id, session.current_mark) == ("A", places["A", "work/money"]["id"])
    move_to(session, 3)
    assert walk_hits(session, 1)
    assert session.current_mark == places["A", "work/money/roi"]["id"]
    assert codes_of(project) == [("work/money", GONE)]


def test_several_codes_on_a_selection_are_one_action(project: Project) -> None:
    session = start(project)
    first = session.spans.sentences[0][0]
    session.selection = (first, first + len("Nobody"))
    decisions.code(session, ["work/fear", "skills/patience"])
    assert codes_of(project) == [("skills/patience", "Nobody"), ("work/fear", "Nobody")]
    assert session.selection is None
    move_to(session, 1)
    decisions.repeat(session)
    assert len(codes_of(project)) == 4
    decisions.undo(session)
    decisions.undo(session)
    assert codes_of(project) == []
    decisions.undo(session)
    assert session.is_refused


def test_code_that_is_there_already_is_not_recorded_again(project: Project) -> None:
    session = start(project)
    decisions.code(session, ["work/fear"])
    decisions.code(session, ["work/fear"])
    assert session.message == "work/fear is there already"
    decisions.code(session, ["work/fear", "work/money"])
    assert len(codes_of(project)) == 2


def test_recode_keeps_the_memo_of_a_coding(project: Project) -> None:
    session = start(project)
    decisions.code(session, ["work/fear"])
    decisions.write_memo(session, "look again")
    decisions.recode(session, ["work/money"])
    rows = project.codings()
    assert list(rows["code"]) == ["work/money"]
    assert list(rows["memo"]) == ["look again"]
    decisions.undo(session)
    assert list(project.codings()["code"]) == ["work/fear"]


def test_recode_of_a_suggestion_codes_and_rejects_it(project: Project) -> None:
    session = suggested(start(project), ("work/money", GONE))
    walk_hits(session, 1)
    decisions.recode(session, ["work/fear"])
    assert codes_of(project) == [("work/fear", GONE)]
    assert session.open_suggestions == []
    decisions.undo(session)
    assert codes_of(project) == []
    assert len(session.open_suggestions) == 1


def test_coding_of_another_coder_cannot_be_changed(project: Project) -> None:
    project.code("A", "work/fear", EARNS, coder="ben")
    session = start(project)
    select_mark(session)
    decisions.retract(session)
    assert "is by ben" in session.message
    decisions.set_bounds(session, session.spans.sentences[1])
    assert "is by ben" in session.message
    assert codes_of(project, "ben") == [("work/fear", EARNS)]


def test_new_bounds_keep_id_and_memo(project: Project) -> None:
    coding = project.code("A", "work/fear", EARNS, coder="ana", memo="why").id
    session = start(project)
    start_at, end = session.spans.sentences[0]
    decisions.set_bounds(session, (start_at, end + len(f" {GONE}")))
    (row,) = project.codings().to_dict("records")
    assert (row["id"], row["quote"], row["memo"], row["status"]) == (coding, f"{EARNS} {GONE}", "why", "anchored")
    decisions.undo(session)
    assert session.message.startswith("undone: new bounds of work/fear in A")
    assert codes_of(project) == [("work/fear", EARNS)]


def test_bounds_in_the_interviewers_words_are_refused(project: Project) -> None:
    coding = project.code("A", "work/fear", EARNS, coder="ana").id
    with pytest.raises(OperationError, match="interviewers are never coded"):
        project.move(coding, start=0, end=5, coder="ana")
    with pytest.raises(OperationError, match="reads"):
        project.move(coding, "Nobody", start=18, end=20, coder="ana")
    twin = project.code("A", "work/fear", GONE, coder="ana")
    (place,) = (row for row in project.codings().to_dict("records") if row["id"] == twin.id)
    with pytest.raises(OperationError, match="already coded this span"):
        project.move(coding, start=place["start"], end=place["end"], coder="ana")


def test_memo_is_on_the_coding_or_on_the_passage(project: Project) -> None:
    session = start(project)
    decisions.write_memo(session, "on the words")
    decisions.code(session, ["work/fear"])
    decisions.write_memo(session, "on the coding")
    memos = {memo.text: memo for memo in session.memos}
    assert memos["on the coding"].target
    assert session.transcript.text[memos["on the words"].start : memos["on the words"].end] == EARNS


def test_decision_that_the_disk_refuses_waits_and_is_saved_in_order(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = suggested(start(project), ("work/money/roi", EARNS), ("work/money", GONE))

    def refuse(*args: Any, **options: Any) -> None:
        raise FileWriteError("codings: cannot be written (No space left on device)")

    monkeypatch.setattr("qualcode.ledger.store.append_lines", refuse)
    decisions.accept(session)
    assert session.is_refused
    assert "No space left" in session.message
    assert [mark.note for mark in session.marks if mark.kind == "unsaved"] == ["not saved"]
    assert session.index == 1  # the work goes on
    decisions.code(session, ["work/fear"])
    assert [decision.description for decision in session.unsaved] == [
        f"accepted work/money/roi: “{EARNS}”",
        f"coded work/fear: “{GONE}”",
    ]
    assert codes_of(project) == []
    decisions.undo(session)
    assert len(session.unsaved) == 1
    monkeypatch.setattr("qualcode.ledger.store.append_lines", append_lines)
    move_to(session, 2)
    decisions.code(session, ["work/fear"])
    assert codes_of(project) == [("work/money/roi", EARNS), ("work/fear", "They fear it.")]
    assert (session.unsaved, session.is_refused) == ([], False)


def test_decision_on_a_text_that_was_edited_is_asked_again(project: Project) -> None:
    session = start(project)
    move_to(session, 1)
    path = next((project.study.root / "transcripts").glob("A.*"))
    path.write_text(path.read_text("utf-8").replace("Nobody can", "Really, nobody can"), "utf-8")
    decisions.code(session, ["work/fear"])
    assert "was edited" in session.message
    assert codes_of(project) == []
    assert session.transcript.text[slice(*session.cursor)] == GONE
    decisions.code(session, ["work/fear"])
    assert codes_of(project) == [("work/fear", GONE)]


def test_refresh_shows_what_others_have_decided(project: Project) -> None:
    session = start(project)
    assert not refresh(session)
    Project(project.study.root).code("A", "work/fear", EARNS, coder="ben")
    assert refresh(session)
    assert [mark.label for mark in session.marks] == ["fear ben"]


def test_blind_session_has_nothing_of_others(project: Project) -> None:
    project.code("A", "work/fear", EARNS, coder="ben", memo="told nobody")
    session = start(project, blind=True)
    assert (list(session.codings), list(session.marks), list(session.memos)) == ([], [], [])
    decisions.code(session, ["work/fear"])
    assert [mark.label for mark in session.marks] == ["fear"]


def test_equal_codings_of_others_are_one_mark(project: Project) -> None:
    for coder in ("ana", "ben", "cem"):
        project.code("A", "work/fear", EARNS, coder=coder)
    session = start(project)
    assert [mark.label for mark in session.marks] == ["fear", "fear 2 coders"]
    first = session.current_mark
    next_mark(session)
    assert session.current_mark != first
    next_mark(session)
    assert session.current_mark == first


def test_disagreements_are_decided_for_the_consensus(project: Project) -> None:
    project.code("A", "work/fear", EARNS, coder="ana")
    project.code("A", "work/money", GONE, coder="ben")
    project.done("A", coder="ana")
    project.done("A", coder="ben")
    session = start_session(project, ReviewOptions(coder="lea", adjudicate=("ana", "ben")))
    open_disagreements(session)
    assert [hit.id for hit in session.hits.hits] == [f"A:{start}" for start, _ in session.spans.sentences[:2]]
    session.reason = "so it is"
    decisions.adjudicate(session, "ana")
    assert session.index == 1
    decisions.adjudicate(session, "none")
    assert "no disagreement left" in session.message
    rows = project.codings(coder="consensus")
    assert list(zip(rows["code"], rows["quote"], strict=True)) == [("work/fear", EARNS)]
    decided = project.disagreements(decided=True)
    assert list(decided["note"]) == ["so it is", ""]
    decisions.undo(session)
    open_disagreements(session)
    assert len(session.hits.hits) == 1


def test_adjudication_needs_two_known_coders(project: Project) -> None:
    session = start_session(project, ReviewOptions(coder="lea", adjudicate=("ana", "ana")))
    with pytest.raises(UsageError, match="two coders"):
        open_disagreements(session)
    session = start_session(project, ReviewOptions(coder="lea", adjudicate=("ana", "ben")))
    with pytest.raises(UnknownNameError):
        open_disagreements(session)


def test_codings_that_an_edit_changed_are_confirmed_or_retracted(project: Project) -> None:
    project.code("A", "work/fear", EARNS, coder="ana")
    project.code("A", "work/money", GONE, coder="ana")
    path = next((project.study.root / "transcripts").glob("A.*"))
    text = path.read_text("utf-8").replace("tell me what it earns", "tell us what it earns")
    path.write_text(text.replace("The budget is gone.", "The budget is now gone."), "utf-8")
    session = start_session(project, ReviewOptions(coder="ana", changed=True))
    open_changed(session)
    assert session.message == "2 changed codings to look at"
    assert session.current_coding is not None
    assert session.current_coding.was == EARNS
    decisions.accept(session)
    assert session.current_coding.was == GONE
    decisions.reject(session)
    rows = project.codings()
    assert list(zip(rows["quote"], rows["status"], strict=True)) == [("Nobody can tell us what it earns.", "anchored")]
    assert "no changed coding left" in session.message


def test_progress_is_kept_for_the_next_review(project: Project) -> None:
    session = start(project)
    move_to(session, 2)
    store_progress(session)
    again = start(project)
    assert again.index == 2
    assert len(again.progress.read) == 2
    next_unread(again)
    assert again.index == 3
    next_unread(again)
    assert again.index == 1
    assert start(project, coder="ben").index == 0


def test_search_finds_words_across_white_space(project: Project) -> None:
    session = start(project)
    hits = search_text(session.transcript, "they  fear")
    session.hits = HitList("found", tuple(hits))
    assert walk_hits(session, 1)
    assert (len(hits), session.index) == (2, 2)
    assert session.transcript.text[slice(*session.target)] == "They fear"
    assert search_text(session.transcript, "They") == search_text(session.transcript, "they")
    assert search_text(session.transcript, "THEY") == []
    assert search_text(session.transcript, " ") == []
    assert walk_hits(session, 1)
    assert not walk_hits(session, 1)
    assert walk_hits(session, -1)


def test_codings_are_walked_in_the_order_of_the_text(project: Project) -> None:
    project.code("A", "work/money", GONE, coder="ana")
    project.code("A", "work/fear", EARNS, coder="ana")
    session = start(project)
    assert session.current_coding is not None
    walk_codings(session, 1)
    assert session.current_coding.code == "work/money"
    walk_codings(session, 1)
    assert session.message == "no further coding"
    walk_codings(session, -1)
    assert session.current_coding.code == "work/fear"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("mon", ["work/money", "work/money/roi"]),
        ("RETURN", ["work/money/roi"]),
        ("rtn", ["work/money/roi"]),
        ("costs", ["work/money"]),
        ("skills pat", ["skills/patience"]),
        ("xyz", []),
    ],
)
def test_codes_are_found_by_a_few_letters(project: Project, typed: str, expected: list[str]) -> None:
    assert [code.id for code in search_codes(project.codebook, typed)] == expected


def test_recent_codes_come_first(project: Project) -> None:
    found = [code.id for code in search_codes(project.codebook, "", recent=["skills/patience", "work/fear"])]
    assert found[:2] == ["skills/patience", "work/fear"]
    assert len(found) == len(project.codebook.codes)


def test_former_ids_find_the_code(project: Project) -> None:
    project.rename_code("work/fear", "work/worry")
    assert [code.id for code in search_codes(project.codebook, "fear")] == ["work/worry"]


def test_filter_is_read_from_one_line(project: Project) -> None:
    chosen = parse_filter(project.study, "money ben >0,6", ["ben"])
    assert (chosen.has_code("work/money/roi"), chosen.has_code("work/fear")) == (True, False)
    assert (chosen.has_coding("work/money", "ben"), chosen.has_coding("work/money", "ana")) == (True, False)
    assert (chosen.has_suggestion("work/money", 0.6), chosen.has_suggestion("work/money", 0.5)) == (True, False)
    assert parse_filter(project.study, "strain", []).has_code("skills/patience")
    assert not parse_filter(project.study, "", [])
    with pytest.raises(UnknownNameError, match="did you mean"):
        parse_filter(project.study, "work/mony", [])
    with pytest.raises(UsageError, match="from 0 to 1"):
        parse_filter(project.study, "60", [])


def test_words_are_selected_by_keys(project: Project) -> None:
    session = start(project)
    spans, text = session.spans, session.transcript.text

    def words(selection: WordSelection) -> str:
        return text[slice(*selection.span)]

    selection = select_first_word(spans, session.cursor)
    assert words(selection) == "Nobody"
    selection = move_by_word(move_by_word(selection, spans, 1), spans, 1)
    assert words(selection) == "Nobody can tell"
    other = WordSelection(selection.start, selection.end, moves_start=True)
    assert words(move_by_word(other, spans, 1)) == "can tell"
    assert words(move_by_word(move_by_word(move_by_word(other, spans, 1), spans, 1), spans, 1)) == "me"
    assert words(move_by_word(selection, spans, -1)) == "Nobody can"
    assert words(move_by_letter(selection, -1)) == "Nobody can tel"
    assert words(extend_to(selection, session.cursor)) == EARNS
    assert words(extend_to(selection, spans.turn_span(selection.start))) == f"{EARNS} {GONE}"
    one = WordSelection(selection.start, selection.start + 1)
    assert move_by_letter(one, -1) == one


def test_number_keys_have_the_most_used_codes(project: Project) -> None:
    project.code("A", "skills/patience", EARNS, coder="ana")
    assert start(project).number_codes[0] == "skills/patience"
    settings = project.study.root / "qualcode.yaml"
    settings.write_text(settings.read_text() + "review: {codes: [work/fear, work/money]}\n")
    assert start(project).number_codes == ("work/fear", "work/money")
    settings.write_text(settings.read_text().replace("work/fear", "work/faer"))
    with pytest.raises(UnknownNameError, match="did you mean 'work/fear'"):
        start(project)
