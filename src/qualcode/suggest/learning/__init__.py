"""Learning from decisions: what people coded and did not code teaches what to suggest."""

from qualcode.suggest.learning.corpus import Corpus, corpus_of
from qualcode.suggest.learning.crossing import Crossed, crossed
from qualcode.suggest.learning.learner import Learner, Lesson, Taught, Trained, train

__all__ = ["Corpus", "Crossed", "Learner", "Lesson", "Taught", "Trained", "corpus_of", "crossed", "train"]
