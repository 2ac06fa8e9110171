"""Krippendorff's alpha and its interval against the package `krippendorff`, and alpha of many sets of codes.

The package is GPL-licensed and never a dependency: install it in an environment of its own and name its interpreter,
``KRIPPENDORFF_PYTHON=/path/to/python``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from statistics import median

from benchmarks.measuring import Run, process, python

ROUNDS = 3
_RATINGS = """
import time
import numpy as np
generator = np.random.default_rng(1)
truth = generator.integers(0, 30, 100_000)
ratings = np.where(generator.random((100_000, 5)) < .2, generator.integers(0, 30, (100_000, 5)), truth[:, None])
ratings[generator.random((100_000, 5)) < .1] = -1
"""
_PEER_RATINGS = (
    _RATINGS
    + """
import krippendorff
data = np.where(ratings < 0, np.nan, ratings).T
began = time.process_time()
alpha = krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")
print(time.process_time() - began, alpha)
"""
)
_PEER_COUNTS = (
    _RATINGS
    + """
import krippendorff
counts = np.stack([(ratings == value).sum(axis=1) for value in range(30)], axis=1)
began = time.process_time()
alpha = krippendorff.alpha(value_counts=counts, level_of_measurement="nominal")
print(time.process_time() - began, alpha)
"""
)
_ALPHA = (
    _RATINGS
    + """
from qualcode.agreement import build_patterns, compute_statistics
began = time.process_time()
alpha = compute_statistics(["krippendorff_alpha"], build_patterns(ratings))["krippendorff_alpha"].value
print(time.process_time() - began, alpha)
"""
)
_INTERVAL = (
    _RATINGS
    + """
from qualcode.agreement import build_patterns, compute_statistics
from qualcode.statistics import Resampling
began = time.process_time()
patterns = build_patterns(ratings, groups=np.arange(100_000) // 2_000)
alpha = compute_statistics(["krippendorff_alpha"], patterns, resampling=Resampling(2_000))["krippendorff_alpha"].value
print(time.process_time() - began, alpha)
"""
)
_SETS = """
import time
import numpy as np
from qualcode.agreement import LabelSets, build_patterns, compute_statistics, number_sets
from qualcode.statistics import Resampling
generator = np.random.default_rng(1)
truth = generator.random((30_000, 1, 40)) < .15
sets, numbers = number_sets((truth ^ (generator.random((30_000, 3, 40)) < .01)).reshape(-1, 40))
sets, values = LabelSets(sets.members[:10_000]), numbers.reshape(-1, 3) % 10_000
began = time.process_time()
patterns = build_patterns(values, groups=np.arange(30_000) // 600)
alpha = compute_statistics(["alpha_masi"], patterns, sets=sets, resampling=Resampling(2_000))["alpha_masi"].value
print(time.process_time() - began, alpha)
"""


def run() -> Iterator[str]:
    """Yield CPU seconds of the calls alone, without starting Python, and the peak memory of the processes."""
    peer = os.environ.get("KRIPPENDORFF_PYTHON")
    rounds = [_round(peer) for _ in range(ROUNDS)]
    alpha, interval, sets = ([row[position] for row in rounds] for position in range(3))
    yield f"alpha of 100,000 units x 5 coders: {_cost(alpha)}"
    yield f"with 2,000 bootstrap replicates over 50 transcripts: {_cost(interval)}"
    yield f"MASI alpha of 10,000 distinct sets with 2,000 replicates: {_cost(sets)}"
    if not peer:
        yield "not compared: KRIPPENDORFF_PYTHON does not name a Python that has the package krippendorff"
        return
    for name, position in (("ratings", 3), ("counts by value", 4)):
        package = [row[position] for row in rounds]
        yield f"krippendorff.alpha from {name}: {_cost(package)}"
        yield f"  alpha takes 1/{_seconds(package) / _seconds(alpha):.0f} of it"
        yield f"  2,000 replicates take {_seconds(interval) / _seconds(package):.3f} of it"
        difference = max(abs(_values(one)[1] - _values(other)[1]) for one, other in zip(alpha, package, strict=True))
        yield f"  largest difference of alpha: {difference:.1e}"


def _round(peer: str | None) -> list[Run]:
    runs = [process(python(script)) for script in (_ALPHA, _INTERVAL, _SETS)]
    return runs + [process([peer, "-c", script]) for script in (_PEER_RATINGS, _PEER_COUNTS) if peer]


def _values(result: Run) -> list[float]:
    return [float(word) for word in result.output.split()]


def _seconds(runs: list[Run]) -> float:
    return median(_values(row)[0] for row in runs)


def _cost(runs: list[Run]) -> str:
    return f"{_seconds(runs):.3f} CPU s, peak {max(row.peak_mb for row in runs):.0f} MB"
