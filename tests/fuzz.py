"""Fuzzing: reads damaged files until something fails in another way than with a `QualcodeError`.

``python tests/fuzz.py --runs 2000`` runs all targets, ``python tests/fuzz.py docx ledger.jsonl --runs 9000`` two.
Each run is bounded in time (5 CPU seconds) and the process in memory (3 GB). Inputs that fail are kept in a folder.
With ``--engine atheris`` (``pip install atheris``), coverage of qualcode's own code guides the mutations.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any

from qualcode.errors import QualcodeError

SECONDS, MEMORY = 5, 3_000_000_000


class TooSlowError(Exception):
    """A file took longer to read than the limit."""


@dataclass(frozen=True)
class Failure:
    """A file that made a target fail."""

    target: str
    kind: str
    """The exception and the line of qualcode that it came from: failures of one kind are reported once."""
    content: bytes
    details: str


def mutate(rng: random.Random, seeds: Sequence[bytes], words: Sequence[str]) -> bytes:
    """Return a damaged copy of a seed; of an archive, often a well-formed one with one damaged member."""
    content = rng.choice(seeds)
    if content.startswith(b"PK") and rng.random() < 0.85:
        return _mutate_member(rng, content, words)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        content = _mutate_bytes(rng, content, seeds, words)
    return content


def _mutate_bytes(rng: random.Random, content: bytes, seeds: Sequence[bytes], words: Sequence[str]) -> bytes:
    size = len(content)
    start = rng.randrange(size + 1)
    end = min(size, start + rng.choice((0, 1, 1, 2, 4, 16, 64, 1000)))
    piece = content[start:end]
    way = rng.randrange(8)
    if way == 0:
        middle = b""
    elif way == 1:
        middle = rng.randbytes(rng.choice((1, 2, 4, 16)))
    elif way == 2:
        middle = piece * rng.choice((2, 3, 50))
    elif way in {3, 4} and words:
        middle = piece + rng.choice(words).encode("utf-8", "surrogatepass") * rng.choice((1, 1, 1, 2, 200))
    elif way == 5:
        other = rng.choice(seeds)
        at = rng.randrange(len(other) + 1)
        middle = other[at : at + rng.choice((4, 32, 500))]
    elif way == 6:
        return content[:start]
    else:
        middle = bytes(byte ^ (1 << rng.randrange(8)) for byte in piece)
    return content[:start] + middle + content[end:]


def _mutate_member(rng: random.Random, content: bytes, words: Sequence[str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = rng.choice(names)
        for name in names:
            data = old.read(name)
            if name == chosen:
                for _ in range(rng.choice((1, 2, 4))):
                    data = _mutate_bytes(rng, data, [data], words)
            new.writestr(name, data)
    return stream.getvalue()


def _stop(*_: object) -> None:
    raise TooSlowError(f"over {SECONDS} CPU seconds")


def try_content(target: Any, content: bytes, folder: Path) -> Failure | None:
    """Let a target read a content; return its failure, None if it was read or refused."""
    path = folder / (f"a.{target.name}" if "." not in target.name else target.name)
    path.write_bytes(content)
    signal.signal(signal.SIGPROF, _stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        target.read(path)
    except QualcodeError:
        return None
    except BaseException as error:  # whatever it is, it is what fuzzing looks for
        if isinstance(error, KeyboardInterrupt):
            raise
        return Failure(target.name, _kind(error), content, traceback.format_exc())
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return None


def _kind(error: BaseException) -> str:
    cause = error.__cause__ or error
    frames = [frame for frame in traceback.extract_tb(cause.__traceback__) if "qualcode" in frame.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return f"{type(cause).__name__} at {place}"


def fuzz(target: Any, *, runs: int, seed: int) -> Iterator[Failure]:
    """Yield the first failure of each kind among mutations of a target's seeds; runs are repeatable by their seed."""
    seeds = target.seeds()
    found: set[str] = set()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        for content in (*seeds, *(mutate(random.Random(f"{seed} {run}"), seeds, target.words) for run in range(runs))):
            failure = try_content(target, content, Path(folder))
            if failure and failure.kind not in found:
                found.add(failure.kind)
                yield failure


def fuzz_by_coverage(target: Any, *, runs: int, seed: int) -> None:
    """Run atheris on a target until a failure ends the process; qualcode must not have been imported before."""
    atheris = import_module("atheris")
    folder, corpus = tempfile.mkdtemp(), Path(tempfile.mkdtemp())
    for number, content in enumerate(target.seeds()):
        (corpus / str(number)).write_bytes(content)

    def run(content: bytes) -> None:
        failure = try_content(target, content, Path(folder))
        if failure:
            raise RuntimeError(failure.details)

    atheris.Setup([sys.argv[0], str(corpus), f"-runs={runs}", f"-seed={seed}", "-max_len=20000"], run)
    atheris.Fuzz()


def main() -> int:
    """Run the targets named on the command line, or all; return 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("mutations", "atheris"), default="mutations")
    parser.add_argument("--keep", type=Path, default=Path("exports/fuzz"), help="folder for inputs that failed")
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    warnings.simplefilter("ignore")
    if arguments.engine == "atheris":
        with import_module("atheris").instrument_imports(include=["qualcode"]):
            from fuzz_targets import list_targets
    else:
        from fuzz_targets import list_targets
    targets = list_targets()
    failed = 0
    if unknown := set(arguments.targets) - set(targets):
        parser.error(f"no target {', '.join(sorted(unknown))}; there are {', '.join(targets)}")
    for name in arguments.targets or targets:
        if arguments.engine == "atheris":
            fuzz_by_coverage(targets[name], runs=arguments.runs, seed=arguments.seed)
        began, count = time.process_time(), 0
        for failure in fuzz(targets[name], runs=arguments.runs, seed=arguments.seed):
            count += 1
            arguments.keep.mkdir(parents=True, exist_ok=True)
            path = arguments.keep / f"{sha256(failure.content).hexdigest()[:12]}.{name}"
            path.write_bytes(failure.content)
            print(f"{name}: {failure.kind}: {path}\n{failure.details}")
        seconds = time.process_time() - began
        print(f"{name}: {arguments.runs:,} runs, {count} kinds of failure, {seconds:.0f} CPU s", flush=True)
        failed += count
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
