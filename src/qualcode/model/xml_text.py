"""Texts as XML files (workbooks, network files, pictures) and the HTML of notebooks can hold them."""

from __future__ import annotations

import re
from html import escape, unescape

# What XML 1.0 forbids: control characters except tab and line ends, surrogates, and two noncharacters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CARRIAGE_RETURN = re.compile("\r\n?")
# Python refuses to convert numbers of thousands of digits.
_LONG_REFERENCE = re.compile("&#[0-9]{50,};?")


def remove_forbidden_characters(text: str) -> tuple[str, int]:
    """Return a text with ``\\n`` as line break, without characters that XML forbids, and the number of these."""
    clean, removed = _FORBIDDEN.subn("", text)
    return _CARRIAGE_RETURN.sub("\n", clean), removed


def escape_html(text: str) -> str:
    """Return a text as HTML shows it: no character of it is markup."""
    return escape(remove_forbidden_characters(text)[0])


def unescape_html(text: str) -> str:
    """Return a text with HTML's references to characters replaced by these; numbers of any length are allowed.

    >>> unescape_html("&lt;&#233;&#" + "7" * 5000 + ";")
    '<é\ufffd'
    """
    return unescape(_LONG_REFERENCE.sub("\ufffd", text))


def display_html(*parts: str, style: str = "") -> str:
    """Return HTML in which a notebook shows dollar signs as they are; elsewhere it typesets formulas between them."""
    attribute = f' style="{style}"' if style else ""
    return f'<div class="tex2jax_ignore mathjax_ignore"{attribute}>{"".join(parts)}</div>'
