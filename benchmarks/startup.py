"""Start-up: ``qualcode --help`` and ``check`` against ``import click``, and what they import."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from benchmarks.measuring import compare, process, python

HEAVY = ("spacy", "pandas", "networkx", "openpyxl", "scipy", "sklearn", "numpy", "matplotlib", "pyarrow")
_IMPORTED = """
import sys
from qualcode.cli import run
code = run(sys.argv[1:])
print("HEAVY", *[name for name in {heavy!r} if name in sys.modules])
sys.exit(code)
"""


def run() -> Iterator[str]:
    """Yield a line a command."""
    base = python("import click")
    for arguments in (["--help"], ["themes", "--help"], ["check"]):
        found = compare([sys.executable, "-m", "qualcode", *arguments], base, rounds=11)
        heavy = process(python(_IMPORTED.format(heavy=HEAVY), *arguments)).output.rpartition("HEAVY")[2].strip()
        yield f"qualcode {' '.join(arguments)}: {found} of python -c 'import click'; heavy imports: {heavy or 'none'}"
