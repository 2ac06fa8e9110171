"""PDF: the text layer page by page; running headers, page numbers and comments are reported as not placed.

Words are in the order that pypdf returns, which may be wrong for columns and for words set letter by letter.
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

MAX_PAGES = 3_000
MAX_INSTRUCTIONS = 2_000_000
"""Limit of the drawing instructions of all pages together: a page of text has some thousand."""
LIMITS: dict[str, Any] = {
    "zlib_maximum_output_length": 20_000_000,
    "lzw_maximum_output_length": 20_000_000,
    "run_length_maximum_output_length": 20_000_000,
    "array_based_stream_maximum_output_length": 20_000_000,
    "stream_decoding_work_maximum_length": 60_000_000,
    "stream_parsing_work_maximum_count": 500_000,
    "xform_maximum_invocations_per_extraction": 500,
}
"""Limits for pypdf, lower than its own; a page of text needs a hundredth of them."""

_FORM_COST = 500
"""Instructions that drawing a form or picture counts as."""
_PRINT_HINT = "open it in a viewer and print it to a new PDF"
_PASSWORD_HINT = "open it with its password and print it to a new PDF"


def read(content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of the text layer of a PDF.

    Raises
    ------
    OperationError
        The PDF is damaged, protected, too large, or has no text layer.
    """
    check_file_type(content, path=options.path, expected="PDF")
    with _collect_pypdf_messages() as messages, apply_configuration(**LIMITS):
        texts, comments = _read_pages(content, options.path)
    empty = [number for number, text in enumerate(texts, 1) if not text.strip()]
    if len(empty) == len(texts):
        raise OperationError(f"{options.path}: no text layer, probably scanned: run OCR first")
    draft = build_draft_from_pages(_split_lines(texts), options=options)
    unplaced = sorted([*draft.unplaced, *comments], key=lambda piece: piece.line)
    notices = [*_scanned_page_notices(empty), *_fault_notices(messages), *draft.notices]
    return replace(draft, unplaced=tuple(unplaced), notices=tuple(notices))


@contextmanager
def _collect_pypdf_messages() -> Iterator[list[str]]:
    """Yield a list that collects the messages that pypdf would write to stderr."""
    messages: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: messages.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("pypdf")
    propagate = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield messages
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


def _read_pages(content: bytes, path: str) -> tuple[list[str], list[UnplacedText]]:
    """Return the text of each page and all comments; any error of pypdf becomes an ``OperationError``."""
    counter = _InstructionCounter(path)
    number = 0
    try:
        # Many programs write PDFs with small faults; they are read, with a notice on the first fault.
        reader = PdfReader(io.BytesIO(content), strict=False)
        if len(reader.pages) > MAX_PAGES:
            raise OperationError(f"{path}: over the limit of {MAX_PAGES:,} pages: split the source")
        texts: list[str] = []
        comments: list[UnplacedText] = []
        for number, page in enumerate(reader.pages, 1):
            texts.append(_normalise_text(page.extract_text(visitor_operand_before=counter.count)))
            comments += _comments(page, number)
        return texts, comments
    except OperationError:
        raise
    except (FileNotDecryptedError, DependencyError):
        raise OperationError(f"{path}: protected with a password, or encrypted: {_PASSWORD_HINT}") from None
    except Exception as error:  # pypdf raises anything for malformed PDFs, also RecursionError and MemoryError
        where = f"damaged at page {number}" if number else "damaged, or not a PDF"
        raise OperationError(f"{path}: {where} ({type(error).__name__}): {_PRINT_HINT}") from None


class _InstructionCounter:
    """Counts the instructions of all pages, since a small PDF may draw the same form again and again."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.total = 0

    def count(self, operator: bytes, *_: Any) -> None:
        """Count one instruction; raise above the limit."""
        self.total += _FORM_COST if operator == b"Do" else 1
        if self.total > MAX_INSTRUCTIONS:
            raise OperationError(
                f"{self.path}: over the limit of {MAX_INSTRUCTIONS:,} drawing instructions: {_PRINT_HINT}"
            )


def _normalise_text(text: str) -> str:
    # In the standard encoding of PDF the code 127, as all that have no other character, is a bullet.
    return normalise_newlines(repair_surrogates(text)).replace("\0", "").replace("\x7f", "•")


def _comments(page: Any, number: int) -> Iterator[UnplacedText]:
    for reference in page.get("/Annots") or ():
        annotation = reference.get_object()
        text = annotation.get("/Contents", "") if isinstance(annotation, dict) else ""
        if isinstance(text, str) and text.strip():
            yield UnplacedText(0, format_aside(f"page {number}, comment", _normalise_text(text)))


def _split_lines(texts: Sequence[str]) -> list[list[PageLine]]:
    """Return the lines of each page that are not blank, numbered through all pages."""
    pages: list[list[PageLine]] = []
    number = 0
    for page, text in enumerate(texts, 1):
        lines = list(filter(None, map(str.strip, text.split("\n"))))
        pages.append([PageLine(number + offset, page, line) for offset, line in enumerate(lines, 1)])
        number += len(lines)
    return pages


def _scanned_page_notices(empty: Sequence[int]) -> list[str]:
    if not empty:
        return []
    if len(empty) == 1:
        return [f"page {empty[0]} has no text layer, probably scanned: run OCR first"]
    return [f"pages {_ranges(empty)} have no text layer, probably scanned: run OCR first"]


def _ranges(numbers: Sequence[int]) -> str:
    """Return sorted numbers as "1, 3-5"."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][-1] == number - 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in ranges)


def _fault_notices(messages: Sequence[str]) -> list[str]:
    if not messages:
        return []
    first = " ".join(messages[0].split())
    return [f"the PDF has errors, so words may be missing: compare the text with the PDF (first error: {first})"]
