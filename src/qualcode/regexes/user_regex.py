"""Regular expressions that users write: the matches of Python's ``re`` in bounded time, whatever the expression."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import thread_time
from typing import Any

from qualcode.errors import OperationError
from qualcode.regexes.limited_search import LIMITED_SEARCH, SearchLimitError
from qualcode.regexes.linear_search import LinearSearch, Span, UnsupportedRegexError
from qualcode.regexes.regex_tree import RegexTree, parse_regex, sum_ranges
from qualcode.regexes.step_bounds import bound_steps

_FEW_STEPS = 50
"""Steps of ``re`` for each character that need not be timed."""
MAX_STEPS = 3_000_000
"""Steps of one search with ``re`` in this process: some 0.1 seconds."""
_SECONDS = 2.0
_SECONDS_PER_CHARACTER = 2e-6
"""CPU time that an expression may take: for all texts together, and for each character."""
_PATIENCE = 0.1
"""The share of that time after which RE2 takes over from ``re``."""

_LINE = 100
"""Characters that a match at one position counts as: nearly all concern one line of the text."""

_UNKNOWN_TREE = (AttributeError, TypeError, ValueError, LookupError, RecursionError)
"""Errors that a tree of another version of Python may cause; then no expression counts as fast or linear."""


class SlowRegexError(OperationError):
    """A regular expression takes too long on a text."""

    def __init__(self, name: str, text: str) -> None:
        start = " ".join(text[:200].split())[:40]
        super().__init__(
            f"{name}: takes too long, or too much memory, on a text of {len(text):,} characters "
            f'("{start} ..."); make it simpler: fewer * and + beside or inside one another, no (?=...), (?<=...) or \\1'
        )
        self.name = name
        self.text = text

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.name, self.text)


@dataclass(frozen=True, slots=True)
class RegexMatch:
    """One match: its span and its named groups."""

    start: int
    stop: int
    groups: dict[str, str | None]

    def __getitem__(self, name: str) -> str | None:
        return self.groups[name]

    def end(self) -> int:
        """Return the end of the match, as `re.Match.end`."""
        return self.stop

    def groupdict(self) -> dict[str, str | None]:
        """Return the named groups, as `re.Match.groupdict`."""
        return self.groups


@dataclass(slots=True)
class _Budget:
    """The CPU time that the searches for one expression took, and may take."""

    seconds: float = 0.0
    characters: int = 0

    def use(self, seconds: float, characters: int) -> None:
        """Add a search."""
        self.seconds += seconds
        self.characters += characters

    def used_share(self) -> float:
        """Return the share of the time that is used, above 1 if it is used up."""
        return self.seconds / (_SECONDS + _SECONDS_PER_CHARACTER * self.characters)

    def left(self, characters: int) -> float:
        """Return the seconds that a search in more characters may take."""
        return _SECONDS + _SECONDS_PER_CHARACTER * (self.characters + characters) - self.seconds


class UserRegex:
    """A regular expression that a user has written.

    Python's ``re`` is used where a bound on its steps is low, RE2 elsewhere, and for what RE2 cannot do (look-around,
    back-references) ``re`` in a process with a limit of time.
    """

    def __init__(self, pattern: str, flags: int = 0, *, name: str = "") -> None:
        self._regex = re.compile(pattern, flags)
        self.pattern = pattern
        self.name = name or f"regex {pattern}"
        """What messages call it."""
        self._steps: dict[int, float] = {}
        self._tree: RegexTree | None = None
        self._linear: LinearSearch | None = None
        self._has_linear = True
        self._budget = _Budget()

    def find_spans(self, text: str) -> list[Span]:
        """Return the matches that are not empty.

        Raises
        ------
        SlowRegexError
            If they cannot be found in the time that the expression has.
        """
        length = len(text)
        steps = self._bound(length)
        if steps <= _FEW_STEPS:
            return _list_spans(self._regex, text)
        if steps * (length + 1) <= MAX_STEPS and self._may_backtrack(text):
            start = thread_time()
            spans = _list_spans(self._regex, text)
            self._budget.use(thread_time() - start, length)
            return spans
        found: list[Span] = self._run(text, length, lambda linear: self._find_linearly(linear, text), None)
        return found

    def match(self, text: str, position: int = 0) -> RegexMatch | None:
        """Return the match that begins at a position.

        Raises
        ------
        SlowRegexError
            If that takes too long.
        """
        if self._bound(len(text)) <= MAX_STEPS and self._may_backtrack(text):
            start = thread_time()
            match = self._regex.match(text, position)
            self._budget.use(thread_time() - start, _LINE)
            return match and RegexMatch(match.start(), match.end(), match.groupdict())
        found = self._run(text, _LINE, lambda linear: linear.match(text, position), position)
        return found and RegexMatch(found[0][0], found[0][1], found[1])

    def is_fast(self, length: int) -> bool:
        """Return whether ``re`` surely is fast in all texts of at most this length."""
        return self._bound(length) * (length + 1) <= MAX_STEPS

    def _bound(self, length: int) -> float:
        """Return a bound on the steps of ``re`` from one place; texts of similar length have the same."""
        bits = length.bit_length()
        if bits not in self._steps:
            self._steps[bits] = self._compute_bound(1 << bits)
        return self._steps[bits]

    def _compute_bound(self, length: int) -> float:
        try:
            self._tree = self._tree or parse_regex(self.pattern, self._regex.flags)
            return bound_steps(self._tree, length)
        except _UNKNOWN_TREE:
            return inf

    def _may_backtrack(self, text: str) -> bool:
        """Return whether ``re`` has been fast so far, or nothing else can search."""
        used = self._budget.used_share()
        if used > 1 and not self._has_linear:
            raise SlowRegexError(self.name, text)
        return used <= _PATIENCE or not self._has_linear

    def _run(self, text: str, characters: int, search: Callable[[LinearSearch], Any], position: int | None) -> Any:
        """Return what RE2 finds, or ``re`` in a process of its own where RE2 cannot search."""
        if self._budget.left(characters) <= 0:
            raise SlowRegexError(self.name, text)
        start = thread_time()
        try:
            result = search(self._get_linear())
        except UnsupportedRegexError:
            return self._run_limited(text, characters, position)
        self._budget.use(thread_time() - start, characters)
        return result

    def _get_linear(self) -> LinearSearch:
        if self._linear is None and self._has_linear:
            self._has_linear = False
            try:
                self._linear = LinearSearch(self._tree or parse_regex(self.pattern, self._regex.flags))
            except _UNKNOWN_TREE as error:
                raise UnsupportedRegexError from error
            self._has_linear = True
        if self._linear is None:
            raise UnsupportedRegexError
        return self._linear

    def _find_linearly(self, linear: LinearSearch, text: str) -> list[Span]:
        end = thread_time() + self._budget.left(len(text))
        spans: list[Span] = []
        for span in linear.find_spans(text):
            spans.append(span)
            # Each search may go to the end of the text, as for (?s)x.*z|x.
            if not len(spans) % 64 and thread_time() > end:
                self._budget.use(inf, 0)
                raise SlowRegexError(self.name, text)
        return spans

    def _run_limited(self, text: str, characters: int, position: int | None) -> Any:
        seconds = self._budget.left(characters)
        try:
            reply = LIMITED_SEARCH.request(self.pattern, self._regex.flags, text, position=position, seconds=seconds)
        except SearchLimitError:
            # It is not tried again in other texts.
            self._budget.use(inf, 0)
            raise SlowRegexError(self.name, text) from None
        self._budget.use(reply["seconds"], characters)
        found = reply["found"]
        return found if position is not None else [(start, end) for start, end in found]


def _list_spans(regex: re.Pattern[str], text: str) -> list[Span]:
    return [span for match in regex.finditer(text) if (span := match.span())[0] < span[1]]


MAX_PATTERN = 4_000
"""Characters of a regular expression at most."""


MAX_RANGES = 300_000
"""Characters in ranges such as ``[a-z]`` at most, all ranges together: ``re`` looks at each of them."""


def regex_fault(regex: str, flags: int = 0, *, may_be_empty: bool = False) -> str:
    """Return what is wrong with a regular expression, or an empty string.

    To match the empty text is a fault too, unless it ``may_be_empty``.
    """
    if len(regex) > MAX_PATTERN:
        return f"this regex has {len(regex):,} characters, more than {MAX_PATTERN:,}: write several"
    try:
        if (width := sum_ranges(parse_regex(regex, flags).items)) > MAX_RANGES:
            return (
                f"the ranges of this regex hold {width:,} characters, more than {MAX_RANGES:,}: use \\w, \\W or [^...]"
            )
        compiled = UserRegex(regex, flags)
        matches_empty_text = not may_be_empty and compiled.match("") is not None
    except (re.error, OverflowError, RecursionError) as error:
        return f"regex does not compile: {error}"
    return "this regex matches empty text, so it would match everywhere" if matches_empty_text else ""
