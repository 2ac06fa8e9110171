"""Recordings told word by word, by Amazon, Speechmatics, Deepgram, ElevenLabs or Rev, joined by their speakers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

JsonObject = Mapping[str, Any]

_Word = tuple[Any, str, Any]
"""Who says it, the word with the space before it, and when."""


def join_words_by_speaker(held: Any) -> list[JsonObject]:
    """Return what each speaker says in a row, where words name speakers and nothing larger does; else nothing."""
    if not isinstance(held, Mapping) or isinstance(held.get("utterances"), list) or _has_utterances(held):
        return []
    words = list(_words(held))
    if all(speaker is None for speaker, _, _ in words):
        return []
    pieces: list[dict[str, Any]] = []
    for speaker, text, start in words:
        if pieces and speaker in {None, pieces[-1]["speaker"]}:
            pieces[-1]["text"] += text
        else:
            pieces.append({"speaker": speaker, "text": text, "start": start})
    return [piece for piece in pieces if piece["text"].strip()]


def _has_utterances(held: JsonObject) -> bool:
    results = held.get("results")
    return isinstance(results, Mapping) and isinstance(results.get("utterances"), list)


def _words(held: JsonObject) -> Iterator[_Word]:
    results = held.get("results")
    if isinstance(results, Mapping):
        yield from _item_words(results.get("items"))
        for channel in _objects(results.get("channels")):
            yield from (
                word for one in _objects(channel.get("alternatives"))[:1] for word in _flat_words(one.get("words"))
            )
    else:
        yield from _item_words(results)
    yield from _flat_words(held.get("words"))
    for monologue in _objects(held.get("monologues")):
        yield from _elements(monologue)


def _item_words(items: Any) -> Iterator[_Word]:
    """Yield the words of Amazon and Speechmatics: each the first of its alternatives, punctuation by itself."""
    for item in _objects(items):
        best = next(iter(_objects(item.get("alternatives"))), {})
        text = best.get("content")
        if isinstance(text, str):
            space = "" if item.get("type") == "punctuation" else " "
            speaker = _scalar(item.get("speaker_label", best.get("speaker")))
            yield None if not space else speaker, space + text, item.get("start_time")


def _flat_words(words: Any) -> Iterator[_Word]:
    """Yield the words of Deepgram and ElevenLabs, which lists the spaces between them too."""
    held = _objects(words)
    between = "" if any(word.get("type") == "spacing" for word in held) else " "
    for word in held:
        text = next((word[key] for key in ("punctuated_word", "text", "word") if isinstance(word.get(key), str)), "")
        speaker = _scalar(word.get("speaker", word.get("speaker_id")))
        yield speaker if text.strip() else None, between + text, word.get("start")


def _elements(monologue: JsonObject) -> Iterator[_Word]:
    """Yield the words, spaces and punctuation of one speaker of Rev."""
    for element in _objects(monologue.get("elements")):
        if isinstance(text := element.get("value"), str):
            yield _scalar(monologue.get("speaker")), text, element.get("ts")


def _scalar(value: Any) -> Any:
    return value if isinstance(value, str | int) else None


def _objects(value: Any) -> list[JsonObject]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
