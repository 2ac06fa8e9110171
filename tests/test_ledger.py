"""The ledger: a fold over a set of events, and the files of lines that hold them."""

from __future__ import annotations

import random
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.anchors import Anchor
from qualcode.ledger import (
    Event,
    FinishedTranscript,
    LedgerState,
    Origin,
    Rejection,
    append_events,
    encode_event,
    fold,
    new_event,
    read_ledgers,
)
from qualcode.ledger.events import EventKind

KINDS: tuple[EventKind, ...] = ("apply", "retract", "reject", "move", "memo", "done")


def event(number: int, kind: EventKind, coder: str = "ana", **fields: object) -> Event:
    whole = {"id": f"e{number:02}", "event": kind, "at": "2026-01-01T00:00:00.000Z", "coder": coder, **fields}
    return msgspec.convert(whole, Event)


def applied(number: int, coder: str = "ana", code: str = "f/a", start: int = 0, end: int = 4) -> Event:
    return event(number, "apply", coder, transcript="T", start=start, end=end, quote="q" * (end - start), code=code)


def spans(state: LedgerState) -> list[tuple[str, int, int]]:
    return [(one.id, one.start, one.end) for one in state.apply_events]


# --- fold -----------------------------------------------------------------------------------------------------


def test_nothing_amounts_to_nothing() -> None:
    assert fold([]) == LedgerState(duplicate_ids={})


def test_applications_stand_in_the_order_of_their_ids() -> None:
    assert spans(fold([applied(2, code="f/b"), applied(1)])) == [("e01", 0, 4), ("e02", 0, 4)]


def test_a_retraction_wins_wherever_it_is_read() -> None:
    made, gone = applied(1), event(2, "retract", target="e01")
    assert fold([made, gone]).apply_events == ()
    assert fold([gone, made]).apply_events == ()
    assert fold([gone]).apply_events == ()


def test_nobody_retracts_anothers_coding() -> None:
    assert spans(fold([applied(1, "ana"), event(2, "retract", "bo", target="e01")])) == [("e01", 0, 4)]


def test_every_kind_can_be_taken_back() -> None:
    events = [
        applied(1),
        event(2, "reject", transcript="T", code="f/a", quote="so", origin={"entry": "h1"}),
        event(3, "memo", text="hm"),
        event(4, "done", transcript="T", families=["f"]),
    ]
    state = fold(events)
    assert len(state.apply_events) == len(state.rejections) == len(state.memo_events) == len(state.finished) == 1
    assert fold([*events, *(event(10 + n, "retract", target=f"e0{n}") for n in (1, 2, 3, 4))]) == LedgerState(
        duplicate_ids={}
    )


def test_a_move_gives_the_new_place_and_the_latest_counts() -> None:
    first = event(2, "move", target="e01", start=10, end=14, quote="qqqq", before="b", after="a", sha256="s2")
    second = event(3, "move", target="e01", start=20, end=24, quote="qqqq", sha256="s3")
    assert spans(fold([applied(1), first])) == [("e01", 10, 14)]
    assert spans(fold([second, applied(1), first])) == [("e01", 20, 24)]
    (moved,) = fold([applied(1), first]).apply_events
    assert (moved.before, moved.after, moved.sha256, moved.code) == ("b", "a", "s2", "f/a")
    assert fold([first]).apply_events == ()


def test_a_move_carries_marks_memos_and_rejections_to_a_renamed_transcript() -> None:
    events = [
        event(1, "reject", transcript="T", code="f/a", quote="so", origin={"entry": "h1"}),
        event(2, "memo", transcript="T", text="hm"),
        event(3, "done", transcript="T"),
    ]
    moves = [event(10 + n, "move", "bo", transcript="U", target=f"e0{n}", quote="so") for n in (1, 2, 3)]
    state = fold([*events, *moves])
    assert state.rejections == {Rejection("ana", "U", "f/a", "so", "h1")}
    assert [(one.transcript, one.text, one.coder) for one in state.memo_events] == [("U", "hm", "ana")]
    assert state.finished == {FinishedTranscript("ana", "U", frozenset())}


def test_a_coding_remembers_what_its_coder_decided() -> None:
    state = fold([applied(1), event(2, "move", "bo", transcript="U", target="e01", start=10, end=14, quote="x")])
    assert [(one.transcript, one.start, one.coder) for one in state.apply_events] == [("U", 10, "ana")]
    assert (state.original_events["e01"].transcript, state.original_events["e01"].start) == ("T", 0)


def test_a_move_that_is_taken_back_leaves_the_place_before_it() -> None:
    first = event(2, "move", target="e01", start=10, end=14)
    second = event(3, "move", target="e01", start=20, end=24)
    back = event(4, "retract", target="e03")
    assert spans(fold([applied(1), first, second, back])) == [("e01", 10, 14)]


def test_one_code_on_one_span_by_one_coder_is_one_coding() -> None:
    state = fold([applied(2), applied(1), applied(3), applied(4, "bo"), applied(5, code="f/b"), applied(6, end=5)])
    assert [one.id for one in state.apply_events] == ["e01", "e04", "e05", "e06"]
    assert state.duplicate_ids == {"e01": ("e02", "e03")}
    left = fold([applied(1), applied(2), event(9, "retract", target="e01")])
    assert (spans(left), left.duplicate_ids) == ([("e02", 0, 4)], {})


def test_a_coding_moved_onto_its_twin_is_one_with_it() -> None:
    move = event(3, "move", target="e02", start=0, end=4)
    state = fold([applied(1), applied(2, start=7, end=11), move])
    assert (spans(state), state.duplicate_ids) == ([("e01", 0, 4)], {"e01": ("e02",)})


def test_a_rejection_names_words_and_the_entry_it_was_made_under() -> None:
    no = event(1, "reject", transcript="T", code="f/a", quote="so what", origin={"entry": "h1"})
    assert fold([no]).rejections == {Rejection("ana", "T", "f/a", "so what", "h1")}


def test_done_is_a_coders_word_about_a_transcript_and_families() -> None:
    state = fold([event(1, "done", transcript="T"), event(2, "done", "bo", transcript="T", families=["g", "f"])])
    assert state.finished == {
        FinishedTranscript("ana", "T", frozenset()),
        FinishedTranscript("bo", "T", frozenset({"f", "g"})),
    }
    assert [one.id for one in state.done_events] == ["e01", "e02"]


EVENTS = st.lists(
    st.builds(
        event,
        st.integers(1, 12),
        st.sampled_from(KINDS),
        st.sampled_from(["ana", "bo"]),
        transcript=st.sampled_from(["T", "U"]),
        start=st.integers(0, 2),
        end=st.integers(3, 5),
        code=st.sampled_from(["f/a", "f/b"]),
        target=st.integers(1, 12).map(lambda number: f"e{number:02}"),
        families=st.sampled_from([[], ["f"]]),
    ),
    max_size=14,
)


@given(EVENTS, st.randoms(use_true_random=False))
def test_order_does_not_matter(events: list[Event], chance: random.Random) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert fold(shuffled) == fold(events)


@given(EVENTS, EVENTS)
def test_reading_twice_changes_nothing(events: list[Event], more: list[Event]) -> None:
    assert fold([*events, *more, *events]) == fold([*events, *more])


@given(EVENTS, EVENTS)
def test_merging_is_union(mine: list[Event], theirs: list[Event]) -> None:
    union = {encode_event(one): one for one in [*theirs, *mine]}.values()
    assert fold([*mine, *theirs]) == fold(union)
    assert fold([*mine, *theirs]) == fold([*theirs, *mine])


@given(EVENTS)
def test_what_a_fold_says_by_hand(events: list[Event]) -> None:
    """The definition again, event by event, over events whose ids differ."""
    unique = list({one.id: one for one in events}.values())
    retracted = {(one.target, one.coder) for one in unique if one.event == "retract"}
    live = sorted((one for one in unique if (one.id, one.coder) not in retracted), key=lambda one: one.id)
    place = {one.target: (one.transcript, one.start, one.end) for one in live if one.event == "move"}
    places: dict[tuple[object, ...], list[str]] = {}
    for one in live:
        if one.event == "apply":
            key = (one.coder, one.code, *place.get(one.id, (one.transcript, one.start, one.end)))
            places.setdefault(key, []).append(one.id)
    state = fold(unique)
    assert [(one.coder, one.code, one.transcript, one.start, one.end) for one in state.apply_events] == list(places)
    assert set(state.original_events) == {one.id for one in live if one.event == "apply" and one.id in place}
    assert [one.id for one in state.apply_events] == [ids[0] for ids in places.values()]
    assert state.duplicate_ids == {ids[0]: tuple(ids[1:]) for ids in places.values() if len(ids) > 1}
    assert [one.id for one in state.memo_events] == [one.id for one in live if one.event == "memo"]


# --- lines ----------------------------------------------------------------------------------------------------


def decoded(line: bytes) -> Event:
    return msgspec.json.decode(line, type=Event)


@pytest.mark.parametrize("kind", KINDS)
def test_a_line_says_all_of_its_event(kind: EventKind) -> None:
    kept = Anchor(3, 9, 'say "é\n😀"', "vor ", " nach\u2028")
    made = new_event(
        kind,
        coder="Ana María",
        anchored=kept,
        transcript="sub/T1",
        sha256="0a",
        code="f/a/b",
        target="e01",
        text="hm\nso",
        families=("f", "g"),
        origin=Origin("cues", 0.5, 'weil "so"', "v1", "h1", "table.csv:7"),
    )
    line = encode_event(made)
    assert decoded(line) == made
    assert b"\n" not in line
    assert decoded(line).anchor == kept


def test_what_is_not_said_takes_no_room() -> None:
    made = new_event("memo", coder="ana", text="so")
    assert set(msgspec.json.decode(encode_event(made))) == {"id", "event", "at", "coder", "text"}


@given(EVENTS)
def test_every_event_comes_back(events: list[Event]) -> None:
    assert [decoded(encode_event(one)) for one in events] == events


def test_ids_rise_in_the_order_of_making_and_are_unique() -> None:
    ids = [new_event("memo", coder="ana").id for _ in range(2000)]
    assert ids == sorted(set(ids))
    assert {len(one) for one in ids} == {26}


def test_ids_go_on_rising_when_the_clock_goes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_event("memo", coder="ana").id
    monkeypatch.setattr("qualcode.ledger.events.time", SimpleNamespace(time_ns=lambda: 0))
    assert new_event("memo", coder="ana").id > first


# --- files ----------------------------------------------------------------------------------------------------


def written(root: Path, *events: Event) -> list[Path]:
    return append_events(root / "codings", events, locks=root / ".qualcode" / "locks")


def test_what_is_appended_is_read(tmp_path: Path) -> None:
    events = [
        applied(1),
        event(2, "retract", target="e01", transcript="T"),
        event(3, "memo", text="study"),
        applied(4, "bo"),
    ]
    assert written(tmp_path, *events) == []
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.jsonl")) == [
        "codings/ana/T.jsonl",
        "codings/ana/_study.jsonl",
        "codings/bo/T.jsonl",
    ]
    found, problems = read_ledgers(tmp_path / "codings", root=tmp_path)
    assert sorted(one.id for one in found) == ["e01", "e02", "e03", "e04"]
    assert fold(found) == fold(events)
    assert problems == []


def test_a_study_nobody_coded_has_no_events(tmp_path: Path) -> None:
    assert read_ledgers(tmp_path / "codings", root=tmp_path) == ([], [])


def test_appending_never_changes_what_stands(tmp_path: Path) -> None:
    path = tmp_path / "codings/ana/T.jsonl"
    written(tmp_path, applied(2), applied(1))
    before = path.read_bytes()
    assert [decoded(line).id for line in before.splitlines()] == ["e02", "e01"]
    written(tmp_path, applied(3))
    assert path.read_bytes() == before + encode_event(applied(3)) + b"\n"


def test_a_transcript_in_a_folder_has_its_ledger_in_one(tmp_path: Path) -> None:
    written(tmp_path, event(1, "done", transcript="wave 1/T"))
    assert (tmp_path / "codings/ana/wave 1/T.jsonl").is_file()
    assert read_ledgers(tmp_path / "codings", root=tmp_path)[0] == [event(1, "done", transcript="wave 1/T")]


def laid(root: Path, content: bytes) -> Path:
    path = root / "codings" / "ana" / "T.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def line(number: int) -> bytes:
    return encode_event(applied(number)) + b"\n"


def test_a_torn_last_line_is_reported_then_set_aside(tmp_path: Path) -> None:
    torn = line(2)[:25]
    path = laid(tmp_path, line(1) + torn)
    found, (problem,) = read_ledgers(tmp_path / "codings", root=tmp_path)
    assert [one.id for one in found] == ["e01"]
    assert (problem.path, problem.line) == ("codings/ana/T.jsonl", 2)
    assert "incomplete" in problem.message
    assert written(tmp_path, applied(3)) == [path.with_name("T.jsonl.torn")]
    assert path.read_bytes() == line(1) + line(3)
    assert path.with_name("T.jsonl.torn").read_bytes() == torn + b"\n"
    assert read_ledgers(tmp_path / "codings", root=tmp_path)[1] == []


def test_a_last_line_that_only_lacks_its_end_counts(tmp_path: Path) -> None:
    path = laid(tmp_path, line(1) + line(2).rstrip())
    assert [one.id for one in read_ledgers(tmp_path / "codings", root=tmp_path)[0]] == ["e01", "e02"]
    assert written(tmp_path, applied(3)) == []
    assert path.read_bytes() == line(1) + line(2) + line(3)


def test_a_bad_line_in_the_middle_is_a_problem_and_all_others_count(tmp_path: Path) -> None:
    laid(tmp_path, line(1) + b'{"id": 7}\n\nso \xff\n' + line(2))
    found, problems = read_ledgers(tmp_path / "codings", root=tmp_path)
    assert [one.id for one in found] == ["e01", "e02"]
    assert [problem.line for problem in problems] == [2, 4]
    assert all("not an event" in problem.message for problem in problems)


def test_a_bad_last_line_with_its_end_is_not_called_torn(tmp_path: Path) -> None:
    path = laid(tmp_path, line(1) + b'{"id"\n')
    _, (problem,) = read_ledgers(tmp_path / "codings", root=tmp_path)
    assert (problem.line, "incomplete" in problem.message, "not an event" in problem.message) == (2, False, True)
    assert written(tmp_path, applied(3)) == []
    assert path.read_bytes() == line(1) + b'{"id"\n' + line(3)


def test_marks_of_a_merge_conflict_are_named_and_both_sides_count(tmp_path: Path) -> None:
    marked = [b"<<<<<<< HEAD\n", line(1), b"||||||| base\n", line(2), b"=======\n", line(3), b">>>>>>> theirs\n"]
    laid(tmp_path, b"".join(marked))
    found, problems = read_ledgers(tmp_path / "codings", root=tmp_path)
    assert [one.id for one in found] == ["e01", "e02", "e03"]
    assert [problem.line for problem in problems] == [1, 3, 5, 7]
    assert {problem.message for problem in problems} == {"marker of an unresolved merge conflict"}


def test_windows_line_ends_and_blank_lines_are_no_problem(tmp_path: Path) -> None:
    laid(tmp_path, line(1).replace(b"\n", b"\r\n") + b"\r\n" + line(2).replace(b"\n", b"\r\n"))
    found, problems = read_ledgers(tmp_path / "codings", root=tmp_path)
    assert ([one.id for one in found], problems) == (["e01", "e02"], [])


def test_a_byte_order_mark_that_an_editor_put_before_the_first_line_loses_nothing(tmp_path: Path) -> None:
    path = laid(tmp_path, b"\xef\xbb\xbf" + line(1) + line(2))
    found, problems = read_ledgers(tmp_path / "codings", root=tmp_path)
    assert ([one.id for one in found], problems) == (["e01", "e02"], [])
    assert written(tmp_path, applied(3)) == []
    assert [one.id for one in read_ledgers(tmp_path / "codings", root=tmp_path)[0]] == ["e01", "e02", "e03"]
    assert path.read_bytes() == b"\xef\xbb\xbf" + line(1) + line(2) + line(3)


def test_keys_of_a_later_version_are_passed_over(tmp_path: Path) -> None:
    laid(tmp_path, b'{"id":"e01","event":"memo","at":"","coder":"ana","later":[1]}\n')
    assert [one.id for one in read_ledgers(tmp_path / "codings", root=tmp_path)[0]] == ["e01"]


@given(st.lists(st.integers(0, 400), max_size=3), EVENTS)
def test_wherever_a_file_is_cut_every_whole_line_is_kept(cuts: list[int], events: list[Event]) -> None:
    """Torn writes between appends lose the torn line only, and never join two lines into one."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = laid(Path(folder), b"".join(encode_event(one) + b"\n" for one in events))
        whole = path.read_bytes()
        for cut in cuts:
            path.write_bytes(path.read_bytes()[: cut + 1])
            left = [one for one in path.read_bytes().splitlines(keepends=True) if one.endswith(b"\n")]
            written(Path(folder), applied(99))
            now = path.read_bytes()
            assert now.startswith(b"".join(left))
            assert now.endswith(encode_event(applied(99)) + b"\n")
            assert read_ledgers(Path(folder) / "codings", root=Path(folder))[1] == []
        assert cuts or path.read_bytes() == whole
