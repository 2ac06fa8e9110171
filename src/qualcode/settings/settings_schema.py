"""Schema of ``qualcode.yaml`` as pydantic models."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from qualcode.errors import QualcodeError
from qualcode.model import SignalName
from qualcode.regexes import regex_fault
from qualcode.settings.setting_values import parse_unit, validate_coder


class RolesEntry(BaseModel):
    """Labels of interviewers; all other speakers are participants."""

    model_config = ConfigDict(extra="forbid", strict=True)

    interviewer: list[str] | None = Field(default=None, description="Labels of interviewers; case is ignored.")


class SpeakerEntry(BaseModel):
    """The speaker that a label stands for."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(default="", description="The speaker's name; the label itself if not given.")
    role: Literal["interviewer", "participant"] | None = None
    case: str = Field(default="", description="The speaker's case, if a transcript has several.")


def _expand_name(value: object) -> object:
    return {"name": value} if isinstance(value, str) else value


def _validate_label(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("label", "a label of a speaker has at least one character")
    return value


Label = Annotated[str, AfterValidator(_validate_label)]


def _validate_label_pattern(value: str) -> str:
    """Return a label pattern if it compiles and has a group ``name``."""
    # MULTILINE as in the search for labels, where ^ is the beginning of a line.
    fault = regex_fault(value, re.MULTILINE)
    if not fault and "name" not in re.compile(value, re.MULTILINE).groupindex:
        fault = r"a label pattern needs a group 'name', as in '^\((?P<name>P\d+)\):'"
    if fault:
        raise PydanticCustomError("pattern", "{fault}", {"fault": fault})
    return value


class LabelsEntry(BaseModel):
    """Which words at the beginning of a line are labels of speakers, in addition to the known forms."""

    model_config = ConfigDict(extra="forbid", strict=True)

    not_speakers: list[str] = Field(default=[], description="Words before a colon that name no speaker.")
    patterns: list[Annotated[str, AfterValidator(_validate_label_pattern)]] = Field(
        default=[], description="Regular expressions with a group (?P<name>...)."
    )


class TableEntry(BaseModel):
    """How a table (.csv, .xlsx, .parquet) is read; what is not given is detected from its columns."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Literal["", "answers", "transcript"] = Field(
        default="", description="answers: each row is a transcript of its own; transcript: each row is a turn."
    )
    id: str = Field(default="", description="Column that names the row.")
    text: str | list[str] = Field(default=[], description="Column or columns with the text.")
    speaker: str = Field(default="", description="Column with the speaker.")
    time: str = Field(default="", description="Column with the time.")
    sheet: str = Field(default="", description="Sheet of a workbook; the first if not given.")
    transcript: str | None = Field(default=None, description='Column that names the interview of a turn; "" if one.')
    per_second: int = Field(default=0, ge=0, description="Units of a numeric time per second: 1000 for milliseconds.")


ReaderName = Literal["text", "captions", "json", "chat", "elan", "docx", "odt", "rtf", "pdf", "html"]


class KeysEntry(BaseModel):
    """The keys of a JSON, each a path such as ``talk.turns``."""

    model_config = ConfigDict(extra="forbid", strict=True)

    items: str = Field(default="", description="The list of objects with text; empty if the file is the list.")
    text: str = Field(description="The text of an object.", min_length=1)
    speaker: str = Field(default="", description="The speaker of an object.")
    time: str = Field(default="", description="The start of an object.")
    per_second: int = Field(default=1, ge=1, description="Units of a time per second: 1000 for milliseconds.")


class SourceEntry(BaseModel):
    """How a source is read; what is not given is detected from its content."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Literal["", "interview", "text"] = Field(
        default="", description="text: without speakers, all of it is coded; interview: its labels name speakers."
    )
    reader: Literal["", ReaderName] = Field(default="", description="The reader, whatever the suffix: captions ...")
    accept: list[SignalName] = Field(default=[], description="Signals of a wrong reading that were looked at.")
    speakers: dict[Label, Annotated[SpeakerEntry, BeforeValidator(_expand_name)]] = Field(
        default={}, description="Speakers of this source alone by their labels, as under speakers."
    )
    keys: KeysEntry | None = Field(default=None, description="The keys of a JSON that is not recognised.")
    tier: str | list[str] = Field(default=[], description="Tiers of an ELAN file with the words, by type or name.")
    line_numbers: bool | None = Field(default=None, description="Whether numbers in the margin count the lines.")


class SuggestEntry(BaseModel):
    """What suggestions are learnt from, in addition to the text and the decisions on suggestions."""

    model_config = ConfigDict(extra="forbid", strict=True)

    attributes: list[str] = Field(default=[], description="Columns of cases.csv that the model may be trained on.")
    embedder: str = Field(default="", description="Model that makes vectors of sentences, as 'spacy:en_core_web_md'.")


class AttributeEntry(BaseModel):
    """How the values of an attribute of cases become groups: in an order, or cut into ranges of numbers."""

    model_config = ConfigDict(extra="forbid", strict=True)

    order: list[str | int | float] = Field(default=[], description="Values from the least to the greatest.")
    bins: list[int | float] | None = Field(
        default=None, description="The least number of each range but the first; [] for each number alone."
    )

    @field_validator("order")
    @classmethod
    def _order(cls, values: list[str | int | float]) -> list[str | int | float]:
        if repeated := [str(value) for number, value in enumerate(values) if value in values[:number]]:
            raise PydanticCustomError("order", "the order has '{value}' twice", {"value": repeated[0]})
        return values

    @field_validator("bins")
    @classmethod
    def _bins(cls, bounds: list[int | float] | None) -> list[int | float] | None:
        if bounds and any(low >= high for low, high in pairwise(bounds)):
            raise PydanticCustomError("bins", "bins are bounds from the least to the greatest, as [1000, 10000]")
        return bounds

    @model_validator(mode="after")
    def _one_kind(self) -> AttributeEntry:
        if self.order and self.bins is not None:
            raise PydanticCustomError("attribute", "give an attribute either an order or bins, not both")
        return self


class CoderEntry(BaseModel):
    """A person who codes."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    note: str = Field(default="", description="Anything worth knowing: role, training, dates.")

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        return _validate_setting(value, validate_coder)


class ReviewEntry(BaseModel):
    """Keys and codes of the full-screen review."""

    model_config = ConfigDict(extra="forbid", strict=True)

    keys: dict[str, str | int | list[str | int]] = Field(
        default={}, description="Keys of actions, in place of the usual ones: accept: enter."
    )
    codes: list[str] = Field(
        default=[], max_length=9, description="Codes of the number keys 1 to 9; if not given, the most used ones."
    )


def list_keys(given: Mapping[str, str | int | list[str | int]]) -> dict[str, list[str]]:
    """Return the keys of each action as a list."""
    return {action: list(map(str, keys if isinstance(keys, list) else [keys])) for action, keys in given.items()}


class SettingsFile(BaseModel):
    """The settings of a study."""

    model_config = ConfigDict(extra="forbid", strict=True, title="qualcode study settings")

    name: str = Field(default="", description="The study's name, for titles.")
    language: str = Field(default="en", description="Two-letter code of the interviews' language.")
    roles: RolesEntry | None = None
    speakers: dict[Label, Annotated[SpeakerEntry, BeforeValidator(_expand_name)]] = Field(
        default={}, description="Speakers by their labels: a name, or name, role and case."
    )
    labels: LabelsEntry | None = None
    encodings: dict[str, str] = Field(
        default={}, description="Encodings of sources by their path below transcripts/; * matches anything."
    )
    tables: dict[str, TableEntry] = Field(
        default={}, description="How tables are read, by their path below transcripts/; * matches anything."
    )
    sources: dict[str, SourceEntry] = Field(
        default={}, description="How sources are read, by their path below transcripts/; * matches anything."
    )
    unit: str = Field(default="sentence", description="Unit of analysis: sentence, turn, window:3 ...")
    coder: str = Field(default="", description="Whose codings are recorded and counted by default.")
    coders: list[Annotated[CoderEntry, BeforeValidator(_expand_name)]] = Field(
        default=[], description="The people who code: names, or name and note; other names are asked about."
    )
    abbreviations: list[str] = Field(default=[], description="Words that end in a full stop inside a sentence.")
    makers: dict[str, dict[str, str | int | float | bool | list[str]]] = Field(
        default={}, description="Options of installed makers of suggestions, by name; none runs unless asked for."
    )
    attributes: dict[str, AttributeEntry] = Field(
        default={}, description="Orders and ranges of the values of attributes of cases, by column of cases.csv."
    )
    suggest: SuggestEntry | None = None
    review: ReviewEntry | None = None

    @field_validator("unit")
    @classmethod
    def _unit(cls, value: str) -> str:
        return _validate_setting(value, parse_unit)

    @field_validator("coder")
    @classmethod
    def _coder(cls, value: str) -> str:
        return _validate_setting(value, validate_coder) if value else value

    @field_validator("language")
    @classmethod
    def _language(cls, value: str) -> str:
        if not (2 <= len(value) <= 3 and value.isascii() and value.isalpha() and value.islower()):
            raise PydanticCustomError("language", "language is a two-letter code such as 'en' or 'de'")
        return value


def known_keys(key: tuple[str | int, ...]) -> list[str]:
    """Return the known keys of the mapping at a key path of ``qualcode.yaml``."""
    models: dict[str | int, type[BaseModel]] = {
        "roles": RolesEntry,
        "labels": LabelsEntry,
        "speakers": SpeakerEntry,
        "tables": TableEntry,
        "sources": SourceEntry,
        "keys": KeysEntry,
        "suggest": SuggestEntry,
        "review": ReviewEntry,
        "attributes": AttributeEntry,
        "coders": CoderEntry,
    }
    # The innermost: a source has speakers and keys of its own.
    model = next((models[part] for part in reversed(key) if part in models), SettingsFile)
    return list(model.model_fields)


def _validate_setting(value: str, check: Callable[[str], object]) -> str:
    try:
        check(value)
    except QualcodeError as error:
        raise PydanticCustomError("value", "{message}", {"message": str(error)}) from None
    return value
