"""Problems in the user's files (values) and errors that stop the program (exceptions)."""

from __future__ import annotations

import glob
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Literal

ProblemLevel = Literal["error", "notice"]
_ON_COMMAND_LINE = ContextVar("_ON_COMMAND_LINE", default=False)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in one of the user's files: where, what, and how to correct it."""

    # Problems are sorted by these fields in this order, so the place is first.
    path: str
    line: int
    column: int
    message: str
    hint: str = ""
    level: ProblemLevel = "error"

    @property
    def place(self) -> str:
        """The path, with line and column if they are known."""
        return ":".join([self.path, *(str(number) for number in (self.line, self.column) if number)])

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" + (f" ({self.hint})" if self.hint else "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return "did you mean 'x'?" for the closest known name, else for those that contain it; empty if there is none."""
    candidates = {candidate.casefold(): candidate for candidate in known}
    # Ids have the form family/code: the code may be right and the family missing or wrong.
    tails = {folded.rsplit("/", 1)[-1]: candidate for folded, candidate in candidates.items()}
    for names in (candidates, tails):
        close = get_close_matches(name.casefold().rsplit("/", 1)[-1] if names is tails else name.casefold(), names)
        if close:
            return f"did you mean '{names[close[0]]}'?"
    return _suggest_longer_names(name.casefold(), candidates)


_SHORTEST_PART = 3
"""Characters of a part of a name: fewer are in too many names."""


def _suggest_longer_names(part: str, candidates: Mapping[str, str]) -> str:
    """Return a hint with the names that contain a part, those that begin with it first."""
    containing = sorted((name for name in candidates if part in name), key=lambda name: not name.startswith(part))
    if len(part) < _SHORTEST_PART or not containing:
        return ""
    names = [f"'{candidates[name]}'" for name in containing]
    return f"did you mean {names[0]}?" if len(names) == 1 else f"did you mean one of {format_names(names, limit=3)}?"


def format_names(names: Sequence[str], *, limit: int = 8) -> str:
    """Return the names as "a, b, c and 3 more", for use in a sentence."""
    shown = ", ".join(names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown


def format_count(count: int, noun: str) -> str:
    """Return a count with its noun, as in "1 coding" or "2,000 codings"; ``noun`` is the singular.

    >>> format_count(1, "case"), format_count(1200, "case")
    ('1 case', '1,200 cases')
    """
    if count == 1:
        return f"1 {noun}"
    return f"{count:,} {noun[:-1]}ies" if noun.endswith("y") else f"{count:,} {noun}s"


def format_share(value: float | None, *, unlike: float | None = None) -> str:
    """Return a number from 0 to 1 as all tables and sentences show it: two decimals; nothing for None.

    It has more decimals where it would otherwise look like ``unlike``, a limit that it does not equal.

    >>> format_share(0.597), format_share(0.597, unlike=0.6), format_share(0.6, unlike=0.6)
    ('0.60', '0.597', '0.60')
    """
    if value is None:
        return ""
    decimals = 2
    while unlike is not None and value != unlike and f"{value:.{decimals}f}" == f"{unlike:.{decimals}f}":
        decimals += 1
    return f"{value:.{decimals}f}"


def quote_yaml(text: str) -> str:
    """Return a text as a quoted YAML scalar, for settings that a message proposes."""
    return json.dumps(text, ensure_ascii=False)  # a JSON string is valid YAML


def quote_pattern(path: str) -> str:
    """Return the path of a source as a quoted pattern of the settings that matches it alone, whatever its signs."""
    return quote_yaml(glob.escape(path))


def shorten_text(text: str, *, limit: int) -> str:
    """Return a text on one line of at most ``limit`` characters.

    >>> shorten_text("We  had\\nno budget.", limit=8)
    'We had…'
    """
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1].rstrip()}…"


@contextmanager
def command_line_names() -> Iterator[None]:
    """Make messages name options and commands as on the command line; without it, they do as in Python."""
    token = _ON_COMMAND_LINE.set(True)
    try:
        yield
    finally:
        _ON_COMMAND_LINE.reset(token)


def name_for_interface(command_line: str, python: str) -> str:
    """Return one of two phrases for a message: that for the interface which the user works with."""
    return command_line if _ON_COMMAND_LINE.get() else python


def name_option(name: str, value: object = None) -> str:
    """Return an option for a message, with a value if there is one; True is that of a flag.

    >>> name_option("min_score", 0), name_option("write", True), name_option("coder")
    ('min_score=0', 'write=True', 'coder')
    >>> with command_line_names():
    ...     name_option("min_score", 0), name_option("write", True), name_option("coder")
    ('--min-score 0', '--write', '--coder')
    """
    option = f"--{name.replace('_', '-')}"
    if value is None:
        return name_for_interface(option, name)
    return name_for_interface(option if value is True else f"{option} {value}", f"{name}={value!r}")


def name_command(command: str, **flags: bool) -> str:
    """Return a command for a message, with flags; in Python it is the method named by its last word.

    >>> name_command("transcripts speakers"), name_command("update", write=True)
    ('Project.speakers()', 'Project.update(write=True)')
    >>> with command_line_names():
    ...     name_command("transcripts speakers"), name_command("update", write=True)
    ("'qualcode transcripts speakers'", "'qualcode update --write'")
    """
    options = [name_option(name, value) for name, value in flags.items()]
    python = f"Project.{command.rsplit(maxsplit=1)[-1]}({', '.join(options)})"
    return name_for_interface(f"'{' '.join(['qualcode', command, *options])}'", python)


class QualcodeError(Exception):
    """Base class of all errors that stop the program; each class has its own message and exit code."""

    exit_code: ClassVar[int] = 1


class OperationError(QualcodeError):
    """The request cannot be carried out; the message says why and what to do."""


class FileWriteError(OperationError):
    """A file cannot be written, now or at all; the same request may succeed later."""


class InsufficientDataError(OperationError):
    """There are too few decisions to train on."""


class UsageError(QualcodeError):
    """The call itself is wrong: contradictory options or a malformed value."""

    exit_code = 2  # as click uses for wrong usage


class UnknownParameterError(UsageError, TypeError):
    """A function was called with keywords that are none of its parameters."""

    def __init__(self, function: str, names: Iterable[str], known: Collection[str]) -> None:
        hints = [(name, did_you_mean(name, known)) for name in names]
        missing = "; ".join(f"no parameter '{name}'" + (f": {hint}" if hint else "") for name, hint in hints)
        # Where no name is close, the user needs to see what there is.
        known = "" if all(hint for _, hint in hints) else f" (it has: {', '.join(known) or 'none'})"
        super().__init__(f"{function}() has {missing}{known}")


class ParameterTypeError(UsageError, TypeError):
    """A function was called with a value of another type than its parameter has, or with too many by position."""


def _describe_first_step(kind: str) -> str:
    """Return what to do where the study has nothing of a kind."""
    if kind == "transcript":
        add = name_for_interface("'qualcode transcripts add FILE...'", "Project.add(...)")
        return f"there is none yet: add interviews with {add}"
    return "nobody has coded anything yet" if kind == "coder" else "there is none yet"


class UnknownNameError(QualcodeError):
    """The study has no code, coder, case, transcript or column of this name."""

    exit_code = 2

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        choices = sorted(known)
        self.kind, self.name = kind, name
        hint = did_you_mean(name, choices)
        if not hint:
            hint = f"known: {format_names(choices)}" if choices else _describe_first_step(kind)
        super().__init__(f"no {kind} '{name}' in this study ({hint})")


class UnknownIdError(UnknownNameError):
    """No record has this id. Similar ids belong to unrelated ones, so one is proposed only if it contains it."""

    def __init__(self, kind: str, name: str, known: Iterable[str], *, command: str) -> None:
        self.kind, self.name = kind, name
        similar = [one for one in known if name.casefold() in one][:3]
        hint = f"did you mean {' or '.join(similar)}?" if similar else f"{name_command(command)} lists the ids"
        QualcodeError.__init__(
            self, f"no {kind} '{name}' in this study ({hint}; the last six characters of an id are enough)"
        )


class UnknownCodingError(UnknownIdError):
    """No coding has this id."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        super().__init__("coding", name, known, command="codings")


class UnknownSuggestionError(UnknownNameError):
    """No suggestion has this id. Similar ids belong to unrelated suggestions, so none is proposed."""

    def __init__(self, name: str) -> None:
        self.kind, self.name = "suggestion", name
        hint = f"run {name_command('suggest')} for the current ids: they change with texts, codes and cues"
        QualcodeError.__init__(self, f"no suggestion '{name}' in this study ({hint})")


class FileProblemsError(QualcodeError):
    """The study's files have problems that the command cannot work around; all are shown at once."""

    def __init__(self, problems: Sequence[Problem], *, summary: str = "") -> None:
        self.problems = tuple(problems)
        lines = [str(problem) for problem in self.problems]
        super().__init__("\n".join([*lines, summary] if summary else lines))


class StudyNotFoundError(QualcodeError):
    """There is no qualcode.yaml in the folder or above it."""

    exit_code = 2

    def __init__(self, path: str) -> None:
        create = f"run {name_command('init')} to create one"
        super().__init__(f"{path} is not in a qualcode study: no qualcode.yaml in it or above ({create})")


class MissingCoderError(QualcodeError):
    """The command records or counts decisions, and no coder was given."""

    exit_code = 2

    def __init__(self, coders: Sequence[str], *, verb: str) -> None:
        problem = f"this study has {len(coders)} coders ({format_names(coders)})" if len(coders) > 1 else "no coder set"
        super().__init__(
            f"{problem}: to {verb}, name one with {name_option('coder', 'NAME')} or 'coder: NAME' in qualcode.yaml"
        )


class NewCoderError(UsageError):
    """A decision would be the first of a coder whose name is like that of another one."""

    def __init__(self, name: str, similar: Sequence[str]) -> None:
        self.name = name
        self.question = f"new coder '{name}'? did you mean {' or '.join(map(repr, similar))}?"
        allow = name_for_interface("add --new-coder", "call Project.allow_new_coders() first")
        super().__init__(f"{self.question} If '{name}' is somebody else, {allow}")


def check_choice(parameter: str, value: object, known: Collection[str]) -> None:
    """Check the value of a parameter that has a fixed set of values.

    Raises
    ------
    UsageError
        If the value is none of them.
    """
    if value not in known:
        hint = did_you_mean(str(value), known) or f"known: {', '.join(known)}"
        raise UsageError(f"{parameter}: there is no '{value}' ({hint})")


def check_positive(parameter: str, value: int) -> None:
    """Check the value of a parameter that is a number of something.

    Raises
    ------
    UsageError
        If it is less than 1.
    """
    if value < 1:
        raise UsageError(f"{parameter}: must be at least 1, not {value}")


def check_not_negative(parameter: str, value: int | None) -> None:
    """Raise a `UsageError` if a number is less than 0; None is the default."""
    if value is not None and value < 0:
        raise UsageError(f"{parameter}: must be 0 or more, not {value}")
