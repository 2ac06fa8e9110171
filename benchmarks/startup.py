"""Start-up: ``qualcode --help`` and ``check`` against ``import click``, and what they import."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks.measuring import compare, process, python

HEAVY = ("spacy", "pandas", "networkx", "openpyxl", "scipy", "sklearn", "numpy", "matplotlib", "pyarrow")
_LIST_HEAVY_IMPORTS = """
import sys
from qualcode.cli import run
code = run(sys.argv[1:])
print("HEAVY", *[name for name in {heavy!r} if name in sys.modules])
sys.exit(code)
"""


def run() -> Iterator[str]:
    """Yield a line for each command."""
    base = python("import click")
    for arguments in (["--help"], ["themes", "--help"], ["check"]):
        command = [sys.executable, "-m", "qualcode", *arguments]
        heavy = process(python(_LIST_HEAVY_IMPORTS.format(heavy=HEAVY), *arguments)).output.rpartition("HEAVY")[2]
        yield (
            f"qualcode {' '.join(arguments)}: {compare(command, base, rounds=11)} of python -c 'import click'; "
            f"heavy imports: {heavy.strip() or 'none'}"
        )
