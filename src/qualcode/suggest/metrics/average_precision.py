"""Average precision: how well scores rank coded cells above uncoded ones, independent of a threshold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qualcode.suggest.metrics.array_types import Flags, Floats
from qualcode.suggest.metrics.code_pools import Pool
from qualcode.suggest.metrics.predictions import Predictions


def average_precision(truth: Flags, score: Floats) -> float:
    """Return the mean, over the codings, of the precision among all cells that score at least as high.

    The area under the steps of precision over recall, not interpolated. Cells with the same score are counted
    together.

    Parameters
    ----------
    truth, score
        Of each evaluated cell, shape (cells,).

    Returns
    -------
    float
        From the share of codings among the cells (all scores equal) to 1 (all codings first); NaN without a coding.

    References
    ----------
    Manning, C. D., Raghavan, P., Schütze, H. (2008). Introduction to information retrieval, 8.4. The same as
    scikit-learn's `average_precision_score`.

    Examples
    --------
    The two codings rank first and third: (1 / 1 + 2 / 3) / 2.

    >>> average_precision(np.array([True, False, True, False]), np.array([0.9, 0.8, 0.5, 0.1]))
    0.8333333333333333
    """
    coded_scores, all_scores = np.sort(score[truth]), np.sort(score)
    if not len(coded_scores):
        return float("nan")
    # Side 'left', the default, includes equal scores, so that the order of units makes no difference.
    coded_above = len(coded_scores) - np.searchsorted(coded_scores, coded_scores)
    all_above = len(all_scores) - np.searchsorted(all_scores, coded_scores)
    return float(np.mean(coded_above / all_above))


def average_precision_by_pool(predictions: Predictions, pools: Sequence[Pool]) -> Floats:
    """Return the average precision of each pool: over all its cells, or for a mean, over the codes that occur.

    Returns
    -------
    ndarray of float, shape (pools,)
        NaN where nothing was coded. A pool of several codes compares scores of different codes, which is fair only
        if they are calibrated (see `calibration`).

    Examples
    --------
    Alone each code has its coding first; pooled, the second code's other cell ranks before the first one's coding:
    (1 / 1 + 2 / 3) / 2.

    >>> from qualcode.suggest.metrics.code_pools import list_pools
    >>> truth, score = np.array([[1, 1], [0, 0]], dtype=bool), np.array([[0.3, 0.9], [0.1, 0.5]])
    >>> predictions = Predictions(("f/a", "f/b"), ("S",), np.array([0, 0]), truth, truth | True, score, score > 0.4)
    >>> average_precision_by_pool(predictions, list_pools(predictions.codes)).round(4).tolist()
    [1.0, 1.0, 0.8333, 0.8333, 1.0]
    """
    by_code = np.array([_pooled_average_precision(predictions, (column,)) for column in range(len(predictions.codes))])
    return np.array(
        [
            _mean_defined(by_code) if pool.level == "mean" else _pooled_average_precision(predictions, pool.columns)
            for pool in pools
        ]
    )


def _pooled_average_precision(predictions: Predictions, columns: Sequence[int]) -> float:
    selected = list(columns)
    evaluated = predictions.evaluated[:, selected]
    return average_precision(predictions.truth[:, selected][evaluated], predictions.score[:, selected][evaluated])


def _mean_defined(values: Floats) -> float:
    """Return the mean of the values that are not NaN; NaN if there is none."""
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else float("nan")
