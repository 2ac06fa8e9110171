"""What each action of the keymap does on the review's screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from rich.text import Text

from qualcode.errors import format_count
from qualcode.review.panels.item_text import current_code, describe_code, describe_item
from qualcode.review.review_screen import ReviewScreen
from qualcode.review.screens.choice_list import Choice, ChoiceList
from qualcode.review.screens.text_page import Question, TextPage
from qualcode.review.screens.text_prompt import TextPrompt
from qualcode.review.session import review_decisions
from qualcode.review.session.cursor_moves import move_to, next_mark, next_unread, select_mark, walk_codings
from qualcode.review.session.hit_lists.hit_sources import LIST_MAKERS
from qualcode.review.session.hit_lists.hit_walks import go_to_hit, walk_hits
from qualcode.review.session.hits import HIT_NAMES, HitList, search_text
from qualcode.review.session.mark_filter import MarkFilter, parse_filter
from qualcode.review.session.opened_transcripts import assigned_transcripts, refresh
from qualcode.review.session.review_session import ReviewSession
from qualcode.review.session.shown_marks import reload_marks
from qualcode.review.session.words import word_selection
from qualcode.review.session.words.word_selection import WordSelection
from qualcode.settings.review_keys import KEY_MODES, REVIEW_KEYS, KeyMode, keys_of

Action = Callable[[ReviewScreen], Any]


def _on_session(act: Callable[[ReviewSession], Any]) -> Action:
    """Return the action that does something with the session alone."""
    return lambda screen: act(screen.session)


# Decide


def find_action(name: str) -> Action:
    """Return what an action does: one of the keymap, ``number:1`` for a number key, ``code:ID`` to code with a code."""
    kind, has_value, value = name.partition(":")
    if not has_value:
        return ACTIONS[name]
    if kind == "number":
        return lambda screen: _press_number(screen, int(value))
    return lambda screen: _code_with(screen, [value])


def _press_number(screen: ReviewScreen, number: int) -> None:
    """Code with the code of a number key, or take a coder's reading."""
    session = screen.session
    if session.is_adjudication:
        if number <= len(session.options.adjudicate):
            review_decisions.adjudicate(session, session.options.adjudicate[number - 1])
        else:
            session.tell(f"there are {len(session.options.adjudicate)} coders", is_refused=True)
    elif number <= len(session.number_codes):
        _code_with(screen, [session.number_codes[number - 1]])


def _code_with(screen: ReviewScreen, codes: Sequence[str]) -> None:
    """Code the words that are being selected, or the sentence; in a disagreement the codes are the decision."""
    session = screen.session
    if session.is_adjudication:
        review_decisions.adjudicate(session, "; ".join(codes))
    else:
        if screen.words is not None and not screen.words.coding:
            session.selection = screen.words.span
        screen.words = None
        review_decisions.code(session, codes)
    screen.show_session()


def _choose_codes(screen: ReviewScreen) -> None:
    screen.choose_codes("Code", lambda codes: _code_with(screen, codes))


def _recode(screen: ReviewScreen) -> None:
    code = current_code(screen.session)
    title = f"In place of {code}" if code else "Code"
    screen.choose_codes(title, lambda codes: review_decisions.recode(screen.session, codes))


def _write_memo(screen: ReviewScreen) -> None:
    session = screen.session
    if screen.words is not None:
        session.selection, screen.words = screen.words.span, None
    coding = None if session.selection else session.current_coding
    on = coding.code if coding else "the passage"

    def write(text: str | None) -> None:
        if text and text.strip():
            review_decisions.write_memo(session, text)
        screen.show_session()

    screen.app.push_screen(TextPrompt(f"Memo on {on}"), write)


def _write_reason(screen: ReviewScreen) -> None:
    session = screen.session

    def keep(text: str | None) -> None:
        session.reason = session.reason if text is None else text.strip()
        screen.show_session()

    screen.app.push_screen(TextPrompt("Reason for the next decision", value=session.reason), keep)


def _taking_back(act: Callable[[ReviewSession], None]) -> Action:
    """Return the action that undoes or redoes, after which what is open again is in the list again."""

    def take_back(screen: ReviewScreen) -> None:
        session = screen.session
        before = session.hits
        act(session)
        if before.kind not in LIST_MAKERS or session.is_refused:
            return
        message = session.message
        LIST_MAKERS[before.kind](session)
        known, current = {hit.id for hit in before.hits}, before.current
        hits = session.hits.hits
        # To what is open again, else to where it was.
        places = [place for place, hit in enumerate(hits) if hit.id not in known]
        places += [place for place, hit in enumerate(hits) if current and hit.id == current.id]
        session.hits = replace(session.hits, place=places[0] if places else min(0, len(hits) - 1))
        go_to_hit(session)
        session.tell(message)

    return take_back


def _mark_done(screen: ReviewScreen) -> None:
    session = screen.session
    unread = len(session.spans.sentences) - len(session.progress.read | {session.cursor[0]})
    left = len(session.open_suggestions)
    notes = [
        f"{format_count(unread, 'sentence')} not read (e goes to the next)" if unread > 0 else "",
        f"{format_count(left, 'suggestion')} not decided" if left else "",
    ]
    text = "\n".join(filter(None, [*notes, "Text without a code in it counts as: the code is absent."]))

    def answer(is_done: bool | None) -> None:
        if is_done and review_decisions.mark_done(session):
            screen.was_done = True
            _open_next_unfinished(screen)
        screen.show_session()

    screen.app.push_screen(Question(f"Mark {session.transcript.id} as done?", text), answer)


def _open_next_unfinished(screen: ReviewScreen) -> None:
    session = screen.session
    done = session.message
    ids = assigned_transcripts(session.study, session.coder)
    here = ids.index(session.transcript.id) + 1 if session.transcript.id in ids else 0
    decisions = session.study.read_decisions()
    for name in (*ids[here:], *ids[:here]):
        if not decisions.done_events(session.coder, name):
            screen.open_other(name)
            session.tell(f"{done}; next: {name}")
            screen.show_other_transcript()
            return
    session.tell(f"{done}; all your transcripts are done")


# Move


def _walk(step: int) -> Action:
    def walk(screen: ReviewScreen) -> None:
        session = screen.session
        if not walk_hits(session, step):
            name = HIT_NAMES[session.hits.kind]
            where = "after" if step > 0 else "before"
            waits = ": they are being made" if screen.process and not session.hits.hits else ""
            session.tell(f"no {name} {where} this one" if session.hits.hits else f"no {name}{waits}")

    return walk


def _turn_page(step: int) -> Action:
    def turn(screen: ReviewScreen) -> None:
        session, view = screen.session, screen.view
        first, last = view.span_on_screen()
        start = session.cursor[0]
        half = max(1, (session.spans.sentence_at(last) - session.spans.sentence_at(first) + 1) // 2)
        move_to(session, session.spans.sentence_at(start) + step * half)

    return turn


def _other_transcript(step: int) -> Action:
    def open_other(screen: ReviewScreen) -> None:
        ids = list(screen.session.study.transcripts)
        name = screen.session.transcript.id
        place = ids.index(name) + step if name in ids else 0
        if 0 <= place < len(ids):
            screen.open_other(ids[place])
        else:
            screen.session.tell("no transcript after this one" if step > 0 else "no transcript before this one")

    return open_other


def _choose_transcript(screen: ReviewScreen) -> None:
    session = screen.session
    ids = list(session.study.transcripts)
    decisions = session.study.read_decisions()
    assigned = set(assigned_transcripts(session.study, session.coder))

    def line(name: str) -> str:
        done = "done" if decisions.done_events(session.coder, name) else ""
        count = sum(coding.coder == session.coder for coding in decisions.codings_in(name)) if len(ids) < 200 else 0
        state = "  ".join(filter(None, [done, format_count(count, "coding") if count else ""]))
        return f"{name}{'' if name in assigned else ' (not assigned)'}  {state}"

    def search(typed: str) -> list[Choice]:
        return [Choice(name, line(name)) for name in ids if typed.casefold() in name.casefold()]

    def choose(chosen: list[str] | None) -> None:
        if chosen and chosen[0] != session.transcript.id:
            screen.open_other(chosen[0])
            screen.show_other_transcript()

    screen.app.push_screen(ChoiceList("Transcript", search, start=session.transcript.id), choose)


def _search(screen: ReviewScreen) -> None:
    session = screen.session

    def find(words: str | None) -> None:
        if words and words.strip():
            hits = search_text(session.transcript, words)
            if hits:
                session.hits = HitList("found", tuple(hits))
                walk_hits(session, 1)
            session.tell(f"{format_count(len(hits), 'place')} with “{words.strip()}”" + ("; n: next" if hits else ""))
        screen.show_session()

    screen.app.push_screen(TextPrompt("Search in this transcript"), find)


# Select words


def _start_selection(screen: ReviewScreen) -> None:
    session = screen.session
    target = session.target
    screen.words = (
        WordSelection(*target) if session.selection else word_selection.select_first_word(session.spans, target)
    )


def _extend(step: int) -> Action:
    def extend(screen: ReviewScreen) -> None:
        _start_selection(screen)
        if screen.words is not None:
            screen.words = word_selection.move_by_word(screen.words, screen.session.spans, step)

    return extend


def _start_bounds(*, moves_start: bool) -> Action:
    def start(screen: ReviewScreen) -> None:
        coding = screen.session.current_coding
        if coding is None or coding.coder != screen.session.coder:
            screen.session.tell("no coding of yours here: c goes to the next one", is_refused=True)
            return
        screen.words = WordSelection(coding.start, coding.end, moves_start, coding.id)

    return start


def _change_words(change: Callable[[WordSelection, ReviewSession], WordSelection]) -> Action:
    def act(screen: ReviewScreen) -> None:
        if screen.words is not None:
            screen.words = change(screen.words, screen.session)

    return act


def _finish(screen: ReviewScreen) -> None:
    """Set the bounds that were changed, or choose a code for the words that were selected."""
    words, session = screen.words, screen.session
    if words is None:
        return
    if words.coding:
        screen.words = None
        select_mark(session, words.coding)
        review_decisions.set_bounds(session, words.span)
    else:
        _choose_codes(screen)


def _cancel(screen: ReviewScreen) -> None:
    screen.words, screen.session.selection = None, None


# Look


def _show_why(screen: ReviewScreen) -> None:
    screen.app.push_screen(TextPage("Why", describe_item(screen.session)))


def _show_entry(screen: ReviewScreen) -> None:
    entry = screen.session.book.by_id.get(current_code(screen.session))
    if entry is None:
        screen.session.tell("no code here: n goes to the next suggestion, c to the next coding", is_refused=True)
    else:
        screen.app.push_screen(TextPage(entry.name, describe_code(entry)))


def _show_memos(screen: ReviewScreen) -> None:
    session = screen.session
    codings = {coding.id: coding for coding in session.codings}
    lines = []
    for memo in session.memos:
        coding = codings.get(memo.target)
        if memo.transcript != session.transcript.id and coding is None:
            continue
        words = session.transcript.text[memo.start : memo.end] if memo.end else coding.quote if coding else ""
        on = coding.code if coding else ""
        lines.append(
            Text.assemble((f"{memo.coder} {memo.at[:10]} {on}\n", "bold"), f"“{words}”\n" if words else "", memo.text)
        )
    screen.app.push_screen(TextPage("Memos", Text("\n\n").join(lines) if lines else "no memos on this transcript"))


def _filter(screen: ReviewScreen) -> None:
    session = screen.session
    coders = sorted({coding.coder for coding in session.codings} | session.filter.coders | {session.coder})

    def parse(text: str) -> MarkFilter:
        return parse_filter(session.study, text, coders)

    def apply(text: str | None) -> None:
        if text is not None:
            _set_filter(session, parse(text))
        screen.show_session()

    hint = "codes, families or themes; coders; a least score: challenges roi ben 0.6"
    screen.app.push_screen(TextPrompt("Show only", hint=hint, check=parse), apply)


def _set_filter(session: ReviewSession, chosen: MarkFilter) -> None:
    session.filter = chosen
    reload_marks(session)
    select_mark(session)
    shown = (
        f"{format_count(len(session.codings), 'coding')}, {format_count(len(session.open_suggestions), 'suggestion')}"
    )
    session.tell(f"{shown} shown")


def _hide_marks(screen: ReviewScreen) -> None:
    screen.view.are_marks_shown = not screen.view.are_marks_shown
    screen.session.tell("" if screen.view.are_marks_shown else "marks are hidden: z shows them")


def _show_side(screen: ReviewScreen) -> None:
    side = screen.query_one("#side")
    screen.is_side_wanted = side.display = not side.display


def _refresh(screen: ReviewScreen) -> None:
    has_changed = refresh(screen.session)
    if not screen.session.message:
        screen.session.tell("what others have decided is shown" if has_changed else "nothing new")
    screen.fetch_suggestions()


def _back(screen: ReviewScreen) -> None:
    """Go back to the text and to the list of suggestions."""
    session = screen.session
    screen.view.focus()
    _cancel(screen)
    if session.hits.kind == "found":
        session.hits = HitList()
        reload_marks(session)
        select_mark(session)


def _quit(screen: ReviewScreen) -> None:
    session = screen.session
    if not session.unsaved or review_decisions.save_again(session):
        screen.app.exit()
        return
    lines = "\n".join(decision.description for decision in session.unsaved)

    def answer(leaves: bool | None) -> None:
        if leaves:
            screen.app.exit()

    title = f"{format_count(len(session.unsaved), 'decision')} not saved"
    screen.app.push_screen(Question(title, lines, yes="leave without them", no="stay", loses=True), answer)


def _show_help(screen: ReviewScreen) -> None:
    screen.app.push_screen(TextPage("Keys", describe_keys(screen.keys)))


def describe_keys(assigned: Mapping[KeyMode, Mapping[str, str]]) -> Text:
    """Return all keys with what they do, by group."""
    lines: list[Text] = []
    group = ""
    for one in REVIEW_KEYS:
        keys = list(
            dict.fromkeys(key for mode in KEY_MODES if mode in one.modes for key in keys_of(assigned, one.action, mode))
        )
        if one.group != group:
            group = one.group
            lines.append(Text(f"\n{group}" if lines else group, "bold underline"))
        lines.append(Text.assemble((f"  {' '.join(keys):<18}", "bold"), one.help))
    lines.append(Text.assemble(("  1 - 9             ", "bold"), "code with this code; take a coder's reading"))
    lines.append(Text.assemble(("  ctrl+p            ", "bold"), "all actions by name"))
    return Text("\n").join(lines)


ACTIONS: dict[str, Action] = {
    "accept": _on_session(review_decisions.accept),
    "reject": _on_session(review_decisions.reject),
    "skip": _on_session(review_decisions.skip),
    "code": _choose_codes,
    "repeat": _on_session(review_decisions.repeat),
    "recode": _recode,
    "retract": _on_session(review_decisions.retract),
    "memo": _write_memo,
    "undo": _taking_back(review_decisions.undo),
    "redo": _taking_back(review_decisions.redo),
    "take_all": _on_session(lambda session: review_decisions.adjudicate(session, "all")),
    "take_none": _on_session(lambda session: review_decisions.adjudicate(session, "none")),
    "skip_passage": _on_session(review_decisions.skip),
    "take_codes": _choose_codes,
    "reason": _write_reason,
    "undo_decision": _taking_back(review_decisions.undo),
    "redo_decision": _taking_back(review_decisions.redo),
    "next_sentence": _on_session(lambda session: move_to(session, session.index + 1)),
    "previous_sentence": _on_session(lambda session: move_to(session, session.index - 1)),
    "next_turn": _on_session(lambda session: move_to(session, session.spans.sentence_of_turn(session.index, 1))),
    "previous_turn": _on_session(lambda session: move_to(session, session.spans.sentence_of_turn(session.index, -1))),
    "next_hit": _walk(1),
    "previous_hit": _walk(-1),
    "next_coding": _on_session(lambda session: walk_codings(session, 1)),
    "previous_coding": _on_session(lambda session: walk_codings(session, -1)),
    "next_mark": _on_session(next_mark),
    "next_unread": _on_session(next_unread),
    "page_down": _turn_page(1),
    "page_up": _turn_page(-1),
    "first_sentence": _on_session(lambda session: move_to(session, 0)),
    "last_sentence": _on_session(lambda session: move_to(session, len(session.spans.sentences))),
    "next_transcript": _other_transcript(1),
    "previous_transcript": _other_transcript(-1),
    "go_to_transcript": _choose_transcript,
    "search": _search,
    "done": _mark_done,
    "select": _start_selection,
    "extend_right": _extend(1),
    "extend_left": _extend(-1),
    "start_bound": _start_bounds(moves_start=True),
    "end_bound": _start_bounds(moves_start=False),
    "word_right": _change_words(lambda words, session: word_selection.move_by_word(words, session.spans, 1)),
    "word_left": _change_words(lambda words, session: word_selection.move_by_word(words, session.spans, -1)),
    "letter_right": _change_words(lambda words, _: word_selection.move_by_letter(words, 1)),
    "letter_left": _change_words(lambda words, _: word_selection.move_by_letter(words, -1)),
    "to_sentence": _change_words(
        lambda words, session: word_selection.extend_to(
            words,
            session.spans.sentences[session.spans.sentence_at(words.start if words.moves_start else words.end - 1)],
        )
    ),
    "to_turn": _change_words(
        lambda words, session: word_selection.extend_to(words, session.spans.turn_span(words.start))
    ),
    "other_end": _change_words(lambda words, _: replace(words, moves_start=not words.moves_start)),
    "finish": _finish,
    "code_selection": _finish,
    "memo_selection": _write_memo,
    "cancel": _cancel,
    "why": _show_why,
    "entry": _show_entry,
    "memos": _show_memos,
    "filter": _filter,
    "clear_filter": _on_session(lambda session: _set_filter(session, MarkFilter())),
    "hide_marks": _hide_marks,
    "show_codes": _show_side,
    "refresh": _refresh,
    "save_again": _on_session(review_decisions.save_again),
    "help": _show_help,
    "quit": _quit,
    "back": _back,
}
