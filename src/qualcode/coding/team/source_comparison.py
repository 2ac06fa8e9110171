"""The sources of another copy compared with those of a study, by their content whatever their names."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from filecmp import cmp
from pathlib import Path
from unicodedata import normalize

from qualcode.coding.source_removal import REMOVED_FOLDER
from qualcode.coding.team.merge_rows import MergeRow
from qualcode.errors import OperationError, format_names, name_command, name_for_interface
from qualcode.model import Transcript
from qualcode.study.study import Study

_MIN_LINE = 20
"""Letters of a line from which it tells one interview from another."""
_MIN_SHARE = 0.5
"""Share of such lines in common from which two texts are versions of one."""


@dataclass
class SourceComparison:
    """What the sources of a copy are in a study."""

    new: dict[str, Path] = field(default_factory=dict)
    """Sources that only the copy has, by the path that they get in the study."""
    same: set[str] = field(default_factory=set)
    """Ids in the copy of transcripts whose text this study has."""
    other_texts: list[Transcript] = field(default_factory=list)
    """Transcripts of the copy that are other versions of transcripts here."""
    other_ids: set[str] = field(default_factory=set)
    """Ids here of the transcripts that have another text in the copy."""
    versions: dict[str, str] = field(default_factory=dict)
    """Ids here of transcripts that have another name and another text in the copy, by the ids there."""
    rows: list[MergeRow] = field(default_factory=list)


def compare_sources(study: Study, other: Study, *, with_new: bool) -> SourceComparison:
    """Return what each source of another copy is in a study: there already, renamed, of another text, or new."""
    own = study.sources_and_problems[0]
    own_names = {name.casefold(): name for name in own}
    result = SourceComparison()
    unmatched: list[str] = []
    for name, path in other.sources_and_problems[0].items():
        own_name = own_names.get(name.casefold())
        if own_name is None:
            unmatched.append(name)
        elif cmp(path, own[own_name], shallow=False):
            result.same.add(name)
        else:
            _compare_texts(study, other, name, own_name, result)
    if unmatched:
        others = {name.casefold() for name in other.sources_and_problems[0]}
        finder = _VersionFinder(study, others)
        for name in unmatched:
            _match_by_content(finder, other, name, result, with_new=with_new)
    return result


def _source(transcript: Transcript) -> str:
    return str(Path(transcript.path).with_suffix("")).removeprefix("transcripts/")


def _compare_texts(study: Study, other: Study, name: str, own_name: str, result: SourceComparison) -> None:
    texts = _read(other, name, result)
    own_texts = {text.id.casefold(): text for text in _read(study, own_name, result)}
    changed = []
    for text in texts:
        own_text = own_texts.get(text.id.casefold())
        if own_text is not None and own_text.sha256 == text.sha256:
            result.same.add(text.id)
        elif own_text is not None:
            changed.append(text)
            result.other_ids.add(own_text.id)
        else:
            path = study.sources_and_problems[0][own_name].relative_to(study.root).as_posix()
            message = f"the copy has '{text.id}', which this file does not have"
            result.rows.append(MergeRow("text", path, message, "your file is left as it is: add what is missing to it"))
    result.other_texts += changed


def _read(study: Study, name: str, result: SourceComparison) -> Sequence[Transcript]:
    try:
        return list(study.read_transcripts(name))
    except OperationError as error:
        place = study.sources_and_problems[0][name].relative_to(study.root).as_posix()
        message = str(error).replace(f"{study.root}/", "").removeprefix(f"{place}: ")
        result.rows.append(
            MergeRow("damaged", place, f"cannot be read: {message}", "it is neither compared nor copied")
        )
        return ()


class _VersionFinder:
    """Finds the transcript of which a text is a version."""

    def __init__(self, study: Study, names: Collection[str]) -> None:
        texts = study.transcripts.values()
        self.study = study
        self._by_hash = {text.sha256: text for text in texts}
        # What both copies have under one name is a version of nothing else.
        self._lines = [(text, _long_lines(text)) for text in texts if _source(text).casefold() not in names]

    def find_same(self, text: Transcript) -> Transcript | None:
        """Return the transcript with the same text."""
        return self._by_hash.get(text.sha256)

    def find_version(self, text: Transcript) -> Transcript | None:
        """Return the transcript that has most of the long lines of a text, of those that only this study has."""
        lines = _long_lines(text)
        shares = [(_share_in_common(lines, other), own.id, own) for own, other in self._lines]
        share, _, own = max(shares, default=(0.0, "", None), key=lambda found: found[:2])
        return own if share >= _MIN_SHARE else None


def _long_lines(text: Transcript) -> frozenset[str]:
    """Return what participants say in long lines: the questions of two interviews may be the same."""
    spoken = (text.text[turn.start : turn.end] for turn in text.participant_turns)
    return frozenset(line for words in spoken for line in words.split("\n") if len(line) >= _MIN_LINE)


def _share_in_common(lines: frozenset[str], other: frozenset[str]) -> float:
    return len(lines & other) / max(1, min(len(lines), len(other)))


def are_versions(text: Transcript, other: Transcript) -> bool:
    """Return whether most of the long lines of the shorter text are in the other one."""
    return text.sha256 == other.sha256 or _share_in_common(_long_lines(text), _long_lines(other)) >= _MIN_SHARE


def _match_by_content(
    finder: _VersionFinder, other: Study, name: str, result: SourceComparison, *, with_new: bool
) -> None:
    texts = _read(other, name, result)
    if not texts:
        return
    path = other.sources_and_problems[0][name]
    place = path.relative_to(other.root).as_posix()
    same = [own.id for text in texts if (own := finder.find_same(text))]
    # Of a table of answers a few rows may be as short as others.
    if 2 * len(same) > len(texts):
        result.same.update(text.id for text in texts)
        message = f"the same interview as {format_names(same)} here, under another name: not copied"
        hint = "agree on one name, so that both copies use the same"
        result.rows.append(MergeRow("renamed", place, message, hint, "notice"))
    elif versions := {text.id: own.id for text in texts if (own := finder.find_version(text))}:
        result.other_texts += texts
        result.versions |= versions
        own_names = format_names(sorted(set(versions.values())))
        message = f"seems to be {own_names} here, under another name and with another text: not copied"
        hint = f"if it is another interview, copy it with {name_command('transcripts add')}"
        result.rows.append(MergeRow("text", place, message, hint))
    elif removed := _find_removed(finder.study, path):
        message = f"was removed from this study: not copied ({removed.relative_to(finder.study.root).as_posix()})"
        hint = f"to bring it back, use {name_command('transcripts add')}"
        result.rows.append(MergeRow("source", place, message, hint, "notice"))
    elif not with_new:
        message = f"only in the copy: not copied ({name_for_interface('--no-sources', 'sources=False')})"
        result.rows.append(MergeRow("source", place, message, "", "notice"))
    else:
        # A Mac spells accents apart.
        result.new[normalize("NFC", place)] = path


def _find_removed(study: Study, path: Path) -> Path | None:
    folder = study.root / REMOVED_FOLDER
    candidates = folder.rglob(f"*{path.suffix}") if folder.is_dir() else ()
    return next((each for each in candidates if each.is_file() and cmp(path, each, shallow=False)), None)


def text_pairs(study: Study, comparison: SourceComparison) -> Iterator[tuple[Transcript, Transcript]]:
    """Yield the transcripts of one id whose texts differ: that of the copy and that of the study."""
    for text in comparison.other_texts:
        if own := study.transcripts.get(text.id):
            yield text, own


def has_common_text(study: Study, comparison: SourceComparison, hashes: Mapping[str, object]) -> bool:
    """Return whether a copy has any text of a study, a version of one, or codings of one."""
    return (
        bool(comparison.same)
        or any(are_versions(text, own) for text, own in text_pairs(study, comparison))
        or any(row.kind == "text" for row in comparison.rows)
        or any(text.sha256 in hashes for text in study.transcripts.values())
    )
