"""Replace names in the ledgers of a study, and collect the lines that an undo could not restore."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from qualcode.ledger import decode_line, encode_line
from qualcode.model import Codebook
from qualcode.pseudonyms.event_replacement import LedgerLine, LineReplacements, replace_in_line
from qualcode.pseudonyms.key_file import UndoLine
from qualcode.pseudonyms.source_replacement import StudyReplacer, hash_content
from qualcode.pseudonyms.text import NameRestorer, Pseudonymiser

_LineCopy = tuple[str, int]
"""Hash of a line, and the number of equal lines before it."""


def map_codebook_hashes(old: Codebook, new: Codebook) -> dict[str, str]:
    """Return the new hashes of codebook and entries by the old ones: rejections refer to them."""
    new_hashes = {code.id: (code.entry_hash, *code.former_hashes) for code in new.codes}
    new_definitions = {code.id: code.definition_hash for code in new.codes}
    hashes: dict[str, str] = {}
    for code in old.codes:
        hashes[code.definition_hash] = new_definitions.get(code.id, code.definition_hash)
        old_hashes = (code.entry_hash, *code.former_hashes)
        hashes |= dict(zip(old_hashes, new_hashes.get(code.id, old_hashes), strict=False))
    return {**hashes, old.version: new.version}


def replace_in_ledgers(
    study_replacer: StudyReplacer, hashes: Mapping[str, str], undo_lines: Mapping[str, Sequence[UndoLine]] | None
) -> dict[str, list[UndoLine]]:
    """Replace names in the ledgers; return, by new path, the lines that an undo could not restore.

    ``undo_lines`` are those lines when a replacement is undone: they are restored as they were.
    """
    result, replacer = study_replacer.result, study_replacer.replacer
    unrecoverable: dict[str, list[UndoLine]] = {}
    for path, content in study_replacer.old_files.items():
        if not path.startswith("codings/"):
            continue
        new_path = _new_ledger_path(study_replacer, path)
        old_lines = content.split(b"\n")
        replace_words = partial(replacer.replace_text, path)
        replacements = LineReplacements(result.texts, study_replacer.replace_in_name, replace_words, hashes, {})
        new_lines = _replace_in_lines(old_lines, replacements, _recorded_lines((undo_lines or {}).get(path, ())))
        study_replacer.add_file(path, new_path, b"\n".join(new_lines))
        if isinstance(replacer, Pseudonymiser):
            # An undo is tried at once: only lines that it would not restore have to be recorded.
            inverse = _inverse_replacements(study_replacer, hashes)
            if lines := _unrecoverable_lines(old_lines, new_lines, inverse):
                unrecoverable[new_path] = lines
    return unrecoverable


def _new_ledger_path(study_replacer: StudyReplacer, path: str) -> str:
    """Return the new path of a ledger: its coder is unchanged, its transcript may have a new id."""
    folder, coder, name = path.split("/", 2)
    stem, dot, ending = name.rpartition(".jsonl")
    return f"{folder}/{coder}/{study_replacer.replace_in_name(stem)}{dot}{ending}" if dot else path


def _replace_in_lines(
    old_lines: Sequence[bytes], replacements: LineReplacements, recorded: Mapping[_LineCopy, bytes]
) -> list[bytes]:
    """Return the lines with names replaced; those that are recorded are restored from the record."""
    decoded = [decode_line(line) for line in old_lines]
    replacements = replacements.with_span_changes([line for line in decoded if line is not None])
    return [
        # A line that was appended or changed since is not in the record, and gets names by the key alone.
        recorded[copy] if copy in recorded else _replace_in_line(old, line, replacements)
        for old, line, copy in zip(old_lines, decoded, _number_copies(old_lines), strict=True)
    ]


def _number_copies(lines: Sequence[bytes]) -> list[_LineCopy]:
    counts: Counter[str] = Counter()
    copies = []
    for line in lines:
        digest = hash_content(line)[:16]
        copies.append((digest, counts[digest]))
        counts[digest] += 1
    return copies


def _replace_in_line(old: bytes, line: LedgerLine | None, replacements: LineReplacements) -> bytes:
    if line is None:  # a torn line is text
        return replacements.replace_words(old.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    new = replace_in_line(line, replacements)
    # A line without names keeps its bytes: other programs may write other spaces or key orders.
    return old if new == line else encode_line(new)


def _inverse_replacements(study_replacer: StudyReplacer, hashes: Mapping[str, str]) -> LineReplacements:
    """Return the replacements by which an undo with the key alone would restore lines."""
    result = study_replacer.result
    texts = {result.new_ids[old]: rewritten.invert() for old, rewritten in result.texts.items()}
    old_names = {new: old for old, new in study_replacer.new_names.items()}
    old_hashes = {new: old for old, new in hashes.items()}
    restorer = NameRestorer(study_replacer.replacer.pseudonym_finder, {})
    return LineReplacements(
        texts, lambda name: old_names.get(name, name), lambda text: restorer.replace_text("", text), old_hashes, {}
    )


def _unrecoverable_lines(
    old_lines: Sequence[bytes], new_lines: Sequence[bytes], inverse: LineReplacements
) -> list[UndoLine]:
    restored = _replace_in_lines(new_lines, inverse, {})
    return [
        (*copy, old.decode("utf-8", "surrogateescape"))
        for old, copy, line in zip(old_lines, _number_copies(new_lines), restored, strict=True)
        if line != old
    ]


def _recorded_lines(undo_lines: Sequence[UndoLine]) -> dict[_LineCopy, bytes]:
    return {(digest, number): line.encode("utf-8", "surrogateescape") for digest, number, line in undo_lines}
