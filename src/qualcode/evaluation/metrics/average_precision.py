"""Average precision: whether codings stand above other cells, whatever the threshold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from qualcode.evaluation.metrics.array_types import Flags, Floats
from qualcode.evaluation.metrics.code_pools import Pool
from qualcode.evaluation.metrics.predictions import Predictions


def average_precision(truth: Flags, score: Floats) -> float:
    """Return the mean, over the codings, of the precision among all cells that score at least as high.

    The area under the steps of precision over recall, not interpolated. Cells of the same score are taken together.

    Parameters
    ----------
    truth, score
        Of each cell asked, shape (cells,).

    Returns
    -------
    float
        From the share of codings among the cells (all scores alike) to 1 (all codings first); NaN without a coding.

    References
    ----------
    Manning, C. D., Raghavan, P., Schütze, H. (2008). Introduction to information retrieval, 8.4. The same as
    scikit-learn's `average_precision_score`.

    Examples
    --------
    The two codings stand first and third: (1 / 1 + 2 / 3) / 2.

    >>> average_precision(np.array([True, False, True, False]), np.array([0.9, 0.8, 0.5, 0.1]))
    0.8333333333333333
    """
    coded, every = np.sort(score[truth]), np.sort(score)
    if not len(coded):
        return float("nan")
    right = len(coded) - np.searchsorted(coded, coded)
    above = len(every) - np.searchsorted(every, coded)
    return float(np.mean(right / above))


def average_precision_by_pool(judged: Predictions, over: Sequence[Pool]) -> Floats:
    """Return the average precision of each pool: of all its cells laid together, or the mean over codes that occur.

    Returns
    -------
    ndarray of float, shape (pools,)
        NaN where nothing was coded. Laid together, scores of different codes are held against each other, which is
        fair only if they mean the same (see `calibration`).

    Examples
    --------
    Alone each code has its coding first; together the second code's other cell stands before the first one's coding:
    (1 / 1 + 2 / 3) / 2.

    >>> from qualcode.evaluation.metrics.code_pools import pools
    >>> truth, score = np.array([[1, 1], [0, 0]], dtype=bool), np.array([[0.3, 0.9], [0.1, 0.5]])
    >>> judged = Judged(("f/a", "f/b"), ("S",), np.array([0, 0]), truth, truth | True, score, score > 0.4)
    >>> average_precisions(judged, pools(judged.codes)).round(4).tolist()
    [1.0, 1.0, 0.8333, 0.8333, 1.0]
    """
    each = np.array([_pooled_average_precision(judged, (column,)) for column in range(len(judged.codes))])
    return np.array(
        [_mean(each) if pool.level == "mean" else _pooled_average_precision(judged, pool.columns) for pool in over]
    )


def _pooled_average_precision(judged: Predictions, columns: Sequence[int]) -> float:
    picked = list(columns)
    asked = judged.asked[:, picked]
    return average_precision(judged.truth[:, picked][asked], judged.score[:, picked][asked])


def _mean(each: Floats) -> float:
    """Return the mean of what is defined; NaN where nothing is."""
    defined = each[~np.isnan(each)]
    return float(defined.mean()) if len(defined) else float("nan")
