"""Costs of whole processes, compared in alternating rounds; CPU seconds are user plus system time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Run:
    """The cost and the output of one process."""

    cpu: float
    peak_mb: float
    output: str


def process(command: Sequence[str], *, cwd: str | None = None) -> Run:
    """Run a command and return its cost; a failing command stops the benchmark."""
    child = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert child.stdout is not None
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{output}")
    return Run(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


def python(script: str, *arguments: str) -> list[str]:
    """Return the command that runs a Python script in this environment."""
    return [sys.executable, "-c", script, *arguments]


@dataclass(frozen=True)
class Comparison:
    """Rounds of one command and of a baseline."""

    ours: Sequence[Run]
    base: Sequence[Run]

    @property
    def ratio(self) -> float:
        """The median of the rounds' CPU ratios."""
        return median(a.cpu / b.cpu for a, b in zip(self.ours, self.base, strict=True))

    def __str__(self) -> str:
        ours, base = median(run.cpu for run in self.ours), median(run.cpu for run in self.base)
        return (
            f"{self.ratio:.2f}x ({ours:.3f} against {base:.3f} CPU s, peak {max(r.peak_mb for r in self.ours):.0f} MB)"
        )


def compare(ours: Sequence[str], base: Sequence[str], *, rounds: int, cwd: str | None = None) -> Comparison:
    """Run two commands alternately, after a warm-up of each."""
    process(ours, cwd=cwd), process(base, cwd=cwd)
    pairs = [(process(ours, cwd=cwd), process(base, cwd=cwd)) for _ in range(rounds)]
    return Comparison([a for a, _ in pairs], [b for _, b in pairs])
