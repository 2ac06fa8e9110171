"""What tests of readers share: turns of a draft, and the words that came out of a source."""

from __future__ import annotations

import re
from collections import Counter

from qualcode.transcripts.draft import Draft

_ASIDES = "page header|page foot|hidden text|text box|footnote|endnote|comment|title|after the end"


def turns(draft: Draft) -> list[tuple[str, str]]:
    """Return who said what."""
    return [(span.speaker, draft.text[span.start : span.end]) for span in draft.turns]


def roles(draft: Draft) -> list[tuple[str | None, str]]:
    """Return in which role what was said."""
    return [(span.role, draft.text[span.start : span.end]) for span in draft.turns]


def words(text: str) -> Counter[str]:
    """Count words."""
    return Counter(re.findall(r"\w+", text))


def words_out(draft: Draft) -> Counter[str]:
    """Count the words of the text and of all that is reported beside it, without the names it is reported under."""
    edges = [line for line in draft.header.split("\n\n") if line.startswith(("page header: ", "page foot: "))]
    beside = [*edges, *(one.text for one in draft.unplaced)]
    named = (re.sub(rf"(?:page \d+, [\w ]+|{_ASIDES}): ", "", one) for one in beside)
    return words(" ".join([draft.text, *named]))
