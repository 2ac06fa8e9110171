"""Cache of trained first stages and of left-out scores under ``.qualcode/``, one archive of arrays for each key.

The archives hold numbers only and are read without unpickling, so that reading one cannot run code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import fields
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zipfile import BadZipFile

import numpy as np

from qualcode.errors import OperationError
from qualcode.files import fill_atomically
from qualcode.study.cache_folder import open_cache_folder
from qualcode.study.study import Study
from qualcode.suggest.learning.learner import FirstStage, LabelledCorpus, TrainingResult, resume_training, train_learner
from qualcode.suggest.learning.second_stage import FOLDS, LeftOutScores, cross_fit
from qualcode.suggest.learning.training_data import TrainingSet
from qualcode.version import __version__

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.learning.features import Embed

CACHE_VERSION = 5
"""Must be increased whenever the learner or a baseline would return something else for the same data."""

_PREFIX = "learner-"
_SCORES_PREFIX = "left-out-"
_MAX_FILES = 4
"""Number of files of each kind that are cached, usually one per coder."""
Arrays = TypeVar("Arrays", FirstStage, LeftOutScores)


def first_stage_key(labelled_corpus: LabelledCorpus, parts: Iterable[object] = ()) -> str:
    """Return a hash of all that the first stage depends on: texts, decisions, ids of codes, and ``parts``.

    Cue scores and the codebook's entries affect the second stage only, which is not cached.
    """
    digest = hashlib.sha256()
    corpus, labels = labelled_corpus.corpus, labelled_corpus.labels
    versions = [str(CACHE_VERSION), *map(str, parts)]
    codes = [code.id for code in labelled_corpus.book.codes]
    for texts in (versions, codes, corpus.transcripts, corpus.turns, corpus.texts, corpus.case_texts):
        for text in (str(len(texts)), *texts):
            encoded = text.encode("utf-8", "surrogatepass")
            digest.update(b"%d\n" % len(encoded))  # the length keeps "ab", "c" apart from "a", "bc"
            digest.update(encoded)
    for column in (corpus.transcript, corpus.turn, corpus.start, corpus.question, corpus.reply, labels.group):
        digest.update(np.ascontiguousarray(column).tobytes())
    for cells in (labels.truth, labels.known, labels.finished):
        digest.update(np.packbits(cells).tobytes())
    return digest.hexdigest()[:24]


def scores_key(labelled_corpus: LabelledCorpus, parts: Iterable[object] = ()) -> str:
    """Return a hash of everything that scores depend on: texts, decisions, codebook, cues and ``parts``."""
    # Unlike the first stage, scores also depend on the second one: on entries of the codebook and on cues.
    key = first_stage_key(labelled_corpus, [labelled_corpus.book.version, *parts])
    return hashlib.sha256(key.encode() + np.ascontiguousarray(labelled_corpus.cue_scores).tobytes()).hexdigest()[:24]


def write_arrays(path: Path, values: FirstStage | LeftOutScores) -> None:
    """Write the arrays of a first stage or of left-out scores as an uncompressed archive."""
    arrays = {field.name: getattr(values, field.name) for field in fields(values)}
    with path.open("wb") as stream:
        np.savez(stream, allow_pickle=False, **arrays)


def read_arrays(path: Path, kind: type[Arrays]) -> Arrays:
    """Return what `write_arrays` has written.

    Raises
    ------
    ValueError
        If the file is damaged.
    OSError
        If it cannot be read.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            return kind(**{field.name: arrays[field.name] for field in fields(kind)})
    # What numpy raises for a truncated archive, a missing array, and a file of another kind.
    except (BadZipFile, EOFError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: damaged") from error


def load_or_train(study: Study, training_set: TrainingSet) -> TrainingResult:
    """Return a trained learner, with its first stage from the cache if texts and decisions are unchanged.

    Raises
    ------
    InsufficientDataError
        If there are too few decisions (see `train_learner`).
    """
    from qualcode.suggest.cues.tokenizer import lemmatizer

    embed, embedder_key = load_embed_function(study)
    lemmatize = lemmatizer(study.settings.language)
    data = training_set.labelled_corpus
    key = first_stage_key(data, list_text_dependencies(study, embedder_key))
    path = study.cache_folder / f"{_PREFIX}{key}.npz"
    if (first_stage := _load(path, FirstStage)) is not None:
        return resume_training(data, first_stage, lemmatize=lemmatize, embed=embed)
    result = train_learner(data.corpus, data.book, data.cue_scores, data.labels, lemmatize=lemmatize, embed=embed)
    _save(path, result.learner.first_stage, prefix=_PREFIX)
    return result


def load_or_cross_fit(study: Study, training_set: TrainingSet, result: TrainingResult) -> LeftOutScores:
    """Return the left-out scores of a trained learner, from the cache if nothing that they depend on has changed."""
    data = training_set.labelled_corpus
    _, embedder_key = load_embed_function(study)
    key = scores_key(data, ["left out", FOLDS, *list_text_dependencies(study, embedder_key)])
    path = study.cache_folder / f"{_SCORES_PREFIX}{key}.npz"
    if (scores := _load(path, LeftOutScores)) is not None:
        return scores
    labels = data.labels
    scores = cross_fit(result.scored_corpus.evidence, labels.truth, labels.finished, groups=labels.group)
    _save(path, scores, prefix=_SCORES_PREFIX)
    return scores


def load_embed_function(study: Study) -> tuple[Embed | None, str]:
    """Return the function from sentences to vectors of the embedder in the settings, and the embedder's key."""
    if not study.settings.embedder:
        return None, ""
    from qualcode.suggest.embedding import study_embedder, vectors

    model = study_embedder(study)

    def embed(texts: Sequence[str]) -> NDArray[np.float64]:
        with open_cache_folder(study) as folder:
            return np.asarray(vectors(texts, embedder=model, folder=folder), dtype=float)

    return embed, model.key


def list_text_dependencies(study: Study, embedder_key: str) -> list[str]:
    """Return what the features of a text depend on, for cache keys: versions of programs, language, embedder."""
    programs = [f"{name} {version(name)}" for name in ("simplemma", "scikit-learn")]
    # Lemmas come from simplemma; another version may give other features.
    return [__version__, *programs, study.settings.language, embedder_key]


def _load(path: Path, kind: type[Arrays]) -> Arrays | None:
    try:
        return read_arrays(path, kind)
    except (OSError, ValueError):  # not cached, or damaged
        return None


def _save(path: Path, values: FirstStage | LeftOutScores, *, prefix: str) -> None:
    """Write arrays to the cache and delete the oldest files; without effect if the folder is read-only."""
    with suppress(OperationError, OSError):
        fill_atomically(path, lambda temporary: write_arrays(temporary, values))
        cached = sorted(path.parent.glob(f"{prefix}*.npz"), key=lambda file: file.stat().st_mtime)
        for old in cached[:-_MAX_FILES]:
            old.unlink(missing_ok=True)
