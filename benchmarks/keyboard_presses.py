"""Key presses per coding: one shipped interview coded anew through the review, against the same by typed commands."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from qualcode import Project
from qualcode.anchors import Span
from qualcode.review import ReviewOptions
from qualcode.review.review_app import ReviewApp
from qualcode.review.review_screen import ReviewScreen
from qualcode.review.session.code_search import search_codes
from qualcode.review.session.cursor_moves import move_to, next_mark
from qualcode.review.session.hit_lists.hit_walks import walk_hits
from qualcode.review.session.hits import search_text
from qualcode.review.session.opened_transcripts import start_session
from qualcode.review.session.review_session import ReviewSession
from qualcode.review.session.transcript_marks import SuggestionRow

ROOT = Path(__file__).resolve().parents[1]
TRANSCRIPT = "S01"
ANALYST = "analyst-1"
Wanted = dict[Span, list[str]]
_MOVES: dict[str, Callable[[ReviewSession], object]] = {
    "j": lambda session: move_to(session, session.index + 1),
    "k": lambda session: move_to(session, session.index - 1),
    "J": lambda session: move_to(session, session.spans.sentence_of_turn(session.index, 1)),
    "n": lambda session: walk_hits(session, 1),
    "o": next_mark,
}
_LONGEST_WAY = 12


@dataclass
class Presses:
    """How often keys were pressed, and how codings were made, by kind."""

    keys: Counter[str] = field(default_factory=Counter)
    codings: Counter[str] = field(default_factory=Counter)

    @property
    def average(self) -> float:
        """Key presses per coding."""
        return self.keys.total() / self.codings.total()


_CODERS: dict[str, tuple[str, str | None]] = {
    "new coder, suggestions from the codebook": ("new", None),
    "new coder, suggestions learnt from an analyst": ("new", ANALYST),
    "analyst who has coded the other interviews": (ANALYST, None),
}
"""Who codes, and on whose decisions the suggestions are trained."""


def run() -> Iterator[str]:
    """Yield key presses per coding in the review, and letters per coding of typed commands."""
    for who, (coder, learn_from) in _CODERS.items():
        with tempfile.TemporaryDirectory() as name:
            root, wanted = _copy_study(Path(name))
            options = ReviewOptions(TRANSCRIPT, coder=coder, learn_from=learn_from)
            app = ReviewApp(start_session(Project(root), options))
            presses = asyncio.run(code_all(app, wanted))
            if _wanted(root, coder) != wanted:
                raise RuntimeError("the codings are not those of the analyst")
            suggested = {(row["start"], row["end"], row["code"]) for row in app.session.suggestions}
            typed = count_typed_letters(app.session, wanted, suggested)
        yield f"{who}: {_describe(presses)}"
        yield f"{who}: typed commands {typed:.0f} keys a coding, {typed / presses.average:.0f}x"


def _describe(presses: Presses) -> str:
    codings, keys = presses.codings, presses.keys
    kinds = ", ".join(f"{count} by {kind}" for kind, count in codings.most_common())
    uses = ", ".join(f"{count} to {kind}" for kind, count in keys.most_common())
    return f"{presses.average:.2f} keys a coding ({codings.total()} codings: {kinds}; {keys.total()} keys: {uses})"


def _copy_study(folder: Path) -> tuple[Path, Wanted]:
    """Return a copy of the shipped study without decisions on the interview, and what the analyst had coded there."""
    for part in ("codebooks", "transcripts", "codings"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "qualcode.yaml", folder)
    wanted = _wanted(folder, ANALYST)
    for path in (folder / "codings").glob(f"*/{TRANSCRIPT}.jsonl"):
        path.unlink()
    return folder, wanted


def _wanted(root: Path, coder: str) -> Wanted:
    """Return the codes of a coder by span, in the order of the text."""
    wanted: Wanted = {}
    for one in Project(root).study.read_decisions().codings_in(TRANSCRIPT):
        if one.coder == coder and one.status != "orphaned":
            wanted.setdefault((one.start, one.end), []).append(one.code)
    return {span: sorted(wanted[span]) for span in sorted(wanted)}


# What an expert would press


async def code_all(app: ReviewApp, wanted: Wanted) -> Presses:
    """Code what is wanted with as few keys as there are at each place, and return how many there were."""
    presses = Presses()
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.pause(1)  # the suggestions are asked for
        await app.workers.wait_for_complete()
        await pilot.pause()
        screen = app.screen
        if not isinstance(screen, ReviewScreen):
            raise TypeError(screen)
        for span, codes in wanted.items():
            # What is suggested comes last: accepting goes on to the next suggestion.
            for code in sorted(codes, key=lambda code: _suggestion(app.session, span, code) is not None):
                await _code(app.session, pilot, presses, span, code)
    return presses


def _suggestion(session: ReviewSession, span: Span, code: str) -> SuggestionRow | None:
    rows = session.open_suggestions
    return next((row for row in rows if (row["start"], row["end"], row["code"]) == (*span, code)), None)


async def _code(session: ReviewSession, pilot: Pilot[None], presses: Presses, span: Span, code: str) -> None:
    row = _suggestion(session, span, code)
    way = find_way(session, span, row["id"] if row else "")
    await _press(pilot, presses, "move", way)
    if row is not None:
        kind, keys = "accepting", ["a"]
    elif session.last_codes == (code,):
        kind, keys = "repeating", ["."]
    elif code in session.number_codes:
        kind, keys = "number", [str(session.number_codes.index(code) + 1)]
    else:
        kind, keys = "search", ["space", *shortest_search(session, code), "enter"]
    presses.codings[kind] += 1
    await _press(pilot, presses, f"code by {kind}", keys)


async def _press(pilot: Pilot[None], presses: Presses, kind: str, keys: Sequence[str]) -> None:
    presses.keys[kind] += len(keys)
    await pilot.press(*keys)
    await pilot.pause()


def find_way(session: ReviewSession, span: Span, suggestion: str) -> list[str]:
    """Return the fewest keys that lead to a sentence, and there to a suggestion if one is named."""
    before = _place(session)
    ways: dict[Any, list[str]] = {_key(session): []}
    open_places = [before]
    for _ in range(_LONGEST_WAY + len(session.spans.sentences)):
        following = []
        for place in open_places:
            _go_back(session, place)
            way = ways[_key(session)]
            if session.cursor == span and suggestion in {"", session.current_mark}:
                _go_back(session, before)
                return way
            for name, move in _MOVES.items():
                _go_back(session, place)
                move(session)
                if _key(session) not in ways:
                    ways[_key(session)] = [*way, name]
                    following.append(_place(session))
        open_places = following
    raise RuntimeError(f"no way to {span}")


def _key(session: ReviewSession) -> tuple[int, str, int]:
    return session.index, session.current_mark, session.hits.place


def _place(session: ReviewSession) -> tuple[Any, ...]:
    return session.index, session.current_mark, session.hits, session.selection, session.message, session.is_refused


def _go_back(session: ReviewSession, place: tuple[Any, ...]) -> None:
    session.index, session.current_mark, session.hits, session.selection, session.message, session.is_refused = place


def shortest_search(session: ReviewSession, code: str) -> list[str]:
    """Return the fewest letters and steps down that highlight a code in the list."""
    entry = session.book.by_id[code]
    words = re.findall(r"\w+", f"{entry.name} {entry.id.replace('_', ' ')}".casefold())
    recent = [*session.recent_codes, *session.number_codes]
    tries = {word[:length] for word, length in product(words, range(6))} | {"".join(word[0] for word in words)}
    best: list[str] | None = None
    for typed in sorted(tries, key=lambda one: (len(one), one)):
        ids = [one.id for one in search_codes(session.book, typed, recent=recent)]
        if code in ids and (best is None or len(typed) + ids.index(code) < len(best)):
            best = [*typed, *["down"] * ids.index(code)]
    return [*code] if best is None else best


# Typed commands


def count_typed_letters(session: ReviewSession, wanted: Wanted, suggested: set[tuple[int, int, str]]) -> float:
    """Return the letters a coding of commands: accept what is suggested, else code the sentence with some words."""
    letters = 0
    for span, codes in wanted.items():
        words = shortest_words(session, span)
        for code in codes:
            accept = f"qualcode accept {'0' * 10}\n"  # the id of a suggestion
            typed = f'qualcode code {code} --words "{words}" --transcripts {TRANSCRIPT} --yes\n'
            letters += len(accept if (*span, code) in suggested else typed)
    return letters / sum(map(len, wanted.values()))


def shortest_words(session: ReviewSession, span: Span) -> str:
    """Return the shortest words of a sentence that are found in it alone."""
    text = session.transcript.text
    inside = [word for word in session.spans.words if span[0] <= word[0] and word[1] <= span[1]]
    tries = [text[first[0] : last[1]] for at, first in enumerate(inside) for last in inside[at : at + 4]]
    return next(
        (words for words in sorted(tries, key=len) if len(search_text(session.transcript, words)) == 1),
        text[slice(*span)],
    )
