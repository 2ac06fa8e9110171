"""Intervals, permutations and curves on arrays, each against the same computed replicate by replicate."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks.measuring import process, python

ROUNDS = 3
_COUNTS = """
import time
import numpy as np
generator = np.random.default_rng(1)
codings = generator.poisson(2.0, (1_000, 30)).astype(float)
words = generator.integers(500, 2_000, 1_000)
"""
_BOOTSTRAP = (
    _COUNTS
    + """
from qualcode.statistics import Resampling, ratio_interval
began = time.process_time()
low, high = ratio_interval(codings, words, Resampling(2_000))
print(time.process_time() - began, float(low[0]), float(high[0]))
"""
)
_BOOTSTRAP_BASE = (
    _COUNTS
    + """
began = time.process_time()
replicates = []
for _ in range(2_000):
    drawn = generator.integers(0, 1_000, 1_000)
    replicates.append(codings[drawn].sum(axis=0) / words[drawn].sum())
low, high = np.quantile(replicates, [0.025, 0.975], axis=0)
print(time.process_time() - began, float(low[0]), float(high[0]))
"""
)
_UNITS = """
import time
import numpy as np
generator = np.random.default_rng(1)
occurs = generator.random((1_800, 30)) < 0.06
group = np.sort(generator.integers(0, 51, 1_800))
"""
_SEQUENCES = (
    _UNITS
    + """
from qualcode.statistics import count_transitions
began = time.process_time()
found = count_transitions(occurs, group, permutations=1_000)
print(time.process_time() - began, int(found.count.sum()))
"""
)
_SEQUENCES_BASE = (
    _UNITS
    + """
began = time.process_time()
places = [np.flatnonzero(group == one) for one in np.unique(group)]
for _ in range(20):
    counts = np.zeros((30, 30), dtype=int)
    for place in places:
        order = generator.permutation(place)
        for first, second in zip(order, order[1:]):
            counts[np.ix_(np.flatnonzero(occurs[first]), np.flatnonzero(occurs[second]))] += 1
print(50 * (time.process_time() - began), int(counts.sum()))
"""
)
_PRESENT = """
import time
import numpy as np
generator = np.random.default_rng(1)
present = generator.random((1_000, 30)) < generator.random(30) ** 3
"""
_SATURATION = (
    _PRESENT
    + """
from qualcode.statistics import draw_new_codes
began = time.process_time()
drawn = draw_new_codes(present, orders=1_000)
print(time.process_time() - began, int(drawn.sum()))
"""
)
_SATURATION_BASE = (
    _PRESENT
    + """
began = time.process_time()
total = 0
for _ in range(1_000):
    seen = np.logical_or.accumulate(present[generator.permutation(1_000)], axis=0)
    total += int(np.diff(seen.sum(axis=1), prepend=0).sum())
print(time.process_time() - began, total)
"""
)
_COMPARISONS = (
    ("interval of 30 rates, 2,000 replicates over 1,000 cases", _BOOTSTRAP, _BOOTSTRAP_BASE, "a loop over replicates"),
    ("sequences, 1,000 orders of 51 transcripts, 30 codes", _SEQUENCES, _SEQUENCES_BASE, "a loop over turns (x 50)"),
    ("saturation, 1,000 orders of 1,000 transcripts", _SATURATION, _SATURATION_BASE, "a loop over orders"),
)


def run() -> Iterator[str]:
    """Yield one line for each: CPU seconds and the ratio to the baseline."""
    for name, ours, base, label in _COMPARISONS:
        seconds, base_seconds = (median(_seconds(script) for _ in range(ROUNDS)) for script in (ours, base))
        yield f"{name}: {seconds:.3f} s of CPU, {seconds / base_seconds:.3f} of {label} ({base_seconds:.2f} s)"


def _seconds(script: str) -> float:
    """Return the CPU seconds that a script prints first."""
    return float(process(python(script)).output.split()[0])
