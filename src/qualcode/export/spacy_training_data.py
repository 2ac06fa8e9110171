"""A coder's codings as training data for a spaCy pipeline, split by case into train and dev."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qualcode.errors import OperationError, UsageError, format_count, format_names, name_command, name_option
from qualcode.export.spacy_docbin import SPANS_KEY, PackedDocBin, TrainingSegment, pack_docbin, tokenizer_language
from qualcode.files import write_atomically
from qualcode.listings.caveats import list_caveats
from qualcode.model import Coding, Segment, Transcript, Unit, family_of
from qualcode.segments import segment_transcript
from qualcode.settings import parse_unit
from qualcode.study.case_table import group_by_shared_case
from qualcode.study.coder_state import finished_families, placed_codings
from qualcode.study.selection import (
    AnalysisOptions,
    Names,
    select_code_ids,
    select_counted_coders,
    select_transcript_ids,
)
from qualcode.study.study import Study
from qualcode.transcripts import hash_text
from qualcode.version import __version__

_DEV_SHARE = 0.2
"""Share of the groups of transcripts that are kept for evaluation (dev.spacy)."""
# spaCy's suggester proposes every n-gram of each size, so one long coding would slow down all training.
_MAX_SPAN_TOKENS = 40
"""Tokens of the longest spans that the README proposes to a span categoriser."""

_Segments = Mapping[str, Sequence[TrainingSegment]]
"""Training segments by side: train, dev."""


@dataclass(frozen=True, slots=True)
class TrainingSelection:
    """What is exported: the coder, the codes, the unit, and the transcripts of each side."""

    coder: str
    codes: Sequence[str]
    unit: Unit
    codes_by_transcript: Mapping[str, Collection[str]]
    """The codes that the coder has finished looking for in each transcript."""
    train: Sequence[str]
    dev: Sequence[str]


def export_spacy(study: Study, folder: Path, options: AnalysisOptions) -> tuple[Path, list[str]]:
    """Write train.spacy, dev.spacy, meta.json and README.txt into a folder; return the folder and notes.

    Raises
    ------
    UsageError
        If the options name a unit other than sentence or turn.
    OperationError
        If they select several coders, too few finished transcripts or no codings, or the folder is a file.
    """
    study = study.as_of(options.as_of)
    selection = _select_training_data(study, options)
    segments = {
        "train": list(_training_segments(study, selection, selection.train)),
        "dev": list(_training_segments(study, selection, selection.dev)),
    }
    if not any(segment.spans for segment in segments["train"]):
        transcripts = format_names(selection.train)
        raise OperationError(f"{selection.coder} has no codings in {transcripts}, so there is nothing to train on")
    docbins = {side: pack_docbin(segments[side], language=study.settings.language) for side in segments}
    meta = _meta(study, selection, segments)
    if folder.is_file():
        raise OperationError(f"{folder}: this is a file; name a folder for the four files of the training data")
    for side, docbin in docbins.items():
        write_atomically(folder / f"{side}.spacy", docbin.content)
    write_atomically(folder / "meta.json", json.dumps(meta, ensure_ascii=False, indent=1) + "\n")
    write_atomically(folder / "README.txt", _readme(selection, meta, docbins["train"]))
    return folder, [*_export_notes(meta), *list_caveats(study, [selection.coder])]


def _select_training_data(study: Study, options: AnalysisOptions) -> TrainingSelection:
    coders = select_counted_coders(study, options.coder)
    if len(coders) > 1:
        raise OperationError(f"training data has one coder's codings: choose one with {name_option('coder')}")
    selected = study.codebook.expand_codes(select_code_ids(study.codebook, options.code))
    codes = [code.id for code in study.codebook.codes if not selected or code.id in selected]
    finished = _families_by_transcript(study, coders[0], all_families=options.universe == "all")
    finished_codes = {
        name: [code for code in codes if family_of(code) in families] for name, families in finished.items()
    }
    names = [name for name in select_transcript_ids(study, options.transcripts) if finished_codes.get(name)]
    if not names:
        raise OperationError(
            f"{coders[0]} has finished none of these transcripts: see {name_command('done')}, "
            f"or export all with {name_option('universe', 'all')}"
        )
    # A transcript without participants' turns has no Docs: alone in dev, it would leave dev.spacy empty.
    train, dev = _split_by_case(study, [name for name in names if study.transcripts[name].participant_turns])
    return TrainingSelection(coders[0], codes, _training_unit(study, options.unit), finished_codes, train, dev)


def _training_unit(study: Study, name: Names | None) -> Unit:
    """Return the unit with this name, else the study's if it is a sentence or turn, else the sentence."""
    unit = parse_unit(str(name)) if name else study.settings.unit
    if unit.name in {"sentence", "turn"}:
        return unit
    if name:
        raise UsageError(f"{name_option('unit', name)}: training data for spaCy has sentences or turns")
    return Unit("sentence")


def _families_by_transcript(study: Study, coder: str, *, all_families: bool) -> Mapping[str, frozenset[str]]:
    """Return the families that the coder has finished in each transcript, or all families."""
    if all_families:
        return dict.fromkeys(study.transcripts, frozenset(family.id for family in study.codebook.families))
    return finished_families(study, coder)


def _split_by_case(study: Study, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the transcripts for train and dev: no case is on both sides, and the split depends on ids only."""
    # Hashes instead of random draws: groups keep their order when others are added.
    groups = sorted(group_by_shared_case(sorted(names), study.cases_of), key=lambda group: hash_text(group[0]))
    if len(groups) < 2:
        raise OperationError("training data needs finished transcripts of two cases: one for train, one for dev")
    dev = {name for group in groups[: max(1, round(_DEV_SHARE * len(groups)))] for name in group}
    return [name for name in names if name not in dev], [name for name in names if name in dev]


def _training_segments(study: Study, selection: TrainingSelection, names: Sequence[str]) -> Iterator[TrainingSegment]:
    codings = _codings_by_transcript(study, selection)
    for name in names:
        transcript, codes = study.transcripts[name], selection.codes_by_transcript[name]
        for segment in segment_transcript(transcript, unit=selection.unit, sentence_rules=study.sentence_rules):
            if segment.role == "participant":
                yield _training_segment(transcript, segment, codings.get(name, ()), codes)


def _codings_by_transcript(study: Study, selection: TrainingSelection) -> dict[str, list[Coding]]:
    codings: dict[str, list[Coding]] = {}
    for coding in placed_codings(study, selection.coder):
        if coding.code in selection.codes_by_transcript.get(coding.transcript, ()):
            codings.setdefault(coding.transcript, []).append(coding)
    return codings


def _training_segment(
    transcript: Transcript, segment: Segment, codings: Sequence[Coding], codes: Collection[str]
) -> TrainingSegment:
    """Return a segment with the codings that overlap it, cut to it."""
    start, end = segment.start, segment.end
    spans = [
        (max(coding.start, start) - start, min(coding.end, end) - start, coding.code)
        for coding in codings
        if coding.start < end and start < coding.end
    ]
    present = {code for _, _, code in spans}
    # Unfinished codes are missing: spaCy skips missing categories in training, while 0 would be a negative example.
    cats = {code: float(code in present) for code in codes}
    return TrainingSegment(transcript.id, segment.turn, start, end, transcript.text[start:end], spans, cats)


def _meta(study: Study, selection: TrainingSelection, segments: _Segments) -> dict[str, Any]:
    """Return what meta.json says about the training data."""
    not_asked = {
        name: [code for code in selection.codes if code not in selection.codes_by_transcript[name]]
        for name in (*selection.train, *selection.dev)
    }
    return {
        "made_by": f"qualcode {__version__}",
        "study": study.name,
        "coder": selection.coder,
        "codebook": study.codebook.version,
        "language": tokenizer_language(study.settings.language),
        "unit": str(selection.unit),
        "spans_key": SPANS_KEY,
        "transcripts": {"train": list(selection.train), "dev": list(selection.dev)},
        "docs": {side: len(segments[side]) for side in segments},
        "not_asked": {name: codes for name, codes in not_asked.items() if codes},
        "codes": list(_code_rows(study, selection, segments)),
    }


def _code_rows(study: Study, selection: TrainingSelection, segments: _Segments) -> Iterator[dict[str, Any]]:
    """Yield each code with the number of segments that have it, on either side."""
    counts = {
        side: Counter(code for segment in segments[side] for code, value in segment.cats.items() if value)
        for side in segments
    }
    for code in selection.codes:
        docs = {f"{side}_docs": counts[side][code] for side in segments}
        yield {"code": code, "name": study.codebook.by_id[code].name, **docs}


def _export_notes(meta: Mapping[str, Any]) -> list[str]:
    sides = [
        f"{side}.spacy: {format_count(meta['docs'][side], meta['unit'])} of "
        f"{format_count(len(meta['transcripts'][side]), 'transcript')}"
        for side in ("train", "dev")
    ]
    notes = [f"coder {meta['coder']}, codebook {meta['codebook']}; " + "; ".join(sides)]
    if untrained := [row["code"] for row in meta["codes"] if not row["train_docs"]]:
        notes.append(f"no training examples for {format_count(len(untrained), 'code')}: {', '.join(untrained)}")
    return notes


def _readme(selection: TrainingSelection, meta: Mapping[str, Any], train: PackedDocBin) -> str:
    sizes = [size for size in sorted(train.span_lengths) if size <= _MAX_SPAN_TOKENS] or [_MAX_SPAN_TOKENS]
    longer = sum(count for size, count in train.span_lengths.items() if size > _MAX_SPAN_TOKENS)
    rows = [f"  {row['train_docs']:>6} {row['dev_docs']:>6}  {row['code']}  ({row['name']})" for row in meta["codes"]]
    return _README.format(
        study=meta["study"],
        coder=selection.coder,
        codebook=meta["codebook"],
        version=__version__,
        unit=meta["unit"],
        language=meta["language"],
        train_docs=meta["docs"]["train"],
        dev_docs=meta["docs"]["dev"],
        train=", ".join(selection.train),
        dev=", ".join(selection.dev),
        codes="\n".join(rows),
        sizes=json.dumps(sizes, separators=(",", ":")),
        longer=f"Not found, because longer than {_MAX_SPAN_TOKENS} tokens: {format_count(longer, 'coding')}."
        if longer
        else "",
    )


_README = """\
Training data for spaCy, from the study "{study}"

It contains what participants said, word for word: it is as confidential as the transcripts.

Coder           {coder}, codebook {codebook} (qualcode {version})
One Doc         one {unit} of a participant
train.spacy     {train_docs} Docs of {train}
dev.spacy       {dev_docs} Docs of {dev}
doc.spans["sc"] the codings, labelled by code and cut to the Doc
doc.cats        1 for each code with a coding that overlaps the Doc, 0 for each other code. A code that the coder has
                not finished in a transcript is missing there, and spaCy skips it. In doc.spans it has no spans there,
                so for a span categoriser use transcripts that are finished for all families.
doc.user_data   transcript, turn (from 0), start and end in its canonical text (code points, half-open)
meta.json       the same information for programs

No case is in both files. A code counts only where it is coded itself; the codes below it are separate codes.

Docs with each code (train, dev)
{codes}

How to train, in this folder. To classify whole Docs:

  python -m spacy init config textcat.cfg --lang {language} --pipeline textcat_multilabel
  python -m spacy train textcat.cfg --paths.train train.spacy --paths.dev dev.spacy --output textcat

To find spans; the sizes are the lengths in tokens of the codings in train.spacy. {longer}

  python -m spacy init config spancat.cfg --lang {language} --pipeline spancat
  python -m spacy train spancat.cfg --paths.train train.spacy --paths.dev dev.spacy --output spancat \\
    --components.spancat.suggester.sizes "{sizes}"

Then, in the study:

  qualcode suggest --spacy-model PATH/TO/textcat/model-best
"""
