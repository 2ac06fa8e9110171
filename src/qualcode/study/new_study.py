"""Begins a study: settings, a first codebook with every key explained, and the folders."""

from __future__ import annotations

import json
from pathlib import Path

from qualcode.errors import OperationError
from qualcode.files import write_atomically
from qualcode.settings import INTERVIEWER_LABELS, SETTINGS_FILE, validate_coder

_SETTINGS = """\
# Settings of this study; every line can be left out.
name: {name}
language: en               # of the interviews: sentences, words and lemmas follow it
roles:
  interviewer: [{interviewers}]   # never coded or counted
# speakers:                # labels that are slips, and whose case a speaker of a focus group is
#   BSRO6: BSR06
#   "Anna K.": {{name: P1, role: participant, case: S07}}
unit: sentence             # unit of analysis: sentence, turn, paragraph, exchange, window:3, transcript
{coder}
"""

_CODEBOOK = """\
# One family of codes a file. `qualcode check` says what is wrong, with line and column.
family: challenges
name: Challenges
definition: What makes the work hard.
codes:
  - id: resources          # full id challenges/resources; a renamed code keeps its codings by formerly: [old/id]
    name: Lack of resources
    definition: Too little budget, staff or time for what is asked.
    include: One person doing everything.
    exclude: Growing demand as such.
    examples: ["We have two people and no budget."]
    counterexamples: ["More and more departments want something from us."]
    cues:
      - short of staff                    # a phrase: finds "shorter of staff" too, by lemmas
      - exact: FTE                        # verbatim
      - regex: '\\bno (?:time|money|budget)\\b'
      - unless: no longer short of staff  # vetoes the code in its sentence
"""

_GITIGNORE = """\
.qualcode/
exports/
"""


def create_study(path: Path, *, name: str, coder: str) -> None:
    """Write what a new study needs; refuse a folder that is a study, and keep every file that is there."""
    root = path.resolve()
    if (root / SETTINGS_FILE).exists():
        raise OperationError(f"{root} is a qualcode study already")
    said = (
        f"coder: {json.dumps(validate_coder(coder), ensure_ascii=False)}"
        if coder
        else "# coder: your-name      # whose decisions are recorded and counted"
    )
    try:
        for folder in ("codebooks", "transcripts", "codings"):
            (root / folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OperationError(f"{error.filename}: cannot be written ({error.strerror})") from None
    told = json.dumps(name or root.name, ensure_ascii=False)
    settings = _SETTINGS.format(name=told, coder=said, interviewers=", ".join(INTERVIEWER_LABELS))
    write_atomically(root / SETTINGS_FILE, settings)
    if not list((root / "codebooks").glob("*.y*ml")):
        write_atomically(root / "codebooks" / "challenges.yaml", _CODEBOOK)
    if not (root / ".gitignore").exists():
        write_atomically(root / ".gitignore", _GITIGNORE)
