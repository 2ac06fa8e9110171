"""The learner of a study, whose first step is kept in the cache: it takes long, and seldom changes."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qualcode import __version__
from qualcode.errors import Refused
from qualcode.files import fill_atomically
from qualcode.project.hearing import cache_folder
from qualcode.project.study import Study
from qualcode.project.teaching import Lessons

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.learning import First, Trained
    from qualcode.suggest.learning.views import Embed

_PREFIX = "learner-"
_MOST = 4
"""First steps that are kept: one for each coder who works here, as a rule."""


def trained_on(study: Study, held: Lessons) -> Trained:
    """Train, or take up what was kept of the first step, which follows from texts and decisions alone."""
    from qualcode.suggest.language import lemmatizer
    from qualcode.suggest.learning import resumed, train
    from qualcode.suggest.learning.kept import taught_key

    embed, named = embedding(study)
    lemma = lemmatizer(study.settings.language)
    lesson = held.lesson
    path = study.cache / f"{_PREFIX}{taught_key(lesson, read_with(study, named))}.npz"
    if (first := _kept(path)) is not None:
        return resumed(lesson, first, lemma=lemma, embed=embed)
    made = train(lesson.corpus, lesson.book, lesson.cues, lesson.taught, lemma=lemma, embed=embed)
    _keep(path, made.learner.first)
    return made


def embedding(study: Study) -> tuple[Embed | None, str]:
    """Return the function from sentences to vectors that the settings name, and what identifies it."""
    if not study.settings.embedder:
        return None, ""
    from qualcode.suggest.embedding import embedder, vectors

    model = embedder(study.settings.embedder)

    def embed(texts: Sequence[str]) -> NDArray[np.float64]:
        with cache_folder(study) as folder:
            return np.asarray(vectors(texts, embedder=model, folder=folder), dtype=float)

    return embed, model.key


def read_with(study: Study, embedded: str) -> list[str]:
    """Return what texts are read with, for the names of what is kept: programs, language, embedder."""
    programs = [f"{name} {version(name)}" for name in ("simplemma", "scikit-learn")]
    return [__version__, *programs, study.settings.language, embedded]


def _kept(path: Path) -> First | None:
    from qualcode.suggest.learning.kept import read_first

    try:
        return read_first(path)
    except (OSError, ValueError):
        return None  # not there, or damaged: it is learnt again


def _keep(path: Path, first: First) -> None:
    from qualcode.suggest.learning.kept import write_first

    with suppress(Refused, OSError):  # the cache only saves time: a folder that is read-only still gets its suggestions
        fill_atomically(path, lambda held: write_first(held, first))
        for old in sorted(path.parent.glob(f"{_PREFIX}*.npz"), key=lambda one: one.stat().st_mtime)[:-_MOST]:
            old.unlink(missing_ok=True)
