"""Runs all benchmarks and prints ratios against a baseline of the same run: ``python -m benchmarks [name ...]``."""

from __future__ import annotations

import subprocess
import sys

from benchmarks import (
    agreement,
    answers,
    attacks,
    counting,
    deciding,
    intake,
    keyboard,
    keyboard_losses,
    keyboard_presses,
    learning,
    pairs,
    quality,
    reading_back,
    review,
    small_studies,
    startup,
    suggesting,
    uncertainty,
    updating,
    workbook,
)

ALL = {
    "startup": startup.run,
    "suggest": suggesting.run,
    "count": counting.run,
    "pairs": pairs.run,
    "workbook": workbook.run,
    "reading-back": reading_back.run,
    "review": review.run,
    "keyboard": keyboard.run,
    "keyboard-losses": keyboard_losses.run,
    "keyboard-presses": keyboard_presses.run,
    "intake": intake.run,
    "answers": answers.run,
    "learning": learning.run,
    "update": updating.run,
    "decide": deciding.run,
    "quality": quality.run,
    "small-studies": small_studies.run,
    "attacks": attacks.run,
    "agreement": agreement.run,
    "uncertainty": uncertainty.run,
}


def main() -> None:
    """Run the benchmarks named on the command line, or all."""
    names = sys.argv[1:] or list(ALL)
    unknown = [name for name in names if name not in ALL]
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are {', '.join(ALL)}")
    if len(names) > 1:  # each in a process of its own: a child's peak memory is never below its parent's
        for name in names:
            subprocess.run([sys.executable, "-m", "benchmarks", name], check=True)
        return
    print(f"\n{names[0]}")
    for line in ALL[names[0]]():
        print(f"  {line}", flush=True)


if __name__ == "__main__":
    main()
