"""Helpers for tests of transcript readers: turns, roles and words of a draft."""

from __future__ import annotations

import re
from collections import Counter

from qualcode.transcripts.draft import Draft

_LABELS = "page header|page foot|hidden text|text box|footnote|endnote|comment|title|after the end"


def turns(draft: Draft) -> list[tuple[str, str]]:
    """Return the speaker and the text of each turn."""
    return [(span.speaker, draft.text[span.start : span.end]) for span in draft.turns]


def roles(draft: Draft) -> list[tuple[str | None, str]]:
    """Return the role and the text of each turn."""
    return [(span.role, draft.text[span.start : span.end]) for span in draft.turns]


def words(text: str) -> Counter[str]:
    """Return the count of each word."""
    return Counter(re.findall(r"\w+", text))


def words_out(draft: Draft) -> Counter[str]:
    """Return the count of each word in the text and in the unplaced texts, without the labels of the latter."""
    edges = [line for line in draft.header.split("\n\n") if line.startswith(("page header: ", "page foot: "))]
    texts = [*edges, *(unplaced.text for unplaced in draft.unplaced)]
    unlabelled = (re.sub(rf"(?:page \d+, [\w ]+|{_LABELS}): ", "", text) for text in texts)
    return words(" ".join([draft.text, *unlabelled]))
