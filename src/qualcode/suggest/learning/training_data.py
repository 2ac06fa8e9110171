"""What a study's coder has decided, laid beside its sentences: what the learner learns from and is measured by."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qualcode.anchors import normalise
from qualcode.errors import OperationError, UnknownNameError
from qualcode.model import Case, Codebook, Coding, SamplingUnit, Transcript, Turn, family_of
from qualcode.study.case_table import group_by_shared_case
from qualcode.study.coder_state import finished_families, placed_codings
from qualcode.study.study import Study
from qualcode.transcripts import find_transcript_cases, join_cases

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest import Suggestions
    from qualcode.suggest.learning import Corpus, LabelledCorpus

    Matrix = NDArray[np.float64]
    Truth = NDArray[np.bool_]


@dataclass(frozen=True)
class TrainingSet:
    """What one coder's decisions teach over a study."""

    labelled_corpus: LabelledCorpus
    coder: str
    groups: tuple[str, ...]
    """Names of the groups that ``lesson.taught.group`` numbers: transcripts, or cases where cases have several."""

    @property
    def sampling_unit(self) -> SamplingUnit:
        """What is left out together."""
        return "cases" if len(self.groups) < len(self.labelled_corpus.corpus.transcripts) else "transcripts"


@dataclass(frozen=True)
class CaseMembership:
    """The cases of transcripts, and the attributes of cases."""

    cases_of: Mapping[str, Sequence[Case]]
    attributes_of: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, study: Study, transcripts: Sequence[Transcript]) -> CaseMembership:
        """Return what is known of some transcripts; of a large study no others are read for it."""
        if not study.is_large:
            return cls(study.cases_of, study.attributes_of)
        there = {one.id: one for one in transcripts}
        brought = ((one.case, one.path) for one in transcripts if one.case)
        table = study.case_table
        cases, _ = join_cases(
            table.cases_and_problems[0], brought, table_path=table.relative_path, transcript_ids=there
        )
        shares = find_transcript_cases(there, cases)
        return cls({name: found.cases for name, found in shares.items()}, {case.id: case.attributes for case in cases})


def build_training_set(
    study: Study, *, coder: str, score_cues: Callable[[Corpus], Matrix], transcripts: Sequence[Transcript] | None = None
) -> TrainingSet:
    """Return what one coder's decisions teach over all transcripts of a study, or over some of them."""
    from qualcode.suggest.learning import LabelledCorpus, Labels, build_corpus

    among = list(study.transcripts.values()) if transcripts is None else transcripts
    belonging = CaseMembership.of(study, among)
    corpus = build_corpus(among, abbreviations=study.abbreviations, describe_case=make_case_describer(study, belonging))
    cells = _LabelMatrices(study, corpus)
    truth, finished, rejected = (cells.fill_matrix(coder, kind) for kind in ("coded", "finished", "rejected"))
    groups, group = group_units(corpus, belonging)
    taught = Labels(truth, truth | finished | rejected, finished, group)
    return TrainingSet(LabelledCorpus(corpus, study.codebook, score_cues(corpus), taught), coder, groups)


def group_units(corpus: Corpus, belonging: CaseMembership) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Return the names of what is left out together, and the number of it for each unit.

    Transcripts that share a case are left out together: a person says the same things twice.
    """
    groups = group_by_shared_case(corpus.transcripts, belonging.cases_of)
    number = {name: place for place, group in enumerate(groups) for name in group}
    names = tuple(_group_name(belonging, group) for group in groups)
    return names, np.array([number[name] for name in corpus.transcripts], dtype=np.intp)[corpus.transcript]


def _group_name(belonging: CaseMembership, transcripts: Sequence[str]) -> str:
    """Name what is left out together: the transcript, or the first case where there are several."""
    if len(transcripts) == 1:
        return transcripts[0]
    return next((case.id for name in transcripts for case in belonging.cases_of[name]), transcripts[0])


def make_case_describer(study: Study, belonging: CaseMembership) -> Callable[[Transcript, Turn], str] | None:
    """Return what may be told of the case that speaks: the attributes that the settings name."""
    allowed = study.settings.training_attributes
    known = dict.fromkeys(name for held in belonging.attributes_of.values() for name in held)
    for wanted in allowed:
        if wanted not in known:
            raise UnknownNameError("attribute", wanted, known)
    if not allowed:
        return None

    def describe(transcript: Transcript, turn: Turn) -> str:
        names = [turn.case] if turn.case else [case.id for case in belonging.cases_of.get(transcript.id, ())]
        found = [belonging.attributes_of.get(name, {}) for name in names]
        return " ".join(f"{one}_{'_'.join(held[one].split())}" for held in found for one in allowed if held.get(one))

    return describe


class UnitIndex:
    """Finds the units of a corpus by where they stand."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        ends = np.searchsorted(corpus.transcript, np.arange(len(corpus.transcripts) + 1))
        self._units = {name: slice(*ends[place : place + 2]) for place, name in enumerate(corpus.transcripts)}

    def units_of_transcript(self, transcript: str) -> slice:
        """Return the units of a transcript; none of one that is not in the corpus."""
        return self._units.get(transcript, slice(0, 0))

    def units_of_coding(self, coding: Coding) -> NDArray[np.intp]:
        """Return the units that a coding touches."""
        units = self.units_of_transcript(coding.transcript)
        here = (self._corpus.start[units] < coding.end) & (coding.start < self._corpus.end[units])
        return np.asarray(units.start + np.flatnonzero(here))


class _LabelMatrices:
    """Fills matrices of units x codes with what was decided."""

    def __init__(self, study: Study, corpus: Corpus) -> None:
        self._study = study
        self._corpus = corpus
        self._column = {code.id: place for place, code in enumerate(study.codebook.codes)}
        self._sentences = UnitIndex(corpus)

    def fill_matrix(self, coder: str, kind: str) -> Truth:
        """Return whether each cell was coded, finished or rejected by a coder."""
        cells = np.zeros((len(self._corpus), len(self._column)), dtype=bool)
        for units, columns in getattr(self, f"_{kind}")(coder):
            cells[units, columns] = True
        return cells

    def _coded(self, coder: str) -> Iterator[tuple[NDArray[np.intp], int]]:
        for coding in placed_codings(self._study, coder):
            if coding.code in self._column:
                yield self._sentences.units_of_coding(coding), self._column[coding.code]

    def _finished(self, coder: str) -> Iterator[tuple[slice, list[int]]]:
        for transcript, families in finished_families(self._study, coder).items():
            wanted = [column for code, column in self._column.items() if family_of(code) in families]
            yield self._sentences.units_of_transcript(transcript), wanted

    def _rejected(self, coder: str) -> Iterator[tuple[list[int], int]]:
        """Yield units with the words of a rejected suggestion, where the code's entry is still the same."""
        entries = {code.id: (code.entry_hash, *code.former_hashes) for code in self._study.codebook.codes}
        for held in self._study.ledger_state.rejections:
            code = self._study.codebook.current_id(held.code)
            if held.coder == coder and held.entry in entries.get(code, ()):
                units = self._sentences.units_of_transcript(held.transcript)
                words = normalise(held.quote)
                same = [at for at in range(units.start, units.stop) if normalise(self._corpus.texts[at]) == words]
                yield same, self._column[code]


def choose_training_coder(study: Study, wanted: str | None) -> str:
    """Return whose decisions are learnt from."""
    who = wanted or study.settings.coder
    if not who:
        raise OperationError("say whose codings are learnt from: --coder NAME, or 'coder:' in qualcode.yaml")
    return who


def index_units(corpus: Corpus) -> dict[tuple[str, int], int]:
    """Return the unit of each sentence by its transcript and where it starts."""
    names = [corpus.transcripts[place] for place in corpus.transcript.tolist()]
    return {key: unit for unit, key in enumerate(zip(names, corpus.start.tolist(), strict=True))}


def compute_cue_scores(corpus: Corpus, book: Codebook, suggestions: Suggestions) -> Matrix:
    """Return scores of cues, units x codes, from suggestions."""
    column = {code.id: place for place, code in enumerate(book.codes)}
    unit = index_units(corpus)
    scores = np.zeros((len(corpus), len(column)))
    for transcript, start, code, score in zip(
        suggestions.transcript, suggestions.start, suggestions.code, suggestions.score, strict=True
    ):
        if (transcript, start) in unit and code in column:
            place = unit[transcript, start], column[code]
            scores[place] = max(scores[place], score)
    return scores
