"""The transcript whose text a commented Word file has: by a property of the file, its name, or its words."""

from __future__ import annotations

import re
from pathlib import Path
from unicodedata import normalize

from qualcode.errors import OperationError, format_names, name_option
from qualcode.model import Transcript
from qualcode.study.selection import find_transcript
from qualcode.study.study import Study
from qualcode.transcripts.comments import CommentedDocument

TRANSCRIPT_PROPERTY = "qualcode transcript"
"""Name of the property of a Word file that has the id of its transcript."""
TEXT_PROPERTY = "qualcode text"
"""Name of the property of a Word file that has the hash of its transcript's text."""

_RUN_LENGTH = 3
"""Words in a row that are compared: fewer occur in every interview."""
_MIN_SHARE = 0.3
"""Share of a file's runs of words that a transcript must have to be its text."""
_CERTAIN_LEAD = 2.0
"""How many times as many runs as any other transcript it must have if nothing else names it."""

_Runs = frozenset[tuple[str, ...]]


def find_commented_transcript(study: Study, document: CommentedDocument, *, given: str = "") -> tuple[Transcript, str]:
    """Return the transcript whose text a document has, and a note if only its words tell which.

    Raises
    ------
    UnknownNameError
        If there is no transcript of the given name.
    OperationError
        If the document has another text, or several transcripts have it.
    """
    runs = _list_runs(document.text)
    known = find_transcript(study, given) if given else study.transcripts.get(_property_of(document))
    if known is not None:
        if not _has_text(runs, known):
            raise OperationError(_explain_other_text(study, document, runs, known))
        return known, ""
    # The name of a file may be anybody's: the words must be those of the transcript.
    named = _find_named(study, document)
    if named is not None and _has_text(runs, named):
        return named, ""
    ranked = _rank(study, runs)
    if ranked and (len(ranked) == 1 or ranked[0][0] >= _CERTAIN_LEAD * ranked[1][0]):
        transcript = study.transcripts[ranked[0][1]]
        return transcript, f"{document.path} is read as {transcript.id}, whose words it has"
    option = name_option("transcript", ranked[0][1] if ranked else "NAME")
    if ranked:
        names = format_names([name for _, name in ranked], limit=3)
        raise OperationError(f"{document.path}: several transcripts have its words ({names}): name one with {option}")
    raise OperationError(f"{document.path}: no transcript of this study has its words: is it of another study?")


def _property_of(document: CommentedDocument) -> str:
    return normalize("NFC", document.properties.get(TRANSCRIPT_PROPERTY, ""))


def _find_named(study: Study, document: CommentedDocument) -> Transcript | None:
    """Return the transcript whose id is in a document's file name: "S01 reviewed (2).docx"."""
    stem = normalize("NFC", Path(document.path).stem)
    if stem in study.transcripts:
        return study.transcripts[stem]
    # Ids of sources in folders have the folders in front.
    names = [name for name in study.sources_and_problems[0] if _is_part(name.rpartition("/")[2], stem)]
    # The longest, as "S01-2" has "S01" in it, too.
    return study.transcripts.get(max(names, key=len, default=""))


def _is_part(name: str, stem: str) -> bool:
    name, stem = (text.casefold().replace("_", " ") for text in (name, stem))
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", stem) is not None


def _list_runs(text: str) -> _Runs:
    words = re.findall(r"\w+", text.casefold())
    length = min(_RUN_LENGTH, len(words)) or 1
    return frozenset(tuple(words[at : at + length]) for at in range(len(words) - length + 1))


def _share(runs: _Runs, transcript: Transcript) -> float:
    """Return the share of the runs of a document's words that a transcript has, 0 to 1."""
    return len(runs & _list_runs(transcript.text)) / len(runs) if runs else 0.0


def _has_text(runs: _Runs, transcript: Transcript) -> bool:
    """Return whether a document may have the text of a transcript that it names, be it with much before or behind."""
    own = _list_runs(transcript.text)
    return len(runs & own) >= _MIN_SHARE * min(len(runs), len(own))


def _rank(study: Study, runs: _Runs) -> list[tuple[float, str]]:
    """Return the transcripts that may be the text of a document, the most similar one first."""
    shares = ((_share(runs, transcript), name) for name, transcript in study.transcripts.items())
    return sorted(((share, name) for share, name in shares if share >= _MIN_SHARE), key=lambda one: (-one[0], one[1]))


def _explain_other_text(study: Study, document: CommentedDocument, runs: _Runs, transcript: Transcript) -> str:
    message = f"{document.path}: its words are not those of {transcript.id}"
    ranked = _rank(study, runs)
    if not ranked:
        return f"{message}, and no other transcript of this study has them: is it of another study?"
    return f"{message} but of {ranked[0][1]}: name that with {name_option('transcript', ranked[0][1])}"
