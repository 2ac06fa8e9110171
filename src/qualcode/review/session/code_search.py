"""Search for codes by a few letters of their names, ids, definitions or former names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from unicodedata import normalize

from qualcode.model import Code, Codebook


def search_codes(book: Codebook, typed: str, *, recent: Sequence[str] = ()) -> list[Code]:
    """Return the codes in use that fit what was typed, the best first; recent ones first where nothing was typed.

    Each word that was typed must fit: as the beginning of a word of name or id, inside them, in a former id, in the
    definition, or as letters of the name in their order (``rtn`` for ``Return``).
    """
    rank = {code: place for place, code in enumerate(recent)}
    words = _fold(typed).split()
    found = []
    for place, code in enumerate(book.codes):
        scores = [] if code.retired else [_score(code, word) for word in words]
        if code.retired or None in scores:
            continue
        total = sum(score for score in scores if score is not None)
        found.append((total, rank.get(code.id, len(rank)), place, code))
    return [code for *_, code in sorted(found, key=lambda item: item[:3])]


def _score(code: Code, word: str) -> int | None:
    """Return how well a word fits a code, the less the better; None if it does not."""
    name, identifier = _fold(code.name), _fold(code.id)
    last = identifier.rpartition("/")[2]
    if word in {name, identifier, last}:
        return 0
    if name.startswith(word) or last.startswith(word):
        return 1
    if any(part.startswith(word) for part in _parts(f"{name} {identifier}")):
        return 2
    if word in name or word in identifier:
        return 4
    if any(word in _fold(former) for former in code.formerly):
        return 6
    if len(word) > 2 and word in _fold(f"{code.definition} {code.include}"):
        return 8
    return 10 if _has_letters_in_order(name, word) or _has_letters_in_order(last, word) else None


def _parts(text: str) -> Iterable[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text).split()


def _has_letters_in_order(text: str, letters: str) -> bool:
    rest = iter(text)
    return len(letters) > 1 and all(letter in rest for letter in letters)


def _fold(text: str) -> str:
    """Return a text in lower case without accents."""
    return "".join(
        letter for letter in normalize("NFKD", text.casefold()) if ord(letter) < 0x300 or ord(letter) > 0x36F
    )
