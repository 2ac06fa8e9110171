"""Instructions on the first page of workbooks that people fill in."""

from __future__ import annotations

from collections.abc import Iterator

from qualcode.errors import format_count
from qualcode.listings.review.coding_sheet_rows import CodingRows
from qualcode.listings.review.review_sheet_rows import ReviewRows
from qualcode.study.study import Study
from qualcode.version import __version__

Lines = Iterator[tuple[str, str]]
"""Labels and texts; a label without a text is a heading, an empty pair a blank row."""


def review_lines(study: Study, review: ReviewRows, *, latest: str) -> Lines:
    """Yield the instructions for a research lead who reviews codings."""
    coder = review.coder
    yield "What to do", ""
    yield (
        "Review",
        f"Each row of the sheet 'Review' is a passage with a code that {coder} has given it"
        + (" or, in italics below those, a code that a program suggests for it" if review.suggestions else "")
        + ". Choose a decision where you have one, and write a comment where you like. Fill in the yellow cells only. "
        "A row without a decision stays as it is.",
    )
    yield (
        "New codings",
        "Is a code missing on a passage? Copy the passage from the transcript (or from the column Quote) to the sheet "
        "'New codings', name the transcript or the case, and choose the code.",
    )
    yield "Codes", "The sheet 'Codes' explains the codes that the lists offer."
    yield "", ""
    yield "Decisions", ""
    yield "keep, accept", "The code is right: the coding is confirmed. On a coding both words mean the same."
    yield "reject", "The code is wrong, and no other one takes its place: the coding is taken away."
    yield "recode", "Another code is right: choose it in 'New code'. It takes the place of the present one."
    yield "(empty)", "Nothing is decided; what was sent back before stays as it is."
    if review.suggestions:
        yield (
            "On a suggestion",
            "accept: the passage is coded with it. reject: it is not suggested again. recode: the passage is coded "
            "with the new code instead. keep, or an empty cell: nothing is decided.",
        )
    yield "Comment", "It is kept as a memo on the coding, with or without a decision."
    yield "Red cells", "A word that is no decision; 'recode' without a new code; a new code without 'recode'."
    yield "", ""
    yield "Whom the decisions count for", ""
    yield (
        "Your own codings",
        "They are changed: a rejected coding is retracted, a recoded one is retracted and coded anew.",
    )
    yield (
        "Codings of others",
        "Theirs stay as they are. Your decisions are recorded for the consensus, with your name, and counted where the "
        "consensus is counted (--coder consensus). An analyst who agrees can apply the same file with her own name: "
        "then her own codings change.",
    )
    yield from _work_lines("Review", "Id and Check")
    yield from _return_lines("YOUR-NAME", "the name of who has decided")
    yield "About this file", ""
    yield "Study", study.name
    yield "Coder", coder
    suggestions = f", {format_count(review.suggestions, 'suggestion')}" if review.suggestions else ""
    yield "Rows", f"{format_count(review.codings, 'coding')}{suggestions}"
    yield from _version_lines(study, latest)
    for note in review.notes:
        yield "Note", f"{note[:1].upper()}{note[1:]}."


def coding_lines(study: Study, coding: CodingRows, *, latest: str) -> Lines:
    """Yield the instructions for a coder; nothing in them tells of other coders."""
    yield "What to do", ""
    yield (
        "Coding",
        f"Each white row of the sheet 'Coding' is a {_UNIT_NAMES[coding.unit.name]} to code; grey rows are context. "
        "Choose up to three codes in 'Code 1' to 'Code 3', or none if no code fits. Fill in the yellow cells only.",
    )
    yield "Memo", "Write what you want to remember of a passage; it is kept as a memo."
    yield (
        "Done",
        "Choose yes when you have coded a row. A transcript in which all rows are done counts as finished: a row "
        "without a code then means that no code fits.",
    )
    yield "To take a code away", "Empty its cell, or choose another code."
    yield "Codes", "The sheet 'Codes' explains the codes that the lists offer."
    yield from _work_lines("Coding", "Had, Start, End, Version and Coder")
    yield from _return_lines(coding.coder, "")
    yield "About this file", ""
    yield "Study", study.name
    yield "Coder", coding.coder
    yield "Transcripts", ", ".join(coding.transcripts)
    segments = sum(bool(row["Version"]) for row in coding.rows)
    yield "Rows", f"{format_count(segments, _UNIT_NAMES[coding.unit.name])} to code"
    yield from _version_lines(study, latest)


_UNIT_NAMES = {
    "sentence": "sentence",
    "turn": "turn",
    "paragraph": "paragraph",
    "exchange": "question with its answer",
    "transcript": "transcript",
}


def _work_lines(sheet: str, technical: str) -> Lines:
    yield "", ""
    yield "Working with the sheet", ""
    yield (
        "Allowed",
        "Sort, filter and hide rows, delete rows that you do not need, add columns of your own, save in Excel, "
        f"LibreOffice, Numbers or Google Sheets. Rows are known by the grey columns {technical}: leave those as they "
        "are.",
    )
    yield (
        "Protection",
        "Cells that are not yellow are protected, without a password, so that no text is changed by mistake. Filters, "
        "widths and heights work all the same. To sort, or to add columns, remove the protection: Excel: Review > "
        f"Unprotect Sheet; LibreOffice: Tools > Protect Sheet; Google Sheets: Data > Protect sheets and ranges "
        f"(sheet '{sheet}').",
    )
    yield "Long texts", "A row is at most as high as Excel allows: click on the text to read all of it above the sheet."
    yield "", ""


def _return_lines(coder: str, explanation: str) -> Lines:
    yield "How to send it back", ""
    yield "1", "Save the file under its name or another one, as .xlsx, and send it to whoever sent it to you."
    yield (
        "2",
        f"There it is read with: qualcode apply FILE.xlsx --coder {coder}"
        + (f" ({explanation})" if explanation else "")
        + ". This lists what would change and what was not understood; with --yes it is recorded.",
    )
    yield "3", "To send it again later is safe: what is recorded already is not recorded twice."
    yield "", ""


def _version_lines(study: Study, latest: str) -> Lines:
    yield "Latest decision", f"{latest[:16].replace('T', ' ')} (UTC)" if latest else "none yet"
    yield "Codebook", study.codebook.version
    yield "qualcode", __version__
