"""The ledgers of a study with names replaced, and what is needed to bring every line back as it was."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from qualcode.ledger import decoded, encoded
from qualcode.model import Codebook
from qualcode.project.naming.relining import Line, Ways, changed_line
from qualcode.project.naming.replacing import Replacing, Swap
from qualcode.pseudonyms import Changer, Doing, Undoing

Kept = Mapping[str, Sequence[tuple[str, int, str]]]
"""Lines that could not be brought back from their new form, by ledger: hash of that form, how many before, line."""


def hashes_of(old: Codebook, new: Codebook) -> dict[str, str]:
    """Return the new hashes of a codebook whose examples hold names, by the old ones: rejections go by them."""
    now = {code.id: (code.entry, *code.renamed) for code in new.codes}
    before = ((code.id, (code.entry, *code.renamed)) for code in old.codes)
    found = {one: later for code, held in before for one, later in zip(held, now.get(code, held), strict=False)}
    return {**found, old.version: new.version}


def ledgers(made: Replacing, hashes: Mapping[str, str], kept: Kept | None) -> dict[str, list[tuple[str, int, str]]]:
    """Replace in the ledgers; where a record is ``kept`` bring its lines back, else return what has to be kept."""
    record: dict[str, list[tuple[str, int, str]]] = {}
    for path, content in made.old.items():
        if path.startswith("codings/"):
            new_path = _path(made, path)
            raw = content.split(b"\n")
            known = _known(kept.get(path, ())) if kept is not None else {}
            words = _words(made.changer, path)
            new = _changed(raw, Ways(made.swap.texts, made.renamed, words, hashes, {}), known)
            made.put(path, new_path, b"\n".join(new))
            if isinstance(made.changer, Doing) and (lost := _lost(raw, new, _back(made, hashes))):
                record[new_path] = lost
    return record


def _path(made: Replacing, path: str) -> str:
    """Return the new path of a ledger: its coder stays, its transcript may have a new id."""
    folder, coder, rest = path.split("/", 2)
    stem, dot, ending = rest.rpartition(".jsonl")
    return f"{folder}/{coder}/{made.renamed(stem)}{dot}{ending}" if dot else path


def _words(changer: Changer, where: str) -> Callable[[str], str]:
    return lambda text: changer.words(where, text)


def _changed(raw: Sequence[bytes], ways: Ways, known: Mapping[tuple[str, int], bytes]) -> list[bytes]:
    lines = [decoded(one) for one in raw]
    knowing = ways.knowing([line for line in lines if line is not None])
    counts: Counter[str] = Counter()
    return [_one(old, line, knowing, known, counts) for old, line in zip(raw, lines, strict=True)]


def _one(
    old: bytes, line: Line | None, ways: Ways, known: Mapping[tuple[str, int], bytes], counts: Counter[str]
) -> bytes:
    mark = _digest(old)
    counts[mark] += 1
    if (mark, counts[mark] - 1) in known:
        return known[mark, counts[mark] - 1]
    if line is None:
        return ways.words(old.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    new = changed_line(line, ways)
    return old if new == line else encoded(new)


def _back(made: Replacing, hashes: Mapping[str, str]) -> Ways:
    """Return the ways by which an undo that knows nothing but the key would bring lines back."""
    swap: Swap = made.swap
    texts = {swap.ids[old]: carried.reversed() for old, carried in swap.texts.items()}
    ids = {new: old for old, new in made.names.items()}
    back = Undoing(made.changer.back, {})
    turned = {new: old for old, new in hashes.items()}
    return Ways(texts, lambda name: ids.get(name, name), lambda text: back.words("", text), turned, {})


def _lost(old: Sequence[bytes], new: Sequence[bytes], back: Ways) -> list[tuple[str, int, str]]:
    """Return the lines that would not come back as they were."""
    counts: Counter[str] = Counter()
    lost = []
    for was, now, again in zip(old, new, _changed(new, back, {}), strict=True):
        mark = _digest(now)
        if again != was:
            lost.append((mark, counts[mark], was.decode("utf-8", "surrogateescape")))
        counts[mark] += 1
    return lost


def _known(kept: Sequence[tuple[str, int, str]]) -> dict[tuple[str, int], bytes]:
    return {(mark, many): line.encode("utf-8", "surrogateescape") for mark, many, line in kept}


def _digest(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()[:16]
