"""A study's sources, cases, settings and codebooks with names replaced, in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from qualcode.errors import Problem, Refused
from qualcode.files import read_bytes, within
from qualcode.model import Transcript
from qualcode.project.naming.relining import Carried
from qualcode.project.study import Study
from qualcode.pseudonyms import Changer, Doing, Shift, applied, shift_of
from qualcode.settings import FILE
from qualcode.transcripts import SUFFIXES, digest
from qualcode.transcripts.rewriting import REWRITABLE, rewritten

CASES = "transcripts/cases.csv"
Tree = dict[str, bytes]
"""Contents of files by their path below the study."""
Originals = Mapping[str, tuple[str, bytes]]
"""Sources that were made plain text, by the path of that: their own path and content."""

_KEPT = {
    FILE: re.compile(r"^(?:coder|language|unit)[ \t]*:[^#\n]*", re.MULTILINE),
    "": re.compile(r"^[ \t]*(?:-[ \t]+)?\{?[ \t]*(?:id|family|formerly|members)[ \t]*:[^#\n]*", re.MULTILINE),
}
"""What in settings and codebooks are ids or coders, which are not names in the texts."""


@dataclass
class Swap:
    """The files of a study after names were replaced, and what became of paths and transcripts."""

    files: Tree = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    """New paths by old ones, where they differ."""
    ids: dict[str, str] = field(default_factory=dict)
    texts: dict[str, Carried] = field(default_factory=dict)
    """By the old id of each transcript."""
    converted: dict[str, str] = field(default_factory=dict)
    """Sources that became plain text: their paths by that of the text."""
    unwritable: list[Problem] = field(default_factory=list)


def tree(root: Path) -> Tree:
    """Return all files of a study that names are replaced in; what has no reader and what links lead to is not."""
    found = [root / FILE, *(path for kind in ("yaml", "yml") for path in (root / "codebooks").glob(f"*.{kind}"))]
    sources = (path for path in (root / "transcripts").rglob("*") if path.suffix.lower() in {*SUFFIXES, ".csv"})
    found += [
        path for path in sources if path.is_file() and not path.name.startswith((".", "~$")) and within(path, root)
    ]
    found += [path for path in (root / "codings").rglob("*.jsonl*") if path.is_file()]
    return {path.relative_to(root).as_posix(): read_bytes(path) for path in sorted(found)}


@dataclass(frozen=True)
class How:
    """How names are replaced: which sources are left as they are, which become plain text, which have been it."""

    convert: bool = False
    left: frozenset[str] = frozenset()
    originals: Originals = field(default_factory=dict)


class Replacing:
    """Replaces names in one study; each part of it is a method."""

    def __init__(self, study: Study, changer: Changer, *, how: How) -> None:
        self.study, self.changer, self.how = study, changer, how
        self.old = tree(study.root)
        self.swap = Swap()
        self.names = {one.id: one.id for one in study.transcripts.values() if one.path in how.left}
        self.names |= {_stem(path): _stem(path) for path in how.left}

    def renamed(self, name: str) -> str:
        """Return an id, or a path without its ending, with names replaced; each is changed once."""
        if name not in self.names:
            edits = self.changer.change("file names", kind="field")([name])
            self.names[name] = applied([name], edits)[0]
        return self.names[name]

    def _recorded(self, old: str, new: str) -> str:
        """Return under which name there is a record: that with pseudonyms."""
        return new if isinstance(self.changer, Doing) else old

    def sources(self) -> None:
        """Replace in the sources of transcripts, and in their file names."""
        for path, transcripts in self._by_path().items():
            for one in transcripts:
                self._text(one)
            self._source(path, transcripts)

    def _by_path(self) -> dict[str, list[Transcript]]:
        found: dict[str, list[Transcript]] = {}
        for one in self.study.transcripts.values():
            found.setdefault(one.path, []).append(one)
        return dict(sorted(found.items()))

    def _text(self, one: Transcript) -> None:
        new_id = self.swap.ids[one.id] = self.renamed(one.id)
        left = one.path in self.how.left
        where = f"text of {self._recorded(one.id, new_id)}"
        shift = Shift() if left else shift_of(one.text, self.changer.change(where))
        text = shift.over(one.text)
        self.swap.texts[one.id] = Carried(one.text, text, one.sha256, digest(text), shift)

    def _source(self, path: str, transcripts: Sequence[Transcript]) -> None:
        if path in self.how.originals or path in self.how.left:
            self.put(path, *(self.how.originals.get(path) or (path, self.old[path])))
            return
        suffix = PurePosixPath(path).suffix
        new_path = f"transcripts/{self.renamed(_stem(path))}{suffix}"
        changed = any(self.swap.texts[one.id].shift.edits for one in transcripts)
        try:
            known = changed or suffix.lower() in REWRITABLE
            content = self._rewritten(path, new_path) if known else self.old[path]
        except Refused as error:
            self._unwritable(path, new_path, transcripts, str(error))
        else:
            self.put(path, new_path, content)

    def _rewritten(self, path: str, new_path: str) -> bytes:
        where = f"source {self._recorded(path, new_path)}"
        encoding = _encoding(self.study, path)
        fields = self.changer.change(where, kind="field")
        kind = PurePosixPath(path).suffix
        return rewritten(kind, self.old[path], self.changer.change(where), fields=fields, encoding=encoding)

    def _unwritable(self, path: str, new_path: str, transcripts: Sequence[Transcript], why: str) -> None:
        """Make plain text of a source that cannot be rewritten, if that is wanted."""
        if self.how.convert and len(transcripts) == 1:
            plain = f"{PurePosixPath(new_path).with_suffix('')}.txt"
            self.swap.converted[plain] = path
            self.put(path, plain, self.swap.texts[transcripts[0].id].new.encode("utf-8", "surrogatepass"))
            return
        hint = (
            "--convert makes it plain text" if len(transcripts) == 1 else "replace the names in the program it is from"
        )
        self.swap.unwritable.append(Problem(path, 0, 0, f"names stand in it, but {why}", hint))

    def put(self, path: str, new_path: str, content: bytes) -> None:
        """Put the new content of a file where it now belongs."""
        if new_path in self.swap.files or (new_path != path and new_path in self.old):
            raise Refused(
                f"{path} would become {new_path}, which is there already: choose another pseudonym, or rename one"
            )
        self.swap.files[new_path] = content
        if new_path != path:
            self.swap.moved[path] = new_path

    def tables_and_settings(self) -> None:
        """Replace in cases, settings and codebooks."""
        for path, content in self.old.items():
            if path == CASES:
                fields = self.changer.change(path, kind="field")
                self.swap.files[path] = rewritten(".csv", content, self.changer.change(path), fields=fields)
            elif path == FILE or path.startswith("codebooks/"):
                self.swap.files[path] = self._yaml(path, content)

    def _yaml(self, path: str, content: bytes) -> bytes:
        change = self.changer.change(path, kind="yaml")
        kept = _KEPT[FILE if path == FILE else ""]

        def changed(pieces: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
            for start, end in _between(kept, pieces[0]):
                yield from ((0, start + a, start + b, words) for _, a, b, words in change([pieces[0][start:end]]))

        return rewritten(".txt", content, lambda pieces: list(changed(pieces)))

    def others(self) -> None:
        """Keep the files that nothing was done to."""
        done = self.swap.files.keys() | self.swap.moved.keys() | set(self.swap.converted.values())
        self.swap.files |= {path: content for path, content in self.old.items() if path not in done}


def _stem(path: str) -> str:
    return PurePosixPath(path).with_suffix("").relative_to("transcripts").as_posix()


def _between(kept: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    place = 0
    for line in kept.finditer(text):
        yield place, line.start()
        place = line.end()
    yield place, len(text)


def _encoding(study: Study, path: str) -> str:
    """Return the encoding that the settings give for a source, if any."""
    below = path.removeprefix("transcripts/")
    found = study.settings.rules.encodings.items()
    return next((value for pattern, value in found if fnmatchcase(below, pattern)), "")
