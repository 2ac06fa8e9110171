"""Actions that show something: reasons, entries, memos, filters, keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.text import Text

from qualcode.errors import format_count
from qualcode.review.actions.selection_actions import cancel_selection
from qualcode.review.panels.item_text import current_codes, describe_code, describe_item
from qualcode.review.review_screen import ReviewScreen
from qualcode.review.screens.text_page import Question, TextPage
from qualcode.review.screens.text_prompt import TextPrompt
from qualcode.review.session import review_decisions
from qualcode.review.session.cursor_moves import select_mark
from qualcode.review.session.hit_lists.hit_sources import LIST_MAKERS
from qualcode.review.session.hits import HitList
from qualcode.review.session.mark_filter import MarkFilter, parse_filter
from qualcode.review.session.opened_transcripts import refresh_and_report
from qualcode.review.session.review_session import ReviewSession
from qualcode.review.session.shown_marks import reload_marks
from qualcode.settings.review_keys import REVIEW_KEYS, KeyMode, keys_of


def show_why(screen: ReviewScreen) -> None:
    """Show all about the current suggestion, coding or disagreement."""
    screen.app.push_screen(
        TextPage("Why" if screen.session.current_suggestion else "About this", describe_item(screen.session))
    )


def show_entry(screen: ReviewScreen) -> None:
    """Show the codebook's entry of the current code."""
    book = screen.session.book
    entries = [book.by_id[code] for code in current_codes(screen.session) if code in book.by_id]
    if not entries:
        screen.session.report("no code here: n goes to the next suggestion, c to the next coding", is_refused=True)
    else:
        text = Text("\n\n").join(map(describe_code, entries))
        screen.app.push_screen(TextPage("; ".join(entry.name for entry in entries), text))


def show_memos(screen: ReviewScreen) -> None:
    """Show the memos on the transcript and its codings."""
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


def filter_marks(screen: ReviewScreen) -> None:
    """Ask which codings and suggestions are shown."""
    session = screen.session
    coders = sorted({coding.coder for coding in session.codings} | session.filter.coders | {session.coder})

    def parse(text: str) -> MarkFilter:
        return parse_filter(session.study, text, coders)

    hint = "codes, families or themes; coders; a lowest score: challenges roi ben 0.6"
    screen.ask(TextPrompt("Show only", hint=hint, check=parse), lambda text: set_filter(session, parse(text)))


def set_filter(session: ReviewSession, chosen: MarkFilter) -> None:
    """Show and walk only what a filter leaves."""
    session.filter = chosen
    reload_marks(session)
    if session.is_adjudication:
        LIST_MAKERS["disagreement"](session)
        return
    select_mark(session)
    codings, suggestions = len(session.codings), len(session.open_suggestions)
    session.report(f"{format_count(codings, 'coding')}, {format_count(suggestions, 'suggestion')} shown")


def hide_marks(screen: ReviewScreen) -> None:
    """Hide the marks, or show them again."""
    screen.view.are_marks_shown = not screen.view.are_marks_shown
    screen.session.report("" if screen.view.are_marks_shown else "marks are hidden: z shows them")


def show_side(screen: ReviewScreen) -> None:
    """Show or hide the codebook at the side."""
    side = screen.query_one("#side")
    screen.is_side_wanted = side.display = not side.display


def refresh_screen(screen: ReviewScreen) -> None:
    """Read what others have decided, and make suggestions anew."""
    has_changed = refresh_and_report(screen.session)
    if not screen.session.message:
        screen.session.report("what others have decided is shown" if has_changed else "nothing new")
    screen.fetch_suggestions()


def go_back(screen: ReviewScreen) -> None:
    """Go back to the text and to the list of suggestions."""
    session = screen.session
    screen.view.focus()
    cancel_selection(screen)
    if session.hits.kind == "found":
        session.hits = HitList()
        reload_marks(session)
        select_mark(session)


def quit_review(screen: ReviewScreen) -> None:
    """Leave, after a question if something is not saved."""
    session = screen.session
    if not session.unsaved or review_decisions.save_again(session):
        screen.app.exit()
        return
    lines = "\n".join(decision.description for decision in session.unsaved)

    title = f"{format_count(len(session.unsaved), 'decision')} not saved"
    question = Question(title, lines, yes="leave without them", no="stay", loses=True)
    screen.ask(question, lambda leaves: screen.app.exit() if leaves else None)


def show_help(screen: ReviewScreen) -> None:
    """Show all keys of the mode."""
    screen.app.push_screen(TextPage("Keys", describe_keys(screen.keys, screen.mode)))


def describe_keys(assigned: Mapping[KeyMode, Mapping[str, str]], mode: KeyMode) -> Text:
    """Return the keys of a mode with what they do, by group; with those for selecting words, if it has such."""
    numbers = "code with the code of this number" if mode != "adjudicate" else "take the reading of this coder"
    lines = [_key_line("1 - 9", numbers), _key_line("ctrl+p", "all actions by name")]
    group = ""
    modes: Sequence[KeyMode] = (mode,) if mode == "adjudicate" else (mode, "select")
    for one in REVIEW_KEYS:
        found = [keys for each in modes if each in one.modes and (keys := keys_of(assigned, one.action, each))]
        if not found:
            continue
        if one.group != group:
            group = one.group
            lines.append(Text(f"\n{group}", "bold underline"))
        lines.append(_key_line(" ".join(found[0]), one.help))
    return Text("\n").join(lines)


def _key_line(keys: str, text: str) -> Text:
    return Text.assemble((f"  {keys:<20} ", "bold"), text)
