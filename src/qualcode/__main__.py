"""Entry point of ``python -m qualcode`` and of the ``qualcode`` command."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path


def main() -> None:
    """Run the command line and exit with its exit code."""
    _forget_working_folder()
    from qualcode.cli import run

    for stream, errors in ((sys.stdout, "surrogateescape"), (sys.stderr, "backslashreplace")):
        if isinstance(stream, io.TextIOWrapper) and not stream.isatty():
            # Whatever the system's code page; names that are not UTF-8 keep their bytes.
            stream.reconfigure(encoding="utf-8", errors=errors)
    sys.exit(run())


def _forget_working_folder() -> None:
    """Keep Python from importing modules out of the folder that the command runs in, as it does after ``-m``.

    A study could have a file ``pandas.py``. The folder stays if it holds this package.
    """
    folder = sys.path[0] if sys.path else ""
    if folder in {"", os.getcwd()} and not Path(__file__).is_relative_to(Path(folder).resolve()):
        del sys.path[:1]


if __name__ == "__main__":
    main()
