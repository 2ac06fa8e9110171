"""Workbooks that people fill in: decisions on codings, and codes for the segments of transcripts."""

from __future__ import annotations

from qualcode.workbook.review.fill_in_content import CodeChoice, CodingContent, ReviewContent
from qualcode.workbook.review.fill_in_workbooks import write_coding_workbook, write_review_workbook

__all__ = ["CodeChoice", "CodingContent", "ReviewContent", "write_coding_workbook", "write_review_workbook"]
