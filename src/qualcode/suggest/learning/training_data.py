"""Training data: the sentences of a study with one coder's decisions on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from qualcode.anchors import normalise
from qualcode.errors import OperationError, UnknownNameError, name_option
from qualcode.model import Case, Codebook, Coding, SamplingUnit, Transcript, Turn, family_of
from qualcode.study.case_table import group_by_shared_case
from qualcode.study.coder_state import finished_families, placed_codings
from qualcode.study.study import Study
from qualcode.suggest.learning.corpus import Corpus, build_corpus
from qualcode.suggest.learning.learner import LabelledCorpus, Labels
from qualcode.transcripts import find_transcript_cases, join_cases

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from qualcode.suggest.suggestion_table import Suggestions

    Matrix = NDArray[np.float64]
    BoolMatrix = NDArray[np.bool_]
    Indices = NDArray[np.intp]


@dataclass(frozen=True)
class TrainingSet:
    """One coder's decisions on the sentences of a study."""

    labelled_corpus: LabelledCorpus
    coder: str
    groups: tuple[str, ...]
    """Names of the groups that ``labelled_corpus.labels.group`` numbers: transcripts, or cases with several."""

    @property
    def sampling_unit(self) -> SamplingUnit:
        """What a group is: a transcript, or a case where cases have several transcripts."""
        return "cases" if len(self.groups) < len(self.labelled_corpus.corpus.transcripts) else "transcripts"


@dataclass(frozen=True)
class CaseMembership:
    """The cases of transcripts, and the attributes of cases, by name."""

    cases_of: Mapping[str, Sequence[Case]]
    attributes_of: Mapping[str, Mapping[str, str]]

    @classmethod
    def from_study(cls, study: Study, transcripts: Sequence[Transcript]) -> CaseMembership:
        """Return the membership of some transcripts; in a large study, no other transcripts are read for it."""
        if not study.is_large:
            return cls(study.cases_of, study.attributes_of)
        by_id = {transcript.id: transcript for transcript in transcripts}
        own_cases = ((transcript.case, transcript.path) for transcript in transcripts if transcript.case)
        table = study.case_table
        cases, _ = join_cases(
            table.cases_and_problems[0], own_cases, table_path=table.relative_path, transcript_ids=by_id
        )
        members = find_transcript_cases(by_id, cases)
        cases_of = {name: member.cases for name, member in members.items()}
        return cls(cases_of, {case.id: case.attributes for case in cases})


def build_training_set(
    study: Study, *, coder: str, score_cues: Callable[[Corpus], Matrix], transcripts: Sequence[Transcript] | None = None
) -> TrainingSet:
    """Return one coder's decisions on all transcripts of a study, or on some of them.

    ``score_cues`` returns the cue scores of a corpus, units x codes, from 0 to 1.

    Raises
    ------
    UnknownNameError
        If the settings name an attribute that no case has.
    """
    selected = list(study.transcripts.values()) if transcripts is None else transcripts
    membership = CaseMembership.from_study(study, selected)
    describe_case = make_case_describer(study, membership)
    corpus = build_corpus(selected, sentence_rules=study.sentence_rules, describe_case=describe_case)
    cells = _DecidedCells(study, corpus, coder)
    truth, finished, rejected = map(cells.to_mask, (cells.coded(), cells.finished(), cells.rejected()))
    groups, group = group_units(corpus, membership)
    # A coding counts even where the coder had rejected the same words before.
    labels = Labels(truth, truth | finished | rejected, finished, group)
    return TrainingSet(LabelledCorpus(corpus, study.codebook, score_cues(corpus), labels), coder, groups)


def group_units(corpus: Corpus, membership: CaseMembership) -> tuple[tuple[str, ...], Indices]:
    """Return the names of the groups, and the number of each unit's group, shape (units,).

    Transcripts that share a case are one group, since a person repeats themselves.
    """
    # A shared case joins groups transitively: a focus group joins the interviews of all its speakers.
    groups = group_by_shared_case(corpus.transcripts, membership.cases_of)
    number = {name: index for index, group in enumerate(groups) for name in group}
    names = tuple(_group_name(membership, group) for group in groups)
    return names, np.array([number[name] for name in corpus.transcripts], dtype=np.intp)[corpus.transcript]


def _group_name(membership: CaseMembership, transcripts: Sequence[str]) -> str:
    """Return the transcript of a group, or the first case if there are several transcripts."""
    if len(transcripts) == 1:
        return transcripts[0]
    return next((case.id for name in transcripts for case in membership.cases_of[name]), transcripts[0])


def make_case_describer(study: Study, membership: CaseMembership) -> Callable[[Transcript, Turn], str] | None:
    """Return a function that describes the case of a turn by the attributes that the settings name; None for none.

    Raises
    ------
    UnknownNameError
        If the settings name an attribute that no case has.
    """
    allowed = study.settings.training_attributes
    known = dict.fromkeys(name for attributes in membership.attributes_of.values() for name in attributes)
    for name in allowed:
        if name not in known:
            raise UnknownNameError("attribute", name, known)
    if not allowed:
        return None

    def describe(transcript: Transcript, turn: Turn) -> str:
        cases = [turn.case] if turn.case else [case.id for case in membership.cases_of.get(transcript.id, ())]
        # Name and value become one word, so that equal values of two attributes are different features.
        return " ".join(
            f"{name}_{'_'.join(attributes[name].split())}"
            for attributes in (membership.attributes_of.get(case, {}) for case in cases)
            for name in allowed
            if attributes.get(name)
        )

    return describe


class UnitIndex:
    """Finds the units of a corpus by transcript and offset."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        # Units are sorted by transcript.
        starts = np.searchsorted(corpus.transcript, np.arange(len(corpus.transcripts) + 1))
        self._units = {name: slice(*starts[index : index + 2]) for index, name in enumerate(corpus.transcripts)}

    def units_of_transcript(self, transcript: str) -> slice:
        """Return the units of a transcript; an empty slice if it is not in the corpus."""
        return self._units.get(transcript, slice(0, 0))

    def units_of_coding(self, coding: Coding) -> Indices:
        """Return the indices of the units that overlap a coding, shape (n,)."""
        units = self.units_of_transcript(coding.transcript)
        overlaps = (self._corpus.start[units] < coding.end) & (coding.start < self._corpus.end[units])
        return np.asarray(units.start + np.flatnonzero(overlaps))


class _DecidedCells:
    """One coder's decisions as cells: units with a code's column or columns."""

    def __init__(self, study: Study, corpus: Corpus, coder: str) -> None:
        self._study = study
        self._corpus = corpus
        self._coder = coder
        self._column = {code.id: column for column, code in enumerate(study.codebook.codes)}
        self._units = UnitIndex(corpus)

    def to_mask(self, cells: Iterable[tuple[Any, Any]]) -> BoolMatrix:
        """Return cells as a mask, units x codes."""
        mask = np.zeros((len(self._corpus), len(self._column)), dtype=bool)
        for units, columns in cells:
            mask[units, columns] = True
        return mask

    def coded(self) -> Iterator[tuple[Indices, int]]:
        for coding in placed_codings(self._study, self._coder):
            # The ledger may have codings of codes that the codebook no longer has.
            if coding.code in self._column:
                yield self._units.units_of_coding(coding), self._column[coding.code]

    def finished(self) -> Iterator[tuple[slice, list[int]]]:
        for transcript, families in finished_families(self._study, self._coder).items():
            columns = [column for code, column in self._column.items() if family_of(code) in families]
            yield self._units.units_of_transcript(transcript), columns

    def rejected(self) -> Iterator[tuple[list[int], int]]:
        """Yield the units with the words of a rejected suggestion, if the code's entry is unchanged since."""
        # The entry's hash includes the code's id; with the former hashes, a rejection remains after a renaming.
        entries = {code.id: (code.entry_hash, *code.former_hashes) for code in self._study.codebook.codes}
        for rejection in self._study.ledger_state.rejections:
            code = self._study.codebook.current_id(rejection.code)
            if rejection.coder == self._coder and rejection.entry in entries.get(code, ()):
                units = self._units.units_of_transcript(rejection.transcript)
                quote = normalise(rejection.quote)
                # By words, not by place: the text may have been edited since, and what was rejected are these words.
                same = [unit for unit in range(units.start, units.stop) if normalise(self._corpus.texts[unit]) == quote]
                yield same, self._column[code]


def choose_training_coder(study: Study, coder: str | None) -> str:
    """Return ``coder``, or the study's coder if none is named.

    Raises
    ------
    OperationError
        If the study has no coder either.
    """
    name = coder or study.settings.coder
    if not name:
        raise OperationError(
            f"no coder to train on: use {name_option('coder', 'NAME')}, or set 'coder:' in qualcode.yaml"
        )
    return name


def index_units(corpus: Corpus) -> dict[tuple[str, int], int]:
    """Return the index of each unit by its transcript and start offset."""
    names = [corpus.transcripts[index] for index in corpus.transcript.tolist()]
    return {key: unit for unit, key in enumerate(zip(names, corpus.start.tolist(), strict=True))}


def compute_cue_scores(corpus: Corpus, book: Codebook, suggestions: Suggestions) -> Matrix:
    """Return the highest score of a cue suggestion for each unit and code, units x codes; 0 where there is none."""
    column = {code.id: index for index, code in enumerate(book.codes)}
    unit = index_units(corpus)
    scores = np.zeros((len(corpus), len(column)))
    for transcript, start, code, score in zip(
        suggestions.transcript, suggestions.start, suggestions.code, suggestions.score, strict=True
    ):
        # The table of suggestions has the whole study, the corpus perhaps only a batch.
        if (transcript, start) in unit and code in column:
            cell = unit[transcript, start], column[code]
            scores[cell] = max(scores[cell], score)
    return scores
