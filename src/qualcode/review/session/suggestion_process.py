"""Suggestions from another process, so that training a model neither blocks the keys nor takes their memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qualcode.review.session.review_options import ReviewOptions
from qualcode.study.selection import to_name_tuple


@dataclass(frozen=True, slots=True)
class SuggestionResult:
    """The suggestions for one transcript, or for all if none is named, or why there are none."""

    transcript: str
    rows: Sequence[dict[str, Any]] = ()
    problem: str = ""


class SuggestionProcess:
    """A process that trains on what is coded and prints the suggestions for one transcript, or for all."""

    def __init__(self, root: Path, transcript: str, *, coder: str, options: ReviewOptions) -> None:
        self.transcript = transcript
        command = suggestion_command(root, transcript, coder=coder, options=options)
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
        )

    def wait(self) -> SuggestionResult:
        """Wait for the process and return what it has printed."""
        output, errors = self._process.communicate()
        try:
            return SuggestionResult(self.transcript, json.loads(output))
        except ValueError:
            last = errors.strip().splitlines()[-1:] or [f"no suggestions: exit code {self._process.returncode}"]
            return SuggestionResult(self.transcript, problem=last[0])

    def stop(self) -> None:
        """End the process if it runs."""
        if self._process.poll() is None:
            self._process.kill()


def suggestion_command(root: Path, transcript: str, *, coder: str, options: ReviewOptions) -> list[str]:
    """Return the command line that suggests codes for one transcript, or for all, from what this coder has decided."""
    command = [sys.executable, "-m", "qualcode", "-q", "-C", str(root), "suggest"]
    command += ["--transcripts", transcript] if transcript else []
    command += ["--coder", coder, "--new-coder", "--order", options.order, "--format", "json"]
    for code in to_name_tuple(options.code):
        command += ["--code", code]
    if options.learn_from:
        command += ["--learn-from", options.learn_from]
    if options.min_score is not None:
        command += ["--min-score", str(options.min_score)]
    return command
