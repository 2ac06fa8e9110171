"""Disagreements in the review: what is decided is what was shown, for the coders that were named."""

from __future__ import annotations

from pathlib import Path

import pytest

from qualcode.coding.quote_location import QuoteLocation
from qualcode.errors import FileWriteError, UnknownNameError, UsageError
from qualcode.project import Project
from qualcode.review.session import review_decisions as decisions
from qualcode.review.session.hit_lists.hit_sources import open_disagreements
from qualcode.review.session.hits import HitList, search_text
from qualcode.review.session.opened_transcripts import start_session
from qualcode.review.session.review_options import ReviewOptions
from qualcode.review.session.review_session import ReviewSession
from studies import small_study

EARNS, GONE = "Nobody can tell me what it earns.", "The budget is gone."
CODED = (
    ("ana", "work/fear", EARNS),
    ("ben", "work/money", EARNS),
    ("cem", "skills/patience", EARNS),
    ("ana", "work/money", GONE),
)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Ana, ben and cem dispute three codes on the first sentence; only ana has coded the second one."""
    study = Project(small_study(tmp_path))
    for coder, code, quote in CODED:
        study.code("A", code, quote, coder=coder)
    for coder in ("ana", "ben", "cem"):
        study.done("A", coder=coder)
    return study


@pytest.fixture
def session(project: Project) -> ReviewSession:
    """Lea decides the disagreements of ana and ben."""
    session = start_session(project, ReviewOptions(coder="lea", adjudicate=("ana", "ben")))
    open_disagreements(session)
    return session


def decided(project: Project) -> list[tuple[str, str, bool]]:
    """Return the decisions as code, quote and whether it applies."""
    state = Project(project.study.root).study.ledger_state_with_codings
    events = [(event, True) for event in state.apply_events] + [(event, False) for event in state.reject_events]
    return sorted((one.code, one.anchor.quote, applies) for one, applies in events if one.coder == "consensus")


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        ("all", [("work/fear", True), ("work/money", True)]),
        ("none", [("work/fear", False), ("work/money", False)]),
        ("ana", [("work/fear", True), ("work/money", False)]),
        ("work/money", [("work/fear", False), ("work/money", True)]),
        ("skills/patience", [("skills/patience", True), ("work/fear", False), ("work/money", False)]),
    ],
)
def test_only_codes_of_the_named_coders_are_decided(
    project: Project, session: ReviewSession, decision: str, expected: list[tuple[str, bool]]
) -> None:
    decisions.adjudicate(session, decision)
    assert not session.is_refused
    assert decided(project) == [(code, EARNS, applies) for code, applies in expected]


def test_without_named_coders_all_of_them_count(project: Project) -> None:
    project.adjudicate("A:21", "none", coder="lea")
    assert [code for code, _, _ in decided(project)] == ["skills/patience", "work/fear", "work/money"]


def test_what_was_decided_on_a_third_coders_code_stays(project: Project) -> None:
    project.adjudicate("A:21", "skills/patience", among=["ana", "cem"], note="Waits.", coder="lea")
    assert decided(project) == [("skills/patience", EARNS, True), ("work/fear", EARNS, False)]
    project.adjudicate("A:21", "none", among=["ana", "ben"], coder="lea")
    assert ("skills/patience", EARNS, True) in decided(project)
    assert ("work/money", EARNS, False) in decided(project)


def test_what_the_named_coders_agree_on_stays_as_it_was_decided(project: Project) -> None:
    project.code("A", "work/money", EARNS, coder="ana")
    project.adjudicate("A:21", "none", among=["ana", "cem"], coder="lea")
    assert ("work/money", EARNS, False) in decided(project)
    project.adjudicate("A:21", "all", among=["ana", "ben"], coder="lea")
    assert ("work/money", EARNS, False) in decided(project)
    assert ("work/fear", EARNS, True) in decided(project)


def test_coders_that_are_compared_are_two_known_ones(project: Project) -> None:
    with pytest.raises(UsageError, match="two coders"):
        project.adjudicate("A:21", "none", among=["ana", "ana"], coder="lea")
    with pytest.raises(UnknownNameError, match="ann"):
        project.adjudicate("A:21", "none", among=["ann", "ben"], coder="lea")


def test_reading_that_has_changed_is_shown_anew_before_it_is_decided(project: Project, session: ReviewSession) -> None:
    hits = [hit.id for hit in session.hits.hits]
    Project(project.study.root).code("A", "skills/patience", EARNS, coder="ana")
    decisions.adjudicate(session, "ana")
    assert session.is_refused
    assert session.message == "the readings of this passage have changed: nothing was decided; decide again"
    assert decided(project) == []
    assert [hit.id for hit in session.hits.hits] == hits
    assert session.hits.current
    assert session.hits.current.id == hits[0]
    assert session.disagreements[hits[0]]["codes_ana"] == "skills/patience; work/fear"
    decisions.adjudicate(session, "ana")
    assert [(code, applies) for code, _, applies in decided(project)] == [
        ("skills/patience", True),
        ("work/fear", True),
        ("work/money", False),
    ]


def test_passage_that_was_decided_meanwhile_leaves_the_list(project: Project, session: ReviewSession) -> None:
    first, second = session.hits.hits
    Project(project.study.root).adjudicate(first.id, "none", coder="max")
    before = decided(project)
    decisions.adjudicate(session, "all")
    assert session.is_refused
    assert session.message == "this passage is no open disagreement any more: nothing was decided"
    assert decided(project) == before
    assert session.hits.current == second
    decisions.adjudicate(session, "ana")
    assert ("work/money", GONE, True) in decided(project)


def test_other_coders_may_decide_elsewhere_meanwhile(project: Project, session: ReviewSession) -> None:
    place = QuoteLocation("They fear it.", turn=3, sentence=0)
    Project(project.study.root).code("A", "work/fear", place, coder="ana")
    decisions.adjudicate(session, "none")
    assert not session.is_refused
    assert len(decided(project)) == 2


def test_edited_transcript_is_compared_anew(project: Project, session: ReviewSession) -> None:
    path = next((project.study.root / "transcripts").glob("A.*"))
    path.write_text(path.read_text("utf-8").replace("What is hard?", "What is so hard?"), "utf-8")
    decisions.adjudicate(session, "ana")
    assert "was edited" in session.message
    assert decided(project) == []
    assert [hit.start for hit in session.hits.hits] == [start for start, _ in session.spans.sentences[:2]]
    decisions.adjudicate(session, "ana")
    assert [(code, quote) for code, quote, _ in decided(project)] == [("work/fear", EARNS), ("work/money", EARNS)]


def test_decision_that_waits_is_not_saved_on_another_reading(
    project: Project, session: ReviewSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **options: object) -> None:
        raise FileWriteError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr("qualcode.ledger.store.append_lines", refuse)
        decisions.adjudicate(session, "ana")
    assert len(session.unsaved) == 1
    Project(project.study.root).code("A", "skills/patience", EARNS, coder="ana")
    assert not decisions.save_again(session)
    assert "is refused: the readings of this passage have changed" in session.message
    assert (decided(project), session.unsaved) == ([], [])


def test_nothing_is_decided_at_a_place_that_was_searched_for(project: Project, session: ReviewSession) -> None:
    session.hits = HitList("found", tuple(search_text(session.transcript, "budget")), 0)
    decisions.adjudicate(session, "all")
    assert session.message == "no disagreement here: n goes to the next one"
    assert (session.hits.kind, decided(project)) == ("found", [])
