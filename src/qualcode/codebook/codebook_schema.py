"""Schema of a codebook file as pydantic models, and as JSON Schema for editors."""

from __future__ import annotations

import re
from typing import Annotated, Any
from unicodedata import normalize

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from qualcode.codebook.cue_patterns import pattern_fault
from qualcode.regexes import regex_fault

ID_PATTERN = r"^[^\W\d_][\w-]*$"
"""A letter of any script, then letters, digits, ``_`` and ``-``."""

Text = Annotated[str, Field(min_length=1)]
Weight = Annotated[float, Field(gt=0, le=1, strict=False)]


class Entry(BaseModel):
    """Base of all entries: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


def _validate_id(value: str) -> str:
    value = normalize("NFC", value)
    if not re.fullmatch(ID_PATTERN, value):
        raise PydanticCustomError(
            "id",
            "id '{id}' must begin with a letter and have only letters, digits, '_' and '-'",
            {"id": value},
        )
    return value


class ExampleEntry(Entry):
    """A quote, its transcript, and a note on why it is (or is not) an example."""

    quote: Text
    transcript: str = ""
    note: str = ""


class TextCue(Entry):
    """A search term: exactly one of phrase, exact text, regular expression and token pattern."""

    phrase: Text | None = None
    exact: Text | None = None
    regex: Text | None = None
    pattern: list[dict[str, Any]] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> TextCue:
        given = [kind for kind in ("phrase", "exact", "regex", "pattern") if getattr(self, kind) is not None]
        given += ["unless"] if getattr(self, "unless", None) is not None else []
        if len(given) != 1:
            raise PydanticCustomError(
                "cue",
                "a cue has exactly one of phrase, exact, regex, pattern, unless ({n} given)",
                {"n": len(given)},
            )
        if not _has_text(self.phrase) or not _has_text(self.exact):
            raise PydanticCustomError("cue", "an empty cue would match everywhere")
        return self

    @field_validator("regex")
    @classmethod
    def _regex(cls, value: str | None) -> str | None:
        # The flag with which cues are matched.
        fault = regex_fault(value, re.IGNORECASE) if value is not None else ""
        if fault:
            raise PydanticCustomError("regex", "{fault}", {"fault": fault})
        return value

    @field_validator("pattern")
    @classmethod
    def _pattern(cls, value: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
        fault = pattern_fault(value) if value is not None else ""
        if fault:
            raise PydanticCustomError("pattern", "{fault}", {"fault": fault})
        return value


def _has_text(value: str | None) -> bool:
    return value is None or any(character.isalnum() for character in value) or bool(value.strip())


def _expand_cue(value: Any) -> Any:
    return _expand_short_form(value, "phrase")


def _expand_example(value: Any) -> Any:
    return _expand_short_form(value, "quote")


def _expand_short_form(value: Any, key: str) -> Any:
    """Return the mapping of one key that plain text stands for; numbers are refused, since they lose their spelling."""
    if isinstance(value, bool | int | float):
        raise PydanticCustomError("text", "'{value}' must be text: put it in quotes", {"value": str(value)})
    return {key: value} if isinstance(value, str) else value


UnlessCue = Annotated[TextCue, BeforeValidator(_expand_cue)]


class CueEntry(TextCue):
    """A search term that suggests a code, or with ``unless`` one that vetoes it; plain text is a phrase."""

    unless: UnlessCue | None = None
    weight: Weight = Field(default=0.5, description="How strongly one match suggests the code, from 0 to 1.")


Cues = list[Annotated[CueEntry, BeforeValidator(_expand_cue)]]
Examples = list[Annotated[ExampleEntry, BeforeValidator(_expand_example)]]


def _validate_colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9A-Fa-f]{6}", value):
        raise PydanticCustomError("colour", "'{colour}' is not a colour such as '#B5483A'", {"colour": value})
    return value


Colour = Annotated[str, AfterValidator(_validate_colour), Field(json_schema_extra={"pattern": "^#[0-9A-Fa-f]{6}$"})]


class CodeEntry(Entry):
    """One code and its child codes."""

    id: Text
    name: Text
    definition: str = ""
    include: str = ""
    exclude: str = ""
    examples: Examples = []
    counterexamples: Examples = []
    cues: Cues = []
    colour: Colour | None = None
    formerly: list[Text] = Field(default=[], description="Former full ids; their codings count for this code.")
    retired: bool | Text = Field(
        default=False, description="No longer given to text: since when and why, as text, or true."
    )
    codes: list[CodeEntry] = []

    _id = field_validator("id")(_validate_id)


class ThemeEntry(Entry):
    """A named set of codes; members are ids of codes, families or other themes."""

    id: Text
    name: Text
    definition: str = ""
    members: Annotated[list[Text], Field(min_length=1)]
    colour: Colour | None = None

    _id = field_validator("id")(_validate_id)


class CodebookFile(Entry):
    """One file of the codebook: a family of codes, themes, or both."""

    model_config = ConfigDict(extra="forbid", strict=True, title="qualcode codebook")

    family: Text | None = None
    name: str = ""
    definition: str = ""
    colour: Colour | None = None
    formerly: list[Text] = Field(default=[], description="Former ids of the family; codes in it follow.")
    codes: list[CodeEntry] = []
    themes: list[ThemeEntry] = []

    @field_validator("family")
    @classmethod
    def _family(cls, value: str | None) -> str | None:
        return None if value is None else _validate_id(value)

    @model_validator(mode="after")
    def _codes_have_a_family(self) -> CodebookFile:
        if self.codes and self.family is None:
            raise PydanticCustomError("family", "'family' is missing: codes need the id of their family")
        return self


_ENTRY_MODELS: dict[str, type[Entry]] = {
    "codes": CodeEntry,
    "themes": ThemeEntry,
    "examples": ExampleEntry,
    "counterexamples": ExampleEntry,
    "cues": CueEntry,
    "unless": TextCue,
}


def known_keys(key: tuple[str | int, ...]) -> list[str]:
    """Return the known keys of the mapping at a key path of a codebook file."""
    names = [part for part in key if isinstance(part, str)]
    model = _ENTRY_MODELS.get(names[-1], CodebookFile) if names else CodebookFile
    return list(model.model_fields)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a codebook file, generated from the models that validate it."""
    schema = CodebookFile.model_json_schema()
    definitions = schema["$defs"]
    # Validators expand the short forms before the models see them, so the generated schema lacks them.
    short = {"type": "string", "minLength": 1}
    for key in ("examples", "counterexamples", "cues"):
        entries = definitions["CodeEntry"]["properties"][key]
        entries["items"] = {"anyOf": [short, entries["items"]]}
    unless = definitions["CueEntry"]["properties"]["unless"]
    unless["anyOf"] = [short, *unless["anyOf"]]
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return schema
