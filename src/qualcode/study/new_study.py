"""A new study: its settings, a first codebook that explains every key, and the folders."""

from __future__ import annotations

import json
from pathlib import Path

from qualcode.errors import OperationError
from qualcode.files import write_atomically
from qualcode.settings import INTERVIEWER_LABELS, SETTINGS_FILE, validate_coder

_SETTINGS = """\
# Settings of this study; every line is optional.
name: {name}
language: en               # of the interviews; sentences, words and lemmas depend on it
roles:
  interviewer: [{interviewers}]   # never coded or counted
# speakers:                # corrected labels, and the case of each speaker in a focus group
#   BSRO6: BSR06
#   "Anna K.": {{name: P1, role: participant, case: S07}}
unit: sentence             # unit of analysis: sentence, turn, paragraph, exchange, window:3, transcript
{coder}
# coders:                  # the people who code, who get transcripts assigned; other names are asked about
#   - ana
#   - {{name: ben, note: second coder since May}}
"""

_EXAMPLE_NAME = "challenges.yaml"
_CODEBOOK = """\
# An example: replace it by your own codes, or delete this file.
# One family (category) of codes per file. `qualcode check` reports errors with line and column.
family: challenges
name: Challenges
definition: What makes the work hard.
colour: "#0072B2"         # in pictures, the workbook and 'show'; without it a family gets one of its own
codes:
  - id: resources          # full id: challenges/resources; to rename it, keep the old id in formerly: [old/id]
    name: Lack of resources
    definition: Too little budget, staff or time for what is asked.
    include: One person doing everything.
    exclude: Growing demand as such.
    examples: ["We have two people and no budget."]
    counterexamples: ["More and more departments want something from us."]
    cues:
      - short of staff                    # a phrase; by lemmas it also matches "shorter of staff"
      - exact: FTE                        # verbatim
      - regex: '\\bno (?:time|money|budget)\\b'
      - unless: no longer short of staff  # no suggestion in a sentence that matches this
"""

_GITIGNORE = """\
.qualcode/
exports/
*.edit.txt
"""

# -text: git leaves the ends of lines as they are.
_GITATTRIBUTES = """\
# Of ledgers git keeps the lines of both sides: their order does not matter, and equal lines count once.
codings/**/*.jsonl merge=union -text
transcripts/** -text
"""


def find_example_codebook(root: Path) -> Path | None:
    """Return the first codebook that `create_study` wrote, if nobody has changed it."""
    path = root / "codebooks" / _EXAMPLE_NAME
    return path if path.is_file() and path.read_bytes().decode(errors="replace") == _CODEBOOK else None


def create_study(path: Path, *, name: str, coder: str) -> None:
    """Write the files of a new study, keeping all that exist.

    Raises
    ------
    OperationError
        If the folder is a study already or cannot be written.
    """
    root = path.resolve()
    if (root / SETTINGS_FILE).exists():
        raise OperationError(f"{root} is already a qualcode study: open it, or name another folder")
    coder_line = (
        f"coder: {json.dumps(validate_coder(coder), ensure_ascii=False)}"
        if coder
        else "# coder: your-name      # whose decisions are recorded and counted"
    )
    try:
        for folder in ("codebooks", "transcripts", "codings"):
            (root / folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OperationError(f"{error.filename}: cannot be written ({error.strerror})") from None
    # A folder's name may have bytes that are not UTF-8.
    valid_name = (name or root.name).encode(errors="replace").decode()
    # A JSON string is valid YAML, whatever characters a name has.
    settings = _SETTINGS.format(
        name=json.dumps(valid_name, ensure_ascii=False),
        coder=coder_line,
        interviewers=", ".join(INTERVIEWER_LABELS),
    )
    write_atomically(root / SETTINGS_FILE, settings)
    if not list((root / "codebooks").glob("*.y*ml")):
        write_atomically(root / "codebooks" / _EXAMPLE_NAME, _CODEBOOK)
    for file_name, content in ((".gitignore", _GITIGNORE), (".gitattributes", _GITATTRIBUTES)):
        if not (root / file_name).exists():
            write_atomically(root / file_name, content)
