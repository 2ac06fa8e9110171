"""Metrics of suggestions: counts, precision and recall, calibration, work saved, intervals, and verdicts."""

from qualcode.suggest.metrics.average_precision import average_precision, average_precision_by_pool
from qualcode.suggest.metrics.bootstrap import (
    Difference,
    Interval,
    Resampling,
    compute_differences,
    compute_intervals,
    draw_weights,
    percentile_interval,
    resample_counts,
)
from qualcode.suggest.metrics.calibration import (
    CELL_SELECTIONS,
    Bin,
    Calibration,
    CellSelection,
    calibration_rows,
    compute_calibration,
)
from qualcode.suggest.metrics.code_pools import Pool, list_pools
from qualcode.suggest.metrics.code_quality import Quality, Ratio, compute_quality
from qualcode.suggest.metrics.metric_rows import difference_rows, evaluation_rows, learning_curve_rows, quality_rows
from qualcode.suggest.metrics.precision_recall import Measure, PredictionCounts, measure_pools
from qualcode.suggest.metrics.predictions import (
    DifferentUnits,
    Predictions,
    ShapeMismatch,
    check_same_units,
    compare_coders,
)
from qualcode.suggest.metrics.verdicts import Advice, CodeVerdict, VerdictRule, decide_verdict
from qualcode.suggest.metrics.work_saved import WorkSaved, compute_work_saved

__all__ = [
    "CELL_SELECTIONS",
    "Advice",
    "Bin",
    "Calibration",
    "CellSelection",
    "CodeVerdict",
    "Difference",
    "DifferentUnits",
    "Interval",
    "Measure",
    "Pool",
    "PredictionCounts",
    "Predictions",
    "Quality",
    "Ratio",
    "Resampling",
    "ShapeMismatch",
    "VerdictRule",
    "WorkSaved",
    "average_precision",
    "average_precision_by_pool",
    "calibration_rows",
    "check_same_units",
    "compare_coders",
    "compute_calibration",
    "compute_differences",
    "compute_intervals",
    "compute_quality",
    "compute_work_saved",
    "decide_verdict",
    "difference_rows",
    "draw_weights",
    "evaluation_rows",
    "learning_curve_rows",
    "list_pools",
    "measure_pools",
    "percentile_interval",
    "quality_rows",
    "resample_counts",
]
