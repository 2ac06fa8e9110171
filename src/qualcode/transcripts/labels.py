"""Who is speaking: which words at the beginning of a line are a speaker's label, and in which role."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from itertools import pairwise

from qualcode.model import Role

_NUMBER = r"\d{1,3}"
TIME = rf"{_NUMBER}:\d{{2}}(?::\d{{2}})?(?:[.,]\d{{1,3}})?"
"""A time as recorders write it: m:ss, h:mm:ss, with or without fractions."""

_NAME = r"[^\W\d_][^:：\n\[\]<>{}|=?!;\"“”*]{0,59}?"
_SPACE = r"[^\S\n]"

LABEL = re.compile(
    rf"""^{_SPACE}*(?P<mark>\*{{1,3}}|_{{2}})?          # Markdown's bold, which some put around the whole label
    (?:[\[(]?(?P<before>{TIME})[\])]?(?:{_SPACE}+(?:-{_SPACE}+)?|{_SPACE}*\n{_SPACE}*))?   # 0:05 before, or above
    (?P<inner>\*{{1,3}}|_{{2}})?
    (?:\[(?P<bracket>[^\W_][\w .-]{{0,30}})\](?:(?=[ \t])|:(?=\s|$)) | (?P<name>{_NAME})
      (?:{_SPACE}*[\[(](?P<after>{TIME})[\])] | {_SPACE}+(?P<bare>{TIME}))?   # Rev writes: Speaker 1 (00:12):
      {_SPACE}*(?:\*{{1,3}}|_{{2}})?{_SPACE}*(?:：|:(?:\*{{1,3}}|_{{2}})?(?=\s|$|(?P<tight>[^\W\d_])))
      (?:{_SPACE}*[\[(](?P<behind>{TIME})[\])])?)   # and others: Speaker 1: [00:12]
    {_SPACE}*""",
    re.MULTILINE | re.VERBOSE,
)
"""A speaker at the beginning of a line; without a space after the colon (tight) it may be something else."""

STANDING = re.compile(
    rf"""^{_SPACE}*(?:
      (?P<name>{_NAME})(?:{_SPACE}{{2,}}|\t+|{_SPACE}*[\[(]|(?P<single>[ ]))(?P<time>{TIME})[\])]?
      | [\[(]?(?P<first>{TIME})[\])]?{_SPACE}+(?P<later>{_NAME})   # Word's own transcripts
    )[ \t]*$""",
    re.MULTILINE | re.VERBOSE,
)
"""Otter's shape: name and time alone on a line, the words below."""


DASHED = re.compile(
    rf"^{_SPACE}*(?P<name>[^\W\d_][^:\n–—\t-]{{0,29}}?)(?:{_SPACE}+[–—-]{_SPACE}+|{_SPACE}*\t+{_SPACE}*)(?=\S)",
    re.MULTILINE,
)
"""A speaker with a dash or tab instead of a colon, which sentences have as well."""


def _words(*lists: str) -> frozenset[str]:
    return frozenset(word.strip() for listed in lists for word in listed.split(","))


HEADER_KEYS = _words(
    "date, time, place, location, venue, duration, length, start, end, start time, end time, setting, subject, title",
    "topic, theme, file, filename, file name, version, page, section, part, summary, keywords, source, recording",
    "recorded, recorder, recording date, audio, audio file, transcript, transcribed, transcribed by, transcription",
    "transcriber, interview, interviews, interviewed by, interview date, interview time, interview no",
    "interview number, date of interview, participant id, participants, present, attendees, project, study, language",
    "translator, translated by, consent, background, context",
)
"""Words that stand before a colon above an interview."""

NOT_SPEAKERS = HEADER_KEYS | _words(
    "note, notes, nb, n.b, ps, p.s, re, e.g, i.e, example, examples, warning, important, attention, comment, comments",
    "remark, remarks, url, http, https, ftp, mailto, www",
    "laughs, laughing, laughter, pause, pauses, silence, inaudible, unintelligible, unclear, indistinct, crosstalk",
    "cross talk, overlapping, interruption, sigh, sighs, cough, coughs, crying, applause, music, noise, redacted",
)
"""Words that stand before a colon or in brackets at the beginning of a line and are not speakers."""

_QUESTION_NUMBER = re.compile(r"(?:q|question|item|no|nr)\.?\s*\d+\w?", re.IGNORECASE)
_PARTICLES = frozenset("de da di du van von der den la le el al bin ibn of the and y e und".split())
_SAYING = frozenset(
    "is are was were be said says say asked asks thought think thinks means meant that this it what why how when "
    "because so but if then".split()
)
"""Words that no name has: "the thing is: ..." is a sentence."""


def tidy(label: str) -> str:
    """Return a label with its spaces made single."""
    return " ".join(label.split())


def speakers(labels: Iterable[str], *, doubtful: Iterable[str] = (), known: Collection[str] = ()) -> frozenset[str]:
    """Return those of the candidate labels of one source that name speakers.

    ``known`` are labels that the settings name. Of the others, a label that comes back is a speaker
    unless it is a word like "Note"; one that comes once must look like a name. A ``doubtful`` one must
    look like a name and come back, unless it is a speaker elsewhere.
    """
    named = {name.casefold() for name in known}
    found = {label for label, count in Counter(map(tidy, labels)).items() if _is_speaker(label, count, named)}
    counts = Counter(map(tidy, doubtful))
    expected = {label for label in counts if label.casefold() in named}
    least = 1 if expected and not found else 2  # the doubtful shape is then the shape of the whole source
    again = {label for label, count in counts.items() if count >= least and _is_speaker(label, 1, named)}
    return frozenset(found | expected | again)


def _is_speaker(label: str, count: int, known: Collection[str]) -> bool:
    folded = label.casefold()
    if {folded, _bare(folded)} & set(known):
        return True
    words = label.split()
    if folded in NOT_SPEAKERS or _QUESTION_NUMBER.fullmatch(label) or len(words) > 6:
        return False
    if _SAYING & set(folded.split()):
        return False
    if label.endswith((",", ".")) and len(words) > 2:
        return False
    if any(before.endswith((",", ".")) and _lower(word) for before, word in pairwise(words)):
        return False
    return _like_a_name(words) or (count > 1 and len(words) <= 3)


def _like_a_name(words: list[str]) -> bool:
    if len(words) > 5:
        return False
    return not any(_lower(word) and not word[-1].isdigit() for word in words)  # id1 is a name


def _lower(word: str) -> bool:
    return word[0].islower() and word not in _PARTICLES


def role_of(label: str, *, interviewers: Collection[str]) -> Role:
    """Return a speaker's role: case, a trailing number and a name after the role word are ignored.

    "Interviewer 2", "INTERVIEWER" and "Interviewer, First" are all interviewers where "Interviewer" is.
    """
    folded = tidy(label).casefold()
    bare = _bare(folded)
    for name in (tidy(name).casefold() for name in interviewers):
        if name in {folded, bare}:
            return "interviewer"
        if len(name) > 3 and re.match(re.escape(name) + r"[\s,(#:-]", folded):
            return "interviewer"
        if len(name) > 3 and folded.endswith(f"({name})"):
            return "interviewer"
    return "participant"


def _bare(label: str) -> str:
    """Return a label without the number or full stop at its end."""
    return re.sub(r"[\s#_-]*\d*\.?$", "", label)


def seconds(time: str) -> float:
    """Return the seconds of a time such as 1:05, 00:01:05.250 or, from old Teams, 0:0:-6.-820."""
    total = 0.0
    for part in time.replace(",", ".").split(":"):
        whole, _, fraction = part.partition(".")
        sign = -1 if "-" in part else 1
        digits = fraction.lstrip("-")
        total = total * 60 + sign * (abs(int(whole or 0)) + (int(digits) / 10 ** len(digits) if digits else 0))
    return round(total, 3)
