"""What the first step found, as arrays on disk, and the name of all that it follows from.

There are numbers only in the file, so that reading it cannot run anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from qualcode.suggest.learning.learner import First, Lesson

FORM = 2
"""Goes up whenever the learner or a baseline would find something else in the same texts and decisions."""


def taught_key(lesson: Lesson, parts: Iterable[object] = ()) -> str:
    """Return a name for all that the first step follows from: texts, decisions, ids of codes, and ``parts``.

    What cues find and what the codebook says of a code are weighed in the second step, which is not kept.
    """
    found = hashlib.sha256()
    corpus, taught = lesson.corpus, lesson.taught
    said = [str(FORM), *map(str, parts)]
    codes = [code.id for code in lesson.book.codes]
    for texts in (said, codes, corpus.transcripts, corpus.turns, corpus.texts, corpus.described):
        for text in (str(len(texts)), *texts):
            held = text.encode("utf-8", "surrogatepass")
            found.update(b"%d\n" % len(held))  # else two texts could be one that has what stands between them
            found.update(held)
    for column in (corpus.transcript, corpus.turn, corpus.start, corpus.question, corpus.reply, taught.group):
        found.update(np.ascontiguousarray(column).tobytes())
    for cells in (taught.truth, taught.known, taught.finished):
        found.update(np.packbits(cells).tobytes())
    return found.hexdigest()[:24]


def write_first(path: Path, first: First) -> None:
    """Write what the first step found as an uncompressed archive of arrays."""
    with path.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **{field.name: getattr(first, field.name) for field in fields(First)})


def read_first(path: Path) -> First:
    """Read what `write_first` wrote; raises ``ValueError`` where it is damaged, ``OSError`` where it is not there."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as held:
            return First(**{field.name: held[field.name] for field in fields(First)})
    except (BadZipFile, EOFError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: damaged") from error
