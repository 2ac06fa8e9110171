"""The ledgers of a study with names replaced, and what is needed to bring every line back as it was."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from qualcode.ledger import decode_line, encode_line
from qualcode.model import Codebook
from qualcode.pseudonyms.event_replacement import LedgerLine, LineReplacements, replace_in_line
from qualcode.pseudonyms.source_replacement import ReplacedFiles, StudyReplacer
from qualcode.pseudonyms.text import NameRestorer, Pseudonymiser, Replacer

UndoLines = Mapping[str, Sequence[tuple[str, int, str]]]
"""Lines that could not be brought back from their new form, by ledger: hash of that form, how many before, line."""


def map_codebook_hashes(old: Codebook, new: Codebook) -> dict[str, str]:
    """Return the new hashes of a codebook whose examples hold names, by the old ones: rejections go by them."""
    now = {code.id: (code.entry_hash, *code.former_hashes) for code in new.codes}
    before = ((code.id, (code.entry_hash, *code.former_hashes)) for code in old.codes)
    found = {one: later for code, held in before for one, later in zip(held, now.get(code, held), strict=False)}
    return {**found, old.version: new.version}


def replace_in_ledgers(
    made: StudyReplacer, hashes: Mapping[str, str], kept: UndoLines | None
) -> dict[str, list[tuple[str, int, str]]]:
    """Replace in the ledgers; where a record is ``kept`` bring its lines back, else return what has to be kept."""
    record: dict[str, list[tuple[str, int, str]]] = {}
    for path, content in made.old_files.items():
        if path.startswith("codings/"):
            new_path = _new_ledger_path(made, path)
            raw = content.split(b"\n")
            known = _recorded_lines(kept.get(path, ())) if kept is not None else {}
            words = _word_replacer(made.replacer, path)
            new = _replace_in_raw_lines(
                raw, LineReplacements(made.replaced_files.texts, made.replace_in_name, words, hashes, {}), known
            )
            made.add_file(path, new_path, b"\n".join(new))
            if isinstance(made.replacer, Pseudonymiser) and (
                lost := _unrecoverable_lines(raw, new, _inverse_replacements(made, hashes))
            ):
                record[new_path] = lost
    return record


def _new_ledger_path(made: StudyReplacer, path: str) -> str:
    """Return the new path of a ledger: its coder stays, its transcript may have a new id."""
    folder, coder, rest = path.split("/", 2)
    stem, dot, ending = rest.rpartition(".jsonl")
    return f"{folder}/{coder}/{made.replace_in_name(stem)}{dot}{ending}" if dot else path


def _word_replacer(changer: Replacer, where: str) -> Callable[[str], str]:
    return lambda text: changer.replace_text(where, text)


def _replace_in_raw_lines(
    raw: Sequence[bytes], ways: LineReplacements, known: Mapping[tuple[str, int], bytes]
) -> list[bytes]:
    lines = [decode_line(one) for one in raw]
    knowing = ways.with_span_changes([line for line in lines if line is not None])
    counts: Counter[str] = Counter()
    return [_replace_in_raw_line(old, line, knowing, known, counts) for old, line in zip(raw, lines, strict=True)]


def _replace_in_raw_line(
    old: bytes,
    line: LedgerLine | None,
    ways: LineReplacements,
    known: Mapping[tuple[str, int], bytes],
    counts: Counter[str],
) -> bytes:
    mark = _digest(old)
    counts[mark] += 1
    if (mark, counts[mark] - 1) in known:
        return known[mark, counts[mark] - 1]
    if line is None:
        return ways.replace_words(old.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    new = replace_in_line(line, ways)
    return old if new == line else encode_line(new)


def _inverse_replacements(made: StudyReplacer, hashes: Mapping[str, str]) -> LineReplacements:
    """Return the ways by which an undo that knows nothing but the key would bring lines back."""
    swap: ReplacedFiles = made.replaced_files
    texts = {swap.new_ids[old]: carried.invert() for old, carried in swap.texts.items()}
    ids = {new: old for old, new in made.new_names.items()}
    back = NameRestorer(made.replacer.pseudonym_finder, {})
    turned = {new: old for old, new in hashes.items()}
    return LineReplacements(
        texts, lambda name: ids.get(name, name), lambda text: back.replace_text("", text), turned, {}
    )


def _unrecoverable_lines(
    old: Sequence[bytes], new: Sequence[bytes], back: LineReplacements
) -> list[tuple[str, int, str]]:
    """Return the lines that would not come back as they were."""
    counts: Counter[str] = Counter()
    lost = []
    for was, now, again in zip(old, new, _replace_in_raw_lines(new, back, {}), strict=True):
        mark = _digest(now)
        if again != was:
            lost.append((mark, counts[mark], was.decode("utf-8", "surrogateescape")))
        counts[mark] += 1
    return lost


def _recorded_lines(kept: Sequence[tuple[str, int, str]]) -> dict[tuple[str, int], bytes]:
    return {(mark, many): line.encode("utf-8", "surrogateescape") for mark, many, line in kept}


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()[:16]
