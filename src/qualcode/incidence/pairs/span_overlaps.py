"""Pairs of coded passages that overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from qualcode.incidence.case_groups import coding_mask, cumulative_count, make_mask, transcript_mask
from qualcode.incidence.code_sets import CodeSet
from qualcode.incidence.matrix import Incidence, membership_matrix
from qualcode.incidence.pairs.unit_occurrences import ask_matrix
from qualcode.incidence.universe import Flags, Ints


def count_overlaps(
    incidence: Incidence, code_sets: Sequence[CodeSet], group: Flags
) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints, Ints]:
    """Count overlaps of coded passages, in the transcripts of a group in which the coder was asked about both sets.

    A passage is a span with a coding of any member; one that several members code is one passage. Two passages
    overlap if they share a code point.

    Returns
    -------
    tuple of ndarrays of int
        The fields of a `Cooccurrence` in their order: pairs of a passage of ``a`` and one of ``b`` that overlap;
        passages of ``a``; passages of any code; passages by transcript of each set, and of any code; passages of
        ``a`` that overlap any of ``b``; passages of both.
    """
    asked = ask_matrix(incidence, code_sets) & transcript_mask(incidence.universe, group)
    spans = _list_passages(incidence, group)
    passages = _mark_passages(incidence, code_sets, asked, spans)
    shape = (asked.shape[1], len(spans.start))
    ones = np.ones(len(spans.start), dtype=np.int64)
    by_transcript = sparse.csr_array((ones, (spans.transcript, np.arange(len(ones)))), shape=shape)
    is_asked = asked.astype(np.int64)
    code_passages, any_passages = (by_transcript @ passages).toarray(), by_transcript.sum(axis=1)
    pairs, near = _count_near(spans, passages)
    return (
        pairs,
        code_passages.T @ is_asked.T,
        (is_asked * any_passages) @ is_asked.T,
        code_passages,
        any_passages,
        near,
        (passages.T @ passages).toarray(),
    )


@dataclass(frozen=True, slots=True)
class _Passages:
    """Distinct spans with a coding, ordered by start; ``coding`` and ``passage`` tell which codings each has."""

    transcript: Ints
    start: Ints
    end: Ints
    coding: Ints
    passage: Ints


def _list_passages(incidence: Incidence, group: Flags) -> _Passages:
    coding = np.flatnonzero(coding_mask(incidence, group))
    spans = np.stack([incidence.coding_start[coding], incidence.coding_end[coding]], axis=1)
    distinct, first, passage = np.unique(spans, axis=0, return_index=True, return_inverse=True)
    transcript = incidence.coding_transcript[coding][first]
    return _Passages(transcript, distinct[:, 0], distinct[:, 1], coding, passage.reshape(-1))


def _mark_passages(incidence: Incidence, code_sets: Sequence[CodeSet], asked: Flags, spans: _Passages) -> Any:
    """Return passages x code sets, as 0 and 1, where the coder was asked about the set."""
    shape = (len(spans.start), len(incidence.codes))
    ones = np.ones(len(spans.coding), dtype=np.int64)
    coded = sparse.csr_array((ones, (spans.passage, incidence.coding_code[spans.coding])), shape=shape)
    marked = (coded @ membership_matrix(incidence.codes, code_sets)).tocoo()
    passage, code_set = marked.coords
    kept = asked[code_set, spans.transcript[passage]]
    ones = np.ones(int(kept.sum()), dtype=np.int64)
    return sparse.csr_array((ones, (passage[kept], code_set[kept])), shape=marked.shape)


def _count_near(spans: _Passages, passages: Any) -> tuple[Ints, Ints]:
    """Return overlapping pairs of passages, and passages of the first set that overlap any of the second."""
    by_end = np.argsort(spans.end, kind="stable")
    # A passage overlaps those that begin before its end, without those that end before its start.
    begun = np.searchsorted(spans.start, spans.end, "left")
    ended = np.searchsorted(spans.end[by_end], spans.start, "right")
    size = passages.shape[1]
    pairs, near = np.zeros((size, size), dtype=np.int64), np.zeros((size, size), dtype=np.int64)
    columns, by_set = passages.tocsc(), passages.T.tocsr()
    for second in range(size):
        flags = make_mask(columns.indices[columns.indptr[second] : columns.indptr[second + 1]], len(spans.start))
        overlapping = cumulative_count(flags)[begun] - cumulative_count(flags[by_end])[ended]
        pairs[:, second] = by_set @ overlapping
        near[:, second] = by_set @ (overlapping > 0).astype(np.int64)
    return pairs, near
