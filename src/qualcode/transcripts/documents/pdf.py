"""PDF: the text layer page by page; running heads, page numbers and comments are reported beside the turns.

Words are as pypdf finds them: two columns, or words that are set letter by letter, may come out in another order.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.errors import DependencyError, FileNotDecryptedError

from qualcode.errors import OperationError
from qualcode.model import UnplacedText
from qualcode.transcripts.documents.document_parts import format_aside, normalise_newlines, repair_surrogates
from qualcode.transcripts.documents.turns_from_pages import PageLine, build_draft_from_pages
from qualcode.transcripts.draft import Draft, ReadOptions
from qualcode.transcripts.file_type import check_file_type

MOST_PAGES = 3_000
MOST_INSTRUCTIONS = 2_000_000
"""Instructions that all pages together may have: a page of words has some thousand."""
LIMITS: dict[str, Any] = {
    "zlib_maximum_output_length": 20_000_000,
    "lzw_maximum_output_length": 20_000_000,
    "run_length_maximum_output_length": 20_000_000,
    "array_based_stream_maximum_output_length": 20_000_000,
    "stream_decoding_work_maximum_length": 60_000_000,
    "stream_parsing_work_maximum_count": 500_000,
    "xform_maximum_invocations_per_extraction": 500,
}
"""What pypdf may spend on one stream, which is less than it would; a page of words needs a hundredth."""

_FORM_COST = 500
_PRINT_HINT = "open it in a viewer and print it to a new PDF"


def read(content: bytes, told: ReadOptions) -> Draft:
    """Read the text layer of a PDF; turns are found by their labels."""
    check_file_type(content, path=told.path, expected="PDF")
    with _collect_pypdf_messages() as faults, apply_configuration(**LIMITS):
        texts, comments = _read_pages(content, told.path)
    empty = [number for number, text in enumerate(texts, 1) if not text.strip()]
    if len(empty) == len(texts):
        raise OperationError(f"{told.path}: no page has a text layer: it seems scanned; run OCR first")
    draft = build_draft_from_pages(_split_lines(texts), options=told)
    unplaced = sorted([*draft.unplaced, *comments], key=lambda one: one.line)
    notices = [*_scanned_page_notices(empty), *_fault_notices(faults), *draft.notices]
    return replace(draft, unplaced=tuple(unplaced), notices=tuple(notices))


@contextmanager
def _collect_pypdf_messages() -> Iterator[list[str]]:
    """Collect what pypdf would write to stderr."""
    faults: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: faults.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("pypdf")
    before = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield faults
    finally:
        logger.removeHandler(handler)
        logger.propagate = before


def _read_pages(content: bytes, path: str) -> tuple[list[str], list[UnplacedText]]:
    """Return the text of each page and all comments; whatever pypdf stumbles over, the PDF is refused."""
    steps = _InstructionCounter(path)
    number = 0
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if len(reader.pages) > MOST_PAGES:
            raise OperationError(f"{path}: has more than {MOST_PAGES:,} pages: split the source")
        texts: list[str] = []
        comments: list[UnplacedText] = []
        for number, page in enumerate(reader.pages, 1):
            texts.append(_normalise_text(page.extract_text(visitor_operand_before=steps.count)))
            comments += _comments(page, number)
        return texts, comments
    except OperationError:
        raise
    except (FileNotDecryptedError, DependencyError):
        said = "protected with a password, or encrypted: open it with its password and print it to a new PDF"
        raise OperationError(f"{path}: {said}") from None
    except Exception as error:  # malformed PDFs make it raise anything, RecursionError and MemoryError among them
        where = f"damaged at page {number}" if number else "damaged, or not a PDF"
        raise OperationError(f"{path}: {where} ({type(error).__name__}): {_PRINT_HINT}") from None


class _InstructionCounter:
    """Counts the instructions of all pages, so that small sources that call themselves again and again end."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.total = 0

    def count(self, operator: bytes, *_: Any) -> None:
        """Count one instruction; a form or picture costs as much as hundreds of words."""
        self.total += _FORM_COST if operator == b"Do" else 1
        if self.total > MOST_INSTRUCTIONS:
            raise OperationError(
                f"{self.path}: its pages have more than {MOST_INSTRUCTIONS:,} instructions: {_PRINT_HINT}"
            )


def _normalise_text(text: str) -> str:
    return normalise_newlines(repair_surrogates(text)).replace("\0", "")


def _comments(page: Any, number: int) -> Iterator[UnplacedText]:
    for reference in page.get("/Annots") or ():
        said = reference.get_object()
        text = said.get("/Contents", "") if isinstance(said, dict) else ""
        if isinstance(text, str) and text.strip():
            yield UnplacedText(0, format_aside(f"page {number}, comment", _normalise_text(text)))


def _split_lines(texts: Sequence[str]) -> list[list[PageLine]]:
    """Return the lines of each page that have words, numbered through all pages."""
    pages: list[list[PageLine]] = []
    number = 0
    for page, text in enumerate(texts, 1):
        lines = list(filter(None, map(str.strip, text.split("\n"))))
        pages.append([PageLine(number + at, page, line) for at, line in enumerate(lines, 1)])
        number += len(lines)
    return pages


def _scanned_page_notices(empty: Sequence[int]) -> list[str]:
    if not empty:
        return []
    if len(empty) == 1:
        return [f"page {empty[0]} has no text layer: it seems scanned; run OCR first"]
    return [f"pages {_ranges(empty)} have no text layer: they seem scanned; run OCR first"]


def _ranges(numbers: Sequence[int]) -> str:
    """Return rising numbers as "1, 3-5"."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][-1] == number - 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    return ", ".join(str(held[0]) if len(held) == 1 else f"{held[0]}-{held[-1]}" for held in ranges)


def _fault_notices(faults: Sequence[str]) -> list[str]:
    if not faults:
        return []
    return [f"the PDF has faults, so words may be missing: compare them (the first: {' '.join(faults[0].split())})"]
