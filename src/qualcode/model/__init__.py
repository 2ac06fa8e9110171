"""Frozen data classes: transcripts and their parts, rules for reading, the codebook, codings and memos."""

from __future__ import annotations

from qualcode.model.codebook_entries import (
    Code,
    Codebook,
    Cue,
    CueKind,
    Example,
    Family,
    FileLocation,
    Theme,
    family_of,
    is_in_subtree,
)
from qualcode.model.coder_entries import Coding, CodingStatus, Memo
from qualcode.model.progress import ReportProgress, ignore_progress
from qualcode.model.source_rules import (
    JsonKeys,
    SignalName,
    SourceKind,
    SourceRule,
    SourceRules,
    SpeakerRule,
    TableRule,
)
from qualcode.model.transcript_parts import (
    UNIT_NAMES,
    Case,
    LabelCandidate,
    Role,
    SamplingUnit,
    Segment,
    Transcript,
    Turn,
    Unit,
    UnitName,
    UnplacedText,
    format_seconds,
)

__all__ = [
    "UNIT_NAMES",
    "Case",
    "Code",
    "Codebook",
    "Coding",
    "CodingStatus",
    "Cue",
    "CueKind",
    "Example",
    "Family",
    "FileLocation",
    "JsonKeys",
    "LabelCandidate",
    "Memo",
    "ReportProgress",
    "Role",
    "SamplingUnit",
    "Segment",
    "SignalName",
    "SourceKind",
    "SourceRule",
    "SourceRules",
    "SpeakerRule",
    "TableRule",
    "Theme",
    "Transcript",
    "Turn",
    "Unit",
    "UnitName",
    "UnplacedText",
    "family_of",
    "format_seconds",
    "ignore_progress",
    "is_in_subtree",
]
