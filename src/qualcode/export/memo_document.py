"""Memos as a Markdown document, with a heading for what each is on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from qualcode.errors import UsageError
from qualcode.export.markdown_text import enclose_quote, escape_markdown, quotation_lines
from qualcode.files import write_atomically
from qualcode.model import format_seconds
from qualcode.study.study import Study

_Row = Mapping[str, Any]


def write_memo_document(study: Study, rows: Sequence[_Row], path: Path, *, notes: Sequence[str]) -> None:
    """Write memos, rows with the keys of `Project.memos`, as a document whose name ends in .md.

    Raises
    ------
    UsageError
        If it has another suffix.
    """
    if path.suffix.lower() != ".md":
        raise UsageError(f"{path}: end the name in .md (Markdown)")
    title = f"Memos: {study.settings.name}" if study.settings.name else "Memos"
    write_atomically(path, ("\n".join(_list_lines(study, rows, title, notes)) + "\n").encode())


def _list_lines(study: Study, rows: Sequence[_Row], title: str, notes: Sequence[str]) -> Iterator[str]:
    yield f"# {escape_markdown(title)}"
    yield from (["", *(f"- {escape_markdown(note)}" for note in notes)] if notes else [])
    codes = {code: number for number, code in enumerate(study.codebook_and_problems[0].by_id)}
    transcripts = {name: number for number, name in enumerate(study.sources_and_problems[0])}

    def find_group(row: _Row) -> tuple[int, int, str]:
        if row["transcript"]:
            return 2, transcripts.get(row["transcript"], len(transcripts)), row["transcript"]
        return (1, codes.get(row["code"], len(codes)), row["code"]) if row["code"] else (0, 0, "")

    # In a transcript in the order of its text, first what is on all of it; else by time.
    ordered = sorted(rows, key=lambda row: (find_group(row), -1 if row["start"] is None else row["start"], row["at"]))
    for (kind, _, name), group in groupby(ordered, key=find_group):
        memos = list(group)
        yield from ("", f"## {_describe_group(kind, name, memos[0])}")
        for memo in memos:
            yield from ("", *_memo_lines(memo))


def _describe_group(kind: int, name: str, row: _Row) -> str:
    if kind == 0:
        return "The study"
    return f"Transcript {escape_markdown(name)}" if kind == 2 else f"Code {escape_markdown(row['name'])} (`{name}`)"


def _memo_lines(row: _Row) -> Iterator[str]:
    if row["quote"]:
        place = [] if row["turn"] is None else [f"turn {int(row['turn'])}"]
        place += [] if row["time"] is None else [format_seconds(row["time"])]
        code = [f"{escape_markdown(row['name'] or row['code'])} (`{row['code']}`)"] if row["code"] else []
        where = "; ".join(filter(None, [", ".join(place), *code, row["status"]]))
        yield from quotation_lines([escape_markdown(text) for text in enclose_quote(row["quote"])])
        yield from ([">", f"> — {where}"] if where else [])
        yield ""
    # A memo is Markdown already.
    yield from row["text"].splitlines()
    yield from ("", f"*{escape_markdown(row['coder'])}, {str(row['at'])[:16].replace('T', ' ')} UTC*")
