"""Fails where a file of the program, or all of it together, is tested too little.

``make coverage`` runs it after ``pytest --cov``. It reads ``.coverage`` in this folder, or the data file named.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any

LEAST_OF_A_FILE = 75.0
LEAST_OF_ALL = 90.0
SOURCE = Path(__file__).resolve().parents[1] / "src" / "qualcode"


def report(data: Path) -> Mapping[str, Any]:
    """Return what ``coverage json`` says about a data file."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "coverage.json"
        command = [sys.executable, "-m", "coverage", "json", "--quiet", "--fail-under=0", "--data-file", str(data)]
        done = subprocess.run([*command, "-o", str(target)], capture_output=True, encoding="utf-8", check=False)
        if done.returncode or not target.is_file():
            sys.exit(f"{data}: no coverage to read ({(done.stdout + done.stderr).strip()}); run pytest --cov first")
        found: Mapping[str, Any] = json.loads(target.read_text(encoding="utf-8"))
        return found


def shortfalls(found: Mapping[str, Any], *, source: Path) -> Iterator[str]:
    """Yield a sentence for each file of the program below its floor, for each not measured, and for the whole."""
    shares = {PurePath(name).as_posix(): held["summary"]["percent_covered"] for name, held in found["files"].items()}
    for path in sorted(source.rglob("*.py")):
        inside = path.relative_to(source.parent).as_posix()
        share = next((share for name, share in shares.items() if f"/{name}".endswith(f"/{inside}")), None)
        if share is None:
            yield f"{inside}: not measured at all"
        elif share < LEAST_OF_A_FILE:
            yield f"{inside}: {share:.1f} % of its lines are tested, at least {LEAST_OF_A_FILE:g} % have to be"
    whole = found["totals"]["percent_covered"]
    if whole < LEAST_OF_ALL:
        yield f"all together: {whole:.1f} % of the lines are tested, at least {LEAST_OF_ALL:g} % have to be"


def main(arguments: list[str]) -> int:
    """Say what falls short on stderr; return 1 if anything does."""
    found = report(Path(arguments[0] if arguments else ".coverage"))
    short = list(shortfalls(found, source=SOURCE))
    if short:
        print("Coverage falls short:", *short, sep="\n  ", file=sys.stderr)
        return 1
    print(f"coverage is {found['totals']['percent_covered']:.1f} %, and no file is below {LEAST_OF_A_FILE:g} %")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
