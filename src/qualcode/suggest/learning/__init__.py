"""Learning from decisions: what people coded and did not code teaches what to suggest."""

from qualcode.suggest.learning.corpus import Corpus, corpus_of
from qualcode.suggest.learning.crossing import Crossed, crossed
from qualcode.suggest.learning.learner import First, Learner, Lesson, Taught, Trained, resumed, train

__all__ = [
    "Corpus",
    "Crossed",
    "First",
    "Learner",
    "Lesson",
    "Taught",
    "Trained",
    "corpus_of",
    "crossed",
    "resumed",
    "train",
]
