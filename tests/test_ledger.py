"""The ledger: the fold of a set of events, the encoding of an event, and ledger files."""

from __future__ import annotations

import random
from pathlib import Path
from types import SimpleNamespace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualcode.anchors import Anchor
from qualcode.errors import OperationError, UsageError
from qualcode.ledger import (
    Event,
    FinishedTranscript,
    LedgerState,
    Origin,
    Rejection,
    append_events,
    encode_event,
    fold,
    mark_action,
    new_event,
    parse_period,
    read_ledgers,
    select_events_until,
)
from qualcode.ledger.events import EventKind, _IdGenerator

KINDS: tuple[EventKind, ...] = ("apply", "retract", "reject", "move", "memo", "done")


def make_event(number: int, kind: EventKind, coder: str = "ana", **fields: object) -> Event:
    fields_by_name = {"id": f"e{number:02}", "event": kind, "at": "2026-01-01T00:00:00.000Z", "coder": coder, **fields}
    return msgspec.convert(fields_by_name, Event)


def apply_event(number: int, coder: str = "ana", code: str = "f/a", start: int = 0, end: int = 4) -> Event:
    return make_event(
        number, "apply", coder, transcript="T", start=start, end=end, quote="q" * (end - start), code=code
    )


def spans(state: LedgerState) -> list[tuple[str, int, int]]:
    return [(event.id, event.start, event.end) for event in state.apply_events]


# --- fold -----------------------------------------------------------------------------------------------------


def test_fold_of_no_events_is_the_empty_state() -> None:
    assert fold([]) == LedgerState(duplicate_ids={})


def test_apply_events_are_ordered_by_id() -> None:
    assert spans(fold([apply_event(2, code="f/b"), apply_event(1)])) == [("e01", 0, 4), ("e02", 0, 4)]


def test_retraction_removes_a_coding_in_any_order() -> None:
    applied, retracted = apply_event(1), make_event(2, "retract", target="e01")
    assert fold([applied, retracted]).apply_events == ()
    assert fold([retracted, applied]).apply_events == ()
    assert fold([retracted]).apply_events == ()


def test_retraction_by_another_coder_has_no_effect() -> None:
    assert spans(fold([apply_event(1, "ana"), make_event(2, "retract", "bo", target="e01")])) == [("e01", 0, 4)]


def test_events_of_every_kind_can_be_retracted() -> None:
    events = [
        apply_event(1),
        make_event(2, "reject", transcript="T", code="f/a", quote="so", origin={"entry": "h1"}),
        make_event(3, "memo", text="hm"),
        make_event(4, "done", transcript="T", families=["f"]),
    ]
    state = fold(events)
    assert len(state.apply_events) == len(state.rejections) == len(state.memo_events) == len(state.finished) == 1
    assert fold([*events, *(make_event(10 + n, "retract", target=f"e0{n}") for n in (1, 2, 3, 4))]) == LedgerState(
        duplicate_ids={}, retracted_codings=frozenset({("e01", "ana")})
    )


def test_latest_move_gives_the_place_of_a_coding() -> None:
    first = make_event(2, "move", target="e01", start=10, end=14, quote="qqqq", before="b", after="a", sha256="s2")
    second = make_event(3, "move", target="e01", start=20, end=24, quote="qqqq", sha256="s3")
    assert spans(fold([apply_event(1), first])) == [("e01", 10, 14)]
    assert spans(fold([second, apply_event(1), first])) == [("e01", 20, 24)]
    (moved,) = fold([apply_event(1), first]).apply_events
    assert (moved.before, moved.after, moved.sha256, moved.code) == ("b", "a", "s2", "f/a")
    assert fold([first]).apply_events == ()


def test_move_takes_rejections_memos_and_finished_marks_to_a_renamed_transcript() -> None:
    events = [
        make_event(1, "reject", transcript="T", code="f/a", quote="so", origin={"entry": "h1"}),
        make_event(2, "memo", transcript="T", text="hm"),
        make_event(3, "done", transcript="T"),
    ]
    moves = [make_event(10 + n, "move", "bo", transcript="U", target=f"e0{n}", quote="so") for n in (1, 2, 3)]
    state = fold([*events, *moves])
    assert state.rejections == {Rejection("ana", "U", "f/a", "so", "h1")}
    assert [(event.transcript, event.text, event.coder) for event in state.memo_events] == [("U", "hm", "ana")]
    assert state.finished == {FinishedTranscript("ana", "U", frozenset())}


def test_original_event_of_a_moved_coding_is_available() -> None:
    state = fold(
        [apply_event(1), make_event(2, "move", "bo", transcript="U", target="e01", start=10, end=14, quote="x")]
    )
    assert [(event.transcript, event.start, event.coder) for event in state.apply_events] == [("U", 10, "ana")]
    assert (state.original_events["e01"].transcript, state.original_events["e01"].start) == ("T", 0)


def test_retracted_move_restores_the_previous_place() -> None:
    first = make_event(2, "move", target="e01", start=10, end=14)
    second = make_event(3, "move", target="e01", start=20, end=24)
    retraction = make_event(4, "retract", target="e03")
    assert spans(fold([apply_event(1), first, second, retraction])) == [("e01", 10, 14)]


def test_equal_apply_events_of_one_coder_are_one_coding() -> None:
    state = fold(
        [
            apply_event(2),
            apply_event(1),
            apply_event(3),
            apply_event(4, "bo"),
            apply_event(5, code="f/b"),
            apply_event(6, end=5),
        ]
    )
    assert [event.id for event in state.apply_events] == ["e01", "e04", "e05", "e06"]
    assert state.duplicate_ids == {"e01": ("e02", "e03")}
    state = fold([apply_event(1), apply_event(2), make_event(9, "retract", target="e01")])
    assert (spans(state), state.duplicate_ids) == ([("e02", 0, 4)], {})


def test_coding_moved_onto_an_equal_one_is_merged() -> None:
    move = make_event(3, "move", target="e02", start=0, end=4)
    state = fold([apply_event(1), apply_event(2, start=7, end=11), move])
    assert (spans(state), state.duplicate_ids) == ([("e01", 0, 4)], {"e01": ("e02",)})


def test_rejection_has_quote_and_codebook_entry() -> None:
    rejection = make_event(1, "reject", transcript="T", code="f/a", quote="so what", origin={"entry": "h1"})
    assert fold([rejection]).rejections == {Rejection("ana", "T", "f/a", "so what", "h1")}


def test_done_event_marks_a_transcript_as_finished_for_families() -> None:
    state = fold(
        [make_event(1, "done", transcript="T"), make_event(2, "done", "bo", transcript="T", families=["g", "f"])]
    )
    assert state.finished == {
        FinishedTranscript("ana", "T", frozenset()),
        FinishedTranscript("bo", "T", frozenset({"f", "g"})),
    }
    assert [event.id for event in state.done_events] == ["e01", "e02"]


EVENTS = st.lists(
    st.builds(
        make_event,
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
def test_fold_does_not_depend_on_the_order_of_events(events: list[Event], chance: random.Random) -> None:
    shuffled = list(events)
    chance.shuffle(shuffled)
    assert fold(shuffled) == fold(events)


@given(EVENTS, EVENTS)
def test_fold_ignores_repeated_events(events: list[Event], more: list[Event]) -> None:
    assert fold([*events, *more, *events]) == fold([*events, *more])


@given(EVENTS, EVENTS)
def test_fold_of_merged_ledgers_is_fold_of_their_union(mine: list[Event], theirs: list[Event]) -> None:
    union = {encode_event(event): event for event in [*theirs, *mine]}.values()
    assert fold([*mine, *theirs]) == fold(union)
    assert fold([*mine, *theirs]) == fold([*theirs, *mine])


@given(EVENTS)
def test_fold_equals_its_definition_event_by_event(events: list[Event]) -> None:
    """Computed from the definition for events with different ids."""
    unique = list({event.id: event for event in events}.values())
    retractions = [event for event in unique if event.event == "retract"]

    def is_valid(retraction: Event) -> bool:
        later = [other for other in retractions if other.id > retraction.id and other.coder == retraction.coder]
        return not any(other.target == retraction.id and is_valid(other) for other in later)

    retracted = {(event.target, event.coder) for event in retractions if is_valid(event)}
    live = sorted((event for event in unique if (event.id, event.coder) not in retracted), key=lambda event: event.id)
    place = {event.target: (event.transcript, event.start, event.end) for event in live if event.event == "move"}
    places: dict[tuple[object, ...], list[str]] = {}
    for event in live:
        if event.event == "apply":
            key = (event.coder, event.code, *place.get(event.id, (event.transcript, event.start, event.end)))
            places.setdefault(key, []).append(event.id)
    state = fold(unique)
    assert [
        (event.coder, event.code, event.transcript, event.start, event.end) for event in state.apply_events
    ] == list(places)
    assert set(state.original_events) == {event.id for event in live if event.event == "apply" and event.id in place}
    assert [event.id for event in state.apply_events] == [ids[0] for ids in places.values()]
    assert state.duplicate_ids == {ids[0]: tuple(ids[1:]) for ids in places.values() if len(ids) > 1}
    assert [event.id for event in state.memo_events] == [event.id for event in live if event.event == "memo"]


def test_a_retracted_retraction_has_no_effect() -> None:
    applied, undo = apply_event(1), make_event(2, "retract", target="e01")
    redo, again = make_event(3, "retract", target="e02"), make_event(4, "retract", target="e03")
    assert fold([redo, applied, undo]) == fold([applied])
    assert spans(fold([redo, again, applied, undo])) == []
    assert fold([redo, again, applied, undo]).retracted_codings == {("e01", "ana")}
    by_another = make_event(3, "retract", "bo", target="e02")
    assert spans(fold([applied, undo, by_another])) == []


def test_retractions_of_each_other_have_a_state() -> None:
    """Only an edit by hand makes them; the later one counts."""
    events = [apply_event(1), make_event(2, "retract", target="e03"), make_event(3, "retract", target="e02")]
    assert spans(fold(events)) == spans(fold(events[::-1])) == [("e01", 0, 4)]
    of_itself = [apply_event(1), make_event(2, "retract", target="e02")]
    assert spans(fold(of_itself)) == [("e01", 0, 4)]


@given(EVENTS, st.randoms(use_true_random=False))
def test_undoing_any_events_and_redoing_them_changes_nothing(events: list[Event], chance: random.Random) -> None:
    events = list({event.id: event for event in events}.values())
    undone = chance.sample(events, k=min(3, len(events)))
    undo = [make_event(70 + n, "retract", event.coder, target=event.id) for n, event in enumerate(undone)]
    redo = [make_event(80 + n, "retract", event.coder, target=event.id) for n, event in enumerate(undo)]
    later = [*events, *undo, *redo]
    chance.shuffle(later)
    assert fold([*later, *undo]) == fold(events)
    without = fold([*events, *undo])
    again = [make_event(90 + n, "retract", event.coder, target=event.id) for n, event in enumerate(redo)]
    assert fold([*later, *again]) == without


@given(EVENTS)
def test_all_events_count_until_the_end_of_the_last_date(events: list[Event]) -> None:
    assert fold(select_events_until(events, parse_period("2026-01-01", option="as_of"))) == fold(events)
    unique = list({event.id: event for event in events}.values())
    earlier = select_events_until(unique, parse_period("2025", option="as_of"))
    assert {event.event for event in earlier} <= {"move", "retract"}
    assert [event.id for event in earlier if event.event == "move"] == sorted(
        event.id for event in unique if event.event == "move"
    )


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2026-01-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"),
        ("2026-12", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"),
        ("2024-02-29", "2024-02-29T00:00:00.000Z", "2024-03-01T00:00:00.000Z"),
        ("2026-01-31 23", "2026-01-31T23:00:00.000Z", "2026-02-01T00:00:00.000Z"),
        ("2026-01-31T14:30", "2026-01-31T14:30:00.000Z", "2026-01-31T14:31:00.000Z"),
        ("2026-01-31T14:30:05Z", "2026-01-31T14:30:05.000Z", "2026-01-31T14:30:06.000Z"),
        ("2026-01-31T14:30:05.250+01:00", "2026-01-31T13:30:05.250Z", "2026-01-31T13:30:05.251Z"),
        # Beyond what a calendar of the years 1 to 9999 has, its limits.
        ("0001-01-01T00:00+12:00", "0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59-12:00", "9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ("9999", "9999-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"),
        ("9999-12", "9999-12-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_date_is_a_period_in_utc(text: str, start: str, end: str) -> None:
    period = parse_period(text, option="as_of")
    assert (period.start, period.end) == (start, end)


@pytest.mark.parametrize(
    "text", ["", "yesterday", "2026-13", "2026-02-30", "31.01.2026", "26-01", "2026-1", "0000", "2026-01-31T25"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="this is no date; write 2026, 2026-01, 2026-01-31"):
        parse_period(text, option="as_of")


def test_new_event_is_later_than_its_target_though_a_clock_was_ahead() -> None:
    ahead = "7" + new_event("memo", coder="ana").id[1:]
    retraction = new_event("retract", coder="ana", target=ahead)
    assert retraction.id > ahead
    assert len(retraction.id) == 26
    assert new_event("memo", coder="ana").id < ahead


def test_events_of_one_command_are_one_action() -> None:
    one, two = new_event("memo", coder="ana"), new_event("memo", coder="ana")
    assert mark_action([one]) == [one]
    assert [event.action_id for event in mark_action([one, two])] == [one.id, one.id]
    assert b"action" not in encode_event(one)


# --- lines ----------------------------------------------------------------------------------------------------


def decode(line: bytes) -> Event:
    return msgspec.json.decode(line, type=Event)


@pytest.mark.parametrize("kind", KINDS)
def test_encoded_event_has_all_fields(kind: EventKind) -> None:
    anchor = Anchor(3, 9, 'say "é\n😀"', "vor ", " nach\u2028")
    original = new_event(
        kind,
        coder="Ana María",
        anchored=anchor,
        transcript="sub/T1",
        sha256="0a",
        code="f/a/b",
        target="e01",
        text="hm\nso",
        families=("f", "g"),
        origin=Origin("cues", 0.5, 'weil "so"', "v1", "h1", "table.csv:7"),
    )
    line = encode_event(original)
    assert decode(line) == original
    assert b"\n" not in line
    assert decode(line).anchor == anchor


def test_encoded_event_leaves_out_default_values() -> None:
    original = new_event("memo", coder="ana", text="so")
    assert set(msgspec.json.decode(encode_event(original))) == {"id", "event", "at", "coder", "text"}


@given(EVENTS)
def test_decoding_returns_the_encoded_events(events: list[Event]) -> None:
    assert [decode(encode_event(event)) for event in events] == events


def test_ids_are_unique_and_increasing() -> None:
    ids = [new_event("memo", coder="ana").id for _ in range(2000)]
    assert ids == sorted(set(ids))
    assert {len(event_id) for event_id in ids} == {26}


def test_id_is_time_and_random_bits_in_base_32(monkeypatch: pytest.MonkeyPatch) -> None:
    """As any ULID in lower case: 1700000000000 ms is 01HF7YAT00 in Crockford's base 32."""
    monkeypatch.setattr("qualcode.ledger.events.time", SimpleNamespace(time_ns=lambda: 1_700_000_000_000_999_999))
    monkeypatch.setattr("qualcode.ledger.events.secrets", SimpleNamespace(randbits=lambda _count: 33))
    generator = _IdGenerator()
    assert generator.next() == "01hf7yat00" + "0" * 14 + "11"
    assert generator.next() == "01hf7yat00" + "0" * 14 + "12"


def test_ids_increase_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    first = new_event("memo", coder="ana").id
    monkeypatch.setattr("qualcode.ledger.events.time", SimpleNamespace(time_ns=lambda: 0))
    assert new_event("memo", coder="ana").id > first


# --- files ----------------------------------------------------------------------------------------------------


def append(root: Path, *events: Event) -> list[Path]:
    return append_events(root / "codings", events, locks=root / ".qualcode" / "locks")


def test_appended_events_are_read(tmp_path: Path) -> None:
    events = [
        apply_event(1),
        make_event(2, "retract", target="e01", transcript="T"),
        make_event(3, "memo", text="study"),
        apply_event(4, "bo"),
    ]
    assert append(tmp_path, *events) == []
    assert sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.jsonl")) == [
        "codings/ana/T.jsonl",
        "codings/ana/_study.jsonl",
        "codings/bo/T.jsonl",
    ]
    read, problems = read_ledgers(tmp_path / "codings", root=tmp_path)
    assert sorted(event.id for event in read) == ["e01", "e02", "e03", "e04"]
    assert fold(read) == fold(events)
    assert problems == []


def test_study_without_ledgers_has_no_events(tmp_path: Path) -> None:
    assert read_ledgers(tmp_path / "codings", root=tmp_path) == ([], [])


def test_appending_leaves_existing_lines_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "codings/ana/T.jsonl"
    append(tmp_path, apply_event(2), apply_event(1))
    before = path.read_bytes()
    assert [decode(line).id for line in before.splitlines()] == ["e02", "e01"]
    append(tmp_path, apply_event(3))
    assert path.read_bytes() == before + encode_event(apply_event(3)) + b"\n"


def test_transcript_in_a_subfolder_has_its_ledger_in_a_subfolder(tmp_path: Path) -> None:
    append(tmp_path, make_event(1, "done", transcript="wave 1/T"))
    assert (tmp_path / "codings/ana/wave 1/T.jsonl").is_file()
    assert read_ledgers(tmp_path / "codings", root=tmp_path)[0] == [make_event(1, "done", transcript="wave 1/T")]


def test_a_failure_after_the_first_of_several_ledgers_says_what_was_recorded(tmp_path: Path) -> None:
    (tmp_path / "codings/ben/T.jsonl").mkdir(parents=True)
    with pytest.raises(OperationError, match=r"cannot be written.*; 2 of 3 events are in other ledgers already"):
        append(tmp_path, apply_event(1), apply_event(2, code="f/b"), apply_event(3, "ben"))
    with pytest.raises(OperationError, match=r"cannot be written[^;]*$"):
        append(tmp_path, apply_event(4, "ben"))


def write_ledger(root: Path, content: bytes) -> Path:
    path = root / "codings" / "ana" / "T.jsonl"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def line(number: int) -> bytes:
    return encode_event(apply_event(number)) + b"\n"


def test_torn_last_line_is_reported_then_moved_to_a_torn_file(tmp_path: Path) -> None:
    torn = line(2)[:25]
    path = write_ledger(tmp_path, line(1) + torn)
    events, (problem,) = read_ledgers(tmp_path / "codings", root=tmp_path)
    assert [event.id for event in events] == ["e01"]
    assert (problem.path, problem.line) == ("codings/ana/T.jsonl", 2)
    assert "incomplete" in problem.message
    assert append(tmp_path, apply_event(3)) == [path.with_name("T.jsonl.torn")]
    assert path.read_bytes() == line(1) + line(3)
    assert path.with_name("T.jsonl.torn").read_bytes() == torn + b"\n"
    assert read_ledgers(tmp_path / "codings", root=tmp_path)[1] == []


def test_last_line_without_line_end_is_counted(tmp_path: Path) -> None:
    path = write_ledger(tmp_path, line(1) + line(2).rstrip())
    assert [event.id for event in read_ledgers(tmp_path / "codings", root=tmp_path)[0]] == ["e01", "e02"]
    assert append(tmp_path, apply_event(3)) == []
    assert path.read_bytes() == line(1) + line(2) + line(3)


def test_invalid_line_is_a_problem_and_all_others_are_counted(tmp_path: Path) -> None:
    write_ledger(tmp_path, line(1) + b'{"id": 7}\n\nso \xff\n' + line(2))
    events, problems = read_ledgers(tmp_path / "codings", root=tmp_path)
    assert [event.id for event in events] == ["e01", "e02"]
    assert [problem.line for problem in problems] == [2, 4]
    assert all("not an event" in problem.message for problem in problems)


def test_invalid_last_line_with_line_end_is_not_reported_as_torn(tmp_path: Path) -> None:
    path = write_ledger(tmp_path, line(1) + b'{"id"\n')
    _, (problem,) = read_ledgers(tmp_path / "codings", root=tmp_path)
    assert (problem.line, "incomplete" in problem.message, "not an event" in problem.message) == (2, False, True)
    assert append(tmp_path, apply_event(3)) == []
    assert path.read_bytes() == line(1) + b'{"id"\n' + line(3)


def test_merge_conflict_markers_are_reported_and_both_sides_are_counted(tmp_path: Path) -> None:
    marked = [b"<<<<<<< HEAD\n", line(1), b"||||||| base\n", line(2), b"=======\n", line(3), b">>>>>>> theirs\n"]
    write_ledger(tmp_path, b"".join(marked))
    events, problems = read_ledgers(tmp_path / "codings", root=tmp_path)
    assert [event.id for event in events] == ["e01", "e02", "e03"]
    assert [problem.line for problem in problems] == [1, 3, 5, 7]
    assert {problem.message for problem in problems} == {"marker of an unresolved merge conflict"}


def test_windows_line_ends_and_blank_lines_are_accepted(tmp_path: Path) -> None:
    write_ledger(tmp_path, line(1).replace(b"\n", b"\r\n") + b"\r\n" + line(2).replace(b"\n", b"\r\n"))
    events, problems = read_ledgers(tmp_path / "codings", root=tmp_path)
    assert ([event.id for event in events], problems) == (["e01", "e02"], [])


def test_byte_order_mark_before_the_first_line_is_skipped(tmp_path: Path) -> None:
    path = write_ledger(tmp_path, b"\xef\xbb\xbf" + line(1) + line(2))
    events, problems = read_ledgers(tmp_path / "codings", root=tmp_path)
    assert ([event.id for event in events], problems) == (["e01", "e02"], [])
    assert append(tmp_path, apply_event(3)) == []
    assert [event.id for event in read_ledgers(tmp_path / "codings", root=tmp_path)[0]] == ["e01", "e02", "e03"]
    assert path.read_bytes() == b"\xef\xbb\xbf" + line(1) + line(2) + line(3)


def test_unknown_keys_of_a_later_version_are_ignored(tmp_path: Path) -> None:
    write_ledger(tmp_path, b'{"id":"e01","event":"memo","at":"","coder":"ana","later":[1]}\n')
    assert [event.id for event in read_ledgers(tmp_path / "codings", root=tmp_path)[0]] == ["e01"]


@given(st.lists(st.integers(0, 400), max_size=3), EVENTS)
def test_complete_lines_are_kept_wherever_a_file_is_cut(cuts: list[int], events: list[Event]) -> None:
    """Torn writes between appends lose the torn line only, and never join two lines."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = write_ledger(Path(folder), b"".join(encode_event(event) + b"\n" for event in events))
        uncut = path.read_bytes()
        for cut in cuts:
            path.write_bytes(path.read_bytes()[: cut + 1])
            complete = [raw for raw in path.read_bytes().splitlines(keepends=True) if raw.endswith(b"\n")]
            append(Path(folder), apply_event(99))
            content = path.read_bytes()
            assert content.startswith(b"".join(complete))
            assert content.endswith(encode_event(apply_event(99)) + b"\n")
            assert read_ledgers(Path(folder) / "codings", root=Path(folder))[1] == []
        assert cuts or path.read_bytes() == uncut
