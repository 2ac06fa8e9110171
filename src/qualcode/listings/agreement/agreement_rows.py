"""The table of agreement: one row per code set, group of coders, unit and universe, with the chosen statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import numpy as np

from qualcode.agreement import (
    INDICES,
    STATISTICS,
    Estimate,
    LabelSets,
    RatingPatterns,
    build_patterns,
    compute_statistics,
)
from qualcode.errors import OperationError, check_choice, format_count
from qualcode.incidence import CoderRatings, CodeSet, CodeSetLevel
from qualcode.listings.agreement.coder_comparison import (
    AGREEMENT_UNIVERSES,
    CHARACTER,
    AgreementUniverse,
    Comparison,
    compare_coders,
    explain_empty_universe,
    find_trainer,
    select_compared_coders,
    select_reading_and_coder,
)
from qualcode.listings.agreement.span_agreement import SPAN_STATISTICS, estimate_spans
from qualcode.listings.counted_incidences import select_code_sets, select_levels
from qualcode.model import Unit
from qualcode.statistics import Resampling
from qualcode.study.selection import Names, select_code_ids, select_transcript_ids, select_unit, to_name_tuple
from qualcode.study.study import Study

AGREEMENT_COLUMNS = "code name level coders unit universe units transcripts coded".split()
"""The columns before those of the statistics: each has its value and, as NAME_low and NAME_high, its interval."""
DEFAULT_STATISTICS = ("percent", "krippendorff_alpha", "cohen_kappa", "gwet_ac1")
ALL_STATISTICS = STATISTICS | SPAN_STATISTICS
"""Every statistic by its name."""
POOLED = "pooled"
"""Level of the row of all codes together; each code in each unit is one decision there."""
_LEVELS: tuple[CodeSetLevel, ...] = ("code", "family")


@dataclass(frozen=True, slots=True)
class AgreementOptions:
    """What is compared, and how; None means the default."""

    coder: Names | None = None
    unit: Names | None = None
    universe: Names | None = None
    code: Names | None = None
    transcripts: Names | None = None
    level: CodeSetLevel | Sequence[CodeSetLevel] | None = None
    statistic: Names | None = None
    pairs: bool = False
    over_time: bool = False
    """Whether the named earlier reading of a coder is compared with the coder's work of now."""
    resampling: Resampling = field(default_factory=Resampling)

    @property
    def statistics(self) -> tuple[str, ...]:
        """The statistics to compute: the default ones and those that are named."""
        return tuple(dict.fromkeys([*DEFAULT_STATISTICS, *to_name_tuple(self.statistic)]))


@dataclass(frozen=True)
class AgreementResult:
    """Rows of the table of agreement, and the comparisons that they come from."""

    rows: list[dict[str, Any]]
    columns: list[str]
    comparisons: list[Comparison]
    universes: tuple[AgreementUniverse, ...]
    options: AgreementOptions
    families: tuple[str, ...]
    """The families of the compared codes."""
    left_out: tuple[str, ...] = ()
    """Notes on pairs of coders that cannot be compared."""


def measure_agreement(study: Study, options: AgreementOptions) -> AgreementResult:
    """Return the agreement of coders.

    Raises
    ------
    UnknownNameError
        If the study has no such coder, code or transcript.
    UsageError
        If there is no such unit, universe, level or statistic.
    OperationError
        If there are fewer than two coders, or no transcript that all of them have finished.
    """
    for name in to_name_tuple(options.statistic):
        check_choice("statistic", name, ALL_STATISTICS)
    universes = _select_universes(options.universe)
    code_sets = select_options_code_sets(study, options, levels=_LEVELS)
    families = tuple(dict.fromkeys(family for one in code_sets for family in one.families))
    comparisons, left_out = [], []
    groups, transcripts = _select_groups(study, options)
    trainer = find_trainer([coder for group in groups for coder in group])
    for group in groups:
        try:
            found = _compare(study, options, group, transcripts, trainer=trainer)
            if "asked" not in universes and not any(found[0].count_transcripts(families, "done")):
                raise OperationError(explain_empty_universe(study, found[0]))
        except OperationError as error:
            if not options.pairs:
                raise
            left_out.append(f"{' and '.join(group)}: {error}")
            continue
        comparisons += found
    if not comparisons:
        raise OperationError("\n".join(left_out))
    rows = [
        _make_row(comparison, code_set, universe, options)
        for code_set in [*code_sets, *_pool(study, options)]
        for comparison in comparisons
        for universe in universes
    ]
    return AgreementResult(rows, _columns(options), comparisons, universes, options, families, tuple(left_out))


def select_options_code_sets(
    study: Study, options: AgreementOptions, *, levels: Sequence[CodeSetLevel]
) -> list[CodeSet]:
    """Return the code sets that options select, of some levels if they name none."""
    code_ids = select_code_ids(study.codebook, options.code)
    return select_code_sets(study.codebook, levels=select_levels(options.level) or levels, code_ids=code_ids)


def compare_for_options(study: Study, options: AgreementOptions) -> list[Comparison]:
    """Return a comparison of all coders at once for each unit that options select; errors as `measure_agreement`."""
    (group,), transcripts = _select_groups(study, replace(options, pairs=False))
    return _compare(study, options, group, transcripts, trainer=find_trainer(group))


def _select_groups(study: Study, options: AgreementOptions) -> tuple[list[tuple[str, ...]], list[str]]:
    """Return the groups of coders to compare (all at once, each pair, or a reading with its coder), and transcripts."""
    transcripts = select_transcript_ids(study, options.transcripts)
    if options.over_time:
        coders, worked_on = select_reading_and_coder(study, options.coder)
        return [tuple(coders)], [name for name in transcripts if name in worked_on]
    coders = select_compared_coders(study, options.coder)
    return list(combinations(coders, 2)) if options.pairs else [tuple(coders)], transcripts


def _compare(
    study: Study, options: AgreementOptions, coders: Sequence[str], transcripts: Sequence[str], *, trainer: str
) -> list[Comparison]:
    """Return a comparison of coders for each unit that options select."""
    return [
        compare_coders(study, coders, trainer=trainer, unit=unit, transcripts=transcripts)
        for unit in _select_units(study, options.unit)
    ]


def _select_universes(given: Names | None) -> tuple[AgreementUniverse, ...]:
    names = to_name_tuple(given) or AGREEMENT_UNIVERSES[:1]
    for name in names:
        check_choice("universe", name, AGREEMENT_UNIVERSES)
    return tuple(name for name in AGREEMENT_UNIVERSES if name in names)


def _select_units(study: Study, given: Names | None) -> list[Unit | None]:
    """Return the units to compare in; None stands for characters."""
    names = [name.strip().lower() for name in to_name_tuple(given) or (str(study.settings.unit),)]
    return [None if name == CHARACTER else select_unit(study, name) for name in dict.fromkeys(names)]


def _pool(study: Study, options: AgreementOptions) -> list[CodeSet]:
    """Return all selected codes together as one set, if there are several codes."""
    code_ids = select_code_ids(study.codebook, options.code)
    codes = study.codebook.expand_codes(code_ids) if code_ids else study.codebook.by_id
    members = tuple(code for code in study.codebook.by_id if code in codes)
    return [CodeSet(POOLED, f"all {len(members):,} codes", "code", members)] if len(members) > 1 else []


def _columns(options: AgreementOptions) -> list[str]:
    values = [f"{name}{suffix}" for name in options.statistics for suffix in ("", "_low", "_high")]
    return [*AGREEMENT_COLUMNS, *values, *INDICES, "undefined"]


def _make_row(
    comparison: Comparison, code_set: CodeSet, universe: AgreementUniverse, options: AgreementOptions
) -> dict[str, Any]:
    ratings = _rate(comparison, code_set, universe)
    estimates = _estimate_all(comparison, code_set, ratings, universe, options)
    indices = compute_statistics(INDICES, build_rating_patterns(comparison, ratings))
    return {
        "code": code_set.id,
        "name": code_set.name,
        "level": POOLED if code_set.id == POOLED else code_set.level,
        "coders": ", ".join(comparison.coders),
        "unit": comparison.unit_name,
        "universe": universe,
        "units": int(ratings.length.sum()),
        "transcripts": len(np.unique(ratings.transcript)),
        "coded": _describe_coded(comparison, ratings),
        **_interval_columns(estimates),
        **{name: one.value for name, one in indices.items()},
        "undefined": _describe_undefined(estimates),
    }


def _rate(comparison: Comparison, code_set: CodeSet, universe: AgreementUniverse) -> CoderRatings:
    """Return the ratings of a code set; of all codes together, those of each code one after another."""
    if code_set.id != POOLED:
        return comparison.rate(code_set, universe)
    # Codes by themselves: with the codes below it, one coding would be several decisions.
    parts = [comparison.rate(replace(code_set, id=code, members=(code,)), universe) for code in code_set.members]
    return CoderRatings(*(np.concatenate([getattr(one, name) for one in parts]) for name in CoderRatings.__slots__))


def _estimate_all(
    comparison: Comparison,
    code_set: CodeSet,
    ratings: CoderRatings,
    universe: AgreementUniverse,
    options: AgreementOptions,
) -> dict[str, Estimate]:
    """Return the statistics in their order: those of one value a unit, of sets of codes, and of spans."""
    of_spans = [name for name in options.statistics if name in SPAN_STATISTICS]
    of_sets = [name for name in options.statistics if ALL_STATISTICS[name].distance]
    nominal = [name for name in options.statistics if name not in {*of_spans, *of_sets}]
    patterns = build_rating_patterns(comparison, ratings)
    estimates = compute_statistics(nominal, patterns, resampling=options.resampling)
    if of_sets:
        sets: LabelSets | None = None
        if comparison.unit and len(code_set.members) > 1:
            set_ratings, sets = comparison.rate_sets(code_set, universe)
            patterns = build_rating_patterns(comparison, set_ratings, n_values=len(sets))
        estimates |= compute_statistics(of_sets, patterns, sets=sets, resampling=options.resampling)
    if of_spans:
        estimates |= estimate_spans(comparison, code_set, universe, of_spans, resampling=options.resampling)
    return {name: estimates[name] for name in options.statistics}


def build_rating_patterns(comparison: Comparison, ratings: CoderRatings, *, n_values: int = 2) -> RatingPatterns:
    """Return ratings as patterns by case or transcript, which the bootstrap draws."""
    return build_patterns(
        ratings.values,
        groups=comparison.group[ratings.transcript],
        lengths=ratings.length,
        n_values=n_values,
        n_groups=int(comparison.group.max()) + 1,
    )


def _describe_coded(comparison: Comparison, ratings: CoderRatings) -> str:
    """Return how many units each coder has coded."""
    counts = ((ratings.values == 1) * ratings.length[:, None]).sum(axis=0)
    return "; ".join(f"{coder}: {count:,}" for coder, count in zip(comparison.coders, counts, strict=True))


def _interval_columns(estimates: Mapping[str, Estimate]) -> dict[str, float | None]:
    columns: dict[str, float | None] = {}
    for name, one in estimates.items():
        columns |= {name: one.value, f"{name}_low": one.low, f"{name}_high": one.high}
    return columns


def _describe_undefined(estimates: Mapping[str, Estimate]) -> str:
    """Return why statistics or their intervals have no value."""
    names_by_reason: dict[str, list[str]] = {}
    for name, one in estimates.items():
        reason = one.reason or (one.interval_reason and f"no interval: {one.interval_reason}")
        if not reason and one.undefined_replicates:
            reason = f"interval without {format_count(one.undefined_replicates, 'replicate')} in which it is undefined"
        if reason:
            names_by_reason.setdefault(reason, []).append(name)
    return "; ".join(f"{', '.join(names)}: {reason}" for reason, names in names_by_reason.items())
