"""A coder's codings as material to train a spaCy pipeline on, split by case into train and dev."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qualcode.errors import OperationError, UsageError, format_names
from qualcode.files import write_atomically
from qualcode.listings.caveats import list_caveats
from qualcode.model import Coding, Segment, Transcript, Unit, family_of
from qualcode.segments import segment_transcript
from qualcode.settings import parse_unit
from qualcode.study.case_table import group_by_shared_case
from qualcode.study.coder_state import finished_families, placed_codings
from qualcode.study.selection import (
    AnalysisOptions,
    select_code_ids,
    select_counted_coders,
    select_transcript_ids,
    to_name_tuple,
)
from qualcode.study.study import Study
from qualcode.version import __version__

if TYPE_CHECKING:
    from qualcode.export.spacy_docbin import PackedDocBin, TrainingSegment

_DEV_SHARE = 0.2
"""Share of the groups of transcripts that a pipeline is tried on."""
_MAX_SPAN_TOKENS = 40
"""Tokens of the longest spans that a span categoriser is asked to look at."""

CodesByTranscript = Mapping[str, Collection[str]]


@dataclass(frozen=True, slots=True)
class TrainingSelection:
    """What is exported: whose reading, of which codes, cut into which unit, from which transcripts."""

    coder: str
    codes: Sequence[str]
    unit: Unit
    codes_by_transcript: CodesByTranscript
    """The codes that each transcript was read for."""
    train: Sequence[str]
    dev: Sequence[str]


def export_spacy(study: Study, folder: Path, choice: AnalysisOptions) -> tuple[Path, list[str]]:
    """Write train.spacy, dev.spacy, meta.json and README.txt into a folder; return it, and what is to be said."""
    from qualcode.export.spacy_docbin import pack_docbin

    taught = _select_training_data(study, choice)
    passages = {
        "train": list(_training_segments(study, taught, taught.train)),
        "dev": list(_training_segments(study, taught, taught.dev)),
    }
    if not any(one.spans for one in passages["train"]):
        raise OperationError(
            f"{taught.coder} has coded nothing in {format_names(taught.train)}: there is nothing to learn from"
        )
    language = study.settings.language
    bins = {name: pack_docbin(found, language=language) for name, found in passages.items()}
    meta = _meta(study, taught, passages)
    if folder.is_file():
        raise OperationError(f"{folder}: this is a file; the training material is a folder of four")
    for name, held in bins.items():
        write_atomically(folder / f"{name}.spacy", held.content)
    write_atomically(folder / "meta.json", json.dumps(meta, ensure_ascii=False, indent=1) + "\n")
    write_atomically(folder / "README.txt", _readme(study, taught, meta, bins["train"]))
    return folder, [*_export_notes(meta), *list_caveats(study, [taught.coder])]


def _select_training_data(study: Study, choice: AnalysisOptions) -> TrainingSelection:
    if to_name_tuple(choice.get("by")):
        raise UsageError("--by is for tables: training material is not grouped")
    coders = select_counted_coders(study, choice.get("coder"))
    if len(coders) > 1:
        raise OperationError("training material is one coder's reading: name one with --coder")
    opened = study.codebook.expand_codes(select_code_ids(study.codebook, choice.get("code")))
    codes = [code.id for code in study.codebook.codes if not opened or code.id in opened]
    finished = _families_by_transcript(study, coders[0], all_families=choice.get("universe") == "all")
    asked = {name: [code for code in codes if family_of(code) in families] for name, families in finished.items()}
    picked = [name for name in select_transcript_ids(study, choice.get("transcripts")) if asked.get(name)]
    if not picked:
        raise OperationError(
            f"{coders[0]} has finished none of these: see 'qualcode done', or take all with --universe all"
        )
    train, dev = _split_by_case(study, [name for name in picked if study.transcripts[name].participant_turns])
    return TrainingSelection(coders[0], codes, _training_unit(study, choice.get("unit")), asked, train, dev)


def _training_unit(study: Study, given: str | None) -> Unit:
    """Return the unit asked for, else the study's where it is a sentence or turn, else the sentence."""
    unit = parse_unit(given) if given else study.settings.unit
    if unit.name in {"sentence", "turn"}:
        return unit
    if given:
        raise UsageError(f"--unit {given}: spaCy is trained on sentences or turns")
    return Unit("sentence")


def _families_by_transcript(study: Study, coder: str, *, all_families: bool) -> Mapping[str, frozenset[str]]:
    """Return the families that each transcript was read for: those finished, elsewhere nobody was asked."""
    if all_families:
        return dict.fromkeys(study.transcripts, frozenset(family.id for family in study.codebook.families))
    return finished_families(study, coder)


def _split_by_case(study: Study, picked: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split transcripts so that no case is on both sides; which go where depends on their ids only."""
    groups = sorted(
        group_by_shared_case(sorted(picked), study.cases_of),
        key=lambda group: hashlib.sha256(group[0].encode()).digest(),
    )
    if len(groups) < 2:
        raise OperationError("it takes finished transcripts of two cases: one to learn from, one to be tried on")
    held_back = groups[: max(1, round(_DEV_SHARE * len(groups)))]
    dev = {name for group in held_back for name in group}
    return [name for name in picked if name not in dev], [name for name in picked if name in dev]


def _training_segments(study: Study, taught: TrainingSelection, where: Sequence[str]) -> Iterator[TrainingSegment]:
    codings = _codings_by_transcript(study, taught)
    for name in where:
        transcript = study.transcripts[name]
        for segment in segment_transcript(transcript, unit=taught.unit, abbreviations=study.abbreviations):
            if segment.role == "participant":
                yield _training_segment(transcript, segment, codings.get(name, ()), taught.codes_by_transcript[name])


def _codings_by_transcript(study: Study, taught: TrainingSelection) -> dict[str, list[Coding]]:
    found: dict[str, list[Coding]] = {}
    for one in placed_codings(study, taught.coder):
        if one.code in taught.codes_by_transcript.get(one.transcript, ()):
            found.setdefault(one.transcript, []).append(one)
    return found


def _training_segment(
    transcript: Transcript, segment: Segment, codings: Sequence[Coding], codes: Collection[str]
) -> TrainingSegment:
    """Return a segment with its codings, cut to it: a code is in a unit where a coding of it overlaps the unit."""
    from qualcode.export.spacy_docbin import TrainingSegment

    start, end = segment.start, segment.end
    spans = [
        (max(one.start, start) - start, min(one.end, end) - start, one.code)
        for one in codings
        if one.start < end and start < one.end
    ]
    there = {code for _, _, code in spans}
    cats = {code: float(code in there) for code in codes}
    return TrainingSegment(transcript.id, segment.turn, start, end, transcript.text[start:end], spans, cats)


def _meta(study: Study, taught: TrainingSelection, passages: Mapping[str, Sequence[TrainingSegment]]) -> dict[str, Any]:
    from qualcode.export.spacy_docbin import SPANS_KEY, tokenizer_language

    everyone = [*taught.train, *taught.dev]
    lacking = {
        name: [code for code in taught.codes if code not in taught.codes_by_transcript[name]] for name in everyone
    }
    return {
        "made_by": f"qualcode {__version__}",
        "study": study.name,
        "coder": taught.coder,
        "codebook": study.codebook.version,
        "language": tokenizer_language(study.settings.language),
        "unit": str(taught.unit),
        "spans_key": SPANS_KEY,
        "transcripts": {"train": list(taught.train), "dev": list(taught.dev)},
        "docs": {side: len(found) for side, found in passages.items()},
        "not_asked": {name: codes for name, codes in lacking.items() if codes},
        "codes": list(_code_rows(study, taught, passages)),
    }


def _code_rows(
    study: Study, taught: TrainingSelection, passages: Mapping[str, Sequence[TrainingSegment]]
) -> Iterator[dict[str, Any]]:
    """Yield each code with the number of passages that have it, on either side."""
    counts = {side: Counter(code for one in found for code in _present_codes(one)) for side, found in passages.items()}
    for code in taught.codes:
        many = {f"{side}_docs": counts[side][code] for side in passages}
        yield {"code": code, "name": study.codebook.by_id[code].name, **many}


def _present_codes(passage: TrainingSegment) -> Iterator[str]:
    return (code for code, there in passage.cats.items() if there)


def _export_notes(meta: Mapping[str, Any]) -> list[str]:
    sides = [
        f"{side}.spacy: {meta['docs'][side]:,} {meta['unit']}s of {len(meta['transcripts'][side])} transcripts"
        for side in ("train", "dev")
    ]
    never = [one["code"] for one in meta["codes"] if not one["train_docs"]]
    said = [f"coder {meta['coder']}, codebook {meta['codebook']}; " + "; ".join(sides)]
    if never:
        said.append(f"nothing to learn from for {len(never)} codes: {', '.join(never)}")
    return said


def _readme(study: Study, taught: TrainingSelection, meta: Mapping[str, Any], train: PackedDocBin) -> str:
    sizes = [size for size in sorted(train.span_lengths) if size <= _MAX_SPAN_TOKENS] or [_MAX_SPAN_TOKENS]
    longer = sum(many for size, many in train.span_lengths.items() if size > _MAX_SPAN_TOKENS)
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
