"""Search of names by their folded words: independent of the search by which names are replaced."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal, NamedTuple

from qualcode.pseudonyms.leak_check.folded_words import FoldedWord, fold, folded_words
from qualcode.pseudonyms.text import NAME_LIKE_WORDS, NameKey, OrdinaryWords
from qualcode.pseudonyms.text.name_patterns import HIDDEN, MARKS

_FormKind = Literal["name", "address", "part", "keep", "always"]
"""``address`` is a form that is used in e-mail addresses and handles only, such as jnunez."""

# What may be between two words of a name: nothing, spaces and one line break, or a separator of addresses and lists.
_GAP = re.compile(rf"[\s_.,'’ʼ`´+\-‐‑–{HIDDEN}{MARKS}]{{0,8}}")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
# What may be inside a word: a hyphen that ends a line.
_LINE_END_HYPHEN = re.compile(rf"[{HIDDEN}]*[-‐‑\u00ac](?: |[^\S\n]*\n[^\S\n]*)")
_EXPANSIONS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_PARTICLES = frozenset("the and von van der den del las los for bin ibn und".split())
_NAME_PARTS = re.compile(r"[\s_-]+")
_Words = tuple[str, ...]
_MARKED = re.compile(r"([^\[\]]*)\[([^\[\]]+)\]([^\[\]]*)")
_MIN_PART = 3
"""Letters of a part of a name: initials and two-letter words would match too much."""
_MIN_LOWER = 4
"""Letters of a single name that certainly is one in lower case."""


class _Form(NamedTuple):
    """A folded form of a name without what is between its words."""

    kind: _FormKind
    splits: frozenset[int]
    """Offsets at which one of its words begins."""
    span: tuple[int, int]
    """The part of it that is the name: in a phrase of the key, the word in brackets."""
    is_lower: bool = False
    """Whether the phrase of the key is in small letters: it says nothing of a word with a capital."""

    @property
    def has_several_words(self) -> bool:
        """Whether it has more words than one, so that it hardly is anything but the name."""
        return len(self.splits) > 2


class FoundName(NamedTuple):
    """A place of a name in a text."""

    start: int
    end: int
    is_certain: bool


@dataclass(frozen=True)
class FoldedSearch:
    """Finds the names of a key in texts; ``ordinary`` has the words that are not only names."""

    ordinary: OrdinaryWords
    _forms: dict[str, list[_Form]] = field(default_factory=dict)
    _prefixes: set[str] = field(default_factory=set)

    def add(
        self, words: Sequence[str], kind: _FormKind, *, marked: tuple[int, int] | None = None, is_lower: bool = False
    ) -> None:
        """Add a form by its folded words; ``marked`` are the first word and the one after the last that count."""
        joined = "".join(words)
        if not joined:
            return
        splits = [0, *accumulate(map(len, words))]
        first, last = marked or (0, len(words))
        form = _Form(kind, frozenset(splits), (splits[first], splits[last]), is_lower)
        if form not in self._forms.setdefault(joined, []):
            self._forms[joined].append(form)
        self._prefixes.update(joined[:end] for end in range(1, len(joined) + 1))

    def __call__(self, text: str, *, is_prose: bool = True) -> list[FoundName]:
        """Return the names in a text; in what is no prose, such as a path, a small letter is no doubt."""
        kept: list[tuple[int, int]] = []
        always: list[tuple[int, int]] = []
        found: list[FoundName] = []
        words = list(folded_words(text))
        for index, word in enumerate(words):
            # Most words begin no name: this line is run for every word of a study.
            if word.folded not in self._prefixes:
                continue
            for form, first, last, span in self._candidates(text, words, index):
                if form.kind in {"keep", "always"}:
                    if first.is_start and last.is_end and form.is_lower == text[span[0] : span[1]].islower():
                        (kept if form.kind == "keep" else always).append(span)
                elif (is_certain := self._judge(text, form, first, last, is_prose=is_prose)) is not None:
                    found.append(FoundName(*span, is_certain))
        return _outermost(
            FoundName(name.start, name.end, name.is_certain or _is_within(name, always))
            for name in found
            if not _is_within(name, kept)
        )

    def _candidates(
        self, text: str, words: Sequence[FoldedWord], index: int
    ) -> Iterator[tuple[_Form, FoldedWord, FoldedWord, tuple[int, int]]]:
        """Yield the forms that begin with a word, with their first and last word and the place of the name."""
        first = words[index]
        joined, joints = "", [(0, first.start)]
        hyphens: set[int] = set()
        for number in range(index, len(words)):
            word = words[number]
            if joined:
                gap = text[words[number - 1].end : word.start]
                if not _GAP.fullmatch(gap) or _BLANK_LINE.search(gap):
                    return
                if _LINE_END_HYPHEN.fullmatch(gap):
                    hyphens.add(len(joined))
                joints.append((len(joined), word.start))
            joined += word.folded
            for form in self._forms.get(joined, ()):
                if all(offset in form.splits or offset in hyphens for offset, _ in joints):
                    yield form, first, word, _text_span(form.span, joints, words[index : number + 1])
            if joined not in self._prefixes:
                return

    def _judge(self, text: str, form: _Form, first: FoldedWord, last: FoldedWord, *, is_prose: bool) -> bool | None:
        """Return whether a place certainly is the name; None if it is not one."""
        words = text[first.start : last.end]
        is_whole = first.is_start and last.is_end
        is_address = _is_address(text, first.start, last.end)
        if form.kind == "address":
            return True if is_address and is_whole else None
        if form.has_several_words:
            return True if is_whole or not words.islower() else None
        folded = fold(words)
        is_common, is_usual = folded in self.ordinary.common, folded in self.ordinary.usual
        if not is_whole:  # AnnInterview
            return None if is_common or len(words) < _MIN_LOWER else False
        if words.islower() and is_prose and not is_address:
            if is_usual or folded in NAME_LIKE_WORDS:  # mark, but mark87 may be a handle
                return False if text[last.end : last.end + 1].isdigit() else None
            return form.kind == "name" and not is_common and len(words) >= _MIN_LOWER
        return None if is_usual and form.kind == "part" else form.kind == "name" and not is_common


def build_folded_search(key: NameKey, *, ordinary: OrdinaryWords) -> FoldedSearch:
    """Return the search of a key's names in all their forms, of parts of names, and of the phrases of the key."""
    search = FoldedSearch(ordinary)
    forms = [form for name in key.names for form in name.forms]
    whole = {_words(form) for form in forms}
    for form in forms:
        for spelling in {form, form.casefold().translate(_EXPANSIONS)}:
            _add_name(search, _words(spelling), [_words(part) for part in _NAME_PARTS.split(spelling)], whole)
    for phrase in key.keep:
        _add_phrase(search, phrase, "keep")
    for phrase in key.always:
        _add_phrase(search, phrase, "always")
    return search


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.folded for word in folded_words(text))


def _add_name(search: FoldedSearch, words: _Words, parts: Sequence[_Words], whole: Collection[_Words]) -> None:
    """Add a name: its words, its plural, the last name first, its e-mail addresses, and its parts."""
    search.add(words, "name")
    for ending in ("s", "es"):
        search.add([*words[:-1], words[-1] + ending], "name" if len(parts) > 1 else "part")
    if len(parts) == 1 or not all(parts):
        return
    *before, last = parts
    first_names = [word for part in before for word in part]
    search.add([*last, *first_names], "name")
    joined = "".join(last)
    for address in ([first_names[0][0], joined], [first_names[0][0] + joined], [first_names[0], joined[0]]):
        search.add(address, "address")
    for part in parts:
        if len("".join(part)) >= _MIN_PART and part not in whole and not _PARTICLES.issuperset(part):
            search.add(part, "part")


def _add_phrase(search: FoldedSearch, phrase: str, kind: _FormKind) -> None:
    marked = _MARKED.fullmatch(phrase)
    before, word, after = map(_words, marked.groups() if marked else ("", phrase, ""))
    span = (len(before), len(before) + len(word))
    search.add([*before, *word, *after], kind, marked=span, is_lower=phrase.islower())


def _text_span(
    span: tuple[int, int], joints: Sequence[tuple[int, int]], words: Sequence[FoldedWord]
) -> tuple[int, int]:
    """Return the place in the text of a part of a folded form, which begins and ends with a word."""
    starts = [start for offset, start in joints if offset <= span[0]]
    ends = [word.end for (offset, _), word in zip(joints, words, strict=True) if offset < span[1]]
    return starts[-1], ends[-1]


def _is_address(text: str, start: int, end: int) -> bool:
    """Return whether a word is a part of an e-mail address, a handle, a hashtag or a web address."""
    token_start = max(text.rfind(space, max(0, start - 80), start) for space in " \n\t<>()\"'") + 1
    before, after = text[token_start or max(0, start - 80) : start], text[end : end + 40]
    return bool(re.search(r"[@#/]", before) or re.match(r"[\w.+-]*@\w", after))


def _is_within(name: FoundName, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start <= name.start and name.end <= end for start, end in spans)


def _outermost(names: Iterable[FoundName]) -> list[FoundName]:
    """Return the names in order, without those inside others: the longest that begins first."""
    result: list[FoundName] = []
    for name in sorted(names, key=lambda each: (each.start, -each.end, not each.is_certain)):
        if not result or name.end > result[-1].end:
            result.append(name)
    return result
