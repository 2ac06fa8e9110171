"""Entry point of ``python -m qualcode`` and of the ``qualcode`` command."""

from __future__ import annotations

import io
import sys

from qualcode.cli import run


def main() -> None:
    """Run the command line and exit with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not stream.isatty():
            stream.reconfigure(encoding="utf-8")  # whatever the system's code page
    sys.exit(run())


if __name__ == "__main__":
    main()
