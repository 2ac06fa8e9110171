"""The learner: trains on one coder's decisions and gives a probability for every sentence and code."""

from qualcode.suggest.learning.corpus import Corpus, build_corpus
from qualcode.suggest.learning.learner import (
    FirstStage,
    LabelledCorpus,
    Labels,
    Learner,
    TrainingResult,
    resume_training,
    train_learner,
)

__all__ = [
    "Corpus",
    "FirstStage",
    "LabelledCorpus",
    "Labels",
    "Learner",
    "TrainingResult",
    "build_corpus",
    "resume_training",
    "train_learner",
]
