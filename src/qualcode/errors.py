"""What can go wrong: problems of the user's files are values, what stops the program is an exception."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Literal

ProblemLevel = Literal["error", "notice"]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """Something wrong in one of the user's files, with its place and a way out."""

    path: str
    line: int
    column: int
    message: str
    hint: str = ""
    level: ProblemLevel = "error"

    def __str__(self) -> str:
        place = ":".join([self.path, *(str(number) for number in (self.line, self.column) if number)])
        return f"{place}: {self.message}" + (f" ({self.hint})" if self.hint else "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return "did you mean 'x'?" for the closest known name, or an empty string."""
    candidates = {candidate.casefold(): candidate for candidate in known}
    tails = {folded.rsplit("/", 1)[-1]: candidate for folded, candidate in candidates.items()}
    for names in (candidates, tails):
        close = get_close_matches(name.casefold().rsplit("/", 1)[-1] if names is tails else name.casefold(), names)
        if close:
            return f"did you mean '{names[close[0]]}'?"
    return ""


def format_names(names: Sequence[str], *, limit: int = 8) -> str:
    """Return the names as "a, b, c and 3 more" for a sentence."""
    shown = ", ".join(names[:limit])
    return f"{shown} and {len(names) - limit} more" if len(names) > limit else shown


def format_count(count: int, noun: str) -> str:
    """Return a count with its noun, as in "1 coding" or "2,000 codings"; ``noun`` is the singular.

    >>> format_count(1, "case"), format_count(1200, "case")
    ('1 case', '1,200 cases')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def shorten_text(text: str, *, limit: int) -> str:
    """Return a text on one line, cut to so many characters for a sentence.

    >>> shortened("We  had\\nno budget.", most=8)
    'We had…'
    """
    said = " ".join(text.split())
    return said if len(said) <= limit else f"{said[: limit - 1].rstrip()}…"


class QualcodeError(Exception):
    """Base of all errors that stop the program; each builds its own sentence and owns its exit code."""

    exit_code: ClassVar[int] = 1


class OperationError(QualcodeError):
    """The request cannot be carried out as asked; the sentence says why and what to do."""


class InsufficientDataError(OperationError):
    """There are too few decisions to learn from."""


class UsageError(QualcodeError):
    """The call itself is wrong: options that contradict each other or a malformed value."""

    exit_code = 2


class UnknownNameError(QualcodeError):
    """A code, coder, case, transcript or column that the study does not have."""

    exit_code = 2

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        choices = sorted(known)
        self.kind, self.name = kind, name
        hint = did_you_mean(name, choices)
        if not hint:
            hint = f"known: {format_names(choices)}" if choices else "there is none yet"
        super().__init__(f"no {kind} '{name}' in this study ({hint})")


class UnknownSuggestionError(UnknownNameError):
    """An id that no suggestion has; ids that look like it mean something else, so none is named."""

    def __init__(self, name: str) -> None:
        self.kind, self.name = "suggestion", name
        way = "ids are those that 'qualcode suggest' shows; texts, codes and cues may have changed since"
        QualcodeError.__init__(self, f"no suggestion '{name}' in this study ({way})")


class FileProblemsError(QualcodeError):
    """Files of the study are wrong in ways that the command cannot work around; all are shown at once."""

    def __init__(self, problems: Sequence[Problem], *, summary: str = "") -> None:
        self.problems = tuple(problems)
        lines = [str(problem) for problem in self.problems]
        super().__init__("\n".join([*lines, summary] if summary else lines))


class StudyNotFoundError(QualcodeError):
    """No qualcode.yaml here or in any folder above."""

    exit_code = 2

    def __init__(self, path: str) -> None:
        super().__init__(
            f"{path} is not in a qualcode study: no qualcode.yaml here or above (run 'qualcode init' to begin one)"
        )


class MissingCoderError(QualcodeError):
    """A verb that records or counts decisions was not told whose."""

    exit_code = 2

    def __init__(self, coders: Sequence[str], *, verb: str) -> None:
        if len(coders) > 1:
            what = f"{len(coders)} coders have coded here ({format_names(coders)}); say whose codings to {verb}"
        else:
            what = f"say who you are to {verb}"
        super().__init__(f"{what}: --coder NAME, or 'coder: NAME' in qualcode.yaml")
