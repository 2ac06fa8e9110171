"""Agreement on where coded spans begin and end: unitizing alpha and matched spans of the compared coders."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from qualcode.agreement import (
    Estimate,
    Spans,
    Statistic,
    compute_span_statistics,
    make_spans,
    sum_matches,
    unitizing_alpha,
    unitizing_alpha_2004,
)
from qualcode.incidence import CodeSet, Incidence
from qualcode.incidence.code_sets import member_columns
from qualcode.incidence.universe import Flags, Ints
from qualcode.listings.agreement.coder_comparison import AgreementUniverse, Comparison
from qualcode.statistics import Resampling

_KRIPPENDORFF_2016 = "Krippendorff, Mathet, Bouvry and Widlöcher 2016"
SPAN_STATISTICS = {
    one.name: one
    for one in (
        Statistic(
            "u_alpha_2004",
            "Krippendorff's unitizing alpha (2004)",
            None,
            "where spans begin and end; each code is compared on its own",
            "Krippendorff 2004",
        ),
        Statistic(
            "u_alpha_2016",
            "Krippendorff's unitizing alpha (2016)",
            None,
            "which code each character has; spans of one coder must not overlap",
            _KRIPPENDORFF_2016,
        ),
        Statistic(
            "binary_u_alpha_2016",
            "Krippendorff's binary unitizing alpha (2016)",
            None,
            "which characters are coded, whatever the code",
            _KRIPPENDORFF_2016,
        ),
        Statistic(
            "cu_alpha_2016",
            "Krippendorff's coding alpha (2016)",
            None,
            "which code characters have that two coders have coded",
            _KRIPPENDORFF_2016,
        ),
        Statistic(
            "span_agreement",
            "Share of spans with a match",
            None,
            "spans of one coder that overlap one of the other with the same code, one to one",
            "Hripcsak and Rothschild 2005",
        ),
        Statistic(
            "mean_overlap",
            "Mean overlap of matched spans",
            None,
            "common characters over those of either",
            "Jaccard 1912",
        ),
        Statistic(
            "other_code_share",
            "Share of spans with another code",
            None,
            "spans at whose place the other coder has another code instead",
            "Hripcsak and Rothschild 2005",
        ),
    )
}
"""Statistics of spans, which are computed by character over all text of finished transcripts."""

_ALPHAS: dict[str, str] = {"u_alpha_2016": "u", "binary_u_alpha_2016": "binary_u", "cu_alpha_2016": "cu"}
NEEDS_CHARACTERS = "compares spans: needs unit character"
NEEDS_DONE = "compares all text: needs universe done"


def estimate_spans(
    comparison: Comparison,
    code_set: CodeSet,
    universe: AgreementUniverse,
    names: Sequence[str],
    *,
    resampling: Resampling | None,
) -> dict[str, Estimate]:
    """Return statistics of spans of a code set, over the transcripts that all of the coders have finished."""
    if comparison.unit is not None or universe != "done":
        reason = NEEDS_CHARACTERS if comparison.unit is not None else NEEDS_DONE
        return {name: Estimate(None, reason) for name in names}
    read = comparison.is_finished(code_set)
    columns = member_columns(code_set, comparison.incidences[0].codes)
    every = [_participants_spans(one, read, None) for one in comparison.incidences]
    selected = [_participants_spans(one, read, columns) for one in comparison.incidences]
    lengths = _text_lengths(comparison.incidences[0], read)
    groups = np.unique(comparison.group[read], return_inverse=True)[1].reshape(-1)
    matches = compute_span_statistics(sum_matches(every, lengths, codes=columns, groups=groups), resampling=resampling)
    estimates: dict[str, Callable[[], Estimate]] = {
        "u_alpha_2004": lambda: unitizing_alpha_2004(selected, lengths, groups=groups, resampling=resampling)
    }
    for name, coefficient in _ALPHAS.items():
        estimates[name] = lambda coefficient=coefficient: unitizing_alpha(  # type: ignore[misc]
            selected, lengths, coefficient=coefficient, groups=groups, resampling=resampling
        )
    return {name: matches[name] if name in matches else estimates[name]() for name in names}


def _participants_spans(incidence: Incidence, read: Flags, columns: Sequence[int] | None) -> Spans:
    """Return a coder's codings in some transcripts as spans of what participants say there, without the rest."""
    number = np.cumsum(read) - 1
    chosen = read[incidence.coding_transcript]
    if columns is not None:
        chosen &= np.isin(incidence.coding_code, columns)
    transcript = incidence.coding_transcript[chosen]
    start, end = (
        _participants_offset(incidence, values[chosen], transcript)
        for values in (incidence.coding_start, incidence.coding_end)
    )
    rows = zip(
        number[transcript].tolist(), start.tolist(), end.tolist(), incidence.coding_code[chosen].tolist(), strict=True
    )
    return make_spans(rows)


def _participants_offset(incidence: Incidence, position: Ints, transcript: Ints) -> Ints:
    """Return how many characters of participants there are in a transcript before a position."""
    return _count_before(incidence, position) - _count_before(
        incidence, incidence.universe.transcript_offset[transcript]
    )


def _count_before(incidence: Incidence, position: Ints) -> Ints:
    """Return how many characters of participants there are before a position in the concatenated text."""
    universe = incidence.universe
    length = universe.turn_end - universe.turn_start
    before = np.concatenate([np.zeros(1, np.int64), np.cumsum(length)])
    turn = np.searchsorted(universe.turn_start, position, "right")  # turns that begin at or before it
    inside = np.minimum(position - np.append(universe.turn_start, 0)[turn - 1], np.append(length, 0)[turn - 1])
    counted: Ints = np.where(turn > 0, before[turn - 1] + inside, 0)
    return counted


def _text_lengths(incidence: Incidence, read: Flags) -> Ints:
    """Return the number of participants' characters of each transcript that is read, shape (texts,)."""
    universe = incidence.universe
    transcript = universe.part_transcript[universe.turn_part]
    length = np.bincount(transcript, universe.turn_end - universe.turn_start, minlength=len(universe.transcripts))
    return length[read].astype(np.int64)
