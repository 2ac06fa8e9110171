"""Runs all benchmarks and prints ratios against a baseline of the same run: ``python -m benchmarks [name ...]``."""

from __future__ import annotations

import sys

from benchmarks import counting, startup, suggesting, workbook

ALL = {"startup": startup.run, "suggest": suggesting.run, "count": counting.run, "workbook": workbook.run}


def main() -> None:
    """Run the benchmarks named on the command line, or all."""
    wanted = sys.argv[1:] or list(ALL)
    unknown = [name for name in wanted if name not in ALL]
    if unknown:
        sys.exit(f"no benchmark {', '.join(unknown)}; there are {', '.join(ALL)}")
    for name in wanted:
        print(f"\n{name}")
        for line in ALL[name]():
            print(f"  {line}")


if __name__ == "__main__":
    main()
