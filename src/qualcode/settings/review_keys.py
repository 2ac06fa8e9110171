"""The keys of the full-screen review: what each action is called, its keys, and the modes in which they count."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from qualcode.errors import UsageError, did_you_mean

KeyMode = Literal["read", "select", "bounds", "adjudicate"]
"""``select`` while words are being selected, ``bounds`` while a coding gets another start or end, ``adjudicate`` while
disagreements are decided, ``read`` otherwise."""
KEY_MODES: tuple[KeyMode, ...] = get_args(KeyMode)

_NAMED_KEYS = (
    "space enter tab escape backspace delete insert up down left right home end pageup pagedown "
    + " ".join(f"{prefix}{key}" for prefix in ("shift+", "ctrl+") for key in ("up", "down", "left", "right"))
    + " shift+tab "
    + " ".join(f"f{number}" for number in range(1, 13))
).split()
_CONTROL_KEY = re.compile(r"ctrl\+[a-z]")
_FIXED_KEYS = {"ctrl+c", "ctrl+q", "ctrl+p", *"123456789"}
"""Keys that leave the review, open its palette or choose a code, whatever the settings say."""


@dataclass(frozen=True, slots=True)
class ReviewKey:
    """An action of the review with its keys, as they are typed (``J`` is shift+j)."""

    action: str
    keys: tuple[str, ...]
    help: str
    modes: tuple[KeyMode, ...] = ("read", "adjudicate")
    group: str = "Move"


def _keys(
    group: str, *rows: tuple[str, str, str], modes: Sequence[KeyMode] = ("read", "adjudicate")
) -> list[ReviewKey]:
    return [ReviewKey(action, tuple(keys.split()), text, tuple(modes), group) for action, keys, text in rows]


REVIEW_KEYS: tuple[ReviewKey, ...] = (
    *_keys(
        "Decide",
        ("accept", "a", "accept the suggestion, or the changed coding"),
        ("reject", "x", "reject the suggestion, or the changed coding"),
        ("skip", "s", "leave it for later"),
        ("code", "space", "code the sentence or the selection"),
        ("repeat", ".", "code with the last codes again"),
        ("recode", "r", "give the suggestion or coding another code"),
        ("retract", "d delete", "retract the coding"),
        ("memo", "m", "write a memo on the coding or the passage"),
        ("undo", "u ctrl+z", "undo, also what was done on earlier days"),
        ("redo", "ctrl+r ctrl+y", "redo what was undone"),
        modes=["read"],
    ),
    *_keys(
        "Decide a disagreement",
        ("take_all", "b", "all codes apply"),
        ("take_none", "0 x", "no code applies"),
        ("skip_passage", "s", "leave it for later"),
        ("take_codes", "space", "choose the codes that apply"),
        ("reason", "m", "write a reason for the next decision"),
        ("undo_decision", "u ctrl+z", "undo the last decision"),
        ("redo_decision", "ctrl+r ctrl+y", "redo what was undone"),
        modes=["adjudicate"],
    ),
    *_keys(
        "Move",
        ("next_sentence", "j down", "next sentence"),
        ("previous_sentence", "k up", "previous sentence"),
        ("next_turn", "J shift+down", "next turn"),
        ("previous_turn", "K shift+up", "previous turn"),
        ("next_hit", "n", "next suggestion, found place, disagreement"),
        ("previous_hit", "N", "previous one of these"),
        ("next_coding", "c", "next coding"),
        ("previous_coding", "C", "previous coding"),
        ("next_mark", "o", "next coding or suggestion at the cursor"),
        ("next_unread", "e", "next sentence that was not read"),
        ("page_down", "ctrl+d pagedown", "half a page down"),
        ("page_up", "ctrl+u pageup", "half a page up"),
        ("first_sentence", "home", "beginning of the transcript"),
        ("last_sentence", "G end", "end of the transcript"),
        ("next_transcript", "]", "next transcript"),
        ("previous_transcript", "[", "previous transcript"),
        ("go_to_transcript", "g", "choose a transcript"),
        ("search", "/", "search words in the transcript"),
        ("done", "D", "mark the transcript as done, open the next"),
    ),
    *_keys(
        "Select words",
        ("select", "v", "select words, from the cursor"),
        ("extend_right", "shift+right", "select one word more"),
        ("extend_left", "shift+left", "select one word less"),
        ("start_bound", "<", "move the start of the coding"),
        ("end_bound", ">", "move the end of the coding"),
        modes=["read"],
    ),
    *_keys(
        "While selecting",
        ("word_right", "w right shift+right", "one word further"),
        ("word_left", "b left shift+left", "one word back"),
        ("letter_right", "l", "one character further"),
        ("letter_left", "h", "one character back"),
        ("to_sentence", "s", "to the end of the sentence, then of the next"),
        ("to_turn", "t", "to the end of the turn"),
        ("other_end", "o", "move the other end"),
        ("finish", "enter", "ready: code the words, or set the bound"),
        ("code_selection", "space", "code the words, or set the bound"),
        ("memo_selection", "m", "write a memo on the words"),
        ("cancel", "escape v", "leave without change"),
        modes=["select", "bounds"],
    ),
    *_keys(
        "Look",
        ("why", "w", "why this is suggested, in full"),
        ("entry", "i", "the code's entry in the codebook"),
        ("memos", "M", "the memos of the transcript"),
        ("filter", "f", "filter by code, coder, score"),
        ("clear_filter", "F", "show everything again"),
        ("hide_marks", "z", "hide the marks: text only"),
        ("show_codes", "t", "the codebook at the side"),
        ("refresh", "f5 ctrl+l", "read what others have decided"),
        ("save_again", "ctrl+s", "save what could not be saved"),
        ("help", "?", "all keys"),
        ("quit", "q", "leave"),
    ),
    *_keys("Anywhere", ("back", "escape", "back to the text, without selection or search")),
)
"""All actions but the number keys: 1 to 9 code with the codes in the bar, or take a coder's reading."""

REVIEW_ACTIONS = {key.action: key for key in REVIEW_KEYS}


def check_key(name: str) -> str:
    """Return the name of a key as the review knows it.

    Raises
    ------
    UsageError
        If no terminal sends it alone, or it has a fixed meaning.
    """
    lower = name.lower()
    if lower in _FIXED_KEYS:
        raise UsageError(f"key '{name}' has a fixed meaning: choose another one")
    if len(name) == 1 and name.isprintable() and name != " ":
        return name
    if lower in _NAMED_KEYS or _CONTROL_KEY.fullmatch(lower):
        return lower
    hint = did_you_mean(lower, _NAMED_KEYS) or "a letter or sign, ctrl+letter, f1 to f12, space, enter, tab, delete ..."
    raise UsageError(f"no key '{name}' ({hint})")


def assign_keys(changes: Mapping[str, Sequence[str]]) -> dict[KeyMode, dict[str, str]]:
    """Return the action of each key by mode, with the keys of some actions replaced.

    A key that is given to an action is taken from the action that has it by default.

    Raises
    ------
    UsageError
        If there is no such action or key, or two actions are given one key.
    """
    for action in changes:
        if action not in REVIEW_ACTIONS:
            hint = did_you_mean(action, REVIEW_ACTIONS) or "docs/keyboard.md lists them"
            raise UsageError(f"no action '{action}' of the review ({hint})")
    assigned: dict[KeyMode, dict[str, str]] = {mode: {} for mode in KEY_MODES}
    for mode, key, action in _pairs(changes, changed=True):
        if other := assigned[mode].get(key):
            raise UsageError(f"key '{key}' is given to {other} and to {action}: choose another one for one of them")
        assigned[mode][key] = action
    for mode, key, action in _pairs(changes, changed=False):
        assigned[mode].setdefault(key, action)
    return assigned


def _pairs(changes: Mapping[str, Sequence[str]], *, changed: bool) -> Iterator[tuple[KeyMode, str, str]]:
    for one in REVIEW_KEYS:
        if (one.action in changes) == changed:
            keys = [check_key(key) for key in changes[one.action]] if changed else one.keys
            yield from ((mode, key, one.action) for key in keys for mode in one.modes)


def keys_of(assigned: Mapping[KeyMode, Mapping[str, str]], action: str, mode: KeyMode) -> list[str]:
    """Return the keys of an action in a mode, the first one being the one to show."""
    return [key for key, name in assigned[mode].items() if name == action]
