"""The shape of ``qualcode.yaml``, checked with pydantic."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, Field, field_validator
from pydantic_core import PydanticCustomError

from qualcode.errors import QualcodeError
from qualcode.settings.names import check_coder, parse_unit


class RolesEntry(BaseModel):
    """Who speaks in which role; whoever is not named is a participant."""

    model_config = ConfigDict(extra="forbid", strict=True)

    interviewer: list[str] | None = Field(default=None, description="Labels of interviewers; case is ignored.")


class SettingsFile(BaseModel):
    """The settings of a study."""

    model_config = ConfigDict(extra="forbid", strict=True, title="qualcode study settings")

    name: str = Field(default="", description="The study's name, for titles.")
    language: str = Field(default="en", description="Two-letter code of the interviews' language.")
    roles: RolesEntry | None = None
    unit: str = Field(default="sentence", description="Unit of analysis: sentence, turn, window:3 ...")
    coder: str = Field(default="", description="Whose codings are recorded and counted by default.")
    abbreviations: list[str] = Field(default=[], description="Words that end in a full stop inside a sentence.")

    @field_validator("unit")
    @classmethod
    def _unit(cls, value: str) -> str:
        return _said(value, parse_unit)

    @field_validator("coder")
    @classmethod
    def _coder(cls, value: str) -> str:
        return _said(value, check_coder) if value else value

    @field_validator("language")
    @classmethod
    def _language(cls, value: str) -> str:
        if not (2 <= len(value) <= 3 and value.isascii() and value.isalpha() and value.islower()):
            raise PydanticCustomError("language", "language is a two-letter code such as 'en' or 'de'")
        return value


def keys_of(key: tuple[str | int, ...]) -> list[str]:
    """Return the known keys of the mapping at a key of ``qualcode.yaml``."""
    return list((RolesEntry if key else SettingsFile).model_fields)


def _said(value: str, check: Callable[[str], object]) -> str:
    try:
        check(value)
    except QualcodeError as error:
        raise PydanticCustomError("said", "{sentence}", {"sentence": str(error)}) from None
    return value
