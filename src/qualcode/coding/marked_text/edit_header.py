"""The lines above a marked text: how to mark, the codes, and what the text and its marks were written from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from qualcode.coding.corrections.code_labels import CodeLabels
from qualcode.coding.marked_text.mark_syntax import escape_line, unescape
from qualcode.errors import OperationError, name_for_interface, shorten_text
from qualcode.model import Code, Codebook

_END = "# " + "=" * 70
_END_LINE = re.compile(r"^#[ \t]*={10,}[ \t]*$", re.MULTILINE)
_FIELD = re.compile(r"^#[ \t]*(transcript|coder|families|text|codings|events)[ \t]*:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_WIDTH = 96

_RULES = """\
Put { before the words of a participant and }[CODE] after them:
    We {never had a budget}[roi] for it.
    We {never had a budget}[roi, culture] for it.              two codes
    {We {never had a budget}[roi] for it.}[culture]            one mark in another
    {1>We never {2>had a budget}[1>culture] for it.}[2>roi]    marks that overlap: numbers
To recode, change the code in [ ]. To remove a coding, remove { and }[...]. Move { or } to
code more or fewer words. The words themselves cannot be changed here. \\{, \\} and \\\\ are
braces and backslashes of the text. To record nothing, delete all lines."""


@dataclass(frozen=True, slots=True)
class EditHeader:
    """What a marked text was written from."""

    transcript: str
    coder: str
    sha256: str
    """Hash of the transcript's text."""
    codings: str
    """Hash of the codings that are marked."""
    last_event: str
    """Id of the last event that was recorded before."""
    families: tuple[str, ...] = ()
    """Codes, families and themes whose codings are marked; all if empty."""


def format_header(header: EditHeader, codes: Sequence[Code], labels: CodeLabels, *, study: str) -> str:
    """Return the lines above a marked text; ``codes`` are those that may be given, ``study`` is its name."""
    lines = [
        f"Codings of {header.coder} in {header.transcript} (study: {shorten_text(study, limit=_WIDTH)})",
        "",
        *_RULES.splitlines(),
        "",
        *_list_codes(codes, labels),
        "",
        "By these lines qualcode knows what the marks were before:",
        f"transcript: {header.transcript}",
        f"coder: {header.coder}",
        *([f"families: {', '.join(header.families)}"] if header.families else []),
        f"text: {header.sha256}",
        f"codings: {header.codings}",
        f"events: {header.last_event}",
    ]
    return "".join(f"# {escape_line(line)}".rstrip() + "\n" for line in lines) + _END + "\n"


def _list_codes(codes: Iterable[Code], labels: CodeLabels) -> Iterator[str]:
    yield "Codes (write the short form, the whole id or the name):"
    rows = [(labels.shorten(code.id), code.id, code.name) for code in codes]
    width = max((len(short) for short, _, _ in rows), default=0)
    for short, code, name in rows:
        line = f"    {short:{width}}  {name if name != code else ''}" + (f"  ({code})" if code != short else "")
        yield from wrap(line, _WIDTH, subsequent_indent=" " * (width + 6), break_long_words=False) or [""]


def name_writing() -> str:
    """Return what writes a marked text, for messages."""
    return name_for_interface("'qualcode edit'", "Project.marked_text()")


def codes_to_list(codebook: Codebook, families: Sequence[str]) -> list[Code]:
    """Return the codes that may be given: those of the families, or all; retired ones are left out."""
    members = codebook.expand_codes(families)
    return [code for code in codebook.codes if not code.retired and (not families or code.id in members)]


def read_header(content: str, *, path: str) -> tuple[EditHeader, int]:
    """Return the header of a marked text, and the offset at which its words begin.

    Raises
    ------
    OperationError
        If the header is not there, or not complete.
    """
    if not content.strip():
        raise OperationError(f"{path} is empty: nothing was recorded")
    end = _END_LINE.search(content)
    found = _FIELD.findall(content[: end.start()]) if end else ()
    fields = {name: unescape(value) for name, value in found}
    missing = [name for name in ("transcript", "coder", "text", "codings", "events") if name not in fields]
    if end is None or missing:
        lines = "the line of === under the header" if end is None else f"the line '# {missing[0]}: ...' of the header"
        raise OperationError(
            f"{path}: {lines} is missing: write the transcript again with {name_writing()}, and copy the lines "
            "that begin with # from there"
        )
    families = tuple(filter(None, re.split(r"[,\s]+", fields.get("families", ""))))
    header = EditHeader(
        fields["transcript"], fields["coder"], fields["text"], fields["codings"], fields["events"], families
    )
    return header, min(end.end() + 1, len(content))
