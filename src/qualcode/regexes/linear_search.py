"""Search for regular expressions in time linear in the text, with RE2, and with the matches of Python's ``re``.

RE2 has its own letters, digits and cases. So characters that an expression does not distinguish, as Python's ``re``
says, are written as one byte, and RE2 searches for an expression over these bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from qualcode.regexes.empty_matches import find_emptiness, has_group
from qualcode.regexes.regex_tree import CHARACTERS, Item, RegexTree, combine_flags, write_character

Span = tuple[int, int]

_WORD_BYTES = [byte for byte in range(256) if chr(byte).isascii() and (chr(byte).isalnum() or byte == ord("_"))]
_OTHER_BYTES = [byte for byte in range(256) if byte not in _WORD_BYTES and byte != ord("\n")]
_NO_CHARACTER = r"[^\x00-\xff]"
_MAX_REPEAT = 1000
"""RE2 takes no greater counts."""
_MAX_PROGRAM = 20_000
_MAX_MEMORY = 64 << 20
MAX_WORK = 500_000_000
"""Characters times instructions at most, which RE2 searches in about 2 seconds at worst."""


class UnsupportedRegexError(Exception):
    """A regular expression that RE2 cannot search for, or not with the matches of ``re``."""


class LinearSearch:
    """A regular expression, translated for RE2."""

    def __init__(self, tree: RegexTree) -> None:
        self._translation = _Translation(tree)
        self._bytes = _CharacterBytes(self._translation)
        self._text = ""
        self._data = b""
        self._regexes: dict[bool, Any] = {}

    def find_spans(self, text: str) -> Iterator[Span]:
        """Yield the matches in a text.

        Raises
        ------
        UnsupportedRegexError
            If there is an empty match, behind which ``re`` has rules of its own.
        """
        regex, data = self._prepare(text, with_groups=False)
        position = 0
        while match := regex.search(data, position):
            start, position = match.span()
            if start == position:
                raise UnsupportedRegexError
            yield start, position

    def match(self, text: str, position: int) -> tuple[Span, dict[str, str | None]] | None:
        """Return the span and the named groups of the match that begins at a position."""
        regex, data = self._prepare(text, with_groups=True)
        match = regex.match(data, position)
        if match is None:
            return None
        spans = {name: match.span(number) for number, name in enumerate(self._translation.names, start=1)}
        groups = {name: text[start:end] if start >= 0 else None for name, (start, end) in spans.items()}
        return match.span(), groups

    def _prepare(self, text: str, *, with_groups: bool) -> tuple[Any, bytes]:
        if text is not self._text:
            if self._bytes.add_characters(text):
                self._regexes.clear()
            self._text, self._data = text, self._bytes.encode(text)
        if with_groups not in self._regexes:
            self._regexes[with_groups] = _compile(self._translation.write(self._bytes.members, with_groups))
        regex = self._regexes[with_groups]
        # Whether \B matches in the empty text depends on the version of Python.
        if regex.programsize * len(text) > MAX_WORK or (not text and self._translation.has_non_boundary):
            raise UnsupportedRegexError
        return regex, self._data


def _compile(pattern: str) -> Any:
    import re2

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    options.max_mem = _MAX_MEMORY
    try:
        regex = re2.compile(pattern.encode("ascii"), options)
    except re2.error as error:
        raise UnsupportedRegexError from error
    if regex.programsize > _MAX_PROGRAM:
        raise UnsupportedRegexError
    return regex


class _Translation:
    """The parts of an expression for RE2: texts, and the numbers of sets of characters that are not yet bytes."""

    def __init__(self, tree: RegexTree) -> None:
        self.characters: list[re.Pattern[str]] = []
        self.names: list[str] = []
        self.boundary_flags: set[int] = set()
        """Whether word boundaries are those of ASCII, for each that occurs."""
        self.has_non_boundary = False
        self.newline_kinds: set[str] = set()
        """Which line ends ``^`` and ``$`` ask for: "every" or "last"."""
        self._numbers: dict[tuple[str, int], int] = {}
        self._group_names = tree.group_names
        self._parts: list[str | int] = []
        self._write_sequence(tree.items, tree.flags)
        if len(self.boundary_flags) > 1 or len(self.newline_kinds) > 1:
            raise UnsupportedRegexError

    def write(self, members: Sequence[Sequence[int]], with_groups: bool) -> str:
        """Return the expression, given the bytes that each set of characters has."""
        group = "(" if with_groups else "(?:"
        parts = (_write_bytes(members[part]) if isinstance(part, int) else part for part in self._parts)
        return "".join(group if part == "(" else part for part in parts)

    def _write_sequence(self, items: Sequence[Item], flags: int) -> None:
        for operation, value in items:
            self._write_item(str(operation), value, flags)

    def _write_item(self, name: str, value: Any, flags: int) -> None:
        if name in CHARACTERS:
            self._write_character((name, value), flags)
        elif name == "SUBPATTERN":
            self._write_group(value, flags)
        elif name == "BRANCH":
            self._write_branch(value[1], flags)
        elif name in {"MAX_REPEAT", "MIN_REPEAT"}:
            self._write_repeat(value, flags, is_lazy=name == "MIN_REPEAT")
        elif name == "AT":
            self._write_place(str(value), flags)
        elif name == "FAILURE":
            self._parts.append(_NO_CHARACTER)
        else:
            raise UnsupportedRegexError

    def _write_character(self, item: Item, flags: int) -> None:
        key = write_character(item), flags & (re.IGNORECASE | re.ASCII | re.DOTALL)
        if key not in self._numbers:
            self._numbers[key] = len(self.characters)
            self.characters.append(re.compile(*key))
        self._parts.append(self._numbers[key])

    def _write_group(self, value: Any, flags: int) -> None:
        group, added, removed, body = value
        # In CPython, (?a:\W) follows other rules at the beginning of an expression than elsewhere.
        if added & (re.ASCII | re.UNICODE):
            raise UnsupportedRegexError
        is_named = group in self._group_names
        self.names += [self._group_names[group]] if is_named else []
        self._parts.append("(" if is_named else "(?:")
        self._write_sequence(body.data, combine_flags(flags, added, removed))
        self._parts.append(")")

    def _write_branch(self, branches: Sequence[Any], flags: int) -> None:
        for number, branch in enumerate(branches):
            self._parts.append("|" if number else "(?:")
            self._write_sequence(branch.data, flags)
        self._parts.append(")")

    def _write_repeat(self, value: Any, flags: int, *, is_lazy: bool) -> None:
        import re._constants as constants  # type: ignore[import-not-found]

        least, most, body = value
        is_unlimited = most is constants.MAXREPEAT or most == constants.MAXREPEAT
        if least > _MAX_REPEAT or (most > _MAX_REPEAT and not is_unlimited):
            raise UnsupportedRegexError
        emptiness = find_emptiness(body.data) if most > 1 else "never"
        # After a repetition without a character, RE2 and ``re`` go on differently, and record other groups.
        if emptiness == "early" or (emptiness == "last" and has_group(body.data, self._group_names)):
            raise UnsupportedRegexError
        self._parts.append("(?:")
        self._write_sequence(body.data, flags)
        self._parts.append(f"){{{least},{'' if is_unlimited else most}}}{'?' if is_lazy else ''}")

    def _write_place(self, name: str, flags: int) -> None:
        if name in {"AT_BOUNDARY", "AT_NON_BOUNDARY"}:
            self.has_non_boundary |= name == "AT_NON_BOUNDARY"
            self.boundary_flags.add(flags & re.ASCII)
            self._parts.append(r"\b" if name == "AT_BOUNDARY" else r"\B")
        elif name in {"AT_BEGINNING", "AT_BEGINNING_STRING"}:
            is_every = name == "AT_BEGINNING" and bool(flags & re.MULTILINE)
            self.newline_kinds |= {"every"} if is_every else set()
            self._parts.append("(?m:^)" if is_every else r"\A")
        elif name == "AT_END":
            self.newline_kinds.add("every" if flags & re.MULTILINE else "last")
            self._parts.append("(?m:$)")
        elif name == "AT_END_STRING":
            self._parts.append(r"\z")
        else:
            raise UnsupportedRegexError


def _write_bytes(members: Sequence[int]) -> str:
    return "[" + "".join(rf"\x{byte:02x}" for byte in members) + "]" if members else _NO_CHARACTER


class _CharacterBytes:
    """The byte that stands for each character; characters that an expression does not distinguish share one."""

    def __init__(self, translation: _Translation) -> None:
        self.members: list[list[int]] = [[] for _ in translation.characters]
        """The bytes in each set of characters of the expression."""
        self._sets = [regex.fullmatch for regex in translation.characters]
        self._is_word = None
        if translation.boundary_flags:
            self._is_word = re.compile(r"\w", *translation.boundary_flags).fullmatch
        self._has_last_line = "last" in translation.newline_kinds
        self._bytes: dict[int, str] = {}
        self._byte_by_kind: dict[tuple[bool, ...], str] = {}
        # Where words do not matter, all bytes are alike.
        self._free = {True: [*_WORD_BYTES[::-1]], False: [*_OTHER_BYTES[::-1]]}
        self._newline_kind = self._kind("\n")
        self._add_members("\n", self._newline_kind)
        if translation.newline_kinds == {"every"}:
            self._bytes[ord("\n")] = "\n"

    def add_characters(self, text: str) -> bool:
        """Add the characters of a text; return whether the expression has to be written again."""
        count = len(self._byte_by_kind)
        for character in set(text):
            if ord(character) not in self._bytes:
                self._bytes[ord(character)] = self._find_byte(self._kind(character))
        return len(self._byte_by_kind) > count

    def encode(self, text: str) -> bytes:
        """Return a text with one byte for each character."""
        data = text.translate(self._bytes).encode("latin-1")
        # RE2's (?m:$) matches at line feeds: only the last counts where ``$`` means the end of the text.
        return data[:-1] + b"\n" if self._has_last_line and text.endswith("\n") else data

    def _kind(self, character: str) -> tuple[bool, ...]:
        is_word = self._is_word is not None and self._is_word(character) is not None
        return (is_word, *(matches(character) is not None for matches in self._sets))

    def _find_byte(self, kind: tuple[bool, ...]) -> str:
        if kind not in self._byte_by_kind:
            free = self._free[kind[0]] or (self._free[True] if self._is_word is None else [])
            if not free:
                raise UnsupportedRegexError
            self._byte_by_kind[kind] = byte = chr(free.pop())
            self._add_members(byte, kind)
        return self._byte_by_kind[kind]

    def _add_members(self, byte: str, kind: tuple[bool, ...]) -> None:
        for is_member, members in zip(kind[1:], self.members, strict=True):
            if is_member:
                members.append(ord(byte))
