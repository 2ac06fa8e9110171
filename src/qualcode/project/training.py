"""A coder's codings as material to train a spaCy pipeline on, split by case into train and dev."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode import __version__
from qualcode.errors import Refused, UsageError, listed
from qualcode.files import write_atomically
from qualcode.model import Coding, Segment, Transcript, Unit, family_of
from qualcode.project.cases import together
from qualcode.project.choice import Choice, chosen_codes, chosen_transcripts, counted_coders, names
from qualcode.project.decided import finished_families, standing
from qualcode.project.listing import left_out
from qualcode.project.study import Study
from qualcode.segments import segments
from qualcode.settings import parse_unit

if TYPE_CHECKING:
    from qualcode.suggest.docbins import Packed, Passage

_DEV = 0.2
"""Share of the groups of transcripts that a pipeline is tried on."""
_LONGEST = 40
"""Tokens of the longest spans that a span categoriser is asked to look at."""

Asked = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class Taught:
    """What is exported: whose reading, of which codes, cut into which unit, from which transcripts."""

    coder: str
    codes: Sequence[str]
    unit: Unit
    asked: Asked
    """The codes that each transcript was read for."""
    train: Sequence[str]
    dev: Sequence[str]


def export_spacy(study: Study, folder: Path, choice: Choice) -> tuple[Path, list[str]]:
    """Write train.spacy, dev.spacy, meta.json and README.txt into a folder; return it, and what is to be said."""
    from qualcode.suggest.docbins import packed

    taught = _taught(study, choice)
    passages = {
        "train": list(_passages(study, taught, taught.train)),
        "dev": list(_passages(study, taught, taught.dev)),
    }
    if not any(one.spans for one in passages["train"]):
        raise Refused(f"{taught.coder} has coded nothing in {listed(taught.train)}: there is nothing to learn from")
    language = study.settings.language
    bins = {name: packed(found, language=language) for name, found in passages.items()}
    meta = _meta(study, taught, passages)
    if folder.is_file():
        raise Refused(f"{folder}: this is a file; the training material is a folder of four")
    for name, held in bins.items():
        write_atomically(folder / f"{name}.spacy", held.content)
    write_atomically(folder / "meta.json", json.dumps(meta, ensure_ascii=False, indent=1) + "\n")
    write_atomically(folder / "README.txt", _readme(study, taught, meta, bins["train"]))
    return folder, [*_said(meta), *left_out(study, [taught.coder])]


def _taught(study: Study, choice: Choice) -> Taught:
    if names(choice.get("by")):
        raise UsageError("--by is for tables: training material is not grouped")
    coders = counted_coders(study, choice.get("coder"))
    if len(coders) > 1:
        raise Refused("training material is one coder's reading: name one with --coder")
    opened = study.book.opened(chosen_codes(study.book, choice.get("code")))
    codes = [code.id for code in study.book.codes if not opened or code.id in opened]
    finished = _finished(study, coders[0], everything=choice.get("universe") == "all")
    asked = {name: [code for code in codes if family_of(code) in families] for name, families in finished.items()}
    picked = [name for name in chosen_transcripts(study, choice.get("transcripts")) if asked.get(name)]
    if not picked:
        raise Refused(f"{coders[0]} has finished none of these: see 'qualcode done', or take all with --universe all")
    train, dev = _split(study, [name for name in picked if study.transcripts[name].participants])
    return Taught(coders[0], codes, _unit(study, choice.get("unit")), asked, train, dev)


def _unit(study: Study, given: str | None) -> Unit:
    """Return the unit asked for, else the study's where it is a sentence or turn, else the sentence."""
    unit = parse_unit(given) if given else study.settings.unit
    if unit.name in {"sentence", "turn"}:
        return unit
    if given:
        raise UsageError(f"--unit {given}: spaCy is trained on sentences or turns")
    return Unit("sentence")


def _finished(study: Study, coder: str, *, everything: bool) -> Mapping[str, frozenset[str]]:
    """Return the families that each transcript was read for: those finished, elsewhere nobody was asked."""
    if everything:
        return dict.fromkeys(study.transcripts, frozenset(family.id for family in study.book.families))
    return finished_families(study, coder)


def _split(study: Study, picked: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split transcripts so that no case is on both sides; which go where depends on their ids only."""
    groups = sorted(
        together(sorted(picked), study.cases_of), key=lambda group: hashlib.sha256(group[0].encode()).digest()
    )
    if len(groups) < 2:
        raise Refused("it takes finished transcripts of two cases: one to learn from, one to be tried on")
    held_back = groups[: max(1, round(_DEV * len(groups)))]
    dev = {name for group in held_back for name in group}
    return [name for name in picked if name not in dev], [name for name in picked if name in dev]


def _passages(study: Study, taught: Taught, where: Sequence[str]) -> Iterator[Passage]:
    codings = _codings(study, taught)
    for name in where:
        transcript = study.transcripts[name]
        for segment in segments(transcript, unit=taught.unit, short=study.short):
            if segment.role == "participant":
                yield _passage(transcript, segment, codings.get(name, ()), taught.asked[name])


def _codings(study: Study, taught: Taught) -> dict[str, list[Coding]]:
    found: dict[str, list[Coding]] = {}
    for one in standing(study, taught.coder):
        if one.code in taught.asked.get(one.transcript, ()):
            found.setdefault(one.transcript, []).append(one)
    return found


def _passage(transcript: Transcript, segment: Segment, codings: Sequence[Coding], codes: Collection[str]) -> Passage:
    """Return a segment with its codings, cut to it: a code is in a unit where a coding of it overlaps the unit."""
    from qualcode.suggest.docbins import Passage

    start, end = segment.start, segment.end
    spans = [
        (max(one.start, start) - start, min(one.end, end) - start, one.code)
        for one in codings
        if one.start < end and start < one.end
    ]
    there = {code for _, _, code in spans}
    cats = {code: float(code in there) for code in codes}
    return Passage(transcript.id, segment.turn, start, end, transcript.text[start:end], spans, cats)


def _meta(study: Study, taught: Taught, passages: Mapping[str, Sequence[Passage]]) -> dict[str, Any]:
    from qualcode.suggest.docbins import SPANS_KEY, tokenizer_language

    everyone = [*taught.train, *taught.dev]
    lacking = {name: [code for code in taught.codes if code not in taught.asked[name]] for name in everyone}
    return {
        "made_by": f"qualcode {__version__}",
        "study": study.name,
        "coder": taught.coder,
        "codebook": study.book.version,
        "language": tokenizer_language(study.settings.language),
        "unit": str(taught.unit),
        "spans_key": SPANS_KEY,
        "transcripts": {"train": list(taught.train), "dev": list(taught.dev)},
        "docs": {side: len(found) for side, found in passages.items()},
        "not_asked": {name: codes for name, codes in lacking.items() if codes},
        "codes": list(_counts(study, taught, passages)),
    }


def _counts(study: Study, taught: Taught, passages: Mapping[str, Sequence[Passage]]) -> Iterator[dict[str, Any]]:
    """Yield each code with the number of passages that have it, on either side."""
    counts = {side: Counter(code for one in found for code in _coded(one)) for side, found in passages.items()}
    for code in taught.codes:
        many = {f"{side}_docs": counts[side][code] for side in passages}
        yield {"code": code, "name": study.book.by_id[code].name, **many}


def _coded(passage: Passage) -> Iterator[str]:
    return (code for code, there in passage.cats.items() if there)


def _said(meta: Mapping[str, Any]) -> list[str]:
    sides = [
        f"{side}.spacy: {meta['docs'][side]:,} {meta['unit']}s of {len(meta['transcripts'][side])} transcripts"
        for side in ("train", "dev")
    ]
    never = [one["code"] for one in meta["codes"] if not one["train_docs"]]
    said = [f"coder {meta['coder']}, codebook {meta['codebook']}; " + "; ".join(sides)]
    if never:
        said.append(f"nothing to learn from for {len(never)} codes: {', '.join(never)}")
    return said


def _readme(study: Study, taught: Taught, meta: Mapping[str, Any], train: Packed) -> str:
    sizes = [size for size in sorted(train.lengths) if size <= _LONGEST] or [_LONGEST]
    longer = sum(many for size, many in train.lengths.items() if size > _LONGEST)
    rows = [f"  {one['train_docs']:>6} {one['dev_docs']:>6}  {one['code']}  ({one['name']})" for one in meta["codes"]]
    return _README.format(
        study=study.name,
        coder=taught.coder,
        codebook=meta["codebook"],
        version=__version__,
        unit=meta["unit"],
        language=meta["language"],
        train_docs=meta["docs"]["train"],
        dev_docs=meta["docs"]["dev"],
        train=", ".join(taught.train),
        dev=", ".join(taught.dev),
        codes="\n".join(rows),
        sizes=json.dumps(sizes, separators=(",", ":")),
        longer=f"{longer} codings are longer and are not found." if longer else "",
    )


_README = """\
Training material for spaCy, from the study "{study}"

It holds what participants said, word for word: it is as confidential as the transcripts.

Whose reading   {coder}, codebook {codebook} (qualcode {version})
One Doc         a {unit} of a participant's
train.spacy     {train_docs} Docs of {train}
dev.spacy       {dev_docs} Docs of {dev}
doc.spans["sc"] what is coded, labelled by code, cut to the Doc
doc.cats        1 for each code that a coding of it overlaps the Doc, 0 for the others; a code that the coder was
                not asked about in a transcript is missing there, and spaCy passes it over. In doc.spans it is simply
                not there, so for a span categoriser take transcripts that are finished for all families.
doc.user_data   transcript, turn (from 0), start and end in its canonical text (code points, half-open)
meta.json       the same for programs

No case is in both files. A code counts where it itself is coded; those below it are codes of their own.

Docs with each code (train, dev)
{codes}

To go on, in this folder. Each Doc as a whole:

  python -m spacy init config textcat.cfg --lang {language} --pipeline textcat_multilabel
  python -m spacy train textcat.cfg --paths.train train.spacy --paths.dev dev.spacy --output textcat

Spans in it; the sizes are the lengths in tokens that codings have in train.spacy. {longer}

  python -m spacy init config spancat.cfg --lang {language} --pipeline spancat
  python -m spacy train spancat.cfg --paths.train train.spacy --paths.dev dev.spacy --output spancat \\
    --components.spancat.suggester.sizes "{sizes}"

Then, in the study:

  qualcode suggest --spacy-model PATH/TO/textcat/model-best
"""
