"""What the first step found, as arrays on disk, and the name of all that it follows from.

There are numbers only in the file, so that reading it cannot run anything.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from qualcode.errors import OperationError
from qualcode.files import fill_atomically
from qualcode.study.cache_folder import open_cache_folder
from qualcode.study.study import Study
from qualcode.suggest.learning.learner import FirstStage, LabelledCorpus
from qualcode.suggest.learning.training_data import TrainingSet
from qualcode.version import __version__

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.learning import FirstStage, TrainingResult
    from qualcode.suggest.learning.features import Embed


CACHE_VERSION = 2
"""Goes up whenever the learner or a baseline would find something else in the same texts and decisions."""


def first_stage_key(lesson: LabelledCorpus, parts: Iterable[object] = ()) -> str:
    """Return a name for all that the first step follows from: texts, decisions, ids of codes, and ``parts``.

    What cues find and what the codebook says of a code are weighed in the second step, which is not kept.
    """
    found = hashlib.sha256()
    corpus, taught = lesson.corpus, lesson.labels
    said = [str(CACHE_VERSION), *map(str, parts)]
    codes = [code.id for code in lesson.book.codes]
    for texts in (said, codes, corpus.transcripts, corpus.turns, corpus.texts, corpus.case_texts):
        for text in (str(len(texts)), *texts):
            held = text.encode("utf-8", "surrogatepass")
            found.update(b"%d\n" % len(held))  # else two texts could be one that has what stands between them
            found.update(held)
    for column in (corpus.transcript, corpus.turn, corpus.start, corpus.question, corpus.reply, taught.group):
        found.update(np.ascontiguousarray(column).tobytes())
    for cells in (taught.truth, taught.known, taught.finished):
        found.update(np.packbits(cells).tobytes())
    return found.hexdigest()[:24]


def write_first_stage(path: Path, first: FirstStage) -> None:
    """Write what the first step found as an uncompressed archive of arrays."""
    with path.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **{field.name: getattr(first, field.name) for field in fields(FirstStage)})


def read_first_stage(path: Path) -> FirstStage:
    """Read what `write_first_stage` wrote; raises ``ValueError`` where it is damaged, ``OSError`` where it is not there."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as held:
            return FirstStage(**{field.name: held[field.name] for field in fields(FirstStage)})
    except (BadZipFile, EOFError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: damaged") from error


_PREFIX = "learner-"
_MAX_FILES = 4
"""First steps that are kept: one for each coder who works here, as a rule."""


def load_or_train(study: Study, held: TrainingSet) -> TrainingResult:
    """Train, or take up what was kept of the first step, which follows from texts and decisions alone."""
    from qualcode.suggest.cues.tokenizer import lemmatizer
    from qualcode.suggest.learning import resume_training, train_learner

    embed, named = load_embed_function(study)
    lemma = lemmatizer(study.settings.language)
    lesson = held.labelled_corpus
    path = study.cache_folder / f"{_PREFIX}{first_stage_key(lesson, list_text_dependencies(study, named))}.npz"
    if (first := _load_first_stage(path)) is not None:
        return resume_training(lesson, first, lemmatize=lemma, embed=embed)
    made = train_learner(lesson.corpus, lesson.book, lesson.cue_scores, lesson.labels, lemmatize=lemma, embed=embed)
    _save_first_stage(path, made.learner.first_stage)
    return made


def load_embed_function(study: Study) -> tuple[Embed | None, str]:
    """Return the function from sentences to vectors that the settings name, and what identifies it."""
    if not study.settings.embedder:
        return None, ""
    from qualcode.suggest.embedding import embedder, vectors

    model = embedder(study.settings.embedder)

    def embed(texts: Sequence[str]) -> NDArray[np.float64]:
        with open_cache_folder(study) as folder:
            return np.asarray(vectors(texts, embedder=model, folder=folder), dtype=float)

    return embed, model.key


def list_text_dependencies(study: Study, embedded: str) -> list[str]:
    """Return what texts are read with, for the names of what is kept: programs, language, embedder."""
    programs = [f"{name} {version(name)}" for name in ("simplemma", "scikit-learn")]
    return [__version__, *programs, study.settings.language, embedded]


def _load_first_stage(path: Path) -> FirstStage | None:

    try:
        return read_first_stage(path)
    except (OSError, ValueError):
        return None  # not there, or damaged: it is learnt again


def _save_first_stage(path: Path, first: FirstStage) -> None:

    with suppress(
        OperationError, OSError
    ):  # the cache only saves time: a folder that is read-only still gets its suggestions
        fill_atomically(path, lambda held: write_first_stage(held, first))
        for old in sorted(path.parent.glob(f"{_PREFIX}*.npz"), key=lambda one: one.stat().st_mtime)[:-_MAX_FILES]:
            old.unlink(missing_ok=True)
