"""Logs of talks with a language model: messages with the role of who wrote them, and their content."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from qualcode.errors import format_count
from qualcode.model import Role, UnplacedText
from qualcode.transcripts.draft import Utterance
from qualcode.transcripts.readers.speech import (
    JsonObject,
    Speech,
    SpeechPiece,
    objects_at,
    seconds,
    since_first,
    speaker_label,
    text_at,
    value_at,
)

_PERSONS = frozenset({"user", "human"})
_MODELS = frozenset({"assistant", "ai", "bot", "model", "gpt", "chatbot"})
_NOBODY = frozenset({"system", "developer", "tool", "function"})
"""Roles of messages that are no part of the talk: instructions to the model, and results of programs."""

_LIST_KEYS = ("messages", "conversation", "conversations", "history", "chat", "turns", "log")
_ROLE_KEYS = ("role", "from", "author", "sender")
_CONTENT_KEYS = ("content", "value", "text", "parts", "message")
_TIME_KEYS = ("timestamp", "time", "created_at", "create_time")


def matches(data: Any) -> bool:
    """Tell whether parsed JSON is such a log: messages of a model's, a person's or the system's role, with content."""
    return are_roles({_role(message) for message in _messages(data) if _content(message)})


def are_roles(names: Collection[str]) -> bool:
    """Tell whether names of senders, in lower case, are the roles of such a log."""
    roles = set(names)
    return bool(roles & _PERSONS and roles & (_MODELS | _NOBODY)) or bool(roles & _MODELS and roles & _NOBODY)


def join_table_log(utterances: Sequence[Utterance]) -> tuple[list[Utterance], list[UnplacedText], list[str]]:
    """Return the turns of persons and models in a table with the roles of such a log, the other texts, and notices."""
    roles = [utterance.speaker.casefold() for utterance in utterances]
    if not are_roles(roles):
        return [*utterances], [], []
    pairs = list(zip(roles, utterances, strict=True))
    unplaced = [UnplacedText(one.line, f"{one.speaker}: {one.text}") for role, one in pairs if role in _NOBODY]
    spoken = [replace(one, role=one.role or speaker_role(role)) for role, one in pairs if role not in _NOBODY]
    return spoken, unplaced, _notices({one.speaker for one in spoken if one.role == "interviewer"}, len(unplaced))


def _notices(models: Collection[str], unplaced: int) -> list[str]:
    notices = [
        f"no person: '{model}' is read as an interviewer, unless the settings name another" for model in sorted(models)
    ]
    return notices + (
        [f"{format_count(unplaced, 'message')} to or from the system: not read as speech"] if unplaced else []
    )


def read_speech(data: Any) -> Speech:
    """Return the messages of persons and models; a model is an interviewer unless the settings name one."""
    pieces: list[SpeechPiece] = []
    unplaced: list[UnplacedText] = []
    for number, message in enumerate(_messages(data), 1):
        role, text = _role(message), " ".join(_content(message).split())
        if role in _NOBODY:
            unplaced += [UnplacedText(number, f"{role}: {text}")] if text else []
        elif text:
            name = speaker_label(message.get("name")) or speaker_label(_first(message, _ROLE_KEYS))
            pieces.append(SpeechPiece(text, name, seconds(_first(message, _TIME_KEYS)), speaker_role(role)))
    models = {piece.speaker or "" for piece in pieces if piece.role == "interviewer"}
    notices = _notices(models, len(unplaced))
    return Speech(since_first(pieces), unplaced=unplaced, notices=notices)


def speaker_role(role: str) -> Role | None:
    """Return the role of a sender in a study, by its role in a log."""
    return "interviewer" if role in _MODELS else "participant" if role in _PERSONS else None


def _messages(data: Any) -> Sequence[JsonObject]:
    return objects_at(data) or next(filter(None, (objects_at(data, key) for key in _LIST_KEYS)), [])


def _role(message: JsonObject) -> str:
    role = _first(message, _ROLE_KEYS)
    return (role if isinstance(role, str) else text_at(role, "role")).casefold().strip()


def _content(message: JsonObject) -> str:
    return _join_content(_first(message, _CONTENT_KEYS))


def _join_content(content: Any) -> str:
    """Return the text of content: a string, or parts of which some may be images."""
    if isinstance(content, list):
        return " ".join(filter(None, map(_join_content, content)))
    if isinstance(content, dict):
        return _join_content(value_at(content, "parts") or value_at(content, "text"))
    return content if isinstance(content, str) else ""


def _first(item: JsonObject, keys: Sequence[str]) -> Any:
    return next((item[key] for key in keys if item.get(key) not in (None, "")), None)
